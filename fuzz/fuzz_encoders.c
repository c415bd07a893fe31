/* SPDX-License-Identifier: MIT
 *
 * fuzz_encoders.c: a libFuzzer entry.  Gives any bytes as packed records to the encoder of a
 * format and with flags that the first of them choose, cut where others of them say, in order
 * or not.  Nothing may be read outside of the bytes, and a fault leaves the output as it was.
 * fuzz/run.sh builds and runs it.
 */
#include <stdlib.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

/* Gives the records one after the other and goes on behind each fault. */
static void encode_all(mrrc_encoder *encoder, const uint8_t *packed, const uint32_t *ends,
                       size_t count, mrrc_buffer *out) {
    size_t notes, done;
    for (size_t at = 0; at < count; at += done + 1) {
        mrrc_error err = {0};
        size_t before = out->size;
        int status = mrrc_encoder_records(encoder, packed, ends + at, count - at, out, &done, &err);
        must(status >= 0 || err.code == status);
        must(done > 0 || status >= 0 || out->size == before);
        (void)mrrc_encoder_notes(encoder, &notes);
        if (status >= 0 || status == MRRC_ERR_ARGUMENT)
            break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const formats[] = {
        "marc",  "marcxml", "marcxchange", "turbomarc", "marcjson", "jsonl", "json",
        "mrk",   "line",    "aleph",       "mods",      "dc",       "oai_dc", "csv",
        "tsv"};
    static const char columns[] =
        "245$a\n6XX$a\n008/35-37\nLDR/06\n001\n650$a{$x}\n001{LDR/6=\\a}\n";
    enum { HEAD = 7, COUNT = 4 };
    mrrc_buffer out = {0};
    uint32_t ends[COUNT];
    if (size < HEAD)
        return 0;
    int format = mrrc_format_find(formats[data[0] % (sizeof formats / sizeof *formats)]);
    uint32_t flags = (uint32_t)data[1] | (uint32_t)(data[2] & 1) << 8;
    mrrc_encoder *encoder = mrrc_encoder_new(format, flags);
    must(encoder != NULL);
    if (data[2] & 2)
        must(mrrc_encoder_columns(encoder, columns, sizeof columns - 1, NULL) == MRRC_OK);
    for (size_t i = 0; i < COUNT; i++)
        ends[i] = (uint32_t)((size - HEAD) * data[3 + i] / 255);
    uint8_t *packed = malloc(size > HEAD ? size - HEAD : 1); /* a sanitizer knows its end */
    must(packed != NULL);
    memcpy(packed, data + HEAD, size - HEAD);
    must(mrrc_encoder_begin(encoder, &out) == MRRC_OK);
    encode_all(encoder, packed, ends, COUNT, &out);
    must(mrrc_encoder_end(encoder, &out) == MRRC_OK);
    free(packed);
    mrrc_encoder_free(encoder);
    mrrci_buffer_clear(&out);
    return 0;
}
