/* SPDX-License-Identifier: MIT
 *
 * select_parse.c: selectors ("245$a", "6XX$a", "008/35-37", "020$c{$q=\paperback}") compiled into
 * a flat table: a line each, of one reference.
 */
#include "query.h"
#include "scan.h"
#include "select_column.h"

/* Says why a selector does not end where it should. */
static int refuse_rest(const mrrci_scan *scan, const mrrci_reference *reference) {
    uint8_t byte = mrrci_peek(scan, 0);
    if (byte == ' ' || byte == '\t')
        return mrrci_refuse(scan, "no blank stands inside a selector");
    if (byte == '{')
        return mrrci_refuse(scan, "a column is one selector: no columns in braces");
    if (byte == ',')
        return mrrci_refuse(scan, "a column is one selector: no comma");
    if (reference->kind == MRRCI_REFERENCE_SUBFIELDS)
        return mrrci_refuse(scan, "one code stands behind each $: 245$a$b, or 245$[ab]");
    if (reference->kind == MRRCI_REFERENCE_FIELD)
        return mrrci_refuse(scan, "$ stands before a subfield code, / before characters");
    return mrrci_refuse(scan, "the selector should end here");
}

static int parse_selector(mrrci_scan *scan, mrrci_reference *reference) {
    MRRCI_TRY(mrrci_parse_reference(scan, reference));
    return scan->at == scan->end ? MRRC_OK : refuse_rest(scan, reference);
}

/* ---- the table ---- */

static void want(mrrci_columns *columns, const mrrci_column *column, size_t index) {
    for (int i = 0; i < 3; i++)
        for (uint8_t byte = 0; byte < 128; byte++)
            if (mrrci_has(&column->reference.tag[i], byte))
                columns->wanted[i][byte] |= (uint64_t)1 << index % 64;
}

/* Compiles one line, with the blanks around it left out. */
static int compile_line(mrrci_columns *columns, size_t from, size_t to, mrrc_error *err) {
    const uint8_t *text = columns->text.data;
    mrrci_column column = {0};
    while (from < to && (text[from] == ' ' || text[from] == '\t'))
        from++;
    while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t' || text[to - 1] == '\r'))
        to--;
    mrrc_query_fault fault = {0};
    mrrci_scan scan = {
        .text = text,
        .at = from,
        .end = to,
        .fault = &fault,
        .warnings = &columns->warnings,
        .conditions = mrrci_query_conditions,
        .program = columns->conditions,
    };
    column.name = from;
    column.name_size = to - from;
    int status = from < to ? parse_selector(&scan, &column.reference)
                           : mrrci_refuse(&scan, "a selector is wanted here, as in 245$a");
    if (status == MRRC_ERR_MEMORY)
        return mrrci_fail(err, status, from);
    if (status < 0)
        return mrrci_fail_detail(err, MRRC_ERR_ARGUMENT, fault.offset, fault.message);
    if (mrrci_buffer_append(&columns->columns, &column, sizeof column) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, from);
    want(columns, &column, columns->count++);
    return MRRC_OK;
}

static int compile(mrrci_columns *columns, const char *selectors, size_t size, mrrc_error *err) {
    /* room for a byte more, so that no selector at all has a place too */
    columns->conditions = mrrci_filter_of_conditions(0);
    if (columns->conditions == NULL || mrrci_buffer_reserve(&columns->text, size + 1) < 0 ||
        mrrci_buffer_append(&columns->text, selectors, size) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    size_t from = 0;
    do {
        const uint8_t *line = columns->text.data + from;
        const uint8_t *end = size == from ? NULL : memchr(line, '\n', size - from);
        size_t to = end == NULL ? size : from + (size_t)(end - line);
        MRRCI_TRY(compile_line(columns, from, to, err));
        from = to + 1;
    } while (from < size);
    if (!mrrci_filter_has_conditions(columns->conditions)) {
        mrrc_filter_free(columns->conditions);
        columns->conditions = NULL;
    }
    return MRRC_OK;
}

int mrrci_columns_new(const char *selectors, size_t size, mrrci_columns **columns,
                      mrrc_error *err) {
    mrrci_columns *made = mrrci_new(sizeof *made);
    *columns = NULL;
    if (made == NULL)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    int status = compile(made, selectors, size, err);
    if (status < 0) {
        mrrci_columns_free(made);
        return status;
    }
    *columns = made;
    return MRRC_OK;
}

void mrrci_columns_free(mrrci_columns *columns) {
    if (columns == NULL)
        return;
    mrrci_buffer_clear(&columns->text);
    mrrci_buffer_clear(&columns->columns);
    mrrci_buffer_clear(&columns->warnings);
    mrrc_filter_free(columns->conditions);
    mrrci_free(columns);
}

const mrrc_query_fault *mrrci_columns_warnings(const mrrci_columns *columns, size_t *count) {
    *count = columns->warnings.size / sizeof(mrrc_query_fault);
    return (const mrrc_query_fault *)(const void *)columns->warnings.data;
}

bool mrrci_columns_ask(const mrrci_columns *columns) {
    return columns->conditions != NULL;
}

int mrrci_columns_asker(const mrrci_columns *columns, mrrci_matcher **asker) {
    *asker = mrrci_columns_ask(columns) ? mrrci_matcher_new(columns->conditions) : NULL;
    return *asker == NULL && mrrci_columns_ask(columns) ? MRRC_ERR_MEMORY : MRRC_OK;
}

size_t mrrci_columns_count(const mrrci_columns *columns) {
    return columns->count;
}

const uint8_t *mrrci_column_name(const mrrci_columns *columns, size_t index, size_t *size) {
    const mrrci_column *column = mrrci_column_at(columns, index);
    *size = column->name_size;
    return columns->text.data + column->name;
}

const mrrci_reference *mrrci_column_reference(const mrrci_columns *columns, size_t index) {
    return &mrrci_column_at(columns, index)->reference;
}
