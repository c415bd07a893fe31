/* SPDX-License-Identifier: MIT
 *
 * digest.h: 16 bytes that stand for any number of bytes: SipHash-2-4 with 128 bits, under a key.
 * Nobody without the key can make two texts with the same digest, and by chance none have; it is
 * not for storing, since another key gives others.
 */
#ifndef MRRC_DIGEST_H
#define MRRC_DIGEST_H

#include "internal.h"

typedef struct mrrci_digest {
    uint64_t low, high;
} mrrci_digest;

enum { MRRCI_DIGEST_HEAD = 8 };

/* Returns the digest of eight bytes and what follows them, which may lie elsewhere. */
mrrci_digest mrrci_digest_of(const mrrci_digest *key, const uint8_t *head, const uint8_t *data,
                             size_t size);

#endif
