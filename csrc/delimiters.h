/* SPDX-License-Identifier: MIT
 *
 * delimiters.h: where the delimiters of packed records stand, many bytes at a time.
 */
#ifndef MRRC_DELIMITERS_H
#define MRRC_DELIMITERS_H

#include "internal.h"

#if MRRCI_X86
#include <emmintrin.h>

enum { MRRCI_DELIMITERS_STEP = 64 };

/* A bit for each of 64 bytes, 1 where the byte with the bits of `more` set is `wanted`. */
static inline uint64_t mrrci_delimiters_at(const uint8_t *at, char more, char wanted) {
    enum { LANE = 16 };
    uint64_t found = 0;
    for (unsigned i = 0; i < MRRCI_DELIMITERS_STEP; i += LANE) {
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        __m128i set = _mm_or_si128(text, _mm_set1_epi8(more));
        uint64_t hits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(set, _mm_set1_epi8(wanted)));
        found |= hits << i;
    }
    return found;
}
#else
enum { MRRCI_DELIMITERS_STEP = 8 };

static inline uint64_t mrrci_delimiters_at(const uint8_t *at, char more, char wanted) {
    uint64_t found = 0;
    for (unsigned i = 0; i < MRRCI_DELIMITERS_STEP; i++)
        found |= (uint64_t)((at[i] | more) == wanted) << i;
    return found;
}
#endif

/* The same where there may be fewer bytes, of which there is at least one. */
static inline uint64_t mrrci_delimiters_in(const uint8_t *at, size_t size, char more,
                                           char wanted) {
    uint64_t found = 0;
    if (size >= MRRCI_DELIMITERS_STEP)
        return mrrci_delimiters_at(at, more, wanted);
    for (size_t i = 0; i < size; i++)
        found |= (uint64_t)((at[i] | more) == wanted) << i;
    return found;
}

/* Which of the next MRRCI_DELIMITERS_STEP bytes, as far as they are before `end`, are 0x1E: the
 * least bit is the first byte's. */
static inline uint64_t mrrci_field_bits(const uint8_t *at, const uint8_t *end) {
    return mrrci_delimiters_in(at, (size_t)(end - at), 0, MRRCI_FIELD);
}

/* The same of 0x1E and 0x1F. */
static inline uint64_t mrrci_delimiter_bits(const uint8_t *at, const uint8_t *end) {
    return mrrci_delimiters_in(at, (size_t)(end - at), 1, MRRCI_SUBFIELD);
}

/* The place of the least bit that is set. */
static inline size_t mrrci_first_bit(uint64_t bits) {
    return (size_t)__builtin_ctzll(bits);
}

/* Returns where a delimiter stands between `at` and `end`, or `end`; up to `limit`, which is not
 * before it, bytes may be read. */
static inline const uint8_t *mrrci_find_delimiter(const uint8_t *at, const uint8_t *end,
                                                  const uint8_t *limit, uint8_t wanted) {
    while (at < end) {
        uint64_t bits = mrrci_delimiters_in(at, (size_t)(limit - at), 0, (char)wanted);
        if (bits != 0) {
            at += mrrci_first_bit(bits);
            return at < end ? at : end;
        }
        at = end - at > MRRCI_DELIMITERS_STEP ? at + MRRCI_DELIMITERS_STEP : end;
    }
    return end;
}

#endif
