/* SPDX-License-Identifier: MIT
 *
 * mods_read_tree.c: one <mods> as a tree of indices in document order.  It knows the
 * names of elements and attributes and nothing of what they mean; white space is kept
 * as it came.
 */
#include "mods_read.h"

/* ---- names ---- */

#define MODS_TEXT(name, text) text,
static const char *const elements[] = {MODS_ELEMENTS(MODS_TEXT)};
static const char *const attributes[] = {MODS_ATTRIBUTES(MODS_TEXT)};
#undef MODS_TEXT

/* Returns the number of a name in a sorted list, from 1, or 0. */
static uint8_t find(const char *const *list, size_t count, const char *name) {
    size_t low = 0;
    while (count > 0) {
        size_t middle = low + count / 2;
        int order = strcmp(name, list[middle]);
        if (order == 0)
            return (uint8_t)(middle + 1);
        if (order > 0) {
            low = middle + 1;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return 0;
}

uint8_t mrrci_mods_in_element_find(const char *name) {
    return find(elements, E_COUNT - 1, name);
}

/* XLink has a type and MODS too; of XLink only the address counts, and of XML the language. */
static uint8_t attribute_find(const mrrci_xml_attribute *attribute) {
    uint8_t name = find(attributes, A_COUNT - 1, attribute->name);
    bool foreign = attribute->uri != NULL && strcmp(attribute->uri, MODS_NAMESPACE) != 0;
    return foreign && name != A_HREF && name != A_LANG ? 0 : name;
}

/* ---- building ---- */

static uint32_t count_of(const mrrc_buffer *buffer, size_t size) {
    return (uint32_t)(buffer->size / size);
}

static int take_attribute(mods_reader *m, const mrrci_xml_attribute *from) {
    mods_attribute attribute = {.name = attribute_find(from)};
    if (attribute.name == A_UNKNOWN)
        return MRRC_OK;
    attribute.text = (uint32_t)m->values.size;
    MRRCI_TRY(mrrci_buffer_append(&m->values, from->value, from->size));
    attribute.text_end = (uint32_t)m->values.size;
    return mrrci_buffer_append(&m->attributes, &attribute, sizeof attribute);
}

int mrrci_mods_in_tree_open(mods_reader *m, const mrrci_xml_element *element, uint8_t name) {
    mods_node node = {
        .end = m->open,
        .text = (uint32_t)m->text.size,
        .attributes = count_of(&m->attributes, sizeof(mods_attribute)),
        .name = name,
    };
    uint32_t number = count_of(&m->nodes, sizeof node);
    MRRCI_TRY(mrrci_buffer_append(&m->nodes, &node, sizeof node));
    m->open = number;
    for (size_t i = 0; i < element->count; i++)
        MRRCI_TRY(take_attribute(m, &element->attributes[i]));
    return MRRC_OK;
}

int mrrci_mods_in_tree_text(mods_reader *m, const uint8_t *text, size_t size) {
    return mrrci_buffer_append(&m->text, text, size);
}

void mrrci_mods_in_tree_close(mods_reader *m) {
    mods_node *node = mrrci_mods_in_node(m, m->open);
    m->open = node->end;
    node->end = count_of(&m->nodes, sizeof *node);
    node->text_end = (uint32_t)m->text.size;
}

/* ---- looking ---- */

mods_text mrrci_mods_in_raw(const mods_reader *m, uint32_t node) {
    const mods_node *at = mrrci_mods_in_node(m, node);
    return (mods_text){m->text.data + at->text, at->text_end - at->text};
}

mods_text mrrci_mods_in_peek(const mods_reader *m, uint32_t node) {
    return mrrci_mods_in_trim(mrrci_mods_in_raw(m, node));
}

mods_text mrrci_mods_in_value(mods_reader *m, uint32_t node) {
    mrrci_mods_in_node(m, node)->used = true;
    return mrrci_mods_in_peek(m, node);
}

uint32_t mrrci_mods_in_child(const mods_reader *m, uint32_t parent, unsigned name) {
    MODS_EACH_NAMED(m, child, parent, name)
        return child;
    return MODS_NONE;
}

mods_text mrrci_mods_in_attribute(const mods_reader *m, uint32_t node, unsigned name) {
    const mods_attribute *list = (const void *)m->attributes.data;
    uint32_t at = mrrci_mods_in_node(m, node)->attributes;
    bool last = node + 1 == count_of(&m->nodes, sizeof(mods_node));
    uint32_t end = last ? count_of(&m->attributes, sizeof *list)
                        : mrrci_mods_in_node(m, node + 1)->attributes;
    for (; at < end; at++)
        if (list[at].name == name)
            return (mods_text){m->values.data + list[at].text, list[at].text_end - list[at].text};
    return (mods_text){NULL, 0};
}

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

mods_text mrrci_mods_in_trim(mods_text text) {
    while (text.size > 0 && is_space(text.at[text.size - 1]))
        text.size--;
    while (text.size > 0 && is_space(*text.at)) {
        text.at++;
        text.size--;
    }
    return text;
}

static uint8_t lower(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

bool mrrci_mods_in_is(mods_text text, const char *word) {
    size_t size = strlen(word);
    text = mrrci_mods_in_trim(text);
    if (text.size != size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (lower(text.at[i]) != lower((uint8_t)word[i]))
            return false;
    return true;
}

bool mrrci_mods_in_attribute_is(const mods_reader *m, uint32_t node, unsigned name,
                                const char *word) {
    return mrrci_mods_in_is(mrrci_mods_in_attribute(m, node, name), word);
}

bool mrrci_mods_in_has(const mods_reader *m, uint32_t node, unsigned name) {
    return mrrci_mods_in_trim(mrrci_mods_in_attribute(m, node, name)).size > 0;
}

/* ---- what is left ---- */

/* A document may name elements without end; so many notes tell enough of one record. */
enum { NOTES_MAX = 1000 };

static bool is_blank(const mods_reader *m, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (!is_space(m->text.data[i]))
            return false;
    return true;
}

/* Whether a node has text of its own, between its children. */
static bool has_own_text(const mods_reader *m, uint32_t node) {
    uint32_t from = mrrci_mods_in_node(m, node)->text;
    MODS_EACH(m, child, node) {
        if (!is_blank(m, from, mrrci_mods_in_node(m, child)->text))
            return true;
        from = mrrci_mods_in_node(m, child)->text_end;
    }
    return !is_blank(m, from, mrrci_mods_in_node(m, node)->text_end);
}

int mrrci_mods_in_note(mods_reader *m, uint32_t node, const char *tag) {
    const mods_node *at = mrrci_mods_in_node(m, node);
    mrrc_diagnostic note = {.code = MRRC_ERR_XML_RECORD, .size = at->text_end - at->text};
    if (++m->notes > NOTES_MAX)
        return MRRC_OK;
    if (mrrci_xml_offset(m->xml) != 0)
        note.offset = m->offset + at->place;
    if (tag != NULL)
        memcpy(note.tag, tag, 3);
    return mrrci_xml_note(m->xml, note);
}

int mrrci_mods_in_note_rest(mods_reader *m) {
    uint32_t count = count_of(&m->nodes, sizeof(mods_node));
    for (uint32_t node = 0; node < count;) {
        const mods_node *at = mrrci_mods_in_node(m, node);
        bool skipped = at->used || at->name == E_UNKNOWN;
        if (!at->used && (at->name == E_UNKNOWN || has_own_text(m, node)))
            MRRCI_TRY(mrrci_mods_in_note(m, node, NULL));
        node = skipped ? at->end : node + 1;
    }
    return MRRC_OK;
}
