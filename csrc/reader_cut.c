/* SPDX-License-Identifier: MIT
 *
 * reader_cut.c: a source cut into pieces for readers that work side by side.  Records that any
 * way of reading would tell apart in the same way are handed over as bytes; at whatever else
 * there is, this reader goes on by itself until it is behind it.  So the pieces give what one
 * reader alone would give, damaged data too, and the usual file is cut at the speed of memchr.
 */
#include "batch.h"
#include "conversion.h"
#include "internal.h"
#include "reader.h"
#include "source.h"

/* Bytes behind a piece that go with it, for messages that show what is near a fault. */
enum { BEHIND = 4096 };

/* Makes the piece empty. */
static void begin_piece(const mrrc_reader *reader, mrrc_reader *piece) {
    mrrci_batch_reset(&piece->batch);
    memset(&piece->pending, 0, sizeof piece->pending);
    piece->recovery.between = piece->recovery.over = false;
    piece->recovery.searched = 0;
    piece->records = reader->records;
    piece->filled = piece->lost = false;
    piece->source.window.size = piece->source.at = 0;
    piece->source.memory = NULL;
    piece->source.ended = true;
}

/* Whether the reader stands behind a record, with nothing on its mind. */
static bool is_clean(const mrrc_reader *reader) {
    const mrrci_recovery *recovery = &reader->recovery;
    return !recovery->between && !recovery->over &&
           recovery->searched <= reader->source.start + reader->source.at;
}

/* How many bytes are whole records beyond doubt, up to the one that reaches `wanted`. */
static size_t walk(const mrrc_reader *reader, size_t wanted, uint64_t *records) {
    const mrrci_source *source = &reader->source;
    size_t size = 0, left = mrrci_source_size(source) - source->at, step;
    if (left == 0) /* there may be no memory yet */
        return 0;
    const uint8_t *data = mrrci_source_data(source) + source->at;
    while (size < wanted && (step = reader->format->step(data + size, left - size)) > 0) {
        size += step;
        ++*records;
    }
    return size;
}

/* Hands bytes over: of memory the place, of a file the window, of which the rest is copied. */
static int give_bytes(mrrc_reader *reader, mrrc_reader *piece, size_t size) {
    mrrci_source *source = &reader->source, *target = &piece->source;
    size_t end = source->at + size;
    target->start = source->start;
    target->at = source->at;
    piece->block = size;
    if (source->memory != NULL) {
        target->memory = source->memory;
        target->memory_size = source->at = end;
        return MRRC_OK;
    }
    MRRCI_TRY(mrrci_buffer_append(&target->window, source->window.data + end,
                                  source->window.size - end));
    mrrc_buffer window = source->window;
    source->window = target->window;
    source->start += end;
    source->at = 0;
    target->window = window;
    target->window.size = end;
    return MRRC_OK;
}

/* Copies what is at hand of the source up to a little behind the reader's place. */
static int copy_bytes(const mrrc_reader *reader, mrrc_reader *piece) {
    const mrrci_source *source = &reader->source;
    mrrci_source *target = &piece->source;
    size_t size = mrrci_source_size(source);
    if (size - source->at > BEHIND)
        size = source->at + BEHIND;
    target->start = source->start;
    if (source->memory == NULL)
        return mrrci_buffer_append(&target->window, source->window.data, size);
    target->memory = source->memory;
    target->memory_size = size;
    return MRRC_OK;
}

/* Hands over what the reader decodes itself, or a fault, and the bytes it came from. */
static int give_records(mrrc_reader *reader, uint32_t flags, mrrc_reader *piece, mrrc_error *err) {
    mrrc_batch_view view;
    int status = mrrc_reader_next(reader, flags, &view, err);
    piece->lost = true;
    if (status > 0 || status < MRRC_FATAL)
        return status;
    if (copy_bytes(reader, piece) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, reader->source.start + reader->source.at);
    if (status < 0)
        return status;
    mrrci_batch batch = reader->batch;
    reader->batch = piece->batch;
    piece->batch = batch;
    /* each keeps what tests its records */
    piece->batch.matcher = reader->batch.matcher;
    reader->batch.matcher = batch.matcher;
    piece->filled = true;
    return MRRC_OK;
}

int mrrci_reader_cut(mrrc_reader *reader, uint32_t flags, size_t block, mrrc_reader *piece,
                     mrrc_error *err) {
    mrrci_source *source = &reader->source;
    begin_piece(reader, piece);
    MRRCI_TRY(mrrci_reader_tell(reader, err));
    if (reader->lost)
        return MRRC_END;
    if (reader->format->step == NULL || !is_clean(reader)) {
        reader->block = reader->format->step == NULL ? block : MRRCI_BLOCK_FIRST;
        return give_records(reader, flags, piece, err);
    }
    for (bool asked = source->fed;; asked = true) {
        size_t left = mrrci_source_size(source) - source->at;
        if (asked || source->ended || left >= block) {
            uint64_t records = 0;
            size_t size = walk(reader, block, &records);
            if (size > 0) {
                if (give_bytes(reader, piece, size) < 0)
                    return mrrci_fail(err, MRRC_ERR_MEMORY, source->start + source->at);
                reader->records += records;
                return MRRC_OK;
            }
            if (source->ended || left > MRRCI_RECORD_MAX)
                break; /* what is here is no such record, however it goes on */
            if (source->fed)
                return MRRC_MORE;
        }
        mrrci_source_drop_used(source);
        MRRCI_TRY(mrrci_source_read(source, block, err));
    }
    reader->block = MRRCI_BLOCK_FIRST; /* not far: there may be sound records behind */
    return give_records(reader, flags, piece, err);
}
