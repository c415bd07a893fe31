/* SPDX-License-Identifier: MIT
 *
 * titleInfo: which field each type goes to, what does not file, and what a title takes from
 * elsewhere in the record.
 */
#include "check_mods_read.h"

#define TITLE(attributes, parts) "<titleInfo " attributes ">" parts "</titleInfo>"

static void test_types(void) {
    CHECK_MODS(TITLE("", "<title>T</title>"), "245 00$aT\n");
    CHECK_MODS(TITLE("", "<title>T</title>") TITLE("", "<title>U</title>"),
               "245 00$aT\n246 3_$aU\n");
    CHECK_MODS(TITLE("type='abbreviated'", "<title>T</title>"), "210 1_$aT\n");
    CHECK_MODS(TITLE("type='translated' lang='eng'", "<title>T</title>"), "242 10$aT$yeng\n");
    CHECK_MODS(TITLE("type='translated' xml:lang='en'", "<title>T</title>"), "242 10$aT$yen\n");
    CHECK_MODS(TITLE("type='alternative'", "<title>T</title>"), "246 3_$aT\n");
    CHECK_MODS(TITLE("type='odd'", "<title>T</title>"), "246 3_$aT\n");
    CHECK_MODS(TITLE("type='uniform' valueURI='u'", "<title>T</title>"), "130 0_$aT$0u\n");
    CHECK_MODS(TITLE("type='uniform'", "<title>T</title>")
                   TITLE("type='uniform'", "<nonSort>A </nonSort><title>U</title>"),
               "130 0_$aT\n730 2_$aA U\n");
    CHECK_MODS("<name type='personal' usage='primary'><namePart>N, M</namePart></name>" TITLE(
                   "type='uniform'", "<title>T</title>") TITLE("", "<title>U</title>"),
               "100 1_$aN, M\n240 10$aT\n245 10$aU\n");
    CHECK_MODS(TITLE("type='uniform'", "<title>T</title>") TITLE("", "<title>U</title>"),
               "130 0_$aT\n245 10$aU\n");
}

static void test_parts(void) {
    CHECK_MODS(TITLE("", "<title>T</title><subTitle>s</subTitle><partNumber>1</partNumber>"
                         "<partName>p</partName>"),
               "245 00$aT$bs$n1$pp\n");
    CHECK_MODS(TITLE("", "<partNumber>1</partNumber><title>T</title><partName>p</partName>"
                         "<subTitle>s</subTitle>"),
               "245 00$aT$n1$pp$bs\n");
    CHECK_MODS(TITLE("", "<title>T</title><title>U</title>"), "245 00$aT U\n");
    CHECK_MODS(TITLE("", "<title> A\n\t B  <i>c</i>d </title>"), "245 00$aA B cd\n");
    CHECK_MODS(TITLE("", "<title> </title>"), "");
    CHECK_MODS(TITLE("type='uniform' valueURI='u'", "<title/>"), "");
}

static void test_nonfiling(void) {
    static const struct {
        const char *article, *field;
    } cases[] = {
        {"The ", "245 04$aThe X\n"},   {"The", "245 04$aThe X\n"},
        {" The\n ", "245 04$aThe X\n"}, {"L'", "245 02$aL'X\n"},
        {"L\xe2\x80\x99", "245 02$aL\xe2\x80\x99X\n"},
        {"al-", "245 03$aal-X\n"},     {"\xc3\x89l", "245 03$a\xc3\x89l X\n"},
        {"\"", "245 01$a\"X\n"},       {"L' ", "245 03$aL' X\n"},
        {"12345678", "245 09$a12345678 X\n"}, {"123456789", "245 00$a123456789 X\n"},
        {"A  B ", "245 04$aA B X\n"},  {"", "245 00$aX\n"}, {"  ", "245 00$aX\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer inside = {0};
        check_put_text(&inside, "<titleInfo><nonSort>");
        check_put_text(&inside, cases[i].article);
        check_put(&inside, "</nonSort><title>X</title></titleInfo>", 39);
        CHECK_MODS(inside.text, cases[i].field);
        mrrci_buffer_clear(&inside);
    }
    CHECK_MODS(TITLE("type='translated'", "<nonSort>A </nonSort><title>T</title>"),
               "242 12$aA T\n");
}

static void test_labels(void) {
    CHECK_MODS(TITLE("type='alternative' displayLabel='Cover title'", "<title>T</title>"),
               "246 14$aT\n");
    CHECK_MODS(TITLE("type='alternative' displayLabel='On box'", "<title>T</title>"),
               "246 1_$iOn box$aT\n");
    CHECK_MODS(TITLE("type='alternative' displayLabel='On box'", ""), "");
}

static void test_borrowed(void) {
    /* the statement may stand anywhere, and there may be several */
    CHECK_MODS("<note type='statement of responsibility'>by A</note>" TITLE(
                   "", "<title>T</title><subTitle>s</subTitle>") "<note>n</note>"
               "<note type='statement of responsibility'>with B</note>",
               "245 00$aT$bs$cby A ; with B\n500 __$an\n");
    CHECK_MODS("<note type='statement of responsibility'>by A</note>", "500 __$aby A\n");
    CHECK_MODS(TITLE("", "<title>T</title><subTitle>s</subTitle>")
                   "<physicalDescription><form authority='gmd'>map</form></physicalDescription>",
               "245 00$aT$hmap$bs\n");
}

int main(void) {
    test_types();
    test_parts();
    test_nonfiling();
    test_labels();
    test_borrowed();
    return check_report();
}
