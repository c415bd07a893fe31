/* SPDX-License-Identifier: MIT
 *
 * select.h: selectors ("245$a", "008/35-37") and the values they find in a packed record.  What a
 * compiled one is made of is nobody's business outside: select_column.h.
 */
#ifndef MRRC_SELECT_H
#define MRRC_SELECT_H

#include "packed.h"
#include "query.h"
#include "reference.h"

/* Selectors, compiled: the columns of a table. */
typedef struct mrrci_columns mrrci_columns;

/* Compiles selectors with a line end behind each.  Returns 0, MRRC_ERR_ARGUMENT with
 * err->offset and err->detail, or MRRC_ERR_MEMORY. */
int mrrci_columns_new(const char *selectors, size_t size, mrrci_columns **columns,
                      mrrc_error *err);
void mrrci_columns_free(mrrci_columns *columns);

/* What of them hardly means what it says; it holds as long as they do. */
const mrrc_query_fault *mrrci_columns_warnings(const mrrci_columns *columns, size_t *count);

/* Whether some of them have conditions in braces. */
bool mrrci_columns_ask(const mrrci_columns *columns);

/* Sets `*asker` to what asks records for these conditions, for one thread, or to NULL where there
 * are none; mrrci_matcher_free() frees it.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_columns_asker(const mrrci_columns *columns, mrrci_matcher **asker);

size_t mrrci_columns_count(const mrrci_columns *columns);

/* A column's selector as it was given, without a zero behind it. */
const uint8_t *mrrci_column_name(const mrrci_columns *columns, size_t index, size_t *size);

/* What a column's selector asks for. */
const mrrci_reference *mrrci_column_reference(const mrrci_columns *columns, size_t index);

/* One column, compiled. */
typedef struct mrrci_column mrrci_column;

#define MRRCI_SELECTED 64u    /* fields kept at hand */

/* The fields of one record that columns ask for; the pointers are into the record. */
typedef struct mrrci_selection {
    const mrrci_columns *columns;
    mrrci_matcher *asker;
    const uint8_t *leader;
    size_t count;
    mrrci_cursor rest;        /* fields that had no room */
    mrrci_field fields[MRRCI_SELECTED];
    uint64_t wanted[MRRCI_SELECTED];  /* by which columns: column i has bit i % 64 */
} mrrci_selection;

/* A value that a column found. */
typedef struct mrrci_hit {
    const uint8_t *text;
    size_t size;
    bool field;               /* the text is a whole data field, indicators first */
    bool fixed;               /* of the leader or a control field */
} mrrci_hit;

/* Where a walk over a column's values is. */
typedef struct mrrci_hits {
    const mrrci_selection *selection;
    const mrrci_column *column;
    uint64_t bit;             /* of the column */
    size_t at;                /* in the selection */
    mrrci_cursor rest;
    size_t seen, from, end;   /* fields that match, and which of them are wanted */
    mrrci_field field;
    mrrci_values values;      /* of the field, */
    bool inside;              /* where a walk over them has begun */
} mrrci_hits;

/* Looks through a record once for all columns; `asker` is theirs.  Returns 0,
 * MRRC_ERR_PACKED_INVALID, or MRRC_ERR_MEMORY where there is an asker. */
int mrrci_select(mrrci_selection *selection, const mrrci_columns *columns, mrrci_matcher *asker,
                 const uint8_t *packed, size_t size);

/* Begins a walk over one column's values, in the record's order. */
void mrrci_hits_begin(mrrci_hits *hits, const mrrci_selection *selection, size_t column);

/* Steps to the next value.  Returns 1; 0 where there is none; or, of a column with conditions,
 * MRRC_ERR_QUERY_LIMIT. */
int mrrci_hit_next(mrrci_hits *hits, mrrci_hit *hit);

/* Appends a value; a whole data field's values have a blank between them.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrci_hit_put(const mrrci_hit *hit, mrrc_buffer *out);

#endif
