/* SPDX-License-Identifier: MIT
 *
 * Sources: files, pipes, memory; what opens and what does not, what is read when
 * read(2) gives little, is interrupted or fails, where one may seek, and that the
 * window holds what it says.  read() is this test's own and may be told to fail.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "check_reading.h"
#include "source.h"

/* files -------------------------------------------------------------------- */

static char folder[64];

static const char *path_of(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static uint8_t byte_at(uint64_t offset) {
    return (uint8_t)(offset * 7 + (offset >> 8) * 13 + (offset >> 16));
}

static const char *make_file(const char *name, size_t size) {
    const char *path = path_of(name);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        abort();
    for (size_t i = 0; i < size; i++)
        fputc(byte_at(i), file);
    if (fclose(file) != 0)
        abort();
    return path;
}

/* Whether the window is what stands in the source there. */
static bool window_is_right(const mrrci_source *source) {
    const uint8_t *data = mrrci_source_data(source);
    size_t size = mrrci_source_size(source);
    for (size_t i = 0; i < size; i++)
        if (data[i] != byte_at(source->start + i))
            return false;
    return source->at <= size;
}

static uint64_t window_end(const mrrci_source *source) {
    return source->start + mrrci_source_size(source);
}

/* Reads, however long a pipe lets wait. */
static int read_slow(mrrci_source *source, size_t wanted, mrrc_error *err) {
    for (;;) {
        mrrc_error own = {0};
        int status = mrrci_source_read(source, wanted, &own);
        if (status == MRRC_ERR_IO && own.system == EINTR && source->waits)
            continue;
        if (err != NULL && own.code != 0)
            *err = own;
        return status;
    }
}

/* Reads to the end, giving up what was read or keeping all. */
static int read_all(mrrci_source *source, size_t wanted, bool keep, mrrc_error *err) {
    for (unsigned step = 0; !source->ended; step++) {
        int status = read_slow(source, wanted, err);
        if (status != MRRC_OK)
            return status;
        if (keep)
            continue;
        CHECK(window_is_right(source));
        size_t size = mrrci_source_size(source);
        source->at = size - (step % 3 == 0 ? 0 : size / 3);
        uint64_t here = source->start + source->at;
        mrrci_source_drop_used(source);
        CHECK(source->at == 0 && source->start == here);
    }
    return MRRC_OK;
}

/* tests -------------------------------------------------------------------- */

static void fails_to_open(const char *path, int system, int line) {
    mrrci_source source;
    mrrc_error err = {0};
    mrrci_source_init(&source);
    check_int(mrrci_source_open_path(&source, path, &err), MRRC_ERR_IO, __FILE__, line, path);
    check_int(err.code, MRRC_ERR_IO, __FILE__, line, path);
    check_int(err.system, system, __FILE__, line, path);
    check_int(mrrci_source_open_path(&source, path, NULL), MRRC_ERR_IO, __FILE__, line, path);
    check_int(source.descriptor, -1, __FILE__, line, path);
    check_int(mrrci_source_close(&source, NULL), MRRC_OK, __FILE__, line, path);
}

static void test_open(void) {
    char file[128], name[400];
    fails_to_open(path_of("none"), ENOENT, __LINE__);
    fails_to_open("", ENOENT, __LINE__);
    fails_to_open(folder, EISDIR, __LINE__);
    fails_to_open("/", EISDIR, __LINE__);
    snprintf(file, sizeof file, "%s", make_file("plain", 10));
    snprintf(name, sizeof name, "%s/below", file);
    fails_to_open(name, ENOTDIR, __LINE__);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    fails_to_open(name, ENAMETOOLONG, __LINE__);
    if (symlink("loop", path_of("loop")) != 0)
        abort();
    fails_to_open(path_of("loop"), ELOOP, __LINE__);
    unlink(path_of("loop"));

    /* who may read everything becomes somebody else for a moment */
    uid_t user = geteuid();
    enum { NOBODY = 65534 };
    if (chmod(file, 0) != 0)
        abort();
    if (user != 0 || seteuid(NOBODY) == 0) {
        bool reachable = access(folder, X_OK) == 0 || user == 0;
        if (reachable)
            fails_to_open(file, EACCES, __LINE__);
        if (user == 0 && seteuid(0) != 0)
            abort();
    }
    unlink(file);
}

/* No descriptor is left behind, whatever happens. */
static int next_descriptor(void) {
    int descriptor = dup(STDERR_FILENO);
    close(descriptor);
    return descriptor;
}

static void test_empty_file(void) {
    mrrci_source source;
    mrrc_error err = {0};
    mrrci_source_init(&source);
    CHECK(mrrci_source_open_path(&source, make_file("empty", 0), &err) == MRRC_OK);
    CHECK(!source.ended && (fcntl(source.descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(mrrci_source_read(&source, 100, &err) == MRRC_OK);
    CHECK(source.ended && mrrci_source_size(&source) == 0);
    unsigned calls = reading.calls;
    CHECK(mrrci_source_read(&source, 100, &err) == MRRC_OK);
    CHECK(reading.calls == calls && err.code == 0); /* the end is not asked for twice */
    CHECK(mrrci_source_close(&source, &err) == MRRC_OK && source.descriptor == -1);
    CHECK(mrrci_source_close(&source, &err) == MRRC_OK);
    unlink(path_of("empty"));
}

static void test_limit(void) {
    enum { SIZE = 1000, STOP = 700 };
    const char *path = make_file("limit", SIZE);
    mrrci_source source;
    for (size_t wanted = 1; wanted < SIZE; wanted += 99) {
        mrrci_source_init(&source);
        CHECK(mrrci_source_open_path(&source, path, NULL) == MRRC_OK);
        mrrci_source_limit(&source, STOP);
        CHECK(mrrci_source_seek(&source, 100, NULL) == MRRC_OK);
        CHECK(read_all(&source, wanted, true, NULL) == MRRC_OK);
        CHECK(window_is_right(&source) && source.start == 100 && window_end(&source) == STOP);
        CHECK(mrrci_source_seek(&source, STOP, NULL) == MRRC_OK);
        CHECK(mrrci_source_seek(&source, 10, NULL) == MRRC_OK);
        CHECK(read_all(&source, wanted, false, NULL) == MRRC_OK && window_end(&source) == STOP);
        CHECK(mrrci_source_seek(&source, STOP + 50, NULL) == MRRC_OK);
        CHECK(mrrci_source_read(&source, 10, NULL) == MRRC_OK && source.ended);
        CHECK(mrrci_source_size(&source) == 0);
        CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
    }
    unlink(path);
}

static void test_reads(void) {
    enum { SIZE = 100000 };
    static const size_t most[] = {0, 1, 7, 4096};
    const char *path = make_file("reads", SIZE);
    for (size_t i = 0; i < sizeof most / sizeof most[0]; i++)
        for (int keep = 0; keep < 2; keep++) {
            mrrci_source source;
            mrrci_source_init(&source);
            read_with(most[i], 0, false, 0);
            CHECK(mrrci_source_open_path(&source, path, NULL) == MRRC_OK);
            /* checking the window over and over is slow: fewer bytes for few at once */
            size_t wanted = 10000;
            if (most[i] == 1)
                CHECK(mrrci_source_seek(&source, SIZE - 2000, NULL) == MRRC_OK);
            CHECK(read_all(&source, wanted, keep != 0, NULL) == MRRC_OK);
            CHECK(window_end(&source) == SIZE && window_is_right(&source));
            bool all = source.start == 0 && mrrci_source_size(&source) == SIZE;
            CHECK(!keep || most[i] == 1 || all);
            CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
        }
    read_with(0, 0, false, 0);
    unlink(path_of("reads"));
}

static void test_read_faults(void) {
    enum { SIZE = 30000, WANTED = 1000 };
    static const int faults[] = {EIO, EINTR, EAGAIN, EBADF};
    const char *path = make_file("faults", SIZE);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        for (unsigned call = 1; call < 34; call++) {
            mrrci_source source;
            mrrc_error err = {0};
            mrrci_source_init(&source);
            CHECK(mrrci_source_open_path(&source, path, NULL) == MRRC_OK);
            read_with(0, call, false, faults[i]);
            int status = read_all(&source, WANTED, true, &err);
            if (call > 31) {
                CHECK(status == MRRC_OK && source.ended);
            } else {
                CHECK(status == MRRC_ERR_IO && err.code == MRRC_ERR_IO && err.system == faults[i]);
                CHECK(!source.ended && mrrci_source_size(&source) == (call - 1) * WANTED);
                CHECK(window_is_right(&source));
            }
            /* and it may be tried again */
            CHECK(read_all(&source, WANTED, true, &err) == MRRC_OK);
            CHECK(mrrci_source_size(&source) == SIZE && window_is_right(&source));
            CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
        }
    read_with(0, 0, false, 0);

    /* the first fault stays */
    mrrci_source source;
    mrrc_error err = {.code = MRRC_ERR_TRUNCATED, .offset = 3}, kept = err;
    mrrci_source_init(&source);
    CHECK(mrrci_source_open_path(&source, path_of("none"), &err) == MRRC_ERR_IO);
    CHECK(memcmp(&err, &kept, sizeof err) == 0);
    CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);

    /* a descriptor that is gone */
    mrrci_source_init(&source);
    memset(&err, 0, sizeof err);
    CHECK(mrrci_source_open_path(&source, make_file("faults", 10), NULL) == MRRC_OK);
    close(source.descriptor);
    CHECK(mrrci_source_read(&source, 10, &err) == MRRC_ERR_IO && err.system == EBADF);
    memset(&err, 0, sizeof err);
    CHECK(mrrci_source_seek(&source, 5, &err) == MRRC_ERR_IO && err.system == EBADF);
    memset(&err, 0, sizeof err);
    CHECK(mrrci_source_close(&source, &err) == MRRC_ERR_IO && err.system == EBADF);
    CHECK(source.descriptor == -1 && mrrci_source_close(&source, NULL) == MRRC_OK);
    unlink(path_of("faults"));
}

static void test_truncated_while_read(void) {
    mrrci_source source;
    char path[128];
    snprintf(path, sizeof path, "%s", make_file("shrinks", 50000));
    mrrci_source_init(&source);
    CHECK(mrrci_source_open_path(&source, path, NULL) == MRRC_OK);
    CHECK(mrrci_source_read(&source, 10000, NULL) == MRRC_OK);
    if (truncate(path, 12000) != 0)
        abort();
    CHECK(read_all(&source, 10000, true, NULL) == MRRC_OK);
    CHECK(source.ended && mrrci_source_size(&source) == 12000 && window_is_right(&source));
    CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);

    mrrci_source_init(&source);
    CHECK(mrrci_source_open_path(&source, path, NULL) == MRRC_OK);
    CHECK(mrrci_source_read(&source, 10000, NULL) == MRRC_OK);
    if (truncate(path, 100) != 0)
        abort();
    CHECK(mrrci_source_read(&source, 10000, NULL) == MRRC_OK);
    CHECK(source.ended && mrrci_source_size(&source) == 10000); /* what was read stays */
    CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
    unlink(path);
}

static void test_seek(void) {
    enum { SIZE = 200000, WANTED = 5000 };
    mrrci_source source;
    mrrc_error err = {0};
    uint64_t state = 0x5EEC;
    mrrci_source_init(&source);
    CHECK(mrrci_source_open_path(&source, make_file("seeks", SIZE), NULL) == MRRC_OK);

    /* inside the window nothing is read again */
    CHECK(mrrci_source_read(&source, WANTED, NULL) == MRRC_OK);
    unsigned calls = reading.calls;
    static const uint64_t inside[] = {0, 1, WANTED - 1, WANTED};
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        CHECK(mrrci_source_seek(&source, inside[i], &err) == MRRC_OK);
        CHECK(source.at == inside[i] && source.start == 0);
        CHECK(mrrci_source_size(&source) == WANTED && reading.calls == calls);
    }
    /* outside it is, from the very byte */
    CHECK(mrrci_source_seek(&source, WANTED + 1, &err) == MRRC_OK);
    CHECK(mrrci_source_size(&source) == 0 && source.start == WANTED + 1 && source.at == 0);
    CHECK(mrrci_source_read(&source, WANTED, NULL) == MRRC_OK && window_is_right(&source));
    CHECK(mrrci_source_seek(&source, WANTED, &err) == MRRC_OK && source.start == WANTED);
    CHECK(mrrci_source_read(&source, WANTED, NULL) == MRRC_OK && window_is_right(&source));

    /* the end is no end once one goes back */
    CHECK(mrrci_source_seek(&source, SIZE - 10, &err) == MRRC_OK);
    CHECK(read_all(&source, WANTED, true, NULL) == MRRC_OK && mrrci_source_size(&source) == 10);
    CHECK(source.ended && mrrci_source_seek(&source, 0, &err) == MRRC_OK && !source.ended);
    CHECK(mrrci_source_read(&source, WANTED, NULL) == MRRC_OK && window_is_right(&source));

    /* behind the end there is nothing, and that is no fault */
    CHECK(mrrci_source_seek(&source, SIZE + 12345, &err) == MRRC_OK);
    CHECK(mrrci_source_read(&source, WANTED, NULL) == MRRC_OK);
    CHECK(source.ended && mrrci_source_size(&source) == 0);

    for (unsigned step = 0; step < 2000; step++) {
        uint64_t offset = check_random(&state, SIZE + 100);
        CHECK(mrrci_source_seek(&source, offset, &err) == MRRC_OK);
        CHECK(source.start + source.at == offset);
        if (check_random(&state, 2) == 0)
            mrrci_source_drop_used(&source);
        CHECK(source.start + source.at == offset);
        CHECK(mrrci_source_read(&source, check_random(&state, 3000) + 1, NULL) == MRRC_OK);
        CHECK(window_is_right(&source));
        if (mrrci_source_size(&source) > 20000)
            CHECK(mrrci_source_seek(&source, SIZE + 200, &err) == MRRC_OK);
    }
    CHECK(err.code == 0);

    /* what no file has */
    CHECK(mrrci_source_seek(&source, 100, &err) == MRRC_OK);
    CHECK(mrrci_source_read(&source, WANTED, NULL) == MRRC_OK);
    CHECK(mrrci_source_seek(&source, UINT64_MAX, &err) == MRRC_ERR_IO);
    CHECK(err.code == MRRC_ERR_IO && err.system == EINVAL);
    memset(&err, 0, sizeof err);
    CHECK(mrrci_source_seek(&source, (uint64_t)INT64_MAX + 1, &err) == MRRC_ERR_IO);
    CHECK(err.system == EINVAL && window_is_right(&source) && source.start <= 100);
    CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
    unlink(path_of("seeks"));
}

/* Starts a process that writes so many bytes into a FIFO. */
static pid_t write_fifo(const char *path, size_t size) {
    pid_t child = fork();
    if (child != 0)
        return child;
    int descriptor = open(path, O_WRONLY);
    for (size_t at = 0; at < size;) {
        uint8_t bytes[3000];
        size_t part = size - at < sizeof bytes ? size - at : sizeof bytes;
        for (size_t i = 0; i < part; i++)
            bytes[i] = byte_at(at + i);
        ssize_t count = write(descriptor, bytes, part);
        if (count < 0)
            _exit(1);
        at += (size_t)count;
    }
    _exit(0);
}

static void test_pipe(void) {
    enum { SIZE = 150000 };
    for (int keep = 0; keep < 2; keep++) {
        char path[128];
        mrrci_source source;
        mrrc_error err = {0};
        int status = 0;
        snprintf(path, sizeof path, "%s", path_of("fifo"));
        if (mkfifo(path, 0600) != 0)
            abort();
        pid_t child = write_fifo(path, SIZE);
        mrrci_source_init(&source);
        CHECK(mrrci_source_open_path(&source, path, &err) == MRRC_OK);
        CHECK(read_slow(&source, 1000, &err) == MRRC_OK);
        size_t have = mrrci_source_size(&source);
        CHECK(have > 0 && have <= 1000 && window_is_right(&source));
        /* a pipe goes back as far as its window, and no further ahead */
        size_t half = (have + 1) / 2;
        CHECK(mrrci_source_seek(&source, half, &err) == MRRC_OK && source.at == half);
        mrrci_source_drop_used(&source);
        CHECK(source.start == half && err.code == 0);
        CHECK(mrrci_source_seek(&source, 0, &err) == MRRC_ERR_IO);
        CHECK(err.system == ESPIPE);
        memset(&err, 0, sizeof err);
        CHECK(mrrci_source_seek(&source, have + 1, &err) == MRRC_ERR_IO && err.system == ESPIPE);
        CHECK(source.start == half && source.at == 0 && window_end(&source) == have);
        CHECK(read_all(&source, 1000, keep != 0, NULL) == MRRC_OK);
        CHECK(window_end(&source) == SIZE && window_is_right(&source));
        CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
        CHECK(waitpid(child, &status, 0) == child && status == 0);
        unlink(path);
    }
}

/* Who waits for a pipe's bytes looks up now and then, and goes on. */
static void test_silent_pipe(void) {
    mrrci_source source;
    mrrc_error err = {0};
    const char *path = path_of("silent");
    if (mkfifo(path, 0600) != 0)
        abort();
    int descriptor = open(path, O_RDWR);
    mrrci_source_init(&source);
    CHECK(mrrci_source_open_path(&source, path, &err) == MRRC_OK && source.waits);
    CHECK(mrrci_source_read(&source, 10, &err) == MRRC_ERR_IO);
    CHECK(err.code == MRRC_ERR_IO && err.system == EINTR && !source.ended);
    memset(&err, 0, sizeof err);
    CHECK(write(descriptor, "abc", 3) == 3);
    CHECK(mrrci_source_read(&source, 10, &err) == MRRC_OK && mrrci_source_size(&source) == 3);
    CHECK(mrrci_source_guard(&source, &err) == MRRC_OK);
    CHECK(mrrci_source_read(&source, 10, &err) == MRRC_ERR_IO && err.system == EINTR);
    mrrci_source_interrupt(&source);
    memset(&err, 0, sizeof err);
    CHECK(mrrci_source_read(&source, 10, &err) == MRRC_ERR_IO && err.system == ECANCELED);
    CHECK(mrrci_source_close(&source, NULL) == MRRC_OK && !source.waits);
    close(descriptor);
    unlink(path);
}

static void test_memory_source(void) {
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = byte_at(i);
    uint8_t *exact = check_copy(bytes, sizeof bytes);
    mrrci_source source;
    mrrc_error err = {0};
    mrrci_source_init(&source);
    mrrci_source_open_memory(&source, exact, sizeof bytes);
    CHECK(mrrci_source_data(&source) == exact && mrrci_source_size(&source) == sizeof bytes);
    CHECK(source.ended && mrrci_source_read(&source, 100, &err) == MRRC_OK);
    CHECK(mrrci_source_size(&source) == sizeof bytes && window_is_right(&source));
    for (uint64_t offset = 0; offset <= sizeof bytes; offset += 50) {
        CHECK(mrrci_source_seek(&source, offset, &err) == MRRC_OK && source.at == offset);
        mrrci_source_drop_used(&source); /* which is not ours to give up */
        CHECK(source.at == offset && source.start == 0);
        CHECK(mrrci_source_data(&source) == exact && window_is_right(&source));
    }
    CHECK(mrrci_source_seek(&source, 301, &err) == MRRC_OK && source.at == sizeof bytes);
    CHECK(mrrci_source_seek(&source, UINT64_MAX, &err) == MRRC_OK && source.at == sizeof bytes);
    CHECK(err.code == 0 && mrrci_source_close(&source, &err) == MRRC_OK);
    CHECK(mrrci_source_size(&source) == 0 && source.at == 0);
    free(exact);

    mrrci_source_init(&source);
    mrrci_source_open_memory(&source, NULL, 0);
    CHECK(mrrci_source_size(&source) == 0 && source.ended);
    CHECK(mrrci_source_read(&source, 100, &err) == MRRC_OK && mrrci_source_size(&source) == 0);
    CHECK(mrrci_source_seek(&source, 0, &err) == MRRC_OK && source.at == 0);
    CHECK(mrrci_source_close(&source, &err) == MRRC_OK && err.code == 0);
}

/* What is behind the used bytes is moved no more often than others are given up. */
static void test_little_used(void) {
    enum { SIZE = 1000 };
    mrrci_source source;
    uint8_t bytes[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = byte_at(i);
    mrrci_source_init(&source);
    mrrci_source_open_feed(&source);
    CHECK(mrrci_source_feed(&source, bytes, SIZE) == MRRC_OK);
    for (source.at = 1; source.at < SIZE / 2; source.at++) {
        mrrci_source_drop_used(&source);
        CHECK(source.start == 0 && mrrci_source_size(&source) == SIZE);
    }
    mrrci_source_drop_used(&source);
    CHECK(source.start == SIZE / 2 && source.at == 0 && window_is_right(&source));
    CHECK(mrrci_source_size(&source) == SIZE / 2);
    CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
}

static char sweep_path[128];

static void read_without_memory(void *context) {
    enum { SIZE = 40000 };
    (void)context;
    mrrci_source source;
    mrrc_error err = {0};
    mrrci_source_init(&source);
    CHECK(mrrci_source_open_path(&source, sweep_path, &err) == MRRC_OK);
    int status = read_all(&source, 1500, true, &err);
    if (status != MRRC_OK) {
        CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && err.code == MRRC_ERR_MEMORY);
        CHECK(err.system == 0 && window_is_right(&source) && !source.ended);
        /* nothing was read that had no room: it goes on where it was */
        check_memory_allow();
        CHECK(read_all(&source, 1500, true, NULL) == MRRC_OK);
    }
    CHECK(mrrci_source_size(&source) == SIZE && window_is_right(&source));
    CHECK(mrrci_source_close(&source, NULL) == MRRC_OK);
}

int main(void) {
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/mrrc-XXXXXX", place == NULL ? "/tmp" : place);
    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
        abort();
    int descriptor = next_descriptor();
    test_open();
    CHECK(next_descriptor() == descriptor);
    test_empty_file();
    test_limit();
    test_reads();
    test_read_faults();
    test_truncated_while_read();
    test_seek();
    test_pipe();
    test_silent_pipe();
    test_memory_source();
    test_little_used();
    snprintf(sweep_path, sizeof sweep_path, "%s", make_file("sweep", 40000));
    check_memory_sweep(read_without_memory, NULL);
    unlink(sweep_path);
    CHECK(next_descriptor() == descriptor);
    CHECK(rmdir(folder) == 0);
    return check_report();
}
