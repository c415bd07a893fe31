/* SPDX-License-Identifier: MIT
 *
 * dublin_core.c: records as unqualified Dublin Core: as a list, as RDF, as OAI's oai_dc.  The
 * tables follow the Library of Congress's crosswalk "MARC to Dublin Core" and, where that
 * leaves the choice of subfields open, the Library's stylesheet for OAI.  All names are
 * contributors, as the crosswalk has it.  Most of a record has no place in fifteen
 * elements, so nothing is read back.
 */
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "packed.h"
#include "xml.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define SUBDIVISIONS "vxyz"

enum { AT_HAND = 64, LOOKED_BACK = 32, CODE = 3 };

/* What a rule makes of a field. */
enum make {
    JOINED,                   /* one value, with blanks between the subfields */
    EACH,                     /* a value a subfield */
    HEADING,                  /* one value, subdivisions after "--" */
    LEVELS,                   /* one value, "--" between all */
    NAME,                     /* one value, of what stands before a title */
    CLASS,                    /* a value a $a, with what follows it */
    PUBLISHER,                /* a value a subfield, where the field is about publication */
    ISBN,
    ISSN,
    LANGUAGES,                /* a value a language code */
    CODED_DATE,               /* 008/07-10 */
    CODED_LANGUAGE            /* 008/35-37 */
};

typedef struct rule {
    uint16_t from, to;        /* tags */
    enum make make;
    bool strip;               /* leave ISBD's punctuation at the end out */
    const char *codes;
} rule;

/* ---- the crosswalk ---- */

static const rule titles[] = {{245, 245, JOINED, true, "abfghknps"},
                              {246, 246, JOINED, true, "abfghnp"}};

static const rule subjects[] = {{50, 50, CLASS, false, "ab"},
                                {60, 60, CLASS, false, "ab"},
                                {80, 80, CLASS, false, "abx"},
                                {82, 82, CLASS, false, "ab"},
                                {600, 600, HEADING, true, "abcdfghjklmnopqrst" SUBDIVISIONS},
                                {610, 610, HEADING, true, "abcdfghklmnoprst" SUBDIVISIONS},
                                {611, 611, HEADING, true, "acdefghklnpqst" SUBDIVISIONS},
                                {630, 630, HEADING, true, "adfghklmnoprst" SUBDIVISIONS},
                                {650, 650, HEADING, true, "abcdg" SUBDIVISIONS},
                                {653, 653, EACH, true, "a"}};

static const rule descriptions[] = {{500, 505, JOINED, false, LETTERS},
                                    {507, 529, JOINED, false, LETTERS},
                                    {531, 539, JOINED, false, LETTERS},
                                    {541, 545, JOINED, false, LETTERS},
                                    {547, 599, JOINED, false, LETTERS}};

static const rule publishers[] = {{260, 260, EACH, true, "b"}, {264, 264, PUBLISHER, true, "b"}};

static const rule contributors[] = {{100, 100, NAME, true, "abcdjq"},
                                    {110, 110, NAME, true, "abcdgn"},
                                    {111, 111, NAME, true, "acdegnq"},
                                    {700, 700, NAME, true, "abcdjq"},
                                    {710, 710, NAME, true, "abcdgn"},
                                    {711, 711, NAME, true, "acdegnq"},
                                    {720, 720, EACH, true, "a"}};

static const rule dates[] = {{8, 8, CODED_DATE, false, ""},
                             {260, 260, EACH, true, "cg"},
                             {264, 264, EACH, true, "c"}};

static const rule types[] = {{655, 655, HEADING, true, "abc" SUBDIVISIONS}};

static const rule forms[] = {{340, 340, JOINED, false, LETTERS}, {856, 856, EACH, false, "q"}};

static const rule identifiers[] = {{20, 20, ISBN, false, "a"},
                                   {22, 22, ISSN, false, "a"},
                                   {24, 24, EACH, false, "a"},
                                   {856, 856, EACH, false, "u"}};

static const rule sources[] = {{534, 534, JOINED, true, "t"}, {786, 786, JOINED, true, "ot"}};

static const rule languages[] = {{8, 8, CODED_LANGUAGE, false, ""},
                                 {41, 41, LANGUAGES, false, "abdefghj"},
                                 {546, 546, JOINED, false, LETTERS}};

static const rule relations[] = {{530, 530, JOINED, false, "abcdu"},
                                 {760, 787, JOINED, true, "ot"}};

static const rule coverages[] = {{651, 651, HEADING, true, "ag" SUBDIVISIONS},
                                 {662, 662, LEVELS, true, "abcdefgh"},
                                 {751, 751, EACH, true, "a"},
                                 {752, 752, LEVELS, true, "abcdefgh"}};

static const rule terms[] = {{506, 506, JOINED, false, LETTERS},
                             {540, 540, JOINED, false, LETTERS}};

#define ELEMENT(name) name, "<dc:" name ">", "</dc:" name ">\n"
#define RULES(rules) (rules), sizeof(rules) / sizeof(rules)[0]

typedef struct element {
    const char *name, *begin, *end;
    const rule *rules;
    size_t count;
} element;

static const element elements[] = {
    {ELEMENT("title"), RULES(titles)},
    {ELEMENT("creator"), NULL, 0},
    {ELEMENT("subject"), RULES(subjects)},
    {ELEMENT("description"), RULES(descriptions)},
    {ELEMENT("publisher"), RULES(publishers)},
    {ELEMENT("contributor"), RULES(contributors)},
    {ELEMENT("date"), RULES(dates)},
    {ELEMENT("type"), RULES(types)},
    {ELEMENT("format"), RULES(forms)},
    {ELEMENT("identifier"), RULES(identifiers)},
    {ELEMENT("source"), RULES(sources)},
    {ELEMENT("language"), RULES(languages)},
    {ELEMENT("relation"), RULES(relations)},
    {ELEMENT("coverage"), RULES(coverages)},
    {ELEMENT("rights"), RULES(terms)},
};

enum { ELEMENTS = sizeof elements / sizeof elements[0] };

/* ---- values ---- */

/* Where values go, and those of the element at hand. */
typedef struct writer {
    mrrc_buffer *out;
    const mrrci_how *how;     /* of XML, or NULL for a list */
    const char *indent;
    const element *element;
    const uint8_t *tag;       /* of the field that a value comes from, or NULL */
    mrrc_buffer values;       /* of this element, as they are before XML's escapes */
    struct {
        size_t at, size;
    } seen[LOOKED_BACK];
    size_t count;
    bool noted;
} writer;

static int put(writer *writer, const char *text) {
    return mrrci_buffer_append(writer->out, text, strlen(text));
}

static int put_xml(writer *writer, const uint8_t *text, size_t size) {
    MRRCI_TRY(put(writer, writer->indent));
    MRRCI_TRY(put(writer, writer->element->begin));
    int status = mrrci_xml_put_text(writer->out, text, size, writer->how, writer->tag);
    MRRCI_TRY(status);
    writer->noted |= status == MRRC_NOTED;
    return put(writer, writer->element->end);
}

static int put_pair(writer *writer, const uint8_t *text, size_t size) {
    MRRCI_TRY(put(writer, writer->element->name));
    MRRCI_TRY(put(writer, "\x1f"));
    MRRCI_TRY(mrrci_buffer_append(writer->out, text, size));
    return put(writer, "\x1e");
}

/* Whether the element has this value already, among the last of them: a code in 008 often
 * stands in 041 too. */
static bool is_known(const writer *writer, const uint8_t *text, size_t size) {
    size_t last = writer->count < LOOKED_BACK ? writer->count : LOOKED_BACK;
    for (size_t i = 0; i < last; i++)
        if (writer->seen[i].size == size &&
            memcmp(writer->values.data + writer->seen[i].at, text, size) == 0)
            return true;
    return false;
}

static int append(writer *writer, const void *text, size_t size) {
    return mrrci_buffer_append(&writer->values, text, size);
}

/* Ends the value that was appended from a place on; of blanks alone it is none. */
static int end_value(writer *writer, size_t from) {
    mrrc_buffer *values = &writer->values;
    size_t end = values->size, at = from;
    while (end > at && values->data[end - 1] == ' ')
        end--;
    while (at < end && values->data[at] == ' ')
        at++;
    if (at == end || is_known(writer, values->data + at, end - at)) {
        values->size = from;
        return MRRC_OK;
    }
    values->size = end;
    writer->seen[writer->count % LOOKED_BACK].at = at;
    writer->seen[writer->count++ % LOOKED_BACK].size = end - at;
    return writer->how != NULL ? put_xml(writer, values->data + at, end - at)
                               : put_pair(writer, values->data + at, end - at);
}

static int put_value(writer *writer, const void *text, size_t size) {
    size_t from = writer->values.size;
    MRRCI_TRY(append(writer, text, size));
    return end_value(writer, from);
}

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte) {
    return (uint8_t)((byte | 0x20) - 'a') < 26;
}

/* Whether a full stop that ends this text is not a part of a word: behind three letters
 * or digits, or a mark that closes something, it is punctuation; "Jr." and "U.S." keep it. */
static bool is_stop(const uint8_t *text, size_t size) {
    size_t word = 0, at = size - 1;
    if (at > 0 && memchr(")]\"'?!->", text[at - 1], 8) != NULL)
        return true;
    for (; at > 0 && word < 3; at--)
        if (is_letter(text[at - 1]) || is_digit(text[at - 1]) || text[at - 1] >= 0xC0)
            word++;
        else if (text[at - 1] < 0x80)
            break;
    return word == 3;
}

/* Leaves out the punctuation that ISBD puts before the next element or at the end. */
static void strip_end(mrrc_buffer *values, size_t from) {
    while (values->size > from) {
        const uint8_t *text = values->data + from;
        size_t size = values->size - from;
        uint8_t last = text[size - 1];
        bool apart = size == 1 || text[size - 2] == ' ';
        bool leave = last == ' ' || last == ',' || last == ';' || last == ':' ||
                     (apart && (last == '/' || last == '=' || last == '+' || last == '.')) ||
                     (last == '.' && is_stop(text, size));
        if (!leave)
            break;
        values->size--;
    }
}

/* ---- fields ---- */

static bool takes(const rule *rule, const mrrci_subfield *subfield) {
    return subfield->code_size == 1 && strchr(rule->codes, *subfield->code) != NULL &&
           *subfield->code != 0;
}

static int end_ruled(writer *writer, const rule *rule, size_t from) {
    if (rule->strip)
        strip_end(&writer->values, from);
    return end_value(writer, from);
}

static const char *between(const rule *rule, uint8_t code) {
    if (rule->make == LEVELS)
        return "--";
    return rule->make == HEADING && strchr(SUBDIVISIONS, code) != NULL ? "--" : " ";
}

static int put_joined(writer *writer, const rule *rule, mrrci_cursor cursor) {
    mrrci_subfield subfield;
    size_t from = writer->values.size;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (rule->make == NAME && subfield.code_size == 1 && *subfield.code == 't')
            break;
        if (!takes(rule, &subfield) || subfield.size == 0)
            continue;
        if (rule->make == CLASS && *subfield.code == 'a' && writer->values.size > from) {
            MRRCI_TRY(end_ruled(writer, rule, from));
            from = writer->values.size;
        }
        if (writer->values.size > from) {
            const char *text = between(rule, *subfield.code);
            MRRCI_TRY(append(writer, text, strlen(text)));
        }
        MRRCI_TRY(append(writer, subfield.value, subfield.size));
    }
    return end_ruled(writer, rule, from);
}

static int put_one(writer *writer, const rule *rule, const mrrci_subfield *subfield) {
    size_t from = writer->values.size;
    MRRCI_TRY(append(writer, subfield->value, subfield->size));
    return end_ruled(writer, rule, from);
}

/* An ISBN or ISSN as a URN, without hyphens and what is said behind it.  Where the digits are
 * not as many as they should be, the value is taken as it is. */
static int put_number(writer *writer, const rule *rule, const mrrci_subfield *subfield) {
    enum { LONGEST = 13, SERIAL = 8, HALF = 4 };
    uint8_t digits[LONGEST];
    size_t count = 0, at = 0;
    bool serial = rule->make == ISSN;
    while (at < subfield->size && subfield->value[at] == ' ')
        at++;
    for (; at < subfield->size; at++) {
        uint8_t byte = subfield->value[at];
        bool check = (byte == 'x' || byte == 'X') && count == (serial ? SERIAL - 1u : 9u);
        if (byte == '-')
            continue;
        if ((!is_digit(byte) && !check) || count == LONGEST)
            break;
        digits[count++] = check ? 'X' : byte;
    }
    bool ends = at == subfield->size || (!is_digit(subfield->value[at]) &&
                                         !is_letter(subfield->value[at]));
    if (!ends || (serial ? count != SERIAL : count != 10 && count != LONGEST))
        return put_one(writer, rule, subfield);
    size_t from = writer->values.size, half = serial ? HALF : count;
    MRRCI_TRY(append(writer, serial ? "URN:ISSN:" : "URN:ISBN:", 9));
    MRRCI_TRY(append(writer, digits, half));
    if (serial)
        MRRCI_TRY(append(writer, "-", 1));
    MRRCI_TRY(append(writer, digits + half, count - half));
    return end_value(writer, from);
}

/* Whether a value is several of MARC's language codes written together ("engfre"). */
static bool is_codes(const mrrci_subfield *subfield) {
    if (subfield->size == 0 || subfield->size % CODE != 0)
        return false;
    for (size_t i = 0; i < subfield->size; i++)
        if (!is_letter(subfield->value[i]))
            return false;
    return true;
}

static int put_languages(writer *writer, const rule *rule, const mrrci_subfield *subfield,
                         bool marc) {
    if (!marc || !is_codes(subfield))
        return put_one(writer, rule, subfield);
    for (size_t i = 0; i < subfield->size; i += CODE)
        MRRCI_TRY(put_value(writer, subfield->value + i, CODE));
    return MRRC_OK;
}

static bool has_subfield(mrrci_cursor cursor, uint8_t code) {
    mrrci_subfield subfield;
    while (mrrci_subfield_next(&cursor, &subfield))
        if (subfield.code_size == 1 && *subfield.code == code)
            return true;
    return false;
}

static int put_each(writer *writer, const rule *rule, mrrci_cursor cursor, uint8_t indicator) {
    mrrci_subfield subfield;
    /* another source of codes than MARC's list */
    bool marc = rule->make == LANGUAGES && indicator != '7' && !has_subfield(cursor, '2');
    while (mrrci_subfield_next(&cursor, &subfield)) {
        if (!takes(rule, &subfield))
            continue;
        if (rule->make == LANGUAGES)
            MRRCI_TRY(put_languages(writer, rule, &subfield, marc));
        else if (rule->make == ISBN || rule->make == ISSN)
            MRRCI_TRY(put_number(writer, rule, &subfield));
        else
            MRRCI_TRY(put_one(writer, rule, &subfield));
    }
    return MRRC_OK;
}

/* 008 is a book's or a map's only in a bibliographic record. */
static bool is_bibliographic(const uint8_t *leader) {
    return leader[6] != 0 && strchr("acdefgijkmoprt", leader[6]) != NULL;
}

static int put_coded(writer *writer, const rule *rule, const mrrci_field *field,
                     const uint8_t *leader) {
    enum { DATE = 7, YEAR = 4, LANGUAGE = 35 };
    const uint8_t *at = field->body;
    if (!is_bibliographic(leader) || field->size < LANGUAGE + CODE)
        return MRRC_OK;
    if (rule->make == CODED_LANGUAGE) {
        at += LANGUAGE;
        bool known = is_letter(at[0]) && is_letter(at[1]) && is_letter(at[2]);
        return known ? put_value(writer, at, CODE) : MRRC_OK;
    }
    at += DATE;
    if (!is_digit(at[0])) /* the year's other digits may be "u", unknown */
        return MRRC_OK;
    for (size_t i = 1; i < YEAR; i++)
        if (!is_digit(at[i]) && at[i] != 'u')
            return MRRC_OK;
    return put_value(writer, at, YEAR);
}

static int put_field(writer *writer, const rule *rule, const mrrci_field *field,
                     const uint8_t *leader) {
    mrrci_cursor cursor;
    size_t indicators;
    writer->tag = field->tag;
    if (rule->make == CODED_DATE || rule->make == CODED_LANGUAGE)
        return put_coded(writer, rule, field, leader);
    mrrci_subfields_begin(&cursor, field, &indicators);
    uint8_t second = indicators == 2 ? field->body[1] : ' ';
    switch (rule->make) {
    case JOINED:
    case HEADING:
    case LEVELS:
    case NAME:
    case CLASS:
        return put_joined(writer, rule, cursor);
    case PUBLISHER:
        return second == '1' ? put_each(writer, rule, cursor, second) : MRRC_OK;
    default:
        return put_each(writer, rule, cursor, second);
    }
}

/* ---- records ---- */

/* A record's fields, the first of them at hand. */
typedef struct record {
    const uint8_t *leader;
    mrrci_cursor rest;        /* those that had no room */
    size_t count;
    mrrci_field fields[AT_HAND];
    uint16_t numbers[AT_HAND];
    uint16_t concerned[AT_HAND];  /* elements that may have a rule for the field, a bit each */
} record;

/* The number that a tag's digits make; 0 for another tag, which no rule names. */
static uint16_t tag_number(const uint8_t *tag) {
    if (!is_digit(tag[0]) || !is_digit(tag[1]) || !is_digit(tag[2]))
        return 0;
    return (uint16_t)((tag[0] - '0') * 100 + (tag[1] - '0') * 10 + (tag[2] - '0'));
}

/* Which elements have rules for tags of each hundred (no rule spans two), so that most are not
 * asked. */
static void sum_up(uint16_t *hundreds) {
    for (size_t i = 0; i < ELEMENTS; i++)
        for (size_t j = 0; j < elements[i].count; j++)
            hundreds[elements[i].rules[j].from / 100] |= (uint16_t)(1u << i);
}

static int look_through(record *record, const uint8_t *packed, size_t size) {
    uint16_t hundreds[10] = {0};
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    record->leader = packed;
    record->count = 0;
    sum_up(hundreds);
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    while (record->count < AT_HAND && (more = mrrci_field_next(&cursor, &field)) != 0) {
        MRRCI_TRY(more);
        uint16_t number = tag_number(field.tag);
        record->numbers[record->count] = number;
        record->concerned[record->count] = hundreds[number / 100];
        record->fields[record->count++] = field;
    }
    record->rest = cursor;
    while ((more = mrrci_field_next(&cursor, &field)) > 0)
        ;
    return more;
}

static int put_rules(writer *writer, uint16_t number, const mrrci_field *field,
                     const uint8_t *leader) {
    const element *element = writer->element;
    for (size_t i = 0; i < element->count; i++)
        if (number >= element->rules[i].from && number <= element->rules[i].to)
            MRRCI_TRY(put_field(writer, &element->rules[i], field, leader));
    return MRRC_OK;
}

/* What the leader says of the resource's type. */
static int put_types(writer *writer, const uint8_t *leader) {
    static const struct {
        const char *codes, *type;
    } names[] = {{"at", "text"},
                 {"ef", "cartographic"},
                 {"cd", "notated music"},
                 {"ij", "sound recording"},
                 {"k", "still image"},
                 {"g", "moving image"},
                 {"r", "three dimensional object"},
                 {"m", "software, multimedia"},
                 {"p", "mixed material"}};
    writer->tag = NULL;
    if (!is_bibliographic(leader))
        return MRRC_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strchr(names[i].codes, leader[6]) != NULL)
            MRRCI_TRY(put_value(writer, names[i].type, strlen(names[i].type)));
    if (leader[7] == 'c')
        MRRCI_TRY(put_value(writer, "collection", strlen("collection")));
    if (strchr("dfpt", leader[6]) != NULL)
        MRRCI_TRY(put_value(writer, "manuscript", strlen("manuscript")));
    return MRRC_OK;
}

static int put_element(writer *writer, const element *element, const record *record) {
    mrrci_field field;
    mrrci_cursor rest = record->rest;
    writer->element = element;
    writer->values.size = writer->count = 0;
    if (element->rules == types)
        MRRCI_TRY(put_types(writer, record->leader));
    for (size_t i = 0; i < record->count; i++)
        if (record->concerned[i] >> (element - elements) & 1)
            MRRCI_TRY(put_rules(writer, record->numbers[i], &record->fields[i], record->leader));
    while (mrrci_field_next(&rest, &field) > 0)
        MRRCI_TRY(put_rules(writer, tag_number(field.tag), &field, record->leader));
    return MRRC_OK;
}

static int put_elements(writer *writer, const uint8_t *packed, size_t size) {
    record record;
    int status = look_through(&record, packed, size);
    for (size_t i = 0; status == MRRC_OK && i < ELEMENTS; i++)
        status = put_element(writer, &elements[i], &record);
    mrrci_buffer_clear(&writer->values);
    return status;
}

int mrrc_dublin_core(const uint8_t *packed, size_t size, mrrc_buffer *out) {
    writer writer = {.out = out};
    out->size = 0;
    int status = mrrci_utf8_valid(packed, size) ? put_elements(&writer, packed, size)
                                                : MRRC_ERR_TEXT_INVALID;
    if (status < 0)
        out->size = 0;
    return status;
}

/* ---- documents ---- */

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define DC "http://purl.org/dc/elements/1.1/"
#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define OAI_DC "http://www.openarchives.org/OAI/2.0/oai_dc/"

/* What stands around a record: in a document of its own, and always. */
typedef struct frame {
    const char *head, *begin, *indent, *end, *tail;
} frame;

static const frame rdf = {XML "<rdf:RDF xmlns:rdf=\"" RDF "\" xmlns:dc=\"" DC "\">\n",
                          "  <rdf:Description>\n", "    ", "  </rdf:Description>\n",
                          "</rdf:RDF>\n"};

/* Each record says all that it needs, so that a harvester's reply may take it in. */
static const frame oai_dc = {
    XML,
    "<oai_dc:dc xmlns:oai_dc=\"" OAI_DC "\" xmlns:dc=\"" DC "\""
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
    " xsi:schemaLocation=\"" OAI_DC " http://www.openarchives.org/OAI/2.0/oai_dc.xsd\">\n",
    "  ", "</oai_dc:dc>\n", ""};

static int put_framed(writer *writer, const frame *frame, const uint8_t *packed, size_t size) {
    bool alone = (writer->how->flags & MRRC_WRITE_ALONE) != 0;
    if (alone)
        MRRCI_TRY(put(writer, frame->head));
    MRRCI_TRY(put(writer, frame->begin));
    MRRCI_TRY(put_elements(writer, packed, size));
    MRRCI_TRY(put(writer, frame->end));
    return alone ? put(writer, frame->tail) : MRRC_OK;
}

/* Says which field is not UTF-8. */
static int refuse_text(const uint8_t *packed, size_t size, mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field field;
    if (mrrci_fields_begin(&cursor, packed, size) < 0)
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    for (uint32_t index = 0; mrrci_field_next(&cursor, &field) > 0; index++)
        if (!mrrci_utf8_valid(field.tag, 3 + field.size)) {
            if (err != NULL && err->code == 0) {
                memcpy(err->tag, field.tag, 3);
                err->field = index;
            }
            return mrrci_fail_seen(err, MRRC_ERR_TEXT_INVALID, 0, field.body, field.size);
        }
    return mrrci_fail(err, MRRC_ERR_TEXT_INVALID, 0);
}

static int encode(const frame *frame, const uint8_t *packed, size_t size, const mrrci_how *how,
                  mrrc_buffer *out, mrrc_error *err) {
    writer writer = {.out = out, .how = how, .indent = frame->indent};
    size_t before = out->size;
    if (!mrrci_utf8_valid(packed, size))
        return refuse_text(packed, size, err);
    int status = put_framed(&writer, frame, packed, size);
    if (status < 0) {
        out->size = before;
        return mrrci_fail(err, status, 0);
    }
    return writer.noted ? MRRC_NOTED : MRRC_OK;
}

int mrrci_dc_encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                    mrrc_error *err) {
    return encode(&rdf, packed, size, how, out, err);
}

int mrrci_oai_dc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                        mrrc_buffer *out, mrrc_error *err) {
    return encode(&oai_dc, packed, size, how, out, err);
}
