/* SPDX-License-Identifier: MIT
 *
 * query_program.h: what a compiled filter is: query_parse.c makes it of the text, query_match.c
 * runs it.  Everything lies in tables and is called by its number; 0 is nothing.
 */
#ifndef MRRC_QUERY_PROGRAM_H
#define MRRC_QUERY_PROGRAM_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "reference.h"
#include "scan.h"

#define MRRCI_QUERY_SIZE ((size_t)1 << 20) /* bytes of a filter's text */
#define MRRCI_QUERY_DEPTH 256u             /* brackets and negations around each other */
#define MRRCI_QUERY_REFERENCES 4096u

enum mrrci_query_operator {
    MRRCI_EQUAL,
    MRRCI_LESS,
    MRRCI_LESS_EQUAL,
    MRRCI_CONTAINS,
    MRRCI_STARTS,
    MRRCI_ENDS,
    MRRCI_MATCHES,
    MRRCI_SIMILAR
};

typedef struct mrrci_string {
    uint32_t offset, size;    /* in `bytes` */
    uint32_t points, count;   /* its characters, in `points`; of a pattern its number */
} mrrci_string;

/* What a value is compared with.  It is true where the operator holds for any of the strings, or
 * with `negated` for none. */
typedef struct mrrci_test {
    enum mrrci_query_operator operator;
    bool negated;
    bool sorted;              /* the strings are, so that one can be looked up */
    uint32_t first, count;    /* in `strings` */
} mrrci_test;

/* A number that is compared. */
typedef struct mrrci_bound {
    enum mrrci_query_operator operator; /* one of the first three */
    bool negated;
    uint32_t number;
} mrrci_bound;

enum mrrci_node_kind {
    MRRCI_NODE_AND,           /* of its children; so of a record, so of a field */
    MRRCI_NODE_OR,
    MRRCI_NODE_NOT,
    MRRCI_NODE_LEADER_NUMBER, /* the digits that the reference names */
    MRRCI_NODE_FIELDS,        /* fields for which the child holds */
    MRRCI_NODE_VALUES,        /* values of the reference for which the test holds */
    MRRCI_NODE_SUBFIELDS      /* the same in one field */
};

/* How many have to be so. */
enum mrrci_quantity { MRRCI_ANY, MRRCI_ALL, MRRCI_COUNT };

typedef struct mrrci_node {
    enum mrrci_node_kind kind;
    enum mrrci_quantity quantity;
    uint32_t next;            /* the next child of the same parent */
    uint32_t child;           /* the first one */
    uint32_t reference;
    uint32_t test;            /* 0: whatever the value is */
    bool head;                /* fields behind the first data field do not count */
    mrrci_bound bound;        /* of a count */
} mrrci_node;

/* ---- conditions in braces, MARCspec's ---- */

enum mrrci_term_kind {
    MRRCI_TERM_CONTEXT,       /* what stands before the braces */
    MRRCI_TERM_TEXT,
    MRRCI_TERM_RECORD,        /* a reference of its own */
    MRRCI_TERM_FIELD,         /* one into the field at hand */
    MRRCI_TERM_VALUE          /* characters of the value at hand */
};

typedef struct mrrci_term {
    enum mrrci_term_kind kind;
    uint32_t reference;
    mrrci_string text;
} mrrci_term;

enum mrrci_condition_kind {
    MRRCI_CONDITION_EXISTS,
    MRRCI_CONDITION_EQUAL,
    MRRCI_CONDITION_INCLUDES
};

typedef struct mrrci_condition {
    enum mrrci_condition_kind kind;
    bool negated;
    bool other;               /* one of the pair before will do instead */
    mrrci_term left, right;
} mrrci_condition;

typedef struct mrrci_conditions {
    uint32_t first, count;    /* in `conditions` */
} mrrci_conditions;

/* ---- the whole ---- */

struct mrrc_filter {
    mrrc_buffer nodes;        /* mrrci_node each, the first unused; so the next two */
    mrrc_buffer references;   /* mrrci_reference */
    mrrc_buffer tests;        /* mrrci_test */
    mrrc_buffer lists;        /* mrrci_conditions, the first unused */
    mrrc_buffer conditions;   /* mrrci_condition */
    mrrc_buffer strings;      /* mrrci_string */
    mrrc_buffer bytes;        /* of strings */
    mrrc_buffer points;       /* uint32_t each: the characters of strings */
    mrrc_buffer patterns;     /* pcre2_code * each */
    mrrc_buffer warnings;     /* mrrc_query_fault */
    uint32_t root;
    uint32_t similarity;      /* in hundredths */
    uint32_t fold;            /* of enum mrrc_fold; strings are kept as it makes them */
    bool needs_fields;
    pcre2_general_context *memory;  /* where PCRE2 gets its own, if there are patterns */
};

/* realloc's memory is aligned for any type */
#define MRRCI_AT(type, table, number) ((const type *)(const void *)(table).data + (number))

/* query_pattern.c ---------------------------------------------------------- */

/* Compiles a regular expression.  Returns 0, MRRC_ERR_QUERY_PATTERN with its place and the reason
 * in `fault`, or MRRC_ERR_MEMORY. */
int mrrci_pattern_new(mrrc_filter *filter, const uint8_t *text, size_t size, uint32_t *number,
                      mrrc_query_fault *fault);
void mrrci_patterns_free(mrrc_filter *filter);

/* What a matcher needs for patterns. */
typedef struct mrrci_patterns {
    pcre2_match_data *data;
    pcre2_match_context *context;
} mrrci_patterns;

/* Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_patterns_begin(mrrci_patterns *patterns, const mrrc_filter *filter);
void mrrci_patterns_end(mrrci_patterns *patterns);

/* Returns 1, 0, MRRC_ERR_QUERY_LIMIT or MRRC_ERR_MEMORY. */
int mrrci_pattern_matches(const mrrci_patterns *patterns, const mrrc_filter *filter,
                          uint32_t number, const uint8_t *text, size_t size);

/* query_fold.c ------------------------------------------------------------- */

/* A text made alike, and room to make it. */
typedef struct mrrci_folded {
    mrrc_buffer text;
    mrrc_buffer characters;   /* uint32_t each */
} mrrci_folded;

/* Replaces a text by one with `fold` done, in place or in `room`; what is no UTF-8 stays as it is.
 * Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_fold(uint32_t fold, mrrci_folded *room, const uint8_t **text, size_t *size);
void mrrci_folded_clear(mrrci_folded *room);

/* What is made alike for an operator: patterns see to case themselves. */
static inline uint32_t mrrci_fold_of(const mrrc_filter *filter,
                                     enum mrrci_query_operator operator) {
    return operator == MRRCI_MATCHES ? filter->fold & MRRC_FOLD_FORMS : filter->fold;
}

/* query_test.c ------------------------------------------------------------- */

/* Work that one record may take, in steps of a few nanoseconds, beside one look at each byte for
 * each test. */
#define MRRCI_QUERY_WORK ((uint64_t)1 << 26)

typedef struct mrrci_tester {
    const mrrc_filter *filter;
    mrrci_patterns patterns;
    mrrc_buffer points;       /* of a value, and the rows of a distance */
    mrrci_folded value;       /* what is tested, or stands on the left of a condition */
    mrrci_folded other;
    uint64_t work;            /* left for the record */
} mrrci_tester;

/* Whether a value passes.  Returns 1, 0, MRRC_ERR_QUERY_LIMIT or MRRC_ERR_MEMORY. */
int mrrci_test_value(mrrci_tester *tester, const mrrci_test *test, const uint8_t *text,
                     size_t size);

/* Where `part` begins in a text, or NULL; a part of no bytes begins everywhere. */
const uint8_t *mrrci_find(const uint8_t *text, size_t size, const uint8_t *part, size_t part_size);

/* A text's characters, each sequence that is no UTF-8 as U+FFFD, appended to `out`. */
int mrrci_points_of(const uint8_t *text, size_t size, mrrc_buffer *out);

/* Puts strings in order. */
void mrrci_sort_strings(mrrci_string *strings, size_t count, const uint8_t *bytes);

/* query_parse.c ------------------------------------------------------------ */

/* Makes the tables of a filter that has none yet ready to take rows. */
int mrrci_query_begin(mrrc_filter *filter);

/* Compiles a filter's text into its tables. */
int mrrci_query_parse(mrrc_filter *filter, const uint8_t *text, size_t size,
                      mrrc_query_fault *fault);

/* query_conditions.c ------------------------------------------------------- */

/* Appends a reference to those of scan->program.  Returns 0, MRRC_ERR_QUERY_DEPTH or
 * MRRC_ERR_MEMORY. */
int mrrci_query_keep_reference(const mrrci_scan *scan, const mrrci_reference *reference,
                               uint32_t *number);

#endif
