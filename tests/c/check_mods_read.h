/* SPDX-License-Identifier: MIT
 *
 * check_mods_read.h: what the tests of reading MODS share: one <mods> is read, and its
 * fields are compared as lines, "245 10$aTitle", with "_" for a blank indicator, "$" for the
 * delimiter, and a line "note" for each diagnostic.  Leader and 008 are asked for apart.
 */
#ifndef CHECK_MODS_READ_H
#define CHECK_MODS_READ_H

#include "check.h"
#include "packed.h"

/* What stands inside <mods>, and the fields but 008 that come of it. */
#define CHECK_MODS(inside, lines) check_mods((inside), 0, (lines), __FILE__, __LINE__)

/* The same, of leader and 008 alone, each on a line. */
#define CHECK_CODED(inside, lines) check_coded((inside), (lines), __FILE__, __LINE__)

static inline void mods_line(const mrrci_field *field, mrrc_buffer *to) {
    check_put(to, field->tag, 3);
    check_put_text(to, " ");
    for (size_t i = 0; i < field->size; i++) {
        uint8_t byte = field->body[i];
        bool indicator = !field->control && i < 2;
        if (byte == MRRCI_SUBFIELD)
            byte = '$';
        else if (indicator && byte == ' ')
            byte = '_';
        check_put(to, &byte, 1);
    }
    check_put_text(to, "\n");
}

static inline void mods_lines(const uint8_t *packed, size_t size, bool coded, mrrc_buffer *to) {
    mrrci_cursor cursor;
    mrrci_field field;
    if (mrrci_fields_begin(&cursor, packed, size) < 0)
        return;
    if (coded) {
        check_put(to, packed, MRRCI_LEADER_SIZE);
        check_put_text(to, "\n");
    }
    while (mrrci_field_next(&cursor, &field) > 0) {
        bool is_008 = memcmp(field.tag, "008", 3) == 0;
        if (!coded && !is_008)
            mods_line(&field, to);
        if (coded && is_008) {
            check_put(to, field.body, field.size);
            check_put_text(to, "\n");
        }
    }
}

/* Reads a document and writes down its records; a fault is written by its code. */
static inline void mods_read(const uint8_t *data, size_t size, uint32_t flags, bool coded,
                             mrrc_buffer *to) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("mods"));
    int status = MRRC_OK;
    if (reader == NULL)
        abort();
    mrrc_reader_open_memory(reader, data, size);
    while (status != MRRC_END) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        char line[32];
        size_t start = 0;
        status = mrrc_reader_next(reader, flags, &view, &err);
        if (status < 0) {
            snprintf(line, sizeof line, "fault %d\n", status);
            check_put_text(to, line);
        }
        for (size_t i = 0; i < view.count; start = view.ends[i++])
            mods_lines(view.block + start, view.ends[i] - start, coded, to);
        for (size_t i = 0; i < view.notes_count && !coded; i++) {
            snprintf(line, sizeof line, "note%s%s\n", view.notes[i].tag[0] == 0 ? "" : " ",
                     (const char *)view.notes[i].tag);
            check_put_text(to, line);
            CHECK(view.notes[i].code == MRRC_ERR_XML_RECORD);
        }
    }
    mrrc_reader_free(reader);
}

static inline void check_mods_of(const char *inside, uint32_t flags, bool coded,
                                 const char *wanted, const char *file, int line) {
    mrrc_buffer document = {0}, lines = {0};
    check_put_text(&document, "<mods xmlns=\"http://www.loc.gov/mods/v3\" "
                              "xmlns:xlink=\"http://www.w3.org/1999/xlink\">");
    check_put_text(&document, inside);
    check_put_text(&document, "</mods>");
    mods_read(document.data, document.size, flags, coded, &lines);
    check_bytes(lines.data, lines.size, wanted, strlen(wanted), file, line, inside);
    mrrci_buffer_clear(&document);
    mrrci_buffer_clear(&lines);
}

static inline void check_mods(const char *inside, uint32_t flags, const char *wanted,
                              const char *file, int line) {
    check_mods_of(inside, flags, false, wanted, file, line);
}

static inline void check_coded(const char *inside, const char *wanted, const char *file,
                               int line) {
    check_mods_of(inside, 0, true, wanted, file, line);
}

#endif
