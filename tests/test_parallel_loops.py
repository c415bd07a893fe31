# SPDX-License-Identifier: MIT
"""parallel/loops.py: coroutines side by side, in a loop of their own."""

import asyncio
import threading
from typing import Any

import parallel_work as work
import pytest
import records as make

from mrrc import Record
from mrrc.parallel import RecordTaskError, WorkerLost, map_records, map_reduce
from mrrc.parallel.loops import LoopCrew

COUNT = 150
DATA = b"".join(make.sample(n) for n in range(COUNT))
NAMES = [f"smpl{n:08}" for n in range(COUNT)]


def test_so_many_are_under_way_and_no_more() -> None:
    now = most = 0

    async def func(record: Record) -> str:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1
        return work.number(record)

    stream = map_records(DATA, func, max_workers=5, chunk_size=20)
    assert list(stream) == NAMES
    assert most == 5
    assert stream.decision is not None and stream.decision.strategy == "asyncio"


def test_a_failure_ends_what_follows() -> None:
    begun: list[str] = []

    async def func(record: Record) -> str:
        begun.append(work.number(record))
        await asyncio.sleep(0)
        return work.fails_at_7(record)

    stream = map_records(DATA, func, max_workers=1, window=1)
    got = []
    with pytest.raises(RecordTaskError) as caught:
        for value in stream:
            got.append(value)
    assert got == NAMES[:7]
    assert caught.value.index == 7
    assert len(begun) < 20


def test_joined() -> None:
    async def func(record: Record) -> list[str]:
        return [work.number(record)]

    assert map_reduce(DATA, func, work.add, [], chunk_size=20) == NAMES


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_one_that_is_closed_cancels() -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def func(record: Record) -> None:
        # one alone, since several may take all places before the first record has one
        if work.number(record) != NAMES[1]:
            return
        begun.set()
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    stream = map_records(DATA, func, chunk_size=1, max_workers=2)
    next(stream)
    assert begun.wait(10)
    stream.close()
    assert cancelled.is_set()
    assert not any(thread.name == "mrrc-loop" for thread in threading.enumerate())


def test_it_begins_with_the_initializer() -> None:
    seen: list[Any] = []

    async def func(record: Record) -> None: ...

    list(map_records(DATA, func, initializer=seen.append, initargs=("x",)))
    assert seen == ["x"]
    with pytest.raises(WorkerLost):
        list(map_records(DATA, func, initializer=work.cannot_begin))


def test_a_crew_that_never_began() -> None:
    LoopCrew(3).close()
