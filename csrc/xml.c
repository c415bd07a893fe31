/* SPDX-License-Identifier: MIT
 *
 * xml.c: documents through libxml2's push parser to a format's handler, and the records
 * the handler makes to the batch, in their order with the faults between them.  No DTD, no
 * entity, nothing outside the document is ever looked at; what passes a limit ends the
 * reading.  It knows no element's name, and leaves libxml2's process-wide settings alone.
 */
#include <stdio.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "batch.h"
#include "conversion.h"
#include "internal.h"
#include "xml.h"

/* What was found and not yet delivered: a record, or a fault. */
typedef struct item {
    uint64_t offset;
    size_t length;            /* in the source */
    size_t end;               /* of its bytes in the queue's block */
    bool fault;
} item;

typedef struct queue {
    mrrc_buffer items;        /* item each */
    mrrc_buffer block;        /* the records' bytes */
    mrrc_buffer notes;        /* mrrc_diagnostic each; record is the item's index */
    mrrc_buffer faults;       /* mrrc_error each */
    size_t at;                /* the item to deliver next, */
    size_t from;              /* where its bytes begin, */
    size_t noted;             /* the first note not delivered, in bytes, */
    size_t failed;            /* and the first fault */
} queue;

/* A place in the source. */
typedef struct place {
    uint64_t offset;
    uint64_t line_start;
    uint32_t line;
} place;

struct mrrci_xml {
    const mrrci_xml_handler *handler;
    void *user;
    xmlParserCtxtPtr parser;  /* NULL before the first byte */
    mrrci_xml_cut cut;
    queue queue;
    mrrc_buffer record;       /* the record at work */
    mrrc_buffer attributes;   /* mrrci_xml_attribute each, of the element at work */
    mrrc_buffer values;       /* of those, the ones that had to be changed */
    mrrc_error fault;         /* of the record at work */
    mrrc_error end;           /* what ended the reading; its code 0 while it goes on */
    uint64_t record_offset;
    uint64_t record_parsed;   /* what libxml2 had parsed where it begins */
    uint64_t fed;             /* offset behind what the parser was given */
    const uint8_t *piece;     /* what it is being given */
    uint64_t piece_offset;
    size_t piece_size;
    place here;               /* where lines were counted up to */
    place stood;              /* what libxml2 had looked at when it was last given a piece */
    place text_begin;         /* of a text that goes on behind that piece */
    uint64_t tag_end;         /* behind the tag last met */
    size_t text_size;         /* of the text at work */
    uint32_t flags;
    uint32_t depth;
    uint32_t unit;            /* bytes of an ASCII character in the source */
    bool in_tag;              /* a tag is being told to the handler */
    bool in_record;
    bool converted;           /* not UTF-8: offsets are the best that is known */
    bool unconverted;         /* what cannot be converted comes next */
    bool started;             /* there was an element */
    bool ending;              /* no byte follows */
    bool unfinished;          /* the reading ended because of that */
    bool over;                /* all is said */
};

static const uint8_t nothing[1];

mrrci_xml *mrrci_xml_new(const mrrci_xml_handler *handler, void *user) {
    mrrci_xml *xml = mrrci_new(sizeof *xml);
    if (xml != NULL) {
        xml->handler = handler;
        xml->user = user;
        xml->here.line = xml->stood.line = 1;
        xml->unit = 1;
        xml->piece = nothing;
    }
    return xml;
}

void mrrci_xml_free(mrrci_xml *xml) {
    if (xml == NULL)
        return;
    xmlFreeParserCtxt(xml->parser);
    mrrci_buffer_clear(&xml->queue.items);
    mrrci_buffer_clear(&xml->queue.block);
    mrrci_buffer_clear(&xml->queue.notes);
    mrrci_buffer_clear(&xml->queue.faults);
    mrrci_buffer_clear(&xml->record);
    mrrci_buffer_clear(&xml->attributes);
    mrrci_buffer_clear(&xml->values);
    mrrci_free(xml);
}

/* ---- places ---- */

/* How much libxml2 holds of what it has not looked at. */
static size_t held(const mrrci_xml *xml) {
    const xmlParserInput *input = xml->parser->input;
    return input == NULL ? 0 : (size_t)(input->end - input->cur);
}

/* Where in the source the parser stands. */
static uint64_t offset_here(const mrrci_xml *xml) {
    uint64_t end = xml->piece_offset + xml->piece_size;
    if (!xml->converted) /* or it is just becoming so, and what is held has another size */
        return held(xml) < end ? end - held(xml) : 0;
    long consumed = xmlByteConsumed(xml->parser);
    return consumed < 0 ? xml->piece_offset : (uint64_t)consumed;
}

/* How much libxml2 has looked at, counted its own way. */
static uint64_t parsed(const mrrci_xml *xml) {
    const xmlParserInput *input = xml->parser->input;
    return input->consumed + (uint64_t)(input->cur - input->base);
}

/* Where the tag at work begins: no other '<' is as near before where libxml2 stands. */
static const uint8_t *tag_begin(const mrrci_xml *xml) {
    const xmlParserInput *input = xml->parser->input;
    const uint8_t *at = input->cur;
    while (at > input->base && *--at != '<') {
    }
    return at;
}

/* Where what the handler is told of stands: a tag, or a text, at its begin. */
static uint64_t offset_of_event(const mrrci_xml *xml) {
    if (!xml->in_tag)
        return xml->converted ? offset_here(xml) : xml->tag_end;
    size_t size = (size_t)(xml->parser->input->cur - tag_begin(xml));
    uint64_t back = (uint64_t)size * xml->unit, here = offset_here(xml);
    return back > here ? 0 : here - back;
}

static void count_lines(place *to, const uint8_t *data, size_t size) {
    uint32_t lines = (uint32_t)mrrci_count_lines(data, size);
    if (lines > 0) {
        size_t at = size;
        while (data[at - 1] != '\n')
            at--;
        to->line += lines;
        to->line_start = to->offset + at;
    }
    to->offset += size;
}

/* A place before the line up to which was counted: libxml2 was waiting for more, and still
 * holds what it looks at only now; or it is where a long text begins. */
static place place_behind(const mrrci_xml *xml, uint64_t offset) {
    place from = xml->stood;
    const xmlParserInput *input = xml->parser->input;
    uint64_t end = xml->piece_offset + xml->piece_size, since = offset - from.offset;
    if (offset == xml->text_begin.offset && xml->text_begin.line > 0)
        return xml->text_begin;
    if (offset >= from.offset && end - from.offset <= (uint64_t)(input->end - input->base))
        count_lines(&from, input->end - (end - from.offset), (size_t)since);
    return from;
}

/* Puts a place of the piece, or just before it, into `err`. */
static void set_place(mrrci_xml *xml, mrrc_error *err, uint64_t offset) {
    place *here = &xml->here;
    err->offset = offset;
    if (xml->converted) {
        err->line = (uint32_t)xml->parser->input->line;
        err->column = (uint32_t)xml->parser->input->col;
        return;
    }
    uint64_t end = xml->piece_offset + xml->piece_size;
    if (offset >= here->offset && offset <= end && here->offset >= xml->piece_offset) {
        const uint8_t *from = xml->piece + (here->offset - xml->piece_offset);
        count_lines(here, from, (size_t)(offset - here->offset));
    }
    place of_line = offset >= here->line_start ? *here : place_behind(xml, offset);
    err->line = of_line.line;
    if (offset >= of_line.line_start)
        err->column = (uint32_t)(offset - of_line.line_start) + 1;
}

/* ---- the end of all reading ---- */

static void stop(mrrci_xml *xml, int code, uint64_t offset, const char *detail) {
    if (xml->end.code != 0)
        return;
    set_place(xml, &xml->end, offset);
    mrrci_fail_detail(&xml->end, code, xml->end.offset, detail);
}

static void stop_here(mrrci_xml *xml, const char *detail) {
    stop(xml, MRRC_ERR_XML_MALFORMED, offset_here(xml), detail);
}

static void stop_at_event(mrrci_xml *xml, const char *detail) {
    stop(xml, MRRC_ERR_XML_MALFORMED, offset_of_event(xml), detail);
}

static void stop_without_memory(mrrci_xml *xml) {
    if (xml->end.code == 0)
        xml->end.code = MRRC_ERR_MEMORY;
}

/* ---- for handlers ---- */

void mrrci_xml_record_begin(mrrci_xml *xml) {
    mrrci_xml_record_forget(xml);
    xml->in_record = true;
    xml->record_offset = offset_of_event(xml);
    xml->record_parsed = parsed(xml);
}

mrrc_buffer *mrrci_xml_record(mrrci_xml *xml) {
    return &xml->record;
}

static uint32_t next_item(const queue *queue) {
    return (uint32_t)(queue->items.size / sizeof(item));
}

uint64_t mrrci_xml_offset(const mrrci_xml *xml) {
    return xml->converted ? 0 : offset_of_event(xml);
}

int mrrci_xml_note(mrrci_xml *xml, mrrc_diagnostic note) {
    note.record = next_item(&xml->queue);
    if (note.offset == 0)
        note.offset = offset_of_event(xml);
    return mrrci_note(&xml->queue.notes, &note);
}

void mrrci_xml_record_fault(mrrci_xml *xml, int code, const uint8_t *tag, const char *detail) {
    if (xml->fault.code != 0)
        return;
    set_place(xml, &xml->fault, offset_of_event(xml));
    if (tag != NULL)
        memcpy(xml->fault.tag, tag, 3);
    mrrci_fail_detail(&xml->fault, code, xml->fault.offset, detail == NULL ? "" : detail);
}

static void drop_notes(queue *queue) {
    mrrc_diagnostic note;
    for (; queue->notes.size > 0; queue->notes.size -= sizeof note) {
        memcpy(&note, queue->notes.data + queue->notes.size - sizeof note, sizeof note);
        if (note.record != next_item(queue))
            break;
    }
}

void mrrci_xml_record_forget(mrrci_xml *xml) {
    drop_notes(&xml->queue);
    xml->record.size = 0;
    xml->fault.code = 0;
    xml->in_record = false;
}

static int queue_record(mrrci_xml *xml) {
    queue *to = &xml->queue;
    item made = {.offset = xml->record_offset, .fault = xml->fault.code != 0};
    uint64_t end = offset_here(xml);
    made.length = end > made.offset ? (size_t)(end - made.offset) : 0;
    MRRCI_TRY(mrrci_buffer_reserve(&to->items, sizeof made));
    if (made.fault) {
        drop_notes(to);
        MRRCI_TRY(mrrci_buffer_append(&to->faults, &xml->fault, sizeof xml->fault));
    } else {
        MRRCI_TRY(mrrci_buffer_append(&to->block, xml->record.data, xml->record.size));
    }
    made.end = to->block.size;
    return mrrci_buffer_append(&to->items, &made, sizeof made);
}

int mrrci_xml_record_end(mrrci_xml *xml) {
    if (xml->fault.code == 0 && !mrrci_utf8_valid(xml->record.data, xml->record.size))
        mrrci_xml_record_fault(xml, MRRC_ERR_TEXT_INVALID, NULL, "not UTF-8");
    MRRCI_TRY(queue_record(xml));
    memset(&xml->fault, 0, sizeof xml->fault);
    xml->record.size = 0;
    xml->in_record = false;
    return MRRC_OK;
}

uint32_t mrrci_xml_flags(const mrrci_xml *xml) {
    return xml->flags;
}

const uint8_t *mrrci_xml_start_tag(const mrrci_xml *xml, size_t *size) {
    const uint8_t *begin = tag_begin(xml);
    *size = (size_t)(xml->parser->input->cur - begin);
    return begin;
}

/* ---- what libxml2 calls ---- */

/* Returns whether the handler is to hear of a tag. */
static bool enter_tag(mrrci_xml *xml) {
    if (xml->end.code != 0)
        return false;
    xml->in_tag = true;
    xml->text_size = 0;
    if (xml->in_record && parsed(xml) - xml->record_parsed > MRRCI_XML_RECORD_MAX)
        stop_at_event(xml, "a record of more than 16 MiB");
    return xml->end.code == 0;
}

/* A start tag is told of before its '>' is passed. */
static void leave_tag(mrrci_xml *xml, int status, bool start) {
    if (status < 0)
        stop_without_memory(xml);
    xml->in_tag = false;
    if (!xml->converted) /* where it is dear to know */
        xml->tag_end = offset_here(xml) + (*xml->parser->input->cur == '>' && start);
}

/* libxml2's attributes: five pointers each. */
enum { ATTRIBUTE_NAME, ATTRIBUTE_PREFIX, ATTRIBUTE_URI, ATTRIBUTE_VALUE, ATTRIBUTE_END, POINTERS };

/* Where no entity is to be replaced, libxml2 leaves each ampersand in an attribute as a
 * reference, for a tree that is not built here. */
static const char AMPERSAND[] = "&#38;";

/* Appends a value with its ampersands as such; there is room. */
static void put_unescaped(mrrc_buffer *to, const uint8_t *value, size_t size) {
    enum { REFERENCE = sizeof AMPERSAND - 1 };
    for (size_t at = 0; at < size;) {
        bool escaped = size - at >= REFERENCE && memcmp(value + at, AMPERSAND, REFERENCE) == 0;
        to->data[to->size++] = value[at];
        at += escaped ? REFERENCE : 1;
    }
}

static int take_attributes(mrrci_xml *xml, int count, const xmlChar **attributes) {
    mrrc_buffer *values = &xml->values;
    size_t total = 0;
    for (int i = 0; i < count; i++)
        total += (size_t)(attributes[i * POINTERS + ATTRIBUTE_END] -
                          attributes[i * POINTERS + ATTRIBUTE_VALUE]);
    xml->attributes.size = values->size = 0;
    MRRCI_TRY(mrrci_buffer_reserve(values, total)); /* they stay where they are put */
    for (int i = 0; i < count; i++, attributes += POINTERS) {
        const xmlChar *value = attributes[ATTRIBUTE_VALUE];
        mrrci_xml_attribute taken = {
            .name = (const char *)attributes[ATTRIBUTE_NAME],
            .uri = (const char *)attributes[ATTRIBUTE_URI],
            .value = value,
            .size = (size_t)(attributes[ATTRIBUTE_END] - value),
        };
        if (taken.size >= sizeof AMPERSAND - 1 && memchr(value, '&', taken.size) != NULL) {
            size_t from = values->size;
            put_unescaped(values, value, taken.size);
            taken.value = values->data + from;
            taken.size = values->size - from;
        }
        MRRCI_TRY(mrrci_buffer_append(&xml->attributes, &taken, sizeof taken));
    }
    return MRRC_OK;
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int namespaces_count, const xmlChar **namespaces,
                     int count, int defaulted, const xmlChar **attributes) {
    mrrci_xml *xml = context;
    (void)prefix, (void)namespaces_count, (void)namespaces, (void)defaulted;
    xml->depth++;
    xml->started = true;
    if (!enter_tag(xml))
        return;
    if (xml->depth > MRRCI_XML_DEPTH_MAX) {
        stop_at_event(xml, "elements inside elements, more than 32 deep");
        return;
    }
    int status = take_attributes(xml, count, attributes);
    mrrci_xml_element element = {
        .name = (const char *)name,
        .uri = (const char *)uri,
        .attributes = (const mrrci_xml_attribute *)(const void *)xml->attributes.data,
        .count = (size_t)count,
    };
    if (status == MRRC_OK)
        status = xml->handler->start(xml->user, xml, &element);
    leave_tag(xml, status, true);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri) {
    mrrci_xml *xml = context;
    (void)prefix;
    xml->depth--;
    if (!enter_tag(xml))
        return;
    mrrci_xml_element element = {.name = (const char *)name, .uri = (const char *)uri};
    leave_tag(xml, xml->handler->end(xml->user, xml, &element), false);
}

static void on_text(void *context, const xmlChar *text, int size) {
    mrrci_xml *xml = context;
    if (xml->end.code != 0)
        return;
    xml->text_size += (size_t)size;
    if (xml->text_size > MRRCI_XML_TEXT_MAX)
        stop_at_event(xml, "a text of more than 10 MB");
    else if (xml->handler->text(xml->user, xml, text, (size_t)size) < 0)
        stop_without_memory(xml);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system) {
    mrrci_xml *xml = context;
    (void)name, (void)external, (void)system;
    stop_here(xml, "a document type declaration, which is never read");
    xmlStopParser(xml->parser);
}

static void on_reference(void *context, const xmlChar *name) {
    (void)name;
    stop_here(context, "a reference to an entity, which is never followed");
}

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_pointer;
#else
typedef xmlErrorPtr error_pointer;
#endif

static void on_error(void *context, error_pointer error) {
    enum { LONGEST = 104 };
    mrrci_xml *xml = context;
    /* there is no message where memory is short */
    const char *message = error->message == NULL ? "not well-formed" : error->message;
    char detail[LONGEST] = "";
    if (error->level < XML_ERR_ERROR || xml->end.code != 0 || xml->parser == NULL)
        return;
    if (error->code == XML_ERR_NO_MEMORY) {
        stop_without_memory(xml);
        return;
    }
    xml->unfinished = error->code == XML_ERR_DOCUMENT_END && xml->ending &&
                      (xml->depth > 0 || !xml->started);
    if (xml->unfinished && xml->started)
        snprintf(detail, sizeof detail, "the document ends before </%.60s>",
                 xml->parser->name == NULL ? "" : (const char *)xml->parser->name);
    else if (xml->unfinished)
        snprintf(detail, sizeof detail, "a document without an element");
    else
        snprintf(detail, sizeof detail, "%.*s", (int)strcspn(message, "\r\n"), message);
    for (size_t size = strlen(detail); !mrrci_utf8_valid((uint8_t *)detail, size); size--)
        detail[size - 1] = 0; /* a character was cut */
    if (xml->unfinished)
        stop(xml, MRRC_ERR_XML_MALFORMED, xml->piece_offset + xml->piece_size, detail);
    else
        stop_here(xml, detail);
}

/* What libxml2 cannot say of a parser: it comes before what was converted well is parsed. */
static void on_conversion_error(void *context, error_pointer error) {
    mrrci_xml *xml = context;
    if (xml->parser == NULL)
        return; /* it could not be made */
    if (error->code == XML_ERR_NO_MEMORY)
        stop_without_memory(xml);
    else if (error->level >= XML_ERR_ERROR)
        xml->unconverted = true;
}

/* ---- feeding ---- */

/* What libxml2 has to say of a conversion, or of memory, may know no parser: then it goes to
 * the thread's own handler or to standard error.  So that handler is ours while libxml2 is
 * at work. */
typedef struct outer_handler {
    xmlStructuredErrorFunc call;
    void *context;
} outer_handler;

static outer_handler hear(mrrci_xml *xml) {
    outer_handler outer = {xmlStructuredError, xmlStructuredErrorContext};
    xmlSetStructuredErrorFunc(xml, on_conversion_error);
    return outer;
}

static void stop_hearing(outer_handler outer) {
    xmlSetStructuredErrorFunc(outer.context, outer.call);
}

static int begin(mrrci_xml *xml) {
    static const xmlSAXHandler callbacks = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .internalSubset = on_doctype,
        .reference = on_reference,
        .serror = on_error,
    };
    int options = XML_PARSE_NONET;
#if LIBXML_VERSION >= 21300
    options |= XML_PARSE_NO_XXE;
#endif
    if (xml->flags & MRRC_READ_FORCE_UTF8)
        options |= XML_PARSE_IGNORE_ENC;
    xmlSAXHandler own = callbacks;
    outer_handler outer = hear(xml);
    xml->parser = xmlCreatePushParserCtxt(&own, xml, NULL, 0, NULL);
    stop_hearing(outer);
    if (xml->parser == NULL)
        return MRRC_ERR_MEMORY;
    if (xmlCtxtUseOptions(xml->parser, options) != 0) {
        xmlFreeParserCtxt(xml->parser);
        xml->parser = NULL;
        return MRRC_ERR_MEMORY;
    }
    return MRRC_OK;
}

/* Counts the lines of the piece, and remembers the places that libxml2 may come back to. */
static void count_piece(mrrci_xml *xml, const uint8_t *data) {
    place *here = &xml->here, *stood = &xml->stood;
    uint64_t waiting = held(xml), stands = waiting < xml->fed ? xml->fed - waiting : 0;
    data += here->offset - xml->piece_offset;
    if (xml->text_size > 0 && xml->tag_end >= here->offset) {
        xml->text_begin = *here;
        count_lines(&xml->text_begin, data, (size_t)(xml->tag_end - here->offset));
    } else if (xml->text_size > 0 && xml->tag_end == stood->offset) {
        xml->text_begin = *stood;
    }
    if (stands >= here->offset) {
        size_t size = (size_t)(stands - here->offset);
        count_lines(here, data, size);
        data += size;
        *stood = *here;
    } else if (stands > stood->offset) { /* in what it held of the pieces before */
        size_t size = (size_t)(stands - stood->offset);
        const xmlParserInput *input = xml->parser->input;
        if (size <= (size_t)(input->cur - input->base))
            count_lines(stood, input->cur - size, size);
    }
    count_lines(here, data, (size_t)(xml->fed - here->offset));
}

static void feed(mrrci_xml *xml, const uint8_t *data, size_t size, bool last) {
    xmlParserCtxtPtr parser = xml->parser;
    xml->piece = size == 0 ? nothing : data;
    xml->piece_offset = xml->fed;
    /* a CR at the end libxml2 does not take before it has parsed what stands before it */
    xml->piece_size = !last && size > 0 && data[size - 1] == '\r' ? size - 1 : size;
    xml->ending = last;
    outer_handler outer = hear(xml);
    (void)xmlParseChunk(parser, (const char *)xml->piece, (int)size, last);
    stop_hearing(outer);
    if (parser->errNo == XML_ERR_NO_MEMORY)
        stop_without_memory(xml);
    else if (xml->unconverted)
        stop_here(xml, "bytes that are no text in the encoding of the document");
    else if (!parser->wellFormed || parser->disableSAX != 0)
        stop_here(xml, "not well-formed");
    else if (xml->converted && held(xml) > MRRCI_XML_TAG_MAX)
        stop_here(xml, "a tag or comment of more than 64 KiB");
    xml->fed += size;
    xml->converted = xml->converted || (parser->input != NULL && parser->input->buf != NULL &&
                                        parser->input->buf->encoder != NULL);
    if (!xml->converted && xml->fed > xml->here.offset)
        count_piece(xml, data);
    xml->over = last && xml->end.code == 0;
}

/* How much of it is UTF-8. */
static size_t valid_size(const uint8_t *text, size_t size) {
    size_t at = 0;
    if (mrrci_utf8_valid(text, size))
        return size;
    for (size_t step; at < size; at += step) {
        uint8_t lead = text[at];
        step = lead < 0xC0 ? 1 : (size_t)2 + (lead >= 0xE0) + (lead >= 0xF0);
        if (step > size - at || !mrrci_utf8_valid(text + at, step))
            break;
    }
    return at;
}

/* Ends the reading at a place of what follows, unless libxml2 objects to something it was
 * fed: it may have waited with its judgement.  Returns whether it did not. */
static bool stop_behind(mrrci_xml *xml, const uint8_t *data, size_t at, const char *detail) {
    if (xml->end.code == 0)
        feed(xml, nothing, 0, true);
    xml->over = false;
    if (xml->end.code != 0 && !xml->unfinished)
        return false;
    memset(&xml->end, 0, sizeof xml->end);
    xml->piece = data;
    xml->piece_offset = xml->fed;
    xml->piece_size = at;
    stop(xml, MRRC_ERR_XML_MALFORMED, xml->fed + at, detail);
    return true;
}

/* How much of a text to feed that is not UTF-8 from `valid` on: not a part of a tag. */
static size_t whole_size(const uint8_t *text, size_t valid) {
    for (size_t at = valid; at > 0 && text[at - 1] != '>'; at--)
        if (text[at - 1] == '<')
            return at - 1;
    return valid;
}

/* Feeds a piece of a document in UTF-8.  libxml2 would see as well what is not, but not
 * always say the same of it: it depends on how many bytes follow. */
static void feed_text(mrrci_xml *xml, const uint8_t *data, size_t size, bool last) {
    enum { SEEN = 4 };
    size_t valid = valid_size(data, size);
    if (valid == size || xml->converted) {
        feed(xml, data, size, last);
        /* it waits for an end that it will not find, and looks for it with each piece again;
         * but of CDATA it takes a little with each */
        if (!last && !xml->converted && !xml->cut.in_cdata &&
            held(xml) > MRRCI_XML_TAG_MAX + MRRCI_XML_PIECE)
            stop_behind(xml, nothing, 0, "markup of more than 64 KiB");
        return;
    }
    size_t whole = whole_size(data, valid), seen = size - valid < SEEN ? size - valid : SEEN;
    if (whole > 0)
        feed(xml, data, whole, false);
    if (stop_behind(xml, data + whole, valid - whole, "bytes that are not UTF-8")) {
        memcpy(xml->end.seen, data + valid, seen);
        xml->end.seen_size = (uint32_t)seen;
    }
}

/* Sees from its first bytes whether a document is one of those that have no byte for '<'. */
static bool looks_wide(mrrci_xml *xml, const uint8_t *data, size_t size) {
    static const struct {
        uint8_t bytes[4];
        uint8_t count, unit;
    } begins[] = {
        {{0xFF, 0xFE, 0, 0}, 4, 4}, {{0, 0, 0xFE, 0xFF}, 4, 4}, {{0, 0, 0, '<'}, 4, 4},
        {{'<', 0, 0, 0}, 4, 4},     {{0xFF, 0xFE}, 2, 2},       {{0xFE, 0xFF}, 2, 2},
        {{0, '<', 0, '?'}, 4, 2},   {{'<', 0, '?', 0}, 4, 2},   {{0x4C, 0x6F, 0xA7, 0x94}, 4, 1},
    };
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (size >= begins[i].count && memcmp(data, begins[i].bytes, begins[i].count) == 0) {
            xml->unit = begins[i].unit;
            return true;
        }
    return false;
}

/* Finds the first piece: the XML declaration alone, because it may change how bytes are to
 * be read.  Returns as mrrci_xml_piece(). */
static int64_t first_piece(mrrci_xml *xml, const uint8_t *data, size_t size) {
    int64_t found = 0;
    for (size_t at = xml->cut.seen; found == 0 && at < size;) {
        const uint8_t *end = memchr(data + at, '>', size - at);
        at = end == NULL ? size : (size_t)(end - data) + 1;
        found = mrrci_xml_piece(&xml->cut, data, at);
    }
    return found;
}

/* Finds what to feed next.  Returns its size, or 0 where more is needed, after a fault too. */
static size_t next_piece(mrrci_xml *xml, const uint8_t *data, size_t size, bool last) {
    enum { FIRST = 4 };
    int64_t found;
    xml->cut.stopped = false;
    if (size == 0 || (xml->fed == 0 && size < FIRST && !last))
        return 0;
    if (xml->fed == 0 && looks_wide(xml, data, size))
        xml->converted = true;
    if (xml->converted) {
        size_t whole = MRRCI_XML_PIECE - xml->fed % MRRCI_XML_PIECE;
        return size >= whole ? whole : last ? size : 0;
    }
    found = xml->fed == 0 ? first_piece(xml, data, size) : mrrci_xml_piece(&xml->cut, data, size);
    if (found < 0) {
        stop_behind(xml, data, xml->cut.begin,
                    xml->cut.attributes > MRRCI_XML_ATTRIBUTES_MAX
                        ? "a tag with more than 256 attributes"
                        : "a tag or comment of more than 64 KiB");
        return 0;
    }
    return found > 0 || !last ? (size_t)found : size;
}

/* ---- delivering ---- */

static int deliver(queue *queue, const item *made, mrrci_batch *batch) {
    size_t size = made->end - queue->from, noted = queue->noted;
    mrrc_diagnostic note;
    const uint8_t *record = size == 0 ? NULL : queue->block.data + queue->from;
    int status = mrrci_buffer_append(&batch->block, record, size);
    for (; status == MRRC_OK && noted < queue->notes.size; noted += sizeof note) {
        memcpy(&note, queue->notes.data + noted, sizeof note);
        if (note.record != queue->at)
            break;
        status = mrrci_batch_note(batch, note);
    }
    if (status < 0) {
        mrrci_batch_drop_record(batch);
        return status;
    }
    MRRCI_TRY(mrrci_batch_end_record(batch, made->offset, made->length, MRRC_OK));
    queue->noted = noted;
    return MRRC_OK;
}

/* What is left are notes of the record at work. */
static void empty_queue(queue *queue) {
    size_t left = queue->notes.size - queue->noted;
    for (size_t i = 0; i < left; i += sizeof(mrrc_diagnostic)) {
        mrrc_diagnostic note;
        memcpy(&note, queue->notes.data + queue->noted + i, sizeof note);
        note.record = 0;
        memcpy(queue->notes.data + i, &note, sizeof note);
    }
    queue->notes.size = left;
    queue->items.size = queue->block.size = queue->faults.size = 0;
    queue->at = queue->from = queue->noted = queue->failed = 0;
}

/* Delivers up to the first fault.  Returns it, 0 or MRRC_ERR_MEMORY. */
static int drain(queue *queue, mrrci_batch *batch, mrrc_error *err) {
    for (item made; queue->at < next_item(queue); queue->at++, queue->from = made.end) {
        memcpy(&made, queue->items.data + queue->at * sizeof made, sizeof made);
        if (!made.fault) {
            MRRCI_TRY(deliver(queue, &made, batch));
            continue;
        }
        mrrc_error fault;
        memcpy(&fault, queue->faults.data + queue->failed++ * sizeof fault, sizeof fault);
        queue->at++;
        queue->from = made.end;
        if (err != NULL && err->code == 0)
            *err = fault;
        return fault.code;
    }
    empty_queue(queue);
    return MRRC_OK;
}

/* Tells, once, why the reading ended.  Returns that, or MRRC_END. */
static int tell_end(mrrci_xml *xml, mrrc_error *err) {
    int code = xml->end.code;
    if (code == MRRC_ERR_MEMORY) /* for good: what libxml2 was about to say is lost */
        return mrrci_fail(err, code, xml->fed);
    if (code == 0 || xml->over)
        return MRRC_END;
    xml->over = true;
    if (err != NULL && err->code == 0)
        *err = xml->end;
    return code;
}

int mrrci_xml_decode(mrrci_xml *xml, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                     mrrc_error *err) {
    int status = MRRC_OK;
    *used = 0;
    xml->flags = input->flags;
    if (xml->parser == NULL)
        MRRCI_TRY(begin(xml));
    xml->cut.stopped = false;
    for (;;) {
        const uint8_t *data = *used == 0 ? input->data : input->data + *used;
        size_t left = input->size - *used;
        status = drain(&xml->queue, batch, err);
        if (status < 0)
            return status;
        if (xml->end.code != 0 || xml->over)
            return tell_end(xml, err);
        if (xml->cut.stopped || (batch->count > 0 && (*used >= input->wanted ||
                                                      batch->block.size >= MRRCI_BATCH_MAX)))
            return MRRC_OK;
        size_t size = next_piece(xml, data, left, input->last);
        if (size == 0 && xml->end.code == 0 && !input->last)
            return MRRC_OK;
        if (xml->end.code == 0)
            feed_text(xml, data, size, size == 0);
        *used += size;
    }
}

void mrrci_xml_stop_behind(mrrci_xml *xml, const char *name) {
    xml->cut.stop = name;
}

bool mrrci_xml_stopped(const mrrci_xml *xml) {
    return xml->cut.stopped;
}

bool mrrci_xml_at_rest(const mrrci_xml *xml) {
    return xml->parser != NULL && xml->cut.stopped && !xml->converted && !xml->in_record &&
           xml->end.code == 0 && !xml->over && held(xml) == 0 &&
           xml->queue.at == next_item(&xml->queue) &&
           xml->depth + MRRCI_XML_RECORD_DEPTH <= MRRCI_XML_DEPTH_MAX;
}

void mrrci_xml_skip(mrrci_xml *xml, const uint8_t *data, size_t size) {
    count_lines(&xml->here, data, size);
    xml->fed += size;
    xml->tag_end = xml->fed;
    xml->stood = xml->here;
    xml->parser->input->line = (int)xml->here.line;
}
