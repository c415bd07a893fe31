/* SPDX-License-Identifier: MIT
 *
 * relatedItem and part: the field for each type, what a link is made of, series.
 */
#include "check_mods_read.h"

#define ITEM(attributes, parts) "<relatedItem " attributes ">" parts "</relatedItem>"
#define TITLE "<titleInfo><title>T</title></titleInfo>"
#define PERSON "<name type='personal'><namePart>A, B</namePart></name>"

static void test_types(void) {
    static const struct {
        const char *attributes, *field;
    } cases[] = {
        {"type='host'", "773 0_$tT\n"},         {"type='constituent'", "774 0_$tT\n"},
        {"type='otherVersion'", "775 0_$tT\n"}, {"type='otherFormat'", "776 0_$tT\n"},
        {"type='preceding'", "780 00$tT\n"},    {"type='succeeding'", "785 00$tT\n"},
        {"type='original'", "534 __$tT\n"},     {"type='series'", "830 _0$aT\n"},
        {"type='isReferencedBy'", "510 3_$aT\n"}, {"", "787 0_$tT\n"},
        {"type='reviewOf'", "787 08$iReview of:$tT\n"},
        {"type='references'", "787 08$iReferences:$tT\n"},
        {"otherType='odd'", "787 08$iodd$tT\n"},
        {"type='host' displayLabel='In'", "773 08$iIn$tT\n"},
        {"type='preceding' displayLabel='Was'", "780 00$iWas$tT\n"},
        {"type='original' displayLabel='From'", "534 __$pFrom$tT\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char inside[200];
        snprintf(inside, sizeof inside, "<relatedItem %s>" TITLE "</relatedItem>",
                 cases[i].attributes);
        CHECK_MODS(inside, cases[i].field);
    }
    CHECK_MODS(ITEM("type='host' displayLabel='In'", ""), "");
}

#define FULL                                                                                  \
    "<titleInfo><nonSort>The</nonSort><title>T</title><subTitle>s</subTitle>"                  \
    "<partNumber>1</partNumber><partName>p</partName></titleInfo>"                             \
    "<titleInfo type='uniform'><title>U</title></titleInfo>"                                   \
    "<name type='personal'><namePart type='family'>A</namePart>"                               \
    "<namePart type='given'>B</namePart><namePart type='date'>1900-</namePart>"                \
    "<role><roleTerm type='code'>aut</roleTerm><roleTerm type='text'>author</roleTerm></role>" \
    "</name><name type='corporate'><namePart>C</namePart><namePart>D</namePart></name>"        \
    "<originInfo><place><placeTerm>P</placeTerm></place><publisher>Q</publisher>"              \
    "<dateIssued>1999</dateIssued><edition>2.</edition></originInfo>"                          \
    "<physicalDescription><extent>9 p.</extent></physicalDescription><note>N</note>"           \
    "<identifier>1</identifier><identifier type='issn'>2</identifier>"                         \
    "<identifier type='isbn'>3</identifier><identifier type='local'>4</identifier>"            \
    "<identifier type='lccn'>5</identifier><identifier type='oclc'>6</identifier>"             \
    "<identifier type='doi'>7</identifier>"                                                    \
    "<recordInfo><recordIdentifier source='S'>8</recordIdentifier></recordInfo>"

static void test_link(void) {
    CHECK_MODS(ITEM("type='otherVersion'", FULL),
               "775 0_$aA, B, 1900-, author; C. D$sU$tThe T : s$b2.$dP, Q, 1999$g1$gp$h9 p.$nN"
               "$o1$x2$z3$w4$w(DLC)5$w(OCoLC)6$o7$w(S)8\nnote\n");
    CHECK_MODS(ITEM("type='original'", FULL),
               "534 __$aA, B, 1900-, author; C. D$tU$tThe T : s$b2.$cP, Q, 1999$n1$np$e9 p.$nN"
               "$o1$x2$z3$o4$o(DLC)5$o(OCoLC)6$o7$o(S)8\nnote\n");
    /* the note is for the code of a role that is there in words, and what has no place */
    CHECK_MODS(ITEM("type='host'", TITLE "<abstract>A</abstract>"), "773 0_$tT\nnote\n");
    CHECK_MODS(ITEM("type='host'", TITLE ITEM("type='host'", TITLE)), "773 0_$tT\nnote\n");
}

static void test_addresses(void) {
    CHECK_MODS(ITEM("", "<location><url displayLabel='L'>http://a</url></location>"),
               "856 42$3L$uhttp://a\n");
    CHECK_MODS(ITEM("type='otherFormat' xlink:type='simple' xlink:href='http://b'", TITLE),
               "776 0_$tT\n856 42$uhttp://b\n");
}

#define PART(parts) "<part>" parts "</part>"

static void test_parts(void) {
    CHECK_MODS(ITEM("type='host'", TITLE PART("<text>v. 1</text><text>p. 2</text>")),
               "773 0_$tT$gv. 1$gp. 2\n");
    CHECK_MODS(ITEM("type='host'",
                    PART("<detail type='volume'><number>1</number><caption>v.</caption></detail>"
                         "<detail type='number'><number>2</number><title>t</title></detail>"
                         "<extent unit='pages'><start>3</start><end>4</end></extent>"
                         "<date>1999</date>")),
               "773 0_$gv. 1, number 2, t, p. 3-4, 1999$q1:2<3\n");
    CHECK_MODS(ITEM("type='host'", PART("<extent unit='minutes'><total>5</total></extent>")),
               "773 0_$gminutes 5\n");
    CHECK_MODS(ITEM("type='host'", PART("<extent><list>1, 3</list></extent>")),
               "773 0_$g1, 3\n");
    /* only a host's enumeration has a subfield */
    CHECK_MODS(ITEM("type='otherVersion'", PART("<detail><number>1</number></detail>")),
               "775 0_$g1\n");
    CHECK_MODS(PART("<detail><number>1</number></detail>"), "773 0_$g1$q1\nnote 773\n");
}

static void test_series(void) {
    CHECK_MODS(ITEM("type='series'", "<titleInfo><nonSort>The </nonSort><title>T</title>"
                                     "<partNumber>1</partNumber><partName>p</partName>"
                                     "</titleInfo><identifier type='issn'>2</identifier>"
                                     "<identifier type='local'>3</identifier>"),
               "830 _4$aThe T$pp$v1$x2$w3\n");
    CHECK_MODS(ITEM("type='series'", TITLE PART("<detail><number>7</number></detail>")),
               "830 _0$aT$v7\n");
    CHECK_MODS(ITEM("type='series'", TITLE PERSON), "800 1_$aA, B$tT\n");
    CHECK_MODS(ITEM("type='series'", TITLE "<name type='corporate'><namePart>A</namePart>"
                                           "<namePart>B</namePart></name>"),
               "810 2_$aA$bB$tT\n");
    CHECK_MODS(ITEM("type='series'", TITLE "<name type='conference'><namePart>A</namePart>"
                                           "</name>" PERSON),
               "811 2_$aA$tT\nnote\n");
    CHECK_MODS(ITEM("type='series'", TITLE "<name><namePart>A</namePart></name>"),
               "830 _0$aT\nnote\n");
}

static void test_reference(void) {
    CHECK_MODS(ITEM("type='isReferencedBy'", TITLE PERSON "<note>n</note>" PART("<text>5</text>")
                    "<identifier type='issn'>1</identifier>"),
               "510 4_$aT; A, B, n$c5$x1\n");
}

/* A name and a title of one heading, or a uniform title alone, are no link. */
static void test_added_entries(void) {
#define GROUP " nameTitleGroup='1'"
#define WORK "<titleInfo" GROUP "><title>W</title><partNumber>2</partNumber></titleInfo>"
#define AUTHOR(type) "<name type='" type "'" GROUP "><namePart>A.</namePart>"                  \
                     "<namePart>B</namePart></name>"
    CHECK_MODS(ITEM("type='constituent'", WORK AUTHOR("personal")), "700 02$aA. B$tW$n2\n");
    CHECK_MODS(ITEM("displayLabel='Of'", WORK AUTHOR("corporate") "<identifier type='issn'>1"
                                         "</identifier>"),
               "710 2_$iOf$aA.$bB$tW$n2$x1\n");
    CHECK_MODS(ITEM("", AUTHOR("conference") WORK), "711 2_$aA.$eB$tW$n2\n");
    CHECK_MODS(ITEM("", "<titleInfo type='uniform'><nonSort>The </nonSort><title>T</title>"
                        "</titleInfo>"),
               "730 4_$aThe T\n");
    CHECK_MODS(ITEM("type='constituent'", "<titleInfo type='uniform'><title>T</title></titleInfo>"),
               "730 02$aT\n");
    /* whatever else there is, or is missing, makes it one */
    CHECK_MODS(ITEM("type='constituent'", TITLE PERSON), "774 0_$aA, B$tT\n");
    CHECK_MODS(ITEM("", WORK AUTHOR("corporate") "<note>n</note>"), "787 0_$aA. B$tW$g2$nn\n");
    CHECK_MODS(ITEM("", WORK "<name" GROUP "><namePart>A</namePart></name>"),
               "787 0_$aA$tW$g2\n");
    CHECK_MODS(ITEM("type='otherVersion'", WORK AUTHOR("corporate")), "775 0_$aA. B$tW$g2\n");
    CHECK_MODS(ITEM("", AUTHOR("personal")), "787 0_$aA. B\n");
    CHECK_MODS(ITEM("displayLabel='Of'", "<titleInfo type='uniform'/>"), "");
}

/* The series of what is linked to. */
static void test_nested_series(void) {
#define SERIES ITEM("type='series'", "<titleInfo><title>S</title></titleInfo>")
    CHECK_MODS(ITEM("type='host'", TITLE SERIES SERIES), "773 0_$tT$kS$kS\n");
    CHECK_MODS(ITEM("type='original'", TITLE SERIES), "534 __$tT$fS\n");
}

int main(void) {
    test_types();
    test_link();
    test_addresses();
    test_parts();
    test_series();
    test_reference();
    test_added_entries();
    test_nested_series();
    return check_report();
}
