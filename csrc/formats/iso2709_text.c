/* SPDX-License-Identifier: MIT
 *
 * iso2709_text.c: the text of a record that is damaged, or whose encoding the caller chose:
 * which encoding it is, and its values one by one, where what is no text becomes U+FFFD and is
 * told.  Faults of every kind are written down here, as the mode wants it.  Nothing here
 * knows where a value begins.
 */
#include "batch.h"
#include "internal.h"
#include "iso2709_recovery.h"

enum { LEADER_CODING = 9 };

static const uint8_t replacement[3] = {0xEF, 0xBF, 0xBD};

/* ---- telling ---- */

static int fail(const mrrci_salvage *work, int code, const uint8_t *at, size_t size,
                uint32_t found, const char *reason) {
    mrrc_error *err = work->err;
    if (err == NULL || err->code != 0)
        return code;
    (void)mrrci_fail_detail(err, code, work->offset + (uint64_t)(at - work->data), reason);
    err->found = found;
    err->record_offset = work->offset;
    err->record_size = (uint32_t)work->size;
    err->seen_size = (uint32_t)(size < sizeof err->seen ? size : sizeof err->seen);
    if (err->seen_size > 0)
        memcpy(err->seen, at, err->seen_size);
    err->indicator = work->indicator;
    err->subfield = work->subfield;
    if (work->field > 0) {
        err->field = work->field - 1;
        memcpy(err->tag, work->tag, 3);
    }
    return code;
}

int mrrci_iso2709_remark(mrrci_salvage *work, int code, const uint8_t *at, size_t size,
                         uint32_t found, const char *reason) {
    if (work->told == MRRCI_TOLD_MAX) {
        work->untold++;
        return MRRC_OK;
    }
    mrrc_diagnostic note = {
        .code = code,
        .offset = work->offset + (uint64_t)(at - work->data),
        .size = (uint32_t)size,
        .found = found,
        .indicator = work->indicator,
        .subfield = work->subfield,
        .field = work->field,
        .reason = reason,
    };
    if (work->field > 0)
        memcpy(note.tag, work->tag, 3);
    MRRCI_TRY(mrrci_batch_keep_seen(work->batch, &note, at, size));
    MRRCI_TRY(mrrci_batch_note(work->batch, note));
    work->told++;
    return MRRC_OK;
}

int mrrci_iso2709_fault(mrrci_salvage *work, int code, const uint8_t *at, size_t size,
                        uint32_t found, const char *reason) {
    if (work->manner == MRRCI_AS_PYMARC)
        return code;
    if (work->manner == MRRCI_STRICT)
        return fail(work, code, at, size, found, reason);
    return mrrci_iso2709_remark(work, code, at, size, found, reason);
}

/* A fault of text, which the default mode notes too. */
static int text_fault(mrrci_salvage *work, int code, const uint8_t *at, size_t size,
                      uint32_t found, const char *reason) {
    if (work->manner == MRRCI_STRICT)
        return fail(work, code, at, size, found, reason);
    return mrrci_iso2709_remark(work, code, at, size, found, reason);
}

/* ---- UTF-8 that is none ---- */

size_t mrrci_iso2709_character(const uint8_t *at, size_t left, size_t *bad) {
    uint8_t lead = at[0];
    uint8_t low = 0x80, high = 0xBF;
    size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    *bad = 1;
    if (size <= 1 || lead > 0xF4)
        return size == 1 ? 1 : 0;
    if (lead == 0xE0 || lead == 0xF0)
        low = lead == 0xE0 ? 0xA0 : 0x90;
    else if (lead == 0xED || lead == 0xF4)
        high = lead == 0xED ? 0x9F : 0x8F;
    for (size_t i = 1; i < size; i++, low = 0x80, high = 0xBF) {
        /* what begins well and breaks off is one mistake (Unicode, "maximal subpart") */
        *bad = i;
        if (i == left || at[i] < low || at[i] > high)
            return 0;
    }
    return size;
}

static int put_utf8(mrrci_salvage *work, const uint8_t *at, size_t size) {
    mrrc_buffer *out = &work->batch->block;
    const uint8_t *end = at + size, *sound = at, *first = NULL, *last = NULL;
    uint32_t replaced = 0;
    if (mrrci_utf8_valid(at, size))
        return mrrci_buffer_append(out, at, size);
    while (at < end) {
        size_t bad, step = mrrci_iso2709_character(at, (size_t)(end - at), &bad);
        if (step > 0) {
            at += step;
            continue;
        }
        MRRCI_TRY(mrrci_buffer_append(out, sound, (size_t)(at - sound)));
        MRRCI_TRY(mrrci_buffer_append(out, replacement, sizeof replacement));
        first = first == NULL ? at : first;
        at += bad;
        last = sound = at;
        replaced++;
    }
    MRRCI_TRY(mrrci_buffer_append(out, sound, (size_t)(end - sound)));
    return text_fault(work, MRRC_ERR_TEXT_INVALID, first, (size_t)(last - first), replaced,
                      "the text is not UTF-8");
}

/* ---- MARC-8 and UNIMARC ---- */

static int put_latin1(mrrc_buffer *out, const uint8_t *at, size_t size) {
    MRRCI_TRY(mrrci_buffer_reserve(out, 2 * size));
    for (size_t i = 0; i < size; i++)
        out->size += mrrci_utf8_put(out->data + out->size, at[i]);
    return MRRC_OK;
}

static const char *reason_of(int code) {
    switch (code) {
    case MRRC_ERR_CHARACTER_CUT:
        return "the value ends inside a character or an escape sequence";
    case MRRC_ERR_MARK_STRAY:
        return "a combining mark has no letter, or half of a double mark is missing";
    default:
        return "no character has this code in the set in use";
    }
}

/* Tells what a decoder noted of the value at `at`. */
static int tell_notes(mrrci_salvage *work, const uint8_t *at) {
    mrrc_buffer *notes = &work->recovery->notes;
    for (size_t i = 0; i < notes->size; i += sizeof(mrrc_diagnostic)) {
        mrrc_diagnostic note;
        memcpy(&note, notes->data + i, sizeof note);
        uint32_t told = work->told;
        MRRCI_TRY(text_fault(work, note.code, at + note.offset, note.size, note.found,
                             reason_of(note.code)));
        if (work->told > told) { /* the sets in use, which only a decoder knows */
            uint8_t *last = work->batch->notes.data + work->batch->notes.size - sizeof note;
            mrrc_diagnostic noted;
            memcpy(&noted, last, sizeof noted);
            noted.g0 = note.g0;
            noted.g1 = note.g1;
            memcpy(last, &noted, sizeof noted);
        }
    }
    return MRRC_OK;
}

static bool is_plain(const uint8_t *at, size_t size, bool references) {
    uint8_t odd = 0;
    for (size_t i = 0; i < size; i++)
        odd |= (uint8_t)((uint8_t)(at[i] - 0x20) > 0x5E);
    return odd == 0 && !(references && size > 0 && memchr(at, '&', size) != NULL);
}

/* Appends MARC-8 or ISO 5426.  Where the standard finds nothing amiss, leader/09 decides
 * and no flag asks for more, the text becomes what it becomes in the default mode. */
static int put_decoded(mrrci_salvage *work, const uint8_t *at, size_t size,
                       mrrc_marc8_state *state) {
    mrrc_buffer *out = &work->batch->block, *notes = &work->recovery->notes;
    bool standard = work->text == MRRCI_TEXT_STANDARD;
    if (is_plain(at, size, standard) && state->g0 == 0x42)
        return mrrci_buffer_append(out, at, size);
    size_t before = out->size;
    mrrc_marc8_state begun = *state;
    notes->size = 0;
    if (work->text == MRRCI_TEXT_ISO5426)
        MRRCI_TRY(mrrc_iso5426_decode(at, size, out, notes));
    else
        MRRCI_TRY(mrrc_marc8_decode(at, size, standard ? MRRC_MARC8_NCR : 0, state, out, notes));
    if (notes->size > 0)
        return tell_notes(work, at);
    if (work->text != MRRCI_TEXT_MARC8)
        return MRRC_OK;
    mrrc_buffer *text = &work->recovery->text;
    text->size = 0;
    int status = mrrc_marc8_decode(at, size, MRRC_MARC8_PYMARC, &begun, text, notes);
    if (status == MRRC_ERR_MEMORY)
        return status;
    if (status == MRRC_OK && notes->size == 0) {
        out->size = before;
        MRRCI_TRY(mrrci_buffer_append(out, text->data, text->size));
    }
    return MRRC_OK;
}

/* Appends ASCII, and U+FFFD for each byte that is none. */
static int put_ascii(mrrci_salvage *work, const uint8_t *at, size_t size) {
    mrrc_buffer *out = &work->batch->block;
    const uint8_t *first = NULL, *last = NULL;
    uint32_t replaced = 0;
    MRRCI_TRY(mrrci_buffer_reserve(out, 3 * size));
    for (size_t i = 0; i < size; i++) {
        if (at[i] < 0x80) {
            out->data[out->size++] = at[i];
            continue;
        }
        memcpy(out->data + out->size, replacement, sizeof replacement);
        out->size += sizeof replacement;
        first = first == NULL ? at + i : first;
        last = at + i + 1;
        replaced++;
    }
    if (replaced == 0)
        return MRRC_OK;
    return text_fault(work, MRRC_ERR_TEXT_INVALID, first, (size_t)(last - first), replaced,
                      "the text is in a character set that is not known here");
}

/* ---- values ---- */

static bool is_structural(uint8_t byte) {
    return (uint8_t)(byte - MRRCI_RECORD) <= MRRCI_SUBFIELD - MRRCI_RECORD;
}

static int put_part(mrrci_salvage *work, const uint8_t *at, size_t size, bool control,
                    mrrc_marc8_state *state) {
    mrrc_buffer *out = &work->batch->block;
    switch (work->text) {
    case MRRCI_TEXT_UTF8:
        return put_utf8(work, at, size);
    case MRRCI_TEXT_MARC8:
        return control ? put_latin1(out, at, size) : put_decoded(work, at, size, state);
    case MRRCI_TEXT_STANDARD:
    case MRRCI_TEXT_ISO5426:
        return put_decoded(work, at, size, state);
    case MRRCI_TEXT_UNKNOWN:
        return put_ascii(work, at, size);
    case MRRCI_TEXT_RAW:
    case MRRCI_TEXT_FOREIGN:
        break;
    }
    return mrrci_buffer_append(out, at, size);
}

int mrrci_iso2709_put_text(mrrci_salvage *work, const uint8_t *at, size_t size, bool control) {
    const uint8_t *end = at + size, *begin = at, *first = NULL;
    mrrc_marc8_state state = {0x42, 0x45};
    uint32_t strays = 0;
    for (; at < end; at++) {
        if (!is_structural(*at))
            continue;
        MRRCI_TRY(put_part(work, begin, (size_t)(at - begin), control, &state));
        first = first == NULL ? at : first;
        begin = at + 1;
        strays++;
    }
    MRRCI_TRY(put_part(work, begin, (size_t)(end - begin), control, &state));
    if (strays == 0)
        return MRRC_OK;
    return mrrci_iso2709_fault(work, MRRC_ERR_FIELD_INVALID, first, (size_t)(begin - first),
                               *first, "a structural character in a value was left out of it");
}

/* ---- which encoding ---- */

/* How many characters of more than one byte there are, or -1 where it is not UTF-8; `*high`
 * gets whether there is any byte above 0x7F. */
static int64_t count_utf8(const uint8_t *at, size_t size, bool *high, bool *valid) {
    const uint8_t *end = at + size;
    int64_t count = 0;
    *high = false;
    *valid = true;
    while (at < end) {
        if (*at < 0x80) {
            at++;
            continue;
        }
        size_t bad, step = mrrci_iso2709_character(at, (size_t)(end - at), &bad);
        *high = true;
        *valid = *valid && step > 0;
        count += step > 0;
        at += step > 0 ? step : bad;
    }
    return count;
}

/* Whether every value is MARC-8 without a fault.  Returns 1, 0 or MRRC_ERR_MEMORY. */
static int is_marc8(mrrci_salvage *work, const uint8_t *at, size_t size) {
    mrrc_buffer *notes = &work->recovery->notes, *text = &work->recovery->text;
    const uint8_t *end = at + size;
    while (at < end) {
        const uint8_t *begin = at;
        while (at < end && !is_structural(*at))
            at++;
        mrrc_marc8_state state = {0x42, 0x45};
        text->size = notes->size = 0;
        MRRCI_TRY(mrrc_marc8_decode(begin, (size_t)(at - begin), 0, &state, text, notes));
        if (notes->size > 0)
            return 0;
        at += at < end;
    }
    return 1;
}

/* Corrects work->text where the bytes say otherwise. */
static int detect(mrrci_salvage *work, size_t base) {
    const uint8_t *area = work->data + base;
    size_t size = work->size - base;
    bool high, valid, claimed = work->text == MRRCI_TEXT_UTF8;
    if (claimed && mrrci_utf8_valid(area, size))
        return MRRC_OK;
    int64_t count = count_utf8(area, size, &high, &valid);
    if (!claimed) {
        if (!high || !valid)
            return MRRC_OK;
        work->text = MRRCI_TEXT_UTF8;
        return mrrci_iso2709_remark(work, MRRC_ERR_CODING_WRONG, work->data + LEADER_CODING, 1,
                                    work->data[LEADER_CODING],
                                    "the text is UTF-8, though the record does not say so");
    }
    int status = count > 0 ? 0 : is_marc8(work, area, size);
    if (status <= 0)
        return status;
    work->text = MRRCI_TEXT_MARC8;
    return mrrci_iso2709_remark(work, MRRC_ERR_CODING_WRONG, work->data + LEADER_CODING, 1,
                                work->data[LEADER_CODING],
                                "the text is MARC-8, though the record says it is UTF-8");
}

/* UNIMARC's 100 $a, or NULL; `*size` gets its length. */
static const uint8_t *processing_data(const mrrci_salvage *work, size_t base, size_t *size) {
    const uint8_t *entry = work->data + MRRCI_LEADER_SIZE;
    const uint8_t *entries_end = work->data + base - 1;
    for (; (size_t)(entries_end - entry) >= MRRCI_ENTRY_SIZE && entry < entries_end;
         entry += MRRCI_ENTRY_SIZE) {
        if (memcmp(entry, "100", 3) != 0)
            continue;
        int32_t start = mrrci_iso2709_five(entry + 7);
        if (start < 0 || base + (size_t)start >= work->size)
            return NULL;
        const uint8_t *at = work->data + base + start, *end = work->data + work->size;
        const uint8_t *stop = memchr(at, MRRCI_FIELD, (size_t)(end - at));
        end = stop == NULL ? end : stop;
        for (; end - at >= 2; at++)
            if (at[0] == MRRCI_SUBFIELD && at[1] == 'a')
                break;
        if (end - at < 2)
            return NULL;
        at += 2;
        stop = memchr(at, MRRCI_SUBFIELD, (size_t)(end - at));
        *size = (size_t)((stop == NULL ? end : stop) - at);
        return at;
    }
    return NULL;
}

/* Sets work->text as 100 $a/26-29 says (UNIMARC Manual, field 100). */
static int choose_unimarc(mrrci_salvage *work, size_t base) {
    enum { SETS = 26, SETS_SIZE = 4 };
    size_t size = 0;
    const uint8_t *sets = base > MRRCI_LEADER_SIZE ? processing_data(work, base, &size) : NULL;
    work->text = MRRCI_TEXT_ISO5426;
    if (sets == NULL || size < SETS + SETS_SIZE)
        return MRRC_OK; /* ISO 646 and, where it says nothing, the set that most records have */
    sets += SETS;
    if (memcmp(sets, "50", 2) == 0) {
        work->text = MRRCI_TEXT_UTF8;
        return MRRC_OK;
    }
    bool first = memcmp(sets, "01", 2) == 0 || memcmp(sets, "  ", 2) == 0;
    bool second = memcmp(sets + 2, "03", 2) == 0 || memcmp(sets + 2, "  ", 2) == 0 ||
                  memcmp(sets + 2, "01", 2) == 0 || memcmp(sets + 2, "||", 2) == 0;
    if (first && second)
        return MRRC_OK;
    work->text = MRRCI_TEXT_UNKNOWN;
    return text_fault(work, MRRC_ERR_SET_UNKNOWN, sets, SETS_SIZE, 0,
                      "100 $a/26-29 names a character set that is not known here");
}

int mrrci_iso2709_choose_text(mrrci_salvage *work, size_t base) {
    work->text = mrrci_iso2709_text_of(work->data, work->flags);
    if (work->flags & MRRC_READ_RAW || work->flags & MRRC_READ_FORCE_UTF8 ||
        !(work->flags & MRRCI_CODINGS))
        return MRRC_OK;
    if (work->flags & MRRC_READ_MARC8)
        work->text = MRRCI_TEXT_STANDARD;
    else if (work->flags & MRRC_READ_UNIMARC)
        MRRCI_TRY(choose_unimarc(work, base));
    if (work->flags & MRRC_READ_DETECT)
        return detect(work, base);
    return MRRC_OK;
}
