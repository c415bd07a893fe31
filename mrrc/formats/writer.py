# SPDX-License-Identifier: MIT
"""A writer for every format: records are gathered, and encoded many at a time by C.

A record that cannot be written is an error that names it, and nothing of it is in the target.
Records out of the ordinary are `odd`'s affair, bytes on their way to a file that of `files`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, groupby
from typing import Any

from mrrc import _bridge
from mrrc.batch import RecordBatch
from mrrc.exceptions import MrrcException, NoActiveFile, WriteNeedsRecord
from mrrc.files import TargetLike, open_target
from mrrc.formats import table
from mrrc.formats.odd import Encoded, fit
from mrrc.packed import RawPacked
from mrrc.record import Record
from mrrc.writer import Writer

__all__ = ["FormatWriter", "encoder_of", "write_flags"]

#: So many records, or bytes of them, are gathered before they are encoded.
_RECORDS = 1000
_BYTES = 1 << 20

_TABLES = ("csv", "tsv")


def write_flags(
    format: str, encoding: str | None = None, unmapped: str = "ncr", formulas: bool = False
) -> int:
    """Return what C is told of how a format is to be written.

    Args:
        format: its name.
        encoding: ``utf-8``, or for ISO 2709 ``marc-8``.
        unmapped: what becomes of a character that MARC-8 lacks: ``ncr``, a numeric character
            reference; ``replace``, a question mark; ``raise``, an error.
        formulas: leave cells of a table as they are that a spreadsheet would run.

    Raises:
        ValueError: an encoding that the format is not written in, or another way of `unmapped`.
    """
    if unmapped not in _bridge.UNMAPPED:
        raise ValueError(f"unmapped is 'ncr', 'replace' or 'raise', not {unmapped!r}")
    flags = _bridge.WRITE_FORMULAS if formulas and format in _TABLES else 0
    name = "utf-8" if encoding is None else encoding.lower().replace("_", "-")
    if name in ("utf-8", "utf8"):
        return flags | (_bridge.WRITE_UTF8 if format == "marc" else 0)
    if name in ("marc-8", "marc8") and format == "marc":
        return _bridge.WRITE_MARC8 | _bridge.UNMAPPED[unmapped]
    possible = "'utf-8' or 'marc-8'" if format == "marc" else "'utf-8'"
    raise ValueError(f"format {format!r} is written in {possible}, not {encoding!r}")


def encoder_of(format: str, flags: int, columns: Iterable[str] | None = None) -> _bridge.Encoder:
    """Return what encodes a file of a format.

    Args:
        format: its name.
        flags: of `write_flags`.
        columns: for CSV and TSV the selectors of a table of a row a record.

    Raises:
        ValueError: the format has no columns, or a selector is none.
        TypeError: `columns` is one text.
    """
    if isinstance(columns, str):
        raise TypeError("columns is a list of selectors, not one str")
    if columns is not None and format not in _TABLES:
        raise ValueError(f"columns are for 'csv' and 'tsv', not for {format!r}")
    return _bridge.Encoder(_bridge.find_format(format), flags, columns)


class _Refused(bytes):
    """A record of which nothing is to be written; it stands there to be counted."""

    __slots__ = ()


def _control_number(packed: bytes) -> str | None:
    found = packed.partition(b"\x1e001")
    return found[2].partition(b"\x1e")[0].decode("utf-8", "replace") if found[1] else None


class FormatWriter(Writer):
    """A writer of a file of any format.

    >>> import io
    >>> from mrrc import Field, Record
    >>> from mrrc.formats.writer import FormatWriter
    >>> memory = io.BytesIO()
    >>> with FormatWriter(memory, "mrk") as writer:
    ...     writer.write(Record(fields=[Field("001", data="1")]))
    >>> memory.getvalue()
    b'=LDR            22        4500\\n=001  1\\n\\n'

    Records are gathered, so an error of one may come with a later one, or from `close()`; it
    names the record, and the others are written. `flush()` brings it at once. A `with` that is
    left by an error leaves a path as it was before.

    Args:
        target: a path, whose suffix ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` says how it is to be
            compressed; ``-`` for standard output; or a binary file object, which stays open.
        format: the format's name; by default the suffix tells.
        encoding: ``utf-8``, or for ISO 2709 ``marc-8``.
        columns: for CSV and TSV the selectors of a table of a row a record (``245$a``,
            ``008/35-37``); by default there is a row for each value.
        atomic: put a path's file in place when all is written, not before.
        unmapped: what becomes of a character that MARC-8 lacks: ``ncr``, ``replace``, ``raise``.
        formulas: leave cells of a table as they are that a spreadsheet would run.

    Attributes:
        format: the format's name.
        records_written: how many records are encoded.

    Raises:
        OSError: the path cannot be written.
        ValueError: there is no such format, encoding or selector, or nothing tells the format.
    """

    def __init__(
        self,
        target: TargetLike,
        format: str | None = None,
        encoding: str | None = None,
        *,
        columns: Iterable[str] | None = None,
        atomic: bool = True,
        unmapped: str = "ncr",
        formulas: bool = False,
    ) -> None:
        self.format = table.writing(target, format)
        self._flags = write_flags(self.format, encoding, unmapped, formulas)
        #: whether ISO 2709 is written as each record says it was read
        self._by_record = self.format == "marc" and self._flags == _bridge.WRITE_UTF8
        self._encoder = encoder_of(self.format, self._flags, columns)
        self._undecoding: _bridge.Encoder | None = None  # of records that nobody has decoded
        self.records_written = 0
        self._undecoded = 0  # of them
        self._given = 0  # records that left _parts
        self._parts: list[bytes] = []  # packed, RawPacked, Encoded or _Refused
        self._alike = True  # whether all of them are just packed
        self._size = 0
        self._target = open_target(target, atomic)
        self.file_handle = self._target
        self._name = self._target.name
        self._begun = False

    def write(self, record: Record) -> None:
        """Write a record, as it is now.

        Raises:
            WriteNeedsRecord: `record` is no `Record`.
            WriterError: the format cannot hold this record, or one before it; it is named.
            NoActiveFile: the writer is closed.
            OSError: the target cannot take it.
        """
        if not isinstance(record, Record):
            raise WriteNeedsRecord(record_index=self._given + len(self._parts) + 1)
        if self.file_handle is None:
            raise NoActiveFile
        packed = record._untouched()
        if packed is None or (self._by_record and not record._origin.to_unicode):
            try:
                packed = self._fit(record)
            except MrrcException as error:
                self._parts.append(_Refused())
                self._alike = False
                number = self._given + len(self._parts)
                raise self._named_record(error, number, record.control_field("001")) from None
            if packed.__class__ is not bytes:
                self._alike = False
        self._parts.append(packed)
        self._size += len(packed)
        if self._size >= _BYTES or len(self._parts) >= _RECORDS:
            self.flush()

    def _fit(self, record: Record) -> bytes:
        """Return a record as it is to be gathered."""
        fitting, said = fit(record, self.format, self._flags)
        for warning in said:
            warning.record_index = self._given + len(self._parts) + 1
            _bridge.warn(warning)
        return fitting

    @staticmethod
    def _named_record(error: Any, number: int, control_number: Any) -> Any:
        """Say in an error which record it is about."""
        if isinstance(control_number, bytes):  # of a record that nobody has decoded
            control_number = control_number.decode("utf-8", "replace")
        error.record_index = number
        error.record_control_number = control_number
        return error

    def _begin(self) -> None:
        if not self._begun:
            self._target.write(self._encoder.begin())
            self._begun = True

    def flush(self) -> None:
        """Encode what is gathered, and give it to the target.

        Raises:
            WriterError: the format cannot hold a record; it is named and left out, and
                those behind it stay gathered.
            OSError: the target cannot take it.
        """
        if self.file_handle is None:
            raise NoActiveFile
        self._begin()
        while self._parts:
            parts = self._parts
            kind = parts[0].__class__
            if not self._alike:
                parts = next(list(run) for _, run in groupby(parts, key=type))
            if kind is Encoded:
                self._put_encoded(parts)
            elif kind is _Refused:
                self._leave(len(parts))
            else:
                self._encode(parts, self._encoder_of(kind))
        self._alike = True

    def _encoder_of(self, kind: type) -> _bridge.Encoder:
        if kind is not RawPacked:
            return self._encoder
        if self._undecoding is None:
            self._undecoding = encoder_of(self.format, 0)
        return self._undecoding

    def _leave(self, number: int) -> None:
        """Forget so many of those gathered."""
        self._given += number
        self._size -= sum(map(len, self._parts[:number]))
        del self._parts[:number]

    def _put_encoded(self, parts: list[bytes]) -> None:
        for part in parts:
            self._leave(1)
            self._target.write(self._encoder.beside() + part)
            self.records_written += 1

    def _encode(self, parts: list[bytes], encoder: _bridge.Encoder) -> None:
        first = self._given
        counted = self._undecoded  # by this encoder
        if encoder is self._encoder:
            counted = self.records_written - counted
        data, done, error = encoder.records(b"".join(parts), accumulate(map(len, parts)))
        failed = b"" if error is None else parts[done]
        self._leave(done if error is None else done + 1)
        self._target.write(data)
        self.records_written += done
        if encoder is not self._encoder:
            self._undecoded += done
        for note in encoder.notes():
            _bridge.warn_of(note, self._name, first + note.record - counted + 1)
        if error is not None:
            raise self._named_record(error, first + done + 1, _control_number(failed))

    def close(self, close_fh: bool = True) -> None:
        """Write what is gathered and what ends the file, and put it in place.

        A file object is flushed and stays open.

        Args:
            close_fh: taken for the sake of the other writers.

        Raises:
            WriterError: a record cannot be written; a path to be replaced is as it was.
            OSError: what was written did not reach the target.
        """
        if self.file_handle is None:
            return
        try:
            while self._parts:
                self.flush()
            self._begin()
            self._target.write(self._encoder.end())
        except BaseException:
            self.discard()
            raise
        self.file_handle = None
        self._target.close()

    def discard(self) -> None:
        """Give up: a path that was to be replaced stays as it was."""
        self.file_handle = None
        self._parts = []
        self._target.discard()

    def __enter__(self) -> FormatWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        if exception and exception[0] is not None:
            self.discard()
        else:
            self.close()


def write_all(
    records: Iterable[Record | None] | Iterable[RecordBatch], writer: FormatWriter
) -> int:
    """Write records or batches of them, close the writer, and return how many there were."""
    with writer:
        write = writer.write
        for each in records:
            if isinstance(each, RecordBatch):
                for record in each:
                    write(record)  # type: ignore[arg-type]
            else:
                write(each)  # type: ignore[arg-type]
    return writer.records_written
