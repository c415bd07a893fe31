# SPDX-License-Identifier: MIT
"""Locks, conditions, semaphores and events, for any work in threads.

They are those of `threading`, with the names and arguments of PyFerris where it has them, and more
is said when they are used wrongly: who holds a lock, or that nobody will ever release it. Locks can
be watched for an order that could deadlock (`mrrc.concurrency.debug_locks`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from mrrc.concurrency._forks import InProcess
from mrrc.concurrency.errors import ForkedLockError, LockOwnerError, SemaphoreReleaseError
from mrrc.concurrency.lock_order import Ordered, remaining, watch

__all__ = ["SafeCondition", "SafeEvent", "SafeLock", "SafeSemaphore"]

T = TypeVar("T")

_get_ident = threading.get_ident


def thread_named(ident: int | None) -> str:
    """How messages call a thread."""
    for thread in threading.enumerate():
        if thread.ident == ident:
            return f"thread {thread.name}"
    return "a thread that has ended"


class SafeLock(Ordered):
    """A lock that the thread that holds it may take again, and that only this thread releases.

    >>> from mrrc.concurrency import SafeLock
    >>> lock = SafeLock(name="titles")
    >>> with lock:
    ...     lock.locked()
    True
    >>> lock.release()
    Traceback (most recent call last):
        ...
    mrrc.concurrency.errors.LockOwnerError: titles is not held

    It is released when it was as often as it was taken.

    Args:
        name: what messages call it; by default the class and a number.
    """

    __slots__ = ("_depth", "_lock", "_lost", "_owner")

    def __init__(self, *, name: str | None = None) -> None:
        # One that knows its owner, though taken once only: so that an interrupt between its
        # acquiring and ours can be told from one before.
        self._lock = threading.RLock()
        self._owner: int | None = None
        self._depth = 0
        self._lost: str | None = None
        super().__init__(name)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock, and say whether it was to be had.

        Args:
            blocking: whether to wait for it.
            timeout: how many seconds to wait; -1: for ever.

        Raises:
            ForkedLockError: a thread that is not in this process holds it.
            LockOrderError: locks are watched, and to wait for this one could deadlock.
            ValueError: a timeout that is negative, or without waiting.
        """
        if timeout != -1 and (not blocking or not timeout >= 0):
            raise ValueError("a timeout is 0 or more seconds, and for those who wait")
        if self._owner == _get_ident():
            self._depth += 1
            return True
        try:
            if watch.on:
                got = self._acquire_watched(blocking, timeout)
            else:
                if self._lost is not None and blocking:
                    raise ForkedLockError(self._lost)
                got = self._lock.acquire(blocking, timeout)
            if got:
                self._owner = _get_ident()
                self._depth = 1
            return got
        except BaseException:
            self._drop()
            raise

    def _acquire_watched(self, blocking: bool, timeout: float) -> bool:
        if blocking:
            watch.check(self)
            if self._lost is not None:
                raise ForkedLockError(self._lost)
        if self._lock.acquire(False):
            watch.taken(self, None)
            return True
        if not blocking:
            watch.missed(self, 0.0)
            return False
        begun = time.perf_counter()
        got = self._lock.acquire(True, timeout)
        waited = time.perf_counter() - begun
        if got:
            watch.taken(self, waited)
        else:
            watch.missed(self, waited)
        return got

    def _drop(self) -> None:
        """Behind an interrupt: hold nothing, whether it came before the lock or after."""
        if watch.seen:
            watch.given(self)
        if self._owner == _get_ident():
            self._owner = None
            self._depth = 0
        try:
            self._lock.release()
        except RuntimeError:
            pass

    def release(self) -> None:
        """Give the lock back, once.

        Raises:
            LockOwnerError: this thread does not hold it.
        """
        if self._owner != _get_ident():
            raise self._stranger()
        if self._depth > 1:
            self._depth -= 1
            return
        if watch.seen:
            watch.given(self)
        self._depth = 0
        self._owner = None
        self._lock.release()

    def _stranger(self) -> LockOwnerError:
        owner = self._owner
        if owner is None:
            return LockOwnerError(f"{self.name} is not held")
        return LockOwnerError(f"{self.name} is held by {thread_named(owner)}, not by this one")

    def locked(self) -> bool:
        """Whether somebody holds it; who waits for a condition of it does not."""
        return self._owner is not None

    def __enter__(self) -> SafeLock:
        self.acquire()
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()

    @property
    def _rank(self) -> tuple[int, ...]:
        return (0, self._serial)

    def _after_fork(self, me: int) -> None:
        if self._owner == me or self._lost is not None:
            return
        if self._lock.acquire(False):
            self._owner = None
            self._lock.release()
            return
        self._owner = 0  # a thread that begins now may be given the ident of one that is gone
        self._lost = (
            f"{self.name} was held by another thread when this process was forked: "
            "nobody is left to release it"
        )

    # What threading.Condition asks of a lock.

    def _is_owned(self) -> bool:
        return self._owner == _get_ident()

    def _release_save(self) -> int:
        if watch.on:
            watch.check(self, ignored=self)  # it will be taken again, while others are held
        depth = self._depth
        self._depth = 1
        self.release()
        return depth

    def _acquire_restore(self, depth: int) -> None:
        interrupt: BaseException | None = None
        while True:  # whoever waits for a condition has the lock behind it, whatever comes
            try:
                self._lock.acquire()
                if watch.on:
                    watch.taken(self, None)
                self._owner = _get_ident()
                self._depth = depth
                break
            except BaseException as error:
                interrupt = error
                self._drop()
        if interrupt is not None:
            raise interrupt


class SafeCondition(InProcess):
    """A condition that threads wait for, with a `SafeLock`.

    >>> from mrrc.concurrency import SafeCondition
    >>> condition, ready = SafeCondition(), []
    >>> with condition:
    ...     ready.append(1)
    ...     condition.notify_all()
    ...     condition.wait_for(lambda: ready, timeout=5)
    [1]

    Args:
        lock: the lock to use; by default one of its own.

    Raises:
        TypeError: it is none of ours.
    """

    __slots__ = ("_condition", "_lock")

    def __init__(self, lock: SafeLock | None = None) -> None:
        if not isinstance(lock, SafeLock | None):
            raise TypeError(f"a SafeCondition has a SafeLock, not {type(lock).__name__}")
        self._lock = SafeLock() if lock is None else lock
        self._condition = threading.Condition(self._lock)  # type: ignore[arg-type]
        super().__init__()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock, as its ``acquire`` does."""
        return self._lock.acquire(blocking, timeout)

    def release(self) -> None:
        """Give the lock back, as its ``release`` does."""
        self._lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        """Give the lock back until another thread notifies, and say whether one did in time.

        The lock is held again behind it, also behind an interrupt.

        Raises:
            LockOwnerError: this thread does not hold the lock.
            LockOrderError: locks are watched, and to take this one again could deadlock.
        """
        self._check()
        return self._condition.wait(timeout)

    def wait_for(self, predicate: Callable[[], T], timeout: float | None = None) -> T:
        """Wait until a function returns something true, and return it, or what it is at last.

        Args:
            predicate: called with the lock held.
            timeout: how many seconds to wait in sum; None: for ever.

        Raises:
            LockOwnerError: this thread does not hold the lock.
        """
        self._check()
        return self._condition.wait_for(predicate, timeout)

    def notify(self, n: int = 1) -> None:
        """Wake some who wait, if any do.

        Raises:
            LockOwnerError: this thread does not hold the lock.
        """
        self._check()
        self._condition.notify(n)

    def notify_all(self) -> None:
        """Wake all who wait.

        Raises:
            LockOwnerError: this thread does not hold the lock.
        """
        self._check()
        self._condition.notify_all()

    def _check(self) -> None:
        if not self._lock._is_owned():
            raise self._lock._stranger()

    def __enter__(self) -> SafeCondition:
        self._lock.acquire()
        return self

    def __exit__(self, *exception: object) -> None:
        self._lock.release()

    def _after_fork(self, me: int) -> None:
        # who waited is not here: it would be notified in place of others
        self._condition = threading.Condition(self._lock)  # type: ignore[arg-type]


class SafeSemaphore(InProcess):
    """So many at once and no more.

    >>> from mrrc.concurrency import SafeSemaphore
    >>> three = SafeSemaphore(3)
    >>> with three:
    ...     three.value
    2

    Unlike `threading.Semaphore` it cannot be released more often than it was acquired. A thread
    may release what another acquired.

    Args:
        value: how many.
    """

    __slots__ = ("_condition", "_holders", "_lost", "_size")

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError(f"a semaphore has 0 or more, not {value}")
        self._size = value
        self._holders: list[int] = []
        self._lost = 0
        self._condition = threading.Condition(threading.Lock())
        super().__init__()

    @property
    def value(self) -> int:
        """How many more may acquire it now."""
        return self._size - len(self._holders)

    def acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        """Be one of those, and say whether there was room.

        Args:
            blocking: whether to wait for room.
            timeout: how many seconds to wait; None: for ever.

        Raises:
            ForkedLockError: all of it is held by threads that are not in this process.
            ValueError: a timeout that is negative, or without waiting.
        """
        if timeout is not None and (not blocking or not timeout >= 0):
            raise ValueError("a timeout is 0 or more seconds, and for those who wait")
        end = None if timeout is None else time.monotonic() + timeout
        holders = self._holders
        granted = False
        try:
            with self._condition:
                try:
                    while len(holders) >= self._size:
                        if self._lost >= self._size > 0 and blocking:
                            raise ForkedLockError(
                                "a semaphore was held by other threads when this process was "
                                "forked: nobody is left to release it"
                            )
                        left = None if end is None else remaining(end)
                        if not blocking or left == 0:
                            return False
                        self._condition.wait(left)
                    holders.append(_get_ident())
                    granted = True
                except BaseException:
                    self._condition.notify()  # somebody else may have room, if this was told
                    raise
            return True
        except BaseException:
            if granted:
                self.release()
            raise

    def release(self, n: int = 1) -> None:
        """Make room for so many more.

        Raises:
            SemaphoreReleaseError: not so many acquired it; nothing was changed.
            ValueError: a number below 1.
        """
        if n < 1:
            raise ValueError("n must be one or more")
        with self._condition:
            holders = self._holders
            if n > len(holders):
                raise SemaphoreReleaseError(
                    f"acquired {len(holders)} times, a semaphore cannot be released {n} times"
                )
            me = _get_ident()
            for _ in range(n):
                if me in holders:
                    holders.remove(me)
                else:
                    holders.pop(0)  # of those who are not here, if there are some
            self._lost = holders.count(0)
            self._condition.notify(n)

    def __enter__(self) -> SafeSemaphore:
        self.acquire()
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()

    def _after_fork(self, me: int) -> None:
        self._condition = threading.Condition(threading.Lock())
        self._lost = sum(ident != me for ident in self._holders)
        # idents are given again
        self._holders[:] = [0] * self._lost + [me] * (len(self._holders) - self._lost)


class SafeEvent(InProcess):
    """Something that has happened, or not yet.

    >>> from mrrc.concurrency import SafeEvent
    >>> event = SafeEvent()
    >>> event.wait(timeout=0.01)
    False
    >>> event.set()
    >>> event.wait()
    True

    It is `threading.Event`, and of use in a process that was forked while others waited for it.
    """

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = threading.Event()
        super().__init__()

    def is_set(self) -> bool:
        """Whether it has happened."""
        return self._event.is_set()

    def set(self) -> None:
        """Let it happen: all who wait go on, and nobody waits from now on."""
        self._event.set()

    def clear(self) -> None:
        """Have it to come again."""
        self._event.clear()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it happens, and say whether it did in time.

        Args:
            timeout: how many seconds to wait; None: for ever.
        """
        return self._event.wait(timeout)

    def _after_fork(self, me: int) -> None:
        happened = self._event.is_set()
        self._event = threading.Event()
        if happened:
            self._event.set()
