/* SPDX-License-Identifier: MIT
 *
 * mods_write_text.c: the pieces that MODS documents are put together of: texts
 * made of subfields, and elements around them.  An element into which nothing comes is
 * taken back, since the schema has no place for most empty ones.  It knows nothing of
 * what a field means.
 */
#include "mods_write.h"
#include "xml.h"

/* ---- text ---- */

mods_slice mrrci_mods_literal(const char *text) {
    return (mods_slice){(const uint8_t *)text, strlen(text)};
}

bool mrrci_mods_begins(mods_slice text, const char *literal) {
    size_t size = strlen(literal);
    return text.size >= size && memcmp(text.data, literal, size) == 0;
}

bool mrrci_mods_is(mods_slice text, const char *literal) {
    return text.size == strlen(literal) && mrrci_mods_begins(text, literal);
}

mods_slice mrrci_mods_trim(mods_slice text) {
    while (text.size > 0 && text.data[0] == ' ') {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

static bool is_mark(uint8_t byte) {
    return byte == ' ' || byte == ',' || byte == ':' || byte == ';' || byte == '/' ||
           byte == '=' || byte == '+';
}

/* Whether the full stop at the end belongs to an abbreviation or an initial. */
static bool is_abbreviated(mods_slice text) {
    enum { SHORT = 3 };
    size_t letters = 0;
    for (size_t at = text.size - 1; at-- > 0 && letters <= SHORT;) {
        uint8_t byte = text.data[at];
        if (byte == ' ' || byte == '.' || byte == '-' || byte == '(' || byte == '[')
            break;
        letters += (byte & 0xC0) != 0x80;
    }
    return letters > 0 && letters <= SHORT;
}

static mods_slice chop_end(mods_slice text, unsigned what) {
    while (text.size > 0) {
        uint8_t last = text.data[text.size - 1];
        bool dots = text.size >= 3 && memcmp(text.data + text.size - 3, "...", 3) == 0;
        bool stop = last == '.' && !dots &&
                    ((what & MODS_STOP) || ((what & MODS_NAME) && !is_abbreviated(text)));
        if (!is_mark(last) && !stop)
            break;
        text.size--;
    }
    return text;
}

static bool is_open(mods_slice text) {
    return text.size > 0 && text.data[0] == '[';
}

static bool is_closed(mods_slice text) {
    return text.size > 0 && text.data[text.size - 1] == ']';
}

/* Both brackets of a pair around the text, or the one whose other half is elsewhere. */
static mods_slice chop_brackets(mods_slice text) {
    bool open = is_open(text), closed = is_closed(text);
    if (!open && !closed)
        return text;
    mods_slice inner = {text.data + open, text.size - open};
    inner.size -= closed && inner.size > 0;
    if (inner.size > 0 && (memchr(inner.data, '[', inner.size) != NULL ||
                           memchr(inner.data, ']', inner.size) != NULL))
        return text;
    return mrrci_mods_trim(inner);
}

mods_slice mrrci_mods_chop(mods_slice text, unsigned what) {
    text = chop_end(mrrci_mods_trim(text), what);
    if (what & MODS_BRACKETS)
        text = chop_end(chop_brackets(text), what);
    return text;
}

mods_slice mrrci_mods_value(const mrrci_subfield *subfield) {
    return mrrci_mods_trim((mods_slice){subfield->value, subfield->size});
}

mrrci_cursor mrrci_mods_walk(mods *m, const mods_field *field) {
    m->tag = field->name;
    return (mrrci_cursor){field->data, field->data + field->size};
}

mods_slice mrrci_mods_first(mods *m, const mods_field *field, const char *codes) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    if (!mods_may_have(field, codes))
        return (mods_slice){NULL, 0};
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, codes))
            return mrrci_mods_value(&subfield);
    return (mods_slice){NULL, 0};
}

bool mrrci_mods_has(const mods_field *field, const char *codes) {
    mrrci_cursor cursor = {field->data, field->data + field->size};
    mrrci_subfield subfield;
    if (!mods_may_have(field, codes))
        return false;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, codes))
            return true;
    return false;
}

void mrrci_mods_text_begin(mods *m) {
    m->text.size = 0;
}

void mrrci_mods_text_add(mods *m, mods_slice piece, const char *between) {
    int status = MRRC_OK;
    if (piece.size == 0)
        return;
    if (m->text.size > 0)
        status = mrrci_buffer_append(&m->text, between, strlen(between));
    if (status >= 0)
        status = mrrci_buffer_append(&m->text, piece.data, piece.size);
    if (status < 0 && m->status >= 0)
        m->status = status;
}

mods_slice mrrci_mods_text(const mods *m) {
    return (mods_slice){m->text.data, m->text.size};
}

mods_slice mrrci_mods_join(mods *m, const mods_field *field, const char *codes,
                           const char *between) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    mods_slice only = {NULL, 0};
    mrrci_mods_text_begin(m);
    if (!mods_may_have(field, codes))
        return only;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice value = mrrci_mods_value(&subfield);
        if (value.size == 0 || !mrrci_mods_among(&subfield, codes))
            continue;
        if (only.size == 0) { /* most often there is one: it need not be copied */
            only = value;
            continue;
        }
        if (m->text.size == 0)
            mrrci_mods_text_add(m, only, between);
        mrrci_mods_text_add(m, value, between);
    }
    return m->text.size == 0 ? only : mrrci_mods_text(m);
}

/* Where the first subfield with that code begins, or the field's end. */
static size_t place_of(const mods_field *field, char code) {
    mrrci_cursor cursor = {field->data, field->data + field->size};
    mrrci_subfield subfield;
    const char codes[2] = {code, 0};
    if (!mods_may_have(field, codes))
        return field->size;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, codes))
            return (size_t)(subfield.code - 1 - field->data);
    return field->size;
}

mods_field mrrci_mods_before(const mods_field *field, char code) {
    mods_field part = *field;
    part.size = place_of(field, code);
    return part;
}

mods_field mrrci_mods_from(const mods_field *field, char code) {
    mods_field part = *field;
    size_t place = place_of(field, code);
    part.data += place;
    part.size -= place;
    return part;
}

mods_field mrrci_mods_behind(const mods_field *field) {
    mods_field rest = *field;
    mrrci_cursor cursor = {field->data, field->data + field->size};
    mrrci_subfield first;
    mrrci_subfield_next(&cursor, &first);
    rest.data = cursor.at;
    rest.size = (size_t)(cursor.end - cursor.at);
    return rest;
}

uint8_t mrrci_mods_coded(const mods *m, size_t place) {
    return place < m->coded.size ? m->coded.data[place] : '|';
}

/* ---- XML ---- */

static void put(mods *m, const char *markup, size_t size) {
    if (m->status < 0)
        return;
    int status = mrrci_buffer_append(m->out, markup, size);
    if (status < 0)
        m->status = status;
}

void mrrci_mods_put(mods *m, const char *markup) {
    put(m, markup, strlen(markup));
}

static void keep_status(mods *m, int status) {
    if (status != MRRC_OK)
        m->status = status;
}

static void put_text(mods *m, mods_slice text) {
    if (m->status >= 0 && text.size > 0)
        keep_status(m, mrrci_xml_put_text(m->out, text.data, text.size, m->how, m->tag));
}

void mrrci_mods_attribute(mods *m, const char *name, mods_slice value) {
    if (value.size == 0)
        return;
    put(m, " ", 1);
    mrrci_mods_put(m, name);
    put(m, "=\"", 2);
    if (m->status >= 0)
        keep_status(m, mrrci_xml_put_attribute(m->out, value.data, value.size, m->how, m->tag));
    put(m, "\"", 1);
}

void mrrci_mods_attribute_each(mods *m, const char *name, mods_slice *value) {
    enum { SHORT_VALUE = 256 };
    mrrci_mods_attribute(m, name, *value);
    if (value->size > SHORT_VALUE)
        value->size = 0;
}

/* Makes room, so that what follows can be copied without asking again. */
static uint8_t *room(mods *m, size_t size) {
    if (m->status >= 0)
        keep_status(m, mrrci_buffer_reserve(m->out, size));
    return m->status < 0 ? NULL : m->out->data + m->out->size;
}

/* "<start" or "<start>". */
static void put_start(mods *m, const char *start, bool whole) {
    size_t size = strlen(start);
    uint8_t *to = room(m, size + 2);
    if (to == NULL)
        return;
    to[0] = '<';
    memcpy(to + 1, start, size);
    to[size + 1] = '>';
    m->out->size += size + 1 + whole;
}

/* The name ends at the first attribute. */
static void put_end(mods *m, const char *start) {
    size_t size = 0;
    while (start[size] != 0 && start[size] != ' ')
        size++;
    uint8_t *to = room(m, size + 3);
    if (to == NULL)
        return;
    to[0] = '<';
    to[1] = '/';
    memcpy(to + 2, start, size);
    to[size + 2] = '>';
    m->out->size += size + 3;
}

void mrrci_mods_write(mods *m, const char *start, mods_slice text) {
    if (text.size == 0)
        return;
    put_start(m, start, true);
    put_text(m, text);
    put_end(m, start);
}

mods_element mrrci_mods_open_element(mods *m, const char *start) {
    mods_element element = {start, m->out->size, 0, false};
    put_start(m, start, false);
    return element;
}

void mrrci_mods_inside(mods *m, mods_element *element) {
    put(m, ">", 1);
    element->inside = m->out->size;
}

void mrrci_mods_text_inside(mods *m, mods_element *element, mods_slice text) {
    mrrci_mods_inside(m, element);
    put_text(m, text);
}

static bool has_lines(const mods *m) {
    return !m->nested && !(m->how->flags & MRRC_WRITE_ALONE);
}

void mrrci_mods_close_element(mods *m, const mods_element *element) {
    if (m->status < 0)
        return;
    if (m->out->size == element->inside) {
        m->out->size = element->start;
        return;
    }
    put_end(m, element->name);
    if (element->part && has_lines(m))
        put(m, "\n", 1);
}

/* What the script part of an 880's $6 says: a set of MARC-8, or a code of ISO 15924. */
static mods_slice script_of(mods_slice link) {
    static const struct {
        const char *set, *script;
    } scripts[] = {{"(3", "Arab"}, {"(4", "Arab"}, {"(B", "Latn"}, {"!E", "Latn"}, {"$1", "CJK"},
                   {"(N", "Cyrl"}, {"(Q", "Cyrl"}, {"(2", "Hebr"}, {"(S", "Grek"}};
    enum { BEFORE = 7, CODE = 4 }; /* "245-01/" */
    if (link.size < BEFORE + 2 || link.data[BEFORE - 1] != '/')
        return (mods_slice){NULL, 0};
    mods_slice script = {link.data + BEFORE, link.size - BEFORE};
    const uint8_t *end = memchr(script.data, '/', script.size);
    if (end != NULL)
        script.size = (size_t)(end - script.data);
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (mrrci_mods_is(script, scripts[i].set))
            return mrrci_mods_literal(scripts[i].script);
    bool code = script.size == CODE && script.data[0] >= 'A' && script.data[0] <= 'Z';
    return code ? script : (mods_slice){NULL, 0};
}

/* Fields that say the same in two scripts have the same occurrence number in $6; 00 stands
 * for none. */
static void write_scripts(mods *m, const mods_field *field) {
    enum { OCCURRENCE = 4, DIGITS = 2 };
    if (field->link.size < OCCURRENCE + DIGITS || field->link.data[OCCURRENCE - 1] != '-')
        return;
    mods_slice occurrence = {field->link.data + OCCURRENCE, DIGITS};
    for (size_t i = 0; i < DIGITS; i++)
        if (occurrence.data[i] < '0' || occurrence.data[i] > '9')
            return;
    m->tag = field->name;
    if (!mrrci_mods_is(occurrence, "00"))
        mrrci_mods_attribute(m, "altRepGroup", occurrence);
    if (field->alternate)
        mrrci_mods_attribute(m, "script", script_of(field->link));
}

mods_element mrrci_mods_open_part(mods *m, const char *start, const mods_field *field) {
    size_t before = m->out->size;
    if (has_lines(m))
        put(m, "  ", 2);
    mods_element element = mrrci_mods_open_element(m, start);
    element.start = before;
    element.part = true;
    if (field != NULL)
        write_scripts(m, field);
    return element;
}

void mrrci_mods_write_part(mods *m, const char *start, const mods_field *field, mods_slice text) {
    if (text.size == 0)
        return;
    mods_element element = mrrci_mods_open_part(m, start, field);
    mrrci_mods_text_inside(m, &element, text);
    mrrci_mods_close_element(m, &element);
}

/* Whether a $0 or $1 is an address; "(uri)" may stand before it. */
static mods_slice address_of(const mrrci_subfield *subfield) {
    mods_slice value = mrrci_mods_value(subfield);
    if (mrrci_mods_begins(value, "(uri)"))
        value = mrrci_mods_trim((mods_slice){value.data + 5, value.size - 5});
    bool address = mrrci_mods_begins(value, "http://") || mrrci_mods_begins(value, "https://");
    if (!address || memchr(value.data, ' ', value.size) != NULL)
        value.size = 0;
    return value;
}

/* Of $0 and $1, the first that is an address. */
static void find_uris(mods *m, const mods_field *field, mods_slice *term, mods_slice *object) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    if (!mods_may_have(field, "01"))
        return;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (mrrci_mods_among(&subfield, "0") && term->size == 0)
            *term = address_of(&subfield);
        else if (mrrci_mods_among(&subfield, "1") && object->size == 0)
            *object = address_of(&subfield);
    }
}

mods_slice mrrci_mods_uri(mods *m, const mods_field *field) {
    mods_slice term = {NULL, 0}, object = {NULL, 0};
    find_uris(m, field, &term, &object);
    return term.size > 0 ? term : object;
}

void mrrci_mods_write_uris(mods *m, const mods_field *field) {
    mods_slice term = {NULL, 0}, object = {NULL, 0};
    find_uris(m, field, &term, &object);
    mrrci_mods_attribute(m, "valueURI", term.size > 0 ? term : object);
    if (term.size > 0)
        mrrci_mods_attribute(m, "xlink:href", object);
}

void mrrci_mods_write_link(mods *m, const mods_field *field) {
    mrrci_mods_attribute(m, "xlink:href", mrrci_mods_first(m, field, "u"));
}
