/* SPDX-License-Identifier: MIT
 *
 * trace.h: put before csrc/pool.c, has it write down each time it gets or gives up its mutex, what
 * it counts then, and whom it wakes.  The mutex is held as it does so, and the lines are in the
 * order of what happened.  replay.py reads them.
 */
#ifndef MRRC_TRACE_H
#define MRRC_TRACE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

typedef struct trace_state {
    uint64_t taken, given;
    bool taking, hungry, ended, stopped;
    const bool *done;
    size_t slots;
} trace_state;

/* Says who this thread is: 'c' the consumer, 's' who stops; any other is a worker. */
void trace_as(char role);

/* The lines that follow are those of another pool. */
void trace_begin(size_t slots);

void trace_event(const char *what, trace_state state);

/* pool.c calls the one it is about `pool` everywhere. */
#define TRACE_STATE                                                                       \
    ((trace_state){pool->taken, pool->given, pool->taking, pool->hungry, pool->ended,     \
                   pool->stopped, pool->done, pool->slots})

#ifdef TRACE_POOL
#define pthread_mutex_lock(mutex) (pthread_mutex_lock(mutex), trace_event("lock", TRACE_STATE))
#define pthread_mutex_unlock(mutex) \
    (trace_event("unlock", TRACE_STATE), pthread_mutex_unlock(mutex))
#define pthread_cond_signal(condition)                                                         \
    (trace_event((condition) == &pool->room ? "signal room" : "signal ready", TRACE_STATE),    \
     pthread_cond_signal(condition))
#define pthread_cond_broadcast(condition)                                                      \
    (trace_event((condition) == &pool->room ? "broadcast room" : "broadcast ready",            \
                 TRACE_STATE),                                                                 \
     pthread_cond_broadcast(condition))
#define pthread_cond_wait(condition, mutex)                                                    \
    (trace_event((condition) == &pool->room ? "wait room" : "wait ready", TRACE_STATE),        \
     pthread_cond_wait(condition, mutex), trace_event("lock", TRACE_STATE))
static inline int trace_timed(pthread_cond_t *condition, pthread_mutex_t *mutex,
                              const struct timespec *until) {
    return pthread_cond_timedwait(condition, mutex, until);
}
#define pthread_cond_timedwait(condition, mutex, until)                                        \
    trace_back(trace_event("wait ready", TRACE_STATE),                                         \
               trace_timed(condition, mutex, until), TRACE_STATE)
/* not a call, so that the state is taken after the wait */
#define trace_back(before, result, state) \
    ((before), trace_result = (result), trace_event("lock", (state)), trace_result)
static _Thread_local int trace_result;
#endif

#endif
