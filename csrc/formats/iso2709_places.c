/* SPDX-License-Identifier: MIT
 *
 * iso2709_places.c: records of ISO 2709 tested where they stand, so that one that does not match
 * is not packed.  Only what is of the common kind is looked at: fields one after another, in
 * UTF-8 or ASCII; whatever is out of the ordinary goes the long way.
 */
#include "iso2709_entry.h"
#include "iso2709_recovery.h"
#include "packed.h"

enum { LENGTH_AT = 0, BASE_AT = 12, CODING_AT = 9, COUNTS_AT = 10 };

/* What has to be found out of a record's text; false where it can only be told after decoding. */
static bool trust_of(const uint8_t *leader, uint32_t flags, enum mrrci_trust *trust) {
    const uint32_t known = MRRC_READ_RAW | MRRC_READ_FORCE_UTF8 | MRRC_READ_FOREIGN |
                           MRRC_READ_LENIENT | MRRC_READ_PERMISSIVE | MRRC_READ_DETECT |
                           MRRC_READ_FRAMES | MRRC_READ_BRIEFLY;
    if (flags & ~known)
        return false;
    if (flags & MRRC_READ_RAW)
        *trust = MRRCI_TRUST_BYTES;
    else if (leader[CODING_AT] == 'a' || flags & MRRC_READ_FORCE_UTF8)
        *trust = MRRCI_TRUST_UTF8;
    else
        *trust = MRRCI_TRUST_ASCII;
    return *trust != MRRCI_TRUST_ASCII || !(flags & MRRC_READ_FOREIGN);
}

/* Lays out the fields that a directory names, where room is given for them.  Returns their
 * number, or -1 where they do not lie one after another and fill the record. */
static int64_t lay_out(const uint8_t *record, size_t size, size_t base, mrrci_place *places) {
    const uint8_t *area = record + base;
    size_t area_size = size - base - 1, sum = 0;
    size_t entries = (base - 1 - MRRCI_LEADER_SIZE) / MRRCI_ENTRY_SIZE;
    const uint8_t *entry = record + MRRCI_LEADER_SIZE;
    uint64_t strange = 0;
    for (size_t i = 0; i < entries; i++, entry += MRRCI_ENTRY_SIZE) {
        uint32_t length, start, unit;
        strange |= mrrci_eight_digits(entry + 3, &length, &start);
        strange |= mrrci_one_digit(entry[11], &unit);
        strange |= mrrci_unprintable_tag(entry);
        if (start * 10 + unit != sum || (size_t)length - 1 >= area_size - sum ||
            area[sum + length - 1] != MRRCI_FIELD)
            return -1;
        if (places != NULL)
            places[i] = (mrrci_place){mrrci_tag_word(entry), length - 1, area + sum};
        sum += length;
    }
    return (strange & MRRCI_HIGH_BITS) == 0 && sum == area_size ? (int64_t)entries : -1;
}

/* Whether leader and length are of the common kind; `*base` gets where the fields begin. */
static bool begins_well(const uint8_t *record, size_t size, size_t *base) {
    if (size <= MRRCI_LEADER_SIZE + 1 || !mrrci_leader_is_plain(record))
        return false;
    int32_t length = mrrci_iso2709_five(record + LENGTH_AT);
    int32_t begin = mrrci_iso2709_five(record + BASE_AT);
    *base = (size_t)begin;
    return length >= 0 && (size_t)length == size && begin > (int32_t)MRRCI_LEADER_SIZE + 1 &&
           *base < size && (*base - 1 - MRRCI_LEADER_SIZE) % MRRCI_ENTRY_SIZE == 0;
}

bool mrrci_iso2709_is_common(const uint8_t *record, size_t size) {
    size_t base;
    return begins_well(record, size, &base) && record[size - 1] == MRRCI_RECORD &&
           record[base - 1] == MRRCI_FIELD && memcmp(record + COUNTS_AT, "22", 2) == 0 &&
           lay_out(record, size, base, NULL) >= 0;
}

int mrrci_iso2709_match(mrrci_matcher *matcher, const uint8_t *record, size_t size,
                        uint32_t flags) {
    size_t base;
    enum mrrci_trust trust;
    if (!begins_well(record, size, &base) || !trust_of(record, flags, &trust))
        return MRRC_UNDECODED;
    mrrci_place *places =
        mrrci_match_room(matcher, (base - 1 - MRRCI_LEADER_SIZE) / MRRCI_ENTRY_SIZE);
    if (places == NULL)
        return MRRC_ERR_MEMORY;
    int64_t count = lay_out(record, size, base, places);
    if (count < 0)
        return MRRC_UNDECODED;
    if (trust != MRRCI_TRUST_UTF8 || !(flags & MRRC_READ_DETECT) || flags & MRRC_READ_FORCE_UTF8)
        return mrrci_match_places(matcher, record, (size_t)count, trust);
    /* ASCII is the same in both encodings that the record may be in */
    int found = mrrci_match_places(matcher, record, (size_t)count, MRRCI_TRUST_ASCII);
    if (found != MRRC_UNDECODED || !mrrci_utf8_valid(record + base, size - base))
        return found;
    return mrrci_match_places(matcher, record, (size_t)count, trust);
}
