/* SPDX-License-Identifier: MIT
 *
 * mods_write_subjects.c: subject from 034, 043, 045, 072, 255, 6XX and 752, and
 * classification.  A heading is one subject, its main part followed by its subdivisions in
 * the record's order.
 */
#include "mods_write.h"

static const unsigned TERM = MODS_MARKS | MODS_STOP;
static const unsigned NAMED = MODS_MARKS | MODS_NAME;

/* ---- headings ---- */

static mods_slice authority_of(mods *m, const mods_field *field) {
    const char *list = mrrci_mods_authority(field->second);
    if (list != NULL)
        return mrrci_mods_literal(list);
    return field->second == '7' ? mrrci_mods_first(m, field, "2") : (mods_slice){NULL, 0};
}

static mods_element open_subject(mods *m, const mods_field *field, mods_slice authority) {
    mods_element element = mrrci_mods_open_part(m, "subject", field);
    mrrci_mods_attribute(m, "authority", authority);
    mrrci_mods_attribute(m, "displayLabel",
                         mrrci_mods_chop(mrrci_mods_first(m, field, "3"), MODS_MARKS));
    mrrci_mods_write_uris(m, field);
    mrrci_mods_inside(m, &element);
    return element;
}

static void write_subdivisions(mods *m, const mods_field *field) {
    static const mods_code kinds[] = {
        {'v', "genre"}, {'x', "topic"}, {'y', "temporal"}, {'z', "geographic"}, {0, NULL}};
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    if (!mods_may_have(field, "vxyz"))
        return;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (subfield.code_size != 1)
            continue;
        const char *kind = mrrci_mods_term(kinds, *subfield.code);
        if (kind != NULL)
            mrrci_mods_write(m, kind, mrrci_mods_chop(mrrci_mods_value(&subfield),
                                                      *subfield.code == 'z' ? NAMED : TERM));
    }
}

/* 600, 610 and 611: a name, and the work of it that the heading may name. */
static void write_name(mods *m, const mods_field *field) {
    mods_element element = open_subject(m, field, authority_of(m, field));
    mods_element name = mrrci_mods_open_element(m, mrrci_mods_name_start(field));
    mrrci_mods_inside(m, &name);
    mrrci_mods_write_name(m, field);
    mrrci_mods_close_element(m, &name);
    mods_element title = mrrci_mods_open_element(m, "titleInfo");
    mrrci_mods_inside(m, &title);
    mrrci_mods_write_work(m, field);
    mrrci_mods_close_element(m, &title);
    write_subdivisions(m, field);
    mrrci_mods_close_element(m, &element);
}

static void write_title(mods *m, const mods_field *field) {
    mods_element element = open_subject(m, field, authority_of(m, field));
    mods_element title = mrrci_mods_open_element(m, "titleInfo");
    mrrci_mods_inside(m, &title);
    mrrci_mods_write_title(m, field, "adfghklmorst");
    mrrci_mods_close_element(m, &title);
    write_subdivisions(m, field);
    mrrci_mods_close_element(m, &element);
}

static void write_term(mods *m, const mods_field *field, const char *kind, const char *codes,
                       unsigned chop, mods_slice authority) {
    mods_element element = open_subject(m, field, authority);
    mods_slice text = mrrci_mods_join(m, field, codes, " ");
    mrrci_mods_write(m, kind, mrrci_mods_chop(text, chop));
    write_subdivisions(m, field);
    mrrci_mods_close_element(m, &element);
}

/* 653: each term is a subject; the second indicator says what it names. */
static void write_uncontrolled(mods *m, const mods_field *field) {
    static const mods_code kinds[] = {
        {'1', "name type=\"personal\""}, {'2', "name type=\"corporate\""},
        {'3', "name type=\"conference\""}, {'4', "temporal"}, {'5', "geographic"},
        {'6', "genre"}, {0, NULL}};
    const char *kind = mrrci_mods_term(kinds, field->second);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (!mrrci_mods_among(&subfield, "a"))
            continue;
        mods_slice term = mrrci_mods_chop(mrrci_mods_value(&subfield), NAMED);
        mods_element element = mrrci_mods_open_part(m, "subject", field);
        mrrci_mods_inside(m, &element);
        if (kind != NULL && kind[0] == 'n') {
            mods_element name = mrrci_mods_open_element(m, kind);
            mrrci_mods_inside(m, &name);
            mrrci_mods_write(m, "namePart", term);
            mrrci_mods_close_element(m, &name);
        } else {
            mrrci_mods_write(m, kind == NULL ? "topic" : kind, term);
        }
        mrrci_mods_close_element(m, &element);
    }
}

/* 662 and 752: places from the large to the small. */
static void write_hierarchy(mods *m, const mods_field *field) {
    static const mods_code levels[] = {
        {'a', "country"}, {'b', "state"}, {'c', "county"}, {'d', "city"}, {'f', "citySection"},
        {'g', "region"}, {'h', "extraTerrestrialArea"}, {0, NULL}};
    mods_element element = open_subject(m, field, mrrci_mods_first(m, field, "2"));
    mods_element place = mrrci_mods_open_element(m, "hierarchicalGeographic");
    mrrci_mods_inside(m, &place);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        const char *level =
            subfield.code_size == 1 ? mrrci_mods_term(levels, *subfield.code) : NULL;
        if (level != NULL)
            mrrci_mods_write(m, level, mrrci_mods_chop(mrrci_mods_value(&subfield), NAMED));
    }
    mrrci_mods_close_element(m, &place);
    mrrci_mods_close_element(m, &element);
}

/* 654: each facet's term is a topic of its own. */
static void write_facets(mods *m, const mods_field *field) {
    mods_element element = open_subject(m, field, mrrci_mods_first(m, field, "2"));
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, "ab"))
            mrrci_mods_write(m, "topic", mrrci_mods_chop(mrrci_mods_value(&subfield), TERM));
    write_subdivisions(m, field);
    mrrci_mods_close_element(m, &element);
}

/* ---- codes ---- */

/* 034 and 255 are subjects of one part, in which the schema wants a fixed order. */
static void write_coordinates(mods *m, const mods_field *field) {
    mrrci_mods_write(m, "coordinates", mrrci_mods_join(m, field, "defg", ", "));
}

static void write_mathematical(mods *m, const mods_field *field) {
    static const char *const parts[][2] = {
        {"scale", "a"}, {"projection", "b"}, {"coordinates", "c"}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        mrrci_mods_write(m, parts[i][0],
                         mrrci_mods_chop(mrrci_mods_first(m, field, parts[i][1]), MODS_MARKS));
}

static void write_cartographics(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "subject", field);
    mrrci_mods_inside(m, &element);
    mods_element data = mrrci_mods_open_element(m, "cartographics");
    mrrci_mods_inside(m, &data);
    if (field->tag == 34)
        write_coordinates(m, field);
    else
        write_mathematical(m, field);
    mrrci_mods_close_element(m, &data);
    mrrci_mods_close_element(m, &element);
}

/* 043: all codes are one subject. */
static void write_areas(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "subject", field);
    mrrci_mods_inside(m, &element);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice code = mrrci_mods_value(&subfield);
        if (mrrci_mods_among(&subfield, "a"))
            mrrci_mods_write(m, "geographicCode authority=\"marcgac\"", code);
        else if (mrrci_mods_among(&subfield, "b"))
            mrrci_mods_write(m, "geographicCode", code);
        else if (mrrci_mods_among(&subfield, "c"))
            mrrci_mods_write(m, "geographicCode authority=\"iso3166\"", code);
    }
    mrrci_mods_close_element(m, &element);
}

/* A time of 045 $b: "d" and digits in the common era. */
static void write_time(mods *m, mods_slice time, const char *point) {
    if (time.size == 0)
        return;
    bool common = time.data[0] == 'd' && time.size > 1;
    mods_element element = mrrci_mods_open_element(m, "temporal");
    mrrci_mods_attribute(m, "encoding", mrrci_mods_literal(common ? "iso8601" : "marc"));
    if (point != NULL)
        mrrci_mods_attribute(m, "point", mrrci_mods_literal(point));
    if (common)
        time = (mods_slice){time.data + 1, time.size - 1};
    mrrci_mods_text_inside(m, &element, time);
    mrrci_mods_close_element(m, &element);
}

static void write_times(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "subject", field);
    mrrci_mods_inside(m, &element);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    const char *point = field->first == '2' ? "start" : NULL;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice time = mrrci_mods_value(&subfield);
        if (mrrci_mods_among(&subfield, "a")) {
            mrrci_mods_write(m, "temporal encoding=\"marc\"", time);
        } else if (mrrci_mods_among(&subfield, "b")) {
            write_time(m, time, point);
            point = point == NULL ? NULL : "end";
        }
    }
    mrrci_mods_close_element(m, &element);
}

/* 072: a subject category's code. */
static void write_category(mods *m, const mods_field *field) {
    mods_slice authority = mrrci_mods_first(m, field, "2");
    if (field->second == '0')
        authority = mrrci_mods_literal("agricola");
    mods_element element = open_subject(m, field, authority);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, "ax"))
            mrrci_mods_write(m, "topic", mrrci_mods_value(&subfield));
    mrrci_mods_close_element(m, &element);
}

/* ---- the subjects ---- */

static void write_subject(mods *m, const mods_field *field) {
    switch (field->tag) {
    case 34:
    case 255:
        write_cartographics(m, field);
        break;
    case 43:
        write_areas(m, field);
        break;
    case 45:
        write_times(m, field);
        break;
    case 72:
        write_category(m, field);
        break;
    case 600:
    case 610:
    case 611:
        write_name(m, field);
        break;
    case 630:
        write_title(m, field);
        break;
    case 647:
        write_term(m, field, "topic", "acdg", TERM, authority_of(m, field));
        break;
    case 648:
        write_term(m, field, "temporal", "a", TERM, authority_of(m, field));
        break;
    case 650:
        write_term(m, field, "topic", "abcdg", TERM, authority_of(m, field));
        break;
    case 651:
        write_term(m, field, "geographic", "abg", NAMED, authority_of(m, field));
        break;
    case 653:
        write_uncontrolled(m, field);
        break;
    case 654:
        write_facets(m, field);
        break;
    case 656:
        write_term(m, field, "occupation", "ak", TERM, mrrci_mods_first(m, field, "2"));
        break;
    case 657:
        write_term(m, field, "topic", "a", TERM, mrrci_mods_first(m, field, "2"));
        break;
    case 662:
    case 752:
        write_hierarchy(m, field);
        break;
    default:
        break;
    }
}

void mrrci_mods_subjects(mods *m) {
    for (size_t i = 0; i < m->count; i++)
        write_subject(m, &m->fields[i]);
}

/* ---- classification ---- */

/* Each $a with the item number behind it. */
static void write_class(mods *m, const mods_field *field, mods_slice authority,
                        mods_slice edition) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    bool more = mrrci_subfield_next(&cursor, &subfield);
    while (more) {
        bool number = mrrci_mods_among(&subfield, "a");
        mrrci_mods_text_begin(m);
        if (number)
            mrrci_mods_text_add(m, mrrci_mods_value(&subfield), " ");
        while ((more = mrrci_subfield_next(&cursor, &subfield)) &&
               !mrrci_mods_among(&subfield, "a"))
            if (number && mrrci_mods_among(&subfield, "b"))
                mrrci_mods_text_add(m, mrrci_mods_value(&subfield), " ");
        mods_element element = mrrci_mods_open_part(m, "classification", field);
        mrrci_mods_attribute_each(m, "authority", &authority);
        mrrci_mods_attribute_each(m, "edition", &edition);
        mrrci_mods_text_inside(m, &element, mrrci_mods_text(m));
        mrrci_mods_close_element(m, &element);
    }
}

static void write_classification(mods *m, const mods_field *field) {
    const mods_slice none = {NULL, 0};
    mods_slice source = none;
    if (field->tag >= 80 && field->tag <= 86)
        source = mrrci_mods_first(m, field, "2");
    switch (field->tag) {
    case 50:
        write_class(m, field, mrrci_mods_literal("lcc"), none);
        break;
    case 60:
        write_class(m, field, mrrci_mods_literal("nlm"), none);
        break;
    case 70:
        write_class(m, field, mrrci_mods_literal("nal"), none);
        break;
    case 80:
        write_class(m, field, mrrci_mods_literal("udc"), source);
        break;
    case 82:
        write_class(m, field, mrrci_mods_literal("ddc"), source);
        break;
    case 84:
        write_class(m, field, source, none);
        break;
    case 86:
        if (field->first == '0')
            source = mrrci_mods_literal("sudocs");
        else if (field->first == '1')
            source = mrrci_mods_literal("candoc");
        write_class(m, field, source, none);
        break;
    default:
        break;
    }
}

void mrrci_mods_classifications(mods *m) {
    for (size_t i = 0; i < m->count; i++)
        write_classification(m, &m->fields[i]);
}
