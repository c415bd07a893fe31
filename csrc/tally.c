/* SPDX-License-Identifier: MIT
 *
 * tally.c: how often each row of a table comes, over as many batches as one likes; and lists of
 * rows, by which records are known.  A row is counted as its cells are, before a file's
 * rules for commas, quotes and formulas.
 */
#include "reference.h"
#include "table.h"
#include "tally.h"

struct mrrc_tally {
    mrrci_counter counter;
    mrrc_buffer row;          /* of cells with 0x1F behind each */
    uint64_t records;
    bool once;                /* a row counts once a record */
    bool found;               /* a row that is listed came */
};

mrrc_tally *mrrc_tally_new(void) {
    return mrrci_new(sizeof(mrrc_tally));
}

void mrrc_tally_free(mrrc_tally *tally) {
    if (tally == NULL)
        return;
    mrrci_counter_clear(&tally->counter);
    mrrci_buffer_clear(&tally->row);
    mrrci_free(tally);
}

size_t mrrc_tally_size(const mrrc_tally *tally) {
    return tally->counter.entries.size / sizeof(mrrci_entry);
}

/* Lays a row out as it is counted. */
static int lay_out(mrrc_tally *tally, const mrrci_stretch *cells, size_t count) {
    tally->row.size = 0;
    for (size_t i = 0; i < count; i++) {
        MRRCI_TRY(mrrci_buffer_reserve(&tally->row, cells[i].size + 1));
        MRRCI_TRY(mrrci_buffer_append(&tally->row, cells[i].at, cells[i].size));
        MRRCI_TRY(mrrci_buffer_append(&tally->row, "\x1F", 1));
    }
    return MRRC_OK;
}

static int count_row(void *taker, const mrrci_stretch *cells, size_t count) {
    mrrc_tally *tally = taker;
    size_t number = 0;
    MRRCI_TRY(lay_out(tally, cells, count));
    MRRCI_TRY(mrrci_counter_find(&tally->counter, tally->row.data, tally->row.size, true, &number));
    mrrci_entry *entry = mrrci_entry_at(&tally->counter, number);
    if (!tally->once || entry->count == 0 || entry->last != tally->records)
        entry->count++;
    entry->last = tally->records;
    return MRRC_OK;
}

static int find_row(void *taker, const mrrci_stretch *cells, size_t count) {
    mrrc_tally *tally = taker;
    size_t number;
    if (tally->found)
        return MRRC_OK;
    MRRCI_TRY(lay_out(tally, cells, count));
    int found = mrrci_counter_find(&tally->counter, tally->row.data, tally->row.size, false,
                                   &number);
    tally->found = found > 0;
    return found < 0 ? found : MRRC_OK;
}

/* Gives the rows of records to `take`, and tells in `found`, if it is not NULL, of which records
 * it found some. */
static int walk(mrrc_tally *tally, mrrc_table *table, const mrrc_batch_view *view, size_t first,
                size_t end, mrrci_row_taker *take, uint8_t *found, size_t *done) {
    *done = first;
    if (!mrrci_table_suits(view, first, end))
        return MRRC_ERR_ARGUMENT;
    for (uint32_t begin = first > 0 ? view->ends[first - 1] : 0; *done < end;
         begin = view->ends[(*done)++]) {
        if (view->ends[*done] < begin)
            return MRRC_ERR_PACKED_INVALID;
        tally->records++;
        tally->found = false;
        MRRCI_TRY(mrrci_table_rows(table, view->block + begin, view->ends[*done] - begin, take,
                                   tally));
        if (found != NULL)
            found[*done - first] = tally->found;
    }
    return MRRC_OK;
}

int mrrc_tally_records(mrrc_tally *tally, mrrc_table *table, int once, const mrrc_batch_view *view,
                       size_t first, size_t end, size_t *done) {
    tally->once = once != 0;
    return walk(tally, table, view, first, end, count_row, NULL, done);
}

/* What numbers are written to. */
typedef struct numbering {
    mrrc_tally *tally;
    mrrc_buffer *out;
    uint32_t record;
} numbering;

static int number_row(void *taker, const mrrci_stretch *cells, size_t count) {
    numbering *numbering = taker;
    mrrc_tally *tally = numbering->tally;
    size_t number = 0;
    MRRCI_TRY(lay_out(tally, cells, count));
    MRRCI_TRY(mrrci_counter_find(&tally->counter, tally->row.data, tally->row.size, true, &number));
    mrrci_entry *entry = mrrci_entry_at(&tally->counter, number);
    if (entry->count > 0 && entry->last == tally->records)
        return MRRC_OK;
    entry->count++;
    entry->last = tally->records;
    const uint32_t both[2] = {numbering->record, (uint32_t)number};
    return mrrci_buffer_append(numbering->out, both, sizeof both);
}

int mrrc_tally_numbers(mrrc_tally *tally, mrrc_table *table, const mrrc_batch_view *view,
                       size_t first, size_t end, mrrc_buffer *out, size_t *done) {
    numbering numbering = {tally, out, 0};
    *done = first;
    if (!mrrci_table_suits(view, first, end))
        return MRRC_ERR_ARGUMENT;
    for (; *done < end; (*done)++) {
        uint32_t begin = *done > 0 ? view->ends[*done - 1] : 0;
        size_t before = out->size;
        if (view->ends[*done] < begin)
            return MRRC_ERR_PACKED_INVALID;
        tally->records++;
        numbering.record = (uint32_t)*done;
        int status = mrrci_table_rows(table, view->block + begin, view->ends[*done] - begin,
                                      number_row, &numbering);
        if (status < 0) {
            out->size = before;
            return status;
        }
    }
    return MRRC_OK;
}

int mrrc_tally_row(const mrrc_tally *tally, size_t number, mrrc_buffer *out) {
    if (number >= mrrc_tally_size(tally))
        return MRRC_ERR_ARGUMENT;
    return mrrci_buffer_append(out, mrrci_entry_text(&tally->counter, number),
                               mrrci_entry_at(&tally->counter, number)->size);
}

int mrrc_tally_add(mrrc_tally *tally, const char *cells, size_t size) {
    size_t number = 0;
    int found = mrrci_counter_find(&tally->counter, (const uint8_t *)cells, size, true, &number);
    return found < 0 ? found : MRRC_OK;
}

int mrrc_tally_find(mrrc_tally *tally, mrrc_table *table, const mrrc_batch_view *view,
                    size_t first, size_t end, uint8_t *found, size_t *done) {
    return walk(tally, table, view, first, end, find_row, found, done);
}

/* ---- writing ---- */

enum { DIGITS_MAX = 20 };

static mrrci_stretch number_text(uint64_t number, uint8_t *digits) {
    size_t at = DIGITS_MAX;
    do
        digits[--at] = (uint8_t)('0' + number % 10);
    while ((number /= 10) > 0);
    return (mrrci_stretch){digits + at, DIGITS_MAX - at};
}

/* Writes an entry as a row with one cell more. */
static int put_entry(mrrc_tally *tally, const mrrc_table *table, size_t number, mrrc_buffer *cells,
                     mrrc_buffer *out) {
    const mrrci_entry *entry = mrrci_entry_at(&tally->counter, number);
    const uint8_t *at = mrrci_entry_text(&tally->counter, number), *end = at + entry->size;
    uint8_t digits[DIGITS_MAX];
    cells->size = 0;
    while (at < end) {
        const uint8_t *stop = memchr(at, MRRCI_SUBFIELD, (size_t)(end - at));
        const mrrci_stretch cell = {at, (size_t)((stop == NULL ? end : stop) - at)};
        MRRCI_TRY(mrrci_buffer_append(cells, &cell, sizeof cell));
        at = stop == NULL ? end : stop + 1;
    }
    const mrrci_stretch count = number_text(entry->count, digits);
    MRRCI_TRY(mrrci_buffer_append(cells, &count, sizeof count));
    return mrrci_table_put(table, (const mrrci_stretch *)(const void *)cells->data,
                           cells->size / sizeof count, out);
}

int mrrc_tally_rows(mrrc_tally *tally, const mrrc_table *table, int reverse, uint64_t least,
                    uint64_t most, mrrc_buffer *out) {
    mrrc_buffer order = {0}, cells = {0};
    int status = mrrci_counter_order(&tally->counter, least, reverse != 0, &order);
    size_t count = order.size / sizeof(uint32_t);
    for (size_t i = 0; status == MRRC_OK && i < count && i < most; i++)
        status = put_entry(tally, table, ((const uint32_t *)(const void *)order.data)[i], &cells,
                           out);
    mrrci_buffer_clear(&order);
    mrrci_buffer_clear(&cells);
    return status;
}
