/* SPDX-License-Identifier: MIT
 *
 * cell.c: one cell of a table in text (RFC 4180).  Whether it needs quotes, and whether a
 * spreadsheet would run it, is decided by its bytes alone; rows are their writers' business.
 */
#include "cell.h"

static bool is_number(const uint8_t *text, size_t size) {
    size_t at = 1, digits = 0, points = 0;
    if (size < 2 || (text[0] != '-' && text[0] != '+'))
        return false;
    for (; at < size; at++)
        if (text[at] >= '0' && text[at] <= '9')
            digits++;
        else if ((text[at] == '.' || text[at] == ',') && digits > 0)
            points++;
        else
            return false;
    return points <= 1;
}

/* Whether a spreadsheet might take the cell for a formula: behind any blanks it begins
 * with = + - @, their full-width forms, TAB, CR or LF, and is longer than that and no number. */
static bool is_formula(const uint8_t *text, size_t size) {
    size_t at = 0;
    while (at < size && text[at] == ' ')
        at++;
    if (at == size || size == 1)
        return false;
    switch (text[at]) {
    case '=':
    case '@':
    case '\t':
    case '\r':
    case '\n':
        return true;
    case '+':
    case '-':
        return !is_number(text, size);
    case 0xEF: /* U+FF0B, U+FF0D, U+FF1D, U+FF20 */
        return size - at >= 3 && text[at + 1] == 0xBC &&
               (text[at + 2] == 0x8B || text[at + 2] == 0x8D || text[at + 2] == 0x9D ||
                text[at + 2] == 0xA0);
    default:
        return false;
    }
}

/* Not zero where one of eight bytes is `byte`. */
static inline uint64_t find(uint64_t eight, uint8_t byte) {
    const uint64_t ones = UINT64_MAX / UINT8_MAX;
    uint64_t zero = eight ^ ones * byte;
    return (zero - ones) & ~zero & ones << 7;
}

static inline uint64_t find_special(const uint8_t *text, uint8_t separator) {
    uint64_t eight;
    memcpy(&eight, text, sizeof eight);
    return find(eight, separator) | find(eight, '"') | find(eight, '\n') | find(eight, '\r');
}

static bool is_special(uint8_t separator, const uint8_t *text, size_t size) {
    enum { WORD = 8 };
    uint64_t found = 0;
    if (size < WORD) {
        for (size_t i = 0; i < size; i++)
            found |= text[i] == separator || text[i] == '"' || text[i] == '\n' ||
                     text[i] == '\r';
        return found != 0;
    }
    for (size_t at = 0; at < size - WORD; at += WORD)
        found |= find_special(text + at, separator);
    return (found | find_special(text + size - WORD, separator)) != 0;
}

/* Puts quotes around the cell that ends `out`, and doubles those in it. */
static int quote(mrrc_buffer *out, size_t from) {
    size_t quotes = 0, size = out->size - from;
    MRRCI_TRY(mrrci_buffer_reserve(out, 2));
    if (size == 0 || memchr(out->data + from, '"', size) == NULL) {
        memmove(out->data + from + 1, out->data + from, size);
        out->data[from] = out->data[out->size + 1] = '"';
        out->size += 2;
        return MRRC_OK;
    }
    for (size_t i = from; i < out->size; i++)
        quotes += out->data[i] == '"';
    MRRCI_TRY(mrrci_buffer_reserve(out, quotes + 2));
    uint8_t *to = out->data + out->size + quotes + 2;
    out->size += quotes + 2;
    *--to = '"';
    for (size_t i = size; i-- > 0;) {
        uint8_t byte = out->data[from + i];
        *--to = byte;
        if (byte == '"')
            *--to = '"';
    }
    *--to = '"';
    return MRRC_OK;
}

/* Whether programs take the text for a number: a sign, digits with a point, an exponent. */
static bool is_numeric(const uint8_t *text, size_t size) {
    size_t at = size > 0 && (text[0] == '-' || text[0] == '+'), digits = 0;
    for (bool point = false; at < size; at++) {
        if (text[at] >= '0' && text[at] <= '9')
            digits++;
        else if (text[at] == '.' && !point)
            point = true;
        else
            break;
    }
    if (digits == 0 || at == size)
        return digits > 0;
    if (text[at] != 'e' && text[at] != 'E')
        return false;
    at++;
    at += at < size && (text[at] == '-' || text[at] == '+');
    size_t exponent = at;
    while (at < size && text[at] >= '0' && text[at] <= '9')
        at++;
    return at > exponent && at == size;
}

static bool needs_quotes(const mrrci_cells *cells, const uint8_t *text, size_t size) {
    switch (cells->quotes) {
    case MRRCI_QUOTES_NEVER:
        return false;
    case MRRCI_QUOTES_ALWAYS:
        return true;
    case MRRCI_QUOTES_TEXT:
        return !is_numeric(text, size);
    case MRRCI_QUOTES_SPARING:
        if (size > 0 && (text[0] == ' ' || text[size - 1] == ' '))
            return true;
        break;
    case MRRCI_QUOTES_NECESSARY:
        break;
    }
    return is_special(cells->separator, text, size);
}

int mrrci_cell_end(const mrrci_cells *cells, mrrc_buffer *out, size_t from) {
    MRRCI_TRY(mrrci_buffer_reserve(out, 1)); /* so that there is a place, of no bytes too */
    if (!cells->formulas && is_formula(out->data + from, out->size - from)) {
        MRRCI_TRY(mrrci_buffer_append(out, "'", 1));
        memmove(out->data + from + 1, out->data + from, out->size - from - 1);
        out->data[from] = '\'';
    }
    return needs_quotes(cells, out->data + from, out->size - from) ? quote(out, from) : MRRC_OK;
}
