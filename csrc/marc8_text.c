/* SPDX-License-Identifier: MIT
 *
 * marc8_text.c: Unicode text out of base characters whose marks precede them,
 * in normalisation form C (Unicode Standard Annex 15).  utf8proc knows the
 * characters; memory and the order of marks are kept here, because it allocates
 * with malloc and sorts a run of marks in quadratic time.
 */
#include "marc8_text.h"

#include <utf8proc.h>

enum {
    DECOMPOSED_MAX = 8,  /* no character has a longer canonical decomposition */
    FEW = 16,            /* marks that are sorted by insertion */
    CLASSES = 256,
    OPEN_LIGATURE = 1,
    OPEN_DOUBLE_TILDE = 2
};

static const utf8proc_option_t canonical = UTF8PROC_COMPOSE | UTF8PROC_STABLE;

/* Combines with nothing, but utf8proc takes it for a trailing consonant of Hangul. */
static const uint32_t before_trailing = 0x11A7;

unsigned mrrci_combining_class(uint32_t character) {
    if (character < 0x300)
        return 0;
    return (unsigned)utf8proc_get_property((utf8proc_int32_t)character)->combining_class;
}

bool mrrci_is_mark(uint32_t character) {
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)character);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

/* Normalisation ------------------------------------------------------------ */

/* Sorts a run of marks by class, equal ones as they stand.  `run` has room for
 * as many characters again behind it. */
static void sort_marks(uint32_t *run, size_t count) {
    if (count <= FEW) {
        for (size_t i = 1; i < count; i++) {
            uint32_t mark = run[i];
            unsigned class = mrrci_combining_class(mark);
            size_t at = i;
            for (; at > 0 && mrrci_combining_class(run[at - 1]) > class; at--)
                run[at] = run[at - 1];
            run[at] = mark;
        }
        return;
    }
    size_t begin[CLASSES + 1] = {0};
    uint32_t *copy = run + count;
    memcpy(copy, run, count * sizeof *run);
    for (size_t i = 0; i < count; i++)
        begin[mrrci_combining_class(copy[i]) + 1]++;
    for (size_t class = 1; class < CLASSES; class++)
        begin[class] += begin[class - 1];
    for (size_t i = 0; i < count; i++)
        run[begin[mrrci_combining_class(copy[i])]++] = copy[i];
}

static int sort_all_marks(mrrc_buffer *characters) {
    size_t count = characters->size / sizeof(uint32_t);
    for (size_t at = 0; at < count;) {
        const uint32_t *all = (const uint32_t *)(const void *)characters->data;
        size_t end = at;
        while (end < count && mrrci_combining_class(all[end]) != 0)
            end++;
        if (end - at > FEW) {
            /* A long run is sorted at the end of the buffer, where there is room to copy it. */
            size_t bytes = (end - at) * sizeof(uint32_t);
            MRRCI_TRY(mrrci_buffer_reserve(characters, 2 * bytes));
            uint8_t *run = characters->data + at * sizeof(uint32_t);
            uint8_t *room = characters->data + characters->size;
            memcpy(room, run, bytes);
            sort_marks((uint32_t *)(void *)room, end - at);
            memcpy(run, room, bytes);
        } else if (end - at > 1) {
            sort_marks((uint32_t *)(void *)characters->data + at, end - at);
        }
        at = end == at ? at + 1 : end;
    }
    return MRRC_OK;
}

int mrrci_nfd(const uint8_t *text, size_t size, mrrc_buffer *characters) {
    const uint8_t *end = text + size;
    characters->size = 0;
    while (text < end) {
        uint32_t character = mrrci_utf8_next(&text);
        MRRCI_TRY(mrrci_buffer_reserve(characters, DECOMPOSED_MAX * sizeof character));
        uint8_t *place = characters->data + characters->size;
        size_t count = 1;
        if (character < 0xC0)
            memcpy(place, &character, sizeof character);
        else
            count = (size_t)utf8proc_decompose_char(
                (utf8proc_int32_t)character, (utf8proc_int32_t *)(void *)place, DECOMPOSED_MAX,
                canonical, NULL);
        characters->size += count * sizeof character;
    }
    return sort_all_marks(characters);
}

void mrrci_compose(mrrc_buffer *characters) {
    uint32_t *all = (uint32_t *)(void *)characters->data;
    size_t count = characters->size / sizeof *all, to = 0;
    for (size_t at = 0; at < count;) {
        size_t end = at;
        while (end < count && all[end] != before_trailing)
            end++;
        size_t left = (size_t)utf8proc_normalize_utf32(
            (utf8proc_int32_t *)all + at, (utf8proc_ssize_t)(end - at), canonical);
        memmove(all + to, all + at, left * sizeof *all);
        to += left;
        if (end < count)
            all[to++] = before_trailing;
        at = end + 1;
    }
    characters->size = to * sizeof *all;
}

/* Text in the making --------------------------------------------------------- */

static int put(mrrci_marc8_text *text, uint32_t character) {
    MRRCI_TRY(mrrci_buffer_reserve(text->out, 4));
    text->out->size += mrrci_utf8_put(text->out->data + text->out->size, character);
    return MRRC_OK;
}

int mrrci_text_settle(mrrci_marc8_text *text) {
    mrrc_buffer *out = text->out;
    if (!text->unsettled)
        return MRRC_OK;
    MRRCI_TRY(mrrci_nfd(out->data + text->segment, out->size - text->segment, &text->characters));
    mrrci_compose(&text->characters);
    size_t count = text->characters.size / sizeof(uint32_t);
    const uint32_t *all = (const uint32_t *)(const void *)text->characters.data;
    out->size = text->segment;
    MRRCI_TRY(mrrci_buffer_reserve(out, 4 * count));
    for (size_t i = 0; i < count; i++)
        out->size += mrrci_utf8_put(out->data + out->size, all[i]);
    text->unsettled = false;
    return MRRC_OK;
}

/* Appends a character; one that nothing behind it can change ends what may. */
static int put_cell(mrrci_marc8_text *text, uint32_t cell) {
    if (cell & MRRCI_CELL_UNSTABLE) {
        text->unsettled = true;
    } else {
        MRRCI_TRY(mrrci_text_settle(text));
        text->segment = text->out->size;
    }
    return put(text, cell & MRRCI_CELL_CHARACTER);
}

int mrrci_text_ascii(mrrci_marc8_text *text, const uint8_t *data, size_t size) {
    MRRCI_TRY(mrrci_text_settle(text));
    MRRCI_TRY(mrrci_buffer_append(text->out, data, size));
    text->segment = text->out->size - 1;
    text->open = 0;
    return MRRC_OK;
}

int mrrci_text_plain(mrrci_marc8_text *text, uint32_t cell) {
    return put_cell(text, cell);
}

int mrrci_text_mark(mrrci_marc8_text *text, uint32_t character) {
    return mrrci_buffer_append(&text->marks, &character, sizeof character);
}

/* Appends a mark whose base character is out.  MARC-8 writes a double mark as
 * two halves, each before its base character, Unicode as one mark between the
 * two.  Returns 1 for a second half that follows no first one. */
static int put_mark(mrrci_marc8_text *text, uint32_t mark, unsigned were_open) {
    if (text->join) {
        bool tilde = mark == MRRCI_DOUBLE_TILDE_LEFT || mark == MRRCI_DOUBLE_TILDE_RIGHT;
        unsigned which = tilde ? OPEN_DOUBLE_TILDE : OPEN_LIGATURE;
        if (mark == MRRCI_LIGATURE_LEFT || mark == MRRCI_DOUBLE_TILDE_LEFT) {
            text->open |= which;
            return put(text, tilde ? MRRCI_DOUBLE_TILDE : MRRCI_LIGATURE);
        }
        if (mark == MRRCI_LIGATURE_RIGHT || mark == MRRCI_DOUBLE_TILDE_RIGHT) {
            if (were_open & which)
                return MRRC_OK;
            MRRCI_TRY(put(text, mark));
            return 1;
        }
    }
    return put(text, mark);
}

int mrrci_text_base(mrrci_marc8_text *text, uint32_t cell) {
    unsigned were_open = text->open;
    int stray = 0;
    MRRCI_TRY(put_cell(text, cell));
    /* Superscript alef is a base character in MARC-8, but still part of the one before it. */
    if (mrrci_combining_class(cell & MRRCI_CELL_CHARACTER) == 0)
        text->open = 0;
    if (text->marks.size == 0)
        return MRRC_OK;
    size_t count = text->marks.size / sizeof(uint32_t);
    const uint32_t *marks = (const uint32_t *)(const void *)text->marks.data;
    for (size_t i = 0; i < count; i++) {
        int status = put_mark(text, marks[i], were_open);
        if (status < 0)
            return status;
        stray |= status;
    }
    text->marks.size = 0;
    text->unsettled = true;
    return stray;
}

void mrrci_text_clear(mrrci_marc8_text *text) {
    mrrci_buffer_clear(&text->marks);
    mrrci_buffer_clear(&text->characters);
}

size_t mrrci_ascii_run(const uint8_t *data, size_t size) {
    size_t at = 0;
    uint64_t eight;
    for (; size - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, data + at, sizeof eight);
        /* A byte below 20 borrows, 7F carries, one above has the bit: the first of them is
         * found below. */
        if ((eight | (eight - 0x2020202020202020u) | (eight + 0x0101010101010101u)) &
            0x8080808080808080u)
            break;
    }
    while (at < size && data[at] >= 0x20 && data[at] < 0x7F)
        at++;
    return at;
}
