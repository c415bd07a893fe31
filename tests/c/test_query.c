/* SPDX-License-Identifier: MIT
 *
 * Filters as the public header has them: many records in one call, records that fail among
 * them, one filter for several threads.
 */
#include <pthread.h>

#include "check_query.h"

#define LEADER "00000nam a2200000 i 4500"

static mrrc_filter *make(const char *text) {
    mrrc_query_fault fault;
    mrrc_filter *filter = mrrc_filter_new(text, strlen(text), 80, 0, &fault);
    CHECK_FOR(filter != NULL, "%s: %s", text, fault.message);
    return filter;
}

static void test_records(void) {
    static const char block[] = LEADER F "001a" LEADER F "001b" LEADER F "001a";
    static const uint32_t ends[] = {29, 58, 87};
    uint8_t matches[3] = {9, 9, 9};
    size_t done = 99;
    mrrc_filter *filter = make("001 == 'a'");
    CHECK(mrrc_filter_records(filter, (const uint8_t *)block, ends, 3, matches, &done) == MRRC_OK);
    CHECK(done == 3 && matches[0] == 1 && matches[1] == 0 && matches[2] == 1);
    CHECK(mrrc_filter_records(filter, (const uint8_t *)block, ends, 0, matches, &done) == MRRC_OK);
    CHECK(done == 0);
    static const uint32_t wrong[] = {29, 20};
    CHECK(mrrc_filter_records(filter, (const uint8_t *)block, wrong, 2, matches, &done) ==
          MRRC_ERR_PACKED_INVALID);
    CHECK(done == 1);
    mrrc_filter_free(filter);
    mrrc_filter_free(NULL);
}

static void test_view(void) {
    static uint8_t block[] = LEADER F "001a" LEADER F "001b" LEADER F "001a";
    static uint32_t ends[] = {29, 58, 87};
    mrrc_batch_view view = {.block = block, .ends = ends, .count = 3};
    uint8_t matches[9];
    size_t done = 99;
    mrrc_filter *made[] = {make("LDR/6 == 'a'"), make("001 == 'a'"), make("001 == 'b'")};
    const mrrc_filter *filters[] = {made[0], made[1], made[2]};
    memset(matches, 9, sizeof matches);
    CHECK(mrrc_filters_view(filters, 3, &view, 0, 3, matches, &done) == MRRC_OK);
    CHECK(done == 3 && memcmp(matches, "\1\1\1\1\0\1\0\1\0", 9) == 0);
    memset(matches, 9, sizeof matches);
    CHECK(mrrc_filters_view(filters + 1, 2, &view, 1, 2, matches, &done) == MRRC_OK);
    CHECK(done == 2 && memcmp(matches, "\0\1\x9", 3) == 0);
    CHECK(mrrc_filters_view(filters + 1, 2, &view, 3, 3, matches, &done) == MRRC_OK);
    CHECK(mrrc_filters_view(filters, 0, &view, 0, 3, matches, &done) == MRRC_OK);
    CHECK(done == 3 && memcmp(matches, "\0\1\x9", 3) == 0);
    ends[1] = 20;
    CHECK(mrrc_filters_view(filters, 3, &view, 0, 3, matches, &done) == MRRC_ERR_PACKED_INVALID);
    CHECK(done == 1);
    for (int i = 0; i < 3; i++)
        mrrc_filter_free(made[i]);
}

static void test_limit(void) {
    mrrc_buffer block = {0};
    uint32_t ends[2];
    uint8_t matches[2];
    size_t done;
    mrrc_filter *filter = make("245/*.a =~ '^(a+)+$'");
    check_put_text(&block, LEADER F "24500" S "aaaa");
    ends[0] = (uint32_t)block.size;
    check_put_text(&block, LEADER F "24500" S "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    ends[1] = (uint32_t)block.size;
    CHECK(mrrc_filter_records(filter, block.data, ends, 2, matches, &done) == MRRC_ERR_QUERY_LIMIT);
    CHECK(done == 1 && matches[0] == 1);
    mrrc_batch_view view = {.block = block.data, .ends = ends, .count = 2};
    mrrc_filter *plain = make("245$a");
    const mrrc_filter *filters[] = {filter, plain};
    uint8_t both[4];
    CHECK(mrrc_filters_view(filters, 2, &view, 0, 2, both, &done) == MRRC_OK);
    CHECK(done == 2 && memcmp(both, "\1\2\1\1", 4) == 0);
    mrrc_filter_free(plain);
    mrrc_filter_free(filter);
    mrrci_buffer_clear(&block);
}

static void test_fault_is_fresh(void) {
    mrrc_query_fault fault;
    memset(&fault, 'x', sizeof fault);
    CHECK(mrrc_filter_new("001 =", 5, 80, 0, &fault) == NULL);
    CHECK(fault.code == MRRC_ERR_QUERY_SYNTAX && fault.offset == 4);
    mrrc_filter *filter = mrrc_filter_new("001?", 4, 4000, 0, &fault);
    CHECK(filter != NULL && fault.code == 0);
    mrrc_filter_free(filter);
}

static void *ask_often(void *filter) {
    const uint32_t end = sizeof check_asked - 1;
    size_t wrong = 0, done;
    for (int i = 0; i < 500; i++) {
        uint8_t match = 0;
        wrong += mrrc_filter_records(filter, (const uint8_t *)check_asked, &end, 1, &match,
                                     &done) != MRRC_OK ||
                 match != 1;
    }
    return wrong == 0 ? NULL : filter;
}

static void test_threads(void) {
    pthread_t threads[4];
    mrrc_filter *filter = make("245$a =~ 'h.story' && 100$a =* 'Lovelace Ada' && 020$a{$q~\\cl}");
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, ask_often, filter) == 0);
    for (int i = 0; i < 4; i++) {
        void *result = filter;
        CHECK(pthread_join(threads[i], &result) == 0 && result == NULL);
    }
    mrrc_filter_free(filter);
}

static int compile(void) {
    static const char text[] =
        "245.a =~ ['x', 'y'] && 100$a =* 'z' || 020$a{$q=\\p}{!$z} && #650{ a in ['1','2','3','4',"
        "'5','6','7','8','9'] } == 1";
    mrrc_query_fault fault;
    mrrc_filter *filter = mrrc_filter_new(text, strlen(text), 80, 0, &fault);
    CHECK((filter == NULL) == (fault.code != 0));
    mrrc_filter_free(filter);
    return fault.code;
}

int main(void) {
    test_records();
    test_view();
    test_limit();
    test_fault_is_fresh();
    test_threads();
    sweep(compile);
    return check_report();
}
