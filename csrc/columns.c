/* SPDX-License-Identifier: MIT
 *
 * columns.c: selectors run over packed records into columns of text, a row a record.  A record is
 * walked through once: a table says which columns want a field by its tag, and fields that none
 * wants cost the search for their end.  What is not found that way (a field from the end of the
 * record, an indicator, what has conditions) is found by the walk of select.c.  What becomes of the rows is not known
 * here.
 */
#include "columns.h"
#include "columns_out.h"
#include "delimiters.h"
#include "packed.h"
#include "query.h"
#include "reference.h"
#include "select.h"

enum {
    STEP = 32,                /* bytes that are copied without asking whether they are wanted */
    SHORT = 8 * STEP,         /* longer texts are left to memcpy */
    FORESEEN = 1 << 16,       /* rows for which room is made before they come */
    VALUES = 64               /* hardly a record has more */
};

/* What the work on a batch needs. */
typedef struct run {
    const mrrc_columns *columns;
    mrrc_columns_out *out;
    const uint8_t *limit;     /* up to here bytes may be read */
} run;

static inline bool is_structural(uint8_t byte) {
    return (uint8_t)(byte - MRRCI_RECORD) <= MRRCI_SUBFIELD - MRRCI_RECORD;
}

/* ---- compiling ---- */

/* Whether parts of a reference are nothing but codes, each of them in one part only. */
static bool are_codes(const mrrci_reference *reference, mrrci_plan *plan) {
    for (size_t i = 0; i < reference->parts; i++) {
        const mrrci_part *part = &reference->part[i];
        if (!mrrci_is_everything(&part->occurrence) || !mrrci_is_everything(&part->characters) ||
            (part->any && reference->parts > 1))
            return false;
        plan->any = part->any;
        for (int j = 0; j < 2; j++) {
            if (plan->codes.bits[j] & part->codes.bits[j])
                return false;
            plan->codes.bits[j] |= part->codes.bits[j];
        }
    }
    return true;
}

static enum mrrci_plan_kind kind_of_subfields(const mrrci_reference *reference, mrrci_plan *plan) {
    uint8_t code = 0;
    size_t count = 0;
    if (!are_codes(reference, plan))
        return MRRCI_PLAN_WALK;
    for (uint8_t byte = 0; byte < 128; byte++)
        if (mrrci_has(&plan->codes, byte)) {
            code = byte;
            count++;
        }
    plan->code = code;
    return count == 1 && !plan->any ? MRRCI_PLAN_CODE : MRRCI_PLAN_CODES;
}

static bool has_conditions(const mrrci_reference *reference) {
    bool found = reference->conditions != 0;
    for (size_t i = 0; i < reference->parts; i++)
        found |= reference->part[i].conditions != 0;
    return found;
}

static enum mrrci_plan_kind kind_of(const mrrci_reference *reference, mrrci_plan *plan) {
    if (has_conditions(reference))
        return MRRCI_PLAN_WALK;
    if (reference->kind == MRRCI_REFERENCE_LEADER)
        return MRRCI_PLAN_LEADER;
    if (reference->occurrence.tail > 0)
        return MRRCI_PLAN_WALK;
    switch (reference->kind) {
    case MRRCI_REFERENCE_FIELD:
        return mrrci_may_be_data(reference) || !reference->plain_indicators ? MRRCI_PLAN_WALK
                                                                            : MRRCI_PLAN_CONTROL;
    case MRRCI_REFERENCE_CHARACTERS:
        return MRRCI_PLAN_CHARACTERS;
    case MRRCI_REFERENCE_RANGE:
        return MRRCI_PLAN_RANGE;
    case MRRCI_REFERENCE_SUBFIELDS:
        return kind_of_subfields(reference, plan);
    default:
        return MRRCI_PLAN_WALK;
    }
}

static int make_plans(mrrc_columns *columns, const uint8_t *lists) {
    for (size_t i = 0; i < columns->count; i++) {
        const mrrci_reference *reference = mrrci_column_reference(columns->selectors, i);
        mrrci_plan plan = {.reference = reference, .list = lists != NULL && lists[i] != 0};
        plan.kind = kind_of(reference, &plan);
        plan.checked = !mrrci_is_everything(&reference->occurrence) ||
                       !reference->any_indicator[0] || !reference->any_indicator[1];
        columns->walks += plan.kind == MRRCI_PLAN_WALK;
        MRRCI_TRY(mrrci_buffer_append(&columns->plans, &plan, sizeof plan));
    }
    return MRRC_OK;
}

/* Appends which columns want a tag: first whether one of them is checked, then them, then the
 * end. */
static int add_chain(const mrrc_columns *columns, const uint8_t *tag, mrrc_buffer *chain) {
    const uint16_t end = MRRCI_CHAIN_END;
    uint16_t checked = 0;
    size_t head = chain->size;
    MRRCI_TRY(mrrci_buffer_append(chain, &checked, sizeof checked));
    for (size_t i = 0; i < columns->count; i++) {
        const mrrci_plan *plan = mrrci_plan_at(columns, i);
        const mrrci_set *sets = plan->reference->tag;
        uint16_t number = (uint16_t)i;
        if (plan->kind != MRRCI_PLAN_LEADER && plan->kind != MRRCI_PLAN_WALK &&
            mrrci_has(&sets[0], tag[0]) && mrrci_has(&sets[1], tag[1]) &&
            mrrci_has(&sets[2], tag[2])) {
            checked |= plan->checked;
            MRRCI_TRY(mrrci_buffer_append(chain, &number, sizeof number));
        }
    }
    memcpy(chain->data + head, &checked, sizeof checked);
    return mrrci_buffer_append(chain, &end, sizeof end);
}

/* Makes the table of tags; neighbours that are wanted by the same columns share a chain. */
static int make_chains(mrrc_columns *columns) {
    enum { EMPTY = 2 * sizeof(uint16_t) };
    static const uint8_t nothing[3] = {0};
    mrrc_buffer *chains = &columns->chains;
    size_t before = 0, before_size = EMPTY;
    MRRCI_TRY(add_chain(columns, nothing, chains));
    for (unsigned number = 0; number < MRRCI_COLUMNS_TAGS; number++) {
        const uint8_t tag[3] = {(uint8_t)('0' + number / 100), (uint8_t)('0' + number / 10 % 10),
                                (uint8_t)('0' + number % 10)};
        size_t from = chains->size;
        MRRCI_TRY(add_chain(columns, tag, chains));
        size_t size = chains->size - from;
        if (size == EMPTY || (size == before_size && memcmp(chains->data + from,
                                                            chains->data + before, size) == 0)) {
            chains->size = from;
            from = size == EMPTY ? 0 : before;
        } else {
            before = from;
            before_size = size;
        }
        columns->chain[number] = (uint32_t)(from / sizeof(uint16_t));
    }
    return MRRC_OK;
}

static int fault_of(mrrc_query_fault *fault, int code, size_t offset, const char *message) {
    size_t size = strlen(message);
    size = size < sizeof fault->message ? size : sizeof fault->message - 1;
    fault->code = code;
    fault->offset = (uint32_t)offset;
    memcpy(fault->message, message, size);
    return code;
}

static int compile(mrrc_columns *columns, const char *selectors, size_t size, const uint8_t *lists,
                   size_t count, mrrc_query_fault *fault) {
    mrrc_error err = {0};
    if (size == 0 && columns->in_long)
        return count == 0 ? MRRC_OK : fault_of(fault, MRRC_ERR_ARGUMENT, 0, "no selectors");
    int status = mrrci_columns_new(selectors, size, &columns->selectors, &err);
    if (status < 0)
        return fault_of(fault, status, (size_t)err.offset, err.detail);
    columns->count = mrrci_columns_count(columns->selectors);
    if (columns->count > MRRCI_COLUMNS_MOST)
        return fault_of(fault, MRRC_ERR_ARGUMENT, 0, "there are more than 4096 columns");
    if (columns->count != count)
        return fault_of(fault, MRRC_ERR_ARGUMENT, 0, "there are not as many names as selectors");
    MRRCI_TRY(make_plans(columns, lists));
    return columns->in_long ? MRRC_OK : make_chains(columns);
}

/* Takes the names in, of which there have to be so many. */
static int take_names(mrrc_columns *columns, const char *names, size_t size, size_t count,
                      mrrc_query_fault *fault) {
    size_t found = 0;
    for (size_t i = 0; i < size; i++)
        found += names[i] == 0;
    if (found != count || (size > 0 && names[size - 1] != 0))
        return fault_of(fault, MRRC_ERR_ARGUMENT, 0, "there are not as many names as selectors");
    return mrrci_buffer_append(&columns->names, names, size);
}

mrrc_columns *mrrc_columns_new(const char *selectors, size_t size, const char *names,
                               size_t names_size, const uint8_t *lists, size_t count,
                               uint32_t flags, mrrc_query_fault *fault) {
    mrrc_columns *columns = mrrci_new(sizeof *columns);
    *fault = (mrrc_query_fault){0};
    if (columns == NULL) {
        fault->code = MRRC_ERR_MEMORY;
        return NULL;
    }
    columns->in_long = (flags & MRRC_COLUMNS_LONG) != 0;
    int status = take_names(columns, names, names_size, count, fault);
    if (status == MRRC_OK)
        status = compile(columns, selectors, size, lists, count, fault);
    if (status == MRRC_OK)
        return columns;
    fault->code = status;
    mrrc_columns_free(columns);
    return NULL;
}

void mrrc_columns_free(mrrc_columns *columns) {
    if (columns == NULL)
        return;
    mrrci_columns_free(columns->selectors);
    mrrci_buffer_clear(&columns->names);
    mrrci_buffer_clear(&columns->plans);
    mrrci_buffer_clear(&columns->chains);
    mrrci_free(columns);
}

const mrrc_query_fault *mrrc_columns_warnings(const mrrc_columns *columns, size_t *count) {
    *count = 0;
    return columns->selectors == NULL ? NULL : mrrci_columns_warnings(columns->selectors, count);
}

/* ---- rows ---- */

static bool add_column(mrrc_columns_out *out, enum mrrci_out_kind kind, bool nullable) {
    const mrrci_out_column column = {.kind = kind, .nullable = nullable, .on = true};
    out->count++;
    return mrrci_buffer_append(&out->out, &column, sizeof column) == MRRC_OK;
}

static bool add_columns(mrrc_columns_out *out, const mrrc_columns *columns) {
    bool added = true;
    if (columns->in_long) {
        added = add_column(out, MRRCI_OUT_INT64, false) && add_column(out, MRRCI_OUT_TEXT, false) &&
                add_column(out, MRRCI_OUT_INT32, false);
        for (int i = MRRCI_LONG_INDICATOR_1; added && i <= MRRCI_LONG_VALUE; i++)
            added = add_column(out, MRRCI_OUT_TEXT, true);
        return added && (columns->selectors == NULL || add_column(out, MRRCI_OUT_TEXT, false));
    }
    for (size_t i = 0; added && i < columns->count; i++) {
        bool list = mrrci_plan_at(columns, i)->list;
        added = add_column(out, list ? MRRCI_OUT_LIST : MRRCI_OUT_TEXT, !list);
    }
    return added;
}

mrrc_columns_out *mrrc_columns_out_new(const mrrc_columns *columns, size_t most) {
    mrrc_columns_out *out = mrrci_new(sizeof *out);
    if (out == NULL)
        return NULL;
    out->columns = columns;
    out->most = most > 0 ? most : 1;
    if (add_columns(out, columns) &&
        (columns->selectors == NULL ||
         mrrci_columns_asker(columns->selectors, &out->asker) == MRRC_OK))
        return out;
    mrrc_columns_out_free(out);
    return NULL;
}

void mrrc_columns_out_free(mrrc_columns_out *out) {
    if (out == NULL)
        return;
    for (size_t i = 0; i < out->out.size / sizeof(mrrci_out_column); i++) {
        mrrci_out_column *column = mrrci_out_at(out, i);
        mrrci_buffer_clear(&column->data);
        mrrci_buffer_clear(&column->offsets);
        mrrci_buffer_clear(&column->lists);
        mrrci_buffer_clear(&column->valid);
    }
    mrrci_buffer_clear(&out->out);
    mrrci_buffer_clear(&out->chain);
    mrrci_buffer_clear(&out->occurrences);
    mrrci_matcher_free(out->asker);
    mrrci_free(out);
}

size_t mrrc_columns_out_rows(const mrrc_columns_out *out) {
    return out->rows;
}

void mrrc_columns_out_dropped(const mrrc_columns_out *out, uint64_t *dropped) {
    for (size_t i = 0; !out->columns->in_long && i < out->count; i++)
        dropped[i] = mrrci_out_at(out, i)->dropped;
}

size_t mrrci_columns_rows_of(const mrrc_columns *columns, size_t records) {
    return columns->in_long ? VALUES * records : records;
}

void mrrci_columns_out_move(mrrc_columns_out *out, mrrc_columns_out *made) {
    mrrc_columns_out empty = *out;
    *out = *made;
    *made = empty;
    made->most = out->most;
    out->most = empty.most;
    for (size_t i = 0; i < out->count; i++) {
        mrrci_out_at(out, i)->dropped += mrrci_out_at(made, i)->dropped;
        mrrci_out_at(made, i)->dropped = 0;
    }
}

static int reserve_offsets(mrrc_buffer *offsets, size_t rows) {
    const int32_t zero = 0;
    MRRCI_TRY(mrrci_buffer_reserve(offsets, (rows + 1) * sizeof zero));
    return offsets->size > 0 ? MRRC_OK : mrrci_buffer_append(offsets, &zero, sizeof zero);
}

static int reserve_column(mrrci_out_column *column, size_t rows) {
    switch (column->kind) {
    case MRRCI_OUT_INT32:
        return mrrci_buffer_reserve(&column->data, (rows + 1) * sizeof(int32_t));
    case MRRCI_OUT_INT64:
        return mrrci_buffer_reserve(&column->data, (rows + 1) * sizeof(int64_t));
    case MRRCI_OUT_LIST:
        MRRCI_TRY(reserve_offsets(&column->lists, rows));
        break;
    case MRRCI_OUT_TEXT:
        if (column->nullable)
            MRRCI_TRY(mrrci_buffer_reserve(&column->valid, rows / 8 + 1));
        break;
    }
    MRRCI_TRY(mrrci_buffer_reserve(&column->data, STEP));
    return reserve_offsets(&column->offsets, rows);
}

int mrrci_out_reserve(mrrc_columns_out *out, size_t rows) {
    for (size_t i = 0; i < out->count; i++)
        MRRCI_TRY(reserve_column(mrrci_out_at(out, i), rows));
    return MRRC_OK;
}

/* Makes room for as many rows as there may be, by what those so far need: growing step by step
 * would copy all of it again and again.  It is asked for once, and what is not used costs
 * nothing. */
static int foresee(mrrc_columns_out *out) {
    size_t most = out->most < FORESEEN ? out->most : FORESEEN;
    if (out->foreseen || out->rows == 0 || out->rows >= most)
        return MRRC_OK;
    out->foreseen = true;
    for (size_t i = 0; i < out->count; i++) {
        mrrci_out_column *column = mrrci_out_at(out, i);
        mrrc_buffer *each[] = {&column->data, &column->offsets, &column->lists, &column->valid};
        for (size_t j = 0; j < sizeof each / sizeof each[0]; j++) {
            size_t more = each[j]->size / out->rows + 1;
            if (each[j]->size > 0 && more < FORESEEN / 64)
                MRRCI_TRY(mrrci_buffer_reserve(each[j], more * (most - out->rows)));
        }
    }
    return MRRC_OK;
}

bool mrrci_out_is_full(const mrrc_columns_out *out) {
    if (out->rows >= out->most)
        return true;
    for (size_t i = 0; i < out->count; i++) {
        const mrrci_out_column *column = mrrci_out_at(out, i);
        if (column->data.size > MRRCI_COLUMNS_ENOUGH ||
            column->offsets.size > MRRCI_COLUMNS_ENOUGH)
            return true;
    }
    return false;
}

static inline void push_offset(mrrc_buffer *offsets, size_t offset) {
    const int32_t number = (int32_t)offset;
    memcpy(offsets->data + offsets->size, &number, sizeof number);
    offsets->size += sizeof number;
}

static inline size_t last_offset(const mrrc_buffer *offsets, size_t at) {
    int32_t number;
    memcpy(&number, offsets->data + at * sizeof number, sizeof number);
    return (size_t)number;
}

static inline size_t texts_in(const mrrci_out_column *column) {
    return column->offsets.size / sizeof(int32_t) - 1;
}

/* Appends a value to a column; `limit` is up to where bytes may be read. */
static inline int put_value(mrrci_out_column *column, const uint8_t *text, size_t size,
                            const uint8_t *limit) {
    mrrc_buffer *data = &column->data;
    if (column->kind == MRRCI_OUT_TEXT && column->values > 0) {
        column->values += column->values < UINT32_MAX;
        return MRRC_OK;
    }
    MRRCI_TRY(mrrci_buffer_reserve(data, size + STEP));
    uint8_t *to = data->data + data->size;
    if (size <= SHORT && limit - text >= SHORT + STEP) {
        memcpy(to, text, STEP);
        for (size_t at = STEP; at < size; at += STEP)
            memcpy(to + at, text + at, STEP);
    } else if (size > 0) {
        memcpy(to, text, size);
    }
    data->size += size;
    column->values++;
    if (column->kind == MRRCI_OUT_TEXT)
        return MRRC_OK;
    MRRCI_TRY(mrrci_buffer_reserve(&column->offsets, sizeof(int32_t)));
    push_offset(&column->offsets, data->size);
    return MRRC_OK;
}

/* Ends the row of a record, for which there is room. */
static void end_row(mrrc_columns_out *out) {
    unsigned bit = (unsigned)(out->rows % 8);
    for (size_t i = 0; i < out->count; i++) {
        mrrci_out_column *column = mrrci_out_at(out, i);
        bool there = column->values > 0;
        if (column->kind == MRRCI_OUT_LIST) {
            push_offset(&column->lists, texts_in(column));
        } else {
            push_offset(&column->offsets, column->data.size);
            if (bit == 0)
                column->valid.data[column->valid.size++] = 0;
            column->valid.data[column->valid.size - 1] |= (uint8_t)((unsigned)there << bit);
            column->nulls += !there;
            column->dropped += there ? column->values - 1 : 0;
        }
        column->values = 0;
        column->seen = 0;
    }
    out->rows++;
}

/* Gives up what was appended for a record that is not ended. */
static void drop_row(mrrc_columns_out *out) {
    for (size_t i = 0; i < out->count; i++) {
        mrrci_out_column *column = mrrci_out_at(out, i);
        size_t texts = out->rows;
        if (column->kind == MRRCI_OUT_LIST)
            texts = last_offset(&column->lists, out->rows);
        column->offsets.size = (texts + 1) * sizeof(int32_t);
        column->data.size = last_offset(&column->offsets, texts);
        column->values = 0;
        column->seen = 0;
    }
}

/* ---- fields ---- */

/* Whether a column wants a field that has its tag, which is counted. */
static bool is_wanted(const mrrci_plan *plan, mrrci_out_column *column, const mrrci_field *field) {
    const mrrci_span *occurrence = &plan->reference->occurrence;
    if (!mrrci_suits(plan->reference, field))
        return false;
    size_t place = column->seen++;
    return place >= occurrence->from && (occurrence->end == UINT32_MAX || place < occurrence->end);
}

static int take_control(const run *run, const uint16_t *chain, const mrrci_field *field) {
    for (; *chain != MRRCI_CHAIN_END; chain++) {
        const mrrci_plan *plan = mrrci_plan_at(run->columns, *chain);
        mrrci_out_column *column = mrrci_out_at(run->out, *chain);
        const mrrci_span *characters = &plan->reference->characters;
        mrrci_stretch text = {field->body, field->size};
        bool found = true;
        if (plan->kind > MRRCI_PLAN_RANGE || (plan->checked && !is_wanted(plan, column, field)))
            continue;
        if (plan->kind == MRRCI_PLAN_CHARACTERS)
            found = mrrci_cut(characters, field->body, field->size, &text);
        else if (plan->kind == MRRCI_PLAN_RANGE)
            /* marc21 counts bytes, which in these fields are characters; none is cut here */
            mrrci_cut_range(characters, field->body, field->size, false, &text);
        if (found)
            MRRCI_TRY(put_value(column, text.at, text.size, run->limit));
    }
    return MRRC_OK;
}

/* Finds out which columns of a chain want a field.  Returns whether one does. */
static bool set_on(const run *run, const uint16_t *chain, const mrrci_field *field) {
    bool some = false;
    for (; *chain != MRRCI_CHAIN_END; chain++) {
        const mrrci_plan *plan = mrrci_plan_at(run->columns, *chain);
        mrrci_out_column *column = mrrci_out_at(run->out, *chain);
        if (plan->checked)
            column->on = plan->kind >= MRRCI_PLAN_CODE && is_wanted(plan, column, field);
        some |= column->on;
    }
    return some;
}

/* Gives a subfield, which begins behind its delimiter, to the columns that want it. */
static inline int take_subfield(const run *run, const uint16_t *chain, const uint8_t *code,
                                size_t size) {
    const uint8_t first = size == 0 ? 0 : *code; /* a delimiter may be all there is */
    size_t code_size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    code_size = code_size < size ? code_size : size;
    for (; *chain != MRRCI_CHAIN_END; chain++) {
        const mrrci_plan *plan = mrrci_plan_at(run->columns, *chain);
        mrrci_out_column *column = mrrci_out_at(run->out, *chain);
        bool taken = plan->kind == MRRCI_PLAN_CODE
                         ? first == plan->code
                         : plan->kind == MRRCI_PLAN_CODES &&
                               (plan->any || (code_size == 1 && mrrci_has(&plan->codes, first)));
        if (taken && column->on)
            MRRCI_TRY(put_value(column, code + code_size, size - code_size, run->limit));
    }
    return MRRC_OK;
}

static int take_data(const run *run, const uint16_t *chain, const mrrci_field *field) {
    const uint8_t *end = field->body + field->size;
    if (field->size < MRRCI_DELIMITERS_STEP && run->limit - field->body >= MRRCI_DELIMITERS_STEP) {
        /* one look finds all of them */
        uint64_t bits = mrrci_delimiters_at(field->body, 0, MRRCI_SUBFIELD) &
                        (((uint64_t)1 << field->size) - 1);
        while (bits != 0) {
            const uint8_t *code = field->body + mrrci_first_bit(bits) + 1;
            bits &= bits - 1;
            const uint8_t *next = bits == 0 ? end : field->body + mrrci_first_bit(bits);
            MRRCI_TRY(take_subfield(run, chain, code, (size_t)(next - code)));
        }
        return MRRC_OK;
    }
    const uint8_t *at = mrrci_find_delimiter(field->body, end, run->limit, MRRCI_SUBFIELD);
    while (at < end) {
        const uint8_t *code = at + 1;
        at = mrrci_find_delimiter(code, end, run->limit, MRRCI_SUBFIELD);
        MRRCI_TRY(take_subfield(run, chain, code, (size_t)(at - code)));
    }
    return MRRC_OK;
}

/* Finds which columns want a tag.  Returns 0, MRRC_ERR_PACKED_INVALID where it is none, or
 * MRRC_ERR_MEMORY. */
static int chain_of(const run *run, const uint8_t *tag, const uint16_t **chain) {
    unsigned one = tag[0] - (unsigned)'0', two = tag[1] - (unsigned)'0';
    unsigned three = tag[2] - (unsigned)'0';
    const mrrc_columns *columns = run->columns;
    mrrc_buffer *own = &run->out->chain;
    if (one <= 9 && two <= 9 && three <= 9) {
        uint32_t place = columns->chain[one * 100 + two * 10 + three];
        *chain = (const uint16_t *)(const void *)columns->chains.data + place;
        return MRRC_OK;
    }
    if (is_structural(tag[0]) || is_structural(tag[1]) || is_structural(tag[2]))
        return MRRC_ERR_PACKED_INVALID;
    own->size = 0;
    MRRCI_TRY(add_chain(columns, tag, own));
    *chain = (const uint16_t *)(const void *)own->data;
    return MRRC_OK;
}

static int take_fields(const run *run, const uint8_t *packed, size_t size) {
    const uint8_t *end = packed + size, *at = packed + MRRCI_LEADER_SIZE;
    const uint16_t *chain;
    if (at < end && *at != MRRCI_FIELD)
        return MRRC_ERR_PACKED_INVALID;
    while (at < end) {
        const uint8_t *tag = at + 1;
        if (end - tag < 3)
            return MRRC_ERR_PACKED_INVALID;
        at = mrrci_find_delimiter(tag + 3, end, run->limit, MRRCI_FIELD);
        MRRCI_TRY(chain_of(run, tag, &chain));
        bool checked = *chain++ != 0;
        if (*chain == MRRCI_CHAIN_END)
            continue;
        const mrrci_field field = {tag, tag + 3, (size_t)(at - tag) - 3, mrrci_tag_is_control(tag)};
        if (field.control)
            MRRCI_TRY(take_control(run, chain, &field));
        else if (!checked || set_on(run, chain, &field))
            MRRCI_TRY(take_data(run, chain, &field));
    }
    return MRRC_OK;
}

/* ---- what is found otherwise ---- */

static int take_leader(const run *run, const uint8_t *packed) {
    for (size_t i = 0; i < run->columns->count; i++) {
        const mrrci_plan *plan = mrrci_plan_at(run->columns, i);
        mrrci_stretch text;
        if (plan->kind == MRRCI_PLAN_LEADER &&
            mrrci_cut(&plan->reference->characters, packed, MRRCI_LEADER_SIZE, &text))
            MRRCI_TRY(put_value(mrrci_out_at(run->out, i), text.at, text.size, run->limit));
    }
    return MRRC_OK;
}

/* Puts a value that may be a whole data field. */
static int put_hit(mrrci_out_column *column, const mrrci_hit *hit, const uint8_t *limit) {
    size_t before = column->data.size;
    if (!hit->field || (column->kind == MRRCI_OUT_TEXT && column->values > 0))
        return put_value(column, hit->text, hit->size, limit);
    MRRCI_TRY(mrrci_hit_put(hit, &column->data));
    size_t size = column->data.size - before;
    column->data.size = before; /* what is put there is there already */
    MRRCI_TRY(mrrci_buffer_reserve(&column->data, size + STEP));
    column->data.size += size;
    column->values++;
    if (column->kind == MRRCI_OUT_TEXT)
        return MRRC_OK;
    MRRCI_TRY(mrrci_buffer_reserve(&column->offsets, sizeof(int32_t)));
    push_offset(&column->offsets, column->data.size);
    return MRRC_OK;
}

static int take_walks(const run *run, const uint8_t *packed, size_t size) {
    mrrci_selection selection;
    mrrci_hits hits;
    mrrci_hit hit;
    int more;
    MRRCI_TRY(mrrci_select(&selection, run->columns->selectors, run->out->asker, packed, size));
    for (size_t i = 0; i < run->columns->count; i++) {
        if (mrrci_plan_at(run->columns, i)->kind != MRRCI_PLAN_WALK)
            continue;
        mrrci_hits_begin(&hits, &selection, i);
        while ((more = mrrci_hit_next(&hits, &hit)) > 0)
            MRRCI_TRY(put_hit(mrrci_out_at(run->out, i), &hit, run->limit));
        MRRCI_TRY(more);
    }
    return MRRC_OK;
}

static int take_record(const run *run, const uint8_t *packed, size_t size) {
    if (size < MRRCI_LEADER_SIZE)
        return MRRC_ERR_PACKED_INVALID;
    if (size > MRRCI_COLUMNS_RECORD)
        return MRRC_ERR_QUERY_LIMIT;
    MRRCI_TRY(take_leader(run, packed));
    MRRCI_TRY(take_fields(run, packed, size));
    return run->columns->walks == 0 ? MRRC_OK : take_walks(run, packed, size);
}

/* ---- a batch ---- */

static bool is_suitable(const mrrc_batch_view *view, size_t first, size_t end) {
    if (first > end || end > view->count)
        return false;
    for (size_t i = first; view->marked > 0 && i < end; i++)
        if (view->statuses[i] != MRRC_OK)
            return false;
    return true;
}

static int put_record(const run *run, const uint8_t *packed, size_t size, uint64_t number) {
    mrrc_columns_out *out = run->out;
    int status;
    if (run->columns->in_long) {
        status = mrrci_columns_long(run->columns, packed, size, number, out);
        /* with the rows before it out of the way, it may be bearable */
        return status == MRRC_ERR_QUERY_LIMIT && out->rows > 0 ? MRRC_MORE : status;
    }
    status = take_record(run, packed, size);
    if (status < 0)
        drop_row(out);
    else
        end_row(out);
    return status;
}

int mrrc_columns_records(const mrrc_columns *columns, const mrrc_batch_view *view, size_t first,
                         size_t end, uint64_t number, mrrc_columns_out *out, size_t *done) {
    const run run = {columns, out, view->block + view->block_size};
    *done = first;
    if (!is_suitable(view, first, end) || out->columns != columns)
        return MRRC_ERR_ARGUMENT;
    size_t rows = out->most > out->rows ? out->most - out->rows : 0;
    MRRCI_TRY(foresee(out));
    MRRCI_TRY(mrrci_out_reserve(out, rows < end - first ? rows : end - first));
    for (uint32_t begin = first > 0 ? view->ends[first - 1] : 0; *done < end;
         begin = view->ends[(*done)++]) {
        size_t at = *done;
        if (mrrci_out_is_full(out))
            return MRRC_MORE;
        if (view->ends[at] < begin || view->ends[at] > view->block_size)
            return MRRC_ERR_PACKED_INVALID;
        int status = put_record(&run, view->block + begin, view->ends[at] - begin,
                                number + (view->numbers == NULL ? at : view->numbers[at]));
        if (status != MRRC_OK)
            return status;
    }
    return MRRC_OK;
}
