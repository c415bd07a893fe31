/* SPDX-License-Identifier: MIT
 *
 * marcjson_write.c: packed records to MARC-in-JSON in one pass: what delimits fields and
 * subfields in a packed record is among the bytes that no JSON string may hold, so the
 * run that copies a value ends there too.  The keys stand in pymarc's order.  Nothing is
 * replaced and nothing left out; what is no packed record is refused.
 */
#include "conversion.h"
#include "formats.h"
#include "internal.h"
#include "json.h"
#include "packed.h"

/* What is written between two runs at most, and how much too far a run writes. */
enum { ROOM = 192 };

/* Where the writing is.  All of it is one function when compiled, in which these are registers:
 * so no function that is not inline is given the address of one. */
typedef struct writer {
    const uint8_t *at;        /* in the packed record */
    const uint8_t *end;
    uint8_t *to;              /* there is always room for the rest of the record and ROOM */
    uint8_t *limit;
    const uint8_t *field;     /* where the field at hand begins, or NULL */
    mrrc_buffer *out;
    bool ascii;
} writer;

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#define PUT(writer, literal)                                \
    do {                                                    \
        memcpy((writer)->to, literal, sizeof(literal) - 1); \
        (writer)->to += sizeof(literal) - 1;                \
    } while (0)

/* One of two layouts; `spaced` is known where this is compiled. */
#define PUT_EITHER(writer, spaced, wide, narrow) \
    do {                                         \
        if (spaced)                              \
            PUT(writer, wide);                   \
        else                                     \
            PUT(writer, narrow);                 \
    } while (0)

/* Makes room in the buffer.  Returns 0 or MRRC_ERR_MEMORY. */
static int grow(mrrc_buffer *out, size_t written, size_t left) {
    out->size = written;
    return mrrci_buffer_reserve(out, left + left / 2 + 2 * ROOM);
}

INLINE int make_room(writer *writer) {
    size_t left = (size_t)(writer->end - writer->at);
    if ((size_t)(writer->limit - writer->to) >= left + ROOM)
        return MRRC_OK;
    MRRCI_TRY(grow(writer->out, (size_t)(writer->to - writer->out->data), left));
    writer->to = writer->out->data + writer->out->size;
    writer->limit = writer->out->data + writer->out->capacity;
    return MRRC_OK;
}

INLINE void put_escape(writer *writer) {
    const uint8_t *at = writer->at;
    writer->to = mrrci_json_escape(&at, writer->to);
    writer->at = at;
}

static inline bool is_structural(uint8_t byte) {
    return byte >= MRRCI_RECORD && byte <= MRRCI_SUBFIELD;
}

/* Copies up to the next delimiter or the record's end. */
INLINE int put_value(writer *writer) {
    uint32_t high = 0;
    for (;;) {
        writer->at = mrrci_json_run(writer->at, writer->end, writer->ascii, &writer->to, &high);
        if (writer->at == writer->end || is_structural(*writer->at))
            return MRRC_OK;
        MRRCI_TRY(make_room(writer));
        put_escape(writer);
    }
}

/* Copies one character.  Returns whether there is one. */
INLINE bool put_character(writer *writer) {
    if (writer->at == writer->end || is_structural(*writer->at))
        return false;
    uint8_t byte = *writer->at;
    if (byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\') {
        *writer->to++ = byte;
        writer->at++;
    } else if (byte >= 0x7F && !writer->ascii) {
        do
            *writer->to++ = *writer->at++;
        while (writer->at < writer->end && (*writer->at & 0xC0) == 0x80);
    } else {
        put_escape(writer);
    }
    return true;
}

/* Writes the tag behind a delimiter.  Returns 0 or a fault. */
INLINE int put_tag(writer *writer) {
    if (writer->at == writer->end || *writer->at != MRRCI_FIELD || writer->end - writer->at < 4)
        return MRRC_ERR_PACKED_INVALID;
    writer->at++;
    for (int i = 0; i < 3; i++) {
        if (is_structural(*writer->at))
            return MRRC_ERR_PACKED_INVALID;
        if (*writer->at < 0x20 || *writer->at > 0x7E)
            return MRRC_ERR_TAG_INVALID;
        (void)put_character(writer);
    }
    return MRRC_OK;
}

INLINE int put_data(writer *writer, bool spaced) {
    PUT_EITHER(writer, spaced, "{\"ind1\": \"", "{\"ind1\":\"");
    if (!put_character(writer))
        return MRRC_ERR_PACKED_INVALID;
    PUT_EITHER(writer, spaced, "\", \"ind2\": \"", "\",\"ind2\":\"");
    if (!put_character(writer))
        return MRRC_ERR_PACKED_INVALID;
    PUT_EITHER(writer, spaced, "\", \"subfields\": [", "\",\"subfields\":[");
    for (bool more = false; writer->at < writer->end && *writer->at == MRRCI_SUBFIELD;
         more = true) {
        MRRCI_TRY(make_room(writer));
        writer->at++;
        if (more)
            PUT_EITHER(writer, spaced, ", {\"", ",{\"");
        else
            PUT(writer, "{\"");
        if (!put_character(writer))
            return MRRC_ERR_PACKED_INVALID;
        PUT_EITHER(writer, spaced, "\": \"", "\":\"");
        MRRCI_TRY(put_value(writer));
        PUT(writer, "\"}");
    }
    PUT(writer, "]}");
    return MRRC_OK;
}

INLINE int put_field(writer *writer, bool spaced) {
    MRRCI_TRY(make_room(writer));
    const uint8_t *tag = writer->at + 1;
    writer->field = writer->at;
    PUT(writer, "{\"");
    MRRCI_TRY(put_tag(writer));
    PUT_EITHER(writer, spaced, "\": ", "\":");
    if (mrrci_tag_is_control(tag)) {
        PUT(writer, "\"");
        MRRCI_TRY(put_value(writer));
        PUT(writer, "\"");
    } else {
        MRRCI_TRY(put_data(writer, spaced));
    }
    if (writer->at < writer->end && *writer->at != MRRCI_FIELD)
        return *writer->at == MRRCI_SUBFIELD || *writer->at == MRRCI_RECORD
                   ? MRRC_ERR_FIELD_INVALID
                   : MRRC_ERR_PACKED_INVALID;
    PUT(writer, "}");
    return MRRC_OK;
}

INLINE int put_record(writer *writer, bool spaced, uint32_t *field) {
    const uint8_t *end = writer->end;
    PUT_EITHER(writer, spaced, "{\"leader\": \"", "{\"leader\":\"");
    writer->end = writer->at + MRRCI_LEADER_SIZE;
    MRRCI_TRY(put_value(writer));
    if (writer->at < writer->end) /* a delimiter in the leader */
        return MRRC_ERR_PACKED_INVALID;
    writer->end = end;
    MRRCI_TRY(make_room(writer));
    PUT_EITHER(writer, spaced, "\", \"fields\": [", "\",\"fields\":[");
    for (; writer->at < end; ++*field) {
        if (*field > 0)
            PUT_EITHER(writer, spaced, ", ", ",");
        MRRCI_TRY(put_field(writer, spaced));
    }
    PUT(writer, "]}");
    return MRRC_OK;
}

/* Notes which field cannot be written, and the byte at which that showed. */
static int refuse(int code, const uint8_t *end, const uint8_t *field, const uint8_t *at,
                  uint32_t index, mrrc_error *err) {
    if (code != MRRC_ERR_MEMORY && err != NULL && err->code == 0) {
        if (field != NULL && end - field >= 4)
            memcpy(err->tag, field + 1, 3);
        err->field = index;
        err->found = at < end ? *at : 0;
    }
    return mrrci_fail(err, code, 0);
}

static bool is_ascii(const uint8_t *leader) {
    uint8_t all = 0;
    for (size_t i = 0; i < MRRCI_LEADER_SIZE; i++)
        all |= leader[i];
    return all < 0x80;
}

static int encode(const uint8_t *packed, size_t size, uint32_t flags, mrrc_buffer *out,
                  mrrc_error *err) {
    if (size < MRRCI_LEADER_SIZE || !is_ascii(packed))
        return mrrci_fail(err, MRRC_ERR_PACKED_INVALID, 0);
    if (!mrrci_utf8_valid(packed, size))
        return mrrci_fail_detail(err, MRRC_ERR_TEXT_INVALID, 0, "the record is not UTF-8");
    size_t before = out->size;
    uint32_t field = 0;
    MRRCI_TRY(size > SIZE_MAX / 4 ? MRRC_ERR_MEMORY : mrrci_buffer_reserve(out, 2 * size + ROOM));
    writer writer = {
        .at = packed,
        .end = packed + size,
        .to = out->data + before,
        .limit = out->data + out->capacity,
        .out = out,
        .ascii = (flags & MRRC_WRITE_ASCII) != 0,
    };
    int status = flags & MRRC_WRITE_PYMARC ? put_record(&writer, true, &field)
                                           : put_record(&writer, false, &field);
    out->size = before;
    if (status < 0)
        return refuse(status, packed + size, writer.field, writer.at, field, err);
    out->size = (size_t)(writer.to - out->data);
    return MRRC_OK;
}

int mrrci_marcjson_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                          mrrc_buffer *out, mrrc_error *err) {
    return encode(packed, size, how->flags, out, err);
}

int mrrci_jsonl_encode(const uint8_t *packed, size_t size, const mrrci_how *how,
                       mrrc_buffer *out, mrrc_error *err) {
    size_t before = out->size;
    MRRCI_TRY(encode(packed, size, how->flags, out, err));
    int status = mrrci_buffer_append(out, "\n", 1);
    if (status < 0)
        out->size = before;
    return status;
}
