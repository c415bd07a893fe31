/* SPDX-License-Identifier: MIT
 *
 * Dublin Core: what each rule of the crosswalk makes of a field, and the documents.
 */
#include "check.h"
#include "conversion.h"
#include "formats.h"

#define LEADER "00000nam a2200000   4500"
#define TYPE "type=text\n"

/* The list with "=" and line ends in place of the delimiters. */
static int list(const char *packed, mrrc_buffer *out) {
    size_t size = strlen(packed);
    uint8_t *copy = check_copy(packed, size);
    int status = mrrc_dublin_core(copy, size, out);
    free(copy);
    for (size_t i = 0; i < out->size; i++)
        out->data[i] = out->data[i] == 0x1F ? '=' : out->data[i] == 0x1E ? '\n' : out->data[i];
    return status;
}

static void check_list(const char *fields, const char *expected, int line) {
    mrrc_buffer packed = {0}, out = {0};
    check_put_text(&packed, LEADER);
    check_put(&packed, fields, strlen(fields) + 1);
    check_put_text(&out, "before");
    CHECK(list(packed.text, &out) == MRRC_OK);
    check_bytes(out.data, out.size, expected, strlen(expected), __FILE__, line, fields);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
}

#define LIST(fields, expected) check_list(fields, expected, __LINE__)

static void test_titles(void) {
    LIST("", TYPE);
    LIST("\x1e" "24510\x1f" "6880-01\x1f" "aA title :\x1f" "bits rest /\x1f" "cby me.",
         "title=A title : its rest\n" TYPE);
    LIST("\x1e" "24510\x1f" "aPart.\x1f" "n2,\x1f" "pName.", "title=Part. 2, Name\n" TYPE);
    LIST("\x1e" "24510\x1f" "aAnd so on ...", "title=And so on ...\n" TYPE);
    LIST("\x1e" "24510\x1f" "aThe U.S.", "title=The U.S.\n" TYPE);
    LIST("\x1e" "24510\x1f" "aC++ /\x1f" "cme", "title=C++\n" TYPE);
    LIST("\x1e" "24510\x1f" "aOne =\x1f" "bUno", "title=One = Uno\n" TYPE);
    LIST("\x1e" "24510\x1f" "a\xd0\x94\xd0\xbe\xd0\xbc.", "title=\xd0\x94\xd0\xbe\xd0\xbc\n" TYPE);
    LIST("\x1e" "24510\x1f" "aX\x1e" "2461 \x1f" "iOther:\x1f" "aY.", "title=X\ntitle=Y.\n" TYPE);
    LIST("\x1e" "24510\x1f" "cnobody\x1e" "24510\x1f" "a /\x1e" "24510", TYPE);
}

static void test_names(void) {
    LIST("\x1e" "1001 \x1f" "aDoe, Jane,\x1f" "d1950-\x1f" "eauthor.\x1f" "4aut",
         "contributor=Doe, Jane, 1950-\n" TYPE);
    LIST("\x1e" "1001 \x1f" "aDoe, J.", "contributor=Doe, J.\n" TYPE);
    LIST("\x1e" "1001 \x1f" "aDoe, John,\x1f" "cJr.", "contributor=Doe, John, Jr.\n" TYPE);
    LIST("\x1e" "1101 \x1f" "aUnited States.\x1f" "bCongress.",
         "contributor=United States. Congress\n" TYPE);
    LIST("\x1e" "1112 \x1f" "aSymposium\x1f" "n(2nd :\x1f" "d1990 :\x1f" "cOslo)\x1f" "jhost",
         "contributor=Symposium (2nd : 1990 : Oslo)\n" TYPE);
    LIST("\x1e" "70012\x1f" "aBach, J. S.\x1f" "tSuites,\x1f" "nno. 1,\x1f" "d1720",
         "contributor=Bach, J. S.\n" TYPE);
    LIST("\x1e" "7102 \x1f" "aIBM.\x1e" "720  \x1f" "aA\x1f" "aB", /* in the record's order */
         "contributor=IBM\ncontributor=A\ncontributor=B\n" TYPE);
}

static void test_subjects(void) {
    LIST("\x1e" "650 0\x1f" "aCats\x1f" "xHistory\x1f" "vFiction.\x1f" "2x",
         "subject=Cats--History--Fiction\n" TYPE);
    LIST("\x1e" "60010\x1f" "aDoe, Jane,\x1f" "d1950-\x1f" "vFiction.",
         "subject=Doe, Jane, 1950---Fiction\n" TYPE);
    LIST("\x1e" "05000\x1f" "aPS1\x1f" "b.A9\x1f" "aPZ3\x1e" "08204\x1f" "a813.5\x1f" "222",
         "subject=PS1 .A9\nsubject=PZ3\nsubject=813.5\n" TYPE);
    LIST("\x1e" "653  \x1f" "aone\x1f" "atwo\x1e" "653  \x1f" "aone",
         "subject=one\nsubject=two\n" TYPE);
    LIST("\x1e" "651 0\x1f" "aOslo\x1f" "xHistory.", TYPE "coverage=Oslo--History\n");
    LIST("\x1e" "752  \x1f" "aNorway\x1f" "bAkershus\x1f" "dOslo\x1e" "751  \x1f" "aX",
         TYPE "coverage=Norway--Akershus--Oslo\ncoverage=X\n");
    LIST("\x1e" "655 7\x1f" "aNovels.\x1f" "2gsafd", TYPE "type=Novels\n");
}

/* Each row of the crosswalk that no other test is about: a field of $a, or of $t. */
static void test_rows(void) {
    static const struct {
        const char *tag, *element;
        char code;
    } rows[] = {
        {"060", "subject", 'a'},    {"080", "subject", 'a'},    {"610", "subject", 'a'},
        {"611", "subject", 'a'},    {"630", "subject", 'a'},    {"111", "contributor", 'a'},
        {"711", "contributor", 'a'}, {"662", "coverage", 'a'},  {"760", "relation", 't'},
        {"762", "relation", 't'},   {"765", "relation", 't'},   {"767", "relation", 't'},
        {"770", "relation", 't'},   {"772", "relation", 't'},   {"773", "relation", 't'},
        {"774", "relation", 't'},   {"775", "relation", 't'},   {"776", "relation", 't'},
        {"777", "relation", 't'},   {"780", "relation", 't'},   {"785", "relation", 't'},
        {"787", "relation", 't'},   {"786", "relation", 'o'},   {"340", "format", 'a'},
        {"534", "source", 't'},     {"786", "source", 't'},     {"655", "type", 'a'},
        {"506", "rights", 'a'},     {"540", "rights", 'a'},     {"546", "language", 'a'},
        {"530", "relation", 'a'},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char field[40], line[40];
        mrrc_buffer packed = {0}, out = {0};
        snprintf(field, sizeof field, "\x1e%s  \x1f%cValue", rows[i].tag, rows[i].code);
        snprintf(line, sizeof line, "%s=Value\n", rows[i].element);
        check_put_text(&packed, LEADER);
        check_put(&packed, field, strlen(field) + 1);
        CHECK(list(packed.text, &out) == MRRC_OK);
        check_put(&out, "", 1);
        CHECK_FOR(strstr(out.text, line) != NULL, "%s in %s", field, out.text);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
}

/* 500 to 599 describe, less 506, 530, 540 and 546. */
static void test_every_note(void) {
    for (int tag = 500; tag < 600; tag++) {
        char field[40];
        bool other = tag == 506 || tag == 530 || tag == 540 || tag == 546;
        mrrc_buffer packed = {0}, out = {0};
        snprintf(field, sizeof field, "\x1e%d  \x1f" "aValue", tag);
        check_put_text(&packed, LEADER);
        check_put(&packed, field, strlen(field) + 1);
        CHECK(list(packed.text, &out) == MRRC_OK);
        check_put(&out, "", 1);
        CHECK_FOR((strstr(out.text, "description=Value\n") == NULL) == other, "%d", tag);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
}

static void test_imprints(void) {
    LIST("\x1e" "260  \x1f" "aNY :\x1f" "bPub,\x1f" "c2001.\x1f" "g(2002)",
         "publisher=Pub\ndate=2001\ndate=(2002)\n" TYPE);
    LIST("\x1e" "264 1\x1f" "aNY :\x1f" "bPub One ;\x1f" "bTwo,\x1f" "c[2019]\x1e" "264 4\x1f"
         "c\xc2\xa9" "2018\x1e" "264 2\x1f" "bDistributor",
         "publisher=Pub One\npublisher=Two\ndate=[2019]\ndate=\xc2\xa9" "2018\n" TYPE);
    LIST("\x1e" "008970101s1997    nyu           000 0 eng d\x1e" "260  \x1f" "c1997.",
         "date=1997\n" TYPE "language=eng\n");
    LIST("\x1e" "008970101s19uu    nyu           000 0 ||| d", "date=19uu\n" TYPE);
    LIST("\x1e" "008970101nuuuu    nyu           000 0     d", TYPE);
    LIST("\x1e" "008970101s1997    nyu", TYPE); /* too short to be trusted */
}

static void test_numbers(void) {
    LIST("\x1e" "020  \x1f" "a0-201-63361-2 (pbk.) :\x1f" "c$9\x1e" "020  \x1f" "a080442957x\x1f"
         "z1234567890",
         TYPE "identifier=URN:ISBN:0201633612\nidentifier=URN:ISBN:080442957X\n");
    LIST("\x1e" "020  \x1f" "a9780201633610\x1e" "020  \x1f" "a(pbk.)"
         "\x1e" "020  \x1f" "a97802016336101"
         "\x1e" "020  \x1f" "a020163361\x1e" "020  \x1f" "aX201633612"
         "\x1e" "020  \x1f" "a0201633612a",
         TYPE "identifier=URN:ISBN:9780201633610\nidentifier=(pbk.)\nidentifier=97802016336101\n"
              "identifier=020163361\nidentifier=X201633612\nidentifier=0201633612a\n");
    LIST("\x1e" "0220 \x1f" "a0378-5955\x1e" "0220 \x1f" "a2434561x\x1e" "022  \x1f" "a1234",
         TYPE "identifier=URN:ISSN:0378-5955\nidentifier=URN:ISSN:2434-561X\nidentifier=1234\n");
    LIST("\x1e" "0247 \x1f" "a10.1000/1\x1f" "2doi"
         "\x1e" "85640\x1f" "uhttp://a/\x1f" "uhttp://b/\x1f"
         "qtext/html",
         TYPE "format=text/html\nidentifier=10.1000/1\n"
              "identifier=http://a/\nidentifier=http://b/\n");
}

static void test_languages(void) {
    LIST("\x1e" "0411 \x1f" "aengfre\x1f" "hger",
         TYPE "language=eng\nlanguage=fre\nlanguage=ger\n");
    LIST("\x1e" "008970101s1997    nyu           000 0 eng d\x1e" "0410 \x1f" "aeng\x1f" "afre",
         "date=1997\n" TYPE "language=eng\nlanguage=fre\n");
    LIST("\x1e" "041 7\x1f" "aen-gb1\x1f" "2rfc", TYPE "language=en-gb1\n");
    LIST("\x1e" "041 7\x1f" "adeu\x1f" "aengfre", TYPE "language=deu\nlanguage=engfre\n");
    LIST("\x1e" "041  \x1f" "aengfre\x1f" "2x", TYPE "language=engfre\n");
    LIST("\x1e" "0410 \x1f" "aenglish\x1f" "a", TYPE "language=english\n");
    LIST("\x1e" "546  \x1f" "aIn French.\x1f" "bRoman", TYPE "language=In French. Roman\n");
}

static void test_notes(void) {
    LIST("\x1e" "500  \x1f" "aOne.\x1f" "5DLC\x1e" "5050 \x1f" "gv. 1.\x1f" "tA."
         "\x1e" "506  \x1f" "aShut."
         "\x1e" "530  \x1f" "aOnline.\x1f" "uhttp://a/\x1e" "540  \x1f" "aFree."
         "\x1e" "546  \x1f" "aX."
         "\x1e" "599  \x1f" "aLast.\x1e" "534  \x1f" "pFrom:\x1f" "tOld,\x1f" "c1800.",
         "description=One.\ndescription=v. 1. A.\ndescription=Last.\n"
         "description=From: Old, 1800.\n" TYPE
         "source=Old\nlanguage=X.\nrelation=Online. http://a/\nrights=Shut.\nrights=Free.\n");
    LIST("\x1e" "786  \x1f" "o123\x1f" "tBig\x1e" "7730 \x1f" "wno\x1f" "tHost."
         "\x1e" "787  \x1f" "iSee",
         TYPE "source=123 Big\nrelation=123 Big\nrelation=Host\n");
    LIST("\x1e" "340  \x1f" "apaper\x1f" "b10 cm", TYPE "format=paper 10 cm\n");
}

static void test_types(void) {
    static const struct {
        const char *at, *expected;
    } cases[] = {{"am", "type=text\n"},
                 {"tm", "type=text\ntype=manuscript\n"},
                 {"pc", "type=mixed material\ntype=collection\ntype=manuscript\n"},
                 {"dm", "type=notated music\ntype=manuscript\n"},
                 {"fm", "type=cartographic\ntype=manuscript\n"},
                 {"jm", "type=sound recording\n"},
                 {"km", "type=still image\n"},
                 {"gm", "type=moving image\n"},
                 {"rm", "type=three dimensional object\n"},
                 {"mc", "type=software, multimedia\ntype=collection\n"},
                 {"om", ""},
                 {"zn", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char packed[] = LEADER;
        mrrc_buffer out = {0};
        memcpy(packed + 6, cases[i].at, 2);
        CHECK(list(packed, &out) == MRRC_OK);
        CHECK_BYTES(out.data, out.size, cases[i].expected, strlen(cases[i].expected));
        mrrci_buffer_clear(&out);
    }
}

/* More fields than are kept at hand, and values that come again before and behind the
 * number of them that is looked back on. */
static void test_many(void) {
    mrrc_buffer packed = {0}, out = {0};
    size_t lines = 0;
    check_put_text(&packed, LEADER);
    for (int i = 0; i < 200; i++) {
        char field[64];
        snprintf(field, sizeof field, "\x1e" "653  \x1f" "aword%d\x1f" "aword%d", i, i);
        check_put_text(&packed, field);
    }
    check_put(&packed, "\x1e" "24500\x1f" "alast", 13);
    CHECK(list(packed.text, &out) == MRRC_OK);
    for (size_t i = 0; i < out.size; i++)
        lines += out.data[i] == '\n';
    CHECK(lines == 202);
    CHECK(memcmp(out.text, "title=last\nsubject=word0\n", 24) == 0);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
}

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define RDF_HEAD                                                    \
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"" \
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
#define RDF_ONE                                                                          \
    "  <rdf:Description>\n    <dc:title>A &amp; B</dc:title>\n    <dc:type>text</dc:type>\n" \
    "  </rdf:Description>\n"
#define OAI_ONE                                                                              \
    "<oai_dc:dc xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\""                \
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""                                         \
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""                               \
    " xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/oai_dc/"                      \
    " http://www.openarchives.org/OAI/2.0/oai_dc.xsd\">\n"                                   \
    "  <dc:title>A &amp; B</dc:title>\n  <dc:type>text</dc:type>\n</oai_dc:dc>\n"
#define ONE LEADER "\x1e" "24500\x1f" "aA & B /"

static void test_documents(void) {
    static const struct {
        const char *format;
        uint32_t flags;
        const char *expected;
    } cases[] = {{"dc", 0, RDF_ONE},
                 {"dc", MRRC_WRITE_ALONE, XML RDF_HEAD RDF_ONE "</rdf:RDF>\n"},
                 {"oai_dc", 0, OAI_ONE},
                 {"oai_dc", MRRC_WRITE_ALONE, XML OAI_ONE}};
    mrrc_buffer out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_error err = {0};
        CHECK(mrrc_record_encode(mrrc_format_find(cases[i].format), (const uint8_t *)ONE,
                                 sizeof ONE - 1, cases[i].flags, &out, &err) == MRRC_OK);
        CHECK_BYTES(out.data, out.size, cases[i].expected, strlen(cases[i].expected));
    }
    static const char *const files[2][2] = {
        {"dc", XML RDF_HEAD RDF_ONE RDF_ONE "</rdf:RDF>\n"},
        {"oai_dc", XML "<oai_dc:dcCollection"
                       " xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\">\n" OAI_ONE
                       OAI_ONE "</oai_dc:dcCollection>\n"}};
    static const uint32_t ends[] = {sizeof ONE - 1, 2 * (sizeof ONE - 1)};
    for (size_t i = 0; i < 2; i++) {
        mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find(files[i][0]), 0);
        out.size = 0;
        CHECK(mrrc_encoder_begin(encoder, &out) == MRRC_OK);
        CHECK(mrrc_encoder_records(encoder, (const uint8_t *)ONE ONE, ends, 2, &out, NULL,
                                   NULL) == MRRC_OK);
        CHECK(mrrc_encoder_end(encoder, &out) == MRRC_OK);
        CHECK_BYTES(out.data, out.size, files[i][1], strlen(files[i][1]));
        mrrc_encoder_free(encoder);
    }
    mrrci_buffer_clear(&out);
}

/* What XML has no place for is replaced, and said. */
static void test_notes_written(void) {
    static const char packed[] = LEADER "\x1e" "24500\x1f" "aA\x01" "B";
    mrrc_buffer out = {0}, notes = {0};
    const mrrci_how how = {.number = 1, .notes = &notes};
    CHECK(mrrci_dc_encode((const uint8_t *)packed, sizeof packed - 1, &how, &out, NULL) ==
          MRRC_NOTED);
    CHECK(notes.size == sizeof(mrrc_diagnostic));
    const mrrc_diagnostic *note = (const mrrc_diagnostic *)(const void *)notes.data;
    CHECK(note->code == MRRC_ERR_CHARACTER_REFUSED && memcmp(note->tag, "245", 4) == 0);
    check_put(&out, "", 1);
    CHECK(strstr(out.text, "<dc:title>A\xef\xbf\xbd" "B</dc:title>") != NULL);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&notes);
}

static void test_faults(void) {
    static const struct {
        const char *packed;
        int status;
    } cases[] = {{"", MRRC_ERR_PACKED_INVALID},
                 {"short", MRRC_ERR_PACKED_INVALID},
                 {LEADER "x", MRRC_ERR_PACKED_INVALID},
                 {LEADER "\x1e" "24500\x1f" "ax\x1e" "24", MRRC_ERR_PACKED_INVALID},
                 {LEADER "\x1e" "24500\x1f" "ax\xc3", MRRC_ERR_TEXT_INVALID},
                 {"00000nam a2200000   450\xff", MRRC_ERR_TEXT_INVALID}};
    const mrrci_how how = {.number = 1};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer out = {0};
        mrrc_error err = {0};
        const uint8_t *packed = (const uint8_t *)cases[i].packed;
        size_t size = strlen(cases[i].packed);
        CHECK(list(cases[i].packed, &out) == cases[i].status && out.size == 0);
        check_put_text(&out, "before");
        CHECK(mrrci_dc_encode(packed, size, &how, &out, &err) == cases[i].status);
        CHECK(err.code == cases[i].status);
        CHECK(mrrci_oai_dc_encode(packed, size, &how, &out, NULL) == cases[i].status);
        CHECK_BUFFER(out, "before");
        mrrci_buffer_clear(&out);
    }
}

/* Records of bytes by chance: whatever they are, a list or a fault. */
static void test_chance(void) {
    static const char record[] =
        LEADER "\x1e" "008970101s1997    nyu           000 0 eng d\x1e" "020  \x1f" "a0201633612"
               "\x1e" "0410 \x1f" "aengfre\x1e" "24500\x1f" "aT /\x1e" "650 0\x1f" "aC\x1f" "xD."
               "\x1e" "264 1\x1f" "bP,\x1f" "c2000.\x1e" "70012\x1f" "aN.\x1f" "tT";
    uint64_t state = 11;
    mrrc_buffer out = {0};
    for (int round = 0; round < 20000; round++) {
        size_t size = check_random(&state, sizeof record);
        uint8_t *packed = check_copy(record, size);
        for (uint32_t changes = check_random(&state, 6); size > 0 && changes > 0; changes--)
            packed[check_random(&state, (uint32_t)size)] = (uint8_t)check_random(&state, 128);
        int status = mrrc_dublin_core(packed, size, &out);
        if (status != MRRC_OK && (status != MRRC_ERR_PACKED_INVALID || out.size != 0))
            CHECK(false);
        free(packed);
    }
    CHECK(true);
    mrrci_buffer_clear(&out);
}

static void encode_one(void *context) {
    const mrrci_how how = {.number = 1, .flags = MRRC_WRITE_ALONE};
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    (void)context;
    int status = mrrci_dc_encode((const uint8_t *)ONE, sizeof ONE - 1, &how, &out, &err);
    CHECK(err.code == status);
    if (status == MRRC_OK)
        CHECK_BUFFER(out, XML RDF_HEAD RDF_ONE "</rdf:RDF>\n");
    else
        CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && out.size == 0);
    mrrci_buffer_clear(&out);
}

static int list_one(void) {
    mrrc_buffer out = {0};
    int status = list(ONE, &out);
    if (status == MRRC_OK)
        CHECK_BUFFER(out, "title=A & B\n" TYPE);
    else
        CHECK(out.size == 0);
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_titles();
    test_names();
    test_subjects();
    test_rows();
    test_every_note();
    test_imprints();
    test_numbers();
    test_languages();
    test_notes();
    test_types();
    test_many();
    test_documents();
    test_notes_written();
    test_faults();
    test_chance();
    check_memory_sweep(encode_one, NULL);
    sweep(list_one);
    return check_report();
}
