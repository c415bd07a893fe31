/* SPDX-License-Identifier: MIT
 *
 * Where records are told apart beyond doubt, and where doubt begins.
 */
#include "boundaries.h"
#include "check.h"

/* A leader, a directory of one entry, a field and both terminators: 24 + 12 + 1 + 4 + 1. */
#define WHOLE "00042nam a2200037   4500001000400000\x1E" "abc\x1E\x1D"
/* The same without a directory. */
#define BARE "00026nam a2200025   4500\x1E\x1D"

typedef struct row {
    const char *text;
    size_t size;
    size_t step;
} row;

#define ROW(text, step) {text, sizeof(text) - 1, step}

static const row steps[] = {
    ROW(WHOLE, 42),
    ROW(BARE, 26),
    ROW(BARE WHOLE, 26),
    ROW("00026 anything at all it \x1D", 26),
    ROW("", 0),
    ROW("0004", 0),
    ROW("00025nam a2200025   4500\x1D..", 0),
    ROW("00000nam a2200025   4500\x1E\x1D", 0),
    ROW("   26nam a2200025   4500\x1E\x1D", 0),
    ROW("0002/nam a2200025   4500\x1E\x1D", 0),
    ROW("0002:nam a2200025   4500\x1E\x1D", 0),
    ROW("00027nam a2200025   4500\x1E\x1D", 0),         /* the source ends before */
    ROW("00027nam a2200025   4500\x1E\x1D\x1D", 0),     /* a terminator before the last byte */
    ROW("00027nam a2200025   4500\x1E\x1E\x1E", 0),     /* none there */
    ROW("00028nam\x1D" "a2200025   4500\x1E..\x1D", 0), /* one inside */
};

static void test_step(void) {
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const row *row = &steps[i];
        /* in memory of its own, so that a look behind it is seen */
        uint8_t *copy = malloc(row->size + 1);
        memcpy(copy + 1, row->text, row->size);
        size_t step = mrrci_iso2709_step(copy + 1, row->size);
        CHECK_FOR(step == row->step, "row %zu: %zu", i, step);
        free(copy);
    }
}

typedef struct walk {
    const char *text;
    size_t size, until;
    int gaps;
    size_t end, count;
} walk;

#define WALK(text, until, gaps, end, count) {text, sizeof(text) - 1, until, gaps, end, count}
#define ALL SIZE_MAX

static const walk walks[] = {
    WALK("", ALL, 0, 0, 0),
    WALK(WHOLE BARE WHOLE, ALL, 0, 110, 3),
    WALK(WHOLE BARE WHOLE, 0, 0, 0, 0),
    WALK(WHOLE BARE WHOLE, 1, 0, 42, 1),
    WALK(WHOLE BARE WHOLE, 42, 0, 42, 1),
    WALK(WHOLE BARE WHOLE, 43, 0, 68, 2),
    WALK(WHOLE "\n" WHOLE, ALL, 0, 42, 1),
    WALK(WHOLE "\n" WHOLE, ALL, 1, 85, 2),
    WALK("\r\n" WHOLE "\n\n\x1A" WHOLE "\n", ALL, 1, 89, 2), /* what is last is in doubt */
    WALK(WHOLE "\0\0" BARE, ALL, 1, 70, 2),
    WALK(WHOLE " " WHOLE, ALL, 1, 42, 1),  /* a blank may begin a length */
    WALK(WHOLE "x" WHOLE, ALL, 1, 42, 1),
    /* framed well, but no leader that would be found behind white space */
    WALK("00026 anything at all it \x1D" WHOLE, ALL, 1, 68, 2),
    WALK("\n00026 anything at all it \x1D" WHOLE, ALL, 1, 0, 0),
    WALK("\n00042nam a22000\x01\x37   4500001000400000\x1E" "abc\x1E\x1D", ALL, 1, 0, 0),
    WALK("\n00042nam a2200036   4500001000400000\x1E" "abc\x1E\x1D", ALL, 1, 0, 0),
    WALK("\n00042nam a2200042   4500001000400000\x1E" "abc\x1E\x1D", ALL, 1, 0, 0),
    WALK("\n00042nam a2200037   4500001x00400000\x1E" "abc\x1E\x1D", ALL, 1, 0, 0),
    WALK("\n00042nam a2200037   45000 1000400000\x1E" "abc\x1E\x1D", ALL, 1, 0, 0),
    WALK("\n00042nam a2200037   4500001000400000\x1F" "abc\x1E\x1D", ALL, 1, 0, 0),
};

static void test_boundaries(void) {
    enum { ROOM = 8 };
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        const walk *walk = &walks[i];
        uint32_t ends[ROOM];
        size_t count = 99;
        const uint8_t *data = (const uint8_t *)walk->text;
        size_t end = mrrc_boundaries(data, walk->size, walk->until, walk->gaps, NULL, 0, &count);
        CHECK_FOR(end == walk->end && count == walk->count, "row %zu: %zu, %zu", i, end, count);
        end = mrrc_boundaries(data, walk->size, walk->until, walk->gaps, ends, ROOM, &count);
        CHECK_FOR(end == walk->end && count == walk->count, "row %zu: %zu, %zu", i, end, count);
        CHECK_FOR(count == 0 || ends[count - 1] == end, "row %zu", i);
    }
}

static void test_room(void) {
    static const char text[] = WHOLE BARE WHOLE;
    const uint8_t *data = (const uint8_t *)text;
    uint32_t ends[2] = {0, 7};
    size_t count;
    CHECK_EQ_INT(mrrc_boundaries(data, sizeof text - 1, SIZE_MAX, 0, ends, 1, &count), 42);
    CHECK_EQ_INT(count, 1);
    CHECK_EQ_INT(ends[0], 42);
    CHECK_EQ_INT(ends[1], 7);
    CHECK_EQ_INT(mrrc_boundaries(data, sizeof text - 1, SIZE_MAX, 0, ends, 0, &count), 0);
}

static void test_long_gap(void) {
    enum { MANY = 65 };
    static const char whole[] = WHOLE;
    uint8_t text[MANY + sizeof whole];
    size_t count;
    memset(text, '\n', sizeof text);
    memcpy(text + MANY, whole, sizeof whole - 1);
    size_t size = MANY + sizeof whole - 1;
    CHECK_EQ_INT(mrrc_boundaries(text, size, SIZE_MAX, 1, NULL, 0, &count), 0);
    CHECK_EQ_INT(mrrc_boundaries(text + 1, size - 1, SIZE_MAX, 1, NULL, 0, &count), size - 1);
}

int main(void) {
    test_step();
    test_boundaries();
    test_room();
    test_long_gap();
    return check_report();
}
