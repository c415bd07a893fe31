/* SPDX-License-Identifier: MIT
 *
 * json.c: the JSON of the Rust package of the same name: an array of the leader's object and
 * one for each field, in which a data field's subfields are an object by code.  A code that
 * occurs again has a list for its value, so no value is lost; the order between
 * different codes is, since they stand in alphabetical order.  For what is to come back
 * as it was there is MARC-in-JSON.
 */
#include <jansson.h>

#include "batch.h"
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "json.h"
#include "packed.h"

/* ---- reading ---- */

/* A code's value, or the list of its values. */
static int put_values(mrrci_json_record *record, const char *code, const json_t *value) {
    size_t size = strlen(code);
    if (!json_is_array(value))
        return mrrci_json_subfield(record, code, size, value);
    for (size_t i = 0; i < json_array_size(value); i++)
        MRRCI_TRY(mrrci_json_subfield(record, code, size, json_array_get(value, i)));
    return MRRC_OK;
}

static int put_subfields(mrrci_json_record *record, json_t *subfields) {
    if (!json_is_object(subfields))
        return mrrci_json_subfields(record, subfields);
    for (void *at = json_object_iter(subfields); at != NULL;
         at = json_object_iter_next(subfields, at))
        MRRCI_TRY(put_values(record, json_object_iter_key(at), json_object_iter_value(at)));
    return MRRC_OK;
}

static bool has_text(const json_t *value) {
    return json_string_length(value) > 0;
}

static int put_data(mrrci_json_record *record, json_t *field) {
    json_t *first = json_object_get(field, "ind1"), *second = json_object_get(field, "ind2");
    json_t *subfields = json_object_get(field, "subfields");
    if (!json_is_object(field))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "a data field is no object");
    if (!has_text(first) || !has_text(second))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 has_text(first) ? "missing ind2" : "missing ind1");
    MRRCI_TRY(mrrci_json_indicators(record, first, second));
    size_t known = subfields == NULL ? 2 : 3;
    if (json_object_size(field) > known)
        MRRCI_TRY(mrrci_json_remark(record, MRRC_ERR_JSON_RECORD, json_object_size(field) - known));
    return subfields == NULL ? MRRC_OK : put_subfields(record, subfields);
}

static int put_record(mrrci_json_record *record, json_t *root) {
    json_t *first = json_array_get(root, 0);
    if (!json_is_array(root))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "a record is an array");
    if (first == NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "an empty array");
    if (!json_is_object(first))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "the first item is no object");
    MRRCI_TRY(mrrci_json_leader(record, json_object_get(first, "leader")));
    for (size_t i = 0; i < json_array_size(root); i++)
        MRRCI_TRY(mrrci_json_fields(record, json_array_get(root, i), i == 0, put_data));
    return MRRC_OK;
}

int mrrci_json_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                      mrrc_error *err) {
    static const mrrci_json_shape shape = {.rows = true, .build = put_record};
    return mrrci_json_records(state, &shape, input, batch, used, err);
}

/* ---- writing ---- */

/* A subfield to be sorted. */
typedef struct entry {
    mrrci_subfield subfield;
    uint32_t code;            /* its character; UTF-8 sorts as characters do */
} entry;

typedef struct writer {
    mrrc_buffer *out;
    mrrc_buffer entries;      /* entry each, of the field at hand */
    mrrc_buffer sorted;
    bool ascii;
} writer;

static int put_text(writer *writer, const char *text) {
    return mrrci_buffer_append(writer->out, text, strlen(text));
}

static int put_string(writer *writer, const uint8_t *text, size_t size) {
    return mrrci_json_string(writer->out, text, size, writer->ascii);
}

static const entry *entries_of(const mrrc_buffer *buffer) {
    return (const entry *)(const void *)buffer->data; /* realloc's memory is aligned */
}

/* One pass of a radix sort, which keeps the order of equal codes. */
static void sort_by(mrrc_buffer *from, mrrc_buffer *to, unsigned shift) {
    enum { DIGITS = 128 };
    size_t starts[DIGITS + 1] = {0};
    size_t count = from->size / sizeof(entry);
    const entry *entries = entries_of(from);
    entry *sorted = (entry *)(void *)to->data;
    for (size_t i = 0; i < count; i++)
        starts[(entries[i].code >> shift & (DIGITS - 1)) + 1]++;
    for (size_t i = 0; i < DIGITS; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < count; i++)
        sorted[starts[entries[i].code >> shift & (DIGITS - 1)]++] = entries[i];
    to->size = from->size;
    mrrc_buffer swap = *from;
    *from = *to;
    *to = swap;
}

/* Sorts the entries by code: three digits make any character. */
static int sort_entries(writer *writer) {
    uint32_t all = 0;
    size_t count = writer->entries.size / sizeof(entry);
    if (count < 2)
        return MRRC_OK;
    writer->sorted.size = 0;
    MRRCI_TRY(mrrci_buffer_reserve(&writer->sorted, writer->entries.size));
    for (size_t i = 0; i < count; i++)
        all |= entries_of(&writer->entries)[i].code;
    for (unsigned shift = 0; shift < 21 && all >> shift != 0; shift += 7)
        sort_by(&writer->entries, &writer->sorted, shift);
    return MRRC_OK;
}

/* Writes the entries of one code, from `index` on.  Returns behind the last. */
static int put_code(writer *writer, size_t *index) {
    size_t count = writer->entries.size / sizeof(entry), from = *index, end = from + 1;
    const entry *entries = entries_of(&writer->entries);
    while (end < count && entries[end].code == entries[from].code)
        end++;
    MRRCI_TRY(put_string(writer, entries[from].subfield.code, entries[from].subfield.code_size));
    MRRCI_TRY(put_text(writer, end - from > 1 ? ":[" : ":"));
    for (size_t i = from; i < end; i++) {
        if (i > from)
            MRRCI_TRY(put_text(writer, ","));
        MRRCI_TRY(put_string(writer, entries[i].subfield.value, entries[i].subfield.size));
    }
    *index = end;
    return end - from > 1 ? put_text(writer, "]") : MRRC_OK;
}

static int write_subfields(writer *writer, mrrci_cursor *cursor) {
    entry entry = {0};
    writer->entries.size = 0;
    while (mrrci_subfield_next(cursor, &entry.subfield)) {
        const uint8_t *code = entry.subfield.code;
        if (entry.subfield.code_size == 0)
            return MRRC_ERR_PACKED_INVALID;
        entry.code = mrrci_utf8_next(&code);
        MRRCI_TRY(mrrci_buffer_append(&writer->entries, &entry, sizeof entry));
    }
    MRRCI_TRY(sort_entries(writer));
    size_t count = writer->entries.size / sizeof entry;
    for (size_t i = 0; i < count;) {
        if (i > 0)
            MRRCI_TRY(put_text(writer, ","));
        MRRCI_TRY(put_code(writer, &i));
    }
    return MRRC_OK;
}

static int write_data(writer *writer, const mrrci_field *field) {
    mrrci_cursor cursor;
    size_t size;
    const uint8_t *second = field->body;
    mrrci_subfields_begin(&cursor, field, &size);
    const uint8_t *end = field->body + size, *behind;
    if (size < 2)
        return MRRC_ERR_PACKED_INVALID;
    (void)mrrci_utf8_next(&second);
    behind = second;
    if (second < end)
        (void)mrrci_utf8_next(&behind);
    if (second == end || behind != end)
        return MRRC_ERR_PACKED_INVALID;
    MRRCI_TRY(put_text(writer, "{\"ind1\":"));
    MRRCI_TRY(put_string(writer, field->body, (size_t)(second - field->body)));
    MRRCI_TRY(put_text(writer, ",\"ind2\":"));
    MRRCI_TRY(put_string(writer, second, (size_t)(end - second)));
    MRRCI_TRY(put_text(writer, ",\"subfields\":{"));
    MRRCI_TRY(write_subfields(writer, &cursor));
    return put_text(writer, "}}");
}

static int write_field(writer *writer, const mrrci_field *field) {
    for (int i = 0; i < 3; i++)
        if (field->tag[i] < 0x20 || field->tag[i] > 0x7E)
            return MRRC_ERR_TAG_INVALID;
    if (memchr(field->body, MRRCI_RECORD, field->size) != NULL ||
        (field->control && memchr(field->body, MRRCI_SUBFIELD, field->size) != NULL))
        return MRRC_ERR_FIELD_INVALID;
    MRRCI_TRY(put_text(writer, ",{"));
    MRRCI_TRY(put_string(writer, field->tag, 3));
    MRRCI_TRY(put_text(writer, ":"));
    MRRCI_TRY(field->control ? put_string(writer, field->body, field->size)
                             : write_data(writer, field));
    return put_text(writer, "}");
}

static int write_leader(writer *writer, const uint8_t *leader) {
    for (size_t i = 0; i < MRRCI_LEADER_SIZE; i++)
        if (leader[i] >= 0x80 || (leader[i] >= MRRCI_RECORD && leader[i] <= MRRCI_SUBFIELD))
            return MRRC_ERR_PACKED_INVALID;
    MRRCI_TRY(put_text(writer, "[{\"leader\":"));
    MRRCI_TRY(put_string(writer, leader, MRRCI_LEADER_SIZE));
    return put_text(writer, "}");
}

static int write_record(writer *writer, const uint8_t *packed, size_t size, uint32_t flags,
                        mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    if (mrrci_fields_begin(&cursor, packed, size) < 0)
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    if (!mrrci_utf8_valid(packed, size))
        return mrrci_fail_detail(err, MRRC_ERR_TEXT_INVALID, 0, "the record is not UTF-8");
    int status = write_leader(writer, packed);
    for (uint32_t index = 0; status >= 0 && (more = mrrci_field_next(&cursor, &field)) != 0;
         index++) {
        status = more < 0 ? more : write_field(writer, &field);
        if (status < 0 && more > 0 && err != NULL && err->code == 0) {
            memcpy(err->tag, field.tag, 3);
            err->field = index;
        }
    }
    if (status >= 0)
        status = put_text(writer, flags & MRRC_WRITE_ALONE ? "]" : "]\n");
    return status < 0 ? mrrci_fail(err, status, 0) : MRRC_OK;
}

int mrrci_json_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                      mrrc_buffer *out, mrrc_error *err) {
    writer writer = {.out = out, .ascii = (how->flags & MRRC_WRITE_ASCII) != 0};
    size_t before = out->size;
    int status = write_record(&writer, packed, size, how->flags, err);
    if (status < 0)
        out->size = before;
    mrrci_buffer_clear(&writer.entries);
    mrrci_buffer_clear(&writer.sorted);
    return status;
}
