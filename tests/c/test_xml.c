/* SPDX-License-Identifier: MIT
 *
 * Documents through libxml2: records and faults in their order, with their places, however
 * the bytes come and in whatever encoding; everything that is refused; and nothing on
 * standard error.
 */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>

#include "batch.h"
#include "check.h"
#include "conversion.h"
#include "xml.h"

/* A format of this test's own: <r> is a record, packed as its text; <note/> in it is noted,
 * <bad/> is a fault, and <forget/> makes it no record. */
typedef struct format {
    bool in_record, forgotten;
} format;

static int on_start(void *user, mrrci_xml *xml, const mrrci_xml_element *element) {
    format *at = user;
    if (strcmp(element->name, "r") == 0) {
        size_t size;
        const uint8_t *tag = mrrci_xml_start_tag(xml, &size);
        CHECK(size >= 2 && tag[0] == '<' && memchr(tag, '>', size) == NULL);
        mrrci_xml_record_begin(xml);
        at->in_record = true;
        at->forgotten = false;
    } else if (strcmp(element->name, "note") == 0) {
        return mrrci_xml_note(xml, (mrrc_diagnostic){.code = -7, .size = (uint32_t)element->count});
    } else if (strcmp(element->name, "bad") == 0) {
        mrrci_xml_record_fault(xml, MRRC_ERR_XML_RECORD, (const uint8_t *)"245", "bad");
    } else if (strcmp(element->name, "forget") == 0) {
        mrrci_xml_record_forget(xml);
        at->forgotten = true;
    }
    for (size_t i = 0; i < element->count; i++) {
        const mrrci_xml_attribute *attribute = &element->attributes[i];
        if (at->in_record)
            MRRCI_TRY(mrrci_buffer_append(mrrci_xml_record(xml), attribute->value,
                                          attribute->size));
    }
    return MRRC_OK;
}

static int on_text(void *user, mrrci_xml *xml, const uint8_t *text, size_t size) {
    format *at = user;
    return at->in_record ? mrrci_buffer_append(mrrci_xml_record(xml), text, size) : MRRC_OK;
}

static int on_end(void *user, mrrci_xml *xml, const mrrci_xml_element *element) {
    format *at = user;
    CHECK(element->count == 0);
    if (strcmp(element->name, "r") != 0)
        return MRRC_OK;
    at->in_record = false;
    return at->forgotten ? MRRC_OK : mrrci_xml_record_end(xml);
}

static const mrrci_xml_handler handler = {on_start, on_text, on_end};

/* Appends what a batch holds: "offset+length text;" and "~offset;" for each note. */
static void put_batch(const mrrci_batch *batch, mrrc_buffer *to) {
    mrrc_batch_view view;
    mrrci_batch_look(batch, &view);
    char line[100];
    for (size_t i = 0, start = 0; i < view.count; start = view.ends[i++]) {
        snprintf(line, sizeof line, "%lu+%lu ", (unsigned long)view.offsets[i],
                 (unsigned long)view.lengths[i]);
        check_put_text(to, line);
        if (view.ends[i] > start)
            check_put(to, view.block + start, view.ends[i] - start);
        check_put_text(to, ";");
        for (size_t k = 0; k < view.notes_count; k++)
            if (view.notes[k].record == i) {
                snprintf(line, sizeof line, "~%lu;", (unsigned long)view.notes[k].offset);
                check_put_text(to, line);
            }
    }
}

/* Reads a document with `step` bytes more at hand at each call, and writes all down; a fault
 * is "!code offset line:column detail".  Returns the last status. */
static int read_document(const void *document, size_t size, size_t step, uint32_t flags,
                         mrrc_buffer *to) {
    format at = {0};
    mrrci_batch batch = {0};
    size_t start = 0, have = 0;
    int status = MRRC_OK;
    mrrci_xml *xml = mrrci_xml_new(&handler, &at);
    if (xml == NULL)
        return MRRC_ERR_MEMORY;
    while (status != MRRC_END && status != MRRC_ERR_MEMORY) {
        mrrc_error err = {0};
        size_t used = 0;
        have = size - have < step ? size : have + step;
        uint8_t *exact = check_copy((const uint8_t *)document + start, have - start);
        mrrci_input input = {.data = exact,
                             .size = have - start,
                             .offset = start,
                             .wanted = 60,
                             .flags = flags,
                             .last = have == size};
        status = mrrci_xml_decode(xml, &input, &batch, &used, &err);
        CHECK(used <= have - start);
        CHECK(status == MRRC_ERR_MEMORY || err.code == (status < 0 ? status : 0));
        start += used;
        check_memory_allow();
        put_batch(&batch, to);
        mrrci_batch_reset(&batch);
        if (status < 0) {
            char line[200];
            snprintf(line, sizeof line, "!%d %lu %lu:%lu %s%s;", status, (unsigned long)err.offset,
                     (unsigned long)err.line, (unsigned long)err.column, (char *)err.tag,
                     err.detail);
            check_put_text(to, line);
        }
        free(exact);
    }
    mrrci_xml_free(xml);
    mrrci_batch_clear(&batch);
    return status;
}

static void check_document(const void *document, size_t size, const char *wanted, int line) {
    const size_t steps[] = {1, 2, 3, 7, 50, 100000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        mrrc_buffer seen = {0};
        CHECK(read_document(document, size, steps[i], 0, &seen) == MRRC_END);
        check_bytes(seen.data, seen.size, wanted, strlen(wanted), __FILE__, line, document);
        mrrci_buffer_clear(&seen);
    }
}

#define GIVES(document, wanted) check_document(document, sizeof(document) - 1, wanted, __LINE__)

static void test_records(void) {
    GIVES("<c/>", "");
    GIVES("<r/>", "0+4 ;");
    GIVES("<c>\n<r>one</r>x<r a='2' xmlns:b='u' b:c=\"&amp;3\">tw<x>o</x></r>\n</c>\n<!-- -->",
          "4+10 one;15+48 2&3two;");
    GIVES("\xef\xbb\xbf<?xml version='1.0'?>\n<c><r><![CDATA[<&]]>&lt;&#233;\r\n</r></c>",
          "28+33 <&<\xc3\xa9\n;");
    GIVES("<c><r>1<note/></r><r>2<bad/><note/><bad/></r><r>\n\n<note a=''/>3<note/></r></c>",
          "3+15 1;~7;!-411 22 1:23 245bad;45+29 \n\n3;~50;~63;");
    GIVES("<c><r>1<forget/></r><r>2</r><r><bad/><forget/></r>\n<r><bad/>3</r></c>",
          "20+8 2;!-411 54 2:4 245bad;");
    GIVES("<r a='&amp;' b='&#38;#38;&#x26;&lt;' c='&amp;#38;'/>", "0+52 &&#38;&<&#38;;");
    GIVES("<c>\n<m:r xmlns:m='u'>1</m:r><n:r xmlns:n='v'/></c>", "4+24 1;28+18 ;");
}

static void test_faults(void) {
    GIVES("", "!-1011 0 1:1 a document without an element;");
    GIVES(" \n ", "!-1011 3 2:2 a document without an element;");
    GIVES("<c><r>1</r>\n<r>2", "3+8 1;!-1011 16 2:5 the document ends before </r>;");
    GIVES("<c><r>1</r></d>",
          "3+8 1;!-1011 15 1:16 Opening and ending tag mismatch: c line 1 and d;");
    GIVES("<c><r>1</r></c>x", "3+8 1;!-1011 15 1:16 Extra content at the end of the document;");
    GIVES("<c><r>1</r><m:r/></c>",
          "3+8 1;!-1011 15 1:16 Namespace prefix m on r is not defined;");
    GIVES("<c><r>1</r>\n<r>\xc3\x28</r></c>", "3+8 1;!-1011 15 2:4 bytes that are not UTF-8;");
    GIVES("<c><r>1</r>\r\r\r\xff</c>", "3+8 1;!-1011 14 1:15 bytes that are not UTF-8;");
    GIVES("<c>\n<r a<b='>'\r>\r\r<x\xff",
          "!-1011 8 2:5 Specification mandates value for attribute a;");
    GIVES("<c><r>1</r>\n<r>\x01</r></c>",
          "3+8 1;!-1011 15 2:4 PCDATA invalid Char value 1;");
    GIVES("<c><r>1</r><r>&e;</r></c>", "3+8 1;!-1011 17 1:18 Entity 'e' not defined;");
    GIVES("<!DOCTYPE c [<!ENTITY e 'x'>]><c><r>&e;</r></c>",
          "!-1011 12 1:13 a document type declaration, which is never read;");
    GIVES("<!DOCTYPE c SYSTEM '/etc/passwd'><c><r>1</r></c>",
          "!-1011 32 1:33 a document type declaration, which is never read;");
    GIVES("<?xml version='1.0' encoding='none'?><c/>",
          "!-1011 35 1:36 Unsupported encoding none;");
    GIVES("<?xml version='1.0' encoding='UTF-16'?><c/>",
          "!-1011 37 1:38 Document labelled UTF-16 but has UTF-8 content;");
}

/* A text in another encoding: each character of ASCII in `unit` bytes. */
static void widen(mrrc_buffer *to, const char *text, size_t unit, size_t place) {
    for (; *text != 0; text++) {
        uint8_t bytes[4] = {0};
        bytes[place] = (uint8_t)*text;
        check_put(to, bytes, unit);
    }
}

static void test_encodings(void) {
    GIVES("<?xml version='1.0' encoding='ISO-8859-1'?>\n<c><r>\xe9\xe8</r>\n<r/></c>",
          "47+9 \xc3\xa9\xc3\xa8;57+4 ;");
    GIVES("<?xml version='1.0' encoding='EUC-JP'?><c><r>\xc6\xfc</r><r>\xff</r></c>",
          "42+9 \xe6\x97\xa5;!-1011 54 1:54 bytes that are no text in the encoding of the "
          "document;");
    static const struct {
        const char *mark;
        size_t mark_size, unit, place;
    } wide[] = {{"\xff\xfe", 2, 2, 0}, {"\xfe\xff", 2, 2, 1}, {"", 0, 2, 0}, {"", 0, 2, 1}};
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        mrrc_buffer document = {0};
        char wanted[60];
        check_put(&document, wide[i].mark, wide[i].mark_size);
        widen(&document, "<?xml version='1.0' encoding='UTF-16'?><c><r>1</r><r a='b'/></c>",
              wide[i].unit, wide[i].place);
        snprintf(wanted, sizeof wanted, "%zu+16 1;%zu+20 b;", 84 + wide[i].mark_size,
                 100 + wide[i].mark_size);
        check_document(document.data, document.size, wanted, __LINE__);
        mrrci_buffer_clear(&document);
    }
    /* who knows better may say so */
    mrrc_buffer seen = {0};
    static const char text[] = "<?xml version='1.0' encoding='ISO-8859-1'?><r>\xc3\xa9</r>";
    CHECK(read_document(text, sizeof text - 1, 1, MRRC_READ_FORCE_UTF8, &seen) == MRRC_END);
    CHECK_BUFFER(seen, "43+9 \xc3\xa9;");
    mrrci_buffer_clear(&seen);
}

static void put_many(mrrc_buffer *to, const char *text, size_t count) {
    while (count-- > 0)
        check_put_text(to, text);
}

/* A record, then a text so many times, then a record: is the second still read? */
static void check_limit(const char *begin, const char *filling, size_t count, const char *end,
                        const char *detail) {
    mrrc_buffer document = {0};
    const size_t steps[] = {5000, 1 << 26};
    check_put_text(&document, "<c><r>1</r><s>");
    check_put_text(&document, begin);
    put_many(&document, filling, count);
    check_put_text(&document, end);
    check_put_text(&document, "</s><r>2</r></c>");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        mrrc_buffer seen = {0};
        CHECK(read_document(document.data, document.size, steps[i], 0, &seen) == MRRC_END);
        check_put(&seen, "", 1);
        CHECK(strncmp(seen.text, "3+8 1;", 6) == 0);
        CHECK_FOR(strstr(seen.text, detail) != NULL, "%s...: %.300s", detail,
                  seen.size < 600 ? seen.text : "");
        mrrci_buffer_clear(&seen);
    }
    mrrci_buffer_clear(&document);
}

static void test_limits(void) {
    check_limit("", "<s>", 29, "</s></s></s></s></s></s></s></s></s></s></s></s></s></s></s></s>"
                "</s></s></s></s></s></s></s></s></s></s></s></s></s>", "+8 2;");
    check_limit("", "<s>", 31, "", "elements inside elements, more than 32 deep");
    check_limit("", "y", MRRCI_XML_TEXT_MAX, "", "+8 2;");
    check_limit("", "y", MRRCI_XML_TEXT_MAX + 1, "", "14 1:15 a text of more than 10 MB");
    check_limit("", "y\n", MRRCI_XML_TEXT_MAX / 2 + 1, "", "14 1:15 a text of more than 10 MB");
    check_limit("\n&", "y ", 5500000, "", "2:3 EntityRef: expecting ';'");
    check_limit("<![CDATA[", "y", MRRCI_XML_TEXT_MAX + 1, "]]>", "a text of more than 10 MB");
    check_limit("<r>", "yyyyyyyyyyyyyyyy<s/>", 790000, "</r>", "+8 2;");
    check_limit("<r>", "yyyyyyyyyyyyyyyy<s/>", 839000, "</r>", "a record of more than 16 MiB");
    check_limit("<s a='", "y", 60000, "'/>", "+8 2;");
    check_limit("<s a='", "y", 70000, "'/>", "14 1:15 a tag or comment of more than 64 KiB");
    check_limit("<!--", "y", 70000, "-->", "14 1:15 a tag or comment of more than 64 KiB");
    check_limit("<s ", "a='' ", 257, "/>", "14 1:15 a tag with more than 256 attributes");
}

/* libxml2 may take a tag for unfinished that is not, and judge it when more has come. */
static void test_late_judgement(void) {
    static const char tag[] = "<s2=\"1<c\" t\nu\n e=\"a\"><s x=''>\n</s></c>";
    mrrc_buffer document = {0};
    GIVES("<c><s2=\"1<c\" t\nu\n e=\"a\"><s x=''>\n</s></c>",
          "!-1011 6 1:7 error parsing attribute name;");
    check_put_text(&document, "<c>\n\n");
    put_many(&document, "y", 9000);
    check_put(&document, tag, sizeof tag - 1);
    check_document(document.data, document.size, "!-1011 9008 3:9004 error parsing attribute name;",
                   __LINE__);
    mrrci_buffer_clear(&document);
}

/* What one part of a program reads, and another skips. */
static void test_skipping(void) {
    static const char document[] = "<c>\n<r>1</r>\n<r>2\n</r>\n<r><bad/></r></c>";
    format at = {0};
    mrrci_batch batch = {0};
    mrrc_error err = {0};
    mrrc_buffer seen = {0};
    size_t used = 0, skipped = strlen("\n<r>2\n</r>"), start;
    mrrci_xml *xml = mrrci_xml_new(&handler, &at);
    mrrci_input input = {.data = (const uint8_t *)document,
                         .size = sizeof document - 1,
                         .wanted = 1000,
                         .last = true};
    mrrci_xml_stop_behind(xml, "r");
    CHECK(!mrrci_xml_at_rest(xml) && !mrrci_xml_stopped(xml));
    CHECK_EQ_INT(mrrci_xml_decode(xml, &input, &batch, &used, &err), MRRC_OK);
    CHECK_EQ_INT(used, 12);
    CHECK(mrrci_xml_at_rest(xml) && mrrci_xml_stopped(xml) && mrrci_xml_flags(xml) == 0);
    mrrci_xml_skip(xml, input.data + used, skipped);
    start = used + skipped;
    input = (mrrci_input){.data = input.data + start,
                          .size = input.size - start,
                          .offset = start,
                          .wanted = 1000,
                          .last = true};
    CHECK_EQ_INT(mrrci_xml_decode(xml, &input, &batch, &used, &err), MRRC_ERR_XML_RECORD);
    CHECK(err.offset == 26 && err.line == 5 && err.column == 4);
    input.data += used;
    input.size -= used;
    input.offset += used;
    CHECK_EQ_INT(mrrci_xml_decode(xml, &input, &batch, &used, &err), MRRC_END);
    put_batch(&batch, &seen);
    CHECK_BUFFER(seen, "4+8 1;");
    mrrci_xml_free(xml);
    mrrci_batch_clear(&batch);
    mrrci_buffer_clear(&seen);
}

static int run_document(void) {
    static const char document[] =
        "<c><r>1<note/></r><r a='1' b='2'>2<bad/></r>\n<r>\n<note/>3<note/></r><r>4</r></d>";
    static const char wanted[] =
        "3+15 1;~7;!-411 34 1:35 245bad;45+23 \n3;~49;~57;68+8 4;"
        "!-1011 80 3:32 Opening and ending tag mismatch: c line 1 and d;";
    mrrc_buffer seen = {0};
    int status = read_document(document, sizeof document - 1, 30, 0, &seen);
    if (status != MRRC_ERR_MEMORY)
        CHECK_BYTES(seen.data, seen.size, wanted, sizeof wanted - 1);
    mrrci_buffer_clear(&seen);
    return status;
}

/* Runs everything with standard error in a file.  Returns how much was written there. */
static long quietly(void) {
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);
    if (file == NULL || kept < 0 || dup2(fileno(file), STDERR_FILENO) < 0)
        abort();
    test_faults();
    test_encodings();
    fflush(stderr);
    long written = (long)lseek(STDERR_FILENO, 0, SEEK_CUR);
    if (written > 0) {
        char line[1000];
        rewind(file);
        (void)dup2(kept, STDERR_FILENO);
        while (fgets(line, sizeof line, file) != NULL)
            fputs(line, stderr);
    }
    (void)dup2(kept, STDERR_FILENO);
    (void)close(kept);
    fclose(file);
    return written;
}

int main(void) {
    test_records();
    CHECK_EQ_INT(quietly(), 0);
    test_limits();
    test_late_judgement();
    test_skipping();
    sweep(run_document);
    return check_report();
}
