/* SPDX-License-Identifier: MIT
 *
 * The hash table of texts, and the order in which it gives them, beside a slow way.
 */
#include "check.h"
#include "tally.h"

static void add(mrrci_counter *counter, const char *text, size_t size, uint64_t times) {
    size_t number;
    CHECK(mrrci_counter_find(counter, (const uint8_t *)text, size, true, &number) == 1);
    mrrci_entry_at(counter, number)->count += times;
}

/* The texts in order, a blank behind each. */
static void check_order(const mrrci_counter *counter, uint64_t least, bool reverse,
                        const char *wanted) {
    mrrc_buffer order = {0}, out = {0};
    CHECK(mrrci_counter_order(counter, least, reverse, &order) == MRRC_OK);
    const uint32_t *numbers = (const uint32_t *)(const void *)order.data;
    for (size_t i = 0; i < order.size / sizeof *numbers; i++) {
        check_put(&out, mrrci_entry_text(counter, numbers[i]),
                  mrrci_entry_at(counter, numbers[i])->size);
        check_put_text(&out, " ");
    }
    CHECK_BYTES(out.data, out.size, wanted, strlen(wanted));
    mrrci_buffer_clear(&order);
    mrrci_buffer_clear(&out);
}

static void test_order(void) {
    mrrci_counter counter = {0};
    size_t number;
    check_order(&counter, 0, false, "");
    CHECK(mrrci_counter_find(&counter, (const uint8_t *)"a", 1, false, &number) == 0);
    add(&counter, "longtext2", 9, 2);
    add(&counter, "b", 1, 3);
    add(&counter, "longtext1", 9, 2);
    add(&counter, "longtext", 8, 2);
    add(&counter, "c", 1, 1);
    add(&counter, "", 0, 2);
    add(&counter, "c", 1, 2);
    add(&counter, "\xff", 1, 0);
    check_order(&counter, 0, false, "b c  longtext longtext1 longtext2 \xff ");
    check_order(&counter, 1, true, " longtext longtext1 longtext2 b c ");
    check_order(&counter, 3, false, "b c ");
    check_order(&counter, 4, true, "");
    CHECK(mrrci_counter_find(&counter, (const uint8_t *)"longtext", 8, false, &number) == 1);
    CHECK_EQ_INT(number, 3);
    mrrci_counter_clear(&counter);
}

/* Many texts, so that the table grows: each is found again, and all are in order. */
static void test_many(void) {
    enum { MANY = 20000 };
    mrrci_counter counter = {0};
    mrrc_buffer order = {0};
    uint64_t state = 7, sum = 0;
    for (size_t i = 0; i < 3 * MANY; i++) {
        char text[24];
        uint32_t which = check_random(&state, MANY);
        int size = snprintf(text, sizeof text, "%u%s", which * 2654435761u, which % 2 ? "tail" : "");
        add(&counter, text, (size_t)size, 1);
    }
    CHECK(mrrci_counter_order(&counter, 0, false, &order) == MRRC_OK);
    const uint32_t *numbers = (const uint32_t *)(const void *)order.data;
    size_t count = order.size / sizeof *numbers, wrong = 0;
    for (size_t i = 0; i < count; i++) {
        const mrrci_entry *entry = mrrci_entry_at(&counter, numbers[i]);
        sum += entry->count;
        if (i == 0)
            continue;
        const mrrci_entry *before = mrrci_entry_at(&counter, numbers[i - 1]);
        size_t both = before->size < entry->size ? before->size : entry->size;
        int way = memcmp(mrrci_entry_text(&counter, numbers[i - 1]),
                         mrrci_entry_text(&counter, numbers[i]), both);
        wrong += before->count < entry->count ||
                 (before->count == entry->count &&
                  (way > 0 || (way == 0 && before->size >= entry->size)));
    }
    CHECK_EQ_INT(sum, 3 * MANY);
    CHECK_EQ_INT(wrong, 0);
    mrrci_buffer_clear(&order);
    mrrci_counter_clear(&counter);
}

static int run_counter(void) {
    mrrci_counter counter = {0};
    mrrc_buffer order = {0};
    int status = MRRC_OK;
    size_t number, found = 0;
    for (uint8_t i = 0; i < 200 && status >= 0; i++) {
        status = mrrci_counter_find(&counter, &i, 1, true, &number);
        found += status > 0 && number == i;
    }
    if (status >= 0) {
        CHECK_EQ_INT(found, 200);
        status = mrrci_counter_order(&counter, 0, false, &order);
    }
    mrrci_buffer_clear(&order);
    mrrci_counter_clear(&counter);
    return status;
}

int main(void) {
    test_order();
    test_many();
    sweep(run_counter);
    return check_report();
}
