/* SPDX-License-Identifier: MIT
 *
 * check_iso2709.h: what the tests of ISO 2709 share: a slow decoder that follows pymarc's rules
 * byte by byte, the comparison with it, and records to begin from.
 */
#ifndef CHECK_ISO2709_H
#define CHECK_ISO2709_H

#include "batch.h"
#include "check.h"
#include "conversion.h"
#include "formats.h"
#include "packed.h"

/* the slow decoder --------------------------------------------------------- */

/* A number of digits only; -1 where there is anything else. */
static inline long number_at(const uint8_t *at, size_t digits) {
    long number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        number = number * 10 + (at[i] - '0');
    }
    return number;
}

static inline bool all_between(const uint8_t *at, size_t size, uint8_t low, uint8_t high) {
    for (size_t i = 0; i < size; i++)
        if (at[i] < low || at[i] > high)
            return false;
    return true;
}

static inline bool has(const uint8_t *at, size_t size, uint8_t byte) {
    for (size_t i = 0; i < size; i++)
        if (at[i] == byte)
            return true;
    return false;
}

enum { REFERENCE_RAW, REFERENCE_UTF8, REFERENCE_MARC8 };

static inline bool reference_text(const uint8_t *at, size_t size, int text, bool control,
                           mrrc_buffer *out) {
    if (text == REFERENCE_UTF8 && !mrrci_utf8_valid(at, size))
        return false;
    if (text != REFERENCE_MARC8) {
        check_put(out, at, size);
        return true;
    }
    if (control) { /* which pymarc takes for ISO 8859-1 */
        for (size_t i = 0; i < size; i++) {
            uint8_t utf8[4];
            check_put(out, utf8, mrrci_utf8_put(utf8, at[i]));
        }
        return true;
    }
    mrrc_marc8_state state = {0x42, 0x45};
    mrrc_buffer notes = {0};
    bool said_nothing = mrrc_marc8_decode(at, size, MRRC_MARC8_PYMARC, &state, out, &notes) == 0 &&
                        notes.size == 0;
    mrrci_buffer_clear(&notes);
    return said_nothing;
}

static inline bool reference_field(const uint8_t *tag, const uint8_t *at, size_t size, int text,
                            mrrc_buffer *out) {
    if (has(at, size, MRRCI_FIELD) || has(at, size, MRRCI_RECORD))
        return false;
    check_put_text(out, "\x1e");
    check_put(out, tag, 3);
    if (number_at(tag, 3) >= 0 && number_at(tag, 3) < 10)
        return !has(at, size, MRRCI_SUBFIELD) && reference_text(at, size, text, true, out);
    size_t from = 0;
    for (bool first = true; from <= size; first = false) {
        size_t to = from;
        while (to < size && at[to] != MRRCI_SUBFIELD)
            to++;
        if (first) {
            if (to != 2 || !all_between(at, 2, 0, 0x7F))
                return false;
            check_put(out, at, 2);
        } else if (to > from) {
            if (at[from] > 0x7F)
                return false;
            check_put_text(out, "\x1f");
            check_put(out, at + from, 1);
            if (!reference_text(at + from + 1, to - from - 1, text, false, out))
                return false;
        }
        from = to + 1;
    }
    return true;
}

static inline bool reference_record(const uint8_t *data, size_t size, uint32_t flags,
                                    mrrc_buffer *out) {
    if (size < 25 || !all_between(data, 24, 0x20, 0x7E))
        return false;
    long length = number_at(data, 5), base = number_at(data + 12, 5);
    if (length < 0 || base <= 0 || (size_t)base >= size || size < (size_t)length)
        return false;
    size_t directory = base < 25 ? 0 : (size_t)base - 25;
    if (directory == 0 || directory % 12 != 0)
        return false;
    int text = flags & MRRC_READ_RAW                                      ? REFERENCE_RAW
               : data[9] == 'a' || (flags & MRRC_READ_FORCE_UTF8) != 0 ? REFERENCE_UTF8
                                                                          : REFERENCE_MARC8;
    if (text == REFERENCE_MARC8 && (flags & MRRC_READ_FOREIGN) != 0)
        return false;
    check_put(out, data, 24);
    for (size_t at = 24; at < 24 + directory; at += 12) {
        long field_size = number_at(data + at + 3, 4), start = number_at(data + at + 7, 5);
        if (!all_between(data + at, 3, 0x20, 0x7E) || field_size < 0 || start < 0)
            return false;
        /* a slice: each end no further than the bytes go, and nothing if they cross */
        size_t from = (size_t)(base + start), to = (size_t)(base + start + field_size - 1);
        from = from > size ? size : from;
        to = to > size ? size : to;
        if (!reference_field(data + at, data + from, to > from ? to - from : 0, text, out))
            return false;
    }
    return true;
}

/* comparing ---------------------------------------------------------------- */

static mrrc_buffer expected, seen, again, written, laid;

/* Whether what was decoded can be walked, laid out and written, and comes back. */
static inline bool follows(const mrrc_buffer *packed, uint32_t flags) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t texts = 0, indicators, count = 0, most = 0;
    int more = mrrci_fields_begin(&fields, packed->data, packed->size);
    while (more >= 0 && (more = mrrci_field_next(&fields, &field)) > 0) {
        size_t subfield_count = 0;
        count++;
        texts += 2;
        if (field.control)
            continue;
        mrrci_subfields_begin(&subfields, &field, &indicators);
        while (mrrci_subfield_next(&subfields, &subfield))
            subfield_count++;
        if (indicators != 2)
            return false;
        most = subfield_count > most ? subfield_count : most;
        texts += 2 * subfield_count;
    }
    if (more < 0)
        return false;
    int64_t result = mrrc_explode(packed->data, packed->size, &laid);
    if (most > 254 ? result != MRRC_ERR_ARGUMENT : result != (int64_t)count)
        return false;
    for (size_t i = 0; i + count < laid.size; i++)
        texts -= laid.data[i] == MRRCI_SUBFIELD;
    if (most <= 254 && texts != 0)
        return false;
    if (mrrc_values(packed->data, packed->size, &laid) != (int64_t)count)
        return false;

    if (mrrc_record_encode(0, packed->data, packed->size, 0, &written, NULL) != MRRC_OK)
        return false;
    uint32_t how = flags & MRRC_READ_RAW ? MRRC_READ_RAW : MRRC_READ_FORCE_UTF8;
    if (mrrc_record_decode(written.data, written.size, how, &again) != MRRC_OK ||
        again.size != packed->size)
        return false;
    /* the same but for the record's length and base address */
    return memcmp(again.data, written.data, 24) == 0 &&
           memcmp(again.data + 5, packed->data + 5, 7) == 0 &&
           memcmp(again.data + 17, packed->data + 17, packed->size - 17) == 0;
}

/* Whether the reader's decoder makes the same of a record with much behind it, which it may
 * look at; a record by its length and its end, since other bytes it cuts elsewhere. */
static inline bool same_before_more(const uint8_t *data, size_t size, uint32_t flags, int status) {
    enum { BEHIND = 100 };
    if (size < 5 || number_at(data, 5) != (long)size || data[size - 1] != MRRCI_RECORD)
        return true;
    uint8_t *more = malloc(size + BEHIND);
    if (more == NULL)
        abort();
    memcpy(more, data, size);
    memset(more + size, MRRCI_FIELD, BEHIND);
    mrrci_input input = {.data = more, .size = size + BEHIND, .wanted = 1, .flags = flags};
    mrrci_batch batch = {0};
    size_t used = 0;
    bool same = mrrci_iso2709_decode(NULL, &input, &batch, &used, NULL) == MRRC_OK &&
                used == size && batch.count == 1 && batch.marked == (status != MRRC_OK) &&
                (status == MRRC_OK ? check_same(&batch.block, &expected)
                                   : check_holds(&batch.block, data, size));
    mrrci_batch_clear(&batch);
    free(more);
    return same;
}

/* Decodes with nothing behind the record, with much, and by the slow decoder.
 * Returns MRRC_OK, MRRC_UNDECODED, or 99 where they do not agree. */
static inline int decode(const uint8_t *data, size_t size, uint32_t flags) {
    enum { DISAGREE = 99 };
    expected.size = 0;
    if (!reference_record(data, size, flags, &expected))
        expected.size = 0;
    uint8_t *exact = check_copy(data, size);
    int status = mrrc_record_decode(exact, size, flags, &seen);
    bool right = status == (expected.size > 0 ? MRRC_OK : MRRC_UNDECODED) &&
                 check_same(&seen, &expected);
    free(exact);
    if (right && size % 4 == 0)
        right = same_before_more(data, size, flags, status);
    if (right && status == MRRC_OK)
        right = follows(&seen, flags);
    return right ? status : DISAGREE;
}

static inline void clear_rooms(void) {
    mrrc_buffer *const rooms[] = {&expected, &seen, &again, &written, &laid};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
        mrrci_buffer_clear(rooms[i]);
}

/* records ------------------------------------------------------------------ */

static check_record record;

/* A record with something of everything. */
static inline void make_usual(char coding) {
    check_record_begin(&record, coding);
    check_record_add(&record, "001", "id0001");
    check_record_add(&record, "008", "");
    check_record_add(&record, "245", "10\x1f" "aTitle :\x1f" "bsubtitle /");
    check_record_add(&record, "500", "  ");
    check_record_add(&record, "00A", "  \x1f" "aLetters");
    check_record_add(&record, "650", " 0\x1f" "aSubject\x1f" "x\x1f" "yOne.");
    check_record_add(&record, "CAT", "##\x1f" "9x");
}

/* One record laid out as usual and the other way round, the same in MARC-8, and one that is
 * left undecoded; `packed` is the first. */
typedef struct samples {
    mrrc_buffer in_order, out_of_order, marc8, odd, packed;
} samples;

static inline void make_samples(samples *samples) {
    static char text[400];
    memset(samples, 0, sizeof *samples);
    memset(text, 't', sizeof text - 1);
    memcpy(text, "10\x1f" "a", 4);
    check_record_begin(&record, 'a');
    check_record_add(&record, "001", "id");
    check_record_add(&record, "245", text);
    check_record_add(&record, "500", text);
    check_lay_out(&record);
    check_record_write(&record, &samples->in_order);
    check_record_pack(&record, samples->in_order.data, &samples->packed);
    record.area_size = 0;
    for (size_t i = record.count; i > 0; i--)
        check_lay_field(&record, i - 1);
    check_record_write(&record, &samples->out_of_order);
    text[60] = '\x1b';
    memcpy(text + 61, "(NH\x1b(B\xe2" "e", 8);
    record.leader[9] = ' ';
    check_lay_out(&record);
    check_record_write(&record, &samples->marc8);
    text[61] = '\x1d';
    check_lay_out(&record);
    check_record_write(&record, &samples->odd);
}

static inline void clear_samples(samples *samples) {
    mrrc_buffer *const all[] = {&samples->in_order, &samples->out_of_order, &samples->marc8,
                                &samples->odd, &samples->packed};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        mrrci_buffer_clear(all[i]);
}

#endif
