/* SPDX-License-Identifier: MIT
 *
 * columns_out.h: what compiled columns and their growing rows are: columns.c makes rows of a
 * record each, columns_long.c of a value each, columns_arrow.c hands them over.
 */
#ifndef MRRC_COLUMNS_OUT_H
#define MRRC_COLUMNS_OUT_H

#include "query.h"
#include "reference.h"
#include "select.h"

/* Offsets are int32_t: no column takes a further record when it has this many bytes, and no
 * record is as large as what is left then, though a selector gives a value up to eight times. */
#define MRRCI_COLUMNS_ENOUGH ((size_t)1 << 30)
#define MRRCI_COLUMNS_RECORD ((size_t)1 << 26)

/* How a column finds its values. */
enum mrrci_plan_kind {
    MRRCI_PLAN_LEADER,        /* in the leader */
    MRRCI_PLAN_CONTROL,       /* a control field as a whole, */
    MRRCI_PLAN_CHARACTERS,    /* characters of it, */
    MRRCI_PLAN_RANGE,         /* the same by marc21's rule */
    MRRCI_PLAN_CODE,          /* subfields of one code, */
    MRRCI_PLAN_CODES,         /* of several */
    MRRCI_PLAN_WALK           /* by a walk of its own */
};

typedef struct mrrci_plan {
    enum mrrci_plan_kind kind;
    uint8_t code;             /* of MRRCI_PLAN_CODE */
    bool any;                 /* of MRRCI_PLAN_CODES: whatever the code is */
    bool list;                /* all values are wanted, and not the first alone */
    bool checked;             /* indicators are asked for, or fields counted */
    mrrci_set codes;
    const mrrci_reference *reference;
} mrrci_plan;

enum { MRRCI_COLUMNS_TAGS = 1000, MRRCI_COLUMNS_MOST = 4096 };

struct mrrc_columns {
    mrrci_columns *selectors; /* or NULL: everything */
    mrrc_buffer names;        /* a zero behind each */
    mrrc_buffer plans;        /* mrrci_plan each */
    mrrc_buffer chains;       /* uint16_t each: of a tag whether a column that wants it is checked,
                                 which ones want it, and MRRCI_CHAIN_END */
    uint32_t chain[MRRCI_COLUMNS_TAGS]; /* where a tag's is; that at 0 is empty */
    size_t count;
    size_t walks;             /* how many plans are of the kind */
    bool in_long;
};

#define MRRCI_CHAIN_END UINT16_MAX

/* What an output's column holds. */
enum mrrci_out_kind { MRRCI_OUT_TEXT, MRRCI_OUT_LIST, MRRCI_OUT_INT32, MRRCI_OUT_INT64 };

typedef struct mrrci_out_column {
    enum mrrci_out_kind kind;
    bool nullable;
    bool on;                  /* its plan takes subfields of the field at hand */
    uint32_t values;          /* of the record at hand */
    size_t seen;              /* fields of it that suit */
    mrrc_buffer data;         /* of all texts, or the numbers */
    mrrc_buffer offsets;      /* int32_t each: where texts begin, and where the last ends */
    mrrc_buffer lists;        /* int32_t each: the same of a record's texts */
    mrrc_buffer valid;        /* a bit for each text that is there */
    size_t nulls;
    uint64_t dropped;
} mrrci_out_column;

struct mrrc_columns_out {
    const mrrc_columns *columns;
    size_t rows, most;
    size_t count;             /* of columns */
    mrrci_matcher *asker;     /* for the selectors' conditions; or NULL */
    bool foreseen;            /* room was made for all rows there may be */
    mrrc_buffer out;          /* mrrci_out_column each */
    mrrc_buffer chain;        /* of a tag that is in no table */
    mrrc_buffer occurrences;  /* uint32_t each: of the fields of the record at hand */
};

/* realloc's memory is aligned for any type */
static inline const mrrci_plan *mrrci_plan_at(const mrrc_columns *columns, size_t index) {
    return (const mrrci_plan *)(const void *)columns->plans.data + index;
}

static inline mrrci_out_column *mrrci_out_at(const mrrc_columns_out *out, size_t index) {
    return (mrrci_out_column *)(void *)out->out.data + index;
}

/* The columns of the long form. */
enum mrrci_long_column {
    MRRCI_LONG_RECORD,
    MRRCI_LONG_TAG,
    MRRCI_LONG_OCCURRENCE,
    MRRCI_LONG_INDICATOR_1,
    MRRCI_LONG_INDICATOR_2,
    MRRCI_LONG_CODE,
    MRRCI_LONG_VALUE,
    MRRCI_LONG_NAME           /* there only where there are selectors */
};

/* Makes room for that many rows, and for what stands before the first.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrci_out_reserve(mrrc_columns_out *out, size_t rows);

/* Whether there is no place for a further record. */
bool mrrci_out_is_full(const mrrc_columns_out *out);

/* columns_long.c: appends the rows of one record.  Returns 0, or a fault with nothing of it in
 * `out`. */
int mrrci_columns_long(const mrrc_columns *columns, const uint8_t *packed, size_t size,
                       uint64_t number, mrrc_columns_out *out);

#endif
