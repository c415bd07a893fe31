# SPDX-License-Identifier: MIT
"""Handles of single records: where one stands, to be read later, elsewhere, or again.

A handle opens nothing until it is asked for its record. Where records begin is decided in
`cutting`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

from mrrc import _bridge
from mrrc.exceptions import SplitError
from mrrc.ranges import ByteRange, RangeReader, StaleHandleError, stamp_of
from mrrc.record import Record
from mrrc.recovery import mode_flag

__all__ = ["RecordHandle", "iter_handles"]

#: What is looked through at once.
_WINDOW = 1 << 20


@dataclass(frozen=True, slots=True)
class RecordHandle:
    """Where a record stands; `iter_handles` makes it, or `RecordHandle.from_record`.

    Attributes:
        path: of the file; None for bytes.
        offset: of the record's first byte.
        length: of the record.
        data: its bytes, where they are not to be read from the file.
        index: how many records come before it, if that is known.
        stamp: what the file was like when the handle was made.
    """

    path: str | None
    offset: int
    length: int
    data: bytes | None = field(default=None, kw_only=True, repr=False)
    index: int | None = field(default=None, kw_only=True)
    stamp: tuple[Any, ...] | None = field(default=None, kw_only=True)

    @classmethod
    def from_record(cls, record: Record) -> RecordHandle:
        """Return a handle that carries the record as it is now, in ISO 2709.

        Raises:
            WriterError: ISO 2709 cannot hold it.
        """
        data = deepcopy(record).as_marc()  # which sets leader/09
        origin, place = record._origin, record._number
        offset = 0 if origin.offsets is None else origin.offsets[place]
        number = origin.number(place)
        index = None if number is None else number - 1
        return cls(origin.source, offset, len(data), data=data, index=index)

    def _as_range(self) -> ByteRange:
        return ByteRange(
            self.path,
            self.offset,
            self.offset + self.length,
            self.index,
            stamp=None if self.data is not None else self.stamp,
            data=self.data,
        )

    def raw(self) -> bytes:
        """Return the record's bytes.

        Raises:
            StaleHandleError: the file was changed since the handle was made.
            OSError: the file cannot be read.
        """
        if self.data is not None:
            return self.data
        self._as_range().check()
        path = cast(str, self.path)
        with open(path, "rb", buffering=0) as file:
            found = os.pread(file.fileno(), self.length, self.offset)
        if len(found) != self.length:
            raise StaleHandleError(path)
        return found

    def read(self, **options: Any) -> Record:
        """Return the record, which knows its place.

        Args:
            options: the arguments of `MARCReader`.

        Raises:
            MrrcException: the record cannot be read.
            StaleHandleError: the file was changed since the handle was made.
        """
        with RangeReader(self._as_range(), **options) as reader:
            record = reader.read_record()
            if record is not None:
                return record
            # lenient modes may tell of it beside the records
            raise (
                reader.errors[0]
                if reader.errors
                else SplitError(source=self.path, byte_offset=self.offset)
            )


def iter_handles(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview,
    *,
    mode: str = "strict",
    on_skip: Callable[[int, int], None] | None = None,
) -> Iterator[RecordHandle]:
    """Yield a handle for each record of a local file or of bytes in ISO 2709.

    >>> import mrrc
    >>> handles = list(mrrc.iter_handles("examples/sample.mrc"))
    >>> handles[20].read().title == handles[20].read().title
    True

    Handles of bytes carry those of their record.

    Args:
        source: a path, or bytes.
        mode: ``strict`` raises where it is in doubt which bytes are records; ``resync`` passes over
            them, as a lenient reader does.
        on_skip: called in mode ``resync`` with offset and size of the bytes passed over.

    Raises:
        SplitError: it is in doubt which bytes are records, after the handles before.
        StaleHandleError: the file was changed meanwhile.
        OSError: the file cannot be read.
    """
    if mode not in ("strict", "resync"):
        raise ValueError(f"mode is 'strict' or 'resync', not {mode!r}")
    if isinstance(source, bytes | bytearray | memoryview):
        return _handles(bytes(source), None, mode == "strict", on_skip)
    return _handles(None, os.fsdecode(os.fspath(source)), mode == "strict", on_skip)


def _handles(
    data: bytes | None,
    path: str | None,
    strict: bool,
    on_skip: Callable[[int, int], None] | None,
) -> Iterator[RecordHandle]:
    if path is not None and not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.ESPIPE, "only a file has handles", path)
    file = None if path is None else open(path, "rb", buffering=0)  # noqa: SIM115
    walker: _bridge.Source | None = None
    try:
        stamp = None
        size = len(data or b"")
        if file is not None:
            status = os.fstat(file.fileno())
            size, stamp = status.st_size, (status.st_size, status.st_mtime_ns)
        at = index = 0
        skipped = 0  # where the bytes begin that are passed over
        while at < size:
            window = data or b""
            place = at
            if file is not None:
                if stamp_of(cast(str, path)) != stamp:
                    raise StaleHandleError(cast(str, path))
                window, place = os.pread(file.fileno(), _WINDOW, at), 0
            base = at - place
            steps = [(base + begin, base + end) for begin, end in _steps(window, place)]
            if not steps:
                if walker is None:
                    flags = mode_flag(None if strict else "lenient") | _bridge.READ_FRAMES
                    walker = _bridge.Source(path, data or b"")
                steps, end = _doubtful(walker, flags, at, size)
                if strict and not steps:
                    raise SplitError(source=path, byte_offset=at)
            else:
                end = steps[-1][1]
            for begin, stop in steps:
                if begin > skipped and on_skip is not None:
                    on_skip(skipped, begin - skipped)
                skipped = stop
                piece = None if data is None else data[begin:stop]
                yield RecordHandle(path, begin, stop - begin, data=piece, index=index, stamp=stamp)
                index += 1
            at = end
        if skipped < size and on_skip is not None:
            on_skip(skipped, size - skipped)
    finally:
        if walker is not None:
            walker.close()
        if file is not None:
            file.close()


def _steps(window: bytes, place: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of records that are framed beyond doubt, as far as there is none."""
    for end in _bridge.boundary_ends(window, place, len(window)):
        yield place, end
        place = end


def _has_handle(block: _bridge.Block, index: int) -> bool:
    """Return whether a record that is not plain has a handle: it was read, or is framed well."""
    if block.statuses is None or block.statuses[index] >= 0:
        return True
    chunk = block.chunk(index)
    return _bridge.boundaries(chunk, 0, len(chunk)) == (len(chunk), 1)


def _doubtful(
    walker: _bridge.Source, flags: int, at: int, size: int
) -> tuple[list[tuple[int, int]], int]:
    """Return the records that a reader finds next, and where it goes on.

    Where it finds none at all, its reading ends there.
    """
    walker.seek(at)
    found: list[tuple[int, int]] = []
    end = at
    while not found:
        block = walker.next(flags)
        if block is None:
            return [], size
        for index, (offset, length) in enumerate(zip(block.offsets, block.lengths)):
            if block.framing(index) is not None and flags == _bridge.READ_FRAMES:
                return found, end
            end = offset + length
            if block.is_plain(index) or _has_handle(block, index):
                found.append((offset, end))
    return found, end
