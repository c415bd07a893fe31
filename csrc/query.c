/* SPDX-License-Identifier: MIT
 *
 * query.c: filters as the public header has them: made of a text, asked for their warnings, run
 * over many packed records.
 */
#include "query.h"
#include "query_program.h"

static void say_memory(mrrc_query_fault *fault) {
    memset(fault, 0, sizeof *fault);
    fault->code = MRRC_ERR_MEMORY;
}

mrrc_filter *mrrc_filter_new(const char *text, size_t size, uint32_t similarity, uint32_t fold,
                             mrrc_query_fault *fault) {
    memset(fault, 0, sizeof *fault);
    mrrc_filter *filter = mrrci_new(sizeof *filter);
    if (filter == NULL) {
        say_memory(fault);
        return NULL;
    }
    filter->similarity = similarity < 100 ? similarity : 100;
    filter->fold = fold;
    int status = mrrci_query_parse(filter, (const uint8_t *)text, size, fault);
    if (status == MRRC_OK)
        return filter;
    if (status == MRRC_ERR_MEMORY)
        say_memory(fault);
    mrrc_filter_free(filter);
    return NULL;
}

mrrc_filter *mrrci_filter_of_conditions(uint32_t fold) {
    mrrc_filter *filter = mrrci_new(sizeof *filter);
    if (filter == NULL)
        return NULL;
    filter->fold = fold;
    if (mrrci_query_begin(filter) < 0) {
        mrrc_filter_free(filter);
        return NULL;
    }
    return filter;
}

bool mrrci_filter_has_conditions(const mrrc_filter *filter) {
    return filter->conditions.size > 0;
}

void mrrc_filter_free(mrrc_filter *filter) {
    if (filter == NULL)
        return;
    mrrci_patterns_free(filter);
    mrrci_buffer_clear(&filter->nodes);
    mrrci_buffer_clear(&filter->references);
    mrrci_buffer_clear(&filter->tests);
    mrrci_buffer_clear(&filter->lists);
    mrrci_buffer_clear(&filter->conditions);
    mrrci_buffer_clear(&filter->strings);
    mrrci_buffer_clear(&filter->bytes);
    mrrci_buffer_clear(&filter->points);
    mrrci_buffer_clear(&filter->warnings);
    mrrci_free(filter);
}

const mrrc_query_fault *mrrc_filter_warnings(const mrrc_filter *filter, size_t *count) {
    *count = filter->warnings.size / sizeof(mrrc_query_fault);
    return (const mrrc_query_fault *)(const void *)filter->warnings.data; /* NULL for none */
}

int mrrc_filter_records(const mrrc_filter *filter, const uint8_t *packed, const uint32_t *ends,
                        size_t count, uint8_t *matches, size_t *done) {
    mrrci_matcher *matcher = mrrci_matcher_new(filter);
    int status = MRRC_OK;
    *done = 0;
    if (matcher == NULL)
        return MRRC_ERR_MEMORY;
    for (uint32_t begin = 0; *done < count; begin = ends[(*done)++]) {
        if (ends[*done] < begin)
            status = MRRC_ERR_PACKED_INVALID;
        else
            status = mrrci_match(matcher, packed + begin, ends[*done] - begin);
        if (status < 0)
            break;
        matches[*done] = (uint8_t)status;
    }
    mrrci_matcher_free(matcher);
    return status < 0 ? status : MRRC_OK;
}

/* Tests a record by several filters; the flags of each stand `step` bytes behind those before. */
static int match_all(mrrci_matcher *const *matchers, size_t count, const uint8_t *packed,
                     size_t size, uint8_t *matches, size_t step) {
    const mrrci_matcher *laid_out = NULL;
    for (size_t i = 0; i < count; i++) {
        bool fields = mrrci_match_needs_fields(matchers[i]);
        int status = fields && laid_out != NULL ? mrrci_match_also(matchers[i], laid_out)
                                                : mrrci_match(matchers[i], packed, size);
        if (status < 0 && status != MRRC_ERR_QUERY_LIMIT)
            return status;
        matches[i * step] = status < 0 ? 2 : (uint8_t)status;
        if (fields && laid_out == NULL)
            laid_out = matchers[i];
    }
    return MRRC_OK;
}

int mrrc_filters_view(const mrrc_filter *const *filters, size_t count, const mrrc_batch_view *view,
                      size_t first, size_t end, uint8_t *matches, size_t *done) {
    mrrci_matcher **matchers = mrrci_new((count + 1) * sizeof *matchers);
    int status = matchers == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    *done = first;
    for (size_t i = 0; i < count && status == MRRC_OK; i++)
        if ((matchers[i] = mrrci_matcher_new(filters[i])) == NULL)
            status = MRRC_ERR_MEMORY;
    uint32_t begin = first > 0 ? view->ends[first - 1] : 0;
    while (*done < end && status == MRRC_OK) {
        uint32_t stop = view->ends[*done];
        if (stop < begin)
            status = MRRC_ERR_PACKED_INVALID;
        else
            status = match_all(matchers, count, view->block + begin, stop - begin,
                               matches + (*done - first), end - first);
        begin = stop;
        *done += status == MRRC_OK;
    }
    for (size_t i = 0; i < count && matchers != NULL; i++)
        mrrci_matcher_free(matchers[i]);
    mrrci_free(matchers);
    return status;
}
