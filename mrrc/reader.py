# SPDX-License-Identifier: MIT
"""Readers of records.

A path or bytes are read in batches by C, with the GIL released; an open file object is read
record by record, so that its position is exact (`one_by_one`). What C does not take for an
ordinary record is decoded by pymarc's rules at the moment it is yielded, so warnings and messages
come when they come with pymarc. This module keeps the place in the source and the order among
threads.
"""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from mrrc import _bridge
from mrrc.batch import RecordBatch, make_records
from mrrc.constants import END_OF_RECORD
from mrrc.exceptions import (
    EndOfRecordNotFound,
    FatalReaderError,
    PymarcException,
    RecordLengthInvalid,
    TruncatedRecord,
)
from mrrc.field import Field, Indicators, Subfield
from mrrc.leader import Leader
from mrrc.one_by_one import OneByOne
from mrrc.packed import Origin
from mrrc.record import Record, read_flags

# Programs import from pymarc.reader what pymarc.reader itself imports.
__all__ = [
    "END_OF_RECORD",
    "EndOfRecordNotFound",
    "FatalReaderError",
    "Field",
    "Indicators",
    "JSONReader",  # noqa: F822
    "Leader",
    "MARCMakerReader",  # noqa: F822
    "MARCReader",
    "PymarcException",
    "Reader",
    "Record",
    "RecordLengthInvalid",
    "Subfield",
    "TruncatedRecord",
    "map_records",
]


class Reader:
    """The base class of all readers."""


def __getattr__(name: str) -> Any:
    """Return pymarc's other readers, whose modules are imported when asked for."""
    home = {"JSONReader": "text_readers", "MARCMakerReader": "marcmaker"}.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"mrrc.{home}"), name)


class MARCReader(OneByOne, Reader):
    """An iterator over the records of an ISO 2709 file.

    >>> from mrrc import MARCReader
    >>> with MARCReader("examples/sample.mrc") as reader:
    ...     record = next(reader)

    A record that cannot be read is yielded as None; `current_exception` says why and
    `current_chunk` holds its bytes. After an error that leaves unknown where the next record
    begins (`FatalReaderError`) the iteration ends. The reader may be shared by threads: each
    record goes to exactly one of them.

    Args:
        marc_target: a path (`str` or path-like), the records as bytes, or a binary file
            object, which is left just behind the record last yielded.
        to_unicode: decode text, from MARC-8 or UTF-8 as leader/09 says; if false, the fields are
            `RawField` with bytes.
        force_utf8: text is UTF-8 whatever the leader says.
        hide_utf8_warnings: no line on standard error for a character that MARC-8 lacks.
        utf8_handling: error handler for subfields in UTF-8, as `bytes.decode` takes it.
        file_encoding: the codec of records that do not claim UTF-8; ``iso8859-1`` means MARC-8.
        permissive: taken for pymarc's sake; it changes nothing.

    Attributes but `permissive` may be set while reading and hold from the next record on.

    Raises:
        OSError: the path cannot be opened.
        TypeError: `marc_target` is of another kind, or a file object in text mode.
        ValueError: the file object or the reader is closed.
    """

    def __init__(
        self,
        marc_target: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        file_encoding: str = "iso8859-1",
        permissive: bool = False,
    ) -> None:
        super().__init__()
        self._source: _bridge.Source | None = None
        self._path: str | None = None
        self._lock = threading.RLock()
        self._to_unicode = to_unicode
        self._force_utf8 = force_utf8
        self._hide_utf8_warnings = hide_utf8_warnings
        self._utf8_handling = utf8_handling
        self._file_encoding = file_encoding
        self.permissive = permissive
        self._closed = False
        self._current_exception: BaseException | None = None
        self._chunk: bytes | None = None  # of the record last yielded, where it is at hand
        self._yielded = 0  # from a file object
        self._ready: list[Record] = []  # to be yielded, the last first
        self._take: Callable[[], Any] = self._ready.pop
        self._block: _bridge.Block | None = None
        self._made = 0  # records of the block handed to _ready, or yielded
        self._before: int | None = 0  # records before the block; None after a seek
        self._next_offset = 0  # of the record behind the block
        self.file_handle: Any = None
        if isinstance(marc_target, str | os.PathLike):
            path = os.fspath(marc_target)
            self._source = _bridge.Source(path)
            self._path = os.fsdecode(path)
            self._kind = "path"
        elif isinstance(marc_target, bytes | bytearray | memoryview):
            self._source = _bridge.Source(None, bytes(marc_target))
            self._kind = "bytes"
        elif callable(getattr(marc_target, "read", None)):
            self.file_handle = marc_target
            self._kind = "file"
            self._take = self._read_one
            name = getattr(marc_target, "name", None)
            self._path = name if isinstance(name, str) else None
        else:
            raise TypeError(
                "MARCReader reads a path, bytes or a binary file object, "
                f"not {type(marc_target).__name__}"
            )
        self._set_up()

    # -- arguments that may change --

    def _set_up(self) -> None:
        """Take the arguments as they are now; what was read ahead by others is read again."""
        self._flags = read_flags(self._to_unicode, self._force_utf8, self._file_encoding)
        self._origin = Origin(self._to_unicode, self._force_utf8, source=self._path)
        if self._kind == "file":
            self._pack = _bridge.decoder(self._flags)

    def _change(self, name: str, value: Any) -> None:
        with self._lock:
            if getattr(self, name) == value:
                return
            if self._block is not None:
                self._keep_chunk()
                index = self._made - len(self._withdraw())
                offset = self._offset_of(index)
                cast(_bridge.Source, self._source).seek(offset)
                self._leave_block(index, offset)
            setattr(self, name, value)
            self._set_up()

    def _withdraw(self) -> list[Record]:
        """Take back what is ready, in one step for threads that take without the lock."""
        ready = self._ready
        self._ready = []
        if self._kind != "file":
            self._take = self._ready.pop
        return ready

    def _leave_block(self, index: int, offset: int) -> None:
        """Forget the block, of which so many records were yielded; go on at an offset."""
        if self._before is not None:
            self._before += index
        self._block = None
        self._made = 0
        self._next_offset = offset

    # -- iteration --

    def __iter__(self) -> Iterator[Record | None]:
        return self

    def __next__(self) -> Record | None:
        try:
            return self._take()  # type: ignore[no-any-return]
        except IndexError:
            return self._next_run()

    def _next_run(self) -> Record | None:
        """Yield the record behind those that are ready, and make more ready."""
        with self._lock:
            try:
                return self._ready.pop()  # another thread has been here
            except IndexError:
                pass
            if self._kind == "file":
                raise  # noqa: PLE0704 - the file object's own IndexError
            if self._closed:
                raise ValueError("I/O operation on closed file.")
            if self._block is None or self._made == len(self._block.ends):
                self._read_block()
            return self._from_block()

    def _read_block(self) -> None:
        """Read the next block of a path or of bytes."""
        if isinstance(self._current_exception, FatalReaderError):
            raise StopIteration
        if self._block is not None:
            # before the source moves on, which an error or a signal may keep it from finishing
            self._keep_chunk()
            self._leave_block(len(self._block.ends), self._next_offset)
        block = cast(_bridge.Source, self._source).next(self._flags)
        self._block = block
        self._current_exception = None
        if block is None:
            self._chunk = b""
            raise StopIteration
        self._chunk = None
        self._next_offset = block.offsets[-1] + block.lengths[-1]
        self._origin = Origin(
            self._to_unicode,
            self._force_utf8,
            source=self._path,
            first=None if self._before is None else self._before + 1,
            offsets=block.offsets,
        )

    def _from_block(self) -> Record | None:
        block = cast(_bridge.Block, self._block)
        start, end = self._made, len(block.ends)
        if block.statuses is not None:
            if block.statuses[start] != _bridge.OK:
                self._made = start + 1
                return self._out_of_the_ordinary(block, start)
            end = next((i for i in range(start, end) if block.statuses[i] != _bridge.OK), end)
        self._current_exception = None
        self._chunk = None
        records = make_records(block, start, end, self._origin, not self._to_unicode, self._class)
        records.reverse()
        record = records.pop()
        self._made = end
        # in one step, since other threads take from the list without the lock
        self._ready.extend(records)
        return record

    def _out_of_the_ordinary(self, block: _bridge.Block, index: int) -> Record | None:
        self._chunk = chunk = block.chunk(index)
        number = None if self._before is None else self._before + index + 1
        return self._decode(chunk, block.framing(index), number, block.offsets[index])

    # -- places --

    def _index(self) -> int:
        """How many records of the block were yielded."""
        return self._made - len(self._ready)

    def tell(self) -> int:
        """Return the byte offset behind the record last yielded.

        For a file object it is the object's own answer.
        """
        with self._lock:
            if self._kind == "file":
                return cast(int, self.file_handle.tell())
            return self._offset_of(self._index())

    def _offset_of(self, index: int) -> int:
        """Return where a record of the block begins, or the one behind the block."""
        block = self._block
        if block is None or index >= len(block.ends):
            return self._next_offset
        return block.offsets[index]

    def seek(self, offset: int) -> None:
        """Go on with the record that begins at a byte offset of the source.

        Raises:
            ValueError: the offset is negative.
            OSError: the source cannot seek.
        """
        with self._lock:
            self._check_open()
            if offset < 0:
                raise ValueError(f"negative seek position {offset}")
            if self._kind == "file":
                self.file_handle.seek(offset)
            else:
                cast(_bridge.Source, self._source).seek(offset)
                self._withdraw()
                self._leave_block(0, offset)
                self._before = 0 if offset == 0 else None
            self._current_exception = None
            self._chunk = None
            self._set_up()

    def _chunk_of_block(self) -> bytes | None:
        """Fetch the bytes of the record of the block that was yielded last."""
        block = self._block
        index = 0 if block is None else self._index()
        if block is None or index == 0:
            return None
        return cast(_bridge.Source, self._source).bytes_at(
            block.offsets[index - 1], block.lengths[index - 1]
        )

    def _keep_chunk(self) -> None:
        """Keep the bytes of the record last yielded before they are out of reach."""
        if self._chunk is None:
            self._chunk = self._chunk_of_block()

    @property
    def current_chunk(self) -> bytes | None:
        """The exact bytes of the record last yielded; empty at the end of the source."""
        with self._lock:
            return self._chunk_of_block() if self._chunk is None else self._chunk

    @property
    def current_exception(self) -> BaseException | None:
        """Why the record last yielded is None; None where it is a record."""
        return self._current_exception

    @property
    def backend_type(self) -> str:
        """What is read: ``path``, ``bytes`` or ``file``."""
        return self._kind

    # -- other ways to read --

    def read_record(self) -> Record | None:
        """Return the next record of the same stream; None at the end only.

        Raises:
            MrrcException: the next record cannot be read; the one behind it can, unless this
                is a `FatalReaderError`.
        """
        with self._lock:
            for record in self:
                if record is None:
                    raise cast(BaseException, self._current_exception)
                return record
            return None

    def batches(self, n: int | None = None) -> Iterator[RecordBatch]:
        """Yield the rest of the source as batches.

        A record that cannot be read is None in its batch.

        Args:
            n: how many records a batch has; by default as many as were read at once.
        """
        if n is not None and n < 1:
            raise ValueError(f"a batch has at least one record, not {n}")
        while True:
            with self._lock:
                records: list[Record | None] = []
                for record in self:
                    records.append(record)
                    if n is None and self._kind != "file":
                        records.extend(reversed(self._withdraw()))
                        break
                    if len(records) == (n or 1000):
                        break
            if not records:
                return
            yield RecordBatch(records)

    # -- closing --

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("I/O operation on closed file.")

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    def close(self) -> None:
        """Close the source: the path's descriptor, or the file object."""
        with self._lock:
            if self._kind == "file":
                self.file_handle.close()
                return
            if self._closed:
                return
            try:
                self._keep_chunk()
            finally:
                self._closed = True
                self._withdraw()
                self._block = None
                cast(_bridge.Source, self._source).close()

    def __enter__(self) -> MARCReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_kind", None) == "path" and not self._closed:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            self.close()


def map_records(f: Callable[[Record | None], Any], *files: Any) -> None:
    """Call a function with each record of each file; with None for one that cannot be read."""
    for file in files:
        reader = MARCReader(file)
        for record in reader:
            f(record)
        if reader.backend_type == "path":
            reader.close()
