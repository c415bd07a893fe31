/* SPDX-License-Identifier: MIT
 *
 * Patterns sought in every value: where they match, and which are not taken.
 */
#include "check_table.h"

/* Each hit as "tag$code[from-end] ". */
static void put_hits(const mrrc_batch_view *view, const mrrc_buffer *hits, mrrc_buffer *out) {
    const mrrc_grep_hit *hit = (const mrrc_grep_hit *)(const void *)hits->data;
    for (size_t i = 0; i < hits->size / sizeof *hit; i++, hit++) {
        char text[64];
        (void)snprintf(text, sizeof text, "%u:%s%s%s[%.*s] ", hit->record, (const char *)hit->tag,
                       hit->code[0] == 0 ? "" : "$", (const char *)hit->code,
                       (int)(hit->end - hit->begin),
                       (const char *)view->block + hit->offset + hit->begin);
        check_put_text(out, text);
    }
}

static void check_grep(const char *patterns, const char *wanted) {
    static const char *const records[] = {ONE, TWO};
    mrrc_query_fault fault;
    mrrc_grep *grep = mrrc_grep_new(patterns, strlen(patterns), &fault);
    mrrc_buffer hits = {0}, out = {0};
    check_view view;
    size_t done;
    CHECK_FOR(grep != NULL, "%s: %s", patterns, fault.message);
    if (grep == NULL)
        return;
    check_view_begin(&view, records, 2);
    CHECK(mrrc_grep_records(grep, &view.view, 0, 2, &hits, &done) == MRRC_OK);
    CHECK_EQ_INT(done, 2);
    put_hits(&view.view, &hits, &out);
    CHECK_BYTES(out.data, out.size, wanted, strlen(wanted));
    CHECK_EQ_INT(mrrc_grep_records(grep, &view.view, 0, 3, &hits, &done), MRRC_ERR_ARGUMENT);
    mrrci_buffer_clear(&hits);
    mrrci_buffer_clear(&out);
    check_view_end(&view);
    mrrc_grep_free(grep);
}

static void test_matches(void) {
    check_grep("Cats\x1e", "0:650$a[Cats] ");
    check_grep("(?i)T.\x1e", "0:245$a[T\xc3\xa9] 0:650$a[ts] 1:001[tw] ");
    check_grep("nothing\x1e", "");
    check_grep("^id$\x1e" "^B\x1e", "0:001[id] 0:650$a[B] ");
    check_grep("2+\x1e" "22\x1e", "0:020$a[222] 0:020$a[22] ");
    check_grep("^$\x1e", "1:650$a[] ");
    check_grep("\\x{e9}\x1e", "0:245$a[\xc3\xa9] ");
    mrrc_grep_free(NULL);
}

static void test_refused(void) {
    static const char *const bad[] = {"(\x1e", "a(?=b)\x1e", "(a)\\1\x1e", "\xff\x1e"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        mrrc_query_fault fault;
        CHECK(mrrc_grep_new(bad[i], strlen(bad[i]), &fault) == NULL);
        CHECK_EQ_INT(fault.code, MRRC_ERR_QUERY_PATTERN);
    }
}

static void test_bad_records(void) {
    static const char *const records[] = {ONE, "short"};
    mrrc_query_fault fault;
    mrrc_grep *grep = mrrc_grep_new("Cats\x1e", 5, &fault);
    mrrc_buffer hits = {0};
    check_view view;
    size_t done;
    check_view_begin(&view, records, 2);
    CHECK(mrrc_grep_records(grep, &view.view, 0, 2, &hits, &done) == MRRC_ERR_PACKED_INVALID);
    CHECK_EQ_INT(done, 1);
    CHECK_EQ_INT(hits.size, sizeof(mrrc_grep_hit));
    mrrci_buffer_clear(&hits);
    check_view_end(&view);
    mrrc_grep_free(grep);
}

static int run_grep(void) {
    static const uint32_t ends[1] = {sizeof ONE - 1};
    const mrrc_batch_view view = {
        .block = (const uint8_t *)ONE, .ends = ends, .block_size = sizeof ONE - 1, .count = 1};
    mrrc_query_fault fault;
    mrrc_buffer hits = {0};
    size_t done;
    mrrc_grep *grep = mrrc_grep_new("[Cc]ats\x1e", 8, &fault);
    int status = grep == NULL ? fault.code : mrrc_grep_records(grep, &view, 0, 1, &hits, &done);
    if (status == MRRC_OK)
        CHECK_EQ_INT(hits.size, sizeof(mrrc_grep_hit));
    mrrci_buffer_clear(&hits);
    mrrc_grep_free(grep);
    return status;
}

int main(void) {
    test_matches();
    test_refused();
    test_bad_records();
    sweep(run_grep);
    return check_report();
}
