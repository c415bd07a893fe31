/* SPDX-License-Identifier: MIT
 *
 * error.c: where a fault is written down: one mrrc_error of the caller's, in
 * which the first fault stays, and a list of diagnostics for what was read all
 * the same.  Nothing is printed, and errno is left to source.c.
 */
#include "internal.h"

int mrrci_fail_seen(mrrc_error *err, int code, uint64_t offset, const uint8_t *seen, size_t size) {
    if (err == NULL || err->code != 0)
        return code;
    err->code = code;
    err->offset = offset;
    if (size > sizeof err->seen)
        size = sizeof err->seen;
    if (size > 0)
        memcpy(err->seen, seen, size);
    err->seen_size = (uint32_t)size;
    return code;
}

int mrrci_fail(mrrc_error *err, int code, uint64_t offset) {
    return mrrci_fail_seen(err, code, offset, NULL, 0);
}

int mrrci_fail_detail(mrrc_error *err, int code, uint64_t offset, const char *detail) {
    bool first = err != NULL && err->code == 0;
    mrrci_fail(err, code, offset);
    if (first) {
        size_t size = strlen(detail);
        if (size >= sizeof err->detail)
            size = sizeof err->detail - 1;
        memcpy(err->detail, detail, size);
        err->detail[size] = 0;
    }
    return code;
}

int mrrci_note(mrrc_buffer *notes, const mrrc_diagnostic *diagnostic) {
    return notes == NULL ? MRRC_OK : mrrci_buffer_append(notes, diagnostic, sizeof *diagnostic);
}
