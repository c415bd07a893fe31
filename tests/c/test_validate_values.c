/* SPDX-License-Identifier: MIT
 *
 * test_validate_values.c: characters found in a text, check digits, and automata of a table made
 * by hand.
 */
#include "check_rules.h"

static void test_characters(void) {
    static const uint8_t text[] = "a\xC3\xA9" "b\xE6\x97\xA5" "c";
    const uint8_t *found = NULL;
    size_t size = 0;
    CHECK_EQ_INT(mrrci_characters_count(text, sizeof text - 1), 5);
    CHECK(mrrci_characters_find(text, sizeof text - 1, 1, 3, &found, &size));
    CHECK_BYTES(found, size, "\xC3\xA9" "b\xE6\x97\xA5", 6);
    CHECK(mrrci_characters_find(text, sizeof text - 1, 4, 4, &found, &size));
    CHECK_BYTES(found, size, "c", 1);
    CHECK(!mrrci_characters_find(text, sizeof text - 1, 4, 5, &found, &size));
    CHECK(!mrrci_characters_find(text, 0, 0, 0, &found, &size));
}

static void test_isbn(void) {
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"0306406152", true},
        {"0306406153", false},
        {"0-306-40615-2", true},
        {"0 306 40615 2", true},
        {"080442957X", true},
        {"080442957x", false},
        {"08044X9570", false},
        {"X804429570", false},
        {"9780306406157", true},
        {"978-0-306-40615-7", true},
        {"978 0 306 40615 7", true},
        {"9780306406158", false},
        {"979-10-90636-07-1", true},
        {"9770306406150", false},
        {"0306406152 (pbk.)", true},
        {"0306406152 (v. 1) :", true},
        {"0306406152:", true},
        {"0306406152y", false},
        {"03064061521", false},
        {"97803064061570", false},
        {"030640615", false},
        {"", false},
        {"-", false},
        {" ", false},
        {"X", false},
        {"---------------------------", false},
        {"pbk.", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].text);
        uint8_t *copy = check_copy(cases[i].text, size);
        CHECK_FOR(mrrci_isbn_valid(copy, size) == cases[i].valid, "%s", cases[i].text);
        free(copy);
    }
}

static void test_issn(void) {
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"0317-8471", true},  {"0317-8472", false}, {"2434-561X", true},  {"2434-561x", false},
        {"03178471", false},  {"X317-8471", false}, {"0317-847", false},  {"0317-84711", false},
        {"0317 8471", false}, {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].text);
        uint8_t *copy = check_copy(cases[i].text, size);
        CHECK_FOR(mrrci_issn_valid(copy, size) == cases[i].valid, "%s", cases[i].text);
        free(copy);
    }
}

/* Two states: an even number of "a", or not; what is beyond ASCII changes it too. */
static void test_automaton(void) {
    enum { CLASSES = 40, AUTOMATON = 172 };
    mrrci_table table;
    memset(&table, 0, sizeof table);
    CHECK_EQ_INT(mrrci_buffer_reserve(&table.bytes, 256), 0);
    uint8_t *bytes = table.bytes.data;
    memset(bytes, 0, 256);
    table.bytes.size = 256;
    bytes[CLASSES + 'a'] = 1;
    bytes[CLASSES + 128] = 1;
    static const uint8_t automaton[] = {CLASSES, 0, 0, 0, 2, 0, 2, 0, /* states, classes */
                                        0, 0, 1, 0, 1, 0, 0, 0, MRRCI_IS_DEFINED,
                                        MRRCI_IS_LOCAL};
    memcpy(bytes + AUTOMATON, automaton, sizeof automaton);
    static const struct {
        const char *text;
        uint8_t class;
    } cases[] = {
        {"", MRRCI_IS_DEFINED},         {"a", MRRCI_IS_LOCAL},
        {"bab", MRRCI_IS_LOCAL},        {"aa", MRRCI_IS_DEFINED},
        {"\xC3\xA9", MRRCI_IS_LOCAL},   {"\xE6\x97\xA5" "a", MRRCI_IS_DEFINED},
        {"\x80\x80", MRRCI_IS_DEFINED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_EQ_INT(mrrci_automaton_run(&table, AUTOMATON, (const uint8_t *)cases[i].text,
                                         strlen(cases[i].text)),
                     cases[i].class);
    mrrci_buffer_clear(&table.bytes);
}

int main(void) {
    test_characters();
    test_isbn();
    test_issn();
    test_automaton();
    return check_report();
}
