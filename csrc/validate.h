/* SPDX-License-Identifier: MIT
 *
 * validate.h: what the files of the validator share: the places in a table of rules, which
 * mrrc/rule_table.py makes, and the steps that a record is checked by.  A table is looked
 * through once when it is taken; after that its places are trusted.
 */
#ifndef MRRC_VALIDATE_H
#define MRRC_VALIDATE_H

#include "internal.h"

/* ---- the table; all numbers are little-endian ---- */

enum {
    MRRCI_TABLE_VERSION = 1,
    MRRCI_TABLE_HEAD = 40,    /* magic, version, size, fields, groups, flags, title */
    MRRCI_FIELD_ENTRY = 64,
    MRRCI_SUBFIELD_ENTRY = 12,
    MRRCI_CONTENT_ENTRY = 16,
    MRRCI_VARIANT_ENTRY = 56,
    MRRCI_POSITION_ENTRY = 24,
    MRRCI_GROUP_ENTRY = 16,
    MRRCI_SYMBOLS = 129       /* ASCII, and anything beyond it */
};

/* Where things stand in an entry. */
enum {
    MRRCI_HEAD_FIELDS = 16,
    MRRCI_HEAD_GROUPS = 24,
    MRRCI_HEAD_FLAGS = 32,

    MRRCI_FIELD_FLAGS = 3,
    MRRCI_FIELD_GROUP = 4,    /* from 1; 0 for none */
    MRRCI_FIELD_MISSING = 5,  /* the severity of its being missing */
    MRRCI_FIELD_LABEL = 8,
    MRRCI_FIELD_INDICATORS = 12,  /* twice a label, what is expected, an automaton */
    MRRCI_FIELD_SUBFIELDS = 36,
    MRRCI_FIELD_VARIANTS = 44,
    MRRCI_FIELD_AUTOMATON = 52,

    MRRCI_SUBFIELD_FLAGS = 1,
    MRRCI_SUBFIELD_CHECK = 2,
    MRRCI_SUBFIELD_LABEL = 4,
    MRRCI_SUBFIELD_CONTENT = 8,

    MRRCI_CONTENT_AUTOMATON = 0,
    MRRCI_CONTENT_EXPECTED = 4,
    MRRCI_CONTENT_POSITIONS = 8,

    MRRCI_VARIANT_LEAST = 2,
    MRRCI_VARIANT_MOST = 4,
    MRRCI_VARIANT_FIRST = 8,
    MRRCI_VARIANT_SECOND = 24,
    MRRCI_VARIANT_POSITIONS = 40,
    MRRCI_VARIANT_LABEL = 48,

    MRRCI_POSITION_START = 0,
    MRRCI_POSITION_END = 2,
    MRRCI_POSITION_LABEL = 4,
    MRRCI_POSITION_EXPECTED = 8,
    MRRCI_POSITION_AUTOMATON = 12,
    MRRCI_POSITION_SEVERITY = 16,

    MRRCI_GROUP_LEAST = 0,
    MRRCI_GROUP_MOST = 2,
    MRRCI_GROUP_TOO_FEW = 4,
    MRRCI_GROUP_TOO_MANY = 5,
    MRRCI_GROUP_LABEL = 8
};

enum {
    MRRCI_IS_REPEATABLE = 1,
    MRRCI_IS_REQUIRED = 2,
    MRRCI_IS_OBSOLETE = 4,
    MRRCI_HAS_ANY_SUBFIELD = 8,
    MRRCI_IS_LINKED = 16,     /* the rules of the field that $6 names are its own */

    MRRCI_LOCAL_NINES = 1,    /* of the table: undefined tags and codes with a 9 are local */

    MRRCI_VARIANT_ALWAYS = 0,
    MRRCI_VARIANT_BY_FIRST = 1,
    MRRCI_VARIANT_BY_LEADER = 2,

    MRRCI_CHECK_ISBN = 1,
    MRRCI_CHECK_ISSN = 2
};

/* What an automaton says of a value. */
enum { MRRCI_IS_NONE, MRRCI_IS_DEFINED, MRRCI_IS_OUTDATED, MRRCI_IS_LOCAL };

typedef struct mrrci_table {
    mrrc_buffer bytes;
    uint16_t by_number[1000]; /* a field's number, from 1, by its tag of three digits */
    uint32_t fields, fields_count;
    uint32_t groups, groups_count;
    uint32_t leader;          /* the entry LDR, or 0 */
    uint8_t flags;
} mrrci_table;

enum { MRRCI_KINDS = 3 };

struct mrrc_rules {
    mrrci_table tables[MRRCI_KINDS];
};

static inline uint16_t mrrci_u16(const mrrci_table *table, size_t at) {
    const uint8_t *bytes = table->bytes.data + at;
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t mrrci_u32(const mrrci_table *table, size_t at) {
    const uint8_t *bytes = table->bytes.data + at;
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static inline uint8_t mrrci_u8(const mrrci_table *table, size_t at) {
    return table->bytes.data[at];
}

/* The number of a tag of three digits, or -1. */
static inline int mrrci_tag_number(const uint8_t *tag) {
    unsigned a = tag[0] - (unsigned)'0', b = tag[1] - (unsigned)'0', c = tag[2] - (unsigned)'0';
    return a < 10 && b < 10 && c < 10 ? (int)(100 * a + 10 * b + c) : -1;
}

/* validate_table.c */

/* Copies a table and looks all of it through.  Returns 0, MRRC_ERR_ARGUMENT with the place in
 * err->offset, or MRRC_ERR_MEMORY; a fault leaves the table empty. */
int mrrci_table_take(mrrci_table *table, const uint8_t *bytes, size_t size, mrrc_error *err);

/* The entry of a field, or 0. */
uint32_t mrrci_table_field(const mrrci_table *table, const uint8_t *tag);

/* validate_values.c */

/* Runs an automaton over a text of UTF-8; character by character, whatever the bytes are. */
uint8_t mrrci_automaton_run(const mrrci_table *table, uint32_t automaton, const uint8_t *text,
                            size_t size);

/* Finds the characters `start` to `end`, the last included.  Returns whether all are there. */
bool mrrci_characters_find(const uint8_t *text, size_t size, uint32_t start, uint32_t end,
                           const uint8_t **found, size_t *found_size);

size_t mrrci_characters_count(const uint8_t *text, size_t size);

/* Whether a value begins with a right ISBN, of 10 or 13 digits with or without hyphens, or is
 * a right ISSN.  What follows an ISBN behind a blank is no part of it. */
bool mrrci_isbn_valid(const uint8_t *text, size_t size);
bool mrrci_issn_valid(const uint8_t *text, size_t size);

/* validate.c */

/* A record being checked. */
typedef struct mrrci_check {
    const mrrci_table *table;
    const uint8_t *block;     /* all records of the call */
    mrrc_buffer *out;
    uint32_t record;
    uint8_t kind;
    const uint8_t *leader;
    uint32_t found;           /* findings of the record */
    uint32_t seen[1000];      /* fields of each tag of three digits */
    uint32_t *counts;         /* fields of each of the table's, in its order */
} mrrci_check;

/* Begins a finding about a place of the record; `value` may be NULL. */
mrrc_finding mrrci_finding(const mrrci_check *check, uint16_t rule, uint8_t severity,
                           uint32_t entry, const uint8_t *value, size_t size);

/* Appends a finding, or, where the record has too many, what says so.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrci_report(mrrci_check *check, const mrrc_finding *finding);

/* validate_links.c */

/* A field with $6, kept until all of the record is seen. */
typedef struct mrrci_link {
    uint32_t key;             /* the tag and the number of the pair it belongs to */
    bool alternate;           /* in 880 */
    mrrc_finding finding;     /* what to say if it has no other half */
} mrrci_link;

/* The links of a record, and a bit for each pair; both are kept from record to record. */
typedef struct mrrci_links {
    mrrc_buffer links;        /* mrrci_link each */
    mrrc_buffer pairs;        /* bits: the regular fields', then those of 880 */
} mrrci_links;

void mrrci_links_free(mrrci_links *links);

/* Takes a field's $6; `finding` is about that subfield.  Returns 0, what mrrci_report() returns,
 * or MRRC_ERR_MEMORY. */
int mrrci_links_add(mrrci_links *links, mrrci_check *check, const uint8_t *tag, bool alternate,
                    const uint8_t *value, size_t size, const mrrc_finding *finding);

/* Reports the links of the record that lack their other half, and forgets them all. */
int mrrci_links_settle(mrrci_links *links, mrrci_check *check);

#endif
