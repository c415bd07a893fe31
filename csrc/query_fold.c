/* SPDX-License-Identifier: MIT
 *
 * query_fold.c: values and strings of a filter made alike before they are compared, in how their
 * letters are written or in case.  Most values are ASCII, which is made so at once.
 */
#include "normal.h"
#include "query_program.h"

static bool is_ascii(const uint8_t *text, size_t size) {
    uint8_t all = 0;
    for (size_t i = 0; i < size; i++)
        all |= text[i];
    return all < 0x80;
}

static unsigned undone(uint32_t fold) {
    uint32_t form = fold & MRRC_FOLD_FORMS;
    unsigned how = fold & MRRC_FOLD_CASE ? MRRCI_FOLD_CASE : 0;
    if (form != 0)
        how |= MRRCI_CANONICAL;
    if (form == MRRC_FOLD_NFKC || form == MRRC_FOLD_NFKD)
        how |= MRRCI_COMPATIBLE;
    return how;
}

static int fold_ascii(mrrci_folded *room, const uint8_t *text, size_t size) {
    room->text.size = 0;
    MRRCI_TRY(mrrci_buffer_reserve(&room->text, size + 1)); /* so that it has a place */
    for (size_t i = 0; i < size; i++)
        room->text.data[i] = (uint8_t)(text[i] + ((uint8_t)(text[i] - 'A') < 26 ? 'a' - 'A' : 0));
    room->text.size = size;
    return MRRC_OK;
}

static int fold_characters(uint32_t fold, mrrci_folded *room, const uint8_t *text, size_t size) {
    uint32_t form = fold & MRRC_FOLD_FORMS;
    MRRCI_TRY(mrrci_decompose(text, size, undone(fold), &room->characters));
    if (form == MRRC_FOLD_NFC || form == MRRC_FOLD_NFKC)
        mrrci_compose(&room->characters);
    const uint32_t *all = (const uint32_t *)(const void *)room->characters.data;
    size_t count = room->characters.size / sizeof *all;
    room->text.size = 0;
    MRRCI_TRY(mrrci_buffer_reserve(&room->text, 4 * count + 1));
    for (size_t i = 0; i < count; i++)
        room->text.size += mrrci_utf8_put(room->text.data + room->text.size, all[i]);
    return MRRC_OK;
}

int mrrci_fold(uint32_t fold, mrrci_folded *room, const uint8_t **text, size_t *size) {
    bool ascii = is_ascii(*text, *size);
    if (ascii ? !(fold & MRRC_FOLD_CASE) : !mrrci_utf8_valid(*text, *size))
        return MRRC_OK; /* all forms of it are the same, or it has none */
    MRRCI_TRY(ascii ? fold_ascii(room, *text, *size) : fold_characters(fold, room, *text, *size));
    *text = room->text.data;
    *size = room->text.size;
    return MRRC_OK;
}

void mrrci_folded_clear(mrrci_folded *room) {
    mrrci_buffer_clear(&room->text);
    mrrci_buffer_clear(&room->characters);
}
