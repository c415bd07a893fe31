/* SPDX-License-Identifier: MIT
 *
 * format.h: what a format is: how a file of it begins and ends, and the functions that read and
 * write it.
 */
#ifndef MRRC_FORMAT_H
#define MRRC_FORMAT_H

#include "batch.h"
#include "conversion.h"

typedef struct mrrci_format {
    const char *name;
    /* What stands before the first record of a file, between two, and behind the last. */
    const char *head, *between, *tail;
    /* The same as `head` where it is not always the same; or NULL. */
    int (*begin)(const mrrci_how *how, mrrc_buffer *out);
    /* A decoder's memory between two calls, or NULL without memory; both are NULL
     * where a format has none. */
    void *(*open)(void);
    void (*close)(void *state);
    /* Appends the whole records of the input to the batch and says how many bytes it
     * is done with; the next call's input begins behind them.  It may be done with parts of
     * a record that its state keeps.  With input->last it says, when it is done with the
     * last byte, what is missing; it may be called again with none left.  `data` is never
     * NULL.  Returns 0; MRRC_END where nothing can follow; MRRC_ERR_MEMORY; or a fault, in
     * `err` with its offset in the source, its line and column: what was appended before
     * stays, and above MRRC_FATAL the next call goes on behind `*used`.  NULL where the
     * format is written only. */
    int (*decode)(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                  mrrc_error *err);
    /* Appends one record to `out`, or leaves `out` as it is and returns a fault.  Returns
     * MRRC_NOTED where something had to be replaced. */
    int (*encode)(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                  mrrc_error *err);
    /* Returns the length of the record here, if it is whole and each mode of reading, whatever the
     * flags, would take just so many bytes for it, sound or not; or 0.  NULL where nothing can
     * be said of a record without what stands before it. */
    size_t (*step)(const uint8_t *at, size_t left);
    /* Whether nothing is begun, and a record begins in the input: then `*used` gets its place, and
     * the lines before it are in the state and in `place`.  It is asked behind decode() only, may
     * be asked again with more, and no longer where the input has ended.  NULL where a source
     * has no such places. */
    bool (*pause)(void *state, const mrrci_input *input, size_t *used, mrrc_place *place);
    /* Has a fresh state begin at such a place. */
    void (*resume)(void *state, const mrrc_place *place);
    /* Whether what is written of a record depends on its number in the output, and not only
     * whether it is the first. */
    bool numbered;
} mrrci_format;

/* The format of a number that mrrc_format_find() gave, or NULL. */
const mrrci_format *mrrci_format_at(int number);

#endif
