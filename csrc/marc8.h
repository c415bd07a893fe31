/* SPDX-License-Identifier: MIT
 *
 * marc8.h: a packed record's way to MARC-8.  What mrrc.h declares of MARC-8 is for the core too;
 * what its files share is in marc8_text.h.
 */
#ifndef MRRC_MARC8_H
#define MRRC_MARC8_H

#include "internal.h"

/* Appends a packed record's MARC-8 form to `out`: text converted, leader/09
 * blank, 066 as the sets used ask for.  `flags` are mrrc_write_flags.  Returns
 * 0, a fault described in `err`, or MRRC_ERR_MEMORY. */
int mrrci_marc8_record(const uint8_t *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                       mrrc_error *err);

#endif
