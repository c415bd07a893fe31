# SPDX-License-Identifier: MIT
"""What is used by four threads and let go is gone: objects, threads, processes, descriptors.

Objects are watched by weak references. Where a round leaves something behind it shows after
several of them, so each kind of work is done a few times over before anything is looked at.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import records as make
from many_threads import at_once
from parallel_work import number

import mrrc
from mrrc.aio import AsyncMARCReader, AsyncMARCWriter
from mrrc.concurrency import LockedRecord, SharedReader, SharedWriter, thread_local_reader
from mrrc.parallel import RecordPool, map_records

pytestmark = [
    pytest.mark.thread_unsafe(reason="counts the threads and descriptors of the process"),
    pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="they are in /proc on Linux"),
]

THREADS = 4
ROUNDS = 5
DATA = [make.sample(number) for number in range(200)]
BAD = make.iso2709([make.data_field("245", "10", ("a", b"\xff"))])

Watch = Callable[..., None]


def held() -> tuple[int, int, int, int]:
    """How many threads, descriptors, child processes and shared segments there are."""
    return (
        len(os.listdir("/proc/self/task")),
        len(os.listdir("/proc/self/fd")),
        len(multiprocessing.active_children()),
        len(list(Path("/dev/shm").glob("psm_*"))) if Path("/dev/shm").exists() else 0,
    )


def leaves_nothing(
    work: Callable[[Watch], None], rounds: int = ROUNDS, patience: float = 5.0
) -> None:
    """Calls `work` with a function for objects that have to be gone, and counts the rest itself."""
    gc.collect()
    before = held()
    watched: list[weakref.ref[Any]] = []

    def watch(*objects: Any) -> None:
        watched.extend(weakref.ref(each) for each in objects)

    for _ in range(rounds):
        work(watch)
    gc.collect()
    assert [found for ref in watched if (found := ref()) is not None] == []
    end = time.monotonic() + patience
    while any(now > then for now, then in zip(held(), before, strict=True)):
        # a thread that was waited for is in /proc a moment longer
        assert time.monotonic() < end, f"{before} became {held()}"
        time.sleep(0.01)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.mrc"
    path.write_bytes(b"".join(DATA))
    return path


def test_what_is_kept_is_seen() -> None:
    kept: list[Any] = []

    def keep(watch: Watch) -> None:
        kept.append(mrrc.Record())
        watch(kept[-1])

    def leave_open(watch: Watch) -> None:
        kept.append(Path(__file__).open("rb"))

    with pytest.raises(AssertionError, match="Record"):
        leaves_nothing(keep)
    with pytest.raises(AssertionError, match="became"):
        leaves_nothing(leave_open, patience=0.1)
    for file in kept[ROUNDS:]:
        file.close()


# Records ------------------------------------------------------------------------------


def test_records_and_fields(path: Path) -> None:
    def work(watch: Watch) -> None:
        def read() -> int:
            count = 0
            with mrrc.MARCReader(path) as reader:
                for record in reader:
                    assert record is not None
                    watch(record, record.leader, record["245"], *record.get_fields("650", "001"))
                    record.add_field(mrrc.Field("590", subfields=[mrrc.Subfield("a", "x")]))
                    watch(*record.fields)
                    count += len(record.as_marc()) > 0
            return count

        assert at_once(read, THREADS) == [len(DATA)] * THREADS

    leaves_nothing(work, rounds=1)


def test_one_record_for_all() -> None:
    def work(watch: Watch) -> None:
        record = mrrc.Record(DATA[0])
        locked = LockedRecord(record)
        watch(record)

        def change() -> None:
            locked.add_field(mrrc.Field("500", subfields=[]))
            with record.lock():
                watch(*record.fields)

        at_once(change, THREADS)

    leaves_nothing(work)


def test_a_batch_and_its_records() -> None:
    class Known(mrrc.RecordBatch):
        __slots__ = ("__weakref__",)

    def work(watch: Watch) -> None:
        batch = Known(mrrc.MARCReader(b"".join(DATA)))
        watch(batch)

        def read() -> None:
            for record in batch:
                watch(record)
            assert len(batch.encode()) > 0

        at_once(read, THREADS)

    leaves_nothing(work)


def test_what_errors_hold() -> None:
    """An error that was dealt with keeps neither its reader nor a record."""

    def work(watch: Watch) -> None:
        def read() -> int:
            failed = 0
            reader = mrrc.MARCReader((DATA[0] + BAD) * 20, recovery_mode="strict")
            watch(reader)
            while True:
                try:
                    watch(next(reader))
                except StopIteration:
                    return failed
                except mrrc.MrrcException as error:
                    watch(error)
                    failed += 1

        assert at_once(read, THREADS) == [20] * THREADS

    leaves_nothing(work)


# Readers and writers --------------------------------------------------------------------


@pytest.mark.parametrize("to_the_end", [True, False])
@pytest.mark.parametrize("kind", ["path", "bytes", "file", "mapped", "xml"])
def test_readers(kind: str, to_the_end: bool, path: Path) -> None:
    xml = path.with_suffix(".xml")
    mrrc.convert(path, xml)
    opened: dict[str, Callable[[], Any]] = {
        "path": lambda: mrrc.MARCReader(path),
        "bytes": lambda: mrrc.MARCReader(path.read_bytes()),
        "file": lambda: mrrc.MARCReader(path.open("rb")),
        "mapped": lambda: mrrc.MARCReader(path, mmap=True),
        "xml": lambda: mrrc.read(xml),
    }

    def work(watch: Watch) -> None:
        with opened[kind]() as reader:
            watch(reader)

            def read() -> None:
                for record in reader:
                    watch(record)
                    if not to_the_end:
                        return

            at_once(read, THREADS)

    leaves_nothing(work)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_reader_that_nobody_closed(path: Path) -> None:
    def work(watch: Watch) -> None:
        reader = mrrc.MARCReader(path)
        watch(reader)
        watch(*at_once(lambda: next(reader), THREADS))

    leaves_nothing(work)


@pytest.mark.parametrize("ordered", [True, False])
def test_a_shared_reader_and_writer(ordered: bool, path: Path) -> None:
    def work(watch: Watch) -> None:
        shared = SharedReader(mrrc.MARCReader(path))
        target = SharedWriter(mrrc.MARCWriter(path.with_name("x").open("wb")), ordered=ordered)
        watch(shared, target)

        def copy() -> None:
            for record in shared:
                watch(record)
                target.write(record, shared.index if ordered else None)

        with shared, target:
            at_once(copy, THREADS)
        assert target.written == len(DATA)

    leaves_nothing(work)


def test_a_turn_that_did_not_come() -> None:
    """Who waited in vain is held by nobody."""

    def work(watch: Watch) -> None:
        target = SharedWriter(mrrc.MARCWriter(open(os.devnull, "wb")), ordered=True, timeout=0.01)
        watch(target)

        def write() -> None:
            record = mrrc.Record(DATA[0])
            watch(record)
            with pytest.raises((TimeoutError, ValueError)):
                target.write(record, 1)

        at_once(write, THREADS)
        target.close()

    leaves_nothing(work)


def test_readers_of_threads(path: Path) -> None:
    def work(watch: Watch) -> None:
        with thread_local_reader(path) as readers:
            watch(readers)

            def read() -> None:
                watch(readers.reader)
                for record in readers:
                    watch(record)

            at_once(read, THREADS)

    leaves_nothing(work)


def test_threads_that_ended_leave_nothing_in_what_they_shared(path: Path) -> None:
    shared = SharedReader(mrrc.MARCReader(path))

    def work(watch: Watch) -> None:
        thread = threading.Thread(target=lambda: watch(next(shared)))
        watch(thread)
        thread.start()
        thread.join()

    with shared:
        leaves_nothing(work, rounds=20)


# Pipelines and pools ----------------------------------------------------------------------


@pytest.mark.parametrize("end", ["read", "left", "failed", "forgotten"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_pipelines(end: str, path: Path) -> None:
    if end == "failed":
        path.write_bytes(b"".join(DATA[:100]) + BAD)
    config = mrrc.PipelineConfig(buffer_size=4096, parser_threads=3)

    def work(watch: Watch) -> None:
        pipeline = mrrc.ProducerConsumerPipeline.from_file(path, config=config)
        watch(pipeline)

        def read() -> None:
            with suppress(mrrc.MrrcException):
                for record in pipeline:
                    watch(record)
                    if end in ("left", "forgotten"):
                        return

        at_once(read, THREADS)
        if end != "forgotten":
            pipeline.close()

    leaves_nothing(work)


@pytest.fixture(scope="module")
def server() -> None:
    """The process that starts others stays, and so does the one that looks after their means."""
    list(map_records(DATA[0], number, strategy="processes", max_workers=1))


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("end", ["read", "left", "failed"])
@pytest.mark.parametrize(("strategy", "rounds"), [("threads", ROUNDS), ("processes", 2)])
def test_streams_of_results(strategy: str, rounds: int, end: str, path: Path) -> None:
    if end == "failed":
        path.write_bytes(b"".join(DATA[:100]) + BAD)

    def work(watch: Watch) -> None:
        stream = map_records(path, number, strategy=strategy, max_workers=2, chunk_size=10)
        watch(stream)
        with suppress(mrrc.MrrcException), stream:
            for _ in stream:
                if end == "left":
                    break

    leaves_nothing(work, rounds)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(("strategy", "rounds"), [("threads", ROUNDS), ("processes", 2)])
def test_pools(strategy: str, rounds: int, path: Path) -> None:
    def work(watch: Watch) -> None:
        with RecordPool(2, strategy=strategy) as pool:
            watch(pool)

            def ask() -> None:
                stream = pool.map_records(path, number, chunk_size=20)
                watch(stream)
                assert len(list(stream)) == len(DATA)

            at_once(ask, THREADS)

    leaves_nothing(work, rounds)


def test_a_pool_that_nobody_closed(path: Path) -> None:
    def work(watch: Watch) -> None:
        pool = RecordPool(2, strategy="threads")
        watch(pool)
        assert len(list(pool.map_records(path, number))) == len(DATA)

    leaves_nothing(work)


def test_records_given_to_a_function() -> None:
    def work(watch: Watch) -> None:
        with map_records(b"".join(DATA), watch, strategy="threads", max_workers=4) as stream:
            assert len(list(stream)) == len(DATA)

    leaves_nothing(work)


def test_readers_and_writers_of_loops(path: Path) -> None:
    def work(watch: Watch) -> None:
        async def copy(number: int) -> None:
            target = path.with_name(f"copy{number}")
            async with AsyncMARCReader(path) as reader, AsyncMARCWriter(target) as writer:
                watch(reader, writer)
                async for record in reader:
                    watch(record)
                    assert record is not None
                    await writer.write(record)

        async def all_of_them() -> None:
            await asyncio.gather(*(copy(number) for number in range(THREADS)))

        asyncio.run(all_of_them())

    leaves_nothing(work)


# What is asked of records -------------------------------------------------------------------


def test_filters_columns_and_validators(path: Path) -> None:
    chosen = mrrc.Filter("001 =^ 'smpl'")
    validator = mrrc.Validator()

    def work(watch: Watch) -> None:
        def ask() -> None:
            for record in mrrc.MARCReader(path.read_bytes(), where=chosen):
                assert record is not None
                watch(record)
                assert chosen.matches(record)
                assert validator.check(record) is not None
            table = mrrc.columns(path, ["001"])
            watch(table)
            assert len(table.to_pylist()) == len(DATA)

        at_once(ask, THREADS)

    leaves_nothing(work, rounds=2)
