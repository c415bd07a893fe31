/* SPDX-License-Identifier: MIT
 *
 * columns.h: rows of columns that are made in one place and wanted in another.
 */
#ifndef MRRC_COLUMNS_H
#define MRRC_COLUMNS_H

#include "internal.h"

/* Moves rows, and the count of values that were left out, into an output of the same columns,
 * which has no rows. */
void mrrci_columns_out_move(mrrc_columns_out *out, mrrc_columns_out *made);

/* How many rows that many records give at most: one each, or in the long shape a number that few
 * records reach. */
size_t mrrci_columns_rows_of(const mrrc_columns *columns, size_t records);

#endif
