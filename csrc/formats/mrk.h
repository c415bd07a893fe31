/* SPDX-License-Identifier: MIT
 *
 * mrk.h: the mnemonics that stand for characters in MRK.
 */
#ifndef MRRC_MRK_H
#define MRRC_MRK_H

#include "internal.h"

/* Appends a value with its mnemonics replaced; `offset` is that of the value, for the notes of
 * an unknown one, which is left as it is, and of marks without a letter.  Returns 0,
 * MRRC_ERR_MEMORY, or MRRC_ERR_FIELD_INVALID for one that stands for a structural character,
 * with its place in `*wrong`. */
int mrrci_mrk_expand(const uint8_t *value, size_t size, uint64_t offset, const uint8_t *tag,
                     mrrc_buffer *out, mrrc_buffer *notes, size_t *wrong);

#endif
