# SPDX-License-Identifier: MIT
"""Where a source can be cut, and what of it is in doubt."""

from typing import Any

import pytest
import records as make

from mrrc import _bridge
from mrrc.cutting import LONGEST, Cut, Doubts, Stretch, cut

GOOD = [make.sample(number) for number in range(300)]
SIZE = len(GOOD[0])
FILE = b"".join(GOOD)


def doubts(data: bytes) -> Doubts:
    return Doubts(lambda: _bridge.Source(None, data), len(data))


def cuts(data: bytes, **how: Any) -> tuple[list[Cut], list[tuple[int, Stretch]]]:
    told: list[tuple[int, Stretch]] = []
    found = cut(
        len(data),
        lambda offset, size: data[offset : offset + size],
        doubts(data),
        told=lambda *each: told.append(each),
        **how,
    )
    return found, told


def test_sound_records() -> None:
    found, told = cuts(FILE, parts=3)
    assert found == [Cut(0, 0, ()), Cut(100 * SIZE, 100, ()), Cut(200 * SIZE, 200, ())]
    assert told == []
    assert cuts(b"", parts=3) == ([], [])
    assert cuts(FILE, parts=1) == ([Cut(0, 0, ())], [])
    found, _ = cuts(FILE, max_bytes=10 * SIZE + 5)
    assert [each.offset for each in found] == [10 * SIZE * number for number in range(30)]


def test_what_is_looked_at_is_not_the_whole() -> None:
    asked: list[tuple[int, int]] = []
    data = FILE * 60
    size = len(data)

    def read_at(offset: int, count: int) -> bytes:
        asked.append((offset, count))
        return data[offset : offset + count]

    found = cut(size, read_at, doubts(data), parts=4, told=lambda *_: None)
    assert [each.offset % SIZE for each in found] == [0] * 4
    assert max(count for _, count in asked) < size // 2


@pytest.mark.parametrize(
    ("damage", "records", "lost", "whole"),
    [
        (make.iso2709([make.data_field("245", "10", ("a", "x\x1dy"))]), 1, (), True),
        (b"\n", 0, (None,), False),
        (b"xxxxx" + GOOD[0][5:], None, (None, "strict"), False),
        (b"99999" + GOOD[0][5:], None, (None, "strict"), False),
        (b"  " + GOOD[0][2:], 1, ("strict",), False),
    ],
)
def test_doubt(damage: bytes, records: Any, lost: Any, whole: bool) -> None:
    data = FILE[: 10 * SIZE] + damage + FILE
    stretch = doubts(data).resolve(10 * SIZE, ())
    if damage == b"\n":
        # white space has no end of its own: the record behind it is the next that all agree on
        assert stretch == Stretch(11 * SIZE + 1, 1, (None,), False)
        return
    assert stretch.end == 10 * SIZE + len(damage)
    assert stretch.lost == lost and stretch.whole == whole
    assert stretch.records in (records, 1)


def test_no_cut_where_somebody_may_have_looked_ahead() -> None:
    data = FILE + b"xxxxx" + GOOD[0][5:] + FILE + FILE
    found, told = cuts(data, max_bytes=1)
    ((offset, stretch),) = told
    assert offset == len(FILE) and stretch.end == len(FILE) + SIZE
    offsets = [each.offset for each in found]
    assert offsets[:301] == [SIZE * number for number in range(301)]
    assert LONGEST < offsets[301] - stretch.end < LONGEST + 2 * SIZE
    assert found[301].beyond == (None, "strict")


def test_nothing_is_told_of_the_last_piece() -> None:
    found, told = cuts(FILE + b"nonsense", parts=2)
    assert len(found) == 2 and told == []


def test_reading_that_ends_everywhere() -> None:
    """Where no record is found any more, the last piece goes to the end."""
    data = FILE + b"x" * 300_000
    found, told = cuts(data, max_bytes=1)
    assert len(found) == 301 and told == []


def test_damage_all_over() -> None:
    """Doubts near each other cost no more than reading does."""
    data = (b"xxxxx" + GOOD[0][5:] + GOOD[1]) * 5_000
    found, told = cuts(data, parts=10)
    assert len(found) == 1 and len(told) >= 1
