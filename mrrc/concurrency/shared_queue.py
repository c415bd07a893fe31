# SPDX-License-Identifier: MIT
"""A queue between threads whose end is a state of its own, and no value."""

from __future__ import annotations

import operator
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from mrrc.concurrency._forks import InProcess
from mrrc.concurrency.errors import QueueClosed, QueueEmpty, QueueFull
from mrrc.concurrency.lock_order import remaining

__all__ = ["SharedQueue"]

T = TypeVar("T")


class SharedQueue(InProcess, queue.Queue[T]):
    """A queue between threads, which is closed when nothing more will come.

    >>> from mrrc.concurrency import SharedQueue
    >>> from threading import Thread
    >>> titles = SharedQueue(max_size=2)
    >>> def produce():
    ...     with titles:  # closed behind it, also by an error
    ...         for number in range(3):
    ...             titles.put(f"title {number}")
    >>> Thread(target=produce).start()
    >>> list(titles)  # in as many threads as you like
    ['title 0', 'title 1', 'title 2']

    It is a `queue.Queue`. In place of a value that stands for the end there is `close`: whoever
    takes gets all that was put before, and then `QueueClosed`, or the end of the iteration.
    Where several put, it is closed when the last has done so.

    Args:
        max_size: how many may be in it; None: as many as come.
        initial_data: what it begins with.

    Raises:
        ValueError: there would be room for none.
        QueueFull: there is no room for what it begins with.
    """

    def __init__(self, max_size: int | None = None, initial_data: Iterable[T] = ()) -> None:
        if max_size is not None and operator.index(max_size) < 1:
            raise ValueError(f"a queue has room for 1 or more, not {max_size}")
        queue.Queue.__init__(self, 0 if max_size is None else max_size)
        self._make_locks()
        self._closed = False
        self._error: BaseException | None = None
        for item in initial_data:
            self.put(item, block=False)
        InProcess.__init__(self)

    @property
    def closed(self) -> bool:
        """Whether `close` was called; there may still be something in it."""
        return self._closed

    def close(self, error: BaseException | None = None) -> None:
        """Let nothing more in. Whoever waits for room, or for more, is told.

        Args:
            error: why there will be no more, where that is not the end. Behind what was put before
                it `QueueClosed` is raised with this cause, in a loop as well.
        """
        with self.mutex:
            if self._closed:
                return
            self._closed = True
            self._error = error
            self.not_empty.notify_all()
            self.not_full.notify_all()

    def shutdown(self, immediate: bool = False) -> None:
        """Close it, as `queue.Queue` does since Python 3.13.

        Args:
            immediate: whether what is in it is dropped.
        """
        self.close()
        if immediate:
            self.clear()

    def put(self, item: T, block: bool = True, timeout: float | None = None) -> None:
        """Put something at the end, when there is room.

        Args:
            item: what is put.
            block: whether to wait for room.
            timeout: how many seconds to wait; None: for ever.

        Raises:
            QueueFull: there was no room in time.
            QueueClosed: the queue is closed, or was while this waited; nothing was put.
        """
        end = _end(block, timeout)
        with self.mutex:
            while not self._closed and 0 < self.maxsize <= self._qsize():
                left = None if end is None else remaining(end)
                if left == 0:
                    raise QueueFull(f"no room for more than {self.maxsize}")
                self._wait(self.not_full, left)
            if self._closed:
                raise self._over("the queue is closed: nothing more can be put")
            self.unfinished_tasks += 1
            self.not_empty.notify()  # it waits for the mutex; an interrupt finds nothing put
            self._put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> T:
        """Take what was put first, when there is something.

        Args:
            block: whether to wait for it.
            timeout: how many seconds to wait; None: for ever.

        Raises:
            QueueEmpty: there was nothing in time.
            QueueClosed: the queue is closed, and everything was taken.
        """
        end = _end(block, timeout)
        with self.mutex:
            while not self._qsize():
                if self._closed:
                    raise self._over("the queue is closed, and everything was taken")
                left = None if end is None else remaining(end)
                if left == 0:
                    raise QueueEmpty("nothing was put" if timeout else "there is nothing")
                self._wait(self.not_empty, left)
            self.not_full.notify()
            return self._get()

    def _wait(self, change: threading.Condition, left: float | None) -> None:
        try:
            change.wait(left)
        except BaseException:
            change.notify()  # it may have been this one that was told
            raise

    def _over(self, what: str) -> QueueClosed:
        error = QueueClosed(what if self._error is None else f"{what}: {self._error!r}")
        error.__cause__ = self._error
        return error

    def push(self, item: T) -> None:
        """Put something at the end, as `put` does."""
        self.put(item)

    def pop(self, timeout: float | None = 0) -> T | None:
        """Take what was put first; None where there is nothing in time.

        Args:
            timeout: how many seconds to wait; None: for ever.

        Raises:
            QueueClosed: the queue is closed, and everything was taken.
        """
        try:
            return self.get(timeout=timeout)
        except QueueEmpty:
            return None

    def try_put(self, item: T) -> bool:
        """Put something at the end if there is room, and say whether there was."""
        try:
            self.put(item, block=False)
        except QueueFull:
            return False
        return True

    def try_get(self) -> T | None:
        """Take what was put first; None where there is nothing."""
        return self.pop()

    def clear(self) -> None:
        """Drop all that is in it."""
        with self.mutex:
            dropped = 0
            while self._qsize():
                self._get()
                dropped += 1
            self.unfinished_tasks -= min(dropped, self.unfinished_tasks)
            if not self.unfinished_tasks:
                self.all_tasks_done.notify_all()
            self.not_full.notify_all()

    def size(self) -> int:
        """How many are in it."""
        return self.qsize()

    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return self.empty()

    def is_full(self) -> bool:
        """Whether there is no room."""
        return self.full()

    def __len__(self) -> int:
        return self.qsize()

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[T]:
        """Take one after the other until the queue is closed and everything was taken."""
        while True:
            try:
                item = self.get()
            except QueueClosed:
                if self._error is not None:
                    raise
                return
            yield item

    def __enter__(self) -> SharedQueue[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        self.close(error)

    def __repr__(self) -> str:
        state = ", closed" if self._closed else ""
        return f"{type(self).__name__}(len={len(self)}{state})"

    def _after_fork(self, me: int) -> None:
        self._make_locks()

    def _make_locks(self) -> None:
        # one that knows its owner is had back behind a wait whatever interrupts this, and is given
        # up by nobody else
        self.mutex = threading.RLock()  # type: ignore[assignment]
        self.not_empty = threading.Condition(self.mutex)
        self.not_full = threading.Condition(self.mutex)
        self.all_tasks_done = threading.Condition(self.mutex)


def _end(block: bool, timeout: float | None) -> float | None:
    """When the time to wait is over."""
    if not block:
        return 0.0
    if timeout is None:
        return None
    if not timeout >= 0:
        raise ValueError("'timeout' must be a non-negative number")
    return time.monotonic() + timeout
