/* SPDX-License-Identifier: MIT
 *
 * marc8_text.h: what the files of MARC-8 share: text that is put
 * together of base characters and the marks that precede them.
 */
#ifndef MRRC_MARC8_TEXT_H
#define MRRC_MARC8_TEXT_H

#include "internal.h"
#include "marc8_tables.h"

enum {
    MRRCI_MARC8_ASCII = 0x42,
    MRRCI_MARC8_ANSEL = 0x45,
    MRRCI_MARC8_EACC = 0x31,
    MRRCI_MARC8_SUBSCRIPT = 0x62,
    MRRCI_MARC8_GREEK_SYMBOLS = 0x67,
    MRRCI_MARC8_SUPERSCRIPT = 0x70
};

/* The halves of the double marks, and the marks that stand for both halves. */
#define MRRCI_LIGATURE 0x0361u
#define MRRCI_LIGATURE_LEFT 0xFE20u
#define MRRCI_LIGATURE_RIGHT 0xFE21u
#define MRRCI_DOUBLE_TILDE 0x0360u
#define MRRCI_DOUBLE_TILDE_LEFT 0xFE22u
#define MRRCI_DOUBLE_TILDE_RIGHT 0xFE23u

#define MRRCI_REPLACEMENT 0xFFFDu

/* Text in the making.  `out` gets it; all but `out` begins as zeros, except
 * `segment`, which begins as out->size. */
typedef struct mrrci_marc8_text {
    mrrc_buffer *out;
    size_t segment;         /* where the text begins that may still change */
    bool unsettled;         /* it has to be normalised */
    bool join;              /* write the halves of a double mark as one */
    unsigned open;          /* the double marks whose second half is to come */
    mrrc_buffer marks;      /* uint32_t: the marks of the base character to come */
    mrrc_buffer characters; /* scratch */
} mrrci_marc8_text;

/* Appends ASCII characters, at least one; there must be no marks waiting.
 * These return 0 or MRRC_ERR_MEMORY. */
int mrrci_text_ascii(mrrci_marc8_text *text, const uint8_t *data, size_t size);

/* Appends a character that takes no marks; those wait for the next one. */
int mrrci_text_plain(mrrci_marc8_text *text, uint32_t cell);

/* Keeps a mark for the base character to come. */
int mrrci_text_mark(mrrci_marc8_text *text, uint32_t character);

/* Appends a base character and the marks that wait for it.  Returns 1 where
 * the second half of a double mark had no first one, and was kept as it is. */
int mrrci_text_base(mrrci_marc8_text *text, uint32_t cell);

/* Normalises what is not yet normal. */
int mrrci_text_settle(mrrci_marc8_text *text);

/* Frees what the text holds besides `out`. */
void mrrci_text_clear(mrrci_marc8_text *text);

/* The length of the run of printable ASCII (20-7E) at the beginning of bytes. */
size_t mrrci_ascii_run(const uint8_t *data, size_t size);

#endif
