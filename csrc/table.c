/* SPDX-License-Identifier: MIT
 *
 * table.c: tables as the public header has them: made of a query, asked for their names and
 * warnings, written row by row.  What the rows are is decided elsewhere.
 */
#include "table.h"
#include "table_columns.h"

#define AT(type, buffer, number) ((type *)(void *)(buffer).data + (number))
#define COUNT(type, buffer) ((buffer).size / sizeof(type))

/* ---- writing ---- */

static int put_plain(const mrrci_stretch *cells, size_t count, mrrc_buffer *out) {
    size_t size = count + 1;
    for (size_t i = 0; i < count; i++)
        size += cells[i].size;
    MRRCI_TRY(mrrci_buffer_reserve(out, size));
    for (size_t i = 0; i < count; i++) {
        MRRCI_TRY(mrrci_buffer_append(out, cells[i].at, cells[i].size));
        MRRCI_TRY(mrrci_buffer_append(out, "\x1F", 1));
    }
    return mrrci_buffer_append(out, "\x1E", 1);
}

int mrrci_table_put(const mrrc_table *table, const mrrci_stretch *cells, size_t count,
                    mrrc_buffer *out) {
    size_t begin = out->size;
    if (table->flags & MRRC_TABLE_PLAIN)
        return put_plain(cells, count, out);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            MRRCI_TRY(mrrci_buffer_append(out, &table->style.separator, 1));
        size_t from = out->size;
        MRRCI_TRY(mrrci_buffer_append(out, cells[i].at, cells[i].size));
        MRRCI_TRY(mrrci_cell_end(&table->style, out, from));
    }
    /* an empty line would be no row */
    if (out->size == begin && table->style.quotes != MRRCI_QUOTES_NEVER)
        MRRCI_TRY(mrrci_buffer_append(out, "\"\"", 2));
    return mrrci_buffer_append(out, "\n", 1);
}

typedef struct writing {
    const mrrc_table *table;
    mrrc_buffer *out;
    size_t limit;
} writing;

static int write_row(void *taker, const mrrci_stretch *cells, size_t count) {
    writing *writing = taker;
    if (writing->out->size > writing->limit)
        return MRRC_ERR_QUERY_LIMIT;
    return mrrci_table_put(writing->table, cells, count, writing->out);
}

bool mrrci_table_suits(const mrrc_batch_view *view, size_t first, size_t end) {
    if (first > end || end > view->count)
        return false;
    for (size_t i = first; view->marked > 0 && i < end; i++)
        if (view->statuses[i] != MRRC_OK)
            return false;
    return true;
}

int mrrc_table_records(mrrc_table *table, const mrrc_batch_view *view, size_t first, size_t end,
                       mrrc_buffer *out, size_t *done) {
    writing writing = {table, out, 0};
    size_t enough = out->size + MRRCI_TABLE_ENOUGH;
    *done = first;
    if (!mrrci_table_suits(view, first, end))
        return MRRC_ERR_ARGUMENT;
    for (uint32_t begin = first > 0 ? view->ends[first - 1] : 0; *done < end;
         begin = view->ends[(*done)++]) {
        size_t before = out->size;
        if (before > enough)
            return MRRC_MORE;
        if (view->ends[*done] < begin)
            return MRRC_ERR_PACKED_INVALID;
        writing.limit = before + MRRCI_TABLE_BYTES;
        int status = mrrci_table_rows(table, view->block + begin, view->ends[*done] - begin,
                                      write_row, &writing);
        if (status < 0) {
            out->size = before;
            return status;
        }
    }
    return MRRC_OK;
}

/* ---- a table ---- */

static mrrci_cells style_of(uint32_t flags) {
    mrrci_cells style = {.separator = flags & MRRC_TABLE_TABS ? '\t' : ',',
                         .formulas = (flags & MRRC_TABLE_FORMULAS) != 0,
                         .quotes = MRRCI_QUOTES_NECESSARY};
    if (flags & MRRC_TABLE_QUOTES_ALWAYS)
        style.quotes = MRRCI_QUOTES_ALWAYS;
    else if (flags & MRRC_TABLE_QUOTES_TEXT)
        style.quotes = MRRCI_QUOTES_TEXT;
    else if (flags & MRRC_TABLE_QUOTES_NEVER)
        style.quotes = MRRCI_QUOTES_NEVER;
    return style;
}

static int compile(mrrc_table *table, const char *query, size_t size, const char *separator,
                   size_t separator_size, uint32_t similarity, uint32_t fold,
                   mrrc_query_fault *fault) {
    table->separator.size = (uint32_t)separator_size;
    /* what has no bytes has a place, too */
    MRRCI_TRY(mrrci_buffer_reserve(&table->bytes, 1));
    MRRCI_TRY(mrrci_buffer_append(&table->bytes, separator, separator_size));
    return mrrci_table_parse(table, (const uint8_t *)query, size, similarity, fold, fault);
}

mrrc_table *mrrc_table_new(const char *query, size_t size, const char *separator,
                           size_t separator_size, uint32_t flags, uint32_t similarity,
                           uint32_t fold, mrrc_query_fault *fault) {
    memset(fault, 0, sizeof *fault);
    mrrc_table *table = mrrci_new(sizeof *table);
    int status = MRRC_ERR_MEMORY;
    if (table != NULL) {
        table->flags = flags;
        table->style = style_of(flags);
        status = compile(table, query, size, separator, separator_size, similarity, fold, fault);
        if (status == MRRC_OK)
            return table;
    }
    if (status == MRRC_ERR_MEMORY) {
        memset(fault, 0, sizeof *fault);
        fault->code = status;
    }
    mrrc_table_free(table);
    return NULL;
}

void mrrc_table_free(mrrc_table *table) {
    if (table == NULL)
        return;
    for (size_t i = 0; i < COUNT(mrrci_item, table->items); i++) {
        mrrci_matcher_free(MRRCI_ITEM_AT(table, i)->matcher);
        mrrc_filter_free(MRRCI_ITEM_AT(table, i)->condition);
    }
    mrrci_matcher_free(table->asker);
    mrrc_filter_free(table->conditions);
    mrrci_buffer_clear(&table->items);
    mrrci_buffer_clear(&table->columns);
    mrrci_buffer_clear(&table->bytes);
    mrrci_buffer_clear(&table->warnings);
    mrrci_buffer_clear(&table->fields);
    mrrci_buffer_clear(&table->cells);
    mrrci_buffer_clear(&table->rows);
    mrrci_buffer_clear(&table->values);
    mrrci_buffer_clear(&table->counts);
    mrrci_buffer_clear(&table->text);
    mrrci_buffer_clear(&table->row);
    mrrci_free(table);
}

const mrrc_query_fault *mrrc_table_warnings(const mrrc_table *table, size_t *count) {
    *count = COUNT(mrrc_query_fault, table->warnings);
    return (const mrrc_query_fault *)(const void *)table->warnings.data;
}

int64_t mrrc_table_columns(const mrrc_table *table, mrrc_buffer *names) {
    size_t count = COUNT(mrrci_table_column, table->columns);
    for (size_t i = 0; names != NULL && i < count; i++) {
        const mrrci_words *name = &MRRCI_COLUMN_AT(table, i)->name;
        MRRCI_TRY(mrrci_buffer_append(names, table->bytes.data + name->offset, name->size));
        MRRCI_TRY(mrrci_buffer_append(names, "\x1F", 1));
    }
    return (int64_t)count;
}

int mrrc_table_row(const mrrc_table *table, const char *cells, size_t size, mrrc_buffer *out) {
    mrrc_buffer row = {0};
    const uint8_t *at = (const uint8_t *)cells, *end = at + size;
    int status = mrrci_buffer_reserve(&row, sizeof(mrrci_stretch));
    while (status == MRRC_OK && at < end) {
        const uint8_t *stop = memchr(at, MRRCI_SUBFIELD, (size_t)(end - at));
        const mrrci_stretch cell = {at, (size_t)((stop == NULL ? end : stop) - at)};
        status = mrrci_buffer_append(&row, &cell, sizeof cell);
        at += cell.size + 1;
        if (stop == NULL)
            break;
    }
    if (status == MRRC_OK)
        status = mrrci_table_put(table, AT(mrrci_stretch, row, 0), COUNT(mrrci_stretch, row), out);
    mrrci_buffer_clear(&row);
    return status;
}

int mrrc_table_all_rows(const mrrc_table *table, const char *cells, size_t size,
                        mrrc_buffer *out) {
    const char *at = cells, *end = cells + size;
    while (at < end) {
        const char *stop = memchr(at, MRRCI_FIELD, (size_t)(end - at));
        size_t row = (size_t)((stop == NULL ? end : stop) - at);
        MRRCI_TRY(mrrc_table_row(table, at, row, out));
        at += stop == NULL ? row : row + 1;
    }
    return MRRC_OK;
}
