/* SPDX-License-Identifier: MIT
 *
 * TurboMARC, both ways, as yaz-marcdump has it; and the tags and codes that need care.
 */
#include "check.h"
#include "outcome.h"

#define LEADER "00000nam a2200000   4500"
#define NAMESPACE "http://www.indexdata.com/turbomarc"

static int encode(const char *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                  mrrc_error *err) {
    uint8_t *exact = check_copy(packed, size);
    int status =
        mrrc_record_encode(mrrc_format_find("turbomarc"), exact, size, flags, out, err);
    free(exact);
    return status;
}

static void check_written(const char *packed, uint32_t flags, const char *wanted, int line) {
    mrrc_buffer out = {0};
    check_int(encode(packed, strlen(packed), flags, &out, NULL), MRRC_OK, __FILE__, line, "status");
    check_bytes(out.data, out.size, wanted, strlen(wanted), __FILE__, line, "written");
    mrrci_buffer_clear(&out);
}

static void test_writing(void) {
    static const char packed[] =
        LEADER "\x1e" "001a&b\x1e" "003\x1e" "24510\x1f" "ax\x1f" "9\x1f" "-y\x1f"
        "\xc3\xa9z\x1f" "\"q\x1e" "9-Z\" ";
    check_written(packed, 0,
                  "<r>\n  <l>" LEADER "</l>\n  <c001>a&amp;b</c001>\n  <c003></c003>\n"
                  "  <d245 i1=\"1\" i2=\"0\">\n    <sa>x</sa>\n    <s9></s9>\n"
                  "    <s code=\"-\">y</s>\n    <s code=\"\xc3\xa9\">z</s>\n"
                  "    <s code=\"&quot;\">q</s>\n  </d245>\n  <d9-Z i1=\"&quot;\" i2=\" \">\n"
                  "  </d9-Z>\n</r>\n", __LINE__);
    check_written(packed, MRRC_WRITE_ALONE,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><r xmlns=\"" NAMESPACE "\"><l>" LEADER
                  "</l><c001>a&amp;b</c001><c003></c003><d245 i1=\"1\" i2=\"0\"><sa>x</sa><s9></s9>"
                  "<s code=\"-\">y</s><s code=\"\xc3\xa9\">z</s><s code=\"&quot;\">q</s></d245>"
                  "<d9-Z i1=\"&quot;\" i2=\" \"></d9-Z></r>", __LINE__);
    check_written(LEADER, 0, "<r>\n  <l>" LEADER "</l>\n</r>\n", __LINE__);
}

static void test_refused(void) {
    static const struct {
        const char *packed;
        int status;
        const char *tag;
    } cases[] = {
        {"00000", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "\x1e" "24", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "\x1e" "24\"10", MRRC_ERR_TAG_INVALID, "24\""},
        {LEADER "\x1e" "2 510", MRRC_ERR_TAG_INVALID, "2 5"},
        {LEADER "\x1e" "2451", MRRC_ERR_INDICATOR_INVALID, "245"},
        {LEADER "\x1e" "245100", MRRC_ERR_INDICATOR_INVALID, "245"},
        {LEADER "\x1e" "24510\x1f", MRRC_ERR_CODE_INVALID, "245"},
        {LEADER "\x1e" "001x\x1e" "24510\x1f" "a\xff", MRRC_ERR_TEXT_INVALID, "245"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mrrc_buffer out = {0};
        mrrc_error err = {0};
        int status = encode(cases[i].packed, strlen(cases[i].packed), 0, &out, &err);
        CHECK_FOR(status == cases[i].status && err.code == status, "case %zu: %d", i, status);
        CHECK(out.size == 0 && strcmp((const char *)err.tag, cases[i].tag) == 0);
        mrrci_buffer_clear(&out);
    }
}

static void check_read(const char *document, uint32_t flags, const char *wanted, int line) {
    const size_t feeds[] = {0, 1, 10};
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        mrrc_buffer seen = {0};
        outcome_of("turbomarc", (const uint8_t *)document, strlen(document), flags, feeds[i],
                   &seen);
        check_bytes(seen.data, seen.size, wanted, strlen(wanted), __FILE__, line, document);
        mrrci_buffer_clear(&seen);
    }
}

#define R(inside) "<r><l>" LEADER "</l>" inside "</r>"

static void test_reading(void) {
    check_read("<collection xmlns=\"" NAMESPACE "\">"
               R("<c001>x</c001><d245 i1=\"1\" i2=\"0\"><sa>T</sa>"
                 "<s code=\"-\">y</s><sb/><s\xc3\xa9>z</s\xc3\xa9></d245>")
               R("") "</collection>",
               0,
               "record 55+123 0: " LEADER "\x1e" "001x\x1e" "24510\x1f" "aT\x1f" "-y\x1f" "b\x1f"
               "\xc3\xa9z\n"
               "record 178+38 0: " LEADER "\n", __LINE__);
    check_read(R("<d245/><c245>x</c245><d001><sa>y</sa></d001><foo/><d245 i1='12'><sab/></d245>"),
               0,
               "record 0+115 0: " LEADER "\x1e" "245  \x1e" "245  \x1f" "ax\x1e" "001y\x1e"
               "2451 \x1f" "a\n"
               "  note -403 245 41+3 0\n  note -403 001 55+3 0\n  note -411  78+0 0\n"
               "  note -201 245 84+2 0\n  note -202 245 98+2 0\n", __LINE__);
    check_read("<c>" R("<d24/>") R("<s/>") R("<d245><s/></d245>") "<r><l/></r></c>", 0,
               "fault -411 -411 37 1:38  record 1: a tag that is not three ASCII characters\n"
               "fault -411 -411 81 1:82  record 2: a subfield outside of a field\n"
               "fault -411 -411 129 1:130 245 record 3: a subfield without a code\n"
               "fault -2 -2 147 1:148  record 4: a leader of 0 bytes, not 24\n", __LINE__);
    check_read("<c>" R("") "<r xmlns=\"" NAMESPACE "\"><l>" LEADER "</l></r></c>",
               MRRC_READ_NAMESPACE,
               "record 41+81 0: " LEADER "\n", __LINE__);
    check_read("<collection>" R(""), 0,
               "record 12+38 0: " LEADER "\n"
               "fault -1011 -1011 50 1:51  record 2: the document ends before </collection>\n",
               __LINE__);
}

static int run_both(void) {
    static const char document[] = "<c>" R("<c001>x</c001>") R("<d245><sa>y</sa></d245>") "</c>";
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("turbomarc"));
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("turbomarc"), 0);
    mrrc_buffer out = {0};
    mrrc_batch_view view;
    size_t done = 0;
    int status = MRRC_ERR_MEMORY;
    if (reader != NULL && encoder != NULL) {
        mrrc_reader_open_memory(reader, (const uint8_t *)document, sizeof document - 1);
        status = mrrc_reader_encode(reader, 0, encoder, &out, &view, &done, NULL);
        CHECK(status == MRRC_ERR_MEMORY || (status == MRRC_OK && done <= 2));
        CHECK(done == 2 || check_memory.failed);
    }
    mrrc_reader_free(reader);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_writing();
    test_refused();
    test_reading();
    sweep(run_both);
    return check_report();
}
