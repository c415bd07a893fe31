# SPDX-License-Identifier: MIT
"""Queues that are closed."""

from __future__ import annotations

import copy
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from thread_work import (
    LONG,
    all_at_once,
    elsewhere,
    holding,
    in_a_child,
    interrupted,
    interrupted_when_told,
    needs_fork,
    short_turns,
)

from mrrc.concurrency import QueueClosed, QueueEmpty, QueueFull, SharedQueue

pytestmark = pytest.mark.thread_unsafe(reason="sets the switch interval, forks, and presses Ctrl-C")


@pytest.fixture(autouse=True)
def turns() -> Iterator[None]:
    with short_turns():
        yield


@pytest.mark.thread_safety
@pytest.mark.parametrize("size", [None, 1, 3])
@pytest.mark.parametrize("threads", [1, 2, 3, 4, 8])
def test_each_goes_to_one(threads: int, size: int | None) -> None:
    shared: SharedQueue[tuple[int, int]] = SharedQueue(size)
    taken: list[list[tuple[int, int]]] = [[] for _ in range(threads)]
    left, lock = [threads], threading.Lock()

    def work(number: int) -> None:
        if number < threads:
            for turn in range(100):
                shared.put((number, turn), timeout=LONG)
            with lock:
                left[0] -= 1
                if not left[0]:
                    shared.close()
        else:
            taken[number - threads].extend(shared)

    all_at_once(work, 2 * threads)
    found = Counter(item for each in taken for item in each)
    assert found == Counter((number, turn) for number in range(threads) for turn in range(100))
    for each in taken:  # what one has put comes in order
        for number in range(threads):
            turns = [turn for who, turn in each if who == number]
            assert turns == sorted(turns)


def test_a_producer_that_stalls_loses_nothing() -> None:
    """A time that is over would be taken for the end."""
    shared: SharedQueue[int] = SharedQueue()

    def produce() -> None:
        with shared:
            for number in range(3):
                time.sleep(0.05)
                shared.put(number)

    threading.Thread(target=produce).start()
    found = []
    while True:
        try:
            found.append(shared.get(timeout=0.01))
        except QueueEmpty:
            continue
        except QueueClosed:
            break
    assert found == [0, 1, 2]


def test_the_end_is_the_end_for_all() -> None:
    shared: SharedQueue[int] = SharedQueue(initial_data=range(100))
    counts = [0] * 4

    def work(number: int) -> None:
        for _ in shared:
            counts[number] += 1
        for _ in range(2):
            with pytest.raises(QueueClosed, match="everything was taken"):
                shared.get()
            with pytest.raises(QueueClosed):
                shared.get(timeout=LONG)
            with pytest.raises(QueueClosed):
                shared.get(block=False)
            with pytest.raises(QueueClosed):
                shared.pop()
            assert list(shared) == []

    shared.close()
    shared.close()
    assert shared.closed
    all_at_once(work, 4)
    assert sum(counts) == 100


def test_nothing_is_put_behind_the_end() -> None:
    shared: SharedQueue[int] = SharedQueue(2, [1])
    shared.close()
    for put in (shared.put, shared.push, shared.try_put, shared.put_nowait):
        with pytest.raises(QueueClosed, match="nothing more can be put"):
            put(2)
    assert list(shared) == [1]


def test_whoever_waits_is_told() -> None:
    full: SharedQueue[int] = SharedQueue(1, [1])
    empty: SharedQueue[int] = SharedQueue()
    told: list[str] = []

    def wait(step: Any, *arguments: Any) -> None:
        with pytest.raises(QueueClosed):
            step(*arguments)
        told.append("told")

    threads = [threading.Thread(target=wait, args=(full.put, 2)) for _ in range(3)]
    threads += [threading.Thread(target=wait, args=(empty.get,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    assert not told
    full.close()
    empty.close()
    for thread in threads:
        thread.join(LONG)
    assert len(told) == 6
    assert list(full) == [1]


def test_an_error_of_who_puts_reaches_who_takes() -> None:
    shared: SharedQueue[int] = SharedQueue()
    with pytest.raises(OSError), shared:
        shared.put(1)
        raise OSError("the disk is gone")
    found = []
    with pytest.raises(QueueClosed, match="the disk is gone") as raised:
        for item in shared:
            found.append(item)  # noqa: PERF402
    assert found == [1]
    assert isinstance(raised.value.__cause__, OSError)
    with pytest.raises(QueueClosed) as raised:
        shared.get()
    assert isinstance(raised.value.__cause__, OSError)


def test_times() -> None:
    shared: SharedQueue[int] = SharedQueue(1)
    for step in (shared.get, lambda **time: shared.put(2, **time)):
        for arguments in ({"block": False}, {"timeout": 0}, {"timeout": 0.02}):
            begun = time.monotonic()
            with pytest.raises(queue.Empty if step == shared.get else queue.Full):
                step(**arguments)
            assert arguments.get("timeout", 0) <= time.monotonic() - begun < LONG
        for seconds in (-1, float("nan")):
            with pytest.raises(ValueError):
                step(timeout=seconds)
        if step == shared.get:
            shared.put(1, timeout=float("inf"))
    assert not shared.try_put(2)
    assert shared.pop(timeout=0.01) == 1
    assert shared.pop(timeout=0.01) is None
    assert shared.pop() is None
    assert shared.try_get() is None
    assert shared.try_put(3)
    with pytest.raises(QueueFull, match="more than 1"):
        shared.put_nowait(4)
    assert shared.get_nowait() == 3
    with pytest.raises(QueueEmpty):
        shared.get_nowait()
    thread = threading.Timer(0.05, shared.put, (5,))
    thread.start()
    assert shared.pop(timeout=None) == 5
    thread.join(LONG)


def test_none_is_a_value() -> None:
    shared: SharedQueue[None] = SharedQueue(initial_data=[None, None])
    shared.close()
    assert list(shared) == [None, None]


def test_what_pyferris_and_the_standard_library_call_it() -> None:
    shared: SharedQueue[int] = SharedQueue(3)
    assert isinstance(shared, queue.Queue)
    assert shared.is_empty() and shared.empty() and shared
    for number in range(3):
        shared.push(number)
    assert shared.is_full() and shared.full()
    assert (shared.size(), shared.qsize(), len(shared)) == (3, 3, 3)
    assert repr(shared) == "SharedQueue(len=3)"
    assert shared.pop() == 0
    shared.clear()
    assert len(shared) == 0
    shared.task_done()
    elsewhere(shared.join)
    with pytest.raises(ValueError):
        shared.task_done()
    shared.put(1)
    shared.shutdown()
    assert shared.get() == 1
    assert repr(shared) == "SharedQueue(len=0, closed)"
    other: SharedQueue[int] = SharedQueue(initial_data=[1, 2])
    other.shutdown(immediate=True)
    assert list(other) == []
    elsewhere(other.join)
    for size in (0, -1):
        with pytest.raises(ValueError):
            SharedQueue(size)
    with pytest.raises(TypeError):
        SharedQueue("three")  # type: ignore[arg-type]
    with pytest.raises(QueueFull):
        SharedQueue(1, [1, 2])


def test_an_interrupt_while_waiting() -> None:
    shared: SharedQueue[int] = SharedQueue(1)
    interrupted(shared.get)
    interrupted(lambda: shared.get(timeout=LONG))
    interrupted(lambda: list(shared))
    shared.put(1)
    interrupted(lambda: shared.put(2))
    assert elsewhere(shared.get) == 1
    assert shared.is_empty()
    shared.close()


@pytest.mark.parametrize("turn", range(10))
def test_an_interrupt_takes_a_message_from_nobody(turn: int) -> None:
    shared: SharedQueue[int] = SharedQueue()
    found: list[int] = []
    other = threading.Thread(target=lambda: found.extend(shared))
    put = threading.Timer(0.02, lambda: [shared.put(number) for number in range(20)])

    def wait() -> None:
        while True:
            found.append(shared.get())

    other.start()
    put.start()
    interrupted(wait, after=0.02)
    put.join(LONG)
    shared.close()
    other.join(LONG)
    assert not other.is_alive()
    assert len(found) == len(set(found)) >= 19  # but for one in the hand of who was interrupted


def test_an_interrupt_of_who_was_told() -> None:
    shared: SharedQueue[int] = SharedQueue(1)
    interrupted_when_told(shared.not_empty, shared.get, lambda: shared.put(1))
    assert shared.is_empty()
    shared.put(1)
    interrupted_when_told(shared.not_full, lambda: shared.put(2), shared.get)
    assert shared.get() == 2


@needs_fork
def test_a_fork_within_a_step_of_another() -> None:
    shared: SharedQueue[int] = SharedQueue()

    def child() -> None:
        shared.put(1)
        assert shared.get() == 1
        shared.task_done()
        shared.join()

    with holding(shared.mutex):
        in_a_child(child)


@needs_fork
def test_a_fork_while_others_wait_and_work() -> None:
    shared: SharedQueue[int] = SharedQueue(2)
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            shared.try_put(1)
            shared.pop()

    def child() -> None:
        while shared.pop() is not None:
            pass
        shared.put(7)
        assert elsewhere(shared.get) == 7
        shared.close()
        with pytest.raises(QueueClosed):
            shared.get()

    threads = [threading.Thread(target=work) for _ in range(3)]
    threads.append(threading.Thread(target=lambda: shared.pop(timeout=1)))
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            in_a_child(child)
    finally:
        over.set()
        for thread in threads:
            thread.join(LONG)


def test_it_belongs_to_one_process() -> None:
    with pytest.raises(TypeError, match="threads of one process"):
        copy.copy(SharedQueue())
