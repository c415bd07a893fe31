/* SPDX-License-Identifier: MIT
 *
 * boundaries.c: from record to record over many bytes, as long as each is framed beyond doubt.
 * What to make of a doubt is the caller's affair: nothing is guessed here.
 */
#include "boundaries.h"

enum { DIGITS = 5, BASE_AT = 12, GAP_MAX = 64 };

static bool all_within(const uint8_t *at, size_t size, uint8_t least, uint8_t most) {
    for (size_t i = 0; i < size; i++)
        if (at[i] < least || at[i] > most)
            return false;
    return true;
}

/* Whether a record that is framed well would be found behind white space too: its leader is
 * printable, and leads to the end of a directory of which the first entry is one. */
static bool stands_alone(const uint8_t *record, size_t size) {
    size_t base = 0;
    if (!all_within(record, MRRCI_LEADER_SIZE, ' ', '~') ||
        !all_within(record + BASE_AT, DIGITS, '0', '9'))
        return false;
    for (size_t i = 0; i < DIGITS; i++)
        base = base * 10 + (size_t)(record[BASE_AT + i] - '0');
    if (base <= MRRCI_LEADER_SIZE || base >= size || record[base - 1] != MRRCI_FIELD ||
        (base - 1 - MRRCI_LEADER_SIZE) % MRRCI_ENTRY_SIZE != 0)
        return false;
    const uint8_t *entry = record + MRRCI_LEADER_SIZE;
    return entry[0] == MRRCI_FIELD || (all_within(entry, 3, '!', '~') &&
                                       all_within(entry + 3, MRRCI_ENTRY_SIZE - 3, '0', '9'));
}

/* How many bytes of white space stand at `at` that cannot begin a record. */
static size_t gap_at(const uint8_t *at, size_t left) {
    size_t size = 0;
    while (size < left && size < GAP_MAX &&
           (at[size] == '\n' || at[size] == '\r' || at[size] == 0 || at[size] == 0x1A))
        size++;
    return size;
}

size_t mrrc_boundaries(const uint8_t *data, size_t size, size_t until, int gaps, uint32_t *ends,
                       size_t room, size_t *count) {
    size_t at = 0, known = 0;
    while (at < until && (ends == NULL || known < room)) {
        size_t gap = gaps != 0 ? gap_at(data + at, size - at) : 0;
        size_t step = mrrci_iso2709_step(data + at + gap, size - at - gap);
        if (step == 0 || (gap > 0 && !stands_alone(data + at + gap, step)))
            break;
        at += gap + step;
        if (ends != NULL)
            ends[known] = (uint32_t)at;
        known++;
    }
    *count = known;
    return at;
}
