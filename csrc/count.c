/* SPDX-License-Identifier: MIT
 *
 * count.c: numbers in memory that threads and processes share.  Each step is one atomic exchange,
 * so there is no lock that a killed process could leave taken, and no number half written.
 * It knows nothing of where the memory is from.
 */
#include <stdatomic.h>

#include "internal.h"

/* A number of another kind is guarded by a lock of each process for itself. */
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "numbers of 64 bits are not exchanged without a lock");
_Static_assert(sizeof(_Atomic int64_t) == sizeof(int64_t), "an atomic number is no plain one");

static _Atomic int64_t *number_at(uint8_t *place) {
    return (_Atomic int64_t *)(void *)place;
}

static bool fits(int64_t number, int64_t amount) {
    return amount < 0 ? number >= INT64_MIN - amount : number <= INT64_MAX - amount;
}

int64_t mrrc_count_get(uint8_t *place) {
    return atomic_load(number_at(place));
}

int64_t mrrc_count_set(uint8_t *place, int64_t number) {
    return atomic_exchange(number_at(place), number);
}

int64_t mrrc_count_add(uint8_t *place, int64_t amount) {
    int64_t number = atomic_load(number_at(place));
    while (fits(number, amount) &&
           !atomic_compare_exchange_weak(number_at(place), &number, number + amount))
        ;
    return number;
}
