/* SPDX-License-Identifier: MIT
 *
 * select_column.h: what a compiled selector is: select_parse.c makes it, select.c finds
 * its values.
 */
#ifndef MRRC_SELECT_COLUMN_H
#define MRRC_SELECT_COLUMN_H

#include "select.h"

/* Places counted from 0, `from` up to but not including `end`; or the last `tail`. */
typedef struct mrrci_span {
    uint32_t from, end, tail;
} mrrci_span;

/* A set of ASCII characters. */
typedef struct mrrci_set {
    uint64_t bits[2];
} mrrci_set;

/* Subfields that a column takes: those with one of these codes, of them the ones at these
 * places in their field, and of each these characters. */
typedef struct mrrci_part {
    mrrci_set codes;
    mrrci_span occurrence;
    mrrci_span characters;
    bool any;                 /* whatever the code is */
} mrrci_part;

enum mrrci_column_kind {
    MRRCI_COLUMN_LEADER,
    MRRCI_COLUMN_FIELD,
    MRRCI_COLUMN_CHARACTERS,
    MRRCI_COLUMN_RANGE,
    MRRCI_COLUMN_SUBFIELDS,
    MRRCI_COLUMN_INDICATOR_1,
    MRRCI_COLUMN_INDICATOR_2
};

struct mrrci_column {
    mrrci_set tag[3];
    mrrci_set indicators[2];
    bool any_indicator[2];
    mrrci_span occurrence;    /* of the field, among those that match */
    mrrci_span characters;    /* of the leader or a control field */
    enum mrrci_column_kind kind;
    size_t name, name_size;   /* in the text */
    size_t parts;
    mrrci_part part[MRRCI_COLUMN_PARTS];
};

struct mrrci_columns {
    mrrc_buffer text;         /* the selectors */
    mrrc_buffer columns;      /* mrrci_column each */
    size_t count;
    /* of each character at each place of a tag, which columns may want it: column i has
     * bit i % 64 */
    uint64_t wanted[3][128];
};

static inline bool mrrci_has(const mrrci_set *characters, uint8_t byte) {
    return byte < 128 && (characters->bits[byte / 64] >> (byte % 64) & 1) != 0;
}

static inline bool mrrci_is_everything(const mrrci_span *span) {
    return span->from == 0 && span->end == UINT32_MAX && span->tail == 0;
}

static inline const mrrci_column *mrrci_column_at(const mrrci_columns *columns, size_t index) {
    return (const mrrci_column *)(const void *)columns->columns.data + index;
}

#endif
