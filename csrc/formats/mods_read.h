/* SPDX-License-Identifier: MIT
 *
 * mods_read.h: what the files that read MODS share.  One <mods> is kept as a tree of
 * indices, in document order: a node's subtree follows it and ends at `end`, and
 * its string value, its descendants' text included, is one stretch of `text`.  From
 * it fields are made in any order, which are sorted by tag when the record is whole.
 */
#ifndef MRRCI_MODS_READ_H
#define MRRCI_MODS_READ_H

#include "internal.h"
#include "xml.h"

#define MODS_NAMESPACE "http://www.loc.gov/mods/v3"

/* Local names of elements, in the order of their bytes. */
#define MODS_ELEMENTS(X)                                                                       \
    X(ABSTRACT, "abstract") X(ACCESS_CONDITION, "accessCondition")                             \
    X(AFFILIATION, "affiliation") X(AGENT, "agent") X(AREA, "area")                            \
    X(CAPTION, "caption") X(CARTOGRAPHICS, "cartographics") X(CITY, "city")                    \
    X(CITY_SECTION, "citySection") X(CLASSIFICATION, "classification")                         \
    X(CONTINENT, "continent") X(COORDINATES, "coordinates")                                    \
    X(COPY_INFORMATION, "copyInformation") X(COPYRIGHT_DATE, "copyrightDate")                  \
    X(COUNTRY, "country") X(COUNTY, "county") X(DATE, "date")                                  \
    X(DATE_CAPTURED, "dateCaptured") X(DATE_CREATED, "dateCreated")                            \
    X(DATE_ISSUED, "dateIssued") X(DATE_MODIFIED, "dateModified") X(DATE_OTHER, "dateOther")   \
    X(DATE_VALID, "dateValid") X(DESCRIPTION, "description")                                   \
    X(DESCRIPTION_STANDARD, "descriptionStandard") X(DETAIL, "detail")                         \
    X(DIGITAL_ORIGIN, "digitalOrigin") X(DIMENSIONS, "dimensions")                             \
    X(DISPLAY_DATE, "displayDate") X(DISPLAY_FORM, "displayForm") X(EDITION, "edition")        \
    X(ELECTRONIC_LOCATOR, "electronicLocator") X(END, "end")                                   \
    X(ENUMERATION_AND_CHRONOLOGY, "enumerationAndChronology") X(EXTENSION, "extension")        \
    X(EXTENT, "extent") X(EXTRATERRESTRIAL_AREA, "extraTerrestrialArea")                       \
    X(EXTRATERRESTRIAL_AREA_3_0, "extraterrestrialArea") X(FORM, "form")                       \
    X(FREQUENCY, "frequency") X(GENRE, "genre") X(GEOGRAPHIC, "geographic")                    \
    X(GEOGRAPHIC_CODE, "geographicCode") X(HIERARCHICAL_GEOGRAPHIC, "hierarchicalGeographic")  \
    X(HOLDING_SIMPLE, "holdingSimple") X(IDENTIFIER, "identifier")                             \
    X(INTERNET_MEDIA_TYPE, "internetMediaType") X(ISLAND, "island") X(ISSUANCE, "issuance")    \
    X(ITEM_IDENTIFIER, "itemIdentifier") X(LANGUAGE, "language")                               \
    X(LANGUAGE_OF_CATALOGING, "languageOfCataloging") X(LANGUAGE_TERM, "languageTerm")         \
    X(LIST, "list") X(LOCATION, "location") X(MODS, "mods") X(NAME, "name")                    \
    X(NAME_IDENTIFIER, "nameIdentifier") X(NAME_PART, "namePart") X(NON_SORT, "nonSort")       \
    X(NOTE, "note") X(NUMBER, "number") X(OCCUPATION, "occupation")                            \
    X(ORIGIN_INFO, "originInfo") X(PART, "part") X(PART_NAME, "partName")                      \
    X(PART_NUMBER, "partNumber") X(PHYSICAL_DESCRIPTION, "physicalDescription")                \
    X(PHYSICAL_LOCATION, "physicalLocation") X(PLACE, "place") X(PLACE_TERM, "placeTerm")      \
    X(PROJECTION, "projection") X(PROVINCE, "province") X(PUBLISHER, "publisher")              \
    X(RECORD_CHANGE_DATE, "recordChangeDate") X(RECORD_CONTENT_SOURCE, "recordContentSource")  \
    X(RECORD_CREATION_DATE, "recordCreationDate") X(RECORD_IDENTIFIER, "recordIdentifier")     \
    X(RECORD_INFO, "recordInfo") X(REFORMATTING_QUALITY, "reformattingQuality")                \
    X(REGION, "region") X(RELATED_ITEM, "relatedItem") X(ROLE, "role")                         \
    X(ROLE_TERM, "roleTerm") X(SCALE, "scale") X(SCRIPT_TERM, "scriptTerm")                    \
    X(SHELF_LOCATOR, "shelfLocator") X(START, "start") X(STATE, "state")                       \
    X(SUB_LOCATION, "subLocation") X(SUB_TITLE, "subTitle") X(SUBJECT, "subject")              \
    X(TABLE_OF_CONTENTS, "tableOfContents") X(TARGET_AUDIENCE, "targetAudience")               \
    X(TEMPORAL, "temporal") X(TERRITORY, "territory") X(TEXT, "text") X(TITLE, "title")        \
    X(TITLE_INFO, "titleInfo") X(TOPIC, "topic") X(TOTAL, "total")                             \
    X(TYPE_OF_RESOURCE, "typeOfResource") X(URL, "url")

/* And of the attributes that mean something to a MARC record. */
#define MODS_ATTRIBUTES(X)                                                                     \
    X(ACCESS, "access") X(ALT_REP_GROUP, "altRepGroup") X(AUTHORITY, "authority")              \
    X(COLLECTION, "collection") X(DATE_LAST_ACCESSED, "dateLastAccessed")                      \
    X(DISPLAY_LABEL, "displayLabel") X(EDITION, "edition") X(ENCODING, "encoding")             \
    X(EVENT_TYPE, "eventType") X(HREF, "href") X(INVALID, "invalid") X(LANG, "lang")           \
    X(MANUSCRIPT, "manuscript") X(NAME_TITLE_GROUP, "nameTitleGroup") X(NOTE, "note")          \
    X(OBJECT_PART, "objectPart")                                                               \
    X(OTHER_TYPE, "otherType") X(POINT, "point") X(QUALIFIER, "qualifier")                     \
    X(SCRIPT, "script") X(SOURCE, "source") X(TYPE, "type") X(UNIT, "unit")                    \
    X(USAGE, "usage") X(VALUE_URI, "valueURI")

#define MODS_ENUM(name, text) E_##name,
enum { E_UNKNOWN, MODS_ELEMENTS(MODS_ENUM) E_COUNT };
#undef MODS_ENUM
#define MODS_ENUM(name, text) A_##name,
enum { A_UNKNOWN, MODS_ATTRIBUTES(MODS_ENUM) A_COUNT };
#undef MODS_ENUM

/* No node: behind every node there is. */
#define MODS_NONE UINT32_MAX

/* A stretch of text; nothing of it is copied or ended by a zero. */
typedef struct mods_text {
    const uint8_t *at;
    size_t size;
} mods_text;

typedef struct mods_node {
    uint32_t end;             /* the node behind its subtree; while it is open, its parent */
    uint32_t text, text_end;  /* its string value in the tree's text */
    uint32_t attributes;      /* its first; they end where the next node's begin */
    uint32_t place;           /* its offset in the record, see mods_reader.offset */
    uint8_t name;             /* E_... */
    bool used;                /* its whole value is in the record */
} mods_node;

typedef struct mods_attribute {
    uint32_t text, text_end;  /* its value in the tree's values */
    uint32_t name;            /* A_... */
} mods_attribute;

enum { MODS_GROUPS = 99 };    /* as many as the two digits of $6 can number */

/* Elements that say the same in several scripts: one has the field, the others make 880. */
typedef struct mods_group {
    mods_text value;          /* of altRepGroup */
    uint32_t main;            /* the node with the field */
    uint8_t name;
    uint8_t number;           /* of the link, from 1; 0 for a group of one */
} mods_group;

typedef struct mods_reader {
    mrrci_xml *xml;
    mrrc_buffer nodes;        /* mods_node each; the first is <mods> */
    mrrc_buffer attributes;   /* mods_attribute each */
    mrrc_buffer text;
    mrrc_buffer values;       /* of the attributes */
    uint32_t open;            /* the innermost open node, or MODS_NONE outside <mods> */
    uint32_t notes;           /* given for this record */
    uint64_t offset;          /* of the record, or 0 where those of nodes are not known */

    mrrc_buffer fields;       /* packed, in the order they were made */
    mrrc_buffer index;        /* where each field is */
    mrrc_buffer order;        /* uint32_t each: the index sorted */
    size_t field_start, value_start;
    uint32_t field_tag;
    bool filled;              /* the field has more than links and sources */
    int status;               /* MRRC_OK, or MRRC_ERR_MEMORY: then nothing more is made */
    uint8_t leader[MRRCI_LEADER_SIZE];

    /* What one part of the mapping has to know of another. */
    uint32_t main_name;       /* the name that is the record's 1XX, or MODS_NONE */
    uint32_t title;           /* the one that is its 245, */
    uint32_t uniform;         /* and its 130 or 240 */
    uint32_t media_type;      /* what goes into 856 $q */
    unsigned material;        /* that 008/18-34 are about, as mods_codes.c names it */
    bool is_rda, is_lc;       /* by recordInfo: rules and source of cataloguing */

    mods_group groups[MODS_GROUPS];
    size_t group_count;
    unsigned link;            /* number of the element being mapped, or 0 */
    bool alternate;           /* it is not its group's main one */
    bool linked;              /* a field of it has the number */
    mods_text script;
    bool responsible[2];      /* the statement was put; that of the alternates */
} mods_reader;

/* mods_read_tree.c: the tree ---------------------------------------------- */

/* The number of an element's local name, E_UNKNOWN included. */
uint8_t mrrci_mods_in_element_find(const char *name);

/* Building: each returns 0 or MRRC_ERR_MEMORY. */
int mrrci_mods_in_tree_open(mods_reader *m, const mrrci_xml_element *element, uint8_t name);
int mrrci_mods_in_tree_text(mods_reader *m, const uint8_t *text, size_t size);
void mrrci_mods_in_tree_close(mods_reader *m);

static inline mods_node *mrrci_mods_in_node(const mods_reader *m, uint32_t node) {
    return (mods_node *)(void *)m->nodes.data + node;
}

static inline uint32_t mrrci_mods_in_end(const mods_reader *m, uint32_t node) {
    return mrrci_mods_in_node(m, node)->end;
}

static inline unsigned mrrci_mods_in_element(const mods_reader *m, uint32_t node) {
    return mrrci_mods_in_node(m, node)->name;
}

/* A loop over a node's children, all or those of one name. */
#define MODS_EACH(m, child, parent)                                                            \
    for (uint32_t child = (parent) + 1; child < mrrci_mods_in_end((m), (parent));              \
         child = mrrci_mods_in_end((m), child))
#define MODS_EACH_NAMED(m, child, parent, wanted)                                              \
    MODS_EACH(m, child, parent) if (mrrci_mods_in_element((m), child) == (wanted))

/* A node's text without the white space around it, to look at or to be put into the
 * record; and as it came. */
mods_text mrrci_mods_in_peek(const mods_reader *m, uint32_t node);
mods_text mrrci_mods_in_value(mods_reader *m, uint32_t node);
mods_text mrrci_mods_in_raw(const mods_reader *m, uint32_t node);

/* The first child of a name, or MODS_NONE. */
uint32_t mrrci_mods_in_child(const mods_reader *m, uint32_t parent, unsigned name);

/* An attribute's value; empty where there is none. */
mods_text mrrci_mods_in_attribute(const mods_reader *m, uint32_t node, unsigned name);

/* Whether text is a word, as an attribute's or as code lists have it: white space around it and
 * the case of ASCII letters make no difference. */
bool mrrci_mods_in_is(mods_text text, const char *word);
bool mrrci_mods_in_attribute_is(const mods_reader *m, uint32_t node, unsigned name,
                             const char *word);
bool mrrci_mods_in_has(const mods_reader *m, uint32_t node, unsigned name);

/* Without the white space around it. */
mods_text mrrci_mods_in_trim(mods_text text);

/* Says that a node, or a part of it, has no place in the record; and that of all nodes with
 * text that nobody asked for.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_mods_in_note(mods_reader *m, uint32_t node, const char *tag);
int mrrci_mods_in_note_rest(mods_reader *m);

/* mods_read_fields.c: making fields.  After a failed allocation each does nothing, and
 * m->status tells of it, so that the mapping reads as a list. ------------ */

void mrrci_mods_in_fields_begin(mods_reader *m);

void mrrci_mods_in_control(mods_reader *m, const char *tag, mods_text value);
void mrrci_mods_in_control_bytes(mods_reader *m, const char *tag, const uint8_t *data,
                                 size_t size);

/* A data field: begun, given its subfields, and ended, which drops it where none but
 * links, sources and the like came. */
void mrrci_mods_in_field(mods_reader *m, const char *tag, char first, char second);
void mrrci_mods_in_field_end(mods_reader *m);

/* A subfield, unless the text is blank; white space is collapsed. */
void mrrci_mods_in_subfield(mods_reader *m, char code, mods_text text);
void mrrci_mods_in_subfield_word(mods_reader *m, char code, const char *word);

/* A subfield in parts: what `separator` says stands between those that are not blank. */
void mrrci_mods_in_join_begin(mods_reader *m, char code);
void mrrci_mods_in_join(mods_reader *m, const char *separator, mods_text text);
void mrrci_mods_in_join_word(mods_reader *m, const char *separator, const char *word);
bool mrrci_mods_in_joined(const mods_reader *m);  /* whether there is anything yet */
void mrrci_mods_in_join_end(mods_reader *m);

/* A subfield for each child of a name. */
void mrrci_mods_in_subfields(mods_reader *m, uint32_t parent, unsigned name, char code);

/* A subfield of an attribute. */
void mrrci_mods_in_attribute_subfield(mods_reader *m, uint32_t node, unsigned name, char code);

/* Appends leader and fields, by tag, to `out`.  Returns 0 or MRRC_ERR_MEMORY. */
int mrrci_mods_in_fields_put(mods_reader *m, mrrc_buffer *out);

/* The mapping, by part ------------------------------------------------------ */

/* mods_read.c: the main node of an element's group, or the element itself. */
uint32_t mrrci_mods_in_main(const mods_reader *m, uint32_t node);

/* mods_read_control.c: leader, 001 to 007, and 040; `material` is set here. */
void mrrci_mods_in_leader(mods_reader *m);
void mrrci_mods_in_record_info(mods_reader *m);
void mrrci_mods_in_physical_codes(mods_reader *m);

/* mods_read_coded.c: 008 */
void mrrci_mods_in_coded(mods_reader *m);

/* mods_read_codes.c: each gives the code of a term, or 0. */
char mrrci_mods_in_audience_code(mods_text term);
char mrrci_mods_in_form_code(mods_text term);
char mrrci_mods_in_frequency_code(mods_text term);
char mrrci_mods_in_origin_code(mods_text term);       /* digitalOrigin, for 007/11 */
char mrrci_mods_in_quality_code(mods_text term);      /* reformattingQuality, for 007/13 */
char mrrci_mods_in_map_genre_code(mods_text term);    /* for 007/01 of a map */

/* Of marccategory, with the length that 007 then has; and of marcsmd in that category. */
char mrrci_mods_in_category_code(mods_text term, size_t *size);
char mrrci_mods_in_specific_code(char category, mods_text term);

/* Puts the codes of a term of marcgt into the 008 of a material, where their places are
 * free (0 in `coded`).  Returns whether there was one. */
bool mrrci_mods_in_genre_codes(mods_text term, unsigned material, uint8_t *coded);

/* mods_read_titles.c */

/* How many characters of a title do not file, as an indicator. */
char mrrci_mods_in_nonfiling(const mods_reader *m, uint32_t title_info);

/* What does not file, title and subtitle in one subfield, for a heading or a link. */
void mrrci_mods_in_title_whole(mods_reader *m, uint32_t title_info, char code);

/* The field of a title of the record itself. */
void mrrci_mods_in_title_info(mods_reader *m, uint32_t node);

/* mods_read_names.c */

typedef enum mods_name_kind {
    MODS_PERSONAL,
    MODS_FAMILY,
    MODS_CORPORATE,
    MODS_CONFERENCE,
    MODS_UNTYPED
} mods_name_kind;

mods_name_kind mrrci_mods_in_name_kind(const mods_reader *m, uint32_t name);

/* The first indicator of a heading. */
char mrrci_mods_in_name_indicator(const mods_reader *m, uint32_t name);

/* Subfields of a heading: the name itself; its roles; affiliation and identifiers. */
void mrrci_mods_in_name_heading(mods_reader *m, uint32_t name);
void mrrci_mods_in_name_roles(mods_reader *m, uint32_t name);
void mrrci_mods_in_name_rest(mods_reader *m, uint32_t name);

/* Name, dates and role, for a subfield that is begun. */
void mrrci_mods_in_name_join(mods_reader *m, uint32_t name);

bool mrrci_mods_in_name_is_primary(const mods_reader *m, uint32_t name);
bool mrrci_mods_in_name_is_creator(const mods_reader *m, uint32_t name);
void mrrci_mods_in_name_field(mods_reader *m, uint32_t name);

/* mods_read_origin.c */
void mrrci_mods_in_origin_info(mods_reader *m, uint32_t node);
void mrrci_mods_in_countries(mods_reader *m);            /* 044 */

/* mods_read_physical.c: physicalDescription and language */
void mrrci_mods_in_physical_description(mods_reader *m, uint32_t node);
void mrrci_mods_in_languages(mods_reader *m);            /* 041 and 546 */
bool mrrci_mods_in_language_code(const mods_reader *m, uint32_t term);     /* no name */
bool mrrci_mods_in_language_is_marc(const mods_reader *m, uint32_t term);  /* of MARC's list */

/* mods_read_subjects.c: subject, genre and classification */
void mrrci_mods_in_subject(mods_reader *m, uint32_t node);
void mrrci_mods_in_geographic_codes(mods_reader *m);     /* 043 */
void mrrci_mods_in_genre_field(mods_reader *m, uint32_t node);
void mrrci_mods_in_classification(mods_reader *m, uint32_t node);

/* mods_read_notes.c: abstract, note and what is laid out like them */
void mrrci_mods_in_note_field(mods_reader *m, uint32_t node);
void mrrci_mods_in_abstract(mods_reader *m, uint32_t node);
void mrrci_mods_in_contents(mods_reader *m, uint32_t node);
void mrrci_mods_in_audience(mods_reader *m, uint32_t node);
void mrrci_mods_in_access(mods_reader *m, uint32_t node);
void mrrci_mods_in_extension(mods_reader *m, uint32_t node);

/* mods_read_identifiers.c: identifier and location */
void mrrci_mods_in_identifier(mods_reader *m, uint32_t node);
void mrrci_mods_in_lccns(mods_reader *m);                /* 010 */
void mrrci_mods_in_location(mods_reader *m, uint32_t node);

/* 856 of a bare address, and of an element; `relation` is the second indicator. */
void mrrci_mods_in_link(mods_reader *m, mods_text address, char relation);
void mrrci_mods_in_url(mods_reader *m, uint32_t url, char relation);

/* mods_read_related.c: relatedItem and part */
void mrrci_mods_in_related_item(mods_reader *m, uint32_t node);
void mrrci_mods_in_part(mods_reader *m, uint32_t node);

#endif
