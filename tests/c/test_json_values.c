/* SPDX-License-Identifier: MIT
 *
 * Cutting a source into values, without any MARC: where each begins and ends, what is
 * between them, which line a byte is in, and what jansson's faults become.
 */
#include <jansson.h>

#include "check_json.h"
#include "conversion.h"
#include "json.h"

/* Cuts a text given in pieces, and writes down what came of it: values with a bar behind each,
 * and a fault's place.  With `arrays`, an array is asked for in place of its first value. */
static void cut(const char *text, size_t size, size_t step, bool rows, bool arrays,
                mrrc_buffer *to) {
    mrrci_json_cutter cutter = {.rows = rows};
    uint8_t *copy = check_copy(text, size);
    size_t from = 0, end = step < size ? step : size;
    mrrc_error err = {0};
    int status = 0;
    for (;;) {
        mrrci_input input = {.data = copy + from, .size = end - from, .offset = from,
                             .wanted = SIZE_MAX, .last = end == size};
        mrrci_json_value value;
        size_t at = 0;
        while ((status = mrrci_json_find(&cutter, &input, &at, &err)) > 0) {
            status = mrrci_json_cut(&cutter, &input, &at, &value, &err);
            if (status == 2)
                continue;
            if (status <= 0)
                break;
            mrrci_json_value again; /* asked for it once more, it is the same */
            CHECK(mrrci_json_cut(&cutter, &input, &at, &again, &err) == 1);
            CHECK(again.text == value.text && again.size == value.size &&
                  again.offset == value.offset && again.first == value.first);
            if (value.first && arrays) {
                mrrci_json_want_array(&cutter);
                continue;
            }
            CHECK(value.text == copy + value.offset);
            check_put(to, value.text, value.size);
            check_put_text(to, "|");
            mrrci_json_take(&cutter, &input, &at,
                            (size_t)(value.offset - input.offset) + value.size);
        }
        mrrci_json_settle(&cutter, &input, at);
        from += at;
        if (status < 0 || end == size)
            break;
        end = size - end < step ? size : end + step;
    }
    if (status < 0) {
        char place[200];
        snprintf(place, sizeof place, "%d at %llu, line %u, column %u: %s", status,
                 (unsigned long long)err.offset, err.line, err.column, err.detail);
        check_put_text(to, place);
    }
    free(copy);
}

static void check_cut(const char *text, bool rows, bool arrays, const char *wanted, int line) {
    mrrc_buffer to = {0};
    for (size_t step = 1; step < 9; step++) {
        to.size = 0;
        cut(text, strlen(text), step == 8 ? SIZE_MAX / 2 : step, rows, arrays, &to);
        check_bytes(to.data, to.size, wanted, strlen(wanted), __FILE__, line, text);
    }
    mrrci_buffer_clear(&to);
}

#define EACH(text, wanted) check_cut(text, false, false, wanted, __LINE__)
#define ARRAYS(text, wanted) check_cut(text, false, true, wanted, __LINE__)
#define ROWS(text, wanted) check_cut(text, true, false, wanted, __LINE__)

static void test_values(void) {
    EACH("", "");
    EACH("{}", "{}|");
    EACH("{}{} {}\n{}", "{}|{}|{}|{}|");
    EACH("[{},{\"a\":[1,{}]} , {}]{}", "{}|{\"a\":[1,{}]}|{}|{}|");
    EACH("[ ][\n{}][]", "{}|");
    EACH("[[{}],[]]", "[{}]|[]|");
    EACH("[{\"a\n\":\"\t]\"},\"\x01\"]", "{\"a\n\":\"\t]\"}|\"\x01\"|");
    EACH("\"a\\\"]}\\\\\"{\"]\\\"\":\"}\"}", "\"a\\\"]}\\\\\"|{\"]\\\"\":\"}\"}|");
    EACH("1 true\nnull[5,\"x\",6]7", "1|true|null|5|\"x\"|6|7|");
    EACH("true\"x\"false{}[]", "true|\"x\"|false|{}|");
    ARRAYS("[{},{}][{}]{}", "[{},{}]|[{}]|{}|");
    ARRAYS("[[{}],{}]", "[{}]|{}|"); /* the second is not the first in its array */
    ARRAYS("[1,{}]", "1|{}|");
    ROWS("[{},{}] [[{}],[{}, 1]] []", "[{},{}]|[{}]|[{}, 1]|[]|");
    ROWS("{}[5]", "{}|5|");
}

static void test_faults(void) {
#define MALFORMED "-1012 at "
    EACH("{},", "{}|" MALFORMED "2, line 1, column 3: a record expected");
    EACH("[{}\n\n{}", "{}|" MALFORMED "5, line 3, column 1: ',' or ']' expected behind a record");
    EACH("[\n,{}]", MALFORMED "2, line 2, column 1: a record expected");
    EACH("[{},\n]", "{}|" MALFORMED "5, line 2, column 1: a record expected");
    EACH("[{}\n ", "{}|" MALFORMED "5, line 2, column 2: the source ends inside an array");
    EACH("{}\n {\"a\":[1}", "{}|" MALFORMED "11, line 2, column 9: ']' expected near '}'");
    EACH("{\"a\n", MALFORMED "3, line 1, column 4: premature end of input near '\"a\\n'");
    /* a control character counts as what it is, though jansson gets an escape for it */
    EACH("{\"\n\x01\t\":\n  x", MALFORMED "10, line 3, column 3: invalid token near 'x'");
    EACH("{}\r\n{\"a\":", "{}|" MALFORMED "8, line 2, column 5: unexpected token near end of file");
    EACH("\n\n  }", MALFORMED "4, line 3, column 3: a record expected");
}

/* What stands at the source's start. */
static void test_mark(void) {
    EACH("\xef\xbb\xbf{}", "{}|");
    EACH("\xef\xbb\xbf [{}]", "{}|");
    EACH("\xef\xbb\xbf,", MALFORMED "3, line 1, column 4: a record expected");
    EACH("\xef\xbb{}", "\xef\xbb|{}|"); /* which no decoder will take */
    EACH("{}\xef\xbb\xbf{}", "{}|\xef\xbb\xbf|{}|");
}

static void test_object_at(void) {
    static const char text[] = "[ \n{}]";
    mrrci_json_cutter cutter = {0};
    mrrci_input input = {.data = (const uint8_t *)text, .size = sizeof text - 1};
    CHECK(mrrci_json_object_at(&cutter, &input, 0) == 3);
    CHECK(mrrci_json_object_at(&cutter, &input, 3) == 3);
    CHECK(mrrci_json_object_at(&cutter, &input, 1) == SIZE_MAX);
    input.size = 3;
    CHECK(mrrci_json_object_at(&cutter, &input, 0) == SIZE_MAX);
    input.size = 6;
    cutter.rows = true;
    CHECK(mrrci_json_object_at(&cutter, &input, 0) == SIZE_MAX);
    cutter = (mrrci_json_cutter){.scanned = 1};
    CHECK(mrrci_json_object_at(&cutter, &input, 3) == SIZE_MAX);

    /* what was read without cutting opens its array too */
    size_t at = 0;
    cutter = (mrrci_json_cutter){0};
    mrrci_json_take(&cutter, &input, &at, 5);
    CHECK(at == 5 && mrrci_json_find(&cutter, &input, &at, NULL) == 0 && at == 6);
    input.last = true;
    CHECK(mrrci_json_find(&cutter, &input, &at, NULL) == 0); /* and the ']' closes it */
}

static void test_load(void) {
    static const struct {
        const char *text;
        int code;
        uint64_t offset;
    } cases[] = {
        {"{\"a\":1}", MRRC_OK, 0},
        {"\"\\u0000\"", MRRC_OK, 0},
        {"{\"a\":1,\"a\":2}", MRRC_ERR_JSON_RECORD, 9},
        {"[1e999]", MRRC_ERR_JSON_RECORD, 5},
        {"[18446744073709551616]", MRRC_ERR_JSON_RECORD, 20},
        {"{\"\\u0000\":1}", MRRC_ERR_JSON_RECORD, 8},
        {"[\"\xc3\"]", MRRC_ERR_TEXT_INVALID, 2},
        {"[\"\xed\xa0\x80\"]", MRRC_ERR_TEXT_INVALID, 2},
        {"[\"\\udc00\"]", MRRC_ERR_TEXT_INVALID, 8},
        {"[\"\\ud800\\u0041\"]", MRRC_ERR_TEXT_INVALID, 14},
        {"[01]", MRRC_ERR_JSON_MALFORMED, 1},
        {"{\"a\":1,}", MRRC_ERR_JSON_MALFORMED, 7},
        {"{'a':1}", MRRC_ERR_JSON_MALFORMED, 1},
        {"[\"\n\x01\t\"]", MRRC_OK, 0},
        {"{\"\n\x01\t\":\n  x}", MRRC_ERR_JSON_MALFORMED, 10},
        {"{\"\\\n\x01\":1}", MRRC_ERR_JSON_MALFORMED, 3},
        {"[\"\x01\xff\"]", MRRC_ERR_TEXT_INVALID, 3},
        {"", MRRC_ERR_JSON_MALFORMED, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint8_t *text = (const uint8_t *)cases[i].text;
        size_t size = strlen(cases[i].text);
        mrrci_json_cutter cutter = {0};
        mrrci_input input = {.data = text, .size = size};
        uint32_t controls = 0; /* more than there are do no harm */
        for (size_t k = 0; k < size; k++)
            controls += text[k] < 0x20;
        mrrci_json_value value = {text, size, 0, controls, false};
        mrrc_error err = {0};
        json_t *root;
        CHECK_EQ_INT(mrrci_json_load(&cutter, &input, &value, &root, &err), cases[i].code);
        CHECK_FOR(err.code == cases[i].code && err.offset == cases[i].offset, "%s: %d at %llu",
                  cases[i].text, err.code, (unsigned long long)err.offset);
        CHECK((root != NULL) == (cases[i].code == MRRC_OK));
        json_decref(root);
    }
}

/* jansson has no words for memory it did not get. */
static void *refuse(size_t size) {
    (void)size;
    return NULL;
}

static void test_load_without_memory(void) {
    static const uint8_t text[] = "{}";
    mrrci_json_cutter cutter = {0};
    mrrci_input input = {.data = text, .size = 2};
    mrrci_json_value value = {text, 2, 0, 0, false};
    mrrc_error err = {0};
    json_t *root;
    json_set_alloc_funcs(refuse, free);
    CHECK(mrrci_json_load(&cutter, &input, &value, &root, &err) == MRRC_ERR_MEMORY);
    json_set_alloc_funcs(malloc, free);
    CHECK(root == NULL && err.code == 0);
}

int main(void) {
    test_values();
    test_faults();
    test_mark();
    test_object_at();
    test_load();
    test_load_without_memory();
    return check_report();
}
