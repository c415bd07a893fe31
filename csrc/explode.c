/* SPDX-License-Identifier: MIT
 *
 * explode.c: a packed record laid out so that Python makes all its fields, or
 * all their values, from one text with one split.  It makes no objects and
 * changes no character.
 */
#include "internal.h"
#include "packed.h"

enum { SUBFIELDS_MAX = 254, CONTROL = 255, LONGEST_SPACE = 3 };

/* The three stretches that the output grows in before they are put together:
 * one byte a field, its texts, and those of its subfields. */
typedef struct layout {
    uint8_t *counts;
    uint8_t *texts;
    uint8_t *parts;
} layout;

/* Empties `out` and makes room for all that `size` bytes of record can give: no
 * byte but a delimiter is left out, none stands twice, each text has one
 * behind it, and a delimiter begins at most two texts. */
static int lay_out(size_t size, mrrc_buffer *out, layout *layout) {
    size_t fields = size / 4 + 1;
    out->size = 0;
    if (size > SIZE_MAX / 8)
        return MRRC_ERR_MEMORY;
    MRRCI_TRY(mrrci_buffer_reserve(out, fields + 2 * (2 * size + 2)));
    layout->texts = out->data;
    layout->parts = out->data + 2 * size + 2;
    layout->counts = layout->parts + 2 * size + 2;
    return MRRC_OK;
}

/* Puts the stretches together and returns the number of fields. */
static int64_t gather(const layout *start, const layout *end, mrrc_buffer *out) {
    size_t texts = (size_t)(end->texts - start->texts);
    size_t parts = (size_t)(end->parts - start->parts);
    size_t counts = (size_t)(end->counts - start->counts);
    memmove(out->data + texts, start->parts, parts);
    memmove(out->data + texts + parts, start->counts, counts);
    out->size = texts + parts + counts;
    return (int64_t)counts;
}

static inline void put(uint8_t **to, const uint8_t *text, size_t size) {
    memcpy(*to, text, size);
    (*to)[size] = MRRCI_SUBFIELD;
    *to += size + 1;
}

int64_t mrrc_explode(const uint8_t *packed, size_t size, mrrc_buffer *out) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t indicators;
    layout start;
    int more;
    MRRCI_TRY(lay_out(size, out, &start));
    MRRCI_TRY(mrrci_fields_begin(&fields, packed, size));
    layout end = start;
    while ((more = mrrci_field_next(&fields, &field)) > 0) {
        put(&end.texts, field.tag, 3);
        if (field.control) {
            *end.counts++ = CONTROL;
            put(&end.texts, field.body, field.size);
            continue;
        }
        unsigned count = 0;
        mrrci_subfields_begin(&subfields, &field, &indicators);
        put(&end.texts, field.body, indicators);
        while (mrrci_subfield_next(&subfields, &subfield)) {
            put(&end.parts, subfield.code, subfield.code_size);
            put(&end.parts, subfield.value, subfield.size);
            count++;
        }
        if (count > SUBFIELDS_MAX)
            return MRRC_ERR_ARGUMENT;
        *end.counts++ = (uint8_t)count;
    }
    return more < 0 ? more : gather(&start, &end, out);
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
    layout start;
    int more;
    MRRCI_TRY(lay_out(size, out, &start));
    MRRCI_TRY(mrrci_fields_begin(&fields, packed, size));
    layout end = start;
    while ((more = mrrci_field_next(&fields, &field)) > 0) {
        *end.counts++ = field.control ? CONTROL : 0;
        put(&end.texts, field.tag, 3);
        if (field.control) {
            put(&end.texts, field.body, field.size);
            continue;
        }
        const uint8_t *first = end.texts;
        mrrci_subfields_begin(&subfields, &field, &indicators);
        while (mrrci_subfield_next(&subfields, &subfield)) {
            if (end.texts != first)
                end.texts[-1] = ' ';
            strip(&subfield.value, &subfield.size);
            put(&end.texts, subfield.value, subfield.size);
        }
        if (end.texts == first)
            put(&end.texts, field.body, 0);
    }
    return more < 0 ? more : gather(&start, &end, out);
}
