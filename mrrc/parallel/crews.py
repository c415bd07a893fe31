# SPDX-License-Identifier: MIT
"""Those who do the work: threads, or an executor of the caller's.

A crew takes tasks and hands them back with their outcomes, in any order. It may serve several
streams of results, one after the other or at once. Processes and event loops are crews of
their own, in `processes` and `loops`.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from typing import TYPE_CHECKING, Any

from mrrc.parallel.chunks import Chunk
from mrrc.parallel.errors import WorkerLost
from mrrc.parallel.sending import pack
from mrrc.parallel.tasks import Job, Outcome, pack_job, run

if TYPE_CHECKING:
    from mrrc.parallel.shared import Counts, Lent

__all__ = ["Crew", "ExecutorCrew", "FutureCrew", "Task", "ThreadCrew", "broken", "closed", "lost"]


class Task:
    """A chunk on its way.

    Attributes:
        number: of the chunk, in the order of the source.
        told: somebody wants to know how far it is.
        counts: where that is said before it is done, if it is.
        lent: where its records are, if they are in shared memory.
        outcome: what came of it, once it is done; `WorkerLost` where there is no saying.
    """

    def __init__(self, number: int, chunk: Chunk, job: Any, told: bool = False) -> None:
        self.number = number
        self.chunk = chunk
        self.job = job
        self.told = told
        self.counts: Counts | None = None
        self.lent: Lent | None = None
        self.outcome: Outcome | WorkerLost | None = None

    def so_far(self) -> tuple[int, int]:
        """Return how many records and bytes of it are done, as far as that is known."""
        if isinstance(self.outcome, Outcome):
            return self.outcome.read, self.chunk.size
        counts = self.counts
        return (0, 0) if counts is None or self.outcome is not None else counts.get()


def lost(chunk: Chunk, exitcode: int | None = None, **more: Any) -> WorkerLost:
    """Return the error for a chunk whose worker died."""
    range = chunk.range
    return WorkerLost(
        range=range,
        exitcode=exitcode,
        source=chunk.source,
        byte_offset=None if range is None else range.start,
        **more,
    )


def broken(task: Task, error: BaseException) -> Outcome:
    """Return what comes of a task where no worker is left for any."""
    told = lost(task.chunk)
    told.__cause__ = error
    return Outcome(fatal=told)


def closed() -> Outcome:
    """Return what comes of a task that another thread's `close` was quicker than."""
    from mrrc.concurrency.errors import RecordPoolClosed

    return Outcome(fatal=RecordPoolClosed("the pool is closed"))


class Crew:
    """Workers that share tasks.

    Args:
        max_workers: how many work at once.
    """

    def __init__(self, max_workers: int) -> None:
        self.max_workers = max_workers

    def job(self, job: Job) -> Any:
        """Return what tasks of a job refer to.

        Raises:
            NotPicklableError: it has to be sent to another process, and cannot.
        """
        raise NotImplementedError

    def accepts(self, chunk: Chunk, job: Any) -> bool:
        """Return whether a chunk may be submitted now.

        Raises:
            WorkerLost: there are no workers, and there will be none.
        """
        return True

    def submit(self, task: Task) -> None:
        """Have a task done."""
        raise NotImplementedError

    def wait(self, tasks: Iterable[Task], timeout: float) -> None:
        """Wait until one of the tasks may have its outcome, or the time is over."""
        raise NotImplementedError

    def end(self, job: Any) -> None:
        """Have tasks of a job that are under way leave off at their next record."""
        raise NotImplementedError

    def close(self, kill: bool = False) -> None:
        """End the workers, and wait for them.

        Args:
            kill: do not let them finish their record, where they can be killed; those that
                cannot are not waited for.
        """
        raise NotImplementedError


class _ThreadJob:
    packed = b""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.stop = threading.Event()


class FutureCrew(Crew):
    """A crew whose tasks are futures."""

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers)
        self._lock = threading.Lock()
        self._futures: dict[Future[Any], Task] = {}

    def _add(self, future: Future[Any], task: Task) -> None:
        with self._lock:
            self._futures[future] = task

    def _outcome(self, future: Future[Any], task: Task) -> Outcome:
        try:
            found: Outcome = future.result()
        except CancelledError:
            return Outcome(stopped=True)
        except BrokenExecutor as error:
            return broken(task, error)
        except Exception as error:
            return Outcome(fatal=error)
        return found

    def wait(self, tasks: Iterable[Task], timeout: float) -> None:
        with self._lock:
            wanted = set(tasks)
            futures = [future for future, task in self._futures.items() if task in wanted]
        if not futures:
            return
        # of those that a pool dropped when it was closed `wait` is never told
        done: Iterable[Future[Any]] = [future for future in futures if future.cancelled()]
        if not done:
            done, _ = wait(futures, timeout, FIRST_COMPLETED)
        with self._lock:
            for future in done:
                task = self._futures.pop(future, None)
                if task is not None:
                    task.outcome = self._outcome(future, task)

    def end(self, job: Any) -> None:
        job.stop.set()
        with self._lock:
            futures = [future for future, task in self._futures.items() if task.job is job]
        for future in futures:
            future.cancel()
        with self._lock:
            for future in futures:
                if future.cancelled():
                    task = self._futures.pop(future, None)
                    if task is not None:
                        task.outcome = Outcome(stopped=True)

    def job(self, job: Job) -> Any:
        return _ThreadJob(job)


class ThreadCrew(FutureCrew):
    """Threads of this process."""

    def __init__(
        self,
        max_workers: int,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(max_workers)
        self._pool = ThreadPoolExecutor(
            max_workers, "mrrc-worker", initializer or (lambda: None), initargs
        )
        self._closed = False

    def submit(self, task: Task) -> None:
        try:
            future = self._pool.submit(run, task.job.job, task.chunk, task.job.stop.is_set)
        except BrokenExecutor as error:
            task.outcome = broken(task, error)
            return
        except RuntimeError:
            if not self._closed:
                raise
            task.outcome = closed()
            return
        self._add(future, task)

    def close(self, kill: bool = False) -> None:
        self._closed = True
        self._pool.shutdown(wait=not kill, cancel_futures=True)


def _run_packed(job: bytes, chunk: bytes) -> bytes:
    """Do a task in whatever process a foreign executor has."""
    try:
        what, which = pickle.loads(job), pickle.loads(chunk)
    except Exception as error:
        return Outcome(fatal=error).packed(Chunk())
    return run(what, which, lambda: False).packed(which)


class ExecutorCrew(FutureCrew):
    """An executor of the caller's, which stays open. What it may need pickled is."""

    def __init__(self, executor: Executor, max_workers: int) -> None:
        super().__init__(max_workers)
        self._executor = executor
        self._here = isinstance(executor, ThreadPoolExecutor)

    def job(self, job: Job) -> Any:
        made = _ThreadJob(job)
        if not self._here:
            made.packed = pack_job(job)
        return made

    def submit(self, task: Task) -> None:
        future: Future[Any]
        try:
            if self._here:
                future = self._executor.submit(run, task.job.job, task.chunk, task.job.stop.is_set)
            else:
                future = self._executor.submit(
                    _run_packed, task.job.packed, pack(task.chunk, "source")
                )
        except BrokenExecutor as error:
            task.outcome = broken(task, error)
            return
        self._add(future, task)

    def _outcome(self, future: Future[Any], task: Task) -> Outcome:
        found: Any = super()._outcome(future, task)
        return Outcome.unpacked(found) if isinstance(found, bytes) else found

    def close(self, kill: bool = False) -> None:
        """Let go of the executor, which is the caller's."""
