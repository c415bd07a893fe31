/* SPDX-License-Identifier: MIT
 *
 * c_speed.c: how fast the C core alone turns ISO 2709 into packed records,
 * beside two things that bound it: finding each record terminator with
 * memchr(), and copying each record with memcpy().
 *
 * Reads a file into memory, runs the three in turn for a number of rounds and
 * prints the CPU seconds of each round as JSON.  It reads well-formed data
 * only; records that the core leaves undecoded are counted, not hidden.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mrrc.h"

#define BLOCK (1u << 20) /* memcpy() writes where a batch would be: in cache */

struct data {
    uint8_t *bytes;
    size_t size;
};

static void die(const char *what) {
    fprintf(stderr, "c_speed: %s\n", what);
    exit(1);
}

static double cpu_seconds(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
        die("no CPU clock");
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct data read_file(const char *path) {
    struct data data = {NULL, 0};
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        die("cannot open the file");
    long size = ftell(file);
    if (size <= 0)
        die("the file is empty");
    rewind(file);
    data.size = (size_t)size;
    data.bytes = malloc(data.size);
    if (data.bytes == NULL || fread(data.bytes, 1, data.size, file) != data.size)
        die("cannot read the file");
    fclose(file);
    return data;
}

static size_t find_terminators(struct data data) {
    size_t found = 0;
    const uint8_t *here = data.bytes;
    const uint8_t *end = data.bytes + data.size;
    while ((here = memchr(here, 0x1D, (size_t)(end - here))) != NULL) {
        found++;
        here++;
    }
    return found;
}

/* The ends of all records, found once, so that copying need not look for them. */
static size_t *record_ends(struct data data, size_t records) {
    size_t *ends = malloc(records * sizeof *ends);
    if (ends == NULL)
        die("out of memory");
    const uint8_t *here = data.bytes;
    for (size_t i = 0; i < records; i++) {
        here = memchr(here, 0x1D, data.size - (size_t)(here - data.bytes));
        here++;
        ends[i] = (size_t)(here - data.bytes);
    }
    return ends;
}

static uint64_t copy_records(struct data data, const size_t *ends, size_t records, uint8_t *block) {
    uint64_t seen = 0;
    size_t start = 0;
    size_t used = 0;
    for (size_t i = 0; i < records; i++) {
        size_t size = ends[i] - start;
        if (size > BLOCK)
            die("a record is larger than the block");
        if (used + size > BLOCK) {
            seen += block[used / 2]; /* the copies are used, so they are made */
            used = 0;
        }
        memcpy(block + used, data.bytes + start, size);
        used += size;
        start = ends[i];
    }
    return seen + block[0];
}

struct outcome {
    size_t records;
    size_t undecoded;
};

static struct outcome pack_records(struct data data) {
    struct outcome outcome = {0, 0};
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    if (reader == NULL || mrrc_reader_open_memory(reader, data.bytes, data.size) != MRRC_OK)
        die("no reader");
    mrrc_batch_view view;
    mrrc_error error = {0};
    int status;
    while ((status = mrrc_reader_next(reader, 0, &view, &error)) == MRRC_OK) {
        outcome.records += view.count;
        outcome.undecoded += view.marked;
    }
    if (status != MRRC_END)
        die("the core gave up");
    mrrc_reader_free(reader);
    return outcome;
}

int main(int argc, char **argv) {
    if (argc != 3)
        die("usage: c_speed FILE ROUNDS");
    struct data data = read_file(argv[1]);
    int rounds = atoi(argv[2]);
    size_t records = find_terminators(data);
    size_t *ends = record_ends(data, records);
    uint8_t *block = malloc(BLOCK);
    if (rounds < 1 || records == 0 || block == NULL)
        die("nothing to do");
    memset(block, 0, BLOCK);
    uint64_t seen = 0;
    struct outcome outcome = pack_records(data); /* warm-up */
    printf("{\"bytes\": %zu, \"records\": %zu, \"undecoded\": %zu, \"rounds\": [", data.size,
           outcome.records, outcome.undecoded);
    for (int round = 0; round < rounds; round++) {
        double start = cpu_seconds();
        seen += find_terminators(data);
        double found = cpu_seconds();
        seen += copy_records(data, ends, records, block);
        double copied = cpu_seconds();
        outcome = pack_records(data);
        double packed = cpu_seconds();
        printf("%s{\"memchr\": %.9f, \"memcpy\": %.9f, \"mrrc\": %.9f}", round == 0 ? "" : ", ",
               found - start, copied - found, packed - copied);
    }
    printf("], \"seen\": %llu}\n", (unsigned long long)seen);
    free(block);
    free(ends);
    free(data.bytes);
    return 0;
}
