/* SPDX-License-Identifier: MIT
 *
 * mods_read_names.c: name to 100-111, 700-711 and 720, and to the headings that other
 * fields begin with.  One name of a record is its main entry: the one with
 * usage="primary", or the first in the role of creator; every other is an added one.
 */
#include "mods_read.h"

/* ---- what a name is ---- */

mods_name_kind mrrci_mods_in_name_kind(const mods_reader *m, uint32_t name) {
    static const struct {
        const char *type;
        mods_name_kind kind;
    } kinds[] = {{"personal", MODS_PERSONAL},
                 {"family", MODS_FAMILY},
                 {"corporate", MODS_CORPORATE},
                 {"conference", MODS_CONFERENCE}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (mrrci_mods_in_attribute_is(m, name, A_TYPE, kinds[i].type))
            return kinds[i].kind;
    return MODS_UNTYPED;
}

bool mrrci_mods_in_name_is_primary(const mods_reader *m, uint32_t name) {
    return mrrci_mods_in_attribute_is(m, name, A_USAGE, "primary");
}

bool mrrci_mods_in_name_is_creator(const mods_reader *m, uint32_t name) {
    MODS_EACH_NAMED(m, role, name, E_ROLE)
        MODS_EACH_NAMED(m, term, role, E_ROLE_TERM) {
            mods_text text = mrrci_mods_in_peek(m, term);
            if (mrrci_mods_in_is(text, "creator") || mrrci_mods_in_is(text, "cre"))
                return true;
        }
    return false;
}

/* ---- parts ---- */

enum part { PART_PLAIN, PART_FAMILY, PART_GIVEN, PART_TERMS, PART_DATE };

static enum part part_of(const mods_reader *m, uint32_t name_part) {
    if (mrrci_mods_in_attribute_is(m, name_part, A_TYPE, "family"))
        return PART_FAMILY;
    if (mrrci_mods_in_attribute_is(m, name_part, A_TYPE, "given"))
        return PART_GIVEN;
    if (mrrci_mods_in_attribute_is(m, name_part, A_TYPE, "termsOfAddress"))
        return PART_TERMS;
    return mrrci_mods_in_attribute_is(m, name_part, A_TYPE, "date") ? PART_DATE : PART_PLAIN;
}

static bool has_part(const mods_reader *m, uint32_t name, enum part wanted) {
    MODS_EACH_NAMED(m, part, name, E_NAME_PART)
        if (part_of(m, part) == wanted && mrrci_mods_in_peek(m, part).size > 0)
            return true;
    return false;
}

static void join_parts(mods_reader *m, uint32_t name, enum part wanted, const char *before) {
    MODS_EACH_NAMED(m, part, name, E_NAME_PART)
        if (part_of(m, part) == wanted) {
            mrrci_mods_in_join(m, before, mrrci_mods_in_value(m, part));
            before = " ";
        }
}

static void put_parts(mods_reader *m, uint32_t name, enum part wanted, char code) {
    MODS_EACH_NAMED(m, part, name, E_NAME_PART)
        if (part_of(m, part) == wanted)
            mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, part));
}

/* "Family, Given", whichever stands first, and what has no type. */
static void join_person(mods_reader *m, uint32_t name) {
    join_parts(m, name, PART_FAMILY, "; ");
    join_parts(m, name, PART_GIVEN, has_part(m, name, PART_FAMILY) ? ", " : "; ");
    join_parts(m, name, PART_PLAIN, " ");
}

/* Whether a person is filed under a surname. */
static bool has_surname(const mods_reader *m, uint32_t name) {
    if (has_part(m, name, PART_FAMILY))
        return true;
    MODS_EACH_NAMED(m, part, name, E_NAME_PART) {
        mods_text text = mrrci_mods_in_peek(m, part);
        if (part_of(m, part) == PART_PLAIN && text.size > 0 &&
            memchr(text.at, ',', text.size) != NULL)
            return true;
    }
    return false;
}

char mrrci_mods_in_name_indicator(const mods_reader *m, uint32_t name) {
    switch (mrrci_mods_in_name_kind(m, name)) {
    case MODS_PERSONAL:
        return has_surname(m, name) ? '1' : '0';
    case MODS_FAMILY:
        return '3';
    case MODS_CORPORATE:
    case MODS_CONFERENCE:
        return '2';
    default:
        return ' ';
    }
}

/* ---- subfields ---- */

/* A number such as "XVI," or "II". */
static bool is_numeration(mods_text text) {
    text = mrrci_mods_in_trim(text);
    while (text.size > 0 && (text.at[text.size - 1] == ',' || text.at[text.size - 1] == '.'))
        text.size--;
    for (size_t i = 0; i < text.size; i++)
        if (memchr("IVXLC", text.at[i], 5) == NULL)
            return false;
    return text.size > 0;
}

static void put_terms(mods_reader *m, uint32_t name) {
    for (int numbers = 1; numbers >= 0; numbers--)
        MODS_EACH_NAMED(m, part, name, E_NAME_PART)
            if (part_of(m, part) == PART_TERMS &&
                is_numeration(mrrci_mods_in_peek(m, part)) == (numbers == 1))
                mrrci_mods_in_subfield(m, numbers == 1 ? 'b' : 'c', mrrci_mods_in_value(m, part));
}

/* The fuller form of a name stands in round brackets; another display form has no place. */
static void put_fuller_form(mods_reader *m, uint32_t name) {
    MODS_EACH_NAMED(m, form, name, E_DISPLAY_FORM) {
        mods_text text = mrrci_mods_in_peek(m, form);
        if (text.size > 0 && *text.at == '(')
            mrrci_mods_in_subfield(m, 'q', mrrci_mods_in_value(m, form));
    }
}

static void put_person(mods_reader *m, uint32_t name) {
    mrrci_mods_in_join_begin(m, 'a');
    join_person(m, name);
    mrrci_mods_in_join_end(m);
    put_terms(m, name);
    put_fuller_form(m, name);
    put_parts(m, name, PART_DATE, 'd');
}

/* A body and its units, each a part of its own. */
static void put_body(mods_reader *m, uint32_t name, char unit) {
    char code = 'a';
    MODS_EACH_NAMED(m, part, name, E_NAME_PART)
        if (part_of(m, part) != PART_DATE) {
            mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, part));
            code = unit;
        }
    put_parts(m, name, PART_DATE, 'd');
}

void mrrci_mods_in_name_heading(mods_reader *m, uint32_t name) {
    mods_name_kind kind = mrrci_mods_in_name_kind(m, name);
    if (kind == MODS_CORPORATE)
        put_body(m, name, 'b');
    else if (kind == MODS_CONFERENCE)
        put_body(m, name, 'e');
    else
        put_person(m, name);
}

/* A term without a type is a code if it looks like one. */
static bool is_role_code(const mods_reader *m, uint32_t term) {
    mods_text text = mrrci_mods_in_peek(m, term);
    if (mrrci_mods_in_has(m, term, A_TYPE))
        return mrrci_mods_in_attribute_is(m, term, A_TYPE, "code");
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] < 'a' || text.at[i] > 'z')
            return false;
    return text.size == 3;
}

static void put_roles(mods_reader *m, uint32_t name, bool codes, char code) {
    MODS_EACH_NAMED(m, role, name, E_ROLE)
        MODS_EACH_NAMED(m, term, role, E_ROLE_TERM)
            if (is_role_code(m, term) == codes)
                mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, term));
}

void mrrci_mods_in_name_roles(mods_reader *m, uint32_t name) {
    bool conference = mrrci_mods_in_name_kind(m, name) == MODS_CONFERENCE;
    put_roles(m, name, false, conference ? 'j' : 'e');
    put_roles(m, name, true, '4');
}

/* $0 is for numbers that say whose they are: "(orcid)0000-..." */
static void put_identifiers(mods_reader *m, uint32_t name) {
    MODS_EACH_NAMED(m, identifier, name, E_NAME_IDENTIFIER) {
        mrrci_mods_in_join_begin(m, '0');
        if (mrrci_mods_in_has(m, identifier, A_TYPE)) {
            mrrci_mods_in_join_word(m, "", "(");
            mrrci_mods_in_join(m, "", mrrci_mods_in_attribute(m, identifier, A_TYPE));
            mrrci_mods_in_join_word(m, "", ")");
        }
        mrrci_mods_in_join(m, "", mrrci_mods_in_value(m, identifier));
        mrrci_mods_in_join_end(m);
    }
}

void mrrci_mods_in_name_rest(mods_reader *m, uint32_t name) {
    mrrci_mods_in_subfields(m, name, E_AFFILIATION, 'u');
    mrrci_mods_in_subfields(m, name, E_DESCRIPTION, 'g');
    mrrci_mods_in_attribute_subfield(m, name, A_VALUE_URI, '0');
    put_identifiers(m, name);
}

/* The first role in words, or else in code. */
static void join_role(mods_reader *m, uint32_t name) {
    for (int codes = 0; codes <= 1; codes++)
        MODS_EACH_NAMED(m, role, name, E_ROLE)
            MODS_EACH_NAMED(m, term, role, E_ROLE_TERM)
                if (is_role_code(m, term) == (codes == 1)) {
                    mrrci_mods_in_join(m, ", ", mrrci_mods_in_value(m, term));
                    return;
                }
}

void mrrci_mods_in_name_join(mods_reader *m, uint32_t name) {
    mods_name_kind kind = mrrci_mods_in_name_kind(m, name);
    if (kind == MODS_CORPORATE || kind == MODS_CONFERENCE) {
        const char *before = "; ";
        MODS_EACH_NAMED(m, part, name, E_NAME_PART)
            if (part_of(m, part) != PART_DATE) {
                mods_text text = mrrci_mods_in_value(m, part);
                mrrci_mods_in_join(m, before, text);
                if (text.size > 0)
                    before = text.at[text.size - 1] == '.' ? " " : ". ";
            }
    } else {
        if (!has_part(m, name, PART_FAMILY) && !has_part(m, name, PART_GIVEN))
            join_parts(m, name, PART_PLAIN, "; ");
        else
            join_person(m, name);
        join_parts(m, name, PART_TERMS, ", ");
    }
    join_parts(m, name, PART_DATE, ", ");
    join_role(m, name);
}

/* ---- fields ---- */

static const char *tag_of(mods_name_kind kind, bool main) {
    switch (kind) {
    case MODS_PERSONAL:
    case MODS_FAMILY:
        return main ? "100" : "700";
    case MODS_CORPORATE:
        return main ? "110" : "710";
    case MODS_CONFERENCE:
        return main ? "111" : "711";
    default:
        return "720";
    }
}

void mrrci_mods_in_name_field(mods_reader *m, uint32_t name) {
    bool main = mrrci_mods_in_main(m, name) == m->main_name;
    mods_name_kind kind = mrrci_mods_in_name_kind(m, name);
    mrrci_mods_in_field(m, tag_of(kind, main), mrrci_mods_in_name_indicator(m, name), ' ');
    mrrci_mods_in_name_heading(m, name);
    mrrci_mods_in_name_roles(m, name);
    mrrci_mods_in_name_rest(m, name);
    mrrci_mods_in_field_end(m);
    bool address = mrrci_mods_in_has(m, name, A_HREF) || mrrci_mods_in_has(m, name, A_VALUE_URI);
    if (!m->filled && address && m->status == MRRC_OK) /* an address alone is no name */
        m->status = mrrci_mods_in_note(m, name, NULL);
}
