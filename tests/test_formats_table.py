# SPDX-License-Identifier: MIT
"""Which format a source has: by name, by suffix, by its first bytes."""

import codecs
import io
from pathlib import Path

import pytest
import records as make

import mrrc
from mrrc import _bridge
from mrrc.files import open_source
from mrrc.formats import FORMATS, Format
from mrrc.formats.table import by_content, by_suffix, find, reading, writing

RECORDS = [mrrc.Record(make.sample(number)) for number in range(3)]
READ = sorted(name for name, each in FORMATS.items() if each.reads)
WRITTEN = sorted(name for name, each in FORMATS.items() if each.writes)


def as_file(format: str) -> bytes:
    memory = io.BytesIO()
    mrrc.write(RECORDS, memory, format)
    return memory.getvalue()


def named(format: Format | None) -> str | None:
    return None if format is None else format.name


def test_the_table_is_the_cores() -> None:
    for name, each in FORMATS.items():
        assert each.name == name
        assert each.reads or each.writes
        assert each.about
        number = _bridge.find_format(name)
        assert number >= 0
        if each.reads:
            _bridge.Source(None, b"", number)
        else:
            with pytest.raises(MemoryError):
                _bridge.Source(None, b"", number)
    names = [name for each in FORMATS.values() for name in (each.name, *each.aliases)]
    suffixes = [suffix for each in FORMATS.values() for suffix in each.suffixes]
    assert len(names) == len(set(names))
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


def test_names() -> None:
    for name, each in FORMATS.items():
        for one in (name, name.upper(), f" {name} ", *each.aliases):
            assert find(one) is each
    assert find("mrc").name == "marc"
    assert find("xml").name == "marcxml"
    assert find("mij").name == "marcjson"
    with pytest.raises(ValueError, match="no format 'docx'; there are: marc, marcxml"):
        find("docx")
    with pytest.raises(TypeError):
        find(5)  # type: ignore[arg-type]


def test_suffixes() -> None:
    for name, each in FORMATS.items():
        for suffix in each.suffixes:
            for file in (f"x{suffix}", f"a.b/c.d{suffix.upper()}.gz", f"x{suffix}.zst"):
                assert named(by_suffix(file)) == name, file
    assert named(by_suffix(Path("a/b.mods.xml"))) == "mods"
    assert named(by_suffix("b.mods.old.xml")) == "marcxml"
    assert named(by_suffix(b"x.mrc")) == "marc"
    for other in ("x", "x.txt", "mrc", "x.mrc/y", "", ".gz", "x.dat"):
        assert by_suffix(other) is None, other


@pytest.mark.parametrize("format", READ)
@pytest.mark.parametrize("size", [200, 4096])
def test_content_of_what_we_write(format: str, size: int) -> None:
    data = as_file(format)
    # an array and lines are one thing to a reader
    expected = "marcjson" if format == "jsonl" else format
    if format != "json" or size > 1000:
        assert named(by_content(data[:size])) == expected
    if format != "marc":
        assert named(by_content(codecs.BOM_UTF8 + b"\n " + data)) == expected
        for codec in ("utf-16", "utf-16-le", "utf-16-be"):
            assert named(by_content(data.decode().encode(codec)[: 2 * size])) in (
                expected,
                "marcjson",
            )


SLIM = b'="http://www.loc.gov/MARC21/slim">'
OAI = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><a/>'

CONTENT = {
    b'<?xml version="1.0"?><!-- <mods> --><marc:collection xmlns:marc' + SLIM: "marcxml",
    b'<!DOCTYPE r [<!ENTITY a "b">]><collection>': "marcxml",
    b"<record><leader>": "marcxml",
    b'<collection xmlns="info:lc/xmlns/marcxchange-v1"': "marcxchange",
    b'<collection xmlns="info:lc/xmlns/marcxchange-v1">': "marcxchange",
    b"<r xmlns='http://www.indexdata.com/turbomarc'>": "turbomarc",
    b"<r><l>": "turbomarc",
    b"<mods>": "mods",
    b'<m:modsCollection xmlns:m="http://www.loc.gov/mods/v3">': "mods",
    OAI + b"<record xmlns" + SLIM: "marcxml",
    OAI: None,
    b"<html>": None,
    b"<": None,
    b'{"leader":"': "marcjson",
    b'[{"fields": [': "marcjson",
    b"[]": "marcjson",
    b"[": "marcjson",
    b'{"name": 5}': None,
    b'[{"leader":"x"},{"245":{"ind1":"1","ind2":"0","subfields":{"a":"b"}}}]': "json",
    b'[{"leader":"x"},{"245":{"ind1":"1","ind2":"0","subfields":[{"a":"b"}]}}]': "marcjson",
    b'[{"leader":"\\"subfields\\":{"},{"245":{"subfields":[': "marcjson",
    b"=LDR  00000nam": "mrk",
    b"=001  x": "mrk",
    b"=== x": None,
    b"000000001 LDR   L 00000nam": "aleph",
    b"000000001 24510 L $$aEmma": "aleph",
    b"00714cam a2200205 a 4500\n001 12345\n": "line",
    b"(a comment\n00714cam a2200205 a 4500\n001 12345\n": "line",
    make.sample(1): "marc",
    make.sample(1)[:20]: "marc",
    b"\n" + make.sample(1): "marc",
    b"00714cam a2200205 a 4500" + b"\x1e" + b"broken": "marc",
    b"12345": "marc",
    b"plain text": None,
    b"": None,
    b"PK\x03\x04": None,
    b"\xff\xfe\xff": None,
}


@pytest.mark.parametrize("head", CONTENT)
def test_content(head: bytes) -> None:
    assert named(by_content(head)) == CONTENT[head]


def test_hostile_beginnings_tell_nothing() -> None:
    for head in (b"<!DOCTYPE " + b"[" * 4096, b"<!--" * 1024, b"( \n" * 1365, b"<?" * 2048):
        assert by_content(head) is None
    assert by_content(b"x" * 5000) is None


def told(source: object, format: str | None = None) -> str:
    with open_source(source) as opened:  # type: ignore[arg-type]
        return reading(opened, format)


def test_a_suffix_decides_before_content(tmp_path: Path) -> None:
    path = tmp_path / "x.mrk"
    path.write_bytes(make.sample(1))
    assert told(path) == "mrk"
    assert told(path, "marc") == "marc"
    path = tmp_path / "x.mods.xml"
    path.write_bytes(as_file("marcxml"))
    assert told(path) == "mods"


@pytest.mark.parametrize("suffix", ["", ".txt", ".xml", ".json", ".jsonl", ".xml.gz"])
@pytest.mark.parametrize("format", READ)
def test_content_decides_where_a_suffix_says_little(
    suffix: str, format: str, tmp_path: Path
) -> None:
    path = tmp_path / f"x{suffix}"
    mrrc.write(RECORDS, path, format)
    expected = {format}
    if format in ("jsonl", "marcjson"):
        expected = {"jsonl"} if suffix == ".jsonl" else {"marcjson"}
    assert told(path) in expected


def test_empty_files(tmp_path: Path) -> None:
    for name, each in FORMATS.items():
        for suffix in each.suffixes:
            path = tmp_path / f"x{suffix}"
            path.write_bytes(b"")
            if each.reads:
                assert told(path) == name
            else:
                with pytest.raises(ValueError, match="can be written only"):
                    told(path)
    for source in (b"", b"\n \n", io.BytesIO()):
        with pytest.raises(ValueError, match="is empty"):
            told(source)


def test_what_nothing_tells(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(b"<html><body/></html>")
    with pytest.raises(ValueError, match=r"x\.xml' is XML.*<html>.*marcxml"):
        told(path)
    with pytest.raises(ValueError, match="begins with b'plain text'"):
        told(b"plain text")
    with pytest.raises(ValueError, match="no format 'docx'"):
        told(b"plain text", "docx")
    with pytest.raises(ValueError, match="'csv' can be written only"):
        told(b"a,b", "csv")


def test_targets(tmp_path: Path) -> None:
    assert writing("x.xml") == "marcxml"
    assert writing(tmp_path / "x.json.gz") == "marcjson"
    assert writing("-", "MRK") == "mrk"
    assert writing(io.BytesIO(), "csv") == "csv"
    with (tmp_path / "x.tsv").open("wb") as file:
        assert writing(file) == "tsv"
    for target in ("-", "x", "x.docx", io.BytesIO()):
        with pytest.raises(ValueError, match="name the format, one of: marc, "):
            writing(target)
    with pytest.raises(ValueError, match="no format"):
        writing("x.mrc", "docx")


@pytest.mark.parametrize("target", [None, 5, b"a.mrc", ["a.mrc"]])
def test_what_is_no_target(target: object) -> None:
    for format in (None, "marc"):
        with pytest.raises(TypeError, match="a target is a path or a binary file object"):
            writing(target, format)
