/* SPDX-License-Identifier: MIT
 *
 * One damaged record in each mode: leader, base address, directory, indicators, codes,
 * stray structural characters, and how many faults are told.
 */
#include "check_damage.h"

/* The record of check_damage.h: its entries stand at 24 and 36, their lengths at 27 and 39,
 * their starts at 31 and 43, the directory's end at 48, the data at 49. */

static void test_leader(void) {
    add_plain("id1");
    patch(17, "\xc3\xa9");
    CHECK_MODES("! -2 @17 record 1 0+64\n", PLAIN(0, "id1") "  -2 @17+2 =0\n",
                PLAIN(0, "id1") "  -2 @17+2 =0\n");
    add_plain("id1");
    patch(8, "\x1f");
    CHECK_MODES("! -2 @8 record 1 0+64\n", PLAIN(0, "id1") "  -2 @8+1 =0\n",
                PLAIN(0, "id1") "  -2 @8+1 =0\n");
    for (int i = 0; i < 3; i++) {
        static const char *const lengths[] = {"  ", "23", "x2"};
        add_plain("id1");
        patch(10, lengths[i]);
        CHECK_MODES("! -2 @10 record 1 0+64\n", PLAIN(0, "id1") "  -2 @10+2 =0\n",
                    PLAIN(0, "id1") "  -2 @10+2 =0\n");
    }
}

/* Whatever the base address says, the directory's terminator is found. */
static void test_base(void) {
    static const struct {
        const char *base;
        int code, found;
    } wrong[] = {
        {"00000", -4, 0},  {"00048", -3, 48}, {"00050", -3, 50},     {"00037", -3, 37},
        {"00025", -3, 25}, {"00064", -3, 64}, {"99999", -3, 99999},  {"00004", -3, 4},
        {"0x049", -3, 0},  {"   49", -3, 0},  {"00053", -3, 53},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char strict[100], other[200];
        snprintf(strict, sizeof strict, "! %d @12 record 1 0+64\n", wrong[i].code);
        snprintf(other, sizeof other, PLAIN(0, "id1") "  %d @12+5 =%d\n", wrong[i].code,
                 wrong[i].found);
        add_plain("id1");
        patch(12, wrong[i].base);
        CHECK_MODES(strict, other, other);
    }
    /* nothing ends the directory, but the base address is right */
    add_plain("id1");
    patch(48, "x");
    CHECK_MODES("! -101 @48 record 1 0+64\n", PLAIN(0, "id1") "  -101 @48+1 =120\n",
                PLAIN(0, "id1") "  -101 @48+1 =120\n");
    /* neither */
    add_plain("id1");
    patch(12, "99999");
    for (size_t i = 24; i < 63; i++)
        if (source.data[i] == MRRCI_FIELD)
            source.data[i] = 'x';
    patch(62, "x");
    CHECK_MODES("! -4 @12 record 1 0+64\n", "X0+64 -4\n  -4 @12+5 =0\n", "- -4 @0+64 =0\n");
    /* a terminator in an entry is not the directory's */
    add_plain("id1");
    patch(25, "\x1e");
    CHECK_MODES("! -101 @24 record 1 0+64 field 0 0|1\n",
                "R0+64|24510$aTitle\n  -101 @24+12 =4 field 1 0|1\n  -101 @49+4 =1\n",
                "R0+64|0?1id|24510$aTitle\n  -101 @24+12 =4 field 1 0|1\n"
                "  -201 @49+3 =3 field 1 0|1\n");
}

static void test_directory(void) {
    /* a length that is no multiple of 12 */
    size_t at = add_plain("id1");
    source.size = at + 48;
    ADD_BYTES("24\x1e" "id1\x1e" "10\x1f" "aTitle\x1e\x1d");
    patch(0, "00066");
    patch(12, "00051");
    CHECK_MODES("! -101 @48 record 1 0+66\n",
                "R0+66|001id1|24510$aTitle\n  -101 @48+2 =26\n",
                "R0+66|001id1|24510$aTitle\n  -101 @48+2 =26\n");
    /* entries that are no numbers */
    add_plain("id1");
    patch(39, "+010");
    CHECK_MODES("! -101 @36 record 1 0+64 field 1 245\n",
                "R0+64|001id1\n  -101 @36+12 =0 field 2 245\n  -101 @53+10 =1\n",
                PLAIN(0, "id1") "  -101 @36+12 =0 field 2 245\n");
    /* lengths too small, too large, zero, and behind the data */
    static const struct {
        const char *length;
        int found;
    } wrong[] = {{"0009", 9}, {"0011", 11}, {"0000", 0}, {"9999", 9999}, {"0001", 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char lenient[200], permissive[200];
        snprintf(lenient, sizeof lenient,
                 "R0+64|001id1\n  -106 @36+12 =%d field 2 245\n  -101 @53+10 =1\n",
                 wrong[i].found);
        snprintf(permissive, sizeof permissive,
                 PLAIN(0, "id1") "  -106 @36+12 =%d field 2 245\n", wrong[i].found);
        add_plain("id1");
        patch(39, wrong[i].length);
        CHECK_MODES("! -106 @36 record 1 0+64 field 1 245\n", lenient, permissive);
    }
    static const char *const starts[] = {"00003", "00005", "00014", "99999"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        add_plain("id1");
        patch(43, starts[i]);
        CHECK_MODES("! -106 @36 record 1 0+64 field 1 245\n",
                    "R0+64|001id1\n  -106 @36+12 =10 field 2 245\n  -101 @53+10 =1\n",
                    PLAIN(0, "id1") "  -106 @36+12 =10 field 2 245\n");
    }
    /* one entry's field reaches over the next one's */
    add_plain("id1");
    patch(27, "0014");
    CHECK_MODES("! -106 @24 record 1 0+64 field 0 001\n",
                "R0+64|24510$aTitle\n  -106 @24+12 =14 field 1 001\n  -101 @49+4 =1\n",
                PLAIN(0, "id1") "  -106 @24+12 =14 field 1 001\n");
    /* bytes that nothing names */
    add_plain("id1");
    patch(43, "00000");
    patch(39, "0004");
    CHECK_MODES("! -201 @49 record 1 0+64 field 1 245\n",
                "R0+64|001id1\n  -201 @49+3 =3 field 2 245\n  -101 @53+10 =1\n",
                "R0+64|001id1|245id\n  -201 @49+3 =3 field 2 245\n  -101 @53+10 =1\n");
    /* two entries for the same field, and fields in any order, are no faults */
    ADD('a', "245", "10\x1f" "aA", "246", "10\x1f" "aB");
    memcpy(source.data + 39, source.data + 27, 9);
    patch(27, "000600006");
    CHECK_SOUND(0, "R0+62|24510$aB|24610$aA\n");
    ADD('a', "245", "10\x1f" "aA", "246", "10\x1f" "aA");
    memcpy(source.data + 39, source.data + 27, 9);
    CHECK_MODES("! -101 @55 record 1 0+62\n",
                "R0+62|24510$aA|24610$aA\n  -101 @55+6 =1\n",
                "R0+62|24510$aA|24610$aA\n  -101 @55+6 =1\n");
    /* bytes that were lost in front move all that follows */
    ADD('a', "001", "id", "245", "10\x1f" "aA", "500", "  \x1f" "aB", "504", "  \x1f" "aC");
    cut(73 + 1, 1);
    patch(0, "00094");
    CHECK_EQ_INT(source.size, 94);
    CHECK_MODES("! -106 @24 record 1 0+94 field 0 001\n",
                "X0+94 -101\n  -106 @24+12 =3 field 1 001\n  -106 @36+12 =6 field 2 245\n"
                "  -106 @48+12 =6 field 3 500\n  -106 @60+12 =6 field 4 504\n  -101 @73+20 =4\n"
                "  -101 @24+48 =0\n",
                "R0+94|001i|24510$aA|500  $aB|504  $aC\n  -106 @24+12 =3 field 1 001\n"
                "  -106 @36+12 =6 field 2 245\n  -106 @48+12 =6 field 3 500\n"
                "  -106 @60+12 =6 field 4 504\n");
    /* an entry of which nothing is known, and no stretch is left for it */
    ADD('a', "245", "10\x1f" "aA", "246", "10\x1f" "aB");
    patch(24 + 3, "000600006");
    patch(36 + 3, "0012x0000");
    CHECK_MODES("! -101 @36 record 1 0+62 field 1 246\n",
                "R0+62|24510$aB\n  -101 @36+12 =0 field 2 246\n  -101 @49+6 =1\n",
                "R0+62|24510$aB|24610$aA\n  -101 @36+12 =0 field 2 246\n");
    /* a directory of no sense at all */
    add_plain("id1");
    memset(source.data + 24, '-', 24);
    CHECK_MODES("! -101 @24 record 1 0+64 field 0 ---\n",
                "X0+64 -101\n  -101 @24+12 =0 field 1 ---\n  -101 @36+12 =0 field 2 ---\n"
                "  -101 @49+14 =2\n  -101 @24+24 =0\n",
                "- -101 @0+64 =0\n");
}

static void test_tags(void) {
    ADD('a', "LDR", "  \x1f" "aA", "00A", "  \x1f" "aB", "000", "c", "CAT", "  \x1f" "aD");
    CHECK_SOUND(0, "R0+94|LDR  $aA|00A  $aB|000c|CAT  $aD\n");
    add_plain("id1");
    patch(36, "2\xc3\xa9");
    CHECK_MODES("! -101 @36 record 1 0+64 field 1 2\xc3\xa9\n",
                "R0+64|001id1\n  -101 @36+12 =10 field 2 2\xc3\xa9\n  -101 @53+10 =1\n",
                "R0+64|001id1|2??10$aTitle\n  -101 @36+12 =10 field 2 2\xc3\xa9\n");
}

static void test_indicators(void) {
    ADD('a', "245", "\x1f" "aA", "246", "1\x1f" "aB", "247", "123\x1f" "aC", "500", "text", "501",
        "12", "502", "", "503", "\xc3\xa9\x1f" "aD", "504", "1\xe9\x1f" "aE", "505",
        "\xc3\xa9 \x1f" "aF");
    CHECK_MODES("! -201 @133 record 1 0+178 field 0 245\n",
                "R0+178|50112\n  -201 @133+3 =0 field 1 245 ind1\n"
                "  -201 @137+4 =1 field 2 246 ind2\n  -201 @142+6 =3 field 3 247\n"
                "  -201 @149+4 =4 field 4 500\n  -201 @157+0 =0 field 6 502 ind1\n"
                "  -201 @158+5 =2 field 7 503 ind1\n  -201 @164+5 =2 field 8 504 ind2\n"
                "  -201 @170+6 =3 field 9 505\n",
                "R0+178|245  $aA|2461 $aB|24712$aC|500te|50112|502  |503\xc3\xa9 $aD"
                "|5041\xc3\xa9$aE|505\xc3\xa9 $aF\n"
                "  -201 @133+3 =0 field 1 245 ind1\n"
                "  -201 @137+4 =1 field 2 246 ind2\n  -201 @142+6 =3 field 3 247\n"
                "  -201 @149+4 =4 field 4 500\n  -201 @157+0 =0 field 6 502 ind1\n"
                "  -201 @158+5 =2 field 7 503 ind1\n  -201 @164+5 =2 field 8 504 ind2\n"
                "  -201 @170+6 =3 field 9 505\n");
}

static void test_subfields(void) {
    ADD('a', "245", "10\x1f\x1f" "aA\x1f\x1f" "bB\x1f");
    CHECK_MODES("! -202 @39 record 1 0+50 field 0 245\n",
                "R0+50|24510$aA$bB\n  -202 @39+9 =3 field 1 245\n",
                "R0+50|24510$aA$bB\n  -202 @39+9 =3 field 1 245\n");
    ADD('a', "245", "10\x1f\xe9val\x1f" "bB\x1f\xc3\xa9wide\x1f" "c");
    CHECK_MODES("! -202 @40 record 1 0+58 field 0 245\n",
                "R0+58|24510$bB$\xc3\xa9wide$c\n  -202 @40+4 =233 field 1 245 $E9\n"
                "  -202 @48+2 =195 field 1 245 $C3\n",
                "R0+58|24510$\xc3\xa9val$bB$\xc3\xa9wide$c\n  -202 @40+4 =233 field 1 245 $E9\n"
                "  -202 @48+2 =195 field 1 245 $C3\n");
    /* any code of ASCII is one */
    ADD('a', "245", "10\x1f AB\x1f\x01" "B\x1f\x7f");
    CHECK_SOUND(0, "R0+50|24510$ AB$<01>B$<7F>\n");
}

/* Structural characters where they do not belong. */
static void test_strays(void) {
    ADD('a', "001", "a\x1f" "b", "245", "10\x1f" "aA\x1e" "B\x1d" "C\x1f" "bD");
    CHECK_MODES("! -106 @50 record 1 0+67 field 0 001\n",
                "R0+67|001ab|24510$aABC$bD\n  -106 @50+1 =31 field 1 001\n"
                "  -106 @58+3 =30 field 2 245 $61\n",
                "R0+67|001ab|24510$aABC$bD\n  -106 @50+1 =31 field 1 001\n"
                "  -106 @58+3 =30 field 2 245 $61\n");
    ADD('a', "245", "1\x1e\x1f" "aA", "246", "10\x1f\x1d" "b\x1f\x1e");
    CHECK_MODES("! -201 @49 record 1 0+64 field 0 245\n",
                "R0+64|24610$b\n  -201 @49+5 =2 field 1 245 ind2\n"
                "  -202 @58+1 =29 field 2 246\n  -202 @60+2 =1 field 2 246\n",
                "R0+64|2451 $aA|24610$b\n  -201 @49+5 =2 field 1 245 ind2\n"
                "  -202 @58+1 =29 field 2 246\n  -202 @60+2 =1 field 2 246\n");
}

/* No record has more than so many notes, and the last one says how many there would be. */
static void test_untold(void) {
    enum { SUBFIELDS = 2000 };
    static char body[2 + 3 * SUBFIELDS + 1];
    mrrc_buffer seen = {0};
    memcpy(body, "10", 2);
    for (int i = 0; i < SUBFIELDS; i++)
        memcpy(body + 2 + 3 * i, "\x1f" "a\xff", 3);
    ADD('a', "500", body);
    recovery_outcome(source.data, source.size, MRRC_READ_PERMISSIVE, 0, &seen);
    static const char last[] = "  -8 @0+0 =1500\n";
    CHECK(seen.size > sizeof last &&
          memcmp(seen.data + seen.size - (sizeof last - 1), last, sizeof last - 1) == 0);
    size_t lines = 0;
    for (size_t i = 0; i < seen.size; i++)
        lines += seen.data[i] == '\n';
    CHECK_EQ_INT(lines, 1 + 500 + 1);
    mrrci_buffer_clear(&seen);
    source.size = 0;
}

/* The bytes concerned can be had, and no more than 4096 of them. */
static void test_seen(void) {
    enum { BODY = 9000 };
    static char body[BODY + 1];
    mrrc_batch_view view;
    memset(body, 'b', BODY);
    ADD('a', "500", body);
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_reader_open_memory(reader, source.data, source.size);
    CHECK(mrrc_reader_next(reader, MRRC_READ_LENIENT, &view, NULL) == MRRC_OK);
    CHECK(view.notes_count == 1 && view.notes[0].size == BODY);
    CHECK(view.notes[0].seen_size == MRRCI_SEEN_MAX && view.seen_size == MRRCI_SEEN_MAX);
    CHECK(memcmp(view.seen, body, MRRCI_SEEN_MAX) == 0);
    mrrc_reader_free(reader);
    source.size = 0;
}

/* In the default mode with a chosen encoding, what is not sound is left to the caller. */
static void test_as_pymarc(void) {
    mrrc_batch_view view;
    add_plain("id1");
    ADD('a', "245", "\x1f" "aNo indicators");
    ADD(' ', "245", "10\x1f\x1f" "aTwo delimiters \xc3\xa9");
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_reader_open_memory(reader, source.data, source.size);
    CHECK(mrrc_reader_next(reader, MRRC_READ_DETECT, &view, NULL) == MRRC_OK);
    CHECK(view.count == 3 && view.statuses[0] == 0 && view.statuses[1] == MRRC_UNDECODED &&
          view.statuses[2] == 0 && view.marked == 1);
    CHECK(view.notes_count == 1 && view.notes[0].record == 2 &&
          view.notes[0].code == MRRC_ERR_CODING_WRONG);
    CHECK(view.ends[1] - view.ends[0] == view.lengths[1]);
    mrrc_reader_free(reader);
    source.size = 0;
}

int main(void) {
    test_leader();
    test_base();
    test_directory();
    test_tags();
    test_indicators();
    test_subfields();
    test_strays();
    test_untold();
    test_seen();
    test_as_pymarc();
    mrrci_buffer_clear(&source);
    return check_report();
}
