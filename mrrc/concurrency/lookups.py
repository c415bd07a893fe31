# SPDX-License-Identifier: MIT
"""Asking a queue for its next item without waiting for ever."""

from __future__ import annotations

import queue
from typing import Any, Protocol, TypeVar, overload

__all__ = ["safe_get"]

D = TypeVar("D")
T_co = TypeVar("T_co", covariant=True)


class Source(Protocol[T_co]):
    """A queue: those of `queue`, `multiprocessing` and of this package are."""

    def get(self, block: bool = ..., timeout: float | None = ...) -> T_co:
        """Take what comes next, and wait for it so many seconds."""


@overload
def safe_get(source: Source[T_co], timeout: float | None = 1) -> T_co | None: ...
@overload
def safe_get(source: Source[T_co], timeout: float | None = 1, *, default: D) -> T_co | D: ...
@overload
def safe_get(source: Source[T_co], timeout: float | None, default: D) -> T_co | D: ...
def safe_get(source: Source[Any], timeout: float | None = 1, default: Any = None) -> Any:
    """Take the next item of a queue, or something else where none comes in time.

    >>> import queue
    >>> from mrrc.concurrency import safe_get
    >>> numbers = queue.Queue()
    >>> numbers.put(7)
    >>> safe_get(numbers), safe_get(numbers, timeout=0.01), safe_get(numbers, 0, default=-1)
    (7, None, -1)

    That none comes in time does not say that none will: who takes it for the end loses what a slow
    producer puts later. An end is a closed `SharedQueue`, whose `QueueClosed` is raised here, too.

    Args:
        source: the queue.
        timeout: how many seconds to wait; 0 not at all, None for ever.
        default: what is returned where there is none. Where None may be an item, give another.

    Raises:
        ValueError: the time is less than none.
    """
    if timeout is not None and not timeout >= 0:
        raise ValueError(f"timeout is 0 or more seconds, not {timeout}")
    try:
        return source.get(timeout=timeout)
    except (queue.Empty, TimeoutError):
        return default
