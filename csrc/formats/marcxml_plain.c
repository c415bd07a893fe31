/* SPDX-License-Identifier: MIT
 *
 * marcxml_plain.c: records of MARCXML in the shapes that nearly all writers use, read by
 * comparing with the text they have to be.  A record with anything else in it, good or bad,
 * is none of this room's business: it is left to libxml2, as it stands.  So nothing here
 * reports a fault, and what is read here is what libxml2 would have read.
 */
#include "marcxml.h"
#include "packed.h"

#if MRRCI_X86
#include <emmintrin.h>
#endif

enum {
    STEP = 16,
    RECORD_MAX = 1 << 20,     /* longer ones, and longer white space, are not common */
    START_MAX = 512
};

/* A record at work. */
typedef struct cursor {
    const uint8_t *at;
    const uint8_t *end;       /* of what may be looked at */
    uint8_t *out;             /* there is room for all that can be written */
    const uint8_t *prefix;
    size_t prefix_size;
    bool beyond;              /* there may be characters beyond ASCII */
    bool odd;                 /* it is not of the common shape; else it was not all there */
} cursor;

/* ---- values ---- */

/* Copies plain text up to a byte that is special, or `end`.  STEP bytes may be written. */
static inline void copy_plain(cursor *c) {
    const uint8_t *at = c->at;
    uint8_t *out = c->out;
#if MRRCI_X86
    /* control characters, and '<' and '>', which differ in one bit, and '&' */
    const __m128i control = _mm_set1_epi8(0x1F);
    for (; c->end - at >= STEP; at += STEP, out += STEP) {
        __m128i here = _mm_loadu_si128((const __m128i *)(const void *)at);
        _mm_storeu_si128((__m128i *)(void *)out, here);
        __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(here, control), here);
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_or_si128(here, _mm_set1_epi8('<' ^ '>')),
                                               _mm_set1_epi8('>')));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(here, _mm_set1_epi8('&')));
        unsigned special = (unsigned)_mm_movemask_epi8(hit);
        c->beyond |= _mm_movemask_epi8(here) != 0;
        if (special != 0) {
            size_t plain = (size_t)__builtin_ctz(special);
            c->at = at + plain;
            c->out = out + plain;
            return;
        }
    }
#endif
    for (; at < c->end; at++) {
        uint8_t byte = *at;
        if (byte < 0x20 || byte == '<' || byte == '>' || byte == '&')
            break;
        c->beyond |= byte >= 0x80;
        *out++ = byte;
    }
    c->at = at;
    c->out = out;
}

/* Reads one of the five references every XML document has. */
static bool take_reference(cursor *c) {
    static const struct {
        char text[8];
        uint8_t size, byte;
    } references[] = {
        {"&amp;", 5, '&'}, {"&lt;", 4, '<'}, {"&gt;", 4, '>'}, {"&quot;", 6, '"'},
        {"&apos;", 6, '\''},
    };
    size_t left = (size_t)(c->end - c->at);
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        size_t size = references[i].size;
        if (memcmp(c->at, references[i].text, size < left ? size : left) == 0) {
            if (left < size)
                return false;
            c->at += size;
            *c->out++ = references[i].byte;
            return true;
        }
    }
    c->odd = true;
    return false;
}

/* Reads a value up to the '<' behind it. */
static inline bool take_value(cursor *c) {
    const uint8_t *begin = c->at;
    for (;;) {
        copy_plain(c);
        if (c->at == c->end)
            return false;
        uint8_t byte = *c->at;
        if (byte == '<')
            return true;
        if (byte == '&') {
            if (!take_reference(c))
                return false;
            continue;
        }
        /* "]]>" is not allowed, and a CR is not taken as it stands */
        bool angle = byte == '>' && !(c->at - begin >= 2 && c->at[-1] == ']' && c->at[-2] == ']');
        if (!angle && byte != '\n' && byte != '\t') {
            c->odd = true;
            return false;
        }
        *c->out++ = byte;
        c->at++;
    }
}

/* ---- markup ---- */

static inline bool is_blank(uint8_t byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static inline bool skip_blanks(cursor *c) {
    while (c->at < c->end && is_blank(*c->at))
        c->at++;
    return c->at < c->end;
}

static inline bool match(cursor *c, const void *text, size_t size) {
    size_t left = (size_t)(c->end - c->at);
    if (left >= size && memcmp(c->at, text, size) == 0) {
        c->at += size;
        return true;
    }
    c->odd = left >= size || memcmp(c->at, text, left) != 0;
    return false;
}

#define MATCH(c, literal) match((c), literal, sizeof(literal) - 1)

static inline bool match_prefix(cursor *c) {
    return c->prefix_size == 0 || match(c, c->prefix, c->prefix_size);
}

/* An end tag, and the prefix in it. */
#define MATCH_END(c, name) \
    (MATCH(c, "</") && match_prefix(c) && MATCH(c, name ">"))

/* A character between double quotes that means itself. */
static inline bool take_character(cursor *c, uint8_t *into) {
    if (c->end - c->at < 2)
        return false;
    uint8_t byte = c->at[0];
    if (byte < ' ' || byte > '~' || byte == '"' || byte == '<' || byte == '&' || c->at[1] != '"') {
        c->odd = true;
        return false;
    }
    *into = byte;
    c->at += 2;
    return true;
}

static inline bool is_tag_character(uint8_t byte) {
    return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10;
}

/* A tag, of a control field or of others, with the quote behind it. */
static inline bool take_tag(cursor *c, uint8_t *into, bool control) {
    if (c->end - c->at < 4)
        return false;
    const uint8_t *tag = c->at;
    if (!is_tag_character(tag[0]) || !is_tag_character(tag[1]) || !is_tag_character(tag[2]) ||
        tag[3] != '"' || mrrci_tag_is_control(tag) != control) {
        c->odd = true;
        return false;
    }
    memcpy(into, tag, 3);
    c->at += 4;
    return true;
}

static inline bool take_control(cursor *c) {
    *c->out = MRRCI_FIELD;
    if (!take_tag(c, c->out + 1, true) || !MATCH(c, ">"))
        return false;
    c->out += 4;
    return take_value(c) && MATCH_END(c, "controlfield");
}

static inline bool take_subfield(cursor *c) {
    *c->out = MRRCI_SUBFIELD;
    if (!MATCH(c, "subfield code=\"") || !take_character(c, c->out + 1) || !MATCH(c, ">"))
        return false;
    c->out += 2;
    return take_value(c) && MATCH_END(c, "subfield");
}

/* The attributes of a data field, in the order of the standard or in pymarc's. */
static inline bool take_data_attributes(cursor *c) {
    uint8_t *out = c->out;
    *out = MRRCI_FIELD;
    if (c->at == c->end)
        return false;
    bool tag_first = *c->at == 't';
    if (tag_first && !(MATCH(c, "tag=\"") && take_tag(c, out + 1, false) && MATCH(c, " ")))
        return false;
    if (!MATCH(c, "ind1=\"") || !take_character(c, out + 4) || !MATCH(c, " ind2=\"") ||
        !take_character(c, out + 5))
        return false;
    if (!tag_first && !(MATCH(c, " tag=\"") && take_tag(c, out + 1, false)))
        return false;
    c->out += 6;
    return MATCH(c, ">");
}

static inline bool take_data(cursor *c) {
    if (!take_data_attributes(c))
        return false;
    for (;;) {
        if (!skip_blanks(c) || c->end - c->at < 2)
            return false;
        if (c->at[1] == '/')
            return MATCH_END(c, "datafield");
        if (!MATCH(c, "<") || !match_prefix(c) || !take_subfield(c))
            return false;
    }
}

static inline bool take_leader(cursor *c) {
    const uint8_t *leader = c->out;
    if (!skip_blanks(c) || !MATCH(c, "<") || !match_prefix(c) ||
        !MATCH(c, "leader>") || !take_value(c))
        return false;
    uint8_t any = 0;
    for (const uint8_t *at = leader; at < c->out; at++)
        any |= *at;
    c->odd = c->out - leader != MRRCI_LEADER_SIZE || any >= 0x80;
    return !c->odd && MATCH_END(c, "leader");
}

/* A record behind its start tag. */
static bool take_record(cursor *c) {
    if (!take_leader(c))
        return false;
    for (;;) {
        if (!skip_blanks(c) || c->end - c->at < 2)
            return false;
        if (c->at[1] == '/')
            return MATCH_END(c, "record");
        if (!MATCH(c, "<") || !match_prefix(c) || c->at == c->end)
            return false;
        bool taken = *c->at == 'c' ? MATCH(c, "controlfield tag=\"") && take_control(c)
                                   : MATCH(c, "datafield ") && take_data(c);
        if (!taken)
            return false;
    }
}

/* ---- records ---- */

int mrrci_plain_learn(mrrci_plain *plain, const uint8_t *start, size_t size) {
    mrrc_buffer *kept = &plain->start;
    plain->looked = 0;
    if (kept->size == size + 1 && memcmp(kept->data, start, size) == 0)
        return MRRC_OK;
    kept->size = 0;
    plain->prefix = 0;
    if (size > START_MAX)
        return MRRC_UNDECODED;
    MRRCI_TRY(mrrci_buffer_append(kept, start, size));
    for (size_t at = 1; at < size && !is_blank(start[at]); at++)
        if (start[at] == ':')
            plain->prefix = at;
    return mrrci_buffer_append(kept, ">", 1);
}

/* Whether text beyond ASCII is such as XML takes. */
static bool is_taken(const uint8_t *text, size_t size) {
    const uint8_t *end = text + size;
    if (!mrrci_utf8_valid(text, size))
        return false;
    while ((text = memchr(text, 0xEF, (size_t)(end - text))) != NULL) {
        if (text[1] == 0xBF && text[2] >= 0xBE) /* U+FFFE and U+FFFF */
            return false;
        text += 3;
    }
    return true;
}

/* Reads one record behind white space into the batch.  Returns as mrrci_plain_read(), with
 * `*used` 0 where more is needed. */
static int read_record(mrrci_plain *plain, const mrrci_input *input, size_t from,
                       mrrci_batch *batch, size_t *used) {
    const uint8_t *begin = input->data + from;
    size_t left = input->size - from, limit = left < RECORD_MAX ? left : RECORD_MAX;
    mrrc_buffer *block = &batch->block;
    MRRCI_TRY(mrrci_buffer_reserve(block, limit + STEP));
    uint8_t *packed = block->data + block->size;
    cursor c = {.at = begin,
                .end = begin + limit,
                .out = packed,
                .prefix = plain->start.data + 1,
                .prefix_size = plain->prefix};
    *used = 0;
    bool found = skip_blanks(&c);
    const uint8_t *record = c.at;
    found = found && match(&c, plain->start.data, plain->start.size);
    if (!found || !take_record(&c)) {
        bool more = !c.odd && limit == left && limit < RECORD_MAX && !input->last;
        /* a look at the beginning only can as well be taken again */
        plain->looked = more && (found || left > 2 * START_MAX) ? left : 0;
        return more ? MRRC_OK : MRRC_UNDECODED;
    }
    size_t size = (size_t)(c.out - packed);
    if (c.beyond && !is_taken(packed, size))
        return MRRC_UNDECODED;
    block->size += size;
    MRRCI_TRY(mrrci_batch_end_record(batch, input->offset + (size_t)(record - input->data),
                                     (size_t)(c.at - record), MRRC_OK));
    *used = (size_t)(c.at - begin);
    return MRRC_OK;
}

/* Whether the end tag of a record stands behind what was looked at. */
static bool has_end(const mrrci_plain *plain, const mrrci_input *input) {
    static const char name[] = "record";
    const size_t size = sizeof name - 1;
    for (size_t at = plain->looked; at < input->size; at++) {
        const uint8_t *end = memchr(input->data + at, '>', input->size - at);
        if (end == NULL)
            return false;
        at = (size_t)(end - input->data);
        if (at > size && memcmp(end - size, name, size) == 0)
            return true;
    }
    return false;
}

int mrrci_plain_read(mrrci_plain *plain, const mrrci_input *input, mrrci_batch *batch,
                     size_t *used) {
    *used = 0;
    /* to try a record again with each byte that comes would take the square of its size */
    if (plain->looked > 0 && input->size < RECORD_MAX && !input->last &&
        !has_end(plain, input)) {
        plain->looked = input->size;
        return MRRC_OK;
    }
    plain->looked = 0;
    while (batch->count == 0 || (*used < input->wanted && batch->block.size < MRRCI_BATCH_MAX)) {
        size_t size;
        int status = *used == input->size ? MRRC_OK
                                          : read_record(plain, input, *used, batch, &size);
        if (status != MRRC_OK)
            return status;
        if (*used == input->size || size == 0)
            return input->last ? MRRC_UNDECODED : MRRC_OK;
        *used += size;
    }
    return MRRC_OK;
}
