/* SPDX-License-Identifier: MIT
 *
 * marc8.c: MARC-8 (MARC 21 Specifications, Character Sets, Part 2) and ISO 5426
 * to Unicode.  One decoder with two sets of manners: the standard's, and
 * pymarc's for those who rely on them.  Pymarc's give way where they would lose
 * text that the standard defines; those places say so.  Nothing is printed: what
 * stands for nothing is a diagnostic, and whoever wants pymarc's lines makes
 * them of those.
 */
#include "marc8_text.h"
#include "normal.h"

enum {
    ESC = 0x1B,
    DELETE = 0x7F,
    MULTIPLE = '$',       /* the next set has several bytes a character */
    ALTERNATE_ASCII = 's' /* ESC s: ASCII again, after a technique 1 set */
};

typedef struct decoder {
    const uint8_t *data;
    size_t size;
    size_t at;
    uint32_t flags;
    mrrc_marc8_state *state;
    const mrrci_marc8_set *g0; /* NULL: EACC, or no set at all */
    const mrrci_marc8_set *g1;
    mrrc_buffer *notes;
    mrrci_marc8_text text;
    size_t marks_at; /* where the marks that wait began */
} decoder;

static const mrrci_marc8_set *find_set(uint8_t final) {
    for (size_t i = 0; i < MRRCI_MARC8_SETS; i++)
        if (mrrci_marc8_sets[i].final == final)
            return &mrrci_marc8_sets[i];
    return NULL;
}

static bool is_known(uint8_t final) {
    return final == MRRCI_MARC8_EACC || find_set(final) != NULL;
}

static void designate(decoder *d, bool high, uint8_t final) {
    *(high ? &d->g1 : &d->g0) = find_set(final);
    *(high ? &d->state->g1 : &d->state->g0) = final;
}

static bool pymarc(const decoder *d) {
    return (d->flags & MRRC_MARC8_PYMARC) != 0;
}

static int note(const decoder *d, int code, size_t offset, size_t size, uint32_t found) {
    mrrc_diagnostic diagnostic = {
        .code = code,
        .offset = offset,
        .size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
        .found = found,
        .g0 = d->state->g0,
        .g1 = d->state->g1,
    };
    return mrrci_note(d->notes, &diagnostic);
}

/* A cell of EACC, or 0. */
static uint32_t eacc_cell(uint32_t code) {
    uint32_t first = (code >> 16) - 0x21, second = (code >> 8 & 0xFF) - 0x21;
    if (first > MRRCI_EACC_FIRST_MAX - 0x21 || second >= MRRCI_EACC_LEADS)
        return 0;
    size_t lead = first * MRRCI_EACC_LEADS + second;
    size_t low = mrrci_eacc_first[lead], high = mrrci_eacc_first[lead + 1];
    uint8_t last = (uint8_t)code;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (mrrci_eacc_last[middle] < last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < mrrci_eacc_first[lead + 1] && mrrci_eacc_last[low] == last)
        return mrrci_eacc_characters[low];
    return 0;
}

/* What pymarc's table has for a code of EACC. */
static uint32_t eacc_pymarc(uint32_t code, uint32_t cell) {
    if (cell & MRRCI_CELL_OTHER)
        for (size_t i = 0; i < MRRCI_EACC_PYMARC; i++)
            if (mrrci_eacc_pymarc[i].code == code)
                return mrrci_eacc_pymarc[i].character | MRRCI_CELL_UNSTABLE;
    return cell;
}

/* Codes of some systems, in no standard, that pymarc knows. */
static uint32_t odd_character(uint32_t code) {
    switch (code) {
    case 0x21203D:
        return 0x2026;
    case 0x212040:
        return 0x201C;
    case 0x7F2014:
        return 0x2014;
    case 0x7F2019:
        return 0x2019;
    case 0x7F2020:
        return 0x201D;
    case 0x7F2122:
        return 0x2122;
    default:
        return 0;
    }
}

/* Takes a character that is no mark, of `size` bytes at d->at. */
static int take_base(decoder *d, uint32_t cell, size_t size) {
    int status = mrrci_text_base(&d->text, cell);
    d->at += size;
    if (status > 0)
        return note(d, MRRC_ERR_MARK_STRAY, d->marks_at, d->at - d->marks_at, cell & 0x1FFFFFu);
    return status;
}

static int take_cell(decoder *d, uint32_t cell, size_t size) {
    if (!(cell & MRRCI_CELL_MARK))
        return take_base(d, cell, size);
    if (d->text.marks.size == 0)
        d->marks_at = d->at;
    d->at += size;
    return mrrci_text_mark(&d->text, cell & MRRCI_CELL_CHARACTER);
}

/* Takes bytes that stand for nothing. */
static int take_unknown(decoder *d, int code, uint32_t found, size_t size) {
    MRRCI_TRY(note(d, code, d->at, size, found));
    return take_base(d, pymarc(d) ? ' ' : MRRCI_REPLACEMENT, size);
}

/* Takes a character that marks do not belong to: they wait for the next one. */
static int take_plain(decoder *d, uint32_t character) {
    d->at++;
    return mrrci_text_plain(&d->text, character);
}

/* A numeric character reference at d->at, "&#x1F600;" with four to six digits,
 * or 0.  What it may not smuggle in, control characters and surrogates, is left
 * as text. */
static uint32_t reference(const decoder *d, size_t *size) {
    size_t at = d->at + 3, digits = 0;
    uint32_t character = 0;
    if (d->size - d->at < 8 || memcmp(d->data + d->at, "&#x", 3) != 0)
        return 0;
    for (; digits < 7 && at < d->size; digits++, at++) {
        uint8_t byte = d->data[at];
        if (byte >= '0' && byte <= '9')
            character = character << 4 | (byte - (uint32_t)'0');
        else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f')
            character = character << 4 | ((byte | 0x20u) - 'a' + 10);
        else
            break;
    }
    if (digits < 4 || digits > 6 || at == d->size || d->data[at] != ';')
        return 0;
    if (character < 0x20 || character == DELETE || character > 0x10FFFF ||
        (character >= 0xD800 && character <= 0xDFFF))
        return 0;
    *size = at + 1 - d->at;
    return character;
}

/* Takes what can be taken at once.  Returns 1 if something was, else 0. */
static int take_quickly(decoder *d) {
    if (d->state->g0 != MRRCI_MARC8_ASCII)
        return 0;
    const uint8_t *data = d->data + d->at;
    if (d->flags & MRRC_MARC8_NCR && data[0] == '&') {
        size_t size;
        uint32_t character = reference(d, &size);
        if (character != 0 && mrrci_is_mark(character)) {
            /* A reference stands where the character stands in Unicode: behind its base. */
            d->at += size;
            MRRCI_TRY(mrrci_text_plain(&d->text, character | MRRCI_CELL_UNSTABLE));
            return 1;
        }
        if (character != 0) {
            MRRCI_TRY(take_base(d, character | MRRCI_CELL_UNSTABLE, size));
            return 1;
        }
    }
    if (d->text.marks.size > 0)
        return 0;
    size_t left = d->size - d->at;
    if (d->flags & MRRC_MARC8_NCR && left > 1) {
        /* no further than the next reference, or each would look over all that follows */
        const uint8_t *next = memchr(data + 1, '&', left - 1);
        left = next == NULL ? left : (size_t)(next - data);
    }
    size_t run = mrrci_ascii_run(data, left);
    if (run == 0)
        return 0;
    MRRCI_TRY(mrrci_text_ascii(&d->text, data, run));
    d->at += run;
    return 1;
}

/* The standard's manners ------------------------------------------------------ */

/* How long the escape sequence at d->at is that designates a set, or 0; which
 * set, and whether for G1. */
static size_t designation(const decoder *d, uint8_t *final, bool *high) {
    const uint8_t *data = d->data + d->at;
    size_t left = d->size - d->at, at = 1;
    *high = false;
    if (left < 2)
        return 0;
    if (memchr("gbp", data[1], 3) != NULL || data[1] == ALTERNATE_ASCII) {
        *final = data[1] == ALTERNATE_ASCII ? (uint8_t)MRRCI_MARC8_ASCII : data[1];
        return 2;
    }
    bool multiple = data[at] == MULTIPLE;
    at += multiple;
    if (at == left)
        return 0;
    if (data[at] == ')' || data[at] == '-')
        *high = true;
    else if (data[at] == ',' || (data[at] == '(' && !multiple))
        *high = false;
    else if (multiple)
        at--; /* ESC $ F */
    else
        return 0;
    at++;
    if (left - at >= 2 && data[at] == '!' && data[at + 1] == MRRCI_MARC8_ANSEL)
        at++; /* the one set with a final of two bytes */
    if (at == left || data[at] < 0x30 || data[at] > 0x7E)
        return 0;
    *final = data[at];
    return at + 1;
}

static int take_escape(decoder *d) {
    uint8_t final = 0;
    bool high;
    size_t size = designation(d, &final, &high);
    if (size > 0) {
        if (!is_known(final))
            MRRCI_TRY(note(d, MRRC_ERR_CHARACTER_UNMAPPED, d->at, size, final));
        designate(d, high, final);
        d->at += size;
        return MRRC_OK;
    }
    /* What follows a stray escape is more likely text than part of it. */
    size_t at = d->at + 1;
    while (at < d->size && d->data[at] >= 0x20 && d->data[at] < 0x30)
        at++;
    int code = at == d->size ? MRRC_ERR_CHARACTER_CUT : MRRC_ERR_CHARACTER_UNMAPPED;
    return take_unknown(d, code, ESC, 1);
}

/* Takes a character of EACC.  One that is cut off ends before the first byte
 * that cannot belong to it; one that is unknown is passed over as a whole. */
static int take_eacc(decoder *d) {
    const uint8_t *data = d->data + d->at;
    uint8_t half = data[0] & 0x80;
    uint32_t code = data[0] & 0x7F;
    size_t left = d->size - d->at, size = 1;
    for (; size < 3 && size < left; size++) {
        uint8_t byte = data[size] ^ half;
        if (byte < 0x21 || byte > 0x7E)
            break;
        code = code << 8 | byte;
    }
    if (size == 2 && left > 2 && (data[2] ^ half) == 0x20 && eacc_cell(code << 8 | 0x20) != 0)
        return take_base(d, eacc_cell(code << 8 | 0x20), 3);
    if (size < 3)
        return take_unknown(d, MRRC_ERR_CHARACTER_CUT, code, size);
    uint32_t cell = eacc_cell(code);
    if (cell == 0)
        return take_unknown(d, MRRC_ERR_CHARACTER_UNMAPPED, code, 3);
    return take_base(d, cell, 3);
}

static int take_by_standard(decoder *d) {
    uint8_t byte = d->data[d->at];
    if (byte == ESC)
        return take_escape(d);
    if (byte == ' ')
        return take_base(d, ' ', 1);
    if (byte < 0x20 || byte == DELETE)
        return take_plain(d, byte);
    if (byte >= 0x80 && byte < 0xA0) {
        /* The control functions that MARC 21 defines stand in the table of ANSEL. */
        uint32_t cell = find_set(MRRCI_MARC8_ANSEL)->cells[byte & 0x7F];
        return cell != 0 ? take_plain(d, cell)
                         : take_unknown(d, MRRC_ERR_CHARACTER_UNMAPPED, byte, 1);
    }
    bool high = byte >= 0x80;
    bool graphic = byte != 0xA0 && byte != 0xFF;
    if (graphic && (high ? d->state->g1 : d->state->g0) == MRRCI_MARC8_EACC)
        return take_eacc(d);
    const mrrci_marc8_set *set = high ? d->g1 : d->g0;
    uint32_t cell = set == NULL || !graphic ? 0 : set->cells[byte & 0x7F];
    return cell != 0 ? take_cell(d, cell, 1)
                     : take_unknown(d, MRRC_ERR_CHARACTER_UNMAPPED, byte, 1);
}

/* Marks that nothing follows stand on a space, as MARC-8 can write them again. */
static int end_by_standard(decoder *d) {
    if (d->text.marks.size == 0)
        return MRRC_OK;
    MRRCI_TRY(note(d, MRRC_ERR_MARK_STRAY, d->marks_at, d->size - d->marks_at, 0));
    return take_base(d, ' ', 0);
}

/* pymarc's manners ------------------------------------------------------------ */

/* Escape sequences that pymarc misreads; without them the text that follows
 * would be lost.  Returns 1 if one was taken. */
static int take_escape_for_pymarc(decoder *d) {
    const uint8_t *data = d->data + d->at;
    uint8_t final = 0;
    bool high;
    size_t size = designation(d, &final, &high);
    bool two_bytes = size == 4 && data[2] == '!';
    bool multiple_high = size == 4 && data[1] == MULTIPLE && high && final == MRRCI_MARC8_EACC;
    if (!two_bytes && !multiple_high)
        return 0;
    designate(d, high, final);
    d->at += size;
    return 1;
}

/* Whether an escape sequence at d->at, right behind one of two bytes, counts.
 * pymarc drops its first byte, takes the others for text and loses what it
 * designates.  It raises where a value ends with one of two bytes: not here. */
static bool follows_for_pymarc(const decoder *d) {
    uint8_t final = 0;
    bool high;
    size_t size = designation(d, &final, &high);
    return size > 2 || (size == 2 && d->at + size < d->size);
}

/* Takes an escape sequence.  Returns 1 where pymarc goes on to decode a
 * character at once, 0 where not, or MRRC_ERR_CHARACTER_CUT where it raises. */
static int take_escape_by_pymarc(decoder *d) {
    const uint8_t *data = d->data + d->at;
    size_t left = d->size - d->at;
    if (take_escape_for_pymarc(d))
        return 0;
    if (left < 2)
        return MRRC_ERR_CHARACTER_CUT;
    uint8_t next = data[1];
    if (next == '(' || next == ',' || next == MULTIPLE) {
        if (left < 3) {
            MRRCI_TRY(take_plain(d, ESC));
            return 0;
        }
        size_t at = next == MULTIPLE && data[2] == ',' ? 3 : 2;
        if (at == left)
            return MRRC_ERR_CHARACTER_CUT;
        designate(d, false, data[at]);
        d->at += at + 1;
        return 0;
    }
    if (next == ')' || next == '-') {
        if (left < 3)
            return MRRC_ERR_CHARACTER_CUT;
        designate(d, true, data[2]);
        d->at += 3;
        return 0;
    }
    if (next == ALTERNATE_ASCII || is_known(next)) {
        designate(d, false, next == ALTERNATE_ASCII ? (uint8_t)MRRCI_MARC8_ASCII : next);
        d->at += 2;
        if (d->at < d->size && d->data[d->at] == ESC && follows_for_pymarc(d))
            return 0;
        if (d->at == d->size && next == ALTERNATE_ASCII)
            return 0;
    }
    return 1;
}

/* Takes three bytes, whatever they are. */
static int take_eacc_by_pymarc(decoder *d) {
    const uint8_t *data = d->data + d->at;
    size_t left = d->size - d->at;
    if (left < 3) {
        uint32_t whole = d->size > UINT32_MAX ? UINT32_MAX : (uint32_t)d->size;
        MRRCI_TRY(note(d, MRRC_ERR_CHARACTER_CUT, d->at, left, whole));
        return take_unknown(d, MRRC_ERR_CHARACTER_UNMAPPED, ' ', left);
    }
    uint32_t code = (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2];
    uint32_t cell = eacc_cell(code);
    if (cell != 0)
        return take_base(d, eacc_pymarc(code, cell), 3);
    uint32_t odd = odd_character(code);
    if (odd == 0)
        return take_unknown(d, MRRC_ERR_CHARACTER_UNMAPPED, code, 3);
    d->at += 3;
    return mrrci_text_plain(&d->text, odd);
}

/* The cell of a byte of G1 at d->at, or 0, and how many bytes it has.  A set is
 * the same in G0 and G1; pymarc knows it only where its table has it. */
static uint32_t high_cell(const decoder *d, size_t *size) {
    const uint8_t *data = d->data + d->at;
    *size = 1;
    if (data[0] <= 0xA0 || data[0] == 0xFF)
        return 0;
    if (d->state->g1 != MRRCI_MARC8_EACC)
        return d->g1 == NULL ? 0 : d->g1->cells[data[0] & 0x7F];
    *size = 3;
    if (d->size - d->at < 3 || (data[1] & data[2] & 0x80) == 0)
        return 0;
    return eacc_cell((data[0] & 0x7Fu) << 16 | (data[1] & 0x7Fu) << 8 | (data[2] & 0x7Fu));
}

/* Whether the byte at d->at is one that pymarc, while EACC is G0, takes for the
 * first of three, and of which the standard says that it stands for itself. */
static bool stands_alone(const decoder *d) {
    uint8_t byte = d->data[d->at];
    size_t size;
    if (byte < 0x80)
        return byte <= ' ';
    return byte == 0x88 || byte == 0x89 || byte == 0x8D || byte == 0x8E ||
           high_cell(d, &size) != 0;
}

static int take_by_pymarc(decoder *d) {
    bool eacc = d->state->g0 == MRRCI_MARC8_EACC;
    if (d->data[d->at] == ESC) {
        int status = take_escape_by_pymarc(d);
        if (status != 1)
            return status;
        eacc = d->state->g0 == MRRCI_MARC8_EACC;
        if (eacc && (d->at == d->size || d->data[d->at] == ESC))
            return take_eacc_by_pymarc(d);
        if (d->at == d->size)
            return MRRC_ERR_CHARACTER_CUT;
    }
    uint8_t byte = d->data[d->at];
    if (eacc && !stands_alone(d))
        return take_eacc_by_pymarc(d);
    if (eacc && byte == ' ')
        return take_base(d, ' ', 1);
    if (byte < 0x20 || (byte > 0x80 && byte < 0xA0)) {
        d->at++; /* control functions are dropped */
        return MRRC_OK;
    }
    size_t size = 1;
    uint32_t cell = 0;
    if (byte > 0x80)
        cell = high_cell(d, &size);
    else if (d->g0 != NULL && byte < DELETE)
        cell = d->g0->cells[byte];
    return cell != 0 ? take_cell(d, cell, size)
                     : take_unknown(d, MRRC_ERR_CHARACTER_UNMAPPED, byte, 1);
}

/* ------------------------------------------------------------------------------ */

static int decode(decoder *d) {
    while (d->at < d->size) {
        int status = take_quickly(d);
        if (status == 0)
            status = pymarc(d) ? take_by_pymarc(d) : take_by_standard(d);
        if (status < 0)
            return status;
    }
    if (!pymarc(d)) /* pymarc drops marks that nothing follows */
        MRRCI_TRY(end_by_standard(d));
    return mrrci_text_settle(&d->text);
}

int mrrc_marc8_decode(const uint8_t *data, size_t size, uint32_t flags, mrrc_marc8_state *state,
                      mrrc_buffer *out, mrrc_buffer *notes) {
    decoder d = {.data = data, .size = size, .flags = flags, .state = state, .notes = notes};
    size_t before = out->size;
    d.g0 = find_set(state->g0);
    d.g1 = find_set(state->g1);
    d.text.out = out;
    d.text.segment = before;
    d.text.join = !pymarc(&d);
    int status = decode(&d);
    mrrci_text_clear(&d.text);
    if (status < 0)
        out->size = before;
    return status;
}

static int iso5426(decoder *d) {
    while (d->at < d->size) {
        uint8_t byte = d->data[d->at];
        uint32_t cell = byte < 0x80 ? byte : mrrci_iso5426[byte & 0x7F];
        size_t run = 0;
        if (d->text.marks.size == 0)
            run = mrrci_ascii_run(d->data + d->at, d->size - d->at);
        int status;
        if (run > 0) {
            status = mrrci_text_ascii(&d->text, d->data + d->at, run);
            d->at += run;
        } else if (cell == 0 || byte == ESC) {
            status = take_unknown(d, MRRC_ERR_CHARACTER_UNMAPPED, byte, 1);
        } else if (byte < 0x20 || (byte >= DELETE && byte < 0xA0)) {
            status = take_plain(d, cell);
        } else {
            status = take_cell(d, cell, 1);
        }
        if (status < 0)
            return status;
    }
    MRRCI_TRY(end_by_standard(d));
    return mrrci_text_settle(&d->text);
}

int mrrc_iso5426_decode(const uint8_t *data, size_t size, mrrc_buffer *out, mrrc_buffer *notes) {
    mrrc_marc8_state none = {0, 0};
    decoder d = {.data = data, .size = size, .state = &none, .notes = notes};
    size_t before = out->size;
    d.text.out = out;
    d.text.segment = before;
    d.text.join = true;
    int status = iso5426(&d);
    mrrci_text_clear(&d.text);
    if (status < 0)
        out->size = before;
    return status;
}

static int put_code(mrrc_buffer *out, uint32_t code, uint32_t cell) {
    uint32_t line[3] = {code, cell & MRRCI_CELL_CHARACTER, (cell & MRRCI_CELL_MARK) != 0};
    return mrrci_buffer_append(out, line, sizeof line);
}

int mrrc_marc8_set(uint8_t final, mrrc_buffer *out) {
    const mrrci_marc8_set *set = find_set(final);
    if (set != NULL) {
        for (uint32_t i = 0; i < 128; i++)
            if (set->cells[i] != 0)
                MRRCI_TRY(put_code(out, i | set->high, set->cells[i]));
        return MRRC_OK;
    }
    if (final != MRRCI_MARC8_EACC)
        return MRRC_ERR_ARGUMENT;
    for (uint32_t lead = 0; lead + 1 < sizeof mrrci_eacc_first / sizeof *mrrci_eacc_first; lead++) {
        uint32_t first = lead / MRRCI_EACC_LEADS + 0x21, second = lead % MRRCI_EACC_LEADS + 0x21;
        for (size_t i = mrrci_eacc_first[lead]; i < mrrci_eacc_first[lead + 1]; i++) {
            uint32_t code = first << 16 | second << 8 | mrrci_eacc_last[i];
            MRRCI_TRY(put_code(out, code, eacc_pymarc(code, mrrci_eacc_characters[i])));
        }
    }
    return MRRC_OK;
}
