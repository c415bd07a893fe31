/* SPDX-License-Identifier: MIT
 *
 * test_marc8_encode.c: encoding MARC-8: which set a character goes to, where its
 * marks go, what becomes of what MARC-8 lacks, and what field 066 hears of it.
 * That all of it decodes again is in tests/test_marc8.py.
 */
#include "check.h"

static void check_encode(uint32_t flags, const char *text, const void *wanted, size_t size,
                         const char *sets, int line) {
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    uint32_t bits = 0;
    char names[64] = "";
    int status =
        mrrc_marc8_encode((const uint8_t *)text, strlen(text), flags, &bits, &out, &err);
    check_int(status, MRRC_OK, __FILE__, line, "status");
    check_bytes(out.data, out.size, wanted, size, __FILE__, line, "bytes");
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        if (bits & bit) {
            strcat(names, " ");
            strcat(names, mrrc_marc8_set_name(bit));
        }
    }
    check_bytes(names, strlen(names), sets, strlen(sets), __FILE__, line, "sets");
    mrrci_buffer_clear(&out);
}

#define ENCODE(text, wanted, sets) \
    check_encode(MRRC_MARC8_UNMAPPED_NCR, text, wanted, sizeof(wanted) - 1, sets, __LINE__)

static void test_sets(void) {
    ENCODE("", "", "");
    ENCODE("plain\ttext ~", "plain\ttext ~", "");
    ENCODE("\u00a9 \u00f8 \u00df", "\xc3 \xb2 \xc7", "");
    ENCODE("\u0445, \u044b X", "\x1b(NH, Y \x1b(BX", " (N");
    ENCODE("\u03b1\u03b2", "\x1b(Sab\x1b(B", " (S");
    ENCODE("\u0445\u0401", "\x1b(NH\x1b(Qd\x1b(B", " (N (Q");
    ENCODE("H\u2082O m\u00b2", "H\x1b" "b2\x1bsO m\x1bp2\x1bs", " b p");
    ENCODE("\u2082\u0445", "\x1b" "b2\x1b(NH\x1b(B", " (N b");
    ENCODE("\u4e00 \u4e00\u00f8", "\x1b$1!0!\x1b(B \x1b$1!0!\x1b(B\xb2", " $1");
    ENCODE("\ud55c", "\x1b$1o\\e\x1b(B", " $1");
    ENCODE("\u1112\u1161\u11ab", "\x1b$1o\\e\x1b(B", " $1");
    ENCODE("\u30ab\u3099", "\x1b$1i%,\x1b(B", " $1");
    ENCODE("\xc2\x98" "The \xc2\x9c\u200d\u200c", "\x88The \x89\x8d\x8e", "");
    CHECK(mrrc_marc8_set_name(0) == NULL && mrrc_marc8_set_name(3) == NULL);
    CHECK(mrrc_marc8_set_name(1u << 31) == NULL);
}

static void test_marks(void) {
    ENCODE("\u00e9e\u0301", "\xe2" "e\xe2" "e", "");
    ENCODE("\u01d6", "\xe8\xe5u", "");
    ENCODE("\u1eda", "\xe2\xac", "");
    ENCODE("\u0439\u0438\u0306", "\x1b(NJJ\x1b(B", " (N");
    ENCODE("\u03ac", "\x1b(S\"a\x1b(B", " (S");
    ENCODE("t\u0361s", "\xebt\xecs", "");
    ENCODE("t\ufe20s\ufe21", "\xebt\xecs", "");
    ENCODE("n\u0360g\u0360h", "\xfan\xfb\xfag\xfbh", "");
    ENCODE("t\u0361", "\xebt", "");
    ENCODE("\u0642\u0670\u064e", "\x1b(3nbt\x1b(B", " (3");
}

static void test_unmapped(void) {
    ENCODE("a\U0001f600b", "a&#x1F600;b", "");
    ENCODE("\u4e00\U0001f600", "\x1b$1!0!\x1b(B&#x1F600;", " $1");
    ENCODE("e\u0301\u0345", "\xe2\x1b(S'\x1b(Be", " (S");
    ENCODE("e\u0300\u0346\u0301", "\xe1" "e&#x0346;&#x0301;", "");
    ENCODE("\u0301a", "&#x0301;a", "");
    ENCODE("\u200d\u0301", "\x8d&#x0301;", "");
    ENCODE("\u0958", "&#x0915;&#x093C;", "");
    ENCODE("\x1b(N", "&#x001B;(N", "");
    ENCODE("\u1100\u11a8", "&#x1100;&#x11A8;", "");
    check_encode(MRRC_MARC8_UNMAPPED_REPLACE, "a\U0001f600\u0445\u0970", "a?\x1b(NH?\x1b(B", 10,
                 " (N", __LINE__);

    mrrc_buffer out = {0};
    mrrc_error err = {0};
    uint32_t bits = 8;
    const char *text = "\u00e9\u0445x\u0301\u0346";
    mrrci_buffer_append(&out, "kept", 4);
    CHECK_EQ_INT(mrrc_marc8_encode((const uint8_t *)text, strlen(text), 0, &bits, &out, &err),
                 MRRC_ERR_CHARACTER_UNMAPPED);
    CHECK_EQ_INT(err.code, MRRC_ERR_CHARACTER_UNMAPPED);
    CHECK_EQ_INT(err.found, 0x346);
    CHECK_EQ_INT(err.offset, 7);
    CHECK_EQ_INT(bits, 8);
    CHECK_BUFFER(out, "kept");
    memset(&err, 0, sizeof err);
    CHECK_EQ_INT(mrrc_marc8_encode((const uint8_t *)"ab\u00e9\xff", 5, 0, NULL, &out, &err),
                 MRRC_ERR_TEXT_INVALID);
    CHECK_EQ_INT(err.offset, 4);
    CHECK_EQ_INT(mrrc_marc8_encode((const uint8_t *)"\xc3", 1, 0, NULL, &out, NULL),
                 MRRC_ERR_TEXT_INVALID);
    mrrci_buffer_clear(&out);
}

static int run(void) {
    const char *text = "ab\u00e9\u0445\u0439\U0001f600\u4e00t\u0361s e\u0301\u0323\u0346 \u0958"
                       "and then more text to fill it with, so that what was enough at first is "
                       "not enough in the end, and again: \u00e9.  And again, until all of the "
                       "two hundred and fifty-six bytes of a small buffer are used up \u30ab\u3099";
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    int status = mrrc_marc8_encode((const uint8_t *)text, strlen(text), MRRC_MARC8_UNMAPPED_NCR,
                                   NULL, &out, &err);
    CHECK_EQ_INT(err.code, status);
    if (status == MRRC_OK)
        CHECK(out.size > 256 && memcmp(out.data, "ab\xe2" "e\x1b(NHJ\x1b(B&#x1F600;", 19) == 0);
    else
        CHECK_EQ_INT(out.size, 0);
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_sets();
    test_marks();
    test_unmapped();
    sweep(run);
    return check_report();
}
