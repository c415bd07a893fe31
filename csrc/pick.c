/* SPDX-License-Identifier: MIT
 *
 * pick.c: some records of a batch, wherever in it they are, laid one behind the other.  Which
 * ones is the caller's affair.
 */
#include "table.h"

/* Returns how many of the numbers, from the first one, follow each other. */
static size_t run_of(const uint32_t *numbers, size_t count) {
    size_t run = 1;
    while (run < count && numbers[run] == numbers[run - 1] + 1)
        run++;
    return run;
}

int mrrc_pick_packed(const mrrc_batch_view *view, const uint32_t *numbers, size_t count,
                     mrrc_buffer *out, mrrc_buffer *ends) {
    size_t base = out->size;
    for (size_t i = 0, run; i < count; i += run) {
        run = run_of(numbers + i, count - i);
        size_t first = numbers[i], end = first + run;
        if (!mrrci_table_suits(view, first, end))
            return MRRC_ERR_ARGUMENT;
        uint32_t begin = first > 0 ? view->ends[first - 1] : 0;
        size_t before = out->size - base;
        if (view->ends[end - 1] < begin || before + (view->ends[end - 1] - begin) > UINT32_MAX)
            return MRRC_ERR_ARGUMENT;
        MRRCI_TRY(mrrci_buffer_append(out, view->block + begin, view->ends[end - 1] - begin));
        for (size_t record = first; record < end; record++) {
            uint32_t stop = (uint32_t)(before + (view->ends[record] - begin));
            MRRCI_TRY(mrrci_buffer_append(ends, &stop, sizeof stop));
        }
    }
    return MRRC_OK;
}

int mrrc_reader_pick(const mrrc_reader *reader, const mrrc_batch_view *view,
                     const uint32_t *numbers, size_t count, mrrc_buffer *out) {
    for (size_t i = 0, run; i < count; i += run) {
        run = run_of(numbers + i, count - i);
        MRRCI_TRY(mrrc_reader_copy(reader, view, numbers[i], numbers[i] + run, out));
    }
    return MRRC_OK;
}
