/* SPDX-License-Identifier: MIT
 *
 * mods_read_identifiers.c: identifier to 010-037, 088 and 856, and location to 852, 856
 * and 866.  An identifier of a type that MARC 21 has no field for keeps its type as the
 * source in 024.
 */
#include "mods_read.h"

/* ---- identifiers ---- */

static const struct identifier_kind {
    const char *type;
    const char *tag;
    char first, second;
    char valid, invalid;      /* subfield codes */
    const char *prefix;
} kinds[] = {
    {"isbn", "020", ' ', ' ', 'a', 'z', NULL},
    {"issn", "022", ' ', ' ', 'a', 'z', NULL},
    {"issn-l", "022", ' ', ' ', 'l', 'm', NULL},
    {"isrc", "024", '0', ' ', 'a', 'z', NULL},
    {"upc", "024", '1', ' ', 'a', 'z', NULL},
    {"ismn", "024", '2', ' ', 'a', 'z', NULL},
    {"ean", "024", '3', ' ', 'a', 'z', NULL},
    {"sici", "024", '4', ' ', 'a', 'z', NULL},
    {"", "024", '8', ' ', 'a', 'z', NULL},
    {"strn", "027", ' ', ' ', 'a', 'z', NULL},
    {"issue number", "028", '0', '0', 'a', 'a', NULL},
    {"matrix number", "028", '1', '0', 'a', 'a', NULL},
    {"music plate", "028", '2', '0', 'a', 'a', NULL},
    {"music publisher", "028", '3', '0', 'a', 'a', NULL},
    {"videorecording", "028", '4', '0', 'a', 'a', NULL},
    {"videorecording identifier", "028", '4', '0', 'a', 'a', NULL},
    {"publisher number", "028", '5', '0', 'a', 'a', NULL},
    {"distributor number", "028", '6', '0', 'a', 'a', NULL},
    {"coden", "030", ' ', ' ', 'a', 'z', NULL},
    {"oclc", "035", ' ', ' ', 'a', 'z', "(OCoLC)"},
    {"stocknumber", "037", ' ', ' ', 'a', 'a', NULL},
    {"stock number", "037", ' ', ' ', 'a', 'a', NULL},
    {"report number", "088", ' ', ' ', 'a', 'z', NULL},
};

static const struct identifier_kind *kind_of(const mods_reader *m, uint32_t node) {
    static const struct identifier_kind other = {"", "024", '7', ' ', 'a', 'z', NULL};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (mrrci_mods_in_attribute_is(m, node, A_TYPE, kinds[i].type))
            return &kinds[i];
    return &other;
}

static bool is_invalid(const mods_reader *m, uint32_t node) {
    return mrrci_mods_in_attribute_is(m, node, A_INVALID, "yes");
}

/* A number with what says whose it is before it, unless it is there. */
static void put_number(mods_reader *m, uint32_t node, const struct identifier_kind *kind) {
    mods_text value = mrrci_mods_in_value(m, node);
    mrrci_mods_in_join_begin(m, is_invalid(m, node) ? kind->invalid : kind->valid);
    if (kind->prefix != NULL && value.size > 0 && *value.at != '(')
        mrrci_mods_in_join_word(m, "", kind->prefix);
    mrrci_mods_in_join(m, "", value);
    mrrci_mods_in_join_end(m);
}

static void put_identifier(mods_reader *m, uint32_t node) {
    const struct identifier_kind *kind = kind_of(m, node);
    mrrci_mods_in_field(m, kind->tag, kind->first, kind->second);
    put_number(m, node, kind);
    /* 020 to 028 have a place for what qualifies a number, less 022 */
    if (kind->tag[1] == '2' && kind->tag[2] != '2')
        mrrci_mods_in_attribute_subfield(m, node, A_DISPLAY_LABEL, 'q');
    if (kind->first == '7')
        mrrci_mods_in_attribute_subfield(m, node, A_TYPE, '2');
    mrrci_mods_in_field_end(m);
}

/* 010, once in a record. */
void mrrci_mods_in_lccns(mods_reader *m) {
    mrrci_mods_in_field(m, "010", ' ', ' ');
    MODS_EACH_NAMED(m, node, 0, E_IDENTIFIER)
        if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "lccn"))
            mrrci_mods_in_subfield(m, is_invalid(m, node) ? 'z' : 'a',
                                   mrrci_mods_in_value(m, node));
    mrrci_mods_in_field_end(m);
}

void mrrci_mods_in_identifier(mods_reader *m, uint32_t node) {
    if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "lccn"))
        return;
    if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "uri"))
        mrrci_mods_in_url(m, node, ' ');
    else
        put_identifier(m, node);
}

/* ---- addresses ---- */

static bool begins_with(mods_text text, const char *scheme) {
    size_t size = strlen(scheme);
    return text.size >= size && mrrci_mods_in_is((mods_text){text.at, size}, scheme);
}

/* The first indicator of 856: how the address is followed. */
static char method_of(mods_text address) {
    if (begins_with(address, "http:") || begins_with(address, "https:"))
        return '4';
    if (begins_with(address, "ftp:"))
        return '1';
    return begins_with(address, "mailto:") ? '0' : ' ';
}

void mrrci_mods_in_link(mods_reader *m, mods_text address, char relation) {
    mrrci_mods_in_field(m, "856", method_of(address), relation);
    mrrci_mods_in_subfield(m, 'u', address);
    mrrci_mods_in_field_end(m);
}

static bool is_resource(const mods_reader *m, uint32_t url) {
    return mrrci_mods_in_attribute_is(m, url, A_USAGE, "primary display") ||
           mrrci_mods_in_attribute_is(m, url, A_USAGE, "primary") ||
           mrrci_mods_in_attribute_is(m, url, A_ACCESS, "raw object") ||
           mrrci_mods_in_attribute_is(m, url, A_ACCESS, "object in context");
}

/* A record's media type stands with its first address: of the others it is not known. */
static void put_media_type(mods_reader *m, char relation) {
    if (m->media_type == MODS_NONE || relation == '2' || !m->filled ||
        mrrci_mods_in_node(m, m->media_type)->used)
        return;
    mrrci_mods_in_subfield(m, 'q', mrrci_mods_in_value(m, m->media_type));
}

void mrrci_mods_in_url(mods_reader *m, uint32_t url, char relation) {
    mods_text address = mrrci_mods_in_value(m, url);
    if (relation == ' ' && is_resource(m, url))
        relation = '0';
    mrrci_mods_in_field(m, "856", method_of(address), relation);
    mrrci_mods_in_attribute_subfield(m, url, A_DISPLAY_LABEL, '3');
    mrrci_mods_in_subfield(m, 'u', address);
    put_media_type(m, relation);
    mrrci_mods_in_attribute_subfield(m, url, A_NOTE, 'z');
    if (mrrci_mods_in_has(m, url, A_DATE_LAST_ACCESSED)) {
        mrrci_mods_in_join_begin(m, 'z');
        mrrci_mods_in_join_word(m, "", "Last accessed: ");
        mrrci_mods_in_join(m, "", mrrci_mods_in_attribute(m, url, A_DATE_LAST_ACCESSED));
        mrrci_mods_in_join_end(m);
    }
    mrrci_mods_in_field_end(m);
}

/* ---- location ---- */

static void put_copy(mods_reader *m, uint32_t copy) {
    mrrci_mods_in_subfields(m, copy, E_SUB_LOCATION, 'b');
    mrrci_mods_in_subfields(m, copy, E_SHELF_LOCATOR, 'h');
    mrrci_mods_in_subfields(m, copy, E_ITEM_IDENTIFIER, 'p');
    mrrci_mods_in_subfields(m, copy, E_NOTE, 'z');
    mrrci_mods_in_subfields(m, copy, E_ELECTRONIC_LOCATOR, 'u');
}

static void begin_holding(mods_reader *m, bool *open) {
    if (*open)
        mrrci_mods_in_field_end(m);
    mrrci_mods_in_field(m, "852", ' ', ' ');
    *open = true;
}

/* The copies of a place: the first in its field, each other in one of its own. */
static void put_copies(mods_reader *m, uint32_t holding, bool *open) {
    bool first = true;
    MODS_EACH_NAMED(m, copy, holding, E_COPY_INFORMATION) {
        if (!first || !*open)
            begin_holding(m, open);
        put_copy(m, copy);
        first = false;
    }
}

static void put_holdings(mods_reader *m, uint32_t location) {
    bool open = false;
    MODS_EACH(m, child, location)
        switch (mrrci_mods_in_element(m, child)) {
        case E_PHYSICAL_LOCATION:
            begin_holding(m, &open);
            mrrci_mods_in_attribute_subfield(m, child, A_DISPLAY_LABEL, '3');
            mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, child));
            mrrci_mods_in_attribute_subfield(m, child, A_HREF, 'u');
            break;
        case E_SHELF_LOCATOR:
            if (!open)
                begin_holding(m, &open);
            mrrci_mods_in_subfield(m, 'h', mrrci_mods_in_value(m, child));
            break;
        case E_HOLDING_SIMPLE:
            put_copies(m, child, &open);
            break;
        default:
            break;
        }
    if (open)
        mrrci_mods_in_field_end(m);
}

static void put_volumes(mods_reader *m, uint32_t holding) {
    MODS_EACH_NAMED(m, copy, holding, E_COPY_INFORMATION)
        MODS_EACH_NAMED(m, volumes, copy, E_ENUMERATION_AND_CHRONOLOGY) {
            mrrci_mods_in_field(m, "866", ' ', '0');
            mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, volumes));
            mrrci_mods_in_field_end(m);
        }
}

void mrrci_mods_in_location(mods_reader *m, uint32_t node) {
    put_holdings(m, node);
    MODS_EACH(m, child, node) {
        unsigned name = mrrci_mods_in_element(m, child);
        if (name == E_URL)
            mrrci_mods_in_url(m, child, ' ');
        else if (name == E_HOLDING_SIMPLE)
            put_volumes(m, child);
    }
}
