/* SPDX-License-Identifier: MIT
 *
 * ISO 2709 against a slow decoder that follows pymarc's rules byte by byte:
 * records laid out in every order, damaged in every way and by chance, with
 * nothing readable behind them.  Then framing, lengths as Python's int() reads
 * them, and writing, with its limits.  The file of real records is the first
 * argument, or ../shared/data/loc-books-2000.mrc; without it that part is left out.
 */
#include "batch.h"
#include "check.h"
#include "conversion.h"
#include "formats.h"
#include "packed.h"

/* the slow decoder --------------------------------------------------------- */

/* A number of digits only; -1 where there is anything else. */
static long number_at(const uint8_t *at, size_t digits) {
    long number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        number = number * 10 + (at[i] - '0');
    }
    return number;
}

static bool all_between(const uint8_t *at, size_t size, uint8_t low, uint8_t high) {
    for (size_t i = 0; i < size; i++)
        if (at[i] < low || at[i] > high)
            return false;
    return true;
}

static bool has(const uint8_t *at, size_t size, uint8_t byte) {
    for (size_t i = 0; i < size; i++)
        if (at[i] == byte)
            return true;
    return false;
}

enum { REFERENCE_RAW, REFERENCE_UTF8, REFERENCE_MARC8 };

static bool reference_text(const uint8_t *at, size_t size, int text, bool control,
                           mrrc_buffer *out) {
    if (text == REFERENCE_UTF8 && !mrrci_utf8_valid(at, size))
        return false;
    if (text != REFERENCE_MARC8) {
        check_put(out, at, size);
        return true;
    }
    if (control) { /* which pymarc takes for ISO 8859-1 */
        for (size_t i = 0; i < size; i++) {
            uint8_t utf8[4];
            check_put(out, utf8, mrrci_utf8_put(utf8, at[i]));
        }
        return true;
    }
    mrrc_marc8_state state = {0x42, 0x45};
    mrrc_buffer notes = {0};
    bool said_nothing = mrrc_marc8_decode(at, size, MRRC_MARC8_PYMARC, &state, out, &notes) == 0 &&
                        notes.size == 0;
    mrrci_buffer_clear(&notes);
    return said_nothing;
}

static bool reference_field(const uint8_t *tag, const uint8_t *at, size_t size, int text,
                            mrrc_buffer *out) {
    if (has(at, size, MRRCI_FIELD) || has(at, size, MRRCI_RECORD))
        return false;
    check_put_text(out, "\x1e");
    check_put(out, tag, 3);
    if (number_at(tag, 3) >= 0 && number_at(tag, 3) < 10)
        return !has(at, size, MRRCI_SUBFIELD) && reference_text(at, size, text, true, out);
    size_t from = 0;
    for (bool first = true; from <= size; first = false) {
        size_t to = from;
        while (to < size && at[to] != MRRCI_SUBFIELD)
            to++;
        if (first) {
            if (to != 2 || !all_between(at, 2, 0, 0x7F))
                return false;
            check_put(out, at, 2);
        } else if (to > from) {
            if (at[from] > 0x7F)
                return false;
            check_put_text(out, "\x1f");
            check_put(out, at + from, 1);
            if (!reference_text(at + from + 1, to - from - 1, text, false, out))
                return false;
        }
        from = to + 1;
    }
    return true;
}

static bool reference_record(const uint8_t *data, size_t size, uint32_t flags, mrrc_buffer *out) {
    if (size < 25 || !all_between(data, 24, 0x20, 0x7E))
        return false;
    long length = number_at(data, 5), base = number_at(data + 12, 5);
    if (length < 0 || base <= 0 || (size_t)base >= size || size < (size_t)length)
        return false;
    size_t directory = base < 25 ? 0 : (size_t)base - 25;
    if (directory == 0 || directory % 12 != 0)
        return false;
    int text = flags & MRRC_READ_RAW                                      ? REFERENCE_RAW
               : data[9] == 'a' || (flags & MRRC_READ_FORCE_UTF8) != 0 ? REFERENCE_UTF8
                                                                          : REFERENCE_MARC8;
    if (text == REFERENCE_MARC8 && (flags & MRRC_READ_FOREIGN) != 0)
        return false;
    check_put(out, data, 24);
    for (size_t at = 24; at < 24 + directory; at += 12) {
        long field_size = number_at(data + at + 3, 4), start = number_at(data + at + 7, 5);
        if (!all_between(data + at, 3, 0x20, 0x7E) || field_size < 0 || start < 0)
            return false;
        /* a slice: each end no further than the bytes go, and nothing if they cross */
        size_t from = (size_t)(base + start), to = (size_t)(base + start + field_size - 1);
        from = from > size ? size : from;
        to = to > size ? size : to;
        if (!reference_field(data + at, data + from, to > from ? to - from : 0, text, out))
            return false;
    }
    return true;
}

/* comparing ---------------------------------------------------------------- */

static mrrc_buffer expected, seen, again, written, laid;

/* Whether what was decoded can be walked, laid out and written, and comes back. */
static bool follows(const mrrc_buffer *packed, uint32_t flags) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t texts = 0, indicators, count = 0, most = 0;
    int more = mrrci_fields_begin(&fields, packed->data, packed->size);
    while (more >= 0 && (more = mrrci_field_next(&fields, &field)) > 0) {
        size_t subfield_count = 0;
        count++;
        texts += 2;
        if (field.control)
            continue;
        mrrci_subfields_begin(&subfields, &field, &indicators);
        while (mrrci_subfield_next(&subfields, &subfield))
            subfield_count++;
        if (indicators != 2)
            return false;
        most = subfield_count > most ? subfield_count : most;
        texts += 2 * subfield_count;
    }
    if (more < 0)
        return false;
    int64_t result = mrrc_explode(packed->data, packed->size, &laid);
    if (most > 254 ? result != MRRC_ERR_ARGUMENT : result != (int64_t)count)
        return false;
    for (size_t i = 0; i + count < laid.size; i++)
        texts -= laid.data[i] == MRRCI_SUBFIELD;
    if (most <= 254 && texts != 0)
        return false;
    if (mrrc_values(packed->data, packed->size, &laid) != (int64_t)count)
        return false;

    if (mrrc_record_encode(0, packed->data, packed->size, 0, &written, NULL) != MRRC_OK)
        return false;
    uint32_t how = flags & MRRC_READ_RAW ? MRRC_READ_RAW : MRRC_READ_FORCE_UTF8;
    if (mrrc_record_decode(written.data, written.size, how, &again) != MRRC_OK ||
        again.size != packed->size)
        return false;
    /* the same but for the record's length and base address */
    return memcmp(again.data, written.data, 24) == 0 &&
           memcmp(again.data + 5, packed->data + 5, 7) == 0 &&
           memcmp(again.data + 17, packed->data + 17, packed->size - 17) == 0;
}

/* Whether the reader's decoder makes the same of a record with much behind it, which it may
 * look at; a record by its length and its end, since other bytes it cuts elsewhere. */
static bool same_before_more(const uint8_t *data, size_t size, uint32_t flags, int status) {
    enum { BEHIND = 100 };
    if (size < 5 || number_at(data, 5) != (long)size || data[size - 1] != MRRCI_RECORD)
        return true;
    uint8_t *more = malloc(size + BEHIND);
    if (more == NULL)
        abort();
    memcpy(more, data, size);
    memset(more + size, MRRCI_FIELD, BEHIND);
    mrrci_input input = {.data = more, .size = size + BEHIND, .wanted = 1, .flags = flags};
    mrrci_batch batch = {0};
    size_t used = 0;
    bool same = mrrci_iso2709_decode(NULL, &input, &batch, &used, NULL) == MRRC_OK &&
                used == size && batch.count == 1 && batch.marked == (status != MRRC_OK) &&
                (status == MRRC_OK ? check_same(&batch.block, &expected)
                                   : check_holds(&batch.block, data, size));
    mrrci_batch_clear(&batch);
    free(more);
    return same;
}

/* Decodes with nothing behind the record, with much, and by the slow decoder.
 * Returns MRRC_OK, MRRC_UNDECODED, or 99 where they do not agree. */
static int decode(const uint8_t *data, size_t size, uint32_t flags) {
    enum { DISAGREE = 99 };
    expected.size = 0;
    if (!reference_record(data, size, flags, &expected))
        expected.size = 0;
    uint8_t *exact = check_copy(data, size);
    int status = mrrc_record_decode(exact, size, flags, &seen);
    bool right = status == (expected.size > 0 ? MRRC_OK : MRRC_UNDECODED) &&
                 check_same(&seen, &expected);
    free(exact);
    if (right && size % 4 == 0)
        right = same_before_more(data, size, flags, status);
    if (right && status == MRRC_OK)
        right = follows(&seen, flags);
    return right ? status : DISAGREE;
}

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

static check_record record;

/* A record with something of everything. */
static void make_usual(char coding) {
    check_record_begin(&record, coding);
    check_record_add(&record, "001", "id0001");
    check_record_add(&record, "008", "");
    check_record_add(&record, "245", "10\x1f" "aTitle :\x1f" "bsubtitle /");
    check_record_add(&record, "500", "  ");
    check_record_add(&record, "00A", "  \x1f" "aLetters");
    check_record_add(&record, "650", " 0\x1f" "aSubject\x1f" "x\x1f" "yOne.");
    check_record_add(&record, "CAT", "##\x1f" "9x");
}

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
                 {9999, 7, NULL},  {9999, 8, ""},   {5, 99999, ""},  {0, 99999, ""}, {9999, 99999, ""},
                 {2, 6, NULL},     {1, 7, ""},      {2, 7, NULL}};
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

/* framing ------------------------------------------------------------------ */

/* Frames a stretch and returns what the decoder does. */
static int frame(const void *data, size_t size, bool last, size_t wanted, mrrci_batch *batch,
                 size_t *used) {
    uint8_t *exact = check_copy(data, size);
    mrrci_input input = {
        .data = exact, .size = size, .offset = 1000, .wanted = wanted, .last = last};
    *used = 0;
    mrrci_batch_reset(batch);
    int status = mrrci_iso2709_decode(NULL, &input, batch, used, NULL);
    free(exact);
    return status;
}

static void test_framing(void) {
    mrrc_buffer bytes = {0};
    mrrci_batch batch = {0};
    mrrc_batch_view view;
    size_t used, one;
    make_usual('a');
    check_lay_out(&record);
    check_record_write(&record, &bytes);
    one = bytes.size;
    for (int i = 0; i < 3; i++)
        check_record_write(&record, &bytes);

    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_OK);
    mrrci_batch_look(&batch, &view);
    CHECK(used == bytes.size && view.count == 4 && view.marked == 0);
    for (size_t i = 0; i < view.count; i++)
        CHECK(view.offsets[i] == 1000 + i * one && view.lengths[i] == one && view.statuses[i] == 0);

    /* no more than wanted, but the record that reaches it is whole */
    for (size_t wanted = 0; wanted <= 4 * one; wanted++) {
        size_t count = (wanted + one - 1) / one;
        CHECK(frame(bytes.data, bytes.size, true, wanted, &batch, &used) == MRRC_OK);
        CHECK(used == count * one && batch.count == count);
    }

    /* cut at every byte: more may come, or not */
    for (size_t size = 0; size < 2 * one; size++) {
        size_t whole = size / one, rest = size % one;
        CHECK(frame(bytes.data, size, false, SIZE_MAX, &batch, &used) == MRRC_OK);
        CHECK(used == whole * one && batch.count == whole && batch.marked == 0);
        CHECK(frame(bytes.data, size, true, SIZE_MAX, &batch, &used) ==
              (rest == 0 ? MRRC_OK : MRRC_END));
        mrrci_batch_look(&batch, &view);
        CHECK(used == size && view.count == whole + (rest > 0));
        if (rest > 0) {
            CHECK(view.statuses[whole] == MRRC_ERR_TRUNCATED && view.lengths[whole] == rest);
            CHECK(view.offsets[whole] == 1000 + whole * one && view.marked == 1);
            CHECK(memcmp(view.block + view.block_size - rest, bytes.data + whole * one, rest) == 0);
        }
    }

    /* the last byte is no terminator, or the length is one off */
    bytes.data[2 * one - 1] = 'x';
    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
    mrrci_batch_look(&batch, &view);
    CHECK(used == 2 * one && view.count == 2);
    CHECK(view.statuses[1] == MRRC_ERR_TERMINATOR_MISSING && view.lengths[1] == one);
    CHECK(memcmp(view.block + view.block_size - one, bytes.data + one, one) == 0);
    bytes.data[2 * one - 1] = MRRCI_RECORD;
    for (int off = -1; off <= 1; off += 2) {
        size_t length = one + (size_t)off;
        check_set_five(bytes.data + one, length);
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
        mrrci_batch_look(&batch, &view);
        CHECK(used == one + length && view.count == 2 && view.lengths[1] == length);
        CHECK(view.statuses[1] == MRRC_ERR_TERMINATOR_MISSING);
    }

    /* junk between two records */
    check_set_five(bytes.data + one, one);
    bytes.data[one] = '\n';
    bytes.data[one + 1] = 'x';
    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
    mrrci_batch_look(&batch, &view);
    CHECK(used == one + 5 && view.count == 2 && view.lengths[1] == 5);
    CHECK(view.statuses[1] == MRRC_ERR_LENGTH_INVALID);
    CHECK(memcmp(view.block + view.block_size - 5, bytes.data + one, 5) == 0);

    /* a record that is bad inside its frame costs itself only, and is kept as it stands */
    check_set_five(bytes.data + one, one);
    memcpy(bytes.data + one + 12, "99999", 5);
    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_OK);
    mrrci_batch_look(&batch, &view);
    CHECK(used == bytes.size && view.count == 4 && view.marked == 1);
    CHECK(view.statuses[1] == MRRC_UNDECODED && view.statuses[2] == MRRC_OK);
    CHECK(view.ends[1] - view.ends[0] == one &&
          memcmp(view.block + view.ends[0], bytes.data + one, one) == 0);
    mrrci_batch_clear(&batch);
    mrrci_buffer_clear(&bytes);
}

/* The length as Python's int() reads it.  All texts of five of these characters
 * are tried; how many Python takes for a number of 5 or more, their sum and a sum
 * that depends on their order were asked of Python. */
static void test_numbers(void) {
    static const char alphabet[] = " \t\n0689_+-x\x1c";
    enum { SIGNS = sizeof alphabet - 1, MOST = 100000 };
    uint8_t *data = malloc(MOST);
    mrrci_batch batch = {0};
    uint32_t count = 0, mixed = 0;
    uint64_t sum = 0;
    unsigned wrong = 0;
    if (data == NULL)
        abort();
    memset(data, 'x', MOST);
    for (unsigned number = 0; number < SIGNS * SIGNS * SIGNS * SIGNS * SIGNS; number++) {
        unsigned rest = number;
        for (int i = 4; i >= 0; i--, rest /= SIGNS)
            data[i] = (uint8_t)alphabet[rest % SIGNS];
        mrrci_input input = {.data = data, .size = MOST, .wanted = 1, .last = true};
        size_t used = 0;
        mrrc_batch_view view;
        mrrci_batch_reset(&batch);
        wrong += mrrci_iso2709_decode(NULL, &input, &batch, &used, NULL) != MRRC_END || batch.count != 1;
        mrrci_batch_look(&batch, &view);
        wrong += used != view.lengths[0];
        if (view.statuses[0] == MRRC_ERR_TERMINATOR_MISSING) {
            count++;
            sum += view.lengths[0];
            mixed = mixed * 31 + view.lengths[0] * 7 + 1;
        } else {
            wrong += view.statuses[0] != MRRC_ERR_LENGTH_INVALID || view.lengths[0] != 5;
        }
    }
    CHECK(wrong == 0);
    CHECK_EQ_INT(count, 10656);
    CHECK_EQ_INT(sum, 83918007);
    CHECK_EQ_INT(mixed, 696144623);

    /* the forms one by one; a record of an odd one is Python's to decode */
    static const struct {
        const char *text;
        int status;
    } forms[] = {{"%05u", MRRC_OK},          {"  %u", MRRC_UNDECODED},  {"%u  ", MRRC_UNDECODED},
                 {" %u ", MRRC_UNDECODED},   {"+0%u", MRRC_UNDECODED},  {"0_%u", MRRC_UNDECODED},
                 {" +%u", MRRC_UNDECODED},   {"\t%u\n", MRRC_UNDECODED}, {"\v%u\f", MRRC_UNDECODED},
                 {"-0%u", MRRC_ERR_LENGTH_INVALID}, {"_0%u", MRRC_ERR_LENGTH_INVALID},
                 {"0%u_", MRRC_ERR_LENGTH_INVALID}, {"+_%u", MRRC_ERR_LENGTH_INVALID},
                 {"+ %u", MRRC_ERR_LENGTH_INVALID}, {"++%u", MRRC_ERR_LENGTH_INVALID},
                 {"0x%u", MRRC_ERR_LENGTH_INVALID}, {"\xa0 %u", MRRC_ERR_LENGTH_INVALID},
                 {"__%u", MRRC_ERR_LENGTH_INVALID}, {"0.%u", MRRC_ERR_LENGTH_INVALID}};
    mrrc_buffer bytes = {0};
    char padding[200];
    memset(padding, 'p', sizeof padding);
    check_record_begin(&record, 'a');
    check_record_add_sized(&record, "001", padding, 100); /* which makes 139: three digits */
    check_lay_out(&record);
    check_record_write(&record, &bytes);
    CHECK(bytes.size == 139);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char text[16];
        mrrc_batch_view view;
        size_t used;
        snprintf(text, sizeof text, forms[i].text, 139u);
        CHECK(strlen(text) == 5);
        memcpy(bytes.data, text, 5);
        bool lost = forms[i].status < 0;
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) ==
              (lost ? MRRC_END : MRRC_OK));
        mrrci_batch_look(&batch, &view);
        CHECK_FOR(view.count == 1 && view.statuses[0] == forms[i].status && used == (lost ? 5 : 139),
                  "'%s': %d", text, view.statuses[0]);
    }
    static const char *const small[] = {"00000", "00001", "00004", "+0004", "    4", "-0000"};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        size_t used;
        memcpy(bytes.data, small[i], 5);
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END && used == 5);
    }
    /* five bytes are a record in name only; 24 hold no field */
    for (size_t size = 5; size < 26; size++) {
        size_t used;
        mrrc_batch_view view;
        check_set_five(bytes.data, size);
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
        mrrci_batch_look(&batch, &view);
        CHECK(used == size && view.statuses[0] == MRRC_ERR_TERMINATOR_MISSING);
        if (size == 5)
            continue;
        uint8_t kept = bytes.data[size - 1];
        bytes.data[size - 1] = MRRCI_RECORD;
        CHECK(frame(bytes.data, size, true, SIZE_MAX, &batch, &used) == MRRC_OK);
        mrrci_batch_look(&batch, &view);
        CHECK(used == size && view.count == 1 && view.statuses[0] == MRRC_UNDECODED);
        bytes.data[size - 1] = kept;
    }
    mrrci_buffer_clear(&bytes);
    mrrci_batch_clear(&batch);
    free(data);
}

/* writing ------------------------------------------------------------------ */

/* A packed record of one leader and fields of these body sizes. */
static void make_packed(mrrc_buffer *packed, const size_t *sizes, size_t count) {
    packed->size = 0;
    check_put_text(packed, "12345nam a2299999 i 4500");
    for (size_t i = 0; i < count; i++) {
        check_put_text(packed, i % 2 == 0 ? "\x1e" "500" : "\x1e" "650");
        for (size_t at = 0; at < sizes[i]; at++)
            check_put(packed, at < 4 ? &"  \x1f" "a"[at] : "v", 1);
    }
}

static void test_writing_limits(void) {
    static const struct {
        size_t sizes[12];
        size_t count;
        int status;
        uint32_t field;
        uint64_t found;
    } cases[] = {
        {{9998}, 1, MRRC_OK, 0, 0},
        {{9999}, 1, MRRC_ERR_FIELD_TOO_LONG, 0, 10000},
        {{10, 9999, 12000}, 3, MRRC_ERR_FIELD_TOO_LONG, 1, 10000},
        {{10, 50000}, 2, MRRC_ERR_FIELD_TOO_LONG, 1, 50001},
        /* 24 + 11 x 12 + 1 + the fields and a terminator each + 1 */
        {{9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9846, 2}, 11, MRRC_OK, 0, 99999},
        {{9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9847, 2}, 11,
         MRRC_ERR_RECORD_TOO_LONG, 0, 100000},
        {{9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998}, 12,
         MRRC_ERR_RECORD_TOO_LONG, 0, 24 + 12 * 12 + 1 + 12 * 9999 + 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer packed = {0}, out = {0};
        mrrc_error err = {0};
        make_packed(&packed, cases[i].sizes, cases[i].count);
        check_put_text(&out, "kept");
        int status = mrrci_iso2709_encode(packed.data, packed.size, &(mrrci_how){.flags = 0}, &out, &err);
        CHECK_FOR(status == cases[i].status && err.code == status, "case %zu: %d", i, status);
        if (status == MRRC_OK) {
            CHECK(cases[i].found == 0 || out.size - 4 == cases[i].found);
            CHECK((size_t)number_at(out.data + 4, 5) == out.size - 4);
            CHECK(decode(out.data + 4, out.size - 4, 0) == MRRC_OK && seen.size == packed.size);
        } else {
            CHECK(check_holds(&out, "kept", 4) && err.found == cases[i].found);
            CHECK(err.field == cases[i].field);
            CHECK(strcmp((const char *)err.tag, status == MRRC_ERR_RECORD_TOO_LONG ? ""
                                                : cases[i].field % 2 == 0          ? "500"
                                                                                   : "650") == 0);
            CHECK(mrrci_iso2709_encode(packed.data, packed.size, &(mrrci_how){.flags = 0}, &out, NULL) == status);
            /* the first fault stays */
            mrrc_error first = {.code = MRRC_ERR_IO, .system = 5, .offset = 9}, kept = first;
            CHECK(mrrci_iso2709_encode(packed.data, packed.size, &(mrrci_how){.flags = 0}, &out, &first) == status);
            CHECK(memcmp(&first, &kept, sizeof kept) == 0);
        }
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }

    /* as many fields as a base address of five digits takes, and one more */
    for (size_t count = 6249; count <= 6250; count++) {
        mrrc_buffer packed = {0}, out = {0};
        check_put_text(&packed, "00000nam a2200000   4500");
        for (size_t i = 0; i < count; i++)
            check_put_text(&packed, "\x1e" "001abc");
        size_t length = 24 + 12 * count + 1 + 4 * count + 1; /* 100,010 and 100,026 */
        CHECK(length > 99999);
        CHECK(mrrc_record_encode(0, packed.data, packed.size, 0, &out, NULL) ==
              MRRC_ERR_RECORD_TOO_LONG);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
}

static void test_writing(void) {
    static const struct {
        const char *packed;
        const char *written; /* or NULL, and */
        int status;
    } cases[] = {
        {"99999cam a2299999 i 4500\x1e" "001id\x1e" "24510\x1f" "aT",
         "00059cam a2200049 i 4500001000300000245000600003\x1e" "id\x1e" "10\x1f" "aT\x1e\x1d", 0},
        {"00000nam a2200000   4500", "00026nam a2200025   4500\x1e\x1d", 0},
        {"00000nam  2200000   4500\x1e" "CAT  ", "00041nam  2200037   4500CAT000300000\x1e  \x1e\x1d", 0},
        {"00000nam a2200000   4500\x1e" "245", "00039nam a2200037   4500245000100000\x1e\x1e\x1d", 0},
        {"00000nam a2200000   4500\x1e" "24\x80 x", NULL, MRRC_ERR_TAG_INVALID},
        {"00000nam a2200000   4500\x1e" "\xc3\xa9" "1x", NULL, MRRC_ERR_TAG_INVALID},
        {"00000nam a2200000   450", NULL, MRRC_ERR_PACKED_INVALID},
        {"", NULL, MRRC_ERR_PACKED_INVALID},
        {"00000nam a2200000   4500x", NULL, MRRC_ERR_PACKED_INVALID},
        {"00000nam a2200000   4500\x1e", NULL, MRRC_ERR_PACKED_INVALID},
        {"00000nam a2200000   4500\x1e" "001x\x1e" "24", NULL, MRRC_ERR_PACKED_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer out = {0};
        mrrc_error err = {0};
        size_t size = strlen(cases[i].packed);
        uint8_t *exact = check_copy(cases[i].packed, size);
        int status = mrrci_iso2709_encode(exact, size, &(mrrci_how){.flags = 0}, &out, &err);
        CHECK_FOR(status == cases[i].status && err.code == status, "case %zu: %d", i, status);
        const char *text = cases[i].written == NULL ? "" : cases[i].written;
        CHECK_BYTES(out.data, out.size, text, strlen(text));
        free(exact);
        mrrci_buffer_clear(&out);
    }
    mrrc_error err = {0};
    mrrc_buffer out = {0};
    static const char bad_tag[] = "00000nam a2200000   4500\x1e" "001x\x1e" "2\xe9" "5  ";
    CHECK(mrrc_record_encode(0, (const uint8_t *)bad_tag, sizeof bad_tag - 1, 0, &out, &err) ==
          MRRC_ERR_TAG_INVALID);
    CHECK(err.field == 1 && memcmp(err.tag, "2\xe9" "5", 4) == 0);
    mrrci_buffer_clear(&out);
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

static mrrc_buffer in_order, out_of_order, marc8, odd, packed_record;

static int run_decode(const mrrc_buffer *bytes, int wanted) {
    mrrc_buffer out = {0};
    int status = mrrc_record_decode(bytes->data, bytes->size, 0, &out);
    CHECK(status == wanted || (status == MRRC_ERR_MEMORY && check_memory.failed));
    CHECK(status == MRRC_OK ? out.size > 24 : out.size == 0);
    mrrci_buffer_clear(&out);
    return status;
}

static int run_in_order(void) {
    return run_decode(&in_order, MRRC_OK);
}

static int run_out_of_order(void) {
    return run_decode(&out_of_order, MRRC_OK);
}

static int run_marc8(void) {
    return run_decode(&marc8, MRRC_OK);
}

static int run_odd(void) {
    return run_decode(&odd, MRRC_UNDECODED);
}

static int run_encode(void) {
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    int status = mrrci_iso2709_encode(packed_record.data, packed_record.size, &(mrrci_how){.flags = 0}, &out, &err);
    CHECK(err.code == status);
    CHECK(status == MRRC_OK ? check_same(&out, &in_order) : out.size == 0);
    mrrci_buffer_clear(&out);
    return status;
}

/* A stretch of records of all kinds, and a bad end: after a failure the batch
 * holds whole records, `used` says which, and the rest follows from there. */
static void frame_without_memory(void *context) {
    const mrrc_buffer *bytes = context;
    mrrci_batch batch = {0};
    size_t used = 0, count = 0;
    for (int tries = 0;; tries++) {
        mrrci_input input = {.data = bytes->data + used,
                             .size = bytes->size - used,
                             .offset = used,
                             .wanted = SIZE_MAX,
                             .last = true};
        size_t more = 0;
        mrrc_batch_view view;
        mrrci_batch_reset(&batch);
        int status = mrrci_iso2709_decode(NULL, &input, &batch, &more, NULL);
        mrrci_batch_look(&batch, &view);
        size_t taken = 0;
        for (size_t i = 0; i < view.count; i++) {
            CHECK(view.offsets[i] == used + taken);
            taken += view.lengths[i];
        }
        CHECK(taken == more && view.block_size == (view.count == 0 ? 0 : view.ends[view.count - 1]));
        used += more;
        count += view.count;
        if (status == MRRC_END) {
            CHECK(view.statuses[view.count - 1] == MRRC_ERR_TRUNCATED);
            break;
        }
        CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && tries == 0);
        if (status != MRRC_ERR_MEMORY)
            break;
        check_memory_allow();
    }
    CHECK(used == bytes->size && count == 13);
    mrrci_batch_clear(&batch);
}

static void test_without_memory(void) {
    static char text[400];
    mrrc_buffer all = {0};
    memset(text, 't', sizeof text - 1);
    memcpy(text, "10\x1f" "a", 4);
    check_record_begin(&record, 'a');
    check_record_add(&record, "001", "id");
    check_record_add(&record, "245", text);
    check_record_add(&record, "500", text);
    check_lay_out(&record);
    check_record_write(&record, &in_order);
    check_record_pack(&record, in_order.data, &packed_record);
    record.area_size = 0;
    for (size_t i = record.count; i > 0; i--)
        check_lay_field(&record, i - 1);
    check_record_write(&record, &out_of_order);
    text[60] = '\x1b';
    memcpy(text + 61, "(NH\x1b(B\xe2" "e", 8);
    record.leader[9] = ' ';
    check_lay_out(&record);
    check_record_write(&record, &marc8);
    text[61] = '\x1d';
    check_lay_out(&record);
    check_record_write(&record, &odd);
    sweep(run_in_order);
    sweep(run_out_of_order);
    sweep(run_marc8);
    sweep(run_odd);
    sweep(run_encode);

    for (int i = 0; i < 3; i++) {
        check_put(&all, in_order.data, in_order.size);
        check_put(&all, odd.data, odd.size);
        check_put(&all, marc8.data, marc8.size);
        check_put(&all, out_of_order.data, out_of_order.size);
    }
    check_put(&all, in_order.data, 300);
    check_memory_sweep(frame_without_memory, &all);
    mrrci_buffer_clear(&all);
    mrrci_buffer_clear(&in_order);
    mrrci_buffer_clear(&out_of_order);
    mrrci_buffer_clear(&marc8);
    mrrci_buffer_clear(&odd);
    mrrci_buffer_clear(&packed_record);
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
    test_framing();
    test_numbers();
    test_writing_limits();
    test_writing();
    test_real(count > 1 ? arguments[1] : "../shared/data/loc-books-2000.mrc");
    test_mutants();
    test_without_memory();
    mrrc_buffer *const rooms[] = {&expected, &seen, &again, &written, &laid};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
        mrrci_buffer_clear(rooms[i]);
    return check_report();
}
