/* SPDX-License-Identifier: MIT
 *
 * mods_read_physical.c: physicalDescription to 300, 336 to 340, 347 and 655, less what has
 * gone into 007, 008 and 245; and language to 041 and 546.
 */
#include "mods_read.h"

/* ---- physicalDescription ---- */

/* The field for a form, with the subfield for it; by type, or by a list's name. */
static const struct {
    unsigned attribute;
    const char *word;
    const char *tag;
    char code;
} forms[] = {
    {A_TYPE, "content", "336", 'a'},         {A_AUTHORITY, "rdacontent", "336", 'a'},
    {A_TYPE, "media", "337", 'a'},           {A_AUTHORITY, "rdamedia", "337", 'a'},
    {A_TYPE, "carrier", "338", 'a'},         {A_AUTHORITY, "rdacarrier", "338", 'a'},
    {A_TYPE, "material", "340", 'a'},        {A_TYPE, "technique", "340", 'd'},
};

static void put_form(mods_reader *m, uint32_t form) {
    const char *tag = "655";
    char code = 'a', second = '7';
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (mrrci_mods_in_attribute_is(m, form, forms[i].attribute, forms[i].word)) {
            tag = forms[i].tag;
            code = forms[i].code;
            second = ' ';
            break;
        }
    mrrci_mods_in_field(m, tag, ' ', second);
    mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, form));
    mrrci_mods_in_attribute_subfield(m, form, A_AUTHORITY, '2');
    mrrci_mods_in_attribute_subfield(m, form, A_VALUE_URI, '0');
    mrrci_mods_in_field_end(m);
}

/* What has neither type nor list says how the thing looks, beside its extent. */
static bool is_plain_form(const mods_reader *m, uint32_t form) {
    return !mrrci_mods_in_has(m, form, A_TYPE) && !mrrci_mods_in_has(m, form, A_AUTHORITY);
}

static bool is_left(const mods_reader *m, uint32_t node, unsigned name) {
    return mrrci_mods_in_element(m, node) == name && !mrrci_mods_in_node(m, node)->used;
}

static void put_extent(mods_reader *m, uint32_t extent) {
    mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, extent));
    mrrci_mods_in_attribute_subfield(m, extent, A_UNIT, 'f');
}

static void put_extents(mods_reader *m, uint32_t physical) {
    uint32_t first = mrrci_mods_in_child(m, physical, E_EXTENT);
    mrrci_mods_in_field(m, "300", ' ', ' ');
    if (first != MODS_NONE)
        put_extent(m, first);
    MODS_EACH(m, form, physical)
        if (is_left(m, form, E_FORM) && is_plain_form(m, form))
            mrrci_mods_in_subfield(m, 'b', mrrci_mods_in_value(m, form));
    mrrci_mods_in_subfields(m, physical, E_DIMENSIONS, 'c');
    mrrci_mods_in_field_end(m);
    MODS_EACH_NAMED(m, extent, physical, E_EXTENT)
        if (extent != first) {
            mrrci_mods_in_field(m, "300", ' ', ' ');
            put_extent(m, extent);
            mrrci_mods_in_field_end(m);
        }
}

/* Whether a media type is the one that stands with an address. */
static bool is_addressed(const mods_reader *m, uint32_t type) {
    if (m->media_type == MODS_NONE)
        return false;
    mods_text text = mrrci_mods_in_peek(m, type), other = mrrci_mods_in_peek(m, m->media_type);
    return text.size == other.size && memcmp(text.at, other.at, text.size) == 0;
}

static void put_media_type(mods_reader *m, uint32_t type) {
    mrrci_mods_in_field(m, "347", ' ', ' ');
    mrrci_mods_in_subfield(m, 'b', mrrci_mods_in_value(m, type));
    mrrci_mods_in_field_end(m);
}

void mrrci_mods_in_physical_description(mods_reader *m, uint32_t node) {
    put_extents(m, node);
    MODS_EACH(m, child, node) {
        unsigned name = mrrci_mods_in_element(m, child);
        if (is_left(m, child, E_FORM))
            put_form(m, child);
        else if (name == E_NOTE)
            mrrci_mods_in_note_field(m, child);
        else if (name == E_INTERNET_MEDIA_TYPE && !is_addressed(m, child))
            put_media_type(m, child);
        else if (name == E_INTERNET_MEDIA_TYPE && child != m->media_type)
            mrrci_mods_in_value(m, child); /* it stands there */
    }
}

/* ---- language ---- */

bool mrrci_mods_in_language_is_marc(const mods_reader *m, uint32_t term) {
    return !mrrci_mods_in_has(m, term, A_AUTHORITY) ||
           mrrci_mods_in_attribute_is(m, term, A_AUTHORITY, "iso639-2b") ||
           mrrci_mods_in_attribute_is(m, term, A_AUTHORITY, "marclanguage");
}

bool mrrci_mods_in_language_code(const mods_reader *m, uint32_t term) {
    if (mrrci_mods_in_has(m, term, A_TYPE))
        return mrrci_mods_in_attribute_is(m, term, A_TYPE, "code");
    return mrrci_mods_in_has(m, term, A_AUTHORITY);
}

static bool has_code(const mods_reader *m, uint32_t language) {
    MODS_EACH_NAMED(m, term, language, E_LANGUAGE_TERM)
        if (mrrci_mods_in_language_code(m, term))
            return true;
    return false;
}

/* The subfield of 041 for a part of the resource. */
static char part_code(const mods_reader *m, uint32_t language, uint32_t term) {
    static const struct {
        const char *part;
        char code;
    } parts[] = {
        {"summary or abstract", 'b'},
        {"summary", 'b'},
        {"abstract", 'b'},
        {"sung or spoken text", 'd'},
        {"librettos", 'e'},
        {"libretto", 'e'},
        {"table of contents", 'f'},
        {"accompanying material other than librettos", 'g'},
        {"accompanying material", 'g'},
        {"original and/or intermediate translations of text", 'h'},
        {"original", 'h'},
        {"translation", 'h'},
        {"subtitles or captions", 'j'},
        {"subtitle or caption", 'j'},
        {"intermediate translation", 'k'},
        {"intermediate translations", 'k'},
        {"original accompanying materials", 'm'},
        {"original libretto", 'n'},
    };
    mods_text part = mrrci_mods_in_attribute(m, language, A_OBJECT_PART);
    if (part.size == 0)
        part = mrrci_mods_in_attribute(m, term, A_OBJECT_PART);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (mrrci_mods_in_is(part, parts[i].part))
            return parts[i].code;
    return 'a';
}

/* 041 of MARC's codes: all of the record in one field. */
static void put_marc_codes(mods_reader *m) {
    char translation = '0';
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1)
            mrrci_mods_in_field(m, "041", translation, ' ');
        MODS_EACH_NAMED(m, language, 0, E_LANGUAGE)
            MODS_EACH_NAMED(m, term, language, E_LANGUAGE_TERM) {
                if (!mrrci_mods_in_language_code(m, term) ||
                    !mrrci_mods_in_language_is_marc(m, term))
                    continue;
                char code = part_code(m, language, term);
                if (code == 'h' || code == 'k')
                    translation = '1';
                if (pass == 1)
                    mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, term));
            }
    }
    mrrci_mods_in_field_end(m);
}

/* 041 of other codes, each with its source. */
static void put_other_codes(mods_reader *m, uint32_t language) {
    MODS_EACH_NAMED(m, term, language, E_LANGUAGE_TERM) {
        if (!mrrci_mods_in_language_code(m, term) || mrrci_mods_in_language_is_marc(m, term))
            continue;
        mrrci_mods_in_field(m, "041", '0', '7');
        mrrci_mods_in_subfield(m, part_code(m, language, term), mrrci_mods_in_value(m, term));
        mrrci_mods_in_attribute_subfield(m, term, A_AUTHORITY, '2');
        mrrci_mods_in_field_end(m);
    }
}

/* A script's name, or where it has none its code. */
static void put_scripts(mods_reader *m, uint32_t language) {
    bool named = false;
    MODS_EACH_NAMED(m, term, language, E_SCRIPT_TERM)
        named = named || !mrrci_mods_in_attribute_is(m, term, A_TYPE, "code");
    MODS_EACH_NAMED(m, term, language, E_SCRIPT_TERM) {
        mods_text text = mrrci_mods_in_value(m, term);
        if (!named || !mrrci_mods_in_attribute_is(m, term, A_TYPE, "code"))
            mrrci_mods_in_subfield(m, 'b', text);
    }
}

/* 546: a language that has only a name, which is no code for 041; and scripts. */
static void put_language_note(mods_reader *m, uint32_t language) {
    bool coded = has_code(m, language);
    mrrci_mods_in_field(m, "546", ' ', ' ');
    MODS_EACH_NAMED(m, term, language, E_LANGUAGE_TERM)
        if (!mrrci_mods_in_language_code(m, term)) {
            mods_text text = mrrci_mods_in_value(m, term);
            if (!coded)
                mrrci_mods_in_subfield(m, 'a', text);
        }
    put_scripts(m, language);
    mrrci_mods_in_field_end(m);
}

void mrrci_mods_in_languages(mods_reader *m) {
    put_marc_codes(m);
    MODS_EACH_NAMED(m, language, 0, E_LANGUAGE) {
        put_other_codes(m, language);
        put_language_note(m, language);
    }
}
