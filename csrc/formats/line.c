/* SPDX-License-Identifier: MIT
 *
 * line.c: the line format of yaz-marcdump: the leader, a field a line ("245 10 $a Title $b x"),
 * and an empty line.  It is written byte for byte as yaz does it.  The format has no escape: a
 * line end in a value becomes a blank, and a value in which " $x " stands is read back as two
 * subfields; both are noted.  What is read is what yaz reads and writes, but for its slips: a
 * control field keeps a `$` or `_` it holds, and a "$5.00" is text where blanks stand around
 * the delimiters of the field.
 */
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "lines.h"
#include "packed.h"

typedef struct line_state {
    mrrci_lines lines;        /* first: the shared code knows this part only */
    bool control;             /* the last field has no subfields by its tag */
    uint8_t marker;           /* with which its delimiters begin, or 0 before the first */
    bool spaced;              /* " $a value" and not "$avalue" */
} line_state;

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_alphanumeric(uint8_t byte) {
    return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

static bool is_blank(const uint8_t *text, size_t size) {
    while (size > 0 && text[size - 1] == ' ')
        size--;
    return size == 0;
}

/* Whether a line is a leader: by its length, and because it begins with one, or because it
 * stands first and is no field. */
static bool is_leader(const uint8_t *text, size_t size, bool first) {
    if (size != MRRCI_LEADER_SIZE)
        return false;
    bool length = true;
    for (size_t i = 0; i < 5; i++)
        length = length && is_digit(text[i]);
    bool field = text[3] == ' ';
    for (size_t i = 0; i < 3; i++)
        field = field && is_alphanumeric(text[i]);
    return length || (first && !field && text[0] != '(' && text[0] != '$');
}

static mrrci_line_role role_of(const mrrci_lines *lines, const mrrci_line *line) {
    if (is_leader(line->text, line->size, !lines->begun) && !is_blank(line->text, line->size))
        return MRRCI_LINE_BEGINS;
    if (is_blank(line->text, line->size) || line->text[0] == '$')
        return MRRCI_LINE_ENDS;
    return line->text[0] == '(' ? MRRCI_LINE_NOTHING : MRRCI_LINE_PART;
}

/* Finds the next delimiter's marker from `at` on; with blanks around, they count from `at`. */
static const uint8_t *find_delimiter(const line_state *state, const uint8_t *at,
                                     const uint8_t *end) {
    const uint8_t *from = at;
    while (at < end && (at = memchr(at, state->marker, (size_t)(end - at))) != NULL) {
        const uint8_t *code = at + 1;
        if (code == end)
            return end;
        if (!state->spaced) {
            if (is_alphanumeric(*code))
                return at;
        } else if (at > from && at[-1] == ' ') {
            const uint8_t *behind = code + mrrci_character_size(code, end);
            if (behind < end && *behind == ' ')
                return at;
        }
        at++;
    }
    return end;
}

/* Appends the rest of a value that begins at `at`, and the subfields behind it. */
static int take_values(line_state *state, const mrrci_line *line, const uint8_t *at,
                       mrrc_error *err) {
    const uint8_t *end = line->text + line->size;
    for (;;) {
        const uint8_t *next = find_delimiter(state, at, end);
        const uint8_t *stop = next < end && state->spaced ? next - 1 : next;
        MRRCI_TRY(mrrci_buffer_append(&state->lines.record, at, (size_t)(stop - at)));
        if (next == end)
            return MRRC_OK;
        int size = mrrci_lines_begin_subfield(&state->lines, line, next + 1, end, err);
        MRRCI_TRY(size);
        at = next + 1 + size + (state->spaced ? 1 : 0);
    }
}

/* Appends the subfields of a field, if there are any; `at` is behind the indicators. */
static int take_subfields(line_state *state, const mrrci_line *line, const uint8_t *at,
                          mrrc_error *err) {
    const uint8_t *end = line->text + line->size;
    if (is_blank(at, (size_t)(end - at)))
        return MRRC_OK;
    if (*at == ' ')
        at++;
    if (*at != '$' && *at != '_' && *at != '*')
        return mrrci_line_fail(&state->lines, line, at, MRRC_ERR_LINE_INVALID,
                               "a data field without a subfield", err);
    int size = mrrci_lines_begin_subfield(&state->lines, line, at + 1, end, err);
    MRRCI_TRY(size);
    state->marker = *at;
    at += 1 + size;
    state->spaced = at == end || *at == ' ';
    if (at < end && state->spaced)
        at++;
    return take_values(state, line, at, err);
}

/* Appends indicators and subfields, which begin at `at`. */
static int take_data(line_state *state, const mrrci_line *line, const uint8_t *at,
                     mrrc_error *err) {
    const uint8_t *end = line->text + line->size;
    const uint8_t *second = at < end ? at + mrrci_character_size(at, end) : end;
    const uint8_t *behind = second < end ? second + mrrci_character_size(second, end) : end;
    if (second == end)
        return mrrci_line_fail(&state->lines, line, end, MRRC_ERR_LINE_INVALID,
                               "a data field without two indicators", err);
    MRRCI_TRY(mrrci_buffer_append(&state->lines.record, at, (size_t)(behind - at)));
    return take_subfields(state, line, behind, err);
}

/* Appends to the last value, as yaz does: one of the four blanks stands for the line end. */
static int take_continuation(line_state *state, const mrrci_line *line, mrrc_error *err) {
    const uint8_t *rest = line->text + 3;
    if (state->lines.record.size == MRRCI_LEADER_SIZE)
        return mrrci_line_fail(&state->lines, line, line->text, MRRC_ERR_LINE_INVALID,
                               "a continuation of no field", err);
    if (state->control)
        return mrrci_buffer_append(&state->lines.record, rest, line->size - 3);
    if (state->marker != 0)
        return take_values(state, line, rest, err);
    int status = take_subfields(state, line, rest, err);
    if (status == MRRC_ERR_MEMORY)
        state->marker = 0; /* the line will come again */
    return status;
}

static int take(mrrci_lines *lines, const mrrci_line *line, mrrc_error *err) {
    line_state *state = (line_state *)(void *)lines;
    const uint8_t *text = line->text;
    if (is_leader(text, line->size, lines->taken == 0)) {
        int status = mrrci_lines_set_leader(lines, text, line->size);
        return status < 0 ? mrrci_line_fail(lines, line, text, status,
                                            "a leader that is not ASCII", err)
                          : status;
    }
    if (line->size > 4 && memcmp(text, "    ", 4) == 0)
        return take_continuation(state, line, err);
    if (line->size < 3 || (line->size > 3 && text[3] != ' '))
        return mrrci_line_fail(lines, line, text, MRRC_ERR_LINE_INVALID,
                               "neither a leader nor a tag with a blank behind it", err);
    MRRCI_TRY(mrrci_lines_begin_field(lines, line, text, err));
    const uint8_t *body = line->size == 3 ? text + 3 : text + 4;
    state->marker = 0;
    state->control = mrrci_tag_is_control(text);
    if (!state->control)
        return take_data(state, line, body, err);
    return mrrci_buffer_append(&lines->record, body, (size_t)(text + line->size - body));
}

static const mrrci_lines_format format = {0, role_of, NULL, take};

void *mrrci_line_open(void) {
    line_state *state = mrrci_new(sizeof *state);
    if (state != NULL)
        state->lines.format = &format;
    return state;
}

/* Writing ------------------------------------------------------------------------ */

static const mrrci_lines_layout layout = {
    .before_control = {" ", 1},
    .before_indicators = {" ", 1},
    .before_code = {" $", 2},
    .behind_code = {" ", 1},
    .indicator_blank = ' ',
    .control_blank = "          ",
};

/* Notes each field that will be read as another: a value that holds " $x ".  `text` is the
 * first field's line. */
static int note_ambiguous(const uint8_t *packed, size_t size, const uint8_t *text,
                          const mrrci_how *how) {
    int result = MRRC_OK;
    mrrci_cursor cursor;
    mrrci_field field;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    for (;;) {
        const uint8_t *start = cursor.at;
        int more = mrrci_field_next(&cursor, &field);
        if (more <= 0)
            return more < 0 ? more : result;
        const uint8_t *line_end = text;
        while (*line_end != '\n')
            line_end++;
        bool same = true;
        if (!field.control && memchr(field.body, '$', field.size) != NULL) {
            line_state state = {.lines = {.format = &format}};
            MRRCI_TRY(mrrci_lines_reads_back(&state.lines, text, (size_t)(line_end - text), start,
                                             (size_t)(cursor.at - start), &same));
        }
        if (!same)
            result = mrrci_lines_note(how, MRRC_ERR_FIELD_INVALID, (size_t)(start - packed),
                                      (size_t)(cursor.at - start), '$', field.tag);
        MRRCI_TRY(result);
        text = line_end + 1;
    }
}

/* A tag with which a line would be a comment, an end or a continuation. */
static bool is_refused(const uint8_t *tag) {
    return tag[0] == '(' || tag[0] == '$' || memcmp(tag, "   ", 3) == 0;
}

/* Writes leader and fields.  `*broken` gets whether a line end was among them. */
static int put_lines(const uint8_t *packed, size_t size, mrrc_buffer *out, bool *broken,
                     mrrc_error *err) {
    mrrci_lines_marks marks;
    MRRCI_TRY(mrrci_lines_reserve(out, size));
    memcpy(out->data + out->size, packed, MRRCI_LEADER_SIZE);
    out->data[out->size + MRRCI_LEADER_SIZE] = '\n';
    out->size += MRRCI_LEADER_SIZE + 1;
    mrrci_lines_mark(&marks, packed, size, MRRCI_LEADER_SIZE);
    while (marks.at < size) {
        const uint8_t *tag = packed + marks.at + 1;
        if (size - marks.at >= 4 && is_refused(tag))
            return mrrci_lines_field_fail(MRRC_ERR_TAG_INVALID, tag,
                                          "a tag that no line of this format can begin with",
                                          err);
        MRRCI_TRY(mrrci_lines_put_field(&layout, &marks, out, err));
    }
    out->data[out->size++] = '\n';
    *broken = marks.broken;
    return MRRC_OK;
}

/* Notes what will be read otherwise than it is in a record that was written at `text`. */
static int note_losses(const uint8_t *packed, size_t size, const uint8_t *text,
                       const mrrci_how *how) {
    int status = MRRC_OK;
    if (!is_leader(packed, MRRCI_LEADER_SIZE, true) || is_blank(packed, MRRCI_LEADER_SIZE)) {
        status = mrrci_lines_note(how, MRRC_ERR_LEADER_INVALID, 0, MRRCI_LEADER_SIZE, 0, NULL);
        MRRCI_TRY(status);
    }
    if (memchr(packed, '$', size) != NULL) {
        int noted = note_ambiguous(packed, size, text + MRRCI_LEADER_SIZE + 1, how);
        status = noted != MRRC_OK ? noted : status;
    }
    return status;
}

/* Writes the record once more, with its line ends replaced. */
static int put_unbroken(const uint8_t *packed, size_t size, const mrrci_how *how,
                        mrrc_buffer *out, mrrc_error *err) {
    mrrc_buffer whole = {0};
    size_t before = out->size;
    bool broken = false;
    int status = mrrci_lines_unbreak(packed, size, how, &whole);
    int noted = status;
    if (status >= 0)
        status = put_lines(whole.data, size, out, &broken, err);
    if (status >= 0)
        status = note_losses(whole.data, size, out->data + before, how);
    mrrci_buffer_clear(&whole);
    return status == MRRC_OK ? noted : status;
}

int mrrci_line_encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                      mrrc_error *err) {
    size_t before = out->size;
    bool broken = false;
    MRRCI_TRY(mrrci_lines_check(packed, size, err));
    int status = put_lines(packed, size, out, &broken, err);
    if (status >= 0 && broken) {
        out->size = before;
        status = put_unbroken(packed, size, how, out, err);
    } else if (status >= 0) {
        status = note_losses(packed, size, out->data + before, how);
    }
    if (status < 0)
        out->size = before;
    return status;
}
