/* SPDX-License-Identifier: MIT
 *
 * mutants.c: reads damaged records from standard input, each behind its size, in the three modes of
 * recovery, by text codings in turn, from memory and in feeds.  It stops where something does not
 * hold that has to for any bytes, and where memory and feeds differ: the entry of fuzz_recovery.c
 * sees to that.  fuzz/mutants.sh builds and runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_recovery.c"

int main(void) {
    enum { MODES = 3, CODINGS = 8, HANG = 60 };
    unsigned long count = 0;
    uint8_t head[4], *input = NULL;
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        size_t size = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        /* of the exact size, so that a sanitizer sees what reads behind it */
        input = realloc(input, size + 2);
        if (input == NULL || fread(input + 2, 1, size, stdin) != size) {
            fprintf(stderr, "mutants: standard input breaks off\n");
            return 1;
        }
        for (unsigned mode = 0; mode < MODES; mode++) {
            input[0] = (uint8_t)(mode + MODES * (count % CODINGS));
            input[1] = (uint8_t)(size + count);
            alarm(HANG);
            LLVMFuzzerTestOneInput(input, size + 2);
        }
        if (++count % 1000 == 0)
            fprintf(stderr, "%lu\n", count);
    }
    free(input);
    printf("%lu mutants in each of %d modes\n", count, MODES);
    return count == 0;
}
