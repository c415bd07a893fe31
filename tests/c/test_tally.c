/* SPDX-License-Identifier: MIT
 *
 * How often rows come, and records known by a row that is listed.
 */
#include "check_table.h"

static const char *const records[] = {ONE, TWO, ONE};

static void check_tally(const char *query, int once, int reverse, uint64_t least, uint64_t most,
                        const char *wanted) {
    mrrc_table *table = check_table(query, 0);
    mrrc_tally *tally = mrrc_tally_new();
    mrrc_buffer out = {0};
    check_view view;
    size_t done;
    check_view_begin(&view, records, 3);
    CHECK(mrrc_tally_records(tally, table, once, &view.view, 0, 2, &done) == MRRC_OK);
    CHECK(mrrc_tally_records(tally, table, once, &view.view, 2, 3, &done) == MRRC_OK);
    CHECK_EQ_INT(done, 3);
    CHECK(mrrc_tally_rows(tally, table, reverse, least, most, &out) == MRRC_OK);
    CHECK_BYTES(out.data, out.size, wanted, strlen(wanted));
    mrrci_buffer_clear(&out);
    mrrc_tally_free(tally);
    mrrc_table_free(table);
    check_view_end(&view);
}

static void test_counts(void) {
    check_tally("650$a", 0, 0, 0, UINT64_MAX, "Birds,2\nCats,2\nDogs,2\n");
    check_tally("001", 0, 0, 0, UINT64_MAX, "id,2\n'=two,1\n");
    check_tally("001", 0, 1, 0, UINT64_MAX, "'=two,1\nid,2\n");
    check_tally("001", 0, 1, 2, UINT64_MAX, "id,2\n");
    check_tally("001", 0, 0, 0, 1, "id,2\n");
    check_tally("001", 0, 0, 0, 0, "");
    check_tally("650/*{ 'x' }", 0, 0, 0, UINT64_MAX, "x,5\n");
    check_tally("650/*{ 'x' }", 1, 0, 0, UINT64_MAX, "x,3\n");
    check_tally("020{ a, q }, 650/*{ x | x? }", 0, 0, 0, UINT64_MAX,
                "111,pbk,Fun,2\n222,pbk,Fun,2\n,,only,1\n");
}

static void test_find(void) {
    static const char *const mixed[] = {ONE, TWO, "short"};
    mrrc_table *table = check_table("650$a, 001", 0);
    mrrc_tally *tally = mrrc_tally_new();
    check_view view;
    size_t done;
    uint8_t found[3] = {9, 9, 9};
    check_view_begin(&view, mixed, 3);
    CHECK(mrrc_tally_find(tally, table, &view.view, 0, 2, found, &done) == MRRC_OK);
    CHECK(found[0] == 0 && found[1] == 0 && found[2] == 9);
    CHECK(mrrc_tally_add(tally, "Birds\x1f" "id\x1f", 9) == MRRC_OK);
    CHECK(mrrc_tally_add(tally, "Birds\x1f" "id\x1f", 9) == MRRC_OK);
    CHECK_EQ_INT(mrrc_tally_size(tally), 1);
    CHECK(mrrc_tally_find(tally, table, &view.view, 0, 2, found, &done) == MRRC_OK);
    CHECK(found[0] == 1 && found[1] == 0);
    CHECK(mrrc_tally_find(tally, table, &view.view, 1, 3, found, &done) ==
          MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(done, 2);
    CHECK(mrrc_tally_find(tally, table, &view.view, 1, 4, found, &done) == MRRC_ERR_ARGUMENT);
    check_view_end(&view);
    mrrc_tally_free(tally);
    mrrc_tally_free(NULL);
    mrrc_table_free(table);
}

static void test_numbers(void) {
    static const char *const mixed[] = {ONE, TWO, ONE, "short"};
    static const uint32_t wanted[] = {0, 0, 0, 1, 0, 2, 2, 0, 2, 1, 2, 2};
    mrrc_table *table = check_table("650/*{ a }", 0);
    mrrc_tally *tally = mrrc_tally_new();
    mrrc_buffer out = {0}, row = {0};
    check_view view;
    size_t done;
    check_view_begin(&view, mixed, 4);
    CHECK(mrrc_tally_numbers(tally, table, &view.view, 0, 4, &out, &done) ==
          MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(done, 3);
    CHECK_BYTES(out.data, out.size, (const char *)wanted, sizeof wanted);
    for (size_t i = 0; i < mrrc_tally_size(tally); i++)
        CHECK(mrrc_tally_row(tally, i, &row) == MRRC_OK);
    CHECK_BUFFER(row, "Cats\x1f" "Dogs\x1f" "Birds\x1f");
    CHECK(mrrc_tally_row(tally, 3, &row) == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_tally_numbers(tally, table, &view.view, 3, 5, &out, &done) == MRRC_ERR_ARGUMENT);
    check_view_end(&view);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&row);
    mrrc_tally_free(tally);
    mrrc_table_free(table);
}

/* A value that a record has twice is that record's once. */
static void test_numbers_come_once(void) {
    static const char *const twice[] = {LEADER "\x1e" "650  \x1f" "ax\x1f" "ay\x1f" "ax"};
    static const uint32_t wanted[] = {0, 0, 0, 1};
    mrrc_table *table = check_table("650$a", 0);
    mrrc_tally *tally = mrrc_tally_new();
    mrrc_buffer out = {0};
    check_view view;
    size_t done;
    check_view_begin(&view, twice, 1);
    CHECK(mrrc_tally_numbers(tally, table, &view.view, 0, 1, &out, &done) == MRRC_OK);
    CHECK_BYTES(out.data, out.size, (const char *)wanted, sizeof wanted);
    check_view_end(&view);
    mrrci_buffer_clear(&out);
    mrrc_tally_free(tally);
    mrrc_table_free(table);
}

static int run_tally(void) {
    static const uint32_t ends[1] = {sizeof ONE - 1};
    const mrrc_batch_view view = {
        .block = (const uint8_t *)ONE, .ends = ends, .block_size = sizeof ONE - 1, .count = 1};
    mrrc_query_fault fault;
    mrrc_buffer out = {0};
    size_t done;
    mrrc_table *table = mrrc_table_new("650$a", 5, "", 0, 0, 80, 0, &fault);
    mrrc_tally *tally = mrrc_tally_new();
    int status = table == NULL || tally == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    if (status == MRRC_OK)
        status = mrrc_tally_records(tally, table, 0, &view, 0, 1, &done);
    if (status == MRRC_OK)
        status = mrrc_tally_numbers(tally, table, &view, 0, 1, &out, &done);
    if (status == MRRC_OK)
        status = mrrc_tally_row(tally, 0, &out);
    out.size = 0;
    if (status == MRRC_OK)
        status = mrrc_tally_rows(tally, table, 0, 0, 2, &out);
    if (status == MRRC_OK)
        CHECK_BUFFER(out, "Birds,2\nCats,2\n");
    mrrci_buffer_clear(&out);
    mrrc_tally_free(tally);
    mrrc_table_free(table);
    return status;
}

int main(void) {
    test_counts();
    test_find();
    test_numbers();
    test_numbers_come_once();
    sweep(run_tally);
    return check_report();
}
