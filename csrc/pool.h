/* SPDX-License-Identifier: MIT
 *
 * pool.h: threads that do pieces of work, and one bounded queue that gives them back in order.
 * What a piece is, only its owner knows.
 */
#ifndef MRRC_POOL_H
#define MRRC_POOL_H

#include "internal.h"

/* More threads, or more slots, than these make no sense. */
#define MRRCI_WORKERS_MAX 256u
#define MRRCI_SLOTS_MAX 4096u

/* What is to be done.  A piece lives in a slot from the time it is taken until it is given back;
 * slots are numbered, and taken in turn. */
typedef struct mrrci_work {
    /* Fetches the next piece into a slot.  Called by one thread at a time, for one piece after
     * another.  Returns 0; MRRC_MORE where nothing is there before mrrci_pool_fed(); or
     * MRRC_END. */
    int (*take)(void *context, size_t slot);
    /* Does what is to be done with it, while other threads do other pieces.  `worker` counts
     * threads from 0. */
    void (*run)(void *context, unsigned worker, size_t slot);
    /* Has a take() that waits for the outside return; called by any thread, perhaps twice. */
    void (*wake)(void *context);
    void *context;
} mrrci_work;

typedef struct mrrci_pool mrrci_pool;

/* Starts the threads, as many of those wanted as there can be, with every signal blocked in them.
 * Each piece that is taken and not given back has one of the slots, so that no more of them are
 * under way.  Returns 0, MRRC_ERR_ARGUMENT, MRRC_ERR_MEMORY, or MRRC_ERR_IO with the reason in
 * err->system where there can be no thread. */
int mrrci_pool_start(mrrci_pool **pool, const mrrci_work *work, unsigned workers, size_t slots,
                     mrrc_error *err);

/* Waits for the next piece in order, no longer than so many milliseconds.  Returns 0 with its
 * slot, which stays the caller's until mrrci_pool_give_back(); MRRC_END; MRRC_MORE;
 * MRRC_WAITING where the time is over; MRRC_ERR_CLOSED behind mrrci_pool_stop(); or
 * MRRC_ERR_FORKED in a process that has not started the pool.  One thread at a time. */
int mrrci_pool_wait(mrrci_pool *pool, unsigned milliseconds, size_t *slot);

/* Frees the slot that mrrci_pool_wait() gave last. */
void mrrci_pool_give_back(mrrci_pool *pool);

/* Whether there is nothing to take before mrrci_pool_fed(), so that no thread is about it. */
bool mrrci_pool_is_hungry(mrrci_pool *pool);

/* Says that there is more to take. */
void mrrci_pool_fed(mrrci_pool *pool);

/* Whether this process has started the pool. */
bool mrrci_pool_is_own(const mrrci_pool *pool);

/* How many threads there are. */
unsigned mrrci_pool_threads(const mrrci_pool *pool);

/* Has all who wait return, and the threads end behind the piece they have; any thread may call
 * it, any number of times. */
void mrrci_pool_stop(mrrci_pool *pool);

/* Stops the pool, waits for its threads and frees it (NULL is none).  In a process that has not
 * started it there are no threads to wait for, and nothing of it can be trusted: it is left as
 * it is, and false is returned. */
bool mrrci_pool_end(mrrci_pool *pool);

#endif
