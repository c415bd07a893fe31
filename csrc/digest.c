/* SPDX-License-Identifier: MIT
 *
 * digest.c: SipHash-2-4 with 128 bits, as J.-P. Aumasson and D. J. Bernstein define it.
 */
#include "digest.h"

enum { WORD = 8, ROUNDS = 2, LAST_ROUNDS = 4 };

typedef struct state {
    uint64_t v0, v1, v2, v3;
} state;

static inline uint64_t turned(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

static inline void mix(state *s, int rounds) {
    for (int i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = turned(s->v1, 13) ^ s->v0;
        s->v3 = turned(s->v3, 16) ^ s->v2;
        s->v0 = turned(s->v0, 32) + s->v3;
        s->v2 += s->v1;
        s->v3 = turned(s->v3, 21) ^ s->v0;
        s->v1 = turned(s->v1, 17) ^ s->v2;
        s->v2 = turned(s->v2, 32);
    }
}

static inline void absorb(state *s, uint64_t word) {
    s->v3 ^= word;
    mix(s, ROUNDS);
    s->v0 ^= word;
}

static inline uint64_t word_at(const uint8_t *data, size_t size) {
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++)
        word |= (uint64_t)data[i] << 8 * i;
    return word;
}

mrrci_digest mrrci_digest_of(const mrrci_digest *key, const uint8_t *head, const uint8_t *data,
                             size_t size) {
    const uint64_t length = (uint64_t)(size + MRRCI_DIGEST_HEAD) << 56;
    state s = {key->low ^ 0x736f6d6570736575u, key->high ^ 0x646f72616e646f6du ^ 0xEE,
               key->low ^ 0x6c7967656e657261u, key->high ^ 0x7465646279746573u};
    absorb(&s, word_at(head, WORD));
    for (; size >= WORD; data += WORD, size -= WORD)
        absorb(&s, word_at(data, WORD));
    absorb(&s, length | word_at(data, size));
    s.v2 ^= 0xEE;
    mix(&s, LAST_ROUNDS);
    mrrci_digest digest = {.low = s.v0 ^ s.v1 ^ s.v2 ^ s.v3};
    s.v1 ^= 0xDD;
    mix(&s, LAST_ROUNDS);
    digest.high = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    return digest;
}
