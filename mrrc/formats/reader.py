# SPDX-License-Identifier: MIT
"""A reader for every format but ISO 2709, whose faults have rules of their own.

C reads batches with the GIL released; records are made of them as they are asked for. What is
good before a fault is delivered before it, and nothing is passed over in silence.
"""

from __future__ import annotations

import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator

from mrrc import _bridge
from mrrc.batch import RecordBatch, make_records
from mrrc.exceptions import MrrcException
from mrrc.files import OpenedSource, SourceLike, open_source
from mrrc.formats import table
from mrrc.packed import Origin
from mrrc.reader import Reader
from mrrc.record import Record

__all__ = ["FormatReader"]


class FormatReader(Reader):
    """An iterator over the records of a file of any format but ISO 2709.

    >>> from mrrc.formats.reader import FormatReader
    >>> text = b"=LDR  00000nam a2200000 a 4500\\n=245  10$aEmma\\n\\n"
    >>> [record.title for record in FormatReader(text, "mrk")]
    ['Emma']

    A record that cannot be read raises, after those before it; the next call goes on behind it,
    unless the source cannot be read on: then the iteration ends. What was read in spite of
    a flaw gives a `RepairWarning` when its record is yielded. The reader may be shared by
    threads: each record goes to exactly one of them.

    Args:
        source: a path, ``-`` for standard input, bytes, or a binary file object; compressed or not.
        format: the format's name; by default the suffix tells, or the content.
        encoding: the codec of the text; by default UTF-8, and XML says it itself.
        namespace: of XML only elements of the format's own namespace count; by default an
            element's local name decides.
        own_reader: use mrrc's readers for the common shape of XML and JSON, and libxml2 and
            jansson for the rest; otherwise these two for all. The outcome is the same.

    Attributes:
        format: the format's name.
        source: the path or the name of the file object; None for bytes.

    Raises:
        OSError: the path cannot be opened.
        ValueError: there is no such format, or nothing tells it.
        LookupError: there is no such encoding.
        TypeError: `source` is of another kind, or a file object in text mode.
    """

    def __init__(
        self,
        source: SourceLike | OpenedSource,
        format: str | None = None,
        encoding: str | None = None,
        *,
        namespace: bool = False,
        own_reader: bool = True,
    ) -> None:
        super().__init__()
        self._closed = True
        self._opened = opened = source if isinstance(source, OpenedSource) else open_source(source)
        try:
            self.format = table.reading(opened, format)
            if self.format == "marc":
                raise ValueError("ISO 2709 is read by MARCReader, or by mrrc.read()")
            self._source = opened.source(self.format, encoding)
        except BaseException:
            opened.close()
            raise
        self.source = opened.name
        self._flags = (_bridge.READ_NAMESPACE if namespace else 0) | (
            0 if own_reader else _bridge.READ_LIBRARY
        )
        self._lock = threading.RLock()
        self._ready: list[Record] = []  # to be yielded, the last first
        self._take: Callable[[], Record] = self._ready.pop
        self._block: _bridge.Block | None = None
        self._made = 0  # records of the block handed to _ready, or yielded
        self._before = 0  # records before the block
        self._faults = 0  # records that could not be read
        self._notes: dict[int, list[_bridge.Note]] = {}  # by record of the block
        self._origin = Origin(source=self.source)
        self._ended = False
        self._closed = False

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        try:
            return self._take()
        except IndexError:
            pass
        return self._next_run()  # out there, so that a fault's traceback does not begin here

    def _next_run(self) -> Record:
        """Yield the record behind those that are ready, and make more ready."""
        with self._lock:
            try:
                return self._ready.pop()  # another thread has been here
            except IndexError:
                pass
            if self._closed:
                raise ValueError("I/O operation on closed file.")
            if self._block is None or self._made == len(self._block.ends):
                self._block = self._read_block()
            return self._from_block(self._block)

    def _read_block(self) -> _bridge.Block:
        if self._block is not None:
            self._before += len(self._block.ends)
            self._block = None
        self._made = 0
        self._notes = {}
        if self._ended:
            raise StopIteration
        try:
            block = self._source.next(self._flags)
        except MrrcException as error:
            self._ended = error is self._opened.failure
            if error.record_index is not None:
                self._faults += 1
                self._before = max(error.record_index, self._before)
            raise
        except (OSError, EOFError) as error:
            self._ended = error is self._opened.failure
            raise
        if block is None:
            self._ended = True
            raise StopIteration
        if block.notes:
            notes = defaultdict(list)
            for note in block.notes:
                notes[note.record].append(note)
            self._notes = notes
        self._origin = Origin(source=self.source, first=self._before + 1, offsets=block.offsets)
        return block

    def _from_block(self, block: _bridge.Block) -> Record:
        """Make the records up to the next one with notes, and yield the first."""
        start = self._made
        for note in self._notes.pop(start, ()):
            # where warnings are errors, the record comes at the next call
            _bridge.warn_of(note, self.source, self._before + start + 1)
        end = min(self._notes) if self._notes else len(block.ends)
        records = make_records(block, start, end, self._origin, raw=False)
        records.reverse()
        record = records.pop()
        self._made = end
        # in one step, since other threads take from the list without the lock
        self._ready.extend(records)
        return record

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
            return self._before + self._made - len(self._ready) - self._faults

    def read_record(self) -> Record | None:
        """Return the next record; None at the end only."""
        return next(self, None)

    def batches(self, n: int | None = None) -> Iterator[RecordBatch]:
        """Return an iterator over the rest of the source as batches.

        A fault raises after the batch of the records before it, and the next call goes on.

        Args:
            n: how many records a batch has; by default as many as were read at once.
        """
        if n is not None and n < 1:
            raise ValueError(f"a batch has at least one record, not {n}")
        return _Batches(self, n)

    def _batch(self, n: int | None) -> tuple[list[Record], Exception | None]:
        """Return the records of the next batch, and why there are not more."""
        records: list[Record] = []
        with self._lock:
            while n is None or len(records) < n:
                try:
                    records.append(next(self))
                except StopIteration:
                    break
                except Exception as error:
                    return records, error
                if n is None:
                    records.extend(reversed(self._withdraw()))
                    if self._block is None or self._made == len(self._block.ends):
                        break
        return records, None

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


class _Batches:
    """What `FormatReader.batches` returns: no generator, since those end where they raise."""

    def __init__(self, reader: FormatReader, n: int | None) -> None:
        self._reader = reader
        self._n = n
        self._error: Exception | None = None

    def __iter__(self) -> _Batches:
        return self

    def __next__(self) -> RecordBatch:
        error, self._error = self._error, None
        records: list[Record] = []
        if error is None:
            records, error = self._reader._batch(self._n)
            if records:
                self._error = error
                return RecordBatch(records)
        if error is not None:
            raise error
        raise StopIteration
