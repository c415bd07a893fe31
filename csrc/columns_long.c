/* SPDX-License-Identifier: MIT
 *
 * columns_long.c: records as rows of a value each, with which nothing is lost: what selectors find,
 * or everything, with tag, occurrence, indicators and code.
 */
#include "columns_out.h"
#include "occurrence.h"
#include "packed.h"
#include "reference.h"
#include "select.h"

/* What the rows of one field have in common. */
typedef struct place {
    uint64_t record;
    const uint8_t *tag;
    uint32_t occurrence;
    mrrci_stretch name;       /* of the column */
    mrrci_stretch indicators[2];
} place;

/* ---- one row ---- */

static int put_number(mrrc_columns_out *out, enum mrrci_long_column at, uint64_t number) {
    mrrci_out_column *column = mrrci_out_at(out, at);
    const int64_t wide = (int64_t)number;
    const int32_t narrow = (int32_t)number;
    return column->kind == MRRCI_OUT_INT64
               ? mrrci_buffer_append(&column->data, &wide, sizeof wide)
               : mrrci_buffer_append(&column->data, &narrow, sizeof narrow);
}

/* `text.at` is NULL where there is none. */
static int put_text(mrrc_columns_out *out, enum mrrci_long_column at, mrrci_stretch text) {
    mrrci_out_column *column = mrrci_out_at(out, at);
    if (column->data.size + text.size > MRRCI_COLUMNS_ENOUGH + MRRCI_COLUMNS_RECORD)
        return MRRC_ERR_QUERY_LIMIT;
    if (text.size > 0)
        MRRCI_TRY(mrrci_buffer_append(&column->data, text.at, text.size));
    const int32_t end = (int32_t)column->data.size;
    MRRCI_TRY(mrrci_buffer_append(&column->offsets, &end, sizeof end));
    if (!column->nullable)
        return MRRC_OK;
    const uint8_t none = 0;
    size_t row = column->offsets.size / sizeof end - 2;
    if (row / 8 == column->valid.size)
        MRRCI_TRY(mrrci_buffer_append(&column->valid, &none, 1));
    if (text.at == NULL)
        column->nulls++;
    else
        column->valid.data[row / 8] |= (uint8_t)(1u << row % 8);
    return MRRC_OK;
}

/* Appends a row; where it cannot be ended, `drop_rows` has to follow. */
static int put_row(mrrc_columns_out *out, const place *place, mrrci_stretch code,
                   mrrci_stretch value) {
    const mrrci_stretch tag = {place->tag, 3};
    if (mrrci_out_at(out, MRRCI_LONG_TAG)->offsets.size > MRRCI_COLUMNS_ENOUGH)
        return MRRC_ERR_QUERY_LIMIT;
    MRRCI_TRY(put_number(out, MRRCI_LONG_RECORD, place->record));
    MRRCI_TRY(put_text(out, MRRCI_LONG_TAG, tag));
    MRRCI_TRY(put_number(out, MRRCI_LONG_OCCURRENCE, place->occurrence));
    MRRCI_TRY(put_text(out, MRRCI_LONG_INDICATOR_1, place->indicators[0]));
    MRRCI_TRY(put_text(out, MRRCI_LONG_INDICATOR_2, place->indicators[1]));
    MRRCI_TRY(put_text(out, MRRCI_LONG_CODE, code));
    MRRCI_TRY(put_text(out, MRRCI_LONG_VALUE, value));
    if (out->columns->selectors != NULL)
        MRRCI_TRY(put_text(out, MRRCI_LONG_NAME, place->name));
    out->rows++;
    return MRRC_OK;
}

/* Cuts a column of texts back to so many. */
static void cut_texts(mrrci_out_column *column, size_t rows) {
    for (size_t i = column->offsets.size / sizeof(int32_t) - 1; i-- > rows && column->nullable;) {
        uint8_t *byte = column->valid.size > i / 8 ? &column->valid.data[i / 8] : NULL;
        uint8_t bit = (uint8_t)(1u << i % 8);
        if (byte == NULL)
            continue; /* the row had not got so far */
        if (*byte & bit)
            *byte = (uint8_t)(*byte & ~bit);
        else
            column->nulls--;
    }
    if (column->nullable)
        column->valid.size = (rows + 7) / 8;
    int32_t end;
    column->offsets.size = (rows + 1) * sizeof end;
    memcpy(&end, column->offsets.data + rows * sizeof end, sizeof end);
    column->data.size = (size_t)end;
}

static void drop_rows(mrrc_columns_out *out, size_t rows) {
    for (size_t i = 0; i < out->count; i++) {
        mrrci_out_column *column = mrrci_out_at(out, i);
        if (column->kind == MRRCI_OUT_INT32)
            column->data.size = rows * sizeof(int32_t);
        else if (column->kind == MRRCI_OUT_INT64)
            column->data.size = rows * sizeof(int64_t);
        else
            cut_texts(column, rows);
    }
    out->rows = rows;
}

/* ---- fields ---- */

/* Finds the two indicators, as far as they are there. */
static void set_indicators(place *place, const mrrci_field *field) {
    for (size_t i = 0; i < 2; i++) {
        mrrci_stretch *indicator = &place->indicators[i];
        *indicator = (mrrci_stretch){NULL, 0};
        if (!field->control && !mrrci_cut_indicator(field, i, indicator))
            *indicator = (mrrci_stretch){NULL, 0};
    }
}

/* A row for each thing that is in a field; one without a subfield has a row too. */
static int put_field(mrrc_columns_out *out, place *place, const mrrci_field *field) {
    const mrrci_stretch none = {NULL, 0};
    const mrrci_stretch body = {field->body, field->size};
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t indicators, count = 0;
    set_indicators(place, field);
    if (field->control)
        return put_row(out, place, none, body);
    mrrci_subfields_begin(&cursor, field, &indicators);
    for (; mrrci_subfield_next(&cursor, &subfield); count++) {
        const mrrci_stretch code = {subfield.code, subfield.code_size};
        const mrrci_stretch value = {subfield.value, subfield.size};
        MRRCI_TRY(put_row(out, place, code, value));
    }
    return count > 0 ? MRRC_OK : put_row(out, place, none, none);
}

static int put_all(mrrc_columns_out *out, mrrci_occurrences *occurrences, place *place,
                   const uint8_t *packed, size_t size) {
    const mrrci_stretch none = {NULL, 0}, leader = {packed, MRRCI_LEADER_SIZE};
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    MRRCI_TRY(put_row(out, place, none, leader));
    while ((more = mrrci_field_next(&cursor, &field)) > 0) {
        MRRCI_TRY(mrrci_occurrence(occurrences, field.tag, &place->occurrence));
        place->tag = field.tag;
        MRRCI_TRY(put_field(out, place, &field));
    }
    return more;
}

/* ---- what selectors find ---- */

/* Notes of each field of a record the how-manieth of its tag it is. */
static int count_fields(mrrc_columns_out *out, mrrci_occurrences *occurrences,
                        const uint8_t *packed, size_t size) {
    mrrci_cursor cursor;
    mrrci_field field;
    uint32_t occurrence;
    int more;
    out->occurrences.size = 0;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    while ((more = mrrci_field_next(&cursor, &field)) > 0) {
        MRRCI_TRY(mrrci_occurrence(occurrences, field.tag, &occurrence));
        MRRCI_TRY(mrrci_buffer_append(&out->occurrences, &occurrence, sizeof occurrence));
    }
    return more;
}

/* A walk over a record's fields beside that of a column, which it follows. */
typedef struct following {
    mrrci_cursor cursor;
    const uint8_t *tag;       /* of the field it is at */
    size_t at;                /* its number, from 1 */
} following;

static void follow(following *following, const uint8_t *tag, place *place,
                   const mrrc_buffer *occurrences) {
    mrrci_field field;
    while (following->tag != tag && mrrci_field_next(&following->cursor, &field) > 0) {
        following->tag = field.tag;
        following->at++;
    }
    memcpy(&place->occurrence, occurrences->data + (following->at - 1) * sizeof place->occurrence,
           sizeof place->occurrence);
}

static int put_hit(mrrc_columns_out *out, mrrc_buffer *text, const place *place,
                   const mrrci_hits *hits, const mrrci_hit *hit) {
    mrrci_stretch code = {NULL, 0}, value = {hit->text, hit->size};
    if (hits->inside)
        code = (mrrci_stretch){hits->values.subfield.code, hits->values.subfield.code_size};
    if (hit->field) {
        text->size = 0;
        MRRCI_TRY(mrrci_buffer_reserve(text, 1)); /* it has a place, though it may be empty */
        MRRCI_TRY(mrrci_hit_put(hit, text));
        value = (mrrci_stretch){text->data, text->size};
    }
    return put_row(out, place, code, value);
}

static int put_column(mrrc_columns_out *out, const mrrci_selection *selection, size_t index,
                      place *place, const uint8_t *packed, size_t size) {
    static const uint8_t leader[] = {'L', 'D', 'R'};
    mrrc_buffer *text = &out->chain;
    mrrci_hits hits;
    mrrci_hit hit;
    following following = {.at = 0};
    (void)mrrci_fields_begin(&following.cursor, packed, size);
    mrrci_hits_begin(&hits, selection, index);
    int more;
    while ((more = mrrci_hit_next(&hits, &hit)) > 0) {
        if (hits.column == NULL || mrrci_column_reference(selection->columns, index)->kind ==
                                       MRRCI_REFERENCE_LEADER) {
            place->tag = leader;
            place->occurrence = 1;
            place->indicators[0] = place->indicators[1] = (mrrci_stretch){NULL, 0};
        } else if (hits.field.tag != following.tag) {
            place->tag = hits.field.tag;
            follow(&following, hits.field.tag, place, &out->occurrences);
            set_indicators(place, &hits.field);
        }
        MRRCI_TRY(put_hit(out, text, place, &hits, &hit));
    }
    return more;
}

static int put_selected(const mrrc_columns *columns, mrrc_columns_out *out,
                        mrrci_occurrences *occurrences, place *place, const uint8_t *packed,
                        size_t size) {
    mrrci_selection selection;
    const uint8_t *name = columns->names.data;
    MRRCI_TRY(count_fields(out, occurrences, packed, size));
    MRRCI_TRY(mrrci_select(&selection, columns->selectors, out->asker, packed, size));
    for (size_t i = 0; i < columns->count; i++) {
        place->name = (mrrci_stretch){name, strlen((const char *)name)};
        MRRCI_TRY(put_column(out, &selection, i, place, packed, size));
        name += place->name.size + 1;
    }
    return MRRC_OK;
}

int mrrci_columns_long(const mrrc_columns *columns, const uint8_t *packed, size_t size,
                       uint64_t number, mrrc_columns_out *out) {
    static const uint8_t leader[] = {'L', 'D', 'R'};
    mrrci_occurrences occurrences = {0};
    place place = {.record = number, .tag = leader, .occurrence = 1};
    size_t rows = out->rows;
    if (size > MRRCI_COLUMNS_RECORD)
        return MRRC_ERR_QUERY_LIMIT;
    int status = columns->selectors == NULL
                     ? put_all(out, &occurrences, &place, packed, size)
                     : put_selected(columns, out, &occurrences, &place, packed, size);
    mrrci_occurrences_clear(&occurrences);
    if (status < 0)
        drop_rows(out, rows);
    return status;
}
