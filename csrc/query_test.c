/* SPDX-License-Identifier: MIT
 *
 * query_test.c: a value put to one test: compared byte by byte, searched for a part, matched by a
 * pattern, or measured for likeness.  Case and accents count, unless the filter makes them alike
 * or a pattern says otherwise.
 */
#define _GNU_SOURCE
#include "query_program.h"

/* ---- a part of a text ---- */

static const uint8_t *find_long(const uint8_t *text, size_t size, const uint8_t *part,
                                size_t part_size) {
    return memmem(text, size, part, part_size);
}

#if MRRCI_X86
#include <emmintrin.h>

/* Looks at 16 places at once for the part's first and last byte.  Where these are found too
 * often for nothing, the search is left to one that is linear in any text. */
const uint8_t *mrrci_find(const uint8_t *text, size_t size, const uint8_t *part,
                          size_t part_size) {
    if (part_size < 2 || size < part_size + 15)
        return find_long(text, size, part, part_size);
    const __m128i first = _mm_set1_epi8((char)part[0]);
    const __m128i last = _mm_set1_epi8((char)part[part_size - 1]);
    size_t places = size - part_size + 1; /* where it may begin */
    size_t vain = 0;
    for (size_t at = 0; at < places;) {
        if (at + 16 > places)
            at = places - 16; /* the last ones, some of them once more */
        __m128i begins = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
        __m128i ends =
            _mm_loadu_si128((const __m128i *)(const void *)(text + at + part_size - 1));
        unsigned found = (unsigned)_mm_movemask_epi8(
            _mm_and_si128(_mm_cmpeq_epi8(begins, first), _mm_cmpeq_epi8(ends, last)));
        for (; found != 0; found &= found - 1) {
            const uint8_t *place = text + at + __builtin_ctz(found);
            if (memcmp(place, part, part_size) == 0)
                return place;
            if (++vain > 32 && vain * part_size > at)
                return find_long(place, (size_t)(text + size - place), part, part_size);
        }
        at += 16;
    }
    return NULL;
}
#else
const uint8_t *mrrci_find(const uint8_t *text, size_t size, const uint8_t *part,
                          size_t part_size) {
    return find_long(text, size, part, part_size);
}
#endif

/* ---- order ---- */

static int compare(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size) {
    size_t size = one_size < other_size ? one_size : other_size;
    int order = size == 0 ? 0 : memcmp(one, other, size);
    return order != 0 ? order : (one_size > other_size) - (one_size < other_size);
}

static int compare_strings(const mrrci_string *one, const mrrci_string *other,
                           const uint8_t *bytes) {
    return compare(bytes + one->offset, one->size, bytes + other->offset, other->size);
}

/* Lets the string at `at` sink in a heap of `count`. */
static void sink(mrrci_string *strings, size_t at, size_t count, const uint8_t *bytes) {
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && compare_strings(&strings[child], &strings[child + 1], bytes) < 0)
            child++;
        if (compare_strings(&strings[at], &strings[child], bytes) >= 0)
            return;
        mrrci_string held = strings[at];
        strings[at] = strings[child];
        strings[child] = held;
    }
}

void mrrci_sort_strings(mrrci_string *strings, size_t count, const uint8_t *bytes) {
    for (size_t at = count / 2; at-- > 0;)
        sink(strings, at, count, bytes);
    while (count > 1) {
        mrrci_string held = strings[--count];
        strings[count] = strings[0];
        strings[0] = held;
        sink(strings, 0, count, bytes);
    }
}

static bool is_listed(const mrrci_string *strings, size_t count, const uint8_t *bytes,
                      const uint8_t *text, size_t size) {
    size_t from = 0;
    while (from < count) {
        size_t middle = from + (count - from) / 2;
        int order = compare(bytes + strings[middle].offset, strings[middle].size, text, size);
        if (order == 0)
            return true;
        if (order < 0)
            from = middle + 1;
        else
            count = middle;
    }
    return false;
}

/* ---- likeness ---- */

int mrrci_points_of(const uint8_t *text, size_t size, mrrc_buffer *out) {
    const uint8_t *end = text + size;
    MRRCI_TRY(mrrci_buffer_reserve(out, size * sizeof(uint32_t)));
    while (text < end) {
        const uint8_t *next = text;
        size_t wanted = *text < 0x80 ? 1 : *text < 0xE0 ? 2 : *text < 0xF0 ? 3 : 4;
        uint32_t point = 0xFFFD;
        if (wanted <= (size_t)(end - text) && mrrci_utf8_valid(text, wanted)) {
            point = mrrci_utf8_next(&next);
        } else {
            /* one for the longest beginning of a character, or for one byte */
            for (next++; next < end && (size_t)(next - text) < wanted && (*next & 0xC0) == 0x80;)
                next++;
            if (*text < 0xC2 || *text > 0xF4)
                next = text + 1;
        }
        memcpy(out->data + out->size, &point, sizeof point);
        out->size += sizeof point;
        text = next;
    }
    return MRRC_OK;
}

/* Whether one text can be made of another by at most `most` characters put in, left out or
 * replaced.  Only the cells that near the diagonal are filled.  `row` has room for other_count +
 * 1. */
static bool is_near(const uint32_t *one, size_t one_count, const uint32_t *other,
                    size_t other_count, size_t most, uint32_t *row) {
    const uint32_t far = UINT32_MAX / 2;
    for (size_t j = 0; j <= other_count; j++)
        row[j] = j <= most ? (uint32_t)j : far;
    for (size_t i = 1; i <= one_count; i++) {
        size_t from = i > most ? i - most : 1, to = i + most < other_count ? i + most : other_count;
        uint32_t diagonal = row[from - 1], least = far;
        row[from - 1] = from == 1 && i <= most ? (uint32_t)i : far;
        if (from == 1)
            least = row[0];
        for (size_t j = from; j <= to; j++) {
            uint32_t above = row[j], best = diagonal + (one[i - 1] != other[j - 1]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = above;
            row[j] = best;
            if (best < least)
                least = best;
        }
        if (least > most)
            return false;
    }
    return row[other_count] <= most;
}

static int is_similar(mrrci_tester *tester, const mrrci_string *string, const uint8_t *text,
                      size_t size) {
    mrrc_buffer *scratch = &tester->points;
    size_t count = 0, wanted = string->count;
    for (size_t i = 0; i < size; i++) /* about */
        count += (text[i] & 0xC0) != 0x80;
    size_t tolerance = 100 - tester->filter->similarity;
    size_t longer = count > wanted ? count : wanted, shorter = count > wanted ? wanted : count;
    bool ascii_or_valid = mrrci_utf8_valid(text, size);
    if (ascii_or_valid && (longer - shorter) * 100 > tolerance * longer)
        return 0;
    scratch->size = 0;
    MRRCI_TRY(mrrci_points_of(text, size, scratch));
    count = scratch->size / sizeof(uint32_t);
    MRRCI_TRY(mrrci_buffer_reserve(scratch, (wanted + 1) * sizeof(uint32_t)));
    longer = count > wanted ? count : wanted;
    shorter = count > wanted ? wanted : count;
    size_t most = tolerance * longer / 100;
    if (longer - shorter > most)
        return 0;
    uint64_t work = (uint64_t)count * (2 * most + 1 < wanted ? 2 * most + 1 : wanted);
    if (work > tester->work)
        return MRRC_ERR_QUERY_LIMIT;
    tester->work -= work;
    const uint32_t *points = (const uint32_t *)(const void *)scratch->data;
    uint32_t *row = (uint32_t *)(void *)(scratch->data + scratch->size);
    return is_near(points, count, MRRCI_AT(uint32_t, tester->filter->points, string->points),
                   wanted, most, row);
}

/* ---- tests ---- */

static int holds(mrrci_tester *tester, const mrrci_test *test, const mrrci_string *string,
                 const uint8_t *text, size_t size) {
    const uint8_t *other = tester->filter->bytes.data + string->offset;
    switch (test->operator) {
    case MRRCI_EQUAL:
        return size == string->size && (size == 0 || memcmp(text, other, size) == 0);
    case MRRCI_LESS:
        return compare(text, size, other, string->size) < 0;
    case MRRCI_LESS_EQUAL:
        return compare(text, size, other, string->size) <= 0;
    case MRRCI_CONTAINS:
        return string->size == 0 ||
               (size >= string->size && mrrci_find(text, size, other, string->size) != NULL);
    case MRRCI_STARTS:
        return string->size == 0 ||
               (size >= string->size && memcmp(text, other, string->size) == 0);
    case MRRCI_ENDS:
        return string->size == 0 ||
               (size >= string->size &&
                memcmp(text + size - string->size, other, string->size) == 0);
    case MRRCI_MATCHES:
        return mrrci_pattern_matches(&tester->patterns, tester->filter, string->points, text, size);
    case MRRCI_SIMILAR:
        return is_similar(tester, string, text, size);
    }
    return 0;
}

int mrrci_test_value(mrrci_tester *tester, const mrrci_test *test, const uint8_t *text,
                     size_t size) {
    const mrrci_string *strings = MRRCI_AT(mrrci_string, tester->filter->strings, test->first);
    uint32_t fold = mrrci_fold_of(tester->filter, test->operator);
    if (fold != 0)
        MRRCI_TRY(mrrci_fold(fold, &tester->value, &text, &size));
    if (test->sorted)
        return is_listed(strings, test->count, tester->filter->bytes.data, text, size) !=
               test->negated;
    for (uint32_t i = 0; i < test->count; i++) {
        int found = holds(tester, test, &strings[i], text, size);
        if (found < 0)
            return found;
        if (found > 0)
            return !test->negated;
    }
    return test->negated;
}
