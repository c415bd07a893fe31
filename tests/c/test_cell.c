/* SPDX-License-Identifier: MIT
 *
 * Cells of tables: which get quotes, which an apostrophe.
 */
#include "cell.h"
#include "check.h"

static const struct {
    enum mrrci_quotes quotes;
    bool formulas;
    char separator;
    const char *text, *cell;
} cases[] = {
    {MRRCI_QUOTES_NECESSARY, false, ',', "", ""},
    {MRRCI_QUOTES_NECESSARY, false, ',', "a b", "a b"},
    {MRRCI_QUOTES_NECESSARY, false, ',', " a ", " a "},
    {MRRCI_QUOTES_SPARING, false, ',', " a ", "\" a \""},
    {MRRCI_QUOTES_SPARING, false, ',', "", ""},
    {MRRCI_QUOTES_NECESSARY, false, ',', "a,b", "\"a,b\""},
    {MRRCI_QUOTES_NECESSARY, false, '\t', "a,b", "a,b"},
    {MRRCI_QUOTES_NECESSARY, false, '\t', "a\tb", "\"a\tb\""},
    {MRRCI_QUOTES_NECESSARY, false, ',', "say \"so\" now", "\"say \"\"so\"\" now\""},
    {MRRCI_QUOTES_NECESSARY, false, ',', "two\nlines, long", "\"two\nlines, long\""},
    {MRRCI_QUOTES_NEVER, false, ',', "a,b", "a,b"},
    {MRRCI_QUOTES_ALWAYS, false, ',', "", "\"\""},
    {MRRCI_QUOTES_ALWAYS, false, ',', "a", "\"a\""},
    {MRRCI_QUOTES_TEXT, false, ',', "", "\"\""},
    {MRRCI_QUOTES_TEXT, false, ',', "12", "12"},
    {MRRCI_QUOTES_TEXT, false, ',', "1.5e3", "1.5e3"},
    {MRRCI_QUOTES_TEXT, false, ',', "1e", "\"1e\""},
    {MRRCI_QUOTES_TEXT, false, ',', "1e+5", "1e+5"},
    {MRRCI_QUOTES_TEXT, false, ',', ".", "\".\""},
    {MRRCI_QUOTES_TEXT, false, ',', "1x", "\"1x\""},
    {MRRCI_QUOTES_NECESSARY, false, ',', "=1+1", "'=1+1"},
    {MRRCI_QUOTES_NECESSARY, true, ',', "=1+1", "=1+1"},
    {MRRCI_QUOTES_NECESSARY, false, ',', "  @x", "'  @x"},
    {MRRCI_QUOTES_NECESSARY, false, ',', "-5", "-5"},
    {MRRCI_QUOTES_NECESSARY, false, ',', "-5+x", "'-5+x"},
    {MRRCI_QUOTES_NECESSARY, false, ',', "=", "="},
    {MRRCI_QUOTES_NEVER, false, ',', "=a,b", "'=a,b"},
    {MRRCI_QUOTES_ALWAYS, false, ',', "\xEF\xBC\x9D" "1", "\"'\xEF\xBC\x9D" "1\""},
};

static void test_cases(void) {
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const mrrci_cells style = {
            (uint8_t)cases[i].separator, cases[i].formulas, cases[i].quotes};
        mrrc_buffer out = {0};
        check_put_text(&out, "before");
        check_put_text(&out, cases[i].text);
        CHECK(mrrci_cell_end(&style, &out, 6) == MRRC_OK);
        CHECK_FOR(out.size == 6 + strlen(cases[i].cell) &&
                      memcmp(out.data + 6, cases[i].cell, out.size - 6) == 0,
                  "%s: %.*s", cases[i].text, (int)out.size, out.text);
        mrrci_buffer_clear(&out);
    }
}

static int run_cell(void) {
    const mrrci_cells style = {',', false, MRRCI_QUOTES_NECESSARY};
    mrrc_buffer out = {0};
    int status = mrrci_buffer_append(&out, "=\"a\",b", 6);
    if (status == MRRC_OK)
        status = mrrci_cell_end(&style, &out, 0);
    if (status == MRRC_OK)
        CHECK_BUFFER(out, "\"'=\"\"a\"\",b\"");
    mrrci_buffer_clear(&out);
    return status;
}

int main(void) {
    test_cases();
    sweep(run_cell);
    return check_report();
}
