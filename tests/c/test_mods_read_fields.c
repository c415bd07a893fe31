/* SPDX-License-Identifier: MIT
 *
 * Making fields: white space, joined values, fields without content, the order of tags, and
 * fields in several scripts.
 */
#include "check.h"
#include "formats/mods_read.h"

#define LEADER "00000nam a2200000uu 4500"

static mods_text of(const char *word) {
    return (mods_text){(const uint8_t *)word, strlen(word)};
}

static void begin(mods_reader *m) {
    memset(m, 0, sizeof *m);
    memcpy(m->leader, LEADER, MRRCI_LEADER_SIZE);
    mrrci_mods_in_fields_begin(m);
}

static void finish(mods_reader *m, const char *wanted, size_t size) {
    mrrc_buffer out = {0};
    CHECK(mrrci_mods_in_fields_put(m, &out) == MRRC_OK);
    CHECK_BYTES(out.data, out.size, wanted, size);
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&m->fields);
    mrrci_buffer_clear(&m->index);
    mrrci_buffer_clear(&m->order);
}

#define FINISH(m, literal) finish((m), LEADER literal, sizeof(LEADER literal) - 1)

static void put_field(mods_reader *m, const char *tag, const char *value) {
    mrrci_mods_in_field(m, tag, ' ', '0');
    mrrci_mods_in_subfield(m, 'a', of(value));
    mrrci_mods_in_field_end(m);
}

static void test_space(void) {
    mods_reader m;
    begin(&m);
    put_field(&m, "500", " a  b\n\t c d \r\n");
    put_field(&m, "500", "\xc2\xa0 e");
    put_field(&m, "500", " \n ");
    mrrci_mods_in_control(&m, "001", of(" 1\n2 "));
    mrrci_mods_in_control(&m, "003", of("  "));
    mrrci_mods_in_control_bytes(&m, "008", (const uint8_t *)" x  ", 4);
    FINISH(&m, "\x1e" "0011 2\x1e" "008 x  \x1e" "500 0\x1f" "aa b c d\x1e" "500 0\x1f"
               "a\xc2\xa0 e");
}

static void test_joining(void) {
    mods_reader m;
    begin(&m);
    mrrci_mods_in_field(&m, "500", '1', '2');
    mrrci_mods_in_join_begin(&m, 'a');
    CHECK(!mrrci_mods_in_joined(&m));
    mrrci_mods_in_join(&m, ", ", of(" "));
    mrrci_mods_in_join(&m, ", ", of(" a"));
    CHECK(mrrci_mods_in_joined(&m));
    mrrci_mods_in_join(&m, ", ", of("b  c"));
    mrrci_mods_in_join(&m, "; ", of(""));
    mrrci_mods_in_join_word(&m, " : ", "d");
    mrrci_mods_in_join_end(&m);
    mrrci_mods_in_join_begin(&m, 'b');
    mrrci_mods_in_join_end(&m);
    mrrci_mods_in_subfield_word(&m, 'c', "e");
    mrrci_mods_in_field_end(&m);
    FINISH(&m, "\x1e" "50012\x1f" "aa, b c : d\x1f" "ce");
}

/* Links, sources and codes do not make a field. */
static void test_content(void) {
    mods_reader m;
    begin(&m);
    for (const char *code = "02346"; *code != 0; code++) {
        mrrci_mods_in_field(&m, "650", ' ', '7');
        mrrci_mods_in_subfield(&m, *code, of("x"));
        mrrci_mods_in_field_end(&m);
    }
    mrrci_mods_in_field(&m, "650", ' ', '7');
    mrrci_mods_in_field_end(&m);
    FINISH(&m, "");
}

static void test_order(void) {
    mods_reader m;
    begin(&m);
    put_field(&m, "999", "1");
    put_field(&m, "245", "2");
    put_field(&m, "500", "3");
    put_field(&m, "010", "4");
    put_field(&m, "500", "5");
    put_field(&m, "245", "6");
    FINISH(&m, "\x1e" "010 0\x1f" "a4\x1e" "245 0\x1f" "a2\x1e" "245 0\x1f" "a6\x1e" "500 0\x1f"
               "a3\x1e" "500 0\x1f" "a5\x1e" "999 0\x1f" "a1");
}

static void test_scripts(void) {
    static const struct {
        const char *script, *link;
    } scripts[] = {{"Latn", "/(B"}, {"Cyrl", "/(N"}, {"Arab", "/(3"}, {"Hebr", "/(2"},
                   {"Grek", "/(S"}, {"Hani", "/$1"}, {"Hans", "/$1"}, {"Hant", "/$1"},
                   {"Jpan", "/$1"}, {"Kore", "/$1"}, {"Thai", "/Thai"}, {"", ""}};
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        mods_reader m;
        char wanted[200];
        begin(&m);
        m.link = 7;
        put_field(&m, "260", ""); /* dropped, and so it takes no number */
        put_field(&m, "245", "a");
        put_field(&m, "250", "b");
        m.linked = false;
        m.alternate = true;
        m.script = of(scripts[i].script);
        put_field(&m, "245", "c");
        put_field(&m, "250", "d");
        m.link = 0;
        put_field(&m, "500", "e");
        int size = snprintf(wanted, sizeof wanted,
                            LEADER "\x1e" "245 0\x1f" "6880-07\x1f" "aa\x1e" "250 0\x1f"
                                   "ab\x1e" "500 0\x1f" "ae\x1e" "880 0\x1f" "6245-07%s\x1f"
                                   "ac\x1e" "880 0\x1f" "6250-00%s\x1f" "ad",
                            scripts[i].link, scripts[i].link);
        finish(&m, wanted, (size_t)size);
    }
}

static void make(void *context) {
    mods_reader m;
    mrrc_buffer out = {0};
    (void)context;
    begin(&m);
    for (int i = 0; i < 50; i++)
        put_field(&m, i % 2 == 0 ? "500" : "245", "some text that takes room");
    int status = mrrci_mods_in_fields_put(&m, &out);
    CHECK(status == (check_memory.failed ? MRRC_ERR_MEMORY : MRRC_OK));
    mrrci_buffer_clear(&out);
    mrrci_buffer_clear(&m.fields);
    mrrci_buffer_clear(&m.index);
    mrrci_buffer_clear(&m.order);
}

int main(void) {
    test_space();
    test_joining();
    test_content();
    test_order();
    test_scripts();
    check_memory_sweep(make, NULL);
    return check_report();
}
