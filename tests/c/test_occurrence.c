/* SPDX-License-Identifier: MIT
 *
 * Tags counted: of digits, of letters, and what is no tag.
 */
#include "check.h"
#include "occurrence.h"

static int count(void) {
    static const struct {
        const char *tag;
        uint32_t count;
    } cases[] = {{"245", 1}, {"650", 1}, {"650", 2}, {"CAT", 1}, {"CAS", 1}, {"CAT", 2},
                 {"6A0", 1}, {"650", 3}, {"6A0", 2}, {"000", 1}, {"999", 1}, {"C\x01T", 1}};
    mrrci_occurrences occurrences = {0};
    uint32_t number;
    int status = MRRC_OK;
    for (size_t i = 0; status == MRRC_OK && i < sizeof cases / sizeof cases[0]; i++) {
        status = mrrci_occurrence(&occurrences, (const uint8_t *)cases[i].tag, &number);
        if (status == MRRC_OK)
            CHECK_EQ_INT(number, cases[i].count);
    }
    CHECK(mrrci_occurrence(&occurrences, (const uint8_t *)"24\xc3", &number) ==
          MRRC_ERR_TAG_INVALID);
    mrrci_occurrences_clear(&occurrences);
    return status;
}

int main(void) {
    sweep(count);
    return check_report();
}
