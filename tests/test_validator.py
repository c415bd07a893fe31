# SPDX-License-Identifier: MIT
"""Rules ready for use: blocks, runs of records, threads, and the errors that a reader asks for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mrrc import (
    BadSubfieldCode,
    Field,
    InvalidField,
    InvalidIndicator,
    MrrcException,
    Record,
    RecordLeaderInvalid,
    Subfield,
    Validator,
)

BOOK = b"00000nam a2200000 a 4500\x1e001id\x1e008900101s1990    enka          000 1 eng d"
GOOD = BOOK + b"\x1e24510\x1faA"
BAD = BOOK + b"\x1e24517\x1faA\x1faB"


def ends_of(*records: bytes) -> list[int]:
    return [sum(map(len, records[: i + 1])) for i in range(len(records))]


def test_a_block() -> None:
    found = Validator().check_block(GOOD + BAD + GOOD + BAD, ends_of(GOOD, BAD, GOOD, BAD), 11)
    assert [(each.record, each.rule) for each in found] == [
        (12, "subfield_repeated"),
        (14, "subfield_repeated"),
    ]
    assert Validator().check_block(b"", []) == []
    with pytest.raises(MrrcException, match="no packed record"):
        Validator().check_block(GOOD + b"x", ends_of(GOOD, b"x"))


def test_numbers_of_records() -> None:
    """Whatever stands between records, each keeps its number; runs end in the middle."""

    def records() -> Iterator[Record | None]:
        for number in range(1, 1603):
            if number % 400 == 0:
                yield None
            elif number % 401 == 0:
                yield Record(fields=[Field("2450", ["1", "0"], [Subfield("a", "A")])])
            else:
                yield Record(fields=[Field("001", data=str(number))])

    found = list(Validator().check_all(records(), 1, lambda: "it is torn"))
    beside = [each for each in found if each.rule in ("unreadable", "unpackable")]
    assert [(each.record, each.rule) for each in beside] == [
        (number, "unreadable" if number % 400 == 0 else "unpackable")
        for number in (400, 401, 800, 802, 1200, 1203, 1600)
    ]
    assert beside[0].message == "the record cannot be read: it is torn"
    others = [each for each in found if each.rule == "field_missing"]
    assert others and all(each.control_number == str(each.record) for each in others)
    assert [each.record for each in found] == sorted(each.record for each in found)


def test_what_comes_before_a_failure_is_told_of() -> None:
    def records() -> Iterator[Record]:
        yield Record()
        raise OSError("the disk is gone")

    findings = Validator().check_all(records())
    assert next(findings).record == 1
    with pytest.raises(OSError, match="gone"):
        list(findings)


def test_only_records_are_checked() -> None:
    found = Validator().check_all([Record(), 5])  # type: ignore
    assert next(found).record == 1
    with pytest.raises(TypeError, match="not int"):
        list(found)


def test_kinds() -> None:
    record = Record(fields=[Field("852", data=None, subfields=[Subfield("b", "main")])])
    record.leader = "00000nx  a22000001n 4500"  # type: ignore[assignment]
    by_leader = [each.message for each in Validator().check(record)]
    assert by_leader == [each.message for each in Validator(kind="holdings").check(record)]
    authority = [each.message for each in Validator(kind="authority").check(record)]
    assert "LDR/06 (Type of record) is 'x', not z" in authority
    with pytest.raises(ValueError, match="kind is one of"):
        Validator(kind="book")


def test_strict_errors() -> None:
    """What ``validation_level="strict_marc"`` puts into a record's errors."""
    bad = (
        b"00000xam a2200000 a 4500"
        + BOOK[24:]
        + b"\x1e24573\x1faA\x1e500  \x1faA\x1f!B\x1f\xc3\xa9C\x1e020  \x1fa1\x1e999  \x1faX"
    )
    errors = Validator().strict_errors(GOOD + bad, ends_of(GOOD, bad), 21)
    assert list(errors) == [1]
    leader, indicator, field, code = errors[1]
    assert type(leader) is RecordLeaderInvalid and leader.code == "E002"
    assert leader.record_index == 22 and leader.record_control_number == "id"
    assert leader.found == b"x"
    assert str(leader).endswith("LDR/05 (Record status) is 'x', not a, c, d, n, p")
    assert type(indicator) is InvalidIndicator and indicator.code == "E201"
    assert (indicator.field_tag, indicator.indicator_position) == ("245", 0)
    assert (indicator.found, indicator.expected) == (b"7", "0, 1")
    assert type(field) is InvalidField and field.code == "E106"
    assert field.subfield_code == ord("!")
    assert type(code) is BadSubfieldCode and code.code == "E202"
    assert code.subfield_code == 0xC3
    assert Validator().strict_errors(GOOD, [len(GOOD)]) == {}


def test_strict_errors_of_a_block_with_undecoded_records() -> None:
    records = [BAD, b"00005", GOOD, BAD, b"", BAD]
    block, ends = b"".join(records), ends_of(*records)
    errors = Validator().strict_errors(block, ends, 11, [0, 2, 0, 0, -5, 0])
    numbers = {place: [error.record_index for error in each] for place, each in errors.items()}
    assert numbers == {0: [11], 3: [14], 5: [16]}
    assert Validator().strict_errors(b"00005", [5], 1, [2]) == {}


def test_threads_share_it() -> None:
    validator = Validator()
    block, ends = BAD * 300, ends_of(*[BAD] * 300)
    alone = validator.check_block(block, ends)
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: validator.check_block(block, ends), range(24)))
    assert len(alone) == 300
    assert all(run == alone for run in runs)


def test_raw_records() -> None:
    """Text that nobody has decoded is no obstacle to its structure."""
    packed = BOOK.replace(b" a22", b"  22") + b"\x1e24510\x1faCaf\xe2e\x1fz\xe2"
    found = Validator().check_block(packed, [len(packed)])
    assert [(each.rule, each.value) for each in found] == [("unknown_subfield", "\\xe2")]
