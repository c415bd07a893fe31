/* SPDX-License-Identifier: MIT
 *
 * name: main entry and added entries, the parts of persons and bodies, roles.
 */
#include "check_mods_read.h"

#define PERSON(attributes, parts) "<name type='personal' " attributes ">" parts "</name>"
#define PART(type, text) "<namePart type='" type "'>" text "</namePart>"
#define ROLE(term) "<role><roleTerm>" term "</roleTerm></role>"

static void test_entry(void) {
    CHECK_MODS(PERSON("", "<namePart>A, B</namePart>"), "700 1_$aA, B\n");
    CHECK_MODS(PERSON("usage='primary'", "<namePart>A, B</namePart>"), "100 1_$aA, B\n");
    CHECK_MODS(PERSON("", "<namePart>A</namePart>" ROLE("creator")), "100 0_$aA$ecreator\n");
    CHECK_MODS(PERSON("", "<namePart>A</namePart>" ROLE("cre")), "100 0_$aA$4cre\n");
    /* one main entry; the one that says so, before a creator */
    CHECK_MODS(PERSON("", "<namePart>A</namePart>" ROLE("creator"))
                   PERSON("usage='primary'", "<namePart>B</namePart>"),
               "100 0_$aB\n700 0_$aA$ecreator\n");
    CHECK_MODS(PERSON("", "<namePart>A</namePart>" ROLE("creator"))
                   PERSON("", "<namePart>B</namePart>" ROLE("creator")),
               "100 0_$aA$ecreator\n700 0_$aB$ecreator\n");
    CHECK_MODS("<name type='corporate' usage='primary'><namePart>A</namePart></name>",
               "110 2_$aA\n");
    CHECK_MODS("<name type='conference' usage='primary'><namePart>A</namePart></name>",
               "111 2_$aA\n");
    CHECK_MODS("<name type='family'><namePart>Doe family</namePart></name>",
               "700 3_$aDoe family\n");
    /* without a type there is no heading */
    CHECK_MODS("<name usage='primary'><namePart>A</namePart>" ROLE("author") "</name>",
               "720 __$aA$eauthor\n");
}

static void test_person(void) {
    CHECK_MODS(PERSON("", PART("given", "G") PART("family", "F")), "700 1_$aF, G\n");
    CHECK_MODS(PERSON("", PART("family", "F")), "700 1_$aF\n");
    CHECK_MODS(PERSON("", PART("given", "G")), "700 0_$aG\n");
    CHECK_MODS(PERSON("", "<namePart>A</namePart><namePart>B</namePart>"), "700 0_$aA B\n");
    CHECK_MODS(PERSON("", PART("date", "1900-") PART("termsOfAddress", "Dr.")
                              PART("termsOfAddress", "XIV,") "<namePart>A</namePart>"
                              "<displayForm>(Aa)</displayForm>"),
               "700 0_$aA$bXIV,$cDr.$q(Aa)$d1900-\n");
    CHECK_MODS(PERSON("", "<namePart>A</namePart><displayForm>By A.</displayForm>"),
               "700 0_$aA\nnote\n");
    CHECK_MODS(PERSON("valueURI='u'", "<namePart>A</namePart><affiliation>X</affiliation>"
                                      "<description>d</description>"
                                      "<nameIdentifier type='orcid'>1</nameIdentifier>"
                                      "<nameIdentifier>2</nameIdentifier>"),
               "700 0_$aA$uX$gd$0u$0(orcid)1$02\n");
}

static void test_body(void) {
    CHECK_MODS("<name type='corporate'><namePart>A</namePart><namePart>B</namePart>"
               "<namePart>C</namePart>" PART("date", "1999") "</name>",
               "710 2_$aA$bB$bC$d1999\n");
    CHECK_MODS("<name type='conference'><namePart>A</namePart><namePart>B</namePart>" PART(
                   "date", "1999") ROLE("host") ROLE("aut") "</name>",
               "711 2_$aA$eB$d1999$jhost$4aut\n");
}

static void test_roles(void) {
    CHECK_MODS(PERSON("", "<namePart>A</namePart><role><roleTerm type='code'>aut</roleTerm>"
                          "<roleTerm type='text'>author</roleTerm></role>"
                          "<role><roleTerm type='text'>ill</roleTerm></role>"),
               "700 0_$aA$eauthor$eill$4aut\n");
    CHECK_MODS(PERSON("", ROLE("author")), "700 0_$eauthor\n");
}

/* A part that ends in a full stop gets no second one. */
static void test_joined(void) {
    CHECK_MODS("<relatedItem><name type='corporate'><namePart>IBM.</namePart><namePart>B</namePart>"
               "<namePart>C</namePart></name></relatedItem>",
               "787 0_$aIBM. B. C\n");
}

/* A name that is only an address has no place, and is not dropped in silence. */
static void test_address_alone(void) {
    CHECK_MODS("<name xlink:href='http://a'/>", "note\n");
    CHECK_MODS("<name type='personal' valueURI='http://a'><namePart/></name>", "note\n");
    CHECK_MODS("<name/>", "");
}

int main(void) {
    test_address_alone();
    test_joined();
    test_entry();
    test_person();
    test_body();
    test_roles();
    return check_report();
}
