# SPDX-License-Identifier: MIT
"""The calls: a function with each record, with each file, and results joined into one.

Each of them opens the source at once, so that what is missing is said by the call, and returns a
stream of results. A pool keeps its workers from call to call.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import Any, TypeVar

from mrrc.parallel.chunks import files, open_input
from mrrc.parallel.crews import Crew
from mrrc.parallel.strategy import recommended_workers
from mrrc.parallel.stream import Plan, ResultStream, crew_for
from mrrc.parallel.tasks import Job

__all__ = ["RecordPool", "map_files", "map_records", "map_reduce"]

T = TypeVar("T")

#: Files that are few, where each is worked on for long.
_FEW_FILES = 2


def map_records(
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
) -> ResultStream:
    """Call a function with each record of a source, in threads, processes or here.

    >>> from mrrc.parallel import map_records
    >>> sum(map_records("examples/sample.mrc", lambda record: 1, strategy="threads"))
    21

    A record that cannot be read is never given to the function: it is a failure like one of the
    function's. What the function returns in a process is pickled, and so is the function
    itself, by its name: it stands at the top of a module.

    Args:
        source: a path, a URL that fsspec knows, bytes, a binary file object, a `ByteRange` or a
            list of them, a `RecordBatch`, any iterable of records, or a list of paths, which are
            read one after the other.
        func: called with each record.
        strategy: ``sequential``, ``threads``, ``processes``, ``asyncio`` (for coroutine
            functions), or ``auto``; see `choose_strategy`.
        workload: what the function mostly does, for ``auto``: ``trivial``, ``io`` or ``cpu``. Where
            it is not said, the first records are done here, and decide.
        max_workers: how many threads, processes or coroutines work at once.
        chunk_size: about how many records are worked on together; by default what suits the
            source. Their results arrive together.
        window: how many chunks are under way or waiting to be handed out, at most; by default two
            for each worker. It bounds the memory.
        ordered: results come in the order of the records; otherwise chunks come as they are done.
        timeout: seconds that all of it may take, from the first result asked for.
        on_error: what becomes of a failure: ``raise`` it, after the results before it, and end;
            ``skip`` it, log it and count it; ``yield`` it as a `Failure`.
        cancel: an event that has the work left off when it is set.
        progress: called in the caller's thread with the numbers of records and bytes that are
            done and of the bytes in all, None where that is not known; at most ten times a
            second while results are waited for, and at the end. Processes say how far they are
            within a chunk. What a process did that died does not count.
        initializer: called with `initargs` in each worker before its first record.
        executor: who does the work, in place of a strategy; it stays open.
        options: of the reader: `format`, and what `MARCReader` or `FormatReader` takes;
            `storage_options` for URLs.

    Raises:
        OSError: there is no such file.
        TypeError: there are no records in the source.
        ValueError: an argument makes no sense.
        NotPicklableError: something would have to be sent to a process, and cannot be.
        RecordTaskError: from the stream: the function failed, or a record could not be read.
        WorkerLost: from the stream: a process died.
        TimeoutError, CancelledError: from the stream.
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
    return _stream(source, func, plan, options)


def _stream(
    source: Any,
    func: Callable[[Any], Any],
    plan: Plan,
    options: dict[str, Any],
    *,
    crew: Crew | None = None,
    fold: Callable[[Any, Any], Any] | None = None,
) -> ResultStream:
    plan.check(func)
    storage = options.pop("storage_options", None)
    opened = open_input(source, options, storage)
    job = Job(func, fold, plan.on_error == "raise")
    return ResultStream(opened, job, plan, crew=crew)


def map_files(
    paths: Iterable[str | os.PathLike[str]],
    func: Callable[[str], Any],
    *,
    crew: Crew | None = None,
    **arguments: Any,
) -> ResultStream:
    """Call a function with the path of each file, several at a time.

    The function opens the file itself, in the thread or process where it runs.

    Args:
        paths: the files.
        func: called with each path.
        crew: of a pool.
        arguments: as `map_records` has them, but for those of the reader.

    Raises:
        OSError: one of the files is not there.
    """
    plan = Plan(**arguments)
    plan.check(func)
    job = Job(func, None, plan.on_error == "raise")
    return ResultStream(files(paths), job, plan, crew=crew, small=_FEW_FILES)


def map_reduce(
    source: Any,
    mapper: Callable[[Any], T],
    reducer: Callable[[T, T], T],
    initial: T,
    *,
    crew: Crew | None = None,
    **arguments: Any,
) -> T:
    """Call a function with each record, and join the results into one.

    >>> from operator import add
    >>> from mrrc.parallel import map_reduce
    >>> map_reduce("examples/sample.mrc", lambda record: len(record.fields), add, 0) > 21
    True

    The results of a chunk are joined where they are made, and only what comes of that travels.

    Args:
        source: as `map_records` has it.
        mapper: called with each record.
        reducer: joins two results, or what came of joining some. It has to be associative: it
            does not matter which neighbours are joined first. Their order is kept.
        initial: what comes before the first result, and is all where there is none.
        crew: of a pool.
        arguments: as `map_records` has them; `on_error` is ``raise`` or ``skip``.

    Raises:
        ValueError: `on_error` is ``yield``, or the results were not to be in order.
    """
    names = set(Plan.__dataclass_fields__)
    plan = Plan(**{name: value for name, value in arguments.items() if name in names})
    if plan.on_error == "yield" or not plan.ordered:
        raise ValueError("results are joined in order, and without failures")
    options = {name: value for name, value in arguments.items() if name not in names}
    joined = initial
    with _stream(source, mapper, plan, options, crew=crew, fold=reducer) as stream:
        for value in stream:
            joined = reducer(joined, value)
    return joined


class RecordPool:
    """Workers that stay for several calls.

    >>> from mrrc.parallel import RecordPool
    >>> with RecordPool(2, strategy="threads") as pool:
    ...     sum(pool.map_records("examples/sample.mrc", lambda record: 1))
    21

    Threads may share it; a process made by a fork may not.

    Args:
        max_workers: how many; by default as many as suit the computer.
        strategy: ``processes``, ``threads`` or ``asyncio``.
        initializer: called with `initargs` in each worker before its first record.
    """

    def __init__(
        self,
        max_workers: int | None = None,
        *,
        strategy: str = "processes",
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        if strategy not in ("processes", "threads", "asyncio"):
            raise ValueError(f"strategy is one of processes, threads, asyncio, not {strategy!r}")
        if max_workers is not None and max_workers < 1:
            raise ValueError(f"max_workers is at least 1, not {max_workers}")
        kind = "cpu" if strategy == "processes" else "io"
        self._strategy = strategy
        self._crew: Crew | None = crew_for(
            strategy, max_workers or recommended_workers(kind), initializer, initargs
        )

    def _open(self, arguments: dict[str, Any]) -> Crew:
        given = {"strategy", "max_workers", "initializer", "initargs", "executor", "workload"}
        for name in sorted(given & set(arguments)):
            raise TypeError(f"{name} is the pool's, and not an argument of a call")
        crew = self._crew  # looked at once: another thread may close the pool
        if crew is None:
            from mrrc.concurrency.errors import RecordPoolClosed

            raise RecordPoolClosed("the pool is closed")
        return crew

    def map_records(
        self, source: Any, func: Callable[[Any], Any], **arguments: Any
    ) -> ResultStream:
        """Call a function with each record; see `map_records`."""
        crew = self._open(arguments)
        plan, options = self._plan(arguments)
        return _stream(source, func, plan, options, crew=crew)

    def _plan(self, arguments: dict[str, Any]) -> tuple[Plan, dict[str, Any]]:
        names = set(Plan.__dataclass_fields__)
        planned = {name: value for name, value in arguments.items() if name in names}
        options = {name: value for name, value in arguments.items() if name not in names}
        return Plan(self._strategy, **planned), options

    def map_files(
        self,
        paths: Iterable[str | os.PathLike[str]],
        func: Callable[[str], Any],
        **arguments: Any,
    ) -> ResultStream:
        """Call a function with each path; see `map_files`."""
        crew = self._open(arguments)
        return map_files(paths, func, crew=crew, strategy=self._strategy, **arguments)

    def map_reduce(
        self,
        source: Any,
        mapper: Callable[[Any], T],
        reducer: Callable[[T, T], T],
        initial: T,
        **arguments: Any,
    ) -> T:
        """Call a function with each record, and join the results; see `map_reduce`."""
        crew = self._open(arguments)
        return map_reduce(
            source, mapper, reducer, initial, crew=crew, strategy=self._strategy, **arguments
        )

    def close(self, kill: bool = False) -> None:
        """End the workers, and wait for them.

        Args:
            kill: end processes at once, even within a record.
        """
        crew, self._crew = self._crew, None
        if crew is not None:
            crew.close(kill)

    def __enter__(self) -> RecordPool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        crew = getattr(self, "_crew", None)
        if crew is not None:
            crew.close(kill=True)
