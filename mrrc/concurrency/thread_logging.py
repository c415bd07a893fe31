# SPDX-License-Identifier: MIT
"""Log lines that name the thread they come from."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TextIO

__all__ = ["FORMAT", "enable_thread_logging"]

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
