/* SPDX-License-Identifier: MIT
 *
 * Shared numbers: at the limits, by many threads at once, and by processes that are killed.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { THREADS = 8, STEPS = 20000 };

static void test_alone(void) {
    _Alignas(8) uint8_t place[16];
    memset(place, 0xFF, sizeof place);
    CHECK(mrrc_count_set(place, 5) == -1);
    CHECK(mrrc_count_add(place, 7) == 5);
    CHECK(mrrc_count_add(place, -20) == 12);
    CHECK(mrrc_count_add(place, 0) == -8);
    CHECK(mrrc_count_get(place) == -8);
    CHECK(place[8] == 0xFF && place[15] == 0xFF);
}

/* A sum that does not fit is not made. */
static void test_limits(void) {
    static const struct {
        int64_t number, amount, then;
    } cases[] = {
        {INT64_MAX, 1, INT64_MAX},          {INT64_MAX - 1, 1, INT64_MAX},
        {INT64_MAX, INT64_MIN, -1},         {INT64_MIN, -1, INT64_MIN},
        {INT64_MIN + 1, -1, INT64_MIN},     {INT64_MIN, INT64_MAX, -1},
        {-1, INT64_MIN, -1},                {0, INT64_MIN, INT64_MIN},
        {INT64_MAX, INT64_MAX, INT64_MAX},  {INT64_MIN, INT64_MIN, INT64_MIN},
        {0, INT64_MAX, INT64_MAX},          {1, INT64_MAX, 1},
    };
    _Alignas(8) uint8_t place[8];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mrrc_count_set(place, cases[i].number);
        CHECK_FOR(mrrc_count_add(place, cases[i].amount) == cases[i].number, "case %zu", i);
        CHECK_FOR(mrrc_count_get(place) == cases[i].then, "case %zu", i);
    }
}

static void *go_up_and_down(void *place) {
    for (int i = 0; i < STEPS; i++) {
        mrrc_count_add(place, 3);
        mrrc_count_add(place, -2);
    }
    return NULL;
}

static void test_threads(void) {
    _Alignas(8) uint8_t place[8] = {0};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, go_up_and_down, place) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK_EQ_INT(mrrc_count_get(place), THREADS * STEPS);
}

static pid_t forked(uint8_t *memory, bool ends) {
    pid_t child = fork();
    if (child == 0) {
        for (int64_t i = 0; !ends || i < STEPS; i++)
            mrrc_count_add(memory + 8, 1);
        _exit(0);
    }
    return child;
}

/* Who is killed on the way leaves a number that all others go on with. */
static void test_processes(void) {
    uint8_t *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    if (memory == MAP_FAILED)
        return;
    pid_t endless[2], others[2];
    for (int i = 0; i < 2; i++)
        endless[i] = forked(memory, false);
    while (mrrc_count_get(memory + 8) < STEPS)
        ;
    for (int i = 0; i < 2; i++) {
        kill(endless[i], SIGKILL);
        CHECK(waitpid(endless[i], NULL, 0) == endless[i]);
    }
    int64_t before = mrrc_count_get(memory + 8);
    CHECK(before >= STEPS);
    for (int i = 0; i < 2; i++)
        others[i] = forked(memory, true);
    for (int i = 0; i < 2; i++)
        CHECK(waitpid(others[i], NULL, 0) == others[i]);
    CHECK_EQ_INT(mrrc_count_get(memory + 8), before + 2 * STEPS);
    CHECK_EQ_INT(mrrc_count_get(memory), 0);
    munmap(memory, 4096);
}

int main(void) {
    test_alone();
    test_limits();
    test_threads();
    test_processes();
    return check_report();
}
