/* SPDX-License-Identifier: MIT
 *
 * Writing ISO 2709: the bytes, the lengths that a record and its fields may have, and which
 * field is named where one has more.
 */
#include "check_iso2709.h"

static int encode(const uint8_t *packed, size_t size, mrrc_buffer *out, mrrc_error *err) {
    return mrrci_iso2709_encode(packed, size, &(mrrci_how){.flags = 0}, out, err);
}

/* A packed record of one leader and fields of these body sizes. */
static void make_packed(mrrc_buffer *packed, const size_t *sizes, size_t count) {
    packed->size = 0;
    check_put_text(packed, "12345nam a2299999 i 4500");
    for (size_t i = 0; i < count; i++) {
        check_put_text(packed, i % 2 == 0 ? "\x1e" "500" : "\x1e" "650");
        for (size_t at = 0; at < sizes[i]; at++)
            check_put(packed, at < 4 ? &"  \x1f" "a"[at] : "v", 1);
    }
}

static void test_writing_limits(void) {
    static const struct {
        size_t sizes[12];
        size_t count;
        int status;
        uint32_t field;
        uint64_t found;
    } cases[] = {
        {{9998}, 1, MRRC_OK, 0, 0},
        {{9999}, 1, MRRC_ERR_FIELD_TOO_LONG, 0, 10000},
        {{10, 9999, 12000}, 3, MRRC_ERR_FIELD_TOO_LONG, 1, 10000},
        {{10, 50000}, 2, MRRC_ERR_FIELD_TOO_LONG, 1, 50001},
        /* 24 + 11 x 12 + 1 + the fields and a terminator each + 1 */
        {{9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9846, 2}, 11, MRRC_OK, 0, 99999},
        {{9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9847, 2}, 11,
         MRRC_ERR_RECORD_TOO_LONG, 0, 100000},
        {{9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998, 9998}, 12,
         MRRC_ERR_RECORD_TOO_LONG, 0, 24 + 12 * 12 + 1 + 12 * 9999 + 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer packed = {0}, out = {0};
        mrrc_error err = {0};
        make_packed(&packed, cases[i].sizes, cases[i].count);
        check_put_text(&out, "kept");
        int status = encode(packed.data, packed.size, &out, &err);
        CHECK_FOR(status == cases[i].status && err.code == status, "case %zu: %d", i, status);
        if (status == MRRC_OK) {
            CHECK(cases[i].found == 0 || out.size - 4 == cases[i].found);
            CHECK((size_t)number_at(out.data + 4, 5) == out.size - 4);
            CHECK(decode(out.data + 4, out.size - 4, 0) == MRRC_OK && seen.size == packed.size);
        } else {
            CHECK(check_holds(&out, "kept", 4) && err.found == cases[i].found);
            CHECK(err.field == cases[i].field);
            CHECK(strcmp((const char *)err.tag, status == MRRC_ERR_RECORD_TOO_LONG ? ""
                                                : cases[i].field % 2 == 0          ? "500"
                                                                                   : "650") == 0);
            CHECK(encode(packed.data, packed.size, &out, NULL) == status);
            /* the first fault stays */
            mrrc_error first = {.code = MRRC_ERR_IO, .system = 5, .offset = 9}, kept = first;
            CHECK(encode(packed.data, packed.size, &out, &first) == status);
            CHECK(memcmp(&first, &kept, sizeof kept) == 0);
        }
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }

    /* as many fields as a base address of five digits takes, and one more */
    for (size_t count = 6249; count <= 6250; count++) {
        mrrc_buffer packed = {0}, out = {0};
        check_put_text(&packed, "00000nam a2200000   4500");
        for (size_t i = 0; i < count; i++)
            check_put_text(&packed, "\x1e" "001abc");
        size_t length = 24 + 12 * count + 1 + 4 * count + 1; /* 100,010 and 100,026 */
        CHECK(length > 99999);
        CHECK(mrrc_record_encode(0, packed.data, packed.size, 0, &out, NULL) ==
              MRRC_ERR_RECORD_TOO_LONG);
        mrrci_buffer_clear(&packed);
        mrrci_buffer_clear(&out);
    }
}

static void test_writing(void) {
    static const struct {
        const char *packed;
        const char *written; /* or NULL, and */
        int status;
    } cases[] = {
        {"99999cam a2299999 i 4500\x1e" "001id\x1e" "24510\x1f" "aT",
         "00059cam a2200049 i 4500001000300000245000600003\x1e" "id\x1e" "10\x1f" "aT\x1e\x1d", 0},
        {"00000nam a2200000   4500", "00026nam a2200025   4500\x1e\x1d", 0},
        {"00000nam  2200000   4500\x1e" "CAT  ",
         "00041nam  2200037   4500CAT000300000\x1e  \x1e\x1d", 0},
        {"00000nam a2200000   4500\x1e" "245",
         "00039nam a2200037   4500245000100000\x1e\x1e\x1d", 0},
        {"00000nam a2200000   4500\x1e" "24\x80 x", NULL, MRRC_ERR_TAG_INVALID},
        {"00000nam a2200000   4500\x1e" "\xc3\xa9" "1x", NULL, MRRC_ERR_TAG_INVALID},
        {"00000nam a2200000   450", NULL, MRRC_ERR_PACKED_INVALID},
        {"", NULL, MRRC_ERR_PACKED_INVALID},
        {"00000nam a2200000   4500x", NULL, MRRC_ERR_PACKED_INVALID},
        {"00000nam a2200000   4500\x1e", NULL, MRRC_ERR_PACKED_INVALID},
        {"00000nam a2200000   4500\x1e" "001x\x1e" "24", NULL, MRRC_ERR_PACKED_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer out = {0};
        mrrc_error err = {0};
        size_t size = strlen(cases[i].packed);
        uint8_t *exact = check_copy(cases[i].packed, size);
        int status = encode(exact, size, &out, &err);
        CHECK_FOR(status == cases[i].status && err.code == status, "case %zu: %d", i, status);
        const char *text = cases[i].written == NULL ? "" : cases[i].written;
        CHECK_BYTES(out.data, out.size, text, strlen(text));
        free(exact);
        mrrci_buffer_clear(&out);
    }
    mrrc_error err = {0};
    mrrc_buffer out = {0};
    static const char bad_tag[] = "00000nam a2200000   4500\x1e" "001x\x1e" "2\xe9" "5  ";
    CHECK(mrrc_record_encode(0, (const uint8_t *)bad_tag, sizeof bad_tag - 1, 0, &out, &err) ==
          MRRC_ERR_TAG_INVALID);
    CHECK(err.field == 1 && memcmp(err.tag, "2\xe9" "5", 4) == 0);
    mrrci_buffer_clear(&out);
}

static samples sample;

static int run_encode(void) {
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    int status = encode(sample.packed.data, sample.packed.size, &out, &err);
    CHECK(err.code == status);
    CHECK(status == MRRC_OK ? check_same(&out, &sample.in_order) : out.size == 0);
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_writing_limits();
    test_writing();
    make_samples(&sample);
    sweep(run_encode);
    clear_samples(&sample);
    clear_rooms();
    return check_report();
}
