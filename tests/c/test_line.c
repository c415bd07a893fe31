/* SPDX-License-Identifier: MIT
 *
 * yaz's line format: what is read and written, and what it cannot keep.  What is expected
 * was compared with yaz-marcdump 5.34; where it differs, the test says how.
 */
#include "check_lines.h"

#define L CHECK_LEADER

static void test_reading(void) {
    CHECK_READ("line", L "\n001    00000002 \n245 10 $a A $b b /$c c  $d  d\n",
               "0+72 " L "@001   00000002 @24510~aA~bb /$c c ~d d\n");
    /* fields without subfields, and values without text */
    CHECK_READ("line", L "\n005 \n003\n245 00\n246 00 \n247 00 $a \n248 00 $a\n249 00 $a  $b x\n",
               "0+86 " L "@005@003@24500@24600@24700~a@24800~a@24900~a~bx\n");
    /* no blank in front of the first subfield; indicators of more than one byte */
    CHECK_READ("line", L "\n24510$a x $b y\n24 10 $a x\n245 \xC3\xA9\xC3\xA8 $a x\n",
               "fault -413 of 1 at 25, 2:1, tag 245: neither a leader nor a tag with a blank "
               "behind it [24510$a x $b y]\n");
    CHECK_READ("line", L "\n245 10$a x $b y\n245 \xC3\xA9\xC3\xA8 $a x\n",
               "0+55 " L "@24510~ax~by@245\xC3\xA9\xC3\xA8~ax\n");
    /* the other two markers, with which a $ is text */
    CHECK_READ("line", L "\n245 10 *a x $b y *b z*\n246 1  _a x _b *b\n",
               "0+66 " L "@24510~ax $b y~bz*@2461 ~ax~b*b\n");
    /* without blanks around them delimiters are those with a letter or digit behind */
    CHECK_READ("line", L "\n245 10 $ax$by $ z\n246 10 $acost $5.00$- \n",
               "0+66 " L "@24510~ax~by $ z@24610~acost ~5.00$- \n");
    /* with blanks a price is text, which yaz cuts off where a blank follows the digit */
    CHECK_READ("line", L "\n245 10 $a cost $5.00, $5, 10$ or x$b y $b z $c\n",
               "0+72 " L "@24510~acost $5.00, $5, 10$ or x$b y~bz $c\n");
    CHECK_READ("line", L "\n245 10 $\xC3\xA9 x $- y $  z\n", "0+48 " L "@24510~\xC3\xA9x~-y~ z\n");
    /* a control field is one by its tag; yaz splits this one at the first _ */
    CHECK_READ("line", L "\n007 cr_|||$a b\n", "0+40 " L "@007cr_|||$a b\n");
}

static void test_records(void) {
    /* comments and what ends a record */
    CHECK_READ("line", "(a file)\n" L "\n(x)\n001 a\n$\n\n" L "\n001 b\n$ x\n" L "\n" L "\n",
               "9+37 " L "@001a\n47+35 " L "@001b\n82+25 " L "\n107+25 " L "\n");
    /* a leader is one by its digits, or because it stands first */
    CHECK_READ("line", "     nam a22        4500\n001 a\n", "0+31      nam a22        4500@001a\n");
    CHECK_READ("line", "001 56789012345678901234\n245 10 $a 01234567890123\n",
               "0+50 " CHECK_BLANK_LEADER "@00156789012345678901234@24510~a01234567890123\n"
               "  note -2 at 0+0 \n");
    /* continuations keep one of their four blanks */
    CHECK_READ("line", L "\n008 one\n    two\n245 10 $a one\n    two\n     $b x\n    $c y\n",
               "0+82 " L "@008one two@24510~aone two ~bx~cy\n");
    CHECK_READ("line", L "\n245 10\n    $a one\n    two\n", "0+51 " L "@24510~aone two\n");
    CHECK_READ("line", L "\n245 10\n    one\n",
               "fault -413 of 1 at 36, 3:5, tag ???: a data field without a subfield [one]\n");
    CHECK_READ("line", L "\n    two\n001 a\n",
               "fault -413 of 1 at 25, 2:1, tag ???: a continuation of no field [    two]\n");
    CHECK_READ("line", L "\n24\n", "fault -413 of 1 at 25, 2:1, tag : neither a leader nor a tag "
                                   "with a blank behind it [24]\n");
    CHECK_READ("line", L "\n245 1\n", "fault -413 of 1 at 30, 2:6, tag 245: a data field without "
                                      "two indicators []\n");
    CHECK_READ("line", L "\n245 10 text $a\n", "fault -413 of 1 at 32, 2:8, tag 245: a data field "
                                               "without a subfield [text $a]\n");
    CHECK_READ("line", L "\n245 10 $\n", "fault -202 of 1 at 33, 2:9, tag 245: a delimiter "
                                         "without a code []\n");
    CHECK_READ("line", L "\n2\x01" "5 10 $a x\n",
               "fault -403 of 1 at 25, 2:1, tag 2?5: no tag of three ASCII characters "
               "[2\x01" "5 10 $a x]\n");
    CHECK_READ("line", "00000nam\xC3\xA9" "2200000   4500\n",
               "fault -2 of 1 at 0, 1:1, tag 000: a leader that is not ASCII "
               "[00000nam\xC3\xA9" "2200000   4500]\n");
}

static void test_writing(void) {
    CHECK_WRITTEN("line", 0, L "@001   1 @24510~aA $5.~b~c c @500  @005", MRRC_OK,
                  L "\n001    1 \n245 10 $a A $5. $b  $c  c \n500   \n005 \n\n", "");
    CHECK_WRITTEN("line", 0, L "@00A  ~\xC3\xA9\xC3\xA9", MRRC_OK,
                  L "\n00A    $\xC3\xA9 \xC3\xA9\n\n", "");
    /* a line end has no place */
    CHECK_WRITTEN("line", 0, L "@001a\nb@24510~ax\r\ny~b\n@500  ~ax", MRRC_NOTED,
                  L "\n001 a b\n245 10 $a x  y $b  \n500    $a x\n\n",
                  "-404 at 29+1 10 001\n-404 at 40+3 13 245\n");
    CHECK_WRITTEN("line", 0, "00000nam\na2200000   4500", MRRC_NOTED, L "\n\n",
                  "-404 at 8+1 10 \n");
    /* what is read as something else is told; what only looks like it is not */
    CHECK_WRITTEN("line", 0, L "@001 $a @24510~a$b x $~bcost $ 5~c $c", MRRC_OK,
                  L "\n001  $a \n245 10 $a $b x $ $b cost $ 5 $c  $c\n\n", "");
    CHECK_WRITTEN("line", 0, L "@245  ~ax $b y", MRRC_NOTED, L "\n245    $a x $b y\n\n",
                  "-106 at 24+14 36 245\n");
    CHECK_WRITTEN("line", 0, L "@245  ~ax $c~by@500  ~ax $y z", MRRC_NOTED,
                  L "\n245    $a x $c $b y\n500    $a x $y z\n\n",
                  "-106 at 24+15 36 245\n-106 at 39+14 36 500\n");
    CHECK_WRITTEN("line", 0, CHECK_BLANK_LEADER "@001x", MRRC_OK,
                  CHECK_BLANK_LEADER "\n001 x\n\n", "");
    CHECK_WRITTEN("line", 0, "(0000nam a2200000   4500", MRRC_NOTED,
                  "(0000nam a2200000   4500\n\n", "-2 at 0+24 0 \n");
    CHECK_WRITTEN("line", 0, "000 0nam a2200000   4500", MRRC_NOTED,
                  "000 0nam a2200000   4500\n\n", "-2 at 0+24 0 \n");
    CHECK_WRITTEN("line", 0, "                        ", MRRC_NOTED,
                  "                        \n\n", "-2 at 0+24 0 \n");
    CHECK_WRITTEN("line", 0, L "@(AB  ~ax", MRRC_ERR_TAG_INVALID, "", "");
    CHECK_WRITTEN("line", 0, L "@$AB  ~ax", MRRC_ERR_TAG_INVALID, "", "");
    CHECK_WRITTEN("line", 0, L "@     ~ax", MRRC_ERR_TAG_INVALID, "", "");
    CHECK_BACK("line", CHECK_BLANK_LEADER "@001 $a _@24510~a _a *b~b~c  @ 0   ~ax");
    CHECK_BACK("line", L "@24510~a$x y~$ z~_ z");
}

int main(void) {
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"
    swept what = {"line",
                  L "\n001 a\n245 10 $a x $b y\n    z\n246 11\n    $a z " LONG LONG LONG LONG
                    " $b y\n\n001 x\nbad\n\n" L,
                  L "@245  ~ax $c\n~by@500  ~ax $y z"};
    test_reading();
    test_records();
    test_writing();
    check_memory_sweep(sweep_reading, &what);
    check_memory_sweep(sweep_writing, &what);
    return check_report();
}
