/* SPDX-License-Identifier: MIT
 *
 * Reading MARC-in-JSON and the shapes beside it: what each comes to, which faults there are and
 * where, and that the outcome is the same by either reader and however the bytes come, for
 * documents that were made and for thousands that were spoilt.
 */
#include <jansson.h>

#include "check_json.h"
#include "json.h"

#define L "\"leader\":\"" CHECK_LEADER "\""
#define TITLE "{\"245\":{\"ind1\":\"1\",\"ind2\":\"0\",\"subfields\":[{\"a\":\"T\"}]}}"
#define TITLE_PACKED "\x1e" "24510\x1f" "aT"
#define ONE "{" L ",\"fields\":[{\"001\":\"x\"}]}"
#define ONE_PACKED CHECK_LEADER "\x1e" "001x\n"
#define FIELDS(text) "{" L ",\"fields\":[" text "]}"

static void check_records(const char *text, const char *wanted, size_t notes, int line) {
    mrrc_buffer packed = {0}, outcome = {0};
    size_t seen = 0;
    mrrc_error err = check_first_fault("marcjson", text, strlen(text), &packed, &seen);
    if (!check_that(err.code == 0 && seen == notes, __FILE__, line, text))
        fprintf(stderr, "    code %d, %zu notes: %s\n", err.code, seen, err.detail);
    check_bytes(packed.data, packed.size, wanted, strlen(wanted), __FILE__, line, text);
    CHECK(check_read_all_ways("marcjson", text, strlen(text), &outcome) == MRRC_END);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&outcome);
}

#define RECORDS(text, wanted) check_records(text, wanted, 0, __LINE__)
#define NOTED(text, wanted, notes) check_records(text, wanted, notes, __LINE__)

static void test_sources(void) {
    RECORDS("", "");
    RECORDS(" \n\t\r ", "");
    RECORDS("\xef\xbb\xbf", "");
    RECORDS("[]", "");
    RECORDS(" [ \n ] [ ]", "");
    RECORDS(ONE, ONE_PACKED);
    RECORDS("\xef\xbb\xbf" ONE, ONE_PACKED);
    RECORDS(ONE "\n" ONE "\r\n\n" ONE, ONE_PACKED ONE_PACKED ONE_PACKED);
    RECORDS(ONE ONE, ONE_PACKED ONE_PACKED);
    RECORDS("[" ONE "]", ONE_PACKED);
    RECORDS(" [ " ONE " , " ONE " ] \n", ONE_PACKED ONE_PACKED);
    RECORDS("[" ONE "]\n[" ONE "," ONE "]", ONE_PACKED ONE_PACKED ONE_PACKED);
    RECORDS("[" ONE "]" ONE "[]" ONE, ONE_PACKED ONE_PACKED ONE_PACKED);
    RECORDS("{" L ",\"fields\":[]}", CHECK_LEADER "\n");
}

static void test_arrays_of_fields(void) {
    RECORDS("[{" L "}]", CHECK_LEADER "\n");
    RECORDS("[{" L "},{\"001\":\"x\"}," TITLE "]", CHECK_LEADER "\x1e" "001x" TITLE_PACKED "\n");
    RECORDS("[ {" L "} , {\"001\":\"x\"} ]\n[{" L "}]", ONE_PACKED CHECK_LEADER "\n");
    RECORDS("[[{" L "},{\"001\":\"x\"}],[{" L "},{\"001\":\"x\"}]]", ONE_PACKED ONE_PACKED);
    RECORDS("[[{" L "},{\"001\":\"x\"}]," ONE "]", ONE_PACKED ONE_PACKED);
    RECORDS("[{" L "},{\"001\":\"x\",\"245\":{\"ind1\":\"1\",\"ind2\":\"0\",\"subfields\":"
            "[{\"a\":\"T\"}]},\"003\":\"y\"}]",
            CHECK_LEADER "\x1e" "001x" TITLE_PACKED "\x1e" "003y\n");
    RECORDS("[{" L ",\"001\":\"x\"}]", ONE_PACKED);
}

static void test_marc4j(void) {
#define FOUR                                                                          \
    "{" L ",\"controlfield\":[{\"tag\":\"001\",\"data\":\"x\"}],\"datafield\":[{\"tag\":" \
    "\"245\",\"ind\":\"10\",\"subfield\":[{\"code\":\"a\",\"data\":\"T\"}]}]}"
#define FOUR_PACKED CHECK_LEADER "\x1e" "001x" TITLE_PACKED "\n"
    RECORDS(FOUR, FOUR_PACKED);
    RECORDS(FOUR "\n" FOUR, FOUR_PACKED FOUR_PACKED);
    RECORDS("[" FOUR "," ONE "," FOUR "]", FOUR_PACKED ONE_PACKED FOUR_PACKED);
    RECORDS("{" L ",\"datafield\":[{\"tag\":\"500\",\"subfield\":[]},{\"tag\":\"501\",\"ind\":"
            "\"1\",\"subfield\":[]},{\"tag\":\"502\",\"ind\":\"\",\"subfield\":[]}]}",
            CHECK_LEADER "\x1e" "500  \x1e" "5011 \x1e" "502  \n");
    NOTED("{" L ",\"datafield\":[{\"tag\":\"500\",\"ind\":\"1\xc3\xa9" "2\",\"subfield\":"
          "[{\"code\":\"ab\",\"data\":\"x\",\"more\":1}]}],\"controlfield\":[]}",
          CHECK_LEADER "\x1e" "5001\xc3\xa9\x1f" "ax\n", 3);
}

static void test_fields(void) {
    /* keys in any order, white space in any place */
    RECORDS(FIELDS("{\"245\":{\"subfields\":[{\"a\":\"T\"}],\"ind2\":\"0\",\"ind1\":\"1\"}}"),
            CHECK_LEADER TITLE_PACKED "\n");
    RECORDS("{ \"leader\" : \"" CHECK_LEADER "\" ,\r\n \"fields\" : [ { \"245\" : { \"ind1\" :"
            " \"1\" , \"ind2\"\t: \"0\" , \"subfields\" : [ { \"a\" : \"T\" } ] } } ] }",
            CHECK_LEADER TITLE_PACKED "\n");
    RECORDS("{\"fields\":[" TITLE "]," L "}", CHECK_LEADER TITLE_PACKED "\n");
    RECORDS(FIELDS("{\"001\":\"x\",\"003\":\"y\"}"), CHECK_LEADER "\x1e" "001x\x1e" "003y\n");
    /* indicators that are not there are blank */
    RECORDS(FIELDS("{\"500\":{\"subfields\":[]}},{\"501\":{\"ind1\":\"\",\"ind2\":\"1\","
                   "\"subfields\":[{\"a\":\"\"}]}}"),
            CHECK_LEADER "\x1e" "500  \x1e" "501 1\x1f" "a\n");
    RECORDS(FIELDS("{\"00A\":{\"subfields\":[{\"\xc3\xa9\":\"x\"}]}},{\"\\\"\\\\ \":{"
                   "\"ind1\":\"\xe2\x82\xac\",\"subfields\":[{\"\\u0041\":\"x\"}]}}"),
            CHECK_LEADER "\x1e" "00A  \x1f\xc3\xa9x\x1e\"\\ \xe2\x82\xac \x1f" "Ax\n");
    /* text */
    RECORDS(FIELDS("{\"001\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\\u0001"
                   "\x7f\xc3\xa9\"}"),
            CHECK_LEADER "\x1e" "001\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x01\x7f"
                         "\xc3\xa9\n");
}

static void test_notes(void) {
    NOTED(FIELDS("{\"245\":{\"ind1\":\"12\",\"ind2\":\"\xc3\xa9x\",\"subfields\":"
                 "[{\"ab\":\"T\"}]}}"),
          CHECK_LEADER "\x1e" "2451\xc3\xa9\x1f" "aT\n", 3);
    NOTED("{" L ",\"id\":7,\"fields\":[{\"500\":{\"subfields\":[],\"ind3\":null}}]}",
          CHECK_LEADER "\x1e" "500  \n", 2);

    /* a control character that should have been escaped */
    NOTED(FIELDS("{\"001\":\"a\n\tb\\n\"},{\"500\":{\"subfields\":[{\"a\":\"\x01\"}]}}") ONE,
          CHECK_LEADER "\x1e" "001a\n\tb\n\x1e" "500  \x1f" "a\x01\n" ONE_PACKED, 1);
    NOTED("[{" L "},{\"001\":\"\r\"}]", CHECK_LEADER "\x1e" "001\r\n", 1);

    /* a note says which record, which field, and how much there was */
    const char text[] = ONE "\n" FIELDS("{\"245\":{\"ind1\":\"12\",\"subfields\":[]}}") "\n" ONE;
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcjson"));
    mrrc_batch_view view;
    mrrc_reader_open_memory(reader, (const uint8_t *)text, sizeof text - 1);
    CHECK(mrrc_reader_next(reader, 0, &view, NULL) == MRRC_OK);
    CHECK(view.count == 3 && view.marked == 0 && view.notes_count == 1);
    CHECK(view.notes[0].record == 1 && view.notes[0].code == MRRC_ERR_INDICATOR_INVALID);
    CHECK(view.notes[0].offset == sizeof ONE && view.notes[0].size == 2);
    CHECK(memcmp(view.notes[0].tag, "245", 4) == 0);
    CHECK(view.offsets[1] == sizeof ONE && view.offsets[2] + sizeof ONE == sizeof text);
    CHECK(view.lengths[0] == sizeof ONE - 1);
    mrrc_reader_free(reader);
}

/* ---- faults ---- */

typedef struct bad {
    int line_here;
    const char *text;
    size_t size;
    int code;
    unsigned line, column;
    const char *tag;
    const char *detail;
} bad;

/* One record that cannot be: the one before and the one behind it are read. */
#define BAD(text, code, tag, detail) {__LINE__, text, sizeof(text) - 1, code, 2, 1, tag, detail}

#define AT(text, code, line, column, detail) \
    {__LINE__, text, sizeof(text) - 1, code, line, column, "", detail}

static const bad records[] = {
    BAD("{}", MRRC_ERR_JSON_RECORD, "", "no leader"),
    BAD("5", MRRC_ERR_JSON_RECORD, "", "a record is an object or an array"),
    BAD("\"text\"", MRRC_ERR_JSON_RECORD, "", "a record is an object or an array"),
    BAD("null", MRRC_ERR_JSON_RECORD, "", "a record is an object or an array"),
    BAD("{\"fields\":[]}", MRRC_ERR_JSON_RECORD, "", "no leader"),
    BAD("{\"leader\":5,\"fields\":[]}", MRRC_ERR_JSON_RECORD, "", "the leader is no string"),
    BAD("{\"leader\":\"short\",\"fields\":[]}", MRRC_ERR_LEADER_INVALID, "",
        "the leader is not of 24 ASCII characters"),
    BAD("{\"leader\":\"" CHECK_LEADER "x\",\"fields\":[]}", MRRC_ERR_LEADER_INVALID, "",
        "the leader is not of 24 ASCII characters"),
    BAD("{\"leader\":\"00000nam a2200000   450\xc3\xa9\",\"fields\":[]}", MRRC_ERR_LEADER_INVALID,
        "", "the leader is not of 24 ASCII characters"),
    BAD("{\"leader\":\"00000nam a2200000   450\\u0000\",\"fields\":[]}", MRRC_ERR_LEADER_INVALID,
        "", "the leader is not of 24 ASCII characters"),
    BAD("{\"leader\":\"00000nam a2200000   450\\u001e\",\"fields\":[]}", MRRC_ERR_LEADER_INVALID,
        "", "the leader is not of 24 ASCII characters"),
    BAD("{" L "}", MRRC_ERR_JSON_RECORD, "", "no fields"),
    BAD("{" L ",\"fields\":{\"001\":\"x\"}}", MRRC_ERR_JSON_RECORD, "", "fields is no list"),
    BAD(FIELDS("5"), MRRC_ERR_JSON_RECORD, "", "a field is no object"),
    BAD(FIELDS("{}"), MRRC_ERR_JSON_RECORD, "", "a field without a tag"),
    BAD(FIELDS("{\"001\":5}"), MRRC_ERR_JSON_RECORD, "001",
        "a control field's value is no string"),
    BAD(FIELDS("{\"001\":null}"), MRRC_ERR_JSON_RECORD, "001",
        "a control field's value is no string"),
    BAD(FIELDS("{\"001\":{\"subfields\":[]}}"), MRRC_ERR_JSON_RECORD, "001",
        "a control field's value is no string"),
    BAD(FIELDS("{\"245\":\"x\"}"), MRRC_ERR_JSON_RECORD, "245", "a data field is no object"),
    BAD(FIELDS("{\"00A\":\"x\"}"), MRRC_ERR_JSON_RECORD, "00A", "a data field is no object"),
    BAD(FIELDS("{\"245\":{\"ind1\":\"1\"}}"), MRRC_ERR_JSON_RECORD, "245", "no subfields"),
    BAD(FIELDS("{\"245\":{\"subfields\":{\"a\":\"x\"}}}"), MRRC_ERR_JSON_RECORD, "245",
        "subfields is no list"),
    BAD(FIELDS("{\"245\":{\"ind1\":1,\"subfields\":[]}}"), MRRC_ERR_JSON_RECORD, "245",
        "an indicator is no string"),
    BAD(FIELDS("{\"245\":{\"ind1\":\"\\u0000\",\"subfields\":[]}}"), MRRC_ERR_JSON_RECORD, "245",
        "an indicator is U+0000"),
    BAD(FIELDS("{\"245\":{\"ind2\":\"\\u001f\",\"subfields\":[]}}"), MRRC_ERR_INDICATOR_INVALID,
        "245", "an indicator is 0x1D, 0x1E or 0x1F"),
    BAD(FIELDS("{\"245\":{\"subfields\":[5]}}"), MRRC_ERR_JSON_RECORD, "245",
        "a subfield is no object of one code"),
    BAD(FIELDS("{\"245\":{\"subfields\":[{}]}}"), MRRC_ERR_JSON_RECORD, "245",
        "a subfield is no object of one code"),
    BAD(FIELDS("{\"245\":{\"subfields\":[{\"a\":\"x\",\"b\":\"y\"}]}}"), MRRC_ERR_JSON_RECORD,
        "245", "a subfield is no object of one code"),
    BAD(FIELDS("{\"245\":{\"subfields\":[{\"a\":1.5}]}}"), MRRC_ERR_JSON_RECORD, "245",
        "a subfield's value is no string"),
    BAD(FIELDS("{\"245\":{\"subfields\":[{\"\":\"x\"}]}}"), MRRC_ERR_CODE_INVALID, "245",
        "a subfield's code is empty"),
    BAD(FIELDS("{\"245\":{\"subfields\":[{\"\\u001e\":\"x\"}]}}"), MRRC_ERR_CODE_INVALID, "245",
        "a subfield's code is 0x1D, 0x1E or 0x1F"),
    BAD(FIELDS("{\"245\":{\"subfields\":[{\"a\":\"x\\u001fy\"}]}}"), MRRC_ERR_FIELD_INVALID,
        "245", "0x1D, 0x1E or 0x1F in a value"),
    BAD(FIELDS("{\"001\":\"\\u001d\"}"), MRRC_ERR_FIELD_INVALID, "001",
        "0x1D, 0x1E or 0x1F in a value"),
    BAD(FIELDS("{\"001\":\"x\\u0000y\"}"), MRRC_ERR_JSON_RECORD, "001", "U+0000 in a value"),
    BAD(FIELDS("{\"\":\"x\"}"), MRRC_ERR_TAG_INVALID, "",
        "a tag is not of three printable characters"),
    BAD(FIELDS("{\"0010\":\"x\"}"), MRRC_ERR_TAG_INVALID, "",
        "a tag is not of three printable characters"),
    BAD(FIELDS("{\"24\\u007f\":{\"subfields\":[]}}"), MRRC_ERR_TAG_INVALID, "24\x7f",
        "a tag is not of three printable characters"),
    AT("[[]]", MRRC_ERR_JSON_RECORD, 2, 2, "an empty array"),
    BAD(FIELDS("{\"001\":\"x\0y\"}"), MRRC_ERR_JSON_RECORD, "001", "U+0000 in a value"),
    BAD(FIELDS("{\"001\":\"x\x1ey\"}"), MRRC_ERR_FIELD_INVALID, "001",
        "0x1D, 0x1E or 0x1F in a value"),
    BAD("[{\"001\":\"x\"}]", MRRC_ERR_JSON_RECORD, "", "no leader"),
    BAD("[{" L "},5]", MRRC_ERR_JSON_RECORD, "", "a field is no object"),
    BAD("[{" L "},{" L "}]", MRRC_ERR_TAG_INVALID, "",
        "a tag is not of three printable characters"),
    BAD("{" L ",\"datafield\":5}", MRRC_ERR_JSON_RECORD, "",
        "controlfield or datafield is no list"),
    BAD("{" L ",\"datafield\":[5]}", MRRC_ERR_JSON_RECORD, "", "a field without a tag"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"001\"}]}", MRRC_ERR_JSON_RECORD, "001",
        "a control field's tag in datafield"),
    BAD("{" L ",\"controlfield\":[{\"tag\":\"245\"}]}", MRRC_ERR_JSON_RECORD, "245",
        "a data field's tag in controlfield"),
    BAD("{" L ",\"controlfield\":[{\"tag\":\"001\"}]}", MRRC_ERR_JSON_RECORD, "001",
        "a control field's value is no string"),
    BAD("{" L ",\"controlfield\":[{\"tag\":\"0\\u00001\",\"data\":\"\"}]}", MRRC_ERR_TAG_INVALID,
        "", "a tag is not of three printable characters"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\"}]}", MRRC_ERR_JSON_RECORD, "245", "no subfield"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\",\"subfield\":5}]}", MRRC_ERR_JSON_RECORD, "245",
        "subfield is no list"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\",\"ind\":5}]}", MRRC_ERR_JSON_RECORD, "245",
        "ind is no string"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\",\"ind\":\"1\\u0000\"}]}", MRRC_ERR_JSON_RECORD,
        "245", "an indicator is U+0000"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\",\"ind\":\"1\\u001d\"}]}",
        MRRC_ERR_INDICATOR_INVALID, "245", "an indicator is 0x1D, 0x1E or 0x1F"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\",\"subfield\":[{\"data\":\"x\"}]}]}",
        MRRC_ERR_JSON_RECORD, "245", "a subfield without a code"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\",\"subfield\":[{\"code\":\"\\u0000\"}]}]}",
        MRRC_ERR_CODE_INVALID, "245", "a subfield's code is U+0000"),
    BAD("{" L ",\"datafield\":[{\"tag\":\"245\",\"subfield\":[{\"code\":\"a\"}]}]}",
        MRRC_ERR_JSON_RECORD, "245", "a subfield's value is no string"),
    /* what jansson refuses, though brackets and strings are well */
    AT(FIELDS("{\"001\":\"x\",\"001\":\"y\"}"), MRRC_ERR_JSON_RECORD, 2, 63,
       "duplicate object key near '\"001\"'"),
    AT("{\"leader\":99999999999999999999}", MRRC_ERR_JSON_RECORD, 2, 30,
       "too big integer near '99999999999999999999'"),
    AT("{\"leader\":1e999}", MRRC_ERR_JSON_RECORD, 2, 15, "real number overflow near '1e999'"),
    AT("{\"lead\\u0000er\":1}", MRRC_ERR_JSON_RECORD, 2, 15,
       "NUL byte in object key not supported near '\"lead\\u0000er\"'"),
    AT("{\"a\":\"\\ud800\"}", MRRC_ERR_TEXT_INVALID, 2, 13,
       "invalid Unicode '\\uD800' near '\"\\ud800\"'"),
    AT("{\"a\":\"\\udc00\"}", MRRC_ERR_TEXT_INVALID, 2, 13,
       "invalid Unicode '\\uDC00' near '\"\\udc00\"'"),
    AT("{\"a\":\n\"x\xff\"}", MRRC_ERR_TEXT_INVALID, 3, 3,
       "unable to decode byte 0xff near '\"x'"),
};

static void check_fault(const bad *bad, const char *text, size_t size, const char *wanted) {
    mrrc_buffer packed = {0}, outcome = {0};
    mrrc_error err = check_first_fault("marcjson", text, size, &packed, NULL);
    bool good = err.code == bad->code && err.line == bad->line && err.column == bad->column &&
                strcmp((const char *)err.tag, bad->tag) == 0 &&
                strcmp(err.detail, bad->detail) == 0;
    if (!check_that(good, __FILE__, bad->line_here, "the fault"))
        fprintf(stderr, "    %d line %u column %u tag %s: %s\n", err.code, err.line, err.column,
                (const char *)err.tag, err.detail);
    check_bytes(packed.data, packed.size, wanted, strlen(wanted), __FILE__, bad->line_here,
                "the records");
    check_read_all_ways("marcjson", text, size, &outcome);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&outcome);
}

static void test_bad_records(void) {
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        const bad *bad = &records[i];
        mrrc_buffer text = {0};
        check_put_text(&text, ONE "\n");
        check_put(&text, bad->text, bad->size);
        check_put_text(&text, "\n" ONE);
        check_fault(bad, text.text, text.size, ONE_PACKED ONE_PACKED);
        /* the same in an array */
        text.size = 0;
        check_put_text(&text, "[" ONE ",\n");
        check_put(&text, bad->text, bad->size);
        check_put_text(&text, ",\n" ONE "]");
        if (bad->text[0] != '[')
            check_fault(bad, text.text, text.size, ONE_PACKED ONE_PACKED);
        mrrci_buffer_clear(&text);
    }
}

#define FATAL(text, line, column, detail) \
    {__LINE__, text, sizeof(text) - 1, MRRC_ERR_JSON_MALFORMED, line, column, "", detail}

/* What ends the reading: the record before is read, and none behind. */
static const bad sources[] = {
    FATAL(ONE "\n,", 2, 1, "a record expected"),
    FATAL(ONE "\n]" ONE, 2, 1, "a record expected"),
    FATAL("[" ONE " " ONE "]", 1, 63, "',' or ']' expected behind a record"),
    FATAL("[" ONE ",]", 1, 63, "a record expected"),
    FATAL("[" ONE ",,", 1, 63, "a record expected"),
    FATAL("[" ONE "}", 1, 62, "',' or ']' expected behind a record"),
    FATAL("[" ONE "\n", 2, 1, "the source ends inside an array"),
    FATAL("[" ONE ",\n", 2, 1, "the source ends inside an array"),
    FATAL(ONE "\nhello" ONE, 2, 5, "invalid token near 'hello'"),
    FATAL(ONE "\n<html>", 2, 1, "invalid token near '<'"),
    FATAL(ONE "\n[hello", 2, 6, "invalid token near 'hello'"),
    FATAL(ONE "\n{\"leader\" 5}" ONE, 2, 11, "':' expected near '5'"),
    FATAL(ONE "\n{\"leader\":\n\n x}", 4, 2, "invalid token near 'x'"),
    FATAL(ONE "\n{\"leader\":\"\\x\"}", 2, 13, "invalid escape near '\"\\x'"),
    FATAL(ONE "\n{\"leader\":\"x\n\"", 3, 1, "'}' expected near end of file"),
    FATAL(ONE "\n{\"leader\":\"x,\n\"fields\":[]}\n", 3, 7, "'}' expected near 'fields'"),
    FATAL(ONE "\n{\"leader\":\"\\\n\"}", 2, 13, "invalid escape near '\"\\\n'"),
    FATAL(ONE "\n{\"leader\":\"x\"]", 2, 14, "'}' expected near ']'"),
    FATAL(ONE "\n{\"leader\":[\"x\"}" ONE, 2, 15, "']' expected near '}'"),
    FATAL(ONE "\n{\"leader", 2, 8, "premature end of input near '\"leader'"),
    FATAL(ONE "\n{\"leader\":", 2, 10, "unexpected token near end of file"),
    FATAL(ONE "\n{\"leader\":\"x\",\n", 2, 15, "string or '}' expected near end of file"),
    FATAL(ONE "\n[", 2, 1, "']' expected near end of file"),
    FATAL(ONE "\n[{" L "}", 2, 38, "']' expected near end of file"),
    FATAL(ONE "\n{\"a\":\"\xff\",]", 2, 10, "a bracket that does not fit"),
    FATAL(ONE "\n{\"a\":\"\xff\",", 2, 9, "the source ends inside a record"),
    FATAL(ONE "\n{\"a\":\0}", 2, 6, "invalid token near end of file"),
};

static void test_bad_sources(void) {
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        check_fault(&sources[i], sources[i].text, sources[i].size, ONE_PACKED);
}

/* ---- limits ---- */

static void put_many(mrrc_buffer *to, const char *text, size_t count) {
    for (size_t i = 0; i < count; i++)
        check_put_text(to, text);
}

static void test_depth(void) {
    for (size_t depth = 63; depth < 67; depth++) {
        mrrc_buffer text = {0}, outcome = {0};
        check_put_text(&text, "{" L ",\"fields\":[],\"x\":");
        put_many(&text, "[", depth - 1);
        put_many(&text, "]", depth - 1);
        check_put_text(&text, "}");
        mrrc_error err = check_first_fault("marcjson", text.text, text.size, NULL, NULL);
        CHECK_EQ_INT(err.code, depth > 64 ? MRRC_ERR_JSON_MALFORMED : 0);
        CHECK(depth <= 64 || strcmp(err.detail, "more than 64 brackets in one another") == 0);
        CHECK(depth <= 64 || err.offset == strlen("{" L ",\"fields\":[],\"x\":") + 63);
        check_read_all_ways("marcjson", text.data, text.size, &outcome);
        mrrci_buffer_clear(&text);
        mrrci_buffer_clear(&outcome);
    }
}

static void test_size(void) {
    const size_t rest = sizeof(FIELDS("{\"001\":\"\"}")) - 1;
    for (int more = 0; more < 2; more++) {
        mrrc_buffer text = {0}, outcome = {0}, other = {0};
        check_put_text(&text, ONE "{" L ",\"fields\":[{\"001\":\"");
        for (size_t left = MRRCI_JSON_RECORD_MAX - rest + (size_t)more; left > 0;) {
            static const uint8_t many[4096] = {0};
            size_t size = left < sizeof many ? left : sizeof many;
            check_put(&text, many, size);
            memset(text.data + text.size - size, 'x', size);
            left -= size;
        }
        check_put_text(&text, "\"}]}" ONE);
        int status = check_read("marcjson", text.data, text.size, 0, 0, &outcome);
        CHECK_EQ_INT(status, more ? MRRC_ERR_JSON_MALFORMED : MRRC_END);
        for (uint32_t flags = 0; flags <= MRRC_READ_LIBRARY; flags += MRRC_READ_LIBRARY) {
            other.size = 0;
            CHECK(check_read("marcjson", text.data, text.size, flags, 100000, &other) == status);
            CHECK(check_same(&outcome, &other));
        }
        mrrc_error err = check_first_fault("marcjson", text.text, text.size, NULL, NULL);
        CHECK(!more || (err.offset == sizeof ONE - 1 &&
                        strcmp(err.detail, "a record of more than 16 MiB") == 0));
        mrrci_buffer_clear(&text);
        mrrci_buffer_clear(&outcome);
        mrrci_buffer_clear(&other);
    }
}

/* More than one block, and lines counted over all of them. */
static void test_long_source(void) {
    enum { RECORDS = 20000 };
    mrrc_buffer text = {0}, outcome = {0}, other = {0};
    for (size_t i = 0; i < RECORDS; i++)
        check_put_text(&text, i % 7 == 0 ? FIELDS("{\"001\":\"x\",\"003\":\"y\"}") "\n" : ONE "\n");
    check_put_text(&text, " {}\n");
    mrrc_error err = check_first_fault("marcjson", text.text, text.size, NULL, NULL);
    CHECK(err.line == RECORDS + 1 && err.column == 2 && err.record == RECORDS + 1);
    CHECK(err.offset == text.size - 3 && err.code == MRRC_ERR_JSON_RECORD);
    CHECK(check_read("marcjson", text.data, text.size, 0, 0, &outcome) == MRRC_END);
    CHECK(check_read("marcjson", text.data, text.size, MRRC_READ_LIBRARY, 3000, &other) ==
          MRRC_END);
    CHECK(check_same(&outcome, &other));
    mrrci_buffer_clear(&text);
    mrrci_buffer_clear(&outcome);
    mrrci_buffer_clear(&other);
}

/* ---- spoilt documents ---- */

static const char *const seeds[] = {
    ONE "\n" FIELDS(TITLE) "\n",
    "[" FIELDS("{\"001\":\"\\u00e9\\ud83d\\ude00 \xc3\xa9\"}," TITLE) ","
    FIELDS(TITLE "," TITLE) "]",
    "{\n  \"leader\": \"" CHECK_LEADER "\",\n  \"fields\": [\n    {\n      \"001\": \"x\"\n    },\n"
    "    {\n      \"245\": {\n        \"subfields\": [\n          {\n            \"a\": \"T\"\n"
    "          }\n        ],\n        \"ind1\": \"1\",\n        \"ind2\": \"0\"\n      }\n    }\n"
    "  ]\n}\n",
    "{\"leader\": \"" CHECK_LEADER "\", \"fields\": [{\"001\": \"x\"}, {\"245\": {\"ind1\": \"1\", "
    "\"ind2\": \"0\", \"subfields\": [{\"a\": \"T \\\"quoted\\\" \\\\ \"}, {\"b\": \"\"}]}}]}",
    "[{" L "},{\"001\":\"x\"}," TITLE "]\n[{" L "}]",
    "[[{" L "},{\"001\":\"x\"}],[{" L "}," TITLE "]]",
    FOUR "[" FOUR "," FOUR "]",
};

static const char *const tokens[] = {
    "{",      "}",        "[",          "]",        ",",        ":",         "\"",    "\\",
    "\\u0000", "\\ud800", "\\u001f",    "\\u00e9",  "null",     "5",         "1e999", "{}",
    "[]",     "\"ind1\":\"2\",", "\"subfields\":[],", "\"fields\":[],", "\"leader\":\"x\",",
    "\xff",   "\xc3\xa9", "\xe2\x82",   "\n",       " ",        "\x01",      "\x1e",
    "\"001\":\"x\",",
};

/* Spoils a document in one to three places. */
static void spoil(mrrc_buffer *text, uint64_t *chance) {
    for (uint32_t times = 1 + check_random(chance, 3); times > 0 && text->size > 0; times--) {
        size_t at = check_random(chance, (uint32_t)text->size);
        size_t left = text->size - at;
        size_t some = 1 + check_random(chance, left < 12 ? (uint32_t)left : 12);
        const char *token =
            tokens[check_random(chance, sizeof tokens / sizeof tokens[0])];
        switch (check_random(chance, 5)) {
        case 0: /* another byte */
            text->data[at] = (uint8_t)check_random(chance, 256);
            break;
        case 1: /* less */
            some = some < left ? some : left;
            memmove(text->data + at, text->data + at + some, left - some);
            text->size -= some;
            break;
        case 2: /* the end is lost */
            if (check_random(chance, 4) == 0)
                text->size = at;
            break;
        default: /* more */
            check_put_text(text, token);
            memmove(text->data + at + strlen(token), text->data + at, left);
            memcpy(text->data + at, token, strlen(token));
        }
    }
}

static void test_spoilt(void) {
    enum { TIMES = 6000 };
    uint64_t chance = 20260101;
    mrrc_buffer text = {0}, outcome = {0}, other = {0};
    size_t ended = 0;
    for (size_t i = 0; i < TIMES; i++) {
        text.size = outcome.size = other.size = 0;
        check_put_text(&text, seeds[i % (sizeof seeds / sizeof seeds[0])]);
        spoil(&text, &chance);
        int status = check_read("marcjson", text.data, text.size, 0, 0, &outcome);
        ended += status == MRRC_END;
        size_t step = check_random(&chance, 40);
        uint32_t flags = step % 2 == 0 ? MRRC_READ_LIBRARY : 0;
        CHECK(check_read("marcjson", text.data, text.size, flags, step, &other) == status);
        CHECK_FOR(check_same(&outcome, &other), "%.*s", (int)text.size, text.text);
        other.size = 0;
        CHECK(check_read("marcjson", text.data, text.size, MRRC_READ_LIBRARY - flags, 1, &other) ==
              status);
        CHECK_FOR(check_same(&outcome, &other), "%.*s", (int)text.size, text.text);
    }
    CHECK(ended > TIMES / 20 && ended < TIMES); /* some of each kind */
    mrrci_buffer_clear(&text);
    mrrci_buffer_clear(&outcome);
    mrrci_buffer_clear(&other);
}

/* ---- memory ---- */

typedef struct way {
    const char *text;
    uint32_t flags;
} way;

/* Reads with a request refused: what was read before stays, and once there is memory again,
 * nothing is missing. */
static void read_with_little(void *context) {
    const way *way = context;
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcjson"));
    mrrc_buffer outcome = {0}, wanted = {0};
    mrrc_batch_view view;
    size_t records = 0;
    if (reader == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    mrrc_reader_open_memory(reader, (const uint8_t *)way->text, strlen(way->text));
    for (;;) {
        mrrc_error err = {0};
        int status = mrrc_reader_next(reader, way->flags, &view, &err);
        size_t asked = check_memory.fail_at;
        if (status == MRRC_ERR_MEMORY)
            CHECK(check_memory.failed);
        if (check_memory.failed)
            check_memory_allow();
        check_memory.fail_at = check_memory.failed ? 0 : asked;
        size_t refused = check_memory.fail_at;
        check_memory.fail_at = 0; /* the test's own requests */
        size_t before = check_memory.asked;
        check_tell_batch(&outcome, &view, records);
        if (status < 0 && status != MRRC_ERR_MEMORY)
            check_tell(&outcome, "fault", &err);
        check_memory.asked = before;
        check_memory.fail_at = refused;
        records += view.count;
        if (status == MRRC_END || (status < MRRC_FATAL && status != MRRC_ERR_MEMORY))
            break;
    }
    check_memory.fail_at = 0;
    check_read("marcjson", way->text, strlen(way->text), way->flags, 0, &wanted);
    CHECK_BYTES(outcome.data, outcome.size, wanted.data, wanted.size);
    mrrci_buffer_clear(&outcome);
    mrrci_buffer_clear(&wanted);
    mrrc_reader_free(reader);
}

static void test_memory(void) {
    static const char text[] = ONE "\n" FIELDS("{\"245\":{\"ind1\":\"12\",\"subfields\":[]}}")
        "{}[{" L "},{\"001\":\"x\"}]" FOUR ONE "{\"x\"]";
    for (uint32_t flags = 0; flags <= MRRC_READ_LIBRARY; flags += MRRC_READ_LIBRARY) {
        way way = {text, flags};
        check_memory_sweep(read_with_little, &way);
    }
}

int main(void) {
    test_sources();
    test_arrays_of_fields();
    test_marc4j();
    test_fields();
    test_notes();
    test_bad_records();
    test_bad_sources();
    test_depth();
    test_size();
    test_long_source();
    test_spoilt();
    test_memory();
    return check_report();
}
