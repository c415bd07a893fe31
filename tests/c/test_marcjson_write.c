/* SPDX-License-Identifier: MIT
 *
 * Writing MARC-in-JSON: the text in each layout, what is refused, and records of every kind of
 * character by chance, which jansson reads back.
 */
#include <jansson.h>

#include "check_json.h"
#include "conversion.h"
#include "format.h"
#include "packed.h"

static int encode(const char *format, const void *packed, size_t size, uint32_t flags,
                  mrrc_buffer *out, mrrc_error *err) {
    mrrci_how how = {.flags = flags, .number = 1};
    uint8_t *copy = check_copy(packed, size);
    int status = mrrci_format_at(mrrc_format_find(format))->encode(copy, size, &how, out, err);
    free(copy);
    return status;
}

static void check_text(const char *packed, const char *format, uint32_t flags,
                       const char *wanted, int line) {
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    check_put_text(&out, "before");
    check_int(encode(format, packed, strlen(packed), flags, &out, &err), MRRC_OK, __FILE__, line,
              packed);
    check_bytes(out.data + 6, out.size - 6, wanted, strlen(wanted), __FILE__, line, packed);
    mrrci_buffer_clear(&out);
}

static void test_layouts(void) {
#define TEXT(packed, flags, wanted) check_text(packed, "marcjson", flags, wanted, __LINE__)
    static const char packed[] = CHECK_LEADER "\x1e" "001x\x1e" "2451 \x1f" "a\"T\"\x1f" "b";
    TEXT(CHECK_LEADER, 0, "{\"leader\":\"" CHECK_LEADER "\",\"fields\":[]}");
    TEXT(packed, 0,
         "{\"leader\":\"" CHECK_LEADER "\",\"fields\":[{\"001\":\"x\"},{\"245\":{\"ind1\":\"1\","
         "\"ind2\":\" \",\"subfields\":[{\"a\":\"\\\"T\\\"\"},{\"b\":\"\"}]}}]}");
    TEXT(packed, MRRC_WRITE_PYMARC,
         "{\"leader\": \"" CHECK_LEADER "\", \"fields\": [{\"001\": \"x\"}, {\"245\": {\"ind1\": "
         "\"1\", \"ind2\": \" \", \"subfields\": [{\"a\": \"\\\"T\\\"\"}, {\"b\": \"\"}]}}]}");
    check_text(packed, "jsonl", 0,
               "{\"leader\":\"" CHECK_LEADER "\",\"fields\":[{\"001\":\"x\"},{\"245\":{\"ind1\":"
               "\"1\",\"ind2\":\" \",\"subfields\":[{\"a\":\"\\\"T\\\"\"},{\"b\":\"\"}]}}]}\n",
               __LINE__);
    /* what has to be escaped anywhere */
    TEXT("\"0000nam\ta2200000   4500\x1e\"\\ \"\\\x1f\"x\x7f\xc3\xa9\x1f\xc3\xa9\xf0\x9f\x98\x80",
         0,
         "{\"leader\":\"\\\"0000nam\\ta2200000   4500\",\"fields\":[{\"\\\"\\\\ \":{\"ind1\":"
         "\"\\\"\",\"ind2\":\"\\\\\",\"subfields\":[{\"\\\"\":\"x\x7f\xc3\xa9\"},{\"\xc3\xa9\":"
         "\"\xf0\x9f\x98\x80\"}]}}]}");
    TEXT(CHECK_LEADER "\x1e" "500\xc3\xa9\xf0\x9f\x98\x80\x1f\xc3\xa9x\x7f\xc3\xa9\x1b",
         MRRC_WRITE_ASCII,
         "{\"leader\":\"" CHECK_LEADER "\",\"fields\":[{\"500\":{\"ind1\":\"\\u00e9\",\"ind2\":"
         "\"\\ud83d\\ude00\",\"subfields\":[{\"\\u00e9\":\"x\\u007f\\u00e9\\u001b\"}]}}]}");
    TEXT(CHECK_LEADER "\x1e" "00Axy\x1e" "001\n", 0,
         "{\"leader\":\"" CHECK_LEADER "\",\"fields\":[{\"00A\":{\"ind1\":\"x\",\"ind2\":\"y\","
         "\"subfields\":[]}},{\"001\":\"\\n\"}]}");
}

static void test_refused(void) {
    static const struct {
        const char *packed;
        int code;
        const char *tag;
        uint32_t field;
    } cases[] = {
        {"", MRRC_ERR_PACKED_INVALID, "", 0},
        {"00000nam a2200000   450", MRRC_ERR_PACKED_INVALID, "", 0},
        {"00000nam a2200000   45\xc3\xa9\x1e" "001x", MRRC_ERR_PACKED_INVALID, "", 0},
        {"00000nam a2200000   45\x1e" "00x", MRRC_ERR_PACKED_INVALID, "", 0},
        {CHECK_LEADER "x", MRRC_ERR_PACKED_INVALID, "", 0},
        {CHECK_LEADER "\x1e" "00", MRRC_ERR_PACKED_INVALID, "", 0},
        {CHECK_LEADER "\x1e" "001x\x1e" "00\x1e", MRRC_ERR_PACKED_INVALID, "00\x1e", 1},
        {CHECK_LEADER "\x1e" "001x\x1e", MRRC_ERR_PACKED_INVALID, "", 1},
        {CHECK_LEADER "\x1e" "001x\x1e" "24\n  ", MRRC_ERR_TAG_INVALID, "24\n", 1},
        {CHECK_LEADER "\x1e" "2\xc3\xa9  ", MRRC_ERR_TAG_INVALID, "2\xc3\xa9", 0},
        {CHECK_LEADER "\x1e" "245", MRRC_ERR_PACKED_INVALID, "245", 0},
        {CHECK_LEADER "\x1e" "2451\x1f" "ax", MRRC_ERR_PACKED_INVALID, "245", 0},
        {CHECK_LEADER "\x1e" "24512x\x1f" "ax", MRRC_ERR_PACKED_INVALID, "245", 0},
        {CHECK_LEADER "\x1e" "24512\x1f\x1f" "ax", MRRC_ERR_PACKED_INVALID, "245", 0},
        {CHECK_LEADER "\x1e" "24512\x1f", MRRC_ERR_PACKED_INVALID, "245", 0},
        {CHECK_LEADER "\x1e" "24512\x1f" "ax\x1dy\x1e" "001x", MRRC_ERR_FIELD_INVALID, "245", 0},
        {CHECK_LEADER "\x1e" "001x\x1fy", MRRC_ERR_FIELD_INVALID, "001", 0},
        {CHECK_LEADER "\x1e" "001x\xffy", MRRC_ERR_TEXT_INVALID, "", 0},
        {CHECK_LEADER "\x1e" "001x\xed\xa0\x80", MRRC_ERR_TEXT_INVALID, "", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (uint32_t flags = 0; flags < 128; flags += MRRC_WRITE_PYMARC) {
            mrrc_buffer out = {0};
            mrrc_error err = {0};
            check_put_text(&out, "before");
            CHECK_EQ_INT(encode(flags & MRRC_WRITE_PYMARC ? "jsonl" : "marcjson", cases[i].packed,
                                strlen(cases[i].packed), flags, &out, &err),
                         cases[i].code);
            CHECK_FOR(err.code == cases[i].code && err.field == cases[i].field &&
                          strcmp((const char *)err.tag, cases[i].tag) == 0,
                      "%zu: %d field %u tag %s", i, err.code, err.field, (const char *)err.tag);
            CHECK(check_holds(&out, "before", 6));
            mrrci_buffer_clear(&out);
        }
}

/* ---- by chance ---- */

static void put_character(mrrc_buffer *to, uint64_t *chance) {
    uint8_t text[4];
    uint32_t character;
    switch (check_random(chance, 6)) {
    case 0:
        character = check_random(chance, 0x80);
        break;
    case 1:
        character = check_random(chance, 0x10000);
        break;
    case 2:
        character = check_random(chance, 0x110000);
        break;
    default:
        character = 0x20 + check_random(chance, 0x5F);
    }
    if ((character >= MRRCI_RECORD && character <= MRRCI_SUBFIELD) ||
        (character >= 0xD800 && character < 0xE000))
        character = '"';
    check_put(to, text, mrrci_utf8_put(text, character));
}

static void put_value(mrrc_buffer *to, uint64_t *chance) {
    for (uint32_t size = check_random(chance, 3) == 0 ? check_random(chance, 90)
                                                      : check_random(chance, 12);
         size > 0; size--)
        put_character(to, chance);
}

static void put_record(mrrc_buffer *to, uint64_t *chance) {
    check_put_text(to, CHECK_LEADER);
    for (uint32_t fields = check_random(chance, 12); fields > 0; fields--) {
        uint8_t field[4] = {MRRCI_FIELD, '0', '0', '1'};
        bool control = check_random(chance, 3) == 0;
        for (size_t i = 1; i < sizeof field && !control; i++)
            field[i] = (uint8_t)(0x30 + check_random(chance, 0x4F));
        check_put(to, field, sizeof field);
        if (mrrci_tag_is_control(field + 1)) {
            put_value(to, chance);
            continue;
        }
        put_character(to, chance);
        put_character(to, chance);
        for (uint32_t count = check_random(chance, 6); count > 0; count--) {
            check_put_text(to, "\x1f");
            put_character(to, chance);
            put_value(to, chance);
        }
    }
}

static void put_json_string(mrrc_buffer *to, const json_t *value) {
    check_put(to, json_string_value(value), json_string_length(value));
}

/* Packs what jansson read, which is known to be well shaped. */
static void pack(mrrc_buffer *to, json_t *root) {
    json_t *field, *value, *subfield, *text;
    const char *tag, *code;
    size_t i, k, size;
    put_json_string(to, json_object_get(root, "leader"));
    json_array_foreach(json_object_get(root, "fields"), i, field) {
        json_object_keylen_foreach(field, tag, size, value) {
            check_put_text(to, "\x1e");
            check_put(to, tag, size);
            if (json_is_string(value)) {
                put_json_string(to, value);
                continue;
            }
            put_json_string(to, json_object_get(value, "ind1"));
            put_json_string(to, json_object_get(value, "ind2"));
            json_array_foreach(json_object_get(value, "subfields"), k, subfield) {
                json_object_keylen_foreach(subfield, code, size, text) {
                    check_put_text(to, "\x1f");
                    check_put(to, code, size);
                    put_json_string(to, text);
                }
            }
        }
    }
}

static bool has_zero(const mrrc_buffer *packed) {
    return memchr(packed->data, 0, packed->size) != NULL;
}

static void test_by_chance(void) {
    enum { TIMES = 6000 };
    uint64_t chance = 77;
    mrrc_buffer packed = {0}, out = {0}, seen = {0};
    for (uint32_t i = 0; i < TIMES; i++) {
        uint32_t flags = i % 4 * MRRC_WRITE_PYMARC;
        packed.size = out.size = seen.size = 0;
        do {
            packed.size = 0;
            put_record(&packed, &chance);
        } while (has_zero(&packed)); /* which jansson has no place for in a key */
        CHECK(encode(i % 3 == 0 ? "marcjson" : "jsonl", packed.data, packed.size, flags, &out,
                     NULL) == MRRC_OK);
        json_t *root = json_loadb(out.text, out.size, JSON_REJECT_DUPLICATES, NULL);
        CHECK(root != NULL);
        pack(&seen, root);
        json_decref(root);
        CHECK_BYTES(seen.data, seen.size, packed.data, packed.size);
        bool ascii = true;
        for (size_t k = 0; k < out.size; k++)
            ascii = ascii && out.data[k] < 0x7F;
        CHECK(ascii || !(flags & MRRC_WRITE_ASCII));
        /* and the format's own reader */
        seen.size = 0;
        mrrc_error err = check_first_fault("marcjson", out.text, out.size, &seen, NULL);
        CHECK(err.code == 0);
        check_put_text(&packed, "\n");
        CHECK_BYTES(seen.data, seen.size, packed.data, packed.size);
    }
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&seen);
}

/* What grows six times as long has its room all the same. */
static void test_growth(void) {
    mrrc_buffer packed = {0}, out = {0}, wanted = {0};
    check_put_text(&packed, CHECK_LEADER);
    check_put_text(&wanted, "{\"leader\":\"" CHECK_LEADER "\",\"fields\":[");
    for (size_t i = 0; i < 5000; i++) {
        check_put_text(&packed, i % 2 == 0 ? "\x1e" "001\x01\x02\x03"
                                           : "\x1e" "500  \x1f" "a\x1f" "b");
        check_put_text(&wanted, i == 0 ? "" : ",");
        check_put_text(&wanted, i % 2 == 0 ? "{\"001\":\"\\u0001\\u0002\\u0003\"}"
                                           : "{\"500\":{\"ind1\":\" \",\"ind2\":\" \",\"subfields\""
                                             ":[{\"a\":\"\"},{\"b\":\"\"}]}}");
    }
    check_put_text(&wanted, "]}");
    CHECK(encode("marcjson", packed.data, packed.size, 0, &out, NULL) == MRRC_OK);
    CHECK_BYTES(out.data, out.size, wanted.data, wanted.size);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&wanted);
}

static void write_with_little(void *context) {
    static const char packed[] = CHECK_LEADER "\x1e" "001\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
        "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
        "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01";
    const char *format = context;
    mrrc_buffer out = {0};
    int status = encode(format, packed, sizeof packed - 1, 0, &out, NULL);
    CHECK(status == (check_memory.failed ? MRRC_ERR_MEMORY : MRRC_OK));
    CHECK((out.size == 0) == check_memory.failed);
    mrrci_buffer_clear(&out);
}

/* A file of them is an array. */
static void test_file(void) {
    static const char packed[] = CHECK_LEADER CHECK_LEADER;
    static const uint32_t ends[] = {24, 48};
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marcjson"), 0);
    mrrc_buffer out = {0}, seen = {0};
    CHECK(mrrc_encoder_begin(encoder, &out) == MRRC_OK);
    CHECK(mrrc_encoder_records(encoder, (const uint8_t *)packed, ends, 2, &out, NULL, NULL) ==
          MRRC_OK);
    CHECK(mrrc_encoder_end(encoder, &out) == MRRC_OK);
#define EMPTY "{\"leader\":\"" CHECK_LEADER "\",\"fields\":[]}"
    CHECK_BUFFER(out, "[\n" EMPTY ",\n" EMPTY "\n]\n");
    CHECK(check_first_fault("jsonl", out.text, out.size, &seen, NULL).code == 0);
    CHECK_BUFFER(seen, CHECK_LEADER "\n" CHECK_LEADER "\n");
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&seen);
}

int main(void) {
    char marcjson[] = "marcjson", jsonl[] = "jsonl";
    test_layouts();
    test_refused();
    test_by_chance();
    test_growth();
    test_file();
    check_memory_sweep(write_with_little, marcjson);
    check_memory_sweep(write_with_little, jsonl);
    return check_report();
}
