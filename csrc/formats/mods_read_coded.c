/* SPDX-License-Identifier: MIT
 *
 * mods_read_coded.c: 008, of forty characters, from dates, place, language, genres of the
 * list marcgt, forms and audience.  What is not said gets a fill character where MARC 21
 * allows one, and codes stand only where the material has the place for them; what finds
 * none is left to other fields.
 */
#include "mods_read.h"
#include "mods_write.h"

enum {
    CODED_SIZE = 40,
    ENTERED = 0,
    DATE_TYPE = 6,
    DATE_1 = 7,
    DATE_2 = 11,
    COUNTRY = 15,
    FREQUENCY = 18,
    REGULARITY = 19,
    AUDIENCE = 22,
    FORM = 23,
    CONTENTS = 24,
    FORM_OF_IMAGE = 29,
    LITERARY = 30,
    LANGUAGE = 35,
    YEAR = 4
};

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

/* ---- dates ---- */

/* The only four digits in a row, or nothing where there are two such years or none. */
static bool find_year(mods_text date, uint8_t year[YEAR]) {
    bool found = false;
    for (size_t i = 0; i < date.size; i++) {
        size_t run = 0;
        while (i + run < date.size && is_digit(date.at[i + run]))
            run++;
        if (run == YEAR && found)
            return false;
        if (run == YEAR) {
            memcpy(year, date.at + i, YEAR);
            found = true;
        }
        i += run;
    }
    return found;
}

/* A year as 008 has it, from a date in the encoding that its attribute names. */
static bool year_of(const mods_reader *m, uint32_t date, uint8_t year[YEAR]) {
    mods_text text = mrrci_mods_in_peek(m, date);
    if (!mrrci_mods_in_has(m, date, A_ENCODING))
        return find_year(text, year);
    if (text.size < YEAR || (text.size > YEAR && is_digit(text.at[YEAR]) && text.size < 8))
        return false;
    for (size_t i = 0; i < YEAR; i++)
        if (!is_digit(text.at[i]) && text.at[i] != 'u')
            return false;
    memcpy(year, text.at, YEAR);
    return true;
}

/* The years of one kind of date: those of the best encoding there is. */
typedef struct years {
    int rank;                 /* of that encoding; 0 where there is no date */
    bool has_single, has_start, has_end, questionable;
    uint8_t single[YEAR], start[YEAR], end[YEAR];
    bool open;                /* a date as it is printed ends in a hyphen */
} years;

static int rank_of(const mods_reader *m, uint32_t date) {
    if (mrrci_mods_in_attribute_is(m, date, A_ENCODING, "marc"))
        return 3;
    return mrrci_mods_in_has(m, date, A_ENCODING) ? 2 : 1;
}

static void take_year(const mods_reader *m, uint32_t date, years *to) {
    uint8_t year[YEAR];
    int rank = rank_of(m, date);
    if (rank < to->rank || !year_of(m, date, year))
        return;
    if (rank > to->rank)
        *to = (years){.rank = rank};
    if (mrrci_mods_in_has(m, date, A_QUALIFIER))
        to->questionable = mrrci_mods_in_attribute_is(m, date, A_QUALIFIER, "questionable");
    bool start = mrrci_mods_in_attribute_is(m, date, A_POINT, "start");
    bool end = mrrci_mods_in_attribute_is(m, date, A_POINT, "end");
    bool *has = start ? &to->has_start : end ? &to->has_end : &to->has_single;
    if (*has)
        return;
    *has = true;
    memcpy(start ? to->start : end ? to->end : to->single, year, YEAR);
    mods_text text = mrrci_mods_in_peek(m, date);
    to->open = text.size > 0 && text.at[text.size - 1] == '-';
}

static years find_years(const mods_reader *m, unsigned name) {
    years found = {0};
    MODS_EACH_NAMED(m, origin, 0, E_ORIGIN_INFO)
        MODS_EACH_NAMED(m, date, origin, name)
            take_year(m, date, &found);
    if (!found.has_start && found.has_single) {
        found.has_start = true;
        memcpy(found.start, found.single, YEAR);
    }
    return found;
}

static void put_dates(uint8_t *coded, char type, const uint8_t *first, const uint8_t *second) {
    coded[DATE_TYPE] = (uint8_t)type;
    memcpy(coded + DATE_1, first, YEAR);
    memcpy(coded + DATE_2, second, YEAR);
}

static const uint8_t no_year[] = "    ";
static const uint8_t unknown_year[] = "uuuu";
static const uint8_t current_year[] = "9999";

static void put_continuing(uint8_t *coded, const years *issued) {
    if (!issued->has_end && issued->open)
        put_dates(coded, 'c', issued->start, current_year);
    else if (!issued->has_end || memcmp(issued->end, unknown_year, YEAR) == 0)
        put_dates(coded, 'u', issued->start, unknown_year);
    else
        put_dates(coded, memcmp(issued->end, current_year, YEAR) == 0 ? 'c' : 'd', issued->start,
                  issued->end);
}

static void put_range(uint8_t *coded, const years *dates, bool collection) {
    char type = dates->questionable ? 'q' : collection ? 'i' : 'm';
    put_dates(coded, type, dates->start, dates->end);
}

static void code_dates(const mods_reader *m, uint8_t *coded) {
    years issued = find_years(m, E_DATE_ISSUED), copyright = find_years(m, E_COPYRIGHT_DATE);
    bool collection = m->leader[7] == 'c';
    if (!issued.has_start)
        issued = find_years(m, E_DATE_CREATED);
    if (issued.has_start && (m->leader[7] == 's' || m->leader[7] == 'i'))
        put_continuing(coded, &issued);
    else if (issued.has_start && issued.has_end)
        put_range(coded, &issued, collection);
    else if (issued.has_start && issued.open)
        put_dates(coded, collection ? 'i' : 'm', issued.start, current_year);
    else if (issued.has_start && copyright.has_start && copyright.rank > 1)
        put_dates(coded, 't', issued.start, copyright.start);
    else if (issued.has_start)
        put_dates(coded, 's', issued.start, no_year);
    else if (copyright.has_start)
        put_dates(coded, 's', copyright.start, no_year);
}

/* When the record was made: six digits, or the last six of eight. */
static void code_entered(mods_reader *m, uint8_t *coded) {
    enum { SIZE = 6, CENTURY = 2 };
    memset(coded + ENTERED, ' ', SIZE);
    MODS_EACH_NAMED(m, info, 0, E_RECORD_INFO)
        MODS_EACH_NAMED(m, date, info, E_RECORD_CREATION_DATE) {
            mods_text text = mrrci_mods_in_peek(m, date);
            uint8_t digits[SIZE + CENTURY];
            size_t count = 0;
            for (size_t i = 0; i < text.size && count < sizeof digits && text.at[i] != 'T'; i++)
                if (is_digit(text.at[i]))
                    digits[count++] = text.at[i];
            if (count != SIZE && count != sizeof digits)
                continue;
            memcpy(coded + ENTERED, digits + count - SIZE, SIZE);
            mrrci_mods_in_value(m, date);
            return;
        }
}

/* ---- place and language ---- */

static bool is_letters(mods_text text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] < 'a' || text.at[i] > 'z')
            return false;
    return text.size > 0;
}

static void code_country(const mods_reader *m, uint8_t *coded) {
    MODS_EACH_NAMED(m, origin, 0, E_ORIGIN_INFO)
        MODS_EACH_NAMED(m, place, origin, E_PLACE)
            MODS_EACH_NAMED(m, term, place, E_PLACE_TERM) {
                mods_text code = mrrci_mods_in_peek(m, term);
                if (!mrrci_mods_in_attribute_is(m, term, A_AUTHORITY, "marccountry") ||
                    !is_letters(code) || code.size < 2 || code.size > 3)
                    continue;
                memcpy(coded + COUNTRY, "   ", 3);
                memcpy(coded + COUNTRY, code.at, code.size);
                return;
            }
}

static void code_language(const mods_reader *m, uint8_t *coded) {
    MODS_EACH_NAMED(m, language, 0, E_LANGUAGE)
        MODS_EACH_NAMED(m, term, language, E_LANGUAGE_TERM) {
            mods_text code = mrrci_mods_in_peek(m, term);
            if (mrrci_mods_in_language_code(m, term) && code.size == 3 && is_letters(code) &&
                mrrci_mods_in_language_is_marc(m, term)) {
                memcpy(coded + LANGUAGE, code.at, 3);
                return;
            }
        }
}

/* ---- what the material has ---- */

static void code_genres(mods_reader *m, uint8_t *coded) {
    MODS_EACH_NAMED(m, genre, 0, E_GENRE)
        if (mrrci_mods_in_attribute_is(m, genre, A_AUTHORITY, "marcgt") &&
            mrrci_mods_in_genre_codes(mrrci_mods_in_peek(m, genre), m->material, coded))
            mrrci_mods_in_value(m, genre);
}

static void code_form(mods_reader *m, uint8_t *coded) {
    size_t at = (m->material & (MODS_MAP | MODS_VISUAL)) != 0 ? FORM_OF_IMAGE : FORM;
    MODS_EACH_NAMED(m, physical, 0, E_PHYSICAL_DESCRIPTION)
        MODS_EACH_NAMED(m, form, physical, E_FORM) {
            char code = mrrci_mods_in_form_code(mrrci_mods_in_peek(m, form));
            bool ours = mrrci_mods_in_attribute_is(m, form, A_AUTHORITY, "marcform") ||
                        !mrrci_mods_in_has(m, form, A_AUTHORITY);
            if (code == 0 || !ours || mrrci_mods_in_has(m, form, A_TYPE) ||
                (coded[at] != 0 && coded[at] != (uint8_t)code))
                continue;
            coded[at] = (uint8_t)code;
            mrrci_mods_in_value(m, form);
        }
}

static void code_audience(mods_reader *m, uint8_t *coded) {
    if ((m->material & (MODS_BOOK | MODS_FILE | MODS_MUSIC | MODS_VISUAL)) == 0)
        return;
    MODS_EACH_NAMED(m, audience, 0, E_TARGET_AUDIENCE) {
        char code = mrrci_mods_in_audience_code(mrrci_mods_in_peek(m, audience));
        if (code == 0 || coded[AUDIENCE] != 0 ||
            !mrrci_mods_in_attribute_is(m, audience, A_AUTHORITY, "marctarget"))
            continue;
        coded[AUDIENCE] = (uint8_t)code;
        mrrci_mods_in_value(m, audience);
    }
}

static void code_frequency(mods_reader *m, uint8_t *coded) {
    if (m->material != MODS_SERIAL)
        return;
    MODS_EACH_NAMED(m, origin, 0, E_ORIGIN_INFO)
        MODS_EACH_NAMED(m, frequency, origin, E_FREQUENCY) {
            mods_text term = mrrci_mods_in_peek(m, frequency);
            char code = mrrci_mods_in_frequency_code(term);
            if (!mrrci_mods_in_attribute_is(m, frequency, A_AUTHORITY, "marcfrequency"))
                continue;
            if (code != 0 && coded[FREQUENCY] == 0)
                coded[FREQUENCY] = (uint8_t)code;
            else if (coded[REGULARITY] == 0 && mrrci_mods_in_is(term, "completely irregular"))
                coded[REGULARITY] = 'x';
            else
                continue;
            mrrci_mods_in_value(m, frequency);
        }
}

/* A list of codes has blanks behind its last. */
static void end_list(uint8_t *coded, size_t from, size_t to) {
    if (coded[from] == 0)
        return;
    for (size_t i = from; i <= to; i++)
        if (coded[i] == 0)
            coded[i] = ' ';
}

void mrrci_mods_in_coded(mods_reader *m) {
    uint8_t coded[CODED_SIZE] = {0};
    code_entered(m, coded);
    code_dates(m, coded);
    code_country(m, coded);
    code_frequency(m, coded);
    code_genres(m, coded);
    code_form(m, coded);
    code_audience(m, coded);
    code_language(m, coded);
    if (m->material == MODS_BOOK)
        end_list(coded, CONTENTS, CONTENTS + 3);
    if (m->material == MODS_SERIAL)
        end_list(coded, CONTENTS + 1, CONTENTS + 3);
    if (m->material == MODS_MUSIC)
        end_list(coded, LITERARY, LITERARY + 1);
    for (size_t i = 0; i < sizeof coded; i++)
        if (coded[i] == 0)
            coded[i] = '|';
    mrrci_mods_in_control_bytes(m, "008", coded, sizeof coded);
}
