/* SPDX-License-Identifier: MIT
 *
 * The text of a filter: what is taken, what is refused, where and with what hint, and what is
 * warned of.  That what is taken means what it should is test_query_match.c's affair.
 */
#include "check_query.h"

static const char *const taken[] = {
    " 001? ", "001   ==  'x'", "001\n==\t'x'", "001=='x'", "001 == \"x'\"", "001 == 'x\"'",
    "001 == 'a\\n\\r\\t\\b\\f\\\\\\/\\''", "001 == \"a\\\"\"", "001 == 'a\\  \n b'", "001 == ''",
    "001 in [ 'a' , 'b' , ]", "001 not in ['x']", "ldr.length==5", "ldr.type == ' '",
    "ldr.type=='\\'", "075{ b? }", "075{b?}", "075{ b == 'p'&&2 == 'x' }", "075{ #b == 2 }",
    "#075==2", "#075{ b? } > 0", "ALL\t075.b == 'x'", "ANY 075{ b? }",
    "24..a == 'x'", "2...a?", "6[05]0.a?", ".[^0][1-356].a?", "001? && 002? && 003? || 004?",
    "(001?)&&(002?)", "(((((((((001?)))))))))", "!(001? || 002?)", "! 075{ b? }", "!001?", "!245$a",
    "245$a=~'x'", "245$a =* 'x'", "020$c{$q=\\paperback}", "008/18{LDR/6=\\a}",
    "ldr.length == 4294967295", "LDR", "ldr", "#001 == 999999999"};

static const struct {
    const char *text;
    int code;
    size_t offset;
    const char *message, *hint; /* parts of them */
} refused[] = {
    {"", MRRC_ERR_QUERY_SYNTAX, 0, "empty", ""},
    {"  ", MRRC_ERR_QUERY_SYNTAX, 2, "empty", ""},
    {"001", MRRC_ERR_QUERY_SYNTAX, 3, "alone", "001/*?"},
    {"(650) && 001?", MRRC_ERR_QUERY_SYNTAX, 4, "alone", "650/*?"},
    {"001 ?", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "no blank"},
    {"075 {b?}", MRRC_ERR_QUERY_SYNTAX, 4, "operator", ""},
    {"# 075 == 2", MRRC_ERR_QUERY_SYNTAX, 1, "three digits", ""},
    {"001 = 'x'", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "=="},
    {"001 ~ 'x'", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "=~"},
    {"001 not  in ['x']", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "one blank"},
    {"001 in['x']", MRRC_ERR_QUERY_SYNTAX, 4, "blank", ""},
    {"001 == ['a', 'b']", MRRC_ERR_QUERY_SYNTAX, 7, "one string", "in ['a', 'b']"},
    {"001 == 5", MRRC_ERR_QUERY_SYNTAX, 7, "string", "text"},
    {"001 == x", MRRC_ERR_QUERY_SYNTAX, 7, "string", ""},
    {"001 in []", MRRC_ERR_QUERY_SYNTAX, 8, "string", ""},
    {"001 in ['a' 'b']", MRRC_ERR_QUERY_SYNTAX, 12, "list", ""},
    {"001 == 'x", MRRC_ERR_QUERY_STRING, 7, "no end", ""},
    {"001 == 'x\\", MRRC_ERR_QUERY_STRING, 9, "escape", ""},
    {"001 == '\\d'", MRRC_ERR_QUERY_STRING, 8, "escape", "\\\\d"},
    {"001 == '\\\"'", MRRC_ERR_QUERY_STRING, 8, "escape", ""},
    {"001 == '\xff'", MRRC_ERR_QUERY_STRING, 0, "UTF-8", ""},
    {"ldr.length == 'x'", MRRC_ERR_QUERY_SYNTAX, 14, "number", "without quotes"},
    {"ldr.length =? 5", MRRC_ERR_QUERY_SYNTAX, 11, "number", ""},
    {"ldr.length == 4294967296", MRRC_ERR_QUERY_NUMBER, 14, "too large", ""},
    {"ldr.length == 00000000005", MRRC_ERR_QUERY_NUMBER, 14, "too large", ""},
    {"#001 == 1234567890", MRRC_ERR_QUERY_NUMBER, 8, "too large", ""},
    {"008[0:1234567890] == ''", MRRC_ERR_QUERY_NUMBER, 6, "nine digits", ""},
    {"#001 == ", MRRC_ERR_QUERY_SYNTAX, 8, "number", ""},
    {"#001", MRRC_ERR_QUERY_SYNTAX, 4, "operator", ""},
    {"ldr.size == 5", MRRC_ERR_QUERY_SYNTAX, 4, "ldr. has", ""},
    {"all 075.b == 'x'", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "capitals"},
    {"any 650$a?", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "capitals"},
    {"245 $a?", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "before a $"},
    {"LDR.type == 'a'", MRRC_ERR_QUERY_SYNTAX, 3, "operator", "ldr.type"},
    {"001 as x", MRRC_ERR_QUERY_SYNTAX, 4, "operator", "AS names"},
    {"2455$a?", MRRC_ERR_QUERY_SYNTAX, 3, "three characters", ""},
    {"examples/sample.mrc", MRRC_ERR_QUERY_SYNTAX, 3, "three characters", ""},
    {"245a == 'x'", MRRC_ERR_QUERY_SYNTAX, 3, "$ stands", "245$a"},
    {"245ab", MRRC_ERR_QUERY_SYNTAX, 3, "$ stands", "245$a$b"},
    {"245|10|a", MRRC_ERR_QUERY_SYNTAX, 3, "indicators", "245/10$a"},
    {"008[35-37] == 'eng'", MRRC_ERR_QUERY_MEANING, 3, "008/35-37", "008[35:38]"},
    {"005[0]", MRRC_ERR_QUERY_SYNTAX, 6, "range alone", "[0-0]"},
    {"005[0]?", MRRC_ERR_QUERY_MEANING, 6, "always there", "[0-0]"},
    {"245/10 == 'x'", MRRC_ERR_QUERY_MEANING, 3, "characters", ""},
    {"245 =~ 'x'", MRRC_ERR_QUERY_MEANING, 4, "no value", "245$a"},
    {"245[0-0] == 'x'", MRRC_ERR_QUERY_MEANING, 9, "no value", ""},
    {"001^1", MRRC_ERR_QUERY_MEANING, 4, "no indicators", ""},
    {"001 =~ '(x'", MRRC_ERR_QUERY_PATTERN, 7, "pattern", "character 3"},
    {"(001?", MRRC_ERR_QUERY_SYNTAX, 5, "not closed", ""},
    {"001?)", MRRC_ERR_QUERY_SYNTAX, 4, "end here", ""},
    {"001? and 002?", MRRC_ERR_QUERY_SYNTAX, 5, "end here", "&&"},
    {"001? or 002?", MRRC_ERR_QUERY_SYNTAX, 5, "end here", "||"},
    {"001? & 002?", MRRC_ERR_QUERY_SYNTAX, 5, "end here", "&&"},
    {"001? ^ 002?", MRRC_ERR_QUERY_SYNTAX, 5, "end here", ""},
    {"001? &&", MRRC_ERR_QUERY_SYNTAX, 7, "test is wanted", ""},
    {"true", MRRC_ERR_QUERY_SYNTAX, 3, "three characters", ""},
    {"075{ b? ", MRRC_ERR_QUERY_SYNTAX, 8, "braces", ""},
    {"075{ ab? }", MRRC_ERR_QUERY_SYNTAX, 6, "one character", "[ab]"},
    {"075{ $b? }", MRRC_ERR_QUERY_SYNTAX, 5, "without a $", ""},
    {"075{ [^a]? }", MRRC_ERR_QUERY_SYNTAX, 6, "brackets", ""},
    {"075{ ALL b? }", MRRC_ERR_QUERY_SYNTAX, 10, "ALL", ""},
    {"6[3-1]0.a?", MRRC_ERR_QUERY_SYNTAX, 2, "range goes up", ""}};

static const struct {
    const char *text, *message; /* NULL: no warning */
    size_t offset;
} warned[] = {{"008/35?", "indicators", 0},
              {"#008/35 == 1", "indicators", 1},
              {"001? && 245[0] == 'x'", "control field", 8},
              {"008$a", "no subfields", 0},
              {"245.a?", "both are blank", 0},
              {"245?", "both are blank", 0},
              {"245{ a? }", "both are blank", 0},
              {"245 == 'x'", "no value", 0},
              {"650/*.a != 'x'", "differs", 8},
              {"ldr.type == 'ab'", "no text of this length", 9},
              {"LDR/6-7 != 'a'", "no text of this length", 8},
              {"008[35:38] == 'en'", "no text of this length", 11},
              {"008[3:2] == 'x'", "no text of this length", 9},
              {"008/35-37 == 'engl'", "no text of this length", 10},
              {"008[35:38] =? ['engl', 'fren']", "no text of this length", 11},
              {"245^1 == '10'", "no text of this length", 6},
              {"650[1-0]$a?", "go backwards", 4},
              {"650$a/3-2?", "go backwards", 6},
              {"ldr.type in ['ab', 'a']", NULL, 0},
              {"008[35:38] == '' && 008[35:38] == 'eng' && 008[35:38] =^ 'e'", NULL, 0},
              {"008/35-37 == 'en' && 008[35:] == 'engl' && 245^1 == '1'", NULL, 0},
              {"ldr.type =~ '[ab]$' && 008[0:2] == '\xc3\xa9'", NULL, 0},
              {"all == 'x' && all in ['x'] && all not in ['x']", "no value", 0},
              {"ALL 650/*.a != 'x'", NULL, 0},
              {"245/*.a != 'x'", NULL, 0},
              {"001 != 'x' && 245$a =? 'x' && 075.b == 'p' && 245/*? && 245[0-0]", NULL, 0}};

static void test_taken(void) {
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        check_answer answer = check_ask(taken[i]);
        CHECK_FOR(answer.status == 0 || answer.status == 1, "%s: %d at %u %s", taken[i],
                  answer.status, answer.fault.offset, answer.fault.message);
    }
}

static void test_refused(void) {
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        check_answer answer = check_ask(refused[i].text);
        CHECK_FOR(answer.status == refused[i].code, "%s: %d", refused[i].text, answer.status);
        CHECK_FOR(answer.fault.offset == refused[i].offset, "%s: at %u", refused[i].text,
                  answer.fault.offset);
        CHECK_FOR(strstr(answer.fault.message, refused[i].message) != NULL, "%s: %s",
                  refused[i].text, answer.fault.message);
        CHECK_FOR(strstr(answer.fault.hint, refused[i].hint) != NULL, "%s: %s", refused[i].text,
                  answer.fault.hint);
    }
}

static void test_warned(void) {
    for (size_t i = 0; i < sizeof warned / sizeof warned[0]; i++) {
        check_answer answer = check_ask(warned[i].text);
        CHECK_FOR(answer.status >= 0, "%s: %s", warned[i].text, answer.fault.message);
        CHECK_FOR((answer.warnings > 0) == (warned[i].message != NULL), "%s: %s", warned[i].text,
                  answer.warning.message);
        if (warned[i].message == NULL || answer.warnings == 0)
            continue;
        CHECK_FOR(strstr(answer.warning.message, warned[i].message) != NULL, "%s: %s",
                  warned[i].text, answer.warning.message);
        CHECK_FOR(answer.warning.offset == warned[i].offset, "%s: at %u", warned[i].text,
                  answer.warning.offset);
        CHECK(answer.warning.code == 0);
    }
}

/* Brackets around brackets, as far as they may go, and further. */
static void test_depth(void) {
    enum { DEEP = 300 };
    char text[2 * DEEP + 16];
    static const int depths[] = {1, 255, 256, 257, DEEP};
    for (size_t i = 0; i < 5; i++) {
        int depth = depths[i];
        memset(text, '(', (size_t)depth);
        memcpy(text + depth, "001?", 4);
        memset(text + depth + 4, ')', (size_t)depth);
        check_answer answer =
            check_ask_of(text, 2 * (size_t)depth + 4, check_asked, sizeof check_asked - 1);
        CHECK_EQ_INT(answer.status, depth <= 256 ? 1 : MRRC_ERR_QUERY_DEPTH);
        memset(text, '!', (size_t)depth);
        answer = check_ask_of(text, (size_t)depth + 4, check_asked, sizeof check_asked - 1);
        CHECK_EQ_INT(answer.status, depth <= 256 ? depth % 2 == 0 : MRRC_ERR_QUERY_DEPTH);
    }
}

static void test_size(void) {
    mrrc_buffer text = {0};
    check_put_text(&text, "001?");
    for (int i = 0; i < 4095; i++)
        check_put_text(&text, "||001?");
    check_answer answer = check_ask_of(text.text, text.size, check_asked, sizeof check_asked - 1);
    CHECK_EQ_INT(answer.status, 1);
    for (int i = 0; i < 10; i++)
        check_put_text(&text, "||001?");
    answer = check_ask_of(text.text, text.size, check_asked, sizeof check_asked - 1);
    CHECK_EQ_INT(answer.status, MRRC_ERR_QUERY_DEPTH);
    text.size = 0;
    for (int i = 0; i < 1 << 17; i++)
        check_put_text(&text, "         ");
    answer = check_ask_of(text.text, text.size, check_asked, sizeof check_asked - 1);
    CHECK_EQ_INT(answer.status, MRRC_ERR_QUERY_DEPTH);
    mrrci_buffer_clear(&text);
}

/* Any text is a filter, or a fault with a place in it. */
static void test_chance(void) {
    static const char *const words[] = {
        "245", "$a", ".a", "/*", "/10", "{ ", " }", "{", "}", "(", ")", "!", "&&", "||", " ", "==",
        "=~", "?", "#", "'x'", "['a', 'b']", "in", "not in", "ALL ", "LDR/6", "ldr.type", "[0]",
        "[0:3]", "/0-3", "^1", "\\x", "=", "|", "008", "1", "'", "\"", "\\", "[", "]", "\xc3\xa4"};
    uint64_t state = 20260112;
    for (int i = 0; i < 60000; i++) {
        char text[200];
        size_t size = 0;
        for (uint32_t count = check_random(&state, 14); count > 0; count--) {
            const char *word = words[check_random(&state, sizeof words / sizeof words[0])];
            memcpy(text + size, word, strlen(word));
            size += strlen(word);
        }
        check_answer answer = check_ask_of(text, size, check_asked, sizeof check_asked - 1);
        if (answer.status < 0 ? answer.fault.offset > size || answer.fault.message[0] == 0
                              : answer.status > 1)
            CHECK_FOR(false, "%.*s", (int)size, text);
    }
    CHECK(true);
}

int main(void) {
    test_taken();
    test_refused();
    test_warned();
    test_depth();
    test_size();
    test_chance();
    return check_report();
}
