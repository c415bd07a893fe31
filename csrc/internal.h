/* SPDX-License-Identifier: MIT
 *
 * internal.h: what every room of the core stands on: the structure of a record, bytes that grow,
 * faults, UTF-8.  What a room above has to say is in a header of its own, which only rooms on
 * its floor and above may include.  Names begin with mrrci_; nothing is exported.
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

/* The same with the reason in words, of which what fits is kept. */
int mrrci_fail_detail(mrrc_error *err, int code, uint64_t offset, const char *detail);

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

/* How many line ends (0x0A) there are. */
size_t mrrci_count_lines(const uint8_t *text, size_t size);

#endif
