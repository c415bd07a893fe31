/* SPDX-License-Identifier: MIT
 *
 * reference.h: how a place in a record is written ("245$a", "6XX/1#.[ab]", "008/35-37") and what
 * is found there.  Selectors and filters read references by one parser, so that what is
 * written the same way means the same.
 */
#ifndef MRRC_REFERENCE_H
#define MRRC_REFERENCE_H

#include "packed.h"
#include "scan.h"

#define MRRCI_REFERENCE_PARTS 8u /* subfields with places of their own ("$a[0]$b/0-3") */

/* Places counted from 0, `from` up to but not including `end`; or the last `tail`. */
typedef struct mrrci_span {
    uint32_t from, end, tail;
} mrrci_span;

#define MRRCI_EVERYTHING ((mrrci_span){0, UINT32_MAX, 0})

static inline bool mrrci_is_everything(const mrrci_span *span) {
    return span->from == 0 && span->end == UINT32_MAX && span->tail == 0;
}

/* A set of ASCII characters. */
typedef struct mrrci_set {
    uint64_t bits[2];
} mrrci_set;

static inline bool mrrci_has(const mrrci_set *characters, uint8_t byte) {
    return byte < 128 && (characters->bits[byte / 64] >> (byte % 64) & 1) != 0;
}

static inline void mrrci_add(mrrci_set *characters, uint8_t byte) {
    characters->bits[byte / 64] |= (uint64_t)1 << (byte % 64);
}

/* Subfields: those with one of these codes, of them the ones at these places in their field,
 * and of each these characters. */
typedef struct mrrci_part {
    mrrci_set codes;
    mrrci_span occurrence;
    mrrci_span characters;
    uint32_t conditions;      /* the number of a list of them, or 0 */
    bool any;                 /* whatever the code is */
} mrrci_part;

enum mrrci_reference_kind {
    MRRCI_REFERENCE_LEADER,
    MRRCI_REFERENCE_FIELD,
    MRRCI_REFERENCE_CHARACTERS,
    MRRCI_REFERENCE_RANGE,
    MRRCI_REFERENCE_SUBFIELDS,
    MRRCI_REFERENCE_INDICATOR_1,
    MRRCI_REFERENCE_INDICATOR_2
};

typedef struct mrrci_reference {
    mrrci_set tag[3];
    mrrci_set indicators[2];
    bool any_indicator[2];
    bool plain_indicators;    /* none were written, or a star: a control field suits too */
    bool indexed;             /* an occurrence was written */
    bool dotted;              /* subfields stand behind a dot */
    bool one_tag;             /* there is but one, and `word` has it */
    uint32_t word;
    mrrci_span occurrence;    /* of the field, among those that match */
    mrrci_span characters;    /* of the leader or a control field */
    enum mrrci_reference_kind kind;
    uint32_t conditions;      /* as in a part */
    size_t parts;
    mrrci_part part[MRRCI_REFERENCE_PARTS];
} mrrci_reference;

/* reference_parse.c -------------------------------------------------------- */

/* Reads digits. */
int mrrci_parse_number(mrrci_scan *scan, uint32_t *number);

/* Reads one code, a range, a class or a star, of which the dollar or the dot is taken. */
int mrrci_parse_codes(mrrci_scan *scan, bool dollar, mrrci_part *part);

/* Reads what stands behind a part's codes: its occurrence and characters. */
int mrrci_parse_part(mrrci_scan *scan, mrrci_part *part);

/* "[0-1]" and "/35-37", each of which may be missing. */
int mrrci_parse_occurrence(mrrci_scan *scan, mrrci_span *span);
int mrrci_parse_characters(mrrci_scan *scan, mrrci_span *span);

/* Reads a reference.  Returns 0, MRRC_ERR_QUERY_* with scan->fault, or MRRC_ERR_MEMORY. */
int mrrci_parse_reference(mrrci_scan *scan, mrrci_reference *reference);

/* Reads subfields behind `$` or `.`, ^1, or nothing, for a reference whose tag is known. */
int mrrci_parse_subfields(mrrci_scan *scan, mrrci_reference *reference);

/* Whether the braces at hand hold conditions of MARCspec, and not a block or columns. */
bool mrrci_starts_conditions(const mrrci_scan *scan);

/* Whether a tag may be that of a control field, or of a data field. */
bool mrrci_may_be_control(const mrrci_reference *reference);
bool mrrci_may_be_data(const mrrci_reference *reference);

/* reference.c -------------------------------------------------------------- */

/* A stretch of a record. */
typedef struct mrrci_stretch {
    const uint8_t *at;
    size_t size;
} mrrci_stretch;

/* Which of `count` things a span means. */
void mrrci_resolve(const mrrci_span *span, size_t count, size_t *from, size_t *end);

/* Cuts characters out of a text.  Returns whether there is one of them, or all of the text was
 * wanted. */
bool mrrci_cut(const mrrci_span *span, const uint8_t *text, size_t size, mrrci_stretch *cut);

/* The same with marc21's rule, in bytes or in characters: what goes beyond the text, or
 * backwards, is empty, and so it stays a value. */
void mrrci_cut_range(const mrrci_span *span, const uint8_t *text, size_t size, bool bytes,
                     mrrci_stretch *cut);

/* One of a data field's indicators, 0 or 1.  Returns whether it is there. */
bool mrrci_cut_indicator(const mrrci_field *field, size_t which, mrrci_stretch *cut);

/* Whether the tag, and what is wanted of the indicators, suit a field. */
bool mrrci_suits(const mrrci_reference *reference, const mrrci_field *field);

static inline bool mrrci_takes(const mrrci_part *part, const mrrci_subfield *subfield) {
    return part->any || (subfield->code_size == 1 && mrrci_has(&part->codes, *subfield->code));
}

/* Where a walk over the values of one field is. */
typedef struct mrrci_values {
    const mrrci_reference *reference;
    mrrci_cursor subfields;
    mrrci_subfield subfield;
    size_t part;              /* the one to be asked next */
    size_t seen[MRRCI_REFERENCE_PARTS];
    size_t from[MRRCI_REFERENCE_PARTS];
    size_t end[MRRCI_REFERENCE_PARTS];
} mrrci_values;

/* Begins a walk over the subfields of a field that a reference takes, in the field's order. */
void mrrci_values_begin(mrrci_values *values, const mrrci_reference *reference,
                        const mrrci_field *field);

/* Steps to the next value; `*part` gets the part that takes it.  Returns whether there was
 * one. */
bool mrrci_value_next(mrrci_values *values, mrrci_stretch *text, const mrrci_part **part);

#endif
