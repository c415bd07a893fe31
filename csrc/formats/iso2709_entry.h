/* SPDX-License-Identifier: MIT
 *
 * iso2709_entry.h: leaders and directory entries of ISO 2709, looked at many bytes at a time;
 * and records put to a test where they stand.  What is wrong with one is not said, only that
 * something is.
 */
#ifndef MRRC_ISO2709_ENTRY_H
#define MRRC_ISO2709_ENTRY_H

#include "query.h"

/* Eight ASCII digits as two numbers of four.  Returns a word with bit 7 of some
 * byte set where one is no digit. */
static inline uint64_t mrrci_eight_digits(const uint8_t *at, uint32_t *first, uint32_t *second) {
    uint64_t value;
    memcpy(&value, at, sizeof value);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    value ^= 0x3030303030303030u;
    uint64_t strange = value | (value + 0x7676767676767676u);
    value = value * 10 + (value >> 8);
    value = (value & 0x000000FF000000FFu) * 100 + ((value >> 16) & 0x000000FF000000FFu);
    *first = (uint32_t)value & 0xFFFF;
    *second = (uint32_t)(value >> 32) & 0xFFFF;
    return strange;
}

/* The same of one digit. */
static inline uint64_t mrrci_one_digit(uint8_t byte, uint32_t *number) {
    *number = byte ^ 0x30u;
    return *number | (*number + 0x76u);
}

#define MRRCI_HIGH_BITS 0x8080808080808080u

/* A word with bit 7 of some byte set where a byte is not printable ASCII, 0x20 to
 * 0x7E. */
static inline uint64_t mrrci_unprintable(uint64_t bytes) {
    return bytes | (bytes - 0x2020202020202020u) | (bytes + 0x0101010101010101u);
}

static inline bool mrrci_leader_is_plain(const uint8_t *leader) {
    uint64_t words[3];
    memcpy(words, leader, sizeof words);
    uint64_t strange = mrrci_unprintable(words[0]) | mrrci_unprintable(words[1]) |
                       mrrci_unprintable(words[2]);
    return (strange & MRRCI_HIGH_BITS) == 0;
}

/* The same of an entry's first eight bytes: its tag, and five that are digits. */
static inline uint64_t mrrci_unprintable_tag(const uint8_t *entry) {
    uint64_t bytes;
    memcpy(&bytes, entry, sizeof bytes);
    return mrrci_unprintable(bytes);
}

/* iso2709_places.c --------------------------------------------------------- */

/* Tests a record, whole with its terminator, without packing it.  Returns 1 or 0;
 * MRRC_UNDECODED where it is out of the ordinary, or its text is in an encoding that asks for
 * more; MRRC_ERR_QUERY_LIMIT or MRRC_ERR_MEMORY.  Leader, directory and the fields that are asked
 * for are looked at; whether the others are well built and UTF-8 is not. */
int mrrci_iso2709_match(mrrci_matcher *matcher, const uint8_t *record, size_t size,
                        uint32_t flags);

/* Whether a record's leader and directory are of the common kind, so that nothing can be amiss
 * but what is inside its fields. */
bool mrrci_iso2709_is_common(const uint8_t *record, size_t size);

#endif
