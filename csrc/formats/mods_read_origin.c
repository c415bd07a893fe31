/* SPDX-License-Identifier: MIT
 *
 * mods_read_origin.c: originInfo to 260 or 264, 033, 044, 046, 250 and 310.  A date that
 * is given twice, as printed and in an encoding, is shown as printed; the encoded one is
 * for 008 and 046.
 */
#include "mods_read.h"

/* ---- dates ---- */

/* The encoding whose dates are shown: none where one is without, or else the first's. */
static mods_text shown_encoding(const mods_reader *m, uint32_t origin, unsigned name) {
    mods_text first = {NULL, 0};
    MODS_EACH_NAMED(m, date, origin, name) {
        if (!mrrci_mods_in_has(m, date, A_ENCODING))
            return (mods_text){NULL, 0};
        if (first.size == 0)
            first = mrrci_mods_in_attribute(m, date, A_ENCODING);
    }
    return first;
}

static bool is_shown(const mods_reader *m, uint32_t date, mods_text encoding) {
    mods_text own = mrrci_mods_in_attribute(m, date, A_ENCODING);
    return own.size == encoding.size &&
           (own.size == 0 || memcmp(own.at, encoding.at, own.size) == 0);
}

static bool is_point(const mods_reader *m, uint32_t date, const char *point) {
    return mrrci_mods_in_attribute_is(m, date, A_POINT, point);
}

static void join_date(mods_reader *m, uint32_t date) {
    mods_text text = mrrci_mods_in_value(m, date);
    if (mrrci_mods_in_is(text, "9999") || mrrci_mods_in_is(text, "uuuu"))
        return; /* no end yet, or none known */
    mrrci_mods_in_join(m, "", text);
    if (mrrci_mods_in_attribute_is(m, date, A_QUALIFIER, "questionable"))
        mrrci_mods_in_join_word(m, "", "?");
}

/* One subfield: "start-end". */
static void put_range(mods_reader *m, uint32_t start, uint32_t end, char code) {
    mrrci_mods_in_join_begin(m, code);
    if (start != MODS_NONE)
        join_date(m, start);
    if (end != MODS_NONE) {
        mrrci_mods_in_join_word(m, "", "-");
        join_date(m, end);
    }
    mrrci_mods_in_join_end(m);
}

/* All dates of one name; each counts as read.  Returns whether one was put. */
static bool put_dates(mods_reader *m, uint32_t origin, unsigned name, char code) {
    mods_text encoding = shown_encoding(m, origin, name);
    uint32_t start = MODS_NONE, end = MODS_NONE;
    bool any = false;
    MODS_EACH_NAMED(m, date, origin, name)
        if (is_shown(m, date, encoding)) {
            if (start == MODS_NONE && is_point(m, date, "start"))
                start = date;
            else if (end == MODS_NONE && is_point(m, date, "end"))
                end = date;
        }
    if (start != MODS_NONE || end != MODS_NONE) {
        put_range(m, start, end, code);
        any = true;
    }
    MODS_EACH_NAMED(m, date, origin, name) {
        mrrci_mods_in_value(m, date);
        if (date != start && date != end && is_shown(m, date, encoding)) {
            put_range(m, date, MODS_NONE, code);
            any = true;
        }
    }
    return any;
}

/* ---- 260 and 264 ---- */

/* The second indicator of 264 for the kind of event, or 0 where none is named. */
static char event_of(const mods_reader *m, uint32_t origin) {
    static const struct {
        const char *event, *label;
        char code;
    } events[] = {{"production", "producer", '0'},
                  {"publication", "publisher", '1'},
                  {"distribution", "distributor", '2'},
                  {"manufacture", "manufacturer", '3'},
                  {"copyright", "copyright date", '4'},
                  {"copyright notice", "copyright notice date", '4'}};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (mrrci_mods_in_attribute_is(m, origin, A_EVENT_TYPE, events[i].event) ||
            mrrci_mods_in_attribute_is(m, origin, A_DISPLAY_LABEL, events[i].label))
            return events[i].code;
    return 0;
}

static bool is_place_code(const mods_reader *m, uint32_t term) {
    if (mrrci_mods_in_has(m, term, A_TYPE))
        return mrrci_mods_in_attribute_is(m, term, A_TYPE, "code");
    return mrrci_mods_in_attribute_is(m, term, A_AUTHORITY, "marccountry") ||
           mrrci_mods_in_attribute_is(m, term, A_AUTHORITY, "iso3166");
}

static void put_places_and_names(mods_reader *m, uint32_t origin) {
    MODS_EACH(m, child, origin) {
        unsigned name = mrrci_mods_in_element(m, child);
        if (name == E_PUBLISHER)
            mrrci_mods_in_subfield(m, 'b', mrrci_mods_in_value(m, child));
        if (name == E_AGENT) {
            mrrci_mods_in_join_begin(m, 'b');
            mrrci_mods_in_name_join(m, child);
            mrrci_mods_in_join_end(m);
        }
        if (name == E_PLACE)
            MODS_EACH_NAMED(m, term, child, E_PLACE_TERM)
                if (!is_place_code(m, term))
                    mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, term));
    }
}

static void put_copyright(mods_reader *m, uint32_t origin) {
    mrrci_mods_in_field(m, "264", ' ', '4');
    put_dates(m, origin, E_COPYRIGHT_DATE, 'c');
    mrrci_mods_in_field_end(m);
}

/* A date of copyright beside another one is for 008 if it is encoded. */
static bool is_coded_only(const mods_reader *m, uint32_t origin, unsigned name) {
    return shown_encoding(m, origin, name).size > 0;
}

static void put_imprint(mods_reader *m, uint32_t origin) {
    char event = event_of(m, origin);
    bool by_event = event != 0 || m->is_rda;
    mrrci_mods_in_field(m, by_event ? "264" : "260", ' ',
                        event != 0 ? event : m->is_rda ? '1' : ' ');
    put_places_and_names(m, origin);
    bool dated = put_dates(m, origin, E_DATE_ISSUED, 'c');
    MODS_EACH_NAMED(m, date, origin, E_DATE_OTHER)
        if (mrrci_mods_in_attribute_is(m, date, A_TYPE, "distribution"))
            mrrci_mods_in_subfield(m, 'c', mrrci_mods_in_value(m, date));
    mrrci_mods_in_subfields(m, origin, E_DISPLAY_DATE, 'c');
    put_dates(m, origin, E_DATE_CREATED, by_event ? 'c' : 'g');
    if (dated && is_coded_only(m, origin, E_COPYRIGHT_DATE)) {
        MODS_EACH_NAMED(m, date, origin, E_COPYRIGHT_DATE)
            mrrci_mods_in_value(m, date);
    } else if (!by_event || event == '4') {
        put_dates(m, origin, E_COPYRIGHT_DATE, 'c');
    }
    mrrci_mods_in_field_end(m);
    if (by_event && event != '4' && !(dated && is_coded_only(m, origin, E_COPYRIGHT_DATE)))
        put_copyright(m, origin);
}

/* ---- what else there is ---- */

static bool has_encoding(const mods_reader *m, uint32_t date) {
    return mrrci_mods_in_has(m, date, A_ENCODING);
}

static void put_coded_date(mods_reader *m, uint32_t origin, unsigned name, char start, char end) {
    MODS_EACH_NAMED(m, date, origin, name)
        if (name != E_DATE_CREATED || has_encoding(m, date))
            mrrci_mods_in_subfield(m, is_point(m, date, "end") ? end : start,
                                   mrrci_mods_in_value(m, date));
}

static void put_coded_dates(mods_reader *m, uint32_t origin) {
    mrrci_mods_in_field(m, "046", ' ', ' ');
    put_coded_date(m, origin, E_DATE_MODIFIED, 'j', 'j');
    put_coded_date(m, origin, E_DATE_CREATED, 'k', 'l');
    put_coded_date(m, origin, E_DATE_VALID, 'm', 'n');
    mrrci_mods_in_field_end(m);
}

/* 033 has dates as digits alone; others make a note. */
static void put_capture(mods_reader *m, uint32_t origin) {
    bool range = false;
    MODS_EACH_NAMED(m, date, origin, E_DATE_CAPTURED)
        range = range || mrrci_mods_in_has(m, date, A_POINT);
    mrrci_mods_in_field(m, "033", range ? '2' : '0', '0');
    MODS_EACH_NAMED(m, date, origin, E_DATE_CAPTURED)
        if (has_encoding(m, date)) {
            mods_text text = mrrci_mods_in_value(m, date);
            mrrci_mods_in_join_begin(m, 'a');
            for (size_t i = 0; i < text.size; i++)
                if (text.at[i] != '-' && text.at[i] != ':' && text.at[i] != 'T')
                    mrrci_mods_in_join(m, "", (mods_text){text.at + i, 1});
            mrrci_mods_in_join_end(m);
        }
    mrrci_mods_in_field_end(m);
    MODS_EACH_NAMED(m, date, origin, E_DATE_CAPTURED)
        if (!has_encoding(m, date)) {
            mrrci_mods_in_field(m, "518", ' ', ' ');
            mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, date));
            mrrci_mods_in_field_end(m);
        }
}

static void put_each(mods_reader *m, uint32_t origin, unsigned name, const char *tag) {
    MODS_EACH_NAMED(m, child, origin, name)
        if (!mrrci_mods_in_node(m, child)->used) {
            mrrci_mods_in_field(m, tag, ' ', ' ');
            mrrci_mods_in_subfield(m, 'a', mrrci_mods_in_value(m, child));
            mrrci_mods_in_field_end(m);
        }
}

void mrrci_mods_in_origin_info(mods_reader *m, uint32_t node) {
    put_imprint(m, node);
    put_coded_dates(m, node);
    put_capture(m, node);
    put_each(m, node, E_EDITION, "250");
    put_each(m, node, E_FREQUENCY, "310");
}

/* 044, once in a record: countries beside the one in 008, and those of ISO 3166. */
void mrrci_mods_in_countries(mods_reader *m) {
    size_t count = 0;
    mrrci_mods_in_field(m, "044", ' ', ' ');
    for (int pass = 0; pass < 2; pass++)
        MODS_EACH_NAMED(m, origin, 0, E_ORIGIN_INFO)
            MODS_EACH_NAMED(m, place, origin, E_PLACE)
                MODS_EACH_NAMED(m, term, place, E_PLACE_TERM) {
                    bool marc = mrrci_mods_in_attribute_is(m, term, A_AUTHORITY, "marccountry");
                    bool iso = mrrci_mods_in_attribute_is(m, term, A_AUTHORITY, "iso3166");
                    if (!is_place_code(m, term) || !(marc || iso))
                        continue;
                    mods_text code = mrrci_mods_in_value(m, term);
                    if (pass == 0)
                        count += marc;
                    else if (iso || count > 1)
                        mrrci_mods_in_subfield(m, iso ? 'c' : 'a', code);
                }
    mrrci_mods_in_field_end(m);
}
