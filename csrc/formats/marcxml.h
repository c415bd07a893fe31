/* SPDX-License-Identifier: MIT
 *
 * marcxml.h: the readers' own way with MARCXML records of the common shape, beside libxml2.
 */
#ifndef MRRC_MARCXML_H
#define MRRC_MARCXML_H

#include "batch.h"
#include "conversion.h"

/* What is kept of it between two calls. */
typedef struct mrrci_plain {
    mrrc_buffer start;        /* how the records before began, up to the '>' */
    size_t prefix;            /* the size of the elements' prefix with its colon, from start[1] */
    size_t looked;            /* bytes at hand when the last record was not yet whole; or 0 */
} mrrci_plain;

/* Takes a record's start tag, without its end, as that of the records to come.  Returns 0
 * or MRRC_ERR_MEMORY. */
int mrrci_plain_learn(mrrci_plain *plain, const uint8_t *start, size_t size);

/* Reads records, with white space before each, up to the first that is out of the ordinary
 * in any way.  `*used` gets the place behind the last.  Returns 0 where that is enough or
 * more is needed, MRRC_UNDECODED before what is out of the ordinary, or MRRC_ERR_MEMORY. */
int mrrci_plain_read(mrrci_plain *plain, const mrrci_input *input, mrrci_batch *batch,
                     size_t *used);

#endif
