/* SPDX-License-Identifier: MIT
 *
 * explode.c: a packed record laid out so that Python makes all its fields, or
 * all their values, from one text with one split.  It makes no objects and
 * changes no character.
 */
#include "internal.h"

enum { SUBFIELDS_MAX = 254, CONTROL = 255, LONGEST_SPACE = 3 };

/* Counts fields and subfields.  Returns the number of fields or a fault. */
static int64_t count_parts(const uint8_t *packed, size_t size) {
    mrrci_cursor fields;
    mrrci_field field;
    int64_t count = 0;
    int more;
    MRRCI_TRY(mrrci_fields_begin(&fields, packed, size));
    while ((more = mrrci_field_next(&fields, &field)) > 0)
        count++;
    return more < 0 ? more : count;
}

/* Where the next text goes.  There is room for all: no text stands twice. */
static void put(uint8_t **to, const uint8_t *text, size_t size) {
    memcpy(*to, text, size);
    (*to)[size] = MRRCI_SUBFIELD;
    *to += size + 1;
}

int64_t mrrc_explode(const uint8_t *packed, size_t size, mrrc_buffer *out) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t indicators;
    out->size = 0;
    int64_t count = count_parts(packed, size);
    if (count < 0)
        return count;
    /* each delimiter gives at most two texts, each with a delimiter behind it */
    MRRCI_TRY(mrrci_buffer_reserve(out, 2 * size + 4 * (size_t)count));
    uint8_t *counts = out->data, *to = out->data + count;

    (void)mrrci_fields_begin(&fields, packed, size);
    while (mrrci_field_next(&fields, &field) > 0)
        put(&to, field.tag, 3);
    (void)mrrci_fields_begin(&fields, packed, size);
    while (mrrci_field_next(&fields, &field) > 0) {
        if (field.control) {
            *counts++ = CONTROL;
            put(&to, field.body, field.size);
            continue;
        }
        unsigned number = 0;
        mrrci_subfields_begin(&subfields, &field, &indicators);
        put(&to, field.body, indicators);
        for (const uint8_t *at = subfields.at; at < subfields.end; at++)
            number += *at == MRRCI_SUBFIELD;
        if (number > SUBFIELDS_MAX)
            return MRRC_ERR_ARGUMENT;
        *counts++ = (uint8_t)number;
    }
    for (int values = 0; values < 2; values++) {
        (void)mrrci_fields_begin(&fields, packed, size);
        while (mrrci_field_next(&fields, &field) > 0) {
            if (field.control)
                continue;
            mrrci_subfields_begin(&subfields, &field, &indicators);
            while (mrrci_subfield_next(&subfields, &subfield)) {
                if (values)
                    put(&to, subfield.value, subfield.size);
                else
                    put(&to, subfield.code, subfield.code_size);
            }
        }
    }
    out->size = (size_t)(to - out->data);
    return count;
}

/* The size of the white space character at `at`, or 0: what str.strip() takes
 * away (Unicode's White_Space, and 0x1C to 0x1F). */
static size_t space_at(const uint8_t *at, size_t left) {
    if (*at < 0x80)
        return (*at >= 0x09 && *at <= 0x0D) || (*at >= 0x1C && *at <= 0x20);
    if (left >= 2 && at[0] == 0xC2)
        return at[1] == 0x85 || at[1] == 0xA0 ? 2 : 0;
    if (left < 3)
        return 0;
    uint32_t three = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
    bool space = three == 0xE19A80 ||                      /* U+1680 */
                 (three >= 0xE28080 && three <= 0xE2808A) || /* U+2000 to U+200A */
                 three == 0xE280A8 || three == 0xE280A9 ||   /* U+2028, U+2029 */
                 three == 0xE280AF || three == 0xE2819F ||   /* U+202F, U+205F */
                 three == 0xE38080;                          /* U+3000 */
    return space ? 3 : 0;
}

static void strip(const uint8_t **text, size_t *size) {
    size_t step;
    while (*size > 0 && (step = space_at(*text, *size)) > 0) {
        *text += step;
        *size -= step;
    }
    while (*size > 0) {
        size_t back = 1;
        while (back < *size && back < LONGEST_SPACE && ((*text)[*size - back] & 0xC0) == 0x80)
            back++;
        if (space_at(*text + *size - back, back) != back)
            break;
        *size -= back;
    }
}

int64_t mrrc_values(const uint8_t *packed, size_t size, mrrc_buffer *out) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t indicators;
    out->size = 0;
    int64_t count = count_parts(packed, size);
    if (count < 0)
        return count;
    MRRCI_TRY(mrrci_buffer_reserve(out, size + 4 * (size_t)count));
    uint8_t *counts = out->data, *to = out->data + count;
    (void)mrrci_fields_begin(&fields, packed, size);
    while (mrrci_field_next(&fields, &field) > 0)
        put(&to, field.tag, 3);
    (void)mrrci_fields_begin(&fields, packed, size);
    while (mrrci_field_next(&fields, &field) > 0) {
        *counts++ = field.control ? CONTROL : 0;
        if (field.control) {
            put(&to, field.body, field.size);
            continue;
        }
        const uint8_t *first = to;
        mrrci_subfields_begin(&subfields, &field, &indicators);
        while (mrrci_subfield_next(&subfields, &subfield)) {
            if (to != first)
                to[-1] = ' ';
            strip(&subfield.value, &subfield.size);
            put(&to, subfield.value, subfield.size);
        }
        if (to == first)
            put(&to, field.body, 0);
    }
    out->size = (size_t)(to - out->data);
    return count;
}
