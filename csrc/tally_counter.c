/* SPDX-License-Identifier: MIT
 *
 * tally_counter.c: a hash table of texts with open addressing, and a merge sort of what it holds.
 * The hash begins with a number that differs from run to run, so that no file can be made
 * whose values all fall together.
 */
#include "tally.h"

enum { SLOTS_FIRST = 1024, WORD = 8 };

#define ENTRIES_MAX ((size_t)1 << 30)

void mrrci_counter_clear(mrrci_counter *counter) {
    mrrci_buffer_clear(&counter->entries);
    mrrci_buffer_clear(&counter->texts);
    mrrci_buffer_clear(&counter->slots);
}

static uint64_t mix(uint64_t state, uint64_t word) {
    state = (state ^ word) * 0x9E3779B97F4A7C15u;
    return state ^ state >> 29;
}

static uint32_t hash_of(const mrrci_counter *counter, const uint8_t *text, size_t size) {
    /* where memory lies is decided anew in each run */
    uint64_t state = mix((uintptr_t)counter, size), word;
    while (size >= WORD) {
        memcpy(&word, text, WORD);
        state = mix(state, word);
        text += WORD;
        size -= WORD;
    }
    word = 0;
    memcpy(&word, text, size);
    state = mix(mix(state, word), (uintptr_t)counter);
    return (uint32_t)(state >> 32);
}

static uint32_t *slot_at(const mrrci_counter *counter, size_t slot) {
    return (uint32_t *)(void *)counter->slots.data + slot;
}

static size_t slots_of(const mrrci_counter *counter) {
    return counter->slots.size / sizeof(uint32_t);
}

/* Makes the table twice as large. */
static int grow(mrrci_counter *counter) {
    size_t slots = slots_of(counter) == 0 ? SLOTS_FIRST : 2 * slots_of(counter);
    size_t entries = counter->entries.size / sizeof(mrrci_entry);
    mrrc_buffer larger = {0};
    MRRCI_TRY(mrrci_buffer_reserve(&larger, slots * sizeof(uint32_t)));
    larger.size = slots * sizeof(uint32_t);
    memset(larger.data, 0, larger.size);
    mrrci_buffer_clear(&counter->slots);
    counter->slots = larger;
    for (size_t i = 0; i < entries; i++) {
        size_t slot = mrrci_entry_at(counter, i)->hash & (slots - 1);
        while (*slot_at(counter, slot) != 0)
            slot = (slot + 1) & (slots - 1);
        *slot_at(counter, slot) = (uint32_t)i + 1;
    }
    return MRRC_OK;
}

static int add_entry(mrrci_counter *counter, const uint8_t *text, size_t size, uint32_t hash) {
    const mrrci_entry entry = {.place = counter->texts.size, .size = (uint32_t)size, .hash = hash};
    if (counter->entries.size / sizeof entry >= ENTRIES_MAX || size > UINT32_MAX)
        return MRRC_ERR_QUERY_LIMIT;
    MRRCI_TRY(mrrci_buffer_reserve(&counter->entries, sizeof entry));
    /* a byte more, so that a text of none has a place */
    MRRCI_TRY(mrrci_buffer_reserve(&counter->texts, size + 1));
    MRRCI_TRY(mrrci_buffer_append(&counter->texts, text, size));
    return mrrci_buffer_append(&counter->entries, &entry, sizeof entry);
}

int mrrci_counter_find(mrrci_counter *counter, const uint8_t *text, size_t size, bool add,
                       size_t *number) {
    size_t entries = counter->entries.size / sizeof(mrrci_entry);
    if (2 * (entries + 1) > slots_of(counter))
        MRRCI_TRY(grow(counter));
    uint32_t hash = hash_of(counter, text, size);
    size_t mask = slots_of(counter) - 1, slot = hash & mask;
    for (uint32_t held; (held = *slot_at(counter, slot)) != 0; slot = (slot + 1) & mask) {
        const mrrci_entry *entry = mrrci_entry_at(counter, held - 1);
        if (entry->hash == hash && entry->size == size &&
            (size == 0 || memcmp(counter->texts.data + entry->place, text, size) == 0)) {
            *number = held - 1;
            return 1;
        }
    }
    if (!add)
        return 0;
    MRRCI_TRY(add_entry(counter, text, size, hash));
    *slot_at(counter, slot) = (uint32_t)entries + 1;
    *number = entries;
    return 1;
}

/* ---- order ---- */

/* An entry as far as it is nearly always compared. */
typedef struct item {
    uint64_t count;           /* or what is left of it, so that less is first */
    uint64_t head;            /* the text's first bytes, as a number */
    uint32_t number;
} item;

static uint64_t head_of(const uint8_t *text, size_t size) {
    uint64_t head = 0;
    for (size_t i = 0; i < WORD; i++)
        head = head << 8 | (i < size ? text[i] : 0);
    return head;
}

static bool is_before(const mrrci_counter *counter, const item *left, const item *right) {
    if (left->count != right->count)
        return left->count < right->count;
    if (left->head != right->head)
        return left->head < right->head;
    const mrrci_entry *one = mrrci_entry_at(counter, left->number);
    const mrrci_entry *other = mrrci_entry_at(counter, right->number);
    size_t both = one->size < other->size ? one->size : other->size;
    int order = both == 0 ? 0 : memcmp(counter->texts.data + one->place,
                                       counter->texts.data + other->place, both);
    return order != 0 ? order < 0 : one->size < other->size;
}

/* Merges two sorted stretches of `from`, which begin at `left` and `middle`, into `to`. */
static void merge(const mrrci_counter *counter, const item *from, item *to, size_t left,
                  size_t middle, size_t end) {
    size_t i = left, j = middle;
    for (size_t at = left; at < end; at++)
        to[at] = j == end || (i < middle && !is_before(counter, &from[j], &from[i])) ? from[i++]
                                                                                     : from[j++];
}

/* Sorts; `spare` is as large.  Returns which of the two holds the outcome. */
static item *sort(const mrrci_counter *counter, item *items, item *spare, size_t count) {
    for (size_t step = 1; step < count; step *= 2) {
        for (size_t left = 0; left < count; left += 2 * step) {
            size_t middle = count - left < step ? count : left + step;
            size_t end = count - left < 2 * step ? count : left + 2 * step;
            merge(counter, items, spare, left, middle, end);
        }
        item *held = items;
        items = spare;
        spare = held;
    }
    return items;
}

int mrrci_counter_order(const mrrci_counter *counter, uint64_t least, bool reverse,
                        mrrc_buffer *order) {
    size_t entries = counter->entries.size / sizeof(mrrci_entry), count = 0;
    mrrc_buffer room = {0};
    MRRCI_TRY(mrrci_buffer_reserve(order, (entries + 1) * sizeof(uint32_t)));
    MRRCI_TRY(mrrci_buffer_reserve(&room, (2 * entries + 1) * sizeof(item)));
    item *items = (item *)(void *)room.data;
    for (size_t i = 0; i < entries; i++) {
        const mrrci_entry *entry = mrrci_entry_at(counter, i);
        if (entry->count >= least)
            items[count++] = (item){.count = reverse ? entry->count : UINT64_MAX - entry->count,
                                    .head = head_of(mrrci_entry_text(counter, i), entry->size),
                                    .number = (uint32_t)i};
    }
    items = sort(counter, items, items + count, count);
    uint32_t *numbers = (uint32_t *)(void *)(order->data + order->size);
    for (size_t i = 0; i < count; i++)
        numbers[i] = items[i].number;
    order->size += count * sizeof *numbers;
    mrrci_buffer_clear(&room);
    return MRRC_OK;
}
