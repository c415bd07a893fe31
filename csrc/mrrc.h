/* SPDX-License-Identifier: MIT
 *
 * mrrc.h: the public header of the C core.
 *
 * A record is bytes: 24 bytes of leader, then fields, each 0x1E, a tag of three
 * characters and a body; the body of a control field is its data, that of a data
 * field two indicators and subfields, each 0x1F, a code and a value.  Text is
 * UTF-8 unless the reader was told to leave it undecoded.  No function here
 * keeps a pointer after it returns unless it says so, none prints, and there is
 * no global state: any two objects may be used by two threads at once, one
 * object only by one thread at a time.
 */
#ifndef MRRC_H
#define MRRC_H

#include <stddef.h>
#include <stdint.h>

/* The text between the two marks is the CFFI cdef, word for word. */
/* cdef begin */

/* What a function returns: 0, a positive way of having ended, or a negative
 * fault.  A fault above MRRC_FATAL concerns one record, one below it the whole
 * object: it can only be closed. */
enum mrrc_status {
    MRRC_OK = 0,
    MRRC_END = 1,                    /* the source holds no further record */
    MRRC_UNDECODED = 2,              /* a record out of the ordinary: its own bytes follow */
    MRRC_MORE = 3,                   /* feed the reader, and ask again */
    MRRC_NOTED = 4,                  /* written, but something had to be replaced */
    MRRC_RAW = 5,                    /* a packed record whose text is not decoded */
    MRRC_WAITING = 6,                /* nothing is ready yet */
    MRRC_ERR_LENGTH_INVALID = -1,    /* leader/00-04 is no length of a record */
    MRRC_ERR_LEADER_INVALID = -2,    /* not 24 ASCII characters */
    MRRC_ERR_BASE_ADDRESS_INVALID = -3,    /* leader/12-16 is not where the data begin */
    MRRC_ERR_BASE_ADDRESS_NOT_FOUND = -4,  /* nor does a terminator end the directory */
    MRRC_ERR_TRUNCATED = -5,         /* the source ends inside the record */
    MRRC_ERR_TERMINATOR_MISSING = -6,
    MRRC_ERR_BETWEEN_RECORDS = -7,   /* bytes that are part of no record */
    MRRC_ERR_FAULTS_UNTOLD = -8,     /* a record has more faults than are told one by one */
    MRRC_ERR_DIRECTORY_INVALID = -101,  /* an entry, or what the directory says as a whole */
    MRRC_ERR_FIELD_INVALID = -106,   /* a structural character in a value, or a wrong extent */
    MRRC_ERR_INDICATOR_INVALID = -201,  /* too few, too many, or not ASCII */
    MRRC_ERR_CODE_INVALID = -202,    /* a subfield code that is missing or not ASCII */
    MRRC_ERR_TEXT_INVALID = -301,    /* not text in the encoding it claims */
    MRRC_ERR_CHARACTER_UNMAPPED = -302,  /* no character has this code, or no code this character */
    MRRC_ERR_CHARACTER_CUT = -303,   /* the value ends inside a character or an escape */
    MRRC_ERR_MARK_STRAY = -304,      /* a combining mark without a base character */
    MRRC_ERR_CODING_WRONG = -305,    /* the text is in another encoding than the record says */
    MRRC_ERR_SET_UNKNOWN = -306,     /* the record names a character set that is not known here */
    MRRC_ERR_RECORD_TOO_LONG = -401, /* over 99,999 bytes to write, over 16 MiB to read */
    MRRC_ERR_FIELD_TOO_LONG = -402,  /* over 9,999 bytes */
    MRRC_ERR_TAG_INVALID = -403,     /* not three ASCII characters */
    MRRC_ERR_CHARACTER_REFUSED = -404,  /* XML 1.0 has no place for this character */
    MRRC_ERR_XML_RECORD = -411,      /* well-formed XML, but not a record */
    MRRC_ERR_JSON_RECORD = -412,     /* well-formed JSON, but not a record */
    MRRC_ERR_LINE_INVALID = -413,    /* a line that a text format does not have */
    MRRC_ERR_QUERY_SYNTAX = -501,    /* the text of a filter is not well formed */
    MRRC_ERR_QUERY_STRING = -502,    /* a string in it is not */
    MRRC_ERR_QUERY_NUMBER = -503,    /* a number in it is too large */
    MRRC_ERR_QUERY_PATTERN = -504,   /* a regular expression in it is not taken */
    MRRC_ERR_QUERY_DEPTH = -505,     /* it is too long, or too deep */
    MRRC_ERR_QUERY_MEANING = -506,   /* it could never be what is meant */
    MRRC_ERR_QUERY_LIMIT = -507,     /* a record took too long to be tested */
    MRRC_FATAL = -1000,
    MRRC_ERR_MEMORY = -1001,
    MRRC_ERR_IO = -1002,             /* mrrc_error.system holds errno */
    MRRC_ERR_PACKED_INVALID = -1003, /* the bytes given are no packed record */
    MRRC_ERR_ARGUMENT = -1004,
    MRRC_ERR_CLOSED = -1005,         /* the pipeline was stopped */
    MRRC_ERR_FORKED = -1006,         /* the pipeline is of the process that forked this one */
    MRRC_ERR_XML_MALFORMED = -1011,  /* or refused: a DTD, an entity, a limit passed */
    MRRC_ERR_JSON_MALFORMED = -1012  /* or refused: a limit passed */
};

/* Where and what a fault was.  The caller owns it and sets it to zeros; the
 * first fault stays. */
typedef struct mrrc_error {
    int32_t code;         /* enum mrrc_status */
    int32_t system;       /* errno of a failed system call, or 0 */
    uint64_t offset;      /* byte offset in the source or the input */
    uint64_t found;       /* the number that was wrong: a length, an address */
    uint32_t field;       /* the field's index in its record, from 0 */
    uint32_t seen_size;
    uint64_t record;      /* the record's number in the source or the output, from 1, or 0 */
    uint32_t line;        /* of the source, from 1, or 0 where lines mean nothing */
    uint32_t column;      /* the byte in that line, from 1, or 0 */
    uint64_t record_offset;  /* ISO 2709 in strict mode: where the record begins in the source, */
    uint32_t record_size;    /* and its length there, as far as it is known */
    uint8_t indicator;    /* which one is concerned, 1 or 2; or 0 */
    uint8_t subfield;     /* the first byte of the code of the subfield concerned, or 0 */
    uint8_t spare[2];
    uint8_t tag[4];       /* three bytes and a zero; zeros where no field is concerned */
    uint8_t seen[32];     /* up to 32 of the bytes concerned */
    char detail[104];     /* what is wrong in words, ended by a zero; may be empty */
} mrrc_error;

/* The record of a diagnostic that belongs to none. */
#define MRRC_NO_RECORD 4294967295

/* Something found in data that was read all the same, or passed over. */
typedef struct mrrc_diagnostic {
    int32_t code;         /* enum mrrc_status */
    uint32_t record;      /* the record's index in its batch, or MRRC_NO_RECORD */
    uint64_t offset;      /* of a reader: byte offset in the source; else in the call's input */
    uint32_t size;        /* how many bytes are concerned */
    uint32_t found;       /* the number they make: a character's code, a length, an address */
    uint8_t tag[4];
    uint8_t g0;           /* MARC-8: the final bytes of the designated sets */
    uint8_t g1;
    uint8_t indicator;    /* which one is concerned, 1 or 2; or 0 */
    uint8_t subfield;     /* the first byte of the code of the subfield concerned, or 0 */
    uint32_t field;       /* the place of the field's entry in the directory, from 1, or 0 */
    uint32_t seen;        /* where the bytes concerned begin in mrrc_batch_view.seen, */
    uint32_t seen_size;   /* and how many of them are kept: the first 4096 at most */
    const char *reason;   /* in words, constant; or NULL */
} mrrc_diagnostic;

/* Growable bytes: the one output of every function that makes some. */
typedef struct mrrc_buffer {
    union {
        uint8_t *data;
        const char *text;     /* the same bytes, for who would rather have characters */
    };
    size_t size;
    size_t capacity;
} mrrc_buffer;

/* Returns an empty buffer that the caller frees, or NULL without memory. */
mrrc_buffer *mrrc_buffer_new(void);
void mrrc_buffer_free(mrrc_buffer *buffer);

/* How records are read. */
enum mrrc_read_flags {
    MRRC_READ_RAW = 1,        /* leave values undecoded (to_unicode=False) */
    MRRC_READ_FORCE_UTF8 = 2, /* every record is UTF-8, whatever its leader says */
    MRRC_READ_FOREIGN = 4,    /* what is not UTF-8 is in an encoding only the caller knows:
                                 such records are left undecoded */
    MRRC_READ_LIBRARY = 8,    /* XML and JSON go through libxml2 and jansson alone, without the
                                 readers for their common shape; the outcome is the same */
    MRRC_READ_NAMESPACE = 16, /* XML: elements of another namespace than the format's own are
                                 passed over; otherwise the local name decides */

    /* What becomes of faults: one of these three modes, or none for the default mode.  In
     * them a record of ISO 2709 is never left undecoded. */
    MRRC_READ_STRICT = 32,
    MRRC_READ_LENIENT = 64,
    MRRC_READ_PERMISSIVE = 128,

    /* ISO 2709: how text is encoded, in any mode; without them leader/09 says it. */
    MRRC_READ_DETECT = 256,   /* text that claims MARC-8 and is UTF-8 of more than ASCII is read
                                 as UTF-8; text that claims UTF-8, holds no such character and is
                                 MARC-8 without fault, as MARC-8 (noted: MRRC_ERR_CODING_WRONG) */
    MRRC_READ_MARC8 = 512,    /* every record is MARC-8 by the standard, with numeric character
                                 references, control fields too */
    MRRC_READ_UNIMARC = 1024, /* 100 $a/26-29 names the sets: ISO 646 and 5426, or UTF-8 */

    /* ISO 2709: records with a leader and a directory of the common kind are tested, where the
     * reader has a filter, but not packed: they have no bytes in the view, and what is amiss with
     * their text is not found.  Strict mode packs them all the same. */
    MRRC_READ_FRAMES = 65536,
    MRRC_READ_BRIEFLY = 131072 /* batches stay small, for who looks at them once, in C */
};

/* The modes
 *
 * Default.  ISO 2709 without an encoding flag is read by pymarc's rules: what is not of
 * the common kind has the status MRRC_UNDECODED and its own bytes, and where framing is lost
 * the record has a negative status and the bytes that were there, and nothing follows it.  With
 * MRRC_READ_DETECT, _MARC8 or _UNIMARC a record of sound structure is never left undecoded: what
 * is no text becomes U+FFFD, and is noted.  A fault of the other formats is returned, and what
 * is above MRRC_FATAL concerns one record: the next call goes on behind it.
 *
 * Strict.  The first fault of a record is returned, with its place in mrrc_error: code, offset
 * in the source, record, record_offset, record_size, tag, field, indicator, subfield, found,
 * seen and detail.  Whatever the lenient mode would note is a fault, but for what
 * MRRC_READ_DETECT finds, which is noted.  The next call goes on with the next record, and
 * behind bytes between records; where framing is lost (MRRC_ERR_LENGTH_INVALID, _TRUNCATED,
 * _TERMINATOR_MISSING) it returns MRRC_END.
 *
 * Lenient.  A record comes without its faulty pieces, each of them noted with the index of
 * the record: fields whose tag, indicators or extent are wrong, subfields whose code is; a
 * structural character in a value is left out of it.  A wrong base address is found again,
 * since there is no choice.  A record that cannot be saved, and one whose length, terminator or
 * end is wrong, comes as an entry with a negative status and no bytes in the block;
 * offsets[i] and lengths[i] say what it takes up in the source, and a note with its index says
 * why.  Reading goes on with the next record that has a plausible leader and directory.
 *
 * Permissive.  The same, but a faulty piece is guessed, and noted: too few or too many
 * indicators, fields by their terminators, a record's end by the next plausible record,
 * what is left of one that is cut short.  A record that cannot be saved is no entry: a
 * note with MRRC_NO_RECORD has its place.
 *
 * Lenient and permissive: bytes between records are noted with MRRC_NO_RECORD and
 * MRRC_ERR_BETWEEN_RECORDS, one note for each gap (found is 1 where it is white space, NUL and
 * 0x1A alone).  What is no text becomes U+FFFD and is noted with its bytes.  Notes stand in the
 * order of the source.  No record is made up: each begins with a leader and a directory that can
 * be taken for such.
 *
 * The other formats are read in strict mode as in the default one.  In lenient and
 * permissive mode a fault of one record, as the default mode would return it, is put into the
 * view's `faults`, in the order of the source; in lenient mode there is an entry too, with
 * the fault's code for its status and its place for its offset: the n-th entry with a
 * negative status belongs to the n-th fault.  Faults below MRRC_FATAL are returned in all modes.
 *
 * In strict, lenient and permissive mode with MRRC_READ_FOREIGN, a record that does not say it
 * is UTF-8 has the status MRRC_RAW and is packed with its text as it stands. */

/* MARC-8 (MARC 21 Specifications, Character Sets, Part 2). */
enum mrrc_marc8_flags {
    MRRC_MARC8_PYMARC = 1,    /* pymarc's choices where it loses nothing the standard defines */
    MRRC_MARC8_NCR = 2,       /* decode numeric character references, "&#x1F600;" */
    MRRC_MARC8_UNMAPPED_NCR = 4,     /* encode what has no code as a reference */
    MRRC_MARC8_UNMAPPED_REPLACE = 8  /* ... as "?"; with neither flag it is an error */
};

/* The sets in use, by the last byte of their escape sequences. */
typedef struct mrrc_marc8_state {
    uint8_t g0;               /* 0x42, ASCII, at the start of a value */
    uint8_t g1;               /* 0x45, ANSEL, at the start of a value */
} mrrc_marc8_state;

/* Decodes MARC-8 and appends UTF-8 in normalisation form C to `out`.  `state` is
 * read and left as the value ends.  What stands for nothing becomes U+FFFD (with
 * MRRC_MARC8_PYMARC a blank), and a mrrc_diagnostic is appended to `notes` (may be
 * NULL): MRRC_ERR_CHARACTER_UNMAPPED; MRRC_ERR_CHARACTER_CUT; MRRC_ERR_MARK_STRAY
 * where marks end the value, and get a space to stand on, or where the second
 * half of a double mark had no first one, and was kept.  By pymarc's rules _CUT
 * is a character of EACC that the value's end cuts off; `found` is then the length
 * of the value, and a second diagnostic follows for the blank in its place.
 * Returns 0, MRRC_ERR_CHARACTER_CUT where pymarc raises, or MRRC_ERR_MEMORY; a
 * fault leaves `out` as it was. */
int mrrc_marc8_decode(const uint8_t *data, size_t size, uint32_t flags, mrrc_marc8_state *state,
                      mrrc_buffer *out, mrrc_buffer *notes);

/* Encodes UTF-8 as MARC-8 and appends it to `out`, which ends in ASCII and
 * ANSEL again.  In `sets` (may be NULL) one bit is set for each set designated;
 * mrrc_marc8_set_name() knows them.  Returns 0, MRRC_ERR_CHARACTER_UNMAPPED with
 * the character in err->found and its place in err->offset, MRRC_ERR_TEXT_INVALID
 * where the input is not UTF-8, or MRRC_ERR_MEMORY; a fault leaves `out` as it
 * was. */
int mrrc_marc8_encode(const uint8_t *text, size_t size, uint32_t flags, uint32_t *sets,
                      mrrc_buffer *out, mrrc_error *err);

/* Returns what field 066 $c says of the set that this bit stands for ("(N", "$1"),
 * or NULL.  The text is constant. */
const char *mrrc_marc8_set_name(uint32_t bit);

/* Decodes ISO 5426 (UNIMARC's extended Latin set) and appends UTF-8 in
 * normalisation form C.  Diagnostics and results as mrrc_marc8_decode(). */
int mrrc_iso5426_decode(const uint8_t *data, size_t size, mrrc_buffer *out, mrrc_buffer *notes);

/* Appends a MARC-8 set, of the final byte given, to `out`: records of three
 * uint32_t, code, character as pymarc has it, and 1 for a combining mark or 0, by
 * code.  Returns 0, MRRC_ERR_ARGUMENT where there is no such set, or MRRC_ERR_MEMORY. */
int mrrc_marc8_set(uint8_t final, mrrc_buffer *out);

/* Returns the number of the format with this name ("marc"), or
 * MRRC_ERR_ARGUMENT. */
int mrrc_format_find(const char *name);

/* Decodes one record of `size` bytes, whole and with nothing around it, into
 * `out`, which is emptied first.  Returns 0, MRRC_UNDECODED where the record
 * is not of the common kind (out stays empty), or MRRC_ERR_MEMORY. */
int mrrc_record_decode(const uint8_t *data, size_t size, uint32_t flags, mrrc_buffer *out);

/* How records are written. */
enum mrrc_write_flags {
    MRRC_WRITE_UTF8 = 2,      /* the text is UTF-8, and leader/09 is to say so */
    MRRC_WRITE_MARC8 = 1,     /* in MARC-8, with leader/09 blank and 066 as needed; and one of: */
    MRRC_WRITE_UNMAPPED_NCR = 4,     /* what MARC-8 lacks becomes a reference */
    MRRC_WRITE_UNMAPPED_REPLACE = 8, /* ... a question mark; with neither it is an error */
    MRRC_WRITE_ALONE = 16,    /* a document of its own, on one line, and not a part of a file */
    MRRC_WRITE_PYMARC = 32,   /* in the layout that pymarc gives it */
    MRRC_WRITE_ASCII = 64,    /* JSON: what is not ASCII as \\uXXXX */
    MRRC_WRITE_NAMESPACE = 128,  /* pymarc's MARCXML with its namespaces */
    MRRC_WRITE_FORMULAS = 256 /* tables: leave cells as they are that a spreadsheet would run */
};

/* Encodes one packed record; `out` is emptied first.  Returns 0, MRRC_NOTED where a
 * character had to be replaced (an encoder tells which), a fault described in
 * `err`, or MRRC_ERR_MEMORY. */
int mrrc_record_encode(int format, const uint8_t *packed, size_t size, uint32_t flags,
                       mrrc_buffer *out, mrrc_error *err);

/* What is amiss in the text of a filter or a selector, or hardly means what it says.  All text is
 * UTF-8, is ended by a zero, and may be empty. */
typedef struct mrrc_query_fault {
    int32_t code;         /* enum mrrc_status; 0 in a warning */
    uint32_t offset;      /* the byte in the text */
    char message[128];    /* what it is */
    char expected[64];    /* what might have stood there */
    char hint[104];       /* how it may be mended */
} mrrc_query_fault;

/* An encoder: a file being written, with what stands before, between and behind
 * its records.  It holds no output. */
typedef struct mrrc_encoder mrrc_encoder;

/* Returns an encoder, which the caller frees, or NULL without memory or format. */
mrrc_encoder *mrrc_encoder_new(int format, uint32_t flags);
void mrrc_encoder_free(mrrc_encoder *encoder);

/* Asks a table for these columns, selectors with a line end behind each
 * ("245$a\n008/35-37\n"), in place of a row for each value.  Returns 0,
 * MRRC_ERR_ARGUMENT with the place in err->offset and the reason in err->detail,
 * or MRRC_ERR_MEMORY. */
int mrrc_encoder_columns(mrrc_encoder *encoder, const char *selectors, size_t size,
                         mrrc_error *err);

/* Returns what in the columns hardly means what it says, and its number in `*count`; it holds until
 * the columns are others, or the encoder is freed. */
const mrrc_query_fault *mrrc_encoder_warnings(const mrrc_encoder *encoder, size_t *count);

/* Appends what stands before the first record, and behind the last.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrc_encoder_begin(mrrc_encoder *encoder, mrrc_buffer *out);
int mrrc_encoder_end(mrrc_encoder *encoder, mrrc_buffer *out);

/* Counts a record that the caller writes itself, and appends what stands before it.
 * Returns 0 or MRRC_ERR_MEMORY. */
int mrrc_encoder_beside(mrrc_encoder *encoder, mrrc_buffer *out);

/* Encodes packed records, which end at ends[0] .. ends[count - 1] of `packed`,
 * one after the other, and appends them to `out`.  Where one fails, `out` holds
 * the records before it and `*done` (may be NULL) says how many; the encoder may
 * go on with the next.  Returns 0, a fault of that record, described in `err`, or
 * MRRC_ERR_MEMORY. */
int mrrc_encoder_records(mrrc_encoder *encoder, const uint8_t *packed, const uint32_t *ends,
                         size_t count, mrrc_buffer *out, size_t *done, mrrc_error *err);

/* Returns what the encoder had to replace since it was asked last, and its number in
 * `*count`; record is the record's number in the output, less 1.  It holds until
 * the encoder's next call. */
const mrrc_diagnostic *mrrc_encoder_notes(mrrc_encoder *encoder, size_t *count);

/* Lays a packed record out for the making of all its fields.  `out` is emptied
 * and gets texts, each ended by 0x1F: of each field its tag, and its two
 * indicators or its data; then of each subfield its code and its value; and
 * behind them one byte a field, the number of its subfields or 255 for a control
 * field.  Returns the number of fields, MRRC_ERR_PACKED_INVALID,
 * MRRC_ERR_ARGUMENT where a field has more than 254 subfields, or MRRC_ERR_MEMORY. */
int64_t mrrc_explode(const uint8_t *packed, size_t size, mrrc_buffer *out);

/* Lays a packed record out for reading whole fields.  `out` is emptied and gets
 * of each field its tag, and its data or its values without the white space
 * around each (Unicode's White_Space and 0x1C to 0x1F, as Python strips) and a
 * blank between them, each ended by 0x1F; and behind them one byte a field, 255
 * for a control field, else 0.  Returns as mrrc_explode(). */
int64_t mrrc_values(const uint8_t *packed, size_t size, mrrc_buffer *out);

/* Lays a packed record out as unqualified Dublin Core.  `out` is emptied and gets pairs,
 * an element's name, 0x1F, a value, 0x1E: title, creator, subject, description, publisher,
 * contributor, date, type, format, identifier, source, language, relation, coverage, rights, in
 * this order, each as often as there are values.  Returns 0, MRRC_ERR_PACKED_INVALID,
 * MRRC_ERR_TEXT_INVALID where the record is not UTF-8, or MRRC_ERR_MEMORY. */
int mrrc_dublin_core(const uint8_t *packed, size_t size, mrrc_buffer *out);

/* A filter: a test of records, compiled.  It never changes, and any number of threads may use it
 * at once. */
typedef struct mrrc_filter mrrc_filter;

/* What is made alike in a filter's strings and in the values before they are compared: at most
 * one form of Unicode, and capitals.  A pattern is made for values of that form, and takes any
 * letter for its capital. */
enum mrrc_fold {
    MRRC_FOLD_NFC = 1,
    MRRC_FOLD_NFD = 2,
    MRRC_FOLD_NFKC = 3,
    MRRC_FOLD_NFKD = 4,
    MRRC_FOLD_FORMS = 7,    /* the bits of a form */
    MRRC_FOLD_CASE = 8      /* by Unicode's full case folding */
};

/* Compiles the text of a filter.  `similarity`, 0 to 100, is what `=*` asks for; `fold` is of enum
 * mrrc_fold, or 0.  Returns a filter, which the caller frees, or NULL with the reason in `fault`,
 * which is set anew. */
mrrc_filter *mrrc_filter_new(const char *text, size_t size, uint32_t similarity, uint32_t fold,
                             mrrc_query_fault *fault);
void mrrc_filter_free(mrrc_filter *filter);

/* Returns what hardly means what it says, and its number in `*count`; it holds as long as the
 * filter. */
const mrrc_query_fault *mrrc_filter_warnings(const mrrc_filter *filter, size_t *count);

/* Tests packed records, which end at ends[0] .. ends[count - 1] of `packed`, and sets matches[i]
 * to 1 or 0.  Returns 0, or with the record's index in `*done` MRRC_ERR_QUERY_LIMIT or
 * MRRC_ERR_PACKED_INVALID, after which the call may be repeated for those behind it; or
 * MRRC_ERR_MEMORY. */
int mrrc_filter_records(const mrrc_filter *filter, const uint8_t *packed, const uint32_t *ends,
                        size_t count, uint8_t *matches, size_t *done);

/* A reader: a source, its format, and the batch last read. */
typedef struct mrrc_reader mrrc_reader;

/* A view of the batch last read; it holds until the reader's next call.  Record
 * i fills block[ends[i - 1]] (0 for the first) to block[ends[i]]: packed where
 * statuses[i] is 0 or MRRC_RAW, otherwise as it stands in the source, and nothing at all for a
 * record that the lenient mode gives up. */
typedef struct mrrc_batch_view {
    const uint8_t *block;
    const uint32_t *ends;
    const uint64_t *offsets;  /* where each record begins in the source */
    const uint32_t *lengths;  /* and its length there */
    const int16_t *statuses;  /* MRRC_OK, MRRC_UNDECODED, MRRC_RAW, or the fault */
    size_t block_size;
    const mrrc_diagnostic *notes;  /* what was amiss in records that were read all the same */
    size_t notes_count;
    size_t count;
    size_t marked;            /* how many statuses are not 0 */
    const uint8_t *seen;      /* bytes that notes tell of */
    size_t seen_size;
    const mrrc_error *faults; /* of the other formats in lenient and permissive mode */
    size_t faults_count;
    const uint64_t *numbers;  /* of a filtered reader: each record's place among those met by the
                                 call, from 0; or NULL */
    uint64_t met;             /* how many there were, those passed over too */
    uint64_t end;             /* the offset in the source behind the last of them */
} mrrc_batch_view;

/* A place between two records of a source in text, and what comes before it. */
typedef struct mrrc_place {
    uint64_t offset;
    uint64_t records;
    uint64_t faults;          /* of those, how many cannot be read */
    uint64_t lines;           /* that ended before */
    uint64_t line_start;      /* the offset of the line in which it is */
} mrrc_place;

/* Tests the records `first` to `end` of a view by several filters, and sets for each filter in turn
 * a byte for each record in `matches`: to 1 or 0, or to 2 where it took too long.  Returns 0, or
 * with the record's index in `*done` MRRC_ERR_PACKED_INVALID, or MRRC_ERR_MEMORY. */
int mrrc_filters_view(const mrrc_filter *const *filters, size_t count, const mrrc_batch_view *view,
                      size_t first, size_t end, uint8_t *matches, size_t *done);

/* Returns a reader of no source yet, which the caller frees, or NULL without memory. */
mrrc_reader *mrrc_reader_new(int format);
void mrrc_reader_free(mrrc_reader *reader);

/* Opens a file by its path.  Returns 0 or MRRC_ERR_IO (EISDIR for a directory;
 * EINTR is the caller's to handle). */
int mrrc_reader_open_path(mrrc_reader *reader, const char *path, mrrc_error *err);

/* Reads from memory, which has to stay as it is until the reader is freed. */
int mrrc_reader_open_memory(mrrc_reader *reader, const uint8_t *data, size_t size);

/* Reads what mrrc_reader_feed() gives. */
int mrrc_reader_open_feed(mrrc_reader *reader);

/* Gives a fed reader its next bytes, which are copied; none at all means the end.
 * Returns 0, MRRC_ERR_ARGUMENT where the reader is not fed, or MRRC_ERR_MEMORY. */
int mrrc_reader_feed(mrrc_reader *reader, const uint8_t *data, size_t size);

/* Has the reader pass over records that do not match, which then are in no view; NULL: over none.
 * A record that is not packed is in the view for the caller to test, and one that took too long
 * is packed and has the status MRRC_ERR_QUERY_LIMIT.  The filter has to stay as long as the
 * reader reads.  A view may be empty, so that the caller is asked now and then.  Notes of a record
 * that is passed over go with it; one that cannot be read is in the view, or a fault, in any case.
 * Of an ISO 2709 record that does not match, nothing is looked at but its framing, leader and
 * directory, and the fields that the filter asks for, unless the mode is strict.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrc_reader_filter(mrrc_reader *reader, const mrrc_filter *filter);

/* Closes the file.  Returns 0 or MRRC_ERR_IO. */
int mrrc_reader_close(mrrc_reader *reader, mrrc_error *err);

/* Takes a path's file for ended at a byte offset.  To be called before anything is read; returns
 * 0. */
int mrrc_reader_limit(mrrc_reader *reader, uint64_t stop);

/* Looks for a place between two records of a path or of memory at or behind a byte offset, without
 * giving records: whoever begins there finds those that one reader of the whole would find
 * behind it.  Each call goes on where the last one stopped.  Returns 0; MRRC_END where there is
 * none, since the source ends, is damaged so that nothing can follow, or is an array to its end;
 * MRRC_ERR_IO, MRRC_ERR_MEMORY, or MRRC_ERR_ARGUMENT where the format has no such places, or
 * mrrc_reader_seek() finds them. */
int mrrc_reader_walk(mrrc_reader *reader, uint64_t offset, mrrc_place *place, mrrc_error *err);

/* Begins at such a place, before anything is read; the bytes of memory begin there.  Returns 0,
 * MRRC_ERR_IO or MRRC_ERR_ARGUMENT. */
int mrrc_reader_begin(mrrc_reader *reader, const mrrc_place *place, mrrc_error *err);

/* Goes on at a byte offset of the source.  Returns 0, MRRC_ERR_IO where the source
 * cannot seek that far back or ahead, or MRRC_ERR_ARGUMENT where a record of the
 * format means nothing without what stands before it. */
int mrrc_reader_seek(mrrc_reader *reader, uint64_t offset, mrrc_error *err);

/* Reads the next batch: about 64 KiB of the source at first, growing to 1 MiB.
 * Returns 0 with at least one record in `view`, or in lenient and permissive mode
 * at least one note or fault; MRRC_END, MRRC_MORE, MRRC_ERR_IO,
 * MRRC_ERR_MEMORY or a fault of the data.  What was read before a failure is
 * delivered first, and the next call tells of it, or tries again: so it may after
 * EINTR, which is the caller's to handle.  After a fault of one record the next
 * call goes on behind it; after one below MRRC_FATAL, or a record whose status says
 * that framing is lost, nothing follows. */
int mrrc_reader_next(mrrc_reader *reader, uint32_t flags, mrrc_batch_view *view, mrrc_error *err);

/* Reads the next batch, as mrrc_reader_next() does, and appends it to `out` through
 * an encoder.  Returns as that function does, with the batch in `view` for who
 * has to look into it; MRRC_UNDECODED where the batch has marked records, and
 * nothing was encoded; or a fault of the record at `*done` of the view, those before
 * it being in `out`. */
int mrrc_reader_encode(mrrc_reader *reader, uint32_t flags, mrrc_encoder *encoder,
                       mrrc_buffer *out, mrrc_batch_view *view, size_t *done, mrrc_error *err);

/* A table made of records: a query, compiled, and what it needs to make rows.  One thread at a
 * time may use it. */
typedef struct mrrc_table mrrc_table;

enum mrrc_table_flags {
    MRRC_TABLE_TABS = 1,      /* tabs between cells, and not commas */
    MRRC_TABLE_FORMULAS = 2,  /* leave cells as they are that a spreadsheet would run */
    MRRC_TABLE_SQUASH = 4,    /* join the values that a column has in one field */
    MRRC_TABLE_MERGE = 8,     /* join the values that a column has in one record */
    MRRC_TABLE_QUOTES_ALWAYS = 16,
    MRRC_TABLE_QUOTES_TEXT = 32,     /* around all that is no number */
    MRRC_TABLE_QUOTES_NEVER = 64,
    MRRC_TABLE_PLAIN = 128,   /* for programs: 0x1F behind each cell, and 0x1E behind each row */
    MRRC_TABLE_CODES = 256    /* a subfield's code stands before its value, and a blank before any
                                 other; a data field without a code, or with "_", means all of
                                 its subfields */
};

/* Compiles a query ("001, 650$a AS subject").  `separator` stands between values that are
 * joined; `similarity` and `fold` are as in mrrc_filter_new(), for conditions.  Returns a table,
 * which the caller frees, or NULL with the reason in `fault`, which is set anew. */
mrrc_table *mrrc_table_new(const char *query, size_t size, const char *separator,
                           size_t separator_size, uint32_t flags, uint32_t similarity,
                           uint32_t fold, mrrc_query_fault *fault);
void mrrc_table_free(mrrc_table *table);

/* Returns what hardly means what it says, and its number in `*count`; it holds as long as the
 * table. */
const mrrc_query_fault *mrrc_table_warnings(const mrrc_table *table, size_t *count);

/* Returns how many columns there are.  Their names, empty where a column has none, are appended
 * to `names` (may be NULL) with 0x1F behind each; where memory fails it is MRRC_ERR_MEMORY. */
int64_t mrrc_table_columns(const mrrc_table *table, mrrc_buffer *names);

/* Writes a row of any cells, which have 0x1F behind each, as the table's are written.
 * Returns 0 or MRRC_ERR_MEMORY. */
int mrrc_table_row(const mrrc_table *table, const char *cells, size_t size, mrrc_buffer *out);

/* Appends the rows of the records `first` to `end` of a batch, none of which may be marked, to
 * `out`.  Returns 0; MRRC_MORE where `out` holds enough and the call is to be repeated from
 * `*done` on; or with the record's index in `*done`, and nothing of it in `out`,
 * MRRC_ERR_QUERY_LIMIT where it gives too many rows or takes too long to be tested,
 * MRRC_ERR_PACKED_INVALID or MRRC_ERR_MEMORY. */
int mrrc_table_records(mrrc_table *table, const mrrc_batch_view *view, size_t first, size_t end,
                       mrrc_buffer *out, size_t *done);

/* How often each row of a table comes.  One thread at a time may use it. */
typedef struct mrrc_tally mrrc_tally;

/* Returns a tally, which the caller frees, or NULL without memory. */
mrrc_tally *mrrc_tally_new(void);
void mrrc_tally_free(mrrc_tally *tally);

/* Returns how many different rows there are. */
size_t mrrc_tally_size(const mrrc_tally *tally);

/* Counts the rows of the records `first` to `end` of a batch, none of which may be marked; with
 * `once` a row counts once a record.  Returns as mrrc_table_records(), but never MRRC_MORE. */
int mrrc_tally_records(mrrc_tally *tally, mrrc_table *table, int once, const mrrc_batch_view *view,
                       size_t first, size_t end, size_t *done);

/* Appends the rows that came at least `least` times, not more than `most` of them, to `out`,
 * written as the table's are, with the count as one cell more: the most frequent first, or with
 * `reverse` the least frequent, and what came equally often by its bytes.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrc_tally_rows(mrrc_tally *tally, const mrrc_table *table, int reverse, uint64_t least,
                    uint64_t most, mrrc_buffer *out);

/* Adds a row, with 0x1F behind each cell, to be found.  Returns 0, MRRC_ERR_QUERY_LIMIT or
 * MRRC_ERR_MEMORY. */
int mrrc_tally_add(mrrc_tally *tally, const char *cells, size_t size);

/* Sets found[i] to 1 where the record `first` + i gives a row that is in the tally, else to 0.
 * Returns as mrrc_tally_records(). */
int mrrc_tally_find(mrrc_tally *tally, mrrc_table *table, const mrrc_batch_view *view,
                    size_t first, size_t end, uint8_t *found, size_t *done);

/* Counts the rows of the records `first` to `end` of a batch, each once a record, and appends for
 * each row of each record the record's index in the view and the row's number in the tally,
 * uint32_t both.  Returns as mrrc_tally_records(); of the record at `*done` nothing is appended. */
int mrrc_tally_numbers(mrrc_tally *tally, mrrc_table *table, const mrrc_batch_view *view,
                       size_t first, size_t end, mrrc_buffer *out, size_t *done);

/* Appends a row of the tally by its number, with 0x1F behind each cell.  Returns 0,
 * MRRC_ERR_ARGUMENT where there is none, or MRRC_ERR_MEMORY. */
int mrrc_tally_row(const mrrc_tally *tally, size_t number, mrrc_buffer *out);

/* Which records came before.  One thread at a time may use it. */
typedef struct mrrc_known mrrc_known;

enum mrrc_known_how {
    MRRC_KNOWN_BY_NUMBER = 1, /* by the control number, field 001 */
    MRRC_KNOWN_BY_CONTENT = 2 /* by leader and fields; lengths and addresses are not compared */
};

enum mrrc_known_found {
    MRRC_KNOWN_AGAIN = 0,     /* it came before */
    MRRC_KNOWN_FIRST = 1,
    MRRC_KNOWN_NAMELESS = 2   /* it has no control number, or a blank one */
};

/* Returns what knows no record yet, which the caller frees, or NULL without memory.  `key` is 16
 * bytes, which nobody should be able to foretell: of each record a digest under this key is kept,
 * of 16 bytes. */
mrrc_known *mrrc_known_new(const uint8_t *key);
void mrrc_known_free(mrrc_known *known);

/* Returns how many different records are known. */
size_t mrrc_known_size(const mrrc_known *known);

/* Sets found[i] to what the record `first` + i of a batch is (enum mrrc_known_found), and knows it
 * from then on; none may be marked.  Returns 0, MRRC_ERR_ARGUMENT, MRRC_ERR_PACKED_INVALID or
 * MRRC_ERR_MEMORY. */
int mrrc_known_records(mrrc_known *known, int how, const mrrc_batch_view *view, size_t first,
                       size_t end, uint8_t *found);

/* The same of records that are any bytes, one behind the other. */
int mrrc_known_bytes(mrrc_known *known, const uint8_t *bytes, const uint32_t *lengths,
                     size_t count, uint8_t *found);

/* Appends the control numbers of the records `first` to `end` of a batch, none of which may be
 * marked, with 0x1F behind each; nothing stands for one that is missing or blank.  Returns 0,
 * MRRC_ERR_ARGUMENT, MRRC_ERR_PACKED_INVALID or MRRC_ERR_MEMORY. */
int mrrc_control_numbers(const mrrc_batch_view *view, size_t first, size_t end,
                         mrrc_buffer *out);

/* Appends some records of a batch, by their numbers in it, to `out`, and where each ends there,
 * uint32_t, to `ends`; the ends count from where `out` ended before.  Returns 0, MRRC_ERR_ARGUMENT
 * where there is no such record, it is marked, or they are too many, or MRRC_ERR_MEMORY. */
int mrrc_pick_packed(const mrrc_batch_view *view, const uint32_t *numbers, size_t count,
                     mrrc_buffer *out, mrrc_buffer *ends);

/* Which data fields there are, with which indicators, and which subfields they have.  One thread
 * at a time may use it. */
typedef struct mrrc_usage mrrc_usage;

/* Returns a usage of nothing yet, which the caller frees, or NULL without memory. */
mrrc_usage *mrrc_usage_new(void);
void mrrc_usage_free(mrrc_usage *usage);

/* Counts the data fields and subfields of the records `first` to `end` of a batch, none of which
 * may be marked.  Returns as mrrc_tally_records(). */
int mrrc_usage_records(mrrc_usage *usage, const mrrc_batch_view *view, size_t first, size_t end,
                       size_t *done);

/* Appends what was counted, for each kind of field: the size of its name, uint32_t; the name,
 * which is its tag and indicators; and 128 uint64_t, how many such fields there are, and behind
 * it how often each code of ASCII stands in them, by its number.  A code that is not ASCII is
 * a kind of its own, whose name is that of the field, 0x1F and the code.  Returns 0 or
 * MRRC_ERR_MEMORY. */
int mrrc_usage_rows(const mrrc_usage *usage, mrrc_buffer *out);

/* Regular expressions, to be sought in values.  One thread at a time may use them. */
typedef struct mrrc_grep mrrc_grep;

/* A place in a value where one of them matches. */
typedef struct mrrc_grep_hit {
    uint64_t offset;      /* of the value in the view's block */
    uint32_t size;        /* and its bytes */
    uint32_t begin, end;  /* which of them match */
    uint32_t record;      /* the record's index in the view */
    uint8_t tag[4];       /* three bytes and a zero */
    uint8_t code[8];      /* the subfield's, ended by a zero; empty in a control field */
} mrrc_grep_hit;

/* Compiles patterns with 0x1E behind each.  Returns what the caller frees, or NULL with the reason
 * in `fault`, which is set anew. */
mrrc_grep *mrrc_grep_new(const char *patterns, size_t size, mrrc_query_fault *fault);
void mrrc_grep_free(mrrc_grep *grep);

/* Appends a mrrc_grep_hit for each place in the records `first` to `end` of a batch, none of which
 * may be marked, to `hits`: value by value, and of each value pattern by pattern.  Returns as
 * mrrc_tally_records(). */
int mrrc_grep_records(const mrrc_grep *grep, const mrrc_batch_view *view, size_t first,
                      size_t end, mrrc_buffer *hits, size_t *done);

/* Columns made of records, laid out as the Arrow C data interface wants them: selectors, compiled.
 * They never change, and any number of threads may use them at once, each with an output of its
 * own. */
typedef struct mrrc_columns mrrc_columns;

enum mrrc_columns_flags {
    MRRC_COLUMNS_LONG = 1     /* a row for each value, and not for each record: the record's number,
                                 the column's name, the tag, its occurrence in the record, the
                                 indicators, the code and the value.  Without a selector there is
                                 no name, and a row for everything that is in the record */
};

/* Compiles selectors with a line end behind each ("245$a\n008/35-37\n").  `names` has a zero behind
 * each column's name.  lists[i] is 1 where the column is to have all values of a record as a
 * list, and 0 where the first will do; with MRRC_COLUMNS_LONG it may be NULL.  Returns what the
 * caller frees, or NULL with the reason in `fault`, which is set anew. */
mrrc_columns *mrrc_columns_new(const char *selectors, size_t size, const char *names,
                               size_t names_size, const uint8_t *lists, size_t count,
                               uint32_t flags, mrrc_query_fault *fault);
void mrrc_columns_free(mrrc_columns *columns);

/* Returns what hardly means what it says, and its number in `*count`; it holds as long as the
 * columns. */
const mrrc_query_fault *mrrc_columns_warnings(const mrrc_columns *columns, size_t *count);

/* Rows of columns, that grow.  One thread at a time may use them; the columns have to stay as
 * long. */
typedef struct mrrc_columns_out mrrc_columns_out;

/* Returns rows, none as yet, which the caller frees, or NULL without memory.  There are to be `most`
 * of them at most, unless one record gives more. */
mrrc_columns_out *mrrc_columns_out_new(const mrrc_columns *columns, size_t most);
void mrrc_columns_out_free(mrrc_columns_out *out);

/* How many rows there are. */
size_t mrrc_columns_out_rows(const mrrc_columns_out *out);

/* Sets dropped[i] to how many values of column i were left out, all rows made so far being
 * counted, since they stand behind the first of their record. */
void mrrc_columns_out_dropped(const mrrc_columns_out *out, uint64_t *dropped);

/* Appends the rows of the records `first` to `end` of a batch, none of which may be marked;
 * `number` is that of the view's first record, to which its `numbers` are added.  Returns 0;
 * MRRC_MORE where `out` has enough and the call is to be repeated from `*done` on, when the rows
 * have been taken; or with the record's index in `*done`, and nothing of it in `out`,
 * MRRC_ERR_QUERY_LIMIT where it is too large or gives too many rows, MRRC_ERR_TAG_INVALID,
 * MRRC_ERR_PACKED_INVALID or MRRC_ERR_MEMORY. */
int mrrc_columns_records(const mrrc_columns *columns, const mrrc_batch_view *view, size_t first,
                         size_t end, uint64_t number, mrrc_columns_out *out, size_t *done);

/* The structures of the Arrow C data interface and its stream, as the Apache Arrow project
 * defines them.  What `release` frees needs nothing of what it was made of. */
typedef struct mrrc_arrow_schema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct mrrc_arrow_schema **children;
    struct mrrc_arrow_schema *dictionary;
    void (*release)(struct mrrc_arrow_schema *);
    void *private_data;
} mrrc_arrow_schema;

typedef struct mrrc_arrow_array {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct mrrc_arrow_array **children;
    struct mrrc_arrow_array *dictionary;
    void (*release)(struct mrrc_arrow_array *);
    void *private_data;
} mrrc_arrow_array;

typedef struct mrrc_arrow_stream {
    int (*get_schema)(struct mrrc_arrow_stream *, mrrc_arrow_schema *);
    int (*get_next)(struct mrrc_arrow_stream *, mrrc_arrow_array *);
    const char *(*get_last_error)(struct mrrc_arrow_stream *);
    void (*release)(struct mrrc_arrow_stream *);
    void *private_data;
} mrrc_arrow_stream;

/* Returns the schema of the columns, or NULL without memory. */
mrrc_arrow_schema *mrrc_columns_schema(const mrrc_columns *columns);

/* Takes the rows out of `out`, which has none then: a struct array with a child for each column.
 * Returns NULL without memory, and the rows stay. */
mrrc_arrow_array *mrrc_columns_take(mrrc_columns_out *out);

/* Returns a stream of arrays, which are moved into it, or NULL without memory, and they stay.  It
 * needs the columns no longer. */
mrrc_arrow_stream *mrrc_arrow_stream_new(const mrrc_columns *columns, mrrc_arrow_array **arrays,
                                         size_t count);

/* Each releases what was not released, or moved elsewhere, and frees the structure; so may any
 * thread, and NULL is nothing. */
void mrrc_arrow_schema_free(mrrc_arrow_schema *schema);
void mrrc_arrow_array_free(mrrc_arrow_array *array);
void mrrc_arrow_stream_free(mrrc_arrow_stream *stream);

/* Copies bytes of the source that are still at hand, as those of the batch last
 * read are.  Returns 0, or MRRC_ERR_ARGUMENT where they are not; of no reader (NULL) none are. */
int mrrc_reader_source_bytes(const mrrc_reader *reader, uint64_t offset, size_t size,
                             uint8_t *into);

/* Appends the records `first` to `end` of the batch last read to `out`, as they stand in the
 * source.  Returns 0, MRRC_ERR_ARGUMENT where they are not at hand, or MRRC_ERR_MEMORY. */
int mrrc_reader_copy(const mrrc_reader *reader, const mrrc_batch_view *view, size_t first,
                     size_t end, mrrc_buffer *out);

/* The same of some records, by their numbers in the batch last read. */
int mrrc_reader_pick(const mrrc_reader *reader, const mrrc_batch_view *view,
                     const uint32_t *numbers, size_t count, mrrc_buffer *out);

/* Writes many rows of any cells, which have 0x1F behind each cell and 0x1E behind each row, as the
 * table's are written.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrc_table_all_rows(const mrrc_table *table, const char *cells, size_t size,
                        mrrc_buffer *out);

/* Rules that records are checked by: tables of them, compiled, for kinds of record. */
typedef struct mrrc_rules mrrc_rules;

enum mrrc_kind {
    MRRC_KIND_BIBLIOGRAPHIC = 0,
    MRRC_KIND_AUTHORITY = 1,  /* leader/06 is z */
    MRRC_KIND_HOLDINGS = 2    /* leader/06 is u, v, x or y */
};

/* What a finding is about.  In brackets how much it matters; where nothing stands there, the
 * table says it. */
enum mrrc_rule {
    MRRC_RULE_UNKNOWN_FIELD = 1,     /* (error) */
    MRRC_RULE_FIELD_REPEATED,        /* (error) */
    MRRC_RULE_FIELD_MISSING,
    MRRC_RULE_FIELD_OBSOLETE,        /* (info) */
    MRRC_RULE_GROUP_REPEATED,        /* too many of the fields that are counted together */
    MRRC_RULE_GROUP_MISSING,
    MRRC_RULE_STRUCTURE,             /* no two indicators, or no subfield (error) */
    MRRC_RULE_INDICATOR,             /* not defined (error) */
    MRRC_RULE_UNKNOWN_SUBFIELD,      /* (error) */
    MRRC_RULE_SUBFIELD_REPEATED,     /* (error) */
    MRRC_RULE_SUBFIELD_MISSING,      /* (error) */
    MRRC_RULE_SUBFIELD_OBSOLETE,     /* (info) */
    MRRC_RULE_SUBFIELD_CODE,         /* no graphic ASCII character (error) */
    MRRC_RULE_LENGTH,                /* of a field of fixed length (error) */
    MRRC_RULE_CATEGORY,              /* a control field of no known kind (error) */
    MRRC_RULE_POSITION,              /* a code that is not defined */
    MRRC_RULE_OBSOLETE_CODE,         /* (info) */
    MRRC_RULE_LOCAL_CODE,            /* a code of one system (info) */
    MRRC_RULE_VALUE,                 /* a value of another form than it has to have (error) */
    MRRC_RULE_ISBN,                  /* (warning) */
    MRRC_RULE_ISSN,                  /* (warning) */
    MRRC_RULE_LINK_FORM,             /* a $6 that is none (warning) */
    MRRC_RULE_LINK_MISSING,          /* the other half of a pair (warning) */
    MRRC_RULE_LINK_REPEATED,         /* two pairs of one number (warning) */
    MRRC_RULE_TOO_MANY               /* more findings than are told of one record (warning) */
};

enum mrrc_severity { MRRC_ERROR = 1, MRRC_WARNING = 2, MRRC_INFO = 3 };

typedef struct mrrc_finding {
    uint32_t record;          /* the record's index in the call */
    uint16_t rule;            /* enum mrrc_rule */
    uint8_t severity;
    uint8_t indicator;        /* 1 or 2, or 0 */
    uint8_t tag[4];           /* three bytes and a zero; LDR for the leader */
    uint32_t occurrence;      /* of the field among those of its tag, from 1; 0 where there is
                                 no field, or its tag is not three digits */
    uint32_t subfield;        /* of the subfield among those of its code, from 1, or 0 */
    uint16_t first, last;     /* character positions, where `positions` is 1 */
    uint32_t at, size;        /* the value seen, in the bytes of the call */
    uint32_t entry;           /* of the table: what has the rule, or 0 */
    uint8_t code[4];          /* the subfield's code, and zeros */
    uint8_t positions;
    uint8_t kind;             /* enum mrrc_kind: whose table it is */
    uint8_t spare[2];
} mrrc_finding;

/* Returns the rules of MARC 21 for a kind of record as a table, which is constant, and its size. */
const uint8_t *mrrc_marc21_table(int kind, size_t *size);

/* Returns rules that hold no table yet, which the caller frees, or NULL without memory. */
mrrc_rules *mrrc_rules_new(void);
void mrrc_rules_free(mrrc_rules *rules);

/* Copies a table of rules for a kind of record, and looks all of it through.  Returns 0,
 * MRRC_ERR_ARGUMENT with a place in err->offset where the table is none, or MRRC_ERR_MEMORY. */
int mrrc_rules_take(mrrc_rules *rules, int kind, const uint8_t *table, size_t size,
                    mrrc_error *err);

/* Checks packed records, which end at ends[0] .. ends[count - 1] of `packed`, each by the rules
 * of its kind (those of bibliographic records where its own kind has none), and appends a
 * mrrc_finding to `out` for each thing found.  Rules are only read: threads may share them.
 * Returns 0; MRRC_ERR_PACKED_INVALID with the record's number in err->record, the findings
 * before it being in `out`; MRRC_ERR_ARGUMENT without rules; or MRRC_ERR_MEMORY. */
int mrrc_validate(const mrrc_rules *rules, const uint8_t *packed, const uint32_t *ends,
                  size_t count, mrrc_buffer *out, mrrc_error *err);

/* Goes from record to record of ISO 2709, as long as each is framed beyond doubt: five digits lead
 * to a terminator, and none stands before it.  Each recovery mode takes such a record at its
 * size, so a source can be cut behind it if it can be cut at data[0].  Stops at the first boundary
 * at or behind `until`, or before a doubt.  With `gaps`, line ends and zeros before a record that is
 * found behind them whatever it follows are passed over too; the default mode, and no other,
 * would not.  Where `ends` is not NULL the ends of up to `room` records are put there.
 * `*count` gets how many records there are; returns where they end.  Any thread. */
size_t mrrc_boundaries(const uint8_t *data, size_t size, size_t until, int gaps, uint32_t *ends,
                       size_t room, size_t *count);

/* A pipeline: threads that read ahead.  One at a time cuts the next piece of a reader's source;
 * side by side they decode and filter pieces, and encode them; and the caller has them in the
 * order of the source, with just what the reader alone would give. */
typedef struct mrrc_pipeline mrrc_pipeline;

/* Starts the threads, `workers` of them if there can be so many, on a reader that is open and has
 * its filter, and of which nothing was read yet; pieces have about `block` bytes of the source.  No
 * more than `capacity` pieces and one for each thread are under way.  With an encoder (may be
 * NULL) records are encoded as it would.  Reader, filter and encoder stay the caller's, who leaves
 * the reader alone until the pipeline is freed, and keeps them until then.  Returns a pipeline,
 * or NULL with the reason in `err`: MRRC_ERR_ARGUMENT, MRRC_ERR_MEMORY or MRRC_ERR_IO. */
mrrc_pipeline *mrrc_pipeline_new(mrrc_reader *reader, const mrrc_encoder *encoder,
                                 uint32_t workers, uint32_t capacity, size_t block, uint32_t flags,
                                 mrrc_error *err);

/* The same with columns, of which threads make the rows; they have to stay as long. */
mrrc_pipeline *mrrc_pipeline_of_columns(mrrc_reader *reader, const mrrc_columns *columns,
                                        uint32_t workers, uint32_t capacity, size_t block,
                                        uint32_t flags, mrrc_error *err);

/* Waits for the next batch, no longer than so many milliseconds.  Returns as mrrc_reader_next(),
 * but after a fault below MRRC_FATAL nothing follows; and MRRC_WAITING where the time is over;
 * MRRC_MORE where the reader is fed, and is to be by mrrc_pipeline_feed(); MRRC_ERR_CLOSED; or
 * MRRC_ERR_FORKED.  The view holds until the next call.  One thread at a time. */
int mrrc_pipeline_next(mrrc_pipeline *pipeline, uint32_t milliseconds, mrrc_batch_view *view,
                       mrrc_error *err);

/* The same with what the encoder makes of it, as mrrc_reader_encode().  `encoder` is the one that
 * the pipeline was started with, and the caller may write records of his own through it between
 * two calls.  `out`, which has to be empty, gets other memory. */
int mrrc_pipeline_encode(mrrc_pipeline *pipeline, uint32_t milliseconds, mrrc_encoder *encoder,
                         mrrc_buffer *out, mrrc_batch_view *view, size_t *done, mrrc_error *err);

/* Moves the rows that were made of all records of the batch last given into `out`, which has
 * none, and counts there what values were left out.  Returns 0, or MRRC_UNDECODED where there are
 * no such rows, as where records are marked, and the caller makes them. */
int mrrc_pipeline_rows(mrrc_pipeline *pipeline, mrrc_columns_out *out);

/* Gives a fed reader its next bytes, where mrrc_pipeline_next() has asked for them.  Returns as
 * mrrc_reader_feed(). */
int mrrc_pipeline_feed(mrrc_pipeline *pipeline, const uint8_t *data, size_t size);

/* Returns a reader whose batch last read is the one that mrrc_pipeline_next() gave last, for
 * mrrc_reader_source_bytes() and mrrc_reader_copy(); NULL where there is none. */
const mrrc_reader *mrrc_pipeline_piece(const mrrc_pipeline *pipeline);

/* Returns how many threads there are. */
uint32_t mrrc_pipeline_workers(const mrrc_pipeline *pipeline);

/* Has all who wait return, and the threads end; any thread may call it, any number of times. */
void mrrc_pipeline_stop(mrrc_pipeline *pipeline);

/* Stops the pipeline, waits for its threads, and frees it.  In a process that was forked from the
 * pipeline's it frees nothing, since threads that are not there may have left it in any state. */
void mrrc_pipeline_free(mrrc_pipeline *pipeline);

/* Numbers that threads and processes share: each takes eight bytes, at an address that is a
 * multiple of eight, and is exchanged as a whole, without a lock.  Any number of callers may be
 * in these functions at once. */
int64_t mrrc_count_get(uint8_t *place);

/* Puts another number there.  Returns the one before. */
int64_t mrrc_count_set(uint8_t *place, int64_t number);

/* Adds to the number, unless the sum would not fit.  Returns the number before, by which the
 * caller knows either. */
int64_t mrrc_count_add(uint8_t *place, int64_t amount);

/* cdef end */

#endif
