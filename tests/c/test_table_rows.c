/* SPDX-License-Identifier: MIT
 *
 * The rows that records give to queries: which values, how they are multiplied and joined, and
 * that no record gives more than can be borne.
 */
#include "check_table.h"

static const struct {
    const char *query;
    uint32_t flags;
    const char *rows;
} cases[] = {
    {"001", 0, "id\n"},
    {"001, 'k'", 0, "id,k\n"},
    {"002", 0, ""},
    {"002, 'k'", 0, ",k\n"},
    {"003", 0, ""}, /* it stands behind a data field */
    {"003/0-#", 0, "behind\n"},
    {"...", 0, "id\n970101s1997    nyu           000 0 eng d\n"},
    {"008[35:38], 008/35-37, 008[0]", 0, "eng,eng,9\n"},
    {"008[0:100], 001", 0, ",id\n"},
    {"ldr.length, ldr.type, ldr.base_addr, LDR/0-4", 0, "1142,a,0,01142\n"},
    {"020.a", 0, "111\n222\n"},
    {"020{ a, q }", 0, "111,pbk\n222,pbk\n"},
    {"020{ q, a }", 0, "pbk,111\npbk,222\n"},
    {"020.[aq]", 0, "111\n222\npbk\n"},
    {"020{ a, a }", 0, "111,111\n111,222\n222,111\n222,222\n"},
    {"245.a", 0, ""},
    {"245$a", 0, "T\xc3\xa9st\n"},
    {"245/1.a, 001", 0, NULL},
    {"245/1..a, 001", 0, "T\xc3\xa9st,id\n"},
    {"245^1, 245^2", 0, "1,0\n"},
    {"650/*.a", 0, "Cats\nDogs\nBirds\n"},
    {"001, 650/*{ a, x }", 0, "id,Cats,Fun\nid,Dogs,Fun\nid,Birds,\n"},
    {"001, 650/*{ x }", 0, "id,Fun\nid,\n"},
    {"650/*{ a | 2 == 'gnd' }", 0, "Birds\n"},
    {"650/*{ a | 2 == 'none' }, 'k'", 0, ",k\n"},
    {"650/*{ a, 'c' | !2? }", 0, "Cats,c\nDogs,c\n"},
    {"651/*{ a, 'c' }, 'k'", 0, ",,k\n"},
    {"650[0]$a", 0, "Cats\nDogs\n"},
    {"650[#]$a", 0, "Birds\n"},
    {"650[1]/*{ a }", 0, "Birds\n"},
    {"650[0-0]", 0, "Cats Fun Dogs\n"},
    {"650", 0, ""},
    {"650/*{ 'p' a 's', x 'y' }", 0, "pCatss,Funy\npDogss,Funy\npBirdss,\n"},
    {"650/*{ _ }, 001", 0, "id\n"},
    {"650/*{ _ }", 0, ""},
    {"650/*{ a, x }", MRRC_TABLE_SQUASH, "Cats|Dogs,Fun\nBirds,\n"},
    {"650/*.a", MRRC_TABLE_SQUASH, "Cats|Dogs\nBirds\n"},
    {"650/*{ 'p' a }", MRRC_TABLE_SQUASH, "pCats|pDogs\npBirds\n"},
    {"001, 650/*{ a, x }", MRRC_TABLE_MERGE, "id,Cats|Dogs|Birds,Fun|Fun|\n"},
    {"020.a, 650/*.a", 0, "111,Cats\n111,Dogs\n111,Birds\n222,Cats\n222,Dogs\n222,Birds\n"},
    {"020.a, 650/*.a", MRRC_TABLE_MERGE, "111|222,Cats|Dogs|Birds\n"},
    {"500.a, 500{ a }", 0, ""},
    {"001{ 'c' }, 001", 0, ",id\n"}, /* braces are for data fields */
    {"001, 00./*{ 'c', a | !a? }", 0, "id,,\n"},
    /* conditions in braces behind a reference */
    {"020$a{$q=\\pbk}", 0, "111\n222\n"},
    {"001, 020$a{$q=\\cloth}", 0, "id,\n"},
    {"001, 650$a{$2=\\gnd}", 0, "id,Birds\n"}, /* a field without one gives no row */
    {"650$a{!$2}", 0, "Cats\nDogs\n"},
    {"650$a{!$2}$x", 0, "Cats\nFun\nDogs\n"},
    {"650$a{$2}$x{$a~\\og} AS y, 001", 0, "Fun,id\nBirds,id\n"},
    {"650$a{=\\Dogs|=\\Birds}{!$2}", 0, "Dogs\n"},
    {"650$a{/0=\\C}, 001", 0, "Cats,id\n"},
    {"650$a[0]/0-1{$x}", 0, "Ca\n"},
    {"650{$x}", 0, "Cats Fun Dogs\n"},
    {"650[#]{$x}, 'k'", 0, ",k\n"},
    {"650/*{$x}, 001", 0, "Cats Fun Dogs,id\n"},
    {"650{$2}{ a, 2 AS y }", 0, "Birds,gnd\n"},
    {"650{$2}{ a | a == 'Cats' }, 001", 0, ",id\n"},
    {"650^2{=\\7}", 0, "7\n"},
    {"008/35-37{LDR/6=\\a}, 'p' 001{003=\\behind} 's'", 0, "eng,pids\n"},
    {"008/35-37{LDR/6=\\m|LDR/7=\\x}, 001", 0, ",id\n"},
    {"LDR/6{650$2}, LDR/6{651}", 0, "a,\n"},
    {"LDR/6{=\\b}, 001", 0, ",id\n"},
    {"00X{003}", 0, "id\n970101s1997    nyu           000 0 eng d\nbehind\n"},
    {"650$a{020$q=\\p\\}}, 'k'", 0, ",k\n"},
    {"650$a{020$q~\\}, 'k'", 0, "Cats,k\nDogs,k\nBirds,k\n"},
    {"650$a{001!=\\,},020$a{$q}", MRRC_TABLE_MERGE, "Cats|Dogs|Birds,111|222\n"},
    {"650$a{$2},650$x{$a=\\Cats}", MRRC_TABLE_SQUASH, "Birds,Fun\n"},
    {"650/*{[ab]}", 0, "Cats\nDogs\nBirds\n"}, /* a class of codes */
    {"650{$2}", MRRC_TABLE_CODES, "aBirds\n2gnd\n"},
    {"650/*", MRRC_TABLE_CODES, "aCats\nxFun\naDogs\naBirds\n2gnd\n"},
    {"650", MRRC_TABLE_CODES, "aCats\nxFun\naDogs\naBirds\n2gnd\n"},
    {"650/*{ _ | 2? }", MRRC_TABLE_CODES, "aBirds\n2gnd\n"},
    {"001", MRRC_TABLE_CODES, " id\n"},
};

static void test_cases(void) {
    static const char *const one[] = {ONE};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].rows != NULL) {
            check_rows(cases[i].query, cases[i].flags, one, 1, cases[i].rows);
            continue;
        }
        mrrc_query_fault fault;
        CHECK(mrrc_table_new(cases[i].query, strlen(cases[i].query), "", 0, 0, 80, 0, &fault) ==
              NULL);
    }
}

static void test_many_items(void) {
    /* more items than there are bits in a word */
    static const char *const one[] = {ONE};
    mrrc_buffer query = {0}, wanted = {0};
    for (int i = 0; i < 130; i++) {
        check_put_text(&query, i == 0 ? "" : ", ");
        check_put_text(&query, i % 65 == 64 ? "245$b" : i % 65 == 63 ? "001" : "651$a");
        check_put_text(&wanted, i == 0 ? "" : ",");
        check_put_text(&wanted, i % 65 == 64 ? "sub" : i % 65 == 63 ? "id" : "");
    }
    check_put(&query, "", 1);
    check_put(&wanted, "\n", 2);
    check_rows(query.text, 0, one, 1, wanted.text);
    mrrci_buffer_clear(&query);
    mrrci_buffer_clear(&wanted);
}

/* A record with `count` subfields in one field. */
static void put_long(mrrc_buffer *record, size_t count) {
    check_put_text(record, LEADER "\x1e" "650 0");
    for (size_t i = 0; i < count; i++)
        check_put_text(record, "\x1f" "avalue");
}

static void test_limits(void) {
    static const char *const queries[] = {"650$a, 650$a, 650$a", "650/*{ a, a, a }",
                                          "650$a, 650$a"};
    mrrc_buffer record = {0};
    put_long(&record, 3000);
    const uint32_t ends[1] = {(uint32_t)record.size};
    const mrrc_batch_view view = {
        .block = record.data, .ends = ends, .block_size = record.size, .count = 1};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        mrrc_table *table = check_table(queries[i], 0);
        mrrc_buffer out = {0};
        size_t done = 9;
        CHECK_EQ_INT(mrrc_table_records(table, &view, 0, 1, &out, &done), MRRC_ERR_QUERY_LIMIT);
        CHECK_EQ_INT(done, 0);
        CHECK_EQ_INT(out.size, 0);
        mrrci_buffer_clear(&out);
        mrrc_table_free(table);
    }
    mrrci_buffer_clear(&record);
}

/* No bytes are read that a record does not have, whatever it holds. */
static void test_chance(void) {
    static const char *const queries[] = {"001, 650/*{ a, x | a? }", "...$*, 008/0-3", "650[#]$a/0",
                                          "245[0-0], 245^2, .../*{ [a-z] }"};
    static const char *const pieces[] = {"\x1e", "\x1f", "001", "650", "a", "\xc3\xa9", "\xff", " 0"};
    uint64_t state = 4;
    for (int run = 0; run < 20000; run++) {
        mrrc_buffer record = {0}, out = {0};
        size_t done;
        check_put(&record, LEADER, check_random(&state, 20) == 0 ? check_random(&state, 24) : 24);
        for (uint32_t left = check_random(&state, 20); left > 0; left--)
            check_put_text(&record, pieces[check_random(&state, 8)]);
        uint8_t *copy = check_copy(record.data, record.size);
        const uint32_t ends[1] = {(uint32_t)record.size};
        const mrrc_batch_view view = {
            .block = copy, .ends = ends, .block_size = record.size, .count = 1};
        mrrc_table *table =
            check_table(queries[run % 4], run % 3 == 0 ? MRRC_TABLE_MERGE : MRRC_TABLE_PLAIN);
        int status = mrrc_table_records(table, &view, 0, 1, &out, &done);
        CHECK(status == MRRC_OK || status == MRRC_ERR_PACKED_INVALID);
        mrrc_table_free(table);
        free(copy);
        mrrci_buffer_clear(&record);
        mrrci_buffer_clear(&out);
    }
}

static const char *one_of(uint64_t *state, const char *const *words, uint32_t count) {
    return words[check_random(state, count)];
}

/* Whether a query finds a value in a record. */
static bool finds(const char *query, const mrrc_batch_view *view) {
    mrrc_table *table = check_table(query, 0);
    mrrc_buffer out = {0};
    size_t done;
    CHECK(mrrc_table_records(table, view, 0, 1, &out, &done) == MRRC_OK);
    bool found = out.size > 0;
    mrrci_buffer_clear(&out);
    mrrc_table_free(table);
    return found;
}

/* A reference with conditions finds something where it is a filter that matches. */
static void test_conditions_by_chance(void) {
    static const char *const places[] = {"650$a", "6XX$a$x", "650[0]$x", "650[#]$[ax]", "651",
                                         "650^1", "001", "008/0-1", "LDR/6", "650$a/0", "650/*"};
    static const char *const terms[] = {"$a", "$x", "^1", "650$a", "651[0]$a", "008/0", "LDR/6"};
    static const char *const signs[] = {"=", "!=", "~", "!~"};
    static const char *const texts[] = {"\\a", "\\b", "\\ab", "\\1"};
    static const char *const values[] = {"a", "b", "ab", "ba"};
    uint64_t state = 650;
    for (int run = 0; run < 4000; run++) {
        mrrc_buffer record = {0}, query = {0};
        check_put_text(&record, LEADER "\x1e" "001a" "\x1e" "008ab");
        for (uint32_t left = check_random(&state, 4); left > 0; left--) {
            check_put_text(&record, check_random(&state, 3) > 0 ? "\x1e" "650" : "\x1e" "651");
            check_put_text(&record, check_random(&state, 2) > 0 ? "1 " : "a ");
            for (uint32_t more = check_random(&state, 3) + 1; more > 0; more--) {
                check_put_text(&record, check_random(&state, 2) > 0 ? "\x1f" "a" : "\x1f" "x");
                check_put_text(&record, one_of(&state, values, 4));
            }
        }
        check_put_text(&query, one_of(&state, places, 11));
        for (uint32_t left = check_random(&state, 2) + 1; left > 0; left--) {
            check_put_text(&query, check_random(&state, 4) > 0 ? "{" : "{!");
            check_put_text(&query, one_of(&state, terms, 7));
            if (query.data[query.size - 1] != '!' && memchr(query.data, '!', query.size) == NULL) {
                check_put_text(&query, one_of(&state, signs, 4));
                check_put_text(&query, check_random(&state, 3) > 0 ? one_of(&state, texts, 4)
                                                                  : one_of(&state, terms, 7));
            }
            check_put_text(&query, "}");
        }
        check_put(&query, "", 1);
        const uint32_t ends[1] = {(uint32_t)record.size};
        const mrrc_batch_view view = {
            .block = record.data, .ends = ends, .block_size = record.size, .count = 1};
        mrrc_query_fault fault;
        mrrc_filter *filter = mrrc_filter_new(query.text, query.size - 1, 80, 0, &fault);
        if (filter != NULL) {
            uint8_t match = 2;
            size_t done;
            CHECK(mrrc_filter_records(filter, record.data, ends, 1, &match, &done) == MRRC_OK);
            CHECK_FOR(finds(query.text, &view) == (match == 1), "%s in %.*s", query.text,
                      (int)record.size, record.text);
        } else {
            CHECK(mrrc_table_new(query.text, query.size - 1, "", 0, 0, 80, 0, &fault) == NULL);
        }
        mrrc_filter_free(filter);
        mrrci_buffer_clear(&record);
        mrrci_buffer_clear(&query);
    }
}

static int run_rows(void) {
    static const char query[] = "'k', 001, 650/*{ 'p' a, x | a? }, 245[0-0], 020$a{$q=\\pbk}";
    mrrc_query_fault fault;
    mrrc_buffer out = {0};
    size_t done;
    mrrc_table *table = mrrc_table_new(query, sizeof query - 1, "|", 1, MRRC_TABLE_MERGE, 80, 0, &fault);
    int status = table == NULL ? fault.code : MRRC_OK;
    if (status == MRRC_OK) {
        const uint32_t ends[1] = {sizeof ONE - 1};
        const mrrc_batch_view view = {.block = (const uint8_t *)ONE,
                                      .ends = ends,
                                      .block_size = sizeof ONE - 1,
                                      .count = 1};
        status = mrrc_table_records(table, &view, 0, 1, &out, &done);
    }
    if (status == MRRC_OK)
        CHECK_BUFFER(out, "k,id,pCats|pDogs|pBirds,Fun|Fun|,T\xc3\xa9st sub me,111|222\n");
    mrrci_buffer_clear(&out);
    mrrc_table_free(table);
    return status;
}

int main(void) {
    test_cases();
    test_many_items();
    test_limits();
    test_chance();
    test_conditions_by_chance();
    sweep(run_rows);
    return check_report();
}
