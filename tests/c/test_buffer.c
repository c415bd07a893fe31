/* SPDX-License-Identifier: MIT
 *
 * Growable bytes: what was put in stays, a request that is refused changes
 * nothing, and no size is too great to be refused.
 */
#include "check.h"

static void test_growth(void) {
    mrrc_buffer *buffer = mrrc_buffer_new();
    CHECK(buffer != NULL && buffer->size == 0 && buffer->capacity == 0 && buffer->data == NULL);
    bool right = true, roomy = true;
    for (uint32_t i = 0; i < 50000; i++) {
        uint8_t byte = (uint8_t)(i * 7);
        right = mrrci_buffer_append(buffer, &byte, 1) == MRRC_OK && right;
        roomy = buffer->size <= buffer->capacity && roomy;
    }
    CHECK(right && roomy);
    CHECK(buffer->size == 50000);
    for (uint32_t i = 0; i < 50000; i++)
        right = buffer->data[i] == (uint8_t)(i * 7) && right;
    CHECK(right);

    uint8_t *data = buffer->data;
    size_t room = buffer->capacity - buffer->size;
    CHECK(mrrci_buffer_reserve(buffer, room) == MRRC_OK);
    CHECK(buffer->data == data); /* there was room, so nothing moved */
    CHECK(mrrci_buffer_reserve(buffer, room + 1) == MRRC_OK);
    CHECK(buffer->capacity - buffer->size >= room + 1 && buffer->size == 50000);
    memset(buffer->data + buffer->size, 0, buffer->capacity - buffer->size);
    mrrc_buffer_free(buffer);
    mrrc_buffer_free(NULL);
}

static void test_nothing(void) {
    mrrc_buffer buffer = {0};
    CHECK(mrrci_buffer_append(&buffer, NULL, 0) == MRRC_OK);
    CHECK(mrrci_buffer_append(&buffer, "", 0) == MRRC_OK);
    CHECK(mrrci_buffer_reserve(&buffer, 0) == MRRC_OK);
    CHECK(buffer.size == 0);
    mrrci_buffer_clear(&buffer);
    CHECK(buffer.data == NULL && buffer.size == 0 && buffer.capacity == 0);
    mrrci_buffer_clear(&buffer);
}

static void test_sizes(void) {
    mrrc_buffer buffer = {0};
    for (size_t size = 1; size < 70000; size = size * 3 / 2 + 1) {
        CHECK(mrrci_buffer_reserve(&buffer, size) == MRRC_OK);
        CHECK(buffer.capacity >= size && buffer.size == 0);
        memset(buffer.data, 1, size);
        mrrci_buffer_clear(&buffer);
    }
    check_put_text(&buffer, "kept");
    static const size_t huge[] = {SIZE_MAX, SIZE_MAX - 4, SIZE_MAX / 2, SIZE_MAX / 4 + 1};
    for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++) {
        CHECK(mrrci_buffer_reserve(&buffer, huge[i]) == MRRC_ERR_MEMORY);
        CHECK(check_holds(&buffer, "kept", 4));
    }
    mrrci_buffer_clear(&buffer);
}

static void test_objects(void) {
    uint8_t zeros[100] = {0};
    uint8_t *object = mrrci_new(sizeof zeros);
    CHECK(object != NULL && memcmp(object, zeros, sizeof zeros) == 0);
    mrrci_free(object);
    mrrci_free(NULL);
    check_memory_fail(1, false);
    CHECK(mrrci_new(1) == NULL);
    CHECK(check_memory_recover());
}

static void fill(void *context) {
    (void)context;
    char expected[3000];
    size_t size = 0;
    mrrc_buffer *buffer = mrrc_buffer_new();
    if (buffer == NULL) {
        CHECK(check_memory.failed);
        return;
    }
    for (int i = 0; i < 100; i++) {
        char piece[20];
        memset(piece, 'a' + i % 26, sizeof piece);
        size_t capacity = buffer->capacity;
        bool room = capacity - buffer->size >= sizeof piece;
        int status = mrrci_buffer_append(buffer, piece, sizeof piece);
        if (status == MRRC_OK) {
            memcpy(expected + size, piece, sizeof piece);
            size += sizeof piece;
        } else {
            CHECK(status == MRRC_ERR_MEMORY && check_memory.failed && !room);
            CHECK(buffer->capacity == capacity);
        }
    }
    CHECK(check_holds(buffer, expected, size));
    CHECK(check_memory.failed || size == 2000);
    mrrc_buffer_free(buffer);
}

int main(void) {
    test_growth();
    test_nothing();
    test_sizes();
    test_objects();
    check_memory_sweep(fill, NULL);
    return check_report();
}
