/* SPDX-License-Identifier: MIT
 *
 * lines.c: what the formats have in common in which a field is a line.  It finds the lines
 * of the source, whatever ends them, puts their records together across calls, says where a
 * fault is, and passes over the rest of a bad record; and it writes a field between the
 * literals of a format's layout.  What a line means, and how a value is escaped, each format
 * knows itself.
 */
#include "batch.h"
#include "conversion.h"
#include "internal.h"
#include "lines.h"
#include "packed.h"

#if MRRCI_X86
#include <immintrin.h>
#endif

enum { LANES = 16 };

typedef uint8_t lanes __attribute__((vector_size(LANES)));

/* As pymarc's Record begins: it says nothing of the record. */
static const uint8_t blank_leader[MRRCI_LEADER_SIZE + 1] = "          22        4500";

static inline bool is_structural(uint8_t byte) {
    return (uint8_t)(byte - MRRCI_RECORD) <= MRRCI_SUBFIELD - MRRCI_RECORD;
}

static inline bool any_set(lanes column) {
    uint64_t words[2];
    memcpy(words, &column, sizeof words);
    return (words[0] | words[1]) != 0;
}

/* The number of the first lane that is not 0; one is. */
static inline unsigned first_set(lanes column) {
    uint64_t words[2];
    memcpy(words, &column, sizeof words);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    words[0] = __builtin_bswap64(words[0]);
    words[1] = __builtin_bswap64(words[1]);
#endif
    return words[0] != 0 ? (unsigned)__builtin_ctzll(words[0]) / 8
                         : 8 + (unsigned)__builtin_ctzll(words[1]) / 8;
}

size_t mrrci_character_size(const uint8_t *at, const uint8_t *end) {
    size_t left = (size_t)(end - at);
    size_t size = *at < 0xC0 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
    return size < left ? size : left;
}

/* Lines ------------------------------------------------------------------------ */

/* What a search for a line's end came by. */
typedef struct survey {
    bool high;                /* perhaps a byte above 0x7F */
    bool structural;          /* perhaps one of 0x1D to 0x1F */
} survey;

/* The place of the first LF or CR, or `size`. */
static size_t find_end(const uint8_t *text, size_t at, size_t size, survey *found) {
    lanes high = {0}, structural = {0};
    bool odd = false;
    for (; size - at >= LANES; at += LANES) {
        lanes here;
        memcpy(&here, text + at, sizeof here);
        high |= here;
        structural |= (lanes)((lanes)(here - MRRCI_RECORD) <= 2);
        lanes ends = (lanes)(here == '\n') | (lanes)(here == '\r');
        if (any_set(ends)) {
            at += first_set(ends);
            break;
        }
    }
    while (at < size && text[at] != '\n' && text[at] != '\r') {
        odd |= text[at] >= 0x80 || is_structural(text[at]);
        at++;
    }
    found->high |= odd || any_set(high & 0x80);
    found->structural |= odd || any_set(structural);
    return at;
}

/* A byte order mark may stand before the first line, and is no part of it. */
static void skip_mark(mrrci_line *line) {
    if (line->offset == 0 && line->size >= 3 && memcmp(line->text, "\xEF\xBB\xBF", 3) == 0) {
        line->text += 3;
        line->size -= 3;
        line->offset = line->before = 3;
    }
}

/* Finds the line at `at`; `*next` gets the place behind its end.  Returns whether it is all
 * there.  A CR at the end of what is there may be half a line end. */
static bool next_line(mrrci_lines *lines, const mrrci_input *input, size_t at, size_t *next,
                      mrrci_line *line, survey *found) {
    const uint8_t *text = input->data + at;
    size_t size = input->size - at;
    if (size == 0)
        return false;
    found->high = found->structural = lines->searched > 0;
    size_t end = find_end(text, lines->searched, size, found);
    bool whole = end < size && (text[end] == '\n' || end + 1 < size);
    if (!whole && !input->last) {
        lines->searched = end;
        return false;
    }
    lines->searched = 0;
    size_t past = end;
    if (past < size)
        past += past + 1 < size && text[past] == '\r' && text[past + 1] == '\n' ? 2 : 1;
    *next = at + past;
    *line = (mrrci_line){text, end, input->offset + at, lines->number + 1, 0};
    skip_mark(line);
    return true;
}

/* Faults ------------------------------------------------------------------------ */

int mrrci_line_fail(const mrrci_lines *lines, const mrrci_line *line, const uint8_t *at, int code,
                    const char *detail, mrrc_error *err) {
    size_t place = (size_t)(at - line->text), left = line->size - place;
    bool first = err != NULL && err->code == 0;
    mrrci_fail_detail(err, code, line->offset + place, detail);
    if (!first)
        return code;
    err->line = line->number;
    err->column = (uint32_t)place + line->before + 1;
    err->seen_size = left < sizeof err->seen ? (uint32_t)left : (uint32_t)sizeof err->seen;
    memcpy(err->seen, at, err->seen_size);
    size_t tag_at = lines->format->tag_at;
    for (size_t i = 0; line->size >= tag_at + 3 && i < 3; i++) {
        uint8_t byte = line->text[tag_at + i];
        err->tag[i] = byte > ' ' && byte < 0x7F ? byte : '?';
    }
    return code;
}

/* Where a line stops being UTF-8. */
static const uint8_t *find_invalid(const mrrci_line *line) {
    const uint8_t *at = line->text, *end = at + line->size;
    while (at < end) {
        size_t size = mrrci_character_size(at, end);
        if (!mrrci_utf8_valid(at, size))
            break;
        at += size;
    }
    return at;
}

/* Looks at what holds for a line of any format. */
static int check_text(const mrrci_lines *lines, const mrrci_line *line, const survey *found,
                      mrrc_error *err) {
    if (found->high && !mrrci_utf8_valid(line->text, line->size))
        return mrrci_line_fail(lines, line, find_invalid(line), MRRC_ERR_TEXT_INVALID,
                               "not UTF-8", err);
    if (!found->structural)
        return MRRC_OK;
    for (const uint8_t *at = line->text; at < line->text + line->size; at++)
        if (is_structural(*at))
            return mrrci_line_fail(lines, line, at, MRRC_ERR_FIELD_INVALID,
                                   "a control character that MARC uses as a delimiter", err);
    return MRRC_OK;
}

/* Records ------------------------------------------------------------------------ */

static void clear(mrrci_lines *lines) {
    mrrci_buffer_clear(&lines->record);
    mrrci_buffer_clear(&lines->notes);
}

void mrrci_lines_close(void *state) {
    clear(state);
    mrrci_free(state);
}

static int begin_record(mrrci_lines *lines, const mrrci_line *line) {
    lines->record.size = lines->notes.size = 0;
    MRRCI_TRY(mrrci_buffer_append(&lines->record, blank_leader, MRRCI_LEADER_SIZE));
    lines->begin = line->offset;
    lines->taken = 0;
    lines->begun = true;
    lines->led = lines->bad = false;
    if (lines->format->begin != NULL)
        lines->format->begin(lines, line);
    return MRRC_OK;
}

/* Hands the record's notes and bytes to the batch. */
static int put_record(mrrci_lines *lines, mrrci_batch *batch) {
    if (!lines->led) {
        mrrc_diagnostic missing = {.code = MRRC_ERR_LEADER_INVALID, .offset = lines->begin};
        MRRCI_TRY(mrrci_batch_note(batch, missing));
    }
    for (size_t at = 0; at < lines->notes.size; at += sizeof(mrrc_diagnostic)) {
        mrrc_diagnostic note;
        memcpy(&note, lines->notes.data + at, sizeof note);
        MRRCI_TRY(mrrci_batch_note(batch, note));
    }
    MRRCI_TRY(mrrci_buffer_append(&batch->block, lines->record.data, lines->record.size));
    return mrrci_batch_end_record(batch, lines->begin, (size_t)(lines->end - lines->begin),
                                  MRRC_OK);
}

static int end_record(mrrci_lines *lines, mrrci_batch *batch) {
    if (lines->begun && !lines->bad) {
        int status = put_record(lines, batch);
        if (status < 0) {
            mrrci_batch_drop_record(batch);
            return status;
        }
    }
    lines->begun = lines->bad = false;
    return MRRC_OK;
}

/* Takes a line that is part of the record.  Without memory the record is as it was. */
static int take_line(mrrci_lines *lines, const mrrci_line *line, const survey *found,
                     uint64_t end, mrrc_error *err) {
    bool first = !lines->begun;
    if (first)
        MRRCI_TRY(begin_record(lines, line));
    size_t record = lines->record.size, notes = lines->notes.size;
    bool led = lines->led;
    int status = MRRC_OK;
    if (!lines->bad && line->offset + line->size - lines->begin > MRRCI_LINES_RECORD_MAX)
        status = mrrci_line_fail(lines, line, line->text, MRRC_ERR_RECORD_TOO_LONG,
                                 "a record of more than 16 MiB", err);
    else if (!lines->bad)
        status = check_text(lines, line, found, err);
    if (!lines->bad && status == MRRC_OK)
        status = lines->format->take(lines, line, err);
    if (status == MRRC_ERR_MEMORY) {
        lines->record.size = record;
        lines->notes.size = notes;
        lines->begun = !first;
        lines->led = led;
        return status;
    }
    lines->bad = lines->bad || status < 0;
    lines->taken++;
    lines->end = end;
    return status;
}

/* Refuses a line that is longer than a record may be; the rest of it is not looked at, so that
 * what is kept of the source stays small. */
static int refuse_line(mrrci_lines *lines, const mrrci_input *input, size_t *used,
                       mrrc_error *err) {
    uint64_t start = input->offset + *used;
    mrrci_line line = {input->data + *used, MRRCI_LINES_RECORD_MAX, start, lines->number + 1, 0};
    if (!lines->begun)
        MRRCI_TRY(begin_record(lines, &line));
    bool told = lines->bad;
    lines->bad = lines->overlong = true;
    lines->searched = 0;
    *used += line.size;
    return told ? MRRC_OK
                : mrrci_line_fail(lines, &line, line.text + line.size, MRRC_ERR_RECORD_TOO_LONG,
                                  "a line of more than 16 MiB", err);
}

/* Passes over the rest of a line that is too long.  Returns whether its end was there. */
static bool pass_overlong(mrrci_lines *lines, const mrrci_input *input, size_t *used) {
    mrrci_line line;
    survey found;
    size_t next = *used;
    if (!next_line(lines, input, *used, &next, &line, &found)) {
        /* all but a CR that may be half a line end */
        *used += lines->searched;
        lines->searched = 0;
        return false;
    }
    *used = next;
    lines->number++;
    lines->overlong = false;
    lines->end = input->offset + next;
    return true;
}

int mrrci_lines_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                       mrrc_error *err) {
    mrrci_lines *lines = state;
    mrrci_line line;
    survey found;
    size_t next = 0;
    if (lines->overlong && !pass_overlong(lines, input, used) && !input->last)
        return MRRC_OK;
    while (next_line(lines, input, *used, &next, &line, &found)) {
        if (line.size + line.before > MRRCI_LINES_RECORD_MAX)
            return refuse_line(lines, input, used, err);
        mrrci_line_role role = lines->format->role(lines, &line);
        bool over = role == MRRCI_LINE_ENDS || role == MRRCI_LINE_BEGINS;
        uint64_t end = input->offset + next;
        size_t at = *used;
        if (role == MRRCI_LINE_ENDS && lines->begun)
            lines->end = end;
        if (over && lines->begun) {
            MRRCI_TRY(end_record(lines, batch));
            if (role == MRRCI_LINE_BEGINS && at >= input->wanted)
                return MRRC_OK;
        }
        if (role == MRRCI_LINE_PART || role == MRRCI_LINE_BEGINS) {
            int status = take_line(lines, &line, &found, end, err);
            if (status == MRRC_ERR_MEMORY)
                return status;
            *used = next;
            lines->number++;
            if (status < 0)
                return status;
            continue;
        }
        *used = next;
        lines->number++;
        if (over && next >= input->wanted)
            return MRRC_OK;
    }
    if (!input->last)
        return lines->searched > MRRCI_LINES_RECORD_MAX ? refuse_line(lines, input, used, err)
                                                        : MRRC_OK;
    return end_record(lines, batch);
}

bool mrrci_lines_pause(void *state, const mrrci_input *input, size_t *used, mrrc_place *place) {
    mrrci_lines *lines = state;
    mrrci_line line;
    survey found;
    size_t next = 0;
    *used = 0;
    if (lines->begun || lines->overlong)
        return false;
    while (next_line(lines, input, *used, &next, &line, &found)) {
        mrrci_line_role role = lines->format->role(lines, &line);
        if (role == MRRCI_LINE_PART || role == MRRCI_LINE_BEGINS) {
            place->lines = lines->number;
            place->line_start = input->offset + *used;
            return true;
        }
        *used = next;
        lines->number++;
    }
    return false;
}

void mrrci_lines_resume(void *state, const mrrc_place *place) {
    mrrci_lines *lines = state;
    lines->number = (uint32_t)place->lines;
}

int mrrci_lines_set_leader(mrrci_lines *lines, const uint8_t *leader, size_t size) {
    if (size != MRRCI_LEADER_SIZE)
        return MRRC_ERR_LEADER_INVALID;
    for (size_t i = 0; i < size; i++)
        if (leader[i] >= 0x80)
            return MRRC_ERR_LEADER_INVALID;
    memcpy(lines->record.data, leader, size);
    lines->led = true;
    return MRRC_OK;
}

int mrrci_lines_begin_field(mrrci_lines *lines, const mrrci_line *line, const uint8_t *tag,
                            mrrc_error *err) {
    size_t left = (size_t)(line->text + line->size - tag);
    int status = mrrci_build_field(&lines->record, tag, left < 3 ? left : 3);
    if (status == MRRC_ERR_TAG_INVALID)
        return mrrci_line_fail(lines, line, tag, status, "no tag of three ASCII characters", err);
    return status;
}

int mrrci_lines_begin_subfield(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                               const uint8_t *end, mrrc_error *err) {
    if (at == end)
        return mrrci_line_fail(lines, line, at, MRRC_ERR_CODE_INVALID, "a delimiter without a code",
                               err);
    size_t size = mrrci_character_size(at, end);
    MRRCI_TRY(mrrci_build_code(&lines->record, at, size));
    return (int)size;
}

/* Writing ------------------------------------------------------------------------ */

int mrrci_lines_field_fail(int code, const uint8_t *tag, const char *detail, mrrc_error *err) {
    bool first = err != NULL && err->code == 0;
    mrrci_fail_detail(err, code, 0, detail);
    if (first)
        memcpy(err->tag, tag, 3);
    return code;
}

int mrrci_lines_check(const uint8_t *packed, size_t size, mrrc_error *err) {
    if (size < MRRCI_LEADER_SIZE)
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    bool odd = false;
    for (size_t i = 0; i < MRRCI_LEADER_SIZE; i++)
        odd |= packed[i] >= 0x80 || is_structural(packed[i]);
    if (odd)
        return mrrci_fail_seen(err, MRRC_ERR_LEADER_INVALID, 0, packed, MRRCI_LEADER_SIZE);
    if (!mrrci_utf8_valid(packed, size)) {
        mrrci_line all = {packed, size, 0, 0, 0};
        const uint8_t *at = find_invalid(&all);
        return mrrci_fail_seen(err, MRRC_ERR_TEXT_INVALID, (uint64_t)(at - packed), at,
                               (size_t)(packed + size - at));
    }
    return MRRC_OK;
}

int mrrci_lines_reserve(mrrc_buffer *out, size_t size) {
    /* nothing grows more than an empty control field, of 4 bytes, which Aleph has in 19; and
     * a literal is copied with what is behind it */
    enum { WIDEST = 5 };
    return mrrci_buffer_reserve(out, WIDEST * (size + MRRCI_LEADER_SIZE));
}

static inline uint8_t *put_literal(uint8_t *to, const mrrci_literal *literal) {
    memcpy(to, literal->bytes, sizeof literal->bytes);
    return to + literal->size;
}

/* Marks ------------------------------------------------------------------------
 *
 * Where a value ends is found for many at once, before they are written: a search that began
 * behind each value would wait for the one before it. */

enum { BLOCK = 64 };

#if MRRCI_X86

/* A bit for each structural character of 64 bytes; `broken` gets the line ends. */
static inline uint64_t marks_of(const uint8_t *block, __m128i *broken) {
    uint64_t marks = 0;
    for (unsigned i = 0; i < BLOCK; i += LANES) {
        __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(block + i));
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(here, _mm_set1_epi8('\n')),
                                    _mm_cmpeq_epi8(here, _mm_set1_epi8('\r')));
        __m128i from_first = _mm_sub_epi8(here, _mm_set1_epi8(MRRCI_RECORD));
        __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(from_first, _mm_set1_epi8(2)), from_first);
        *broken = _mm_or_si128(*broken, ends);
        marks |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << i;
    }
    return marks;
}

/* Adds the places of the bits; there is room for 64. */
__attribute__((target("popcnt,bmi"))) static inline unsigned
put_places(size_t *places, size_t at, uint64_t marks) {
    unsigned count = (unsigned)__builtin_popcountll(marks);
    /* seldom more than eight: so many are written without a branch to guess */
    for (unsigned i = 0; i < 8; i++, marks = _blsr_u64(marks))
        places[i] = at + (size_t)_tzcnt_u64(marks);
    if (count > 8)
        for (places += 8; marks != 0; marks = _blsr_u64(marks))
            *places++ = at + (size_t)_tzcnt_u64(marks);
    return count;
}

__attribute__((target("popcnt,bmi"))) static void find_marks_bmi(mrrci_lines_marks *marks) {
    __m128i broken = _mm_setzero_si128();
    unsigned count = 0;
    size_t at = marks->searched;
    for (; at < marks->size && count + BLOCK <= MRRCI_LINES_MARKS; at += BLOCK) {
        uint8_t rest[BLOCK] = {0};
        const uint8_t *block = marks->text + at;
        if (marks->size - at < BLOCK)
            block = memcpy(rest, block, marks->size - at);
        count += put_places(marks->places + count, at, marks_of(block, &broken));
    }
    marks->searched = at;
    marks->count = count;
    marks->broken |= _mm_movemask_epi8(broken) != 0;
}
#endif

static void find_marks_plain(mrrci_lines_marks *marks) {
    unsigned count = 0;
    size_t at = marks->searched;
    for (; at < marks->size && count < MRRCI_LINES_MARKS; at++) {
        uint8_t byte = marks->text[at];
        if (is_structural(byte))
            marks->places[count++] = at;
        marks->broken |= byte == '\n' || byte == '\r';
    }
    marks->searched = at;
    marks->count = count;
}

/* Finds more of them, and puts the end behind the last one. */
static void find_marks(mrrci_lines_marks *marks) {
    marks->next = 0;
#if MRRCI_X86
    if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt"))
        find_marks_bmi(marks);
    else
#endif
        find_marks_plain(marks);
    if (marks->searched >= marks->size)
        marks->places[marks->count++] = marks->size;
}

/* The place of the next structural character, or of the end. */
static inline size_t next_mark(mrrci_lines_marks *marks) {
    if (marks->next == marks->count)
        find_marks(marks);
    return marks->places[marks->next++];
}

void mrrci_lines_mark(mrrci_lines_marks *marks, const uint8_t *packed, size_t size, size_t at) {
    marks->text = packed;
    marks->size = size;
    marks->at = at;
    marks->searched = at <= MRRCI_LEADER_SIZE ? 0 : at;
    marks->broken = false;
    find_marks(marks);
    if (at < size && packed[at] == MRRCI_FIELD)
        marks->next = 1;
}

void mrrci_lines_skip_field(mrrci_lines_marks *marks) {
    do
        marks->at = next_mark(marks);
    while (marks->at < marks->size && marks->text[marks->at] != MRRCI_FIELD);
}

/* Copies so many bytes, of which `left` are readable; some behind them are written too. */
static inline void copy_value(uint8_t *to, const uint8_t *from, size_t size, size_t left) {
    enum { SHORT = 32 };
    if (left < 2 * SHORT) {
        memcpy(to, from, size);
        return;
    }
    memcpy(to, from, SHORT);
    if (size > SHORT) {
        memcpy(to + SHORT, from + SHORT, SHORT);
        if (size > 2 * SHORT)
            memcpy(to + 2 * SHORT, from + 2 * SHORT, size - 2 * SHORT);
    }
}

static void replace_blanks(uint8_t *text, size_t size, uint8_t by) {
    for (size_t i = 0; i < size; i++)
        text[i] = text[i] == ' ' ? by : text[i];
}

/* Whether these are two characters. */
static bool are_two(const uint8_t *text, size_t size) {
    if (size == 2)
        return ((text[0] | text[1]) & 0x80) == 0;
    if (size == 0)
        return false;
    size_t first = mrrci_character_size(text, text + size);
    return first < size && first + mrrci_character_size(text + first, text + size) == size;
}

static int put_data(const mrrci_lines_layout *layout, mrrci_lines_marks *marks,
                    const uint8_t *tag, uint8_t **to, mrrc_error *err) {
    const uint8_t *text = marks->text, *end = text + marks->size;
    const uint8_t *from = tag + 3, *next = text + next_mark(marks);
    uint8_t *into = put_literal(*to, &layout->before_indicators);
    size_t size = (size_t)(next - from);
    if (!are_two(from, size))
        return mrrci_lines_field_fail(MRRC_ERR_INDICATOR_INVALID, tag,
                                      "a field without two indicators", err);
    memcpy(into, from, size);
    if (layout->indicator_blank != ' ')
        replace_blanks(into, size, layout->indicator_blank);
    into = put_literal(into + size, &layout->behind_indicators);
    while (next < end && *next == MRRCI_SUBFIELD) {
        from = next + 1;
        next = text + next_mark(marks);
        if (from == next)
            return mrrci_lines_field_fail(MRRC_ERR_CODE_INVALID, tag, "a subfield without a code",
                                          err);
        size = mrrci_character_size(from, end);
        into = put_literal(into, &layout->before_code);
        *into = *from;
        for (size_t i = 1; i < size; i++)
            into[i] = from[i];
        into = put_literal(into + size, &layout->behind_code);
        from += size;
        size = (size_t)(next - from);
        copy_value(into, from, size, (size_t)(end - from));
        into += size;
    }
    marks->at = (size_t)(next - text);
    *to = into;
    return MRRC_OK;
}

int mrrci_lines_put_field(const mrrci_lines_layout *layout, mrrci_lines_marks *marks,
                          mrrc_buffer *out, mrrc_error *err) {
    size_t left = marks->size - marks->at;
    const uint8_t *at = marks->text + marks->at, *tag = at + 1;
    uint8_t *to = out->data + out->size;
    if (left < 4 || *at != MRRCI_FIELD)
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    for (unsigned i = 0; i < 3; i++)
        if (tag[i] < 0x20 || tag[i] > 0x7E)
            return mrrci_lines_field_fail(MRRC_ERR_TAG_INVALID, tag,
                                          "no tag of three ASCII characters", err);
    to = put_literal(to, &layout->before_tag);
    memcpy(to, tag, 3);
    to += 3;
    if (mrrci_tag_is_control(tag)) {
        uint8_t blank = layout->control_blank[tag[2] - '0'];
        size_t next = next_mark(marks), size = next - marks->at - 4;
        to = put_literal(to, &layout->before_control);
        copy_value(to, at + 4, size, left - 4);
        if (blank != ' ')
            replace_blanks(to, size, blank);
        to += size;
        marks->at = next;
    } else {
        MRRCI_TRY(put_data(layout, marks, tag, &to, err));
    }
    if (marks->at < marks->size && marks->text[marks->at] != MRRCI_FIELD)
        return mrrci_lines_field_fail(MRRC_ERR_FIELD_INVALID, tag,
                                      "a structural character in a value", err);
    *to++ = '\n';
    out->size = (size_t)(to - out->data);
    return MRRC_OK;
}

int mrrci_lines_reads_back(mrrci_lines *lines, const uint8_t *text, size_t size,
                           const uint8_t *field, size_t field_size, bool *same) {
    mrrci_line line = {text, size, 0, 1, 0};
    lines->taken = 1;
    int status = lines->format->take(lines, &line, NULL);
    *same = status == MRRC_OK && lines->record.size == field_size &&
            memcmp(lines->record.data, field, field_size) == 0;
    clear(lines);
    return status == MRRC_ERR_MEMORY ? status : MRRC_OK;
}

int mrrci_lines_note(const mrrci_how *how, int code, size_t offset, size_t size, uint32_t found,
                     const uint8_t *tag) {
    mrrc_diagnostic note = {.code = code,
                            .record = (uint32_t)(how->number - 1),
                            .offset = offset,
                            .size = (uint32_t)size,
                            .found = found};
    if (tag != NULL)
        memcpy(note.tag, tag, 3);
    MRRCI_TRY(mrrci_note(how->notes, &note));
    return MRRC_NOTED;
}

/* Replaces the line ends of the leader or of a field, and notes the first of them. */
static int unbreak(const mrrci_how *how, mrrc_buffer *copy, size_t from, size_t to,
                   const uint8_t *tag) {
    size_t first = to, count = 0;
    uint8_t found = 0;
    for (size_t i = from; i < to; i++) {
        uint8_t *byte = copy->data + i;
        if (*byte != '\n' && *byte != '\r')
            continue;
        if (count++ == 0) {
            first = i;
            found = *byte;
        }
        *byte = ' ';
    }
    if (count == 0)
        return MRRC_OK;
    return mrrci_lines_note(how, MRRC_ERR_CHARACTER_REFUSED, first, count, found, tag);
}

int mrrci_lines_unbreak(const uint8_t *packed, size_t size, const mrrci_how *how,
                        mrrc_buffer *copy) {
    copy->size = 0;
    MRRCI_TRY(mrrci_buffer_append(copy, packed, size));
    const uint8_t *tag = NULL;
    for (size_t at = 0; at < size;) {
        const uint8_t *next = memchr(packed + at + 1, MRRCI_FIELD, size - at - 1);
        size_t end = next == NULL ? size : (size_t)(next - packed);
        /* a tag is left to be refused */
        bool tagged = at >= MRRCI_LEADER_SIZE && end - at >= 4;
        tag = tagged ? packed + at + 1 : NULL;
        MRRCI_TRY(unbreak(how, copy, tagged ? at + 4 : at, end, tag));
        at = end;
    }
    return MRRC_NOTED;
}
