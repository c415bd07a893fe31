/* SPDX-License-Identifier: MIT
 *
 * batch.c: many records in one block, with where each ends, where it came from
 * and how it is.  It holds bytes and does not look into them, but lets a matcher do so.
 */
#include "batch.h"
#include "internal.h"
#include "query.h"

void mrrci_batch_reset(mrrci_batch *batch) {
    batch->block.size = batch->ends.size = batch->offsets.size = 0;
    batch->lengths.size = batch->statuses.size = batch->notes.size = batch->seen.size = 0;
    batch->faults.size = 0;
    batch->count = batch->marked = 0;
    batch->numbers.size = 0;
    batch->met = batch->end = 0;
    batch->tested = false;
}

void mrrci_batch_clear(mrrci_batch *batch) {
    mrrci_buffer_clear(&batch->block);
    mrrci_buffer_clear(&batch->ends);
    mrrci_buffer_clear(&batch->offsets);
    mrrci_buffer_clear(&batch->lengths);
    mrrci_buffer_clear(&batch->statuses);
    mrrci_buffer_clear(&batch->notes);
    mrrci_buffer_clear(&batch->seen);
    mrrci_buffer_clear(&batch->faults);
    mrrci_buffer_clear(&batch->numbers);
    batch->count = batch->marked = 0;
}

static size_t last_end(const mrrci_batch *batch) {
    uint32_t end = 0;
    if (batch->count > 0)
        memcpy(&end, batch->ends.data + (batch->count - 1) * sizeof end, sizeof end);
    return end;
}

void mrrci_batch_drop_record(mrrci_batch *batch) {
    mrrc_diagnostic note;
    batch->block.size = last_end(batch);
    for (; batch->notes.size > 0; batch->notes.size -= sizeof note) {
        memcpy(&note, batch->notes.data + batch->notes.size - sizeof note, sizeof note);
        if (note.record != batch->count)
            break; /* of a record before, or of none */
    }
}

int mrrci_batch_note(mrrci_batch *batch, mrrc_diagnostic note) {
    note.record = (uint32_t)batch->count;
    return mrrci_note(&batch->notes, &note);
}

int mrrci_batch_note_apart(mrrci_batch *batch, mrrc_diagnostic note) {
    note.record = MRRC_NO_RECORD;
    return mrrci_note(&batch->notes, &note);
}

int mrrci_batch_keep_seen(mrrci_batch *batch, mrrc_diagnostic *note, const uint8_t *bytes,
                          size_t size) {
    size_t kept = size < MRRCI_SEEN_MAX ? size : MRRCI_SEEN_MAX;
    note->seen = (uint32_t)batch->seen.size;
    note->seen_size = (uint32_t)kept;
    return mrrci_buffer_append(&batch->seen, bytes, kept);
}

/* Appends where there is room already. */
static inline void put(mrrc_buffer *buffer, const void *value, size_t size) {
    memcpy(buffer->data + buffer->size, value, size);
    buffer->size += size;
}

void mrrci_batch_pass(mrrci_batch *batch, uint64_t end) {
    mrrci_batch_drop_record(batch);
    batch->end = end;
    batch->met++;
    batch->tested = false;
}

/* Whether the record at work is to be kept; how it is may change. */
static int is_wanted(mrrci_batch *batch, int *status) {
    if (*status != MRRC_OK || batch->tested)
        return 1;
    size_t from = last_end(batch);
    int found = mrrci_match(batch->matcher, batch->block.data + from, batch->block.size - from);
    if (found == MRRC_ERR_MEMORY)
        return found;
    if (found < 0)
        *status = found;
    return found != 0;
}

/* Notes the number of the record at work, or passes over it.  Returns whether it is kept. */
static int number_record(mrrci_batch *batch, uint64_t end, int *status) {
    MRRCI_TRY(mrrci_buffer_reserve(&batch->numbers, sizeof batch->met));
    int wanted = is_wanted(batch, status);
    if (wanted == 0)
        mrrci_batch_pass(batch, end);
    if (wanted <= 0)
        return wanted;
    put(&batch->numbers, &batch->met, sizeof batch->met);
    batch->tested = false;
    return 1;
}

int mrrci_batch_end_record(mrrci_batch *batch, uint64_t offset, size_t length, int status) {
    if (batch->matcher != NULL) {
        int kept = number_record(batch, offset + length, &status);
        if (kept < 0)
            mrrci_batch_drop_record(batch);
        if (kept <= 0)
            return kept;
    }
    uint32_t end = (uint32_t)batch->block.size;
    uint32_t length32 = (uint32_t)length;
    int16_t status16 = (int16_t)status;
    if (mrrci_buffer_reserve(&batch->ends, sizeof end) < 0 ||
        mrrci_buffer_reserve(&batch->offsets, sizeof offset) < 0 ||
        mrrci_buffer_reserve(&batch->lengths, sizeof length32) < 0 ||
        mrrci_buffer_reserve(&batch->statuses, sizeof status16) < 0) {
        mrrci_batch_drop_record(batch);
        if (batch->matcher != NULL)
            batch->numbers.size -= sizeof batch->met;
        return MRRC_ERR_MEMORY;
    }
    batch->met++;
    batch->end = offset + length;
    put(&batch->ends, &end, sizeof end);
    put(&batch->offsets, &offset, sizeof offset);
    put(&batch->lengths, &length32, sizeof length32);
    put(&batch->statuses, &status16, sizeof status16);
    batch->count++;
    if (status != MRRC_OK)
        batch->marked++;
    return MRRC_OK;
}

void mrrci_batch_look(const mrrci_batch *batch, mrrc_batch_view *view) {
    view->block = batch->block.data;
    view->block_size = batch->block.size;
    /* realloc's memory is aligned for any type */
    view->ends = (const uint32_t *)(const void *)batch->ends.data;
    view->offsets = (const uint64_t *)(const void *)batch->offsets.data;
    view->lengths = (const uint32_t *)(const void *)batch->lengths.data;
    view->statuses = (const int16_t *)(const void *)batch->statuses.data;
    view->notes = (const mrrc_diagnostic *)(const void *)batch->notes.data;
    view->notes_count = batch->notes.size / sizeof(mrrc_diagnostic);
    view->count = batch->count;
    view->marked = batch->marked;
    view->seen = batch->seen.data;
    view->seen_size = batch->seen.size;
    view->faults = (const mrrc_error *)(const void *)batch->faults.data;
    view->faults_count = batch->faults.size / sizeof(mrrc_error);
    view->met = batch->met;
    view->end = batch->end;
    view->numbers = batch->matcher == NULL
                        ? NULL
                        : (const uint64_t *)(const void *)batch->numbers.data;
}
