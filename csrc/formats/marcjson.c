/* SPDX-License-Identifier: MIT
 *
 * marcjson.c: reads MARC-in-JSON, which is an object of a leader and a list of fields, and two
 * shapes that others call by that name: an array of the leader's object and one for each
 * field, and marc4j's object of controlfield and datafield.  Each may stand alone, in
 * an array, or one after the other.  What comes decides which it is.  It guesses at no value: a
 * record in which something has no place is refused, and what is only too much is noted.
 */
#include <jansson.h>

#include "batch.h"
#include "conversion.h"
#include "formats.h"
#include "json.h"
#include "marcjson.h"
#include "packed.h"

/* Notes each key that is none of the names, which end with NULL. */
static int remark_others(const mrrci_json_record *record, json_t *object,
                         const char *const *names) {
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        size_t i = 0;
        while (names[i] != NULL && strcmp(key, names[i]) != 0)
            i++;
        if (names[i] == NULL)
            MRRCI_TRY(mrrci_json_remark(record, MRRC_ERR_JSON_RECORD, strlen(key)));
    }
    return MRRC_OK;
}

/* ---- MARC-in-JSON ---- */

static int put_data(mrrci_json_record *record, json_t *field) {
    static const char *const names[] = {"ind1", "ind2", "subfields", NULL};
    if (!json_is_object(field))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "a data field is no object");
    MRRCI_TRY(remark_others(record, field, names));
    MRRCI_TRY(mrrci_json_indicators(record, json_object_get(field, "ind1"),
                                    json_object_get(field, "ind2")));
    return mrrci_json_subfields(record, json_object_get(field, "subfields"));
}

/* The fields of an object, of which there is at least one. */
static int put_fields_of(mrrci_json_record *record, json_t *object, bool with_leader) {
    record->tag = NULL;
    if (json_is_object(object) && json_object_size(object) == 0)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "a field without a tag");
    return mrrci_json_fields(record, object, with_leader, put_data);
}

static int put_object(mrrci_json_record *record, json_t *root) {
    static const char *const names[] = {"leader", "fields", NULL};
    json_t *fields = json_object_get(root, "fields");
    MRRCI_TRY(mrrci_json_leader(record, json_object_get(root, "leader")));
    if (!json_is_array(fields))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 fields == NULL ? "no fields" : "fields is no list");
    MRRCI_TRY(remark_others(record, root, names));
    for (size_t i = 0; i < json_array_size(fields); i++)
        MRRCI_TRY(put_fields_of(record, json_array_get(fields, i), false));
    return MRRC_OK;
}

/* ---- an array of the leader and the fields ---- */

static int put_array(mrrci_json_record *record, json_t *root) {
    json_t *first = json_array_get(root, 0);
    if (first == NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "an empty array");
    MRRCI_TRY(mrrci_json_leader(record, json_object_get(first, "leader")));
    for (size_t i = 0; i < json_array_size(root); i++)
        MRRCI_TRY(put_fields_of(record, json_array_get(root, i), i == 0));
    return MRRC_OK;
}

/* Whether an array that begins so is one record: its objects have a leader or tags for keys,
 * and no list of fields. */
static bool is_array_of_fields(const json_t *first) {
    json_t *object = (json_t *)(uintptr_t)first; /* jansson's walk asks for more than it needs */
    if (json_object_size(first) == 0)
        return false;
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        if (strcmp(key, "leader") != 0 && strlen(key) != 3)
            return false;
    }
    return true;
}

/* ---- marc4j's objects ---- */

static int put_listed_tag(mrrci_json_record *record, json_t *field) {
    json_t *tag = json_object_get(field, "tag");
    record->tag = NULL;
    if (!json_is_string(tag))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "a field without a tag");
    size_t size = json_string_length(tag);
    const char *text = json_string_value(tag);
    return mrrci_json_tag(record, text, size);
}

static int put_listed_control(mrrci_json_record *record, json_t *field) {
    static const char *const names[] = {"tag", "data", NULL};
    MRRCI_TRY(put_listed_tag(record, field));
    if (!mrrci_tag_is_control((const uint8_t *)record->tag))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 "a data field's tag in controlfield");
    MRRCI_TRY(remark_others(record, field, names));
    return mrrci_json_control(record, json_object_get(field, "data"));
}

static size_t character_size(const uint8_t *text) {
    const uint8_t *behind = text;
    (void)mrrci_utf8_next(&behind);
    return (size_t)(behind - text);
}

/* Both indicators in one string; blanks for what it does not have. */
static int put_pair(mrrci_json_record *record, const json_t *pair) {
    static const uint8_t blank[] = " ";
    const uint8_t *text = (const uint8_t *)json_string_value(pair);
    size_t size = json_string_length(pair);
    if (pair != NULL && text == NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "ind is no string");
    size_t first = size == 0 ? 0 : character_size(text);
    size_t second = size == first ? 0 : character_size(text + first);
    if (size > 0 && memchr(text, 0, first + second) != NULL)
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "an indicator is U+0000");
    if (first + second != size)
        MRRCI_TRY(mrrci_json_remark(record, MRRC_ERR_INDICATOR_INVALID, size));
    int status = mrrci_build_indicators(&record->batch->block, first == 0 ? blank : text,
                                        first == 0 ? 1 : first,
                                        second == 0 ? blank : text + first,
                                        second == 0 ? 1 : second);
    if (status == MRRC_ERR_INDICATOR_INVALID)
        return mrrci_json_refuse(record, status, "an indicator is 0x1D, 0x1E or 0x1F");
    return status;
}

static int put_listed_subfield(mrrci_json_record *record, json_t *subfield) {
    static const char *const names[] = {"code", "data", NULL};
    json_t *code = json_object_get(subfield, "code");
    if (!json_is_string(code))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD, "a subfield without a code");
    if (memchr(json_string_value(code), 0, json_string_length(code)) != NULL)
        return mrrci_json_refuse(record, MRRC_ERR_CODE_INVALID, "a subfield's code is U+0000");
    MRRCI_TRY(remark_others(record, subfield, names));
    return mrrci_json_subfield(record, json_string_value(code), json_string_length(code),
                               json_object_get(subfield, "data"));
}

static int put_listed_data(mrrci_json_record *record, json_t *field) {
    static const char *const names[] = {"tag", "ind", "subfield", NULL};
    MRRCI_TRY(put_listed_tag(record, field));
    if (mrrci_tag_is_control((const uint8_t *)record->tag))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 "a control field's tag in datafield");
    MRRCI_TRY(remark_others(record, field, names));
    MRRCI_TRY(put_pair(record, json_object_get(field, "ind")));
    json_t *list = json_object_get(field, "subfield");
    if (!json_is_array(list))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 list == NULL ? "no subfield" : "subfield is no list");
    for (size_t i = 0; i < json_array_size(list); i++)
        MRRCI_TRY(put_listed_subfield(record, json_array_get(list, i)));
    return MRRC_OK;
}

static int put_list(mrrci_json_record *record, const json_t *list, mrrci_json_put *put) {
    record->tag = NULL;
    if (list == NULL)
        return MRRC_OK;
    if (!json_is_array(list))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 "controlfield or datafield is no list");
    for (size_t i = 0; i < json_array_size(list); i++, record->field++)
        MRRCI_TRY(put(record, json_array_get(list, i)));
    return MRRC_OK;
}

static int put_lists(mrrci_json_record *record, json_t *root) {
    static const char *const names[] = {"leader", "controlfield", "datafield", NULL};
    MRRCI_TRY(mrrci_json_leader(record, json_object_get(root, "leader")));
    MRRCI_TRY(remark_others(record, root, names));
    MRRCI_TRY(put_list(record, json_object_get(root, "controlfield"), put_listed_control));
    return put_list(record, json_object_get(root, "datafield"), put_listed_data);
}

/* ---- whichever it is ---- */

static int put_record(mrrci_json_record *record, json_t *root) {
    if (json_is_array(root))
        return put_array(record, root);
    if (!json_is_object(root))
        return mrrci_json_refuse(record, MRRC_ERR_JSON_RECORD,
                                 "a record is an object or an array");
    bool lists = json_object_get(root, "fields") == NULL &&
                 (json_object_get(root, "controlfield") != NULL ||
                  json_object_get(root, "datafield") != NULL);
    return lists ? put_lists(record, root) : put_object(record, root);
}

int mrrci_marcjson_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                          mrrc_error *err) {
    static const mrrci_json_shape shape = {
        .plain = mrrci_marcjson_plain,
        .is_array = is_array_of_fields,
        .build = put_record,
    };
    return mrrci_json_records(state, &shape, input, batch, used, err);
}
