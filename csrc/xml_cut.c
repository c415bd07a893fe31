/* SPDX-License-Identifier: MIT
 *
 * xml_cut.c: cuts a document into pieces behind whole tags.  A parser that is given such
 * pieces says the same of a document, and at the same place, however the bytes came; and
 * a tag that has no end, or too many attributes, is stopped before the parser holds it.
 * It looks at no more than where markup ends, and judges nothing else.
 */
#include "xml.h"

enum {
    TEXT,
    OPEN,                     /* a '<', and not yet clear of what */
    TAG,
    SINGLE,                   /* in a tag, between single quotes */
    DOUBLE,
    COMMENT,
    CDATA,
    CDATA_MORE,               /* after a cut inside */
    INSTRUCTION,
    DECLARATION
};

/* Where a text of that size is cut at the latest: not inside a character, nor before a line
 * feed or an angle bracket that may belong to what stands before it. */
static size_t cut_place(const uint8_t *text, size_t size) {
    size_t at = size;
    for (int i = 0; i < 2 && text[at - 1] == ']'; i++)
        at--;
    if (text[at - 1] == '\r')
        at--;
    for (size_t back = 1; back <= 3; back++) {
        uint8_t byte = text[at - back];
        if (byte < 0x80)
            break;
        if (byte >= 0xC0) /* it begins two bytes, or three from 0xE0, or four from 0xF0 */
            return back < (size_t)2 + (byte >= 0xE0) + (byte >= 0xF0) ? at - back : at;
    }
    return at;
}

/* Ends the piece; what follows begins in `state`. */
static int64_t give(mrrci_xml_cut *cut, size_t size, uint8_t state) {
    cut->seen = cut->begin = cut->done = 0;
    cut->state = state;
    cut->in_cdata = state == CDATA_MORE;
    return (int64_t)size;
}

/* Whether the tag is the end of an element of that local name. */
static bool is_stop(const uint8_t *tag, size_t size, const char *name) {
    size_t wanted = strlen(name), from = 1;
    if (tag[1] == '/')
        from = 2;
    else if (tag[size - 2] != '/')
        return false;
    for (size_t at = from; at < size; at++) {
        uint8_t byte = tag[at];
        if (byte == ':')
            from = at + 1;
        else if (byte <= ' ' || byte == '>' || byte == '/')
            return at - from == wanted && memcmp(tag + from, name, wanted) == 0;
    }
    return false;
}

/* What a '<' begins, or OPEN where that cannot be told yet. */
static uint8_t kind_of(const uint8_t *at, size_t left) {
    static const char comment[] = "<!--", cdata[] = "<![CDATA[";
    if (left < 2)
        return OPEN;
    if (at[1] == '?')
        return INSTRUCTION;
    if (at[1] != '!')
        return TAG;
    size_t known = left < sizeof comment - 1 ? left : sizeof comment - 1;
    if (memcmp(at, comment, known) == 0)
        return known == sizeof comment - 1 ? COMMENT : OPEN;
    known = left < sizeof cdata - 1 ? left : sizeof cdata - 1;
    if (memcmp(at, cdata, known) == 0)
        return known == sizeof cdata - 1 ? CDATA : OPEN;
    return DECLARATION;
}

/* The place of the next `byte` at or behind `at`, or `size`. */
static size_t find(const uint8_t *data, size_t at, size_t size, uint8_t byte) {
    const uint8_t *found = at < size ? memchr(data + at, byte, size - at) : NULL;
    return found == NULL ? size : (size_t)(found - data);
}

/* Walks over a tag outside quotes.  Returns where it stopped: behind an opening quote,
 * at the tag's '>' or at `size`. */
static size_t walk_tag(mrrci_xml_cut *cut, const uint8_t *data, size_t at, size_t size) {
    for (; at < size; at++) {
        uint8_t byte = data[at];
        if (byte > '>' || (byte != '>' && byte != '"' && byte != '\''))
            continue;
        if (byte == '>')
            return at;
        cut->state = byte == '"' ? DOUBLE : SINGLE;
        cut->attributes++;
        return at + 1;
    }
    return at;
}

/* Whether the '>' at `at` ends the markup at work. */
static bool is_end(const mrrci_xml_cut *cut, const uint8_t *data, size_t at) {
    size_t size = at - cut->begin;
    switch (cut->state) {
    case COMMENT:
        return size >= sizeof "<!----" - 1 && data[at - 1] == '-' && data[at - 2] == '-';
    case CDATA:
        return size >= sizeof "<![CDATA[]]" - 1 && data[at - 1] == ']' && data[at - 2] == ']';
    case CDATA_MORE:
        return size >= 2 && data[at - 1] == ']' && data[at - 2] == ']';
    case INSTRUCTION:
        return size >= sizeof "<??" - 1 && data[at - 1] == '?';
    default:
        return true;
    }
}

/* Where to stop looking: what begins at `begin` is of no use beyond `most` bytes, and to
 * look for its end again and again would take the square of its size. */
static size_t bound(size_t begin, size_t size, size_t most) {
    return size - begin < most ? size : begin + most;
}

/* Goes on in the markup at work to where it may end, the state may change, or `size`. */
static size_t walk(mrrci_xml_cut *cut, const uint8_t *data, size_t size) {
    size_t at = cut->seen;
    size = bound(cut->begin, size, MRRCI_XML_TAG_MAX + 1);
    if (cut->state == TAG)
        return walk_tag(cut, data, at, size);
    if (cut->state != SINGLE && cut->state != DOUBLE)
        return find(data, at, size, '>');
    at = find(data, at, size, cut->state == SINGLE ? '\'' : '"');
    if (at == size)
        return size;
    cut->state = TAG;
    return at + 1;
}

/* Walks over a text, and sees what ends it.  Returns whether to go on. */
static bool walk_text(mrrci_xml_cut *cut, const uint8_t *data, size_t size) {
    if (cut->state == TEXT) {
        size_t end = bound(cut->begin, size, MRRCI_XML_PIECE);
        cut->seen = find(data, cut->seen, end, '<');
        if (cut->seen == end)
            return false;
        cut->begin = cut->seen;
        cut->attributes = 0;
    }
    cut->state = kind_of(data + cut->begin, size - cut->begin);
    if (cut->state == OPEN)
        return false;
    cut->seen = cut->begin + 1;
    return true;
}

/* Ends the markup at work, whose last byte is at `at`.  Returns whether the piece ends too. */
static bool end_markup(mrrci_xml_cut *cut, const uint8_t *data, size_t at) {
    bool tag = cut->state == TAG;
    size_t begin = cut->begin;
    cut->state = TEXT;
    cut->begin = cut->done = at + 1;
    cut->stopped = tag && cut->stop != NULL && is_stop(data + begin, at + 1 - begin, cut->stop);
    return cut->stopped || cut->done >= MRRCI_XML_PIECE;
}

int64_t mrrci_xml_piece(mrrci_xml_cut *cut, const uint8_t *data, size_t size) {
    cut->stopped = false;
    while (cut->seen < size) {
        if ((cut->state == TEXT || cut->state == OPEN) && !walk_text(cut, data, size))
            break;
        size_t at = cut->seen = walk(cut, data, size), length = at - cut->begin;
        if (cut->state == CDATA || cut->state == CDATA_MORE) {
            if (length >= MRRCI_XML_PIECE)
                break;
        } else if (length >= MRRCI_XML_TAG_MAX || cut->attributes > MRRCI_XML_ATTRIBUTES_MAX) {
            return cut->done > 0 ? give(cut, cut->done, TEXT) : MRRC_ERR_XML_MALFORMED;
        }
        if (at == size || cut->state == SINGLE || cut->state == DOUBLE || data[at] != '>')
            continue;
        cut->seen = at + 1;
        if (is_end(cut, data, at) && end_markup(cut, data, at))
            break;
    }
    if (cut->done > 0)
        return give(cut, cut->done, TEXT);
    bool text = cut->state == TEXT || cut->state == CDATA || cut->state == CDATA_MORE;
    if (!text || cut->seen - cut->begin < MRRCI_XML_PIECE)
        return 0;
    return give(cut, cut_place(data, MRRCI_XML_PIECE), cut->state == TEXT ? TEXT : CDATA_MORE);
}
