/* SPDX-License-Identifier: MIT
 *
 * reader_walk.c: places between the records of a source in text, where it can be cut so that its
 * pieces read like the whole.  The records are decoded on the way there, since only their format
 * knows where one ends, whatever is wrong with it; nothing of them is given.
 */
#include "batch.h"
#include "conversion.h"
#include "internal.h"
#include "reader.h"
#include "source.h"

static uint64_t position(const mrrc_reader *reader) {
    return reader->source.start + reader->source.at;
}

/* Whether a record begins where the reader is, or behind what is part of none. */
static bool is_between(mrrc_reader *reader, mrrc_place *place) {
    mrrci_source *source = &reader->source;
    size_t size = mrrci_source_size(source), used = 0;
    if (source->at == size)
        return false;
    mrrci_input input = {
        .data = mrrci_source_data(source) + source->at,
        .size = size - source->at,
        .offset = position(reader),
        .last = source->ended,
    };
    bool between = reader->format->pause(reader->state, &input, &used, place);
    source->at += used;
    place->offset = position(reader);
    place->records = reader->records;
    place->faults = reader->faults;
    return between;
}

int mrrc_reader_walk(mrrc_reader *reader, uint64_t offset, mrrc_place *place, mrrc_error *err) {
    mrrci_source *source = &reader->source;
    if (reader->format->pause == NULL || source->fed)
        return mrrci_fail(err, MRRC_ERR_ARGUMENT, offset);
    for (;;) {
        uint64_t from = position(reader), left = offset > from ? offset - from : 1;
        if (reader->lost)
            return MRRC_END;
        if (from >= offset && is_between(reader, place))
            return MRRC_OK;
        reader->block = left < MRRCI_BLOCK_MAX ? (size_t)left : MRRCI_BLOCK_MAX;
        mrrci_batch_reset(&reader->batch);
        if (mrrci_reader_decode(reader, MRRC_READ_LENIENT) == MRRC_ERR_MEMORY)
            return mrrci_fail(err, MRRC_ERR_MEMORY, position(reader));
        reader->faults += reader->batch.faults.size / sizeof(mrrc_error);
        if (position(reader) > from)
            continue;
        if (source->ended)
            return MRRC_END;
        mrrci_source_drop_used(source);
        MRRCI_TRY(mrrci_source_read(source, MRRCI_BLOCK_MAX, err));
    }
}

int mrrc_reader_begin(mrrc_reader *reader, const mrrc_place *place, mrrc_error *err) {
    mrrci_source *source = &reader->source;
    if (reader->format->resume == NULL || source->fed)
        return mrrci_fail(err, MRRC_ERR_ARGUMENT, place->offset);
    if (source->memory != NULL)
        source->start = place->offset;
    else
        MRRCI_TRY(mrrci_source_seek(source, place->offset, err));
    reader->format->resume(reader->state, place);
    reader->records = place->records;
    return MRRC_OK;
}
