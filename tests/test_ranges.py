# SPDX-License-Identifier: MIT
"""Ranges: all of them, read one after another, are what one reading of the whole gives."""

import gzip
import os
import pickle
import random
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import ByteRange, MARCReader, SplitError, StaleHandleError
from mrrc.ranges import RangeReader

GOOD = [make.sample(number) for number in range(400)]
FILE = b"".join(GOOD)

MODES = (None, "strict", "lenient", "permissive")

#: What is read as one record of so many bytes, with others inside.
BIG = make.iso2709([make.data_field("500", "  ", ("a", "x" * 9_000)) for _ in range(10)])


def content(record: mrrc.Record) -> Any:
    """What is in a record, of which some cannot be packed."""
    try:
        return record._pack()
    except mrrc.WriterError:
        return [str(record.leader), *map(str, record.fields)]


def events(reader: Any) -> list[Any]:
    """All that a reader yields, raises and notes, each with its number and its place."""
    found: list[Any] = []
    with reader:
        for _ in range(100_000):
            try:
                record = next(reader)
            except StopIteration:
                break
            except mrrc.MrrcException as error:
                found.append((error.record_index, "raised", type(error), error.byte_offset))
                continue
            if record is None:
                error = reader.current_exception
                found.append((None, "none", type(error), getattr(error, "byte_offset", None)))
                continue
            origin = record._origin
            found.append(
                (
                    origin.number(record._number),
                    content(record),
                    origin.offsets[record._number],
                    origin.source,
                    [(type(error), error.byte_offset) for error in record.errors],
                )
            )
        found += [
            (None, "stray", type(error), getattr(error, "byte_offset", None))
            for error in reader.errors
            if isinstance(error, mrrc.BytesBetweenRecords)
        ]
    return found


def parted(found: list[Any]) -> tuple[list[Any], list[Any]]:
    """The strays apart from the rest, since they are told at a reader's end."""
    strays = [each[1:] for each in found if each[1] == "stray"]
    return [each[1:] for each in found if each[1] != "stray"], strays


def same(ranges: list[ByteRange], source: Any, **options: Any) -> int:
    """Compare ranges with a reading of the whole in each mode; return how many events there are."""
    count = 0
    for mode in MODES:
        whole = events(MARCReader(source, recovery_mode=mode, **options))
        pieces = [
            event
            for each in ranges
            for event in events(mrrc.read_range(each, recovery_mode=mode, **options))
        ]
        assert parted(pieces) == parted(whole), mode
        numbers = [[each[0] for each in of if each[1] != "stray"] for of in (pieces, whole)]
        for known, number in zip(*numbers):
            assert known in (number, None)
        count += len(whole)
    return count


def lie_side_by_side(ranges: list[ByteRange], size: int) -> bool:
    places = [0, *(each.stop for each in ranges)]
    starts = [each.start for each in ranges]
    return starts == places[:-1] and places[-1] == size


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "a.mrc"
    file.write_bytes(FILE)
    return str(file)


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 64, 10_000])
def test_parts(parts: int, path: str) -> None:
    for source in (path, FILE):
        ranges = mrrc.split(source, parts=parts)
        assert len(ranges) == min(parts, len(GOOD))
        assert lie_side_by_side(ranges, len(FILE))
        same(ranges, source)
        numbers = [each.first_index for each in ranges]
        assert numbers[0] == 0 and None not in numbers
        for each in ranges:
            first = next(mrrc.read_range(each))
            assert first is not None and first["001"].data == f"smpl{each.first_index:08}"
            assert first._origin.number(first._number) == (each.first_index or 0) + 1
    sizes = [each.size or 0 for each in mrrc.split(path, parts=4)]
    assert max(sizes) - min(sizes) < 2_000


@pytest.mark.parametrize("most", [1, 700, 5_000, 120_000, 10_000_000])
def test_at_most_so_many_bytes(most: int, path: str) -> None:
    ranges = mrrc.split(path, max_bytes=most)
    assert lie_side_by_side(ranges, len(FILE))
    assert all((each.size or 0) <= max(most, len(GOOD[0])) for each in ranges)
    assert len(ranges) <= 2 * len(FILE) // max(most, len(GOOD[0]) // 2) + 1
    same(ranges, path)


def test_what_is_asked_for() -> None:
    assert 1 <= len(mrrc.split(FILE)) <= (os.cpu_count() or 1)
    assert mrrc.split(b"") == []
    for wrong in ({"parts": 0}, {"max_bytes": 0}, {"parts": 1, "max_bytes": 1}, {"mode": "x"}):
        with pytest.raises(ValueError, match="parts|max_bytes|mode"):
            mrrc.split(FILE, **wrong)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        mrrc.split("no such file.mrc")


# -- damage --


def with_length(record: bytes, length: int) -> bytes:
    return b"%05d" % length + record[5:]


EMBEDDED = make.iso2709([make.data_field("245", "10", ("a", "one\x1dtwo"))])
HOPELESS = GOOD[1][:12] + b"00000" + b"x" * (len(GOOD[1]) - 18) + b"\x1d"

DAMAGE: dict[str, bytes] = {
    "an embedded terminator": EMBEDDED,
    "a length that spans two records": with_length(GOOD[1], len(GOOD[1]) + len(GOOD[2])) + GOOD[2],
    "a length too long": with_length(GOOD[1], len(GOOD[1]) + 3),
    "a length too short": with_length(GOOD[1], 40),
    "a length of a few bytes": b"00010abcd\x1d",
    "no length": b"xxxxx" + GOOD[1][5:],
    "blanks in a length": b"  " + GOOD[1][2:],
    "a sign in a length": b"+" + GOOD[1][1:],
    "line ends": b"\r\n",
    "blanks": b"    ",
    "nonsense": b"some nonsense\x1d and more",
    "a record that cannot be saved": HOPELESS,
    "a terminator too many": b"\x1d",
    "no terminator": GOOD[1][:-1],
    "half a record": GOOD[1][:200],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage(name: str, tmp_path: Path) -> None:
    damage = DAMAGE[name]
    for place in (0, 150, 399):
        data = b"".join([*GOOD[:place], damage, *GOOD[place:]])
        file = tmp_path / f"{place}.mrc"
        file.write_bytes(data)
        skipped: list[tuple[int, int]] = []

        def told(offset: int, size: int, skipped: Any = skipped) -> None:
            skipped.append((offset, size))

        ranges = mrrc.split(file, parts=60, mode="resync", on_skip=told)
        assert lie_side_by_side(ranges, len(data))
        assert len(ranges) > 20  # no cut is made near the damage, but elsewhere
        same(ranges, str(file))
        for begin, size in skipped:
            assert begin <= len(b"".join(GOOD[:place])) + len(damage) and size > 0
        if skipped and place == 150:
            with pytest.raises(SplitError, match="no boundary") as caught:
                mrrc.split(file, parts=60)
            assert caught.value.offset == skipped[0][0]
        else:
            assert not skipped or place != 150
            if place == 150:
                assert mrrc.split(file, parts=60) == ranges


def test_lines(tmp_path: Path) -> None:
    """Where each record has a line of its own, the default mode ends and the others go on."""
    data = b"\n".join(GOOD) + b"\n"
    file = tmp_path / "a.mrc"
    file.write_bytes(data)
    ranges = mrrc.split(file, parts=10, mode="resync")
    assert len(ranges) > 6
    assert same(ranges, str(file)) > 3 * len(GOOD)
    assert all(None in each.beyond for each in ranges[1:])
    assert list(mrrc.read_range(ranges[-1])) == []


def test_damage_in_the_last_range_is_nobodys_concern() -> None:
    data = FILE + b"\n"
    assert len(mrrc.split(data, parts=3)) == 3


#: Of a generated file: what is wrong, how many good records come before that, and a seed.
PIECES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 300), st.integers(0, 1 << 30)),
    min_size=1,
    max_size=5,
)


def damaged_file(plan: list[tuple[int, int, int]]) -> bytes:
    """Many records with some faults, far enough from each other that there is something to cut."""
    pieces: list[bytes] = []
    for kind, number, seed in plan:
        chance = random.Random(seed)
        start = chance.randrange(len(GOOD))
        pieces += (GOOD * 2)[start : start + number]
        if kind == 0:
            pieces.append(chance.choice(sorted(DAMAGE.values())))
        elif kind == 1 and pieces:
            record = bytearray(pieces[-1])
            for _ in range(chance.randrange(1, 4)):
                record[chance.randrange(len(record))] = chance.choice(b"\x1d\x1e\x1f 019a\n\xff")
            pieces[-1] = bytes(record)
        elif kind == 2 and pieces:
            pieces[-1] = pieces[-1][: chance.randrange(len(pieces[-1]))]
        elif kind == 3:
            pieces += [b"\n" + each for each in GOOD[: chance.randrange(300)]]
        elif kind == 4:
            pieces.append(BIG)
        else:
            length = chance.choice([len(EMBEDDED), 31, 99_999, 5_000])
            pieces.append(with_length(EMBEDDED, length))
    return b"".join(pieces)


@given(PIECES, st.integers(2, 40), st.booleans())
def test_ranges_are_the_whole(plan: list[tuple[int, int, int]], parts: int, by_size: bool) -> None:
    data = damaged_file(plan)
    how: Any = {"max_bytes": max(1, len(data) // parts)} if by_size else {"parts": parts}
    ranges = mrrc.split(data, mode="resync", format="marc", **how)
    assert lie_side_by_side(ranges, len(data))
    assert b"".join(each.data or b"" for each in ranges) == data
    same(ranges, data)


@pytest.mark.parametrize(
    "options", [{"to_unicode": False}, {"encoding": "detect"}, {"where": "001?"}]
)
def test_other_arguments(options: Any) -> None:
    data = b"".join([*GOOD[:100], DAMAGE["no length"], *GOOD[100:]])
    same(mrrc.split(data, parts=20, mode="resync"), data, **options)


# -- readers of ranges --


def test_a_range_is_a_small_frozen_thing(path: str) -> None:
    one, other = mrrc.split(path, parts=2)
    assert pickle.loads(pickle.dumps(one)) == one != other
    assert len({one, other, pickle.loads(pickle.dumps(one))}) == 2
    with pytest.raises(AttributeError):
        one.start = 3  # type: ignore[misc]
    assert len(pickle.dumps(one)) < 500
    assert "data" not in repr(mrrc.split(FILE, parts=1)[0])


def test_a_range_knows_where_it_is(path: str) -> None:
    _, second, _ = mrrc.split(path, parts=3)
    for options in ({}, {"mmap": True}):
        with mrrc.read_range(second, **options) as reader:
            assert isinstance(reader, RangeReader)
            assert reader.tell() == second.start
            records = list(reader)
            assert reader.tell() == second.stop
            reader.seek(second.start)
            again = next(reader)
            assert again is not None and again.as_marc() == records[0].as_marc()  # type: ignore[union-attr]
            assert again._origin.number(again._number) == (second.first_index or 0) + 1
            for outside in (0, second.stop + 1):  # type: ignore[operator]
                with pytest.raises(ValueError, match="not in the range"):
                    reader.seek(outside)
            reader.encoding = "utf-8"
            assert len(list(reader)) == len(records) - 1


@pytest.mark.thread_unsafe(reason="changes a file that others read")
@pytest.mark.parametrize("mapped", [False, True])
def test_a_file_that_changed(mapped: bool, path: str) -> None:
    ranges = mrrc.split(path, parts=2)
    os.utime(path, ns=(1, 1))
    with pytest.raises(StaleHandleError, match="changed") as caught:
        mrrc.read_range(ranges[1], mmap=mapped)
    assert caught.value.filename == path
    assert isinstance(pickle.loads(pickle.dumps(caught.value)), StaleHandleError)
    Path(path).write_bytes(FILE + GOOD[0])
    ranges = mrrc.split(path, parts=2)
    with mrrc.read_range(ranges[0], mmap=mapped) as reader:
        assert next(reader) is not None
        os.truncate(path, 3_000)
        with pytest.raises(OSError, match="changed"):
            list(reader)


def test_a_file_cut_short_while_it_is_split(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pread = os.pread

    def cut_short(descriptor: int, size: int, offset: int) -> bytes:
        os.truncate(path, 2_000)
        return pread(descriptor, size, offset)

    monkeypatch.setattr(os, "pread", cut_short)
    with pytest.raises(StaleHandleError):
        mrrc.split(path, parts=3)


def test_seeking_gives_ranges_too(path: str) -> None:
    """k stretches between offsets that tell() gave are together the whole file."""
    with MARCReader(path) as reader:
        offsets = [0]
        for number, _ in enumerate(reader, 1):
            if number % 57 == 0:
                offsets.append(reader.tell())
    found = []
    for start, stop in zip(offsets, [*offsets[1:], len(FILE)]):
        with MARCReader(path) as reader:
            reader.seek(start)
            while reader.tell() < stop:
                found.append(next(reader).as_marc())  # type: ignore[union-attr]
    assert b"".join(found) == FILE


def test_nothing_is_left_open(path: str) -> None:
    before = len(os.listdir("/dev/fd"))
    for each in mrrc.split(path, parts=5):
        with mrrc.read_range(each) as reader:
            list(reader)
    data = b"".join([*GOOD[:100], b"\n", *GOOD[100:]])
    Path(path).write_bytes(data)
    with pytest.raises(SplitError):
        mrrc.split(path, parts=50)
    assert len(os.listdir("/dev/fd")) == before


# -- what is not cut --


def test_compressed(tmp_path: Path) -> None:
    file = tmp_path / "a.mrc.gz"
    file.write_bytes(gzip.compress(FILE))
    for source in (str(file), file.read_bytes()):
        (one,) = mrrc.split(source, parts=5)
        assert one.whole and one.size == file.stat().st_size
        with mrrc.read_range(one) as reader:
            assert sum(1 for _ in reader) == len(GOOD)


@pytest.mark.parametrize("format", ["marcxml", "turbomarc", "marcjson"])
def test_other_formats(format: str, tmp_path: Path) -> None:
    file = tmp_path / f"a.{format}"
    with MARCReader(FILE) as reader:
        mrrc.write((record for record in reader if record is not None), file, format)
    (one,) = mrrc.split(file, parts=5)
    assert one.whole and one.format == format
    with mrrc.read_range(one, recovery_mode="lenient") as other:
        assert sum(1 for _ in other) == len(GOOD)
    os.utime(file, ns=(1, 1))
    with pytest.raises(StaleHandleError):
        mrrc.read_range(one)


def test_what_has_no_parts(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    holder = os.open(fifo, os.O_RDWR)
    try:
        with pytest.raises(OSError, match="only a file"):
            mrrc.split(fifo)
    finally:
        os.close(holder)
