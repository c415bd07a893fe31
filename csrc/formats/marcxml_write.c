/* SPDX-License-Identifier: MIT
 *
 * marcxml_write.c: writes MARCXML and marcxchange, in one of three layouts: the lines of a
 * file as yaz-marcdump makes them, one line as a document of its own, or what pymarc makes
 * through ElementTree, byte for byte but for what would not be well-formed or come back
 * changed.  The leader is written as it stands.
 */
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "packed.h"
#include "xml.h"

#if MRRCI_X86
#include <emmintrin.h>
#endif

/* More than any run of literals, and the sixteen bytes that a copy may write too far. */
enum { LITERALS_MAX = 512 };

typedef struct literal {
    const char *text;
    size_t size;
} literal;

#define LITERAL(text) {text, sizeof(text) - 1}

/* A layout: what stands around the values. */
typedef struct layout {
    literal record_end;
    literal leader, leader_end;
    literal control, control_text, control_end, control_empty;
    literal data, first, second, tag, data_content, data_end, data_empty;
    literal subfield, subfield_text, subfield_end, subfield_empty;
    bool tag_last;            /* of a data field's attributes */
} layout;

static const layout in_file = {
    .record_end = LITERAL("</record>\n"),
    .leader = LITERAL("  <leader>"),
    .leader_end = LITERAL("</leader>\n"),
    .control = LITERAL("  <controlfield tag=\""),
    .control_text = LITERAL("\">"),
    .control_end = LITERAL("</controlfield>\n"),
    .control_empty = LITERAL("\"></controlfield>\n"),
    .data = LITERAL("  <datafield tag=\""),
    .first = LITERAL("\" ind1=\""),
    .second = LITERAL("\" ind2=\""),
    .data_content = LITERAL("\">\n"),
    .data_end = LITERAL("  </datafield>\n"),
    .data_empty = LITERAL("\">\n  </datafield>\n"),
    .subfield = LITERAL("    <subfield code=\""),
    .subfield_text = LITERAL("\">"),
    .subfield_end = LITERAL("</subfield>\n"),
    .subfield_empty = LITERAL("\"></subfield>\n"),
};

static const layout alone = {
    .record_end = LITERAL("</record>"),
    .leader = LITERAL("<leader>"),
    .leader_end = LITERAL("</leader>"),
    .control = LITERAL("<controlfield tag=\""),
    .control_text = LITERAL("\">"),
    .control_end = LITERAL("</controlfield>"),
    .control_empty = LITERAL("\"/>"),
    .data = LITERAL("<datafield tag=\""),
    .first = LITERAL("\" ind1=\""),
    .second = LITERAL("\" ind2=\""),
    .data_content = LITERAL("\">"),
    .data_end = LITERAL("</datafield>"),
    .data_empty = LITERAL("\"/>"),
    .subfield = LITERAL("<subfield code=\""),
    .subfield_text = LITERAL("\">"),
    .subfield_end = LITERAL("</subfield>"),
    .subfield_empty = LITERAL("\"/>"),
};

static const layout by_pymarc = {
    .record_end = LITERAL("</record>"),
    .leader = LITERAL("<leader>"),
    .leader_end = LITERAL("</leader>"),
    .control = LITERAL("<controlfield tag=\""),
    .control_text = LITERAL("\">"),
    .control_end = LITERAL("</controlfield>"),
    .control_empty = LITERAL("\" />"),
    .data = LITERAL("<datafield ind1=\""),
    .second = LITERAL("\" ind2=\""),
    .tag = LITERAL("\" tag=\""),
    .data_content = LITERAL("\">"),
    .data_end = LITERAL("</datafield>"),
    .data_empty = LITERAL("\" />"),
    .subfield = LITERAL("<subfield code=\""),
    .subfield_text = LITERAL("\">"),
    .subfield_end = LITERAL("</subfield>"),
    .subfield_empty = LITERAL("\" />"),
    .tag_last = true,
};

#define INLINE __attribute__((always_inline)) static inline

/* A record being written, and what to say of it where it cannot be. */
typedef struct work {
    mrrc_buffer *out;
    const mrrci_how *how;
    const uint8_t *at;        /* in the packed record */
    const uint8_t *end;
    const uint8_t *tag;       /* of the field at work, or NULL */
    mrrc_error *err;
    uint32_t index;           /* of that field */
    int result;               /* MRRC_NOTED once something was replaced */
    bool checked;             /* the record is UTF-8 */
    bool ascii;               /* what is not ASCII goes out as references */
} work;

/* The two places at work, which the compiler keeps in registers: no function that is not
 * inline may get a pointer to them.  Between lend() and resume() `work` has them. */
typedef struct pen {
    const uint8_t *at;
    const uint8_t *end;
    uint8_t *to;
    const uint8_t *room;      /* the end of the memory at `to` */
} pen;

INLINE void lend(work *w, const pen *p) {
    w->at = p->at;
    w->out->size = (size_t)(p->to - w->out->data);
}

INLINE void resume(const work *w, pen *p) {
    p->at = w->at;
    p->end = w->end;
    p->to = w->out->data + w->out->size;
    p->room = w->out->data + w->out->capacity;
}

static int fail(const work *w, int code) {
    if (w->err != NULL && w->err->code == 0 && w->tag != NULL) {
        memcpy(w->err->tag, w->tag, 3);
        w->err->field = w->index;
    }
    return mrrci_fail(w->err, code, 0);
}

/* Makes room for literals and for what is left of the record as it stands. */
static int make_room(work *w) {
    size_t left = (size_t)(w->end - w->at);
    return mrrci_buffer_reserve(w->out, left + LITERALS_MAX) < 0 ? fail(w, MRRC_ERR_MEMORY)
                                                                 : MRRC_OK;
}

INLINE int need_room(work *w, pen *p) {
    if (p->room - p->to >= p->end - p->at + LITERALS_MAX)
        return MRRC_OK;
    lend(w, p);
    MRRCI_TRY(make_room(w));
    resume(w, p);
    return MRRC_OK;
}

/* Appends where there is room. */
INLINE void put(pen *p, literal piece) {
    memcpy(p->to, piece.text, piece.size);
    p->to += piece.size;
}

/* A status of xml_text.c: a fault is told, a note remembered. */
static int take(work *w, int status) {
    if (status == MRRC_OK)
        return make_room(w);
    w->result = status;
    return status < 0 ? fail(w, status) : make_room(w);
}

/* ---- values ---- */

/* Where the value at work ends: a control field's data goes up to the next field. */
static const uint8_t *value_end(const work *w, bool control) {
    size_t left = (size_t)(w->end - w->at);
    const uint8_t *field = left == 0 ? NULL : memchr(w->at, MRRCI_FIELD, left);
    const uint8_t *end = field == NULL ? w->end : field;
    const uint8_t *subfield =
        control || end == w->at ? NULL : memchr(w->at, MRRCI_SUBFIELD, (size_t)(end - w->at));
    return subfield == NULL ? end : subfield;
}

/* A value in which something has to be looked at. */
static int put_value_slowly(work *w, bool control) {
    const uint8_t *text = w->at, *end = value_end(w, control);
    w->at = end;
    return take(w, mrrci_xml_put_text(w->out, text, (size_t)(end - text), w->how, w->tag));
}

INLINE bool is_end(const pen *p, bool control) {
    return p->at == p->end || *p->at == MRRCI_FIELD || (*p->at == MRRCI_SUBFIELD && !control);
}

#if MRRCI_X86
enum { STEP = 16 };

/* Copies sixteen bytes.  Returns a bit for each of them that cannot simply be copied. */
INLINE unsigned copy_step(uint8_t *to, const uint8_t *at, bool ascii) {
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)at);
    _mm_storeu_si128((__m128i *)(void *)to, here);
    /* control characters; 0xEF, which begins U+FFFE and U+FFFF; '&'; and '<' and '>',
     * which differ in one bit */
    __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(here, _mm_set1_epi8(0x1F)), here);
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_or_si128(here, _mm_set1_epi8('<' ^ '>')),
                                           _mm_set1_epi8('>')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(here, _mm_set1_epi8('&')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(here, _mm_set1_epi8((char)0xEF)));
    if (ascii) /* a byte's highest bit is what the mask takes */
        hit = _mm_or_si128(hit, here);
    return (unsigned)_mm_movemask_epi8(hit);
}
#endif

/* Copies what can simply be copied.  Returns whether that is all of the value. */
INLINE bool put_plain(pen *p, bool control, bool ascii) {
#if MRRCI_X86
    /* most values end within the first thirty-two bytes: one branch to guess */
    while (p->end - p->at >= STEP) {
        unsigned special = copy_step(p->to, p->at, ascii);
        size_t plain = STEP;
        if (p->end - p->at >= 2 * STEP) {
            special |= copy_step(p->to + STEP, p->at + STEP, ascii) << STEP;
            plain = 2 * STEP;
        }
        if (special != 0)
            plain = (size_t)__builtin_ctz(special);
        p->at += plain;
        p->to += plain;
        if (special != 0)
            return is_end(p, control);
    }
#else
    (void)ascii;
#endif
    return is_end(p, control);
}

/* Puts a value between what stands around it, or an empty one as such. */
INLINE int put_value(work *w, pen *p, bool control, literal before, literal behind,
                     literal empty) {
    if (is_end(p, control)) {
        put(p, empty);
        return MRRC_OK;
    }
    put(p, before);
    const uint8_t *start = p->at;
    if (!w->checked || !put_plain(p, control, w->ascii)) {
        /* from its beginning: the copy may have stopped inside a character, and notes
         * tell places in the value */
        p->to -= p->at - start;
        p->at = start;
        lend(w, p);
        MRRCI_TRY(put_value_slowly(w, control));
        resume(w, p);
    }
    put(p, behind);
    return MRRC_OK;
}

/* ---- tags, indicators and codes ---- */

INLINE bool is_plain(uint8_t byte) {
    return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10 || byte == ' ';
}

INLINE int put_attribute(work *w, pen *p, const uint8_t *text, size_t size) {
    lend(w, p);
    MRRCI_TRY(take(w, mrrci_xml_put_attribute(w->out, text, size, w->how, w->tag)));
    resume(w, p);
    return MRRC_OK;
}

INLINE int put_tag(work *w, pen *p) {
    const uint8_t *tag = w->tag;
    if (!is_plain(tag[0]) || !is_plain(tag[1]) || !is_plain(tag[2]))
        return put_attribute(w, p, tag, 3);
    memcpy(p->to, tag, 3);
    p->to += 3;
    return MRRC_OK;
}

INLINE int put_character(work *w, pen *p, const uint8_t *text, size_t size) {
    if (size != 1 || !is_plain(*text))
        return put_attribute(w, p, text, size);
    *p->to++ = *text;
    return MRRC_OK;
}

/* The size of a character, or 0 where none can be. */
static size_t odd_character_size(const uint8_t *at, const uint8_t *end) {
    size_t size = 1;
    if (at == end || (*at >= MRRCI_RECORD && *at <= MRRCI_SUBFIELD))
        return 0;
    if (*at >= 0xC0)
        size = (size_t)2 + (*at >= 0xE0) + (*at >= 0xF0);
    return size <= (size_t)(end - at) && mrrci_utf8_valid(at, size) ? size : 0;
}

INLINE size_t character_size(const uint8_t *at, const uint8_t *end) {
    return at < end && is_plain(*at) ? 1 : odd_character_size(at, end);
}

/* ---- fields ---- */

INLINE int put_subfields(work *w, pen *p, const layout *as) {
    while (p->at < p->end && *p->at == MRRCI_SUBFIELD) {
        const uint8_t *code = p->at + 1;
        size_t size = character_size(code, p->end);
        if (size == 0)
            return fail(w, MRRC_ERR_CODE_INVALID);
        p->at = code + size;
        MRRCI_TRY(need_room(w, p));
        put(p, as->subfield);
        MRRCI_TRY(put_character(w, p, code, size));
        MRRCI_TRY(put_value(w, p, false, as->subfield_text, as->subfield_end,
                            as->subfield_empty));
    }
    MRRCI_TRY(need_room(w, p));
    put(p, as->data_end);
    return MRRC_OK;
}

INLINE int put_data(work *w, pen *p, const layout *as) {
    const uint8_t *first = p->at;
    size_t first_size = character_size(first, p->end);
    const uint8_t *second = first + first_size;
    size_t second_size = first_size == 0 ? 0 : character_size(second, p->end);
    p->at = second + second_size;
    bool empty = is_end(p, true);
    if (second_size == 0 || (!empty && *p->at != MRRCI_SUBFIELD))
        return fail(w, MRRC_ERR_INDICATOR_INVALID);
    put(p, as->data);
    if (!as->tag_last) {
        MRRCI_TRY(put_tag(w, p));
        put(p, as->first);
    }
    MRRCI_TRY(put_character(w, p, first, first_size));
    put(p, as->second);
    MRRCI_TRY(put_character(w, p, second, second_size));
    if (as->tag_last) {
        put(p, as->tag);
        MRRCI_TRY(put_tag(w, p));
    }
    if (empty) {
        put(p, as->data_empty);
        return MRRC_OK;
    }
    put(p, as->data_content);
    return put_subfields(w, p, as);
}

INLINE int put_field(work *w, pen *p, const layout *as) {
    if (!mrrci_tag_is_control(w->tag))
        return put_data(w, p, as);
    put(p, as->control);
    MRRCI_TRY(put_tag(w, p));
    return put_value(w, p, true, as->control_text, as->control_end, as->control_empty);
}

INLINE bool is_structural(uint8_t byte) {
    return byte >= MRRCI_RECORD && byte <= MRRCI_SUBFIELD;
}

static int put_leader(work *w) {
    const uint8_t *leader = w->at;
    w->at += MRRCI_LEADER_SIZE;
    return take(w, mrrci_xml_put_text(w->out, leader, MRRCI_LEADER_SIZE, w->how, NULL));
}

/* Each layout gets code of its own, in which the literals' sizes are known. */
INLINE int put_record(work *w, const layout *as, literal begin) {
    pen p;
    if (mrrci_buffer_reserve(w->out, 3 * (size_t)(w->end - w->at) + LITERALS_MAX) < 0)
        return fail(w, MRRC_ERR_MEMORY);
    resume(w, &p);
    put(&p, begin);
    put(&p, as->leader);
    lend(w, &p);
    MRRCI_TRY(put_leader(w));
    resume(w, &p);
    put(&p, as->leader_end);
    for (; p.at < p.end; w->index++) {
        const uint8_t *field = p.at;
        MRRCI_TRY(need_room(w, &p));
        if (*field != MRRCI_FIELD || p.end - field < 4 || is_structural(field[1]) ||
            is_structural(field[2]) || is_structural(field[3]))
            return fail(w, MRRC_ERR_PACKED_INVALID);
        w->tag = field + 1;
        p.at = field + 4;
        MRRCI_TRY(put_field(w, &p, as));
    }
    MRRCI_TRY(need_room(w, &p));
    put(&p, as->record_end);
    lend(w, &p);
    return w->result;
}

#define SLIM "http://www.loc.gov/MARC21/slim"
#define MARCXCHANGE "info:lc/xmlns/marcxchange-v1"
#define DOCUMENT "<?xml version=\"1.0\" encoding=\"UTF-8\"?><record xmlns=\""
#define INSTANCE "http://www.w3.org/2001/XMLSchema-instance"
#define SCHEMA "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"

static const literal file_begin = LITERAL("<record>\n");
static const literal alone_begin[] = {LITERAL(DOCUMENT SLIM "\">"),
                                      LITERAL(DOCUMENT MARCXCHANGE "\">")};
static const literal pymarc_begin = LITERAL("<record>");
static const literal pymarc_namespaces[] = {
    LITERAL("<record xmlns=\"" SLIM "\" xmlns:xsi=\"" INSTANCE "\" xsi:schemaLocation=\"" SLIM
            " " SCHEMA "\">"),
    LITERAL("<record xmlns=\"" MARCXCHANGE "\">"),
};

static int put_as(work *w, uint32_t flags, int name) {
    if (flags & MRRC_WRITE_PYMARC)
        return put_record(w, &by_pymarc,
                          flags & MRRC_WRITE_NAMESPACE ? pymarc_namespaces[name] : pymarc_begin);
    if (flags & MRRC_WRITE_ALONE)
        return put_record(w, &alone, alone_begin[name]);
    return put_record(w, &in_file, file_begin);
}

static int encode(const uint8_t *packed, size_t size, const mrrci_how *how, mrrc_buffer *out,
                  mrrc_error *err, int name) {
    work w = {.out = out, .how = how, .at = packed, .end = packed + size, .err = err};
    size_t before = out->size, noted = how->notes == NULL ? 0 : how->notes->size;
    if (size < MRRCI_LEADER_SIZE)
        return fail(&w, MRRC_ERR_PACKED_INVALID);
    w.ascii = (how->flags & MRRC_WRITE_ASCII) != 0;
    w.checked = mrrci_utf8_valid(packed, size);
    int status = put_as(&w, how->flags, name);
    if (status < 0) {
        out->size = before;
        if (how->notes != NULL)
            how->notes->size = noted;
    }
    return status;
}

enum { AS_MARCXML, AS_MARCXCHANGE };

int mrrci_marcxml_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                         mrrc_buffer *out, mrrc_error *err) {
    return encode(packed, size, how, out, err, AS_MARCXML);
}

int mrrci_marcxchange_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                             mrrc_buffer *out, mrrc_error *err) {
    return encode(packed, size, how, out, err, AS_MARCXCHANGE);
}
