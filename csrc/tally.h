/* SPDX-License-Identifier: MIT
 *
 * tally.h: texts that are counted: a hash table that finds each by its bytes, and puts them in
 * order at the end.
 */
#ifndef MRRC_TALLY_H
#define MRRC_TALLY_H

#include "internal.h"

/* A text and how often it came. */
typedef struct mrrci_entry {
    uint64_t count;
    uint64_t last;            /* the record that it came in last */
    size_t place;             /* of the text among all */
    uint32_t size;
    uint32_t hash;
} mrrci_entry;

typedef struct mrrci_counter {
    mrrc_buffer entries;      /* mrrci_entry each, in the order in which they came */
    mrrc_buffer texts;
    mrrc_buffer slots;        /* uint32_t each: an entry's number and 1, or 0 */
} mrrci_counter;

void mrrci_counter_clear(mrrci_counter *counter);

/* Finds a text, and adds it with no count if it is not there and `add` is set.  Returns 1, 0 where
 * it is not there, MRRC_ERR_QUERY_LIMIT where there are too many, or MRRC_ERR_MEMORY.
 * `*number` gets the entry's number. */
int mrrci_counter_find(mrrci_counter *counter, const uint8_t *text, size_t size, bool add,
                       size_t *number);

/* Appends the numbers of all entries that came at least `least` times to `order`, uint32_t each:
 * the most frequent first, or with `reverse` the least frequent, and what came equally often by
 * its bytes.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_counter_order(const mrrci_counter *counter, uint64_t least, bool reverse,
                        mrrc_buffer *order);

/* realloc's memory is aligned for any type */
static inline mrrci_entry *mrrci_entry_at(const mrrci_counter *counter, size_t number) {
    return (mrrci_entry *)(void *)counter->entries.data + number;
}

static inline const uint8_t *mrrci_entry_text(const mrrci_counter *counter, size_t number) {
    return counter->texts.data + mrrci_entry_at(counter, number)->place;
}

#endif
