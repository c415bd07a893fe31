# SPDX-License-Identifier: MIT
"""Handles: where single records stand, read later."""

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import given
from test_ranges import DAMAGE, FILE, GOOD, PIECES, damaged_file

import mrrc
from mrrc import MARCReader, RecordHandle, SplitError, StaleHandleError, _bridge


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "a.mrc"
    file.write_bytes(FILE)
    return str(file)


def test_each_record_has_one(path: str) -> None:
    for source in (path, FILE):
        handles = list(mrrc.iter_handles(source))
        assert len(handles) == len(GOOD)
        for index in (0, 7, len(GOOD) - 1):
            handle = handles[index]
            assert handle.raw() == GOOD[index]
            assert (handle.index, handle.length) == (index, len(GOOD[index]))
            record = handle.read()
            assert record["001"].data == f"smpl{index:08}"
            assert record._origin.number(record._number) == index + 1
            assert record._origin.offsets is not None
            assert record._origin.offsets[record._number] == handle.offset
            assert record._origin.source == (path if source is path else None)
    assert list(mrrc.iter_handles(b"")) == []


def test_it_is_a_small_frozen_thing(path: str) -> None:
    one, other = list(mrrc.iter_handles(path))[:2]
    assert pickle.loads(pickle.dumps(one)) == one != other
    assert {one: 1}[copy.copy(one)] == 1
    assert RecordHandle(path, 0, 5, index=3) == RecordHandle(path, 0, 5, index=3)
    with pytest.raises(AttributeError):
        one.offset = 3  # type: ignore[misc]
    assert len(pickle.dumps(one)) < 400


def test_arguments_of_the_reader(path: str) -> None:
    handle = next(mrrc.iter_handles(path))
    assert isinstance(handle.read(to_unicode=False)["245"], mrrc.RawField)


def test_from_a_record(path: str) -> None:
    with MARCReader(path) as reader:
        record: Any = list(reader)[3]
    record["245"]["a"] = "Another title"
    handle = RecordHandle.from_record(record)
    assert (handle.path, handle.index) == (path, 3)
    again = pickle.loads(pickle.dumps(handle)).read()
    assert again["245"]["a"] == "Another title" and handle.raw() == again.as_marc()
    os.utime(path, ns=(1, 1))
    assert handle.read().title == again.title  # it needs no file
    fresh = RecordHandle.from_record(mrrc.Record())
    assert (fresh.path, fresh.offset, fresh.index) == (None, 0, None)
    record.add_field(mrrc.Field("500", "  ", [mrrc.Subfield("a", "x" * 10_000)]))
    with pytest.raises(mrrc.WriterError):
        RecordHandle.from_record(record)


@pytest.mark.thread_unsafe(reason="changes a file that others read")
def test_a_file_that_changed(path: str) -> None:
    handle = next(mrrc.iter_handles(path))
    walk = mrrc.iter_handles(path)
    next(walk)
    os.utime(path, ns=(1, 1))
    for read in (handle.raw, handle.read):
        with pytest.raises(StaleHandleError, match="changed"):
            read()
    os.remove(path)
    with pytest.raises(FileNotFoundError):
        handle.raw()
    # a handle made by hand has no stamp; what is missing is noticed all the same
    Path(path).write_bytes(FILE[:50])
    with pytest.raises(StaleHandleError):
        RecordHandle(path, 40, 20).raw()


def test_a_file_that_changes_meanwhile(tmp_path: Path) -> None:
    file = tmp_path / "a.mrc"
    file.write_bytes(FILE * 10)  # more than is looked through at once
    walk = mrrc.iter_handles(file)
    next(walk)
    with open(file, "ab") as more:
        more.write(GOOD[0])
    with pytest.raises(StaleHandleError):
        list(walk)


def test_a_record_that_cannot_be_read() -> None:
    broken = DAMAGE["a record that cannot be saved"]
    handle = list(mrrc.iter_handles(GOOD[0] + broken + GOOD[1]))[1]
    assert handle.raw() == broken
    for mode in (None, "strict", "lenient", "permissive"):
        with pytest.raises(mrrc.BaseAddressNotFound) as caught:
            handle.read(recovery_mode=mode)
        assert caught.value.byte_offset is not None
        assert caught.value.byte_offset >= handle.offset


def test_damage() -> None:
    data = GOOD[0] + b"some nonsense" + GOOD[1] + GOOD[2]
    walk = mrrc.iter_handles(data)
    assert next(walk).raw() == GOOD[0]
    with pytest.raises(SplitError) as caught:
        next(walk)
    assert caught.value.offset == len(GOOD[0])
    skipped: list[tuple[int, int]] = []
    handles = mrrc.iter_handles(
        data, mode="resync", on_skip=lambda offset, size: skipped.append((offset, size))
    )
    assert [handle.raw() for handle in handles] == GOOD[:3]
    assert skipped == [(len(GOOD[0]), len(b"some nonsense"))]
    with pytest.raises(ValueError, match="mode"):
        mrrc.iter_handles(data, mode="x")


def test_embedded_terminators_are_no_damage() -> None:
    data = GOOD[0] + DAMAGE["an embedded terminator"] + GOOD[1]
    assert len(list(mrrc.iter_handles(data))) == 3


def is_framed(record: bytes) -> bool:
    return record[:5] == b"%05d" % len(record) and record.find(b"\x1d") == len(record) - 1


@given(PIECES)
def test_handles_are_what_a_reader_finds(plan: list[tuple[int, int, int]]) -> None:
    data = damaged_file(plan)
    found: list[tuple[int, int]] = []
    doubtful: set[tuple[int, int]] = set()
    source = _bridge.Source(None, data)
    while (block := source.next(_bridge.READ_LENIENT)) is not None:
        statuses = block.statuses or [0] * len(block.ends)
        for offset, length, status in zip(block.offsets, block.lengths, statuses):
            # one that is framed beyond doubt has a handle even if nothing can be read of it,
            # unless it stands near damage, where nothing is beyond doubt
            if status < 0 and is_framed(data[offset : offset + length]):
                doubtful.add((offset, length))
            elif status >= 0:
                found.append((offset, length))
    skipped: list[tuple[int, int]] = []
    handles = list(
        mrrc.iter_handles(
            data, mode="resync", on_skip=lambda offset, size: skipped.append((offset, size))
        )
    )
    places = [(each.offset, each.length) for each in handles]
    assert [place for place in places if place not in doubtful] == found
    assert places == sorted(places)
    assert sum(size for _, size in skipped) + sum(length for _, length in places) == len(data)


def test_handles_before_ranges(path: str, tmp_path: Path) -> None:
    """In a process of its own, where neither has been asked for yet."""
    code = (
        f"import mrrc; path = {path!r};"
        "print(len(list(mrrc.iter_handles(path))), len(mrrc.split(path, parts=3)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{len(GOOD)} 3\n"


def test_what_has_no_handles(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(OSError, match="only a file"):
        next(mrrc.iter_handles(fifo))
    with pytest.raises(FileNotFoundError):
        next(mrrc.iter_handles(tmp_path / "none"))


def test_nothing_is_left_open(path: str) -> None:
    before = len(os.listdir("/dev/fd"))
    walk = mrrc.iter_handles(path)
    handle = next(walk)
    handle.read()
    walk.close()  # type: ignore[attr-defined]
    assert len(os.listdir("/dev/fd")) <= before
    assert make.sample(0) == handle.raw()
