/* SPDX-License-Identifier: MIT
 *
 * validate_table.c: takes a table of rules and looks all of it through, so that checking
 * records need not: every place it names is in it, every step of an automaton leads to a state.
 * A table may come from anywhere; what the rules mean is not looked at.
 */
#include "validate.h"

static int refuse(mrrc_error *err, size_t at) {
    return mrrci_fail_detail(err, MRRC_ERR_ARGUMENT, at, "the rules do not hang together");
}

/* Whether so many entries of a size stand at a place; none may stand anywhere. */
static bool is_within(const mrrci_table *table, uint32_t at, uint64_t count, uint64_t size) {
    uint64_t all = table->bytes.size;
    return count == 0 || (at >= MRRCI_TABLE_HEAD && at < all && count <= (all - at) / size);
}

static int look_at_text(const mrrci_table *table, uint32_t at, mrrc_error *err) {
    if (at == 0)
        return MRRC_OK;
    if (!is_within(table, at, 1, 2) || !is_within(table, at, 2u + mrrci_u16(table, at), 1))
        return refuse(err, at);
    return MRRC_OK;
}

static int look_at_automaton(const mrrci_table *table, uint32_t at, mrrc_error *err) {
    if (at == 0)
        return MRRC_OK;
    if (!is_within(table, at, 1, 8))
        return refuse(err, at);
    uint32_t classes = mrrci_u32(table, at), states = mrrci_u16(table, at + 4),
             width = mrrci_u16(table, at + 6);
    uint64_t steps = (uint64_t)states * width;
    if (states == 0 || width == 0 || !is_within(table, at, 8 + 2 * steps + states, 1) ||
        classes == 0 || !is_within(table, classes, MRRCI_SYMBOLS, 1))
        return refuse(err, at);
    for (size_t i = 0; i < MRRCI_SYMBOLS; i++)
        if (mrrci_u8(table, classes + i) >= width)
            return refuse(err, classes + i);
    for (size_t i = 0; i < steps; i++)
        if (mrrci_u16(table, at + 8 + 2 * i) >= states)
            return refuse(err, at + 8 + 2 * i);
    return MRRC_OK;
}

/* Positions at a place that is named together with their count. */
static int look_at_positions(const mrrci_table *table, size_t named, mrrc_error *err) {
    uint32_t at = mrrci_u32(table, named), count = mrrci_u32(table, named + 4);
    if (!is_within(table, at, count, MRRCI_POSITION_ENTRY))
        return refuse(err, named);
    for (uint32_t i = 0; i < count; i++, at += MRRCI_POSITION_ENTRY) {
        if (mrrci_u16(table, at + MRRCI_POSITION_START) >
            mrrci_u16(table, at + MRRCI_POSITION_END))
            return refuse(err, at);
        MRRCI_TRY(look_at_text(table, mrrci_u32(table, at + MRRCI_POSITION_LABEL), err));
        MRRCI_TRY(look_at_text(table, mrrci_u32(table, at + MRRCI_POSITION_EXPECTED), err));
        MRRCI_TRY(look_at_automaton(table, mrrci_u32(table, at + MRRCI_POSITION_AUTOMATON), err));
    }
    return MRRC_OK;
}

static int look_at_content(const mrrci_table *table, uint32_t at, mrrc_error *err) {
    if (at == 0)
        return MRRC_OK;
    if (!is_within(table, at, 1, MRRCI_CONTENT_ENTRY))
        return refuse(err, at);
    MRRCI_TRY(look_at_automaton(table, mrrci_u32(table, at + MRRCI_CONTENT_AUTOMATON), err));
    MRRCI_TRY(look_at_text(table, mrrci_u32(table, at + MRRCI_CONTENT_EXPECTED), err));
    return look_at_positions(table, at + MRRCI_CONTENT_POSITIONS, err);
}

static int look_at_field(const mrrci_table *table, uint32_t field, mrrc_error *err) {
    uint32_t at = mrrci_u32(table, field + MRRCI_FIELD_SUBFIELDS),
             count = mrrci_u32(table, field + MRRCI_FIELD_SUBFIELDS + 4);
    if (mrrci_u8(table, field + MRRCI_FIELD_GROUP) > table->groups_count ||
        !is_within(table, at, count, MRRCI_SUBFIELD_ENTRY))
        return refuse(err, field);
    MRRCI_TRY(look_at_text(table, mrrci_u32(table, field + MRRCI_FIELD_LABEL), err));
    MRRCI_TRY(look_at_automaton(table, mrrci_u32(table, field + MRRCI_FIELD_AUTOMATON), err));
    MRRCI_TRY(look_at_text(table, mrrci_u32(table, field + MRRCI_FIELD_AUTOMATON + 4), err));
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t indicator = field + MRRCI_FIELD_INDICATORS + 12 * i;
        MRRCI_TRY(look_at_text(table, mrrci_u32(table, indicator), err));
        MRRCI_TRY(look_at_text(table, mrrci_u32(table, indicator + 4), err));
        MRRCI_TRY(look_at_automaton(table, mrrci_u32(table, indicator + 8), err));
    }
    for (uint32_t i = 0; i < count; i++, at += MRRCI_SUBFIELD_ENTRY) {
        if (mrrci_u8(table, at) >= 128)
            return refuse(err, at);
        MRRCI_TRY(look_at_text(table, mrrci_u32(table, at + MRRCI_SUBFIELD_LABEL), err));
        MRRCI_TRY(look_at_content(table, mrrci_u32(table, at + MRRCI_SUBFIELD_CONTENT), err));
    }
    at = mrrci_u32(table, field + MRRCI_FIELD_VARIANTS);
    count = mrrci_u32(table, field + MRRCI_FIELD_VARIANTS + 4);
    if (!is_within(table, at, count, MRRCI_VARIANT_ENTRY))
        return refuse(err, field);
    for (uint32_t i = 0; i < count; i++, at += MRRCI_VARIANT_ENTRY) {
        MRRCI_TRY(look_at_text(table, mrrci_u32(table, at + MRRCI_VARIANT_LABEL), err));
        MRRCI_TRY(look_at_positions(table, at + MRRCI_VARIANT_POSITIONS, err));
    }
    return MRRC_OK;
}

static int look_through(mrrci_table *table, mrrc_error *err) {
    if (table->bytes.size < MRRCI_TABLE_HEAD || memcmp(table->bytes.data, "MRRCRULE", 8) != 0 ||
        mrrci_u32(table, 8) != MRRCI_TABLE_VERSION || mrrci_u32(table, 12) != table->bytes.size)
        return refuse(err, 0);
    table->fields = mrrci_u32(table, MRRCI_HEAD_FIELDS);
    table->fields_count = mrrci_u32(table, MRRCI_HEAD_FIELDS + 4);
    table->groups = mrrci_u32(table, MRRCI_HEAD_GROUPS);
    table->groups_count = mrrci_u32(table, MRRCI_HEAD_GROUPS + 4);
    table->flags = mrrci_u8(table, MRRCI_HEAD_FLAGS);
    if (!is_within(table, table->fields, table->fields_count, MRRCI_FIELD_ENTRY) ||
        !is_within(table, table->groups, table->groups_count, MRRCI_GROUP_ENTRY) ||
        table->fields_count > UINT16_MAX || table->groups_count > UINT8_MAX)
        return refuse(err, MRRCI_HEAD_FIELDS);
    MRRCI_TRY(look_at_text(table, mrrci_u32(table, MRRCI_HEAD_FLAGS + 4), err));
    for (uint32_t i = 0; i < table->groups_count; i++)
        MRRCI_TRY(look_at_text(
            table, mrrci_u32(table, table->groups + i * MRRCI_GROUP_ENTRY + MRRCI_GROUP_LABEL),
            err));
    const uint8_t *before = NULL;
    for (uint32_t i = 0; i < table->fields_count; i++) {
        uint32_t field = table->fields + i * MRRCI_FIELD_ENTRY;
        const uint8_t *tag = table->bytes.data + field;
        int number = mrrci_tag_number(tag);
        /* in order, so that a tag can be looked for by halves */
        if (before != NULL && memcmp(before, tag, 3) >= 0)
            return refuse(err, field);
        before = tag;
        MRRCI_TRY(look_at_field(table, field, err));
        if (number >= 0)
            table->by_number[number] = (uint16_t)(i + 1);
        else if (memcmp(tag, "LDR", 3) == 0)
            table->leader = field;
    }
    return MRRC_OK;
}

int mrrci_table_take(mrrci_table *table, const uint8_t *bytes, size_t size, mrrc_error *err) {
    mrrci_buffer_clear(&table->bytes);
    memset(table, 0, sizeof *table);
    if (size > UINT32_MAX)
        return refuse(err, 0);
    int status = mrrci_buffer_append(&table->bytes, bytes, size);
    if (status == MRRC_OK)
        status = look_through(table, err);
    if (status != MRRC_OK) {
        mrrci_buffer_clear(&table->bytes);
        memset(table, 0, sizeof *table);
    }
    return status;
}

uint32_t mrrci_table_field(const mrrci_table *table, const uint8_t *tag) {
    int number = mrrci_tag_number(tag);
    if (number >= 0) {
        uint32_t place = table->by_number[number];
        return place == 0 ? 0 : table->fields + (place - 1) * MRRCI_FIELD_ENTRY;
    }
    uint32_t from = 0, end = table->fields_count;
    while (from < end) {
        uint32_t middle = from + (end - from) / 2;
        uint32_t field = table->fields + middle * MRRCI_FIELD_ENTRY;
        int order = memcmp(table->bytes.data + field, tag, 3);
        if (order == 0)
            return field;
        if (order < 0)
            from = middle + 1;
        else
            end = middle;
    }
    return 0;
}

mrrc_rules *mrrc_rules_new(void) {
    return mrrci_new(sizeof(mrrc_rules));
}

void mrrc_rules_free(mrrc_rules *rules) {
    if (rules == NULL)
        return;
    for (int kind = 0; kind < MRRCI_KINDS; kind++)
        mrrci_buffer_clear(&rules->tables[kind].bytes);
    mrrci_free(rules);
}

int mrrc_rules_take(mrrc_rules *rules, int kind, const uint8_t *table, size_t size,
                    mrrc_error *err) {
    if (kind < 0 || kind >= MRRCI_KINDS)
        return mrrci_fail(err, MRRC_ERR_ARGUMENT, 0);
    return mrrci_table_take(&rules->tables[kind], table, size, err);
}
