/* SPDX-License-Identifier: MIT
 *
 * Mnemonics and what they stand for: the table through its ends and its kinds, marks and
 * their letters, escapes, and what is left as it is.
 */
#include "check_lines.h"

#define HEAD "=LDR  " CHECK_LEADER "\n=245  10$a"

/* Reads one value and compares it and the notes, which count from the value's first byte. */
static void check_value(const char *value, const char *wanted, const char *notes) {
    enum { VALUE_AT = sizeof HEAD - 1 };
    mrrc_buffer file = {0}, text = {0};
    mrrc_batch_view view;
    told to = {0};
    check_put_text(&file, HEAD);
    check_put_text(&file, value);
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("mrk"));
    mrrc_reader_open_memory(reader, file.data, file.size);
    if (CHECK(mrrc_reader_next(reader, 0, &view, NULL) == MRRC_OK)) {
        check_put_text(&text, CHECK_LEADER "\x1E" "24510\x1F" "a");
        check_put_text(&text, wanted);
        check_bytes(view.block, view.block_size, text.data, text.size, __FILE__, __LINE__, value);
        for (size_t i = 0; i < view.notes_count; i++) {
            tell(&to, "%d at %lld+%u %u\n", view.notes[i].code,
                 (long long)view.notes[i].offset - VALUE_AT, view.notes[i].size,
                 view.notes[i].found);
            CHECK(memcmp(view.notes[i].tag, "245", 4) == 0);
        }
        check_bytes(to.text.data, to.text.size, notes, strlen(notes), __FILE__, __LINE__, value);
    }
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&to.text);
    mrrci_buffer_clear(&text);
    mrrci_buffer_clear(&file);
}

static void test_table(void) {
    static const char *const cases[][2] = {
        /* the first, the last, and the neighbours of the middle */
        {"{AElig}{zhuacy}", "\xC3\x86z\xCD\xA1h"},
        {"{dollar}{lcub}{rcub}{bsol}", "${}\\"},
        {"{Lstrok}{lstrok}{thorn}{ETH}{eth}", "\xC5\x81\xC5\x82\xC3\xBE\xC3\x90\xC3\xB0"},
        {"{copy}{pound}{deg}{iquest}{reg}", "\xC2\xA9\xC2\xA3\xC2\xB0\xC2\xBF\xC2\xAE"},
        {"{szlig}{euro}{C7}{C8}", "\xC3\x9F\xE2\x82\xAC\xC3\x9F\xE2\x82\xAC"},
        {"{joiner}{nonjoin}{alif}{ayn}", "\xE2\x80\x8D\xE2\x80\x8C\xCA\xBC\xCA\xBB"},
        {"{mdash}{hellip}{yen}{sup2}{No}", "\xE2\x80\x94\xE2\x80\xA6\xC2\xA5\xC2\xB2\xE2\x84\x96"},
        {"{agr}{frac12}{amp}{quot}{space}", "\xCE\xB1\xC2\xBD&\" "},
        /* precomposed, and romanised */
        {"{eacute}{Uuml}{scommab}{odblac}", "\xC3\xA9\xC3\x9C\xC8\x99\xC5\x91"},
        {"{SHCHcy}{jcy}{TScy}", "Shch\xC4\xADT\xCD\xA1S"},
        /* bytes and single characters */
        {"{24}{7B}{A1}{0A}{09}{1C}{A}{z}{0}", "${\xC5\x81\n\t\x1C" "Az0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_value(cases[i][0], cases[i][1], "");
}

static void test_marks(void) {
    check_value("Caf{acute}e au lait", "Caf\xC3\xA9 au lait", "");
    check_value("{circ}{acute}a{dotb}{circ}o{uml}n", "\xE1\xBA\xA5\xE1\xBB\x99n\xCC\x88", "");
    check_value("{llig}t{rlig}s {llig}i{rlig}u{acute}a", "t\xCD\xA1s i\xCD\xA1u\xC3\xA1", "");
    check_value("{acute}{space}{acute}{inodot}{breve}{Lstrok}",
                " \xCC\x81\xC4\xB1\xCC\x81\xC5\x81\xCC\x86", "");
    /* a letter that is not ASCII, that stands for itself, or begins a reference */
    check_value("{acute}\xC3\xBC{acute}\xD0\xB3{acute}\xF0\x9F\x98\x80",
                "\xC7\x98\xD1\x93\xF0\x9F\x98\x80\xCC\x81", "");
    check_value("{acute}&#x41;{acute}{amp}#x41;", "&\xCC\x81#x41;&\xCC\x81#x41;", "");
    check_value("{acute}{mdash}{acute}{dollar}", "\xE2\x80\x94\xCC\x81$\xCC\x81", "");
    /* text beside them is not normalised, and no reference */
    check_value("e\xCC\x81{acute}o e\xCC\x81 &#x41;", "e\xCC\x81\xC3\xB3 e\xCC\x81 &#x41;", "");
    /* without a letter */
    check_value("x{acute}", "x \xCC\x81", "-304 at 1+1 0\n");
    check_value("{acute}{0A}x{grave}\ty", " \xCC\x81\nx \xCC\x80\ty",
                "-304 at 0+1 0\n-304 at 12+1 0\n");
}

static void test_escapes(void) {
    check_value("{esc}{super}2{esc}s m", "\xC2\xB2 m", "");
    check_value("x{esc}(Nabc{esc}(B{dollar}", "x\xD0\x90\xD0\x91\xD0\xA6$", "");
    check_value("{esc}{dollar}1!0!{esc}(B{acute}e", "\xE4\xB8\x80\xC3\xA9", "");
    check_value("{1B})Q{C0}\xC3\xA9{mdash}{esc}(NA", "\xD2\x91\xC3\xA9\xE2\x80\x94\xD0\xB0", "");
}

static void test_unknown(void) {
    check_value("{foo} {}{ {x{y }{12345678}", "{foo} {}{ {x{y }{12345678}",
                "-302 at 0+5 0\n");
    check_value("{123456789}{a b}{\xC3\xA9}{dollar", "{123456789}{a b}{\xC3\xA9}{dollar", "");
    check_value("{80}{A0}{FF}{ac}{Acute}", "{80}{A0}{FF}{ac}{Acute}",
                "-302 at 0+4 0\n");
    check_value("{copy}{12345678}", "\xC2\xA9{12345678}", "-302 at 6+10 0\n");
    check_value("{A0}", "{A0}", "-302 at 0+4 0\n");
    check_value("{FF}", "{FF}", "-302 at 0+4 0\n");
    check_value("{ac}", "{ac}", "-302 at 0+4 0\n");
    check_value("{Acute}", "{Acute}", "-302 at 0+7 0\n");
    check_value("{{acute}e}", "{\xC3\xA9}", "");
    check_value("{acute}{foo}", "{\xCC\x81" "foo}", "-302 at 7+5 0\n");
}

/* A long value of nothing but marks, and one of nothing but braces, are read in one pass. */
static void test_hostile(void) {
    enum { COUNT = 100000 };
    mrrc_buffer value = {0};
    mrrc_batch_view view;
    check_put_text(&value, HEAD);
    for (size_t i = 0; i < COUNT; i++)
        check_put_text(&value, i < COUNT / 2 ? "{acute}" : "{");
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("mrk"));
    mrrc_reader_open_memory(reader, value.data, value.size);
    CHECK(mrrc_reader_next(reader, 0, &view, NULL) == MRRC_OK);
    CHECK(view.block_size == sizeof CHECK_LEADER - 1 + 8 + COUNT / 2 * 2 + COUNT / 2);
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&value);
}

int main(void) {
    test_table();
    test_marks();
    test_escapes();
    test_unknown();
    test_hostile();
    return check_report();
}
