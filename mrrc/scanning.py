# SPDX-License-Identifier: MIT
"""Records found in bytes, and records made of the bytes found.

Both halves are what other programs do between reading bytes and using records; whoever has a
file or all of its bytes needs neither, since `MARCReader` and `ProducerConsumerPipeline` do it
at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import islice
from typing import Any

from mrrc import _bridge
from mrrc.batch import decode_chunk
from mrrc.cores import read_ahead
from mrrc.exceptions import MrrcException, RecordLengthInvalid
from mrrc.packed import Origin
from mrrc.reader import MARCReader
from mrrc.record import Record

__all__ = ["RecordBoundaryScanner", "parse_batch_parallel", "parse_batch_parallel_limited"]

#: Fewer bytes are decoded faster than threads are started.
_THREADS_MIN = 1 << 21

_FIRST_CAPACITY = 100

_LENGTH = 5


def _bytes_of(data: bytes | bytearray | memoryview) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, bytearray | memoryview):
        return bytes(data)
    raise TypeError(f"records are found in bytes, not in {type(data).__name__}")


class RecordBoundaryScanner:
    """Finds where records of ISO 2709 begin and end, without decoding them.

    >>> from mrrc import RecordBoundaryScanner
    >>> data = open("examples/sample.mrc", "rb").read()
    >>> RecordBoundaryScanner().scan(data)[0]
    (0, 1961)

    A record is as long as its leader says, if a terminator stands there; so a terminator inside a
    field does not cut it in two. Where the length is wrong, the record ends before the next one
    that is plausible, as in lenient mode. Bytes between records are in none, and neither is a
    last record that is cut short, whose other part may be in the next block of bytes.

    A scanner keeps nothing from one call to the next.
    """

    __slots__ = ("_capacity",)

    def __init__(self) -> None:
        self._capacity = _FIRST_CAPACITY

    def scan(self, data: bytes | bytearray | memoryview) -> list[tuple[int, int]]:
        """Return offset and length of each record, with its terminator.

        Raises:
            ValueError: the bytes hold no whole record.
            TypeError: they are no bytes.
        """
        return self._scan(data, None)

    def scan_limited(
        self, data: bytes | bytearray | memoryview, limit: int
    ) -> list[tuple[int, int]]:
        """Return offset and length of the first records, and look no further.

        Raises:
            ValueError: the bytes hold no whole record, or the limit is negative.
            TypeError: they are no bytes.
        """
        if limit < 0:
            raise ValueError(f"the limit is not negative: {limit}")
        return self._scan(data, limit)

    def count_records(self, data: bytes | bytearray | memoryview) -> int:
        """Return how many records `scan` finds, and 0 where it raises `ValueError`."""
        return sum(len(found) for found in self._blocks(_bytes_of(data)))

    def _scan(self, data: Any, limit: int | None) -> list[tuple[int, int]]:
        whole = _bytes_of(data)
        if not whole:
            raise ValueError("there are no bytes to look for records in")
        found: list[tuple[int, int]] = []
        for places in self._blocks(whole):
            found += places
            if limit is not None and found and len(found) >= limit:
                break
        if not found:
            raise ValueError("the bytes hold no whole record")
        self._capacity = max(self._capacity, len(found))
        return found if limit is None else found[:limit]

    @staticmethod
    def _blocks(data: bytes) -> Iterable[list[tuple[int, int]]]:
        """Yield the records block by block."""
        source = _bridge.Source(None, data)
        flags = _bridge.READ_LENIENT | _bridge.READ_FRAMES | _bridge.READ_BRIEFLY
        while (block := source.next(flags)) is not None:
            places = list(zip(block.offsets, block.lengths))
            if block.statuses is not None and block.statuses[-1] == _bridge.TRUNCATED:
                places.pop()
            yield places

    def clear(self) -> None:
        """Give up the room that the scanner has for records."""
        self._capacity = _FIRST_CAPACITY

    def capacity(self) -> int:
        """Return for how many records there is room; there is more when it is needed."""
        return self._capacity

    def __repr__(self) -> str:
        return f"RecordBoundaryScanner(capacity={self._capacity})"


class _Places:
    """Where pieces that lie one behind the other come from."""

    def __init__(self, boundaries: list[tuple[int, int]]) -> None:
        self._offsets = [offset for offset, _ in boundaries]
        self._starts: list[int] = []
        end = 0
        for _, length in boundaries:
            self._starts.append(end)
            end += length

    def index(self, offset: int) -> int:
        """Return the piece in which an offset lies."""
        return bisect_right(self._starts, offset) - 1

    def offset(self, offset: int) -> int:
        """Return where a byte of the pieces stood."""
        index = self.index(offset)
        return self._offsets[index] + offset - self._starts[index]


def _checked(boundaries: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for number, pair in enumerate(boundaries):
        try:
            offset, length = pair
            fits = offset >= 0 and length > 0 and offset + length <= size
        except (TypeError, ValueError):
            raise TypeError(f"boundary {number} is no pair of numbers: {pair!r}") from None
        if not fits:
            raise ValueError(
                f"boundary {number} is outside the {size} bytes: offset {offset}, length {length}"
            )
        pairs.append((offset, length))
    return pairs


def parse_batch_parallel(
    boundaries: Iterable[tuple[int, int]], buffer: bytes | bytearray | memoryview
) -> list[Record]:
    """Decode the records at given places of a buffer, side by side in threads.

    >>> from mrrc import RecordBoundaryScanner, parse_batch_parallel
    >>> data = open("examples/sample.mrc", "rb").read()
    >>> len(parse_batch_parallel(RecordBoundaryScanner().scan(data), data)) > 0
    True

    Args:
        boundaries: offset and length of each record, in any order.
        buffer: the bytes.

    Returns:
        The records, in the order of the boundaries.

    Raises:
        MrrcException: a record cannot be read, or has a fault, as in strict mode; its
            `record_index` counts the boundaries from 1, and its offset is one of the buffer.
        ValueError: a boundary is outside the buffer.
        TypeError: one is no pair of numbers, or the buffer no bytes.
    """
    data = _bytes_of(buffer)
    pairs = _checked(boundaries, len(data))
    if not pairs:
        return []
    pieces = [data[offset : offset + length] for offset, length in pairs]
    for number, piece in enumerate(pieces):
        if not piece[:_LENGTH].isdigit() or int(piece[:_LENGTH]) != len(piece):
            if number:
                _parsed(pieces[:number], pairs[:number])  # a fault that comes before
            decode_chunk(piece, RecordLengthInvalid, None, number + 1, pairs[number][0])
    return _parsed(pieces, pairs)


def _parsed(pieces: list[bytes], pairs: list[tuple[int, int]]) -> list[Record]:
    joined = b"".join(pieces)
    places = _Places(pairs)
    source: Any = _bridge.Source(None, joined)
    reader = MARCReader(source, recovery_mode="strict")
    if len(joined) >= _THREADS_MIN:
        read_ahead(source, 0)
    with reader:
        try:
            records = list(iter(reader.read_record, None))
        except MrrcException as error:
            if error.byte_offset is not None:
                error.record_index = places.index(error.byte_offset) + 1
                error.byte_offset = places.offset(error.byte_offset)
            if error.bytes_near_offset is not None:
                error.bytes_near_offset = places.offset(error.bytes_near_offset)
            raise
    origins: dict[int, Origin] = {}  # each is that of the records of one block
    kept: list[Origin] = []  # so that no other gets the number of one that is gone
    for record in records:
        origin = record._origin
        if id(origin) not in origins:
            kept.append(origin)
            moved = [places.offset(offset) for offset in origin.offsets or ()]
            origins[id(origin)] = origin.replaced(offsets=moved)
        record._origin = origins[id(origin)]
    return records


def parse_batch_parallel_limited(
    boundaries: Iterable[tuple[int, int]],
    buffer: bytes | bytearray | memoryview,
    limit: int,
) -> list[Record]:
    """Decode the records at the first places, as `parse_batch_parallel` does.

    Raises:
        ValueError: the limit is negative.
    """
    if limit < 0:
        raise ValueError(f"the limit is not negative: {limit}")
    return parse_batch_parallel(islice(boundaries, limit), buffer)
