/* SPDX-License-Identifier: MIT
 *
 * Encoding: one record, and a file of them: all of it, or what stands before the
 * first record that cannot be written.
 */
#include "check.h"
#include "conversion.h"
#include "encoder.h"
#include "format.h"

#define LEADER "00000nam a2200000   4500"

/* Three records and where each ends; the second may be made one that cannot be. */
typedef struct three {
    mrrc_buffer packed;
    uint32_t ends[3];
} three;

static void make(three *records, const char *second) {
    memset(records, 0, sizeof *records);
    check_put_text(&records->packed, LEADER "\x1e" "001first");
    records->ends[0] = (uint32_t)records->packed.size;
    check_put_text(&records->packed, second);
    records->ends[1] = (uint32_t)records->packed.size;
    check_put_text(&records->packed, LEADER "\x1e" "24500\x1f" "aThird");
    records->ends[2] = (uint32_t)records->packed.size;
}

static const char FIRST[] = "00044nam a2200037   4500001000600000\x1e" "first\x1e\x1d";
static const char SECOND[] = "00044nam a2200037   4500001000700000\x1e" "second\x1e\x1d";
static const char THIRD[] = "00049nam a2200037   4500245001000000\x1e" "00\x1f" "aThird\x1e\x1d";

/* One record's bytes with leader/00-04 put right. */
static void put_written(mrrc_buffer *to, const char *text) {
    size_t at = to->size, size = strlen(text);
    check_put(to, text, size);
    check_set_five(to->data + at, size);
}

/* All the records through an encoder of their own. */
static int encode_records(int format, const uint8_t *packed, const uint32_t *ends, size_t count,
                          uint32_t flags, mrrc_buffer *out, size_t *done, mrrc_error *err) {
    mrrc_encoder *encoder = mrrc_encoder_new(format, flags);
    if (encoder == NULL) {
        *done = 0;
        return mrrci_fail(err, check_memory.failed ? MRRC_ERR_MEMORY : MRRC_ERR_ARGUMENT, 0);
    }
    int status = mrrc_encoder_records(encoder, packed, ends, count, out, done, err);
    mrrc_encoder_free(encoder);
    return status;
}

static void test_encode(void) {
    three records;
    mrrc_buffer out = {0}, expected = {0};
    mrrc_error err = {0};
    size_t done = 99;
    make(&records, LEADER "\x1e" "001second");
    check_put_text(&out, "before");
    check_put_text(&expected, "before");
    put_written(&expected, FIRST);
    put_written(&expected, SECOND);
    put_written(&expected, THIRD);
    CHECK(encode_records(0, records.packed.data, records.ends, 3, 0, &out, &done, &err) ==
          MRRC_OK);
    CHECK(done == 3 && err.code == 0 && check_same(&out, &expected));
    out.size = 6;
    CHECK(encode_records(0, records.packed.data, records.ends, 3, 0, &out, &done, NULL) ==
          MRRC_OK);
    CHECK(check_same(&out, &expected));
    CHECK(encode_records(0, NULL, NULL, 0, 0, &out, &done, &err) == MRRC_OK);
    CHECK(done == 0 && check_same(&out, &expected));

    /* one record: the buffer is emptied first */
    expected.size = 0;
    put_written(&expected, FIRST);
    CHECK(mrrc_record_encode(0, records.packed.data, records.ends[0], 0, &out, &err) == MRRC_OK);
    CHECK(check_same(&out, &expected) && err.code == 0);
    mrrci_buffer_clear(&records.packed);
    mrrci_buffer_clear(&expected);
    mrrci_buffer_clear(&out);
}

static void test_faults(void) {
    static const struct {
        const char *second;
        int status;
    } cases[] = {{LEADER "\x1e" "24\xc3  \x1f" "ax", MRRC_ERR_TAG_INVALID},
                 {LEADER "no field", MRRC_ERR_PACKED_INVALID},
                 {"short", MRRC_ERR_PACKED_INVALID},
                 {"", MRRC_ERR_PACKED_INVALID}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        three records;
        mrrc_buffer out = {0}, expected = {0};
        mrrc_error err = {0};
        size_t done = 99;
        make(&records, cases[i].second);
        put_written(&expected, FIRST);
        CHECK(encode_records(0, records.packed.data, records.ends, 3, 0, &out, &done, &err) ==
              cases[i].status);
        CHECK(done == 1 && err.code == cases[i].status && check_same(&out, &expected));
        CHECK(mrrc_record_encode(0, (const uint8_t *)cases[i].second, strlen(cases[i].second), 0,
                                 &out, NULL) == cases[i].status);
        CHECK(out.size == 0);

        for (int wrong = -1; wrong < 1000; wrong += 1000) {
            memset(&err, 0, sizeof err);
            out.size = 0;
            CHECK(encode_records(wrong, records.packed.data, records.ends, 3, 0, &out, &done,
                                      &err) == MRRC_ERR_ARGUMENT);
            CHECK(done == 0 && out.size == 0 && err.code == MRRC_ERR_ARGUMENT);
            CHECK(mrrc_record_encode(wrong, records.packed.data, records.ends[0], 0, &out, NULL) ==
                  MRRC_ERR_ARGUMENT);
        }
        mrrci_buffer_clear(&records.packed);
        mrrci_buffer_clear(&expected);
        mrrci_buffer_clear(&out);
    }
}

/* Ends that go back are no records, and the first fault keeps its place. */
static void test_wrong_ends(void) {
    static const char *const formats[] = {"marc", "marcxml", "marcjson", "mrk", "csv"};
    three records;
    make(&records, LEADER "\x1e" "001second");
    uint32_t ends[3] = {records.ends[0], records.ends[0] - 10, records.ends[2]};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find(formats[i]), 0);
        mrrc_buffer out = {0};
        mrrc_error err = {0};
        size_t done = 99;
        CHECK(mrrc_encoder_records(encoder, records.packed.data, ends, 3, &out, &done, &err) ==
              MRRC_ERR_PACKED_INVALID);
        CHECK(done == 1 && err.code == MRRC_ERR_PACKED_INVALID && err.record == 2);
        CHECK(mrrc_encoder_records(encoder, (const uint8_t *)"short", &(uint32_t){5}, 1, &out,
                                   &done, &err) == MRRC_ERR_PACKED_INVALID);
        CHECK(done == 0 && err.record == 2);
        mrrci_buffer_clear(&out);
        mrrc_encoder_free(encoder);
    }
    mrrci_buffer_clear(&records.packed);
}

/* Where memory fails, the records before are whole, and `done` counts them. */
static void encode_many(void *context) {
    enum { RECORDS = 60 };
    uint32_t flags = *(const uint32_t *)context;
    static const char one[] = LEADER "\x1e" "24500\x1f" "aThird \xd1\x85";
    uint8_t packed[RECORDS * sizeof one];
    uint32_t ends[RECORDS];
    size_t done = 99, size = sizeof one - 1, first = 0;
    for (uint32_t i = 0; i < RECORDS; i++) {
        memcpy(packed + i * size, one, size);
        ends[i] = (uint32_t)((i + 1) * size);
    }
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    int status = encode_records(0, packed, ends, RECORDS, flags, &out, &done, &err);
    CHECK(err.code == status);
    if (status == MRRC_OK)
        CHECK(!check_memory.failed && done == RECORDS);
    else
        CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && done < RECORDS);
    if (done > 0)
        first = out.size / done;
    CHECK(out.size == first * done);
    for (size_t i = 0; i < done; i++)
        CHECK(memcmp(out.data, out.data + i * first, first) == 0);

    /* and from there it goes on */
    check_memory_allow();
    size_t before = out.size;
    size_t rest = RECORDS - done, further = 99;
    uint32_t rest_ends[RECORDS];
    for (size_t i = 0; i < rest; i++)
        rest_ends[i] = ends[i];
    memset(&err, 0, sizeof err);
    CHECK(encode_records(0, packed, rest_ends, rest, flags, &out, &further, &err) == MRRC_OK);
    CHECK(further == rest && (done == 0 || out.size - before == rest * first));
    mrrci_buffer_clear(&out);
}

static int encode_one(void) {
    static const char one[] = LEADER "\x1e" "001first";
    mrrc_buffer out = {0}, expected = {0};
    mrrc_error err = {0};
    int status = mrrc_record_encode(0, (const uint8_t *)one, sizeof one - 1, 0, &out, &err);
    bool written = status == MRRC_OK;
    CHECK(err.code == status && (written || out.size == 0));
    bool failed = check_memory.failed;
    check_memory_allow();
    put_written(&expected, FIRST);
    CHECK(!written || (!failed && check_same(&out, &expected)));
    mrrci_buffer_clear(&expected);
    mrrci_buffer_clear(&out);
    return status;
}

/* What stands around and between records stands there once. */
static void test_file(void) {
    three records;
    mrrc_buffer out = {0}, expected = {0};
    mrrc_error err = {0};
    size_t done = 0, notes = 99;
    make(&records, LEADER "\x1e" "001second");
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marcjson"), 0);
    CHECK(mrrc_encoder_begin(encoder, &out) == MRRC_OK);
    CHECK(mrrc_encoder_end(encoder, &out) == MRRC_OK);
    check_put_text(&expected, "[\n\n]\n");
    CHECK(check_same(&out, &expected));
    mrrci_buffer_clear(&expected);
    out.size = 0;
    CHECK(mrrc_encoder_begin(encoder, &out) == MRRC_OK);
    CHECK(mrrc_encoder_records(encoder, records.packed.data, records.ends, 1, &out, &done, &err) ==
          MRRC_OK);
    uint32_t ends[2] = {records.ends[1] - records.ends[0], records.ends[2] - records.ends[0]};
    CHECK(mrrc_encoder_records(encoder, records.packed.data + records.ends[0], ends, 2, &out, &done,
                               &err) == MRRC_OK);
    CHECK(mrrc_encoder_end(encoder, &out) == MRRC_OK);
    size_t between = 0;
    for (size_t i = 1; i < out.size; i++)
        between += out.data[i - 1] == ',' && out.data[i] == '\n';
    CHECK(done == 2 && between == 2 && out.data[0] == '[');
    (void)mrrc_encoder_notes(encoder, &notes);
    CHECK(notes == 0);
    CHECK(mrrc_encoder_columns(encoder, "24", 2, &err) == MRRC_ERR_ARGUMENT);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&records.packed);
    mrrci_buffer_clear(&out);
}

/* Behind a record that cannot be written the file goes on, and its number counts on. */
static void test_fault_and_on(void) {
    three records;
    mrrc_buffer out = {0}, expected = {0};
    mrrc_error err = {0};
    size_t done = 99;
    make(&records, LEADER "\x1e" "24\xc3  \x1f" "ax");
    put_written(&expected, FIRST);
    put_written(&expected, THIRD);
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marc"), 0);
    CHECK(mrrc_encoder_records(encoder, records.packed.data, records.ends, 3, &out, &done, &err) ==
          MRRC_ERR_TAG_INVALID);
    CHECK(done == 1 && err.record == 2);
    uint32_t end = records.ends[2] - records.ends[1];
    CHECK(mrrc_encoder_records(encoder, records.packed.data + records.ends[1], &end, 1, &out, &done,
                               NULL) == MRRC_OK);
    CHECK(done == 1 && check_same(&out, &expected));
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&records.packed);
    mrrci_buffer_clear(&expected);
    mrrci_buffer_clear(&out);
}

/* The places of records that somebody else writes: none before the first, and they count. */
static void test_beside(void) {
    three records;
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    make(&records, "short");
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marcjson"), 0);
    CHECK(mrrc_encoder_beside(encoder, &out) == MRRC_OK && out.size == 0);
    CHECK(mrrc_encoder_beside(encoder, &out) == MRRC_OK && check_holds(&out, ",\n", 2));
    size_t done = 99;
    CHECK(mrrc_encoder_records(encoder, records.packed.data, records.ends, 2, &out, &done, &err) ==
          MRRC_ERR_PACKED_INVALID);
    CHECK(done == 1 && err.record == 4 && memcmp(out.data, ",\n,\n{", 5) == 0);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&records.packed);
    mrrci_buffer_clear(&out);
}

/* parts -------------------------------------------------------------------- */

enum { PART_RECORDS = 12 };

/* Records of which one cannot be written and some are only with something replaced. */
static void make_parts(mrrc_buffer *packed, uint32_t *ends, size_t bad) {
    for (size_t i = 0; i < PART_RECORDS; i++) {
        char text[80];
        if (i == bad)
            snprintf(text, sizeof text, LEADER "\x1e" "24\xc3  \x1f" "ax");
        else if (i % 4 == 1)
            snprintf(text, sizeof text, LEADER "\x1e" "24500\x1f" "a\x01 \xe2\x98\x83 %zu", i);
        else
            snprintf(text, sizeof text, LEADER "\x1e" "001id%zu", i);
        check_put_text(packed, text);
        ends[i] = (uint32_t)packed->size;
    }
}

/* What an encoder wrote and noted, and where it stopped. */
typedef struct parts {
    mrrc_buffer out, notes;
    size_t done;
    int status;
    mrrc_error err;
} parts;

static void keep_parts(mrrc_encoder *encoder, parts *into) {
    size_t count;
    const mrrc_diagnostic *notes = mrrc_encoder_notes(encoder, &count);
    if (count > 0)
        check_put(&into->notes, notes, count * sizeof *notes);
}

static mrrc_encoder *begin_parts(int format, uint32_t flags, parts *into) {
    mrrc_encoder *encoder = mrrc_encoder_new(format, flags);
    const char *name = mrrci_format_at(format)->name;
    memset(into, 0, sizeof *into);
    if (encoder == NULL)
        abort();
    if (strcmp(name, "csv") == 0 || strcmp(name, "tsv") == 0)
        CHECK(mrrc_encoder_columns(encoder, "001\n245$a\n", 10, NULL) == MRRC_OK);
    CHECK(mrrc_encoder_begin(encoder, &into->out) == MRRC_OK);
    return encoder;
}

/* A view of records from one to another; `ends` takes theirs. */
static mrrc_batch_view view_of(const mrrc_buffer *packed, const uint32_t *all, size_t first,
                               size_t end, uint32_t *ends) {
    uint32_t start = first == 0 ? 0 : all[first - 1];
    for (size_t i = first; i < end; i++)
        ends[i - first] = all[i] - start;
    return (mrrc_batch_view){.block = packed->data + start, .ends = ends, .count = end - first};
}

/* Parts of so many records each, made by two encoders in turn and joined, are what one encoder
 * writes, with the same notes, and the same fault of the same record. */
static void check_parts(int format, uint32_t flags, size_t each, size_t bad) {
    mrrc_buffer packed = {0};
    uint32_t all[PART_RECORDS], ends[PART_RECORDS];
    parts whole, joined;
    mrrci_written written[2] = {{.done = 0}, {.done = 0}};
    make_parts(&packed, all, bad);
    mrrc_encoder *encoder = begin_parts(format, flags, &whole);
    whole.status = mrrc_encoder_records(encoder, packed.data, all, PART_RECORDS, &whole.out,
                                        &whole.done, &whole.err);
    keep_parts(encoder, &whole);
    mrrc_encoder_free(encoder);

    encoder = begin_parts(format, flags, &joined);
    CHECK(mrrci_encoder_may_part(encoder));
    mrrc_encoder *others[2] = {mrrci_encoder_like(encoder), mrrci_encoder_like(encoder)};
    for (size_t at = 0, turn = 0; joined.status == MRRC_OK && at < PART_RECORDS; at += each, turn++) {
        mrrc_buffer out = {0};
        size_t end = at + each < PART_RECORDS ? at + each : PART_RECORDS, done = 99;
        mrrc_batch_view view = view_of(&packed, all, at, end, ends);
        mrrci_encoder_part(others[turn % 2], &view, &written[turn % 2]);
        joined.status =
            mrrci_encoder_join(encoder, &written[turn % 2], &out, &done, &joined.err);
        joined.done += done;
        if (out.size > 0)
            check_put(&joined.out, out.data, out.size);
        keep_parts(encoder, &joined);
        mrrci_buffer_clear(&out);
    }
    CHECK_FOR(joined.status == whole.status && joined.done == whole.done, "format %d", format);
    CHECK(memcmp(&joined.err, &whole.err, sizeof whole.err) == 0);
    CHECK_BYTES(joined.out.data, joined.out.size, whole.out.data, whole.out.size);
    CHECK_FOR(check_same(&joined.notes, &whole.notes), "format %d, flags %u", format, flags);
    for (size_t i = 0; i < 2; i++) {
        mrrc_encoder_free(others[i]);
        mrrci_written_clear(&written[i]);
    }
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&whole.out);
    mrrci_buffer_clear(&whole.notes);
    mrrci_buffer_clear(&joined.out);
    mrrci_buffer_clear(&joined.notes);
}

static void test_parts(void) {
    static const uint32_t flags[] = {0, MRRC_WRITE_MARC8 | MRRC_WRITE_UNMAPPED_REPLACE};
    size_t formats = 0;
    for (int format = 0; mrrci_format_at(format) != NULL; format++)
        for (size_t i = 0; i < 2; i++) {
            mrrc_encoder *encoder = mrrc_encoder_new(format, flags[i]);
            bool may = mrrci_encoder_may_part(encoder);
            bool numbered = mrrci_format_at(format)->numbered;
            mrrc_encoder_free(encoder);
            CHECK(may == !numbered); /* without columns */
            if (!may)
                continue;
            formats++;
            for (size_t each = 1; each <= PART_RECORDS; each += 5)
                for (size_t bad = 0; bad <= PART_RECORDS; bad += 3)
                    check_parts(format, flags[i], each, bad);
        }
    CHECK(formats > 20);
    /* a table has no numbers where it has columns of its own */
    mrrc_encoder *table = mrrc_encoder_new(mrrc_format_find("csv"), 0);
    CHECK(!mrrci_encoder_may_part(table));
    CHECK(mrrc_encoder_columns(table, "001\n", 4, NULL) == MRRC_OK);
    CHECK(mrrci_encoder_may_part(table));
    mrrc_encoder_free(table);
    for (size_t each = 1; each <= PART_RECORDS; each += 5)
        check_parts(mrrc_format_find("csv"), 0, each, 7);
    mrrc_encoder *pymarc = mrrc_encoder_new(mrrc_format_find("marcxml"), MRRC_WRITE_PYMARC);
    CHECK(!mrrci_encoder_may_part(pymarc));
    mrrc_encoder_free(pymarc);
}

/* Where memory fails, what is done is right, and a join that fails is as if it had not been. */
static void part_without_memory(void *context) {
    mrrc_buffer packed = {0}, out = {0}, expected = {0};
    uint32_t all[PART_RECORDS];
    mrrc_error err = {0};
    size_t done = 99, notes = 99, whole = 0;
    size_t asked = check_memory.asked, fail_at = check_memory.fail_at;
    mrrci_written written = {.done = 0};
    (void)context;
    check_memory.fail_at = 0;
    make_parts(&packed, all, PART_RECORDS);
    mrrc_encoder *alone = mrrc_encoder_new(mrrc_format_find("marcxml"), 0);
    CHECK(mrrc_encoder_records(alone, packed.data, all, PART_RECORDS, &expected, NULL, NULL) == 0);
    (void)mrrc_encoder_notes(alone, &whole);
    CHECK(whole > 0 && whole % 3 == 0); /* three of the records have as many each */
    mrrc_encoder_free(alone);
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marcxml"), 0);
    check_memory.asked = asked;
    check_memory.fail_at = fail_at;
    mrrc_encoder *other = mrrci_encoder_like(encoder);
    if (other != NULL) {
        mrrc_batch_view view = {.block = packed.data, .ends = all, .count = PART_RECORDS};
        mrrci_encoder_part(other, &view, &written);
        int status = mrrci_encoder_join(encoder, &written, &out, &done, &err);
        CHECK(status == err.code && (status == MRRC_OK || status == MRRC_ERR_MEMORY));
        CHECK(status < 0 ? check_memory.failed && done < PART_RECORDS : done == PART_RECORDS);
        check_memory_allow();
        (void)mrrc_encoder_notes(encoder, &notes);
        CHECK(notes == (done + 2) / 4 * (whole / 3));
        /* and from there it goes on */
        for (size_t i = done; i < PART_RECORDS; i++) {
            uint32_t start = i == 0 ? 0 : all[i - 1], end = all[i] - start;
            CHECK(mrrc_encoder_records(encoder, packed.data + start, &end, 1, &out, NULL, NULL) ==
                  MRRC_OK);
        }
        CHECK(check_same(&out, &expected));
    }
    bool failed = check_memory.failed;
    CHECK(other != NULL || failed);
    mrrc_encoder_free(other);
    mrrc_encoder_free(encoder);
    mrrci_written_clear(&written);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&expected);
    check_memory.failed = failed;
}

/* Does one step of a file until there is memory for it: a step that fails leaves the file and
 * the encoder as they were. */
static void must_append(mrrc_encoder *encoder, int (*step)(mrrc_encoder *, mrrc_buffer *),
                        mrrc_buffer *out) {
    size_t before = out->size;
    int status = step(encoder, out);
    if (status == MRRC_ERR_MEMORY) {
        CHECK(check_memory.failed && out->size == before);
        check_memory_allow();
        status = step(encoder, out);
    }
    CHECK(status == MRRC_OK);
}

/* A file and what it becomes of one record, with the place of another behind it. */
typedef struct file {
    const char *format;
    const char *columns; /* or NULL */
    const char *written;
} file;

static void write_file(void *context) {
    static const char packed[] = LEADER "\x1e" "001first\x1e" "24500\x1f" "aThird";
    const file *what = context;
    const uint8_t *record = (const uint8_t *)packed;
    uint32_t end = sizeof packed - 1;
    mrrc_buffer out = {0};
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find(what->format), 0);
    if (encoder == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    if (what->columns != NULL) {
        mrrc_error err = {0};
        size_t size = strlen(what->columns);
        int status = mrrc_encoder_columns(encoder, what->columns, size, &err);
        CHECK(err.code == status);
        if (status == MRRC_ERR_MEMORY) {
            check_memory_allow();
            status = mrrc_encoder_columns(encoder, what->columns, size, NULL);
        }
        CHECK(status == MRRC_OK);
    }
    must_append(encoder, mrrc_encoder_begin, &out);
    size_t before = out.size;
    int status = mrrc_encoder_records(encoder, record, &end, 1, &out, NULL, NULL);
    if (status == MRRC_ERR_MEMORY) {
        CHECK(out.size == before);
        check_memory_allow();
        status = mrrc_encoder_records(encoder, record, &end, 1, &out, NULL, NULL);
    }
    CHECK(status == MRRC_OK);
    must_append(encoder, mrrc_encoder_beside, &out);
    must_append(encoder, mrrc_encoder_end, &out);
    CHECK(check_holds(&out, what->written, strlen(what->written)));
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
}

int main(void) {
    uint32_t flags[] = {0, MRRC_WRITE_MARC8, MRRC_WRITE_MARC8 | MRRC_WRITE_UNMAPPED_NCR};
    test_file();
    test_fault_and_on();
    CHECK(mrrc_encoder_new(-1, 0) == NULL);
    mrrc_encoder_free(NULL);
    test_encode();
    test_faults();
    test_wrong_ends();
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        check_memory_sweep(encode_many, &flags[i]);
    sweep(encode_one);
    test_beside();
    test_parts();
    check_memory_sweep(part_without_memory, NULL);
    file files[] = {{"csv", "001\n245$a\n", "001,245$a\nfirst,Third\n"},
                    {"marcjson", NULL,
                     "[\n{\"leader\":\"" LEADER "\",\"fields\":[{\"001\":\"first\"},"
                     "{\"245\":{\"ind1\":\"0\",\"ind2\":\"0\",\"subfields\":[{\"a\":\"Third\"}]}}]}"
                     ",\n\n]\n"}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        check_memory_sweep(write_file, &files[i]);
    return check_report();
}
