/* SPDX-License-Identifier: MIT
 *
 * Readers: whatever the source does, each record comes once, in order, with its
 * place, its status and its bytes; what is good comes before a failure, and after
 * one the reader goes on.  read() is this test's own and may be told to fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"
#include "check.h"
#include "check_reading.h"
#include "source.h"

/* sources ------------------------------------------------------------------ */

enum { RECORDS_MAX = 6000 };

/* A file's bytes, and where its records are. */
typedef struct collection {
    mrrc_buffer bytes;
    size_t count;
    uint64_t offsets[RECORDS_MAX + 1];
} collection;

static collection large, small;
static char folder[64];

static const char *path_of(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const void *data, size_t size) {
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        abort();
    return path;
}

/* Makes records of many sizes and kinds: UTF-8, MARC-8, and some that are to be
 * left undecoded. */
static void make_collection(collection *all, size_t wanted) {
    static check_record record;
    static char long_text[60000];
    uint64_t state = 0xC011EC7;
    memset(long_text, 'l', sizeof long_text);
    while (all->bytes.size < wanted && all->count < RECORDS_MAX) {
        char id[32], note[16][9100];
        uint32_t kind = check_random(&state, 20);
        size_t notes = all->count % 97 == 96 ? 9 : check_random(&state, 4);
        snprintf(id, sizeof id, "id%07zu", all->count);
        check_record_begin(&record, kind % 3 == 0 ? ' ' : 'a');
        check_record_add(&record, "001", id);
        check_record_add(&record, "245",
                         kind % 3 == 0 ? "10\x1f" "aT\xe2" "e" : "10\x1f" "aT\xc3\xa9");
        for (size_t i = 0; i < notes; i++) {
            snprintf(note[i], sizeof note[i], "  \x1f" "a%.*s",
                     (int)check_random(&state, notes == 9 ? 9000 : 900), long_text);
            check_record_add(&record, "500", note[i]);
        }
        if (kind == 7)
            check_record_add(&record, "650", "0\x1f" "aOne indicator");
        check_lay_out(&record);
        all->offsets[all->count++] = all->bytes.size;
        check_record_write(&record, &all->bytes);
    }
    all->offsets[all->count] = all->bytes.size;
}

static size_t length_of(const collection *all, size_t record) {
    return (size_t)(all->offsets[record + 1] - all->offsets[record]);
}

static const uint8_t *bytes_of(const collection *all, size_t record) {
    return all->bytes.data + all->offsets[record];
}

/* following ---------------------------------------------------------------- */

/* Whether record `i` of the view is that record of the collection.  `room` keeps
 * what it has to be. */
static bool is_record(const mrrc_batch_view *view, size_t i, const collection *all, size_t record,
                      uint32_t flags, mrrc_buffer *room) {
    const uint8_t *expected = bytes_of(all, record);
    size_t size = length_of(all, record), start = i == 0 ? 0 : view->ends[i - 1];
    if (view->offsets[i] != all->offsets[record] || view->lengths[i] != size)
        return false;
    int status = mrrc_record_decode(expected, size, flags, room);
    if (view->statuses[i] != status)
        return false;
    if (status == MRRC_OK) {
        expected = room->data;
        size = room->size;
    }
    return view->ends[i] - start == size && memcmp(view->block + start, expected, size) == 0;
}

/* Whether the source's bytes of each record can be had, and no others. */
static void check_source_bytes(const mrrc_reader *reader, const mrrc_batch_view *view,
                               const collection *all, size_t first) {
    uint8_t *bytes = malloc(all->bytes.size);
    if (bytes == NULL)
        abort();
    bool right = true;
    for (size_t i = 0; i < view->count; i++) {
        size_t size = view->lengths[i];
        uint8_t *exact = check_copy(bytes, size);
        right = mrrc_reader_source_bytes(reader, view->offsets[i], size, exact) == MRRC_OK &&
                memcmp(exact, bytes_of(all, first + i), size) == 0 && right;
        free(exact);
    }
    CHECK(right);
    size_t whole = (size_t)(view->offsets[view->count - 1] - view->offsets[0]) +
                   view->lengths[view->count - 1];
    CHECK(mrrc_reader_source_bytes(reader, view->offsets[0], whole, bytes) == MRRC_OK);
    CHECK(memcmp(bytes, bytes_of(all, first), whole) == 0);
    mrrc_buffer copy = {0};
    CHECK(mrrc_reader_copy(reader, view, 0, view->count, &copy) == MRRC_OK);
    CHECK_BYTES(copy.data, copy.size, bytes_of(all, first), whole);
    mrrci_buffer_clear(&copy);
    CHECK(mrrc_reader_source_bytes(reader, view->offsets[0], 0, NULL) == MRRC_OK);
    CHECK(mrrc_reader_source_bytes(reader, all->bytes.size, 1, bytes) == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_reader_source_bytes(reader, view->offsets[0], all->bytes.size + 1, bytes) ==
          MRRC_ERR_ARGUMENT);
    CHECK(mrrc_reader_source_bytes(reader, view->offsets[0], SIZE_MAX, bytes) == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_reader_source_bytes(reader, UINT64_MAX, 1, bytes) == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_reader_source_bytes(reader, UINT64_MAX, SIZE_MAX, bytes) == MRRC_ERR_ARGUMENT);
    free(bytes);
}

/* What a run may meet and still be right. */
typedef struct journey {
    bool source_bytes;  /* ask for them */
    int system;         /* the errno that faults have to have */
    unsigned faults;    /* MRRC_ERR_IO and MRRC_ERR_MEMORY that came */
    size_t smallest;    /* source bytes of a batch */
    size_t greatest;
    size_t first;
} journey;

/* Reads from record `next` to the end. */
static void follow(mrrc_reader *reader, const collection *all, size_t next, uint32_t flags,
                   journey *way) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    mrrc_buffer room = {0};
    for (;;) {
        int status = mrrc_reader_next(reader, flags, &view, &err);
        if (status == MRRC_ERR_IO || status == MRRC_ERR_MEMORY) {
            CHECK(err.code == status && view.count == 0 && view.marked == 0);
            CHECK(err.system == (status == MRRC_ERR_IO ? way->system : 0));
            check_memory_allow();
            way->faults++;
            memset(&err, 0, sizeof err);
            continue;
        }
        CHECK(err.code == 0);
        if (status != MRRC_OK) {
            CHECK(status == MRRC_END && view.count == 0);
            break;
        }
        size_t marked = 0;
        bool right = view.count > 0 && next + view.count <= all->count;
        /* the comparison asks for memory of its own */
        bool all_after = check_memory.all_after;
        size_t asked = check_memory.asked, fail_at = check_memory.fail_at;
        check_memory.fail_at = 0;
        for (size_t i = 0; right && i < view.count; i++) {
            right = is_record(&view, i, all, next + i, flags, &room);
            marked += view.statuses[i] != MRRC_OK;
        }
        check_memory.all_after = all_after;
        check_memory.asked = asked;
        check_memory.fail_at = fail_at;
        CHECK_FOR(right && marked == view.marked, "a batch from record %zu", next);
        if (!right)
            break;
        CHECK(view.block_size == view.ends[view.count - 1]);
        if (way->source_bytes)
            check_source_bytes(reader, &view, all, next);
        size_t taken = (size_t)(all->offsets[next + view.count] - all->offsets[next]);
        way->first = way->first == 0 ? taken : way->first;
        way->smallest = way->smallest == 0 || taken < way->smallest ? taken : way->smallest;
        way->greatest = taken > way->greatest ? taken : way->greatest;
        next += view.count;
    }
    CHECK_FOR(next == all->count, "%zu of %zu records", next, all->count);
    CHECK(mrrc_reader_next(reader, flags, &view, &err) == MRRC_END);
    mrrci_buffer_clear(&room);
}

static mrrc_reader *open_path(const char *path) {
    mrrc_error err = {0};
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    CHECK(reader != NULL && mrrc_reader_open_path(reader, path, &err) == MRRC_OK && err.code == 0);
    return reader;
}

static mrrc_reader *open_memory(const uint8_t *data, size_t size) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    CHECK(reader != NULL && mrrc_reader_open_memory(reader, data, size) == MRRC_OK);
    return reader;
}

/* tests -------------------------------------------------------------------- */

/* Records that are told apart only, in small batches: they have places, and no bytes. */
static void test_frames(void) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    size_t bytes = 0, greatest = 0, packed = 0;
    mrrc_reader *reader = mrrc_reader_new(0);
    CHECK(mrrc_reader_open_memory(reader, large.bytes.data, large.bytes.size) == MRRC_OK);
    while (mrrc_reader_next(reader, MRRC_READ_FRAMES | MRRC_READ_BRIEFLY, &view, &err) ==
           MRRC_OK) {
        size_t size = 0;
        for (size_t i = 0; i < view.count; i++) {
            CHECK_EQ_INT(view.offsets[i], bytes + size);
            size += view.lengths[i];
            packed += view.statuses[i] == MRRC_OK ? view.ends[i] - (i > 0 ? view.ends[i - 1] : 0)
                                                  : 0;
        }
        bytes += size;
        greatest = size > greatest ? size : greatest;
    }
    CHECK_EQ_INT(bytes, large.bytes.size);
    CHECK_EQ_INT(packed, 0);
    CHECK(greatest < 512 << 10);
    mrrc_reader_free(reader);
}

static void test_nothing(void) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    uint8_t byte;
    CHECK(mrrc_reader_new(-1) == NULL && mrrc_reader_new(1000) == NULL);
    mrrc_reader_free(NULL);

    mrrc_reader *reader = mrrc_reader_new(0); /* of no source yet */
    memset(&view, 0xFF, sizeof view);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_ERR_IO && view.count == 0);
    CHECK(err.code == MRRC_ERR_IO && err.system == EBADF);
    CHECK(mrrc_reader_source_bytes(reader, 0, 1, &byte) == MRRC_ERR_ARGUMENT);
    mrrc_reader_free(reader);

    static const struct {
        const char *name;
        int system;
    } cases[] = {{"none", ENOENT}, {".", EISDIR}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(&err, 0, sizeof err);
        reader = mrrc_reader_new(0);
        CHECK(mrrc_reader_open_path(reader, path_of(cases[i].name), &err) == MRRC_ERR_IO);
        CHECK(err.code == MRRC_ERR_IO && err.system == cases[i].system);
        CHECK(mrrc_reader_open_path(reader, path_of(cases[i].name), NULL) == MRRC_ERR_IO);
        mrrc_reader_free(reader);
    }

    memset(&err, 0, sizeof err);
    reader = open_path(write_file("empty", "", 0));
    for (int i = 0; i < 3; i++)
        CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_END && view.count == 0);
    CHECK(mrrc_reader_close(reader, &err) == MRRC_OK);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_END && err.code == 0);
    CHECK(mrrc_reader_close(reader, &err) == MRRC_OK);
    mrrc_reader_free(reader);
    unlink(path_of("empty"));

    static const char *const by_lines[] = {"marc", "mrk", "line", "aleph", "jsonl"};
    for (size_t i = 0; i < sizeof by_lines / sizeof *by_lines; i++) {
        reader = mrrc_reader_new(mrrc_format_find(by_lines[i]));
        CHECK(mrrc_reader_open_feed(reader) == MRRC_OK);
        CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_MORE);
        CHECK(mrrc_reader_feed(reader, NULL, 0) == MRRC_OK);
        CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_END && err.code == 0);
        CHECK(mrrc_reader_feed(reader, &byte, 1) == MRRC_ERR_ARGUMENT);
        mrrc_reader_free(reader);
    }

    reader = open_memory(NULL, 0);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_END && err.code == 0);
    mrrc_reader_free(reader);
}

static void test_file(void) {
    static const uint32_t flags[] = {0, MRRC_READ_RAW, MRRC_READ_FORCE_UTF8, MRRC_READ_FOREIGN};
    enum { LONGEST = 99999 };
    write_file("large", large.bytes.data, large.bytes.size);
    CHECK(large.bytes.size > (size_t)3 << 20);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        journey way = {.source_bytes = i == 0};
        mrrc_reader *reader = open_path(path_of("large"));
        follow(reader, &large, 0, flags[i], &way);
        CHECK(way.faults == 0);
        /* the first record comes soon, and later ones many at a time */
        CHECK(way.first <= MRRCI_BLOCK_FIRST && way.first + LONGEST > MRRCI_BLOCK_FIRST);
        CHECK(way.greatest > MRRCI_BLOCK_MAX / 2 && way.greatest <= MRRCI_BLOCK_MAX + LONGEST);
        CHECK(mrrc_reader_close(reader, NULL) == MRRC_OK);
        mrrc_reader_free(reader);
    }
    uint8_t *exact = check_copy(large.bytes.data, large.bytes.size);
    journey way = {.source_bytes = true};
    mrrc_reader *reader = open_memory(exact, large.bytes.size);
    follow(reader, &large, 0, 0, &way);
    CHECK(way.first <= MRRCI_BLOCK_FIRST + LONGEST && way.greatest <= MRRCI_BLOCK_MAX + LONGEST);
    mrrc_reader_free(reader);
    free(exact);
}

static void test_read_faults(void) {
    static const int faults[] = {EIO, EINTR};
    const char *path = write_file("small", small.bytes.data, small.bytes.size);
    for (size_t i = 0; i < 2; i++) {
        for (unsigned call = 1; call <= 12; call++) {
            journey way = {.system = faults[i]};
            mrrc_reader *reader = open_path(path);
            read_with(0, call, false, faults[i]);
            follow(reader, &small, 0, 0, &way);
            CHECK(way.faults == (call <= reading.calls ? 1u : 0u));
            mrrc_reader_free(reader);
        }
        journey way = {.system = faults[i]};
        mrrc_reader *reader = open_path(path);
        read_with(5000, 0, true, faults[i]);
        follow(reader, &small, 0, 0, &way);
        CHECK(way.faults > 30);
        mrrc_reader_free(reader);
    }
    static const size_t most[] = {1, 2, 3, 7, 100, 4096, 65535, 65536, 65537};
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++) {
        journey way = {.source_bytes = most[i] > 1000};
        mrrc_reader *reader = open_path(path);
        read_with(most[i], 0, false, 0);
        follow(reader, &small, 0, 0, &way);
        mrrc_reader_free(reader);
    }
    read_with(0, 0, false, 0);
}

/* Records that come before a failure come first, and the failure comes next. */
static void test_delivered_first(void) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    mrrc_reader *reader = open_path(path_of("small"));
    read_with((size_t)small.offsets[5] + 3, 2, false, EIO);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK && view.count == 5);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_ERR_IO && err.system == EIO);
    CHECK(view.count == 0);
    read_with(0, 0, false, 0);
    journey way = {0};
    follow(reader, &small, 5, 0, &way);
    mrrc_reader_free(reader);
}

static void test_seek(void) {
    uint64_t state = 0x5EEC;
    for (int memory = 0; memory < 2; memory++) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        mrrc_buffer room = {0};
        journey way = {0};
        uint8_t byte;
        mrrc_reader *reader = memory ? open_memory(large.bytes.data, large.bytes.size)
                                     : open_path(path_of("large"));
        for (unsigned step = 0; step < 60; step++) {
            uint32_t flags = step % 2 == 0 ? 0 : MRRC_READ_RAW;
            /* near and far, by turns: mostly inside the batch just read */
            size_t record = step % 4 == 0 || view.count == 0
                                ? check_random(&state, (uint32_t)large.count)
                                : check_random(&state, (uint32_t)view.count);
            if (step % 4 != 0 && view.count > 0)
                while (large.offsets[record] < view.offsets[0])
                    record++;
            CHECK(mrrc_reader_seek(reader, large.offsets[record], &err) == MRRC_OK);
            CHECK(mrrc_reader_next(reader, flags, &view, &err) == MRRC_OK && view.count > 0);
            bool right = true;
            for (size_t i = 0; i < view.count; i++)
                right = is_record(&view, i, &large, record + i, flags, &room) && right;
            CHECK_FOR(right, "step %u", step);
            /* what stands before may be at hand yet */
            if (!memory && large.offsets[record] > 0 &&
                mrrc_reader_source_bytes(reader, large.offsets[record] - 1, 1, &byte) == MRRC_OK)
                CHECK(byte == MRRCI_RECORD);
        }
        CHECK(mrrc_reader_seek(reader, large.bytes.size, &err) == MRRC_OK);
        CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_END);
        CHECK(mrrc_reader_seek(reader, large.bytes.size + 1000, &err) == MRRC_OK);
        CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_END);
        CHECK(mrrc_reader_seek(reader, large.offsets[large.count - 2], &err) == MRRC_OK);
        follow(reader, &large, large.count - 2, 0, &way);
        CHECK(err.code == 0 && way.faults == 0);
        mrrc_reader_free(reader);
        mrrci_buffer_clear(&room);
    }
}

static pid_t write_fifo(const char *path, const collection *all) {
    pid_t child = fork();
    if (child != 0)
        return child;
    int descriptor = open(path, O_WRONLY);
    for (size_t at = 0; at < all->bytes.size;) {
        size_t part = all->bytes.size - at < 3000 ? all->bytes.size - at : 3000;
        ssize_t count = write(descriptor, all->bytes.data + at, part);
        if (count < 0)
            _exit(1);
        at += (size_t)count;
    }
    _exit(0);
}

static void test_pipe(void) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    journey way = {.source_bytes = true};
    char path[128];
    int status = 0;
    snprintf(path, sizeof path, "%s", path_of("fifo"));
    if (mkfifo(path, 0600) != 0)
        abort();
    pid_t child = write_fifo(path, &small);
    mrrc_reader *reader = open_path(path);
    /* a wait of a second is interrupted */
    while ((status = mrrc_reader_next(reader, 0, &view, &err)) != MRRC_END && view.count < 2) {
        CHECK(status == MRRC_OK || (status == MRRC_ERR_IO && err.system == EINTR));
        CHECK(status != MRRC_OK || view.offsets[0] < small.offsets[20]);
        memset(&err, 0, sizeof err);
    }
    CHECK(status == MRRC_OK && view.count >= 2);
    way.system = EINTR;
    /* back inside the batch, as when a reader's setting is changed; no further */
    size_t first = 0;
    while (small.offsets[first] != view.offsets[0])
        first++;
    CHECK(mrrc_reader_seek(reader, view.offsets[1], &err) == MRRC_OK && err.code == 0);
    CHECK(mrrc_reader_seek(reader, small.bytes.size - 1, &err) == MRRC_ERR_IO);
    CHECK(err.code == MRRC_ERR_IO && err.system == ESPIPE);
    follow(reader, &small, first + 1, 0, &way);
    memset(&err, 0, sizeof err);
    CHECK(mrrc_reader_seek(reader, 0, &err) == MRRC_ERR_IO && err.system == ESPIPE);
    mrrc_reader_free(reader);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    unlink(path);
}

/* The last record has a status that says why the source ends. */
static void ends_so(mrrc_reader *reader, size_t good, int expected, const void *rest, size_t size,
                    int line) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    size_t seen = 0;
    int last = MRRC_OK;
    while (mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK) {
        seen += view.count;
        last = view.statuses[view.count - 1];
        if (last == MRRC_OK || last == MRRC_UNDECODED)
            continue;
        size_t start = view.count == 1 ? 0 : view.ends[view.count - 2];
        check_bytes(view.block + start, view.ends[view.count - 1] - start, rest, size, __FILE__,
                    line, "the rest");
        check_int((long long)view.lengths[view.count - 1], (long long)size, __FILE__, line,
                  "length");
    }
    check_int((long long)seen, (long long)good + 1, __FILE__, line, "records");
    check_int(last, expected, __FILE__, line, "status");
    check_int(err.code, 0, __FILE__, line, "error");
    for (int i = 0; i < 2; i++)
        check_int(mrrc_reader_next(reader, 0, &view, &err), MRRC_END, __FILE__, line, "end");
}

static void test_lost(void) {
    static const struct {
        const char *junk;
        size_t size;
        int status;
        size_t taken;
    } cases[] = {{"\n", 1, MRRC_ERR_TRUNCATED, 1},
                 {"0009", 4, MRRC_ERR_TRUNCATED, 4},
                 {"00099xyz", 8, MRRC_ERR_TRUNCATED, 8},
                 {"junk behind", 11, MRRC_ERR_LENGTH_INVALID, 5},
                 {"0000000000", 10, MRRC_ERR_LENGTH_INVALID, 5},
                 {"00010xyz.,more", 14, MRRC_ERR_TERMINATOR_MISSING, 10}};
    enum { GOOD = 40 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int memory = 0; memory < 2; memory++) {
            mrrc_buffer bytes = {0};
            check_put(&bytes, small.bytes.data, (size_t)small.offsets[GOOD]);
            check_put(&bytes, cases[i].junk, cases[i].size);
            mrrc_reader *reader = memory ? open_memory(bytes.data, bytes.size)
                                         : open_path(write_file("lost", bytes.data, bytes.size));
            ends_so(reader, GOOD, cases[i].status, cases[i].junk, cases[i].taken, __LINE__);
            /* who goes elsewhere goes on */
            mrrc_error err = {0};
            CHECK(mrrc_reader_seek(reader, small.offsets[GOOD - 1], &err) == MRRC_OK);
            ends_so(reader, 1, cases[i].status, cases[i].junk, cases[i].taken, __LINE__);
            CHECK(err.code == 0);
            mrrc_reader_free(reader);
            mrrci_buffer_clear(&bytes);
        }
    unlink(path_of("lost"));
}

/* A file cut short between two calls ends there, and is no crash. */
static void test_truncated_while_read(void) {
    char path[128];
    mrrc_batch_view view;
    mrrc_error err = {0};
    snprintf(path, sizeof path, "%s", write_file("shrinks", large.bytes.data, large.bytes.size));
    mrrc_reader *reader = open_path(path);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK);
    size_t record = view.count + 100, seen = view.count;
    if (truncate(path, (off_t)large.offsets[record] + 50) != 0)
        abort();
    ends_so(reader, record - seen, MRRC_ERR_TRUNCATED, bytes_of(&large, record), 50, __LINE__);
    mrrc_reader_free(reader);

    reader = open_path(path);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK);
    uint64_t place = view.offsets[view.count - 1] + view.lengths[view.count - 1];
    if (truncate(path, 10) != 0)
        abort();
    size_t more = 0;
    int last = MRRC_OK;
    while (mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK) {
        CHECK(view.offsets[0] == place);
        more += view.count;
        last = view.statuses[view.count - 1];
    }
    CHECK(more <= 1 && (more == 0 || last == MRRC_ERR_TRUNCATED) && err.code == 0);
    mrrc_reader_free(reader);
    unlink(path);
}

/* A directory may name the same bytes again and again: the batch stays small. */
static void test_swollen(void) {
    enum { ENTRIES = 4000, RECORDS = 5, BODY = 9990 };
    static check_record record;
    static char body[BODY];
    mrrc_buffer bytes = {0};
    mrrc_batch_view view;
    mrrc_error err = {0};
    memset(body, 'b', sizeof body);
    memcpy(body, "  \x1f" "a", 4);
    check_record_begin(&record, 'a');
    record.count = 1;
    record.fields[0] = (check_field){"500", body, BODY, 0, 0};
    check_lay_out(&record);
    mrrc_buffer one = {0};
    check_put(&one, record.leader, MRRCI_LEADER_SIZE);
    for (int i = 0; i < ENTRIES; i++)
        check_put_text(&one, "500" "9991" "00000");
    check_put_text(&one, "\x1e");
    check_put(&one, record.area, record.area_size);
    check_put_text(&one, "\x1d");
    check_set_five(one.data, one.size);
    check_set_five(one.data + 12, MRRCI_LEADER_SIZE + ENTRIES * MRRCI_ENTRY_SIZE + 1);
    for (int i = 0; i < RECORDS; i++)
        check_put(&bytes, one.data, one.size);
    mrrc_reader *reader = open_memory(bytes.data, bytes.size);
    size_t packed = MRRCI_LEADER_SIZE + (size_t)ENTRIES * (4 + BODY), seen = 0;
    while (mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK) {
        CHECK(view.marked == 0 && view.block_size == view.count * packed);
        CHECK(view.block_size < MRRCI_BATCH_MAX + packed);
        seen += view.count;
    }
    CHECK(seen == RECORDS && err.code == 0);
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&bytes);
    mrrci_buffer_clear(&one);
}

typedef struct without {
    const char *path; /* or NULL: from memory */
    uint32_t flags;
} without;

/* Every failure of memory is told once, and not a record is lost by it. */
static void read_without_memory(void *context) {
    const without *how = context;
    mrrc_reader *reader = mrrc_reader_new(0);
    if (reader == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    if (how->path != NULL)
        CHECK(mrrc_reader_open_path(reader, how->path, NULL) == MRRC_OK);
    else
        CHECK(mrrc_reader_open_memory(reader, small.bytes.data, small.bytes.size) == MRRC_OK);
    journey way = {0};
    follow(reader, &small, 0, how->flags, &way);
    CHECK(way.faults <= 1);
    mrrc_reader_free(reader);
}

/* Bytes that a fed reader had no memory for are given once more. */
static void feed_without_memory(void *context) {
    enum { PIECE = 30000 };
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_batch_view view;
    mrrc_error err = {0};
    size_t at = 0, next = 0;
    int status = MRRC_MORE;
    (void)context;
    if (reader == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    CHECK(mrrc_reader_open_feed(reader) == MRRC_OK);
    while (status != MRRC_END) {
        status = mrrc_reader_next(reader, 0, &view, &err);
        CHECK(err.code == (status < 0 ? status : 0));
        if (status == MRRC_MORE) {
            size_t left = small.bytes.size - at, size = left < PIECE ? left : PIECE;
            status = mrrc_reader_feed(reader, size == 0 ? NULL : small.bytes.data + at, size);
            at += status == MRRC_OK ? size : 0;
        }
        if (status == MRRC_ERR_MEMORY) {
            CHECK(check_memory.failed);
            check_memory_allow();
            memset(&err, 0, sizeof err);
        } else if (!CHECK(status == MRRC_OK || status == MRRC_END)) {
            break;
        }
        for (size_t i = 0; i < view.count; i++)
            next += view.offsets[i] == small.offsets[next] &&
                    view.lengths[i] == length_of(&small, next);
    }
    CHECK(at == small.bytes.size && next == small.count);
    CHECK(mrrc_reader_feed(reader, small.bytes.data, 1) == MRRC_ERR_ARGUMENT);
    mrrc_reader_free(reader);
}

/* Encodes the records of a view from one on. */
static int encode_rest(mrrc_encoder *encoder, const mrrc_batch_view *view, size_t from,
                       mrrc_buffer *out) {
    size_t count = view->count - from, start = from == 0 ? 0 : view->ends[from - 1];
    uint32_t *ends = malloc((count + 1) * sizeof *ends);
    if (ends == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        ends[i] = (uint32_t)(view->ends[from + i] - start);
    int status = mrrc_encoder_records(encoder, view->block + start, ends, count, out, NULL, NULL);
    free(ends);
    return status;
}

/* What memory stops is either no batch at all, or one of which `done` records are in `out`:
 * who goes on from there has every record once. */
static void convert_without_memory(void *context) {
    const collection *all = context;
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_encoder *encoder = mrrc_encoder_new(0, 0);
    mrrc_buffer out = {0};
    mrrc_batch_view view;
    mrrc_error err = {0};
    int status = reader == NULL || encoder == NULL ? MRRC_END : MRRC_OK;
    bool made = status == MRRC_OK;
    size_t done = 0, faults = 0;
    if (made)
        CHECK(mrrc_reader_open_memory(reader, all->bytes.data, all->bytes.size) == MRRC_OK);
    while (status != MRRC_END) {
        status = mrrc_reader_encode(reader, 0, encoder, &out, &view, &done, &err);
        CHECK(err.code == (status < 0 ? status : 0));
        CHECK(done <= view.count && (status != MRRC_OK || done == view.count));
        if (status == MRRC_ERR_MEMORY) {
            check_memory_allow();
            faults++;
            memset(&err, 0, sizeof err);
            CHECK(encode_rest(encoder, &view, done, &out) == MRRC_OK);
        } else if (!CHECK(status == MRRC_OK || status == MRRC_END)) {
            break;
        }
    }
    CHECK(made ? check_same(&out, &all->bytes) && faults <= 1 : check_memory.failed);
    mrrc_reader_free(reader);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
}

/* Records that are written as they were read, in several batches. */
static void make_plain(collection *all) {
    static check_record record;
    while (all->bytes.size < 200000) {
        char id[32];
        check_record_begin(&record, 'a');
        snprintf(id, sizeof id, "%0*zu", (int)(all->count % 20) + 1, all->count);
        check_record_add(&record, "001", id);
        check_record_add(&record, "245", "10\x1f" "aT\xc3\xa9\x1f" "b");
        check_lay_out(&record);
        all->offsets[all->count++] = all->bytes.size;
        check_record_write(&record, &all->bytes);
    }
}

/* The other formats in the modes: a fault of one record is put into the batch, in lenient mode
 * with an entry; one of the whole source is returned. */
static void test_modes(void) {
    static const struct {
        const char *format, *document;
        int fault;            /* of the second of three records */
        bool fatal;           /* and nothing follows */
    } cases[] = {
        {"marcxml",
         "<collection><record><leader>00000nam a2200000   4500</leader></record>"
         "<record><leader>short</leader></record>"
         "<record><leader>00000nam a2200000   4500</leader></record></collection>",
         MRRC_ERR_LEADER_INVALID, false},
        {"marcjson",
         "[{\"leader\":\"00000nam a2200000   4500\",\"fields\":[]},"
         "{\"leader\":1,\"fields\":[]},"
         "{\"leader\":\"00000nam a2200000   4500\",\"fields\":[]}]",
         MRRC_ERR_JSON_RECORD, false},
        {"mrk",
         "=LDR  00000nam a2200000   4500\n=001  a\n\n=LDR  00000nam a2200000   4500\nnothing\n\n"
         "=LDR  00000nam a2200000   4500\n=001  c\n",
         MRRC_ERR_LINE_INVALID, false},
        {"marcxml",
         "<collection><record><leader>00000nam a2200000   4500</leader></record><record><leader>",
         MRRC_ERR_XML_MALFORMED, true},
    };
    static const size_t feeds[] = {0, 1, 50};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t f = 0; f < sizeof feeds / sizeof *feeds; f++)
            for (uint32_t flags = MRRC_READ_STRICT; flags <= MRRC_READ_PERMISSIVE; flags *= 2) {
                const uint8_t *text = (const uint8_t *)cases[i].document;
                size_t size = strlen(cases[i].document), fed = 0;
                size_t good = 0, entries = 0, faults = 0, returned = 0, behind = 0;
                mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(cases[i].format));
                if (feeds[f] == 0)
                    mrrc_reader_open_memory(reader, text, size);
                else
                    mrrc_reader_open_feed(reader);
                for (int status = MRRC_OK; status != MRRC_END;) {
                    mrrc_batch_view view;
                    mrrc_error err = {0};
                    status = mrrc_reader_next(reader, flags, &view, &err);
                    if (status == MRRC_MORE) {
                        size_t part = size - fed < feeds[f] ? size - fed : feeds[f];
                        CHECK(mrrc_reader_feed(reader, text + fed, part) == MRRC_OK);
                        fed += part;
                    } else if (status < 0) {
                        CHECK_EQ_INT(status, cases[i].fault);
                        returned++;
                    }
                    for (size_t n = 0; status == MRRC_OK && n < view.faults_count; n++) {
                        CHECK_EQ_INT(view.faults[n].code, cases[i].fault);
                        CHECK(view.faults[n].record == 2 && view.faults[n].offset > 0);
                        faults++;
                    }
                    for (size_t n = 0; status == MRRC_OK && n < view.count; n++) {
                        good += view.statuses[n] == MRRC_OK;
                        entries += view.statuses[n] == cases[i].fault && view.lengths[n] == 0;
                        behind += (entries > 0 || returned > 0) && view.statuses[n] == MRRC_OK;
                    }
                }
                mrrc_reader_free(reader);
                bool kept = !cases[i].fatal && flags != MRRC_READ_STRICT;
                CHECK_EQ_INT(good, cases[i].fatal ? 1 : 2);
                CHECK_EQ_INT(faults, kept);
                CHECK_EQ_INT(returned, !kept);
                CHECK_EQ_INT(entries, kept && flags == MRRC_READ_LENIENT);
                if (entries > 0)
                    CHECK_EQ_INT(behind, 1);
            }
}

/* A fault is put into the batch, or told otherwise: whatever memory fails. */
static void keep_without_memory(void *context) {
    static const char text[] = "{\"leader\":1}\n{\"leader\":2}\n"
                               "{\"leader\":\"00000nam a2200000   4500\",\"fields\":[]}\n";
    const uint32_t *flags = context;
    size_t good = 0, faults = 0, failures = 0;
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcjson"));
    if (reader == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    mrrc_reader_open_memory(reader, (const uint8_t *)text, sizeof text - 1);
    for (int status = MRRC_OK; status != MRRC_END && failures < 2;) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        status = mrrc_reader_next(reader, *flags, &view, &err);
        if (status == MRRC_ERR_MEMORY) {
            failures++;
            check_memory_allow();
        } else if (status < 0) {
            faults++;
        }
        for (size_t n = 0; status == MRRC_OK && n < view.count; n++)
            good += view.statuses[n] == MRRC_OK;
        faults += status == MRRC_OK ? view.faults_count : 0;
    }
    mrrc_reader_free(reader);
    CHECK(failures <= 1);
    CHECK_EQ_INT(good, 1);
    CHECK_EQ_INT(faults, 2);
}

int main(void) {
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/mrrc-XXXXXX", place == NULL ? "/tmp" : place);
    if (mkdtemp(folder) == NULL)
        abort();
    make_collection(&large, ((size_t)3 << 20) + 200000);
    make_collection(&small, 200000);
    test_nothing();
    test_file();
    test_frames();
    test_read_faults();
    test_delivered_first();
    test_seek();
    test_pipe();
    test_lost();
    test_truncated_while_read();
    test_swollen();

    char path[128];
    snprintf(path, sizeof path, "%s", path_of("small"));
    without ways[] = {{NULL, 0}, {path, 0}, {path, MRRC_READ_RAW}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        check_memory_sweep(read_without_memory, &ways[i]);
    check_memory_sweep(feed_without_memory, NULL);
    test_modes();
    for (uint32_t flags = MRRC_READ_LENIENT; flags <= MRRC_READ_PERMISSIVE; flags *= 2)
        check_memory_sweep(keep_without_memory, &flags);
    static collection plain;
    make_plain(&plain);
    check_memory_sweep(convert_without_memory, &plain);
    mrrci_buffer_clear(&plain.bytes);
    unlink(path_of("small"));
    unlink(path_of("large"));
    CHECK(rmdir(folder) == 0);
    mrrci_buffer_clear(&large.bytes);
    mrrci_buffer_clear(&small.bytes);
    return check_report();
}
