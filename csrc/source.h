/* SPDX-License-Identifier: MIT
 *
 * source.h: a window on bytes that come from a path, from memory or piece by piece, and how
 * much of them a reader asks for at once.
 */
#ifndef MRRC_SOURCE_H
#define MRRC_SOURCE_H

#include "internal.h"

#define MRRCI_BLOCK_FIRST ((size_t)64 << 10)
#define MRRCI_BLOCK_MAX ((size_t)1 << 20)

/* Where a block is encoded again at once, it, its records and what is made of them are to
 * stay near the processor. */
#define MRRCI_BLOCK_CONVERT ((size_t)256 << 10)

/* No one asks for more at once. */
#define MRRCI_BLOCK_MOST ((size_t)64 << 20)

typedef struct mrrci_source {
    int descriptor;           /* of a path's file, or -1 */
    bool waits;               /* that file may have no bytes for long, as a pipe */
    int wake[2];              /* a pipe that ends a wait for it, or -1 */
    bool fed;                 /* bytes come from mrrci_source_feed() */
    bool ended;               /* no byte follows the window's last */
    uint64_t stop;            /* the offset at which a path's file is taken to end */
    mrrc_buffer window;       /* what was read of a file and not yet given up */
    const uint8_t *memory;    /* a memory source's bytes, or NULL */
    size_t memory_size;
    uint64_t start;           /* the offset of the window's first byte */
    size_t at;                /* the first byte of the window not yet used */
} mrrci_source;

void mrrci_source_init(mrrci_source *source);
int mrrci_source_open_path(mrrci_source *source, const char *path, mrrc_error *err);
void mrrci_source_open_memory(mrrci_source *source, const uint8_t *data, size_t size);
void mrrci_source_open_feed(mrrci_source *source);

/* Appends to a fed source's window; nothing to append means its end.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrci_source_feed(mrrci_source *source, const uint8_t *data, size_t size);
int mrrci_source_close(mrrci_source *source, mrrc_error *err);
/* Takes a path's file for ended at an offset, whatever stands behind it. */
void mrrci_source_limit(mrrci_source *source, uint64_t stop);

int mrrci_source_seek(mrrci_source *source, uint64_t offset, mrrc_error *err);

/* Reads up to `wanted` bytes behind the window's last.  Returns 0, MRRC_ERR_IO or
 * MRRC_ERR_MEMORY; a wait for a pipe's bytes ends with EINTR now and then, for the caller to
 * look whether a signal has come. */
int mrrci_source_read(mrrci_source *source, size_t wanted, mrrc_error *err);

/* Has mrrci_source_interrupt() end a wait for bytes of a file that may have none for long.
 * Returns 0 or MRRC_ERR_IO. */
int mrrci_source_guard(mrrci_source *source, mrrc_error *err);

/* Makes mrrci_source_read() return MRRC_ERR_IO (ECANCELED) where it would wait, now and ever
 * after; any thread may call it. */
void mrrci_source_interrupt(const mrrci_source *source);

/* Gives up the window's bytes before `at`, unless most of the window is behind them. */
void mrrci_source_drop_used(mrrci_source *source);

/* The window's bytes. */
const uint8_t *mrrci_source_data(const mrrci_source *source);
size_t mrrci_source_size(const mrrci_source *source);

#endif
