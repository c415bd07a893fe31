# SPDX-License-Identifier: MIT
"""Errors at length: for people, for programs, and the page that describes each code."""

import inspect
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest

from mrrc import exceptions, pipeline_errors, reports
from mrrc.exceptions import (
    BadSubfieldCode,
    BadSubfieldCodeWarning,
    FatalReaderError,
    InvalidField,
    InvalidIndicator,
    MissingLinkedFields,
    MrrcException,
    RepairWarning,
    TruncatedRecord,
)
from mrrc.field import Field
from mrrc.parallel import errors as parallel_errors

PAGE = Path(__file__).parents[1] / "docs" / "errors.rst"

CLASSES: list[Any] = [
    kind
    for module in (exceptions, pipeline_errors, parallel_errors)
    for kind in (getattr(module, name) for name in module.__all__)
    if inspect.isclass(kind) and issubclass(kind, MrrcException | Warning)
]
CODED = [kind for kind in CLASSES if kind.code]


def make(kind: Any, **place: Any) -> Any:
    if kind is MissingLinkedFields:
        return kind(Field("245"), **place)
    return kind("text", **place) if kind is RepairWarning else kind(**place)


# For people -----------------------------------------------------------------------


def test_all_that_is_known_has_its_row() -> None:
    error = TruncatedRecord(
        source="books.mrc",
        record_index=3,
        record_control_number="ocm01",
        field_tag="245",
        indicator_position=1,
        subfield_code=0xE9,
        found=b"abc",
        expected="five digits",
        byte_offset=258,
        record_byte_offset=12,
        bytes_near=bytes(range(60, 92)),
        bytes_near_offset=242,
        line=12,
        column=5,
        expected_length=9,
        actual_length=4,
    )
    assert error.detailed().splitlines() == [
        "TruncatedRecord at record 3, field 245",
        "  message:         truncated record: expected 9 bytes, found 4",
        "  source:          books.mrc",
        "  001:             ocm01",
        "  indicator 1:     found b'abc', expected five digits",
        "  subfield:        code byte 0xE9",
        "  length:          expected 9 bytes, found 4",
        "  line:            12, column 5",
        "  byte offset:     0x102 (258) in stream",
        "  record-relative: byte 12",
        "",
        "bytes near offset 0x102:",
        "    0x00F2:  3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 4a 4b |<=>?@ABCDEFGHIJK|",
        "    0x0102:  4c 4d 4e 4f 50 51 52 53  54 55 56 57 58 59 5a 5b |LMNOPQRSTUVWXYZ[|",
        "             ^^ offending byte",
    ]


def test_rows_that_only_some_have() -> None:
    assert InvalidField(message="no delimiter", subfield_code=0x61).detailed() == (
        "InvalidField\n  message:  invalid field: no delimiter\n  subfield: $a"
    )
    assert "subfield: invalid code byte 0x0A" in BadSubfieldCode(subfield_code=10).detailed()
    assert "bytes:   found b'x'" in InvalidIndicator(found=b"x").detailed()
    assert "indicator 0: at fault" in InvalidIndicator(indicator_position=0).detailed()
    assert "cap:         3" in FatalReaderError(cap=3, errors_seen=4).detailed()
    assert "line:    7" in InvalidField(line=7).detailed().splitlines()[-1]
    assert MrrcException().detailed() == "MrrcException"
    assert "message: the words" in MrrcException("the words").detailed()


@pytest.mark.parametrize(
    ("offset", "first", "column", "row"),
    [(0, 0, 13, 0), (7, 0, 34, 0), (8, 0, 38, 0), (15, 0, 59, 0), (16, 0, 13, 1), (99, 94, 28, 0)],
)
def test_the_caret_is_under_the_byte(offset: int, first: int, column: int, row: int) -> None:
    error = InvalidField(byte_offset=offset, bytes_near=bytes(range(32)), bytes_near_offset=first)
    lines = error.detailed().splitlines()
    (place,) = [number for number, line in enumerate(lines) if "^^" in line]
    assert lines[place].index("^^") == column
    rows = [number for number, line in enumerate(lines) if line.startswith("    0x")]
    assert place == rows[row] + 1
    assert lines[place - 1][column : column + 2] == f"{offset - first:02x}"


@pytest.mark.parametrize("offset", [None, 5, 40])
def test_a_dump_without_the_byte_has_no_caret(offset: int | None) -> None:
    error = InvalidField(byte_offset=offset, bytes_near=b"abc\xff", bytes_near_offset=10)
    text = error.detailed()
    assert "^^" not in text
    assert text.endswith(
        f"bytes near offset 0x{10 if offset is None else offset:X}:\n"
        "    0x000A:  61 62 63 ff                                      |abc.            |"
    )


# For programs ---------------------------------------------------------------------


def test_dictionary() -> None:
    error = InvalidField(message="m", found=b"\xff", bytes_near=b"", record_index=2, byte_offset=9)
    told = error.to_dict()
    assert list(told)[:6] == ["schema_version", "class", "code", "slug", "severity", "help_url"]
    assert told == {
        "schema_version": 1,
        "class": "InvalidField",
        "code": "E106",
        "slug": "invalid_field",
        "severity": "error",
        "help_url": InvalidField.help_url(),
        "record_index": 2,
        "record_control_number": None,
        "field_tag": None,
        "indicator_position": None,
        "subfield_code": None,
        "found_hex": "ff",
        "found": None,
        "expected": None,
        "byte_offset": 9,
        "record_byte_offset": None,
        "source": None,
        "bytes_near_hex": "",
        "bytes_near": None,
        "bytes_near_offset": None,
        "line": None,
        "column": None,
        "message": "m",
        "text": "[record 2] invalid field: m  (byte 0x9 / 9)",
        "_cause": None,
    }


def test_dictionary_of_a_class_without_a_code() -> None:
    told = MrrcException().to_dict()
    assert (told["code"], told["slug"], told["help_url"]) == (None, None, None)


def test_dictionary_has_the_cause_and_on_demand_the_traceback() -> None:
    with pytest.raises(InvalidField) as caught:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise InvalidField from error
    assert caught.value.to_dict()["_cause"] == "'inner'"
    assert "traceback" not in caught.value.to_dict()
    lines = caught.value.to_dict(include_traceback=True)["traceback"]
    assert any("KeyError" in line for line in lines) and lines[-1].startswith("mrrc.")
    caught.value.__cause__ = None
    assert caught.value.to_dict()["_cause"] == "'inner'"  # what it was raised in the midst of


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_can_be_told(kind: Any) -> None:
    if kind is BadSubfieldCodeWarning:
        assert kind.help_url().endswith("#w001")
        return
    error = make(kind, record_index=1, source="a\udcff.mrc", found=b"\xff", bytes_near=b"ab")
    told = json.loads(error.to_json(sort_keys=True))
    assert told["class"] == kind.__name__
    assert told["severity"] == ("warning" if issubclass(kind, Warning) else "error")
    assert told["help_url"] == (kind.help_url() if kind.code else None)
    assert error.detailed().startswith(f"{kind.__name__} at record 1")
    again = pickle.loads(pickle.dumps(error))
    assert again.to_dict() == error.to_dict()
    assert again.detailed() == error.detailed()


# The page -------------------------------------------------------------------------


def test_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(reports.DOCS_VARIABLE, raising=False)
    assert InvalidField.help_url() == f"{reports.DOCS_BASE_URL}errors.html#e106"
    assert MrrcException.help_url() == f"{reports.DOCS_BASE_URL}errors.html"
    for base in ("https://docs.example/mrrc", "https://docs.example/mrrc/"):
        monkeypatch.setenv("MRRC_DOCS_BASE_URL", base)
        assert InvalidField.help_url() == "https://docs.example/mrrc/errors.html#e106"
        assert InvalidField().to_dict()["help_url"] == InvalidField.help_url()


def test_codes_and_slugs_go_together() -> None:
    pairs = {(kind.code, kind.slug) for kind in CODED}
    assert len({code for code, _ in pairs}) == len({slug for _, slug in pairs}) == len(pairs)
    assert {kind.__name__ for kind in CLASSES if not kind.code} == {
        "MrrcException",
        "StaleFieldError",
    }


def test_the_page_describes_each_code_once() -> None:
    if not PAGE.is_file():
        pytest.skip("the documentation is not here")
    text = PAGE.read_text(encoding="utf-8")
    entries = re.findall(r"^\.\. _(\w+):\n\n(\w+) (\w+)\n((?:    .*\n)+)", text, re.MULTILINE)
    assert len(entries) == text.count("\n.. _")
    assert all(anchor == code for anchor, code, _, _ in entries)
    described = {code: (slug, body) for _, code, slug, body in entries}
    assert len(described) == len(entries)
    assert set(described) == {kind.code for kind in CODED}
    for kind in CODED:
        slug, body = described[kind.code]
        assert slug == kind.slug
        assert f"``{kind.__name__}``" in body, kind.__name__
