/* SPDX-License-Identifier: MIT
 *
 * The two layouts that Python splits, against a slow maker of the same that
 * takes the record apart by itself, on records made by chance; white space as
 * Python's str.strip() has it, character by character; and the limits.
 */
#include "check.h"
#include "packed.h"

#define LEADER "00000nam a2200000   4500"

/* Whether str.isspace() is true of a character, which is what strip() takes. */
static bool is_space(uint32_t c) {
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

/* A record as a list of parts. */
enum { FIELDS = 12, SUBFIELDS = 8, TEXT = 24 };

typedef struct part {
    uint8_t text[TEXT];
    size_t size;
} part;

typedef struct model {
    size_t fields;
    struct {
        char tag[4];
        bool control;
        part head; /* data or indicators */
        size_t subfields;
        part codes[SUBFIELDS];
        part values[SUBFIELDS];
    } field[FIELDS];
} model;

static void pack(const model *record, mrrc_buffer *out) {
    check_put_text(out, LEADER);
    for (size_t i = 0; i < record->fields; i++) {
        check_put_text(out, "\x1e");
        check_put(out, record->field[i].tag, 3);
        check_put(out, record->field[i].head.text, record->field[i].head.size);
        for (size_t j = 0; j < record->field[i].subfields; j++) {
            check_put_text(out, "\x1f");
            check_put(out, record->field[i].codes[j].text, record->field[i].codes[j].size);
            check_put(out, record->field[i].values[j].text, record->field[i].values[j].size);
        }
    }
}

static void put_part(mrrc_buffer *out, const part *text) {
    check_put(out, text->text, text->size);
    check_put_text(out, "\x1f");
}

static void put_tag(mrrc_buffer *out, const char *tag) {
    check_put(out, tag, 3);
    check_put_text(out, "\x1f");
}

static void expect_explode(const model *record, mrrc_buffer *out) {
    for (size_t i = 0; i < record->fields; i++) {
        put_tag(out, record->field[i].tag);
        put_part(out, &record->field[i].head);
    }
    for (size_t i = 0; i < record->fields; i++)
        for (size_t j = 0; j < record->field[i].subfields; j++) {
            put_part(out, &record->field[i].codes[j]);
            put_part(out, &record->field[i].values[j]);
        }
    for (size_t i = 0; i < record->fields; i++) {
        uint8_t count = record->field[i].control ? 255 : (uint8_t)record->field[i].subfields;
        check_put(out, &count, 1);
    }
}

/* Strips by characters, from a list of where each begins. */
static void put_stripped(mrrc_buffer *out, const part *value) {
    const uint8_t *at = value->text, *end = value->text + value->size;
    const uint8_t *first = NULL, *last = NULL;
    while (at < end) {
        const uint8_t *begin = at;
        if (!is_space(mrrci_utf8_next(&at))) {
            if (first == NULL)
                first = begin;
            last = at;
        }
    }
    if (first != NULL)
        check_put(out, first, (size_t)(last - first));
}

static void expect_values(const model *record, mrrc_buffer *out) {
    for (size_t i = 0; i < record->fields; i++) {
        put_tag(out, record->field[i].tag);
        if (record->field[i].control) {
            put_part(out, &record->field[i].head);
            continue;
        }
        for (size_t j = 0; j < record->field[i].subfields; j++) {
            if (j > 0)
                check_put_text(out, " ");
            put_stripped(out, &record->field[i].values[j]);
        }
        check_put_text(out, "\x1f");
    }
    for (size_t i = 0; i < record->fields; i++)
        check_put(out, record->field[i].control ? "\xff" : "\x00", 1);
}

/* Text by chance, with many kinds of white space and none of the delimiters. */
static void any_text(uint64_t *state, part *text) {
    static const uint32_t characters[] = {' ',    ' ',    '\t',   '\n',   0x0B,   0x1C,   0x08,
                                          0x0E,   'a',    'b',    '/',    0x7F,   0x80,   0x85,
                                          0xA0,   0xA1,   0xE9,   0x1680, 0x180E, 0x1FFF, 0x2000,
                                          0x200A, 0x200B, 0x2027, 0x2028, 0x2029, 0x202F, 0x205F,
                                          0x2060, 0x3000, 0x3001, 0xFEFF, 0x1F600, 0x10000};
    text->size = 0;
    uint32_t length = check_random(state, 6);
    for (uint32_t i = 0; i < length; i++) {
        uint32_t pick = check_random(state, sizeof characters / sizeof characters[0]);
        text->size += mrrci_utf8_put(text->text + text->size, characters[pick]);
    }
}

static void any_record(uint64_t *state, model *record) {
    static const char tags[][4] = {"001", "008", "009", "010", "245", "00A", "000", "999", "   "};
    memset(record, 0, sizeof *record);
    record->fields = check_random(state, FIELDS + 1);
    for (size_t i = 0; i < record->fields; i++) {
        memcpy(record->field[i].tag, tags[check_random(state, sizeof tags / sizeof tags[0])], 4);
        record->field[i].control = mrrci_tag_is_control((const uint8_t *)record->field[i].tag);
        if (record->field[i].control) {
            any_text(state, &record->field[i].head);
            continue;
        }
        record->field[i].head.size = check_random(state, 8) == 0 ? check_random(state, 5) : 2;
        memset(record->field[i].head.text, '0' + (int)i % 10, record->field[i].head.size);
        record->field[i].subfields = check_random(state, SUBFIELDS + 1);
        for (size_t j = 0; j < record->field[i].subfields; j++) {
            static const uint32_t codes[] = {'a', 'b', '9', ' ', 0xE9, 0x4E00, 0x1F600};
            part *code = &record->field[i].codes[j];
            code->size = mrrci_utf8_put(code->text, codes[check_random(state, 7)]);
            any_text(state, &record->field[i].values[j]);
        }
    }
}

static void test_against_model(void) {
    static model record;
    uint64_t state = 0xE4910DE;
    mrrc_buffer packed = {0}, out = {0}, expected = {0};
    for (unsigned round = 0; round < 20000; round++) {
        any_record(&state, &record);
        packed.size = expected.size = 0;
        pack(&record, &packed);
        uint8_t *exact = check_copy(packed.data, packed.size);
        expect_explode(&record, &expected);
        CHECK_FOR(mrrc_explode(exact, packed.size, &out) == (int64_t)record.fields &&
                      check_same(&out, &expected), "round %u", round);
        expected.size = 0;
        expect_values(&record, &expected);
        CHECK_FOR(mrrc_values(exact, packed.size, &out) == (int64_t)record.fields &&
                      check_same(&out, &expected), "round %u", round);
        free(exact);
    }
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&expected);
    mrrci_buffer_clear(&out);
}

/* Every character of Unicode at the beginning and the end of a value. */
static void test_white_space(void) {
    mrrc_buffer out = {0};
    unsigned wrong = 0;
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        if (c == 0x1E || c == 0x1F || (c >= 0xD800 && c <= 0xDFFF))
            continue;
        uint8_t packed[64] = LEADER "\x1e" "245  \x1f" "a";
        size_t size = strlen((const char *)packed), value = size;
        size += mrrci_utf8_put(packed + size, c);
        packed[size++] = 'x';
        size += mrrci_utf8_put(packed + size, c);
        if (mrrc_values(packed, size, &out) != 1)
            wrong++;
        else if (is_space(c))
            wrong += !check_holds(&out, "245\x1f" "x\x1f\x00", 7);
        else
            wrong += out.size != 6 + size - value || memcmp(out.data + 4, packed + value,
                                                            size - value) != 0;
    }
    CHECK_FOR(wrong == 0, "%u characters", wrong);
    mrrci_buffer_clear(&out);
}

static void test_known(void) {
    static const char packed[] = LEADER "\x1e" "001 id " "\x1e" "24510\x1f" "a Title :\x1f"
                                        "b sub /  "
                                        "\x1e" "500  " "\x1e" "650 0\x1f" "a  \x1f" "x";
    static const char exploded[] = "001\x1f" " id \x1f" "245\x1f" "10\x1f" "500\x1f" "  \x1f"
                                   "650\x1f" " 0\x1f" "a\x1f" " Title :\x1f" "b\x1f" " sub /  \x1f"
                                   "a\x1f" "  \x1f" "x\x1f" "\x1f" "\xff\x02\x00\x02";
    static const char values[] = "001\x1f" " id \x1f" "245\x1f" "Title : sub /\x1f" "500\x1f" "\x1f"
                                 "650\x1f" " \x1f" "\xff\x00\x00\x00";
    mrrc_buffer out = {0};
    CHECK(mrrc_explode((const uint8_t *)packed, sizeof packed - 1, &out) == 4);
    CHECK_BUFFER(out, exploded);
    CHECK(mrrc_values((const uint8_t *)packed, sizeof packed - 1, &out) == 4);
    CHECK_BUFFER(out, values);
    CHECK(mrrc_explode((const uint8_t *)packed, MRRCI_LEADER_SIZE, &out) == 0 && out.size == 0);
    CHECK(mrrc_values((const uint8_t *)packed, MRRCI_LEADER_SIZE, &out) == 0 && out.size == 0);
    mrrci_buffer_clear(&out);
}

static void test_limits(void) {
    for (size_t subfields = 253; subfields <= 258; subfields++) {
        mrrc_buffer packed = {0}, out = {0};
        check_put_text(&packed, LEADER "\x1e" "245  ");
        for (size_t i = 0; i < subfields; i++)
            check_put_text(&packed, "\x1f" "ax");
        check_put_text(&packed, "\x1e" "500  \x1f" "ax");
        if (subfields <= 254) {
            CHECK(mrrc_explode(packed.data, packed.size, &out) == 2);
            CHECK(out.size == 2 + 2 * 4 + 2 * 3 + 4 * (subfields + 1));
            CHECK(out.data[out.size - 2] == subfields);
        } else {
            CHECK(mrrc_explode(packed.data, packed.size, &out) == MRRC_ERR_ARGUMENT);
            CHECK(out.size == 0);
        }
        /* values are joined, and any number of them may be */
        CHECK(mrrc_values(packed.data, packed.size, &out) == 2);
        CHECK(out.size == 2 + 2 * 4 + 2 * subfields + 2);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
    static const char *const bad[] = {"", "00000nam", LEADER "x", LEADER "\x1e", LEADER "\x1e" "24",
                                      LEADER "\x1e" "245  \x1e"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        mrrc_buffer out = {0};
        uint8_t *exact = check_copy(bad[i], strlen(bad[i]));
        check_put_text(&out, "old");
        CHECK(mrrc_explode(exact, strlen(bad[i]), &out) == MRRC_ERR_PACKED_INVALID);
        CHECK(mrrc_values(exact, strlen(bad[i]), &out) == MRRC_ERR_PACKED_INVALID);
        free(exact);
        mrrci_buffer_clear(&out);
    }
}

/* The layout of any bytes that can be walked, step by step into three buffers. */
static int64_t walk_explode(const uint8_t *packed, size_t size, mrrc_buffer *texts) {
    mrrci_cursor fields, subfields;
    mrrci_field field;
    mrrci_subfield subfield;
    mrrc_buffer parts = {0}, counts = {0};
    size_t indicators;
    int more;
    texts->size = 0;
    int64_t result = mrrci_fields_begin(&fields, packed, size);
    while (result >= 0 && (more = mrrci_field_next(&fields, &field)) != 0) {
        uint8_t count = 255;
        if (more < 0) {
            result = more;
            break;
        }
        result++;
        check_put(texts, field.tag, 3);
        check_put_text(texts, "\x1f");
        indicators = field.size;
        if (!field.control) {
            count = 0;
            mrrci_subfields_begin(&subfields, &field, &indicators);
            while (mrrci_subfield_next(&subfields, &subfield)) {
                check_put(&parts, subfield.code, subfield.code_size);
                check_put_text(&parts, "\x1f");
                check_put(&parts, subfield.value, subfield.size);
                check_put_text(&parts, "\x1f");
                count++;
            }
        }
        check_put(texts, field.body, indicators);
        check_put_text(texts, "\x1f");
        check_put(&counts, &count, 1);
    }
    if (parts.size > 0)
        check_put(texts, parts.data, parts.size);
    if (counts.size > 0)
        check_put(texts, counts.data, counts.size);
    mrrci_buffer_clear(&parts);
    mrrci_buffer_clear(&counts);
    return result;
}

/* Bytes that no writer makes: delimiters anywhere, characters cut off. */
static void test_any_bytes(void) {
    static const uint8_t alphabet[] = {0x1E, 0x1F, 0x1F, '0', '0', '1', ' ', 'a', 0x1D,
                                       0x80, 0x85, 0xC2, 0xC3, 0xE2, 0x80, 0xE3, 0xF0, 0xFF};
    uint64_t state = 0xAB1DE;
    mrrc_buffer out = {0}, walked = {0};
    unsigned taken = 0;
    for (unsigned round = 0; round < 60000; round++) {
        uint8_t bytes[24 + 40] = LEADER "\x1e";
        size_t size = 25 + check_random(&state, 39);
        for (size_t i = 25; i < size; i++)
            bytes[i] = alphabet[check_random(&state, sizeof alphabet)];
        uint8_t *exact = check_copy(bytes, size);
        mrrci_buffer_clear(&out); /* a small room, to see what is written beyond it */
        int64_t fields = mrrc_explode(exact, size, &out);
        CHECK(fields >= 1 || fields == MRRC_ERR_PACKED_INVALID);
        CHECK(walk_explode(exact, size, &walked) == fields);
        CHECK(fields < 0 ? out.size == 0 : check_same(&out, &walked));
        mrrci_buffer_clear(&out);
        CHECK(mrrc_values(exact, size, &out) == fields);
        CHECK(out.size <= out.capacity);
        taken += fields > 0;
        free(exact);
    }
    CHECK_FOR(taken > 1000, "%u", taken);
    /* nothing but delimiters: the most text for the fewest bytes */
    for (size_t size = 28; size < 2000; size += 31)
        for (uint8_t fill = 0x1E; fill <= 0x1F; fill++) {
            uint8_t bytes[2000] = LEADER "\x1e" "245";
            memset(bytes + 28, fill, size - 28);
            for (size_t i = 28; fill == 0x1E && i + 4 <= size; i += 4)
                memcpy(bytes + i + 1, "245", 3);
            size_t whole = fill == 0x1E ? 28 + (size - 28) / 4 * 4 : size;
            mrrci_buffer_clear(&out);
            int64_t fields = mrrc_explode(bytes, whole, &out);
            CHECK(fields == (fill == 0x1E ? (int64_t)(whole - 24) / 4
                             : size - 28 > 254 ? MRRC_ERR_ARGUMENT : 1));
            if (fields > 0)
                CHECK(walk_explode(bytes, whole, &walked) == fields && check_same(&out, &walked));
            mrrci_buffer_clear(&out);
            CHECK(mrrc_values(bytes, whole, &out) == (fill == 0x1E ? fields : 1));
        }
    mrrci_buffer_clear(&walked);
    mrrci_buffer_clear(&out);
}

/* Many small fields behind many small subfields: what takes the most room. */
static void test_crowds(void) {
    mrrc_buffer packed = {0}, out = {0}, walked = {0};
    for (size_t fields = 0; fields < 600; fields += 37)
        for (size_t subfields = 0; subfields < 254; subfields += 23) {
            packed.size = 0;
            check_put_text(&packed, LEADER);
            check_put_text(&packed, "\x1e" "245  ");
            for (size_t i = 0; i < subfields; i++)
                check_put_text(&packed, i % 3 == 0 ? "\x1f" : "\x1f" "a");
            for (size_t i = 0; i < fields; i++)
                check_put_text(&packed, i % 2 == 0 ? "\x1e" "001" : "\x1e" "245");
            check_put_text(&packed, "\x1e" "650\x1f" "bx");
            mrrci_buffer_clear(&out);
            CHECK(mrrc_explode(packed.data, packed.size, &out) == 2 + (int64_t)fields);
            CHECK(walk_explode(packed.data, packed.size, &walked) == 2 + (int64_t)fields);
            CHECK(check_same(&out, &walked));
        }
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&walked);
    mrrci_buffer_clear(&out);
}

static int run_layout(int64_t (*lay)(const uint8_t *, size_t, mrrc_buffer *)) {
    mrrc_buffer packed = {0}, out = {0};
    bool was = check_memory.all_after;
    size_t at = check_memory.fail_at;
    check_memory_recover();
    check_put_text(&packed, LEADER);
    for (int i = 0; i < 200; i++)
        check_put_text(&packed, "\x1e" "245  \x1f" "aValue\x1f" "b");
    check_memory_fail(at, was);
    int64_t status = lay(packed.data, packed.size, &out);
    CHECK(status == 200 || (status == MRRC_ERR_MEMORY && check_memory.failed && out.size == 0));
    check_memory_allow();
    CHECK(lay(packed.data, packed.size, &out) == 200 && out.size > 1000);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&out);
    return status < 0 ? (int)status : MRRC_OK;
}

static int run_explode(void) {
    return run_layout(mrrc_explode);
}

static int run_values(void) {
    return run_layout(mrrc_values);
}

int main(void) {
    test_known();
    test_against_model();
    test_white_space();
    test_limits();
    test_any_bytes();
    test_crowds();
    sweep(run_explode);
    sweep(run_values);
    return check_report();
}
