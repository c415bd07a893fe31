/* SPDX-License-Identifier: MIT
 *
 * The text of records in the modes: what is no UTF-8 and no MARC-8, encodings found out or
 * chosen, UNIMARC.  Where nothing is amiss, the modes read what the default mode reads.
 */
#include "formats/iso2709_recovery.h"
#include "check_damage.h"

static void test_utf8(void) {
    ADD('a', "001", "a\xff" "b", "245", "10\x1f" "aA\xff\xe2\x82" "B\xed\xa0\x80\x1f" "bC");
    CHECK_MODES("! -301 @50 record 1 0+70 field 0 001\n",
                "R0+70|001a\xef\xbf\xbd" "b|24510$aA\xef\xbf\xbd\xef\xbf\xbd" "B\xef\xbf\xbd"
                "\xef\xbf\xbd\xef\xbf\xbd$bC\n  -301 @50+1 =1 field 1 001\n"
                "  -301 @58+7 =5 field 2 245 $61\n",
                "R0+70|001a\xef\xbf\xbd" "b|24510$aA\xef\xbf\xbd\xef\xbf\xbd" "B\xef\xbf\xbd"
                "\xef\xbf\xbd\xef\xbf\xbd$bC\n  -301 @50+1 =1 field 1 001\n"
                "  -301 @58+7 =5 field 2 245 $61\n");
    ADD('a', "245", "10\x1f" "aA\xff");
    CHECK_SOUND(MRRC_READ_RAW, "R0+45|24510$aA\xff\n");
    ADD(' ', "245", "10\x1f" "aA\xc3\xa9");
    CHECK_SOUND(MRRC_READ_FORCE_UTF8, "R0+46|24510$aA\xc3\xa9\n");
    /* an encoding that the caller knows, but what says UTF-8 is UTF-8 */
    ADD(' ', "245", "10\x1f" "aA\xe9");
    ADD('a', "245", "10\x1f" "aA\xc3\xa9");
    CHECK_SOUND(MRRC_READ_FOREIGN, "R0+45 5|24510$aA\xe9\nR45+46|24510$aA\xc3\xa9\n");
}

/* Each character that UTF-8 has no place for, as one mistake or several. */
static void test_characters(void) {
    static const struct {
        const char *bytes;
        size_t size, bad;
    } cases[] = {
        {"a", 1, 1},        {"\xc3\xa9", 2, 1}, {"\xe4\xb8\xad", 3, 2}, {"\xf0\x9f\x98\x80", 4, 3},
        {"\x80", 0, 1},     {"\xc1\x80", 0, 1}, {"\xc3", 0, 1},         {"\xc3" "a", 0, 1},
        {"\xe0\x9f", 0, 1}, {"\xe2\x82", 0, 2}, {"\xe2\x82" "a", 0, 2}, {"\xed\xa0\x80", 0, 1},
        {"\xf0\x8f", 0, 1}, {"\xf0\x9f", 0, 2}, {"\xf0\x9f\x98", 0, 3}, {"\xf4\x90", 0, 1},
        {"\xf5", 0, 1},     {"\xff", 0, 1},     {"\xf4\x8f\xbf\xbf", 4, 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t bad, left = strlen(cases[i].bytes);
        uint8_t *exact = check_copy(cases[i].bytes, left);
        CHECK_EQ_INT(mrrci_iso2709_character(exact, left, &bad), cases[i].size);
        CHECK_EQ_INT(bad, cases[i].bad);
        CHECK_EQ_INT(mrrci_utf8_valid(exact, left), cases[i].size == left);
        free(exact);
    }
}

static void test_marc8(void) {
    /* what is sound reads as in the default mode, double marks and stray controls too */
    mrrc_buffer packed = {0}, wanted = {0};
    ADD(' ', "001", "n\xe9", "245", "10\x1f" "aA\xe2" "e \xebt\xecs\x1f" "b\x1b(NABC\x1b(B &#x1F600;"
        "\x1f" "cx\x01y");
    CHECK(mrrc_record_decode(source.data, source.size, 0, &packed) == MRRC_OK);
    char line[40];
    snprintf(line, sizeof line, "R0+%zu", source.size);
    check_put_text(&wanted, line);
    recovery_text(&wanted, packed.data + 24, packed.size - 24);
    check_put(&wanted, "\n", 2); /* and a zero */
    CHECK_SOUND(0, (const char *)wanted.data);
    /* what is not */
    ADD(' ', "245", "10\x1f" "aA\xff" "e\x1b(Z?\x1f" "bB\xe2");
    CHECK_MODES("! -302 @42 record 1 0+54 field 0 245\n",
                "R0+54|24510$aA\xef\xbf\xbd" "e\xef\xbf\xbd$bB \xcc\x81\n"
                "  -302 @42+1 =255 field 1 245 $61\n  -302 @44+3 =90 field 1 245 $61\n"
                "  -302 @47+1 =63 field 1 245 $61\n  -304 @51+1 =0 field 1 245 $62\n",
                "R0+54|24510$aA\xef\xbf\xbd" "e\xef\xbf\xbd$bB \xcc\x81\n"
                "  -302 @42+1 =255 field 1 245 $61\n  -302 @44+3 =90 field 1 245 $61\n"
                "  -302 @47+1 =63 field 1 245 $61\n  -304 @51+1 =0 field 1 245 $62\n");
    /* sets do not outlast a value, and a structural character does not end one */
    ADD(' ', "245", "10\x1f" "a\x1b(NA\x1e" "B\x1f" "bA");
    CHECK_MODES("! -106 @45 record 1 0+52 field 0 245\n",
                "R0+52|24510$a\xd0\xb0\xd0\xb1$bA\n  -106 @45+1 =30 field 1 245 $61\n",
                "R0+52|24510$a\xd0\xb0\xd0\xb1$bA\n  -106 @45+1 =30 field 1 245 $61\n");
    /* every record by the standard, whatever its leader says: references, control fields */
    ADD('a', "001", "n\xe2" "e", "245", "10\x1f" "aA\xe2" "e &#x1F600; &#x;");
    ADD(' ', "245", "10\x1f" "a&#x4E2D;");
    CHECK_SOUND(MRRC_READ_MARC8,
                "R0+77|001n\xc3\xa9|24510$aA\xc3\xa9 \xf0\x9f\x98\x80 &#x;\n"
                "R77+51|24510$a\xe4\xb8\xad\n");
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&wanted);
}

static void test_detect(void) {
    /* ASCII says nothing */
    ADD(' ', "245", "10\x1f" "aA");
    ADD('a', "245", "10\x1f" "aA");
    ADD('a', "245", "10\x1f" "a\xc3\xa9");
    CHECK_SOUND(MRRC_READ_DETECT,
                "R0+44|24510$aA\nR44+44|24510$aA\nR88+45|24510$a\xc3\xa9\n");
    ADD(' ', "245", "10\x1f" "a\xc3\xa9");
    ADD('a', "245", "10\x1f" "a\xe2" "e");
    CHECK_SOUND(MRRC_READ_DETECT, "R0+45|24510$a\xc3\xa9\n  -305 @9+1 =32\n"
                                  "R45+45|24510$a\xc3\xa9\n  -305 @54+1 =97\n");
    /* UTF-8 with a fault stays UTF-8, and so does what is neither */
    ADD('a', "245", "10\x1f" "a\xc3\xa9\xe2" "e");
    CHECK_FLAGS(MRRC_READ_DETECT, "! -301 @43 record 1 0+47 field 0 245\n",
                "R0+47|24510$a\xc3\xa9\xef\xbf\xbd" "e\n  -301 @43+1 =1 field 1 245 $61\n",
                "R0+47|24510$a\xc3\xa9\xef\xbf\xbd" "e\n  -301 @43+1 =1 field 1 245 $61\n");
}

/* UNIMARC: 100 $a is "20200101d2020    ekmy0frey0103    ba" or the like. */
static size_t add_unimarc(const char *sets, const char *title) {
    char general[64], body[64];
    snprintf(general, sizeof general, "  \x1f" "a20200101d2020    ekmy0frey%s    ba", sets);
    snprintf(body, sizeof body, "1 \x1f" "a%s", title);
    return ADD(' ', "100", general, "200", body);
}

static void test_unimarc(void) {
    static const struct {
        const char *sets, *title, *read;
    } sound[] = {
        {"0103", "A\xc2" "e", "A\xc3\xa9"}, {"01  ", "A\xc2" "e", "A\xc3\xa9"},
        {"50  ", "A\xc3\xa9", "A\xc3\xa9"}, {"5050", "A\xc3\xa9", "A\xc3\xa9"},
        {"    ", "A\xc2" "e", "A\xc3\xa9"}, {"0103", "A", "A"},
        {"50  ", "A", "A"},
    };
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
        char wanted[200];
        add_unimarc(sound[i].sets, sound[i].title);
        snprintf(wanted, sizeof wanted,
                 "R0+%zu|100  $a20200101d2020    ekmy0frey%s    ba|2001 $a%s\n", source.size,
                 sound[i].sets, sound[i].read);
        CHECK_SOUND(MRRC_READ_UNIMARC, wanted);
    }
    /* without 100 $a */
    ADD(' ', "200", "1 \x1f" "aA\xc2" "e");
    CHECK_SOUND(MRRC_READ_UNIMARC, "R0+46|2001 $aA\xc3\xa9\n");
    /* a set that is not known: what is ASCII can be read */
    add_unimarc("0104", "A\xc2" "e");
    CHECK_FLAGS(MRRC_READ_UNIMARC, "! -306 @79 record 1 0+99\n",
                "R0+99|100  $a20200101d2020    ekmy0frey0104    ba|2001 $aA\xef\xbf\xbd" "e\n"
                "  -306 @79+4 =0\n  -301 @95+1 =1 field 2 200 $61\n",
                "R0+99|100  $a20200101d2020    ekmy0frey0104    ba|2001 $aA\xef\xbf\xbd" "e\n"
                "  -306 @79+4 =0\n  -301 @95+1 =1 field 2 200 $61\n");
    /* what 5426 has no character for */
    add_unimarc("0103", "A\x80");
    static const char read[] = "R0+98|100  $a20200101d2020    ekmy0frey0103    ba|2001 $aA\xef\xbf\xbd\n"
                               "  -302 @95+1 =128 field 2 200 $61\n";
    CHECK_FLAGS(MRRC_READ_UNIMARC, "! -302 @95 record 1 0+98 field 1 200\n", read, read);
}

static void test_memory(void) {
    ADD(' ', "245", "10\x1f" "aA\xe2" "e \xff\x1b(NABC");
    ADD('a', "245", "10\x1f" "a\xe2" "e");
    add_unimarc("0103", "A\xc2" "e");
    static const uint32_t codings[] = {0, MRRC_READ_DETECT, MRRC_READ_MARC8, MRRC_READ_UNIMARC};
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        uint32_t with = codings[i] | MRRC_READ_LENIENT;
        check_memory_sweep(recovery_without_memory, &with);
    }
    source.size = 0;
}

int main(void) {
    test_utf8();
    test_characters();
    test_marc8();
    test_detect();
    test_unimarc();
    test_memory();
    mrrci_buffer_clear(&source);
    return check_report();
}
