/* SPDX-License-Identifier: MIT
 *
 * csv.c: tables with commas or tabs (RFC 4180, lines ended by LF).  The long form has a row
 * for the leader, each control field and each subfield, and holds all of a record; the
 * wide form has a row a record and a column a selector, with "|" between the values of
 * a cell.  A cell that a spreadsheet would run as a formula gets an apostrophe in front
 * unless the caller wants it as it is.  Tables are not read.
 */
#include "cell.h"
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "occurrence.h"
#include "packed.h"
#include "query.h"
#include "select.h"

#define LONG_COLUMNS "record", "001", "tag", "occurrence", "ind1", "ind2", "code", "value"

enum { DIGITS_MAX = 20 };

/* A table being written: only this call knows it. */
typedef struct table {
    mrrc_buffer *out;
    mrrci_cells cells;
    size_t row;               /* where the row begins in `out` */
} table;

/* ---- cells ---- */

/* Puts the separator in front of a cell unless it is the row's first.  Returns where the cell
 * begins by `from`. */
static int begin_cell(const table *table, size_t *from) {
    if (table->out->size > table->row)
        MRRCI_TRY(mrrci_buffer_append(table->out, &table->cells.separator, 1));
    *from = table->out->size;
    return MRRC_OK;
}

static int put_cell(const table *table, const void *text, size_t size) {
    size_t from;
    MRRCI_TRY(begin_cell(table, &from));
    MRRCI_TRY(mrrci_buffer_append(table->out, text, size));
    return mrrci_cell_end(&table->cells, table->out, from);
}

static int put_number(const table *table, uint64_t number) {
    uint8_t digits[DIGITS_MAX];
    size_t at = DIGITS_MAX;
    do
        digits[--at] = (uint8_t)('0' + number % 10);
    while ((number /= 10) > 0);
    return put_cell(table, digits + at, DIGITS_MAX - at);
}

static int end_row(table *table) {
    MRRCI_TRY(mrrci_buffer_append(table->out, "\n", 1));
    table->row = table->out->size;
    return MRRC_OK;
}

/* ---- the long form ---- */

static int put_long_header(table *table) {
    static const char *const names[] = {LONG_COLUMNS};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        MRRCI_TRY(put_cell(table, names[i], strlen(names[i])));
    return end_row(table);
}

/* A record's rows: the cells that begin each of them stand in `out` where its first row
 * begins, and those of a field where the field's first row does. */
typedef struct rows {
    table table;
    size_t record, record_size;
    size_t field, field_size;
} rows;

/* Appends once more what stands in `out` already. */
static int put_again(mrrc_buffer *out, size_t from, size_t size) {
    MRRCI_TRY(mrrci_buffer_reserve(out, size));
    return mrrci_buffer_append(out, out->data + from, size);
}

/* Begins the record's first row: its number and its 001. */
static int begin_record(rows *rows, const uint8_t *packed, size_t size, uint64_t number) {
    mrrci_cursor cursor;
    mrrci_field field, control = {0};
    int more;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    while ((more = mrrci_field_next(&cursor, &field)) > 0)
        if (memcmp(field.tag, "001", 3) == 0) {
            control = field;
            break;
        }
    MRRCI_TRY(more);
    rows->record = rows->table.row;
    MRRCI_TRY(put_number(&rows->table, number));
    MRRCI_TRY(put_cell(&rows->table, control.body, control.size));
    rows->record_size = rows->table.out->size - rows->record;
    return MRRC_OK;
}

/* Begins a field's first row: its tag and occurrence, and its indicators. */
static int begin_field(rows *rows, const void *tag, uint32_t occurrence, const uint8_t *indicators,
                       const size_t *sizes) {
    const table *table = &rows->table;
    if (table->row != rows->record)
        MRRCI_TRY(put_again(table->out, rows->record, rows->record_size));
    MRRCI_TRY(put_cell(table, tag, 3));
    MRRCI_TRY(put_number(table, occurrence));
    MRRCI_TRY(put_cell(table, indicators, sizes[0]));
    MRRCI_TRY(put_cell(table, indicators + sizes[0], sizes[1]));
    rows->field = table->row;
    rows->field_size = table->out->size - rows->field;
    return MRRC_OK;
}

/* Ends a row of the field, having begun it unless it is the first. */
static int put_row(rows *rows, const mrrci_subfield *subfield) {
    table *table = &rows->table;
    if (table->row != rows->field)
        MRRCI_TRY(put_again(table->out, rows->field, rows->field_size));
    MRRCI_TRY(put_cell(table, subfield->code, subfield->code_size));
    MRRCI_TRY(put_cell(table, subfield->value, subfield->size));
    return end_row(table);
}

/* The row of the leader or a control field. */
static int put_fixed_row(rows *rows, const void *tag, uint32_t occurrence, const uint8_t *text,
                         size_t size) {
    static const size_t none[2] = {0, 0};
    const mrrci_subfield subfield = {text, 0, text, size};
    MRRCI_TRY(begin_field(rows, tag, occurrence, text, none));
    return put_row(rows, &subfield);
}

/* How many bytes each indicator has.  Returns whether there are two of one character. */
static bool measure_indicators(const uint8_t *text, size_t size, size_t *sizes) {
    for (int i = 0; i < 2; i++) {
        if (size == 0)
            return false;
        sizes[i] = *text < 0xC0 ? 1 : *text < 0xE0 ? 2 : *text < 0xF0 ? 3 : 4;
        text += sizes[i];
        size -= sizes[i];
    }
    return size == 0;
}

static int put_field(rows *rows, const mrrci_field *field, uint32_t occurrence) {
    static const mrrci_subfield none = {(const uint8_t *)"", 0, (const uint8_t *)"", 0};
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t indicators, sizes[2], count = 0;
    if (field->control)
        return put_fixed_row(rows, field->tag, occurrence, field->body, field->size);
    mrrci_subfields_begin(&cursor, field, &indicators);
    if (!measure_indicators(field->body, indicators, sizes))
        return MRRC_ERR_INDICATOR_INVALID;
    MRRCI_TRY(begin_field(rows, field->tag, occurrence, field->body, sizes));
    for (; mrrci_subfield_next(&cursor, &subfield); count++) {
        if (subfield.code_size == 0)
            return MRRC_ERR_CODE_INVALID;
        MRRCI_TRY(put_row(rows, &subfield));
    }
    return count > 0 ? MRRC_OK : put_row(rows, &none);
}

/* Notes which field cannot be written. */
static int fail_field(mrrc_error *err, int code, const mrrci_field *field, uint32_t index) {
    if (err != NULL && err->code == 0 && code > MRRC_FATAL) {
        memcpy(err->tag, field->tag, 3);
        err->field = index;
        return mrrci_fail_seen(err, code, 0, field->body, field->size);
    }
    return mrrci_fail(err, code, 0);
}

static int put_fields(rows *rows, mrrci_occurrences *occurrences, const uint8_t *packed,
                      size_t size, mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field field;
    uint32_t occurrence = 0;
    int more;
    (void)mrrci_fields_begin(&cursor, packed, size);
    for (uint32_t index = 0; (more = mrrci_field_next(&cursor, &field)) > 0; index++) {
        int status = mrrci_occurrence(occurrences, field.tag, &occurrence);
        if (status == MRRC_OK)
            status = put_field(rows, &field, occurrence);
        if (status < 0)
            return fail_field(err, status, &field, index);
    }
    return more;
}

static int put_long(table *table, const uint8_t *packed, size_t size, uint64_t number,
                    mrrc_error *err) {
    rows rows = {.table = *table};
    mrrci_occurrences occurrences = {0};
    MRRCI_TRY(begin_record(&rows, packed, size, number));
    MRRCI_TRY(put_fixed_row(&rows, "LDR", 1, packed, MRRCI_LEADER_SIZE));
    int status = put_fields(&rows, &occurrences, packed, size, err);
    mrrci_occurrences_clear(&occurrences);
    return status;
}

/* ---- the wide form ---- */

static int put_wide_header(table *table, const mrrci_columns *columns) {
    for (size_t i = 0; i < mrrci_columns_count(columns); i++) {
        size_t size;
        const uint8_t *name = mrrci_column_name(columns, i, &size);
        MRRCI_TRY(put_cell(table, name, size));
    }
    return end_row(table);
}

/* Puts a backslash before each bar of the value that ends `out`, and doubles the backslashes
 * that stand directly before a bar or at the end: a bar with an even number of them before it
 * separates values.  Other backslashes, and so nearly all values, stay. */
static int escape_bars(mrrc_buffer *out, size_t from) {
    bool before_bar = true;
    size_t more = 0;
    for (size_t i = out->size; i-- > from;) {
        uint8_t byte = out->data[i];
        before_bar = byte == '|' || (byte == '\\' && before_bar);
        more += before_bar;
    }
    if (more == 0)
        return MRRC_OK;
    MRRCI_TRY(mrrci_buffer_reserve(out, more));
    uint8_t *to = out->data + out->size + more;
    before_bar = true;
    for (size_t i = out->size; i-- > from;) {
        uint8_t byte = out->data[i];
        before_bar = byte == '|' || (byte == '\\' && before_bar);
        *--to = byte;
        if (before_bar)
            *--to = '\\';
    }
    out->size += more;
    return MRRC_OK;
}

/* The bars of control fields and of the leader are MARC's fill characters, and stay. */
static int put_values(const table *table, const mrrci_selection *selection, size_t column) {
    mrrc_buffer *out = table->out;
    mrrci_hits hits;
    mrrci_hit hit;
    bool first = true;
    int more;
    mrrci_hits_begin(&hits, selection, column);
    for (; (more = mrrci_hit_next(&hits, &hit)) > 0; first = false) {
        if (!first)
            MRRCI_TRY(mrrci_buffer_append(out, "|", 1));
        size_t from = out->size;
        MRRCI_TRY(mrrci_hit_put(&hit, out));
        if (!hit.fixed)
            MRRCI_TRY(escape_bars(out, from));
    }
    return more;
}

static int put_wide(table *table, const uint8_t *packed, size_t size,
                    const mrrci_columns *columns, mrrci_matcher *asker) {
    mrrci_selection selection;
    size_t count = mrrci_columns_count(columns), from = 0;
    MRRCI_TRY(mrrci_select(&selection, columns, asker, packed, size));
    for (size_t i = 0; i < count; i++) {
        /* the row's start does not tell an empty first cell from no cell */
        if (i > 0)
            MRRCI_TRY(mrrci_buffer_append(table->out, &table->cells.separator, 1));
        from = table->out->size;
        MRRCI_TRY(put_values(table, &selection, i));
        MRRCI_TRY(mrrci_cell_end(&table->cells, table->out, from));
    }
    /* an empty line would be no row */
    if (count == 1 && table->out->size == from)
        MRRCI_TRY(mrrci_buffer_append(table->out, "\"\"", 2));
    return end_row(table);
}

/* ---- both ---- */

static table begin_table(const mrrci_how *how, mrrc_buffer *out, char separator) {
    return (table){.out = out,
                   .cells = {.separator = (uint8_t)separator,
                             .formulas = (how->flags & MRRC_WRITE_FORMULAS) != 0},
                   .row = out->size};
}

static int put_header(table *table, const mrrci_how *how) {
    size_t before = table->out->size;
    int status = how->columns != NULL ? put_wide_header(table, how->columns)
                                      : put_long_header(table);
    if (status < 0)
        table->out->size = before;
    return status;
}

/* Says which field is not UTF-8. */
static int refuse_text(const uint8_t *packed, size_t size, mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field field;
    if (mrrci_fields_begin(&cursor, packed, size) < 0)
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    for (uint32_t index = 0; mrrci_field_next(&cursor, &field) > 0; index++)
        if (!mrrci_utf8_valid(field.tag, 3 + field.size))
            return fail_field(err, MRRC_ERR_TEXT_INVALID, &field, index);
    return mrrci_fail(err, MRRC_ERR_TEXT_INVALID, 0);
}

static int encode(const uint8_t *packed, size_t size, const mrrci_how *how, char separator,
                  mrrc_buffer *out, mrrc_error *err) {
    size_t before = out->size;
    int status = MRRC_OK;
    if (!mrrci_utf8_valid(packed, size))
        return refuse_text(packed, size, err);
    table table = begin_table(how, out, separator);
    if (how->flags & MRRC_WRITE_ALONE)
        status = put_header(&table, how);
    if (status == MRRC_OK)
        status = how->columns != NULL ? put_wide(&table, packed, size, how->columns, how->asker)
                                      : put_long(&table, packed, size, how->number, err);
    if (status < 0) {
        out->size = before;
        return mrrci_fail(err, status, 0);
    }
    return MRRC_OK;
}

static int begin(const mrrci_how *how, mrrc_buffer *out, char separator) {
    table table = begin_table(how, out, separator);
    return put_header(&table, how);
}

int mrrci_csv_begin(const mrrci_how *how, mrrc_buffer *out) {
    return begin(how, out, ',');
}

int mrrci_csv_encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                     mrrc_error *err) {
    return encode(packed, size, how, ',', out, err);
}

int mrrci_tsv_begin(const mrrci_how *how, mrrc_buffer *out) {
    return begin(how, out, '\t');
}

int mrrci_tsv_encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                     mrrc_error *err) {
    return encode(packed, size, how, '\t', out, err);
}
