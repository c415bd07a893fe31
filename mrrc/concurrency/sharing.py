# SPDX-License-Identifier: MIT
"""One reader for several threads, and one writer.

The readers of this package may be shared as they are; what is added here is a record's place in
the order, why a record could not be read, told to the thread that got it, and the same for readers
that may not be shared, as pymarc's. No thread reads ahead for another.
"""

from __future__ import annotations

import errno
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from typing import Any

from mrrc.concurrency.locked import LockedRecord
from mrrc.exceptions import NoActiveFile

__all__ = ["SharedReader", "SharedWriter"]


class SharedReader:
    """Hands out the records of a reader to any number of threads, each to one of them.

    >>> from mrrc import MARCReader
    >>> from mrrc.concurrency import SharedReader
    >>> with SharedReader(MARCReader("examples/sample.mrc")) as shared:
    ...     for record in shared:  # in as many threads as you like
    ...         last = shared.index
    >>> last
    20

    A thread gets its records in the order of the source, and `index` says where the one that it
    got last stands in it. The end is the end for all. What the reader raises is raised in the
    thread that asked; the others go on where the reader does.

    Args:
        reader: an iterator of records: a reader of this package or of pymarc, or a pipeline. Nobody
            else may read from it meanwhile.
    """

    def __init__(self, reader: Iterable[Any]) -> None:
        self._reader = reader
        self._records = iter(reader)
        self._collect: Callable[[list[Any]], object] | None = None
        # a reader of this package gives what it has made beside a record that was asked for,
        # but one that somebody has made another of may do something with each
        step = getattr(type(reader), "__next__", None)
        if self._records is reader and getattr(step, "__module__", "").startswith("mrrc."):
            self._collect = getattr(reader, "_collect", None)
        self._lock = threading.Lock()
        self._gates: deque[threading.Lock] = deque()  # of those who wait for more to be ready
        self._ready: deque[tuple[int, Any]] = deque()  # made already, with their places
        self._take = self._ready.popleft
        self._count = 0  # those that are ready included
        self._over = False
        self._closed = False
        self._mine = threading.local()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            self._mine.index, record = self._take()  # one step, in which threads do not meet
        except IndexError:
            pass
        else:
            return record
        return self._next_run()

    def _next_run(self) -> Any:
        """Return the record behind those that are ready, and have more ready.

        Who waits for the lock would have it before it has the interpreter, and all others would
        wait for both. So nobody waits for the lock, but at a gate that who has it opens.
        """
        while True:
            if self._lock.acquire(blocking=False):
                try:
                    return self._read()
                finally:
                    self._release()
            gate = threading.Lock()
            gate.acquire()
            self._gates.append(gate)
            if self._lock.locked():  # and whoever has it opens the gate afterwards
                gate.acquire()
            try:
                self._mine.index, record = self._take()
            except IndexError:
                continue
            return record

    def _release(self) -> None:
        self._lock.release()
        with suppress(IndexError):
            while True:
                self._gates.popleft().release()

    def _read(self) -> Any:
        mine = self._mine
        try:
            mine.index, record = self._take()  # another thread has been here
        except IndexError:
            pass
        else:
            return record
        if self._over:
            raise StopIteration
        if self._closed:
            raise ValueError("I/O operation on closed file.")
        try:
            record = next(self._records)
        except StopIteration:
            self._over = True
            raise
        index = mine.index = self._count
        self._count += 1
        if record is None:  # before another thread moves the reader on
            error = getattr(self._reader, "current_exception", None)
            mine.failed = index, error, getattr(self._reader, "current_chunk", None)
        elif self._collect is not None:
            more: list[Any] = []
            self._collect(more)
            begin, self._count = self._count, self._count + len(more)
            self._ready.extend(zip(range(begin, self._count), more))
        return record

    @property
    def index(self) -> int | None:
        """The place, from 0, of the record that this thread got last; None before the first."""
        index: int | None = getattr(self._mine, "index", None)
        return index

    def _failed(self) -> tuple[int | None, BaseException | None, bytes | None]:
        """Return what is known of the None that this thread got last, if it got none since."""
        failed: tuple[int | None, BaseException | None, bytes | None]
        failed = getattr(self._mine, "failed", (None, None, None))
        return failed if failed[0] == self.index else (None, None, None)

    @property
    def current_exception(self) -> BaseException | None:
        """Why this thread got None in place of a record; None where it got one."""
        return self._failed()[1]

    @property
    def current_chunk(self) -> bytes | None:
        """The bytes of what this thread got None for; None where it got a record."""
        return self._failed()[2]

    @property
    def taken(self) -> int:
        """How many records were handed out, those included that could not be read."""
        return self._count - len(self._ready)

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    def close(self) -> None:
        """Close the reader, when the thread that is reading has its record.

        Whoever asks for another gets a `ValueError`, unless the end was reached before.
        """
        self._lock.acquire()
        try:
            if self._closed:
                return
            self._closed = True
            self._count -= len(self._ready)
            self._ready.clear()
            close = getattr(self._reader, "close", None)
            if close is not None:
                close()
        finally:
            self._release()

    def __enter__(self) -> SharedReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class SharedWriter:
    """Writes the records of any number of threads, one at a time, each whole.

    >>> import io
    >>> from mrrc import MARCWriter, Record
    >>> from mrrc.concurrency import SharedWriter
    >>> with SharedWriter(MARCWriter(io.BytesIO())) as shared:
    ...     shared.write(Record())  # in as many threads as you like
    >>> shared.written
    1

    Where it is ordered each record has an index, and is written when all before it are: `write`
    waits until then, and so nothing piles up. An index that is not to be written is for `skip`,
    also where a thread fails before it writes: the others wait for it.

    A record that cannot be written raises in its own thread, and the file stays as it was. Behind
    an error of the file itself nothing more is written, since what stands in it may end within a
    record.

    Args:
        writer: a writer of this package or of pymarc, which nobody else may use meanwhile.
        ordered: whether records are written in the order of their indexes, from 0 on.
        timeout: how long, in seconds, an ordered `write` waits for those before; None: for ever.
    """

    def __init__(self, writer: Any, *, ordered: bool = False, timeout: float | None = 60.0) -> None:
        self._writer = writer
        self._ordered = ordered
        self._timeout = timeout
        self._turn = threading.Condition(threading.Lock())
        self._next = 0
        self._skipped: set[int] = set()
        self._waiting: set[int] = set()
        self._written = 0
        self._closed = False
        self._failed: BaseException | None = None

    @property
    def written(self) -> int:
        """How many records were written."""
        return self._written

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    def write(self, record: Any, index: int | None = None) -> None:
        """Write a record, or the record of a `LockedRecord` while nobody changes it.

        Args:
            record: what is written.
            index: its place in the order, from 0; only where the writer is ordered.

        Raises:
            TypeError: an index is missing, or of no use.
            ValueError: the index was written or skipped before.
            TimeoutError: those before did not come; the record is not written, and its index is
                still to come.
            NoActiveFile: the writer is closed; the record is not written.
            OSError: the file cannot take it, or could not take an earlier one.
        """
        # the record's lock first: whoever holds it may be waiting to write
        with record if isinstance(record, LockedRecord) else nullcontext(record) as bare:
            with self._turn:
                self._wait_for(index)
                try:
                    self._put(bare)
                finally:
                    if index is not None:
                        self._advance()

    def skip(self, index: int) -> None:
        """Say that nothing will be written for an index.

        Raises:
            TypeError: the writer is not ordered.
            ValueError: the index was written or skipped before.
        """
        with self._turn:
            self._check_index(index)
            if index == self._next:
                self._advance()
            else:
                self._skipped.add(index)

    def _put(self, record: Any) -> None:
        try:
            self._writer.write(record)
        except Exception as error:
            if isinstance(error, OSError):
                self._failed = error
            raise
        except BaseException as error:  # an interrupt may have come within the record
            self._failed = error
            raise
        self._written += 1

    def _check(self) -> None:
        if self._closed:
            raise NoActiveFile
        if self._failed is not None:
            number = getattr(self._failed, "errno", None) or errno.EIO
            raise OSError(number, f"an earlier write failed: {self._failed}") from self._failed

    def _check_index(self, index: int | None) -> None:
        if not self._ordered:
            if index is not None:
                raise TypeError("the writer is not ordered: it takes no index")
            return
        if not isinstance(index, int) or isinstance(index, bool):
            raise TypeError(f"an ordered writer needs an index, not {type(index).__name__}")
        if index < self._next or index in self._skipped or index in self._waiting:
            raise ValueError(f"index {index} was there before")

    def _wait_for(self, index: int | None) -> None:
        """Wait until it is the index's turn."""
        self._check()
        self._check_index(index)
        if index is None or index == self._next:
            return
        end = None if self._timeout is None else time.monotonic() + self._timeout
        self._waiting.add(index)
        try:
            while index != self._next:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError(
                        f"index {index} waited {self._timeout} s for index {self._next}, "
                        "which was neither written nor skipped"
                    )
                self._turn.wait(left)
                self._check()
        finally:
            self._waiting.discard(index)

    def _advance(self) -> None:
        self._next += 1
        while self._next in self._skipped:
            self._skipped.remove(self._next)
            self._next += 1
        self._turn.notify_all()

    def close(self) -> None:
        """Close the writer. Whoever waits for a turn gets `NoActiveFile`.

        Raises:
            OSError: what was written last did not reach the file.
        """
        with self._turn:
            if self._closed:
                return
            self._closed = True
            self._turn.notify_all()
            self._writer.close()

    def __enter__(self) -> SharedWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
