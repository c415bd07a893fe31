# SPDX-License-Identifier: MIT
"""Threads that go on until they are told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from mrrc.concurrency._forks import InProcess
from mrrc.concurrency.errors import PoolClosed, ThreadTimeout
from mrrc.concurrency.threads import SafeThread

__all__ = ["ThreadManager"]

_log = logging.getLogger("mrrc.concurrency")


class _Worker(SafeThread):
    """A thread of a `ThreadManager`, which logs what it raises when it does."""

    _asked = True


class ThreadManager(InProcess):
    """Threads that do the same until they are told to stop.

    >>> import queue
    >>> from mrrc.concurrency import ThreadManager, safe_get
    >>> numbers, squares = queue.Queue(), queue.Queue()
    >>> def work(worker_id):
    ...     while not threads.stopping.is_set():
    ...         number = safe_get(numbers, timeout=0.01)
    ...         if number is not None:
    ...             squares.put(number * number)
    >>> threads = ThreadManager(work)
    >>> started = threads.start_workers(2)
    >>> numbers.put(7)
    >>> squares.get(timeout=60)
    49
    >>> threads.shutdown(timeout=5)  # those that did not stop
    []

    What a thread does is a function of its number, from 0, or the method `worker` of a subclass. It
    has to look at ``stopping``, or wait by ``stopping.wait(seconds)``: no thread can be ended from
    outside. One that raises has ended, which is logged; `failed` has the exception.

    At the end of a ``with`` the threads are told to stop; one that failed or does not stop is an
    error there.

    Args:
        work: what each thread calls, with its number; by default `worker` is overridden.
        name: what the names of the threads begin with.
        daemon: whether the program may end without waiting for them.
    """

    def __init__(
        self,
        work: Callable[[int], object] | None = None,
        *,
        name: str = "worker",
        daemon: bool = True,
    ) -> None:
        self.name = name
        self.daemon = daemon
        self.stopping = threading.Event()
        """Set when the threads are to stop."""
        self._work = work
        self._threads: list[SafeThread] = []
        self._lock = threading.Lock()
        super().__init__()

    def worker(self, worker_id: int) -> object:
        """Work as long as ``stopping`` is not set; a subclass overrides this.

        Raises:
            TypeError: it does not, and no function was given.
        """
        if self._work is None:
            raise TypeError(f"{type(self).__name__} has no work: override worker()")
        return self._work(worker_id)

    def start_workers(self, num_workers: int) -> list[SafeThread]:
        """Start so many threads, beside those that there are.

        Returns:
            Those that were started.

        Raises:
            PoolClosed: they were told to stop.
            SafeThreadError: the system has no more threads to give. Those that were started go on
                until `shutdown`.
            TypeError, ValueError: that is no number from 0, or there is no work.
        """
        if not isinstance(num_workers, int) or isinstance(num_workers, bool):
            raise TypeError(f"num_workers is a whole number, not {type(num_workers).__name__}")
        if num_workers < 0:
            raise ValueError(f"num_workers is 0 or more, not {num_workers}")
        if self._work is None and type(self).worker is ThreadManager.worker:
            raise TypeError(f"{type(self).__name__} has no work: override worker()")
        started: list[SafeThread] = []
        for _ in range(num_workers):
            with self._lock:
                if self.stopping.is_set():
                    raise PoolClosed("the threads were told to stop")
                worker_id = len(self._threads)
                thread = _Worker(
                    self._run, f"{self.name}-{worker_id}", (worker_id,), daemon=self.daemon
                )
                thread.start()
                self._threads.append(thread)
            started.append(thread)
        return started

    def _run(self, worker_id: int) -> object:
        try:
            return self.worker(worker_id)
        except BaseException:
            _log.exception("worker %d failed", worker_id)
            raise

    @property
    def threads(self) -> list[SafeThread]:
        """All that were started; a thread's place is its number."""
        return list(self._threads)

    @property
    def failed(self) -> dict[int, BaseException]:
        """By their numbers, what threads raised that have ended by it."""
        raised = [(number, thread.get_exception()) for number, thread in enumerate(self.threads)]
        return {number: error for number, error in raised if error is not None}

    def shutdown(self, timeout: float | None = 5) -> list[SafeThread]:
        """Tell the threads to stop, and wait until they have.

        Args:
            timeout: seconds for all of them together; None: as long as it takes.

        Returns:
            Those that run still, and that of the caller if it is one of them. Another call waits
            for them again.
        """
        with self._lock:  # no thread is started from here on
            self.stopping.set()
            threads = list(self._threads)
        until = None if timeout is None else time.monotonic() + timeout
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(None if until is None else max(0.0, until - time.monotonic()))
        return [thread for thread in threads if thread.is_alive()]

    def __enter__(self) -> ThreadManager:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        left = self.shutdown()
        if kind is not None:
            return
        if left:
            raise ThreadTimeout(f"not stopped: {', '.join(thread.name for thread in left)}")
        for thread in self._threads:
            thread.get_result()

    def _after_fork(self, me: int) -> None:
        # its threads are not here; whoever held a lock may be gone
        told, self.stopping = self.stopping.is_set(), threading.Event()
        if told:
            self.stopping.set()
        self._lock = threading.Lock()
        self._threads = []
