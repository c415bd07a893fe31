/* SPDX-License-Identifier: MIT
 *
 * What the JSON formats share on the way to packed records: the pieces, each from a value that
 * jansson read, and where a batch stops.  A shape of the test's own stands for a format.
 */
#include <jansson.h>

#include "batch.h"
#include "check_json.h"
#include "conversion.h"
#include "json.h"

typedef struct piece {
    mrrci_json_cutter cutter;
    mrrci_input input;
    mrrci_json_value value;
    mrrci_batch batch;
    mrrc_error err;
    mrrci_json_record record;
    json_t *root;
} piece;

static void begin(piece *piece, const char *text) {
    memset(piece, 0, sizeof *piece);
    piece->root = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    piece->input.offset = 100;
    piece->value.offset = 100;
    piece->record = (mrrci_json_record){.cutter = &piece->cutter,
                                        .input = &piece->input,
                                        .value = &piece->value,
                                        .batch = &piece->batch,
                                        .err = &piece->err,
                                        .field = 3,
                                        .tag = "245"};
}

static void end(piece *piece, int status, int wanted, const char *bytes, size_t notes, int line) {
    check_int(status, wanted, __FILE__, line, "the status");
    if (wanted == MRRC_OK)
        check_bytes(piece->batch.block.data, piece->batch.block.size, bytes, strlen(bytes),
                    __FILE__, line, "the piece");
    else
        check_that(piece->err.code == wanted && piece->err.offset == 100 &&
                       piece->err.field == 3 && memcmp(piece->err.tag, "245", 4) == 0,
                   __FILE__, line, "the fault");
    check_that(piece->batch.notes.size == notes * sizeof(mrrc_diagnostic), __FILE__, line,
               "the notes");
    json_decref(piece->root);
    mrrci_batch_clear(&piece->batch);
}

static void check_leader(const char *text, int wanted, int line) {
    piece piece;
    begin(&piece, text);
    int status = mrrci_json_leader(&piece.record, piece.root);
    end(&piece, status, wanted, CHECK_LEADER, 0, line);
}

static void check_control(const char *text, int wanted, const char *bytes, int line) {
    piece piece;
    begin(&piece, text);
    int status = mrrci_json_control(&piece.record, piece.root);
    end(&piece, status, wanted, bytes, 0, line);
}

static void check_indicator(const char *text, int wanted, const char *bytes, size_t notes,
                            int line) {
    piece piece;
    begin(&piece, text);
    int status = mrrci_json_indicators(&piece.record, NULL, piece.root);
    end(&piece, status, wanted, bytes, notes, line);
}

static void check_subfields(const char *text, int wanted, const char *bytes, size_t notes,
                            int line) {
    piece piece;
    begin(&piece, text);
    int status = mrrci_json_subfields(&piece.record, piece.root);
    end(&piece, status, wanted, bytes, notes, line);
}

static void test_pieces(void) {
    check_leader("\"" CHECK_LEADER "\"", MRRC_OK, __LINE__);
    check_leader("\"short\"", MRRC_ERR_LEADER_INVALID, __LINE__);
    check_leader("5", MRRC_ERR_JSON_RECORD, __LINE__);
    check_control("\"\"", MRRC_OK, "", __LINE__);
    check_control("\"x\xc3\xa9\"", MRRC_OK, "x\xc3\xa9", __LINE__);
    check_control("\"\\u0000\"", MRRC_ERR_JSON_RECORD, "", __LINE__);
    check_control("\"\\u001e\"", MRRC_ERR_FIELD_INVALID, "", __LINE__);
    check_control("true", MRRC_ERR_JSON_RECORD, "", __LINE__);
    check_indicator("\"1\"", MRRC_OK, " 1", 0, __LINE__);
    check_indicator("\"\"", MRRC_OK, "  ", 0, __LINE__);
    check_indicator("\"\xc3\xa9x\"", MRRC_OK, " \xc3\xa9", 1, __LINE__);
    check_indicator("[]", MRRC_ERR_JSON_RECORD, "", 0, __LINE__);
    check_indicator("\"\\u001d\"", MRRC_ERR_INDICATOR_INVALID, "", 0, __LINE__);
    check_subfields("[]", MRRC_OK, "", 0, __LINE__);
    check_subfields("[{\"a\":\"x\"},{\"\xc3\xa9\":\"\"}]", MRRC_OK, "\x1f" "ax\x1f\xc3\xa9", 0,
                    __LINE__);
    check_subfields("[{\"abc\":\"x\"}]", MRRC_OK, "\x1f" "ax", 1, __LINE__);
    check_subfields("[{\"\":\"x\"}]", MRRC_ERR_CODE_INVALID, "", 0, __LINE__);
    check_subfields("[{\"a\":[]}]", MRRC_ERR_JSON_RECORD, "", 0, __LINE__);
    check_subfields("[[]]", MRRC_ERR_JSON_RECORD, "", 0, __LINE__);
    check_subfields("{}", MRRC_ERR_JSON_RECORD, "", 0, __LINE__);
}

/* A tag that is none is among the bytes seen. */
static void test_tag(void) {
    piece piece;
    begin(&piece, "0");
    CHECK(mrrci_json_tag(&piece.record, "12345", 5) == MRRC_ERR_TAG_INVALID);
    CHECK(piece.err.tag[0] == 0 && piece.err.seen_size == 5 &&
          memcmp(piece.err.seen, "12345", 5) == 0);
    CHECK(mrrci_json_tag(&piece.record, "500", 3) == MRRC_OK);
    CHECK(check_holds(&piece.batch.block, "\x1e" "500", 4));
    /* the first fault stays */
    CHECK(mrrci_json_refuse(&piece.record, MRRC_ERR_JSON_RECORD, "x") == MRRC_ERR_JSON_RECORD);
    CHECK(piece.err.code == MRRC_ERR_TAG_INVALID && piece.err.tag[0] == 0);
    json_decref(piece.root);
    mrrci_batch_clear(&piece.batch);
}

static int put_letter(mrrci_json_record *record, json_t *field) {
    if (!json_is_true(field))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "not true");
    return mrrci_buffer_append(&record->batch->block, "t", 1);
}

static void check_fields(const char *text, bool with_leader, int wanted, const char *bytes,
                         const char *tag, uint32_t field, int line) {
    piece piece;
    begin(&piece, text);
    int status = mrrci_json_fields(&piece.record, piece.root, with_leader, put_letter);
    check_int(status, wanted, __FILE__, line, "the status");
    check_bytes(piece.batch.block.data, piece.batch.block.size, bytes, strlen(bytes), __FILE__,
                line, "the fields");
    check_int(piece.record.field, field, __FILE__, line, "fields seen");
    check_that(piece.err.code == (wanted < 0 ? wanted : 0) &&
                   memcmp(piece.err.tag, tag, strlen(tag) + 1) == 0,
               __FILE__, line, "the fault");
    json_decref(piece.root);
    mrrci_batch_clear(&piece.batch);
}

static void test_fields(void) {
    check_fields("{}", false, MRRC_OK, "", "", 3, __LINE__);
    check_fields("{\"001\":\"x\",\"245\":true}", false, MRRC_OK, "\x1e" "001x\x1e" "245t", "", 5,
                 __LINE__);
    check_fields("{\"leader\":1,\"245\":true}", true, MRRC_OK, "\x1e" "245t", "", 4, __LINE__);
    check_fields("{\"leader\":1}", false, MRRC_ERR_TAG_INVALID, "", "", 3, __LINE__);
    check_fields("{\"500\":true,\"001\":2}", false, MRRC_ERR_JSON_RECORD, "\x1e" "500t\x1e" "001",
                 "001", 4, __LINE__);
    check_fields("{\"500\":0}", false, MRRC_ERR_JSON_RECORD, "\x1e" "500", "500", 3, __LINE__);
    /* the tag that was at hand is not that of what is no field */
    check_fields("[]", false, MRRC_ERR_JSON_RECORD, "", "", 3, __LINE__);
}

/* A number is a record of so many bytes, and anything else is none. */
static int build(mrrci_json_record *record, json_t *root) {
    if (!json_is_integer(root))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "no number");
    for (json_int_t i = json_integer_value(root); i > 0; i--)
        MRRCI_TRY(mrrci_buffer_append(&record->batch->block, "x", 1));
    return mrrci_json_remark(record, MRRC_ERR_JSON_RECORD, 1);
}

static void test_batches(void) {
    static const mrrci_json_shape shape = {.rows = true, .build = build};
    static const char text[] = "1 2 3 {\"bad\":\n1} 4\n null 5";
    mrrci_json_cutter cutter = {0};
    mrrci_batch batch = {0};
    mrrc_error err = {0};
    size_t used;
    mrrci_input input = {.data = (const uint8_t *)text, .size = sizeof text - 1, .offset = 0,
                         .wanted = 3, .flags = 0, .last = true};
    /* it stops behind the record that reaches the bytes wanted */
    CHECK(mrrci_json_records(&cutter, &shape, &input, &batch, &used, &err) == MRRC_OK);
    CHECK(used == 3 && batch.count == 2 && batch.block.size == 3);
    CHECK(batch.notes.size == 2 * sizeof(mrrc_diagnostic));
    input.data += used;
    input.size -= used;
    input.offset += used;
    input.wanted = 1000;
    mrrci_batch_reset(&batch);
    /* what is before a fault stays, and the next call goes on behind it */
    CHECK(mrrci_json_records(&cutter, &shape, &input, &batch, &used, &err) ==
          MRRC_ERR_JSON_RECORD);
    CHECK(batch.count == 1 && batch.block.size == 3 && err.offset == 6 && err.line == 1 &&
          err.column == 7 && input.offset + used == 16);
    input.data += used;
    input.size -= used;
    input.offset += used;
    mrrci_batch_reset(&batch);
    memset(&err, 0, sizeof err);
    CHECK(mrrci_json_records(&cutter, &shape, &input, &batch, &used, &err) ==
          MRRC_ERR_JSON_RECORD);
    CHECK(batch.count == 1 && batch.block.size == 4 && err.line == 3 && err.column == 2);
    input.data += used;
    input.size -= used;
    input.offset += used;
    mrrci_batch_reset(&batch);
    CHECK(mrrci_json_records(&cutter, &shape, &input, &batch, &used, &err) == MRRC_OK);
    CHECK(batch.count == 1 && batch.block.size == 5 && used == input.size);
    /* asked once more, there is nothing */
    input.offset += used;
    input.size = 0;
    mrrci_batch_reset(&batch);
    CHECK(mrrci_json_records(&cutter, &shape, &input, &batch, &used, &err) == MRRC_OK);
    CHECK(batch.count == 0 && used == 0);
    mrrci_batch_clear(&batch);
}

int main(void) {
    test_pieces();
    test_tag();
    test_fields();
    test_batches();
    return check_report();
}
