/* SPDX-License-Identifier: MIT
 *
 * The pool: every piece once and in order, never more under way than there are slots, one thread
 * at a time that takes; hunger, the end, a stop at any point, a fork, and threads that cannot be
 * had.  What starts a thread is this test's own and may be told to fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "pool.h"

/* starting ----------------------------------------------------------------- */

/* The n-th thread from now cannot be had (0: each can), nor can the clock be set. */
static struct {
    unsigned fail_at;
    unsigned calls;
    bool without_clock;
} starting;

typedef int starter(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

/* What a sanitizer that is linked in has in the place of the library's. */
extern starter __interceptor_pthread_create __attribute__((weak));

int pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument) {
    starter *create = __interceptor_pthread_create;
    if (++starting.calls == starting.fail_at)
        return EAGAIN;
    if (create == NULL) {
        void *found = dlsym(RTLD_NEXT, "pthread_create");
        memcpy(&create, &found, sizeof create);
    }
    return create(id, attributes, run, argument);
}

int pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock) {
    int (*set)(pthread_condattr_t *, clockid_t);
    void *found = dlsym(RTLD_NEXT, "pthread_condattr_setclock");
    memcpy(&set, &found, sizeof set);
    return starting.without_clock ? EINVAL : set(attributes, clock);
}

static void start_with(unsigned fail_at, bool without_clock) {
    starting.fail_at = fail_at;
    starting.calls = 0;
    starting.without_clock = without_clock;
}

/* work --------------------------------------------------------------------- */

enum { SLOTS = 16, WORKERS = 8, LONG = 60000, HANG = 120 };

static void pause_for(unsigned microseconds) {
    struct timespec time = {0, (long)microseconds * 1000};
    (void)nanosleep(&time, NULL);
}

/* Pieces that are numbers, and what must hold of those who take and do them.  Threads do not
 * count checks: they count what is wrong. */
typedef struct factory {
    uint64_t pieces;          /* how many there are */
    uint64_t hungry_every;    /* MRRC_MORE before each n-th; 0: never */
    size_t slots;
    unsigned slow;            /* microseconds that a piece takes at most */
    bool blocks;              /* a take waits for wake() */
    uint64_t taken;
    bool fed;
    uint64_t values[SLOTS];
    atomic_bool busy[SLOTS];
    atomic_bool taking;
    atomic_uint runs, wrong, wakes;
    atomic_uint_fast64_t seen, given;
} factory;

static int factory_take(void *context, size_t slot) {
    factory *all = context;
    int status = MRRC_OK;
    if (atomic_exchange(&all->taking, true))
        all->wrong++; /* one at a time */
    if (all->blocks) {
        while (all->wakes == 0)
            pause_for(100);
        status = MRRC_END;
    } else if (all->taken == all->pieces) {
        status = MRRC_END;
    } else if (all->hungry_every > 0 && all->taken % all->hungry_every == 0 && !all->fed) {
        status = MRRC_MORE;
    } else {
        all->fed = false;
        all->wrong += slot != all->taken % all->slots || atomic_exchange(&all->busy[slot], true) ||
                      all->taken - all->given >= all->slots;
        all->values[slot] = all->taken++;
        all->seen = all->taken;
    }
    all->taking = false;
    return status;
}

static uint64_t made_of(uint64_t piece) {
    return piece * 7 + 3;
}

static void factory_run(void *context, unsigned worker, size_t slot) {
    factory *all = context;
    sigset_t blocked;
    all->wrong += worker >= WORKERS || !all->busy[slot];
    if (pthread_sigmask(SIG_BLOCK, NULL, &blocked) != 0 || !sigismember(&blocked, SIGINT) ||
        !sigismember(&blocked, SIGALRM))
        all->wrong++; /* signals are the caller's */
    if (all->slow > 0)
        pause_for((unsigned)(all->values[slot] * 2654435761u % all->slow));
    all->values[slot] = made_of(all->values[slot]);
    all->runs++;
}

static void factory_wake(void *context) {
    factory *all = context;
    all->wakes++;
}

static mrrci_pool *start(factory *all, unsigned workers) {
    mrrci_work work = {factory_take, factory_run, factory_wake, all};
    mrrci_pool *pool = NULL;
    mrrc_error err = {0};
    CHECK(mrrci_pool_start(&pool, &work, workers, all->slots, &err) == MRRC_OK && err.code == 0);
    if (pool == NULL)
        abort();
    CHECK(mrrci_pool_is_own(pool));
    return pool;
}

/* Has the next piece, and says whether it is that one. */
static bool is_next(mrrci_pool *pool, factory *all, uint64_t piece) {
    size_t slot = SIZE_MAX;
    int status = mrrci_pool_wait(pool, LONG, &slot);
    while (status == MRRC_MORE && mrrci_pool_is_hungry(pool)) {
        all->fed = true;
        mrrci_pool_fed(pool);
        status = mrrci_pool_wait(pool, LONG, &slot);
    }
    if (status != MRRC_OK || slot != piece % all->slots || all->values[slot] != made_of(piece))
        return false;
    all->busy[slot] = false;
    all->given++;
    mrrci_pool_give_back(pool);
    return true;
}

/* tests -------------------------------------------------------------------- */

static void check_order(unsigned workers, size_t slots, unsigned slow, uint64_t hungry_every) {
    factory all = {.pieces = 300, .slots = slots, .slow = slow, .hungry_every = hungry_every};
    mrrci_pool *pool = start(&all, workers);
    size_t slot;
    bool right = mrrci_pool_threads(pool) == workers;
    for (uint64_t i = 0; right && i < all.pieces; i++)
        right = is_next(pool, &all, i);
    CHECK_FOR(right, "%u threads, %zu slots", workers, slots);
    for (int i = 0; i < 3; i++)
        CHECK(mrrci_pool_wait(pool, LONG, &slot) == MRRC_END);
    CHECK(!mrrci_pool_is_hungry(pool));
    CHECK(mrrci_pool_end(pool));
    CHECK(all.wrong == 0 && all.runs == all.pieces);
}

static void test_order(void) {
    static const unsigned workers[] = {1, 2, 3, WORKERS};
    static const size_t slots[] = {1, 2, 3, SLOTS};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++) {
            check_order(workers[i], slots[j], 0, 0);
            check_order(workers[i], slots[j], 100, 0);
            check_order(workers[i], slots[j], 30, 1);
            check_order(workers[i], slots[j], 30, 7);
        }
}

/* Nobody takes what there is no slot for. */
static void test_bound(void) {
    factory all = {.pieces = 1000, .slots = 5};
    mrrci_pool *pool = start(&all, 3);
    size_t slot;
    while (all.runs < 5)
        pause_for(100);
    for (uint64_t i = 0; i < 3; i++) {
        pause_for(3000);
        CHECK(all.seen == 5 + i && all.runs == 5 + i);
        CHECK(is_next(pool, &all, i));
        while (all.runs < 6 + i)
            pause_for(100);
    }
    /* what was given, and not given back, is given again */
    for (int i = 0; i < 2; i++)
        CHECK(mrrci_pool_wait(pool, 0, &slot) == MRRC_OK && slot == 3);
    CHECK(mrrci_pool_end(pool) && all.wrong == 0);
}

static double now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A wait has an end, and those that follow find what came meanwhile. */
static void test_time(void) {
    factory all = {.slots = 2, .blocks = true};
    mrrci_pool *pool = start(&all, 2);
    size_t slot;
    double before = now();
    CHECK(mrrci_pool_wait(pool, 0, &slot) == MRRC_WAITING);
    CHECK(mrrci_pool_wait(pool, 30, &slot) == MRRC_WAITING);
    CHECK(now() - before >= 0.03);
    CHECK(mrrci_pool_wait(pool, 1999, &slot) == MRRC_WAITING); /* over the second's end */
    CHECK(now() - before >= 2.0);
    all.wakes = 1;
    CHECK(mrrci_pool_wait(pool, LONG, &slot) == MRRC_END);
    CHECK(now() - before < 30);
    CHECK(mrrci_pool_end(pool) && all.wrong == 0);
}

/* Hunger is told at once, whatever else is ready, and what is ready comes after. */
static void test_hunger(void) {
    factory all = {.pieces = 6, .slots = 4, .hungry_every = 3, .fed = true};
    mrrci_pool *pool = start(&all, 2);
    size_t slot;
    while (!mrrci_pool_is_hungry(pool))
        pause_for(100);
    for (int i = 0; i < 2; i++)
        CHECK(mrrci_pool_wait(pool, LONG, &slot) == MRRC_MORE);
    CHECK(all.seen == 3);
    mrrci_pool_fed(pool); /* with nothing, which is soon noticed */
    while (!mrrci_pool_is_hungry(pool))
        pause_for(100);
    all.fed = true;
    mrrci_pool_fed(pool);
    for (uint64_t i = 0; i < 6; i++)
        CHECK(is_next(pool, &all, i));
    CHECK(mrrci_pool_wait(pool, LONG, &slot) == MRRC_END);
    CHECK(mrrci_pool_end(pool) && all.wrong == 0);
}

static void *stop_soon(void *pool) {
    pause_for(20000);
    mrrci_pool_stop(pool);
    return NULL;
}

/* A stop ends a wait, and a take that waits itself. */
static void test_stop(void) {
    for (int blocks = 0; blocks < 2; blocks++) {
        factory all = {.slots = 2, .blocks = blocks != 0, .hungry_every = 1, .pieces = 9};
        pthread_t stopper;
        size_t slot;
        mrrci_pool *pool = start(&all, 3);
        while (!blocks && !mrrci_pool_is_hungry(pool))
            pause_for(100);
        CHECK(pthread_create(&stopper, NULL, stop_soon, pool) == 0);
        double before = now();
        int status;
        while ((status = mrrci_pool_wait(pool, LONG, &slot)) == MRRC_MORE)
            pause_for(100);
        CHECK(status == MRRC_ERR_CLOSED && now() - before < LONG / 1000);
        CHECK(pthread_join(stopper, NULL) == 0 && all.wakes == 1);
        CHECK(mrrci_pool_wait(pool, LONG, &slot) == MRRC_ERR_CLOSED);
        mrrci_pool_stop(pool);
        CHECK(mrrci_pool_wait(pool, 0, &slot) == MRRC_ERR_CLOSED);
        mrrci_pool_fed(pool);
        CHECK(mrrci_pool_end(pool) && all.wrong == 0 && all.runs == 0);
    }
}

/* An end at any point: pieces at work are done, and nothing is begun. */
static void test_end(void) {
    CHECK(mrrci_pool_end(NULL));
    for (uint64_t had = 0; had < 30; had++)
        for (unsigned workers = 1; workers <= 3; workers++) {
            factory all = {.pieces = 40, .slots = 3, .slow = had % 2 == 0 ? 0 : 2000};
            mrrci_pool *pool = start(&all, workers);
            bool right = true;
            for (uint64_t i = 0; right && i < had; i++)
                right = is_next(pool, &all, i);
            if (had % 3 == 0)
                mrrci_pool_stop(pool);
            CHECK(right && mrrci_pool_end(pool));
            CHECK(all.wrong == 0 && all.runs == all.seen && all.seen <= had + 3);
        }
}

/* The other process has none of the threads, and is told so. */
static void test_fork(void) {
    factory all = {.pieces = 50, .slots = 2};
    mrrci_pool *pool = start(&all, 2);
    CHECK(is_next(pool, &all, 0));
    pid_t child = fork();
    if (child == 0) {
        size_t slot;
        alarm(HANG);
        mrrci_pool_give_back(pool);
        mrrci_pool_fed(pool);
        mrrci_pool_stop(pool);
        bool right = mrrci_pool_wait(pool, LONG, &slot) == MRRC_ERR_FORKED &&
                     !mrrci_pool_is_own(pool) && !mrrci_pool_is_hungry(pool) && all.wakes == 0 &&
                     !mrrci_pool_end(pool);
        _exit(right ? 0 : 1);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    for (uint64_t i = 1; i < 50; i++)
        CHECK(is_next(pool, &all, i));
    CHECK(mrrci_pool_end(pool) && all.wrong == 0);
}

static void test_without_threads(void) {
    sigset_t before, after;
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &before) == 0);
    factory all = {.pieces = 20, .slots = 2};
    mrrci_work work = {factory_take, factory_run, factory_wake, &all};
    mrrci_pool *pool = NULL;
    mrrc_error err = {0};
    start_with(1, false);
    CHECK(mrrci_pool_start(&pool, &work, 3, 2, &err) == MRRC_ERR_IO && pool == NULL);
    CHECK(err.code == MRRC_ERR_IO && err.system == EAGAIN);
    start_with(1, false);
    CHECK(mrrci_pool_start(&pool, &work, 3, 2, NULL) == MRRC_ERR_IO);
    memset(&err, 0, sizeof err);
    start_with(0, true);
    CHECK(mrrci_pool_start(&pool, &work, 3, 2, &err) == MRRC_ERR_IO && err.system == EINVAL);
    CHECK(pool == NULL);
    /* those that can be had do it all */
    start_with(3, false);
    pool = start(&all, 5);
    CHECK(mrrci_pool_threads(pool) == 2 && starting.calls == 3);
    start_with(0, false);
    for (uint64_t i = 0; i < 20; i++)
        CHECK(is_next(pool, &all, i));
    CHECK(mrrci_pool_end(pool) && all.wrong == 0);
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &after) == 0);
    for (int i = 1; i < 32; i++)
        CHECK(sigismember(&before, i) == sigismember(&after, i));
}

static void test_sizes(void) {
    static const struct {
        unsigned workers;
        size_t slots;
    } wrong[] = {{0, 1}, {1, 0}, {MRRCI_WORKERS_MAX + 1, 1}, {1, MRRCI_SLOTS_MAX + 1},
                 {UINT32_MAX, 1}, {1, SIZE_MAX}};
    factory all = {.slots = 1};
    mrrci_work work = {factory_take, factory_run, factory_wake, &all};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mrrci_pool *pool = NULL;
        mrrc_error err = {0};
        CHECK(mrrci_pool_start(&pool, &work, wrong[i].workers, wrong[i].slots, &err) ==
              MRRC_ERR_ARGUMENT);
        CHECK(pool == NULL && err.code == MRRC_ERR_ARGUMENT);
    }
}

static int start_and_end(void) {
    factory all = {.pieces = 4, .slots = 2};
    mrrci_work work = {factory_take, factory_run, factory_wake, &all};
    mrrci_pool *pool = NULL;
    mrrc_error err = {0};
    int status = mrrci_pool_start(&pool, &work, 2, 2, &err);
    CHECK(status == err.code && (pool == NULL) == (status < 0));
    for (uint64_t i = 0; pool != NULL && i < 4; i++)
        CHECK(is_next(pool, &all, i));
    CHECK(mrrci_pool_end(pool) && all.wrong == 0);
    return status;
}

int main(void) {
    alarm(HANG); /* what waits for ever is a fault */
    test_order();
    test_bound();
    test_time();
    test_hunger();
    test_stop();
    test_end();
    test_fork();
    test_without_threads();
    test_sizes();
    sweep(start_and_end);
    return check_report();
}
