/* SPDX-License-Identifier: MIT
 *
 * iso2709_recovery.h: what the files of ISO 2709 share for data that is damaged, or
 * whose text is in an encoding that the caller chose: the record at work, and how its faults
 * are told.
 */
#ifndef MRRC_ISO2709_RECOVERY_H
#define MRRC_ISO2709_RECOVERY_H

#include "batch.h"
#include "conversion.h"
#include "internal.h"

/* The smallest record: a leader and two terminators. */
#define MRRCI_ISO2709_MIN (MRRCI_LEADER_SIZE + 2)

/* No record is longer than this in its source, nor in its packed form, once it is looked
 * into. */
#define MRRCI_RECORD_READ_MAX ((size_t)16 << 20)

#define MRRCI_MODES (MRRC_READ_STRICT | MRRC_READ_LENIENT | MRRC_READ_PERMISSIVE)
#define MRRCI_CODINGS (MRRC_READ_DETECT | MRRC_READ_MARC8 | MRRC_READ_UNIMARC)

/* How the text of a record is encoded. */
typedef enum mrrci_text {
    MRRCI_TEXT_UTF8,
    MRRCI_TEXT_MARC8,         /* as the default mode has it where that loses nothing */
    MRRCI_TEXT_RAW,           /* left as it is */
    MRRCI_TEXT_FOREIGN,       /* the caller knows */
    MRRCI_TEXT_STANDARD,      /* MARC-8 by the standard, with references, control fields too */
    MRRCI_TEXT_ISO5426,       /* UNIMARC */
    MRRCI_TEXT_UNKNOWN        /* UNIMARC: a set that is not known here; ASCII is */
} mrrci_text;

/* What becomes of a fault. */
typedef enum mrrci_manner {
    MRRCI_AS_PYMARC,          /* the default mode: structure has none, text is noted */
    MRRCI_STRICT,
    MRRCI_LENIENT,
    MRRCI_PERMISSIVE
} mrrci_manner;

/* A record at work. */
typedef struct mrrci_salvage {
    const uint8_t *data;
    size_t size;              /* with its terminator, if it has one */
    uint64_t offset;          /* of data[0] in the source */
    uint32_t flags;
    mrrci_manner manner;
    mrrci_text text;
    bool cut;                 /* its end is missing */
    mrrci_batch *batch;
    mrrci_recovery *recovery;
    mrrc_error *err;
    /* what faults are said to concern */
    uint32_t field;           /* from 1, or 0 */
    const uint8_t *tag;       /* of that field */
    uint8_t indicator, subfield;
    uint32_t told, untold;    /* faults of this record */
} mrrci_salvage;

/* A record has no more notes; the last one counts the others. */
#define MRRCI_TOLD_MAX 500u

/* iso2709.c --------------------------------------------------------------- */

/* Five ASCII digits, or -1. */
int32_t mrrci_iso2709_five(const uint8_t *at);

/* What leader/09 and the flags of the default mode say of the encoding. */
mrrci_text mrrci_iso2709_text_of(const uint8_t *leader, uint32_t flags);

/* Packs a record in which nothing at all is amiss: its length is `size`, its fields lie one
 * after another as the directory says, its text needs no decoding but validation.  Bytes up
 * to `limit` are readable.  Returns 0, MRRC_UNDECODED where one has to look, or
 * MRRC_ERR_MEMORY. */
int mrrci_iso2709_pack_sound(const uint8_t *data, size_t size, const uint8_t *limit,
                             mrrci_text text, mrrc_buffer *out);

/* iso2709_text.c ---------------------------------------------------------- */

/* Tells a fault: in strict mode it is written to work->err and returned; by pymarc's rules
 * it is returned; otherwise it is noted, and the result is 0 or MRRC_ERR_MEMORY.  `at` is in
 * work->data. */
int mrrci_iso2709_fault(mrrci_salvage *work, int code, const uint8_t *at, size_t size,
                        uint32_t found, const char *reason);

/* The same of what is noted whatever the mode. */
int mrrci_iso2709_remark(mrrci_salvage *work, int code, const uint8_t *at, size_t size,
                         uint32_t found, const char *reason);

/* Sets work->text from leader, flags and, for UNIMARC and detection, the bytes from `base` on.
 * Returns as mrrci_iso2709_fault(). */
int mrrci_iso2709_choose_text(mrrci_salvage *work, size_t base);

/* Appends a control field's data, or a subfield's value, as UTF-8 or undecoded.  Structural
 * characters are left out.  Returns as mrrci_iso2709_fault(). */
int mrrci_iso2709_put_text(mrrci_salvage *work, const uint8_t *at, size_t size, bool control);

/* The size of the character at `at` where it is UTF-8, else 0; `*bad` gets how many bytes are
 * one mistake then. */
size_t mrrci_iso2709_character(const uint8_t *at, size_t left, size_t *bad);

/* iso2709_salvage.c ------------------------------------------------------- */

/* Packs a record as far as it can be read, and appends it to the batch's block; it is not
 * ended.  Returns 0; a fault where it cannot be saved, or the mode says so, having given up
 * what was appended (notes of the record stay); or MRRC_ERR_MEMORY. */
int mrrci_iso2709_salvage(mrrci_salvage *work);

/* Whether everything from base address to end is named by the directory, field by field. */
bool mrrci_iso2709_is_named(const uint8_t *data, size_t size);

/* iso2709_frame.c --------------------------------------------------------- */

/* mrrci_format.decode of the modes strict, lenient and permissive. */
int mrrci_iso2709_recover(const mrrci_input *input, mrrci_batch *batch, size_t *used,
                          mrrc_error *err);

/* Packs a record that is framed well, in the default mode with a chosen encoding.  Returns 0,
 * MRRC_UNDECODED or MRRC_ERR_MEMORY. */
int mrrci_iso2709_pack_coded(const mrrci_input *input, const uint8_t *data, size_t size,
                             mrrci_batch *batch);

#endif
