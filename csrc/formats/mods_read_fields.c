/* SPDX-License-Identifier: MIT
 *
 * mods_read_fields.c: fields made one after the other, as the mapping comes to them, and
 * put in the order of their tags when the record is whole.  White space in values is
 * collapsed here, and here a field becomes an 880 where its element is one of several
 * scripts.  Nothing here knows an element of MODS.
 */
#include "mods_read.h"
#include "packed.h"

/* A field of m->fields. */
typedef struct made_field {
    uint32_t start, end;
    uint32_t tag;
} made_field;

static bool failed(mods_reader *m, int status) {
    if (status < 0 && m->status == MRRC_OK)
        m->status = status;
    return m->status != MRRC_OK;
}

static void append(mods_reader *m, const void *data, size_t size) {
    if (m->status == MRRC_OK)
        failed(m, mrrci_buffer_append(&m->fields, data, size));
}

void mrrci_mods_in_fields_begin(mods_reader *m) {
    m->fields.size = m->index.size = 0;
    m->status = MRRC_OK;
}

/* ---- text ---- */

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* Appends text without white space around it, and a blank for each stretch inside. */
static void append_collapsed(mods_reader *m, mods_text text) {
    const uint8_t *at, *end;
    text = mrrci_mods_in_trim(text);
    if (text.size == 0)
        return;
    for (at = text.at, end = at + text.size; at < end;) {
        const uint8_t *from = at;
        while (at < end && (!is_space(*at) || (*at == ' ' && !is_space(at[1]))))
            at++;
        append(m, from, (size_t)(at - from));
        if (at == end)
            return;
        append(m, " ", 1);
        while (is_space(*at))
            at++;
    }
}

static mods_text text_of(const char *word) {
    return (mods_text){(const uint8_t *)word, strlen(word)};
}

/* ---- fields ---- */

static void begin(mods_reader *m, const char *tag) {
    const char field[4] = {(char)MRRCI_FIELD, tag[0], tag[1], tag[2]};
    m->field_start = m->fields.size;
    m->field_tag = (uint32_t)((tag[0] - '0') * 100 + (tag[1] - '0') * 10 + (tag[2] - '0'));
    m->filled = false;
    append(m, field, sizeof field);
}

void mrrci_mods_in_field_end(mods_reader *m) {
    made_field made = {(uint32_t)m->field_start, (uint32_t)m->fields.size, m->field_tag};
    if (m->status != MRRC_OK)
        return;
    if (!m->filled)
        m->fields.size = m->field_start;
    else if (!failed(m, mrrci_buffer_append(&m->index, &made, sizeof made)) && m->link > 0)
        m->linked = true;
}

void mrrci_mods_in_control(mods_reader *m, const char *tag, mods_text value) {
    begin(m, tag);
    append_collapsed(m, value);
    m->filled = m->fields.size > m->field_start + 4;
    mrrci_mods_in_field_end(m);
}

void mrrci_mods_in_control_bytes(mods_reader *m, const char *tag, const uint8_t *data,
                                 size_t size) {
    begin(m, tag);
    append(m, data, size);
    m->filled = true;
    mrrci_mods_in_field_end(m);
}

/* How $6 names a script (MARC 21, Appendix A); ISO 15924 otherwise. */
static void append_script(mods_reader *m) {
    static const struct {
        const char *script, *code;
    } codes[] = {{"Latn", "(B"}, {"Cyrl", "(N"}, {"Arab", "(3"}, {"Hebr", "(2"},
                 {"Grek", "(S"}, {"Hani", "$1"}, {"Hans", "$1"}, {"Hant", "$1"},
                 {"Jpan", "$1"}, {"Kore", "$1"}, {"CJK", "$1"}};
    if (mrrci_mods_in_trim(m->script).size == 0)
        return;
    append(m, "/", 1);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (mrrci_mods_in_is(m->script, codes[i].script)) {
            append(m, codes[i].code, 2);
            return;
        }
    append_collapsed(m, m->script);
}

/* An element's first field has the number that links it; a further one of an 880 has 00, "no
 * linked field". */
static void append_link(mods_reader *m, const char *tag) {
    unsigned number = m->linked ? 0 : m->link;
    const char digits[3] = {'-', (char)('0' + number / 10), (char)('0' + number % 10)};
    append(m, "\x1f" "6", 2);
    append(m, tag, 3);
    append(m, digits, sizeof digits);
    if (m->alternate)
        append_script(m);
}

void mrrci_mods_in_field(mods_reader *m, const char *tag, char first, char second) {
    const char indicators[2] = {first, second};
    bool alternate = m->link > 0 && m->alternate;
    begin(m, alternate ? "880" : tag);
    append(m, indicators, sizeof indicators);
    if (alternate)
        append_link(m, tag);
    else if (m->link > 0 && !m->linked)
        append_link(m, "880");
}

/* ---- subfields ---- */

static void begin_subfield(mods_reader *m, char code) {
    const char subfield[2] = {(char)MRRCI_SUBFIELD, code};
    append(m, subfield, sizeof subfield);
    m->value_start = m->fields.size;
}

void mrrci_mods_in_join_begin(mods_reader *m, char code) {
    begin_subfield(m, code);
}

void mrrci_mods_in_join(mods_reader *m, const char *separator, mods_text text) {
    if (m->status != MRRC_OK || mrrci_mods_in_trim(text).size == 0)
        return;
    if (m->fields.size > m->value_start)
        append(m, separator, strlen(separator));
    append_collapsed(m, text);
}

void mrrci_mods_in_join_word(mods_reader *m, const char *separator, const char *word) {
    if (m->status != MRRC_OK)
        return;
    if (m->fields.size > m->value_start)
        append(m, separator, strlen(separator));
    append(m, word, strlen(word));
}

bool mrrci_mods_in_joined(const mods_reader *m) {
    return m->fields.size > m->value_start;
}

void mrrci_mods_in_join_end(mods_reader *m) {
    if (m->status != MRRC_OK)
        return;
    if (m->fields.size == m->value_start)
        m->fields.size -= 2;
    else if (m->fields.data[m->value_start - 1] > '9')
        m->filled = true; /* digits are links, sources and codes that mean nothing alone */
}

void mrrci_mods_in_subfield(mods_reader *m, char code, mods_text text) {
    begin_subfield(m, code);
    append_collapsed(m, text);
    mrrci_mods_in_join_end(m);
}

void mrrci_mods_in_subfield_word(mods_reader *m, char code, const char *word) {
    mrrci_mods_in_subfield(m, code, text_of(word));
}

void mrrci_mods_in_subfields(mods_reader *m, uint32_t parent, unsigned name, char code) {
    MODS_EACH_NAMED(m, child, parent, name)
        mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, child));
}

void mrrci_mods_in_attribute_subfield(mods_reader *m, uint32_t node, unsigned name, char code) {
    mrrci_mods_in_subfield(m, code, mrrci_mods_in_attribute(m, node, name));
}

/* ---- the record ---- */

enum { TAGS = 1000 };

int mrrci_mods_in_fields_put(mods_reader *m, mrrc_buffer *out) {
    const made_field *made = (const void *)m->index.data;
    size_t count = m->index.size / sizeof *made;
    uint32_t firsts[TAGS + 1] = {0};
    MRRCI_TRY(m->status);
    MRRCI_TRY(mrrci_build_leader(out, m->leader, sizeof m->leader));
    if (count == 0)
        return MRRC_OK;
    /* sorted by counting; fields of one tag stay as they are */
    for (size_t i = 0; i < count; i++)
        firsts[made[i].tag + 1]++;
    for (size_t tag = 0; tag < TAGS; tag++)
        firsts[tag + 1] += firsts[tag];
    m->order.size = 0;
    MRRCI_TRY(mrrci_buffer_reserve(&m->order, count * sizeof(uint32_t)));
    uint32_t *order = (void *)m->order.data;
    for (size_t i = 0; i < count; i++)
        order[firsts[made[i].tag]++] = (uint32_t)i;
    MRRCI_TRY(mrrci_buffer_reserve(out, m->fields.size));
    for (size_t i = 0; i < count; i++) {
        const made_field *field = &made[order[i]];
        MRRCI_TRY(mrrci_buffer_append(out, m->fields.data + field->start,
                                      field->end - field->start));
    }
    return MRRC_OK;
}
