/* SPDX-License-Identifier: MIT
 *
 * select.c: the values that compiled selectors find in a packed record.  A record is looked
 * through once for all columns, and no memory is asked for unless they have conditions.  How
 * values are written is not its business.
 */
#include "packed.h"
#include "query.h"
#include "select_column.h"

/* Which columns may want a field, column i having bit i % 64. */
static inline uint64_t wanted(const mrrci_columns *columns, const uint8_t *tag) {
    if ((tag[0] | tag[1] | tag[2]) & 0x80)
        return 0;
    return columns->wanted[0][tag[0]] & columns->wanted[1][tag[1]] & columns->wanted[2][tag[2]];
}

int mrrci_select(mrrci_selection *selection, const mrrci_columns *columns, mrrci_matcher *asker,
                 const uint8_t *packed, size_t size) {
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    selection->columns = columns;
    selection->asker = asker;
    selection->leader = packed;
    selection->count = 0;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    if (asker != NULL)
        MRRCI_TRY(mrrci_match_begin(asker, packed, size));
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

static bool next_match(mrrci_hits *hits) {
    while (next_selected(hits))
        if (mrrci_suits(&hits->column->reference, &hits->field))
            return true;
    return false;
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
    hits->inside = false;
    hits->seen = 0;
    rewind_hits(hits);
    const mrrci_span *occurrence = &hits->column->reference.occurrence;
    if (occurrence->tail > 0) {
        while (next_match(hits))
            count++;
        rewind_hits(hits);
    }
    mrrci_resolve(occurrence, count, &hits->from, &hits->end);
}

/* Whether conditions hold for what stands before them.  Returns 1, 0 or a fault. */
static int holds(const mrrci_hits *hits, uint32_t conditions, const mrrci_field *field,
                 const mrrci_stretch *value) {
    if (conditions == 0)
        return 1;
    return mrrci_match_conditions(hits->selection->asker, conditions, field, value);
}

/* The same for the field at hand as a whole, before anything of it is taken. */
static int field_holds(const mrrci_hits *hits) {
    const mrrci_reference *reference = &hits->column->reference;
    const mrrci_field *field = &hits->field;
    const mrrci_stretch value = {field->body, field->size};
    if (reference->kind != MRRCI_REFERENCE_FIELD && reference->kind != MRRCI_REFERENCE_SUBFIELDS)
        return 1; /* they are those of its value */
    return holds(hits, reference->conditions, field, field->control ? &value : NULL);
}

/* What the reference takes of the field at hand, where that is at most one value. */
static int take_field(const mrrci_hits *hits, mrrci_hit *hit) {
    const mrrci_reference *reference = &hits->column->reference;
    const mrrci_field *field = &hits->field;
    mrrci_stretch text = {field->body, field->size};
    uint32_t conditions = reference->conditions;
    bool found = true;
    switch (reference->kind) {
    case MRRCI_REFERENCE_CHARACTERS:
        found = mrrci_cut(&reference->characters, field->body, field->size, &text);
        break;
    case MRRCI_REFERENCE_RANGE:
        /* marc21 counts bytes, which in these fields are characters; none is cut here */
        mrrci_cut_range(&reference->characters, field->body, field->size, false, &text);
        break;
    case MRRCI_REFERENCE_INDICATOR_1:
    case MRRCI_REFERENCE_INDICATOR_2:
        found = mrrci_cut_indicator(field, reference->kind == MRRCI_REFERENCE_INDICATOR_2, &text);
        break;
    default:
        hit->field = !field->control;
        conditions = 0; /* they were asked */
        break;
    }
    hit->text = text.at;
    hit->size = text.size;
    hit->fixed = field->control;
    return found ? holds(hits, conditions, field, &text) : 0;
}

static int take_leader(mrrci_hits *hits, mrrci_hit *hit) {
    const mrrci_reference *reference = &hits->column->reference;
    mrrci_stretch text;
    if (hits->seen++ > 0 || !mrrci_cut(&reference->characters, hits->selection->leader,
                                       MRRCI_LEADER_SIZE, &text))
        return 0;
    *hit = (mrrci_hit){.text = text.at, .size = text.size, .fixed = true};
    return holds(hits, reference->conditions, NULL, &text);
}

/* The next value of the field at hand. */
static int next_value(mrrci_hits *hits, mrrci_hit *hit) {
    const mrrci_part *part;
    mrrci_stretch text;
    int found = 0;
    while (found == 0 && mrrci_value_next(&hits->values, &text, &part))
        found = holds(hits, part->conditions, &hits->field, &text);
    if (found > 0)
        *hit = (mrrci_hit){.text = text.at, .size = text.size};
    return found;
}

int mrrci_hit_next(mrrci_hits *hits, mrrci_hit *hit) {
    const mrrci_reference *reference = &hits->column->reference;
    int found = 0;
    *hit = (mrrci_hit){.text = NULL};
    if (reference->kind == MRRCI_REFERENCE_LEADER)
        return take_leader(hits, hit);
    for (;;) {
        if (hits->inside && (found = next_value(hits, hit)) != 0)
            return found;
        hits->inside = false;
        do {
            if (hits->seen >= hits->end || !next_match(hits))
                return 0;
        } while (hits->seen++ < hits->from);
        MRRCI_TRY(found = field_holds(hits));
        if (found == 0)
            continue;
        if (reference->kind == MRRCI_REFERENCE_SUBFIELDS) {
            hits->inside = true;
            mrrci_values_begin(&hits->values, reference, &hits->field);
        } else if ((found = take_field(hits, hit)) != 0) {
            return found;
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
