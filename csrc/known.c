/* SPDX-License-Identifier: MIT
 *
 * known.c: which records came before: by their control numbers, their contents or their bytes, of
 * each of which a digest of 16 bytes is kept and nothing else.  Also the control numbers
 * themselves.  What becomes of the records is the caller's affair.
 */
#include "digest.h"
#include "reference.h"
#include "table.h"

enum { SLOTS_FIRST = 1024, LEADER = 24 };

/* Of the leader neither lengths nor addresses are content. */
enum { LENGTH_END = 5, ADDRESS_FROM = 12, ADDRESS_END = 17 };

struct mrrc_known {
    mrrci_digest key;
    mrrc_buffer slots;        /* mrrci_digest each; one of zeros is free */
    size_t count;
};

mrrc_known *mrrc_known_new(const uint8_t *key) {
    mrrc_known *known = mrrci_new(sizeof *known);
    if (known != NULL)
        memcpy(&known->key, key, sizeof known->key);
    return known;
}

void mrrc_known_free(mrrc_known *known) {
    if (known == NULL)
        return;
    mrrci_buffer_clear(&known->slots);
    mrrci_free(known);
}

size_t mrrc_known_size(const mrrc_known *known) {
    return known->count;
}

/* ---- the set ---- */

static mrrci_digest *slots_of(const mrrc_known *known) {
    return (mrrci_digest *)(void *)known->slots.data; /* realloc's memory is aligned */
}

/* Returns where a digest is, or the free slot where it would be. */
static mrrci_digest *slot_of(mrrci_digest *slots, size_t count, const mrrci_digest *digest) {
    size_t at = digest->low & (count - 1);
    while ((slots[at].low | slots[at].high) != 0 &&
           (slots[at].low != digest->low || slots[at].high != digest->high))
        at = (at + 1) & (count - 1);
    return &slots[at];
}

/* Makes the table twice as large. */
static int grow(mrrc_known *known) {
    size_t before = known->slots.size / sizeof(mrrci_digest);
    size_t count = before == 0 ? SLOTS_FIRST : 2 * before;
    mrrc_buffer larger = {0};
    MRRCI_TRY(mrrci_buffer_reserve(&larger, count * sizeof(mrrci_digest)));
    larger.size = count * sizeof(mrrci_digest);
    memset(larger.data, 0, larger.size);
    const mrrci_digest *held = slots_of(known);
    for (size_t i = 0; i < before; i++)
        if ((held[i].low | held[i].high) != 0)
            *slot_of((mrrci_digest *)(void *)larger.data, count, &held[i]) = held[i];
    mrrci_buffer_clear(&known->slots);
    known->slots = larger;
    return MRRC_OK;
}

/* Adds what a head and data make up.  Returns whether it is the first time, or MRRC_ERR_MEMORY. */
static int add(mrrc_known *known, const uint8_t *head, const uint8_t *data, size_t size) {
    mrrci_digest digest = mrrci_digest_of(&known->key, head, data, size);
    /* two in three slots are in use at most */
    if (3 * (known->count + 1) > 2 * (known->slots.size / sizeof digest))
        MRRCI_TRY(grow(known));
    if ((digest.low | digest.high) == 0)
        digest.low = 1;
    mrrci_digest *slot = slot_of(slots_of(known), known->slots.size / sizeof digest, &digest);
    if ((slot->low | slot->high) != 0)
        return MRRC_KNOWN_AGAIN;
    *slot = digest;
    known->count++;
    return MRRC_KNOWN_FIRST;
}

/* ---- records ---- */

/* Finds a record's first 001.  Returns whether there is one that is not blank. */
static bool find_number(const uint8_t *packed, size_t size, mrrci_stretch *number) {
    const uint8_t *end = packed + size, *at = packed + LEADER;
    while (at < end && (at = memchr(at, MRRCI_FIELD, (size_t)(end - at))) != NULL) {
        at++;
        if (end - at < 3 || memcmp(at, "001", 3) != 0)
            continue;
        const uint8_t *stop = memchr(at + 3, MRRCI_FIELD, (size_t)(end - at - 3));
        *number = (mrrci_stretch){at + 3, (size_t)((stop == NULL ? end : stop) - at - 3)};
        for (size_t i = 0; i < number->size; i++)
            if (number->at[i] != ' ' && (number->at[i] < '\t' || number->at[i] > '\r'))
                return true;
        return false;
    }
    return false;
}

static int add_number(mrrc_known *known, const uint8_t *packed, size_t size) {
    static const uint8_t head[MRRCI_DIGEST_HEAD] = {0};
    mrrci_stretch number;
    if (!find_number(packed, size, &number))
        return MRRC_KNOWN_NAMELESS;
    return add(known, head, number.at, number.size);
}

static int add_content(mrrc_known *known, const uint8_t *packed, size_t size) {
    uint8_t head[MRRCI_DIGEST_HEAD] = {0};
    memcpy(head, packed + LENGTH_END, ADDRESS_FROM - LENGTH_END);
    return add(known, head, packed + ADDRESS_END, size - ADDRESS_END);
}

int mrrc_known_records(mrrc_known *known, int how, const mrrc_batch_view *view, size_t first,
                       size_t end, uint8_t *found) {
    if (!mrrci_table_suits(view, first, end))
        return MRRC_ERR_ARGUMENT;
    for (size_t i = first; i < end; i++) {
        uint32_t begin = i > 0 ? view->ends[i - 1] : 0;
        if (view->ends[i] < begin || view->ends[i] - begin < LEADER)
            return MRRC_ERR_PACKED_INVALID;
        const uint8_t *packed = view->block + begin;
        size_t size = view->ends[i] - begin;
        int status = how == MRRC_KNOWN_BY_NUMBER ? add_number(known, packed, size)
                                                 : add_content(known, packed, size);
        if (status < 0)
            return status;
        found[i - first] = (uint8_t)status;
    }
    return MRRC_OK;
}

int mrrc_known_bytes(mrrc_known *known, const uint8_t *bytes, const uint32_t *lengths,
                     size_t count, uint8_t *found) {
    static const uint8_t head[MRRCI_DIGEST_HEAD] = {0};
    for (size_t i = 0; i < count; bytes += lengths[i++]) {
        int status = add(known, head, bytes, lengths[i]);
        if (status < 0)
            return status;
        found[i] = (uint8_t)status;
    }
    return MRRC_OK;
}

int mrrc_control_numbers(const mrrc_batch_view *view, size_t first, size_t end,
                         mrrc_buffer *out) {
    if (!mrrci_table_suits(view, first, end))
        return MRRC_ERR_ARGUMENT;
    for (size_t i = first; i < end; i++) {
        uint32_t begin = i > 0 ? view->ends[i - 1] : 0;
        mrrci_stretch number = {0};
        if (view->ends[i] < begin || view->ends[i] - begin < LEADER)
            return MRRC_ERR_PACKED_INVALID;
        if (find_number(view->block + begin, view->ends[i] - begin, &number))
            MRRCI_TRY(mrrci_buffer_append(out, number.at, number.size));
        MRRCI_TRY(mrrci_buffer_append(out, "\x1F", 1));
    }
    return MRRC_OK;
}
