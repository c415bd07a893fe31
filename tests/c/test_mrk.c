/* SPDX-License-Identifier: MIT
 *
 * The mnemonic text of MARCMaker and MarcEdit.  pymarc's own layout was compared with its
 * TextWriter.  The mnemonics themselves are in test_mrk_mnemonics.c.
 */
#include "check_lines.h"

#define L CHECK_LEADER
#define HEAD "=LDR  " L "\n"

static void test_reading(void) {
    CHECK_READ("mrk", HEAD "=001  \\\\1 2\n=245  1\\$aTitle$bx \n=500  \\\\$a\n\n",
               "0+75 " L "@001  1 2@2451 ~aTitle~bx @500  ~a\n");
    /* as MarcEdit writes it, and as pymarc does */
    CHECK_READ("mrk", "=LDR  00000nam\\a2200000\\\\\\4500\r\n=008  a\\b\r\n\r\n\r\n=LDR  " L "\r\n",
               "0+45 " L "@008a b\n47+32 " L "\n");
    CHECK_READ("mrk", "=000  " L "\n=LDR  " L "\n=001  x", "0+31 " L "\n31+38 " L "@001x\n");
    CHECK_READ("mrk", "\n  \t\n" HEAD "=001  x\n \t \n=001  y\n",
               "5+43 " L "@001x\n48+8 " CHECK_BLANK_LEADER "@001y\n  note -2 at 48+0 \n");
    /* one blank, or more than two, behind the tag; two before indicators that are blanks */
    CHECK_READ("mrk", HEAD "=245 10$ax\n=246     11$ax\n=247    $ax\n=248   0$a\n=249  10\n",
               "0+89 " L "@24510~ax@24611~ax@247  ~ax@248 0~a@24910\n");
    CHECK_READ("mrk", "=LDR " L "\n=001 x\n=003     x\n=005  \n=006 \n",
               "0+61 " L "@001x@003   x@005@006\n");
    /* a backslash is a blank where no subfields are */
    CHECK_READ("mrk", HEAD "=245  10$aa\\b$\\\\c#\n=246  #1$ax\n",
               "0+62 " L "@24510~aa\\b~\\\\c#@246#1~ax\n");
    CHECK_READ("mrk", HEAD "=2=5  \xC3\xA9\xC3\xA8$\xC3\xA9x\xE2\x82\xAC\n",
               "0+49 " L "@2=5\xC3\xA9\xC3\xA8~\xC3\xA9x\xE2\x82\xAC\n");
    CHECK_READ("mrk", HEAD "=245  {dollar}{bsol}${lcub}x{dollar}{lcub}dollar{rcub}\n"
                           "=001  {bsol}\\\n=246  {0$aTitle {x}\n",
               "0+120 " L "@245$\\~{x${dollar}@001\\ @246{0~aTitle x\n");
    CHECK_READ("mrk", "=LDR  {lcub}0000nam a2200000   4500\n", "0+36 {0000nam a2200000   4500\n");
}

static void test_faults(void) {
    CHECK_READ("mrk", HEAD "245  10$ax\n\n" HEAD,
               "fault -413 of 1 at 31, 2:1, tag 45?: a line that does not begin with = "
               "[245  10$ax]\n43+31 " L "\n");
    CHECK_READ("mrk", HEAD "=245  10$ax\ncontinued\n",
               "fault -413 of 1 at 43, 3:1, tag ont: a line that does not begin with = "
               "[continued]\n");
    CHECK_READ("mrk", HEAD "=008\n", "fault -413 of 1 at 35, 2:5, tag 008: no blank behind a tag "
                                     "of three characters []\n");
    CHECK_READ("mrk", HEAD "=2\n", "fault -413 of 1 at 33, 2:3, tag : no blank behind a tag "
                                   "of three characters []\n");
    CHECK_READ("mrk", HEAD "=2450  1$ax\n", "fault -413 of 1 at 35, 2:5, tag 245: no blank behind "
                                            "a tag of three characters [0  1$ax]\n");
    CHECK_READ("mrk", HEAD "=2\x01" "5  10$ax\n",
               "fault -403 of 1 at 32, 2:2, tag 2?5: no tag of three ASCII characters "
               "[2\x01" "5  10$ax]\n");
    CHECK_READ("mrk", HEAD "=245  1\n", "fault -413 of 1 at 38, 2:8, tag 245: a data field without "
                                        "two indicators []\n");
    CHECK_READ("mrk", HEAD "=245  $aTitle\n", "fault -413 of 1 at 39, 2:9, tag 245: no $ behind "
                                              "the indicators [Title]\n");
    CHECK_READ("mrk", HEAD "=245  10$aTitle$\n", "fault -202 of 1 at 47, 2:17, tag 245: a "
                                                 "delimiter without a code []\n");
    CHECK_READ("mrk", HEAD "=245  {aa}0$ax\n",
               "fault -201 of 1 at 37, 2:7, tag 245: an indicator of more than one character "
               "[{aa}0$ax]\n");
    CHECK_READ("mrk", HEAD "=245  10${aa}x\n",
               "fault -202 of 1 at 40, 2:10, tag 245: a code of more than one character "
               "[{aa}x]\n");
    CHECK_READ("mrk", HEAD "=245  10$ax{1F}by\n",
               "fault -106 of 1 at 42, 2:12, tag 245: a mnemonic for a character that MARC uses "
               "as a delimiter [{1F}by]\n");
    CHECK_READ("mrk", HEAD "=245  10$ax\\{gs}\n",
               "fault -106 of 1 at 43, 2:13, tag 245: a mnemonic for a character that MARC uses "
               "as a delimiter [{gs}]\n");
    CHECK_READ("mrk", "=LDR  00000nam a2200000   450\n=001  x\n\n" HEAD,
               "fault -2 of 1 at 6, 1:7, tag LDR: a leader that is not 24 ASCII characters "
               "[00000nam a2200000   450]\n39+31 " L "\n");
    /* the leader of the next record ends a bad one too */
    CHECK_READ("mrk", HEAD "x\n=001  x\n" HEAD "=001  y\n",
               "fault -413 of 1 at 31, 2:1, tag : a line that does not begin with = [x]\n"
               "41+39 " L "@001y\n");
}

static void test_writing(void) {
    CHECK_WRITTEN("mrk", 0, L "@001 1 @245 0~aTitle ~bx~1@500  ", MRRC_OK,
                  HEAD "=001  \\1\\\n=245  \\0$aTitle $bx$1\n=500  \\\\\n\n", "");
    CHECK_WRITTEN("mrk", 0, L "@001a$\\ @245$\\~$\\${}~a\r\n", MRRC_OK,
                  HEAD "=001  a{dollar}{bsol}\\\n"
                       "=245  {dollar}{bsol}${dollar}{bsol}{dollar}{lcub}{rcub}$a{0D}{0A}\n\n",
                  "");
    CHECK_WRITTEN("mrk", 0, "{\\000nam a2200000   4500@001a", MRRC_OK,
                  "=LDR  {lcub}{bsol}000nam a2200000   4500\n=001  a\n\n", "");
    CHECK_WRITTEN("mrk", 0, L "@000a", MRRC_ERR_TAG_INVALID, "", "");
    CHECK_WRITTEN("mrk", 0, L "@LDR  ~ax", MRRC_ERR_TAG_INVALID, "", "");
    CHECK_BACK("mrk", L "@001{acute}e\\ $@245${~${~\\}~{\\~a\n{0A}~b\r$@2$4  ~ax@2  \\ ~ax");
    CHECK_BACK("mrk", "                        @001 @245  ~a @500  ~a{x~b}{");
    CHECK_BACK("mrk", "\\}{$\n000nam a220000 4500@001 ");
}

/* pymarc's str(record), and an empty line between two. */
static void test_pymarc(void) {
    mrrc_buffer packed = packed_of(L "@0011 2@245$\\~a{$}\\ @LDR  ~ax", 53), out = {0};
    static const char wanted[] = HEAD "=001  1\\2\n=245  $\\$a{$}\\ \n=LDR  \\\\$ax\n";
    uint32_t ends[2] = {(uint32_t)packed.size, (uint32_t)packed.size * 2};
    CHECK(packed.size == 53);
    check_put(&packed, packed.data, packed.size);
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("mrk"), MRRC_WRITE_PYMARC);
    CHECK(mrrc_encoder_records(encoder, packed.data, ends, 1, &out, NULL, NULL) == MRRC_OK);
    CHECK_BYTES(out.data, out.size, wanted, sizeof wanted - 1);
    CHECK(mrrc_encoder_records(encoder, packed.data, ends, 1, &out, NULL, NULL) == MRRC_OK);
    CHECK(out.size == 2 * (sizeof wanted - 1) + 1);
    CHECK(out.data[sizeof wanted - 1] == '\n' && out.data[sizeof wanted] == '=');
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
}

int main(void) {
    swept what = {"mrk", HEAD "=001  {bsol}\n=245  1{dollar}${acute}x{foo}{acute}ey$b\n\n=245  1\n",
                  L "@001a$\\ @245$\\~$\\${}~a\r\n@500  ~ax"};
    swept plain = {"mrk", HEAD, L "@001 1 @245 0~aTitle ~bx~1@500  "};
    test_reading();
    test_faults();
    test_writing();
    test_pymarc();
    check_memory_sweep(sweep_reading, &what);
    check_memory_sweep(sweep_writing, &what);
    check_memory_sweep(sweep_writing, &plain);
    return check_report();
}
