/* SPDX-License-Identifier: MIT
 *
 * select_parse.c: selectors ("245$a", "6XX$a", "008/35-37") compiled into a flat table.
 * The grammar is MARCspec's, with the indicators, dot forms and ranges of the German
 * National Library's marc21; what could never give a value is refused, with its place and
 * the reason.  Conditions are not read.
 */
#include "select_column.h"

enum { DIGITS_MAX = 9 };

static const mrrci_span everything = {0, UINT32_MAX, 0};

static void add(mrrci_set *characters, uint8_t byte) {
    characters->bits[byte / 64] |= (uint64_t)1 << (byte % 64);
}

static void add_range(mrrci_set *characters, uint8_t from, uint8_t to) {
    for (unsigned byte = from; byte <= to; byte++)
        add(characters, (uint8_t)byte);
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

/* Whether two characters are of one class, and so may be the ends of a range. */
static bool is_range(uint8_t from, uint8_t to) {
    return from <= to && ((is_digit(from) && is_digit(to)) || (is_lower(from) && is_lower(to)) ||
                          (is_upper(from) && is_upper(to)));
}

/* ---- the text ---- */

typedef struct parser {
    const uint8_t *text;
    size_t at, end;           /* of one selector */
    mrrc_error *err;
} parser;

/* The character `ahead` of the place, or 0. */
static uint8_t peek(const parser *parser, size_t ahead) {
    return parser->end - parser->at > ahead ? parser->text[parser->at + ahead] : 0;
}

static bool take(parser *parser, uint8_t byte) {
    if (byte == 0 || peek(parser, 0) != byte)
        return false;
    parser->at++;
    return true;
}

static int refuse(const parser *parser, const char *reason) {
    return mrrci_fail_detail(parser->err, MRRC_ERR_ARGUMENT, parser->at, reason);
}

static int parse_number(parser *parser, uint32_t *number) {
    size_t digits = 0;
    if (!is_digit(peek(parser, 0)))
        return refuse(parser, "a number is wanted here");
    for (*number = 0; is_digit(peek(parser, 0)); parser->at++) {
        if (++digits > DIGITS_MAX)
            return refuse(parser, "a number has at most nine digits");
        *number = *number * 10 + (peek(parser, 0) - '0');
    }
    return MRRC_OK;
}

/* A place or two: "3", "3-5", "3-#", "#", or "#-1", which is the last two.  Where the first is
 * behind the second there is nothing, as MARCspec has it. */
static int parse_span(parser *parser, mrrci_span *span) {
    uint32_t number;
    *span = everything;
    if (take(parser, '#')) {
        span->tail = 1;
        if (take(parser, '-') && !take(parser, '#')) {
            MRRCI_TRY(parse_number(parser, &number));
            span->tail = number + 1;
        }
        return MRRC_OK;
    }
    MRRCI_TRY(parse_number(parser, &span->from));
    if (!take(parser, '-')) {
        span->end = span->from + 1;
    } else if (!take(parser, '#')) {
        MRRCI_TRY(parse_number(parser, &number));
        span->end = number + 1;
    }
    return MRRC_OK;
}

static int parse_occurrence(parser *parser, mrrci_span *span) {
    if (!take(parser, '['))
        return MRRC_OK;
    MRRCI_TRY(parse_span(parser, span));
    return take(parser, ']') ? MRRC_OK : refuse(parser, "] is wanted here");
}

static int parse_characters(parser *parser, mrrci_span *span) {
    return take(parser, '/') ? parse_span(parser, span) : MRRC_OK;
}

/* "[0-4a]" or "[^0-4]", of which the bracket is taken; the second is what `all` holds but
 * the set does not. */
static int parse_class(parser *parser, const mrrci_set *all, mrrci_set *characters) {
    bool negated = all != NULL && take(parser, '^');
    mrrci_set listed = {{0, 0}};
    do {
        uint8_t from = peek(parser, 0), to = peek(parser, 2);
        if (!is_digit(from) && !is_lower(from) && !is_upper(from) && from != '#')
            return refuse(parser, "a letter or a digit is wanted in the brackets");
        if (peek(parser, 1) == '-') {
            if (!is_range(from, to))
                return refuse(parser, "a range goes up, among digits or letters of one case");
            add_range(&listed, from, to);
            parser->at += 3;
        } else {
            add(&listed, from);
            parser->at++;
        }
    } while (!take(parser, ']'));
    for (int i = 0; i < 2; i++)
        characters->bits[i] |= negated ? all->bits[i] & ~listed.bits[i] : listed.bits[i];
    return MRRC_OK;
}

/* ---- tags ---- */

static int parse_tag_place(parser *parser, mrrci_set *place) {
    uint8_t byte = peek(parser, 0);
    mrrci_set digits = {{0, 0}};
    add_range(&digits, '0', '9');
    if (take(parser, '['))
        return parse_class(parser, &digits, place);
    if (byte == 'X' || byte == 'x')
        *place = digits;
    else if (byte == '.')
        add_range(place, 0x20, 0x7E);
    else if (is_digit(byte) || is_lower(byte) || is_upper(byte))
        add(place, byte);
    else
        return refuse(parser, "a tag is three digits or letters; X is any digit, . anything");
    parser->at++;
    return MRRC_OK;
}

static int parse_tag(parser *parser, mrrci_column *column) {
    for (int i = 0; i < 3; i++)
        MRRCI_TRY(parse_tag_place(parser, &column->tag[i]));
    return MRRC_OK;
}

static bool may_be_control(const mrrci_column *column) {
    for (uint8_t digit = '0'; digit <= '9'; digit++)
        if (mrrci_has(&column->tag[2], digit))
            return mrrci_has(&column->tag[0], '0') && mrrci_has(&column->tag[1], '0');
    return false;
}

static bool may_be_data(const mrrci_column *column) {
    for (int i = 0; i < 3; i++) {
        mrrci_set rest = column->tag[i];
        for (uint8_t digit = '0'; digit <= (i < 2 ? '0' : '9'); digit++)
            rest.bits[digit / 64] &= ~((uint64_t)1 << (digit % 64));
        if ((rest.bits[0] | rest.bits[1]) != 0)
            return true;
    }
    return false;
}

/* ---- the leader ---- */

static int parse_leader_name(parser *parser, mrrci_column *column) {
    static const struct {
        const char *name;
        mrrci_span characters;
    } names[] = {{"length", {0, 5, 0}},   {"status", {5, 6, 0}},    {"type", {6, 7, 0}},
                 {"level", {7, 8, 0}},    {"encoding", {9, 10, 0}}, {"base_addr", {12, 17, 0}}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = strlen(names[i].name);
        if (parser->end - parser->at == size &&
            memcmp(parser->text + parser->at, names[i].name, size) == 0) {
            column->characters = names[i].characters;
            parser->at += size;
            return MRRC_OK;
        }
    }
    return refuse(parser, "ldr. has length, status, type, level, encoding and base_addr");
}

static bool starts_leader(const parser *parser) {
    const uint8_t *at = parser->text + parser->at;
    return parser->end - parser->at >= 3 &&
           (memcmp(at, "LDR", 3) == 0 || memcmp(at, "ldr", 3) == 0 || memcmp(at, "000", 3) == 0);
}

static int parse_leader(parser *parser, mrrci_column *column) {
    bool lower = peek(parser, 0) == 'l';
    column->kind = MRRCI_COLUMN_LEADER;
    parser->at += 3;
    if (lower && take(parser, '.'))
        return parse_leader_name(parser, column);
    return parse_characters(parser, &column->characters);
}

/* ---- indicators and subfields ---- */

static int parse_indicator(parser *parser, mrrci_column *column, int which) {
    uint8_t byte = peek(parser, 0);
    mrrci_set *place = &column->indicators[which];
    mrrci_set all = {{0, 0}};
    column->any_indicator[which] = byte == '.';
    if (take(parser, '[')) {
        add_range(&all, '0', '9');
        add_range(&all, 'a', 'z');
        add(&all, '#');
        MRRCI_TRY(parse_class(parser, &all, place));
    } else if (byte == '.' || byte == '#' || is_digit(byte) || is_lower(byte)) {
        add(place, byte);
        parser->at++;
    } else {
        return refuse(parser, "an indicator is a digit, a small letter, # for a blank, . for any");
    }
    if (mrrci_has(place, '#')) {
        place->bits['#' / 64] &= ~((uint64_t)1 << '#' % 64);
        add(place, ' ');
    }
    return MRRC_OK;
}

/* Whether what stands at the slash are indicators: two places or a star, and subfields
 * behind them.  Otherwise they are characters. */
static bool starts_indicators(const parser *start) {
    parser ahead = *start;
    mrrci_column unused = {0};
    ahead.err = NULL;
    ahead.at++;
    if (!take(&ahead, '*') && (parse_indicator(&ahead, &unused, 0) < 0 ||
                               parse_indicator(&ahead, &unused, 1) < 0))
        return false;
    uint8_t next = peek(&ahead, 0);
    return next == '$' || next == '.' || next == '{';
}

static int parse_indicators(parser *parser, mrrci_column *column) {
    parser->at++;
    if (take(parser, '*'))
        return MRRC_OK;
    MRRCI_TRY(parse_indicator(parser, column, 0));
    return parse_indicator(parser, column, 1);
}

/* One code, or a range, or a class, or a star; the $ or the dot is taken. */
static int parse_codes(parser *parser, bool dollar, mrrci_part *part) {
    uint8_t byte = peek(parser, 0), to = peek(parser, 2);
    if (take(parser, '*')) {
        part->any = dollar;
        add_range(&part->codes, '0', '9');
        add_range(&part->codes, 'a', 'z');
        add_range(&part->codes, 'A', 'Z');
        return MRRC_OK;
    }
    if (take(parser, '['))
        return parse_class(parser, NULL, &part->codes);
    if (dollar && take(parser, '\\'))
        byte = peek(parser, 0);
    else if (dollar && peek(parser, 1) == '-') {
        if (!is_range(byte, to))
            return refuse(parser, "a range goes up, among digits or letters of one case");
        add_range(&part->codes, byte, to);
        parser->at += 3;
        return MRRC_OK;
    }
    if (dollar ? byte <= ' ' || byte > 0x7E : !is_digit(byte) && !is_lower(byte) && !is_upper(byte))
        return refuse(parser, "a subfield code is wanted here");
    add(&part->codes, byte);
    parser->at++;
    return MRRC_OK;
}

static bool is_plain(const mrrci_part *part) {
    return mrrci_is_everything(&part->occurrence) && mrrci_is_everything(&part->characters);
}

/* Adds a part, to the first where neither says more than codes: then a subfield is taken
 * once however often its code is named. */
static int add_part(const parser *parser, mrrci_column *column, const mrrci_part *added) {
    mrrci_part *first = column->part;
    if (column->parts > 0 && is_plain(added) && is_plain(first)) {
        first->codes.bits[0] |= added->codes.bits[0];
        first->codes.bits[1] |= added->codes.bits[1];
        first->any |= added->any;
        return MRRC_OK;
    }
    if (column->parts == MRRCI_COLUMN_PARTS)
        return refuse(parser, "more places in subfields than one selector may name");
    column->part[column->parts++] = *added;
    return MRRC_OK;
}

static int parse_subfields(parser *parser, mrrci_column *column) {
    column->kind = MRRCI_COLUMN_SUBFIELDS;
    if (!may_be_data(column))
        return refuse(parser, "a control field has no subfields");
    bool dollar = peek(parser, 0) == '$';
    do {
        mrrci_part part = {.occurrence = everything, .characters = everything};
        parser->at++;
        MRRCI_TRY(parse_codes(parser, dollar, &part));
        MRRCI_TRY(parse_occurrence(parser, &part.occurrence));
        MRRCI_TRY(parse_characters(parser, &part.characters));
        MRRCI_TRY(add_part(parser, column, &part));
    } while (dollar && peek(parser, 0) == '$');
    return MRRC_OK;
}

/* ---- a selector ---- */

/* "[35:38]", "[:4]", "[8:]" or "[35]" behind a tag and nothing more: marc21's way to
 * name characters.  That tool counts bytes, which in these fields are characters; a
 * character is not cut here. */
static int parse_range(parser *parser, mrrci_column *column) {
    if (!may_be_control(column))
        return refuse(parser, "characters need a control field; the first field is [0-0]");
    column->kind = MRRCI_COLUMN_RANGE;
    parser->at++;
    mrrci_span *span = &column->characters;
    bool from = is_digit(peek(parser, 0));
    if (from)
        MRRCI_TRY(parse_number(parser, &span->from));
    if (!take(parser, ':'))
        span->end = span->from + 1;
    else if (!from || is_digit(peek(parser, 0)))
        MRRCI_TRY(parse_number(parser, &span->end));
    return take(parser, ']') ? MRRC_OK : refuse(parser, "] is wanted here");
}

/* Whether a bracket behind a tag holds one of marc21's ranges: it has a colon, or it is
 * one number and the selector's end. */
static bool starts_range(const parser *start) {
    parser ahead = *start;
    ahead.at++;
    while (is_digit(peek(&ahead, 0)))
        ahead.at++;
    return peek(&ahead, 0) == ':' ||
           (peek(&ahead, 0) == ']' && ahead.end - ahead.at == 1 && ahead.at > start->at + 1);
}

static int parse_tail(parser *parser, mrrci_column *column) {
    if (peek(parser, 0) == '[') {
        if (starts_range(parser))
            return parse_range(parser, column);
        size_t bracket = parser->at;
        MRRCI_TRY(parse_occurrence(parser, &column->occurrence));
        if (!may_be_data(column) && parser->at == parser->end) {
            parser->at = bracket;
            return refuse(parser, "characters of a control field are written 008/35-37");
        }
    }
    if (peek(parser, 0) == '/' && starts_indicators(parser)) {
        MRRCI_TRY(parse_indicators(parser, column));
    } else if (peek(parser, 0) == '/') {
        if (!may_be_control(column))
            return refuse(parser, "characters need a control field or a subfield, as in 245$a/0-3");
        column->kind = MRRCI_COLUMN_CHARACTERS;
        return parse_characters(parser, &column->characters);
    } else if (peek(parser, 0) == '.') {
        /* marc21's rule: a dot without indicators wants both blank */
        for (int i = 0; i < 2; i++) {
            column->any_indicator[i] = false;
            add(&column->indicators[i], ' ');
        }
    }
    if (peek(parser, 0) == '$' || peek(parser, 0) == '.')
        return parse_subfields(parser, column);
    if (take(parser, '^')) {
        if (!may_be_data(column))
            return refuse(parser, "a control field has no indicators");
        column->kind = peek(parser, 0) == '1' ? MRRCI_COLUMN_INDICATOR_1 : MRRCI_COLUMN_INDICATOR_2;
        if (!take(parser, '1') && !take(parser, '2'))
            return refuse(parser, "^1 is the first indicator, ^2 the second");
    }
    return MRRC_OK;
}

/* Says why a selector does not end where it should. */
static int refuse_rest(const parser *parser, const mrrci_column *column) {
    uint8_t byte = peek(parser, 0);
    if (byte == ' ' || byte == '\t')
        return refuse(parser, "no blank stands inside a selector");
    if (byte == '{')
        return refuse(parser, "a column takes no condition in braces");
    if (byte == ',')
        return refuse(parser, "a column is one selector: no comma");
    if (column->kind == MRRCI_COLUMN_SUBFIELDS)
        return refuse(parser, "one code stands behind each $: 245$a$b, or 245$[ab]");
    if (column->kind == MRRCI_COLUMN_FIELD)
        return refuse(parser, "$ stands before a subfield code, / before characters");
    return refuse(parser, "the selector should end here");
}

static int parse_selector(parser *parser, mrrci_column *column) {
    column->characters = column->occurrence = everything;
    column->any_indicator[0] = column->any_indicator[1] = true;
    column->kind = MRRCI_COLUMN_FIELD;
    if (starts_leader(parser)) {
        MRRCI_TRY(parse_leader(parser, column));
    } else {
        MRRCI_TRY(parse_tag(parser, column));
        MRRCI_TRY(parse_tail(parser, column));
    }
    return parser->at == parser->end ? MRRC_OK : refuse_rest(parser, column);
}

/* ---- the table ---- */

static void want(mrrci_columns *columns, const mrrci_column *column, size_t index) {
    for (int i = 0; i < 3; i++)
        for (uint8_t byte = 0; byte < 128; byte++)
            if (mrrci_has(&column->tag[i], byte))
                columns->wanted[i][byte] |= (uint64_t)1 << index % 64;
}

/* Compiles one line, with the blanks around it left out. */
static int compile_line(mrrci_columns *columns, size_t from, size_t to, mrrc_error *err) {
    const uint8_t *text = columns->text.data;
    mrrci_column column = {0};
    while (from < to && (text[from] == ' ' || text[from] == '\t'))
        from++;
    while (to > from && (text[to - 1] == ' ' || text[to - 1] == '\t' || text[to - 1] == '\r'))
        to--;
    parser parser = {text, from, to, err};
    column.name = from;
    column.name_size = to - from;
    if (from == to)
        return refuse(&parser, "a selector is wanted here, as in 245$a");
    MRRCI_TRY(parse_selector(&parser, &column));
    if (mrrci_buffer_append(&columns->columns, &column, sizeof column) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, from);
    want(columns, &column, columns->count++);
    return MRRC_OK;
}

static int compile(mrrci_columns *columns, const char *selectors, size_t size, mrrc_error *err) {
    /* room for a byte more, so that no selector at all has a place too */
    if (mrrci_buffer_reserve(&columns->text, size + 1) < 0 ||
        mrrci_buffer_append(&columns->text, selectors, size) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    size_t from = 0;
    do {
        const uint8_t *line = columns->text.data + from;
        const uint8_t *end = size == from ? NULL : memchr(line, '\n', size - from);
        size_t to = end == NULL ? size : from + (size_t)(end - line);
        MRRCI_TRY(compile_line(columns, from, to, err));
        from = to + 1;
    } while (from < size);
    return MRRC_OK;
}

int mrrci_columns_new(const char *selectors, size_t size, mrrci_columns **columns,
                      mrrc_error *err) {
    mrrci_columns *made = mrrci_new(sizeof *made);
    *columns = NULL;
    if (made == NULL)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    int status = compile(made, selectors, size, err);
    if (status < 0) {
        mrrci_columns_free(made);
        return status;
    }
    *columns = made;
    return MRRC_OK;
}

void mrrci_columns_free(mrrci_columns *columns) {
    if (columns == NULL)
        return;
    mrrci_buffer_clear(&columns->text);
    mrrci_buffer_clear(&columns->columns);
    mrrci_free(columns);
}

size_t mrrci_columns_count(const mrrci_columns *columns) {
    return columns->count;
}

const uint8_t *mrrci_column_name(const mrrci_columns *columns, size_t index, size_t *size) {
    const mrrci_column *column = mrrci_column_at(columns, index);
    *size = column->name_size;
    return columns->text.data + column->name;
}

