/* SPDX-License-Identifier: MIT
 *
 * References as a part of a longer text: where each ends, and what it was taken for where marc21
 * and MARCspec read the same signs in two ways.  As selectors they are in
 * test_select_parse.c, in filters in test_query_parse.c.
 */
#include "check.h"
#include "reference.h"

static int count_conditions(mrrci_scan *scan, const void *reference, uint32_t *number) {
    (void)reference;
    while (mrrci_peek(scan, 0) != 0 && !mrrci_take(scan, '}'))
        scan->at++;
    *number = 7;
    return MRRC_OK;
}

enum { LEADER = MRRCI_REFERENCE_LEADER, FIELD = MRRCI_REFERENCE_FIELD,
       CHARACTERS = MRRCI_REFERENCE_CHARACTERS, RANGE = MRRCI_REFERENCE_RANGE,
       SUBFIELDS = MRRCI_REFERENCE_SUBFIELDS, FIRST = MRRCI_REFERENCE_INDICATOR_1 };

static void test_ends(void) {
    static const struct {
        const char *text;
        bool counted;
        size_t end;
        int kind;
    } cases[] = {
        {"245$a == 'x'", false, 5, SUBFIELDS}, {"245/10?", false, 6, FIELD},
        {"245/10.a", false, 8, SUBFIELDS},     {"245/10$a", false, 8, SUBFIELDS},
        {"245/10{ a? }", false, 6, FIELD},     {"008/35{$a}", false, 10, CHARACTERS},
        {"008/35 == 'x'", false, 6, CHARACTERS}, {"008/35 == 1", true, 6, FIELD},
        {"008/35-37=='x'", false, 9, CHARACTERS}, {"007/#", false, 5, CHARACTERS},
        {"007/##?", false, 6, FIELD},          {"007/#-1", false, 7, CHARACTERS},
        {"245/*", false, 5, FIELD},            {"245[0] == 'x'", false, 6, RANGE},
        {"245[0]$a", false, 8, SUBFIELDS},     {"245[0]^1", false, 8, FIRST},
        {"245[0]{ a? }", false, 6, FIELD},     {"008[35:38]", false, 10, RANGE},
        {"24..a?", false, 5, SUBFIELDS},       {"24.$a", false, 5, SUBFIELDS},
        {"...$a", false, 5, SUBFIELDS},        {"245$a$b?", false, 7, SUBFIELDS},
        {"245$a=$'x'", false, 5, SUBFIELDS},   {"020$c{$q}", false, 9, SUBFIELDS},
        {"LDR/6)", false, 5, LEADER},          {"ldr.type)", false, 8, LEADER},
        {"245{$a}", false, 7, FIELD},          {"245{ a? }", false, 3, FIELD},
        {"245!= 'x'", false, 3, FIELD},        {"245[0-1]&&", false, 8, FIELD}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_query_fault fault = {0};
        mrrci_reference reference;
        size_t size = strlen(cases[i].text);
        uint8_t *copy = check_copy(cases[i].text, size);
        mrrci_scan scan = {.text = copy,
                           .end = size,
                           .fault = &fault,
                           .filter = true,
                           .counted = cases[i].counted,
                           .conditions = count_conditions};
        int status = mrrci_parse_reference(&scan, &reference);
        CHECK_FOR(status == MRRC_OK, "%s: %s", cases[i].text, fault.message);
        CHECK_FOR(scan.at == cases[i].end, "%s: %zu", cases[i].text, scan.at);
        CHECK_FOR((int)reference.kind == cases[i].kind, "%s: %d", cases[i].text, reference.kind);
        free(copy);
    }
}

static void test_braces(void) {
    static const struct {
        const char *text;
        bool conditions;
    } cases[] = {
        {"{$a}", true},      {"{/0}", true},      {"{^1}", true},     {"{\\x=$a}", true},
        {"{?$a}", true},     {"{=\\x}", true},    {"{~\\x}", true},   {"{!$a}", true},
        {"{!=\\x}", true},   {"{!~\\x}", true},   {"{[0]}", true},    {"{![0]}", true},
        {"{[0]?020$a}", true}, {"{020$a}", true}, {"{020}", true},    {"{ALL$a}", true},
        {"{LDR/6=\\a}", true}, {"{001|002}", true}, {"{[0]$a}", true}, {"{6XX^1}", true},
        {"{a?}", false},     {"{ $a}", false},    {"{[0]?}", false},  {"{!a?}", false},
        {"{[ab] == 'x'}", false}, {"{ALL a}", false}, {"{ANY a}", false}, {"{#a == 1}", false},
        {"{(a?)}", false},   {"{a == 'x'}", false}, {"{a=='x'}", false}, {"{a? && b?}", false},
        {"{[0]? && b?}", false}, {"{*?}", false}, {"{", false},       {"{[", false},
        {"{!", false},       {"{1", false},       {"{[0]?|| a?}", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = strlen(cases[i].text);
        uint8_t *copy = check_copy(cases[i].text, size);
        mrrci_scan scan = {.text = copy, .end = size};
        CHECK_FOR(mrrci_starts_conditions(&scan) == cases[i].conditions, "%s", cases[i].text);
        free(copy);
    }
}

static void test_tags(void) {
    static const struct {
        const char *text;
        bool control, data, one;
    } cases[] = {{"001", true, false, true},  {"245", false, true, true}, {"00X", true, false, false},
                 {"0X1", true, true, false},  {"...", true, true, false}, {"00a", false, true, true},
                 {"[0]01", true, false, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrci_reference reference;
        mrrci_scan scan = {.text = (const uint8_t *)cases[i].text,
                           .end = strlen(cases[i].text),
                           .filter = true};
        CHECK(mrrci_parse_reference(&scan, &reference) == MRRC_OK);
        CHECK_FOR(mrrci_may_be_control(&reference) == cases[i].control, "%s", cases[i].text);
        CHECK_FOR(mrrci_may_be_data(&reference) == cases[i].data, "%s", cases[i].text);
        CHECK_FOR(reference.one_tag == cases[i].one, "%s", cases[i].text);
    }
}

int main(void) {
    test_ends();
    test_braces();
    test_tags();
    return check_report();
}
