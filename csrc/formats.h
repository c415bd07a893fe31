/* SPDX-License-Identifier: MIT
 *
 * formats.h: the functions that format.c has in its table, each in the file of its format in
 * formats/.  They return as mrrci_format says; nothing else calls them.
 */
#ifndef MRRC_FORMATS_H
#define MRRC_FORMATS_H

#include "batch.h"
#include "conversion.h"

int mrrci_iso2709_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                         mrrc_error *err);
int mrrci_iso2709_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                         mrrc_buffer *out, mrrc_error *err);

void *mrrci_marcxml_open(void);
void mrrci_marcxml_close(void *state);
int mrrci_marcxml_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                         mrrc_error *err);
int mrrci_marcxml_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                         mrrc_buffer *out, mrrc_error *err);
int mrrci_marcxchange_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                             mrrc_buffer *out, mrrc_error *err);

void *mrrci_turbomarc_open(void);
void mrrci_turbomarc_close(void *state);
int mrrci_turbomarc_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                           mrrc_error *err);
int mrrci_turbomarc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                           mrrc_buffer *out, mrrc_error *err);

int mrrci_marcjson_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                          mrrc_error *err);
int mrrci_marcjson_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                          mrrc_buffer *out, mrrc_error *err);
int mrrci_jsonl_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                       mrrc_buffer *out, mrrc_error *err);

int mrrci_json_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                      mrrc_error *err);
int mrrci_json_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                      mrrc_buffer *out, mrrc_error *err);

void *mrrci_mrk_open(void);
int mrrci_mrk_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                     mrrc_buffer *out, mrrc_error *err);

void *mrrci_line_open(void);
int mrrci_line_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                      mrrc_buffer *out, mrrc_error *err);

void *mrrci_aleph_open(void);
int mrrci_aleph_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                       mrrc_buffer *out, mrrc_error *err);

void *mrrci_mods_open(void);
void mrrci_mods_close(void *state);
int mrrci_mods_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                      mrrc_error *err);
int mrrci_mods_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                      mrrc_buffer *out, mrrc_error *err);

int mrrci_dc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                    mrrc_buffer *out, mrrc_error *err);
int mrrci_oai_dc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                        mrrc_buffer *out, mrrc_error *err);

int mrrci_csv_begin(const mrrci_how *how, mrrc_buffer *out);
int mrrci_csv_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                     mrrc_buffer *out, mrrc_error *err);
int mrrci_tsv_begin(const mrrci_how *how, mrrc_buffer *out);
int mrrci_tsv_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                     mrrc_buffer *out, mrrc_error *err);

#endif
