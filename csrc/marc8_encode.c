/* SPDX-License-Identifier: MIT
 *
 * marc8_encode.c: Unicode to MARC-8 (MARC 21 Specifications, Character Sets,
 * Part 2).  Every set but ANSEL is designated as G0, ANSEL stays in G1, and a
 * value ends in ASCII again.  Text goes through character by character, each
 * with its marks; what MARC-8 lacks becomes a numeric character reference, a
 * question mark or an error, as the caller says.  Field 066 is the writer's.
 */
#include "marc8_text.h"
#include "normal.h"

enum {
    ESC = 0x1B,
    SET_NONE = 0,
    SET_BITS = 10,
    REFERENCE_MAX = 10, /* "&#x10FFFF;" */
    OPEN_LIGATURE = 1,
    OPEN_DOUBLE_TILDE = 2
};

/* The sets by their bits, and what designates them. */
static const struct {
    uint8_t final;
    char name[3]; /* as field 066 $c has it, which is also the escape sequence behind ESC */
} set_bits[SET_BITS] = {
    {0x4E, "(N"}, {0x51, "(Q"}, {0x33, "(3"}, {0x34, "(4"}, {0x32, "(2"},
    {0x53, "(S"}, {0x31, "$1"}, {0x62, "b"},  {0x70, "p"},  {0x67, "g"},
};

typedef struct encoder {
    mrrc_buffer *out;
    uint32_t flags;
    uint32_t sets;
    uint8_t g0;
    const uint8_t *text;
    size_t at;               /* the character at work, with its marks: from here */
    size_t end;              /* to here */
    unsigned open;           /* OPEN_ bits: double marks whose second half is to come */
    mrrc_buffer characters;  /* uint32_t: the character at work in form C */
    mrrc_buffer utf8;        /* a part of it, */
    mrrc_buffer parts;       /* uint32_t: and that in form D */
    mrrc_error *err;
} encoder;

/* A character's place: a set and a code in it, or SET_NONE. */
typedef struct place {
    uint8_t final;
    bool mark;
    uint32_t code;
} place;

const char *mrrc_marc8_set_name(uint32_t bit) {
    for (uint32_t i = 0; i < SET_BITS; i++)
        if (bit == 1u << i)
            return set_bits[i].name;
    return NULL;
}

/* Finding ---------------------------------------------------------------------- */

static place find_eacc(uint32_t character) {
    size_t low = 0, high = mrrci_eacc_codes_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (mrrci_eacc_codes[middle].character < character)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < mrrci_eacc_codes_count && mrrci_eacc_codes[low].character == character)
        return (place){MRRCI_MARC8_EACC, false, mrrci_eacc_codes[low].code};
    return (place){SET_NONE, false, 0};
}

/* Finds a character in the set `wished` if it is there, else in ASCII, else in
 * ANSEL, else in another: the order of the table. */
static place find(uint32_t character, uint8_t wished) {
    place found = {SET_NONE, false, 0};
    size_t low = 0, high = mrrci_marc8_codes_count;
    if (character == ESC)
        return found;
    if (character < 0x80)
        found = (place){MRRCI_MARC8_ASCII, false, character};
    if (character <= 0x20 || (character < 0x80 && wished == MRRCI_MARC8_ASCII))
        return found;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (mrrci_marc8_codes[middle].character < character)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < mrrci_marc8_codes_count && mrrci_marc8_codes[low].character == character; low++) {
        const mrrci_marc8_code *code = &mrrci_marc8_codes[low];
        if (code->final == wished || found.final == SET_NONE)
            found = (place){code->final, code->mark, code->code};
        if (code->final == wished)
            return found;
    }
    return found.final == SET_NONE ? find_eacc(character) : found;
}

/* What a base character and a mark make together if a set has it, or 0. */
static uint32_t find_pair(uint32_t base, uint32_t mark) {
    size_t low = 0, high = mrrci_marc8_pairs_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const mrrci_marc8_pair *pair = &mrrci_marc8_pairs[middle];
        if (pair->base < base || (pair->base == base && pair->mark < mark))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == mrrci_marc8_pairs_count)
        return 0;
    const mrrci_marc8_pair *pair = &mrrci_marc8_pairs[low];
    return pair->base == base && pair->mark == mark ? pair->character : 0;
}

/* Writing ---------------------------------------------------------------------- */

/* The sets that have an escape sequence of two bytes (technique 1). */
static bool is_small(uint8_t final) {
    return final == MRRCI_MARC8_SUBSCRIPT || final == MRRCI_MARC8_SUPERSCRIPT ||
           final == MRRCI_MARC8_GREEK_SYMBOLS;
}

static int designate(encoder *e, uint8_t final) {
    static const uint8_t escape = ESC;
    if (final == e->g0)
        return MRRC_OK;
    MRRCI_TRY(mrrci_buffer_append(e->out, &escape, 1));
    if (final == MRRCI_MARC8_ASCII) {
        const char *name = is_small(e->g0) ? "s" : "(B";
        e->g0 = final;
        return mrrci_buffer_append(e->out, name, strlen(name));
    }
    for (uint32_t i = 0; i < SET_BITS; i++) {
        if (set_bits[i].final != final)
            continue;
        e->sets |= 1u << i;
        MRRCI_TRY(mrrci_buffer_append(e->out, set_bits[i].name, strlen(set_bits[i].name)));
    }
    e->g0 = final;
    return MRRC_OK;
}

static int put_place(encoder *e, place where) {
    uint8_t bytes[3] = {(uint8_t)(where.code >> 16), (uint8_t)(where.code >> 8),
                        (uint8_t)where.code};
    if (where.final == MRRCI_MARC8_EACC) {
        MRRCI_TRY(designate(e, where.final));
        return mrrci_buffer_append(e->out, bytes, 3);
    }
    bool anywhere = where.final == MRRCI_MARC8_ANSEL || where.code <= 0x20;
    if (!anywhere)
        MRRCI_TRY(designate(e, where.final));
    else if (e->g0 == MRRCI_MARC8_EACC || is_small(e->g0))
        /* Readers that take every three bytes for a character of EACC are not rare. */
        MRRCI_TRY(designate(e, MRRCI_MARC8_ASCII));
    return mrrci_buffer_append(e->out, bytes + 2, 1);
}

/* Where in the input a character of the one at work stands. */
static size_t locate(const encoder *e, uint32_t character) {
    const uint8_t *next = e->text + e->at;
    while (next < e->text + e->end) {
        size_t at = (size_t)(next - e->text);
        if (mrrci_utf8_next(&next) == character)
            return at;
    }
    return e->at;
}

static int put_unmapped(encoder *e, uint32_t character) {
    static const char digits[] = "0123456789ABCDEF";
    if (e->flags & MRRC_MARC8_UNMAPPED_REPLACE)
        return put_place(e, find('?', e->g0));
    if (!(e->flags & MRRC_MARC8_UNMAPPED_NCR)) {
        if (e->err != NULL && e->err->code == 0)
            e->err->found = character;
        return mrrci_fail(e->err, MRRC_ERR_CHARACTER_UNMAPPED, locate(e, character));
    }
    char reference[REFERENCE_MAX] = "&#x";
    size_t size = 3;
    for (unsigned shift = 24; shift > 0; shift -= 4)
        if (character >> (shift - 4) > 0 || shift <= 16)
            reference[size++] = digits[character >> (shift - 4) & 0xF];
    reference[size++] = ';';
    MRRCI_TRY(designate(e, MRRCI_MARC8_ASCII));
    return mrrci_buffer_append(e->out, reference, size);
}

/* One character and its marks ---------------------------------------------------- */

static bool is_base(place where) {
    return where.final != SET_NONE && !where.mark;
}

/* Control functions take no marks: those before one belong to the character behind it. */
static bool is_control(place where) {
    return where.code < 0x20 || (where.code >= 0x7F && where.code < 0xA0);
}

/* Marks stay with the set of their base if they can, else with ANSEL, which has
 * a double mark as two halves. */
static place find_mark(uint32_t mark, uint8_t set) {
    if (mark == MRRCI_LIGATURE)
        mark = MRRCI_LIGATURE_LEFT;
    else if (mark == MRRCI_DOUBLE_TILDE)
        mark = MRRCI_DOUBLE_TILDE_LEFT;
    return find(mark, set);
}

/* Writes the second halves of the double marks behind the last base character. */
static int put_second_halves(encoder *e) {
    unsigned open = e->open;
    e->open = 0;
    if (open & OPEN_LIGATURE)
        MRRCI_TRY(put_place(e, find(MRRCI_LIGATURE_RIGHT, MRRCI_MARC8_ANSEL)));
    if (open & OPEN_DOUBLE_TILDE)
        MRRCI_TRY(put_place(e, find(MRRCI_DOUBLE_TILDE_RIGHT, MRRCI_MARC8_ANSEL)));
    return MRRC_OK;
}

/* Writes marks that cannot stand before a base character: behind it, as they
 * stand in Unicode.  Superscript alef is a mark there and none in MARC-8. */
static int put_behind(encoder *e, const uint32_t *marks, size_t count) {
    for (size_t i = 0; i < count; i++) {
        place where = find(marks[i], e->g0);
        MRRCI_TRY(is_base(where) ? put_place(e, where) : put_unmapped(e, marks[i]));
    }
    return MRRC_OK;
}

/* Writes a base character and its marks: those before the first one that no
 * set has go before it.  To reorder beyond that could change the text. */
static int put_marked(encoder *e, place base, const uint32_t *marks, size_t count) {
    size_t mapped = 0;
    if (is_control(base)) {
        MRRCI_TRY(put_place(e, base));
        return put_behind(e, marks, count);
    }
    MRRCI_TRY(put_second_halves(e));
    while (mapped < count && find_mark(marks[mapped], base.final).final != SET_NONE)
        mapped++;
    for (size_t i = 0; i < mapped; i++) {
        place where = find_mark(marks[i], base.final);
        if (where.mark)
            MRRCI_TRY(put_place(e, where));
        if (marks[i] == MRRCI_LIGATURE)
            e->open |= OPEN_LIGATURE;
        else if (marks[i] == MRRCI_DOUBLE_TILDE)
            e->open |= OPEN_DOUBLE_TILDE;
    }
    MRRCI_TRY(put_place(e, base));
    for (size_t i = 0; i < mapped; i++) {
        if (!find_mark(marks[i], base.final).mark)
            MRRCI_TRY(put_behind(e, marks + i, 1));
    }
    return mapped == count ? MRRC_OK : put_behind(e, marks + mapped, count - mapped);
}

/* Joins a base with those of its marks with which a set has it as one character
 * (Cyrillic, kana, horned letters).  A mark behind an equal class is not free. */
static void join(uint32_t *characters, size_t *count) {
    unsigned passed = 0; /* the class of the mark before, where that stayed */
    size_t to = 1;
    for (size_t i = 1; i < *count; i++) {
        unsigned class = mrrci_combining_class(characters[i]);
        uint32_t joined = class == passed ? 0 : find_pair(characters[0], characters[i]);
        if (joined != 0) {
            characters[0] = joined;
        } else {
            characters[to++] = characters[i];
            passed = class;
        }
    }
    *count = to;
}

/* Takes a part of the character at work apart again, into e->parts. */
static int take_apart(encoder *e, const uint32_t *group, size_t count) {
    e->utf8.size = 0;
    MRRCI_TRY(mrrci_buffer_reserve(&e->utf8, 4 * count));
    for (size_t i = 0; i < count; i++)
        e->utf8.size += mrrci_utf8_put(e->utf8.data + e->utf8.size, group[i]);
    return mrrci_decompose(e->utf8.data, e->utf8.size, MRRCI_CANONICAL, &e->parts);
}

/* Writes a base character and its marks, which are in form C.  Taken apart it
 * may have a place that it lacks as one character. */
static int put_group(encoder *e, const uint32_t *group, size_t count) {
    place base = find(group[0], e->g0);
    if (is_base(base))
        return put_marked(e, base, group + 1, count - 1);
    MRRCI_TRY(take_apart(e, group, count));
    uint32_t *parts = (uint32_t *)(void *)e->parts.data;
    size_t left = e->parts.size / sizeof *parts;
    bool marked = true;
    for (size_t i = 1; i < left; i++)
        marked = marked && mrrci_combining_class(parts[i]) != 0;
    join(parts, &left);
    base = find(parts[0], e->g0);
    if (marked && is_base(base))
        return put_marked(e, base, parts + 1, left - 1);
    e->open = 0;
    for (size_t i = 0; i < count; i++)
        MRRCI_TRY(put_unmapped(e, group[i]));
    return MRRC_OK;
}

/* Writes the character at work, from e->at to e->end of the input. */
static int put_character(encoder *e) {
    const uint8_t *next = e->text + e->at;
    uint32_t first = mrrci_utf8_next(&next);
    if (next == e->text + e->end) {
        place where = find(first, e->g0);
        if (is_base(where))
            return put_marked(e, where, NULL, 0);
    }
    MRRCI_TRY(mrrci_decompose(e->text + e->at, e->end - e->at, MRRCI_CANONICAL, &e->characters));
    mrrci_compose(&e->characters);
    const uint32_t *all = (const uint32_t *)(const void *)e->characters.data;
    size_t count = e->characters.size / sizeof *all, at = 0;
    while (at < count && mrrci_combining_class(all[at]) != 0)
        at++;
    MRRCI_TRY(put_behind(e, all, at)); /* marks without a base character */
    while (at < count) {
        size_t end = at + 1;
        while (end < count && mrrci_combining_class(all[end]) != 0)
            end++;
        MRRCI_TRY(put_group(e, all + at, end - at));
        at = end;
    }
    return MRRC_OK;
}

/* The value ------------------------------------------------------------------------ */

/* Whether a character belongs to the one before: a mark, or a letter of Hangul
 * that may end a syllable. */
static bool continues(uint32_t character) {
    return (character >= 0x1160 && character <= 0x11FF) || mrrci_combining_class(character) != 0;
}

static int encode(encoder *e, size_t size) {
    while (e->at < size) {
        if (e->g0 == MRRCI_MARC8_ASCII && e->open == 0) {
            size_t run = mrrci_ascii_run(e->text + e->at, size - e->at);
            bool marks_may_follow = run < size - e->at && e->text[e->at + run] >= 0x80;
            run -= run > 0 && marks_may_follow;
            MRRCI_TRY(mrrci_buffer_append(e->out, e->text + e->at, run));
            e->at += run;
            if (e->at == size)
                break;
        }
        const uint8_t *next = e->text + e->at;
        mrrci_utf8_next(&next);
        e->end = (size_t)(next - e->text);
        while (e->end < size && continues(mrrci_utf8_next(&next)))
            e->end = (size_t)(next - e->text);
        MRRCI_TRY(put_character(e));
        e->at = e->end;
    }
    return designate(e, MRRCI_MARC8_ASCII);
}

/* Where the first byte stands that is not UTF-8. */
static size_t first_invalid(const uint8_t *text, size_t size) {
    size_t at = 0, step = 1;
    while (at < size && step <= 4) {
        step = 1;
        while (step <= 4 && (step > size - at || !mrrci_utf8_valid(text + at, step)))
            step++;
        at += step <= 4 ? step : 0;
    }
    return at;
}

int mrrc_marc8_encode(const uint8_t *text, size_t size, uint32_t flags, uint32_t *sets,
                      mrrc_buffer *out, mrrc_error *err) {
    encoder e = {.out = out, .flags = flags, .g0 = MRRCI_MARC8_ASCII, .text = text, .err = err};
    size_t before = out->size;
    if (!mrrci_utf8_valid(text, size))
        return mrrci_fail(err, MRRC_ERR_TEXT_INVALID, first_invalid(text, size));
    int status = encode(&e, size);
    mrrci_buffer_clear(&e.characters);
    mrrci_buffer_clear(&e.utf8);
    mrrci_buffer_clear(&e.parts);
    if (status < 0) {
        out->size = before;
        return mrrci_fail(err, status, 0);
    }
    if (sets != NULL)
        *sets |= e.sets;
    return status;
}
