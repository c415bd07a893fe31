# SPDX-License-Identifier: MIT
"""Progress that moves while processes work, whatever becomes of them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

from mrrc.concurrency import errors, segments
from mrrc.parallel import RecordPool, WorkerLost, map_records
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
