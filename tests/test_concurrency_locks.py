# SPDX-License-Identifier: MIT
"""Locks, conditions, semaphores and events."""

from __future__ import annotations

import copy
import inspect
import pickle
import threading
import time
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

from mrrc.concurrency import (
    ForkedLockError,
    LockOwnerError,
    SafeCondition,
    SafeEvent,
    SafeLock,
    SafeSemaphore,
    SemaphoreReleaseError,
    debug_locks,
)

pytestmark = pytest.mark.thread_unsafe(reason="sets the switch interval, forks, and presses Ctrl-C")


@pytest.fixture(autouse=True)
def turns() -> Iterator[None]:
    with short_turns():
        yield


@pytest.fixture(params=[False, True], ids=["plain", "watched"])
def either_way(request: pytest.FixtureRequest) -> Iterator[None]:
    with debug_locks(request.param):
        yield


# 4 threads, 100 times each: of 400 changes none is lost.


@pytest.mark.thread_safety
@pytest.mark.parametrize("threads", [1, 2, 3, 4, 8])
def test_a_lock_loses_nothing(threads: int, either_way: None) -> None:
    lock, count = SafeLock(), [0]

    def work(_: int) -> None:
        with lock:
            before = count[0]
            time.sleep(0)
            count[0] = before + 1

    all_at_once(work, threads, times=100)
    assert count == [threads * 100]
    assert not lock.locked()


@pytest.mark.thread_safety
def test_a_condition_loses_nothing() -> None:
    condition, waiting, taken = SafeCondition(), [0], [0]

    def work(number: int) -> None:
        with condition:
            if number % 2:
                waiting[0] += 1
                condition.notify()
            else:
                assert condition.wait_for(lambda: waiting[0], LONG)
                waiting[0] -= 1
                taken[0] += 1

    all_at_once(work, 4, times=100)
    assert (waiting, taken) == ([0], [200])


@pytest.mark.thread_safety
@pytest.mark.parametrize("size", [1, 3])
def test_so_many_at_once_and_no_more(size: int) -> None:
    semaphore, inside, most, lock = SafeSemaphore(size), [0], [0], threading.Lock()
    done = [0]

    def work(_: int) -> None:
        with semaphore:
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.0001)
            with lock:
                inside[0] -= 1
                done[0] += 1

    all_at_once(work, 4, times=100)
    assert done == [400]
    assert most[0] <= size
    assert semaphore.value == size


@pytest.mark.thread_safety
def test_an_event_reaches_all() -> None:
    events = [SafeEvent() for _ in range(100)]
    seen, lock = [0], threading.Lock()

    def work(number: int) -> None:
        for event in events:
            if number:
                assert event.wait(LONG)
            else:
                event.set()
            with lock:
                seen[0] += 1

    all_at_once(work, 4)
    assert seen == [400]


# Locks.


def test_arguments_are_those_of_pyferris() -> None:
    assert str(
        inspect.signature(SafeLock.acquire).replace(return_annotation=inspect.Signature.empty)
    ) == ("(self, blocking: 'bool' = True, timeout: 'float' = -1)")
    assert list(inspect.signature(SafeCondition).parameters) == ["lock"]
    assert list(inspect.signature(SafeCondition.wait_for).parameters)[1:] == [
        "predicate",
        "timeout",
    ]
    assert inspect.signature(SafeCondition.notify).parameters["n"].default == 1
    for name in ("acquire", "release", "wait", "notify", "notify_all", "__enter__", "__exit__"):
        assert callable(getattr(SafeCondition, name))


def test_a_lock_may_be_taken_again(either_way: None) -> None:
    lock = SafeLock()
    with lock as same, lock:
        assert same is lock
        assert lock.acquire()
        lock.release()
        assert lock.locked()
        assert not elsewhere(lambda: lock.acquire(blocking=False))
        assert not elsewhere(lambda: lock.acquire(timeout=0.01))
    assert not lock.locked()
    assert elsewhere(lambda: lock.acquire(blocking=False))


def test_a_stranger_releases_nothing(either_way: None) -> None:
    lock = SafeLock(name="titles")
    with pytest.raises(LockOwnerError, match="titles is not held"):
        lock.release()
    assert not lock.locked()
    with holding(lock):
        with pytest.raises(LockOwnerError, match="titles is held by thread holder"):
            lock.release()
        assert lock.locked()
        assert not lock.acquire(False)
    assert lock.acquire(False)
    lock.release()
    with pytest.raises(LockOwnerError):  # PyFerris counted such releases
        lock.release()
    assert not lock.locked()
    with lock:
        assert lock.locked()


def test_a_lock_whose_thread_has_ended() -> None:
    lock = SafeLock()
    assert elsewhere(lock.acquire)
    with pytest.raises(LockOwnerError, match="a thread that has ended"):
        lock.release()
    assert not lock.acquire(timeout=0.01)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("arguments", [(False, 3), (True, -5), (False, -5), (True, float("nan"))])
def test_times_that_are_none(arguments: Any, held: bool, either_way: None) -> None:
    lock = SafeLock()
    if held:
        lock.acquire()
    with pytest.raises(ValueError):
        lock.acquire(*arguments)
    assert lock.locked() == held


def test_a_time_to_wait(either_way: None) -> None:
    lock = SafeLock()
    with holding(lock):
        begun = time.monotonic()
        assert not lock.acquire(timeout=0.05)
        assert 0.04 < time.monotonic() - begun < LONG
    assert lock.acquire(timeout=LONG)


def test_an_interrupt_while_waiting_for_a_lock(either_way: None) -> None:
    lock = SafeLock()
    with holding(lock):
        interrupted(lock.acquire)
        interrupted(lambda: lock.acquire(timeout=LONG))
        assert lock.locked()
    assert lock.acquire(timeout=LONG)
    lock.release()
    assert elsewhere(lambda: lock.acquire(False))


def test_an_interrupt_at_any_moment_leaves_no_lock_taken() -> None:
    """Whoever was interrupted within `acquire` does not hold the lock."""
    lock = SafeLock()
    taken = [False]

    def work() -> None:
        while True:
            taken[0] = False
            taken[0] = lock.acquire()
            lock.release()

    for turn in range(20):
        interrupted(work, after=0.001 + turn / 10000)
        if lock._is_owned():  # between the two
            lock.release()
        assert elsewhere(lambda: lock.acquire(timeout=LONG) and not lock.release())


@needs_fork
def test_a_lock_held_while_forking(either_way: None) -> None:
    mine, theirs, free = SafeLock(), SafeLock(name="theirs"), SafeLock()

    def child() -> None:
        assert mine.locked()
        mine.release()
        assert not mine.locked()
        with mine, free:
            pass
        for _ in range(2):
            with pytest.raises(ForkedLockError, match="theirs was held by another thread"):
                theirs.acquire()
            with pytest.raises(ForkedLockError):
                theirs.acquire(timeout=LONG)
        assert not theirs.acquire(blocking=False)
        with pytest.raises(LockOwnerError):
            theirs.release()
        # a thread that is given the ident of one that is gone
        for _ in range(10):
            with pytest.raises(ForkedLockError):
                elsewhere(theirs.acquire)
        assert elsewhere(lambda: free.acquire(False))

    with mine, holding(theirs):
        in_a_child(child)
        assert theirs.locked()
    with theirs:
        pass


@needs_fork
def test_a_lock_wanted_while_forking() -> None:
    lock = SafeLock()
    thread = threading.Thread(target=lock.acquire)

    def child() -> None:
        lock.release()
        assert elsewhere(lambda: lock.acquire(timeout=LONG))

    with lock:
        thread.start()
        time.sleep(0.05)
        in_a_child(child)
    thread.join(LONG)
    assert not thread.is_alive()


# Conditions.


def test_a_lock_is_free_while_its_condition_waits(either_way: None) -> None:
    """PyFerris says that it is held."""
    lock = SafeLock()
    condition = SafeCondition(lock)
    begun = threading.Event()

    def wait() -> bool:
        with lock, condition:  # given back whole, however often it was taken
            begun.set()
            woken = condition.wait(LONG)
            assert lock.locked()
            lock.release()
            lock.acquire()
            return woken

    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(wait()))
    thread.start()
    assert begun.wait(LONG)
    with condition:
        pass
    assert not lock.locked()
    with condition:
        condition.notify()
        assert lock.locked()
    thread.join(LONG)
    assert found == [True]
    assert not lock.locked()


def test_nobody_notifies(either_way: None) -> None:
    condition = SafeCondition()
    with condition:
        assert not condition.wait(0.01)
        assert not condition.wait_for(lambda: False, 0.01)
        assert condition.wait_for(lambda: "there", 0.01) == "there"
        assert condition.acquire()
        condition.release()
    assert not condition._lock.locked()


@pytest.mark.parametrize("what", ["wait", "notify", "notify_all", "wait_for", "release"])
def test_a_stranger_and_a_condition(what: str) -> None:
    condition = SafeCondition()
    step = getattr(condition, what)
    arguments = (lambda: True,) if what == "wait_for" else ()
    with pytest.raises(LockOwnerError):
        step(*arguments)
    with holding(condition), pytest.raises(LockOwnerError, match="holder"):
        step(*arguments)


def test_a_condition_has_a_lock_of_ours() -> None:
    with pytest.raises(TypeError, match="SafeLock"):
        SafeCondition(threading.Lock())  # type: ignore[arg-type]


def test_an_interrupt_while_waiting_for_a_condition(either_way: None) -> None:
    condition = SafeCondition()
    with condition:
        interrupted(condition.wait)
        assert condition._lock.locked()
        interrupted(lambda: condition.wait(LONG))
        condition.notify()  # who was interrupted takes it from nobody
    assert not condition._lock.locked()


@needs_fork
def test_a_condition_waited_for_while_forking() -> None:
    condition = SafeCondition()
    thread, begun, over = None, threading.Event(), [False]

    def wait() -> None:
        with condition:
            begun.set()
            condition.wait_for(lambda: over[0], LONG)

    def child() -> None:
        inside = threading.Event()
        woken: list[bool] = []

        def second() -> None:
            with condition:
                inside.set()
                woken.append(condition.wait(LONG))

        thread = threading.Thread(target=second)
        thread.start()
        assert inside.wait(LONG)
        with condition:
            condition.notify()  # goes to who is here
        thread.join(LONG)
        assert woken == [True]

    thread = threading.Thread(target=wait)
    thread.start()
    assert begun.wait(LONG)
    with condition:
        pass
    in_a_child(child)
    with condition:
        over[0] = True
        condition.notify_all()
    thread.join(LONG)
    assert not thread.is_alive()


# Semaphores and events.


def test_a_semaphore() -> None:
    semaphore = SafeSemaphore(2)
    assert semaphore.value == 2
    assert semaphore.acquire()
    assert semaphore.acquire(timeout=1)
    assert not semaphore.acquire(blocking=False)
    assert not semaphore.acquire(timeout=0.01)
    elsewhere(semaphore.release)  # another may
    assert semaphore.value == 1
    semaphore.release()
    with pytest.raises(SemaphoreReleaseError):
        semaphore.release()
    semaphore.acquire()
    with pytest.raises(SemaphoreReleaseError, match="acquired 1 times.*released 2 times"):
        semaphore.release(2)
    assert semaphore.value == 1
    semaphore.acquire()
    semaphore.release(2)
    assert semaphore.value == 2
    with semaphore:
        assert semaphore.value == 1
    for arguments in ((False, 1.0), (True, float("nan"))):
        with pytest.raises(ValueError):
            semaphore.acquire(*arguments)
    with pytest.raises(ValueError):
        semaphore.release(0)
    with pytest.raises(ValueError):
        SafeSemaphore(-1)
    assert not SafeSemaphore(0).acquire(timeout=0.01)


def test_an_interrupt_while_waiting_for_a_semaphore() -> None:
    semaphore = SafeSemaphore()
    with holding(semaphore):
        interrupted(semaphore.acquire)
        assert semaphore.value == 0
    assert semaphore.acquire(timeout=LONG)


def test_an_interrupt_takes_no_room_from_others() -> None:
    semaphore = SafeSemaphore()
    semaphore.acquire()
    interrupted_when_told(semaphore._condition, semaphore.acquire, semaphore.release)
    assert semaphore.value == 0


@needs_fork
def test_a_fork_within_a_step_of_another() -> None:
    semaphore, event = SafeSemaphore(), SafeEvent()

    def child() -> None:
        with semaphore:
            event.set()
        assert event.wait(LONG)

    with holding(semaphore._condition), holding(event._event._cond):  # type: ignore[attr-defined]
        in_a_child(child)


@needs_fork
def test_a_semaphore_held_while_forking() -> None:
    semaphore = SafeSemaphore(2)

    def one() -> None:
        assert semaphore.value == 0
        semaphore.release()
        assert semaphore.acquire()
        with pytest.raises(SemaphoreReleaseError):
            semaphore.release(3)
        semaphore.release()
        with semaphore, pytest.raises(LockTimeoutOrNone):
            if not semaphore.acquire(timeout=0.01):
                raise LockTimeoutOrNone

    def both() -> None:
        with pytest.raises(ForkedLockError):
            semaphore.acquire()
        assert not semaphore.acquire(blocking=False)
        semaphore.release()  # who knows that it is given back says so
        assert elsewhere(semaphore.acquire)

    with holding(semaphore):
        with semaphore:
            in_a_child(one)
        with holding(semaphore):
            in_a_child(both)
    assert semaphore.value == 2


class LockTimeoutOrNone(Exception):
    """Nothing was to be had."""


def test_an_event() -> None:
    event = SafeEvent()
    assert not event.is_set()
    assert not event.wait(0.01)
    event.set()
    assert event.is_set()
    assert event.wait()
    event.clear()
    assert not event.is_set()
    interrupted(event.wait)
    interrupted(lambda: event.wait(LONG))


@needs_fork
@pytest.mark.parametrize("happened", [False, True])
def test_an_event_waited_for_while_forking(happened: bool) -> None:
    event = SafeEvent()
    waiting = threading.Thread(target=event.wait)
    waiting.start()
    if happened:
        event.set()

    def child() -> None:
        assert event.is_set() == happened
        event.set()
        assert event.wait(LONG)

    in_a_child(child)
    assert event.is_set() == happened
    event.set()
    waiting.join(LONG)


@pytest.mark.parametrize("kind", [SafeLock, SafeCondition, SafeSemaphore, SafeEvent])
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
def test_they_belong_to_one_process(kind: Any, way: Any) -> None:
    with pytest.raises(TypeError, match=f"{kind.__name__} is for the threads of one process"):
        way(kind())
