/* SPDX-License-Identifier: MIT
 *
 * mods_write_names.c: name from 100, 110, 111, 700, 710, 711 and 720, and what a
 * name consists of wherever there is one.  A heading of a name and a title is a related
 * item and not a name.
 */
#include "mods_write.h"

const char *mrrci_mods_name_start(const mods_field *field) {
    enum { CORPORATE = 10, CONFERENCE = 11 };
    switch (field->tag % 100) {
    case CORPORATE:
        return "name type=\"corporate\"";
    case CONFERENCE:
        return "name type=\"conference\"";
    default:
        return field->first == '3' ? "name type=\"family\"" : "name type=\"personal\"";
    }
}

static void write_joined(mods *m, const char *start, const mods_field *field, const char *codes) {
    mods_slice text = mrrci_mods_join(m, field, codes, " ");
    mrrci_mods_write(m, start, mrrci_mods_chop(text, MODS_MARKS | MODS_NAME));
}

static void write_personal(mods *m, const mods_field *field) {
    write_joined(m, "namePart", field, "a");
    write_joined(m, "namePart type=\"termsOfAddress\"", field, "bc");
    write_joined(m, "namePart type=\"date\"", field, "d");
    write_joined(m, "displayForm", field, "q");
}

/* The body, each of its units, and then what tells it from others. */
static void write_corporate(mods *m, const mods_field *field) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, "ab"))
            mrrci_mods_write(m, "namePart", mrrci_mods_chop(mrrci_mods_value(&subfield),
                                                            MODS_MARKS | MODS_NAME));
    write_joined(m, "namePart", field, "dnc");
}

/* A role's text is of the MARC list only where it is on it. */
static void write_role(mods *m, const mrrci_subfield *subfield, bool code) {
    enum { CODE = 3 };
    mods_slice term = mrrci_mods_value(subfield);
    if (!code)
        term = mrrci_mods_chop(term, MODS_MARKS | MODS_STOP);
    const char *start = mrrci_mods_is_relator(term)
                            ? "roleTerm type=\"text\" authority=\"marcrelator\""
                            : "roleTerm type=\"text\"";
    if (code) { /* it may be an address that ends with the code */
        for (size_t at = term.size; at-- > 0;)
            if (term.data[at] == '/') {
                term = (mods_slice){term.data + at + 1, term.size - at - 1};
                break;
            }
        start = term.size == CODE ? "roleTerm type=\"code\" authority=\"marcrelator\""
                                  : "roleTerm type=\"code\"";
    }
    if (term.size == 0)
        return;
    mrrci_mods_put(m, "<role>");
    mrrci_mods_write(m, start, term);
    mrrci_mods_put(m, "</role>");
}

static void write_affiliation(mods *m, const mrrci_subfield *subfield) {
    mrrci_mods_write(m, "affiliation",
                     mrrci_mods_chop(mrrci_mods_value(subfield), MODS_MARKS));
}

/* $0 in the form "(source)number", which is no address. */
static void write_number(mods *m, const mrrci_subfield *subfield) {
    mods_slice value = mrrci_mods_value(subfield);
    const uint8_t *end = value.size < 2 ? NULL : memchr(value.data, ')', value.size);
    if (end == NULL || value.data[0] != '(' || mrrci_mods_begins(value, "(uri)"))
        return;
    mods_slice source = {value.data + 1, (size_t)(end - value.data) - 1};
    mods_slice number = {end + 1, value.size - source.size - 2};
    if (source.size == 0 || mrrci_mods_trim(number).size == 0)
        return;
    mods_element element = mrrci_mods_open_element(m, "nameIdentifier");
    mrrci_mods_attribute(m, "type", source);
    mrrci_mods_text_inside(m, &element, mrrci_mods_trim(number));
    mrrci_mods_close_element(m, &element);
}

/* The relator term of a meeting is in $j, since its $e is a part of the name. */
static void write_roles(mods *m, const mods_field *field, bool conference, bool number) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    if (!mods_may_have(field, "ej4u0"))
        return;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (mrrci_mods_among(&subfield, conference ? "j" : "e"))
            write_role(m, &subfield, false);
        else if (mrrci_mods_among(&subfield, "4"))
            write_role(m, &subfield, true);
        else if (mrrci_mods_among(&subfield, "u"))
            write_affiliation(m, &subfield);
        else if (number && mrrci_mods_among(&subfield, "0"))
            write_number(m, &subfield);
    }
}

void mrrci_mods_write_name(mods *m, const mods_field *field) {
    mods_field name = mrrci_mods_before(field, 't');
    switch (field->tag % 100) {
    case 10:
        write_corporate(m, &name);
        break;
    case 11:
        write_joined(m, "namePart", &name, "acdenq");
        break;
    default:
        write_personal(m, &name);
    }
    /* with a title, $0 stands for the work and not for the name */
    write_roles(m, field, field->tag % 100 == 11, name.size == field->size);
}

static void write_heading(mods *m, const mods_field *field) {
    bool main = field->tag < 200;
    mods_element element = mrrci_mods_open_part(m, mrrci_mods_name_start(field), field);
    if (main && !field->alternate)
        mrrci_mods_put(m, " usage=\"primary\"");
    if (main && m->has_uniform)
        mrrci_mods_put(m, " nameTitleGroup=\"1\"");
    mrrci_mods_write_uris(m, field);
    mrrci_mods_inside(m, &element);
    mrrci_mods_write_name(m, field);
    mrrci_mods_close_element(m, &element);
}

/* 720: nobody knows how the name is built. */
static void write_uncontrolled(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "name", field);
    mrrci_mods_inside(m, &element);
    write_joined(m, "namePart", field, "a");
    write_roles(m, field, false, true);
    mrrci_mods_close_element(m, &element);
}

static void write_one(mods *m, const mods_field *field) {
    switch (field->tag) {
    case 100:
    case 110:
    case 111:
        write_heading(m, field);
        break;
    case 700:
    case 710:
    case 711:
        if (!mrrci_mods_has(field, "t"))
            write_heading(m, field);
        break;
    case 720:
        write_uncontrolled(m, field);
        break;
    default:
        break;
    }
}

void mrrci_mods_names(mods *m) {
    for (size_t i = 0; i < m->count; i++)
        write_one(m, &m->fields[i]);
}
