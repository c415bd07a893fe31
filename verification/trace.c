/* SPDX-License-Identifier: MIT
 *
 * trace.c: the lines that a traced pool writes, to standard output.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdatomic.h>

#include "trace.h"

static _Thread_local char trace_role = 'w';
static _Thread_local unsigned trace_pool, trace_number;
static atomic_uint trace_pools, trace_workers;

void trace_as(char role) {
    trace_role = role;
}

void trace_begin(size_t slots) {
    trace_pools++;
    trace_workers = 0;
    printf("pool %zu\n", slots);
}

void trace_event(const char *what, trace_state state) {
    if (trace_role == 'w' && trace_pool != trace_pools) {
        trace_pool = trace_pools;
        trace_number = ++trace_workers;
    }
    printf("%c%u %lu %lu %d %d %d %d ", trace_role, trace_number, (unsigned long)state.taken,
           (unsigned long)state.given, state.taking, state.hungry, state.ended, state.stopped);
    for (size_t i = 0; i < state.slots; i++)
        putchar(state.done[i] ? '1' : '0');
    printf(" %s\n", what);
}
