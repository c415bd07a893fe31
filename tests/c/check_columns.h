/* SPDX-License-Identifier: MIT
 *
 * check_columns.h: columns made of records, and what is in them as a text: a line a column, its
 * values between < and >, a missing one as -, a list between ( and ).
 */
#ifndef CHECK_COLUMNS_H
#define CHECK_COLUMNS_H

#include "check.h"
#include "check_table.h"

/* Selectors stand with a line end behind each; they are the names, too.  In `lists` stands an l for
 * each column that is to be a list. */
static inline mrrc_columns *check_columns(const char *selectors, const char *lists,
                                          uint32_t flags) {
    size_t size = strlen(selectors), count = strlen(lists);
    char names[4096];
    uint8_t wanted[512];
    mrrc_query_fault fault;
    if (size >= sizeof names || count > sizeof wanted)
        abort();
    for (size_t i = 0; i < size; i++)
        names[i] = (char)(selectors[i] == '\n' ? 0 : selectors[i]);
    for (size_t i = 0; i < count; i++)
        wanted[i] = lists[i] == 'l';
    mrrc_columns *columns =
        mrrc_columns_new(selectors, size, names, size, wanted, count, flags, &fault);
    CHECK_FOR(columns != NULL || fault.code == MRRC_ERR_MEMORY, "%s: %s at %u", selectors,
              fault.message, fault.offset);
    return columns;
}

static inline void check_put_texts(const mrrc_arrow_array *array, int64_t from, int64_t end,
                                   mrrc_buffer *out) {
    const uint8_t *valid = array->buffers[0];
    const int32_t *offsets = array->buffers[1];
    const char *data = array->buffers[2];
    CHECK(array->n_buffers == 3 && array->n_children == 0 && array->offset == 0);
    for (int64_t i = from; i < end; i++) {
        if (valid != NULL && !(valid[i / 8] >> (i % 8) & 1)) {
            check_put_text(out, "-");
            CHECK(offsets[i] == offsets[i + 1]);
            continue;
        }
        check_put_text(out, "<");
        CHECK(mrrci_buffer_append(out, data + offsets[i], (size_t)(offsets[i + 1] - offsets[i])) ==
              0);
        check_put_text(out, ">");
    }
}

static inline void check_put_column(const mrrc_arrow_array *array, mrrc_buffer *out) {
    char number[32];
    if (array->n_children == 1) {
        const int32_t *lists = array->buffers[1];
        CHECK(array->n_buffers == 2 && lists[array->length] == array->children[0]->length);
        for (int64_t i = 0; i < array->length; i++) {
            check_put_text(out, "(");
            check_put_texts(array->children[0], lists[i], lists[i + 1], out);
            check_put_text(out, ")");
        }
    } else if (array->n_buffers == 3) {
        check_put_texts(array, 0, array->length, out);
    } else {
        const int64_t *wide = array->buffers[1];
        const int32_t *narrow = array->buffers[1];
        bool is_wide = array->length > 0 && wide[0] < 1000;
        for (int64_t i = 0; i < array->length; i++) {
            snprintf(number, sizeof number, "%d ", is_wide ? (int)wide[i] : (int)narrow[i]);
            check_put_text(out, number);
        }
    }
    check_put_text(out, "\n");
}

/* What is in rows, which are freed; the memory that a test refuses is not wanted here. */
static inline void check_put_rows(mrrc_arrow_array *array, mrrc_buffer *out) {
    for (int64_t i = 0; i < array->n_children; i++)
        check_put_column(array->children[i], out);
    mrrc_arrow_array_free(array);
}

/* Compares what columns make of records with a text. */
static inline void check_found(const char *selectors, const char *lists, uint32_t flags,
                               const char *const *records, size_t count, const char *wanted) {
    mrrc_columns *columns = check_columns(selectors, lists, flags);
    mrrc_columns_out *out = mrrc_columns_out_new(columns, 1000);
    mrrc_buffer text = {0};
    check_view view;
    size_t done;
    check_view_begin(&view, records, count);
    CHECK(mrrc_columns_records(columns, &view.view, 0, count, 1, out, &done) == MRRC_OK);
    CHECK_EQ_INT(done, count);
    check_put_rows(mrrc_columns_take(out), &text);
    if (!check_holds(&text, wanted, strlen(wanted)))
        CHECK_FOR(false, "%s: %.*s", selectors, (int)text.size, text.text);
    mrrci_buffer_clear(&text);
    mrrc_columns_out_free(out);
    mrrc_columns_free(columns);
    check_view_end(&view);
}

#endif
