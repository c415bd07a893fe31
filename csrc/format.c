/* SPDX-License-Identifier: MIT
 *
 * format.c: the table of formats, and encoding through it.  A format is one row
 * here and one file in formats/, and no format knows another.
 */
#include "internal.h"

static const mrrci_format formats[] = {
    {"marc", mrrci_iso2709_decode, mrrci_iso2709_encode},
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

int mrrc_format_find(const char *name) {
    for (int i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return i;
    return MRRC_ERR_ARGUMENT;
}

const mrrci_format *mrrci_format_at(int number) {
    return number >= 0 && number < FORMATS ? &formats[number] : NULL;
}

int mrrc_records_encode(int format, const uint8_t *packed, const uint32_t *ends, size_t count,
                        uint32_t flags, mrrc_buffer *out, size_t *done, mrrc_error *err) {
    const mrrci_format *row = mrrci_format_at(format);
    int status = row == NULL ? mrrci_fail(err, MRRC_ERR_ARGUMENT, 0) : MRRC_OK;
    size_t start = 0, i = 0;
    for (; i < count && status == MRRC_OK; i++) {
        status = row->encode(packed + start, ends[i] - start, flags, out, err);
        if (status != MRRC_OK)
            break;
        start = ends[i];
    }
    if (done != NULL)
        *done = i;
    return status;
}

int mrrc_record_encode(int format, const uint8_t *packed, size_t size, uint32_t flags,
                       mrrc_buffer *out, mrrc_error *err) {
    const mrrci_format *row = mrrci_format_at(format);
    out->size = 0;
    if (row == NULL)
        return mrrci_fail(err, MRRC_ERR_ARGUMENT, 0);
    return row->encode(packed, size, flags, out, err);
}
