/* SPDX-License-Identifier: MIT
 *
 * select.c: the values that compiled selectors find in a packed record.  A record is looked
 * through once for all columns, and no memory is asked for.  How values are written is not
 * its business.
 */
#include "packed.h"
#include "select_column.h"

/* Which columns may want a field, column i having bit i % 64. */
static inline uint64_t wanted(const mrrci_columns *columns, const uint8_t *tag) {
    if ((tag[0] | tag[1] | tag[2]) & 0x80)
        return 0;
    return columns->wanted[0][tag[0]] & columns->wanted[1][tag[1]] & columns->wanted[2][tag[2]];
}

int mrrci_select(mrrci_selection *selection, const mrrci_columns *columns, const uint8_t *packed,
                 size_t size) {
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    selection->columns = columns;
    selection->leader = packed;
    selection->count = 0;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    while (selection->count < MRRCI_SELECTED && (more = mrrci_field_next(&cursor, &field)) != 0) {
        if (more < 0)
            return more;
        selection->wanted[selection->count] = wanted(columns, field.tag);
        if (selection->wanted[selection->count] != 0)
            selection->fields[selection->count++] = field;
    }
    /* what the table has no room for is walked through again for each column */
    selection->rest = cursor;
    while ((more = mrrci_field_next(&cursor, &field)) > 0)
        ;
    return more;
}

/* The next field of a selection that the column may want. */
static bool next_selected(mrrci_hits *hits) {
    const mrrci_selection *selection = hits->selection;
    while (hits->at < selection->count) {
        size_t at = hits->at++;
        if (selection->wanted[at] & hits->bit) {
            hits->field = selection->fields[at];
            return true;
        }
    }
    return mrrci_field_next(&hits->rest, &hits->field) > 0;
}

static bool has_indicator(const mrrci_column *column, int which, const uint8_t *text, size_t size) {
    return column->any_indicator[which] ||
           ((size_t)which < size && mrrci_has(&column->indicators[which], text[which]));
}

static bool is_match(const mrrci_column *column, const mrrci_field *field) {
    for (int i = 0; i < 3; i++)
        if (!mrrci_has(&column->tag[i], field->tag[i]))
            return false;
    switch (column->kind) {
    case MRRCI_COLUMN_FIELD:
        return true;
    case MRRCI_COLUMN_CHARACTERS:
    case MRRCI_COLUMN_RANGE:
        return field->control;
    default:
        return !field->control && has_indicator(column, 0, field->body, field->size) &&
               has_indicator(column, 1, field->body, field->size);
    }
}

static bool next_match(mrrci_hits *hits) {
    while (next_selected(hits))
        if (is_match(hits->column, &hits->field))
            return true;
    return false;
}

/* Which of `count` things a span means. */
static void resolve(const mrrci_span *span, size_t count, size_t *from, size_t *end) {
    *from = span->from;
    *end = span->end == UINT32_MAX ? SIZE_MAX : span->end;
    if (span->tail > 0) {
        *from = count > span->tail ? count - span->tail : 0;
        *end = count;
    }
}

static void rewind_hits(mrrci_hits *hits) {
    hits->at = 0;
    hits->rest = hits->selection->rest;
}

void mrrci_hits_begin(mrrci_hits *hits, const mrrci_selection *selection, size_t column) {
    size_t count = 0;
    hits->selection = selection;
    hits->column = mrrci_column_at(selection->columns, column);
    hits->bit = (uint64_t)1 << column % 64;
    hits->subfields = (mrrci_cursor){NULL, NULL};
    hits->part = SIZE_MAX;
    hits->seen = 0;
    rewind_hits(hits);
    const mrrci_span *occurrence = &hits->column->occurrence;
    if (occurrence->tail > 0) {
        while (next_match(hits))
            count++;
        rewind_hits(hits);
    }
    resolve(occurrence, count, &hits->from, &hits->end);
}

static size_t count_characters(const uint8_t *text, size_t size) {
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

/* The byte where a character begins, or the text's size where it has not so many. */
static size_t character_place(const uint8_t *text, size_t size, size_t from, size_t characters) {
    while (from < size && characters > 0) {
        do
            from++;
        while (from < size && (text[from] & 0xC0) == 0x80);
        characters--;
    }
    return from;
}

/* Cuts these characters out of a text.  Returns whether there is one of them, or all of the
 * text was wanted. */
static bool cut(const mrrci_span *span, const uint8_t *text, size_t size, mrrci_hit *hit) {
    *hit = (mrrci_hit){.text = text, .size = size};
    if (mrrci_is_everything(span))
        return true;
    size_t from, end;
    resolve(span, span->tail > 0 ? count_characters(text, size) : 0, &from, &end);
    size_t start = character_place(text, size, 0, from);
    size_t stop = end > from ? character_place(text, size, start, end - from) : start;
    hit->text = text + start;
    hit->size = stop - start;
    return stop > start;
}

/* A range that goes beyond the text, or backwards, is empty, and so it stays a value. */
static bool cut_range(const mrrci_span *span, const mrrci_field *field, mrrci_hit *hit) {
    size_t count = count_characters(field->body, field->size);
    bool within = span->from <= count && (span->end == UINT32_MAX || span->end <= count);
    if (!within || !cut(span, field->body, field->size, hit))
        *hit = (mrrci_hit){.text = field->body};
    return true;
}

static bool cut_indicator(const mrrci_field *field, size_t which, mrrci_hit *hit) {
    mrrci_cursor unused;
    size_t size;
    mrrci_subfields_begin(&unused, field, &size);
    static const mrrci_span places[2] = {{0, 1, 0}, {1, 2, 0}};
    return cut(&places[which], field->body, size, hit);
}

static inline bool takes(const mrrci_part *part, const mrrci_subfield *subfield) {
    return part->any || (subfield->code_size == 1 && mrrci_has(&part->codes, *subfield->code));
}

/* Begins a field's subfields; of parts that count from the end it has to know how many there
 * are. */
static void begin_subfields(mrrci_hits *hits) {
    const mrrci_column *column = hits->column;
    mrrci_subfield subfield;
    size_t indicators;
    for (size_t i = 0; i < column->parts; i++) {
        const mrrci_part *part = &column->part[i];
        size_t count = 0;
        if (part->occurrence.tail > 0) {
            mrrci_subfields_begin(&hits->subfields, &hits->field, &indicators);
            while (mrrci_subfield_next(&hits->subfields, &subfield))
                count += takes(part, &subfield);
        }
        hits->part_seen[i] = 0;
        resolve(&part->occurrence, count, &hits->part_from[i], &hits->part_end[i]);
    }
    mrrci_subfields_begin(&hits->subfields, &hits->field, &indicators);
    hits->part = SIZE_MAX;
}

/* The next value among the subfields of the field at hand. */
static bool next_value(mrrci_hits *hits, mrrci_hit *hit) {
    const mrrci_column *column = hits->column;
    for (;;) {
        while (hits->part < column->parts) {
            size_t i = hits->part++;
            if (!takes(&column->part[i], &hits->subfield))
                continue;
            size_t place = hits->part_seen[i]++;
            if (place >= hits->part_from[i] && place < hits->part_end[i] &&
                cut(&column->part[i].characters, hits->subfield.value, hits->subfield.size, hit))
                return true;
        }
        if (!mrrci_subfield_next(&hits->subfields, &hits->subfield))
            return false;
        hits->part = 0;
    }
}

/* What the column takes of the field at hand, where that is at most one value. */
static bool take_field(const mrrci_hits *hits, mrrci_hit *hit) {
    const mrrci_column *column = hits->column;
    const mrrci_field *field = &hits->field;
    switch (column->kind) {
    case MRRCI_COLUMN_CHARACTERS:
        return cut(&column->characters, field->body, field->size, hit);
    case MRRCI_COLUMN_RANGE:
        return cut_range(&column->characters, field, hit);
    case MRRCI_COLUMN_INDICATOR_1:
    case MRRCI_COLUMN_INDICATOR_2:
        return cut_indicator(field, column->kind == MRRCI_COLUMN_INDICATOR_2, hit);
    default:
        *hit = (mrrci_hit){.text = field->body, .size = field->size, .field = !field->control};
        return true;
    }
}

bool mrrci_hit_next(mrrci_hits *hits, mrrci_hit *hit) {
    const mrrci_column *column = hits->column;
    if (column->kind == MRRCI_COLUMN_LEADER) {
        bool found = hits->seen++ == 0 &&
                     cut(&column->characters, hits->selection->leader, MRRCI_LEADER_SIZE, hit);
        hit->fixed = true;
        return found;
    }
    for (;;) {
        if (hits->subfields.at != NULL && next_value(hits, hit))
            return true;
        do {
            if (hits->seen >= hits->end || !next_match(hits))
                return false;
        } while (hits->seen++ < hits->from);
        if (column->kind == MRRCI_COLUMN_SUBFIELDS) {
            begin_subfields(hits);
        } else if (take_field(hits, hit)) {
            hit->fixed = hits->field.control;
            return true;
        }
    }
}

int mrrci_hit_put(const mrrci_hit *hit, mrrc_buffer *out) {
    if (!hit->field)
        return mrrci_buffer_append(out, hit->text, hit->size);
    const mrrci_field field = {.body = hit->text, .size = hit->size};
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t indicators;
    bool first = true;
    /* each value is shorter than its subfield */
    MRRCI_TRY(mrrci_buffer_reserve(out, hit->size));
    mrrci_subfields_begin(&cursor, &field, &indicators);
    for (; mrrci_subfield_next(&cursor, &subfield); first = false) {
        if (!first)
            MRRCI_TRY(mrrci_buffer_append(out, " ", 1));
        MRRCI_TRY(mrrci_buffer_append(out, subfield.value, subfield.size));
    }
    return MRRC_OK;
}
