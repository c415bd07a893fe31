/* SPDX-License-Identifier: MIT
 *
 * pool.c: threads around a ring of slots.  Whoever is free takes the next piece, one at a time,
 * does it beside the others, and marks its slot; the consumer looks at the slots in turn.
 * One mutex guards all that is counted here, and it is held for a few instructions only: the
 * pieces themselves are worked on without it.  verification/pool.pml is a model of this file.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "pool.h"

typedef struct thread {
    pthread_t id;
    mrrci_pool *pool;
    unsigned number;
} thread;

struct mrrci_pool {
    mrrci_work work;
    pid_t owner;
    thread *threads;
    unsigned started;
    bool *done;               /* of each slot */
    size_t slots;
    pthread_mutex_t mutex;    /* of what follows */
    pthread_cond_t room;      /* the threads wait for something to take, and a slot for it */
    pthread_cond_t ready;     /* the consumer waits for the next piece */
    uint64_t taken, given;    /* pieces so far; what lies between has a slot */
    bool taking;              /* one thread is about it */
    bool hungry;              /* there is nothing to take before mrrci_pool_fed() */
    bool ended;               /* nor ever after */
    bool stopped;
};

/* Takes the next piece, unless there is none.  The mutex is held, and given up meanwhile. */
static bool take(mrrci_pool *pool, size_t *slot) {
    *slot = (size_t)(pool->taken % pool->slots);
    pool->taking = true;
    pthread_mutex_unlock(&pool->mutex);
    int status = pool->work.take(pool->work.context, *slot);
    pthread_mutex_lock(&pool->mutex);
    pool->taking = false;
    if (status == MRRC_OK) {
        pool->taken++;
        pthread_cond_signal(&pool->room);
        return true;
    }
    if (status == MRRC_MORE)
        pool->hungry = true;
    else
        pool->ended = true;
    pthread_cond_broadcast(&pool->room);
    pthread_cond_signal(&pool->ready);
    return false;
}

static void *work(void *argument) {
    thread *self = argument;
    mrrci_pool *pool = self->pool;
    size_t slot;
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stopped && !pool->ended) {
        if (pool->taking || pool->hungry || pool->taken - pool->given == pool->slots) {
            pthread_cond_wait(&pool->room, &pool->mutex);
            continue;
        }
        if (!take(pool, &slot))
            continue;
        pthread_mutex_unlock(&pool->mutex);
        pool->work.run(pool->work.context, self->number, slot);
        pthread_mutex_lock(&pool->mutex);
        pool->done[slot] = true;
        if (slot == pool->given % pool->slots)
            pthread_cond_signal(&pool->ready);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void free_pool(mrrci_pool *pool) {
    mrrci_free(pool->threads);
    mrrci_free(pool->done);
    mrrci_free(pool);
}

/* Starts what threads there can be.  Returns 0 or why there is none. */
static int start_threads(mrrci_pool *pool, unsigned workers) {
    sigset_t all, before;
    int system = 0;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->started < workers && system == 0) {
        thread *next = &pool->threads[pool->started];
        *next = (thread){.pool = pool, .number = pool->started};
        system = pthread_create(&next->id, NULL, work, next);
        if (system == 0)
            pool->started++;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pool->started > 0 ? 0 : system;
}

/* Makes the mutex and the conditions.  Returns 0 or why they cannot be. */
static int make_locks(mrrci_pool *pool) {
    pthread_condattr_t attributes;
    int system = pthread_mutex_init(&pool->mutex, NULL);
    if (system != 0)
        return system;
    system = pthread_condattr_init(&attributes);
    if (system == 0) {
        system = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        if (system == 0)
            system = pthread_cond_init(&pool->ready, &attributes);
        (void)pthread_condattr_destroy(&attributes);
    }
    if (system == 0) {
        system = pthread_cond_init(&pool->room, NULL);
        if (system != 0)
            (void)pthread_cond_destroy(&pool->ready);
    }
    if (system != 0)
        (void)pthread_mutex_destroy(&pool->mutex);
    return system;
}

static void end_locks(mrrci_pool *pool) {
    (void)pthread_cond_destroy(&pool->room);
    (void)pthread_cond_destroy(&pool->ready);
    (void)pthread_mutex_destroy(&pool->mutex);
}

static int fail_system(mrrc_error *err, int system) {
    if (err != NULL && err->code == 0)
        err->system = system;
    return mrrci_fail(err, MRRC_ERR_IO, 0);
}

int mrrci_pool_start(mrrci_pool **pool, const mrrci_work *work, unsigned workers, size_t slots,
                     mrrc_error *err) {
    *pool = NULL;
    if (workers == 0 || workers > MRRCI_WORKERS_MAX || slots == 0 || slots > MRRCI_SLOTS_MAX)
        return mrrci_fail(err, MRRC_ERR_ARGUMENT, 0);
    mrrci_pool *made = mrrci_new(sizeof *made);
    if (made == NULL)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    made->work = *work;
    made->owner = getpid();
    made->slots = slots;
    made->threads = mrrci_new(workers * sizeof *made->threads);
    made->done = mrrci_new(slots * sizeof *made->done);
    if (made->threads == NULL || made->done == NULL) {
        free_pool(made);
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    }
    int system = make_locks(made);
    if (system == 0) {
        system = start_threads(made, workers);
        if (system == 0) {
            *pool = made;
            return MRRC_OK;
        }
        end_locks(made);
    }
    free_pool(made);
    return fail_system(err, system);
}

bool mrrci_pool_is_own(const mrrci_pool *pool) {
    return pool->owner == getpid();
}

unsigned mrrci_pool_threads(const mrrci_pool *pool) {
    return pool->started;
}

static struct timespec time_in(unsigned milliseconds) {
    struct timespec when;
    (void)clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += (time_t)(milliseconds / 1000);
    when.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_nsec -= 1000000000;
        when.tv_sec++;
    }
    return when;
}

/* What there is for the consumer; MRRC_WAITING for nothing.  The mutex is held. */
static int look(const mrrci_pool *pool) {
    if (pool->stopped)
        return MRRC_ERR_CLOSED;
    if (pool->hungry) /* first, so that the threads have something to do meanwhile */
        return MRRC_MORE;
    if (pool->given < pool->taken)
        return pool->done[pool->given % pool->slots] ? MRRC_OK : MRRC_WAITING;
    return pool->ended ? MRRC_END : MRRC_WAITING;
}

int mrrci_pool_wait(mrrci_pool *pool, unsigned milliseconds, size_t *slot) {
    if (!mrrci_pool_is_own(pool))
        return MRRC_ERR_FORKED;
    pthread_mutex_lock(&pool->mutex);
    int status = look(pool);
    if (status == MRRC_WAITING && milliseconds > 0) {
        struct timespec until = time_in(milliseconds);
        int system = 0;
        while (status == MRRC_WAITING && system != ETIMEDOUT) {
            system = pthread_cond_timedwait(&pool->ready, &pool->mutex, &until);
            status = look(pool);
        }
    }
    *slot = (size_t)(pool->given % pool->slots);
    pthread_mutex_unlock(&pool->mutex);
    return status;
}

void mrrci_pool_give_back(mrrci_pool *pool) {
    if (!mrrci_pool_is_own(pool))
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->done[pool->given % pool->slots] = false;
    pool->given++;
    pthread_cond_signal(&pool->room);
    pthread_mutex_unlock(&pool->mutex);
}

bool mrrci_pool_is_hungry(mrrci_pool *pool) {
    if (!mrrci_pool_is_own(pool))
        return false;
    pthread_mutex_lock(&pool->mutex);
    bool hungry = pool->hungry;
    pthread_mutex_unlock(&pool->mutex);
    return hungry;
}

void mrrci_pool_fed(mrrci_pool *pool) {
    if (!mrrci_pool_is_own(pool))
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->hungry = false;
    pthread_cond_broadcast(&pool->room);
    pthread_mutex_unlock(&pool->mutex);
}

void mrrci_pool_stop(mrrci_pool *pool) {
    if (!mrrci_pool_is_own(pool))
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopped = true;
    pthread_cond_broadcast(&pool->room);
    pthread_cond_broadcast(&pool->ready);
    pthread_mutex_unlock(&pool->mutex);
    pool->work.wake(pool->work.context);
}

bool mrrci_pool_end(mrrci_pool *pool) {
    if (pool == NULL)
        return true;
    if (!mrrci_pool_is_own(pool))
        return false;
    mrrci_pool_stop(pool);
    for (unsigned i = 0; i < pool->started; i++)
        (void)pthread_join(pool->threads[i].id, NULL);
    end_locks(pool);
    free_pool(pool);
    return true;
}
