/* SPDX-License-Identifier: MIT
 *
 * mods_write_physical.c: language, and physicalDescription, of which one has the first
 * 300 and all that is coded, and each further 300 one of its own.
 */
#include "mods_write.h"

enum { TYPE = 6, LEVEL = 7 };

/* ---- language ---- */

enum { CODE_SIZE = 3, LIST_NAME = 256 };

void mrrci_mods_write_language(mods *m, const mods_field *field, const char *object,
                               mods_slice authority, mods_slice code) {
    mods_element element = mrrci_mods_open_part(m, "language", field);
    if (object != NULL)
        mrrci_mods_attribute(m, "objectPart", mrrci_mods_literal(object));
    mrrci_mods_inside(m, &element);
    mods_element term = mrrci_mods_open_element(m, "languageTerm type=\"code\"");
    mrrci_mods_attribute(m, "authority", authority);
    mrrci_mods_text_inside(m, &term, code);
    mrrci_mods_close_element(m, &term);
    mrrci_mods_close_element(m, &element);
}

/* The code in 008, unless it stands for none. */
static mods_slice coded_language(const mods *m) {
    enum { PLACE = 35 };
    if (m->coded.size < PLACE + CODE_SIZE)
        return (mods_slice){NULL, 0};
    mods_slice code = {m->coded.data + PLACE, CODE_SIZE};
    for (size_t i = 0; i < CODE_SIZE; i++)
        if (code.data[i] == ' ' || code.data[i] == '|')
            return (mods_slice){NULL, 0};
    return code;
}

static bool is_ascii(mods_slice text) {
    uint8_t any = 0;
    for (size_t i = 0; i < text.size; i++)
        any |= text.data[i];
    return any < 0x80;
}

/* Codes of another list stand whole in a subfield; MARC's may stand one after the other
 * in one. */
static void write_codes(mods *m, const mods_field *field, const char *object, mods_slice codes,
                        mods_slice authority) {
    mods_slice coded = coded_language(m);
    bool other = field->second == '7';
    bool several = !other && codes.size % CODE_SIZE == 0 && is_ascii(codes);
    size_t step = several ? CODE_SIZE : codes.size;
    for (size_t at = 0; at < codes.size; at += step) {
        mods_slice code = mrrci_mods_trim((mods_slice){codes.data + at, step});
        bool again = object == NULL && !other && code.size == coded.size && coded.size > 0 &&
                     memcmp(code.data, coded.data, coded.size) == 0;
        if (!again && code.size > 0)
            mrrci_mods_write_language(m, field, object, authority, code);
    }
}

static void write_language_field(mods *m, const mods_field *field) {
    static const mods_code objects[] = {
        {'b', "summary"}, {'d', "sung or spoken text"}, {'e', "libretto"},
        {'f', "table of contents"}, {'g', "accompanying material"}, {'h', "translation"},
        {'i', "intertitles"}, {'j', "subtitle or caption"}, {'k', "intermediate translation"},
        {'m', "original accompanying material"}, {'n', "original libretto"}, {'p', "caption"},
        {'q', "accessible audio"}, {'r', "accessible visual language"},
        {'t', "accompanying transcript"}, {0, NULL}};
    mods_slice authority = mrrci_mods_literal("iso639-2b");
    if (field->second == '7')
        authority = mrrci_mods_first(m, field, "2");
    if (authority.size > LIST_NAME) /* no list has such a name */
        authority.size = 0;
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (subfield.code_size != 1)
            continue;
        const char *object = mrrci_mods_term(objects, *subfield.code);
        if (object != NULL || *subfield.code == 'a')
            write_codes(m, field, object, mrrci_mods_value(&subfield), authority);
    }
}

void mrrci_mods_languages(mods *m) {
    mods_slice coded = coded_language(m);
    if (coded.size > 0)
        mrrci_mods_write_language(m, NULL, NULL, mrrci_mods_literal("iso639-2b"), coded);
    for (size_t i = 0; i < m->count; i++)
        if (m->fields[i].tag == 41)
            write_language_field(m, &m->fields[i]);
}

/* ---- forms ---- */

static void write_coded_form(mods *m) {
    unsigned material = mrrci_mods_material(m->leader[TYPE], m->leader[LEVEL]);
    bool late = (material & (MODS_MAP | MODS_VISUAL)) != 0;
    uint8_t code = mrrci_mods_coded(m, late ? 29 : 23), type = m->leader[TYPE];
    const char *form = material == 0 ? NULL : mrrci_mods_term(mrrci_mods_forms, code);
    if (type == 'm')
        form = "electronic";
    else if (code == ' ' && ((material & (MODS_BOOK | MODS_SERIAL)) || type == 'c' || type == 'd'))
        form = "print";
    if (form != NULL)
        mrrci_mods_write(m, "form authority=\"marcform\"", mrrci_mods_literal(form));
}

/* A 007: its category, its specific material, and of an electronic resource how it was
 * made. */
static void write_characteristics(mods *m, const mods_field *field) {
    enum { ANTECEDENT = 11, QUALITY = 13 };
    if (field->size < 2)
        return;
    const char *category = mrrci_mods_term(mrrci_mods_categories, field->data[0]);
    const char *specific = mrrci_mods_specific(field->data[0], field->data[1]);
    const char *origin = NULL, *quality = NULL;
    if (field->data[0] == 'c' && field->size > ANTECEDENT)
        origin = mrrci_mods_term(mrrci_mods_origins, field->data[ANTECEDENT]);
    if (field->data[0] == 'c' && field->size > QUALITY)
        quality = mrrci_mods_term(mrrci_mods_qualities, field->data[QUALITY]);
    if (category != NULL)
        mrrci_mods_write(m, "form authority=\"marccategory\"", mrrci_mods_literal(category));
    if (specific != NULL)
        mrrci_mods_write(m, "form authority=\"marcsmd\"", mrrci_mods_literal(specific));
    if (origin != NULL)
        mrrci_mods_write(m, "digitalOrigin", mrrci_mods_literal(origin));
    if (quality != NULL)
        mrrci_mods_write(m, "reformattingQuality", mrrci_mods_literal(quality));
}

/* 337, 338 and 340: terms of a list; codes where a field has no term. */
static void write_forms(mods *m, const mods_field *field, const char *start, const char *codes) {
    mods_slice authority = mrrci_mods_first(m, field, "2"), uri = mrrci_mods_uri(m, field);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice term = mrrci_mods_value(&subfield);
        if (!mrrci_mods_among(&subfield, codes) || term.size == 0)
            continue;
        mods_element element = mrrci_mods_open_element(m, start);
        mrrci_mods_attribute_each(m, "authority", &authority);
        mrrci_mods_attribute_each(m, "valueURI", &uri);
        mrrci_mods_text_inside(m, &element, term);
        mrrci_mods_close_element(m, &element);
    }
}

static void write_extent(mods *m, const mods_field *field) {
    mods_slice text = mrrci_mods_join(m, field, "abcefg", " ");
    mrrci_mods_write(m, "extent", mrrci_mods_chop(text, MODS_MARKS));
}

static void write_each(mods *m, const mods_field *field, const char *start, const char *codes) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, codes))
            mrrci_mods_write(m, start, mrrci_mods_value(&subfield));
}

static void write_piece(mods *m, const mods_field *field) {
    mods_slice text;
    switch (field->tag) {
    case 7:
        write_characteristics(m, field);
        break;
    case 245: /* the general material designation */
        text = mrrci_mods_chop(mrrci_mods_first(m, field, "h"),
                               MODS_MARKS | MODS_STOP | MODS_BRACKETS);
        mrrci_mods_write(m, "form authority=\"gmd\"", text);
        break;
    case 256:
        text = mrrci_mods_chop(mrrci_mods_first(m, field, "a"), MODS_MARKS | MODS_STOP);
        mrrci_mods_write(m, "form", text);
        break;
    case 306:
        write_each(m, field, "note type=\"duration\"", "a");
        break;
    case 337:
        write_forms(m, field, "form type=\"media\"", mrrci_mods_has(field, "a") ? "a" : "b");
        break;
    case 338:
        write_forms(m, field, "form type=\"carrier\"", mrrci_mods_has(field, "a") ? "a" : "b");
        break;
    case 340:
        write_forms(m, field, "form type=\"material\"", "a");
        write_forms(m, field, "form type=\"technique\"", "d");
        text = mrrci_mods_join(m, field, "3bcefghijklmnopq", "; ");
        mrrci_mods_write(m, "note type=\"physical details\"", text);
        break;
    case 351:
        text = mrrci_mods_join(m, field, "3cab", " ");
        mrrci_mods_write(m, "note type=\"arrangement\"", text);
        break;
    case 856:
        write_each(m, field, "internetMediaType", "q");
        break;
    default:
        break;
    }
}

/* ---- physicalDescription ---- */

static const mods_field *first_extent(const mods *m) {
    for (size_t i = 0; i < m->count; i++)
        if (m->fields[i].tag == 300 && !m->fields[i].alternate)
            return &m->fields[i];
    return NULL;
}

static mods_element open_description(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "physicalDescription", field);
    if (field != NULL)
        mrrci_mods_attribute(m, "displayLabel",
                             mrrci_mods_chop(mrrci_mods_first(m, field, "3"), MODS_MARKS));
    mrrci_mods_inside(m, &element);
    return element;
}

void mrrci_mods_physical(mods *m) {
    const mods_field *extent = first_extent(m);
    mods_element element = open_description(m, extent);
    write_coded_form(m);
    if (extent != NULL)
        write_extent(m, extent);
    for (size_t i = 0; i < m->count; i++)
        if (!m->fields[i].alternate)
            write_piece(m, &m->fields[i]);
    mrrci_mods_close_element(m, &element);
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field == extent || (field->tag != 300 && !field->alternate))
            continue;
        if (field->tag != 300 && field->tag != 245 && field->tag != 256 && field->tag != 340 &&
            field->tag != 351)
            continue;
        element = open_description(m, field);
        if (field->tag == 300)
            write_extent(m, field);
        else
            write_piece(m, field);
        mrrci_mods_close_element(m, &element);
    }
}
