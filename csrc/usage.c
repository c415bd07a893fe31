/* SPDX-License-Identifier: MIT
 *
 * usage.c: which data fields records have, with which indicators, and how often each subfield
 * code stands in them.  All bytes are looked at once for delimiters; values are not read.
 */
#include "delimiters.h"
#include "packed.h"
#include "table.h"
#include "tally.h"

enum { CODES = 128, SLOTS = 4096, SLOT_BITS = 12, KEY_MAX = 24 };

/* The counts of a kind of field, by code; the first is of fields. */
typedef struct counts {
    uint64_t of[CODES];
} counts;

/* A kind of field that was met lately: its tag and indicators, of a byte each. */
typedef struct recent {
    uint64_t key;
    size_t number;
} recent;

struct mrrc_usage {
    mrrci_counter kinds;      /* tag, indicators, and where a code is not ASCII, that */
    mrrc_buffer counts;       /* counts each, of each kind */
    recent recent[SLOTS];
};

mrrc_usage *mrrc_usage_new(void) {
    return mrrci_new(sizeof(mrrc_usage));
}

void mrrc_usage_free(mrrc_usage *usage) {
    if (usage == NULL)
        return;
    mrrci_counter_clear(&usage->kinds);
    mrrci_buffer_clear(&usage->counts);
    mrrci_free(usage);
}

static counts *counts_at(const mrrc_usage *usage, size_t number) {
    return (counts *)(void *)usage->counts.data + number;
}

/* The number of a kind of field, which is added if there is none. */
static int find_kind(mrrc_usage *usage, const uint8_t *key, size_t size, size_t *number) {
    static const counts none;
    size_t kinds = usage->kinds.entries.size / sizeof(mrrci_entry);
    MRRCI_TRY(mrrci_buffer_reserve(&usage->counts, sizeof none));
    MRRCI_TRY(mrrci_counter_find(&usage->kinds, key, size, true, number));
    return *number < kinds ? MRRC_OK : mrrci_buffer_append(&usage->counts, &none, sizeof none);
}

/* The kind of a field whose indicators have a byte each: nearly always it was met before. */
static inline int find_plain(mrrc_usage *usage, const uint8_t *tag, size_t *number) {
    uint8_t bytes[8] = {0, 0, 0, 0, 0, 1};
    uint64_t key;
    memcpy(bytes, tag, 5);
    memcpy(&key, bytes, sizeof key);
    recent *slot = &usage->recent[key * 0x9E3779B97F4A7C15u >> (64 - SLOT_BITS)];
    if (slot->key != key) {
        MRRCI_TRY(find_kind(usage, tag, 5, &slot->number));
        slot->key = key;
    }
    *number = slot->number;
    return MRRC_OK;
}

/* What the records of a batch are counted with. */
typedef struct pass {
    mrrc_usage *usage;
    const uint8_t *end;       /* of the record */
    const uint8_t *kind;      /* the tag and indicators of the field at hand */
    size_t kind_size;
    size_t number;            /* of that kind, */
    bool counted;             /* unless it is a control field */
} pass;

/* ---- what is rare ---- */

/* Counts a code that is not ASCII as a kind of its own, which begins as the field's. */
static int count_odd_code(const pass *pass, const uint8_t *code) {
    uint8_t key[KEY_MAX];
    size_t number = 0, size = *code < 0xE0 ? 2 : *code < 0xF0 ? 3 : 4;
    if (size > (size_t)(pass->end - code))
        return MRRC_ERR_PACKED_INVALID;
    memcpy(key, pass->kind, pass->kind_size);
    key[pass->kind_size] = MRRCI_SUBFIELD;
    memcpy(key + pass->kind_size + 1, code, size);
    MRRCI_TRY(find_kind(pass->usage, key, pass->kind_size + 1 + size, &number));
    counts_at(pass->usage, number)->of[0]++;
    return MRRC_OK;
}

/* A field whose indicators are not a byte each, or that ends in them. */
static int begin_odd_field(pass *pass, const uint8_t *tag) {
    const uint8_t *at = tag + 3;
    while (at < pass->end && (*at | 1) != MRRCI_SUBFIELD)
        at++;
    pass->kind_size = (size_t)(at - tag);
    if (pass->kind_size + 5 > KEY_MAX)
        return MRRC_ERR_PACKED_INVALID;
    return find_kind(pass->usage, tag, pass->kind_size, &pass->number);
}

/* ---- delimiters ---- */

static inline bool is_structural(uint8_t byte) {
    return (uint8_t)(byte - MRRCI_RECORD) <= MRRCI_SUBFIELD - MRRCI_RECORD;
}

static int begin_field(pass *pass, const uint8_t *tag) {
    size_t left = (size_t)(pass->end - tag);
    if (left < 3 || is_structural(tag[0]) || is_structural(tag[1]) || is_structural(tag[2]))
        return MRRC_ERR_PACKED_INVALID;
    pass->kind = tag;
    pass->kind_size = 5;
    pass->counted = !mrrci_tag_is_control(tag);
    if (!pass->counted)
        return MRRC_OK;
    if (left < 5 || (tag[3] | tag[4]) >= 0x80 || is_structural(tag[3]) || is_structural(tag[4]) ||
        (left > 5 && (tag[5] | 1) != MRRCI_SUBFIELD))
        MRRCI_TRY(begin_odd_field(pass, tag));
    else
        MRRCI_TRY(find_plain(pass->usage, tag, &pass->number));
    counts_at(pass->usage, pass->number)->of[0]++;
    return MRRC_OK;
}

/* Counts what begins at a delimiter. */
static inline int count_at(pass *pass, const uint8_t *at) {
    if (*at == MRRCI_FIELD)
        return begin_field(pass, at + 1);
    if (!pass->counted || at + 1 == pass->end || is_structural(at[1]))
        return MRRC_OK; /* a subfield of no code */
    if (at[1] >= CODES)
        return count_odd_code(pass, at + 1);
    counts_at(pass->usage, pass->number)->of[at[1]]++;
    return MRRC_OK;
}

static int count_record(mrrc_usage *usage, const uint8_t *packed, size_t size) {
    pass pass = {.usage = usage, .end = packed + size};
    if (size < MRRCI_LEADER_SIZE || (size > MRRCI_LEADER_SIZE &&
                                     packed[MRRCI_LEADER_SIZE] != MRRCI_FIELD))
        return MRRC_ERR_PACKED_INVALID;
    for (const uint8_t *at = packed + MRRCI_LEADER_SIZE; at < pass.end;
         at += MRRCI_DELIMITERS_STEP) {
        for (uint64_t found = mrrci_delimiter_bits(at, pass.end); found != 0; found &= found - 1)
            MRRCI_TRY(count_at(&pass, at + mrrci_first_bit(found)));
        if (pass.end - at <= MRRCI_DELIMITERS_STEP)
            break;
    }
    return MRRC_OK;
}

int mrrc_usage_records(mrrc_usage *usage, const mrrc_batch_view *view, size_t first, size_t end,
                       size_t *done) {
    *done = first;
    if (!mrrci_table_suits(view, first, end))
        return MRRC_ERR_ARGUMENT;
    for (uint32_t begin = first > 0 ? view->ends[first - 1] : 0; *done < end;
         begin = view->ends[(*done)++]) {
        if (view->ends[*done] < begin)
            return MRRC_ERR_PACKED_INVALID;
        MRRCI_TRY(count_record(usage, view->block + begin, view->ends[*done] - begin));
    }
    return MRRC_OK;
}

/* ---- the outcome ---- */

int mrrc_usage_rows(const mrrc_usage *usage, mrrc_buffer *out) {
    size_t kinds = usage->kinds.entries.size / sizeof(mrrci_entry);
    for (size_t i = 0; i < kinds; i++) {
        const uint32_t size = mrrci_entry_at(&usage->kinds, i)->size;
        MRRCI_TRY(mrrci_buffer_append(out, &size, sizeof size));
        MRRCI_TRY(mrrci_buffer_append(out, mrrci_entry_text(&usage->kinds, i), size));
        MRRCI_TRY(mrrci_buffer_append(out, counts_at(usage, i), sizeof(counts)));
    }
    return MRRC_OK;
}
