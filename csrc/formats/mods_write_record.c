/* SPDX-License-Identifier: MIT
 *
 * mods_write_record.c: identifier, location and recordInfo.
 */
#include "mods_write.h"

/* ---- identifier ---- */

static void write_qualified(mods *m, const mods_field *field, mods_slice type, bool invalid,
                            mods_slice *label, mods_slice text) {
    enum { TYPE_NAME = 256 };
    if (text.size == 0)
        return;
    if (type.size > TYPE_NAME) /* no kind of identifier has such a name */
        type.size = 0;
    mods_element element = mrrci_mods_open_part(m, "identifier", field);
    mrrci_mods_attribute(m, "type", type);
    if (label != NULL)
        mrrci_mods_attribute_each(m, "displayLabel", label);
    if (invalid)
        mrrci_mods_put(m, " invalid=\"yes\"");
    mrrci_mods_text_inside(m, &element, text);
    mrrci_mods_close_element(m, &element);
}

void mrrci_mods_write_identifier(mods *m, const mods_field *field, mods_slice type, bool invalid,
                                 mods_slice text) {
    write_qualified(m, field, type, invalid, NULL, text);
}

typedef struct number {
    uint16_t tag;
    char first;               /* indicator, or 0 for any */
    const char *type;         /* empty: none; NULL: what $2 says */
    const char *valid, *invalid;
} number;

static const number numbers[] = {
    {10, 0, "lccn", "a", "z"},
    {20, 0, "isbn", "a", "z"},
    {22, 0, "issn", "a", "yz"},
    {22, 0, "issn-l", "l", "m"},
    {24, '0', "isrc", "a", "z"},
    {24, '1', "upc", "a", "z"},
    {24, '2', "ismn", "a", "z"},
    {24, '3', "ean", "a", "z"},
    {24, '4', "sici", "a", "z"},
    {24, '7', NULL, "a", "z"},
    {24, '8', "", "a", "z"},
    {24, ' ', "", "a", "z"},
    {27, 0, "strn", "a", "z"},
    {30, 0, "coden", "a", "z"},
    {37, 0, "stock number", "a", ""},
    {88, 0, "report number", "a", "z"},
};

/* What is said of a number, without the round brackets that may be around it. */
static mods_slice without_brackets(mods_slice text) {
    text = mrrci_mods_chop(text, MODS_MARKS);
    if (text.size > 1 && text.data[0] == '(' && text.data[text.size - 1] == ')')
        text = (mods_slice){text.data + 1, text.size - 2};
    return mrrci_mods_trim(text);
}

/* An ISBN, and apart from it the words that may stand behind it. */
static mods_slice cut_qualifier(mods_slice text, mods_slice *qualifier) {
    const uint8_t *end = text.size == 0 ? NULL : memchr(text.data, ' ', text.size);
    if (end != NULL) {
        size_t size = (size_t)(end - text.data);
        *qualifier = without_brackets((mods_slice){end, text.size - size});
        text.size = size;
    }
    return mrrci_mods_chop(text, MODS_MARKS);
}

static void write_numbers(mods *m, const mods_field *field, const number *row) {
    mods_slice type = row->type == NULL ? mrrci_mods_first(m, field, "2")
                                        : mrrci_mods_literal(row->type);
    mods_slice label = without_brackets(mrrci_mods_first(m, field, "q"));
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        bool invalid = mrrci_mods_among(&subfield, row->invalid);
        if (!invalid && !mrrci_mods_among(&subfield, row->valid))
            continue;
        mods_slice text = mrrci_mods_value(&subfield), own = {NULL, 0};
        if (field->tag == 20)
            text = cut_qualifier(text, &own);
        write_qualified(m, field, type, invalid, own.size > 0 ? &own : &label, text);
    }
}

/* 028: the number with its source. */
static void write_publisher_number(mods *m, const mods_field *field) {
    static const mods_code types[] = {
        {'0', "issue number"}, {'1', "matrix number"}, {'2', "music plate"},
        {'3', "music publisher"}, {'4', "videorecording identifier"},
        {'5', "publisher number"}, {'6', "distributor number"}, {0, NULL}};
    const char *type = mrrci_mods_term(types, field->first);
    mods_slice text = mrrci_mods_join(m, field, "ab", " ");
    mrrci_mods_write_identifier(m, field, mrrci_mods_literal(type == NULL ? "" : type), false,
                                text);
}

/* 035: the number in OCLC's catalogue; those of other systems stand in recordInfo. */
static void write_system_numbers(mods *m, const mods_field *field) {
    static const char source[] = "(OCoLC)";
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice text = mrrci_mods_value(&subfield);
        if (!mrrci_mods_among(&subfield, "az") || !mrrci_mods_begins(text, source))
            continue;
        text = (mods_slice){text.data + sizeof source - 1, text.size - sizeof source + 1};
        mrrci_mods_write_identifier(m, field, mrrci_mods_literal("oclc"),
                                    mrrci_mods_among(&subfield, "z"), mrrci_mods_trim(text));
    }
}

void mrrci_mods_identifiers(mods *m) {
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field->tag < 10 || field->tag > 88)
            continue;
        if (field->tag == 28)
            write_publisher_number(m, field);
        else if (field->tag == 35)
            write_system_numbers(m, field);
        for (size_t j = 0; j < sizeof numbers / sizeof numbers[0]; j++)
            if (numbers[j].tag == field->tag &&
                (numbers[j].first == 0 || numbers[j].first == (char)field->first))
                write_numbers(m, field, &numbers[j]);
    }
}

/* ---- location ---- */

/* Its label is the text of the link, or the materials it leads to. */
void mrrci_mods_write_address(mods *m, const mods_field *field, bool primary) {
    mods_slice label = mrrci_mods_first(m, field, "y");
    if (label.size == 0)
        label = mrrci_mods_first(m, field, "3");
    label = mrrci_mods_chop(label, MODS_MARKS);
    mods_slice note = mrrci_mods_join(m, field, "z", " ");
    mods_element element = mrrci_mods_open_part(m, "location", field);
    mrrci_mods_inside(m, &element);
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (!mrrci_mods_among(&subfield, "u"))
            continue;
        mods_element url = mrrci_mods_open_element(m, "url");
        mrrci_mods_attribute_each(m, "displayLabel", &label);
        mrrci_mods_attribute_each(m, "note", &note);
        if (primary)
            mrrci_mods_put(m, " usage=\"primary\"");
        primary = false;
        mrrci_mods_text_inside(m, &url, mrrci_mods_value(&subfield));
        mrrci_mods_close_element(m, &url);
    }
    mrrci_mods_close_element(m, &element);
}

static void write_shelf(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "location", field);
    mrrci_mods_inside(m, &element);
    mods_element place = mrrci_mods_open_element(m, "physicalLocation");
    mrrci_mods_attribute(m, "displayLabel",
                         mrrci_mods_chop(mrrci_mods_first(m, field, "3"), MODS_MARKS));
    mrrci_mods_write_link(m, field);
    mrrci_mods_text_inside(m, &place, mrrci_mods_join(m, field, "abce", " "));
    mrrci_mods_close_element(m, &place);
    mrrci_mods_write(m, "shelfLocator", mrrci_mods_join(m, field, "hijklmt", " "));
    mrrci_mods_close_element(m, &element);
}

/* There is one primary address: the first that is the resource itself. */
void mrrci_mods_locations(mods *m) {
    bool primary = true;
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field->tag == 852) {
            write_shelf(m, field);
        } else if (field->tag == 856 && field->second != '2') {
            bool itself = primary && field->second == '0' && mrrci_mods_has(field, "u");
            mrrci_mods_write_address(m, field, itself);
            primary = primary && !itself;
        }
    }
}

/* ---- recordInfo ---- */

static void write_description(mods *m) {
    enum { FORM = 18 };
    bool any = false;
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        if (field->tag != 40 || field->alternate)
            continue;
        mrrci_cursor cursor = mrrci_mods_walk(m, field);
        mrrci_subfield subfield;
        while (mrrci_subfield_next(&cursor, &subfield))
            if (mrrci_mods_among(&subfield, "e") && mrrci_mods_value(&subfield).size > 0) {
                mrrci_mods_write(m, "descriptionStandard", mrrci_mods_value(&subfield));
                any = true;
            }
    }
    uint8_t form = m->leader[FORM];
    if (!any && form == 'a')
        mrrci_mods_put(m, "<descriptionStandard>aacr</descriptionStandard>");
    else if (!any && (form == 'c' || form == 'i'))
        mrrci_mods_put(m, "<descriptionStandard>isbd</descriptionStandard>");
}

/* 008/00-05, year, month and day. */
static void write_creation(mods *m) {
    enum { DATE = 6 };
    if (m->coded.size < DATE)
        return;
    for (size_t i = 0; i < DATE; i++)
        if (m->coded.data[i] < '0' || m->coded.data[i] > '9')
            return;
    mrrci_mods_write(m, "recordCreationDate encoding=\"marc\"",
                     (mods_slice){m->coded.data, DATE});
}

static mods_slice control(mods *m, uint16_t tag) {
    for (size_t i = 0; i < m->count; i++)
        if (m->fields[i].tag == tag) {
            m->tag = m->fields[i].name;
            return mrrci_mods_trim((mods_slice){m->fields[i].data, m->fields[i].size});
        }
    return (mods_slice){NULL, 0};
}

/* 035 $a in the form "(source)number", but OCLC's: the record's number in other systems.  The
 * first recordIdentifier is its own, so that without one of these there are none. */
static void write_other_identities(mods *m, const mods_field *field) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice value = mrrci_mods_value(&subfield);
        const uint8_t *end = value.size < 2 ? NULL : memchr(value.data, ')', value.size);
        if (!mrrci_mods_among(&subfield, "a") || end == NULL || value.data[0] != '(' ||
            mrrci_mods_begins(value, "(OCoLC)"))
            continue;
        mods_slice source = {value.data + 1, (size_t)(end - value.data) - 1};
        mods_slice number = {end + 1, value.size - source.size - 2};
        if (mrrci_mods_trim(number).size == 0)
            continue;
        mods_element element = mrrci_mods_open_element(m, "recordIdentifier");
        mrrci_mods_attribute(m, "source", source);
        mrrci_mods_text_inside(m, &element, mrrci_mods_trim(number));
        mrrci_mods_close_element(m, &element);
    }
}

static void write_identity(mods *m) {
    mods_slice number = control(m, 1);
    if (number.size == 0)
        return;
    mods_element element = mrrci_mods_open_element(m, "recordIdentifier");
    mrrci_mods_attribute(m, "source", control(m, 3));
    mrrci_mods_text_inside(m, &element, number);
    mrrci_mods_close_element(m, &element);
    for (size_t i = 0; i < m->count; i++)
        if (m->fields[i].tag == 35 && !m->fields[i].alternate)
            write_other_identities(m, &m->fields[i]);
}

/* 040 $a, and its language. */
static void write_sources(mods *m, const char *code) {
    for (size_t i = 0; i < m->count; i++) {
        const mods_field *field = &m->fields[i];
        mods_slice value = {NULL, 0};
        if (field->tag == 40 && !field->alternate)
            value = mrrci_mods_first(m, field, code);
        if (value.size == 0)
            continue;
        if (*code == 'a') {
            mrrci_mods_write(m, "recordContentSource authority=\"marcorg\"", value);
            continue;
        }
        mrrci_mods_put(m, "<languageOfCataloging>");
        mrrci_mods_write(m, "languageTerm type=\"code\" authority=\"iso639-2b\"", value);
        mrrci_mods_put(m, "</languageOfCataloging>");
    }
}

void mrrci_mods_record(mods *m) {
    mods_element element = mrrci_mods_open_part(m, "recordInfo", NULL);
    mrrci_mods_inside(m, &element);
    write_description(m);
    write_sources(m, "a");
    write_creation(m);
    mrrci_mods_write(m, "recordChangeDate encoding=\"iso8601\"", control(m, 5));
    write_identity(m);
    write_sources(m, "b");
    mrrci_mods_close_element(m, &element);
}
