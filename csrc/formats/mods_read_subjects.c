/* SPDX-License-Identifier: MIT
 *
 * mods_read_subjects.c: subject to 034, 043, 045, 255, 600-662; genre to 047, 336 and 655,
 * less what has gone into 007 and 008; and classification to 050-086.  A subject's first
 * part makes the heading, and those behind it its subdivisions, in their order.
 */
#include "mods_read.h"
#include "mods_write.h"

/* ---- whose terms ---- */

/* A longer name of a list is none, and would stand with every part of a subject. */
enum { AUTHORITY_MAX = 64 };

/* The second indicator: a list of its own, one that $2 names, or none. */
static char thesaurus(mods_text authority) {
    for (uint8_t indicator = '0'; indicator < '7'; indicator++) {
        const char *list = mrrci_mods_authority(indicator);
        if (list != NULL && mrrci_mods_in_is(authority, list))
            return (char)indicator;
    }
    size_t size = mrrci_mods_in_trim(authority).size;
    return size > 0 && size <= AUTHORITY_MAX ? '7' : '4';
}

/* A subject's list may stand with its parts. */
static mods_text subject_authority(const mods_reader *m, uint32_t subject, uint32_t part) {
    bool own = mrrci_mods_in_has(m, subject, A_AUTHORITY);
    return mrrci_mods_in_attribute(m, own ? subject : part, A_AUTHORITY);
}

static void put_source(mods_reader *m, uint32_t subject, uint32_t part, bool whole) {
    mods_text authority = subject_authority(m, subject, part);
    char list = thesaurus(authority);
    /* no second indicator of 656 stands for a list */
    bool named = mrrci_mods_in_element(m, part) == E_OCCUPATION && list != '4';
    if (list == '7' || named)
        mrrci_mods_in_subfield(m, '2', authority);
    else if (authority.size > AUTHORITY_MAX && m->status == MRRC_OK)
        m->status = mrrci_mods_in_note(m, subject, NULL);
    bool own = whole && mrrci_mods_in_has(m, subject, A_VALUE_URI);
    mrrci_mods_in_attribute_subfield(m, own ? subject : part, A_VALUE_URI, '0');
}

/* ---- headings ---- */

static bool is_heading(unsigned name) {
    return name == E_TOPIC || name == E_GEOGRAPHIC || name == E_TEMPORAL || name == E_GENRE ||
           name == E_NAME || name == E_TITLE_INFO || name == E_OCCUPATION;
}

/* A title behind a name is that of a work of the name. */
static void put_work(mods_reader *m, uint32_t title_info) {
    mrrci_mods_in_title_whole(m, title_info, 't');
    mrrci_mods_in_subfields(m, title_info, E_PART_NUMBER, 'n');
    mrrci_mods_in_subfields(m, title_info, E_PART_NAME, 'p');
}

static void begin_name(mods_reader *m, uint32_t name, char list) {
    static const char *const tags[] = {
        [MODS_PERSONAL] = "600", [MODS_FAMILY] = "600", [MODS_CORPORATE] = "610",
        [MODS_CONFERENCE] = "611", [MODS_UNTYPED] = "653"};
    mods_name_kind kind = mrrci_mods_in_name_kind(m, name);
    char first = mrrci_mods_in_name_indicator(m, name);
    mrrci_mods_in_field(m, tags[kind], first, kind == MODS_UNTYPED ? ' ' : list);
    mrrci_mods_in_name_heading(m, name);
    mrrci_mods_in_name_roles(m, name);
    mrrci_mods_in_name_rest(m, name);
}

static void begin_title(mods_reader *m, uint32_t title_info, char list) {
    mrrci_mods_in_field(m, "630", mrrci_mods_in_nonfiling(m, title_info), list);
    mrrci_mods_in_title_whole(m, title_info, 'a');
    mrrci_mods_in_subfields(m, title_info, E_PART_NUMBER, 'n');
    mrrci_mods_in_subfields(m, title_info, E_PART_NAME, 'p');
}

/* Begins the field of a heading. */
static void begin_heading(mods_reader *m, uint32_t subject, uint32_t part) {
    char list = thesaurus(subject_authority(m, subject, part));
    const char *tag = "650";
    switch (mrrci_mods_in_element(m, part)) {
    case E_NAME:
        begin_name(m, part, list);
        return;
    case E_TITLE_INFO:
        begin_title(m, part, list);
        return;
    case E_GEOGRAPHIC:
        tag = "651";
        break;
    case E_TEMPORAL:
        tag = "648";
        break;
    case E_GENRE:
        tag = "655";
        break;
    case E_OCCUPATION:
        tag = "656";
        list = list == '4' ? ' ' : '7';
        break;
    default:
        break;
    }
    mrrci_mods_in_field(m, tag, ' ', list);
    mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, part));
}

/* The code of a subdivision, or 0 for what is a heading of its own. */
static char subdivision_code(unsigned name) {
    switch (name) {
    case E_TOPIC:
        return 'x';
    case E_TEMPORAL:
        return 'y';
    case E_GEOGRAPHIC:
        return 'z';
    case E_GENRE:
        return 'v';
    default:
        return 0;
    }
}

/* Puts the heading that begins with a part, and what belongs to it. */
static void put_heading(mods_reader *m, uint32_t subject, uint32_t part, bool divided) {
    bool named = mrrci_mods_in_element(m, part) == E_NAME;
    bool free = named && mrrci_mods_in_name_kind(m, part) == MODS_UNTYPED;
    uint32_t end = mrrci_mods_in_end(m, subject), next = mrrci_mods_in_end(m, part);
    begin_heading(m, subject, part);
    if (named && next < end && mrrci_mods_in_element(m, next) == E_TITLE_INFO)
        put_work(m, next);
    for (; divided && next < end; next = mrrci_mods_in_end(m, next)) {
        char code = subdivision_code(mrrci_mods_in_element(m, next));
        if (code != 0) /* 653 has no subdivisions, but any number of terms */
            mrrci_mods_in_subfield(m, free ? 'a' : code, mrrci_mods_in_value(m, next));
    }
    put_source(m, subject, part, divided);
    mrrci_mods_in_field_end(m);
}

static void put_headings(mods_reader *m, uint32_t subject) {
    bool begun = false, after_name = false;
    MODS_EACH(m, part, subject) {
        unsigned name = mrrci_mods_in_element(m, part);
        if (!is_heading(name) || mrrci_mods_in_peek(m, part).size == 0)
            continue;
        bool of_name = after_name && name == E_TITLE_INFO;
        if (!begun || (subdivision_code(name) == 0 && !of_name))
            put_heading(m, subject, part, !begun);
        begun = true;
        after_name = name == E_NAME;
    }
}

/* ---- places and maps ---- */

static char place_code(unsigned name) {
    switch (name) {
    case E_CONTINENT:
    case E_COUNTRY:
        return 'a';
    case E_STATE:
    case E_PROVINCE:
    case E_TERRITORY:
        return 'b';
    case E_COUNTY:
        return 'c';
    case E_CITY:
        return 'd';
    case E_CITY_SECTION:
        return 'f';
    case E_REGION:
    case E_ISLAND:
    case E_AREA:
        return 'g';
    case E_EXTRATERRESTRIAL_AREA:
    case E_EXTRATERRESTRIAL_AREA_3_0: /* as it was written before */
        return 'h';
    default:
        return 0;
    }
}

static void put_hierarchy(mods_reader *m, uint32_t subject, uint32_t hierarchy) {
    mrrci_mods_in_field(m, "662", ' ', ' ');
    MODS_EACH(m, place, hierarchy) {
        char code = place_code(mrrci_mods_in_element(m, place));
        if (code != 0)
            mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, place));
    }
    mods_text authority = subject_authority(m, subject, hierarchy);
    if (thesaurus(authority) != '4')
        mrrci_mods_in_subfield(m, '2', authority);
    mrrci_mods_in_attribute_subfield(m, hierarchy, A_VALUE_URI, '0');
    mrrci_mods_in_field_end(m);
}

/* Coordinates as 034 has them, "W0800000, E0200000, N0400000, S0100000": four pieces of
 * eight characters. */
static bool is_coded_place(mods_text text) {
    enum { PIECE = 8, STEP = 10, ALL = 38 };
    if (text.size != ALL)
        return false;
    for (size_t at = 0; at < ALL; at++) {
        uint8_t byte = text.at[at];
        size_t column = at % STEP;
        bool right = column == 0      ? memchr("NSEWnsew+-", byte, 10) != NULL
                     : column < PIECE ? byte >= '0' && byte <= '9'
                                      : byte == (column == PIECE ? ',' : ' ');
        if (!right)
            return false;
    }
    return true;
}

static bool put_coded_place(mods_reader *m, uint32_t map) {
    enum { PIECE = 8, STEP = 10 };
    uint32_t only = map + 1;
    if (mrrci_mods_in_child(m, map, E_COORDINATES) != only ||
        mrrci_mods_in_end(m, only) != mrrci_mods_in_end(m, map) ||
        !is_coded_place(mrrci_mods_in_peek(m, only)))
        return false;
    mods_text text = mrrci_mods_in_value(m, only);
    mrrci_mods_in_field(m, "034", '0', ' ');
    for (size_t i = 0; i < 4; i++)
        mrrci_mods_in_subfield(m, (char)('d' + i), (mods_text){text.at + i * STEP, PIECE});
    mrrci_mods_in_field_end(m);
    return true;
}

static void put_cartographics(mods_reader *m, uint32_t map) {
    if (put_coded_place(m, map))
        return;
    mrrci_mods_in_field(m, "255", ' ', ' ');
    mrrci_mods_in_subfields(m, map, E_SCALE, 'a');
    mrrci_mods_in_subfields(m, map, E_PROJECTION, 'b');
    mrrci_mods_in_subfields(m, map, E_COORDINATES, 'c');
    mrrci_mods_in_field_end(m);
}

/* ---- times ---- */

static bool is_digits(mods_text text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.size > 0;
}

/* The subfield of 045 for a time in code, or 0: $a has codes of four characters, $b one for
 * the era and digits. */
static char time_code(const mods_reader *m, uint32_t time) {
    enum { CODE = 4, HOUR = 10 };
    mods_text text = mrrci_mods_in_peek(m, time);
    if (mrrci_mods_in_element(m, time) != E_TEMPORAL || text.size == 0)
        return 0;
    if (mrrci_mods_in_attribute_is(m, time, A_ENCODING, "marc"))
        return text.size == CODE ? 'a' : 'b';
    bool digits = mrrci_mods_in_attribute_is(m, time, A_ENCODING, "iso8601") &&
                  is_digits(text) && text.size >= CODE && text.size <= HOUR;
    return digits ? 'b' : 0;
}

/* 045, where a subject is nothing but times in code.  Returns whether it is. */
static bool put_times(mods_reader *m, uint32_t subject) {
    char kind = ' ';          /* how many of $b */
    MODS_EACH(m, time, subject) {
        char code = time_code(m, time);
        if (code == 0)
            return false;
        if (code == 'b')
            kind = mrrci_mods_in_has(m, time, A_POINT) ? '2' : kind == ' ' ? '0' : '1';
    }
    mrrci_mods_in_field(m, "045", kind, ' ');
    MODS_EACH(m, time, subject) {
        bool common = mrrci_mods_in_attribute_is(m, time, A_ENCODING, "iso8601");
        mrrci_mods_in_join_begin(m, time_code(m, time));
        if (common)
            mrrci_mods_in_join_word(m, "", "d");
        mrrci_mods_in_join(m, "", mrrci_mods_in_value(m, time));
        mrrci_mods_in_join_end(m);
    }
    m->filled = true;         /* of digits, but no links */
    mrrci_mods_in_field_end(m);
    return true;
}

void mrrci_mods_in_geographic_codes(mods_reader *m) {
    mrrci_mods_in_field(m, "043", ' ', ' ');
    MODS_EACH_NAMED(m, subject, 0, E_SUBJECT)
        MODS_EACH_NAMED(m, place, subject, E_GEOGRAPHIC_CODE) {
            bool other = mrrci_mods_in_has(m, place, A_AUTHORITY) &&
                         !mrrci_mods_in_attribute_is(m, place, A_AUTHORITY, "marcgac");
            bool iso = mrrci_mods_in_attribute_is(m, place, A_AUTHORITY, "iso3166");
            mods_text code = mrrci_mods_in_value(m, place);
            mrrci_mods_in_subfield(m, iso ? 'c' : other ? 'b' : 'a', code);
            if (other && !iso)
                mrrci_mods_in_attribute_subfield(m, place, A_AUTHORITY, '2');
        }
    mrrci_mods_in_field_end(m);
}

void mrrci_mods_in_subject(mods_reader *m, uint32_t node) {
    if (mrrci_mods_in_end(m, node) == node + 1) { /* no parts, only a text */
        mrrci_mods_in_field(m, "653", ' ', ' ');
        mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, node));
        mrrci_mods_in_field_end(m);
        return;
    }
    if (put_times(m, node))
        return;
    put_headings(m, node);
    MODS_EACH(m, part, node) {
        unsigned name = mrrci_mods_in_element(m, part);
        if (name == E_HIERARCHICAL_GEOGRAPHIC)
            put_hierarchy(m, node, part);
        else if (name == E_CARTOGRAPHICS)
            put_cartographics(m, part);
    }
}

/* ---- genre ---- */

void mrrci_mods_in_genre_field(mods_reader *m, uint32_t node) {
    mods_text authority = mrrci_mods_in_attribute(m, node, A_AUTHORITY);
    char list = thesaurus(authority);
    if (mrrci_mods_in_node(m, node)->used)
        return; /* its code stands in 007 or 008 */
    mods_text term = mrrci_mods_in_value(m, node);
    bool composition = mrrci_mods_in_is(authority, "marcmuscomp");
    if (mrrci_mods_in_is(authority, "rdacontent") || mrrci_mods_in_is(authority, "content")) {
        mrrci_mods_in_field(m, "336", ' ', ' ');
        list = '7';
    } else if (composition && term.size == 2) {
        mrrci_mods_in_field(m, "047", ' ', ' ');
        list = ' ';
    } else {
        mrrci_mods_in_field(m, "655", ' ', list);
    }
    mrrci_mods_in_subfield(m, 'a', term);
    if (list == '7')
        mrrci_mods_in_subfield(m, '2', authority);
    mrrci_mods_in_attribute_subfield(m, node, A_VALUE_URI, '0');
    mrrci_mods_in_field_end(m);
}

/* ---- classification ---- */

static const struct {
    const char *authority, *tag;
    char first, second;       /* 'L': 0 for the Library of Congress, 4 for others */
    bool sourced;             /* $2 names the edition */
} schemes[] = {
    {"lcc", "050", ' ', 'L', false},   {"nlm", "060", ' ', '4', false},
    {"nal", "070", ' ', ' ', false},   {"udc", "080", ' ', ' ', true},
    {"ddc", "082", '0', 'L', true},    {"sudocs", "086", '0', ' ', false},
    {"candocs", "086", '1', ' ', false}, {"candoc", "086", '1', ' ', false},
};

void mrrci_mods_in_classification(mods_reader *m, uint32_t node) {
    const char *tag = "084";
    char first = ' ', second = ' ';
    unsigned source = A_AUTHORITY;
    bool sourced = true;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (mrrci_mods_in_attribute_is(m, node, A_AUTHORITY, schemes[i].authority)) {
            tag = schemes[i].tag;
            first = schemes[i].first;
            second = schemes[i].second != 'L' ? schemes[i].second : m->is_lc ? '0' : '4';
            source = A_EDITION;
            sourced = schemes[i].sourced;
        }
    mrrci_mods_in_field(m, tag, first, second);
    mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, node));
    if (sourced)
        mrrci_mods_in_attribute_subfield(m, node, source, '2');
    mrrci_mods_in_field_end(m);
}
