/* SPDX-License-Identifier: MIT
 *
 * Columns of records: each way of finding a value against what select.c's walk finds, chunks that
 * end, records that are refused, memory that fails.
 */
#include "check_columns.h"
#include "columns_out.h"

static const char *const records[] = {ONE, TWO};

static void test_values(void) {
    static const struct {
        const char *selectors, *lists, *found;
    } cases[] = {
        {"001\n", "f", "<id><=two>\n"},
        {"001\n", "l", "(<id>)(<=two>)\n"},
        {"008/35-37\n008[35:38]\n008/50\n008[50]\n", "ffff", "<eng>-\n<eng>-\n--\n<>-\n"},
        {"LDR/6\nLDR/40\n", "ff", "<a><a>\n--\n"},
        {"020$a\n020$a\n", "fl", "<111>-\n(<111><222>)()\n"},
        {"020$a[1]\n020$a[#]\n020$a$q\n", "flf", "<222>-\n(<222>)()\n<111>-\n"},
        {"020$a$q\n020$[aq]\n020/*.*\n", "lll",
         "(<111><222><pbk>)()\n(<111><222><pbk>)()\n(<111><222><pbk>)()\n"},
        {"245$a\n245$b\n245$z\n", "fff", "<T\xc3\xa9st>-\n<sub>-\n--\n"},
        {"650$a\n650/#7$a\n650[0]$a\n650[#]$a\n", "llll",
         "(<Cats><Dogs><Birds>)(<>)\n(<Birds>)()\n(<Cats><Dogs>)(<>)\n(<Birds>)(<>)\n"},
        {"650[1]$a\n650[1]/#7$a\n650[0]/#7$a\n", "fff", "<Birds>-\n--\n<Birds>-\n"},
        {"6XX$x\n...$x\n", "ll", "(<Fun>)(<only>)\n(<Fun>)(<only>)\n"},
        {"500\n500$a\n245\n", "ffl", "<>-\n--\n(<T\xc3\xa9st sub me>)()\n"},
        {"245^1\n650^2\n", "fl", "<1>-\n(<0><7>)(<0>)\n"},
        {"00X\n003\n001/0-0\n", "lff", "(<id><970101s1997    nyu           000 0 eng d><behind>)"
                                      "(<=two>)\n<behind>-\n<i><=>\n"},
        {"001$a\n999$a\n", "fl", "--\n()()\n"},
        {"245$a/0-1\n", "f", "<T\xc3\xa9>-\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_found(cases[i].selectors, cases[i].lists, 0, records, 2, cases[i].found);
}

/* Tags that are no numbers have no table. */
static void test_letters(void) {
    static const char *const letters[] = {LEADER "\x1e" "CAT  \x1f" "aone" "\x1e" "6A0  \x1f" "atwo"
                                                 "\x1e" "00A \x1f" "athree"};
    check_found("CAT$a\n6.0$a\n00A$a\n6XX$a\n", "ffff", 0, letters, 1,
                "<one>\n<two>\n<three>\n-\n");
}

/* Every selector together with all others gives what it gives alone by the walk of select.c. */
static void test_against_walk(void) {
    static const char *const all =
        "001\n008/0-5\n008[0:6]\nLDR/5-7\n020$a\n245$a\n245$a$b\n245/1#$a\n245/10$a\n6XX$a\n"
        "650$a$x\n650$a$a\n650[0]$a\n650[1]$[a2]\n650[#]\n650^1\n...$*\n24.$a\n500$a\n003\nCAT$a\n";
    char lists[64] = {0};
    uint64_t state = 99;
    mrrc_buffer text = {0};
    size_t count = 0, values = 0;
    for (const char *at = all; *at != 0; at++)
        if (*at == '\n')
            lists[count++] = 'l';
    mrrc_columns *columns = check_columns(all, lists, 0);
    mrrci_columns *selectors = NULL;
    CHECK(mrrci_columns_new(all, strlen(all), &selectors, NULL) == 0);
    mrrc_columns_out *out = mrrc_columns_out_new(columns, 1000);
    for (int round = 0; round < 3000; round++) {
        mrrc_buffer record = {0}, wanted = {0};
        check_put_text(&record, round % 2 ? ONE TWO : ONE);
        record.size = round % 7 == 0 ? check_random(&state, (uint32_t)record.size) : record.size;
        for (uint32_t changes = check_random(&state, 5); record.size > 0 && changes > 0; changes--)
            record.data[check_random(&state, (uint32_t)record.size)] =
                (uint8_t)(check_random(&state, 3) ? "\x1e\x1f" "a6520"[check_random(&state, 7)]
                                                  : (char)check_random(&state, 256));
        uint8_t *packed = check_copy(record.data, record.size);
        const uint32_t end = (uint32_t)record.size;
        const mrrc_batch_view view = {
            .block = packed, .ends = &end, .block_size = record.size, .count = 1};
        mrrci_selection selection;
        size_t done;
        int status = mrrci_select(&selection, selectors, NULL, packed, record.size);
        CHECK(mrrc_columns_records(columns, &view, 0, 1, 1, out, &done) == status);
        CHECK(mrrc_columns_out_rows(out) == (status == MRRC_OK));
        for (size_t i = 0; status == MRRC_OK && i < count; i++) {
            mrrci_hits hits;
            mrrci_hit hit;
            check_put_text(&wanted, "(");
            mrrci_hits_begin(&hits, &selection, i);
            while (mrrci_hit_next(&hits, &hit)) {
                values++;
                check_put_text(&wanted, "<");
                CHECK(mrrci_hit_put(&hit, &wanted) == 0);
                check_put_text(&wanted, ">");
            }
            check_put_text(&wanted, ")\n");
        }
        text.size = 0;
        mrrc_arrow_array *array = mrrc_columns_take(out);
        if (status == MRRC_OK) {
            check_put_rows(array, &text);
            CHECK_FOR(check_same(&text, &wanted), "%.*s", (int)text.size, text.text);
        } else {
            CHECK(array->length == 0);
            mrrc_arrow_array_free(array);
        }
        free(packed);
        mrrci_buffer_clear(&record);
        mrrci_buffer_clear(&wanted);
    }
    CHECK(values > 10000);
    mrrc_columns_out_free(out);
    mrrc_columns_free(columns);
    mrrci_columns_free(selectors);
    mrrci_buffer_clear(&text);
}

/* No chunk has more rows than it may, and a bad record costs none of the others. */
static void test_chunks(void) {
    static const char *const some[] = {ONE, TWO, "short", TWO};
    mrrc_columns *columns = check_columns("001\n020$a\n", "ff", 0);
    mrrc_columns_out *out = mrrc_columns_out_new(columns, 2);
    mrrc_buffer text = {0};
    uint64_t dropped[2];
    check_view view;
    size_t done;
    check_view_begin(&view, some, 4);
    CHECK(mrrc_columns_records(columns, &view.view, 0, 1, 1, out, &done) == MRRC_OK && done == 1);
    CHECK(mrrc_columns_records(columns, &view.view, 1, 4, 1, out, &done) == MRRC_MORE && done == 2);
    check_put_rows(mrrc_columns_take(out), &text);
    CHECK(mrrc_columns_out_rows(out) == 0);
    CHECK(mrrc_columns_records(columns, &view.view, 2, 4, 1, out, &done) ==
          MRRC_ERR_PACKED_INVALID);
    CHECK(done == 2 && mrrc_columns_out_rows(out) == 0);
    CHECK(mrrc_columns_records(columns, &view.view, 3, 4, 1, out, &done) == MRRC_OK && done == 4);
    check_put_rows(mrrc_columns_take(out), &text);
    CHECK_BUFFER(text, "<id><=two>\n<111>-\n<=two>\n-\n");
    mrrc_columns_out_dropped(out, dropped);
    CHECK(dropped[0] == 0 && dropped[1] == 1);
    const int16_t statuses[4] = {0, MRRC_UNDECODED, 0, 0};
    view.view.statuses = statuses;
    view.view.marked = 1;
    CHECK(mrrc_columns_records(columns, &view.view, 0, 2, 1, out, &done) == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_columns_records(columns, &view.view, 0, 5, 1, out, &done) == MRRC_ERR_ARGUMENT);
    mrrci_buffer_clear(&text);
    check_view_end(&view);
    mrrc_columns_out_free(out);
    mrrc_columns_free(columns);
}

static void test_many_rows(void) {
    mrrc_columns *columns = check_columns("001\n650$a\n020$a\n", "flf", 0);
    mrrc_columns_out *out = mrrc_columns_out_new(columns, 1000000);
    check_view view;
    size_t done;
    check_view_begin(&view, records, 2);
    for (int i = 0; i < 5000; i++)
        CHECK(mrrc_columns_records(columns, &view.view, 0, 2, 1, out, &done) == MRRC_OK);
    mrrc_arrow_array *array = mrrc_columns_take(out);
    CHECK(array->length == 10000 && array->children[0]->null_count == 0);
    CHECK(array->children[2]->null_count == 5000);
    CHECK(array->children[1]->children[0]->length == 20000);
    mrrc_buffer text = {0}, wanted = {0};
    for (int i = 0; i < 5000; i++)
        check_put_text(&wanted, "<111>-");
    check_put_text(&wanted, "\n");
    check_put_column(array->children[2], &text);
    CHECK(check_same(&text, &wanted));
    mrrci_buffer_clear(&text);
    mrrci_buffer_clear(&wanted);
    mrrc_arrow_array_free(array);
    check_view_end(&view);
    mrrc_columns_out_free(out);
    mrrc_columns_free(columns);
}

static void test_faults(void) {
    static const struct {
        const char *selectors, *names;
        size_t names_size, count;
        uint32_t flags, offset;
    } cases[] = {
        {"001\n245ab\n", "a\0b", 4, 2, 0, 7},
        {"", "", 0, 0, 0, 0},
        {"001\n", "a\0b", 4, 2, 0, 0},
        {"001\n", "a", 1, 1, 0, 0},
        {"001\n002\n", "a", 2, 1, 0, 0},
        {"", "a", 2, 1, MRRC_COLUMNS_LONG, 0},
        {"650$a{ 2 }\n", "a", 2, 1, 0, 5},
    };
    static const uint8_t lists[2] = {0};
    mrrc_query_fault fault;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK(mrrc_columns_new(cases[i].selectors, strlen(cases[i].selectors), cases[i].names,
                               cases[i].names_size, lists, cases[i].count, cases[i].flags,
                               &fault) == NULL);
        CHECK_FOR(fault.code == MRRC_ERR_ARGUMENT && fault.offset == cases[i].offset &&
                      fault.message[0] != 0,
                  "%s: %u %s", cases[i].selectors, fault.offset, fault.message);
    }
    mrrc_columns *columns = check_columns("245.a\n", "f", 0);
    size_t count;
    (void)mrrc_columns_warnings(columns, &count);
    mrrc_columns_free(columns);
    mrrc_columns_free(NULL);
    mrrc_columns_out_free(NULL);
}

static int run(void) {
    int status = MRRC_ERR_MEMORY;
    size_t done = 0;
    mrrc_buffer text = {0};
    check_view view;
    mrrc_columns_out *out = NULL;
    mrrc_columns *columns = check_columns("001\n650$a\n245\n020$a\n", "fllf", 0);
    if (columns != NULL)
        out = mrrc_columns_out_new(columns, 100);
    if (out != NULL) {
        uint8_t *block = check_copy(ONE TWO, strlen(ONE TWO));
        const uint32_t ends[2] = {(uint32_t)strlen(ONE), (uint32_t)strlen(ONE TWO)};
        view.view = (mrrc_batch_view){
            .block = block, .ends = ends, .block_size = strlen(ONE TWO), .count = 2};
        status = mrrc_columns_records(columns, &view.view, 0, 2, 1, out, &done);
        mrrc_arrow_array *array = NULL;
        if (status == MRRC_OK && (array = mrrc_columns_take(out)) == NULL)
            status = MRRC_ERR_MEMORY;
        CHECK(status == MRRC_OK || status == MRRC_ERR_MEMORY);
        check_memory_allow();
        if (status == MRRC_ERR_MEMORY) {
            /* what is there is whole, and work goes on */
            size_t rows = mrrc_columns_out_rows(out);
            CHECK(rows == done);
            CHECK(mrrc_columns_records(columns, &view.view, done, 2, 1, out, &done) == MRRC_OK);
            array = mrrc_columns_take(out);
        }
        check_put_rows(array, &text);
        CHECK_BUFFER(text, "<id><=two>\n(<Cats><Dogs><Birds>)(<>)\n(<T\xc3\xa9st sub me>)()\n"
                           "<111>-\n");
        mrrci_buffer_clear(&text);
        free(block);
    }
    mrrc_columns_out_free(out);
    mrrc_columns_free(columns);
    return status;
}

int main(void) {
    test_values();
    test_letters();
    test_against_walk();
    test_chunks();
    test_many_rows();
    test_faults();
    sweep(run);
    return check_report();
}
