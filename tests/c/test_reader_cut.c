/* SPDX-License-Identifier: MIT
 *
 * A source cut into pieces: read one after another they give what one reader alone gives of it,
 * whatever the mode, the size of the pieces, the kind of source and the damage.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "check_ahead.h"

enum { PIECES = 3 };

static const uint32_t modes[] = {
    0,
    MRRC_READ_STRICT,
    MRRC_READ_LENIENT,
    MRRC_READ_PERMISSIVE,
    MRRC_READ_DETECT,
    MRRC_READ_LENIENT | MRRC_READ_DETECT,
    MRRC_READ_RAW,
    MRRC_READ_LENIENT | MRRC_READ_FOREIGN,
    MRRC_READ_PERMISSIVE | MRRC_READ_FRAMES,
    MRRC_READ_STRICT | MRRC_READ_FORCE_UTF8,
    MRRC_READ_FOREIGN,
    MRRC_READ_MARC8,
};

/* Reads a piece to its end.  Returns 0 or MRRC_ERR_MEMORY. */
static int read_piece(ahead_source *source, mrrc_reader *piece, uint32_t flags,
                      ahead_outcome *outcome) {
    mrrc_batch_view view;
    int status = MRRC_OK;
    while (status != MRRC_END && status != MRRC_ERR_MEMORY) {
        mrrc_error err = {0};
        status = mrrc_reader_next(piece, flags, &view, &err);
        if (status == MRRC_OK)
            ahead_batch(outcome, piece, &view, source->data);
        else if (status == MRRC_ERR_MEMORY)
            CHECK(check_memory.failed);
        else if (status < 0)
            ahead_fault(outcome, status, &err);
    }
    return status == MRRC_END ? MRRC_OK : status;
}

/* What the pieces give.  `most` is the bytes of the greatest that was cut. */
static void cut_up(ahead_source *source, uint32_t flags, size_t block, ahead_outcome *outcome,
                   size_t *most) {
    mrrc_reader *reader = ahead_open(source), *pieces[PIECES] = {0};
    int status = reader == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    ahead_begin(outcome);
    for (size_t i = 0; status == MRRC_OK && i < PIECES; i++)
        status = (pieces[i] = mrrci_reader_like(reader)) == NULL ? MRRC_ERR_MEMORY : MRRC_OK;
    for (size_t turn = 0; status != MRRC_END && status != MRRC_ERR_MEMORY;) {
        mrrc_error err = {0};
        const uint8_t *from;
        mrrc_reader *piece = pieces[turn % PIECES];
        status = mrrci_reader_cut(reader, flags, block, piece, &err);
        if (status < 0 ? err.code != status : err.code != 0)
            CHECK(!"the fault is told in both ways");
        if (status == MRRC_MORE) {
            size_t size = ahead_feed(source, &from);
            if (mrrc_reader_feed(reader, from, size) < 0) {
                CHECK(check_memory.failed);
                break;
            }
        } else if (status == MRRC_OK) {
            size_t size = mrrci_source_size(&piece->source) - piece->source.at;
            *most = !piece->filled && size > *most ? size : *most;
            status = read_piece(source, piece, flags, outcome);
            turn++;
        } else if (status < 0 && status != MRRC_ERR_MEMORY) {
            ahead_fault(outcome, status, &err);
            if (status > MRRC_FATAL)
                status = read_piece(source, piece, flags, outcome);
        }
    }
    for (size_t i = 0; i < PIECES; i++)
        mrrc_reader_free(pieces[i]);
    mrrc_reader_free(reader);
}

static char path[] = "/tmp/mrrc-cut-XXXXXX";

/* Whether both ways give the same. */
static bool is_same(ahead_source *source, uint32_t flags, size_t block, size_t *most) {
    static ahead_outcome alone, pieces;
    ahead_alone(source, flags, &alone);
    *most = 0;
    cut_up(source, flags, block, &pieces, most);
    bool same = ahead_same(&alone, &pieces);
    if (!same && check_failed < 4)
        CHECK_BYTES(pieces.text.data, pieces.text.size, alone.text.data, alone.text.size);
    ahead_clear(&alone);
    ahead_clear(&pieces);
    return same;
}

static void test_chance(int format, unsigned turns, size_t records, uint64_t chance) {
    static const size_t blocks[] = {1, 100, 1000, 5000, 65536};
    static const size_t feeds[] = {1, 7, 500, 30000};
    for (unsigned turn = 0; turn < turns; turn++) {
        mrrc_buffer data = {0};
        size_t most;
        uint64_t state = chance + turn * 7919;
        ahead_make(format, &state, 1 + check_random(&state, (uint32_t)records), &data);
        ahead_damage(&state, &data);
        mrrc_filter *filter = ahead_filter(ahead_filters[check_random(&state, 5)]);
        ahead_source source = {.format = format,
                               .kind = check_random(&state, AHEAD_KINDS),
                               .data = &data,
                               .filter = filter,
                               .path = ahead_write(path, &data),
                               .chance = state,
                               .feed = feeds[check_random(&state, 4)]};
        for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
            size_t block = blocks[check_random(&state, 5)];
            CHECK_FOR(is_same(&source, modes[i], block, &most),
                      "format %d, turn %u, mode %u, kind %u, block %zu, feeds of %zu, %zu bytes",
                      format, turn, modes[i], source.kind, block, source.feed, data.size);
        }
        mrrc_filter_free(filter);
        mrrci_buffer_clear(&data);
    }
}

/* Sound records go as bytes, in pieces of about the size wanted. */
static void test_sizes(void) {
    static const size_t blocks[] = {1, 4096, 65536};
    enum { GREATEST = 9000 };
    mrrc_buffer data = {0};
    uint64_t state = 99;
    size_t most;
    ahead_make_marc(&state, 900, &data);
    for (int kind = 0; kind < AHEAD_KINDS; kind++)
        for (size_t i = 0; i < 3; i++) {
            ahead_source source = {.kind = (ahead_kind)kind,
                                   .data = &data,
                                   .path = ahead_write(path, &data),
                                   .chance = 5,
                                   .feed = 20000};
            CHECK(is_same(&source, 0, blocks[i], &most));
            CHECK_FOR(most > 0 && most < blocks[i] + GREATEST, "%zu", most);
            CHECK(kind == AHEAD_FEED || most >= blocks[i] || blocks[i] > data.size);
        }
    mrrci_buffer_clear(&data);
}

/* Nothing, less than a record, and no source at all. */
static void test_nothing(void) {
    static const char *const texts[] = {"", " ", "0", "00026", "\x1d", "\n\n", "<", "99999"};
    size_t most;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int format = 0; mrrci_format_at(format) != NULL; format++)
            for (int kind = 0; mrrci_format_at(format)->decode != NULL && kind < AHEAD_KINDS; kind++) {
                mrrc_buffer data = {0};
                check_put_text(&data, texts[i]);
                if (texts[i][0] == 0)
                    mrrci_buffer_clear(&data);
                ahead_source source = {.format = format,
                                       .kind = (ahead_kind)kind,
                                       .data = &data,
                                       .path = ahead_write(path, &data),
                                       .chance = 3,
                                       .feed = 2};
                for (size_t mode = 0; mode < 4; mode++)
                    CHECK_FOR(is_same(&source, modes[mode], 1000, &most), "text %zu, format %d",
                              i, format);
                mrrci_buffer_clear(&data);
            }
    mrrc_reader *reader = mrrc_reader_new(0), *piece = mrrci_reader_like(reader);
    mrrc_error err = {0};
    CHECK(mrrci_reader_cut(reader, 0, 1000, piece, &err) == MRRC_ERR_IO && err.system == EBADF);
    mrrc_reader_free(piece);
    mrrc_reader_free(reader);
}

/* Without memory there is a fault, and what came before it is right. */
static void cut_without_memory(void *context) {
    ahead_source source = *(ahead_source *)context;
    ahead_outcome whole = {0}, pieces = {0};
    size_t most = 0;
    size_t asked = check_memory.asked, fail_at = check_memory.fail_at;
    check_memory.fail_at = 0;
    ahead_alone(&source, MRRC_READ_LENIENT, &whole);
    /* what is written down has its room beforehand */
    mrrci_buffer_reserve(&pieces.text, 2 * whole.text.size);
    mrrci_buffer_reserve(&pieces.numbers, 2 * whole.numbers.size);
    check_memory.asked = asked;
    check_memory.fail_at = fail_at;
    cut_up(&source, MRRC_READ_LENIENT, 300, &pieces, &most);
    CHECK(check_memory.failed ? ahead_begins(&pieces, &whole) : ahead_same(&pieces, &whole));
    bool failed = check_memory.failed;
    ahead_clear(&whole);
    ahead_clear(&pieces);
    check_memory.failed = failed;
}

static void test_without_memory(void) {
    mrrc_buffer data = {0};
    uint64_t state = 4;
    ahead_make_marc(&state, 4, &data);
    check_put_text(&data, "junk\x1d");
    ahead_make_marc(&state, 4, &data);
    mrrc_filter *filter = ahead_filter("500?");
    for (int kind = 0; kind < AHEAD_KINDS; kind++)
        for (int filtered = 0; filtered < 2; filtered++) {
            ahead_source source = {.kind = (ahead_kind)kind,
                                   .data = &data,
                                   .filter = filtered ? filter : NULL,
                                   .path = ahead_write(path, &data),
                                   .chance = 3,
                                   .feed = 700};
            check_memory_sweep(cut_without_memory, &source);
        }
    mrrc_filter_free(filter);
    mrrci_buffer_clear(&data);
}

int main(void) {
    static const char *const others[] = {"marcxml", "marcjson", "jsonl", "mrk", "line", "aleph"};
    int file = mkstemp(path);
    if (file < 0 || close(file) != 0)
        abort();
    test_nothing();
    test_sizes();
    test_chance(0, 150, 60, 17);
    test_chance(0, 30, 600, 23);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK(mrrc_format_find(others[i]) > 0);
        test_chance(mrrc_format_find(others[i]), 12, 20, 31);
    }
    test_without_memory();
    unlink(path);
    return check_report();
}
