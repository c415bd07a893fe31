/* SPDX-License-Identifier: MIT
 *
 * packed.h: reading and building a packed record: a leader of 24 bytes, and for each field 0x1E,
 * its tag and its body.  Nothing here asks what a field means.
 */
#ifndef MRRC_PACKED_H
#define MRRC_PACKED_H

#include "internal.h"

/* A field of a packed record; the pointers are into the record. */
typedef struct mrrci_field {
    const uint8_t *tag;       /* three bytes */
    const uint8_t *body;      /* control data, or indicators and subfields */
    size_t size;
    bool control;
} mrrci_field;

typedef struct mrrci_subfield {
    const uint8_t *code;
    size_t code_size;         /* one character: one to four bytes */
    const uint8_t *value;
    size_t size;
} mrrci_subfield;

/* Where a walk over fields or subfields is. */
typedef struct mrrci_cursor {
    const uint8_t *at;
    const uint8_t *end;
} mrrci_cursor;

/* Begins a walk over the fields.  Returns 0 or MRRC_ERR_PACKED_INVALID. */
int mrrci_fields_begin(mrrci_cursor *cursor, const uint8_t *packed, size_t size);

/* Steps to the next field.  Returns 1, 0 behind the last, or
 * MRRC_ERR_PACKED_INVALID. */
int mrrci_field_next(mrrci_cursor *cursor, mrrci_field *field);

/* Begins a walk over a data field's subfields; `*indicators` gets the size of
 * what stands before the first. */
void mrrci_subfields_begin(mrrci_cursor *cursor, const mrrci_field *field, size_t *indicators);

/* Steps to the next subfield.  Returns whether there was one. */
bool mrrci_subfield_next(mrrci_cursor *cursor, mrrci_subfield *subfield);

/* Whether a tag makes a control field: three digits below 010. */
static inline bool mrrci_tag_is_control(const uint8_t *tag) {
    return tag[0] == '0' && tag[1] == '0' && tag[2] >= '0' && tag[2] <= '9';
}

/* A tag's three characters and whether they make a control field as one number, so that two are
 * compared at once. */
static inline uint32_t mrrci_tag_word(const uint8_t *tag) {
    const uint8_t bytes[4] = {tag[0], tag[1], tag[2], mrrci_tag_is_control(tag)};
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline bool mrrci_word_is_control(uint32_t word) {
    uint8_t bytes[4];
    memcpy(bytes, &word, sizeof bytes);
    return bytes[3] != 0;
}

/* Building a packed record: each appends a piece that it has checked, and leaves `out` as
 * it was where it refuses.  What is text has to be UTF-8 already.  Returns 0,
 * MRRC_ERR_MEMORY, or what each says. */

/* MRRC_ERR_LEADER_INVALID unless it is 24 ASCII characters. */
int mrrci_build_leader(mrrc_buffer *out, const uint8_t *leader, size_t size);

/* Begins a field.  MRRC_ERR_TAG_INVALID unless the tag is three printable ASCII
 * characters. */
int mrrci_build_field(mrrc_buffer *out, const uint8_t *tag, size_t size);

/* MRRC_ERR_INDICATOR_INVALID unless each is one character and not a structural one. */
int mrrci_build_indicators(mrrc_buffer *out, const uint8_t *first, size_t first_size,
                           const uint8_t *second, size_t second_size);

/* MRRC_ERR_CODE_INVALID unless it is one character and not a structural one. */
int mrrci_build_code(mrrc_buffer *out, const uint8_t *code, size_t size);

/* A control field's data or a subfield's value, or a part of one.
 * MRRC_ERR_FIELD_INVALID where it holds 0x1D, 0x1E or 0x1F. */
int mrrci_build_value(mrrc_buffer *out, const uint8_t *value, size_t size);

#endif
