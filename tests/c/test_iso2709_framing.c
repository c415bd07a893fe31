/* SPDX-License-Identifier: MIT
 *
 * Finding records of ISO 2709 in a stretch of bytes: where each ends, lengths as Python's int()
 * reads them, and where framing is lost.
 */
#include "check_iso2709.h"

/* Frames a stretch and returns what the decoder does. */
static int frame(const void *data, size_t size, bool last, size_t wanted, mrrci_batch *batch,
                 size_t *used) {
    uint8_t *exact = check_copy(data, size);
    mrrci_input input = {
        .data = exact, .size = size, .offset = 1000, .wanted = wanted, .last = last};
    *used = 0;
    mrrci_batch_reset(batch);
    int status = mrrci_iso2709_decode(NULL, &input, batch, used, NULL);
    free(exact);
    return status;
}

static void test_framing(void) {
    mrrc_buffer bytes = {0};
    mrrci_batch batch = {0};
    mrrc_batch_view view;
    size_t used, one;
    make_usual('a');
    check_lay_out(&record);
    check_record_write(&record, &bytes);
    one = bytes.size;
    for (int i = 0; i < 3; i++)
        check_record_write(&record, &bytes);

    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_OK);
    mrrci_batch_look(&batch, &view);
    CHECK(used == bytes.size && view.count == 4 && view.marked == 0);
    for (size_t i = 0; i < view.count; i++)
        CHECK(view.offsets[i] == 1000 + i * one && view.lengths[i] == one && view.statuses[i] == 0);

    /* no more than wanted, but the record that reaches it is whole */
    for (size_t wanted = 0; wanted <= 4 * one; wanted++) {
        size_t count = (wanted + one - 1) / one;
        CHECK(frame(bytes.data, bytes.size, true, wanted, &batch, &used) == MRRC_OK);
        CHECK(used == count * one && batch.count == count);
    }

    /* cut at every byte: more may come, or not */
    for (size_t size = 0; size < 2 * one; size++) {
        size_t whole = size / one, rest = size % one;
        CHECK(frame(bytes.data, size, false, SIZE_MAX, &batch, &used) == MRRC_OK);
        CHECK(used == whole * one && batch.count == whole && batch.marked == 0);
        CHECK(frame(bytes.data, size, true, SIZE_MAX, &batch, &used) ==
              (rest == 0 ? MRRC_OK : MRRC_END));
        mrrci_batch_look(&batch, &view);
        CHECK(used == size && view.count == whole + (rest > 0));
        if (rest > 0) {
            CHECK(view.statuses[whole] == MRRC_ERR_TRUNCATED && view.lengths[whole] == rest);
            CHECK(view.offsets[whole] == 1000 + whole * one && view.marked == 1);
            CHECK(memcmp(view.block + view.block_size - rest, bytes.data + whole * one, rest) == 0);
        }
    }

    /* the last byte is no terminator, or the length is one off */
    bytes.data[2 * one - 1] = 'x';
    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
    mrrci_batch_look(&batch, &view);
    CHECK(used == 2 * one && view.count == 2);
    CHECK(view.statuses[1] == MRRC_ERR_TERMINATOR_MISSING && view.lengths[1] == one);
    CHECK(memcmp(view.block + view.block_size - one, bytes.data + one, one) == 0);
    bytes.data[2 * one - 1] = MRRCI_RECORD;
    for (int off = -1; off <= 1; off += 2) {
        size_t length = one + (size_t)off;
        check_set_five(bytes.data + one, length);
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
        mrrci_batch_look(&batch, &view);
        CHECK(used == one + length && view.count == 2 && view.lengths[1] == length);
        CHECK(view.statuses[1] == MRRC_ERR_TERMINATOR_MISSING);
    }

    /* junk between two records */
    check_set_five(bytes.data + one, one);
    bytes.data[one] = '\n';
    bytes.data[one + 1] = 'x';
    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
    mrrci_batch_look(&batch, &view);
    CHECK(used == one + 5 && view.count == 2 && view.lengths[1] == 5);
    CHECK(view.statuses[1] == MRRC_ERR_LENGTH_INVALID);
    CHECK(memcmp(view.block + view.block_size - 5, bytes.data + one, 5) == 0);

    /* a record that is bad inside its frame costs itself only, and is kept as it stands */
    check_set_five(bytes.data + one, one);
    memcpy(bytes.data + one + 12, "99999", 5);
    CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_OK);
    mrrci_batch_look(&batch, &view);
    CHECK(used == bytes.size && view.count == 4 && view.marked == 1);
    CHECK(view.statuses[1] == MRRC_UNDECODED && view.statuses[2] == MRRC_OK);
    CHECK(view.ends[1] - view.ends[0] == one &&
          memcmp(view.block + view.ends[0], bytes.data + one, one) == 0);
    mrrci_batch_clear(&batch);
    mrrci_buffer_clear(&bytes);
}

/* The length as Python's int() reads it.  All texts of five of these characters
 * are tried; how many Python takes for a number of 5 or more, their sum and a sum
 * that depends on their order were asked of Python. */
static void test_numbers(void) {
    static const char alphabet[] = " \t\n0689_+-x\x1c";
    enum { SIGNS = sizeof alphabet - 1, MOST = 100000 };
    uint8_t *data = malloc(MOST);
    mrrci_batch batch = {0};
    uint32_t count = 0, mixed = 0;
    uint64_t sum = 0;
    unsigned wrong = 0;
    if (data == NULL)
        abort();
    memset(data, 'x', MOST);
    for (unsigned number = 0; number < SIGNS * SIGNS * SIGNS * SIGNS * SIGNS; number++) {
        unsigned rest = number;
        for (int i = 4; i >= 0; i--, rest /= SIGNS)
            data[i] = (uint8_t)alphabet[rest % SIGNS];
        mrrci_input input = {.data = data, .size = MOST, .wanted = 1, .last = true};
        size_t used = 0;
        mrrc_batch_view view;
        mrrci_batch_reset(&batch);
        wrong += mrrci_iso2709_decode(NULL, &input, &batch, &used, NULL) != MRRC_END ||
                 batch.count != 1;
        mrrci_batch_look(&batch, &view);
        wrong += used != view.lengths[0];
        if (view.statuses[0] == MRRC_ERR_TERMINATOR_MISSING) {
            count++;
            sum += view.lengths[0];
            mixed = mixed * 31 + view.lengths[0] * 7 + 1;
        } else {
            wrong += view.statuses[0] != MRRC_ERR_LENGTH_INVALID || view.lengths[0] != 5;
        }
    }
    CHECK(wrong == 0);
    CHECK_EQ_INT(count, 10656);
    CHECK_EQ_INT(sum, 83918007);
    CHECK_EQ_INT(mixed, 696144623);

    /* the forms one by one; a record of an odd one is Python's to decode */
    static const struct {
        const char *text;
        int status;
    } forms[] = {{"%05u", MRRC_OK},          {"  %u", MRRC_UNDECODED},  {"%u  ", MRRC_UNDECODED},
                 {" %u ", MRRC_UNDECODED},   {"+0%u", MRRC_UNDECODED},  {"0_%u", MRRC_UNDECODED},
                 {" +%u", MRRC_UNDECODED},   {"\t%u\n", MRRC_UNDECODED}, {"\v%u\f", MRRC_UNDECODED},
                 {"-0%u", MRRC_ERR_LENGTH_INVALID}, {"_0%u", MRRC_ERR_LENGTH_INVALID},
                 {"0%u_", MRRC_ERR_LENGTH_INVALID}, {"+_%u", MRRC_ERR_LENGTH_INVALID},
                 {"+ %u", MRRC_ERR_LENGTH_INVALID}, {"++%u", MRRC_ERR_LENGTH_INVALID},
                 {"0x%u", MRRC_ERR_LENGTH_INVALID}, {"\xa0 %u", MRRC_ERR_LENGTH_INVALID},
                 {"__%u", MRRC_ERR_LENGTH_INVALID}, {"0.%u", MRRC_ERR_LENGTH_INVALID}};
    mrrc_buffer bytes = {0};
    char padding[200];
    memset(padding, 'p', sizeof padding);
    check_record_begin(&record, 'a');
    check_record_add_sized(&record, "001", padding, 100); /* which makes 139: three digits */
    check_lay_out(&record);
    check_record_write(&record, &bytes);
    CHECK(bytes.size == 139);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char text[16];
        mrrc_batch_view view;
        size_t used;
        snprintf(text, sizeof text, forms[i].text, 139u);
        CHECK(strlen(text) == 5);
        memcpy(bytes.data, text, 5);
        bool lost = forms[i].status < 0;
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) ==
              (lost ? MRRC_END : MRRC_OK));
        mrrci_batch_look(&batch, &view);
        CHECK_FOR(view.count == 1 && view.statuses[0] == forms[i].status &&
                      used == (lost ? 5 : 139),
                  "'%s': %d", text, view.statuses[0]);
    }
    static const char *const small[] = {"00000", "00001", "00004", "+0004", "    4", "-0000"};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        size_t used;
        memcpy(bytes.data, small[i], 5);
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
        CHECK(used == 5);
    }
    /* five bytes are a record in name only; 24 hold no field */
    for (size_t size = 5; size < 26; size++) {
        size_t used;
        mrrc_batch_view view;
        check_set_five(bytes.data, size);
        CHECK(frame(bytes.data, bytes.size, true, SIZE_MAX, &batch, &used) == MRRC_END);
        mrrci_batch_look(&batch, &view);
        CHECK(used == size && view.statuses[0] == MRRC_ERR_TERMINATOR_MISSING);
        if (size == 5)
            continue;
        uint8_t kept = bytes.data[size - 1];
        bytes.data[size - 1] = MRRCI_RECORD;
        CHECK(frame(bytes.data, size, true, SIZE_MAX, &batch, &used) == MRRC_OK);
        mrrci_batch_look(&batch, &view);
        CHECK(used == size && view.count == 1 && view.statuses[0] == MRRC_UNDECODED);
        bytes.data[size - 1] = kept;
    }
    mrrci_buffer_clear(&bytes);
    mrrci_batch_clear(&batch);
    free(data);
}

/* A stretch of records of all kinds, and a bad end: after a failure the batch
 * holds whole records, `used` says which, and the rest follows from there. */
static void frame_without_memory(void *context) {
    const mrrc_buffer *bytes = context;
    mrrci_batch batch = {0};
    size_t used = 0, count = 0;
    for (int tries = 0;; tries++) {
        mrrci_input input = {.data = bytes->data + used,
                             .size = bytes->size - used,
                             .offset = used,
                             .wanted = SIZE_MAX,
                             .last = true};
        size_t more = 0;
        mrrc_batch_view view;
        mrrci_batch_reset(&batch);
        int status = mrrci_iso2709_decode(NULL, &input, &batch, &more, NULL);
        mrrci_batch_look(&batch, &view);
        size_t taken = 0;
        for (size_t i = 0; i < view.count; i++) {
            CHECK(view.offsets[i] == used + taken);
            taken += view.lengths[i];
        }
        size_t end = view.count == 0 ? 0 : view.ends[view.count - 1];
        CHECK(taken == more && view.block_size == end);
        used += more;
        count += view.count;
        if (status == MRRC_END) {
            CHECK(view.statuses[view.count - 1] == MRRC_ERR_TRUNCATED);
            break;
        }
        CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && tries == 0);
        if (status != MRRC_ERR_MEMORY)
            break;
        check_memory_allow();
    }
    CHECK(used == bytes->size && count == 13);
    mrrci_batch_clear(&batch);
}

static void test_without_memory(void) {
    samples sample;
    mrrc_buffer all = {0};
    make_samples(&sample);
    for (int i = 0; i < 3; i++) {
        check_put(&all, sample.in_order.data, sample.in_order.size);
        check_put(&all, sample.odd.data, sample.odd.size);
        check_put(&all, sample.marc8.data, sample.marc8.size);
        check_put(&all, sample.out_of_order.data, sample.out_of_order.size);
    }
    check_put(&all, sample.in_order.data, 300);
    check_memory_sweep(frame_without_memory, &all);
    mrrci_buffer_clear(&all);
    clear_samples(&sample);
}

int main(void) {
    test_framing();
    test_numbers();
    test_without_memory();
    clear_rooms();
    return check_report();
}
