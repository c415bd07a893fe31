/* SPDX-License-Identifier: MIT
 *
 * Where a fault is written down: the first one stays, no more bytes are kept
 * than there is room for, and whoever wants no details gets the code alone.
 */
#include "check.h"

static void test_first_stays(void) {
    mrrc_error err = {0}, kept;
    CHECK(mrrci_fail(&err, MRRC_ERR_TRUNCATED, 77) == MRRC_ERR_TRUNCATED);
    CHECK(err.code == MRRC_ERR_TRUNCATED && err.offset == 77 && err.seen_size == 0);
    CHECK(err.system == 0 && err.found == 0 && err.field == 0 && err.tag[0] == 0);
    kept = err;
    CHECK(mrrci_fail(&err, MRRC_ERR_MEMORY, 5) == MRRC_ERR_MEMORY);
    CHECK(mrrci_fail_seen(&err, MRRC_ERR_IO, 6, (const uint8_t *)"abc", 3) == MRRC_ERR_IO);
    CHECK(memcmp(&err, &kept, sizeof err) == 0);
}

static void test_seen(void) {
    for (size_t size = 0; size <= 40; size++) {
        mrrc_error err = {0};
        uint8_t bytes[40];
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(i + 1);
        uint8_t *exact = check_copy(bytes, size);
        CHECK(mrrci_fail_seen(&err, MRRC_ERR_TEXT_INVALID, UINT64_MAX, exact, size) ==
              MRRC_ERR_TEXT_INVALID);
        size_t seen = size < sizeof err.seen ? size : sizeof err.seen;
        CHECK(err.offset == UINT64_MAX && err.seen_size == seen);
        CHECK(memcmp(err.seen, exact, seen) == 0);
        bool clean = true;
        for (size_t i = seen; i < sizeof err.seen; i++)
            clean = err.seen[i] == 0 && clean;
        CHECK(clean);
        free(exact);
    }
    mrrc_error err = {0};
    CHECK(mrrci_fail_seen(&err, MRRC_ERR_TEXT_INVALID, 1, NULL, 0) == MRRC_ERR_TEXT_INVALID);
    CHECK(err.seen_size == 0);
}

static void test_nobody_asks(void) {
    CHECK(mrrci_fail(NULL, MRRC_ERR_IO, 1) == MRRC_ERR_IO);
    CHECK(mrrci_fail_seen(NULL, MRRC_ERR_IO, 1, (const uint8_t *)"a", 1) == MRRC_ERR_IO);
    mrrc_diagnostic diagnostic = {0};
    CHECK(mrrci_note(NULL, &diagnostic) == MRRC_OK);
}

static void test_classes(void) {
    /* a fault of a record stands above MRRC_FATAL, one of the object below */
    CHECK(MRRC_ERR_LENGTH_INVALID > MRRC_FATAL && MRRC_ERR_TAG_INVALID > MRRC_FATAL);
    CHECK(MRRC_ERR_MEMORY < MRRC_FATAL && MRRC_ERR_IO < MRRC_FATAL);
    CHECK(MRRC_ERR_PACKED_INVALID < MRRC_FATAL && MRRC_ERR_ARGUMENT < MRRC_FATAL);
    /* a status fits where a batch keeps it */
    CHECK(MRRC_ERR_ARGUMENT > INT16_MIN);
}

static void note_many(void *context) {
    (void)context;
    mrrc_buffer notes = {0};
    uint32_t noted = 0;
    for (uint32_t i = 0; i < 60; i++) {
        mrrc_diagnostic diagnostic = {.code = MRRC_ERR_MARK_STRAY, .record = i, .offset = 3 * i};
        size_t before = notes.size;
        int status = mrrci_note(&notes, &diagnostic);
        if (status != MRRC_OK) {
            CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && notes.size == before);
            continue;
        }
        mrrc_diagnostic back;
        CHECK(notes.size == before + sizeof back);
        memcpy(&back, notes.data + before, sizeof back);
        CHECK(back.code == MRRC_ERR_MARK_STRAY && back.record == i && back.offset == 3 * i);
        noted++;
    }
    CHECK(notes.size == noted * sizeof(mrrc_diagnostic));
    CHECK(check_memory.failed || noted == 60);
    mrrci_buffer_clear(&notes);
}

int main(void) {
    test_first_stays();
    test_seen();
    test_nobody_asks();
    test_classes();
    check_memory_sweep(note_many, NULL);
    return check_report();
}
