/* SPDX-License-Identifier: MIT
 *
 * validate_values.c: what is said of one value: which class of code it is, which characters
 * stand at some positions, whether the check digit of an ISBN or ISSN is right.  Each looks
 * at a character once.
 */
#include "validate.h"

uint8_t mrrci_automaton_run(const mrrci_table *table, uint32_t automaton, const uint8_t *text,
                            size_t size) {
    const uint8_t *classes = table->bytes.data + mrrci_u32(table, automaton);
    size_t states = mrrci_u16(table, automaton + 4), width = mrrci_u16(table, automaton + 6);
    size_t steps = automaton + 8, state = 0;
    for (size_t i = 0; i < size; i++) {
        if ((text[i] & 0xC0) == 0x80)
            continue; /* inside a character, which counts once */
        size_t symbol = text[i] < 0x80 ? text[i] : MRRCI_SYMBOLS - 1;
        state = mrrci_u16(table, steps + 2 * (state * width + classes[symbol]));
    }
    return mrrci_u8(table, steps + 2 * states * width + state);
}

size_t mrrci_characters_count(const uint8_t *text, size_t size) {
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

bool mrrci_characters_find(const uint8_t *text, size_t size, uint32_t start, uint32_t end,
                           const uint8_t **found, size_t *found_size) {
    size_t at = 0, from = 0;
    for (uint32_t number = 0; number <= end; number++) {
        if (at == size)
            return false;
        if (number == start)
            from = at;
        do
            at++;
        while (at < size && (text[at] & 0xC0) == 0x80);
    }
    *found = text + from;
    *found_size = at - from;
    return true;
}

/* Takes up to `most` digits, X for ten among them, and leaves hyphens out; where that is not
 * all of a number, -1.  `*at` is moved behind them. */
static int take_digits(const uint8_t *text, size_t size, size_t *at, unsigned *digits, int most) {
    int count = 0;
    for (; *at < size; ++*at) {
        uint8_t byte = text[*at];
        if (byte == '-')
            continue;
        if ((byte < '0' || byte > '9') && byte != 'X')
            break;
        if (count == most)
            return -1;
        digits[count++] = byte == 'X' ? 10 : byte - (unsigned)'0';
    }
    return count;
}

/* ISO 2108: of ten digits the sum with weights 10 to 1 is a multiple of 11, and only the last
 * may be X; of thirteen that with weights 1 and 3 by turns is one of 10, and they begin with
 * 978 or 979. */
static bool is_isbn(const unsigned *digits, int count) {
    unsigned sum = 0;
    if (count != 10 && count != 13)
        return false;
    for (int i = 0; i < count; i++) {
        if (digits[i] == 10 && i != 9)
            return false;
        sum += digits[i] * (count == 10 ? 10 - (unsigned)i : i % 2 == 1 ? 3 : 1);
    }
    if (count == 10)
        return sum % 11 == 0;
    return sum % 10 == 0 && digits[9] != 10 && digits[0] == 9 && digits[1] == 7 && digits[2] >= 8;
}

bool mrrci_isbn_valid(const uint8_t *text, size_t size) {
    unsigned digits[13];
    size_t at = 0;
    int count = take_digits(text, size, &at, digits, 13);
    /* blanks may stand for the hyphens */
    while (count >= 0 && count < 13 && count != 10 && at + 1 < size && text[at] == ' ' &&
           text[at + 1] >= '0' && text[at + 1] <= '9') {
        at++;
        int more = take_digits(text, size, &at, digits + count, 13 - count);
        count = more < 0 ? more : count + more;
    }
    return is_isbn(digits, count) && (at == size || text[at] == ' ' || text[at] == '(' ||
                                      text[at] == ':' || text[at] == ';');
}

/* ISO 3297: eight digits in two halves with a hyphen; weights 8 to 1, a multiple of 11. */
bool mrrci_issn_valid(const uint8_t *text, size_t size) {
    unsigned sum = 0, weight = 8;
    if (size != 9 || text[4] != '-')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (i == 4)
            continue;
        bool ten = i == 8 && text[i] == 'X';
        if ((text[i] < '0' || text[i] > '9') && !ten)
            return false;
        sum += weight-- * (ten ? 10 : text[i] - (unsigned)'0');
    }
    return sum % 11 == 0;
}
