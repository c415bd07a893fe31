/* SPDX-License-Identifier: MIT
 *
 * Some records of a batch, as they are packed and as they stand in the source.
 */
#include "check_table.h"

static void check_ends(const mrrc_buffer *ends, const uint32_t *wanted, size_t count) {
    CHECK_BYTES(ends->data, ends->size, (const char *)wanted, count * sizeof *wanted);
}

static void test_packed(void) {
    static const char *const records[] = {LEADER "\x1e" "001a", LEADER, LEADER "\x1e" "001ccc",
                                          LEADER "\x1e" "001d"};
    static const uint32_t some[3] = {1, 2, 0}, one[1] = {3}, bad[2] = {0, 4};
    static const uint32_t ends_of_some[3] = {24, 55, 84}, ends_of_one[1] = {29};
    mrrc_buffer out = {0}, ends = {0};
    check_view view;
    check_view_begin(&view, records, 4);
    CHECK(mrrc_pick_packed(&view.view, some, 3, &out, &ends) == MRRC_OK);
    CHECK_BUFFER(out, LEADER LEADER "\x1e" "001ccc" LEADER "\x1e" "001a");
    check_ends(&ends, ends_of_some, 3);
    ends.size = 0;
    CHECK(mrrc_pick_packed(&view.view, one, 1, &out, &ends) == MRRC_OK);
    check_ends(&ends, ends_of_one, 1); /* from where the bytes ended before */
    CHECK(mrrc_pick_packed(&view.view, bad, 2, &out, &ends) == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_pick_packed(&view.view, NULL, 0, &out, &ends) == MRRC_OK);
    check_view_end(&view);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&ends);
}

#define FIRST "00038nam a2200037   4500001000000000\x1e\x1d"
#define SECOND "00038nam a2200037   4500002000000000\x1e\x1d"
#define THIRD "00038nam a2200037   4500003000000000\x1e\x1d"

static void test_source(void) {
    static const uint32_t ends[2] = {2, 0}, all[3] = {0, 1, 2};
    static const char data[] = FIRST SECOND THIRD;
    mrrc_buffer out = {0};
    mrrc_batch_view view;
    mrrc_error err = {0};
    mrrc_reader *reader = mrrc_reader_new(0);
    CHECK(mrrc_reader_open_memory(reader, (const uint8_t *)data, sizeof data - 1) == MRRC_OK);
    CHECK(mrrc_reader_next(reader, MRRC_READ_FRAMES, &view, &err) == MRRC_OK);
    CHECK_EQ_INT(view.count, 3);
    CHECK(mrrc_reader_pick(reader, &view, ends, 2, &out) == MRRC_OK);
    CHECK_BUFFER(out, THIRD FIRST);
    out.size = 0;
    CHECK(mrrc_reader_pick(reader, &view, all, 3, &out) == MRRC_OK);
    CHECK_BUFFER(out, FIRST SECOND THIRD);
    mrrci_buffer_clear(&out);
    mrrc_reader_free(reader);
}

static int run_pick(void) {
    static const uint32_t ends[1] = {sizeof ONE - 1}, numbers[1] = {0};
    const mrrc_batch_view view = {
        .block = (const uint8_t *)ONE, .ends = ends, .block_size = sizeof ONE - 1, .count = 1};
    mrrc_buffer out = {0}, stops = {0};
    int status = mrrc_pick_packed(&view, numbers, 1, &out, &stops);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&stops);
    return status;
}

int main(void) {
    test_packed();
    test_source();
    sweep(run_pick);
    return check_report();
}
