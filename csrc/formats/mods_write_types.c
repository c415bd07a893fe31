/* SPDX-License-Identifier: MIT
 *
 * mods_write_types.c: typeOfResource from the leader, and genre from 008, 006, 007, 047,
 * 336 and 655.  A genre that two codes stand for is written once.
 */
#include "mods_write.h"

enum { TYPE = 6, LEVEL = 7, CONTROL = 8, GENRES = 96 };

static void write_type(mods *m) {
    uint8_t type = m->leader[TYPE];
    const char *term = mrrci_mods_term(mrrci_mods_types_of_resource, type);
    if (term == NULL)
        return;
    mods_element element = mrrci_mods_open_part(m, "typeOfResource", NULL);
    if (m->leader[LEVEL] == 'c')
        mrrci_mods_put(m, " collection=\"yes\"");
    if (type == 'd' || type == 'f' || type == 'p' || type == 't')
        mrrci_mods_put(m, " manuscript=\"yes\"");
    mrrci_mods_text_inside(m, &element, mrrci_mods_literal(term));
    mrrci_mods_close_element(m, &element);
}

/* What was written, to write nothing twice. */
typedef struct written {
    const char *terms[GENRES];
    size_t count;
} written;

static void write_coded(mods *m, written *before, const char *term) {
    if (term == NULL)
        return;
    for (size_t i = 0; i < before->count; i++)
        if (strcmp(before->terms[i], term) == 0)
            return;
    if (before->count < GENRES)
        before->terms[before->count++] = term;
    mrrci_mods_write_part(m, "genre authority=\"marcgt\"", NULL, mrrci_mods_literal(term));
}

/* `places` are those of 008/18-34, whether they stand there or in 006/01-17. */
static void write_places(mods *m, written *before, unsigned material, mods_slice places) {
    enum { FIRST = 18 };
    for (const mods_genre *row = mrrci_mods_genres; row->materials != 0; row++)
        for (size_t place = row->from; material & row->materials && place <= row->to; place++)
            if (place - FIRST < places.size)
                write_coded(m, before,
                            mrrci_mods_term(row->codes, places.data[place - FIRST]));
}

static mods_slice behind(mods_slice data, size_t size) {
    if (data.size < size)
        return (mods_slice){NULL, 0};
    return (mods_slice){data.data + size, data.size - size};
}

static void write_all_coded(mods *m) {
    enum { PLACES = 18, GLOBE = 'd', MAP = 'a' };
    written before = {.count = 0};
    write_places(m, &before, mrrci_mods_material(m->leader[TYPE], m->leader[LEVEL]),
                 behind(m->coded, PLACES));
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field->size < 2)
            continue;
        if (field->tag == 6)
            write_places(m, &before, mrrci_mods_material(field->data[0], 0),
                         behind((mods_slice){field->data, field->size}, 1));
        else if (field->tag == 7 && field->data[0] == MAP)
            write_coded(m, &before, mrrci_mods_term(mrrci_mods_map_genres, field->data[1]));
        else if (field->tag == 7 && field->data[0] == GLOBE)
            write_coded(m, &before, "globe");
    }
}

static void write_genre(mods *m, const mods_field *field, const char *start,
                        mods_slice *authority, mods_slice *uri, mods_slice text) {
    if (text.size == 0)
        return;
    mods_element element = mrrci_mods_open_part(m, start, field);
    mrrci_mods_attribute_each(m, "authority", authority);
    mrrci_mods_attribute_each(m, "valueURI", uri);
    mrrci_mods_text_inside(m, &element, text);
    mrrci_mods_close_element(m, &element);
}

/* 047: codes of forms of composition, one a subfield. */
static void write_compositions(mods *m, const mods_field *field) {
    mods_slice authority = mrrci_mods_literal("marcmuscomp"), uri = mrrci_mods_uri(m, field);
    if (field->second == '7')
        authority = mrrci_mods_first(m, field, "2");
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, "a"))
            write_genre(m, field, "genre type=\"musical composition\"", &authority,
                        &uri, mrrci_mods_value(&subfield));
}

/* 336: terms, or codes where there is none. */
static void write_contents(mods *m, const mods_field *field) {
    mods_slice authority = mrrci_mods_first(m, field, "2"), uri = mrrci_mods_uri(m, field);
    const char *codes = mrrci_mods_has(field, "a") ? "a" : "b";
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, codes))
            write_genre(m, field, "genre", &authority, &uri, mrrci_mods_value(&subfield));
}

/* 655: the term with its subdivisions. */
static void write_term(mods *m, const mods_field *field) {
    mods_slice authority = {NULL, 0}, uri = mrrci_mods_uri(m, field);
    if (mrrci_mods_authority(field->second) != NULL)
        authority = mrrci_mods_literal(mrrci_mods_authority(field->second));
    else if (field->second == '7')
        authority = mrrci_mods_first(m, field, "2");
    mods_slice text = mrrci_mods_join(m, field, "abcvxyz", "--");
    write_genre(m, field, "genre", &authority, &uri,
                mrrci_mods_chop(text, MODS_MARKS | MODS_STOP));
}

void mrrci_mods_types(mods *m) {
    write_type(m);
    write_all_coded(m);
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field->tag == 47)
            write_compositions(m, field);
        else if (field->tag == 336)
            write_contents(m, field);
        else if (field->tag == 655)
            write_term(m, field);
    }
}
