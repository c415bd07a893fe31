/* SPDX-License-Identifier: MIT
 *
 * The leader, recordInfo and 007.
 */
#include "check_mods_read.h"

#define EMPTY_008 "      ||||||||||||||||||||||||||||||||||\n"
#define INFO(parts) "<recordInfo>" parts "</recordInfo>"

static void check_leader(const char *inside, const char *codes) {
    char wanted[100];
    snprintf(wanted, sizeof wanted, "00000n%s a2200000uu 4500\n" EMPTY_008, codes);
    CHECK_CODED(inside, wanted);
}

static void test_type(void) {
    static const struct {
        const char *type;
        char code, manuscript;
    } types[] = {{"text", 'a', 't'},
                 {"cartographic", 'e', 'f'},
                 {"notated music", 'c', 'd'},
                 {"sound recording-nonmusical", 'i', 'i'},
                 {"sound recording-musical", 'j', 'j'},
                 {"sound recording", 'j', 'j'},
                 {"still image", 'k', 'k'},
                 {"moving image", 'g', 'g'},
                 {"three dimensional object", 'r', 'r'},
                 {"software, multimedia", 'm', 'm'},
                 {"mixed material", 'p', 'p'},
                 {" Text ", 'a', 't'},
                 {"odd", 'a', 'a'}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char inside[200], codes[3] = {types[i].code, 'm', 0};
        snprintf(inside, sizeof inside, "<typeOfResource>%s</typeOfResource>", types[i].type);
        check_leader(inside, codes);
        codes[0] = types[i].manuscript;
        snprintf(inside, sizeof inside, "<typeOfResource manuscript='yes'>%s</typeOfResource>",
                 types[i].type);
        check_leader(inside, codes);
    }
    CHECK_MODS("<typeOfResource>odd</typeOfResource>", "note\n");
    CHECK_MODS("<typeOfResource>text</typeOfResource><typeOfResource>still image"
               "</typeOfResource>",
               "note\n");
}

static void test_level(void) {
    static const struct {
        const char *issuance, *codes;
    } levels[] = {{"monographic", "am"},         {"single unit", "am"},
                  {"multipart monograph", "am"}, {"continuing", "as"},
                  {"serial", "as"},              {"integrating resource", "ai"},
                  {"odd", "am"}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        char inside[200];
        snprintf(inside, sizeof inside, "<originInfo><issuance>%s</issuance></originInfo>",
                 levels[i].issuance);
        check_leader(inside, levels[i].codes);
    }
    check_leader("<typeOfResource collection='yes'>mixed material</typeOfResource>"
                 "<originInfo><issuance>monographic</issuance></originInfo>",
                 "pc");
}

static void test_record_info(void) {
    CHECK_MODS(INFO("<recordIdentifier source='S'>1</recordIdentifier>"), "001 1\n003 S\n");
    CHECK_MODS(INFO("<recordIdentifier>1</recordIdentifier>"
                    "<recordIdentifier source='S'>2</recordIdentifier>"),
               "001 1\n035 __$a(S)2\n");
    CHECK_MODS("<identifier type='local'>1</identifier>" INFO(
                   "<recordIdentifier>2</recordIdentifier>"),
               "001 2\n024 7_$a1$2local\n");
    CHECK_MODS(INFO("<recordContentSource authority='marcorg'>A</recordContentSource>"
                    "<recordContentSource>B</recordContentSource>"
                    "<languageOfCataloging><languageTerm type='code' authority='iso639-2b'>eng"
                    "</languageTerm><languageTerm type='text'>English</languageTerm>"
                    "</languageOfCataloging><descriptionStandard>aacr</descriptionStandard>"),
               "040 __$aA$dB$beng\n"); /* the leader says it */
    CHECK_MODS(INFO("<descriptionStandard>isbd</descriptionStandard>"), "");
    CHECK_MODS(INFO("<descriptionStandard>rda</descriptionStandard>"), "040 __$erda\n");
    CHECK_MODS(INFO("<languageOfCataloging><languageTerm>English</languageTerm>"
                    "</languageOfCataloging>"),
               "040 __$bEnglish\n");
    CHECK_MODS(INFO("<recordOrigin>by hand</recordOrigin>"), "note\n");
    CHECK_CODED(INFO("<descriptionStandard>aacr</descriptionStandard>"),
                "00000nam a2200000ua 4500\n" EMPTY_008);
    CHECK_CODED(INFO("<descriptionStandard>rda</descriptionStandard>"),
                "00000nam a2200000ui 4500\n" EMPTY_008);
}

static void test_change_date(void) {
    static const struct {
        const char *date, *field;
    } cases[] = {
        {"20050607080910.0", "005 20050607080910.0\n"},
        {"20050607080910.5", "005 20050607080910.5\n"},
        {"2005-06-07T08:09:10", "005 20050607080910.0\n"},
        {"2005-06-07T08:09:10Z", "005 20050607080910.0\n"},
        {"2005-06-07T08:09:10+02:00", "005 20050607080910.0\n"},
        {"2005-06-07T08:09:10-02:00", "005 20050607080910.0\n"},
        {"2005-06-07T08:09", "005 20050607080900.0\n"},
        {"2005-06-07", "005 20050607000000.0\n"},
        {"20050607", "005 20050607000000.0\n"},
        {"2005", "note\n"},
        {"yesterday", "note\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inside[200];
        snprintf(inside, sizeof inside,
                 "<recordInfo><recordChangeDate encoding='iso8601'>%s</recordChangeDate>"
                 "</recordInfo>",
                 cases[i].date);
        CHECK_MODS(inside, cases[i].field);
    }
    CHECK_MODS(INFO("<recordChangeDate>20050607</recordChangeDate>"
                    "<recordChangeDate>20060607</recordChangeDate>"),
               "005 20050607000000.0\nnote\n");
}

#define FORM(authority, text) "<form authority='" authority "'>" text "</form>"
#define PHYSICAL(parts) "<physicalDescription>" parts "</physicalDescription>"
#define MAP "<typeOfResource>cartographic</typeOfResource>"
#define GENRE(text) "<genre authority='marcgt'>" text "</genre>"

static void test_physical(void) {
    CHECK_MODS(MAP GENRE("atlas") GENRE("model") GENRE("remote sensing image") GENRE("map")
                   GENRE("globe"),
               "007 ad||||||\n007 aq||||||\n007 ar||||||\n007 aj||||||\n007 d|||||\n");
    CHECK_MODS(PHYSICAL(FORM("marccategory", "microform") FORM("marcsmd", "microfiche")),
               "007 he|||||||||||\n");
    CHECK_MODS(PHYSICAL(FORM("marccategory", "sound recording")), "007 s|||||||||||||\n");
    CHECK_MODS(PHYSICAL(FORM("marccategory", "text") FORM("marccategory", "kit")
                            FORM("marcsmd", "large print")),
               "007 t|\n007 o|\n655 _7$alarge print$2marcsmd\n");
    CHECK_MODS(PHYSICAL(FORM("marccategory", "electronic resource") FORM("marcsmd", "remote")
                            "<digitalOrigin>born digital</digitalOrigin>"),
               "007 cr|||||||||n||\n");
    CHECK_MODS(PHYSICAL("<digitalOrigin>digitized microfilm</digitalOrigin>"
                        "<reformattingQuality>access</reformattingQuality>"),
               "007 c||||||||||b|a\n");
    CHECK_MODS(PHYSICAL(FORM("marccategory", "odd")), "655 _7$aodd$2marccategory\n");
}

int main(void) {
    test_type();
    test_level();
    test_record_info();
    test_change_date();
    test_physical();
    return check_report();
}
