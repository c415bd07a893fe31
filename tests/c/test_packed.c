/* SPDX-License-Identifier: MIT
 *
 * Walks over packed records: what the parts are, and that any bytes at all are
 * walked to an end or refused, without a look beyond their size.  The walks ask
 * for no memory.
 */
#include "check.h"
#include "packed.h"

#define LEADER "00000nam a2200000   4500"

static bool is(const uint8_t *at, size_t size, const char *text) {
    return size == strlen(text) && memcmp(at, text, size) == 0;
}

static void test_walk(void) {
    static const char text[] = LEADER "\x1e" "001id" "\x1e" "24510\x1f" "aTitle\x1f" "b"
                                      "\x1e" "00A  "
                                      "\x1e" "008" "\x1e" "999" "\x1e" "010  \x1f" "\xc3\xa9x";
    size_t size = sizeof text - 1, indicators = 99;
    uint8_t *packed = check_copy(text, size);
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;

    CHECK(mrrci_fields_begin(&fields, packed, size) == MRRC_OK);
    CHECK(mrrci_field_next(&fields, &field) == 1);
    CHECK(field.control && is(field.tag, 3, "001") && is(field.body, field.size, "id"));

    CHECK(mrrci_field_next(&fields, &field) == 1);
    CHECK(!field.control && is(field.tag, 3, "245"));
    mrrci_subfields_begin(&subfields, &field, &indicators);
    CHECK(indicators == 2 && is(field.body, indicators, "10"));
    CHECK(mrrci_subfield_next(&subfields, &subfield));
    CHECK(is(subfield.code, subfield.code_size, "a") && is(subfield.value, subfield.size, "Title"));
    CHECK(mrrci_subfield_next(&subfields, &subfield));
    CHECK(is(subfield.code, subfield.code_size, "b") && subfield.size == 0);
    CHECK(!mrrci_subfield_next(&subfields, &subfield));
    CHECK(!mrrci_subfield_next(&subfields, &subfield));

    CHECK(mrrci_field_next(&fields, &field) == 1); /* 00A is no control field */
    CHECK(!field.control && is(field.tag, 3, "00A") && is(field.body, field.size, "  "));
    mrrci_subfields_begin(&subfields, &field, &indicators);
    CHECK(indicators == 2 && !mrrci_subfield_next(&subfields, &subfield));

    CHECK(mrrci_field_next(&fields, &field) == 1);
    CHECK(field.control && field.size == 0);

    CHECK(mrrci_field_next(&fields, &field) == 1); /* without indicators, without anything */
    CHECK(!field.control && field.size == 0);
    mrrci_subfields_begin(&subfields, &field, &indicators);
    CHECK(indicators == 0 && !mrrci_subfield_next(&subfields, &subfield));

    CHECK(mrrci_field_next(&fields, &field) == 1); /* a code is a character, not a byte */
    CHECK(!field.control && is(field.tag, 3, "010"));
    mrrci_subfields_begin(&subfields, &field, &indicators);
    CHECK(mrrci_subfield_next(&subfields, &subfield));
    CHECK(is(subfield.code, subfield.code_size, "\xc3\xa9"));
    CHECK(is(subfield.value, subfield.size, "x"));

    CHECK(mrrci_field_next(&fields, &field) == 0);
    CHECK(mrrci_field_next(&fields, &field) == 0);
    free(packed);
}

static void test_control_tags(void) {
    for (unsigned first = 0x20; first < 0x7F; first++)
        for (unsigned second = 0x20; second < 0x7F; second++)
            for (unsigned third = 0x20; third < 0x7F; third++) {
                uint8_t tag[3] = {(uint8_t)first, (uint8_t)second, (uint8_t)third};
                bool digits = first >= '0' && first <= '9' && second >= '0' && second <= '9' &&
                              third >= '0' && third <= '9';
                bool control =
                    digits && (first - '0') * 100 + (second - '0') * 10 + (third - '0') < 10;
                if (mrrci_tag_is_control(tag) != control)
                    CHECK_FOR(false, "tag %.3s", (const char *)tag);
            }
    CHECK(mrrci_tag_is_control((const uint8_t *)"000"));
    CHECK(mrrci_tag_is_control((const uint8_t *)"009"));
    CHECK(!mrrci_tag_is_control((const uint8_t *)"010"));
}

static int walk(const uint8_t *packed, size_t size) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    size_t indicators, seen = MRRCI_LEADER_SIZE;
    const uint8_t *last = packed;
    int status = mrrci_fields_begin(&fields, packed, size);
    if (status < 0)
        return status;
    while ((status = mrrci_field_next(&fields, &field)) > 0) {
        CHECK(field.tag > last && field.body == field.tag + 3);
        CHECK(field.body + field.size <= packed + size);
        last = field.tag;
        seen += 4 + field.size;
        if (field.control)
            continue;
        mrrci_subfields_begin(&subfields, &field, &indicators);
        size_t inside = indicators;
        while (mrrci_subfield_next(&subfields, &subfield)) {
            CHECK(subfield.code_size <= 4 && subfield.value == subfield.code + subfield.code_size);
            inside += 1 + subfield.code_size + subfield.size;
        }
        CHECK(inside == field.size); /* nothing is left out or seen twice */
    }
    CHECK(status < 0 || seen == size);
    return status;
}

static void test_bad(void) {
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        {"", MRRC_ERR_PACKED_INVALID},
        {"00000nam a2200000   450", MRRC_ERR_PACKED_INVALID},
        {LEADER, MRRC_OK},
        {LEADER "x", MRRC_ERR_PACKED_INVALID},
        {LEADER "0011", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e" "0", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e" "00", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e" "001", MRRC_OK},
        {LEADER "\x1e" "0\x1e" "1x", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e" "24\x1f" "x", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e\x1e\x1e\x1e" "x", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e\x1d" "45x", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e" "001x\x1e", MRRC_ERR_PACKED_INVALID},
        {LEADER "\x1e" "245\x1f", MRRC_OK},
        {LEADER "\x1e" "245\x1f\x1f\x1f", MRRC_OK},
        {LEADER "\x1e" "245  \x1f\xf0", MRRC_OK},
        {LEADER "\x1e" "245  \x1f\xe2\x82", MRRC_OK},
        {LEADER "\x1e" "245  \x1f\xf0\x1f\xc3", MRRC_OK},
        {LEADER "\x1e" "245  \x1f\x80x", MRRC_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = strlen(cases[i].text);
        uint8_t *packed = check_copy(cases[i].text, size);
        CHECK_FOR(walk(packed, size) == cases[i].status, "case %zu", i);
        free(packed);
    }
}

static void test_any_bytes(void) {
    static const uint8_t alphabet[] = {0x1E, 0x1E, 0x1F, 0x1F, '0', '0', '1', ' ', 'a', 0,
                                       0x1D, 0x80, 0xC3, 0xE2, 0xF0, 0xFF};
    uint64_t state = 0xBA5E;
    unsigned walked = 0;
    for (unsigned round = 0; round < 90000; round++) {
        size_t size = check_random(&state, 60);
        uint8_t bytes[60];
        for (size_t i = 0; i < size; i++)
            bytes[i] = alphabet[check_random(&state, sizeof alphabet)];
        if (size > MRRCI_LEADER_SIZE && check_random(&state, 4) != 0)
            bytes[MRRCI_LEADER_SIZE] = MRRCI_FIELD;
        uint8_t *packed = check_copy(bytes, size);
        walked += walk(packed, size) == MRRC_OK;
        free(packed);
    }
    CHECK_FOR(walked > 5000, "%u walks to the end", walked);
}

static void without_memory(void *context) {
    (void)context;
    CHECK(walk((const uint8_t *)LEADER "\x1e" "24510\x1f" "a", 32) == MRRC_OK);
    CHECK(check_memory.asked == 0);
}

int main(void) {
    test_walk();
    test_control_tags();
    test_bad();
    test_any_bytes();
    check_memory_sweep(without_memory, NULL);
    return check_report();
}
