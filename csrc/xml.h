/* SPDX-License-Identifier: MIT
 *
 * xml.h: what formats in XML share: escaping text, cutting a document into pieces, reading them by
 * libxml2 within limits, and making MARC records of what it met.  What an element means is the
 * format's to say.
 */
#ifndef MRRC_XML_H
#define MRRC_XML_H

#include "batch.h"
#include "conversion.h"

/* xml_text.c -------------------------------------------------------------- */

/* Appends text as the content of an element, with & < > and CR escaped, or as that of an
 * attribute between double quotes, with those and TAB, LF too.  What XML 1.0 has no place
 * for becomes U+FFFD, with a diagnostic in how->notes (MRRC_ERR_CHARACTER_REFUSED; `found`
 * is the character, `offset` its place in the value; `tag`, three bytes, may be NULL).  With
 * MRRC_WRITE_ASCII what is not ASCII is written as a decimal reference.  Returns 0,
 * MRRC_NOTED where something was replaced, MRRC_ERR_TEXT_INVALID where the text is not
 * UTF-8, or MRRC_ERR_MEMORY; a fault leaves `out` as it was. */
int mrrci_xml_put_text(mrrc_buffer *out, const uint8_t *text, size_t size, const mrrci_how *how,
                       const uint8_t *tag);
int mrrci_xml_put_attribute(mrrc_buffer *out, const uint8_t *text, size_t size,
                            const mrrci_how *how, const uint8_t *tag);

/* xml_cut.c --------------------------------------------------------------- */

/* Where a walk over the markup of a document is, between two looks at it. */
typedef struct mrrci_xml_cut {
    const char *stop;         /* a piece ends behind each element of this local name; or NULL */
    size_t seen;              /* bytes of the piece to come that were looked at */
    size_t begin;             /* where in it the tag, comment or text at work begins */
    size_t done;              /* what of it is whole */
    uint32_t attributes;      /* of the tag at work */
    uint8_t state;
    bool stopped;             /* the piece given last ends at such an element, */
    bool in_cdata;            /* or in a CDATA section */
} mrrci_xml_cut;

/* Looks for the next piece of a document that is to go to a parser at once: whole tags,
 * comments and the like, or a stretch of a long text, so that where pieces end depends on
 * the document alone.  `data` begins where the last piece ended, or is what it was in the
 * last call, with more behind it.  Returns the piece's size, or 0 where more is needed;
 * MRRC_ERR_XML_MALFORMED where a limit is passed, by what begins at data[cut->begin]. */
int64_t mrrci_xml_piece(mrrci_xml_cut *cut, const uint8_t *data, size_t size);

#define MRRCI_XML_PIECE 8192u
#define MRRCI_XML_TAG_MAX 65536u    /* bytes of a tag, a comment, a processing instruction */
#define MRRCI_XML_ATTRIBUTES_MAX 256u
#define MRRCI_XML_DEPTH_MAX 32u
#define MRRCI_XML_RECORD_DEPTH 3u   /* a record, its fields, their subfields */
#define MRRCI_XML_TEXT_MAX 10000000u
#define MRRCI_XML_RECORD_MAX (16u << 20)

/* xml.c ------------------------------------------------------------------- */

/* A document being read by libxml2, piece by piece, for one format. */
typedef struct mrrci_xml mrrci_xml;

typedef struct mrrci_xml_attribute {
    const char *name;         /* the local name */
    const char *uri;          /* of its namespace, or NULL without one */
    const uint8_t *value;
    size_t size;
} mrrci_xml_attribute;

typedef struct mrrci_xml_element {
    const char *name;
    const char *uri;
    const mrrci_xml_attribute *attributes;
    size_t count;
} mrrci_xml_element;

/* What a format does with the document; each returns 0 or MRRC_ERR_MEMORY.  Text may come
 * in parts, and CDATA comes as text; an element's end brings no attributes. */
typedef struct mrrci_xml_handler {
    int (*start)(void *user, mrrci_xml *xml, const mrrci_xml_element *element);
    int (*text)(void *user, mrrci_xml *xml, const uint8_t *text, size_t size);
    int (*end)(void *user, mrrci_xml *xml, const mrrci_xml_element *element);
} mrrci_xml_handler;

/* Returns a reader of one document, which the caller frees, or NULL without memory. */
mrrci_xml *mrrci_xml_new(const mrrci_xml_handler *handler, void *user);
void mrrci_xml_free(mrrci_xml *xml);

/* All that a format's decode() has to do; returns as it does. */
int mrrci_xml_decode(mrrci_xml *xml, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                     mrrc_error *err);

/* For handlers, and only within their calls. */

/* At the start tag of a record: empties the record's buffer and notes its place. */
void mrrci_xml_record_begin(mrrci_xml *xml);

/* Where the record is to be packed, from its leader on; it stays empty until the handler
 * appends, and may be changed until the record's end. */
mrrc_buffer *mrrci_xml_record(mrrci_xml *xml);

/* Where the tag last met begins, for a note to come; 0 where it is dear to know. */
uint64_t mrrci_xml_offset(const mrrci_xml *xml);

/* Notes what is amiss in the record begun; an offset of 0 is set here, to that of the tag last
 * met.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_xml_note(mrrci_xml *xml, mrrc_diagnostic note);

/* Says that the record begun is not one; the first reason stays, with the place of the tag
 * last met.  `tag` (three bytes) and `detail` may be NULL.  Nothing is left out of the
 * document for that: the record is given up at mrrci_xml_record_end(). */
void mrrci_xml_record_fault(mrrci_xml *xml, int code, const uint8_t *tag, const char *detail);

/* At the record's end tag: it is whole, or given up.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_xml_record_end(mrrci_xml *xml);

/* Gives up the record begun as if it had never been. */
void mrrci_xml_record_forget(mrrci_xml *xml);

/* enum mrrc_read_flags of the call at work. */
uint32_t mrrci_xml_flags(const mrrci_xml *xml);

/* The start tag at work, from its '<' to before its end, as UTF-8; for a start handler. */
const uint8_t *mrrci_xml_start_tag(const mrrci_xml *xml, size_t *size);

/* For a format that reads some records without libxml2. */

/* Makes mrrci_xml_decode() return behind each element of this local name (a constant), and
 * not only where it has enough; and whether it did so. */
void mrrci_xml_stop_behind(mrrci_xml *xml, const char *name);
bool mrrci_xml_stopped(const mrrci_xml *xml);

/* Whether what stands from here on may be read by somebody else: the document is UTF-8, the
 * bytes so far are those of whole tags, and a record's elements do not pass the limit. */
bool mrrci_xml_at_rest(const mrrci_xml *xml);

/* Takes bytes as read that somebody else has read; they hold whole records. */
void mrrci_xml_skip(mrrci_xml *xml, const uint8_t *data, size_t size);

/* xml_record.c ------------------------------------------------------------ */

enum mrrci_xml_kind {
    MRRCI_XML_FOREIGN,        /* no element of the format */
    MRRCI_XML_RECORD,
    MRRCI_XML_LEADER,
    MRRCI_XML_CONTROL,        /* a control field */
    MRRCI_XML_DATA,           /* a data field */
    MRRCI_XML_SUBFIELD
};

typedef struct mrrci_xml_word {
    const uint8_t *text;      /* NULL where there is none */
    size_t size;
} mrrci_xml_word;

/* An element as a format of MARC records in XML understands it. */
typedef struct mrrci_xml_part {
    enum mrrci_xml_kind kind;
    mrrci_xml_word tag;       /* of a field */
    mrrci_xml_word indicators[2];
    mrrci_xml_word code;      /* of a subfield */
    bool own;                 /* in a namespace of the format's */
} mrrci_xml_part;

/* Says what an element is; at its end, where there are no attributes, the kind is enough. */
typedef void mrrci_xml_look(const mrrci_xml_element *element, uint32_t flags,
                            mrrci_xml_part *part);

/* The reading of a document of MARC records: `user` of mrrci_xml_records_handler. */
typedef struct mrrci_xml_records {
    mrrci_xml_look *look;
    mrrc_buffer start_tag;    /* of the record begun last, as mrrci_xml_start_tag() */
    uint8_t leader[32];
    size_t leader_size;       /* what there was, kept or not */
    uint32_t open;            /* elements of a record's name around what is read */
    uint32_t subfields;       /* of the field at work */
    uint8_t where;
    uint8_t tag[3];
    bool refused;             /* the record at work has a fault */
    bool filled;              /* it has a leader or a field */
    bool led;                 /* it has a leader */
    bool own;                 /* it is in a namespace of the format's */
    bool joined;              /* the field at work is a control field with subfields */
    bool just_ended;          /* the tag last met was the end of a record */
    bool noted_element;       /* the record's notes tell of a foreign element, */
    bool noted_text;          /* and of a text between elements */
} mrrci_xml_records;

extern const mrrci_xml_handler mrrci_xml_records_handler;

/* The value of the attribute with that name and no namespace. */
mrrci_xml_word mrrci_xml_value(const mrrci_xml_element *element, const char *name);

#endif
