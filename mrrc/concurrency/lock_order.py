# SPDX-License-Identifier: MIT
"""The order in which locks are taken: one for several at once, and a watch over all others.

Two threads that take the same two locks in different orders wait for each other one day, and
mostly not on the day of the test. While locks are watched, the second order is an error when it
is first seen, whether or not anybody waits. Watching costs time, so it is off unless it is asked
for, and it sees `SafeLock` and `ReadWriteLock` only.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from mrrc.concurrency._forks import InProcess
from mrrc.concurrency.errors import ConcurrencyError, LockTimeout
from mrrc.concurrency.locked import LockedRecord

__all__ = ["LockOrderError", "LockStats", "LockStep", "debug_locks", "lock_all"]

_serials = itertools.count(1)

#: Places in these modules say nothing about who takes a lock.
_OURS = frozenset(
    {f"mrrc.concurrency.{name}" for name in ("lock_order", "locks", "read_write")}
    | {"contextlib", "threading"}
)


class LockStep(NamedTuple):
    """A lock taken by a thread that held another.

    Attributes:
        held: the name of the lock that was held.
        held_at: where it had been taken, as ``file:line``.
        taken: the name of the lock that was taken.
        taken_at: where, as ``file:line``.
        thread: the name of the thread.
    """

    held: str
    held_at: str
    taken: str
    taken_at: str
    thread: str

    def __str__(self) -> str:
        return f"{self.thread}: {self.held} at {self.held_at}, then {self.taken} at {self.taken_at}"


class LockOrderError(ConcurrencyError):
    """Locks are taken in an order that could deadlock; see `mrrc.concurrency.debug_locks`.

    Attributes:
        order: the step that was not taken.
        earlier: the steps that were, which lead from the lock wanted back to the one held:
            one step, or more where the circle goes over other locks.
    """

    def __init__(self, order: LockStep, earlier: Sequence[LockStep]) -> None:
        super().__init__(order, earlier)
        self.order = order
        self.earlier = tuple(earlier)

    def __str__(self) -> str:
        before = "; ".join(map(str, self.earlier))
        return f"locks taken in this order could deadlock: {self.order}. Before: {before}"


class LockStats(NamedTuple):
    """What a lock was used for while locks were watched.

    Attributes:
        acquired: how often it was taken, not counting by those who held it already.
        contended: how often somebody had to wait for it, or did not get it.
        waited: how many seconds they waited, in sum.
        held_longest: how many seconds it was held, at most, of those who gave it back.
    """

    acquired: int = 0
    contended: int = 0
    waited: float = 0.0
    held_longest: float = 0.0


class Ordered(InProcess):
    """A lock with a place in the order of all locks, and statistics."""

    __slots__ = ("_name", "_serial", "_stats")

    def __init__(self, name: str | None) -> None:
        self._serial = next(_serials)
        self._name = name
        self._stats = LockStats()
        super().__init__()

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._name or f"{type(self).__name__} {self._serial}"

    @property
    def stats(self) -> LockStats:
        """What was counted while locks were watched; see `debug_locks`."""
        return self._stats

    def __del__(self) -> None:
        if watch is not None and watch.seen:  # not while Python ends
            watch.gone.append(self._serial)


class _Held(NamedTuple):
    """A lock that a thread has; it may go while it is held, and is held no more then."""

    lock: weakref.ref[Ordered]
    serial: int
    name: str
    place: str
    since: float


class _Own(threading.local):
    """What a thread holds, the latest last."""

    def __init__(self) -> None:
        self.held: list[_Held] = []


class Watch(InProcess):
    """What was seen of all locks: which was taken by a thread that held which."""

    #: Whether locks are watched, and whether they ever were: then some may be held that were.
    on = False
    seen = False

    def __init__(self) -> None:
        super().__init__()
        self._mutex = threading.Lock()
        self._own = _Own()
        self._after: dict[int, dict[int, LockStep]] = {}
        #: Locks that are no more. The collector adds to it at any time, so under no mutex.
        self.gone: deque[int] = deque()

    def _after_fork(self, me: int) -> None:
        self._mutex = threading.Lock()

    def switch(self, on: bool) -> None:
        with self._mutex:
            self.on = on
            self.seen = self.seen or on
            if on:
                return
            self._after.clear()
            self.gone.clear()

    def check(self, lock: Ordered, ignored: Ordered | None = None) -> None:
        """Note that a thread is about to wait for a lock, unless that could deadlock.

        Args:
            lock: what it wants, and does not hold.
            ignored: what it will not hold while it waits.

        Raises:
            LockOrderError: it could.
        """
        own = self._own.held
        if not own:
            return
        own[:] = [each for each in own if each.lock() is not None]
        held = [each for each in own if ignored is None or each.serial != ignored._serial]
        if not held:
            return
        wanted, place, thread = lock._serial, _place(), threading.current_thread().name
        with self._mutex:
            self._forget()
            steps = {}
            for each in held:
                if each.serial == wanted or wanted in self._after.get(each.serial, ()):
                    continue
                step = LockStep(each.name, each.place, lock.name, place, thread)
                earlier = self._path(wanted, each.serial)
                if earlier is not None:
                    raise LockOrderError(step, earlier)
                steps[each.serial] = step
            for serial, step in steps.items():
                self._after.setdefault(serial, {})[wanted] = step

    def _forget(self) -> None:
        while self.gone:
            serial = self.gone.popleft()
            self._after.pop(serial, None)
            for known in self._after.values():
                known.pop(serial, None)

    def _path(self, start: int, end: int) -> list[LockStep] | None:
        """The steps from one lock to another, the fewest; None where none lead there."""
        came: dict[int, int] = {start: start}
        waiting = deque([start])
        while waiting:
            at = waiting.popleft()
            if at == end:
                steps = []
                while at != start:
                    steps.append(self._after[came[at]][at])
                    at = came[at]
                return steps[::-1]
            for following in self._after.get(at, ()):
                if following not in came:
                    came[following] = at
                    waiting.append(following)
        return None

    def taken(self, lock: Ordered, waited: float | None) -> None:
        """Note that this thread has a lock now, after a wait or without one."""
        held = _Held(weakref.ref(lock), lock._serial, lock.name, _place(), time.perf_counter())
        self._own.held.append(held)
        self._count(lock, 1, waited)

    def missed(self, lock: Ordered, waited: float) -> None:
        """Note that this thread did not get it."""
        self._count(lock, 0, waited)

    def _count(self, lock: Ordered, acquired: int, waited: float | None) -> None:
        with self._mutex:
            stats = lock._stats
            lock._stats = LockStats(
                stats.acquired + acquired,
                stats.contended + (waited is not None),
                stats.waited + (waited or 0.0),
                stats.held_longest,
            )

    def given(self, lock: Ordered) -> None:
        """Note that this thread gives a lock back; it may have got it unwatched."""
        own = self._own.held
        for at in range(len(own) - 1, -1, -1):
            if own[at].serial == lock._serial:
                held = time.perf_counter() - own.pop(at).since
                with self._mutex:
                    if held > lock._stats.held_longest:
                        lock._stats = lock._stats._replace(held_longest=held)
                return


def _place() -> str:
    """Who asks for a lock, as file:line: the first that is not of ours."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") in _OURS:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


watch = Watch()
watch.switch(os.environ.get("MRRC_DEBUG_LOCKS", "") not in ("", "0"))


class debug_locks:
    """Watch each `SafeLock` and `ReadWriteLock` from now on, or until the end of a ``with``.

    >>> from mrrc.concurrency import LockOrderError, SafeLock, debug_locks
    >>> titles, names = SafeLock(name="titles"), SafeLock(name="names")
    >>> with debug_locks():
    ...     with titles, names:
    ...         pass
    ...     try:
    ...         with names, titles:
    ...             pass
    ...     except LockOrderError as error:
    ...         error.order.taken, error.order.held
    ('titles', 'names')
    >>> titles.stats.acquired
    1

    A thread that waits for a lock while it holds others sets an order. One that could deadlock
    with those seen before, over two locks or more, raises `LockOrderError` in place of the wait;
    nothing is taken. To ask without waiting sets none. An order counts even where a third lock
    keeps the two apart, and from one thread, since both may change. What was seen is forgotten
    when watching ends.

    It also counts how locks are used (``lock.stats``). The environment variable
    ``MRRC_DEBUG_LOCKS=1`` watches from the start.

    Args:
        enabled: whether locks are watched.
    """

    def __init__(self, enabled: bool = True) -> None:
        self._before = watch.on
        if enabled != watch.on:
            watch.switch(enabled)

    def __enter__(self) -> debug_locks:
        return self

    def __exit__(self, *exception: object) -> None:
        if watch.on != self._before:
            watch.switch(self._before)


class lock_all:
    """Several locks at once, taken in one order whatever the order they are named in.

    >>> from mrrc.concurrency import SafeLock, lock_all
    >>> first, second = SafeLock(), SafeLock()
    >>> with lock_all(second, first):  # and lock_all(first, second) elsewhere
    ...     first.locked() and second.locked()
    True

    Threads that take their locks by it, all that they need in one call, cannot deadlock. Whatever
    ends it, none stays taken. It can be used again, and by several threads.

    Args:
        locks: `SafeLock`, `ReadWriteLock` (to write, or its ``read()`` and ``write()``),
            `LockedRecord`, and what `threading.Lock` and `threading.RLock` make. One that is named
            twice is taken once.
        timeout: how many seconds to wait for all of them together; None: for ever.

    Raises:
        TypeError: something is not a lock.
        LockTimeout: at the ``with``: they could not be had in time, and none is held.
    """

    def __init__(self, *locks: Any, timeout: float | None = None) -> None:
        if timeout is not None and not timeout >= 0:
            raise ValueError(f"a timeout is 0 or more seconds, not {timeout}")
        self._timeout = timeout
        found: dict[tuple[int, ...], Any] = {}
        for lock in locks:
            if isinstance(lock, LockedRecord):
                lock = lock._lock
            elif hasattr(lock, "_as_lock"):
                lock = lock._as_lock()
            if not callable(getattr(lock, "acquire", None)):
                raise TypeError(f"{lock!r} is not a lock")
            found.setdefault(_rank(lock), lock)
        self._locks = [found[rank] for rank in sorted(found)]

    def __enter__(self) -> lock_all:
        end = None if self._timeout is None else time.monotonic() + self._timeout
        taken: list[Any] = []
        try:
            for lock in self._locks:
                left = -1 if end is None else remaining(end)
                if not lock.acquire(True, left):
                    raise LockTimeout(
                        f"{getattr(lock, 'name', lock)} was not to be had "
                        f"within {self._timeout:g} s"
                    )
                taken.append(lock)
        except BaseException:
            while taken:
                taken.pop().release()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        with ExitStack() as each:  # one that was released by its holder keeps none of the others
            for lock in self._locks:
                each.callback(lock.release)


def remaining(end: float) -> float:
    """How many seconds are left, as a lock takes it."""
    return min(max(0.0, end - time.monotonic()), threading.TIMEOUT_MAX)


def _rank(lock: Any) -> tuple[int, ...]:
    """Where a lock stands among all: ours by their age, and then others by where they are."""
    rank: tuple[int, ...] | None = getattr(lock, "_rank", None)
    return (1, id(lock)) if rank is None else rank
