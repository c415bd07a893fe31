/* SPDX-License-Identifier: MIT
 *
 * reader.c: source and format make batches.  The reader knows neither what a
 * record looks like nor where bytes come from; it keeps the two in step, so that
 * what is good before a failure is delivered before it.
 */
#include "batch.h"
#include "conversion.h"
#include "format.h"
#include "internal.h"
#include "query.h"
#include "reader.h"
#include "source.h"

mrrc_reader *mrrc_reader_new(int format) {
    const mrrci_format *row = mrrci_format_at(format);
    mrrc_reader *reader = row == NULL ? NULL : mrrci_new(sizeof *reader);
    if (reader == NULL)
        return NULL;
    mrrci_source_init(&reader->source);
    reader->format = row;
    reader->block = MRRCI_BLOCK_FIRST;
    if (row->decode == NULL || (row->open != NULL && (reader->state = row->open()) == NULL)) {
        mrrci_free(reader);
        return NULL;
    }
    return reader;
}

void mrrc_reader_free(mrrc_reader *reader) {
    if (reader == NULL)
        return;
    if (reader->state != NULL)
        reader->format->close(reader->state);
    (void)mrrci_source_close(&reader->source, NULL);
    mrrci_batch_clear(&reader->batch);
    mrrci_buffer_clear(&reader->recovery.kept);
    mrrci_buffer_clear(&reader->recovery.places);
    mrrci_buffer_clear(&reader->recovery.text);
    mrrci_buffer_clear(&reader->recovery.notes);
    mrrci_matcher_free(reader->batch.matcher);
    mrrci_free(reader);
}

int mrrc_reader_filter(mrrc_reader *reader, const mrrc_filter *filter) {
    mrrci_matcher *matcher = filter == NULL ? NULL : mrrci_matcher_new(filter);
    if (filter != NULL && matcher == NULL)
        return MRRC_ERR_MEMORY;
    mrrci_matcher_free(reader->batch.matcher);
    reader->batch.matcher = matcher;
    reader->filter = filter;
    return MRRC_OK;
}

mrrc_reader *mrrci_reader_like(const mrrc_reader *reader) {
    mrrc_reader *other = mrrci_new(sizeof *other);
    if (other == NULL)
        return NULL;
    mrrci_source_init(&other->source);
    other->format = reader->format;
    if (reader->filter != NULL && mrrc_reader_filter(other, reader->filter) < 0) {
        mrrci_free(other);
        return NULL;
    }
    return other;
}

int mrrc_reader_open_path(mrrc_reader *reader, const char *path, mrrc_error *err) {
    return mrrci_source_open_path(&reader->source, path, err);
}

int mrrc_reader_limit(mrrc_reader *reader, uint64_t stop) {
    mrrci_source_limit(&reader->source, stop);
    return MRRC_OK;
}

int mrrc_reader_open_memory(mrrc_reader *reader, const uint8_t *data, size_t size) {
    mrrci_source_open_memory(&reader->source, data, size);
    return MRRC_OK;
}

int mrrc_reader_open_feed(mrrc_reader *reader) {
    mrrci_source_open_feed(&reader->source);
    return MRRC_OK;
}

int mrrc_reader_feed(mrrc_reader *reader, const uint8_t *data, size_t size) {
    if (!reader->source.fed || reader->source.ended)
        return MRRC_ERR_ARGUMENT;
    mrrci_source_drop_used(&reader->source);
    return mrrci_source_feed(&reader->source, data, size);
}

int mrrc_reader_close(mrrc_reader *reader, mrrc_error *err) {
    mrrci_batch_clear(&reader->batch);
    return mrrci_source_close(&reader->source, err);
}

int mrrc_reader_seek(mrrc_reader *reader, uint64_t offset, mrrc_error *err) {
    if (reader->state != NULL)
        return mrrci_fail(err, MRRC_ERR_ARGUMENT, offset);
    MRRCI_TRY(mrrci_source_seek(&reader->source, offset, err));
    reader->lost = false;
    reader->recovery.between = reader->recovery.over = false;
    reader->recovery.searched = 0;
    /* the fault of a record that will be met again, or was left behind */
    memset(&reader->pending, 0, sizeof reader->pending);
    return MRRC_OK;
}

/* Whether a format is to hear of the source's end, with no byte left. */
static bool awaits_end(const mrrc_reader *reader) {
    return reader->source.ended && (reader->state != NULL || reader->recovery.between);
}

/* Decodes once.  Returns 0 or a fault, which stands in reader->pending. */
static int decode_once(mrrc_reader *reader, uint32_t flags) {
    static const uint8_t nothing[1] = {0};
    mrrci_source *source = &reader->source;
    size_t size = mrrci_source_size(source), used = 0;
    if (reader->lost || (source->at >= size && !awaits_end(reader)))
        return MRRC_OK;
    const uint8_t *data = mrrci_source_data(source);
    mrrci_input input = {
        .data = size == 0 ? nothing : data + source->at, /* there may be no memory yet */
        .size = size - source->at,
        .offset = source->start + source->at,
        .wanted = reader->block,
        .flags = flags,
        .last = source->ended,
        .recovery = &reader->recovery,
    };
    uint64_t met = reader->batch.met;
    int status = reader->format->decode(reader->state, &input, &reader->batch, &used,
                                        &reader->pending);
    source->at += used;
    reader->records += reader->batch.met - met;
    reader->lost = status == MRRC_END || (status < MRRC_FATAL && status != MRRC_ERR_MEMORY);
    if (status >= 0 || status == MRRC_ERR_MEMORY) {
        memset(&reader->pending, 0, sizeof reader->pending);
    } else {
        reader->pending.code = status;
        if (status != MRRC_ERR_BETWEEN_RECORDS)
            reader->pending.record = ++reader->records;
    }
    return status < 0 ? status : MRRC_OK;
}

/* Puts the fault of one record into the batch, in lenient mode with an entry.  Returns 0, or
 * MRRC_ERR_MEMORY and keeps the fault back. */
static int keep_fault(mrrc_reader *reader, uint32_t flags) {
    mrrci_batch *batch = &reader->batch;
    MRRCI_TRY(mrrci_buffer_reserve(&batch->faults, sizeof reader->pending));
    if (flags & MRRC_READ_LENIENT)
        MRRCI_TRY(mrrci_batch_end_record(batch, reader->pending.offset, 0, reader->pending.code));
    MRRCI_TRY(mrrci_buffer_append(&batch->faults, &reader->pending, sizeof reader->pending));
    memset(&reader->pending, 0, sizeof reader->pending);
    return MRRC_OK;
}

int mrrci_reader_decode(mrrc_reader *reader, uint32_t flags) {
    size_t until = reader->source.at + reader->block;
    for (;;) {
        int status = decode_once(reader, flags);
        if (status >= 0 || status == MRRC_ERR_MEMORY || status < MRRC_FATAL ||
            !(flags & (MRRC_READ_LENIENT | MRRC_READ_PERMISSIVE)))
            return status;
        MRRCI_TRY(keep_fault(reader, flags));
        if (reader->source.at >= until || reader->batch.block.size >= MRRCI_BATCH_MAX)
            return MRRC_OK;
    }
}

/* Whether there is something to deliver, if only that records were passed over. */
static bool has_news(const mrrc_reader *reader) {
    const mrrci_batch *batch = &reader->batch;
    return batch->met > 0 || batch->notes.size > 0 || batch->faults.size > 0;
}

int mrrci_reader_tell(mrrc_reader *reader, mrrc_error *err) {
    int status = reader->pending.code;
    if (status != 0 && err != NULL && err->code == 0)
        *err = reader->pending;
    memset(&reader->pending, 0, sizeof reader->pending);
    return status;
}

/* Whether the format may have something to say yet with no byte left. */
static bool is_open(const mrrc_reader *reader) {
    const mrrci_source *source = &reader->source;
    return !reader->lost && (!source->ended || source->at < mrrci_source_size(source) ||
                             reader->recovery.between);
}

int mrrc_reader_next(mrrc_reader *reader, uint32_t flags, mrrc_batch_view *view, mrrc_error *err) {
    mrrci_source *source = &reader->source;
    memset(view, 0, sizeof *view);
    if (reader->filled) {
        reader->filled = false;
        mrrci_batch_look(&reader->batch, view);
        return MRRC_OK;
    }
    mrrci_batch_reset(&reader->batch);
    if (flags & MRRC_READ_BRIEFLY && reader->block > MRRCI_BLOCK_CONVERT)
        reader->block = MRRCI_BLOCK_CONVERT;
    MRRCI_TRY(mrrci_reader_tell(reader, err));
    if (reader->lost)
        return MRRC_END;
    mrrci_source_drop_used(source);
    int status = mrrci_reader_decode(reader, flags);
    while (status == MRRC_OK && !has_news(reader) && is_open(reader)) {
        if (!source->ended) {
            if (source->fed)
                return MRRC_MORE;
            mrrci_source_drop_used(source);
            MRRCI_TRY(mrrci_source_read(source, reader->block, err));
        }
        size_t at = source->at;
        status = mrrci_reader_decode(reader, flags);
        if (source->ended && source->at == at)
            break; /* what is left makes nothing */
    }
    if (!has_news(reader)) {
        if (status == MRRC_ERR_MEMORY)
            return mrrci_fail(err, status, source->start + source->at);
        return status < 0 ? mrrci_reader_tell(reader, err) : MRRC_END;
    }
    if (reader->block < MRRCI_BLOCK_MAX)
        reader->block *= 2;
    mrrci_batch_look(&reader->batch, view);
    return MRRC_OK;
}

int mrrc_reader_encode(mrrc_reader *reader, uint32_t flags, mrrc_encoder *encoder,
                       mrrc_buffer *out, mrrc_batch_view *view, size_t *done, mrrc_error *err) {
    *done = 0;
    if (reader->block > MRRCI_BLOCK_CONVERT)
        reader->block = MRRCI_BLOCK_CONVERT;
    int status = mrrc_reader_next(reader, flags, view, err);
    if (status != MRRC_OK || view->marked > 0)
        return status != MRRC_OK ? status : MRRC_UNDECODED;
    return mrrc_encoder_records(encoder, view->block, view->ends, view->count, out, done, err);
}

int mrrc_reader_source_bytes(const mrrc_reader *reader, uint64_t offset, size_t size,
                             uint8_t *into) {
    if (reader == NULL)
        return MRRC_ERR_ARGUMENT;
    const mrrci_source *source = &reader->source;
    size_t have = mrrci_source_size(source);
    if (offset < source->start || offset - source->start > have)
        return MRRC_ERR_ARGUMENT;
    size_t from = (size_t)(offset - source->start);
    if (size > have - from)
        return MRRC_ERR_ARGUMENT;
    if (size > 0)
        memcpy(into, mrrci_source_data(source) + from, size);
    return MRRC_OK;
}

int mrrc_reader_copy(const mrrc_reader *reader, const mrrc_batch_view *view, size_t first,
                     size_t end, mrrc_buffer *out) {
    if (reader == NULL)
        return MRRC_ERR_ARGUMENT;
    const mrrci_source *source = &reader->source;
    size_t have = mrrci_source_size(source), before = out->size;
    for (size_t i = first; i < end;) {
        uint64_t offset = view->offsets[i], stop = offset;
        while (i < end && view->offsets[i] == stop) /* records side by side */
            stop += view->lengths[i++];
        if (offset < source->start || stop - source->start > have) {
            out->size = before;
            return MRRC_ERR_ARGUMENT;
        }
        MRRCI_TRY(mrrci_buffer_append(out, mrrci_source_data(source) + (offset - source->start),
                                      (size_t)(stop - offset)));
    }
    return MRRC_OK;
}
