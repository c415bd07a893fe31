/* SPDX-License-Identifier: MIT
 *
 * check_recovery.h: reads ISO 2709 that may be damaged in a mode, and writes down in short
 * what comes of it: records as text, notes, faults.  The same is asked of a source in memory
 * and of feeds of any size, and what must hold for any bytes at all is checked on the way.
 */
#ifndef CHECK_RECOVERY_H
#define CHECK_RECOVERY_H

#include <stdio.h>
#include <stdlib.h>

#include "formats/iso2709_recovery.h"
#include "internal.h"
#include "packed.h"

static inline void recovery_put(mrrc_buffer *to, const void *data, size_t size) {
    if (mrrci_buffer_append(to, data, size) < 0)
        abort();
}

static inline void recovery_line(mrrc_buffer *to, const char *line) {
    recovery_put(to, line, strlen(line));
}

/* Whether bytes are a packed record; `text` says whether it has to be UTF-8. */
static inline bool recovery_packed(const uint8_t *data, size_t size, bool text) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t indicators;
    int more = mrrci_fields_begin(&fields, data, size);
    if (more < 0 || (text && !mrrci_utf8_valid(data, size)) ||
        memchr(data, MRRCI_RECORD, size) != NULL)
        return false;
    for (size_t i = 0; i < MRRCI_LEADER_SIZE; i++)
        if (data[i] < 0x20 || data[i] > 0x7E)
            return false;
    while ((more = mrrci_field_next(&fields, &field)) > 0) {
        for (size_t i = 0; i < 3; i++)
            if (field.tag[i] < 0x20 || field.tag[i] > 0x7E)
                return false;
        if (field.control) {
            if (field.size > 0 && memchr(field.body, MRRCI_SUBFIELD, field.size) != NULL)
                return false;
            continue;
        }
        mrrci_subfields_begin(&subfields, &field, &indicators);
        size_t characters = 0;
        for (size_t i = 0; i < indicators; i++)
            characters += (field.body[i] & 0xC0) != 0x80;
        if (characters != 2)
            return false;
        while (mrrci_subfield_next(&subfields, &subfield))
            if (subfield.code_size == 0)
                return false;
    }
    return more == 0;
}

/* What was read so far. */
typedef struct recovery_state {
    const uint8_t *data;
    size_t size;
    uint32_t flags;
    mrrc_buffer *to;          /* or NULL: nothing is written down */
    uint64_t end;             /* of the record before */
    uint64_t told;            /* where the last note without a record begins */
    size_t records, notes;
} recovery_state;

/* Stops the program where something does not hold that has to for any bytes. */
#define RECOVERY_HOLDS(condition)                                                \
    do {                                                                         \
        if (!(condition)) {                                                      \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                             \
        }                                                                        \
    } while (0)

static inline void recovery_text(mrrc_buffer *to, const uint8_t *data, size_t size) {
    for (size_t i = 0; i < size; i++) {
        char shown[8];
        uint8_t byte = data[i];
        snprintf(shown, sizeof shown,
                 byte == MRRCI_FIELD ? "|"
                 : byte == MRRCI_SUBFIELD ? "$"
                 : byte < 0x20 || byte == 0x7F ? "<%02X>"
                                               : "%c",
                 byte);
        recovery_line(to, shown);
    }
}

static inline void recovery_note(recovery_state *state, const mrrc_batch_view *view,
                                 const mrrc_diagnostic *note) {
    char line[120];
    RECOVERY_HOLDS(note->code < 0 && note->code > MRRC_FATAL && note->reason != NULL);
    RECOVERY_HOLDS(note->offset + note->size <= state->size);
    RECOVERY_HOLDS(note->seen + (size_t)note->seen_size <= view->seen_size);
    RECOVERY_HOLDS(note->seen_size == (note->size < MRRCI_SEEN_MAX ? note->size : MRRCI_SEEN_MAX));
    RECOVERY_HOLDS(note->seen_size == 0 || memcmp(view->seen + note->seen,
                                                  state->data + note->offset,
                                                  note->seen_size) == 0);
    RECOVERY_HOLDS(note->indicator <= 2 && (note->field > 0) == (note->tag[0] != 0 ||
                                                                 note->tag[1] != 0 ||
                                                                 note->tag[2] != 0 ||
                                                                 note->field > 0));
    state->notes++;
    if (state->to == NULL)
        return;
    snprintf(line, sizeof line, "%s%d @%lu+%lu =%lu",
             note->record == MRRC_NO_RECORD ? "- " : "  ", note->code,
             (unsigned long)note->offset, (unsigned long)note->size, (unsigned long)note->found);
    recovery_line(state->to, line);
    if (note->field > 0) {
        snprintf(line, sizeof line, " field %u ", note->field);
        recovery_line(state->to, line);
        recovery_text(state->to, note->tag, 3);
    }
    if (note->indicator > 0) {
        snprintf(line, sizeof line, " ind%u", note->indicator);
        recovery_line(state->to, line);
    }
    if (note->subfield > 0) {
        snprintf(line, sizeof line, " $%02X", note->subfield);
        recovery_line(state->to, line);
    }
    recovery_line(state->to, "\n");
}

static inline void recovery_batch(recovery_state *state, const mrrc_batch_view *view) {
    size_t start = 0, note = 0;
    char line[120];
    RECOVERY_HOLDS(view->count > 0 || view->notes_count > 0);
    for (size_t i = 0; i <= view->count; i++) {
        for (; note < view->notes_count && view->notes[note].record == MRRC_NO_RECORD &&
               (i == view->count || view->notes[note].offset < view->offsets[i]);
             note++) {
            const mrrc_diagnostic *apart = &view->notes[note];
            RECOVERY_HOLDS(apart->offset >= state->told && apart->offset >= state->end);
            state->told = apart->offset + apart->size;
            state->end = state->told;
            recovery_note(state, view, apart);
        }
        if (i == view->count)
            break;
        const uint8_t *record = view->block_size == 0 ? NULL : view->block + start;
        size_t size = view->ends[i] - start;
        int status = view->statuses[i];
        /* records stand in the source where they say, one behind the other */
        RECOVERY_HOLDS(view->offsets[i] >= state->end);
        RECOVERY_HOLDS(view->offsets[i] + view->lengths[i] <= state->size && view->lengths[i] > 0);
        state->end = view->offsets[i] + view->lengths[i];
        state->records++;
        if (status == MRRC_OK || status == MRRC_RAW) {
            bool text = status == MRRC_OK && !(state->flags & MRRC_READ_RAW);
            RECOVERY_HOLDS(recovery_packed(record, size, text));
            /* all but odd characters of the leader is the source's */
            RECOVERY_HOLDS(view->lengths[i] >= MRRCI_LEADER_SIZE + 2);
        } else {
            RECOVERY_HOLDS(status < 0 && size == 0 && (state->flags & MRRC_READ_LENIENT) != 0);
        }
        if (state->to != NULL) {
            snprintf(line, sizeof line, "%s%lu+%lu", status < 0 ? "X" : "R",
                     (unsigned long)view->offsets[i], (unsigned long)view->lengths[i]);
            recovery_line(state->to, line);
            if (status != 0) {
                snprintf(line, sizeof line, " %d", status);
                recovery_line(state->to, line);
            }
            if (size > 0)
                recovery_text(state->to, record + MRRCI_LEADER_SIZE, size - MRRCI_LEADER_SIZE);
            recovery_line(state->to, "\n");
        }
        bool said = status >= 0;
        for (; note < view->notes_count && view->notes[note].record == i; note++) {
            said = said || view->notes[note].code == status;
            recovery_note(state, view, &view->notes[note]);
        }
        RECOVERY_HOLDS(said); /* why there is no record */
        start = view->ends[i];
    }
    RECOVERY_HOLDS(note == view->notes_count && start == view->block_size);
}

static inline void recovery_fault(recovery_state *state, int status, const mrrc_error *err) {
    char line[160];
    RECOVERY_HOLDS(status == err->code && status < 0 && err->detail[0] != 0);
    RECOVERY_HOLDS((state->flags & MRRC_READ_STRICT) != 0 && status > MRRC_FATAL);
    RECOVERY_HOLDS(err->offset <= state->size);
    RECOVERY_HOLDS(err->seen_size <= sizeof err->seen);
    RECOVERY_HOLDS(memcmp(err->seen, state->data + err->offset, err->seen_size) == 0);
    if (state->to == NULL)
        return;
    snprintf(line, sizeof line, "! %d @%lu", status, (unsigned long)err->offset);
    recovery_line(state->to, line);
    if (err->record > 0) {
        snprintf(line, sizeof line, " record %lu %lu+%lu", (unsigned long)err->record,
                 (unsigned long)err->record_offset, (unsigned long)err->record_size);
        recovery_line(state->to, line);
    }
    if (err->tag[0] != 0) {
        snprintf(line, sizeof line, " field %u ", err->field);
        recovery_line(state->to, line);
        recovery_text(state->to, err->tag, 3);
    }
    recovery_line(state->to, "\n");
}

/* Reads all there is; `feed` is how much is fed at once, or 0 for a source in memory. */
static inline void recovery_read(recovery_state *state, size_t feed) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    size_t fed = 0, calls = 0;
    int status = MRRC_OK;
    if (reader == NULL)
        abort();
    if (state->to != NULL)
        state->to->size = 0;
    if (feed == 0)
        mrrc_reader_open_memory(reader, state->data, state->size);
    else
        mrrc_reader_open_feed(reader);
    while (status != MRRC_END) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        status = mrrc_reader_next(reader, state->flags, &view, &err);
        RECOVERY_HOLDS(calls++ <= 4 * state->size + 4);
        if (status == MRRC_MORE) {
            size_t part = state->size - fed < feed ? state->size - fed : feed;
            if (mrrc_reader_feed(reader, state->data + fed, part) < 0)
                abort();
            fed += part;
        } else if (status == MRRC_OK) {
            recovery_batch(state, &view);
        } else if (status != MRRC_END) {
            recovery_fault(state, status, &err);
        }
    }
    mrrc_reader_free(reader);
}

/* The outcome for bytes in a mode, by memory; `to` is emptied. */
static inline void recovery_outcome(const uint8_t *data, size_t size, uint32_t flags, size_t feed,
                                    mrrc_buffer *to) {
    recovery_state state = {.data = data, .size = size, .flags = flags, .to = to};
    recovery_read(&state, feed);
}

#endif
