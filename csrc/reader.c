/* SPDX-License-Identifier: MIT
 *
 * reader.c: source and format make batches.  The reader knows neither what a
 * record looks like nor where bytes come from; it keeps the two in step, so that
 * what is good before a failure is delivered before it.
 */
#include "internal.h"

struct mrrc_reader {
    mrrci_source source;
    const mrrci_format *format;
    mrrci_batch batch;
    size_t block;             /* how much to read next */
    bool lost;                /* framing was lost: nothing follows */
};

mrrc_reader *mrrc_reader_new(int format) {
    const mrrci_format *row = mrrci_format_at(format);
    mrrc_reader *reader = row == NULL ? NULL : mrrci_new(sizeof *reader);
    if (reader == NULL)
        return NULL;
    mrrci_source_init(&reader->source);
    reader->format = row;
    reader->block = MRRCI_BLOCK_FIRST;
    return reader;
}

void mrrc_reader_free(mrrc_reader *reader) {
    if (reader == NULL)
        return;
    (void)mrrci_source_close(&reader->source, NULL);
    mrrci_batch_clear(&reader->batch);
    mrrci_free(reader);
}

int mrrc_reader_open_path(mrrc_reader *reader, const char *path, mrrc_error *err) {
    return mrrci_source_open_path(&reader->source, path, err);
}

int mrrc_reader_open_memory(mrrc_reader *reader, const uint8_t *data, size_t size) {
    mrrci_source_open_memory(&reader->source, data, size);
    return MRRC_OK;
}

int mrrc_reader_close(mrrc_reader *reader, mrrc_error *err) {
    mrrci_batch_clear(&reader->batch);
    return mrrci_source_close(&reader->source, err);
}

int mrrc_reader_seek(mrrc_reader *reader, uint64_t offset, mrrc_error *err) {
    MRRCI_TRY(mrrci_source_seek(&reader->source, offset, err));
    reader->lost = false;
    return MRRC_OK;
}

/* Decodes what the window holds.  Returns 0 or a fault. */
static int decode(mrrc_reader *reader, uint32_t flags) {
    mrrci_source *source = &reader->source;
    size_t size = mrrci_source_size(source), used = 0;
    if (source->at >= size)
        return MRRC_OK;
    mrrci_input input = {
        .data = mrrci_source_data(source) + source->at,
        .size = size - source->at,
        .offset = source->start + source->at,
        .wanted = reader->block,
        .flags = flags,
        .last = source->ended,
    };
    int status = reader->format->decode(&input, &reader->batch, &used);
    source->at += used;
    reader->lost = status == MRRC_END;
    return status < 0 ? status : MRRC_OK;
}

int mrrc_reader_next(mrrc_reader *reader, uint32_t flags, mrrc_batch_view *view, mrrc_error *err) {
    mrrci_source *source = &reader->source;
    memset(view, 0, sizeof *view);
    mrrci_batch_reset(&reader->batch);
    if (reader->lost)
        return MRRC_END;
    mrrci_source_drop_used(source);
    int status = decode(reader, flags);
    while (status == MRRC_OK && reader->batch.count == 0 && !source->ended) {
        MRRCI_TRY(mrrci_source_read(source, reader->block, err));
        status = decode(reader, flags);
    }
    if (reader->batch.count == 0)
        return status < 0 ? mrrci_fail(err, status, source->start + source->at) : MRRC_END;
    if (reader->block < MRRCI_BLOCK_MAX)
        reader->block *= 2;
    mrrci_batch_look(&reader->batch, view);
    return MRRC_OK;
}

int mrrc_reader_source_bytes(const mrrc_reader *reader, uint64_t offset, size_t size,
                             uint8_t *into) {
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
