/* SPDX-License-Identifier: MIT
 *
 * lines.h: what formats by lines share: reading a source line by line into records, and writing
 * fields by a layout.  What a line means is the format's to say.
 */
#ifndef MRRC_LINES_H
#define MRRC_LINES_H

#include "batch.h"
#include "conversion.h"

/* No record of a format by lines is longer than this in its source. */
#define MRRCI_LINES_RECORD_MAX ((size_t)16 << 20)

/* A line of the source, without its end (LF, CR LF or CR). */
typedef struct mrrci_line {
    const uint8_t *text;
    size_t size;
    uint64_t offset;          /* of the text in the source */
    uint32_t number;          /* from 1 */
    uint32_t before;          /* bytes of the line before the text: a byte order mark */
} mrrci_line;

/* What a line is to the record that is being read. */
typedef enum mrrci_line_role {
    MRRCI_LINE_PART,          /* its next part, or the first of a record */
    MRRCI_LINE_BEGINS,        /* the first part of another one */
    MRRCI_LINE_ENDS,          /* its end, and nothing else */
    MRRCI_LINE_NOTHING        /* no part of any */
} mrrci_line_role;

typedef struct mrrci_lines mrrci_lines;

/* What tells one format by lines from another. */
typedef struct mrrci_lines_format {
    size_t tag_at;            /* where in a line the tag stands */
    mrrci_line_role (*role)(const mrrci_lines *lines, const mrrci_line *line);
    /* Is told of a record's first line, whether it can be taken or not; or NULL. */
    void (*begin)(mrrci_lines *lines, const mrrci_line *line);
    /* Appends the line to lines->record.  Its text is UTF-8 without structural characters.
     * Returns 0, a fault by mrrci_line_fail(), or MRRC_ERR_MEMORY. */
    int (*take)(mrrci_lines *lines, const mrrci_line *line, mrrc_error *err);
} mrrci_lines_format;

/* What is kept of the source between two calls.  It begins as zeros; a format may have it
 * as the first member of its own memory. */
struct mrrci_lines {
    const mrrci_lines_format *format;
    mrrc_buffer record;       /* packed, as far as it was read; its leader is always there */
    mrrc_buffer notes;        /* mrrc_diagnostic each, of that record */
    uint64_t begin, end;      /* where its lines stand in the source */
    size_t searched;          /* bytes of the next line in which there is no line end */
    uint32_t number;          /* of lines read */
    uint32_t taken;           /* lines of this record that were taken */
    bool begun;               /* a line of the record was seen */
    bool led;                 /* its leader was read */
    bool bad;                 /* it had a fault: its other lines are passed over */
    bool overlong;            /* so is the rest of the next line */
};

/* The close function of a format by lines, whose state begins with an mrrci_lines. */
void mrrci_lines_close(void *state);

/* The decode function of a format by lines, with the same state: splits the input, asks
 * lines->format, and ends records.  A record without a leader gets one of blanks and a note
 * (MRRC_ERR_LEADER_INVALID). */
int mrrci_lines_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                       mrrc_error *err);

/* The pause and resume functions of a format by lines. */
bool mrrci_lines_pause(void *state, const mrrci_input *input, size_t *used, mrrc_place *place);
void mrrci_lines_resume(void *state, const mrrc_place *place);

/* Sets `*same` to whether a written line is read as the field it was written from, which begins
 * with its 0x1E.  `lines` is the beginning of a state of the format's; it is cleared.  Returns 0
 * or MRRC_ERR_MEMORY. */
int mrrci_lines_reads_back(mrrci_lines *lines, const uint8_t *text, size_t size,
                           const uint8_t *field, size_t field_size, bool *same);

/* Sets the record's leader.  Returns 0 or MRRC_ERR_LEADER_INVALID. */
int mrrci_lines_set_leader(mrrci_lines *lines, const uint8_t *leader, size_t size);

/* Notes a fault at a byte of a line, or behind its last.  Returns `code`. */
int mrrci_line_fail(const mrrci_lines *lines, const mrrci_line *line, const uint8_t *at, int code,
                    const char *detail, mrrc_error *err);

/* Begins a field with the tag that stands in the line.  Returns 0, a fault by
 * mrrci_line_fail(), or MRRC_ERR_MEMORY. */
int mrrci_lines_begin_field(mrrci_lines *lines, const mrrci_line *line, const uint8_t *tag,
                            mrrc_error *err);

/* Appends a subfield's code, at `at` of the line and before `end`.  Returns its size, 0 with a
 * fault in `err` where there is none, or MRRC_ERR_MEMORY. */
int mrrci_lines_begin_subfield(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                               const uint8_t *end, mrrc_error *err);

/* How many bytes the character at `at` has; not more than there are before `end`. */
size_t mrrci_character_size(const uint8_t *at, const uint8_t *end);

/* A few bytes that are written again and again: sixteen are copied whatever the size. */
typedef struct mrrci_literal {
    uint8_t bytes[16];
    size_t size;
} mrrci_literal;

/* What stands around the parts of a field in a format by lines. */
typedef struct mrrci_lines_layout {
    mrrci_literal before_tag;
    mrrci_literal before_control;
    mrrci_literal before_indicators;
    mrrci_literal behind_indicators;
    mrrci_literal before_code;
    mrrci_literal behind_code;
    uint8_t indicator_blank;   /* for a blank */
    uint8_t control_blank[10]; /* for a blank in 000 to 009 */
} mrrci_lines_layout;

/* Whether a record may be written as text: a leader of 24 ASCII characters, UTF-8 behind
 * it.  Returns 0, MRRC_ERR_PACKED_INVALID, MRRC_ERR_LEADER_INVALID or MRRC_ERR_TEXT_INVALID. */
int mrrci_lines_check(const uint8_t *packed, size_t size, mrrc_error *err);

/* Makes room for a record of so many bytes, whatever its fields. */
int mrrci_lines_reserve(mrrc_buffer *out, size_t size);

enum { MRRCI_LINES_MARKS = 256 };

/* Where the structural characters of a packed record stand, found for many at once. */
typedef struct mrrci_lines_marks {
    const uint8_t *text;
    size_t size;
    size_t at;                /* the field that comes next, or `size` */
    size_t searched;
    unsigned next, count;     /* of those found */
    bool broken;              /* there was a line end in what was searched */
    size_t places[MRRCI_LINES_MARKS + 1];
} mrrci_lines_marks;

/* Begins with the field at `at`; before the first one the leader is searched too, in which
 * mrrci_lines_check() has found no structural character. */
void mrrci_lines_mark(mrrci_lines_marks *marks, const uint8_t *packed, size_t size, size_t at);

/* Goes to the next field. */
void mrrci_lines_skip_field(mrrci_lines_marks *marks);

/* Writes the field at marks->at and a line end where there is room, and moves marks->at and
 * out->size.  Returns 0 or the fault of the field, described in `err`. */
int mrrci_lines_put_field(const mrrci_lines_layout *layout, mrrci_lines_marks *marks,
                          mrrc_buffer *out, mrrc_error *err);

/* Notes a fault of a field that is to be written; `tag` has three bytes.  Returns `code`. */
int mrrci_lines_field_fail(int code, const uint8_t *tag, const char *detail, mrrc_error *err);

/* Copies a record with a blank for each LF and CR, and a diagnostic for each field that had
 * some (MRRC_ERR_CHARACTER_REFUSED).  Returns MRRC_NOTED or MRRC_ERR_MEMORY. */
int mrrci_lines_unbreak(const uint8_t *packed, size_t size, const mrrci_how *how,
                        mrrc_buffer *copy);

/* Notes that a field, at `offset` of the packed record, will be read as another than it is.
 * Returns MRRC_NOTED or MRRC_ERR_MEMORY. */
int mrrci_lines_note(const mrrci_how *how, int code, size_t offset, size_t size, uint32_t found,
                     const uint8_t *tag);

#endif
