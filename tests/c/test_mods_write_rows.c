/* SPDX-License-Identifier: MIT
 *
 * What each field of MARC 21 becomes in MODS: a row is a record, written as lines of tag,
 * indicators and subfields, and a piece that the document has to have, or, after "!", must
 * not have.
 */
#include "check.h"
#include "conversion.h"
#include "formats.h"

#define BOOK "00000nam a2200000 a 4500"
#define SERIAL "00000nas a2200000 a 4500"
#define MAP "00000nem a2200000 a 4500"
#define FILE_ "00000nmm a2200000 a 4500"
#define SCORE "00000ncm a2200000 a 4500"
#define SOUND "00000njm a2200000 a 4500"
#define FILM "00000ngm a2200000 a 4500"

typedef struct row {
    const char *leader, *fields, *piece;
} row;

/* One line a field, with a blank behind the tag of a data field; "$" begins a subfield, "$$"
 * is a dollar sign. */
static void pack(mrrc_buffer *to, const char *leader, const char *fields) {
    enum { TAG = 3 };
    check_put_text(to, leader);
    for (const char *at = fields; *at != 0; at += *at == '\n') {
        const char *line = at;
        check_put_text(to, "\x1e");
        for (; *at != 0 && *at != '\n'; at++) {
            if (at == line + TAG && *at == ' ')
                continue;
            if (*at == '$' && at[1] != '$')
                check_put_text(to, "\x1f");
            else
                check_put(to, *at == '$' ? at++ : at, 1);
        }
    }
}

/* The document, ended by a zero. */
static int encode(const char *leader, const char *fields, uint32_t flags, mrrc_buffer *out) {
    mrrc_buffer packed = {0};
    mrrc_error err = {0};
    mrrci_how how = {.flags = flags, .number = 1};
    pack(&packed, leader, fields);
    uint8_t *copy = check_copy(packed.data, packed.size);
    out->size = 0;
    int status = mrrci_mods_encode(copy, packed.size, &how, out, &err);
    check_put(out, "", 1);
    free(copy);
    mrrci_buffer_clear(&packed);
    return status;
}

static void run(const row *rows, size_t count) {
    mrrc_buffer out = {0};
    for (size_t i = 0; i < count; i++) {
        const row *one = &rows[i];
        CHECK(encode(one->leader, one->fields, MRRC_WRITE_ALONE, &out) == MRRC_OK);
        bool absent = *one->piece == '!';
        bool there = strstr(out.text, one->piece + absent) != NULL;
        CHECK_FOR(there != absent, "%s\n    %s\n    in %s", one->fields, one->piece, out.text);
    }
    mrrci_buffer_clear(&out);
}

#define RUN(rows) run(rows, sizeof rows / sizeof rows[0])

/* ---- rows ---- */

static void test_titles(void) {
    static const row rows[] = {
        {BOOK, "245 04$aThe cat :$ba tale /$cby M.",
         "<titleInfo><nonSort xml:space=\"preserve\">The </nonSort><title>cat</title>"
         "<subTitle>a tale</subTitle></titleInfo>"},
        {BOOK, "245 00$aCats,$f1900-1910$g(bulk 1905)$kletters$nPart 1,$pTales.",
         "<title>Cats, 1900-1910 (bulk 1905) letters</title><partNumber>Part 1</partNumber>"
         "<partName>Tales</partName></titleInfo>"},
        {BOOK, "245 00$aA$bB$kK", "<title>A</title><subTitle>B K</subTitle>"},
        {BOOK, "245 09$aShort", "<titleInfo><title>Short</title></titleInfo>"},
        {BOOK, "245 02$a\xc3\x89, x", "<nonSort xml:space=\"preserve\">\xc3\x89,</nonSort>"},
        {BOOK, "245 00$aWait...", "<title>Wait...</title>"},
        {BOOK, "245 00$c/", "!<titleInfo"},
        {BOOK, "245 00$a", "!<titleInfo"},
        {BOOK, "210 0 $aAnn. sci.$b(Online)",
         "<titleInfo type=\"abbreviated\"><title>Ann. sci</title>"
         "<subTitle>(Online)</subTitle></titleInfo>"},
        {BOOK, "242 14$aThe dog.$yeng",
         "<titleInfo type=\"translated\" lang=\"eng\">"
         "<nonSort xml:space=\"preserve\">The </nonSort><title>dog</title></titleInfo>"},
        {BOOK, "246 14$aCover", "<titleInfo type=\"alternative\" displayLabel=\"Cover title\">"},
        {BOOK, "246 1 $iAt head:$aHead",
         "<titleInfo type=\"alternative\" displayLabel=\"At head\"><title>Head</title>"},
        {BOOK, "246 31$aMer", "<title>Mer</title>"},
        {BOOK, "246 30$aPart", "<titleInfo type=\"alternative\"><title>Part</title></titleInfo>"},
        {BOOK, "130 4 $aThe Bible.$lEnglish.$pGenesis.",
         "<titleInfo type=\"uniform\"><nonSort xml:space=\"preserve\">The </nonSort>"
         "<title>Bible. English</title><partName>Genesis</partName></titleInfo>"},
        {BOOK, "240 10$aWorks",
         "<titleInfo type=\"uniform\"><title>Works</title></titleInfo>"},
        {BOOK, "100 1 $aX\n240 10$aWorks$0http://w/1",
         "<titleInfo type=\"uniform\" nameTitleGroup=\"1\" valueURI=\"http://w/1\">"},
        {BOOK, "740 4 $aThe end",
         "<titleInfo type=\"alternative\"><nonSort xml:space=\"preserve\">The </nonSort>"
         "<title>end</title></titleInfo>"},
    };
    RUN(rows);
}

static void test_names(void) {
    static const row rows[] = {
        {BOOK, "100 1 $aDoe, John E.,$bII,$cSir,$d1900-$eauthor.$uHome",
         "<name type=\"personal\" usage=\"primary\"><namePart>Doe, John E.</namePart>"
         "<namePart type=\"termsOfAddress\">II, Sir</namePart>"
         "<namePart type=\"date\">1900-</namePart>"
         "<role><roleTerm type=\"text\" authority=\"marcrelator\">author</roleTerm></role>"
         "<affiliation>Home</affiliation></name>"},
        {BOOK, "100 1 $aDoe, Johannes.", "<namePart>Doe, Johannes</namePart>"},
        {BOOK, "100 1 $aDoe$q(John)", "<displayForm>(John)</displayForm>"},
        {BOOK, "100 1 $aDoe$ejoint author", "<roleTerm type=\"text\">joint author</roleTerm>"},
        {BOOK, "100 1 $aDoe$4aut",
         "<roleTerm type=\"code\" authority=\"marcrelator\">aut</roleTerm>"},
        {BOOK, "100 1 $aDoe$4http://id.loc.gov/vocabulary/relators/ill", ">ill</roleTerm>"},
        {BOOK, "100 3 $aDoe family", "<name type=\"family\" usage=\"primary\">"},
        {BOOK, "100 1 $aDoe$0(uri)http://n/1$1https://o/2",
         " valueURI=\"http://n/1\" xlink:href=\"https://o/2\">"},
        {BOOK, "100 1 $aDoe$1https://o/2", " valueURI=\"https://o/2\"><namePart>"},
        {BOOK, "100 1 $aDoe$0(DE-588)118",
         "<nameIdentifier type=\"DE-588\">118</nameIdentifier>"},
        {BOOK, "100 1 $aDoe$0(DE-588)", "!nameIdentifier"},
        {BOOK, "100 1 $aDoe\n240 10$aW", "usage=\"primary\" nameTitleGroup=\"1\">"},
        {BOOK, "110 2 $aAcme Inc.$bSales Dept.,$d1900$n2$cOslo.",
         "<name type=\"corporate\" usage=\"primary\"><namePart>Acme Inc.</namePart>"
         "<namePart>Sales Dept</namePart><namePart>1900 2 Oslo</namePart></name>"},
        {BOOK, "111 2 $aCongress$n(2nd :$d1999 :$cRome)$eCommittee$jhost",
         "<name type=\"conference\" usage=\"primary\"><namePart>Congress (2nd : 1999 : Rome) "
         "Committee</namePart><role><roleTerm type=\"text\" authority=\"marcrelator\">host"},
        {BOOK, "700 1 $aRoe$eeditor", "<name type=\"personal\"><namePart>Roe</namePart>"},
        {BOOK, "710 2 $aClub", "<name type=\"corporate\"><namePart>Club</namePart></name>"},
        {BOOK, "711 2 $aMeeting", "<name type=\"conference\"><namePart>Meeting</namePart></name>"},
        {BOOK, "700 1 $aRoe$tWork", "!</recordInfo><name"},
        {BOOK, "720 1 $aSomebody$eillustrator",
         "<name><namePart>Somebody</namePart><role><roleTerm type=\"text\" "
         "authority=\"marcrelator\">illustrator</roleTerm></role></name>"},
    };
    RUN(rows);
}

static void test_types(void) {
    static const row rows[] = {
        {BOOK, "", "<typeOfResource>text</typeOfResource>"},
        {"00000ntm a2200000   4500", "", "<typeOfResource manuscript=\"yes\">text<"},
        {"00000npc a2200000   4500", "",
         "<typeOfResource collection=\"yes\" manuscript=\"yes\">mixed material<"},
        {MAP, "", ">cartographic<"},
        {"00000nfm a2200000   4500", "", "<typeOfResource manuscript=\"yes\">cartographic<"},
        {SCORE, "", "<typeOfResource>notated music<"},
        {"00000ndm a2200000   4500", "", "<typeOfResource manuscript=\"yes\">notated music<"},
        {"00000nim a2200000   4500", "", ">sound recording-nonmusical<"},
        {SOUND, "", ">sound recording-musical<"},
        {"00000nkm a2200000   4500", "", ">still image<"},
        {FILM, "", ">moving image<"},
        {"00000nrm a2200000   4500", "", ">three dimensional object<"},
        {"00000nom a2200000   4500", "", "<typeOfResource>mixed material<"},
        {FILE_, "", ">software, multimedia<"},
        {"00000nzm a2200000   4500", "", "!<typeOfResource"},
        {BOOK, "008800108s1899    ilu     j bcy 1111 pd eng  ",
         "<genre authority=\"marcgt\">bibliography</genre><genre authority=\"marcgt\">catalog"
         "</genre><genre authority=\"marcgt\">yearbook</genre>"},
        {BOOK, "008800108s1899    ilu           100 1deng  ",
         "<genre authority=\"marcgt\">conference publication</genre>"
         "<genre authority=\"marcgt\">fiction</genre><genre authority=\"marcgt\">biography<"},
        {BOOK, "008800108s1899    ilu           010 paeng  ",
         ">festschrift</genre><genre authority=\"marcgt\">poetry</genre>"
         "<genre authority=\"marcgt\">autobiography</genre>"},
        {SERIAL, "008800108c18999999ilumr p       0    0eng  ",
         "<genre authority=\"marcgt\">periodical</genre>"},
        {FILE_, "008800108s1899    ilu        e        eng  ", ">database</genre>"},
        {MAP, "008800108s1899    ilu       e         eng  ", ">atlas</genre>"},
        {SOUND, "008800108s1899    ilu            td   eng  ",
         ">interview</genre><genre authority=\"marcgt\">drama</genre>"},
        {FILM, "008800108s1899    ilu               v eng  ", ">videorecording</genre>"},
        {BOOK, "006s  p", "!genre"},
        {BOOK, "006s   p", ">periodical</genre>"},
        {MAP, "007aj canzn", "<genre authority=\"marcgt\">map</genre>"},
        {MAP, "007da cen", "<genre authority=\"marcgt\">globe</genre>"},
        {MAP, "007ar\n007ar", "!</genre><genre"},
        {SCORE, "047   $afg$asu",
         "<genre type=\"musical composition\" authority=\"marcmuscomp\">fg</genre>"
         "<genre type=\"musical composition\" authority=\"marcmuscomp\">su</genre>"},
        {SCORE, "047  7$afg$2iamlmf", "authority=\"iamlmf\">fg</genre>"},
        {BOOK, "336   $atext$btxt$2rdacontent",
         "<genre authority=\"rdacontent\">text</genre><originInfo"},
        {BOOK, "336   $btxt$2rdacontent", "<genre authority=\"rdacontent\">txt</genre>"},
        {BOOK, "655  7$aDiaries.$zFrance$2lcgft$0http://g/1",
         "<genre authority=\"lcgft\" valueURI=\"http://g/1\">Diaries.--France</genre>"},
        {BOOK, "655  0$aDiaries.", "<genre authority=\"lcsh\">Diaries</genre>"},
        {BOOK, "655  4$aDiaries", "<genre>Diaries</genre>"},
    };
    RUN(rows);
}

static void test_origin(void) {
    static const row rows[] = {
        {BOOK, "260   $a[London] :$bSmith & Co.,$c[1900?]",
         "<originInfo><place supplied=\"yes\"><placeTerm type=\"text\">London</placeTerm></place>"
         "<publisher>Smith &amp; Co.</publisher><dateIssued>1900?</dateIssued>"},
        {BOOK, "260   $aN.Y. :$bX,$g1901", "<dateCreated>1901</dateCreated>"},
        {BOOK, "260   $aA :$bB,$c1900$e(Bonn :$fK. Druck,$g1901)",
         "</originInfo><originInfo eventType=\"manufacture\"><place><placeTerm type=\"text\">"
         "Bonn</placeTerm></place><publisher>K. Druck</publisher>"
         "<dateOther type=\"manufacture\">1901</dateOther></originInfo>"},
        {BOOK, "264  1$aParis :$bX,$c2001.",
         "<originInfo eventType=\"publication\"><place><placeTerm type=\"text\">Paris</placeTerm>"
         "</place><publisher>X</publisher><dateIssued>2001</dateIssued>"},
        {BOOK, "264  1$aP\n264  4$c\xc2\xa9" "2001",
         "<copyrightDate>\xc2\xa9" "2001</copyrightDate>"},
        {BOOK, "264  1$aP\n264  2$aQ :$bR,$c2002",
         "<originInfo eventType=\"distribution\"><place><placeTerm type=\"text\">Q</placeTerm>"
         "</place><publisher>R</publisher><dateOther type=\"distribution\">2002</dateOther>"},
        {BOOK, "264  3$aQ$c2003", "<originInfo eventType=\"manufacture\"><place>"},
        {BOOK, "264  0$aQ$c2003",
         "<originInfo eventType=\"production\"><place><placeTerm type=\"text\">Q</placeTerm>"
         "</place><dateCreated>2003</dateCreated><issuance>"},
        {BOOK, "260   $aA$c1\n260   $aB$c2", "</originInfo><originInfo><place><placeTerm"},
        {BOOK, "008800108s1899    ilu                 eng  ",
         "<place><placeTerm type=\"code\" authority=\"marccountry\">ilu</placeTerm></place>"
         "<dateIssued encoding=\"marc\">1899</dateIssued>"},
        {BOOK, "008800108q18501899xx                  eng  ",
         "<dateIssued encoding=\"marc\" point=\"start\" qualifier=\"questionable\">1850<"},
        {SERIAL, "008800108c18999999xx                  eng  ",
         "<dateIssued encoding=\"marc\" point=\"start\">1899</dateIssued>"
         "<dateIssued encoding=\"marc\" point=\"end\">9999</dateIssued>"},
        {BOOK, "008800108t20012000xx                  eng  ",
         "<dateIssued encoding=\"marc\">2001</dateIssued>"
         "<copyrightDate encoding=\"marc\">2000</copyrightDate>"},
        {BOOK, "008800108e20010315xx                  eng  ",
         "<dateIssued encoding=\"marc\">20010315</dateIssued>"},
        {BOOK, "008800108s19uu    xx                  eng  ", ">19uu</dateIssued>"},
        {BOOK, "008800108s||||    |||                 eng  ", "!encoding=\"marc\">|"},
        {BOOK, "008800108nuuuuuuuuxx                  eng  ", "!dateIssued"},
        {BOOK, "008800108", "!dateIssued"},
        {BOOK, "033 2 $a1990$a1991",
         "<dateCaptured encoding=\"iso8601\" point=\"start\">1990</dateCaptured>"
         "<dateCaptured encoding=\"iso8601\" point=\"end\">1991</dateCaptured>"},
        {BOOK, "033 0 $a1990$pOslo",
         "<originInfo eventType=\"capture\"><place><placeTerm type=\"text\">Oslo<"},
        {BOOK, "044   $ailu$afr$cde",
         "<place><placeTerm type=\"code\" authority=\"marccountry\">fr</placeTerm></place>"
         "<place><placeTerm type=\"code\" authority=\"iso3166\">de</placeTerm></place>"},
        {BOOK, "046   $j20010101$k1990$l1991$m2000$n2002",
         "<dateModified encoding=\"iso8601\">20010101</dateModified>"
         "<dateCreated encoding=\"iso8601\" point=\"start\">1990</dateCreated>"
         "<dateCreated encoding=\"iso8601\" point=\"end\">1991</dateCreated>"
         "<dateValid encoding=\"iso8601\" point=\"start\">2000</dateValid>"
         "<dateValid encoding=\"iso8601\" point=\"end\">2002</dateValid>"},
        {BOOK, "046   $k199x$2edtf", "<dateCreated encoding=\"edtf\">199x</dateCreated>"},
        {BOOK, "250   $a2nd ed. /$brev.", "<edition>2nd ed. / rev.</edition>"},
        {BOOK, "", "<issuance>monographic</issuance>"},
        {SERIAL, "", "<issuance>serial</issuance>"},
        {"00000nai a2200000   4500", "", "<issuance>integrating resource</issuance>"},
        {"00000nam a2200000 aa4500", "", "<issuance>multipart monograph</issuance>"},
        {SERIAL, "008800108c18999999ilumr p       0    0eng  ",
         "<frequency authority=\"marcfrequency\">Monthly</frequency>"},
        {BOOK, "008800108s1899    ilum                eng  ", "!frequency"},
        {SERIAL, "310   $aWeekly,$b1990-\n321   $aDaily",
         "<frequency>Weekly, 1990-</frequency><frequency>Daily</frequency>"},
        {FILM, "257   $aFrance",
         "<originInfo eventType=\"production\"><place><placeTerm type=\"text\">France<"},
    };
    RUN(rows);
}

static void test_languages_and_forms(void) {
    static const row rows[] = {
        {BOOK, "008800108s1899    ilu                 eng  ",
         "<language><languageTerm type=\"code\" authority=\"iso639-2b\">eng</languageTerm>"
         "</language>"},
        {BOOK, "008800108s1899    ilu                 |||  ", "!<language>"},
        {BOOK, "041 1 $aengfre$hger",
         ">eng</languageTerm></language><language><languageTerm type=\"code\" "
         "authority=\"iso639-2b\">fre</languageTerm></language>"
         "<language objectPart=\"translation\">"},
        {BOOK, "041 0 $aeng$afre\n008800108s1899    ilu                 eng  ",
         "!eng</languageTerm></language><language><languageTerm type=\"code\" "
         "authority=\"iso639-2b\">eng"},
        {BOOK, "041 0 $beng", "<language objectPart=\"summary\">"},
        {BOOK, "041 0 $deng", "<language objectPart=\"sung or spoken text\">"},
        {BOOK, "041 0 $eeng", "<language objectPart=\"libretto\">"},
        {BOOK, "041 0 $feng", "<language objectPart=\"table of contents\">"},
        {BOOK, "041 0 $geng", "<language objectPart=\"accompanying material\">"},
        {BOOK, "041 0 $jeng", "<language objectPart=\"subtitle or caption\">"},
        {BOOK, "041 07$aen-GB$2rfc3066",
         "<languageTerm type=\"code\" authority=\"rfc3066\">en-GB</languageTerm>"},
        {BOOK, "041 0 $aenglish", ">english</languageTerm>"},
        {BOOK, "008800108s1899    ilu                 eng  ",
         "<form authority=\"marcform\">print<"},
        {BOOK, "008800108s1899    ilu     s           eng  ", "\"marcform\">electronic<"},
        {BOOK, "008800108s1899    ilu     b           eng  ", "\"marcform\">microfiche<"},
        {FILM, "008800108s1899    ilu           f     eng  ", "\"marcform\">braille<"},
        {FILM, "008800108s1899    ilu     s           eng  ", "!marcform"},
        {FILE_, "", "<form authority=\"marcform\">electronic</form>"},
        {BOOK, "007cr unubcaup",
         "<form authority=\"marccategory\">electronic resource</form>"
         "<form authority=\"marcsmd\">remote</form>"},
        {BOOK, "007cr |||||||||a|p",
         "!digitalOrigin"},
        {BOOK, "007cr ||||||||a|p",
         "<digitalOrigin>reformatted digital</digitalOrigin>"
         "<reformattingQuality>preservation</reformattingQuality>"},
        {BOOK, "245 00$aX$h[microform] /", "<form authority=\"gmd\">microform</form>"},
        {FILE_, "256   $aComputer data.", "<form>Computer data</form>"},
        {BOOK, "300   $a1 v. :$bill. ;$c20 cm +$e1 disc",
         "<extent>1 v. : ill. ; 20 cm + 1 disc</extent>"},
        {BOOK, "300   $a1\n300   $3Disc:$a2",
         "<physicalDescription displayLabel=\"Disc\"><extent>2</extent></physicalDescription>"},
        {SOUND, "306   $a003100", "<note type=\"duration\">003100</note>"},
        {BOOK, "337   $aaudio$2rdamedia",
         "<form type=\"media\" authority=\"rdamedia\">audio</form>"},
        {BOOK, "338   $bsd$2rdacarrier",
         "<form type=\"carrier\" authority=\"rdacarrier\">sd</form>"},
        {BOOK, "340   $apaper$d ink$b20 cm",
         "<form type=\"material\">paper</form><form type=\"technique\">ink</form>"
         "<note type=\"physical details\">20 cm</note>"},
        {BOOK, "351   $3Papers$aby date$bin series",
         "<note type=\"arrangement\">Papers by date in series</note>"},
        {BOOK, "856 40$uhttp://x$qtext/html",
         "<internetMediaType>text/html</internetMediaType>"},
    };
    RUN(rows);
}

static void test_notes(void) {
    static const row rows[] = {
        {BOOK, "520   $aShort.$bLong.$uhttp://a",
         "<abstract xlink:href=\"http://a\">Short. Long.</abstract>"},
        {BOOK, "520 0 $aS", "<abstract type=\"subject\" displayLabel=\"Subject\">S</abstract>"},
        {BOOK, "520 1 $aS", "<abstract type=\"review\" displayLabel=\"Review\">"},
        {BOOK, "520 2 $aS", "displayLabel=\"Scope and content\">"},
        {BOOK, "520 3 $aS", "displayLabel=\"Abstract\">"},
        {BOOK, "520 4 $aS", "displayLabel=\"Content advice\">"},
        {BOOK, "505 00$gI.$tOne /$rA --$tTwo",
         "<tableOfContents displayLabel=\"Contents\">I. One / A -- Two</tableOfContents>"},
        {BOOK, "505 1 $aX", "<tableOfContents displayLabel=\"Incomplete contents\">X<"},
        {BOOK, "505 2 $aX", "displayLabel=\"Partial contents\""},
        {BOOK, "505 8 $aX", "<tableOfContents>X<"},
        {BOOK, "008800108s1899    ilu   j             eng  ", "!targetAudience"},
        {BOOK, "008800108s1899    ilu    j            eng  ",
         "<targetAudience authority=\"marctarget\">juvenile</targetAudience>"},
        {BOOK, "521 0 $a3$bSource",
         "<targetAudience displayLabel=\"Reading grade level\">3 Source</targetAudience>"},
        {BOOK, "521 1 $a3", "displayLabel=\"Interest age level\""},
        {BOOK, "521 2 $a3", "displayLabel=\"Interest grade level\""},
        {BOOK, "521 3 $a3", "displayLabel=\"Special audience characteristics\""},
        {BOOK, "521 4 $a3", "displayLabel=\"Motivation or interest level\""},
        {BOOK, "521   $aAll", "<targetAudience>All</targetAudience>"},
        {BOOK, "245 00$aT /$cby J. D.", "<note type=\"statement of responsibility\">by J. D.<"},
        {BOOK, "362 0 $aVol. 1-", "<note type=\"date/sequential designation\">Vol. 1-</note>"},
        {BOOK, "500   $3Cover:$aA <b>$5DLC",
         "<note displayLabel=\"Cover\">A &lt;b&gt;</note>"},
        {BOOK, "501   $aN", "<note>N</note>"},
        {BOOK, "502   $aN", "<note type=\"thesis\">N</note>"},
        {BOOK, "502   $bPh. D.$cX$d2001", "<note type=\"thesis\">Ph. D. X 2001</note>"},
        {BOOK, "504   $aN", "<note type=\"bibliography\">N</note>"},
        {BOOK, "508   $aN", "<note type=\"creation/production credits\">N</note>"},
        {BOOK, "511 0 $aN", "<note type=\"performers\">N</note>"},
        {BOOK, "515   $aN", "<note type=\"numbering\">N</note>"},
        {BOOK, "518   $aN", "<note type=\"venue\">N</note>"},
        {BOOK, "518   $oRec.$d1990$pOslo", "<note type=\"venue\">Rec. 1990 Oslo</note>"},
        {BOOK, "524   $aN", "<note type=\"preferred citation\">N</note>"},
        {BOOK, "530   $aN", "<note type=\"additional physical form\">N</note>"},
        {BOOK, "533   $aMicrofilm.$bNY", "<note type=\"reproduction\">Microfilm. NY</note>"},
        {BOOK, "535   $aN", "<note type=\"original location\">N</note>"},
        {BOOK, "536   $aN", "<note type=\"funding\">N</note>"},
        {BOOK, "538   $aN$uhttp://x",
         "<note type=\"system details\" xlink:href=\"http://x\">N</note>"},
        {BOOK, "541   $aN", "<note type=\"acquisition\">N</note>"},
        {BOOK, "545   $aN", "<note type=\"biographical/historical\">N</note>"},
        {BOOK, "546   $aN$bCyrillic", "<note type=\"language\">N Cyrillic</note>"},
        {BOOK, "561   $aN", "<note type=\"ownership\">N</note>"},
        {BOOK, "562   $aN", "<note type=\"version identification\">N</note>"},
        {BOOK, "581   $aN", "<note type=\"publications\">N</note>"},
        {BOOK, "583   $aN$c2001", "<note type=\"action\">N 2001</note>"},
        {BOOK, "585   $aN", "<note type=\"exhibitions\">N</note>"},
        {BOOK, "586   $aN", "<note>N</note>"},
        {BOOK, "599   $aN", "<note>N</note>"},
        {BOOK, "506   $aClosed$fx",
         "<accessCondition type=\"restriction on access\">Closed x</accessCondition>"},
        {BOOK, "540   $aFree", "<accessCondition type=\"use and reproduction\">Free<"},
    };
    RUN(rows);
}

static void test_subjects(void) {
    static const row rows[] = {
        {MAP, "034 1 $aa$dW0100000$eW0090000$fN0500000$gN0490000",
         "<subject><cartographics><coordinates>W0100000, W0090000, N0500000, N0490000"
         "</coordinates></cartographics></subject>"},
        {MAP, "034 1 $aa", "!cartographics>"},
        {MAP, "255   $aScale 1:50 ;$bconic$c(E 1)",
         "<cartographics><scale>Scale 1:50</scale><projection>conic</projection>"
         "<coordinates>(E 1)</coordinates></cartographics>"},
        {BOOK, "043   $an-us---$ae-fr---$cde",
         "<subject><geographicCode authority=\"marcgac\">n-us---</geographicCode>"
         "<geographicCode authority=\"marcgac\">e-fr---</geographicCode>"
         "<geographicCode authority=\"iso3166\">de</geographicCode></subject>"},
        {BOOK, "045 0 $aw5x6", "<temporal encoding=\"marc\">w5x6</temporal>"},
        {BOOK, "045 2 $bd1911$bd1912",
         "<temporal encoding=\"iso8601\" point=\"start\">1911</temporal>"
         "<temporal encoding=\"iso8601\" point=\"end\">1912</temporal>"},
        {BOOK, "045 0 $bc0221", "<temporal encoding=\"marc\">c0221</temporal>"},
        {BOOK, "072  7$aABC$2x", "<subject authority=\"x\"><topic>ABC</topic></subject>"},
        {BOOK, "072  0$aABC", "<subject authority=\"agricola\">"},
        {BOOK, "600 10$aDoe, J.,$d1900-$tWorks.$nNo. 1.$xCriticism.$vIndexes.",
         "<subject authority=\"lcsh\"><name type=\"personal\"><namePart>Doe, J.</namePart>"
         "<namePart type=\"date\">1900-</namePart></name><titleInfo><title>Works</title>"
         "<partNumber>No. 1</partNumber></titleInfo><topic>Criticism</topic>"
         "<genre>Indexes</genre></subject>"},
        {BOOK, "610 21$aClub.$bUnit", "<subject authority=\"lcshac\"><name type=\"corporate\">"
                                      "<namePart>Club</namePart><namePart>Unit</namePart>"},
        {BOOK, "611 22$aExpo$d1900", "<subject authority=\"mesh\"><name type=\"conference\">"
                                     "<namePart>Expo 1900</namePart></name></subject>"},
        {BOOK, "630 03$aBible.$pGenesis$xStudy",
         "<subject authority=\"nal\"><titleInfo><title>Bible</title><partName>Genesis</partName>"
         "</titleInfo><topic>Study</topic></subject>"},
        {BOOK, "647  7$aWar$c(X :$d1900)$2fast",
         "<subject authority=\"fast\"><topic>War (X : 1900)</topic></subject>"},
        {BOOK, "648  7$a1900-1910$2fast",
         "<subject authority=\"fast\"><temporal>1900-1910</temporal></subject>"},
        {BOOK, "650  0$aCats$xHealth$zU.S.$y19th century.$vFiction.",
         "<subject authority=\"lcsh\"><topic>Cats</topic><topic>Health</topic>"
         "<geographic>U.S.</geographic><temporal>19th century</temporal>"
         "<genre>Fiction</genre></subject>"},
        {BOOK, "650  5$aA", "<subject authority=\"csh\">"},
        {BOOK, "650  6$aA", "<subject authority=\"rvm\">"},
        {BOOK, "650  7$aA$2fast$0http://s/1",
         "<subject authority=\"fast\" valueURI=\"http://s/1\"><topic>A</topic></subject>"},
        {BOOK, "650  4$aA", "<subject><topic>A</topic></subject>"},
        {BOOK, "651  0$aRome$xHistory",
         "<geographic>Rome</geographic><topic>History</topic>"},
        {BOOK, "653   $aone$atwo",
         "<subject><topic>one</topic></subject><subject><topic>two</topic></subject>"},
        {BOOK, "653  1$aDoe", "<name type=\"personal\"><namePart>Doe</namePart></name>"},
        {BOOK, "653  2$aDoe", "<name type=\"corporate\">"},
        {BOOK, "653  3$aDoe", "<name type=\"conference\">"},
        {BOOK, "653  4$aDoe", "<temporal>Doe</temporal>"},
        {BOOK, "653  5$aDoe", "<geographic>Doe</geographic>"},
        {BOOK, "653  6$aDoe", "<subject><genre>Doe</genre></subject>"},
        {BOOK, "654   $ca$aChairs$bwood$2aat",
         "<subject authority=\"aat\"><topic>Chairs</topic><topic>wood</topic></subject>"},
        {BOOK, "656  7$aMiners$2x", "<subject authority=\"x\"><occupation>Miners</occupation>"},
        {BOOK, "657  7$aTaxing$2x", "<subject authority=\"x\"><topic>Taxing</topic>"},
        {BOOK, "662   $aItaly$bLazio$cRM$dRome$fCentre$gHills$hMars$2x",
         "<subject authority=\"x\"><hierarchicalGeographic><country>Italy</country>"
         "<state>Lazio</state><county>RM</county><city>Rome</city>"
         "<citySection>Centre</citySection><region>Hills</region>"
         "<extraTerrestrialArea>Mars</extraTerrestrialArea></hierarchicalGeographic></subject>"},
        {BOOK, "752   $aItaly$dRome.", "<country>Italy</country><city>Rome</city>"},
        {BOOK, "050 00$aQA1$b.A1 2000$aQA2",
         "<classification authority=\"lcc\">QA1 .A1 2000</classification>"
         "<classification authority=\"lcc\">QA2</classification>"},
        {BOOK, "060 00$aW1", "<classification authority=\"nlm\">W1</classification>"},
        {BOOK, "070 0 $aW1", "<classification authority=\"nal\">W1</classification>"},
        {BOOK, "080   $a5", "<classification authority=\"udc\">5</classification>"},
        {BOOK, "082 00$a005.1$221", "<classification authority=\"ddc\" edition=\"21\">005.1<"},
        {BOOK, "084   $aX$2rvk", "<classification authority=\"rvk\">X</classification>"},
        {BOOK, "086 0 $aX", "<classification authority=\"sudocs\">X</classification>"},
        {BOOK, "086 1 $aX", "<classification authority=\"candoc\">X</classification>"},
        {BOOK, "086   $aX$2swank", "<classification authority=\"swank\">X</classification>"},
        {BOOK, "050 00$bQA1", "!classification"},
    };
    RUN(rows);
}

static void test_related(void) {
    static const row rows[] = {
        {BOOK, "440  0$aS$nB$pC ;$v3$x1234-5678",
         "<relatedItem type=\"series\"><titleInfo><title>S</title><partNumber>B</partNumber>"
         "<partName>C</partName><partNumber>3</partNumber></titleInfo>"
         "<identifier type=\"issn\">1234-5678</identifier></relatedItem>"},
        {BOOK, "490 0 $aS ;$v3$aT ;$v4",
         "<partNumber>3</partNumber></titleInfo></relatedItem><relatedItem type=\"series\">"
         "<titleInfo><title>T</title><partNumber>4</partNumber></titleInfo></relatedItem>"},
        {BOOK, "490 1 $aS", "<relatedItem type=\"series\"><titleInfo><title>S</title>"},
        {BOOK, "490 1 $aS\n830  0$aSS", "!<title>S</title>"},
        {BOOK, "490 0 $vS", "!relatedItem"},
        {BOOK, "510 4 $aIndex,$b1990-,$cp. 3$x1234-5678",
         "<relatedItem type=\"isReferencedBy\"><titleInfo><title>Index</title></titleInfo>"
         "<note>1990-</note><part><text>p. 3</text></part>"
         "<identifier type=\"issn\">1234-5678</identifier></relatedItem>"},
        {BOOK, "534   $pOriginally:$aDoe, J.$tOld.$b1st$cLondon, 1850$e3 v.$nNote$fSer$lBL$z1",
         "<relatedItem type=\"original\" displayLabel=\"Originally\"><titleInfo><title>Old</title>"
         "</titleInfo><name><namePart>Doe, J.</namePart></name><originInfo>"
         "<publisher>London, 1850</publisher><edition>1st</edition></originInfo>"
         "<physicalDescription><extent>3 v.</extent></physicalDescription><note>Note</note>"
         "<relatedItem type=\"series\"><titleInfo><title>Ser</title></titleInfo></relatedItem>"
         "<identifier type=\"isbn\">1</identifier><location><physicalLocation>BL"},
        {BOOK, "700 12$aDoe, J.$d1900-$tWork.$nNo. 1$x1$4aut",
         "<relatedItem type=\"constituent\"><titleInfo nameTitleGroup=\"1\"><title>Work</title>"
         "<partNumber>No. 1</partNumber></titleInfo><name type=\"personal\" nameTitleGroup=\"1\">"
         "<namePart>Doe, J.</namePart>"
         "<namePart type=\"date\">1900-</namePart><role><roleTerm type=\"code\" "
         "authority=\"marcrelator\">aut</roleTerm></role></name>"
         "<identifier type=\"issn\">1</identifier></relatedItem>"},
        {BOOK, "700 1 $iBased on:$aDoe$tWork",
         "<relatedItem displayLabel=\"Based on\"><titleInfo nameTitleGroup=\"1\"><title>Work<"},
        {BOOK, "710 2 $aDoe$tWork",
         "<relatedItem><titleInfo nameTitleGroup=\"1\"><title>Work</title>"},
        {BOOK, "711 2 $aDoe$tWork",
         "<name type=\"conference\" nameTitleGroup=\"1\"><namePart>Doe</namePart></name>"},
        {BOOK, "800 1 $aDoe$tWork", "!nameTitleGroup"},
        {BOOK, "730 4 $aThe Talmud",
         "<relatedItem><titleInfo type=\"uniform\"><nonSort xml:space=\"preserve\">The </nonSort>"
         "<title>Talmud</title></titleInfo></relatedItem>"},
        {BOOK, "830  4$aThe series ;$v3",
         "<titleInfo><nonSort xml:space=\"preserve\">The </nonSort><title>series</title>"
         "<partNumber>3</partNumber></titleInfo>"},
        {BOOK, "730 02$aTalmud",
         "<relatedItem type=\"constituent\"><titleInfo type=\"uniform\"><title>Talmud<"},
        {BOOK, "740 02$aPart", "<relatedItem type=\"constituent\"><titleInfo><title>Part<"},
        {BOOK, "760 0 $tT", "<relatedItem type=\"series\">"},
        {BOOK, "762 0 $tT", "<relatedItem type=\"series\">"},
        {BOOK, "765 0 $tT", "<relatedItem type=\"otherVersion\">"},
        {BOOK, "767 0 $tT", "<relatedItem type=\"otherVersion\">"},
        {BOOK, "770 0 $tT", "<relatedItem type=\"constituent\">"},
        {BOOK, "772 0 $tT", "<relatedItem type=\"host\">"},
        {BOOK, "774 0 $tT", "<relatedItem type=\"constituent\">"},
        {BOOK, "775 0 $tT", "<relatedItem type=\"otherVersion\">"},
        {BOOK, "776 08$iPrint:$tT$z1$w(DLC)2",
         "<relatedItem type=\"otherFormat\" displayLabel=\"Print\"><titleInfo><title>T</title>"
         "</titleInfo><identifier type=\"isbn\">1</identifier>"
         "<identifier type=\"local\">(DLC)2</identifier></relatedItem>"},
        {BOOK, "777 0 $tT", "<relatedItem><titleInfo>"},
        {BOOK, "780 00$tT", "<relatedItem type=\"preceding\">"},
        {BOOK, "785 00$tT", "<relatedItem type=\"succeeding\">"},
        {BOOK, "786 0 $tT", "<relatedItem type=\"original\">"},
        {BOOK, "787 0 $tT", "<relatedItem><titleInfo>"},
        {BOOK, "773 0 $aDoe, J.$tT.$sU$pA$b2nd ed.$dX, 1999$hx$nN$kS$r1$u2$x3$y4$o5$ger",
         "<relatedItem type=\"host\"><titleInfo><title>T</title></titleInfo>"
         "<titleInfo type=\"uniform\"><title>U</title></titleInfo>"
         "<titleInfo type=\"abbreviated\"><title>A</title></titleInfo>"
         "<name><namePart>Doe, J.</namePart></name><originInfo><publisher>X, 1999</publisher>"
         "<edition>2nd ed.</edition></originInfo><physicalDescription><extent>x</extent>"
         "</physicalDescription><note>N</note><relatedItem type=\"series\"><titleInfo>"
         "<title>S</title></titleInfo></relatedItem><identifier type=\"issn\">3</identifier>"
         "<identifier type=\"report number\">1</identifier><identifier type=\"strn\">2"
         "</identifier><identifier type=\"coden\">4</identifier><identifier>5</identifier>"
         "<part><text>er</text></part></relatedItem>"},
        {BOOK, "775 0 $tT$eger", "<language><languageTerm type=\"code\" authority=\"iso639-2b\">"
                                 "ger</languageTerm></language></relatedItem>"},
        {BOOK, "773 0 $q35:2<52-60",
         "<part><detail level=\"1\"><number>35</number></detail><detail level=\"2\">"
         "<number>2</number></detail><extent unit=\"page\"><start>52</start><end>60</end>"
         "</extent></part>"},
        {BOOK, "773 0 $q1:2:3:4:5:6:7:8:9:10:11",
         "<detail level=\"9\"><number>9:10:11</number></detail></part>"},
        {BOOK, "773 0 $q<5", "<part><extent unit=\"page\"><start>5</start></extent></part>"},
        {BOOK, "773 0 $q:<", "!relatedItem"},
        {BOOK, "800 1 $aDoe, J.$tS.$v3",
         "<relatedItem type=\"series\"><titleInfo><title>S</title><partNumber>3</partNumber>"
         "</titleInfo><name type=\"personal\"><namePart>Doe, J.</namePart></name></relatedItem>"},
        {BOOK, "810 2 $aDoe$tS", "<name type=\"corporate\"><namePart>Doe</namePart></name></rel"},
        {BOOK, "811 2 $aDoe$tS", "<name type=\"conference\"><namePart>Doe</namePart></name></rel"},
        {BOOK, "830  0$aS ;$v3", "<relatedItem type=\"series\"><titleInfo><title>S</title>"
                                 "<partNumber>3</partNumber></titleInfo></relatedItem>"},
        {BOOK, "856 42$3Contents$uhttp://x",
         "<relatedItem><location><url displayLabel=\"Contents\">http://x</url></location>"
         "</relatedItem>"},
        {BOOK, "856 42$3Contents", "!relatedItem"},
    };
    RUN(rows);
}

static void test_identifiers(void) {
    static const row rows[] = {
        {BOOK, "010   $a   85001 $zbad",
         "<identifier type=\"lccn\">85001</identifier>"
         "<identifier type=\"lccn\" invalid=\"yes\">bad</identifier>"},
        {BOOK, "020   $a0123 (pbk.) :$c$$5\n020   $z99",
         "<identifier type=\"isbn\" displayLabel=\"pbk.\">0123</identifier>"
         "<identifier type=\"isbn\" invalid=\"yes\">99</identifier>"},
        {BOOK, "020   $a0123$q(cloth) ;", "<identifier type=\"isbn\" displayLabel=\"cloth\">0123<"},
        {BOOK, "020   $a0123 ( :", "<identifier type=\"isbn\" displayLabel=\"(\">0123<"},
        {BOOK, "024 3 $a1$qv. 1", "<identifier type=\"ean\" displayLabel=\"v. 1\">1<"},
        {BOOK, "022   $a1$l2$m3$y4$z5",
         "<identifier type=\"issn\">1</identifier><identifier type=\"issn\" invalid=\"yes\">4"
         "</identifier><identifier type=\"issn\" invalid=\"yes\">5</identifier>"
         "<identifier type=\"issn-l\">2</identifier>"
         "<identifier type=\"issn-l\" invalid=\"yes\">3</identifier>"},
        {BOOK, "024 0 $a1", "<identifier type=\"isrc\">1<"},
        {BOOK, "024 1 $a1$z2", "<identifier type=\"upc\">1</identifier>"
                               "<identifier type=\"upc\" invalid=\"yes\">2</identifier>"},
        {BOOK, "024 2 $a1", "<identifier type=\"ismn\">1<"},
        {BOOK, "024 3 $a1", "<identifier type=\"ean\">1<"},
        {BOOK, "024 4 $a1", "<identifier type=\"sici\">1<"},
        {BOOK, "024 7 $a1$2doi", "<identifier type=\"doi\">1<"},
        {BOOK, "024 8 $a1", "<identifier>1<"},
        {BOOK, "027   $a1", "<identifier type=\"strn\">1<"},
        {BOOK, "028 02$a1$bX", "<identifier type=\"issue number\">1 X<"},
        {BOOK, "028 12$a1", "<identifier type=\"matrix number\">1<"},
        {BOOK, "028 22$a1", "<identifier type=\"music plate\">1<"},
        {BOOK, "028 32$a1", "<identifier type=\"music publisher\">1<"},
        {BOOK, "028 42$a1", "<identifier type=\"videorecording identifier\">1<"},
        {BOOK, "028 52$a1", "<identifier type=\"publisher number\">1<"},
        {BOOK, "028 62$a1", "<identifier type=\"distributor number\">1<"},
        {BOOK, "030   $aA", "<identifier type=\"coden\">A<"},
        {BOOK, "035   $a(OCoLC)12\n035   $a(X)13", "<identifier type=\"oclc\">12<"},
        {BOOK, "035   $a(X)13", "!dentifier"}, /* it would stand for the record's own */
        {BOOK, "0011\n035   $a(X)13\n035   $a(Y) $a(Z$z(A)1$a(OCoLC)2",
         "<recordIdentifier>1</recordIdentifier><recordIdentifier source=\"X\">13"
         "</recordIdentifier></recordInfo>"},
        {BOOK, "037   $a1", "<identifier type=\"stock number\">1<"},
        {BOOK, "088   $a1", "<identifier type=\"report number\">1<"},
        {BOOK, "852   $3Vol. 1:$aDLC$bStacks$cShelf$hQA1$i.B2$uhttp://x",
         "<location><physicalLocation displayLabel=\"Vol. 1\" xlink:href=\"http://x\">"
         "DLC Stacks Shelf</physicalLocation><shelfLocator>QA1 .B2</shelfLocator></location>"},
        {BOOK, "856 40$uhttp://x?a&b$yHere$zFree\n856 40$uhttp://y",
         "<location><url displayLabel=\"Here\" note=\"Free\" usage=\"primary\">http://x?a&amp;b"
         "</url></location><location><url>http://y</url></location>"},
        {BOOK, "856 41$uhttp://x", "<location><url>http://x</url></location>"},
        {BOOK, "856 40$zNone", "!location"},
    };
    RUN(rows);
}

static void test_record_info(void) {
    static const row rows[] = {
        {BOOK, "001a1\n003DLC\n00520010101000000.0\n008800108",
         "<recordInfo><descriptionStandard>aacr</descriptionStandard>"
         "<recordCreationDate encoding=\"marc\">800108</recordCreationDate>"
         "<recordChangeDate encoding=\"iso8601\">20010101000000.0</recordChangeDate>"
         "<recordIdentifier source=\"DLC\">a1</recordIdentifier></recordInfo></mods>"},
        {BOOK, "001a1", "<recordIdentifier>a1</recordIdentifier>"},
        {BOOK, "001a1", "!type=\"local\""},
        {BOOK, "040   $aDLC$beng$erda",
         "<recordInfo><descriptionStandard>rda</descriptionStandard>"
         "<recordContentSource authority=\"marcorg\">DLC</recordContentSource>"
         "<languageOfCataloging><languageTerm type=\"code\" authority=\"iso639-2b\">eng"
         "</languageTerm></languageOfCataloging></recordInfo>"},
        {"00000nam a2200000 i 4500", "", "<descriptionStandard>isbd</descriptionStandard>"},
        {"00000nam a2200000   4500", "", "!recordInfo"},
        {BOOK, "008||||||", "!recordCreationDate"},
    };
    RUN(rows);
}

/* A field in two scripts is two elements of one kind, linked by the number in $6. */
static void test_scripts(void) {
    static const row rows[] = {
        {BOOK, "245 00$6880-01$aMoskva", "<titleInfo altRepGroup=\"01\"><title>Moskva<"},
        {BOOK, "880 00$6245-01/(N$aM", "<titleInfo altRepGroup=\"01\" script=\"Cyrl\"><title>M<"},
        {BOOK, "880 00$6245-02/$$1$aM", "<titleInfo altRepGroup=\"02\" script=\"CJK\">"},
        {BOOK, "880 00$6245-02/(3/r$aM", "<titleInfo altRepGroup=\"02\" script=\"Arab\">"},
        {BOOK, "880 00$6245-02/(2/r$aM", "<titleInfo altRepGroup=\"02\" script=\"Hebr\">"},
        {BOOK, "880 00$6245-02/(S$aM", "<titleInfo altRepGroup=\"02\" script=\"Grek\">"},
        {BOOK, "880 00$6245-02/Thai$aM", "<titleInfo altRepGroup=\"02\" script=\"Thai\">"},
        {BOOK, "880 00$6245-00$aM", "<titleInfo><title>M<"},
        {BOOK, "880 1 $6100-01$aM", "<name type=\"personal\" altRepGroup=\"01\"><namePart>M<"},
        {BOOK, "880   $6260-01$aM", "<originInfo altRepGroup=\"01\"><place>"},
        {BOOK, "880   $6250-01$aM", "<originInfo altRepGroup=\"01\"><edition>M<"},
        {BOOK, "880   $6300-01$aM", "<physicalDescription altRepGroup=\"01\"><extent>M<"},
        {BOOK, "880   $6500-01$aM", "<note altRepGroup=\"01\">M<"},
        {BOOK, "880  0$6650-01$aM", "<subject altRepGroup=\"01\" authority=\"lcsh\"><topic>M<"},
        {BOOK, "880 0 $6490-01$aM",
         "<relatedItem type=\"series\"><titleInfo altRepGroup=\"01\"><title>M<"},
        {BOOK, "880   $6008-01$aM", "!>M<"},
        {BOOK, "880   $aM", "!>M<"},
        {BOOK, "880   $6$aM", "!>M<"},
        {BOOK, "880   $624$aM", "!>M<"},
    };
    RUN(rows);
}

/* Fields that nobody would make. */
static void test_odd(void) {
    static const row rows[] = {
        {BOOK, "", "<mods "},
        {"00000nzz a2200000   4500", "", "version=\"3.8\"><titleInfo/></mods>"},
        {BOOK, "245", "!titleInfo"},
        {BOOK, "245 00", "!titleInfo"},
        {BOOK, "245 00$", "!titleInfo"},
        {BOOK, "245 00$a$a $a", "!titleInfo"},
        {BOOK, "245 0$aNo second", "<title>No second</title>"},
        {BOOK, "245 \xc3\xa9" "0$aWide", "<title>Wide</title>"},
        {BOOK, "245 00$\xc3\xa9wide$aA", "<title>A</title>"},
        {BOOK, "LKR   $aX\n245 00$aA", "<title>A</title>"},
        {BOOK, "260   $a[$b]$c[]", "<originInfo><issuance>"},
        {BOOK, "260   $a.,:;$b...", "<publisher>...</publisher>"},
        {BOOK, "260   $a[A$bB]$c[C [D]]",
         ">A</placeTerm></place><publisher>B</publisher><dateIssued>[C [D]]<"},
        {BOOK, "007", "!<form"},
        {BOOK, "007c", "!<form"},
        {BOOK, "006", "!genre"},
        {BOOK, "008", "!encoding=\"marc"},
        {BOOK, "045 2 $b", "!subject"},
        {BOOK, "008880101s1987    \xc3\xa9u            000 0 rus d", "!marccountry"},
        {BOOK, "041 0 $aab\xc3\xa9" "cd", ">ab\xc3\xa9" "cd</languageTerm>"},
        {BOOK, "500 $6880-\xc3\xa9$aN", "<note>N</note>"},
        {BOOK, "100 1 $eauthor", "<name type=\"personal\" usage=\"primary\"><role>"},
    };
    RUN(rows);
}

int main(void) {
    test_titles();
    test_names();
    test_types();
    test_origin();
    test_languages_and_forms();
    test_notes();
    test_subjects();
    test_related();
    test_identifiers();
    test_record_info();
    test_scripts();
    test_odd();
    return check_report();
}
