/* SPDX-License-Identifier: MIT
 *
 * mods_read_control.c: the leader from typeOfResource and issuance; what recordInfo says
 * of the record itself (001, 003, 005, 035, 040); and 007 as far as words for it are
 * found.  008 has a file of its own.
 */
#include "mods_read.h"
#include "mods_write.h"

/* ---- leader ---- */

/* leader/06; the upper one for a manuscript. */
static const struct {
    const char *type;
    char code, manuscript;
} types[] = {
    {"text", 'a', 't'},
    {"cartographic", 'e', 'f'},
    {"notated music", 'c', 'd'},
    {"sound recording-nonmusical", 'i', 'i'},
    {"sound recording-musical", 'j', 'j'},
    {"sound recording", 'j', 'j'},
    {"still image", 'k', 'k'},
    {"moving image", 'g', 'g'},
    {"three dimensional object", 'r', 'r'},
    {"software, multimedia", 'm', 'm'},
    {"mixed material", 'p', 'p'},
};

static char type_code(mods_reader *m, uint32_t node) {
    bool manuscript = mrrci_mods_in_attribute_is(m, node, A_MANUSCRIPT, "yes");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (mrrci_mods_in_is(mrrci_mods_in_peek(m, node), types[i].type)) {
            mrrci_mods_in_value(m, node);
            return manuscript ? types[i].manuscript : types[i].code;
        }
    return 0;
}

static char level_code(mods_text issuance) {
    static const struct {
        const char *issuance;
        char code;
    } levels[] = {{"monographic", 'm'}, {"single unit", 'm'}, {"multipart monograph", 'm'},
                  {"continuing", 's'},  {"serial", 's'},      {"integrating resource", 'i'}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (mrrci_mods_in_is(issuance, levels[i].issuance))
            return levels[i].code;
    return 0;
}

/* The first issuance that is known; each that is known counts as read. */
static char first_level(mods_reader *m) {
    char first = 0;
    MODS_EACH_NAMED(m, origin, 0, E_ORIGIN_INFO)
        MODS_EACH_NAMED(m, issuance, origin, E_ISSUANCE) {
            char code = level_code(mrrci_mods_in_peek(m, issuance));
            if (code == 0)
                continue;
            mrrci_mods_in_value(m, issuance);
            if (first == 0)
                first = code;
        }
    return first;
}

void mrrci_mods_in_leader(mods_reader *m) {
    char type = 0, level = first_level(m);
    bool collection = false;
    MODS_EACH_NAMED(m, node, 0, E_TYPE_OF_RESOURCE) {
        if (mrrci_mods_in_attribute_is(m, node, A_COLLECTION, "yes"))
            collection = true;
        if (type == 0)
            type = type_code(m, node);
    }
    memcpy(m->leader, "00000nam a2200000uu 4500", MRRCI_LEADER_SIZE);
    if (type != 0)
        m->leader[6] = (uint8_t)type;
    if (level != 0)
        m->leader[7] = (uint8_t)level;
    if (collection)
        m->leader[7] = 'c';
    m->material = mrrci_mods_material(m->leader[6], m->leader[7]);
}

/* ---- recordInfo ---- */

enum { DATE_MAX = 14 };

/* The digits of a date, its marks left out, up to a zone or a fraction.  Returns their
 * number, or 0 where it is no date. */
static size_t date_digits(mods_text date, char digits[DATE_MAX]) {
    size_t count = 0;
    date = mrrci_mods_in_trim(date);
    for (size_t i = 0; i < date.size; i++) {
        char byte = (char)date.at[i];
        if (byte >= '0' && byte <= '9' && count < DATE_MAX)
            digits[count++] = byte;
        else if (byte == '.' || byte == 'Z' || byte == '+' || (byte == '-' && count > 8))
            break;
        else if (byte != '-' && byte != ':' && byte != 'T')
            return 0;
    }
    return count;
}

static void put_change_date(mods_reader *m, uint32_t node) {
    char data[] = "00000000000000.0";
    char digits[DATE_MAX];
    mods_text date = mrrci_mods_in_peek(m, node);
    size_t count = date_digits(date, digits);
    if (count != 8 && count != 12 && count != DATE_MAX)
        return;
    memcpy(data, digits, count);
    if (date.size == sizeof data - 1 && date.at[DATE_MAX] == '.') /* as 005 has it */
        data[DATE_MAX + 1] = (char)date.at[DATE_MAX + 1];
    mrrci_mods_in_value(m, node);
    mrrci_mods_in_control_bytes(m, "005", (const uint8_t *)data, sizeof data - 1);
}

/* A further identifier, as other systems' numbers are given: "(source)number". */
static void put_system_number(mods_reader *m, uint32_t node) {
    mods_text source = mrrci_mods_in_attribute(m, node, A_SOURCE);
    mrrci_mods_in_field(m, "035", ' ', ' ');
    mrrci_mods_in_join_begin(m, 'a');
    if (mrrci_mods_in_has(m, node, A_SOURCE)) {
        mrrci_mods_in_join_word(m, "", "(");
        mrrci_mods_in_join(m, "", source);
        mrrci_mods_in_join_word(m, "", ")");
    }
    mrrci_mods_in_join(m, "", mrrci_mods_in_value(m, node));
    mrrci_mods_in_join_end(m);
    mrrci_mods_in_field_end(m);
}

static void put_identifier(mods_reader *m, uint32_t node, bool first) {
    if (!first) {
        put_system_number(m, node);
        return;
    }
    mrrci_mods_in_control(m, "001", mrrci_mods_in_value(m, node));
    mrrci_mods_in_control(m, "003", mrrci_mods_in_attribute(m, node, A_SOURCE));
}

static bool has_text(const mods_reader *m, uint32_t node) {
    return mrrci_mods_in_peek(m, node).size > 0;
}

/* A language's code, or where it has none its name. */
static void put_cataloging_language(mods_reader *m, uint32_t language) {
    uint32_t chosen = MODS_NONE;
    MODS_EACH_NAMED(m, term, language, E_LANGUAGE_TERM)
        if (mrrci_mods_in_language_code(m, term)) {
            chosen = term;
            break;
        }
    MODS_EACH_NAMED(m, term, language, E_LANGUAGE_TERM) {
        mods_text value = mrrci_mods_in_value(m, term);
        if (chosen == MODS_NONE || chosen == term)
            mrrci_mods_in_subfield(m, 'b', value);
    }
}

/* Rules that leader/18 stands for: no $e repeats them. */
static bool is_in_leader(mods_text rules) {
    return mrrci_mods_in_is(rules, "aacr") || mrrci_mods_in_is(rules, "isbd");
}

/* 040: who catalogued ($a, $d), in what language, by which rules. */
static void put_source(mods_reader *m) {
    bool first = true;
    mrrci_mods_in_field(m, "040", ' ', ' ');
    MODS_EACH_NAMED(m, info, 0, E_RECORD_INFO)
        MODS_EACH_NAMED(m, source, info, E_RECORD_CONTENT_SOURCE) {
            mrrci_mods_in_subfield(m, first ? 'a' : 'd', mrrci_mods_in_value(m, source));
            first = false;
        }
    MODS_EACH_NAMED(m, info, 0, E_RECORD_INFO)
        MODS_EACH_NAMED(m, language, info, E_LANGUAGE_OF_CATALOGING)
            put_cataloging_language(m, language);
    MODS_EACH_NAMED(m, info, 0, E_RECORD_INFO)
        MODS_EACH_NAMED(m, standard, info, E_DESCRIPTION_STANDARD) {
            mods_text rules = mrrci_mods_in_value(m, standard);
            if (!is_in_leader(rules))
                mrrci_mods_in_subfield(m, 'e', rules);
        }
    mrrci_mods_in_field_end(m);
}

/* leader/18, and what other parts ask for. */
static void take_standard(mods_reader *m, mods_text standard) {
    if (mrrci_mods_in_is(standard, "aacr") || mrrci_mods_in_is(standard, "aacr2"))
        m->leader[18] = 'a';
    else if (mrrci_mods_in_is(standard, "isbd") || mrrci_mods_in_is(standard, "rda"))
        m->leader[18] = 'i';
    if (mrrci_mods_in_is(standard, "rda"))
        m->is_rda = true;
}

void mrrci_mods_in_record_info(mods_reader *m) {
    bool identified = false, changed = false;
    MODS_EACH_NAMED(m, info, 0, E_RECORD_INFO)
        MODS_EACH(m, child, info) {
            mods_text text = mrrci_mods_in_peek(m, child);
            switch (mrrci_mods_in_element(m, child)) {
            case E_RECORD_IDENTIFIER:
                put_identifier(m, child, !identified);
                identified = identified || has_text(m, child);
                break;
            case E_RECORD_CHANGE_DATE:
                if (!changed)
                    put_change_date(m, child);
                changed = changed || mrrci_mods_in_node(m, child)->used;
                break;
            case E_RECORD_CONTENT_SOURCE:
                if (mrrci_mods_in_is(text, "DLC") ||
                    mrrci_mods_in_is(text, "Library of Congress"))
                    m->is_lc = true;
                break;
            case E_DESCRIPTION_STANDARD:
                take_standard(m, text);
                break;
            default:
                break;
            }
        }
    put_source(m);
}

/* ---- 007 ---- */

enum { PHYSICAL_MAX = 23 };

static void put_physical(mods_reader *m, uint8_t data[PHYSICAL_MAX], char category, char specific,
                         size_t size) {
    memset(data, '|', PHYSICAL_MAX);
    data[0] = (uint8_t)category;
    if (specific != 0)
        data[1] = (uint8_t)specific;
    mrrci_mods_in_control_bytes(m, "007", data, size);
}

/* Words of the list marcgt that say what a map is. */
static void put_map_codes(mods_reader *m) {
    enum { MAP_SIZE = 8, GLOBE_SIZE = 6 };
    uint8_t data[PHYSICAL_MAX];
    MODS_EACH_NAMED(m, genre, 0, E_GENRE) {
        mods_text term = mrrci_mods_in_peek(m, genre);
        char code = mrrci_mods_in_map_genre_code(term);
        bool globe = mrrci_mods_in_is(term, "globe");
        if (!mrrci_mods_in_attribute_is(m, genre, A_AUTHORITY, "marcgt") || (code == 0 && !globe))
            continue;
        mrrci_mods_in_value(m, genre);
        put_physical(m, data, globe ? 'd' : 'a', code, globe ? GLOBE_SIZE : MAP_SIZE);
    }
}

/* The word of the list marcsmd that belongs to a category, or 0; it follows it. */
static char take_specific(mods_reader *m, uint32_t physical, uint32_t form, char category) {
    uint32_t end = mrrci_mods_in_end(m, physical);
    for (form = mrrci_mods_in_end(m, form); form < end; form = mrrci_mods_in_end(m, form)) {
        if (mrrci_mods_in_element(m, form) != E_FORM)
            continue;
        if (mrrci_mods_in_attribute_is(m, form, A_AUTHORITY, "marccategory"))
            return 0;
        if (mrrci_mods_in_attribute_is(m, form, A_AUTHORITY, "marcsmd")) {
            char code = mrrci_mods_in_specific_code(category, mrrci_mods_in_peek(m, form));
            if (code != 0)
                mrrci_mods_in_value(m, form);
            return code;
        }
    }
    return 0;
}

/* How a computer file came to be stands in its 007 alone. */
static bool take_file_codes(mods_reader *m, uint32_t physical, char *origin, char *quality) {
    MODS_EACH(m, child, physical) {
        mods_text text = mrrci_mods_in_peek(m, child);
        unsigned name = mrrci_mods_in_element(m, child);
        char code = 0;
        if (name == E_DIGITAL_ORIGIN && *origin == 0)
            code = *origin = mrrci_mods_in_origin_code(text);
        else if (name == E_REFORMATTING_QUALITY && *quality == 0)
            code = *quality = mrrci_mods_in_quality_code(text);
        if (code != 0)
            mrrci_mods_in_value(m, child);
    }
    return *origin != 0 || *quality != 0;
}

static void put_file_code(mods_reader *m, char specific, char origin, char quality) {
    enum { FILE_SIZE = 14, ORIGIN = 11, QUALITY = 13 };
    uint8_t data[PHYSICAL_MAX];
    memset(data, '|', sizeof data);
    data[0] = 'c';
    if (specific != 0)
        data[1] = (uint8_t)specific;
    if (origin != 0)
        data[ORIGIN] = (uint8_t)origin;
    if (quality != 0)
        data[QUALITY] = (uint8_t)quality;
    mrrci_mods_in_control_bytes(m, "007", data, FILE_SIZE);
}

static void put_categories(mods_reader *m, uint32_t physical) {
    uint8_t data[PHYSICAL_MAX];
    char origin = 0, quality = 0;
    bool pending = take_file_codes(m, physical, &origin, &quality);
    MODS_EACH_NAMED(m, form, physical, E_FORM) {
        size_t size = 0;
        char category = mrrci_mods_in_category_code(mrrci_mods_in_peek(m, form), &size);
        if (category == 0 || !mrrci_mods_in_attribute_is(m, form, A_AUTHORITY, "marccategory"))
            continue;
        mrrci_mods_in_value(m, form);
        char specific = take_specific(m, physical, form, category);
        if (category != 'c') {
            put_physical(m, data, category, specific, size);
            continue;
        }
        put_file_code(m, specific, pending ? origin : 0, pending ? quality : 0);
        pending = false;
    }
    if (pending)
        put_file_code(m, 0, origin, quality);
}

void mrrci_mods_in_physical_codes(mods_reader *m) {
    if (m->material == MODS_MAP)
        put_map_codes(m);
    MODS_EACH_NAMED(m, physical, 0, E_PHYSICAL_DESCRIPTION)
        put_categories(m, physical);
}
