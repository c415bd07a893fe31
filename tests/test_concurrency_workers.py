# SPDX-License-Identifier: MIT
"""Threads that go on until they are told to stop."""

from __future__ import annotations

import logging
import queue
import threading
import time

import pytest
from alone import LONG, run

from mrrc.concurrency import (
    PoolClosed,
    SafeThread,
    SafeThreadError,
    ThreadManager,
    ThreadTimeout,
    safe_get,
)


def test_workers_work_until_they_are_told_to_stop() -> None:
    tasks: queue.Queue[int] = queue.Queue()
    done: queue.Queue[tuple[int, int]] = queue.Queue()

    class Squares(ThreadManager):
        def worker(self, worker_id: int) -> None:
            while not self.stopping.is_set():
                number = safe_get(tasks, timeout=0.01)
                if number is not None:
                    done.put((worker_id, number * number))

    workers = Squares()
    started = workers.start_workers(4)
    assert [thread.name for thread in started] == [f"worker-{n}" for n in range(4)]
    assert all(isinstance(thread, SafeThread) and thread.daemon for thread in started)
    for number in range(100):
        tasks.put(number)
    found = [done.get(timeout=LONG) for _ in range(100)]
    assert sorted(square for _, square in found) == [n * n for n in range(100)]
    assert {worker_id for worker_id, _ in found} <= set(range(4))
    assert workers.shutdown(timeout=LONG) == []
    assert workers.shutdown() == []  # it is no error to say so twice
    assert [thread.state for thread in workers.threads] == ["terminated"] * 4


def test_a_function_in_place_of_a_subclass() -> None:
    ids: queue.Queue[int] = queue.Queue()
    with ThreadManager(ids.put, name="reader", daemon=False) as workers:
        assert workers.start_workers(2)[1].name == "reader-1"
        assert [thread.name for thread in workers.start_workers(1)] == ["reader-2"]
        assert workers.start_workers(0) == []
    assert sorted(ids.get_nowait() for _ in range(3)) == [0, 1, 2]
    assert not workers.threads[0].daemon


def test_those_that_do_not_stop_are_told() -> None:
    go = threading.Event()

    def work(worker_id: int) -> None:
        if worker_id % 2:
            go.wait(LONG)
        else:
            workers.stopping.wait(LONG)

    workers = ThreadManager(work)
    started = workers.start_workers(40)
    begin = time.monotonic()
    left = workers.shutdown(timeout=0.3)
    took = time.monotonic() - begin
    assert left == started[1::2]
    assert 0.3 <= took < 0.3 * len(left)  # for all of them, not for each
    assert workers.shutdown(timeout=0) == left
    go.set()
    assert workers.shutdown(timeout=None) == []


def test_leaving_with_one_that_does_not_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    workers = ThreadManager(lambda _: go.wait(LONG))
    shutdown = workers.shutdown
    monkeypatch.setattr(workers, "shutdown", lambda: shutdown(0.01))
    with pytest.raises(ThreadTimeout, match="not stopped: worker-0, worker-1"), workers:
        workers.start_workers(2)
    # an error within is not hidden by that
    with pytest.raises(ValueError, match="within"), workers:
        raise ValueError("within")
    go.set()
    assert shutdown() == []


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt])
def test_one_that_fails(kind: type[BaseException], caplog: pytest.LogCaptureFixture) -> None:
    def work(worker_id: int) -> None:
        if worker_id == 1:
            raise kind("broken")
        workers.stopping.wait(LONG)

    workers = ThreadManager(work)
    with pytest.raises(SafeThreadError, match=f"'worker-1' raised {kind.__name__}: broken") as it:
        with workers:
            workers.start_workers(3)
            assert workers.threads[1].join(LONG)
            assert list(workers.failed) == [1]
    assert it.value.__cause__ is workers.failed[1]
    [record] = caplog.records
    assert (record.getMessage(), record.levelno) == ("worker 1 failed", logging.ERROR)
    assert record.exc_info is not None
    assert workers.shutdown() == []


def test_none_is_started_after_shutdown() -> None:
    workers = ThreadManager(lambda _: None)
    workers.shutdown()
    with pytest.raises(PoolClosed, match="told to stop"):
        workers.start_workers(1)
    assert workers.threads == []


def test_a_number_of_workers() -> None:
    workers = ThreadManager(lambda _: None)
    with pytest.raises(ValueError, match="0 or more, not -1"):
        workers.start_workers(-1)
    with pytest.raises(TypeError, match="whole number, not str"):
        workers.start_workers("2")  # type: ignore[arg-type]


def test_no_work() -> None:
    with pytest.raises(TypeError, match="ThreadManager has no work"):
        ThreadManager().start_workers(1)
    with pytest.raises(TypeError, match="has no work"):
        ThreadManager().worker(0)


def test_a_worker_that_shuts_down() -> None:
    left: queue.Queue[list[SafeThread]] = queue.Queue()

    def work(worker_id: int) -> None:
        if worker_id == 0:
            workers.stopping.wait(0.01)
            left.put(workers.shutdown(LONG))
        workers.stopping.wait(LONG)

    workers = ThreadManager(work)
    started = workers.start_workers(3)
    assert left.get(timeout=LONG) == started[:1]  # itself
    assert workers.shutdown(LONG) == []


def test_starting_and_stopping_at_once() -> None:
    class Waiting(ThreadManager):
        def worker(self, worker_id: int) -> None:
            self.stopping.wait(LONG)

    for _ in range(50):
        workers = Waiting()
        barrier = threading.Barrier(2)

        def start(workers: Waiting = workers, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(LONG)
            try:
                workers.start_workers(5)
            except PoolClosed:
                pass

        starter = SafeThread(target=start)
        starter.start()
        barrier.wait(LONG)
        assert workers.shutdown(LONG) == []
        assert starter.get_result(LONG) is None
        assert not any(thread.is_alive() for thread in workers.threads)


def test_a_fork_has_no_workers() -> None:
    script = """
import os
from mrrc.concurrency import ThreadManager
workers = ThreadManager(lambda _: workers.stopping.wait())
workers.start_workers(3)
pid = os.fork()
if pid == 0:
    before = workers.threads, workers.shutdown(), workers.failed
    os._exit(before != ([], [], {}))
print(os.waitpid(pid, 0)[1], len(workers.threads), workers.shutdown())
"""
    assert run(script) == "0 3 []\n"


def test_an_interrupt_ends_the_wait() -> None:
    script = """
import os, signal, threading
from mrrc.concurrency import ThreadManager
go = threading.Event()
def work(worker_id):
    workers.stopping.wait()
    os.kill(os.getpid(), signal.SIGINT)
    go.wait()
workers = ThreadManager(work)
workers.start_workers(1)
try:
    workers.shutdown(timeout=None)
except KeyboardInterrupt:
    go.set()
    print("interrupted", workers.shutdown())
"""
    assert run(script) == "interrupted []\n"
