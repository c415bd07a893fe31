/* SPDX-License-Identifier: MIT
 *
 * mods_write.c: MARC 21 to MODS 3.8, as the Library of Congress maps them.  The
 * record is taken apart once; the parts of the document come in a fixed order, each from
 * the fields it is made of, in the record's order.  An 880 is written as the field it stands
 * for, with its script.  What MODS has no place for stays behind: this is a
 * mapping, not a form of the record.
 */
#include "formats.h"
#include "mods_write.h"

static const char namespaces[] =
    " xmlns=\"http://www.loc.gov/mods/v3\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\""
    "http://www.loc.gov/mods/v3 http://www.loc.gov/standards/mods/v3/mods-3-8.xsd\"";

/* A tag of three digits as a number, or 0. */
static uint16_t number_of(const uint8_t *tag) {
    unsigned number = 0;
    for (int i = 0; i < 3; i++) {
        if (tag[i] < '0' || tag[i] > '9')
            return 0;
        number = number * 10 + (tag[i] - '0');
    }
    return (uint16_t)number;
}

/* Looks through the subfields; $6 is the first where there is one. */
static void look_into(mods_field *field) {
    mrrci_cursor cursor = {field->data, field->data + field->size};
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (field->codes == 0 && mrrci_mods_among(&subfield, "6"))
            field->link = mrrci_mods_value(&subfield);
        if (subfield.code_size > 0)
            field->codes |= mods_bit(*subfield.code);
    }
}

static mods_field field_of(const mrrci_field *packed) {
    enum { ALTERNATE = 880, FIRST_DATA = 10 };
    mods_field field = {.name = packed->tag, .tag = number_of(packed->tag)};
    field.data = packed->body;
    field.size = packed->size;
    field.first = field.second = ' ';
    if (packed->control)
        return field;
    mrrci_cursor cursor;
    size_t indicators;
    mrrci_subfields_begin(&cursor, packed, &indicators);
    field.data = cursor.at;
    field.size = (size_t)(cursor.end - cursor.at);
    if (indicators == 2) {
        field.first = packed->body[0];
        field.second = packed->body[1];
    }
    look_into(&field);
    if (field.tag == ALTERNATE) {
        field.alternate = true;
        field.tag = field.link.size < 3 ? 0 : number_of(field.link.data);
        if (field.tag < FIRST_DATA) /* a control field has no subfields to be read */
            field.tag = 0;
    }
    return field;
}

/* Lists the fields whose tags are numbers. */
static int list_fields(const uint8_t *packed, size_t size, mrrc_buffer *fields, mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field one;
    int status = mrrci_fields_begin(&cursor, packed, size);
    if (status < 0)
        return mrrci_fail(err, status, 0);
    while ((status = mrrci_field_next(&cursor, &one)) > 0) {
        if (!mrrci_utf8_valid(one.body, one.size)) {
            mrrci_fail_seen(err, MRRC_ERR_TEXT_INVALID, 0, one.body, one.size);
            if (err != NULL && err->code == MRRC_ERR_TEXT_INVALID)
                memcpy(err->tag, one.tag, 3);
            return MRRC_ERR_TEXT_INVALID;
        }
        mods_field field = field_of(&one);
        if (field.tag != 0 && (status = mrrci_buffer_append(fields, &field, sizeof field)) < 0)
            break;
    }
    return status < 0 ? mrrci_fail(err, status, 0) : MRRC_OK;
}

static void write_parts(mods *m) {
    mrrci_mods_titles(m);
    mrrci_mods_names(m);
    mrrci_mods_types(m);
    mrrci_mods_origin(m);
    mrrci_mods_languages(m);
    mrrci_mods_physical(m);
    mrrci_mods_notes(m);
    mrrci_mods_subjects(m);
    mrrci_mods_classifications(m);
    mrrci_mods_related(m);
    mrrci_mods_identifiers(m);
    mrrci_mods_locations(m);
    mrrci_mods_record(m);
}

static void write_document(mods *m) {
    bool alone = (m->how->flags & MRRC_WRITE_ALONE) != 0;
    if (alone)
        mrrci_mods_put(m, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    mrrci_mods_put(m, "<mods");
    if (alone)
        mrrci_mods_put(m, namespaces);
    mrrci_mods_put(m, alone ? " version=\"3.8\">" : " version=\"3.8\">\n");
    size_t inside = m->out->size;
    write_parts(m);
    if (m->out->size == inside) /* the schema wants a part, and allows this one to be empty */
        mrrci_mods_put(m, alone ? "<titleInfo/>" : "  <titleInfo/>\n");
    mrrci_mods_put(m, alone ? "</mods>" : "</mods>\n");
}

/* The first 008, as far as it is ASCII, so that places are bytes; or nothing. */
static mods_slice coded_of(const mods *m) {
    mods_slice coded = {NULL, 0};
    for (size_t i = 0; i < m->count && coded.data == NULL; i++)
        if (m->fields[i].tag == 8)
            coded = (mods_slice){m->fields[i].data, m->fields[i].size};
    for (size_t i = 0; i < coded.size; i++)
        if (coded.data[i] < ' ' || coded.data[i] > '~')
            coded.size = i;
    return coded;
}

/* What one field's element has to know of the others. */
static void look_around(mods *m) {
    m->coded = coded_of(m);
    for (size_t i = 0; i < m->count; i++) {
        uint16_t tag = m->fields[i].tag;
        if (m->fields[i].alternate)
            continue;
        m->has_name = m->has_name || tag == 100 || tag == 110 || tag == 111;
        m->has_uniform = m->has_uniform || tag == 240;
        m->has_series = m->has_series || (tag >= 800 && tag <= 830);
    }
}

int mrrci_mods_encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                      mrrc_error *err) {
    mrrc_buffer fields = {0};
    size_t before = out->size, noted = how->notes == NULL ? 0 : how->notes->size;
    int status = list_fields(packed, size, &fields, err);
    if (status < 0) {
        mrrci_buffer_clear(&fields);
        return status;
    }
    mods m = {.how = how, .out = out, .leader = packed};
    m.fields = (const mods_field *)(const void *)fields.data;
    m.count = fields.size / sizeof(mods_field);
    look_around(&m);
    write_document(&m);
    mrrci_buffer_clear(&m.text);
    mrrci_buffer_clear(&fields);
    if (m.status < 0) {
        out->size = before;
        if (how->notes != NULL)
            how->notes->size = noted;
        mrrci_fail(err, m.status, 0);
    }
    return m.status;
}
