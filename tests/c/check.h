/* SPDX-License-Identifier: MIT
 *
 * check.h: what every C test has: counted checks, an allocator that fails when
 * it is told to, numbers by chance that are the same in each run, and a maker
 * of ISO 2709 records whose directory and data may be laid out as one likes.
 * A test is one file, which includes this one once; it knows nothing of the
 * core but its headers.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* checks ------------------------------------------------------------------- */

static unsigned long check_passed, check_failed;

/* Counts a check; one that fails says where it stands, and what it was about. */
#define CHECK(condition) check_that((condition), __FILE__, __LINE__, #condition)

/* The same with a line of its own, for a check inside a loop. */
#define CHECK_FOR(condition, ...)                                     \
    do {                                                              \
        if (!check_that((condition), __FILE__, __LINE__, #condition)) { \
            fprintf(stderr, "    with " __VA_ARGS__);                 \
            fputc('\n', stderr);                                      \
        }                                                             \
    } while (0)

static inline bool check_that(bool holds, const char *file, int line, const char *what) {
    enum { SHOWN = 40 };
    if (holds) {
        check_passed++;
        return true;
    }
    if (check_failed++ < SHOWN)
        fprintf(stderr, "%s:%d: %s\n", file, line, what);
    return false;
}

/* Two numbers, or two stretches of bytes, that have to be the same; where they are
 * not, both are shown.  The functions are for tables, which pass their own line. */
#define CHECK_EQ_INT(seen, wanted) \
    check_int((long long)(seen), (long long)(wanted), __FILE__, __LINE__, #seen)
#define CHECK_BYTES(seen, seen_size, wanted, wanted_size) \
    check_bytes((seen), (seen_size), (wanted), (wanted_size), __FILE__, __LINE__, #seen)
/* A buffer against a string literal, which may hold zeros. */
#define CHECK_BUFFER(buffer, literal) \
    CHECK_BYTES((buffer).data, (buffer).size, literal, sizeof(literal) - 1)

static inline void check_int(long long seen, long long wanted, const char *file, int line,
                             const char *what) {
    if (!check_that(seen == wanted, file, line, what))
        fprintf(stderr, "    is %lld, not %lld\n", seen, wanted);
}

static inline void check_show(const char *head, const uint8_t *data, size_t size) {
    enum { SHOWN = 200 };
    fprintf(stderr, "    %s", head);
    for (size_t i = 0; i < size && i < SHOWN; i++)
        if (data[i] >= 0x20 && data[i] < 0x7F && data[i] != '\\')
            fputc(data[i], stderr);
        else
            fprintf(stderr, "\\x%02x", data[i]);
    fprintf(stderr, "%s\n", size > SHOWN ? "..." : "");
}

static inline void check_bytes(const void *seen, size_t seen_size, const void *wanted,
                               size_t wanted_size, const char *file, int line, const char *what) {
    bool same =
        seen_size == wanted_size && (seen_size == 0 || memcmp(seen, wanted, seen_size) == 0);
    if (!check_that(same, file, line, what)) {
        check_show("is  ", seen, seen_size);
        check_show("not ", wanted, wanted_size);
    }
}

/* Whether a buffer holds exactly these bytes. */
static inline bool check_holds(const mrrc_buffer *buffer, const void *data, size_t size) {
    return buffer->size == size && (size == 0 || memcmp(buffer->data, data, size) == 0);
}

static inline bool check_same(const mrrc_buffer *one, const mrrc_buffer *other) {
    return check_holds(one, other->data, other->size);
}

/* Writes the sum, which is the last line of every test.  Returns main()'s result. */
static inline int check_report(void) {
    fflush(stderr);
    printf("%lu passed, %lu failed\n", check_passed, check_failed);
    return check_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* memory ------------------------------------------------------------------- */

/* The n-th request from now fails, alone or with all that follow; 0: none does.  Any thread
 * may ask. */
static struct {
    atomic_size_t asked;
    atomic_size_t fail_at;
    atomic_bool all_after;
    atomic_bool failed;
} check_memory;

/* What buffer.c asks for memory.  A block always moves, so that an old pointer
 * is a wrong one under the address sanitizer, which also counts the leaks. */
void *test_realloc(void *block, size_t size);

void *test_realloc(void *block, size_t size) {
    size_t number = ++check_memory.asked, fail_at = check_memory.fail_at;
    if (fail_at != 0 && (check_memory.all_after ? number >= fail_at : number == fail_at)) {
        check_memory.failed = true;
        return NULL;
    }
    return realloc(block, size);
}

static inline void check_memory_fail(size_t number, bool all_after) {
    check_memory.asked = 0;
    check_memory.fail_at = number;
    check_memory.all_after = all_after;
    check_memory.failed = false;
}

/* Goes back to memory that never fails.  Returns whether a request was refused. */
static inline bool check_memory_recover(void) {
    bool failed = check_memory.failed;
    check_memory_fail(0, false);
    return failed;
}

/* Refuses nothing from here on, and keeps in mind whether anything was. */
static inline void check_memory_allow(void) {
    check_memory.fail_at = 0;
}

/* Runs a scenario with the first request failing, then with the second, and so
 * on until none is refused; first with that one failing alone, then with all
 * from it on.  The scenario starts from nothing, checks its result, frees all it
 * has, and may be told what to do by `context`.  Where it wants to go on after
 * the failure, it calls check_memory_allow(). */
static inline void check_memory_sweep(void (*scenario)(void *context), void *context) {
    enum { LIMIT = 20000 };
    for (int all_after = 0; all_after < 2; all_after++) {
        size_t number = 1;
        for (; number < LIMIT; number++) {
            check_memory_fail(number, all_after != 0);
            scenario(context);
            if (!check_memory_recover())
                break;
        }
        CHECK(number < LIMIT);
    }
}

/* The same for a function that returns what the function under test returned,
 * having checked the result and freed all: MRRC_ERR_MEMORY, or the result is
 * right without the memory that was refused. */
static inline void sweep(int (*run)(void)) {
    enum { LIMIT = 20000 };
    for (int all_after = 0; all_after < 2; all_after++) {
        size_t number = 1;
        for (; number < LIMIT; number++) {
            check_memory_fail(number, all_after != 0);
            int status = run();
            bool failed = check_memory_recover();
            CHECK(status == MRRC_ERR_MEMORY ? failed : status >= 0);
            if (!failed)
                break;
        }
        CHECK(number > 1 && number < LIMIT); /* it asks at all, and not for ever */
    }
}

/* chance ------------------------------------------------------------------- */

/* Marsaglia's xorshift; `*state` is not zero. */
static inline uint32_t check_random(uint64_t *state, uint32_t below) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 32) % below);
}

/* bytes -------------------------------------------------------------------- */

/* A copy in a block of exactly its size, so that one byte too far is noticed. */
static inline uint8_t *check_copy(const void *data, size_t size) {
    uint8_t *copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    return copy;
}

/* Appends a text or bytes in a test's own preparations. */
static inline void check_put(mrrc_buffer *to, const void *data, size_t size) {
    if (mrrci_buffer_append(to, data, size) < 0)
        abort();
}

static inline void check_put_text(mrrc_buffer *to, const char *text) {
    check_put(to, text, strlen(text));
}

/* records ------------------------------------------------------------------ */

enum { CHECK_FIELDS = 2100, CHECK_RECORD = 200000 };

/* A field as it will stand in the record: no terminator.  `start` and `length`
 * are what the directory says of it; check_lay_out() sets them. */
typedef struct check_field {
    const char *tag;
    const char *body;
    size_t size;
    uint32_t start;
    uint32_t length;
} check_field;

/* A record to be made. */
typedef struct check_record {
    char leader[MRRCI_LEADER_SIZE + 1];
    size_t count;
    check_field fields[CHECK_FIELDS];
    uint8_t area[CHECK_RECORD];
    size_t area_size;
} check_record;

/* Makes one with no fields; `coding` is leader/09, 'a' or a blank. */
static inline void check_record_begin(check_record *record, char coding) {
    memcpy(record->leader, "00000nam  2200000   4500", sizeof record->leader);
    record->leader[9] = coding;
    record->count = record->area_size = 0;
}

/* Adds a field; the body's bytes must stay. */
static inline void check_record_add_sized(check_record *record, const char *tag, const char *body,
                                          size_t size) {
    if (record->count == CHECK_FIELDS)
        abort();
    record->fields[record->count++] = (check_field){tag, body, size, 0, 0};
}

static inline void check_record_add(check_record *record, const char *tag, const char *body) {
    check_record_add_sized(record, tag, body, strlen(body));
}

/* Puts one field's bytes behind the others. */
static inline void check_lay_field(check_record *record, size_t index) {
    check_field *field = &record->fields[index];
    if (record->area_size + field->size + 1 > CHECK_RECORD)
        abort();
    field->start = (uint32_t)record->area_size;
    field->length = (uint32_t)field->size + 1;
    memcpy(record->area + record->area_size, field->body, field->size);
    record->area_size += field->size;
    record->area[record->area_size++] = MRRCI_FIELD;
}

/* Lays all fields one after another, as writers do. */
static inline void check_lay_out(check_record *record) {
    record->area_size = 0;
    for (size_t i = 0; i < record->count; i++)
        check_lay_field(record, i);
}

/* Writes a number in five digits where a record has it. */
static inline void check_set_five(uint8_t *at, size_t number) {
    char digits[32];
    snprintf(digits, sizeof digits, "%05zu", number);
    memcpy(at, digits, 5);
}

/* Appends the record as ISO 2709 from its directory and area as they are now;
 * leader/00-04 and 12-16 are put right. */
static inline void check_record_write(const check_record *record, mrrc_buffer *out) {
    size_t from = out->size;
    size_t base = MRRCI_LEADER_SIZE + MRRCI_ENTRY_SIZE * record->count + 1;
    check_put(out, record->leader, MRRCI_LEADER_SIZE);
    for (size_t i = 0; i < record->count; i++) {
        char numbers[32];
        snprintf(numbers, sizeof numbers, "%04u%05u", record->fields[i].length,
                 record->fields[i].start);
        check_put(out, record->fields[i].tag, 3);
        check_put(out, numbers, 9);
    }
    check_put_text(out, "\x1e");
    check_put(out, record->area, record->area_size);
    check_put_text(out, "\x1d");
    check_set_five(out->data + from, out->size - from);
    check_set_five(out->data + from + 12, base);
}

/* Appends what the record is when packed, with the leader given (24 bytes). */
static inline void check_record_pack(const check_record *record, const uint8_t *leader,
                                     mrrc_buffer *out) {
    check_put(out, leader, MRRCI_LEADER_SIZE);
    for (size_t i = 0; i < record->count; i++) {
        check_put_text(out, "\x1e");
        check_put(out, record->fields[i].tag, 3);
        check_put(out, record->fields[i].body, record->fields[i].size);
    }
}

#endif
