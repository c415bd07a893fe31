/* SPDX-License-Identifier: MIT
 *
 * occurrence.h: the how-manieth of its tag a field is.  A record may have as many fields and tags
 * as it likes: each is counted in constant time.
 */
#ifndef MRRC_OCCURRENCE_H
#define MRRC_OCCURRENCE_H

#include "internal.h"

enum { MRRCI_OCCURRENCE_TAGS = 1000 };

/* How often each tag was seen: of tags of three digits in a table, of others in a tree by
 * character that grows as they come.  It begins with zeros. */
typedef struct mrrci_occurrences {
    uint32_t counts[MRRCI_OCCURRENCE_TAGS];
    mrrc_buffer nodes;        /* 128 uint32_t each: a place among the nodes, or a count */
} mrrci_occurrences;

/* Counts a tag; `*count` gets its number, from 1.  Returns 0, MRRC_ERR_TAG_INVALID where it is
 * not ASCII, or MRRC_ERR_MEMORY. */
int mrrci_occurrence(mrrci_occurrences *occurrences, const uint8_t *tag, uint32_t *count);

/* Frees what it holds. */
void mrrci_occurrences_clear(mrrci_occurrences *occurrences);

#endif
