# SPDX-License-Identifier: MIT
"""The results, as they are asked for.

A stream keeps a window of chunks under way and hands out what comes of them. All that a caller
of `map_records` can see happens here and in the caller's thread: results, failures, progress,
the end. Who works, and where, is the affair of a crew.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mrrc.parallel.chunks import Chunk, Input, Item, ReadyChunk
from mrrc.parallel.crews import Crew, ExecutorCrew, Task, ThreadCrew
from mrrc.parallel.errors import WorkerLost
from mrrc.parallel.strategy import (
    SMALL,
    STRATEGIES,
    WORKLOADS,
    Decision,
    decide,
    is_coroutine_function,
    recommended_workers,
    sampled,
)
from mrrc.parallel.tasks import Failure, Job, Outcome, called

__all__ = ["Plan", "ResultStream", "Stats", "crew_for"]

logger = logging.getLogger("mrrc.parallel")

#: Seconds that a wait lasts at most, so that whoever cancels is heard.
_NAP = 0.1

#: Seconds between two calls of `progress`.
_PACE = 0.1

ON_ERROR = ("raise", "skip", "yield")


@dataclass(frozen=True, slots=True)
class Plan:
    """The arguments of `map_records` but for source and function; see there."""

    strategy: str = "auto"
    workload: str | None = None
    max_workers: int | None = None
    chunk_size: int | None = None
    window: int | None = None
    ordered: bool = True
    timeout: float | None = None
    on_error: str = "raise"
    cancel: threading.Event | None = None
    progress: Callable[[int, int, int | None], object] | None = None
    initializer: Callable[..., object] | None = None
    initargs: tuple[Any, ...] = ()
    executor: Executor | None = None

    def check(self, func: Callable[..., Any]) -> None:
        """Make sure that the arguments make sense.

        Raises:
            ValueError: one does not.
            TypeError: there is nothing to call.
        """
        if not callable(func):
            raise TypeError(f"func is called with records, and {type(func).__name__} cannot be")
        for name, value, known in (
            ("strategy", self.strategy, STRATEGIES),
            ("workload", self.workload, (None, *WORKLOADS)),
            ("on_error", self.on_error, ON_ERROR),
        ):
            if value not in known:
                raise ValueError(f"{name} is one of {', '.join(map(str, known))}, not {value!r}")
        for name, number in (
            ("max_workers", self.max_workers),
            ("chunk_size", self.chunk_size),
            ("window", self.window),
        ):
            if number is not None and number < 1:
                raise ValueError(f"{name} is at least 1, not {number}")
        if self.timeout is not None and self.timeout <= 0:
            raise ValueError(f"timeout is more than 0, not {self.timeout}")
        coroutine = is_coroutine_function(func)
        if coroutine and (self.executor or self.strategy not in ("auto", "asyncio")):
            raise ValueError("a coroutine function takes strategy 'asyncio'")
        if not coroutine and self.strategy == "asyncio":
            raise ValueError("strategy 'asyncio' takes a coroutine function")


@dataclass(slots=True)
class Stats:
    """What has come of the records so far.

    Attributes:
        records: that were handled, failed ones included.
        failed: records that came to nothing.
        lost: ranges whose worker died; nobody knows how many records were in them.
        chunks: that were worked on.
        bytes: of the source that were worked on, where it tells.
    """

    records: int = 0
    failed: int = 0
    lost: int = 0
    chunks: int = 0
    bytes: int = 0


def crew_for(
    strategy: str,
    max_workers: int,
    initializer: Callable[..., object] | None = None,
    initargs: tuple[Any, ...] = (),
) -> Crew:
    """Return workers for a strategy."""
    if strategy == "processes":
        from mrrc.parallel.processes import ProcessCrew

        return ProcessCrew(max_workers, initializer, initargs)
    if strategy == "asyncio":
        from mrrc.parallel.loops import LoopCrew

        return LoopCrew(max_workers, initializer, initargs)
    return ThreadCrew(max_workers, initializer, initargs)


class ResultStream(Iterator[Any]):
    """An iterator over results; nothing is begun before the first is asked for.

    It closes itself at its end and where it raises, and is closed by ``with``. Threads may share
    it: each result goes to one of them. What it raises it raises again.

    Attributes:
        stats: what has come of the records so far.
        errors: what was amiss in the source and belongs to no record.
    """

    def __init__(
        self,
        source: Input,
        job: Job,
        plan: Plan,
        *,
        crew: Crew | None = None,
        small: int = SMALL,
    ) -> None:
        self._phase = "over"
        plan.check(job.func)
        self.stats = Stats()
        self.errors: list[BaseException] = []
        self._source = source
        self._plan = plan
        self._small = small
        self._job = job
        self._lock = threading.RLock()
        self._cancel = plan.cancel or threading.Event()
        self._own = crew is None  # the workers go when the stream does
        self._crew = crew
        self._decision: Decision | None = None
        self._deadline: float | None = None
        self._told = 0.0  # when progress was
        self._error: BaseException | None = None
        self._ready: deque[Any] = deque()
        self._raise: BaseException | None = None  # behind what is ready
        self._chunks: Iterator[Chunk] = iter(())
        self._held: Chunk | None = None
        self._read_all = False
        self._source_error: BaseException | None = None
        self._tasks: deque[Task] = deque()
        self._numbers = 0
        self._reference: Any = None  # what the crew calls the job
        self._lazy: Iterator[tuple[bool, Any]] | None = None  # the work, where it is done here
        self._chunk: Chunk | None = None
        self._items: Iterator[Item] = iter(())  # of that chunk
        if crew is None:
            self._decide_at_once()
        self._phase = "new"

    # -- where it is done --

    def _decide_at_once(self) -> None:
        plan = self._plan
        func = self._job.func
        if plan.executor is not None:
            count = plan.max_workers or getattr(plan.executor, "_max_workers", None)
            count = count if isinstance(count, int) else recommended_workers("cpu")
            self._decision = Decision("executor", count, "an executor was given")
            self._crew = ExecutorCrew(plan.executor, count)
        elif plan.strategy == "auto":
            self._set_decision(
                decide(
                    func, plan.workload, self._source.about(), plan.max_workers, small=self._small
                )
            )
        else:
            count = (
                1
                if plan.strategy == "sequential"
                else plan.max_workers
                or (
                    32
                    if plan.strategy == "asyncio"
                    else recommended_workers("io" if plan.strategy == "threads" else "cpu")
                )
            )
            self._set_decision(Decision(plan.strategy, count, "it was asked for"))

    def _set_decision(self, decision: Decision | None) -> None:
        self._decision = decision
        if decision is None or decision.strategy == "sequential":
            if decision is not None and decision.warning:
                warnings.warn(decision.warning, RuntimeWarning, stacklevel=6)
            return
        plan = self._plan
        self._crew = crew_for(
            decision.strategy, decision.max_workers, plan.initializer, plan.initargs
        )
        # what cannot be sent is said at once
        self._reference = self._crew.job(self._job)

    @property
    def decision(self) -> Decision | None:
        """Where the work is done, and why; None until that is known, at the first result."""
        return self._decision

    # -- iteration --

    def __iter__(self) -> ResultStream:
        return self

    def __next__(self) -> Any:
        with self._lock:
            try:
                while True:
                    self._check()
                    if self._ready:
                        return self._ready.popleft()
                    if self._raise is not None:
                        raise self._raise
                    if self._phase == "new":
                        self._start()
                    elif not self._advance():
                        self._finish(None)
                        raise StopIteration
            except StopIteration:
                raise
            except BaseException as error:
                self._finish(error)
                raise

    def some(self) -> list[Any] | None:
        """Return the next result and those that are there already; None at the end."""
        with self._lock:
            try:
                found = [next(self)]
            except StopIteration:
                return None
            found += self._ready
            self._ready.clear()
            return found

    def _check(self) -> None:
        """Make sure that there may be another result."""
        if self._phase == "over":
            if self._error is not None:
                raise self._error
            raise StopIteration
        if self._phase == "closed":
            raise ValueError("the results were closed")
        if self._cancel.is_set():
            raise CancelledError("the results were cancelled")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise TimeoutError(f"not done after {self._plan.timeout:g} seconds")

    def _start(self) -> None:
        plan = self._plan
        self._phase = "running"
        self._told = time.monotonic()
        if plan.timeout is not None:
            self._deadline = self._told + plan.timeout
        if self._decision is None and self._crew is None:
            self._try()
            return
        if self._crew is None:
            self._chunks = self._source.whole()
            self._lazy = self._here(None, None)
            return
        if self._reference is None:
            self._reference = self._crew.job(self._job)
        self._chunks = self._source.cut(self._crew.max_workers, plan.chunk_size)

    def _try(self) -> None:
        """Do the first records here, and decide by what they took."""
        plan = self._plan
        if plan.initializer is not None:
            plan.initializer(*plan.initargs)
        count = plan.max_workers or recommended_workers("cpu")
        self._chunks = self._source.cut(count, plan.chunk_size)
        self._chunk = next(self._chunks, None)
        self._items = iter(()) if self._chunk is None else self._chunk.items()
        lazy = self._here(self._chunk, self._items)
        self._lazy = lazy

        def step() -> bool:
            before = self.stats.records
            return self._raise is None and self._step() and self.stats.records > before

        sample = sampled(step)
        if self._raise is not None:
            return
        about = self._source.about()
        if about is not None and self._chunk is not None and self.stats.records:
            about = self._better_estimate(about)
        self._set_decision(
            decide(self._job.func, None, about, plan.max_workers, sample, self._small)
        )
        if self._crew is None:
            return
        # of the chunk that was begun last
        rest = ReadyChunk(
            list(self._items), source=None if self._chunk is None else self._chunk.source
        )
        self._lazy = None
        if len(rest):
            self._held = rest
        if self._chunk is not None:
            self._note(self._chunk)
            self._chunk = None

    def _better_estimate(self, about: int) -> int:
        """Estimate how many records there are by the size of those that were seen."""
        assert self._chunk is not None
        reached = self._chunk.reached()
        if self._source.records is None and self._source.size and reached > 0:
            return self._source.size * self.stats.records // reached
        return about

    def _here(self, chunk: Chunk | None, items: Iterator[Any] | None) -> Iterator[tuple[bool, Any]]:
        """Go on here, record by record, with a chunk that was begun and all that follow."""
        if chunk is not None and items is not None:
            yield from called(self._job, chunk, items)
            self._note(chunk)
        for chunk in self._chunks:
            self._chunk = chunk
            self._items = chunk.items()
            yield from called(self._job, chunk, self._items)
            self._note(chunk)
        self._chunk = None

    def _note(self, chunk: Chunk) -> None:
        self.errors += chunk.errors
        self.stats.chunks += 1
        self.stats.bytes += chunk.size

    def _step(self) -> bool:
        """Do one record here; return whether there was one."""
        assert self._lazy is not None
        found = next(self._lazy, None)
        if found is None:
            self._report(final=True)
            return False
        self.stats.records += 1
        sound, value = found
        if sound:
            self._ready.append(value)
        else:
            self._take_failure(value)
        self._report()
        return True

    def _take_failure(self, failure: Failure) -> None:
        lost = isinstance(failure.error, WorkerLost)
        if lost:
            self.stats.lost += 1
        else:
            self.stats.failed += 1
        on_error = self._plan.on_error
        if on_error == "raise":
            self._raise = failure.error
        elif on_error == "yield":
            self._ready.append(failure)
        else:
            logger.warning("%s is left out: %s", "a range" if lost else "a record", failure.error)

    def _advance(self) -> bool:
        """Get some results, or wait for them a while; return False at the end."""
        if self._lazy is not None:
            return self._step()
        assert self._crew is not None
        self._fill()
        task = self._next_done()
        if task is None:
            if not self._tasks and self._held is None and self._read_all:
                if self._source_error is not None:
                    raise self._source_error
                self._report(final=True)
                return False
            patience = _NAP
            if self._deadline is not None:
                patience = min(patience, max(self._deadline - time.monotonic(), 0))
            wanted = list(self._tasks)
            self._crew.wait(wanted[:1] if self._plan.ordered else wanted, patience)
            self._report()
            return True
        self._take(task)
        self._fill()  # before the caller looks at the results
        self._report()
        return True

    def _fill(self) -> None:
        """Have as many chunks under way as the window and the workers take."""
        crew = self._crew
        assert crew is not None
        window = self._plan.window or 2 * crew.max_workers
        while len(self._tasks) < window and not (self._read_all and self._held is None):
            if self._held is None:
                try:
                    self._held = next(self._chunks, None)
                except Exception as error:
                    # what was read before it comes first
                    self._source_error = error
                    self._held = None
                if self._held is None:
                    self._read_all = True
                    return
            if not crew.accepts(self._held, self._reference):
                return
            told = self._plan.progress is not None
            task = Task(self._numbers, self._held, self._reference, told)
            self._numbers += 1
            self._held = None
            self._tasks.append(task)
            crew.submit(task)

    def _next_done(self) -> Task | None:
        """Return a task that is done: the first, or any if the order does not matter."""
        if self._plan.ordered:
            if self._tasks and self._tasks[0].outcome is not None:
                return self._tasks.popleft()
            return None
        for task in self._tasks:
            if task.outcome is not None:
                self._tasks.remove(task)
                return task
        return None

    def _take(self, task: Task) -> None:
        """Make what came of a chunk ready."""
        outcome = task.outcome
        if isinstance(outcome, WorkerLost):
            self._take_failure(Failure(outcome))
            return
        assert isinstance(outcome, Outcome)
        self.errors += outcome.errors
        self.stats.chunks += 1
        self.stats.records += outcome.read
        self.stats.bytes += task.chunk.size
        begin = 0
        for place in outcome.failed:
            self._ready.extend(outcome.values[begin:place])
            begin = place + 1
            self._take_failure(outcome.values[place])
            if self._raise is not None:
                return
        self._ready.extend(outcome.values[begin:])
        if outcome.fatal is not None:
            self._raise = outcome.fatal
        elif outcome.stopped:
            self._raise = CancelledError("the results were cancelled")

    def _report(self, final: bool = False) -> None:
        progress = self._plan.progress
        if progress is None:
            return
        now = time.monotonic()
        if final or now - self._told >= _PACE:
            self._told = now
            records, done = self.stats.records, self.stats.bytes
            if self._lazy is not None and self._chunk is not None:
                done += self._chunk.reached()
            for task in self._tasks:
                more = task.so_far()
                records += more[0]
                done += more[1]
            progress(records, done, self._source.size)

    # -- the end --

    def cancel(self) -> None:
        """Have the work left off; whoever asks for a result gets a `CancelledError`.

        It may be called from any thread. A function that is running runs to its end.
        """
        self._cancel.set()

    def _finish(self, error: BaseException | None) -> None:
        """End the work; what is not done is not waited for."""
        if self._phase in ("over", "closed"):
            return
        self._phase = "over"
        self._error = error
        self._let_go(kill=error is not None)

    def _let_go(self, kill: bool) -> None:
        self._ready.clear()
        self._tasks.clear()
        self._held = None
        for iterator in (self._lazy, self._chunks):
            close = getattr(iterator, "close", None)
            if close is not None:
                with suppress(ValueError):  # it is running: the error comes from within it
                    close()
        self._lazy = None
        if self._crew is not None:
            if self._reference is not None:
                self._crew.end(self._reference)
                self._reference = None
            if self._own:
                self._crew.close(kill)

    def close(self, kill: bool = False) -> None:
        """End the work, and wait until nobody works any more.

        Args:
            kill: end processes at once, even within a record. Threads cannot be ended: those that
                run are left to themselves.
        """
        with self._lock:
            if self._phase in ("new", "running"):
                self._phase = "closed"
                self._let_go(kill)
            elif self._own and self._crew is not None:
                self._crew.close(kill)

    def __enter__(self) -> ResultStream:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._phase == "running":
            warnings.warn(
                "results were neither read to the end nor closed",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )
            self.close(kill=True)
