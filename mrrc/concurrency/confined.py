# SPDX-License-Identifier: MIT
"""A reader for each thread: what is not shared needs no lock, and each has its own place."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from mrrc.reader import MARCReader
from mrrc.record import Record

__all__ = ["ThreadLocalReader", "thread_local_reader"]


class _Own:
    """A thread's reader, closed when the thread ends."""

    def __init__(self, reader: MARCReader) -> None:
        self.reader = reader

    def __del__(self) -> None:
        self.reader.close()


class ThreadLocalReader:
    """Readers of one file, one for each thread that uses this; see `thread_local_reader`."""

    def __init__(self, path: str | os.PathLike[str], **options: Any) -> None:
        self._path = path
        self._options = options
        self._mine = threading.local()
        self._all: weakref.WeakSet[_Own] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    @property
    def reader(self) -> MARCReader:
        """The reader of the calling thread, opened when it is first asked for.

        Raises:
            OSError: the path cannot be opened.
            ValueError: `close()` was called.
        """
        own: _Own | None = getattr(self._mine, "own", None)
        if own is None or own.reader.closed:
            with self._lock:
                if self._closed:
                    raise ValueError("I/O operation on closed file.")
                own = self._mine.own = _Own(MARCReader(self._path, **self._options))
                self._all.add(own)
        return own.reader

    def __iter__(self) -> Iterator[Record | None]:
        return self.reader

    def close(self) -> None:
        """Close the readers of all threads."""
        with self._lock:
            self._closed = True
            for own in list(self._all):
                own.reader.close()

    def __enter__(self) -> ThreadLocalReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def thread_local_reader(path: str | os.PathLike[str], **options: Any) -> ThreadLocalReader:
    """Give each thread a reader of its own, with its own place in the file.

    >>> from mrrc.concurrency import thread_local_reader
    >>> with thread_local_reader("examples/sample.mrc") as readers:
    ...     sum(1 for record in readers)  # the same in every thread
    21

    A thread's reader is opened when the thread first asks, and closed when the thread ends or
    `close()` is called.

    Args:
        path: the file. It is not opened before it is read.
        options: what `MARCReader` takes.
    """
    return ThreadLocalReader(path, **options)
