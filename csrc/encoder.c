/* SPDX-License-Identifier: MIT
 *
 * encoder.c: packed records to a format's bytes, one alone or a file of them with what
 * stands before, between and behind.  It keeps count and collects what had to be
 * replaced; the bytes go to the caller's buffer.
 */
#include "conversion.h"
#include "encoder.h"
#include "format.h"
#include "internal.h"
#include "query.h"
#include "select.h"

struct mrrc_encoder {
    const mrrci_format *format;
    mrrci_columns *columns;
    mrrci_matcher *asker;     /* for their conditions; or NULL */
    bool borrowed;            /* the columns are another encoder's */
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
    mrrci_matcher_free(encoder->asker);
    if (!encoder->borrowed)
        mrrci_columns_free(encoder->columns);
    mrrci_buffer_clear(&encoder->notes);
    mrrci_free(encoder);
}

int mrrc_encoder_columns(mrrc_encoder *encoder, const char *selectors, size_t size,
                         mrrc_error *err) {
    mrrci_matcher_free(encoder->asker);
    mrrci_columns_free(encoder->columns);
    encoder->columns = NULL;
    encoder->asker = NULL;
    MRRCI_TRY(mrrci_columns_new(selectors, size, &encoder->columns, err));
    if (mrrci_columns_asker(encoder->columns, &encoder->asker) == MRRC_OK)
        return MRRC_OK;
    mrrci_columns_free(encoder->columns);
    encoder->columns = NULL;
    return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
}

const mrrc_query_fault *mrrc_encoder_warnings(const mrrc_encoder *encoder, size_t *count) {
    *count = 0;
    return encoder->columns == NULL ? NULL : mrrci_columns_warnings(encoder->columns, count);
}

static mrrci_how how_of(mrrc_encoder *encoder) {
    return (mrrci_how){.flags = encoder->flags,
                       .number = encoder->written + 1,
                       .columns = encoder->columns,
                       .asker = encoder->asker,
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

/* ---- side by side ---- */

/* An encoder that writes a part counts from here, so that each record has what stands before it. */
enum { PART_BEGINS = 1 };

void mrrci_written_clear(mrrci_written *written) {
    mrrci_buffer_clear(&written->out);
    mrrci_buffer_clear(&written->notes);
}

bool mrrci_encoder_may_part(const mrrc_encoder *encoder) {
    bool numbered = encoder->format->numbered && encoder->columns == NULL;
    return !numbered && (encoder->flags & MRRC_WRITE_PYMARC) == 0;
}

mrrc_encoder *mrrci_encoder_like(const mrrc_encoder *encoder) {
    mrrc_encoder *other = mrrci_new(sizeof *other);
    if (other == NULL)
        return NULL;
    other->format = encoder->format;
    other->flags = encoder->flags;
    other->columns = encoder->columns;
    other->borrowed = true;
    if (encoder->columns != NULL && mrrci_columns_asker(encoder->columns, &other->asker) < 0) {
        mrrc_encoder_free(other);
        return NULL;
    }
    return other;
}

void mrrci_encoder_part(mrrc_encoder *encoder, const mrrc_batch_view *view,
                        mrrci_written *written) {
    memset(&written->err, 0, sizeof written->err);
    written->out.size = encoder->notes.size = 0;
    encoder->written = PART_BEGINS;
    written->status = mrrc_encoder_records(encoder, view->block, view->ends, view->count,
                                           &written->out, &written->done, &written->err);
    mrrc_buffer notes = encoder->notes;
    encoder->notes = written->notes;
    written->notes = notes;
}

/* Appends notes with the numbers that their records have in the whole, or none. */
static int join_notes(mrrc_encoder *encoder, mrrc_buffer *notes) {
    mrrc_diagnostic note;
    MRRCI_TRY(mrrci_buffer_reserve(&encoder->notes, notes->size));
    for (size_t at = 0; at < notes->size; at += sizeof note) {
        memcpy(&note, notes->data + at, sizeof note);
        note.record = (uint32_t)(note.record - PART_BEGINS + encoder->written);
        MRRCI_TRY(mrrci_note(&encoder->notes, &note));
    }
    return MRRC_OK;
}

int mrrci_encoder_join(mrrc_encoder *encoder, mrrci_written *written, mrrc_buffer *out,
                       size_t *done, mrrc_error *err) {
    size_t before = strlen(encoder->format->between);
    *done = 0;
    if (encoder->told)
        encoder->notes.size = 0;
    encoder->told = false;
    if (join_notes(encoder, &written->notes) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    if (encoder->written == 0 && written->done > 0 && before > 0) {
        written->out.size -= before; /* nothing comes before the first */
        memmove(written->out.data, written->out.data + before, written->out.size);
    }
    mrrc_buffer taken = written->out;
    written->out = *out;
    *out = taken;
    if (written->status < 0 && err != NULL && err->code == 0) {
        *err = written->err;
        err->record += encoder->written - PART_BEGINS;
    }
    encoder->written += written->done;
    *done = written->done;
    return written->status;
}
