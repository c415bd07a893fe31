/* SPDX-License-Identifier: MIT
 *
 * The text of a filter or a query, character by character: strings with their escapes, blanks,
 * and what is kept of faults and warnings.
 */
#include "check.h"
#include "scan.h"

static mrrci_scan scan_of(const uint8_t *text, size_t size, mrrc_query_fault *fault) {
    *fault = (mrrc_query_fault){0};
    return (mrrci_scan){.text = text, .end = size, .fault = fault};
}

static void test_characters(void) {
    mrrc_query_fault fault;
    uint8_t *text = check_copy("a\0 \t\r\n\vb", 8);
    mrrci_scan scan = scan_of(text, 8, &fault);
    CHECK_EQ_INT(mrrci_peek(&scan, 0), 'a');
    CHECK_EQ_INT(mrrci_peek(&scan, 7), 'b');
    CHECK_EQ_INT(mrrci_peek(&scan, 8), 0);
    CHECK_EQ_INT(mrrci_peek(&scan, SIZE_MAX), 0);
    CHECK(!mrrci_skip_blanks(&scan));
    CHECK(!mrrci_take(&scan, 'b') && mrrci_take(&scan, 'a'));
    CHECK(!mrrci_take(&scan, 0)); /* which is also what stands behind the end */
    scan.at = 2;
    CHECK(mrrci_skip_blanks(&scan));
    CHECK_EQ_INT(scan.at, 6); /* marc21 has four blanks */
    scan.at = 8;
    CHECK(!mrrci_skip_blanks(&scan));
    free(text);
}

static void test_strings(void) {
    static const struct {
        const char *text, *says;
        size_t end;
    } cases[] = {
        {"'x' y", "x", 3},
        {"\"it's\"", "it's", 6},
        {"''", "", 2},
        {"'\\n\\r\\t\\b\\f\\\\\\/'", "\n\r\t\b\f\\/", 16},
        {"'\\''", "'", 4},
        {"\"\\\"\"", "\"", 4},
        {"'a\\ \t\r\n b'", "ab", 10},
        {"'a\nb'", "a\nb", 5},
        {"'\xc3\xa9'", "\xc3\xa9", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_query_fault fault;
        mrrc_buffer bytes = {0};
        uint8_t *text = check_copy(cases[i].text, strlen(cases[i].text));
        mrrci_scan scan = scan_of(text, strlen(cases[i].text), &fault);
        check_put_text(&bytes, "before ");
        CHECK_FOR(mrrci_parse_string(&scan, &bytes) == MRRC_OK, "%s", cases[i].text);
        CHECK_FOR(scan.at == cases[i].end, "%s: %zu", cases[i].text, scan.at);
        CHECK_BYTES(bytes.data + 7, bytes.size - 7, cases[i].says, strlen(cases[i].says));
        mrrci_buffer_clear(&bytes);
        free(text);
    }
}

static void test_bad_strings(void) {
    static const struct {
        const char *text;
        int code;
        uint32_t offset;
    } cases[] = {
        {"", MRRC_ERR_QUERY_SYNTAX, 0},        {"x", MRRC_ERR_QUERY_SYNTAX, 0},
        {"'", MRRC_ERR_QUERY_STRING, 0},       {"'x", MRRC_ERR_QUERY_STRING, 0},
        {"'x\"", MRRC_ERR_QUERY_STRING, 0},    {"'x\\'", MRRC_ERR_QUERY_STRING, 0},
        {"'x\\", MRRC_ERR_QUERY_STRING, 2},    {"'x\\d'", MRRC_ERR_QUERY_STRING, 2},
        {"'x\\\"'", MRRC_ERR_QUERY_STRING, 2}, {"'x\\  ", MRRC_ERR_QUERY_STRING, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_query_fault fault;
        mrrc_buffer bytes = {0};
        uint8_t *text = check_copy(cases[i].text, strlen(cases[i].text));
        mrrci_scan scan = scan_of(text, strlen(cases[i].text), &fault);
        int status = mrrci_parse_string(&scan, &bytes);
        CHECK_FOR(status == cases[i].code && fault.code == status, "%s: %d", cases[i].text, status);
        CHECK_FOR(fault.offset == cases[i].offset, "%s: %u", cases[i].text, fault.offset);
        mrrci_buffer_clear(&bytes);
        free(text);
    }
}

static void test_faults(void) {
    mrrc_query_fault fault;
    mrrci_scan scan = scan_of((const uint8_t *)"abc", 3, &fault);
    char long_text[1024];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    scan.at = 1;
    CHECK_EQ_INT(mrrci_refuse_syntax(&scan, "first", long_text, NULL), MRRC_ERR_QUERY_SYNTAX);
    CHECK_EQ_INT(mrrci_refuse_at(&scan, 2, MRRC_ERR_QUERY_MEANING, "second", NULL, "hint"),
                 MRRC_ERR_QUERY_MEANING);
    CHECK_EQ_INT(fault.offset, 1);
    CHECK(strcmp(fault.message, "first") == 0 && fault.hint[0] == 0);
    CHECK_EQ_INT(strlen(fault.expected), sizeof fault.expected - 1);
    scan.fault = NULL; /* nobody wants to know */
    CHECK_EQ_INT(mrrci_refuse(&scan, "third"), MRRC_ERR_QUERY_SYNTAX);
}

static void test_warnings(void) {
    mrrc_query_fault fault;
    mrrc_buffer warnings = {0};
    mrrci_scan scan = scan_of((const uint8_t *)"abc", 3, &fault);
    CHECK(mrrci_warn(&scan, 0, "nobody hears", NULL) == MRRC_OK);
    scan.warnings = &warnings;
    for (size_t i = 0; i < 100; i++)
        CHECK(mrrci_warn(&scan, i, "heard", "hint") == MRRC_OK);
    CHECK_EQ_INT(warnings.size / sizeof fault, 64);
    memcpy(&fault, warnings.data + sizeof fault, sizeof fault);
    CHECK_EQ_INT(fault.offset, 1);
    CHECK_EQ_INT(fault.code, 0);
    CHECK(strcmp(fault.message, "heard") == 0 && strcmp(fault.hint, "hint") == 0);
    mrrci_buffer_clear(&warnings);
}

static int run_all(void) {
    mrrc_query_fault fault;
    mrrc_buffer bytes = {0}, warnings = {0};
    mrrci_scan scan = scan_of((const uint8_t *)"'x\\n'", 5, &fault);
    scan.warnings = &warnings;
    int status = mrrci_parse_string(&scan, &bytes);
    if (status == MRRC_OK)
        status = mrrci_warn(&scan, 0, "x", NULL);
    CHECK(status < 0 || check_holds(&bytes, "x\n", 2));
    mrrci_buffer_clear(&bytes);
    mrrci_buffer_clear(&warnings);
    return status;
}

int main(void) {
    test_characters();
    test_strings();
    test_bad_strings();
    test_faults();
    test_warnings();
    sweep(run_all);
    return check_report();
}
