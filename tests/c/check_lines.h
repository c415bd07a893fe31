/* SPDX-License-Identifier: MIT
 *
 * check_lines.h: how the tests of the formats by lines read and write: what is read is told
 * as text, once from memory and again from pieces of one, two and seven bytes, which has to
 * give the same.
 */
#ifndef CHECK_LINES_H
#define CHECK_LINES_H

#include <stdarg.h>

#include "check.h"
#include "conversion.h"
#include "format.h"

#define CHECK_LEADER "00000nam a2200000   4500"
#define CHECK_BLANK_LEADER "          22        4500"

/* What a reading came to. */
typedef struct told {
    mrrc_buffer text;
    uint64_t records;
    int status;
} told;

__attribute__((format(printf, 2, 3))) static inline void tell(told *to, const char *form, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(line, sizeof line, form, arguments);
    va_end(arguments);
    size_t size = strlen(line);
    if (mrrci_buffer_append(&to->text, line, size) < 0)
        to->status = MRRC_ERR_MEMORY;
}

/* Tells the records of a batch with "@" for 0x1E and "~" for 0x1F, and the notes. */
static inline void tell_batch(told *to, const mrrc_batch_view *view) {
    uint32_t start = 0;
    size_t note = 0;
    for (size_t i = 0; i < view->count; i++) {
        tell(to, "%llu+%u ", (unsigned long long)view->offsets[i], view->lengths[i]);
        size_t size = view->ends[i] - start, before = to->text.size;
        if (mrrci_buffer_append(&to->text, view->block + start, size) < 0) {
            to->status = MRRC_ERR_MEMORY;
            return;
        }
        for (size_t j = before; j < to->text.size; j++) {
            uint8_t *byte = to->text.data + j;
            *byte = *byte == MRRCI_FIELD ? '@' : *byte == MRRCI_SUBFIELD ? '~' : *byte;
        }
        tell(to, "\n");
        for (; note < view->notes_count && view->notes[note].record == i; note++)
            tell(to, "  note %d at %llu+%u %.3s\n", view->notes[note].code,
                 (unsigned long long)view->notes[note].offset, view->notes[note].size,
                 (const char *)view->notes[note].tag);
        start = view->ends[i];
    }
    CHECK(note == view->notes_count && view->marked == 0);
    to->records += view->count;
}

/* Reads all there is in pieces of so many bytes, or at once with 0. */
static inline told read_told(const char *format, const char *data, size_t size, size_t piece) {
    told to = {0};
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(format));
    uint8_t *copy = check_copy(data, size);
    size_t fed = 0;
    to.status = reader == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    if (reader != NULL)
        (void)(piece == 0 ? mrrc_reader_open_memory(reader, copy, size)
                          : mrrc_reader_open_feed(reader));
    while (to.status == MRRC_OK) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        int status = mrrc_reader_next(reader, 0, &view, &err);
        if (status == MRRC_MORE) {
            size_t now = size - fed < piece ? size - fed : piece;
            status = mrrc_reader_feed(reader, copy + fed, now);
            fed += now;
        } else if (status == MRRC_OK) {
            tell_batch(&to, &view);
        } else if (status > MRRC_FATAL && status < 0) {
            tell(&to, "fault %d of %llu at %llu, %u:%u, tag %s: %s [%.*s]\n", status,
                 (unsigned long long)err.record, (unsigned long long)err.offset, err.line,
                 err.column, (const char *)err.tag, err.detail, (int)err.seen_size,
                 (const char *)err.seen);
            status = MRRC_OK;
        }
        if (status != MRRC_OK)
            to.status = status;
    }
    mrrc_reader_free(reader);
    free(copy);
    return to;
}

/* Reads and compares with what is to be told. */
#define CHECK_READ(format, data, wanted) \
    check_read((format), (data), sizeof(data) - 1, (wanted), __FILE__, __LINE__)

static inline void check_read(const char *format, const char *data, size_t size,
                              const char *wanted, const char *file, int line) {
    static const size_t pieces[] = {0, 1, 2, 7};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        told to = read_told(format, data, size, pieces[i]);
        check_that(to.status == MRRC_END, file, line, "reads to the end");
        check_bytes(to.text.data, to.text.size, wanted, strlen(wanted), file, line, data);
        mrrci_buffer_clear(&to.text);
    }
}

/* A packed record from text with "@" for 0x1E and "~" for 0x1F. */
static inline mrrc_buffer packed_of(const char *text, size_t size) {
    mrrc_buffer packed = {0};
    check_put(&packed, text, size);
    for (size_t i = 0; i < size; i++) {
        uint8_t *byte = packed.data + i;
        *byte = *byte == '@' ? MRRCI_FIELD : *byte == '~' ? MRRCI_SUBFIELD : *byte;
    }
    return packed;
}

/* Writes one record and compares status, bytes, and the notes, told as in reading. */
#define CHECK_WRITTEN(format, flags, record, status, wanted, notes)                           \
    check_written((format), (flags), (record), sizeof(record) - 1, (status), (wanted), (notes), \
                  __FILE__, __LINE__)

static inline void check_written(const char *format, uint32_t flags, const char *record,
                                 size_t size, int status, const char *wanted, const char *notes,
                                 const char *file, int line) {
    mrrc_buffer packed = packed_of(record, size), out = {0};
    mrrc_error err = {0};
    told to = {0};
    uint32_t end = (uint32_t)packed.size;
    uint8_t *copy = check_copy(packed.data, packed.size);
    int number = mrrc_format_find(format);
    check_int(mrrc_record_encode(number, copy, end, flags, &out, &err), status, file, line,
              "status");
    check_bytes(out.data, out.size, wanted, strlen(wanted), file, line, record);
    check_that(status >= 0 || err.code == status, file, line, "the fault is in err");
    /* through an encoder, which keeps the notes */
    mrrc_encoder *encoder = mrrc_encoder_new(number, flags);
    size_t count = 0;
    out.size = 0;
    check_int(mrrc_encoder_records(encoder, copy, &end, 1, &out, NULL, NULL),
              status < 0 ? status : MRRC_OK, file, line, "status in an encoder");
    check_bytes(out.data, out.size, wanted, strlen(wanted), file, line, record);
    const mrrc_diagnostic *note = mrrc_encoder_notes(encoder, &count);
    for (size_t i = 0; i < count; i++)
        tell(&to, "%d at %llu+%u %u %.3s\n", note[i].code, (unsigned long long)note[i].offset,
             note[i].size, note[i].found, (const char *)note[i].tag);
    check_bytes(to.text.data, to.text.size, notes, strlen(notes), file, line, "notes");
    check_that((count > 0) == (status == MRRC_NOTED), file, line, "noted");
    mrrc_encoder_free(encoder);
    free(copy);
    mrrci_buffer_clear(&to.text);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
}

/* Writes a record and reads it back, which has to give the same. */
#define CHECK_BACK(format, record) \
    check_back((format), (record), sizeof(record) - 1, __FILE__, __LINE__)

static inline void check_back(const char *format, const char *record, size_t size,
                              const char *file, int line) {
    mrrc_buffer packed = packed_of(record, size), out = {0};
    int number = mrrc_format_find(format);
    mrrc_batch_view view;
    check_int(mrrc_record_encode(number, packed.data, packed.size, 0, &out, NULL), MRRC_OK, file,
              line, "status");
    mrrc_reader *reader = mrrc_reader_new(number);
    mrrc_reader_open_memory(reader, out.data, out.size);
    if (check_that(mrrc_reader_next(reader, 0, &view, NULL) == MRRC_OK, file, line, "is read")) {
        check_bytes(view.block, view.block_size, packed.data, packed.size, file, line, record);
        check_that(view.count == 1 && view.notes_count == 0, file, line, "one without notes");
    }
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
}

/* What a sweep of failing memory reads and writes. */
typedef struct swept {
    const char *format;
    const char *data;
    const char *record;
} swept;

/* For check_memory_sweep(): reads a file, and tries again where memory failed; what is told
 * at last has to be the same as ever. */
static inline void sweep_reading(void *context) {
    const swept *what = context;
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(what->format));
    told to = {0};
    int status = reader == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    if (reader != NULL)
        mrrc_reader_open_memory(reader, (const uint8_t *)what->data, strlen(what->data));
    else
        CHECK(check_memory.failed);
    while (reader != NULL && status != MRRC_END) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        status = mrrc_reader_next(reader, 0, &view, &err);
        if (status == MRRC_ERR_MEMORY) {
            CHECK(check_memory.failed);
            check_memory_allow();
        } else if (status == MRRC_OK) {
            check_memory_allow();
            tell_batch(&to, &view);
        } else if (status < 0) {
            check_memory_allow();
            tell(&to, "fault %d at %llu\n", status, (unsigned long long)err.offset);
        }
    }
    bool failed = check_memory.failed;
    check_memory_allow();
    if (reader != NULL) {
        told all = {0};
        mrrc_reader *again = mrrc_reader_new(mrrc_format_find(what->format));
        mrrc_reader_open_memory(again, (const uint8_t *)what->data, strlen(what->data));
        for (status = MRRC_OK; status != MRRC_END;) {
            mrrc_batch_view view;
            mrrc_error err = {0};
            status = mrrc_reader_next(again, 0, &view, &err);
            if (status == MRRC_OK)
                tell_batch(&all, &view);
            else if (status < 0)
                tell(&all, "fault %d at %llu\n", status, (unsigned long long)err.offset);
        }
        CHECK_BYTES(to.text.data, to.text.size, all.text.data, all.text.size);
        mrrc_reader_free(again);
        mrrci_buffer_clear(&all.text);
    }
    check_memory.failed = failed;
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&to.text);
}

/* The same for writing: a fault leaves nothing behind. */
static inline void sweep_writing(void *context) {
    const swept *what = context;
    size_t number = check_memory.fail_at;
    bool all_after = check_memory.all_after;
    check_memory_allow();
    mrrc_buffer packed = packed_of(what->record, strlen(what->record)), out = {0}, notes = {0};
    mrrc_error err = {0};
    const mrrci_format *row = mrrci_format_at(mrrc_format_find(what->format));
    mrrci_how how = {.number = 1, .notes = &notes};
    check_memory_fail(number, all_after);
    int status = row->encode(packed.data, packed.size, &how, &out, &err);
    CHECK(status == MRRC_ERR_MEMORY ? check_memory.failed && out.size == 0 : status >= 0);
    bool failed = check_memory.failed;
    check_memory_allow();
    check_memory.failed = failed;
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&notes);
}

#endif
