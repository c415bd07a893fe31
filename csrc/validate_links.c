/* SPDX-License-Identifier: MIT
 *
 * validate_links.c: fields and their forms in another script.  A field 245 with "$6 880-01"
 * and an 880 with "$6 245-01" are the halves of a pair; each needs the other, and each pair has
 * its own number.  An 880 of number 00 stands alone (MARC 21, Appendix A: Control Subfields).
 */
#include "validate.h"

enum {
    NUMBERS = 1000,           /* of pairs; two digits are usual */
    TAGS = 1000,
    ALTERNATE = 880
};

void mrrci_links_free(mrrci_links *links) {
    mrrci_buffer_clear(&links->links);
    mrrci_buffer_clear(&links->pairs);
}

/* Reads "245-01" and what may follow it: "/(2/r".  Returns whether it is of that form; a tag that
 * is no number is -1. */
static bool parse(const uint8_t *value, size_t size, int *tag, unsigned *number) {
    size_t at = 4, digits = 0;
    if (size < 6 || value[3] != '-')
        return false;
    *tag = mrrci_tag_number(value);
    for (*number = 0; at < size && value[at] >= '0' && value[at] <= '9'; at++, digits++) {
        if (digits == 3)
            return false;
        *number = *number * 10 + (value[at] - (unsigned)'0');
    }
    return digits >= 2 && (at == size || value[at] == '/');
}

static int report_as(mrrci_check *check, mrrc_finding finding, uint16_t rule) {
    finding.rule = rule;
    return mrrci_report(check, &finding);
}

int mrrci_links_add(mrrci_links *links, mrrci_check *check, const uint8_t *tag, bool alternate,
                    const uint8_t *value, size_t size, const mrrc_finding *finding) {
    int own = mrrci_tag_number(tag), other;
    unsigned number;
    if (!parse(value, size, &other, &number) || own < 0 || other < 0 ||
        alternate == (other == ALTERNATE))
        return report_as(check, *finding, MRRC_RULE_LINK_FORM);
    if (number == 0) {
        /* only the form in the other script can be without a partner */
        return alternate ? MRRC_OK : report_as(check, *finding, MRRC_RULE_LINK_FORM);
    }
    unsigned regular = (unsigned)(alternate ? other : own);
    const mrrci_link link = {
        .key = regular * NUMBERS + number, .alternate = alternate, .finding = *finding};
    return mrrci_buffer_append(&links->links, &link, sizeof link);
}

static bool has(const mrrc_buffer *pairs, uint64_t bit) {
    return pairs->data[bit / 8] >> bit % 8 & 1;
}

static uint64_t bit_of(const mrrci_link *link, bool alternate) {
    return link->key + (alternate ? (uint64_t)TAGS * NUMBERS : 0);
}

/* Makes the bits of pairs, all 0, when they are wanted for the first time. */
static int begin_pairs(mrrc_buffer *pairs) {
    static const size_t size = (size_t)TAGS * NUMBERS * 2 / 8;
    if (pairs->size != 0)
        return MRRC_OK;
    MRRCI_TRY(mrrci_buffer_reserve(pairs, size));
    memset(pairs->data, 0, size);
    pairs->size = size;
    return MRRC_OK;
}

int mrrci_links_settle(mrrci_links *links, mrrci_check *check) {
    const size_t count = links->links.size / sizeof(mrrci_link);
    const mrrci_link *all = (const void *)links->links.data;
    int status = MRRC_OK;
    if (count == 0)
        return MRRC_OK;
    MRRCI_TRY(begin_pairs(&links->pairs));
    for (size_t i = 0; i < count && status >= 0; i++) {
        uint64_t bit = bit_of(&all[i], all[i].alternate);
        if (has(&links->pairs, bit))
            status = report_as(check, all[i].finding, MRRC_RULE_LINK_REPEATED);
        links->pairs.data[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
    for (size_t i = 0; i < count && status >= 0; i++)
        if (!has(&links->pairs, bit_of(&all[i], !all[i].alternate)))
            status = report_as(check, all[i].finding, MRRC_RULE_LINK_MISSING);
    for (size_t i = 0; i < count; i++)
        links->pairs.data[bit_of(&all[i], all[i].alternate) / 8] = 0;
    links->links.size = 0;
    return status;
}
