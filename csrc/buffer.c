/* SPDX-License-Identifier: MIT
 *
 * buffer.c: growable bytes, the only output sink of the core, and the only
 * place that asks for memory.  The tests build it with MRRCI_REALLOC defined as
 * a function of theirs that fails the n-th request.
 */
#include <stdlib.h>

#include "internal.h"

#ifdef MRRCI_REALLOC
void *MRRCI_REALLOC(void *block, size_t size);
#else
#define MRRCI_REALLOC realloc
#endif

enum { SMALLEST = 256 };

void *mrrci_new(size_t size) {
    void *object = MRRCI_REALLOC(NULL, size);
    if (object != NULL)
        memset(object, 0, size);
    return object;
}

void mrrci_free(void *object) {
    free(object);
}

mrrc_buffer *mrrc_buffer_new(void) {
    return mrrci_new(sizeof(mrrc_buffer));
}

void mrrc_buffer_free(mrrc_buffer *buffer) {
    if (buffer != NULL)
        mrrci_buffer_clear(buffer);
    mrrci_free(buffer);
}

void mrrci_buffer_clear(mrrc_buffer *buffer) {
    mrrci_free(buffer->data);
    memset(buffer, 0, sizeof *buffer);
}

int mrrci_buffer_grow(mrrc_buffer *buffer, size_t extra) {
    if (extra > SIZE_MAX / 4 - buffer->size)
        return MRRC_ERR_MEMORY;
    size_t capacity = buffer->capacity < SMALLEST ? SMALLEST : buffer->capacity;
    while (capacity - buffer->size < extra)
        capacity += capacity / 2;
    uint8_t *data = MRRCI_REALLOC(buffer->data, capacity);
    if (data == NULL)
        return MRRC_ERR_MEMORY;
    buffer->data = data;
    buffer->capacity = capacity;
    return MRRC_OK;
}

int mrrci_buffer_append(mrrc_buffer *buffer, const void *data, size_t size) {
    MRRCI_TRY(mrrci_buffer_reserve(buffer, size));
    if (size > 0)
        memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
    return MRRC_OK;
}
