/* SPDX-License-Identifier: MIT
 *
 * What a reference finds in one field: characters and not bytes, marc21's ranges, indicators, and
 * subfields with places of their own.
 */
#include "check.h"
#include "reference.h"

static void check_cut(mrrci_span span, const char *text, const char *wanted, int line) {
    mrrci_stretch cut;
    uint8_t *copy = check_copy(text, strlen(text));
    bool found = mrrci_cut(&span, copy, strlen(text), &cut);
    check_that(found == (wanted != NULL), __FILE__, line, text);
    if (found && wanted != NULL)
        check_bytes(cut.at, cut.size, wanted, strlen(wanted), __FILE__, line, text);
    free(copy);
}

#define CUT(from, end, tail, text, wanted) \
    check_cut((mrrci_span){from, end, tail}, text, wanted, __LINE__)

static void test_cut(void) {
    CUT(0, UINT32_MAX, 0, "", "");
    CUT(0, UINT32_MAX, 0, "abc", "abc");
    CUT(0, 1, 0, "", NULL);
    CUT(1, 3, 0, "abcd", "bc");
    CUT(1, 9, 0, "abcd", "bcd");
    CUT(4, 9, 0, "abcd", NULL);
    CUT(3, 1, 0, "abcd", NULL);
    CUT(1, 3, 0, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" "d", "\xe2\x82\xac\xf0\x9f\x98\x80");
    CUT(0, 0, 1, "abcd", "d");
    CUT(0, 0, 2, "ab\xc3\xa4", "b\xc3\xa4");
    CUT(0, 0, 9, "ab", "ab");
    CUT(0, 2, 0, "\x80\x80\x80", "\x80\x80\x80"); /* of what is no UTF-8 nothing is read beyond */
}

static void check_range(mrrci_span span, bool bytes, const char *text, const char *wanted,
                        int line) {
    mrrci_stretch cut;
    mrrci_cut_range(&span, (const uint8_t *)text, strlen(text), bytes, &cut);
    check_bytes(cut.at, cut.size, wanted, strlen(wanted), __FILE__, line, text);
}

#define RANGE(from, end, bytes, text, wanted) \
    check_range((mrrci_span){from, end, 0}, bytes, text, wanted, __LINE__)

static void test_range(void) {
    for (int bytes = 0; bytes < 2; bytes++) {
        RANGE(1, 3, bytes != 0, "abcd", "bc");
        RANGE(0, 4, bytes != 0, "abcd", "abcd");
        RANGE(0, 5, bytes != 0, "abcd", "");
        RANGE(2, UINT32_MAX, bytes != 0, "abcd", "cd");
        RANGE(4, UINT32_MAX, bytes != 0, "abcd", "");
        RANGE(5, UINT32_MAX, bytes != 0, "abcd", "");
        RANGE(3, 2, bytes != 0, "abcd", "");
    }
    RANGE(0, 1, true, "\xc3\xa4", "\xc3");
    RANGE(0, 1, false, "\xc3\xa4", "\xc3\xa4");
    RANGE(0, 2, false, "\xc3\xa4", "");
}

static const char body[] = "1 \x1f" "aone\x1f" "btwo\x1f" "athree\x1f" "a\x1f\xc3\xa4odd";

static void test_values(void) {
    const mrrci_field field = {(const uint8_t *)"245", (const uint8_t *)body, sizeof body - 1,
                               false};
    mrrci_reference reference = {.kind = MRRCI_REFERENCE_SUBFIELDS, .parts = 2};
    mrrci_values values;
    mrrci_stretch text;
    const mrrci_part *part;
    reference.part[0] = (mrrci_part){.occurrence = {0, 0, 2}, .characters = {0, 2, 0}};
    mrrci_add(&reference.part[0].codes, 'a');
    reference.part[1] =
        (mrrci_part){.occurrence = MRRCI_EVERYTHING, .characters = MRRCI_EVERYTHING, .any = true};
    static const char *const wanted[] = {"one", "two", "th", "three", "", "odd"};
    mrrci_values_begin(&values, &reference, &field);
    for (size_t i = 0; i < 6; i++) {
        CHECK(mrrci_value_next(&values, &text, &part));
        CHECK_BYTES(text.at, text.size, wanted[i], strlen(wanted[i]));
        CHECK(part == &reference.part[i == 2 ? 0 : 1]);
    }
    CHECK(!mrrci_value_next(&values, &text, &part) && !mrrci_value_next(&values, &text, &part));
}

static void test_indicators(void) {
    const mrrci_field field = {(const uint8_t *)"245", (const uint8_t *)body, sizeof body - 1,
                               false};
    const mrrci_field short_one = {(const uint8_t *)"245", (const uint8_t *)"1\x1f" "ax", 4, false};
    mrrci_stretch text;
    CHECK(mrrci_cut_indicator(&field, 0, &text) && text.size == 1 && *text.at == '1');
    CHECK(mrrci_cut_indicator(&field, 1, &text) && text.size == 1 && *text.at == ' ');
    CHECK(mrrci_cut_indicator(&short_one, 0, &text) && !mrrci_cut_indicator(&short_one, 1, &text));
}

static void test_resolve(void) {
    size_t from, end;
    mrrci_resolve(&(mrrci_span){0, UINT32_MAX, 0}, 7, &from, &end);
    CHECK(from == 0 && end == SIZE_MAX);
    mrrci_resolve(&(mrrci_span){2, 5, 0}, 7, &from, &end);
    CHECK(from == 2 && end == 5);
    mrrci_resolve(&(mrrci_span){0, 0, 3}, 7, &from, &end);
    CHECK(from == 4 && end == 7);
    mrrci_resolve(&(mrrci_span){0, 0, 3}, 2, &from, &end);
    CHECK(from == 0 && end == 2);
}

static void test_suits(void) {
    const mrrci_field data = {(const uint8_t *)"245", (const uint8_t *)"10", 2, false};
    const mrrci_field control = {(const uint8_t *)"001", (const uint8_t *)"x", 1, true};
    mrrci_reference any = {.kind = MRRCI_REFERENCE_FIELD,
                           .any_indicator = {true, true},
                           .plain_indicators = true};
    for (int i = 0; i < 3; i++)
        for (uint8_t digit = '0'; digit <= '9'; digit++)
            mrrci_add(&any.tag[i], digit);
    CHECK(mrrci_suits(&any, &data) && mrrci_suits(&any, &control));
    any.any_indicator[1] = false;
    CHECK(!mrrci_suits(&any, &data) && mrrci_suits(&any, &control));
    mrrci_add(&any.indicators[1], '0');
    CHECK(mrrci_suits(&any, &data));
    any.plain_indicators = false;
    CHECK(!mrrci_suits(&any, &control));
    any.kind = MRRCI_REFERENCE_SUBFIELDS;
    CHECK(mrrci_suits(&any, &data) && !mrrci_suits(&any, &control));
    any.kind = MRRCI_REFERENCE_RANGE;
    CHECK(!mrrci_suits(&any, &data) && mrrci_suits(&any, &control));
    any.tag[0] = (mrrci_set){{0, 0}};
    CHECK(!mrrci_suits(&any, &control));
}

int main(void) {
    test_cut();
    test_range();
    test_values();
    test_indicators();
    test_resolve();
    test_suits();
    return check_report();
}
