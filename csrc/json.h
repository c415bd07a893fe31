/* SPDX-License-Identifier: MIT
 *
 * json.h: what formats in JSON share: cutting a source into values, making records of what jansson
 * read of one, and writing strings.  The shape of a record is the format's to say.
 */
#ifndef MRRC_JSON_H
#define MRRC_JSON_H

#include "batch.h"
#include "conversion.h"
#include "internal.h"

#if MRRCI_X86
#include <emmintrin.h>
#endif

struct json_t; /* jansson's */

/* json_values.c ----------------------------------------------------------- */

#define MRRCI_JSON_RECORD_MAX ((size_t)16 << 20)
#define MRRCI_JSON_DEPTH_MAX 64u

/* Cuts a source into the values that are records: at its top, one after the other, or in
 * an array at its top.  It goes on where it stopped, whatever is given at once. */
typedef struct mrrci_json_cutter {
    uint64_t counted;         /* the offset up to which lines were counted */
    uint64_t line_start;      /* where the line begins in which that lies */
    uint64_t lines;           /* before that line */
    uint64_t brackets;        /* a bit each that is open, the innermost lowest; 1 for '[' */
    size_t scanned;           /* how much of the value was looked at */
    size_t first;             /* where the first value of an array begins in it, or 0 */
    uint32_t controls;        /* control characters in its strings so far */
    uint8_t depth;            /* brackets open in the value */
    uint8_t place;            /* between values, at an array's value, or behind one */
    uint8_t inside;           /* a string, an escape, a word, or none of them */
    bool undecided;           /* an array of which is not known yet what it is */
    bool ready;               /* the value was seen to its end */
    bool rows;                /* an array of objects is always one value */
} mrrci_json_cutter;

/* One value; the bytes are in the input. */
typedef struct mrrci_json_value {
    const uint8_t *text;
    size_t size;
    uint64_t offset;          /* in the source */
    uint32_t controls;        /* control characters that its strings hold unescaped */
    bool first;               /* it begins an array that may be the value in its place */
} mrrci_json_value;

/* Moves `*at` to the next value.  Returns 1 where there is one, 0 where the input ends
 * before, or MRRC_ERR_JSON_MALFORMED. */
int mrrci_json_find(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at,
                    mrrc_error *err);

/* Where an object begins of which nothing was looked at yet, at `at` or as the first in
 * the array there; or SIZE_MAX. */
size_t mrrci_json_object_at(const mrrci_json_cutter *cutter, const mrrci_input *input, size_t at);

/* Looks for the end of the value at `*at`.  Returns 1 with the value, which it does again until
 * mrrci_json_take(); 0 where the input ends before; 2 where there is none after all and
 * mrrci_json_find() is to go on from `*at`; MRRC_ERR_JSON_MALFORMED or
 * MRRC_ERR_MEMORY. */
int mrrci_json_cut(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at,
                   mrrci_json_value *value, mrrc_error *err);

/* Asks for the array in place of its first value, which was cut. */
void mrrci_json_want_array(mrrci_json_cutter *cutter);

/* Moves `*at` behind the value that begins at or behind `*at` and ends at `end`. */
void mrrci_json_take(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at, size_t end);

/* Counts the lines before `used`, which has to be done before the input's bytes are gone. */
void mrrci_json_settle(mrrci_json_cutter *cutter, const mrrci_input *input, size_t used);

/* Notes a fault with its place: `at` is in the input.  Returns `code`. */
int mrrci_json_fail(const mrrci_json_cutter *cutter, const mrrci_input *input, size_t at, int code,
                    const char *detail, mrrc_error *err);

/* Has jansson read a value, and forgives control characters in strings, as Python's json does
 * when told so and pymarc tells it.  Returns 0 with what the caller gives back by json_decref(),
 * MRRC_ERR_JSON_MALFORMED, MRRC_ERR_JSON_RECORD (duplicate keys, numbers that are too
 * large), MRRC_ERR_TEXT_INVALID or MRRC_ERR_MEMORY. */
int mrrci_json_load(const mrrci_json_cutter *cutter, const mrrci_input *input,
                    const mrrci_json_value *value, struct json_t **root, mrrc_error *err);

/* The pause and resume functions of a format whose state is a cutter. */
bool mrrci_json_pause(void *state, const mrrci_input *input, size_t *used, mrrc_place *place);
void mrrci_json_resume(void *state, const mrrc_place *place);

/* json_records.c ---------------------------------------------------------- */

/* A record being made of what jansson read. */
typedef struct mrrci_json_record {
    const mrrci_json_cutter *cutter;
    const mrrci_input *input;
    const mrrci_json_value *value;
    mrrci_batch *batch;
    mrrc_error *err;
    uint32_t field;           /* the number of the field at hand, from 0 */
    const char *tag;          /* its key, or NULL */
} mrrci_json_record;

/* What a format makes of JSON. */
typedef struct mrrci_json_shape {
    bool rows;                /* an array of objects is always one record */
    /* Reads an object of the common shape that begins at `text` and ends before `size`, and
     * appends it to `out`.  Returns its size, 0 where it is anything else or does not end
     * there, or MRRC_ERR_MEMORY; may be NULL. */
    int64_t (*plain)(const uint8_t *text, size_t size, mrrc_buffer *out);
    /* Whether an array is one record, by its first value; NULL with `rows`. */
    bool (*is_array)(const struct json_t *first);
    /* Appends a record to the batch's block.  Returns 0, a fault or MRRC_ERR_MEMORY. */
    int (*build)(mrrci_json_record *record, struct json_t *root);
} mrrci_json_shape;

/* The state of a format's decoder, a cutter; mrrci_free() closes it. */
void *mrrci_json_open(void);

/* Decodes as mrrci_format says, by a shape. */
int mrrci_json_records(mrrci_json_cutter *cutter, const mrrci_json_shape *shape,
                       const mrrci_input *input, mrrci_batch *batch, size_t *used,
                       mrrc_error *err);

/* Notes a fault of the record with the tag at hand.  Returns `code`. */
int mrrci_json_refuse(const mrrci_json_record *record, int code, const char *detail);

/* Notes what is read all the same.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_json_remark(const mrrci_json_record *record, int code, size_t size);

/* Each appends a piece.  Returns 0, a fault or MRRC_ERR_MEMORY. */
int mrrci_json_leader(mrrci_json_record *record, const struct json_t *leader);
int mrrci_json_tag(mrrci_json_record *record, const char *tag, size_t size);
int mrrci_json_control(mrrci_json_record *record, const struct json_t *text);
int mrrci_json_indicators(mrrci_json_record *record, const struct json_t *first,
                          const struct json_t *second);
int mrrci_json_subfield(mrrci_json_record *record, const char *code, size_t size,
                        const struct json_t *text);

/* A list of objects with a code and a value each. */
int mrrci_json_subfields(mrrci_json_record *record, const struct json_t *list);

/* Appends what a format has as the value of a data field.  Returns as the pieces do. */
typedef int mrrci_json_put(mrrci_json_record *record, struct json_t *field);

/* An object of fields by their tags; among them, with `with_leader`, the leader, which is
 * passed over. */
int mrrci_json_fields(mrrci_json_record *record, struct json_t *object, bool with_leader,
                      mrrci_json_put *put_data);

/* json_text.c ------------------------------------------------------------- */

#if MRRCI_X86
/* Which of 16 bytes mrrci_json_run() stops at, a bit each. */
static inline uint32_t mrrci_json_stops(__m128i text, bool ascii) {
    __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')),
                                _mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
    stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1F)), text));
    if (ascii)
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_max_epu8(text, _mm_set1_epi8(0x7F)), text));
    return (uint32_t)_mm_movemask_epi8(stop);
}
#endif

/* Copies up to what cannot stand in a string as it is: '"', '\\', a byte below 0x20, and
 * with `ascii` one from 0x7F on.  It may write 31 bytes more.  Adds to `*high` whether there
 * was a byte from 0x80 on; it may have been behind. */
static inline const uint8_t *mrrci_json_run(const uint8_t *at, const uint8_t *end, bool ascii,
                                            uint8_t **to, uint32_t *high) {
    uint8_t *out = *to;
#if MRRCI_X86
    while (end - at >= 32) { /* most values end in one step, which a processor foresees */
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i more = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));
        _mm_storeu_si128((__m128i *)(void *)out, text);
        _mm_storeu_si128((__m128i *)(void *)(out + 16), more);
        *high |= (uint32_t)_mm_movemask_epi8(_mm_or_si128(text, more));
        uint32_t found = mrrci_json_stops(text, ascii) | mrrci_json_stops(more, ascii) << 16;
        if (found != 0) {
            uint32_t size = (uint32_t)__builtin_ctz(found);
            *to = out + size;
            return at + size;
        }
        at += 32;
        out += 32;
    }
#endif
    for (; at < end; at++) {
        uint8_t byte = *at;
        if (byte == '"' || byte == '\\' || byte < 0x20 || (ascii && byte >= 0x7F))
            break;
        *high |= byte & 0x80u;
        *out++ = byte;
    }
    *to = out;
    return at;
}

enum { MRRCI_JSON_ESCAPE_MAX = 12 };

/* Writes the escape of the character at `*at`, which is valid UTF-8, and moves `*at` behind
 * it.  Returns behind what it wrote. */
uint8_t *mrrci_json_escape(const uint8_t **at, uint8_t *to);

/* Appends a string with its quotes; `text` is valid UTF-8.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_json_string(mrrc_buffer *out, const uint8_t *text, size_t size, bool ascii);

#endif
