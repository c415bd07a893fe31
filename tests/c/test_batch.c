/* SPDX-License-Identifier: MIT
 *
 * Batches: each record ends where it was ended, and one that finds no memory
 * leaves the batch as it was before its first byte.
 */
#include "batch.h"
#include "check.h"

static size_t record_text(uint32_t number, char *text, size_t room) {
    return (size_t)snprintf(text, room, "record %u%.*s", number, (int)(number % 40),
                            "........................................");
}

static int status_of(uint32_t number) {
    return number % 3 == 0 ? MRRC_UNDECODED : number % 7 == 0 ? MRRC_ERR_TRUNCATED : MRRC_OK;
}

/* Whether the batch holds the records of these numbers. */
static bool holds(const mrrci_batch *batch, const uint32_t *numbers, size_t count) {
    mrrc_batch_view view;
    size_t start = 0, marked = 0;
    mrrci_batch_look(batch, &view);
    if (view.count != count || batch->count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        char text[64];
        size_t size = record_text(numbers[i], text, sizeof text);
        marked += status_of(numbers[i]) != MRRC_OK;
        if (view.ends[i] != start + size || memcmp(view.block + start, text, size) != 0 ||
            view.offsets[i] != (uint64_t)numbers[i] << 33 || view.lengths[i] != numbers[i] + 1 ||
            view.statuses[i] != status_of(numbers[i]))
            return false;
        start += size;
    }
    return view.block_size == start && view.marked == marked && batch->marked == marked;
}

static void fill(void *context) {
    enum { RECORDS = 400 };
    (void)context;
    uint32_t kept[RECORDS];
    size_t count = 0;
    mrrci_batch batch = {0};
    for (int round = 0; round < 2; round++) {
        mrrci_batch_reset(&batch);
        count = 0;
        CHECK(holds(&batch, kept, 0));
        for (uint32_t i = 0; i < RECORDS; i++) {
            char text[64];
            size_t size = record_text(i, text, sizeof text), before = batch.block.size;
            if (mrrci_buffer_append(&batch.block, text, size) < 0) {
                CHECK(check_memory.failed && batch.block.size == before);
                continue;
            }
            int status = mrrci_batch_end_record(&batch, (uint64_t)i << 33, i + 1, status_of(i));
            if (status == MRRC_OK) {
                kept[count++] = i;
                continue;
            }
            CHECK(status == MRRC_ERR_MEMORY && check_memory.failed);
            CHECK(batch.block.size == before && batch.count == count);
        }
        CHECK(holds(&batch, kept, count));
        CHECK(check_memory.failed || count == RECORDS);
    }
    mrrci_batch_clear(&batch);
    CHECK(batch.count == 0 && batch.marked == 0 && batch.block.data == NULL);
    mrrci_batch_clear(&batch);
}

static void test_empty(void) {
    mrrci_batch batch = {0};
    mrrc_batch_view view;
    memset(&view, 0xFF, sizeof view);
    mrrci_batch_look(&batch, &view);
    CHECK(view.count == 0 && view.marked == 0 && view.block_size == 0);
    /* a record of no bytes is one all the same */
    CHECK(mrrci_batch_end_record(&batch, 5, 0, MRRC_OK) == MRRC_OK);
    CHECK(mrrci_batch_end_record(&batch, UINT64_MAX, 99999, MRRC_ERR_ARGUMENT) == MRRC_OK);
    mrrci_batch_look(&batch, &view);
    CHECK(view.count == 2 && view.ends[0] == 0 && view.ends[1] == 0 && view.block_size == 0);
    CHECK(view.offsets[1] == UINT64_MAX && view.lengths[1] == 99999);
    CHECK(view.statuses[1] == MRRC_ERR_ARGUMENT && view.marked == 1);
    mrrci_batch_clear(&batch);
}

int main(void) {
    test_empty();
    check_memory_sweep(fill, NULL);
    return check_report();
}
