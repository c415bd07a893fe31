# SPDX-License-Identifier: MIT
"""Threads that keep what their function returned or raised.

A `SafeThread` is a `threading.Thread`, so it makes nothing faster, and it cannot be ended from
outside. What its function raises is never printed and forgotten: it is there for who asks, and
logged where nobody does.
"""

from __future__ import annotations

import functools
import itertools
import logging
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any, Literal, TypeVar

from mrrc.concurrency._forks import InProcess
from mrrc.concurrency.errors import LostByFork, SafeThreadError, ThreadTimeout
from mrrc.concurrency.thread_pool import fail_lost

__all__ = ["FutureThread", "SafeThread", "run_in_safe_thread"]

R = TypeVar("R")

_log = logging.getLogger("mrrc.concurrency")
_numbers = itertools.count(1)


class SafeThread(threading.Thread):
    """A thread whose result or exception is kept.

    >>> from mrrc.concurrency import SafeThread
    >>> thread = SafeThread(target=sum, args=([1, 2, 3],), name="adding")
    >>> thread.start()
    >>> thread.join(timeout=60)
    True
    >>> thread.get_result(), thread.state
    (6, 'terminated')

    A subclass may override `run` instead, and what that returns is the result. The arguments are
    those of `threading.Thread` in another order, so give them by name.

    An exception, of any kind, is the business of who has the thread: `get_result` raises an error
    with it as the cause, `get_exception` returns it. Where it was never asked for when the thread
    is forgotten, it is logged as an error of the logger ``mrrc.concurrency``.

    Args:
        target: the function to be called by `run`.
        name: what the thread is called; by default ``SafeThread-1`` and so on.
        args: the arguments for the function.
        kwargs: the arguments by name.
        daemon: whether the program may end without waiting for it; by default as the thread that
            makes it.
        group: as `threading.Thread` has it: None.

    Raises:
        TypeError: an argument is of another type, as where those of a `threading.Thread` are
            given by position.
    """

    _raised: BaseException | None = None
    _asked = False

    def __init__(
        self,
        target: Callable[..., Any] | None = None,
        name: str | None = None,
        args: Iterable[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        daemon: bool | None = None,
        *,
        group: None = None,
    ) -> None:
        if target is not None and not callable(target):
            raise TypeError(f"target is a function, not {type(target).__name__}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"name is a string, not {type(name).__name__}")
        super().__init__(group, None, name or f"SafeThread-{next(_numbers)}", daemon=daemon)
        # not under Thread's names for them, which its own run() forgets
        self._call = (target, tuple(args), dict(kwargs or {}))
        self._once = threading.Lock()
        self._ended = False
        self._returned: Any = None

    def run(self) -> Any:
        """Call the function, and return what it returns; a subclass may override this.

        As a thread of the standard library returns None here, a checker of types wants a subclass
        to return ``Any``.
        """
        target, args, kwargs = self._call
        return None if target is None else target(*args, **kwargs)

    def start(self) -> None:
        """Begin.

        Raises:
            SafeThreadError: it was begun before, or the system has no thread to give.
        """
        once: threading.Lock | None = getattr(self, "_once", None)
        if once is None:
            raise SafeThreadError(f"{type(self).__name__}.__init__() was not called")
        # two that start it at once are not to have it run twice
        if not once.acquire(blocking=False):
            raise SafeThreadError(f"{self.name!r} was started before")
        self.run = functools.partial(self._keep, self.run)  # type: ignore[method-assign]
        try:
            super().start()
        except RuntimeError as error:
            del self.run
            once.release()
            raise SafeThreadError(f"{self.name!r} cannot be started: {error}") from error

    def _keep(self, run: Callable[[], Any]) -> None:
        try:
            self._returned = run()
        except BaseException as error:
            self._raised = error
        finally:
            self._ended = True
            # what refers to itself, and to the caller's things, is no longer needed
            del self.run, run, self._call

    def _known(self, doing: str) -> None:
        """Raise an error, unless there is a thread that can be waited for."""
        if self.ident is None:
            raise SafeThreadError(f"{self.name!r} was not started: {doing}")
        if self is threading.current_thread():
            raise SafeThreadError(f"{self.name!r} would wait for itself: {doing}")

    def join(self, timeout: float | None = None) -> bool:  # type: ignore[override]
        """Wait for the end, at most so many seconds.

        Returns:
            Whether it has ended. How, `get_exception` says.

        Raises:
            SafeThreadError: it was not started, or waits for itself.
        """
        self._known("join()")
        super().join(timeout)
        return not self.is_alive()

    def get_result(self, timeout: float | None = None) -> Any:
        """Wait for the end, at most so many seconds, and return what the function returned.

        Raises:
            ThreadTimeout: it has not ended by then.
            SafeThreadError: the function raised, which is the cause; the thread was not started,
                or waits for itself.
            LostByFork: this process was forked off while it ran.
        """
        self._known("get_result()")
        if not self.join(timeout):
            raise ThreadTimeout(f"{self.name!r} has not ended within {timeout:g} s")
        if not self._ended:
            raise LostByFork(f"{self.name!r} runs in the process that this one was forked off")
        self._asked = True
        error = self._raised
        if error is not None:
            raise SafeThreadError(
                f"{self.name!r} raised {type(error).__name__}: {error}".removesuffix(": ")
            ) from error
        return self._returned

    def get_exception(self) -> BaseException | None:
        """Return what the function raised; None where it did not, or has not ended."""
        self._asked = self._asked or self._raised is not None
        return self._raised

    @property
    def state(self) -> Literal["new", "running", "terminated"]:
        """Where the thread stands: a thread is never begun twice."""
        if self.ident is None:
            return "new"
        return "running" if self.is_alive() else "terminated"

    def __del__(self) -> None:
        error = self._raised
        if error is not None and not self._asked:
            _log.error("%r raised, and nobody asked for it", self.name, exc_info=error)


class FutureThread(SafeThread, Future[R]):
    """A thread that is a `concurrent.futures.Future`, too; made by `run_in_safe_thread`."""

    def __init__(self, target: Callable[..., R], args: Any, kwargs: Any) -> None:
        SafeThread.__init__(self, target, args=args, kwargs=kwargs)
        Future.__init__(self)
        self.set_running_or_notify_cancel()  # it is begun at once, so there is nothing to cancel
        self._fork = _Fork(self)

    def run(self) -> Any:
        """Call the function, and make what comes of it the future's."""
        try:
            result = super().run()
        except BaseException as error:
            self.set_exception(error)
            raise
        self.set_result(result)
        return result

    def result(self, timeout: float | None = None) -> R:
        """Wait for the end, and return or raise what the function did.

        Raises:
            concurrent.futures.TimeoutError: it has not ended within so many seconds.
        """
        self.exception(timeout)
        found: R = super().result()
        return found

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Wait for the end, and return what the function raised."""
        found = super().exception(timeout)
        self._asked = True
        return found

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.state}>"


class _Fork(InProcess):
    """What is told of a fork for a thread, whose class has a method of that name for itself."""

    def __init__(self, thread: FutureThread[Any]) -> None:
        self._thread = weakref.ref(thread)
        super().__init__()

    def _after_fork(self, me: int) -> None:
        thread = self._thread()
        if thread is not None and thread.ident != me:
            fail_lost(thread)


def run_in_safe_thread(func: Callable[..., R], *args: Any, **kwargs: Any) -> FutureThread[R]:
    """Call a function in a thread of its own.

    >>> from mrrc.concurrency import run_in_safe_thread
    >>> done = run_in_safe_thread(pow, 2, 10)
    >>> done.get_result(), done.result(timeout=60)
    (1024, 1024)

    Returns:
        The thread, which has begun. It is a `SafeThread`, and a `concurrent.futures.Future`: so
        `concurrent.futures.wait` takes it, and its `result` raises what the function raised.

    Raises:
        SafeThreadError: the system has no thread to give.
    """
    thread = FutureThread(func, args, kwargs)
    thread.start()
    return thread
