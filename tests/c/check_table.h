/* SPDX-License-Identifier: MIT
 *
 * check_table.h: a batch of records for who looks at them, and a query's rows as a text.
 */
#ifndef CHECK_TABLE_H
#define CHECK_TABLE_H

#include "check.h"

#define LEADER "01142cam a2200000   4500"
#define ONE                                                                                        \
    LEADER "\x1e" "001id" "\x1e" "008970101s1997    nyu           000 0 eng d"                     \
    "\x1e" "020  \x1f" "a111\x1f" "a222\x1f" "qpbk"                                                \
    "\x1e" "24510\x1f" "aT\xc3\xa9st\x1f" "bsub\x1f" "cme"                                         \
    "\x1e" "650 0\x1f" "aCats\x1f" "xFun\x1f" "aDogs"                                              \
    "\x1e" "650 7\x1f" "aBirds\x1f" "2gnd"                                                         \
    "\x1e" "500  " "\x1e" "003behind"
#define TWO LEADER "\x1e" "001=two" "\x1e" "650 0\x1f" "a\x1f" "xonly"

/* A view of up to four records that lie one behind the other. */
typedef struct check_view {
    mrrc_batch_view view;
    uint32_t ends[4];
    uint8_t *block;
} check_view;

static inline void check_view_begin(check_view *view, const char *const *records, size_t count) {
    mrrc_buffer all = {0};
    memset(view, 0, sizeof *view);
    for (size_t i = 0; i < count; i++) {
        check_put_text(&all, records[i]);
        view->ends[i] = (uint32_t)all.size;
    }
    view->block = check_copy(all.data, all.size);
    view->view = (mrrc_batch_view){
        .block = view->block, .ends = view->ends, .block_size = all.size, .count = count};
    mrrci_buffer_clear(&all);
}

static inline void check_view_end(check_view *view) {
    free(view->block);
}

static inline mrrc_table *check_table(const char *query, uint32_t flags) {
    mrrc_query_fault fault;
    mrrc_table *table = mrrc_table_new(query, strlen(query), "|", 1, flags, 80, 0, &fault);
    CHECK_FOR(table != NULL, "%s: %s at %u", query, fault.message, fault.offset);
    if (table == NULL)
        abort();
    return table;
}

/* Compares what a query makes of records with a text. */
static inline void check_rows(const char *query, uint32_t flags, const char *const *records,
                              size_t count, const char *wanted) {
    mrrc_table *table = check_table(query, flags);
    mrrc_buffer out = {0};
    check_view view;
    size_t done;
    check_view_begin(&view, records, count);
    CHECK(mrrc_table_records(table, &view.view, 0, count, &out, &done) == MRRC_OK);
    CHECK_EQ_INT(done, count);
    if (!check_holds(&out, wanted, strlen(wanted)))
        CHECK_FOR(false, "%s: %.*s", query, (int)out.size, out.text);
    mrrci_buffer_clear(&out);
    mrrc_table_free(table);
    check_view_end(&view);
}

#endif
