/* SPDX-License-Identifier: MIT
 *
 * conversion.h: what every decoder is given and what every encoder is told, whatever the format.
 */
#ifndef MRRC_CONVERSION_H
#define MRRC_CONVERSION_H

#include "query.h"
#include "select.h"

/* What a reader of damaged data keeps between two calls.  It begins as zeros. */
typedef struct mrrci_recovery {
    bool between;             /* bytes that belong to no record were passed over, and not told */
    bool white;               /* all of them white space */
    bool terminated;          /* the last of them was 0x1D */
    bool over;                /* framing was lost for good */
    uint64_t begin, end;      /* where they stand in the source */
    uint64_t searched;        /* no record that is lost ends before this */
    mrrc_buffer kept;         /* the first of those bytes */
    mrrc_buffer places;       /* memory for the record at work, as are the next two */
    mrrc_buffer text;
    mrrc_buffer notes;
} mrrci_recovery;

/* What a decoder is given: a stretch of the source, and what to make of it. */
typedef struct mrrci_input {
    const uint8_t *data;
    size_t size;
    uint64_t offset;          /* of data[0] in the source */
    size_t wanted;            /* stop behind the record that reaches so many bytes */
    uint32_t flags;           /* enum mrrc_read_flags */
    bool last;                /* nothing comes after data[size - 1] */
    mrrci_recovery *recovery; /* the reader's, for a format without a memory */
} mrrci_input;

/* What an encoder is told. */
typedef struct mrrci_how {
    uint32_t flags;           /* enum mrrc_write_flags */
    uint64_t number;          /* of the record in the output, from 1 */
    const mrrci_columns *columns;  /* of a table; NULL for a row a value */
    mrrci_matcher *asker;     /* for their conditions, if they have some */
    mrrc_buffer *notes;       /* mrrc_diagnostic each, of what had to be replaced; or NULL */
} mrrci_how;

#endif
