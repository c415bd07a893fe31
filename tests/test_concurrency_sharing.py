# SPDX-License-Identifier: MIT
"""One reader and one writer for several threads."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pymarc
import pytest
import records as make

import mrrc
from mrrc.concurrency import LockedRecord, SharedReader, SharedWriter

COUNT = 300
DATA = [make.sample(number) for number in range(COUNT)]
FILE = b"".join(DATA)
BAD = make.iso2709([make.data_field("245", "10", ("a", b"\xff"))])

workers = pytest.mark.parametrize("threads", [1, 2, 3, 8])


@pytest.fixture(autouse=True)
def short_turns() -> Iterator[None]:
    """Threads are switched as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[], Any], threads: int) -> list[Any]:
    """What each of several threads makes of the same work, all begun together."""
    barrier = threading.Barrier(threads)

    def run() -> Any:
        barrier.wait(60)
        return work()

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(run) for _ in range(threads)]
        return [future.result(60) for future in futures]


def with_places(shared: SharedReader) -> list[tuple[int, bytes]]:
    found = []
    for record in shared:
        assert shared.index is not None
        found.append((shared.index, record.as_marc()))
    return found


READERS: dict[str, Callable[[Path], Any]] = {
    "path": mrrc.MARCReader,
    "bytes": lambda path: mrrc.MARCReader(path.read_bytes()),
    "file": lambda path: mrrc.MARCReader(path.open("rb")),
    "pipeline": lambda path: mrrc.ProducerConsumerPipeline.from_file(path),
    "pymarc": lambda path: pymarc.MARCReader(path.open("rb")),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.mrc"
    path.write_bytes(FILE)
    return path


@workers
@pytest.mark.parametrize("kind", READERS)
def test_each_record_goes_to_one_thread_with_its_place(kind: str, threads: int, path: Path) -> None:
    with SharedReader(READERS[kind](path)) as shared:
        found = at_once(lambda: with_places(shared), threads)
        assert shared.taken == COUNT
    for some in found:
        assert some == sorted(some)
    assert [marc for _, marc in sorted(one for some in found for one in some)] == DATA


@workers
@pytest.mark.parametrize("kind", ["bytes", "file", "pymarc"])
def test_why_a_record_is_none_is_told_to_who_got_it(
    kind: str, threads: int, tmp_path: Path
) -> None:
    path = tmp_path / "records.mrc"
    path.write_bytes(b"".join(BAD if n % 3 else one for n, one in enumerate(DATA)))
    shared = SharedReader(READERS[kind](path))

    def work() -> list[int]:
        found = []
        assert shared.index is None
        for record in shared:
            assert (record is None) == (shared.current_exception is not None)
            assert shared.current_chunk == (BAD if record is None else None)
            if record is None:
                assert shared.index is not None
                found.append(shared.index)
        return found

    found = at_once(work, threads)
    assert sorted(one for some in found for one in some) == [n for n in range(COUNT) if n % 3]
    shared.close()


def test_the_end_is_the_end_for_all() -> None:
    shared = SharedReader(mrrc.MARCReader(DATA[0]))
    assert sum(at_once(lambda: len(list(shared)), 4)) == 1
    shared.close()
    assert list(shared) == []


def test_an_error_is_told_once_and_reading_goes_on() -> None:
    shared = SharedReader(mrrc.MARCReader(DATA[0] + BAD + DATA[1], recovery_mode="strict"))

    def work() -> tuple[int, int]:
        found = errors = 0
        while True:
            try:
                for _ in shared:
                    found += 1
                return found, errors
            except mrrc.MrrcException:
                errors += 1

    found = at_once(work, 3)
    assert [sum(each) for each in zip(*found, strict=True)] == [2, 1]


@workers
def test_closing_beside_reading(threads: int, path: Path) -> None:
    """A thread has whole records, and is told that there are no more."""
    reader = pymarc.MARCReader(path.open("rb"))
    shared = SharedReader(reader)

    def work() -> list[bytes]:
        found = []
        try:
            for record in shared:
                found.append(record.as_marc())
                if len(found) == 20:
                    shared.close()
        except ValueError as error:
            assert "closed" in str(error)
        return found

    found = [one for some in at_once(work, threads) for one in some]
    assert Counter(found) <= Counter(DATA)
    assert len(found) == shared.taken
    assert shared.closed
    assert reader.file_handle.closed
    shared.close()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are in /proc on Linux")
def test_nothing_is_left(path: Path, tmp_path: Path) -> None:
    before, alive = descriptors(), threading.active_count()
    kept: list[weakref.ref[Any]] = []

    def copied() -> None:
        reader, writer = mrrc.MARCReader(path), mrrc.MARCWriter(tmp_path / "copy.mrc")
        with SharedReader(reader) as shared, SharedWriter(writer) as target:

            def work() -> None:
                for record in shared:
                    target.write(record)
                    if shared.index == 50:
                        kept.append(weakref.ref(record))

            at_once(work, 4)
        kept.extend(weakref.ref(one) for one in (reader, writer, shared, target))

    for _ in range(3):
        copied()
    assert len(kept) == 15
    gc.collect()
    assert [each for each in kept if each() is not None] == []
    assert (descriptors(), threading.active_count()) == (before, alive)


# Writing --------------------------------------------------------------------------------

WRITERS: dict[str, tuple[Callable[[Any], Any], Callable[[bytes], list[bytes]]]] = {
    "marc": (mrrc.MARCWriter, lambda data: [r.as_marc() for r in mrrc.MARCReader(data) if r]),
    "marcxml": (
        mrrc.XMLWriter,
        lambda data: [r.as_marc() for r in mrrc.read(data, format="marcxml") if r],
    ),
    "pymarc": (pymarc.MARCWriter, lambda data: [r.as_marc() for r in mrrc.MARCReader(data) if r]),
}


class Kept(io.BytesIO):
    """Memory that can be looked at when it is closed."""

    data = b""

    def close(self) -> None:
        self.data = self.getvalue()
        super().close()


def records_of(kind: str) -> list[Any]:
    package = pymarc if kind == "pymarc" else mrrc
    return list(package.MARCReader(FILE))


@workers
@pytest.mark.parametrize("kind", WRITERS)
def test_every_record_is_written_once(kind: str, threads: int) -> None:
    make_writer, read = WRITERS[kind]
    file = Kept()
    with SharedReader(records_of(kind)) as shared, SharedWriter(make_writer(file)) as target:

        def work() -> None:
            for record in shared:
                target.write(record)

        at_once(work, threads)
        assert target.written == COUNT
    assert target.closed
    assert Counter(read(file.data)) == Counter(DATA)


@workers
@pytest.mark.parametrize("kind", WRITERS)
def test_in_order(kind: str, threads: int) -> None:
    make_writer, read = WRITERS[kind]
    file = Kept()
    target = SharedWriter(make_writer(file), ordered=True)
    with SharedReader(records_of(kind)) as shared, target:

        def work() -> None:
            for record in shared:
                index = shared.index
                assert index is not None
                if index % 5 == 3:
                    target.skip(index)
                else:
                    target.write(record, index)

        at_once(work, threads)
    assert read(file.data) == [one for n, one in enumerate(DATA) if n % 5 != 3]


def test_one_that_cannot_be_written_keeps_nobody_waiting() -> None:
    file = Kept()
    long = mrrc.Record(fields=[mrrc.Field("500", subfields=[mrrc.Subfield("a", "x" * 10_000)])])
    good = mrrc.Record(DATA[0])
    with SharedWriter(mrrc.MARCWriter(file), ordered=True) as target:
        with ThreadPoolExecutor(2) as pool:
            later = pool.submit(target.write, good, 1)
            with pytest.raises(mrrc.WriterError):
                target.write(long, 0)
            later.result(60)
    assert file.data == DATA[0]


def test_an_index_that_does_not_come_is_named() -> None:
    file = Kept()
    record = mrrc.Record(DATA[0])
    with SharedWriter(mrrc.MARCWriter(file), ordered=True, timeout=0.05) as target:
        with pytest.raises(TimeoutError, match="index 2 waited 0.05 s for index 0"):
            target.write(record, 2)
        target.skip(1)
        target.write(record, 0)
        target.write(record, 2)  # it was not written, and its turn has come
        assert target.written == 2
    assert file.data == DATA[0] * 2


def test_closing_wakes_who_waits() -> None:
    record = mrrc.Record(DATA[0])
    target = SharedWriter(mrrc.MARCWriter(Kept()), ordered=True, timeout=None)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(target.write, record, 1)
        while not target._waiting:
            pass
        target.close()
        with pytest.raises(mrrc.NoActiveFile):
            waiting.result(60)
    with pytest.raises(mrrc.NoActiveFile):
        target.write(record, 0)
    target.close()


def test_indexes_that_make_no_sense() -> None:
    record = mrrc.Record(DATA[0])
    with SharedWriter(mrrc.MARCWriter(Kept())) as target:
        with pytest.raises(TypeError):
            target.write(record, 0)
    with SharedWriter(mrrc.MARCWriter(Kept()), ordered=True) as target:
        for wrong in (None, "0", True):
            with pytest.raises(TypeError):
                target.write(record, wrong)  # type: ignore[arg-type]
        target.write(record, 0)
        target.skip(2)
        for again in (0, 2, -1):
            with pytest.raises(ValueError, match="was there before"):
                target.write(record, again)
            with pytest.raises(ValueError, match="was there before"):
                target.skip(again)
        assert target.written == 1


class Full(io.RawIOBase):
    """A disk that takes a part of the third record."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self.calls = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.calls += 1
        room = len(DATA[0]) * 2 + 10 - len(self.data)
        if room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.data += bytes(data[:room])
        return min(room, len(data))


def test_nothing_follows_what_stands_there_in_part() -> None:
    file = Full()
    record = mrrc.Record(DATA[0])
    target = SharedWriter(mrrc.MARCWriter(file))  # type: ignore[arg-type]
    target.write(record)
    target.write(record)
    with pytest.raises(OSError, match="No space"):
        target.write(record)
    calls = file.calls
    with pytest.raises(OSError, match="an earlier write failed") as caught:
        target.write(record)
    assert caught.value.errno == errno.ENOSPC
    assert isinstance(caught.value.__cause__, OSError)
    assert (file.calls, target.written) == (calls, 2)
    target.close()
    assert list(mrrc.MARCReader(file.data))[2:] == [None]


@workers
def test_records_that_others_change(threads: int) -> None:
    """What is written is what the record was at one moment."""
    file = Kept()
    locked = LockedRecord(mrrc.Record())
    with SharedWriter(mrrc.MARCWriter(file)) as target:

        def work() -> None:
            for number in range(50):
                with locked as record:
                    record.add_field(mrrc.Field("900", subfields=[mrrc.Subfield("a", "1")]))
                    record.add_field(mrrc.Field("901", subfields=[mrrc.Subfield("a", "1")]))
                if number % 5 == 0:
                    target.write(locked)

        at_once(work, threads)
    for record in mrrc.MARCReader(file.data):
        assert record is not None
        assert len(record.get_fields("900")) == len(record.get_fields("901"))


class Loud(mrrc.MARCReader):
    """A reader that does something with each record."""

    def __next__(self) -> Any:
        record = super().__next__()
        if record is not None:
            record.add_field(mrrc.Field("599", subfields=[mrrc.Subfield("a", "loud")]))
        return record


def test_what_a_reader_has_made_beside_is_handed_out_without_a_lock() -> None:
    shared = SharedReader(mrrc.MARCReader(FILE))
    assert next(shared).as_marc() == DATA[0]
    assert (shared.index, shared.taken) == (0, 1)
    with shared._lock:  # nobody waits for it
        assert next(shared).as_marc() == DATA[1]
    assert (shared.index, shared.taken) == (1, 2)
    shared.close()
    assert shared.taken == 2
    with pytest.raises(ValueError, match="closed"):
        next(shared)


@workers
def test_a_reader_of_somebodys_own_is_asked_for_each(threads: int) -> None:
    shared = SharedReader(Loud(FILE))
    found = [pair for part in at_once(lambda: with_places(shared), threads) for pair in part]
    assert sorted(place for place, _ in found) == list(range(COUNT))
    assert all(b"loud" in data for _, data in found)


@workers
def test_reasons_beside_records_that_are_ready(threads: int) -> None:
    shared = SharedReader(mrrc.MARCReader(b"".join((DATA[0], DATA[1], BAD, DATA[2])) * 20))

    def work() -> list[tuple[int | None, bool, str, bool]]:
        return [
            (
                shared.index,
                record is None,
                type(shared.current_exception).__name__,
                shared.current_chunk == BAD,
            )
            for record in shared
        ]

    found = sorted(row for part in at_once(work, threads) for row in part)  # type: ignore[type-var]
    assert found == [
        (place, True, "EncodingError", True)
        if place % 4 == 2
        else (place, False, "NoneType", False)
        for place in range(80)
    ]
    assert shared.taken == 80
