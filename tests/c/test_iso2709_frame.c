/* SPDX-License-Identifier: MIT
 *
 * Where records begin and end in damaged data, in each mode: bytes between records, lengths,
 * terminators, ends.  Then sources made to be slow, and records changed by chance.
 */
#include <time.h>

#include "check_damage.h"

/* what is not damaged ------------------------------------------------------ */

static void test_sound(void) {
    CHECK_SOUND(0, "");
    add_plain("id1");
    add_plain("id2");
    CHECK_SOUND(0, PLAIN(0, "id1") PLAIN(64, "id2"));
    ADD('a', NULL);
    CHECK_SOUND(0, "R0+26\n");
    /* what a reader does not need of a leader is not looked at */
    add_plain("id1");
    patch(17, "   ab  ");
    CHECK_SOUND(0, PLAIN(0, "id1"));
}

/* bytes between records ---------------------------------------------------- */

static void test_between(void) {
    add_plain("id1");
    ADD_BYTES("\n");
    add_plain("id2");
    ADD_BYTES("\r\n\0 \x1a");
    CHECK_MODES(PLAIN(0, "id1") "! -7 @64\n" PLAIN(65, "id2") "! -7 @129\n",
                PLAIN(0, "id1") "- -7 @64+1 =1\n" PLAIN(65, "id2") "- -7 @129+5 =1\n",
                PLAIN(0, "id1") "- -7 @64+1 =1\n" PLAIN(65, "id2") "- -7 @129+5 =1\n");
    ADD_BYTES("junk");
    add_plain("id1");
    ADD_BYTES(" x\x1d and \x1d\x1d");
    add_plain("id2");
    CHECK_MODES("! -7 @0\n" PLAIN(4, "id1") "! -7 @68\n" PLAIN(78, "id2"),
                "- -7 @0+4 =0\n" PLAIN(4, "id1") "- -7 @68+10 =0\n" PLAIN(78, "id2"),
                "- -7 @0+4 =0\n" PLAIN(4, "id1") "- -7 @68+10 =0\n" PLAIN(78, "id2"));
    /* one byte, and one that might be the first of a length */
    ADD_BYTES("7");
    add_plain("id1");
    ADD_BYTES("123");
    CHECK_MODES("! -7 @0\n" PLAIN(1, "id1") "! -7 @65\n",
                "- -7 @0+1 =0\n" PLAIN(1, "id1") "- -7 @65+3 =0\n",
                "- -7 @0+1 =0\n" PLAIN(1, "id1") "- -7 @65+3 =0\n");
    ADD_BYTES("no record at all");
    CHECK_MODES("! -7 @0\n", "- -7 @0+16 =0\n", "- -7 @0+16 =0\n");
    ADD_BYTES("\n\n");
    CHECK_MODES("! -7 @0\n", "- -7 @0+2 =1\n", "- -7 @0+2 =1\n");
    /* a record that is damaged itself begins behind white space, and behind a terminator */
    ADD_BYTES("\n");
    add_plain("id1");
    patch(1, "00099");
    ADD_BYTES("\n");
    add_plain("id2");
    CHECK_MODES("! -7 @0\n! -6 @1 record 1 1+99\n",
                "- -7 @0+1 =1\nX1+64 -6\n  -6 @1+64 =99\n- -7 @65+1 =1\n" PLAIN(66, "id2"),
                "- -7 @0+1 =1\n" PLAIN(1, "id1") "  -6 @1+5 =99\n- -7 @65+1 =1\n"
                PLAIN(66, "id2"));
    ADD_BYTES("x\x1d");
    add_plain("id1");
    patch(2, "00099");
    add_plain("id2");
    CHECK_MODES("! -7 @0\n! -6 @2 record 1 2+99\n",
                "- -7 @0+2 =0\nX2+64 -6\n  -6 @2+64 =99\n" PLAIN(66, "id2"),
                "- -7 @0+2 =0\n" PLAIN(2, "id1") "  -6 @2+5 =99\n" PLAIN(66, "id2"));
    /* one whose first entry is bad is known by its length */
    ADD_BYTES("\n");
    add_plain("id1");
    patch(1 + 24 + 3, "x");
    CHECK_MODES("! -7 @0\n! -101 @25 record 1 1+64 field 0 001\n",
                "- -7 @0+1 =1\nR1+64|24510$aTitle\n  -101 @25+12 =0 field 1 001\n"
                "  -101 @50+4 =1\n",
                "- -7 @0+1 =1\n" PLAIN(1, "id1") "  -101 @25+12 =0 field 1 001\n");
}

/* lengths ------------------------------------------------------------------ */

/* Three records, the second of which gets this length. */
static void three(const char *length) {
    add_plain("id1");
    add_plain("id2");
    patch(64, length);
    add_plain("id3");
}

static void test_lengths(void) {
    static const struct {
        const char *length;
        int code;
        unsigned long found;
    } wrong[] = {
        {"00065", -6, 65},    {"00063", -6, 63},  {"00040", -6, 40}, {"00026", -6, 26},
        {"00025", -1, 25},    {"00000", -1, 0},   {"00004", -1, 4},  {"00120", -6, 120},
        {"+0064", -1, 0},     {"abcde", -1, 0},   {"0064 ", -1, 0},  {"-0064", -1, 0},
        {"00128", -1, 128},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char strict[200], lenient[300], permissive[300];
        unsigned long known = wrong[i].found >= 26 ? wrong[i].found : 128;
        if (wrong[i].found == 128)
            known = 128;
        snprintf(strict, sizeof strict, PLAIN(0, "id1") "! %d @64 record 2 64+%lu\n",
                 wrong[i].code, known);
        snprintf(lenient, sizeof lenient,
                 PLAIN(0, "id1") "X64+64 %d\n  %d @64+64 =%lu\n" PLAIN(128, "id3"),
                 wrong[i].code, wrong[i].code, wrong[i].found);
        snprintf(permissive, sizeof permissive,
                 PLAIN(0, "id1") PLAIN(64, "id2") "  %d @64+5 =%lu\n" PLAIN(128, "id3"),
                 wrong[i].code, wrong[i].found);
        three(wrong[i].length);
        /* how much strict mode has seen of a record without a length is up to the source */
        if (wrong[i].found >= 26)
            check_mode(MRRC_READ_STRICT, strict, __FILE__, __LINE__, wrong[i].length);
        check_mode(MRRC_READ_LENIENT, lenient, __FILE__, __LINE__, wrong[i].length);
        check_mode(MRRC_READ_PERMISSIVE, permissive, __FILE__, __LINE__, wrong[i].length);
        source.size = 0;
    }
    three("   64");
    CHECK_MODES(PLAIN(0, "id1") "! -1 @64 record 2 64+64\n" PLAIN(128, "id3"),
                PLAIN(0, "id1") PLAIN(64, "id2") "  -1 @64+5 =64\n" PLAIN(128, "id3"),
                PLAIN(0, "id1") PLAIN(64, "id2") "  -1 @64+5 =64\n" PLAIN(128, "id3"));
    /* longer than the source: looked for all the same */
    three("09999");
    CHECK_MODES(PLAIN(0, "id1") "! -5 @64 record 2 64+128\n",
                PLAIN(0, "id1") "X64+64 -5\n  -5 @64+64 =9999\n" PLAIN(128, "id3"),
                PLAIN(0, "id1") PLAIN(64, "id2") "  -5 @64+5 =9999\n" PLAIN(128, "id3"));
}

static void test_terminators(void) {
    three("00064");
    patch(127, " ");
    CHECK_MODES(PLAIN(0, "id1") "! -6 @64 record 2 64+64\n",
                PLAIN(0, "id1") "X64+64 -6\n  -6 @64+64 =64\n" PLAIN(128, "id3"),
                PLAIN(0, "id1") PLAIN(64, "id2") "  -6 @64+5 =64\n  -101 @127+1 =1\n"
                PLAIN(128, "id3"));
    /* a record without its end, and whole ones behind it */
    three("00064");
    cut(64 + 57, 7);
    CHECK_MODES(PLAIN(0, "id1") "! -6 @64 record 2 64+64\n",
                PLAIN(0, "id1") "X64+57 -6\n  -6 @64+57 =64\n" PLAIN(121, "id3"),
                PLAIN(0, "id1") "R64+57|001id2|24510$a\n  -6 @64+5 =64\n"
                "  -106 @100+12 =10 field 2 245\n" PLAIN(121, "id3"));
}

/* What is left of a record at the end of the source, cut at every byte: its directory ends at
 * 49, its first field at 53. */
static void test_truncated(void) {
    enum { DIRECTORY = 49, FIRST = 53, WHOLE = 64 };
    static const char no_end[] = "  -106 @100+12 =10 field 2 245\n";
    for (int left = 5; left < WHOLE; left++) {
        char strict[200], lenient[300], permissive[400];
        snprintf(strict, sizeof strict, PLAIN(0, "id1") "! -5 @64 record 2 64+%d\n", left);
        snprintf(lenient, sizeof lenient, PLAIN(0, "id1") "X64+%d -5\n  -5 @64+%d =64\n", left,
                 left);
        int size = snprintf(permissive, sizeof permissive, PLAIN(0, "id1"));
        char *to = permissive + size;
        size_t room = sizeof permissive - (size_t)size;
        if (left < 36)
            snprintf(to, room, "- -5 @64+%d =64\n", left);
        else if (left <= DIRECTORY)
            snprintf(to, room, "- %d @64+%d =0\n", left < DIRECTORY ? -4 : -101, left);
        else if (left < FIRST)
            snprintf(to, room, "R64+%d|001%.*s\n  -5 @64+5 =64\n  -106 @88+12 =4 field 1 001\n%s",
                     left, left - DIRECTORY, "id2", no_end);
        else if (left == FIRST)
            snprintf(to, room, "R64+53|001id2\n  -5 @64+5 =64\n%s", no_end);
        else if (left == FIRST + 1)
            snprintf(to, room, "R64+54|001id2|2451 \n  -5 @64+5 =64\n%s%s", no_end,
                     "  -201 @117+1 =1 field 2 245 ind2\n");
        else if (left == FIRST + 3)
            snprintf(to, room, "R64+56|001id2|24510\n  -5 @64+5 =64\n%s%s", no_end,
                     "  -202 @119+1 =1 field 2 245\n");
        else
            snprintf(to, room, "R64+%d|001id2|245%.*s\n  -5 @64+5 =64\n%s", left,
                     left - FIRST, "10$aTitle", left < WHOLE - 1 ? no_end : "");
        add_plain("id1");
        add_plain("id2");
        source.size = 64 + (size_t)left;
        CHECK_MODES(strict, lenient, permissive);
    }
}

/* After strict mode has lost its way nothing comes, but a seek begins anew. */
static void test_strict_end(void) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    three("00070");
    mrrc_reader *reader = mrrc_reader_new(0);
    mrrc_reader_open_memory(reader, source.data, source.size);
    CHECK(mrrc_reader_next(reader, MRRC_READ_STRICT, &view, &err) == MRRC_OK && view.count == 1);
    CHECK(mrrc_reader_next(reader, MRRC_READ_STRICT, &view, &err) ==
          MRRC_ERR_TERMINATOR_MISSING);
    CHECK(err.record == 2 && err.offset == 64 && err.found == 70 && err.seen_size == 24);
    CHECK(mrrc_reader_next(reader, MRRC_READ_STRICT, &view, &err) == MRRC_END);
    CHECK(mrrc_reader_seek(reader, 128, NULL) == MRRC_OK);
    CHECK(mrrc_reader_next(reader, MRRC_READ_STRICT, &view, &err) == MRRC_OK && view.count == 1);
    mrrc_reader_free(reader);
    source.size = 0;
}

/* Records over 99,999 bytes, whose length cannot be said. */
static void test_long(void) {
    enum { FIELDS = 15, BODY = 9000 };
    static char body[BODY + 1];
    static check_record record;
    mrrc_buffer seen = {0};
    memset(body, 'b', BODY);
    memcpy(body, "  \x1f" "a", 4);
    check_record_begin(&record, 'a');
    for (int i = 0; i < FIELDS; i++)
        check_record_add(&record, "500", body);
    check_lay_out(&record);
    for (int i = 0; i < FIELDS; i++)
        record.fields[i].start %= 100000;
    add_plain("id1");
    size_t begin = source.size;
    mrrc_buffer one = {0};
    check_record_write(&record, &one);
    size_t whole = one.size; /* the length has six digits, of which the last stand in the leader */
    char digits[16];
    snprintf(digits, sizeof digits, "%05zu", whole % 100000);
    memcpy(one.data, digits, 5);
    memcpy(one.data + 5, record.leader + 5, 7);
    check_set_five(one.data + 12, MRRCI_LEADER_SIZE + FIELDS * MRRCI_ENTRY_SIZE + 1);
    check_put(&source, one.data, one.size);
    add_plain("id3");
    recovery_outcome(source.data, source.size, MRRC_READ_PERMISSIVE, 0, &seen);
    size_t fields = 0;
    for (size_t i = 0; i + 4 < seen.size; i++)
        fields += memcmp(seen.data + i, "|500", 4) == 0;
    CHECK_EQ_INT(fields, FIELDS);
    recovery_outcome(source.data, source.size, MRRC_READ_LENIENT, 1000, &seen);
    char wanted[300];
    snprintf(wanted, sizeof wanted,
             PLAIN(0, "id1") "X%zu+%zu -6\n  -6 @%zu+%zu =%zu\nR%zu+64|001id3|24510$aTitle\n", begin,
             whole, begin, whole, whole % 100000, begin + whole);
    CHECK_BYTES(seen.data, seen.size, wanted, strlen(wanted));
    /* and over 16 MiB: refused, and what follows is read */
    source.size = begin;
    check_put(&source, one.data, 1000);
    while (source.size < begin + MRRCI_RECORD_READ_MAX + 5000)
        check_put(&source, body, BODY);
    size_t end = source.size;
    add_plain("id3");
    recovery_outcome(source.data, source.size, MRRC_READ_PERMISSIVE, 1 << 20, &seen);
    snprintf(wanted, sizeof wanted,
             PLAIN(0, "id1") "- -401 @%zu+%zu =%zu\n- -7 @%zu+%zu =0\nR%zu+64|001id3|24510$aTitle\n",
             begin, MRRCI_RECORD_READ_MAX, whole % 100000, begin + MRRCI_RECORD_READ_MAX,
             end - begin - MRRCI_RECORD_READ_MAX, end);
    CHECK_BYTES(seen.data, seen.size, wanted, strlen(wanted));
    mrrci_buffer_clear(&seen);
    mrrci_buffer_clear(&one);
    source.size = 0;
}

/* sources made to be slow -------------------------------------------------- */

static double seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

/* Twice the bytes take about twice the time; nothing quadratic passes. */
static void check_linear(const char *piece, size_t piece_size, size_t size, uint32_t flags,
                         size_t feed) {
    double took[2] = {0};
    for (int round = 0; round < 2; round++, size *= 4) {
        source.size = 0;
        while (source.size < size)
            add_bytes(piece, piece_size);
        recovery_state state = {.data = source.data, .size = source.size, .flags = flags};
        double begin = seconds();
        recovery_read(&state, feed);
        took[round] = seconds() - begin;
    }
    CHECK_FOR(took[1] < 0.1 + 12 * took[0], "%.20s: %.3f and %.3f seconds", piece, took[0],
              took[1]);
    source.size = 0;
}

static void test_hostile(void) {
    static const struct {
        const char *piece;
        size_t size;
    } pieces[] = {
        {"\x1d", 1},
        {"\x1e", 1},
        {"1", 1},
        {"12345", 5},
        {"00500nam a2200037   4500", 24},
        {"00500nam a2200037   4500245000500000", 36},
        {"99999nam a2299997   4500245000500000", 36},
        {"00500nam a2200037   4500245000500000\x1d", 37},
        {"00037nam a2200037   4500245000500000\x1d", 37},
        {"00026nam a2200025   4500\x1e\x1d", 26},
        {"00026nam a2200025   4500\x1e\x1d\n", 27},
        {"00040nam a2200037   4500245000200000\x1e" "10\x1d", 40},
        {"\n", 1},
        {"junk\x1d", 5},
        {"\xff\x1f\x1f\x1e", 4},
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        for (uint32_t flags = MRRC_READ_STRICT; flags <= MRRC_READ_PERMISSIVE; flags *= 2) {
            check_linear(pieces[i].piece, pieces[i].size, 100000, flags, 0);
            check_linear(pieces[i].piece, pieces[i].size, 20000, flags, 1);
        }
}

/* A directory whose entries all name as much as they can. */
static void test_claims(void) {
    enum { ENTRIES = 7000 };
    mrrc_buffer seen = {0};
    size_t base = MRRCI_LEADER_SIZE + ENTRIES * MRRCI_ENTRY_SIZE + 1;
    ADD_BYTES("99999nam a2200000   4500");
    for (int i = 0; i < ENTRIES; i++)
        ADD_BYTES("500999900000");
    ADD_BYTES("\x1e");
    while (source.size < base + 9998)
        ADD_BYTES("\x1e");
    while (source.size < 99998)
        ADD_BYTES("\x1e");
    ADD_BYTES("\x1d");
    check_set_five(source.data + 12, base);
    double begin = seconds();
    recovery_outcome(source.data, source.size, MRRC_READ_LENIENT, 0, &seen);
    recovery_outcome(source.data, source.size, MRRC_READ_PERMISSIVE, 0, &seen);
    CHECK(seconds() - begin < 5);
    /* text in all of them is more than a record may have */
    memset(source.data + base, 'x', 9998);
    memcpy(source.data + base, "  \x1f" "a", 4);
    recovery_outcome(source.data, source.size, MRRC_READ_PERMISSIVE, 0, &seen);
    CHECK_BUFFER(seen, "- -401 @0+99999 =0\n");
    CHECK(seconds() - begin < 10);
    mrrci_buffer_clear(&seen);
    source.size = 0;
}

/* chance ------------------------------------------------------------------- */

static void make_good(void) {
    source.size = 0;
    add_plain("id1");
    ADD('a', "001", "x", "008", "      s", "100", "1 \x1f" "aN\xc3\xa4me\x1f" "d1900-", "245",
        "10\x1f" "aTitle :\x1f" "bmore /\x1f" "cN.", "650", " 0\x1f" "aSubject");
    ADD(' ', "001", "y", "245", "00\x1f" "aMARC-8 \xe2" "e \x1b$1!0!\x1b(B", "880",
        "1 \x1f" "6245-01\x1f" "a\x1b(NABC\x1b(B");
    add_plain("id4");
}

static void test_chance(void) {
    enum { MUTANTS = 200000 };
    static const uint32_t modes[] = {MRRC_READ_STRICT, MRRC_READ_LENIENT, MRRC_READ_PERMISSIVE};
    static const uint32_t codings[] = {0, 0, MRRC_READ_DETECT, MRRC_READ_MARC8, MRRC_READ_UNIMARC,
                                       MRRC_READ_RAW, MRRC_READ_FORCE_UTF8, MRRC_READ_FOREIGN};
    static const uint8_t often[] = {0x1D, 0x1E, 0x1F, '0', '9', ' ', 0xC3, 0xFF, 0x1B, 0, '\n'};
    mrrc_buffer wanted = {0}, seen = {0}, good = {0};
    uint64_t state = 0x5EED;
    make_good();
    check_put(&good, source.data, source.size);
    for (int i = 0; i < MUTANTS; i++) {
        source.size = 0;
        check_put(&source, good.data, good.size);
        for (uint32_t n = 1 + check_random(&state, 4); n > 0 && source.size > 2; n--) {
            uint32_t at = check_random(&state, (uint32_t)source.size - 1);
            uint32_t size = 1 + check_random(&state, 30);
            size = at + size > source.size ? (uint32_t)source.size - at : size;
            switch (check_random(&state, 6)) {
            case 0:
                cut(at, size);
                break;
            case 1:
                add_bytes("", 1);
                memmove(source.data + at + 1, source.data + at, source.size - 1 - at);
                source.data[at] = often[check_random(&state, sizeof often)];
                break;
            case 2:
                source.data[at] = (uint8_t)check_random(&state, 256);
                break;
            case 3:
                source.data[at] = (uint8_t)('0' + check_random(&state, 10));
                break;
            case 4:
                if (check_random(&state, 4) == 0)
                    source.size = at + 1;
                break;
            default:
                source.data[at] = often[check_random(&state, sizeof often)];
            }
        }
        uint32_t flags = modes[check_random(&state, 3)] | codings[check_random(&state, 8)];
        recovery_state all = {.data = source.data, .size = source.size, .flags = flags};
        bool both = i % 8 == 0;
        if (both)
            all.to = &wanted;
        recovery_read(&all, 0);
        if (!both)
            continue;
        size_t feed = 1 + check_random(&state, 40);
        if (!(flags & MRRC_READ_STRICT)) {
            recovery_outcome(source.data, source.size, flags, feed, &seen);
            if (!CHECK(check_same(&seen, &wanted))) {
                check_show("source ", source.data, source.size);
                fprintf(stderr, "    flags %u, feed %zu\n", flags, feed);
                size_t same = 0;
                while (same < seen.size && same < wanted.size &&
                       seen.data[same] == wanted.data[same])
                    same++;
                same = same > 40 ? same - 40 : 0;
                check_show("whole  ", wanted.data + same, wanted.size - same);
                check_show("pieces ", seen.data + same, seen.size - same);
            }
        }
    }
    mrrci_buffer_clear(&wanted);
    mrrci_buffer_clear(&seen);
    mrrci_buffer_clear(&good);
    source.size = 0;
}

/* records told apart only --------------------------------------------------- */

/* Reads the source in one go; a letter for each record: f for one without bytes, P for one that
 * is packed, X for one that cannot be read.  Returns how many notes there are. */
static size_t told_apart(uint32_t flags, char *letters) {
    mrrc_batch_view view;
    mrrc_error err = {0};
    size_t notes = 0, at = 0;
    mrrc_reader *reader = mrrc_reader_new(0);
    CHECK(mrrc_reader_open_memory(reader, source.data, source.size) == MRRC_OK);
    while (mrrc_reader_next(reader, flags | MRRC_READ_FRAMES, &view, &err) == MRRC_OK) {
        for (size_t i = 0; i < view.count && at < 15; i++) {
            uint32_t begin = i == 0 ? 0 : view.ends[i - 1];
            letters[at++] = view.statuses[i] < 0 ? 'X' : view.ends[i] == begin ? 'f' : 'P';
        }
        notes += view.notes_count;
    }
    letters[at] = '\0';
    mrrc_reader_free(reader);
    return notes;
}

static void test_frames(void) {
    static const uint32_t with[] = {0, MRRC_READ_DETECT, MRRC_READ_FOREIGN};
    char letters[16];
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++) {
        add_plain("id1");
        ADD('a', "001", "a\xff"); /* its text is not looked at */
        ADD(' ', "001", "a\xc3\xa4");
        CHECK_EQ_INT(told_apart(MRRC_READ_LENIENT | with[i], letters), 0);
        CHECK(strcmp(letters, "fff") == 0);
        CHECK_EQ_INT(told_apart(MRRC_READ_PERMISSIVE | with[i], letters), 0);
        CHECK(strcmp(letters, "fff") == 0);
        /* what is amiss in leader, directory and frame is found */
        size_t begin = add_plain("id2");
        patch(begin + 24, "\x01");
        begin = add_plain("id3");
        patch(begin + 10, "00");
        ADD_BYTES("\n");
        add_plain("id4");
        begin = add_plain("id5");
        patch(begin, "00070");
        add_plain("id6");
        CHECK(told_apart(MRRC_READ_LENIENT | with[i], letters) >= 3);
        CHECK(strcmp(letters, "fffPPfXf") == 0);
        CHECK(told_apart(MRRC_READ_PERMISSIVE | with[i], letters) >= 3);
        CHECK(strcmp(letters, "fffPPfPf") == 0);
        source.size = 0;
    }
    /* strict mode has something to say of text */
    add_plain("id1");
    CHECK_EQ_INT(told_apart(MRRC_READ_STRICT, letters), 0);
    CHECK(strcmp(letters, "P") == 0);
    source.size = 0;
}

/* memory ------------------------------------------------------------------- */

static void test_memory(void) {
    ADD_BYTES("junk ");
    add_plain("id1");
    ADD_BYTES("\n");
    three("00070");
    ADD('a', "001", "a\xff", "245", "1\x1f\xe9value\x1f", "500", "  \x1f" "a\xe2\x82");
    ADD(' ', "245", "10\x1f" "a\xe2\xff");
    add_plain("id9");
    source.size -= 10;
    for (uint32_t flags = MRRC_READ_STRICT; flags <= MRRC_READ_PERMISSIVE; flags *= 2) {
        uint32_t with = flags | MRRC_READ_DETECT;
        check_memory_sweep(recovery_without_memory, &flags);
        check_memory_sweep(recovery_without_memory, &with);
    }
    source.size = 0;
}

int main(void) {
    test_sound();
    test_between();
    test_lengths();
    test_terminators();
    test_truncated();
    test_strict_end();
    test_long();
    test_hostile();
    test_claims();
    test_frames();
    test_memory();
    test_chance();
    mrrci_buffer_clear(&source);
    return check_report();
}
