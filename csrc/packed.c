/* SPDX-License-Identifier: MIT
 *
 * packed.c: walks over a packed record, its fields and a field's subfields, and
 * builds one piece by piece.  It trusts the bytes no further than their size,
 * since a pickle may hold anything, and knows no outside format.
 */
#include "internal.h"
#include "packed.h"

int mrrci_fields_begin(mrrci_cursor *cursor, const uint8_t *packed, size_t size) {
    if (size < MRRCI_LEADER_SIZE)
        return MRRC_ERR_PACKED_INVALID;
    cursor->at = packed + MRRCI_LEADER_SIZE;
    cursor->end = packed + size;
    return MRRC_OK;
}

static inline bool is_structural(uint8_t byte) {
    return (uint8_t)(byte - MRRCI_RECORD) <= MRRCI_SUBFIELD - MRRCI_RECORD;
}

int mrrci_field_next(mrrci_cursor *cursor, mrrci_field *field) {
    const uint8_t *at = cursor->at;
    if (at == cursor->end)
        return 0;
    /* a delimiter in a tag would make the record another for who counts delimiters */
    if (*at != MRRCI_FIELD || cursor->end - at < 4 || is_structural(at[1]) ||
        is_structural(at[2]) || is_structural(at[3]))
        return MRRC_ERR_PACKED_INVALID;
    field->tag = at + 1;
    field->body = at + 4;
    field->control = mrrci_tag_is_control(field->tag);
    size_t left = (size_t)(cursor->end - field->body);
    const uint8_t *next = memchr(field->body, MRRCI_FIELD, left);
    cursor->at = next == NULL ? cursor->end : next;
    field->size = (size_t)(cursor->at - field->body);
    return 1;
}

void mrrci_subfields_begin(mrrci_cursor *cursor, const mrrci_field *field, size_t *indicators) {
    const uint8_t *first =
        field->size == 0 ? NULL : memchr(field->body, MRRCI_SUBFIELD, field->size);
    cursor->end = field->body + field->size;
    cursor->at = first == NULL ? cursor->end : first;
    *indicators = (size_t)(cursor->at - field->body);
}

/* The size of the character at `at`, not more than what is left. */
static size_t character_size(const uint8_t *at, size_t left) {
    size_t size = *at < 0xC0 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
    return size < left ? size : left;
}

bool mrrci_subfield_next(mrrci_cursor *cursor, mrrci_subfield *subfield) {
    if (cursor->at == cursor->end)
        return false;
    const uint8_t *code = cursor->at + 1;
    size_t left = (size_t)(cursor->end - code);
    const uint8_t *next = left == 0 ? NULL : memchr(code, MRRCI_SUBFIELD, left);
    cursor->at = next == NULL ? cursor->end : next;
    left = (size_t)(cursor->at - code);
    subfield->code = code;
    subfield->code_size = left == 0 ? 0 : character_size(code, left);
    subfield->value = code + subfield->code_size;
    subfield->size = left - subfield->code_size;
    return true;
}

/* ---- building ---- */

int mrrci_build_leader(mrrc_buffer *out, const uint8_t *leader, size_t size) {
    if (size != MRRCI_LEADER_SIZE)
        return MRRC_ERR_LEADER_INVALID;
    for (size_t i = 0; i < size; i++)
        if (leader[i] >= 0x80 || is_structural(leader[i]))
            return MRRC_ERR_LEADER_INVALID;
    return mrrci_buffer_append(out, leader, size);
}

int mrrci_build_field(mrrc_buffer *out, const uint8_t *tag, size_t size) {
    if (size != 3)
        return MRRC_ERR_TAG_INVALID;
    for (size_t i = 0; i < size; i++)
        if (tag[i] < 0x20 || tag[i] > 0x7E)
            return MRRC_ERR_TAG_INVALID;
    const uint8_t field[4] = {MRRCI_FIELD, tag[0], tag[1], tag[2]};
    return mrrci_buffer_append(out, field, sizeof field);
}

static bool is_character(const uint8_t *text, size_t size) {
    return size > 0 && !is_structural(*text) && character_size(text, size) == size;
}

int mrrci_build_indicators(mrrc_buffer *out, const uint8_t *first, size_t first_size,
                           const uint8_t *second, size_t second_size) {
    if (!is_character(first, first_size) || !is_character(second, second_size))
        return MRRC_ERR_INDICATOR_INVALID;
    MRRCI_TRY(mrrci_buffer_reserve(out, first_size + second_size));
    MRRCI_TRY(mrrci_buffer_append(out, first, first_size));
    return mrrci_buffer_append(out, second, second_size);
}

int mrrci_build_code(mrrc_buffer *out, const uint8_t *code, size_t size) {
    if (!is_character(code, size))
        return MRRC_ERR_CODE_INVALID;
    const uint8_t delimiter = MRRCI_SUBFIELD;
    MRRCI_TRY(mrrci_buffer_reserve(out, 1 + size));
    MRRCI_TRY(mrrci_buffer_append(out, &delimiter, 1));
    return mrrci_buffer_append(out, code, size);
}

int mrrci_build_value(mrrc_buffer *out, const uint8_t *value, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (is_structural(value[i]))
            return MRRC_ERR_FIELD_INVALID;
    return mrrci_buffer_append(out, value, size);
}
