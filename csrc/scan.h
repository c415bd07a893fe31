/* SPDX-License-Identifier: MIT
 *
 * scan.h: the text of a filter, a query or a selector while it is read, character by character:
 * blanks, strings in quotes, and faults with their places.  References are read elsewhere.
 */
#ifndef MRRC_SCAN_H
#define MRRC_SCAN_H

#include "internal.h"

typedef struct mrrci_scan mrrci_scan;

/* A text that is being read, up to `end`. */
struct mrrci_scan {
    const uint8_t *text;
    size_t at, end;
    mrrc_query_fault *fault;
    mrrc_buffer *warnings;    /* mrrc_query_fault each; or NULL */
    bool filter;              /* a reference is a part of the text, and not the whole of it */
    bool counted;             /* the reference stands behind a # */
    /* Reads the conditions in the braces at hand, which stand behind a mrrci_reference or one of
     * its parts, and gives their list a number; NULL where a reference takes none. */
    int (*conditions)(mrrci_scan *scan, const void *reference, uint32_t *number);
    mrrc_filter *program;     /* where they are kept */
};

/* The character `ahead` of the place, or 0. */
static inline uint8_t mrrci_peek(const mrrci_scan *scan, size_t ahead) {
    return scan->end - scan->at > ahead ? scan->text[scan->at + ahead] : 0;
}

static inline bool mrrci_take(mrrci_scan *scan, uint8_t byte) {
    if (byte == 0 || mrrci_peek(scan, 0) != byte)
        return false;
    scan->at++;
    return true;
}

static inline bool mrrci_is_blank(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static inline bool mrrci_is_quote(uint8_t byte) {
    return byte == '\'' || byte == '"';
}

/* Passes over blanks.  Returns whether there were some. */
bool mrrci_skip_blanks(mrrci_scan *scan);

/* Reads a string in quotes and appends what it says to `bytes`.  Returns 0, MRRC_ERR_QUERY_* with
 * scan->fault, or MRRC_ERR_MEMORY. */
int mrrci_parse_string(mrrci_scan *scan, mrrc_buffer *bytes);

/* Each notes a fault at a place of the text: why, what is wanted there, and how to mend it;
 * any may be NULL.  Returns `code`, that of the second and third is MRRC_ERR_QUERY_SYNTAX. */
int mrrci_refuse_at(const mrrci_scan *scan, size_t at, int code, const char *message,
                    const char *expected, const char *hint);
int mrrci_refuse_syntax(const mrrci_scan *scan, const char *message, const char *expected,
                        const char *hint);
int mrrci_refuse(const mrrci_scan *scan, const char *message);

/* Notes something that was taken, but hardly means what it says.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrci_warn(const mrrci_scan *scan, size_t at, const char *message, const char *hint);

#endif
