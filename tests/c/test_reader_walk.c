/* SPDX-License-Identifier: MIT
 *
 * Places between records: whoever begins at one finds what one reader of the whole finds behind it,
 * in each mode, with the same places, numbers and lines; sound and damaged, from a path and from
 * memory, and when memory runs out on the way.
 */
#define _GNU_SOURCE
#include "check_ahead.h"

enum { PLACES = 64 };

static const uint32_t modes[] = {0, MRRC_READ_STRICT, MRRC_READ_LENIENT, MRRC_READ_PERMISSIVE,
                                 MRRC_READ_LIBRARY};

static const char *const names[] = {"mrk", "line", "aleph", "jsonl", "marcjson", "json"};

static char path[] = "/tmp/mrrc-walk-XXXXXX";

static mrrc_reader *opened(int format, const mrrc_buffer *data, size_t from, size_t stop,
                           bool file) {
    mrrc_reader *reader = mrrc_reader_new(format);
    if (reader == NULL || !file) {
        if (reader != NULL)
            mrrc_reader_open_memory(reader, data->data + from, stop - from);
        return reader;
    }
    if (mrrc_reader_open_path(reader, path, NULL) < 0)
        abort();
    mrrc_reader_limit(reader, stop);
    return reader;
}

/* Finds places, each at least so far behind the one before.  Returns how many. */
static size_t walk(int format, const mrrc_buffer *data, size_t step, bool file,
                   mrrc_place *places) {
    size_t count = 1;
    mrrc_reader *reader = opened(format, data, 0, data->size, file);
    memset(places, 0, sizeof *places);
    int status = reader == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    while (count < PLACES && status != MRRC_END) {
        mrrc_error err = {0};
        mrrc_place *place = places + count;
        uint64_t wanted = places[count - 1].offset + step;
        if (status < 0)
            break;
        status = mrrc_reader_walk(reader, wanted, place, &err);
        if (status != MRRC_OK)
            continue;
        CHECK(place->offset >= wanted && place->offset < data->size);
        CHECK(place->records >= places[count - 1].records);
        CHECK(place->line_start <= place->offset && place->faults <= place->records);
        count++;
    }
    if (status < 0)
        CHECK(status == MRRC_ERR_MEMORY && check_memory.failed);
    mrrc_reader_free(reader);
    return count;
}

/* Writes down what a reader gives to its end. */
static void read_all(mrrc_reader *reader, uint32_t flags, const mrrc_buffer *data,
                     ahead_outcome *outcome) {
    mrrc_batch_view view;
    for (int status = MRRC_OK; status != MRRC_END;) {
        mrrc_error err = {0};
        status = mrrc_reader_next(reader, flags, &view, &err);
        if (status == MRRC_OK)
            ahead_batch(outcome, reader, &view, data);
        else if (status < 0)
            ahead_fault(outcome, status, &err);
    }
    mrrc_reader_free(reader);
}

static void compare(int format, const mrrc_buffer *data, size_t step, bool file) {
    static ahead_outcome alone, pieces;
    mrrc_place places[PLACES + 1];
    size_t count = walk(format, data, step, file, places);
    places[count].offset = data->size;
    for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++) {
        ahead_begin(&alone);
        ahead_begin(&pieces);
        read_all(opened(format, data, 0, data->size, file), modes[m], data, &alone);
        for (size_t i = 0; i < count; i++) {
            mrrc_reader *reader = opened(format, data, (size_t)places[i].offset,
                                         (size_t)places[i + 1].offset, file);
            CHECK(mrrc_reader_begin(reader, places + i, NULL) == MRRC_OK);
            read_all(reader, modes[m], data, &pieces);
        }
        bool same = ahead_same(&alone, &pieces);
        if (!same && check_failed < 4)
            CHECK_BYTES(pieces.text.data, pieces.text.size, alone.text.data, alone.text.size);
        CHECK(same);
    }
    ahead_clear(&alone);
    ahead_clear(&pieces);
}

static void test_chance(int format, unsigned turns, uint64_t chance) {
    static const size_t steps[] = {1, 50, 500, 5000};
    for (unsigned turn = 0; turn < turns; turn++) {
        mrrc_buffer data = {0};
        uint64_t state = chance + turn * 7919;
        ahead_make(format, &state, 1 + check_random(&state, 60), &data);
        if (turn % 3 > 0)
            ahead_damage(&state, &data);
        ahead_write(path, &data);
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            compare(format, &data, steps[i], turn % 2 == 0);
        mrrci_buffer_clear(&data);
    }
}

typedef struct way {
    int format;
    const mrrc_buffer *data;
    const mrrc_place *all;
    size_t count;
} way;

/* The places found before memory ran out are those found with enough. */
static void walk_without_memory(void *context) {
    const way *way = context;
    mrrc_place some[PLACES];
    size_t found = walk(way->format, way->data, 100, true, some);
    CHECK(found <= way->count && memcmp(way->all, some, found * sizeof *some) == 0);
    CHECK(check_memory.failed || found == way->count);
}

static void test_memory(int format) {
    mrrc_buffer data = {0};
    uint64_t state = 11;
    mrrc_place all[PLACES];
    ahead_make(format, &state, 20, &data);
    ahead_write(path, &data);
    size_t count = walk(format, &data, 100, true, all);
    CHECK(count > 5);
    check_memory_sweep(walk_without_memory, &(way){format, &data, all, count});
    mrrci_buffer_clear(&data);
}

static void test_refused(void) {
    mrrc_place place = {0};
    static const char *const others[] = {"marc", "marcxml", "mods"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        mrrc_error err = {0};
        mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(others[i]));
        mrrc_reader_open_memory(reader, (const uint8_t *)"x", 1);
        CHECK(mrrc_reader_walk(reader, 1, &place, &err) == MRRC_ERR_ARGUMENT);
        CHECK(err.code == MRRC_ERR_ARGUMENT);
        CHECK(mrrc_reader_begin(reader, &place, NULL) == MRRC_ERR_ARGUMENT);
        mrrc_reader_free(reader);
    }
    mrrc_reader *fed = mrrc_reader_new(mrrc_format_find("mrk"));
    mrrc_reader_open_feed(fed);
    CHECK(mrrc_reader_walk(fed, 1, &place, NULL) == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_reader_begin(fed, &place, NULL) == MRRC_ERR_ARGUMENT);
    mrrc_reader_free(fed);
    mrrc_reader *empty = mrrc_reader_new(mrrc_format_find("jsonl"));
    mrrc_reader_open_memory(empty, NULL, 0);
    CHECK(mrrc_reader_walk(empty, 0, &place, NULL) == MRRC_END);
    mrrc_reader_free(empty);
}

int main(void) {
    int file = mkstemp(path);
    if (file < 0)
        return 1;
    close(file);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        test_chance(mrrc_format_find(names[i]), 60, 1 + i * 1000003);
    test_memory(mrrc_format_find("mrk"));
    test_memory(mrrc_format_find("jsonl"));
    test_refused();
    unlink(path);
    return check_report();
}
