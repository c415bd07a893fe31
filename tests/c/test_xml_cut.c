/* SPDX-License-Identifier: MIT
 *
 * Pieces of a document: they end behind whole tags, comments and the like, at places that
 * depend on the document and not on how much of it is at hand; and what passes a limit is
 * found however it comes.
 */
#include "check.h"
#include "xml.h"

enum { ENDS_MAX = 4000 };

/* The places where pieces end, with `step` bytes more at hand at each look.  Returns how
 * many there are; the last is where no further piece was found, or less than 0 where a
 * limit was passed. */
static size_t cut_all(const char *document, size_t size, size_t step, const char *stop,
                      int64_t ends[ENDS_MAX]) {
    mrrci_xml_cut cut = {.stop = stop};
    size_t at = 0, have = step < size ? step : size, count = 0;
    while (count < ENDS_MAX) {
        uint8_t *exact = check_copy(document + at, have - at);
        int64_t piece = mrrci_xml_piece(&cut, exact, have - at);
        free(exact);
        if (piece < 0) {
            ends[count++] = -(int64_t)(at + cut.begin) - 1;
            return count;
        }
        if (piece > 0) {
            at += (size_t)piece;
            ends[count++] = (int64_t)at;
        } else if (have < size) {
            have = size - have < step ? size : have + step;
        } else {
            return count;
        }
    }
    return count;
}

static void check_ends(const char *document, const char *stop, const char *marks, int line) {
    int64_t ends[ENDS_MAX];
    size_t count = cut_all(document, strlen(document), 1, stop, ends), seen = 0;
    char shown[400];
    memset(shown, ' ', sizeof shown);
    for (; seen < count && ends[seen] > 0; seen++)
        shown[ends[seen] - 1] = '|';
    size_t size = seen == 0 ? 0 : (size_t)ends[seen - 1];
    check_bytes(shown, size, marks, strlen(marks), __FILE__, line, document);
}

#define ENDS(document, marks) check_ends(document, NULL, marks, __LINE__)

static void test_markup(void) {
    ENDS("", "");
    ENDS("text", "");
    ENDS("<a>text</a> ",
         "  |       |");
    ENDS("<a b='>' c=\">'\"/><d\n>",
         "                |   |");
    ENDS("<?xml version='1'?><?p ?>?><?>?>",
         "                  |     |      |");
    ENDS("<!---><!-->--><!-- - -- > --->",
         "          |                  |");
    ENDS("<![CDATA[]]><![CDATA[]>]]]]><!x",
         "           |               |");
    ENDS("<!DOCTYPE a><!D [<!E><![CDATA>",
         "           |        |        |");
    ENDS("<a<b><<c>",
         "    |   |");
}

/* A document is cut behind the elements asked for, and there the piece says so. */
static void test_stop(void) {
    static const struct {
        const char *document;
        size_t end;
    } cases[] = {
        {"<c><r>x</r> <r>", 11},   {"<c><m:r>x</m:r> <r>", 15}, {"<c><r/><r/>", 7},
        {"<c><m:r a='/'/><r>", 15}, {"<c><r a='/'>x</r\n><r/>", 18},
        {"<c><rr/></rr><r:x/></r:x></r>", 29},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mrrci_xml_cut cut = {.stop = "r"};
        const char *document = cases[i].document;
        int64_t piece = mrrci_xml_piece(&cut, (const uint8_t *)document, strlen(document));
        CHECK_EQ_INT(piece, cases[i].end);
        CHECK(cut.stopped);
        (void)mrrci_xml_piece(&cut, (const uint8_t *)"<x>", 3);
        CHECK(!cut.stopped);
    }
}

/* However much is at hand, pieces end where they end with each byte alone. */
static void check_places(const mrrc_buffer *document) {
    static int64_t fine[ENDS_MAX], coarse[ENDS_MAX];
    const size_t steps[] = {7, 1000, 8192, 100000, 1000000};
    size_t all = cut_all(document->text, document->size, 1, NULL, fine);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        size_t count = cut_all(document->text, document->size, steps[i], NULL, coarse), at = 0;
        for (size_t k = 0; k < count; k++) {
            while (at < all && fine[at] != coarse[k])
                at++;
            CHECK_FOR(at < all, "step %zu, end %zu", steps[i], k);
        }
        CHECK(count > 0 && coarse[count - 1] == fine[all - 1]);
    }
}

static void put_many(mrrc_buffer *to, const char *text, size_t count) {
    while (count-- > 0)
        check_put_text(to, text);
}

static void test_long_texts(void) {
    static const char *const fillings[] = {"x", ">", "]", "\r", "\xc3\xa9", "\xe2\x82\xac", "]]",
                                           "\xf0\x9f\x98\x80", "x\r", "&amp;", "x]", "\xff"};
    for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++) {
        mrrc_buffer document = {0};
        check_put_text(&document, "<a>");
        put_many(&document, fillings[i], 9000);
        check_put_text(&document, "</a><b><![CDATA[");
        put_many(&document, fillings[i], 9001);
        check_put_text(&document, "]]></b>x<c/>");
        check_places(&document);
        mrrci_buffer_clear(&document);
    }
}

/* Where a text is cut, no character is, and nothing that means something together. */
static void test_cut_places(void) {
    static const struct {
        const char *before; /* ends where a piece would */
        size_t back;
    } cases[] = {
        {"x", 0},  {"]", 1},        {"]]", 2},         {"]]]", 2},         {"\r", 1},
        {"\r]", 2}, {"\xc3\xa9", 0}, {"\xc3", 1},       {"\xe2\x82", 2},    {"\xe2\x82\xac", 0},
        {"\xe2", 1}, {"\xf0\x9f\x98", 3}, {"\xf0\x9f\x98\x80", 0}, {"\x80\x80\x80\x80", 0},
        {"\xff", 1}, {"\xc3]", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mrrc_buffer text = {0};
        mrrci_xml_cut cut = {0};
        put_many(&text, "y", MRRCI_XML_PIECE - strlen(cases[i].before));
        check_put_text(&text, cases[i].before);
        uint8_t *exact = check_copy(text.data, text.size);
        CHECK_EQ_INT(mrrci_xml_piece(&cut, exact, text.size), MRRCI_XML_PIECE - cases[i].back);
        free(exact);
        mrrci_buffer_clear(&text);
    }
}

static void check_limit(const char *begin, const char *filling, size_t count, const char *end,
                        bool passed) {
    static const size_t steps[] = {101, 8192, 1000000};
    mrrc_buffer document = {0};
    check_put_text(&document, "<r>  ");
    check_put_text(&document, begin);
    put_many(&document, filling, count);
    check_put_text(&document, end);
    check_put_text(&document, "<x>");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int64_t ends[ENDS_MAX];
        size_t got = cut_all(document.text, document.size, steps[i], NULL, ends);
        int64_t fault = -(int64_t)strlen("<r>  ") - 1;
        CHECK_EQ_INT(ends[got - 1], passed ? fault : (int64_t)document.size);
    }
    mrrci_buffer_clear(&document);
}

static void test_limits(void) {
    enum { MOST = MRRCI_XML_TAG_MAX };
    check_limit("<", "y", MOST - 2, ">", false);
    check_limit("<", "y", MOST - 1, ">", true);
    check_limit("<a b='", "y", MOST - 8, "'>", false);
    check_limit("<a b='", ">", MOST - 7, "'>", true);
    check_limit("<!--", ">", MOST - 7, "-->", false);
    check_limit("<!--", ">", MOST - 6, "-->", true);
    check_limit("<?", "y", MOST - 3, "?>", true);
    check_limit("<!", "y", MOST, "", true);
    check_limit("<a ", "b='' ", MRRCI_XML_ATTRIBUTES_MAX, ">", false);
    check_limit("<a ", "b='' ", MRRCI_XML_ATTRIBUTES_MAX + 1, ">", true);
    check_limit("<![CDATA[", "y", 1000000, "]]>", false);
    check_limit("", "y", 1000000, "<x>", false);
}

int main(void) {
    test_markup();
    test_stop();
    test_long_texts();
    test_cut_places();
    test_limits();
    return check_report();
}
