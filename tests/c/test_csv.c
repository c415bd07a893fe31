/* SPDX-License-Identifier: MIT
 *
 * Tables, long and wide: what each cell holds, when it is quoted, which cells are made harmless,
 * and what is refused.
 */
#include "check.h"
#include "conversion.h"
#include "formats.h"
#include "select.h"

#define LEADER "00000nam a2200000   4500"
#define HEADER "record,001,tag,occurrence,ind1,ind2,code,value\n"

static const mrrci_how plain = {.number = 7};

static int encode(const char *packed, const mrrci_how *how, mrrc_buffer *out, mrrc_error *err) {
    size_t size = strlen(packed);
    uint8_t *copy = check_copy(packed, size);
    memset(err, 0, sizeof *err);
    int status = mrrci_csv_encode(copy, size, how, out, err);
    free(copy);
    return status;
}

/* Encodes, and compares with what is expected. */
static void check_rows(const char *packed, const mrrci_how *how, const char *expected) {
    mrrc_buffer out = {0};
    mrrc_error err;
    check_put_text(&out, "before");
    CHECK_EQ_INT(encode(packed, how, &out, &err), MRRC_OK);
    CHECK_BYTES(out.data + 6, out.size - 6, expected, strlen(expected));
    CHECK(err.code == 0);
    mrrci_buffer_clear(&out);
}

static void test_rows(void) {
    check_rows(LEADER, &plain, "7,,LDR,1,,,," LEADER "\n");
    check_rows(LEADER "\x1e" "001id\x1e" "007ta\x1e" "24510\x1f" "aTitle\x1f" "b"
                      "\x1e" "500  \x1e" "CAT 1\x1f" "ax\x1e" "007"
                      "\x1e" "9AB\xc3\xa9 \x1f" "\xc3\xbcy"
                      "\x1e" "CAT12\x1f" "az\x1e" "CAR12\x1f" "az\x1e" "001other",
               &plain,
               "7,id,LDR,1,,,," LEADER "\n"
               "7,id,001,1,,,,id\n"
               "7,id,007,1,,,,ta\n"
               "7,id,245,1,1,0,a,Title\n"
               "7,id,245,1,1,0,b,\n"
               "7,id,500,1,\" \",\" \",,\n"
               "7,id,CAT,1,\" \",1,a,x\n"
               "7,id,007,2,,,,\n"
               "7,id,9AB,1,\xc3\xa9,\" \",\xc3\xbc,y\n"
               "7,id,CAT,2,1,2,a,z\n"
               "7,id,CAR,1,1,2,a,z\n"
               "7,id,001,2,,,,other\n");
    /* an identifier that needs quotes, or is made harmless, is so in each row */
    check_rows(LEADER "\x1e" "245,\"\x1f" ",x\x1e" "001=1,2", &plain,
               "7,\"'=1,2\",LDR,1,,,," LEADER "\n"
               "7,\"'=1,2\",245,1,\",\",\"\"\"\",\",\",x\n"
               "7,\"'=1,2\",001,1,,,,\"'=1,2\"\n");
}

static void test_cells(void) {
    static const struct {
        const char *value, *cell;
    } cases[] = {{"", ""},
                 {"plain", "plain"},
                 {"a,b", "\"a,b\""},
                 {"a;b\tc|d'e", "a;b\tc|d'e"},
                 {"say \"no\"", "\"say \"\"no\"\"\""},
                 {"\"", "\"\"\"\""},
                 {"\"\"", "\"\"\"\"\"\""},
                 {"a\rb", "\"a\rb\""},
                 {"a\nb", "\"a\nb\""},
                 {"long enough for words, and then", "\"long enough for words, and then\""},
                 {"long enough for words\", and then", "\"long enough for words\"\", and then\""},
                 {"the comma is the very last one,", "\"the comma is the very last one,\""},
                 {"1234567,", "\"1234567,\""},
                 {"12345678,", "\"12345678,\""},
                 {",12345678", "\",12345678\""},
                 {"12345678\"9", "\"12345678\"\"9\""},
                 {" a", "\" a\""},
                 {"a ", "\"a \""},
                 {" ", "\" \""},
                 {"\xd0\x94\xd0\xbe\xd0\xbc, \xd0\xb4", "\"\xd0\x94\xd0\xbe\xd0\xbc, \xd0\xb4\""},
                 /* formulas */
                 {"=1+1", "'=1+1"},
                 {"+cmd", "'+cmd"},
                 {"-cmd", "'-cmd"},
                 {"@SUM(1)", "'@SUM(1)"},
                 {"\t=1", "'\t=1"},
                 {"\r=1", "\"'\r=1\""},
                 {"\n=1", "\"'\n=1\""},
                 {"  =1", "'  =1"},
                 {"=a,\"b\"", "\"'=a,\"\"b\"\"\""},
                 {"\xef\xbc\x9d" "1", "'\xef\xbc\x9d" "1"},
                 {"\xef\xbc\x8b" "1", "'\xef\xbc\x8b" "1"},
                 {"\xef\xbc\x8d" "1", "'\xef\xbc\x8d" "1"},
                 {"\xef\xbc\xa0" "1", "'\xef\xbc\xa0" "1"},
                 {"\xef\xbc\xa1" "1", "\xef\xbc\xa1" "1"},
                 {"--Contents", "'--Contents"},
                 {"-1-2", "'-1-2"},
                 {"-1.2.3", "'-1.2.3"},
                 {"-.5", "'-.5"},
                 {"+1e5", "'+1e5"},
                 /* a number is none, nor is one character */
                 {"-12", "-12"},
                 {"+3.5", "+3.5"},
                 {"-3,5", "\"-3,5\""},
                 {"-1936.", "-1936."},
                 {"-", "-"},
                 {"=", "="},
                 {"a=1", "a=1"},
                 {"'=1", "'=1"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer packed = {0}, expected = {0};
        check_put_text(&packed, LEADER "\x1e" "50000\x1f" "a");
        check_put_text(&packed, cases[i].value);
        check_put(&packed, "", 1);
        check_put_text(&expected, "7,,LDR,1,,,," LEADER "\n7,,500,1,0,0,a,");
        check_put_text(&expected, cases[i].cell);
        check_put(&expected, "\n", 2);
        check_rows(packed.text, &plain, expected.text);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&expected);
    }
    const mrrci_how formulas = {.number = 7, .flags = MRRC_WRITE_FORMULAS};
    check_rows(LEADER "\x1e" "50000\x1f" "a=1,2", &formulas,
               "7,,LDR,1,,,," LEADER "\n7,,500,1,0,0,a,\"=1,2\"\n");
}

static mrrci_columns *compile(const char *text) {
    mrrci_columns *columns = NULL;
    CHECK(mrrci_columns_new(text, strlen(text), &columns, NULL) == MRRC_OK);
    if (columns == NULL)
        abort();
    return columns;
}

static void test_wide(void) {
    static const struct {
        const char *selectors, *fields, *row;
    } cases[] = {
        {"001\n245$a\n999$a\n", "\x1e" "001id\x1e" "24500\x1f" "aT,\x1f" "az", "id,\"T,|z\",\n"},
        {"999$a\n245$a\n", "", ",\n"},
        {"999$a", "", "\"\"\n"}, /* an empty line would be no row */
        {"245$a", "\x1e" "24500\x1f" "a", "\"\"\n"},
        {"245$a\n001", "\x1e" "24500\x1f" "a\x1f" "a\x1f" "az", "||z,\n"},
        {"245", "\x1e" "24500\x1f" "aone\x1f" "btwo\x1e" "24500\x1f" "ax", "one two|x\n"},
        /* a bar in a value is not one between values */
        {"245$a", "\x1e" "24500\x1f" "aone|two\x1f" "athree", "one\\|two|three\n"},
        {"245$a", "\x1e" "24500\x1f" "a|\x1f" "a||", "\\||\\|\\|\n"},
        {"245$a", "\x1e" "24500\x1f" "aC:\\x\\\x1f" "ay", "C:\\x\\\\|y\n"},
        {"245$a", "\x1e" "24500\x1f" "aa\\|b\x1f" "a\\\\", "a\\\\\\|b|\\\\\\\\\n"},
        {"245", "\x1e" "24500\x1f" "aone|\x1f" "btwo", "one\\| two\n"},
        /* but in fixed fields it fills */
        {"008/0-3\nLDR/17-19", "\x1e" "008||||x", "||||,\"   \"\n"},
        {"245$a", "\x1e" "24500\x1f" "a=1\x1f" "a=2", "'=1|=2\n"},
        {"245$a", "\x1e" "24500\x1f" "a-1\x1f" "a-2", "'-1|-2\n"},
        {"245$a", "\x1e" "24500\x1f" "a-1", "-1\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrci_columns *columns = compile(cases[i].selectors);
        const mrrci_how how = {.number = 1, .columns = columns};
        mrrc_buffer packed = {0};
        check_put_text(&packed, LEADER);
        check_put(&packed, cases[i].fields, strlen(cases[i].fields) + 1);
        check_rows(packed.text, &how, cases[i].row);
        mrrci_buffer_clear(&packed);
        mrrci_columns_free(columns);
    }
}

static void test_headers(void) {
    mrrci_columns *columns = compile("245$,\n008/0-3\n100$\"");
    mrrci_how how = {.number = 1};
    mrrc_buffer out = {0};
    CHECK(mrrci_csv_begin(&how, &out) == MRRC_OK);
    CHECK_BUFFER(out, HEADER);
    out.size = 0;
    CHECK(mrrci_tsv_begin(&how, &out) == MRRC_OK);
    CHECK_BUFFER(out, "record\t001\ttag\toccurrence\tind1\tind2\tcode\tvalue\n");
    out.size = 0;
    how.columns = columns;
    CHECK(mrrci_csv_begin(&how, &out) == MRRC_OK);
    CHECK_BUFFER(out, "\"245$,\",008/0-3,\"100$\"\"\"\n");
    mrrci_buffer_clear(&out);

    how.flags = MRRC_WRITE_ALONE;
    check_rows(LEADER "\x1e" "008abcdefg", &how, "\"245$,\",008/0-3,\"100$\"\"\"\n,abcd,\n");
    how.columns = NULL;
    check_rows(LEADER, &how, HEADER "1,,LDR,1,,,," LEADER "\n");
    mrrci_columns_free(columns);
}

static void test_tabs(void) {
    static const char packed[] = LEADER "\x1e" "50000\x1f" "aa,b\x1f" "bc\td";
    mrrc_buffer out = {0};
    CHECK(mrrci_tsv_encode((const uint8_t *)packed, sizeof packed - 1, &plain, &out, NULL) == 0);
    CHECK_BUFFER(out, "7\t\tLDR\t1\t\t\t\t" LEADER "\n"
                      "7\t\t500\t1\t0\t0\ta\ta,b\n"
                      "7\t\t500\t1\t0\t0\tb\t\"c\td\"\n");
    mrrci_buffer_clear(&out);
}

static void test_faults(void) {
    static const struct {
        const char *packed;
        int status;
        const char *tag;
        uint32_t field;
    } cases[] = {{"", MRRC_ERR_PACKED_INVALID, "", 0},
                 {"short", MRRC_ERR_PACKED_INVALID, "", 0},
                 {LEADER "x", MRRC_ERR_PACKED_INVALID, "", 0},
                 {LEADER "\x1e" "001x\x1e" "24", MRRC_ERR_PACKED_INVALID, "", 0},
                 {LEADER "\x1e" "001x\x1e" "500  \x1f", MRRC_ERR_CODE_INVALID, "500", 1},
                 {LEADER "\x1e" "500", MRRC_ERR_INDICATOR_INVALID, "500", 0},
                 {LEADER "\x1e" "001x\x1e" "500 \x1f" "ax", MRRC_ERR_INDICATOR_INVALID, "500", 1},
                 {LEADER "\x1e" "500   \x1f" "ax", MRRC_ERR_INDICATOR_INVALID, "500", 0},
                 {LEADER "\x1e" "001x\x1e" "500  \x1f" "a\xff", MRRC_ERR_TEXT_INVALID, "500", 1},
                 {"00000nam a2200000   450\xff", MRRC_ERR_TEXT_INVALID, "", 0},
                 {LEADER "\x1e" "\xc3\xa9" "1  ", MRRC_ERR_TAG_INVALID, "\xc3\xa9" "1", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer out = {0};
        mrrc_error err;
        check_put_text(&out, "before");
        CHECK_FOR(encode(cases[i].packed, &plain, &out, &err) == cases[i].status, "case %d: %d",
                  (int)i, err.code);
        CHECK_BUFFER(out, "before");
        CHECK(err.code == cases[i].status && err.field == cases[i].field);
        CHECK(strcmp((const char *)err.tag, cases[i].tag) == 0);
        mrrci_buffer_clear(&out);
    }
    mrrci_columns *columns = compile("245$a");
    const mrrci_how how = {.number = 1, .columns = columns};
    mrrc_buffer out = {0};
    mrrc_error err;
    CHECK(encode(LEADER "\x1e" "24500\x1f" "a\xc3", &how, &out, &err) == MRRC_ERR_TEXT_INVALID);
    CHECK(encode(LEADER "\x1e" "24", &how, &out, &err) == MRRC_ERR_PACKED_INVALID);
    CHECK(out.size == 0);
    mrrci_columns_free(columns);
    mrrci_buffer_clear(&out);
}

/* Through an encoder: the head once, and records counted on. */
static void test_file(void) {
    static const char packed[] = LEADER LEADER "\x1e" "001b";
    static const uint32_t ends[] = {24, 24 + 24 + 5};
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("csv"), 0);
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    CHECK(mrrc_encoder_begin(encoder, &out) == MRRC_OK);
    CHECK(mrrc_encoder_records(encoder, (const uint8_t *)packed, ends, 2, &out, NULL, &err) == 0);
    CHECK(mrrc_encoder_end(encoder, &out) == MRRC_OK);
    CHECK_BUFFER(out, HEADER "1,,LDR,1,,,," LEADER "\n"
                             "2,b,LDR,1,,,," LEADER "\n2,b,001,1,,,,b\n");
    mrrc_encoder_free(encoder);

    encoder = mrrc_encoder_new(mrrc_format_find("tsv"), 0);
    CHECK(mrrc_encoder_columns(encoder, "001\nLDR/5", 9, &err) == MRRC_OK);
    out.size = 0;
    CHECK(mrrc_encoder_begin(encoder, &out) == MRRC_OK);
    CHECK(mrrc_encoder_records(encoder, (const uint8_t *)packed, ends, 2, &out, NULL, &err) == 0);
    CHECK_BUFFER(out, "001\tLDR/5\n\tn\nb\tn\n");
    CHECK(mrrc_encoder_columns(encoder, "001\nLDR5", 8, &err) == MRRC_ERR_ARGUMENT);
    CHECK(err.offset == 7 && err.detail[0] != 0);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
}

/* As many tags as there can be, none a number: the tally of each is its own. */
static void test_many_tags(void) {
    enum { LETTERS = 26, TAGS = LETTERS * LETTERS * LETTERS };
    mrrc_buffer packed = {0}, out = {0};
    check_put_text(&packed, LEADER);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < TAGS; i++) {
            char field[] = "\x1e" "AAA00\x1f" "ax";
            field[1] = (char)('A' + i % LETTERS);
            field[2] = (char)('A' + i / LETTERS % LETTERS);
            field[3] = (char)('A' + i / LETTERS / LETTERS);
            check_put_text(&packed, field);
        }
    CHECK(mrrci_csv_encode(packed.data, packed.size, &plain, &out, NULL) == MRRC_OK);
    check_put(&out, "", 1);
    const char *at = strchr(out.text, '\n') + 1;
    size_t right = 0;
    for (int i = 0; i < 2 * TAGS; i++) {
        right += at[7] == (i < TAGS ? '1' : '2') && at[6] == ',' && at[8] == ',';
        at = strchr(at, '\n') + 1;
    }
    CHECK(right == 2 * TAGS && *at == 0);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
}

static void encode_some(void *context) {
    static const char packed[] = LEADER "\x1e" "001id\x1e" "CAT  \x1f" "a=x\"y\",z\x1f" "bq|r"
                                        "\x1e" "24500\x1f" "aT|i\x1f" "btle \xd1\x85";
    const mrrci_columns *columns = context;
    const mrrci_how how = {.number = 1, .columns = columns, .flags = MRRC_WRITE_ALONE};
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    int status = mrrci_csv_encode((const uint8_t *)packed, sizeof packed - 1, &how, &out, &err);
    CHECK(err.code == status);
    const char *expected =
        columns != NULL ? "CAT$a,245$a\n\"'=x\"\"y\"\",z\",T\\|i\n"
                        : HEADER "1,id,LDR,1,,,," LEADER "\n1,id,001,1,,,,id\n"
                                 "1,id,CAT,1,\" \",\" \",a,\"'=x\"\"y\"\",z\"\n"
                                 "1,id,CAT,1,\" \",\" \",b,q|r\n"
                                 "1,id,245,1,0,0,a,T|i\n1,id,245,1,0,0,b,tle \xd1\x85\n";
    if (status == MRRC_OK)
        CHECK_BYTES(out.data, out.size, expected, strlen(expected));
    else
        CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && out.size == 0);
    mrrci_buffer_clear(&out);
}

int main(void) {
    mrrci_columns *columns = compile("CAT$a\n245$a");
    test_rows();
    test_cells();
    test_wide();
    test_headers();
    test_tabs();
    test_faults();
    test_file();
    test_many_tags();
    check_memory_sweep(encode_some, NULL);
    check_memory_sweep(encode_some, columns);
    mrrci_columns_free(columns);
    return check_report();
}
