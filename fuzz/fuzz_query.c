/* SPDX-License-Identifier: MIT
 *
 * fuzz_query.c: a libFuzzer entry.  What stands before the first zero is a filter, what stands
 * behind it the fields of a packed record; it stops where a fault has no place in the text, or
 * where a record that is well built is not tested.
 * fuzz/run.sh builds and runs it.
 */
#include <stdlib.h>

#include "packed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void test(const mrrc_filter *filter, const uint8_t *fields, size_t size) {
    static const char leader[] = "00000nam a2200000   4500";
    mrrc_buffer packed = {0};
    uint8_t match = 2;
    size_t done = 0;
    if (mrrci_buffer_append(&packed, leader, MRRCI_LEADER_SIZE) < 0 ||
        mrrci_buffer_append(&packed, fields, size) < 0)
        abort();
    uint32_t end = (uint32_t)packed.size;
    int status = mrrc_filter_records(filter, packed.data, &end, 1, &match, &done);
    if (status == MRRC_OK ? match > 1 || done != 1
                          : status != MRRC_ERR_PACKED_INVALID && status != MRRC_ERR_QUERY_LIMIT)
        abort();
    mrrci_buffer_clear(&packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t folds[] = {0, MRRC_FOLD_CASE | MRRC_FOLD_NFC, MRRC_FOLD_NFKD,
                                     MRRC_FOLD_CASE};
    const uint8_t *zero = size == 0 ? NULL : memchr(data, 0, size);
    size_t text_size = zero == NULL ? size : (size_t)(zero - data);
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++) {
        mrrc_query_fault fault;
        mrrc_filter *filter =
            mrrc_filter_new((const char *)data, text_size, 80, folds[i], &fault);
        if (filter == NULL) {
            if (fault.code == 0 || fault.offset > text_size || fault.message[0] == 0)
                abort();
            continue;
        }
        if (zero != NULL)
            test(filter, zero + 1, size - text_size - 1);
        mrrc_filter_free(filter);
    }
    return 0;
}
