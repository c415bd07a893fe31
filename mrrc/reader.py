# SPDX-License-Identifier: MIT
"""Readers of records.

A path or bytes are read in batches by C, with the GIL released; an open file object is read
record by record, so that its position is exact (`one_by_one`), or ahead where the mode asks for
it (`read_ahead`). In the default mode what C does not take for an ordinary record is decoded by
pymarc's rules at the moment it is yielded, so warnings and messages come when they come with
pymarc; in the others C decodes all. This module keeps the place in the source and the order
among threads.
"""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from mrrc import _bridge
from mrrc.batch import Batches, RecordBatch, make_records
from mrrc.block_errors import BROKEN, BlockErrors
from mrrc.constants import END_OF_RECORD
from mrrc.exceptions import (
    EndOfRecordNotFound,
    FatalReaderError,
    MrrcException,
    PymarcException,
    RecordLengthInvalid,
    TruncatedRecord,
)
from mrrc.field import Field, Indicators, Subfield
from mrrc.leader import Leader
from mrrc.levels import STRUCTURAL
from mrrc.marc_encoding import check_encoding
from mrrc.packed import Origin
from mrrc.reader_arguments import READ_AHEAD
from mrrc.record import Record
from mrrc.recovery import Found

# Programs import from pymarc.reader what pymarc.reader itself imports.
if TYPE_CHECKING:
    from mrrc.query import Filter
    from mrrc.read_ahead import FileAhead, Mapped
    from mrrc.remote import Fetched

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


#: How many records of a file object make a batch.
_BATCH = 1000


class Reader:
    """The base class of all readers."""


def __getattr__(name: str) -> Any:
    """Return pymarc's other readers, whose modules are imported when asked for."""
    home = {"JSONReader": "text_readers", "MARCMakerReader": "marcmaker"}.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"mrrc.{home}"), name)


class MARCReader(BlockErrors, Reader):
    """An iterator over the records of an ISO 2709 file.

    >>> from mrrc import MARCReader
    >>> with MARCReader("examples/sample.mrc") as reader:
    ...     record = next(reader)

    A record that cannot be read is yielded as None; `current_exception` says why and
    `current_chunk` holds its bytes. After an error that leaves unknown where the next record
    begins (`FatalReaderError`) the iteration ends. A `recovery_mode` has it otherwise: ``strict``
    raises at the first fault of a record; ``lenient`` leaves faulty pieces out, and
    ``permissive`` guesses them; `Record.errors` and `errors` tell of all that. The reader may be
    shared by threads: each record goes to exactly one of them.

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
        recovery_mode: None, ``strict``, ``lenient`` or ``permissive``.
        validation_level: ``structural``, or ``strict_marc``: what the rules of MARC 21 find is
            among the errors of the record, and raised if the mode is strict.
        max_errors: in lenient and permissive mode, how many errors are borne; one more raises
            `FatalReaderError`, and the iteration ends. None or 0: any number.
        encoding: of the text, in place of `file_encoding` and `force_utf8`: ``detect``,
            ``marc-8``, ``utf-8`` or a codec; see `mrrc.marc_encoding.marc_encoding`.
        unimarc: field 100 $a says how text is encoded, as in UNIMARC; no `encoding` but
            ``detect`` goes with it.
        where: a filter, or its text: only records that match are yielded, and None for those that
            cannot be read or tested. It cannot be changed.
        mmap: read the path's file at places, as if it were mapped; where it is cut short meanwhile,
            `OSError` is raised.

    Attributes but `permissive` may be set while reading and hold from the next record on.

    Raises:
        OSError: the path cannot be opened.
        TypeError: `marc_target` is of another kind, or a file object in text mode; `encoding` is no
            name.
        ValueError: the file object or the reader is closed; there is no such mode or level; `mmap`
            is asked for and there is no path; `encoding` and `unimarc` contradict each other.
        LookupError: there is no such encoding.
        QueryError: the text of the filter cannot be taken.
    """

    # more than dictionaries share keys of: one would take half of what a reader takes
    __slots__ = (
        "_ahead _before _begin _block _chunk _closed _current_exception _encoding "
        "_file_encoding _flags _force_utf8 _forces_utf8 _found _hide_utf8_warnings _kind _level "
        "_lock _made _max_errors _next_offset _origin _over _path _program _ready "
        "_recovery_mode _seen _source _stop _strays _take _to_unicode _unimarc _utf8_handling "
        "_yielded"
    ).split()

    def __init__(
        self,
        marc_target: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        file_encoding: str = "iso8859-1",
        permissive: bool = False,
        *,
        recovery_mode: str | None = None,
        validation_level: str = STRUCTURAL,
        max_errors: int | None = None,
        encoding: str | None = None,
        unimarc: bool = False,
        where: str | Filter | None = None,
        mmap: bool = False,
    ) -> None:
        super().__init__()
        self._set_mode(recovery_mode, max_errors)
        self._set_level(validation_level)
        self._program = program = self._set_filter(where)
        check_encoding(encoding, unimarc)
        self._encoding = encoding
        self._unimarc = unimarc
        self._source: _bridge.Source | None = None
        self._ahead: FileAhead | Mapped | Fetched | None = None
        self._found: Found | None = None  # what is amiss in the block
        self._stop: tuple[int, int] | None = None  # where it is too much, and how much it is
        self._path: str | None = None
        self._lock = threading.RLock()
        self._to_unicode = to_unicode
        self._force_utf8 = force_utf8
        self._hide_utf8_warnings = hide_utf8_warnings
        self._utf8_handling = utf8_handling
        self._file_encoding = file_encoding
        self.permissive = permissive
        self._closed = self._over = False  # over: the source was read to its end
        self._current_exception: BaseException | None = None
        self._chunk: bytes | None = None  # of the record last yielded, where it is at hand
        self._yielded = 0  # from a file object
        self._ready: list[Record] = []  # to be yielded, the last first
        self._take: Callable[[], Any] = self._ready.pop
        self._block: _bridge.Block | None = None
        self._made = 0  # records of the block handed to _ready, or yielded
        self._before: int | None = 0  # records before the block; None after a seek
        self._begin = self._next_offset = 0  # behind the records before the block, and in it
        self.file_handle: Any = None
        if mmap and not isinstance(marc_target, str | os.PathLike):
            raise ValueError("mmap=True needs a path")
        if isinstance(marc_target, str | os.PathLike):
            path = os.fspath(marc_target)
            if mmap:
                from mrrc.read_ahead import Mapped

                self._ahead = Mapped(path, program)
                self._source = self._ahead.source(0)
            else:
                self._source = _bridge.Source(path, program=program)
            self._path = os.fsdecode(path)
            self._kind = "mmap" if mmap else "path"
        elif isinstance(marc_target, bytes | bytearray | memoryview):
            self._source = _bridge.Source(None, bytes(marc_target), program=program)
            self._kind = "bytes"
        elif isinstance(marc_target, _bridge.Source):  # whoever made it knows what it is
            self._source = marc_target
            if program is not None:
                marc_target.filter(program)
            self._path = None if marc_target.path is None else os.fsdecode(marc_target.path)
            self._kind = "source"
        elif callable(getattr(marc_target, "read", None)):
            self.file_handle = marc_target
            self._kind = "file"
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
        self._flags = self._flags_to_read()
        self._forces_utf8 = self._text().force_utf8
        self._origin = Origin(self._to_unicode, self._forces_utf8, source=self._path)
        if self._kind != "file":
            return
        if self._flags & READ_AHEAD or self._level != STRUCTURAL:
            if self._source is None:
                from mrrc.read_ahead import FileAhead

                self._ahead = FileAhead(self.file_handle, self._path, self._program)
                self._next_offset = self._ahead.start
                self._source = self._ahead.source(self._next_offset)
                self._before = self._yielded
            self._take = self._take_ahead
        else:
            if self._source is not None:
                self._yielded = self._before or 0
                self._source = self._ahead = None
            self._pack = _bridge.decoder(self._flags)
            self._take = self._read_one if self._where is None else self._read_matching

    def _change(self, name: str, value: Any) -> None:
        with self._lock:
            if getattr(self, name) == value:
                return
            # behind a fault there is no block, and the source is where it is to go on
            if self._block is not None:
                self._keep_chunk()
                index = self._made - len(self._withdraw())
                self._go_to(self._offset_of(index), index)
            setattr(self, name, value)
            self._set_up()

    def _go_to(self, offset: int, index: int, anew: bool = False) -> None:
        """Leave the block, of which so many records were yielded, and go on at an offset.

        Args:
            anew: what was read ahead does not count any more.
        """
        if self._ahead is None:
            cast(_bridge.Source, self._source).seek(offset)
        elif anew or self._kind == "mmap":
            self._source = self._ahead.source(offset)
        else:
            try:
                cast(_bridge.Source, self._source).seek(offset)
            except OSError:
                self._source = self._ahead.source(offset)
        self._leave_block(index, offset)
        self._forget_strays(offset)

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
            whole = offset == self._next_offset
            self._before += 0 if self._block is None else self._block.behind(index, whole)
        if self._found is not None:
            self._seen += self._found.count(index)
            self._found = None
        self._stop = None
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
            return self._next_of_block()

    def _take_ahead(self) -> Record | None:
        """Yield the next record of a file object that is read ahead."""
        with self._lock:
            ahead = cast("FileAhead", self._ahead)
            if ahead.moved():
                index = self._made - len(self._withdraw())
                self._go_to(ahead.start, index, anew=True)
                self._over = False
            try:
                return self._ready.pop() if self._ready else self._next_of_block()
            finally:
                ahead.leave(self._offset_of(self._index()))

    def _next_of_block(self) -> Record | None:
        while True:
            while self._block is None or self._made == len(self._block.ends):
                self._read_block()
            if self._where is None or self._block.is_plain(self._made):
                return self._from_block()
            record = self._from_block()  # C has not decoded it, and so not tested
            if self._passes(record):
                return record if self._current_exception is None else None

    def _is_over(self) -> bool:
        """Whether an error has ended the reading."""
        error = self._current_exception
        if self._recovery_mode in ("lenient", "permissive"):
            return type(error) is FatalReaderError
        return isinstance(error, FatalReaderError)

    def _read_block(self) -> None:
        """Read the next block."""
        if self._is_over():
            raise StopIteration
        if self._block is not None:
            if self._stop is not None:
                raise self._too_many(self._stop[1])
            # before the source moves on, which an error or a signal may keep it from finishing
            self._keep_chunk()
            self._leave_block(len(self._block.ends), self._next_offset)
        source = cast(_bridge.Source, self._source)
        if self._ahead is not None:
            self._ahead.used(self._next_offset)
        try:
            block = source.next(self._flags)
        except MrrcException as error:
            self._note_fault(source, error)
            raise
        self._block = block
        self._current_exception = None
        if block is None:
            self._chunk = b""
            self._over = True
            raise StopIteration
        self._chunk = None
        self._begin = self._next_offset
        if block.notes:
            self._take_notes(source, block)
        self._block = self._check_block(block)
        if block.met:
            self._next_offset = block.end
        self._origin = Origin(
            self._to_unicode,
            self._forces_utf8,
            source=self._path,
            first=None if self._before is None else self._before + 1,
            offsets=block.offsets,
            errors=None if self._found is None else self._found.records,
            numbers=block.numbers,
        )

    def _from_block(self) -> Record | None:
        block = cast(_bridge.Block, self._block)
        start, end = self._made, len(block.ends)
        if self._stop is not None:
            end, seen = self._stop
            if start >= end:
                raise self._too_many(seen)
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
        status = cast("list[int]", block.statuses)[index]
        if status == BROKEN:
            self._raise_broken(index)
        number = None if self._before is None else self._before + block.place(index) + 1
        if status == _bridge.RAW:
            return self._from_raw(block.chunk(index), index)
        if status == _bridge.QUERY_LIMIT:
            self._chunk = self._current_exception = None
            self._untested(self._path, number, block.offsets[index])
            return None
        if self._flags & _bridge.READ_LENIENT:
            found = self._found = self._found or Found(block, self._path, self._before)
            self._current_exception = found.reason(index, status)
            self._chunk = None
            return None
        self._chunk = chunk = block.chunk(index)
        record = self._decode(chunk, block.framing(index), number, block.offsets[index])
        return self._checked(record)

    # -- places --

    def _reached(self) -> int | None:
        return None if self._over else self._offset_of(self._index())

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
        """Return the offset behind so many records of the block."""
        block = self._block
        if block is None:
            return self._next_offset
        return block.offsets[index - 1] + block.lengths[index - 1] if index else self._begin

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
            if self._source is not None:
                self._go_to(offset, self._made - len(self._withdraw()), anew=True)
                if self._kind != "file":
                    self._before = 0 if offset == 0 else None
            self._over = False
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
        """What is read: ``path``, ``bytes``, ``file`` or ``mmap``."""
        return "file" if self._kind == "source" else self._kind

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
        """Return an iterator over the rest of the source as batches.

        A record that cannot be read is None in its batch, and the batch says why. Where the mode
        is strict, a fault raises after the batch of the records before it, and the next call goes
        on.

        Args:
            n: how many records a batch has; by default as many as were read at once.
        """
        return Batches(self, n)

    def _collect(self, records: list[Record | None]) -> bool:
        """Add what is ready to those of a batch, and return whether it is to end here."""
        if self._kind == "file":
            return len(records) == _BATCH
        records.extend(reversed(self._withdraw()))
        return self._block is None or self._made == len(self._block.ends)

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
                if self._ahead is not None:
                    self._ahead.close()

    def __enter__(self) -> MARCReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_kind", None) in ("path", "mmap") and not self._closed:
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
