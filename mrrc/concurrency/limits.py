# SPDX-License-Identifier: MIT
"""A bound on the time that a piece of work takes, in any thread and on any system.

No thread can be ended from outside without breaking what it holds, so nothing here tries to:
the work looks at the clock. For work that does not, there are processes
(`mrrc.parallel.map_records` with ``close(kill=True)``).
"""

from __future__ import annotations

import concurrent.futures
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

__all__ = ["deadline"]

T = TypeVar("T")
R = TypeVar("R")


class deadline:
    """A time within which the body of a ``with`` has to be done.

    >>> from mrrc import MARCReader
    >>> from mrrc.concurrency import deadline
    >>> with deadline(30) as limit, MARCReader("examples/sample.mrc") as reader:
    ...     for record in limit.over(reader):
    ...         pass
    >>> limit.expired
    False

    When the time is over, `TimeoutError` is raised: by `check`, `over` and `map` at the next
    record or result, and otherwise at the end of the body, whatever it has done. It is never
    raised in the midst of a statement: a computation, or a wait for a disk, that does not look is
    not interrupted. Another exception of the body comes through as it is. Unlike a signal it
    works in every thread, several may run at once, and one may stand within another.

    Threads of `map` are waited for at the end of the body: tasks that were not begun never are,
    and those that run should call `check`, or run to their ends.

    Args:
        seconds: how long.

    Raises:
        ValueError: `seconds` is no number of seconds.
    """

    def __init__(self, seconds: float) -> None:
        if not seconds >= 0 or math.isinf(seconds):
            raise ValueError(f"a deadline is in 0 or more seconds, not {seconds}")
        self.seconds = seconds
        self._end: float | None = None
        self._pools: list[concurrent.futures.ThreadPoolExecutor] = []

    def __enter__(self) -> deadline:
        if self._end is not None:
            raise RuntimeError("a deadline is for one with statement")
        self._end = time.monotonic() + self.seconds
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        for pool in self._pools:
            pool.shutdown(wait=True, cancel_futures=True)
        if kind is None:
            self.check()

    @property
    def remaining(self) -> float:
        """How many seconds are left, at least 0."""
        if self._end is None:
            return self.seconds
        return max(0.0, self._end - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and time.monotonic() >= self._end

    def check(self) -> None:
        """Do nothing, unless the time is over; any thread may ask.

        Raises:
            TimeoutError: it is.
        """
        if self.expired:
            raise self._error()

    def _error(self) -> TimeoutError:
        return TimeoutError(f"not done within {self.seconds:g} s")

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """Go through something as long as there is time.

        Raises:
            TimeoutError: there is none left for the next.
        """
        each = iter(items)
        while True:
            self.check()  # before the next is taken, which would be lost
            try:
                item = next(each)
            except StopIteration:
                return
            yield item

    def map(
        self, func: Callable[[T], R], items: Iterable[T], max_workers: int | None = None
    ) -> Iterator[R]:
        """Call a function with each item, in threads, and yield the results in order.

        Args:
            func: what is called; it may call `check`.
            items: all of them are taken at once.
            max_workers: how many threads, as `concurrent.futures.ThreadPoolExecutor` takes it.

        Raises:
            TimeoutError: a result is not there in time. Tasks that were not begun are dropped.
        """
        self.check()
        pool = concurrent.futures.ThreadPoolExecutor(max_workers, "mrrc-deadline")
        self._pools.append(pool)

        def begin(item: T) -> R:
            self.check()  # it may have waited for a thread
            return func(item)

        futures = [pool.submit(begin, item) for item in items]
        return self._results(pool, futures)

    def _results(
        self,
        pool: concurrent.futures.ThreadPoolExecutor,
        futures: list[concurrent.futures.Future[Any]],
    ) -> Iterator[Any]:
        try:
            futures.reverse()
            while futures:
                waiting = concurrent.futures.wait([futures[-1]], self.remaining).not_done
                if waiting:
                    raise self._error()
                yield futures.pop().result()
        finally:
            for future in futures:
                future.cancel()
            pool.shutdown(wait=False)
