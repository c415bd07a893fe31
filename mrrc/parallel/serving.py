# SPDX-License-Identifier: MIT
"""What goes on in a worker process: it is told of jobs and tasks, does them, and says so.

It imports no more than that takes, since it does so at each start. Between two records it looks
at what it was told meanwhile.
"""

from __future__ import annotations

import pickle
import signal
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from mrrc.parallel.chunks import Chunk
from mrrc.parallel.sending import pack_error
from mrrc.parallel.tasks import Job, Outcome, run

if TYPE_CHECKING:
    from mrrc.parallel.shared import Counts

__all__ = ["serve"]

#: Seconds between two looks.
_LOOK = 0.05


class _Served:
    """What a process knows: its pipe, its jobs, and what it is still to do."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._inbox: deque[tuple[Any, ...]] = deque()
        self._ended: set[int] = set()
        self._jobs: dict[int, Job | BaseException] = {}
        self._next_look = 0.0
        self._counts: Counts | None = None  # of the task
        self._chunk = Chunk()  # of the task
        self._read = 0  # records of it

    def _look(self) -> None:
        """Take in what was sent meanwhile; what ends a job counts at once."""
        while self._pipe.poll():
            message = self._pipe.recv()
            if message[0] == "end":
                self._ended.add(message[1])
            self._inbox.append(message)

    def _stop(self, number: int) -> bool:
        """Behind each record: look, and say how far it is, if it is time to."""
        self._read += 1
        now = time.monotonic()
        if now >= self._next_look:
            self._look()
            if self._counts is not None:
                self._counts.tell(self._read, self._chunk.reached())
            self._next_look = now + _LOOK
        return number in self._ended

    def _job(self, number: int, packed: bytes) -> None:
        try:
            self._jobs[number] = pickle.loads(packed)
        except Exception as error:
            self._jobs[number] = error

    def _count(self, chunk: Chunk, counts: bytes | None) -> None:
        """Have the records of a chunk counted, if anybody wants to know."""
        self._chunk, self._read = chunk, 0
        try:
            self._counts = None if counts is None else pickle.loads(counts)
        except OSError:  # who wanted to know is gone
            self._counts = None

    def _do(self, task: int, number: int, packed: bytes, counts: bytes | None = None) -> None:
        job = self._jobs.get(number)
        chunk = Chunk()
        if number in self._ended or job is None:
            outcome = Outcome(stopped=True)
        elif isinstance(job, BaseException):
            outcome = Outcome(fatal=job)
        else:
            try:
                chunk = pickle.loads(packed)
            except Exception as error:
                outcome = Outcome(fatal=error)
            else:
                self._count(chunk, counts)
                outcome = run(job, chunk, lambda: self._stop(number))
        self._chunk = Chunk()
        self._pipe.send(("done", task, outcome.packed(chunk)))

    def run(self) -> None:
        while True:
            kind, *rest = self._inbox.popleft() if self._inbox else self._pipe.recv()
            if kind == "job":
                self._job(*rest)
            elif kind == "task":
                self._do(*rest)
            elif kind == "end":
                self._jobs.pop(rest[0], None)
                self._ended.discard(rest[0])
            else:
                return


def serve(pipe: Any, initializer: bytes) -> None:
    """Live as a worker, until told to go or left alone."""
    # whoever waits for the results is interrupted, and ends the workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        try:
            func, args = pickle.loads(initializer)
            if func is not None:
                func(*args)
        except Exception as error:
            pipe.send(("failed", pack_error(error)))
            return
        pipe.send(("ready",))
        _Served(pipe).run()
    except (EOFError, ConnectionError, BrokenPipeError):
        pass  # nobody is there to tell
