/* SPDX-License-Identifier: MIT
 *
 * The table of formats: names, and what each row has to have.
 */
#include "check.h"
#include "format.h"

static void test_table(void) {
    int marc = mrrc_format_find("marc");
    CHECK(marc >= 0);
    CHECK(mrrc_format_find("") == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_format_find("mar") == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_format_find("marc21") == MRRC_ERR_ARGUMENT);
    CHECK(mrrc_format_find("MARC") == MRRC_ERR_ARGUMENT);
    CHECK(mrrci_format_at(-1) == NULL && mrrci_format_at(INT32_MIN) == NULL);
    CHECK(mrrci_format_at(INT32_MAX) == NULL && mrrci_format_at(MRRC_ERR_ARGUMENT) == NULL);
    int number = 0;
    for (; mrrci_format_at(number) != NULL; number++) {
        const mrrci_format *row = mrrci_format_at(number);
        CHECK(row->encode != NULL && row->between != NULL && row->tail != NULL);
        CHECK((row->head != NULL) || (row->begin != NULL));
        CHECK((row->open == NULL) == (row->close == NULL));
        CHECK(row->decode != NULL || row->open == NULL);
        CHECK(mrrc_format_find(row->name) == number); /* no name stands twice */
    }
    CHECK(number > marc);
}

/* A format without a decoder has no reader. */
static void test_written_only(void) {
    CHECK(mrrc_format_find("csv") >= 0);
    CHECK(mrrc_reader_new(mrrc_format_find("csv")) == NULL);
}

int main(void) {
    test_table();
    test_written_only();
    return check_report();
}
