# SPDX-License-Identifier: MIT
"""Results for programs with an event loop of asyncio.

Coroutines run in the loop, several at a time; any other function is called where a
`ResultStream` has it called. Sources are read in a thread, some records a hop.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor
from dataclasses import replace
from itertools import islice
from typing import Any

from mrrc.parallel.chunks import Chunk, Input, Item, open_input
from mrrc.parallel.hops import Hop
from mrrc.parallel.strategy import is_coroutine_function
from mrrc.parallel.stream import Plan, ResultStream, Stats, logger
from mrrc.parallel.tasks import Job, fail

__all__ = ["AsyncResultStream", "amap_records"]

#: Coroutines that are under way at once.
_WORKERS = 32

#: Records of a hop for coroutines, which take longer than reading.
_SOME = 100

#: Seconds between two looks at what cancels, and two calls of `progress`.
_NAP = 0.1


class AsyncResultStream:
    """An asynchronous iterator over results; `amap_records` makes it.

    It closes itself at its end, where it raises, and where the task that waits for a result is
    cancelled; otherwise ``async with`` or `aclose` does.

    Attributes:
        stats: what has come of the records so far.
    """

    def __init__(
        self,
        source: Any,
        func: Callable[[Any], Any],
        plan: Plan,
        options: dict[str, Any],
    ) -> None:
        plan.check(func)
        self.stats = Stats()
        self._plan = plan
        self._source = source
        self._func = func
        self._options = options
        self._hop = Hop("map")
        self._lock = asyncio.Lock()
        self._ready: deque[Any] = deque()
        self._raise: BaseException | None = None
        self._error: BaseException | None = None
        self._phase = "new"
        self._deadline: float | None = None
        self._told = 0.0
        # of a coroutine function
        self._coroutines = is_coroutine_function(func)
        self._opened: Input | None = None
        self._items: Iterator[tuple[Chunk, Item]] = iter(())
        self._next_items: deque[tuple[Chunk, Item]] = deque()
        self._read_all = False
        self._tasks: deque[tuple[Chunk, Item, asyncio.Task[Any] | None]] = deque()
        # of any other
        self._stream: ResultStream | None = None

    # -- in the thread --

    def _open(self) -> Input:
        options = dict(self._options)
        storage = options.pop("storage_options", None)
        return open_input(self._source, options, storage)

    def _read(self) -> list[tuple[Chunk, Item]]:
        """Read some records of the source; none at its end."""
        if self._opened is None:
            self._opened = self._open()
            self._items = (
                (chunk, item) for chunk in self._opened.whole() for item in chunk.items()
            )
        return list(islice(self._items, self._plan.chunk_size or _SOME))

    def _map(self) -> list[Any] | None:
        """Wait for some results; None at their end."""
        if self._stream is None:
            job = Job(self._func, None, self._plan.on_error == "raise")
            self._stream = ResultStream(self._open(), job, self._plan)
            self.stats = self._stream.stats
        return self._stream.some()

    def _shut(self) -> None:
        close = getattr(self._items, "close", None)
        if close is not None:
            close()
        if self._stream is not None:
            self._stream.close()

    # -- in the loop --

    def __aiter__(self) -> AsyncResultStream:
        return self

    async def __anext__(self) -> Any:
        async with self._lock:
            try:
                return await self._next()
            except StopAsyncIteration:
                await self._finish(None)
                raise
            except BaseException as error:
                await self._finish(error)
                raise

    async def _next(self) -> Any:
        while True:
            if self._phase == "over":
                raise StopAsyncIteration if self._error is None else self._error
            if self._phase == "closed":
                raise ValueError("the results were closed")
            if self._phase == "new":
                self._start()
            if self._ready:
                return self._ready.popleft()
            if self._raise is not None:
                raise self._raise
            if not self._coroutines:
                found = await self._hop.do(self._map)
                if found is None:
                    raise StopAsyncIteration
                self._ready.extend(found)
                continue
            await self._advance()

    def _start(self) -> None:
        self._phase = "running"
        self._told = time.monotonic()
        if self._plan.timeout is not None:
            self._deadline = self._told + self._plan.timeout
        if self._coroutines:
            if self._plan.initializer is not None:
                self._plan.initializer(*self._plan.initargs)
        elif self._plan.progress is not None:
            loop, progress = asyncio.get_running_loop(), self._plan.progress
            # it belongs to the loop's thread, not to the one that waits
            self._plan = replace(
                self._plan, progress=lambda *done: loop.call_soon_threadsafe(progress, *done)
            )

    async def _fill(self) -> None:
        """Have as many coroutines under way as may be."""
        while len(self._tasks) < (self._plan.max_workers or _WORKERS):
            if not self._next_items:
                if self._read_all:
                    return
                found = await self._hop.do(self._read)
                self._read_all = not found
                self._next_items.extend(found)
                continue
            chunk, item = self._next_items.popleft()
            task = None if item[0] is None else asyncio.ensure_future(self._func(item[0]))
            self._tasks.append((chunk, item, task))

    def _done(self) -> tuple[Chunk, Item, asyncio.Task[Any] | None] | None:
        for place, entry in enumerate(self._tasks):
            if entry[2] is None or entry[2].done():
                del self._tasks[place]
                return entry
            if self._plan.ordered:
                return None
        return None

    async def _advance(self) -> None:
        plan = self._plan
        if plan.cancel is not None and plan.cancel.is_set():
            raise CancelledError("the results were cancelled")
        now = time.monotonic()
        if self._deadline is not None and now > self._deadline:
            raise TimeoutError(f"not done after {plan.timeout:g} seconds")
        await self._fill()
        entry = self._done()
        if entry is None:
            if not self._tasks:
                self._report(final=True)
                raise StopAsyncIteration
            waited = [task for _, _, task in self._tasks if task is not None]
            patience = _NAP if plan.cancel is not None else None
            if self._deadline is not None:
                left = max(self._deadline - now, 0)
                patience = left if patience is None else min(left, patience)
            await asyncio.wait(
                waited[:1] if plan.ordered else waited,
                timeout=patience,
                return_when=asyncio.FIRST_COMPLETED,
            )
            return
        self._take(*entry)
        self._report()

    def _take(self, chunk: Chunk, item: Item, task: asyncio.Task[Any] | None) -> None:
        self.stats.records += 1
        record, reason = item
        error = reason if task is None else task.exception()
        if task is not None and error is None:
            self._ready.append(task.result())
            return
        failure = fail(chunk, record, error or ValueError("the record could not be read"))
        self.stats.failed += 1
        if self._plan.on_error == "raise":
            self._raise = failure.error
        elif self._plan.on_error == "yield":
            self._ready.append(failure)
        else:
            logger.warning("a record is left out: %s", failure.error)

    def _report(self, final: bool = False) -> None:
        progress = self._plan.progress
        now = time.monotonic()
        if progress is not None and (final or now - self._told >= _NAP):
            self._told = now
            size = None if self._opened is None else self._opened.size
            progress(self.stats.records, (size or 0) if final else 0, size)

    async def _finish(self, error: BaseException | None) -> None:
        if self._phase in ("over", "closed"):
            return
        self._phase = "over"
        # whoever was cancelled knows; the others find it closed
        self._error = ValueError("the results were closed") if _is_ours(error) else error
        await self._let_go()

    async def _let_go(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
        tasks = [task for _, _, task in self._tasks if task is not None]
        for task in tasks:
            task.cancel()
        self._tasks.clear()
        self._ready.clear()
        self._next_items.clear()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._hop.close(self._shut)

    async def aclose(self) -> None:
        """End the work: coroutines are cancelled, and whatever else runs is waited for."""
        if self._phase in ("new", "running"):
            self._phase = "closed"
            await self._let_go()

    async def __aenter__(self) -> AsyncResultStream:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if getattr(self, "_phase", None) == "running":
            if self._stream is not None:
                self._stream.cancel()
            self._hop.leave()


def _is_ours(error: BaseException | None) -> bool:
    """Return whether an exception is that of the task which waits, not of the work."""
    return isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit)


def amap_records(
    source: Any,
    func: Callable[[Any], Any],
    *,
    strategy: str = "auto",
    workload: str | None = None,
    max_workers: int | None = None,
    chunk_size: int | None = None,
    window: int | None = None,
    ordered: bool = True,
    timeout: float | None = None,
    on_error: str = "raise",
    cancel: threading.Event | None = None,
    progress: Callable[[int, int, int | None], object] | None = None,
    initializer: Callable[..., object] | None = None,
    initargs: tuple[Any, ...] = (),
    executor: Executor | None = None,
    **options: Any,
) -> AsyncResultStream:
    """Call a function with each record of a source, from within an event loop.

    >>> import asyncio
    >>> from mrrc.parallel import amap_records
    >>> async def title(record):
    ...     return record.title
    >>> async def titles():
    ...     return [found async for found in amap_records("examples/sample.mrc", title)]
    >>> len(asyncio.run(titles()))
    21

    A coroutine function is awaited in the loop, for several records at a time; any other is called
    where `mrrc.parallel.map_records` calls it, and the loop waits for nothing but the results.

    Args:
        source: as `map_records` has it.
        func: a function or a coroutine function.
        max_workers: of a coroutine function, how many coroutines are under way at once (32).
        options: of the reader. The other arguments are those of `map_records`; `progress` is called
            in the loop's thread.

    Raises:
        ValueError: an argument makes no sense.
        RecordTaskError, TimeoutError, OSError: from the iterator, as from that of `map_records`.
    """
    plan = Plan(
        strategy,
        workload,
        max_workers,
        chunk_size,
        window,
        ordered,
        timeout,
        on_error,
        cancel,
        progress,
        initializer,
        initargs,
        executor,
    )
    return AsyncResultStream(source, func, plan, options)
