# SPDX-License-Identifier: MIT
"""Records of every kind against MARC 21: the good are left alone, the bad are told of.

What real records give is counted here kind by kind, and explained in docs/validation.rst.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import mrrc
from mrrc import Field, MARCReader, Record, RecordBatch, Subfield, Validator, validate

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "examples" / "sample.mrc"


def record(leader: str, *fields: str) -> Record:
    """Make a record of lines as people write them: ``245 10 $a A $c B``, ``008 data``."""
    made = Record()
    made.leader = leader  # type: ignore[assignment]
    for line in fields:
        tag, rest = line[:3], line[4:]
        if tag < "010":
            made.add_field(Field(tag, data=rest))
            continue
        parts = [part.strip() for part in rest[3:].split("$")[1:]]
        subfields = [Subfield(part[0], part[1:].strip()) for part in parts]
        made.add_field(Field(tag, list(rest[:2].replace("#", " ")), subfields))
    return made


def messages(given: Record) -> list[str]:
    return [f"{finding.severity}: {finding.message}" for finding in validate(given)]


def fixed(dates: str, *material: str, end: str = "eng d") -> str:
    """Make an 008 of its date and place, positions 18 to 34 in pieces, and its end."""
    line = f"008 {dates}{''.join(material)}{end}"
    assert len(line) == 44
    return line


BOOK_008 = fixed("240229s2024    enk", "a   ", " ", "o", "b   ", " 001", " 0 ")

START = ("001 id", "005 20240229235959.0")
TITLE = "245 10 $a Title / $c Author."

#: Right in every part: a record of each kind of material, an authority of each kind, holdings.
GOOD = [
    record(
        "00000cam a2200000 i 4500",
        *START,
        "006 m     o  d        ",
        "007 cr |||||||||||",
        "007 ta",
        BOOK_008,
        "020 ## $a 978-0-306-40615-7 $q pbk. $z 0306406153",
        "022 0# $a 0317-8471",
        "041 1# $a eng $h ger",
        "050 00 $a PZ4 $b .A1 2024",
        "082 04 $a 823 $2 23",
        "100 1# $6 880-01 $a Author, A. $d 1950- $e author.",
        "245 14 $6 880-02 $a The title : $b rest / $c A. Author.",
        "246 3# $a Other title",
        "264 #1 $a London : $b House, $c 2024.",
        "264 #4 $c ©2024",
        "336 ## $a text $b txt $2 rdacontent",
        "490 1# $a Series ; $v 2",
        "505 0# $a One -- Two.",
        "588 0# $a Print version record.",
        "650 #0 $a Cats $z England $v Fiction.",
        "655 #7 $a Novels. $2 lcgft",
        "700 12 $a Other, B. $t Work.",
        "773 0# $7 nnas $t Host $w (DLC)1 $g p. 1 $g p. 2",
        "776 08 $i Online: $z 9780306406158",
        "830 #0 $a Series ; $v 2.",
        "856 40 $u https://example.org $y Text",
        "853 20 $8 1 $a v. $b no.",
        "863 40 $8 1.1 $a 1",
        "866 #0 $a v. 1-3",
        "876 ## $a 1 $p 123",
        "880 1# $6 100-01/(N $a Автор, А.",
        "880 14 $6 245-02/(N $a Название : $b и так далее / $c А. Автор.",
        "880 ## $6 500-00/(N $a Примечание",
        "910 99 $X own",
        "596 ## $a own",
    ),
    record(
        "00000nas a2200000 a 4500",
        *START,
        "006 smr|p       0   a0",
        fixed("240229c20249999gw ", "mr p", "       0", "   a0", end="ger d"),
        TITLE,
        "310 ## $a Monthly",
        "362 0# $a 1-",
    ),
    record(
        "00000nem a2200000 a 4500",
        *START,
        "007 aj canzn",
        fixed("240229s2024    enk", "abcd", "aa", " a", "     1 ", "l "),
        TITLE,
        "255 ## $a Scale 1:25 000.",
    ),
    record(
        "00000njm a2200000 a 4500",
        *START,
        "007 sd fsngnnmmned",
        fixed("240229p20241999xx ", "sym  ", " defh  ", "n  n ", end="zxx|d"),
        TITLE,
        "028 02 $a CD 1 $b House",
    ),
    record(
        "00000ngm a2200000 a 4500",
        *START,
        "007 vd cvaizs",
        fixed("240229s2024    xxu", "090 j", "      s", "   vl"),
        TITLE,
        "508 ## $a Nobody.",
    ),
    record(
        "00000nmm a2200000 a 4500",
        *START,
        fixed("240229s2024    xxu", "    go  d ", "|      ", end="zxx d"),
        TITLE,
    ),
    record(
        "00000npc a2200000 a 4500",
        *START,
        fixed("240229i19001950xx ", " " * 17, end="und d"),
        "245 00 $a Papers, $f 1900-1950.",
        "351 ## $a Two series.",
    ),
    record(
        "00000nz  a2200000n  4500",
        *START,
        "008 240229n| azannaabn          |a aaa     c",
        "024 7# $a http://example.org/1 $2 uri",
        "040 ## $a DLC $b eng $e rda $c DLC",
        "042 ## $a lc $a nacoaf",
        "046 ## $f 1950",
        "100 1# $6 880-01 $a Author, A., $d 1950-",
        "370 ## $a London $2 naf",
        "400 1# $w nne $a Autor, A.",
        "500 1# $w r $i Pseudonym: $a Other, B.",
        "670 ## $a The title, 2024: $b t.p. (A. Author)",
        "880 1# $6 100-01/(N $a Автор, А.",
    ),
    record(
        "00000nz  a2200000n  4500",
        *START,
        "008 240229i| anannbabn          |n ana     d",
        "150 ## $a Cats",
        "450 ## $a Cat",
        "550 ## $w g $a Animals",
        "750 #7 $a Katze $2 gnd",
    ),
    record(
        "00000nx  a22000001n 4500",
        *START,
        "004 bib",
        "007 ta",
        "008 2402292u    8   1001uueng0240229",
        "852 01 $b main $h PZ4 $i .A1 $x note $x note",
        "853 20 $8 1 $a v.",
        "863 41 $8 1.1 $a 1-3",
        "867 #0 $a Index",
        "877 ## $a 2 $b 3 $b 4",
    ),
]


@pytest.mark.parametrize("good", GOOD, ids=lambda each: str(each.leader)[5:8])
def test_good_records_are_left_alone(good: Record) -> None:
    assert messages(good) == []


def test_the_sample() -> None:
    assert list(validate(SAMPLE, severity="error")) == []


AUTHORITY = "00000nz  a2200000n  4500"
AUTHORITY_008 = "008 240229n| azannaabn          |a aaa     c"
HOLDINGS = "00000nx  a22000001n 4500"
HOLDINGS_008 = "008 2402292u    8   1001uueng0240229"


def test_an_authority_that_is_wrong() -> None:
    bad = record(
        AUTHORITY.replace("n  4500", "x  4500"),
        "008 24022xx| azannaabn          |a aaa     c",
        "100 1# $a Author, A. $a Again",
        "110 2# $a House",
        "245 10 $a Title",
        "400 1# $w zn $a Autor, A.",
        "500 14 $a Other, B.",
        "678 ## $a One.",
        "880 1# $6 100-01 $q A.",
    )
    assert messages(bad) == [
        "error: LDR/17 (Encoding level) is 'x', not n, o",
        "error: 008/00-05 (Date entered on file) is '24022x', not six digits, a date as yymmdd",
        "error: 008/06 (Direct or indirect geographic subdivision) is 'x', not blank, d, i, n, |",
        "error: $a (Personal name) may stand only once in a field 100",
        "error: 110 is one too many: heading (1XX), 1",
        "error: there is no field 245",
        "error: 400$w/00 (Special relationship) is 'z', not a, b, d, f-i, n, r, t",
        "error: 500 indicator 2 (Undefined) is '4', not blank",
        "warning: 880$6: no field is the other half of '100-01'",
        "error: 001 (Control Number) is missing",
    ]
    assert messages(record(AUTHORITY, *START, AUTHORITY_008)) == [
        "error: heading (1XX): there has to be one"
    ]


def test_holdings_that_are_wrong() -> None:
    bad = record(
        HOLDINGS,
        "001 id",
        "008 2402299u    8   1001uueng0240229",
        "004 bib",
        "004 other",
        "852 9x $b main",
        "866 50 $a v. 1 $a v. 2",
        "876 ## $q x",
    )
    assert messages(bad) == [
        "error: 008/06 (Receipt, acquisition, or access status) is '9', not 0-5, |",
        "error: 004 (Control Number for Related Bibliographic Record) may stand only once in a "
        "record",
        "error: 852 indicator 2 (Shelving order) is 'x', not blank, 0-2",
        "error: $a (Textual holdings) may stand only once in a field 866",
        "error: 876 (Item Information-Basic Bibliographic Unit) has no subfield $q",
    ]
    assert messages(record(HOLDINGS, "001 id")) == [
        "error: 008 (Fixed-Length Data Elements) is missing"
    ]


def test_codes_of_other_times_and_systems() -> None:
    old = record(
        "00000cam  2200000Ir 4500",
        *START,
        fixed("720229s1972    nyu", "a     h   ", " 0001", "  ", end="eng a"),
        "100 20 $a Double Surname",
        "245 10 $a Title",
        "260 0# $a New York, $c 1972. $d 5",
        "350 ## $a 5.00",
        "440 #0 $a Series",
    )
    assert {each.severity for each in validate(old)} == {"info"}
    assert [each.place for each in validate(old)] == [
        "LDR/17",
        "LDR/18",
        "008/39",
        "008/24-27",
        "008/32",
        "008/33",
        "100 indicator 1",
        "100 indicator 2",
        "260 indicator 1",
        "260$d",
        "350",
        "440",
    ]


# -- ways to ask ------------------------------------------------------------------------------


def bad() -> Record:
    return record("00000nam a2200000 a 4500", "001 id", "245 10 $a A $a B $z C")


def test_sources(tmp_path: Path) -> None:
    """Whatever holds the records, the findings are the same."""
    path = tmp_path / "bad.mrc"
    with mrrc.MARCWriter(path.open("wb")) as writer:
        writer.write(bad())
        writer.write(bad())
    xml = tmp_path / "bad.xml"
    mrrc.convert(path, xml)
    with MARCReader(str(path)) as reader:
        expected = list(validate(list(reader)))
    assert [each.record for each in expected] == [1, 1, 1, 2, 2, 2]
    sources: list[Any] = [
        path,
        str(path),
        path.read_bytes(),
        io.BytesIO(path.read_bytes()),
        xml,
        [bad(), bad()],
        (bad() for _ in range(2)),
        RecordBatch([bad(), bad()]),
        [RecordBatch([bad()]), RecordBatch([bad()])],
    ]
    for source in sources:
        assert list(validate(source)) == expected
    for kind in (path, xml):
        with mrrc.read(kind) as reading:
            assert list(validate(reading)) == expected
    assert list(validate(xml, format="marcxml")) == expected
    assert list(validate(bad())) == expected[:3]
    assert list(validate(bad(), Validator())) == expected[:3]


def test_severity() -> None:
    given = record(
        "00000cam a2200000Ka 4500",
        *START,
        BOOK_008,
        "020 ## $a 1",
        "245 10 $b B $a A $a A",
    )
    counts = {
        severity: [each.severity for each in validate(given, severity=severity)]
        for severity in ("error", "warning", "info")
    }
    assert counts == {
        "error": ["error"],
        "warning": ["warning", "error"],
        "info": ["info", "warning", "error"],
    }
    with pytest.raises(ValueError, match="severity is"):
        validate(given, severity="fatal")


def test_a_schema_of_ones_own(tmp_path: Path) -> None:
    schema = {"fields": {"001": {}, "245": {"subfields": {"a": {"repeatable": True}}}}}
    path = tmp_path / "own.json"
    path.write_text(json.dumps(schema))
    for given in (schema, path, json.dumps(schema), mrrc.AvramSchema(schema)):
        assert [each.message for each in validate(bad(), given)] == [
            "245 indicator 1 is '1', not blank",
            "245 indicator 2 is '0', not blank",
            "245 has no subfield $z",
        ]


def test_records_that_cannot_be_read() -> None:
    good = SAMPLE.read_bytes()
    end = int(good[:5])
    torn = good[:end] + b"00050     " + b"x" * 39 + b"\x1d" + good[:end]
    found = [each for each in validate(torn) if each.severity == "error"]
    assert [(each.record, each.rule) for each in found] == [(2, "unreadable")]
    assert found[0].message.startswith("the record cannot be read: ")
    xml = b"<collection xmlns='http://www.loc.gov/MARC21/slim'><record></collection>"
    (only,) = validate(xml, format="marcxml")
    assert (only.record, only.rule) == (1, "unreadable")
    assert "XML parse error" in only.message
    lines = b'{"leader": ""}\n{"leader": "00000nam a2200000 a 4500", "fields": []}\n'
    found = list(validate(lines, format="jsonl"))
    assert {(each.record, each.rule) for each in found} == {
        (1, "unreadable"),
        (2, "field_missing"),
    }
    with pytest.raises(mrrc.RecordLeaderInvalid):  # a reader that is given keeps its ways
        list(validate(mrrc.read(lines, "jsonl")))
    with pytest.raises(FileNotFoundError):
        list(validate("no such file.mrc"))


# -- real records -----------------------------------------------------------------------------

#: Of 2,000 records of the Library of Congress, what kinds of finding there are, and how many.
LOC = {
    # blanks where MARC 21 has 0 or 1, and subfields that are there twice
    ("error", "position", "008/29"): 1,
    ("error", "position", "008/30"): 2,
    ("error", "position", "008/31"): 2,
    ("error", "subfield_repeated", "245$b[2]"): 1,
    ("error", "subfield_repeated", "245$c[2]"): 1,
    # an underscore for a blank, where nothing is defined
    ("warning", "position", "007/02"): 295,
    ("warning", "isbn", "020$a"): 1,
    # the format as it was
    ("info", "field_obsolete", "440"): 114,
    ("info", "obsolete_code", "008/32"): 41,
    ("info", "obsolete_code", "008/33"): 1,
    ("info", "obsolete_code", "050 indicator 2"): 24,
    ("info", "obsolete_code", "060 indicator 2"): 11,
    ("info", "obsolete_code", "072 indicator 1"): 1,
    ("info", "obsolete_code", "082 indicator 1"): 53,
    ("info", "obsolete_code", "100 indicator 1"): 12,
    ("info", "obsolete_code", "100 indicator 2"): 36,
    ("info", "obsolete_code", "110 indicator 2"): 2,
    ("info", "obsolete_code", "260 indicator 1"): 40,
    ("info", "obsolete_code", "600 indicator 1"): 2,
    ("info", "obsolete_code", "700 indicator 1"): 4,
    ("info", "obsolete_code", "700 indicator 2"): 5,
    ("info", "obsolete_code", "710 indicator 2"): 4,
    ("info", "obsolete_code", "740 indicator 2"): 2,
}


@pytest.mark.shared
def test_records_of_the_library_of_congress(loc_books: Path) -> None:
    found = list(validate(loc_books))
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        place = each.place
        if each.occurrence and each.occurrence > 1:
            place = place.replace(f"[{each.occurrence}]", "", 1) if each.code is None else place
        counts[each.severity, each.rule, place] += 1
    assert counts == LOC
    assert len({each.record for each in found if each.severity == "error"}) == 4
