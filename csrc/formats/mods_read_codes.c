/* SPDX-License-Identifier: MIT
 *
 * mods_read_codes.c: from the words of MODS back to codes of MARC 21, by the lists in
 * mods_codes.c.  Where a list has a word for several codes, the one that claims least is
 * taken, and stands here.
 */
#include "mods_read.h"
#include "mods_write.h"

static char code_of(const mods_code *list, mods_text term) {
    for (; list->code != 0; list++)
        if (mrrci_mods_in_is(term, list->term))
            return list->code;
    return 0;
}

char mrrci_mods_in_audience_code(mods_text term) {
    static const mods_code least[] = {
        {'j', "juvenile"}, {'b', "primary"}, {'c', "pre-adolescent"}, {0, NULL}};
    char code = code_of(least, term);
    return code != 0 ? code : code_of(mrrci_mods_audiences, term);
}

char mrrci_mods_in_form_code(mods_text term) {
    static const mods_code least[] = {{'s', "electronic"}, {' ', "print"}, {'o', "online"},
                                      {'q', "direct electronic"},
                                      {'r', "regular print reproduction"}, {0, NULL}};
    char code = code_of(least, term);
    return code != 0 ? code : code_of(mrrci_mods_forms, term);
}

char mrrci_mods_in_frequency_code(mods_text term) {
    return code_of(mrrci_mods_frequencies, term);
}

char mrrci_mods_in_origin_code(mods_text term) {
    return mrrci_mods_in_is(term, "born digital") ? 'n' : code_of(mrrci_mods_origins, term);
}

char mrrci_mods_in_quality_code(mods_text term) {
    return code_of(mrrci_mods_qualities, term);
}

char mrrci_mods_in_map_genre_code(mods_text term) {
    return code_of(mrrci_mods_map_genres, term);
}

char mrrci_mods_in_category_code(mods_text term, size_t *size) {
    static const struct {
        char code;
        uint8_t size;         /* of a 007 that begins with it */
    } sizes[] = {{'a', 8}, {'c', 14}, {'d', 6},  {'f', 10}, {'g', 9},  {'h', 13}, {'k', 6},
                 {'m', 23}, {'o', 2}, {'q', 2}, {'r', 11}, {'s', 14}, {'t', 2}, {'v', 9}};
    char code = code_of(mrrci_mods_categories, term);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (sizes[i].code == code)
            *size = sizes[i].size;
    return code;
}

char mrrci_mods_in_specific_code(char category, mods_text term) {
    for (uint8_t code = 'a'; code <= 'z'; code++) {
        const char *listed = mrrci_mods_specific((uint8_t)category, code);
        if (listed != NULL && mrrci_mods_in_is(term, listed))
            return (char)code;
    }
    return 0;
}

/* ---- genres ---- */

/* Puts a code into the first free place of a range that does not have it yet. */
static bool place(uint8_t *coded, size_t from, size_t to, char code) {
    for (size_t i = from; i <= to; i++) {
        if (coded[i] == (uint8_t)code)
            return true;
        if (coded[i] == 0) {
            coded[i] = (uint8_t)code;
            return true;
        }
    }
    return false;
}

bool mrrci_mods_in_genre_codes(mods_text term, unsigned material, uint8_t *coded) {
    static const struct {
        unsigned materials;
        uint8_t place;
        char code;
        const char *term;
    } further[] = {
        {MODS_BOOK | MODS_SERIAL | MODS_MAP | MODS_VISUAL | MODS_FILE, 28, 'o',
         "government publication"},
        {MODS_BOOK, 24, 'm', "thesis"},
        {MODS_BOOK, 33, '0', "non-fiction"},
        {MODS_BOOK, 34, 'd', "biography"},
        {MODS_FILE, 26, 'a', "numerical data"},
        {MODS_MUSIC, 30, 'r', "rehersal"},
    };
    bool placed = false;
    for (size_t i = 0; i < sizeof further / sizeof further[0]; i++)
        if ((further[i].materials & material) != 0 && mrrci_mods_in_is(term, further[i].term)) {
            size_t from = further[i].place;
            return place(coded, from, from == 24 ? 27 : from == 30 ? 31 : from,
                         further[i].code);
        }
    for (const mods_genre *row = mrrci_mods_genres; row->codes != NULL; row++) {
        char code = (row->materials & material) == 0 ? 0 : code_of(row->codes, term);
        /* what a serial is as a whole stands in 24, what it contains behind it */
        size_t from = row->from == 24 && material == MODS_SERIAL ? 25 : row->from;
        if (code != 0 && place(coded, from, row->to, code))
            placed = true;
    }
    return placed;
}
