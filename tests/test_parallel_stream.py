# SPDX-License-Identifier: MIT
"""parallel/stream.py: results in order, a bounded window, and every way to end."""

import dataclasses
import gc
import io
import logging
import os
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.parallel import Failure, RecordTaskError, map_records
from mrrc.parallel import stream as stream_module
from mrrc.parallel.chunks import open_input
from mrrc.parallel.strategy import Decision, Sample, sampled
from mrrc.parallel.stream import Plan, ResultStream
from mrrc.parallel.tasks import Job

COUNT = 120
DATA = b"".join(make.sample(n) for n in range(COUNT))
NAMES = [f"smpl{n:08}" for n in range(COUNT)]
HERE = ("sequential", "threads")
ALL = (*HERE, "processes", "asyncio")


def func_for(strategy: str, name: str) -> Any:
    return getattr(work, f"{name}_later" if strategy == "asyncio" else name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.mrc"
    file.write_bytes(DATA)
    return file


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    map_records(DATA[:0], work.number, strategy="sequential").close()
    yield
    gc.collect()
    limit = time.monotonic() + 10
    while threading.active_count() > threads and time.monotonic() < limit:
        time.sleep(0.01)
    assert threading.active_count() <= threads
    # the server of processes, and what watches over its things, stay
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 4


@pytest.mark.parametrize("strategy", ALL)
@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_results_in_order(strategy: str, workers: int, path: Path) -> None:
    if strategy == "processes" and workers > 3:
        pytest.skip("three processes show it")
    stream = map_records(
        path, func_for(strategy, "number"), strategy=strategy, max_workers=workers, chunk_size=7
    )
    assert list(stream) == NAMES
    assert list(stream) == []
    assert (stream.stats.records, stream.stats.bytes) == (COUNT, len(DATA))
    assert (stream.stats.failed, stream.stats.lost) == (0, 0)
    assert stream.decision is not None and stream.decision.strategy == strategy


@pytest.mark.parametrize("strategy", ALL)
def test_in_any_order(strategy: str, path: Path) -> None:
    stream = map_records(
        path, func_for(strategy, "number"), strategy=strategy, chunk_size=5, ordered=False
    )
    assert sorted(stream) == NAMES


@pytest.mark.parametrize("strategy", ALL)
def test_raise_comes_after_what_was_before(strategy: str, path: Path) -> None:
    stream = map_records(
        path, func_for(strategy, "fails_at_7"), strategy=strategy, chunk_size=3, max_workers=2
    )
    got = []
    with pytest.raises(RecordTaskError) as caught:
        for value in stream:
            got.append(value)
    assert got == NAMES[:7]
    error = caught.value
    assert (error.index, error.path) == (7, str(path))
    assert error.offset == 7 * len(make.sample())
    assert isinstance(error.__cause__, KeyError)
    with pytest.raises(RecordTaskError):
        next(stream)
    stream.close()


@pytest.mark.parametrize("strategy", ALL)
def test_skip_counts_and_logs(strategy: str, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    stream = map_records(
        path, func_for(strategy, "fails_at_7"), strategy=strategy, chunk_size=9, on_error="skip"
    )
    with caplog.at_level(logging.WARNING, "mrrc.parallel"):
        assert list(stream) == [name for name in NAMES if not name.endswith("7")]
    assert stream.stats.failed == len(caplog.records) == COUNT // 10
    assert "KeyError" in caplog.text


@pytest.mark.parametrize("strategy", ALL)
def test_yield_puts_failures_in_their_places(strategy: str, path: Path) -> None:
    stream = map_records(
        path, func_for(strategy, "fails_at_7"), strategy=strategy, chunk_size=9, on_error="yield"
    )
    got = list(stream)
    assert len(got) == COUNT
    for place, value in enumerate(got):
        if place % 10 == 7:
            assert isinstance(value, Failure) and value.index == place
            assert value.path == str(path)
        else:
            assert value == NAMES[place]


@pytest.mark.parametrize("strategy", ALL)
def test_records_that_cannot_be_read(strategy: str) -> None:
    bad = bytearray(make.sample(1))
    bad[12:17] = b"xxxxx"
    data = make.sample(0) + bytes(bad) + make.sample(2)
    func = func_for(strategy, "number")
    for source in (data, io.BytesIO(data)):
        got = list(map_records(source, func, strategy=strategy, on_error="yield", chunk_size=1))
        assert [isinstance(value, Failure) for value in got] == [False, True, False]
        assert isinstance(got[1].error.__cause__, mrrc.MrrcException)
    with pytest.raises(RecordTaskError, match="record 2"):
        list(map_records(data, func, strategy=strategy))
    permissive = map_records(
        data[:-1] + b"\x1dxx", func, strategy=strategy, recovery_mode="permissive"
    )
    assert list(permissive) == NAMES[:3]  # it is guessed
    assert len(permissive.errors) == 1


def test_the_window_bounds_what_is_under_way() -> None:
    taken = 0

    def source() -> Iterator[mrrc.Record]:
        nonlocal taken
        for record in mrrc.MARCReader(DATA):
            taken += 1
            assert record is not None
            yield record

    stream = map_records(
        source(), work.number, strategy="threads", max_workers=2, chunk_size=5, window=3
    )
    for place, _ in enumerate(stream):
        # what is ready, the window, and the chunk that is held
        assert taken <= place + 1 + 5 * (1 + 3 + 1)
    assert taken == COUNT


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_threads_are_bounded(path: Path) -> None:
    before = threading.active_count()
    stream = map_records(path, work.sleeps, strategy="threads", max_workers=3, chunk_size=2)
    for _ in stream:
        assert threading.active_count() - before <= 3


def test_nothing_begins_before_it_is_asked_for() -> None:
    calls: list[int] = []
    stream = map_records(DATA, lambda record: calls.append(1), strategy="sequential")
    assert calls == []
    next(stream)
    assert calls == [1]  # record by record
    stream.close()


@pytest.mark.parametrize("strategy", ("sequential", "threads", "processes"))
@pytest.mark.parametrize("by", ["event", "method"])
def test_cancel(strategy: str, by: str, path: Path) -> None:
    event = threading.Event()
    stream = map_records(
        path, work.sleeps, strategy=strategy, chunk_size=2, max_workers=2, cancel=event
    )
    assert next(stream) == NAMES[0]
    (event.set if by == "event" else stream.cancel)()
    for _ in range(2):
        with pytest.raises(CancelledError):
            list(stream)
    stream.close()


def test_cancel_from_another_thread_while_it_waits(path: Path) -> None:
    stream = map_records(path, work.hangs, strategy="processes", max_workers=1)
    timer = threading.Timer(0.3, stream.cancel)
    timer.start()
    with pytest.raises(CancelledError):
        next(stream)
    timer.join()
    stream.close(kill=True)


@pytest.mark.parametrize("strategy", ("sequential", "threads", "processes"))
def test_timeout(strategy: str, path: Path) -> None:
    stream = map_records(
        path, work.sleeps, strategy=strategy, chunk_size=2, max_workers=1, timeout=0.3
    )
    with pytest.raises(TimeoutError, match="0.3"):
        list(stream)
    stream.close()


@pytest.mark.parametrize("strategy", ALL)
def test_progress(strategy: str, path: Path) -> None:
    told: list[tuple[int, int, int | None]] = []
    threads = set()

    def progress(*done: Any) -> None:
        told.append(done)
        threads.add(threading.get_ident())

    begin = time.monotonic()
    assert (
        len(
            list(
                map_records(
                    path,
                    func_for(strategy, "number"),
                    strategy=strategy,
                    chunk_size=4,
                    progress=progress,
                )
            )
        )
        == COUNT
    )
    took = time.monotonic() - begin
    assert told[-1] == (COUNT, len(DATA), len(DATA))
    assert told == sorted(told)
    assert len(told) <= 10 * took + 1
    assert threads == {threading.get_ident()}


def test_progress_on_the_way(path: Path) -> None:
    told: list[Any] = []
    for strategy in ("sequential", "threads"):
        stream = map_records(
            path,
            work.sleeps,
            strategy=strategy,
            chunk_size=2,
            max_workers=2,
            progress=lambda *done: told.append(done),
        )
        assert len(list(stream)) == COUNT
        assert len(told) > 2
        assert 0 < told[1][1] < len(DATA)
        told.clear()
    with pytest.raises(ZeroDivisionError):
        list(map_records(path, work.number, strategy="threads", progress=lambda *done: 1 / 0))


@pytest.mark.parametrize("strategy", HERE)
def test_a_source_that_fails_fails_after_what_was_read(strategy: str) -> None:
    def source() -> Iterator[mrrc.Record]:
        for record in mrrc.MARCReader(DATA):
            assert record is not None
            if record["001"].data == NAMES[20]:
                raise OSError("the line went dead")
            yield record

    stream = map_records(source(), work.number, strategy=strategy, chunk_size=4, on_error="skip")
    got = []
    with pytest.raises(OSError, match="went dead"):
        for value in stream:
            got.append(value)
    assert got == NAMES[:20]


@pytest.mark.thread_unsafe(reason="changes a file that others read")
@pytest.mark.parametrize("strategy", ("threads", "processes"))
def test_a_file_that_changes_is_noticed(strategy: str, path: Path) -> None:
    stream = map_records(path, work.sleeps, strategy=strategy, chunk_size=2, max_workers=1)
    next(stream)
    os.truncate(path, len(DATA) // 2)
    with pytest.raises(OSError, match="changed"):
        list(stream)


def test_a_consumer_that_stops_early(path: Path) -> None:
    for strategy in ALL:
        with map_records(path, func_for(strategy, "number"), strategy=strategy) as stream:
            assert next(stream) == NAMES[0]
        with pytest.raises(ValueError, match="closed"):
            next(stream)
        stream.close()


def test_one_that_forgets_it_is_told(path: Path) -> None:
    for strategy in ("sequential", "threads", "processes"):
        stream = map_records(path, work.number, strategy=strategy, max_workers=1)
        next(stream)
        gone = weakref.ref(stream)
        with pytest.warns(ResourceWarning, match="neither read"):
            del stream
            gc.collect()
        assert gone() is None


def test_records_and_results_are_let_go(path: Path) -> None:
    class Value:
        pass

    kept: list[weakref.ref[Any]] = []

    def func(record: mrrc.Record) -> Value:
        kept.append(weakref.ref(record))
        value = Value()
        kept.append(weakref.ref(value))
        return value

    for strategy in HERE:
        assert len(list(map_records(path, func, strategy=strategy, chunk_size=5))) == COUNT
    gc.collect()
    assert len(kept) == 4 * COUNT
    assert not any(each() for each in kept)


def test_threads_may_share_the_results(path: Path) -> None:
    stream = map_records(path, work.number, strategy="threads", chunk_size=3)
    got: list[str] = []

    def take() -> None:
        for value in stream:
            got.append(value)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == NAMES


def taking(monkeypatch: pytest.MonkeyPatch, wall: float, waited: bool) -> None:
    """Have the first records take so many seconds each, whatever the computer is busy with."""

    def told(step: Callable[[], bool]) -> Sample:
        found = sampled(step)
        took = wall * found.records
        return dataclasses.replace(found, wall=took, cpu=0.0 if waited else took, waited=waited)

    monkeypatch.setattr("mrrc.parallel.stream.sampled", told)


def test_auto_begins_here_and_goes_on_elsewhere(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[int] = set()
    taking(monkeypatch, 0.004, waited=True)

    def slow(record: mrrc.Record) -> str:
        threads.add(threading.get_ident())
        time.sleep(0.004)
        return work.number(record)

    stream = map_records(path, slow, chunk_size=20)
    assert stream.decision is None
    assert list(stream) == NAMES
    assert stream.stats.records == COUNT
    assert stream.stats.bytes == len(DATA)
    assert stream.decision is not None
    assert stream.decision.strategy == "threads"
    assert len(threads) > 1 and threading.get_ident() in threads
    taking(monkeypatch, 1e-6, waited=False)
    quick = map_records(path, work.number)
    assert list(quick) == NAMES
    assert quick.decision is not None and quick.decision.strategy == "sequential"
    assert list(map_records(b"", work.number)) == []
    with pytest.raises(RecordTaskError):
        list(map_records(path, work.fails_at_7))


def test_auto_warns_of_what_is_lost() -> None:
    data = DATA * 10
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        stream = map_records(data, lambda record: 1, workload="cpu", max_workers=2)
    assert sum(stream) == 10 * COUNT
    if stream.decision is not None and stream.decision.strategy == "sequential":
        assert [each.category for each in caught] == [RuntimeWarning]
        assert caught[0].filename == __file__


def test_some_at_once() -> None:
    plan = Plan("threads", chunk_size=10, max_workers=1)
    stream = ResultStream(open_input(DATA, {}), Job(work.number), plan)
    got: list[str] = []
    while (found := stream.some()) is not None:
        got += found
    assert got == NAMES


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"strategy": "magic"}, ValueError),
        ({"workload": "heavy"}, ValueError),
        ({"on_error": "ignore"}, ValueError),
        ({"max_workers": 0}, ValueError),
        ({"chunk_size": 0}, ValueError),
        ({"window": -1}, ValueError),
        ({"timeout": 0}, ValueError),
        ({"strategy": "asyncio"}, ValueError),
        ({"no_such": 1}, TypeError),
    ],
)
def test_arguments_that_make_no_sense(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        list(map_records(DATA, work.number, **arguments))
    with pytest.raises(TypeError):
        map_records(DATA, 3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="coroutine"):
        map_records(DATA, work.number_later, strategy="threads")


@pytest.mark.parametrize("strategy", ["threads", "processes"])
@pytest.mark.parametrize("chunk_size", [1, 5, 7, 32, 40, None])
def test_nothing_is_lost_behind_the_records_that_were_tried(
    strategy: str, chunk_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records that are tried may end in the middle of a chunk, and not of the first one."""

    def decide(*arguments: Any, **named: Any) -> Decision | None:
        tried = len(arguments) > 4 and arguments[4] is not None
        return Decision(strategy, 2, "it was tried") if tried else None

    monkeypatch.setattr(stream_module, "decide", decide)
    stream = map_records(DATA, work.number, chunk_size=chunk_size)
    assert list(stream) == NAMES
    assert stream.stats.records == len(NAMES)
    assert stream.decision is not None and stream.decision.strategy == strategy
