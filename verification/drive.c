/* SPDX-License-Identifier: MIT
 *
 * drive.c: the pool, and pipelines on it, driven by chance: a few threads, one consumer and one who
 * stops them at any time or never; hunger, faults, waits that are over at once; consumers that
 * take turns; and what any number of threads may use at once, used so.  tsan.sh builds
 * it with the thread sanitizer, trace.sh with a pool that writes down what it does.
 *
 *     drive SECONDS ROUNDS SEED         as many rounds as there is time for
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "internal.h"
#include "pool.h"
#ifdef TRACE
#include "trace.h"
#endif

static void must(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "drive: does not hold: %s\n", what);
        abort();
    }
}

#define MUST(condition) must((condition), #condition)

static uint32_t chance_of(uint64_t *state, uint32_t below) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 32) % below);
}

static void pause_for(uint32_t microseconds) {
    struct timespec time = {0, (long)microseconds * 1000};
    if (microseconds > 0)
        (void)nanosleep(&time, NULL);
}

/* ---- the pool alone ---- */

enum { SLOTS_MAX = 4, WAIT = 30000 };

/* What a thread alone may touch at a time is no atomic: the sanitizer is to see whether the
 * pool's mutex orders it. */
typedef struct scene {
    uint64_t pieces, hungry_at, taken;
    bool fed;
    uint32_t slow;
    uint64_t values[SLOTS_MAX];
    size_t slots;
    atomic_bool waits, woken;  /* take() waits for the outside */
    mrrci_pool *pool;
    uint32_t stop_after;
} scene;

static int scene_take(void *context, size_t slot) {
    scene *all = context;
    if (all->waits) {
        while (!all->woken)
            pause_for(20);
        return MRRC_END;
    }
    if (all->taken == all->pieces)
        return MRRC_END;
    if (all->taken == all->hungry_at && !all->fed)
        return MRRC_MORE;
    all->values[slot] = all->taken++;
    return MRRC_OK;
}

static void scene_run(void *context, unsigned worker, size_t slot) {
    scene *all = context;
    (void)worker;
    pause_for(all->slow > 0 ? (uint32_t)(all->values[slot] * 2654435761u % all->slow) : 0);
    all->values[slot] = all->values[slot] * 3 + 1;
}

static void scene_wake(void *context) {
    scene *all = context;
    all->woken = true;
}

static void *scene_stop(void *context) {
    scene *all = context;
#ifdef TRACE
    trace_as('s');
#endif
    pause_for(all->stop_after);
    mrrci_pool_stop(all->pool);
    return NULL;
}

static void drive_pool(uint64_t *chance) {
    scene all = {.pieces = chance_of(chance, 12),
                 .hungry_at = chance_of(chance, 12),
                 .slow = chance_of(chance, 2) * 100,
                 .slots = 1 + chance_of(chance, SLOTS_MAX),
                 .stop_after = chance_of(chance, 400)};
    mrrci_work work = {scene_take, scene_run, scene_wake, &all};
    unsigned workers = 1 + chance_of(chance, 3);
    bool stops = chance_of(chance, 2) == 0;
    mrrc_error err = {0};
    pthread_t stopper;
    uint64_t seen = 0, most = chance_of(chance, 3) == 0 ? chance_of(chance, 12) : UINT64_MAX;
    all.waits = stops && chance_of(chance, 4) == 0;
#ifdef TRACE
    trace_begin(all.slots);
#endif
    MUST(mrrci_pool_start(&all.pool, &work, workers, all.slots, &err) == MRRC_OK);
    if (stops)
        MUST(pthread_create(&stopper, NULL, scene_stop, &all) == 0);
    while (seen < most) {
        size_t slot;
        int status = mrrci_pool_wait(all.pool, chance_of(chance, 3) == 0 ? 0 : WAIT, &slot);
        if (status == MRRC_OK) {
            MUST(slot == seen % all.slots && all.values[slot] == seen * 3 + 1);
            seen++;
            mrrci_pool_give_back(all.pool);
        } else if (status == MRRC_MORE) {
            MUST(mrrci_pool_is_hungry(all.pool));
            all.fed = true;
            mrrci_pool_fed(all.pool);
        } else if (status != MRRC_WAITING) {
            MUST(status == MRRC_END ? all.waits || seen == all.pieces
                                    : status == MRRC_ERR_CLOSED && stops);
            break;
        }
    }
    if (stops)
        MUST(pthread_join(stopper, NULL) == 0);
    MUST(mrrci_pool_end(all.pool));
}

/* ---- pipelines ---- */

#ifndef TRACE

/* Records of ISO 2709, one of which may not be one. */
static void make_records(uint64_t *chance, mrrc_buffer *out) {
    static const char record[] = "00064nam a2200049   4500001000400000245001000004\x1e"
                                 "id1\x1e" "10\x1f" "aTitle\x1e\x1d";
    uint32_t count = chance_of(chance, 300), bad = chance_of(chance, 600);
    for (uint32_t i = 0; i < count; i++) {
        MUST(mrrci_buffer_append(out, record, sizeof record - 1) == MRRC_OK);
        if (i == bad)
            out->data[out->size - 20] = MRRCI_RECORD;
    }
}

static void *pipeline_stop(void *context) {
    pause_for(200);
    mrrc_pipeline_stop(context);
    return NULL;
}

static void drive_pipeline(uint64_t *chance) {
    mrrc_buffer data = {0}, out = {0};
    mrrc_error err = {0};
    mrrc_query_fault fault;
    pthread_t stopper;
    bool stops = chance_of(chance, 3) == 0, feeds = chance_of(chance, 3) == 0;
    bool encodes = chance_of(chance, 2) == 0, tests = chance_of(chance, 3) == 0;
    uint32_t mode = chance_of(chance, 2) == 0 ? MRRC_READ_LENIENT : MRRC_READ_STRICT;
    size_t fed = 0;
    make_records(chance, &data);
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marcxml"), 0);
    mrrc_filter *filter = mrrc_filter_new("245$a == 'Title'", 16, 80, 0, &fault);
    MUST(reader != NULL && encoder != NULL && filter != NULL);
    if (tests)
        MUST(mrrc_reader_filter(reader, filter) == MRRC_OK);
    MUST((feeds ? mrrc_reader_open_feed(reader)
                : mrrc_reader_open_memory(reader, data.data, data.size)) == MRRC_OK);
    mrrc_pipeline *pipeline =
        mrrc_pipeline_new(reader, encodes ? encoder : NULL, 1 + chance_of(chance, 3),
                          1 + chance_of(chance, 3), 100 + chance_of(chance, 3000), mode, &err);
    MUST(pipeline != NULL);
    if (stops)
        MUST(pthread_create(&stopper, NULL, pipeline_stop, pipeline) == 0);
    uint32_t most = chance_of(chance, 4) == 0 ? chance_of(chance, 10) : UINT32_MAX;
    for (uint32_t i = 0; i < most; i++) {
        mrrc_batch_view view;
        size_t done;
        uint32_t wait = chance_of(chance, 3) == 0 ? 0 : WAIT;
        memset(&err, 0, sizeof err);
        out.size = 0;
        int status =
            encodes ? mrrc_pipeline_encode(pipeline, wait, encoder, &out, &view, &done, &err)
                    : mrrc_pipeline_next(pipeline, wait, &view, &err);
        if (status == MRRC_MORE) {
            size_t part = data.size - fed < 900 ? data.size - fed : 900;
            MUST(mrrc_pipeline_feed(pipeline, data.data + fed, part) == MRRC_OK);
            fed += part;
        } else if (status == MRRC_END || status == MRRC_ERR_CLOSED) {
            MUST(status == MRRC_END || stops);
            break;
        }
    }
    if (stops)
        MUST(pthread_join(stopper, NULL) == 0);
    mrrc_pipeline_free(pipeline);
    mrrc_reader_free(reader);
    mrrc_filter_free(filter);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&data);
    mrrci_buffer_clear(&out);
}

/* ---- consumers that take turns ---- */

/* What Python does with a lock of its own: one of several threads asks at a time. */
typedef struct turns {
    pthread_mutex_t lock;
    mrrc_pipeline *pipeline;
    size_t records;
    bool over;
    atomic_uint leaves;       /* how many batches a consumer takes before it goes */
} turns;

static void *turns_take(void *context) {
    turns *all = context;
    mrrc_error err = {0};
    for (unsigned i = 0; i < all->leaves; i++) {
        mrrc_batch_view view;
        (void)pthread_mutex_lock(&all->lock);
        int status = all->over ? MRRC_END
                               : mrrc_pipeline_next(all->pipeline, i % 3 * 100, &view, &err);
        if (status == MRRC_OK || status == MRRC_UNDECODED)
            all->records += view.count;
        else if (status != MRRC_WAITING)
            all->over = true;
        (void)pthread_mutex_unlock(&all->lock);
        if (status == MRRC_END)
            break;
    }
    return NULL;
}

static void drive_turns(uint64_t *chance) {
    static const char record[] = "00045nam a2200037   4500001000400000\x1e" "id1\x1e" "\x1d";
    enum { CONSUMERS = 3 };
    mrrc_buffer data = {0};
    mrrc_error err = {0};
    pthread_t consumers[CONSUMERS], stopper;
    bool stops = chance_of(chance, 3) == 0;
    size_t count = chance_of(chance, 300);
    turns all = {.leaves = chance_of(chance, 3) == 0 ? chance_of(chance, 5) : UINT32_MAX};
    for (size_t i = 0; i < count; i++)
        MUST(mrrci_buffer_append(&data, record, sizeof record - 1) == MRRC_OK);
    mrrc_reader *reader = mrrc_reader_new(0);
    MUST(reader != NULL && mrrc_reader_open_memory(reader, data.data, data.size) == MRRC_OK);
    all.pipeline = mrrc_pipeline_new(reader, NULL, 1 + chance_of(chance, 3),
                                     1 + chance_of(chance, 3), 100 + chance_of(chance, 2000),
                                     MRRC_READ_LENIENT, &err);
    MUST(all.pipeline != NULL && pthread_mutex_init(&all.lock, NULL) == 0);
    for (int i = 0; i < CONSUMERS; i++)
        MUST(pthread_create(&consumers[i], NULL, turns_take, &all) == 0);
    if (stops) {
        MUST(pthread_create(&stopper, NULL, pipeline_stop, all.pipeline) == 0);
        MUST(pthread_join(stopper, NULL) == 0);
    }
    for (int i = 0; i < CONSUMERS; i++)
        MUST(pthread_join(consumers[i], NULL) == 0);
    MUST(all.records == count || stops || all.leaves < UINT32_MAX);
    mrrc_pipeline_free(all.pipeline);
    mrrc_reader_free(reader);
    (void)pthread_mutex_destroy(&all.lock);
    mrrci_buffer_clear(&data);
}

/* ---- what is shared ---- */

/* A filter, columns and rules, compiled once, and a number: the header says that any number of
 * threads may use them at once. */
typedef struct shared {
    int64_t count;
    mrrc_filter *filter;
    mrrc_columns *columns;
    mrrc_rules *rules;
    mrrc_buffer data;
    size_t records;
    unsigned workers;
} shared;

/* Goes through the data by a pipeline of its own, with all that is shared. */
static void *shared_use(void *context) {
    shared *all = context;
    mrrc_error err = {0};
    mrrc_buffer found = {0};
    uint8_t matches[512];
    size_t records = 0, rows = 0;
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_columns_out *out = mrrc_columns_out_new(all->columns, 100000);
    MUST(reader != NULL && out != NULL);
    MUST(mrrc_reader_filter(reader, all->filter) == MRRC_OK);
    MUST(mrrc_reader_open_memory(reader, all->data.data, all->data.size) == MRRC_OK);
    mrrc_pipeline *pipeline = mrrc_pipeline_of_columns(reader, all->columns, all->workers, 2, 2000,
                                                       MRRC_READ_LENIENT, &err);
    MUST(pipeline != NULL);
    for (;;) {
        mrrc_batch_view view;
        size_t done;
        int status = mrrc_pipeline_next(pipeline, WAIT, &view, &err);
        if (status != MRRC_OK) {
            MUST(status == MRRC_END);
            break;
        }
        MUST(mrrc_pipeline_rows(pipeline, out) == MRRC_OK);
        rows += mrrc_columns_out_rows(out);
        mrrc_arrow_array *array = mrrc_columns_take(out);
        MUST(array != NULL);
        mrrc_arrow_array_free(array);
        MUST(view.count <= sizeof matches);
        MUST(mrrc_filter_records(all->filter, view.block, view.ends, view.count, matches,
                                 &done) == MRRC_OK);
        for (size_t i = 0; i < view.count; i++)
            MUST(matches[i] == 1);
        MUST(mrrc_validate(all->rules, view.block, view.ends, view.count, &found, &err) == MRRC_OK);
        records += view.count;
        (void)mrrc_count_add((uint8_t *)&all->count, (int64_t)view.count);
    }
    MUST(records == all->records && rows == all->records && found.size > 0);
    mrrc_pipeline_free(pipeline);
    mrrc_reader_free(reader);
    mrrc_columns_out_free(out);
    mrrci_buffer_clear(&found);
    return NULL;
}

static void drive_shared(uint64_t *chance) {
    static const char record[] = "00064nam a2200049   4500001000400000245001000004\x1e"
                                 "id1\x1e" "10\x1f" "aTitle\x1e\x1d";
    static const char selectors[] = "001\n245$a\n", names[] = "number\0title";
    static const uint8_t lists[2] = {0, 1};
    enum { USERS = 3 };
    mrrc_query_fault fault;
    pthread_t users[USERS];
    shared all = {.records = 1 + chance_of(chance, 100), .workers = 1 + chance_of(chance, 2)};
    all.filter = mrrc_filter_new("245$a =~ 'T.t' && 001 == 'id1'", 30, 80, 0, &fault);
    all.columns = mrrc_columns_new(selectors, sizeof selectors - 1, names, sizeof names, lists, 2,
                                   0, &fault);
    all.rules = mrrc_rules_new();
    MUST(all.filter != NULL && all.columns != NULL && all.rules != NULL);
    for (int kind = 0; kind < 3; kind++) {
        size_t size;
        const uint8_t *table = mrrc_marc21_table(kind, &size);
        MUST(mrrc_rules_take(all.rules, kind, table, size, NULL) == MRRC_OK);
    }
    for (size_t i = 0; i < all.records; i++)
        MUST(mrrci_buffer_append(&all.data, record, sizeof record - 1) == MRRC_OK);
    for (int i = 0; i < USERS; i++)
        MUST(pthread_create(&users[i], NULL, shared_use, &all) == 0);
    for (int i = 0; i < USERS; i++)
        MUST(pthread_join(users[i], NULL) == 0);
    MUST(mrrc_count_get((uint8_t *)&all.count) == (int64_t)(USERS * all.records));
    mrrc_filter_free(all.filter);
    mrrc_columns_free(all.columns);
    mrrc_rules_free(all.rules);
    mrrci_buffer_clear(&all.data);
}

#endif

int main(int count, char **arguments) {
    unsigned long rounds = 0;
    if (count != 4) {
        fprintf(stderr, "usage: drive SECONDS ROUNDS SEED\n");
        return 2;
    }
    time_t end = time(NULL) + atol(arguments[1]);
    unsigned long most = strtoul(arguments[2], NULL, 10);
    uint64_t chance = strtoull(arguments[3], NULL, 10) * 2654435769u + 1;
#ifdef TRACE
    trace_as('c');
#endif
    for (; rounds < most && time(NULL) < end; rounds++) {
        drive_pool(&chance);
#ifndef TRACE
        drive_pipeline(&chance);
        drive_turns(&chance);
        drive_shared(&chance);
#endif
    }
    fprintf(stderr, "%lu rounds\n", rounds);
    return rounds == 0;
}
