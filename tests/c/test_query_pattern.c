/* SPDX-License-Identifier: MIT
 *
 * Regular expressions in filters: which are refused and where, what Unicode does to them, values
 * that are no UTF-8, and patterns that would take for ever.
 */
#include "check_query.h"
#include "query_program.h"

static void test_refused(void) {
    static const struct {
        const char *pattern, *message, *hint;
    } cases[] = {{"a(?=b)", "look-around", "character 2"},
                 {"\xc3\xa4(?!b)", "look-around", "character 2"},
                 {"(?<=b)", "look-around", "character 1"},
                 {"(?<!b)", "look-around", ""},
                 {"[a-z&&[^b]]", "not combined", "character 5"},
                 {"[a-z--b]", "not combined", "character 5"},
                 {"x[a~~b]", "not combined", "character 4"},
                 {"[a[bc]]", "written \\[", "character 3"},
                 {"[[:Alpha:]]", "written \\[", "character 2"},
                 {"\\<a", "written \\b", "character 1"},
                 {"a\\>", "written \\b", "character 2"},
                 {"\\b{start}a", "\\b alone", "character 1"},
                 {"(*pla:b)", "verbs", ""},
                 {"(*LIMIT_MATCH=9)a", "verbs", ""},
                 {"(a)\\1", "back-references", "character 4"},
                 {"(?P<n>a)(?P=n)", "back-references", ""},
                 {"(?P<n>a)\\k<n>", "back-references", ""},
                 {"(a)\\g1", "back-references", ""},
                 {"(a)(?1)", "recursion", ""},
                 {"(a)(?-1)", "recursion", ""},
                 {"a(?R)", "recursion", ""},
                 {"(?P<n>a)(?&n)", "recursion", ""},
                 {"(?P<n>a)(?P>n)", "recursion", ""},
                 {"(?>a)", "group", ""},
                 {"(?|a)", "group", ""},
                 {"(a)(?(1)b)", "group", ""},
                 {"(?C1)a", "group", ""},
                 {"a\\C", "\\C", ""},
                 {"a\\Kb", "\\K", ""},
                 {"[a", "missing", ""},
                 {"a)", "unmatched", ""},
                 {"*", "quantifier", "character"},
                 {"\\p{Nothing}", "propert", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_filter filter = {0};
        mrrc_query_fault fault = {0};
        uint32_t number;
        const char *pattern = cases[i].pattern;
        int status =
            mrrci_pattern_new(&filter, (const uint8_t *)pattern, strlen(pattern), &number, &fault);
        CHECK_FOR(status == MRRC_ERR_QUERY_PATTERN, "%s: %d", pattern, status);
        CHECK_FOR(strstr(fault.message, cases[i].message) != NULL, "%s: %s", pattern, fault.message);
        CHECK_FOR(strstr(fault.hint, cases[i].hint) != NULL, "%s: %s", pattern, fault.hint);
        mrrci_patterns_free(&filter);
    }
}

/* Returns whether a pattern matches, or the fault. */
static int match(const char *pattern, const char *text, size_t size) {
    mrrc_filter filter = {0};
    mrrc_query_fault fault = {0};
    mrrci_patterns patterns = {0};
    uint32_t number;
    int status =
        mrrci_pattern_new(&filter, (const uint8_t *)pattern, strlen(pattern), &number, &fault);
    if (status == MRRC_OK)
        status = mrrci_patterns_begin(&patterns, &filter);
    uint8_t *copy = check_copy(text, size);
    if (status == MRRC_OK)
        status = mrrci_pattern_matches(&patterns, &filter, number, copy, size);
    free(copy);
    mrrci_patterns_end(&patterns);
    mrrci_patterns_free(&filter);
    return status;
}

static void test_matches(void) {
    static const struct {
        const char *pattern, *text;
        int wanted;
    } cases[] = {{"b", "abc", 1},
                 {"^b", "abc", 0},
                 {"c$", "abc", 1},
                 {"c$", "abc\n", 0},
                 {"b$", "ab\ncd", 0},
                 {"(?m)b$", "ab\ncd", 1},
                 {"a.c", "a\nc", 0},
                 {"a.c", "a\rc", 1},
                 {"a.c", "a\xc3\xa4" "c", 1},
                 {"(?i)\xc3\x84pfel", "\xc3\xa4PFEL", 1},
                 {"\xc3\x84pfel", "\xc3\xa4pfel", 0},
                 {"^\\w+$", "\xd0\x98\xd1\x81", 1},
                 {"^\\d$", "\xd9\xa3", 1},
                 {"\\bpfel", "\xc3\xa4pfel", 0},
                 {"\\p{Cyrillic}", "x\xd0\x98", 1},
                 {"(?:a|b)+c", "abac", 1},
                 {"(?<name>a)(?P<other>b)", "ab", 1},
                 {"[(?=]", "=", 1},
                 {"[]a]", "]", 1},
                 {"[[:alpha:](]", "(", 1},
                 {"\\Q(?=\\E", "(?=", 1},
                 {"\\(\\?=", "(?=", 1},
                 {"", "", 1},
                 {"^$", "", 1},
                 {"b", "a\xff" "b", 1},
                 {"a.b", "a\xff" "b", 0},
                 {"\xc3\xa4", "\xa4\xc3\xc3\xa4", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_FOR(match(cases[i].pattern, cases[i].text, strlen(cases[i].text)) == cases[i].wanted,
                  "%s of %s", cases[i].pattern, cases[i].text);
}

/* What would take exponential time is stopped, in machine code and without it. */
static void test_limit(void) {
    char text[64];
    memset(text, 'a', sizeof text);
    CHECK_EQ_INT(match("^(a+)+$", text, 20), 1);
    text[sizeof text - 1] = 'b';
    CHECK_EQ_INT(match("^(a+)+$", text, sizeof text), MRRC_ERR_QUERY_LIMIT);
    CHECK_EQ_INT(match("^(a|aa)+$", text, sizeof text), MRRC_ERR_QUERY_LIMIT);
    mrrc_buffer deep = {0};
    for (int i = 0; i < 100000; i++)
        check_put_text(&deep, "ab");
    int status = match("^(?:a|b|(?:ab))*c", deep.text, deep.size);
    CHECK(status == 0 || status == MRRC_ERR_QUERY_LIMIT);
    CHECK_EQ_INT(match("x", deep.text, deep.size), 0);
    mrrci_buffer_clear(&deep);
}

static int match_once(void) {
    return match("(?i)(a|b)*C", "xxabc", 5);
}

int main(void) {
    test_refused();
    test_matches();
    test_limit();
    sweep(match_once);
    return check_report();
}
