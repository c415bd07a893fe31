/* SPDX-License-Identifier: MIT
 *
 * boundaries.h: the one rule by which records of ISO 2709 are told apart without looking into
 * them.  Whatever else stands in such a record, each recovery mode takes exactly its bytes, and
 * none looks behind them: so a source can be cut behind it, if it can be cut before it.
 */
#ifndef MRRC_BOUNDARIES_H
#define MRRC_BOUNDARIES_H

#include "internal.h"

/* The size of the record at `at` where its frame is beyond doubt: five digits that lead to a
 * terminator, and none before that.  0 where there is doubt, or it does not end in the `left`
 * bytes. */
static inline size_t mrrci_iso2709_step(const uint8_t *at, size_t left) {
    enum { DIGITS_OF_LENGTH = 5, SMALLEST = MRRCI_LEADER_SIZE + 2 };
    size_t size = 0;
    if (left < SMALLEST)
        return 0;
    for (int i = 0; i < DIGITS_OF_LENGTH; i++) {
        unsigned digit = at[i] - (unsigned)'0';
        if (digit > 9)
            return 0;
        size = size * 10 + digit;
    }
    if (size < SMALLEST || size > left || at[size - 1] != MRRCI_RECORD)
        return 0;
    return memchr(at, MRRCI_RECORD, size - 1) == NULL ? size : 0;
}

#endif
