/* SPDX-License-Identifier: MIT
 *
 * What the formats by lines share: line ends, places, recovery, limits and memory.  The line
 * format stands for all; what each has of its own is in its own test.
 */
#include "check_lines.h"
#include "formats.h"
#include "lines.h"

static void test_line_ends(void) {
    CHECK_READ("line", "", "");
    CHECK_READ("line", "\n\r\n\r\r\n", "");
    CHECK_READ("line", CHECK_LEADER "\n001 a\n\n", "0+32 " CHECK_LEADER "@001a\n");
    CHECK_READ("line", CHECK_LEADER "\r\n001 a\r\n\r\n", "0+35 " CHECK_LEADER "@001a\n");
    CHECK_READ("line", CHECK_LEADER "\r001 a\r\r", "0+32 " CHECK_LEADER "@001a\n");
    CHECK_READ("line", CHECK_LEADER "\n001 a\r003 b\r\n\n",
               "0+39 " CHECK_LEADER "@001a@003b\n");
    /* no line end, or half of an end, behind the last line */
    CHECK_READ("line", CHECK_LEADER "\n001 a", "0+30 " CHECK_LEADER "@001a\n");
    CHECK_READ("line", CHECK_LEADER "\r\n001 a\r", "0+32 " CHECK_LEADER "@001a\n");
    CHECK_READ("line", CHECK_LEADER, "0+24 " CHECK_LEADER "\n");
    /* records, and what stands between them */
    CHECK_READ("line",
               "\n" CHECK_LEADER "\n001 a\n\n\n\n\r\n" CHECK_LEADER "\r\r" CHECK_LEADER "\n001 c\n",
               "1+32 " CHECK_LEADER "@001a\n37+26 " CHECK_LEADER "\n63+31 " CHECK_LEADER
               "@001c\n");
    /* zeros and other control characters are text */
    CHECK_READ("line", CHECK_LEADER "\n001 a\tb\x01\x7F\n",
               "0+35 " CHECK_LEADER "@001a\tb\x01\x7F\n");
}

static void test_byte_order_mark(void) {
    CHECK_READ("line", "\xEF\xBB\xBF", "");
    CHECK_READ("line", "\xEF\xBB\xBF\n" CHECK_LEADER "\n", "4+25 " CHECK_LEADER "\n");
    CHECK_READ("line", "\xEF\xBB\xBF" CHECK_LEADER "\n001 a\n", "3+31 " CHECK_LEADER "@001a\n");
    /* the column counts the bytes of the line as it stands in the source */
    CHECK_READ("line", "\xEF\xBB\xBF" "2450\n\n" CHECK_LEADER "\n",
               "fault -413 of 1 at 3, 1:4, tag 245: neither a leader nor a tag with a blank "
               "behind it [2450]\n9+25 " CHECK_LEADER "\n");
    /* elsewhere it is a character, and not the beginning of a line */
    CHECK_READ("line", CHECK_LEADER "\n\xEF\xBB\xBF" "001 a\n",
               "fault -413 of 1 at 25, 2:1, tag ???: neither a leader nor a tag with a blank "
               "behind it [\xEF\xBB\xBF" "001 a]\n");
    CHECK_READ("line", "\xEF\xBB", "fault -301 of 1 at 0, 1:1, tag : not UTF-8 [\xEF\xBB]\n");
}

static void test_faults(void) {
    /* the records before, the fault, and those behind; a bad record has one fault */
    CHECK_READ("line",
               CHECK_LEADER "\n001 a\n\n" CHECK_LEADER "\n001 b\n245 10 $a x\xE9y\n\xFF\nbad\n\n"
               CHECK_LEADER "\n001 c\n",
               "0+32 " CHECK_LEADER "@001a\n"
               "fault -301 of 2 at 74, 6:12, tag 245: not UTF-8 [\xE9y]\n"
               "84+31 " CHECK_LEADER "@001c\n");
    CHECK_READ("line", CHECK_LEADER "\n001 \xC3\xA9\xE2\x82\n",
               "fault -301 of 1 at 31, 2:7, tag 001: not UTF-8 [\xE2\x82]\n");
    CHECK_READ("line", CHECK_LEADER "\n245 10 $a x\x1F" "by\n",
               "fault -106 of 1 at 36, 2:12, tag 245: a control character that MARC uses as a "
               "delimiter [\x1F" "by]\n");
    CHECK_READ("line", CHECK_LEADER "\n001 \x1C\x1D\n",
               "fault -106 of 1 at 30, 2:6, tag 001: a control character that MARC uses as a "
               "delimiter [\x1D]\n");
    CHECK_READ("line", CHECK_LEADER "\n001 a\n\n" CHECK_LEADER "\n001 \x1E\n",
               "0+32 " CHECK_LEADER "@001a\nfault -106 of 2 at 61, 5:5, tag 001: a control "
               "character that MARC uses as a delimiter [\x1E]\n");
    /* up to 32 of the bytes */
    CHECK_READ("line", CHECK_LEADER "\n2450123456789012345678901234567890123456789\n",
               "fault -413 of 1 at 25, 2:1, tag 245: neither a leader nor a tag with a blank "
               "behind it [24501234567890123456789012345678]\n");
}

static void test_missing_leader(void) {
    CHECK_READ("line", "001 a\n\n" CHECK_LEADER "\n",
               "0+7 " CHECK_BLANK_LEADER "@001a\n  note -2 at 0+0 \n7+25 " CHECK_LEADER "\n");
}

/* A file of one record in which `size` bytes stand between head and tail. */
static mrrc_buffer make_long(const char *head, size_t size, const char *tail) {
    mrrc_buffer file = {0};
    check_put_text(&file, head);
    if (mrrci_buffer_reserve(&file, size) < 0)
        abort();
    memset(file.data + file.size, 'x', size);
    file.size += size;
    check_put_text(&file, tail);
    return file;
}

static void test_limits(void) {
    static const char head[] = CHECK_LEADER "\n001 a\n\n" CHECK_LEADER "\n001 ";
    static const char tail[] = "\n003 b\n\n" CHECK_LEADER "\n001 c\n";
    static const size_t pieces[] = {0, 100003, (size_t)5 << 20};
    size_t fits = MRRCI_LINES_RECORD_MAX - sizeof CHECK_LEADER "\n001" + 1 - sizeof "003 b" - 1;
    static const struct {
        size_t more;
        const char *what;
    } cases[] = {{0, NULL},
                 {1, "6:1, tag 003: a record of more than 16 MiB"},
                 {30, "5:1, tag 001: a record of more than 16 MiB"},
                 {100, "5:16777217, tag 001: a line of more than 16 MiB"},
                 {1 << 20, "5:16777217, tag 001: a line of more than 16 MiB"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
            mrrc_buffer file = make_long(head, fits + cases[i].more, tail);
            told to = read_told("line", (const char *)file.data, file.size, pieces[j]);
            check_put(&to.text, "", 1);
            CHECK_FOR(to.status == MRRC_END && to.records == (cases[i].what == NULL ? 3 : 2),
                      "case %zu, piece %zu", i, pieces[j]);
            if (cases[i].what != NULL) {
                CHECK_FOR(strstr(to.text.text, cases[i].what) != NULL, "case %zu: %s", i,
                          to.text.text);
                CHECK(strncmp(strchr(to.text.text, '\n') + 1, "fault -401 of 2 ", 16) == 0);
            }
            char last[64];
            snprintf(last, sizeof last, "\n%zu+31 " CHECK_LEADER "@001c\n",
                     file.size - (sizeof CHECK_LEADER "\n001 c\n" - 1));
            CHECK_FOR(strstr(to.text.text, last) != NULL, "case %zu", i);
            mrrci_buffer_clear(&to.text);
            mrrci_buffer_clear(&file);
        }
}

/* A line too long that is the first of all, and one that never ends. */
static void test_long_lines(void) {
    mrrc_buffer first = make_long("24510 ", MRRCI_LINES_RECORD_MAX, "\n\n" CHECK_LEADER "\n");
    mrrc_buffer only = make_long("", MRRCI_LINES_RECORD_MAX + 99, "\r");
    static const char fault[] = "fault -401 of 1 at 16777216, 1:16777217, tag ";
    for (size_t piece = 0; piece < 2000000; piece += 1000003) {
        told to = read_told("line", first.text, first.size, piece);
        CHECK(to.status == MRRC_END && to.records == 1);
        CHECK(memcmp(to.text.text, fault, sizeof fault - 1) == 0);
        mrrci_buffer_clear(&to.text);
        to = read_told("line", only.text, only.size, piece);
        CHECK(to.status == MRRC_END && to.records == 0);
        CHECK(memcmp(to.text.text, fault, sizeof fault - 1) == 0);
        mrrci_buffer_clear(&to.text);
    }
    mrrci_buffer_clear(&first);
    mrrci_buffer_clear(&only);
}

/* A file of many records gives them in batches, in every one from where the last ended. */
static void test_batches(void) {
    enum { RECORDS = 4000 };
    mrrc_buffer file = {0};
    for (unsigned i = 0; i < RECORDS; i++) {
        char record[128];
        snprintf(record, sizeof record, CHECK_LEADER "\n001 %u\n245 10 $a T\xC3\xA9 $b %u\n%s", i,
                 i * i, i % 3 == 0 ? "\n" : i % 3 == 1 ? "\r\n" : "");
        check_put_text(&file, record);
    }
    told whole = read_told("line", (const char *)file.data, file.size, 0);
    CHECK(whole.status == MRRC_END && whole.records == RECORDS);
    for (size_t piece = 1; piece < 30000; piece = piece * 7 + 3) {
        told to = read_told("line", (const char *)file.data, file.size, piece);
        CHECK_FOR(to.status == MRRC_END && check_same(&to.text, &whole.text), "piece %zu", piece);
        mrrci_buffer_clear(&to.text);
    }
    mrrci_buffer_clear(&whole.text);
    mrrci_buffer_clear(&file);
}

static void test_memory(void) {
    swept what = {"line",
                  "001 a\n\n" CHECK_LEADER "\n001 b\n245 10 $a x $b y\n\n" CHECK_LEADER
                  "\n001 c\nbad\n\n" CHECK_LEADER "\n001 d",
                  NULL};
    check_memory_sweep(sweep_reading, &what);
}

/* What no encoder of these formats writes. */
static void test_refused(void) {
    static const char *formats[] = {"line", "mrk", "aleph"};
    for (size_t i = 0; i < 3; i++) {
        CHECK_WRITTEN(formats[i], 0, "", MRRC_ERR_PACKED_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "x", MRRC_ERR_PACKED_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@24", MRRC_ERR_PACKED_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, "00000nam\xC3\xA9 2200000   4500", MRRC_ERR_LEADER_INVALID, "",
                      "");
        CHECK_WRITTEN(formats[i], 0, "00000nam~a2200000   4500", MRRC_ERR_LEADER_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@24\n10~ax", MRRC_ERR_TAG_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@001x@2\xC3\xA9" "10~ax", MRRC_ERR_TAG_INVALID,
                      "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@245~ax", MRRC_ERR_INDICATOR_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@2451~ax", MRRC_ERR_INDICATOR_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@245123~ax", MRRC_ERR_INDICATOR_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@245\xC3\xA9~ax", MRRC_ERR_INDICATOR_INVALID, "",
                      "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@24510~~ax", MRRC_ERR_CODE_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@24510~", MRRC_ERR_CODE_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@24510~ax\x1D", MRRC_ERR_FIELD_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@001a~b", MRRC_ERR_FIELD_INVALID, "", "");
        CHECK_WRITTEN(formats[i], 0, CHECK_LEADER "@24510~ax\xE9", MRRC_ERR_TEXT_INVALID, "", "");
        CHECK_BACK(formats[i], CHECK_LEADER);
        CHECK_BACK(formats[i], CHECK_LEADER "@001@008@24510@245  ~a@2450\xC3\xA9~\xC3\xA9~b~ax");
        CHECK_BACK(formats[i], CHECK_LEADER "@00A  ~ax@9992 ~1 a ~2  b@001   7 ");
    }
}

/* Writes what was read; unless that is noted, reading it again has to give the same. */
static void check_again(const char *format, const mrrc_batch_view *view) {
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find(format), 0);
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(format));
    mrrc_buffer out = {0};
    mrrc_batch_view again;
    mrrc_error err = {0};
    size_t noted, done = 0;
    int status = mrrc_encoder_records(encoder, view->block, view->ends, view->count, &out, &done,
                                      &err);
    CHECK(status == MRRC_OK ? done == view->count : status == MRRC_ERR_TAG_INVALID);
    (void)mrrc_encoder_notes(encoder, &noted);
    mrrc_reader_open_memory(reader, out.data, out.size);
    if (status == MRRC_OK && noted == 0 &&
        CHECK(mrrc_reader_next(reader, 0, &again, &err) == MRRC_OK)) {
        CHECK_BYTES(again.block, again.block_size, view->block, view->block_size);
        CHECK(again.count == view->count && again.notes_count == 0);
    }
    mrrc_reader_free(reader);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
}

/* Files with bytes exchanged by chance: the same in any pieces, and written as they were
 * read. */
static void test_chance(void) {
    enum { ROUNDS = 1500, SIZE = 200 };
    static const char *const files[][2] = {
        {"line", CHECK_LEADER "\n001 a\n245 10 $a x $b y\n    z\n500   *ab*c d\n\n"
                 CHECK_LEADER "\r\n(c\r\n24500$a \xC3\xA9\n"},
        {"mrk", "=LDR  " CHECK_LEADER "\n=001  a\\\n=245  1\\$ax{acute}e$b{dollar}{x}\n\n"
                "=LDR  " CHECK_LEADER "\r\n=245 00$a\xC3\xA9{esc}b2\n"},
        {"aleph", "000000001 FMT   L BK\n000000001 LDR   L " CHECK_LEADER "\n"
                  "000000001 008   L a^b\n000000002 24510 L $$ax$$by\n"
                  "000000002 500   L $$a\xC3\xA9\n"},
    };
    static const char bytes[] = "$${}\\^=_* 0 1\n\n\r\xC3\xA9(abLDR\x1E";
    uint64_t chance = 88172645463325252u;
    for (size_t i = 0; i < 3 * ROUNDS; i++) {
        const char *format = files[i % 3][0], *text = files[i % 3][1];
        char file[SIZE];
        size_t size = strlen(text);
        memcpy(file, text, size);
        for (uint32_t j = check_random(&chance, 6) + 1; j > 0; j--)
            file[check_random(&chance, (uint32_t)size)] =
                bytes[check_random(&chance, sizeof bytes - 1)];
        told whole = read_told(format, file, size, 0);
        for (size_t piece = 1; piece < 20; piece += 6) {
            told to = read_told(format, file, size, piece);
            CHECK_BYTES(to.text.data, to.text.size, whole.text.data, whole.text.size);
            mrrci_buffer_clear(&to.text);
        }
        mrrci_buffer_clear(&whole.text);
        mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(format));
        mrrc_batch_view view;
        mrrc_reader_open_memory(reader, (const uint8_t *)file, size);
        for (int status = MRRC_OK; status != MRRC_END;) {
            status = mrrc_reader_next(reader, 0, &view, NULL);
            if (status == MRRC_OK)
                check_again(format, &view);
        }
        mrrc_reader_free(reader);
    }
}

/* Fields and values of all lengths around the steps in which they are found and copied, and
 * more of them than are found at once; what is expected is put together byte by byte. */
static void test_long_records(void) {
    static const size_t lengths[] = {0, 1, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 500};
    enum { COUNT = sizeof lengths / sizeof *lengths, MOST = 40 };
    static uint8_t packed[1 << 17], expected[1 << 18];
    mrrc_buffer notes = {0};
    for (unsigned fields = 1; fields <= MOST; fields++) {
        size_t size = MRRCI_LEADER_SIZE, end = MRRCI_LEADER_SIZE + 1;
        memcpy(packed, CHECK_LEADER, MRRCI_LEADER_SIZE);
        memcpy(expected, CHECK_LEADER "\n", MRRCI_LEADER_SIZE + 1);
        for (unsigned field = 0; field < fields; field++) {
            memcpy(packed + size, "\x1E" "24510", 6);
            size += 6;
            memcpy(expected + end, "245 10", 6);
            end += 6;
            for (unsigned i = 0; i <= (field * fields) % 29; i++) {
                size_t length = lengths[(field + i * fields) % COUNT];
                memcpy(packed + size, "\x1F" "a", 2);
                memset(packed + size + 2, 'v', length);
                size += 2 + length;
                memcpy(expected + end, " $a ", 4);
                memset(expected + end + 4, 'v', length);
                end += 4 + length;
            }
            expected[end++] = '\n';
        }
        expected[end++] = '\n';
        /* to the byte, so that a sanitizer sees what is read behind it */
        mrrc_buffer out = {0};
        uint8_t *copy = check_copy(packed, size);
        mrrci_how how = {.notes = &notes, .number = 1};
        CHECK(mrrci_line_encode(copy, size, &how, &out, NULL) == MRRC_OK);
        CHECK(out.size == end && memcmp(out.data, expected, end) == 0);
        free(copy);
        mrrci_buffer_clear(&out);
    }
    CHECK(notes.size == 0);
    mrrci_buffer_clear(&notes);
}

int main(void) {
    test_line_ends();
    test_byte_order_mark();
    test_faults();
    test_missing_leader();
    test_limits();
    test_long_lines();
    test_long_records();
    test_batches();
    test_memory();
    test_refused();
    test_chance();
    return check_report();
}
