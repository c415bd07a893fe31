/* SPDX-License-Identifier: MIT
 *
 * From words to codes: the one that claims least where a word stands for several, and the
 * places of 008 that a genre finds.
 */
#include "check.h"
#include "formats/mods_read.h"
#include "formats/mods_write.h"

static mods_text text(const char *word) {
    return (mods_text){(const uint8_t *)word, strlen(word)};
}

static void test_words(void) {
    CHECK_EQ_INT(mrrci_mods_in_audience_code(text("juvenile")), 'j');
    CHECK_EQ_INT(mrrci_mods_in_audience_code(text("preschool")), 'a');
    CHECK_EQ_INT(mrrci_mods_in_audience_code(text("adolescent")), 'd');
    CHECK_EQ_INT(mrrci_mods_in_audience_code(text("adult")), 'e');
    CHECK_EQ_INT(mrrci_mods_in_audience_code(text("specialized")), 'f');
    CHECK_EQ_INT(mrrci_mods_in_audience_code(text("general")), 'g');
    CHECK_EQ_INT(mrrci_mods_in_audience_code(text("odd")), 0);
    CHECK_EQ_INT(mrrci_mods_in_form_code(text("print")), ' ');
    CHECK_EQ_INT(mrrci_mods_in_form_code(text("electronic")), 's');
    CHECK_EQ_INT(mrrci_mods_in_form_code(text("braille")), 'f');
    CHECK_EQ_INT(mrrci_mods_in_form_code(text("microfilm")), 'a');
    CHECK_EQ_INT(mrrci_mods_in_form_code(text("microfiche")), 'b');
    CHECK_EQ_INT(mrrci_mods_in_form_code(text("")), 0);
    CHECK_EQ_INT(mrrci_mods_in_frequency_code(text("quarterly")), 'q');
    CHECK_EQ_INT(mrrci_mods_in_frequency_code(text("now and then")), 0);
    CHECK_EQ_INT(mrrci_mods_in_origin_code(text("born digital")), 'n');
    CHECK_EQ_INT(mrrci_mods_in_origin_code(text("digitized other analog")), 'd');
    CHECK_EQ_INT(mrrci_mods_in_quality_code(text("replacement")), 'r');
    CHECK_EQ_INT(mrrci_mods_in_map_genre_code(text("atlas")), 'd');
    CHECK_EQ_INT(mrrci_mods_in_map_genre_code(text("globe")), 0);
}

/* A 007 of a category has the length that MARC 21 gives it, and no category is without. */
static void test_categories(void) {
    static const struct {
        char category;
        size_t size;
    } sizes[] = {{'a', 8}, {'c', 14}, {'d', 6},  {'f', 10}, {'g', 9},  {'h', 13}, {'k', 6},
                 {'m', 23}, {'o', 2}, {'q', 2}, {'r', 11}, {'s', 14}, {'t', 2}, {'v', 9}};
    size_t found = 0;
    for (const mods_code *row = mrrci_mods_categories; row->code != 0; row++) {
        size_t size = 0;
        CHECK_EQ_INT(mrrci_mods_in_category_code(text(row->term), &size), row->code);
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            if (sizes[i].category == row->code) {
                CHECK_EQ_INT(size, sizes[i].size);
                found++;
            }
    }
    CHECK_EQ_INT(found, sizeof sizes / sizeof sizes[0]);
    size_t size = 7;
    CHECK_EQ_INT(mrrci_mods_in_category_code(text("odd"), &size), 0);
    CHECK_EQ_INT(size, 7);
    CHECK_EQ_INT(mrrci_mods_in_specific_code('h', text("Microfiche")), 'e');
    CHECK_EQ_INT(mrrci_mods_in_specific_code('s', text("microfiche")), 0);
    CHECK_EQ_INT(mrrci_mods_in_specific_code('?', text("microfiche")), 0);
}

/* Every word that the other direction writes is one that this one knows. */
static void test_all_genres(void) {
    for (const mods_genre *row = mrrci_mods_genres; row->codes != NULL; row++)
        for (const mods_code *code = row->codes; code->code != 0; code++)
            for (unsigned material = 1; material <= MODS_MIXED; material *= 2) {
                uint8_t coded[40] = {0};
                bool placed = mrrci_mods_in_genre_codes(text(code->term), material, coded);
                if ((row->materials & material) == 0)
                    continue;
                CHECK_FOR(placed, "%s", code->term);
                size_t set = 0;
                for (size_t i = row->from; i <= row->to; i++)
                    set += coded[i] != 0;
                CHECK_FOR(set == 1, "%s", code->term);
            }
}

static void test_places(void) {
    uint8_t coded[40] = {0};
    CHECK(mrrci_mods_in_genre_codes(text("bibliography"), MODS_BOOK, coded));
    CHECK(mrrci_mods_in_genre_codes(text("bibliography"), MODS_BOOK, coded));
    CHECK(mrrci_mods_in_genre_codes(text("thesis"), MODS_BOOK, coded));
    CHECK(mrrci_mods_in_genre_codes(text("index"), MODS_BOOK, coded));
    CHECK(mrrci_mods_in_genre_codes(text("review"), MODS_BOOK, coded));
    CHECK(!mrrci_mods_in_genre_codes(text("yearbook"), MODS_BOOK, coded)); /* all four taken */
    CHECK_BYTES(coded + 24, 5, "bmio", 5);
    CHECK(mrrci_mods_in_genre_codes(text("fiction"), MODS_BOOK, coded));
    CHECK(!mrrci_mods_in_genre_codes(text("poetry"), MODS_BOOK, coded));
    CHECK(mrrci_mods_in_genre_codes(text("biography"), MODS_BOOK, coded));
    CHECK_EQ_INT(coded[34], 'd');
    CHECK(mrrci_mods_in_genre_codes(text("government publication"), MODS_BOOK, coded));
    CHECK_EQ_INT(coded[28], 'o');
    CHECK(!mrrci_mods_in_genre_codes(text("globe"), MODS_BOOK, coded));
    CHECK(!mrrci_mods_in_genre_codes(text("odd"), MODS_BOOK, coded));

    memset(coded, 0, sizeof coded);
    CHECK(mrrci_mods_in_genre_codes(text("index"), MODS_SERIAL, coded));
    CHECK(coded[24] == 0 && coded[25] == 'i'); /* 24 is for the serial as a whole */
    CHECK(mrrci_mods_in_genre_codes(text("numerical data"), MODS_FILE, coded));
    CHECK_EQ_INT(coded[26], 'a');
    CHECK(mrrci_mods_in_genre_codes(text("rehersal"), MODS_MUSIC, coded));
    CHECK_EQ_INT(coded[30], 'r');
}

int main(void) {
    test_words();
    test_categories();
    test_all_genres();
    test_places();
    return check_report();
}
