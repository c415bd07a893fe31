# SPDX-License-Identifier: MIT
"""Of records that are objects what is compared and copied: number, content, and their own bytes."""

from __future__ import annotations

from typing import Any

from mrrc.cli.stream import Stream
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import WriterError
from mrrc.formats.odd import odd_as_json
from mrrc.reader import MARCReader
from mrrc.record import Record

__all__ = ["Chunks", "content_of", "control_number"]


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
