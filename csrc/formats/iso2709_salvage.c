/* SPDX-License-Identifier: MIT
 *
 * iso2709_salvage.c: one record whose bytes are known, packed as far as it can be read.  A
 * field is sound where directory and terminators agree on it; what they do not agree on is
 * told, and left out or guessed as the mode says.  A record of which no field could be read is
 * given up.  The work is linear in what is read and what is packed.
 */
#include "internal.h"
#include "iso2709_recovery.h"
#include "packed.h"

enum { INDICATORS_AT = 10, BASE_AT = 12, CODING_LENGTHS = 2 };

/* A stretch of the data area that a terminator ends, or the end of the record. */
typedef struct stretch {
    uint32_t start;
    int32_t covered;          /* sound entries that begin here, less those that have ended */
    uint32_t named;           /* stretches before this one at which an entry begins */
    bool begins;              /* an entry begins here */
    bool taken;               /* by a guess */
} stretch;

/* What a directory entry says. */
typedef struct entry {
    const uint8_t *at;        /* its 12 bytes */
    uint32_t start, length;
    bool numbers;             /* start and length are digits */
    bool tagged;              /* the tag is three printable characters */
} entry;

typedef struct layout {
    mrrci_salvage *work;
    const uint8_t *directory;
    size_t directory_size;
    const uint8_t *area;      /* the fields with their terminators */
    size_t area_size;
    stretch *stretches;
    size_t count;
    size_t unclaimed;         /* stretches that no sound entry covers */
    size_t sound, unsound;    /* entries; but those behind the end of what was cut off */
    size_t next;              /* the stretch that the next unsound entry gets, if numbers agree */
    size_t legible;           /* entries that look like some, sound or not */
    size_t packed;            /* fields that were appended */
} layout;

static bool is_structural(uint8_t byte) {
    return (uint8_t)(byte - MRRCI_RECORD) <= MRRCI_SUBFIELD - MRRCI_RECORD;
}

static bool is_printable(uint8_t byte) {
    return byte >= 0x20 && byte <= 0x7E;
}

/* Tells why a record cannot be saved.  Returns `code` or MRRC_ERR_MEMORY. */
static int give_up(mrrci_salvage *work, int code, const uint8_t *at, size_t size,
                   const char *reason) {
    int status = mrrci_iso2709_fault(work, code, at, size, 0, reason);
    return status == MRRC_ERR_MEMORY ? status : code;
}

/* ---- the leader ---- */

static int put_leader(mrrci_salvage *work) {
    const uint8_t *leader = work->data;
    uint8_t copy[MRRCI_LEADER_SIZE];
    size_t first = sizeof copy, end = 0; /* the bytes that are none, and what is between them */
    memcpy(copy, leader, sizeof copy);
    for (size_t i = 0; i < sizeof copy; i++)
        if (!is_printable(copy[i])) {
            copy[i] = ' ';
            first = end == 0 ? i : first;
            end = i + 1;
        }
    if (end > 0)
        MRRCI_TRY(mrrci_iso2709_fault(work, MRRC_ERR_LEADER_INVALID, leader + first,
                                      end - first, 0,
                                      "the leader is not 24 ASCII characters: a blank stands for "
                                      "each byte that is none"));
    if (work->manner != MRRCI_AS_PYMARC &&
        (leader[INDICATORS_AT] != '2' || leader[INDICATORS_AT + 1] != '2'))
        MRRCI_TRY(mrrci_iso2709_fault(work, MRRC_ERR_LEADER_INVALID, leader + INDICATORS_AT,
                                      CODING_LENGTHS, 0,
                                      "leader/10-11 is not 22: read with two indicators and "
                                      "codes of one character"));
    return mrrci_buffer_append(&work->batch->block, copy, sizeof copy);
}

/* ---- the directory ---- */

static bool digits(const uint8_t *at, size_t size, uint32_t *number) {
    *number = 0;
    for (size_t i = 0; i < size; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        *number = *number * 10 + (at[i] - (uint32_t)'0');
    }
    return true;
}

static entry entry_at(const uint8_t *at) {
    entry entry = {.at = at};
    bool length = digits(at + 3, 4, &entry.length), start = digits(at + 7, 5, &entry.start);
    entry.numbers = length && start;
    entry.tagged = is_printable(at[0]) && is_printable(at[1]) && is_printable(at[2]);
    return entry;
}

/* Whether most of an entry is what it should be, so that its tag can be believed. */
static bool is_legible(const entry *entry) {
    unsigned numbers = 0;
    for (size_t i = 3; i < MRRCI_ENTRY_SIZE; i++)
        numbers += entry->at[i] >= '0' && entry->at[i] <= '9';
    return entry->tagged && numbers > 4;
}

/* How many entries before `base` find a terminator where their field ends. */
static size_t score(const mrrci_salvage *work, size_t directory_end, size_t base) {
    size_t good = 0;
    const uint8_t *at = work->data + MRRCI_LEADER_SIZE;
    for (; (size_t)(work->data + directory_end - at) >= MRRCI_ENTRY_SIZE;
         at += MRRCI_ENTRY_SIZE) {
        entry entry = entry_at(at);
        size_t end = base + (size_t)entry.start + entry.length;
        good += entry.numbers && entry.length > 0 && end <= work->size &&
                work->data[end - 1] == MRRCI_FIELD;
    }
    return good;
}

/* Finds where the directory ends and the data begin.  Returns 0 or a fault. */
static int find_base(layout *layout) {
    mrrci_salvage *work = layout->work;
    const uint8_t *data = work->data;
    size_t size = work->size;
    uint32_t claimed = 0;
    bool number = digits(data + BASE_AT, 5, &claimed);
    const uint8_t *first = memchr(data + MRRCI_LEADER_SIZE, MRRCI_FIELD, size - MRRCI_LEADER_SIZE);
    size_t found = first == NULL ? 0 : (size_t)(first - data) + 1;
    bool usable = number && claimed > MRRCI_LEADER_SIZE && claimed <= size;
    bool ended = usable && data[claimed - 1] == MRRCI_FIELD;
    size_t base = claimed, end = ended ? base - 1 : base;
    if (!(ended && found == claimed)) {
        if (found == 0 && !usable)
            return give_up(work, MRRC_ERR_BASE_ADDRESS_NOT_FOUND, data + BASE_AT, 5,
                           "the base address is wrong, and no terminator ends the directory");
        /* where both are likely alike, an address that no terminator precedes is not */
        bool other = found != 0 && found != claimed &&
                     (!usable ||
                      score(work, found - 1, found) >= score(work, end, base) + (ended ? 1 : 0));
        if (other) {
            bool missing = number && claimed == 0;
            MRRCI_TRY(mrrci_iso2709_fault(
                work, missing ? MRRC_ERR_BASE_ADDRESS_NOT_FOUND : MRRC_ERR_BASE_ADDRESS_INVALID,
                data + BASE_AT, 5, claimed,
                "leader/12-16 is not where the data begin: the directory's terminator says it"));
            base = found;
            end = found - 1;
        } else if (!ended) {
            MRRCI_TRY(mrrci_iso2709_fault(work, MRRC_ERR_DIRECTORY_INVALID, data + base - 1, 1,
                                          data[base - 1], "no terminator ends the directory"));
            if ((base - MRRCI_LEADER_SIZE) % MRRCI_ENTRY_SIZE == 1)
                end = base - 1; /* another byte in its place */
        }
    }
    layout->directory = data + MRRCI_LEADER_SIZE;
    layout->directory_size = end - MRRCI_LEADER_SIZE;
    size_t rest = layout->directory_size % MRRCI_ENTRY_SIZE;
    if (rest > 0)
        MRRCI_TRY(mrrci_iso2709_fault(work, MRRC_ERR_DIRECTORY_INVALID, data + end - rest, rest,
                                      (uint32_t)layout->directory_size,
                                      "the directory's length is no multiple of 12"));
    layout->directory_size -= rest;
    layout->area = data + base;
    layout->area_size = size - base;
    if (layout->area_size > 0 && data[size - 1] == MRRCI_RECORD)
        layout->area_size--;
    return MRRC_OK;
}

/* ---- stretches ---- */

/* Lists the stretches, and one behind the last, which begins where the area ends. */
static int find_stretches(layout *layout) {
    mrrc_buffer *places = &layout->work->recovery->places;
    size_t at = 0, count = 0;
    places->size = 0;
    while (at < layout->area_size) {
        stretch next = {.start = (uint32_t)at};
        const uint8_t *end = memchr(layout->area + at, MRRCI_FIELD, layout->area_size - at);
        MRRCI_TRY(mrrci_buffer_append(places, &next, sizeof next));
        at = end == NULL ? layout->area_size : (size_t)(end - layout->area) + 1;
        count++;
    }
    stretch last = {.start = (uint32_t)layout->area_size};
    MRRCI_TRY(mrrci_buffer_append(places, &last, sizeof last));
    layout->stretches = (stretch *)(void *)places->data;
    layout->count = count;
    return MRRC_OK;
}

/* The last stretch that begins at or before `at`, which is in the area. */
static size_t stretch_of(const layout *layout, size_t at) {
    size_t low = 0, high = layout->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (layout->stretches[middle].start <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

static size_t end_of(const layout *layout, size_t index) {
    return layout->stretches[index + 1].start;
}

/* Whether an entry begins and ends at terminators; `*first` gets its first stretch and `*behind`
 * that behind its last. */
static bool is_aligned(const layout *layout, const entry *entry, size_t *first, size_t *behind) {
    size_t end = (size_t)entry->start + entry->length;
    if (!entry->numbers || entry->length == 0 || end > layout->area_size ||
        layout->area[end - 1] != MRRCI_FIELD)
        return false;
    *first = stretch_of(layout, entry->start);
    *behind = stretch_of(layout, end - 1) + 1;
    return layout->stretches[*first].start == entry->start;
}

/* Whether an entry is right about its field: aligned, and no other field begins inside. */
static bool is_sound(const layout *layout, const entry *entry, size_t *first, size_t *behind) {
    if (!entry->tagged || !is_aligned(layout, entry, first, behind))
        return false;
    return layout->stretches[*behind].named == layout->stretches[*first + 1].named;
}

/* Finds which stretches sound entries cover. */
static void claim(layout *layout) {
    const uint8_t *end = layout->directory + layout->directory_size;
    size_t first = 0, behind = 0;
    for (const uint8_t *at = layout->directory; at < end; at += MRRCI_ENTRY_SIZE) {
        entry entry = entry_at(at);
        if (is_aligned(layout, &entry, &first, &behind))
            layout->stretches[first].begins = true;
    }
    uint32_t named = 0;
    for (size_t i = 0; i <= layout->count; i++) {
        layout->stretches[i].named = named;
        named += layout->stretches[i].begins;
    }
    for (const uint8_t *at = layout->directory; at < end; at += MRRCI_ENTRY_SIZE) {
        entry entry = entry_at(at);
        layout->legible += is_legible(&entry);
        if (is_sound(layout, &entry, &first, &behind)) {
            layout->stretches[first].covered++;
            layout->stretches[behind].covered--;
            layout->sound++;
        } else {
            layout->unsound += !(layout->work->cut && entry.numbers &&
                                 entry.start >= layout->area_size);
        }
    }
    int32_t covered = 0;
    for (size_t i = 0; i <= layout->count; i++) {
        covered += layout->stretches[i].covered;
        layout->stretches[i].covered = covered;
        layout->unclaimed += i < layout->count && covered == 0;
    }
}

static bool is_free(const layout *layout, size_t index) {
    return layout->stretches[index].covered == 0 && !layout->stretches[index].taken;
}

/* The stretch that an unsound entry is likely to mean, or SIZE_MAX: where there are as many
 * stretches that nothing names, the next of these; else the nearest to where it says. */
static size_t guess(layout *layout, const entry *entry) {
    if (layout->work->cut && entry->numbers && entry->start >= layout->area_size)
        return SIZE_MAX;
    if (layout->unclaimed == layout->unsound) {
        while (layout->next < layout->count && !is_free(layout, layout->next))
            layout->next++;
        return layout->next < layout->count ? layout->next++ : SIZE_MAX;
    }
    if (!entry->numbers || layout->count == 0 || entry->start >= layout->area_size)
        return SIZE_MAX;
    size_t here = stretch_of(layout, entry->start), behind = here + 1;
    size_t before = entry->start - layout->stretches[here].start;
    size_t after = layout->stretches[behind].start - entry->start;
    if (behind < layout->count && after < before && is_free(layout, behind))
        return behind;
    return is_free(layout, here) ? here : SIZE_MAX;
}

/* ---- fields ---- */

/* Appends a subfield code and moves `*at` behind it.  Returns 1, 0 where the subfield is to be
 * left out, or a fault. */
static int put_code(mrrci_salvage *work, const uint8_t **at, const uint8_t *end) {
    mrrc_buffer *out = &work->batch->block;
    const uint8_t delimiter = MRRCI_SUBFIELD;
    const uint8_t *code = *at;
    size_t bad = 1, size = mrrci_iso2709_character(code, (size_t)(end - code), &bad);
    work->subfield = *code;
    if (*code >= 0x80) {
        size_t concerned = size > 0 ? size : (size_t)(end - code);
        MRRCI_TRY(mrrci_iso2709_fault(work, MRRC_ERR_CODE_INVALID, code, concerned, *code,
                                      "a subfield code is not ASCII"));
        if (size == 0 && work->manner != MRRCI_PERMISSIVE)
            return 0;
    }
    MRRCI_TRY(mrrci_buffer_reserve(out, 5));
    out->data[out->size++] = delimiter;
    if (size > 0) {
        memcpy(out->data + out->size, code, size);
        out->size += size;
    } else {
        out->size += mrrci_utf8_put(out->data + out->size, *code);
        size = 1;
    }
    *at += size;
    return 1;
}

/* Appends the subfields of a field; `at` is at the first delimiter. */
static int put_subfields(mrrci_salvage *work, const uint8_t *at, const uint8_t *end) {
    const uint8_t *empty = NULL, *empty_end = NULL;
    uint32_t empties = 0;
    while (at < end) {
        const uint8_t *delimiter = at++;
        const uint8_t *next = at == end ? NULL : memchr(at, MRRCI_SUBFIELD, (size_t)(end - at));
        const uint8_t *behind = next == NULL ? end : next;
        const uint8_t *code = at;
        while (code < behind && is_structural(*code))
            code++; /* a stray one is told below, or with the value */
        if (code == behind) {
            empty = empty == NULL ? delimiter : empty;
            empty_end = behind;
            empties++;
        } else {
            if (code > at)
                MRRCI_TRY(mrrci_iso2709_fault(work, MRRC_ERR_CODE_INVALID, at,
                                              (size_t)(code - at), *at,
                                              "a structural character for a subfield code was "
                                              "left out"));
            const uint8_t *value = code;
            int status = put_code(work, &value, behind);
            if (status > 0)
                status = mrrci_iso2709_put_text(work, value, (size_t)(behind - value), false);
            work->subfield = 0;
            MRRCI_TRY(status);
        }
        at = behind;
    }
    if (empties == 0 || work->manner == MRRCI_AS_PYMARC)
        return MRRC_OK;
    return mrrci_iso2709_fault(work, MRRC_ERR_CODE_INVALID, empty, (size_t)(empty_end - empty),
                               empties, "a delimiter without a code and a value was left out");
}

/* Appends one indicator of a permissive record, a blank where there is none. */
static int put_indicator(mrrc_buffer *out, const uint8_t **at, const uint8_t *end) {
    MRRCI_TRY(mrrci_buffer_reserve(out, 4));
    while (*at < end && is_structural(**at))
        ++*at;
    if (*at == end) {
        out->data[out->size++] = ' ';
        return MRRC_OK;
    }
    size_t bad, size = mrrci_iso2709_character(*at, (size_t)(end - *at), &bad);
    if (size > 0) {
        memcpy(out->data + out->size, *at, size);
        out->size += size;
    } else {
        out->size += mrrci_utf8_put(out->data + out->size, **at);
    }
    *at += size > 0 ? size : 1;
    return MRRC_OK;
}

/* Appends the indicators, which end before `end`.  Returns 1, 0 where the field is to be left
 * out, or a fault. */
static int put_indicators(mrrci_salvage *work, const uint8_t *at, const uint8_t *end,
                          const uint8_t *field_end) {
    mrrc_buffer *out = &work->batch->block;
    size_t size = (size_t)(end - at);
    if (size == 2 && at[0] < 0x80 && at[1] < 0x80 && !is_structural(at[0]) &&
        !is_structural(at[1])) {
        MRRCI_TRY(mrrci_buffer_append(out, at, 2));
        return 1;
    }
    if (size == 2)
        work->indicator = at[0] >= 0x80 || is_structural(at[0]) ? 1 : 2;
    else if (size < 2)
        work->indicator = (uint8_t)(size + 1);
    const char *reason = size == 0   ? "no indicators"
                         : size == 1 ? "only one indicator"
                         : size == 2 ? "an indicator is not ASCII"
                         : end == field_end
                             ? "no subfields: only two characters can be indicators"
                             : "more than two indicators";
    int status = mrrci_iso2709_fault(work, MRRC_ERR_INDICATOR_INVALID, at,
                                     (size_t)(field_end - at), (uint32_t)size, reason);
    work->indicator = 0;
    MRRCI_TRY(status);
    if (work->manner != MRRCI_PERMISSIVE)
        return 0;
    MRRCI_TRY(put_indicator(out, &at, end));
    MRRCI_TRY(put_indicator(out, &at, end));
    return 1;
}

/* Appends a field's tag; `?` stands for what is no character of one. */
static int put_tag(mrrci_salvage *work, const uint8_t *tag) {
    uint8_t copy[4] = {MRRCI_FIELD, tag[0], tag[1], tag[2]};
    for (size_t i = 1; i < sizeof copy; i++)
        if (!is_printable(copy[i]))
            copy[i] = '?';
    return mrrci_buffer_append(&work->batch->block, copy, sizeof copy);
}

/* Appends a field whose bytes are known, its terminator not among them. */
static int put_field(layout *layout, const uint8_t *at, size_t size) {
    mrrci_salvage *work = layout->work;
    mrrc_buffer *out = &work->batch->block;
    const uint8_t *end = at + size;
    size_t before = out->size;
    MRRCI_TRY(put_tag(work, work->tag));
    layout->packed++;
    if (mrrci_tag_is_control(work->tag))
        return mrrci_iso2709_put_text(work, at, size, true);
    const uint8_t *first = size == 0 ? NULL : memchr(at, MRRCI_SUBFIELD, size);
    first = first == NULL ? end : first;
    int status = put_indicators(work, at, first, end);
    if (status == 0) {
        out->size = before;
        layout->packed--;
        return MRRC_OK;
    }
    MRRCI_TRY(status);
    return put_subfields(work, first, end);
}

static const char *reason_of(const layout *layout, const entry *entry) {
    size_t end = (size_t)entry->start + entry->length;
    if (!entry->numbers)
        return "a directory entry's length or start is no number";
    if (!entry->tagged)
        return "a tag is not three ASCII characters";
    if (layout->work->cut && end > layout->area_size)
        return "the field is cut off with the end of the record";
    if (entry->start >= layout->area_size)
        return "the field would begin behind the data";
    if (end > layout->area_size)
        return "the field would end behind the data";
    return "no terminator stands where the field begins or ends";
}

/* Takes a field that its entry is wrong about. */
static int put_unsound(layout *layout, const entry *entry) {
    mrrci_salvage *work = layout->work;
    bool numbers = entry->numbers && entry->tagged;
    MRRCI_TRY(mrrci_iso2709_fault(work,
                                  numbers ? MRRC_ERR_FIELD_INVALID : MRRC_ERR_DIRECTORY_INVALID,
                                  entry->at, MRRCI_ENTRY_SIZE, entry->numbers ? entry->length : 0,
                                  reason_of(layout, entry)));
    if (work->manner != MRRCI_PERMISSIVE)
        return MRRC_OK;
    size_t index = guess(layout, entry);
    if (index == SIZE_MAX)
        return MRRC_OK;
    stretch *stretch = &layout->stretches[index];
    size_t end = end_of(layout, index);
    stretch->taken = true;
    end -= layout->area[end - 1] == MRRCI_FIELD;
    return put_field(layout, layout->area + stretch->start, end - stretch->start);
}

static int put_fields(layout *layout) {
    mrrci_salvage *work = layout->work;
    const uint8_t *end = layout->directory + layout->directory_size;
    size_t begin = work->batch->block.size;
    for (const uint8_t *at = layout->directory; at < end; at += MRRCI_ENTRY_SIZE) {
        entry entry = entry_at(at);
        size_t first = 0, behind = 0;
        work->field++;
        work->tag = at;
        int status = is_sound(layout, &entry, &first, &behind)
                         ? put_field(layout, layout->area + entry.start, entry.length - 1)
                         : put_unsound(layout, &entry);
        if (status >= 0 && work->batch->block.size - begin > MRRCI_RECORD_READ_MAX)
            status = give_up(work, MRRC_ERR_RECORD_TOO_LONG, at, MRRCI_ENTRY_SIZE,
                             "the record's fields have more than 16 MiB together");
        MRRCI_TRY(status);
    }
    work->field = 0;
    work->tag = NULL;
    return MRRC_OK;
}

/* Tells of stretches that no entry names. */
static int tell_unnamed(layout *layout) {
    if (layout->work->manner == MRRCI_AS_PYMARC)
        return MRRC_OK;
    for (size_t i = 0; i < layout->count; i++) {
        size_t begin = i;
        while (i < layout->count && is_free(layout, i))
            i++;
        if (i == begin)
            continue;
        size_t from = layout->stretches[begin].start;
        MRRCI_TRY(mrrci_iso2709_fault(layout->work, MRRC_ERR_DIRECTORY_INVALID,
                                      layout->area + from, layout->stretches[i].start - from,
                                      (uint32_t)(i - begin),
                                      "no directory entry names these bytes"));
    }
    return MRRC_OK;
}

/* ---- the record ---- */

static int salvage(layout *layout) {
    mrrci_salvage *work = layout->work;
    MRRCI_TRY(put_leader(work));
    MRRCI_TRY(find_base(layout));
    MRRCI_TRY(mrrci_iso2709_choose_text(work, (size_t)(layout->area - work->data)));
    MRRCI_TRY(find_stretches(layout));
    claim(layout);
    MRRCI_TRY(put_fields(layout));
    MRRCI_TRY(tell_unnamed(layout));
    if (layout->directory_size > 0 &&
        (layout->legible == 0 || (layout->packed == 0 && layout->sound == 0)))
        return give_up(work, MRRC_ERR_DIRECTORY_INVALID, layout->directory,
                       layout->directory_size, "no entry of the directory leads to a field");
    if (work->untold > 0) {
        work->told = 0; /* which makes room for one */
        MRRCI_TRY(mrrci_iso2709_remark(work, MRRC_ERR_FAULTS_UNTOLD, work->data, 0, work->untold,
                                       "the record has further faults"));
    }
    return MRRC_OK;
}

int mrrci_iso2709_salvage(mrrci_salvage *work) {
    layout layout = {.work = work};
    size_t before = work->batch->block.size;
    work->field = work->told = work->untold = 0;
    work->indicator = work->subfield = 0;
    work->tag = NULL;
    int status = salvage(&layout);
    if (status < 0)
        work->batch->block.size = before;
    return status;
}

bool mrrci_iso2709_is_named(const uint8_t *data, size_t size) {
    uint32_t base, length, start;
    if (size < MRRCI_ISO2709_MIN || !digits(data + BASE_AT, 5, &base) ||
        base <= MRRCI_LEADER_SIZE || base >= size ||
        (base - 1 - MRRCI_LEADER_SIZE) % MRRCI_ENTRY_SIZE != 0)
        return false;
    size_t named = 0;
    for (size_t at = MRRCI_LEADER_SIZE; at < base - 1; at += MRRCI_ENTRY_SIZE) {
        if (!digits(data + at + 3, 4, &length) || !digits(data + at + 7, 5, &start) ||
            base + (size_t)start + length >= size || length == 0 ||
            data[base + start + length - 1] != MRRCI_FIELD)
            return false;
        named += length;
    }
    return named == size - base - 1;
}
