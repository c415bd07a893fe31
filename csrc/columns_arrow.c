/* SPDX-License-Identifier: MIT
 *
 * columns_arrow.c: rows handed over by the Arrow C data interface and its stream.  What is handed
 * over owns its memory, and each child its own, so a consumer may move one out.  Arrow's own
 * headers are not needed: the interface is the layout of its structures.
 */
#include <errno.h>

#include "columns_out.h"

enum { NULLABLE = 2 };        /* ARROW_FLAG_NULLABLE; columns without nulls have it too, as is usual */

/* What stands behind an array: the bytes of its buffers, and room for its children. */
typedef struct held_array {
    mrrc_buffer held[3];
    const void *buffers[3];
    mrrc_arrow_array *pointers[1]; /* as many as there are children; they follow */
} held_array;

typedef struct held_schema {
    mrrc_buffer name;
    mrrc_arrow_schema *pointers[1];
} held_schema;

/* Memory for a head and behind it pointers to `count` things of `size` bytes, which follow.  The
 * head is of a size that suits any of these. */
static void *new_held(size_t head, size_t count, size_t size) {
    return mrrci_new(head + count * (sizeof(void *) + size));
}

/* ---- arrays ---- */

static void release_array(mrrc_arrow_array *array) {
    held_array *held = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++)
        if (array->children[i]->release != NULL)
            array->children[i]->release(array->children[i]);
    for (size_t i = 0; i < sizeof held->held / sizeof held->held[0]; i++)
        mrrci_buffer_clear(&held->held[i]);
    mrrci_free(held);
    array->release = NULL;
}

/* Makes an array without data. */
static bool begin_array(mrrc_arrow_array *array, size_t children, int64_t buffers) {
    held_array *held = new_held(sizeof *held, children, sizeof *array);
    if (held == NULL)
        return false;
    mrrc_arrow_array *first = (mrrc_arrow_array *)(void *)(held->pointers + 1 + children);
    for (size_t i = 0; i < children; i++)
        held->pointers[i] = first + i;
    *array = (mrrc_arrow_array){.n_buffers = buffers, .buffers = held->buffers,
                                .children = held->pointers, .release = release_array,
                                .private_data = held};
    return true;
}

/* The same with a child, which is made by the caller before the next. */
static mrrc_arrow_array *next_child(mrrc_arrow_array *array) {
    return array->children[array->n_children];
}

static void hold(mrrc_arrow_array *array, size_t place, mrrc_buffer *buffer) {
    held_array *held = array->private_data;
    held->held[place] = *buffer;
    held->buffers[place] = buffer->data;
    *buffer = (mrrc_buffer){.data = NULL};
}

static bool begin_column(mrrc_arrow_array *array, const mrrci_out_column *column) {
    switch (column->kind) {
    case MRRCI_OUT_TEXT:
        return begin_array(array, 0, 3);
    case MRRCI_OUT_LIST:
        if (!begin_array(array, 1, 2))
            return false;
        if (begin_array(next_child(array), 0, 3)) {
            array->n_children++;
            return true;
        }
        array->release(array);
        return false;
    default:
        return begin_array(array, 0, 2);
    }
}

/* Moves a column's bytes into its array. */
static void move_column(mrrc_arrow_array *array, mrrci_out_column *column, size_t rows) {
    mrrc_arrow_array *texts = array;
    array->length = (int64_t)rows;
    if (column->kind == MRRCI_OUT_INT32 || column->kind == MRRCI_OUT_INT64) {
        hold(array, 1, &column->data);
        return;
    }
    if (column->kind == MRRCI_OUT_LIST) {
        texts = array->children[0];
        texts->length = (int64_t)(column->offsets.size / sizeof(int32_t)) - 1;
        hold(array, 1, &column->lists);
    }
    array->null_count = (int64_t)column->nulls;
    if (column->nulls > 0)
        hold(array, 0, &column->valid);
    column->valid.size = 0;
    column->nulls = 0;
    hold(texts, 1, &column->offsets);
    hold(texts, 2, &column->data);
}

/* The column that stands at a place: in the long form the name stands behind the number. */
static size_t column_at(const mrrc_columns *columns, size_t place) {
    if (!columns->in_long || columns->selectors == NULL || place == 0)
        return place;
    return place == 1 ? MRRCI_LONG_NAME : place - 1;
}

mrrc_arrow_array *mrrc_columns_take(mrrc_columns_out *out) {
    mrrc_arrow_array *array = mrrci_new(sizeof *array);
    if (array == NULL || mrrci_out_reserve(out, 0) < 0 || !begin_array(array, out->count, 1)) {
        mrrci_free(array);
        return NULL;
    }
    for (size_t i = 0; i < out->count; i++, array->n_children++)
        if (!begin_column(next_child(array), mrrci_out_at(out, column_at(out->columns, i)))) {
            mrrc_arrow_array_free(array);
            return NULL;
        }
    for (size_t i = 0; i < out->count; i++)
        move_column(array->children[i], mrrci_out_at(out, column_at(out->columns, i)), out->rows);
    array->length = (int64_t)out->rows;
    out->rows = 0;
    out->foreseen = false;
    return array;
}

void mrrc_arrow_array_free(mrrc_arrow_array *array) {
    if (array != NULL && array->release != NULL)
        array->release(array);
    mrrci_free(array);
}

/* ---- schemas ---- */

static void release_schema(mrrc_arrow_schema *schema) {
    held_schema *held = schema->private_data;
    for (int64_t i = 0; i < schema->n_children; i++)
        if (schema->children[i]->release != NULL)
            schema->children[i]->release(schema->children[i]);
    mrrci_buffer_clear(&held->name);
    mrrci_free(held);
    schema->release = NULL;
}

/* `format` is constant; the name is copied. */
static bool begin_schema(mrrc_arrow_schema *schema, const char *format, const char *name,
                         size_t children) {
    held_schema *held = new_held(sizeof *held, children, sizeof *schema);
    if (held == NULL)
        return false;
    if (mrrci_buffer_append(&held->name, name, strlen(name) + 1) < 0) {
        mrrci_free(held);
        return false;
    }
    mrrc_arrow_schema *first = (mrrc_arrow_schema *)(void *)(held->pointers + 1 + children);
    for (size_t i = 0; i < children; i++)
        held->pointers[i] = first + i;
    *schema = (mrrc_arrow_schema){.format = format, .name = held->name.text,
                                  .children = held->pointers, .release = release_schema,
                                  .private_data = held};
    return true;
}

/* Makes the child that comes next. */
static bool add_schema(mrrc_arrow_schema *schema, const char *format, const char *name) {
    mrrc_arrow_schema *child = schema->children[schema->n_children];
    bool list = format[0] == '+';
    if (!begin_schema(child, format, name, list))
        return false;
    child->flags = NULLABLE;
    schema->n_children++;
    if (!list)
        return true;
    if (!begin_schema(child->children[0], "u", "item", 0))
        return false;
    child->children[0]->flags = NULLABLE;
    child->n_children++;
    return true;
}

static bool add_long(mrrc_arrow_schema *schema, const mrrc_columns *columns) {
    return add_schema(schema, "l", "record") &&
           (columns->selectors == NULL || add_schema(schema, "u", "column")) &&
           add_schema(schema, "u", "tag") && add_schema(schema, "i", "occurrence") &&
           add_schema(schema, "u", "ind1") && add_schema(schema, "u", "ind2") &&
           add_schema(schema, "u", "code") && add_schema(schema, "u", "value");
}

static bool add_wide(mrrc_arrow_schema *schema, const mrrc_columns *columns) {
    const char *name = columns->names.text;
    for (size_t i = 0; i < columns->count; i++, name += strlen(name) + 1) {
        bool list = mrrci_plan_at(columns, i)->list;
        if (!add_schema(schema, list ? "+l" : "u", name))
            return false;
    }
    return true;
}

static bool fill_schema(mrrc_arrow_schema *schema, const mrrc_columns *columns) {
    enum { LONG = MRRCI_LONG_NAME + 1 };
    if (!begin_schema(schema, "+s", "", columns->in_long ? LONG : columns->count))
        return false;
    if (columns->in_long ? add_long(schema, columns) : add_wide(schema, columns))
        return true;
    schema->release(schema);
    return false;
}

mrrc_arrow_schema *mrrc_columns_schema(const mrrc_columns *columns) {
    mrrc_arrow_schema *schema = mrrci_new(sizeof *schema);
    if (schema == NULL || fill_schema(schema, columns))
        return schema;
    mrrci_free(schema);
    return NULL;
}

void mrrc_arrow_schema_free(mrrc_arrow_schema *schema) {
    if (schema != NULL && schema->release != NULL)
        schema->release(schema);
    mrrci_free(schema);
}

/* Copies a schema that was made here: a list has no children but its one text. */
static bool copy_schema(mrrc_arrow_schema *to, const mrrc_arrow_schema *from) {
    if (!begin_schema(to, from->format, from->name, (size_t)from->n_children))
        return false;
    for (int64_t i = 0; i < from->n_children; i++)
        if (!add_schema(to, from->children[i]->format, from->children[i]->name)) {
            to->release(to);
            return false;
        }
    return true;
}

/* ---- streams ---- */

typedef struct held_stream {
    mrrc_arrow_schema schema;
    size_t at, count;
    const char *error;
    mrrc_arrow_array *pointers[1];
} held_stream;

static int fail(held_stream *held) {
    held->error = "out of memory";
    return ENOMEM;
}

static int stream_schema(mrrc_arrow_stream *stream, mrrc_arrow_schema *schema) {
    held_stream *held = stream->private_data;
    held->error = NULL;
    return copy_schema(schema, &held->schema) ? 0 : fail(held);
}

static int stream_next(mrrc_arrow_stream *stream, mrrc_arrow_array *array) {
    held_stream *held = stream->private_data;
    held->error = NULL;
    *array = (mrrc_arrow_array){.release = NULL};
    if (held->at == held->count)
        return 0;
    mrrc_arrow_array *next = held->pointers[held->at++];
    *array = *next;
    next->release = NULL;
    mrrci_free(next);
    return 0;
}

static const char *stream_error(mrrc_arrow_stream *stream) {
    const held_stream *held = stream->private_data;
    return held->error;
}

static void release_stream(mrrc_arrow_stream *stream) {
    held_stream *held = stream->private_data;
    for (size_t i = held->at; i < held->count; i++)
        mrrc_arrow_array_free(held->pointers[i]);
    held->schema.release(&held->schema);
    mrrci_free(held);
    stream->release = NULL;
}

mrrc_arrow_stream *mrrc_arrow_stream_new(const mrrc_columns *columns, mrrc_arrow_array **arrays,
                                         size_t count) {
    mrrc_arrow_stream *stream = mrrci_new(sizeof *stream);
    held_stream *held = new_held(sizeof *held, count, 0);
    if (stream == NULL || held == NULL || !fill_schema(&held->schema, columns)) {
        mrrci_free(stream);
        mrrci_free(held);
        return NULL;
    }
    held->count = count;
    if (count > 0)
        memcpy(held->pointers, arrays, count * sizeof *arrays);
    *stream = (mrrc_arrow_stream){stream_schema, stream_next, stream_error, release_stream, held};
    return stream;
}

void mrrc_arrow_stream_free(mrrc_arrow_stream *stream) {
    if (stream != NULL && stream->release != NULL)
        stream->release(stream);
    mrrci_free(stream);
}
