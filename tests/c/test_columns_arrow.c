/* SPDX-License-Identifier: MIT
 *
 * What is handed over: schemas, arrays whose children may be moved out, streams that end; each
 * frees what it has and nothing else, in whatever order.
 */
#include "check_columns.h"

static const char *const records[] = {ONE, TWO};

static mrrc_arrow_array *rows_of(const mrrc_columns *columns) {
    mrrc_columns_out *out = mrrc_columns_out_new(columns, 10);
    check_view view;
    size_t done;
    check_view_begin(&view, records, 2);
    CHECK(mrrc_columns_records(columns, &view.view, 0, 2, 1, out, &done) == MRRC_OK);
    mrrc_arrow_array *array = mrrc_columns_take(out);
    check_view_end(&view);
    mrrc_columns_out_free(out);
    return array;
}

static void check_schema(const mrrc_arrow_schema *schema, const char *wanted) {
    mrrc_buffer text = {0};
    CHECK(strcmp(schema->format, "+s") == 0 && schema->metadata == NULL && schema->flags == 0);
    for (int64_t i = 0; i < schema->n_children; i++) {
        const mrrc_arrow_schema *child = schema->children[i];
        CHECK(child->flags == 2 && child->dictionary == NULL);
        check_put_text(&text, child->name);
        check_put_text(&text, ":");
        check_put_text(&text, child->format);
        if (child->n_children == 1)
            check_put_text(&text, child->children[0]->format);
        check_put_text(&text, " ");
    }
    CHECK_FOR(check_holds(&text, wanted, strlen(wanted)), "%.*s", (int)text.size, text.text);
    mrrci_buffer_clear(&text);
}

static void test_schemas(void) {
    static const struct {
        const char *selectors, *lists, *wanted;
        uint32_t flags;
    } cases[] = {
        {"001\n650$a\n", "fl", "001:u 650$a:+lu ", 0},
        {"001\n", "f", "record:l column:u tag:u occurrence:i ind1:u ind2:u code:u value:u ",
         MRRC_COLUMNS_LONG},
        {"", "", "record:l tag:u occurrence:i ind1:u ind2:u code:u value:u ", MRRC_COLUMNS_LONG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrc_columns *columns =
            check_columns(cases[i].selectors, cases[i].lists, cases[i].flags);
        mrrc_arrow_schema *schema = mrrc_columns_schema(columns);
        mrrc_columns_free(columns);
        check_schema(schema, cases[i].wanted);
        mrrc_arrow_schema_free(schema);
    }
    mrrc_arrow_schema_free(NULL);
}

/* A child that was moved out outlives its parent; one that was not goes with it. */
static void test_moved(void) {
    mrrc_columns *columns = check_columns("001\n650$a\n020$a\n", "flf", 0);
    mrrc_arrow_array *array = rows_of(columns);
    mrrc_columns_free(columns);
    mrrc_arrow_array list = *array->children[1];
    array->children[1]->release = NULL;
    mrrc_arrow_array whole = *array; /* as a consumer takes it */
    array->release = NULL;
    mrrc_arrow_array_free(array);
    mrrc_buffer text = {0};
    check_put_column(whole.children[2], &text);
    whole.release(&whole);
    CHECK(whole.release == NULL);
    check_put_column(&list, &text);
    CHECK_BUFFER(text, "<111>-\n(<Cats><Dogs><Birds>)(<>)\n");
    mrrc_arrow_array texts = *list.children[0];
    list.children[0]->release = NULL;
    list.release(&list);
    text.size = 0;
    check_put_column(&texts, &text);
    CHECK_BUFFER(text, "<Cats><Dogs><Birds><>\n");
    texts.release(&texts);
    mrrci_buffer_clear(&text);
    mrrc_arrow_array_free(NULL);
}

/* Without a row there are offsets all the same. */
static void test_empty(void) {
    mrrc_columns *columns = check_columns("001\n650$a\n", "fl", 0);
    mrrc_columns_out *out = mrrc_columns_out_new(columns, 0);
    for (int i = 0; i < 2; i++) {
        mrrc_arrow_array *array = mrrc_columns_take(out);
        const int32_t *offsets = array->children[0]->buffers[1];
        const int32_t *lists = array->children[1]->buffers[1];
        CHECK(array->length == 0 && offsets[0] == 0 && lists[0] == 0);
        CHECK(array->children[0]->buffers[2] != NULL);
        mrrc_arrow_array_free(array);
    }
    mrrc_columns_out_free(out);
    mrrc_columns_free(columns);
}

static void test_streams(void) {
    for (int taken = 0; taken < 4; taken++) {
        mrrc_columns *columns = check_columns("001\n650$a\n", "fl", 0);
        mrrc_arrow_array *arrays[2] = {rows_of(columns), rows_of(columns)};
        mrrc_arrow_stream *made = mrrc_arrow_stream_new(columns, arrays, 2);
        mrrc_columns_free(columns);
        mrrc_arrow_stream stream = *made; /* as a consumer takes it */
        made->release = NULL;
        mrrc_arrow_stream_free(made);
        mrrc_arrow_schema schema;
        CHECK(stream.get_schema(&stream, &schema) == 0);
        check_schema(&schema, "001:u 650$a:+lu ");
        schema.release(&schema);
        for (int i = 0; i < taken; i++) {
            mrrc_arrow_array array;
            CHECK(stream.get_next(&stream, &array) == 0);
            CHECK((array.release != NULL) == (i < 2));
            if (array.release != NULL) {
                CHECK(array.length == 2);
                array.release(&array);
            }
        }
        CHECK(stream.get_last_error(&stream) == NULL);
        stream.release(&stream);
    }
    mrrc_columns *columns = check_columns("001\n", "f", 0);
    mrrc_arrow_stream *stream = mrrc_arrow_stream_new(columns, NULL, 0);
    mrrc_arrow_array array;
    CHECK(stream->get_next(stream, &array) == 0 && array.release == NULL);
    mrrc_arrow_stream_free(stream);
    mrrc_arrow_stream_free(NULL);
    mrrc_columns_free(columns);
}

static int run(void) {
    int status = MRRC_ERR_MEMORY;
    mrrc_arrow_schema copy;
    mrrc_columns *columns = check_columns("001\n650$a\n", "fl", 0);
    mrrc_arrow_stream *stream = columns == NULL ? NULL : mrrc_arrow_stream_new(columns, NULL, 0);
    mrrc_arrow_schema *schema = stream == NULL ? NULL : mrrc_columns_schema(columns);
    bool copied = schema != NULL && stream->get_schema(stream, &copy) == 0;
    check_memory_allow();
    if (copied) {
        check_schema(&copy, "001:u 650$a:+lu ");
        copy.release(&copy);
        status = MRRC_OK;
    } else if (schema != NULL) {
        CHECK(strcmp(stream->get_last_error(stream), "out of memory") == 0);
    }
    mrrc_arrow_schema_free(schema);
    mrrc_arrow_stream_free(stream);
    mrrc_columns_free(columns);
    return status;
}

int main(void) {
    test_schemas();
    test_moved();
    test_empty();
    test_streams();
    sweep(run);
    return check_report();
}
