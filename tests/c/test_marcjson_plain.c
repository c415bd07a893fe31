/* SPDX-License-Identifier: MIT
 *
 * The strict reader for MARC-in-JSON alone: what it takes, that it takes nothing else, and that
 * it looks at no byte behind the end, wherever that is.  That it comes to what jansson
 * comes to is tested with the format.
 */
#include "check_json.h"
#include "formats/marcjson.h"

#define HEAD "{\"leader\":\"" CHECK_LEADER "\",\"fields\":["
#define DATA(text) HEAD "{\"245\":{" text "}}]}"
#define SUBFIELDS "\"subfields\":[{\"a\":\"T\"}]"

/* Reads a text and all that is left of it when the end is cut off. */
static void check_taken(const char *text, const char *wanted, int line) {
    mrrc_buffer out = {0};
    size_t size = strlen(text);
    for (size_t cut = 0; cut <= size; cut++) {
        uint8_t *copy = check_copy(text, cut);
        out.size = 0;
        check_put_text(&out, "before");
        int64_t taken = mrrci_marcjson_plain(copy, cut, &out);
        check_int(taken, cut < size ? 0 : (long long)size, __FILE__, line, text);
        if (cut == size)
            check_bytes(out.data + 6, out.size - 6, wanted, strlen(wanted), __FILE__, line, text);
        else
            CHECK(out.size == 6);
        free(copy);
    }
    mrrci_buffer_clear(&out);
}

static void check_left(const char *text, size_t size, int line) {
    mrrc_buffer out = {0};
    uint8_t *copy = check_copy(text, size);
    check_int(mrrci_marcjson_plain(copy, size, &out), 0, __FILE__, line, text);
    CHECK(out.size == 0);
    free(copy);
    mrrci_buffer_clear(&out);
}

#define TAKEN(text, wanted) check_taken(text, wanted, __LINE__)
#define LEFT(text) check_left(text, sizeof(text) - 1, __LINE__)

static void test_taken(void) {
    TAKEN(HEAD "]}", CHECK_LEADER);
    TAKEN(HEAD "{\"001\":\"\"}]}", CHECK_LEADER "\x1e" "001");
    TAKEN(HEAD "{\"001\":\"x\"},{\"009\":\"y\"}]}", CHECK_LEADER "\x1e" "001x\x1e" "009y");
    TAKEN(DATA("\"ind1\":\"1\",\"ind2\":\"0\"," SUBFIELDS),
          CHECK_LEADER "\x1e" "24510\x1f" "aT");
    TAKEN(DATA(SUBFIELDS ",\"ind1\":\"1\",\"ind2\":\"\""), CHECK_LEADER "\x1e" "2451 \x1f" "aT");
    TAKEN(DATA(SUBFIELDS), CHECK_LEADER "\x1e" "245  \x1f" "aT");
    TAKEN(DATA("\"subfields\":[]"), CHECK_LEADER "\x1e" "245  ");
    TAKEN(HEAD "{\"A!~\":{" SUBFIELDS "}}]}", CHECK_LEADER "\x1e" "A!~  \x1f" "aT");
    TAKEN(" { \"leader\" : \"" CHECK_LEADER "\" ,\n\"fields\"\r:\t[ { \"245\" : { \"subfields\" : "
          "[ { \"a\" : \"T\" } , { \"b\" : \"\" } ] , \"ind2\" : \"2\" } } ] }",
          CHECK_LEADER "\x1e" "245 2\x1f" "aT\x1f" "b");
    TAKEN(HEAD "{\"001\":\"\\u0041\\u00E9\\u20ac\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t"
          "\xc3\xa9\"}]}",
          CHECK_LEADER "\x1e" "001A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\\/\b\f\n\r\t\xc3\xa9");
    TAKEN(HEAD "{\"001\":\"0123456789012345678901234567890123456789\\n0123456789\"}]}",
          CHECK_LEADER "\x1e" "0010123456789012345678901234567890123456789\n0123456789");
}

static void test_left(void) {
    LEFT("");
    LEFT("[]");
    LEFT("{}");
    LEFT(DATA("\"ind2\"subfields\":[{\"a\":\"T\"}]"));
    LEFT(DATA("\"ind1\" ind2\":\"0\"," SUBFIELDS));
    LEFT("{\"fields\":[],\"leader\":\"" CHECK_LEADER "\"}");
    LEFT("{\"leader\":\"" CHECK_LEADER " \",\"fields\":[]}");
    LEFT("{\"leader\":\"" CHECK_LEADER "\" \"fields\":[]}");
    LEFT("{\"leader\":\"00000nam a2200000   450\",\"fields\":[]}");
    LEFT("{\"leader\":\"00000nam a2200000   450\\n\",\"fields\":[]}");
    LEFT("{\"leader\":\"00000nam a2200000   45\xc3\xa9\",\"fields\":[]}");
    LEFT(HEAD "],\"more\":1}");
    LEFT(HEAD "{}]}");
    LEFT(HEAD "{\"001\":\"x\",\"003\":\"y\"}]}");
    LEFT(HEAD "{\"001\":\"x\"},]}");
    LEFT(HEAD "{\"001\":5}]}");
    LEFT(HEAD "{\"001\":{" SUBFIELDS "}}]}");
    LEFT(HEAD "{\"245\":\"x\"}]}");
    LEFT(HEAD "{\"24\":{" SUBFIELDS "}}]}");
    LEFT(HEAD "{\"2455\":{" SUBFIELDS "}}]}");
    LEFT(HEAD "{\"24\\u0035\":{" SUBFIELDS "}}]}");
    LEFT(HEAD "{\"24\x7f\":{" SUBFIELDS "}}]}");
    LEFT(HEAD "{\"24\xc3\":{" SUBFIELDS "}}]}");
    LEFT(DATA(""));
    LEFT(DATA("\"ind1\":\"1\""));
    LEFT(DATA(SUBFIELDS "," SUBFIELDS));
    LEFT(DATA("\"ind1\":\"1\",\"ind1\":\"1\"," SUBFIELDS));
    LEFT(DATA("\"ind1\":\"12\"," SUBFIELDS));
    LEFT(DATA("\"ind1\":\"\xc3\xa9\"," SUBFIELDS));
    LEFT(DATA("\"ind1\":\"\\\"\"," SUBFIELDS));
    LEFT(DATA("\"ind1\":1," SUBFIELDS));
    LEFT(DATA("\"ind3\":\"1\"," SUBFIELDS));
    LEFT(DATA("\"subfields\":{\"a\":\"x\"}"));
    LEFT(DATA("\"subfields\":[{\"a\":\"x\",\"b\":\"y\"}]"));
    LEFT(DATA("\"subfields\":[{\"ab\":\"x\"}]"));
    LEFT(DATA("\"subfields\":[{\"\":\"x\"}]"));
    LEFT(DATA("\"subfields\":[{\"a\":5}]"));
    LEFT(DATA("\"subfields\":[{}]"));
    LEFT(DATA("\"subfields\":[\"a\"]"));
    /* text */
    LEFT(HEAD "{\"001\":\"\x01\"}]}");
    LEFT(HEAD "{\"001\":\"\n\"}]}");
    LEFT(HEAD "{\"001\":\"\0\"}]}");
    LEFT(HEAD "{\"001\":\"\\x\"}]}");
    LEFT(HEAD "{\"001\":\"\\u00zz\"}]}");
    LEFT(HEAD "{\"001\":\"\\u0000\"}]}");
    LEFT(HEAD "{\"001\":\"\\u001d\"}]}");
    LEFT(HEAD "{\"001\":\"\\u001f\"}]}");
    LEFT(HEAD "{\"001\":\"\\ud800\"}]}");
    LEFT(HEAD "{\"001\":\"\\udc00\\ud800\"}]}");
    LEFT(HEAD "{\"001\":\"\\ud800\\u0041\"}]}");
    LEFT(HEAD "{\"001\":\"\\ud800xxdc00\"}]}");
    LEFT(HEAD "{\"001\":\"\xff\"}]}");
    LEFT(HEAD "{\"001\":\"\xc3\"}]}");
    LEFT(HEAD "{\"001\":\"\xed\xa0\x80\"}]}");
}

/* Every escape of one unit, against what a character is in UTF-8. */
static void test_units(void) {
    mrrc_buffer out = {0};
    for (uint32_t unit = 0; unit < 0x10000; unit++) {
        char text[128];
        uint8_t wanted[8];
        int size = snprintf(text, sizeof text, HEAD "{\"001\":\"\\u%04X\"}]}", unit);
        bool half = unit >= 0xD800 && unit < 0xE000;
        bool none = unit == 0 || (unit >= 0x1D && unit <= 0x1F) || half;
        out.size = 0;
        int64_t taken = mrrci_marcjson_plain((const uint8_t *)text, (size_t)size, &out);
        if (taken != (none ? 0 : size))
            CHECK_FOR(false, "\\u%04X: %d", unit, (int)taken);
        if (none)
            continue;
        size_t wanted_size = mrrci_utf8_put(wanted, unit);
        if (out.size != 28 + wanted_size || memcmp(out.data + 28, wanted, wanted_size) != 0)
            CHECK_FOR(false, "\\u%04X", unit);
    }
    mrrci_buffer_clear(&out);
}

static void read_with_little(void *context) {
    (void)context;
    static const char text[] = HEAD "{\"001\":\"x\"}]}";
    mrrc_buffer out = {0};
    int64_t taken = mrrci_marcjson_plain((const uint8_t *)text, sizeof text - 1, &out);
    CHECK(taken == (check_memory.failed ? MRRC_ERR_MEMORY : (int64_t)sizeof text - 1));
    CHECK(out.size == (check_memory.failed ? 0u : 29u));
    mrrci_buffer_clear(&out);
}

int main(void) {
    test_taken();
    test_left();
    test_units();
    check_memory_sweep(read_with_little, NULL);
    return check_report();
}
