/* SPDX-License-Identifier: MIT
 *
 * check_reading.h: a read() of the test's own, in place of the system's, that may be told to give
 * little at once, or to fail.
 */
#ifndef CHECK_READING_H
#define CHECK_READING_H

#include <errno.h>
#include <stdbool.h>
#include <sys/uio.h>
#include <unistd.h>

/* What read() does: at most so many bytes at once (0: all), and a fault on the n-th call from now
 * (0: never) or on every second call.  One thread at a time may call it. */
static struct {
    size_t at_most;
    unsigned fail_at;
    bool every_second;
    int fault;
    unsigned calls;
} reading;

ssize_t read(int descriptor, void *into, size_t size) {
    struct iovec part = {into, size};
    reading.calls++;
    if ((reading.fail_at != 0 && reading.calls == reading.fail_at) ||
        (reading.every_second && reading.calls % 2 == 1)) {
        errno = reading.fault;
        return -1;
    }
    if (reading.at_most != 0 && part.iov_len > reading.at_most)
        part.iov_len = reading.at_most;
    return readv(descriptor, &part, 1);
}

static inline void read_with(size_t at_most, unsigned fail_at, bool every_second, int fault) {
    reading.at_most = at_most;
    reading.fail_at = fail_at;
    reading.every_second = every_second;
    reading.fault = fault;
    reading.calls = 0;
}

#endif
