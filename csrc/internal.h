/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the rooms of the core share among themselves, and every
 * limit.  Names begin with mrrci_; nothing here is exported.
 */
#ifndef MRRC_INTERNAL_H
#define MRRC_INTERNAL_H

#include <stdbool.h>
#include <string.h>

#include "mrrc.h"

/* Whether code for wider x86 instructions is compiled beside the portable code;
 * the processor decides which runs.  MRRCI_PORTABLE leaves it out, for tests. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(MRRCI_PORTABLE)
#define MRRCI_X86 1
#else
#define MRRCI_X86 0
#endif

#if MRRCI_X86
#include <emmintrin.h>
#endif

struct json_t; /* jansson's */

#define MRRCI_LEADER_SIZE 24u
#define MRRCI_ENTRY_SIZE 12u
#define MRRCI_SUBFIELD 0x1Fu
#define MRRCI_FIELD 0x1Eu
#define MRRCI_RECORD 0x1Du

/* ISO 2709 with MARC 21's entry map: five digits and four. */
#define MRRCI_RECORD_MAX 99999u
#define MRRCI_FIELD_MAX 9999u

/* Returns the status of an expression at once where it is a fault. */
#define MRRCI_TRY(expression)                    \
    do {                                         \
        int mrrci_status_ = (expression);        \
        if (mrrci_status_ < 0)                   \
            return mrrci_status_;                \
    } while (0)

/* buffer.c ---------------------------------------------------------------- */

/* Makes room for `extra` more bytes.  Returns 0 or MRRC_ERR_MEMORY; the
 * contents stay either way. */
int mrrci_buffer_grow(mrrc_buffer *buffer, size_t extra);

static inline int mrrci_buffer_reserve(mrrc_buffer *buffer, size_t extra) {
    return extra <= buffer->capacity - buffer->size ? MRRC_OK : mrrci_buffer_grow(buffer, extra);
}

/* Appends bytes.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_buffer_append(mrrc_buffer *buffer, const void *data, size_t size);

/* Frees what the buffer holds and leaves it empty. */
void mrrci_buffer_clear(mrrc_buffer *buffer);

/* Zeroed memory for one object, or NULL; mrrci_free() takes NULL too. */
void *mrrci_new(size_t size);
void mrrci_free(void *object);

/* error.c ----------------------------------------------------------------- */

/* Notes a fault in `err` (may be NULL) unless one is there.  Returns `code`. */
int mrrci_fail(mrrc_error *err, int code, uint64_t offset);

/* The same with up to 32 of the bytes concerned. */
int mrrci_fail_seen(mrrc_error *err, int code, uint64_t offset, const uint8_t *seen, size_t size);

/* The same with the reason in words, of which what fits is kept. */
int mrrci_fail_detail(mrrc_error *err, int code, uint64_t offset, const char *detail);

/* Appends a diagnostic to `notes` (may be NULL).  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_note(mrrc_buffer *notes, const mrrc_diagnostic *diagnostic);

/* utf8.c ------------------------------------------------------------------ */

/* Whether the bytes are UTF-8 as RFC 3629 defines it: no surrogates, no
 * overlong forms, nothing above U+10FFFF. */
bool mrrci_utf8_valid(const uint8_t *text, size_t size);

/* Reads one character of valid UTF-8 and moves `*text` behind it. */
uint32_t mrrci_utf8_next(const uint8_t **text);

/* Writes a character (at most four bytes).  Returns the number of bytes. */
size_t mrrci_utf8_put(uint8_t *out, uint32_t character);

/* How many line ends (0x0A) there are. */
size_t mrrci_count_lines(const uint8_t *text, size_t size);

/* packed.c ---------------------------------------------------------------- */

/* A field of a packed record; the pointers are into the record. */
typedef struct mrrci_field {
    const uint8_t *tag;       /* three bytes */
    const uint8_t *body;      /* control data, or indicators and subfields */
    size_t size;
    bool control;
} mrrci_field;

typedef struct mrrci_subfield {
    const uint8_t *code;
    size_t code_size;         /* one character: one to four bytes */
    const uint8_t *value;
    size_t size;
} mrrci_subfield;

/* Where a walk over fields or subfields is. */
typedef struct mrrci_cursor {
    const uint8_t *at;
    const uint8_t *end;
} mrrci_cursor;

/* Begins a walk over the fields.  Returns 0 or MRRC_ERR_PACKED_INVALID. */
int mrrci_fields_begin(mrrci_cursor *cursor, const uint8_t *packed, size_t size);

/* Steps to the next field.  Returns 1, 0 behind the last, or
 * MRRC_ERR_PACKED_INVALID. */
int mrrci_field_next(mrrci_cursor *cursor, mrrci_field *field);

/* Begins a walk over a data field's subfields; `*indicators` gets the size of
 * what stands before the first. */
void mrrci_subfields_begin(mrrci_cursor *cursor, const mrrci_field *field, size_t *indicators);

/* Steps to the next subfield.  Returns whether there was one. */
bool mrrci_subfield_next(mrrci_cursor *cursor, mrrci_subfield *subfield);

/* Whether a tag makes a control field: three digits below 010. */
static inline bool mrrci_tag_is_control(const uint8_t *tag) {
    return tag[0] == '0' && tag[1] == '0' && tag[2] >= '0' && tag[2] <= '9';
}

/* Building a packed record: each appends a piece that it has checked, and leaves `out` as
 * it was where it refuses.  What is text has to be UTF-8 already.  Returns 0,
 * MRRC_ERR_MEMORY, or what each says. */

/* MRRC_ERR_LEADER_INVALID unless it is 24 ASCII characters. */
int mrrci_build_leader(mrrc_buffer *out, const uint8_t *leader, size_t size);

/* Begins a field.  MRRC_ERR_TAG_INVALID unless the tag is three printable ASCII
 * characters. */
int mrrci_build_field(mrrc_buffer *out, const uint8_t *tag, size_t size);

/* MRRC_ERR_INDICATOR_INVALID unless each is one character and not a structural one. */
int mrrci_build_indicators(mrrc_buffer *out, const uint8_t *first, size_t first_size,
                           const uint8_t *second, size_t second_size);

/* MRRC_ERR_CODE_INVALID unless it is one character and not a structural one. */
int mrrci_build_code(mrrc_buffer *out, const uint8_t *code, size_t size);

/* A control field's data or a subfield's value, or a part of one.
 * MRRC_ERR_FIELD_INVALID where it holds 0x1D, 0x1E or 0x1F. */
int mrrci_build_value(mrrc_buffer *out, const uint8_t *value, size_t size);

/* marc8_record.c ---------------------------------------------------------- */

/* Appends a packed record's MARC-8 form to `out`: text converted, leader/09
 * blank, 066 as the sets used ask for.  `flags` are mrrc_write_flags.  Returns
 * 0, a fault described in `err`, or MRRC_ERR_MEMORY. */
int mrrci_marc8_record(const uint8_t *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                       mrrc_error *err);

/* select.c ---------------------------------------------------------------- */

/* Selectors, compiled: the columns of a table. */
typedef struct mrrci_columns mrrci_columns;

/* Compiles selectors with a line end behind each.  Returns 0, MRRC_ERR_ARGUMENT with
 * err->offset and err->detail, or MRRC_ERR_MEMORY. */
int mrrci_columns_new(const char *selectors, size_t size, mrrci_columns **columns,
                      mrrc_error *err);
void mrrci_columns_free(mrrci_columns *columns);

size_t mrrci_columns_count(const mrrci_columns *columns);

/* A column's selector as it was given, without a zero behind it. */
const uint8_t *mrrci_column_name(const mrrci_columns *columns, size_t index, size_t *size);

/* One column, compiled. */
typedef struct mrrci_column mrrci_column;

#define MRRCI_SELECTED 64u    /* fields kept at hand */
#define MRRCI_COLUMN_PARTS 8u /* subfields with places of their own ("$a[0]$b/0-3") */

/* The fields of one record that columns ask for; the pointers are into the record. */
typedef struct mrrci_selection {
    const mrrci_columns *columns;
    const uint8_t *leader;
    size_t count;
    mrrci_cursor rest;        /* fields that had no room */
    mrrci_field fields[MRRCI_SELECTED];
    uint64_t wanted[MRRCI_SELECTED];  /* by which columns: column i has bit i % 64 */
} mrrci_selection;

/* A value that a column found. */
typedef struct mrrci_hit {
    const uint8_t *text;
    size_t size;
    bool field;               /* the text is a whole data field, indicators first */
    bool fixed;               /* of the leader or a control field */
} mrrci_hit;

/* Where a walk over a column's values is. */
typedef struct mrrci_hits {
    const mrrci_selection *selection;
    const mrrci_column *column;
    uint64_t bit;             /* of the column */
    size_t at;                /* in the selection */
    mrrci_cursor rest;
    size_t seen, from, end;   /* fields that match, and which of them are wanted */
    mrrci_field field;
    mrrci_cursor subfields;
    mrrci_subfield subfield;
    size_t part;
    size_t part_seen[MRRCI_COLUMN_PARTS];
    size_t part_from[MRRCI_COLUMN_PARTS];
    size_t part_end[MRRCI_COLUMN_PARTS];
} mrrci_hits;

/* Looks through a record once for all columns.  Returns 0 or MRRC_ERR_PACKED_INVALID. */
int mrrci_select(mrrci_selection *selection, const mrrci_columns *columns, const uint8_t *packed,
                 size_t size);

/* Begins a walk over one column's values, in the record's order. */
void mrrci_hits_begin(mrrci_hits *hits, const mrrci_selection *selection, size_t column);

/* Steps to the next value.  Returns whether there was one. */
bool mrrci_hit_next(mrrci_hits *hits, mrrci_hit *hit);

/* Appends a value; a whole data field's values have a blank between them.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrci_hit_put(const mrrci_hit *hit, mrrc_buffer *out);

/* batch.c ----------------------------------------------------------------- */

typedef struct mrrci_batch {
    mrrc_buffer block;        /* the records */
    mrrc_buffer ends;         /* uint32_t each */
    mrrc_buffer offsets;      /* uint64_t each */
    mrrc_buffer lengths;      /* uint32_t each */
    mrrc_buffer statuses;     /* int16_t each */
    mrrc_buffer notes;        /* mrrc_diagnostic each */
    size_t count;
    size_t marked;
} mrrci_batch;

void mrrci_batch_reset(mrrci_batch *batch);
void mrrci_batch_clear(mrrci_batch *batch);

/* Ends the record whose bytes were appended to the block last.  Returns 0 or
 * MRRC_ERR_MEMORY, after which the block is as it was before that record. */
int mrrci_batch_end_record(mrrci_batch *batch, uint64_t offset, size_t length, int status);

/* Gives up what was appended for a record that is not ended, its notes too. */
void mrrci_batch_drop_record(mrrci_batch *batch);

/* Notes what is amiss in the record that is being appended; its number is set here.
 * Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_batch_note(mrrci_batch *batch, mrrc_diagnostic note);

void mrrci_batch_look(const mrrci_batch *batch, mrrc_batch_view *view);

/* format.c ---------------------------------------------------------------- */

/* What a decoder is given: a stretch of the source, and what to make of it. */
typedef struct mrrci_input {
    const uint8_t *data;
    size_t size;
    uint64_t offset;          /* of data[0] in the source */
    size_t wanted;            /* stop behind the record that reaches so many bytes */
    uint32_t flags;           /* enum mrrc_read_flags */
    bool last;                /* nothing comes after data[size - 1] */
} mrrci_input;

/* What an encoder is told. */
typedef struct mrrci_how {
    uint32_t flags;           /* enum mrrc_write_flags */
    uint64_t number;          /* of the record in the output, from 1 */
    const mrrci_columns *columns;  /* of a table; NULL for a row a value */
    mrrc_buffer *notes;       /* mrrc_diagnostic each, of what had to be replaced; or NULL */
} mrrci_how;

typedef struct mrrci_format {
    const char *name;
    /* What stands before the first record of a file, between two, and behind the last. */
    const char *head, *between, *tail;
    /* The same as `head` where it is not always the same; or NULL. */
    int (*begin)(const mrrci_how *how, mrrc_buffer *out);
    /* A decoder's memory between two calls, or NULL without memory; both are NULL
     * where a format has none. */
    void *(*open)(void);
    void (*close)(void *state);
    /* Appends the whole records of the input to the batch and says how many bytes it
     * is done with; the next call's input begins behind them.  It may be done with parts of
     * a record that its state keeps.  With input->last it says, when it is done with the
     * last byte, what is missing; it may be called again with none left.  `data` is never
     * NULL.  Returns 0; MRRC_END where nothing can follow; MRRC_ERR_MEMORY; or a fault, in
     * `err` with its offset in the source, its line and column: what was appended before
     * stays, and above MRRC_FATAL the next call goes on behind `*used`.  NULL where the format is written only. */
    int (*decode)(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                  mrrc_error *err);
    /* Appends one record to `out`, or leaves `out` as it is and returns a fault.  Returns
     * MRRC_NOTED where something had to be replaced. */
    int (*encode)(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                  mrrc_error *err);
} mrrci_format;

/* The format of a number that mrrc_format_find() gave, or NULL. */
const mrrci_format *mrrci_format_at(int number);

/* formats/ ---------------------------------------------------------------- */

int mrrci_iso2709_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                         mrrc_error *err);
int mrrci_iso2709_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                         mrrc_buffer *out, mrrc_error *err);

/* Each returns as mrrci_format says. */
void *mrrci_marcxml_open(void);
void mrrci_marcxml_close(void *state);
int mrrci_marcxml_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                         mrrc_error *err);
int mrrci_marcxml_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                         mrrc_buffer *out, mrrc_error *err);
int mrrci_marcxchange_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                             mrrc_buffer *out, mrrc_error *err);

/* The readers' own way with MARCXML records of the common shape. */
typedef struct mrrci_plain {
    mrrc_buffer start;        /* how the records before began, up to the '>' */
    size_t prefix;            /* the size of the elements' prefix with its colon, from start[1] */
    size_t looked;            /* bytes at hand when the last record was not yet whole; or 0 */
} mrrci_plain;

/* Takes a record's start tag, without its end, as that of the records to come.  Returns 0
 * or MRRC_ERR_MEMORY. */
int mrrci_plain_learn(mrrci_plain *plain, const uint8_t *start, size_t size);

/* Reads records, with white space before each, up to the first that is out of the ordinary
 * in any way.  `*used` gets the place behind the last.  Returns 0 where that is enough or
 * more is needed, MRRC_UNDECODED before what is out of the ordinary, or MRRC_ERR_MEMORY. */
int mrrci_plain_read(mrrci_plain *plain, const mrrci_input *input, mrrci_batch *batch,
                     size_t *used);

void *mrrci_turbomarc_open(void);
void mrrci_turbomarc_close(void *state);
int mrrci_turbomarc_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                           mrrc_error *err);
int mrrci_turbomarc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                           mrrc_buffer *out, mrrc_error *err);

void *mrrci_marcjson_open(void);
void mrrci_marcjson_close(void *state);
int mrrci_marcjson_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                          mrrc_error *err);
int mrrci_marcjson_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                          mrrc_buffer *out, mrrc_error *err);
int mrrci_jsonl_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                       mrrc_buffer *out, mrrc_error *err);

void *mrrci_json_open(void);
void mrrci_json_close(void *state);
int mrrci_json_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                      mrrc_error *err);
int mrrci_json_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                      mrrc_buffer *out, mrrc_error *err);

void *mrrci_mrk_open(void);
void mrrci_mrk_close(void *state);
int mrrci_mrk_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                     mrrc_error *err);
int mrrci_mrk_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                     mrrc_buffer *out, mrrc_error *err);
/* Appends a value with its mnemonics replaced; `offset` is that of the value, for the notes of
 * an unknown one, which is left as it is, and of marks without a letter.  Returns 0,
 * MRRC_ERR_MEMORY, or MRRC_ERR_FIELD_INVALID for one that stands for a structural character,
 * with its place in `*wrong`. */
int mrrci_mrk_expand(const uint8_t *value, size_t size, uint64_t offset, const uint8_t *tag,
                     mrrc_buffer *out, mrrc_buffer *notes, size_t *wrong);

void *mrrci_line_open(void);
void mrrci_line_close(void *state);
int mrrci_line_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                      mrrc_error *err);
int mrrci_line_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                      mrrc_buffer *out, mrrc_error *err);

void *mrrci_aleph_open(void);
void mrrci_aleph_close(void *state);
int mrrci_aleph_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                       mrrc_error *err);
int mrrci_aleph_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                       mrrc_buffer *out, mrrc_error *err);

void *mrrci_mods_open(void);
void mrrci_mods_close(void *state);
int mrrci_mods_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                      mrrc_error *err);
int mrrci_mods_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                      mrrc_buffer *out, mrrc_error *err);

int mrrci_dc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                    mrrc_buffer *out, mrrc_error *err);
int mrrci_oai_dc_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                        mrrc_buffer *out, mrrc_error *err);

int mrrci_csv_begin(const mrrci_how *how, mrrc_buffer *out);
int mrrci_csv_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                     mrrc_buffer *out, mrrc_error *err);
int mrrci_tsv_begin(const mrrci_how *how, mrrc_buffer *out);
int mrrci_tsv_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                     mrrc_buffer *out, mrrc_error *err);

/* Appends one record's packed form to `out`.  `limit` ends the readable memory,
 * at or behind data + size.  Returns 0, MRRC_UNDECODED with `out` as it was, or
 * MRRC_ERR_MEMORY. */
int mrrci_iso2709_pack(const uint8_t *data, size_t size, const uint8_t *limit, uint32_t flags,
                       mrrc_buffer *out);

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

/* json_values.c ----------------------------------------------------------- */

#define MRRCI_JSON_RECORD_MAX ((size_t)16 << 20)
#define MRRCI_JSON_DEPTH_MAX 64u

/* Cuts a source into the values that are records: at its top, one after the other, or in
 * an array at its top.  It goes on where it stopped, whatever is given at once. */
typedef struct mrrci_json_cutter {
    uint64_t counted;         /* the offset up to which lines were counted */
    uint64_t line_start;      /* where the line begins in which that lies */
    uint64_t lines;           /* before that line */
    uint64_t brackets;        /* a bit each that is open, the innermost lowest; 1 for '[' */
    size_t scanned;           /* how much of the value was looked at */
    size_t first;             /* where the first value of an array begins in it, or 0 */
    uint32_t controls;        /* control characters in its strings so far */
    uint8_t depth;            /* brackets open in the value */
    uint8_t place;            /* between values, at an array's value, or behind one */
    uint8_t inside;           /* a string, an escape, a word, or none of them */
    bool undecided;           /* an array of which is not known yet what it is */
    bool ready;               /* the value was seen to its end */
    bool rows;                /* an array of objects is always one value */
} mrrci_json_cutter;

/* One value; the bytes are in the input. */
typedef struct mrrci_json_value {
    const uint8_t *text;
    size_t size;
    uint64_t offset;          /* in the source */
    uint32_t controls;        /* control characters that its strings hold unescaped */
    bool first;               /* it begins an array that may be the value in its place */
} mrrci_json_value;

/* Moves `*at` to the next value.  Returns 1 where there is one, 0 where the input ends
 * before, or MRRC_ERR_JSON_MALFORMED. */
int mrrci_json_find(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at,
                    mrrc_error *err);

/* Where an object begins of which nothing was looked at yet, at `at` or as the first in
 * the array there; or SIZE_MAX. */
size_t mrrci_json_object_at(const mrrci_json_cutter *cutter, const mrrci_input *input, size_t at);

/* Looks for the end of the value at `*at`.  Returns 1 with the value, which it does again until
 * mrrci_json_take(); 0 where the input ends before; 2 where there is none after all and
 * mrrci_json_find() is to go on from `*at`; MRRC_ERR_JSON_MALFORMED or
 * MRRC_ERR_MEMORY. */
int mrrci_json_cut(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at,
                   mrrci_json_value *value, mrrc_error *err);

/* Asks for the array in place of its first value, which was cut. */
void mrrci_json_want_array(mrrci_json_cutter *cutter);

/* Moves `*at` behind the value that begins at or behind `*at` and ends at `end`. */
void mrrci_json_take(mrrci_json_cutter *cutter, const mrrci_input *input, size_t *at, size_t end);

/* Counts the lines before `used`, which has to be done before the input's bytes are gone. */
void mrrci_json_settle(mrrci_json_cutter *cutter, const mrrci_input *input, size_t used);

/* Notes a fault with its place: `at` is in the input.  Returns `code`. */
int mrrci_json_fail(const mrrci_json_cutter *cutter, const mrrci_input *input, size_t at, int code,
                    const char *detail, mrrc_error *err);

/* Has jansson read a value, and forgives control characters in strings, as Python's json does
 * when told so and pymarc tells it.  Returns 0 with what the caller gives back by json_decref(),
 * MRRC_ERR_JSON_MALFORMED, MRRC_ERR_JSON_RECORD (duplicate keys, numbers that are too
 * large), MRRC_ERR_TEXT_INVALID or MRRC_ERR_MEMORY. */
int mrrci_json_load(const mrrci_json_cutter *cutter, const mrrci_input *input,
                    const mrrci_json_value *value, struct json_t **root, mrrc_error *err);

/* json_records.c ---------------------------------------------------------- */

/* A record being made of what jansson read. */
typedef struct mrrci_json_record {
    const mrrci_json_cutter *cutter;
    const mrrci_input *input;
    const mrrci_json_value *value;
    mrrci_batch *batch;
    mrrc_error *err;
    uint32_t field;           /* the number of the field at hand, from 0 */
    const char *tag;          /* its key, or NULL */
} mrrci_json_record;

/* What a format makes of JSON. */
typedef struct mrrci_json_shape {
    bool rows;                /* an array of objects is always one record */
    /* Reads an object of the common shape that begins at `text` and ends before `size`, and
     * appends it to `out`.  Returns its size, 0 where it is anything else or does not end
     * there, or MRRC_ERR_MEMORY; may be NULL. */
    int64_t (*plain)(const uint8_t *text, size_t size, mrrc_buffer *out);
    /* Whether an array is one record, by its first value; NULL with `rows`. */
    bool (*is_array)(const struct json_t *first);
    /* Appends a record to the batch's block.  Returns 0, a fault or MRRC_ERR_MEMORY. */
    int (*build)(mrrci_json_record *record, struct json_t *root);
} mrrci_json_shape;

/* Decodes as mrrci_format says, by a shape. */
int mrrci_json_records(mrrci_json_cutter *cutter, const mrrci_json_shape *shape,
                       const mrrci_input *input, mrrci_batch *batch, size_t *used,
                       mrrc_error *err);

/* Notes a fault of the record with the tag at hand.  Returns `code`. */
int mrrci_json_refuse(const mrrci_json_record *record, int code, const char *detail);

/* Notes what is read all the same.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_json_remark(const mrrci_json_record *record, int code, size_t size);

/* Each appends a piece.  Returns 0, a fault or MRRC_ERR_MEMORY. */
int mrrci_json_leader(mrrci_json_record *record, const struct json_t *leader);
int mrrci_json_tag(mrrci_json_record *record, const char *tag, size_t size);
int mrrci_json_control(mrrci_json_record *record, const struct json_t *text);
int mrrci_json_indicators(mrrci_json_record *record, const struct json_t *first,
                          const struct json_t *second);
int mrrci_json_subfield(mrrci_json_record *record, const char *code, size_t size,
                        const struct json_t *text);

/* A list of objects with a code and a value each. */
int mrrci_json_subfields(mrrci_json_record *record, const struct json_t *list);

/* json_text.c ------------------------------------------------------------- */

#if MRRCI_X86
/* Which of 16 bytes mrrci_json_run() stops at, a bit each. */
static inline uint32_t mrrci_json_stops(__m128i text, bool ascii) {
    __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')),
                                _mm_cmpeq_epi8(text, _mm_set1_epi8('\\')));
    stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1F)), text));
    if (ascii)
        stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_max_epu8(text, _mm_set1_epi8(0x7F)), text));
    return (uint32_t)_mm_movemask_epi8(stop);
}
#endif

/* Copies up to what cannot stand in a string as it is: '"', '\\', a byte below 0x20, and
 * with `ascii` one from 0x7F on.  It may write 31 bytes more.  Adds to `*high` whether there
 * was a byte from 0x80 on; it may have been behind. */
static inline const uint8_t *mrrci_json_run(const uint8_t *at, const uint8_t *end, bool ascii,
                                            uint8_t **to, uint32_t *high) {
    uint8_t *out = *to;
#if MRRCI_X86
    while (end - at >= 32) { /* most values end in one step, which a processor foresees */
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i more = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));
        _mm_storeu_si128((__m128i *)(void *)out, text);
        _mm_storeu_si128((__m128i *)(void *)(out + 16), more);
        *high |= (uint32_t)_mm_movemask_epi8(_mm_or_si128(text, more));
        uint32_t found = mrrci_json_stops(text, ascii) | mrrci_json_stops(more, ascii) << 16;
        if (found != 0) {
            uint32_t size = (uint32_t)__builtin_ctz(found);
            *to = out + size;
            return at + size;
        }
        at += 32;
        out += 32;
    }
#endif
    for (; at < end; at++) {
        uint8_t byte = *at;
        if (byte == '"' || byte == '\\' || byte < 0x20 || (ascii && byte >= 0x7F))
            break;
        *high |= byte & 0x80u;
        *out++ = byte;
    }
    *to = out;
    return at;
}

enum { MRRCI_JSON_ESCAPE_MAX = 12 };

/* Writes the escape of the character at `*at`, which is valid UTF-8, and moves `*at` behind
 * it.  Returns behind what it wrote. */
uint8_t *mrrci_json_escape(const uint8_t **at, uint8_t *to);

/* Appends a string with its quotes; `text` is valid UTF-8.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_json_string(mrrc_buffer *out, const uint8_t *text, size_t size, bool ascii);

/* formats/marcjson_plain.c ------------------------------------------------ */

/* mrrci_json_shape.plain of MARC-in-JSON. */
int64_t mrrci_marcjson_plain(const uint8_t *text, size_t size, mrrc_buffer *out);

/* lines.c ----------------------------------------------------------------- */

/* No record of a format by lines is longer than this in its source. */
#define MRRCI_LINES_RECORD_MAX ((size_t)16 << 20)

/* A line of the source, without its end (LF, CR LF or CR). */
typedef struct mrrci_line {
    const uint8_t *text;
    size_t size;
    uint64_t offset;          /* of the text in the source */
    uint32_t number;          /* from 1 */
    uint32_t before;          /* bytes of the line before the text: a byte order mark */
} mrrci_line;

/* What a line is to the record that is being read. */
typedef enum mrrci_line_role {
    MRRCI_LINE_PART,          /* its next part, or the first of a record */
    MRRCI_LINE_BEGINS,        /* the first part of another one */
    MRRCI_LINE_ENDS,          /* its end, and nothing else */
    MRRCI_LINE_NOTHING        /* no part of any */
} mrrci_line_role;

typedef struct mrrci_lines mrrci_lines;

/* What tells one format by lines from another. */
typedef struct mrrci_lines_format {
    size_t tag_at;            /* where in a line the tag stands */
    mrrci_line_role (*role)(const mrrci_lines *lines, const mrrci_line *line);
    /* Is told of a record's first line, whether it can be taken or not; or NULL. */
    void (*begin)(mrrci_lines *lines, const mrrci_line *line);
    /* Appends the line to lines->record.  Its text is UTF-8 without structural characters.
     * Returns 0, a fault by mrrci_line_fail(), or MRRC_ERR_MEMORY. */
    int (*take)(mrrci_lines *lines, const mrrci_line *line, mrrc_error *err);
} mrrci_lines_format;

/* What is kept of the source between two calls.  It begins as zeros; a format may have it
 * as the first member of its own memory. */
struct mrrci_lines {
    const mrrci_lines_format *format;
    mrrc_buffer record;       /* packed, as far as it was read; its leader is always there */
    mrrc_buffer notes;        /* mrrc_diagnostic each, of that record */
    uint64_t begin, end;      /* where its lines stand in the source */
    size_t searched;          /* bytes of the next line in which there is no line end */
    uint32_t number;          /* of lines read */
    uint32_t taken;           /* lines of this record that were taken */
    bool begun;               /* a line of the record was seen */
    bool led;                 /* its leader was read */
    bool bad;                 /* it had a fault: its other lines are passed over */
    bool overlong;            /* so is the rest of the next line */
};

/* Frees what is held. */
void mrrci_lines_clear(mrrci_lines *lines);

/* The decode function of a format by lines: splits the input, asks lines->format, and ends
 * records.  A record without a leader gets one of blanks and a note
 * (MRRC_ERR_LEADER_INVALID). */
int mrrci_lines_decode(mrrci_lines *lines, const mrrci_input *input, mrrci_batch *batch,
                       size_t *used, mrrc_error *err);

/* Sets the record's leader.  Returns 0 or MRRC_ERR_LEADER_INVALID. */
int mrrci_lines_set_leader(mrrci_lines *lines, const uint8_t *leader, size_t size);

/* Notes a fault at a byte of a line, or behind its last.  Returns `code`. */
int mrrci_line_fail(const mrrci_lines *lines, const mrrci_line *line, const uint8_t *at, int code,
                    const char *detail, mrrc_error *err);

/* Begins a field with the tag that stands in the line.  Returns 0, a fault by
 * mrrci_line_fail(), or MRRC_ERR_MEMORY. */
int mrrci_lines_begin_field(mrrci_lines *lines, const mrrci_line *line, const uint8_t *tag,
                            mrrc_error *err);

/* Appends a subfield's code, at `at` of the line and before `end`.  Returns its size, 0 with a
 * fault in `err` where there is none, or MRRC_ERR_MEMORY. */
int mrrci_lines_begin_subfield(mrrci_lines *lines, const mrrci_line *line, const uint8_t *at,
                               const uint8_t *end, mrrc_error *err);

/* How many bytes the character at `at` has; not more than there are before `end`. */
size_t mrrci_character_size(const uint8_t *at, const uint8_t *end);

/* A few bytes that are written again and again: sixteen are copied whatever the size. */
typedef struct mrrci_literal {
    uint8_t bytes[16];
    size_t size;
} mrrci_literal;

/* What stands around the parts of a field in a format by lines. */
typedef struct mrrci_lines_layout {
    mrrci_literal before_tag;
    mrrci_literal before_control;
    mrrci_literal before_indicators;
    mrrci_literal behind_indicators;
    mrrci_literal before_code;
    mrrci_literal behind_code;
    uint8_t indicator_blank;   /* for a blank */
    uint8_t control_blank[10]; /* for a blank in 000 to 009 */
} mrrci_lines_layout;

/* Whether a record may be written as text: a leader of 24 ASCII characters, UTF-8 behind
 * it.  Returns 0, MRRC_ERR_PACKED_INVALID, MRRC_ERR_LEADER_INVALID or MRRC_ERR_TEXT_INVALID. */
int mrrci_lines_check(const uint8_t *packed, size_t size, mrrc_error *err);

/* Makes room for a record of so many bytes, whatever its fields. */
int mrrci_lines_reserve(mrrc_buffer *out, size_t size);

enum { MRRCI_LINES_MARKS = 256 };

/* Where the structural characters of a packed record stand, found for many at once. */
typedef struct mrrci_lines_marks {
    const uint8_t *text;
    size_t size;
    size_t at;                /* the field that comes next, or `size` */
    size_t searched;
    unsigned next, count;     /* of those found */
    bool broken;              /* there was a line end in what was searched */
    size_t places[MRRCI_LINES_MARKS + 1];
} mrrci_lines_marks;

/* Begins with the field at `at`; before the first one the leader is searched too, in which
 * mrrci_lines_check() has found no structural character. */
void mrrci_lines_mark(mrrci_lines_marks *marks, const uint8_t *packed, size_t size, size_t at);

/* Goes to the next field. */
void mrrci_lines_skip_field(mrrci_lines_marks *marks);

/* Writes the field at marks->at and a line end where there is room, and moves marks->at and
 * out->size.  Returns 0 or the fault of the field, described in `err`. */
int mrrci_lines_put_field(const mrrci_lines_layout *layout, mrrci_lines_marks *marks,
                          mrrc_buffer *out, mrrc_error *err);

/* Notes a fault of a field that is to be written; `tag` has three bytes.  Returns `code`. */
int mrrci_lines_field_fail(int code, const uint8_t *tag, const char *detail, mrrc_error *err);

/* Copies a record with a blank for each LF and CR, and a diagnostic for each field that had
 * some (MRRC_ERR_CHARACTER_REFUSED).  Returns MRRC_NOTED or MRRC_ERR_MEMORY. */
int mrrci_lines_unbreak(const uint8_t *packed, size_t size, const mrrci_how *how,
                        mrrc_buffer *copy);

/* Notes that a field, at `offset` of the packed record, will be read as another than it is.
 * Returns MRRC_NOTED or MRRC_ERR_MEMORY. */
int mrrci_lines_note(const mrrci_how *how, int code, size_t offset, size_t size, uint32_t found,
                     const uint8_t *tag);

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

/* source.c ---------------------------------------------------------------- */

typedef struct mrrci_source {
    int descriptor;           /* of a path's file, or -1 */
    bool fed;                 /* bytes come from mrrci_source_feed() */
    bool ended;               /* no byte follows the window's last */
    mrrc_buffer window;       /* what was read of a file and not yet given up */
    const uint8_t *memory;    /* a memory source's bytes, or NULL */
    size_t memory_size;
    uint64_t start;           /* the offset of the window's first byte */
    size_t at;                /* the first byte of the window not yet used */
} mrrci_source;

void mrrci_source_init(mrrci_source *source);
int mrrci_source_open_path(mrrci_source *source, const char *path, mrrc_error *err);
void mrrci_source_open_memory(mrrci_source *source, const uint8_t *data, size_t size);
void mrrci_source_open_feed(mrrci_source *source);

/* Appends to a fed source's window; nothing to append means its end.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrci_source_feed(mrrci_source *source, const uint8_t *data, size_t size);
int mrrci_source_close(mrrci_source *source, mrrc_error *err);
int mrrci_source_seek(mrrci_source *source, uint64_t offset, mrrc_error *err);

/* Reads up to `wanted` bytes behind the window's last.  Returns 0, MRRC_ERR_IO or
 * MRRC_ERR_MEMORY. */
int mrrci_source_read(mrrci_source *source, size_t wanted, mrrc_error *err);

/* Gives up the window's bytes before `at`, unless most of the window is behind them. */
void mrrci_source_drop_used(mrrci_source *source);

/* The window's bytes. */
const uint8_t *mrrci_source_data(const mrrci_source *source);
size_t mrrci_source_size(const mrrci_source *source);

/* reader.c ---------------------------------------------------------------- */

#define MRRCI_BLOCK_FIRST ((size_t)64 << 10)
#define MRRCI_BLOCK_MAX ((size_t)1 << 20)

/* Where a block is encoded again at once, it, its records and what is made of them are to
 * stay near the processor. */
#define MRRCI_BLOCK_CONVERT ((size_t)256 << 10)

/* A batch takes no further record from here on: a directory may name the same
 * bytes eight thousand times. */
#define MRRCI_BATCH_MAX ((size_t)64 << 20)

#endif
