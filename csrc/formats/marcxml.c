/* SPDX-License-Identifier: MIT
 *
 * marcxml.c: MARCXML (the Library of Congress's MARC 21 slim schema) and marcxchange (ISO
 * 25577), which differ in their namespace only.  Local names decide, so either is read as
 * the other.  A record's attributes `type` and `id` have no place in a packed record and
 * are left out.  This file reads, by libxml2 or, where a record has the common shape, by
 * marcxml_plain.c; marcxml_write.c writes.
 */
#include "formats.h"
#include "marcxml.h"
#include "xml.h"

#define SLIM "http://www.loc.gov/MARC21/slim"
#define MARCXCHANGE "info:lc/xmlns/marcxchange-v1"

static enum mrrci_xml_kind kind_of(const char *name) {
    switch (name[0]) {
    case 's':
        return strcmp(name, "subfield") == 0 ? MRRCI_XML_SUBFIELD : MRRCI_XML_FOREIGN;
    case 'd':
        return strcmp(name, "datafield") == 0 ? MRRCI_XML_DATA : MRRCI_XML_FOREIGN;
    case 'c':
        return strcmp(name, "controlfield") == 0 ? MRRCI_XML_CONTROL : MRRCI_XML_FOREIGN;
    case 'l':
        return strcmp(name, "leader") == 0 ? MRRCI_XML_LEADER : MRRCI_XML_FOREIGN;
    case 'r':
        return strcmp(name, "record") == 0 ? MRRCI_XML_RECORD : MRRCI_XML_FOREIGN;
    default:
        return MRRCI_XML_FOREIGN;
    }
}

static bool is_own(const char *uri) {
    return uri != NULL && (strcmp(uri, SLIM) == 0 || strcmp(uri, MARCXCHANGE) == 0);
}

static void look(const mrrci_xml_element *element, uint32_t flags, mrrci_xml_part *part) {
    enum mrrci_xml_kind kind = kind_of(element->name);
    if (kind == MRRCI_XML_RECORD || (flags & MRRC_READ_NAMESPACE))
        part->own = is_own(element->uri);
    if ((flags & MRRC_READ_NAMESPACE) && !part->own)
        return;
    part->kind = kind;
    if (kind == MRRCI_XML_SUBFIELD)
        part->code = mrrci_xml_value(element, "code");
    if (kind == MRRCI_XML_CONTROL || kind == MRRCI_XML_DATA)
        part->tag = mrrci_xml_value(element, "tag");
    if (kind == MRRCI_XML_DATA) {
        part->indicators[0] = mrrci_xml_value(element, "ind1");
        part->indicators[1] = mrrci_xml_value(element, "ind2");
    }
}

typedef struct marcxml {
    mrrci_xml *xml;
    mrrci_xml_records records;
    mrrci_plain plain;
    uint32_t flags;           /* of the call in which `plain` learnt */
    bool learnt;              /* and nothing but records was met since */
} marcxml;

void *mrrci_marcxml_open(void) {
    marcxml *state = mrrci_new(sizeof *state);
    if (state == NULL)
        return NULL;
    state->records.look = look;
    state->xml = mrrci_xml_new(&mrrci_xml_records_handler, &state->records);
    if (state->xml == NULL) {
        mrrci_free(state);
        return NULL;
    }
    mrrci_xml_stop_behind(state->xml, "record");
    return state;
}

void mrrci_marcxml_close(void *closed) {
    marcxml *state = closed;
    if (state == NULL)
        return;
    mrrci_xml_free(state->xml);
    mrrci_buffer_clear(&state->records.start_tag);
    mrrci_buffer_clear(&state->plain.start);
    mrrci_free(state);
}

/* Where libxml2 has just read a record, those like it that follow need no libxml2: what
 * their tags mean was seen with the first.  Where memory is short libxml2 goes on. */
static void learn(marcxml *state, uint32_t flags) {
    const mrrc_buffer *tag = &state->records.start_tag;
    state->flags = flags;
    state->learnt = !(flags & MRRC_READ_LIBRARY) && state->records.just_ended &&
                    mrrci_xml_at_rest(state->xml) &&
                    mrrci_plain_learn(&state->plain, tag->data, tag->size) == MRRC_OK;
}

/* Reads what is of the common shape.  Returns 0 where that is enough, or no more is at hand. */
static int read_plain(marcxml *state, const mrrci_input *input, mrrci_batch *batch, size_t *used) {
    int status = mrrci_plain_read(&state->plain, input, batch, used);
    if (*used > 0)
        mrrci_xml_skip(state->xml, input->data, *used);
    state->learnt = status != MRRC_UNDECODED;
    return status;
}

static mrrci_input rest_of(const mrrci_input *input, size_t at) {
    mrrci_input rest = *input;
    if (at == 0)
        return rest;
    rest.data += at;
    rest.size -= at;
    rest.offset += at;
    rest.wanted = input->wanted > at ? input->wanted - at : 0;
    return rest;
}

int mrrci_marcxml_decode(void *opened, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                         mrrc_error *err) {
    marcxml *state = opened;
    size_t part;
    int status;
    *used = 0;
    for (;;) {
        mrrci_input rest = rest_of(input, *used);
        if (state->learnt && state->flags == input->flags) {
            status = read_plain(state, &rest, batch, &part);
            *used += part;
            if (status != MRRC_UNDECODED)
                return status;
            rest = rest_of(input, *used);
        }
        status = mrrci_xml_decode(state->xml, &rest, batch, &part, err);
        *used += part;
        learn(state, input->flags);
        if (status != MRRC_OK || !mrrci_xml_stopped(state->xml))
            return status;
        if (batch->count > 0 && *used >= input->wanted)
            return MRRC_OK;
    }
}
