/* SPDX-License-Identifier: MIT
 *
 * table_rows.c: the rows that records give to a compiled query.  Each item gives rows of its own,
 * a field's columns multiplied with each other, and a record's rows are the items' multiplied
 * with each other; rows of which all cells are empty are left out.  What a record may give is
 * limited, since products grow fast.
 */
#include "delimiters.h"
#include "packed.h"
#include "table.h"
#include "table_columns.h"

/* A field that some item wants. */
typedef struct found {
    mrrci_field field;
    uint64_t wanted;          /* by which items: item i has bit i % 64 */
    bool behind;              /* a data field stands before it */
} found;

/* One cell: text of the record, or text of ours, which may move while more is made. */
typedef struct cell {
    const uint8_t *at;        /* NULL where it is ours */
    size_t size;
    size_t place;             /* in table->text */
} cell;

/* An item's rows, one after the other among the cells. */
typedef struct item_rows {
    size_t first, count;
    size_t at;                /* the one that is being given */
} item_rows;

/* How many values a column has in a field, from which place on, and which is being taken. */
typedef struct column_values {
    size_t first, count, at;
} column_values;

#define AT(type, buffer, number) ((type *)(void *)(buffer).data + (number))
#define COUNT(type, buffer) ((buffer).size / sizeof(type))

/* ---- cells ---- */

static const uint8_t *words_at(const mrrc_table *table, const mrrci_words *words) {
    return table->bytes.data + words->offset;
}

static int push(mrrc_buffer *cells, const cell *cell) {
    if (cells->size / sizeof *cell >= MRRCI_TABLE_CELLS)
        return MRRC_ERR_QUERY_LIMIT;
    return mrrci_buffer_append(cells, cell, sizeof *cell);
}

static int append_words(mrrc_table *table, const mrrci_words *words) {
    return words->size == 0 ? MRRC_OK
                            : mrrci_buffer_append(&table->text, words_at(table, words), words->size);
}

/* Ends a cell of our own text, which began at a place. */
static int push_own(mrrc_table *table, mrrc_buffer *cells, size_t place) {
    const cell cell = {NULL, table->text.size - place, place};
    if (table->text.size > MRRCI_TABLE_BYTES)
        return MRRC_ERR_QUERY_LIMIT;
    return push(cells, &cell);
}

static int push_empty(mrrc_buffer *cells) {
    static const uint8_t nothing[1] = {0};
    const cell empty = {nothing, 0, 0};
    return push(cells, &empty);
}

/* `code` is NULL where the value has none. */
static int push_value(mrrc_table *table, const mrrci_table_column *column, mrrci_stretch value,
                      const mrrci_subfield *code, mrrc_buffer *cells) {
    bool coded = (table->flags & MRRC_TABLE_CODES) != 0;
    if (column->before.size == 0 && column->behind.size == 0 && !coded) {
        const cell cell = {value.at, value.size, 0};
        return push(cells, &cell);
    }
    size_t place = table->text.size;
    if (coded)
        MRRCI_TRY(mrrci_buffer_append(&table->text,
                                      code == NULL ? (const uint8_t *)" " : code->code,
                                      code == NULL ? 1 : code->code_size));
    MRRCI_TRY(append_words(table, &column->before));
    MRRCI_TRY(mrrci_buffer_append(&table->text, value.at, value.size));
    MRRCI_TRY(append_words(table, &column->behind));
    return push_own(table, cells, place);
}

static int push_constant(mrrc_table *table, const mrrci_table_column *column, mrrc_buffer *cells) {
    size_t place = table->text.size;
    MRRCI_TRY(append_words(table, &column->before));
    return push_own(table, cells, place);
}

static int append_cell(mrrc_table *table, const cell *cell) {
    /* it may be of the text that grows */
    MRRCI_TRY(mrrci_buffer_reserve(&table->text, cell->size));
    return mrrci_buffer_append(&table->text,
                               cell->at != NULL ? cell->at : table->text.data + cell->place,
                               cell->size);
}

/* Joins every `step`-th of the cells from `first` on to one, which is appended to `into`. */
static int join(mrrc_table *table, const mrrc_buffer *cells, size_t first, size_t step,
                size_t count, mrrc_buffer *into) {
    size_t place = table->text.size;
    if (count == 1) {
        cell only = *AT(cell, *cells, first);
        return push(into, &only);
    }
    for (size_t i = 0; i < count; i++) {
        const cell part = *AT(cell, *cells, first + i * step);
        if (i > 0)
            MRRCI_TRY(append_words(table, &table->separator));
        MRRCI_TRY(append_cell(table, &part));
        if (table->text.size - place > MRRCI_TABLE_BYTES)
            return MRRC_ERR_QUERY_LIMIT;
    }
    return push_own(table, into, place);
}

/* ---- fields ---- */

static uint64_t wanted_by(const mrrc_table *table, const uint8_t *tag) {
    if ((tag[0] | tag[1] | tag[2]) & 0x80)
        return 0;
    return table->wanted[0][tag[0]] & table->wanted[1][tag[1]] & table->wanted[2][tag[2]];
}

static inline bool is_structural(uint8_t byte) {
    return (uint8_t)(byte - MRRCI_RECORD) <= MRRCI_SUBFIELD - MRRCI_RECORD;
}

/* Takes a field that ends at `end` to the others, if some item wants it. */
static inline int keep_field(mrrc_table *table, const uint8_t *tag, const uint8_t *end,
                             bool *behind) {
    if (end - tag < 3 || is_structural(tag[0]) || is_structural(tag[1]) || is_structural(tag[2]))
        return MRRC_ERR_PACKED_INVALID;
    uint64_t wanted = wanted_by(table, tag);
    bool control = mrrci_tag_is_control(tag);
    if (wanted != 0) {
        const found found = {{tag, tag + 3, (size_t)(end - tag) - 3, control}, wanted, *behind};
        MRRCI_TRY(mrrci_buffer_append(&table->fields, &found, sizeof found));
    }
    *behind |= !control;
    return MRRC_OK;
}

static int lay_out(mrrc_table *table, const uint8_t *packed, size_t size) {
    const uint8_t *end = packed + size, *at = packed + MRRCI_LEADER_SIZE, *tag = NULL;
    bool behind = false;
    table->fields.size = table->cells.size = table->rows.size = table->text.size = 0;
    table->leader = packed;
    if (size < MRRCI_LEADER_SIZE || (at < end && *at != MRRCI_FIELD))
        return MRRC_ERR_PACKED_INVALID;
    while (at < end) {
        for (uint64_t bits = mrrci_field_bits(at, end); bits != 0; bits &= bits - 1) {
            const uint8_t *next = at + mrrci_first_bit(bits);
            if (tag != NULL)
                MRRCI_TRY(keep_field(table, tag, next, &behind));
            tag = next + 1;
        }
        at = end - at > MRRCI_DELIMITERS_STEP ? at + MRRCI_DELIMITERS_STEP : end;
    }
    return tag == NULL ? MRRC_OK : keep_field(table, tag, end, &behind);
}

/* Where a walk over an item's fields is. */
typedef struct walk {
    const mrrci_item *item;
    uint64_t bit;
    size_t at, seen, from, end;
} walk;

static bool next_suiting(const mrrc_table *table, walk *walk, mrrci_field *field) {
    const mrrci_item *item = walk->item;
    for (size_t count = COUNT(found, table->fields); walk->at < count;) {
        const found *found = AT(struct found, table->fields, walk->at++);
        if (!(found->wanted & walk->bit) || (item->head && found->behind) ||
            !mrrci_suits(&item->reference, &found->field))
            continue;
        if (item->kind == MRRCI_ITEM_FIELD && !found->field.control && !item->whole &&
            item->reference.kind == MRRCI_REFERENCE_FIELD)
            continue; /* it has no value of its own */
        if (item->kind == MRRCI_ITEM_COLUMNS && found->field.control)
            continue; /* braces are for data fields, and constants in them too */
        *field = found->field;
        return true;
    }
    return false;
}

static void begin_walk(const mrrc_table *table, walk *walk, size_t number) {
    size_t count = 0;
    mrrci_field unused;
    *walk = (struct walk){.item = MRRCI_ITEM_AT(table, number), .bit = (uint64_t)1 << number % 64};
    const mrrci_span *occurrence = &walk->item->reference.occurrence;
    if (occurrence->tail > 0) {
        while (next_suiting(table, walk, &unused))
            count++;
        walk->at = 0;
    }
    mrrci_resolve(occurrence, count, &walk->from, &walk->end);
}

/* Whether conditions behind a reference, or a part of one, hold.  Returns 1, 0 or a fault. */
static int conditions_hold(const mrrc_table *table, uint32_t number, const mrrci_field *field,
                           const mrrci_stretch *value) {
    return number == 0 ? 1 : mrrci_match_conditions(table->asker, number, field, value);
}

/* Whether the conditions of a whole field hold. */
static int is_suiting(const mrrc_table *table, const mrrci_reference *reference,
                      const mrrci_field *field) {
    const mrrci_stretch value = {field->body, field->size};
    if (reference->kind != MRRCI_REFERENCE_FIELD && reference->kind != MRRCI_REFERENCE_SUBFIELDS)
        return 1; /* they are those of its value */
    return conditions_hold(table, reference->conditions, field, field->control ? &value : NULL);
}

/* Whether the condition in the item's braces holds for a field.  Returns 1, 0 or a fault. */
static int is_wanted(const mrrc_table *table, const mrrci_item *item, const mrrci_field *field) {
    int suiting = is_suiting(table, &item->reference, field);
    if (suiting <= 0 || item->matcher == NULL)
        return suiting;
    mrrci_place *place = mrrci_match_room(item->matcher, 1);
    if (place == NULL)
        return MRRC_ERR_MEMORY;
    *place = (mrrci_place){mrrci_tag_word(field->tag), (uint32_t)field->size, field->body};
    return mrrci_match_places(item->matcher, table->leader, 1, MRRCI_TRUST_PACKED);
}

/* Steps to the item's next field.  Returns 1, 0 behind the last, or a fault. */
static int next_field(const mrrc_table *table, walk *walk, mrrci_field *field) {
    while (walk->seen < walk->end && next_suiting(table, walk, field)) {
        if (walk->seen++ < walk->from)
            continue;
        int wanted = is_wanted(table, walk->item, field);
        if (wanted != 0)
            return wanted;
    }
    return 0;
}

/* ---- rows of a field ---- */

static int push_whole(mrrc_table *table, const mrrci_table_column *column,
                      const mrrci_field *field) {
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t indicators, place = table->text.size;
    bool first = true;
    MRRCI_TRY(append_words(table, &column->before));
    mrrci_subfields_begin(&cursor, field, &indicators);
    for (; mrrci_subfield_next(&cursor, &subfield); first = false) {
        if (!first)
            MRRCI_TRY(mrrci_buffer_append(&table->text, " ", 1));
        MRRCI_TRY(mrrci_buffer_append(&table->text, subfield.value, subfield.size));
    }
    MRRCI_TRY(append_words(table, &column->behind));
    return push_own(table, &table->cells, place);
}

/* The one value that a field has for an item that is no subfield. */
static int put_field(mrrc_table *table, const mrrci_item *item, const mrrci_field *field) {
    const mrrci_table_column *column = MRRCI_COLUMN_AT(table, item->first);
    const mrrci_reference *reference = &item->reference;
    mrrci_stretch value = {field->body, field->size};
    bool there = true;
    switch (reference->kind) {
    case MRRCI_REFERENCE_CHARACTERS:
        there = mrrci_cut(&reference->characters, field->body, field->size, &value);
        break;
    case MRRCI_REFERENCE_RANGE:
        /* marc21 counts bytes, which in these fields are characters; none is cut here */
        mrrci_cut_range(&reference->characters, field->body, field->size, false, &value);
        break;
    case MRRCI_REFERENCE_INDICATOR_1:
    case MRRCI_REFERENCE_INDICATOR_2:
        there = mrrci_cut_indicator(field, reference->kind == MRRCI_REFERENCE_INDICATOR_2, &value);
        break;
    default:
        if (!field->control)
            return push_whole(table, column, field);
        break;
    }
    if (item->conditional) {
        int holds = there && reference->kind != MRRCI_REFERENCE_FIELD
                        ? conditions_hold(table, reference->conditions, field, &value)
                        : there;
        if (holds <= 0)
            return holds;
    }
    return there ? push_value(table, column, value, NULL, &table->cells) : push_empty(&table->cells);
}

/* A column's values in a field, as cells. */
static int collect(mrrc_table *table, const mrrci_table_column *column,
                   const mrrci_reference *reference, const mrrci_field *field,
                   mrrc_buffer *cells) {
    mrrci_values values;
    mrrci_stretch value;
    const mrrci_part *part;
    if (field->control)
        return MRRC_OK;
    mrrci_values_begin(&values, reference, field);
    while (mrrci_value_next(&values, &value, &part)) {
        int holds = conditions_hold(table, part->conditions, field, &value);
        MRRCI_TRY(holds);
        if (holds > 0)
            MRRCI_TRY(push_value(table, column, value, &values.subfield, cells));
    }
    return MRRC_OK;
}

static int put_subfields(mrrc_table *table, const mrrci_item *item, const mrrci_field *field) {
    const mrrci_table_column *column = MRRCI_COLUMN_AT(table, item->first);
    bool squash = (table->flags & MRRC_TABLE_SQUASH) != 0;
    mrrc_buffer *cells = squash ? &table->values : &table->cells;
    size_t before = squash ? 0 : cells->size;
    table->values.size = 0;
    MRRCI_TRY(collect(table, column, &item->reference, field, cells));
    if (cells->size == before)
        return item->conditional ? MRRC_OK : push_empty(&table->cells);
    return squash ? join(table, cells, 0, 1, COUNT(cell, *cells), &table->cells) : MRRC_OK;
}

/* The values of each of an item's columns in a field, an empty one where there is none. */
static int collect_columns(mrrc_table *table, const mrrci_item *item, const mrrci_field *field) {
    table->values.size = table->counts.size = 0;
    for (size_t i = 0; i < item->count; i++) {
        const mrrci_table_column *column = MRRCI_COLUMN_AT(table, item->first + i);
        column_values of = {.first = COUNT(cell, table->values)};
        MRRCI_TRY(column->constant ? push_constant(table, column, &table->values)
                                   : collect(table, column, &column->reference, field,
                                             &table->values));
        of.count = COUNT(cell, table->values) - of.first;
        if (of.count > 1 && table->flags & MRRC_TABLE_SQUASH) {
            of.first = COUNT(cell, table->values);
            MRRCI_TRY(join(table, &table->values, of.first - of.count, 1, of.count,
                           &table->values));
            of.count = 1;
        } else if (of.count == 0) {
            MRRCI_TRY(push_empty(&table->values));
            of.count = 1;
        }
        MRRCI_TRY(mrrci_buffer_append(&table->counts, &of, sizeof of));
    }
    return MRRC_OK;
}

/* Puts the product of a field's columns, the leftmost varying slowest. */
static int put_columns(mrrc_table *table, const mrrci_item *item, const mrrci_field *field) {
    if (item->count == 0)
        return MRRC_OK;
    MRRCI_TRY(collect_columns(table, item, field));
    column_values *columns = AT(column_values, table->counts, 0);
    for (size_t i = 0; i < item->count;) {
        for (size_t j = 0; j < item->count; j++)
            MRRCI_TRY(push(&table->cells, AT(cell, table->values, columns[j].first + columns[j].at)));
        for (i = 0; i < item->count; i++) {
            column_values *column = &columns[item->count - 1 - i];
            if (++column->at < column->count)
                break;
            column->at = 0;
        }
    }
    return MRRC_OK;
}

/* ---- rows of an item ---- */

static int put_fields(mrrc_table *table, size_t number) {
    walk walk;
    mrrci_field field;
    int more;
    begin_walk(table, &walk, number);
    while ((more = next_field(table, &walk, &field)) > 0)
        MRRCI_TRY(walk.item->kind == MRRCI_ITEM_FIELD       ? put_field(table, walk.item, &field)
                  : walk.item->kind == MRRCI_ITEM_SUBFIELDS ? put_subfields(table, walk.item, &field)
                                                            : put_columns(table, walk.item, &field));
    return more;
}

/* Leaves out the zeros in front of a number, unless it is none. */
static void shorten(mrrci_stretch *number) {
    for (size_t i = 0; i < number->size; i++)
        if (number->at[i] < '0' || number->at[i] > '9')
            return;
    while (number->size > 1 && *number->at == '0') {
        number->at++;
        number->size--;
    }
}

static int put_leader(mrrc_table *table, const mrrci_item *item) {
    mrrci_stretch value;
    if (!mrrci_cut(&item->reference.characters, table->leader, MRRCI_LEADER_SIZE, &value))
        return push_empty(&table->cells);
    int holds = conditions_hold(table, item->reference.conditions, NULL, &value);
    MRRCI_TRY(holds);
    if (holds == 0)
        return push_empty(&table->cells);
    if (item->number)
        shorten(&value);
    return push_value(table, MRRCI_COLUMN_AT(table, item->first), value, NULL, &table->cells);
}

/* Puts one row of empty cells for an item that found nothing, and one row for many where they are
 * to be merged. */
static int end_item(mrrc_table *table, const mrrci_item *item, item_rows *rows) {
    size_t cells = COUNT(cell, table->cells) - rows->first;
    if (item->count == 0 || cells == 0) {
        for (size_t i = 0; i < item->count; i++)
            MRRCI_TRY(push_empty(&table->cells));
        rows->count = 1;
        return MRRC_OK;
    }
    rows->count = cells / item->count;
    if (rows->count > 1 && table->flags & MRRC_TABLE_MERGE) {
        for (size_t i = 0; i < item->count; i++)
            MRRCI_TRY(join(table, &table->cells, rows->first + i, item->count, rows->count,
                           &table->cells));
        rows->first += cells;
        rows->count = 1;
    }
    return MRRC_OK;
}

static int put_item(mrrc_table *table, size_t number) {
    const mrrci_item *item = MRRCI_ITEM_AT(table, number);
    item_rows rows = {.first = COUNT(cell, table->cells)};
    switch (item->kind) {
    case MRRCI_ITEM_CONSTANT:
        MRRCI_TRY(push_constant(table, MRRCI_COLUMN_AT(table, item->first), &table->cells));
        break;
    case MRRCI_ITEM_LEADER:
        MRRCI_TRY(put_leader(table, item));
        break;
    default:
        MRRCI_TRY(put_fields(table, number));
        break;
    }
    MRRCI_TRY(end_item(table, item, &rows));
    return mrrci_buffer_append(&table->rows, &rows, sizeof rows);
}

/* ---- rows of a record ---- */

/* Whether the record's rows are not too many. */
static bool is_bearable(const mrrc_table *table, size_t items, size_t columns) {
    size_t cells = columns;
    for (size_t i = 0; i < items; i++) {
        size_t rows = AT(item_rows, table->rows, i)->count;
        if (rows > MRRCI_TABLE_CELLS || (cells *= rows) > MRRCI_TABLE_CELLS)
            return false;
    }
    return true;
}

/* Puts the row that an item is at where its columns are.  Returns how many bytes its cells have. */
static void set_cells(const mrrc_table *table, const mrrci_item *item, const item_rows *rows,
                      mrrci_stretch *row) {
    const cell *cells = AT(cell, table->cells, rows->first + rows->at * item->count);
    for (size_t i = 0; i < item->count; i++)
        row[item->first + i] = (mrrci_stretch){
            cells[i].at != NULL ? cells[i].at : table->text.data + cells[i].place, cells[i].size};
}

static bool is_empty(const mrrci_stretch *row, size_t columns) {
    size_t size = 0;
    for (size_t i = 0; i < columns; i++)
        size |= row[i].size;
    return size == 0;
}

/* Gives the product of the items' rows, the leftmost varying slowest. */
static int give(mrrc_table *table, size_t items, size_t columns, mrrci_row_taker *take,
                void *taker) {
    table->row.size = 0;
    MRRCI_TRY(mrrci_buffer_reserve(&table->row, (columns + 1) * sizeof(mrrci_stretch)));
    mrrci_stretch *row = AT(mrrci_stretch, table->row, 0);
    for (size_t i = 0; i < items; i++)
        set_cells(table, MRRCI_ITEM_AT(table, i), AT(item_rows, table->rows, i), row);
    for (bool more = true; more;) {
        if (!is_empty(row, columns))
            MRRCI_TRY(take(taker, row, columns));
        more = false;
        for (size_t i = items; !more && i-- > 0;) {
            item_rows *rows = AT(item_rows, table->rows, i);
            more = ++rows->at < rows->count;
            if (!more)
                rows->at = 0;
            if (rows->count > 1)
                set_cells(table, MRRCI_ITEM_AT(table, i), rows, row);
        }
    }
    return MRRC_OK;
}

int mrrci_table_rows(mrrc_table *table, const uint8_t *packed, size_t size, mrrci_row_taker *take,
                     void *taker) {
    size_t items = COUNT(mrrci_item, table->items);
    size_t columns = COUNT(mrrci_table_column, table->columns);
    MRRCI_TRY(lay_out(table, packed, size));
    if (table->asker != NULL)
        MRRCI_TRY(mrrci_match_begin(table->asker, packed, size));
    /* text of ours has a place, of no bytes too */
    MRRCI_TRY(mrrci_buffer_reserve(&table->text, 1));
    for (size_t i = 0; i < items; i++)
        MRRCI_TRY(put_item(table, i));
    if (!is_bearable(table, items, columns))
        return MRRC_ERR_QUERY_LIMIT;
    return columns == 0 ? MRRC_OK : give(table, items, columns, take, taker);
}
