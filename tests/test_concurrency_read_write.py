# SPDX-License-Identifier: MIT
"""A lock for many that read and few that write.

`verification/rwlock.pml` is a model of it, whose every state is searched by
``verification/run.sh``; here is the lock itself.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
    LockTimeout,
    LockUpgradeError,
    ReadWriteLock,
    debug_locks,
)

pytestmark = pytest.mark.thread_unsafe(reason="sets the switch interval, forks, and presses Ctrl-C")


@pytest.fixture(autouse=True)
def turns() -> Iterator[None]:
    with short_turns():
        yield


def wait_for(condition: Any) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.mark.thread_safety
@pytest.mark.parametrize("threads", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("watched", [False, True])
def test_writers_are_alone_and_lose_nothing(threads: int, watched: bool) -> None:
    lock, count, readers = ReadWriteLock(), [0, 0], [0] * threads

    def work(number: int) -> None:
        with lock.write():
            assert not any(readers)
            before = count[0]
            time.sleep(0)
            count[:] = [before + 1, before + 1]
        with lock.read(timeout=LONG):
            readers[number] += 1
            first = count[0]
            time.sleep(0)
            assert count[1] == first  # nobody writes meanwhile
            readers[number] -= 1

    with debug_locks(watched):
        all_at_once(work, threads, times=100)
    assert count == [threads * 100] * 2
    assert not lock.readers
    assert not lock.writing


def test_readers_read_at_once() -> None:
    lock, barrier = ReadWriteLock(), threading.Barrier(4)

    def work(_: int) -> None:
        with lock.read():
            barrier.wait(LONG)  # all of them are within
            assert lock.readers == 4
            barrier.wait(LONG)

    all_at_once(work, 4)


def test_writers_go_first() -> None:
    lock, order = ReadWriteLock(), []

    def write() -> None:
        with lock.write():
            order.append("write")

    def read() -> None:
        with lock.read():
            order.append("read")

    with lock.read():
        writer = threading.Thread(target=write)
        writer.start()
        wait_for(lambda: lock._waiting)
        reader = threading.Thread(target=read)
        reader.start()
        assert not elsewhere(lambda: lock.acquire_read(blocking=False))
        assert not elsewhere(lambda: lock.acquire_read(timeout=0.01))
        time.sleep(0.02)
        assert order == []
        with lock.read():  # who reads already does not wait for those who wait for it
            assert lock.readers == 1
    for thread in (writer, reader):
        thread.join(LONG)
    assert order == ["write", "read"]


def test_every_way_to_take_it_again() -> None:
    lock = ReadWriteLock()
    with lock.write() as same, lock.write(), lock.read(), lock.read():
        assert same is lock
        assert (lock.readers, lock.writing) == (1, True)
    assert (lock.readers, lock.writing) == (0, False)
    with lock.read(), lock.read():
        pass
    assert elsewhere(lambda: lock.acquire_write(blocking=False) and not lock.release_write())


def test_who_writes_may_go_on_reading() -> None:
    lock = ReadWriteLock()
    lock.acquire_write()
    lock.acquire_read()
    assert not elsewhere(lambda: lock.acquire_read(blocking=False))
    lock.release_write()
    assert elsewhere(lambda: lock.acquire_read(blocking=False) and not lock.release_read())
    assert not elsewhere(lambda: lock.acquire_write(blocking=False))
    lock.release_read()
    assert elsewhere(lambda: lock.acquire_write(blocking=False) and not lock.release_write())


def test_who_reads_does_not_ask_to_write() -> None:
    lock = ReadWriteLock(name="titles")
    with lock.read():
        for take in (lock.write().__enter__, lambda: lock.acquire_write(blocking=False)):
            with pytest.raises(LockUpgradeError, match="holds titles to read"):
                take()
        assert lock.readers == 1
    with lock.write():
        pass


def test_a_stranger_releases_nothing() -> None:
    lock = ReadWriteLock(name="titles")
    with pytest.raises(LockOwnerError, match="titles is not held to read"):
        lock.release_read()
    with pytest.raises(LockOwnerError, match="titles is not held to write"):
        lock.release_write()
    with holding(lock.read()):
        for release in (lock.release_read, lock.release_write, lock.read().release):
            with pytest.raises(LockOwnerError):
                release()
        assert lock.readers == 1
    with holding(lock.write()):
        for release in (lock.release_read, lock.release_write, lock.write().release):
            with pytest.raises(LockOwnerError):
                release()
        assert lock.writing
    with lock.read(), pytest.raises(LockOwnerError):
        lock.release_write()
    with lock.write(), pytest.raises(LockOwnerError):
        lock.release_read()


@pytest.mark.parametrize("one", ["read", "write"])
@pytest.mark.parametrize("other", ["read", "write"])
def test_times(one: str, other: str) -> None:
    lock = ReadWriteLock(name="titles")
    with holding(getattr(lock, one)()):
        side = getattr(lock, other)
        if one == other == "read":
            with side(timeout=0):
                return
        for seconds in (0, 0.02):
            begun = time.monotonic()
            with pytest.raises(LockTimeout, match=f"titles .* to {other} within"), side(seconds):
                pass
            assert seconds <= time.monotonic() - begun < LONG
        assert not side().acquire(blocking=False)
        assert not side().acquire(timeout=0.01)
    with side(timeout=0):
        pass
    for arguments in ((False, 1), (True, -2), (True, float("nan"))):
        with pytest.raises(ValueError):
            side().acquire(*arguments)
    with side(timeout=float("inf")):
        pass


@pytest.mark.parametrize("way", ["timeout", "interrupt"])
def test_a_writer_that_gives_up_lets_readers_in(way: str) -> None:
    lock, read, beside = ReadWriteLock(), threading.Event(), []

    def work() -> None:
        with lock.read():
            beside.append(lock.readers)
            read.set()

    def late() -> None:
        wait_for(lambda: lock._waiting)
        reader.start()

    reader = threading.Thread(target=work)
    starter = threading.Thread(target=late)
    with holding(lock.read()):
        starter.start()
        if way == "timeout":
            assert not lock.acquire_write(timeout=0.2)
        else:
            interrupted(lock.acquire_write, after=0.2)
        starter.join(LONG)
        assert read.wait(LONG)
        reader.join(LONG)
        assert beside == [2]  # the first still reads
    assert lock._waiting == 0
    with lock.write(timeout=LONG):
        pass


def test_an_interrupt_while_waiting_to_read() -> None:
    lock = ReadWriteLock()
    with holding(lock.write()):
        interrupted(lock.acquire_read)
        interrupted(lambda: lock.acquire_read(timeout=LONG))
        assert lock.readers == 0
    with lock.write(timeout=LONG):
        pass


def test_an_interrupt_takes_no_turn_from_others() -> None:
    lock = ReadWriteLock()
    lock.acquire_write()
    interrupted_when_told(lock._room_to_write, lock.acquire_write, lock.release_write)
    assert lock.writing


def test_many_that_give_up_beside_many_that_do_not() -> None:
    lock, written, inside = ReadWriteLock(), [0], [0]

    def work(number: int) -> None:
        wait = -1 if number % 2 else 0.0005
        if number < 4:
            if lock.acquire_write(timeout=wait):
                inside[0] += 1
                assert (inside, lock.readers) == ([1], 0)
                time.sleep(0)
                inside[0] -= 1
                written[0] += 1
                lock.release_write()
        elif lock.acquire_read(timeout=wait):
            assert inside == [0]
            time.sleep(0)
            lock.release_read()

    all_at_once(work, 8, times=100)
    assert 200 <= written[0] <= 400
    assert (lock.readers, lock.writing, lock._waiting) == (0, False, 0)


# Three threads do as they are told, without waiting, beside what they should get.

STEPS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["read", "write"]), st.sampled_from(["take", "give"])
    ),
    max_size=40,
)


@given(STEPS)
def test_it_gives_what_its_rules_give(steps: list[tuple[int, str, str]]) -> None:
    lock = ReadWriteLock()
    reads, writes = [0, 0, 0], [0, 0, 0]
    with ExitStack() as stack:
        actors = [stack.enter_context(ThreadPoolExecutor(1)) for _ in range(3)]
        for who, what, do in steps:
            mine, others = reads[who], [each for each in range(3) if each != who]
            got: Any
            if do == "give":
                depths = reads if what == "read" else writes
                try:
                    actors[who].submit(getattr(lock, f"release_{what}")).result(LONG)
                    got = True
                except LockOwnerError:
                    got = False
                assert got == (depths[who] > 0)
                depths[who] -= got
            else:
                expected: Any
                if what == "read":
                    expected = not any(writes[other] for other in others)
                elif mine and not writes[who]:
                    expected = LockUpgradeError
                else:
                    expected = not any(writes[other] or reads[other] for other in others)
                try:
                    acquire = getattr(lock, f"acquire_{what}")
                    got = actors[who].submit(acquire, False).result(LONG)
                except LockUpgradeError:
                    got = LockUpgradeError
                assert got == expected
                (reads if what == "read" else writes)[who] += got is True
            assert lock.readers == sum(map(bool, reads))
            assert lock.writing == any(writes)


@needs_fork
def test_it_is_held_while_forking() -> None:
    read, written, mine = ReadWriteLock(), ReadWriteLock(name="written"), ReadWriteLock()

    def child() -> None:
        assert mine.writing
        mine.release_write()
        assert elsewhere(lambda: mine.acquire_read(timeout=LONG) and not mine.release_read())
        for _ in range(5):  # also a thread that is given the ident of one that is gone
            with pytest.raises(ForkedLockError, match="written was held by another thread"):
                elsewhere(written.acquire_read)
            with pytest.raises(ForkedLockError):
                elsewhere(written.acquire_write)
            with pytest.raises(LockOwnerError):
                elsewhere(read.release_read)
        assert not written.acquire_read(blocking=False)
        with read.read():  # it can be read beside those who read for ever
            pass
        with pytest.raises(ForkedLockError):
            read.acquire_write(timeout=LONG)
        assert elsewhere(lambda: read.acquire_read(timeout=LONG))

    with mine.write(), holding(read.read()), holding(read.read()), holding(written.write()):
        in_a_child(child)
        assert (read.readers, written.writing) == (2, True)
    for lock in (read, written, mine):
        with lock.write():
            pass


@needs_fork
def test_a_fork_within_a_step_of_another() -> None:
    lock = ReadWriteLock()

    def child() -> None:
        with lock.write(), lock.read():
            pass

    with holding(lock._mutex):
        in_a_child(child)


@needs_fork
def test_it_is_waited_for_while_forking() -> None:
    lock = ReadWriteLock()
    thread = threading.Thread(target=lambda: lock.acquire_write() and lock.release_write())

    def child() -> None:
        assert elsewhere(lambda: lock.acquire_read(timeout=LONG) and not lock.release_read())
        lock.release_read()
        with lock.write():
            pass

    with lock.read():
        thread.start()
        wait_for(lambda: lock._waiting)
        in_a_child(child)
    thread.join(LONG)
    assert not thread.is_alive()


def test_it_belongs_to_one_process() -> None:
    with pytest.raises(TypeError, match="threads of one process"):
        copy.copy(ReadWriteLock())
