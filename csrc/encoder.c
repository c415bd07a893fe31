/* SPDX-License-Identifier: MIT
 *
 * encoder.c: packed records to a format's bytes, one alone or a file of them with what
 * stands before, between and behind.  It keeps count and collects what had to be
 * replaced; the bytes go to the caller's buffer.
 */
#include "conversion.h"
#include "format.h"
#include "internal.h"
#include "select.h"

struct mrrc_encoder {
    const mrrci_format *format;
    mrrci_columns *columns;
    mrrc_buffer notes;        /* mrrc_diagnostic each */
    uint64_t written;         /* records */
    uint32_t flags;
    bool told;                /* the notes were asked for: the next call drops them */
};

mrrc_encoder *mrrc_encoder_new(int format, uint32_t flags) {
    const mrrci_format *row = mrrci_format_at(format);
    mrrc_encoder *encoder = row == NULL ? NULL : mrrci_new(sizeof *encoder);
    if (encoder != NULL) {
        encoder->format = row;
        encoder->flags = flags;
    }
    return encoder;
}

void mrrc_encoder_free(mrrc_encoder *encoder) {
    if (encoder == NULL)
        return;
    mrrci_columns_free(encoder->columns);
    mrrci_buffer_clear(&encoder->notes);
    mrrci_free(encoder);
}

int mrrc_encoder_columns(mrrc_encoder *encoder, const char *selectors, size_t size,
                         mrrc_error *err) {
    mrrci_columns_free(encoder->columns);
    encoder->columns = NULL;
    return mrrci_columns_new(selectors, size, &encoder->columns, err);
}

const mrrc_query_fault *mrrc_encoder_warnings(const mrrc_encoder *encoder, size_t *count) {
    *count = 0;
    return encoder->columns == NULL ? NULL : mrrci_columns_warnings(encoder->columns, count);
}

static mrrci_how how_of(mrrc_encoder *encoder) {
    return (mrrci_how){.flags = encoder->flags,
                       .number = encoder->written + 1,
                       .columns = encoder->columns,
                       .notes = &encoder->notes};
}

int mrrc_encoder_begin(mrrc_encoder *encoder, mrrc_buffer *out) {
    const mrrci_format *format = encoder->format;
    if (format->begin != NULL) {
        mrrci_how how = how_of(encoder);
        return format->begin(&how, out);
    }
    return mrrci_buffer_append(out, format->head, strlen(format->head));
}

int mrrc_encoder_end(mrrc_encoder *encoder, mrrc_buffer *out) {
    return mrrci_buffer_append(out, encoder->format->tail, strlen(encoder->format->tail));
}

int mrrc_encoder_beside(mrrc_encoder *encoder, mrrc_buffer *out) {
    const char *between = encoder->format->between;
    if (encoder->written > 0)
        MRRCI_TRY(mrrci_buffer_append(out, between, strlen(between)));
    encoder->written++;
    return MRRC_OK;
}

int mrrc_encoder_records(mrrc_encoder *encoder, const uint8_t *packed, const uint32_t *ends,
                         size_t count, mrrc_buffer *out, size_t *done, mrrc_error *err) {
    const mrrci_format *format = encoder->format;
    size_t between = strlen(format->between), start = 0, i = 0;
    int status = MRRC_OK;
    if (encoder->told)
        encoder->notes.size = 0;
    encoder->told = false;
    for (; i < count; i++) {
        size_t before = out->size, noted = encoder->notes.size;
        bool first = err == NULL || err->code == 0;
        mrrci_how how = how_of(encoder);
        if (ends[i] < start)
            status = mrrci_fail(err, MRRC_ERR_PACKED_INVALID, start);
        if (status >= 0 && encoder->written > 0 && between > 0)
            status = mrrci_buffer_append(out, format->between, between);
        if (status >= 0)
            status = format->encode(packed + start, ends[i] - start, &how, out, err);
        if (status < 0) {
            out->size = before;
            encoder->notes.size = noted;
            if (err != NULL && first)
                err->record = how.number;
            break;
        }
        encoder->written++;
        start = ends[i];
    }
    if (done != NULL)
        *done = i;
    return status < 0 ? status : MRRC_OK;
}

const mrrc_diagnostic *mrrc_encoder_notes(mrrc_encoder *encoder, size_t *count) {
    encoder->told = true;
    *count = encoder->notes.size / sizeof(mrrc_diagnostic);
    return (const mrrc_diagnostic *)(const void *)encoder->notes.data;
}

int mrrc_record_encode(int format, const uint8_t *packed, size_t size, uint32_t flags,
                       mrrc_buffer *out, mrrc_error *err) {
    const mrrci_format *row = mrrci_format_at(format);
    out->size = 0;
    if (row == NULL)
        return mrrci_fail(err, MRRC_ERR_ARGUMENT, 0);
    mrrci_how how = {.flags = flags, .number = 1};
    return row->encode(packed, size, &how, out, err);
}
