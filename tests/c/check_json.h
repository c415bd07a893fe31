/* SPDX-License-Identifier: MIT
 *
 * check_json.h: what the tests of the JSON formats have beside check.h: reading a text whole
 * or in pieces of any size, and writing down all that came of it, so that two ways of
 * reading can be compared in every respect.
 */
#ifndef CHECK_JSON_H
#define CHECK_JSON_H

#include "check.h"

#define CHECK_LEADER "00000nam a2200000   4500"

/* Appends a line of text. */
static inline void check_tell(mrrc_buffer *to, const char *what, const mrrc_error *err) {
    char line[512];
    snprintf(line, sizeof line, "%s %d record %llu at %llu line %u column %u field %u: %s\n", what,
             err->code, (unsigned long long)err->record, (unsigned long long)err->offset,
             err->line, err->column, err->field, err->detail);
    check_put_text(to, line);
    check_put(to, err->tag, sizeof err->tag);
    check_put(to, err->seen, err->seen_size);
}

static inline void check_tell_batch(mrrc_buffer *to, const mrrc_batch_view *view, size_t before) {
    char line[256];
    for (size_t i = 0; i < view->count; i++) {
        uint32_t from = i == 0 ? 0 : view->ends[i - 1];
        snprintf(line, sizeof line, "record %zu at %llu, %u bytes, status %d: ", before + i,
                 (unsigned long long)view->offsets[i], view->lengths[i], view->statuses[i]);
        check_put_text(to, line);
        check_put(to, view->block + from, view->ends[i] - from);
        check_put_text(to, "\n");
        for (size_t k = 0; k < view->notes_count; k++) {
            const mrrc_diagnostic *note = &view->notes[k];
            if (note->record != i)
                continue;
            snprintf(line, sizeof line, "note %d at %llu, %u bytes, %.3s\n", note->code,
                     (unsigned long long)note->offset, note->size, (const char *)note->tag);
            check_put_text(to, line);
        }
    }
}

/* Reads a text to its end, `step` bytes at a time or, with 0, whole, and appends what came of
 * it to `to`.  Returns the last status. */
static inline int check_read(const char *format, const void *text, size_t size, uint32_t flags,
                             size_t step, mrrc_buffer *to) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(format));
    uint8_t *copy = check_copy(text, size);
    size_t given = 0, records = 0;
    mrrc_batch_view view;
    if (reader == NULL)
        abort();
    if (step == 0)
        mrrc_reader_open_memory(reader, copy, size);
    else
        mrrc_reader_open_feed(reader);
    for (;;) {
        mrrc_error err = {0};
        int status = mrrc_reader_next(reader, flags, &view, &err);
        check_tell_batch(to, &view, records);
        records += view.count;
        if (status == MRRC_MORE) {
            size_t left = size - given;
            mrrc_reader_feed(reader, copy + given, left < step ? left : step);
            given += left < step ? left : step;
            continue;
        }
        if (status == MRRC_OK)
            continue;
        if (status < 0)
            check_tell(to, "fault", &err);
        if (status == MRRC_END || status < MRRC_FATAL) {
            mrrc_reader_free(reader);
            free(copy);
            return status;
        }
    }
}

/* Reads a text in every way there is, and checks that all come to the same, which is appended
 * to `to`.  Returns the last status. */
static inline int check_read_all_ways(const char *format, const void *text, size_t size,
                                      mrrc_buffer *to) {
    static const size_t steps[] = {0, 1, 2, 7, 61, 1000};
    mrrc_buffer other = {0};
    size_t from = to->size;
    int status = check_read(format, text, size, 0, 0, to);
    for (uint32_t flags = 0; flags <= MRRC_READ_LIBRARY; flags += MRRC_READ_LIBRARY)
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            other.size = 0;
            CHECK(check_read(format, text, size, flags, steps[i], &other) == status);
            const char *wanted = to->size > from ? to->text + from : "";
            CHECK_FOR(check_holds(&other, wanted, to->size - from),
                      "step %zu, flags %u: %.*s\n%.*s\n%.*s", steps[i], flags, (int)size,
                      (const char *)text, (int)(to->size - from), wanted, (int)other.size,
                      other.text == NULL ? "" : other.text);
        }
    mrrci_buffer_clear(&other);
    return status;
}

/* Reads a text in every way and returns the first fault, or zeros; `packed` (may be NULL) gets
 * the records, each with a line end behind it. */
static inline mrrc_error check_first_fault(const char *format, const char *text, size_t size,
                                           mrrc_buffer *packed, size_t *notes) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(format));
    mrrc_batch_view view;
    mrrc_error first = {0}, err = {0};
    int status;
    if (reader == NULL)
        abort();
    mrrc_reader_open_memory(reader, (const uint8_t *)text, size);
    while ((status = mrrc_reader_next(reader, 0, &view, &err)) != MRRC_END) {
        for (size_t i = 0; i < view.count && packed != NULL; i++) {
            uint32_t from = i == 0 ? 0 : view.ends[i - 1];
            check_put(packed, view.block + from, view.ends[i] - from);
            check_put_text(packed, "\n");
        }
        if (notes != NULL)
            *notes += view.notes_count;
        if (first.code == 0)
            first = err;
        memset(&err, 0, sizeof err);
        if (status < MRRC_FATAL)
            break;
    }
    mrrc_reader_free(reader);
    return first;
}

#endif
