/* SPDX-License-Identifier: MIT
 *
 * Digests of what the authors of SipHash publish: keys and texts of bytes that count from 0.
 */
#include "check.h"
#include "digest.h"

static void check_digest(size_t size, uint64_t low, uint64_t high) {
    uint8_t bytes[64];
    mrrci_digest key;
    for (uint8_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i;
    memcpy(&key, bytes, sizeof key);
    mrrci_digest digest = mrrci_digest_of(&key, bytes, bytes + MRRCI_DIGEST_HEAD,
                                          size - MRRCI_DIGEST_HEAD);
    CHECK_FOR(digest.low == low && digest.high == high, "%zu bytes", size);
}

int main(void) {
    check_digest(8, 0x61f55862baa9623bu, 0xb49714f364e2830fu);
    check_digest(15, 0x11a8b03399e99354u, 0xd9c3cf970fec087eu);
    check_digest(16, 0xbb54b067caa4e26eu, 0x77052385bf1533fdu);
    check_digest(63, 0x4a83502f77d15051u, 0x7cbd3f979a063e50u);
    return check_report();
}
