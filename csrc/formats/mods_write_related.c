/* SPDX-License-Identifier: MIT
 *
 * mods_write_related.c: relatedItem from 440, 490, 510, 534, analytic entries of 7XX, linking
 * entries 760 to 787, 8XX, and 856 of another resource.  One is a small document in
 * itself, made of the same elements.
 */
#include "mods_write.h"

static const unsigned NAMED = MODS_MARKS | MODS_NAME;
static const unsigned TERM = MODS_MARKS | MODS_STOP;

/* ---- pieces ---- */

static mods_element open_related(mods *m, const char *start, mods_slice label) {
    mods_element element = mrrci_mods_open_part(m, start, NULL);
    mrrci_mods_attribute(m, "displayLabel", label);
    mrrci_mods_inside(m, &element);
    m->nested = true;
    return element;
}

static void close_related(mods *m, const mods_element *element) {
    m->nested = false;
    mrrci_mods_close_element(m, element);
}

/* An element of one text inside another. */
static void write_within(mods *m, const char *outer, const char *start, mods_slice text) {
    mods_element element = mrrci_mods_open_element(m, outer);
    mrrci_mods_inside(m, &element);
    mrrci_mods_write(m, start, text);
    mrrci_mods_close_element(m, &element);
}

static mods_slice whole(const char *text) {
    return mrrci_mods_literal(text);
}

/* One identifier for each subfield with that code. */
static void write_numbers(mods *m, const mods_field *field, const char *code, const char *type) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, code))
            mrrci_mods_write_identifier(m, NULL, whole(type), false,
                                        mrrci_mods_chop(mrrci_mods_value(&subfield), TERM));
}

/* ---- series ---- */

/* 440 and 490: each $a begins a series; 490 may have several. */
static void write_series(mods *m, const mods_field *field) {
    mods_field rest = *field;
    while (mrrci_mods_has(&rest, "a")) {
        mods_field series = mrrci_mods_from(&rest, 'a');
        mods_field next = mrrci_mods_behind(&series);
        mods_field following = mrrci_mods_from(&next, 'a');
        series.size -= following.size;
        mods_element element = open_related(m, "relatedItem type=\"series\"",
                                            (mods_slice){NULL, 0});
        mods_element title = mrrci_mods_open_part(m, "titleInfo", field);
        mrrci_mods_inside(m, &title);
        mrrci_mods_write_title(m, &series, "a");
        mrrci_mods_close_element(m, &title);
        write_numbers(m, &series, "x", "issn");
        close_related(m, &element);
        rest = following;
    }
}

/* A heading of a name and a title, or of a title alone: 7XX and 8XX. */
static void write_heading(mods *m, const mods_field *field, const char *start) {
    enum { TITLE = 30, UNCONTROLLED = 40 };
    unsigned kind = field->tag % 100;
    mods_slice label = mrrci_mods_first(m, field, "i");
    if (label.size == 0)
        label = mrrci_mods_first(m, field, "3");
    mods_element element = open_related(m, start, mrrci_mods_chop(label, MODS_MARKS));
    bool named = kind != TITLE && kind != UNCONTROLLED, added = field->tag < 800;
    mods_element title = mrrci_mods_open_part(
        m, kind == TITLE && added ? "titleInfo type=\"uniform\"" : "titleInfo", field);
    if (named && added) /* they are one heading, which a link's name and title are not */
        mrrci_mods_attribute(m, "nameTitleGroup", whole("1"));
    mrrci_mods_write_uris(m, field);
    mrrci_mods_inside(m, &title);
    if (named)
        mrrci_mods_write_work(m, field);
    else
        mrrci_mods_write_title(m, field, "adfghklmorst");
    mrrci_mods_close_element(m, &title);
    if (named) {
        mods_element name = mrrci_mods_open_part(m, mrrci_mods_name_start(field), field);
        if (added)
            mrrci_mods_attribute(m, "nameTitleGroup", whole("1"));
        mrrci_mods_inside(m, &name);
        mrrci_mods_write_name(m, field);
        mrrci_mods_close_element(m, &name);
    }
    write_numbers(m, field, "x", "issn");
    close_related(m, &element);
}

static void write_added(mods *m, const mods_field *field) {
    bool analytic = field->second == '2';
    bool related = field->tag == 740 ? analytic : field->tag == 730 || mrrci_mods_has(field, "t");
    if (related)
        write_heading(m, field, analytic ? "relatedItem type=\"constituent\"" : "relatedItem");
}

/* ---- notes that are about another item ---- */

/* 510: who cites it. */
static void write_citation(mods *m, const mods_field *field) {
    mods_element element = open_related(m, "relatedItem type=\"isReferencedBy\"",
                                        mrrci_mods_chop(mrrci_mods_first(m, field, "3"), TERM));
    mods_element title = mrrci_mods_open_part(m, "titleInfo", field);
    mrrci_mods_inside(m, &title);
    mrrci_mods_write(m, "title", mrrci_mods_chop(mrrci_mods_first(m, field, "a"), TERM));
    mrrci_mods_close_element(m, &title);
    mrrci_mods_write(m, "note", mrrci_mods_chop(mrrci_mods_first(m, field, "b"), TERM));
    mods_slice place = mrrci_mods_chop(mrrci_mods_join(m, field, "c", ", "), TERM);
    write_within(m, "part", "text", place);
    write_numbers(m, field, "x", "issn");
    write_within(m, "location", "url", mrrci_mods_first(m, field, "u"));
    close_related(m, &element);
}

/* 534: the original of a reproduction. */
static void write_original(mods *m, const mods_field *field) {
    mods_element element = open_related(m, "relatedItem type=\"original\"",
                                        mrrci_mods_chop(mrrci_mods_first(m, field, "p"), TERM));
    mods_slice text = mrrci_mods_join(m, field, "t", " ");
    write_within(m, "titleInfo", "title", mrrci_mods_chop(text, TERM));
    text = mrrci_mods_chop(mrrci_mods_first(m, field, "k"), TERM);
    write_within(m, "titleInfo type=\"alternative\"", "title", text);
    write_within(m, "name", "namePart", mrrci_mods_chop(mrrci_mods_first(m, field, "a"), NAMED));
    mods_element origin = mrrci_mods_open_element(m, "originInfo");
    mrrci_mods_inside(m, &origin);
    mrrci_mods_write(m, "publisher", mrrci_mods_chop(mrrci_mods_first(m, field, "c"), NAMED));
    mrrci_mods_write(m, "edition", mrrci_mods_chop(mrrci_mods_first(m, field, "b"), MODS_MARKS));
    mrrci_mods_close_element(m, &origin);
    text = mrrci_mods_chop(mrrci_mods_join(m, field, "e", " "), MODS_MARKS);
    write_within(m, "physicalDescription", "extent", text);
    mrrci_mods_write(m, "note", mrrci_mods_join(m, field, "mno", " "));
    text = mrrci_mods_chop(mrrci_mods_join(m, field, "f", " "), TERM);
    if (text.size > 0) {
        mrrci_mods_put(m, "<relatedItem type=\"series\">");
        write_within(m, "titleInfo", "title", text);
        mrrci_mods_put(m, "</relatedItem>");
    }
    write_numbers(m, field, "x", "issn");
    write_numbers(m, field, "z", "isbn");
    text = mrrci_mods_chop(mrrci_mods_join(m, field, "l", " "), TERM);
    write_within(m, "location", "physicalLocation", text);
    close_related(m, &element);
}

/* ---- linking entries ---- */

static const char *linking_start(uint16_t tag) {
    switch (tag) {
    case 760:
    case 762:
        return "relatedItem type=\"series\"";
    case 765:
    case 767:
    case 775:
        return "relatedItem type=\"otherVersion\"";
    case 770:
    case 774:
        return "relatedItem type=\"constituent\"";
    case 772:
    case 773:
        return "relatedItem type=\"host\"";
    case 776:
        return "relatedItem type=\"otherFormat\"";
    case 780:
        return "relatedItem type=\"preceding\"";
    case 785:
        return "relatedItem type=\"succeeding\"";
    case 786:
        return "relatedItem type=\"original\"";
    case 777:
    case 787:
        return "relatedItem";
    default:
        return NULL;
    }
}

/* A stretch of 773 $q up to one of the marks that divide it. */
static mods_slice cut(mods_slice *text, const char *marks) {
    mods_slice piece = {text->data, 0};
    while (piece.size < text->size && (text->data[piece.size] == 0 ||
                                       strchr(marks, text->data[piece.size]) == NULL))
        piece.size++;
    text->data += piece.size;
    text->size -= piece.size;
    return piece;
}

static void skip(mods_slice *text) {
    text->data++;
    text->size--;
}

/* Levels of enumeration, "35:2", and the first page behind "<". */
static void write_enumeration(mods *m, mods_slice text) {
    enum { LEVELS = 9 };
    char start[] = "detail level=\"1\"";
    const size_t digit = sizeof start - 3;
    for (; text.size > 0 && *text.data != '<'; start[digit]++) {
        bool last = start[digit] == '0' + LEVELS;
        mods_slice number = cut(&text, last ? "<" : ":<");
        write_within(m, start, "number", mrrci_mods_trim(number));
        if (text.size > 0 && *text.data == ':')
            skip(&text);
        if (last)
            break;
    }
    if (text.size == 0)
        return;
    skip(&text);
    mods_slice first = cut(&text, "-");
    mods_element pages = mrrci_mods_open_element(m, "extent unit=\"page\"");
    mrrci_mods_inside(m, &pages);
    mrrci_mods_write(m, "start", mrrci_mods_trim(first));
    if (text.size > 0)
        skip(&text);
    mrrci_mods_write(m, "end", mrrci_mods_trim(text));
    mrrci_mods_close_element(m, &pages);
}

static void write_part(mods *m, const mods_field *field) {
    mods_element part = mrrci_mods_open_element(m, "part");
    mrrci_mods_inside(m, &part);
    write_enumeration(m, mrrci_mods_first(m, field, "q"));
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, "g"))
            mrrci_mods_write(m, "text", mrrci_mods_value(&subfield));
    mrrci_mods_close_element(m, &part);
}

static void write_linked_titles(mods *m, const mods_field *field) {
    static const char *const kinds[][2] = {{"titleInfo", "t"},
                                           {"titleInfo type=\"uniform\"", "s"},
                                           {"titleInfo type=\"abbreviated\"", "p"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        mods_slice text = mrrci_mods_chop(mrrci_mods_first(m, field, kinds[i][1]), TERM);
        mods_element title = mrrci_mods_open_part(m, kinds[i][0], field);
        mrrci_mods_inside(m, &title);
        mrrci_mods_write(m, "title", text);
        mrrci_mods_close_element(m, &title);
    }
}

static void write_linked_numbers(mods *m, const mods_field *field) {
    static const char *const types[][2] = {{"x", "issn"}, {"z", "isbn"}, {"r", "report number"},
                                           {"u", "strn"}, {"y", "coden"}, {"w", "local"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        write_numbers(m, field, types[i][0], types[i][1]);
    write_numbers(m, field, "o", "");
}

static void write_linking(mods *m, const mods_field *field, const char *start) {
    mods_slice label = mrrci_mods_first(m, field, "i"), text;
    if (label.size == 0)
        label = mrrci_mods_first(m, field, "3");
    mods_element element = open_related(m, start, mrrci_mods_chop(label, MODS_MARKS));
    write_linked_titles(m, field);
    text = mrrci_mods_chop(mrrci_mods_first(m, field, "a"), NAMED);
    write_within(m, "name", "namePart", text);
    mods_element origin = mrrci_mods_open_element(m, "originInfo");
    mrrci_mods_inside(m, &origin);
    mrrci_mods_write(m, "publisher", mrrci_mods_chop(mrrci_mods_first(m, field, "d"), NAMED));
    mrrci_mods_write(m, "edition", mrrci_mods_chop(mrrci_mods_first(m, field, "b"), MODS_MARKS));
    mrrci_mods_close_element(m, &origin);
    text = mrrci_mods_first(m, field, "e");
    if (text.size > 0)
        mrrci_mods_write_language(m, NULL, NULL, mrrci_mods_literal("iso639-2b"), text);
    text = mrrci_mods_chop(mrrci_mods_join(m, field, "h", " "), MODS_MARKS);
    write_within(m, "physicalDescription", "extent", text);
    mrrci_mods_write(m, "note", mrrci_mods_join(m, field, "cmn", " "));
    mods_slice series = mrrci_mods_chop(mrrci_mods_join(m, field, "k", " "), TERM);
    if (series.size > 0) {
        mrrci_mods_put(m, "<relatedItem type=\"series\">");
        write_within(m, "titleInfo", "title", series);
        mrrci_mods_put(m, "</relatedItem>");
    }
    write_linked_numbers(m, field);
    write_part(m, field);
    close_related(m, &element);
}

/* ---- the items ---- */

/* 490 that is not traced, or whose tracing the record does not have. */
static bool is_only_series(const mods *m, const mods_field *field) {
    return field->first != '1' || !m->has_series;
}

static void write_item(mods *m, const mods_field *field) {
    const char *linking = linking_start(field->tag);
    if (linking != NULL) {
        write_linking(m, field, linking);
        return;
    }
    switch (field->tag) {
    case 440:
        write_series(m, field);
        break;
    case 490:
        if (is_only_series(m, field))
            write_series(m, field);
        break;
    case 510:
        write_citation(m, field);
        break;
    case 534:
        write_original(m, field);
        break;
    case 700:
    case 710:
    case 711:
    case 730:
    case 740:
        write_added(m, field);
        break;
    case 800:
    case 810:
    case 811:
    case 830:
        write_heading(m, field, "relatedItem type=\"series\"");
        break;
    default:
        break;
    }
}

void mrrci_mods_related(mods *m) {
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field->tag == 856 && field->second == '2') {
            mods_element element = open_related(m, "relatedItem", (mods_slice){NULL, 0});
            mrrci_mods_write_address(m, field, false);
            close_related(m, &element);
        } else {
            write_item(m, field);
        }
    }
}
