/* SPDX-License-Identifier: MIT
 *
 * mods_write_notes.c: abstract, tableOfContents, targetAudience, note and
 * accessCondition.  Every note field of 5XX that is not one of the others, nor a related
 * item, is a note, with a type where MODS has one.
 */
#include "mods_write.h"

typedef struct note {
    uint16_t tag;
    const char *start, *codes;
} note;

/* Values of any code but those for control and linking. */
#define TEXT "abcdefghijklmnopqrstvwxyz"

/* Those that are not what write_note() takes for granted. */
static const note notes[] = {
    {245, "note type=\"statement of responsibility\"", "c"},
    {362, "note type=\"date/sequential designation\"", "az"},
    {502, "note type=\"thesis\"", TEXT},
    {504, "note type=\"bibliography\"", TEXT},
    {508, "note type=\"creation/production credits\"", TEXT},
    {511, "note type=\"performers\"", TEXT},
    {515, "note type=\"numbering\"", TEXT},
    {518, "note type=\"venue\"", "3adop"},
    {524, "note type=\"preferred citation\"", TEXT},
    {530, "note type=\"additional physical form\"", TEXT},
    {533, "note type=\"reproduction\"", TEXT},
    {535, "note type=\"original location\"", TEXT},
    {536, "note type=\"funding\"", TEXT},
    {538, "note type=\"system details\"", TEXT},
    {541, "note type=\"acquisition\"", TEXT},
    {545, "note type=\"biographical/historical\"", TEXT},
    {546, "note type=\"language\"", TEXT},
    {561, "note type=\"ownership\"", TEXT},
    {562, "note type=\"version identification\"", TEXT},
    {581, "note type=\"publications\"", TEXT},
    {583, "note type=\"action\"", TEXT},
    {585, "note type=\"exhibitions\"", TEXT},
};

static const note *note_of(uint16_t tag) {
    static const note plain = {500, "note", TEXT};
    if (tag != 245 && tag != 362 && (tag < 500 || tag > 599))
        return NULL;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
        if (notes[i].tag == tag)
            return &notes[i];
    switch (tag) { /* what is something else */
    case 505:
    case 506:
    case 510:
    case 520:
    case 521:
    case 534:
    case 540:
        return NULL;
    default:
        return &plain;
    }
}

/* A text with the materials it is about as its label, and its address. */
static void write_labelled(mods *m, const mods_field *field, const char *start, mods_slice label,
                           const char *codes, unsigned chop) {
    mods_element element = mrrci_mods_open_part(m, start, field);
    mrrci_mods_attribute(m, "displayLabel", label);
    mrrci_mods_write_link(m, field);
    mods_slice text = mrrci_mods_chop(mrrci_mods_join(m, field, codes, " "), chop);
    mrrci_mods_text_inside(m, &element, text);
    mrrci_mods_close_element(m, &element);
}

static mods_slice materials_of(mods *m, const mods_field *field) {
    return mrrci_mods_chop(mrrci_mods_first(m, field, "3"), MODS_MARKS);
}

static void write_note(mods *m, const mods_field *field) {
    const note *row = note_of(field->tag);
    if (row == NULL)
        return;
    bool title = field->tag == 245;
    mods_slice label = {NULL, 0};
    if (strchr(row->codes, '3') == NULL && !title)
        label = materials_of(m, field);
    write_labelled(m, field, row->start, label, row->codes, title ? MODS_MARKS | MODS_NAME : 0);
}

/* 520, whose first indicator says what it is. */
static void write_abstract(mods *m, const mods_field *field) {
    static const struct {
        char code;
        const char *start, *label;
    } kinds[] = {{'0', "abstract type=\"subject\"", "Subject"},
                 {'1', "abstract type=\"review\"", "Review"},
                 {'2', "abstract type=\"scope and content\"", "Scope and content"},
                 {'3', "abstract type=\"abstract\"", "Abstract"},
                 {'4', "abstract type=\"content advice\"", "Content advice"}};
    const char *start = "abstract";
    mods_slice label = materials_of(m, field);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].code == (char)field->first) {
            start = kinds[i].start;
            label = mrrci_mods_literal(kinds[i].label);
        }
    write_labelled(m, field, start, label, "abc", 0);
}

static mods_slice label_of(mods *m, const mods_field *field, const mods_code *labels) {
    const char *label = mrrci_mods_term(labels, field->first);
    return label == NULL ? materials_of(m, field) : mrrci_mods_literal(label);
}

static void write_contents(mods *m, const mods_field *field) {
    static const mods_code labels[] = {
        {'0', "Contents"}, {'1', "Incomplete contents"}, {'2', "Partial contents"}, {0, NULL}};
    write_labelled(m, field, "tableOfContents", label_of(m, field, labels), "agrt", 0);
}

static void write_audience(mods *m, const mods_field *field) {
    static const mods_code labels[] = {{'0', "Reading grade level"},
                                       {'1', "Interest age level"},
                                       {'2', "Interest grade level"},
                                       {'3', "Special audience characteristics"},
                                       {'4', "Motivation or interest level"},
                                       {0, NULL}};
    mods_slice label = label_of(m, field, labels);
    mods_element element = mrrci_mods_open_part(m, "targetAudience", field);
    mrrci_mods_attribute(m, "displayLabel", label);
    mods_slice text = mrrci_mods_join(m, field, "ab", " ");
    mrrci_mods_text_inside(m, &element, text);
    mrrci_mods_close_element(m, &element);
}

static void write_coded_audience(mods *m) {
    enum { TYPE = 6, LEVEL = 7, PLACE = 22 };
    unsigned material = mrrci_mods_material(m->leader[TYPE], m->leader[LEVEL]);
    if (!(material & (MODS_BOOK | MODS_FILE | MODS_MUSIC | MODS_VISUAL)))
        return;
    const char *term = mrrci_mods_term(mrrci_mods_audiences, mrrci_mods_coded(m, PLACE));
    if (term != NULL)
        mrrci_mods_write_part(m, "targetAudience authority=\"marctarget\"", NULL,
                              mrrci_mods_literal(term));
}

static void write_condition(mods *m, const mods_field *field) {
    const char *start = field->tag == 506
                            ? "accessCondition type=\"restriction on access\""
                            : "accessCondition type=\"use and reproduction\"";
    write_labelled(m, field, start, materials_of(m, field), "abcdefgqr", 0);
}

/* Writes each field of one tag. */
static void write_all(mods *m, uint16_t tag, void (*write)(mods *m, const mods_field *field)) {
    for (size_t i = 0; i < m->count; i++)
        if (m->fields[i].tag == tag)
            write(m, &m->fields[i]);
}

void mrrci_mods_notes(mods *m) {
    write_all(m, 520, write_abstract);
    write_all(m, 505, write_contents);
    write_coded_audience(m);
    write_all(m, 521, write_audience);
    for (size_t i = 0; i < m->count; i++)
        write_note(m, &m->fields[i]);
    write_all(m, 506, write_condition);
    write_all(m, 540, write_condition);
}
