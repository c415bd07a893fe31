# SPDX-License-Identifier: MIT
"""An event loop that calls a coroutine function with records, several at a time.

It lives in a thread of its own, and reads in others, so that it never blocks. Programs with a
loop of their own use `awaited`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mrrc.parallel.chunks import Chunk
from mrrc.parallel.crews import FutureCrew, Task, broken, closed
from mrrc.parallel.tasks import Job, Outcome, fail, join, unread
from mrrc.record import Record

__all__ = ["LoopCrew", "run_async"]

#: How many results of a coroutine function are waited for before more are begun.
_STEP = 64


async def run_async(
    job: Job, chunk: Chunk, stop: Callable[[], bool], gate: asyncio.Semaphore
) -> Outcome:
    """Do the same with a coroutine function, in an event loop that it never blocks.

    Args:
        gate: bounds how many coroutines are under way, those of other chunks included.
    """
    outcome = Outcome()
    loop = asyncio.get_running_loop()
    try:
        items = await loop.run_in_executor(None, list, chunk.items())
        halted = False

        async def one(record: Record) -> Any:
            nonlocal halted
            async with gate:
                if halted or stop():
                    return None
                try:
                    return await job.func(record)
                except Exception:
                    halted = job.halts
                    raise

        for start in range(0, len(items), _STEP):
            if halted or stop():
                outcome.stopped = stop()
                break
            part = items[start : start + _STEP]
            tasks = [None if it is None else asyncio.ensure_future(one(it)) for it, _ in part]
            try:
                await asyncio.gather(*(t for t in tasks if t is not None), return_exceptions=True)
            finally:
                for task in tasks:
                    if task is not None:
                        task.cancel()
            for (record, reason), task in zip(part, tasks):
                outcome.read += 1
                if record is None or task is None:
                    outcome.add_failure(fail(chunk, None, unread(reason)))
                elif (error := task.exception()) is not None:
                    outcome.add_failure(fail(chunk, record, error))
                else:
                    outcome.values.append(task.result())
                    continue
                if job.halts:
                    halted = True
                    break
        join(job, outcome)
    except Exception as error:
        outcome.fatal = error
    outcome.errors = chunk.errors
    return outcome


class LoopCrew(FutureCrew):
    """An event loop in a thread of its own, for a coroutine function."""

    def __init__(
        self,
        max_workers: int,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(max_workers)
        self._initializer, self._initargs = initializer, initargs
        self._thread: threading.Thread | None = None
        self._ready: list[Any] = []
        self._started = threading.Event()
        self._gate = threading.Lock()  # of the two below
        self._closed = False

    async def _live(self) -> None:
        over = asyncio.Event()
        self._ready.append((asyncio.get_running_loop(), over, asyncio.Semaphore(self.max_workers)))
        self._started.set()
        if not self._closed:  # by one who did not wait for the start
            await over.wait()

    def _main(self) -> None:
        try:
            if self._initializer is not None:
                self._initializer(*self._initargs)
            asyncio.run(self._live())
        except BaseException as error:
            self._ready.append(error)
        finally:
            self._started.set()

    def submit(self, task: Task) -> None:
        with self._gate:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._main, name="mrrc-loop", daemon=True)
                self._thread.start()
        if self._thread is not None:
            self._started.wait()
        with self._gate:
            if self._closed:
                task.outcome = closed()
                return
            state = self._ready[0]
            if isinstance(state, BaseException):
                task.outcome = broken(task, state)
                return
            loop, _, gate = state
            job = task.job
            future = asyncio.run_coroutine_threadsafe(
                run_async(job.job, task.chunk, job.stop.is_set, gate), loop
            )
        self._add(future, task)

    def close(self, kill: bool = False) -> None:
        with self._gate:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is None:
            return
        self._started.wait(0.1 if kill else None)
        state = self._ready[0] if self._ready else None
        if isinstance(state, tuple):
            loop, over, _ = state
            with suppress(RuntimeError):  # it has ended already
                loop.call_soon_threadsafe(over.set)
        if thread is not threading.current_thread():
            thread.join(0.1 if kill else None)
