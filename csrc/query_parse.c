/* SPDX-License-Identifier: MIT
 *
 * query_parse.c: the text of a filter compiled into tables, by recursive descent with a limit.
 * The language is that of the German National Library's marc21, with Boolean algebra in full,
 * blanks around signs as one likes, and MARCspec's references; what can be mistaken is told
 * of in a warning, and what is refused has its place, what was wanted there, and a hint.
 */
#include <stdio.h>

#include "packed.h"
#include "query.h"
#include "query_program.h"

typedef struct query {
    mrrci_scan scan;
    mrrc_filter *filter;
    uint32_t depth;
} query;

enum operator_word { WORD_NONE, WORD_COMPARE, WORD_LIST };

/* An operator as it is written. */
typedef struct written {
    const char *text;
    enum mrrci_query_operator operator;
    bool negated;
    bool listed;              /* takes a list too */
} written;

/* The longer ones first. */
static const written signs[] = {
    {"==", MRRCI_EQUAL, false, false},      {"!=", MRRCI_EQUAL, true, false},
    {">=", MRRCI_LESS, true, false},        {"<=", MRRCI_LESS_EQUAL, false, false},
    {"=?", MRRCI_CONTAINS, false, true},    {"!?", MRRCI_CONTAINS, true, true},
    {"=^", MRRCI_STARTS, false, true},      {"!^", MRRCI_STARTS, true, true},
    {"=$", MRRCI_ENDS, false, true},        {"!$", MRRCI_ENDS, true, true},
    {"=~", MRRCI_MATCHES, false, true},     {"!~", MRRCI_MATCHES, true, true},
    {"=*", MRRCI_SIMILAR, false, true},     {"!*", MRRCI_SIMILAR, true, true},
    {">", MRRCI_LESS_EQUAL, true, false},   {"<", MRRCI_LESS, false, false},
};
static const written word_in = {"in", MRRCI_EQUAL, false, true};
static const written word_not_in = {"not in", MRRCI_EQUAL, true, true};

#define OPERATORS "==, !=, <, <=, >, >=, in, not in, =?, =^, =$, =~ or =*"

/* ---- the text ---- */

static bool is_next(const query *query, const char *word) {
    size_t size = strlen(word);
    return query->scan.end - query->scan.at >= size &&
           memcmp(query->scan.text + query->scan.at, word, size) == 0;
}

static bool take_word(query *query, const char *word) {
    if (!is_next(query, word))
        return false;
    query->scan.at += strlen(word);
    return true;
}

static int refuse(const query *query, const char *message, const char *expected,
                  const char *hint) {
    return mrrci_refuse_syntax(&query->scan, message, expected, hint);
}

static int refuse_meaning(const query *query, size_t at, const char *message, const char *hint) {
    return mrrci_refuse_at(&query->scan, at, MRRC_ERR_QUERY_MEANING, message, NULL, hint);
}

static int enter(query *query) {
    if (++query->depth > MRRCI_QUERY_DEPTH)
        return mrrci_refuse_at(&query->scan, query->scan.at, MRRC_ERR_QUERY_DEPTH,
                               "more than 256 brackets and negations are around this", NULL, NULL);
    return MRRC_OK;
}

static void leave(query *query) {
    query->depth--;
}

/* ---- tables ---- */

static mrrci_node *node_at(const query *query, uint32_t number) {
    return (mrrci_node *)(void *)query->filter->nodes.data + number;
}

/* Appends to a table and tells the number there. */
static int keep(mrrc_buffer *table, const void *row, size_t size, uint32_t *number) {
    *number = (uint32_t)(table->size / size);
    return mrrci_buffer_append(table, row, size);
}

static int keep_node(query *query, const mrrci_node *node, uint32_t *number) {
    return keep(&query->filter->nodes, node, sizeof *node, number);
}

int mrrci_query_keep_reference(const mrrci_scan *scan, const mrrci_reference *reference,
                               uint32_t *number) {
    mrrc_filter *filter = scan->program;
    if (filter->references.size / sizeof *reference > MRRCI_QUERY_REFERENCES)
        return mrrci_refuse_at(scan, scan->at, MRRC_ERR_QUERY_DEPTH, "more than 4,096 references",
                               NULL, NULL);
    if (reference->kind != MRRCI_REFERENCE_LEADER)
        filter->needs_fields = true;
    return keep(&filter->references, reference, sizeof *reference, number);
}

/* ---- strings and numbers ---- */

/* A string's bytes are appended to the filter's. */
static int parse_bytes(query *query, mrrci_string *string) {
    mrrc_buffer *bytes = &query->filter->bytes;
    *string = (mrrci_string){.offset = (uint32_t)bytes->size};
    MRRCI_TRY(mrrci_parse_string(&query->scan, bytes));
    string->size = (uint32_t)bytes->size - string->offset;
    return MRRC_OK;
}

/* Makes a string of the filter what values are made. */
static int fold(mrrc_filter *filter, uint32_t fold, mrrci_string *string) {
    mrrci_folded room = {0};
    const uint8_t *text = filter->bytes.data + string->offset;
    size_t size = string->size;
    int status = mrrci_fold(fold, &room, &text, &size);
    if (status == MRRC_OK && room.text.data != NULL && text == room.text.data) {
        filter->bytes.size = string->offset;
        string->size = (uint32_t)size;
        status = mrrci_buffer_append(&filter->bytes, text, size);
    }
    mrrci_folded_clear(&room);
    return status;
}

/* What a string has to be, beside its bytes, to be compared by an operator. */
static int prepare(query *query, enum mrrci_query_operator operator, size_t begin,
                   mrrci_string *string) {
    mrrc_filter *filter = query->filter;
    if (filter->fold != 0)
        MRRCI_TRY(fold(filter, mrrci_fold_of(filter, operator), string));
    const uint8_t *text = filter->bytes.data + string->offset;
    if (operator == MRRCI_SIMILAR) {
        string->points = (uint32_t)(filter->points.size / sizeof(uint32_t));
        MRRCI_TRY(mrrci_points_of(text, string->size, &filter->points));
        string->count = (uint32_t)(filter->points.size / sizeof(uint32_t)) - string->points;
    } else if (operator == MRRCI_MATCHES) {
        mrrc_query_fault fault = {0};
        int status = mrrci_pattern_new(filter, text, string->size, &string->points, &fault);
        if (status == MRRC_ERR_QUERY_PATTERN) /* where escapes are, its places are not the text's */
            return mrrci_refuse_at(&query->scan, begin, status, fault.message, NULL, fault.hint);
        return status;
    }
    return MRRC_OK;
}

static int parse_string(query *query, enum mrrci_query_operator operator, mrrci_test *test) {
    mrrci_string string;
    size_t begin = query->scan.at;
    uint32_t number;
    MRRCI_TRY(parse_bytes(query, &string));
    if (string.size == 0 && query->filter->bytes.data == NULL)
        MRRCI_TRY(mrrci_buffer_reserve(&query->filter->bytes, 1)); /* so that it has a place */
    MRRCI_TRY(prepare(query, operator, begin, &string));
    test->count++;
    return keep(&query->filter->strings, &string, sizeof string, &number);
}

static int parse_list(query *query, enum mrrci_query_operator operator, mrrci_test *test) {
    query->scan.at++;
    (void)mrrci_skip_blanks(&query->scan);
    do {
        MRRCI_TRY(parse_string(query, operator, test));
        (void)mrrci_skip_blanks(&query->scan);
        if (mrrci_take(&query->scan, ']'))
            return MRRC_OK;
        if (!mrrci_take(&query->scan, ','))
            return refuse(query, "the list is not ended", ", or ]", NULL);
        (void)mrrci_skip_blanks(&query->scan);
    } while (!mrrci_take(&query->scan, ']'));
    return MRRC_OK;
}

/* Digits that make no more than `max`. */
static int parse_integer(query *query, size_t digits, uint64_t max, uint32_t *number) {
    uint64_t value = 0;
    size_t begin = query->scan.at, count = 0;
    for (uint8_t byte; (byte = mrrci_peek(&query->scan, 0)) >= '0' && byte <= '9'; count++) {
        if (count == digits || (value = value * 10 + (byte - '0')) > max)
            return mrrci_refuse_at(&query->scan, begin, MRRC_ERR_QUERY_NUMBER,
                                   "the number is too large", NULL, NULL);
        query->scan.at++;
    }
    *number = (uint32_t)value;
    if (count > 0)
        return MRRC_OK;
    bool quoted = mrrci_is_quote(mrrci_peek(&query->scan, 0));
    return refuse(query, "a number is wanted here", "digits",
                  quoted ? "numbers stand without quotes" : NULL);
}

/* ---- operators ---- */

/* Takes an operator; NULL with a fault where there is none. */
static const written *parse_operator(query *query) {
    size_t begin = query->scan.at;
    bool blank = mrrci_skip_blanks(&query->scan);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (take_word(query, signs[i].text))
            return &signs[i];
    bool in = is_next(query, "in"), not_in = is_next(query, "not in");
    uint8_t behind = mrrci_peek(&query->scan, in ? 2 : 6);
    if ((in || not_in) && blank && mrrci_is_blank(behind)) {
        query->scan.at += in ? 2 : 6;
        return in ? &word_in : &word_not_in;
    }
    if (in || not_in) {
        (void)refuse(query, "a blank is needed on both sides of a word", "in ['a', 'b']", NULL);
        return NULL;
    }
    if (is_next(query, "not")) {
        (void)refuse(query, "there is no such operator", OPERATORS,
                     "not in has one blank between its words; not stands as !");
        return NULL;
    }
    uint8_t byte = mrrci_peek(&query->scan, 0);
    const char *hint = NULL;
    if (byte == '=')
        hint = "= is written ==";
    else if (byte == '~')
        hint = "use =~ for a pattern, or =? for a part of the value";
    else if (byte == '?')
        hint = "no blank stands before ?";
    else if (byte == 0 || byte == ')' || byte == '}' || byte == '&' || byte == '|')
        query->scan.at = begin;
    (void)refuse(query, "an operator is wanted here", OPERATORS, hint);
    return NULL;
}

static int parse_bound(query *query, size_t digits, uint64_t max, mrrci_bound *bound) {
    const written *operator = parse_operator(query);
    if (operator == NULL)
        return MRRC_ERR_QUERY_SYNTAX;
    if (operator->listed) {
        query->scan.at -= strlen(operator->text);
        return refuse(query, "a number is compared by another operator", "==, !=, <, <=, > or >=",
                      NULL);
    }
    bound->operator = operator->operator;
    bound->negated = operator->negated;
    (void)mrrci_skip_blanks(&query->scan);
    return parse_integer(query, digits, max, &bound->number);
}

/* Whether one quoted byte is at hand, which in marc21's leader tests may be a backslash. */
static bool is_one_backslash(const query *query) {
    uint8_t quote = mrrci_peek(&query->scan, 0);
    return mrrci_is_quote(quote) && mrrci_peek(&query->scan, 1) == '\\' &&
           mrrci_peek(&query->scan, 2) == quote && mrrci_peek(&query->scan, 3) != quote;
}

static int keep_backslash(query *query, mrrci_test *test) {
    mrrci_string string = {.offset = (uint32_t)query->filter->bytes.size, .size = 1};
    uint32_t number;
    query->scan.at += 3;
    test->count++;
    MRRCI_TRY(mrrci_buffer_append(&query->filter->bytes, "\\", 1));
    return keep(&query->filter->strings, &string, sizeof string, &number);
}

/* An operator and what it compares with.  `*negated` tells of !=. */
static int parse_test(query *query, bool leader, uint32_t *number, bool *unequal) {
    const written *operator = parse_operator(query);
    if (operator == NULL)
        return MRRC_ERR_QUERY_SYNTAX;
    mrrci_test test = {
        .operator = operator->operator,
        .negated = operator->negated,
        .first = (uint32_t)(query->filter->strings.size / sizeof(mrrci_string)),
    };
    *unequal = operator->operator == MRRCI_EQUAL && operator->negated && !operator->listed;
    (void)mrrci_skip_blanks(&query->scan);
    uint8_t next = mrrci_peek(&query->scan, 0);
    if (next == '[' && operator->listed) {
        MRRCI_TRY(parse_list(query, operator->operator, &test));
    } else if (next == '[') {
        return refuse(query, "this operator takes one string", "a text in quotes",
                      "to be one of several is written in ['a', 'b']");
    } else if (next >= '0' && next <= '9') {
        return refuse(query, "a string is wanted here", "a text in quotes",
                      "values are text: '1', and are compared as text");
    } else if (leader && is_one_backslash(query)) {
        MRRCI_TRY(keep_backslash(query, &test));
    } else {
        MRRCI_TRY(parse_string(query, operator->operator, &test));
    }
    if (test.operator == MRRCI_EQUAL && test.count > 8) {
        mrrci_string *strings = (mrrci_string *)(void *)query->filter->strings.data + test.first;
        mrrci_sort_strings(strings, test.count, query->filter->bytes.data);
        test.sorted = true;
    }
    return keep(&query->filter->tests, &test, sizeof test, number);
}

/* ---- what is inside braces ---- */

/* Takes ALL or ANY and the blanks behind. */
static enum mrrci_quantity parse_quantity(query *query) {
    if ((is_next(query, "ALL") || is_next(query, "ANY")) &&
        mrrci_is_blank(mrrci_peek(&query->scan, 3))) {
        bool all = is_next(query, "ALL");
        query->scan.at += 3;
        (void)mrrci_skip_blanks(&query->scan);
        return all ? MRRCI_ALL : MRRCI_ANY;
    }
    return MRRCI_ANY;
}

typedef int parse_one(query *query, uint32_t *number);

static int parse_either(query *query, parse_one *atom, uint32_t *number);

/* "!", brackets, or what `atom` reads. */
static int parse_unary(query *query, parse_one *atom, uint32_t *number) {
    mrrci_node node = {.kind = MRRCI_NODE_NOT};
    if (mrrci_take(&query->scan, '!')) {
        MRRCI_TRY(enter(query));
        (void)mrrci_skip_blanks(&query->scan);
        MRRCI_TRY(parse_unary(query, atom, &node.child));
        leave(query);
        return keep_node(query, &node, number);
    }
    if (mrrci_take(&query->scan, '(')) {
        MRRCI_TRY(enter(query));
        (void)mrrci_skip_blanks(&query->scan);
        MRRCI_TRY(parse_either(query, atom, number));
        (void)mrrci_skip_blanks(&query->scan);
        if (!mrrci_take(&query->scan, ')'))
            return refuse(query, "a bracket is not closed", "), && or ||", NULL);
        leave(query);
        return MRRC_OK;
    }
    return atom(query, number);
}

/* Parts with the same sign between them make one node with many children. */
static int parse_joined(query *query, parse_one *part, parse_one *atom, const char *sign,
                        enum mrrci_node_kind kind, uint32_t *number) {
    uint32_t last, next;
    MRRCI_TRY(part == NULL ? parse_unary(query, atom, &last) : part(query, &last));
    *number = last;
    for (size_t count = 1;; count++) {
        size_t before = query->scan.at;
        (void)mrrci_skip_blanks(&query->scan);
        if (!take_word(query, sign)) {
            query->scan.at = before;
            return MRRC_OK;
        }
        (void)mrrci_skip_blanks(&query->scan);
        if (count == 1) {
            /* what is here may be a node that has a neighbour in another one: no, each part is
             * made just now, and is nobody's child yet */
            mrrci_node node = {.kind = kind, .child = last};
            MRRCI_TRY(keep_node(query, &node, number));
        }
        MRRCI_TRY(part == NULL ? parse_unary(query, atom, &next) : part(query, &next));
        node_at(query, last)->next = next;
        last = next;
    }
}

static int parse_subfield_atom(query *query, uint32_t *number);
static int parse_record_atom(query *query, uint32_t *number);

static int parse_both_of_subfields(query *query, uint32_t *number) {
    return parse_joined(query, NULL, parse_subfield_atom, "&&", MRRCI_NODE_AND, number);
}

static int parse_both_of_record(query *query, uint32_t *number) {
    return parse_joined(query, NULL, parse_record_atom, "&&", MRRCI_NODE_AND, number);
}

static int parse_either(query *query, parse_one *atom, uint32_t *number) {
    parse_one *both = atom == parse_subfield_atom ? parse_both_of_subfields : parse_both_of_record;
    return parse_joined(query, both, atom, "||", MRRCI_NODE_OR, number);
}

/* Codes with their places, as a reference of the field at hand. */
static int parse_codes(query *query, mrrci_reference *reference) {
    mrrci_part part = {.occurrence = MRRCI_EVERYTHING, .characters = MRRCI_EVERYTHING};
    *reference = (mrrci_reference){.kind = MRRCI_REFERENCE_SUBFIELDS, .parts = 1};
    if (mrrci_peek(&query->scan, 0) == '$')
        return refuse(query, "a code stands without a $ in these braces", "a code, as in { a? }",
                      "conditions with $ have no blanks: {$a=\\x}");
    MRRCI_TRY(mrrci_parse_codes(&query->scan, false, &part));
    MRRCI_TRY(mrrci_parse_part(&query->scan, &part));
    reference->part[0] = part;
    return MRRC_OK;
}

static int parse_subfield_atom(query *query, uint32_t *number) {
    mrrci_node node = {.kind = MRRCI_NODE_SUBFIELDS};
    mrrci_reference reference;
    bool counted = mrrci_take(&query->scan, '#'), unused;
    if (!counted)
        node.quantity = parse_quantity(query);
    MRRCI_TRY(parse_codes(query, &reference));
    MRRCI_TRY(mrrci_query_keep_reference(&query->scan, &reference, &node.reference));
    if (counted) {
        node.quantity = MRRCI_COUNT;
        MRRCI_TRY(parse_bound(query, 9, 999999999, &node.bound));
    } else if (!mrrci_take(&query->scan, '?')) {
        uint8_t next = mrrci_peek(&query->scan, 0);
        if ((next >= 'a' && next <= 'z') || (next >= '0' && next <= '9'))
            return refuse(query, "a code is one character", "? or an operator",
                          "several codes are written [ab]");
        MRRCI_TRY(parse_test(query, false, &node.test, &unused));
    } else if (node.quantity == MRRCI_ALL) {
        query->scan.at--;
        return refuse(query, "ALL wants a test behind it, and not ?", OPERATORS, NULL);
    }
    return keep_node(query, &node, number);
}

/* "{ ... }" behind a field. */
static int parse_block(query *query, uint32_t *number) {
    query->scan.at++;
    MRRCI_TRY(enter(query));
    (void)mrrci_skip_blanks(&query->scan);
    MRRCI_TRY(parse_either(query, parse_subfield_atom, number));
    (void)mrrci_skip_blanks(&query->scan);
    leave(query);
    return mrrci_take(&query->scan, '}')
               ? MRRC_OK
               : refuse(query, "the braces are not closed", "}, && or ||", NULL);
}

/* ---- tests of a record ---- */

/* Fields and subfields of which a record has not more than one. */
static bool is_alone(const mrrci_reference *reference) {
    static const char tags[] = "100110111130240245";
    if (!reference->one_tag || reference->parts != 1 || reference->part[0].any)
        return false;
    mrrci_set only_a = {{0, 0}};
    mrrci_add(&only_a, 'a');
    for (size_t i = 0; i + 3 < sizeof tags; i += 3)
        if (mrrci_tag_word((const uint8_t *)tags + i) == reference->word)
            return memcmp(&reference->part[0].codes, &only_a, sizeof only_a) == 0;
    return false;
}

static bool ends_here(const query *query) {
    size_t at = query->scan.at;
    while (at < query->scan.end && mrrci_is_blank(query->scan.text[at]))
        at++;
    if (at == query->scan.end)
        return true;
    uint8_t byte = query->scan.text[at];
    uint8_t next = at + 1 < query->scan.end ? query->scan.text[at + 1] : 0;
    return byte == ')' || (byte == '&' && next == '&') || (byte == '|' && next == '|');
}

static bool is_alphanumeric(uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

/* Whether a word stands at a place of the text, and no letter or digit behind it. */
static bool is_word(const query *query, size_t at, const char *word) {
    size_t size = strlen(word);
    const mrrci_scan *scan = &query->scan;
    return scan->end - at >= size && memcmp(scan->text + at, word, size) == 0 &&
           (scan->end - at == size || !is_alphanumeric(scan->text[at + size]));
}

/* What is meant where the operator behind a reference is missing, or NULL. */
static const char *meant(const query *query, size_t begin) {
    const mrrci_scan *scan = &query->scan;
    size_t at = scan->at;
    while (at < scan->end && mrrci_is_blank(scan->text[at]))
        at++;
    uint8_t next = at < scan->end ? scan->text[at] : 0;
    if (next == '.' && is_word(query, begin, "LDR"))
        return "its parts stand behind small letters: ldr.type";
    if (at == scan->at)
        return NULL;
    if (next == '$')
        return "no blank stands before a $: 245$a";
    if (is_word(query, at, "as") || is_word(query, at, "AS"))
        return "AS names a column of a table, and a filter has none";
    bool small = is_word(query, begin, "all") || is_word(query, begin, "any");
    return small && is_alphanumeric(next) && !is_word(query, at, "in") && !is_word(query, at, "not")
               ? "ALL and ANY are written in capitals"
               : NULL;
}

/* Whether a tag is none that anybody has, or goes on behind its three characters. */
static bool is_no_tag(const query *query, size_t begin) {
    uint8_t first = query->scan.text[begin], next = mrrci_peek(&query->scan, 0);
    uint8_t after = mrrci_peek(&query->scan, 1);
    bool letter = is_alphanumeric(first) && first > '9' && first != 'X' && first != 'x';
    return letter || (next >= '0' && next <= '9' && after != 0 && strchr("0123456789$./", after));
}

/* What a bare tag lacks, in the words of who knows other programs. */
static int refuse_bare(const query *query, size_t begin) {
    static const char form[] = "write 000$a";
    char hint[sizeof form + 16];
    uint8_t next = mrrci_peek(&query->scan, 0);
    memcpy(hint, form, sizeof form);
    if (query->scan.at - begin >= 3)
        memcpy(hint + 6, query->scan.text + begin, 3);
    if ((next >= 'a' && next <= 'z') || (next >= '0' && next <= '9')) {
        if (is_no_tag(query, begin))
            return refuse(query, "a tag has three characters", "$, ., /, {, ? or an operator", NULL);
        bool more = mrrci_peek(&query->scan, 1) >= 'a' && mrrci_peek(&query->scan, 1) <= 'z';
        hint[10] = (char)next;
        if (more) { /* "245ab" */
            hint[11] = '$';
            hint[12] = (char)mrrci_peek(&query->scan, 1);
            hint[13] = 0;
        }
        return refuse(query, "a $ stands before a subfield code", "$, ., /, {, ? or an operator",
                      hint);
    }
    if (next == '|')
        return refuse(query, "indicators stand behind a /, codes behind a $",
                      "$, ., /, {, ? or an operator", "write 245/10$a");
    memcpy(hint + 9, "/*?", 4);
    if (ends_here(query))
        return refuse(query, "a field alone is no test", "? or an operator", hint);
    return MRRC_OK;
}

static int refuse_value(const query *query, size_t at) {
    return refuse_meaning(query, at, "a data field has no value of its own",
                          "name a subfield, as in 245$a, or $* for all");
}

/* How many characters each value of a reference has, and whether it is never fewer unless there
 * are none; UINT32_MAX where nobody knows. */
static uint32_t width_of(const mrrci_reference *reference, bool *exact) {
    enum { LEADER = 24 };
    const mrrci_span *span = &reference->characters;
    uint32_t end = span->end;
    *exact = reference->kind != MRRCI_REFERENCE_CHARACTERS;
    switch (reference->kind) {
    case MRRCI_REFERENCE_INDICATOR_1:
    case MRRCI_REFERENCE_INDICATOR_2:
        return 1;
    case MRRCI_REFERENCE_LEADER:
        end = end < LEADER ? end : LEADER;
        break;
    case MRRCI_REFERENCE_RANGE:
    case MRRCI_REFERENCE_CHARACTERS:
        break;
    case MRRCI_REFERENCE_FIELD:
    case MRRCI_REFERENCE_SUBFIELDS:
        return UINT32_MAX;
    }
    if (end == UINT32_MAX || span->tail > 0)
        return UINT32_MAX;
    return end > span->from ? end - span->from : 0;
}

/* Whether values of so many characters may be what a string wants. */
static bool may_hold(const mrrci_string *string, const uint8_t *text, uint32_t width, bool exact,
                     bool whole) {
    for (uint32_t i = 0; i < string->size; i++)
        if (text[i] >= 0x80)
            return true; /* how many characters these are depends on who counts */
    if (string->size > width)
        return false;
    return !whole || !exact || string->size == 0 || string->size == width;
}

/* Warns where no value is as long as all that it is compared with. */
static int warn_of_width(query *query, const mrrci_reference *reference, uint32_t number,
                         size_t at) {
    const mrrc_filter *filter = query->filter;
    const mrrci_test *test = MRRCI_AT(mrrci_test, filter->tests, number);
    bool exact, whole = test->operator == MRRCI_EQUAL;
    uint32_t width = width_of(reference, &exact);
    if (filter->fold != 0 || width == UINT32_MAX || (!whole && test->operator != MRRCI_CONTAINS &&
                                test->operator != MRRCI_STARTS && test->operator != MRRCI_ENDS))
        return MRRC_OK;
    for (uint32_t i = 0; i < test->count; i++) {
        const mrrci_string *string = MRRCI_AT(mrrci_string, filter->strings, test->first + i);
        if (may_hold(string, filter->bytes.data + string->offset, width, exact, whole))
            return MRRC_OK;
    }
    char hint[sizeof((mrrc_query_fault *)NULL)->hint];
    (void)snprintf(hint, sizeof hint, "the place has %u character%s", (unsigned)width,
                   width == 1 ? "" : "s");
    return mrrci_warn(&query->scan, at, "no text of this length is ever found there", hint);
}

/* A test, "?", or nothing, behind a reference. */
static int parse_value_test(query *query, const mrrci_reference *reference, size_t begin,
                            mrrci_node *node) {
    bool bare = reference->kind == MRRCI_REFERENCE_FIELD && !reference->indexed &&
                reference->conditions == 0;
    if (mrrci_take(&query->scan, '?')) {
        if (reference->kind == MRRCI_REFERENCE_RANGE)
            return refuse_meaning(query, query->scan.at - 1, "a range is always there",
                                  "for a byte 008[35] != ''; for a field by its number 245[0-0]?");
        if (node->quantity == MRRCI_ALL)
            return refuse(query, "ALL wants a test behind it, and not ?", OPERATORS, NULL);
        return MRRC_OK;
    }
    if (reference->kind == MRRCI_REFERENCE_RANGE && ends_here(query))
        return refuse(query, "a range alone is no test", OPERATORS,
                      "for a byte 008[35] != ''; for a field by its number 245[0-0]");
    if (bare)
        MRRCI_TRY(refuse_bare(query, begin));
    else if (node->quantity != MRRCI_ALL && ends_here(query))
        return MRRC_OK;
    const char *hint = meant(query, begin);
    size_t behind = query->scan.at;
    (void)mrrci_skip_blanks(&query->scan);
    size_t at = query->scan.at;
    bool unequal;
    if (hint != NULL)
        return refuse(query, "an operator is wanted here", OPERATORS, hint);
    query->scan.at = behind; /* a word wants a blank before it */
    MRRCI_TRY(parse_test(query, reference->kind == MRRCI_REFERENCE_LEADER, &node->test, &unequal));
    MRRCI_TRY(warn_of_width(query, reference, node->test, at));
    if (reference->kind == MRRCI_REFERENCE_FIELD) {
        if (!reference->plain_indicators || reference->conditions != 0 ||
            (reference->indexed && !mrrci_may_be_control(reference)))
            return refuse_value(query, at);
        const mrrci_test *test = MRRCI_AT(mrrci_test, query->filter->tests, node->test);
        if (!mrrci_may_be_control(reference)) {
            if (test->operator > MRRCI_LESS_EQUAL)
                return refuse_value(query, at);
            return mrrci_warn(&query->scan, begin,
                              "a data field has no value of its own: this is never true",
                              "name a subfield, as in 245$a, or $* for all");
        }
    }
    if (unequal && node->quantity == MRRCI_ANY &&
        reference->kind == MRRCI_REFERENCE_SUBFIELDS && !is_alone(reference))
        return mrrci_warn(&query->scan, at, "one value that differs is enough for !=",
                          "that none is equal is written !(... == ...)");
    return MRRC_OK;
}

static int parse_count(query *query, uint32_t *number) {
    mrrci_node node = {.quantity = MRRCI_COUNT};
    mrrci_reference reference;
    query->scan.counted = true;
    int status = mrrci_parse_reference(&query->scan, &reference);
    query->scan.counted = false;
    MRRCI_TRY(status);
    bool field = reference.kind == MRRCI_REFERENCE_FIELD;
    node.kind = field ? MRRCI_NODE_FIELDS : MRRCI_NODE_VALUES;
    if (field && mrrci_peek(&query->scan, 0) == '{')
        MRRCI_TRY(parse_block(query, &node.child));
    MRRCI_TRY(mrrci_query_keep_reference(&query->scan, &reference, &node.reference));
    MRRCI_TRY(parse_bound(query, 9, 999999999, &node.bound));
    return keep_node(query, &node, number);
}

static bool is_number_of_leader(const query *query, size_t begin, const mrrci_reference *found) {
    return found->kind == MRRCI_REFERENCE_LEADER && begin + 3 < query->scan.end &&
           query->scan.text[begin + 3] == '.' &&
           found->characters.end - found->characters.from == 5;
}

static int parse_record_atom(query *query, uint32_t *number) {
    mrrci_node node = {.kind = MRRCI_NODE_VALUES};
    mrrci_reference reference;
    if (mrrci_take(&query->scan, '#'))
        return parse_count(query, number);
    node.quantity = parse_quantity(query);
    size_t begin = query->scan.at;
    if (begin == query->scan.end)
        return refuse(query, "a test is wanted here", "a tag, as in 245$a, ldr., #, ! or (", NULL);
    MRRCI_TRY(mrrci_parse_reference(&query->scan, &reference));
    if (is_number_of_leader(query, begin, &reference)) {
        node.kind = MRRCI_NODE_LEADER_NUMBER;
        MRRCI_TRY(parse_bound(query, 10, UINT32_MAX, &node.bound));
    } else if (reference.kind == MRRCI_REFERENCE_FIELD && mrrci_peek(&query->scan, 0) == '{') {
        node.kind = MRRCI_NODE_FIELDS;
        if (reference.conditions != 0) {
            /* a block behind conditions is one of their field */
            if (mrrci_starts_conditions(&query->scan))
                return refuse(query, "too many conditions", NULL, NULL);
        }
        MRRCI_TRY(parse_block(query, &node.child));
    } else {
        MRRCI_TRY(parse_value_test(query, &reference, begin, &node));
        if (reference.kind == MRRCI_REFERENCE_FIELD && node.test == 0)
            node.kind = MRRCI_NODE_FIELDS;
        node.head = node.test != 0 && !reference.indexed &&
                    (reference.kind == MRRCI_REFERENCE_FIELD ||
                     reference.kind == MRRCI_REFERENCE_RANGE);
    }
    MRRCI_TRY(mrrci_query_keep_reference(&query->scan, &reference, &node.reference));
    return keep_node(query, &node, number);
}

/* ---- the whole ---- */

/* The first row of each of these tables stands for nothing. */
int mrrci_query_begin(mrrc_filter *filter) {
    static const mrrci_node node;
    static const mrrci_test test;
    static const mrrci_conditions conditions;
    static const mrrci_reference reference;
    MRRCI_TRY(mrrci_buffer_append(&filter->nodes, &node, sizeof node));
    MRRCI_TRY(mrrci_buffer_append(&filter->tests, &test, sizeof test));
    MRRCI_TRY(mrrci_buffer_append(&filter->references, &reference, sizeof reference));
    return mrrci_buffer_append(&filter->lists, &conditions, sizeof conditions);
}

int mrrci_query_parse(mrrc_filter *filter, const uint8_t *text, size_t size,
                      mrrc_query_fault *fault) {
    query query = {
        .scan = {.text = text,
                 .end = size,
                 .fault = fault,
                 .warnings = &filter->warnings,
                 .filter = true,
                 .conditions = mrrci_query_conditions,
                 .program = filter},
        .filter = filter,
    };
    if (size > MRRCI_QUERY_SIZE)
        return mrrci_refuse_at(&query.scan, 0, MRRC_ERR_QUERY_DEPTH,
                               "a filter has at most 1,048,576 bytes", NULL, NULL);
    if (!mrrci_utf8_valid(text, size))
        return mrrci_refuse_at(&query.scan, 0, MRRC_ERR_QUERY_STRING, "the text is not UTF-8", NULL,
                               NULL);
    MRRCI_TRY(mrrci_query_begin(filter));
    (void)mrrci_skip_blanks(&query.scan);
    if (query.scan.at == size)
        return refuse(&query, "the filter is empty", "a test, as in 245$a =? 'x'", NULL);
    MRRCI_TRY(parse_either(&query, parse_record_atom, &filter->root));
    (void)mrrci_skip_blanks(&query.scan);
    if (query.scan.at == size)
        return MRRC_OK;
    uint8_t byte = mrrci_peek(&query.scan, 0);
    const char *hint = NULL;
    if (byte == '&' || is_next(&query, "and"))
        hint = "and is written &&";
    else if (byte == '|' || is_next(&query, "or"))
        hint = "or is written ||";
    else if (byte == '^' || is_next(&query, "xor"))
        hint = "there is no sign for either but not both";
    else if (byte == '{')
        hint = "conditions have no blanks: 020$c{$q=\\x}";
    return refuse(&query, "the filter should end here", "&& or ||", hint);
}
