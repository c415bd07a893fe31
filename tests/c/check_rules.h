/* SPDX-License-Identifier: MIT
 *
 * check_rules.h: MARC 21's rules taken, a record checked by them, and a finding looked for,
 * for the tests of the validator.
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "check.h"
#include "packed.h"
#include "validate.h"

/* Leaders of a book, an authority and a holdings record. */
#define BOOK "00000nam a2200000 a 4500"
#define AUTHORITY "00000nz  a2200000n  4500"
#define HOLDINGS "00000nx  a22000001n 4500"

#define F "\x1E"
#define S "\x1F"

#define BOOK_008 "900101s1990    enka          000 1 eng d"
#define BOOK_START BOOK F "001id" F "008" BOOK_008

static inline mrrc_rules *rules_of_marc21(void) {
    mrrc_rules *rules = mrrc_rules_new();
    if (rules == NULL)
        return NULL;
    for (int kind = 0; kind < MRRCI_KINDS; kind++) {
        size_t size;
        const uint8_t *table = mrrc_marc21_table(kind, &size);
        if (mrrc_rules_take(rules, kind, table, size, NULL) != MRRC_OK) {
            mrrc_rules_free(rules);
            return NULL;
        }
    }
    return rules;
}

/* Checks one record.  `out` is emptied first. */
static inline int check_one(const mrrc_rules *rules, const void *packed, size_t size,
                            mrrc_buffer *out) {
    uint8_t *copy = check_copy(packed, size);
    const uint32_t end = (uint32_t)size;
    out->size = 0;
    int status = mrrc_validate(rules, copy, &end, 1, out, NULL);
    free(copy);
    return status;
}

static inline size_t count_of(const mrrc_buffer *found) {
    return found->size / sizeof(mrrc_finding);
}

static inline const mrrc_finding *finding_of(const mrrc_buffer *found, size_t index) {
    return (const mrrc_finding *)(const void *)found->data + index;
}

#endif
