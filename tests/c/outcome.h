/* SPDX-License-Identifier: MIT
 *
 * outcome.h: reads a document by the bytes, all at once or in small feeds, and writes down
 * all that comes of it: records, places, notes and faults, in their order.  Two ways of
 * reading agree if what is written down is the same.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

static inline void outcome_put(mrrc_buffer *to, const void *data, size_t size) {
    if (mrrci_buffer_append(to, data, size) < 0)
        abort();
}

static inline void outcome_note(const mrrc_batch_view *view, const mrrc_diagnostic *about,
                                const char *head, mrrc_buffer *to) {
    char line[320];
    int size = snprintf(line, sizeof line, "%s %d %.3s %lu+%lu %lu", head, about->code,
                        (const char *)about->tag, (unsigned long)about->offset,
                        (unsigned long)about->size, (unsigned long)about->found);
    outcome_put(to, line, (size_t)size);
    if (about->reason != NULL) {
        size = snprintf(line, sizeof line, " %u %u %u: %s: ", about->field, about->indicator,
                        about->subfield, about->reason);
        outcome_put(to, line, (size_t)size);
    }
    if (about->seen_size > 0) {
        if (about->seen > view->seen_size || about->seen_size > view->seen_size - about->seen)
            abort();
        outcome_put(to, view->seen + about->seen, about->seen_size);
    }
    outcome_put(to, "\n", 1);
}

/* A diagnostic belongs to the record whose index it has, or to none. */
static inline void outcome_batch(const mrrc_batch_view *view, mrrc_buffer *to) {
    size_t start = 0, note = 0;
    char line[160];
    for (size_t i = 0; i <= view->count; i++) {
        for (; note < view->notes_count && view->notes[note].record == MRRC_NO_RECORD &&
               (i == view->count || view->notes[note].offset < view->offsets[i]);
             note++)
            outcome_note(view, &view->notes[note], "apart", to);
        if (i == view->count)
            break;
        int size = snprintf(line, sizeof line, "record %lu+%lu %d: ",
                            (unsigned long)view->offsets[i], (unsigned long)view->lengths[i],
                            view->statuses[i]);
        outcome_put(to, line, (size_t)size);
        outcome_put(to, view->block + start, view->ends[i] - start);
        outcome_put(to, "\n", 1);
        for (; note < view->notes_count && view->notes[note].record == i; note++)
            outcome_note(view, &view->notes[note], "  note", to);
        start = view->ends[i];
    }
    if (note != view->notes_count) /* each has its place in the order of the source */
        abort();
    for (size_t i = 0; i < view->faults_count; i++) {
        int size = snprintf(line, sizeof line, "kept fault %d at %lu, record %lu\n",
                            view->faults[i].code, (unsigned long)view->faults[i].offset,
                            (unsigned long)view->faults[i].record);
        outcome_put(to, line, (size_t)size);
    }
}

static inline void outcome_fault(int status, const mrrc_error *err, mrrc_buffer *to) {
    char line[320];
    int size = snprintf(line, sizeof line, "fault %d %d %lu %lu:%lu %s record %lu: %s\n", status,
                        err->code, (unsigned long)err->offset, (unsigned long)err->line,
                        (unsigned long)err->column, (const char *)err->tag,
                        (unsigned long)err->record, err->detail);
    outcome_put(to, line, (size_t)size);
}

/* Empties `to` and writes the outcome there.  `feed` is how much is fed at once, or 0 for
 * a source in memory. */
static inline void outcome_of(const char *format, const uint8_t *data, size_t size,
                              uint32_t flags, size_t feed, mrrc_buffer *to) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find(format));
    size_t fed = 0;
    int status = MRRC_OK;
    if (reader == NULL)
        abort();
    to->size = 0;
    if (feed == 0)
        mrrc_reader_open_memory(reader, data, size);
    else
        mrrc_reader_open_feed(reader);
    while (status != MRRC_END) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        status = mrrc_reader_next(reader, flags, &view, &err);
        if (status == MRRC_MORE) {
            size_t part = size - fed < feed ? size - fed : feed;
            if (mrrc_reader_feed(reader, data + fed, part) < 0)
                abort();
            fed += part;
        } else if (status == MRRC_ERR_MEMORY) {
            abort();
        } else if (status < 0) {
            outcome_fault(status, &err, to);
        } else {
            outcome_batch(&view, to);
        }
    }
    mrrc_reader_free(reader);
}

#endif
