# SPDX-License-Identifier: MIT
"""parallel/awaited.py: results in an event loop that goes on ticking."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.parallel import AsyncResultStream, Failure, RecordTaskError, amap_records

COUNT = 250
DATA = b"".join(make.sample(n) for n in range(COUNT))
NAMES = [f"smpl{n:08}" for n in range(COUNT)]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    limit = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < limit:
        time.sleep(0.01)
    assert threading.active_count() <= before


async def collected(stream: AsyncResultStream) -> list[Any]:
    return [value async for value in stream]


def results(*arguments: Any, **named: Any) -> list[Any]:
    async def main() -> list[Any]:
        return await collected(amap_records(*arguments, **named))

    return asyncio.run(main())


def test_of_coroutines() -> None:
    assert results(DATA, work.number_later) == NAMES
    assert sorted(results(DATA, work.number_later, ordered=False)) == NAMES
    assert results([], work.number_later) == []
    assert results(DATA, work.number_later, where="001 == 'smpl00000003'") == [NAMES[3]]


@pytest.mark.parametrize("strategy", ["auto", "sequential", "threads", "processes"])
def test_of_other_functions(strategy: str, tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    assert results(path, work.number, strategy=strategy) == NAMES


def test_so_many_are_under_way_and_no_more() -> None:
    now = most = 0

    async def func(record: mrrc.Record) -> str:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1
        return work.number(record)

    assert results(DATA, func, max_workers=5) == NAMES
    assert most == 5


@pytest.mark.parametrize("func", [work.fails_at_7, work.fails_at_7_later])
def test_failures(func: Any, caplog: pytest.LogCaptureFixture) -> None:
    got: list[Any] = []

    async def main() -> None:
        stream = amap_records(DATA, func)
        with pytest.raises(RecordTaskError) as caught:
            async for value in stream:
                got.append(value)
        assert caught.value.index == 7
        with pytest.raises(RecordTaskError):
            await stream.__anext__()
        assert stream.stats.failed == 1

    asyncio.run(main())
    assert got == NAMES[:7]
    found = results(DATA, func, on_error="yield")
    assert [isinstance(value, Failure) for value in found[:10]] == [n == 7 for n in range(10)]
    with caplog.at_level(logging.WARNING, "mrrc.parallel"):
        assert len(results(DATA, func, on_error="skip")) == COUNT * 9 // 10
    assert len(caplog.records) == COUNT // 10


def test_records_that_cannot_be_read() -> None:
    bad = bytearray(make.sample(1))
    bad[12:17] = b"xxxxx"
    data = make.sample(0) + bytes(bad) + make.sample(2)
    found = results(data, work.number_later, on_error="yield")
    assert [isinstance(value, Failure) for value in found] == [False, True, False]
    with pytest.raises(RecordTaskError, match="record 2"):
        results(data, work.number_later)


@pytest.mark.parametrize("kind", ["coroutine", "function"])
def test_the_loop_ticks_meanwhile(kind: str) -> None:
    ticks = 0
    seen: list[int] = []

    async def ticker() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def main() -> None:
        task = asyncio.ensure_future(ticker())
        func = work.number_later if kind == "coroutine" else work.sleeps
        async for _ in amap_records(
            DATA[: len(DATA) // 5],
            func,
            strategy=("auto" if kind == "coroutine" else "threads"),
            chunk_size=5,
        ):
            seen.append(ticks)
        task.cancel()

    asyncio.run(main())
    assert len(set(seen)) > 3


@pytest.mark.parametrize("kind", ["coroutine", "function"])
def test_a_task_that_is_cancelled_leaves_nothing(kind: str) -> None:
    cancelled: list[str] = []

    async def forever(record: mrrc.Record) -> None:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            cancelled.append(work.number(record))
            raise

    async def main() -> None:
        func = forever if kind == "coroutine" else work.sleeps
        stream = amap_records(DATA, func, max_workers=3)
        task = asyncio.ensure_future(collected(stream))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        with pytest.raises(ValueError, match="closed"):
            await stream.__anext__()

    asyncio.run(main())
    if kind == "coroutine":
        assert len(cancelled) == 3


@pytest.mark.parametrize("func", [work.number_later, work.number])
def test_one_that_stops_early(func: Any) -> None:
    async def main() -> None:
        async with amap_records(DATA, func) as stream:
            async for value in stream:
                assert value == NAMES[0]
                break
        with pytest.raises(ValueError, match="closed"):
            await stream.__anext__()
        await stream.aclose()
        amap_records(DATA, func)

    asyncio.run(main())


def test_timeout_and_cancel() -> None:
    async def slow(record: mrrc.Record) -> None:
        await asyncio.sleep(600)

    async def main(**named: Any) -> None:
        await collected(amap_records(DATA, slow, **named))

    with pytest.raises(TimeoutError):
        asyncio.run(main(timeout=0.1))
    event = threading.Event()
    timer = threading.Timer(0.1, event.set)
    timer.start()
    with pytest.raises(CancelledError):
        asyncio.run(main(cancel=event))
    timer.join()


@pytest.mark.parametrize("func", [work.number_later, work.number])
def test_progress_in_the_loops_thread(func: Any) -> None:
    told: list[Any] = []
    threads: set[int] = set()

    def progress(*done: Any) -> None:
        told.append(done)
        threads.add(threading.get_ident())

    async def main() -> None:
        await collected(amap_records(DATA, func, progress=progress))
        await asyncio.sleep(0)

    asyncio.run(main())
    assert told[-1] == (COUNT, len(DATA), len(DATA))
    assert threads == {threading.get_ident()}


def test_tasks_share_the_results() -> None:
    async def main() -> list[Any]:
        stream = amap_records(DATA, work.number_later)
        parts = await asyncio.gather(*(collected(stream) for _ in range(3)))
        return [value for part in parts for value in part]

    assert sorted(asyncio.run(main())) == NAMES


def test_what_makes_no_sense() -> None:
    with pytest.raises(ValueError):
        amap_records(DATA, work.number_later, strategy="threads")
    with pytest.raises(FileNotFoundError):
        results("no such file", work.number_later)
    seen: list[Any] = []
    results(DATA, work.number_later, initializer=seen.append, initargs=(1,))
    assert seen == [1]
