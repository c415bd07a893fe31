/* SPDX-License-Identifier: MIT
 *
 * mods_write_origin.c: originInfo.  One element has the statement of publication and
 * all that is coded; every other statement, of distribution or manufacture, of 260 $e to $g,
 * or in another script, has one of its own.
 */
#include "mods_write.h"

enum { DATE = 4, TYPE_OF_DATE = 6, FIRST_DATE = 7, SECOND_DATE = 11, COUNTRY = 15, FREQUENCY = 18 };

static const unsigned NAMED = MODS_MARKS | MODS_NAME | MODS_BRACKETS;
static const unsigned DATED = MODS_MARKS | MODS_STOP | MODS_BRACKETS;

/* ---- dates ---- */

static bool is_date(mods_slice text) {
    bool any = false;
    for (size_t i = 0; i < text.size; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (!digit && text.data[i] != 'u')
            return false;
        any = any || digit || text.data[i] == 'u';
    }
    return any;
}

static mods_slice coded_date(const mods *m, size_t place) {
    if (m->coded.size < place + DATE)
        return (mods_slice){NULL, 0};
    mods_slice date = {m->coded.data + place, DATE};
    return is_date(date) ? date : (mods_slice){NULL, 0};
}

/* 008/06-14, as the type of date says. */
static void write_coded_dates(mods *m) {
    mods_slice first = coded_date(m, FIRST_DATE), second = coded_date(m, SECOND_DATE);
    switch (mrrci_mods_coded(m, TYPE_OF_DATE)) {
    case 'e': /* the second has month and day */
        mrrci_mods_text_begin(m);
        mrrci_mods_text_add(m, first, "");
        mrrci_mods_text_add(m, second, "");
        mrrci_mods_write(m, "dateIssued encoding=\"marc\"", mrrci_mods_text(m));
        break;
    case 'p':
    case 'r':
    case 's':
        mrrci_mods_write(m, "dateIssued encoding=\"marc\"", first);
        break;
    case 't':
        mrrci_mods_write(m, "dateIssued encoding=\"marc\"", first);
        mrrci_mods_write(m, "copyrightDate encoding=\"marc\"", second);
        break;
    case 'q':
        mrrci_mods_write(m, "dateIssued encoding=\"marc\" point=\"start\" "
                            "qualifier=\"questionable\"", first);
        mrrci_mods_write(m, "dateIssued encoding=\"marc\" point=\"end\" "
                            "qualifier=\"questionable\"", second);
        break;
    case 'c':
    case 'd':
    case 'i':
    case 'k':
    case 'm':
    case 'u':
        mrrci_mods_write(m, "dateIssued encoding=\"marc\" point=\"start\"", first);
        mrrci_mods_write(m, "dateIssued encoding=\"marc\" point=\"end\"", second);
        break;
    default:
        break;
    }
}

/* 033: dates of an event, single ones, or two that are the ends of a range. */
static void write_captured(mods *m, const mods_field *field) {
    static const char *const points[] = {
        "dateCaptured encoding=\"iso8601\"",
        "dateCaptured encoding=\"iso8601\" point=\"start\"",
        "dateCaptured encoding=\"iso8601\" point=\"end\""};
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    size_t point = field->first == '2';
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (!mrrci_mods_among(&subfield, "a"))
            continue;
        mrrci_mods_write(m, points[point], mrrci_mods_value(&subfield));
        point = point == 1 ? 2 : point;
    }
}

/* One element of 046; a point only where there is the other end too. */
static void write_special_date(mods *m, const mods_field *field, const char *name,
                               const char *code, const char *point) {
    mods_slice date = mrrci_mods_first(m, field, code);
    if (date.size == 0)
        return;
    bool extended = mrrci_mods_is(mrrci_mods_first(m, field, "2"), "edtf");
    mods_element element = mrrci_mods_open_element(m, name);
    mrrci_mods_attribute(m, "encoding", mrrci_mods_literal(extended ? "edtf" : "iso8601"));
    if (point != NULL)
        mrrci_mods_attribute(m, "point", mrrci_mods_literal(point));
    mrrci_mods_text_inside(m, &element, date);
    mrrci_mods_close_element(m, &element);
}

static void write_special_dates(mods *m, const mods_field *field) {
    bool created = mrrci_mods_has(field, "l"), valid = mrrci_mods_has(field, "n");
    write_special_date(m, field, "dateModified", "j", NULL);
    write_special_date(m, field, "dateCreated", "k", created ? "start" : NULL);
    write_special_date(m, field, "dateCreated", "l", "end");
    write_special_date(m, field, "dateValid", "m", valid ? "start" : NULL);
    write_special_date(m, field, "dateValid", "n", "end");
}

/* ---- places ---- */

static void write_place(mods *m, mods_slice text) {
    mods_slice whole = mrrci_mods_chop(text, MODS_MARKS | MODS_NAME);
    mods_slice inner = mrrci_mods_chop(text, NAMED);
    if (inner.size == 0)
        return;
    bool supplied = whole.data[0] == '[' && whole.data[whole.size - 1] == ']';
    mrrci_mods_put(m, supplied ? "<place supplied=\"yes\">" : "<place>");
    mrrci_mods_write(m, "placeTerm type=\"text\"", inner);
    mrrci_mods_put(m, "</place>");
}

static void write_place_code(mods *m, const char *start, mods_slice code) {
    code = mrrci_mods_trim(code);
    if (code.size == 0 || memchr(code.data, '|', code.size) != NULL)
        return;
    mrrci_mods_put(m, "<place>");
    mrrci_mods_write(m, start, code);
    mrrci_mods_put(m, "</place>");
}

static const char country[] = "placeTerm type=\"code\" authority=\"marccountry\"";

static void write_country(mods *m) {
    enum { CODE = 3 };
    if (m->coded.size >= COUNTRY + CODE)
        write_place_code(m, country, (mods_slice){m->coded.data + COUNTRY, CODE});
}

/* 044: the first $a is 008's code again. */
static void write_countries(mods *m, const mods_field *field) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice code = mrrci_mods_value(&subfield);
        bool again = code.size > 0 && m->coded.size >= COUNTRY + code.size &&
                     memcmp(m->coded.data + COUNTRY, code.data, code.size) == 0;
        if (mrrci_mods_among(&subfield, "a") && !again)
            write_place_code(m, country, code);
        else if (mrrci_mods_among(&subfield, "c"))
            write_place_code(m, "placeTerm type=\"code\" authority=\"iso3166\"", code);
    }
}

/* ---- statements ---- */

/* What the second indicator of a 264 says it is a statement of. */
typedef struct event {
    const char *start, *date;
} event;

static const event no_event = {"originInfo", "dateIssued"};

static const event *event_of(const mods_field *field) {
    static const event events[] = {
        {"originInfo eventType=\"production\"", "dateCreated"},
        {"originInfo eventType=\"publication\"", "dateIssued"},
        {"originInfo eventType=\"distribution\"", "dateOther type=\"distribution\""},
        {"originInfo eventType=\"manufacture\"", "dateOther type=\"manufacture\""},
        {"originInfo eventType=\"copyright\"", "copyrightDate"}};
    bool known = field != NULL && field->tag == 264 && field->second >= '0' &&
                 field->second <= '4';
    return known ? &events[field->second - '0'] : &no_event;
}

static void write_statement(mods *m, const mods_field *field, const char *date) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    bool apart = mrrci_mods_has(field, "ef");
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice value = mrrci_mods_value(&subfield);
        if (mrrci_mods_among(&subfield, "a"))
            write_place(m, value);
        else if (mrrci_mods_among(&subfield, "b"))
            mrrci_mods_write(m, "publisher", mrrci_mods_chop(value, NAMED));
        else if (mrrci_mods_among(&subfield, "c"))
            mrrci_mods_write(m, date, mrrci_mods_chop(value, DATED));
        else if (mrrci_mods_among(&subfield, "g") && !apart)
            mrrci_mods_write(m, "dateCreated", mrrci_mods_chop(value, DATED));
    }
}

static mods_slice without_parentheses(mods_slice text) {
    if (text.size > 0 && text.data[0] == '(')
        text = (mods_slice){text.data + 1, text.size - 1};
    text = mrrci_mods_chop(text, MODS_MARKS);
    if (text.size > 0 && text.data[text.size - 1] == ')')
        text.size--;
    return text;
}

/* 260 $e to $g: where, by whom and when it was made. */
static void write_manufacture(mods *m, const mods_field *field) {
    if (!mrrci_mods_has(field, "ef"))
        return;
    mods_element element =
        mrrci_mods_open_part(m, "originInfo eventType=\"manufacture\"", field);
    mrrci_mods_inside(m, &element);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice value = without_parentheses(mrrci_mods_value(&subfield));
        if (mrrci_mods_among(&subfield, "e"))
            write_place(m, value);
        else if (mrrci_mods_among(&subfield, "f"))
            mrrci_mods_write(m, "publisher", mrrci_mods_chop(value, NAMED));
        else if (mrrci_mods_among(&subfield, "g"))
            mrrci_mods_write(m, "dateOther type=\"manufacture\"", mrrci_mods_chop(value, DATED));
    }
    mrrci_mods_close_element(m, &element);
}

/* ---- what is not a statement ---- */

/* Multipart and monographic are told apart by leader/19. */
static const char *issuance_of(const uint8_t *leader) {
    enum { LEVEL = 7, PARTS = 19 };
    switch (leader[LEVEL]) {
    case 'a':
    case 'c':
    case 'd':
        return "monographic";
    case 'm':
        return leader[PARTS] == 'a' ? "multipart monograph" : "monographic";
    case 'i':
        return "integrating resource";
    case 'b':
    case 's':
        return "serial";
    default:
        return NULL;
    }
}

static void write_issuance(mods *m) {
    enum { TYPE = 6, LEVEL = 7 };
    const char *issuance = issuance_of(m->leader);
    if (issuance != NULL)
        mrrci_mods_write(m, "issuance", mrrci_mods_literal(issuance));
    if (mrrci_mods_material(m->leader[TYPE], m->leader[LEVEL]) != MODS_SERIAL)
        return;
    const char *term = mrrci_mods_term(mrrci_mods_frequencies, mrrci_mods_coded(m, FREQUENCY));
    if (term != NULL)
        mrrci_mods_write(m, "frequency authority=\"marcfrequency\"", mrrci_mods_literal(term));
}

/* What a field puts into the element that has everything coded. */
static void write_detail(mods *m, const mods_field *field) {
    mods_slice text;
    switch (field->tag) {
    case 33:
        write_captured(m, field);
        break;
    case 44:
        write_countries(m, field);
        break;
    case 46:
        write_special_dates(m, field);
        break;
    case 250:
        text = mrrci_mods_join(m, field, "ab", " ");
        mrrci_mods_write(m, "edition", mrrci_mods_chop(text, MODS_MARKS));
        break;
    case 264:
        if (field->second == '4')
            write_statement(m, field, "copyrightDate");
        break;
    case 310:
    case 321:
        text = mrrci_mods_join(m, field, "ab", " ");
        mrrci_mods_write(m, "frequency", mrrci_mods_chop(text, MODS_MARKS | MODS_STOP));
        break;
    default:
        break;
    }
}

/* ---- the elements ---- */

/* The statement that has everything coded beside it: that of publication, or of the
 * production of what is not published. */
static const mods_field *main_statement(const mods *m) {
    const mods_field *production = NULL;
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field->alternate)
            continue;
        if (field->tag == 260 || (field->tag == 264 && field->second == '1'))
            return field;
        if (field->tag == 264 && field->second == '0' && production == NULL)
            production = field;
    }
    return production;
}

static void write_main(mods *m, const mods_field *statement) {
    const event *event = event_of(statement);
    mods_element element = mrrci_mods_open_part(m, event->start, statement);
    mrrci_mods_inside(m, &element);
    write_country(m);
    if (statement != NULL)
        write_statement(m, statement, event->date);
    write_coded_dates(m);
    for (size_t i = 0; i < m->count; i++)
        if (!m->fields[i].alternate)
            write_detail(m, &m->fields[i]);
    write_issuance(m);
    mrrci_mods_close_element(m, &element);
}

/* 033 $p and 257: places of an event other than publication. */
static void write_event_place(mods *m, const mods_field *field, const char *start,
                              const char *code) {
    mods_element element = mrrci_mods_open_part(m, start, field);
    mrrci_mods_inside(m, &element);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (mrrci_mods_among(&subfield, code))
            write_place(m, mrrci_mods_value(&subfield));
    mrrci_mods_close_element(m, &element);
}

static void write_apart(mods *m, const mods_field *field, bool is_main) {
    const event *event = event_of(field);
    bool statement = field->tag == 260 || field->tag == 264;
    if (statement && !is_main && (event->date[0] != 'c' || field->alternate)) {
        mods_element element = mrrci_mods_open_part(m, event->start, field);
        mrrci_mods_inside(m, &element);
        write_statement(m, field, event->date);
        mrrci_mods_close_element(m, &element);
    } else if (field->alternate && !statement) {
        mods_element element = mrrci_mods_open_part(m, "originInfo", field);
        mrrci_mods_inside(m, &element);
        write_detail(m, field);
        mrrci_mods_close_element(m, &element);
    }
    if (field->tag == 260)
        write_manufacture(m, field);
    else if (field->tag == 33)
        write_event_place(m, field, "originInfo eventType=\"capture\"", "p");
    else if (field->tag == 257)
        write_event_place(m, field, "originInfo eventType=\"production\"", "a");
}

void mrrci_mods_origin(mods *m) {
    const mods_field *statement = main_statement(m);
    write_main(m, statement);
    for (size_t i = 0; i < m->count; i++)
        write_apart(m, &m->fields[i], &m->fields[i] == statement);
}
