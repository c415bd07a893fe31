/* SPDX-License-Identifier: MIT
 *
 * A packed record in MARC-8: leader/09, what becomes of each value, where 066
 * stands and what it says, and the field that cannot be written.  Which bytes a
 * character becomes is for the tests of MARC-8 itself.
 */
#include "check.h"
#include "conversion.h"
#include "formats.h"
#include "marc8.h"

#define LEADER_UTF8 "00000nam a2200000   4500"
#define LEADER_MARC8 "00000nam  2200000   4500"

static void converts(const char *packed, const char *expected, int line) {
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    uint8_t *exact = check_copy(packed, strlen(packed));
    int status = mrrci_marc8_record(exact, strlen(packed), MRRC_WRITE_MARC8, &out, &err);
    check_int(status, MRRC_OK, __FILE__, line, packed);
    check_int(err.code, 0, __FILE__, line, packed);
    check_bytes(out.data, out.size, expected, strlen(expected), __FILE__, line, packed);
    free(exact);
    mrrci_buffer_clear(&out);
}

#define CONVERTS(fields, expected) \
    converts(LEADER_UTF8 fields, LEADER_MARC8 expected, __LINE__)

static void test_text(void) {
    CONVERTS("", "");
    CONVERTS("\x1e" "001id\x1e" "24510\x1f" "aTitle", "\x1e" "001id\x1e" "24510\x1f" "aTitle");
    CONVERTS("\x1e" "245", "\x1e" "245");
    CONVERTS("\x1e" "500  ", "\x1e" "500  ");
    CONVERTS("\x1e" "500  \x1f" "a\x1f" "b", "\x1e" "500  \x1f" "a\x1f" "b");
    /* ANSEL is always there: it is not for 066 to say */
    CONVERTS("\x1e" "24510\x1f" "a\u00e9t\u00e9\x1f" "b\u00f8",
             "\x1e" "24510\x1f" "a\xe2" "et\xe2" "e\x1f" "b\xb2");
    CONVERTS("\x1e" "001\u00f8", "\x1e" "001\xb2");
    /* each value begins and ends in the standard sets */
    CONVERTS("\x1e" "880  \x1f" "a\u0445\x1f" "b\u0445",
             "\x1e" "066  \x1f" "c(N\x1e" "880  \x1f" "a\x1b(NH\x1b(B\x1f" "b\x1b(NH\x1b(B");
    converts(LEADER_MARC8 "\x1e" "24510\x1f" "aT", LEADER_MARC8 "\x1e" "24510\x1f" "aT", __LINE__);
}

static void test_066(void) {
    /* in order of tags, before the first that is greater; else at the end */
    CONVERTS("\x1e" "001x\x1e" "100  \x1f" "aA\x1e" "245  \x1f" "a\u0445",
             "\x1e" "001x\x1e" "066  \x1f" "c(N\x1e" "100  \x1f" "aA\x1e" "245  \x1f"
             "a\x1b(NH\x1b(B");
    CONVERTS("\x1e" "008\u0445", "\x1e" "008\x1b(NH\x1b(B\x1e" "066  \x1f" "c(N");
    CONVERTS("\x1e" "065  \x1f" "a\u0445", "\x1e" "065  \x1f" "a\x1b(NH\x1b(B\x1e" "066  \x1f" "c(N");
    CONVERTS("\x1e" "067  \x1f" "a\u0445", "\x1e" "066  \x1f" "c(N\x1e" "067  \x1f" "a\x1b(NH\x1b(B");
    CONVERTS("\x1e" "245  \x1f" "a\u0445\x1e" "001x",
             "\x1e" "066  \x1f" "c(N\x1e" "245  \x1f" "a\x1b(NH\x1b(B\x1e" "001x");
    /* what an older 066 says is not true any more */
    CONVERTS("\x1e" "066  \x1f" "c$1\x1e" "245  \x1f" "aT", "\x1e" "245  \x1f" "aT");
    CONVERTS("\x1e" "001x\x1e" "066  \x1f" "c$1\x1e" "066  \x1f" "c(3\x1e" "245  \x1f" "a\u0445",
             "\x1e" "001x\x1e" "066  \x1f" "c(N\x1e" "245  \x1f" "a\x1b(NH\x1b(B");
    CONVERTS("\x1e" "245  \x1f" "aT\x1e" "066  \x1f" "c$1", "\x1e" "245  \x1f" "aT");

    /* several sets: each named once, whatever their order */
    mrrc_buffer out = {0};
    static const char packed[] = LEADER_UTF8 "\x1e" "245  \x1f" "a\u0445\u4e00\x1f" "b\u4e00\u0445";
    CHECK(mrrci_marc8_record((const uint8_t *)packed, sizeof packed - 1, MRRC_WRITE_MARC8, &out,
                             NULL) == MRRC_OK);
    CHECK(out.size > 38 && (memcmp(out.data + 24, "\x1e" "066  \x1f" "c(N\x1f" "c$1\x1e", 15) == 0 ||
                            memcmp(out.data + 24, "\x1e" "066  \x1f" "c$1\x1f" "c(N\x1e", 15) == 0));
    mrrci_buffer_clear(&out);
}

static void test_appends(void) {
    static const char packed[] = LEADER_UTF8 "\x1e" "245  \x1f" "a\u0445";
    mrrc_buffer out = {0};
    check_put_text(&out, "before");
    CHECK(mrrci_marc8_record((const uint8_t *)packed, sizeof packed - 1, MRRC_WRITE_MARC8, &out,
                             NULL) == MRRC_OK);
    CHECK_BUFFER(out, "before" LEADER_MARC8 "\x1e" "066  \x1f" "c(N\x1e" "245  \x1f" "a\x1b(NH\x1b(B");
    mrrci_buffer_clear(&out);
}

static void test_faults(void) {
    static const struct {
        const char *packed;
        int status;
        const char *tag;
        uint32_t field;
        uint64_t found;
    } cases[] = {
        {LEADER_UTF8 "\x1e" "001x\x1e" "245  \x1f" "aok\x1f" "b\U0001f600",
         MRRC_ERR_CHARACTER_UNMAPPED, "245", 1, 0x1F600},
        {LEADER_UTF8 "\x1e" "008\U0001f600", MRRC_ERR_CHARACTER_UNMAPPED, "008", 0, 0x1F600},
        {LEADER_UTF8 "\x1e" "066  \x1f" "c(N\x1e" "500  \x1f" "a\u0970",
         MRRC_ERR_CHARACTER_UNMAPPED, "500", 1, 0x970},
        {LEADER_UTF8 "\x1e" "001x\x1e" "002y\x1e" "700  \x1f" "a\xff", MRRC_ERR_TEXT_INVALID, "700",
         2, 0},
        {LEADER_UTF8 "\x1e" "001\xe2\x82", MRRC_ERR_TEXT_INVALID, "001", 0, 0},
        {"00000nam", MRRC_ERR_PACKED_INVALID, "", 0, 0},
        {LEADER_UTF8 "junk", MRRC_ERR_PACKED_INVALID, "", 0, 0},
        {LEADER_UTF8 "\x1e" "001x\x1e" "24", MRRC_ERR_PACKED_INVALID, "", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_buffer out = {0};
        mrrc_error err = {0};
        size_t size = strlen(cases[i].packed);
        uint8_t *exact = check_copy(cases[i].packed, size);
        CHECK_EQ_INT(mrrci_marc8_record(exact, size, MRRC_WRITE_MARC8, &out, &err),
                     cases[i].status);
        CHECK_EQ_INT(err.code, cases[i].status);
        CHECK_FOR(strcmp((const char *)err.tag, cases[i].tag) == 0, "case %zu: %s", i, err.tag);
        CHECK_EQ_INT(err.field, cases[i].field);
        CHECK_EQ_INT(err.found, cases[i].found);
        CHECK_EQ_INT(mrrci_marc8_record(exact, size, MRRC_WRITE_MARC8, &out, NULL),
                     cases[i].status);

        /* through the format nothing of the record is left */
        out.size = 0;
        check_put_text(&out, "kept");
        CHECK_EQ_INT(mrrci_iso2709_encode(exact, size, &(mrrci_how){.flags = MRRC_WRITE_MARC8}, &out, NULL),
                     cases[i].status);
        CHECK_BUFFER(out, "kept");
        mrrci_buffer_clear(&out);

        /* the first fault stays, whole */
        mrrc_error first = {.code = MRRC_ERR_IO, .system = 5, .offset = 9, .found = 7, .field = 3};
        mrrc_error kept = first;
        (void)mrrci_marc8_record(exact, size, MRRC_WRITE_MARC8, &out, &first);
        CHECK_FOR(memcmp(&first, &kept, sizeof kept) == 0, "case %zu", i);
        mrrci_buffer_clear(&out);
        free(exact);
    }
}

static void test_unmapped(void) {
    static const char packed[] = LEADER_UTF8 "\x1e" "245  \x1f" "aa\U0001f600b";
    mrrc_buffer out = {0};
    CHECK(mrrci_marc8_record((const uint8_t *)packed, sizeof packed - 1,
                             MRRC_WRITE_MARC8 | MRRC_WRITE_UNMAPPED_NCR, &out, NULL) == MRRC_OK);
    CHECK_BUFFER(out, LEADER_MARC8 "\x1e" "245  \x1f" "aa&#x1F600;b");
    out.size = 0;
    CHECK(mrrci_marc8_record((const uint8_t *)packed, sizeof packed - 1,
                             MRRC_WRITE_MARC8 | MRRC_WRITE_UNMAPPED_REPLACE, &out, NULL) ==
          MRRC_OK);
    CHECK_BUFFER(out, LEADER_MARC8 "\x1e" "245  \x1f" "aa?b");
    mrrci_buffer_clear(&out);
}

/* Written and read again, a record is what it was, but for 066 and leader/09. */
static void test_there_and_back(void) {
    static const char packed[] = LEADER_UTF8 "\x1e" "001id\x1e" "24510\x1f" "a\u00c9t\u00e9 \u0445\u044b"
                                             "\x1f" "b\u4e00 \u4e01.";
    mrrc_buffer written = {0}, out = {0};
    CHECK(mrrc_record_encode(mrrc_format_find("marc"), (const uint8_t *)packed, sizeof packed - 1,
                             MRRC_WRITE_MARC8, &written, NULL) == MRRC_OK);
    uint8_t *exact = check_copy(written.data, written.size);
    CHECK(mrrc_record_decode(exact, written.size, 0, &out) == MRRC_OK);
    const uint8_t *at = out.data + MRRCI_LEADER_SIZE;
    CHECK(out.data[9] == ' ' && memcmp(at, "\x1e" "001id\x1e" "066  ", 12) == 0);
    size_t tail = sizeof packed - 1 - 30;
    CHECK(out.size > tail && memcmp(out.data + out.size - tail, packed + 30, tail) == 0);
    free(exact);
    mrrci_buffer_clear(&written);
    mrrci_buffer_clear(&out);
}

static int run(void) {
    static const char packed[] =
        LEADER_UTF8 "\x1e" "001id\x1e" "24510\x1f" "a\u00c9t\u00e9 \u0445\u044b, and so much more that it "
        "takes all the room there was at first\x1f" "b\u4e00 \u4e01 and even more, so that the first "
        "two hundred and fifty-six bytes are not enough\x1e" "500  \x1f" "aThe end \u03b1\u03b2\u03b3, "
        "which is a long one too, and closes with nothing but a full stop.";
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    int status =
        mrrci_marc8_record((const uint8_t *)packed, sizeof packed - 1, MRRC_WRITE_MARC8, &out, &err);
    CHECK_EQ_INT(err.code, status);
    CHECK(status == MRRC_OK || status == MRRC_ERR_MEMORY);
    if (status == MRRC_OK)
        CHECK(!check_memory.failed && memcmp(out.data + 24, "\x1e" "001id\x1e" "066  ", 12) == 0);
    mrrci_buffer_clear(&out);
    return status;
}

static int run_encode(void) {
    static const char packed[] = LEADER_UTF8 "\x1e" "24510\x1f" "a\u00c9t\u00e9 \u0445\u044b \u4e00";
    mrrc_buffer out = {0};
    mrrc_error err = {0};
    const mrrci_how how = {.flags = MRRC_WRITE_MARC8};
    int status = mrrci_iso2709_encode((const uint8_t *)packed, sizeof packed - 1, &how,
                                      &out, &err);
    CHECK_EQ_INT(err.code, status);
    CHECK(status == MRRC_OK ? !check_memory.failed : out.size == 0);
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_text();
    test_066();
    test_appends();
    test_faults();
    test_unmapped();
    test_there_and_back();
    sweep(run);
    sweep(run_encode);
    return check_report();
}
