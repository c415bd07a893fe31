/* SPDX-License-Identifier: MIT
 *
 * batch.h: the records that a decoder makes, one behind the other, with their ends, their places
 * in the source, their statuses and notes.
 */
#ifndef MRRC_BATCH_H
#define MRRC_BATCH_H

#include "query.h"

/* A batch takes no further record from here on: a directory may name the same
 * bytes eight thousand times. */
#define MRRCI_BATCH_MAX ((size_t)64 << 20)

typedef struct mrrci_batch {
    mrrc_buffer block;        /* the records */
    mrrc_buffer ends;         /* uint32_t each */
    mrrc_buffer offsets;      /* uint64_t each */
    mrrc_buffer lengths;      /* uint32_t each */
    mrrc_buffer statuses;     /* int16_t each */
    mrrc_buffer notes;        /* mrrc_diagnostic each */
    mrrc_buffer seen;         /* the bytes that notes tell of */
    mrrc_buffer faults;       /* mrrc_error each, of records that the format refused */
    size_t count;
    size_t marked;
    mrrci_matcher *matcher;   /* passes over records that do not match; or NULL */
    mrrc_buffer numbers;      /* uint64_t each, where there is a matcher: the record's place
                                 among those met, from 0 */
    uint64_t met;             /* records, those that were passed over too */
    uint64_t end;             /* the offset behind the last of them */
    bool tested;              /* the record at work is known to match */
} mrrci_batch;

void mrrci_batch_reset(mrrci_batch *batch);
void mrrci_batch_clear(mrrci_batch *batch);

/* Ends the record whose bytes were appended to the block last, or passes over it if it is packed
 * and does not match; where that cannot be found out, its status becomes MRRC_ERR_QUERY_LIMIT.
 * Returns 0 or MRRC_ERR_MEMORY, after which the block is as it was before that record. */
int mrrci_batch_end_record(mrrci_batch *batch, uint64_t offset, size_t length, int status);

/* Counts a record that is passed over, and gives up what was appended for it.  `end` is the
 * offset behind it in the source. */
void mrrci_batch_pass(mrrci_batch *batch, uint64_t end);

/* Gives up what was appended for a record that is not ended, its notes too. */
void mrrci_batch_drop_record(mrrci_batch *batch);

/* Notes what is amiss in the record that is being appended; its number is set here.
 * Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_batch_note(mrrci_batch *batch, mrrc_diagnostic note);

/* The same of what belongs to no record. */
int mrrci_batch_note_apart(mrrci_batch *batch, mrrc_diagnostic note);

/* A note holds no more of the bytes it tells of. */
#define MRRCI_SEEN_MAX 4096u

/* Keeps bytes that a note is to tell of, as many as it may, and sets its `seen` and
 * `seen_size`.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_batch_keep_seen(mrrci_batch *batch, mrrc_diagnostic *note, const uint8_t *bytes,
                          size_t size);

void mrrci_batch_look(const mrrci_batch *batch, mrrc_batch_view *view);

#endif
