/* SPDX-License-Identifier: MIT
 *
 * mods_read_related.c: relatedItem to 490's tracings (8XX), 510, 534, 700-730, 773-787 and
 * 856, and part to 773.  Of a related item that is described in full, a link keeps what identifies
 * it; the rest is told of.
 */
#include "mods_read.h"

/* ---- part ---- */

static bool has_detail(const mods_reader *m, uint32_t part) {
    return mrrci_mods_in_child(m, part, E_DETAIL) != MODS_NONE;
}

/* $q: enumeration and first page, "1:2:3<4". */
static void put_enumeration(mods_reader *m, uint32_t part) {
    mrrci_mods_in_join_begin(m, 'q');
    MODS_EACH_NAMED(m, detail, part, E_DETAIL)
        MODS_EACH_NAMED(m, number, detail, E_NUMBER)
            mrrci_mods_in_join(m, ":", mrrci_mods_in_value(m, number));
    uint32_t extent = mrrci_mods_in_child(m, part, E_EXTENT);
    uint32_t start = extent == MODS_NONE ? MODS_NONE : mrrci_mods_in_child(m, extent, E_START);
    if (start != MODS_NONE && mrrci_mods_in_joined(m))
        mrrci_mods_in_join(m, "<", mrrci_mods_in_value(m, start));
    mrrci_mods_in_join_end(m);
}

/* "v. 3" or "volume 3", and a title of its own. */
static void join_detail(mods_reader *m, uint32_t detail) {
    const char *before = ", ";
    uint32_t caption = mrrci_mods_in_child(m, detail, E_CAPTION);
    if (caption != MODS_NONE || mrrci_mods_in_has(m, detail, A_TYPE)) {
        mrrci_mods_in_join(m, before, caption != MODS_NONE
                                          ? mrrci_mods_in_value(m, caption)
                                          : mrrci_mods_in_attribute(m, detail, A_TYPE));
        before = " ";
    }
    MODS_EACH_NAMED(m, number, detail, E_NUMBER)
        mrrci_mods_in_join(m, before, mrrci_mods_in_value(m, number));
    MODS_EACH_NAMED(m, title, detail, E_TITLE)
        mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, title));
}

/* "p. 12-20" or what stands for it. */
static void join_extent(mods_reader *m, uint32_t extent) {
    bool pages = mrrci_mods_in_attribute_is(m, extent, A_UNIT, "pages") ||
                 mrrci_mods_in_attribute_is(m, extent, A_UNIT, "page");
    const char *before = ", ";
    if (pages) {
        mrrci_mods_in_join_word(m, before, "p.");
        before = " ";
    } else if (mrrci_mods_in_has(m, extent, A_UNIT)) {
        mrrci_mods_in_join(m, before, mrrci_mods_in_attribute(m, extent, A_UNIT));
        before = " ";
    }
    MODS_EACH(m, child, extent) {
        unsigned name = mrrci_mods_in_element(m, child);
        if (name == E_START || name == E_LIST || name == E_TOTAL)
            mrrci_mods_in_join(m, before, mrrci_mods_in_value(m, child));
        else if (name == E_END)
            mrrci_mods_in_join(m, "-", mrrci_mods_in_value(m, child));
        else
            continue;
        before = ", ";
    }
}

/* $g: as the part's text has it, or put together. */
static void put_place(mods_reader *m, uint32_t part) {
    if (mrrci_mods_in_child(m, part, E_TEXT) != MODS_NONE) {
        mrrci_mods_in_subfields(m, part, E_TEXT, 'g');
        return;
    }
    mrrci_mods_in_join_begin(m, 'g');
    MODS_EACH(m, child, part) {
        unsigned name = mrrci_mods_in_element(m, child);
        if (name == E_DETAIL)
            join_detail(m, child);
        else if (name == E_DATE)
            mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, child));
        else if (name == E_EXTENT)
            join_extent(m, child);
    }
    mrrci_mods_in_join_end(m);
}

/* A part of the record's own, with no host named: 773 has no better place. */
void mrrci_mods_in_part(mods_reader *m, uint32_t node) {
    mrrci_mods_in_field(m, "773", '0', ' ');
    put_place(m, node);
    if (has_detail(m, node))
        put_enumeration(m, node);
    mrrci_mods_in_field_end(m);
    if (m->status == MRRC_OK)
        m->status = mrrci_mods_in_note(m, node, "773");
}

/* ---- links ---- */

/* Subfield codes of a kind of linking field; 0 where it has none. */
typedef struct link_codes {
    char label, imprint, place, extent, number, uniform, series;
} link_codes;

static const link_codes linking = {'i', 'd', 'g', 'h', 'w', 's', 'k'};
static const link_codes original = {'p', 'c', 'n', 'e', 'o', 't', 'f'};

static bool is_uniform(const mods_reader *m, uint32_t title_info) {
    return mrrci_mods_in_attribute_is(m, title_info, A_TYPE, "uniform");
}

static void put_names(mods_reader *m, uint32_t item) {
    mrrci_mods_in_join_begin(m, 'a');
    MODS_EACH_NAMED(m, name, item, E_NAME)
        mrrci_mods_in_name_join(m, name);
    mrrci_mods_in_join_end(m);
}

static void put_titles(mods_reader *m, uint32_t item, const link_codes *codes) {
    MODS_EACH_NAMED(m, title, item, E_TITLE_INFO)
        if (is_uniform(m, title))
            mrrci_mods_in_title_whole(m, title, codes->uniform);
    MODS_EACH_NAMED(m, title, item, E_TITLE_INFO)
        if (!is_uniform(m, title))
            mrrci_mods_in_title_whole(m, title, 't');
}

static void put_imprint(mods_reader *m, uint32_t item, const link_codes *codes) {
    MODS_EACH_NAMED(m, origin, item, E_ORIGIN_INFO)
        mrrci_mods_in_subfields(m, origin, E_EDITION, 'b');
    mrrci_mods_in_join_begin(m, codes->imprint);
    MODS_EACH_NAMED(m, origin, item, E_ORIGIN_INFO)
        MODS_EACH(m, child, origin)
            switch (mrrci_mods_in_element(m, child)) {
            case E_PLACE:
                MODS_EACH_NAMED(m, term, child, E_PLACE_TERM)
                    if (!mrrci_mods_in_attribute_is(m, term, A_TYPE, "code"))
                        mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, term));
                break;
            case E_PUBLISHER:
            case E_DATE_ISSUED:
            case E_DATE_CREATED:
            case E_COPYRIGHT_DATE:
                mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, child));
                break;
            default:
                break;
            }
    mrrci_mods_in_join_end(m);
}

static void put_places(mods_reader *m, uint32_t item, const link_codes *codes) {
    MODS_EACH_NAMED(m, title, item, E_TITLE_INFO) {
        mrrci_mods_in_subfields(m, title, E_PART_NUMBER, codes->place);
        mrrci_mods_in_subfields(m, title, E_PART_NAME, codes->place);
    }
    if (codes == &original)
        return;
    MODS_EACH_NAMED(m, part, item, E_PART)
        put_place(m, part);
}

/* A number of somebody's: "(source)number". */
static void put_number(mods_reader *m, char code, const char *source, mods_text number) {
    mrrci_mods_in_join_begin(m, code);
    if (source != NULL && number.size > 0 && *number.at != '(')
        mrrci_mods_in_join_word(m, "", source);
    mrrci_mods_in_join(m, "", number);
    mrrci_mods_in_join_end(m);
}

static void put_identifier(mods_reader *m, uint32_t node, const link_codes *codes) {
    mods_text number = mrrci_mods_in_value(m, node);
    if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "issn"))
        put_number(m, 'x', NULL, number);
    else if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "isbn"))
        put_number(m, 'z', NULL, number);
    else if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "local"))
        put_number(m, codes->number, NULL, number);
    else if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "lccn"))
        put_number(m, codes->number, "(DLC)", number);
    else if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "oclc"))
        put_number(m, codes->number, "(OCoLC)", number);
    else
        put_number(m, 'o', NULL, number);
}

static void put_record_numbers(mods_reader *m, uint32_t item, const link_codes *codes) {
    MODS_EACH_NAMED(m, info, item, E_RECORD_INFO)
        MODS_EACH_NAMED(m, identifier, info, E_RECORD_IDENTIFIER) {
            mrrci_mods_in_join_begin(m, codes->number);
            if (mrrci_mods_in_has(m, identifier, A_SOURCE)) {
                mrrci_mods_in_join_word(m, "", "(");
                mrrci_mods_in_join(m, "", mrrci_mods_in_attribute(m, identifier, A_SOURCE));
                mrrci_mods_in_join_word(m, "", ")");
            }
            mrrci_mods_in_join(m, "", mrrci_mods_in_value(m, identifier));
            mrrci_mods_in_join_end(m);
        }
}

/* What says in words how the items are related. */
static bool has_label(const mods_reader *m, uint32_t item) {
    return mrrci_mods_in_has(m, item, A_DISPLAY_LABEL) ||
           mrrci_mods_in_has(m, item, A_OTHER_TYPE) ||
           mrrci_mods_in_attribute_is(m, item, A_TYPE, "reviewOf") ||
           mrrci_mods_in_attribute_is(m, item, A_TYPE, "references");
}

static void put_label(mods_reader *m, uint32_t item, const link_codes *codes) {
    if (mrrci_mods_in_has(m, item, A_DISPLAY_LABEL))
        mrrci_mods_in_attribute_subfield(m, item, A_DISPLAY_LABEL, codes->label);
    else if (mrrci_mods_in_has(m, item, A_OTHER_TYPE))
        mrrci_mods_in_attribute_subfield(m, item, A_OTHER_TYPE, codes->label);
    else if (mrrci_mods_in_attribute_is(m, item, A_TYPE, "reviewOf"))
        mrrci_mods_in_subfield_word(m, codes->label, "Review of:");
    else if (mrrci_mods_in_attribute_is(m, item, A_TYPE, "references"))
        mrrci_mods_in_subfield_word(m, codes->label, "References:");
    m->filled = false; /* a label alone is no link */
}

/* The addresses of a related item; those of its identifiers stand in the link. */
static void put_addresses(mods_reader *m, uint32_t item) {
    mrrci_mods_in_link(m, mrrci_mods_in_attribute(m, item, A_HREF), '2');
    MODS_EACH_NAMED(m, location, item, E_LOCATION)
        MODS_EACH_NAMED(m, url, location, E_URL)
            mrrci_mods_in_url(m, url, '2');
}

/* The series of a related item. */
static void put_series_titles(mods_reader *m, uint32_t item, const link_codes *codes) {
    MODS_EACH_NAMED(m, series, item, E_RELATED_ITEM)
        if (mrrci_mods_in_attribute_is(m, series, A_TYPE, "series"))
            MODS_EACH_NAMED(m, title, series, E_TITLE_INFO)
                mrrci_mods_in_title_whole(m, title, codes->series);
}

static void put_link(mods_reader *m, uint32_t item, const char *tag, char first, char second,
                     const link_codes *codes) {
    bool host = strcmp(tag, "773") == 0;
    mrrci_mods_in_field(m, tag, first, second);
    put_label(m, item, codes);
    put_names(m, item);
    put_titles(m, item, codes);
    put_imprint(m, item, codes);
    put_places(m, item, codes);
    MODS_EACH_NAMED(m, physical, item, E_PHYSICAL_DESCRIPTION)
        mrrci_mods_in_subfields(m, physical, E_EXTENT, codes->extent);
    put_series_titles(m, item, codes);
    mrrci_mods_in_subfields(m, item, E_NOTE, 'n');
    if (host)
        MODS_EACH_NAMED(m, part, item, E_PART)
            if (has_detail(m, part))
                put_enumeration(m, part);
    MODS_EACH_NAMED(m, identifier, item, E_IDENTIFIER)
        put_identifier(m, identifier, codes);
    put_record_numbers(m, item, codes);
    mrrci_mods_in_field_end(m);
}

/* ---- series and references ---- */

static uint32_t first_typed_name(const mods_reader *m, uint32_t item) {
    MODS_EACH_NAMED(m, name, item, E_NAME)
        if (mrrci_mods_in_name_kind(m, name) != MODS_UNTYPED)
            return name;
    return MODS_NONE;
}

static void put_series_parts(mods_reader *m, uint32_t title_info) {
    mrrci_mods_in_subfields(m, title_info, E_PART_NAME, 'p');
    mrrci_mods_in_subfields(m, title_info, E_PART_NUMBER, 'v');
}

/* What a series' number in a list of numbers is, and its volume where that stands apart. */
static void put_series_numbers(mods_reader *m, uint32_t item) {
    MODS_EACH_NAMED(m, part, item, E_PART) {
        mrrci_mods_in_join_begin(m, 'v');
        MODS_EACH_NAMED(m, text, part, E_TEXT)
            mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, text));
        MODS_EACH_NAMED(m, detail, part, E_DETAIL)
            join_detail(m, detail);
        mrrci_mods_in_join_end(m);
    }
    MODS_EACH_NAMED(m, identifier, item, E_IDENTIFIER) {
        bool issn = mrrci_mods_in_attribute_is(m, identifier, A_TYPE, "issn");
        bool local = mrrci_mods_in_attribute_is(m, identifier, A_TYPE, "local");
        if (issn || local)
            mrrci_mods_in_subfield(m, issn ? 'x' : 'w', mrrci_mods_in_value(m, identifier));
    }
}

static void put_series_of_name(mods_reader *m, uint32_t item, uint32_t name) {
    static const char *const tags[] = {[MODS_PERSONAL] = "800",
                                       [MODS_FAMILY] = "800",
                                       [MODS_CORPORATE] = "810",
                                       [MODS_CONFERENCE] = "811"};
    mrrci_mods_in_field(m, tags[mrrci_mods_in_name_kind(m, name)],
                        mrrci_mods_in_name_indicator(m, name), ' ');
    mrrci_mods_in_name_heading(m, name);
    mrrci_mods_in_name_roles(m, name);
    MODS_EACH_NAMED(m, title_info, item, E_TITLE_INFO) {
        mrrci_mods_in_title_whole(m, title_info, 't');
        put_series_parts(m, title_info);
    }
    put_series_numbers(m, item);
    mrrci_mods_in_field_end(m);
}

static void put_series(mods_reader *m, uint32_t item) {
    uint32_t name = first_typed_name(m, item);
    bool first = true;
    if (name != MODS_NONE) {
        put_series_of_name(m, item, name);
        return;
    }
    MODS_EACH_NAMED(m, title_info, item, E_TITLE_INFO) {
        mrrci_mods_in_field(m, "830", ' ', mrrci_mods_in_nonfiling(m, title_info));
        mrrci_mods_in_title_whole(m, title_info, 'a');
        put_series_parts(m, title_info);
        if (first)
            put_series_numbers(m, item);
        mrrci_mods_in_field_end(m);
        first = false;
    }
}

/* ---- added entries ---- */

/* A name and a title that are one heading: they have the same group. */
static bool is_work(const mods_reader *m, uint32_t name, uint32_t title_info) {
    mods_text group = mrrci_mods_in_trim(mrrci_mods_in_attribute(m, name, A_NAME_TITLE_GROUP));
    mods_text same = mrrci_mods_in_trim(mrrci_mods_in_attribute(m, title_info, A_NAME_TITLE_GROUP));
    return group.size > 0 && group.size == same.size &&
           memcmp(group.at, same.at, group.size) == 0;
}

/* Whether an item is nothing but a heading: a name and the title of a work of it, or a uniform
 * title alone, with MODS_NONE for the name. */
static bool is_heading(const mods_reader *m, uint32_t item, uint32_t *name, uint32_t *title) {
    *name = *title = MODS_NONE;
    MODS_EACH(m, child, item) {
        unsigned element = mrrci_mods_in_element(m, child);
        bool issn = element == E_IDENTIFIER && mrrci_mods_in_attribute_is(m, child, A_TYPE, "issn");
        if (element == E_NAME && *name == MODS_NONE)
            *name = child;
        else if (element == E_TITLE_INFO && *title == MODS_NONE)
            *title = child;
        else if (!issn)
            return false;
    }
    if (*title == MODS_NONE)
        return false;
    return *name == MODS_NONE ? is_uniform(m, *title)
                              : mrrci_mods_in_name_kind(m, *name) != MODS_UNTYPED &&
                                    is_work(m, *name, *title);
}

static void put_added_entry(mods_reader *m, uint32_t item, uint32_t name, uint32_t title) {
    static const char *const tags[] = {[MODS_PERSONAL] = "700",
                                       [MODS_FAMILY] = "700",
                                       [MODS_CORPORATE] = "710",
                                       [MODS_CONFERENCE] = "711"};
    bool named = name != MODS_NONE;
    mrrci_mods_in_field(m, named ? tags[mrrci_mods_in_name_kind(m, name)] : "730",
                        named ? mrrci_mods_in_name_indicator(m, name)
                              : mrrci_mods_in_nonfiling(m, title),
                        mrrci_mods_in_attribute_is(m, item, A_TYPE, "constituent") ? '2' : ' ');
    mrrci_mods_in_attribute_subfield(m, item, A_DISPLAY_LABEL, 'i');
    m->filled = false; /* a label alone is no heading */
    if (named)
        mrrci_mods_in_name_heading(m, name);
    mrrci_mods_in_title_whole(m, title, named ? 't' : 'a');
    mrrci_mods_in_subfields(m, title, E_PART_NUMBER, 'n');
    mrrci_mods_in_subfields(m, title, E_PART_NAME, 'p');
    mrrci_mods_in_subfields(m, item, E_IDENTIFIER, 'x');
    if (named) {
        mrrci_mods_in_name_roles(m, name);
        mrrci_mods_in_name_rest(m, name);
    }
    mrrci_mods_in_attribute_subfield(m, title, A_VALUE_URI, '0');
    mrrci_mods_in_field_end(m);
}

/* 510: who describes this, and where in it. */
static void put_reference(mods_reader *m, uint32_t item) {
    bool located = mrrci_mods_in_child(m, item, E_PART) != MODS_NONE;
    mrrci_mods_in_field(m, "510", located ? '4' : '3', ' ');
    mrrci_mods_in_join_begin(m, 'a');
    MODS_EACH(m, child, item)
        switch (mrrci_mods_in_element(m, child)) {
        case E_NAME:
            mrrci_mods_in_name_join(m, child);
            break;
        case E_PART:
        case E_IDENTIFIER:
        case E_LOCATION:
            break;
        default:
            mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, child));
        }
    mrrci_mods_in_join_end(m);
    mrrci_mods_in_join_begin(m, 'c');
    MODS_EACH_NAMED(m, part, item, E_PART)
        mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, part));
    mrrci_mods_in_join_end(m);
    MODS_EACH_NAMED(m, identifier, item, E_IDENTIFIER)
        if (mrrci_mods_in_attribute_is(m, identifier, A_TYPE, "issn"))
            mrrci_mods_in_subfield(m, 'x', mrrci_mods_in_value(m, identifier));
    mrrci_mods_in_field_end(m);
}

/* ---- relatedItem ---- */

static const struct {
    const char *type, *tag;
    char first, second;
} links[] = {
    {"host", "773", '0', ' '},         {"constituent", "774", '0', ' '},
    {"otherVersion", "775", '0', ' '}, {"otherFormat", "776", '0', ' '},
    {"preceding", "780", '0', '0'},    {"succeeding", "785", '0', '0'},
};

void mrrci_mods_in_related_item(mods_reader *m, uint32_t node) {
    const char *tag = "787";
    char first = '0', second = ' ';
    uint32_t name, title;
    put_addresses(m, node);
    if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "series")) {
        put_series(m, node);
        return;
    }
    if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "isReferencedBy")) {
        put_reference(m, node);
        return;
    }
    if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "original")) {
        put_link(m, node, "534", ' ', ' ', &original);
        return;
    }
    if ((mrrci_mods_in_attribute_is(m, node, A_TYPE, "constituent") ||
         !mrrci_mods_in_has(m, node, A_TYPE)) &&
        is_heading(m, node, &name, &title)) {
        put_added_entry(m, node, name, title);
        return;
    }
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (mrrci_mods_in_attribute_is(m, node, A_TYPE, links[i].type)) {
            tag = links[i].tag;
            first = links[i].first;
            second = links[i].second;
        }
    if (second == ' ' && has_label(m, node))
        second = '8'; /* the label takes the place of the tag's own words */
    put_link(m, node, tag, first, second, &linking);
}
