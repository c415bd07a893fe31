# SPDX-License-Identifier: MIT
"""A reader for every format but ISO 2709, whose faults have rules of their own.

C reads batches with the GIL released; records are made of them as they are asked for. What is
good before a fault is delivered before it, and nothing is passed over in silence.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from mrrc import _bridge
from mrrc.batch import Batches, RecordBatch, make_records
from mrrc.exceptions import MrrcException
from mrrc.files import OpenedSource, SourceLike, open_source
from mrrc.formats import table
from mrrc.levels import STRUCTURAL, Leveled
from mrrc.matching import Matching
from mrrc.packed import Origin
from mrrc.reader import Reader
from mrrc.record import Record
from mrrc.recovery import Found, mode_flag

if TYPE_CHECKING:
    from mrrc.query import Filter

__all__ = ["FormatReader"]

#: Of a record that was passed over.
_NOTHING = _bridge.Block(b"", [], memoryview(b"").cast("Q"), memoryview(b"").cast("I"), None)


class FormatReader(Matching, Leveled, Reader):
    """An iterator over the records of a file of any format but ISO 2709.

    >>> from mrrc.formats.reader import FormatReader
    >>> text = b"=LDR  00000nam a2200000 a 4500\\n=245  10$aEmma\\n\\n"
    >>> [record.title for record in FormatReader(text, "mrk")]
    ['Emma']

    A record that cannot be read raises, after those before it; the next call goes on behind it,
    unless the source cannot be read on: then the iteration ends. What was read in spite of
    a flaw is among the record's `errors`, and gives a `RepairWarning` when the record is yielded.

    A `recovery_mode` has it otherwise. ``strict`` raises at flaws too. ``lenient`` yields None for
    a record that cannot be read, and `current_exception` says why; ``permissive`` passes it
    over, and `errors` says so. Neither of these two warns. The reader may be shared by threads:
    each record goes to exactly one of them.

    Args:
        source: a path, ``-`` for standard input, bytes, or a binary file object; compressed or not.
        format: the format's name; by default the suffix tells, or the content.
        encoding: the codec of the text; by default, and with ``detect``, UTF-8, and XML says it
            itself.
        namespace: of XML only elements of the format's own namespace count; by default an
            element's local name decides.
        own_reader: use mrrc's readers for the common shape of XML and JSON, and libxml2 and
            jansson for the rest; otherwise these two for all. The outcome is the same.
        recovery_mode: None, ``strict``, ``lenient`` or ``permissive``; it may be set while reading
            and holds from what is read next on.
        validation_level: ``structural``, or ``strict_marc``: what the rules of MARC 21 find is
            among the errors of the record, and raised if the mode is strict.
        max_errors: in lenient and permissive mode, how many errors are borne; one more raises
            `FatalReaderError`, and the iteration ends. None or 0: any number.

        where: a filter, or its text: only records that match are yielded.

    Attributes:
        format: the format's name.
        source: the path or the name of the file object; None for bytes.

    Raises:
        OSError: the path cannot be opened.
        ValueError: there is no such format, or nothing tells it.
        LookupError: there is no such encoding.
        TypeError: `source` is of another kind, or a file object in text mode.
        QueryError: the text of the filter cannot be taken.
    """

    def __init__(
        self,
        source: SourceLike | OpenedSource,
        format: str | None = None,
        encoding: str | None = None,
        *,
        namespace: bool = False,
        own_reader: bool = True,
        recovery_mode: str | None = None,
        validation_level: str = STRUCTURAL,
        max_errors: int | None = None,
        where: str | Filter | None = None,
    ) -> None:
        super().__init__()
        self._closed = True
        self._set_mode(recovery_mode, max_errors)
        self._set_level(validation_level)
        program = self._set_filter(where)
        self._opened = opened = source if isinstance(source, OpenedSource) else open_source(source)
        try:
            self.format = table.reading(opened, format)
            if self.format == "marc":
                raise ValueError("ISO 2709 is read by MARCReader, or by mrrc.read()")
            self._source = opened.source(self.format, None if encoding == "detect" else encoding)
            if program is not None:
                self._source.filter(program)
        except BaseException:
            opened.close()
            raise
        self.source = opened.name
        self._flags = (_bridge.READ_NAMESPACE if namespace else 0) | (
            0 if own_reader else _bridge.READ_LIBRARY
        )
        self._lock = threading.RLock()
        self._ready: list[Record] = []  # to be yielded, the last first
        self._take: Callable[[], Record | None] = self._ready.pop
        self._block: _bridge.Block | None = None
        self._made = 0  # records of the block handed to _ready, or yielded
        self._before = 0  # records before the block
        self._yielded = 0  # records of the blocks before
        self._faults = 0  # of those, and of the block, that are None, or were passed over
        self._found: Found | None = None  # what is amiss in the block
        self._stop: tuple[int, int] | None = None  # where it is too much, and how much it is
        self._told: set[int] = set()  # the records of the block whose flaws were told
        self._current_exception: BaseException | None = None
        self._origin = Origin(source=self.source)
        self._ended = False
        self._closed = False

    def __iter__(self) -> Iterator[Record | None]:
        return self

    def __next__(self) -> Record | None:
        try:
            return self._take()
        except IndexError:
            pass
        return self._next_run()  # out there, so that a fault's traceback does not begin here

    def _next_run(self) -> Record | None:
        """Yield the record behind those that are ready, and make more ready."""
        with self._lock:
            try:
                return self._ready.pop()  # another thread has been here
            except IndexError:
                pass
            if self._closed:
                raise ValueError("I/O operation on closed file.")
            while True:
                while self._block is None or self._made == len(self._block.ends):
                    if self._read_block() is None:
                        return None
                record = self._from_block(self._block)
                if record is not None or self._current_exception is not None:
                    return record

    def _leave_block(self) -> None:
        if self._block is not None:
            if self._stop is not None:
                self._too_many(self._stop[1])
            self._before += self._block.met
            self._yielded += len(self._block.ends)
            if self._found is not None:
                self._seen += self._found.count(len(self._block.ends))
            self._block = None
        self._made = 0
        self._found = None
        self._told.clear()

    def _read_block(self) -> _bridge.Block | None:
        """Read the next block; None where a record that cannot be read is to be yielded so."""
        self._leave_block()
        if self._ended:
            raise StopIteration
        self._current_exception = None
        try:
            block = self._source.next(self._flags | mode_flag(self._recovery_mode))
        except MrrcException as error:
            self._ended = error is self._opened.failure
            if error.record_index is not None:
                self._before = max(error.record_index, self._before)
            self._current_exception = error
            if self._recovery_mode in (None, "strict"):
                raise
            return self._pass_over(error)
        except (OSError, EOFError) as error:
            self._ended = error is self._opened.failure
            raise
        if block is None:
            self._ended = True
            raise StopIteration
        before = self._before
        errors = self._rule_errors(
            block.block,
            block.ends,
            block.statuses,
            lambda index: (self.source, before + block.place(index) + 1, block.offsets[index]),
        )
        if block.notes or block.faults or errors:
            self._found = Found(block, self.source, before, self._source)
            self._found.add(errors)
            if self._cap:
                self._stop = self._found.limit(self._seen + len(self._strays), self._cap)
            self._strays += self._found.strays
        self._origin = Origin(
            source=self.source,
            first=self._before + 1,
            offsets=block.offsets,
            errors=None if self._found is None else self._found.records,
            numbers=block.numbers,
        )
        self._block = block
        return block

    def _pass_over(self, error: MrrcException) -> _bridge.Block | None:
        """Note why there is no record, and return None where that is to be yielded."""
        if self._recovery_mode == "lenient":
            self._seen += 1
        else:
            self._strays.append(error)
        seen = self._seen + len(self._strays)
        if self._cap and seen > self._cap:
            self._too_many(seen)
        if self._recovery_mode == "lenient":
            return None
        self._current_exception = None
        return _NOTHING

    def _too_many(self, seen: int) -> None:
        """Raise the error that ends the reading, after so many others."""
        self._ended = True
        number = self._number_of(self._made)
        self._block = self._stop = None  # the rest of it does not come
        self._current_exception = error = self._give_up(seen, number, self.source)
        raise error

    def _number_of(self, index: int) -> int:
        """Return the number in the source of a record of the block."""
        return self._before + (0 if self._block is None else self._block.place(index)) + 1

    def _from_block(self, block: _bridge.Block) -> Record | None:
        """Make the records up to the next one that is to be told of, and yield the first."""
        start, end = self._made, len(block.ends)
        if self._stop is not None:
            end, seen = self._stop
            if start >= end:
                self._too_many(seen)
        self._current_exception = None
        if self._found is not None and self._recovery_mode in (None, "strict"):
            errors = self._found.records
            if start in errors and start not in self._told:
                self._tell(start, self._found)
            end = min((i for i in errors if i > start), default=end)
        if block.statuses is not None:
            if not block.is_plain(start):
                self._note_missing(block, start)
                return None
            end = next((i for i in range(start, end) if not block.is_plain(i)), end)
        records = make_records(block, start, end, self._origin, raw=False)
        records.reverse()
        record = records.pop()
        self._made = end
        # in one step, since other threads take from the list without the lock
        self._ready.extend(records)
        return record

    def _note_missing(self, block: _bridge.Block, index: int) -> None:
        """Note why there is no record in a place of the block."""
        status = _bridge.OK if block.statuses is None else block.statuses[index]
        self._faults += 1
        self._made = index + 1
        if status == _bridge.QUERY_LIMIT:
            self._untested(self.source, self._number_of(index), block.offsets[index])
            if self._recovery_mode is None and self._current_exception is not None:
                raise self._current_exception
            return
        found = self._found = self._found or Found(block, self.source, self._before)
        self._current_exception = found.reason(index, status)

    def _tell(self, index: int, found: Found) -> None:
        """Warn of a record's flaws, or raise the first.

        Where warnings are errors, the record comes at the next call.
        """
        if self._recovery_mode == "strict":
            self._current_exception = error = found.records[index][0]
            self._made = index + 1
            self._faults += 1
            raise error
        self._told.add(index)
        for note in found.notes.get(index, ()):
            _bridge.warn_of(note, self.source, self._number_of(index))

    def _reached(self) -> int | None:
        block = self._block
        if block is None or not block.ends:
            return None
        index = self._made - len(self._ready)
        if index < len(block.ends):
            return block.offsets[index]
        return None if self._ended else block.offsets[-1] + block.lengths[-1]

    def _errors_of_none(self) -> list[Exception]:
        of_block = None if self._found is None else self._found.records.get(self._made - 1)
        return list(of_block) if of_block else super()._errors_of_none()

    def _withdraw(self) -> list[Record]:
        """Take back what is ready, in one step for threads that take without the lock."""
        ready = self._ready
        self._ready = []
        self._take = self._ready.pop
        return ready

    @property
    def records_read(self) -> int:
        """How many records were yielded."""
        with self._lock:
            return self._yielded + self._made - len(self._ready) - self._faults

    @property
    def current_exception(self) -> BaseException | None:
        """Why the record last yielded is None; None where it is a record."""
        return self._current_exception

    def read_record(self) -> Record | None:
        """Return the next record; None at the end only.

        Raises:
            MrrcException: the next record cannot be read, and the mode does not pass it over; the
                next call goes on behind it.
        """
        with self._lock:
            for record in self:
                if record is None:
                    raise cast(BaseException, self._current_exception)
                return record
            return None

    def batches(self, n: int | None = None) -> Iterator[RecordBatch]:
        """Return an iterator over the rest of the source as batches.

        A fault raises after the batch of the records before it, and the next call goes on. In
        lenient mode a record that cannot be read is None in its batch, and the batch says why.

        Args:
            n: how many records a batch has; by default as many as were read at once.
        """
        return Batches(self, n)

    def _collect(self, records: list[Record | None]) -> bool:
        """Add what is ready to those of a batch, and return whether the block is over."""
        records.extend(reversed(self._withdraw()))
        return self._block is None or self._made == len(self._block.ends)

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    def close(self) -> None:
        """Close the source: the path's descriptor, or the file object; not standard input."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._withdraw()
            self._block = None
            try:
                self._source.close()
            finally:
                self._opened.close(given=True)

    def __enter__(self) -> FormatReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True) and self._opened.kind == "path":
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
            self.close()
