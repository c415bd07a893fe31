/* SPDX-License-Identifier: MIT
 *
 * Rows of columns that threads of a pipeline make: those that one reader's records give, in order,
 * with the same numbers and the same count of values left out, whoever makes them; and no memory.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "check_ahead.h"
#include "check_columns.h"

enum { LONG = 60000, HANG = 300, COLUMNS_MOST = 8, LEFT_OUT_MOST = 4 };

/* What stands in columns, chunk behind chunk, and how many values were left out. */
typedef struct table {
    mrrc_buffer text[COLUMNS_MOST];
    uint64_t dropped[LEFT_OUT_MOST];
    size_t moved;             /* batches of which threads had made the rows */
} table;

static void clear_table(table *rows) {
    for (size_t i = 0; i < COLUMNS_MOST; i++)
        mrrci_buffer_clear(&rows->text[i]);
}

static bool same_tables(const table *one, const table *other) {
    bool same = memcmp(one->dropped, other->dropped, sizeof one->dropped) == 0;
    for (size_t i = 0; i < COLUMNS_MOST; i++)
        same = same && check_same(&one->text[i], &other->text[i]);
    return same;
}

/* Takes the rows; of the long shape the first column holds numbers of eight bytes, and the
 * fourth of four. */
static bool take_rows(mrrc_columns_out *out, bool in_long, table *rows) {
    if (mrrc_columns_out_rows(out) == 0)
        return true;
    mrrc_arrow_array *array = mrrc_columns_take(out);
    if (array == NULL)
        return false;
    for (int64_t i = 0; i < array->n_children; i++) {
        const mrrc_arrow_array *child = array->children[i];
        if (in_long && (i == 0 || i == 3))
            check_put(&rows->text[i], child->buffers[1], (size_t)child->length * (i == 0 ? 8 : 4));
        else
            check_put_column(child, &rows->text[i]);
        for (mrrc_buffer *text = &rows->text[i];
             !(in_long && (i == 0 || i == 3)) && text->data[text->size - 1] == '\n';)
            text->size--; /* where a chunk ends is nobody's affair */
    }
    mrrc_arrow_array_free(array);
    return true;
}

/* Makes rows of what is not marked.  Returns 0 or MRRC_ERR_MEMORY. */
static int make_rows(const mrrc_columns *columns, const mrrc_batch_view *view, uint64_t number,
                     mrrc_columns_out *out) {
    size_t done;
    for (size_t i = 0; i < view->count; i++)
        if (view->statuses[i] == MRRC_OK)
            MRRCI_TRY(mrrc_columns_records(columns, view, i, i + 1, number, out, &done));
    return MRRC_OK;
}

/* Makes the rows of a source, with threads where `workers` is not 0.  Returns 0 or
 * MRRC_ERR_MEMORY. */
static int run(ahead_source *source, const mrrc_columns *columns, bool in_long, uint32_t workers,
               size_t block, table *rows) {
    const uint32_t flags = MRRC_READ_LENIENT;
    mrrc_reader *reader = ahead_open(source);
    mrrc_columns_out *out = mrrc_columns_out_new(columns, 1 << 20);
    mrrc_pipeline *pipeline = NULL;
    mrrc_error err = {0};
    int status = reader == NULL || out == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    uint64_t met = 0;
    memset(rows, 0, sizeof *rows);
    if (status == MRRC_OK && workers > 0) {
        pipeline = mrrc_pipeline_of_columns(reader, columns, workers, 2, block, flags, &err);
        status = pipeline == NULL ? err.code : MRRC_OK;
    }
    while (status == MRRC_OK) {
        mrrc_batch_view view;
        status = pipeline == NULL ? mrrc_reader_next(reader, flags, &view, &err)
                                  : mrrc_pipeline_next(pipeline, LONG, &view, &err);
        if (status != MRRC_OK)
            break;
        if (pipeline != NULL && mrrc_pipeline_rows(pipeline, out) == MRRC_OK) {
            CHECK(view.marked == 0 && mrrc_pipeline_rows(pipeline, out) == MRRC_UNDECODED);
            rows->moved++;
        } else {
            status = make_rows(columns, &view, met + 1, out);
        }
        met += view.met;
        bool taken = true;
        WITH_MEMORY(taken = status != MRRC_OK || take_rows(out, in_long, rows));
        CHECK(taken);
    }
    if (out != NULL)
        mrrc_columns_out_dropped(out, rows->dropped);
    mrrc_pipeline_free(pipeline);
    mrrc_columns_out_free(out);
    mrrc_reader_free(reader);
    return status == MRRC_END ? MRRC_OK : status;
}

static const char SELECTORS[] = "001\n245$a\n500$a\n";

static mrrc_columns *columns_of(bool in_long) {
    return check_columns(SELECTORS, in_long ? "fff" : "ffl", in_long ? MRRC_COLUMNS_LONG : 0);
}

static void test_chance(unsigned turns) {
    static const size_t blocks[] = {1, 700, 5000, 65536};
    for (unsigned turn = 0; turn < turns; turn++) {
        uint64_t state = 1 + turn * 7919;
        mrrc_buffer data = {0};
        ahead_make_marc(&state, 1 + check_random(&state, 200), &data);
        if (turn % 2 == 1)
            ahead_damage(&state, &data);
        mrrc_filter *filter = ahead_filter(ahead_filters[check_random(&state, 5)]);
        ahead_source source = {.data = &data, .filter = filter};
        for (int in_long = 0; in_long < 2; in_long++) {
            mrrc_columns *columns = columns_of(in_long != 0);
            table alone, ahead;
            CHECK(run(&source, columns, in_long != 0, 0, 0, &alone) == MRRC_OK);
            for (uint32_t workers = 1; workers < 4; workers++) {
                size_t block = blocks[check_random(&state, 4)];
                CHECK(run(&source, columns, in_long != 0, workers, block, &ahead) == MRRC_OK);
                CHECK_FOR(same_tables(&alone, &ahead), "turn %u, shape %d, %u threads of %zu",
                          turn, in_long, workers, block);
                CHECK(turn > 0 || ahead.moved > 0);
                clear_table(&ahead);
            }
            clear_table(&alone);
            mrrc_columns_free(columns);
        }
        mrrc_filter_free(filter);
        mrrci_buffer_clear(&data);
    }
}

/* Where a thread has no memory for rows the caller makes them, and is told if he has none. */
static void make_without_memory(void *context) {
    ahead_source source = *(ahead_source *)context;
    table rows;
    mrrc_columns *columns = columns_of(false);
    if (columns == NULL)
        return;
    int status = run(&source, columns, false, 2, 400, &rows);
    CHECK(status == MRRC_OK || (status == MRRC_ERR_MEMORY && check_memory.failed));
    bool failed = check_memory.failed;
    clear_table(&rows);
    mrrc_columns_free(columns);
    check_memory.failed = failed;
}

static void test_without_memory(void) {
    static check_record record;
    mrrc_buffer data = {0};
    for (int i = 0; i < 6; i++) {
        check_record_begin(&record, 'a');
        check_record_add(&record, "001", "id1");
        check_record_add(&record, "245", "10\x1f" "aTitle");
        check_record_add(&record, "500", "  \x1f" "aOne\x1f" "aTwo");
        check_lay_out(&record);
        check_record_write(&record, &data);
    }
    ahead_source source = {.data = &data};
    check_memory_sweep(make_without_memory, &source);
    mrrci_buffer_clear(&data);
}

int main(void) {
    alarm(HANG); /* what waits for ever is a fault */
    test_chance(12);
    test_without_memory();
    return check_report();
}
