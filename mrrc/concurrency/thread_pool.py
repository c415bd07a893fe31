# SPDX-License-Identifier: MIT
"""Threads that wait for work, and a function called with many items by them.

The threads are those of `concurrent.futures`. On an interpreter with a global lock they gain what
their functions wait, and nothing of what these compute in Python: that is for
`mrrc.parallel.map_records` with processes.
"""

from __future__ import annotations

import concurrent.futures
import functools
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from mrrc.concurrency._forks import InProcess
from mrrc.concurrency.errors import (
    ConcurrencyError,
    ItemError,
    LostByFork,
    MapTimeout,
    PoolClosed,
)
from mrrc.cores import usable_cores

__all__ = ["SafeThreadPool", "safe_parallel_map", "safe_thread_decorator"]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

#: In which pool's thread this is.
_here = threading.local()


class _Items(Generic[T, R]):
    """A function to be called with many items by several threads, and what comes of it.

    Each thread takes the next portion as it gets free. Where an item fails, those behind it that
    have not begun never do, and those before it are finished: so the first failure in order is
    the one that is told, whatever the threads' speed.
    """

    def __init__(
        self, func: Callable[[T], R], items: list[T], portions: Iterable[tuple[int, int]]
    ) -> None:
        self.func = func
        self.items = items
        # taken from without a lock, for which the threads would stand in line
        self.portions = deque(portions)
        self.results: list[Any] = [None] * len(items)
        self.failed: BaseException | None = None
        #: No item from here on is begun.
        self.end = len(items)
        self._lock = threading.Lock()

    def work(self, until: float | None = None) -> None:
        """Call the function as long as there are items, and time; any number of threads may."""
        while until is None or time.monotonic() < until:
            try:
                begin, stop = self.portions.popleft()
            except IndexError:
                return
            self._call(begin, stop)

    def _call(self, begin: int, stop: int) -> None:
        func = self.func
        done: list[R] = []
        try:
            for item in self.items[begin:stop]:
                if self.end < stop and begin + len(done) >= self.end:
                    return
                done.append(func(item))
        except BaseException as error:
            with self._lock:
                index = begin + len(done)
                if index < self.end:
                    self.end, self.failed = index, error
        else:
            self.results[begin:stop] = done

    def cancel(self) -> None:
        """Have no other item begun."""
        with self._lock:
            self.end = 0
        self.portions.clear()

    def result(self) -> list[R]:
        """Return all results, or raise the first failure."""
        error = self.failed
        if error is None:
            return self.results
        try:
            if not isinstance(error, Exception):  # an exit or an interrupt stays one
                raise error
            raise ItemError(self.end, self.items[self.end]) from error
        finally:
            del error, self.failed


class SafeThreadPool(InProcess, concurrent.futures.Executor):
    """Threads that wait for work.

    >>> from mrrc.concurrency import SafeThreadPool
    >>> with SafeThreadPool(max_workers=4) as pool:
    ...     future = pool.submit(pow, 2, 10)
    ...     squares = pool.map(lambda number: number * number, range(5))
    >>> future.result(), squares
    (1024, [0, 1, 4, 9, 16])

    At the end of a ``with`` all work that was submitted is done; where an interrupt or an exit
    ends it, work that has not begun is cancelled. Nothing ends a task that runs. A task that waits
    for another one of its own pool may wait for ever, as in every pool; `map` may be called by one.

    Args:
        max_workers: how many threads, at most; they are started when they are needed. By default as
            many as the process may use processors, and 4, but not more than 32.
        thread_name_prefix: what the names of the threads begin with.

    Raises:
        TypeError, ValueError: `max_workers` is no number from 1.
    """

    def __init__(
        self, max_workers: int | None = None, thread_name_prefix: str = "SafeThreadPool"
    ) -> None:
        self.max_workers = _checked_workers(max_workers)
        self.thread_name_prefix = thread_name_prefix
        self._token = object()
        self._threads = ThreadPoolExecutor(
            self.max_workers, thread_name_prefix, _enter, (self._token,)
        )
        self._tasks: set[Future[Any]] = set()
        self._closed = self._lost = False
        super().__init__()

    def submit(self, func: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Have a function called by one of the threads.

        Returns:
            What will have its result or its exception.

        Raises:
            PoolClosed: the pool was shut down.
            LostByFork: this process was forked off with the pool.
        """
        try:
            future = self._threads.submit(func, *args, **kwargs)
        except RuntimeError as error:
            raise self._refusal(error) from error
        self._tasks.add(future)
        future.add_done_callback(self._tasks.discard)
        return future

    def _refusal(self, error: RuntimeError) -> ConcurrencyError:
        if self._lost:
            return LostByFork("the threads of the pool are in the process that forked this one off")
        if self._closed:
            return PoolClosed("the pool was shut down")
        return ConcurrencyError(f"the pool cannot take work: {error}")

    def map(  # type: ignore[override]
        self,
        func: Callable[[T], R],
        iterable: Iterable[T],
        timeout: float | None = None,
        chunksize: int = 1,
    ) -> list[R]:
        """Call a function with each item, and wait for all of them.

        Args:
            func: what is called.
            iterable: the items; all of them are taken first.
            timeout: seconds for all of it.
            chunksize: how many items a thread takes at a time.

        Returns:
            The results, in the order of the items.

        Raises:
            ItemError: the function raised for an item, which is told, as is the exception. It is
                the first such item; those behind it that were not begun never are.
            MapTimeout: it is not done in time. Items that were not begun never are. Called by a
                task of this pool it looks at the time between two portions.
            PoolClosed, LostByFork: as `submit`; or the work was cancelled by `shutdown`.
        """
        until = _checked_end(timeout)
        _checked_number("chunksize", chunksize)
        if self._closed or self._lost:
            raise self._refusal(RuntimeError())
        items = list(iterable)
        return self._map(_Items(func, items, _portions(len(items), chunksize)), until)

    def _map(self, work: _Items[T, R], until: float | None) -> list[R]:
        if getattr(_here, "token", None) is self._token:
            work.work(until)  # to wait for a thread here might be to wait for this one
            if work.portions and not work.failed:
                raise _too_late()
            return work.result()
        futures: list[Future[None]] = []
        try:
            for _ in range(min(self.max_workers, len(work.portions))):
                futures.append(self.submit(work.work))
            _wait(futures, until)
        except BaseException:
            work.cancel()
            for future in futures:
                future.cancel()
            raise
        for future in futures:
            if not future.cancelled():
                future.result()  # what may fail around the calls, as for want of memory
        if work.portions and not work.failed:  # another thread has cancelled what there was
            raise self._refusal(RuntimeError("it was cancelled"))
        return work.result()

    @property
    def active_tasks(self) -> int:
        """How many tasks were submitted and are not done, whether or not they have begun.

        A `map` is a task for each thread that takes part.
        """
        return sum(not task.done() for task in self._tasks.copy())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work, and let the threads end when they have done what there is.

        Args:
            wait: whether to wait until they have.
            cancel_futures: whether to cancel what has not begun.

        Raises:
            ConcurrencyError: a task of the pool would wait for its own end.
        """
        if wait and getattr(_here, "token", None) is self._token:
            raise ConcurrencyError("a task cannot wait for the end of the pool that it runs in")
        self._closed = True
        if cancel_futures:
            self._threads.shutdown(wait=False)
            # a thread still takes each of them from the queue, and tells those who wait for it
            for task in self._tasks.copy():
                task.cancel()
        self._threads.shutdown(wait)

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        self.shutdown(cancel_futures=kind is not None and not issubclass(kind, Exception))

    def _after_fork(self, me: int) -> None:
        # what there was may be locked by a thread that is gone
        self._lost = True
        self._threads = ThreadPoolExecutor(1)
        self._threads.shutdown()
        tasks, self._tasks = self._tasks, set()
        for task in list(tasks):
            fail_lost(task)


def fail_lost(future: Future[Any]) -> None:
    """End the wait for a future in a process that has not the thread that it waits for."""
    # whoever held this lock may be gone, and whoever waits or is to be told is over there
    lost: Any = future
    lost._condition = threading.Condition()
    lost._waiters.clear()
    lost._done_callbacks.clear()
    if not lost.done():
        lost.set_exception(LostByFork("the thread is in the process that forked this one off"))


def _enter(token: object) -> None:
    _here.token = token


def _checked_number(name: str, number: int) -> int:
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"{name} is a whole number, not {type(number).__name__}")
    if number < 1:
        raise ValueError(f"{name} is 1 or more, not {number}")
    return number


def _checked_workers(max_workers: int | None) -> int:
    if max_workers is None:
        return min(32, usable_cores() + 4)
    return _checked_number("max_workers", max_workers)


def _checked_end(timeout: float | None) -> float | None:
    if timeout is None:
        return None
    if not isinstance(timeout, int | float):
        raise TypeError(f"timeout is a number of seconds, not {type(timeout).__name__}")
    if math.isnan(timeout):
        raise ValueError("timeout is a number of seconds, not nan")
    return time.monotonic() + timeout


def _wait(futures: Sequence[Future[None]], until: float | None) -> None:
    if until is None:
        concurrent.futures.wait(futures)
        return
    if concurrent.futures.wait(futures, max(0.0, until - time.monotonic())).not_done:
        raise _too_late()


def _too_late() -> MapTimeout:
    return MapTimeout("not called with all items in time")


def _portions(count: int, least: int, part: int | None = None) -> Iterator[tuple[int, int]]:
    """Divide so many items into portions of a size, or into such a part of what is left."""
    begin = 0
    while begin < count:
        size = least if part is None else max(least, (count - begin) // part)
        stop = min(begin + size, count)
        yield begin, stop
        begin = stop


def safe_parallel_map(
    func: Callable[[T], R],
    iterable: Iterable[T],
    max_workers: int | None = None,
    chunksize: int = 1,
) -> list[R]:
    """Call a function with each item, in threads that are there for that.

    >>> from mrrc.concurrency import safe_parallel_map
    >>> safe_parallel_map(len, ["a", "bc", ""])
    [1, 2, 0]

    A thread takes a part of the items that are left, as it gets free: many at a time at first, so
    that quick functions cost little, and few at the end, so that the threads are done together.

    Args:
        func: what is called.
        iterable: the items; all of them are taken first.
        max_workers: how many threads, at most, as for `SafeThreadPool`.
        chunksize: how many items a thread takes at a time, at least.

    Returns:
        The results, in the order of the items.

    Raises:
        ItemError: the function raised for an item, which is told, as is the exception. It is the
            first such item; those behind it that were not begun never are.
    """
    workers = _checked_workers(max_workers)
    _checked_number("chunksize", chunksize)
    items = list(iterable)
    work = _Items(func, items, _portions(len(items), chunksize, 4 * workers))
    with SafeThreadPool(workers, "safe_parallel_map") as pool:
        return pool._map(work, None)


class _InThreads(InProcess, Generic[P, R]):
    """The pool of a function, made when the function is first called."""

    def __init__(self, func: Callable[P, R], max_workers: int) -> None:
        self.func = func
        self.max_workers = max_workers
        self._pool: SafeThreadPool | None = None
        self._closed = False
        self._lock = threading.Lock()
        super().__init__()

    def call(self, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        with self._lock:
            if self._closed:
                raise PoolClosed(f"the threads of {self.func!r} were shut down")
            if self._pool is None:
                name = getattr(self.func, "__name__", "function")
                self._pool = SafeThreadPool(self.max_workers, name)
        return self._pool.submit(self.func, *args, **kwargs)

    def shutdown(self, wait: bool = True) -> None:
        with self._lock:
            self._closed = True
            pool = self._pool
        if pool is not None:
            pool.shutdown(wait)

    def _after_fork(self, me: int) -> None:
        self._lock, self._pool = threading.Lock(), None


class Threaded(Protocol[P, R]):
    """A function that threads call; made by `safe_thread_decorator`."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Have it called, and return what will have its result."""

    def shutdown(self, wait: bool = True) -> None:
        """Take no more calls, as `SafeThreadPool.shutdown`."""


def safe_thread_decorator(
    max_workers: int | None = None,
) -> Callable[[Callable[P, R]], Threaded[P, R]]:
    """Have a function called by threads: a call returns what will have its result.

    >>> from mrrc.concurrency import safe_thread_decorator
    >>> @safe_thread_decorator(max_workers=4)
    ... def total(numbers):
    ...     return sum(numbers)
    >>> total([1, 2, 3]).result(timeout=60)
    6
    >>> total.shutdown()

    The threads are there from the first call on, and end with the function, or by its
    ``shutdown()``: then a call raises `PoolClosed`. A process that is forked off has its own.

    Args:
        max_workers: how many threads, at most, as for `SafeThreadPool`.
    """
    workers = _checked_workers(max_workers)

    def decorate(func: Callable[P, R]) -> Threaded[P, R]:
        threads = _InThreads(func, workers)

        @functools.wraps(func)
        def call(*args: P.args, **kwargs: P.kwargs) -> Future[R]:
            return threads.call(*args, **kwargs)

        decorated: Any = call
        decorated.shutdown = threads.shutdown
        result: Threaded[P, R] = decorated
        return result

    return decorate
