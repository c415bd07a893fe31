# SPDX-License-Identifier: MIT
"""Single odd records of ISO 2709, and what the modes make of each.

A case has the field 245 as text and the errors in lenient and in permissive mode; None is a record
that is given up. The strict mode raises at the first of the lenient errors.
"""

from typing import Any, NamedTuple

import pytest
import records as make

import mrrc
from mrrc import MARCReader


class Case(NamedTuple):
    """A record, and what becomes of it."""

    data: bytes
    lenient: str | None
    lenient_errors: list[str]
    permissive: str | None
    permissive_errors: list[str]


SOUND = make.iso2709([make.control_field("001", "1"), make.data_field("245", "10", ("a", "Title"))])
TITLE = "=245  10$aTitle"


def of(body: bytes, tag: str = "245") -> bytes:
    fields = [make.control_field("001", "1"), (tag, body)]
    return make.iso2709([*fields, make.data_field("500", "  ", ("a", "note"))])


def same(data: bytes, field: str, *errors: str) -> Case:
    return Case(data, field, list(errors), field, list(errors))


INDICATOR, CODE, FIELD = ["InvalidIndicator"], ["BadSubfieldCode"], ["InvalidField"]

CASES: dict[str, Case] = {
    "no indicators": Case(of(b"\x1faT"), "", INDICATOR, "=245  \\\\$aT", INDICATOR),
    "one indicator": Case(of(b"1\x1faT"), "", INDICATOR, "=245  1\\$aT", INDICATOR),
    "three indicators": Case(of(b"101\x1faT"), "", INDICATOR, "=245  10$aT", INDICATOR),
    "a delimiter at the end": same(of(b"10\x1faT\x1f"), "=245  10$aT", *CODE),
    "two delimiters": same(of(b"10\x1f\x1faT"), "=245  10$aT", *CODE),
    "no subfields": same(of(b"10"), "=245  10"),
    "an empty subfield": same(of(b"10\x1fa"), "=245  10$a"),
    "a field terminator in a value": same(of(b"10\x1faTi\x1etle\x1fbX"), TITLE + "$bX", *FIELD),
    "a record terminator in a value": same(of(b"10\x1faTi\x1dtle\x1fbX"), TITLE + "$bX", *FIELD),
    "a code in Latin-1": Case(of(b"10\x1f\xe9T"), "=245  10", CODE, "=245  10$éT", CODE),
    "a code in UTF-8": same(of("10\x1féT".encode()), "=245  10$éT", *CODE),
    "no UTF-8": same(of(b"10\x1faT\xff"), "=245  10$aT\ufffd", "EncodingError"),
    "a length with a sign": Case(
        b"+%04d" % len(SOUND) + SOUND[5:],
        None,
        ["RecordLengthInvalid"],
        TITLE,
        ["RecordLengthInvalid"],
    ),
    "a length with blanks": same(b"%5d" % len(SOUND) + SOUND[5:], TITLE, "RecordLengthInvalid"),
    "no indicator count": same(SOUND[:10] + b"x" + SOUND[11:], TITLE, "RecordLeaderInvalid"),
    "an indicator count of 3": same(SOUND[:10] + b"3" + SOUND[11:], TITLE, "RecordLeaderInvalid"),
    "a blank entry map": same(SOUND[:20] + b"    " + SOUND[24:], TITLE),
}

#: Fields of other tags, as all modes have them.
OTHERS = {
    "CAT": (of(b"10\x1faT", "CAT"), "=CAT  10$aT"),
    "LDR": (of(b"10\x1faT", "LDR"), "=LDR  10$aT"),
    "000": (of(b"xx", "000"), "=000  xx"),
}


def kinds(errors: Any) -> list[str]:
    return [type(error).__name__ for error in errors]


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    case = CASES[name]
    for mode, field, errors in (
        ("lenient", case.lenient, case.lenient_errors),
        ("permissive", case.permissive, case.permissive_errors),
    ):
        reader = MARCReader(case.data + SOUND, recovery_mode=mode)
        (record, found), (last, none) = reader.iter_with_errors()
        assert kinds(found) == errors
        if field is None:
            assert record is None
        else:
            assert "".join(str(each) for each in record.get_fields("245")) == field
        assert str(last["245"]) == TITLE and none == []
    strict = MARCReader(case.data, recovery_mode="strict")
    if case.lenient_errors:
        with pytest.raises(getattr(mrrc, case.lenient_errors[0])):
            next(strict)
    else:
        record = next(strict)
        assert record is not None and str(record["245"]) == case.lenient


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("mode", [None, "strict", "lenient", "permissive"])
def test_other_tags(name: str, mode: Any) -> None:
    data, text = OTHERS[name]
    record = next(MARCReader(data, recovery_mode=mode))
    assert record is not None and record.errors == []
    assert str(record.fields[1]) == text


@pytest.mark.parametrize("mode", ["strict", "lenient", "permissive"])
def test_no_fields_and_no_records(mode: str) -> None:
    record = next(MARCReader(make.iso2709([]), recovery_mode=mode))
    assert record is not None and record.fields == [] and record.errors == []
    assert list(MARCReader(b"", recovery_mode=mode)) == []


@pytest.mark.parametrize("mode", ["lenient", "permissive"])
def test_two_entries_for_the_same_bytes(mode: str) -> None:
    data = bytearray(make.iso2709([make.data_field("245", "10", ("a", "Title")) for _ in "ab"]))
    data[36 + 7 : 36 + 12] = b"00000"
    record = next(MARCReader(bytes(data), recovery_mode=mode))
    assert record is not None
    assert [str(field) for field in record.fields] == [TITLE, TITLE]


@pytest.mark.parametrize("mode", ["lenient", "permissive"])
def test_directories(mode: str) -> None:
    # an entry that is cut, a letter in an entry, and a field that runs past the end
    cut = SOUND.replace(b"245", b"24", 1)
    cut = b"%05d" % len(cut) + cut[5:12] + b"%05d" % (int(SOUND[12:17]) - 1) + cut[17:]
    letter = bytearray(SOUND)
    letter[24 + 12 + 4] = ord("x")
    past = bytearray(SOUND)
    past[24 + 12 + 3 : 24 + 12 + 7] = b"0099"
    for data in (cut, bytes(letter), bytes(past)):
        reader = MARCReader(data + SOUND, recovery_mode=mode)
        record, last = list(reader)
        assert record is not None and record.errors
        assert record["001"].data == "1"
        assert last is not None and str(last["245"]) == TITLE
        if mode == "permissive" and data is not cut:
            assert "Title" in str(record)
