/* SPDX-License-Identifier: MIT
 *
 * occurrence.c: tags counted, so that a field knows the how-manieth of its tag it is.  What a field
 * is, is not asked.
 */
#include "occurrence.h"

enum { NODE = 128 };

static uint32_t *slot(mrrci_occurrences *occurrences, uint32_t node, uint8_t character) {
    /* realloc's memory is aligned for any type */
    return (uint32_t *)(void *)occurrences->nodes.data + node * NODE + character;
}

static int add_node(mrrci_occurrences *occurrences) {
    static const uint32_t empty[NODE] = {0};
    return mrrci_buffer_append(&occurrences->nodes, empty, sizeof empty);
}

static int count_other(mrrci_occurrences *occurrences, const uint8_t *tag, uint32_t *count) {
    uint32_t node = 0;
    if (occurrences->nodes.size == 0)
        MRRCI_TRY(add_node(occurrences));
    for (int i = 0; i < 2; i++) {
        uint32_t next = *slot(occurrences, node, tag[i]);
        if (next == 0) {
            next = (uint32_t)(occurrences->nodes.size / (NODE * sizeof(uint32_t)));
            MRRCI_TRY(add_node(occurrences));
            *slot(occurrences, node, tag[i]) = next;
        }
        node = next;
    }
    *count = ++*slot(occurrences, node, tag[2]);
    return MRRC_OK;
}

int mrrci_occurrence(mrrci_occurrences *occurrences, const uint8_t *tag, uint32_t *count) {
    unsigned number = 0;
    if ((tag[0] | tag[1] | tag[2]) & 0x80)
        return MRRC_ERR_TAG_INVALID;
    for (int i = 0; i < 3; i++) {
        if (tag[i] < '0' || tag[i] > '9')
            return count_other(occurrences, tag, count);
        number = number * 10 + (unsigned)(tag[i] - '0');
    }
    *count = ++occurrences->counts[number];
    return MRRC_OK;
}

void mrrci_occurrences_clear(mrrci_occurrences *occurrences) {
    mrrci_buffer_clear(&occurrences->nodes);
}
