/* SPDX-License-Identifier: MIT
 *
 * check_damage.h: sources of ISO 2709 to be damaged, put together from records of a few
 * fields and from any bytes, and what the modes are to make of them.
 */
#ifndef CHECK_DAMAGE_H
#define CHECK_DAMAGE_H

#include "check.h"
#include "check_recovery.h"

/* The source at work. */
static mrrc_buffer source;

/* Appends a record of fields given as tag and body, ended by NULL.  Returns where it begins. */
static inline size_t add_record(char coding, const char *const *fields) {
    static check_record record;
    size_t begin = source.size;
    check_record_begin(&record, coding);
    for (; fields[0] != NULL; fields += 2)
        check_record_add(&record, fields[0], fields[1]);
    check_lay_out(&record);
    check_record_write(&record, &source);
    return begin;
}

#define ADD(coding, ...) add_record((coding), (const char *const[]){__VA_ARGS__, NULL})

/* Appends a record of 64 bytes: its directory at 24, its data at 49. */
static inline size_t add_plain(const char *id) {
    return ADD('a', "001", id, "245", "10\x1f" "aTitle");
}

/* What is made of such a record at an offset. */
#define PLAIN(offset, id) "R" #offset "+64|001" id "|24510$aTitle\n"

static inline void add_bytes(const char *bytes, size_t size) {
    check_put(&source, bytes, size);
}

#define ADD_BYTES(literal) add_bytes(literal, sizeof(literal) - 1)

static inline void patch(size_t at, const char *text) {
    memcpy(source.data + at, text, strlen(text));
}

/* Leaves bytes out. */
static inline void cut(size_t at, size_t size) {
    memmove(source.data + at, source.data + at + size, source.size - at - size);
    source.size -= size;
}

static inline void check_mode(uint32_t flags, const char *wanted, const char *file, int line,
                              const char *mode) {
    static const size_t feeds[] = {0, 1, 7, 100};
    mrrc_buffer seen = {0};
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        uint8_t *exact = check_copy(source.data, source.size);
        recovery_outcome(exact, source.size, flags, feeds[i], &seen);
        free(exact);
        check_bytes(seen.data, seen.size, wanted, strlen(wanted), file, line, mode);
    }
    mrrci_buffer_clear(&seen);
}

/* Checks what becomes of the source in the three modes, and empties it. */
#define CHECK_MODES(strict, lenient, permissive) CHECK_FLAGS(0, strict, lenient, permissive)
#define CHECK_FLAGS(flags, strict, lenient, permissive)                                 \
    do {                                                                                \
        check_mode((flags) | MRRC_READ_STRICT, strict, __FILE__, __LINE__, "strict");    \
        check_mode((flags) | MRRC_READ_LENIENT, lenient, __FILE__, __LINE__, "lenient"); \
        check_mode((flags) | MRRC_READ_PERMISSIVE, permissive, __FILE__, __LINE__,       \
                   "permissive");                                                       \
        source.size = 0;                                                                \
    } while (0)

/* The same for what is not damaged at all. */
#define CHECK_SOUND(flags, wanted) CHECK_FLAGS(flags, wanted, wanted, wanted)

/* Reads the source with memory failing: every record comes, once, and nothing is lost. */
static inline void recovery_without_memory(void *context) {
    const uint32_t *flags = context;
    mrrc_reader *reader = mrrc_reader_new(0);
    size_t records = 0, wanted = 0, notes = 0, wanted_notes = 0;
    int status = MRRC_OK;
    recovery_state all = {.data = source.data, .size = source.size, .flags = *flags};
    if (reader == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    mrrc_reader_open_memory(reader, source.data, source.size);
    size_t failures = 0;
    while (status != MRRC_END) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        status = mrrc_reader_next(reader, *flags, &view, &err);
        if (status == MRRC_ERR_MEMORY) {
            CHECK(check_memory.failed);
            check_memory_allow();
            failures++;
        } else if (status == MRRC_OK) {
            records += view.count;
            notes += view.notes_count;
        } else if (status != MRRC_END) {
            records++;
        }
    }
    mrrc_reader_free(reader);
    bool failed = check_memory.failed;
    check_memory_allow();
    recovery_read(&all, 0);
    wanted = all.records;
    wanted_notes = all.notes;
    if (!(*flags & MRRC_READ_STRICT))
        CHECK(records == wanted && notes == wanted_notes);
    CHECK(failures <= 1);
    check_memory.failed = failed;
}

#endif
