/* SPDX-License-Identifier: MIT
 *
 * subject, genre and classification: headings with their subdivisions, whose terms they are,
 * places and maps.
 */
#include "check_mods_read.h"

#define SUBJECT(attributes, parts) "<subject " attributes ">" parts "</subject>"
#define LCSH "authority='lcsh'"

static void test_headings(void) {
    CHECK_MODS(SUBJECT(LCSH, "<topic>A</topic><geographic>B</geographic><temporal>C</temporal>"
                             "<genre>D</genre><topic>E</topic>"),
               "650 _0$aA$zB$yC$vD$xE\n");
    CHECK_MODS(SUBJECT(LCSH, "<geographic>A</geographic><topic>B</topic>"),
               "651 _0$aA$xB\n");
    CHECK_MODS(SUBJECT(LCSH, "<temporal>A</temporal><topic>B</topic>"), "648 _0$aA$xB\n");
    CHECK_MODS(SUBJECT(LCSH, "<genre>A</genre><topic>B</topic>"), "655 _0$aA$xB\n");
    CHECK_MODS(SUBJECT("", "<occupation>A</occupation>"), "656 __$aA\n");
    CHECK_MODS(SUBJECT("authority='dot'", "<occupation>A</occupation>"), "656 _7$aA$2dot\n");
    CHECK_MODS(SUBJECT(LCSH, "<titleInfo><nonSort>The </nonSort><title>A</title>"
                             "<partNumber>1</partNumber></titleInfo><topic>B</topic>"),
               "630 40$aThe A$n1$xB\n");
    CHECK_MODS(SUBJECT("", "A word"), "653 __$aA word\n");
    CHECK_MODS(SUBJECT("", "<topic>A</topic>text"), "650 _4$aA\nnote\n");
}

static void test_names(void) {
    CHECK_MODS(SUBJECT(LCSH, "<name type='personal'><namePart type='family'>A</namePart>"
                             "<namePart type='given'>B</namePart>"
                             "<namePart type='date'>1900-</namePart></name><topic>C</topic>"),
               "600 10$aA, B$d1900-$xC\n");
    CHECK_MODS(SUBJECT("", "<name type='family' authority='lcsh'><namePart>A</namePart></name>"),
               "600 30$aA\n");
    CHECK_MODS(SUBJECT(LCSH, "<name type='corporate'><namePart>A</namePart>"
                             "<namePart>B</namePart></name><genre>C</genre>"),
               "610 20$aA$bB$vC\n");
    CHECK_MODS(SUBJECT(LCSH, "<name type='conference'><namePart>A</namePart></name>"),
               "611 20$aA\n");
    CHECK_MODS(SUBJECT(LCSH, "<name><namePart>A</namePart></name><topic>B</topic>"),
               "653 __$aA$aB\n");
    CHECK_MODS(SUBJECT(LCSH, "<name type='personal'><namePart>A, B</namePart></name>"
                             "<titleInfo><title>T</title><partName>p</partName></titleInfo>"
                             "<topic>C</topic>"),
               "600 10$aA, B$tT$pp$xC\n");
    /* what can be no subdivision is a heading of its own */
    CHECK_MODS(SUBJECT(LCSH, "<topic>A</topic><name type='corporate'><namePart>B</namePart>"
                             "</name><geographic>C</geographic>"),
               "610 20$aB\n650 _0$aA$zC\n");
}

static void test_lists(void) {
    static const struct {
        const char *authority, *field;
    } cases[] = {
        {"lcsh", "650 _0$aA\n"}, {"lcshac", "650 _1$aA\n"}, {"mesh", "650 _2$aA\n"},
        /* the stylesheet has these two the wrong way round */
        {"nal", "650 _3$aA\n"},  {"csh", "650 _5$aA\n"},    {"rvm", "650 _6$aA\n"},
        {"fast", "650 _7$aA$2fast\n"}, {"", "650 _4$aA\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int where = 0; where < 2; where++) {
            char inside[200];
            snprintf(inside, sizeof inside,
                     "<subject authority='%s'><topic authority='%s'>A</topic></subject>",
                     where == 0 ? cases[i].authority : "", cases[i].authority);
            CHECK_MODS(inside, cases[i].field);
        }
    CHECK_MODS(SUBJECT("authority='fast' valueURI='u'", "<topic>A</topic><topic>B</topic>"),
               "650 _7$aA$xB$2fast$0u\n");
    CHECK_MODS(SUBJECT("", "<topic valueURI='u'>A</topic>"), "650 _4$aA$0u\n");
    CHECK_MODS(SUBJECT("authority='no list has a name that is as long as this one, and nobody "
                       "would want it'",
                       "<topic>A</topic>"),
               "650 _4$aA\nnote\n");
}

static void test_places(void) {
    CHECK_MODS(SUBJECT("", "<hierarchicalGeographic><continent>A</continent><country>B</country>"
                           "<state>C</state><province>D</province><territory>E</territory>"
                           "<county>F</county><city>G</city><citySection>H</citySection>"
                           "<region>I</region><island>J</island><area>K</area>"
                           "<extraterrestrialArea>L</extraterrestrialArea>"
                           "</hierarchicalGeographic>"),
               "662 __$aA$aB$bC$bD$bE$cF$dG$fH$gI$gJ$gK$hL\n");
    CHECK_MODS(SUBJECT("authority='tgn'", "<hierarchicalGeographic><city>G</city>"
                                          "</hierarchicalGeographic>"),
               "662 __$dG$2tgn\n");
    CHECK_MODS(SUBJECT("", "<cartographics><coordinates>C</coordinates><scale>S</scale>"
                           "<projection>P</projection></cartographics>"),
               "255 __$aS$bP$cC\n");
    CHECK_MODS(SUBJECT("", "<geographicCode authority='marcgac'>e-fr---</geographicCode>")
                   SUBJECT("", "<geographicCode authority='iso3166'>fr</geographicCode>"
                               "<geographicCode authority='xx'>y</geographicCode>"),
               "043 __$ae-fr---$cfr$by$2xx\n");
}

static void test_genre(void) {
    CHECK_MODS("<genre>A</genre>", "655 _4$aA\n");
    CHECK_MODS("<genre authority='lcgft' valueURI='u'>A</genre>", "655 _7$aA$2lcgft$0u\n");
    CHECK_MODS("<genre authority='rdacontent'>text</genre>", "336 __$atext$2rdacontent\n");
    CHECK_MODS("<genre authority='marcmuscomp'>sy</genre>", "047 __$asy\n");
    CHECK_MODS("<genre authority='marcmuscomp'>symphonies</genre>",
               "655 _7$asymphonies$2marcmuscomp\n");
    /* what 008 has a place for stands there alone */
    CHECK_MODS("<genre authority='marcgt'>bibliography</genre>", "");
    CHECK_MODS("<genre authority='marcgt'>globe</genre>", "655 _7$aglobe$2marcgt\n");
}

static void test_classification(void) {
    static const struct {
        const char *attributes, *field;
    } cases[] = {
        {"authority='lcc'", "050 _4$aA 1\n"},
        {"authority='nlm'", "060 _4$aA 1\n"},
        {"authority='nal'", "070 __$aA 1\n"},
        {"authority='udc' edition='e'", "080 __$aA 1$2e\n"},
        {"authority='ddc' edition='21'", "082 04$aA 1$221\n"},
        {"authority='sudocs'", "086 0_$aA 1\n"},
        {"authority='candocs'", "086 1_$aA 1\n"},
        {"authority='rvk'", "084 __$aA 1$2rvk\n"},
        {"", "084 __$aA 1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inside[200];
        snprintf(inside, sizeof inside, "<classification %s>A 1</classification>",
                 cases[i].attributes);
        CHECK_MODS(inside, cases[i].field);
    }
    CHECK_MODS("<classification authority='lcc'>A</classification>"
               "<classification authority='lcc'>B</classification>"
               "<recordInfo><recordContentSource>DLC</recordContentSource></recordInfo>",
               "040 __$aDLC\n050 _0$aA\n050 _0$aB\n");
}

/* 045: times in code, and nothing else. */
static void test_times(void) {
#define MARC_TIME(text) "<temporal encoding='marc'>" text "</temporal>"
#define TIME(attributes, text) "<temporal encoding='iso8601'" attributes ">" text "</temporal>"
#define TIMES(inside) "<subject>" inside "</subject>"
    CHECK_MODS(TIMES(MARC_TIME("w9w9")), "045 __$aw9w9\n");
    CHECK_MODS(TIMES(MARC_TIME("c0221")), "045 0_$bc0221\n");
    CHECK_MODS(TIMES(TIME("", "1901")), "045 0_$bd1901\n");
    CHECK_MODS(TIMES(TIME("", "1901") TIME("", "19020304")), "045 1_$bd1901$bd19020304\n");
    CHECK_MODS(TIMES(MARC_TIME("w0w0") TIME(" point='start'", "1804") TIME(" point='end'", "1806")),
               "045 2_$aw0w0$bd1804$bd1806\n");
    CHECK_MODS(TIMES(TIME("", "1901-02")), "648 _4$a1901-02\n");
    CHECK_MODS(TIMES(MARC_TIME("w9w9") "<topic>A</topic>"), "648 _4$aw9w9$xA\n");
    CHECK_MODS(TIMES("<temporal>1901</temporal>"), "648 _4$a1901\n");
    /* a blank part is none, and begins no heading */
    CHECK_MODS(TIMES(MARC_TIME("")), "");
    CHECK_MODS(TIMES(MARC_TIME(" ") "<topic>A</topic>"), "650 _4$aA\n");
    CHECK_MODS(TIMES("<topic/><name/><geographic>B</geographic><topic>A</topic>"),
               "651 _4$aB$xA\n");
}

static void test_coordinates(void) {
#define PLACE(text) "<subject><cartographics><coordinates>" text "</coordinates></cartographics>" \
                    "</subject>"
    CHECK_MODS(PLACE("W0800000, E0200000, N0400000, S0100000"),
               "034 0_$dW0800000$eE0200000$fN0400000$gS0100000\n");
    CHECK_MODS(PLACE("W080000x, E0200000, N0400000, S0100000"),
               "255 __$cW080000x, E0200000, N0400000, S0100000\n");
    CHECK_MODS("<subject><cartographics><coordinates>W0800000, E0200000, N0400000, S0100000"
               "</coordinates><scale>1</scale></cartographics></subject>",
               "255 __$a1$cW0800000, E0200000, N0400000, S0100000\n");
    CHECK_MODS("<subject><cartographics/></subject>", "");
}

/* Occupations name their list in $2; both spellings of what is beyond the earth are read. */
static void test_lists_and_spellings(void) {
    CHECK_MODS("<subject authority='lcsh'><occupation>A</occupation></subject>",
               "656 _7$aA$2lcsh\n");
    CHECK_MODS("<subject><hierarchicalGeographic><extraTerrestrialArea>A</extraTerrestrialArea>"
               "<extraterrestrialArea>B</extraterrestrialArea></hierarchicalGeographic></subject>",
               "662 __$hA$hB\n");
}

int main(void) {
    test_times();
    test_coordinates();
    test_lists_and_spellings();
    test_headings();
    test_names();
    test_lists();
    test_places();
    test_genre();
    test_classification();
    return check_report();
}
