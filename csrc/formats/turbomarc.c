/* SPDX-License-Identifier: MIT
 *
 * turbomarc.c: Index Data's TurboMARC, MARCXML with the tags and codes in the elements'
 * names: <r><l/><c001/><d245 i1="1" i2="0"><sa/></d245></r>.  A code that is no letter or
 * digit stands in an attribute, <s code="-"/>.  A tag that cannot be a part of a name
 * cannot be written.
 */
#include "batch.h"
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "packed.h"
#include "xml.h"

#define NAMESPACE "http://www.indexdata.com/turbomarc"

/* ---- reading ---- */

static mrrci_xml_word rest_of(const char *name) {
    return (mrrci_xml_word){(const uint8_t *)name + 1, strlen(name + 1)};
}

static void look(const mrrci_xml_element *element, uint32_t flags, mrrci_xml_part *part) {
    const char *name = element->name;
    part->own = element->uri != NULL && strcmp(element->uri, NAMESPACE) == 0;
    if ((flags & MRRC_READ_NAMESPACE) && !part->own)
        return;
    switch (name[0]) {
    case 'r':
        part->kind = name[1] == 0 ? MRRCI_XML_RECORD : MRRCI_XML_FOREIGN;
        break;
    case 'l':
        part->kind = name[1] == 0 ? MRRCI_XML_LEADER : MRRCI_XML_FOREIGN;
        break;
    case 'c':
        /* its parent in some documents: no tag has so many characters */
        part->kind = strcmp(name, "collection") == 0 ? MRRCI_XML_FOREIGN : MRRCI_XML_CONTROL;
        part->tag = rest_of(name);
        break;
    case 'd':
        part->kind = MRRCI_XML_DATA;
        part->tag = rest_of(name);
        part->indicators[0] = mrrci_xml_value(element, "i1");
        part->indicators[1] = mrrci_xml_value(element, "i2");
        break;
    case 's':
        part->kind = MRRCI_XML_SUBFIELD;
        part->code = name[1] == 0 ? mrrci_xml_value(element, "code") : rest_of(name);
        break;
    default:
        break;
    }
}

typedef struct turbomarc {
    mrrci_xml *xml;
    mrrci_xml_records records;
} turbomarc;

void *mrrci_turbomarc_open(void) {
    turbomarc *state = mrrci_new(sizeof *state);
    if (state == NULL)
        return NULL;
    state->records.look = look;
    state->xml = mrrci_xml_new(&mrrci_xml_records_handler, &state->records);
    if (state->xml == NULL) {
        mrrci_free(state);
        return NULL;
    }
    return state;
}

void mrrci_turbomarc_close(void *closed) {
    turbomarc *state = closed;
    if (state == NULL)
        return;
    mrrci_xml_free(state->xml);
    mrrci_buffer_clear(&state->records.start_tag);
    mrrci_free(state);
}

int mrrci_turbomarc_decode(void *opened, const mrrci_input *input, mrrci_batch *batch,
                           size_t *used, mrrc_error *err) {
    turbomarc *state = opened;
    return mrrci_xml_decode(state->xml, input, batch, used, err);
}

/* ---- writing ---- */

/* A record being written.  Texts between values are constants. */
typedef struct writer {
    mrrc_buffer *out;
    const mrrci_how *how;
    const char *newline;      /* none where a record stands on one line */
    const char *indent;       /* of a field; a subfield gets two */
    mrrci_field field;
    int result;               /* MRRC_NOTED once something was replaced */
} writer;

static int put(writer *to, const char *text) {
    return mrrci_buffer_append(to->out, text, strlen(text));
}

static int put_bytes(writer *to, const uint8_t *bytes, size_t size) {
    return mrrci_buffer_append(to->out, bytes, size);
}

static int take(writer *to, int status) {
    if (status == MRRC_NOTED)
        to->result = status;
    return status < 0 ? status : MRRC_OK;
}

static int put_attribute(writer *to, const char *before, const uint8_t *value, size_t size) {
    MRRCI_TRY(put(to, before));
    MRRCI_TRY(take(to, mrrci_xml_put_attribute(to->out, value, size, to->how, to->field.tag)));
    return put(to, "\"");
}

static bool is_letter_or_digit(uint8_t byte) {
    return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10;
}

/* A name may go on so, and with what is not ASCII, which a tag never has. */
static bool is_in_name(uint8_t byte) {
    return is_letter_or_digit(byte) || byte == '-' || byte == '.' || byte == '_';
}

/* The value of an element and its end tag, "</", a letter and `rest`. */
static int put_content(writer *to, const uint8_t *value, size_t size, char letter,
                       const uint8_t *rest, size_t rest_size) {
    const char end[] = {'<', '/', letter, 0};
    MRRCI_TRY(take(to, mrrci_xml_put_text(to->out, value, size, to->how, to->field.tag)));
    MRRCI_TRY(put(to, end));
    MRRCI_TRY(put_bytes(to, rest, rest_size));
    MRRCI_TRY(put(to, ">"));
    return put(to, to->newline);
}

static int put_subfield(writer *to, const mrrci_subfield *subfield) {
    bool named = subfield->code_size == 1 && is_letter_or_digit(*subfield->code);
    if (subfield->code_size == 0)
        return MRRC_ERR_CODE_INVALID;
    MRRCI_TRY(put(to, to->indent));
    MRRCI_TRY(put(to, to->indent));
    MRRCI_TRY(put(to, "<s"));
    if (named)
        MRRCI_TRY(put_bytes(to, subfield->code, 1));
    else
        MRRCI_TRY(put_attribute(to, " code=\"", subfield->code, subfield->code_size));
    MRRCI_TRY(put(to, ">"));
    return put_content(to, subfield->value, subfield->size, 's', subfield->code, named);
}

/* The size of the first of two indicators, or 0 where there are not two. */
static size_t first_indicator(const uint8_t *indicators, size_t size) {
    const uint8_t *next = indicators;
    if (size < 2 || !mrrci_utf8_valid(indicators, size))
        return 0;
    (void)mrrci_utf8_next(&next);
    size_t first = (size_t)(next - indicators);
    if (first < size)
        (void)mrrci_utf8_next(&next);
    return first < size && (size_t)(next - indicators) == size ? first : 0;
}

static int put_data(writer *to) {
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t size;
    mrrci_subfields_begin(&cursor, &to->field, &size);
    size_t first = first_indicator(to->field.body, size);
    if (first == 0)
        return MRRC_ERR_INDICATOR_INVALID;
    MRRCI_TRY(put_attribute(to, " i1=\"", to->field.body, first));
    MRRCI_TRY(put_attribute(to, " i2=\"", to->field.body + first, size - first));
    MRRCI_TRY(put(to, ">"));
    MRRCI_TRY(put(to, to->newline));
    while (mrrci_subfield_next(&cursor, &subfield))
        MRRCI_TRY(put_subfield(to, &subfield));
    MRRCI_TRY(put(to, to->indent));
    MRRCI_TRY(put(to, "</d"));
    MRRCI_TRY(put_bytes(to, to->field.tag, 3));
    MRRCI_TRY(put(to, ">"));
    return put(to, to->newline);
}

static int put_field(writer *to) {
    const uint8_t *tag = to->field.tag;
    if (!is_in_name(tag[0]) || !is_in_name(tag[1]) || !is_in_name(tag[2]))
        return MRRC_ERR_TAG_INVALID;
    MRRCI_TRY(put(to, to->indent));
    MRRCI_TRY(put(to, to->field.control ? "<c" : "<d"));
    MRRCI_TRY(put_bytes(to, tag, 3));
    if (!to->field.control)
        return put_data(to);
    MRRCI_TRY(put(to, ">"));
    return put_content(to, to->field.body, to->field.size, 'c', tag, 3);
}

static int put_record(writer *to, const uint8_t *packed, size_t size, uint32_t *index) {
    static const uint8_t leader_end[1] = {0};
    bool one_line = (to->how->flags & MRRC_WRITE_ALONE) != 0;
    mrrci_cursor cursor;
    int more;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    to->newline = one_line ? "" : "\n";
    to->indent = one_line ? "" : "  ";
    MRRCI_TRY(put(to, one_line ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?><r xmlns=\"" NAMESPACE
                                 "\">"
                               : "<r>\n"));
    MRRCI_TRY(put(to, to->indent));
    MRRCI_TRY(put(to, "<l>"));
    MRRCI_TRY(put_content(to, packed, MRRCI_LEADER_SIZE, 'l', leader_end, 0));
    for (*index = 0; (more = mrrci_field_next(&cursor, &to->field)) > 0; (*index)++)
        MRRCI_TRY(put_field(to));
    MRRCI_TRY(more);
    MRRCI_TRY(put(to, "</r>"));
    MRRCI_TRY(put(to, to->newline));
    return to->result;
}

int mrrci_turbomarc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                           mrrc_buffer *out, mrrc_error *err) {
    writer to = {.out = out, .how = how};
    size_t before = out->size, noted = how->notes == NULL ? 0 : how->notes->size;
    uint32_t index = 0;
    int status = put_record(&to, packed, size, &index);
    if (status >= 0)
        return status;
    out->size = before;
    if (how->notes != NULL)
        how->notes->size = noted;
    if (err != NULL && err->code == 0 && to.field.tag != NULL) {
        memcpy(err->tag, to.field.tag, 3);
        err->field = index;
    }
    return mrrci_fail_detail(err, status, 0,
                             status == MRRC_ERR_TAG_INVALID ? "TurboMARC has no name for this tag"
                                                            : "");
}
