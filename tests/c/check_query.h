/* SPDX-License-Identifier: MIT
 *
 * check_query.h: a record to ask, and filters asked of it: whether they match, or why they are
 * none.
 */
#ifndef CHECK_QUERY_H
#define CHECK_QUERY_H

#include "check.h"

#define F "\x1e"
#define S "\x1f"

/* A packed record with something of everything. */
static const char check_asked[] =
    "01234nam a2200289 i 4500" F "001ocm1" F "003DE-101" F "005201604251012.345" F
    "008970205s1997    nyu      b    001 0 eng d" F "0201 " S "a0140449132" S "qpaperback" F
    "020  " S "a0140449999" S "qhardback" S "qcloth" F "075  " S "bp" S "2gndgen" F "075  " S
    "bpiz" S "2gndspec" F "1001 " S "aLovelace, Ada" S "d1815-1852." F "24510" S
    "aThe history of \xc3\xa4pfel /" S "cby A. Lovelace" F "650 0" S "aHistory" S "xSources" F
    "650 4" S "aWar" S "aPeace" S "zFrance" F "880 0" S "6245-01" S "a\xd0\x98\xd1\x81" F
    "999ff" S "i" F "CAT  " S "aX";

typedef struct check_answer {
    int status;               /* 1, 0, or a fault */
    mrrc_query_fault fault;
    size_t warnings;
    mrrc_query_fault warning; /* the first */
} check_answer;

/* Asks a filter of one packed record. */
static inline check_answer check_ask_of(const char *text, size_t size, const char *record,
                                        size_t record_size) {
    check_answer answer = {0};
    uint8_t *copy = check_copy(text, size);
    mrrc_filter *filter = mrrc_filter_new((const char *)copy, size, 80, 0, &answer.fault);
    free(copy); /* the filter has what it needs */
    if (filter == NULL) {
        answer.status = answer.fault.code;
        return answer;
    }
    const mrrc_query_fault *warnings = mrrc_filter_warnings(filter, &answer.warnings);
    if (answer.warnings > 0)
        answer.warning = warnings[0];
    uint8_t *packed = check_copy(record, record_size), match = 2;
    uint32_t end = (uint32_t)record_size;
    size_t done;
    answer.status = mrrc_filter_records(filter, packed, &end, 1, &match, &done);
    if (answer.status == MRRC_OK)
        answer.status = match;
    free(packed);
    mrrc_filter_free(filter);
    return answer;
}

static inline check_answer check_ask(const char *text) {
    return check_ask_of(text, strlen(text), check_asked, sizeof check_asked - 1);
}

/* A row of a table: a filter, and 1, 0 or the fault. */
typedef struct check_row {
    const char *text;
    int status;
} check_row;

static inline void check_rows(const check_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check_answer answer = check_ask(rows[i].text);
        CHECK_FOR(answer.status == rows[i].status, "%s: %d %s", rows[i].text, answer.status,
                  answer.fault.message);
    }
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof rows / sizeof rows[0])

#endif
