/* SPDX-License-Identifier: MIT
 *
 * fuzz_marcjson.c: a libFuzzer entry.  Reads any bytes as MARC-in-JSON by the strict reader and
 * by jansson alone, whole and in pieces whose size the first byte chooses, and stops where two
 * ways differ in anything.  What was read is written and read again, to the same records.
 * fuzz/run.sh builds and runs it.
 */
#include "check_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

static void compare(const uint8_t *text, size_t size, uint32_t flags, size_t step,
                    const mrrc_buffer *wanted, int status) {
    mrrc_buffer seen = {0};
    must(check_read("marcjson", text, size, flags, step, &seen) == status);
    must(check_same(&seen, wanted));
    mrrci_buffer_clear(&seen);
}

/* Writes each record of a text and reads it again.  U+0000 cannot come from JSON, so there is
 * nothing that could not be written. */
static void write_again(const uint8_t *text, size_t size) {
    mrrc_buffer packed = {0}, written = {0}, again = {0};
    int jsonl = mrrc_format_find("jsonl");
    (void)check_first_fault("marcjson", (const char *)text, size, &packed, NULL);
    mrrc_reader *reader = mrrc_reader_new(jsonl);
    mrrc_encoder *encoder = mrrc_encoder_new(jsonl, size % 2 == 0 ? MRRC_WRITE_ASCII : 0);
    mrrc_batch_view view;
    int status;
    must(reader != NULL && encoder != NULL);
    mrrc_reader_open_memory(reader, text, size);
    while ((status = mrrc_reader_next(reader, 0, &view, NULL)) != MRRC_END && status > MRRC_FATAL)
        if (status == MRRC_OK)
            must(mrrc_encoder_records(encoder, view.block, view.ends, view.count, &written, NULL,
                                      NULL) == MRRC_OK);
    must(check_first_fault("jsonl", written.text, written.size, &again, NULL).code == 0);
    must(check_same(&packed, &again));
    mrrc_encoder_free(encoder);
    mrrc_reader_free(reader);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&written);
    mrrci_buffer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrrc_buffer wanted = {0};
    if (size == 0)
        return 0;
    size_t step = 1 + data[0] % 64;
    data++;
    size--;
    int status = check_read("marcjson", data, size, 0, 0, &wanted);
    compare(data, size, MRRC_READ_LIBRARY, 0, &wanted, status);
    compare(data, size, 0, step, &wanted, status);
    compare(data, size, MRRC_READ_LIBRARY, step, &wanted, status);
    mrrci_buffer_clear(&wanted);
    write_again(data, size);
    return 0;
}
