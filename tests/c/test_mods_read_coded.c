/* SPDX-License-Identifier: MIT
 *
 * 008: dates, country, language, and what its middle says of each material.
 */
#include "check_mods_read.h"

/* 008 alone, which begins behind the leader's line. */
static void check_008(const char *inside, size_t from, const char *part) {
    mrrc_buffer document = {0}, lines = {0};
    check_put_text(&document, "<mods>");
    check_put_text(&document, inside);
    check_put_text(&document, "</mods>");
    mods_read(document.data, document.size, 0, true, &lines);
    CHECK_EQ_INT(lines.size, MRRCI_LEADER_SIZE + 1 + 40 + 1);
    size_t at = MRRCI_LEADER_SIZE + 1 + from, size = strlen(part);
    if (lines.size >= at + size)
        check_bytes(lines.data + at, size, part, size, __FILE__, __LINE__, inside);
    mrrci_buffer_clear(&document);
    mrrci_buffer_clear(&lines);
}

#define ORIGIN(parts) "<originInfo>" parts "</originInfo>"
#define ISSUED(attributes, text) "<dateIssued " attributes ">" text "</dateIssued>"
#define MARC "encoding='marc' "
#define SERIAL "<issuance>serial</issuance>"

static void test_dates(void) {
    enum { TYPE = 6 };
    check_008("<note>n</note>", TYPE, "|||||||||");
    check_008(ORIGIN(ISSUED(MARC, "1999")), TYPE, "s1999    ");
    check_008(ORIGIN(ISSUED(MARC, "199u") "<issuance>monographic</issuance>"), TYPE,
              "s199u    ");
    check_008(ORIGIN(ISSUED("", "c1999.")), TYPE, "s1999    ");
    check_008(ORIGIN(ISSUED("", "1999 or 2000")), TYPE, "|||||||||");
    check_008(ORIGIN(ISSUED("", "19995")), TYPE, "|||||||||");
    check_008(ORIGIN(ISSUED("encoding='w3cdtf'", "1999-05-06")), TYPE, "s1999    ");
    check_008(ORIGIN(ISSUED("encoding='iso8601'", "19990506")), TYPE, "s1999    ");
    check_008(ORIGIN(ISSUED(MARC, "99")), TYPE, "|||||||||");
    check_008(ORIGIN(ISSUED("", "1998") ISSUED(MARC, "1999")), TYPE, "s1999    ");
    check_008(ORIGIN(ISSUED(MARC "qualifier='questionable'", "1999")), TYPE, "s1999    ");
    check_008(ORIGIN(ISSUED(MARC "point='start'", "1990") ISSUED(MARC "point='end'", "1995")),
              TYPE, "m19901995");
    check_008(ORIGIN(ISSUED(MARC "point='start' qualifier='questionable'", "1990")
                         ISSUED(MARC "point='end' qualifier='questionable'", "1995")),
              TYPE, "q19901995");
    check_008(ORIGIN(ISSUED("", "1990-")), TYPE, "m19909999");
    check_008(ORIGIN(ISSUED(MARC, "1999") "<copyrightDate encoding='marc'>1998</copyrightDate>"),
              TYPE, "t19991998");
    check_008(ORIGIN(ISSUED(MARC, "1999") "<copyrightDate>c1998</copyrightDate>"), TYPE,
              "s1999    ");
    check_008(ORIGIN("<copyrightDate>c1998</copyrightDate>"), TYPE, "s1998    ");
    check_008(ORIGIN("<dateCreated>1998</dateCreated>"), TYPE, "s1998    ");
    check_008("<typeOfResource collection='yes'>mixed material</typeOfResource>" ORIGIN(
                  ISSUED(MARC "point='start'", "1990") ISSUED(MARC "point='end'", "1995")),
              TYPE, "i19901995");
}

static void test_continuing(void) {
    enum { TYPE = 6 };
    check_008(ORIGIN(SERIAL ISSUED(MARC "point='start'", "1990")
                         ISSUED(MARC "point='end'", "9999")),
              TYPE, "c19909999");
    check_008(ORIGIN(SERIAL ISSUED(MARC "point='start'", "1990")
                         ISSUED(MARC "point='end'", "1995")),
              TYPE, "d19901995");
    check_008(ORIGIN(SERIAL ISSUED(MARC "point='start'", "1990")
                         ISSUED(MARC "point='end'", "uuuu")),
              TYPE, "u1990uuuu");
    check_008(ORIGIN(SERIAL ISSUED(MARC "point='start'", "1990")), TYPE, "u1990uuuu");
    check_008(ORIGIN(SERIAL ISSUED("", "1990-")), TYPE, "c19909999");
}

static void test_entered(void) {
#define CREATED(attributes, text)                                                             \
    "<recordInfo><recordCreationDate " attributes ">" text "</recordCreationDate></recordInfo>"
    check_008(CREATED(MARC, "990102"), 0, "990102|");
    check_008(CREATED("encoding='iso8601'", "19990102"), 0, "990102|");
    check_008(CREATED("encoding='w3cdtf'", "1999-01-02T03:04:05"), 0, "990102|");
    check_008(CREATED("", "1999"), 0, "      |");
    CHECK_MODS(CREATED("", "1999"), "note\n");
}

static void test_place_and_language(void) {
#define COUNTRY(attributes, code)                                                             \
    "<originInfo><place><placeTerm " attributes ">" code "</placeTerm></place></originInfo>"
    check_008(COUNTRY("type='code' authority='marccountry'", "nyu"), 15, "nyu|");
    check_008(COUNTRY("type='code' authority='marccountry'", "gw"), 15, "gw |");
    check_008(COUNTRY("type='code' authority='marccountry'", "USA"), 15, "||||");
    check_008(COUNTRY("type='code' authority='marccountry'", "usaa"), 15, "||||");
    check_008(COUNTRY("type='text'", "New York"), 15, "||||");
#define LANGUAGE(attributes, code)                                                            \
    "<language><languageTerm " attributes ">" code "</languageTerm></language>"
    check_008(LANGUAGE("type='code' authority='iso639-2b'", "eng"), 35, "eng||");
    check_008(LANGUAGE("type='text'", "eng"), 35, "|||||");
    check_008(LANGUAGE("type='code' authority='rfc3066'", "eng"), 35, "|||||");
    check_008(LANGUAGE("type='code' authority='iso639-2b'", "english"), 35, "|||||");
}

#define TYPE(text) "<typeOfResource>" text "</typeOfResource>"
#define GENRE(text) "<genre authority='marcgt'>" text "</genre>"
#define FORM(text)                                                                            \
    "<physicalDescription><form authority='marcform'>" text "</form></physicalDescription>"
#define AUDIENCE(text) "<targetAudience authority='marctarget'>" text "</targetAudience>"

static void test_materials(void) {
    enum { FROM = 18 };
    check_008(GENRE("bibliography") GENRE("index") GENRE("fiction") GENRE("biography")
                  FORM("braille") AUDIENCE("juvenile"),
              FROM, "||||jfbi  |||||1d");
    check_008(TYPE("text") ORIGIN(SERIAL "<frequency authority='marcfrequency'>Monthly"
                                         "</frequency><frequency authority='marcfrequency'>"
                                         "completely irregular</frequency>")
                  GENRE("newspaper") GENRE("review") GENRE("conference publication")
                      FORM("microfilm") AUDIENCE("adult"),
              FROM, "mx|n|a|o  |1|||||");
    check_008(TYPE("cartographic") GENRE("atlas") FORM("print"), FROM, "|||||||e||| |||||");
    check_008(TYPE("notated music") GENRE("poetry") FORM("electronic"), FROM,
              "|||||s||||||p ||||");
    check_008(TYPE("still image") GENRE("slide") FORM("electronic") AUDIENCE("adult"), FROM,
              "||||e||||||s|||s|");
    check_008(TYPE("software, multimedia") GENRE("game") AUDIENCE("general"), FROM,
              "||||g|||g||||||||");
    check_008(TYPE("mixed material") FORM("microfiche"), FROM, "|||||b|||||||||||");
}

int main(void) {
    test_dates();
    test_continuing();
    test_entered();
    test_place_and_language();
    test_materials();
    return check_report();
}
