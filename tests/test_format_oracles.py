# SPDX-License-Identifier: MIT
"""The formats beside yaz-marcdump and pymarc, over real records and generated ones.

What we write, the others read as the record it was written from; what they write, we do. XML
is well-formed whatever is in a record. The standard library's parsers judge the rest.
"""

import io
import json
import subprocess
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pymarc
import pytest
import records as make
from hypothesis import assume, given

import mrrc

#: yaz-marcdump's names are ours, but for these.
YAZ = {"marcxml": "marcxml", "marcxchange": "marcxchange", "turbomarc": "turbomarc"}
YAZ |= {"jsonl": "json", "line": "line"}
#: Formats in which any record without structural characters comes back as it was.
LOSSLESS = ["marcxml", "marcxchange", "turbomarc", "marcjson", "jsonl", "mrk", "aleph", "line"]
XML = ["marcxml", "marcxchange", "turbomarc", "mods", "dc", "oai_dc"]


def in_format(data: bytes, format: str) -> bytes:
    memory = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mrrc.RepairWarning)
        mrrc.convert(data, memory, "marc", format, on_error="skip")
    return memory.getvalue()


def back(text: bytes, format: str) -> bytes:
    memory = io.BytesIO()
    mrrc.convert(text, memory, format, "marc")
    return memory.getvalue()


def by_yaz(yaz: str, data: bytes, tmp_path: Path, *options: str) -> bytes:
    path = tmp_path / "of-yaz"
    path.write_bytes(data)
    done = subprocess.run([yaz, *options, str(path)], capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


# Real records ---------------------------------------------------------------------


@pytest.mark.parametrize("format", LOSSLESS)
def test_real_records_there_and_back(loc_books: Path, format: str) -> None:
    data = loc_books.read_bytes()
    assert back(in_format(data, format), format) == data


@pytest.mark.parametrize("format", ["json", "mods"])
def test_real_records_in_formats_that_lose_something(loc_books: Path, format: str) -> None:
    """The private JSON loses the order between codes, MODS what it has no element for."""
    data = loc_books.read_bytes()
    text = in_format(data, format)
    again = back(text, format)
    before = list(mrrc.MARCReader(data))
    after = list(mrrc.MARCReader(again))
    assert len(before) == len(after) == 2_000
    for one, other in zip(before, after):
        assert one is not None and other is not None
        assert one["001"].data.strip() == other["001"].data.strip()
        if format == "json":
            assert [field.tag for field in one] == [field.tag for field in other]
            for field, same in zip(one.fields, other.fields):
                assert (
                    sorted(field.subfields) == sorted(same.subfields)
                    if not (field.control_field)
                    else field.data == same.data
                )
        else:
            assert other.title and other["245"]["a"][:1] == one["245"]["a"][:1]
    if format == "json":  # and what it keeps it keeps
        assert in_format(again, format) == text


@pytest.mark.parametrize("format", ["marcxml", "marcxchange", "turbomarc"])
def test_yaz_reads_what_we_write(loc_books: Path, yaz: str, tmp_path: Path, format: str) -> None:
    """Not lines: yaz takes a "_" in a value for a delimiter, in its own files too."""
    data = loc_books.read_bytes()
    text = in_format(data, format)
    assert by_yaz(yaz, text, tmp_path, "-i", YAZ[format], "-o", "marc") == data


def test_yaz_reads_our_json(loc_books: Path, yaz: str, tmp_path: Path) -> None:
    """One record a file: it has no way to read several."""
    for _, record in zip(range(20), mrrc.MARCReader(loc_books)):
        assert record is not None
        text = record.to_marcjson().encode()
        assert by_yaz(yaz, text, tmp_path, "-i", "json", "-o", "marc") == record.as_marc()


@pytest.mark.parametrize("own_reader", [True, False])
@pytest.mark.parametrize("format", YAZ)
def test_we_read_what_yaz_writes(
    loc_books: Path, yaz: str, tmp_path: Path, format: str, own_reader: bool
) -> None:
    data = loc_books.read_bytes()
    text = by_yaz(yaz, data, tmp_path, "-i", "marc", "-o", YAZ[format])
    ours = "marcjson" if format == "jsonl" else format
    with mrrc.read(io.BytesIO(text), ours, own_reader=own_reader) as reader:
        assert b"".join(record.as_marc() for record in reader if record) == data


def parsed_xml(text: bytes) -> list[list[tuple[str, list[tuple[str, str]], str]]]:
    """Each record's elements in order: name, attributes, text; layout is left out."""
    return [
        [
            (
                element.tag.rpartition("}")[2],
                sorted(element.attrib.items()),
                (element.text or "") if len(element) == 0 else "",
            )
            for element in record.iter()
        ]
        for record in ET.fromstring(text).iter("{http://www.loc.gov/MARC21/slim}record")
    ]


def test_content_equals_theirs(loc_books: Path, yaz: str, tmp_path: Path) -> None:
    data = loc_books.read_bytes()
    ours = parsed_xml(in_format(data, "marcxml"))
    assert len(ours) == 2_000
    assert ours == parsed_xml(by_yaz(yaz, data, tmp_path, "-i", "marc", "-o", "marcxml"))
    memory = io.BytesIO()
    writer = pymarc.XMLWriter(memory)
    theirs = list(pymarc.MARCReader(data))
    for record in theirs:
        writer.write(record)
    writer.close(close_fh=False)
    assert ours == parsed_xml(memory.getvalue())

    as_json = json.loads(in_format(data, "marcjson"))
    assert as_json == [record.as_dict() for record in theirs if record]
    assert in_format(data, "line") == by_yaz(yaz, data, tmp_path, "-i", "marc", "-o", "line")
    lines = in_format(data, "mrk").decode()
    again = list(pymarc.MARCMakerReader(lines.replace("{dollar}", "$")))
    assert len(again) >= 2_000


# Generated records ----------------------------------------------------------------


#: What XML 1.0 has no place for; and what JSON can say but we do not read.
REFUSED = [chr(c) for c in range(32) if c not in (9, 10, 13)] + ["\ufffe", "\uffff"]
NUL = ["\0"]


@pytest.mark.parametrize(
    ("format", "refused"),
    [
        ("marcxml", REFUSED),
        ("marcxchange", REFUSED),
        ("turbomarc", REFUSED),
        ("marcjson", NUL),
        ("jsonl", NUL),
        ("mrk", []),
    ],
)
@given(data=make.utf8_records())
def test_generated_records_there_and_back(format: str, refused: list[str], data: bytes) -> None:
    record = next(iter(mrrc.MARCReader(data)))
    assert record is not None
    text = "".join(
        field.data if field.control_field else "".join(map("".join, field.subfields))
        for field in record.fields
    )
    assume(not any(character in text for character in refused))
    written = record.as_marc()
    assert back(in_format(written, format), format) == written


@pytest.mark.parametrize("format", XML)
@given(data=make.damaged(make.files()))
def test_xml_is_well_formed_whatever_can_be_read(format: str, data: bytes) -> None:
    text = in_format(data, format)
    ET.fromstring(text)


@pytest.mark.parametrize("format", XML)
def test_xml_of_real_records_of_all_kinds(format: str, pymarc_data: list[Path]) -> None:
    for path in pymarc_data:
        ET.fromstring(in_format(path.read_bytes(), format))
