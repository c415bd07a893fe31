/* SPDX-License-Identifier: MIT
 *
 * mods_codes.c: the words that MODS has for codes of MARC 21: resource types, genres
 * (marcgt), forms (marcform, marccategory, marcsmd), frequencies, audiences, and
 * the terms of the MARC list of relators.  A code that has no word there is not listed.
 */
#include "mods_write.h"

unsigned mrrci_mods_material(uint8_t type, uint8_t level) {
    switch (type) {
    case 'a':
        return level == 'b' || level == 'i' || level == 's' ? MODS_SERIAL : MODS_BOOK;
    case 't':
        return MODS_BOOK;
    case 's': /* 006 only */
        return level == 0 ? MODS_SERIAL : 0;
    case 'm':
        return MODS_FILE;
    case 'e':
    case 'f':
        return MODS_MAP;
    case 'c':
    case 'd':
    case 'i':
    case 'j':
        return MODS_MUSIC;
    case 'g':
    case 'k':
    case 'o':
    case 'r':
        return MODS_VISUAL;
    case 'p':
        return MODS_MIXED;
    default:
        return 0;
    }
}

const char *mrrci_mods_term(const mods_code *list, uint8_t code) {
    for (; list->code != 0; list++)
        if (list->code == (char)code)
            return list->term;
    return NULL;
}

/* clang-format off */

const mods_code mrrci_mods_types_of_resource[] = {
    {'a', "text"}, {'t', "text"}, {'e', "cartographic"}, {'f', "cartographic"},
    {'c', "notated music"}, {'d', "notated music"}, {'i', "sound recording-nonmusical"},
    {'j', "sound recording-musical"}, {'k', "still image"}, {'g', "moving image"},
    {'r', "three dimensional object"}, {'m', "software, multimedia"}, {'p', "mixed material"},
    {'o', "mixed material"}, {0, NULL}};

/* ---- genres ---- */

static const mods_code contents[] = {
    {'a', "abstract or summary"}, {'b', "bibliography"}, {'c', "catalog"}, {'d', "dictionary"},
    {'e', "encyclopedia"}, {'f', "handbook"}, {'g', "legal article"}, {'i', "index"},
    {'j', "patent"}, {'k', "discography"}, {'l', "legislation"}, {'m', "theses"},
    {'n', "survey of literature"}, {'o', "review"}, {'p', "programmed text"},
    {'q', "filmography"}, {'r', "directory"}, {'s', "statistics"}, {'t', "technical report"},
    {'u', "standard or specification"}, {'v', "legal case and case notes"},
    {'w', "law report or digest"}, {'y', "yearbook"}, {'z', "treaty"}, {'2', "offprint"},
    {'5', "calendar"}, {'6', "comic or graphic novel"}, {0, NULL}};

static const mods_code conference[] = {{'1', "conference publication"}, {0, NULL}};
static const mods_code festschrift[] = {{'1', "festschrift"}, {0, NULL}};

static const mods_code literary[] = {
    {'1', "fiction"}, {'c', "comic or graphic novel"}, {'d', "drama"}, {'e', "essay"},
    {'f', "novel"}, {'h', "humor, satire"}, {'i', "letter"}, {'j', "short story"},
    {'p', "poetry"}, {'s', "speech"}, {0, NULL}};

static const mods_code biographies[] = {
    {'a', "autobiography"}, {'b', "biography"}, {'c', "biography"}, {'d', "biography"}, {0, NULL}};

static const mods_code files[] = {
    {'a', "numeric data"}, {'e', "database"}, {'f', "font"}, {'g', "game"}, {'h', "sound"},
    {'j', "online system or service"}, {0, NULL}};

static const mods_code maps[] = {
    {'a', "map"}, {'b', "map"}, {'c', "map"}, {'d', "globe"}, {'e', "atlas"}, {0, NULL}};

static const mods_code recorded[] = {
    {'a', "autobiography"}, {'b', "biography"}, {'c', "conference publication"}, {'d', "drama"},
    {'e', "essay"}, {'f', "fiction"}, {'g', "reporting"}, {'h', "history"},
    {'i', "instruction"}, {'j', "language instruction"}, {'k', "humor, satire"},
    {'l', "speech"}, {'m', "memoir"}, {'o', "folktale"}, {'p', "poetry"}, {'r', "rehearsal"},
    {'s', "sound"}, {'t', "interview"}, {0, NULL}};

static const mods_code serials[] = {
    {'d', "database"}, {'l', "loose-leaf"}, {'m', "series"}, {'n', "newspaper"},
    {'p', "periodical"}, {'w', "web site"}, {0, NULL}};

static const mods_code visual[] = {
    {'a', "art original"}, {'b', "kit"}, {'c', "art reproduction"}, {'d', "diorama"},
    {'f', "filmstrip"}, {'g', "game"}, {'i', "picture"}, {'k', "graphic"},
    {'l', "technical drawing"}, {'m', "motion picture"}, {'n', "chart"}, {'o', "flash card"},
    {'p', "microscope slide"}, {'q', "model"}, {'r', "realia"}, {'s', "slide"},
    {'t', "transparency"}, {'v', "videorecording"}, {'w', "toy"}, {0, NULL}};

const mods_genre mrrci_mods_genres[] = {
    {MODS_SERIAL, 21, 21, serials},
    {MODS_BOOK | MODS_SERIAL, 24, 27, contents},
    {MODS_BOOK | MODS_SERIAL, 29, 29, conference},
    {MODS_BOOK, 30, 30, festschrift},
    {MODS_BOOK, 33, 33, literary},
    {MODS_BOOK, 34, 34, biographies},
    {MODS_FILE, 26, 26, files},
    {MODS_MAP, 25, 25, maps},
    {MODS_MUSIC, 30, 31, recorded},
    {MODS_VISUAL, 33, 33, visual},
    {0, 0, 0, NULL}};

const mods_code mrrci_mods_map_genres[] = {
    {'d', "atlas"}, {'j', "map"}, {'q', "model"}, {'r', "remote sensing image"}, {0, NULL}};

const mods_code mrrci_mods_audiences[] = {
    {'a', "preschool"}, {'b', "juvenile"}, {'c', "juvenile"}, {'d', "adolescent"},
    {'e', "adult"}, {'f', "specialized"}, {'g', "general"}, {'j', "juvenile"}, {0, NULL}};

/* ---- forms ---- */

const mods_code mrrci_mods_forms[] = {
    {'a', "microfilm"}, {'b', "microfiche"}, {'c', "microopaque"}, {'d', "large print"},
    {'f', "braille"}, {'o', "electronic"}, {'q', "electronic"}, {'r', "print"},
    {'s', "electronic"}, {0, NULL}};

const mods_code mrrci_mods_categories[] = {
    {'a', "map"}, {'c', "electronic resource"}, {'d', "globe"}, {'f', "tactile material"},
    {'g', "projected graphic"}, {'h', "microform"}, {'k', "nonprojected graphic"},
    {'m', "motion picture"}, {'o', "kit"}, {'q', "notated music"},
    {'r', "remote-sensing image"}, {'s', "sound recording"}, {'t', "text"},
    {'v', "videorecording"}, {0, NULL}};

static const mods_code specific_map[] = {
    {'d', "atlas"}, {'g', "diagram"}, {'j', "map"}, {'k', "profile"}, {'q', "model"},
    {'r', "remote-sensing image"}, {'s', "section"}, {'y', "view"}, {0, NULL}};
static const mods_code specific_file[] = {
    {'a', "tape cartridge"}, {'b', "chip cartridge"}, {'c', "computer optical disc cartridge"},
    {'d', "computer disc"}, {'e', "computer disc cartridge"}, {'f', "tape cassette"},
    {'h', "tape reel"}, {'j', "magnetic disk"}, {'k', "computer card"},
    {'m', "magneto-optical disc"}, {'o', "optical disc"}, {'r', "remote"}, {0, NULL}};
static const mods_code specific_globe[] = {
    {'a', "celestial globe"}, {'b', "planetary or lunar globe"}, {'c', "terrestrial globe"},
    {'e', "earth moon globe"}, {0, NULL}};
static const mods_code specific_tactile[] = {
    {'a', "moon"}, {'b', "braille"}, {'c', "combination"},
    {'d', "tactile, with no writing system"}, {0, NULL}};
static const mods_code specific_projected[] = {
    {'c', "filmstrip cartridge"}, {'d', "film slip"}, {'f', "filmstrip, type unspecified"},
    {'o', "filmstrip roll"}, {'s', "slide"}, {'t', "transparency"}, {0, NULL}};
static const mods_code specific_microform[] = {
    {'a', "aperture card"}, {'b', "microfilm cartridge"}, {'c', "microfilm cassette"},
    {'d', "microfilm reel"}, {'e', "microfiche"}, {'f', "microfiche cassette"},
    {'g', "microopaque"}, {'h', "microfilm slip"}, {'j', "microfilm roll"}, {0, NULL}};
static const mods_code specific_graphic[] = {
    {'a', "activity card"}, {'c', "collage"}, {'d', "drawing"}, {'e', "painting"},
    {'f', "photomechanical print"}, {'g', "photonegative"}, {'h', "photoprint"},
    {'i', "picture"}, {'j', "print"}, {'k', "poster"}, {'l', "technical drawing"},
    {'n', "chart"}, {'o', "flash card"}, {'p', "postcard"}, {'q', "icon"}, {'r', "radiograph"},
    {'s', "study print"}, {'v', "photograph, type unspecified"}, {0, NULL}};
static const mods_code specific_film[] = {
    {'c', "film cartridge"}, {'f', "film cassette"}, {'o', "film roll"}, {'r', "film reel"},
    {0, NULL}};
static const mods_code specific_sound[] = {
    {'b', "belt"}, {'d', "sound disc"}, {'e', "cylinder"}, {'g', "sound cartridge"},
    {'i', "sound-track film"}, {'q', "roll"}, {'r', "remote"}, {'s', "sound cassette"},
    {'t', "sound-tape reel"}, {'w', "wire recording"}, {0, NULL}};
static const mods_code specific_text[] = {
    {'a', "regular print"}, {'b', "large print"}, {'c', "braille"}, {'d', "loose-leaf"},
    {0, NULL}};
static const mods_code specific_video[] = {
    {'c', "videocartridge"}, {'d', "videodisc"}, {'f', "videocassette"}, {'r', "videoreel"},
    {0, NULL}};

const char *mrrci_mods_specific(uint8_t category, uint8_t code) {
    static const struct {
        char category;
        const mods_code *codes;
    } lists[] = {{'a', specific_map}, {'c', specific_file}, {'d', specific_globe},
                 {'f', specific_tactile}, {'g', specific_projected}, {'h', specific_microform},
                 {'k', specific_graphic}, {'m', specific_film}, {'s', specific_sound},
                 {'t', specific_text}, {'v', specific_video}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (lists[i].category == (char)category)
            return mrrci_mods_term(lists[i].codes, code);
    return NULL;
}

const char *mrrci_mods_authority(uint8_t indicator) {
    static const mods_code lists[] = {
        {'0', "lcsh"}, {'1', "lcshac"}, {'2', "mesh"}, {'3', "nal"}, {'5', "csh"}, {'6', "rvm"},
        {0, NULL}};
    return mrrci_mods_term(lists, indicator);
}

const mods_code mrrci_mods_qualities[] = {
    {'a', "access"}, {'p', "preservation"}, {'r', "replacement"}, {0, NULL}};

const mods_code mrrci_mods_origins[] = {
    {'a', "reformatted digital"}, {'b', "digitized microfilm"}, {'d', "digitized other analog"},
    {0, NULL}};

const mods_code mrrci_mods_frequencies[] = {
    {'a', "Annual"}, {'b', "Bimonthly"}, {'c', "Semiweekly"}, {'d', "Daily"}, {'e', "Biweekly"},
    {'f', "Semiannual"}, {'g', "Biennial"}, {'h', "Triennial"}, {'i', "Three times a week"},
    {'j', "Three times a month"}, {'k', "Continuously updated"}, {'m', "Monthly"},
    {'q', "Quarterly"}, {'s', "Semimonthly"}, {'t', "Three times a year"}, {'u', "Unknown"},
    {'w', "Weekly"}, {0, NULL}};

/* ---- relators ---- */

/* In the order of their bytes, for the search below. */
static const char *const relators[] = {
    "DJ", "abridger", "actor", "adapter", "addressee", "analyst", "animator", "annotator",
    "appellant", "appellee", "applicant", "architect", "arranger", "art copyist",
    "art director", "artist", "artistic director", "assignee", "associated name",
    "attributed name", "auctioneer", "audio engineer", "audio producer", "author",
    "author of afterword, colophon, etc.", "author of dialog", "author of introduction, etc.",
    "autographer", "bibliographic antecedent", "binder", "binding designer", "blurb writer",
    "book artist", "book designer", "book producer", "bookjacket designer", "bookplate designer",
    "bookseller", "braille embosser", "broadcaster", "calligrapher", "camera operator",
    "cartographer", "caster", "casting director", "censor", "choreographer", "cinematographer",
    "client", "collection registrar", "collector", "collotyper", "colorist", "commentator",
    "commentator for written text", "compiler", "complainant", "complainant-appellant",
    "complainant-appellee", "composer", "compositor", "conceptor", "conductor", "conservator",
    "consultant", "consultant to a project", "contestant", "contestant-appellant",
    "contestant-appellee", "contestee", "contestee-appellant", "contestee-appellee",
    "contractor", "contributor", "copyright claimant", "copyright holder", "corrector",
    "correspondent", "costume designer", "court governed", "court reporter", "cover designer",
    "creator", "curator", "dancer", "data contributor", "data manager", "dedicatee",
    "dedicator", "defendant", "defendant-appellant", "defendant-appellee",
    "degree committee member", "degree granting institution", "degree supervisor", "delineator",
    "depicted", "depositor", "designer", "director", "dissertant", "distribution place",
    "distributor", "donor", "draftsman", "dubbing director", "dubious author", "editor",
    "editor of compilation", "editor of moving image work", "editorial director",
    "electrician", "electrotyper", "enacting jurisdiction", "engineer", "engraver", "etcher",
    "event place", "expert", "facsimilist", "field director", "film director",
    "film distributor", "film editor", "film producer", "filmmaker", "first party",
    "forger", "former owner", "founder", "funder", "game developer",
    "geographic information specialist", "guest", "honoree", "host", "host institution",
    "illuminator", "illustrator", "inker", "inscriber", "instrumentalist", "interviewee",
    "interviewer", "inventor", "issuing body", "judge", "jurisdiction governed",
    "laboratory", "laboratory director", "landscape architect", "lead", "lender", "letterer",
    "libelant", "libelant-appellant", "libelant-appellee", "libelee", "libelee-appellant",
    "libelee-appellee", "librettist", "licensee", "licensor", "lighting designer",
    "lithographer", "lyricist", "makeup artist", "manufacture place", "manufacturer", "marbler",
    "markup editor", "medium", "metadata contact", "metal-engraver", "minute taker",
    "mixing engineer", "moderator", "monitor", "music copyist", "music programmer",
    "musical director", "musician", "narrator", "news anchor", "onscreen participant",
    "onscreen presenter", "opponent", "organizer", "originator", "other", "owner",
    "panelist", "papermaker", "patent applicant", "patent holder", "patron", "penciller",
    "performer", "permitting agency", "photographer", "place of address", "plaintiff",
    "plaintiff-appellant", "plaintiff-appellee", "platemaker", "praeses", "presenter",
    "printer", "printer of plates", "printmaker", "process contact", "producer",
    "production company", "production designer", "production manager", "production personnel",
    "production place", "programmer", "project director", "proofreader", "provider",
    "publication place", "publisher", "publishing director", "puppeteer", "radio director",
    "radio producer", "rapporteur", "recording engineer", "recordist", "redaktor",
    "remix artist", "renderer", "reporter", "repository", "research team head",
    "research team member", "researcher", "respondent", "respondent-appellant",
    "respondent-appellee", "responsible party", "restager", "restorationist", "reviewer",
    "rubricator", "scenarist", "scientific advisor", "screenwriter", "scribe", "sculptor",
    "second party", "secretary", "seller", "set designer", "setting", "signer", "singer",
    "software developer", "sound designer", "sound engineer", "speaker", "special effects provider",
    "sponsor", "stage director", "stage manager", "standards body", "stereotyper",
    "storyteller", "supporting host", "surveyor", "teacher", "technical director",
    "television director", "television guest", "television host", "television producer",
    "television writer", "thesis advisor", "transcriber", "translator", "type designer",
    "typographer", "university place", "videographer", "vocalist", "voice actor", "witness",
    "wood engraver", "woodcutter", "writer of accompanying text", "writer of added commentary",
    "writer of added lyrics", "writer of added text", "writer of film story",
    "writer of introduction", "writer of preface", "writer of supplementary textual content",
    "writer of television story"};

/* clang-format on */

static int compare(mods_slice term, const char *listed) {
    size_t size = strlen(listed), shorter = term.size < size ? term.size : size;
    int order = memcmp(term.data, listed, shorter);
    return order != 0 ? order : (term.size > size) - (term.size < size);
}

bool mrrci_mods_is_relator(mods_slice term) {
    if (term.size == 0)
        return false;
    size_t low = 0, high = sizeof relators / sizeof relators[0];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(term, relators[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}
