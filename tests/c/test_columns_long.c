/* SPDX-License-Identifier: MIT
 *
 * A row for each value: everything that is in a record, or what selectors find, with the places;
 * nothing of a record that is refused.
 */
#include "check_columns.h"

static const char *const small[] = {
    LEADER "\x1e" "001id" "\x1e" "65010\x1f" "aCats\x1f" "x" "\x1e" "500  " "\x1e" "650 7\x1f"
           "aBirds",
    LEADER "\x1e" "001two"};

static void test_everything(void) {
    check_found("", "", MRRC_COLUMNS_LONG, small, 2,
                "1 1 1 1 1 1 2 2 \n"
                "<LDR><001><650><650><500><650><LDR><001>\n"
                "1 1 1 1 1 2 1 1 \n"
                "--<1><1>< >< >--\n"
                "--<0><0>< ><7>--\n"
                "--<a><x>-<a>--\n"
                "<" LEADER "><id><Cats><>-<Birds><" LEADER "><two>\n");
}

static void test_selected(void) {
    check_found("650\n650$a\n001\nLDR/6\n650^2\n", "fffff", MRRC_COLUMNS_LONG, small, 2,
                "1 1 1 1 1 1 1 1 2 2 \n"
                "<650><650><650$a><650$a><001><LDR/6><650^2><650^2><001><LDR/6>\n"
                "<650><650><650><650><001><LDR><650><650><001><LDR>\n"
                "1 2 1 2 1 1 1 2 1 1 \n"
                "<1>< ><1>< >--<1>< >--\n"
                "<0><7><0><7>--<0><7>--\n"
                "--<a><a>------\n"
                "<Cats ><Birds><Cats><Birds><id><a><0><7><two><a>\n");
}

static void test_refused(void) {
    static const char *const bad[] = {LEADER "\x1e" "001id" "\x1e" "65010\x1f" "aCats" "\x1e" "2",
                                      LEADER "\x1e" "001two"};
    for (int round = 0; round < 2; round++) {
        mrrc_columns *columns =
            check_columns(round ? "" : "001\n650$a\n", round ? "" : "ff", MRRC_COLUMNS_LONG);
        mrrc_columns_out *out = mrrc_columns_out_new(columns, 100);
        mrrc_buffer text = {0};
        check_view view;
        size_t done;
        check_view_begin(&view, bad, 2);
        CHECK(mrrc_columns_records(columns, &view.view, 1, 2, 1, out, &done) == MRRC_OK);
        size_t rows = mrrc_columns_out_rows(out);
        CHECK(mrrc_columns_records(columns, &view.view, 0, 2, 1, out, &done) ==
              MRRC_ERR_PACKED_INVALID);
        CHECK(done == 0 && mrrc_columns_out_rows(out) == rows);
        mrrc_arrow_array *array = mrrc_columns_take(out);
        CHECK(array->length == (int64_t)rows);
        check_put_column(array->children[array->n_children - 1], &text);
        check_put_column(array->children[array->n_children - 2], &text);
        if (round)
            CHECK_BUFFER(text, "<" LEADER "><two>\n--\n");
        else
            CHECK_BUFFER(text, "<two>\n-\n");
        mrrc_arrow_array_free(array);
        mrrci_buffer_clear(&text);
        check_view_end(&view);
        mrrc_columns_out_free(out);
        mrrc_columns_free(columns);
    }
}

static int run_with(const char *selectors, const char *lists, size_t rows) {
    int status = MRRC_ERR_MEMORY;
    size_t done = 0;
    mrrc_columns_out *out = NULL;
    mrrc_columns *columns = check_columns(selectors, lists, MRRC_COLUMNS_LONG);
    if (columns != NULL)
        out = mrrc_columns_out_new(columns, 100);
    if (out != NULL) {
        const uint32_t end = (uint32_t)strlen(ONE);
        uint8_t *block = check_copy(ONE, end);
        const mrrc_batch_view view = {
            .block = block, .ends = &end, .block_size = end, .count = 1};
        status = mrrc_columns_records(columns, &view, 0, 1, 1, out, &done);
        check_memory_allow();
        CHECK(mrrc_columns_out_rows(out) == (status == MRRC_OK ? rows : 0));
        if (status == MRRC_ERR_MEMORY)
            CHECK(mrrc_columns_records(columns, &view, 0, 1, 1, out, &done) == MRRC_OK);
        mrrc_arrow_array *array = mrrc_columns_take(out);
        CHECK(array->length == (int64_t)rows);
        CHECK(array->children[array->n_children - 2]->null_count >= 0);
        mrrc_buffer text = {0};
        check_put_column(array->children[array->n_children - 2], &text);
        size_t missing = 0;
        for (size_t i = 0; i < text.size; i++)
            missing += text.text[i] == '-';
        CHECK_EQ_INT(array->children[array->n_children - 2]->null_count, missing);
        mrrci_buffer_clear(&text);
        mrrc_arrow_array_free(array);
        free(block);
    }
    mrrc_columns_out_free(out);
    mrrc_columns_free(columns);
    return status;
}

static int run_all(void) {
    return run_with("", "", 16);
}

static int run_selected(void) {
    return run_with("020$a\n650\n001\n", "fff", 5);
}

int main(void) {
    test_everything();
    test_selected();
    test_refused();
    sweep(run_all);
    sweep(run_selected);
    return check_report();
}
