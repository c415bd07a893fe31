/* SPDX-License-Identifier: MIT
 *
 * xml_text.c: text into XML 1.0, as the content of an element or of an attribute.  What
 * would be read as markup, or changed by a parser, goes out as a reference, so that the
 * value comes back as it was; what XML has no place for at all is replaced and told.
 * It knows nothing of elements and never writes what is not well-formed.
 */
#include "conversion.h"
#include "internal.h"
#include "xml.h"

#if MRRCI_X86
#include <emmintrin.h>
#endif

enum { STEP = 16 };

/* What a value is written as. */
typedef struct mode {
    bool attribute;
    bool ascii;               /* what is not ASCII as references */
} mode;

#if MRRCI_X86

/* The next sixteen bytes, or the `left` there are. */
static inline __m128i load(const uint8_t *text, size_t left) {
    if (left >= STEP)
        return _mm_loadu_si128((const __m128i *)(const void *)text);
    uint64_t low = 0, high = 0;
    if (left >= 8) {
        memcpy(&low, text, 8);
        memcpy(&high, text + left - 8, 8);
        high = left == 8 ? 0 : high >> (STEP - left) * 8;
    } else if (left >= 4) {
        uint32_t first, last;
        memcpy(&first, text, 4);
        memcpy(&last, text + left - 4, 4);
        low = first | (uint64_t)last << (left - 4) * 8;
    } else if (left > 0) {
        low = text[0] | (uint64_t)text[left / 2] << left / 2 * 8 |
              (uint64_t)text[left - 1] << (left - 1) * 8;
    }
    return _mm_set_epi64x((long long)high, (long long)low);
}

/* Copies up to sixteen bytes as far as they can simply be copied; sixteen may be
 * written.  Returns how many those are; `*beyond` becomes true where there is one beyond
 * ASCII among them. */
static inline size_t copy_plain(uint8_t *out, const uint8_t *text, size_t left, mode as,
                                bool *beyond) {
    __m128i here = load(text, left);
    _mm_storeu_si128((__m128i *)(void *)out, here);
    /* control characters; 0xEF, which begins U+FFFE and U+FFFF; and '<' and '>', which
     * differ in one bit, as '"' and '&' do */
    const __m128i control = _mm_set1_epi8(0x1F);
    __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(here, control), here);
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_or_si128(here, _mm_set1_epi8('<' ^ '>')),
                                           _mm_set1_epi8('>')));
    __m128i quote = as.attribute ? _mm_or_si128(here, _mm_set1_epi8('"' ^ '&')) : here;
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(quote, _mm_set1_epi8('&')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(here, _mm_set1_epi8((char)0xEF)));
    unsigned high = (unsigned)_mm_movemask_epi8(here);
    unsigned special = (unsigned)_mm_movemask_epi8(hit) | (as.ascii ? high : 0);
    size_t plain = left < STEP ? left : STEP;
    special |= 1u << plain;
    plain = (size_t)__builtin_ctz(special);
    *beyond = (high & ((2u << plain) - 1)) != 0;
    return plain;
}

#else

/* Whether a byte cannot simply be copied.  0xEF begins U+FFFE and U+FFFF. */
static inline bool is_special(uint8_t byte, mode as) {
    return byte < 0x20 || byte == '<' || byte == '>' || byte == '&' || byte == 0xEF ||
           (as.attribute && byte == '"') || (as.ascii && byte >= 0x80);
}

static inline size_t copy_plain(uint8_t *out, const uint8_t *text, size_t left, mode as,
                                bool *beyond) {
    size_t plain = 0, most = left < STEP ? left : STEP;
    uint8_t any = 0;
    while (plain < most && !is_special(text[plain], as)) {
        out[plain] = text[plain];
        any |= text[plain++];
    }
    if (plain < most)
        any |= text[plain];
    *beyond = any >= 0x80;
    return plain;
}

#endif

/* What a special character of ASCII is written as, or NULL where XML has no place for it. */
static const char *reference(uint8_t byte, mode as) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\r': /* a parser makes line feeds of them */
        return "&#13;";
    case '\n':
        return as.attribute ? "&#10;" : "\n";
    case '\t':
        return as.attribute ? "&#09;" : "\t";
    default:
        return NULL;
    }
}

static size_t put_number(uint8_t *out, uint32_t character) {
    uint8_t digits[8];
    size_t count = 0, size = 0;
    do
        digits[count++] = (uint8_t)('0' + character % 10);
    while ((character /= 10) != 0);
    out[size++] = '&';
    out[size++] = '#';
    while (count > 0)
        out[size++] = digits[--count];
    out[size++] = ';';
    return size;
}

static bool is_refused(uint32_t character) {
    return character < 0x20 || character == 0xFFFE || character == 0xFFFF;
}

/* Writes one special character (at most STEP bytes, for which there is room) and moves
 * behind it.  Returns 0, MRRC_NOTED or MRRC_ERR_MEMORY. */
static int put_special(mrrc_buffer *out, const uint8_t *text, size_t *at, mode as,
                       const mrrci_how *how, const uint8_t *tag) {
    const uint8_t *next = text + *at;
    uint8_t *to = out->data + out->size;
    const char *written = reference(*next, as);
    if (written != NULL) {
        size_t size = strlen(written);
        memcpy(to, written, size);
        out->size += size;
        (*at)++;
        return MRRC_OK;
    }
    uint32_t character = mrrci_utf8_next(&next);
    mrrc_diagnostic note = {.code = MRRC_ERR_CHARACTER_REFUSED,
                            .offset = *at,
                            .size = (uint32_t)(size_t)(next - (text + *at)),
                            .found = character};
    bool refused = is_refused(character);
    if (refused)
        character = 0xFFFD;
    out->size += as.ascii ? put_number(to, character) : mrrci_utf8_put(to, character);
    *at = (size_t)(next - text);
    if (!refused)
        return MRRC_OK;
    if (how->number > 0)
        note.record = (uint32_t)(how->number - 1);
    if (tag != NULL)
        memcpy(note.tag, tag, 3);
    MRRCI_TRY(mrrci_note(how->notes, &note));
    return MRRC_NOTED;
}

static inline int put(mrrc_buffer *out, const uint8_t *text, size_t size, mode as,
                      const mrrci_how *how, const uint8_t *tag) {
    int result = MRRC_OK;
    size_t at = 0;
    bool checked = false, beyond;
    MRRCI_TRY(mrrci_buffer_reserve(out, size + STEP));
    while (at < size) {
        size_t plain = copy_plain(out->data + out->size, text + at, size - at, as, &beyond);
        if (beyond && !checked) {
            if (!mrrci_utf8_valid(text + at, size - at))
                return MRRC_ERR_TEXT_INVALID;
            checked = true;
        }
        at += plain;
        out->size += plain;
        if (plain == STEP || at == size)
            continue;
        int status = put_special(out, text, &at, as, how, tag);
        if (status < 0)
            return status;
        if (status != MRRC_OK)
            result = status;
        MRRCI_TRY(mrrci_buffer_reserve(out, size - at + STEP));
    }
    return result;
}

/* A fault leaves things as they were. */
static inline int put_whole(mrrc_buffer *out, const uint8_t *text, size_t size, bool attribute,
                            const mrrci_how *how, const uint8_t *tag) {
    size_t before = out->size, noted = how->notes == NULL ? 0 : how->notes->size;
    bool ascii = (how->flags & MRRC_WRITE_ASCII) != 0;
    int status = ascii ? put(out, text, size, (mode){attribute, true}, how, tag)
                       : put(out, text, size, (mode){attribute, false}, how, tag);
    if (status < 0) {
        out->size = before;
        if (how->notes != NULL)
            how->notes->size = noted;
    }
    return status;
}

int mrrci_xml_put_text(mrrc_buffer *out, const uint8_t *text, size_t size, const mrrci_how *how,
                       const uint8_t *tag) {
    return put_whole(out, text, size, false, how, tag);
}

int mrrci_xml_put_attribute(mrrc_buffer *out, const uint8_t *text, size_t size,
                            const mrrci_how *how, const uint8_t *tag) {
    return put_whole(out, text, size, true, how, tag);
}
