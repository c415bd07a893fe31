/* SPDX-License-Identifier: MIT
 *
 * test_marc8.c: decoding MARC-8 and ISO 5426.  What pymarc and yaz say of the
 * same bytes is compared in tests/test_marc8.py; here stand the rules one by
 * one, the diagnostics, and what happens without memory.
 */
#include "check.h"
#include "marc8_text.h"

typedef struct outcome {
    int status;
    mrrc_marc8_state state;
    mrrc_buffer out;
    mrrc_buffer notes;
} outcome;

static outcome decode(const void *data, size_t size, uint32_t flags) {
    outcome seen = {.state = {0x42, 0x45}};
    seen.status = mrrc_marc8_decode(data, size, flags, &seen.state, &seen.out, &seen.notes);
    return seen;
}

static void clear(outcome *seen) {
    mrrci_buffer_clear(&seen->out);
    mrrci_buffer_clear(&seen->notes);
}

static size_t notes(const outcome *seen) {
    return seen->notes.size / sizeof(mrrc_diagnostic);
}

static void check_decode(uint32_t flags, const void *data, size_t size, const char *wanted,
                         size_t wanted_notes, int line) {
    outcome seen = decode(data, size, flags);
    check_int(seen.status, MRRC_OK, __FILE__, line, "status");
    check_bytes(seen.out.data, seen.out.size, wanted, strlen(wanted), __FILE__, line, "text");
    check_int((long long)notes(&seen), (long long)wanted_notes, __FILE__, line, "diagnostics");
    clear(&seen);
}

#define STANDARD(data, wanted, count) \
    check_decode(MRRC_MARC8_NCR, data, sizeof(data) - 1, wanted, count, __LINE__)
#define PYMARC(data, wanted, count) \
    check_decode(MRRC_MARC8_PYMARC, data, sizeof(data) - 1, wanted, count, __LINE__)

static void test_sets(void) {
    STANDARD("", "", 0);
    STANDARD("plain ~ text", "plain ~ text", 0);
    STANDARD("\xc3 2024 \xb2 \xc7 \xc8", "\u00a9 2024 \u00f8 \u00df \u20ac", 0);
    STANDARD("\x1b(NXYZ\x1b(B Z", "\u044c\u044b\u0437 Z", 0);
    STANDARD("\x1b,NX\x1b,BX", "\u044cX", 0);
    STANDARD("\x1b)NX\xd8\x1b)EX\xb2", "X\u044cX\u00f8", 0);
    STANDARD("\x1b-NX\xd8", "X\u044c", 0);
    STANDARD("\x1b(!E2\x1b(B2", "\u00f82", 0);
    STANDARD("\x1b)!E\xb2", "\u00f8", 0);
    STANDARD("\x1b)B\xc1", "A", 0);
    STANDARD("\x1b(4!\x1b(Q@", "\u06fd\u0491", 0);
    STANDARD("H\x1b" "b2\x1bsO m\x1bp2\x1bs\x1bg" "a", "H\u2082O m\u00b2\u03b1", 0);
    STANDARD("\x1b$1!0!\x1b(B.", "\u4e00.", 0);
    STANDARD("\x1b$,1!0!\x1b(B.", "\u4e00.", 0);
    STANDARD("\x1b$)1\xa1\xb0\xa1.", "\u4e00.", 0);
    STANDARD("\x1b$-1\xa1\xb0\xa1.", "\u4e00.", 0);
    STANDARD("\x1b$1!0! !0!\n\x88!0!\xe2", "\u4e00 \u4e00\n\xc2\x98\u4e00 \u0301", 1);
    STANDARD("\x1b(3# \x1b(Bx", "\x23 x", 0);
}

static void test_marks(void) {
    STANDARD("\xe2" "e", "\u00e9", 0);
    STANDARD("\xe8\xe5u", "\u01d6", 0);
    STANDARD("\xe5\xe8u", "\u1e7b", 0);
    STANDARD("\xe2\x1b(Ne", "\u0415\u0301", 0);
    STANDARD("\xeb" "t\xec" "s", "t\u0361s", 0);
    STANDARD("\xfa" "n\xfb" "g", "n\u0360g", 0);
    STANDARD("\xeb" "a\xec\xeb" "b\xec" "c", "a\u0361b\u0361c", 0);
    STANDARD("\xec" "s", "s\ufe21", 1);
    STANDARD("x\xe2", "x \u0301", 1);
    STANDARD("\x88The \x89" "Art\x8d\x8e", "\xc2\x98" "The \xc2\x9c" "Art\u200d\u200c", 0);
    STANDARD("\xe2\x8d" "e", "\u200d\u00e9", 0);
    STANDARD("\x1b(S4;?", "\u02b9\u00b7;", 0);
}

static void test_faults(void) {
    STANDARD("a\x81z", "a\ufffdz", 1);
    STANDARD("\xa0\xfc\xff", "\ufffd\ufffd\ufffd", 3);
    STANDARD("\x1b$1!!!!0!", "\ufffd\u4e00", 1);   /* in step behind an unknown code */
    STANDARD("\x1b$1!0", "\ufffd", 1);
    STANDARD("\x1b$1!0\x1b(Bx", "\ufffdx", 1);
    STANDARD("\x1b$1! !0!", "\ufffd \u4e00", 1);
    STANDARD("\x1b$1!0 !0!", "\ufffd \u4e00", 1);
    STANDARD("\x1b$1!# ", "\u3000", 0);            /* the one whose last byte is a space */
    STANDARD("t\x1b", "t\ufffd", 1);
    STANDARD("t\x1b(", "t\ufffd(", 1);
    STANDARD("t\x1b!x", "t\ufffd!x", 1);
    STANDARD("\x1b(Zab\x1b(Bc", "\ufffd\ufffd" "c", 3);

    outcome seen = decode("ab\x1b$1!!!", 8, 0);
    mrrc_diagnostic note = {0};
    CHECK_EQ_INT(notes(&seen), 1);
    memcpy(&note, seen.notes.data, sizeof note);
    CHECK_EQ_INT(note.code, MRRC_ERR_CHARACTER_UNMAPPED);
    CHECK_EQ_INT(note.offset, 5);
    CHECK_EQ_INT(note.size, 3);
    CHECK_EQ_INT(note.found, 0x212121);
    CHECK_EQ_INT(note.g0, 0x31);
    CHECK_EQ_INT(note.g1, 0x45);
    CHECK_EQ_INT(seen.state.g0, 0x31);
    clear(&seen);
}

static void test_references(void) {
    STANDARD("a&#x1F600;b", "a\U0001f600b", 0);
    STANDARD("&#x0041;&#X0041;&#65;", "A&#X0041;&#65;", 0);
    STANDARD("e&#x0301;", "\u00e9", 0);
    STANDARD("\xe2&#x0435;", "\u0435\u0301", 0);
    STANDARD("&#x001E;&#x001B;&#x007F;", "&#x001E;&#x001B;&#x007F;", 0);
    STANDARD("&#xD800;&#x110000;&#xFFF;&#x0001F600;", "&#xD800;&#x110000;&#xFFF;&#x0001F600;", 0);
    STANDARD("&#x4E00", "&#x4E00", 0);
    STANDARD("&&#x4E00;&", "&\u4e00&", 0);
    check_decode(0, "&#x4E00;", 8, "&#x4E00;", 0, __LINE__);
    PYMARC("&#x4E00;", "&#x4E00;", 0);
}

static void test_pymarc(void) {
    PYMARC("\xeb" "t\xec" "s", "t\ufe20s\ufe21", 0);
    PYMARC("x\xe2", "x", 0);
    PYMARC("a\x88\x01z", "az", 0);
    PYMARC("a\x80\xa0z", "a  z", 2);
    PYMARC("\xe2\xa0", " \u0301", 1);
    PYMARC("\x1b(NX X", "\u044c \u044c", 1);
    PYMARC("\x1b$1! =\x7f \x14\x1b(B", "\u2026\u2014", 0);
    PYMARC("\x1b$1ov%", "\ue8b1", 0);
    PYMARC("\x1b$1!uY", "\U000212c4", 0);
    PYMARC("t\x1b,", "t\x1b,", 0);
    PYMARC("\x1bxy", "xy", 0);
    PYMARC("\x1b$1!0", " ", 2);
    /* The places where pymarc's own choice would lose text. */
    PYMARC("\x1b)N\xd8\x1b(4!", "\u044c\u06fd", 0);
    PYMARC("\x1b(!E2\x1b)!E\xb2", "\u00f8\u00f8", 0);
    PYMARC("\x1b$)1\xa1\xb0\xa1", "\u4e00", 0);
    PYMARC("\x1bs\x1b(NX", "\u044c", 0);
    PYMARC("\x1b$1!0! \x88!0!\xb2", "\u4e00 \u4e00\u00f8", 0);

    static const char *const raising[] = {"x\x1b", "x\x1b)", ("x\x1b" "b"), "x\x1b$,"};
    for (size_t i = 0; i < sizeof raising / sizeof *raising; i++) {
        outcome seen = decode(raising[i], strlen(raising[i]), MRRC_MARC8_PYMARC);
        CHECK_EQ_INT(seen.status, MRRC_ERR_CHARACTER_CUT);
        CHECK_EQ_INT(seen.out.size, 0);
        clear(&seen);
    }

    outcome seen = decode("\x1b$1!0!!0", 8, MRRC_MARC8_PYMARC);
    mrrc_diagnostic both[2] = {{0}};
    CHECK_EQ_INT(notes(&seen), 2);
    memcpy(both, seen.notes.data, seen.notes.size);
    CHECK_EQ_INT(both[0].code, MRRC_ERR_CHARACTER_CUT);
    CHECK_EQ_INT(both[0].offset, 6);
    CHECK_EQ_INT(both[0].size, 2);
    CHECK_EQ_INT(both[0].found, 8);
    CHECK_EQ_INT(both[1].found, ' ');
    clear(&seen);
}

static void test_state_is_kept(void) {
    outcome seen = {.state = {0x4E, 0x45}};
    seen.status = mrrc_marc8_decode((const uint8_t *)"X\x1b(B", 4, 0, &seen.state, &seen.out, NULL);
    CHECK_BUFFER(seen.out, "\u044c");
    CHECK_EQ_INT(seen.state.g0, 0x42);
    /* A value is appended, and marks do not reach back into the one before. */
    seen.status = mrrc_marc8_decode((const uint8_t *)"&#x0301;", 8, MRRC_MARC8_NCR, &seen.state,
                                    &seen.out, NULL);
    CHECK_BUFFER(seen.out, "\u044c\u0301");
    clear(&seen);
}

static void check_iso5426(const void *data, size_t size, const char *wanted, size_t count,
                          int line) {
    outcome seen = {0};
    seen.status = mrrc_iso5426_decode(data, size, &seen.out, &seen.notes);
    check_int(seen.status, MRRC_OK, __FILE__, line, "status");
    check_bytes(seen.out.data, seen.out.size, wanted, strlen(wanted), __FILE__, line, "text");
    check_int((long long)notes(&seen), (long long)count, __FILE__, line, "diagnostics");
    clear(&seen);
}

#define ISO5426(data, wanted, count) \
    check_iso5426(data, sizeof(data) - 1, wanted, count, __LINE__)

static void test_iso5426(void) {
    ISO5426("", "", 0);
    ISO5426("\xc2" "et\xc2" "e \xf1 \xe8", "\u00e9t\u00e9 \u00e6 \u0141", 0);
    ISO5426("\x88Le \x89temps\t\xa4", "\xc2\x98" "Le \xc2\x9c" "temps\t$", 0);
    ISO5426("\xc9\xc5u\xdd" "a\xdf" "b", "\u01d6a\u0360b", 0);
    ISO5426("\xb3\x1b(\x8d", "\ufffd\ufffd(\ufffd", 3);
    ISO5426("x\xc2", "x \u0301", 1);
}

static void test_tables(void) {
    mrrc_buffer out = {0};
    CHECK_EQ_INT(mrrc_marc8_set('!', &out), MRRC_ERR_ARGUMENT);
    CHECK_EQ_INT(mrrc_marc8_set(0x67, &out), MRRC_OK);
    uint32_t greek[9] = {0x61, 0x3B1, 0, 0x62, 0x3B2, 0, 0x63, 0x3B3, 0};
    CHECK_BYTES(out.data, out.size, greek, sizeof greek);
    out.size = 0;
    CHECK_EQ_INT(mrrc_marc8_set(MRRCI_MARC8_EACC, &out), MRRC_OK);
    CHECK_EQ_INT(out.size, MRRCI_EACC_COUNT * 12);
    mrrci_buffer_clear(&out);
}

/* A value of every kind: what it gives in full, or MRRC_ERR_MEMORY and nothing. */
static int run_decode(uint32_t flags) {
    static const uint8_t value[] =
        "ab\xe2\xe8" "e \x1b$1!0!!!!\x1b(NX\x1b(B&#x1F600;e&#x0301;\xec" "x\xf2\xf2\xf2\xf2\xf2\xf2"
        "\xf2\xf2\xf2\xf2\xf2\xf2\xf2\xf2\xf2\xf2\xf2\xf2\xe2" "x and then more text to fill it "
        "with, so that what was enough at first is not enough in the end, and again: \xe2" "e. "
        "And again, until the two hundred and fifty-six bytes of a small buffer are used up\xe2";
    mrrc_buffer out = {0}, list = {0};
    mrrc_marc8_state state = {0x42, 0x45};
    int status = mrrc_marc8_decode(value, sizeof value - 1, flags, &state, &out, &list);
    if (status == MRRC_OK)
        CHECK(out.size > 256 && memcmp(out.data, "ab\u00e9\u0308 \u4e00", 10) == 0);
    else
        CHECK_EQ_INT(out.size, 0);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&list);
    return status;
}

static int run_standard(void) {
    return run_decode(MRRC_MARC8_NCR);
}

static int run_pymarc(void) {
    return run_decode(MRRC_MARC8_PYMARC);
}

static int run_iso5426(void) {
    mrrc_buffer out = {0}, list = {0};
    int status = mrrc_iso5426_decode((const uint8_t *)"ab\xc2" "e\xb3\t\xc2", 7, &out, &list);
    if (status == MRRC_OK)
        CHECK_BUFFER(out, "ab\u00e9\ufffd\t \u0301");
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&list);
    return status;
}

static int run_set(void) {
    mrrc_buffer out = {0};
    int status = mrrc_marc8_set(0x42, &out);
    if (status == MRRC_OK)
        status = mrrc_marc8_set(MRRCI_MARC8_EACC, &out);
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_sets();
    test_marks();
    test_faults();
    test_references();
    test_pymarc();
    test_state_is_kept();
    test_iso5426();
    test_tables();
    sweep(run_standard);
    sweep(run_pymarc);
    sweep(run_iso5426);
    sweep(run_set);
    return check_report();
}
