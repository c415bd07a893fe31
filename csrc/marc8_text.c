/* SPDX-License-Identifier: MIT
 *
 * marc8_text.c: Unicode text out of base characters whose marks precede them,
 * in normalisation form C.
 */
#include "marc8_text.h"
#include "normal.h"

enum {
    OPEN_LIGATURE = 1,
    OPEN_DOUBLE_TILDE = 2
};

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
    MRRCI_TRY(mrrci_decompose(out->data + text->segment, out->size - text->segment,
                              MRRCI_CANONICAL, &text->characters));
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
