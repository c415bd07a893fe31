/* SPDX-License-Identifier: MIT
 *
 * table_columns.h: what a compiled query is: table_parse.c makes it of the text, table.c
 * makes rows by it.
 */
#ifndef MRRC_TABLE_COLUMNS_H
#define MRRC_TABLE_COLUMNS_H

#include "cell.h"
#include "query.h"
#include "reference.h"

#define MRRCI_TABLE_SIZE ((size_t)1 << 16) /* bytes of a query's text */
#define MRRCI_TABLE_COLUMNS 4096u
#define MRRCI_TABLE_CELLS ((size_t)1 << 22) /* of one record */
#define MRRCI_TABLE_BYTES ((size_t)1 << 26) /* of one record's rows */
#define MRRCI_TABLE_ENOUGH ((size_t)1 << 24) /* bytes of rows, before the caller is to take them */

enum mrrci_item_kind {
    MRRCI_ITEM_CONSTANT,
    MRRCI_ITEM_LEADER,
    MRRCI_ITEM_FIELD,         /* a value of each field */
    MRRCI_ITEM_SUBFIELDS,     /* values of each field, in one column */
    MRRCI_ITEM_COLUMNS        /* columns in braces */
};

typedef struct mrrci_words {
    uint32_t offset, size;    /* in `bytes` */
} mrrci_words;

typedef struct mrrci_table_column {
    mrrci_words before, behind;  /* put around each value; of a constant, `before` is it */
    mrrci_words name;
    bool constant;
    mrrci_reference reference;   /* in braces: subfields of the field at hand */
} mrrci_table_column;

typedef struct mrrci_item {
    enum mrrci_item_kind kind;
    bool head;                /* fields behind the first data field do not count */
    bool number;              /* leading zeros are left out */
    bool whole;               /* the value is that of a whole data field */
    bool conditional;         /* conditions in braces choose among values: a field without one
                                 that is wanted gives no row */
    uint32_t first, count;    /* in `columns` */
    mrrci_reference reference;
    mrrc_filter *condition;   /* of each field, as a record of it alone; or NULL */
    mrrci_matcher *matcher;
} mrrci_item;

struct mrrc_table {
    mrrc_buffer items;        /* mrrci_item each */
    mrrc_buffer columns;      /* mrrci_table_column each */
    mrrc_buffer bytes;        /* of constants and names, and the separator */
    mrrc_buffer warnings;     /* mrrc_query_fault each */
    mrrc_filter *conditions;  /* those in braces behind references; or NULL */
    mrrci_matcher *asker;     /* for them */
    mrrci_words separator;
    mrrci_cells style;
    uint32_t flags;
    uint64_t wanted[3][128];  /* of each character of a tag, which items may want it: item i has
                                 bit i % 64 */
    /* of the record at hand: */
    const uint8_t *leader;
    mrrc_buffer fields;       /* the fields that some item wants */
    mrrc_buffer cells;        /* of the items' rows */
    mrrc_buffer rows;         /* of each item, where its rows are among the cells */
    mrrc_buffer values;       /* of a field's columns */
    mrrc_buffer counts;       /* how many each of these has, and where one is */
    mrrc_buffer text;         /* what does not stand in the record as it is */
    mrrc_buffer row;          /* mrrci_stretch each */
};

/* realloc's memory is aligned for any type */
#define MRRCI_ITEM_AT(table, number) \
    ((mrrci_item *)(void *)(table)->items.data + (number))
#define MRRCI_COLUMN_AT(table, number) \
    ((mrrci_table_column *)(void *)(table)->columns.data + (number))

/* Compiles a query's text into its tables. */
int mrrci_table_parse(mrrc_table *table, const uint8_t *text, size_t size, uint32_t similarity,
                      uint32_t fold, mrrc_query_fault *fault);

#endif
