/* SPDX-License-Identifier: MIT
 *
 * check_ahead.h: sources to be read in more than one way, sound and damaged by chance, in every
 * format, and what comes of them written down: records, places, numbers, notes, faults, and the
 * bytes of the source.  How it was divided into batches leaves no trace.
 */
#ifndef CHECK_AHEAD_H
#define CHECK_AHEAD_H

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "format.h"
#include "outcome.h"
#include "reader.h"

/* What came of a source. */
typedef struct ahead_outcome {
    mrrc_buffer text;         /* records with what belongs to them, and faults */
    mrrc_buffer faults;       /* those that came with a batch: mrrc_error each */
    mrrc_buffer numbers;      /* uint64_t for each record: how many were met before */
    uint64_t met, end;
    bool bytes;               /* those of the source were at hand for each record */
} ahead_outcome;

static inline void ahead_begin(ahead_outcome *outcome) {
    outcome->text.size = outcome->faults.size = outcome->numbers.size = 0;
    outcome->met = outcome->end = 0;
    outcome->bytes = true;
}

static inline void ahead_clear(ahead_outcome *outcome) {
    mrrci_buffer_clear(&outcome->text);
    mrrci_buffer_clear(&outcome->faults);
    mrrci_buffer_clear(&outcome->numbers);
}

static inline bool ahead_same(const ahead_outcome *one, const ahead_outcome *other) {
    return one->met == other->met && one->end == other->end && one->bytes && other->bytes &&
           check_same(&one->text, &other->text) && check_same(&one->faults, &other->faults) &&
           check_same(&one->numbers, &other->numbers);
}

/* Whether one is how the other begins. */
static inline bool ahead_begins(const ahead_outcome *one, const ahead_outcome *other) {
    return one->text.size <= other->text.size &&
           (one->text.size == 0 ||
            memcmp(one->text.data, other->text.data, one->text.size) == 0);
}

/* Writes a batch down.  `reader` has to have its bytes, which are those of the source; of a format
 * other than ISO 2709 it has those that it happens to have. */
static inline void ahead_batch(ahead_outcome *outcome, const mrrc_reader *reader,
                               const mrrc_batch_view *view, const mrrc_buffer *source) {
    mrrc_batch_view records = *view;
    records.faults_count = 0;
    outcome_batch(&records, &outcome->text);
    if (view->faults_count > 0)
        check_put(&outcome->faults, view->faults, view->faults_count * sizeof *view->faults);
    for (size_t i = 0; i < view->count; i++) {
        uint64_t number = outcome->met + (view->numbers == NULL ? i : view->numbers[i]);
        check_put(&outcome->numbers, &number, sizeof number);
        size_t size = view->lengths[i];
        if (size == 0 || reader->format->step == NULL)
            continue;
        if (view->offsets[i] + size > source->size)
            abort();
        uint8_t *seen = check_copy(source->data, size);
        outcome->bytes = mrrc_reader_source_bytes(reader, view->offsets[i], size, seen) == 0 &&
                         memcmp(seen, source->data + view->offsets[i], size) == 0 &&
                         outcome->bytes;
        free(seen);
    }
    outcome->met += view->met;
    outcome->end = view->met > 0 ? view->end : outcome->end;
}

static inline void ahead_fault(ahead_outcome *outcome, int status, const mrrc_error *err) {
    outcome_fault(status, err, &outcome->text);
    check_put(&outcome->text, err, sizeof *err);
}

/* Filters of which some pass all, some few and some nothing; NULL is none. */
static const char *const ahead_filters[] = {NULL, NULL, "500?", "001 =^ 'id00000'", "650$a == 'none'"};

static inline mrrc_filter *ahead_filter(const char *text) {
    mrrc_query_fault fault;
    return text == NULL ? NULL : mrrc_filter_new(text, strlen(text), 80, 0, &fault);
}

/* Runs something of the test's own with memory. */
#define WITH_MEMORY(statement)                   \
    do {                                         \
        size_t kept = check_memory.fail_at;      \
        size_t asked = check_memory.asked;       \
        check_memory.fail_at = 0;                \
        statement;                               \
        check_memory.asked = asked;              \
        check_memory.fail_at = kept;             \
    } while (0)

/* How a source comes to a reader. */
typedef enum ahead_kind { AHEAD_MEMORY, AHEAD_PATH, AHEAD_FEED, AHEAD_KINDS } ahead_kind;

typedef struct ahead_source {
    int format;
    ahead_kind kind;
    const mrrc_buffer *data;
    const mrrc_filter *filter; /* or NULL */
    const char *path;          /* holds the data, where the kind says so */
    uint64_t chance;           /* for the size of feeds */
    size_t feed;               /* at most so many bytes at once */
    size_t fed;
} ahead_source;

/* Returns a reader of the source, or NULL without memory. */
static inline mrrc_reader *ahead_open(ahead_source *source) {
    mrrc_error err = {0};
    mrrc_reader *reader = mrrc_reader_new(source->format);
    int status = MRRC_OK;
    source->fed = 0;
    if (reader == NULL)
        return NULL;
    if (source->filter != NULL && mrrc_reader_filter(reader, source->filter) < 0) {
        mrrc_reader_free(reader);
        return NULL;
    }
    if (source->kind == AHEAD_PATH)
        status = mrrc_reader_open_path(reader, source->path, &err);
    else if (source->kind == AHEAD_FEED)
        status = mrrc_reader_open_feed(reader);
    else
        status = mrrc_reader_open_memory(reader, source->data->data, source->data->size);
    if (status < 0)
        abort();
    return reader;
}

/* Returns how many bytes are to be fed next, and where they are. */
static inline size_t ahead_feed(ahead_source *source, const uint8_t **from) {
    size_t left = source->data->size - source->fed;
    size_t size = 1 + check_random(&source->chance, (uint32_t)source->feed);
    size = size < left ? size : left;
    *from = source->data->data + source->fed;
    source->fed += size;
    return size;
}

static inline const char *ahead_write(const char *path, const mrrc_buffer *data) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, data->data, data->size) != (ssize_t)data->size || close(file) != 0)
        abort();
    return path;
}

/* What one reader alone makes of the source. */
static inline void ahead_alone(ahead_source *source, uint32_t flags, ahead_outcome *outcome) {
    mrrc_reader *reader = ahead_open(source);
    int status = reader == NULL ? MRRC_END : MRRC_OK;
    ahead_begin(outcome);
    while (status != MRRC_END) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        const uint8_t *from;
        status = mrrc_reader_next(reader, flags, &view, &err);
        if (status == MRRC_MORE) {
            size_t size = ahead_feed(source, &from);
            if (mrrc_reader_feed(reader, from, size) < 0)
                abort();
        } else if (status == MRRC_OK) {
            ahead_batch(outcome, reader, &view, source->data);
        } else if (status < 0) {
            ahead_fault(outcome, status, &err);
        }
    }
    mrrc_reader_free(reader);
}

/* Records of some sizes and kinds, in ISO 2709: UTF-8, MARC-8, long ones, and odd ones. */
static inline void ahead_make_marc(uint64_t *chance, size_t count, mrrc_buffer *out) {
    static check_record record;
    static char notes[8][3000];
    memset(notes, 'n', sizeof notes);
    for (size_t i = 0; i < count; i++) {
        char id[32];
        uint32_t kind = check_random(chance, 24);
        snprintf(id, sizeof id, "id%06zu", i);
        check_record_begin(&record, kind % 3 == 0 ? ' ' : 'a');
        check_record_add(&record, "001", id);
        check_record_add(&record, "245", kind % 3 == 0 ? "10\x1f" "aT\xe2" "e"
                                                       : "10\x1f" "aT\xc3\xa9");
        for (size_t n = check_random(chance, 4); n > 0; n--) {
            size_t size = 5 + check_random(chance, kind == 5 ? 2900 : 60);
            memcpy(notes[n], "  \x1f" "a", 4);
            check_record_add_sized(&record, "500", notes[n], size);
        }
        if (kind == 7)
            check_record_add(&record, "650", "0\x1f" "aOne indicator");
        if (kind == 8)
            check_record_add(&record, "650", " 0\x1f" "aNo \xff text");
        check_lay_out(&record);
        check_record_write(&record, out);
    }
}

/* The same records in another format. */
static inline void ahead_make(int format, uint64_t *chance, size_t count, mrrc_buffer *out) {
    mrrc_buffer marc = {0};
    mrrc_error err = {0};
    mrrc_batch_view view;
    size_t done;
    ahead_make_marc(chance, count, &marc);
    if (format == 0) {
        check_put(out, marc.data, marc.size);
        mrrci_buffer_clear(&marc);
        return;
    }
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_encoder *encoder = mrrc_encoder_new(format, 0);
    if (reader == NULL || encoder == NULL || mrrc_encoder_begin(encoder, out) < 0)
        abort();
    (void)mrrc_reader_open_memory(reader, marc.data, marc.size);
    while (mrrc_reader_next(reader, MRRC_READ_LENIENT, &view, &err) == MRRC_OK) {
        uint32_t ends[1];
        for (size_t i = 0, start = 0; i < view.count; start = view.ends[i++]) {
            ends[0] = view.ends[i] - (uint32_t)start;
            if (view.statuses[i] == MRRC_OK)
                (void)mrrc_encoder_records(encoder, view.block + start, ends, 1, out, &done, NULL);
        }
    }
    if (mrrc_encoder_end(encoder, out) < 0)
        abort();
    mrrc_encoder_free(encoder);
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&marc);
}

/* Puts bytes in. */
static inline void ahead_insert(mrrc_buffer *data, size_t at, const char *bytes, size_t size) {
    check_put(data, bytes, size);
    memmove(data->data + at + size, data->data + at, data->size - size - at);
    memcpy(data->data + at, bytes, size);
}

/* Does some damage, or none. */
static inline void ahead_damage(uint64_t *chance, mrrc_buffer *data) {
    static const unsigned times[] = {0, 1, 1, 2, 5, 20};
    static const struct {
        const char *bytes;
        size_t size;
    } junk[] = {{"\n", 1},          {"\x1d", 1},  {"junk\x1d", 5}, {"\r\n\x1a", 3},
                {"\x1e\x1f", 2}, {"0000000000000000000000000000", 28}, {"<>\"{", 4}};
    static const uint8_t bytes[] = {0x1d, 0x1e, 0x1f, '\n', ' ', '"', '<'};
    for (unsigned left = times[check_random(chance, 6)]; left > 0 && data->size > 0; left--) {
        size_t at = check_random(chance, (uint32_t)data->size), rest = data->size - at;
        uint32_t what = check_random(chance, 12);
        if (what < 3) {
            data->data[at] = (uint8_t)check_random(chance, 256);
        } else if (what < 5) {
            data->data[at] = bytes[check_random(chance, sizeof bytes)];
        } else if (what < 7) {
            static const size_t sizes[] = {1, 3, 50, 3000};
            size_t size = sizes[check_random(chance, 4)];
            size = size < rest ? size : rest;
            memmove(data->data + at, data->data + at + size, rest - size);
            data->size -= size;
        } else if (what < 9) {
            size_t which = check_random(chance, sizeof junk / sizeof *junk);
            ahead_insert(data, at, junk[which].bytes, junk[which].size);
        } else if (what < 11) {
            uint8_t *end = memchr(data->data + at, MRRCI_RECORD, rest);
            if (end != NULL && (size_t)(data->data + data->size - end) > 6)
                check_set_five(end + 1, check_random(chance, 100000));
        } else if (check_random(chance, 5) == 0) {
            data->size = at;
        }
    }
}

#endif
