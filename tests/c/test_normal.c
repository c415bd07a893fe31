/* SPDX-License-Identifier: MIT
 *
 * test_normal.c: normalisation and case folding against known answers.  The whole of Unicode is
 * compared in tests/test_marc8.py and tests/test_query_fold.py.
 */
#include "check.h"
#include "normal.h"

static int form(const char *text, unsigned how, bool composed, mrrc_buffer *out) {
    mrrc_buffer characters = {0};
    int status = mrrci_decompose((const uint8_t *)text, strlen(text), how, &characters);
    if (status == MRRC_OK) {
        if (composed)
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

static void check_form(const char *text, unsigned how, bool composed, const char *wanted) {
    mrrc_buffer out = {0};
    CHECK_EQ_INT(form(text, how, composed, &out), MRRC_OK);
    CHECK_BYTES(out.data, out.size, wanted, strlen(wanted));
    mrrci_buffer_clear(&out);
}

static void check_nfc(const char *text, const char *wanted) {
    check_form(text, MRRCI_CANONICAL, true, wanted);
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
    CHECK_EQ_INT(mrrci_decompose(text.data, text.size, MRRCI_CANONICAL, &characters), MRRC_OK);
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

static void test_other_forms(void) {
    enum { BOTH = MRRCI_CANONICAL | MRRCI_FOLD_CASE };
    check_form("\u00e9\u1e69", MRRCI_CANONICAL, false, "e\u0301s\u0323\u0307");
    check_form("\ufb01 \u2460", MRRCI_CANONICAL, true, "\ufb01 \u2460");
    check_form("\ufb01 \u2460\uff21", MRRCI_CANONICAL | MRRCI_COMPATIBLE, true, "fi 1A");
    /* the longest there is */
    check_form("\ufdfa", MRRCI_CANONICAL | MRRCI_COMPATIBLE, false,
               "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 "
               "\u0648\u0633\u0644\u0645");
    check_form("AZ@[\u00c9e\u0301", MRRCI_FOLD_CASE, false, "az@[\u00e9e\u0301");
    check_form("STRASSE stra\u00dfe", MRRCI_FOLD_CASE, false, "strasse strasse");
    check_form("\u03a3\u03c3\u03c2", MRRCI_FOLD_CASE, false, "\u03c3\u03c3\u03c3");
    check_form("\u00c9E\u0301", BOTH, true, "\u00e9\u00e9");
    check_form("\u212b\u2126", BOTH, false, "a\u030a\u03c9");
    check_form("\u00b5", BOTH, true, "\u03bc");
    check_form("\u0323\u0301", MRRCI_FOLD_CASE, false, "\u0323\u0301");
    check_form("\u0301\u0323", MRRCI_FOLD_CASE, false, "\u0301\u0323"); /* in no order */
}

static void without_memory(void *unused) {
    (void)unused;
    mrrc_buffer out = {0};
    int status = form("s\u0307\u0323", MRRCI_CANONICAL, true, &out);
    CHECK(status == MRRC_OK ? out.size == 3 : status == MRRC_ERR_MEMORY);
    mrrci_buffer_clear(&out);
}

int main(void) {
    test_normalisation();
    test_other_forms();
    test_long_runs();
    check_memory_sweep(without_memory, NULL);
    return check_report();
}
