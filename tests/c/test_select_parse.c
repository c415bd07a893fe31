/* SPDX-License-Identifier: MIT
 *
 * Selectors: what is taken, and of what is not the place and the reason.
 */
#include "check.h"
#include "select.h"

static int compile(const char *text, mrrci_columns **columns, mrrc_error *err) {
    memset(err, 0, sizeof *err);
    uint8_t *copy = check_copy(text, strlen(text));
    int status = mrrci_columns_new((const char *)copy, strlen(text), columns, err);
    free(copy);
    return status;
}

static void test_taken(void) {
    static const char *const texts[] = {
        "LDR",        "ldr",         "000",          "LDR/06",      "LDR/6-7",    "LDR/#",
        "ldr.type",   "ldr.length",  "ldr.status",   "ldr.level",   "ldr.encoding",
        "ldr.base_addr",             "001",          "008/0",       "008/35-37",  "008/35-#",
        "007/#",      "007/#-1",     "008[35:38]",   "005[:4]",     "005[4:]",    "005[0]",
        "00X/0-3",    ".../0",       "006[0]/0-3",   "245",         "245[0-0]",   "245[#-1]",
        "245$a",      "245$a$b",     "245$a-c",      "245$[ac]",    "245$[a-c5]", "245$*",
        "245$\\*",    "245$\\[",     "245$,",        "245$-",       "245$a[0]",   "245$a[#]$b/0-3",
        "245[0]$a",   "245[1-2]$a",  "245[#]$a",     "245[0-#]$a",  "245[2-1]$a", "6XX$a",
        "6xx$a",      "6..$a",       "24..a",        "24.$a",       "...$a",      "[16]XX$a",
        "6[^5]0$a",   "1[0-1]0$a",   "CAT$a",        "9AB$x",       "[X]xx$a",    "cat",
        "245/10$a",   "245/1#.a",    "245/*.a",      "245/..$a",    "880/[12][^0]$a",
        "650/#[#0]$a",               "245.a",        "245.*",       "245.[ab]",   "913.S",
        "245^1",      "880[0]^2",    "020$a/0-2",    "  245$a \r",  "245$a\n",    "245$a\n008/0\n",
        "245[000]$a", "008/07-10",   "...[0]",       "245$$",       "245$Z",
        "245[2]/1#$a[1]/2"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mrrci_columns *columns;
        mrrc_error err;
        CHECK_FOR(compile(texts[i], &columns, &err) == MRRC_OK, "%s: %s", texts[i], err.detail);
        CHECK(err.code == 0);
        mrrci_columns_free(columns);
    }
}

static void test_refused(void) {
    static const struct {
        const char *text;
        size_t offset;
        const char *detail;
    } cases[] = {
        {"", 0, "a selector is wanted"},
        {"\n", 0, "a selector is wanted"},
        {"245$a\n\n", 6, "a selector is wanted"},
        {"245$a\n \n001", 7, "a selector is wanted"},
        {"24", 2, "three digits"},
        {"2*5$a", 1, "three digits"},
        {"245a", 3, "$ stands before"},
        {"245|10|a", 3, "$ stands before"},
        {"245$ab", 5, "245$a$b"},
        {"245$a$", 6, "code is wanted"},
        {"245$ a", 4, "code is wanted"},
        {"245$\xc3\xa9", 4, "code is wanted"},
        {"245$a-", 4, "range goes up"},
        {"245$c-a", 4, "range goes up"},
        {"245$a-Z", 4, "range goes up"},
        {"245$[", 5, "in the brackets"},
        {"245$[]", 5, "in the brackets"},
        {"245$[a", 6, "in the brackets"},
        {"245$[c-a]", 5, "range goes up"},
        {"245$[^a]", 5, "in the brackets"},
        {"245.", 4, "code is wanted"},
        {"245.-", 4, "code is wanted"},
        {"245.a.b", 5, "245$a$b"},
        {"245 $a", 3, "no blank"},
        {"245$a, 001", 5, "no comma"},
        {"245$a{ b }", 5, "braces"},
        {"245$a{$b", 8, "condition should end"},
        {"245/10{ a }", 6, "braces"},
        {"245/*", 3, "characters need"},
        {"245/0-3", 3, "characters need"},
        {"008[35-37]", 3, "008/35-37"},
        {"008^1", 4, "no indicators"},
        {"245^3", 4, "first indicator"},
        {"245^", 4, "first indicator"},
        {"008/", 4, "a number"},
        {"008/3-", 6, "a number"},
        {"008/35-37.3", 9, "end here"},
        {"008/1234567890", 13, "nine digits"},
        {"245[", 4, "a number"},
        {"245[0$a", 5, "] is wanted"},
        {"008[0:3", 7, "] is wanted"},
        {"008[:]", 5, "a number"},
        {"ldr.size", 4, "ldr. has"},
        {"ldr.", 4, "ldr. has"},
        {"LDR.type", 3, "end here"},
        {"LDR$a", 3, "end here"},
        {"245$a\n245$ab\n", 11, "245$a$b"},
        {"245$a[0]$a[1]$a[2]$a[3]$a[4]$a[5]$a[6]$a[7]$a[8]", 48, "more places"},
        {"\xff\xff\xff", 0, "three digits"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrci_columns *columns = NULL;
        mrrc_error err;
        const char *text = cases[i].text;
        CHECK_FOR(compile(text, &columns, &err) == MRRC_ERR_ARGUMENT, "%s", text);
        CHECK(columns == NULL && err.code == MRRC_ERR_ARGUMENT);
        CHECK_FOR(err.offset == cases[i].offset, "%s: %d", text, (int)err.offset);
        CHECK_FOR(strstr(err.detail, cases[i].detail) != NULL, "%s: %s", text, err.detail);
        CHECK(strlen(err.detail) < sizeof err.detail - 1); /* nothing is cut off */
    }
    mrrci_columns *columns;
    CHECK(mrrci_columns_new("24", 2, &columns, NULL) == MRRC_ERR_ARGUMENT && columns == NULL);
    mrrci_columns_free(NULL);
}

/* What marc21 takes, though it finds nothing, is taken with a warning. */
static void test_warned(void) {
    static const struct {
        const char *text;
        size_t offset;
        const char *message, *hint;
    } cases[] = {
        {"245[0]", 0, "control field", "245[0-0]"}, {"001\n245[0:3]", 4, "control field", "245$a/0-3"},
        {"008$a", 0, "no subfields", "008/35-37"},  {"00X.a", 0, "no subfields", "008/35-37"},
        {"008/35.3", 0, "indicators", "008[35]"},   {"245.a", 0, "both are blank", "245/*.a"},
        {"[2]4[5][0]", 0, "control field", "[2]4[5][0-0]"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mrrci_columns *columns;
        mrrc_error err;
        size_t count = 0;
        CHECK_FOR(compile(cases[i].text, &columns, &err) == MRRC_OK, "%s", cases[i].text);
        const mrrc_query_fault *warning = mrrci_columns_warnings(columns, &count);
        CHECK_FOR(count > 0, "%s", cases[i].text);
        if (count > 0) {
            CHECK(warning->code == 0 && warning->offset == cases[i].offset);
            CHECK_FOR(strstr(warning->message, cases[i].message) != NULL, "%s", warning->message);
            CHECK_FOR(strstr(warning->hint, cases[i].hint) != NULL, "%s", warning->hint);
        }
        mrrci_columns_free(columns);
    }
    mrrci_columns *columns;
    mrrc_error err;
    size_t count = 9;
    CHECK(compile("245$a\n245/*.a\n008/35\n075.b", &columns, &err) == MRRC_OK);
    CHECK(mrrci_columns_warnings(columns, &count) == NULL && count == 0);
    mrrci_columns_free(columns);
}

/* A zero is a character like another that no selector has. */
static void test_zero(void) {
    mrrci_columns *columns;
    CHECK(mrrci_columns_new("245$a\0", 6, &columns, NULL) == MRRC_ERR_ARGUMENT);
    CHECK(mrrci_columns_new("\0\0\0", 3, &columns, NULL) == MRRC_ERR_ARGUMENT);
    CHECK(mrrci_columns_new("245$\0", 5, &columns, NULL) == MRRC_ERR_ARGUMENT);
}

static void test_names(void) {
    mrrci_columns *columns;
    mrrc_error err;
    size_t size;
    CHECK(compile(" 245$a \n008/35-37\r\n6XX$a", &columns, &err) == MRRC_OK);
    CHECK(mrrci_columns_count(columns) == 3);
    static const char *const names[] = {"245$a", "008/35-37", "6XX$a"};
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *name = mrrci_column_name(columns, i, &size);
        CHECK_BYTES(name, size, names[i], strlen(names[i]));
    }
    mrrci_columns_free(columns);
}

/* Whatever the bytes are, they are columns or a fault with a place in them. */
static void test_chance(void) {
    static const char alphabet[] = "0248X.$ab/[]-#^*:{}\n \\lLdDrR\xc3";
    uint64_t state = 20260111;
    for (int i = 0; i < 100000; i++) {
        char text[24];
        size_t size = check_random(&state, sizeof text);
        mrrci_columns *columns = NULL;
        mrrc_error err = {0};
        for (size_t j = 0; j < size; j++)
            text[j] = alphabet[check_random(&state, sizeof alphabet - 1)];
        if (size > 3 && check_random(&state, 2))
            memcpy(text, "245", 3);
        uint8_t *copy = check_copy(text, size);
        int status = mrrci_columns_new((const char *)copy, size, &columns, &err);
        free(copy);
        if (status == MRRC_OK ? columns == NULL || err.code != 0
                              : err.code != MRRC_ERR_ARGUMENT || err.offset > size)
            CHECK_FOR(false, "%.*s", (int)size, text);
        mrrci_columns_free(columns);
    }
    CHECK(true);
}

static int compile_some(void) {
    static const char text[] = "245$a\n008/35-37\n6XX$a\nLDR/06\n001\n020$a\n300$a\n500$a\n";
    mrrci_columns *columns;
    mrrc_error err = {0};
    int status = mrrci_columns_new(text, strlen(text), &columns, &err);
    CHECK(err.code == status && (columns == NULL) == (status < 0));
    mrrci_columns_free(columns);
    return status;
}

int main(void) {
    test_taken();
    test_refused();
    test_warned();
    test_zero();
    test_names();
    test_chance();
    sweep(compile_some);
    return check_report();
}
