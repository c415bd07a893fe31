/* SPDX-License-Identifier: MIT
 *
 * test_marc8_text.c: the order in which base characters, marks and what takes no marks come
 * out.
 */
#include "check.h"
#include "marc8_text.h"

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
    test_halves();
    test_ascii_run();
    sweep(run_text);
    return check_report();
}
