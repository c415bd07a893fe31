/* SPDX-License-Identifier: MIT
 *
 * MARCXML and marcxchange, written in each layout; what is escaped, replaced or refused; and
 * that the fast way and the careful one write the same at every place of a value.
 */
#include "check.h"

#define LEADER "00000nam a2200000   4500"
#define SLIM "http://www.loc.gov/MARC21/slim"
#define MARCXCHANGE "info:lc/xmlns/marcxchange-v1"

static const char RECORD[] =
    LEADER "\x1e" "001one" "\x1e" "003" "\x1e" "24510\x1f" "aTitle & <more> \"'\x1f" "b" "\x1e"
    "500  " "\x1e" "9X\" \"\x1f" "\"\xc3\xa9";

static int encode(const char *format, const char *packed, size_t size, uint32_t flags,
                  mrrc_buffer *out, mrrc_error *err) {
    uint8_t *exact = check_copy(packed, size);
    int status = mrrc_record_encode(mrrc_format_find(format), exact, size, flags, out, err);
    free(exact);
    return status;
}

static void check_written(const char *format, const char *packed, size_t size, uint32_t flags,
                          const char *wanted, int line) {
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    check_int(encode(format, packed, size, flags, &out, &err), MRRC_OK, __FILE__, line, "status");
    check_bytes(out.data, out.size, wanted, strlen(wanted), __FILE__, line, "written");
    mrrci_buffer_clear(&out);
}

#define WRITES(format, packed, flags, wanted) \
    check_written(format, packed, sizeof(packed) - 1, flags, wanted, __LINE__)

static void test_layouts(void) {
    static const char lines[] =
        "<record>\n  <leader>" LEADER "</leader>\n  <controlfield tag=\"001\">one</controlfield>\n"
        "  <controlfield tag=\"003\"></controlfield>\n"
        "  <datafield tag=\"245\" ind1=\"1\" ind2=\"0\">\n"
        "    <subfield code=\"a\">Title &amp; &lt;more&gt; \"'</subfield>\n"
        "    <subfield code=\"b\"></subfield>\n  </datafield>\n"
        "  <datafield tag=\"500\" ind1=\" \" ind2=\" \">\n  </datafield>\n"
        "  <datafield tag=\"9X&quot;\" ind1=\" \" ind2=\"&quot;\">\n"
        "    <subfield code=\"&quot;\">\xc3\xa9</subfield>\n  </datafield>\n</record>\n";
#define ALONE(uri) \
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><record xmlns=\"" uri "\"><leader>" LEADER \
        "</leader><controlfield tag=\"001\">one</controlfield><controlfield tag=\"003\"/>" \
        "<datafield tag=\"245\" ind1=\"1\" ind2=\"0\"><subfield code=\"a\">Title &amp; " \
        "&lt;more&gt; \"'</subfield><subfield code=\"b\"/></datafield>" \
        "<datafield tag=\"500\" ind1=\" \" ind2=\" \"/><datafield tag=\"9X&quot;\" ind1=\" \" " \
        "ind2=\"&quot;\"><subfield code=\"&quot;\">\xc3\xa9</subfield></datafield></record>"
#define PYMARC(begin, accent) \
        begin "<leader>" LEADER "</leader><controlfield tag=\"001\">one</controlfield>" \
        "<controlfield tag=\"003\" /><datafield ind1=\"1\" ind2=\"0\" tag=\"245\">" \
        "<subfield code=\"a\">Title &amp; &lt;more&gt; \"'</subfield><subfield code=\"b\" />" \
        "</datafield><datafield ind1=\" \" ind2=\" \" tag=\"500\" /><datafield ind1=\" \" " \
        "ind2=\"&quot;\" tag=\"9X&quot;\"><subfield code=\"&quot;\">" accent "</subfield>" \
        "</datafield></record>"
#define SPACES \
        "<record xmlns=\"" SLIM "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" " \
        "xsi:schemaLocation=\"" SLIM " " \
        "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd\">"
    WRITES("marcxml", RECORD, 0, lines);
    WRITES("marcxchange", RECORD, 0, lines);
    WRITES("marcxml", RECORD, MRRC_WRITE_ALONE, ALONE(SLIM));
    WRITES("marcxchange", RECORD, MRRC_WRITE_ALONE, ALONE(MARCXCHANGE));
    WRITES("marcxml", RECORD, MRRC_WRITE_PYMARC, PYMARC("<record>", "\xc3\xa9"));
    WRITES("marcxml", RECORD, MRRC_WRITE_PYMARC | MRRC_WRITE_ASCII, PYMARC("<record>", "&#233;"));
    WRITES("marcxml", RECORD, MRRC_WRITE_PYMARC | MRRC_WRITE_NAMESPACE, PYMARC(SPACES, "\xc3\xa9"));
    WRITES("marcxml", LEADER, MRRC_WRITE_PYMARC,
           "<record><leader>" LEADER "</leader></record>");
    WRITES("marcxml", "00000<am a2200000&  4500", MRRC_WRITE_PYMARC,
           "<record><leader>00000&lt;am a2200000&amp;  4500</leader></record>");
    WRITES("marcxml", LEADER "\x1e" "245\xc3\xa9\xe2\x82\xac\x1f\xf0\x9f\x98\x80x",
           MRRC_WRITE_ALONE | MRRC_WRITE_PYMARC,
           "<record><leader>" LEADER "</leader><datafield ind1=\"\xc3\xa9\" ind2=\"\xe2\x82\xac\" "
           "tag=\"245\"><subfield code=\"\xf0\x9f\x98\x80\">x</subfield></datafield></record>");
}

static void test_refused(void) {
    static const struct {
        const char *packed;
        int status;
        const char *tag;
    } cases[] = {
        {"00000nam a2200000   450", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "x", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "\x1e" "24", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "\x1e" "001x\x1e" "2\x1f" "5", MRRC_ERR_PACKED_INVALID, "001"},
        {LEADER "\x1e" "245", MRRC_ERR_INDICATOR_INVALID, "245"},
        {LEADER "\x1e" "2451", MRRC_ERR_INDICATOR_INVALID, "245"},
        {LEADER "\x1e" "245123\x1f" "ax", MRRC_ERR_INDICATOR_INVALID, "245"},
        {LEADER "\x1e" "2451\x1f" "ax", MRRC_ERR_INDICATOR_INVALID, "245"},
        {LEADER "\x1e" "24510\x1f", MRRC_ERR_CODE_INVALID, "245"},
        {LEADER "\x1e" "24510\x1f\x1f" "ax", MRRC_ERR_CODE_INVALID, "245"},
        {LEADER "\x1e" "24510\x1f\x1e" "500", MRRC_ERR_CODE_INVALID, "245"},
        {LEADER "\x1e" "24510\x1f\xff", MRRC_ERR_CODE_INVALID, "245"},
        {LEADER "\x1e" "24510\x1f" "ab\xff", MRRC_ERR_TEXT_INVALID, "245"},
        {LEADER "\x1e" "001\xc3", MRRC_ERR_TEXT_INVALID, "001"},
        {"00000nam a22000\xff" "0   4500", MRRC_ERR_TEXT_INVALID, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (uint32_t flags = 0; flags <= MRRC_WRITE_PYMARC; flags += MRRC_WRITE_ALONE) {
            mrrc_buffer out = {0};
            mrrc_error err = {0};
            const char *packed = cases[i].packed;
            int status = encode("marcxml", packed, strlen(packed), flags, &out, &err);
            CHECK_FOR(status == cases[i].status && err.code == status, "case %zu: %d", i, status);
            CHECK(out.size == 0 && strcmp((const char *)err.tag, cases[i].tag) == 0);
            mrrci_buffer_clear(&out);
        }
}

static void test_notes(void) {
    static const char packed[] =
        LEADER "\x1e" "001a\x1b" "b\x1e" "24510\x1f" "a\x1d" "c\xef\xbf\xbf";
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marcxml"), MRRC_WRITE_PYMARC);
    mrrc_buffer out = {0};
    uint32_t end = sizeof packed - 1;
    size_t count;
    CHECK(mrrc_encoder_records(encoder, (const uint8_t *)packed, &end, 1, &out, NULL, NULL) ==
          MRRC_OK);
    const mrrc_diagnostic *notes = mrrc_encoder_notes(encoder, &count);
    CHECK_EQ_INT(count, 3);
    CHECK(notes[0].found == 0x1B && notes[0].offset == 1 && memcmp(notes[0].tag, "001", 4) == 0);
    CHECK(notes[1].found == 0x1D && notes[1].offset == 0 && memcmp(notes[1].tag, "245", 4) == 0);
    CHECK(notes[2].found == 0xFFFF && notes[2].record == 0);
    CHECK_BUFFER(out, "<record><leader>" LEADER "</leader><controlfield tag=\"001\">a\xef\xbf\xbd"
                 "b</controlfield><datafield ind1=\"1\" ind2=\"0\" tag=\"245\">"
                 "<subfield code=\"a\">"
                 "\xef\xbf\xbd" "c\xef\xbf\xbd</subfield></datafield></record>");
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
}

/* What is written is what was read, for values of every length with every character that
 * matters at every place. */
static void test_round_trip(void) {
    static const char *const pieces[] = {"&",   "<", ">", "\"", "\r", "\n", "\t",
                                         "]]>", "\xef\xbc\xa1", "\xc3\xa9",
                                         "\xf0\x9f\x98\x80", "&amp;", " "};
    enum { PIECES = sizeof pieces / sizeof *pieces, ROUNDS = 3000 };
    static const uint32_t layouts[] = {0, MRRC_WRITE_ALONE, MRRC_WRITE_PYMARC,
                                       MRRC_WRITE_PYMARC | MRRC_WRITE_ASCII};
    uint64_t state = 0x70C4;
    int marcxml = mrrc_format_find("marcxml");
    for (size_t round = 0; round < ROUNDS; round++) {
        mrrc_buffer packed = {0}, out = {0};
        check_put_text(&packed, LEADER);
        for (uint32_t fields = check_random(&state, 5); fields > 0; fields--) {
            bool control = check_random(&state, 3) == 0;
            check_put_text(&packed, control ? "\x1e" "003" : "\x1e" "650 4\x1f" "a");
            for (uint32_t size = check_random(&state, 40); size > 0; size--)
                check_put_text(&packed, check_random(&state, 8) > 0
                                            ? "w"
                                            : pieces[check_random(&state, PIECES)]);
        }
        uint32_t flags = layouts[round % 4];
        CHECK(encode("marcxml", packed.text, packed.size, flags, &out, NULL) == MRRC_OK);
        mrrc_reader *reader = mrrc_reader_new(marcxml);
        mrrc_batch_view view;
        mrrc_reader_open_memory(reader, out.data, out.size);
        bool read = mrrc_reader_next(reader, 0, &view, NULL) == MRRC_OK && view.count == 1;
        CHECK_FOR(read && check_holds(&packed, view.block, view.block_size), "round %zu", round);
        mrrc_reader_free(reader);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
}

static int run_encode(void) {
    mrrc_buffer out = {0}, packed = {0};
    mrrc_error err = {0};
    size_t failing = check_memory.fail_at;
    check_memory_allow();
    check_put(&packed, RECORD, sizeof RECORD - 1);
    for (int i = 0; i < 300; i++)
        check_put_text(&packed, "\x1e" "65010\x1f" "&&&&&&&&&&&&&&&&&&&&&&&&&&&\x1f\"\x1f&");
    check_memory.asked = 0;
    check_memory.fail_at = failing;
    int status = mrrc_record_encode(mrrc_format_find("marcxml"), packed.data, packed.size, 0, &out,
                                    &err);
    CHECK(status >= 0 || (out.size == 0 && err.code == status));
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&packed);
    return status;
}

int main(void) {
    test_layouts();
    test_refused();
    test_notes();
    test_round_trip();
    sweep(run_encode);
    return check_report();
}
