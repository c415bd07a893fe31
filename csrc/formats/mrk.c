/* SPDX-License-Identifier: MIT
 *
 * mrk.c: the mnemonic text of MARCMaker and MarcEdit ("=245  10$aTitle"), which pymarc writes
 * too.  `$ { } \` in values are written as {dollar} {lcub} {rcub} {bsol} and line ends as
 * {0A} {0D}, so that every record is read back as it was; pymarc's own layout, on request,
 * has no escapes, and a `$` or `{` in it can be read as something else.  A line that begins
 * with anything but `=` is a fault, and not a part of the field before.
 */
#include "conversion.h"
#include "formats.h"
#include "lines.h"
#include "mrk.h"
#include "packed.h"

static bool is_blank(const uint8_t *text, size_t size) {
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    return size == 0;
}

static bool is_leader(const uint8_t *text, size_t size) {
    return size >= 4 && (memcmp(text, "=LDR", 4) == 0 || memcmp(text, "=000", 4) == 0);
}

static mrrci_line_role role_of(const mrrci_lines *lines, const mrrci_line *line) {
    (void)lines;
    if (is_blank(line->text, line->size))
        return MRRCI_LINE_ENDS;
    return is_leader(line->text, line->size) ? MRRCI_LINE_BEGINS : MRRCI_LINE_PART;
}

/* Appends text with its mnemonics replaced. */
static int take_value(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                      const uint8_t *end, mrrc_error *err) {
    size_t size = (size_t)(end - at), wrong = 0;
    if (size == 0 || memchr(at, '{', size) == NULL)
        return mrrci_buffer_append(&lines->record, at, size);
    int status = mrrci_mrk_expand(at, size, line->offset + (uint64_t)(at - line->text),
                                  line->text + 1, &lines->record, &lines->notes, &wrong);
    if (status == MRRC_ERR_FIELD_INVALID)
        return mrrci_line_fail(lines, line, at + wrong, status,
                               "a mnemonic for a character that MARC uses as a delimiter", err);
    return status;
}

/* The same for a leader or a control field, in which `\` is a blank. */
static int take_control(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                        mrrc_error *err) {
    const uint8_t *end = line->text + line->size;
    while (at < end) {
        const uint8_t *blank = memchr(at, '\\', (size_t)(end - at));
        MRRCI_TRY(take_value(lines, line, at, blank == NULL ? end : blank, err));
        if (blank == NULL)
            break;
        MRRCI_TRY(mrrci_buffer_append(&lines->record, " ", 1));
        at = blank + 1;
    }
    return MRRC_OK;
}

static int take_leader(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                       mrrc_error *err) {
    size_t before = lines->record.size;
    MRRCI_TRY(take_control(lines, line, at, err));
    int status = mrrci_lines_set_leader(lines, lines->record.data + before,
                                        lines->record.size - before);
    lines->record.size = before;
    return status == MRRC_OK ? status
                             : mrrci_line_fail(lines, line, at, status,
                                               "a leader that is not 24 ASCII characters", err);
}

/* The end of what stands for one character at `at`: itself or a mnemonic. */
static const uint8_t *one_character(const uint8_t *at, const uint8_t *end) {
    enum { NAME_MAX = 8 };
    if (at == end)
        return end;
    if (*at == '{') {
        const uint8_t *last = at + 1;
        while (last < end && last - at <= NAME_MAX && *last != '}' && *last != '$')
            last++;
        if (last < end && *last == '}')
            return last + 1;
    }
    return at + mrrci_character_size(at, end);
}

/* Appends an indicator or a code, which has to be one character. */
static int take_one(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                    const uint8_t *end, int fault, const char *detail, mrrc_error *err) {
    size_t before = lines->record.size;
    MRRCI_TRY(take_value(lines, line, at, end, err));
    const uint8_t *text = lines->record.data + before;
    size_t size = lines->record.size - before;
    if (size == 0 || mrrci_character_size(text, text + size) != size)
        return mrrci_line_fail(lines, line, at, fault, detail, err);
    return MRRC_OK;
}

static int take_indicator(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                          const uint8_t *end, mrrc_error *err) {
    if (end - at == 1 && *at == '\\')
        return mrrci_buffer_append(&lines->record, " ", 1);
    return take_one(lines, line, at, end, MRRC_ERR_INDICATOR_INVALID,
                    "an indicator of more than one character", err);
}

/* Where the indicators begin behind a tag.  Two blanks stand before them; where these cannot
 * be what follows two, one blank or more than two are put up with, as MarcEdit does it. */
static const uint8_t *find_indicators(const uint8_t *behind_tag, const uint8_t *end) {
    const uint8_t *at = behind_tag;
    if (end - at >= 2 && at[1] == ' ') {
        const uint8_t *behind = one_character(one_character(at + 2, end), end);
        if (behind == end || *behind == '$')
            return at + 2;
    }
    while (at < end && *at == ' ')
        at++;
    return at;
}

static int take_data(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                     mrrc_error *err) {
    const uint8_t *end = line->text + line->size;
    const uint8_t *second = one_character(at, end);
    const uint8_t *behind = one_character(second, end);
    if (second == end)
        return mrrci_line_fail(lines, line, end, MRRC_ERR_LINE_INVALID,
                               "a data field without two indicators", err);
    MRRCI_TRY(take_indicator(lines, line, at, second, err));
    MRRCI_TRY(take_indicator(lines, line, second, behind, err));
    if (behind < end && *behind != '$')
        return mrrci_line_fail(lines, line, behind, MRRC_ERR_LINE_INVALID,
                               "no $ behind the indicators", err);
    while (behind < end) {
        const uint8_t *code = behind + 1, *value = code, *next;
        if (code == end || *code != '{') {
            int size = mrrci_lines_begin_subfield(lines, line, code, end, err);
            MRRCI_TRY(size);
            value = code + size;
        } else {
            value = one_character(code, end);
            MRRCI_TRY(mrrci_buffer_append(&lines->record, "\x1F", 1));
            MRRCI_TRY(take_one(lines, line, code, value, MRRC_ERR_CODE_INVALID,
                               "a code of more than one character", err));
        }
        next = value < end ? memchr(value, '$', (size_t)(end - value)) : NULL;
        behind = next == NULL ? end : next;
        MRRCI_TRY(take_value(lines, line, value, behind, err));
    }
    return MRRC_OK;
}

static int take(mrrci_lines *lines, const mrrci_line *line, mrrc_error *err) {
    const uint8_t *text = line->text, *end = text + line->size;
    if (*text != '=')
        return mrrci_line_fail(lines, line, text, MRRC_ERR_LINE_INVALID,
                               "a line that does not begin with =", err);
    if (line->size < 5 || text[4] != ' ')
        return mrrci_line_fail(lines, line, line->size < 4 ? end : text + 4,
                               MRRC_ERR_LINE_INVALID, "no blank behind a tag of three characters",
                               err);
    const uint8_t *behind_tag = text + 4;
    const uint8_t *control = behind_tag + (line->size > 5 && behind_tag[1] == ' ' ? 2 : 1);
    if (is_leader(text, line->size))
        return take_leader(lines, line, control, err);
    MRRCI_TRY(mrrci_lines_begin_field(lines, line, text + 1, err));
    if (mrrci_tag_is_control(text + 1))
        return take_control(lines, line, control, err);
    return take_data(lines, line, find_indicators(behind_tag, end), err);
}

static const mrrci_lines_format format = {1, role_of, NULL, take};

void *mrrci_mrk_open(void) {
    mrrci_lines *lines = mrrci_new(sizeof *lines);
    if (lines != NULL)
        lines->format = &format;
    return lines;
}

/* Writing ------------------------------------------------------------------------ */

static const mrrci_lines_layout layout = {
    .before_tag = {"=", 1},
    .before_control = {"  ", 2},
    .before_indicators = {"  ", 2},
    .before_code = {"$", 1},
    .indicator_blank = '\\',
    .control_blank = "\\\\\\\\\\\\\\\\\\\\",
};

/* What is written for a character that has a meaning here, or NULL. */
static const char *escape_of(uint8_t byte) {
    switch (byte) {
    case '$': return "{dollar}";
    case '{': return "{lcub}";
    case '}': return "{rcub}";
    case '\\': return "{bsol}";
    case '\n': return "{0A}";
    case '\r': return "{0D}";
    default: return NULL;
    }
}

static bool needs_escapes(const uint8_t *packed, size_t size) {
    static const char special[] = "${}\\\n\r";
    for (const char *one = special; *one != 0; one++)
        if (memchr(packed, *one, size) != NULL)
            return true;
    return false;
}

/* Writes text, in which a blank becomes `blank`. */
static int put_escaped(mrrc_buffer *out, const uint8_t *text, size_t size, char blank) {
    const uint8_t *from = text, *end = text + size;
    for (const uint8_t *at = text; at < end; at++) {
        const char *escape = escape_of(*at);
        bool is_other = *at == ' ' && blank != ' ';
        if (escape == NULL && !is_other)
            continue;
        MRRCI_TRY(mrrci_buffer_append(out, from, (size_t)(at - from)));
        MRRCI_TRY(escape != NULL ? mrrci_buffer_append(out, escape, strlen(escape))
                                 : mrrci_buffer_append(out, &blank, 1));
        from = at + 1;
    }
    return mrrci_buffer_append(out, from, (size_t)(end - from));
}

/* Writes a field with escapes; that it can be written at all, mrrci_lines_put_field() has
 * found out. */
static int put_escaped_field(const mrrci_field *field, mrrc_buffer *out) {
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t indicators = 0;
    MRRCI_TRY(mrrci_buffer_append(out, "=", 1));
    MRRCI_TRY(mrrci_buffer_append(out, field->tag, 3));
    MRRCI_TRY(mrrci_buffer_append(out, "  ", 2));
    if (field->control) {
        MRRCI_TRY(put_escaped(out, field->body, field->size, '\\'));
        return mrrci_buffer_append(out, "\n", 1);
    }
    mrrci_subfields_begin(&cursor, field, &indicators);
    MRRCI_TRY(put_escaped(out, field->body, indicators, '\\'));
    while (mrrci_subfield_next(&cursor, &subfield)) {
        MRRCI_TRY(mrrci_buffer_append(out, "$", 1));
        MRRCI_TRY(put_escaped(out, subfield.code, subfield.code_size, ' '));
        MRRCI_TRY(put_escaped(out, subfield.value, subfield.size, ' '));
    }
    return mrrci_buffer_append(out, "\n", 1);
}

/* Whether the line of a field would be read as the leader. */
static bool is_refused(const uint8_t *tag) {
    return memcmp(tag, "LDR", 3) == 0 || memcmp(tag, "000", 3) == 0;
}

/* Writes the field at `*at`, with escapes where it needs some and the record is not plain. */
static int put_field(mrrci_lines_marks *marks, bool plain, mrrc_buffer *out, mrrc_error *err) {
    mrrci_cursor cursor = {marks->text + marks->at, marks->text + marks->size};
    mrrci_field field;
    size_t before = out->size;
    MRRCI_TRY(mrrci_lines_put_field(&layout, marks, out, err));
    if (plain || !needs_escapes(cursor.at, (size_t)(marks->text + marks->at - cursor.at)))
        return MRRC_OK;
    out->size = before;
    MRRCI_TRY(mrrci_field_next(&cursor, &field));
    MRRCI_TRY(put_escaped_field(&field, out));
    return mrrci_lines_reserve(out, marks->size - marks->at);
}

static int put_record(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                      mrrc_error *err) {
    mrrci_lines_marks marks;
    bool pymarc = (how->flags & MRRC_WRITE_PYMARC) != 0;
    bool plain = pymarc || !needs_escapes(packed, size);
    if (pymarc && how->number > 1) /* an empty line between records, and none behind the last */
        MRRCI_TRY(mrrci_buffer_append(out, "\n", 1));
    MRRCI_TRY(mrrci_buffer_append(out, "=LDR  ", 6));
    MRRCI_TRY(plain ? mrrci_buffer_append(out, packed, MRRCI_LEADER_SIZE)
                    : put_escaped(out, packed, MRRCI_LEADER_SIZE, ' '));
    MRRCI_TRY(mrrci_buffer_append(out, "\n", 1));
    MRRCI_TRY(mrrci_lines_reserve(out, size));
    mrrci_lines_mark(&marks, packed, size, MRRCI_LEADER_SIZE);
    while (marks.at < size) {
        const uint8_t *tag = packed + marks.at + 1;
        if (!pymarc && size - marks.at >= 4 && is_refused(tag))
            return mrrci_lines_field_fail(MRRC_ERR_TAG_INVALID, tag,
                                          "a field with the tag of the leader", err);
        MRRCI_TRY(put_field(&marks, plain, out, err));
    }
    return pymarc ? MRRC_OK : mrrci_buffer_append(out, "\n", 1);
}

int mrrci_mrk_encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                     mrrc_error *err) {
    size_t before = out->size;
    MRRCI_TRY(mrrci_lines_check(packed, size, err));
    int status = put_record(packed, size, how, out, err);
    if (status < 0)
        out->size = before;
    return status;
}
