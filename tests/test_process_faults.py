# SPDX-License-Identifier: MIT
"""Whatever goes wrong with processes: an exception with a name and a cause, in time, and no
process, descriptor or shared memory that stays behind."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.concurrency.errors import ConcurrencyError, RecordPoolClosed
from mrrc.parallel import (
    NotPicklableError,
    RecordPool,
    RecordTaskError,
    WorkerLost,
    map_files,
    map_records,
    map_reduce,
)
from mrrc.parallel.errors import WorkerTraceback
from mrrc.parallel.processes import start_method

pytestmark = pytest.mark.skipif(
    not os.path.isdir("/dev/shm") or start_method() != "forkserver",
    reason="looks for what stays behind where Linux has it",
)

COUNT = 40
DATA = b"".join(make.sample(number) for number in range(COUNT))

#: Seconds in which a fault has to be told, however busy the machine is.
SOON = 60


def records() -> list[Any]:
    return list(mrrc.MARCReader(DATA))


def left() -> tuple[int, list[str], str]:
    """Descriptors, shared memory and worker processes of this process."""
    gc.collect()  # what other tests have left
    server = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    mine = f"mrrc_{os.getpid():x}_"
    return (
        len(os.listdir("/proc/self/fd")),
        [name for name in os.listdir("/dev/shm") if name.startswith(mine)],
        Path(f"/proc/{server}/task/{server}/children").read_text(),
    )


@pytest.fixture(autouse=True)
def nothing_stays_behind() -> Iterator[None]:
    # the server of processes and the tracker of memory stay for good
    assert len(list(map_records(DATA, work.number, strategy="processes", max_workers=1))) == COUNT
    limit = time.monotonic() + 20
    while left()[1:] != ([], "") and time.monotonic() < limit:
        time.sleep(0.02)
    before = left()
    yield
    limit = time.monotonic() + 20
    while left() != before and time.monotonic() < limit:
        time.sleep(0.02)
    assert left() == before


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.mrc"
    file.write_bytes(DATA)
    return file


def mapped(source: Any, func: Any, **more: Any) -> list[Any]:
    more = {"max_workers": 2, "chunk_size": 10, "progress": lambda *done: None, **more}
    return list(map_records(source, func, strategy="processes", **more))


@pytest.mark.parametrize("kind", ["file", "bytes", "records"])
class TestFaults:
    """With each kind of source: a file is cut into ranges, bytes and records travel."""

    @pytest.fixture
    def source(self, kind: str, path: Path) -> Any:
        return {"file": path, "bytes": DATA, "records": records()}[kind]

    def test_a_function_that_cannot_be_sent(self, source: Any) -> None:
        with pytest.raises(NotPicklableError, match="lambda") as caught:
            mapped(source, lambda record: record)
        assert caught.value.__cause__ is not None

    def test_a_result_that_cannot_be_sent(self, source: Any) -> None:
        with pytest.raises(RecordTaskError) as caught:
            mapped(source, work.returns_lock)
        assert isinstance(caught.value.__cause__, NotPicklableError)
        assert isinstance(caught.value.__cause__.__cause__, (TypeError, WorkerTraceback))
        assert "lock" in str(caught.value)

    def test_a_function_that_raises(self, source: Any) -> None:
        with pytest.raises(RecordTaskError) as caught:
            mapped(source, work.fails_at_7)
        assert isinstance(caught.value.__cause__, KeyError)
        assert isinstance(caught.value.__cause__.__cause__, WorkerTraceback)

    def test_a_worker_that_dies(self, source: Any) -> None:
        with pytest.raises(WorkerLost) as caught:
            mapped(source, work.dies_at_20)
        assert caught.value.exitcode == -9

    def test_a_worker_that_dies_and_the_others(self, source: Any) -> None:
        got = mapped(source, work.dies_at_20, on_error="skip")
        assert 0 < len(got) < COUNT

    def test_no_worker_that_can_begin(self, source: Any) -> None:
        with pytest.raises(WorkerLost, match="initializer") as caught:
            mapped(source, work.number, initializer=work.cannot_begin)
        assert isinstance(caught.value.__cause__, RuntimeError)

    def test_too_little_time(self, source: Any) -> None:
        begin = time.monotonic()
        with pytest.raises(TimeoutError, match="not done after 0.3 seconds"):
            mapped(source, work.hangs, timeout=0.3)
        assert time.monotonic() - begin < SOON

    def test_cancelled(self, source: Any) -> None:
        begin, cancel = time.monotonic(), threading.Event()
        timer = threading.Timer(0.3, cancel.set)
        timer.start()
        with pytest.raises(CancelledError, match="cancelled"):
            mapped(source, work.hangs, cancel=cancel)
        timer.join()
        assert time.monotonic() - begin < SOON

    def test_left_on_the_way(self, source: Any) -> None:
        with map_records(
            source, work.sleeps, strategy="processes", chunk_size=5, progress=lambda *done: None
        ) as stream:
            assert next(stream) == "smpl00000000"

    def test_a_pool_goes_on_behind_each(self, source: Any) -> None:
        with RecordPool(2) as pool:
            for func in (work.fails_at_7, work.returns_lock):
                with pytest.raises(RecordTaskError):
                    list(pool.map_records(source, func, chunk_size=5))
            with pytest.raises(WorkerLost):
                list(pool.map_records(source, work.dies_at_20, chunk_size=5))
            assert len(list(pool.map_records(source, work.number, chunk_size=5))) == COUNT


def test_a_pool_that_is_closed(path: Path) -> None:
    pool = RecordPool(1)
    later = pool.map_records(path, work.number)
    assert next(later) == "smpl00000000"
    pool.close()
    uses: list[Callable[[], Any]] = [
        lambda: pool.map_records(path, work.number),
        lambda: pool.map_files([path], work.size_of),
        lambda: pool.map_reduce(path, work.fields, work.add, 0),
    ]
    for use in uses:
        with pytest.raises(RecordPoolClosed) as caught:
            use()
        assert isinstance(caught.value, ConcurrencyError) and isinstance(caught.value, ValueError)
    later.close()


def test_files_and_sums(path: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkerLost):
        map_reduce(path, work.dies_at_20, work.add, "", strategy="processes", chunk_size=5)
    with pytest.raises(NotPicklableError, match="reducer"):
        map_reduce(path, work.number, lambda one, other: one, "", strategy="processes")
    with pytest.raises(RecordTaskError) as caught:
        list(map_files([path], work.not_a_path, strategy="processes"))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
