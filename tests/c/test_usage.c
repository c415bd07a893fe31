/* SPDX-License-Identifier: MIT
 *
 * Which fields and subfields records have, beside a slow count of them.
 */
#include "check_table.h"
#include "packed.h"

/* What was counted for a kind of field and a code; 0 for fields. */
static uint64_t count_of(const mrrc_buffer *rows, const char *kind, uint8_t code) {
    for (size_t at = 0; at < rows->size;) {
        uint32_t size;
        memcpy(&size, rows->data + at, sizeof size);
        at += sizeof size + size;
        if (size == strlen(kind) && memcmp(rows->data + at - size, kind, size) == 0) {
            uint64_t count;
            memcpy(&count, rows->data + at + code * sizeof count, sizeof count);
            return count;
        }
        at += 128 * sizeof(uint64_t);
    }
    return 0;
}

static int count(const char *record, size_t size, mrrc_buffer *rows) {
    mrrc_usage *usage = mrrc_usage_new();
    uint8_t *copy = check_copy(record, size);
    const uint32_t ends[1] = {(uint32_t)size};
    const mrrc_batch_view view = {.block = copy, .ends = ends, .block_size = size, .count = 1};
    size_t done;
    int status = mrrc_usage_records(usage, &view, 0, 1, &done);
    CHECK(mrrc_usage_rows(usage, rows) == MRRC_OK);
    CHECK_EQ_INT(mrrc_usage_records(usage, &view, 0, 2, &done), MRRC_ERR_ARGUMENT);
    mrrc_usage_free(usage);
    free(copy);
    return status;
}

static void test_counts(void) {
    mrrc_buffer rows = {0};
    CHECK(count(ONE, sizeof ONE - 1, &rows) == MRRC_OK);
    CHECK_EQ_INT(count_of(&rows, "020  ", 'a'), 2);
    CHECK_EQ_INT(count_of(&rows, "020  ", 'q'), 1);
    CHECK_EQ_INT(count_of(&rows, "020  ", 0), 1);
    CHECK_EQ_INT(count_of(&rows, "650 0", 'a'), 2);
    CHECK_EQ_INT(count_of(&rows, "650 7", 'a'), 1);
    CHECK_EQ_INT(count_of(&rows, "500  ", 0), 1);
    CHECK_EQ_INT(count_of(&rows, "001id", 0), 0);
    mrrci_buffer_clear(&rows);
}

static void test_odd(void) {
    static const char odd[] = LEADER "\x1e" "100\xc3\xa9" "1\x1f" "ax\x1f\xc3\xa9y\x1f\x1f" "b"
                                     "\x1e" "999" "\x1e" "9981\x1e" "997\x1f" "a\x1e" "99612x\x1f" "a";
    mrrc_buffer rows = {0};
    CHECK(count(odd, sizeof odd - 1, &rows) == MRRC_OK);
    CHECK_EQ_INT(count_of(&rows, "100\xc3\xa9" "1", 'a'), 1);
    CHECK_EQ_INT(count_of(&rows, "100\xc3\xa9" "1", 'b'), 1);
    CHECK_EQ_INT(count_of(&rows, "100\xc3\xa9" "1\x1f\xc3\xa9", 0), 1);
    CHECK_EQ_INT(count_of(&rows, "999", 0), 1);
    CHECK_EQ_INT(count_of(&rows, "9981", 0), 1);
    CHECK_EQ_INT(count_of(&rows, "997", 'a'), 1);
    CHECK_EQ_INT(count_of(&rows, "99612x", 'a'), 1);
    mrrci_buffer_clear(&rows);
}

static void test_bad(void) {
    static const struct {
        const char *record;
        size_t size;
    } cases[] = {{LEADER, 23}, {LEADER "x", 25}, {LEADER "\x1e" "24", 27}, {LEADER "\x1e\x1e\x1e" "1", 28},
                 {LEADER "\x1e" "2451234567890123456789012345\x1f" "a", 55},
                 {LEADER "\x1e" "24510\x1f\xe2", 32}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer rows = {0};
        CHECK_FOR(count(cases[i].record, cases[i].size, &rows) == MRRC_ERR_PACKED_INVALID, "%zu",
                  i);
        mrrci_buffer_clear(&rows);
    }
}

/* The same as a walk from field to field finds, for records of all sizes. */
static void test_chance(void) {
    static const char *const tags[] = {"245", "650", "001", "9A9"}, *const inds[] = {"  ", "10"};
    static const char codes[] = "abz09$";
    uint64_t state = 9;
    for (int run = 0; run < 3000; run++) {
        uint64_t wanted = 0, fields = 0;
        mrrc_buffer record = {0}, rows = {0};
        check_put_text(&record, LEADER);
        for (uint32_t left = check_random(&state, 20); left > 0; left--) {
            const char *tag = tags[check_random(&state, 4)];
            bool counted = strcmp(tag, "650") == 0;
            check_put_text(&record, "\x1e");
            check_put_text(&record, tag);
            if (strcmp(tag, "001") == 0) {
                check_put_text(&record, "number");
                continue;
            }
            const char *ind = inds[check_random(&state, 2)];
            counted = counted && *ind == '1';
            fields += counted;
            check_put_text(&record, ind);
            for (uint32_t more = check_random(&state, 6); more > 0; more--) {
                char code = codes[check_random(&state, 6)];
                check_put_text(&record, "\x1f");
                check_put(&record, &code, 1);
                check_put(&record, "a value that may be longer than all of a step is, or not",
                          check_random(&state, 50));
                wanted += counted && code == 'z';
            }
        }
        CHECK(count(record.text, record.size, &rows) == MRRC_OK);
        CHECK_EQ_INT(count_of(&rows, "65010", 'z'), wanted);
        CHECK_EQ_INT(count_of(&rows, "65010", 0), fields);
        mrrci_buffer_clear(&record);
        mrrci_buffer_clear(&rows);
    }
}

static int run_usage(void) {
    static const uint32_t ends[1] = {sizeof ONE - 1};
    const mrrc_batch_view view = {
        .block = (const uint8_t *)ONE, .ends = ends, .block_size = sizeof ONE - 1, .count = 1};
    mrrc_usage *usage = mrrc_usage_new();
    mrrc_buffer rows = {0};
    size_t done;
    int status = usage == NULL ? MRRC_ERR_MEMORY : mrrc_usage_records(usage, &view, 0, 1, &done);
    if (status == MRRC_OK)
        status = mrrc_usage_rows(usage, &rows);
    if (status == MRRC_OK)
        CHECK_EQ_INT(count_of(&rows, "020  ", 'a'), 2);
    mrrci_buffer_clear(&rows);
    mrrc_usage_free(usage);
    return status;
}

int main(void) {
    test_counts();
    test_odd();
    test_bad();
    test_chance();
    sweep(run_usage);
    return check_report();
}
