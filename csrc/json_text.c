/* SPDX-License-Identifier: MIT
 *
 * json_text.c: text as a JSON string (RFC 8259, section 7), escaped as Python's json does:
 * short escapes where there are any, else four lower-case hexadecimal digits, surrogate
 * pairs above U+FFFF.  It takes valid UTF-8 for granted.  The fast way over what needs no
 * escape is in internal.h, for it is in the inner loop of a reader and a writer.
 */
#include "internal.h"
#include "json.h"

static uint8_t *put_hex(uint8_t *to, uint32_t unit) {
    static const char digits[] = "0123456789abcdef";
    to[0] = '\\';
    to[1] = 'u';
    for (unsigned i = 0; i < 4; i++)
        to[2 + i] = (uint8_t)digits[unit >> (12 - 4 * i) & 0xF];
    return to + 6;
}

/* The letter that stands for a character in a short escape, or 0. */
static uint8_t letter_of(uint32_t character) {
    switch (character) {
    case '"':
    case '\\':
        return (uint8_t)character;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

uint8_t *mrrci_json_escape(const uint8_t **at, uint8_t *to) {
    uint32_t character = mrrci_utf8_next(at);
    uint8_t letter = letter_of(character);
    if (letter != 0) {
        to[0] = '\\';
        to[1] = letter;
        return to + 2;
    }
    if (character < 0x10000)
        return put_hex(to, character);
    character -= 0x10000;
    to = put_hex(to, 0xD800 | character >> 10);
    return put_hex(to, 0xDC00 | (character & 0x3FF));
}

int mrrci_json_string(mrrc_buffer *out, const uint8_t *text, size_t size, bool ascii) {
    const uint8_t *end = text + size;
    uint32_t high = 0;
    if (size > SIZE_MAX / 8)
        return MRRC_ERR_MEMORY;
    /* six bytes at most for each, two quotes, and what a run writes too far */
    MRRCI_TRY(mrrci_buffer_reserve(out, 6 * size + 2 + 32));
    uint8_t *to = out->data + out->size;
    *to++ = '"';
    while ((text = mrrci_json_run(text, end, ascii, &to, &high)) < end)
        to = mrrci_json_escape(&text, to);
    *to++ = '"';
    out->size = (size_t)(to - out->data);
    return MRRC_OK;
}
