# SPDX-License-Identifier: MIT
"""A lock for what is read by many and written by few.

It pays where reading takes long: its own steps cost more than those of a `SafeLock`. What it does
is what ``verification/rwlock.pml`` says, which a model checker searches.
"""

from __future__ import annotations

import threading
import time

from mrrc.concurrency.errors import (
    ForkedLockError,
    LockOwnerError,
    LockTimeout,
    LockUpgradeError,
)
from mrrc.concurrency.lock_order import Ordered, remaining, watch

__all__ = ["ReadWriteLock"]

_get_ident = threading.get_ident


class ReadWriteLock(Ordered):
    """A lock that several threads hold to read, or one to write.

    >>> from mrrc.concurrency import ReadWriteLock
    >>> lock = ReadWriteLock()
    >>> with lock.read():
    ...     lock.readers, lock.writing
    (1, False)
    >>> with lock.write(timeout=5):
    ...     lock.readers, lock.writing
    (0, True)

    Writers go first: while one waits, nobody begins to read. So writers that never pause leave
    readers no turn.

    A thread may take again what it has, also while others wait, and it may read what it is
    writing; to go on reading it then gives back the writing only. A thread that reads cannot ask
    to write (`LockUpgradeError`): it has to give the reading back before, and to look again at
    what it has read.

    Args:
        name: what messages call it; by default the class and a number.
    """

    __slots__ = (
        *("_depth", "_lost", "_mutex", "_readers", "_room_to_read", "_room_to_write"),
        *("_waiting", "_writer"),
    )

    def __init__(self, *, name: str | None = None) -> None:
        self._readers: dict[int, int] = {}
        self._writer: int | None = None
        self._depth = 0
        self._waiting = 0
        self._lost = 0
        self._make_locks()
        super().__init__(name)

    def _make_locks(self) -> None:
        self._mutex = threading.Lock()
        self._room_to_read = threading.Condition(self._mutex)
        self._room_to_write = threading.Condition(self._mutex)

    @property
    def readers(self) -> int:
        """How many threads hold it to read."""
        return len(self._readers)

    @property
    def writing(self) -> bool:
        """Whether a thread holds it to write."""
        return self._writer is not None

    def read(self, timeout: float | None = None) -> Side:
        """Hold the lock to read: for a ``with``, or for `lock_all`.

        Args:
            timeout: how many seconds to wait; None: for ever.

        Raises:
            LockTimeout: at the ``with``: it was not to be had in time.
        """
        return Side(self, False, timeout)

    def write(self, timeout: float | None = None) -> Side:
        """Hold the lock to write: for a ``with``, or for `lock_all`.

        Args:
            timeout: how many seconds to wait; None: for ever.

        Raises:
            LockTimeout: at the ``with``: it was not to be had in time.
        """
        return Side(self, True, timeout)

    def acquire_read(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock to read, and say whether it was to be had.

        Args:
            blocking: whether to wait for it.
            timeout: how many seconds to wait; -1: for ever.

        Raises:
            ForkedLockError: a thread that is not in this process is writing.
            LockOrderError: locks are watched, and to wait for this one could deadlock.
        """
        me = _get_ident()
        if me in self._readers:  # no mutex: what is ours is changed by nobody else
            self._readers[me] += 1
            return True
        if self._writer == me:
            self._readers[me] = 1
            return True
        return self._acquire(me, False, blocking, timeout)

    def acquire_write(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock to write, and say whether it was to be had.

        Args:
            blocking: whether to wait for it.
            timeout: how many seconds to wait; -1: for ever.

        Raises:
            LockUpgradeError: this thread holds it to read.
            ForkedLockError: a thread that is not in this process holds it.
            LockOrderError: locks are watched, and to wait for this one could deadlock.
        """
        me = _get_ident()
        if self._writer == me:
            self._depth += 1
            return True
        if me in self._readers:
            raise LockUpgradeError(
                f"this thread holds {self.name} to read: another that did so as well "
                "and asked to write would wait for it for ever"
            )
        return self._acquire(me, True, blocking, timeout)

    def _acquire(self, me: int, write: bool, blocking: bool, timeout: float) -> bool:
        if timeout != -1 and (not blocking or not timeout >= 0):
            raise ValueError("a timeout is 0 or more seconds, and for those who wait")
        watched = watch.on
        if watched and blocking:
            watch.check(self)
        begun = time.perf_counter() if watched else 0.0
        end = None if timeout == -1 else time.monotonic() + timeout
        got = waited = False
        try:
            with self._mutex:
                if write:
                    self._waiting += 1
                    try:
                        while self._writer is not None or self._readers:
                            waited = True
                            if not self._wait(self._room_to_write, blocking, end):
                                break
                        else:
                            self._writer, self._depth = me, 1
                            got = True
                    finally:
                        self._waiting -= 1
                        if not got:
                            self._hand_on()
                else:
                    while self._writer is not None or self._waiting:
                        waited = True
                        if not self._wait(self._room_to_read, blocking, end):
                            break
                    else:
                        self._readers[me] = 1
                        got = True
            if watched:
                seconds = time.perf_counter() - begun if waited else None
                if got:
                    watch.taken(self, seconds)
                else:
                    watch.missed(self, seconds or 0.0)
            return got
        except BaseException:
            if got:
                (self.release_write if write else self.release_read)()
            raise

    def _wait(self, room: threading.Condition, blocking: bool, end: float | None) -> bool:
        """Wait for a change, and say whether there was time to."""
        if not blocking:
            return False
        if self._lost:
            raise ForkedLockError(
                f"{self.name} was held by another thread when this process was forked: "
                "nobody is left to release it"
            )
        left = None if end is None else remaining(end)
        if left == 0:
            return False
        room.wait(left)
        return True

    def _hand_on(self) -> None:
        """Wake whose turn it may be; the mutex is held.

        Also by who gives up waiting: it may have been told, and readers wait for writers that wait.
        """
        if self._writer is not None:
            return
        if not self._waiting:
            self._room_to_read.notify_all()
        elif not self._readers:
            self._room_to_write.notify()

    def release_read(self) -> None:
        """Give back, once, what was taken to read.

        Raises:
            LockOwnerError: this thread does not hold it to read.
        """
        me = _get_ident()
        with self._mutex:
            depth = self._readers.get(me)
            if depth is None:
                raise self._stranger("read")
            if depth > 1:
                self._readers[me] = depth - 1
                return
            if watch.seen and self._writer != me:
                watch.given(self)
            del self._readers[me]
            self._hand_on()

    def release_write(self) -> None:
        """Give back, once, what was taken to write.

        Raises:
            LockOwnerError: this thread does not hold it to write.
        """
        me = _get_ident()
        with self._mutex:
            if self._writer != me:
                raise self._stranger("write")
            if self._depth > 1:
                self._depth -= 1
                return
            if watch.seen and me not in self._readers:
                watch.given(self)
            self._depth = 0
            self._writer = None
            self._hand_on()

    def _stranger(self, what: str) -> LockOwnerError:
        return LockOwnerError(f"{self.name} is not held to {what} by this thread")

    def _as_lock(self) -> Side:
        return self.write()

    def _after_fork(self, me: int) -> None:
        self._make_locks()
        self._waiting = 0
        # Idents are given again: who is not here has one that no thread has.
        gone = [ident for ident in self._readers if ident not in (me, 0)]
        for ident in gone:
            del self._readers[ident]
            self._readers[0] = 1
        if self._writer not in (None, me, 0):
            self._writer = 0
            gone.append(0)
        self._lost += len(gone)


class Side:
    """A `ReadWriteLock` to read, or to write: what `ReadWriteLock.read` and ``write`` return."""

    __slots__ = ("_lock", "_timeout", "_write")

    def __init__(self, lock: ReadWriteLock, write: bool, timeout: float | None) -> None:
        self._lock = lock
        self._write = write
        self._timeout = timeout

    @property
    def name(self) -> str:
        """What messages call it."""
        return self._lock.name

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it, as `ReadWriteLock.acquire_read` or ``acquire_write``."""
        acquire = self._lock.acquire_write if self._write else self._lock.acquire_read
        return acquire(blocking, timeout)

    def release(self) -> None:
        """Give it back, as `ReadWriteLock.release_read` or ``release_write``."""
        (self._lock.release_write if self._write else self._lock.release_read)()

    def __enter__(self) -> ReadWriteLock:
        if not self.acquire(True, -1 if self._timeout is None else self._timeout):
            what = "write" if self._write else "read"
            raise LockTimeout(
                f"{self._lock.name} was not to be had to {what} within {self._timeout:g} s"
            )
        return self._lock

    def __exit__(self, *exception: object) -> None:
        self.release()

    @property
    def _rank(self) -> tuple[int, ...]:
        # to write before to read, which a writer may do as well
        return (0, self._lock._serial, not self._write)
