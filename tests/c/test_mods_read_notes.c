/* SPDX-License-Identifier: MIT
 *
 * abstract, tableOfContents, targetAudience, note, accessCondition and extension: the field
 * for each type and the indicator for each label.
 */
#include "check_mods_read.h"

static void test_labels(void) {
    static const struct {
        const char *element, *label, *field;
    } cases[] = {
        {"abstract", "", "520 __$aA\n"},
        {"abstract", "Subject", "520 0_$aA\n"},
        {"abstract", "Review", "520 1_$aA\n"},
        {"abstract", "Scope and content", "520 2_$aA\n"},
        /* 2 in the stylesheet, which is scope and content */
        {"abstract", "Abstract", "520 3_$aA\n"},
        {"abstract", "Content advice", "520 4_$aA\n"},
        {"abstract", "For children", "520 __$3For children$aA\n"},
        {"tableOfContents", "", "505 0_$aA\n"},
        {"tableOfContents", "Contents", "505 0_$aA\n"},
        {"tableOfContents", "Incomplete contents", "505 1_$aA\n"},
        {"tableOfContents", "Partial contents", "505 2_$aA\n"},
        {"targetAudience", "", "521 __$aA\n"},
        {"targetAudience", "Reading grade level", "521 0_$aA\n"},
        {"targetAudience", "Interest age level", "521 1_$aA\n"},
        {"targetAudience", "Interest grade level", "521 2_$aA\n"},
        {"targetAudience", "Special audience characteristics", "521 3_$aA\n"},
        /* 3 in the stylesheet */
        {"targetAudience", "Motivation or interest level", "521 4_$aA\n"},
        {"targetAudience", "Boaters", "521 __$3Boaters$aA\n"},
        {"note", "Box 2", "500 __$3Box 2$aA\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inside[200];
        snprintf(inside, sizeof inside, "<%s displayLabel='%s'>A</%s>", cases[i].element,
                 cases[i].label, cases[i].element);
        CHECK_MODS(inside, cases[i].field);
    }
    CHECK_MODS("<abstract type='review'>A</abstract>", "520 1_$aA\n");
    CHECK_MODS("<targetAudience authority='marctarget'>adult</targetAudience>", "");
    CHECK_MODS("<targetAudience authority='marctarget'>odd</targetAudience>",
               "521 __$aodd\n");
}

static void test_text(void) {
    CHECK_MODS("<abstract>Abs <i>x</i> y</abstract>", "520 __$aAbs x y\n");
    CHECK_MODS("<abstract>a<![CDATA[ <b> ]]>&amp;<!-- c -->d</abstract>", "520 __$aa <b> &d\n");
    CHECK_MODS("<abstract xlink:href='u'>A</abstract>", "520 __$aA$uu\n");
    CHECK_MODS("<abstract xlink:type='review' xlink:href='u'/>", "520 __$uu\n");
    CHECK_MODS("<tableOfContents xlink:href='u'>A</tableOfContents>", "505 0_$aA$uu\n");
}

static void test_notes(void) {
    static const struct {
        const char *type, *field;
    } cases[] = {
        {"performers", "511 0_$aA\n"},
        {"duration", "500 __$aA\n"}, /* 306 has digits alone */
        {"arrangement", "351 __$aA\n"},
        {"venue", "518 __$aA\n"},
        {"date", "518 __$aA\n"},
        {"acquisition", "541 __$aA\n"},
        {"action", "583 __$aA\n"},
        {"additional physical form", "530 __$aA\n"},
        {"bibliography", "504 __$aA\n"},
        {"biographical/historical", "545 __$aA\n"},
        {"citation/reference", "510 0_$aA\n"},
        {"creation/production credits", "508 __$aA\n"},
        {"exhibitions", "585 __$aA\n"},
        {"funding", "536 __$aA\n"},
        {"handwritten", "562 __$aA\n"},
        {"language", "546 __$aA\n"},
        {"numbering", "515 __$aA\n"},
        {"date/sequential designation", "362 1_$aA\n"},
        {"original location", "535 1_$aA\n"},
        {"original version", "534 __$nA\n"},
        {"ownership", "561 __$aA\n"},
        {"preferred citation", "524 __$aA\n"},
        {"publications", "581 __$aA\n"},
        {"reproduction", "533 __$aA\n"},
        {"restriction", "506 __$aA\n"},
        {"source characteristics", "786 0_$nA\n"},
        {"source dimensions", "786 0_$nA\n"},
        {"source identifier", "786 0_$nA\n"},
        {"source note", "786 0_$nA\n"},
        {"source type", "786 0_$nA\n"},
        {"system details", "538 __$aA\n"},
        {"thesis", "502 __$aA\n"},
        {"version identification", "562 __$cA\n"},
        {"Thesis", "502 __$aA\n"},
        {"odd", "500 __$aA\n"},
        {"", "500 __$aA\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inside[200];
        snprintf(inside, sizeof inside, "<note type='%s'>A</note>", cases[i].type);
        CHECK_MODS(inside, cases[i].field);
    }
    CHECK_MODS("<note xlink:href='http://a.example/'>A</note>",
               "500 __$aA\n856 4_$uhttp://a.example/\n");
}

static void test_access(void) {
    /* the stylesheet leaves the tag empty for all of these: it knows neither the types
     * that the schema names nor that there may be none */
    CHECK_MODS("<accessCondition type='restriction on access'>A</accessCondition>",
               "506 __$aA\n");
    CHECK_MODS("<accessCondition type='use and reproduction'>A</accessCondition>",
               "540 __$aA\n");
    CHECK_MODS("<accessCondition>A</accessCondition>", "540 __$aA\n");
    CHECK_MODS("<accessCondition type='restrictionOnAccess'>A</accessCondition>",
               "506 __$aA\n");
    CHECK_MODS("<accessCondition type='useAndReproduction' xlink:href='u' displayLabel='l'>A"
               "</accessCondition>",
               "540 __$3l$aA$uu\n");
}

static void test_extension(void) {
    CHECK_MODS("<extension><x:a xmlns:x='urn:x'>one <x:b>two</x:b></x:a></extension>",
               "887 __$aone two\nnote 887\n");
    CHECK_MODS("<extension/>", "note 887\n");
}

static void test_duration(void) {
    CHECK_MODS("<physicalDescription><note type='duration'>004500</note></physicalDescription>",
               "306 __$a004500\n");
    CHECK_MODS("<note type='duration'>45</note>", "500 __$a45\n");
}

int main(void) {
    test_duration();
    test_labels();
    test_text();
    test_notes();
    test_access();
    test_extension();
    return check_report();
}
