# SPDX-License-Identifier: MIT
"""Processes that do the work, each at the other end of a pipe of its own.

They are started by a server that has no threads, or anew, never by a fork of this process. Who
dies is known, and what it worked on: nobody else loses anything, and another takes its place.
Nothing is sent to a process that might not read it because it waits for us to read.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from multiprocessing import connection
from typing import Any

from mrrc.concurrency.errors import NoSharedMemory
from mrrc.parallel.chunks import Chunk
from mrrc.parallel.crews import Crew, Task, closed, lost
from mrrc.parallel.errors import WorkerLost
from mrrc.parallel.sending import pack, unpack_error
from mrrc.parallel.serving import serve
from mrrc.parallel.shared import Board, Room
from mrrc.parallel.tasks import Job, Outcome, pack_job

__all__ = ["ProcessCrew", "start_method"]

#: Tasks that a process has: the one it works on, and the next.
_DEPTH = 2

#: Bytes that a pipe takes whether or not anybody reads.
_THIN = 1 << 12

#: Seconds that a process has to end of its own accord.
_PATIENCE = 5.0


def start_method() -> str:
    """Return how processes are started: never by a fork of one that may have threads."""
    methods = multiprocessing.get_all_start_methods()
    return "forkserver" if "forkserver" in methods else "spawn"


class _ProcessJob:
    def __init__(self, number: int, packed: bytes) -> None:
        self.number = number
        self.packed = packed


class _Worker:
    def __init__(self, context: Any, initializer: bytes) -> None:
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=serve, args=(theirs, initializer), name="mrrc-worker", daemon=True
        )
        try:
            self.process.start()
        finally:
            theirs.close()
        self.ready = False
        self.jobs: set[int] = set()
        self.tasks: dict[int, Task] = {}
        self.fat = False  # whether it has a task that may fill the pipe

    def send(self, number: int, task: Task, chunk: bytes) -> None:
        job = task.job
        self.tasks[number] = task
        self.fat = task.chunk.fat and task.lent is None
        if job.number not in self.jobs:
            self.jobs.add(job.number)
            self.pipe.send(("job", job.number, job.packed))
        counts = None if task.counts is None else task.counts.packed()
        self.pipe.send(("task", number, job.number, chunk, counts))

    def close(self) -> None:
        self.pipe.close()


class ProcessCrew(Crew):
    """Processes of one's own.

    Args:
        max_workers: how many.
        initializer: called in each process when it starts, with `initargs`.

    Raises:
        NotPicklableError: the initializer or one of its arguments cannot be sent.
    """

    def __init__(
        self,
        max_workers: int,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(max_workers)
        pack(initializer, "initializer")
        for place, value in enumerate(initargs):
            pack(value, f"initargs[{place}]")
        self._initializer = pack((initializer, initargs), "initargs")
        self._context = multiprocessing.get_context(start_method())
        self._lock = threading.RLock()
        self._workers: list[_Worker] = []
        self._waiting: deque[Task] = deque()  # of workers that died
        self._failure: WorkerLost | None = None  # of whoever was to start
        self._numbers = 0
        self._board: Board | None = None
        self._room: Room | None = Room()  # None: there is no such memory
        self._closed = False
        self._owner = os.getpid()

    def job(self, job: Job) -> Any:
        packed = pack_job(job)
        with self._lock:
            self._numbers += 1
            return _ProcessJob(self._numbers, packed)

    def _free(self, chunk: Chunk, job: _ProcessJob) -> _Worker | None:
        """Return who may be sent a task.

        What may fill the pipe is for one who listens, and has nothing to say before.
        """
        if not any(not worker.tasks for worker in self._workers):
            if len(self._workers) < self.max_workers:
                self._workers.append(_Worker(self._context, self._initializer))
        thin = not chunk.fat or (chunk.packed and self._room is not None)
        fit = [
            worker
            for worker in self._workers
            if (worker.ready and not worker.tasks)
            or (
                thin
                and not worker.fat
                and len(worker.tasks) < _DEPTH
                and (job.number in worker.jobs or len(job.packed) < _THIN)
            )
        ]
        return min(fit, key=lambda worker: len(worker.tasks), default=None)

    def accepts(self, chunk: Chunk, job: Any) -> bool:
        if self._owner != os.getpid():
            raise RuntimeError("workers of another process cannot be used after a fork")
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._closed:  # there are no workers, and none are to be started
                return True
            return not self._waiting and self._free(chunk, job) is not None

    def submit(self, task: Task) -> None:
        with self._lock:
            if self._failure is not None:
                task.outcome = Outcome(fatal=self._failure)
                return
            if self._closed:
                task.outcome = closed()
                return
            worker = self._free(task.chunk, task.job)
            if worker is None:
                self._waiting.append(task)
                return
            self._numbers += 1
            if task.chunk.packed and self._room is not None:
                try:
                    task.lent = self._room.put(task.chunk)
                except NoSharedMemory:
                    self._room.close()
                    self._room = None
                    self.submit(task)  # to one who listens
                    return
                except Exception:
                    pass  # it cannot be pickled, and is told why below
            chunk = pack(task.lent or task.chunk, "source")
            if task.told:
                if self._board is None:
                    self._board = Board(_DEPTH * self.max_workers)
                task.counts = self._board.take()
            try:
                worker.send(self._numbers, task, chunk)
            except OSError:
                pass  # it is dead, which is noticed by who waits

    def wait(self, tasks: Iterable[Task], timeout: float) -> None:
        with self._lock:
            if any(task.outcome is not None for task in tasks):
                return  # another stream has heard of it
            pipes: dict[Any, _Worker] = {worker.pipe: worker for worker in self._workers}
            if not pipes:
                return
            for found in connection.wait(list(pipes), timeout):
                self._hear(pipes[found])
            while self._waiting:
                task = self._waiting[0]
                if self._failure is None and self._free(task.chunk, task.job) is None:
                    break
                self.submit(self._waiting.popleft())

    def _hear(self, worker: _Worker) -> None:
        """Take what a process has said, up to its last words."""
        try:
            while worker.pipe.poll():
                kind, *rest = worker.pipe.recv()
                if kind == "ready":
                    worker.ready = True
                elif kind == "failed":
                    self._fail(worker, unpack_error(rest[0]))
                    return
                else:
                    number, data = rest
                    task = worker.tasks.pop(number)
                    worker.fat = False
                    task.outcome = Outcome.unpacked(data)
                    self._take_back(task)
        except (EOFError, OSError):
            self._bury(worker)

    def _take_back(self, task: Task) -> None:
        """Take back what a task was given that nobody works on any more."""
        lent, task.lent = task.lent, None
        if lent is not None and self._room is not None:
            self._room.give_back(lent)
        counts, task.counts = task.counts, None
        if counts is not None and self._board is not None:
            self._board.give_back(counts)

    def _fail(self, worker: _Worker, error: BaseException) -> None:
        """Note that a process could not start: none will."""
        self._workers.remove(worker)
        worker.process.join(_PATIENCE)
        worker.close()
        self._failure = WorkerLost("the initializer failed in a worker process")
        self._failure.__cause__ = error
        for task in worker.tasks.values():
            self._take_back(task)
            task.outcome = Outcome(fatal=self._failure)

    def _bury(self, worker: _Worker) -> None:
        """Note that a process died: what it worked on is lost, what it was to do next is not."""
        self._workers.remove(worker)
        worker.process.join(_PATIENCE)
        exitcode = worker.process.exitcode
        worker.close()
        tasks = deque(worker.tasks.values())
        for task in tasks:
            self._take_back(task)
        if not worker.ready:
            self._failure = WorkerLost(
                f"a worker process ended as it started (exit code {exitcode}): a program's main "
                'module has to be importable, with what it does under if __name__ == "__main__"',
                exitcode=exitcode,
            )
            for task in tasks:
                task.outcome = Outcome(fatal=self._failure)
            return
        if tasks:
            task = tasks.popleft()
            task.outcome = lost(task.chunk, exitcode)
        self._waiting.extendleft(reversed(tasks))

    def end(self, job: Any) -> None:
        with self._lock:
            for task in [task for task in self._waiting if task.job is job]:
                self._waiting.remove(task)
                task.outcome = Outcome(stopped=True)
            for worker in self._workers:
                if job.number in worker.jobs:
                    worker.jobs.discard(job.number)
                    try:
                        worker.pipe.send(("end", job.number))
                    except OSError:
                        pass

    def close(self, kill: bool = False) -> None:
        with self._lock:
            if self._owner != os.getpid():
                return
            self._closed = True
            workers, self._workers = self._workers, []
            if not kill:
                for worker in workers:
                    try:
                        worker.pipe.send(("go",))
                    except OSError:
                        pass
            else:
                for worker in workers:
                    worker.process.kill()
            for worker in workers:
                self._see_off(worker, kill)
            for task in self._waiting:
                task.outcome = Outcome(stopped=True)
            self._waiting.clear()
            self._board = None
            if self._room is not None:
                self._room.close()

    def _see_off(self, worker: _Worker, killed: bool) -> None:
        """Wait for a process to end, and read what it says, lest it waits for that."""
        try:
            while not killed:
                connection.wait([worker.pipe, worker.process.sentinel])
                if not worker.pipe.poll():
                    break
                worker.pipe.recv()
        except (EOFError, OSError):
            pass
        worker.process.join()
        worker.process.close()
        worker.close()
        for task in worker.tasks.values():
            self._take_back(task)
            if task.outcome is None:
                task.outcome = Outcome(stopped=True)
