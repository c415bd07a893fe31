/* SPDX-License-Identifier: MIT
 *
 * cell.h: the cells of a table in text: separated by commas or tabs, in quotes where they need
 * some, and harmless to a spreadsheet.
 */
#ifndef MRRC_CELL_H
#define MRRC_CELL_H

#include "internal.h"

enum mrrci_quotes {
    MRRCI_QUOTES_SPARING,     /* where the cell would be read otherwise, or begins or ends in a
                                 blank, which some programs drop */
    MRRCI_QUOTES_NECESSARY,   /* where it would be read otherwise */
    MRRCI_QUOTES_TEXT,        /* around all that is no number */
    MRRCI_QUOTES_ALWAYS,
    MRRCI_QUOTES_NEVER
};

/* How cells are written. */
typedef struct mrrci_cells {
    uint8_t separator;
    bool formulas;            /* are left as they are */
    enum mrrci_quotes quotes;
} mrrci_cells;

/* Makes a cell of what was appended to `out` from a place on: quotes around it, and an apostrophe
 * in front of what a spreadsheet would run as a formula.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_cell_end(const mrrci_cells *cells, mrrc_buffer *out, size_t from);

#endif
