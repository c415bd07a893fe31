/* SPDX-License-Identifier: MIT
 *
 * utf8.c: UTF-8 (RFC 3629): validation, one character in, one character out.
 * It knows nothing of MARC and never repairs.
 */
#include "internal.h"

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

bool mrrci_utf8_valid(const uint8_t *text, size_t size) {
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
