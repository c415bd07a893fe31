# SPDX-License-Identifier: MIT
"""Damaged records whose encoding the caller has chosen."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc import MARCReader, Record
from mrrc.exceptions import EncodingError, MrrcException

TEXT = "Café Ångström &#x4E2D;"
MARC8 = b"Caf\xe2e \xeaAngstr\xe8om &#x4E2D;"


def damaged(value: bytes, coding: str = " ", *, tag: str = "245", code: str = "a") -> bytes:
    """A record of which a field has one indicator."""
    fields = [make.control_field("001", "id1"), (tag, b"1\x1f" + code.encode() + value)]
    return make.iso2709([*fields, make.data_field("500", "  ", ("a", value))], coding=coding)


def only(data: Any, **how: Any) -> Record:
    reader = MARCReader(data, **how)
    (record,) = reader
    assert record is not None, reader.current_exception
    return record


@pytest.mark.parametrize("target", [bytes, io.BytesIO])
def test_detected(target: Callable[[bytes], Any]) -> None:
    chunk = make.sample()
    record = only(target(damaged(TEXT.encode())), encoding="detect")
    assert record["245"]["a"] == record["500"]["a"] == TEXT
    assert record["245"].indicators == ("1", " ")
    (error,) = record.errors
    assert isinstance(error, MrrcException)
    assert str(error.message) == "the text is UTF-8, though the record does not say so"
    assert (error.record_index, error.byte_offset) == (1, 9)
    assert error.record_control_number == "id1"
    reader = MARCReader(target(chunk + damaged(MARC8, "a")), encoding="detect")
    _, record = reader
    assert record is not None
    assert record["245"]["a"] == "Café Ångström &#x4E2D;"
    (error,) = record.errors
    assert isinstance(error, MrrcException)
    assert (error.record_index, error.byte_offset) == (2, len(chunk) + 9)


def test_marc8() -> None:
    record = only(damaged(MARC8), encoding="marc-8")
    assert record["245"]["a"] == "Café Ångström 中"
    assert record.errors == []


def test_unimarc() -> None:
    processing = b" " * 26 + b"50  "
    fields = [("100", b" \x1fa" + processing), make.data_field("200", "1 ", ("a", "Café"))]
    assert only(make.iso2709(fields, coding=" "), unimarc=True)["200"]["a"] == "Café"
    fields[0] = "100", b" \x1fa" + b" " * 26 + b"0103"
    fields[1] = make.data_field("200", "1 ", ("a", b"Caf\xc2e"))
    assert only(make.iso2709(fields, coding=" "), unimarc=True)["200"]["a"] == "Café"


def test_what_is_no_text_is_told_with_its_place() -> None:
    chunk = make.iso2709(
        [
            make.control_field("001", "id1"),
            ("245", b"1\x1faT\xfftle"),
            make.data_field("500", "  ", ("a", "é"), ("b", b"\xfe\xfe")),
        ]
    )
    reader = MARCReader(make.sample() + chunk, encoding="detect")
    _, record = reader
    assert record is not None
    assert record["245"]["a"] == "T\ufffdtle"
    assert record["500"].get_subfields("a", "b") == ["é", "\ufffd\ufffd"]
    first, second = record.errors
    assert isinstance(first, EncodingError)
    assert isinstance(second, EncodingError)
    begin = len(make.sample())
    assert first.object == b"\xff"
    assert first.byte_offset == begin + chunk.index(b"\xff")
    assert first.record_byte_offset == chunk.index(b"\xff")
    assert (first.field_tag, first.subfield_code) == ("245", ord("a"))
    assert second.object == b"\xfe\xfe"
    assert second.byte_offset == begin + chunk.index(b"\xfe")
    assert (second.bytes_near_offset or 0) + (second.bytes_near or b"").index(b"\xfe") == (
        second.byte_offset
    )


def test_structural_characters_in_values() -> None:
    chunk = make.iso2709(
        [
            ("001", "é\x1fé".encode()),
            ("24 ", "10\x1faé\x1eé\x1d".encode()),
            ("2-5", b"1"),
            ("500", "12\x1f%é".encode()),
        ],
        coding=" ",
    )
    record = only(chunk, encoding="detect")
    plain = only(chunk, encoding="utf-8")
    assert str(record) == str(plain)
    assert record["001"].data == "é\x1fé"
    assert record["24 "]["a"] == "é\x1eé\x1d"
    assert record["500"]["%"] == "é"


def test_records_as_long_as_they_may_be() -> None:
    long = "é" * 4998
    fields: list[make.FieldBytes] = [("245", b"\x1fa" + long.encode()[:9990])]
    fields += [make.data_field("650", "  ", *[("a", "é")] * 1999) for _ in range(8)]
    record = only(make.iso2709(fields, coding=" "), encoding="detect")
    assert record["245"]["a"] == long[:4995]
    assert [len(field.subfields) for field in record.get_fields("650")] == [1999] * 8
    fields[0] = "245", b"".join(b"\x1fa" + b"b" * 7 for _ in range(1110))
    record = only(make.iso2709(fields, coding=" "), encoding="detect")
    assert record["245"].get_subfields("a") == ["b" * 7] * 1110


def test_more_than_a_record_can_have_is_refused() -> None:
    size = 9000
    entries = b"".join(b"245%04d00000" % size for _ in range(12))
    data = b"1\x1fa" + "é".encode() * ((size - 4) // 2)
    base = 24 + len(entries) + 1
    body = entries + b"\x1e" + data + b"\x1e\x1d"
    chunk = b"%05dnam  22%05d   4500" % (24 + len(body), base) + body
    reader = MARCReader(chunk, encoding="detect")
    assert next(reader) is None
    assert "more text than a record can have" in str(reader.current_exception)


def test_what_is_decoded_otherwise_is_as_before() -> None:
    chunk = damaged(TEXT.encode())
    assert only(chunk)["500"]["a"] != TEXT
    raw = only(chunk, encoding="detect", to_unicode=False)
    assert raw["500"]["a"] == TEXT.encode()
    assert only(chunk, encoding="utf-8")["500"]["a"] == TEXT


def test_one_warning() -> None:
    chunk = damaged(TEXT.encode(), code="é")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        record = only(chunk, encoding="detect")
    assert record["245"]["e"] == TEXT
    assert len(caught) == 1


def test_converted(tmp_path: Path) -> None:
    path, target = tmp_path / "in.mrc", tmp_path / "out.jsonl"
    path.write_bytes(make.sample() + damaged(TEXT.encode()))
    done = mrrc.convert(path, target, encoding="detect")
    assert TEXT in target.read_text(encoding="utf-8")
    (repair,) = done.repairs
    assert repair.record_index == 2
    assert "the text is UTF-8, though the record does not say so" in str(repair)
