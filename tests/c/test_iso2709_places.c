/* SPDX-License-Identifier: MIT
 *
 * Records tested where they stand: the answer is that of the packed record, whatever is done to
 * the bytes, or there is none; and readers that pass over records, fed by any pieces.
 */
#include "check.h"
#include "formats/iso2709_entry.h"

static const char *const filters[] = {
    "245$a =? 'b'", "245/*.a == 'ab'", "001 == 'ab'", "008/1-2 == 'ba'", "#650/* > 1", "!650$b",
    "ALL 650/*.a =~ 'a'", "650[#]$a{^1=\\1}", "ldr.type == 'a'", "...{ b? }", "00.[0:1] == 'a'",
    "LDR/9{245$a=\\a}", "650$a =* 'abab'", "999?"};
enum { FILTERS = sizeof filters / sizeof filters[0] };

static check_record record;

/* A record by chance, mostly well made. */
static void make_record(uint64_t *state) {
    static const char *const tags[] = {"001", "008", "245", "650", "650", "00a", "999"};
    static const char *const pieces[] = {"a", "b", "ab", "\x1f" "a", "\x1f" "b", "\xc3\xa4", " ",
                                         "\x1b", "\x1f", "\xff"};
    static char bodies[8][64];
    check_record_begin(&record, check_random(state, 3) ? 'a' : ' ');
    record.leader[6] = check_random(state, 2) ? 'a' : 'c';
    for (uint32_t i = 0, count = check_random(state, 8); i < count; i++) {
        const char *tag = tags[check_random(state, 7)];
        bool control = tag[0] == '0' && tag[1] == '0' && tag[2] <= '9';
        strcpy(bodies[i], control ? "" : check_random(state, 2) ? "1 \x1f" "a" : "  \x1f" "b");
        for (uint32_t j = check_random(state, 6); j > 0; j--) {
            uint32_t odd = check_random(state, 8) ? (control ? 3 : 6) : 10;
            strcat(bodies[i], pieces[check_random(state, odd)]);
        }
        check_record_add(&record, tag, bodies[i]);
    }
    check_lay_out(&record);
}

/* What packing and then matching gives; MRRC_UNDECODED where it is not packed. */
static int match_packed(mrrci_matcher *matcher, const uint8_t *data, size_t size, uint32_t flags) {
    mrrc_buffer packed = {0};
    int status = mrrc_record_decode(data, size, flags, &packed);
    if (status == MRRC_OK)
        status = mrrci_match(matcher, packed.data, packed.size);
    mrrci_buffer_clear(&packed);
    return status;
}

static void test_same(void) {
    static const uint32_t all_flags[] = {0, MRRC_READ_RAW, MRRC_READ_FORCE_UTF8, MRRC_READ_FOREIGN};
    mrrci_matcher *matchers[FILTERS];
    mrrc_filter *made[FILTERS];
    mrrc_query_fault fault;
    size_t answered = 0;
    uint64_t state = 20260115;
    for (size_t i = 0; i < FILTERS; i++) {
        made[i] = mrrc_filter_new(filters[i], strlen(filters[i]), 80, 0, &fault);
        CHECK_FOR(made[i] != NULL, "%s: %s", filters[i], fault.message);
        matchers[i] = mrrci_matcher_new(made[i]);
    }
    for (int i = 0; i < 60000; i++) {
        mrrc_buffer bytes = {0};
        make_record(&state);
        check_record_write(&record, &bytes);
        if (check_random(&state, 3) == 0) /* something is wrong with it */
            bytes.data[check_random(&state, (uint32_t)bytes.size - 1)] =
                (uint8_t)check_random(&state, 256);
        uint8_t *copy = check_copy(bytes.data, bytes.size);
        size_t which = check_random(&state, FILTERS);
        uint32_t flags = all_flags[check_random(&state, 4)];
        int seen = mrrci_iso2709_match(matchers[which], copy, bytes.size, flags);
        int wanted = match_packed(matchers[which], copy, bytes.size, flags);
        answered += seen != MRRC_UNDECODED;
        if (seen != MRRC_UNDECODED && wanted != MRRC_UNDECODED && seen != wanted) {
            CHECK_FOR(false, "%s: %d and %d", filters[which], seen, wanted);
            check_show("of ", copy, bytes.size);
        }
        free(copy);
        mrrci_buffer_clear(&bytes);
    }
    CHECK(answered > 20000);
    for (size_t i = 0; i < FILTERS; i++) {
        mrrci_matcher_free(matchers[i]);
        mrrc_filter_free(made[i]);
    }
}

/* Which records of a source are given, as bits by their numbers: with a filter those that the
 * reader says match, without one those that `matcher` says do; `*odd` gets those that are not
 * packed, too. */
static uint64_t given(const mrrc_buffer *source, uint32_t flags, const mrrc_filter *filter,
                      mrrci_matcher *matcher, uint64_t *odd) {
    uint64_t bits = 0, met = 0;
    mrrc_batch_view view;
    mrrc_error err = {0};
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    CHECK(filter == NULL || mrrc_reader_filter(reader, filter) == MRRC_OK);
    (void)mrrc_reader_open_memory(reader, source->data, source->size);
    while (mrrc_reader_next(reader, flags, &view, &err) == MRRC_OK) {
        for (size_t i = 0; i < view.count; i++) {
            size_t from = i == 0 ? 0 : view.ends[i - 1];
            uint64_t bit = (uint64_t)1 << (met + (view.numbers == NULL ? i : view.numbers[i]));
            if (view.statuses[i] != MRRC_OK)
                *odd |= bit;
            else if (filter != NULL ||
                     mrrci_match(matcher, view.block + from, view.ends[i] - from) == 1)
                bits |= bit;
        }
        met += view.met;
    }
    mrrc_reader_free(reader);
    return bits | met << 56;
}

/* A filtered reader gives in each mode what matches among the records that it gives without a
 * filter.  Of those that are not packed it may pass over some in the default mode: those that are
 * odd only in what the filter does not ask for. */
static void test_modes(void) {
    static const uint32_t modes[] = {0, MRRC_READ_LENIENT, MRRC_READ_PERMISSIVE};
    static const uint32_t codings[] = {0, MRRC_READ_DETECT, MRRC_READ_MARC8, MRRC_READ_UNIMARC,
                                       MRRC_READ_FORCE_UTF8,
                                       MRRC_READ_DETECT | MRRC_READ_FORCE_UTF8};
    enum { TOGETHER = 6 };
    uint64_t state = 20260116;
    size_t found = 0;
    for (int i = 0; i < 12000; i++) {
        mrrc_buffer source = {0};
        mrrc_query_fault fault;
        const char *text = filters[check_random(&state, FILTERS)];
        mrrc_filter *filter = mrrc_filter_new(text, strlen(text), 80, 0, &fault);
        mrrci_matcher *matcher = mrrci_matcher_new(filter);
        for (int j = 0; j < TOGETHER; j++) {
            size_t from = source.size;
            make_record(&state);
            check_record_write(&record, &source);
            if (check_random(&state, 4) == 0)
                source.data[from + check_random(&state, (uint32_t)(source.size - from))] =
                    (uint8_t)check_random(&state, 256);
        }
        uint32_t mode = modes[check_random(&state, 3)];
        uint32_t flags = mode | codings[check_random(&state, 6)];
        uint64_t odd = 0, odd_seen = 0;
        uint64_t wanted = given(&source, flags, NULL, matcher, &odd);
        uint64_t seen = given(&source, flags, filter, NULL, &odd_seen);
        found += (wanted & 0xFF) != 0;
        CHECK_FOR(seen == wanted, "%s, %x: %llx and %llx", text, flags,
                  (unsigned long long)seen, (unsigned long long)wanted);
        CHECK(mode == 0 ? (odd_seen & ~odd) == 0 : odd_seen == odd);
        mrrci_matcher_free(matcher);
        mrrc_filter_free(filter);
        mrrci_buffer_clear(&source);
    }
    CHECK(found > 1000);
}

/* Reads all that a reader gives; the numbers of the records that match, and of all. */
static int read_all(mrrc_reader *reader, const mrrc_buffer *source, size_t piece, uint64_t *numbers,
                    size_t *count, uint64_t *met) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    size_t fed = 0;
    int status;
    *met = *count = 0;
    while ((status = mrrc_reader_next(reader, 0, &view, &err)) != MRRC_END) {
        if (status < 0)
            return status;
        if (status == MRRC_MORE) {
            size_t next = source->size - fed < piece ? source->size - fed : piece;
            if (mrrc_reader_feed(reader, source->data + fed, next) == MRRC_ERR_MEMORY)
                return MRRC_ERR_MEMORY;
            fed += next;
            continue;
        }
        for (size_t i = 0; i < view.count; i++)
            numbers[(*count)++] = *met + view.numbers[i];
        *met += view.met;
    }
    return MRRC_OK;
}

enum { RECORDS = 40 };

/* Records of which each third has a 650, one is damaged, and the next ones are after it. */
static void make_source(mrrc_buffer *source) {
    for (int i = 0; i < RECORDS; i++) {
        check_record_begin(&record, 'a');
        check_record_add(&record, "001", "x");
        check_record_add(&record, "245", i % 3 == 0 ? "10\x1f" "ayes" : "10\x1f" "ano");
        check_lay_out(&record);
        size_t from = source->size;
        check_record_write(&record, source);
        if (i == 7)
            source->data[from + 30] = 'x'; /* a directory that is none */
    }
}

static int read_in_pieces(size_t piece) {
    mrrc_buffer source = {0};
    uint64_t numbers[RECORDS], met = 0;
    size_t count = 0, wanted = 0;
    mrrc_query_fault fault;
    make_source(&source);
    mrrc_filter *filter = mrrc_filter_new("245$a == 'yes'", 14, 80, 0, &fault);
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    int status = filter == NULL || reader == NULL ? MRRC_ERR_MEMORY
                                                  : mrrc_reader_filter(reader, filter);
    if (status == MRRC_OK) {
        if (piece == 0)
            (void)mrrc_reader_open_memory(reader, source.data, source.size);
        else
            (void)mrrc_reader_open_feed(reader);
        status = read_all(reader, &source, piece, numbers, &count, &met);
    }
    if (status == MRRC_OK) {
        CHECK_EQ_INT(met, RECORDS);
        for (size_t i = 0; i < RECORDS; i++)
            if (i % 3 == 0 || i == 7) /* the caller is to look at the damaged one */
                CHECK(wanted < count && numbers[wanted++] == i);
        CHECK_EQ_INT(count, wanted);
    }
    mrrc_reader_free(reader);
    mrrc_filter_free(filter);
    mrrci_buffer_clear(&source);
    return status;
}

/* The source is made before memory fails. */
static mrrc_buffer swept;

static int read_memory(void) {
    uint64_t numbers[RECORDS], met;
    size_t count;
    mrrc_query_fault fault;
    int status = MRRC_ERR_MEMORY;
    mrrc_filter *filter = mrrc_filter_new("245$a == 'yes'", 14, 80, 0, &fault);
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    if (filter != NULL && reader != NULL)
        status = mrrc_reader_filter(reader, filter);
    if (status == MRRC_OK) {
        (void)mrrc_reader_open_memory(reader, swept.data, swept.size);
        status = read_all(reader, &swept, 0, numbers, &count, &met);
        CHECK(status == MRRC_ERR_MEMORY || (met == RECORDS && count == 15));
    }
    mrrc_reader_free(reader);
    mrrc_filter_free(filter);
    return status;
}

int main(void) {
    test_same();
    test_modes();
    static const size_t pieces[] = {0, 1, 7, 100, 5000};
    for (size_t i = 0; i < 5; i++)
        CHECK_EQ_INT(read_in_pieces(pieces[i]), MRRC_OK);
    make_source(&swept);
    sweep(read_memory);
    mrrci_buffer_clear(&swept);
    return check_report();
}
