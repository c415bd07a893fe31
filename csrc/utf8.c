/* SPDX-License-Identifier: MIT
 *
 * utf8.c: UTF-8 (RFC 3629): validation, one character in, one character out.
 * It knows nothing of MARC and never repairs.
 */
#include "internal.h"

#if MRRCI_X86
#include <immintrin.h>
#endif

/* How long the well-formed sequence at `at` is, or 0 (Unicode, table 3-7). */
static size_t sequence(const uint8_t *at, size_t left) {
    uint8_t lead = at[0];
    uint8_t low = 0x80, high = 0xBF;
    size_t size;
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0) {
        size = 2;
    } else if (lead < 0xF0) {
        size = 3;
        if (lead == 0xE0)
            low = 0xA0;
        else if (lead == 0xED)
            high = 0x9F;
    } else if (lead < 0xF5) {
        size = 4;
        if (lead == 0xF0)
            low = 0x90;
        else if (lead == 0xF4)
            high = 0x8F;
    } else {
        return 0;
    }
    if (left < size || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    return size;
}

/* The bit 7 of each of eight bytes, the first byte lowest. */
static inline uint64_t high_bits(const uint8_t *at) {
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight & 0x8080808080808080u;
}

static bool valid_plain(const uint8_t *text, size_t size) {
    enum { WORD = 8, STRIDE = 4 * WORD };
    size_t at = 0;
    while (at < size) {
        /* most text is ASCII: go from one character that is not to the next */
        while (size - at >= STRIDE &&
               (high_bits(text + at) | high_bits(text + at + WORD) |
                high_bits(text + at + 2 * WORD) | high_bits(text + at + 3 * WORD)) == 0)
            at += STRIDE;
        uint64_t high = 0;
        while (size - at >= WORD && (high = high_bits(text + at)) == 0)
            at += WORD;
        if (high != 0)
            at += (size_t)__builtin_ctzll(high) / 8;
        if (at == size)
            break;
        size_t step = sequence(text + at, size - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

#if MRRCI_X86

/* What can be wrong with two bytes that follow each other (Unicode, table 3-7).
 * Each is a bit, and is found if three looks agree on it: at the high half of the
 * first byte, at its low half, and at the high half of the second. */
enum {
    TOO_SHORT = 1 << 0,    /* a lead byte, and no continuation behind it */
    TOO_LONG = 1 << 1,     /* ASCII, and a continuation behind it */
    OVERLONG_3 = 1 << 2,   /* E0, 80 to 9F */
    TOO_LARGE = 1 << 3,    /* F4, 90 to BF; F5 to FF, 90 to BF */
    SURROGATE = 1 << 4,    /* ED, A0 to BF */
    OVERLONG_2 = 1 << 5,   /* C0 or C1 */
    TOO_LARGE_2 = 1 << 6,  /* F5 to FF, 80 to 8F */
    OVERLONG_4 = 1 << 6,   /* F0, 80 to 8F */
    CONTINUED = 1 << 7,    /* two continuations: right behind a lead of three or four bytes */
    ANY_LOW = TOO_SHORT | TOO_LONG | CONTINUED,
    NINTH = TOO_LONG | OVERLONG_2 | CONTINUED
};

#define TWICE(...) __VA_ARGS__, __VA_ARGS__

static const uint8_t first_high[32] = {
    TWICE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
          CONTINUED, CONTINUED, CONTINUED, CONTINUED, TOO_SHORT | OVERLONG_2, TOO_SHORT,
          TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_2 | OVERLONG_4)};

#define LARGE (ANY_LOW | TOO_LARGE | TOO_LARGE_2)
static const uint8_t first_low[32] = {
    TWICE(ANY_LOW | OVERLONG_2 | OVERLONG_3 | OVERLONG_4, ANY_LOW | OVERLONG_2, ANY_LOW, ANY_LOW,
          ANY_LOW | TOO_LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE,
          LARGE | SURROGATE, LARGE, LARGE)};

static const uint8_t second_high[32] = {
    TWICE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
          NINTH | OVERLONG_3 | TOO_LARGE_2 | OVERLONG_4, NINTH | OVERLONG_3 | TOO_LARGE,
          NINTH | SURROGATE | TOO_LARGE, NINTH | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT,
          TOO_SHORT, TOO_SHORT)};

/* What is wrong with 32 bytes, of which the three before are readable. */
__attribute__((target("avx2"))) static inline __m256i faults(const uint8_t *at) {
    const __m256i low_half = _mm256_set1_epi8(0x0F);
    __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i one = _mm256_loadu_si256((const __m256i *)(const void *)(at - 1));
    __m256i two = _mm256_loadu_si256((const __m256i *)(const void *)(at - 2));
    __m256i three = _mm256_loadu_si256((const __m256i *)(const void *)(at - 3));
    __m256i by_first_high =
        _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)(const void *)first_high),
                            _mm256_and_si256(_mm256_srli_epi16(one, 4), low_half));
    __m256i by_first_low =
        _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)(const void *)first_low),
                            _mm256_and_si256(one, low_half));
    __m256i by_second_high =
        _mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)(const void *)second_high),
                            _mm256_and_si256(_mm256_srli_epi16(here, 4), low_half));
    __m256i found =
        _mm256_and_si256(_mm256_and_si256(by_first_high, by_first_low), by_second_high);
    /* bit 7 where a lead of three bytes stands two before, or one of four three before */
    __m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xE0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i due = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(found, due);
}

__attribute__((target("avx2"))) static bool valid_avx2(const uint8_t *text, size_t size) {
    enum { WIDE = 32, BEFORE = 3 };
    uint8_t edge[2 * WIDE] = {0};
    size_t first = size < WIDE ? size : WIDE, at = first;
    memcpy(edge + WIDE, text, first);
    __m256i wrong = faults(edge + WIDE);
    for (; size - at >= WIDE; at += WIDE)
        wrong = _mm256_or_si256(wrong, faults(text + at));
    /* the rest, with what a character may have begun before it, and zeros behind */
    size_t before = at < BEFORE ? at : BEFORE;
    memset(edge, 0, sizeof edge);
    memcpy(edge + WIDE - before, text + at - before, size - at + before);
    wrong = _mm256_or_si256(wrong, faults(edge + WIDE));
    return _mm256_testz_si256(wrong, wrong) != 0;
}

#endif

bool mrrci_utf8_valid(const uint8_t *text, size_t size) {
    if (size == 0)
        return true;
#if MRRCI_X86
    if (__builtin_cpu_supports("avx2"))
        return valid_avx2(text, size);
#endif
    return valid_plain(text, size);
}

uint32_t mrrci_utf8_next(const uint8_t **text) {
    const uint8_t *at = *text;
    uint32_t lead = at[0];
    if (lead < 0x80) {
        *text = at + 1;
        return lead;
    }
    if (lead < 0xE0) {
        *text = at + 2;
        return (lead & 0x1Fu) << 6 | (at[1] & 0x3Fu);
    }
    if (lead < 0xF0) {
        *text = at + 3;
        return (lead & 0x0Fu) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3Fu);
    }
    *text = at + 4;
    return (lead & 0x07u) << 18 | (at[1] & 0x3Fu) << 12 | (at[2] & 0x3Fu) << 6 | (at[3] & 0x3Fu);
}

size_t mrrci_utf8_put(uint8_t *out, uint32_t character) {
    if (character < 0x80) {
        out[0] = (uint8_t)character;
        return 1;
    }
    if (character < 0x800) {
        out[0] = (uint8_t)(0xC0 | character >> 6);
        out[1] = (uint8_t)(0x80 | (character & 0x3F));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (uint8_t)(0xE0 | character >> 12);
        out[1] = (uint8_t)(0x80 | (character >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (character & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | character >> 18);
    out[1] = (uint8_t)(0x80 | (character >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (character >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (character & 0x3F));
    return 4;
}

size_t mrrci_count_lines(const uint8_t *text, size_t size) {
    size_t lines = 0, at = 0;
#if MRRCI_X86
    enum { STEP = 16, STEPS_MAX = 255 }; /* a lane counts no further */
    const __m128i none = _mm_setzero_si128();
    while (size - at >= STEP) {
        size_t steps = (size - at) / STEP < STEPS_MAX ? (size - at) / STEP : STEPS_MAX;
        __m128i lanes = none;
        for (; steps > 0; steps--, at += STEP) {
            __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
            lanes = _mm_sub_epi8(lanes, _mm_cmpeq_epi8(here, _mm_set1_epi8('\n')));
        }
        __m128i sums = _mm_sad_epu8(lanes, none);
        lines += (size_t)_mm_cvtsi128_si64(sums) +
                 (size_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(sums, sums));
    }
#endif
    for (; at < size; at++)
        lines += text[at] == '\n';
    return lines;
}
