/* SPDX-License-Identifier: MIT
 *
 * identifier and location: a field for each type of number, addresses, holdings.
 */
#include "check_mods_read.h"

static void test_types(void) {
    static const struct {
        const char *type, *valid, *invalid;
    } cases[] = {
        {"isbn", "020 __$a1\n", "020 __$z1\n"},
        {"issn", "022 __$a1\n", "022 __$z1\n"},
        {"issn-l", "022 __$l1\n", "022 __$m1\n"},
        {"lccn", "010 __$a1\n", "010 __$z1\n"},
        {"isrc", "024 0_$a1\n", "024 0_$z1\n"},
        {"upc", "024 1_$a1\n", "024 1_$z1\n"},
        {"ismn", "024 2_$a1\n", "024 2_$z1\n"},
        {"ean", "024 3_$a1\n", "024 3_$z1\n"},
        {"sici", "024 4_$a1\n", "024 4_$z1\n"},
        {"", "024 8_$a1\n", "024 8_$z1\n"},
        {"doi", "024 7_$a1$2doi\n", "024 7_$z1$2doi\n"},
        {"hdl", "024 7_$a1$2hdl\n", "024 7_$z1$2hdl\n"},
        {"local", "024 7_$a1$2local\n", "024 7_$z1$2local\n"},
        {"strn", "027 __$a1\n", "027 __$z1\n"},
        {"issue number", "028 00$a1\n", "028 00$a1\n"},
        {"matrix number", "028 10$a1\n", "028 10$a1\n"},
        {"music plate", "028 20$a1\n", "028 20$a1\n"},
        {"music publisher", "028 30$a1\n", "028 30$a1\n"},
        {"videorecording", "028 40$a1\n", "028 40$a1\n"},
        {"videorecording identifier", "028 40$a1\n", "028 40$a1\n"},
        {"coden", "030 __$a1\n", "030 __$z1\n"},
        {"oclc", "035 __$a(OCoLC)1\n", "035 __$z(OCoLC)1\n"},
        {"stocknumber", "037 __$a1\n", "037 __$a1\n"},
        {"stock number", "037 __$a1\n", "037 __$a1\n"},
        {"report number", "088 __$a1\n", "088 __$z1\n"},
        {"uri", "856 __$u1\n", "856 __$u1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inside[200];
        snprintf(inside, sizeof inside, "<identifier type='%s'>1</identifier>", cases[i].type);
        CHECK_MODS(inside, cases[i].valid);
        snprintf(inside, sizeof inside, "<identifier type='%s' invalid='yes'>1</identifier>",
                 cases[i].type);
        CHECK_MODS(inside, cases[i].invalid);
    }
    CHECK_MODS("<identifier type='oclc'>(OCoLC)7</identifier>", "035 __$a(OCoLC)7\n");
    CHECK_MODS("<identifier type='isbn' displayLabel='pbk.'>7</identifier>",
               "020 __$a7$qpbk.\n");
    CHECK_MODS("<identifier type='lccn'>1</identifier><identifier type='lccn'>2</identifier>",
               "010 __$a1$a2\n");
    CHECK_MODS("<identifier type='doi'/>", "");
}

static void test_addresses(void) {
    CHECK_MODS("<location><url>http://a</url><url>HTTPS://b</url><url>ftp://c</url>"
               "<url>mailto:d</url><url>urn:e</url></location>",
               "856 4_$uhttp://a\n856 4_$uHTTPS://b\n856 1_$uftp://c\n856 0_$umailto:d\n"
               "856 __$uurn:e\n");
    CHECK_MODS("<location><url usage='primary display' displayLabel='L' note='N' "
               "dateLastAccessed='2020'>http://a</url></location>",
               "856 40$3L$uhttp://a$zN$zLast accessed: 2020\n");
    CHECK_MODS("<location><url access='raw object'>http://a</url></location>",
               "856 40$uhttp://a\n");
    CHECK_MODS("<location><url access='preview'>http://a</url></location>",
               "856 4_$uhttp://a\n");
}

static void test_holdings(void) {
    CHECK_MODS("<location><physicalLocation displayLabel='L' xlink:href='u'>A</physicalLocation>"
               "<shelfLocator>S</shelfLocator></location>",
               "852 __$3L$aA$uu$hS\n");
    CHECK_MODS("<location><shelfLocator>S</shelfLocator></location>", "852 __$hS\n");
    CHECK_MODS("<location><physicalLocation>A</physicalLocation>"
               "<physicalLocation>B</physicalLocation></location>",
               "852 __$aA\n852 __$aB\n");
    CHECK_MODS("<location><physicalLocation>A</physicalLocation><holdingSimple>"
               "<copyInformation><subLocation>B</subLocation><shelfLocator>S</shelfLocator>"
               "<electronicLocator>E</electronicLocator><note>N</note>"
               "<itemIdentifier>I</itemIdentifier>"
               "<enumerationAndChronology>v. 1</enumerationAndChronology></copyInformation>"
               "<copyInformation><subLocation>C</subLocation></copyInformation>"
               "</holdingSimple></location>",
               "852 __$aA$bB$hS$pI$zN$uE\n852 __$bC\n866 _0$av. 1\n");
    CHECK_MODS("<location><holdingExternal>x</holdingExternal></location>", "note\n");
}

/* 022 has no $q. */
static void test_unqualified(void) {
    CHECK_MODS("<identifier type='issn' displayLabel='online'>1</identifier>", "022 __$a1\n");
}

int main(void) {
    test_unqualified();
    test_types();
    test_addresses();
    test_holdings();
    return check_report();
}
