/* SPDX-License-Identifier: MIT
 *
 * Writing MODS: whole files against what they have to look like, a document alone and as a
 * part of a collection, what is refused or replaced, records that lie, and memory that runs
 * out.
 */
#include "check.h"
#include "conversion.h"
#include "formats.h"

#define LEADER "00000nam a2200000 a 4500"
#define BODY                                                                             \
    "<titleInfo><nonSort xml:space=\"preserve\">The </nonSort><title>cat</title></titleInfo>"

/* ---- files ---- */

static void read_file(const char *folder_and_name, const char *suffix, mrrc_buffer *to) {
    char path[256], block[4096];
    snprintf(path, sizeof path, "tests/data/mods/%s%s", folder_and_name, suffix);
    FILE *file = fopen(path, "rb");
    CHECK_FOR(file != NULL, "%s", path);
    if (file == NULL)
        return;
    for (size_t size; (size = fread(block, 1, sizeof block, file)) > 0;)
        check_put(to, block, size);
    fclose(file);
}

static void write_file(mrrc_buffer *source, mrrc_buffer *out) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("mods"), 0);
    mrrc_batch_view view;
    mrrc_error err = {0};
    CHECK(mrrc_reader_open_memory(reader, source->data, source->size) == MRRC_OK);
    CHECK(mrrc_encoder_begin(encoder, out) == MRRC_OK);
    while (mrrc_reader_next(reader, 0, &view, &err) == MRRC_OK) {
        size_t done = 0;
        CHECK(view.marked == 0);
        CHECK(mrrc_encoder_records(encoder, view.block, view.ends, view.count, out, &done,
                                   &err) == MRRC_OK);
        CHECK(done == view.count);
    }
    CHECK(err.code == 0);
    CHECK(mrrc_encoder_end(encoder, out) == MRRC_OK);
    mrrc_encoder_free(encoder);
    mrrc_reader_free(reader);
}

static void test_files(void) {
    static const char *const cases[] = {"write_catalogue", "write_media", "write_odd",
                                        "write_rda", "write_scripts", "write_serial"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer source = {0}, expected = {0}, out = {0};
        read_file(cases[i], ".mrc", &source);
        read_file(cases[i], ".written.mods.xml", &expected);
        write_file(&source, &out);
        CHECK_FOR(check_same(&out, &expected), "%s", cases[i]);
        mrrci_buffer_clear(&source);
        mrrci_buffer_clear(&expected);
        mrrci_buffer_clear(&out);
    }
}

/* ---- documents ---- */

static int encode(const void *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                  mrrc_buffer *notes, mrrc_error *err) {
    mrrci_how how = {.flags = flags, .number = 7, .notes = notes};
    uint8_t *copy = check_copy(packed, size);
    int status = mrrci_mods_encode(copy, size, &how, out, err);
    free(copy);
    return status;
}

#define ENCODE(literal, flags, out, notes, err) \
    encode(literal, sizeof(literal) - 1, flags, out, notes, err)

static void test_documents(void) {
    static const char record[] = "00000nzz a2200000   4500\x1e" "24504\x1f" "aThe cat";
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    check_put_text(&out, "before");
    CHECK(ENCODE(record, 0, &out, NULL, &err) == MRRC_OK);
    CHECK_BUFFER(out, "before<mods version=\"3.8\">\n  " BODY "\n</mods>\n");
    out.size = 0;
    CHECK(ENCODE(record, MRRC_WRITE_ALONE, &out, NULL, NULL) == MRRC_OK);
    CHECK_BUFFER(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                      "<mods xmlns=\"http://www.loc.gov/mods/v3\""
                      " xmlns:xlink=\"http://www.w3.org/1999/xlink\""
                      " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                      " xsi:schemaLocation=\"http://www.loc.gov/mods/v3"
                      " http://www.loc.gov/standards/mods/v3/mods-3-8.xsd\" version=\"3.8\">" BODY
                      "</mods>");
    CHECK(err.code == 0);
    mrrci_buffer_clear(&out);
}

/* ---- what is replaced, what is refused ---- */

static void test_replaced(void) {
    static const char record[] = LEADER "\x1e" "24500\x1f" "aA\x01" "B\x1e"
                                        "500  \x1f" "a\xef\xbf\xbe";
    mrrc_buffer out = {0}, notes = {0};
    mrrc_error err = {0};
    CHECK(ENCODE(record, 0, &out, &notes, &err) == MRRC_NOTED);
    check_put(&out, "", 1);
    CHECK(strstr(out.text, "<title>A\xef\xbf\xbd" "B</title>") != NULL);
    CHECK(strstr(out.text, "<note>\xef\xbf\xbd</note>") != NULL);
    CHECK_EQ_INT(notes.size, 2 * sizeof(mrrc_diagnostic));
    const mrrc_diagnostic *seen = (const mrrc_diagnostic *)(const void *)notes.data;
    if (notes.size == 2 * sizeof *seen) {
        CHECK_EQ_INT(seen[0].code, MRRC_ERR_CHARACTER_REFUSED);
        CHECK_EQ_INT(seen[0].found, 1);
        CHECK_EQ_INT(seen[0].record, 6);
        CHECK(memcmp(seen[0].tag, "245", 3) == 0);
        CHECK_EQ_INT(seen[1].found, 0xFFFE);
        CHECK(memcmp(seen[1].tag, "500", 3) == 0);
    }
    CHECK(err.code == 0);
    out.size = 0;
    CHECK(ENCODE(record, 0, &out, NULL, NULL) == MRRC_NOTED);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&notes);
}

static void test_refused(void) {
    static const struct {
        const char *packed;
        int status;
        const char *tag;
    } cases[] = {
        {"short", MRRC_ERR_PACKED_INVALID, ""},
        {"", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "no field", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "\x1e" "24", MRRC_ERR_PACKED_INVALID, ""},
        {LEADER "\x1e" "24500\x1f" "a\xff", MRRC_ERR_TEXT_INVALID, "245"},
        {LEADER "\x1e" "24500\x1f" "aA\x1e" "99900\x1f" "a\xc3", MRRC_ERR_TEXT_INVALID, "999"},
        {LEADER "\x1e" "24500\x1f" "aA\x1e" "001\xed\xa0\x80", MRRC_ERR_TEXT_INVALID, "001"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer out = {0}, notes = {0};
        mrrc_error err = {0};
        check_put_text(&out, "before");
        int status = encode(cases[i].packed, strlen(cases[i].packed), 0, &out, &notes, &err);
        CHECK_EQ_INT(status, cases[i].status);
        CHECK_EQ_INT(err.code, cases[i].status);
        CHECK(strcmp((const char *)err.tag, cases[i].tag) == 0);
        CHECK_BUFFER(out, "before");
        CHECK(notes.size == 0);
        CHECK(encode(cases[i].packed, strlen(cases[i].packed), 0, &out, NULL, NULL) ==
              cases[i].status);
        mrrci_buffer_clear(&out);
        mrrci_buffer_clear(&notes);
    }
}

/* ---- records by chance ---- */

/* Whether every element is closed where it has to be and none is empty. */
static bool is_well_made(const char *at) {
    enum { DEPTH = 16 };
    const char *open[DEPTH] = {NULL}; /* where their names begin */
    size_t depth = 0;
    bool opened = false; /* the tag before this one, with nothing behind it */
    for (; (at = strchr(at, '<')) != NULL; at++) {
        const char *end = strchr(at, '>');
        if (end == NULL)
            return false;
        if (at[1] != '/') {
            if (depth == DEPTH)
                return false;
            open[depth++] = at + 1;
            opened = end[1] == '<';
            continue;
        }
        size_t size = (size_t)(end - at) - 2;
        if (opened || depth == 0 || strncmp(open[--depth], at + 2, size) != 0 ||
            strchr(" >", open[depth][size]) == NULL)
            return false;
    }
    return depth == 0;
}

/* Bytes that make every part of the writer do something, in any order. */
static void test_chance(void) {
    static const char *const pieces[] = {
        "\x1e" "245", "\x1e" "100", "\x1e" "880", "\x1e" "773", "\x1e" "490", "\x1e" "260",
        "\x1e" "264", "\x1e" "008", "\x1e" "007", "\x1e" "006", "\x1e" "050", "\x1e" "650",
        "\x1e" "045", "\x1e" "041", "\x1e" "856", "\x1e" "534", "\x1e" "700", "\x1e" "028",
        "\x1f" "a", "\x1f" "6245-01/(N", "\x1f" "t", "\x1f" "q1:2<3", "\x1f" "b", "\x1f" "c",
        "\x1f" "0(x)y", "\x1f" "0http://x", "\x1f" "4", "\x1f" "e", "\x1f" "", " ", "[", "]", ".",
        "...", "(", ")", "/", "-", ":", "<", "1", "00", "12", "\xc3\xa9", "\xe2\x84\xa2", "eng",
        "cr        a p", "880101s1987    ru", "d1900", "|"};
    enum { RUNS = 3000, PIECES = 40, COUNT = sizeof pieces / sizeof pieces[0] };
    uint64_t state = 4711;
    for (int run = 0; run < RUNS; run++) {
        mrrc_buffer packed = {0}, out = {0};
        mrrc_error err = {0};
        check_put_text(&packed, LEADER "\x1e" "245");
        for (uint32_t left = check_random(&state, PIECES); left > 0; left--)
            check_put_text(&packed, pieces[check_random(&state, COUNT)]);
        packed.data[6] = (uint8_t)"acegijmoprtz"[check_random(&state, 12)];
        int status = encode(packed.data, packed.size, 0, &out, NULL, &err);
        /* a subfield in a control field is a control character */
        CHECK_FOR(status == MRRC_OK || status == MRRC_NOTED, "%d", status);
        CHECK(err.code == 0);
        check_put(&out, "", 1);
        CHECK_FOR(is_well_made(out.text), "%s", out.text);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
}

/* A long value that belongs to many elements is not written for each of them. */
static void test_repeated(void) {
    enum { TIMES = 5000 };
    static const char *const fields[] = {"\x1e" "85640", "\x1e" "336  ", "\x1e" "0247 ",
                                         "\x1e" "041 7", "\x1e" "082  ", "\x1e" "337  "};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        mrrc_buffer packed = {0}, out = {0};
        check_put_text(&packed, LEADER);
        check_put_text(&packed, fields[i]);
        for (size_t j = 0; j < TIMES; j++)
            check_put_text(&packed, "\x1f" "u1\x1f" "a1\x1f" "zlong");
        check_put_text(&packed, "\x1f" "2");
        for (size_t j = 0; j < TIMES; j++)
            check_put_text(&packed, "long");
        CHECK(encode(packed.data, packed.size, 0, &out, NULL, NULL) == MRRC_OK);
        CHECK(out.size < 200 * TIMES);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
}

/* ---- memory ---- */

static int encode_with_failures(void) {
    static const char record[] =
        LEADER "\x1e" "008880101s1987    ru            000 0 rus d\x1e"
        "1001 \x1f" "aDoe, J.\x1f" "bII\x1f" "cSir\x1f" "eauthor\x1e"
        "24500\x1f" "aA\x1f" "fB\x01\x1f" "bC\x1f" "kD\x1e" "260  \x1f" "aX\x1f" "bY\x1e"
        "500  \x1f" "aOne\x1f" "bTwo\x1e" "7730 \x1f" "tT\x1f" "q1:2<3";
    mrrc_buffer out = {0}, notes = {0};
    mrrc_error err = {0};
    mrrci_how how = {.number = 1, .notes = &notes};
    int status = mrrci_mods_encode((const uint8_t *)record, sizeof record - 1, &how, &out, &err);
    if (status < 0)
        CHECK(out.size == 0 && notes.size == 0 && err.code == status);
    else
        CHECK(status == MRRC_NOTED && notes.size == sizeof(mrrc_diagnostic));
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&notes);
    return status;
}

int main(void) {
    test_files();
    test_documents();
    test_replaced();
    test_refused();
    test_chance();
    test_repeated();
    sweep(encode_with_failures);
    return check_report();
}
