# SPDX-License-Identifier: MIT
"""Several locks at once, and the watch over the order of all."""

from __future__ import annotations

import gc
import inspect
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from thread_work import (
    LONG,
    all_at_once,
    elsewhere,
    holding,
    in_a_child,
    interrupted,
    needs_fork,
    short_turns,
)

import mrrc
from mrrc.concurrency import (
    LockedRecord,
    LockOrderError,
    LockOwnerError,
    LockStats,
    LockStep,
    LockTimeout,
    LockUpgradeError,
    ReadWriteLock,
    SafeCondition,
    SafeLock,
    debug_locks,
    lock_all,
)
from mrrc.concurrency.lock_order import watch

pytestmark = pytest.mark.thread_unsafe(reason="sets the switch interval, forks, and presses Ctrl-C")


@pytest.fixture(autouse=True)
def unwatched() -> Iterator[None]:
    """Whatever the environment says."""
    with debug_locks(False), short_turns():
        yield


def line() -> int:
    """Where it is called."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    return frame.f_back.f_lineno


# Several at once.


@pytest.mark.thread_safety
def test_two_that_are_named_either_way() -> None:
    first, second, count = SafeLock(), SafeLock(), [0]

    def work(number: int) -> None:
        with lock_all(first, second) if number % 2 else lock_all(second, first):
            before = count[0]
            time.sleep(0)
            count[0] = before + 1

    with debug_locks():
        all_at_once(work, 4, times=100)
    assert count == [400]
    assert not first.locked()
    assert not second.locked()


@pytest.mark.thread_safety
def test_any_kind_of_lock() -> None:
    record = mrrc.Record()
    both = ReadWriteLock()
    kinds: list[Any] = [SafeLock(), threading.Lock(), threading.RLock(), ReadWriteLock()]
    kinds += [ReadWriteLock().read(), both.read(), both.write(), LockedRecord(record)]
    kinds += [record.lock()]
    count = [0]

    def work(number: int) -> None:
        with lock_all(*kinds[number:], *kinds[:number], kinds[2]):
            before = count[0]
            time.sleep(0)
            count[0] = before + 1

    all_at_once(work, 4, times=100)
    assert count == [400]
    with lock_all():
        pass


def test_in_the_order_in_which_they_were_made() -> None:
    seen: list[int] = []

    class Told(SafeLock):
        def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
            seen.append(locks.index(self))
            return super().acquire(blocking, timeout)

        def release(self) -> None:
            seen.append(-locks.index(self))
            super().release()

    locks: list[Any] = []
    locks += [Told() for _ in range(4)]
    with lock_all(locks[2], locks[3], locks[1], locks[2]):
        pass
    assert seen == [1, 2, 3, -3, -2, -1]


def test_they_may_be_held_already() -> None:
    first, second = SafeLock(), SafeLock()
    both = lock_all(first, second)
    with first, both, both:
        assert second.locked()
    assert not second.locked()
    assert not first.locked()


def test_all_or_none() -> None:
    locks = [SafeLock() for _ in range(3)]
    with holding(locks[2]):
        begun = time.monotonic()
        with pytest.raises(LockTimeout, match=r"SafeLock \d+ was not to be had within 0.05 s"):
            with lock_all(*locks, timeout=0.05):
                pass
        assert 0.04 < time.monotonic() - begun < LONG
        assert [lock.locked() for lock in locks] == [False, False, True]
        with pytest.raises(TimeoutError), lock_all(*locks, timeout=0):
            pass
        interrupted(lock_all(*locks).__enter__)
        interrupted(lock_all(*locks, timeout=float("inf")).__enter__)
        assert [lock.locked() for lock in locks] == [False, False, True]
    with lock_all(*locks, timeout=0):
        pass


def test_the_time_is_for_all_of_them() -> None:
    locks = [SafeLock() for _ in range(6)]
    with ExitStack() as stack:
        stack.enter_context(holding(locks[-1]))
        begun = time.monotonic()
        with pytest.raises(LockTimeout), lock_all(*locks, timeout=0.2):
            pass
        assert time.monotonic() - begun < 30


def test_the_body_fails() -> None:
    first, second = SafeLock(), SafeLock()
    with pytest.raises(KeyError), lock_all(first, second):
        raise KeyError
    assert not first.locked()
    assert not second.locked()
    with pytest.raises(LockOwnerError), lock_all(first, second):
        second.release()
    assert not first.locked()


@pytest.mark.parametrize("other", [None, 5, mrrc.Record, threading.Event()])
def test_what_is_no_lock(other: Any) -> None:
    lock = SafeLock()
    with pytest.raises(TypeError, match="is not a lock"):
        lock_all(lock, other)
    with pytest.raises(ValueError):
        lock_all(lock, timeout=-1)
    with pytest.raises(ValueError):
        lock_all(lock, timeout=float("nan"))


# The order.


def test_both_orders_and_where() -> None:
    titles, names = SafeLock(name="titles"), SafeLock(name="names")
    with debug_locks():

        def there() -> tuple[int, int]:
            with titles:
                outer = line() - 1
                with names:
                    return outer, line() - 1

        outer, inner = elsewhere(there)
        with pytest.raises(LockOrderError) as raised, names:
            mine = line() - 1
            with titles:
                raise AssertionError("it was taken")
        second = mine + 2
        assert not titles.locked()
        assert not names.locked()
    error = raised.value
    thread = error.earlier[0].thread
    assert error.order == LockStep(
        "names", f"{__file__}:{mine}", "titles", f"{__file__}:{second}", "MainThread"
    )
    assert error.earlier == (
        LockStep("titles", f"{__file__}:{outer}", "names", f"{__file__}:{inner}", thread),
    )
    for number in (outer, inner, mine, second):
        assert f"{__file__}:{number}" in str(error)
    assert thread in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (again.order, again.earlier, str(again)) == (error.order, error.earlier, str(error))


def test_a_circle_of_three() -> None:
    first, second, third = (SafeLock(name=name) for name in ("first", "second", "third"))
    with debug_locks():
        with first, second:
            pass
        with second, third:
            pass
        with pytest.raises(LockOrderError) as raised, third, first:
            pass
    assert [(step.held, step.taken) for step in raised.value.earlier] == [
        ("first", "second"),
        ("second", "third"),
    ]


Take = Callable[[Any], Any]


@pytest.mark.parametrize(
    "way",
    [
        lambda lock: lock,
        lambda lock: lock_all(lock),
        lambda lock: lock_all(lock, timeout=5),
        SafeCondition,
    ],
    ids=["with", "lock_all", "timeout", "condition"],
)
def test_every_way_to_take_a_lock(way: Take) -> None:
    first, second = SafeLock(), SafeLock()
    with debug_locks():
        with way(first), way(second):
            pass
        with pytest.raises(LockOrderError) as raised, way(second), way(first):
            pass
    assert raised.value.order.taken_at.startswith(f"{__file__}:")


@pytest.mark.parametrize("one", ["read", "write"])
@pytest.mark.parametrize("other", ["read", "write"])
def test_locks_to_read_and_to_write(one: str, other: str) -> None:
    first, second = SafeLock(), ReadWriteLock()
    with debug_locks():
        with first, getattr(second, one)():
            pass
        with pytest.raises(LockOrderError) as raised, getattr(second, other)(), first:
            pass
        assert not second.readers
        assert not second.writing
    assert raised.value.order.held_at.startswith(f"{__file__}:")


def test_what_could_not_deadlock() -> None:
    first, second = SafeLock(), SafeLock()
    both = ReadWriteLock()
    with debug_locks():
        with first, second, first:  # who has it does not wait
            pass
        with second:
            assert first.acquire(blocking=False)  # nor who does not want to
            first.release()
        with first, second:
            pass
        with first, both.write(), both.read():
            pass
        with first, both.read(), both.read():
            pass


def test_a_wait_for_a_condition_with_another_lock() -> None:
    lock, condition = SafeLock(), SafeCondition()
    with debug_locks(), condition, lock:
        with pytest.raises(LockOrderError):
            condition.wait(0.01)
        assert condition._lock.locked()  # and so does its with
    with debug_locks(), lock, condition:
        assert not condition.wait(0.01)


def test_threads_that_would_deadlock() -> None:
    """One of them is told, and the other gets both."""
    first, second = SafeLock(), SafeLock()
    barrier, told, done = threading.Barrier(2), [0], [0]

    def work(number: int) -> None:
        mine, other = (first, second) if number else (second, first)
        try:
            with mine:
                barrier.wait(LONG)
                with other:
                    done[0] += 1
        except LockOrderError:
            told[0] += 1

    with debug_locks():
        all_at_once(work, 2)
    assert (told, done) == ([1], [1])


def test_what_was_seen_is_forgotten() -> None:
    first, second = SafeLock(), SafeLock()
    with debug_locks(), first, second:
        pass
    with debug_locks(), second, first:
        pass
    with second, first:  # nobody watches
        pass
    with first, second:
        pass


def test_locks_that_are_gone_leave_nothing() -> None:
    with debug_locks():
        kept = SafeLock()
        for _ in range(100):
            with kept, SafeLock(), SafeLock():
                pass
        gc.collect()
        with SafeLock(), kept:
            pass
        assert len(watch._after) <= 4
        assert all(len(each) <= 2 for each in watch._after.values())


def test_watching_begins_and_ends_while_locks_are_held() -> None:
    first, second = SafeLock(), SafeLock()
    watching = debug_locks()
    with first:
        watching.__exit__()

    def held() -> list[str]:
        return [each.name for each in watch._own.held if each.lock() is not None]

    assert not held()
    with first:
        with debug_locks():
            with second:
                pass
            first.release()
            first.acquire()
    assert not held()
    with debug_locks():
        with debug_locks(False), second:
            pass
        with debug_locks():
            pass
        assert watch.on


def test_upgrades_are_errors_anyway() -> None:
    lock = ReadWriteLock()
    with debug_locks(), lock.read(), pytest.raises(LockUpgradeError), lock.write():
        pass


PROGRAM = """
from mrrc.concurrency import LockOrderError, SafeLock
one, two = SafeLock(), SafeLock()
with one, two:
    pass
try:
    with two, one:
        print("taken")
except LockOrderError:
    print("told")
"""


@pytest.mark.parametrize(("value", "said"), [("1", "told"), ("0", "taken"), ("", "taken")])
def test_the_environment(value: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "MRRC_DEBUG_LOCKS": value},
        capture_output=True,
        text=True,
        timeout=LONG,
    )
    assert (done.stdout.strip(), done.stderr) == (said, "")


@needs_fork
def test_a_fork_while_others_take_locks() -> None:
    first, second, over = SafeLock(), SafeLock(), threading.Event()

    def work() -> None:
        while not over.is_set():
            with SafeLock(), SafeLock():
                pass

    def child() -> None:
        with first, second:
            pass
        with pytest.raises(LockOrderError), second, first:
            pass

    threads = [threading.Thread(target=work) for _ in range(3)]
    with debug_locks():
        for thread in threads:
            thread.start()
        try:
            for _ in range(20):
                in_a_child(child)
        finally:
            over.set()
            for thread in threads:
                thread.join(LONG)


@needs_fork
def test_a_fork_while_another_is_watched() -> None:
    first, second = SafeLock(), SafeLock()

    def child() -> None:
        with first, second:
            pass

    with debug_locks(), holding(watch._mutex):
        in_a_child(child)


# Statistics.


def test_nothing_is_counted_unless_asked() -> None:
    lock = SafeLock()
    with lock:
        pass
    assert lock.stats == LockStats(0, 0, 0.0, 0.0)


@pytest.mark.parametrize("kind", ["lock", "read", "write"])
def test_what_is_counted(kind: str) -> None:
    lock: Any = SafeLock() if kind == "lock" else ReadWriteLock()
    take = (lambda: lock) if kind == "lock" else getattr(lock, kind)
    other = take if kind != "read" else lock.write
    with debug_locks():
        with take(), take():
            time.sleep(0.02)
        assert lock.stats.acquired == 1
        assert lock.stats[1:3] == (0, 0.0)
        assert 0.02 <= lock.stats.held_longest < LONG
        with holding(other()):
            thread = threading.Thread(target=lambda: take().__enter__())
            thread.start()
            time.sleep(0.05)
        thread.join(LONG)
        assert lock.stats.acquired == 3
        assert lock.stats.contended == 1
        assert 0 < lock.stats.waited < LONG
        assert not (lock if kind == "lock" else other()).acquire(blocking=False)
        assert lock.stats.contended == 2
        assert lock.stats.acquired == 3


@pytest.mark.thread_safety
def test_four_hundred_are_counted() -> None:
    lock = SafeLock()

    def work(_: int) -> None:
        with lock:
            pass

    with debug_locks():
        all_at_once(work, 4, times=100)
    assert lock.stats.acquired == 400
    assert 0 <= lock.stats.contended <= 400


def test_a_lock_that_goes_while_it_is_held() -> None:
    with debug_locks():
        lock = SafeLock()
        lock.acquire()
        del lock
        gc.collect()
        with SafeLock():
            pass
        assert not watch._after


def test_names() -> None:
    assert SafeLock(name="titles").name == "titles"
    first, second = ReadWriteLock(), ReadWriteLock()
    assert first.name.startswith("ReadWriteLock ")
    assert first.name != second.name
    assert first.read().name == first.name
