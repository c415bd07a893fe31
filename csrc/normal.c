/* SPDX-License-Identifier: MIT
 *
 * normal.c: the normalisation forms of Unicode (Standard Annex 15).  utf8proc knows the
 * characters; memory and the order of marks are kept here, because it allocates with malloc and
 * sorts a run of marks in quadratic time.
 */
#include "normal.h"

#include <utf8proc.h>

enum {
    DECOMPOSED_MAX = 32, /* no character is made of more than 18 others, whatever is undone */
    FEW = 16,            /* marks that are sorted by insertion */
    CLASSES = 256
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

/* Appends what a character is made of; nothing below U+00C0 is made of others. */
static int put_parts(uint32_t character, unsigned how, mrrc_buffer *characters) {
    utf8proc_option_t options = UTF8PROC_STABLE;
    MRRCI_TRY(mrrci_buffer_reserve(characters, DECOMPOSED_MAX * sizeof character));
    uint8_t *place = characters->data + characters->size;
    if (character < 0x80 || (how == MRRCI_CANONICAL && character < 0xC0)) {
        if ((how & MRRCI_FOLD_CASE) && character >= 'A' && character <= 'Z')
            character += 'a' - 'A';
        memcpy(place, &character, sizeof character);
        characters->size += sizeof character;
        return MRRC_OK;
    }
    if (how & (MRRCI_CANONICAL | MRRCI_COMPATIBLE))
        options |= UTF8PROC_DECOMPOSE;
    if (how & MRRCI_COMPATIBLE)
        options |= UTF8PROC_COMPAT;
    if (how & MRRCI_FOLD_CASE)
        options |= UTF8PROC_CASEFOLD;
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)character, (utf8proc_int32_t *)(void *)place,
                                DECOMPOSED_MAX, options, NULL);
    characters->size += (size_t)count * sizeof character;
    return MRRC_OK;
}

int mrrci_decompose(const uint8_t *text, size_t size, unsigned how, mrrc_buffer *characters) {
    const uint8_t *end = text + size;
    characters->size = 0;
    while (text < end)
        MRRCI_TRY(put_parts(mrrci_utf8_next(&text), how, characters));
    return how & (MRRCI_CANONICAL | MRRCI_COMPATIBLE) ? sort_all_marks(characters) : MRRC_OK;
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
