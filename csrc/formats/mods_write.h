/* SPDX-License-Identifier: MIT
 *
 * mods_write.h: what the files that write MODS share: the record taken apart, the
 * pieces of text and XML they are put together of, and the parts of a document.
 */
#ifndef MRRC_MODS_WRITE_H
#define MRRC_MODS_WRITE_H

#include "conversion.h"
#include "packed.h"

/* A piece of UTF-8 that belongs to somebody else. */
typedef struct mods_slice {
    const uint8_t *data;
    size_t size;
} mods_slice;

/* A field of the record. */
typedef struct mods_field {
    const uint8_t *name;      /* its own tag, three bytes */
    const uint8_t *data;      /* control data, or the subfields */
    size_t size;
    mods_slice link;          /* $6, or nothing */
    uint64_t codes;           /* a bit for each code it has, see mods_bit() */
    uint16_t tag;             /* as a number; of an 880, that of the field it stands for */
    uint8_t first;            /* indicators */
    uint8_t second;
    bool alternate;           /* an 880: a field once more in another script */
} mods_field;

/* The bit of a subfield code, by which most questions about a field are answered at once;
 * all codes but letters and digits share one. */
static inline uint64_t mods_bit(uint8_t code) {
    unsigned letter = (unsigned)code - 'a', digit = (unsigned)code - '0';
    return (uint64_t)1 << (letter < 26 ? letter : digit < 10 ? 26 + digit : 63);
}

static inline bool mods_may_have(const mods_field *field, const char *codes) {
    uint64_t asked = 0;
    for (; *codes != 0; codes++)
        asked |= mods_bit((uint8_t)*codes);
    return (asked & field->codes) != 0;
}

/* A document being written.  The first fault stays in `status`, and nothing is written
 * after it. */
typedef struct mods {
    const mrrci_how *how;
    mrrc_buffer *out;
    const uint8_t *leader;
    const mods_field *fields;
    size_t count;
    mods_slice coded;         /* 008 */
    bool has_name;            /* whether there is a 100, 110 or 111 */
    bool has_uniform;         /* a 240 */
    bool has_series;          /* an 8XX of a series */
    mrrc_buffer text;         /* the text put together last */
    const uint8_t *tag;       /* of the field last looked into */
    bool nested;              /* inside a relatedItem: no layout */
    int status;               /* 0, MRRC_NOTED or a fault */
} mods;

/* An element that is open: it vanishes if nothing comes into it. */
typedef struct mods_element {
    const char *name;
    size_t start;             /* of its tag in the output */
    size_t inside;            /* behind its tag */
    bool part;                /* a part of the document, on a line of its own */
} mods_element;

/* mods_write_text.c: text ------------------------------------------------- */

/* What is taken off a text's end. */
enum mods_chop {
    MODS_MARKS = 1,           /* blanks and the marks of ISBD: : , ; / = + */
    MODS_STOP = 2,            /* a full stop too, but no three of them */
    MODS_NAME = 4,            /* a full stop too, but none behind a short word: "N.Y." */
    MODS_BRACKETS = 8         /* square brackets around it, or half a pair */
};

mods_slice mrrci_mods_chop(mods_slice text, unsigned what);

/* A constant text. */
mods_slice mrrci_mods_literal(const char *text);
bool mrrci_mods_is(mods_slice text, const char *literal);
bool mrrci_mods_begins(mods_slice text, const char *literal);

/* Without blanks at its ends. */
mods_slice mrrci_mods_trim(mods_slice text);

/* Whether the subfield's code is a character of `codes`, which are few. */
static inline bool mrrci_mods_among(const mrrci_subfield *subfield, const char *codes) {
    if (subfield->code_size != 1)
        return false;
    while (*codes != 0 && *codes != (char)*subfield->code)
        codes++;
    return *codes != 0;
}

/* A subfield's value, trimmed. */
mods_slice mrrci_mods_value(const mrrci_subfield *subfield);

/* A walk over a field's subfields, for mrrci_subfield_next(). */
mrrci_cursor mrrci_mods_walk(mods *m, const mods_field *field);

/* The first value with one of the codes, or nothing; and whether there is one. */
mods_slice mrrci_mods_first(mods *m, const mods_field *field, const char *codes);
bool mrrci_mods_has(const mods_field *field, const char *codes);

/* The values with these codes and `between` between them, in the record's order.  It
 * holds until the next text is put together. */
mods_slice mrrci_mods_join(mods *m, const mods_field *field, const char *codes,
                           const char *between);

/* The same by hand: begin, add, add ... */
void mrrci_mods_text_begin(mods *m);
void mrrci_mods_text_add(mods *m, mods_slice piece, const char *between);
mods_slice mrrci_mods_text(const mods *m);

/* The field's subfields before the first with that code, and from it on. */
mods_field mrrci_mods_before(const mods_field *field, char code);
mods_field mrrci_mods_from(const mods_field *field, char code);

/* The field's subfields behind the first. */
mods_field mrrci_mods_behind(const mods_field *field);

/* A place of 008, or '|' behind its end. */
uint8_t mrrci_mods_coded(const mods *m, size_t place);

/* mods_write_text.c: XML -------------------------------------------------- */

/* Writes what is markup already. */
void mrrci_mods_put(mods *m, const char *markup);

/* Writes ` name="value"`, or nothing where there is no value. */
void mrrci_mods_attribute(mods *m, const char *name, mods_slice value);

/* The same for a value that each of a field's elements has.  One that is long is written for
 * the first alone: thousands of elements would have it thousands of times. */
void mrrci_mods_attribute_each(mods *m, const char *name, mods_slice *value);

/* Writes <start>text</start>, or nothing where there is no text; `start` may have
 * attributes in it. */
void mrrci_mods_write(mods *m, const char *start, mods_slice text);

/* Opens an element: first its tag without ">", to which attributes may be added, then
 * its inside. */
mods_element mrrci_mods_open_element(mods *m, const char *start);
void mrrci_mods_inside(mods *m, mods_element *element);
void mrrci_mods_text_inside(mods *m, mods_element *element, mods_slice text);
void mrrci_mods_close_element(mods *m, const mods_element *element);

/* The same for a part of the document; `field` (may be NULL) says whether it stands in
 * another script elsewhere. */
mods_element mrrci_mods_open_part(mods *m, const char *start, const mods_field *field);

/* A part that has nothing but a text. */
void mrrci_mods_write_part(mods *m, const char *start, const mods_field *field, mods_slice text);

/* The addresses of $0 and $1 as attributes of the open tag; or that one of them that the
 * term itself has. */
void mrrci_mods_write_uris(mods *m, const mods_field *field);
mods_slice mrrci_mods_uri(mods *m, const mods_field *field);

/* $u as the attribute xlink:href. */
void mrrci_mods_write_link(mods *m, const mods_field *field);

/* The parts, each in a file of its own ------------------------------------- */

void mrrci_mods_titles(mods *m);
void mrrci_mods_names(mods *m);
void mrrci_mods_types(mods *m);           /* typeOfResource and genre */
void mrrci_mods_origin(mods *m);          /* originInfo */
void mrrci_mods_languages(mods *m);
void mrrci_mods_physical(mods *m);        /* physicalDescription */
void mrrci_mods_notes(mods *m);           /* abstract to accessCondition */
void mrrci_mods_subjects(mods *m);
void mrrci_mods_classifications(mods *m);
void mrrci_mods_related(mods *m);
void mrrci_mods_identifiers(mods *m);
void mrrci_mods_locations(mods *m);
void mrrci_mods_record(mods *m);          /* recordInfo */

/* What several of them write ------------------------------------------------ */

/* title from the subfields `codes`, then partNumber from $n, in a series $v too, and partName
 * from $p. */
void mrrci_mods_write_title(mods *m, const mods_field *field, const char *codes);

/* The title of a work in a heading: what stands from $t on. */
void mrrci_mods_write_work(mods *m, const mods_field *field);

/* A name's kind by the last two digits of its tag (00, 10, 11) and first indicator, as the
 * start of its tag: `name type="personal"`. */
const char *mrrci_mods_name_start(const mods_field *field);

/* What a name consists of, up to $t; and its role. */
void mrrci_mods_write_name(mods *m, const mods_field *field);

/* An identifier, invalid or not; `type` may be empty. */
void mrrci_mods_write_identifier(mods *m, const mods_field *field, mods_slice type, bool invalid,
                                 mods_slice text);

/* language with one code; `object` (may be NULL) is the part that is in that language. */
void mrrci_mods_write_language(mods *m, const mods_field *field, const char *object,
                               mods_slice authority, mods_slice code);

/* location with a url, from an 856. */
void mrrci_mods_write_address(mods *m, const mods_field *field, bool primary);

/* mods_codes.c -------------------------------------------------------------- */

/* The materials that 008/18-34 and 006 know. */
enum mods_material {
    MODS_BOOK = 1,
    MODS_FILE = 2,
    MODS_MAP = 4,
    MODS_MUSIC = 8,
    MODS_SERIAL = 16,
    MODS_VISUAL = 32,
    MODS_MIXED = 64
};

/* By leader/06-07, or by 006/00 with level 0; 0 where it is none. */
unsigned mrrci_mods_material(uint8_t type, uint8_t level);

typedef struct mods_code {
    char code;
    const char *term;
} mods_code;

/* A code's term, or NULL; a list ends with a code of 0. */
const char *mrrci_mods_term(const mods_code *list, uint8_t code);

/* Codes of genre at places of 008 for some materials; the list ends with none. */
typedef struct mods_genre {
    unsigned materials;
    uint8_t from, to;         /* places in 008, both included */
    const mods_code *codes;
} mods_genre;

extern const mods_genre mrrci_mods_genres[];
extern const mods_code mrrci_mods_types_of_resource[];
extern const mods_code mrrci_mods_map_genres[];    /* by 007/01 of a map */
extern const mods_code mrrci_mods_audiences[];
extern const mods_code mrrci_mods_forms[];         /* by 008/23 or 29 */
extern const mods_code mrrci_mods_frequencies[];
extern const mods_code mrrci_mods_qualities[];     /* by 007/13 */
extern const mods_code mrrci_mods_origins[];       /* by 007/11 */
extern const mods_code mrrci_mods_categories[];    /* by 007/00 */

/* The specific material of a 007, or NULL. */
const char *mrrci_mods_specific(uint8_t category, uint8_t code);

/* The list of subject headings that a second indicator stands for, or NULL. */
const char *mrrci_mods_authority(uint8_t indicator);

/* Whether this is a term of the MARC list of relators. */
bool mrrci_mods_is_relator(mods_slice term);

#endif
