/* SPDX-License-Identifier: MIT
 *
 * aleph.c: Aleph sequential, the exchange format of Ex Libris Aleph: each line has the
 * record's system number (9), a blank, tag (3), indicators (2), " L ", and the field with
 * "$$" before each code.  A record ends where the number changes, before FMT, and before a
 * second LDR.  Blanks in LDR, 006, 007 and 008 are written as "^".  FMT, Aleph's name for the
 * kind of record, is text without codes; here it is a field with the one subfield a.  It is
 * written first, but not invented where a record has none.  The format has no escape: a "$$"
 * in a value, a "^" in the fields named, and a line end, which becomes a blank, are noted.
 */
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "lines.h"
#include "packed.h"

enum {
    NUMBER_SIZE = 9,
    TAG_AT = 10,
    INDICATORS_AT = 13
};

typedef struct aleph_state {
    mrrci_lines lines;        /* first: the shared code knows this part only */
    uint8_t number[NUMBER_SIZE];
} aleph_state;

static bool is_blank(const uint8_t *text, size_t size) {
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    return size == 0;
}

static bool has_tag(const mrrci_line *line, const char *tag) {
    return line->size >= TAG_AT + 3 && memcmp(line->text + TAG_AT, tag, 3) == 0;
}

static mrrci_line_role role_of(const mrrci_lines *lines, const mrrci_line *line) {
    const aleph_state *state = (const aleph_state *)(const void *)lines;
    if (is_blank(line->text, line->size))
        return MRRCI_LINE_NOTHING;
    bool other = line->size > NUMBER_SIZE && line->text[NUMBER_SIZE] == ' ' &&
                 memcmp(line->text, state->number, NUMBER_SIZE) != 0;
    bool again = lines->led && has_tag(line, "LDR");
    return other || again || has_tag(line, "FMT") ? MRRCI_LINE_BEGINS : MRRCI_LINE_PART;
}

/* Whether blanks of this control field are written as "^". */
static bool has_positions(const uint8_t *tag) {
    return mrrci_tag_is_control(tag) && tag[2] >= '6' && tag[2] <= '8';
}

/* Appends text in which "^" stands for a blank. */
static int take_positions(mrrci_lines *lines, const uint8_t *at, const uint8_t *end) {
    size_t before = lines->record.size;
    MRRCI_TRY(mrrci_buffer_append(&lines->record, at, (size_t)(end - at)));
    for (size_t i = before; i < lines->record.size; i++)
        if (lines->record.data[i] == '^')
            lines->record.data[i] = ' ';
    return MRRC_OK;
}

static int take_leader(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                       mrrc_error *err) {
    size_t before = lines->record.size;
    MRRCI_TRY(take_positions(lines, at, line->text + line->size));
    int status = mrrci_lines_set_leader(lines, lines->record.data + before,
                                        lines->record.size - before);
    lines->record.size = before;
    lines->led = true; /* and if it was none: another one begins the next record */
    return status == MRRC_OK ? status
                             : mrrci_line_fail(lines, line, at, status,
                                               "a leader that is not 24 ASCII characters", err);
}

/* The place of the next "$$", or `end`. */
static const uint8_t *find_delimiter(const uint8_t *at, const uint8_t *end) {
    while (at < end && (at = memchr(at, '$', (size_t)(end - at))) != NULL) {
        if (at + 1 < end && at[1] == '$')
            return at;
        at++;
    }
    return end;
}

static int take_subfields(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                          mrrc_error *err) {
    const uint8_t *end = line->text + line->size;
    if (at < end && find_delimiter(at, end) != at)
        return mrrci_line_fail(lines, line, at, MRRC_ERR_LINE_INVALID,
                               "text before the first $$", err);
    while (at < end) {
        int size = mrrci_lines_begin_subfield(lines, line, at + 2, end, err);
        MRRCI_TRY(size);
        const uint8_t *value = at + 2 + size;
        at = find_delimiter(value, end);
        MRRCI_TRY(mrrci_buffer_append(&lines->record, value, (size_t)(at - value)));
    }
    return MRRC_OK;
}

/* Finds what stands behind the columns of a line, which are as they have to be; `*second`
 * gets the second indicator's place and `*behind` that behind it. */
static const uint8_t *find_data(const mrrci_line *line, const uint8_t **second,
                                const uint8_t **behind) {
    const uint8_t *at = line->text + INDICATORS_AT, *end = line->text + line->size;
    if (line->size < INDICATORS_AT + 4 || line->text[NUMBER_SIZE] != ' ')
        return NULL;
    *second = at + mrrci_character_size(at, end);
    *behind = *second < end ? *second + mrrci_character_size(*second, end) : end;
    at = *behind;
    /* the blank at the end may have been cut off with an empty field */
    if (end - at < 2 || at[0] != ' ' || (end - at > 2 && at[2] != ' '))
        return NULL;
    return end - at == 2 ? end : at + 3;
}

static void begin(mrrci_lines *lines, const mrrci_line *line) {
    aleph_state *state = (aleph_state *)(void *)lines;
    memset(state->number, 0, NUMBER_SIZE);
    memcpy(state->number, line->text, line->size < NUMBER_SIZE ? line->size : NUMBER_SIZE);
}

static int take(mrrci_lines *lines, const mrrci_line *line, mrrc_error *err) {
    const uint8_t *text = line->text, *tag = text + TAG_AT, *end = text + line->size;
    const uint8_t *second = NULL, *behind = NULL;
    const uint8_t *data = find_data(line, &second, &behind);
    if (data == NULL)
        return mrrci_line_fail(lines, line, text, MRRC_ERR_LINE_INVALID,
                               "no number, tag, indicators and letter in their columns", err);
    if (has_tag(line, "LDR"))
        return take_leader(lines, line, data, err);
    MRRCI_TRY(mrrci_lines_begin_field(lines, line, tag, err));
    if (has_positions(tag))
        return take_positions(lines, data, end);
    if (mrrci_tag_is_control(tag))
        return mrrci_buffer_append(&lines->record, data, (size_t)(end - data));
    MRRCI_TRY(mrrci_buffer_append(&lines->record, text + INDICATORS_AT,
                                  (size_t)(behind - text - INDICATORS_AT)));
    if (has_tag(line, "FMT") && data < end && find_delimiter(data, end) != data) {
        MRRCI_TRY(mrrci_buffer_append(&lines->record, "\x1F" "a", 2));
        return mrrci_buffer_append(&lines->record, data, (size_t)(end - data));
    }
    return take_subfields(lines, line, data, err);
}

static const mrrci_lines_format format = {TAG_AT, role_of, begin, take};

void *mrrci_aleph_open(void) {
    aleph_state *state = mrrci_new(sizeof *state);
    if (state != NULL)
        state->lines.format = &format;
    return state;
}

/* Writing ------------------------------------------------------------------------ */

static const mrrci_lines_layout plain_layout = {
    .before_control = {"   L ", 5},
    .behind_indicators = {" L ", 3},
    .before_code = {"$$", 2},
    .indicator_blank = ' ',
    .control_blank = "      ^^^ ",
};

/* Writes the number of a record into nine digits: that of its first 001, if it is one, else its
 * place in the output, so that records without one do not run together. */
static void set_number(uint8_t *digits, const uint8_t *packed, size_t size, uint64_t number) {
    mrrci_cursor cursor;
    mrrci_field field = {0};
    bool found = mrrci_fields_begin(&cursor, packed, size) == MRRC_OK;
    while (found && (found = mrrci_field_next(&cursor, &field) > 0) &&
           memcmp(field.tag, "001", 3) != 0) {
    }
    const uint8_t *at = found ? field.body : NULL, *end = found ? at + field.size : NULL;
    while (at < end && *at == ' ')
        at++;
    while (at < end && end[-1] == ' ')
        end--;
    bool plain = at < end && end - at <= NUMBER_SIZE;
    for (const uint8_t *digit = at; plain && digit < end; digit++)
        plain = *digit >= '0' && *digit <= '9';
    memset(digits, '0', NUMBER_SIZE);
    if (plain) {
        memcpy(digits + NUMBER_SIZE - (end - at), at, (size_t)(end - at));
        return;
    }
    for (size_t i = NUMBER_SIZE; i > 0; i--, number /= 10)
        digits[i - 1] = (uint8_t)('0' + number % 10);
}

/* Writes the leader's line. */
static void put_leader(const mrrci_lines_layout *layout, const uint8_t *packed,
                       mrrc_buffer *out) {
    static const uint8_t columns[] = "LDR   L ";
    uint8_t *to = out->data + out->size;
    memcpy(to, layout->before_tag.bytes, NUMBER_SIZE + 1);
    to += NUMBER_SIZE + 1;
    memcpy(to, columns, sizeof columns - 1);
    to += sizeof columns - 1;
    for (size_t i = 0; i < MRRCI_LEADER_SIZE; i++)
        *to++ = packed[i] == ' ' ? '^' : packed[i];
    *to++ = '\n';
    out->size = (size_t)(to - out->data);
}

/* Takes the code out of a line that was written for FMT, if text alone can say the same. */
static void shorten_format(const uint8_t *field, size_t size, mrrc_buffer *out, size_t line) {
    static const size_t data = NUMBER_SIZE + 1 + sizeof "FMT   L " - 1;
    const uint8_t *value = field + 8;
    if (size < 9 || memcmp(field, "\x1E" "FMT  \x1F" "a", 8) != 0 ||
        memchr(value, MRRCI_SUBFIELD, size - 8) != NULL ||
        find_delimiter(value, field + size) == value)
        return;
    uint8_t *to = out->data + line + data;
    memmove(to, to + 3, out->size - line - data - 3);
    out->size -= 3;
}

/* A record on its way out. */
typedef struct writing {
    mrrci_lines_layout layout;
    const uint8_t *packed;
    const uint8_t *kind;      /* the FMT, or NULL */
    const mrrci_how *how;
    bool plain;               /* it holds neither $ nor ^ */
    int noted;
} writing;

/* Writes the field at marks->at, and notes if it will be read as another.  Returns 0 or its
 * fault. */
static int put_field(writing *w, mrrci_lines_marks *marks, mrrc_buffer *out, mrrc_error *err) {
    const uint8_t *field = marks->text + marks->at;
    size_t line = out->size;
    bool same = true;
    MRRCI_TRY(mrrci_lines_put_field(&w->layout, marks, out, err));
    size_t size = (size_t)(marks->text + marks->at - field);
    if (field == w->kind)
        shorten_format(field, size, out, line);
    if (!w->plain && (memchr(field, '$', size) != NULL || memchr(field, '^', size) != NULL)) {
        aleph_state state = {.lines = {.format = &format}};
        MRRCI_TRY(mrrci_lines_reads_back(&state.lines, out->data + line, out->size - line - 1,
                                         field, size, &same));
    }
    if (same)
        return MRRC_OK;
    w->noted = mrrci_lines_note(w->how, MRRC_ERR_FIELD_INVALID, (size_t)(field - w->packed), size,
                                has_positions(field + 1) ? '^' : '$', field + 1);
    return w->noted < 0 ? w->noted : MRRC_OK;
}

/* Finds the FMT, of which there is one at most, and a tag that the format has for something
 * else. */
static int survey_tags(writing *w, size_t size, mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    MRRCI_TRY(mrrci_fields_begin(&cursor, w->packed, size));
    while ((more = mrrci_field_next(&cursor, &field)) > 0) {
        bool kind = memcmp(field.tag, "FMT", 3) == 0;
        if (memcmp(field.tag, "LDR", 3) == 0 || (kind && w->kind != NULL))
            return mrrci_lines_field_fail(MRRC_ERR_TAG_INVALID, field.tag,
                                          "a field that would be read as another record", err);
        if (kind)
            w->kind = field.tag - 1;
    }
    return MRRC_OK; /* what is no field is told by who writes it */
}

/* Writes FMT, which comes first because Aleph and other programs ask for it there, and the
 * leader. */
static int put_head(writing *w, size_t size, mrrc_buffer *out, mrrc_error *err) {
    mrrci_lines_marks marks;
    const uint8_t *at = w->kind;
    if (at != NULL && at != w->packed + MRRCI_LEADER_SIZE) {
        w->noted = mrrci_lines_note(w->how, MRRC_ERR_FIELD_INVALID, (size_t)(at - w->packed), 0, 0,
                                    at + 1);
        MRRCI_TRY(w->noted);
    }
    if (at != NULL) {
        mrrci_lines_mark(&marks, w->packed, size, (size_t)(at - w->packed));
        MRRCI_TRY(put_field(w, &marks, out, err));
    }
    put_leader(&w->layout, w->packed, out);
    if (memchr(w->packed, '^', MRRCI_LEADER_SIZE) != NULL) {
        w->noted = mrrci_lines_note(w->how, MRRC_ERR_LEADER_INVALID, 0, MRRCI_LEADER_SIZE, '^',
                                    NULL);
        MRRCI_TRY(w->noted);
    }
    return MRRC_OK;
}

/* Writes a record in which no line end is left. */
static int put_record(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                      mrrc_error *err) {
    mrrci_lines_marks marks;
    writing w = {.layout = plain_layout, .packed = packed, .how = how};
    w.plain = memchr(packed, '$', size) == NULL && memchr(packed, '^', size) == NULL;
    set_number(w.layout.before_tag.bytes, packed, size, how->number);
    w.layout.before_tag.bytes[NUMBER_SIZE] = ' ';
    w.layout.before_tag.size = NUMBER_SIZE + 1;
    MRRCI_TRY(survey_tags(&w, size, err));
    MRRCI_TRY(mrrci_lines_reserve(out, size));
    MRRCI_TRY(put_head(&w, size, out, err));
    mrrci_lines_mark(&marks, packed, size, MRRCI_LEADER_SIZE);
    while (marks.at < size) {
        if (packed + marks.at == w.kind)
            mrrci_lines_skip_field(&marks);
        else
            MRRCI_TRY(put_field(&w, &marks, out, err));
    }
    return w.noted;
}

/* Whether a record holds a line end anywhere. */
static bool is_broken(const uint8_t *packed, size_t size) {
    return memchr(packed, '\n', size) != NULL || memchr(packed, '\r', size) != NULL;
}

int mrrci_aleph_encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                       mrrc_error *err) {
    size_t before = out->size;
    mrrc_buffer whole = {0};
    int status, noted = MRRC_OK;
    MRRCI_TRY(mrrci_lines_check(packed, size, err));
    if (is_broken(packed, size)) {
        noted = mrrci_lines_unbreak(packed, size, how, &whole);
        packed = whole.data;
    }
    status = noted < 0 ? noted : put_record(packed, size, how, out, err);
    mrrci_buffer_clear(&whole);
    if (status < 0)
        out->size = before;
    return status == MRRC_OK ? noted : status;
}
