/* SPDX-License-Identifier: MIT
 *
 * One value and one test: parts found as memmem() finds them, likeness as the whole table of
 * distances has it, strings in order.
 */
#define _GNU_SOURCE
#include "check.h"
#include "query_program.h"

static void test_find(void) {
    uint64_t state = 20260113;
    for (int i = 0; i < 100000; i++) {
        char text[120], part[8];
        size_t size = check_random(&state, sizeof text), part_size = check_random(&state, 7) + 1;
        for (size_t j = 0; j < size; j++)
            text[j] = (char)('a' + check_random(&state, 2));
        for (size_t j = 0; j < part_size; j++)
            part[j] = (char)('a' + check_random(&state, 2));
        if (part_size > size)
            continue;
        uint8_t *copy = check_copy(text, size);
        const uint8_t *found = mrrci_find(copy, size, (const uint8_t *)part, part_size);
        if (found != (const uint8_t *)memmem(copy, size, part, part_size))
            CHECK_FOR(false, "%.*s in %.*s", (int)part_size, part, (int)size, text);
        free(copy);
    }
    CHECK(true);
}

/* A part that nearly fits everywhere takes no square of time. */
static void test_find_hostile(void) {
    enum { LARGE = 4000000, PART = 100000 };
    uint8_t *text = malloc(LARGE), *part = malloc(PART);
    if (text == NULL || part == NULL)
        abort();
    memset(text, 'a', LARGE);
    memset(part, 'a', PART);
    part[PART / 2] = 'b';
    CHECK(mrrci_find(text, LARGE, part, PART) == NULL);
    text[LARGE - PART / 2] = 'b';
    CHECK(mrrci_find(text, LARGE, part, PART) == text + LARGE - PART);
    free(text);
    free(part);
}

static void test_points(void) {
    static const struct {
        const char *text;
        uint32_t points[5];
        size_t count;
    } cases[] = {{"", {0}, 0},
                 {"a\xc3\xa4", {'a', 0xE4}, 2},
                 {"\xf0\x9f\x98\x80", {0x1F600}, 1},
                 {"\xff\xfe", {0xFFFD, 0xFFFD}, 2},
                 {"\xc3", {0xFFFD}, 1},
                 {"\xe2\x82x", {0xFFFD, 'x'}, 2},
                 {"\x80z", {0xFFFD, 'z'}, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer points = {0};
        uint8_t *copy = check_copy(cases[i].text, strlen(cases[i].text));
        CHECK(mrrci_points_of(copy, strlen(cases[i].text), &points) == MRRC_OK);
        CHECK_BYTES(points.data, points.size, cases[i].points, cases[i].count * sizeof(uint32_t));
        mrrci_buffer_clear(&points);
        free(copy);
    }
}

static size_t distance(const char *one, size_t one_size, const char *other, size_t other_size) {
    size_t table[16][16];
    for (size_t i = 0; i <= one_size; i++)
        for (size_t j = 0; j <= other_size; j++) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            size_t best = table[i - 1][j - 1] + (one[i - 1] != other[j - 1]);
            best = table[i - 1][j] + 1 < best ? table[i - 1][j] + 1 : best;
            table[i][j] = table[i][j - 1] + 1 < best ? table[i][j - 1] + 1 : best;
        }
    return table[one_size][other_size];
}

/* Whether a value passes one test with one string. */
static int pass(enum mrrci_query_operator operator, uint32_t similarity, const char *string,
                size_t string_size, const char *value, size_t size) {
    mrrc_filter filter = {.similarity = similarity};
    mrrci_tester tester = {.filter = &filter, .work = MRRCI_QUERY_WORK};
    mrrci_test test = {.operator = operator, .count = 1};
    mrrci_string row = {.size = (uint32_t)string_size};
    CHECK(mrrci_points_of((const uint8_t *)string, string_size, &filter.points) == MRRC_OK);
    row.count = (uint32_t)(filter.points.size / sizeof(uint32_t));
    check_put(&filter.bytes, string, string_size);
    check_put(&filter.strings, &row, sizeof row);
    uint8_t *copy = check_copy(value, size);
    int status = mrrci_test_value(&tester, &test, copy, size);
    free(copy);
    mrrci_buffer_clear(&filter.points);
    mrrci_buffer_clear(&filter.bytes);
    mrrci_buffer_clear(&filter.strings);
    mrrci_buffer_clear(&tester.points);
    return status;
}

static void test_similar(void) {
    uint64_t state = 20260114;
    static const uint32_t thresholds[] = {0, 1, 50, 79, 80, 99, 100};
    for (int i = 0; i < 30000; i++) {
        char one[12], other[12];
        size_t one_size = check_random(&state, 12), other_size = check_random(&state, 12);
        for (size_t j = 0; j < one_size; j++)
            one[j] = (char)('a' + check_random(&state, 3));
        for (size_t j = 0; j < other_size; j++)
            other[j] = (char)('a' + check_random(&state, 3));
        uint32_t threshold = thresholds[check_random(&state, 7)];
        size_t longer = one_size > other_size ? one_size : other_size;
        bool wanted =
            distance(one, one_size, other, other_size) * 100 <= (100 - threshold) * longer;
        int seen = pass(MRRCI_SIMILAR, threshold, one, one_size, other, other_size);
        if (seen != wanted)
            CHECK_FOR(false, "%.*s and %.*s at %u: %d", (int)one_size, one, (int)other_size, other,
                      threshold, seen);
    }
    CHECK(pass(MRRCI_SIMILAR, 80, "", 0, "", 0) == 1);
    CHECK(pass(MRRCI_SIMILAR, 80, "\xc3\xa4pfel", 6, "apfel", 5) == 1); /* one of five */
    CHECK(pass(MRRCI_SIMILAR, 81, "\xc3\xa4pfel", 6, "apfel", 5) == 0);
    CHECK(pass(MRRCI_SIMILAR, 80, "apfel", 5, "\xff" "pfel", 5) == 1);
}

static void test_too_long(void) {
    enum { LONG = 60000 };
    char *one = malloc(LONG), *other = malloc(LONG);
    if (one == NULL || other == NULL)
        abort();
    memset(one, 'a', LONG);
    memset(other, 'b', LONG);
    CHECK_EQ_INT(pass(MRRCI_SIMILAR, 10, one, LONG, other, LONG), MRRC_ERR_QUERY_LIMIT);
    free(one);
    free(other);
}

static void test_order(void) {
    static const char text[] = "bananaappleappbcherry\xc3\xa4";
    mrrci_string strings[] = {{0, 6, 0, 0}, {6, 5, 0, 0}, {6, 3, 0, 0},  {14, 1, 0, 0},
                              {0, 0, 0, 0}, {21, 2, 0, 0}, {15, 6, 0, 0}};
    static const uint32_t wanted[] = {0, 3, 5, 1, 6, 6, 2}; /* sizes: "" app apple b banana .. */
    mrrci_sort_strings(strings, 7, (const uint8_t *)text);
    for (size_t i = 0; i < 7; i++)
        CHECK_EQ_INT(strings[i].size, wanted[i]);
    mrrci_sort_strings(strings, 0, (const uint8_t *)text);
}

static void test_compare(void) {
    CHECK(pass(MRRCI_EQUAL, 80, "a", 1, "a", 1) == 1 && pass(MRRCI_EQUAL, 80, "a", 1, "ab", 2) == 0);
    CHECK(pass(MRRCI_EQUAL, 80, "", 0, "", 0) == 1);
    CHECK(pass(MRRCI_LESS, 80, "b", 1, "a\xff", 2) == 1 && pass(MRRCI_LESS, 80, "a", 1, "a", 1) == 0);
    CHECK(pass(MRRCI_LESS, 80, "a", 1, "\xc3\xa4", 2) == 0);
    CHECK(pass(MRRCI_LESS_EQUAL, 80, "a", 1, "a", 1) == 1);
    CHECK(pass(MRRCI_LESS_EQUAL, 80, "a", 1, "ab", 2) == 0);
    CHECK(pass(MRRCI_CONTAINS, 80, "", 0, "", 0) == 1);
    CHECK(pass(MRRCI_STARTS, 80, "ab", 2, "a", 1) == 0 && pass(MRRCI_STARTS, 80, "a", 1, "ab", 2) == 1);
    CHECK(pass(MRRCI_ENDS, 80, "b", 1, "ab", 2) == 1 && pass(MRRCI_ENDS, 80, "a", 1, "ab", 2) == 0);
}

int main(void) {
    test_find();
    test_find_hostile();
    test_points();
    test_similar();
    test_too_long();
    test_order();
    test_compare();
    return check_report();
}
