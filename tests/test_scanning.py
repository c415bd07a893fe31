# SPDX-License-Identifier: MIT
"""Boundaries found in bytes are those that readers find, and what is made of them are records."""

from __future__ import annotations

import pytest
import records as make

import mrrc
from mrrc import RecordBoundaryScanner, parse_batch_parallel, parse_batch_parallel_limited

SOUND = [make.sample(number) for number in range(1, 6)]
DATA = b"".join(SOUND)
#: A terminator inside a field.
EMBEDDED = make.iso2709([make.data_field("245", "00", ("a", b"one\x1dtwo"))], coding="a")


def pairs_of(records: list[bytes]) -> list[tuple[int, int]]:
    pairs = []
    offset = 0
    for record in records:
        pairs.append((offset, len(record)))
        offset += len(record)
    return pairs


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_records_are_found(kind: type) -> None:
    scanner = RecordBoundaryScanner()
    assert scanner.scan(kind(DATA)) == pairs_of(SOUND)
    assert scanner.count_records(kind(DATA)) == 5


def test_a_terminator_in_a_field_cuts_no_record() -> None:
    records = [SOUND[0], EMBEDDED, SOUND[1]]
    assert RecordBoundaryScanner().scan(b"".join(records)) == pairs_of(records)


def test_a_wrong_length_loses_one_record_at_most() -> None:
    wrong = b"99998" + SOUND[1][5:]
    found = RecordBoundaryScanner().scan(SOUND[0] + wrong + SOUND[2] + SOUND[3])
    assert found == pairs_of([SOUND[0], wrong, SOUND[2], SOUND[3]])


def test_bytes_between_records_are_in_none() -> None:
    found = RecordBoundaryScanner().scan(b"\r\n" + SOUND[0] + b"\r\n" + SOUND[1])
    assert found == [(2, len(SOUND[0])), (4 + len(SOUND[0]), len(SOUND[1]))]


def test_a_record_that_is_cut_short_waits_for_the_rest() -> None:
    assert RecordBoundaryScanner().scan(DATA[:-10]) == pairs_of(SOUND)[:-1]


def test_a_limit() -> None:
    scanner = RecordBoundaryScanner()
    assert scanner.scan_limited(DATA, 2) == pairs_of(SOUND)[:2]
    assert scanner.scan_limited(DATA, 0) == []
    assert scanner.scan_limited(DATA, 99) == pairs_of(SOUND)
    with pytest.raises(ValueError, match="not negative"):
        scanner.scan_limited(DATA, -1)


@pytest.mark.parametrize("data", [b"", b"no record", SOUND[0][:-1]])
def test_nothing_to_find(data: bytes) -> None:
    scanner = RecordBoundaryScanner()
    with pytest.raises(ValueError, match="bytes"):
        scanner.scan(data)
    assert scanner.count_records(data) == 0


def test_what_is_no_bytes() -> None:
    with pytest.raises(TypeError, match="not in str"):
        RecordBoundaryScanner().scan("text")  # type: ignore[arg-type]


def test_room() -> None:
    scanner = RecordBoundaryScanner()
    assert scanner.capacity() == 100
    scanner.scan(DATA * 30)
    assert scanner.capacity() == 150
    assert repr(scanner) == "RecordBoundaryScanner(capacity=150)"
    scanner.clear()
    assert scanner.capacity() == 100


def test_records_are_made() -> None:
    records = parse_batch_parallel(RecordBoundaryScanner().scan(DATA), DATA)
    assert [record.as_marc() for record in records] == SOUND
    assert all(type(record) is mrrc.Record for record in records)


def test_in_any_order_and_more_than_once() -> None:
    pairs = pairs_of(SOUND)
    wanted = [4, 0, 0, 2]
    records = parse_batch_parallel([pairs[i] for i in wanted], DATA)
    assert [record.as_marc() for record in records] == [SOUND[i] for i in wanted]


def test_with_threads() -> None:
    data = DATA * (1 + (3 << 20) // len(DATA))
    pairs = RecordBoundaryScanner().scan(data)
    records = parse_batch_parallel(pairs, data)
    assert b"".join(record.as_marc() for record in records) == data


def test_a_bad_record_is_named() -> None:
    bad = SOUND[2][:12] + b"XXXXX" + SOUND[2][17:]
    data = b"".join([*SOUND[:2], bad, *SOUND[3:]])
    with pytest.raises(mrrc.BaseAddressInvalid) as caught:
        parse_batch_parallel(list(reversed(pairs_of(SOUND))), data)
    assert caught.value.record_index == 3
    assert caught.value.byte_offset == len(SOUND[0]) + len(SOUND[1]) + 12


def test_a_boundary_that_is_no_record_is_named() -> None:
    pairs = pairs_of(SOUND)
    with pytest.raises(mrrc.RecordLengthInvalid) as caught:
        parse_batch_parallel([pairs[0], (pairs[1][0], 30)], DATA)
    assert caught.value.record_index == 2
    # the first fault counts
    bad = SOUND[0][:12] + b"XXXXX" + SOUND[0][17:]
    with pytest.raises(mrrc.BaseAddressInvalid):
        parse_batch_parallel([pairs[0], (pairs[1][0], 30)], bad + DATA[len(bad) :])


@pytest.mark.parametrize("pair", [(0, 0), (-1, 30), (0, 10**6), (10**6, 1)])
def test_a_boundary_outside(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="boundary 0 is outside"):
        parse_batch_parallel([pair], DATA)


@pytest.mark.parametrize("pair", [1, (1,), (1, 2, 3), ("a", "b")])
def test_a_boundary_that_is_none(pair: object) -> None:
    with pytest.raises(TypeError, match="no pair"):
        parse_batch_parallel([pair], DATA)  # type: ignore[list-item]


def test_limited() -> None:
    pairs = pairs_of(SOUND)
    assert len(parse_batch_parallel_limited(pairs, DATA, 2)) == 2
    assert parse_batch_parallel_limited(pairs, DATA, 0) == parse_batch_parallel([], DATA) == []
    with pytest.raises(ValueError, match="not negative"):
        parse_batch_parallel_limited(pairs, DATA, -1)
