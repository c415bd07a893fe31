# SPDX-License-Identifier: MIT
"""Progress that moves while processes work, whatever becomes of them."""

from __future__ import annotations

import os
import pickle
import threading
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.concurrency import errors, segments
from mrrc.parallel import NotPicklableError, RecordPool, WorkerLost, map_records
from mrrc.parallel.chunks import Chunk
from mrrc.parallel.crews import Task
from mrrc.parallel.shared import Board
from mrrc.parallel.tasks import Outcome

pytestmark = pytest.mark.skipif(
    not os.path.isdir("/dev/shm"), reason="shared memory is not seen as files here"
)

COUNT = 30
DATA = b"".join(make.sample(number) for number in range(COUNT))
NAMES = [f"smpl{number:08}" for number in range(COUNT)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.mrc"
    file.write_bytes(DATA)
    return file


def left() -> list[str]:
    """The shared memory that this process has made and not removed."""
    return [name for name in os.listdir("/dev/shm") if name.startswith(f"mrrc_{os.getpid():x}_")]


def no_memory(*arguments: Any) -> Any:
    raise errors.NoSharedMemory(28, "none left")


def test_it_moves_within_a_chunk(path: Path) -> None:
    told: list[Any] = []
    got = list(
        map_records(
            path,
            work.slow,
            strategy="processes",
            max_workers=1,
            chunk_size=1000,
            progress=lambda *done: told.append((len(left()), *done)),
        )
    )
    assert got == NAMES
    records = [done[1] for done in told]
    assert records == sorted(records) and records[-1] == COUNT
    between = {done[1:3] for done in told if 0 < done[1] < COUNT}
    assert len(between) > 3, told
    for count, bytes in between:
        assert 0 < bytes < len(DATA), (count, bytes)
    assert told[-1][1:] == (COUNT, len(DATA), len(DATA))
    assert {done[0] for done in told} == {1} and left() == []


def test_what_a_dead_worker_did_does_not_count(path: Path) -> None:
    told: list[Any] = []
    stream = map_records(
        path,
        work.slow_and_dies_at_20,
        strategy="processes",
        max_workers=2,
        chunk_size=10,
        on_error="skip",
        progress=lambda *done: told.append(done),
    )
    got = list(stream)
    assert stream.stats.lost == 1
    assert told[-1][0] == stream.stats.records == len(got) < COUNT
    assert told[-1][1] == stream.stats.bytes < len(DATA)
    assert max(done[0] for done in told) >= len(got)
    assert left() == []


def test_a_pool_uses_its_counts_again(path: Path) -> None:
    told: list[Any] = []

    def progress(*done: Any) -> None:
        told.append(done)

    with RecordPool(2) as pool:
        for _ in range(5):
            told.clear()
            got = list(pool.map_records(path, work.sleeps, chunk_size=2, progress=progress))
            assert got == NAMES and told == sorted(told)
            assert told[-1] == (COUNT, len(DATA), len(DATA))
            assert len(left()) == 1
        with pytest.raises(WorkerLost):
            list(pool.map_records(path, work.dies_at_20, progress=progress))
        assert list(pool.map_records(path, work.number)) == NAMES
    assert left() == []


def test_without_shared_memory_it_moves_by_chunks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments.Segment, "__init__", no_memory)
    told: list[Any] = []
    got = list(
        map_records(
            path,
            work.sleeps,
            strategy="processes",
            max_workers=2,
            chunk_size=5,
            progress=lambda *done: told.append(done),
        )
    )
    assert got == NAMES
    assert told[-1] == (COUNT, len(DATA), len(DATA))


def test_how_far_a_task_is() -> None:
    board = Board(2)
    chunk = Chunk()
    chunk.size = 100
    task = Task(0, chunk, None)
    assert task.so_far() == (0, 0)
    task.counts = board.take()
    assert task.counts is not None and board.take() is not None
    assert board.take() is None
    theirs = pickle.loads(task.counts.packed())
    theirs.tell(3, 30)
    assert task.so_far() == (3, 30)
    task.outcome = WorkerLost()
    assert task.so_far() == (0, 0)
    task.outcome = Outcome(read=9)
    assert task.so_far() == (9, 100)
    board.give_back(task.counts)
    again = board.take()
    assert again is task.counts and again.get() == (0, 0)
    theirs = task = again = None  # type: ignore[assignment]
    del board
    assert left() == []


def sent(records: Any, **more: Any) -> list[Any]:
    return list(map_records(records, work.number, strategy="processes", max_workers=2, **more))


def test_records_travel_in_shared_memory_that_is_used_again() -> None:
    records = list(mrrc.MARCReader(DATA)) * 20
    with RecordPool(2) as pool:
        seen = set()
        for name in pool.map_records(records, work.number, chunk_size=5):
            assert name in NAMES
            seen.update(left())
        assert 1 <= len(seen) <= 8
    assert left() == []


def test_records_that_take_more_and_more() -> None:
    records = []
    for size in (1, 1 << 10, 1 << 15, 1 << 18, 1 << 20, 1 << 10):
        record = mrrc.Record(fields=[mrrc.Field("001", data=f"{size:07}" * (size // 7 + 1))])
        records.append(record)
    assert sent(records, chunk_size=1) == [record["001"].data for record in records]
    assert left() == []


def test_records_travel_without_it_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    records = list(mrrc.MARCReader(DATA))
    made = segments.Segment.__init__
    room = [3]

    def until_it_is_full(*arguments: Any) -> None:
        room[0] -= 1
        if room[0] < 0:
            no_memory()
        made(*arguments)

    for have in (0, 1, 3):
        room[0] = have
        monkeypatch.setattr(segments.Segment, "__init__", until_it_is_full)
        assert sent(records, chunk_size=3) == NAMES
        assert left() == []


def test_records_of_a_worker_that_died_go_to_another() -> None:
    records = list(mrrc.MARCReader(DATA))
    stream = map_records(
        records,
        work.dies_at_20,
        strategy="processes",
        max_workers=2,
        chunk_size=3,
        on_error="skip",
    )
    assert list(stream) == [name for name in NAMES if not 18 <= int(name[4:]) < 21]
    assert left() == []


def test_records_that_cannot_be_sent() -> None:
    record = Mine()
    record.lock = threading.Lock()  # type: ignore[attr-defined]
    with pytest.raises(NotPicklableError, match="lock"):
        sent([mrrc.Record(), record], chunk_size=1)
    assert left() == []


class Mine(mrrc.Record):
    """A record with more than others have."""
