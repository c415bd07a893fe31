/* SPDX-License-Identifier: MIT
 *
 * iso2709.c: MARC 21's exchange form (ISO 2709; MARC 21 Specifications, Record
 * Structure).  Decoding makes a packed record of what pymarc would read
 * without a warning or an error; whatever else there is it leaves undecoded,
 * for rules that need more than bytes.  There are two ways to the same
 * result: a fast one for fields that lie one after another, and an exact one.
 */
#include "batch.h"
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "iso2709_entry.h"
#include "iso2709_recovery.h"
#include "marc8.h"
#include "packed.h"

enum { DIGITS = 5, BLOCK = 128, LEADER_CODING = 9 };

/* ---- numbers ---- */

int32_t mrrci_iso2709_five(const uint8_t *at) {
    int32_t number = 0;
    for (int i = 0; i < DIGITS; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        number = number * 10 + (at[i] - '0');
    }
    return number;
}

static bool is_white(uint8_t byte) {
    return byte == ' ' || (byte >= 9 && byte <= 13);
}

/* Five bytes as Python's int() takes them, since pymarc reads lengths with it:
 * white space around, a sign, single underscores between digits.  Returns the
 * number, or -1 where there is none or it is negative. */
static int32_t five_as_int(const uint8_t *at) {
    const uint8_t *end = at + DIGITS;
    int32_t number = 0;
    bool negative = false, digit = false;
    while (at < end && is_white(*at))
        at++;
    while (end > at && is_white(end[-1]))
        end--;
    if (at < end && (*at == '+' || *at == '-'))
        negative = *at++ == '-';
    for (; at < end; at++) {
        if (*at == '_' && digit) {
            digit = false;
        } else if (*at >= '0' && *at <= '9') {
            number = number * 10 + (*at - '0');
            digit = true;
        } else {
            return -1;
        }
    }
    return digit && !(negative && number > 0) ? number : -1;
}

/* ---- what both ways need ---- */

mrrci_text mrrci_iso2709_text_of(const uint8_t *leader, uint32_t flags) {
    if (flags & MRRC_READ_RAW)
        return MRRCI_TEXT_RAW;
    if (leader[LEADER_CODING] == 'a' || flags & MRRC_READ_FORCE_UTF8)
        return MRRCI_TEXT_UTF8;
    return flags & MRRC_READ_FOREIGN ? MRRCI_TEXT_FOREIGN : MRRCI_TEXT_MARC8;
}

/* ---- the fast way ---- */

typedef uint8_t lanes __attribute__((vector_size(32)));

enum { LANES = sizeof(lanes), WORDS = sizeof(lanes) / sizeof(uint64_t) };

/* What one pass over the data area finds. */
typedef struct survey {
    size_t fields;            /* how many 0x1E */
    bool strange;             /* a 0x1D, or a 0x1F before 0x1D-0x1F or a byte above 0x7F */
    bool high;                /* any byte above 0x7F */
} survey;

/* The running answers for each column of bytes; bit 7 says yes. */
typedef struct tally {
    lanes fields;
    lanes strange;
    lanes any;
} tally;

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* `counted` says in which columns 0x1E is counted: all, where it is NULL. */
ALWAYS_INLINE void survey_lanes(const uint8_t *at, const lanes *counted, tally *tally) {
    lanes here, before;
    memcpy(&here, at, sizeof here);
    memcpy(&before, at - 1, sizeof before);
    lanes structural = (lanes)((lanes)(here - 0x1D) <= 2);
    lanes is_field = (lanes)(here == 0x1E);
    tally->fields -= counted == NULL ? is_field : is_field & *counted;
    tally->strange |= ((lanes)(before == 0x1F) & (structural | here)) | (lanes)(here == 0x1D);
    tally->any |= here;
}

ALWAYS_INLINE bool any_high(const lanes *column) {
    uint64_t words[WORDS], all = 0;
    memcpy(words, column, sizeof words);
    for (unsigned i = 0; i < WORDS; i++)
        all |= words[i];
    return (all & MRRCI_HIGH_BITS) != 0;
}

ALWAYS_INLINE size_t sum_of(const lanes *column) {
    uint64_t words[WORDS];
    size_t sum = 0;
    memcpy(words, column, sizeof words);
    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t pairs = (words[i] & 0x00FF00FF00FF00FFu) + (words[i] >> 8 & 0x00FF00FF00FF00FFu);
        sum += pairs * 0x0001000100010001u >> 48;
    }
    return sum;
}

/* Surveys `size` bytes; the byte before them has to be readable. */
ALWAYS_INLINE survey survey_area(const uint8_t *at, size_t size) {
    static const uint8_t edge[2 * LANES] = { /* LANES times no, LANES times yes */
        [LANES] = 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    enum { STRETCH = 240 * LANES }; /* before a column of bytes can overflow */
    lanes counted;
    tally tally = {0};
    size_t fields = 0;
    uint8_t few[1 + LANES];
    if (size < LANES) {
        memset(few, ' ', sizeof few);
        memcpy(few, at - 1, size + 1);
        at = few + 1;
        size = LANES;
    }
    while (size >= LANES) {
        const uint8_t *end = at + (size < STRETCH ? size / LANES * LANES : STRETCH);
        size -= (size_t)(end - at);
        for (; at < end; at += LANES)
            survey_lanes(at, NULL, &tally);
        fields += sum_of(&tally.fields);
        memset(&tally.fields, 0, sizeof tally.fields);
    }
    /* the rest, once more with what stands before it, of which nothing is counted again */
    memcpy(&counted, edge + size, sizeof counted);
    survey_lanes(at - (LANES - size), &counted, &tally);
    return (survey){fields + sum_of(&tally.fields), any_high(&tally.strange),
                    any_high(&tally.any)};
}

/* Whether MARC-8 leaves each byte as it is: none above 0x7E, no control
 * character but the structural ones. */
static bool marc8_is_ascii(const uint8_t *at, size_t size) {
    uint8_t odd = 0;
    for (size_t i = 0; i < size; i++)
        odd |= (uint8_t)((uint8_t)(at[i] - 0x20) > 0x5E) & (uint8_t)((uint8_t)(at[i] - 0x1D) > 2);
    return odd == 0;
}

/* Copies a field; most are short, so BLOCK bytes are copied whatever its size,
 * where there is room for that, and further blocks of those that are longer. */
ALWAYS_INLINE void copy_field(uint8_t *to, const uint8_t *from, size_t size, bool room) {
    if (!room) {
        memcpy(to, from, size);
        return;
    }
    size_t done = 0;
    do {
        for (unsigned i = 0; i < BLOCK; i += LANES) {
            lanes part;
            memcpy(&part, from + done + i, sizeof part);
            memcpy(to + done + i, &part, sizeof part);
        }
        done += BLOCK;
    } while (done < size);
}

/* Whether a data field begins with two indicators of ASCII, none of them a
 * delimiter, and a subfield behind them unless it ends there. */
static inline bool begins_well(const uint8_t *field, size_t length) {
    return length >= 3 && ((field[0] | field[1]) & 0x80) == 0 && field[0] != MRRCI_SUBFIELD &&
           field[1] != MRRCI_SUBFIELD && (field[2] == MRRCI_SUBFIELD || length == 3);
}

/* Packs a record whose fields lie one after another.  Returns 0, MRRC_UNDECODED
 * where the exact way has to look, or MRRC_ERR_MEMORY. */
ALWAYS_INLINE int pack_in_order(const uint8_t *data, size_t size, size_t base,
                                const uint8_t *limit, mrrci_text text, mrrc_buffer *out) {
    const uint8_t *area = data + base;
    size_t entries = (base - 1 - MRRCI_LEADER_SIZE) / MRRCI_ENTRY_SIZE;
    size_t area_size = size - base - 1;
    if (data[size - 1] != MRRCI_RECORD)
        return MRRC_UNDECODED;
    survey found = survey_area(area, area_size);
    if (found.fields != entries || found.strange)
        return MRRC_UNDECODED;
    if (text == MRRCI_TEXT_MARC8 && (found.high || !marc8_is_ascii(area, area_size)))
        return MRRC_UNDECODED;

    size_t packed_size = MRRCI_LEADER_SIZE + area_size + 3 * entries;
    MRRCI_TRY(mrrci_buffer_reserve(out, packed_size + BLOCK));
    uint8_t *to = out->data + out->size;
    memcpy(to, data, MRRCI_LEADER_SIZE);
    to += MRRCI_LEADER_SIZE;
    const uint8_t *entry = data + MRRCI_LEADER_SIZE;
    bool room = (size_t)(limit - data) >= size + BLOCK;
    uint64_t strange = 0; /* bit 7 of some byte, where a digit or a tag is none; asked once */
    size_t sum = 0, control = 0; /* of all fields, and of control fields that come first */
    for (size_t i = 0; i < entries; i++, entry += MRRCI_ENTRY_SIZE) {
        uint32_t length, start, unit;
        strange |= mrrci_eight_digits(entry + 3, &length, &start);
        strange |= mrrci_one_digit(entry[11], &unit);
        strange |= mrrci_unprintable_tag(entry);
        const uint8_t *field = area + sum;
        if (start * 10 + unit != sum || (size_t)length - 1 >= area_size - sum ||
            field[length - 1] != MRRCI_FIELD)
            return MRRC_UNDECODED;
        if (!mrrci_tag_is_control(entry)) {
            if (!begins_well(field, length))
                return MRRC_UNDECODED;
        } else if (control == sum) {
            control += length; /* these are looked at together */
        } else if (memchr(field, MRRCI_SUBFIELD, length) != NULL) {
            return MRRC_UNDECODED;
        }
        to[0] = MRRCI_FIELD;
        memcpy(to + 1, entry, 4); /* the tag, and a byte that the next copy covers */
        copy_field(to + 4, field, length - 1, room);
        to += 3 + length;
        sum += length;
    }
    if ((strange & MRRCI_HIGH_BITS) != 0 || sum != area_size ||
        memchr(area, MRRCI_SUBFIELD, control) != NULL)
        return MRRC_UNDECODED;
    if (found.high && text == MRRCI_TEXT_UTF8 &&
        !mrrci_utf8_valid(out->data + out->size, packed_size))
        return MRRC_UNDECODED;
    out->size += packed_size;
    return MRRC_OK;
}

#if MRRCI_X86
/* The same code with wider instructions, where the processor has them. */
__attribute__((target("avx2,bmi2"))) static int pack_avx2(const uint8_t *data, size_t size,
                                                          size_t base, const uint8_t *limit,
                                                          mrrci_text text, mrrc_buffer *out) {
    return pack_in_order(data, size, base, limit, text, out);
}
#endif

static int pack_fast(const uint8_t *data, size_t size, size_t base, const uint8_t *limit,
                     mrrci_text text, mrrc_buffer *out) {
#if MRRCI_X86
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        return pack_avx2(data, size, base, limit, text, out);
#endif
    return pack_in_order(data, size, base, limit, text, out);
}

/* ---- the exact way ---- */

/* Whether a stretch of the data area holds 0x1D or 0x1E. */
static bool has_terminator(const uint8_t *at, size_t size) {
    return size > 0 &&
           (memchr(at, MRRCI_FIELD, size) != NULL || memchr(at, MRRCI_RECORD, size) != NULL);
}

static int put_latin1(const uint8_t *at, size_t size, mrrc_buffer *out) {
    MRRCI_TRY(mrrci_buffer_reserve(out, 2 * size));
    for (size_t i = 0; i < size; i++)
        out->size += mrrci_utf8_put(out->data + out->size, at[i]);
    return MRRC_OK;
}

static int put_marc8(const uint8_t *at, size_t size, mrrc_buffer *out) {
    mrrc_marc8_state state = {0x42, 0x45};
    mrrc_buffer notes = {0};
    int status = mrrc_marc8_decode(at, size, MRRC_MARC8_PYMARC, &state, out, &notes);
    if (status != MRRC_ERR_MEMORY && (status < 0 || notes.size > 0))
        status = MRRC_UNDECODED; /* pymarc has something to say about it */
    mrrci_buffer_clear(&notes);
    return status;
}

static int put_control(const uint8_t *at, size_t size, mrrci_text text, mrrc_buffer *out) {
    if (size > 0 && memchr(at, MRRCI_SUBFIELD, size) != NULL)
        return MRRC_UNDECODED;
    return text == MRRCI_TEXT_MARC8 ? put_latin1(at, size, out)
                                    : mrrci_buffer_append(out, at, size);
}

static int put_data(const uint8_t *at, size_t size, mrrci_text text, mrrc_buffer *out) {
    mrrci_field field = {NULL, at, size, false};
    mrrci_cursor cursor;
    size_t indicators;
    mrrci_subfields_begin(&cursor, &field, &indicators);
    if (indicators != 2 || ((at[0] | at[1]) & 0x80) != 0)
        return MRRC_UNDECODED;
    MRRCI_TRY(mrrci_buffer_append(out, at, 2));
    while (cursor.at != cursor.end) {
        const uint8_t *piece = cursor.at + 1;
        size_t left = (size_t)(cursor.end - piece);
        const uint8_t *next = left == 0 ? NULL : memchr(piece, MRRCI_SUBFIELD, left);
        cursor.at = next == NULL ? cursor.end : next;
        left = (size_t)(cursor.at - piece);
        if (left == 0)
            continue; /* two delimiters together: pymarc passes over the empty one */
        if (piece[0] & 0x80)
            return MRRC_UNDECODED;
        MRRCI_TRY(mrrci_buffer_append(out, piece - 1, 2));
        int status = text == MRRCI_TEXT_MARC8 ? put_marc8(piece + 1, left - 1, out)
                                              : mrrci_buffer_append(out, piece + 1, left - 1);
        if (status != MRRC_OK)
            return status;
    }
    return MRRC_OK;
}

/* Packs a record field by field, wherever its directory points. */
static int pack_exact(const uint8_t *data, size_t size, size_t base, mrrci_text text,
                      mrrc_buffer *out) {
    size_t before = out->size;
    const uint8_t *entry = data + MRRCI_LEADER_SIZE;
    const uint8_t *entries_end = data + base - 1;
    MRRCI_TRY(mrrci_buffer_append(out, data, MRRCI_LEADER_SIZE));
    for (; entry < entries_end; entry += MRRCI_ENTRY_SIZE) {
        uint32_t length, start, unit;
        uint64_t strange = mrrci_eight_digits(entry + 3, &length, &start);
        strange |= mrrci_one_digit(entry[11], &unit) | mrrci_unprintable_tag(entry);
        if ((strange & MRRCI_HIGH_BITS) != 0)
            return MRRC_UNDECODED;
        /* as slicing does it: what lies outside is left out */
        size_t from = base + (size_t)start * 10 + unit;
        size_t to = from + length;
        from = from < size ? from : size;
        to = to - 1 < size ? to - 1 : size;
        size_t field_size = to > from ? to - from : 0;
        const uint8_t separator = MRRCI_FIELD;
        if (has_terminator(data + from, field_size))
            return MRRC_UNDECODED;
        MRRCI_TRY(mrrci_buffer_append(out, &separator, 1));
        MRRCI_TRY(mrrci_buffer_append(out, entry, 3));
        int status = mrrci_tag_is_control(entry) ? put_control(data + from, field_size, text, out)
                                                 : put_data(data + from, field_size, text, out);
        if (status != MRRC_OK)
            return status;
    }
    if (text == MRRCI_TEXT_UTF8 && !mrrci_utf8_valid(out->data + before, out->size - before))
        return MRRC_UNDECODED;
    return MRRC_OK;
}

/* Appends one record's packed form to `out`.  `limit` ends the readable memory,
 * at or behind data + size.  Returns 0, MRRC_UNDECODED with `out` as it was, or
 * MRRC_ERR_MEMORY. */
static int pack(const uint8_t *data, size_t size, const uint8_t *limit, uint32_t flags,
                mrrc_buffer *out) {
    if (size <= MRRCI_LEADER_SIZE || !mrrci_leader_is_plain(data))
        return MRRC_UNDECODED;
    int32_t length = mrrci_iso2709_five(data), base = mrrci_iso2709_five(data + 12);
    if (length < 0 || (size_t)length > size || base <= (int32_t)MRRCI_LEADER_SIZE + 1 ||
        (size_t)base >= size || ((size_t)base - 1 - MRRCI_LEADER_SIZE) % MRRCI_ENTRY_SIZE != 0)
        return MRRC_UNDECODED;
    mrrci_text text = mrrci_iso2709_text_of(data, flags);
    if (text == MRRCI_TEXT_FOREIGN)
        return MRRC_UNDECODED;
    size_t before = out->size;
    int status = pack_fast(data, size, (size_t)base, limit, text, out);
    if (status == MRRC_UNDECODED)
        status = pack_exact(data, size, (size_t)base, text, out);
    if (status != MRRC_OK)
        out->size = before;
    return status;
}

int mrrci_iso2709_pack_sound(const uint8_t *data, size_t size, const uint8_t *limit,
                             mrrci_text text, mrrc_buffer *out) {
    int32_t base = mrrci_iso2709_five(data + 12);
    if (!mrrci_leader_is_plain(data) || data[10] != '2' || data[11] != '2' ||
        mrrci_iso2709_five(data) != (int32_t)size || base < (int32_t)MRRCI_LEADER_SIZE + 1 ||
        (size_t)base >= size || ((size_t)base - 1 - MRRCI_LEADER_SIZE) % MRRCI_ENTRY_SIZE != 0 ||
        data[base - 1] != MRRCI_FIELD)
        return MRRC_UNDECODED;
    return pack_fast(data, size, (size_t)base, limit, text, out);
}

int mrrc_record_decode(const uint8_t *data, size_t size, uint32_t flags, mrrc_buffer *out) {
    out->size = 0;
    return pack(data, size, data + size, flags, out);
}

/* ---- a stretch of the source ---- */

/* Takes the bytes at which framing is lost into the batch. */
static int lose(const mrrci_input *input, mrrci_batch *batch, size_t *used, size_t size,
                int status) {
    uint64_t offset = input->offset + *used;
    MRRCI_TRY(mrrci_buffer_append(&batch->block, input->data + *used, size));
    MRRCI_TRY(mrrci_batch_end_record(batch, offset, size, status));
    *used += size;
    return MRRC_END;
}

int mrrci_iso2709_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                         mrrc_error *err) {
    (void)state; /* a record is all there is to know */
    if (input->flags & MRRCI_MODES)
        return mrrci_iso2709_recover(input, batch, used, err);
    /* from here on faults are statuses of their records: the bytes go to the caller */
    const uint8_t *limit = input->data + input->size;
    while (*used < input->size && *used < input->wanted &&
           batch->block.size < MRRCI_BATCH_MAX) {
        const uint8_t *record = input->data + *used;
        size_t left = input->size - *used;
        if (left < DIGITS)
            return input->last ? lose(input, batch, used, left, MRRC_ERR_TRUNCATED) : MRRC_OK;
        int32_t length = mrrci_iso2709_five(record);
        if (length < 0)
            length = five_as_int(record);
        if (length < DIGITS)
            return lose(input, batch, used, DIGITS, MRRC_ERR_LENGTH_INVALID);
        size_t size = (size_t)length;
        if (left < size)
            return input->last ? lose(input, batch, used, left, MRRC_ERR_TRUNCATED) : MRRC_OK;
        if (record[size - 1] != MRRCI_RECORD)
            return lose(input, batch, used, size, MRRC_ERR_TERMINATOR_MISSING);
        if (batch->matcher != NULL) {
            int found = mrrci_iso2709_match(batch->matcher, record, size, input->flags);
            if (found == MRRC_ERR_MEMORY)
                return found;
            if (found == 0) {
                mrrci_batch_pass(batch, input->offset + *used + size);
                *used += size;
                continue;
            }
            batch->tested = found == 1;
        }
        if (input->flags & MRRC_READ_FRAMES &&
            (batch->matcher == NULL ? mrrci_iso2709_is_common(record, size) : batch->tested)) {
            MRRCI_TRY(mrrci_batch_end_record(batch, input->offset + *used, size, MRRC_OK));
            *used += size;
            continue;
        }
        int status = input->flags & MRRCI_CODINGS
                         ? mrrci_iso2709_pack_coded(input, record, size, batch)
                         : pack(record, size, limit, input->flags, &batch->block);
        if (status == MRRC_UNDECODED)
            MRRCI_TRY(mrrci_buffer_append(&batch->block, record, size));
        MRRCI_TRY(status);
        MRRCI_TRY(mrrci_batch_end_record(batch, input->offset + *used, size, status));
        *used += size;
    }
    return MRRC_OK;
}

/* ---- writing ---- */

static inline void put_four(uint8_t *to, uint32_t number) {
    to[0] = (uint8_t)('0' + number / 1000 % 10);
    to[1] = (uint8_t)('0' + number / 100 % 10);
    to[2] = (uint8_t)('0' + number / 10 % 10);
    to[3] = (uint8_t)('0' + number % 10);
}

static inline void put_five(uint8_t *to, uint32_t number) {
    to[0] = (uint8_t)('0' + number / 10000);
    put_four(to + 1, number);
}

/* Notes which field cannot be written, and why. */
static int fail_field(mrrc_error *err, int code, const mrrci_field *field, uint32_t index,
                      size_t found) {
    if (err != NULL && err->code == 0) {
        memcpy(err->tag, field->tag, 3);
        err->field = index;
        err->found = found;
    }
    return mrrci_fail(err, code, 0);
}

/* Says why a record cannot be written: for a field, if there is one to blame, else
 * for its length. */
static int refuse(const uint8_t *packed, size_t size, mrrc_error *err) {
    mrrci_cursor cursor;
    mrrci_field field;
    size_t length = MRRCI_LEADER_SIZE + 2; /* and two terminators */
    int more;
    (void)mrrci_fields_begin(&cursor, packed, size);
    for (uint32_t index = 0; (more = mrrci_field_next(&cursor, &field)) > 0; index++) {
        if ((field.tag[0] | field.tag[1] | field.tag[2]) & 0x80)
            return fail_field(err, MRRC_ERR_TAG_INVALID, &field, index, 0);
        if (field.size + 1 > MRRCI_FIELD_MAX)
            return fail_field(err, MRRC_ERR_FIELD_TOO_LONG, &field, index, field.size + 1);
        if (field.size > 0 && memchr(field.body, MRRCI_RECORD, field.size) != NULL)
            return fail_field(err, MRRC_ERR_FIELD_INVALID, &field, index, MRRCI_RECORD);
        length += MRRCI_ENTRY_SIZE + field.size + 1;
    }
    if (more < 0)
        return mrrci_fail(err, more, 0);
    if (err != NULL && err->code == 0)
        err->found = length;
    return mrrci_fail(err, MRRC_ERR_RECORD_TOO_LONG, 0);
}

/* Counts in bytes as long as they cannot overflow, which compilers make wide. */
static size_t count_fields(const uint8_t *at, const uint8_t *end) {
    size_t fields = 0;
    while (at < end) {
        size_t stretch = (size_t)(end - at) < UINT8_MAX ? (size_t)(end - at) : UINT8_MAX;
        uint8_t count = 0;
        for (size_t i = 0; i < stretch; i++)
            count = (uint8_t)(count + (at[i] == MRRCI_FIELD));
        fields += count;
        at += stretch;
    }
    return fields;
}

static int encode(const uint8_t *packed, size_t size, mrrc_buffer *out, mrrc_error *err) {
    if (size < MRRCI_LEADER_SIZE || memchr(packed, MRRCI_RECORD, MRRCI_LEADER_SIZE) != NULL ||
        memchr(packed, MRRCI_FIELD, MRRCI_LEADER_SIZE) != NULL)
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    if (size > MRRCI_RECORD_MAX) /* a packed record is the shorter form */
        return refuse(packed, size, err);
    size_t fields = count_fields(packed + MRRCI_LEADER_SIZE, packed + size);
    size_t base = MRRCI_LEADER_SIZE + fields * MRRCI_ENTRY_SIZE + 1;
    /* a field brings its body and one byte more; packed it has four bytes more */
    if (size - MRRCI_LEADER_SIZE < 4 * fields)
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    size_t length = base + (size - MRRCI_LEADER_SIZE - 3 * fields) + 1;
    if (length > MRRCI_RECORD_MAX || memchr(packed, MRRCI_RECORD, size) != NULL)
        return refuse(packed, size, err);
    if (mrrci_buffer_reserve(out, length) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    uint8_t *record = out->data + out->size;
    uint8_t *entry = record + MRRCI_LEADER_SIZE;
    uint8_t *to = record + base;
    memcpy(record, packed, MRRCI_LEADER_SIZE);
    put_five(record, (uint32_t)length);
    put_five(record + 12, (uint32_t)base);
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    (void)mrrci_fields_begin(&cursor, packed, size);
    while ((more = mrrci_field_next(&cursor, &field)) > 0) {
        if (field.size + 1 > MRRCI_FIELD_MAX || (field.tag[0] | field.tag[1] | field.tag[2]) & 0x80)
            return refuse(packed, size, err);
        if (entry == record + base - 1)
            return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
        memcpy(entry, field.tag, 3);
        put_four(entry + 3, (uint32_t)field.size + 1);
        put_five(entry + 7, (uint32_t)(to - record) - (uint32_t)base);
        entry += MRRCI_ENTRY_SIZE;
        memcpy(to, field.body, field.size);
        to += field.size;
        *to++ = MRRCI_FIELD;
    }
    if (more < 0)
        return mrrci_fail(err, more, 0);
    *entry = MRRCI_FIELD;
    *to = MRRCI_RECORD;
    out->size += length;
    return MRRC_OK;
}

int mrrci_iso2709_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                         mrrc_buffer *out, mrrc_error *err) {
    uint32_t flags = how->flags;
    if (!(flags & MRRC_WRITE_MARC8)) {
        size_t before = out->size;
        MRRCI_TRY(encode(packed, size, out, err));
        if (flags & MRRC_WRITE_UTF8)
            out->data[before + LEADER_CODING] = 'a';
        return MRRC_OK;
    }
    mrrc_buffer record = {0};
    int status = mrrci_marc8_record(packed, size, flags, &record, err);
    if (status == MRRC_OK)
        status = encode(record.data, record.size, out, err);
    mrrci_buffer_clear(&record);
    return status;
}
