/* SPDX-License-Identifier: MIT
 *
 * Records in XML, part by part: what is read as it stands, what is read and noted, and
 * what makes a record a fault; with a record before and one behind, which come in any case.
 */
#include "check.h"
#include "outcome.h"

#define LEADER "00000nam a2200000   4500"
#define EMPTY "          22        4500"
#define FULL "<leader>" LEADER "</leader>"

/* What a record's content gives: its packed form, with '|' for 0x1E and '$' for 0x1F, and
 * each note as " (code tag offset size)"; or "code offset tag detail" of the fault.
 * Offsets are from the record's begin. */
static void summarise(const char *content, mrrc_buffer *to) {
    static const char before[] = "<c><record>" FULL "</record>", behind[] = "<record/></c>";
    mrrc_buffer document = {0};
    size_t first = sizeof before - 1;
    check_put_text(&document, before);
    check_put_text(&document, content);
    check_put_text(&document, behind);
    uint8_t *exact = check_copy(document.data, document.size);
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcxml"));
    mrrc_reader_open_memory(reader, exact, document.size);
    size_t records = 0, last = 0;
    int status = MRRC_OK;
    to->size = 0;
    while (status != MRRC_END) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        char line[200];
        status = mrrc_reader_next(reader, 0, &view, &err);
        if (status < 0) {
            snprintf(line, sizeof line, "%d %lu %s %s", status, (unsigned long)(err.offset - first),
                     (char *)err.tag, err.detail);
            check_put_text(to, line);
            records++;
        }
        for (size_t i = 0, start = 0; status == MRRC_OK && i < view.count; start = view.ends[i++]) {
            last = (size_t)view.offsets[i];
            if (records++ == 0 || last == first + strlen(content))
                continue;
            for (size_t at = start; at < view.ends[i]; at++) {
                uint8_t byte = view.block[at];
                check_put(to, byte == 0x1E ? "|" : byte == 0x1F ? "$" : (const char *)&byte, 1);
            }
            for (size_t k = 0; k < view.notes_count; k++) {
                const mrrc_diagnostic *note = &view.notes[k];
                if (note->record != i)
                    continue;
                snprintf(line, sizeof line, " (%d %.3s %lu %lu)", note->code,
                         (const char *)note->tag, (unsigned long)(note->offset - first),
                         (unsigned long)note->size);
                check_put_text(to, line);
            }
        }
    }
    CHECK(last == first + strlen(content)); /* the record behind came too */
    mrrc_reader_free(reader);
    free(exact);
    mrrci_buffer_clear(&document);
}

static void check_content(const char *content, const char *wanted, int line) {
    mrrc_buffer seen = {0};
    summarise(content, &seen);
    check_bytes(seen.data, seen.size, wanted, strlen(wanted), __FILE__, line, content);
    mrrci_buffer_clear(&seen);
}

#define GIVES(content, wanted) check_content(content, wanted, __LINE__)
#define RECORD(inside) "<record>" inside "</record>"
#define DATA(inside) \
    RECORD(FULL "<datafield tag=\"245\" ind1=\"1\" ind2=\"0\">" inside "</datafield>")

static void test_as_it_stands(void) {
    GIVES("<record/>", EMPTY);
    GIVES(RECORD(""), EMPTY);
    GIVES(RECORD(FULL), LEADER);
    GIVES(RECORD("<leader>     nam a22     uu 4500</leader>"), "     nam a22     uu 4500");
    GIVES(RECORD("<leader>     nam a22\n   &lt;   450\t</leader>"), "     nam a22\n   <   450\t");
    GIVES(RECORD("<controlfield tag=\"001\"> a \n</controlfield>" FULL), LEADER "|001 a \n");
    GIVES(DATA("<subfield code=\"a\"> T\n t </subfield>\n <subfield code=\"a\"/>"),
          LEADER "|24510$a T\n t $a");
    GIVES(RECORD(FULL "<datafield tag=\"00A\"><subfield code=\"1\">x</subfield></datafield>"
                      "<controlfield tag=\"009\"/><datafield tag=\"9-9\" ind1=\"\" ind2=\"#\"/>"),
          LEADER "|00A  $1x|009|9-9 #");
    GIVES("<record type=\"Bibliographic\" id=\"x\">" FULL "</record>", LEADER);
    GIVES(DATA("<subfield code=\"&amp;\">&lt;![CDATA[<![CDATA[<a>&amp;]]>&#x41;</subfield>"),
          LEADER "|24510$&<![CDATA[<a>&amp;A");
    GIVES(DATA("<subfield code=\"\xc3\xa9\">x<!-- c -->y<?p i?>z</subfield>"),
          LEADER "|24510$\xc3\xa9xyz");
    GIVES(RECORD(FULL "<datafield tag=\"245\" ind1=\"\xc3\xa9\" ind2=\"\xe2\x82\xac\"/>"),
          LEADER "|245\xc3\xa9\xe2\x82\xac");
}

static void test_noted(void) {
    GIVES(RECORD(FULL "<controlfield tag=\"245\">x y</controlfield>"),
          LEADER "|245  $ax y (-403 245 49 3)");
    GIVES(RECORD(FULL "<datafield tag=\"001\" ind1=\"1\"><subfield code=\"a\">x</subfield>"
                      "<subfield code=\"b\">y</subfield></datafield>"),
          LEADER "|001x y (-403 001 49 3)");
    GIVES(DATA("<subfield code=\"ab\">x</subfield>"), LEADER "|24510$ax (-202 245 88 2)");
    GIVES(RECORD(FULL "<datafield tag=\"245\" ind1=\"10\" ind2=\"\xc3\xa9x\"/>"),
          LEADER "|2451\xc3\xa9 (-201 245 49 2) (-201 245 49 3)");
    GIVES(DATA("<subfield code=\"a\">x<b>y</b><i>z</i></subfield>"),
          LEADER "|24510$axyz (-411 245 108 0)");
    GIVES(RECORD(FULL "<foo>text</foo>"), LEADER " (-411  49 0) (-411  54 0)");
    GIVES(RECORD("text" FULL "more"), LEADER " (-411  8 0)");
    GIVES(DATA("x"), LEADER "|24510 (-411 245 88 0)");
    GIVES(RECORD(FULL "<leader>" EMPTY "</leader>"), EMPTY " (-2  49 0)");
    GIVES(RECORD("<foo>" FULL "</foo>"), LEADER " (-411  8 0)");
}

static void test_faults(void) {
    GIVES(RECORD("<leader>00000nam a2200000   450</leader>"),
          "-2 39  a leader of 23 bytes, not 24");
    GIVES(RECORD("<leader/>"), "-2 8  a leader of 0 bytes, not 24");
    GIVES(RECORD("<leader>00000nam a2200000   4500 and much more than there is room</leader>"),
          "-2 73  a leader of 57 bytes, not 24");
    GIVES(RECORD("<leader>00000nam a2200000   45\xc3\xa9</leader>"),
          "-2 40  a leader that is not ASCII");
    GIVES(RECORD("<controlfield>x</controlfield>"), "-411 8  a field without a tag");
    GIVES(RECORD("<datafield tag=\"\"/>"), "-411 8  a tag that is not three ASCII characters");
    GIVES(RECORD("<datafield tag=\"2450\"/>"), "-411 8  a tag that is not three ASCII characters");
    GIVES(RECORD("<datafield tag=\"\xc3\xa9" "1\"/>"),
          "-411 8  a tag that is not three ASCII characters");
    GIVES(DATA("<subfield>x</subfield>"), "-411 88 245 a subfield without a code");
    GIVES(DATA("<subfield code=\"\">x</subfield>"), "-411 88 245 a subfield without a code");
    GIVES(RECORD("<subfield code=\"a\">x</subfield>"), "-411 8  a subfield outside of a field");
    GIVES(DATA("<subfield code=\"a\">x<subfield code=\"b\"/></subfield>"),
          "-411 108 245 a part of a record inside another");
    GIVES(DATA("<controlfield tag=\"001\"/>"), "-411 88 245 a part of a record inside another");
    GIVES(RECORD(FULL RECORD(FULL)), "-411 49  a record inside a record");
    GIVES(RECORD("<controlfield/>" RECORD(FULL) "<leader/>"), "-411 8  a field without a tag");
}

/* Elements of the same name that are somebody else's. */
static void test_wrappers(void) {
    GIVES(RECORD("<header>x</header><metadata>" RECORD(FULL) "</metadata>"), LEADER);
    GIVES(RECORD("<header status=\"deleted\"/>"), "");
    GIVES("<x xmlns=\"http://www.loc.gov/MARC21/slim\">" RECORD("<foo/>") "</x>",
          EMPTY " (-411  50 0)");
    GIVES("<leader>x</leader><subfield/>text" RECORD(FULL), LEADER);
}

int main(void) {
    test_as_it_stands();
    test_noted();
    test_faults();
    test_wrappers();
    return check_report();
}
