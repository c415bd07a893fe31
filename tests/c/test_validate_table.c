/* SPDX-License-Identifier: MIT
 *
 * test_validate_table.c: MARC 21's tables are taken, fields are found in them, and a table that
 * was damaged is refused, or can be used without leaving it.
 */
#include "check_rules.h"

static void test_marc21(void) {
    for (int kind = 0; kind < MRRCI_KINDS; kind++) {
        mrrci_table table = {.leader = 0};
        mrrc_error err = {0};
        size_t size;
        const uint8_t *bytes = mrrc_marc21_table(kind, &size);
        CHECK_EQ_INT(mrrci_table_take(&table, bytes, size, &err), MRRC_OK);
        CHECK_BYTES(table.bytes.data, table.bytes.size, bytes, size);
        CHECK(table.leader != 0 && table.fields_count > 50);
        CHECK_EQ_INT(table.flags, MRRCI_LOCAL_NINES);
        uint32_t field = mrrci_table_field(&table, (const uint8_t *)"001");
        CHECK(field != 0 && memcmp(table.bytes.data + field, "001", 3) == 0);
        CHECK_EQ_INT(mrrci_table_field(&table, (const uint8_t *)"LDR"), table.leader);
        CHECK_EQ_INT(mrrci_table_field(&table, (const uint8_t *)"999"), 0);
        CHECK_EQ_INT(mrrci_table_field(&table, (const uint8_t *)"AAA"), 0);
        CHECK_EQ_INT(mrrci_table_field(&table, (const uint8_t *)"zzz"), 0);
        CHECK_EQ_INT(mrrci_table_field(&table, (const uint8_t *)"\xFF\x00\x80"), 0);
        mrrci_buffer_clear(&table.bytes);
    }
}

static void test_arguments(void) {
    mrrc_rules *rules = mrrc_rules_new();
    mrrc_buffer out = {{NULL}, 0, 0};
    const uint32_t end = 24;
    size_t size;
    const uint8_t *table = mrrc_marc21_table(MRRC_KIND_HOLDINGS, &size);
    CHECK_EQ_INT(mrrc_rules_take(rules, -1, table, size, NULL), MRRC_ERR_ARGUMENT);
    CHECK_EQ_INT(mrrc_rules_take(rules, MRRCI_KINDS, table, size, NULL), MRRC_ERR_ARGUMENT);
    CHECK_EQ_INT(mrrc_rules_take(rules, 0, table, size - 1, NULL), MRRC_ERR_ARGUMENT);
    CHECK_EQ_INT(mrrc_rules_take(rules, 0, table, 0, NULL), MRRC_ERR_ARGUMENT);
    CHECK_EQ_INT(mrrc_validate(rules, (const uint8_t *)BOOK, &end, 1, &out, NULL),
                 MRRC_ERR_ARGUMENT);
    /* for all kinds */
    CHECK_EQ_INT(mrrc_rules_take(rules, 0, table, size, NULL), MRRC_OK);
    CHECK_EQ_INT(mrrc_validate(rules, (const uint8_t *)BOOK, &end, 1, &out, NULL), MRRC_OK);
    CHECK(count_of(&out) > 0 && finding_of(&out, 0)->kind == MRRC_KIND_BIBLIOGRAPHIC);
    mrrci_buffer_clear(&out);
    mrrc_rules_free(rules);
    mrrc_rules_free(NULL);
}

/* Whatever byte is another: refused, or used within its bounds, of which the sanitizer knows. */
static void test_damage(void) {
    static const char record[] = BOOK_START F "006a||||||||||||||||||" F "007cr ||||||||||||"
        F "0200 " S "a0306406152" F "24510" S "6880-01" S "aA" F "880  " S "6245-01" S "aB"
        F "500  " S "\xC3\xA9" "A" F "77318" S "7nnam" S "w1";
    enum { TIMES = 4000 };
    uint64_t state = 20;
    size_t size, taken = 0;
    const uint8_t *bytes = mrrc_marc21_table(MRRC_KIND_BIBLIOGRAPHIC, &size);
    mrrc_buffer out = {{NULL}, 0, 0};
    mrrc_rules *rules = mrrc_rules_new();
    uint8_t *copy = check_copy(bytes, size);
    for (int i = 0; i < TIMES; i++) {
        uint32_t number = 1 + check_random(&state, 3), places[3];
        uint8_t before[3];
        for (uint32_t j = 0; j < number; j++) {
            /* the first half has the entries, the head is worth more */
            uint32_t among = j == 0 && i % 4 == 0 ? MRRCI_TABLE_HEAD : (uint32_t)size;
            places[j] = check_random(&state, among);
            before[j] = copy[places[j]];
            copy[places[j]] = (uint8_t)check_random(&state, 256);
        }
        int status = mrrc_rules_take(rules, 0, copy, size, NULL);
        CHECK(status == MRRC_OK || status == MRRC_ERR_ARGUMENT);
        if (status == MRRC_OK) {
            taken++;
            CHECK_EQ_INT(check_one(rules, record, sizeof record - 1, &out), MRRC_OK);
        }
        for (uint32_t j = number; j-- > 0;)
            copy[places[j]] = before[j];
    }
    CHECK(taken > 0 && taken < TIMES);
    /* cut off anywhere, with the size put right */
    for (size_t cut = 0; cut < size; cut += 997) {
        uint8_t *shorter = check_copy(bytes, cut);
        if (cut >= 16)
            for (unsigned j = 0; j < 4; j++)
                shorter[12 + j] = (uint8_t)(cut >> 8 * j);
        CHECK_EQ_INT(mrrc_rules_take(rules, 0, shorter, cut, NULL), MRRC_ERR_ARGUMENT);
        free(shorter);
    }
    free(copy);
    mrrc_rules_free(rules);
    mrrci_buffer_clear(&out);
}

static int take_all(void) {
    mrrc_rules *rules = rules_of_marc21();
    if (rules == NULL)
        return MRRC_ERR_MEMORY;
    mrrc_rules_free(rules);
    return MRRC_OK;
}

int main(void) {
    test_marc21();
    test_arguments();
    test_damage();
    sweep(take_all);
    return check_report();
}
