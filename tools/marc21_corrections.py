# SPDX-License-Identifier: MIT
"""What the scraped Avram schemas of MARC 21 lack or have wrong, and what is put in its place.

A program that reads web pages misses what is written in prose: what a date looks like, that an
undefined position may hold a fill character, what the format once had. Each part here says what
was missing and where the standard has it ("MARC 21 Format for Bibliographic Data" and its
fellows; what is obsolete stands there under "Content Designator History"). Corrections are
Avram too, in the words that mrrc.avram knows.
"""

from __future__ import annotations

import copy
from typing import Any

Schema = dict[str, Any]

# ---- fields that stand in MARC 21 no longer ---------------------------------------------------

#: Of bibliographic records. What their indicators and subfields were is not checked.
OBSOLETE_FIELDS = {
    "009": "Physical Description Fixed-Field for Archival Collections",
    "011": "Linking Library of Congress Control Number",
    "087": "Report Number",
    "211": "Acronym or Shortened Title",
    "212": "Variant Access Title",
    "214": "Augmented Title",
    "241": "Romanized Title",
    "265": "Source for Acquisition/Subscription Address",
    "301": "Physical Description for Films",
    "302": "Page or Item Count",
    "303": "Unit Count",
    "304": "Linear Footage",
    "305": "Physical Description for Sound Recordings",
    "308": "Physical Description for Films",
    "315": "Frequency",
    "350": "Price",
    "359": "Rental Price",
    "503": "Bibliographic History Note",
    "512": "Earlier or Later Volumes Separately Cataloged Note",
    "517": "Categories of Films Note",
    "523": "Time Period of Content Note",
    "527": "Censorship Note",
    "537": "Source of Data Note",
    "543": "Solicitation Information Note",
    "570": "Editor Note",
    "582": "Related Computer Files Note",
    "652": "Subject Added Entry-Reversed Geographic",
    "705": "Added Entry-Personal Name (Performer)",
    "715": "Added Entry-Corporate Name (Performing Group)",
    "755": "Added Entry-Physical Characteristics",
    "840": "Series Added Entry-Title",
    "851": "Location",
    "870": "Variant Personal Name",
    "871": "Variant Corporate Name",
    "872": "Variant Conference or Meeting Name",
    "873": "Variant Uniform Title Heading",
}

#: Defined in the schema as if they were current.
OBSOLETE_IN_SCHEMA = ("440",)

# ---- indicators -------------------------------------------------------------------------------

#: Codes that are obsolete, by tags and indicator: what they meant, and since when they are.
OBSOLETE_INDICATORS: list[tuple[str, int, str, str]] = [
    ("100 400 600 700 800", 1, "2", "Multiple surname, 1996"),
    ("100 110 111 130", 2, "01", "Main entry/subject relationship, 1990"),
    ("700 710 711", 2, "013", "Alternative or secondary entry, 1993"),
    ("730 740", 2, "013", "Alternative or secondary entry, 1993"),
    ("800 810 811", 2, "01", "Pronoun represents main entry, 1993"),
    ("260", 1, "01", "Publisher is or is not present, 1990"),
    ("260", 2, "01", "Publisher is or is not issuing body in added entry, 1990"),
    ("050 060", 2, " ", "Source of call number not said, 1982"),
    ("082", 1, " 2", "No edition information; abridged NST version"),
    ("072", 1, "0", "NAL subject category code list"),
    ("130 630 730 740", 1, " ", "Nonfiling characters not specified, 1980"),
    ("222 240 243 245 440 830", 2, " ", "Nonfiling characters not specified, 1980"),
]

#: Left empty by the scraping, because the pages list them in another way.
INDICATORS: dict[str, dict[str, list[tuple[str, int, dict[str, str]]]]] = {
    "bibliographic": {
        "046": [
            (
                "Type of entity",
                1,
                {" ": "No information", "1": "Work", "2": "Expression", "3": "Manifestation"},
            )
        ],
        "588": [
            (
                "Display constant controller",
                1,
                {
                    " ": "No information provided",
                    "0": "Source of description",
                    "1": "Latest issue consulted",
                },
            )
        ],
    },
    "holdings": {
        tag: [
            (
                "Field encoding level",
                1,
                {
                    " ": "No information provided",
                    "3": "Holdings level 3",
                    "4": "Holdings level 4",
                    "5": "Holdings level 4 with piece designation",
                },
            ),
            (
                "Type of notation",
                2,
                {"0": "Non-standard", "1": "ISO", "2": "ANSI/NISO Z39.71 or ISO", "7": "In $2"},
            ),
        ]
        for tag in ("866", "867", "868")
    },
}

# ---- subfields --------------------------------------------------------------------------------

#: Obsolete ones, by tags: what they held.
OBSOLETE_SUBFIELDS = {
    "bibliographic": [
        ("020", "b", "Binding information"),
        ("041", "c", "Languages of separate titles or of available translation"),
        ("111 411 611 711 811", "b", "Number"),
        ("245", "d", "Designation of section"),
        ("245", "e", "Name of section"),
        ("260", "d", "Plate or publisher's number for music"),
        ("651", "b", "Geographic name following place entry element"),
        ("856", "b", "Access number"),
        ("856", "i", "Instruction"),
        ("856", "j", "Bits per second"),
        ("856", "k", "Password"),
    ],
    "authority": [
        ("856", "b", "Access number"),
        ("856", "i", "Instruction"),
        ("856", "j", "Bits per second"),
        ("856", "k", "Password"),
    ],
    "holdings": [
        ("856", "b", "Access number"),
        ("856", "i", "Instruction"),
        ("856", "j", "Bits per second"),
        ("856", "k", "Password"),
    ],
}

_LINKAGE = {
    "6": ("Linkage", False),
    "8": ("Field link and sequence number", True),
}

_ITEM = {
    "a": ("Internal item number", False),
    "b": ("Invalid or canceled internal item number", True),
    "c": ("Cost", True),
    "d": ("Date acquired", True),
    "e": ("Source of acquisition", True),
    "h": ("Use restrictions", True),
    "j": ("Item status", True),
    "l": ("Temporary location", True),
    "p": ("Piece designation", True),
    "r": ("Invalid or canceled piece designation", True),
    "t": ("Copy number", False),
    "x": ("Nonpublic note", True),
    "z": ("Public note", True),
    "3": ("Materials specified", False),
    **_LINKAGE,
}

_TEXTUAL = {
    "a": ("Textual holdings", False),
    "x": ("Nonpublic note", True),
    "z": ("Public note", True),
    "2": ("Source of notation", False),
    **_LINKAGE,
}

#: Fields of which the schema has no subfields: label of each, and whether it may be repeated.
SUBFIELDS: dict[str, dict[str, dict[str, tuple[str, bool]]]] = {
    "bibliographic": {},
    "authority": {"042": {"a": ("Authentication code", True)}},
    "holdings": {
        **dict.fromkeys(("866", "867", "868"), _TEXTUAL),
        **dict.fromkeys(("876", "877", "878"), _ITEM),
    },
}

#: Holdings that may stand in a bibliographic record; the schema of those leaves them out.
EMBEDDED = (
    *("841", "842", "843", "844", "845", "853", "854", "855"),
    *("863", "864", "865", "866", "867", "868", "876", "877", "878"),
)

#: $w of an authority record's tracings: labels are there, the codes are not.
TRACING_CONTROL = {
    "0": ("Special relationship", "abdfghinrt"),
    "1": ("Tracing use restriction", "abcdefgn"),
    "2": ("Earlier form of heading", "aeno"),
    "3": ("Reference display", "abcdn"),
}

# ---- fixed fields -----------------------------------------------------------------------------

# a day that there is, or no digits, of which is told elsewhere
_DAY = "^[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$|[^0-9]"
_ENTERED = {
    # the two are the same place, under two names, so that they may matter differently
    "0-5": {
        "label": "Date entered on file",
        "start": 0,
        "end": 5,
        "pattern": "^[0-9]{6}$",
        "expected": "six digits, a date as yymmdd",
    },
    "00-05": {
        "label": "Date entered on file",
        "pattern": _DAY,
        "expected": "a day as yymmdd",
        "severity": "warning",
    },
}
_YEAR = "[0-9]{4}|[0-9]{3}u|[0-9]{2}uu|[0-9]uuu|uuuu|    |[|]{4}"

#: What the pages say of a value in prose: its pattern, and the same in words.
PATTERNS: list[tuple[str, str, str, str, str]] = [
    (
        "bibliographic",
        "008a",
        "7-10",
        f"^({_YEAR})$",
        "a year, with u for unknown digits, blanks or ||||",
    ),
    (
        "bibliographic",
        "008a",
        "11-14",
        f"^({_YEAR}|[0-9]{{2}}  )$",
        "a year, with u for unknown digits, month and day as mmdd, blanks or ||||",
    ),
    (
        "bibliographic",
        "008a",
        "15-17",
        "^[a-z]{2}[a-z ]$",
        "a code of two or three small letters",
    ),
    (
        "bibliographic",
        "008a",
        "35-37",
        "^([a-z]{3}|   |[|]{3})$",
        "a code of three small letters, blanks or |||",
    ),
    (
        "bibliographic",
        "007h",
        "6-8",
        "^([0-9-]{3}|[|]{3})$",
        "three digits, - for each unknown one, or |||",
    ),
    (
        "bibliographic",
        "007m",
        "17-22",
        "^([0-9-]{6}|[|]{6})$",
        "a date as yyyymm, - for each unknown digit, or ||||||",
    ),
]

#: Of other kinds of record, and codes of single characters, all of them.
ADDED_CODES = {
    "bibliographic": [
        # "obsolete codes" of the pages' histories, and what OCLC has beside MARC 21
        ("LDR", "6-6", "deprecated-codes", "bhn", "Archival control; microform; special material"),
        ("LDR", "7-7", "deprecated-codes", "p", "Pamphlet"),
        ("LDR", "17-17", "local-codes", "EIJKLM", "Of OCLC's participants"),
        ("LDR", "18-18", "deprecated-codes", "pr", "Partial ISBD; provisional"),
        ("LDR", "19-19", "deprecated-codes", "r2", "Linked record required; open entry"),
        ("008a", "39-39", "deprecated-codes", "abln", "NAL; NLM; LC; New Serial Titles"),
        ("008b", "23-23", "deprecated-codes", "ghiz", "Paper tape; magnetic tape; multimedia"),
        ("008b", "24-27", "deprecated-codes", "hx34", "Handbooks; reports; discographies"),
        ("008b", "32-32", "deprecated-codes", "01", "Main entry in body of entry"),
        ("008b", "33-33", "deprecated-codes", " c", "Nonfiction; comic strips"),
        ("008s", "20-20", "deprecated-codes", "0124z", "ISSN center code"),
        *(
            (f"007{kind}", "2-2", "deprecated-codes", "foru", "Original versus reproduction")
            for kind in "acdfghkmrsv"
        ),
    ],
    "authority": [],
    "holdings": [],
}

#: A field that may stop before what only some institutions code.
LEAST_LENGTHS = {
    # positions 06-13 are for preservation and reformatting
    "007c": 6,
    # positions 09-22 are for moving image archives
    "007m": 9,
}

#: Authority records, 008: "MARC 21 Format for Authority Data", 008. The pages list all
#: positions on one page, which was not read.
AUTHORITY_008 = [
    ("06", "Direct or indirect geographic subdivision", " din|"),
    ("07", "Romanization scheme", "abcdefgn|"),
    ("08", "Language of catalog", " bef|"),
    ("09", "Kind of record", "abcdefg"),
    ("10", "Descriptive cataloging rules", "abcdnz|"),
    ("11", "Subject heading system/thesaurus", "abcdknrsvz|"),
    ("12", "Type of series", "abcnz|"),
    ("13", "Numbered or unnumbered series", "abcn|"),
    ("14", "Heading use-main or added entry", "ab|"),
    ("15", "Heading use-subject added entry", "ab|"),
    ("16", "Heading use-series added entry", "ab|"),
    ("17", "Type of subject subdivision", "abcden|"),
    ("18-27", "Undefined", ""),
    ("28", "Type of government agency", " acfilmosuz|"),
    ("29", "Reference evaluation", "abn|"),
    ("30", "Undefined", ""),
    ("31", "Record update in process", "ab|"),
    ("32", "Undifferentiated personal name", "abn|"),
    ("33", "Level of establishment", "abcdn|"),
    ("34-37", "Undefined", ""),
    ("38", "Modified record", " sx|"),
    ("39", "Cataloging source", " cdu|"),
]

#: Holdings records, 008, in the same way.
HOLDINGS_008 = [
    ("06", "Receipt, acquisition, or access status", "012345|"),
    ("07", "Method of acquisition", "cdefglmnpquz|"),
    ("08-11", "Expected acquisition end date", "^([0-9]{4}|uuuu|    |[|]{4})$"),
    ("12", "General retention policy", "012345678|"),
    ("13-15", "Specific retention policy", "^([ lp][ 1-9][ emwyis]|[|]{3})$"),
    ("16", "Completeness", "01234|"),
    ("17-19", "Number of copies reported", "^([0-9]{3}|[|]{3})$"),
    ("20", "Lending policy", "abclu|"),
    ("21", "Reproduction policy", "abu|"),
    ("22-24", "Language", "^([a-z]{3}|   |[|]{3})$"),
    ("25", "Separate or composite copy report", "01|"),
    ("26-31", "Date of report", "^([0-9]{6}|      |[|]{6})$"),
]

# ---- what has to be there ---------------------------------------------------------------------

#: "MARC 21 Format for Bibliographic Data: National Level Record" and its fellows.
REQUIRED = {
    "bibliographic": ("001", "008", "245"),
    "authority": ("001", "008"),
    "holdings": ("001", "008"),
}


def _codes(characters: str, label: str = "") -> dict[str, str]:
    return dict.fromkeys(characters, label)


def _fixed(positions: list[tuple[str, str, str]]) -> Schema:
    """Return the positions of an 008 from lists like those above."""
    made: Schema = copy.deepcopy(_ENTERED)
    for place, label, values in positions:
        rule: Schema = {"label": label}
        if values.startswith("^"):
            rule["pattern"] = values
            rule["expected"] = "of the form that is defined for it"
        elif values:
            rule["codes"] = _codes(values)
        made[place] = rule
    return {"label": "Fixed-Length Data Elements", "repeatable": False, "positions": made}


def _fill_undefined(schema: Schema) -> None:
    """An undefined position holds a blank or a fill character; what else stands there says
    nothing, and so is a warning only."""
    for definition in schema["fields"].values():
        for rule in definition.get("positions", {}).values():
            if isinstance(rule, dict) and rule.get("label", "").startswith("Undefined"):
                if set(rule.get("codes", {})) <= {" ", "|"}:
                    rule["codes"] = {" ": "Undefined", "|": "No attempt to code"}
                    rule["severity"] = "warning"


def _fix_leader(fields: Schema) -> None:
    """Lengths and addresses belong to ISO 2709, whose reader checks them: a record has others,
    or none, elsewhere. The rest of the entry map is as MARC 21 has it."""
    for place in ("0-4", "12-16"):
        fields["LDR"]["positions"][place].pop("codes", None)
    fields["LDR"]["positions"]["23-23"]["codes"] = {"0": "Undefined"}
    fields["LDR"]["positions"]["23-23"]["label"] = "Entry map"


def _fix_subfields(kind: str, fields: Schema) -> None:
    for tag, subfields in SUBFIELDS[kind].items():
        fields[tag]["subfields"] = {
            code: {"label": label, "repeatable": repeatable}
            for code, (label, repeatable) in subfields.items()
        }
    for tags, code, label in OBSOLETE_SUBFIELDS[kind]:
        for tag in tags.split():
            fields[tag].setdefault("deprecated-subfields", {})[code] = {
                "label": label,
                "repeatable": True,
            }
    for tag, indicators in INDICATORS.get(kind, {}).items():
        for label, which, codes in indicators:
            fields[tag][f"indicator{which}"] = {"label": label, "codes": codes}
    for tag, check in (("020", "isbn"), ("022", "issn")):
        fields[tag]["subfields"]["a"]["checks"] = [check]
    # an 880 has the indicators and subfields of the field it stands for
    fields["880"]["linked"] = True


def _add_codes(kind: str, fields: Schema) -> None:
    for owner, place, word, codes, label in ADDED_CODES[kind]:
        fields[owner]["positions"][place].setdefault(word, {}).update(_codes(codes, label))
    for of, owner, place, asked, words in PATTERNS:
        if of == kind:
            rule = fields[owner]["positions"][place]
            rule.pop("codes", None)
            rule.update(pattern=asked, expected=words)
    fields["005"].update(
        pattern=r"^[0-9]{14}\.[0-9]$", expected="date and time as yyyymmddhhmmss.f"
    )


def _correct_bibliographic(fields: Schema, holdings: Schema) -> None:
    for tag, label in OBSOLETE_FIELDS.items():
        assert tag not in fields
        fields[tag] = {
            "label": label,
            "repeatable": True,
            "deprecated": True,
            "indicator1": {"label": ""},
            "indicator2": {"label": ""},
        }
    for tag in OBSOLETE_IN_SCHEMA:
        fields[tag]["deprecated"] = True
    fields["008a"]["positions"].update(copy.deepcopy(_ENTERED))
    for tags, which, codes, label in OBSOLETE_INDICATORS:
        for tag in tags.split():
            rule = fields[tag][f"indicator{which}"]
            rule.setdefault("deprecated-codes", {}).update(
                {code: label for code in codes if code not in rule["codes"]}
            )
    for owner, least in LEAST_LENGTHS.items():
        fields[owner]["least-length"] = least
    for tag in EMBEDDED:
        fields.setdefault(tag, copy.deepcopy(holdings[tag]))


def _correct_authority(fields: Schema) -> None:
    fields["008"] = _fixed(AUTHORITY_008)
    for definition in fields.values():
        control = definition.get("subfields", {}).get("w", {})
        if control.get("codes", {}).keys() == TRACING_CONTROL.keys():
            del control["codes"]
            control["positions"] = {
                place: {"label": label, "codes": _codes(codes)}
                for place, (label, codes) in TRACING_CONTROL.items()
            }


def _correct_holdings(fields: Schema, bibliographic: Schema) -> None:
    fields["004"] = {"label": "Control Number for Related Bibliographic Record"}
    fields["008"] = _fixed(HOLDINGS_008)
    for tag, definition in bibliographic.items():
        if tag.startswith("007"):
            fields[tag] = copy.deepcopy(definition)


def corrected(kind: str, schemas: dict[str, Schema]) -> Schema:
    """Return the corrected schema of a kind of record, of all three as they were read."""
    schema = copy.deepcopy(schemas[kind])
    fields = schema["fields"]
    _fix_leader(fields)
    if kind == "holdings":
        _correct_holdings(fields, corrected("bibliographic", schemas)["fields"])
    _fix_subfields(kind, fields)
    if kind == "bibliographic":
        holdings = copy.deepcopy(schemas["holdings"]["fields"])
        _fix_subfields("holdings", holdings)
        _correct_bibliographic(fields, holdings)
    elif kind == "authority":
        _correct_authority(fields)
    _fill_undefined(schema)
    _add_codes(kind, fields)
    for tag in REQUIRED[kind]:
        for key in (tag, f"{tag}a"):
            if key in fields:
                fields[key]["required"] = True
    headings = [tag for tag in fields if tag[0] == "1" and len(tag) == 3]
    if kind == "bibliographic":
        group = {"label": "main entry (1XX)", "tags": headings, "most": 1}
        schema["groups"] = [group]
    elif kind == "authority":
        group = {"label": "heading (1XX)", "tags": headings, "least": 1, "most": 1}
        schema["groups"] = [group]
    return schema
