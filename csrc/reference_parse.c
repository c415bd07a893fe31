/* SPDX-License-Identifier: MIT
 *
 * reference_parse.c: the one parser of references.  The grammar is MARCspec's, with the
 * indicators, dot forms and ranges of the German National Library's marc21: what that tool reads
 * keeps its meaning there, all else is MARCspec's.  What could never give a value is refused,
 * with its place and the reason, or taken with a warning where that tool takes it.
 */
#include <stdio.h>

#include "packed.h"
#include "reference.h"
#include "scan.h"

enum { DIGITS_MAX = 9 };

static void add_range(mrrci_set *characters, uint8_t from, uint8_t to) {
    for (unsigned byte = from; byte <= to; byte++)
        mrrci_add(characters, (uint8_t)byte);
}

static void leave_out(mrrci_set *characters, uint8_t byte) {
    characters->bits[byte / 64] &= ~((uint64_t)1 << (byte % 64));
}

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_lower(uint8_t byte) {
    return byte >= 'a' && byte <= 'z';
}

static bool is_upper(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z';
}

static bool is_alphanumeric(uint8_t byte) {
    return is_digit(byte) || is_lower(byte) || is_upper(byte);
}

/* Whether two characters are of one class, and so may be the ends of a range. */
static bool is_range(uint8_t from, uint8_t to) {
    return from <= to && ((is_digit(from) && is_digit(to)) || (is_lower(from) && is_lower(to)) ||
                          (is_upper(from) && is_upper(to)));
}

/* ---- what is amiss ---- */

/* What is well written, but could never be what is meant. */
static int refuse_meaning(const mrrci_scan *scan, const char *message) {
    return mrrci_refuse_at(scan, scan->at, MRRC_ERR_QUERY_MEANING, message, NULL, NULL);
}

/* The same as a warning whose hint is made of the text from `from` to `to` and what comes in its
 * place: `format` has a %.*s for it. */
static int warn_rewritten(const mrrci_scan *scan, size_t from, size_t to, const char *message,
                          const char *format) {
    char hint[sizeof((mrrc_query_fault *)NULL)->hint];
    int size = to - from < 40 ? (int)(to - from) : 40;
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#endif
    (void)snprintf(hint, sizeof hint, format, size, (const char *)scan->text + from, size,
                   (const char *)scan->text + from);
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
    return mrrci_warn(scan, from, message, hint);
}

/* ---- numbers and places ---- */

int mrrci_parse_number(mrrci_scan *scan, uint32_t *number) {
    size_t digits = 0, begin = scan->at;
    if (!is_digit(mrrci_peek(scan, 0)))
        return mrrci_refuse(scan, "a number is wanted here");
    for (*number = 0; is_digit(mrrci_peek(scan, 0)); scan->at++) {
        if (++digits > DIGITS_MAX)
            return mrrci_refuse_at(scan, scan->filter ? begin : scan->at, MRRC_ERR_QUERY_NUMBER,
                                   "a number has at most nine digits", NULL, NULL);
        *number = *number * 10 + (mrrci_peek(scan, 0) - '0');
    }
    return MRRC_OK;
}

/* A place or two: "3", "3-5", "3-#", "#", or "#-1", which is the last two.  Where the first is
 * behind the second there is nothing, as MARCspec has it. */
static int parse_span(mrrci_scan *scan, mrrci_span *span) {
    size_t begin = scan->at;
    uint32_t number;
    *span = MRRCI_EVERYTHING;
    if (mrrci_take(scan, '#')) {
        span->tail = 1;
        if (mrrci_take(scan, '-') && !mrrci_take(scan, '#')) {
            MRRCI_TRY(mrrci_parse_number(scan, &number));
            span->tail = number + 1;
        }
        return MRRC_OK;
    }
    MRRCI_TRY(mrrci_parse_number(scan, &span->from));
    if (!mrrci_take(scan, '-')) {
        span->end = span->from + 1;
    } else if (!mrrci_take(scan, '#')) {
        MRRCI_TRY(mrrci_parse_number(scan, &number));
        span->end = number + 1;
        if (number < span->from)
            return mrrci_warn(scan, begin, "these places go backwards: nothing is found", NULL);
    }
    return MRRC_OK;
}

static int want_bracket(mrrci_scan *scan) {
    return mrrci_take(scan, ']') ? MRRC_OK : mrrci_refuse(scan, "] is wanted here");
}

int mrrci_parse_occurrence(mrrci_scan *scan, mrrci_span *span) {
    if (!mrrci_take(scan, '['))
        return MRRC_OK;
    MRRCI_TRY(parse_span(scan, span));
    return want_bracket(scan);
}

int mrrci_parse_characters(mrrci_scan *scan, mrrci_span *span) {
    return mrrci_take(scan, '/') ? parse_span(scan, span) : MRRC_OK;
}

/* "[0-4a]" or "[^0-4]", of which the bracket is taken; the second is what `all` holds but
 * the set does not. */
static int parse_class(mrrci_scan *scan, const mrrci_set *all, mrrci_set *characters) {
    bool negated = all != NULL && mrrci_take(scan, '^');
    mrrci_set listed = {{0, 0}};
    do {
        uint8_t from = mrrci_peek(scan, 0), to = mrrci_peek(scan, 2);
        if (!is_alphanumeric(from) && from != '#')
            return mrrci_refuse(scan, "a letter or a digit is wanted in the brackets");
        if (mrrci_peek(scan, 1) == '-') {
            if (!is_range(from, to))
                return mrrci_refuse(scan, "a range goes up, among digits or letters of one case");
            add_range(&listed, from, to);
            scan->at += 3;
        } else {
            mrrci_add(&listed, from);
            scan->at++;
        }
    } while (!mrrci_take(scan, ']'));
    for (int i = 0; i < 2; i++)
        characters->bits[i] |= negated ? all->bits[i] & ~listed.bits[i] : listed.bits[i];
    return MRRC_OK;
}

/* ---- tags ---- */

static int parse_tag_place(mrrci_scan *scan, mrrci_set *place) {
    uint8_t byte = mrrci_peek(scan, 0);
    mrrci_set digits = {{0, 0}};
    add_range(&digits, '0', '9');
    if (mrrci_take(scan, '['))
        return parse_class(scan, &digits, place);
    if (byte == 'X' || byte == 'x')
        *place = digits;
    else if (byte == '.')
        add_range(place, 0x20, 0x7E);
    else if (is_alphanumeric(byte))
        mrrci_add(place, byte);
    else
        return mrrci_refuse(scan, "a tag is three digits or letters; X is any digit, . anything");
    scan->at++;
    return MRRC_OK;
}

/* The only character of a set, or 0. */
static uint8_t only_one(const mrrci_set *characters) {
    uint8_t found = 0;
    for (uint8_t byte = 0x20; byte < 0x7F; byte++)
        if (mrrci_has(characters, byte)) {
            if (found != 0)
                return 0;
            found = byte;
        }
    return found;
}

static int parse_tag(mrrci_scan *scan, mrrci_reference *reference) {
    uint8_t tag[3];
    for (int i = 0; i < 3; i++) {
        MRRCI_TRY(parse_tag_place(scan, &reference->tag[i]));
        tag[i] = only_one(&reference->tag[i]);
    }
    reference->one_tag = tag[0] != 0 && tag[1] != 0 && tag[2] != 0;
    reference->word = mrrci_tag_word(tag);
    return MRRC_OK;
}

bool mrrci_may_be_control(const mrrci_reference *reference) {
    for (uint8_t digit = '0'; digit <= '9'; digit++)
        if (mrrci_has(&reference->tag[2], digit))
            return mrrci_has(&reference->tag[0], '0') && mrrci_has(&reference->tag[1], '0');
    return false;
}

bool mrrci_may_be_data(const mrrci_reference *reference) {
    for (int i = 0; i < 3; i++) {
        mrrci_set rest = reference->tag[i];
        for (uint8_t digit = '0'; digit <= (i < 2 ? '0' : '9'); digit++)
            leave_out(&rest, digit);
        if ((rest.bits[0] | rest.bits[1]) != 0)
            return true;
    }
    return false;
}

/* ---- the leader ---- */

/* Conditions in braces behind a reference, or behind one of its parts; none is well too. */
static int parse_conditions(mrrci_scan *scan, const mrrci_reference *reference, uint32_t *number) {
    if (scan->conditions == NULL || mrrci_peek(scan, 0) != '{' || !mrrci_starts_conditions(scan))
        return MRRC_OK;
    return scan->conditions(scan, reference, number);
}

static int parse_leader_name(mrrci_scan *scan, mrrci_reference *reference) {
    static const struct {
        const char *name;
        mrrci_span characters;
    } names[] = {{"length", {0, 5, 0}},   {"status", {5, 6, 0}},    {"type", {6, 7, 0}},
                 {"level", {7, 8, 0}},    {"encoding", {9, 10, 0}}, {"base_addr", {12, 17, 0}}};
    size_t size = 0;
    while (is_alphanumeric(mrrci_peek(scan, size)) || mrrci_peek(scan, size) == '_')
        size++;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (size == strlen(names[i].name) &&
            memcmp(scan->text + scan->at, names[i].name, size) == 0) {
            reference->characters = names[i].characters;
            scan->at += size;
            return MRRC_OK;
        }
    }
    return mrrci_refuse(scan, "ldr. has length, status, type, level, encoding and base_addr");
}

static bool starts_leader(const mrrci_scan *scan) {
    const uint8_t *at = scan->text + scan->at;
    return scan->end - scan->at >= 3 &&
           (memcmp(at, "LDR", 3) == 0 || memcmp(at, "ldr", 3) == 0 || memcmp(at, "000", 3) == 0);
}

static int parse_leader(mrrci_scan *scan, mrrci_reference *reference) {
    bool lower = mrrci_peek(scan, 0) == 'l';
    reference->kind = MRRCI_REFERENCE_LEADER;
    scan->at += 3;
    if (lower && mrrci_take(scan, '.'))
        return parse_leader_name(scan, reference);
    MRRCI_TRY(mrrci_parse_characters(scan, &reference->characters));
    return parse_conditions(scan, reference, &reference->conditions);
}

/* ---- indicators and subfields ---- */

static int parse_indicator(mrrci_scan *scan, mrrci_reference *reference, int which) {
    uint8_t byte = mrrci_peek(scan, 0);
    mrrci_set *place = &reference->indicators[which];
    mrrci_set all = {{0, 0}};
    reference->any_indicator[which] = byte == '.';
    if (mrrci_take(scan, '[')) {
        add_range(&all, '0', '9');
        add_range(&all, 'a', 'z');
        mrrci_add(&all, '#');
        MRRCI_TRY(parse_class(scan, &all, place));
    } else if (byte == '.' || byte == '#' || is_digit(byte) || is_lower(byte)) {
        mrrci_add(place, byte);
        scan->at++;
    } else {
        return mrrci_refuse(scan,
                            "an indicator is a digit, a small letter, # for a blank, . for any");
    }
    if (mrrci_has(place, '#')) {
        leave_out(place, '#');
        mrrci_add(place, ' ');
    }
    return MRRC_OK;
}

/* Passes over blanks, and says whether an operator that compares a count is there. */
static bool is_before_comparison(mrrci_scan scan) {
    uint8_t byte;
    while ((byte = mrrci_peek(&scan, 0)) == ' ' || (byte >= 9 && byte <= 13))
        scan.at++;
    return byte == '=' || byte == '<' || byte == '>' ||
           (byte == '!' && mrrci_peek(&scan, 1) == '=');
}

/* Whether what stands at the slash are indicators: two places or a star, and behind them what
 * a field's indicators are wanted for.  Otherwise they are characters. */
static bool starts_indicators(const mrrci_scan *start) {
    mrrci_scan ahead = *start;
    mrrci_reference unused = {.kind = MRRCI_REFERENCE_FIELD};
    ahead.fault = NULL;
    ahead.at++;
    if (mrrci_take(&ahead, '*')) {
        if (start->filter)
            return true;
    } else if (parse_indicator(&ahead, &unused, 0) < 0 || parse_indicator(&ahead, &unused, 1) < 0) {
        return false;
    }
    uint8_t next = mrrci_peek(&ahead, 0);
    if (next == '{')
        return !mrrci_starts_conditions(&ahead);
    return next == '$' || next == '.' || (start->filter && next == '?') ||
           (start->counted && is_before_comparison(ahead));
}

static int parse_indicators(mrrci_scan *scan, mrrci_reference *reference) {
    scan->at++;
    reference->any_indicator[0] = reference->any_indicator[1] = true;
    if (mrrci_take(scan, '*'))
        return MRRC_OK;
    reference->plain_indicators = false;
    MRRCI_TRY(parse_indicator(scan, reference, 0));
    return parse_indicator(scan, reference, 1);
}

/* marc21's rule: without indicators both are blank, where MARCspec's is that they may be any. */
static void want_blanks(mrrci_reference *reference) {
    for (int i = 0; i < 2; i++) {
        reference->any_indicator[i] = false;
        mrrci_add(&reference->indicators[i], ' ');
    }
}

/* Whether bibliographic fields of this tag have an indicator that is never blank. */
static bool never_blank(const mrrci_reference *reference) {
    static const char tags[] = "100110111130240242243245246247440600610611630650651700710711730740"
                               "800810811830";
    for (size_t i = 0; i + 3 < sizeof tags; i += 3)
        if (reference->one_tag && mrrci_tag_word((const uint8_t *)tags + i) == reference->word)
            return true;
    return false;
}

static int warn_of_blanks(const mrrci_scan *scan, size_t begin, const mrrci_reference *reference) {
    if (!never_blank(reference))
        return MRRC_OK;
    return warn_rewritten(scan, begin, begin + 3,
                          "without indicators both are blank, which they never are in this field",
                          reference->dotted ? "write %.*s/*.a or %.*s$a" : "write %.*s/*");
}

int mrrci_parse_codes(mrrci_scan *scan, bool dollar, mrrci_part *part) {
    uint8_t byte = mrrci_peek(scan, 0), to = mrrci_peek(scan, 2);
    if (mrrci_take(scan, '*')) {
        part->any = dollar;
        add_range(&part->codes, '0', '9');
        add_range(&part->codes, 'a', 'z');
        add_range(&part->codes, 'A', 'Z');
        return MRRC_OK;
    }
    if (mrrci_take(scan, '['))
        return parse_class(scan, NULL, &part->codes);
    if (dollar && mrrci_take(scan, '\\'))
        byte = mrrci_peek(scan, 0);
    else if (dollar && mrrci_peek(scan, 1) == '-') {
        if (!is_range(byte, to))
            return mrrci_refuse(scan, "a range goes up, among digits or letters of one case");
        add_range(&part->codes, byte, to);
        scan->at += 3;
        return MRRC_OK;
    }
    if (dollar ? byte <= ' ' || byte > 0x7E : !is_alphanumeric(byte))
        return mrrci_refuse(scan, "a subfield code is wanted here");
    mrrci_add(&part->codes, byte);
    scan->at++;
    return MRRC_OK;
}

int mrrci_parse_part(mrrci_scan *scan, mrrci_part *part) {
    MRRCI_TRY(mrrci_parse_occurrence(scan, &part->occurrence));
    return mrrci_parse_characters(scan, &part->characters);
}

static bool is_plain(const mrrci_part *part) {
    return mrrci_is_everything(&part->occurrence) && mrrci_is_everything(&part->characters) &&
           part->conditions == 0;
}

/* Adds a part, to the first where neither says more than codes: then a subfield is taken
 * once however often its code is named. */
static int add_part(const mrrci_scan *scan, mrrci_reference *reference, const mrrci_part *added) {
    mrrci_part *first = reference->part;
    if (reference->parts > 0 && is_plain(added) && is_plain(first)) {
        first->codes.bits[0] |= added->codes.bits[0];
        first->codes.bits[1] |= added->codes.bits[1];
        first->any |= added->any;
        return MRRC_OK;
    }
    if (reference->parts == MRRCI_REFERENCE_PARTS)
        return mrrci_refuse(scan, "more places in subfields than one selector may name");
    reference->part[reference->parts++] = *added;
    return MRRC_OK;
}

static int parse_parts(mrrci_scan *scan, mrrci_reference *reference) {
    bool dollar = mrrci_peek(scan, 0) == '$';
    reference->kind = MRRCI_REFERENCE_SUBFIELDS;
    do {
        mrrci_part part = {.occurrence = MRRCI_EVERYTHING, .characters = MRRCI_EVERYTHING};
        scan->at++;
        MRRCI_TRY(mrrci_parse_codes(scan, dollar, &part));
        MRRCI_TRY(mrrci_parse_part(scan, &part));
        if (dollar)
            MRRCI_TRY(parse_conditions(scan, reference, &part.conditions));
        MRRCI_TRY(add_part(scan, reference, &part));
    } while (dollar && mrrci_peek(scan, 0) == '$');
    return MRRC_OK;
}

int mrrci_parse_subfields(mrrci_scan *scan, mrrci_reference *reference) {
    if (mrrci_peek(scan, 0) == '$' || mrrci_peek(scan, 0) == '.')
        return parse_parts(scan, reference);
    if (mrrci_take(scan, '^')) {
        if (!mrrci_may_be_data(reference))
            return refuse_meaning(scan, "a control field has no indicators");
        reference->kind =
            mrrci_peek(scan, 0) == '1' ? MRRCI_REFERENCE_INDICATOR_1 : MRRCI_REFERENCE_INDICATOR_2;
        if (!mrrci_take(scan, '1') && !mrrci_take(scan, '2'))
            return mrrci_refuse(scan, "^1 is the first indicator, ^2 the second");
    }
    return MRRC_OK;
}

/* ---- a reference ---- */

/* "[35:38]", "[:4]", "[8:]" or "[35]" behind a tag and nothing more: marc21's way to
 * name characters. */
static int parse_range(mrrci_scan *scan, mrrci_reference *reference, size_t begin,
                       size_t tag_end) {
    reference->kind = MRRCI_REFERENCE_RANGE;
    scan->at++;
    mrrci_span *span = &reference->characters;
    bool from = is_digit(mrrci_peek(scan, 0));
    if (from)
        MRRCI_TRY(mrrci_parse_number(scan, &span->from));
    bool colon = mrrci_take(scan, ':');
    if (!colon)
        span->end = span->from + 1;
    else if (!from || is_digit(mrrci_peek(scan, 0)))
        MRRCI_TRY(mrrci_parse_number(scan, &span->end));
    MRRCI_TRY(want_bracket(scan));
    if (mrrci_may_be_control(reference))
        return MRRC_OK;
    return warn_rewritten(scan, begin, tag_end,
                          "these are characters of a control field, and no field here is one",
                          colon ? "subfields of %.*s have characters: %.*s$a/0-3"
                                : "a field by its number: %.*s[0-0], %.*s[0]$a");
}

/* Whether a bracket behind a tag holds one of marc21's ranges: it has a colon, or it is
 * one number and nothing of a reference behind it. */
static bool starts_range(const mrrci_scan *start) {
    mrrci_scan ahead = *start;
    ahead.at++;
    while (is_digit(mrrci_peek(&ahead, 0)))
        ahead.at++;
    if (mrrci_peek(&ahead, 0) == ':')
        return true;
    if (mrrci_peek(&ahead, 0) != ']' || ahead.at == start->at + 1)
        return false;
    uint8_t next = mrrci_peek(&ahead, 1);
    return next != '$' && next != '/' && next != '^' && next != '.' && next != '{' &&
           (start->filter || next == 0);
}

static int parse_tail(mrrci_scan *scan, mrrci_reference *reference, size_t begin) {
    size_t tag_end = scan->at;
    if (mrrci_peek(scan, 0) == '[') {
        if (starts_range(scan))
            return parse_range(scan, reference, begin, tag_end);
        size_t bracket = scan->at;
        MRRCI_TRY(mrrci_parse_occurrence(scan, &reference->occurrence));
        reference->indexed = true;
        uint8_t next = mrrci_peek(scan, 0);
        if (!mrrci_may_be_data(reference) && next != '/' && next != '^' && next != '$' &&
            next != '.' && next != '{') {
            scan->at = bracket;
            return mrrci_refuse_at(scan, bracket, MRRC_ERR_QUERY_MEANING,
                                   "characters of a control field are written 008/35-37", NULL,
                                   "008[35:38] is the same in marc21's way");
        }
    }
    bool written = mrrci_peek(scan, 0) == '/' && starts_indicators(scan);
    if (written) {
        MRRCI_TRY(parse_indicators(scan, reference));
        if (!reference->plain_indicators && !mrrci_may_be_data(reference))
            MRRCI_TRY(mrrci_warn(scan, begin,
                                 "these are indicators, and a control field has none",
                                 "its characters are tested as in 008[35] != ''"));
    } else if (mrrci_peek(scan, 0) == '/') {
        if (!mrrci_may_be_control(reference))
            return refuse_meaning(scan,
                                  "characters need a control field or a subfield, as in 245$a/0-3");
        reference->kind = MRRCI_REFERENCE_CHARACTERS;
        MRRCI_TRY(mrrci_parse_characters(scan, &reference->characters));
        return parse_conditions(scan, reference, &reference->conditions);
    }
    uint8_t next = mrrci_peek(scan, 0);
    if ((next == '.' || next == '$') && !mrrci_may_be_data(reference))
        MRRCI_TRY(mrrci_warn(scan, begin, "a control field has no subfields: nothing is found",
                             "its characters are written 008/35-37"));
    bool braces = next == '{' && !mrrci_starts_conditions(scan);
    bool bare = next != '.' && next != '$' && next != '^' && next != '{' && !reference->indexed;
    if (!written && (next == '.' || (scan->filter && (braces || bare)))) {
        reference->dotted = next == '.';
        want_blanks(reference);
        if (next == '.' || next == '{' || next == '?' || scan->counted)
            MRRCI_TRY(warn_of_blanks(scan, begin, reference));
    }
    MRRCI_TRY(mrrci_parse_subfields(scan, reference));
    if (reference->kind == MRRCI_REFERENCE_SUBFIELDS)
        return MRRC_OK;
    return parse_conditions(scan, reference, &reference->conditions);
}

int mrrci_parse_reference(mrrci_scan *scan, mrrci_reference *reference) {
    *reference = (mrrci_reference){
        .characters = MRRCI_EVERYTHING,
        .occurrence = MRRCI_EVERYTHING,
        .any_indicator = {true, true},
        .plain_indicators = true,
        .kind = MRRCI_REFERENCE_FIELD,
    };
    if (starts_leader(scan))
        return parse_leader(scan, reference);
    size_t begin = scan->at;
    MRRCI_TRY(parse_tag(scan, reference));
    return parse_tail(scan, reference, begin);
}

/* ---- braces ---- */

/* Whether a bracket holds what an occurrence may, and is not a class of letters. */
static bool holds_occurrence(const mrrci_scan *scan, size_t from, size_t to) {
    for (size_t at = from + 1; at + 1 < to; at++)
        if (!is_digit(scan->text[at]) && scan->text[at] != '#' && scan->text[at] != '-')
            return false;
    return true;
}

/* The place behind a bracket, or `at` where there is none. */
static size_t behind_bracket(const mrrci_scan *scan, size_t at) {
    size_t end = at;
    while (end < scan->end && scan->text[end] != ']')
        end++;
    return end < scan->end ? end + 1 : at;
}

static bool is_tag_place(uint8_t byte) {
    return is_alphanumeric(byte) || byte == '.';
}

/* A block's first word is a code, which a blank or a question mark follows; a condition has no
 * blanks, and begins with an operator, an abbreviation or a tag. */
bool mrrci_starts_conditions(const mrrci_scan *start) {
    mrrci_scan ahead = *start;
    ahead.at++;
    uint8_t first = mrrci_peek(&ahead, 0), second = mrrci_peek(&ahead, 1);
    if (first != 0 && strchr("$/^\\?=~", first) != NULL)
        return true;
    if (first == '!') {
        if (second != 0 && strchr("$/^\\=~", second) != NULL)
            return true;
        ahead.at++;
    }
    size_t at = ahead.at, places = 0, brackets = 0;
    for (; places < 3 && at < ahead.end; places++) {
        if (ahead.text[at] == '[') {
            size_t behind = behind_bracket(&ahead, at);
            if (behind == at)
                return false;
            if (places == 0) { /* a code class or an index, too, unless a tag goes on behind it */
                ahead.at = behind;
                brackets = holds_occurrence(start, at, behind);
            }
            at = behind;
        } else if (is_tag_place(ahead.text[at])) {
            at++;
        } else {
            break;
        }
    }
    if (places == 3)
        ahead.at = at;
    else if (brackets == 0)
        return false;
    uint8_t next = mrrci_peek(&ahead, 0), after = mrrci_peek(&ahead, 1);
    if (next == '?') /* a question mark ends a block's test, and joins two terms */
        return after != 0 && strchr(" \t\r\n}&|)", after) == NULL;
    return next != 0 && strchr("$/^|}[{=!~", next) != NULL;
}
