/* SPDX-License-Identifier: MIT
 *
 * test_validate.c: records of each kind against MARC 21: what is found, where, and that good
 * records are left alone.  No sequence of bytes may lead out of a record.
 */
#include "check_rules.h"

static mrrc_rules *rules;
static mrrc_buffer found;

#define TITLE F "24510" S "aA"
#define GOOD BOOK_START TITLE
#define AUTHORITY_START \
    AUTHORITY F "001id" F "008900101n| acannaabn          |a aaa      "
#define HOLDINGS_START HOLDINGS F "001id" F "0089001012u    8   1001uueng0900101"

typedef struct expected {
    uint16_t rule;
    uint8_t severity;
    const char *tag;
    uint32_t occurrence;
    char code;
    uint32_t subfield;
    uint8_t indicator;
    int first, last;          /* -1 for no positions */
    const char *value;
} expected;

/* Checks that a record has just this one finding, or none with a NULL. */
static void expect(int line, const char *record, size_t size, const expected *wanted) {
    CHECK_EQ_INT(check_one(rules, record, size, &found), MRRC_OK);
    size_t count = count_of(&found);
    CHECK_FOR(count == (wanted != NULL), "%zu found, line %d: the first of rule %d", count, line,
              count > 0 ? finding_of(&found, 0)->rule : 0);
    if (wanted == NULL || count == 0)
        return;
    const mrrc_finding *seen = finding_of(&found, 0);
    CHECK_FOR(seen->rule == wanted->rule, "rule %d, line %d", seen->rule, line);
    CHECK_FOR(seen->severity == wanted->severity, "severity %d, line %d", seen->severity, line);
    CHECK_FOR(strcmp((const char *)seen->tag, wanted->tag) == 0, "tag %s, line %d", seen->tag,
              line);
    CHECK_FOR(seen->occurrence == wanted->occurrence, "%u, line %d", seen->occurrence, line);
    CHECK_FOR(seen->code[0] == (uint8_t)wanted->code, "code %c, line %d", seen->code[0], line);
    CHECK_FOR(seen->subfield == wanted->subfield, "%u, line %d", seen->subfield, line);
    CHECK_FOR(seen->indicator == wanted->indicator, "%d, line %d", seen->indicator, line);
    CHECK_FOR(seen->positions == (wanted->first >= 0), "line %d", line);
    if (wanted->first >= 0)
        CHECK_FOR(seen->first == wanted->first && seen->last == wanted->last, "%d-%d, line %d",
                  seen->first, seen->last, line);
    CHECK_FOR(seen->at + seen->size <= size, "line %d", line);
    if (wanted->value == NULL)
        CHECK_FOR(seen->size == 0, "line %d", line);
    else
        CHECK_BYTES(record + seen->at, seen->size, wanted->value, strlen(wanted->value));
}

#define EXPECT(record, ...) \
    expect(__LINE__, record, sizeof(record) - 1, &(const expected){__VA_ARGS__})
#define EXPECT_NONE(record) expect(__LINE__, record, sizeof(record) - 1, NULL)

static void test_good(void) {
    EXPECT_NONE(GOOD);
    EXPECT_NONE(AUTHORITY_START F "1001 " S "aA");
    EXPECT_NONE(HOLDINGS_START F "004bib" F "852  " S "bmain");
    /* everybody's own */
    EXPECT_NONE(GOOD F "909  " S "zA" F "59299" S "!A" F "5009 " S "aA" S "9own");
    /* what the table of another package calls wrong */
    EXPECT_NONE(BOOK_START F "0247 " S "a1" S "2doi" F "02802" S "a1" F "24510" S "aA"
                F "5050 " S "aA" F "5201 " S "aA" F "8001 " S "aA" F "830 0" S "aA"
                F "85640" S "uA");
    /* no position of a kind that leader/06 does not say */
    EXPECT_NONE("00000nam a2200000 a 4500" F "001id" F "008" BOOK_008 TITLE);
}

static void test_fields(void) {
    EXPECT(GOOD F "102  " S "aA", MRRC_RULE_UNKNOWN_FIELD, MRRC_ERROR, "102", 1, 0, 0, 0, -1, 0,
           "  " S "aA");
    EXPECT(GOOD F "ABC  " S "aA", MRRC_RULE_UNKNOWN_FIELD, MRRC_ERROR, "ABC", 0, 0, 0, 0, -1, 0,
           "  " S "aA");
    EXPECT(GOOD F "24510" S "aB" F "24510" S "aC", MRRC_RULE_FIELD_REPEATED, MRRC_ERROR, "245",
           2, 0, 0, 0, -1, 0, "10" S "aB");
    EXPECT(BOOK_START, MRRC_RULE_FIELD_MISSING, MRRC_ERROR, "245", 0, 0, 0, 0, -1, 0, NULL);
    EXPECT(GOOD F "440 0" S "aA", MRRC_RULE_FIELD_OBSOLETE, MRRC_INFO, "440", 1, 0, 0, 0, -1, 0,
           " 0" S "aA");
    EXPECT(GOOD F "1001 " S "aA" F "1102 " S "aB", MRRC_RULE_GROUP_REPEATED, MRRC_ERROR, "110",
           1, 0, 0, 0, -1, 0, "2 " S "aB");
    EXPECT(AUTHORITY_START, MRRC_RULE_GROUP_MISSING, MRRC_ERROR, "", 0, 0, 0, 0, -1, 0, NULL);
    EXPECT(GOOD F "500  ", MRRC_RULE_STRUCTURE, MRRC_ERROR, "500", 1, 0, 0, 0, -1, 0, "  ");
    EXPECT(GOOD F "500   " S "aA", MRRC_RULE_STRUCTURE, MRRC_ERROR, "500", 1, 0, 0, 0, -1, 0,
           "   ");
}

static void test_data(void) {
    EXPECT(GOOD F "500 1" S "aA", MRRC_RULE_INDICATOR, MRRC_ERROR, "500", 1, 0, 0, 2, -1, 0,
           "1");
    EXPECT(GOOD F "500\xC3\xA9 " S "aA", MRRC_RULE_INDICATOR, MRRC_ERROR, "500", 1, 0, 0, 1, -1,
           0, "\xC3\xA9");
    EXPECT(GOOD F "1002 " S "aA", MRRC_RULE_OBSOLETE_CODE, MRRC_INFO, "100", 1, 0, 0, 1, -1, 0,
           "2");
    EXPECT(GOOD F "500  " S "aA" F "500  " S "bB", MRRC_RULE_UNKNOWN_SUBFIELD, MRRC_ERROR, "500",
           2, 'b', 1, 0, -1, 0, "B");
    EXPECT(GOOD F "500  " S "aA" S "aB" S "aC", MRRC_RULE_SUBFIELD_REPEATED, MRRC_ERROR, "500",
           1, 'a', 2, 0, -1, 0, "B");
    EXPECT(GOOD F "260  " S "aA" S "dB", MRRC_RULE_SUBFIELD_OBSOLETE, MRRC_INFO, "260", 1, 'd',
           1, 0, -1, 0, "B");
    EXPECT(GOOD F "500  " S "aA" S "\x7F" "B", MRRC_RULE_SUBFIELD_CODE, MRRC_ERROR, "500", 1,
           '\x7F', 0, 0, -1, 0, "\x7F");
    EXPECT(GOOD F "500  " S "aA" S, MRRC_RULE_SUBFIELD_CODE, MRRC_ERROR, "500", 1, 0, 0, 0, -1,
           0, NULL);
    EXPECT(GOOD F "020  " S "a0306406153 (pbk.)", MRRC_RULE_ISBN, MRRC_WARNING, "020", 1, 'a', 1,
           0, -1, 0, "0306406153 (pbk.)");
    EXPECT(GOOD F "022  " S "a0317-8472", MRRC_RULE_ISSN, MRRC_WARNING, "022", 1, 'a', 1, 0, -1,
           0, "0317-8472");
    /* of an 880 the rules are those of the field that $6 names */
    EXPECT(GOOD F "880 1" S "6500-00" S "aA", MRRC_RULE_INDICATOR, MRRC_ERROR, "880", 1, 0, 0, 2,
           -1, 0, "1");
    EXPECT_NONE(GOOD F "8801 " S "6773-00" S "iA" S "tB" S "gC" S "gD");
    /* $w of a tracing has positions */
    EXPECT(AUTHORITY_START F "1001 " S "aA" F "5001 " S "wgnzn" S "aB", MRRC_RULE_POSITION,
           MRRC_ERROR, "500", 1, 'w', 1, 0, 2, 2, "z");
}

static void test_fixed(void) {
    EXPECT("00000nam a2200000xa 4500" F "001id" F "008" BOOK_008 TITLE, MRRC_RULE_POSITION,
           MRRC_ERROR, "LDR", 0, 0, 0, 0, 17, 17, "x");
    EXPECT("00000nam a2200000Ka 4500" F "001id" F "008" BOOK_008 TITLE, MRRC_RULE_LOCAL_CODE,
           MRRC_INFO, "LDR", 0, 0, 0, 0, 17, 17, "K");
    EXPECT(BOOK F "001id" F "008900101s1990    enka          000 1 eng " TITLE,
           MRRC_RULE_LENGTH, MRRC_ERROR, "008", 1, 0, 0, 0, -1, 0,
           "900101s1990    enka          000 1 eng ");
    EXPECT(BOOK F "001id" F "008900101s1990    enka          000 x eng d" TITLE,
           MRRC_RULE_POSITION, MRRC_ERROR, "008", 1, 0, 0, 0, 33, 33, "x");
    /* positions are characters, and so is a length */
    EXPECT(BOOK F "001id" F "008900101s1990    \xC3\xA9nka          000 1 eng d" TITLE,
           MRRC_RULE_POSITION, MRRC_ERROR, "008", 1, 0, 0, 0, 15, 17, "\xC3\xA9nk");
    EXPECT(GOOD F "007x", MRRC_RULE_CATEGORY, MRRC_ERROR, "007", 1, 0, 0, 0, -1, 0, "x");
    EXPECT(GOOD F "007ta" F "007tx", MRRC_RULE_POSITION, MRRC_ERROR, "007", 2, 0, 0, 0, 1, 1,
           "x");
    EXPECT(GOOD F "007cr_|||", MRRC_RULE_POSITION, MRRC_WARNING, "007", 1, 0, 0, 0, 2, 2, "_");
    EXPECT(GOOD F "005today", MRRC_RULE_VALUE, MRRC_ERROR, "005", 1, 0, 0, 0, -1, 0, "today");
    /* a song book has the positions of music */
    EXPECT("00000ncm a2200000 a 4500" F "001id" F "008900101s1990    enkxxz            n eng d"
           TITLE, MRRC_RULE_POSITION, MRRC_ERROR, "008", 1, 0, 0, 0, 18, 19, "xx");
}

static void test_kinds(void) {
    CHECK_EQ_INT(check_one(rules, AUTHORITY, sizeof AUTHORITY - 1, &found), MRRC_OK);
    CHECK_EQ_INT(finding_of(&found, 0)->kind, MRRC_KIND_AUTHORITY);
    CHECK_EQ_INT(check_one(rules, HOLDINGS, sizeof HOLDINGS - 1, &found), MRRC_OK);
    CHECK_EQ_INT(finding_of(&found, 0)->kind, MRRC_KIND_HOLDINGS);
    CHECK_EQ_INT(check_one(rules, BOOK, sizeof BOOK - 1, &found), MRRC_OK);
    CHECK_EQ_INT(finding_of(&found, 0)->kind, MRRC_KIND_BIBLIOGRAPHIC);
}

/* A bad record ends the call, behind what was found before it. */
static void test_broken(void) {
    static const char block[] = BOOK_START GOOD F "24" F "500" GOOD;
    const uint32_t first = sizeof BOOK_START - 1, second = first + sizeof GOOD - 1 + 7;
    const uint32_t ends[] = {first, second, sizeof block - 1}, backwards[] = {first, 10};
    mrrc_error err = {0};
    found.size = 0;
    CHECK_EQ_INT(mrrc_validate(rules, (const uint8_t *)block, ends, 3, &found, &err),
                 MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(err.record, 2);
    CHECK_EQ_INT(count_of(&found), 1);
    CHECK_EQ_INT(mrrc_validate(rules, (const uint8_t *)block, backwards, 2, &found, NULL),
                 MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(check_one(rules, BOOK, 23, &found), MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(check_one(rules, "", 0, &found), MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(mrrc_validate(rules, NULL, NULL, 0, &found, NULL), MRRC_OK);
}

/* Bytes by chance, and good records with a few of them. */
static void test_chance(void) {
    enum { TIMES = 20000 };
    static const char *const records[] = {
        GOOD F "006a||||||||||||||||||" F "007cr ||||||||||||" F "020  " S "a0306406152" F
             "24510" S "6880-01" S "aA" F "880  " S "6245-01" S "aB",
        AUTHORITY_START F "1001 " S "aA" F "5001 " S "wg" S "aB" F "880  " S "6100-00",
        HOLDINGS_START F "004bib" F "852  " S "bmain" F "86640" S "aA",
    };
    uint64_t state = 7;
    for (int i = 0; i < TIMES; i++) {
        const char *record = records[i % 3];
        size_t size = strlen(record);
        uint8_t *copy = check_copy(record, size);
        for (uint32_t j = 0; j <= check_random(&state, 4); j++)
            copy[check_random(&state, (uint32_t)size)] =
                (uint8_t)(check_random(&state, 3) == 0 ? 0x1D + check_random(&state, 3)
                                                       : check_random(&state, 256));
        int status = check_one(rules, copy, size, &found);
        CHECK(status == MRRC_OK || status == MRRC_ERR_PACKED_INVALID);
        for (size_t j = 0; j < count_of(&found); j++) {
            const mrrc_finding *seen = finding_of(&found, j);
            CHECK(seen->rule >= MRRC_RULE_UNKNOWN_FIELD && seen->rule <= MRRC_RULE_TOO_MANY);
            CHECK(seen->severity >= MRRC_ERROR && seen->severity <= MRRC_INFO);
            CHECK((size_t)seen->at + seen->size <= size);
        }
        free(copy);
    }
}

static int check_in_little_memory(void) {
    static const char record[] = GOOD F "102  " S "6880-01" S "aA";
    mrrc_rules *own = rules_of_marc21();
    mrrc_buffer out = {{NULL}, 0, 0};
    if (own == NULL)
        return MRRC_ERR_MEMORY;
    int status = check_one(own, record, sizeof record - 1, &out);
    if (status == MRRC_OK)
        CHECK_EQ_INT(count_of(&out), 2);
    mrrci_buffer_clear(&out);
    mrrc_rules_free(own);
    return status;
}

int main(void) {
    rules = rules_of_marc21();
    test_good();
    test_fields();
    test_data();
    test_fixed();
    test_kinds();
    test_broken();
    test_chance();
    mrrc_rules_free(rules);
    mrrci_buffer_clear(&found);
    sweep(check_in_little_memory);
    return check_report();
}
