/* SPDX-License-Identifier: MIT
 *
 * query_conditions.c: MARCspec's conditions in braces ("020$c{$q=\paperback}") compiled into a
 * filter's tables: lists of which each has to hold, unless it is one of several with a bar
 * between them.  They have no blanks, and no braces of their own.
 */
#include "query.h"
#include "query_program.h"

static int refuse(const mrrci_scan *scan, const char *message, const char *hint) {
    return mrrci_refuse_syntax(scan, message, NULL, hint);
}

/* "\text", where blanks are \s and signs have a backslash before them. */
static int parse_text(mrrci_scan *scan, mrrci_term *term) {
    mrrc_buffer *bytes = &scan->program->bytes;
    term->kind = MRRCI_TERM_TEXT;
    term->text = (mrrci_string){.offset = (uint32_t)bytes->size};
    MRRCI_TRY(mrrci_buffer_reserve(bytes, 1)); /* so that no text has a place too */
    for (scan->at++;; scan->at++) {
        uint8_t byte = mrrci_peek(scan, 0);
        if (byte == '\\') {
            byte = mrrci_peek(scan, 1);
            if (byte == 's')
                byte = ' ';
            else if (byte == 0 || strchr("${}!=~?|\\", byte) == NULL)
                return refuse(scan, "there is no such escape",
                              "\\s, and \\ before $ { } ! = ~ ? |");
            scan->at++;
        } else if (byte == 0 || strchr("${}!=~?|", byte) != NULL) {
            break;
        } else if (byte <= ' ') {
            return refuse(scan, "no blank stands in a condition", "write \\s for it");
        }
        MRRCI_TRY(mrrci_buffer_append(bytes, &byte, 1));
    }
    term->text.size = (uint32_t)bytes->size - term->text.offset;
    return MRRC_OK;
}

/* Whether the bracket at hand holds an occurrence of what stands before the braces, and is no
 * class that a tag begins with. */
static bool is_occurrence(const mrrci_scan *scan) {
    size_t at = scan->at;
    while (at < scan->end && scan->text[at] != ']')
        at++;
    uint8_t next = at + 1 < scan->end ? scan->text[at + 1] : 0;
    bool tag = (next >= '0' && next <= '9') || (next >= 'a' && next <= 'z') ||
               (next >= 'A' && next <= 'Z') || next == '.' || next == '[';
    return mrrci_peek(scan, 0) == '[' && !tag;
}

/* A reference, whole or short for one into what stands before the braces. */
static int parse_place(mrrci_scan *scan, const mrrci_reference *context, mrrci_term *term) {
    mrrci_reference found = {
        .characters = MRRCI_EVERYTHING,
        .occurrence = MRRCI_EVERYTHING,
        .any_indicator = {true, true},
        .plain_indicators = true,
        .kind = MRRCI_REFERENCE_FIELD,
    };
    uint8_t next = mrrci_peek(scan, 0);
    bool leader = context->kind == MRRCI_REFERENCE_LEADER;
    memcpy(found.tag, context->tag, sizeof found.tag);
    found.one_tag = context->one_tag;
    found.word = context->word;
    if (next == '/') {
        term->kind = MRRCI_TERM_VALUE;
        MRRCI_TRY(mrrci_parse_characters(scan, &found.characters));
    } else if ((next == '$' || next == '^') && !leader) {
        term->kind = MRRCI_TERM_FIELD;
        MRRCI_TRY(mrrci_parse_subfields(scan, &found));
    } else if (is_occurrence(scan) && !leader) {
        term->kind = MRRCI_TERM_RECORD;
        MRRCI_TRY(mrrci_parse_occurrence(scan, &found.occurrence));
        found.indexed = true;
        if (mrrci_peek(scan, 0) == '/' && mrrci_may_be_control(&found)) {
            found.kind = MRRCI_REFERENCE_CHARACTERS;
            MRRCI_TRY(mrrci_parse_characters(scan, &found.characters));
        } else {
            MRRCI_TRY(mrrci_parse_subfields(scan, &found));
        }
    } else {
        term->kind = MRRCI_TERM_RECORD;
        MRRCI_TRY(mrrci_parse_reference(scan, &found));
        if (found.kind == MRRCI_REFERENCE_FIELD && !found.indexed && found.plain_indicators) {
            /* a field alone, which MARCspec wants with any indicators */
            found.any_indicator[0] = found.any_indicator[1] = true;
        }
    }
    return mrrci_query_keep_reference(scan, &found, &term->reference);
}

static int parse_term(mrrci_scan *scan, const mrrci_reference *context, mrrci_term *term) {
    if (mrrci_peek(scan, 0) == '\\')
        return parse_text(scan, term);
    return parse_place(scan, context, term);
}

/* Takes an operator and says what it is; false where there is none. */
static bool take_operator(mrrci_scan *scan, mrrci_condition *condition) {
    condition->negated = mrrci_take(scan, '!');
    condition->kind = MRRCI_CONDITION_EXISTS;
    if (mrrci_take(scan, '='))
        condition->kind = MRRCI_CONDITION_EQUAL;
    else if (mrrci_take(scan, '~'))
        condition->kind = MRRCI_CONDITION_INCLUDES;
    else if (!condition->negated)
        return mrrci_take(scan, '?');
    return true;
}

static int parse_condition(mrrci_scan *scan, const mrrci_reference *context,
                           mrrci_condition *condition) {
    condition->left.kind = MRRCI_TERM_CONTEXT;
    if (!take_operator(scan, condition)) {
        MRRCI_TRY(parse_term(scan, context, &condition->right));
        condition->left = condition->right; /* if it is the left one */
        if (!take_operator(scan, condition))
            return MRRC_OK; /* it was the only one */
    }
    return parse_term(scan, context, &condition->right);
}

/* Conditions are kept aside until their list is whole, since their terms are kept meanwhile. */
static int parse_list(mrrci_scan *scan, const mrrci_reference *context, mrrci_conditions *list) {
    mrrc_filter *filter = scan->program;
    bool other = false;
    scan->at++;
    for (;;) {
        mrrci_condition condition = {.other = other};
        MRRCI_TRY(parse_condition(scan, context, &condition));
        MRRCI_TRY(mrrci_buffer_append(&filter->conditions, &condition, sizeof condition));
        list->count++;
        if (mrrci_take(scan, '}'))
            return MRRC_OK;
        other = mrrci_take(scan, '|');
        if (!other)
            return refuse(scan, "the condition should end here",
                          "} or |; in a condition = ! ~ ? compare, and no blank stands");
    }
}

int mrrci_query_conditions(mrrci_scan *scan, const void *reference, uint32_t *number) {
    mrrc_filter *filter = scan->program;
    mrrci_conditions list = {
        .first = (uint32_t)(filter->conditions.size / sizeof(mrrci_condition))};
    scan->conditions = NULL; /* they have none of their own */
    int status = MRRC_OK;
    while (status == MRRC_OK && mrrci_peek(scan, 0) == '{' && mrrci_starts_conditions(scan))
        status = parse_list(scan, reference, &list);
    scan->conditions = mrrci_query_conditions;
    MRRCI_TRY(status);
    *number = (uint32_t)(filter->lists.size / sizeof list);
    return mrrci_buffer_append(&filter->lists, &list, sizeof list);
}
