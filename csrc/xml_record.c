/* SPDX-License-Identifier: MIT
 *
 * xml_record.c: a handler of documents that hold MARC records field by field, whatever the
 * elements are called.  A record may stand at any depth and its parts in any order.  What
 * can be read in one way only is read and noted; what cannot makes the record a fault; and
 * elements that mean nothing here are noted and their text left out, unless it stands in a
 * value, where it belongs.
 */
#include <stdio.h>

#include "internal.h"
#include "packed.h"
#include "xml.h"

enum { OUTSIDE, RECORD, LEADER, CONTROL, DATA, SUBFIELD };

/* What a record without a leader gets: nothing but the counts and the entry map. */
static const char DEFAULT_LEADER[] = "          22        4500";

mrrci_xml_word mrrci_xml_value(const mrrci_xml_element *element, const char *name) {
    for (size_t i = 0; i < element->count; i++) {
        const mrrci_xml_attribute *attribute = &element->attributes[i];
        if (attribute->uri == NULL && strcmp(attribute->name, name) == 0)
            return (mrrci_xml_word){attribute->value, attribute->size};
    }
    return (mrrci_xml_word){NULL, 0};
}

static int refuse(mrrci_xml_records *records, mrrci_xml *xml, int code, const char *detail) {
    bool field = records->where >= CONTROL;
    records->refused = true;
    mrrci_xml_record_fault(xml, code, field ? records->tag : NULL, detail);
    return MRRC_OK;
}

static int refuse_shape(mrrci_xml_records *records, mrrci_xml *xml, const char *detail) {
    return refuse(records, xml, MRRC_ERR_XML_RECORD, detail);
}

/* Notes something in the field at work, with the size of what it concerns. */
static int note(mrrci_xml_records *records, mrrci_xml *xml, int code, size_t size) {
    mrrc_diagnostic about = {.code = code, .size = (uint32_t)size};
    if (records->where >= CONTROL)
        memcpy(about.tag, records->tag, sizeof records->tag);
    return mrrci_xml_note(xml, about);
}

/* Notes, once in a record, what has no place in it. */
static int note_once(mrrci_xml_records *records, mrrci_xml *xml, bool *noted, size_t size) {
    if (*noted)
        return MRRC_OK;
    *noted = true;
    return note(records, xml, MRRC_ERR_XML_RECORD, size);
}

/* The size of the first character. */
static size_t first_size(mrrci_xml_word word) {
    const uint8_t *next = word.text;
    (void)mrrci_utf8_next(&next);
    return (size_t)(next - word.text);
}

/* ---- records ---- */

static int begin_record(mrrci_xml_records *records, mrrci_xml *xml, bool own) {
    size_t size;
    const uint8_t *tag = mrrci_xml_start_tag(xml, &size);
    mrrci_xml_record_begin(xml);
    records->where = RECORD;
    records->open = 1;
    records->refused = records->filled = records->led = false;
    records->noted_element = records->noted_text = false;
    records->own = own;
    records->start_tag.size = 0;
    MRRCI_TRY(mrrci_buffer_append(&records->start_tag, tag, size));
    return mrrci_buffer_append(mrrci_xml_record(xml), DEFAULT_LEADER, MRRCI_LEADER_SIZE);
}

/* A record of foreign elements only is somebody else's, and so is one around others. */
static int begin_inner_record(mrrci_xml_records *records, mrrci_xml *xml, bool own) {
    if (!records->filled && !records->refused)
        return begin_record(records, xml, own);
    records->open++;
    return refuse_shape(records, xml, "a record inside a record");
}

static int end_record(mrrci_xml_records *records, mrrci_xml *xml) {
    if (--records->open > 0)
        return MRRC_OK;
    records->where = OUTSIDE;
    if (!records->refused && !records->filled && records->noted_element && !records->own) {
        mrrci_xml_record_forget(xml);
        return MRRC_OK;
    }
    records->just_ended = true;
    return mrrci_xml_record_end(xml);
}

/* ---- leaders ---- */

static int begin_leader(mrrci_xml_records *records, mrrci_xml *xml) {
    if (records->led) /* the last one counts */
        MRRCI_TRY(note(records, xml, MRRC_ERR_LEADER_INVALID, 0));
    records->led = records->filled = true;
    records->leader_size = 0;
    records->where = LEADER;
    return MRRC_OK;
}

static void add_to_leader(mrrci_xml_records *records, const uint8_t *text, size_t size) {
    size_t at = records->leader_size, room = sizeof records->leader;
    if (at < room)
        memcpy(records->leader + at, text, size < room - at ? size : room - at);
    records->leader_size += size;
}

static int end_leader(mrrci_xml_records *records, mrrci_xml *xml) {
    enum { LONGEST = 80 };
    char detail[LONGEST];
    records->where = RECORD;
    if (records->leader_size != MRRCI_LEADER_SIZE) {
        snprintf(detail, sizeof detail, "a leader of %zu bytes, not 24", records->leader_size);
        return refuse(records, xml, MRRC_ERR_LEADER_INVALID, detail);
    }
    for (size_t i = 0; i < MRRCI_LEADER_SIZE; i++)
        if (records->leader[i] >= 0x80)
            return refuse(records, xml, MRRC_ERR_LEADER_INVALID, "a leader that is not ASCII");
    memcpy(mrrci_xml_record(xml)->data, records->leader, MRRCI_LEADER_SIZE);
    return MRRC_OK;
}

/* ---- fields ---- */

/* Begins a field.  Returns 1, 0 where the record was refused, or MRRC_ERR_MEMORY. */
static int begin_field(mrrci_xml_records *records, mrrci_xml *xml, mrrci_xml_word tag) {
    records->filled = true;
    records->subfields = 0;
    records->joined = false;
    if (tag.text == NULL)
        return refuse_shape(records, xml, "a field without a tag");
    int status = mrrci_build_field(mrrci_xml_record(xml), tag.text, tag.size);
    if (status == MRRC_ERR_TAG_INVALID)
        return refuse_shape(records, xml, "a tag that is not three ASCII characters");
    if (status == MRRC_OK)
        memcpy(records->tag, tag.text, sizeof records->tag);
    return status < 0 ? status : 1;
}

static int begin_control(mrrci_xml_records *records, mrrci_xml *xml, const mrrci_xml_part *part) {
    static const char empty_data[] = {' ', ' ', MRRCI_SUBFIELD, 'a'};
    int status = begin_field(records, xml, part->tag);
    if (status <= 0)
        return status;
    records->where = CONTROL;
    if (mrrci_tag_is_control(records->tag))
        return MRRC_OK;
    MRRCI_TRY(note(records, xml, MRRC_ERR_TAG_INVALID, part->tag.size));
    return mrrci_buffer_append(mrrci_xml_record(xml), empty_data, sizeof empty_data);
}

static int begin_data(mrrci_xml_records *records, mrrci_xml *xml, const mrrci_xml_part *part) {
    mrrc_buffer *record = mrrci_xml_record(xml);
    int status = begin_field(records, xml, part->tag);
    if (status <= 0)
        return status;
    records->where = DATA;
    records->joined = mrrci_tag_is_control(records->tag);
    if (records->joined)
        return note(records, xml, MRRC_ERR_TAG_INVALID, part->tag.size);
    for (int i = 0; i < 2; i++) {
        mrrci_xml_word indicator = part->indicators[i];
        if (indicator.size == 0)
            indicator = (mrrci_xml_word){(const uint8_t *)" ", 1};
        size_t size = first_size(indicator);
        if (size != indicator.size)
            MRRCI_TRY(note(records, xml, MRRC_ERR_INDICATOR_INVALID, indicator.size));
        MRRCI_TRY(mrrci_buffer_append(record, indicator.text, size));
    }
    return MRRC_OK;
}

static int begin_subfield(mrrci_xml_records *records, mrrci_xml *xml, mrrci_xml_word code) {
    mrrc_buffer *record = mrrci_xml_record(xml);
    records->where = SUBFIELD;
    if (code.size == 0)
        return refuse_shape(records, xml, "a subfield without a code");
    if (records->joined)
        return records->subfields++ == 0 ? MRRC_OK : mrrci_buffer_append(record, " ", 1);
    size_t size = first_size(code);
    if (size != code.size)
        MRRCI_TRY(note(records, xml, MRRC_ERR_CODE_INVALID, code.size));
    return mrrci_build_code(record, code.text, size);
}

/* ---- events ---- */

/* In a record, but not in a field or a leader. */
static int start_in_record(mrrci_xml_records *records, mrrci_xml *xml,
                           const mrrci_xml_part *part) {
    switch (part->kind) {
    case MRRCI_XML_LEADER:
        return begin_leader(records, xml);
    case MRRCI_XML_CONTROL:
        return begin_control(records, xml, part);
    case MRRCI_XML_DATA:
        return begin_data(records, xml, part);
    case MRRCI_XML_SUBFIELD:
        return refuse_shape(records, xml, "a subfield outside of a field");
    default:
        return note_once(records, xml, &records->noted_element, 0);
    }
}

static int on_start(void *user, mrrci_xml *xml, const mrrci_xml_element *element) {
    mrrci_xml_records *records = user;
    mrrci_xml_part part = {.kind = MRRCI_XML_FOREIGN};
    records->just_ended = false;
    records->look(element, mrrci_xml_flags(xml), &part);
    if (records->where == OUTSIDE)
        return part.kind == MRRCI_XML_RECORD ? begin_record(records, xml, part.own) : MRRC_OK;
    if (part.kind == MRRCI_XML_RECORD)
        return begin_inner_record(records, xml, part.own);
    if (records->refused)
        return MRRC_OK;
    if (records->where == RECORD)
        return start_in_record(records, xml, &part);
    if (part.kind == MRRCI_XML_FOREIGN)
        return note_once(records, xml, &records->noted_element, 0);
    if (records->where == DATA && part.kind == MRRCI_XML_SUBFIELD)
        return begin_subfield(records, xml, part.code);
    return refuse_shape(records, xml, "a part of a record inside another");
}

static bool is_blank(const uint8_t *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (text[i] != ' ' && text[i] != '\n' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
}

static int on_text(void *user, mrrci_xml *xml, const uint8_t *text, size_t size) {
    mrrci_xml_records *records = user;
    if (records->where == OUTSIDE || records->refused)
        return MRRC_OK;
    switch (records->where) {
    case LEADER:
        add_to_leader(records, text, size);
        return MRRC_OK;
    case CONTROL:
    case SUBFIELD:
        return mrrci_buffer_append(mrrci_xml_record(xml), text, size);
    default:
        /* its size is not said, because a text may come in parts */
        return is_blank(text, size) ? MRRC_OK
                                    : note_once(records, xml, &records->noted_text, 0);
    }
}

static int on_end(void *user, mrrci_xml *xml, const mrrci_xml_element *element) {
    mrrci_xml_records *records = user;
    mrrci_xml_part part = {.kind = MRRCI_XML_FOREIGN};
    records->just_ended = false;
    if (records->where == OUTSIDE)
        return MRRC_OK;
    records->look(element, mrrci_xml_flags(xml), &part);
    if (part.kind == MRRCI_XML_RECORD)
        return end_record(records, xml);
    if (records->refused || part.kind == MRRCI_XML_FOREIGN)
        return MRRC_OK;
    switch (records->where) {
    case LEADER:
        return end_leader(records, xml);
    case SUBFIELD:
        records->where = DATA;
        return MRRC_OK;
    default:
        records->where = RECORD;
        return MRRC_OK;
    }
}

const mrrci_xml_handler mrrci_xml_records_handler = {on_start, on_text, on_end};
