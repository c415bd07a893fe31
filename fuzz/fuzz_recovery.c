/* SPDX-License-Identifier: MIT
 *
 * fuzz_recovery.c: a libFuzzer entry.  Reads any bytes as ISO 2709 in a mode and an encoding that
 * the first byte chooses, whole and in feeds of a size that the second chooses.  It stops where
 * something does not hold that has to for any bytes (check_recovery.h), and in lenient and
 * permissive mode where the outcomes differ.
 * fuzz/run.sh builds and runs it.
 */
#include "check_recovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t modes[] = {MRRC_READ_LENIENT, MRRC_READ_PERMISSIVE, MRRC_READ_STRICT};
    static const uint32_t codings[] = {0,
                                       MRRC_READ_DETECT,
                                       MRRC_READ_MARC8,
                                       MRRC_READ_UNIMARC,
                                       MRRC_READ_UNIMARC | MRRC_READ_DETECT,
                                       MRRC_READ_RAW,
                                       MRRC_READ_FORCE_UTF8,
                                       MRRC_READ_FOREIGN};
    enum { MODES = sizeof modes / sizeof *modes, CODINGS = sizeof codings / sizeof *codings };
    mrrc_buffer wanted = {0}, seen = {0};
    if (size < 2)
        return 0;
    uint32_t flags = modes[data[0] % MODES] | codings[data[0] / MODES % CODINGS];
    size_t feed = 1 + (size_t)data[1];
    data += 2;
    size -= 2;
    recovery_outcome(data, size, flags, 0, &wanted);
    recovery_outcome(data, size, flags, feed, &seen);
    /* how much strict mode has seen of a record without a length is up to the source */
    if (!(flags & MRRC_READ_STRICT) &&
        (seen.size != wanted.size ||
         (seen.size > 0 && memcmp(seen.data, wanted.data, seen.size) != 0))) {
        fprintf(stderr, "the outcomes differ:\n%.*s\n%.*s\n", (int)wanted.size, wanted.text,
                (int)seen.size, seen.text);
        abort();
    }
    mrrci_buffer_clear(&wanted);
    mrrci_buffer_clear(&seen);
    return 0;
}
