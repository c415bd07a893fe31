/* SPDX-License-Identifier: MIT
 *
 * test_query_fold.c: texts made alike, and filters in all their operators that make them so.  The
 * whole of Unicode is compared in tests/test_query_fold.py.
 */
#include "check.h"
#include "check_query.h"
#include "query_program.h"

static void check_fold(const char *text, uint32_t fold, const char *wanted) {
    mrrci_folded room = {0};
    const uint8_t *at = (const uint8_t *)text;
    size_t size = strlen(text);
    CHECK_EQ_INT(mrrci_fold(fold, &room, &at, &size), MRRC_OK);
    CHECK_BYTES(at, size, wanted, strlen(wanted));
    mrrci_folded_clear(&room);
}

static void test_texts(void) {
    check_fold("", MRRC_FOLD_CASE | MRRC_FOLD_NFC, "");
    check_fold("Plain @[`{", MRRC_FOLD_NFKD, "Plain @[`{");
    check_fold("AZ az @[`{ 09", MRRC_FOLD_CASE, "az az @[`{ 09");
    check_fold("\u00c9\ufb01E\u0301", MRRC_FOLD_NFC, "\u00c9\ufb01\u00c9");
    check_fold("\u00c9\ufb01E\u0301", MRRC_FOLD_NFD, "E\u0301\ufb01E\u0301");
    check_fold("\u00c9\ufb01E\u0301", MRRC_FOLD_NFKC, "\u00c9fi\u00c9");
    check_fold("\u00c9\ufb01E\u0301", MRRC_FOLD_NFKD, "E\u0301fiE\u0301");
    check_fold("\u00c9\ufb01E\u0301", MRRC_FOLD_CASE, "\u00e9fie\u0301");
    check_fold("\u00c9\ufb01E\u0301", MRRC_FOLD_CASE | MRRC_FOLD_NFC, "\u00e9fi\u00e9");
    check_fold("A\xff", MRRC_FOLD_CASE, "A\xff"); /* which is no text */
}

/* A filter, what stands in 245 $a, and whether it holds. */
static const struct {
    const char *filter, *value;
    uint32_t fold;
    bool holds;
} cases[] = {
    {"245$a == 'CAF\u00c9'", "cafe\u0301", MRRC_FOLD_CASE | MRRC_FOLD_NFC, true},
    {"245$a == 'CAF\u00c9'", "cafe\u0301", MRRC_FOLD_CASE, false},
    {"245$a == 'CAF\u00c9'", "cafe\u0301", MRRC_FOLD_NFC, false},
    {"245$a == 'caf\u00e9'", "cafe\u0301", MRRC_FOLD_NFKD, true},
    {"245$a != 'CAFE'", "cafe", MRRC_FOLD_CASE, false},
    {"245$a in ['a', 'B', 'C']", "b", MRRC_FOLD_CASE, true},
    {"245$a in ['Z', 'y', 'X', 'w', 'V', 'u', 'T', 's', 'R']", "t", MRRC_FOLD_CASE, true},
    {"245$a in ['Z', 'y', 'X', 'w', 'V', 'u', 'T', 's', 'R']", "Q", MRRC_FOLD_CASE, false},
    {"245$a =? 'SS'", "Stra\u00dfe", MRRC_FOLD_CASE, true},
    {"245$a =? '\u00df'", "STRASSE", MRRC_FOLD_CASE, true},
    {"245$a =^ 'stras'", "STRA\u00dfE", MRRC_FOLD_CASE, true},
    {"245$a =$ 'SSE'", "stra\u00dfe", MRRC_FOLD_CASE, true},
    {"245$a < 'b'", "A", MRRC_FOLD_CASE, true},
    {"245$a < 'B'", "a", 0, false},
    {"245$a >= 'B'", "a", MRRC_FOLD_CASE, false},
    {"245$a =~ '^caf\u00e9$'", "CAFE\u0301", MRRC_FOLD_CASE | MRRC_FOLD_NFC, true},
    {"245$a =~ '^caf\u00e9$'", "CAFE\u0301", MRRC_FOLD_NFC, false},
    {"245$a =~ '^caf\u00e9$'", "cafe\u0301", MRRC_FOLD_NFC, true},
    {"245$a =~ '\\\\S{4}'", "a\u0301b\u0301", MRRC_FOLD_NFC, false},
    {"245$a =* 'LIGHTHOUSE'", "lighthousf", MRRC_FOLD_CASE, true},
    {"245$a =* 'LIGHTHOUSE'", "lighthousf", 0, false},
    {"245$a == ''", "", MRRC_FOLD_CASE | MRRC_FOLD_NFC, true},
    {"245$a{$a=\\STRASSE}", "stra\u00dfe", MRRC_FOLD_CASE, true},
    {"245$a{$a=\\STRASSE}", "stra\u00dfe", 0, false},
    {"245$a{$a~\\\u00c9}", "cafe\u0301", MRRC_FOLD_CASE | MRRC_FOLD_NFC, true},
    {"245$a{$a!=\\STRASSE}", "stra\u00dfe", MRRC_FOLD_CASE, false},
    {"ldr.type == 'A'", "x", MRRC_FOLD_CASE, true},
    {"245{ a == 'CAF\u00c9' }", "caf\u00e9", MRRC_FOLD_CASE, true},
    {"ALL 245$a == 'X'", "x", MRRC_FOLD_CASE, true},
    {"#245$a == 1", "x", MRRC_FOLD_CASE, true},
};

static mrrc_buffer record_of(const char *value) {
    mrrc_buffer made = {0};
    static const char leader[] = "00000nam a2200000   4500";
    CHECK(mrrci_buffer_append(&made, leader, 24) == MRRC_OK);
    CHECK(mrrci_buffer_append(&made, "\x1e" "245  \x1f" "a", 8) == MRRC_OK);
    CHECK(mrrci_buffer_append(&made, value, strlen(value)) == MRRC_OK);
    return made;
}

static void test_filters(void) {
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_query_fault fault;
        mrrc_filter *filter = mrrc_filter_new(cases[i].filter, strlen(cases[i].filter), 80,
                                              cases[i].fold, &fault);
        CHECK_FOR(filter != NULL, "%s: %s", cases[i].filter, fault.message);
        mrrc_buffer record = record_of(cases[i].value);
        uint32_t end = (uint32_t)record.size;
        uint8_t match = 9;
        size_t done;
        CHECK(mrrc_filter_records(filter, record.data, &end, 1, &match, &done) == MRRC_OK);
        CHECK_FOR(match == cases[i].holds, "%s of %s", cases[i].filter, cases[i].value);
        mrrci_buffer_clear(&record);
        mrrc_filter_free(filter);
    }
}

/* No length is out of the question where lengths change. */
static void test_warnings(void) {
    static const char text[] = "008/0-1 == 'abc'";
    for (uint32_t fold = 0; fold <= MRRC_FOLD_CASE; fold += MRRC_FOLD_CASE) {
        mrrc_query_fault fault;
        size_t count;
        mrrc_filter *filter = mrrc_filter_new(text, sizeof text - 1, 80, fold, &fault);
        (void)mrrc_filter_warnings(filter, &count);
        CHECK(count == (fold == 0));
        mrrc_filter_free(filter);
    }
}

static void without_memory(void *unused) {
    (void)unused;
    static const char text[] = "245$a in ['\u00c9'] || 245$a =* '\u00c8' || 245$a{$a=\\\u00c9}";
    mrrc_query_fault fault;
    mrrc_filter *filter =
        mrrc_filter_new(text, sizeof text - 1, 80, MRRC_FOLD_CASE | MRRC_FOLD_NFD, &fault);
    CHECK(filter != NULL || fault.code == MRRC_ERR_MEMORY);
    if (filter == NULL)
        return;
    static const uint8_t record[] =
        "00000nam a2200000   4500\x1e" "245  \x1f" "ae\u0301x";
    uint32_t end = sizeof record - 1;
    uint8_t match;
    size_t done;
    int status = mrrc_filter_records(filter, record, &end, 1, &match, &done);
    CHECK(status == MRRC_OK ? match == 0 : status == MRRC_ERR_MEMORY);
    mrrc_filter_free(filter);
}

int main(void) {
    test_texts();
    test_filters();
    test_warnings();
    check_memory_sweep(without_memory, NULL);
    return check_report();
}
