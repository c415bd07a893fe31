/* SPDX-License-Identifier: MIT
 *
 * reader.h: a reader from the inside, for what cuts its source into pieces that other readers
 * decode.
 */
#ifndef MRRC_READER_H
#define MRRC_READER_H

#include "batch.h"
#include "conversion.h"
#include "format.h"
#include "source.h"

struct mrrc_reader {
    mrrci_source source;
    const mrrci_format *format;
    const mrrc_filter *filter;
    mrrci_batch batch;
    void *state;              /* the format's memory */
    mrrci_recovery recovery;  /* and of one that has none */
    mrrc_error pending;       /* the fault behind the records of the batch */
    uint64_t records;         /* read so far, bad ones too */
    uint64_t faults;          /* of those that were walked over, how many are bad */
    size_t block;             /* how much to read next */
    bool lost;                /* nothing follows: framing was lost, or a document is over */
    bool filled;              /* another reader has decoded the batch, and nobody has had it */
};

/* Gives the caller the fault that was kept back, if there is one.  Returns it or 0. */
int mrrci_reader_tell(mrrc_reader *reader, mrrc_error *err);

/* Decodes what the window holds, and goes on behind faults where the mode says so.  Returns
 * 0 or a fault. */
int mrrci_reader_decode(mrrc_reader *reader, uint32_t flags);

/* Returns another reader of the same format and filter, without a source, or NULL without
 * memory. */
mrrc_reader *mrrci_reader_like(const mrrc_reader *reader);

/* reader_cut.c ------------------------------------------------------------- */

/* Gives the next stretch of the reader's source to another reader of the same format and filter,
 * which has nothing left of its last.  Of a format whose records can be told apart beyond doubt
 * these are bytes to be decoded, about `block` of them; elsewhere, and where something is amiss,
 * records decoded by this reader.  Either way mrrc_reader_next() on the piece gives what it
 * would have given on the reader, with the same places and numbers, until MRRC_END.  Returns 0,
 * MRRC_MORE, MRRC_END, or a fault as mrrc_reader_next(). */
int mrrci_reader_cut(mrrc_reader *reader, uint32_t flags, size_t block, mrrc_reader *piece,
                     mrrc_error *err);

#endif
