/* SPDX-License-Identifier: MIT
 *
 * mrk_mnemonics.c: the mnemonics of MARCMaker and MarcEdit, "{acute}", and values that hold
 * some.  The names are those of the Library of Congress's table, and stand for what that
 * table has: MARC-8, so that a mark stands before its letter and Cyrillic is romanised.  Only
 * where it makes do with ASCII for a symbol that MARC-8 lacks, the symbol itself is given.
 * Text beside the mnemonics is left as it is: only a letter that a mnemonic has marked is
 * normalised.
 */
#include "mrk.h"

enum {
    NAME_MAX = 8,
    ESC = 0x1B,
    FIRST_MARK = 0xE0 /* of ANSEL: the marks are its last two columns */
};

typedef struct mnemonic {
    char name[NAME_MAX + 1];
    char text[NAME_MAX + 1];  /* MARC-8, with a reference for what that does not have */
} mnemonic;

/* By name, in the order of ASCII. */
static const mnemonic mnemonics[] = {
    {"AElig", "\xA5"}, {"Aacute", "\xE2" "A"}, {"Abreve", "\xE6" "A"}, {"Acirc", "\xE3" "A"},
    {"Acy", "A"}, {"Agrave", "\xE1" "A"}, {"Aogon", "\xF1" "A"}, {"Aring", "\xEA" "A"},
    {"Atilde", "\xE4" "A"}, {"Auml", "\xE8" "A"}, {"Bcy", "B"}, {"CHcy", "Ch"},
    {"Cacute", "\xE2" "C"}, {"Ccaron", "\xE9" "C"}, {"Ccedil", "\xF0" "C"}, {"DJEcy", "\xA3"},
    {"DZEcy", "Dz"}, {"DZHEcy", "D\xE9z"}, {"Dagger", "&#x2021;"}, {"Dcaron", "\xE9" "D"},
    {"Dcy", "D"}, {"Dstrok", "\xA3"}, {"ETH", "&#x00D0;"}, {"Eacute", "\xE2" "E"},
    {"Ecaron", "\xE9" "E"}, {"Ecirc", "\xE3" "E"}, {"Ecy", "\xE7" "E"}, {"Egrave", "\xE1" "E"},
    {"Ehookr", "\xF1" "E"}, {"Eogon", "\xF1" "E"}, {"Euml", "\xE8" "E"}, {"Fcy", "F"},
    {"GEcy", "G"}, {"GHcy", "G"}, {"GJEcy", "\xE2G"}, {"Gcy", "G"}, {"HARDcy", "\xB7"},
    {"Hcy", "H"}, {"IEcy", "\xEBI\xEC" "E"}, {"IJlig", "&#x0132;"}, {"IOcy", "\xEBI\xECO"},
    {"IYcy", "Y"}, {"Iacute", "\xE2I"}, {"Icaron", "\xE9I"}, {"Icirc", "\xE3I"}, {"Icy", "I"},
    {"Idot", "\xE7I"}, {"Igrave", "\xE1I"}, {"Iuml", "\xE8I"}, {"Iumlcy", "\xE8I"}, {"JEcy", "J"},
    {"JIcy", "\xE8I"}, {"Jcy", "\xE6I"}, {"KHcy", "Kh"}, {"KJEcy", "\xE2K"}, {"Kcy", "K"},
    {"LJEcy", "Lj"}, {"Lacute", "\xE2L"}, {"Lcy", "L"}, {"Lstrok", "\xA1"}, {"Mcy", "M"},
    {"NJEcy", "Nj"}, {"Nacute", "\xE2N"}, {"Ncaron", "\xE9N"}, {"Ncy", "N"}, {"No", "&#x2116;"},
    {"Ntilde", "\xE4N"}, {"OElig", "\xA6"}, {"Oacute", "\xE2O"}, {"Ocirc", "\xE3O"}, {"Ocy", "O"},
    {"Odblac", "\xEEO"}, {"Ograve", "\xE1O"}, {"Ohorn", "\xAC"}, {"Ostrok", "\xA2"},
    {"Otilde", "\xE4O"}, {"Ouml", "\xE8O"}, {"Pcy", "P"}, {"Racute", "\xE2R"}, {"Rcaron", "\xE9R"},
    {"Rcy", "R"}, {"SHCHcy", "Shch"}, {"SHcy", "Sh"}, {"SOFTcy", "\xA7"}, {"Sacute", "\xE2S"},
    {"Scommab", "\xF7S"}, {"Scy", "S"}, {"THORN", "\xA4"}, {"TSHEcy", "\xE2" "C"},
    {"TScy", "\xEBT\xECS"}, {"Tcaron", "\xE9T"}, {"Tcommab", "\xF7T"}, {"Tcy", "T"},
    {"Uacute", "\xE2U"}, {"Ubrevecy", "\xE6U"}, {"Ucirc", "\xE3U"}, {"Ucy", "U"},
    {"Udblac", "\xEEU"}, {"Ugrave", "\xE1U"}, {"Uhorn", "\xAD"}, {"Uring", "\xEAU"},
    {"Uuml", "\xE8U"}, {"Vcy", "V"}, {"YAcy", "\xEBI\xEC" "A"}, {"YEcy", "E"}, {"YIcy", "I"},
    {"YUcy", "\xEBI\xECU"}, {"Yacute", "\xE2Y"}, {"Ycy", "Y"}, {"ZHcy", "Zh"},
    {"ZHuacy", "\xEBZ\xECh"}, {"Zacute", "\xE2Z"}, {"Zcy", "Z"}, {"Zdot", "\xE7Z"},
    {"aacute", "\xE2" "a"}, {"abreve", "\xE6" "a"}, {"acirc", "\xE3" "a"}, {"acute", "\xE2"},
    {"acy", "a"}, {"aelig", "\xB5"}, {"agr", "&#x03B1;"}, {"agrave", "\xE1" "a"}, {"alif", "\xAE"},
    {"amp", "&"}, {"aogon", "\xF1" "a"}, {"apos", "'"}, {"arab", "(3"}, {"aring", "\xEA" "a"},
    {"ast", "*"}, {"asuper", "a"}, {"atilde", "\xE4" "a"}, {"auml", "\xE8" "a"}, {"ayn", "\xB0"},
    {"bcy", "b"}, {"bgr", "&#x03B2;"}, {"breve", "\xE6"}, {"breveb", "\xF9"},
    {"brvbar", "&#x00A6;"}, {"bsol", "\\"}, {"bull", "&#x2022;"}, {"cacute", "\xE2" "c"},
    {"candra", "\xEF"}, {"caron", "\xE9"}, {"ccaron", "\xE9" "c"}, {"ccedil", "\xF0" "c"},
    {"cedil", "\xF0"}, {"cent", "&#x00A2;"}, {"chcy", "ch"}, {"circ", "\xE3"}, {"circb", "\xF4"},
    {"cjk", "$1"}, {"colon", ":"}, {"comma", ","}, {"commaa", "\xFE"}, {"commab", "\xF7"},
    {"commat", "@"}, {"copy", "\xC3"}, {"curren", "&#x00A4;"}, {"cyril", "(N"},
    {"dagger", "&#x2020;"}, {"dblac", "\xEE"}, {"dbldotb", "\xF3"}, {"dblunder", "\xF5"},
    {"dcaron", "\xE9" "d"}, {"dcy", "d"}, {"deg", "\xC0"}, {"diaer", "\xE8"},
    {"divide", "&#x00F7;"}, {"djecy", "\xB3"}, {"dollar", "$"}, {"dot", "\xE7"}, {"dotb", "\xF2"},
    {"dstrok", "\xB3"}, {"dzecy", "dz"}, {"dzhecy", "d\xE9z"}, {"eacute", "\xE2" "e"},
    {"ecaron", "\xE9" "e"}, {"ecirc", "\xE3" "e"}, {"ecy", "\xE7" "e"}, {"egrave", "\xE1" "e"},
    {"ehookr", "\xF1" "e"}, {"eogon", "\xF1" "e"}, {"equals", "="}, {"esc", "\x1B"},
    {"eth", "\xBA"}, {"euml", "\xE8" "e"}, {"euro", "\xC8"}, {"excl", "!"}, {"fcy", "f"},
    {"flat", "\xA9"}, {"fnof", "&#x0192;"}, {"frac12", "&#x00BD;"}, {"frac14", "&#x00BC;"},
    {"frac34", "&#x00BE;"}, {"gcy", "g"}, {"gecy", "g"}, {"ggr", "&#x03B3;"}, {"ghcy", "g"},
    {"gjecy", "\xE2g"}, {"grave", "\xE1"}, {"greek", "g"}, {"gs", "\x1D"}, {"gt", ">"},
    {"hardcy", "\xB7"}, {"hardsign", "\xB7"}, {"hcy", "h"}, {"hebrew", "(2"},
    {"hellip", "&#x2026;"}, {"hooka", "\xE0"}, {"hookl", "\xF7"}, {"hookr", "\xF1"},
    {"hyphen", "-"}, {"iacute", "\xE2i"}, {"icaron", "\xE9i"}, {"icirc", "\xE3i"}, {"icy", "i"},
    {"iecy", "\xEBi\xEC" "e"}, {"iexcl", "\xC6"}, {"igrave", "\xE1i"}, {"ijlig", "&#x0133;"},
    {"inodot", "\xB8"}, {"iocy", "\xEBi\xECo"}, {"iquest", "\xC5"}, {"iuml", "\xE8i"},
    {"iumlcy", "\xE8i"}, {"iycy", "y"}, {"jcy", "\xE6i"}, {"jecy", "j"}, {"jicy", "\xE8i"},
    {"joiner", "\x8D"}, {"kcy", "k"}, {"khcy", "kh"}, {"kjecy", "\xE2k"}, {"lacute", "\xE2l"},
    {"laquo", "&#x00AB;"}, {"latin", "(B"}, {"lcub", "{"}, {"lcy", "l"}, {"ldbltil", "\xFA"},
    {"ldquo", "&#x201C;"}, {"ljecy", "lj"}, {"llig", "\xEB"}, {"lpar", "("}, {"lsqb", "["},
    {"lsquo", "&#x2018;"}, {"lsquor", "&#x201A;"}, {"lstrok", "\xB1"}, {"lt", "<"},
    {"macr", "\xE5"}, {"mcy", "m"}, {"mdash", "&#x2014;"}, {"middot", "\xA8"}, {"mlPrime", "\xB7"},
    {"mllhring", "\xB0"}, {"mlprime", "\xA7"}, {"mlrhring", "\xAE"}, {"nacute", "\xE2n"},
    {"ncaron", "\xE9n"}, {"ncy", "n"}, {"ndash", "&#x2013;"}, {"njecy", "nj"}, {"nonjoin", "\x8E"},
    {"ntilde", "\xE4n"}, {"num", "#"}, {"oacute", "\xE2o"}, {"ocirc", "\xE3o"}, {"ocy", "o"},
    {"odblac", "\xEEo"}, {"oelig", "\xB6"}, {"ogon", "\xF1"}, {"ograve", "\xE1o"},
    {"ohorn", "\xBC"}, {"ordf", "&#x00AA;"}, {"ordm", "&#x00BA;"}, {"ostrok", "\xB2"},
    {"osuper", "o"}, {"otilde", "\xE4o"}, {"ouml", "\xE8o"}, {"para", "&#x00B6;"}, {"pcy", "p"},
    {"percnt", "%"}, {"period", "."}, {"phono", "\xC2"}, {"pipe", "|"}, {"plus", "+"},
    {"plusmn", "\xAB"}, {"pound", "\xB9"}, {"quest", "?"}, {"quot", "\""}, {"racute", "\xE2r"},
    {"raquo", "&#x00BB;"}, {"rcaron", "\xE9r"}, {"rcedil", "\xF8"}, {"rcommaa", "\xED"},
    {"rcub", "}"}, {"rcy", "r"}, {"rdbltil", "\xFB"}, {"rdquofh", "\""}, {"rdquor", "&#x201D;"},
    {"reg", "\xAA"}, {"ring", "\xEA"}, {"ringb", "\xF4"}, {"rlig", "\xEC"}, {"rpar", ")"},
    {"rs", "\x1E"}, {"rsqb", "]"}, {"rsquo", "&#x2019;"}, {"rsquor", "&#x2019;"},
    {"sacute", "\xE2s"}, {"scommab", "\xF7s"}, {"scriptl", "\xC1"}, {"scy", "s"},
    {"sect", "&#x00A7;"}, {"semi", ";"}, {"sharp", "\xC4"}, {"shchcy", "shch"}, {"shcy", "sh"},
    {"shy", "&#x00AD;"}, {"softcy", "\xA7"}, {"softsign", "\xA7"}, {"sol", "/"}, {"space", " "},
    {"spcirc", "^"}, {"spgrave", "`"}, {"sptilde", "~"}, {"spundscr", "_"}, {"squf", "&#x25AA;"},
    {"sub", "b"}, {"sup1", "&#x00B9;"}, {"sup2", "&#x00B2;"}, {"sup3", "&#x00B3;"}, {"super", "p"},
    {"szlig", "&#x00DF;"}, {"tcaron", "\xE9t"}, {"tcommab", "\xF7t"}, {"tcy", "t"},
    {"thorn", "\xB4"}, {"tilde", "\xE4"}, {"times", "&#x00D7;"}, {"trade", "&#x2122;"},
    {"tscy", "\xEBt\xECs"}, {"tshecy", "\xE2" "c"}, {"uacute", "\xE2u"}, {"ubrevecy", "\xE6u"},
    {"ucirc", "\xE3u"}, {"ucy", "u"}, {"udblac", "\xEEu"}, {"ugrave", "\xE1u"}, {"uhorn", "\xBD"},
    {"uml", "\xE8"}, {"under", "\xF6"}, {"uring", "\xEAu"}, {"us", "\x1F"}, {"uuml", "\xE8u"},
    {"vcy", "v"}, {"verbar", "|"}, {"vlineb", "\xF2"}, {"yacute", "\xE2y"},
    {"yacy", "\xEBi\xEC" "a"}, {"ycy", "y"}, {"yecy", "e"}, {"yen", "&#x00A5;"}, {"yicy", "i"},
    {"yucy", "\xEBi\xECu"}, {"zacute", "\xE2z"}, {"zcy", "z"}, {"zdot", "\xE7z"}, {"zhcy", "zh"},
    {"zhuacy", "\xEBz\xECh"},
};

static int compare(const uint8_t *name, size_t size, const char *other) {
    size_t other_size = strlen(other);
    int order = memcmp(name, other, size < other_size ? size : other_size);
    return order != 0 ? order : (size > other_size) - (size < other_size);
}

static const char *find_named(const uint8_t *name, size_t size) {
    size_t low = 0, high = sizeof mnemonics / sizeof *mnemonics;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(name, size, mnemonics[middle].name);
        if (order == 0)
            return mnemonics[middle].text;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The number of two digits, of which the letters are capitals, or -1. */
static int two_digits(const uint8_t *name) {
    int number = 0;
    for (unsigned i = 0; i < 2; i++) {
        if (name[i] >= '0' && name[i] <= '9')
            number = number * 16 + name[i] - '0';
        else if (name[i] >= 'A' && name[i] <= 'F')
            number = number * 16 + name[i] - 'A' + 10;
        else
            return -1;
    }
    return number;
}

/* Whether MARC-8 has a character for a byte before any set is designated. */
static bool is_ansel(unsigned byte) {
    return byte < 0x80 || byte == 0x8D || byte == 0x8E || (byte >= 0xA1 && byte <= 0xAE) ||
           (byte >= 0xB0 && byte <= 0xBA) || byte == 0xBC || byte == 0xBD ||
           (byte >= 0xC0 && byte <= 0xC8) || (byte >= FIRST_MARK && byte <= 0xFB) || byte == 0xFE;
}

static bool is_alphanumeric(uint8_t byte) {
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* A value in the making. */
typedef struct expansion {
    mrrc_buffer *out;
    mrrc_buffer *notes;
    uint64_t offset;          /* of the value in the source */
    const uint8_t *tag;
    mrrc_buffer run;          /* MARC-8 that is not decoded yet: marks and their letters */
    size_t run_at;            /* where it began in the value */
    mrrc_marc8_state state;
    bool unknown;             /* a mnemonic was left as it is */
    bool marked;              /* the run ends with marks that wait for their letter */
    bool escaped;             /* an escape was seen: from there on all ASCII is MARC-8 */
} expansion;

static int note(expansion *e, size_t at, int code, size_t size, uint32_t found) {
    mrrc_diagnostic diagnostic = {
        .code = code, .offset = e->offset + at, .size = (uint32_t)size, .found = found};
    memcpy(diagnostic.tag, e->tag, 3);
    return mrrci_note(e->notes, &diagnostic);
}

static int put_in_run(expansion *e, size_t at, const void *text, size_t size) {
    if (e->run.size == 0)
        e->run_at = at;
    return mrrci_buffer_append(&e->run, text, size);
}

/* Decodes what is in the run.  There are no references behind an escape: in most sets their
 * bytes would be other characters. */
static int flush(expansion *e) {
    mrrc_buffer found = {0};
    if (e->run.size == 0)
        return MRRC_OK;
    int status = mrrc_marc8_decode(e->run.data, e->run.size, e->escaped ? 0 : MRRC_MARC8_NCR,
                                   &e->state, e->out, &found);
    for (size_t at = 0; status >= 0 && at < found.size; at += sizeof(mrrc_diagnostic)) {
        mrrc_diagnostic one;
        memcpy(&one, found.data + at, sizeof one);
        status = note(e, e->run_at, one.code, one.size, one.found);
    }
    mrrci_buffer_clear(&found);
    e->run.size = 0;
    e->marked = false;
    return status;
}

static int put(expansion *e, const void *text, size_t size) {
    MRRCI_TRY(flush(e));
    return mrrci_buffer_append(e->out, text, size);
}

/* Puts a letter behind the marks that wait for it: as a reference, unless it is ASCII, and no
 * reference begins with it. */
static int put_letter(expansion *e, size_t at, uint32_t letter) {
    static const char digits[] = "0123456789ABCDEF";
    uint8_t text[10] = "&#x", one = (uint8_t)letter;
    size_t size = 3;
    e->marked = false;
    if (letter < 0x80 && letter != '&')
        return put_in_run(e, at, &one, 1);
    for (int shift = letter > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4)
        text[size++] = (uint8_t)digits[letter >> shift & 15];
    text[size++] = ';';
    return put_in_run(e, at, text, size);
}

/* Takes the text beside the mnemonics between two places of the value. */
static int take_text(expansion *e, const uint8_t *value, size_t from, size_t to) {
    const uint8_t *at = value + from, *end = value + to;
    if (e->marked && !e->escaped && at < end && *at >= 0x20 && *at != 0x7F)
        MRRCI_TRY(put_letter(e, from, mrrci_utf8_next(&at)));
    if (at == end)
        return MRRC_OK;
    if (!e->escaped)
        return put(e, at, (size_t)(end - at));
    while (at < end) {
        const uint8_t *start = at;
        bool ascii = *at < 0x80;
        while (at < end && (*at < 0x80) == ascii)
            at++;
        size_t size = (size_t)(at - start);
        MRRCI_TRY(ascii ? put_in_run(e, from, start, size) : put(e, start, size));
    }
    return MRRC_OK;
}

/* Takes what a mnemonic stands for. */
static int take_marc8(expansion *e, size_t at, const char *text, size_t size) {
    uint8_t first = (uint8_t)text[0];
    bool lettered = e->marked && first >= 0x20 && first != 0x7F;
    if (!e->escaped && first < 0x80 && first != '&' && first != ESC && !lettered)
        return put(e, text, size);
    if (first == ESC && !e->escaped) {
        MRRCI_TRY(flush(e));
        e->escaped = true;
    }
    if (e->escaped && first == '&') {
        mrrc_marc8_state plain = {0x42, 0x45};
        MRRCI_TRY(flush(e));
        return mrrc_marc8_decode((const uint8_t *)text, size, MRRC_MARC8_NCR, &plain, e->out,
                                 NULL);
    }
    MRRCI_TRY(put_in_run(e, at, text, size));
    e->marked = size == 1 && first >= FIRST_MARK;
    return MRRC_OK;
}

/* Takes the mnemonic whose brace is `at` and whose name `size` bytes long.  Returns 1, 0 where
 * there is none of that name, MRRC_ERR_FIELD_INVALID where it is a delimiter of MARC, or
 * MRRC_ERR_MEMORY. */
static int take_mnemonic(expansion *e, const uint8_t *value, size_t at, size_t size) {
    const uint8_t *name = value + at + 1;
    int number = size == 1 ? *name : size == 2 ? two_digits(name) : -1;
    const char *text = number < 0 ? find_named(name, size) : NULL;
    char one = 0;
    if (number >= 0) {
        if (!is_ansel((unsigned)number) && !(e->escaped && number > 0xA0))
            return 0;
        one = (char)(uint8_t)number;
        text = &one;
        size = 1;
    } else if (text == NULL) {
        return 0;
    } else {
        size = strlen(text);
    }
    uint8_t first = (uint8_t)*text;
    if (first >= MRRCI_RECORD && first <= MRRCI_SUBFIELD)
        return MRRC_ERR_FIELD_INVALID;
    MRRCI_TRY(take_marc8(e, at, text, size));
    return 1;
}

static int expand(expansion *e, const uint8_t *value, size_t size, size_t *wrong) {
    size_t text = 0; /* where what is not yet taken begins */
    const uint8_t *brace = value;
    while (text < size &&
           (brace = memchr(brace, '{', (size_t)(value + size - brace))) != NULL) {
        const uint8_t *name = brace + 1, *end = name;
        while (end < value + size && end - name < NAME_MAX && is_alphanumeric(*end))
            end++;
        size_t at = (size_t)(brace - value), named = (size_t)(end - name);
        brace = end;
        if (named == 0 || end == value + size || *end != '}')
            continue;
        MRRCI_TRY(take_text(e, value, text, at));
        *wrong = text = at;
        brace++;
        int taken = take_mnemonic(e, value, at, named);
        MRRCI_TRY(taken);
        if (taken > 0)
            text = (size_t)(brace - value);
        else if (!e->unknown) /* one note says enough of a value that is nothing else */
            MRRCI_TRY(note(e, at, MRRC_ERR_CHARACTER_UNMAPPED, named + 2, 0));
        e->unknown = e->unknown || taken == 0;
    }
    MRRCI_TRY(take_text(e, value, text, size));
    return flush(e);
}

int mrrci_mrk_expand(const uint8_t *value, size_t size, uint64_t offset, const uint8_t *tag,
                     mrrc_buffer *out, mrrc_buffer *notes, size_t *wrong) {
    expansion e = {.out = out,
                   .notes = notes,
                   .offset = offset,
                   .tag = tag,
                   .state = {0x42, 0x45}};
    int status = expand(&e, value, size, wrong);
    mrrci_buffer_clear(&e.run);
    return status;
}
