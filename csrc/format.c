/* SPDX-License-Identifier: MIT
 *
 * format.c: the table of formats.  A format is one row here and one file in formats/,
 * and no format knows another.
 */
#include "boundaries.h"
#include "format.h"
#include "formats.h"
#include "internal.h"
#include "json.h"
#include "lines.h"

/* clang-format off */
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define COLLECTION(namespace) XML "<collection xmlns=\"" namespace "\">\n", "", "</collection>\n"
#define MODS "http://www.loc.gov/mods/v3"

static const mrrci_format formats[] = {
    {.name = "marc", "", "", "", NULL,
     NULL, NULL, mrrci_iso2709_decode, mrrci_iso2709_encode, .step = mrrci_iso2709_step},
    {.name = "marcxml", COLLECTION("http://www.loc.gov/MARC21/slim"), NULL,
     mrrci_marcxml_open, mrrci_marcxml_close, mrrci_marcxml_decode, mrrci_marcxml_encode},
    {.name = "marcxchange", COLLECTION("info:lc/xmlns/marcxchange-v1"), NULL,
     mrrci_marcxml_open, mrrci_marcxml_close, mrrci_marcxml_decode, mrrci_marcxchange_encode},
    {.name = "turbomarc", COLLECTION("http://www.indexdata.com/turbomarc"), NULL,
     mrrci_turbomarc_open, mrrci_turbomarc_close, mrrci_turbomarc_decode, mrrci_turbomarc_encode},
    {.name = "marcjson", "[\n", ",\n", "\n]\n", NULL,
     mrrci_json_open, mrrci_free, mrrci_marcjson_decode, mrrci_marcjson_encode,
     .pause = mrrci_json_pause, .resume = mrrci_json_resume},
    {.name = "jsonl", "", "", "", NULL,
     mrrci_json_open, mrrci_free, mrrci_marcjson_decode, mrrci_jsonl_encode,
     .pause = mrrci_json_pause, .resume = mrrci_json_resume},
    {.name = "json", "", "", "", NULL,
     mrrci_json_open, mrrci_free, mrrci_json_decode, mrrci_json_encode,
     .pause = mrrci_json_pause, .resume = mrrci_json_resume},
    {.name = "mrk", "", "", "", NULL,
     mrrci_mrk_open, mrrci_lines_close, mrrci_lines_decode, mrrci_mrk_encode,
     .pause = mrrci_lines_pause, .resume = mrrci_lines_resume},
    {.name = "line", "", "", "", NULL,
     mrrci_line_open, mrrci_lines_close, mrrci_lines_decode, mrrci_line_encode,
     .pause = mrrci_lines_pause, .resume = mrrci_lines_resume},
    {.name = "aleph", "", "", "", NULL,
     mrrci_aleph_open, mrrci_lines_close, mrrci_lines_decode, mrrci_aleph_encode,
     .pause = mrrci_lines_pause, .resume = mrrci_lines_resume, .numbered = true},
    {.name = "mods",
     XML "<modsCollection xmlns=\"" MODS "\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
     " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"" MODS
     " http://www.loc.gov/standards/mods/v3/mods-3-8.xsd\">\n", "", "</modsCollection>\n", NULL,
     mrrci_mods_open, mrrci_mods_close, mrrci_mods_decode, mrrci_mods_encode},
    {.name = "dc",
     XML "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\""
     " xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n", "", "</rdf:RDF>\n", NULL,
     NULL, NULL, NULL, mrrci_dc_encode},
    {.name = "oai_dc",
     XML "<oai_dc:dcCollection xmlns:oai_dc=\"http://www.openarchives.org/OAI/2.0/oai_dc/\">\n", "",
     "</oai_dc:dcCollection>\n", NULL,
     NULL, NULL, NULL, mrrci_oai_dc_encode},
    {.name = "csv", "", "", "", mrrci_csv_begin, NULL, NULL, NULL, mrrci_csv_encode, .numbered = true},
    {.name = "tsv", "", "", "", mrrci_tsv_begin, NULL, NULL, NULL, mrrci_tsv_encode, .numbered = true},
};
/* clang-format on */

enum { FORMATS = sizeof formats / sizeof formats[0] };

int mrrc_format_find(const char *name) {
    for (int i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return i;
    return MRRC_ERR_ARGUMENT;
}

const mrrci_format *mrrci_format_at(int number) {
    return number >= 0 && number < FORMATS ? &formats[number] : NULL;
}
