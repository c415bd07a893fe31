/* SPDX-License-Identifier: MIT
 *
 * test_marc8_text.c: normalisation against known answers (the whole of Unicode is
 * compared in tests/test_marc8.py), and the order in which base characters,
 * marks and what takes no marks come out.
 */
#include "check.h"
#include "marc8_text.h"

static int nfc(const char *text, mrrc_buffer *out) {
    mrrc_buffer characters = {0};
    int status = mrrci_nfd((const uint8_t *)text, strlen(text), &characters);
    if (status == MRRC_OK) {
        mrrci_compose(&characters);
        for (size_t i = 0; i < characters.size && status == MRRC_OK; i += sizeof(uint32_t)) {
            uint32_t character;
            uint8_t utf8[4];
            memcpy(&character, characters.data + i, sizeof character);
            status = mrrci_buffer_append(out, utf8, mrrci_utf8_put(utf8, character));
        }
    }
    mrrci_buffer_clear(&characters);
    return status;
}

static void check_nfc(const char *text, const char *wanted) {
    mrrc_buffer out = {0};
    CHECK_EQ_INT(nfc(text, &out), MRRC_OK);
    CHECK_BYTES(out.data, out.size, wanted, strlen(wanted));
    mrrci_buffer_clear(&out);
}

static void test_normalisation(void) {
    check_nfc("", "");
    check_nfc("plain", "plain");
    check_nfc("e\u0301", "\u00e9");
    check_nfc("u\u0308\u0304", "\u01d6");
    check_nfc("s\u0307\u0323", "\u1e69");             /* marks in another order */
    check_nfc("a\u0301\u0300", "\u00e1\u0300");       /* equal classes keep their order */
    check_nfc("\u212b", "\u00c5");                    /* one character for another */
    check_nfc("\u05d0\u05b8", "\u05d0\u05b8");        /* a composition that is excluded */
    check_nfc("\u1112\u1161\u11ab", "\ud55c");        /* Hangul */
    check_nfc("\uac00\u11a7x", "\uac00\u11a7x");      /* what ends no syllable stays */
    check_nfc("\u11a7\u11a7", "\u11a7\u11a7");
    check_nfc("\u0301e", "\u0301e");
}

/* More marks than are sorted by insertion: equal to the short way, and stable. */
static void test_long_runs(void) {
    enum { MARKS = 3000 };
    static const char *const marks[3] = {"\u0345", "\u0301", "\u0323"};
    static const size_t order[3] = {2, 1, 0}; /* classes 220, 230, 240 */
    mrrc_buffer text = {0}, wanted = {0}, characters = {0};
    for (size_t i = 0; i < MARKS; i++)
        mrrci_buffer_append(&text, marks[i % 3], 2);
    CHECK_EQ_INT(mrrci_nfd(text.data, text.size, &characters), MRRC_OK);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < MARKS / 3; j++) {
            const uint8_t *mark = (const uint8_t *)marks[order[i]];
            uint32_t character = mrrci_utf8_next(&mark);
            mrrci_buffer_append(&wanted, &character, sizeof character);
        }
    CHECK_BYTES(characters.data, characters.size, wanted.data, wanted.size);
    mrrci_buffer_clear(&text);
    mrrci_buffer_clear(&wanted);
    mrrci_buffer_clear(&characters);
}

static int run_text(void) {
    mrrc_buffer out = {0};
    mrrci_marc8_text text = {.out = &out, .join = true};
    int status = mrrci_text_ascii(&text, (const uint8_t *)"ab", 2);
    if (status >= 0)
        status = mrrci_text_mark(&text, 0x304);
    if (status >= 0)
        status = mrrci_text_mark(&text, 0x308);
    if (status >= 0)
        status = mrrci_text_plain(&text, 0x200D);
    if (status >= 0)
        status = mrrci_text_base(&text, 'u');
    if (status >= 0)
        status = mrrci_text_settle(&text);
    if (status >= 0)
        CHECK_BUFFER(out, "ab\u200d\u1e7b");
    mrrci_text_clear(&text);
    mrrci_buffer_clear(&out);
    return status;
}

static void test_halves(void) {
    mrrc_buffer out = {0};
    mrrci_marc8_text text = {.out = &out, .join = true};
    mrrci_text_mark(&text, MRRCI_LIGATURE_RIGHT);
    CHECK_EQ_INT(mrrci_text_base(&text, 'a'), 1);
    mrrci_text_mark(&text, MRRCI_LIGATURE_LEFT);
    CHECK_EQ_INT(mrrci_text_base(&text, 'b'), 0);
    mrrci_text_mark(&text, MRRCI_LIGATURE_RIGHT);
    mrrci_text_mark(&text, MRRCI_DOUBLE_TILDE_LEFT);
    CHECK_EQ_INT(mrrci_text_base(&text, 'c'), 0);
    mrrci_text_mark(&text, MRRCI_DOUBLE_TILDE_RIGHT);
    CHECK_EQ_INT(mrrci_text_base(&text, 'd'), 0);
    CHECK_EQ_INT(mrrci_text_settle(&text), MRRC_OK);
    CHECK_BUFFER(out, "a\ufe21b\u0361c\u0360d");
    mrrci_text_clear(&text);
    mrrci_buffer_clear(&out);
}

static void test_ascii_run(void) {
    uint8_t bytes[40];
    for (size_t at = 0; at < sizeof bytes; at++)
        for (unsigned byte = 0; byte < 256; byte++) {
            memset(bytes, 'x', sizeof bytes);
            bytes[at] = (uint8_t)byte;
            size_t wanted = byte >= 0x20 && byte < 0x7F ? sizeof bytes : at;
            if (mrrci_ascii_run(bytes, sizeof bytes) != wanted)
                CHECK_EQ_INT(byte, -1);
        }
    CHECK_EQ_INT(mrrci_ascii_run(bytes, 0), 0);
}

int main(void) {
    test_normalisation();
    test_long_runs();
    test_halves();
    test_ascii_run();
    sweep(run_text);
    return check_report();
}
