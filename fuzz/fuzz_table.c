/* SPDX-License-Identifier: MIT
 *
 * fuzz_table.c: a libFuzzer entry.  The first byte chooses how rows are made; what stands before
 * the first zero is a query, what stands behind it the fields of a packed record.  It stops where
 * a fault has no place in the text, where a well-built record gives no answer, where the rows for
 * a program have not as many cells as there are columns, or where a reference with conditions
 * that is a filter, too, finds something and the filter does not.
 * fuzz/run.sh builds and runs it.
 */
#include <stdlib.h>

#include "packed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char leader[] = "00000nam a2200000   4500";

static bool is_known(int status) {
    return status == MRRC_OK || status == MRRC_ERR_PACKED_INVALID ||
           status == MRRC_ERR_QUERY_LIMIT;
}

/* Whether what no reader would pack is absent: structural characters where values are. */
static bool is_well_built(const mrrc_buffer *packed) {
    mrrci_cursor cursor;
    mrrci_field field;
    if (memchr(packed->data, 0x1D, packed->size) != NULL ||
        mrrci_fields_begin(&cursor, packed->data, packed->size) < 0)
        return false;
    while (mrrci_field_next(&cursor, &field) > 0)
        if (field.control ? memchr(field.body, 0x1F, field.size) != NULL
                          : field.size < 2 || field.body[0] == 0x1F || field.body[1] == 0x1F)
            return false;
    return true;
}

/* Whether each row has its cells, and whether one of them is not empty. */
static bool check_rows(const mrrc_buffer *out, int64_t columns) {
    int64_t cells = 0;
    bool found = false;
    for (size_t i = 0; i < out->size; i++) {
        if (out->data[i] == 0x1F) {
            cells++;
        } else if (out->data[i] == 0x1E) {
            if (cells != columns)
                abort();
            cells = 0;
        } else {
            found = true;
        }
    }
    if (cells != 0)
        abort();
    return found;
}

/* Returns whether the rows have something in them, or a fault. */
static int make_rows(mrrc_table *table, uint32_t flags, const mrrc_buffer *packed) {
    const uint32_t ends[1] = {(uint32_t)packed->size};
    const mrrc_batch_view view = {
        .block = packed->data, .ends = ends, .block_size = packed->size, .count = 1};
    mrrc_buffer out = {0};
    size_t done = 9;
    bool found = false;
    int status = mrrc_table_records(table, &view, 0, 1, &out, &done);
    if (!is_known(status) || done != (status == MRRC_OK ? 1u : 0u))
        abort();
    if (status == MRRC_OK && flags & MRRC_TABLE_PLAIN && is_well_built(packed))
        found = check_rows(&out, mrrc_table_columns(table, NULL));
    mrrci_buffer_clear(&out);
    return status < 0 ? status : found;
}

/* What a single reference finds has to be there for a filter of the same words. */
static void compare(const char *text, size_t size, const mrrc_buffer *packed) {
    mrrc_query_fault fault;
    uint32_t end = (uint32_t)packed->size;
    uint8_t match = 2;
    size_t done;
    if (memchr(text, '{', size) == NULL || memchr(text, '\'', size) != NULL ||
        memchr(text, '"', size) != NULL || memchr(text, ' ', size) != NULL ||
        memchr(text, '!', size) == text)
        return;
    mrrc_filter *filter = mrrc_filter_new(text, size, 80, 0, &fault);
    if (filter == NULL)
        return;
    int status = mrrc_filter_records(filter, packed->data, &end, 1, &match, &done);
    if (status == MRRC_OK && match == 0)
        abort();
    mrrc_filter_free(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t ways[] = {MRRC_TABLE_PLAIN, 0, MRRC_TABLE_PLAIN | MRRC_TABLE_SQUASH,
                                    MRRC_TABLE_PLAIN | MRRC_TABLE_MERGE,
                                    MRRC_TABLE_PLAIN | MRRC_TABLE_CODES,
                                    MRRC_TABLE_TABS | MRRC_TABLE_QUOTES_ALWAYS};
    if (size == 0)
        return 0;
    uint32_t flags = ways[*data % (sizeof ways / sizeof ways[0])];
    const char *text = (const char *)data + 1;
    const uint8_t *zero = size == 1 ? NULL : memchr(data + 1, 0, size - 1);
    size_t text_size = zero == NULL ? size - 1 : (size_t)(zero - data) - 1;
    mrrc_query_fault fault;
    mrrc_table *table = mrrc_table_new(text, text_size, "|", 1, flags, 80, 0, &fault);
    if (table == NULL) {
        if (fault.code == 0 || fault.offset > text_size || fault.message[0] == 0)
            abort();
        return 0;
    }
    mrrc_buffer packed = {0};
    if (mrrci_buffer_append(&packed, leader, MRRCI_LEADER_SIZE) < 0 ||
        (zero != NULL &&
         mrrci_buffer_append(&packed, zero + 1, size - text_size - 2) < 0))
        abort();
    int found = make_rows(table, flags, &packed);
    if (found == 1 && flags == MRRC_TABLE_PLAIN)
        compare(text, text_size, &packed);
    mrrci_buffer_clear(&packed);
    mrrc_table_free(table);
    return 0;
}
