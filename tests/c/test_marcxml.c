/* SPDX-License-Identifier: MIT
 *
 * MARCXML and marcxchange, read: namespaces and prefixes, where a record may stand, what
 * else may stand around it, large documents, and memory that runs out.
 */
#include "check.h"
#include "outcome.h"

#define LEADER "00000nam a2200000   4500"
#define SLIM "http://www.loc.gov/MARC21/slim"
#define MARCXCHANGE "info:lc/xmlns/marcxchange-v1"
#define FULL "<leader>" LEADER "</leader><controlfield tag=\"001\">x</controlfield>"

static const char *const formats[] = {"marcxml", "marcxchange"};

/* How many records a document gives, or less than 0 where there was a fault. */
static int count_records(const char *format, const char *document, uint32_t flags) {
    mrrc_buffer seen = {0};
    int count = 0;
    outcome_of(format, (const uint8_t *)document, strlen(document), flags, 0, &seen);
    check_put(&seen, "", 1);
    for (const char *at = seen.text; (at = strstr(at, "record ")) != NULL; at++)
        count++;
    if (strstr(seen.text, "fault ") != NULL)
        count = -1;
    mrrci_buffer_clear(&seen);
    return count;
}

static void check_count(const char *document, int any, int strict, int line) {
    for (size_t i = 0; i < 2; i++)
        for (uint32_t library = 0; library <= MRRC_READ_LIBRARY; library += MRRC_READ_LIBRARY) {
            check_int(count_records(formats[i], document, library), any, __FILE__, line, document);
            check_int(count_records(formats[i], document, library | MRRC_READ_NAMESPACE), strict,
                      __FILE__, line, document);
        }
}

#define COUNTS(document, any, strict) check_count(document, any, strict, __LINE__)
#define TWICE(text) text text
#define RECORD "<record>" FULL "</record>"

static void test_namespaces(void) {
    COUNTS("<collection xmlns=\"" SLIM "\">" TWICE(RECORD) "</collection>", 2, 2);
    COUNTS("<collection xmlns='" MARCXCHANGE "'>" TWICE(RECORD) "</collection>", 2, 2);
    COUNTS("<collection>" TWICE(RECORD) "</collection>", 2, 0);
    COUNTS("<collection xmlns=\"urn:other\">" TWICE(RECORD) "</collection>", 2, 0);
    COUNTS(RECORD, 1, 0);
    COUNTS("<m-x:record xmlns:m-x='" SLIM "'><m-x:leader>" LEADER "</m-x:leader></m-x:record>",
           1, 1);
    COUNTS("<m:c xmlns:m='" SLIM "'>" TWICE("<m:record><m:leader>" LEADER "</m:leader></m:record>")
           "</m:c>", 2, 2);
    COUNTS("<m:c xmlns:m='" SLIM "'>" TWICE("<m:record>" FULL "</m:record>") "</m:c>", 2, 2);
    COUNTS("<c>" TWICE("<record xmlns='" SLIM "'>" FULL "</record>") RECORD "</c>", 3, 2);
    /* the same tags in another place may mean something else */
    COUNTS("<c><a xmlns='" SLIM "'>" TWICE(RECORD) "</a>" TWICE(RECORD) "</c>", 4, 2);
    COUNTS("<c><a xmlns='" SLIM "'>" TWICE(RECORD) "</a><a xmlns='u'>" TWICE(RECORD) "</a></c>",
           4, 2);
    COUNTS("<c>" TWICE("<m:record>" FULL "</m:record>") "</c>", -1, -1);
}

static void test_places(void) {
    COUNTS("<a xmlns='" SLIM "'><b><c><d>" TWICE(RECORD) "</d></c>" RECORD "</b>" RECORD "</a>",
           4, 4);
    COUNTS("<a xmlns='" SLIM "'>x" RECORD "y<!-- -->" RECORD "<?z?><![CDATA[<record/>]]>"
           TWICE(RECORD) "</a>", 4, 4);
    COUNTS("<collection xmlns='" SLIM "'/>", 0, 0);
    COUNTS("", -1, -1);
    COUNTS("no XML", -1, -1);
    COUNTS("<collection xmlns='" SLIM "'>" TWICE(RECORD), -1, -1);
    /* 29 elements around a record leave room for its own, and 30 do not */
    for (int around = 28; around <= 30; around++) {
        mrrc_buffer document = {0};
        for (int i = 0; i < around; i++)
            check_put_text(&document, "<a>");
        check_put_text(&document, TWICE("<record><leader>" LEADER "</leader><datafield tag='245'>"
                                        "<subfield code='a'/></datafield></record>"));
        for (int i = 0; i < around; i++)
            check_put_text(&document, "</a>");
        check_put(&document, "", 1);
        COUNTS(document.text, around <= 29 ? 2 : -1, around <= 29 ? 0 : -1);
        mrrci_buffer_clear(&document);
    }
}

/* Many records, of which every tenth is out of the ordinary, in all ways at once. */
static void test_many(void) {
    enum { RECORDS = 3000 };
    mrrc_buffer document = {0}, wanted = {0}, seen = {0};
    check_put_text(&document, "<?xml version=\"1.0\"?>\n<collection xmlns=\"" SLIM "\">\n");
    for (int i = 0; i < RECORDS; i++) {
        char record[400];
        snprintf(record, sizeof record,
                 "<record>\n  <leader>" LEADER "</leader>\n  <controlfield tag=\"001\">%d"
                 "</controlfield>\n  <datafield tag=\"245\" ind1=\"1\" ind2=\"0\">\n    "
                 "<subfield %scode=\"a\">%s &amp; Title %d</subfield>\n  </datafield>\n</record>\n",
                 i, i % 10 == 7 ? " " : "", i % 500 == 1 ? "<x>y</x>&#13;" : "", i);
        check_put_text(&document, record);
    }
    check_put_text(&document, "</collection>\n");
    outcome_of("marcxml", document.data, document.size, MRRC_READ_LIBRARY, 0, &wanted);
    const size_t feeds[] = {0, 1, 999, 70000};
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        outcome_of("marcxml", document.data, document.size, 0, feeds[i], &seen);
        CHECK(check_same(&seen, &wanted));
    }
    mrrci_buffer_clear(&document);
    mrrci_buffer_clear(&wanted);
    mrrci_buffer_clear(&seen);
}

/* A record is delivered as soon as it is whole, if there were others like it. */
static void test_promptness(void) {
    static const char head[] = "<collection>";
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcxml"));
    mrrc_batch_view view;
    mrrc_reader_open_feed(reader);
    mrrc_reader_feed(reader, (const uint8_t *)head, sizeof head - 1);
    CHECK(mrrc_reader_next(reader, 0, &view, NULL) == MRRC_MORE);
    for (int i = 0; i < 5; i++) {
        for (const char *at = RECORD; *at != 0; at++) {
            CHECK(mrrc_reader_feed(reader, (const uint8_t *)at, 1) == MRRC_OK);
            int status = mrrc_reader_next(reader, 0, &view, NULL);
            CHECK(status == (at[1] == 0 ? MRRC_OK : MRRC_MORE));
        }
        CHECK(view.count == 1);
    }
    mrrc_reader_free(reader);
}

/* Attributes may change between two calls. */
static void test_changing_flags(void) {
    static const char document[] = "<collection>" TWICE(TWICE(RECORD)) "</collection>";
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcxml"));
    mrrc_batch_view view;
    size_t count = 0;
    mrrc_reader_open_feed(reader);
    for (size_t i = 0; i < sizeof document - 1; i++) {
        mrrc_reader_feed(reader, (const uint8_t *)document + i, 1);
        if (mrrc_reader_next(reader, count == 2 ? MRRC_READ_NAMESPACE : 0, &view, NULL) == MRRC_OK)
            count += view.count;
    }
    CHECK_EQ_INT(count, 2); /* strict from there on */
    mrrc_reader_free(reader);
}

/* Reads three documents' worth of kinds with memory that may run out. */
static int run_reader(void) {
    static const char document[] =
        "<c>" TWICE(RECORD) "<record><leader>x</leader></record>" RECORD
        "<record><controlfield tag='245'>&amp;</controlfield></record>" TWICE(RECORD) "</c>";
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marcxml"));
    size_t records = 0, faults = 0, notes = 0, at = 0;
    int status = MRRC_OK;
    if (reader == NULL)
        return MRRC_ERR_MEMORY;
    mrrc_reader_open_feed(reader);
    while (status != MRRC_END && status != MRRC_ERR_MEMORY) {
        mrrc_batch_view view;
        mrrc_error err = {0};
        status = mrrc_reader_next(reader, 0, &view, &err);
        records += view.count;
        notes += view.notes_count;
        faults += status < 0;
        if (status == MRRC_MORE) {
            size_t part = sizeof document - 1 - at < 200 ? sizeof document - 1 - at : 200;
            status = mrrc_reader_feed(reader, (const uint8_t *)document + at, part);
            at += part;
        }
    }
    if (status != MRRC_ERR_MEMORY)
        CHECK(records == 6 && faults == 1 && notes == 1);
    mrrc_reader_free(reader);
    return status;
}

int main(void) {
    test_namespaces();
    test_places();
    test_many();
    test_promptness();
    test_changing_flags();
    sweep(run_reader);
    return check_report();
}
