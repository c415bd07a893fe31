/* SPDX-License-Identifier: MIT
 *
 * query.h: records put to the test of a compiled filter, one after the other.  A record is
 * packed, or its fields are given where they stand.
 */
#ifndef MRRC_QUERY_H
#define MRRC_QUERY_H

#include "packed.h"
#include "reference.h"
#include "scan.h"

/* Returns a filter that is no test yet, where conditions of references are kept, or NULL without
 * memory; `fold` is of enum mrrc_fold. */
mrrc_filter *mrrci_filter_of_conditions(uint32_t fold);

/* Keeps them there: mrrci_scan.conditions of whatever takes some, with scan->program. */
int mrrci_query_conditions(mrrci_scan *scan, const void *reference, uint32_t *number);

/* Whether some are. */
bool mrrci_filter_has_conditions(const mrrc_filter *filter);

/* What tests records for one thread: it has memory of its own beside the filter. */
typedef struct mrrci_matcher mrrci_matcher;

/* Returns a matcher, which may be freed before or after its filter, or NULL without memory. */
mrrci_matcher *mrrci_matcher_new(const mrrc_filter *filter);
void mrrci_matcher_free(mrrci_matcher *matcher);

/* Tests a packed record.  Returns 1, 0, MRRC_ERR_QUERY_LIMIT, MRRC_ERR_PACKED_INVALID or
 * MRRC_ERR_MEMORY. */
int mrrci_match(mrrci_matcher *matcher, const uint8_t *packed, size_t size);

/* Tests the record that mrrci_match() has tested last with `other`, whose filter needs fields:
 * they are not sought once more. */
int mrrci_match_also(mrrci_matcher *matcher, const mrrci_matcher *other);

/* Takes a packed record, which stays where it is, to ask it for conditions.  Returns 0,
 * MRRC_ERR_PACKED_INVALID or MRRC_ERR_MEMORY. */
int mrrci_match_begin(mrrci_matcher *matcher, const uint8_t *packed, size_t size);

/* Whether the conditions of a number hold for a field of that record, NULL for its leader, and
 * for a value of it, NULL where a whole data field stands before them.  Returns 1, 0 or
 * MRRC_ERR_QUERY_LIMIT. */
int mrrci_match_conditions(mrrci_matcher *matcher, uint32_t number, const mrrci_field *field,
                           const mrrci_stretch *value);

/* A field where it stands. */
typedef struct mrrci_place {
    uint32_t word;            /* mrrci_tag_word() */
    uint32_t size;
    const uint8_t *body;
} mrrci_place;

/* What is known of the bodies of fields that are given where they stand. */
enum mrrci_trust {
    MRRCI_TRUST_PACKED,       /* they are what they would be in a packed record */
    MRRCI_TRUST_UTF8,         /* so they are if they are well built, and UTF-8 */
    MRRCI_TRUST_ASCII,        /* ..., and ASCII without control characters */
    MRRCI_TRUST_BYTES         /* ..., whatever the bytes */
};

/* Room for the fields of a record, or NULL without memory; it holds until the next call. */
mrrci_place *mrrci_match_room(mrrci_matcher *matcher, size_t count);

/* Whether the filter asks for fields at all, and not for the leader alone. */
bool mrrci_match_needs_fields(const mrrci_matcher *matcher);

/* Tests a record by its leader and the fields in that room, each of which has a readable byte
 * before and one behind it.  Returns as mrrci_match(), or MRRC_UNDECODED where a field that is
 * asked for is not what it should be. */
int mrrci_match_places(mrrci_matcher *matcher, const uint8_t *leader, size_t count,
                       enum mrrci_trust trust);

#endif
