/* SPDX-License-Identifier: MIT
 *
 * Records that came before, by number, content and bytes; and control numbers.
 */
#include "check_table.h"

#define OTHER "99999nam a2288888   4500"
#define SAME "00042nam a2200042   4500"
#define BLANK LEADER "\x1e" "001 \t " "\x1e" "001x"
#define NONE LEADER "\x1e" "245  \x1f" "a001"

static const uint8_t key[16] = {1, 2, 3};

static void check_known(int how, const char *const *records, size_t count, const char *wanted) {
    mrrc_known *known = mrrc_known_new(key);
    uint8_t found[4] = {9, 9, 9, 9};
    check_view view;
    check_view_begin(&view, records, count);
    CHECK(mrrc_known_records(known, how, &view.view, 0, 1, found) == MRRC_OK);
    CHECK(mrrc_known_records(known, how, &view.view, 1, count, found + 1) == MRRC_OK);
    for (size_t i = 0; i < count; i++)
        CHECK_EQ_INT(found[i], wanted[i] - '0');
    CHECK(mrrc_known_records(known, how, &view.view, 0, 5, found) == MRRC_ERR_ARGUMENT);
    check_view_end(&view);
    mrrc_known_free(known);
    mrrc_known_free(NULL);
}

static void test_numbers(void) {
    static const char *const records[] = {ONE, TWO, ONE "\x1e" "9  \x1f" "a", NONE};
    static const char *const nameless[] = {NONE, BLANK, NONE, LEADER};
    check_known(MRRC_KNOWN_BY_NUMBER, records, 4, "1102");
    check_known(MRRC_KNOWN_BY_NUMBER, nameless, 4, "2222");
}

static void test_contents(void) {
    static const char *const records[] = {OTHER "\x1e" "001x", SAME "\x1e" "001x",
                                          SAME "\x1e" "001y", NONE};
    static const char *const leaders[] = {OTHER, "00042nam a2200042   4501",
                                          "00042cam a2200042   4500", SAME};
    check_known(MRRC_KNOWN_BY_CONTENT, records, 4, "1011");
    check_known(MRRC_KNOWN_BY_CONTENT, leaders, 4, "1110");
}

static void test_bytes(void) {
    static const uint32_t lengths[5] = {1, 1, 0, 1, 0};
    mrrc_known *known = mrrc_known_new(key);
    uint8_t found[5];
    CHECK(mrrc_known_bytes(known, (const uint8_t *)"aba", lengths, 5, found) == MRRC_OK);
    CHECK(memcmp(found, "\1\1\1\0\0", 5) == 0);
    CHECK_EQ_INT(mrrc_known_size(known), 3);
    mrrc_known_free(known);
}

/* The table grows, and forgets nothing. */
static void test_many(void) {
    enum { MANY = 5000 };
    static const uint32_t lengths[1] = {4};
    mrrc_known *known = mrrc_known_new(key);
    uint8_t found, text[4];
    for (int again = 0; again < 2; again++)
        for (uint32_t i = 0; i < MANY; i++) {
            memcpy(text, &i, sizeof text);
            CHECK(mrrc_known_bytes(known, text, lengths, 1, &found) == MRRC_OK);
            CHECK_EQ_INT(found, again == 0);
        }
    CHECK_EQ_INT(mrrc_known_size(known), MANY);
    mrrc_known_free(known);
}

static void test_control_numbers(void) {
    static const char *const records[] = {ONE, BLANK, NONE, TWO};
    mrrc_buffer out = {0};
    check_view view;
    check_view_begin(&view, records, 4);
    CHECK(mrrc_control_numbers(&view.view, 0, 4, &out) == MRRC_OK);
    CHECK_BUFFER(out, "id\x1f\x1f\x1f=two\x1f");
    CHECK(mrrc_control_numbers(&view.view, 3, 5, &out) == MRRC_ERR_ARGUMENT);
    check_view_end(&view);
    mrrci_buffer_clear(&out);
}

static void test_what_is_no_record(void) {
    static const char *const records[] = {"short"};
    mrrc_known *known = mrrc_known_new(key);
    mrrc_buffer out = {0};
    uint8_t found;
    check_view view;
    check_view_begin(&view, records, 1);
    CHECK(mrrc_known_records(known, MRRC_KNOWN_BY_NUMBER, &view.view, 0, 1, &found) ==
          MRRC_ERR_PACKED_INVALID);
    CHECK(mrrc_control_numbers(&view.view, 0, 1, &out) == MRRC_ERR_PACKED_INVALID);
    check_view_end(&view);
    mrrci_buffer_clear(&out);
    mrrc_known_free(known);
}

static int run_known(void) {
    static const uint32_t ends[1] = {sizeof ONE - 1};
    const mrrc_batch_view view = {
        .block = (const uint8_t *)ONE, .ends = ends, .block_size = sizeof ONE - 1, .count = 1};
    mrrc_buffer out = {0};
    uint8_t found;
    mrrc_known *known = mrrc_known_new(key);
    int status = known == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    if (status == MRRC_OK)
        status = mrrc_known_records(known, MRRC_KNOWN_BY_CONTENT, &view, 0, 1, &found);
    if (status == MRRC_OK)
        status = mrrc_control_numbers(&view, 0, 1, &out);
    mrrci_buffer_clear(&out);
    mrrc_known_free(known);
    return status;
}

int main(void) {
    test_numbers();
    test_contents();
    test_bytes();
    test_many();
    test_control_numbers();
    test_what_is_no_record();
    sweep(run_known);
    return check_report();
}
