/* SPDX-License-Identifier: MIT
 *
 * physicalDescription and language: extents, forms by type and list, languages by code and
 * by name.
 */
#include "check_mods_read.h"

#define PHYSICAL(parts) "<physicalDescription>" parts "</physicalDescription>"
#define FORM(attributes, text) "<form " attributes ">" text "</form>"
#define TERM(attributes, text) "<languageTerm " attributes ">" text "</languageTerm>"
#define CODE(text) TERM("type='code' authority='iso639-2b'", text)
#define LANGUAGE(attributes, terms) "<language " attributes ">" terms "</language>"

static void test_extent(void) {
    CHECK_MODS(PHYSICAL("<extent>1 v.</extent><extent>2 discs</extent>"),
               "300 __$a1 v.\n300 __$a2 discs\n");
    CHECK_MODS(PHYSICAL("<form>ill.</form><extent unit='pages'>12</extent>"),
               "300 __$a12$fpages$bill.\n");
    CHECK_MODS(PHYSICAL("<extent>1 v.</extent><dimensions>24 cm</dimensions>"),
               "300 __$a1 v.$c24 cm\n");
}

static void test_forms(void) {
    CHECK_MODS(PHYSICAL(FORM("type='media'", "x")), "337 __$ax\n");
    CHECK_MODS(PHYSICAL(FORM("type='carrier' authority='rdacarrier'", "x")),
               "338 __$ax$2rdacarrier\n");
    CHECK_MODS(PHYSICAL(FORM("authority='rdamedia' valueURI='u'", "x")),
               "337 __$ax$2rdamedia$0u\n");
    CHECK_MODS(PHYSICAL(FORM("authority='rdacarrier'", "x")), "338 __$ax$2rdacarrier\n");
    CHECK_MODS(PHYSICAL(FORM("authority='rdacontent'", "x")), "336 __$ax$2rdacontent\n");
    CHECK_MODS(PHYSICAL(FORM("type='material'", "x")), "340 __$ax\n");
    CHECK_MODS(PHYSICAL(FORM("type='technique'", "x")), "340 __$dx\n");
    CHECK_MODS(PHYSICAL(FORM("authority='aat'", "x")), "655 _7$ax$2aat\n");
    CHECK_MODS(PHYSICAL(FORM("authority='marcform'", "print")), "");
    CHECK_MODS(PHYSICAL(FORM("authority='marcform'", "odd")), "655 _7$aodd$2marcform\n");
}

static void test_the_rest(void) {
    CHECK_MODS(PHYSICAL("<internetMediaType>text/html</internetMediaType>"),
               "347 __$btext/html\n");
    CHECK_MODS(PHYSICAL("<internetMediaType>text/html</internetMediaType>"
                        "<internetMediaType>text/plain</internetMediaType>")
               "<location><url>u</url><url>v</url></location>",
               "347 __$btext/plain\n856 __$uu$qtext/html\n856 __$uv\n");
    CHECK_MODS(PHYSICAL("<note>Worn.</note><note type='action'>Sewn.</note>"),
               "500 __$aWorn.\n583 __$aSewn.\n");
    CHECK_MODS(PHYSICAL("<digitalOrigin>odd</digitalOrigin>"), "note\n");
}

static void test_languages(void) {
    CHECK_MODS(LANGUAGE("", CODE("eng")) LANGUAGE("", CODE("fre")), "041 0_$aeng$afre\n");
    /* the name says no more than the code */
    CHECK_MODS(LANGUAGE("", CODE("eng") TERM("type='text'", "English")), "041 0_$aeng\n");
    CHECK_MODS(LANGUAGE("", TERM("type='text' authority='iso639-2b'", "English")),
               "546 __$aEnglish\n");
    CHECK_MODS(LANGUAGE("", TERM("type='code'", "eng")), "041 0_$aeng\n");
    CHECK_MODS(LANGUAGE("", TERM("authority='rfc3066'", "en")), "041 07$aen$2rfc3066\n");
    CHECK_MODS(LANGUAGE("", TERM("type='code' authority='iso639-3'", "eng")),
               "041 07$aeng$2iso639-3\n");
    CHECK_MODS(LANGUAGE("", CODE("srp") "<scriptTerm type='code'>Cyrl</scriptTerm>"
                                        "<scriptTerm type='text'>Cyrillic</scriptTerm>"),
               "041 0_$asrp\n546 __$bCyrillic\n");
    CHECK_MODS(LANGUAGE("", "<scriptTerm type='code'>Cyrl</scriptTerm>"), "546 __$bCyrl\n");
    static const struct {
        const char *part, *field;
    } parts[] = {{"text/sound track", "041 0_$aeng\n"},
                 {"summary", "041 0_$beng\n"},
                 {"abstract", "041 0_$beng\n"},
                 {"summary or abstract", "041 0_$beng\n"},
                 {"sung or spoken text", "041 0_$deng\n"},
                 {"libretto", "041 0_$eeng\n"},
                 {"table of contents", "041 0_$feng\n"},
                 {"accompanying material", "041 0_$geng\n"},
                 {"translation", "041 1_$heng\n"},
                 {"subtitle or caption", "041 0_$jeng\n"}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        for (int where = 0; where < 2; where++) {
            char inside[300];
            snprintf(inside, sizeof inside,
                     "<language %s%s%s><languageTerm type='code' %s%s%s>eng</languageTerm>"
                     "</language>",
                     where == 0 ? "objectPart='" : "", where == 0 ? parts[i].part : "",
                     where == 0 ? "'" : "", where == 1 ? "objectPart='" : "",
                     where == 1 ? parts[i].part : "", where == 1 ? "'" : "");
            CHECK_MODS(inside, parts[i].field);
        }
}

/* What was said once is not said again: by a second address, or by another script's title. */
static void test_repeated(void) {
    CHECK_MODS("<location><url>u</url></location><physicalDescription>"
               "<internetMediaType>a/b</internetMediaType><internetMediaType>a/b"
               "</internetMediaType></physicalDescription>",
               "856 __$uu$qa/b\n");
    CHECK_MODS("<titleInfo><title>T</title></titleInfo><physicalDescription>"
               "<form authority='gmd'>map</form></physicalDescription><physicalDescription>"
               "<form authority='gmd'>map</form><form authority='gmd'>kit</form>"
               "</physicalDescription>",
               "245 00$aT$hmap\n655 _7$akit$2gmd\n");
}

int main(void) {
    test_repeated();
    test_extent();
    test_forms();
    test_the_rest();
    test_languages();
    return check_report();
}
