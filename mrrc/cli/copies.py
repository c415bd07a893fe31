# SPDX-License-Identifier: MIT
"""Records that are chosen and not changed: from ISO 2709 to ISO 2709 byte for byte as they stand.

Between other formats, and where a record's own bytes would not be read again as they were, a
record is encoded like any other. Which ones are chosen is the affair of the commands.
"""

from __future__ import annotations

import argparse
import hashlib
from typing import Any, NamedTuple

from mrrc.cli.messages import Messages
from mrrc.cli.stream import Output, Stream, writer_for
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import MrrcException, WriterError
from mrrc.files import Target, open_target
from mrrc.formats.odd import odd_as_json
from mrrc.formats.writer import FormatWriter
from mrrc.reader import MARCReader
from mrrc.record import Record

__all__ = ["Chosen", "Chunks", "Kept", "content_of", "control_number", "digest", "is_sound"]

#: So many numbers of records, or bytes of them, are put off before they are written.
_RECORDS = 1000
_BYTES = 1 << 20

_TERMINATOR = 0x1D
_LENGTH_SIZE = 5


def control_number(record: Record) -> bytes | None:
    """Return a record's first 001; None where there is none, or nothing but blanks in it."""
    packed = record._untouched()
    if packed is not None:
        at = packed.find(b"\x1e001", LEADER_LEN)
        if at < 0:
            return None
        end = packed.find(b"\x1e", at + 4)
        number = packed[at + 4 :] if end < 0 else packed[at + 4 : end]
    else:
        data = record.control_field("001")
        number = b"" if data is None else str(data).encode("utf-8", "surrogatepass")
    return number if number.strip() else None


def content_of(record: Record) -> bytes:
    """Return bytes that are the same for records of the same content, as `mrrc.diff` has it."""
    try:
        packed = record._pack()
    except (WriterError, TypeError, UnicodeEncodeError):
        return odd_as_json(record).encode()  # of a record that no other form holds
    return packed[5:12] + packed[17:]  # lengths and addresses are no content


class Chunks:
    """The bytes of a stream's records as they stand in the source, a block at a time."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._block: Any = None
        self._pieces: list[bytes] | None = None

    def of(self, record: Record) -> bytes | None:
        """Return the bytes of the record handed out last; None where it is not of ISO 2709."""
        reader = self._stream.reader
        if not isinstance(reader, MARCReader):
            return None
        block = reader._block
        if block is not None and record._origin.offsets is block.offsets:
            if block is not self._block:
                self._block, self._pieces = block, self._cut(reader, block)
            if self._pieces is not None:
                return self._pieces[record._number]
        return reader.current_chunk

    @staticmethod
    def _cut(reader: MARCReader, block: Any) -> list[bytes] | None:
        """Return the bytes of all records of a block, fetched in one crossing."""
        offsets, lengths = block.offsets, block.lengths
        source = reader._source
        begin = offsets[0]
        size = offsets[-1] + lengths[-1] - begin
        if source is None:
            return None
        try:
            data = source.bytes_at(begin, size)
        except ValueError:  # they are not all at hand
            return None
        return [data[at - begin : at - begin + size] for at, size in zip(offsets, lengths)]


def is_sound(chunk: bytes) -> bool:
    """Return whether a record's bytes say where they end, so that the next ones are found."""
    try:
        length = int(chunk[:_LENGTH_SIZE])
    except ValueError:
        return False
    return length == len(chunk) and chunk[-1] == _TERMINATOR


class Kept(NamedTuple):
    """A record that is written later: its number among those handed out, and what it is.

    Where there is a record, it is written and not the chunk, which is not sound then.
    """

    number: int
    chunk: bytes | None
    record: Record | None


class _Copies:
    """A file of ISO 2709 into which records go as they stand; `Output` writes through it."""

    def __init__(self, target: str, arguments: argparse.Namespace) -> None:
        self.records_written = 0
        self.file_handle = self._target = open_target(target)
        self._arguments = arguments
        self._encoding: FormatWriter | None = None  # for what has no bytes of its own
        self._chunks: list[bytes] = []
        self._size = 0
        self._given = 0

    def copy(self, chunk: bytes) -> None:
        """Write a record's own bytes."""
        self._given += 1
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size >= _BYTES:
            self.flush()

    def write(self, record: Record) -> None:
        """Encode a record, and write it.

        Raises:
            WriterError: it cannot be written.
        """
        self.flush()
        self._given += 1
        if self._encoding is None:
            self._encoding = writer_for(self._target, "marc", self._arguments)
        try:
            self._encoding.write(record)
            self._encoding.flush()
        except MrrcException as error:
            error.record_index = self._given  # it has counted only its own
            raise
        self.records_written += 1

    def flush(self) -> None:
        """Write what was put off."""
        self._target.write(b"".join(self._chunks))
        self.records_written += len(self._chunks)
        self._chunks.clear()
        self._size = 0

    def close(self) -> None:
        """Finish the file, and put it in place."""
        try:
            self.flush()
            if self._encoding is not None:
                self._encoding.close()
        except BaseException:
            self.discard()
            raise
        self._target.close()

    def discard(self) -> None:
        """Give the file up."""
        self._chunks.clear()
        if self._encoding is not None:
            self._encoding.discard()
        self._target.discard()


def _goes_as_it_stands(format: str, arguments: argparse.Namespace) -> bool:
    """Return whether records of ISO 2709 are to be copied byte for byte."""
    return format == "marc" and arguments.target_encoding is None


class Chosen(Output):
    """A file of some of a stream's records.

    Args:
        target: its name, or ``-``.
        format: its format.
        arguments: what was parsed; see `takes_target`.
        stream: where the records come from.
        messages: takes what is to be said.

    Raises:
        OSError: the file cannot be written.
        ValueError: the format is not written in this encoding.
    """

    def __init__(
        self,
        target: str,
        format: str,
        arguments: argparse.Namespace,
        stream: Stream,
        messages: Messages,
    ) -> None:
        self._copies: _Copies | None = None
        if _goes_as_it_stands(format, arguments):
            self._copies = _Copies(target, arguments)
        writer = self._copies or writer_for(target, format, arguments)
        self._handle: Target = writer.file_handle
        super().__init__(writer, stream, messages, arguments.strict)
        self.copies = self._copies is not None
        self._numbers: list[int] = []  # of those given to the writer: what the stream calls them
        self._passed = 0  # numbers that are no longer needed
        self._messages = messages
        self._target = target
        self._sources: list[str] = arguments.files
        self.enter()

    def enter(self) -> None:
        """Tell whose records are written from now on, where several files are being written."""
        self._messages.place = self._place
        self._messages.writes(self._target, self._sources)

    def _place(self, number: int) -> tuple[str, int]:
        return self._stream.place(self._numbers[number - 1 - self._passed])

    def kept(self, record: Record, chunk: bytes | None) -> Kept:
        """Return the record handed out last as it is kept to be written later.

        Args:
            chunk: its bytes in the source, which are needed only where `copies` is true.
        """
        number = self._stream.given
        if self._copies is None or chunk is None:
            return Kept(number, None, record)
        return Kept(number, chunk, None if is_sound(chunk) else record)

    def put(self, kept: Kept) -> None:
        """Write a record, now or later.

        Raises:
            MrrcException: it cannot be written, or one before it, and the command is strict.
            OSError: the file cannot take it.
        """
        if len(self._numbers) == _RECORDS:
            self._write_all()
        self._numbers.append(kept.number)
        if kept.record is None:
            if self._copies is not None and kept.chunk is not None:
                self._copies.copy(kept.chunk)
            return
        if kept.chunk is not None:
            text = "its length or its end is wrong: it was written anew"
            self._messages.note(text, *self._stream.place(kept.number))
        # what does not even fit, a writer refuses at once, and does not count
        alone = self._copies is None and kept.record._untouched() is None
        if alone:
            self.flush()
        try:
            self._writer.write(kept.record)
        except MrrcException as error:
            self._fail(error)
            if alone:
                self._numbers.pop()

    def _write_all(self) -> None:
        self.flush()
        self._passed += len(self._numbers)
        self._numbers.clear()

    def park(self) -> None:
        """Write what was put off, and close the file until more is written to it."""
        self._write_all()
        self._handle.park()


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
