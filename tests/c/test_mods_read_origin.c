/* SPDX-License-Identifier: MIT
 *
 * originInfo: 260 or 264, which of several dates are shown, and what stands in fields of
 * its own.
 */
#include "check_mods_read.h"

#define ORIGIN(attributes, parts) "<originInfo " attributes ">" parts "</originInfo>"
#define DATE(name, attributes, text) "<" name " " attributes ">" text "</" name ">"

static void test_imprint(void) {
    CHECK_MODS(ORIGIN("", "<place><placeTerm type='text'>P</placeTerm></place>"
                          "<publisher>B</publisher><place><placeTerm>Q</placeTerm></place>"
                          "<agent><namePart>C</namePart></agent><dateIssued>1999</dateIssued>"),
               "260 __$aP$bB$aQ$bC$c1999\n");
    static const struct {
        const char *attribute, *field;
    } events[] = {
        {"eventType='production'", "264 _0$bB\n"},
        {"eventType='publication'", "264 _1$bB\n"},
        {"eventType='distribution'", "264 _2$bB\n"},
        {"eventType='manufacture'", "264 _3$bB\n"},
        {"displayLabel='producer'", "264 _0$bB\n"},
        {"displayLabel='publisher'", "264 _1$bB\n"},
        /* the stylesheet has these two the wrong way round */
        {"displayLabel='distributor'", "264 _2$bB\n"},
        {"displayLabel='manufacturer'", "264 _3$bB\n"},
        {"eventType='odd'", "260 __$bB\n"},
    };
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        mrrc_buffer inside = {0};
        check_put_text(&inside, "<originInfo ");
        check_put_text(&inside, events[i].attribute);
        check_put(&inside, "><publisher>B</publisher></originInfo>", 39);
        CHECK_MODS(inside.text, events[i].field);
        mrrci_buffer_clear(&inside);
    }
    /* by the rules of RDA there is no 260 */
    CHECK_MODS(ORIGIN("", "<publisher>B</publisher>")
                   "<recordInfo><descriptionStandard>rda</descriptionStandard></recordInfo>",
               "040 __$erda\n264 _1$bB\n");
}

static void test_dates(void) {
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "", "c1999.")
                              DATE("dateIssued", "encoding='marc'", "1999")),
               "260 __$cc1999.\n");
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "encoding='marc' point='start'", "1990")
                              DATE("dateIssued", "encoding='marc' point='end'", "1995")),
               "260 __$c1990-1995\n");
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "encoding='marc' point='start'", "1990")
                              DATE("dateIssued", "encoding='marc' point='end'", "9999")),
               "260 __$c1990-\n");
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "encoding='w3cdtf'", "1990")
                              DATE("dateIssued", "encoding='marc'", "1990")),
               "260 __$c1990\n");
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "qualifier='questionable'", "1990")),
               "260 __$c1990?\n");
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "point='start' qualifier='questionable'", "1990")
                              DATE("dateIssued", "point='end' qualifier='questionable'", "1991")),
               "260 __$c1990?-1991?\n");
    CHECK_MODS(ORIGIN("", DATE("dateCreated", "", "1990")), "260 __$g1990\n");
    CHECK_MODS(ORIGIN("eventType='production'", DATE("dateCreated", "", "1990")),
               "264 _0$c1990\n");
    CHECK_MODS(ORIGIN("", DATE("dateOther", "type='distribution'", "1990")
                              DATE("displayDate", "", "spring 1990")),
               "260 __$c1990$cspring 1990\n");
    CHECK_MODS(ORIGIN("", DATE("dateOther", "type='depiction'", "1990")), "note\n");
}

static void test_copyright(void) {
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "", "1999") DATE("copyrightDate", "", "c1998")),
               "260 __$c1999$cc1998\n");
    CHECK_MODS(ORIGIN("", DATE("dateIssued", "", "1999")
                              DATE("copyrightDate", "encoding='marc'", "1998")),
               "260 __$c1999\n");
    CHECK_MODS(ORIGIN("eventType='publication'", DATE("dateIssued", "", "1999")
                                                     DATE("copyrightDate", "", "c1998")),
               "264 _1$c1999\n264 _4$cc1998\n");
    CHECK_MODS(ORIGIN("eventType='copyright'", DATE("copyrightDate", "", "c1998")),
               "264 _4$cc1998\n");
}

static void test_other_fields(void) {
    CHECK_MODS(ORIGIN("", "<edition>1.</edition><edition>2.</edition>"),
               "250 __$a1.\n250 __$a2.\n");
    CHECK_MODS(ORIGIN("", "<frequency>Daily</frequency>"), "310 __$aDaily\n");
    /* the stylesheet makes a 250 of issuance; it is leader/07 */
    CHECK_MODS(ORIGIN("", "<issuance>monographic</issuance>"), "");
    CHECK_MODS(ORIGIN("", "<issuance>odd</issuance>"), "note\n");
    CHECK_MODS(ORIGIN("", DATE("dateModified", "", "1") DATE("dateValid", "", "4")
                              DATE("dateValid", "point='end'", "5")
                              DATE("dateCreated", "encoding='marc' point='start'", "1902")
                              DATE("dateCreated", "encoding='marc' point='end'", "1903")),
               "046 __$j1$k1902$l1903$m4$n5\n260 __$g1902-1903\n");
    CHECK_MODS(ORIGIN("", DATE("dateCaptured", "encoding='iso8601'", "2001-02-03")),
               "033 00$a20010203\n");
    CHECK_MODS(ORIGIN("", DATE("dateCaptured", "encoding='iso8601' point='start'", "2001")
                              DATE("dateCaptured", "encoding='iso8601' point='end'", "2002")),
               "033 20$a2001$a2002\n");
    CHECK_MODS(ORIGIN("", DATE("dateCaptured", "", "May")), "518 __$aMay\n");
}

#define PLACE(authority, code)                                                             \
    "<place><placeTerm type='code' authority='" authority "'>" code "</placeTerm></place>"

static void test_countries(void) {
    CHECK_MODS(ORIGIN("", PLACE("marccountry", "nyu")), "");
    CHECK_MODS(ORIGIN("", PLACE("marccountry", "nyu") PLACE("iso3166", "us")) ORIGIN(
                   "", PLACE("marccountry", "enk")),
               "044 __$anyu$cus$aenk\n");
    CHECK_MODS(ORIGIN("", PLACE("odd", "xx")), "note\n");
}

int main(void) {
    test_imprint();
    test_dates();
    test_copyright();
    test_other_fields();
    test_countries();
    return check_report();
}
