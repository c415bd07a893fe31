/* SPDX-License-Identifier: MIT
 *
 * marc8_tables.h: how the generated tables of MARC-8 and ISO 5426 are laid out.
 * Only the files of MARC-8 include it.
 */
#ifndef MRRC_MARC8_TABLES_H
#define MRRC_MARC8_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cell is a character and what decoding it needs; 0 where a code has none. */
#define MRRCI_CELL_MARK 0x80000000u     /* combining: its base character follows it */
#define MRRCI_CELL_UNSTABLE 0x40000000u /* normalisation may change or move it */
#define MRRCI_CELL_OTHER 0x20000000u    /* pymarc has another: see mrrci_eacc_pymarc */
#define MRRCI_CELL_CHARACTER 0x1FFFFFu

/* A set of single bytes; cells by the code without its highest bit, so that it
 * serves from G0 and from G1.  `high` is what pymarc's tables add to that. */
typedef struct mrrci_marc8_set {
    uint8_t final;
    uint8_t high;
    uint32_t cells[128];
} mrrci_marc8_set;

/* Where a character is: sorted by character, and for one by preference. */
typedef struct mrrci_marc8_code {
    uint16_t character;
    uint8_t final;
    uint8_t code; /* from 0x80 on in ANSEL, which stays in G1 */
    bool mark;
} mrrci_marc8_code;

/* A character of the sets and what it decomposes into; sorted. */
typedef struct mrrci_marc8_pair {
    uint16_t base;
    uint16_t mark;
    uint16_t character;
} mrrci_marc8_pair;

typedef struct mrrci_eacc_code {
    uint32_t character;
    uint32_t code;
} mrrci_eacc_code;

enum {
    MRRCI_MARC8_SETS = 11,   /* all but EACC */
    MRRCI_EACC_LEADS = 94,   /* second bytes of a first byte */
    MRRCI_EACC_COUNT = 15739,
    MRRCI_EACC_FIRST_MAX = 0x70, /* the highest first byte */
    MRRCI_EACC_PYMARC = 10
};

extern const mrrci_marc8_set mrrci_marc8_sets[MRRCI_MARC8_SETS];
extern const uint32_t mrrci_iso5426[128];

/* EACC: first[(b1 - 0x21) * 94 + b2 - 0x21] and the entry behind it bound the
 * stretch of `last` (sorted third bytes) and `characters` for two first bytes. */
extern const uint16_t
    mrrci_eacc_first[(MRRCI_EACC_FIRST_MAX - 0x20) * MRRCI_EACC_LEADS + 1];
extern const uint8_t mrrci_eacc_last[MRRCI_EACC_COUNT];
extern const uint32_t mrrci_eacc_characters[MRRCI_EACC_COUNT];

/* The codes for which pymarc has another character, by code. */
extern const mrrci_eacc_code mrrci_eacc_pymarc[MRRCI_EACC_PYMARC];

/* For encoding; all sorted by their first members. */
extern const mrrci_eacc_code mrrci_eacc_codes[];
extern const size_t mrrci_eacc_codes_count;
extern const mrrci_marc8_code mrrci_marc8_codes[];
extern const size_t mrrci_marc8_codes_count;
extern const mrrci_marc8_pair mrrci_marc8_pairs[];
extern const size_t mrrci_marc8_pairs_count;

#endif
