/* SPDX-License-Identifier: MIT
 *
 * marcjson.h: the reader's own way with MARC-in-JSON of the common shape, beside jansson.
 */
#ifndef MRRC_MARCJSON_H
#define MRRC_MARCJSON_H

#include "internal.h"

/* mrrci_json_shape.plain of MARC-in-JSON. */
int64_t mrrci_marcjson_plain(const uint8_t *text, size_t size, mrrc_buffer *out);

#endif
