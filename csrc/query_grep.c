/* SPDX-License-Identifier: MIT
 *
 * query_grep.c: regular expressions sought in every value of packed records, and where in a value
 * they match.  Which records are worth it a filter says, and much faster.
 */
#include "packed.h"
#include "query_program.h"

/* Matches that are told of one value, at most. */
enum { SPANS_MAX = 1000 };

struct mrrc_grep {
    mrrc_filter *patterns;    /* a filter of nothing but patterns */
    mrrci_patterns matching;
};

void mrrc_grep_free(mrrc_grep *grep) {
    if (grep == NULL)
        return;
    mrrci_patterns_end(&grep->matching);
    mrrc_filter_free(grep->patterns);
    mrrci_free(grep);
}

static int compile(mrrc_grep *grep, const uint8_t *patterns, size_t size,
                   mrrc_query_fault *fault) {
    uint32_t number;
    if (!mrrci_utf8_valid(patterns, size)) {
        fault->code = MRRC_ERR_QUERY_PATTERN;
        return fault->code;
    }
    for (const uint8_t *at = patterns, *end = patterns + size; at < end; at++) {
        const uint8_t *stop = memchr(at, MRRCI_FIELD, (size_t)(end - at));
        stop = stop == NULL ? end : stop;
        MRRCI_TRY(mrrci_pattern_new(grep->patterns, at, (size_t)(stop - at), &number, fault));
        at = stop;
    }
    return mrrci_patterns_begin(&grep->matching, grep->patterns);
}

mrrc_grep *mrrc_grep_new(const char *patterns, size_t size, mrrc_query_fault *fault) {
    mrrc_grep *grep = mrrci_new(sizeof *grep);
    int status = MRRC_ERR_MEMORY;
    memset(fault, 0, sizeof *fault);
    if (grep != NULL) {
        grep->patterns = mrrci_new(sizeof *grep->patterns);
        if (grep->patterns != NULL)
            status = compile(grep, (const uint8_t *)patterns, size, fault);
        if (status == MRRC_OK)
            return grep;
    }
    fault->code = status;
    mrrc_grep_free(grep);
    return NULL;
}

/* One value of a record. */
typedef struct value {
    const mrrc_batch_view *view;
    mrrc_grep_hit hit;        /* what is told of it, but where it matches */
    const uint8_t *text;
    size_t size;
} value;

/* Seeks the next match of a pattern from a place on.  Returns 1, 0 or a fault. */
static int seek(const mrrc_grep *grep, const pcre2_code *pattern, const value *value, size_t from,
                PCRE2_SIZE *span) {
    pcre2_match_data *data = grep->matching.data;
    pcre2_match_context *context = grep->matching.context;
    int status = pcre2_match(pattern, value->text, value->size, from, 0, data, context);
    if (status == PCRE2_ERROR_JIT_STACKLIMIT)
        status = pcre2_match(pattern, value->text, value->size, from, PCRE2_NO_JIT, data, context);
    if (status < 0)
        return status == PCRE2_ERROR_NOMATCH    ? 0
               : status == PCRE2_ERROR_NOMEMORY ? MRRC_ERR_MEMORY
                                                : MRRC_ERR_QUERY_LIMIT;
    memcpy(span, pcre2_get_ovector_pointer(data), 2 * sizeof *span);
    return 1;
}

/* Appends a hit for each match of a pattern. */
static int match(const mrrc_grep *grep, const pcre2_code *pattern, const value *value,
                 mrrc_buffer *hits) {
    size_t from = 0;
    for (int count = 0; count < SPANS_MAX && from <= value->size; count++) {
        PCRE2_SIZE span[2];
        int found = seek(grep, pattern, value, from, span);
        if (found <= 0)
            return found;
        mrrc_grep_hit hit = value->hit;
        hit.begin = (uint32_t)span[0];
        hit.end = (uint32_t)span[1];
        MRRCI_TRY(mrrci_buffer_append(hits, &hit, sizeof hit));
        from = span[1] + (span[1] == span[0]);
        while (from < value->size && (value->text[from] & 0xC0) == 0x80)
            from++;
    }
    return MRRC_OK;
}

static int match_all(const mrrc_grep *grep, value *value, const uint8_t *text, size_t size,
                     mrrc_buffer *hits) {
    size_t patterns = grep->patterns->patterns.size / sizeof(pcre2_code *);
    value->text = text;
    value->size = size;
    value->hit.offset = (uint64_t)(text - value->view->block);
    value->hit.size = (uint32_t)size;
    for (size_t i = 0; i < patterns; i++)
        MRRCI_TRY(match(grep, *MRRCI_AT(pcre2_code *, grep->patterns->patterns, i), value, hits));
    return MRRC_OK;
}

static int match_field(const mrrc_grep *grep, value *value, const mrrci_field *field,
                       mrrc_buffer *hits) {
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    size_t indicators;
    memset(value->hit.code, 0, sizeof value->hit.code);
    memcpy(value->hit.tag, field->tag, 3);
    if (field->control)
        return match_all(grep, value, field->body, field->size, hits);
    mrrci_subfields_begin(&cursor, field, &indicators);
    while (mrrci_subfield_next(&cursor, &subfield)) {
        memset(value->hit.code, 0, sizeof value->hit.code);
        memcpy(value->hit.code, subfield.code, subfield.code_size);
        MRRCI_TRY(match_all(grep, value, subfield.value, subfield.size, hits));
    }
    return MRRC_OK;
}

static int match_record(const mrrc_grep *grep, value *value, const uint8_t *packed, size_t size,
                        mrrc_buffer *hits) {
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    while ((more = mrrci_field_next(&cursor, &field)) > 0)
        MRRCI_TRY(match_field(grep, value, &field, hits));
    return more;
}

int mrrc_grep_records(const mrrc_grep *grep, const mrrc_batch_view *view, size_t first,
                      size_t end, mrrc_buffer *hits, size_t *done) {
    *done = first;
    if (first > end || end > view->count)
        return MRRC_ERR_ARGUMENT;
    for (uint32_t begin = first > 0 ? view->ends[first - 1] : 0; *done < end;
         begin = view->ends[(*done)++]) {
        value value = {.view = view, .hit = {.record = (uint32_t)*done}};
        size_t before = hits->size;
        if (view->ends[*done] < begin)
            return MRRC_ERR_PACKED_INVALID;
        int status = match_record(grep, &value, view->block + begin, view->ends[*done] - begin,
                                  hits);
        if (status < 0) {
            hits->size = before;
            return status;
        }
    }
    return MRRC_OK;
}
