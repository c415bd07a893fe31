/* SPDX-License-Identifier: MIT
 *
 * Queries: which are taken, what their columns are called, and what is said of the others.
 */
#include "check_table.h"

static const struct {
    const char *query, *names; /* a comma behind each */
} good[] = {
    {"001", ","},
    {" 001 ,\n245/*.a\t", ",,"},
    {"001, 245/*{ a, b, c }", ",,,,"},
    {"245{a}", ","},
    {"245/10{ 'p' a 's' AS x, 'c' AS y, _, [xyz] | a? } ", "x,y,,"},
    {"001 AS `id`, 'k' AS `k, 003 AS z`", "id,k,z,"},
    {"001 AS `my id`", "my id,"},
    {"'p:' 001[0:3] ':s' AS x", "x,"},
    {"ldr.length, LDR/6, ldr.type AS t", ",,t,"},
    {"245{ _ }", ""},
    {"245$a$b, 008/35-37, 245^1, 650[0]$a, 245[0-0], 245/*", ",,,,,,"},
    {"'a\\n\\'\\\\' , \"it's\"", ",,"},
    {"'x\\   y'", ","},
    {"650/*{ a | a == '}' && (x? || !y?) }", ","},
    {"020$c{$q=\\p}, 008/18{LDR/6=\\a}{LDR/7=\\a|LDR/7=\\m} AS x", ",x,"},
    {"020{$q}{ a, b AS c }", ",c,"},
    {"'x' 020$c{$q=\\,\\}\\{\\s} 'y' AS z,001", "z,,"},
};

static const struct {
    const char *query;
    int code;
    uint32_t offset;
} bad[] = {
    {"", MRRC_ERR_QUERY_SYNTAX, 0},
    {"001,", MRRC_ERR_QUERY_SYNTAX, 4},
    {"_", MRRC_ERR_QUERY_SYNTAX, 0},
    {"001, _ AS x", MRRC_ERR_QUERY_SYNTAX, 5},
    {"001 as x", MRRC_ERR_QUERY_SYNTAX, 4},
    {"001 003", MRRC_ERR_QUERY_SYNTAX, 4},
    {"001'x'", MRRC_ERR_QUERY_SYNTAX, 3},
    {"001 | 003", MRRC_ERR_QUERY_SYNTAX, 4},
    {"245ab", MRRC_ERR_QUERY_SYNTAX, 3},
    {"245$ab", MRRC_ERR_QUERY_SYNTAX, 5},
    {"245$a{$b", MRRC_ERR_QUERY_SYNTAX, 8},
    {"245$a{$b}x", MRRC_ERR_QUERY_SYNTAX, 9},
    {"245$a{$b}{ c }", MRRC_ERR_QUERY_SYNTAX, 9},
    {"245$a{$b = \\x}", MRRC_ERR_QUERY_SYNTAX, 8},
    {"245$a{$b{$c}}", MRRC_ERR_QUERY_SYNTAX, 8},
    {"245$a{$b=\\x y}", MRRC_ERR_QUERY_SYNTAX, 11},
    {"245$a{ b }", MRRC_ERR_QUERY_SYNTAX, 5},
    {"001, 'p' 245{$a}{ b }", MRRC_ERR_QUERY_SYNTAX, 16},
    {"'x' 245/*{ a }", MRRC_ERR_QUERY_SYNTAX, 9},
    {"245/*{ a", MRRC_ERR_QUERY_SYNTAX, 8},
    {"245/*{ a 'x' 'y' }", MRRC_ERR_QUERY_SYNTAX, 13},
    {"245/*{ }", MRRC_ERR_QUERY_SYNTAX, 7},
    {"245/*{ $a }", MRRC_ERR_QUERY_SYNTAX, 7},
    {"245/*{ a | b = 'x' }", MRRC_ERR_QUERY_SYNTAX, 13},
    {"245/*{ a | b? ", MRRC_ERR_QUERY_SYNTAX, 10},
    {"001, 245/*{ a | b =~ '(' }", MRRC_ERR_QUERY_PATTERN, 21},
    {"'x", MRRC_ERR_QUERY_STRING, 0},
    {"'x\\y'", MRRC_ERR_QUERY_STRING, 2},
    {"'\x1f'", MRRC_ERR_QUERY_STRING, 1},
    {"'\xff'", MRRC_ERR_QUERY_STRING, 0},
    {"001 AS ?", MRRC_ERR_QUERY_SYNTAX, 7},
    {"001 AS ``", MRRC_ERR_QUERY_SYNTAX, 8},
    {"650[", MRRC_ERR_QUERY_SYNTAX, 4},
    {"00", MRRC_ERR_QUERY_SYNTAX, 2},
};

static void test_good(void) {
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        mrrc_table *table = check_table(good[i].query, 0);
        mrrc_buffer names = {0};
        int64_t columns = mrrc_table_columns(table, &names);
        for (size_t j = 0; j < names.size; j++)
            if (names.data[j] == 0x1F)
                names.data[j] = ',', columns--;
        CHECK_EQ_INT(columns, 0);
        CHECK_FOR(check_holds(&names, good[i].names, strlen(good[i].names)), "%s: %.*s",
                  good[i].query, (int)names.size, names.text);
        mrrci_buffer_clear(&names);
        mrrc_table_free(table);
    }
}

static void test_bad(void) {
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        mrrc_query_fault fault;
        char *copy = (char *)check_copy(bad[i].query, strlen(bad[i].query));
        mrrc_table *table = mrrc_table_new(copy, strlen(bad[i].query), "", 0, 0, 80, 0, &fault);
        CHECK_FOR(table == NULL && fault.code == bad[i].code && fault.offset == bad[i].offset &&
                      fault.message[0] != 0,
                  "%s: %d at %u: %s", bad[i].query, fault.code, fault.offset, fault.message);
        mrrc_table_free(table);
        free(copy);
    }
}

static void test_limits(void) {
    enum { MANY = 70000 };
    mrrc_query_fault fault;
    char *text = malloc(MANY);
    CHECK(text != NULL);
    if (text == NULL)
        return;
    memset(text, ' ', MANY);
    CHECK(mrrc_table_new(text, MANY, "", 0, 0, 80, 0, &fault) == NULL);
    CHECK_EQ_INT(fault.code, MRRC_ERR_QUERY_DEPTH);
    for (size_t i = 0; i + 4 <= 4 * 5000; i += 4)
        memcpy(text + i, "001,", 4);
    CHECK(mrrc_table_new(text, 4 * 5000 - 1, "", 0, 0, 80, 0, &fault) == NULL);
    CHECK_EQ_INT(fault.code, MRRC_ERR_QUERY_DEPTH);
    free(text);
}

static void test_warnings(void) {
    static const struct {
        const char *query;
        size_t count;
        uint32_t offset;
    } cases[] = {
        {"001, 245/*.a, 650$a", 0, 0}, {"001, 245.a", 1, 5}, {"245{ a }", 1, 0},
        {"001, 650", 1, 5},            {"020.a", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t count;
        mrrc_table *table = check_table(cases[i].query, 0);
        const mrrc_query_fault *warnings = mrrc_table_warnings(table, &count);
        CHECK_FOR(count == cases[i].count, "%s: %zu", cases[i].query, count);
        if (count == 1)
            CHECK_FOR(warnings->offset == cases[i].offset && warnings->hint[0] != 0, "%s",
                      cases[i].query);
        mrrc_table_free(table);
    }
}

/* Any bytes are a query, or are refused at a place in them. */
static void test_chance(void) {
    static const char *const pieces[] = {"001", "245", "/*",  ".a",  "$", "{", "}",  ",", "|", "'",
                                         "[",   "]",   " AS ", "x", "_", " ", "ldr.", "\\", "a?", "`",
                                         "{$a", "=\\x", "!", "~"};
    uint64_t state = 20;
    for (int run = 0; run < 20000; run++) {
        mrrc_buffer text = {0};
        mrrc_query_fault fault;
        for (uint32_t left = check_random(&state, 12) + 1; left > 0; left--)
            check_put_text(&text, pieces[check_random(&state, 24)]);
        uint8_t *copy = check_copy(text.data, text.size);
        mrrc_table *table = mrrc_table_new((char *)copy, text.size, "", 0, 0, 80, 0, &fault);
        CHECK_FOR(table != NULL ? fault.code == 0 : fault.code < 0 && fault.offset <= text.size,
                  "%.*s", (int)text.size, text.text);
        mrrc_table_free(table);
        free(copy);
        mrrci_buffer_clear(&text);
    }
}

static int run_parse(void) {
    static const char query[] = "'x' AS a, 001, 245/*{ 'p' a, b | b =~ 'x' || a in ['a', 'b'] }, "
                                "020$c{$q=\\x}";
    mrrc_query_fault fault;
    mrrc_table *table = mrrc_table_new(query, sizeof query - 1, "|", 1, 0, 80, 0, &fault);
    mrrc_table_free(table);
    return table != NULL ? MRRC_OK : fault.code;
}

int main(void) {
    test_good();
    test_bad();
    test_limits();
    test_warnings();
    test_chance();
    sweep(run_parse);
    return check_report();
}
