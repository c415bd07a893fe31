# SPDX-License-Identifier: MIT
"""Reading, writing and mapping for programs with an event loop of asyncio.

Whole batches of records are read, and whole blocks of bytes written, in a thread, one hop each;
the loop waits for nothing but that. The readers and writers themselves are those of the other
modules. There is no thread left when they are closed.
"""

from __future__ import annotations

import asyncio
import io
import os
import warnings
from collections import deque
from typing import Any, BinaryIO

from mrrc.exceptions import NoActiveFile
from mrrc.parallel.awaited import AsyncResultStream, amap_records
from mrrc.parallel.hops import Hop
from mrrc.reader import MARCReader
from mrrc.record import Record
from mrrc.remote import is_remote
from mrrc.writer import MARCWriter, Writer

__all__ = ["AsyncMARCReader", "AsyncMARCWriter", "AsyncResultStream", "amap_records"]

#: Records of a hop, and bytes.
_BATCH = 500
_BLOCK = 1 << 18


class AsyncMARCReader:
    """An asynchronous iterator over the records of an ISO 2709 file.

    ``async with AsyncMARCReader("file.mrc") as reader`` opens the source, in a thread, and
    ``async for record in reader`` reads it, a batch at a time. Records are those of `MARCReader`,
    in each of its modes, and errors are raised in their place. Tasks may share a reader: each
    record goes to one of them. A task that is cancelled while it waits loses no record: whoever
    asks next gets it.

    >>> import asyncio
    >>> from mrrc.aio import AsyncMARCReader
    >>> async def count():
    ...     async with AsyncMARCReader("examples/sample.mrc") as reader:
    ...         return len([record async for record in reader])
    >>> asyncio.run(count())
    21

    Args:
        marc_target: a path, a URL that fsspec knows, bytes, or a binary file object, which is
            read ahead, and stays open.
        storage_options: of a URL's file system, as fsspec takes them.
        arguments: those of `MARCReader`, with the same meaning.

    Raises:
        ImportError: at the first record: it is a URL, and fsspec is not installed.
        OSError, TypeError, ValueError, LookupError: at the first record, or ``async with``: as
            `MARCReader` raises them.
    """

    def __init__(
        self,
        marc_target: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
        *arguments: Any,
        storage_options: dict[str, Any] | None = None,
        **named: Any,
    ) -> None:
        self._target = marc_target
        self._arguments = (arguments, named)
        self._storage = storage_options
        self._hop = Hop("read")
        self._lock = asyncio.Lock()
        self._reader: MARCReader | None = None
        self._file: Any = None
        self._ready: deque[tuple[Record | None, BaseException | None, bytes | None]] = deque()
        self._failure: BaseException | None = None  # behind what is ready
        self._over = False
        self._closed = False
        self._exception: BaseException | None = None
        self._chunk: bytes | None = None

    # -- in the thread --

    def _open(self) -> None:
        if self._reader is not None:
            return
        target: Any = self._target
        if is_remote(target):
            from mrrc.remote import Remote

            self._file = target = Remote(target, self._storage).open()
        arguments, named = self._arguments
        self._reader = MARCReader(target, *arguments, **named)

    def _read(self) -> tuple[list[Any], BaseException | None]:
        """Read a batch, and return it and why there is no more in it."""
        self._open()
        reader = self._reader
        assert reader is not None
        found: list[Any] = []
        try:
            for _ in range(_BATCH):
                record = next(reader)
                if record is None:
                    found.append((None, reader.current_exception, reader.current_chunk))
                else:
                    found.append((record, None, None))
        except BaseException as error:
            return found, error
        return found, None

    def _close(self) -> None:
        try:
            if self._reader is not None and self._reader.backend_type != "file":
                self._reader.close()
        finally:
            if self._file is not None:
                self._file.close()

    # -- in the loop --

    def __aiter__(self) -> AsyncMARCReader:
        return self

    async def __anext__(self) -> Record | None:
        while True:
            if self._closed:
                raise ValueError("I/O operation on closed file.")
            if self._ready:
                record, self._exception, self._chunk = self._ready.popleft()
                return record
            failure, self._failure = self._failure, None
            if isinstance(failure, StopIteration):
                self._over = True
            elif failure is not None:
                self._exception = failure
                raise failure
            if self._over:
                raise StopAsyncIteration
            async with self._lock:
                if not (self._ready or self._failure or self._closed or self._over):
                    found, failure = await self._hop.do(self._read)
                    self._ready.extend(found)
                    self._failure = failure

    @property
    def current_exception(self) -> BaseException | None:
        """Why the record last yielded is None; None where it is a record."""
        return self._exception

    @property
    def current_chunk(self) -> bytes | None:
        """The bytes of the record last yielded, where it is None; of a record, None."""
        return self._chunk

    @property
    def errors(self) -> list[Any]:
        """What belongs to no record, as far as was read ahead."""
        return [] if self._reader is None else list(self._reader.errors)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    async def aclose(self) -> None:
        """Close the source, and wait for the thread to end."""
        if self._closed:
            return
        self._closed = True
        self._ready.clear()
        await self._hop.close(self._close)

    async def __aenter__(self) -> AsyncMARCReader:
        try:
            await self._hop.do(self._open)
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self._hop.leave()


class AsyncMARCWriter:
    """A writer of ISO 2709 whose bytes go to the file in a thread, a block at a time.

    A record is encoded when it is written, so what it cannot hold raises at once, and it may be
    changed afterwards. That a block does not reach the file is said by the `write` that fills
    the next, or by `aclose`.

    >>> import asyncio, io
    >>> from mrrc import Record
    >>> from mrrc.aio import AsyncMARCWriter
    >>> async def write(file):
    ...     async with AsyncMARCWriter(file, close_file=False) as writer:
    ...         await writer.write(Record())
    >>> file = io.BytesIO()
    >>> asyncio.run(write(file))
    >>> len(file.getvalue())
    26

    Args:
        target: a path, which is opened for writing at the first block or ``async with``, or a
            binary file object.
        close_file: close a file object too.
        arguments: those of `MARCWriter`.
    """

    def __init__(
        self,
        target: str | os.PathLike[str] | BinaryIO,
        *,
        close_file: bool = True,
        **arguments: Any,
    ) -> None:
        self._target = target
        self._out: Writer | None = None
        self._close_file = close_file or isinstance(target, str | os.PathLike)
        self._memory = io.BytesIO()
        self._writer = MARCWriter(self._memory, **arguments)
        self._hop = Hop("write")
        self._lock = asyncio.Lock()
        self._full = b""  # what is on its way to the file
        self._failure: BaseException | None = None  # of what was on its way
        self._told = False  # whether somebody knows of it
        self._closed = False

    # -- in the thread --

    def _open(self) -> None:
        if self._out is None:
            self._out = Writer(self._target)

    def _put(self) -> None:
        self._open()
        assert self._out is not None
        try:
            self._out._put(self._full)
        except BaseException as error:
            self._failure = error
            raise
        finally:
            self._full = b""

    def _close(self) -> None:
        try:
            if self._failure is None:
                self._full = self._memory.getvalue()
                self._put()
            elif not self._told:
                raise self._failure
        finally:
            if self._out is not None:
                self._out.close(self._close_file)

    # -- in the loop --

    async def _flush(self) -> None:
        async with self._lock:
            while self._memory.tell() >= _BLOCK:
                if not self._full:
                    self._full = self._memory.getvalue()
                    self._memory.seek(0)
                    self._memory.truncate()
                try:
                    await self._hop.do(self._put)
                finally:
                    self._told = self._failure is not None

    async def write(self, record: Record) -> None:
        """Write a record.

        Raises:
            WriteNeedsRecord: it is none.
            WriterError: ISO 2709 cannot hold it.
            NoActiveFile: the writer is closed.
            OSError: the file cannot take what was written before.
        """
        if self._closed:
            raise NoActiveFile
        if self._failure is not None:
            self._told = True
            raise self._failure
        self._writer.write(record)
        if self._memory.tell() >= _BLOCK:
            await self._flush()

    async def aclose(self) -> None:
        """Write what is left, close the file, and wait for the thread to end.

        Raises:
            OSError: what was written last did not reach the file.
        """
        if self._closed:
            return
        self._closed = True
        await self._hop.close(self._close)

    async def __aenter__(self) -> AsyncMARCWriter:
        try:
            await self._hop.do(self._open)
        except BaseException:
            self._closed = True
            await self._hop.close(lambda: None)
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            warnings.warn(
                "a writer was not closed: its last records are not written",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )
            self._hop.leave()
