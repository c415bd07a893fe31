/* SPDX-License-Identifier: MIT
 *
 * UTF-8 against a slow decoder that follows RFC 3629, section 3, to the letter:
 * every sequence of one to three bytes, four bytes at every border, each at all
 * places of the eight that are looked at together, and every character there
 * and back.
 */
#include "check.h"

/* Decodes by the table of RFC 3629 and asks afterwards whether the number may
 * be: neither overlong, nor a surrogate, nor above U+10FFFF. */
static bool reference_valid(const uint8_t *text, size_t size) {
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t at = 0;
    while (at < size) {
        uint32_t character = text[at];
        size_t length;
        if (character < 0x80) {
            at++;
            continue;
        }
        if ((character & 0xE0) == 0xC0) {
            length = 2;
            character &= 0x1F;
        } else if ((character & 0xF0) == 0xE0) {
            length = 3;
            character &= 0x0F;
        } else if ((character & 0xF8) == 0xF0) {
            length = 4;
            character &= 0x07;
        } else {
            return false;
        }
        if (size - at < length)
            return false;
        for (size_t i = 1; i < length; i++) {
            if ((text[at + i] & 0xC0) != 0x80)
                return false;
            character = character << 6 | (text[at + i] & 0x3Fu);
        }
        if (character < smallest[length] || character > 0x10FFFF ||
            (character >= 0xD800 && character <= 0xDFFF))
            return false;
        at += length;
    }
    return true;
}

static void test_short(void) {
    unsigned wrong = 0;
    uint8_t *one = check_copy("1", 1), *two = check_copy("12", 2), *three = check_copy("123", 3);
    CHECK(mrrci_utf8_valid(one, 0) && mrrci_utf8_valid(NULL, 0));
    for (unsigned a = 0; a < 256; a++) {
        one[0] = two[0] = three[0] = (uint8_t)a;
        wrong += mrrci_utf8_valid(one, 1) != reference_valid(one, 1);
        for (unsigned b = 0; b < 256; b++) {
            two[1] = three[1] = (uint8_t)b;
            wrong += mrrci_utf8_valid(two, 2) != reference_valid(two, 2);
            for (unsigned c = 0; c < 256; c++) {
                three[2] = (uint8_t)c;
                wrong += mrrci_utf8_valid(three, 3) != reference_valid(three, 3);
            }
        }
    }
    CHECK_FOR(wrong == 0, "%u sequences", wrong);
    free(one);
    free(two);
    free(three);
}

static const uint8_t borders[] = {0x00, 0x1F, 0x41, 0x7F, 0x80, 0x81, 0x8F, 0x90,
                                  0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xF0, 0xFF};

static void test_four(void) {
    enum { BORDERS = sizeof borders };
    unsigned wrong = 0;
    uint8_t *four = check_copy("1234", 4);
    for (unsigned a = 0xE0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++)
            for (unsigned c = 0; c < BORDERS; c++)
                for (unsigned d = 0; d < BORDERS; d++) {
                    four[0] = (uint8_t)a;
                    four[1] = (uint8_t)b;
                    four[2] = borders[c];
                    four[3] = borders[d];
                    wrong += mrrci_utf8_valid(four, 4) != reference_valid(four, 4);
                }
    CHECK_FOR(wrong == 0, "%u sequences", wrong);
    free(four);
}

/* The sequences at every place of a longer text, whole and cut off. */
static void test_places(void) {
    static const char *const pieces[] = {
        "\xc2\x80",         "\xdf\xbf",         "\xe0\xa0\x80",     "\xed\x9f\xbf",
        "\xee\x80\x80",     "\xef\xbf\xbf",     "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
        "\xc1\xbf",         "\xe0\x9f\xbf",     "\xed\xa0\x80",     "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80",
        "\xff",             "\xfe",             "\xc2\x41",         "\xe1\x80\x41"};
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        for (size_t before = 0; before < 20; before++)
            for (size_t after = 0; after < 20; after++) {
                uint8_t text[48];
                size_t length = strlen(pieces[i]);
                memset(text, 'x', sizeof text);
                memcpy(text + before, pieces[i], length);
                size_t size = before + length + after;
                uint8_t *exact = check_copy(text, size);
                wrong += mrrci_utf8_valid(exact, size) != reference_valid(exact, size);
                free(exact);
                for (size_t cut = 1; after == 0 && cut < length; cut++) {
                    exact = check_copy(text, size - cut);
                    wrong += mrrci_utf8_valid(exact, size - cut) !=
                             reference_valid(exact, size - cut);
                    free(exact);
                }
            }
    CHECK_FOR(wrong == 0, "%u texts", wrong);
}

static void test_characters(void) {
    static const struct {
        uint32_t character;
        const char *text;
    } known[] = {{0x00, ""},           {0x24, "\x24"},           {0x7F, "\x7f"},
                 {0x80, "\xc2\x80"},   {0xA2, "\xc2\xa2"},       {0x7FF, "\xdf\xbf"},
                 {0x800, "\xe0\xa0\x80"}, {0x20AC, "\xe2\x82\xac"}, {0xD7FF, "\xed\x9f\xbf"},
                 {0xE000, "\xee\x80\x80"}, {0xFFFF, "\xef\xbf\xbf"},
                 {0x10000, "\xf0\x90\x80\x80"}, {0x10348, "\xf0\x90\x8d\x88"},
                 {0x10FFFF, "\xf4\x8f\xbf\xbf"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint8_t bytes[4];
        size_t size = known[i].character == 0 ? 1 : strlen(known[i].text);
        CHECK(mrrci_utf8_put(bytes, known[i].character) == size);
        CHECK(memcmp(bytes, known[i].text, size) == 0);
    }
    unsigned wrong = 0;
    for (uint32_t character = 0; character <= 0x10FFFF; character++) {
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        uint8_t bytes[4];
        size_t size = mrrci_utf8_put(bytes, character);
        size_t expected = 1u + (character >= 0x80) + (character >= 0x800) + (character >= 0x10000);
        const uint8_t *at = bytes;
        wrong += size != expected || !reference_valid(bytes, size) ||
                 !mrrci_utf8_valid(bytes, size) || mrrci_utf8_next(&at) != character ||
                 at != bytes + size;
    }
    CHECK_FOR(wrong == 0, "%u characters", wrong);
}

static void test_lines(void) {
    enum { SIZE = 16 * 255 * 2 + 40 };
    static uint8_t text[SIZE];
    uint64_t state = 5;
    for (uint32_t often = 1; often < 40; often += 19) {
        for (size_t i = 0; i < SIZE; i++)
            text[i] = check_random(&state, often) == 0 ? '\n' : (uint8_t)check_random(&state, 256);
        for (size_t from = 0; from < 20; from++)
            for (size_t size = 0; size < SIZE - from; size += size < 70 ? 1 : 997) {
                size_t lines = 0;
                for (size_t i = 0; i < size; i++)
                    lines += text[from + i] == '\n';
                uint8_t *exact = check_copy(text + from, size);
                CHECK(mrrci_count_lines(exact, size) == lines);
                free(exact);
            }
    }
}

static void test_random(void) {
    uint64_t state = 0x5EED;
    unsigned wrong = 0, valid = 0;
    for (unsigned round = 0; round < 100000; round++) {
        uint8_t text[40];
        size_t size = 0;
        while (size < 30) {
            uint32_t kind = check_random(&state, 4);
            uint32_t character = kind == 0   ? check_random(&state, 0x80)
                                 : kind == 1 ? check_random(&state, 0x800)
                                 : kind == 2 ? check_random(&state, 0xD800)
                                             : 0x10000 + check_random(&state, 0x100000);
            size += mrrci_utf8_put(text + size, character);
        }
        if (check_random(&state, 2) == 0)
            text[check_random(&state, (uint32_t)size)] ^= (uint8_t)(1u << check_random(&state, 8));
        bool expected = reference_valid(text, size);
        valid += expected;
        wrong += mrrci_utf8_valid(text, size) != expected;
    }
    CHECK_FOR(wrong == 0, "%u texts", wrong);
    CHECK(valid > 40000 && valid < 90000);
}

int main(void) {
    test_short();
    test_four();
    test_places();
    test_characters();
    test_lines();
    test_random();
    return check_report();
}
