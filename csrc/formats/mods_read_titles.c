/* SPDX-License-Identifier: MIT
 *
 * mods_read_titles.c: titleInfo to 130, 210, 240, 242, 245, 246 and 730.  The first
 * title without a type is the record's; its form of material and its statement of
 * responsibility come from elsewhere in the record.
 */
#include "mods_read.h"

/* ---- what does not file ---- */

/* The last character of a text, as bytes. */
static bool ends_with(mods_text text, const char *character) {
    size_t size = strlen(character);
    return text.size >= size && memcmp(text.at + text.size - size, character, size) == 0;
}

/* Whether a blank stands between an article and the title: not behind an apostrophe, a
 * hyphen or what opens a quotation. */
static bool wants_blank(mods_text article) {
    static const char *const closed[] = {"'", "-", "(", "[", "\"", "\xe2\x80\x98", "\xe2\x80\x99",
                                         "\xe2\x80\x9c", "\xe2\x80\x90", "\xe2\x80\x91",
                                         "\xca\xbb", "\xca\xbc", "\xca\xbe", "\xca\xbf"};
    mods_text trimmed = mrrci_mods_in_trim(article);
    if (trimmed.size == 0)
        return false;
    if (trimmed.at + trimmed.size < article.at + article.size)
        return true; /* it is there */
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (ends_with(trimmed, closed[i]))
            return false;
    return true;
}

/* Characters of a text whose white space is collapsed. */
static size_t count_characters(mods_text text) {
    size_t count = 0;
    text = mrrci_mods_in_trim(text);
    for (size_t i = 0; i < text.size; i++) {
        bool space = text.at[i] <= ' ';
        if ((text.at[i] & 0xC0) != 0x80 && !(space && text.at[i + 1] <= ' '))
            count++;
    }
    return count;
}

char mrrci_mods_in_nonfiling(const mods_reader *m, uint32_t title_info) {
    uint32_t node = mrrci_mods_in_child(m, title_info, E_NON_SORT);
    if (node == MODS_NONE || mrrci_mods_in_child(m, title_info, E_TITLE) == MODS_NONE)
        return '0';
    mods_text article = mrrci_mods_in_raw(m, node);
    size_t count = count_characters(article) + (wants_blank(article) ? 1 : 0);
    return count <= 9 ? (char)('0' + count) : '0'; /* no indicator says more than nine */
}

/* ---- subfields ---- */

static void join_title(mods_reader *m, uint32_t title_info) {
    uint32_t node = mrrci_mods_in_child(m, title_info, E_NON_SORT);
    const char *between = "";
    if (node != MODS_NONE) {
        mrrci_mods_in_join(m, "", mrrci_mods_in_value(m, node));
        between = wants_blank(mrrci_mods_in_raw(m, node)) ? " " : "";
    }
    MODS_EACH_NAMED(m, title, title_info, E_TITLE) {
        mrrci_mods_in_join(m, between, mrrci_mods_in_value(m, title));
        between = " ";
    }
}

static void put_title_proper(mods_reader *m, uint32_t title_info) {
    mrrci_mods_in_join_begin(m, 'a');
    join_title(m, title_info);
    mrrci_mods_in_join_end(m);
}

void mrrci_mods_in_title_whole(mods_reader *m, uint32_t title_info, char code) {
    mrrci_mods_in_join_begin(m, code);
    join_title(m, title_info);
    MODS_EACH_NAMED(m, subtitle, title_info, E_SUB_TITLE)
        mrrci_mods_in_join(m, " : ", mrrci_mods_in_value(m, subtitle));
    mrrci_mods_in_join_end(m);
}

/* $b, $n and $p, in the order of the elements. */
static void put_parts(mods_reader *m, uint32_t title_info) {
    MODS_EACH(m, part, title_info) {
        unsigned name = mrrci_mods_in_element(m, part);
        char code = name == E_SUB_TITLE ? 'b' : name == E_PART_NUMBER ? 'n' : 'p';
        if (name == E_SUB_TITLE || name == E_PART_NUMBER || name == E_PART_NAME)
            mrrci_mods_in_subfield(m, code, mrrci_mods_in_value(m, part));
    }
}

static void put_all(mods_reader *m, uint32_t title_info) {
    put_title_proper(m, title_info);
    put_parts(m, title_info);
}

/* ---- fields ---- */

/* 245 $h: the general material designation, one in a record, which the title in another
 * script may have brought once more. */
static void put_designation(mods_reader *m) {
    mods_text first = {NULL, 0};
    MODS_EACH_NAMED(m, physical, 0, E_PHYSICAL_DESCRIPTION)
        MODS_EACH_NAMED(m, form, physical, E_FORM) {
            mods_text text = mrrci_mods_in_peek(m, form);
            if (!mrrci_mods_in_attribute_is(m, form, A_AUTHORITY, "gmd") || text.size == 0)
                continue;
            if (first.size == 0)
                mrrci_mods_in_subfield(m, 'h', first = mrrci_mods_in_value(m, form));
            else if (text.size == first.size && memcmp(text.at, first.at, text.size) == 0)
                mrrci_mods_in_value(m, form);
        }
}

static bool is_responsibility(const mods_reader *m, uint32_t note) {
    return mrrci_mods_in_attribute_is(m, note, A_TYPE, "statement of responsibility");
}

/* Whether a statement of responsibility is in the same script as a title: without a group
 * it belongs to the main one. */
static bool belongs(const mods_reader *m, uint32_t statement) {
    bool alternate = mrrci_mods_in_main(m, statement) != statement;
    return m->link > 0 && m->alternate ? alternate : !alternate;
}

static void put_responsibility(mods_reader *m) {
    bool *done = &m->responsible[m->link > 0 && m->alternate];
    if (*done)
        return;
    *done = true;
    mrrci_mods_in_join_begin(m, 'c');
    MODS_EACH_NAMED(m, note, 0, E_NOTE)
        if (is_responsibility(m, note) && belongs(m, note))
            mrrci_mods_in_join(m, " ; ", mrrci_mods_in_value(m, note));
    mrrci_mods_in_join_end(m);
}

static void put_main_title(mods_reader *m, uint32_t node) {
    bool entry = m->main_name != MODS_NONE || m->uniform != MODS_NONE;
    mrrci_mods_in_field(m, "245", entry ? '1' : '0', mrrci_mods_in_nonfiling(m, node));
    put_title_proper(m, node);
    if (m->link == 0 || !m->alternate)
        put_designation(m);
    put_parts(m, node);
    put_responsibility(m);
    mrrci_mods_in_field_end(m);
}

/* 246: a label that MARC 21 has an indicator for, or one in words. */
static void put_varying_title(mods_reader *m, uint32_t node) {
    static const struct {
        const char *label;
        char kind;
    } labels[] = {{"portion of title", '0'},       {"parallel title", '1'},
                  {"distinctive title", '2'},      {"other title", '3'},
                  {"cover title", '4'},            {"added title page title", '5'},
                  {"caption title", '6'},          {"running title", '7'},
                  {"spine title", '8'}};
    mods_text label = mrrci_mods_in_attribute(m, node, A_DISPLAY_LABEL);
    bool labelled = mrrci_mods_in_has(m, node, A_DISPLAY_LABEL);
    char kind = ' ';
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (mrrci_mods_in_is(label, labels[i].label))
            kind = labels[i].kind;
    mrrci_mods_in_field(m, "246", labelled ? '1' : '3', kind);
    if (labelled && kind == ' ') {
        mrrci_mods_in_subfield(m, 'i', label);
        m->filled = false; /* a label alone is no title */
    }
    put_all(m, node);
    mrrci_mods_in_field_end(m);
}

static void put_title(mods_reader *m, uint32_t node, const char *tag, char first, char second) {
    mrrci_mods_in_field(m, tag, first, second);
    put_all(m, node);
    if (tag[0] == '2' && tag[2] == '2')
        mrrci_mods_in_attribute_subfield(m, node, A_LANG, 'y');
    mrrci_mods_in_attribute_subfield(m, node, A_VALUE_URI, '0');
    mrrci_mods_in_field_end(m);
}

void mrrci_mods_in_title_info(mods_reader *m, uint32_t node) {
    char nonfiling = mrrci_mods_in_nonfiling(m, node);
    uint32_t main = mrrci_mods_in_main(m, node);
    if (main == m->title)
        put_main_title(m, node);
    else if (main == m->uniform && m->main_name != MODS_NONE)
        put_title(m, node, "240", '1', nonfiling);
    else if (main == m->uniform)
        put_title(m, node, "130", nonfiling, ' ');
    else if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "uniform"))
        put_title(m, node, "730", nonfiling, ' ');
    else if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "abbreviated"))
        put_title(m, node, "210", '1', ' ');
    else if (mrrci_mods_in_attribute_is(m, node, A_TYPE, "translated"))
        put_title(m, node, "242", '1', nonfiling);
    else
        put_varying_title(m, node);
}
