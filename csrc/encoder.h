/* SPDX-License-Identifier: MIT
 *
 * encoder.h: encoders that write parts of one file side by side, and the one that joins them.
 */
#ifndef MRRC_ENCODER_H
#define MRRC_ENCODER_H

#include "internal.h"

/* What was written apart. */
typedef struct mrrci_written {
    mrrc_buffer out;          /* each record with what stands between it and the one before */
    mrrc_buffer notes;        /* mrrc_diagnostic each */
    size_t done;              /* how many records are in it */
    int status;               /* 0, or why the next is not */
    mrrc_error err;
} mrrci_written;

void mrrci_written_clear(mrrci_written *written);

/* Whether records can be written without knowing how many others come before them. */
bool mrrci_encoder_may_part(const mrrc_encoder *encoder);

/* Returns another encoder like this one, which has to outlive it, or NULL without memory. */
mrrc_encoder *mrrci_encoder_like(const mrrc_encoder *encoder);

/* Encodes packed records as mrrc_encoder_records() does, wherever they will stand. */
void mrrci_encoder_part(mrrc_encoder *encoder, const mrrc_batch_view *view,
                        mrrci_written *written);

/* Puts a part behind what the encoder has written: `out`, which is empty, takes its bytes, and
 * the encoder its notes.  Returns as mrrc_encoder_records(). */
int mrrci_encoder_join(mrrc_encoder *encoder, mrrci_written *written, mrrc_buffer *out,
                       size_t *done, mrrc_error *err);

#endif
