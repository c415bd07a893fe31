# SPDX-License-Identifier: MIT
"""Log lines that name the thread they come from, and calls that are logged."""

from __future__ import annotations

import functools
import inspect
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, overload

__all__ = ["FORMAT", "enable_thread_logging", "logged"]

F = TypeVar("F", bound=Callable[..., Any])

#: A line: the thread's name, the level, what is said.
FORMAT = "%(threadName)-10s %(levelname)-8s %(message)s"


if TYPE_CHECKING:
    _StreamHandler = logging.StreamHandler[TextIO]
else:
    _StreamHandler = logging.StreamHandler  # which Python 3.10 gives no arguments


class _ThreadHandler(_StreamHandler):
    """A handler of ours: another call takes it away again."""


def enable_thread_logging(
    level: int | str = logging.INFO, *, logger: str = "", stream: TextIO | None = None
) -> logging.Handler:
    """Have log lines begin with the name of the thread.

    >>> import logging, sys
    >>> from mrrc.concurrency import enable_thread_logging
    >>> handler = enable_thread_logging("INFO", logger="cataloguing", stream=sys.stdout)
    >>> logging.getLogger("cataloguing").info("begun")
    MainThread INFO     begun
    >>> logging.getLogger("cataloguing").removeHandler(handler)

    A second call for the same logger replaces the first. Other handlers stay as they are.

    Args:
        level: what is logged, as `logging.Logger.setLevel` takes it.
        logger: whose lines; by default everybody's.
        stream: where they go; by default standard error.

    Returns:
        The handler, to be removed or changed.
    """
    target = logging.getLogger(logger)
    handler = _ThreadHandler(stream)
    handler.setFormatter(logging.Formatter(FORMAT))
    target.setLevel(level)
    for other in [each for each in target.handlers if isinstance(each, _ThreadHandler)]:
        target.removeHandler(other)
        other.close()
    target.addHandler(handler)
    return handler


@overload
def logged(func: F, /) -> F: ...
@overload
def logged(
    *, level: int = logging.INFO, logger: str | logging.Logger | None = None
) -> Callable[[F], F]: ...
def logged(
    func: F | None = None,
    /,
    *,
    level: int = logging.INFO,
    logger: str | logging.Logger | None = None,
) -> F | Callable[[F], F]:
    """Have the calls of a function logged, with the name and the number of the thread.

    >>> import sys
    >>> from mrrc.concurrency import enable_thread_logging, logged
    >>> handler = enable_thread_logging("INFO", logger="cataloguing", stream=sys.stdout)
    >>> @logged(logger="cataloguing")
    ... def count(path):
    ...     return 21
    >>> count("examples/sample.mrc")  # doctest: +ELLIPSIS
    MainThread INFO     count begun in thread MainThread (...)
    MainThread INFO     count done in thread MainThread (...), ... s
    21
    >>> logging.getLogger("cataloguing").removeHandler(handler)

    What the function raises is logged as an error, with its traceback, and raised. Arguments and
    results are not logged: they may be long, or nobody's business. A coroutine function is logged
    while it is awaited; of a generator function the call is, in which nothing is done yet.

    Args:
        func: the function; ``@logged`` and ``@logged(level=...)`` are both right.
        level: of the lines that say that it began and was done.
        logger: whose lines, a logger or its name; by default that of the function's module.
    """
    if func is None:
        return functools.partial(_logged, level, logger)
    return _logged(level, logger, func)


def _logged(level: int, logger: str | logging.Logger | None, func: F) -> F:
    if not callable(func):
        raise TypeError(f"a function is logged, not {type(func).__name__}")
    if not isinstance(logger, logging.Logger):
        logger = logging.getLogger(logger or func.__module__)
    call: Any
    if inspect.iscoroutinefunction(func):

        @functools.wraps(func)
        async def call(*args: Any, **kwargs: Any) -> Any:
            with _Logged(logger, level, func):
                return await func(*args, **kwargs)

    else:

        @functools.wraps(func)
        def call(*args: Any, **kwargs: Any) -> Any:
            with _Logged(logger, level, func):
                return func(*args, **kwargs)

    result: F = call
    return result


class _Logged:
    """One call."""

    def __init__(self, logger: logging.Logger, level: int, func: Any) -> None:
        self.logger, self.level = logger, level
        self.name = getattr(func, "__qualname__", None) or repr(func)

    def __enter__(self) -> None:
        self.logger.log(self.level, "%s begun in %s", self.name, _thread())
        self.begin = time.perf_counter()

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        took = time.perf_counter() - self.begin
        if kind is None:
            self.logger.log(self.level, "%s done in %s, %.3f s", self.name, _thread(), took)
        else:
            self.logger.error("%s failed in %s, %.3f s", self.name, _thread(), took, exc_info=True)


def _thread() -> str:
    return f"thread {threading.current_thread().name} ({threading.get_ident()})"
