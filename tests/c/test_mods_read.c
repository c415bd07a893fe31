/* SPDX-License-Identifier: MIT
 *
 * Whole documents of MODS: where records are found, what is noted, faults, the same
 * outcome for any blocks, failing memory, and the files in tests/data/mods.
 */
#include "check_mods_read.h"
#include "outcome.h"

#define NS "xmlns='http://www.loc.gov/mods/v3'"
#define TITLE(text) "<titleInfo><title>" text "</title></titleInfo>"

static void check_document(const char *document, uint32_t flags, const char *wanted, int line) {
    mrrc_buffer lines = {0};
    mods_read((const uint8_t *)document, strlen(document), flags, false, &lines);
    check_bytes(lines.data, lines.size, wanted, strlen(wanted), __FILE__, line, document);
    mrrci_buffer_clear(&lines);
}

#define CHECK_DOCUMENT(document, flags, wanted) \
    check_document((document), (flags), (wanted), __LINE__)

static void test_where(void) {
    CHECK_DOCUMENT("<mods>" TITLE("A") "</mods>", 0, "245 00$aA\n");
    CHECK_DOCUMENT("<modsCollection " NS "><mods>" TITLE("A") "</mods> <mods>" TITLE("B")
                   "</mods></modsCollection>",
                   0, "245 00$aA\n245 00$aB\n");
    CHECK_DOCUMENT("<a><b><m:mods xmlns:m='http://www.loc.gov/mods/v3'><m:titleInfo><m:title>A"
                   "</m:title></m:titleInfo></m:mods></b></a>",
                   0, "245 00$aA\n");
    CHECK_DOCUMENT("<modsCollection/>", 0, "");
    CHECK_DOCUMENT("<other>" TITLE("A") "</other>", 0, "");
    /* a record inside a record is a part of it without meaning */
    CHECK_DOCUMENT("<mods>" TITLE("A") "<extension><mods>" TITLE("B") "</mods></extension></mods>",
                   0, "245 00$aA\n887 __$aB\nnote 887\n");
    CHECK_DOCUMENT("<mods>" TITLE("A") "<mods>" TITLE("B") "</mods></mods>", 0,
                   "245 00$aA\nnote\n");
}

static void test_namespace(void) {
    static const char other[] = "<a><mods xmlns='urn:x'>" TITLE("A") "</mods><mods " NS ">"
                                TITLE("B") "<note xmlns='urn:x'>C</note></mods></a>";
    CHECK_DOCUMENT(other, 0, "245 00$aA\n245 00$aB\n500 __$aC\n");
    CHECK_DOCUMENT(other, MRRC_READ_NAMESPACE, "245 00$aB\nnote\n");
    CHECK_DOCUMENT("<mods>" TITLE("A") "</mods>", MRRC_READ_NAMESPACE, "");
}

static void test_notes(void) {
    CHECK_DOCUMENT("<mods/>", 0, "note\n");
    CHECK_DOCUMENT("<mods> \n </mods>", 0, "note\n");
    CHECK_CODED("", "00000nam a2200000uu 4500\n");
    CHECK_DOCUMENT("<mods>text</mods>", 0, "note\n");
    CHECK_MODS("<unknown/>", "note\n");
    CHECK_MODS("<unknown>a<note>b</note></unknown><note/>", "note\n");
    CHECK_MODS("<titleInfo>a<title>b</title>c</titleInfo>", "245 00$ab\nnote\n");
    CHECK_MODS("<originInfo><title>a</title></originInfo>", "note\n");
    CHECK_MODS("<originInfo> <!-- a --> <place> </place></originInfo>", "");
}

/* Where a note says that it is: at the element it is about. */
static void test_places(void) {
    static const char document[] = "<c>\n<mods><note>n</note></mods>\n<mods><x/></mods></c>";
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("mods"));
    mrrc_batch_view view;
    mrrc_error err = {0};
    mrrc_reader_open_memory(reader, (const uint8_t *)document, sizeof document - 1);
    CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK);
    CHECK_EQ_INT(view.count, 2);
    CHECK_EQ_INT(view.offsets[0], 4);
    CHECK_EQ_INT(view.lengths[0], 27);
    CHECK_EQ_INT(view.offsets[1], 32);
    CHECK_EQ_INT(view.lengths[1], 17);
    CHECK_EQ_INT(view.notes_count, 1);
    CHECK_EQ_INT(view.notes[0].record, 1);
    CHECK_EQ_INT(view.notes[0].offset, 38);
    mrrc_reader_free(reader);
}

/* The same with an element's attributes and texts between, and in a document that is
 * converted, where it is in the record. */
static void test_places_of_kinds(void) {
    static const char plain[] = "<mods><note a='>'>\xc3\xa9</note>\n<x y='1'>t</x><z/></mods>";
    static const char latin[] = "<?xml version='1.0' encoding='iso-8859-1'?>"
                                "<mods><x>\xe9</x></mods>";
    static const struct {
        const char *document;
        size_t size, count;
        uint64_t least, most;
    } cases[] = {{plain, sizeof plain - 1, 2, 28, 28}, {latin, sizeof latin - 1, 1, 44, 64}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("mods"));
        mrrc_batch_view view;
        mrrc_error err = {0};
        mrrc_reader_open_memory(reader, (const uint8_t *)cases[i].document, cases[i].size);
        CHECK(mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK);
        CHECK_EQ_INT(view.notes_count, cases[i].count);
        uint64_t offset = view.notes_count > 0 ? view.notes[0].offset : 0;
        CHECK(offset >= cases[i].least && offset <= cases[i].most);
        mrrc_reader_free(reader);
    }
}

static void test_faults(void) {
    CHECK_DOCUMENT("<c><mods>" TITLE("A") "</mods><mods>" TITLE("B"), 0,
                   "245 00$aA\nfault -1011\n");
    CHECK_DOCUMENT("<c><mods>" TITLE("A") "</mods><mods></c>", 0, "245 00$aA\nfault -1011\n");
    CHECK_DOCUMENT("<!DOCTYPE mods><mods>" TITLE("A") "</mods>", 0, "fault -1011\n");
    CHECK_DOCUMENT("<mods><title>&x;</title></mods>", 0, "fault -1011\n");
    CHECK_DOCUMENT("", 0, "fault -1011\n");
}

/* Elements in two scripts make pairs; one without its like makes none. */
static void test_groups(void) {
    CHECK_MODS("<titleInfo altRepGroup='1' script='Cyrl'><title>B</title></titleInfo>"
               "<titleInfo altRepGroup='1'><title>A</title></titleInfo>"
               "<name type='personal' altRepGroup='2'><namePart>C</namePart></name>"
               "<note altRepGroup='1'>D</note>",
               "245 00$6880-01$aA\n500 __$aD\n700 0_$aC\n880 00$6245-01/(N$aB\n");
    CHECK_MODS("<name type='personal' usage='primary' altRepGroup='x'><namePart>A</namePart>"
               "</name><name type='personal' script='Grek' altRepGroup='x'><namePart>B</namePart>"
               "</name><name type='personal' script='Hebr' altRepGroup='x'><namePart>C</namePart>"
               "</name>",
               "100 0_$6880-01$aA\n880 0_$6100-01/(S$aB\n880 0_$6100-01/(2$aC\n");
    CHECK_MODS("<note altRepGroup='1'>A</note><note altRepGroup='1' script='CJK'>B</note>",
               "500 __$6880-01$aA\n880 __$6500-01/$1$aB\n");
    CHECK_MODS("<titleInfo altRepGroup='1'><title>A</title></titleInfo>"
               "<titleInfo altRepGroup='1' script='Cyrl'><title>B</title></titleInfo>"
               "<note type='statement of responsibility' altRepGroup='2'>a</note>"
               "<note type='statement of responsibility' altRepGroup='2' script='Cyrl'>b</note>",
               "245 00$6880-01$aA$ca\n880 00$6245-01/(N$aB$cb\n");
    /* as many links as two digits can number; the others stand alone */
    mrrc_buffer inside = {0}, lines = {0};
    check_put_text(&inside, "<mods>");
    for (int i = 0; i < 120; i++) {
        char pair[200];
        snprintf(pair, sizeof pair,
                 "<note altRepGroup='g%d'>a</note><note altRepGroup='g%d' script='Cyrl'>b</note>",
                 i, i);
        check_put_text(&inside, pair);
    }
    check_put_text(&inside, "</mods>");
    mods_read(inside.data, inside.size, 0, false, &lines);
    size_t linked = 0;
    for (const char *at = lines.text; at != NULL && at < lines.text + lines.size; linked++) {
        at = memchr(at, '\n', (size_t)(lines.text + lines.size - at));
        at = at == NULL ? NULL : at + 1;
    }
    CHECK_EQ_INT(linked, 240);
    static const char last[] = "880 __$6500-99/(N$ab\n";
    CHECK(lines.size > sizeof last &&
          memcmp(lines.data + lines.size - sizeof last + 1, last, sizeof last - 1) == 0);
    mrrci_buffer_clear(&inside);
    mrrci_buffer_clear(&lines);
}

/* A record that names elements without end is read in one go, and its notes are bounded. */
static void test_many(void) {
    enum { MANY = 20000, NOTES = 1000 };
    mrrc_buffer document = {0}, lines = {0};
    check_put_text(&document, "<mods>");
    for (int i = 0; i < MANY; i++)
        check_put_text(&document, "<x/><note altRepGroup='1'>a</note>");
    check_put_text(&document, "</mods>");
    mods_read(document.data, document.size, 0, false, &lines);
    size_t count = mrrci_count_lines(lines.data, lines.size);
    CHECK_EQ_INT(count, MANY + NOTES);
    mrrci_buffer_clear(&document);
    mrrci_buffer_clear(&lines);
}

/* ---- files ---- */

static const char *const files[] = {"book", "serial", "article", "subjects",
                                    "notes", "scripts", "collection", "kinds"};
enum { FILES = sizeof files / sizeof files[0] };

static void load(const char *name, mrrc_buffer *to) {
    char path[100];
    uint8_t block[4096];
    size_t size;
    snprintf(path, sizeof path, "tests/data/mods/%s.mods.xml", name);
    FILE *file = fopen(path, "rb");
    if (!CHECK(file != NULL))
        return;
    to->size = 0;
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        check_put(to, block, size);
    fclose(file);
}

static void test_blocks(void) {
    mrrc_buffer document = {0}, whole = {0}, parts = {0};
    static const size_t feeds[] = {1, 2, 7, 100, 1000};
    for (size_t i = 0; i < FILES; i++) {
        load(files[i], &document);
        outcome_of("mods", document.data, document.size, 0, 0, &whole);
        CHECK(whole.size > 100);
        for (size_t j = 0; j < sizeof feeds / sizeof feeds[0]; j++) {
            outcome_of("mods", document.data, document.size, 0, feeds[j], &parts);
            CHECK_FOR(check_same(&whole, &parts), "%s in parts of %zu", files[i], feeds[j]);
        }
        /* cut short: what is whole is delivered, and the fault tells the same place */
        size_t cut = document.size - document.size / 4;
        outcome_of("mods", document.data, cut, 0, 0, &whole);
        outcome_of("mods", document.data, cut, 0, 3, &parts);
        CHECK_FOR(check_same(&whole, &parts), "%s cut", files[i]);
    }
    mrrci_buffer_clear(&document);
    mrrci_buffer_clear(&whole);
    mrrci_buffer_clear(&parts);
}

/* With memory failing anywhere, the outcome is right or none at all. */
static void read_file(void *context) {
    const mrrc_buffer *document = context;
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("mods"));
    int status = MRRC_ERR_MEMORY;
    size_t count = 0;
    if (reader != NULL) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        mrrc_reader_open_memory(reader, document->data, document->size);
        do {
            status = mrrc_reader_next(reader, 0, &view, &err);
            count += view.count;
        } while (status == MRRC_OK);
    }
    CHECK(status == MRRC_END || status == MRRC_ERR_MEMORY);
    CHECK(status != MRRC_END || count == 3);
    mrrc_reader_free(reader);
}

static void test_memory(void) {
    mrrc_buffer document = {0};
    load("collection", &document);
    check_memory_sweep(read_file, &document);
    mrrci_buffer_clear(&document);
}

int main(void) {
    test_where();
    test_namespace();
    test_notes();
    test_places();
    test_places_of_kinds();
    test_faults();
    test_groups();
    test_many();
    test_blocks();
    test_memory();
    return check_report();
}
