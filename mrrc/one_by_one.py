# SPDX-License-Identifier: MIT
"""Records taken one by one: those of a file object, and those that C has not decoded.

Of a file object no byte is asked for that belongs to the next record. What cannot be decoded is
noted as the reader's exception. Blocks, and where in them the reader is, are `reader`'s affair.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, cast

from mrrc import _bridge
from mrrc.batch import decode_chunk
from mrrc.constants import END_OF_RECORD
from mrrc.exceptions import (
    EndOfRecordNotFound,
    FatalReaderError,
    MrrcException,
    QueryLimitError,
    RecordLengthInvalid,
    TruncatedRecord,
)
from mrrc.levels import Leveled
from mrrc.matching import Matching
from mrrc.packed import Origin, RawPacked
from mrrc.reader_arguments import ReaderArguments
from mrrc.record import Record

__all__ = ["OneByOne"]

_new_record = Record.__new__

_LENGTH_SIZE = 5
_TERMINATOR = ord(END_OF_RECORD)


class OneByOne(Matching, Leveled, ReaderArguments):
    """The part of `MARCReader` that takes single records."""

    #: The class of what is read; the readers of some kind of record have another.
    _class: type[Record] = Record

    file_handle: Any
    _path: str | None
    _source: _bridge.Source | None  # None for a file object
    _lock: RLock
    _origin: Origin
    _pack: Callable[[bytes], bytes | None]  # of an ordinary record
    _current_exception: BaseException | None
    _chunk: bytes | None  # of the record last yielded, where it is at hand
    _yielded: int  # from a file object

    def _decode(
        self,
        chunk: bytes,
        framing: type[FatalReaderError] | None,
        number: int | None,
        offset: int | None,
    ) -> Record | None:
        """Decode a record by pymarc's rules, or note why it is none."""
        self._current_exception = None
        around = None if self._source is None else self._source.near
        if offset is None:
            offset = self._file_offset(chunk)
        try:
            return decode_chunk(
                chunk, framing, self._path, number, offset, self._class, around, **self._how()
            )
        except Exception as error:
            self._current_exception = error
            return None

    def _from_raw(self, packed: bytes, index: int) -> Record:
        """Make the record of a place in the block whose text C has left as it stands."""
        self._chunk = self._current_exception = None
        from mrrc.raw_text import decode_raw, located

        packed, flaws = decode_raw(packed, self._text().file_encoding)
        origin = self._origin
        place = (
            self._path,
            origin.number(index),
            None if origin.offsets is None else origin.offsets[index],
        )
        errors: list[MrrcException] = [*flaws]
        for error in errors:
            error.source, error.record_index, _ = place
        located(flaws, place[2], None if self._source is None else self._source.bytes_at)
        errors += self._rule_errors(packed, [len(packed)], None, lambda _: place).get(0, ())
        if errors and self._recovery_mode == "strict":
            self._current_exception = errors[0]
            raise errors[0]
        if errors and (self._where is None or self._where.may_match(packed)):
            self._seen += len(errors)
            seen = self._seen + len(self._strays)
            if self._cap and seen > self._cap:
                raise self._too_many(seen)
            self._find_limit()
            known = origin.errors or {}
            origin = origin.replaced(errors={**known, index: [*known.get(index, ()), *errors]})
        record = _new_record(self._class)
        record._packed = packed
        record._fields = None
        record._leader = None
        record._origin = origin
        record._number = index
        return record

    def _find_limit(self) -> None:
        """Find the place in the block where errors become more than are borne."""
        raise NotImplementedError

    def _too_many(self, seen: int) -> FatalReaderError:
        """Make the error that ends the reading, after so many others."""
        raise NotImplementedError

    def _fill(self, data: Any, size: int) -> bytes:
        """Return what a file object gave as bytes, with what it takes to make it so many.

        A raw file or a pipe may give less than it is asked for before its end.
        """
        if isinstance(data, str):
            raise TypeError("the file is in text mode: open it with mode 'rb'")
        filled = b""
        while data:
            filled += data
            if len(filled) >= size:
                break
            data = self.file_handle.read(size - len(filled))
        if data is None:
            raise BlockingIOError("the file has no data ready, and a record needs all of its own")
        return filled

    def _file_offset(self, chunk: bytes) -> int | None:
        """Return where in a file object a record began that was just read, if the object knows."""
        try:
            return cast(int, self.file_handle.tell()) - len(chunk)
        except (AttributeError, OSError, TypeError, ValueError):
            return None

    def _read_one(self) -> Record | None:
        """Read one record from a file object, as far as its length says."""
        with self._lock:
            if self._current_exception is not None:
                if isinstance(self._current_exception, FatalReaderError):
                    raise StopIteration
                self._current_exception = None
            read = self.file_handle.read
            chunk = read(_LENGTH_SIZE)
            rest = None
            # what a record nearly always is, tested in as few steps as can be
            if chunk.__class__ is bytes and len(chunk) == _LENGTH_SIZE:
                try:
                    length = int(chunk) - _LENGTH_SIZE
                except ValueError:
                    length = 0
                if length > 0:
                    rest = read(length)
                    if rest.__class__ is bytes and len(rest) == length and rest[-1] == _TERMINATOR:
                        self._chunk = chunk = chunk + rest
                        self._yielded += 1
                        packed = self._pack(chunk)
                        if packed is None:
                            return self._decode(chunk, None, self._yielded, None)
                        record = _new_record(self._class)
                        record._packed = packed if self._to_unicode else RawPacked(packed)
                        record._fields = None
                        record._leader = None
                        record._origin = self._origin
                        record._number = 0
                        return record
            return self._read_with_care(chunk, rest)

    def _read_matching(self) -> Record | None:
        """Read from a file object up to a record that matches."""
        with self._lock:
            while True:
                record = self._read_one()
                if record is not None and record._place()[1] is None:
                    # of those passed over nobody else knows
                    record._origin = record._origin.replaced(first=self._yielded)
                if self._passes(record):
                    error = self._current_exception
                    if isinstance(error, QueryLimitError) and error.byte_offset is None:
                        error.byte_offset = self._file_offset(self._chunk or b"")
                    return record if error is None else None

    def _read_with_care(self, chunk: Any, rest: Any) -> Record | None:
        """Go on with what was read for a record, whatever it is; `rest` may not be read yet."""
        self._chunk = None
        self._chunk = chunk = self._fill(chunk, _LENGTH_SIZE)
        if not chunk:
            raise StopIteration
        number = self._yielded = self._yielded + 1
        if len(chunk) < _LENGTH_SIZE:
            return self._decode(chunk, TruncatedRecord, number, None)
        try:
            length = int(chunk)
        except ValueError:
            length = 0
        if length < _LENGTH_SIZE:
            return self._decode(chunk, RecordLengthInvalid, number, None)
        if length > _LENGTH_SIZE:
            if rest is None:
                rest = self.file_handle.read(length - _LENGTH_SIZE)
            self._chunk = chunk = chunk + self._fill(rest, length - _LENGTH_SIZE)
        if len(chunk) < length:
            return self._decode(chunk, TruncatedRecord, number, None)
        if chunk[-1] != _TERMINATOR:
            return self._decode(chunk, EndOfRecordNotFound, number, None)
        return self._decode(chunk, None, number, None)
