/* SPDX-License-Identifier: MIT
 *
 * test_validate_links.c: fields and their forms in another script, with and without partners.
 */
#include "check_rules.h"

static mrrc_rules *rules;
static mrrc_buffer found;

/* Checks what is said of the links of a record that has these fields; each rule by its number. */
static void expect(int line, const char *fields, size_t size, const uint16_t *wanted,
                   size_t count) {
    static const char start[] = BOOK_START;
    uint8_t *record = malloc(sizeof start + size);
    size_t seen = 0;
    if (record == NULL)
        abort();
    memcpy(record, start, sizeof start - 1);
    memcpy(record + sizeof start - 1, fields, size);
    CHECK_EQ_INT(check_one(rules, record, sizeof start - 1 + size, &found), MRRC_OK);
    for (size_t i = 0; i < count_of(&found); i++) {
        const mrrc_finding *finding = finding_of(&found, i);
        if (finding->rule < MRRC_RULE_LINK_FORM || finding->rule > MRRC_RULE_LINK_REPEATED) {
            CHECK_FOR(false, "rule %d in line %d", finding->rule, line);
            continue;
        }
        CHECK_FOR(seen < count && finding->rule == wanted[seen], "rule %d in line %d",
                  finding->rule, line);
        CHECK_FOR(finding->severity == MRRC_WARNING, "line %d", line);
        seen++;
    }
    CHECK_FOR(seen == count, "%zu of %zu in line %d", seen, count, line);
    free(record);
}

#define EXPECT(fields, ...)                                                      \
    do {                                                                         \
        static const uint16_t wanted_[] = {0, __VA_ARGS__};                      \
        expect(__LINE__, fields, sizeof(fields) - 1, wanted_ + 1,                \
               sizeof wanted_ / sizeof *wanted_ - 1);                            \
    } while (0)

#define TITLE F "24510" S "6880-01" S "aA"
#define OTHER F "88010" S "6245-01/(2/r" S "aB"

static void test_pairs(void) {
    EXPECT(F "24510" S "aA", );
    EXPECT(TITLE OTHER, );
    EXPECT(OTHER TITLE, );
    EXPECT(TITLE, MRRC_RULE_LINK_MISSING);
    EXPECT(F "24510" S "aA" OTHER, MRRC_RULE_LINK_MISSING);
    /* the number is right, the tag is not */
    EXPECT(F "24510" S "aA" F "2461 " S "6880-01" S "aA" OTHER, MRRC_RULE_LINK_MISSING,
           MRRC_RULE_LINK_MISSING);
    EXPECT(TITLE F "88010" S "6245-02" S "aB", MRRC_RULE_LINK_MISSING, MRRC_RULE_LINK_MISSING);
    /* 00 is no pair */
    EXPECT(F "24510" S "aA" F "88010" S "6245-00" S "aB", );
    EXPECT(F "24510" S "6880-00" S "aA", MRRC_RULE_LINK_FORM);
    /* three digits, where there are so many */
    EXPECT(F "24510" S "6880-101" S "aA" F "88010" S "6245-101" S "aB", );
    /* two pairs of one number */
    EXPECT(TITLE OTHER OTHER, MRRC_RULE_LINK_REPEATED);
    EXPECT(TITLE OTHER F "2461 " S "6880-01" S "aC" F "8801 " S "6246-01" S "aD", );
}

static void test_forms(void) {
    EXPECT(F "24510" S "6880" S "aA", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "6880-1" S "aA", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "6880-0x" S "aA", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "6880-01x" S "aA", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "6880-0001" S "aA", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "6246-01" S "aA", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "6" S "aA", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "aA" F "88010" S "aB", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "aA" F "88010" S "6" S "aB", MRRC_RULE_LINK_FORM);
    EXPECT(F "24510" S "aA" F "88010" S "6880-01" S "aB", MRRC_RULE_LINK_FORM);
}

/* Links, forgotten between two records of one call, and many of them. */
static void test_many(void) {
    enum { MANY = 30000 };
    static const char first[] = BOOK_START TITLE OTHER, second[] = BOOK_START TITLE;
    uint8_t block[sizeof first + sizeof second];
    const uint32_t ends[2] = {sizeof first - 1, sizeof first + sizeof second - 2};
    memcpy(block, first, sizeof first - 1);
    memcpy(block + sizeof first - 1, second, sizeof second - 1);
    found.size = 0;
    CHECK_EQ_INT(mrrc_validate(rules, block, ends, 2, &found, NULL), MRRC_OK);
    CHECK_EQ_INT(count_of(&found), 1);
    CHECK(finding_of(&found, 0)->record == 1 &&
          finding_of(&found, 0)->rule == MRRC_RULE_LINK_MISSING);
    mrrc_buffer large = {{NULL}, 0, 0};
    CHECK_EQ_INT(mrrci_buffer_append(&large, first, sizeof first - 1), 0);
    for (int i = 0; i < MANY; i++)
        CHECK_EQ_INT(mrrci_buffer_append(&large, OTHER, sizeof OTHER - 1), 0);
    CHECK_EQ_INT(check_one(rules, large.data, large.size, &found), MRRC_OK);
    CHECK_EQ_INT(count_of(&found), 1001);
    CHECK(finding_of(&found, 1000)->rule == MRRC_RULE_TOO_MANY);
    mrrci_buffer_clear(&large);
}

int main(void) {
    rules = rules_of_marc21();
    test_pairs();
    test_forms();
    test_many();
    mrrc_rules_free(rules);
    mrrci_buffer_clear(&found);
    return check_report();
}
