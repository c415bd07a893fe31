/* SPDX-License-Identifier: MIT
 *
 * Tables as they are written: styles, names, rows of the caller's own, and batches that stop where
 * a record cannot be, or where there is enough.
 */
#include "check_table.h"
#include "table.h"

static void test_styles(void) {
    static const char *const both[] = {ONE, TWO};
    check_rows("001, 650$a", 0, both, 2, "id,Cats\nid,Dogs\nid,Birds\n'=two,\n");
    check_rows("001, 650$x", MRRC_TABLE_FORMULAS, both, 2, "id,Fun\nid,\n=two,only\n");
    check_rows("001, 650$x", MRRC_TABLE_TABS, both, 2, "id\tFun\nid\t\n'=two\tonly\n");
    check_rows("001, 650$x", MRRC_TABLE_QUOTES_ALWAYS, both, 2,
               "\"id\",\"Fun\"\n\"id\",\"\"\n\"'=two\",\"only\"\n");
    check_rows("020$a, 650$x", MRRC_TABLE_QUOTES_TEXT, both, 2,
               "111,\"Fun\"\n111,\"\"\n222,\"Fun\"\n222,\"\"\n\"\",\"only\"\n");
    check_rows("'a,b', 650$x", MRRC_TABLE_QUOTES_NEVER, both, 2,
               "a,b,Fun\na,b,\na,b,only\n");
    check_rows("001, 650$x", MRRC_TABLE_PLAIN, both, 2,
               "id\x1f" "Fun\x1f\x1e" "id\x1f\x1f\x1e" "=two\x1f" "only\x1f\x1e");
}

static void test_row(void) {
    static const char cells[] = "a\x1f\x1f" "b,c\x1f";
    mrrc_table *table = check_table("001", 0);
    mrrc_buffer out = {0};
    CHECK(mrrc_table_row(table, cells, sizeof cells - 1, &out) == MRRC_OK);
    CHECK(mrrc_table_row(table, "x", 1, &out) == MRRC_OK);
    CHECK(mrrc_table_row(table, "\x1f", 1, &out) == MRRC_OK);
    CHECK_BUFFER(out, "a,,\"b,c\"\nx\n\"\"\n");
    out.size = 0;
    CHECK(mrrc_table_all_rows(table, "a\x1f" "b\x1f\x1e" "=c\x1f\x1f\x1e" "d", 11, &out) == MRRC_OK);
    CHECK(mrrc_table_all_rows(table, "", 0, &out) == MRRC_OK);
    CHECK_BUFFER(out, "a,b\n'=c,\nd\n");
    mrrci_buffer_clear(&out);
    mrrc_table_free(table);
    mrrc_table_free(NULL);
}

static void test_faults(void) {
    static const char *const records[] = {ONE, "short", TWO};
    static const int16_t statuses[3] = {MRRC_OK, MRRC_UNDECODED, MRRC_OK};
    mrrc_table *table = check_table("001", 0);
    mrrc_buffer out = {0};
    check_view view;
    size_t done;
    check_view_begin(&view, records, 3);
    CHECK_EQ_INT(mrrc_table_records(table, &view.view, 0, 3, &out, &done),
                 MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(done, 1);
    CHECK_BUFFER(out, "id\n");
    CHECK_EQ_INT(mrrc_table_records(table, &view.view, 2, 3, &out, &done), MRRC_OK);
    CHECK_BUFFER(out, "id\n'=two\n");
    CHECK_EQ_INT(mrrc_table_records(table, &view.view, 2, 4, &out, &done), MRRC_ERR_ARGUMENT);
    CHECK_EQ_INT(mrrc_table_records(table, &view.view, 2, 1, &out, &done), MRRC_ERR_ARGUMENT);
    view.view.statuses = statuses;
    view.view.marked = 1;
    CHECK(!mrrci_table_suits(&view.view, 0, 3));
    CHECK(mrrci_table_suits(&view.view, 2, 3));
    CHECK_EQ_INT(mrrc_table_records(table, &view.view, 0, 2, &out, &done), MRRC_ERR_ARGUMENT);
    check_view_end(&view);
    mrrci_buffer_clear(&out);
    mrrc_table_free(table);
}

/* Where there is enough, the caller is asked to take it. */
static void test_enough(void) {
    enum { VALUES = 1200, VALUE = 10 };
    static const char head[] = LEADER "\x1e" "650 0";
    mrrc_table *table = check_table("650$a, 650$a", 0);
    mrrc_buffer records = {0}, out = {0};
    uint32_t ends[2];
    size_t done, size = 0;
    for (int i = 0; i < 2; i++) {
        check_put_text(&records, head);
        for (size_t j = 0; j < VALUES; j++)
            check_put_text(&records, "\x1f" "a1234567890");
        ends[i] = (uint32_t)records.size;
    }
    const mrrc_batch_view view = {
        .block = records.data, .ends = ends, .block_size = records.size, .count = 2};
    CHECK_EQ_INT(mrrc_table_records(table, &view, 0, 2, &out, &done), MRRC_MORE);
    CHECK_EQ_INT(done, 1);
    size = out.size;
    CHECK_EQ_INT(size, (size_t)VALUES * VALUES * (2 * VALUE + 2));
    CHECK_EQ_INT(mrrc_table_records(table, &view, done, 2, &out, &done), MRRC_OK);
    CHECK_EQ_INT(done, 2);
    CHECK_EQ_INT(out.size, 2 * size);
    mrrc_table_free(table);
    mrrci_buffer_clear(&records);
    mrrci_buffer_clear(&out);
}

static int run_row(void) {
    mrrc_query_fault fault;
    mrrc_buffer out = {0}, names = {0};
    mrrc_table *table = mrrc_table_new("001 AS x", 8, "", 0, 0, 80, 0, &fault);
    int status = table == NULL ? fault.code : MRRC_OK;
    if (status == MRRC_OK)
        status = (int)mrrc_table_columns(table, &names);
    if (status == 1)
        status = mrrc_table_row(table, "a\x1f" "b", 3, &out);
    if (status == MRRC_OK)
        CHECK_BUFFER(out, "a,b\n");
    mrrci_buffer_clear(&names);
    mrrci_buffer_clear(&out);
    mrrc_table_free(table);
    return status;
}

int main(void) {
    test_styles();
    test_row();
    test_faults();
    test_enough();
    sweep(run_row);
    return check_report();
}
