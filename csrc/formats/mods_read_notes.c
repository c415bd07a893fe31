/* SPDX-License-Identifier: MIT
 *
 * mods_read_notes.c: abstract, tableOfContents, targetAudience, note, accessCondition and
 * extension to 5XX and 887.  A label that MARC 21 has an indicator for becomes that; any
 * other goes to $3 where the field has one.
 */
#include "mods_read.h"

typedef struct label {
    const char *words;
    char indicator;
} label;

/* The indicator for a label or a type, or 0; a list ends with none. */
static char indicator_of(const label *list, mods_text words) {
    for (; list->words != NULL; list++)
        if (mrrci_mods_in_is(words, list->words))
            return list->indicator;
    return 0;
}

static char labelled(const mods_reader *m, uint32_t node, const label *list) {
    char by_label = indicator_of(list, mrrci_mods_in_attribute(m, node, A_DISPLAY_LABEL));
    char by_type = indicator_of(list, mrrci_mods_in_attribute(m, node, A_TYPE));
    return by_label != 0 ? by_label : by_type;
}

/* A field of a text: $3 if its label is to be kept, $a, and $u if it has an address. */
static void put_text(mods_reader *m, uint32_t node, const char *tag, char first, bool label) {
    mrrci_mods_in_field(m, tag, first, ' ');
    if (label)
        mrrci_mods_in_attribute_subfield(m, node, A_DISPLAY_LABEL, '3');
    mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, node));
    mrrci_mods_in_attribute_subfield(m, node, A_HREF, 'u');
    mrrci_mods_in_field_end(m);
}

void mrrci_mods_in_abstract(mods_reader *m, uint32_t node) {
    static const label labels[] = {
        {"subject", '0'},  {"review", '1'},         {"scope and content", '2'},
        {"abstract", '3'}, {"content advice", '4'}, {NULL, 0}};
    char first = labelled(m, node, labels);
    put_text(m, node, "520", first != 0 ? first : ' ', first == 0);
}

void mrrci_mods_in_contents(mods_reader *m, uint32_t node) {
    static const label labels[] = {{"contents", '0'},
                                   {"incomplete contents", '1'},
                                   {"partial contents", '2'},
                                   {NULL, 0}};
    char first = labelled(m, node, labels);
    put_text(m, node, "505", first != 0 ? first : '0', false);
}

void mrrci_mods_in_audience(mods_reader *m, uint32_t node) {
    static const label labels[] = {{"reading grade level", '0'},
                                   {"interest age level", '1'},
                                   {"interest grade level", '2'},
                                   {"special audience characteristics", '3'},
                                   {"motivation or interest level", '4'},
                                   {"motivation/interest level", '4'},
                                   {NULL, 0}};
    char first = labelled(m, node, labels);
    if (!mrrci_mods_in_node(m, node)->used) /* otherwise its code stands in 008 */
        put_text(m, node, "521", first != 0 ? first : ' ', first == 0);
}

void mrrci_mods_in_access(mods_reader *m, uint32_t node) {
    bool restricted =
        mrrci_mods_in_attribute_is(m, node, A_TYPE, "restriction on access") ||
        mrrci_mods_in_attribute_is(m, node, A_TYPE, "restrictionOnAccess");
    put_text(m, node, restricted ? "506" : "540", ' ', true);
}

/* An extension is another schema's: its text is kept, and what the markup said is not. */
void mrrci_mods_in_extension(mods_reader *m, uint32_t node) {
    put_text(m, node, "887", ' ', false);
    if (m->status == MRRC_OK)
        m->status = mrrci_mods_in_note(m, node, "887");
}

/* ---- note ---- */

/* By type: the field, its first indicator and the subfield for a text as a whole.  Where
 * MARC 21 wants to know more than a note says, it is the indicator for "not known". */
static const struct note_kind {
    const char *type;
    const char *tag;
    char first, code;
} kinds[] = {
    {"performers", "511", '0', 'a'},
    {"venue", "518", ' ', 'a'},
    {"date", "518", ' ', 'a'},
    {"duration", "306", ' ', 'a'},
    {"arrangement", "351", ' ', 'a'},
    {"acquisition", "541", ' ', 'a'},
    {"action", "583", ' ', 'a'},
    {"additional physical form", "530", ' ', 'a'},
    {"bibliography", "504", ' ', 'a'},
    {"biographical/historical", "545", ' ', 'a'},
    {"citation/reference", "510", '0', 'a'},
    {"creation/production credits", "508", ' ', 'a'},
    {"exhibitions", "585", ' ', 'a'},
    {"funding", "536", ' ', 'a'},
    {"handwritten", "562", ' ', 'a'},
    {"language", "546", ' ', 'a'},
    {"numbering", "515", ' ', 'a'},
    {"date/sequential designation", "362", '1', 'a'},
    {"original location", "535", '1', 'a'},
    {"original version", "534", ' ', 'n'},
    {"ownership", "561", ' ', 'a'},
    {"preferred citation", "524", ' ', 'a'},
    {"publications", "581", ' ', 'a'},
    {"reproduction", "533", ' ', 'a'},
    {"restriction", "506", ' ', 'a'},
    {"source characteristics", "786", '0', 'n'},
    {"source dimensions", "786", '0', 'n'},
    {"source identifier", "786", '0', 'n'},
    {"source note", "786", '0', 'n'},
    {"source type", "786", '0', 'n'},
    {"system details", "538", ' ', 'a'},
    {"thesis", "502", ' ', 'a'},
    {"version identification", "562", ' ', 'c'},
};

/* 306 has hours, minutes and seconds, as six digits; other words make a note. */
static bool is_duration(const mods_reader *m, uint32_t node) {
    enum { SIZE = 6 };
    mods_text text = mrrci_mods_in_peek(m, node);
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.size == SIZE;
}

static const struct note_kind *kind_of(const mods_reader *m, uint32_t node) {
    static const struct note_kind general = {"", "500", ' ', 'a'};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (mrrci_mods_in_attribute_is(m, node, A_TYPE, kinds[i].type))
            return strcmp(kinds[i].tag, "306") == 0 && !is_duration(m, node)
                       ? &general
                       : &kinds[i];
    return &general;
}

/* Whether $3 of a field says what materials it is about. */
static bool has_materials(const char *tag) {
    static const char with[][4] = {"500", "506", "510", "518", "530", "533", "535", "536",
                                   "538", "541", "545", "546", "561", "562", "581", "583",
                                   "585"};
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
        if (strcmp(with[i], tag) == 0)
            return true;
    return false;
}

void mrrci_mods_in_note_field(mods_reader *m, uint32_t node) {
    const struct note_kind *kind = kind_of(m, node);
    if (mrrci_mods_in_node(m, node)->used)
        return; /* a statement of responsibility: it stands with the title */
    mrrci_mods_in_field(m, kind->tag, kind->first, ' ');
    if (has_materials(kind->tag))
        mrrci_mods_in_attribute_subfield(m, node, A_DISPLAY_LABEL, '3');
    mrrci_mods_in_subfield(m, kind->code, mrrci_mods_in_value(m, node));
    mrrci_mods_in_field_end(m);
    mrrci_mods_in_link(m, mrrci_mods_in_attribute(m, node, A_HREF), ' ');
}
