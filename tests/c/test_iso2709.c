/* SPDX-License-Identifier: MIT
 *
 * Reading a record of ISO 2709 against a slow decoder: records laid out in every order, damaged in
 * every way and by chance, with nothing readable behind them.  The file of real records is
 * the first argument, or ../shared/data/loc-books-2000.mrc; without it that part is left out.
 */
#include "check_iso2709.h"

static const uint32_t all_flags[] = {0,
                                     MRRC_READ_RAW,
                                     MRRC_READ_FORCE_UTF8,
                                     MRRC_READ_FOREIGN,
                                     MRRC_READ_RAW | MRRC_READ_FOREIGN,
                                     MRRC_READ_FORCE_UTF8 | MRRC_READ_FOREIGN};
enum { ALL_FLAGS = sizeof all_flags / sizeof all_flags[0] };

static void check_decode(const mrrc_buffer *record, uint32_t flags, int wanted, int line) {
    int status = decode(record->data, record->size, flags);
    check_int(status, wanted, __FILE__, line, "status");
    if (status != wanted)
        check_show("of ", record->data, record->size);
}

/* layouts ------------------------------------------------------------------ */

static void packs_as_made(int line) {
    mrrc_buffer bytes = {0}, packed = {0};
    check_record_write(&record, &bytes);
    check_record_pack(&record, bytes.data, &packed);
    for (size_t i = 0; i < ALL_FLAGS; i++) {
        bool foreign = all_flags[i] == MRRC_READ_FOREIGN && record.leader[9] != 'a';
        check_decode(&bytes, all_flags[i], foreign ? MRRC_UNDECODED : MRRC_OK, line);
        if (!foreign)
            check_that(check_same(&expected, &packed), __FILE__, line, "packed as made");
    }
    mrrci_buffer_clear(&bytes);
    mrrci_buffer_clear(&packed);
}

static void test_layouts(void) {
    static const char codings[] = {'a', ' '};
    uint64_t state = 0x1A707;
    for (size_t coding = 0; coding < 2; coding++) {
        make_usual(codings[coding]);
        check_lay_out(&record);
        packs_as_made(__LINE__);

        /* the data in another order than the directory */
        for (unsigned round = 0; round < 200; round++) {
            size_t order[16];
            for (size_t i = 0; i < record.count; i++)
                order[i] = i;
            for (size_t i = record.count; i > 1; i--) {
                size_t other = check_random(&state, (uint32_t)i), kept = order[i - 1];
                order[i - 1] = order[other];
                order[other] = kept;
            }
            record.area_size = 0;
            for (size_t i = 0; i < record.count; i++) {
                /* and sometimes with a gap, of which nobody speaks */
                if (round % 2 == 1)
                    for (uint32_t gap = check_random(&state, 4); gap > 0; gap--)
                        record.area[record.area_size++] = (uint8_t)(0x1C + check_random(&state, 6));
                check_lay_field(&record, order[i]);
            }
            packs_as_made(__LINE__);
        }

        /* many fields, the same bytes */
        check_record_begin(&record, codings[coding]);
        for (int i = 0; i < 5; i++)
            check_record_add(&record, "500", "  \x1f" "aOnce");
        check_lay_field(&record, 0);
        for (size_t i = 1; i < 5; i++) {
            record.fields[i].start = 0;
            record.fields[i].length = record.fields[0].length;
        }
        packs_as_made(__LINE__);

        /* one inside the other */
        check_record_begin(&record, codings[coding]);
        check_record_add(&record, "500", "  \x1f" "aWhole  \x1f" "bPart");
        check_record_add(&record, "501", "  \x1f" "bPart");
        check_lay_field(&record, 0);
        record.fields[1].start = 9;
        record.fields[1].length = 9;
        packs_as_made(__LINE__);
    }
}

/* Lengths that say more than there is, and less. */
static void test_slices(void) {
    static const struct {
        uint32_t length;
        uint32_t start;
        const char *body; /* or NULL: undecoded */
    } cases[] = {{7, 0, "abcdef"}, {6, 0, "abcde"}, {1, 0, ""},      {0, 0, ""},    {2, 5, "f"},
                 {1, 6, ""},       {0, 7, ""},      {9, 0, NULL},    {8, 0, NULL},  {9999, 0, NULL},
                 {9999, 7, NULL},  {9999, 8, ""},   {5, 99999, ""},  {0, 99999, ""},
                 {9999, 99999, ""}, {2, 6, NULL},     {1, 7, ""},      {2, 7, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer bytes = {0};
        check_record_begin(&record, 'a');
        check_record_add(&record, "001", "abcdef");
        check_lay_out(&record);
        record.fields[0].length = cases[i].length;
        record.fields[0].start = cases[i].start;
        check_record_write(&record, &bytes);
        check_decode(&bytes, 0, cases[i].body == NULL ? MRRC_UNDECODED : MRRC_OK, __LINE__);
        if (cases[i].body != NULL) {
            CHECK_FOR(expected.size == 28 + strlen(cases[i].body) &&
                          memcmp(expected.data + 28, cases[i].body, strlen(cases[i].body)) == 0,
                      "case %zu", i);
        }
        mrrci_buffer_clear(&bytes);
    }
}

/* Every size of the data area, so that each end of a vector is one, with a byte
 * of every sort at every place. */
static void test_places(void) {
    static const uint8_t sorts[] = {0x00, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x7E,
                                    0x7F, 0x80, 0xC3, 0xE2, 0xFF, '0',  'a'};
    unsigned wrong = 0, good = 0, bad = 0;
    for (size_t size = 0; size < 150; size++) {
        char body[200];
        mrrc_buffer bytes = {0};
        memset(body, 'x', sizeof body);
        memcpy(body, "10\x1f" "a", 4);
        check_record_begin(&record, size % 2 == 0 ? 'a' : ' ');
        if (size % 3 == 0)
            check_record_add(&record, "001", "id");
        check_record_add_sized(&record, "245", body, 4 + size);
        if (size % 5 == 0)
            check_record_add(&record, "500", "  \x1f" "az");
        check_lay_out(&record);
        check_record_write(&record, &bytes);
        if (size > 70 && size % 16 > 2) { /* the longer ones only where they are of interest */
            wrong += decode(bytes.data, bytes.size, 0) != MRRC_OK;
            mrrci_buffer_clear(&bytes);
            continue;
        }
        for (size_t at = 0; at < bytes.size; at++)
            for (size_t i = 0; i < sizeof sorts; i++) {
                uint8_t kept = bytes.data[at];
                bytes.data[at] = sorts[i];
                int status = decode(bytes.data, bytes.size, i % 2 == 0 ? 0 : MRRC_READ_RAW);
                good += status == MRRC_OK;
                bad += status == MRRC_UNDECODED;
                wrong += status != MRRC_OK && status != MRRC_UNDECODED;
                bytes.data[at] = kept;
            }
        mrrci_buffer_clear(&bytes);
    }
    CHECK_FOR(wrong == 0 && good > 10000 && bad > 10000, "%u wrong, %u good, %u bad", wrong, good,
              bad);
}

/* So many fields of 32 bytes that the terminators all stand below each other,
 * more than a byte counts, and one terminator too many or too few. */
static void test_many_fields(void) {
    static const size_t counts[] = {239, 240, 241, 255, 256, 257, 479, 480, 481, 1000, 2000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        mrrc_buffer bytes = {0};
        check_record_begin(&record, 'a');
        for (size_t field = 0; field < counts[i]; field++)
            check_record_add(&record, "500", "  \x1f" "a123456789012345678901234567");
        check_lay_out(&record);
        check_record_write(&record, &bytes);
        CHECK(record.area_size == 32 * counts[i]);
        check_decode(&bytes, 0, MRRC_OK, __LINE__);
        size_t base = (size_t)number_at(bytes.data + 12, 5);
        bytes.data[base + record.area_size - 10] = MRRCI_FIELD;
        check_decode(&bytes, 0, MRRC_UNDECODED, __LINE__);
        bytes.data[base + record.area_size - 33] = 'x'; /* the count is right again */
        check_decode(&bytes, 0, MRRC_UNDECODED, __LINE__);
        mrrci_buffer_clear(&bytes);
    }
}

/* damage ------------------------------------------------------------------- */

/* The usual record with some bytes overwritten. */
static void damaged(size_t at, const char *with, size_t size, int wanted, int line) {
    static const char codings[] = {'a', ' '};
    for (size_t coding = 0; coding < 2; coding++) {
        mrrc_buffer bytes = {0};
        make_usual(codings[coding]);
        check_lay_out(&record);
        check_record_write(&record, &bytes);
        memcpy(bytes.data + at, with, size);
        check_decode(&bytes, 0, wanted, line);
        mrrci_buffer_clear(&bytes);
    }
}

#define DAMAGED(at, with, wanted) damaged(at, with, sizeof(with) - 1, wanted, __LINE__)

static void test_damage(void) {
    enum { BASE = 24 + 7 * 12 + 1, AREA_245 = BASE + 7 + 1, AREA_001 = BASE };
    /* leader */
    DAMAGED(0, "x", MRRC_UNDECODED);
    DAMAGED(0, " 00", MRRC_UNDECODED);
    DAMAGED(0, "99999", MRRC_UNDECODED); /* says more than is given */
    DAMAGED(0, "00030", MRRC_OK);        /* less is no matter */
    DAMAGED(0, "00000", MRRC_OK);
    DAMAGED(5, "\x1f", MRRC_UNDECODED);
    DAMAGED(5, "\x7f", MRRC_UNDECODED);
    DAMAGED(6, "\xe9", MRRC_UNDECODED);
    DAMAGED(23, "\x1e", MRRC_UNDECODED);
    DAMAGED(10, "99", MRRC_OK); /* indicator and code counts are read as 2 */
    DAMAGED(20, "    ", MRRC_OK);
    /* base address */
    DAMAGED(12, "00000", MRRC_UNDECODED);
    DAMAGED(12, "00001", MRRC_UNDECODED);
    DAMAGED(12, "00024", MRRC_UNDECODED);
    DAMAGED(12, "00025", MRRC_UNDECODED); /* no field at all */
    DAMAGED(12, "00026", MRRC_UNDECODED);
    DAMAGED(12, "00108", MRRC_UNDECODED); /* one off on either side */
    DAMAGED(12, "00110", MRRC_UNDECODED);
    DAMAGED(12, "99999", MRRC_UNDECODED);
    DAMAGED(12, " 0109", MRRC_UNDECODED);
    DAMAGED(12, "-0109", MRRC_UNDECODED);
    DAMAGED(12, "0010\x1e", MRRC_UNDECODED);
    /* directory */
    DAMAGED(BASE - 1, "x", MRRC_OK); /* nobody looks at its end */
    DAMAGED(BASE - 1, "\x1f", MRRC_OK);
    DAMAGED(BASE - 1, "\xff", MRRC_OK);
    DAMAGED(24, "\xc3\xa9" "1", MRRC_UNDECODED);
    DAMAGED(24, "\x1f", MRRC_UNDECODED);
    DAMAGED(24, "\x1e", MRRC_UNDECODED);
    DAMAGED(24 + 2, "\0", MRRC_UNDECODED);
    DAMAGED(24 + 1, "\x7f", MRRC_UNDECODED);
    DAMAGED(24 + 3, "x", MRRC_UNDECODED);
    DAMAGED(24 + 3, "   7", MRRC_UNDECODED);
    DAMAGED(24 + 3, "+007", MRRC_UNDECODED);
    DAMAGED(24 + 3, "0_07", MRRC_UNDECODED);
    DAMAGED(24 + 6, ":", MRRC_UNDECODED);
    DAMAGED(24 + 7, "/", MRRC_UNDECODED);
    DAMAGED(24 + 11, "x", MRRC_UNDECODED);
    DAMAGED(24 + 11, "/", MRRC_UNDECODED);
    DAMAGED(24 + 7, "-0001", MRRC_UNDECODED);
    DAMAGED(24, "   ", MRRC_UNDECODED); /* three blanks may be a tag; this one has no indicators */
    DAMAGED(24 + 6 * 12, "   ", MRRC_OK);
    DAMAGED(24 + 6 * 12, "LDR", MRRC_OK);
    DAMAGED(24, "000", MRRC_OK);
    DAMAGED(24 + 2 * 12, "009", MRRC_UNDECODED); /* a control field with a delimiter */
    /* control field */
    DAMAGED(AREA_001 + 1, "\x1f", MRRC_UNDECODED);
    DAMAGED(AREA_001 + 1, "\x1d", MRRC_UNDECODED);
    DAMAGED(AREA_001 + 1, "\x1e", MRRC_UNDECODED);
    /* its terminator is another byte: pymarc never looks */
    DAMAGED(AREA_001 + 6, "x", MRRC_OK);
    DAMAGED(AREA_001 + 6, "\x1d", MRRC_OK);
    DAMAGED(AREA_001 + 6, "\xff", MRRC_OK);
    /* indicators */
    DAMAGED(AREA_245, "\x1f", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 1, "\x1f", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 2, "x", MRRC_UNDECODED);
    DAMAGED(AREA_245, "\x80", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 1, "\xff", MRRC_UNDECODED);
    DAMAGED(AREA_245, "\x1b\x01", MRRC_OK);
    /* codes and values */
    DAMAGED(AREA_245 + 3, "\xe9", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 3, "\xc3\xa9", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 3, "\x1d", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 5, "\x1d", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 5, "\x1e", MRRC_UNDECODED);
    DAMAGED(AREA_245 + 3, "\x1f", MRRC_OK); /* the empty one is passed over */
    DAMAGED(AREA_245 + 3, "\x1f\x1f\x1f", MRRC_OK);
    DAMAGED(AREA_245 + 3, "\x01", MRRC_OK);
}

/* A byte beside the digits that would make the right number all the same: ":" is
 * worth ten and "/" minus one. */
static void test_beside_digits(void) {
    static const struct {
        const char *first; /* where the second field begins is its size and one */
        const char *entry; /* the second field's length and start */
    } cases[] = {{"1234567890123456789", "00060001:"}, {"123456789012345678", "00060002/"},
                 {"1234567890123456789", "0006000:0"}, {"1234567890123456789", "000/00020"},
                 {"1234567890123456789", "00/600020"}, {"1234567890123456789", "000600/20"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer bytes = {0};
        check_record_begin(&record, 'a');
        check_record_add(&record, "001", cases[i].first);
        check_record_add(&record, "500", "  \x1f" "ax");
        check_lay_out(&record);
        check_record_write(&record, &bytes);
        check_decode(&bytes, 0, MRRC_OK, __LINE__);
        memcpy(bytes.data + 24 + 12 + 3, cases[i].entry, 9);
        check_decode(&bytes, 0, MRRC_UNDECODED, __LINE__);
        mrrci_buffer_clear(&bytes);
    }
}

/* Text that is none in the encoding it claims, and where nobody claims any. */
static void test_text(void) {
    static const struct {
        char coding;
        const char *control;
        const char *value;
        uint32_t flags;
        int status;
    } cases[] = {
        {'a', "x", "\xc3\xa9", 0, MRRC_OK},
        {'a', "\xc3\xa9", "x", 0, MRRC_OK},
        {'a', "x", "\xe9", 0, MRRC_UNDECODED},
        {'a', "\xe9", "x", 0, MRRC_UNDECODED},
        {'a', "x", "\xed\xa0\x80", 0, MRRC_UNDECODED},
        {'a', "x", "\xc3", 0, MRRC_UNDECODED},
        {'a', "\xc3", "\xa9", 0, MRRC_UNDECODED},
        {'a', "x", "\xe9", MRRC_READ_RAW, MRRC_OK},
        {'a', "\xe9", "x", MRRC_READ_RAW, MRRC_OK},
        {'a', "x", "\xe9", MRRC_READ_FOREIGN, MRRC_UNDECODED},
        {'a', "x", "\xc3\xa9", MRRC_READ_FOREIGN, MRRC_OK},
        {' ', "x", "\xc3\xa9", MRRC_READ_FORCE_UTF8, MRRC_OK},
        {' ', "x", "\xe9", MRRC_READ_FORCE_UTF8, MRRC_UNDECODED},
        {' ', "x", "x", MRRC_READ_FOREIGN, MRRC_UNDECODED},
        {' ', "x", "x", MRRC_READ_FOREIGN | MRRC_READ_RAW, MRRC_OK},
        {' ', "x", "x", MRRC_READ_FOREIGN | MRRC_READ_FORCE_UTF8, MRRC_OK},
        {' ', "x", "\xe2" "e", 0, MRRC_OK},
        {' ', "\xe9", "x", 0, MRRC_OK}, /* a control field is ISO 8859-1 */
        {' ', "x", "\x80", 0, MRRC_UNDECODED},
        {' ', "x", "\xff", 0, MRRC_UNDECODED},
        {' ', "x", "\x1b", 0, MRRC_UNDECODED},
        {' ', "x", "\x1b(NH\x1b(B", 0, MRRC_OK},
        {'u', "x", "\xe2" "e", 0, MRRC_OK}, /* whatever is not "a" is MARC-8 */
        {'A', "x", "\x80", 0, MRRC_UNDECODED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer bytes = {0};
        char body[64];
        snprintf(body, sizeof body, "10\x1f" "a%s", cases[i].value);
        check_record_begin(&record, cases[i].coding);
        check_record_add(&record, "001", cases[i].control);
        check_record_add(&record, "245", body);
        check_lay_out(&record);
        check_record_write(&record, &bytes);
        int status = decode(bytes.data, bytes.size, cases[i].flags);
        CHECK_FOR(status == cases[i].status, "case %zu: %d", i, status);
        mrrci_buffer_clear(&bytes);
    }
    mrrc_buffer bytes = {0};
    check_record_begin(&record, ' ');
    check_record_add(&record, "001", "\xe9");
    check_record_add(&record, "245", "10\x1f" "a\xe2" "e\x1f" "b\x1b(NH\x1b(B");
    check_lay_out(&record);
    check_record_write(&record, &bytes);
    check_decode(&bytes, 0, MRRC_OK, __LINE__);
    static const char fields[] = "\x1e" "001\xc3\xa9\x1e" "24510\x1f" "a\xc3\xa9\x1f" "b\xd1\x85";
    CHECK_BYTES(expected.data + 24, expected.size - 24, fields, sizeof fields - 1);
    mrrci_buffer_clear(&bytes);
}

static void test_sizes(void) {
    mrrc_buffer bytes = {0};
    make_usual('a');
    check_lay_out(&record);
    check_record_write(&record, &bytes);
    for (size_t size = 0; size < bytes.size; size++)
        CHECK(decode(bytes.data, size, 0) == MRRC_UNDECODED);
    /* cut, with a length that fits: what a slice finds is read, as pymarc does */
    unsigned wrong = 0;
    for (size_t size = 24; size < bytes.size; size++) {
        check_set_five(bytes.data, size);
        int status = decode(bytes.data, size, 0);
        wrong += status != MRRC_OK && status != MRRC_UNDECODED;
    }
    CHECK(wrong == 0);
    check_record_begin(&record, 'a');
    bytes.size = 0;
    check_record_write(&record, &bytes); /* no fields */
    check_decode(&bytes, 0, MRRC_UNDECODED, __LINE__);
    mrrci_buffer_clear(&bytes);
}

/* real records ------------------------------------------------------------- */

static void test_real(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s is not here: left out\n", path);
        return;
    }
    mrrc_buffer bytes = {0}, out = {0};
    uint8_t part[65536];
    for (size_t size; (size = fread(part, 1, sizeof part, file)) > 0;)
        check_put(&bytes, part, size);
    fclose(file);
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marc"), 0);
    mrrc_batch_view view;
    mrrc_error err = {0};
    size_t count = 0, wrong = 0;
    CHECK(mrrc_reader_open_path(reader, path, &err) == MRRC_OK);
    while (mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK) {
        size_t done = 0;
        CHECK(view.marked == 0);
        CHECK(mrrc_encoder_records(encoder, view.block, view.ends, view.count, &out, &done,
                                   &err) == MRRC_OK && done == view.count);
        for (size_t i = 0; i < view.count; i++)
            wrong += decode(bytes.data + view.offsets[i], view.lengths[i], 0) != MRRC_OK;
        count += view.count;
    }
    CHECK_FOR(count > 0 && wrong == 0, "%zu of %zu", wrong, count);
    CHECK(err.code == 0 && check_same(&out, &bytes)); /* byte for byte */
    mrrc_encoder_free(encoder);
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&bytes);
    mrrci_buffer_clear(&out);
}

/* chance ------------------------------------------------------------------- */

static void test_mutants(void) {
    enum { MUTANTS = 200000, SEEDS = 5 };
    static const uint8_t liked[] = {0x1D, 0x1E, 0x1F, 0x1F, ' ', '0', '1', '2', '3', '9',
                                    'a',  'b',  0x1B, 0x00, 0x7F, 0x80, 0xC3, 0xA9, 0xE2, 0xFF};
    mrrc_buffer seeds[SEEDS] = {{{NULL}, 0, 0}};
    uint64_t state = 0x5EED0F15;
    unsigned good = 0, bad = 0, wrong = 0;
    make_usual('a');
    check_lay_out(&record);
    check_record_write(&record, &seeds[0]);
    record.leader[9] = ' ';
    check_record_write(&record, &seeds[1]);
    record.area_size = 0;
    for (size_t i = record.count; i > 0; i--)
        check_lay_field(&record, i - 1);
    check_record_write(&record, &seeds[2]);
    check_record_begin(&record, 'a');
    check_record_add(&record, "001", "\xc3\xa9");
    check_record_add(&record, "245", "10\x1f" "a\xe4\xb8\x80\x1f" "b\xf0\x9f\x98\x80");
    check_lay_out(&record);
    check_record_write(&record, &seeds[3]);
    check_record_begin(&record, ' ');
    check_record_add(&record, "001", "\xe9");
    check_record_add(&record, "880", "10\x1f" "a\xe2" "e\x1b(NH\x1b(B\x1f" "b\x1b$1!0!\x1b(B");
    check_lay_out(&record);
    check_record_write(&record, &seeds[4]);
    for (size_t i = 0; i < SEEDS; i++)
        CHECK(decode(seeds[i].data, seeds[i].size, 0) == MRRC_OK);

    for (unsigned round = 0; round < MUTANTS; round++) {
        const mrrc_buffer *seed = &seeds[check_random(&state, SEEDS)];
        uint8_t mutant[400];
        uint64_t before = state;
        memcpy(mutant, seed->data, seed->size);
        for (uint32_t changes = 1 + check_random(&state, 3); changes > 0; changes--) {
            uint32_t at = check_random(&state, (uint32_t)seed->size);
            uint32_t how = check_random(&state, 4);
            if (how == 0)
                mutant[at] = (uint8_t)check_random(&state, 256);
            else if (how == 1)
                mutant[at] ^= (uint8_t)(1u << check_random(&state, 8));
            else
                mutant[at] = liked[check_random(&state, sizeof liked)];
        }
        /* half of them in their full length, whatever the first five bytes say */
        if (check_random(&state, 2) == 0)
            check_set_five(mutant, seed->size);
        int status = decode(mutant, seed->size, all_flags[check_random(&state, ALL_FLAGS)]);
        good += status == MRRC_OK;
        bad += status == MRRC_UNDECODED;
        if (status != MRRC_OK && status != MRRC_UNDECODED && wrong++ < 5) {
            CHECK_FOR(false, "round %u, state %llx", round, (unsigned long long)before);
            check_show("of ", mutant, seed->size);
        }
    }
    CHECK_FOR(wrong == 0 && good > MUTANTS / 10 && bad > MUTANTS / 10, "%u good, %u bad, %u wrong",
              good, bad, wrong);
    for (size_t i = 0; i < SEEDS; i++)
        mrrci_buffer_clear(&seeds[i]);
}

/* memory ------------------------------------------------------------------- */

static samples sample;

static int run_decode(const mrrc_buffer *bytes, int wanted) {
    mrrc_buffer out = {0};
    int status = mrrc_record_decode(bytes->data, bytes->size, 0, &out);
    CHECK(status == wanted || (status == MRRC_ERR_MEMORY && check_memory.failed));
    CHECK(status == MRRC_OK ? out.size > 24 : out.size == 0);
    mrrci_buffer_clear(&out);
    return status;
}

static int run_in_order(void) {
    return run_decode(&sample.in_order, MRRC_OK);
}

static int run_out_of_order(void) {
    return run_decode(&sample.out_of_order, MRRC_OK);
}

static int run_marc8(void) {
    return run_decode(&sample.marc8, MRRC_OK);
}

static int run_odd(void) {
    return run_decode(&sample.odd, MRRC_UNDECODED);
}

int main(int count, char **arguments) {
    test_layouts();
    test_slices();
    test_places();
    test_many_fields();
    test_damage();
    test_beside_digits();
    test_text();
    test_sizes();
    test_real(count > 1 ? arguments[1] : "../shared/data/loc-books-2000.mrc");
    test_mutants();
    make_samples(&sample);
    sweep(run_in_order);
    sweep(run_out_of_order);
    sweep(run_marc8);
    sweep(run_odd);
    clear_samples(&sample);
    clear_rooms();
    return check_report();
}
