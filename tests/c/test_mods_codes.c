/* SPDX-License-Identifier: MIT
 *
 * The words MODS has for codes: lookups at and beyond the ends of the lists, and what the
 * lists have to be for the lookups to be right.
 */
#include "check.h"
#include "formats/mods_write.h"

static bool is_relator(const char *term) {
    return mrrci_mods_is_relator((mods_slice){(const uint8_t *)term, strlen(term)});
}

static void test_relators(void) {
    CHECK(is_relator("author") && is_relator("DJ") && is_relator("abridger"));
    CHECK(is_relator("writer of television story") && is_relator("translator"));
    CHECK(is_relator("author of introduction, etc.") && is_relator("editor"));
    CHECK(!is_relator("") && !is_relator("autho") && !is_relator("authors"));
    CHECK(!is_relator("Author") && !is_relator("zzz") && !is_relator("A"));
    CHECK(!is_relator("joint author"));
}

static void test_terms(void) {
    const mods_code *const lists[] = {
        mrrci_mods_types_of_resource, mrrci_mods_map_genres,   mrrci_mods_audiences,
        mrrci_mods_forms,             mrrci_mods_frequencies,  mrrci_mods_qualities,
        mrrci_mods_origins,           mrrci_mods_categories};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        CHECK(mrrci_mods_term(lists[i], 0) == NULL);
        CHECK(mrrci_mods_term(lists[i], ' ') == NULL && mrrci_mods_term(lists[i], '|') == NULL);
        CHECK(mrrci_mods_term(lists[i], 0xE9) == NULL);
        for (const mods_code *one = lists[i]; one->code != 0; one++)
            CHECK(mrrci_mods_term(lists[i], (uint8_t)one->code) == one->term);
    }
    CHECK(strcmp(mrrci_mods_term(mrrci_mods_frequencies, 'm'), "Monthly") == 0);
}

/* Places beyond 008/34 are not those of a material, and 006 does not have them. */
static void test_genres(void) {
    for (const mods_genre *row = mrrci_mods_genres; row->materials != 0; row++) {
        CHECK(row->from >= 18 && row->from <= row->to && row->to <= 34);
        for (const mods_code *one = row->codes; one->code != 0; one++)
            CHECK(mrrci_mods_term(row->codes, (uint8_t)one->code) == one->term);
    }
}

static void test_materials(void) {
    CHECK(mrrci_mods_material('a', 'm') == MODS_BOOK && mrrci_mods_material('a', 0) == MODS_BOOK);
    CHECK(mrrci_mods_material('a', 's') == MODS_SERIAL);
    CHECK(mrrci_mods_material('a', 'i') == MODS_SERIAL);
    CHECK(mrrci_mods_material('s', 0) == MODS_SERIAL && mrrci_mods_material('s', 'm') == 0);
    CHECK(mrrci_mods_material('t', 'm') == MODS_BOOK && mrrci_mods_material('m', 's') == MODS_FILE);
    CHECK(mrrci_mods_material('f', 'm') == MODS_MAP && mrrci_mods_material('j', 'm') == MODS_MUSIC);
    CHECK(mrrci_mods_material('o', 'm') == MODS_VISUAL);
    CHECK(mrrci_mods_material('p', 'c') == MODS_MIXED);
    CHECK(mrrci_mods_material('z', 'm') == 0 && mrrci_mods_material(' ', ' ') == 0);
}

static void test_specific(void) {
    CHECK(strcmp(mrrci_mods_specific('c', 'r'), "remote") == 0);
    CHECK(strcmp(mrrci_mods_specific('s', 'd'), "sound disc") == 0);
    CHECK(mrrci_mods_specific('s', 'z') == NULL && mrrci_mods_specific('z', 'm') == NULL);
    CHECK(mrrci_mods_specific(0, 0) == NULL);
    CHECK(strcmp(mrrci_mods_authority('0'), "lcsh") == 0);
    CHECK(strcmp(mrrci_mods_authority('3'), "nal") == 0);
    CHECK(strcmp(mrrci_mods_authority('5'), "csh") == 0);
    CHECK(mrrci_mods_authority('4') == NULL && mrrci_mods_authority('7') == NULL);
}

int main(void) {
    test_relators();
    test_terms();
    test_genres();
    test_materials();
    test_specific();
    return check_report();
}
