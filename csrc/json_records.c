/* SPDX-License-Identifier: MIT
 *
 * json_records.c: the way from JSON's values to packed records that the JSON formats share:
 * value after value by the reader for the common shape or by jansson, and the pieces of a
 * record from what jansson read.  How the pieces lie in the values is each format's own
 * knowledge, but for fields that are an object by their tags.  Nothing is converted: a number
 * is no text, and a record that holds one is refused whole.
 */
#include <jansson.h>

#include "batch.h"
#include "conversion.h"
#include "internal.h"
#include "json.h"
#include "packed.h"

/* The reader for the common shape looks no further at first, so that the room for a record is
 * not asked for by the size of the source. */
#define PLAIN_WINDOW ((size_t)64 << 10)

/* ---- pieces ---- */

int mrrci_json_refuse(const mrrci_json_record *record, int code, const char *detail) {
    mrrc_error *err = record->err;
    if (err == NULL || err->code != 0)
        return code;
    size_t at = (size_t)(record->value->offset - record->input->offset);
    mrrci_json_fail(record->cutter, record->input, at, code, detail, err);
    err->field = record->field;
    if (record->tag != NULL) {
        size_t size = strlen(record->tag);
        if (size == 3)
            memcpy(err->tag, record->tag, 3);
        err->seen_size = (uint32_t)(size < sizeof err->seen ? size : sizeof err->seen);
        memcpy(err->seen, record->tag, err->seen_size);
    }
    return code;
}

int mrrci_json_remark(const mrrci_json_record *record, int code, size_t size) {
    mrrc_diagnostic note = {
        .code = code,
        .offset = record->value->offset,
        .size = (uint32_t)size,
    };
    if (record->tag != NULL)
        memcpy(note.tag, record->tag, 3);
    return mrrci_batch_note(record->batch, note);
}

/* The bytes of a string, or NULL. */
static const uint8_t *text_of(const json_t *value, size_t *size) {
    *size = json_string_length(value);
    return (const uint8_t *)json_string_value(value);
}

int mrrci_json_leader(mrrci_json_record *record, const json_t *leader) {
    size_t size;
    const uint8_t *text = text_of(leader, &size);
    if (leader == NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "no leader");
    if (text == NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "the leader is no string");
    int status = memchr(text, 0, size) != NULL
                     ? MRRC_ERR_LEADER_INVALID
                     : mrrci_build_leader(&record->batch->block, text, size);
    if (status != MRRC_ERR_LEADER_INVALID)
        return status;
    if (record->err != NULL && record->err->code == 0)
        record->err->found = size;
    return mrrci_json_refuse(record, status, "the leader is not of 24 ASCII characters");
}

int mrrci_json_tag(mrrci_json_record *record, const char *tag, size_t size) {
    record->tag = tag;
    int status = mrrci_build_field(&record->batch->block, (const uint8_t *)tag, size);
    if (status == MRRC_ERR_TAG_INVALID)
        return mrrci_json_refuse(record, status, "a tag is not of three printable characters");
    return status;
}

static int put_value(mrrci_json_record *record, const json_t *value, const char *otherwise) {
    size_t size;
    const uint8_t *text = text_of(value, &size);
    if (text == NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, otherwise);
    if (memchr(text, 0, size) != NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "U+0000 in a value");
    int status = mrrci_build_value(&record->batch->block, text, size);
    if (status == MRRC_ERR_FIELD_INVALID)
        return mrrci_json_refuse(record, status, "0x1D, 0x1E or 0x1F in a value");
    return status;
}

int mrrci_json_control(mrrci_json_record *record, const json_t *text) {
    return put_value(record, text, "a control field's value is no string");
}

/* How long the first character is. */
static size_t first_size(const uint8_t *text) {
    const uint8_t *behind = text;
    (void)mrrci_utf8_next(&behind);
    return (size_t)(behind - text);
}

/* An indicator's one character; a blank for none. */
static int indicator_of(mrrci_json_record *record, const json_t *value, const uint8_t **text,
                        size_t *size) {
    size_t whole = 0;
    *text = (const uint8_t *)" ";
    *size = 1;
    if (value == NULL)
        return MRRC_OK;
    const uint8_t *string = text_of(value, &whole);
    if (string == NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "an indicator is no string");
    if (whole == 0)
        return MRRC_OK;
    if (*string == 0)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "an indicator is U+0000");
    *text = string;
    *size = first_size(string);
    return whole == *size ? MRRC_OK : mrrci_json_remark(record, MRRC_ERR_INDICATOR_INVALID, whole);
}

int mrrci_json_indicators(mrrci_json_record *record, const json_t *first, const json_t *second) {
    const uint8_t *one, *two;
    size_t one_size, two_size;
    MRRCI_TRY(indicator_of(record, first, &one, &one_size));
    MRRCI_TRY(indicator_of(record, second, &two, &two_size));
    int status = mrrci_build_indicators(&record->batch->block, one, one_size, two, two_size);
    if (status == MRRC_ERR_INDICATOR_INVALID)
        return mrrci_json_refuse(record, status, "an indicator is 0x1D, 0x1E or 0x1F");
    return status;
}

int mrrci_json_subfield(mrrci_json_record *record, const char *code, size_t size,
                        const json_t *text) {
    const uint8_t *first = (const uint8_t *)code;
    if (size == 0)
        return mrrci_json_refuse(record, MRRC_ERR_CODE_INVALID, "a subfield's code is empty");
    size_t character = first_size(first);
    if (character != size)
        MRRCI_TRY(mrrci_json_remark(record, MRRC_ERR_CODE_INVALID, size));
    int status = mrrci_build_code(&record->batch->block, first, character);
    if (status == MRRC_ERR_CODE_INVALID)
        return mrrci_json_refuse(record, status, "a subfield's code is 0x1D, 0x1E or 0x1F");
    MRRCI_TRY(status);
    return put_value(record, text, "a subfield's value is no string");
}

int mrrci_json_subfields(mrrci_json_record *record, const json_t *list) {
    if (!json_is_array(list))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 list == NULL ? "no subfields" : "subfields is no list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        void *one = json_object_iter(item);
        if (json_object_size(item) != 1)
            return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                     "a subfield is no object of one code");
        const char *code = json_object_iter_key(one);
        MRRCI_TRY(mrrci_json_subfield(record, code, strlen(code), json_object_iter_value(one)));
    }
    return MRRC_OK;
}

int mrrci_json_fields(mrrci_json_record *record, json_t *object, bool with_leader,
                      mrrci_json_put *put_data) {
    record->tag = NULL;
    if (!json_is_object(object))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "a field is no object");
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *tag = json_object_iter_key(at);
        json_t *field = json_object_iter_value(at);
        if (with_leader && strcmp(tag, "leader") == 0)
            continue;
        MRRCI_TRY(mrrci_json_tag(record, tag, strlen(tag)));
        MRRCI_TRY(mrrci_tag_is_control((const uint8_t *)tag) ? mrrci_json_control(record, field)
                                                             : put_data(record, field));
        record->field++;
    }
    return MRRC_OK;
}

/* ---- records ---- */

void *mrrci_json_open(void) {
    return mrrci_new(sizeof(mrrci_json_cutter));
}

typedef struct work {
    mrrci_json_cutter *cutter;
    const mrrci_json_shape *shape;
    const mrrci_input *input;
    mrrci_batch *batch;
    mrrc_error *err;
    size_t at;
    size_t tried;             /* how far the plain reader saw of the value at hand */
} work;

/* Ends a record whose bytes were appended.  Returns 0 or MRRC_ERR_MEMORY. */
static int end_record(work *work, size_t start, size_t size) {
    MRRCI_TRY(mrrci_batch_end_record(work->batch, work->input->offset + start, size, MRRC_OK));
    mrrci_json_take(work->cutter, work->input, &work->at, start + size);
    work->tried = 0;
    return MRRC_OK;
}

/* Tries the reader for the common shape before anything was looked at.  Returns 1 with the
 * record ended, 0, or MRRC_ERR_MEMORY. */
static int read_at_once(work *work) {
    size_t start = mrrci_json_object_at(work->cutter, work->input, work->at);
    if (start == SIZE_MAX)
        return 0;
    size_t left = work->input->size - start;
    work->tried = left < PLAIN_WINDOW ? left : PLAIN_WINDOW;
    int64_t size =
        work->shape->plain(work->input->data + start, work->tried, &work->batch->block);
    if (size <= 0)
        return (int)size;
    MRRCI_TRY(end_record(work, start, (size_t)size));
    return 1;
}

/* Reads a value by jansson.  Returns 0; 2 where the value is the first of the one that is
 * wanted; a fault or MRRC_ERR_MEMORY. */
static int read_by_jansson(work *work, const mrrci_json_value *value) {
    json_t *root;
    MRRCI_TRY(mrrci_json_load(work->cutter, work->input, value, &root, work->err));
    if (value->first && work->shape->is_array(root)) {
        json_decref(root);
        mrrci_json_want_array(work->cutter);
        return 2;
    }
    mrrci_json_record record = {work->cutter, work->input, value, work->batch, work->err, 0, NULL};
    int status = value->controls == 0
                     ? MRRC_OK
                     : mrrci_json_remark(&record, MRRC_ERR_JSON_RECORD, value->controls);
    if (status >= 0)
        status = work->shape->build(&record, root);
    json_decref(root);
    return status;
}

/* Reads a value that was cut.  Returns as read_by_jansson(). */
static int read_value(work *work, const mrrci_json_value *value) {
    bool plain = work->shape->plain != NULL && !(work->input->flags & MRRC_READ_LIBRARY) &&
                 value->size > work->tried && value->text[0] == '{';
    if (plain) {
        int64_t size = work->shape->plain(value->text, value->size, &work->batch->block);
        if (size != 0)
            return size < 0 ? (int)size : MRRC_OK;
    }
    return read_by_jansson(work, value);
}

/* Reads the value at hand.  Returns 0 where the input ends before; 1 when it is done with, or
 * with a part of it; a fault or MRRC_ERR_MEMORY. */
static int read_one(work *work) {
    mrrci_json_value value;
    if (work->shape->plain != NULL && !(work->input->flags & MRRC_READ_LIBRARY)) {
        int done = read_at_once(work);
        if (done != 0)
            return done;
    }
    int status = mrrci_json_cut(work->cutter, work->input, &work->at, &value, work->err);
    if (status != 1)
        return status == 2 ? 1 : status;
    status = read_value(work, &value);
    if (status == 2)
        return 1;
    size_t start = (size_t)(value.offset - work->input->offset);
    if (status == MRRC_OK)
        status = end_record(work, start, value.size);
    if (status == MRRC_OK)
        return 1;
    mrrci_batch_drop_record(work->batch);
    if (status > MRRC_FATAL) /* a fault of this value alone */
        mrrci_json_take(work->cutter, work->input, &work->at, start + value.size);
    return status;
}

int mrrci_json_records(mrrci_json_cutter *cutter, const mrrci_json_shape *shape,
                       const mrrci_input *input, mrrci_batch *batch, size_t *used,
                       mrrc_error *err) {
    work work = {cutter, shape, input, batch, err, 0, 0};
    int status = 1;
    cutter->rows = shape->rows;
    while (status > 0 && work.at < input->wanted &&
           batch->block.size < MRRCI_BATCH_MAX) {
        status = mrrci_json_find(cutter, input, &work.at, err);
        if (status > 0)
            status = read_one(&work);
    }
    *used = work.at;
    mrrci_json_settle(cutter, input, work.at);
    return status < 0 ? status : MRRC_OK;
}
