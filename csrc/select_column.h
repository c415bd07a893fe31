/* SPDX-License-Identifier: MIT
 *
 * select_column.h: what a compiled selector is: select_parse.c makes it, select.c finds
 * its values.
 */
#ifndef MRRC_SELECT_COLUMN_H
#define MRRC_SELECT_COLUMN_H

#include "reference.h"
#include "select.h"

struct mrrci_column {
    mrrci_reference reference;
    size_t name, name_size;   /* in the text */
};

struct mrrci_columns {
    mrrc_buffer text;         /* the selectors */
    mrrc_buffer columns;      /* mrrci_column each */
    mrrc_buffer warnings;     /* mrrc_query_fault each */
    mrrc_filter *conditions;  /* those in braces; or NULL */
    size_t count;
    /* of each character at each place of a tag, which columns may want it: column i has
     * bit i % 64 */
    uint64_t wanted[3][128];
};

static inline const mrrci_column *mrrci_column_at(const mrrci_columns *columns, size_t index) {
    return (const mrrci_column *)(const void *)columns->columns.data + index;
}

#endif
