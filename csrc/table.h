/* SPDX-License-Identifier: MIT
 *
 * table.h: the rows that a record gives to a compiled query, for whoever writes or counts them.
 */
#ifndef MRRC_TABLE_H
#define MRRC_TABLE_H

#include "reference.h"

/* What is done with a row.  Returns 0, or a fault, which ends the walk. */
typedef int mrrci_row_taker(void *taker, const mrrci_stretch *cells, size_t count);

/* Gives each row of a record to `take`.  Returns 0, or a fault: MRRC_ERR_QUERY_LIMIT,
 * MRRC_ERR_PACKED_INVALID, MRRC_ERR_MEMORY or that of `take`. */
int mrrci_table_rows(mrrc_table *table, const uint8_t *packed, size_t size, mrrci_row_taker *take,
                     void *taker);

/* Writes a row.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_table_put(const mrrc_table *table, const mrrci_stretch *cells, size_t count,
                    mrrc_buffer *out);

/* Whether a view has the records `first` to `end`, and none of them is marked. */
bool mrrci_table_suits(const mrrc_batch_view *view, size_t first, size_t end);

#endif
