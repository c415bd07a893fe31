/* SPDX-License-Identifier: MIT
 *
 * Text into XML: what is escaped, what is replaced and told, and that a fast way of
 * sixteen bytes at once and a slow one of one say the same at every place of a value.
 */
#include "check.h"
#include "conversion.h"
#include "xml.h"

static const mrrci_how plain = {.number = 1};

static void check_put_as(const char *text, size_t size, const char *content,
                         const char *attribute, int status, int line) {
    for (int i = 0; i < 2; i++) {
        mrrc_buffer out = {0};
        const char *wanted = i == 0 ? content : attribute;
        uint8_t *exact = check_copy(text, size);
        check_put_text(&out, "kept");
        int seen = i == 0 ? mrrci_xml_put_text(&out, exact, size, &plain, NULL)
                          : mrrci_xml_put_attribute(&out, exact, size, &plain, NULL);
        check_int(seen, status, __FILE__, line, "status");
        check_bytes(out.data + 4, out.size - 4, wanted, strlen(wanted), __FILE__, line, "text");
        free(exact);
        mrrci_buffer_clear(&out);
    }
}

#define SAME(text, content) \
    check_put_as(text, sizeof(text) - 1, content, content, MRRC_OK, __LINE__)
#define BOTH(text, content, attribute, status) \
    check_put_as(text, sizeof(text) - 1, content, attribute, status, __LINE__)

static void test_texts(void) {
    SAME("", "");
    SAME("a", "a");
    SAME("a & b", "a &amp; b");
    SAME("<&>", "&lt;&amp;&gt;");
    SAME("a\rb\r\r", "a&#13;b&#13;&#13;");
    SAME("it's \x7f", "it's \x7f");
    SAME("]]>", "]]&gt;");
    BOTH("\"\t\n", "\"\t\n", "&quot;&#09;&#10;", MRRC_OK);
    SAME("\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\xef\xbb\xbf\xef\xbf\xbd\xf4\x8f\xbf\xbf",
         "\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\xef\xbb\xbf\xef\xbf\xbd\xf4\x8f\xbf\xbf");
    BOTH("a\0b\x1f" "c\x0b", "a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\xef\xbf\xbd",
         "a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\xef\xbf\xbd", MRRC_NOTED);
    BOTH("\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd",
         MRRC_NOTED);
    /* nothing is left behind of what is no text */
    BOTH("a&\x01\x80", "", "", MRRC_ERR_TEXT_INVALID);
    BOTH("\xed\xa0\x80", "", "", MRRC_ERR_TEXT_INVALID);
    BOTH("abc\xef\xbf", "", "", MRRC_ERR_TEXT_INVALID);
    BOTH("abc\xef", "", "", MRRC_ERR_TEXT_INVALID);
    BOTH("a long enough text, then \xc3", "", "", MRRC_ERR_TEXT_INVALID);
}

static void test_ascii(void) {
    mrrc_buffer out = {0}, notes = {0};
    mrrci_how how = {.flags = MRRC_WRITE_ASCII, .number = 7, .notes = &notes};
    const char text[] = "a\xc3\xa9 & \xe2\x80\xa8\xf0\x9f\x98\x80z\xf4\x8f\xbf\xbf";
    CHECK_EQ_INT(mrrci_xml_put_text(&out, (const uint8_t *)text, sizeof text - 1, &how, NULL), 0);
    CHECK_BUFFER(out, "a&#233; &amp; &#8232;&#128512;z&#1114111;");
    out.size = 0;
    CHECK_EQ_INT(mrrci_xml_put_attribute(&out, (const uint8_t *)"\x01\"", 2, &how, NULL),
                 MRRC_NOTED);
    CHECK_BUFFER(out, "&#65533;&quot;");
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&notes);
}

static void test_notes(void) {
    mrrc_buffer out = {0}, notes = {0};
    mrrci_how how = {.number = 7, .notes = &notes};
    const uint8_t text[] = "ab\x1b and \xef\xbf\xbf";
    CHECK_EQ_INT(mrrci_xml_put_text(&out, text, 11, &how, (const uint8_t *)"245"), MRRC_NOTED);
    CHECK_EQ_INT(notes.size, 2 * sizeof(mrrc_diagnostic));
    mrrc_diagnostic seen[2];
    memcpy(seen, notes.data, sizeof seen);
    CHECK(seen[0].code == MRRC_ERR_CHARACTER_REFUSED && seen[0].found == 0x1B &&
          seen[0].offset == 2 && seen[0].size == 1 && seen[0].record == 6 &&
          memcmp(seen[0].tag, "245", 4) == 0);
    CHECK(seen[1].found == 0xFFFF && seen[1].offset == 8 && seen[1].size == 3);
    /* a fault takes its own notes back, and no others */
    CHECK_EQ_INT(mrrci_xml_put_text(&out, (const uint8_t *)"\x01\xff", 2, &how, NULL),
                 MRRC_ERR_TEXT_INVALID);
    CHECK_EQ_INT(notes.size, sizeof seen);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&notes);
}

/* The rule, one character at a time. */
static void put_slowly(mrrc_buffer *out, const uint8_t *text, size_t size, bool attribute) {
    for (const uint8_t *at = text, *end = text + size; at < end;) {
        const uint8_t *from = at;
        uint32_t c = mrrci_utf8_next(&at);
        if (c == '&')
            check_put_text(out, "&amp;");
        else if (c == '<')
            check_put_text(out, "&lt;");
        else if (c == '>')
            check_put_text(out, "&gt;");
        else if (c == '"' && attribute)
            check_put_text(out, "&quot;");
        else if (c == '\r')
            check_put_text(out, "&#13;");
        else if (c == '\n' && attribute)
            check_put_text(out, "&#10;");
        else if (c == '\t' && attribute)
            check_put_text(out, "&#09;");
        else if ((c < 0x20 && c != '\t' && c != '\n') || c == 0xFFFE || c == 0xFFFF)
            check_put_text(out, "\xef\xbf\xbd");
        else
            check_put(out, from, (size_t)(at - from));
    }
}

/* Every special character at every place of values of every small size, and by chance. */
static void test_places(void) {
    static const char *const pieces[] = {"&", "<", ">", "\"", "\r", "\n", "\t", "\x01", "\x1f",
                                         "'", "\x7f", "\xc3\xa9", "\xef\xbf\xbf", "\xef\xbc\xa1",
                                         "\xf0\x9f\x98\x80", "\xe2\x82\xac", "x", "yz", "="};
    enum { PIECES = sizeof pieces / sizeof *pieces };
    uint64_t state = 0x7E47;
    for (size_t round = 0; round < 20000; round++) {
        mrrc_buffer text = {0}, out = {0}, expected = {0};
        size_t count = check_random(&state, 40);
        for (size_t i = 0; i < count; i++)
            check_put_text(&text, check_random(&state, 6) > 0
                                      ? "l"
                                      : pieces[check_random(&state, PIECES)]);
        uint8_t *exact = check_copy(text.data, text.size);
        bool attribute = round % 2 == 1;
        put_slowly(&expected, exact, text.size, attribute);
        int status = attribute ? mrrci_xml_put_attribute(&out, exact, text.size, &plain, NULL)
                               : mrrci_xml_put_text(&out, exact, text.size, &plain, NULL);
        CHECK_FOR(status >= 0 && check_same(&out, &expected), "round %zu", round);
        free(exact);
        mrrci_buffer_clear(&text);
        mrrci_buffer_clear(&out);
        mrrci_buffer_clear(&expected);
    }
}

static int run_long(void) {
    mrrc_buffer out = {0}, notes = {0};
    mrrci_how how = {.number = 1, .notes = &notes};
    uint8_t text[3000];
    memset(text, '&', sizeof text);
    text[7] = 1;
    int status = mrrci_xml_put_attribute(&out, text, sizeof text, &how, NULL);
    CHECK(status >= 0 ? out.size == 2999 * 5 + 3 && notes.size == sizeof(mrrc_diagnostic)
                      : out.size == 0 && notes.size == 0);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&notes);
    return status;
}

int main(void) {
    test_texts();
    test_ascii();
    test_notes();
    test_places();
    sweep(run_long);
    return check_report();
}
