/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the rooms of the core share among themselves, and every
 * limit.  Names begin with mrrci_; nothing here is exported.
 */
#ifndef MRRC_INTERNAL_H
#define MRRC_INTERNAL_H

#include <stdbool.h>
#include <string.h>

#include "mrrc.h"

/* Whether code for wider x86 instructions is compiled beside the portable code;
 * the processor decides which runs.  MRRCI_PORTABLE leaves it out, for tests. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(MRRCI_PORTABLE)
#define MRRCI_X86 1
#else
#define MRRCI_X86 0
#endif

#define MRRCI_LEADER_SIZE 24u
#define MRRCI_ENTRY_SIZE 12u
#define MRRCI_SUBFIELD 0x1Fu
#define MRRCI_FIELD 0x1Eu
#define MRRCI_RECORD 0x1Du

/* ISO 2709 with MARC 21's entry map: five digits and four. */
#define MRRCI_RECORD_MAX 99999u
#define MRRCI_FIELD_MAX 9999u

/* Returns the status of an expression at once where it is a fault. */
#define MRRCI_TRY(expression)                    \
    do {                                         \
        int mrrci_status_ = (expression);        \
        if (mrrci_status_ < 0)                   \
            return mrrci_status_;                \
    } while (0)

/* buffer.c ---------------------------------------------------------------- */

/* Makes room for `extra` more bytes.  Returns 0 or MRRC_ERR_MEMORY; the
 * contents stay either way. */
int mrrci_buffer_grow(mrrc_buffer *buffer, size_t extra);

static inline int mrrci_buffer_reserve(mrrc_buffer *buffer, size_t extra) {
    return extra <= buffer->capacity - buffer->size ? MRRC_OK : mrrci_buffer_grow(buffer, extra);
}

/* Appends bytes.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_buffer_append(mrrc_buffer *buffer, const void *data, size_t size);

/* Frees what the buffer holds and leaves it empty. */
void mrrci_buffer_clear(mrrc_buffer *buffer);

/* Zeroed memory for one object, or NULL; mrrci_free() takes NULL too. */
void *mrrci_new(size_t size);
void mrrci_free(void *object);

/* error.c ----------------------------------------------------------------- */

/* Notes a fault in `err` (may be NULL) unless one is there.  Returns `code`. */
int mrrci_fail(mrrc_error *err, int code, uint64_t offset);

/* The same with up to 32 of the bytes concerned. */
int mrrci_fail_seen(mrrc_error *err, int code, uint64_t offset, const uint8_t *seen, size_t size);

/* Appends a diagnostic to `notes` (may be NULL).  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_note(mrrc_buffer *notes, const mrrc_diagnostic *diagnostic);

/* utf8.c ------------------------------------------------------------------ */

/* Whether the bytes are UTF-8 as RFC 3629 defines it: no surrogates, no
 * overlong forms, nothing above U+10FFFF. */
bool mrrci_utf8_valid(const uint8_t *text, size_t size);

/* Reads one character of valid UTF-8 and moves `*text` behind it. */
uint32_t mrrci_utf8_next(const uint8_t **text);

/* Writes a character (at most four bytes).  Returns the number of bytes. */
size_t mrrci_utf8_put(uint8_t *out, uint32_t character);

/* packed.c ---------------------------------------------------------------- */

/* A field of a packed record; the pointers are into the record. */
typedef struct mrrci_field {
    const uint8_t *tag;       /* three bytes */
    const uint8_t *body;      /* control data, or indicators and subfields */
    size_t size;
    bool control;
} mrrci_field;

typedef struct mrrci_subfield {
    const uint8_t *code;
    size_t code_size;         /* one character: one to four bytes */
    const uint8_t *value;
    size_t size;
} mrrci_subfield;

/* Where a walk over fields or subfields is. */
typedef struct mrrci_cursor {
    const uint8_t *at;
    const uint8_t *end;
} mrrci_cursor;

/* Begins a walk over the fields.  Returns 0 or MRRC_ERR_PACKED_INVALID. */
int mrrci_fields_begin(mrrci_cursor *cursor, const uint8_t *packed, size_t size);

/* Steps to the next field.  Returns 1, 0 behind the last, or
 * MRRC_ERR_PACKED_INVALID. */
int mrrci_field_next(mrrci_cursor *cursor, mrrci_field *field);

/* Begins a walk over a data field's subfields; `*indicators` gets the size of
 * what stands before the first. */
void mrrci_subfields_begin(mrrci_cursor *cursor, const mrrci_field *field, size_t *indicators);

/* Steps to the next subfield.  Returns whether there was one. */
bool mrrci_subfield_next(mrrci_cursor *cursor, mrrci_subfield *subfield);

/* Whether a tag makes a control field: three digits below 010. */
static inline bool mrrci_tag_is_control(const uint8_t *tag) {
    return tag[0] == '0' && tag[1] == '0' && tag[2] >= '0' && tag[2] <= '9';
}

/* marc8_record.c ---------------------------------------------------------- */

/* Appends a packed record's MARC-8 form to `out`: text converted, leader/09
 * blank, 066 as the sets used ask for.  `flags` are mrrc_write_flags.  Returns
 * 0, a fault described in `err`, or MRRC_ERR_MEMORY. */
int mrrci_marc8_record(const uint8_t *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                       mrrc_error *err);

/* batch.c ----------------------------------------------------------------- */

typedef struct mrrci_batch {
    mrrc_buffer block;        /* the records */
    mrrc_buffer ends;         /* uint32_t each */
    mrrc_buffer offsets;      /* uint64_t each */
    mrrc_buffer lengths;      /* uint32_t each */
    mrrc_buffer statuses;     /* int16_t each */
    size_t count;
    size_t marked;
} mrrci_batch;

void mrrci_batch_reset(mrrci_batch *batch);
void mrrci_batch_clear(mrrci_batch *batch);

/* Ends the record whose bytes were appended to the block last.  Returns 0 or
 * MRRC_ERR_MEMORY, after which the block is as it was before that record. */
int mrrci_batch_end_record(mrrci_batch *batch, uint64_t offset, size_t length, int status);

void mrrci_batch_look(const mrrci_batch *batch, mrrc_batch_view *view);

/* format.c ---------------------------------------------------------------- */

/* What a decoder is given: a stretch of the source, and what to make of it. */
typedef struct mrrci_input {
    const uint8_t *data;
    size_t size;
    uint64_t offset;          /* of data[0] in the source */
    size_t wanted;            /* stop behind the record that reaches so many bytes */
    uint32_t flags;           /* enum mrrc_read_flags */
    bool last;                /* nothing comes after data[size - 1] */
} mrrci_input;

typedef struct mrrci_format {
    const char *name;
    /* Appends the whole records of the input to the batch and says how many
     * bytes they took.  Returns 0, MRRC_END where framing was lost, or
     * MRRC_ERR_MEMORY. */
    int (*decode)(const mrrci_input *input, mrrci_batch *batch, size_t *used);
    /* Appends one record to `out`, or leaves `out` as it is and returns a fault. */
    int (*encode)(const uint8_t *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                  mrrc_error *err);
} mrrci_format;

/* The format of a number that mrrc_format_find() gave, or NULL. */
const mrrci_format *mrrci_format_at(int number);

/* formats/ ---------------------------------------------------------------- */

int mrrci_iso2709_decode(const mrrci_input *input, mrrci_batch *batch, size_t *used);
int mrrci_iso2709_encode(const uint8_t *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                         mrrc_error *err);

/* Appends one record's packed form to `out`.  `limit` ends the readable memory,
 * at or behind data + size.  Returns 0, MRRC_UNDECODED with `out` as it was, or
 * MRRC_ERR_MEMORY. */
int mrrci_iso2709_pack(const uint8_t *data, size_t size, const uint8_t *limit, uint32_t flags,
                       mrrc_buffer *out);

/* source.c ---------------------------------------------------------------- */

typedef struct mrrci_source {
    int descriptor;           /* of a path's file, or -1 */
    bool ended;               /* no byte follows the window's last */
    mrrc_buffer window;       /* what was read of a file and not yet given up */
    const uint8_t *memory;    /* a memory source's bytes, or NULL */
    size_t memory_size;
    uint64_t start;           /* the offset of the window's first byte */
    size_t at;                /* the first byte of the window not yet used */
} mrrci_source;

void mrrci_source_init(mrrci_source *source);
int mrrci_source_open_path(mrrci_source *source, const char *path, mrrc_error *err);
void mrrci_source_open_memory(mrrci_source *source, const uint8_t *data, size_t size);
int mrrci_source_close(mrrci_source *source, mrrc_error *err);
int mrrci_source_seek(mrrci_source *source, uint64_t offset, mrrc_error *err);

/* Reads up to `wanted` bytes behind the window's last.  Returns 0, MRRC_ERR_IO or
 * MRRC_ERR_MEMORY. */
int mrrci_source_read(mrrci_source *source, size_t wanted, mrrc_error *err);

/* Gives up the window's bytes before `at`. */
void mrrci_source_drop_used(mrrci_source *source);

/* The window's bytes. */
const uint8_t *mrrci_source_data(const mrrci_source *source);
size_t mrrci_source_size(const mrrci_source *source);

/* reader.c ---------------------------------------------------------------- */

#define MRRCI_BLOCK_FIRST ((size_t)64 << 10)
#define MRRCI_BLOCK_MAX ((size_t)1 << 20)

/* A batch takes no further record from here on: a directory may name the same
 * bytes eight thousand times. */
#define MRRCI_BATCH_MAX ((size_t)64 << 20)

#endif
