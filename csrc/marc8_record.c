/* SPDX-License-Identifier: MIT
 *
 * marc8_record.c: a packed record's text turned into MARC-8, for writing: each
 * value by itself, leader/09 blank, and field 066 naming the sets that escapes
 * in it designate (MARC 21 Specifications, Character Sets, Part 2; MARC 21, 066).
 */
#include "internal.h"
#include "marc8.h"
#include "packed.h"

enum { SETS = 32, LEADER_CODING = 9 };

static const uint8_t tag_066[3] = {'0', '6', '6'};

/* Tells a fault of a value as one of a field of a record. */
static int tell(mrrc_error *err, const mrrc_error *fault, int status, const mrrci_field *field,
                uint32_t index) {
    if (err != NULL && err->code == 0) {
        *err = *fault;
        memcpy(err->tag, field->tag, 3);
        err->field = index;
    }
    return mrrci_fail(err, status, 0);
}

static int put_field(const mrrci_field *field, uint32_t flags, uint32_t *sets, mrrc_buffer *out,
                     mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t indicators;
    MRRCI_TRY(mrrci_buffer_append(out, field->tag - 1, 4));
    if (field->control)
        return mrrc_marc8_encode(field->body, field->size, flags, sets, out, err);
    mrrci_subfields_begin(&cursor, field, &indicators);
    for (size_t i = 0; i < indicators; i++)
        if (field->body[i] & 0x80)
            return MRRC_ERR_INDICATOR_INVALID;
    MRRCI_TRY(mrrci_buffer_append(out, field->body, indicators));
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (subfield.code_size > 0 && subfield.code[0] & 0x80)
            return MRRC_ERR_CODE_INVALID;
        MRRCI_TRY(mrrci_buffer_append(out, subfield.code - 1, 1 + subfield.code_size));
        MRRCI_TRY(mrrc_marc8_encode(subfield.value, subfield.size, flags, sets, out, err));
    }
    return MRRC_OK;
}

/* Inserts 066 at a place of `out`: one $c for each set used. */
static int insert_066(uint32_t sets, size_t place, mrrc_buffer *out) {
    mrrc_buffer field = {0};
    int status = mrrci_buffer_append(&field, "\x1e" "066  ", 6);
    for (uint32_t i = 0; i < SETS && status == MRRC_OK; i++) {
        const char *name = sets & (1u << i) ? mrrc_marc8_set_name(1u << i) : NULL;
        if (name == NULL)
            continue;
        status = mrrci_buffer_append(&field, "\x1f" "c", 2);
        if (status == MRRC_OK)
            status = mrrci_buffer_append(&field, name, strlen(name));
    }
    if (status == MRRC_OK)
        status = mrrci_buffer_reserve(out, field.size);
    if (status == MRRC_OK) {
        memmove(out->data + place + field.size, out->data + place, out->size - place);
        memcpy(out->data + place, field.data, field.size);
        out->size += field.size;
    }
    mrrci_buffer_clear(&field);
    return status;
}

int mrrci_marc8_record(const uint8_t *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                       mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field field;
    mrrc_error fault = {0};
    uint32_t sets = 0, index = 0;
    size_t before = out->size, place = 0;
    int more;
    int status = mrrci_fields_begin(&cursor, packed, size);
    if (status < 0)
        return mrrci_fail(err, status, 0);
    if (mrrci_buffer_append(out, packed, MRRCI_LEADER_SIZE) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    out->data[before + LEADER_CODING] = ' ';
    while ((more = mrrci_field_next(&cursor, &field)) > 0) {
        int order = memcmp(field.tag, tag_066, sizeof tag_066);
        if (place == 0 && order >= 0)
            place = out->size;
        if (order != 0)
            status = put_field(&field, flags, &sets, out, &fault);
        if (status < 0)
            return tell(err, &fault, status, &field, index);
        index++;
    }
    if (more < 0)
        return mrrci_fail(err, more, 0);
    if (sets != 0 && insert_066(sets, place == 0 ? out->size : place, out) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    return MRRC_OK;
}
