/* SPDX-License-Identifier: MIT
 *
 * iso2709_frame.c: where records begin and end in data that may be damaged, in the modes
 * strict, lenient and permissive.  A record whose length leads to its terminator is taken at
 * once.  Otherwise its end is looked for: behind a terminator with a plausible leader and
 * directory behind it, or before a record that is whole in itself.  What lies between
 * records is passed over and told; no record is made of it.  Each byte is looked at a fixed
 * number of times, however the source is cut into pieces.
 */
#include "batch.h"
#include "conversion.h"
#include "internal.h"
#include "iso2709_entry.h"
#include "iso2709_recovery.h"

enum {
    DIGITS = 5,
    LENGTHS_AT = 10,
    BASE_AT = 12,
    MAP_AT = 20,
    /* What has to be seen of a record to find it plausible: leader, and an entry. */
    START = MRRCI_LEADER_SIZE + MRRCI_ENTRY_SIZE,
    /* White space behind a terminator is looked through this far for a record. */
    WHITE_MAX = 64,
    NOTES_MAX = 65536
};

/* Bytes that belong to no record are told in pieces no longer than this. */
#define BETWEEN_MAX ((uint64_t)1 << 30)

typedef struct framer {
    const mrrci_input *input;
    mrrci_recovery *recovery;
    mrrci_batch *batch;
    mrrc_error *err;
    mrrci_manner manner;
    size_t at;                /* in the input: what comes next */
} framer;

/* What a look at bytes says. */
typedef enum look { NO, YES, MORE_NEEDED, CUT_OFF } look;

static bool is_white(uint8_t byte) {
    return byte == '\n' || byte == '\r' || byte == ' ' || byte == 0 || byte == 0x1A;
}

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_printable(uint8_t byte) {
    return byte >= 0x20 && byte <= 0x7E;
}

static bool all_printable(const uint8_t *at, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (!is_printable(at[i]))
            return false;
    return true;
}

static bool all_digits(const uint8_t *at, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (!is_digit(at[i]))
            return false;
    return true;
}

/* ---- what a record looks like ---- */

/* Five digits, blanks before them allowed, or -1. */
static int32_t length_of(const uint8_t *at) {
    int32_t number = mrrci_iso2709_five(at);
    if (number >= 0)
        return number;
    size_t i = 0;
    while (i < DIGITS && at[i] == ' ')
        i++;
    if (i == DIGITS)
        return -1;
    for (number = 0; i < DIGITS; i++) {
        if (!is_digit(at[i]))
            return -1;
        number = number * 10 + (at[i] - '0');
    }
    return number;
}

/* Whether a directory begins here: with an entry, or with its end. */
static bool is_entry(const uint8_t *at) {
    return at[0] > ' ' && at[1] > ' ' && at[2] > ' ' && all_printable(at, 3) &&
           all_digits(at + 3, MRRCI_ENTRY_SIZE - 3);
}

/* Whether leader/12-16 leads behind a terminator, with entries between. */
static look has_base(const framer *f, size_t at) {
    const uint8_t *data = f->input->data + at;
    size_t left = f->input->size - at, base = (size_t)mrrci_iso2709_five(data + BASE_AT);
    if (base <= MRRCI_LEADER_SIZE || (base - 1 - MRRCI_LEADER_SIZE) % MRRCI_ENTRY_SIZE != 0)
        return NO;
    if (base > left)
        return f->input->last ? NO : MORE_NEEDED;
    return data[base - 1] == MRRCI_FIELD ? YES : NO;
}

/* Whether bytes look like the beginning of a record whatever its length: a leader of
 * printable characters, the first entry of a directory, and what leader/10-11 and 20-23 have
 * in all records or a base address that is right.  CUT_OFF where the source ends before. */
static look is_plausible(const framer *f, size_t at) {
    const uint8_t *data = f->input->data + at;
    size_t left = f->input->size - at;
    size_t leader = left < MRRCI_LEADER_SIZE ? left : MRRCI_LEADER_SIZE;
    if (!all_printable(data, leader) || (left > BASE_AT && !is_digit(data[BASE_AT])))
        return NO;
    if (left < START && !(left > MRRCI_LEADER_SIZE && data[MRRCI_LEADER_SIZE] == MRRCI_FIELD))
        return f->input->last ? CUT_OFF : MORE_NEEDED;
    if (!all_digits(data + BASE_AT, DIGITS) ||
        (data[MRRCI_LEADER_SIZE] != MRRCI_FIELD && !is_entry(data + MRRCI_LEADER_SIZE)))
        return NO;
    if (memcmp(data + LENGTHS_AT, "22", 2) == 0 && memcmp(data + MAP_AT, "4500", 4) == 0)
        return YES;
    return has_base(f, at);
}

/* Whether bytes behind white space or a terminator lead from a length to a terminator, and are
 * much like a leader. */
static look is_framed(const framer *f, size_t at) {
    const uint8_t *data = f->input->data + at;
    size_t left = f->input->size - at, seen = left < DIGITS ? left : DIGITS;
    if (!all_digits(data, seen))
        return NO;
    if (left < MRRCI_LEADER_SIZE)
        return f->input->last ? NO : MORE_NEEDED;
    size_t length = (size_t)mrrci_iso2709_five(data);
    if (length < MRRCI_ISO2709_MIN ||
        !(all_printable(data, MRRCI_LEADER_SIZE) || memcmp(data + LENGTHS_AT, "22", 2) == 0 ||
          memcmp(data + MAP_AT, "4500", 4) == 0))
        return NO;
    if (left < length)
        return f->input->last ? NO : MORE_NEEDED;
    return data[length - 1] == MRRCI_RECORD ? YES : NO;
}

/* Whether a record begins behind white space or a terminator. */
static look is_start(const framer *f, size_t at) {
    look plausible = is_plausible(f, at);
    if (plausible == YES)
        return YES;
    look framed = is_framed(f, at);
    return framed != NO ? framed : plausible == CUT_OFF ? NO : plausible;
}

/* Whether bytes are a record that is whole: plausible, and with both of its terminators where
 * leader/00-04 and 12-16 say. */
static look is_whole(const framer *f, size_t at) {
    const uint8_t *data = f->input->data + at;
    size_t left = f->input->size - at;
    if (!is_digit(data[0]) || (left > 4 && !all_digits(data + 1, DIGITS - 1)) ||
        (left > BASE_AT && !is_digit(data[BASE_AT])))
        return NO;
    look start = is_plausible(f, at);
    if (start != YES)
        return start == CUT_OFF ? NO : start;
    look base = has_base(f, at);
    if (base != YES)
        return base;
    size_t length = (size_t)mrrci_iso2709_five(data);
    if (length < MRRCI_ISO2709_MIN || length <= (size_t)mrrci_iso2709_five(data + BASE_AT))
        return NO;
    if (left < length)
        return f->input->last ? NO : MORE_NEEDED;
    return data[length - 1] == MRRCI_RECORD ? YES : NO;
}

/* Whether the little that is left of the source can be the beginning of a record. */
static bool is_remnant(const framer *f, size_t at) {
    return f->input->last && f->input->size - at >= DIGITS &&
           all_digits(f->input->data + at, DIGITS) && is_plausible(f, at) == CUT_OFF;
}

/* Whether a record begins here, `open` where it may be damaged: right behind another one, or
 * white space or a terminator. */
static look begins(const framer *f, size_t at, bool open) {
    look found = is_whole(f, at);
    if (found == NO && open)
        found = is_start(f, at);
    return found == NO && open && is_remnant(f, at) ? YES : found;
}

/* Whether a record may begin here, right behind a terminator, with white space before it; or
 * whether the source ends so. */
static look is_followed(const framer *f, size_t at) {
    size_t size = f->input->size, limit = at + WHITE_MAX;
    look found = NO;
    do {
        if (at == size)
            return f->input->last ? YES : MORE_NEEDED;
        found = is_start(f, at); /* which may be with a blank */
    } while (found == NO && is_white(f->input->data[at]) && at++ < limit);
    return found;
}

/* ---- between records ---- */

static uint64_t offset_of(const framer *f, size_t at) {
    return f->input->offset + at;
}

/* Tells of the bytes that were passed over.  Returns 0; in strict mode the fault; or
 * MRRC_ERR_MEMORY. */
static int tell_between(framer *f) {
    mrrci_recovery *recovery = f->recovery;
    const char *reason = recovery->white ? "white space between records"
                                         : "bytes between records that are part of none";
    uint64_t size = recovery->end - recovery->begin;
    if (f->manner == MRRCI_STRICT) {
        (void)mrrci_fail_seen(f->err, MRRC_ERR_BETWEEN_RECORDS, recovery->begin,
                              recovery->kept.data, recovery->kept.size);
        if (f->err != NULL && f->err->code == MRRC_ERR_BETWEEN_RECORDS) {
            f->err->found = size;
            memcpy(f->err->detail, reason, strlen(reason) + 1);
        }
        recovery->between = false;
        return MRRC_ERR_BETWEEN_RECORDS;
    }
    mrrc_diagnostic note = {
        .code = MRRC_ERR_BETWEEN_RECORDS,
        .offset = recovery->begin,
        .size = (uint32_t)size,
        .found = recovery->white,
        .reason = reason,
    };
    MRRCI_TRY(mrrci_batch_keep_seen(f->batch, &note, recovery->kept.data, recovery->kept.size));
    MRRCI_TRY(mrrci_batch_note_apart(f->batch, note));
    recovery->between = false;
    return MRRC_OK;
}

/* Passes over bytes at f->at, which are told of later.  Returns 0 or MRRC_ERR_MEMORY. */
static int pass_over(framer *f, size_t size) {
    mrrci_recovery *recovery = f->recovery;
    const uint8_t *data = f->input->data + f->at;
    if (size == 0)
        return MRRC_OK;
    if (!recovery->between) {
        recovery->begin = recovery->end = offset_of(f, f->at);
        recovery->white = true;
        recovery->terminated = true; /* what stands before is no part of any doubt */
        recovery->kept.size = 0;
    }
    size_t room = MRRCI_SEEN_MAX - recovery->kept.size;
    MRRCI_TRY(mrrci_buffer_append(&recovery->kept, data, size < room ? size : room));
    for (size_t i = 0; i < size && recovery->white; i++)
        recovery->white = is_white(data[i]);
    recovery->terminated = data[size - 1] == MRRCI_RECORD;
    recovery->between = true;
    recovery->end += size;
    f->at += size;
    return MRRC_OK;
}

/* Goes on to where a record begins: behind white space or a terminator one that is plausible,
 * elsewhere one that is whole.  Returns 1 there, 0 at the end of the input, a fault or
 * MRRC_ERR_MEMORY. */
static int find_record(framer *f) {
    const mrrci_input *input = f->input;
    mrrci_recovery *recovery = f->recovery;
    size_t at = f->at;
    bool white = !recovery->between || recovery->white;
    bool terminated = !recovery->between || recovery->terminated;
    look found = NO;
    for (; at < input->size; at++) {
        found = begins(f, at, white || terminated);
        if (found != NO)
            break;
        terminated = input->data[at] == MRRCI_RECORD;
        white = white && is_white(input->data[at]);
    }
    MRRCI_TRY(pass_over(f, at - f->at));
    if (found != YES && !(input->last && f->at == input->size)) {
        if (recovery->between && recovery->end - recovery->begin >= BETWEEN_MAX)
            MRRCI_TRY(tell_between(f));
        return 0;
    }
    if (recovery->between)
        MRRCI_TRY(tell_between(f));
    return found == YES;
}

/* ---- records ---- */

static mrrci_salvage work_on(const framer *f, const uint8_t *data, size_t size) {
    return (mrrci_salvage){
        .data = data,
        .size = size,
        .offset = f->input->offset + (uint64_t)(data - f->input->data),
        .flags = f->input->flags,
        .manner = f->manner,
        .batch = f->batch,
        .recovery = f->recovery,
        .err = f->err,
    };
}

/* Gives a record up: an entry or a note, and goes on behind it.  Its notes so far are of
 * an entry's; without one they go. */
static int give_up(framer *f, size_t size, int code, uint32_t found, const char *reason) {
    const uint8_t *data = f->input->data + f->at;
    mrrc_diagnostic note = {
        .code = code,
        .offset = offset_of(f, f->at),
        .size = (uint32_t)size,
        .found = found,
        .reason = reason,
    };
    if (f->manner == MRRCI_PERMISSIVE)
        mrrci_batch_drop_record(f->batch);
    if (reason != NULL) {
        MRRCI_TRY(mrrci_batch_keep_seen(f->batch, &note, data, size));
        MRRCI_TRY(f->manner == MRRCI_PERMISSIVE ? mrrci_batch_note_apart(f->batch, note)
                                                : mrrci_batch_note(f->batch, note));
    }
    if (f->manner == MRRCI_LENIENT)
        MRRCI_TRY(mrrci_batch_end_record(f->batch, note.offset, size, code));
    f->at += size;
    return MRRC_OK;
}

/* Why a record of which the salvage told already is passed over. */
static const char *reason_of(int code) {
    switch (code) {
    case MRRC_ERR_BASE_ADDRESS_NOT_FOUND:
        return "the record has no base address, and no terminator ends its directory";
    case MRRC_ERR_RECORD_TOO_LONG:
        return "the record's fields have more than 16 MiB together";
    default:
        return "no entry of the record's directory leads to a field";
    }
}

/* Salvages a record of `size` bytes at f->at, and ends it.  With a `code`, its frame has a
 * fault, which is told first. */
static int take(framer *f, size_t size, int code, uint32_t found, const char *reason) {
    const uint8_t *data = f->input->data + f->at;
    mrrci_salvage work = work_on(f, data, size);
    int status = MRRC_OK;
    work.cut = code != MRRC_OK && data[size - 1] != MRRCI_RECORD;
    if (code != MRRC_OK)
        status = mrrci_iso2709_fault(&work, code, data, DIGITS, found, reason);
    if (status == MRRC_OK)
        status = mrrci_iso2709_salvage(&work);
    if (status == MRRC_OK) {
        MRRCI_TRY(mrrci_batch_end_record(
            f->batch, work.offset, size,
            work.text == MRRCI_TEXT_FOREIGN ? MRRC_RAW : MRRC_OK));
        f->at += size;
        return MRRC_OK;
    }
    if (status == MRRC_ERR_MEMORY) {
        mrrci_batch_drop_record(f->batch);
        return status;
    }
    if (f->manner == MRRCI_STRICT) {
        mrrci_batch_drop_record(f->batch);
        f->at += size;
        return status;
    }
    /* in lenient mode the last note of the record has said it */
    status = give_up(f, size, status, 0, f->manner == MRRCI_LENIENT ? NULL : reason_of(status));
    if (status == MRRC_ERR_MEMORY)
        mrrci_batch_drop_record(f->batch);
    return status;
}

/* What is wrong with the frame of a record. */
typedef struct frame_fault {
    int code;
    uint32_t found;
    const char *reason;
} frame_fault;

static frame_fault fault_of(const framer *f, int32_t length) {
    uint32_t found = length < 0 ? 0 : (uint32_t)length;
    if (length < (int32_t)MRRCI_ISO2709_MIN)
        return (frame_fault){MRRC_ERR_LENGTH_INVALID, found,
                             "leader/00-04 is not the length of a record"};
    if (f->input->size - f->at < found)
        return (frame_fault){MRRC_ERR_TRUNCATED, found, "the source ends inside the record"};
    return (frame_fault){MRRC_ERR_TERMINATOR_MISSING, found,
                         "no terminator stands where the record ends by its length"};
}

/* Finds where the record at f->at ends, whose length is wrong.  Returns YES with its size,
 * MORE_NEEDED, or NO where it is too long. */
static look find_end(framer *f, size_t *size) {
    const mrrci_input *input = f->input;
    uint64_t begin = offset_of(f, f->at);
    size_t i = 1;
    if (f->recovery->searched > begin)
        i = (size_t)(f->recovery->searched - begin);
    const uint8_t *data = input->data + f->at;
    for (; i < input->size - f->at; i++) {
        look found = is_whole(f, f->at + i);
        if (found == NO && data[i - 1] == MRRCI_RECORD && i >= MRRCI_ISO2709_MIN)
            found = is_followed(f, f->at + i);
        if (found == YES) {
            *size = i;
            return YES;
        }
        if (found == MORE_NEEDED || i > MRRCI_RECORD_READ_MAX)
            break;
    }
    f->recovery->searched = begin + i;
    if (i > MRRCI_RECORD_READ_MAX) {
        *size = MRRCI_RECORD_READ_MAX;
        return NO;
    }
    *size = input->size - f->at;
    return input->last ? YES : MORE_NEEDED;
}

/* Takes a record whose length does not lead to its end.  Returns 1, 0 where more of the source
 * is needed, a fault or MRRC_ERR_MEMORY. */
static int take_lost(framer *f, frame_fault fault) {
    const uint8_t *data = f->input->data + f->at;
    size_t size = f->input->size - f->at;
    if (f->manner == MRRCI_STRICT) {
        if (fault.found >= MRRCI_ISO2709_MIN && size > fault.found)
            size = fault.found;
        mrrci_salvage work = work_on(f, data, size);
        f->recovery->over = true;
        f->at += size;
        return mrrci_iso2709_fault(&work, fault.code, data,
                                   size < MRRCI_LEADER_SIZE ? size : MRRCI_LEADER_SIZE,
                                   fault.found, fault.reason);
    }
    look end = find_end(f, &size);
    if (end == MORE_NEEDED)
        return 0;
    if (end == NO)
        MRRCI_TRY(give_up(f, size, MRRC_ERR_RECORD_TOO_LONG, fault.found,
                          "no record ends in the 16 MiB from here"));
    else if (f->manner == MRRCI_LENIENT || size < START)
        MRRCI_TRY(give_up(f, size, fault.code, fault.found, fault.reason));
    else
        MRRCI_TRY(take(f, size, fault.code, fault.found, fault.reason));
    f->recovery->searched = 0;
    return 1;
}

/* Whether a record that is framed well holds another one behind a terminator, so that its
 * length spans both. */
static bool spans_two(const framer *f, size_t size) {
    const uint8_t *data = f->input->data + f->at;
    if (mrrci_iso2709_is_named(data, size))
        return false;
    for (size_t i = MRRCI_ISO2709_MIN; size - i > START; i++)
        if (data[i - 1] == MRRCI_RECORD && mrrci_iso2709_five(data + i) >= 0 &&
            (size_t)mrrci_iso2709_five(data + i) <= size - i && is_whole(f, f->at + i) == YES)
            return true;
    return false;
}

/* Takes what is at f->at.  Returns 1, 0 where more of the source is needed, a fault or
 * MRRC_ERR_MEMORY. */
static int take_next(framer *f) {
    const mrrci_input *input = f->input;
    mrrci_recovery *recovery = f->recovery;
    const uint8_t *data = input->data + f->at;
    size_t left = input->size - f->at;
    if (left < DIGITS && !input->last)
        return 0;
    int32_t length = left < DIGITS ? -1 : length_of(data);
    bool sized = length >= (int32_t)MRRCI_ISO2709_MIN;
    bool lost = recovery->searched > offset_of(f, f->at);
    if (!recovery->between && !lost && sized && left < (size_t)length && !input->last)
        return 0;
    bool framed = sized && left >= (size_t)length && data[length - 1] == MRRCI_RECORD;
    /* right behind a record a length that leads to a terminator is enough */
    bool open = !recovery->between || recovery->white || recovery->terminated;
    look start = !recovery->between && (framed || lost) ? YES : begins(f, f->at, open);
    if (start == MORE_NEEDED)
        return 0;
    if (start == NO)
        return find_record(f);
    if (recovery->between) {
        MRRCI_TRY(tell_between(f));
        return 1;
    }
    if (!framed)
        return take_lost(f, fault_of(f, length));
    if (lost || spans_two(f, (size_t)length))
        return take_lost(f, (frame_fault){MRRC_ERR_LENGTH_INVALID, (uint32_t)length,
                                          "leader/00-04 spans another record"});
    int code = mrrci_iso2709_five(data) < 0 ? MRRC_ERR_LENGTH_INVALID : MRRC_OK;
    MRRCI_TRY(take(f, (size_t)length, code, (uint32_t)length,
                   "leader/00-04 has blanks for digits"));
    return 1;
}

/* Whether a record whose length is right matches, as far as that can be told where it stands: one
 * whose fields lie one after another as its directory says could be read in any case.  Strict
 * mode has something to say of it, matching or not.  Returns as mrrci_iso2709_match(). */
static int test(const framer *f, const uint8_t *data, size_t size) {
    int32_t base = mrrci_iso2709_five(data + BASE_AT);
    if (f->manner == MRRCI_STRICT || data[size - 1] != MRRCI_RECORD ||
        base <= (int32_t)MRRCI_LEADER_SIZE || (size_t)base >= size ||
        data[base - 1] != MRRCI_FIELD)
        return MRRC_UNDECODED;
    return mrrci_iso2709_match(f->batch->matcher, data, size, f->input->flags);
}

/* Whether records are told apart and not packed; strict mode looks at all of them. */
static bool only_frames(const framer *f) {
    return f->input->flags & MRRC_READ_FRAMES && f->manner != MRRCI_STRICT;
}

/* Takes records in which nothing is amiss, one after another. */
static int take_sound(framer *f) {
    const mrrci_input *input = f->input;
    const uint8_t *limit = input->data + input->size;
    while (f->at < input->size && f->at < input->wanted &&
           f->batch->block.size < MRRCI_BATCH_MAX) {
        const uint8_t *data = input->data + f->at;
        size_t left = input->size - f->at;
        int32_t length = left < MRRCI_ISO2709_MIN ? -1 : mrrci_iso2709_five(data);
        if (length < (int32_t)MRRCI_ISO2709_MIN || left < (size_t)length)
            return MRRC_OK;
        bool framed = false;
        mrrci_text text = mrrci_iso2709_text_of(data, input->flags);
        if (f->batch->matcher == NULL)
            framed = only_frames(f) && mrrci_iso2709_is_common(data, (size_t)length);
        else if (text != MRRCI_TEXT_FOREIGN) {
            int found = test(f, data, (size_t)length);
            if (found == MRRC_ERR_MEMORY)
                return found;
            if (found == 0) {
                f->at += (size_t)length;
                mrrci_batch_pass(f->batch, offset_of(f, f->at));
                continue;
            }
            f->batch->tested = found == 1;
            framed = only_frames(f) && found == 1;
        }
        if (!framed && text == MRRCI_TEXT_FOREIGN)
            return MRRC_OK;
        int status = MRRC_OK;
        if (!framed)
            status =
                mrrci_iso2709_pack_sound(data, (size_t)length, limit, text, &f->batch->block);
        if (status != MRRC_OK) {
            f->batch->tested = false;
            return status < 0 ? status : MRRC_OK;
        }
        MRRCI_TRY(mrrci_batch_end_record(f->batch, offset_of(f, f->at), (size_t)length, MRRC_OK));
        f->at += (size_t)length;
    }
    return MRRC_OK;
}

static mrrci_manner manner_of(uint32_t flags) {
    return flags & MRRC_READ_STRICT       ? MRRCI_STRICT
           : flags & MRRC_READ_LENIENT    ? MRRCI_LENIENT
           : flags & MRRC_READ_PERMISSIVE ? MRRCI_PERMISSIVE
                                          : MRRCI_AS_PYMARC;
}

int mrrci_iso2709_recover(const mrrci_input *input, mrrci_batch *batch, size_t *used,
                          mrrc_error *err) {
    framer framer = {input, input->recovery, batch, err, manner_of(input->flags), 0};
    /* of other encodings than leader/09 says, what is sound has to be found out */
    bool quick = (input->flags & (MRRC_READ_MARC8 | MRRC_READ_UNIMARC)) == 0;
    int status = 1;
    if (input->recovery->over) {
        *used = input->size;
        return MRRC_END;
    }
    while (status > 0 && framer.at < input->wanted && batch->block.size < MRRCI_BATCH_MAX &&
           batch->notes.size < NOTES_MAX * sizeof(mrrc_diagnostic)) {
        if (quick && !input->recovery->between) {
            status = take_sound(&framer);
            if (status < 0 || framer.at >= input->wanted)
                break;
        }
        if (framer.at < input->size)
            status = take_next(&framer);
        else if (input->recovery->between && input->last)
            status = tell_between(&framer);
        else
            status = 0;
    }
    *used = framer.at;
    return status < 0 ? status : MRRC_OK;
}

int mrrci_iso2709_pack_coded(const mrrci_input *input, const uint8_t *data, size_t size,
                             mrrci_batch *batch) {
    framer framer = {input, input->recovery, batch, NULL, MRRCI_AS_PYMARC, 0};
    mrrci_salvage work = work_on(&framer, data, size);
    if ((input->flags & (MRRC_READ_MARC8 | MRRC_READ_UNIMARC)) == 0 && size > MRRCI_LEADER_SIZE) {
        mrrci_text text = mrrci_iso2709_text_of(data, input->flags);
        int status = text == MRRCI_TEXT_FOREIGN
                         ? MRRC_UNDECODED
                         : mrrci_iso2709_pack_sound(data, size, input->data + input->size, text,
                                                    &batch->block);
        if (status != MRRC_UNDECODED)
            return status;
    }
    if (size < MRRCI_ISO2709_MIN)
        return MRRC_UNDECODED;
    int status = mrrci_iso2709_salvage(&work);
    if (status >= 0)
        return work.text == MRRCI_TEXT_FOREIGN ? MRRC_UNDECODED : MRRC_OK;
    mrrci_batch_drop_record(batch);
    return status == MRRC_ERR_MEMORY ? status : MRRC_UNDECODED;
}
