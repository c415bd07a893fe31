# SPDX-License-Identifier: MIT
"""A record in the other formats: the `to_*` methods, against what whole files hold."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import records as make
from hypothesis import given
from side_by_side import shape

import mrrc
from mrrc import Field, Indicators, Record, RepairWarning, Subfield, WriterError
from mrrc.forms import DUBLIN_CORE

METHODS = {
    "to_json": "json",
    "to_marcjson": "marcjson",
    "to_xml": "marcxml",
    "to_marcxchange": "marcxchange",
    "to_turbomarc": "turbomarc",
    "to_mods": "mods",
    "to_mrk": "mrk",
    "to_line": "line",
    "to_aleph": "aleph",
}
XML = ("to_xml", "to_marcxchange", "to_turbomarc", "to_mods", "to_dublin_core_xml", "to_oai_dc")


@pytest.fixture
def record() -> Record:
    return Record(make.sample(7))


def test_each_text_reads_back(record: Record) -> None:
    for method, format in METHODS.items():
        if format == "mods":
            continue
        back = list(mrrc.read(getattr(record, method)().encode(), format))
        assert len(back) == 1
        if format != "json":
            assert [str(field) for field in back[0].fields] == [
                str(field) for field in record.fields
            ], method


def test_xml_is_a_document(record: Record) -> None:
    for method in XML:
        text = getattr(record, method)()
        assert text.startswith("<?xml version="), method
        ElementTree.fromstring(text.encode())
    assert "\n" not in record.to_xml().strip()


@given(data=make.utf8_records())
def test_marcjson_is_as_dict(data: bytes) -> None:
    record = Record(data)
    assert json.loads(record.to_marcjson()) == record.as_dict()
    assert "\n" not in record.to_marcjson()
    assert isinstance(json.loads(record.to_json()), list)


def test_a_conversion_changes_nothing(record: Record) -> None:
    before = shape(record)
    for method in (*METHODS, *XML, "to_csv", "to_dublin_core"):
        getattr(record, method)()
    assert shape(record) == before


def test_dublin_core(loc_books: Path) -> None:
    with mrrc.read(loc_books) as reader:
        records = [record for record in reader if record is not None][:200]
    for record in records:
        elements = record.to_dublin_core()
        assert tuple(elements) == DUBLIN_CORE
        root = ElementTree.fromstring(record.to_dublin_core_xml().encode())
        said = [(each.tag.partition("}")[2], each.text) for each in root[0]]
        assert said == [(name, value) for name in elements for value in elements[name]]
        assert elements["title"]
    assert Record().to_dublin_core()["title"] == []


def test_csv(record: Record) -> None:
    rows = list(csv.reader(io.StringIO(record.to_csv())))
    assert rows[0] == ["tag", "ind1", "ind2", "subfield_code", "value"]
    expected = []
    for field in record.fields:
        if field.control_field:
            expected.append([field.tag, "", "", "", field.data])
        expected += [[field.tag, *field.indicators, code, value] for code, value in field.subfields]
    assert rows[1:] == expected


def test_csv_cells() -> None:
    record = Record()
    record.add_field(
        Field("500", Indicators(" ", " "), []),
        Field("245", Indicators(",", '"'), [Subfield(",", 'a "b", c\r\nd'), Subfield("a", "=1+1")]),
    )
    rows = list(csv.reader(io.StringIO(record.to_csv(), newline="")))
    assert rows[1:] == [
        ["500", " ", " ", "", ""],
        ["245", ",", '"', ",", 'a "b", c\r\nd'],
        ["245", ",", '"', "a", "'=1+1"],
    ]


def test_a_record_that_was_edited(record: Record) -> None:
    record["245"]["a"] = "Something else"
    for method in METHODS:
        assert "Something else" in getattr(record, method)(), method
    assert "Something else" in record.to_dublin_core()["title"][0]
    record.leader = mrrc.Leader("00000cjs a2200000 i 4500")
    assert "sound recording" in record.to_mods()
    assert "cjs a" in record.to_xml()


def test_undecoded_text() -> None:
    raw = next(iter(mrrc.MARCReader(make.sample(1), to_unicode=False)))
    assert raw is not None
    for method in (*METHODS, *XML, "to_csv", "to_dublin_core"):
        with pytest.raises(WriterError, match="not decoded"):
            getattr(raw, method)()


def test_what_cannot_be_packed_is_said_as_far_as_it_can_be() -> None:
    record = Record()
    record.add_field(Field("500", Indicators(" ", " "), [Subfield("xy", "one\x1ftwo")]))
    for method in set(METHODS) - {"to_marcjson"}:
        with pytest.warns(RepairWarning):
            text = getattr(record, method)()
        assert "one\ufffdtwo" in text or method == "to_mods"
    assert json.loads(record.to_marcjson()) == record.as_dict()
