/* SPDX-License-Identifier: MIT
 *
 * normal.h: text of Unicode taken apart and put together again, so that texts which look alike
 * are alike.
 */
#ifndef MRRC_NORMAL_H
#define MRRC_NORMAL_H

#include "internal.h"

/* A character's canonical combining class; 0 for one that is no mark. */
unsigned mrrci_combining_class(uint32_t character);

/* Whether a character is a mark of any kind (general category M). */
bool mrrci_is_mark(uint32_t character);

/* What is undone in a text. */
enum {
    MRRCI_CANONICAL = 1,  /* letters with marks in one character: normalisation form D */
    MRRCI_COMPATIBLE = 2, /* and forms for the sake of looks: KD */
    MRRCI_FOLD_CASE = 4   /* capitals, by Unicode's full case folding */
};

/* Replaces `characters` (uint32_t) by those of valid UTF-8, with so much undone.
 * Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_decompose(const uint8_t *text, size_t size, unsigned how, mrrc_buffer *characters);

/* Turns normalisation form D into form C, or KD into KC, in place. */
void mrrci_compose(mrrc_buffer *characters);

#endif
