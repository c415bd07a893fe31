/* SPDX-License-Identifier: MIT
 *
 * scan.c: what all texts that are asked of records have in common: blanks, strings with
 * marc21's escapes, and the noting of faults.  The first fault is kept, and no more warnings than
 * anybody would read.
 */
#include <stdio.h>

#include "scan.h"

enum { WARNINGS_MAX = 64 };

/* ---- what is amiss ---- */

static void say(char *into, size_t room, const char *text) {
    (void)snprintf(into, room, "%s", text == NULL ? "" : text);
}

int mrrci_refuse_at(const mrrci_scan *scan, size_t at, int code, const char *message,
                    const char *expected, const char *hint) {
    mrrc_query_fault *fault = scan->fault;
    if (fault != NULL && fault->code == 0) {
        fault->code = code;
        fault->offset = (uint32_t)at;
        say(fault->message, sizeof fault->message, message);
        say(fault->expected, sizeof fault->expected, expected);
        say(fault->hint, sizeof fault->hint, hint);
    }
    return code;
}

int mrrci_refuse_syntax(const mrrci_scan *scan, const char *message, const char *expected,
                        const char *hint) {
    return mrrci_refuse_at(scan, scan->at, MRRC_ERR_QUERY_SYNTAX, message, expected, hint);
}

int mrrci_refuse(const mrrci_scan *scan, const char *message) {
    return mrrci_refuse_syntax(scan, message, NULL, NULL);
}

int mrrci_warn(const mrrci_scan *scan, size_t at, const char *message, const char *hint) {
    mrrc_query_fault warning = {.offset = (uint32_t)at};
    if (scan->warnings == NULL || scan->warnings->size >= WARNINGS_MAX * sizeof warning)
        return MRRC_OK;
    say(warning.message, sizeof warning.message, message);
    say(warning.hint, sizeof warning.hint, hint);
    return mrrci_buffer_append(scan->warnings, &warning, sizeof warning);
}

/* ---- blanks and strings ---- */

bool mrrci_skip_blanks(mrrci_scan *scan) {
    size_t before = scan->at;
    while (mrrci_is_blank(mrrci_peek(scan, 0)))
        scan->at++;
    return scan->at > before;
}

static int refuse_string(const mrrci_scan *scan, const char *message, const char *hint) {
    return mrrci_refuse_at(scan, scan->at, MRRC_ERR_QUERY_STRING, message, NULL, hint);
}

/* One escape, of which the backslash is not taken yet. */
static int parse_escape(mrrci_scan *scan, uint8_t quote, mrrc_buffer *bytes) {
    static const char from[] = "nrtbf\\/", to[] = "\n\r\t\b\f\\/";
    uint8_t byte = mrrci_peek(scan, 1);
    const char *found = byte == 0 ? NULL : strchr(from, byte);
    if (mrrci_is_blank(byte)) {
        scan->at++;
        (void)mrrci_skip_blanks(scan);
        return MRRC_OK;
    }
    if (found == NULL && byte != quote)
        return refuse_string(scan, "there is no such escape",
                             "\\n \\r \\t \\b \\f \\\\ \\/ and the quote; in a pattern write "
                             "\\\\d");
    scan->at += 2;
    return mrrci_buffer_append(bytes, found == NULL ? (const void *)&byte : to + (found - from), 1);
}

int mrrci_parse_string(mrrci_scan *scan, mrrc_buffer *bytes) {
    size_t begin = scan->at;
    uint8_t quote = mrrci_peek(scan, 0);
    if (!mrrci_is_quote(quote))
        return mrrci_refuse_syntax(scan, "a string is wanted here", "a text in quotes, as 'x'",
                                   NULL);
    scan->at++;
    while (!mrrci_take(scan, quote)) {
        if (scan->at == scan->end) {
            scan->at = begin;
            return refuse_string(scan, "this string has no end", NULL);
        }
        if (mrrci_peek(scan, 0) == '\\') {
            MRRCI_TRY(parse_escape(scan, quote, bytes));
            continue;
        }
        MRRCI_TRY(mrrci_buffer_append(bytes, scan->text + scan->at, 1));
        scan->at++;
    }
    return MRRC_OK;
}
