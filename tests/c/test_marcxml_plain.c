/* SPDX-License-Identifier: MIT
 *
 * The own way with common MARCXML against libxml2's: documents of many writers, changed by
 * chance in many places, have to come out the same, record by record, with every place,
 * note and fault, whatever the bytes come in.
 */
#include "check.h"
#include "outcome.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SLIM "http://www.loc.gov/MARC21/slim"
#define LEADER "00000nam a2200000   4500"

/* What writers write: yaz-marcdump, pymarc, the Library of Congress, this package. */
static const char *const documents[] = {
    HEAD "<collection xmlns=\"" SLIM "\">\n"
    "<record>\n  <leader>" LEADER "</leader>\n"
    "  <controlfield tag=\"001\">one</controlfield>\n"
    "  <datafield tag=\"245\" ind1=\"1\" ind2=\"0\">\n"
    "    <subfield code=\"a\">Title &amp; more &lt;&gt;&quot;&apos; /</subfield>\n"
    "    <subfield code=\"c\">Somebody with a name that is long enough.</subfield>\n"
    "  </datafield>\n</record>\n"
    "<record>\n  <leader>" LEADER "</leader>\n"
    "  <controlfield tag=\"001\"></controlfield>\n"
    "  <controlfield tag=\"008\">970101s1997    xxu           000 0 eng  </controlfield>\n"
    "  <datafield tag=\"245\" ind1=\" \" ind2=\"#\">\n"
    "    <subfield code=\"a\">\xc3\x89t\xc3\xa9 \xe2\x80\x94 \xf0\x9f\x98\x80</subfield>\n"
    "    <subfield code=\"-\">a > b</subfield>\n"
    "  </datafield>\n  <datafield tag=\"9XX\" ind1=\" \" ind2=\" \">\n  </datafield>\n"
    "</record>\n"
    "<record>\n  <leader>" LEADER "</leader>\n</record>\n</collection>\n",

    HEAD "<collection xmlns=\"" SLIM "\"><record><leader>" LEADER "</leader>"
    "<controlfield tag=\"001\">one</controlfield><datafield ind1=\"1\" ind2=\"0\" tag=\"245\">"
    "<subfield code=\"a\">First</subfield><subfield code=\"b\">more</subfield></datafield>"
    "</record><record><leader>" LEADER "</leader><controlfield tag=\"001\">two</controlfield>"
    "<datafield ind1=\"1\" ind2=\" \" tag=\"245\"><subfield code=\"a\">Second</subfield>"
    "<subfield code=\"b\" /></datafield></record><record><leader>" LEADER "</leader>"
    "<datafield ind1=\" \" ind2=\" \" tag=\"500\"><subfield code=\"a\">Third\xc2\xa0</subfield>"
    "</datafield></record></collection>",

    "<marc:collection xmlns:marc=\"" SLIM "\">\n"
    "  <marc:record type=\"Bibliographic\">\n    <marc:leader>" LEADER "</marc:leader>\n"
    "    <marc:datafield tag=\"245\" ind1=\"1\" ind2=\"0\">\n"
    "      <marc:subfield code=\"a\">Prefixed</marc:subfield>\n    </marc:datafield>\n"
    "  </marc:record>\n"
    "  <marc:record type=\"Bibliographic\">\n    <marc:leader>" LEADER "</marc:leader>\n"
    "    <marc:controlfield tag=\"003\">DLC</marc:controlfield>\n"
    "    <marc:datafield tag=\"245\" ind1=\"1\" ind2=\"0\">\n"
    "      <marc:subfield code=\"a\">Again</marc:subfield>\n    </marc:datafield>\n"
    "  </marc:record>\n</marc:collection>\n<!-- over -->\n",

    "\xef\xbb\xbf<list xmlns=\"urn:x\">\r\n<record xmlns=\"" SLIM "\">\r\n<leader>" LEADER
    "</leader>\r\n</record>\r\n<record xmlns=\"" SLIM "\">\r\n<leader>" LEADER "</leader>\r\n"
    "<controlfield tag=\"001\">lines\r\n</controlfield></record>\r\n<record>\r\n<leader>" LEADER
    "</leader>\r\n</record>\r\n<other><record xmlns=\"" SLIM "\"><leader>" LEADER "</leader>"
    "<controlfield tag=\"001\">deep</controlfield></record><record xmlns=\"" SLIM "\"><leader>"
    LEADER "</leader><controlfield tag=\"001\">deeper</controlfield></record></other></list>",

    "<?xml version='1.0' encoding='ISO-8859-1'?><c>\n<record><leader>" LEADER "</leader>"
    "<controlfield tag=\"001\">\xe9\xe8</controlfield></record><record><leader>" LEADER
    "</leader><datafield tag=\"245\"><subfield>\xa0</subfield></datafield></record>\n<record/></c>",

    "<r><record><leader>" LEADER "</leader><controlfield tag=\"001\">a</controlfield></record>"
    "<record><header>x</header><metadata><record><leader>" LEADER "</leader></record></metadata>"
    "</record><record><header/></record><record><leader>" LEADER "</leader></record>"
    "<record><datafield tag=\"245\"><subfield>no code</subfield></datafield></record>"
    "<record><leader>" LEADER "</leader><controlfield tag=\"001\">b</controlfield></record>"
    "<?pi?><!-- c --> text <record><leader>" LEADER "</leader><datafield tag=\"245\" ind1=\"1\" "
    "ind2=\"0\"><subfield code=\"a\"><![CDATA[<c>]]></subfield></datafield></record></r>",
};

/* What may be put into a document. */
static const char *const pieces[] = {
    "<", ">", "&", "\"", "'", "/", "]]>", "<!--", "-->", "<!-- c -->", "<![CDATA[", "]]>",
    "<![CDATA[x]]>", "<?", "?>", "<?pi x?>", "&amp;", "&#65;", "&#x1F600;", "&#1;", "&#13;", "&x;",
    "\r", "\n", "\r\n", "\t", " ", "\x01", "\x1e", "\x1f", "\xff", "\xc3", "\xed\xa0\x80",
    "\xef\xbf\xbe", "\xef\xbf\xbf", "\xef\xbf\xbd", "\xef\xbb\xbf", "\xc3\xa9", "<record>",
    "</record>", "<record/>", "<leader>", "</leader>", "<subfield code=\"a\">", "</subfield>",
    "</datafield>", "<datafield tag=\"500\" ind1=\" \" ind2=\" \">", "<controlfield tag=\"001\">",
    "</controlfield>", "<x>", "</x>", "<x/>", "<m:record>", " xmlns=\"urn:y\"",
    " xmlns:m=\"urn:z\"", " id=\"1\"", "</collection>", "<!DOCTYPE a>", "<!DOCTYPE a [", "]>",
    "<!ENTITY x \"y\">", "<record><leader>" LEADER "</leader></record>", "ab", "1", "=", ":",
    "\r\r\r\r", "\xca\xca", "<![4",
    " encoding=\"ISO-8859-1\"", " encoding=\"UTF-7\"", " encoding=\"UTF-16\"",
    "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?>",
};

enum {
    DOCUMENTS = sizeof documents / sizeof *documents,
    PIECES = sizeof pieces / sizeof *pieces
};

static void show_outcome(const char *what, const mrrc_buffer *outcome) {
    fprintf(stderr, "  %s:\n", what);
    for (size_t i = 0; i < outcome->size; i++)
        if (outcome->data[i] >= 0x7F || (outcome->data[i] < 0x20 && outcome->data[i] != '\n'))
            fprintf(stderr, "\\x%02x", outcome->data[i]);
        else
            fputc(outcome->data[i], stderr);
}

/* Reads a document in every way.  Returns whether all say the same. */
static bool agree(const mrrc_buffer *document, uint64_t *state, uint32_t flags) {
    mrrc_buffer wanted = {0}, seen = {0};
    const size_t feeds[] = {0, 1, 2 + check_random(state, 200), 0, 1 + check_random(state, 700)};
    uint8_t *exact = check_copy(document->data, document->size);
    bool same = true;
    outcome_of("marcxml", exact, document->size, flags | MRRC_READ_LIBRARY, 0, &wanted);
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds && same; i++) {
        uint32_t way = i >= 3 ? MRRC_READ_LIBRARY : 0;
        outcome_of("marcxml", exact, document->size, flags | way, feeds[i], &seen);
        same = check_same(&seen, &wanted);
        if (!same && check_failed < 3) {
            fprintf(stderr, "way %zu, feed %zu, flags %u, document of %zu bytes:\n%.*s\n", i,
                    feeds[i], (unsigned)flags, document->size, (int)document->size,
                    (const char *)document->data);
            show_outcome("libxml2", &wanted);
            show_outcome("seen", &seen);
        }
    }
    free(exact);
    mrrci_buffer_clear(&wanted);
    mrrci_buffer_clear(&seen);
    return same;
}

/* Replaces `size` bytes of the document at `at`. */
static void replace(mrrc_buffer *document, size_t at, size_t size, const void *by, size_t by_size) {
    mrrc_buffer made = {0};
    check_put(&made, document->data, at);
    check_put(&made, by, by_size);
    check_put(&made, document->data + at + size, document->size - at - size);
    mrrci_buffer_clear(document);
    *document = made;
}

static void change(mrrc_buffer *document, uint64_t *state) {
    if (document->size == 0)
        return;
    size_t at = check_random(state, (uint32_t)document->size);
    size_t left = document->size - at;
    switch (check_random(state, 8)) {
    case 0: { /* a bit */
        document->data[at] ^= (uint8_t)(1u << check_random(state, 8));
        break;
    }
    case 1: { /* a byte */
        document->data[at] = (uint8_t)check_random(state, 256);
        break;
    }
    case 2: /* some left out */
        replace(document, at, left < 12 ? left : 1 + check_random(state, 11), "", 0);
        break;
    case 3: /* some twice */ {
        size_t size = left < 60 ? left : 1 + check_random(state, 59);
        uint8_t *copy = check_copy(document->data + at, size);
        replace(document, at, 0, copy, size);
        free(copy);
        break;
    }
    case 4: /* cut off */
        if (check_random(state, 4) == 0)
            document->size = at;
        break;
    default: { /* put in */
        const char *piece = pieces[check_random(state, PIECES)];
        replace(document, at, 0, piece, strlen(piece));
    }
    }
}

static void test_as_they_are(void) {
    uint64_t state = 0x9A1;
    for (size_t i = 0; i < DOCUMENTS; i++) {
        mrrc_buffer document = {0};
        check_put_text(&document, documents[i]);
        CHECK(agree(&document, &state, 0));
        CHECK(agree(&document, &state, MRRC_READ_NAMESPACE));
        CHECK(agree(&document, &state, MRRC_READ_FORCE_UTF8));
        mrrci_buffer_clear(&document);
    }
}

/* Each document cut off at each of its places. */
static void test_cut(void) {
    uint64_t state = 0xC07;
    for (size_t i = 0; i < DOCUMENTS; i++)
        for (size_t size = 0; size < strlen(documents[i]); size += 1 + i % 3) {
            mrrc_buffer document = {0};
            check_put(&document, documents[i], size);
            CHECK_FOR(agree(&document, &state, 0), "document %zu cut at %zu", i, size);
            mrrci_buffer_clear(&document);
        }
}

static void test_changed(uint32_t rounds, uint64_t state) {
    for (uint32_t round = 0; round < rounds; round++) {
        mrrc_buffer document = {0};
        check_put_text(&document, documents[check_random(&state, DOCUMENTS)]);
        for (uint32_t changes = 1 + check_random(&state, 3); changes > 0; changes--)
            change(&document, &state);
        CHECK_FOR(agree(&document, &state, round % 5 == 0 ? MRRC_READ_NAMESPACE : 0),
                  "round %lu", (unsigned long)round);
        mrrci_buffer_clear(&document);
    }
}

int main(int count, char **arguments) {
    enum { ROUNDS = 4000 };
    uint32_t rounds = count > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : ROUNDS;
    uint64_t state = count > 2 ? strtoull(arguments[2], NULL, 10) : 0x3A4C21;
    test_as_they_are();
    test_cut();
    test_changed(rounds, state);
    return check_report();
}
