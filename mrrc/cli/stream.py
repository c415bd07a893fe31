# SPDX-License-Identifier: MIT
"""Records from several files as one sequence, and records into a file, without the bad ones.

Bad records are named on both sides by their place in the source. How a format is read or
written is the affair of `mrrc.read` and `FormatWriter`.
"""

from __future__ import annotations

import argparse
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from mrrc.cli.arguments import check_standard_input, files_of, recovery_of
from mrrc.cli.lists import lists_of
from mrrc.cli.messages import Messages, status_of
from mrrc.exceptions import MrrcException
from mrrc.formats.reader import FormatReader
from mrrc.formats.writer import FormatWriter
from mrrc.front import read
from mrrc.reader import MARCReader
from mrrc.record import Record

__all__ = ["Output", "Stream", "Writer", "writer_for"]

#: The progress is looked at when a number of records ends in so many zero bits.
_STEP = 0x3FF

_AnyReader = MARCReader | FormatReader


def _next(reader: _AnyReader) -> tuple[Record | None, BaseException | None]:
    """Return the next record of a reader, or why there is none; no reason at the end.

    Raises:
        OSError: the source cannot be read.
    """
    try:
        record = next(reader)
    except StopIteration:
        return None, None
    except MrrcException as error:
        return None, error
    return record, reader.current_exception if record is None else None


class Stream:
    """The records of the files that a command was given, one file after the other.

    A file that cannot be used is told of and passed over, as other programs do it.

    Args:
        arguments: what was parsed; see `takes_files`.
        messages: takes what is to be said.

    Attributes:
        given: how many records were handed out.
        reader: what reads the file that the last of them is from.

    Raises:
        ValueError: there is nothing to read, or a list cannot be taken.
        OSError: a list cannot be read.
    """

    def __init__(self, arguments: argparse.Namespace, messages: Messages) -> None:
        self.given = 0
        self._choice = lists_of(arguments)
        self._source_format: str | None = arguments.source_format
        self._encoding: str | None = arguments.encoding
        self._mode = recovery_of(arguments)
        # what is no option of the readers' own is left to their defaults
        self._options: dict[str, Any] = {"recovery_mode": self._mode, "where": arguments.where}
        level = arguments.validation_level
        if level != "structural":
            self._options["validation_level"] = level
        # without a mode readers warn of what is amiss in a record, but not of what rules find
        self._tells = self._mode is not None or level != "structural"
        self._jobs: int = arguments.jobs
        self._strict: bool = arguments.strict
        self._skip: int = arguments.skip
        self._left: int | None = arguments.limit
        self._messages = messages
        messages.ends_at_fatal = self._mode in (None, "strict")
        self._readers = self._opened(files_of(arguments.files))
        self._first: tuple[str, _AnyReader] | None = None
        self.reader: _AnyReader | None = None
        # from which record on handed out the numbers in which file run alike, and from which
        self._starts: list[int] = []
        self._places: list[tuple[str, int]] = []
        messages.finally_do(self.close)

    def _opened(self, files: list[str]) -> Iterator[tuple[str, _AnyReader]]:
        for name in files:
            try:
                check_standard_input(name)
                reader = read(name, self._source_format, self._encoding, **self._options)
                self._share(reader)
            except Exception as error:
                if status_of(error) is None:
                    raise
                self._messages.trouble(error, name)
            else:
                yield name, reader

    def _share(self, reader: _AnyReader) -> None:
        """Have threads decode what a reader reads, but not what is to be left at its place."""
        source = None if getattr(reader, "_ahead", None) is not None else reader._source
        if self._jobs != 1 and source is not None:
            # a module that one thread does without
            from mrrc.cores import read_ahead

            read_ahead(source, self._jobs)

    def format(self) -> str | None:
        """Return the format of the next file that can be used; None if there is none."""
        if self._first is None:
            self._first = next(self._readers, None)
        if self._first is None:
            return None
        reader = self._first[1]
        return reader.format if isinstance(reader, FormatReader) else "marc"

    def place(self, number: int) -> tuple[str, int]:
        """Return the file, and the number in it, of a record that was handed out.

        Args:
            number: of those handed out, from 1.
        """
        at = bisect_right(self._starts, number) - 1
        name, first = self._places[at]
        return name, first + number - self._starts[at]

    def again(self, chunk: bytes) -> _AnyReader:
        """Return a reader of bytes that were read as a record of ISO 2709 before."""
        return read(chunk, "marc", self._encoding, recovery_mode=self._mode)

    def close(self) -> None:
        """Close a file that was opened and not read."""
        if self._first is not None:
            self._first[1].close()
            self._first = None

    def __iter__(self) -> Iterator[Record]:
        """Yield the records that are to be handled.

        Raises:
            MrrcException: a record is bad, and the command is strict.
        """
        while self._left != 0 and self.format() is not None and self._first is not None:
            (name, reader), self._first = self._first, None
            self.reader = reader
            with reader:
                yield from self._of(name, reader)

    def _of(self, name: str, reader: _AnyReader) -> Iterator[Record]:
        number = told = 0  # in the file, and of what belongs to no record
        in_step = False
        while self._left != 0:
            try:
                record, fault = _next(reader)
            except (OSError, EOFError) as error:
                self._messages.trouble(error, name)
                return
            if reader._strays:
                strays = reader.errors
                for stray in strays[told:]:
                    self._messages.passed_over(stray, name)
                told = len(strays)
            if record is None and fault is None:
                return
            number += 1
            if record is not None and not self._is_wanted(record):
                in_step = False
                continue
            if record is None:
                number = getattr(fault, "record_index", None) or number
                self._bad(fault, name)
            elif self._options:
                known = record._place()[1]  # others may have been passed over
                if known is not None and known != number:
                    number, in_step = known, False
            if self._skip > 0:
                self._skip -= 1
                record = None
            if record is None:
                in_step = False
                continue
            self.given += 1
            if record._origin.errors is not None and self._tells:
                for flaw in record.errors:
                    self._messages.flaw(flaw, name)
            if not in_step:
                self._starts.append(self.given)
                self._places.append((name, number))
                in_step = True
            if self._left is not None:
                self._left -= 1
            yield record
            if not self.given & _STEP:
                self._messages.progress.update(self.given)

    def _is_wanted(self, record: Record) -> bool:
        if self._choice is None:
            return True
        # modules that most commands do without
        from mrrc._bridge import view_of
        from mrrc.formats.odd import packed_or_repaired

        return self._choice.wanted(view_of([packed_or_repaired(record)[0]]), 0, 1) != b"\0"

    def _bad(self, fault: BaseException | None, name: str) -> None:
        if fault is None:
            return
        if self._strict:
            raise fault
        self._messages.bad_record(fault, name)


class Writer(Protocol):
    """What takes records; `FormatWriter` is one."""

    records_written: int

    def write(self, record: Record) -> None:
        """Take a record, and write it now or later."""

    def flush(self) -> None:
        """Write what was taken."""

    def close(self) -> None:
        """Finish the file."""

    def discard(self) -> None:
        """Give the file up."""


_Output = TypeVar("_Output", bound="Output")


class Output:
    """A writer whose bad records are told of and left out.

    Left by an error, it gives the file up.

    Args:
        writer: what writes.
        stream: where the records are from.
        messages: takes what is to be said.
        strict: raise at the first bad record.
        ahead: how many of the file's records the stream has handed out already.
    """

    def __init__(
        self, writer: Writer, stream: Stream, messages: Messages, strict: bool, ahead: int = 0
    ) -> None:
        self._writer = writer
        self._stream = stream
        self._messages = messages
        self._strict = strict
        self._before = stream.given - ahead
        # the writer counts its own records
        messages.place = self._place

    def _place(self, number: int) -> tuple[str, int]:
        """Return the file, and the number in it, of a record that the writer was given."""
        return self._stream.place(self._before + number)

    @property
    def written(self) -> int:
        """How many records are written."""
        return self._writer.records_written

    def write(self, record: Record) -> None:
        """Write a record, now or later.

        Raises:
            MrrcException: it cannot be written, or one before it, and the command is strict.
            OSError: the file cannot take it.
        """
        try:
            self._writer.write(record)
        except MrrcException as error:
            self._fail(error)

    def flush(self) -> None:
        """Write all that was taken."""
        while True:
            try:
                self._writer.flush()
                return
            except MrrcException as error:
                self._fail(error)

    def close(self) -> None:
        """Write the rest, and put the file in place."""
        self.flush()
        self._writer.close()

    def discard(self) -> None:
        """Give the file up."""
        self._writer.discard()

    def _fail(self, error: MrrcException) -> None:
        if error.record_index is not None:
            error.source, error.record_index = self._place(error.record_index)
        if self._strict:
            raise error
        self._messages.bad_record(error)

    def __enter__(self: _Output) -> _Output:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def writer_for(target: Any, format: str, arguments: argparse.Namespace) -> FormatWriter:
    """Return the writer that the options of `takes_target` ask for.

    Raises:
        OSError: the file cannot be written.
        ValueError: the format is not written in this encoding.
    """
    return FormatWriter(target, format, arguments.target_encoding, unmapped=arguments.unmapped)
