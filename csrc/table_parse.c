/* SPDX-License-Identifier: MIT
 *
 * table_parse.c: the text of a query compiled into columns.  The language is that of the German
 * National Library's marc21: items with commas between them, columns in braces with a
 * condition behind a bar, constants, affixes and names.  References are read by the one
 * parser there is, and conditions are filters, so that both mean the same everywhere.
 */
#include "scan.h"
#include "table_columns.h"

typedef struct query {
    mrrci_scan scan;
    mrrc_table *table;
    uint32_t similarity, fold;
    size_t end;               /* of the text; the scan's is nearer while a reference is read */
} query;

/* ---- the text ---- */

static bool is_word(uint8_t byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static int refuse(const query *query, const char *message, const char *expected,
                  const char *hint) {
    return mrrci_refuse_syntax(&query->scan, message, expected, hint);
}

/* ---- strings and names ---- */

static int parse_string(query *query, mrrci_words *words) {
    mrrc_buffer *bytes = &query->table->bytes;
    size_t begin = query->scan.at;
    words->offset = (uint32_t)bytes->size;
    MRRCI_TRY(mrrci_parse_string(&query->scan, bytes));
    /* rows and cells are told apart by these on their way to a program */
    for (size_t i = begin; i < query->scan.at; i++)
        if (query->scan.text[i] >= MRRCI_RECORD && query->scan.text[i] <= MRRCI_SUBFIELD)
            return mrrci_refuse_at(&query->scan, i, MRRC_ERR_QUERY_STRING,
                                   "a structural character has no place in a string", NULL, NULL);
    words->size = (uint32_t)bytes->size - words->offset;
    return MRRC_OK;
}

/* Whether AS and a blank are at hand. */
static bool is_at_name(const query *query) {
    return mrrci_peek(&query->scan, 0) == 'A' && mrrci_peek(&query->scan, 1) == 'S' &&
           mrrci_is_blank(mrrci_peek(&query->scan, 2));
}

static bool ends_item(uint8_t byte) {
    return byte == 0 || byte == ',' || byte == '|' || byte == '}' || mrrci_is_blank(byte);
}

/* Whether nothing but blanks stands between a place and the end of a column. */
static bool ends_column(const query *query, size_t at) {
    while (at < query->scan.end && mrrci_is_blank(query->scan.text[at]))
        at++;
    return at == query->scan.end || ends_item(query->scan.text[at]);
}

static int keep_name(query *query, size_t from, size_t to, mrrci_words *name) {
    mrrc_buffer *bytes = &query->table->bytes;
    name->offset = (uint32_t)bytes->size;
    name->size = (uint32_t)(to - from);
    return mrrci_buffer_append(bytes, query->scan.text + from, to - from);
}

/* "AS name".  marc21 takes a backtick on either side of a word; between two of them anything may
 * stand, too. */
static int parse_name(query *query, mrrci_words *name) {
    size_t before = query->scan.at;
    bool blank = mrrci_skip_blanks(&query->scan);
    if (!is_at_name(query)) {
        query->scan.at = before;
        return MRRC_OK;
    }
    if (!blank)
        return refuse(query, "a blank is needed before AS", NULL, NULL);
    query->scan.at += 2;
    (void)mrrci_skip_blanks(&query->scan);
    bool quoted = mrrci_take(&query->scan, '`');
    size_t from = query->scan.at, to = from;
    while (to < query->scan.end && is_word(query->scan.text[to]))
        to++;
    size_t behind = to + (to < query->scan.end && query->scan.text[to] == '`');
    if (to > from && ends_column(query, behind)) {
        query->scan.at = behind;
        return keep_name(query, from, to, name);
    }
    const uint8_t *end = quoted ? memchr(query->scan.text + from, '`', query->scan.end - from)
                                : NULL;
    if (end == NULL || end == query->scan.text + from)
        return refuse(query, "a name is wanted here", "letters, digits or _",
                      "other names stand in backticks: AS `main title`");
    to = (size_t)(end - query->scan.text);
    for (size_t i = from; i < to; i++)
        if (query->scan.text[i] < ' ')
            return refuse(query, "a name has no control characters", NULL, NULL);
    query->scan.at = to + 1;
    return keep_name(query, from, to, name);
}

/* What is put behind a value. */
static int parse_suffix(query *query, mrrci_table_column *column) {
    size_t before = query->scan.at;
    bool blank = mrrci_skip_blanks(&query->scan);
    if (mrrci_is_quote(mrrci_peek(&query->scan, 0)) && blank)
        return parse_string(query, &column->behind);
    query->scan.at = before;
    return MRRC_OK;
}

/* ---- columns ---- */

static int keep_column(query *query, mrrci_item *item, const mrrci_table_column *column) {
    mrrc_buffer *columns = &query->table->columns;
    if (columns->size / sizeof *column >= MRRCI_TABLE_COLUMNS)
        return mrrci_refuse_at(&query->scan, query->scan.at, MRRC_ERR_QUERY_DEPTH,
                               "more than 4,096 columns", NULL, NULL);
    item->count++;
    return mrrci_buffer_append(columns, column, sizeof *column);
}

/* Whether behind a string and a blank something stands that the string is a prefix of. */
static bool is_prefix(const query *query, bool blank) {
    uint8_t byte = mrrci_peek(&query->scan, 0);
    return blank && byte != 0 && byte != ',' && byte != '|' && byte != '}' && !is_at_name(query);
}

static int parse_codes(query *query, mrrci_table_column *column) {
    mrrci_part part = {.occurrence = MRRCI_EVERYTHING, .characters = MRRCI_EVERYTHING};
    uint8_t byte = mrrci_peek(&query->scan, 0);
    column->reference = (mrrci_reference){.kind = MRRCI_REFERENCE_SUBFIELDS, .parts = 1};
    if (byte == '$')
        return refuse(query, "a code stands without a $ in these braces", "a code, as in { a, b }",
                      NULL);
    if (byte == 0 || byte == '}' || byte == '|' || byte == ',')
        return refuse(query, "a column is wanted here", "a code, _ or a text in quotes", NULL);
    MRRCI_TRY(mrrci_parse_codes(&query->scan, false, &part));
    MRRCI_TRY(mrrci_parse_part(&query->scan, &part));
    column->reference.part[0] = part;
    return MRRC_OK;
}

/* One column in braces. */
static int parse_column(query *query, mrrci_item *item) {
    mrrci_table_column column = {.constant = false};
    mrrci_words unused;
    if (mrrci_peek(&query->scan, 0) == '_' && !is_word(mrrci_peek(&query->scan, 1))) {
        query->scan.at++;
        return parse_name(query, &unused);
    }
    if (mrrci_is_quote(mrrci_peek(&query->scan, 0))) {
        MRRCI_TRY(parse_string(query, &column.before));
        size_t before = query->scan.at;
        column.constant = !is_prefix(query, mrrci_skip_blanks(&query->scan));
        if (column.constant)
            query->scan.at = before;
    }
    if (!column.constant) {
        MRRCI_TRY(parse_codes(query, &column));
        MRRCI_TRY(parse_suffix(query, &column));
    }
    MRRCI_TRY(parse_name(query, &column.name));
    return keep_column(query, item, &column);
}

/* The place of the brace that ends a block, or the text's end. */
static size_t block_end(const query *query) {
    size_t at = query->scan.at, depth = 0;
    for (uint8_t quote = 0; at < query->end; at++) {
        uint8_t byte = query->scan.text[at];
        if (quote != 0) {
            at += byte == '\\';
            quote = byte == quote ? 0 : quote;
        } else if (mrrci_is_quote(byte)) {
            quote = byte;
        } else if (byte == '{') {
            depth++;
        } else if (byte == '}' && depth-- == 0) {
            break;
        }
    }
    return at < query->end ? at : query->end;
}

/* Says of what a filter tells where it stands in the query. */
static void move(mrrc_query_fault *fault, size_t before, size_t from) {
    fault->offset = (uint32_t)(fault->offset > before ? fault->offset - before + from : from);
}

/* The condition behind a bar: a filter of records that have the field at hand and no other. */
static int parse_condition(query *query, mrrci_item *item) {
    static const char head[] = ".../*{";
    mrrc_buffer text = {0};
    mrrc_query_fault fault;
    size_t from = query->scan.at, to = block_end(query), count;
    if (to == query->end)
        return refuse(query, "the braces are not closed", "}", NULL);
    int status = mrrci_buffer_append(&text, head, strlen(head));
    if (status == MRRC_OK)
        status = mrrci_buffer_append(&text, query->scan.text + from, to + 1 - from);
    if (status == MRRC_OK) {
        item->condition =
            mrrc_filter_new(text.text, text.size, query->similarity, query->fold, &fault);
        if (item->condition == NULL) {
            status = fault.code;
            move(&fault, strlen(head), from);
            if (query->scan.fault != NULL && status != MRRC_ERR_MEMORY)
                *query->scan.fault = fault;
        }
    }
    mrrci_buffer_clear(&text);
    MRRCI_TRY(status);
    item->matcher = mrrci_matcher_new(item->condition);
    if (item->matcher == NULL)
        return MRRC_ERR_MEMORY;
    const mrrc_query_fault *warnings = mrrc_filter_warnings(item->condition, &count);
    for (size_t i = 0; i < count; i++) {
        fault = warnings[i];
        move(&fault, strlen(head), from);
        MRRCI_TRY(mrrci_buffer_append(&query->table->warnings, &fault, sizeof fault));
    }
    query->scan.at = to;
    return MRRC_OK;
}

/* Whatever the code is. */
static const mrrci_part any_code = {
    .occurrence = {0, UINT32_MAX, 0}, .characters = {0, UINT32_MAX, 0}, .any = true};

/* "{ a, b AS name | condition }". */
static int parse_columns(query *query, mrrci_item *item) {
    item->kind = MRRCI_ITEM_COLUMNS;
    query->scan.at++;
    do {
        (void)mrrci_skip_blanks(&query->scan);
        MRRCI_TRY(parse_column(query, item));
        (void)mrrci_skip_blanks(&query->scan);
    } while (mrrci_take(&query->scan, ','));
    if (item->count == 0 && query->table->flags & MRRC_TABLE_CODES) {
        const mrrci_table_column all = {
            .reference = {.kind = MRRCI_REFERENCE_SUBFIELDS, .parts = 1, .part = {any_code}}};
        MRRCI_TRY(keep_column(query, item, &all));
    }
    if (mrrci_take(&query->scan, '|'))
        MRRCI_TRY(parse_condition(query, item));
    if (mrrci_take(&query->scan, '}'))
        return MRRC_OK;
    bool quote = mrrci_is_quote(mrrci_peek(&query->scan, 0));
    return refuse(query, "the braces are not closed", ", | or }",
                  quote ? "a blank stands before a text" : NULL);
}

/* ---- items ---- */

/* The place where a reference has to end. */
static size_t reference_end(const query *query) {
    size_t at = query->scan.at;
    for (; at < query->end; at++) {
        uint8_t byte = query->scan.text[at];
        if (byte == '[') {
            const uint8_t *end = memchr(query->scan.text + at, ']', query->end - at);
            if (end == NULL)
                return query->end;
            at = (size_t)(end - query->scan.text);
        } else if (byte == '$') {
            at++;
        } else if (byte == '{' || ends_item(byte) || mrrci_is_quote(byte)) {
            break;
        }
    }
    return at < query->end ? at : query->end;
}

/* Whether the brace at a place, if it is one, holds conditions. */
static bool starts_conditions(const query *query, size_t at) {
    mrrci_scan ahead = query->scan;
    ahead.at = at;
    return mrrci_peek(&ahead, 0) == '{' && mrrci_starts_conditions(&ahead);
}

static int refuse_rest(const query *query, const mrrci_reference *reference) {
    if (mrrci_peek(&query->scan, 0) == '{')
        return refuse(query, "conditions stand inside the braces of columns", NULL,
                      "write 020/*{ c | q == 'x' } or 020$c{$q=\\x}");
    if (reference->kind == MRRCI_REFERENCE_SUBFIELDS)
        return refuse(query, "one code stands behind a . or $", NULL,
                      "several in one column: 245/*.[ab]; in several: 245/*{ a, b }");
    return refuse(query, "a subfield code has a . or $ before it", "$, ., / or {",
                  "write 245$a, 008/35-37 or 008[35:38]");
}

static int warn_of_no_value(query *query, size_t begin) {
    return mrrci_warn(&query->scan, begin, "a data field has no value of its own: it stays empty",
                      "name a subfield, as in 650$a, or $* for all");
}

static void set_kind(mrrci_item *item, bool slash) {
    const mrrci_reference *reference = &item->reference;
    item->conditional = reference->conditions != 0;
    for (size_t i = 0; i < reference->parts; i++)
        item->conditional |= reference->part[i].conditions != 0;
    switch (reference->kind) {
    case MRRCI_REFERENCE_LEADER:
        item->kind = MRRCI_ITEM_LEADER;
        break;
    case MRRCI_REFERENCE_SUBFIELDS:
        item->kind = MRRCI_ITEM_SUBFIELDS;
        break;
    default:
        item->kind = MRRCI_ITEM_FIELD;
        /* marc21 looks for control fields where they belong, and has no whole fields */
        item->whole = reference->kind == MRRCI_REFERENCE_FIELD &&
                      (slash || reference->indexed || reference->conditions != 0);
        item->head = reference->kind == MRRCI_REFERENCE_RANGE ||
                     (reference->kind == MRRCI_REFERENCE_FIELD && !item->whole);
        break;
    }
}

/* A reference, alone or with columns in braces behind it. */
static int parse_reference(query *query, mrrci_item *item, mrrci_table_column *column) {
    size_t begin = query->scan.at, end = reference_end(query);
    bool conditions = starts_conditions(query, end);
    bool braces = end < query->end && query->scan.text[end] == '{' && !conditions;
    bool slash = memchr(query->scan.text + begin, '/', end - begin) != NULL;
    if (!braces && !conditions)
        query->scan.end = end;
    /* before braces a tag means what it means in a filter, and so does one of any indicators */
    bool star = end - begin > 2 && query->scan.text[end - 1] == '*' &&
                query->scan.text[end - 2] == '/';
    query->scan.filter = braces || star;
    MRRCI_TRY(mrrci_parse_reference(&query->scan, &item->reference));
    query->scan.filter = false;
    query->scan.end = query->end;
    if (conditions) { /* whose end only their parser finds */
        uint8_t next = mrrci_peek(&query->scan, 0);
        braces = next == '{';
        end = braces || ends_item(next) || mrrci_is_quote(next) ? query->scan.at : end;
    }
    if (braces) {
        if (query->scan.at != end || item->reference.kind != MRRCI_REFERENCE_FIELD)
            return refuse_rest(query, &item->reference);
        if (column->before.size > 0)
            return refuse(query, "what is put before values stands inside the braces", NULL,
                          "write 245/*{ 'x' a }");
        return parse_columns(query, item);
    }
    if (query->scan.at != end)
        return refuse_rest(query, &item->reference);
    if (item->reference.kind == MRRCI_REFERENCE_FIELD &&
        query->table->flags & MRRC_TABLE_CODES && mrrci_may_be_data(&item->reference)) {
        item->reference.kind = MRRCI_REFERENCE_SUBFIELDS;
        item->reference.part[item->reference.parts++] = any_code;
    }
    set_kind(item, slash);
    const mrrci_span *span = &item->reference.characters;
    item->number = item->kind == MRRCI_ITEM_LEADER && end - begin > 4 &&
                   query->scan.text[begin + 3] == '.' && span->end - span->from == 5;
    if (item->reference.kind == MRRCI_REFERENCE_FIELD && !item->whole &&
        !mrrci_may_be_control(&item->reference))
        MRRCI_TRY(warn_of_no_value(query, begin));
    return parse_suffix(query, column);
}

static void want(mrrc_table *table, const mrrci_item *item, size_t index) {
    if (item->kind < MRRCI_ITEM_FIELD)
        return;
    for (int i = 0; i < 3; i++)
        for (uint8_t byte = 0; byte < 128; byte++)
            if (mrrci_has(&item->reference.tag[i], byte))
                table->wanted[i][byte] |= (uint64_t)1 << index % 64;
}

static int parse_inside(query *query, mrrci_item *item) {
    mrrci_table_column column = {.constant = false};
    if (mrrci_is_quote(mrrci_peek(&query->scan, 0))) {
        MRRCI_TRY(parse_string(query, &column.before));
        size_t before = query->scan.at;
        column.constant = !is_prefix(query, mrrci_skip_blanks(&query->scan));
        if (column.constant)
            query->scan.at = before;
    }
    if (query->scan.at == query->end && !column.constant)
        return refuse(query, "a column is wanted here", "a tag, as in 245$a, ldr. or a text", NULL);
    item->kind = MRRCI_ITEM_CONSTANT;
    if (!column.constant)
        MRRCI_TRY(parse_reference(query, item, &column));
    if (item->kind == MRRCI_ITEM_COLUMNS)
        return MRRC_OK;
    MRRCI_TRY(parse_name(query, &column.name));
    return keep_column(query, item, &column);
}

static int parse_item(query *query) {
    mrrci_item item = {
        .first = (uint32_t)(query->table->columns.size / sizeof(mrrci_table_column))};
    int status = parse_inside(query, &item);
    if (status == MRRC_OK) {
        want(query->table, &item, query->table->items.size / sizeof item);
        status = mrrci_buffer_append(&query->table->items, &item, sizeof item);
    }
    if (status < 0) {
        mrrci_matcher_free(item.matcher);
        mrrc_filter_free(item.condition);
    }
    return status;
}

/* Makes what asks records for conditions, where there are some. */
static int begin_conditions(mrrc_table *table) {
    if (!mrrci_filter_has_conditions(table->conditions)) {
        mrrc_filter_free(table->conditions);
        table->conditions = NULL;
        return MRRC_OK;
    }
    table->asker = mrrci_matcher_new(table->conditions);
    return table->asker == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
}

int mrrci_table_parse(mrrc_table *table, const uint8_t *text, size_t size, uint32_t similarity,
                      uint32_t fold, mrrc_query_fault *fault) {
    query query = {.scan = {.text = text,
                            .end = size,
                            .fault = fault,
                            .warnings = &table->warnings,
                            .conditions = mrrci_query_conditions},
                   .table = table,
                   .similarity = similarity,
                   .fold = fold,
                   .end = size};
    if (size > MRRCI_TABLE_SIZE)
        return mrrci_refuse_at(&query.scan, 0, MRRC_ERR_QUERY_DEPTH,
                               "a query has at most 65,536 bytes", NULL, NULL);
    if (!mrrci_utf8_valid(text, size))
        return mrrci_refuse_at(&query.scan, 0, MRRC_ERR_QUERY_STRING, "the text is not UTF-8", NULL,
                               NULL);
    query.scan.program = table->conditions = mrrci_filter_of_conditions(fold);
    if (table->conditions == NULL)
        return MRRC_ERR_MEMORY;
    do {
        (void)mrrci_skip_blanks(&query.scan);
        if (mrrci_peek(&query.scan, 0) == '_')
            return refuse(&query, "_ stands for no column inside braces, and nowhere else",
                          "a tag, ldr. or a text in quotes", "075{ _ | b? }");
        MRRCI_TRY(parse_item(&query));
        (void)mrrci_skip_blanks(&query.scan);
    } while (mrrci_take(&query.scan, ','));
    if (query.scan.at == size)
        return begin_conditions(table);
    if (mrrci_is_quote(mrrci_peek(&query.scan, 0)))
        return refuse(&query, "a blank stands before a text that is put behind values", NULL, NULL);
    const char *hint = NULL;
    if (mrrci_peek(&query.scan, 0) == '|')
        hint = "conditions stand in braces";
    else if (mrrci_peek(&query.scan, 0) == 'a' && mrrci_peek(&query.scan, 1) == 's' &&
             !is_word(mrrci_peek(&query.scan, 2)))
        hint = "AS is written in capitals";
    return refuse(&query, "a comma stands between columns", ", or AS", hint);
}
