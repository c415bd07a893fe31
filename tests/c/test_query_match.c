/* SPDX-License-Identifier: MIT
 *
 * What filters find in a record: each row of the language, what a missing field or subfield does
 * to it, conditions in braces, and records that are none or take too long.
 */
#include "check_query.h"

/* leader, control fields */
static const check_row fixed[] = {
    {"ldr.length == 1234", 1}, {"ldr.length > 1234", 0}, {"ldr.base_addr <= 289", 1},
    {"ldr.base_addr != 289", 0}, {"ldr.length >= 4294967295", 0}, {"ldr.status == 'n'", 1},
    {"ldr.type == 'a' && ldr.level == 'm'", 1}, {"ldr.encoding != 'a'", 0},
    {"ldr.level < 'n'", 1}, {"ldr.type in ['a', 't']", 1}, {"LDR/6 == 'a'", 1},
    {"LDR/5-6 == 'na'", 1}, {"LDR/06 not in ['a', 't']", 0}, {"000/#-3 == '4500'", 1},
    {"LDR =? '2200'", 1}, {"ldr.type == '\\'", 0}, {"LDR/6", 1}, {"LDR/24?", 0}, {"#LDR/6 == 1", 1},
    {"001 == 'ocm1'", 1}, {"001 != 'ocm1'", 0}, {"001 != 'x'", 1}, {"002 == 'x'", 0},
    {"002 != 'x'", 0}, {"002 not in ['x']", 0}, {"!(002 == 'x')", 1}, {"!002 == 'x'", 1},
    {"00. == 'DE-101' && 00. != 'DE-101'", 1}, {"001 in ['a', 'ocm1',]", 1},
    {"003 in 'DE-101'", 1}, {"008[35:38] == 'eng'", 1}, {"008[35:38] != 'eng'", 0},
    {"005[:4] not in ['2023', '2024']", 1}, {"005[0] == '2'", 1}, {"005[0:100] == ''", 1},
    {"005[4:2] == ''", 1}, {"005[12:] == '.345'", 1}, {"005[11:] == '2.345'", 1},
    {"005[17:] == ''", 1}, {"005[100] == ''", 1}, {"245 == 'x'", 0}, {"245 != 'x'", 0},
    {"245[0] == 'x' || 245[0] == ''", 0}, {"008/35-37 == 'eng'", 1}, {"008/35-# == 'eng d'", 1},
    {"008/# == 'd'", 1}, {"008/#-2 == 'g d'", 1}, {"008/40 == ''", 0}, {"008/40", 0},
    {"008/39", 1}, {"008/35-37 =~ '^e'", 1}, {"001 =? 'cm'", 1}, {"001 =^ 'ocm'", 1},
    {"001 =$ '1'", 1}, {"001 =* 'ocm2'", 0}, {"001 =* 'ocm1x'", 1}, {"001 >= 'ocm'", 1},
    {"001 < 'ocm'", 0}, {"001?", 1}, {"!001?", 0}, {"001/*?", 1}, {"001/##?", 0}, {"002?", 0},
    {"001.x?", 0}, {"!001.x?", 1}, {"008/35?", 0}, {"#008/35 == 1", 0}, {"#008/35 == 0", 1},
    {"#00. == 4", 1}, {"00X =? 'DE'", 1}, {"008$a", 0}, {"00.[1]/0-1 == 'DE'", 1},
    {"001{ !a? }", 0}, {"#00./*{ #a == 0 } == 0", 1}, {"00.{ ALL a == 'x' }", 0},
    {"ALL 001{ a? }", 1}, {"!001{ !(a?) }", 1}};

/* fields and values */
static const check_row values[] = {
    {"075.b == 'p'", 1}, {"075.b != 'p'", 1}, {"!(075.b == 'p')", 0}, {"075{ !(b == 'p') }", 1},
    {"075{ ALL b == 'p' }", 1}, {"ALL 075.b == 'p'", 0}, {"ALL 075{ ALL b =^ 'p' }", 1},
    {"ALL 076.b == 'p'", 1}, {"076{ !(b == 'p') }", 0}, {"076.b != 'p'", 0}, {"!(076.b == 'p')", 1},
    {"075{ ALL x == 'p' }", 1}, {"075{ x? && ALL x == 'p' }", 0}, {"ALL 075.x == 'p'", 0},
    {"ALL 075{ ALL x == 'p' }", 1}, {"076? && ALL 076{ a? }", 0}, {"ALL 076?", MRRC_ERR_QUERY_SYNTAX},
    {"ANY 075.b == 'piz'", 1}, {"075{ ANY b == 'p' }", 1},
    {"075{ b == 'p' && 2 == 'gndgen' }", 1}, {"075{ b == 'p' && 2 == 'gndspec' }", 0},
    {"075{b == 'p' && 2 == 'gndgen'}", 1}, {"075{ b == 'p' || b == 'x' }", 1},
    {"075{ (b == 'x' || b == 'p') && (2?) }", 1}, {"075{ a? && !(x?) }", 0},
    {"075{ b? && !(x?) }", 1}, {"075{ !!b? }", 1}, {"075{ !x? && !y? }", 1},
    {"245.a?", 0}, {"245/*.a?", 1}, {"245/10.a?", 1}, {"245/1#.a?", 0}, {"245/.0.a?", 1},
    {"245/[12][^1].a?", 1}, {"245/[^1]..a?", 0}, {"020/1#.a?", 1}, {"020.a?", 1},
    {"245?", 0}, {"!245?", 1}, {"245/*?", 1}, {"245/10?", 1}, {"076?", 0}, {"!076/*.a?", 1},
    {"999/ff?", 1}, {"999/ff.i == ''", 1}, {"CAT.a == 'X'", 1}, {"...{ a == 'X' }", 1},
    {"1[01]0/*.a?", 1}, {"6[^6]./*.a?", 1}, {"65./*.z == 'France'", 1}, {"24./*.a?", 1},
    {"650/*.[ab] == 'War'", 1}, {"650/*.[x-z] == 'France'", 1}, {"650/*.* == 'Peace'", 1},
    {"650/*.a in ['x', 'War']", 1}, {"650/*.a in 'War'", 1}, {"650/*.a not in ['History', 'War']", 1},
    {"650/#0.a not in ['History', 'War']", 0}, {"245/*.a =? 'history'", 1},
    {"245/*.a =? 'History'", 0}, {"245/*.a !? 'history'", 0}, {"245/*.a =? ''", 1},
    {"650/*.a =? ['istor', 'zzz']", 1}, {"650/#4.a !? ['ar', 'zzz']", 1}, {"245/*.a =? 'historyx'", 0},
    {"245/*.c =^ ['by', '[by']", 1}, {"245/*.c !^ 'by'", 0}, {"245/*.a =$ '/'", 1},
    {"245/*.a !$ ['/', '.']", 0}, {"245/*.a =$ ''", 1}, {"100/*.a >= 'L'", 1}, {"100/*.a < 'L'", 0},
    {"100/*.a <= 'Lovelace, Ada'", 1}, {"100/*.a > 'Lovelace, Ada'", 0},
    {"100/*.d =~ '^1[89]\\\\d\\\\d'", 1}, {"100/*.d !~ '^1[89]\\\\d\\\\d'", 0},
    {"245/*.a =~ ['xyz', '(?i)HISTORY']", 1}, {"100/*.a =* 'Lovelace Ada'", 1},
    {"100/*.a =* 'Babbage'", 0}, {"100/*.a !* 'Babbage'", 1},
    {"100/*.a !* ['Babbage', 'Lovelace Ada']", 0}, {"100/*.a =* ['Babbage', 'Lovelace Ada']", 1}};

/* counts, references of MARCspec, and Boolean algebra */
static const check_row more[] = {
    {"#650/* == 2", 1}, {"#650 == 0", 1}, {"#076/* == 0", 1}, {"#650/*{ a == 'War' } == 1", 1},
    {"#075{ b? } >= 2", 1}, {"650/*{ #a == 2 }", 1}, {"650/*{ #a > 2 }", 0}, {"650/*{ #q == 0 }", 1},
    {"#650$a == 3", 1}, {"#650$a < 3", 0}, {"#020{ q? } != 2", 1}, {"#245/10 == 1", 1},
    {"245$a", 1}, {"!245$a", 0}, {"!245$z", 1}, {"245$a?", 1}, {"245$b", 0}, {"245$a =? 'history'", 1},
    {"6XX$a =~ '(?i)war'", 1}, {"6xx$a == 'War'", 1}, {"650$a == 'Peace'", 1}, {"650$a[0] == 'Peace'", 0},
    {"650$a[1] == 'Peace'", 1}, {"650$a[#] == 'Peace'", 1}, {"650[0]$a == 'War'", 0},
    {"650[1]$a == 'War'", 1}, {"650[#]$a == 'War'", 1}, {"650[#-1]$a == 'History'", 1},
    {"650[2]$a", 0}, {"650[1-0]$a", 0}, {"650[0-#]$x", 1}, {"650[1]/#4$a", 0}, {"650[0]/#4$a", 1},
    {"650$a/0-2 == 'His'", 1}, {"245$a/15-19 == '\xc3\xa4pfel'", 1}, {"245$a/#-1 == ' /'", 1},
    {"245/10$a == 'x'", 0}, {"245/10$c =^ 'by'", 1}, {"650$a$x == 'Sources'", 1},
    {"650$[ax] == 'Sources'", 1}, {"650$x-z == 'France'", 1}, {"650$* == 'France'", 1},
    {"245^1 == '1'", 1}, {"245^2 == '1'", 0}, {"650^2 in ['4']", 1}, {"650[0]^2 == '4'", 0},
    {"880^1", 1}, {"077^1", 0}, {"650[1-1]", 1}, {"650[2-2]", 0}, {"!650[2-2]", 1},
    {"245[0]/*.a?", 1}, {"020[0].a?", 1}, {"020.a == '0140449132'", 0}, {"020[1].a?", 0},
    {"650[1]/*{ z? }", 1}, {"650[0]/*{ z? }", 0}, {"075{ b[0]/0-1 == 'pi' }", 1},
    {"ALL 650$a", MRRC_ERR_QUERY_SYNTAX}, {"ALL 650$a =~ '.'", 1}, {"ALL 650$z == 'France'", 0},
    {"001? && 002?", 0}, {"001? || 002?", 1}, {"002? && 002? || 001?", 1},
    {"001? || 002? && 002?", 1}, {"(001? || 002?) && 002?", 0}, {"!(001? && 002?)", 1},
    {"((001?))", 1}, {"!!001?", 1}, {"!(!(001?))", 1}, {"! ( 001? )", 0}, {"!075{ b? }", 0},
    {"! 075{ x? }", 1}, {"!#075 == 2", 0}, {"!ldr.type == 'a'", 0}, {"(001?)||(002?)", 1},
    {"001=='ocm1'&&075.b=='p'", 1}, {"245$a=$'/'", 1}, {"650$a!='x'", 1}, {"\n 001? \t", 1}};

/* conditions in braces */
static const check_row conditions[] = {
    {"020$a{$q=\\paperback}", 1}, {"020$a{$q=\\paperback} == '0140449999'", 0},
    {"020$a{$q=\\paperback} == '0140449132'", 1}, {"020$a{$q=\\x}", 0}, {"020$a{$q!=\\cloth}", 1},
    {"020[1]$a{$q!=\\cloth}", 0}, {"020$a{$z!=\\cloth}", 0}, {"020$a{$q!=$z}", 1}, {"020$a{!$z}", 1},
    {"020$a{?$q}", 1}, {"020$a{$q}", 1}, {"020$a{$z}", 0}, {"020$a{$z|$q}", 1},
    {"020$a{$z}{$q}", 0}, {"020$a{$q}{$q~\\paper}", 1}, {"020$a{$q!~\\paper}", 1},
    {"020[0]$a{$q!~\\paper}", 0}, {"008/18{LDR/6=\\a}", 1}, {"008/18{LDR/6=\\a}{LDR/7=\\b|LDR/7=\\m}", 1},
    {"008/18{LDR/6=\\a}{LDR/7=\\b}", 0}, {"245$a{/0-2=\\The}", 1}, {"245$a{/0-2=\\Der}", 0},
    {"245$a{=\\The\\shistory\\sof\\s\xc3\xa4pfel\\s/}", 1}, {"650$a{^2=\\4} == 'War'", 1},
    {"650$a{^2=\\4} == 'History'", 0}, {"245{$a}", 1}, {"245{$b}", 0}, {"650{[1]}", 1}, {"650{[2]}", 0},
    {"650{![2]}", 1}, {"650$a{[1]$z=\\France}", 1}, {"880$6{245$a~\\history}", 1},
    {"880[0-0]{100$a?245$a}", 1}, {"245^1{^2=\\0}", 1}, {"245^1{^2=\\1}", 0},
    {"650$a{$z}$x{$a} == 'Sources'", 1}, {"650$a{$x=$x}", 1}, {"650$a{$x=100$a}", 0},
    {"LDR/6{=\\a}", 1}, {"LDR/6{LDR/7=\\m}", 1}, {"!LDR/6{/0=\\b}", 1}, {"245{245$a}{001}", 1},
    {"245$a{001=\\ocm1|002}", 1}, {"#650$a{^2=\\4} == 2", 1}, {"245$a{$c~\\Love}", 1},
    {"100$d{=\\1815-1852.}", 1}, {"650{$a=\\War|$a=\\Peace}", 1}, {"999$i{=\\}", 1}};

/* A filter with a list so long that it is sorted. */
static void test_long_list(void) {
    CHECK(check_ask("650$a in ['k','j','i','h','War','g','f','e','d','c','b','a','']").status == 1);
    CHECK(check_ask("650$a in ['k','j','i','h','Wars','g','f','e','d','c','b','a']").status == 0);
    CHECK(check_ask("245$a not in ['k','j','i','h','Wars','g','f','e','d','c','b']").status == 1);
    CHECK(check_ask("999$i in ['k','','i','h','Wars','g','f','e','d','c','b']").status == 1);
}

/* A control field behind a data field is there, but not for comparisons in marc21's form. */
static void test_order(void) {
    static const char late[] = "00000nam a2200000 i 4500" F "24500" S "aX" F "001late";
    static const check_row rows[] = {{"001?", 1}, {"001 == 'late'", 0}, {"001[0:2] == 'la'", 0},
                                     {"001/0-1 == 'la'", 1}, {"001[0]/0", 1}, {"#001 == 1", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        CHECK_FOR(check_ask_of(rows[i].text, strlen(rows[i].text), late, sizeof late - 1).status ==
                      rows[i].status,
                  "%s", rows[i].text);
}

static void test_no_record(void) {
    CHECK(check_ask_of("001?", 4, "short", 5).status == MRRC_ERR_PACKED_INVALID);
    CHECK(check_ask_of("LDR/0", 5, "short", 5).status == MRRC_ERR_PACKED_INVALID);
    static const char no_fields[] = "00000nam a2200000 i 4500";
    CHECK(check_ask_of("001?", 4, no_fields, 24).status == 0);
    CHECK(check_ask_of("!001?", 5, no_fields, 24).status == 1);
    CHECK(check_ask_of("ALL 245$a == 'x'", 16, no_fields, 24).status == 1);
    static const char letters[] = "x1234nam a22xxxxx i 4500" F "001x";
    CHECK(check_ask_of("ldr.length != 1", 15, letters, sizeof letters - 1).status == 0);
    static const char bad[] = "01234nam a2200000 i 4500x";
    CHECK(check_ask_of("001?", 4, bad, sizeof bad - 1).status == MRRC_ERR_PACKED_INVALID);
}

/* Any bytes as a record come to an end. */
static void test_chance(void) {
    static const char *const filters[] = {"245$a =? 'a'", "...{ ALL a =~ '.' }", "...$*[#]/0 == 'a'",
                                          "24X[#]$a{$b=$c|^1=\\1}", "#...$a > 1", "00.[1:2] == 'a'"};
    static const char alphabet[] = F F S S "0245ab\xc3\xa4";
    uint64_t state = 20260111;
    for (int i = 0; i < 20000; i++) {
        char record[90] = "00000nam a2200000 i 4500";
        size_t size = 24 + check_random(&state, 60);
        for (size_t j = 24; j < size; j++)
            record[j] = alphabet[check_random(&state, sizeof alphabet - 1)];
        const char *text = filters[check_random(&state, 6)];
        int status = check_ask_of(text, strlen(text), record, size).status;
        if (status != 0 && status != 1 && status != MRRC_ERR_PACKED_INVALID)
            CHECK_FOR(false, "%s: %d", text, status);
    }
    CHECK(true);
}

/* Conditions of each of many values with many others take too long. */
static void test_limit(void) {
    mrrc_buffer record = {0};
    check_put_text(&record, "00000nam a2200000 i 4500" F "650  ");
    for (int i = 0; i < 20000; i++)
        check_put_text(&record, S "aX");
    check_answer answer = check_ask_of("650$a{$a=\\Y}", 12, record.text, record.size);
    CHECK_EQ_INT(answer.status, MRRC_ERR_QUERY_LIMIT);
    answer = check_ask_of("650$a =? 'Y'", 12, record.text, record.size);
    CHECK_EQ_INT(answer.status, 0);
    mrrci_buffer_clear(&record);
}

static int ask_all_kinds(void) {
    static const char text[] = "245$a =~ '(?i)HIST' && 100$a =* 'Lovelace Ada' && 020$a{$q=\\cloth}";
    return check_ask(text).status;
}

int main(void) {
    CHECK_ROWS(fixed);
    CHECK_ROWS(values);
    CHECK_ROWS(more);
    CHECK_ROWS(conditions);
    test_long_list();
    test_order();
    test_no_record();
    test_chance();
    test_limit();
    sweep(ask_all_kinds);
    return check_report();
}
