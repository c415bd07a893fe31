/* SPDX-License-Identifier: MIT
 *
 * source.c: bytes from a path, in large blocks, or from memory.  It reads
 * with read(2) and never maps, so a file cut short while it is read is an end
 * and not a signal.  An interrupted call is an error like others, because only
 * the caller can run a signal's handler.  What is read stays in a window until it is given
 * up, so the bytes of the records last read can be had again, of a pipe too.
 */
#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "source.h"

static int fail(mrrc_error *err, int system) {
    if (err != NULL && err->code == 0)
        err->system = system;
    return mrrci_fail(err, MRRC_ERR_IO, 0);
}

void mrrci_source_init(mrrci_source *source) {
    memset(source, 0, sizeof *source);
    source->descriptor = source->wake[0] = source->wake[1] = -1;
    source->stop = UINT64_MAX;
}

void mrrci_source_limit(mrrci_source *source, uint64_t stop) {
    source->stop = stop;
}

int mrrci_source_open_path(mrrci_source *source, const char *path, mrrc_error *err) {
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return fail(err, errno);
    /* open() lets a directory pass and read() would be the first to object */
    int system = fstat(descriptor, &status) < 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
    if (system != 0) {
        (void)close(descriptor);
        return fail(err, system);
    }
    source->descriptor = descriptor;
    source->waits = !S_ISREG(status.st_mode);
    source->ended = false;
    source->start = 0;
    return MRRC_OK;
}

void mrrci_source_open_memory(mrrci_source *source, const uint8_t *data, size_t size) {
    static const uint8_t nothing[1] = {0};
    source->memory = size == 0 ? nothing : data;
    source->memory_size = size;
    source->ended = true;
}

void mrrci_source_open_feed(mrrci_source *source) {
    source->fed = true;
    source->ended = false;
}

int mrrci_source_feed(mrrci_source *source, const uint8_t *data, size_t size) {
    if (size == 0) {
        source->ended = true;
        return MRRC_OK;
    }
    return mrrci_buffer_append(&source->window, data, size);
}

int mrrci_source_close(mrrci_source *source, mrrc_error *err) {
    int descriptor = source->descriptor;
    source->descriptor = -1;
    source->waits = false;
    for (int i = 0; i < 2; i++) {
        if (source->wake[i] >= 0)
            (void)close(source->wake[i]);
        source->wake[i] = -1;
    }
    source->memory = NULL;
    source->memory_size = 0;
    source->ended = true;
    source->fed = false;
    source->at = 0;
    mrrci_buffer_clear(&source->window);
    /* the descriptor is gone even where close() was interrupted */
    if (descriptor >= 0 && close(descriptor) < 0 && errno != EINTR)
        return fail(err, errno);
    return MRRC_OK;
}

const uint8_t *mrrci_source_data(const mrrci_source *source) {
    return source->memory != NULL ? source->memory : source->window.data;
}

size_t mrrci_source_size(const mrrci_source *source) {
    return source->memory != NULL ? source->memory_size : source->window.size;
}

int mrrci_source_seek(mrrci_source *source, uint64_t offset, mrrc_error *err) {
    size_t size = mrrci_source_size(source);
    if (offset >= source->start && offset - source->start <= size) {
        source->at = (size_t)(offset - source->start);
        return MRRC_OK;
    }
    if (source->memory != NULL) {
        source->at = size;
        return MRRC_OK;
    }
    if (source->fed)
        return fail(err, ESPIPE);
    if (offset > INT64_MAX || lseek(source->descriptor, (off_t)offset, SEEK_SET) < 0)
        return fail(err, offset > INT64_MAX ? EINVAL : errno);
    source->window.size = 0;
    source->start = offset;
    source->at = 0;
    source->ended = false;
    return MRRC_OK;
}

void mrrci_source_drop_used(mrrci_source *source) {
    if (source->memory != NULL || source->at == 0)
        return;
    size_t left = source->window.size - source->at;
    /* to move more than is given up, fault after fault, would take the square of the window */
    if (source->at < left)
        return;
    memmove(source->window.data, source->window.data + source->at, left);
    source->window.size = left;
    source->start += source->at;
    source->at = 0;
}

int mrrci_source_guard(mrrci_source *source, mrrc_error *err) {
    if (!source->waits)
        return MRRC_OK;
    if (pipe(source->wake) < 0) {
        source->wake[0] = source->wake[1] = -1;
        return fail(err, errno);
    }
    (void)fcntl(source->wake[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(source->wake[1], F_SETFD, FD_CLOEXEC);
    return MRRC_OK;
}

void mrrci_source_interrupt(const mrrci_source *source) {
    /* a full pipe has been written to before */
    if (source->wake[1] >= 0 && write(source->wake[1], "", 1) < 0)
        return;
}

/* Waits until the file has bytes, or its end.  Returns 0 or the number of an error: EINTR after
 * a second too, since a signal that came just before the wait would not end it. */
static int wait_for(const mrrci_source *source) {
    struct pollfd files[2] = {{.fd = source->descriptor, .events = POLLIN},
                              {.fd = source->wake[0], .events = POLLIN}};
    int ready = poll(files, 2, 1000);
    if (ready <= 0)
        return ready == 0 ? EINTR : errno;
    return files[1].revents != 0 ? ECANCELED : 0;
}

int mrrci_source_read(mrrci_source *source, size_t wanted, mrrc_error *err) {
    if (source->ended)
        return MRRC_OK;
    uint64_t reached = source->start + source->window.size;
    if (source->stop <= reached) {
        source->ended = true;
        return MRRC_OK;
    }
    if (source->stop - reached < wanted)
        wanted = (size_t)(source->stop - reached);
    if (mrrci_buffer_reserve(&source->window, wanted) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    int system = source->waits ? wait_for(source) : 0;
    if (system != 0)
        return fail(err, system);
    ssize_t count = read(source->descriptor, source->window.data + source->window.size, wanted);
    if (count < 0)
        return fail(err, errno);
    source->window.size += (size_t)count;
    source->ended = count == 0;
    return MRRC_OK;
}
