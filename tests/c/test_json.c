/* SPDX-License-Identifier: MIT
 *
 * The private JSON shape: what is read and refused, however the bytes come; what is written;
 * and that what is written comes back, with the subfields in the order of their codes.
 */
#include "check_json.h"
#include "conversion.h"
#include "formats.h"
#include "packed.h"

#define L "{\"leader\":\"" CHECK_LEADER "\"}"
#define FIELD(text) "[" L ",{\"245\":{" text "}}]"
#define PACKED(text) CHECK_LEADER text "\n"

static void check_records(const char *text, const char *wanted, size_t notes, int line) {
    mrrc_buffer packed = {0}, outcome = {0};
    size_t seen = 0;
    mrrc_error err = check_first_fault("json", text, strlen(text), &packed, &seen);
    if (!check_that(err.code == 0 && seen == notes, __FILE__, line, text))
        fprintf(stderr, "    code %d, %zu notes: %s\n", err.code, seen, err.detail);
    check_bytes(packed.data, packed.size, wanted, strlen(wanted), __FILE__, line, text);
    CHECK(check_read_all_ways("json", text, strlen(text), &outcome) == MRRC_END);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&outcome);
}

#define RECORDS(text, wanted) check_records(text, wanted, 0, __LINE__)
#define NOTED(text, wanted, notes) check_records(text, wanted, notes, __LINE__)

static void test_read(void) {
    RECORDS("", "");
    RECORDS("[" L "]", PACKED(""));
    RECORDS("[" L "]\n[" L ",{\"001\":\"x\"}]\n", PACKED("") PACKED("\x1e" "001x"));
    RECORDS("[[" L "],[" L ",{\"001\":\"x\"}]]", PACKED("") PACKED("\x1e" "001x"));
    RECORDS("[" L ",{\"001\":\"x\",\"003\":\"y\"},{}]", PACKED("\x1e" "001x\x1e" "003y"));
    RECORDS(FIELD("\"ind1\":\"1\",\"ind2\":\"0\",\"subfields\":{\"a\":\"T\",\"c\":\"\"}"),
            PACKED("\x1e" "24510\x1f" "aT\x1f" "c"));
    RECORDS(FIELD("\"ind1\":\"1\",\"ind2\":\"0\",\"subfields\":{\"a\":[\"T\",\"U\"],\"x\":[]}"),
            PACKED("\x1e" "24510\x1f" "aT\x1f" "aU"));
    RECORDS(FIELD("\"ind1\":\"1\",\"ind2\":\"0\",\"subfields\":[{\"c\":\"T\"},{\"a\":\"U\"}]"),
            PACKED("\x1e" "24510\x1f" "cT\x1f" "aU"));
    RECORDS(FIELD("\"ind1\":\"1\",\"ind2\":\"0\""), PACKED("\x1e" "24510"));
    NOTED(FIELD("\"ind1\":\"12\",\"ind2\":\"0\",\"subfields\":{\"ab\":\"T\"},\"more\":1,\"x\":1"),
          PACKED("\x1e" "24510\x1f" "aT"), 3);
}

static void check_fault(const char *text, int code, const char *tag, const char *detail, int line) {
    mrrc_buffer source = {0}, packed = {0}, outcome = {0};
    check_put_text(&source, "[" L "]\n");
    check_put_text(&source, text);
    check_put_text(&source, "\n[" L "]");
    mrrc_error err = check_first_fault("json", source.text, source.size, &packed, NULL);
    if (!check_that(err.code == code && err.line == 2 && err.column == 1 &&
                        strcmp(err.detail, detail) == 0 && strcmp((char *)err.tag, tag) == 0,
                    __FILE__, line, text))
        fprintf(stderr, "    %d line %u column %u tag %s: %s\n", err.code, err.line, err.column,
                (const char *)err.tag, err.detail);
    CHECK(check_holds(&packed, PACKED("") PACKED(""), 50));
    check_read_all_ways("json", source.data, source.size, &outcome);
    mrrci_buffer_clear(&source);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&outcome);
}

#define BAD(text, code, tag, detail) check_fault(text, code, tag, detail, __LINE__)

static void test_faults(void) {
    BAD("{}", MRRC_ERR_JSON_RECORD, "", "a record is an array");
    BAD("5", MRRC_ERR_JSON_RECORD, "", "a record is an array");
    BAD("[]", MRRC_ERR_JSON_RECORD, "", "an empty array");
    BAD("[{}]", MRRC_ERR_JSON_RECORD, "", "no leader");
    BAD("[{\"001\":\"x\"}]", MRRC_ERR_JSON_RECORD, "", "no leader");
    BAD("[{\"leader\":5}]", MRRC_ERR_JSON_RECORD, "", "the leader is no string");
    BAD("[{\"leader\":\"0000\"}]", MRRC_ERR_LEADER_INVALID, "",
        "the leader is not of 24 ASCII characters");
    BAD("[" L ",5]", MRRC_ERR_JSON_RECORD, "", "a field is no object");
    BAD("[" L ",{\"0010\":\"x\"}]", MRRC_ERR_TAG_INVALID, "",
        "a tag is not of three printable characters");
    BAD("[" L ",{\"001\":{}}]", MRRC_ERR_JSON_RECORD, "001",
        "a control field's value is no string");
    BAD("[" L ",{\"245\":\"x\"}]", MRRC_ERR_JSON_RECORD, "245", "a data field is no object");
    BAD(FIELD("\"ind2\":\"0\",\"subfields\":{}"), MRRC_ERR_JSON_RECORD, "245", "missing ind1");
    BAD(FIELD("\"ind1\":\"\",\"ind2\":\"0\""), MRRC_ERR_JSON_RECORD, "245", "missing ind1");
    BAD(FIELD("\"ind1\":\"0\",\"ind2\":5"), MRRC_ERR_JSON_RECORD, "245", "missing ind2");
    BAD(FIELD("\"ind1\":\"0\",\"ind2\":\"0\",\"subfields\":5"), MRRC_ERR_JSON_RECORD, "245",
        "subfields is no list");
    BAD(FIELD("\"ind1\":\"0\",\"ind2\":\"0\",\"subfields\":{\"a\":5}"), MRRC_ERR_JSON_RECORD,
        "245", "a subfield's value is no string");
    BAD(FIELD("\"ind1\":\"0\",\"ind2\":\"0\",\"subfields\":{\"a\":[[]]}"), MRRC_ERR_JSON_RECORD,
        "245", "a subfield's value is no string");
    BAD(FIELD("\"ind1\":\"0\",\"ind2\":\"0\",\"subfields\":{\"\":\"x\"}"), MRRC_ERR_CODE_INVALID,
        "245", "a subfield's code is empty");
}

static int encode(const void *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                  mrrc_error *err) {
    mrrci_how how = {.flags = flags, .number = 1};
    uint8_t *copy = check_copy(packed, size);
    int status = mrrci_json_encode(copy, size, &how, out, err);
    free(copy);
    return status;
}

static void check_text(const char *packed, uint32_t flags, const char *wanted, int line) {
    mrrc_buffer out = {0};
    check_put_text(&out, "before");
    check_int(encode(packed, strlen(packed), flags, &out, NULL), MRRC_OK, __FILE__, line, packed);
    check_bytes(out.data + 6, out.size - 6, wanted, strlen(wanted), __FILE__, line, packed);
    mrrci_buffer_clear(&out);
}

static void test_write(void) {
#define TEXT(packed, flags, wanted) check_text(packed, flags, wanted, __LINE__)
    TEXT(CHECK_LEADER, 0, "[" L "]\n");
    TEXT(CHECK_LEADER, MRRC_WRITE_ALONE, "[" L "]");
    TEXT(CHECK_LEADER "\x1e" "001\x01\x7f\xc3\xa9\"\x1e" "500  \x1e" "001y", 0,
         "[" L ",{\"001\":\"\\u0001\x7f\xc3\xa9\\\"\"},{\"500\":{\"ind1\":\" \",\"ind2\":\" \","
         "\"subfields\":{}}},{\"001\":\"y\"}]\n");
    TEXT(CHECK_LEADER "\x1e" "24510\x1f" "c1\x1f\xc3\xa9" "2\x1f" "a3\x1f\xf0\x9f\x98\x80"
         "4\x1f" "93\x1f" "A5",
         MRRC_WRITE_ALONE,
         "[" L ",{\"245\":{\"ind1\":\"1\",\"ind2\":\"0\",\"subfields\":{\"9\":\"3\",\"A\":\"5\","
         "\"a\":\"3\",\"c\":\"1\",\"\xc3\xa9\":\"2\",\"\xf0\x9f\x98\x80\":\"4\"}}}]");
    TEXT(CHECK_LEADER "\x1e" "245\xc3\xa9\xe2\x82\xac\x1f" "b1\x1f" "a2\x1f" "b3\x1f" "b4",
         MRRC_WRITE_ALONE | MRRC_WRITE_ASCII,
         "[" L ",{\"245\":{\"ind1\":\"\\u00e9\",\"ind2\":\"\\u20ac\",\"subfields\":{\"a\":\"2\","
         "\"b\":[\"1\",\"3\",\"4\"]}}}]");
}

static void test_refused(void) {
    static const struct {
        const char *packed;
        int code;
        const char *tag;
    } cases[] = {
        {"short", MRRC_ERR_PACKED_INVALID, ""},
        {"00000nam a2200000   45\xc3\xa9", MRRC_ERR_PACKED_INVALID, ""},
        {"00000nam a2200000   450\x1e", MRRC_ERR_PACKED_INVALID, ""},
        {CHECK_LEADER "x", MRRC_ERR_PACKED_INVALID, ""},
        {CHECK_LEADER "\x1e" "24\n  ", MRRC_ERR_TAG_INVALID, "24\n"},
        {CHECK_LEADER "\x1e" "2451", MRRC_ERR_PACKED_INVALID, "245"},
        {CHECK_LEADER "\x1e" "245", MRRC_ERR_PACKED_INVALID, "245"},
        {CHECK_LEADER "\x1e" "245\xc3\xa9", MRRC_ERR_PACKED_INVALID, "245"},
        {CHECK_LEADER "\x1e" "245123", MRRC_ERR_PACKED_INVALID, "245"},
        {CHECK_LEADER "\x1e" "24512\x1f", MRRC_ERR_PACKED_INVALID, "245"},
        {CHECK_LEADER "\x1e" "24512\x1f" "a\x1d", MRRC_ERR_FIELD_INVALID, "245"},
        {CHECK_LEADER "\x1e" "001\x1fx", MRRC_ERR_FIELD_INVALID, "001"},
        {CHECK_LEADER "\x1e" "001\xff", MRRC_ERR_TEXT_INVALID, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer out = {0};
        mrrc_error err = {0};
        check_put_text(&out, "before");
        CHECK_EQ_INT(encode(cases[i].packed, strlen(cases[i].packed), 0, &out, &err),
                     cases[i].code);
        CHECK_FOR(err.code == cases[i].code && strcmp((const char *)err.tag, cases[i].tag) == 0,
                  "%zu: %d tag %s", i, err.code, (const char *)err.tag);
        CHECK(check_holds(&out, "before", 6));
        mrrci_buffer_clear(&out);
    }
}

/* One field of very many subfields, by code at last; equal codes stay in their order. */
static void test_many_codes(void) {
    enum { COUNT = 30000 };
    mrrc_buffer packed = {0}, out = {0}, seen = {0};
    check_put_text(&packed, CHECK_LEADER "\x1e" "24500");
    for (uint32_t i = 0; i < COUNT; i++) {
        uint8_t code[4];
        char value[32];
        uint32_t character = 0x20 + i * 7919u % 0xD000;
        snprintf(value, sizeof value, "%u", i);
        check_put_text(&packed, "\x1f");
        check_put(&packed, code, mrrci_utf8_put(code, i % 3 == 0 ? 'b' : character));
        check_put_text(&packed, value);
    }
    CHECK(encode(packed.data, packed.size, 0, &out, NULL) == MRRC_OK);
    CHECK(check_first_fault("json", out.text, out.size, &seen, NULL).code == 0);
    CHECK(seen.size == packed.size + 1);
    mrrci_cursor cursor;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t indicators, count = 0;
    uint32_t last = 0;
    int last_value = -1;
    mrrci_fields_begin(&cursor, seen.data, seen.size - 1);
    CHECK(mrrci_field_next(&cursor, &field) == 1);
    mrrci_subfields_begin(&cursor, &field, &indicators);
    while (mrrci_subfield_next(&cursor, &subfield)) {
        const uint8_t *code = subfield.code;
        uint32_t character = mrrci_utf8_next(&code);
        int value = 0;
        for (size_t i = 0; i < subfield.size; i++)
            value = value * 10 + subfield.value[i] - '0';
        if (character < last || (character == last && value < last_value))
            CHECK(false);
        last = character;
        last_value = value;
        count++;
    }
    CHECK_EQ_INT(count, COUNT);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&seen);
}

static void write_with_little(void *context) {
    (void)context;
    static const char packed[] = CHECK_LEADER "\x1e" "001x\x1e" "24510\x1f" "bx\x1f" "ay\x1f" "bz";
    mrrc_buffer out = {0};
    int status = encode(packed, sizeof packed - 1, 0, &out, NULL);
    CHECK(status == (check_memory.failed ? MRRC_ERR_MEMORY : MRRC_OK));
    CHECK((out.size == 0) == check_memory.failed);
    mrrci_buffer_clear(&out);
}

static void read_with_little(void *context) {
    (void)context;
    static const char text[] = "[" L ",{\"001\":\"x\"}]";
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("json"));
    mrrc_batch_view view;
    mrrc_error err = {0};
    if (reader == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    mrrc_reader_open_memory(reader, (const uint8_t *)text, sizeof text - 1);
    int status = mrrc_reader_next(reader, 0, &view, &err);
    CHECK(status == (check_memory.failed ? MRRC_ERR_MEMORY : MRRC_OK));
    check_memory_allow();
    if (status != MRRC_OK)
        CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK);
    CHECK(view.count == 1 && view.block_size == 29);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_END);
    mrrc_reader_free(reader);
}

int main(void) {
    test_read();
    test_faults();
    test_write();
    test_refused();
    test_many_codes();
    check_memory_sweep(write_with_little, NULL);
    check_memory_sweep(read_with_little, NULL);
    return check_report();
}
