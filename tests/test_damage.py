# SPDX-License-Identifier: MIT
"""Where the fault is: each refusal of pymarc's rules points at its bytes in the source."""

from typing import Any

import pytest
import records as make
from hypothesis import given

import mrrc
from mrrc import damage

#: What stands in front of the damaged record.
AHEAD = make.sample(7)

#: 24 of leader, entries of 001 at 24 and 245 at 36, its terminator at 48, data from 49.
RECORD = make.iso2709(
    [make.control_field("001", "ocm1"), make.data_field("245", "10", ("a", "Emma"), ("b", "x"))]
)
assert RECORD[24:49] == b"001000500000245001200005\x1e"


def put(at: int, data: bytes) -> bytes:
    return RECORD[:at] + data + RECORD[at + len(data) :]


def failure(data: bytes, **arguments: Any) -> mrrc.MrrcException:
    reader = mrrc.MARCReader(AHEAD + data, **arguments)
    assert next(reader) is not None
    assert next(reader) is None
    error = reader.current_exception
    assert isinstance(error, mrrc.MrrcException)
    return error


CASES: dict[str, tuple[bytes, type, int, dict[str, Any]]] = {
    "length": (put(0, b"x"), mrrc.RecordLengthInvalid, 0, {"found": b"x0067"}),
    "cut": (
        RECORD[:-9],
        mrrc.TruncatedRecord,
        0,
        {"expected_length": 67, "actual_length": 58, "found": None},
    ),
    "terminator": (put(66, b"?"), mrrc.EndOfRecordNotFound, 66, {"found": b"?"}),
    "leader": (put(7, b"\xe9"), mrrc.EncodingError, 7, {"found": b"\xe9", "field_tag": None}),
    "base no number": (put(12, b"x"), mrrc.BaseAddressNotNumeric, 12, {"found": b"x0049"}),
    "base zero": (put(12, b"00000"), mrrc.BaseAddressNotFound, 12, {"found": b"00000"}),
    "base too far": (put(12, b"09999"), mrrc.BaseAddressInvalid, 12, {"found": b"09999"}),
    "base before the end": (
        put(12, b"00046"),
        mrrc.RecordDirectoryInvalid,
        36,
        {"found": b"245001200"},
    ),
    "directory text": (put(36, b"\xe9"), mrrc.EncodingError, 36, {"found": b"\xe9"}),
    "entry's length": (
        put(39, b"00x1"),
        mrrc.DirectoryNotNumeric,
        39,
        {"found": b"00x1", "field_tag": "245", "expected": "4 digits"},
    ),
    "entry's start": (
        put(43, b"0000?"),
        mrrc.DirectoryNotNumeric,
        43,
        {"found": b"0000?", "field_tag": "245", "expected": "5 digits"},
    ),
    "no fields": (
        make.iso2709([]),
        mrrc.NoFieldsFound,
        24,
        {"found": None, "record_control_number": None},
    ),
    "value": (
        put(60, b"\xff"),
        mrrc.EncodingError,
        60,
        {"field_tag": "245", "subfield_code": ord("a"), "found": b"\xff"},
    ),
    "indicator": (
        put(55, b"\xe9"),
        mrrc.EncodingError,
        55,
        {"field_tag": "245", "indicator_position": 1, "found": b"\xe9"},
    ),
    "code": (
        put(57, "日ß".encode()),
        mrrc.BadSubfieldCode,
        57,
        {"field_tag": "245", "subfield_code": 0xE6},
    ),
}


@pytest.mark.filterwarnings("ignore::mrrc.BadSubfieldCodeWarning")
@pytest.mark.parametrize("name", CASES)
def test_place(name: str) -> None:
    data, kind, at, more = CASES[name]
    error = failure(data)
    assert type(error) is kind
    assert (error.record_index, error.record_byte_offset) == (2, at)
    assert error.byte_offset == len(AHEAD) + at
    if not name.startswith(("length", "base", "no fields")):
        assert error.record_control_number == "ocm1"
    assert {key: getattr(error, key) for key in more} == more
    whole = AHEAD + data
    assert error.bytes_near == whole[error.byte_offset - 16 : error.byte_offset + 16]
    assert error.bytes_near_offset == error.byte_offset - 16
    shown = error.detailed()
    assert "^^ offending byte" in shown
    if error.found is not None:
        assert shown.count(repr(error.found)) >= 1
        assert data.startswith(error.found, at)


def test_control_field_in_another_encoding() -> None:
    error = failure(put(49, b"\xff"), file_encoding="utf-8", force_utf8=False)
    assert type(error) is mrrc.EncodingError
    assert (error.field_tag, error.record_byte_offset, error.indicator_position) == (
        "001",
        49,
        None,
    )


def test_what_an_error_knows_it_keeps() -> None:
    error = mrrc.BaseAddressNotFound(found=b"seen", record_index=9)
    damage.locate(error, RECORD, source="a", record_index=2, byte_offset=100)
    assert (error.found, error.record_index, error.source) == (b"seen", 9, "a")
    assert (error.byte_offset, error.record_byte_offset) == (112, 12)


def test_without_an_offset_only_the_record_is_known() -> None:
    error = mrrc.BaseAddressNotFound()
    damage.locate(error, RECORD)
    assert (error.byte_offset, error.record_byte_offset, error.bytes_near_offset) == (
        None,
        12,
        None,
    )
    assert error.bytes_near == RECORD[:28]


def test_an_error_of_another_kind_is_of_the_whole_record() -> None:
    error = mrrc.EncodingError("words")
    damage.locate(error, RECORD, byte_offset=5)
    assert (error.byte_offset, error.record_byte_offset) == (5, None)


def test_control_number() -> None:
    assert damage.control_number(RECORD) == "ocm1"
    assert damage.control_number(RECORD[:40]) is None
    assert damage.control_number(b"") is None
    assert damage.control_number(make.iso2709([make.control_field("001", "é" * 40)])) == "é" * 16


def test_near() -> None:
    data = bytes(range(64))
    assert damage.near(data, 100, 132) == (data[16:48], 116)
    assert damage.near(data, 100, 103) == (data[:19], 100)
    assert damage.near(data, 100, 163) == (data[47:], 147)
    assert damage.near(data, 100, 300) is None
    assert damage.near(b"", 0, 0) is None


@given(data=make.damaged(make.files()))
def test_whatever_is_wrong_lies_in_the_record(data: bytes) -> None:
    reader = mrrc.MARCReader(data, hide_utf8_warnings=True)
    for record in reader:
        error = reader.current_exception
        if record is None and isinstance(error, mrrc.MrrcException):
            assert error.byte_offset is not None
            assert 0 <= error.byte_offset <= len(data)
            if error.bytes_near is not None and error.bytes_near_offset is not None:
                assert data.startswith(error.bytes_near, error.bytes_near_offset)
            if error.found is not None and error.record_byte_offset is not None:
                assert data.startswith(error.found, error.byte_offset)
            error.detailed()


@pytest.mark.parametrize(
    ("record", "number"),
    [
        (RECORD, "ocm1"),
        (RECORD[:48] + RECORD[49:60] + RECORD[48:49] + RECORD[60:], None),
        (put(12, b"00050"), None),  # the data begin one byte before
        (put(12, b"00048"), None),
        (put(27, b"0009"), "ocm1"),  # an entry that is too long
        (put(27, b"0003"), "oc"),
        (put(48, b"x"), "ocm1"),  # no terminator of the directory
        (RECORD[:51], "oc"),  # cut off
        (RECORD[:30], None),
        (put(53, b"\x1f"), "ocm1"),
        (b"", None),
    ],
    ids=str,
)
def test_control_number_is_one_or_none(record: bytes, number: str | None) -> None:
    assert damage.control_number(record) == number
