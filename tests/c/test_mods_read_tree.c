/* SPDX-License-Identifier: MIT
 *
 * The tree of one <mods>: names, nodes and their text, attributes, and comparing words.
 */
#include "check.h"
#include "formats/mods_read.h"

#define MODS_TEXT(name, text) text,
static const char *const elements[] = {MODS_ELEMENTS(MODS_TEXT)};

/* Opens, fills and closes nodes as a document would. */
static void open_node(mods_reader *m, const char *name, const mrrci_xml_attribute *attributes,
                      size_t count) {
    mrrci_xml_element element = {.name = name, .attributes = attributes, .count = count};
    CHECK(mrrci_mods_in_tree_open(m, &element, mrrci_mods_in_element_find(name)) == MRRC_OK);
}

static void put_text(mods_reader *m, const char *text) {
    CHECK(mrrci_mods_in_tree_text(m, (const uint8_t *)text, strlen(text)) == MRRC_OK);
}

static void clear(mods_reader *m) {
    mrrci_buffer_clear(&m->nodes);
    mrrci_buffer_clear(&m->attributes);
    mrrci_buffer_clear(&m->text);
    mrrci_buffer_clear(&m->values);
}

static void test_names(void) {
    size_t count = sizeof elements / sizeof elements[0];
    CHECK_EQ_INT(count, E_COUNT - 1);
    CHECK(E_COUNT <= 256 && A_COUNT <= 256);
    for (size_t i = 0; i < count; i++) {
        CHECK_EQ_INT(mrrci_mods_in_element_find(elements[i]), i + 1);
        CHECK_FOR(i == 0 || strcmp(elements[i - 1], elements[i]) < 0, "%s", elements[i]);
    }
    CHECK_EQ_INT(mrrci_mods_in_element_find("titleInfo"), E_TITLE_INFO);
    CHECK_EQ_INT(mrrci_mods_in_element_find(""), E_UNKNOWN);
    CHECK_EQ_INT(mrrci_mods_in_element_find("titleinfo"), E_UNKNOWN);
    CHECK_EQ_INT(mrrci_mods_in_element_find("zzz"), E_UNKNOWN);
}

#define VALUE(text) (const uint8_t *)(text), sizeof(text) - 1

static void test_tree(void) {
    static const mrrci_xml_attribute attributes[] = {
        {"type", "http://www.w3.org/1999/xlink", VALUE("simple")},
        {"unknown", NULL, VALUE("x")},
        {"type", NULL, VALUE("local")},
        {"href", "http://www.w3.org/1999/xlink", VALUE("h")},
        {"lang", "http://www.w3.org/XML/1998/namespace", VALUE("eng")},
        {"usage", MODS_NAMESPACE, VALUE(" Primary ")},
    };
    mods_reader m = {.open = MODS_NONE};
    open_node(&m, "mods", NULL, 0);
    put_text(&m, " a ");
    open_node(&m, "note", attributes, 6);
    put_text(&m, "b");
    open_node(&m, "i", NULL, 0);
    put_text(&m, "c");
    mrrci_mods_in_tree_close(&m);
    put_text(&m, "d ");
    mrrci_mods_in_tree_close(&m);
    open_node(&m, "title", attributes, 0);
    mrrci_mods_in_tree_close(&m);
    open_node(&m, "note", attributes, 3);
    mrrci_mods_in_tree_close(&m);
    mrrci_mods_in_tree_close(&m);
    CHECK(m.open == MODS_NONE);

    CHECK_EQ_INT(mrrci_mods_in_end(&m, 0), 5);
    CHECK_EQ_INT(mrrci_mods_in_end(&m, 1), 3);
    mods_text text = mrrci_mods_in_raw(&m, 1);
    CHECK_BYTES(text.at, text.size, "bcd ", 4);
    text = mrrci_mods_in_peek(&m, 1);
    CHECK_BYTES(text.at, text.size, "bcd", 3);
    CHECK(!mrrci_mods_in_node(&m, 1)->used);
    text = mrrci_mods_in_value(&m, 1);
    CHECK_BYTES(text.at, text.size, "bcd", 3);
    CHECK(mrrci_mods_in_node(&m, 1)->used);
    CHECK(mrrci_mods_in_attribute_is(&m, 1, A_TYPE, "local"));
    CHECK(mrrci_mods_in_attribute_is(&m, 1, A_HREF, "h"));
    CHECK(mrrci_mods_in_attribute_is(&m, 1, A_LANG, "eng"));
    CHECK(mrrci_mods_in_attribute_is(&m, 1, A_USAGE, "primary"));
    CHECK(mrrci_mods_in_has(&m, 4, A_TYPE) && !mrrci_mods_in_has(&m, 3, A_TYPE));
    CHECK(!mrrci_mods_in_has(&m, 2, A_TYPE) && !mrrci_mods_in_has(&m, 0, A_TYPE));
    CHECK_EQ_INT(mrrci_mods_in_child(&m, 0, E_NOTE), 1);
    CHECK_EQ_INT(mrrci_mods_in_child(&m, 0, E_TITLE), 3);
    CHECK_EQ_INT(mrrci_mods_in_child(&m, 0, E_NAME), MODS_NONE);
    CHECK_EQ_INT(mrrci_mods_in_child(&m, 3, E_NOTE), MODS_NONE);

    uint32_t seen = 0;
    MODS_EACH(&m, child, 0)
        seen = seen * 10 + child;
    CHECK_EQ_INT(seen, 134);
    seen = 0;
    MODS_EACH_NAMED(&m, child, 0, E_NOTE)
        seen = seen * 10 + child;
    CHECK_EQ_INT(seen, 14);
    clear(&m);
}

static mods_text of(const char *word) {
    return (mods_text){(const uint8_t *)word, strlen(word)};
}

static void test_words(void) {
    CHECK(mrrci_mods_in_is(of("text"), "text") && mrrci_mods_in_is(of(" \n\tText\r "), "tEXT"));
    CHECK(!mrrci_mods_in_is(of("text"), "texts") && !mrrci_mods_in_is(of("texts"), "text"));
    CHECK(mrrci_mods_in_is(of(""), "") && mrrci_mods_in_is(of("  "), ""));
    CHECK(!mrrci_mods_in_is(of("a b"), "ab") && !mrrci_mods_in_is(of("[ "), "{"));
    CHECK(mrrci_mods_in_is((mods_text){NULL, 0}, ""));
    CHECK_EQ_INT(mrrci_mods_in_trim(of(" a b\n")).size, 3);
    CHECK_EQ_INT(mrrci_mods_in_trim(of(" \t\r\n")).size, 0);
}

static void build(void *context) {
    static const mrrci_xml_attribute type = {"type", NULL, VALUE("local")};
    mrrci_xml_element element = {.name = "note", .attributes = &type, .count = 1};
    mods_reader m = {.open = MODS_NONE};
    int status = MRRC_OK;
    (void)context;
    for (int i = 0; i < 200 && status == MRRC_OK; i++)
        status = mrrci_mods_in_tree_open(&m, &element, E_NOTE);
    CHECK(status == (check_memory.failed ? MRRC_ERR_MEMORY : MRRC_OK));
    clear(&m);
}

int main(void) {
    test_names();
    test_tree();
    test_words();
    check_memory_sweep(build, NULL);
    return check_report();
}
