/* SPDX-License-Identifier: MIT
 *
 * fuzz_marcxml.c: a libFuzzer entry.  Reads any bytes as MARCXML by libxml2 alone and by the
 * own way with common records, whole and in feeds whose size the first byte chooses, and
 * stops where two ways differ in anything.  What was read is written, in each layout, and
 * read again, to the same records.
 * fuzz/run.sh builds and runs it.
 */
#include "outcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

/* Reads all records there are, one behind the other, and writes them through an encoder
 * where there is one.  Returns the number of faults. */
static size_t read_all(const uint8_t *data, size_t size, mrrc_encoder *encoder,
                       mrrc_buffer *packed, mrrc_buffer *written) {
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcxml"));
    mrrc_batch_view view;
    size_t faults = 0;
    int status;
    must(reader != NULL);
    packed->size = 0;
    mrrc_reader_open_memory(reader, data, size);
    while ((status = mrrc_reader_next(reader, 0, &view, NULL)) != MRRC_END) {
        if (status != MRRC_OK) {
            faults++;
            continue;
        }
        outcome_put(packed, view.block, view.block_size);
        if (encoder != NULL)
            must(mrrc_encoder_records(encoder, view.block, view.ends, view.count, written, NULL,
                                      NULL) == MRRC_OK);
    }
    mrrc_reader_free(reader);
    return faults;
}

static void write_again(const uint8_t *data, size_t size, uint32_t flags) {
    mrrc_buffer packed = {0}, again = {0}, written = {0};
    mrrc_encoder *encoder = mrrc_encoder_new(mrrc_format_find("marcxml"), flags);
    must(encoder != NULL && mrrc_encoder_begin(encoder, &written) == MRRC_OK);
    (void)read_all(data, size, encoder, &packed, &written);
    must(mrrc_encoder_end(encoder, &written) == MRRC_OK);
    must(read_all(written.data, written.size, NULL, &again, NULL) == 0);
    must(packed.size == again.size &&
         (packed.size == 0 || memcmp(packed.data, again.data, packed.size) == 0));
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&again);
    mrrci_buffer_clear(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t reading[] = {0, MRRC_READ_NAMESPACE, MRRC_READ_FORCE_UTF8, 0};
    static const uint32_t writing[] = {0, MRRC_WRITE_PYMARC, MRRC_WRITE_PYMARC | MRRC_WRITE_ASCII,
                                       MRRC_WRITE_PYMARC | MRRC_WRITE_NAMESPACE};
    mrrc_buffer wanted = {0}, seen = {0};
    if (size == 0)
        return 0;
    uint8_t way = *data & 3;
    size_t feeds[] = {0, 1, 2 + (size_t)(*data >> 2)};
    data++;
    size--;
    outcome_of("marcxml", data, size, reading[way] | MRRC_READ_LIBRARY, 0, &wanted);
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        outcome_of("marcxml", data, size, reading[way], feeds[i], &seen);
        must(seen.size == wanted.size &&
             (seen.size == 0 || memcmp(seen.data, wanted.data, seen.size) == 0));
    }
    mrrci_buffer_clear(&wanted);
    mrrci_buffer_clear(&seen);
    write_again(data, size, writing[way]);
    return 0;
}
