/* SPDX-License-Identifier: MIT
 *
 * What selectors find in a record: which fields, subfields and characters, in which
 * order, and that no record makes them read too far.
 */
#include "check.h"
#include "select.h"

#define RECORD                                                                                     \
    "00000nam a2200000   4500"                                                                     \
    "\x1e" "001id"                                                                                 \
    "\x1e" "006a|||b" "\x1e" "006c"                                                                \
    "\x1e" "008970101s1997    nyu           000 0 eng d"                                           \
    "\x1e" "020  \x1f" "a111\x1f" "a222\x1f" "qpbk"                                                \
    "\x1e" "24510\x1f" "aT\xc3\xa9st\x1f" "bsub\x1f" "cme"                                         \
    "\x1e" "24600\x1f" "aother"                                                                    \
    "\x1e" "500  "                                                                                 \
    "\x1e" "500  \x1f" "a"                                                                         \
    "\x1e" "650 0\x1f" "aCats\x1f" "xFun\x1f" "aDogs"                                              \
    "\x1e" "650 7\x1f" "aBirds\x1f" "2gnd"                                                         \
    "\x1e" "651 0\x1f" "aOslo"                                                                     \
    "\x1e" "6A0 0\x1f" "aletters\x1f" "S" "capital\x1f" "*star"                                    \
    "\x1e" "245  \x1f" "asecond\x1f" "\xc3\xa9" "accent"

/* Appends all that the first column finds, each value in angle brackets. */
static void put_found(const mrrci_columns *columns, size_t column, const uint8_t *packed,
                      size_t size, mrrc_buffer *out) {
    mrrci_selection selection;
    mrrci_hits hits;
    mrrci_hit hit;
    mrrci_matcher *asker = NULL;
    CHECK(mrrci_columns_asker(columns, &asker) == MRRC_OK);
    CHECK((asker != NULL) == mrrci_columns_ask(columns));
    CHECK(mrrci_select(&selection, columns, asker, packed, size) == MRRC_OK);
    mrrci_hits_begin(&hits, &selection, column);
    while (mrrci_hit_next(&hits, &hit)) {
        check_put_text(out, "<");
        CHECK(mrrci_hit_put(&hit, out) == MRRC_OK);
        check_put_text(out, ">");
    }
    CHECK(mrrci_hit_next(&hits, &hit) == 0);
    mrrci_matcher_free(asker);
}

static mrrci_columns *compile(const char *text) {
    mrrci_columns *columns = NULL;
    mrrc_error err = {0};
    CHECK_FOR(mrrci_columns_new(text, strlen(text), &columns, &err) == MRRC_OK, "%s: %s", text,
              err.detail);
    if (columns == NULL)
        abort();
    return columns;
}

static const struct {
    const char *selector, *found;
} cases[] = {
    {"LDR", "<00000nam a2200000   4500>"},
    {"000/5", "<n>"},
    {"ldr.type", "<a>"},
    {"ldr.base_addr", "<00000>"},
    {"LDR/#-3", "<4500>"},
    {"LDR/20-99", "<4500>"},
    {"LDR/24", ""},
    {"001", "<id>"},
    {"003", ""},
    {"006", "<a|||b><c>"},
    {"006/0", "<a><c>"},
    {"006/1-3", "<|||>"},
    {"006/#", "<b><c>"},
    {"006[1]/0", "<c>"},
    {"006[#]/0", "<c>"},
    {"006[2]/0", ""},
    {"008/35-37", "<eng>"},
    {"008/39-50", "<d>"},
    {"008[35:38]", "<eng>"},
    {"008[39:]", "<d>"},
    {"008[:6]", "<970101>"},
    {"008[39]", "<d>"},
    {"006[0:4]", "<a|||><>"}, /* beyond the end is empty, and so a value */
    {"006[3:1]", "<><>"},
    {"00X/0", "<i><a><c><9>"},
    {"245$a", "<T\xc3\xa9st><second>"},
    {"245$a$b", "<T\xc3\xa9st><sub><second>"},
    {"245$b$a", "<T\xc3\xa9st><sub><second>"}, /* in the record's order */
    {"245$a$a", "<T\xc3\xa9st><second>"},
    {"245$a-c", "<T\xc3\xa9st><sub><me><second>"},
    {"245$[ac]", "<T\xc3\xa9st><me><second>"},
    {"245$*", "<T\xc3\xa9st><sub><me><second><accent>"},
    {"245.*", "<second>"},
    {"245[0]$a", "<T\xc3\xa9st>"},
    {"245[1]$a", "<second>"},
    {"245[1-2]$a", "<second>"},
    {"245[#]$a", "<second>"},
    {"245[#-5]$a", "<T\xc3\xa9st><second>"},
    {"245[1-0]$a", ""},
    {"245[2]$a", ""},
    {"245", "<T\xc3\xa9st sub me><second accent>"},
    {"245[0-0]", "<T\xc3\xa9st sub me>"},
    {"245.a", "<second>"}, /* marc21: a dot alone wants blank indicators */
    {"245/*.a", "<T\xc3\xa9st><second>"},
    {"245/10$a", "<T\xc3\xa9st>"},
    {"245/1.$a", "<T\xc3\xa9st>"},
    {"245/#..a", "<second>"},
    {"245/[^1].$a", "<second>"},
    {"245/[#1][#0]$a", "<T\xc3\xa9st><second>"},
    {"245^1", "<1>< >"},
    {"245[0]^2", "<0>"},
    {"245$a/1", "<\xc3\xa9><e>"},
    {"245$a/1-2", "<\xc3\xa9s><ec>"},
    {"245$a/#", "<t><d>"},
    {"245$a/5", "<d>"},
    {"245$a/0$b/0", "<T><s><s>"},
    {"020$a", "<111><222>"},
    {"020$a[0]", "<111>"},
    {"020$a[1]", "<222>"},
    {"020$a[#]", "<222>"},
    {"020$a[0]$q", "<111><pbk>"},
    {"020$a[5]", ""},
    {"020$q$a[1]/0", "<2><pbk>"},
    {"500", "<><>"},
    {"500$a", "<>"},
    {"500$a/0", ""},
    {"650$a", "<Cats><Dogs><Birds>"},
    {"650/#7$a", "<Birds>"},
    {"6XX$a", "<Cats><Dogs><Birds><Oslo>"},
    {"6xX$a", "<Cats><Dogs><Birds><Oslo>"},
    {"6..$a", "<Cats><Dogs><Birds><Oslo><letters>"},
    {"6XX[0]$a", "<Cats><Dogs>"},
    {"6XX[1]/.0$a", "<Oslo>"}, /* counted behind tag and indicators */
    {"65[^0]$a", "<Oslo>"},
    {"6[A5][01]$a", "<Cats><Dogs><Birds><Oslo><letters>"},
    {"6A0$S", "<capital>"},
    {"6A0.S", ""},
    {"6A0/*.S", "<capital>"},
    {"6A0$\\*", "<star>"},
    {"...$q", "<pbk>"},
    {"24.$a", "<T\xc3\xa9st><other><second>"},
    {"999$a", ""},
    {"020$a{$q=\\pbk}", "<111><222>"},
    {"020$a{$q=\\hbk}", ""},
    {"020$a{$a=\\222}", "<111><222>"}, /* some $a of the field is */
    {"650$a{$x}", "<Cats><Dogs>"},
    {"650$a{!$x}", "<Birds>"},
    {"650$a{$2=\\gnd|$x=\\Fun}", "<Cats><Dogs><Birds>"},
    {"650$a{$2=\\gnd}{^2=\\7}", "<Birds>"},
    {"650$a[1]{$x}", "<Dogs>"},
    {"650[0]$a{$2}", ""}, /* fields are counted before they are asked */
    {"650[1]$a{$2}", "<Birds>"},
    {"650$a{$x}$2{!$x}", "<Cats><Dogs><gnd>"},
    {"650{$2=\\gnd}", "<Birds gnd>"},
    {"500{$a}", "<>"},
    {"LDR/6{001=\\id}", "<a>"},
    {"LDR/6{001=\\other}", ""},
    {"006/0{LDR/6=\\a}", "<a><c>"},
    {"006/0{006/0=\\c}", "<a><c>"},
    {"001{245^1=\\1}", "<id>"},
    {"001{245^1=\\7}", ""},
    {"245^1{$b}", "<1>"},
};

enum { CASES = sizeof cases / sizeof cases[0] };

static void test_one_each(void) {
    size_t size = sizeof RECORD - 1;
    uint8_t *packed = check_copy(RECORD, size);
    for (size_t i = 0; i < CASES; i++) {
        mrrci_columns *columns = compile(cases[i].selector);
        mrrc_buffer out = {0};
        put_found(columns, 0, packed, size, &out);
        CHECK_FOR(check_holds(&out, cases[i].found, strlen(cases[i].found)), "%s: %.*s",
                  cases[i].selector, (int)out.size, out.data);
        mrrci_buffer_clear(&out);
        mrrci_columns_free(columns);
    }
    free(packed);
}

/* All of them in one table, which has more columns than a mask has bits; and in a record with more
 * fields than a selection has room for, the last of which have to be found too. */
static void test_together(void) {
    mrrc_buffer text = {0}, packed = {0}, out = {0};
    for (size_t i = 0; i < CASES; i++) {
        check_put_text(&text, cases[i].selector);
        check_put_text(&text, "\n");
    }
    check_put_text(&text, "77X$a\n77X[#]$a\n77X[90]$a\n");
    check_put_text(&packed, RECORD);
    for (int i = 0; i < 100; i++)
        check_put_text(&packed, "\x1e" "773  \x1f" "az");
    check_put_text(&text, "");
    mrrci_columns *columns = NULL;
    CHECK(mrrci_columns_new(text.text, text.size, &columns, NULL) == MRRC_OK);
    CHECK(mrrci_columns_count(columns) == CASES + 3 && CASES > 64);
    for (size_t i = 0; i < CASES; i++) {
        out.size = 0;
        put_found(columns, i, packed.data, packed.size, &out);
        if (cases[i].selector[0] != '.')
            CHECK_FOR(check_holds(&out, cases[i].found, strlen(cases[i].found)), "%s",
                      cases[i].selector);
    }
    out.size = 0;
    put_found(columns, CASES, packed.data, packed.size, &out);
    CHECK(out.size == 300);
    for (size_t i = 1; i < 3; i++) {
        out.size = 0;
        put_found(columns, CASES + i, packed.data, packed.size, &out);
        CHECK_BUFFER(out, "<z>");
    }
    mrrci_columns_free(columns);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&packed);
    mrrci_buffer_clear(&text);
}

/* Which values are of fixed fields, and which are whole fields. */
static void test_kinds(void) {
    static const struct {
        const char *selector;
        bool fixed, field;
    } kinds[] = {{"LDR", true, false},   {"LDR/5", true, false}, {"001", true, false},
                 {"008/0", true, false}, {"008[0]", true, false}, {"245", false, true},
                 {"245$a", false, false}, {"245^1", false, false}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        mrrci_columns *columns = compile(kinds[i].selector);
        mrrci_selection selection;
        mrrci_hits hits;
        mrrci_hit hit;
        const uint8_t *packed = (const uint8_t *)RECORD;
        CHECK(mrrci_select(&selection, columns, NULL, packed, sizeof RECORD - 1) == MRRC_OK);
        mrrci_hits_begin(&hits, &selection, 0);
        CHECK(mrrci_hit_next(&hits, &hit));
        CHECK_FOR(hit.fixed == kinds[i].fixed && hit.field == kinds[i].field, "%s",
                  kinds[i].selector);
        mrrci_columns_free(columns);
    }
}

static void test_faults(void) {
    static const char *const texts[] = {"", "short", "00000nam a2200000   4500x",
                                        "00000nam a2200000   4500\x1e" "24",
                                        RECORD "\x1e" "2\x1f" "5"};
    mrrci_columns *columns = compile("245$a");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        mrrci_selection selection;
        uint8_t *packed = check_copy(texts[i], strlen(texts[i]));
        CHECK(mrrci_select(&selection, columns, NULL, packed, strlen(texts[i])) ==
              MRRC_ERR_PACKED_INVALID);
        free(packed);
    }
    mrrci_columns_free(columns);
}

/* Records of bytes by chance and cut anywhere: what is found lies inside. */
static void test_chance(void) {
    uint64_t state = 7;
    mrrc_buffer text = {0};
    for (size_t i = 0; i < CASES; i++) {
        check_put_text(&text, cases[i].selector);
        check_put_text(&text, "\n");
    }
    mrrci_columns *columns = NULL;
    mrrci_matcher *asker = NULL;
    CHECK(mrrci_columns_new(text.text, text.size, &columns, NULL) == MRRC_OK);
    CHECK(mrrci_columns_asker(columns, &asker) == MRRC_OK && asker != NULL);
    size_t values = 0;
    for (int round = 0; round < 3000; round++) {
        size_t size = check_random(&state, sizeof RECORD);
        uint8_t *packed = check_copy(RECORD, size);
        mrrci_selection selection;
        for (uint32_t changes = check_random(&state, 6); size > 0 && changes > 0; changes--)
            packed[check_random(&state, (uint32_t)size)] = (uint8_t)check_random(&state, 256);
        if (mrrci_select(&selection, columns, asker, packed, size) == MRRC_OK)
            for (size_t i = 0; i < CASES; i++) {
                mrrci_hits hits;
                mrrci_hit hit;
                mrrci_hits_begin(&hits, &selection, i);
                while (mrrci_hit_next(&hits, &hit) > 0) {
                    values++;
                    if (hit.text < packed || hit.size > (size_t)(packed + size - hit.text))
                        CHECK_FOR(false, "%s", cases[i].selector);
                }
            }
        free(packed);
    }
    CHECK(values > 1000);
    mrrci_matcher_free(asker);
    mrrci_columns_free(columns);
    mrrci_buffer_clear(&text);
}

static int put_hit(void) {
    static const char field[] = "00\x1f" "aone\x1f" "btwo";
    const mrrci_hit whole = {.text = (const uint8_t *)field, .size = strlen(field), .field = true};
    mrrc_buffer out = {0};
    int status = mrrci_hit_put(&whole, &out);
    if (status == MRRC_OK)
        CHECK_BUFFER(out, "one two");
    else
        CHECK(out.size == 0);
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_one_each();
    test_together();
    test_kinds();
    test_faults();
    test_chance();
    sweep(put_hit);
    return check_report();
}
