/* SPDX-License-Identifier: MIT
 *
 * query_pattern.c: regular expressions in filters, by PCRE2 with Unicode's classes.  What may
 * take exponential time is not taken (look-around, back-references, recursion), and what may
 * take too long all the same is stopped: a match has a limit.
 */
#include <stdio.h>

#include "query_program.h"

enum {
    MATCH_LIMIT = 2000000, /* steps back in one value */
    HEAP_LIMIT = 32768     /* KiB */
};

/* ---- memory ---- */

static void *get_memory(size_t size, void *unused) {
    (void)unused;
    return mrrci_new(size);
}

static void give_memory(void *block, void *unused) {
    (void)unused;
    mrrci_free(block);
}

static int prepare_memory(mrrc_filter *filter) {
    if (filter->memory == NULL)
        filter->memory = pcre2_general_context_create(get_memory, give_memory, NULL);
    return filter->memory == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
}

/* ---- what is not taken ---- */

/* The reason why a group may not begin with what stands behind its "(?", or NULL. */
static const char *refused_group(const uint8_t *at, size_t size) {
    uint8_t first = size > 0 ? at[0] : 0, second = size > 1 ? at[1] : 0;
    if (first == '=' || first == '!' || first == '*' ||
        (first == '<' && (second == '=' || second == '!' || second == '*')))
        return "look-around is not taken";
    if (first == 'P' && second == '=')
        return "back-references are not taken";
    if (first == 'P' && second == '>')
        return "recursion is not taken";
    if (first == '(' || first == '|' || first == '>' || first == 'C')
        return "this kind of group is not taken";
    bool sign = first == '+' || first == '-';
    uint8_t digit = sign ? second : first;
    if (first == 'R' || first == '&' || (digit >= '0' && digit <= '9'))
        return "recursion is not taken";
    return NULL;
}

/* The reason why an escape is not taken, or NULL; `rest` bytes stand behind it. */
static const char *refused_escape(const uint8_t *at, size_t rest) {
    uint8_t byte = at[0];
    if ((byte >= '1' && byte <= '9') || byte == 'k' || byte == 'g')
        return "back-references are not taken";
    if (byte == 'C')
        return "\\C is not taken";
    if (byte == 'K' || byte == 'G')
        return "\\K and \\G are not taken";
    if (byte == '<' || byte == '>')
        return "the edge of a word is written \\b";
    if (byte == 'b' && rest > 1 && at[1] == '{' && at[2] >= 'a' && at[2] <= 'z')
        return "the edge of a word is \\b alone";
    return NULL;
}

/* Go behind a class that begins at `at`. Return the reason why it is not taken, or NULL; then `at`
 * is its place. In marc21's patterns classes nest, and are cut with and taken from each other; to
 * PCRE2 these are characters, so that the same text would be another pattern. */
static const char *refused_class(const uint8_t *text, size_t size, size_t *place) {
    size_t at = *place + 1;
    const char *reason = NULL;
    if (at < size && text[at] == '^')
        at++;
    if (at < size && text[at] == ']')
        at++; /* it is one of the characters */
    for (; at < size && text[at] != ']' && reason == NULL; at++) {
        uint8_t byte = text[at];
        bool twice = at + 1 < size && text[at + 1] == byte;
        if (byte == '\\') {
            at++;
        } else if (byte == '[' && at + 1 < size && text[at + 1] == ':') {
            size_t end = at + 2;
            while (end < size && ((text[end] >= 'a' && text[end] <= 'z') || text[end] == '^'))
                end++;
            if (end + 1 < size && text[end] == ':' && text[end + 1] == ']')
                at = end + 1;
            else
                reason = "a [ within a class is written \\[";
        } else if (byte == '[') {
            reason = "a [ within a class is written \\[";
        } else if (twice && (byte == '&' || byte == '-' || byte == '~')) {
            reason = "classes are not combined: && -- ~~ in one need a \\";
        }
        *place = at;
    }
    if (reason == NULL)
        *place = at;
    return reason;
}

static const char *refused(const uint8_t *text, size_t size, size_t *place) {
    bool quoted = false;
    for (size_t at = 0; at < size; at++) {
        const char *reason = NULL;
        *place = at;
        if (quoted) {
            if (text[at] == '\\' && at + 1 < size && text[at + 1] == 'E') {
                quoted = false;
                at++;
            }
        } else if (text[at] == '\\' && at + 1 < size) {
            at++;
            quoted = text[at] == 'Q';
            reason = refused_escape(text + at, size - at - 1);
        } else if (text[at] == '[') {
            reason = refused_class(text, size, &at);
            *place = at;
        } else if (text[at] == '(' && at + 1 < size && text[at + 1] == '*') {
            reason = "verbs are not taken";
        } else if (text[at] == '(' && at + 1 < size && text[at + 1] == '?') {
            reason = refused_group(text + at + 2, size - at - 2);
        }
        if (reason != NULL)
            return reason;
    }
    return NULL;
}

/* ---- compiling ---- */

static int fail(mrrc_query_fault *fault, const char *message, size_t place) {
    fault->code = MRRC_ERR_QUERY_PATTERN;
    (void)snprintf(fault->message, sizeof fault->message, "the pattern: %s", message);
    (void)snprintf(fault->hint, sizeof fault->hint, "at character %zu of the pattern", place + 1);
    return MRRC_ERR_QUERY_PATTERN;
}

static size_t characters_before(const uint8_t *text, size_t place) {
    size_t count = 0;
    for (size_t i = 0; i < place; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

static pcre2_code *compile(const mrrc_filter *filter, const uint8_t *text, size_t size, int *code,
                           PCRE2_SIZE *place) {
    pcre2_compile_context *context = pcre2_compile_context_create(filter->memory);
    *code = PCRE2_ERROR_NOMEMORY;
    *place = 0;
    if (context == NULL)
        return NULL;
    (void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_code *pattern =
        pcre2_compile(text, size,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_INVALID_UTF |
                          PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK |
                          (filter->fold & MRRC_FOLD_CASE ? PCRE2_CASELESS : 0u),
                      code, place, context);
    pcre2_compile_context_free(context);
    if (pattern != NULL) /* where it cannot be machine code, it is interpreted */
        (void)pcre2_jit_compile(pattern, PCRE2_JIT_COMPLETE);
    return pattern;
}

int mrrci_pattern_new(mrrc_filter *filter, const uint8_t *text, size_t size, uint32_t *number,
                      mrrc_query_fault *fault) {
    size_t at;
    const char *reason = refused(text, size, &at);
    if (reason != NULL)
        return fail(fault, reason, characters_before(text, at));
    MRRCI_TRY(prepare_memory(filter));
    MRRCI_TRY(mrrci_buffer_reserve(&filter->patterns, sizeof(pcre2_code *)));
    int code;
    PCRE2_SIZE place;
    pcre2_code *pattern = compile(filter, text, size, &code, &place);
    if (pattern == NULL && (code == PCRE2_ERROR_NOMEMORY || code == PCRE2_ERROR_HEAP_FAILED))
        return MRRC_ERR_MEMORY;
    if (pattern == NULL) {
        PCRE2_UCHAR message[96];
        (void)pcre2_get_error_message(code, message, sizeof message);
        return fail(fault, (const char *)message,
                    characters_before(text, place < size ? place : size));
    }
    *number = (uint32_t)(filter->patterns.size / sizeof pattern);
    return mrrci_buffer_append(&filter->patterns, &pattern, sizeof pattern);
}

static size_t count_of(const mrrc_filter *filter) {
    return filter->patterns.size / sizeof(pcre2_code *);
}

void mrrci_patterns_free(mrrc_filter *filter) {
    for (size_t i = 0; i < count_of(filter); i++)
        pcre2_code_free(((pcre2_code **)(void *)filter->patterns.data)[i]);
    mrrci_buffer_clear(&filter->patterns);
    if (filter->memory != NULL)
        pcre2_general_context_free(filter->memory);
}

/* ---- matching ---- */

int mrrci_patterns_begin(mrrci_patterns *patterns, const mrrc_filter *filter) {
    if (count_of(filter) == 0)
        return MRRC_OK;
    /* whether there is a match is all that is asked for, so one pair of places will do */
    patterns->data = pcre2_match_data_create(1, filter->memory);
    patterns->context = pcre2_match_context_create(filter->memory);
    if (patterns->data == NULL || patterns->context == NULL)
        return MRRC_ERR_MEMORY;
    (void)pcre2_set_match_limit(patterns->context, MATCH_LIMIT);
    (void)pcre2_set_heap_limit(patterns->context, HEAP_LIMIT);
    return MRRC_OK;
}

void mrrci_patterns_end(mrrci_patterns *patterns) {
    if (patterns->data != NULL)
        pcre2_match_data_free(patterns->data);
    if (patterns->context != NULL)
        pcre2_match_context_free(patterns->context);
}

int mrrci_pattern_matches(const mrrci_patterns *patterns, const mrrc_filter *filter,
                          uint32_t number, const uint8_t *text, size_t size) {
    const pcre2_code *pattern = *MRRCI_AT(pcre2_code *, filter->patterns, number);
    int status = pcre2_match(pattern, text, size, 0, 0, patterns->data, patterns->context);
    if (status == PCRE2_ERROR_JIT_STACKLIMIT) /* the interpreter has the heap */
        status = pcre2_match(pattern, text, size, 0, PCRE2_NO_JIT, patterns->data,
                             patterns->context);
    if (status >= 0)
        return 1;
    if (status == PCRE2_ERROR_NOMATCH)
        return 0;
    return status == PCRE2_ERROR_NOMEMORY ? MRRC_ERR_MEMORY : MRRC_ERR_QUERY_LIMIT;
}
