/* SPDX-License-Identifier: MIT
 *
 * Aleph sequential: columns, numbers, the blanks of fixed fields, FMT, and what the format
 * cannot keep.
 */
#include "check_lines.h"

#define L CHECK_LEADER
#define CARETS "00000nam^a2200000^^^4500"
#define N "000000001 "
#define LDR N "LDR   L " CARETS "\n"

static void test_reading(void) {
    CHECK_READ("aleph",
               LDR N "001   L  7 \n" N "008   L a^b c\n" N "24510 L $$aTitle$$bx $ y\n"
               "000000002 LDR   L " L "\n",
               "0+124 " L "@001 7 @008a b c@24510~aTitle~bx $ y\n124+43 " L "\n");
    /* a caret is a blank in fields with positions only */
    CHECK_READ("aleph", LDR N "005   L a^\n" N "006   L a^\n" N "007   L ^\n" N "24500 L $$a^\n",
               "0+128 " L "@005a^@006a @007 @24500~a^\n");
    /* other alphabets; what is cut off at the end of a line; lines between */
    CHECK_READ("aleph", "\r\n" LDR "\r\n" N "100   A $$ax\r\n" N "500   C\n" N "003   L\n" N
               "501   L $$a\n  \n",
               "2+127 " L "@100  ~ax@500  @003@501  ~a\n");
    CHECK_READ("aleph", LDR N "245\xC3\xA9\xC3\xA8 L $$\xC3\xA9x$$$y$$a$\n",
               "0+77 " L "@245\xC3\xA9\xC3\xA8~\xC3\xA9x~$y~a$\n");
    CHECK_READ("aleph", N "FMT   L BK\n" LDR N "FMT   L $$aBK$$bx\n" N "FMT   L\n",
               "0+64 " L "@FMT  ~aBK\n"
               "64+28 " CHECK_BLANK_LEADER "@FMT  ~aBK~bx\n  note -2 at 64+0 \n"
               "92+18 " CHECK_BLANK_LEADER "@FMT  \n  note -2 at 92+0 \n");
    /* records of one number */
    CHECK_READ("aleph", LDR LDR N "FMT   L MU\n" LDR,
               "0+43 " L "\n43+43 " L "\n86+64 " L "@FMT  ~aMU\n");
    CHECK_READ("aleph", "abc de 12 001   L x\n" N "001   L y\n",
               "0+20 " CHECK_BLANK_LEADER "@001x\n  note -2 at 0+0 \n"
               "20+20 " CHECK_BLANK_LEADER "@001y\n  note -2 at 20+0 \n");
}

static void test_faults(void) {
    static const char *lines[][2] = {
        {"", NULL},
        {"0000000010001   L x", "1, tag 001: no number"},
        {N "001  L x", "1, tag 001: no number"},
        {N "24510 L", NULL},
        {N "24510 ", "1, tag 245: no number"},
        {N "24510", "1, tag 245: no number"},
        {N "24510 LL $$ax", "1, tag 245: no number"},
        {N "245\xC3\xA9 L $$ax", "1, tag 245: no number"},
        {N "2\x01" "510 L $$ax", "11, tag 2?5: no tag"},
        {N "24510 L x$$ax", "19, tag 245: text before the first $$"},
        {N "24510 L $ax", "19, tag 245: text before the first $$"},
        {N "24510 L $$ax$$", "25, tag 245: a delimiter without a code"},
        {N "245\xC3\xA9\xFF L $$ax", "16, tag 245: not UTF-8"},
        {"x", "1, tag : no number"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        mrrc_buffer file = {0};
        check_put_text(&file, LDR);
        check_put_text(&file, lines[i][0]);
        check_put_text(&file, "\n" N "001   L x\n000000002 001   L y\n");
        told to = read_told("aleph", file.text, file.size, 3);
        check_put(&to.text, "", 1);
        CHECK_FOR(to.records == (lines[i][1] == NULL ? 2 : 1), "%zu: %s", i, to.text.text);
        if (lines[i][1] != NULL) {
            char wanted[100];
            snprintf(wanted, sizeof wanted, ", 2:%s", lines[i][1]);
            CHECK_FOR(strstr(to.text.text, wanted) != NULL, "%s not %s", to.text.text, wanted);
        }
        mrrci_buffer_clear(&to.text);
        mrrci_buffer_clear(&file);
    }
    /* the first line of a record is bad: the rest goes with it */
    CHECK_READ("aleph", LDR "000000002 LDR   L \xFF\n000000002 001   L x\n" "000000003 001   L y\n",
               "0+43 " L "\nfault -301 of 2 at 61, 2:19, tag LDR: not UTF-8 [\xFF]\n"
               "83+20 " CHECK_BLANK_LEADER "@001y\n  note -2 at 83+0 \n");
    CHECK_READ("aleph", N "LDR   L x\n" LDR,
               "fault -2 of 1 at 18, 1:19, tag LDR: a leader that is not 24 ASCII characters [x]\n"
               "20+43 " L "\n");
}

static void test_writing(void) {
    CHECK_WRITTEN("aleph", 0, L "@001  12 @003 @008a b @24510~aTitle ~b@500  @00A1 ~\xC3\xA9x",
                  MRRC_OK,
                  "000000012 LDR   L " CARETS "\n000000012 001   L   12 \n000000012 003   L  \n"
                  "000000012 008   L a^b^\n000000012 24510 L $$aTitle $$b\n000000012 500   L \n"
                  "000000012 00A1  L $$\xC3\xA9x\n", "");
    /* the number of a record */
    CHECK_WRITTEN("aleph", 0, L "@001123456789@00112", MRRC_OK,
                  "123456789 LDR   L " CARETS "\n123456789 001   L 123456789\n"
                  "123456789 001   L 12\n", "");
    CHECK_WRITTEN("aleph", 0, L "@0011234567890", MRRC_OK, LDR N "001   L 1234567890\n", "");
    CHECK_WRITTEN("aleph", 0, L "@001a1", MRRC_OK, LDR N "001   L a1\n", "");
    CHECK_WRITTEN("aleph", 0, L "@001", MRRC_OK, LDR N "001   L \n", "");
    CHECK_WRITTEN("aleph", 0, L, MRRC_OK, LDR, "");
    /* FMT */
    CHECK_WRITTEN("aleph", 0, L "@FMT  ~aBK@003x", MRRC_OK,
                  N "FMT   L BK\n" LDR N "003   L x\n", "");
    CHECK_WRITTEN("aleph", 0, L "@003x@FMT  ~aBK", MRRC_NOTED,
                  N "FMT   L BK\n" LDR N "003   L x\n", "-106 at 29+0 0 FMT\n");
    CHECK_WRITTEN("aleph", 0, L "@FMT1 ~aBK", MRRC_OK, N "FMT1  L $$aBK\n" LDR, "");
    CHECK_WRITTEN("aleph", 0, L "@FMT  ~bBK", MRRC_OK, N "FMT   L $$bBK\n" LDR, "");
    CHECK_WRITTEN("aleph", 0, L "@FMT  ~aB~aK", MRRC_OK, N "FMT   L $$aB$$aK\n" LDR, "");
    CHECK_WRITTEN("aleph", 0, L "@FMT  ~aBK@FMT  ~aMU", MRRC_ERR_TAG_INVALID, "", "");
    CHECK_WRITTEN("aleph", 0, L "@LDR  ~aBK", MRRC_ERR_TAG_INVALID, "", "");
    /* what has no place, and what is read as something else */
    CHECK_WRITTEN("aleph", 0, L "@24510~ax\ny@008a\r\n", MRRC_NOTED,
                  LDR N "24510 L $$ax y\n" N "008   L a^^\n",
                  "-404 at 33+1 10 245\n-404 at 40+2 13 008\n");
    CHECK_WRITTEN("aleph", 0, L "@24510~ax$$by@500  ~ax$~by@008^@003^@501  ~a^~b$", MRRC_NOTED,
                  LDR N "24510 L $$ax$$by\n" N "500   L $$ax$$$by\n" N "008   L ^\n" N
                  "003   L ^\n" N "501   L $$a^$$b$\n",
                  "-106 at 24+13 36 245\n-106 at 37+13 36 500\n-106 at 50+5 94 008\n");
    CHECK_WRITTEN("aleph", 0, "00000nam^a2200000   4500", MRRC_NOTED, LDR, "-2 at 0+24 94 \n");
    CHECK_BACK("aleph", CHECK_BLANK_LEADER "@001 7@24510~a$x$ y~$z~b$");
    CHECK_BACK("aleph", L "@FMT  ~aBK@001x@007 \tx");
}

/* Records get the numbers of their places where they have none of their own. */
static void test_numbers(void) {
    mrrc_buffer packed = packed_of(L "@003x" L "@003y" L, 82), out = {0};
    uint32_t ends[] = {29, 58, 82};
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("aleph"), 0);
    CHECK(mrrc_encoder_records(encoder, packed.data, ends, 3, &out, NULL, NULL) == MRRC_OK);
    CHECK_BUFFER(out, LDR N "003   L x\n000000002 LDR   L " CARETS "\n000000002 003   L y\n"
                      "000000003 LDR   L " CARETS "\n");
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
}

int main(void) {
    swept what = {"aleph", N "FMT   L BK\n" LDR N "008   L a^b\n" N "24510 L $$ax$$by\nbad\n" LDR,
                  L "@24510~ax\n$$by@500  ~ax$~by@008^@003^@FMT  ~aBK"};
    test_reading();
    test_faults();
    test_writing();
    test_numbers();
    check_memory_sweep(sweep_reading, &what);
    check_memory_sweep(sweep_writing, &what);
    return check_report();
}
