/* SPDX-License-Identifier: MIT
 *
 * json_values.c: cuts JSON that comes in blocks into the values that are records, and has
 * jansson read one of them.  So no more than one record is held at a time.  The cutter knows
 * strings and brackets and nothing else of JSON; what is between them jansson judges.  It
 * knows lines, since jansson sees one value and not the source, and it knows no MARC.
 */
#include <jansson.h>

#include "conversion.h"
#include "internal.h"
#include "json.h"

enum place { BETWEEN, AT_ELEMENT, BEHIND_ELEMENT };
enum inside { NOTHING, STRING, ESCAPE, WORD };
enum verdict { UNFINISHED, ENDED, FIRST_ENDED, EMPTY, CONTAINER, BROKEN, TOO_DEEP };

static inline bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static bool is_punctuation(uint8_t byte) {
    return byte == ',' || byte == ':' || byte == ']' || byte == '}';
}

/* ---- places ---- */

void mrrci_json_settle(mrrci_json_cutter *cutter, const mrrci_input *input, size_t used) {
    size_t lines = used == 0 ? 0 : mrrci_count_lines(input->data, used);
    if (lines > 0) {
        size_t start = used;
        while (input->data[start - 1] != '\n')
            start--;
        cutter->line_start = input->offset + start;
        cutter->lines += lines;
    }
    cutter->counted = input->offset + used;
}

int mrrci_json_fail(const mrrci_json_cutter *cutter, const mrrci_input *input, size_t at, int code,
                    const char *detail, mrrc_error *err) {
    if (err == NULL || err->code != 0)
        return code;
    mrrci_json_cutter here = *cutter;
    mrrci_json_settle(&here, input, at);
    mrrci_fail_detail(err, code, input->offset + at, detail);
    err->line = (uint32_t)(here.lines + 1);
    err->column = (uint32_t)(input->offset + at - here.line_start + 1);
    return code;
}

/* ---- cutting ---- */

/* Whether a byte order mark stands at the source's start; -1 where more has to be seen. */
static int has_mark(const mrrci_input *input) {
    static const uint8_t mark[3] = {0xEF, 0xBB, 0xBF};
    size_t size = input->size < sizeof mark ? input->size : sizeof mark;
    if (size == 0 || memcmp(input->data, mark, size) != 0)
        return 0;
    return size == sizeof mark ? 1 : input->last ? 0 : -1;
}

int mrrci_json_find(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at,
                    mrrc_error *err) {
    if (cutter->scanned > 0)
        return 1;
    if (input->offset == 0 && *at == 0) {
        int mark = has_mark(input);
        if (mark < 0)
            return 0;
        if (mark > 0)
            *at = 3;
    }
    for (; *at < input->size; ++*at) {
        uint8_t byte = input->data[*at];
        if (is_space(byte))
            continue;
        if (cutter->place != BEHIND_ELEMENT) {
            if (!is_punctuation(byte))
                return 1;
            return mrrci_json_fail(cutter, input, *at, MRRC_ERR_JSON_MALFORMED,
                                   "a record expected", err);
        }
        if (byte != ',' && byte != ']')
            return mrrci_json_fail(cutter, input, *at, MRRC_ERR_JSON_MALFORMED,
                                   "',' or ']' expected behind a record", err);
        cutter->place = byte == ',' ? AT_ELEMENT : BETWEEN;
    }
    if (input->last && cutter->place != BETWEEN)
        return mrrci_json_fail(cutter, input, *at, MRRC_ERR_JSON_MALFORMED,
                               "the source ends inside an array", err);
    return 0;
}

size_t mrrci_json_object_at(const mrrci_json_cutter *cutter, const mrrci_input *input, size_t at) {
    if (cutter->scanned > 0)
        return SIZE_MAX;
    if (input->data[at] == '[' && cutter->place == BETWEEN && !cutter->rows)
        for (at++; at < input->size && is_space(input->data[at]); at++) {
        }
    return at < input->size && input->data[at] == '{' ? at : SIZE_MAX;
}

/* Ends or begins what stands in brackets. */
static enum verdict bracket(mrrci_json_cutter *cutter, uint8_t byte) {
    uint64_t is_array = byte == '[' || byte == ']';
    if (byte == '[' || byte == '{') {
        if (cutter->depth == MRRCI_JSON_DEPTH_MAX)
            return TOO_DEEP;
        cutter->depth++;
        cutter->brackets = cutter->brackets << 1 | is_array;
        return UNFINISHED;
    }
    if (cutter->depth == 0 || (cutter->brackets & 1) != is_array)
        return BROKEN;
    cutter->depth--;
    cutter->brackets >>= 1;
    if (cutter->depth == 0)
        return cutter->undecided ? EMPTY : ENDED;
    return cutter->undecided && cutter->depth == 1 ? FIRST_ENDED : UNFINISHED;
}

/* Looks at the first thing in an array that may be one value or hold many. */
static enum verdict decide(mrrci_json_cutter *cutter, uint8_t byte, size_t at) {
    if (is_space(byte) || byte == ']')
        return UNFINISHED;
    if (byte != '{') {
        cutter->first = at;
        return CONTAINER;
    }
    if (cutter->rows)
        cutter->undecided = false;
    else
        cutter->first = at;
    return UNFINISHED;
}

/* Steps over one byte that is not in a string. */
static enum verdict step(mrrci_json_cutter *cutter, uint8_t byte, size_t at) {
    if (cutter->undecided && cutter->depth == 1 && cutter->first == 0) {
        enum verdict verdict = decide(cutter, byte, at);
        if (verdict != UNFINISHED)
            return verdict;
    }
    switch (byte) {
    case '"':
        cutter->inside = STRING;
        return UNFINISHED;
    case '[':
    case '{':
    case ']':
    case '}':
        return bracket(cutter, byte);
    default:
        if (cutter->depth == 0)
            cutter->inside = WORD;
        return UNFINISHED;
    }
}

/* Looks on at a value whose first `size` bytes are there. */
static enum verdict scan(mrrci_json_cutter *cutter, const uint8_t *text, size_t size) {
    enum verdict verdict = UNFINISHED;
    size_t at = cutter->scanned;
    while (at < size && verdict == UNFINISHED) {
        uint8_t byte = text[at];
        if (cutter->inside == STRING) {
            while (byte >= 0x20 && byte != '"' && byte != '\\' && ++at < size)
                byte = text[at];
            if (at == size)
                break;
            if (byte < 0x20)
                cutter->controls++;
            else
                cutter->inside = byte == '\\' ? ESCAPE : NOTHING;
            if (byte == '"' && cutter->depth == 0)
                verdict = ENDED;
        } else if (cutter->inside == ESCAPE) {
            cutter->inside = STRING;
        } else if (cutter->inside == WORD) {
            if (is_space(byte) || is_punctuation(byte) || byte == '[' || byte == '{' ||
                byte == '"') {
                verdict = ENDED;
                break; /* that byte is not of the word */
            }
        } else {
            verdict = step(cutter, byte, at);
        }
        if (verdict == BROKEN || verdict == CONTAINER)
            break; /* and is found so again, if that byte is looked at again */
        at++;
    }
    cutter->scanned = at;
    return verdict;
}

static mrrci_json_value value_at(const mrrci_json_cutter *cutter, const mrrci_input *input,
                                 size_t at) {
    size_t first = cutter->undecided ? cutter->first : 0;
    return (mrrci_json_value){
        .text = input->data + at + first,
        .size = cutter->scanned - first,
        .offset = input->offset + at + first,
        .controls = cutter->controls,
        .first = cutter->undecided,
    };
}

/* Says what is wrong with a value that does not end as it should: by jansson, which may see
 * it earlier, or by `detail`. */
static int broken(const mrrci_json_cutter *cutter, const mrrci_input *input, size_t at,
                  size_t size, const char *detail, mrrc_error *err) {
    mrrc_error seen = {0};
    json_t *root = NULL;
    mrrci_json_value value = {input->data + at, size, input->offset + at, cutter->controls, false};
    int status = mrrci_json_load(cutter, input, &value, &root, &seen);
    json_decref(root);
    if (status == MRRC_ERR_MEMORY)
        return status;
    if (status != MRRC_ERR_JSON_MALFORMED)
        return mrrci_json_fail(cutter, input, at + size - 1, MRRC_ERR_JSON_MALFORMED, detail, err);
    if (err != NULL && err->code == 0)
        *err = seen;
    return status;
}

/* Forgets the value at hand. */
static void begin_value(mrrci_json_cutter *cutter) {
    cutter->scanned = cutter->first = 0;
    cutter->brackets = 0;
    cutter->controls = 0;
    cutter->depth = 0;
    cutter->inside = NOTHING;
    cutter->undecided = cutter->ready = false;
}

/* Goes into an array of records, or past one without any. */
static int enter(mrrci_json_cutter *cutter, size_t *at, enum verdict verdict) {
    cutter->place = verdict == CONTAINER ? AT_ELEMENT : BETWEEN;
    *at += verdict == CONTAINER ? cutter->first : cutter->scanned;
    begin_value(cutter);
    return 2;
}

int mrrci_json_cut(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at,
                   mrrci_json_value *value, mrrc_error *err) {
    size_t left = input->size - *at;
    size_t size = left < MRRCI_JSON_RECORD_MAX ? left : MRRCI_JSON_RECORD_MAX;
    if (cutter->scanned == 0)
        cutter->undecided = input->data[*at] == '[' && cutter->place == BETWEEN;
    enum verdict verdict = cutter->ready ? ENDED : scan(cutter, input->data + *at, size);
    if (verdict == UNFINISHED && input->last && size < MRRCI_JSON_RECORD_MAX &&
        cutter->inside == WORD)
        verdict = ENDED;
    switch (verdict) {
    case ENDED:
    case FIRST_ENDED:
        cutter->ready = true;
        *value = value_at(cutter, input, *at);
        return 1;
    case EMPTY:
        if (cutter->rows) {
            cutter->undecided = false;
            cutter->ready = true;
            *value = value_at(cutter, input, *at);
            return 1;
        }
        return enter(cutter, at, verdict);
    case CONTAINER:
        return enter(cutter, at, verdict);
    case BROKEN:
        return broken(cutter, input, *at, cutter->scanned + 1,
                      "a bracket that does not fit", err);
    case TOO_DEEP:
        return mrrci_json_fail(cutter, input, *at + cutter->scanned - 1, MRRC_ERR_JSON_MALFORMED,
                               "more than 64 brackets in one another", err);
    case UNFINISHED:
        break;
    }
    if (size == MRRCI_JSON_RECORD_MAX)
        return mrrci_json_fail(cutter, input, *at, MRRC_ERR_JSON_MALFORMED,
                               "a record of more than 16 MiB", err);
    if (input->last)
        return broken(cutter, input, *at, size, "the source ends inside a record", err);
    return 0;
}

void mrrci_json_want_array(mrrci_json_cutter *cutter) {
    cutter->undecided = cutter->ready = false;
    cutter->first = 0;
}

void mrrci_json_take(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at, size_t end) {
    bool in_array = cutter->place == AT_ELEMENT || cutter->undecided ||
                    (cutter->scanned == 0 && input->data[*at] == '[');
    cutter->place = in_array ? BEHIND_ELEMENT : BETWEEN;
    begin_value(cutter);
    *at = end;
}

/* ---- between records ---- */

bool mrrci_json_pause(void *state, const mrrci_input *input, size_t *used, mrrc_place *place) {
    mrrci_json_cutter *cutter = state;
    *used = 0;
    if (cutter->place != BETWEEN || cutter->scanned > 0)
        return false;
    while (*used < input->size && is_space(input->data[*used]))
        ++*used;
    mrrci_json_settle(cutter, input, *used);
    place->lines = cutter->lines;
    place->line_start = cutter->line_start;
    return *used < input->size;
}

void mrrci_json_resume(void *state, const mrrc_place *place) {
    mrrci_json_cutter *cutter = state;
    cutter->lines = place->lines;
    cutter->line_start = place->line_start;
    cutter->counted = place->offset;
}

/* ---- reading one ---- */

static int code_of(const json_error_t *seen) {
    switch (json_error_code(seen)) {
    case json_error_out_of_memory:
        return MRRC_ERR_MEMORY;
    case json_error_unknown: /* jansson has no words for most failed requests */
        return seen->text[0] == 0 ? MRRC_ERR_MEMORY : MRRC_ERR_JSON_MALFORMED;
    case json_error_invalid_utf8:
        return MRRC_ERR_TEXT_INVALID;
    case json_error_duplicate_key:
    case json_error_null_byte_in_key:
    case json_error_null_character:
    case json_error_numeric_overflow:
        return MRRC_ERR_JSON_RECORD;
    default: /* half a surrogate pair is well-formed JSON, but no text */
        return strncmp(seen->text, "invalid Unicode", 15) == 0 ? MRRC_ERR_TEXT_INVALID
                                                               : MRRC_ERR_JSON_MALFORMED;
    }
}

/* Whether a byte is a control character in a string; `*inside` is what stands before it. */
static bool is_control(uint8_t *inside, uint8_t byte) {
    if (*inside == ESCAPE)
        *inside = STRING;
    else if (byte == '"')
        *inside = *inside == STRING ? NOTHING : STRING;
    else if (*inside == STRING && byte == '\\')
        *inside = ESCAPE;
    else
        return *inside == STRING && byte < 0x20;
    return false;
}

/* Appends a value with its control characters escaped. */
static int escape_controls(const mrrci_json_value *value, mrrc_buffer *out) {
    uint8_t inside = NOTHING;
    for (size_t i = 0; i < value->size; i++) {
        MRRCI_TRY(mrrci_buffer_reserve(out, MRRCI_JSON_ESCAPE_MAX));
        uint8_t *to = out->data + out->size;
        const uint8_t *at = value->text + i;
        if (is_control(&inside, *at))
            to = mrrci_json_escape(&at, to);
        else
            *to++ = *at;
        out->size = (size_t)(to - out->data);
    }
    return MRRC_OK;
}

/* Where what stands at `position` of the escaped form stands in the value. */
static size_t unescaped(const mrrci_json_value *value, size_t position) {
    uint8_t inside = NOTHING, escape[MRRCI_JSON_ESCAPE_MAX];
    size_t i = 0;
    for (; i < value->size; i++) {
        const uint8_t *at = value->text + i;
        size_t size = 1;
        if (is_control(&inside, *at))
            size = (size_t)(mrrci_json_escape(&at, escape) - escape);
        if (position < size)
            break;
        position -= size;
    }
    return i;
}

static int load(const mrrci_json_value *value, json_t **root, json_error_t *seen) {
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY;
    mrrc_buffer escaped = {0};
    *root = NULL;
    if (value->controls == 0) {
        *root = json_loadb((const char *)value->text, value->size, flags, seen);
        return *root != NULL ? MRRC_OK : code_of(seen);
    }
    int status = escape_controls(value, &escaped);
    if (status == MRRC_OK) {
        *root = json_loadb(escaped.text, escaped.size, flags, seen);
        status = *root != NULL ? MRRC_OK : code_of(seen);
    }
    mrrci_buffer_clear(&escaped);
    return status;
}

int mrrci_json_load(const mrrci_json_cutter *cutter, const mrrci_input *input,
                    const mrrci_json_value *value, json_t **root, mrrc_error *err) {
    json_error_t seen = {0};
    int code = load(value, root, &seen);
    if (code == MRRC_OK || code == MRRC_ERR_MEMORY)
        return code;
    /* jansson stands behind what it could not take, but at a byte that is not UTF-8 */
    size_t position = seen.position < 0 ? 0 : (size_t)seen.position;
    if (position > 0 && json_error_code(&seen) != json_error_invalid_utf8)
        position--;
    if (value->controls > 0)
        position = unescaped(value, position);
    if (position > value->size)
        position = value->size;
    return mrrci_json_fail(cutter, input, (size_t)(value->offset - input->offset) + position, code,
                           seen.text, err);
}
