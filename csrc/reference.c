/* SPDX-License-Identifier: MIT
 *
 * reference.c: what a reference finds in one field of a packed record: characters, indicators,
 * subfields.  No memory is asked for.  Which fields of a record are meant, where a reference
 * counts them, is for who walks over the record.
 */
#include "packed.h"
#include "reference.h"

void mrrci_resolve(const mrrci_span *span, size_t count, size_t *from, size_t *end) {
    *from = span->from;
    *end = span->end == UINT32_MAX ? SIZE_MAX : span->end;
    if (span->tail > 0) {
        *from = count > span->tail ? count - span->tail : 0;
        *end = count;
    }
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

bool mrrci_cut(const mrrci_span *span, const uint8_t *text, size_t size, mrrci_stretch *cut) {
    *cut = (mrrci_stretch){text, size};
    if (mrrci_is_everything(span))
        return true;
    size_t from, end;
    mrrci_resolve(span, span->tail > 0 ? count_characters(text, size) : 0, &from, &end);
    size_t start = character_place(text, size, 0, from);
    size_t stop = end > from ? character_place(text, size, start, end - from) : start;
    *cut = (mrrci_stretch){text + start, stop - start};
    return stop > start;
}

void mrrci_cut_range(const mrrci_span *span, const uint8_t *text, size_t size, bool bytes,
                     mrrci_stretch *cut) {
    size_t count = bytes ? size : count_characters(text, size);
    size_t end = span->end == UINT32_MAX ? count : span->end;
    if (span->from > count || end > count || end <= span->from)
        *cut = (mrrci_stretch){text, 0};
    else if (bytes)
        *cut = (mrrci_stretch){text + span->from, end - span->from};
    else
        (void)mrrci_cut(span, text, size, cut);
}

bool mrrci_cut_indicator(const mrrci_field *field, size_t which, mrrci_stretch *cut) {
    static const mrrci_span places[2] = {{0, 1, 0}, {1, 2, 0}};
    mrrci_cursor unused;
    size_t size;
    mrrci_subfields_begin(&unused, field, &size);
    return mrrci_cut(&places[which], field->body, size, cut);
}

static bool has_indicator(const mrrci_reference *reference, int which, const mrrci_field *field) {
    return reference->any_indicator[which] ||
           ((size_t)which < field->size &&
            mrrci_has(&reference->indicators[which], field->body[which]));
}

bool mrrci_suits(const mrrci_reference *reference, const mrrci_field *field) {
    for (int i = 0; i < 3; i++)
        if (!mrrci_has(&reference->tag[i], field->tag[i]))
            return false;
    switch (reference->kind) {
    case MRRCI_REFERENCE_CHARACTERS:
    case MRRCI_REFERENCE_RANGE:
        return field->control;
    case MRRCI_REFERENCE_FIELD:
        if (field->control)
            return reference->plain_indicators;
        break;
    default:
        if (field->control)
            return false;
        break;
    }
    return has_indicator(reference, 0, field) && has_indicator(reference, 1, field);
}

void mrrci_values_begin(mrrci_values *values, const mrrci_reference *reference,
                        const mrrci_field *field) {
    size_t indicators;
    values->reference = reference;
    values->part = SIZE_MAX;
    for (size_t i = 0; i < reference->parts; i++) {
        const mrrci_span *occurrence = &reference->part[i].occurrence;
        size_t count = 0;
        if (occurrence->tail > 0) { /* it counts from the end */
            mrrci_subfields_begin(&values->subfields, field, &indicators);
            while (mrrci_subfield_next(&values->subfields, &values->subfield))
                count += mrrci_takes(&reference->part[i], &values->subfield);
        }
        values->seen[i] = 0;
        mrrci_resolve(occurrence, count, &values->from[i], &values->end[i]);
    }
    mrrci_subfields_begin(&values->subfields, field, &indicators);
}

bool mrrci_value_next(mrrci_values *values, mrrci_stretch *text, const mrrci_part **part) {
    const mrrci_reference *reference = values->reference;
    for (;;) {
        while (values->part < reference->parts) {
            size_t i = values->part++;
            *part = &reference->part[i];
            if (!mrrci_takes(*part, &values->subfield))
                continue;
            size_t place = values->seen[i]++;
            if (place >= values->from[i] && place < values->end[i] &&
                mrrci_cut(&(*part)->characters, values->subfield.value, values->subfield.size,
                          text))
                return true;
        }
        if (!mrrci_subfield_next(&values->subfields, &values->subfield))
            return false;
        values->part = 0;
    }
}
