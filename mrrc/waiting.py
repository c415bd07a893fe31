# SPDX-License-Identifier: MIT
"""Bytes of a pipe, a socket or a terminal, waited for until a time, or until they are given up.

A plain `read` of such a file ends when bytes come, and by nothing else. What the bytes mean, and
what becomes of whoever waited in vain, is no affair of this module.
"""

from __future__ import annotations

import io
import os
import select
import stat
import sys
import time
from collections.abc import Callable
from typing import Any

__all__ = ["Interrupted", "Waited", "waited"]


class Interrupted(BaseException):
    """The time is over, or `stop` was called; no byte is lost.

    It is no `Exception`: nobody on the way is to take it for a failure of the source.
    """


class Waited:
    """A file object whose `read` is bounded by `deadline`; `waited` makes it.

    Args:
        descriptor: what is waited for.
        read: gives bytes that are there.
        held: what was read already.
        close: called by `close`.
        name: of the file.

    Attributes:
        deadline: until when `read` may wait, of `time.monotonic()`; or None.
    """

    def __init__(
        self,
        descriptor: int,
        read: Callable[[int], bytes | None],
        held: bytes,
        close: Callable[[], Any],
        name: Any,
    ) -> None:
        self.name = name
        self.deadline: float | None = None
        self._descriptor = descriptor
        self._read = read
        self._held = [held] if held else []  # to be given first
        self._given: list[bytes] | None = []  # since the beginning, until there is no way back
        self._close = close
        self._stopped, self._stop = os.pipe()

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, at most so many; none at the end.

        Raises:
            Interrupted: none came in time, or `stop` was called.
        """
        data = self._held.pop(0) if self._held else self._new(size)
        if 0 <= size < len(data):
            self._held.insert(0, data[size:])
            data = data[:size]
        if self._given is not None:
            self._given.append(data)
        return data

    def _new(self, size: int) -> bytes:
        files = select.poll()
        files.register(self._descriptor, select.POLLIN)
        files.register(self._stopped, select.POLLIN)
        while True:
            left = None if self.deadline is None else self.deadline - time.monotonic()
            # a part of a millisecond is not worth nothing
            ready = files.poll(None if left is None else max(0, 1000 * left))
            if not ready or any(descriptor == self._stopped for descriptor, _ in ready):
                raise Interrupted
            data = self._read(1 << 16 if size < 0 else size)
            if data is not None:  # somebody else may have been faster
                return data

    def rewind(self) -> None:
        """Give everything again from the beginning."""
        if self._given is None:
            raise ValueError("there is no way back")
        self._held = [data for data in [*self._given, *self._held] if data]
        self._given = []

    def go_on(self) -> None:
        """Give up the way back, which takes memory."""
        self._given = None

    def stop(self) -> None:
        """End a wait, and each one that follows; any thread may call it."""
        if self._stop >= 0:
            os.write(self._stop, b"\0")

    def close(self) -> None:
        """Close what was opened here; nobody may wait then."""
        close, self._close = self._close, _nothing
        close()
        if self._stop >= 0:
            os.close(self._stop)
            os.close(self._stopped)
            self._stop = self._stopped = -1


def _nothing() -> None:
    """Leave a file open that somebody else has opened."""


def _may_wait(mode: int) -> bool:
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)


def waited(source: Any) -> Waited | None:
    """Return what reads a source whose bytes may be long in coming; None for any other.

    The one is a pipe, socket or terminal: by its path, standard input, or a file object as Python
    opens it, raw or buffered.

    Raises:
        OSError: the path cannot be opened.
    """
    if isinstance(source, str) and source == "-":
        source = getattr(sys.stdin, "buffer", None)
    if isinstance(source, str | os.PathLike):
        path = os.fspath(source)
        if not _may_wait(os.stat(path).st_mode):
            return None
        # a pipe would be waited for already when it is opened, until somebody writes; but in Linux
        # only, one without a writer does not look like one at its end
        flags = os.O_RDONLY | os.O_CLOEXEC | (os.O_NONBLOCK if sys.platform == "linux" else 0)
        file = io.FileIO(os.open(path, flags))
        return Waited(file.fileno(), file.read, b"", file.close, path)
    if not isinstance(source, io.FileIO | io.BufferedReader):
        return None
    try:
        descriptor = source.fileno()
        if not _may_wait(os.fstat(descriptor).st_mode) or os.isatty(descriptor):
            return None
        if isinstance(source, io.FileIO):
            return Waited(descriptor, source.read, b"", _nothing, source.name)
        held = _buffered(source, descriptor)
    except (OSError, ValueError):  # closed, or not a file of the system's
        return None
    return Waited(descriptor, source.read1, held, _nothing, getattr(source, "name", None))


def _buffered(file: io.BufferedReader, descriptor: int) -> bytes:
    """Take what a file object has at hand; no waiting would tell of it."""
    blocking = os.get_blocking(descriptor)
    os.set_blocking(descriptor, False)
    try:
        return file.read1(len(file.peek(1)))
    finally:
        os.set_blocking(descriptor, blocking)
