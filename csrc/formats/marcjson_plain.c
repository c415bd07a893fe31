/* SPDX-License-Identifier: MIT
 *
 * marcjson_plain.c: a strict reader for MARC-in-JSON as nearly everybody writes it: the leader
 * first, then the fields, one to an object, indicators and subfields in any order, white
 * space where JSON has it.  It repairs nothing and reports nothing: whatever is out of
 * the ordinary it leaves to jansson, and what it takes jansson would take just the same.
 */
#include "json.h"
#include "marcjson.h"
#include "packed.h"

/* The shortest rest of a record from a name of a field on; so a name is looked at
 * without asking for each of its bytes. */
enum { NAME_ROOM = 12 };

/* Where the reading is.  A packed record is never longer than its JSON, so `to` has room. */
typedef struct place {
    const uint8_t *at;
    const uint8_t *end;
    uint8_t *to;
    uint32_t high;            /* not 0 where there was a byte from 0x80 on */
} place;

static inline bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static inline void skip(place *here) {
    while (here->at < here->end && is_space(*here->at))
        here->at++;
}

/* Steps over white space and one byte.  Returns whether it was there. */
static inline bool take(place *here, uint8_t byte) {
    if (here->at < here->end && *here->at == byte) { /* compact text has no white space */
        here->at++;
        return true;
    }
    skip(here);
    if (here->at == here->end || *here->at != byte)
        return false;
    here->at++;
    return true;
}

/* Steps over a name, whose first quote is taken, and the colon; or over nothing, since another
 * name may be looked for in its place. */
static inline bool take_name(place *here, const char *name, size_t size) {
    const uint8_t *begin = here->at;
    if (here->end - begin < NAME_ROOM || memcmp(begin, name, size) != 0)
        return false;
    here->at += size;
    if (take(here, ':'))
        return true;
    here->at = begin;
    return false;
}

#define NAME(here, name) take_name((here), name "\"", sizeof(name))

/* A character that a string may hold as it is, and a tag, a code or an indicator may be. */
static inline bool is_plain(uint8_t byte) {
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/* ---- values ---- */

static int hex_of(uint8_t byte) {
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Reads the digits behind "\u".  Returns the number or -1. */
static int32_t take_unit(place *here) {
    int32_t unit = 0;
    if (here->end - here->at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_of(*here->at++);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static bool take_unicode(place *here) {
    int32_t unit = take_unit(here);
    if (unit <= 0 || (unit >= (int32_t)MRRCI_RECORD && unit <= (int32_t)MRRCI_SUBFIELD))
        return false;
    if ((unit & 0xF800) == 0xD800) {
        if (unit >= 0xDC00 || here->end - here->at < 2 || here->at[0] != '\\' ||
            here->at[1] != 'u')
            return false;
        here->at += 2;
        int32_t low = take_unit(here);
        if (low < 0xDC00 || low > 0xDFFF)
            return false;
        unit = 0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF));
    }
    here->to += mrrci_utf8_put(here->to, (uint32_t)unit);
    return true;
}

/* Steps over an escape. */
static bool take_escape(place *here) {
    if (here->end - here->at < 2)
        return false;
    uint8_t letter = here->at[1];
    here->at += 2;
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        *here->to++ = letter;
        return true;
    case 'b':
        *here->to++ = '\b';
        return true;
    case 'f':
        *here->to++ = '\f';
        return true;
    case 'n':
        *here->to++ = '\n';
        return true;
    case 'r':
        *here->to++ = '\r';
        return true;
    case 't':
        *here->to++ = '\t';
        return true;
    case 'u':
        return take_unicode(here);
    default:
        return false;
    }
}

/* Copies a string, whose first quote is taken, and steps over its last. */
static inline bool take_value(place *here) {
    for (;;) {
        here->at = mrrci_json_run(here->at, here->end, false, &here->to, &here->high);
        if (here->at == here->end)
            return false;
        if (*here->at == '"') {
            here->at++;
            return true;
        }
        if (*here->at != '\\' || !take_escape(here))
            return false;
    }
}

/* ---- fields ---- */

/* The objects of a list, which is at its '['. */
static inline bool take_subfields(place *here) {
    if (!take(here, '['))
        return false;
    if (take(here, ']'))
        return true;
    do {
        if (!take(here, '{') || !take(here, '"') || here->end - here->at < NAME_ROOM / 2 ||
            !is_plain(here->at[0]) || here->at[1] != '"')
            return false;
        here->to[0] = MRRCI_SUBFIELD;
        here->to[1] = here->at[0];
        here->to += 2;
        here->at += 2;
        if (!take(here, ':') || !take(here, '"') || !take_value(here) || !take(here, '}'))
            return false;
    } while (take(here, ','));
    return take(here, ']');
}

/* An indicator's string; an empty one leaves the blank that is there. */
static inline bool take_indicator(place *here, uint8_t *to) {
    if (!take(here, '"') || here->end - here->at < 2)
        return false;
    if (*here->at != '"') {
        if (!is_plain(*here->at))
            return false;
        *to = *here->at++;
    }
    if (*here->at != '"')
        return false;
    here->at++;
    return true;
}

/* A data field's object, whose brace is taken, to its end. */
static inline bool take_data(place *here) {
    enum { FIRST = 1, SECOND = 2, SUBFIELDS = 4 };
    unsigned seen = 0, name;
    uint8_t *indicators = here->to;
    indicators[0] = indicators[1] = ' ';
    here->to += 2;
    do {
        if (!take(here, '"'))
            return false;
        if (NAME(here, "ind1")) {
            name = FIRST;
            if (!take_indicator(here, indicators))
                return false;
        } else if (NAME(here, "ind2")) {
            name = SECOND;
            if (!take_indicator(here, indicators + 1))
                return false;
        } else {
            name = SUBFIELDS;
            if (!NAME(here, "subfields") || !take_subfields(here))
                return false;
        }
        if (seen & name)
            return false;
        seen |= name;
    } while (take(here, ','));
    return (seen & SUBFIELDS) != 0 && take(here, '}');
}

static inline bool take_field(place *here) {
    if (!take(here, '{') || !take(here, '"') || here->end - here->at < NAME_ROOM / 2)
        return false;
    const uint8_t *tag = here->at;
    if (!is_plain(tag[0]) || !is_plain(tag[1]) || !is_plain(tag[2]) || tag[3] != '"')
        return false;
    here->to[0] = MRRCI_FIELD;
    memcpy(here->to + 1, tag, 3);
    here->to += 4;
    here->at += 4;
    if (!take(here, ':'))
        return false;
    if (mrrci_tag_is_control(tag))
        return take(here, '"') && take_value(here) && take(here, '}');
    return take(here, '{') && take_data(here) && take(here, '}');
}

/* ---- a record ---- */

static bool take_leader(place *here) {
    if (!take(here, '{') || !take(here, '"') || !NAME(here, "leader") || !take(here, '"') ||
        here->end - here->at <= (ptrdiff_t)MRRCI_LEADER_SIZE ||
        here->at[MRRCI_LEADER_SIZE] != '"')
        return false;
    for (size_t i = 0; i < MRRCI_LEADER_SIZE; i++)
        if (!is_plain(here->at[i]))
            return false;
    memcpy(here->to, here->at, MRRCI_LEADER_SIZE);
    here->to += MRRCI_LEADER_SIZE;
    here->at += MRRCI_LEADER_SIZE + 1;
    return take(here, ',');
}

static bool take_record(place *here) {
    if (!take_leader(here) || !take(here, '"'))
        return false;
    /* an empty list and the last brace are shorter than what NAME() wants to see */
    if (here->end - here->at < 7 || memcmp(here->at, "fields\"", 7) != 0)
        return false;
    here->at += 7;
    if (!take(here, ':') || !take(here, '['))
        return false;
    if (!take(here, ']')) {
        do {
            if (!take_field(here))
                return false;
        } while (take(here, ','));
        if (!take(here, ']'))
            return false;
    }
    return take(here, '}');
}

int64_t mrrci_marcjson_plain(const uint8_t *text, size_t size, mrrc_buffer *out) {
    enum { SLACK = 32 }; /* a run writes up to 31 bytes too far */
    if (mrrci_buffer_reserve(out, size + SLACK) < 0)
        return MRRC_ERR_MEMORY;
    uint8_t *record = out->data + out->size;
    place here = {text, text + size, record, 0};
    if (!take_record(&here))
        return 0;
    size_t packed = (size_t)(here.to - record);
    if (here.high != 0 && !mrrci_utf8_valid(record, packed))
        return 0;
    out->size += packed;
    return here.at - text;
}
