# SPDX-License-Identifier: MIT
"""A number that processes share: none of its changes is lost, whoever is killed."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
import shared_work as work

from mrrc.concurrency import SharedCounter
from mrrc.concurrency.errors import ConcurrencyError, SharedMemoryGone

METHODS = multiprocessing.get_all_start_methods()

started_by = pytest.mark.parametrize("method", METHODS)


@pytest.fixture
def counter() -> Iterator[SharedCounter]:
    with SharedCounter() as made:
        yield made


def test_it_counts_as_an_atomic_counter_does(counter: SharedCounter) -> None:
    assert (counter.increment(), counter.add(10), counter.decrement()) == (1, 11, 10)
    assert counter.sub(15) == -5
    assert counter.get() == counter.value == -5
    counter.set(7)
    assert repr(counter) == "<SharedCounter 7>"
    counter.reset()
    assert counter.get() == 0
    with SharedCounter(initial_value=-3) as other:
        assert other.get() == -3


def test_what_has_no_room_changes_nothing(counter: SharedCounter) -> None:
    most, least = (1 << 63) - 1, -(1 << 63)
    counter.set(most)
    with pytest.raises(OverflowError):
        counter.increment()
    assert counter.add(0) == most
    assert counter.add(least) == -1
    counter.set(least)
    for wrong in (counter.decrement, lambda: counter.add(1 << 63), lambda: counter.set(1 << 64)):
        with pytest.raises(OverflowError):
            wrong()
    assert counter.get() == least
    with pytest.raises(OverflowError):
        SharedCounter(1 << 63)
    for text in (lambda: counter.add("1"), lambda: SharedCounter(1.5)):  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            text()


def test_threads_lose_no_count(counter: SharedCounter) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work.count, args=(counter, 500)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert counter.get() == 8 * 500


@started_by
def test_processes_lose_no_count(method: str, counter: SharedCounter) -> None:
    context: Any = multiprocessing.get_context(method)
    workers = [context.Process(target=work.count, args=(counter, 2000)) for _ in range(3)]
    for worker in workers:
        worker.start()
    work.count(counter, 2000)
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
        worker.close()
    assert counter.get() == 4 * 2000


@started_by
def test_a_killed_worker_leaves_it_whole(method: str, counter: SharedCounter) -> None:
    context: Any = multiprocessing.get_context(method)
    worker = context.Process(target=work.count_for_ever, args=(counter,), daemon=True)
    worker.start()
    limit = time.monotonic() + 30
    while counter.get() < 1000 and time.monotonic() < limit:
        time.sleep(0.001)
    worker.kill()
    worker.join(30)
    assert worker.exitcode == -signal.SIGKILL
    worker.close()
    reached = counter.get()
    assert reached >= 1000
    assert counter.increment() == reached + 1
    work.count(counter, 100)
    assert counter.get() == reached + 101


def test_it_travels_as_a_handle(counter: SharedCounter) -> None:
    packed = pickle.dumps(counter)
    assert len(packed) < 200
    other = pickle.loads(packed)
    other.add(5)
    assert counter.get() == 5
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(work.count, counter, 10).result(60)
    assert other.get() == 15
    other.close()
    assert counter.increment() == 16


def test_when_it_is_closed(counter: SharedCounter) -> None:
    packed = pickle.dumps(counter)
    other = pickle.loads(packed)
    assert not counter.closed
    counter.close()
    counter.close()
    assert counter.closed and repr(counter) == "<SharedCounter closed>"
    for use in (counter.get, counter.increment, lambda: pickle.dumps(counter)):
        with pytest.raises(ValueError, match="closed"):
            use()
    assert other.increment() == 1  # who has it keeps it
    with pytest.raises(SharedMemoryGone) as caught:
        pickle.loads(packed)
    assert isinstance(caught.value, ConcurrencyError)
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_closing_while_threads_count() -> None:
    """A thread that is within a step has the memory for as long."""
    for _ in range(20):
        counter = SharedCounter()
        over = []

        def go_on(counter: SharedCounter = counter, over: list[str] = over) -> None:
            try:
                while True:
                    counter.increment()
            except ValueError as error:
                over.append(str(error))

        threads = [threading.Thread(target=go_on) for _ in range(3)]
        for thread in threads:
            thread.start()
        counter.close()
        for thread in threads:
            thread.join(30)
        assert over == ["the counter is closed"] * 3


def test_several_of_one_stretch() -> None:
    counters = SharedCounter.several(5)
    name = counters[0]._segment.name  # type: ignore[union-attr]
    assert os.path.exists(f"/dev/shm/{name}") or not os.path.isdir("/dev/shm")
    for place, counter in enumerate(counters):
        counter.add(place)
    last = pickle.loads(pickle.dumps(counters[4]))
    first = pickle.loads(pickle.dumps(counters[0]))
    assert (first.get(), last.get()) == (0, 4)
    assert [counter.get() for counter in counters] == [0, 1, 2, 3, 4]
    del counters, counter, first, last
    assert not os.path.exists(f"/dev/shm/{name}")
