/* SPDX-License-Identifier: MIT
 *
 * Text as JSON strings: every kind of character alone and at every place of a longer text,
 * with jansson to read it back.
 */
#include <jansson.h>

#include "check_json.h"
#include "json.h"

/* Writes a text both ways and has jansson read it. */
static void check_string(const uint8_t *text, size_t size) {
    mrrc_buffer out = {0};
    uint8_t *copy = check_copy(text, size);
    for (int ascii = 0; ascii < 2; ascii++) {
        out.size = 0;
        check_put_text(&out, "before");
        CHECK(mrrci_json_string(&out, copy, size, ascii != 0) == MRRC_OK);
        json_error_t seen;
        json_t *value = json_loadb(out.text + 6, out.size - 6,
                                   JSON_DECODE_ANY | JSON_ALLOW_NUL, &seen);
        CHECK(json_is_string(value));
        CHECK_BYTES(json_string_value(value), json_string_length(value), text, size);
        json_decref(value);
        for (size_t i = 0; ascii && i < out.size; i++)
            CHECK(out.data[i] >= 0x20 && out.data[i] < 0x7F);
    }
    free(copy);
    mrrci_buffer_clear(&out);
}

static void test_characters(void) {
    static const uint32_t characters[] = {0,      1,      0x1D,   0x1F,    0x20,    '"',
                                          '/',    '\\',   0x7E,   0x7F,    0x80,    0xFF,
                                          0x7FF,  0x800,  0x2028, 0xD7FF,  0xE000,  0xFFFD,
                                          0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x9FFFF, 0x10FFFF};
    for (uint32_t c = 0; c < 0x300; c++) {
        uint8_t text[4];
        check_string(text, mrrci_utf8_put(text, c));
    }
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++)
        for (size_t before = 0; before < 70; before += 3)
            for (size_t behind = 0; behind < 40; behind += 7) {
                uint8_t text[128];
                memset(text, 'x', sizeof text);
                size_t size = before + mrrci_utf8_put(text + before, characters[i]);
                check_string(text, size + behind);
            }
}

static void check_is(const char *text, bool ascii, const char *wanted) {
    mrrc_buffer out = {0};
    CHECK(mrrci_json_string(&out, (const uint8_t *)text, strlen(text), ascii) == MRRC_OK);
    CHECK_BYTES(out.data, out.size, wanted, strlen(wanted));
    mrrci_buffer_clear(&out);
}

/* As Python's json.dumps() has it, with and without ensure_ascii. */
static void test_escapes(void) {
    check_is("", false, "\"\"");
    check_is("a/b", false, "\"a/b\"");
    check_is("\" \\ \b \f \n \r \t", false, "\"\\\" \\\\ \\b \\f \\n \\r \\t\"");
    check_is("\x01 \x1b \x1f", false, "\"\\u0001 \\u001b \\u001f\"");
    check_is("\x7f \xc3\xa9", false, "\"\x7f \xc3\xa9\"");
    check_is("\x7f \xc3\xa9", true, "\"\\u007f \\u00e9\"");
    check_is("\xe2\x80\xa8 \xef\xbf\xbd", true, "\"\\u2028 \\ufffd\"");
    check_is("\xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf", true, "\"\\ud83d\\ude00 \\udbff\\udfff\"");
}

static void write_long(void *context) {
    (void)context;
    uint8_t text[2000];
    mrrc_buffer out = {0};
    memset(text, 1, sizeof text);
    int status = mrrci_json_string(&out, text, sizeof text, true);
    CHECK(status == (check_memory.failed ? MRRC_ERR_MEMORY : MRRC_OK));
    CHECK(out.size == (status == MRRC_OK ? 2 + 6 * sizeof text : 0));
    mrrci_buffer_clear(&out);
}

int main(void) {
    test_characters();
    test_escapes();
    check_memory_sweep(write_long, NULL);
    return check_report();
}
