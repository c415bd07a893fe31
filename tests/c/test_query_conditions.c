/* SPDX-License-Identifier: MIT
 *
 * Conditions in braces as text: what is refused, and where.  What they mean is in
 * test_query_match.c.
 */
#include "check_query.h"

static void test_refused(void) {
    static const struct {
        const char *text;
        size_t offset;
        const char *message;
    } cases[] = {{"020$a{$q=\\a b}", 11, "no blank"},   {"020$a{$q=\\a", 11, "end here"},
                 {"020$a{$q=\\\\a}", 10, "escape"},      {"020$a{$q=", 9, "three digits"},
                 {"020$a{$q==\\a}", 9, "three digits"},  {"020$a{$q|}", 9, "three digits"},
                 {"020$a{$q}x", 9, "operator"},          {"020$a{$q=$z{$a}}", 11, "end here"},
                 {"020$a{$q!\\a}x", 12, "operator"},     {"LDR/6{$a}", 6, "three digits"},
                 {"LDR/6{[0]}", 9, "three digits"},      {"020$a{^3}", 7, "first indicator"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_answer answer = check_ask(cases[i].text);
        CHECK_FOR(answer.status == MRRC_ERR_QUERY_SYNTAX, "%s: %d", cases[i].text, answer.status);
        CHECK_FOR(answer.fault.offset == cases[i].offset, "%s: at %u", cases[i].text,
                  answer.fault.offset);
        CHECK_FOR(strstr(answer.fault.message, cases[i].message) != NULL, "%s: %s", cases[i].text,
                  answer.fault.message);
    }
}

/* A block and conditions are told apart by how they begin. */
static void test_told_apart(void) {
    static const check_row rows[] = {
        {"650/*{[ax]?}", 1},          {"650/*{[a]? && x?}", 1},     {"650{[0]}", 1},
        {"650{![5]}", 1},             {"650{[0]?245$a}", 1},        {"650{$a}", 1},
        {"650/*{ a? }", 1},           {"650/*{a == 'War'}", 1},     {"650/*{a=='War'}", 1},
        {"650/*{!x? && !y?}", 1},     {"650/*{#a == 2}", 1},        {"650/*{(a?)}", 1},
        {"650/*{ALL a =~ '.'}", 1},   {"650/*{ANY a == 'War'}", 1}, {"650{[2]4[5]$a}", 1},
        {"650{245^1=\\1}", 1},        {"650{008/35-37=\\eng}", 1},  {"650{001}", 1},
        {"650{!001}", 0},             {"650{002|001}", 1},          {"650{LDR/6!=\\b}", 1},
        {"650/#4$a{$a=\\War}", 1},    {"650/#4$a{$a=\\x}", 0},      {"650/#4{ a == 'War' }", 1},
        {"650/#4{$a=\\War}", MRRC_ERR_QUERY_MEANING}};
    CHECK_ROWS(rows);
}

static int ask(void) {
    return check_ask("020$a{$q=\\cloth|245$a~\\x}{!008/2{/0=\\x}}").status;
}

static int ask_well(void) {
    return check_ask("020$a{$q=\\cloth|245$a~\\x}{!$z}{/0-1=\\01}").status;
}

int main(void) {
    test_refused();
    test_told_apart();
    CHECK_EQ_INT(ask(), MRRC_ERR_QUERY_SYNTAX); /* they have no braces of their own */
    CHECK_EQ_INT(ask_well(), 1);
    sweep(ask_well);
    return check_report();
}
