# SPDX-License-Identifier: MIT
"""Single records from and to text, under the Rust package's names."""

import csv
import io
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
import records as make
from hypothesis import given

import mrrc
from mrrc import EncodingError, JsonError, Record, RepairWarning, XmlError

LEADER = "00000nam a2200000 a 4500"


def fields(record: Record) -> list[str]:
    return [str(field) for field in record.fields]


@pytest.fixture
def record() -> Record:
    return Record(make.sample(7))


def test_functions_are_the_methods(record: Record) -> None:
    assert mrrc.record_to_json(record) == record.to_json()
    assert mrrc.record_to_marcjson(record) == record.to_marcjson()
    assert mrrc.record_to_mods(record) == record.to_mods()
    assert mrrc.record_to_dublin_core(record) == record.to_dublin_core()
    assert mrrc.record_to_dublin_core_xml(record) == record.to_dublin_core_xml()
    assert mrrc.record_to_csv(record) == record.to_csv()


WAYS: list[tuple[Callable[[Record], str], Callable[[Any], Record]]] = [
    (mrrc.record_to_marcjson, mrrc.marcjson_to_record),
    (Record.as_json, mrrc.marcjson_to_record),
    (Record.to_xml, mrrc.xml_to_record),
    (Record.to_marcxchange, mrrc.xml_to_record),
]


# U+0000 has no place in XML, and jansson does not read it.
TEXTS = make.utf8_records().filter(lambda data: b"\0" not in data)


@pytest.mark.filterwarnings("ignore::mrrc.RepairWarning")
@pytest.mark.parametrize("way", WAYS)
@given(data=TEXTS)
def test_there_and_back(way: Any, data: bytes) -> None:
    there, back = way
    record = Record(data)
    text = there(record)
    if "\ufffd" in text:
        return  # a control character that XML has no place for
    assert fields(back(text)) == fields(record)
    assert fields(back(text.encode())) == fields(record)


def test_json_there_and_back() -> None:
    record = Record()
    record.add_field(mrrc.Field("001", data="1"))
    pairs = [mrrc.Subfield("a", "A"), mrrc.Subfield("b", "B"), mrrc.Subfield("b", "C")]
    record.add_field(mrrc.Field("245", mrrc.Indicators("1", "0"), pairs))
    assert fields(mrrc.json_to_record(record.to_json())) == fields(record)


def test_mods_there_and_back(record: Record) -> None:
    back = mrrc.mods_to_record(record.to_mods())
    assert back.title is not None
    assert mrrc.mods_collection_to_records(record.to_mods())[0].title == back.title


def test_the_first_of_many() -> None:
    one = f"<record><leader>{LEADER}</leader><controlfield tag='001'>%d</controlfield></record>"
    text = f"<collection>{one % 1}{one % 2}</collection>"
    assert fields(mrrc.xml_to_record(text)) == ["=001  1"]
    assert [fields(record) for record in mrrc.xml_to_records(text)] == [["=001  1"], ["=001  2"]]
    lines = "\n".join(f'{{"leader":"{LEADER}","fields":[{{"001":"{n}"}}]}}' for n in (1, 2))
    assert fields(mrrc.marcjson_to_record(lines)) == ["=001  1"]


def test_text_has_no_encoding() -> None:
    text = (
        "<?xml version='1.0' encoding='ISO-8859-1'?>"
        f"<record><leader>{LEADER}</leader><controlfield tag='001'>ä</controlfield></record>"
    )
    assert fields(mrrc.xml_to_record(text)) == ["=001  ä"]
    assert fields(mrrc.xml_to_record(text.encode("latin-1"))) == ["=001  ä"]


def test_texts_without_a_record() -> None:
    for text in ("", " ", "[]"):
        for function in (mrrc.json_to_record, mrrc.marcjson_to_record):
            with pytest.raises(JsonError):
                function(text)
    with pytest.raises(XmlError, match="no <record> element found"):
        mrrc.xml_to_record("<collection/>")
    with pytest.raises(XmlError, match="no <mods> element found"):
        mrrc.mods_to_record("<modsCollection/>")
    assert mrrc.xml_to_records("<collection/>") == []
    assert mrrc.mods_collection_to_records("<modsCollection/>") == []
    for function in (
        mrrc.xml_to_record,
        mrrc.xml_to_records,
        mrrc.mods_to_record,
        mrrc.mods_collection_to_records,
    ):
        for text in ("", " ", "no xml", "<record>", "/no/such/file"):
            with pytest.raises(XmlError):
                function(text)
    for function in (mrrc.json_to_record, mrrc.marcjson_to_record):
        for text in ("{", "no json", '{"leader":5}', "/no/such/file"):
            with pytest.raises(JsonError):
                function(text)


def test_no_text_at_all() -> None:
    for function in (mrrc.json_to_record, mrrc.marcjson_to_record, mrrc.xml_to_record):
        with pytest.raises(TypeError, match="str or bytes"):
            function(5)  # type: ignore[arg-type]
        with pytest.raises(EncodingError, match="surrogate"):
            function('{"leader": "\ud800"}')


@pytest.mark.parametrize(
    "function",
    [
        mrrc.record_to_json,
        mrrc.record_to_marcjson,
        mrrc.record_to_mods,
        mrrc.record_to_dublin_core,
        mrrc.record_to_dublin_core_xml,
        mrrc.record_to_csv,
    ],
)
def test_no_record_at_all(function: Callable[[Any], Any]) -> None:
    for other in (None, "record", {}):
        with pytest.raises(TypeError, match="expected a Record"):
            function(other)


def test_flaws_are_said() -> None:
    text = (
        f"<record><leader>{LEADER}</leader><datafield tag='245' ind1='1' ind2='0'>"
        "<subfield code='ab'>T</subfield></datafield></record>"
    )
    with pytest.warns(RepairWarning) as caught:
        record = mrrc.xml_to_record(text)
    assert record["245"]["a"] == "T"
    assert caught[0].filename == __file__


def test_dublin_core_to_xml(record: Record) -> None:
    assert mrrc.dublin_core_to_xml(record.to_dublin_core()) == record.to_dublin_core_xml()
    text = mrrc.dublin_core_to_xml({"title": ["a & <b>\r"], "rights": ("x", "y")})
    said = [each.text for each in ElementTree.fromstring(text.encode())[0]]
    assert said == ["a & <b>\r", "x", "y"]
    ElementTree.fromstring(mrrc.dublin_core_to_xml({}).encode())
    with pytest.warns(RepairWarning, match=r"U\+0007"):
        assert "a\ufffdb" in mrrc.dublin_core_to_xml({"title": ["a\ab"]})
    with pytest.raises(ValueError, match="no element 'titel'"):
        mrrc.dublin_core_to_xml({"titel": ["x"]})
    for wrong in ("abc", [5], [None]):
        with pytest.raises(TypeError):
            mrrc.dublin_core_to_xml({"title": wrong})  # type: ignore[dict-item]


def test_tables_of_many(record: Record) -> None:
    single = record.to_csv()
    header, _, rows = single.partition("\n")
    for records in ([record] * 3, (record,) * 3, iter([record] * 3)):
        assert mrrc.records_to_csv(records) == f"{header}\n" + rows * 3
    assert mrrc.records_to_csv([]) == f"{header}\n"
    with pytest.raises(TypeError, match="expected a Record"):
        mrrc.records_to_csv([record, None])  # type: ignore[list-item]


def test_tables_of_chosen_fields(record: Record) -> None:
    asked: list[str] = []

    def wanted(tag: str) -> bool:
        asked.append(tag)
        return tag == "245"

    text = mrrc.records_to_csv_filtered(iter([record]), wanted)
    assert {row[0] for row in csv.reader(io.StringIO(text))} == {"tag", "245"}
    assert asked == [field.tag for field in record.fields]

    def fails(tag: str) -> bool:
        raise KeyError(tag)

    with pytest.raises(KeyError):
        mrrc.records_to_csv_filtered([record], fails)
