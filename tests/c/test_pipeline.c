/* SPDX-License-Identifier: MIT
 *
 * The pipeline: what threads read ahead is what one reader gives, batch for batch of the source,
 * and what they encode is what one encoder writes; faults come where they stand; it may be
 * stopped and freed at any point.  read() is this test's own and may be told to fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "check_ahead.h"
#include "check_reading.h"
#include "pool.h"

/* reading ahead ------------------------------------------------------------ */

enum { LONG = 60000, HANG = 300 };

static char path[] = "/tmp/mrrc-pipeline-XXXXXX";

/* How many threads and pieces. */
typedef struct size {
    uint32_t workers, capacity;
    size_t block;
} size;

static const size sizes[] = {{1, 1, 100},  {1, 4, 5000}, {2, 1, 1},      {2, 4, 1000},
                             {3, 1, 4096}, {3, 2, 300},  {3, 4, 65536},  {8, 1, 200}};
enum { SIZES = sizeof sizes / sizeof *sizes };

static mrrc_pipeline *start(mrrc_reader *reader, const mrrc_encoder *encoder, const size *much,
                            uint32_t flags) {
    mrrc_error err = {0};
    mrrc_pipeline *pipeline = mrrc_pipeline_new(reader, encoder, much->workers, much->capacity,
                                                much->block, flags, &err);
    CHECK(pipeline == NULL ? err.code == MRRC_ERR_MEMORY && check_memory.failed : err.code == 0);
    if (pipeline != NULL && !check_memory.failed)
        CHECK(mrrc_pipeline_workers(pipeline) == much->workers);
    return pipeline;
}

static void feed(mrrc_pipeline *pipeline, ahead_source *source) {
    const uint8_t *from;
    size_t count = ahead_feed(source, &from);
    int status = mrrc_pipeline_feed(pipeline, from, count);
    CHECK(status == MRRC_OK || (status == MRRC_ERR_MEMORY && check_memory.failed));
    if (status == MRRC_ERR_MEMORY) /* as it was */
        source->fed -= count;
}

/* What comes of the source, up to so many batches; and it ends there. */
static void read_ahead(ahead_source *source, uint32_t flags, const size *much, size_t most,
                       ahead_outcome *outcome) {
    mrrc_reader *reader = ahead_open(source);
    mrrc_pipeline *pipeline = reader == NULL ? NULL : start(reader, NULL, much, flags);
    int status = pipeline == NULL ? MRRC_END : MRRC_OK;
    ahead_begin(outcome);
    while (status != MRRC_END && most > 0) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        status = mrrc_pipeline_next(pipeline, most % 2 == 0 ? LONG : 1, &view, &err);
        if (status < 0 ? err.code != status : err.code != 0)
            CHECK(!"a fault is told in both ways");
        if (status == MRRC_MORE) {
            feed(pipeline, source);
            if (check_memory.failed)
                break;
        } else if (status == MRRC_OK) {
            ahead_batch(outcome, mrrc_pipeline_piece(pipeline), &view, source->data);
            most--;
        } else if (status == MRRC_ERR_MEMORY) {
            CHECK(check_memory.failed);
            break;
        } else if (status < 0) {
            ahead_fault(outcome, status, &err);
        } else {
            CHECK(status == MRRC_END || status == MRRC_WAITING);
        }
    }
    if (status == MRRC_END && pipeline != NULL) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        CHECK(mrrc_pipeline_next(pipeline, LONG, &view, &err) == MRRC_END && err.code == 0);
    }
    mrrc_pipeline_free(pipeline);
    mrrc_reader_free(reader);
}

static const uint32_t modes[] = {
    0,
    MRRC_READ_STRICT,
    MRRC_READ_LENIENT,
    MRRC_READ_PERMISSIVE | MRRC_READ_BRIEFLY,
    MRRC_READ_LENIENT | MRRC_READ_DETECT,
    MRRC_READ_RAW,
};
enum { MODES = sizeof modes / sizeof *modes };

static void test_reading(int format, unsigned turns, size_t records, uint64_t chance) {
    ahead_outcome alone = {0}, ahead = {0};
    for (unsigned turn = 0; turn < turns; turn++) {
        mrrc_buffer data = {0};
        uint64_t state = chance + turn * 7919;
        ahead_make(format, &state, 1 + check_random(&state, (uint32_t)records), &data);
        ahead_damage(&state, &data);
        mrrc_filter *filter = ahead_filter(ahead_filters[check_random(&state, 5)]);
        ahead_source source = {.format = format,
                               .kind = check_random(&state, AHEAD_KINDS),
                               .data = &data,
                               .filter = filter,
                               .path = ahead_write(path, &data),
                               .chance = state,
                               .feed = 20000};
        for (size_t i = 0; i < MODES; i++) {
            const size *much = &sizes[check_random(&state, SIZES)];
            ahead_alone(&source, modes[i], &alone);
            read_ahead(&source, modes[i], much, SIZE_MAX, &ahead);
            CHECK_FOR(ahead_same(&alone, &ahead),
                      "format %d, turn %u, mode %u, kind %u, %u threads, %zu bytes", format, turn,
                      modes[i], source.kind, much->workers, data.size);
            read_ahead(&source, modes[i], much, check_random(&state, 9), &ahead);
            CHECK(ahead_begins(&ahead, &alone));
        }
        mrrc_filter_free(filter);
        mrrci_buffer_clear(&data);
    }
    ahead_clear(&alone);
    ahead_clear(&ahead);
}

/* encoding ----------------------------------------------------------------- */

/* What was written of a source, and noted. */
typedef struct writing {
    mrrc_encoder *encoder;
    mrrc_buffer out, notes, faults;
} writing;

static void keep_notes(writing *into) {
    size_t count;
    const mrrc_diagnostic *notes = mrrc_encoder_notes(into->encoder, &count);
    for (size_t i = 0; i < count; i++) {
        uint32_t kept[] = {notes[i].record, (uint32_t)notes[i].code, notes[i].found};
        check_put(&into->notes, kept, sizeof kept);
        check_put(&into->notes, notes[i].tag, sizeof notes[i].tag);
    }
}

/* Writes the rest of a batch record by record, as a caller does who looks into it. */
static void write_rest(writing *into, const mrrc_batch_view *view, size_t from) {
    for (size_t i = from; i < view->count; i++) {
        uint32_t start = i == 0 ? 0 : view->ends[i - 1], end = view->ends[i] - start;
        mrrc_error err = {0};
        if (view->statuses[i] != MRRC_OK) {
            check_put_text(&into->out, "?");
            if (mrrc_encoder_beside(into->encoder, &into->out) < 0)
                abort();
            continue;
        }
        if (mrrc_encoder_records(into->encoder, view->block + start, &end, 1, &into->out, NULL,
                                 &err) < 0)
            check_put(&into->faults, &err, sizeof err);
        keep_notes(into);
    }
}

/* Writes what a call gave.  Returns false at the end. */
static bool write_batch(writing *into, int status, const mrrc_batch_view *view, mrrc_buffer *out,
                        size_t done, const mrrc_error *err) {
    if (status == MRRC_END)
        return false;
    check_put(&into->out, out->data, out->size);
    out->size = 0;
    if (status == MRRC_OK || (status < 0 && view->count > 0))
        keep_notes(into);
    if (status < 0)
        check_put(&into->faults, err, sizeof *err);
    if (status == MRRC_UNDECODED)
        write_rest(into, view, 0);
    else if (status < 0 && view->count > 0)
        write_rest(into, view, done + 1);
    return true;
}

static void begin_writing(writing *into, int format, uint32_t flags, const char *columns) {
    memset(into, 0, sizeof *into);
    into->encoder = mrrc_encoder_new(format, flags);
    if (into->encoder == NULL ||
        (columns != NULL &&
         mrrc_encoder_columns(into->encoder, columns, strlen(columns), NULL) < 0) ||
        mrrc_encoder_begin(into->encoder, &into->out) < 0)
        abort();
}

static void end_writing(writing *into) {
    if (mrrc_encoder_end(into->encoder, &into->out) < 0)
        abort();
    mrrc_encoder_free(into->encoder);
    into->encoder = NULL;
}

static void clear_writing(writing *into) {
    mrrci_buffer_clear(&into->out);
    mrrci_buffer_clear(&into->notes);
    mrrci_buffer_clear(&into->faults);
}

static void write_alone(ahead_source *source, uint32_t flags, writing *into) {
    mrrc_reader *reader = ahead_open(source);
    mrrc_buffer out = {0};
    bool more = true;
    while (more) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        size_t done;
        int status = mrrc_reader_encode(reader, flags, into->encoder, &out, &view, &done, &err);
        more = write_batch(into, status, &view, &out, done, &err);
    }
    end_writing(into);
    mrrci_buffer_clear(&out);
    mrrc_reader_free(reader);
}

static void write_ahead(ahead_source *source, uint32_t flags, const size *much, writing *into) {
    mrrc_reader *reader = ahead_open(source);
    mrrc_pipeline *pipeline = start(reader, into->encoder, much, flags);
    mrrc_buffer out = {0};
    bool more = true;
    while (more) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        size_t done;
        int status = mrrc_pipeline_encode(pipeline, LONG, into->encoder, &out, &view, &done, &err);
        CHECK(status != MRRC_WAITING);
        more = write_batch(into, status, &view, &out, done, &err);
    }
    end_writing(into);
    mrrc_pipeline_free(pipeline);
    mrrci_buffer_clear(&out);
    mrrc_reader_free(reader);
}

static void test_writing(int format, uint32_t flags, const char *columns, uint64_t chance) {
    for (unsigned turn = 0; turn < 3; turn++) {
        mrrc_buffer data = {0};
        uint64_t state = chance + turn * 104729;
        ahead_make_marc(&state, turn == 0 ? 3 : 300, &data);
        if (turn == 2)
            ahead_damage(&state, &data);
        mrrc_filter *filter = ahead_filter(ahead_filters[check_random(&state, 4)]);
        ahead_source source = {.data = &data, .filter = filter};
        for (size_t i = 0; i < SIZES; i++) {
            writing alone, ahead;
            uint32_t mode = modes[i % MODES];
            begin_writing(&alone, format, flags, columns);
            begin_writing(&ahead, format, flags, columns);
            write_alone(&source, mode, &alone);
            write_ahead(&source, mode, &sizes[i], &ahead);
            CHECK_BYTES(ahead.out.data, ahead.out.size, alone.out.data, alone.out.size);
            CHECK_FOR(check_same(&ahead.out, &alone.out) && check_same(&ahead.notes, &alone.notes) &&
                          check_same(&ahead.faults, &alone.faults),
                      "format %d, flags %u, turn %u, size %zu, %zu and %zu of faults", format,
                      flags, turn, i, ahead.faults.size, alone.faults.size);
            clear_writing(&alone);
            clear_writing(&ahead);
        }
        mrrc_filter_free(filter);
        mrrci_buffer_clear(&data);
    }
}

/* faults of the system ----------------------------------------------------- */

/* An interrupted read is tried again; any other comes behind what was read, and is the last. */
static void test_read_faults(void) {
    ahead_outcome alone = {0}, ahead = {0};
    mrrc_buffer data = {0};
    uint64_t state = 12;
    ahead_make_marc(&state, 300, &data);
    ahead_source source = {.kind = AHEAD_PATH, .data = &data, .path = ahead_write(path, &data)};
    ahead_alone(&source, 0, &alone);
    read_with(0, 0, true, EINTR);
    read_ahead(&source, 0, &sizes[3], SIZE_MAX, &ahead);
    CHECK(ahead_same(&ahead, &alone));
    for (unsigned call = 1; call < 12; call++) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        read_with(0, call, false, EIO);
        mrrc_reader *reader = ahead_open(&source);
        mrrc_pipeline *pipeline = start(reader, NULL, &sizes[call % SIZES], 0);
        int status;
        ahead_begin(&ahead);
        while ((status = mrrc_pipeline_next(pipeline, LONG, &view, &err)) == MRRC_OK)
            ahead_batch(&ahead, mrrc_pipeline_piece(pipeline), &view, &data);
        CHECK(ahead_begins(&ahead, &alone));
        if (status != MRRC_END) {
            CHECK(status == MRRC_ERR_IO && err.system == EIO && err.code == status);
            CHECK(view.count == 0);
            CHECK(mrrc_pipeline_next(pipeline, LONG, &view, &err) == MRRC_END);
        } else {
            CHECK(call > reading.calls && ahead_same(&ahead, &alone));
        }
        mrrc_pipeline_free(pipeline);
        mrrc_reader_free(reader);
    }
    read_with(0, 0, false, 0);
    mrrci_buffer_clear(&data);
    ahead_clear(&alone);
    ahead_clear(&ahead);
}

/* stopping ----------------------------------------------------------------- */

static void *stop_soon(void *pipeline) {
    struct timespec time = {0, 20000000};
    (void)nanosleep(&time, NULL);
    mrrc_pipeline_stop(pipeline);
    return NULL;
}

/* A pipe that gives nothing, or half a record, keeps nobody. */
static void test_pipe(void) {
    static const char *const first[] = {"", "00100nam", NULL};
    char fifo[sizeof path + 8];
    snprintf(fifo, sizeof fifo, "%s.fifo", path);
    if (mkfifo(fifo, 0600) != 0)
        abort();
    for (int i = 0; i < 3; i++) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        pthread_t stopper;
        mrrc_buffer data = {0};
        uint64_t state = 77;
        ahead_make_marc(&state, 3, &data);
        int descriptor = open(fifo, O_RDWR);
        const void *from = first[i] == NULL ? data.data : (const uint8_t *)first[i];
        size_t count = first[i] == NULL ? data.size : strlen(first[i]);
        CHECK(descriptor >= 0 && write(descriptor, from, count) == (ssize_t)count);
        ahead_source source = {.kind = AHEAD_PATH, .data = &data, .path = fifo};
        mrrc_reader *reader = ahead_open(&source);
        mrrc_pipeline *pipeline = start(reader, NULL, &sizes[6], 0);
        size_t seen = 0;
        int status;
        while ((status = mrrc_pipeline_next(pipeline, first[i] == NULL && seen < 3 ? LONG : 10,
                                            &view, &err)) == MRRC_OK)
            seen += view.count;
        CHECK(status == MRRC_WAITING && err.code == 0 && seen == (first[i] == NULL ? 3 : 0));
        if (i == 0) { /* and somebody else ends the wait */
            CHECK(pthread_create(&stopper, NULL, stop_soon, pipeline) == 0);
            CHECK(mrrc_pipeline_next(pipeline, LONG, &view, &err) == MRRC_ERR_CLOSED);
            CHECK(err.code == MRRC_ERR_CLOSED && view.count == 0);
            CHECK(pthread_join(stopper, NULL) == 0);
        }
        mrrc_pipeline_free(pipeline);
        mrrc_reader_free(reader);
        close(descriptor);
        mrrci_buffer_clear(&data);
    }
    unlink(fifo);
}

/* What was given holds behind a stop; nothing else comes. */
static void test_stop(void) {
    mrrc_buffer data = {0};
    uint64_t state = 8;
    ahead_make_marc(&state, 200, &data);
    for (int kind = 0; kind < AHEAD_KINDS; kind++)
        for (size_t had = 0; had < 12; had++) {
            ahead_source source = {.kind = (ahead_kind)kind, .data = &data, .chance = 9,
                                   .path = ahead_write(path, &data), .feed = 900};
            mrrc_batch_view view;
            mrrc_error err = {0};
            mrrc_reader *reader = ahead_open(&source);
            mrrc_pipeline *pipeline = start(reader, NULL, &sizes[had % SIZES], 0);
            CHECK(mrrc_pipeline_piece(pipeline) == NULL);
            for (size_t i = 0; i < had;) {
                int status = mrrc_pipeline_next(pipeline, LONG, &view, &err);
                if (status == MRRC_MORE)
                    feed(pipeline, &source);
                else if (++i && status != MRRC_OK)
                    break;
            }
            mrrc_pipeline_stop(pipeline);
            if (had > 0 && mrrc_pipeline_piece(pipeline) != NULL && view.count > 0) {
                uint8_t *exact = check_copy(data.data, view.lengths[0]);
                CHECK(mrrc_reader_source_bytes(mrrc_pipeline_piece(pipeline), view.offsets[0],
                                               view.lengths[0], exact) == MRRC_OK);
                CHECK(memcmp(exact, data.data + view.offsets[0], view.lengths[0]) == 0);
                free(exact);
            }
            int status = mrrc_pipeline_next(pipeline, LONG, &view, &err);
            CHECK(status == MRRC_ERR_CLOSED && err.code == MRRC_ERR_CLOSED && view.count == 0);
            CHECK(kind == AHEAD_FEED || mrrc_pipeline_feed(pipeline, data.data, 1) < 0);
            mrrc_pipeline_stop(pipeline);
            mrrc_pipeline_free(pipeline);
            mrrc_reader_free(reader);
        }
    mrrci_buffer_clear(&data);
}

/* Another process is told that it has no threads; what it frees stays as it is. */
static void test_fork(void) {
    mrrc_buffer data = {0};
    uint64_t state = 8;
    mrrc_batch_view view;
    mrrc_error err = {0};
    ahead_outcome alone = {0}, ahead = {0};
    ahead_make_marc(&state, 200, &data);
    ahead_source source = {.data = &data};
    ahead_alone(&source, 0, &alone);
    mrrc_reader *reader = ahead_open(&source);
    mrrc_pipeline *pipeline = start(reader, NULL, &sizes[3], 0);
    ahead_begin(&ahead);
    CHECK(mrrc_pipeline_next(pipeline, LONG, &view, &err) == MRRC_OK);
    ahead_batch(&ahead, mrrc_pipeline_piece(pipeline), &view, &data);
    pid_t child = fork();
    if (child == 0) {
        size_t done;
        mrrc_buffer out = {0};
        mrrc_encoder *encoder = mrrc_encoder_new(0, 0);
        alarm(HANG);
        bool right = mrrc_pipeline_next(pipeline, LONG, &view, &err) == MRRC_ERR_FORKED &&
                     err.code == MRRC_ERR_FORKED;
        right = right && mrrc_pipeline_encode(pipeline, LONG, encoder, &out, &view, &done, NULL) ==
                             MRRC_ERR_FORKED;
        right = right && mrrc_pipeline_feed(pipeline, data.data, 1) == MRRC_ERR_ARGUMENT;
        mrrc_pipeline_stop(pipeline);
        mrrc_pipeline_free(pipeline);
        _exit(right ? 0 : 1);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    while ((status = mrrc_pipeline_next(pipeline, LONG, &view, &err)) == MRRC_OK)
        ahead_batch(&ahead, mrrc_pipeline_piece(pipeline), &view, &data);
    CHECK(status == MRRC_END && ahead_same(&ahead, &alone));
    mrrc_pipeline_free(pipeline);
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&data);
    ahead_clear(&alone);
    ahead_clear(&ahead);
}

static void test_sizes(void) {
    static const size wrong[] = {{0, 1, 1},
                                 {1, 0, 1},
                                 {1, 1, 0},
                                 {MRRCI_WORKERS_MAX + 1, 1, 1},
                                 {1, MRRCI_SLOTS_MAX, 1},
                                 {1, 1, MRRCI_BLOCK_MOST + 1},
                                 {UINT32_MAX, UINT32_MAX, SIZE_MAX}};
    mrrc_buffer data = {0};
    check_put_text(&data, "x");
    ahead_source source = {.data = &data};
    mrrc_reader *reader = ahead_open(&source);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        mrrc_error err = {0};
        CHECK(mrrc_pipeline_new(reader, NULL, wrong[i].workers, wrong[i].capacity, wrong[i].block,
                                0, &err) == NULL);
        CHECK(err.code == MRRC_ERR_ARGUMENT);
    }
    mrrc_pipeline_free(NULL);
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&data);
}

/* without memory ----------------------------------------------------------- */

/* What came before the fault is right. */
static void read_without_memory(void *context) {
    ahead_source source = *(ahead_source *)context;
    ahead_outcome whole = {0}, ahead = {0};
    WITH_MEMORY({
        ahead_alone(&source, MRRC_READ_LENIENT, &whole);
        mrrci_buffer_reserve(&ahead.text, 2 * whole.text.size);
        mrrci_buffer_reserve(&ahead.numbers, 2 * whole.numbers.size);
    });
    read_ahead(&source, MRRC_READ_LENIENT, &sizes[3], SIZE_MAX, &ahead);
    CHECK(check_memory.failed ? ahead_begins(&ahead, &whole) : ahead_same(&ahead, &whole));
    bool failed = check_memory.failed;
    ahead_clear(&whole);
    ahead_clear(&ahead);
    check_memory.failed = failed;
}

/* A caller that asks again when there is memory has lost nothing but what the fault ended. */
static void write_without_memory(void *context) {
    const ahead_source *given = context;
    ahead_source source = *given;
    mrrc_buffer out = {0}, all = {0};
    mrrc_encoder *encoder = NULL;
    mrrc_reader *reader = NULL;
    mrrc_pipeline *pipeline = NULL;
    writing whole;
    WITH_MEMORY({
        begin_writing(&whole, mrrc_format_find("marcjson"), 0, NULL);
        write_alone(&source, MRRC_READ_STRICT, &whole);
        mrrci_buffer_reserve(&all, 2 * whole.out.size);
        encoder = mrrc_encoder_new(mrrc_format_find("marcjson"), 0);
        mrrc_encoder_begin(encoder, &all);
        reader = ahead_open(&source);
    });
    if (encoder != NULL && reader != NULL)
        pipeline = start(reader, encoder, &sizes[3], MRRC_READ_STRICT);
    int status = pipeline == NULL ? MRRC_END : MRRC_OK;
    while (status == MRRC_OK) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        size_t done = 0;
        status = mrrc_pipeline_encode(pipeline, LONG, encoder, &out, &view, &done, &err);
        if (status == MRRC_OK || view.count > 0)
            check_put(&all, out.data, out.size);
        out.size = 0;
        if (status == MRRC_ERR_MEMORY && view.count > 0) { /* the rest of it can be had */
            uint32_t start_of = done == 0 ? 0 : view.ends[done - 1];
            uint32_t ends[400];
            CHECK(check_memory.failed);
            for (size_t i = done; i < view.count; i++)
                ends[i - done] = view.ends[i] - start_of;
            WITH_MEMORY(status = mrrc_encoder_records(encoder, view.block + start_of, ends,
                                                      view.count - done, &all, NULL, &err));
            CHECK(status == MRRC_OK);
        }
    }
    CHECK(status == MRRC_END || (status == MRRC_ERR_MEMORY && check_memory.failed));
    CHECK(all.size <= whole.out.size &&
          (all.size == 0 || memcmp(all.data, whole.out.data, all.size) == 0));
    CHECK(check_memory.failed || all.size + 3 == whole.out.size);
    mrrc_pipeline_free(pipeline);
    mrrc_reader_free(reader);
    mrrc_encoder_free(encoder);
    bool failed = check_memory.failed;
    clear_writing(&whole);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&all);
    check_memory.failed = failed;
}

static void test_without_memory(void) {
    mrrc_buffer data = {0}, sound = {0};
    uint64_t state = 4;
    ahead_make_marc(&state, 6, &data);
    check_put_text(&data, "junk\x1d");
    ahead_make_marc(&state, 6, &data);
    mrrc_filter *filter = ahead_filter("500?");
    for (int kind = 0; kind < AHEAD_KINDS; kind++) {
        ahead_source source = {.kind = (ahead_kind)kind,
                               .data = &data,
                               .filter = kind == 0 ? filter : NULL,
                               .path = ahead_write(path, &data),
                               .chance = 3,
                               .feed = 700};
        check_memory_sweep(read_without_memory, &source);
    }
    static check_record record;
    for (int i = 0; i < 8; i++) {
        check_record_begin(&record, 'a');
        check_record_add(&record, "001", "id1");
        check_record_add(&record, "245", "10\x1f" "aTitle \xc3\xa9");
        check_lay_out(&record);
        check_record_write(&record, &sound);
    }
    ahead_source source = {.data = &sound};
    check_memory_sweep(write_without_memory, &source);
    mrrc_filter_free(filter);
    mrrci_buffer_clear(&data);
    mrrci_buffer_clear(&sound);
}

int main(void) {
    static const char *const read[] = {"marcxml", "marcjson", "jsonl", "mrk", "line", "aleph"};
    int file = mkstemp(path);
    alarm(HANG); /* what waits for ever is a fault */
    if (file < 0 || close(file) != 0)
        abort();
    test_sizes();
    test_reading(0, 60, 60, 17);
    test_reading(0, 10, 600, 23);
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        test_reading(mrrc_format_find(read[i]), 3, 30, 31);
    for (int format = 0; mrrci_format_at(format) != NULL; format++) {
        const char *name = mrrci_format_at(format)->name;
        bool table = strcmp(name, "csv") == 0 || strcmp(name, "tsv") == 0;
        test_writing(format, 0, table ? "001\n245$a\n" : NULL, 3);
    }
    test_writing(0, MRRC_WRITE_MARC8, NULL, 5);
    test_writing(0, MRRC_WRITE_MARC8 | MRRC_WRITE_UNMAPPED_REPLACE, NULL, 6);
    test_writing(mrrc_format_find("marcxml"), MRRC_WRITE_PYMARC, NULL, 7);
    test_read_faults();
    test_pipe();
    test_stop();
    test_fork();
    test_without_memory();
    unlink(path);
    return check_report();
}
