# SPDX-License-Identifier: MIT
"""Ranges of a source that are read apart, in other threads, processes or machines.

All ranges of a source, read one after another, give what one reading of the whole gives, in each
recovery mode. A range is a small frozen object that is pickled; it opens nothing until it is
read, and notices when its file was changed meanwhile. Where to cut is decided in `cutting`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mrrc import _bridge
from mrrc.cores import usable_cores
from mrrc.cutting import LONGEST, Cut, Doubts, Stretch, cut
from mrrc.exceptions import SplitError
from mrrc.files import OpenedSource, open_source
from mrrc.formats import table
from mrrc.front import read
from mrrc.read_ahead import Mapped
from mrrc.reader import MARCReader
from mrrc.remote import Fetched, Remote, is_remote, probable_boundary

if TYPE_CHECKING:
    from mrrc._bridge import Place
    from mrrc.formats.reader import FormatReader

__all__ = ["ByteRange", "RangeReader", "StaleHandleError", "read_range", "split", "stamp_of"]

#: What is looked through of a remote file for a place where records begin.
_GUESSED = 1 << 18
_GUESSED_MAX = 1 << 22

Splittable = str | os.PathLike[str] | bytes | bytearray | memoryview
OnSkip = Callable[[int, int], None]


class StaleHandleError(OSError):
    """A file is not what it was when a range or a handle of it was made."""

    def __init__(self, path: str, *rest: Any) -> None:
        # as OSError has them, so that copies and pickles are made with the same arguments
        super().__init__(errno.ESTALE, "the file was changed since the handle was made", path)
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.path,)


def stamp_of(path: str) -> tuple[int, int]:
    """Return what changes when a local file does: its size, and when it was written to."""
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A stretch of a source that holds whole records; `split` makes it.

    Attributes:
        url: the path or URL; None for bytes.
        start: the offset of its first byte.
        stop: the offset behind its last; None where the size is not known.
        first_index: how many records come before it, if that is known; dropped ones too, which
            permissive mode does not count.
        format: the name of the format.
        whole: it is all of the source, and read from its beginning; offsets are those of
            the compressed file, if it is one.
        stamp: what the file was like when the range was made.
        data: the bytes, where the source was bytes.
        options: of fsspec, for URLs.
        beyond: the recovery modes in which a reading of the whole ends before the range, so that
            it has no record for them.
        place: of a piece of a text: where it begins, and what comes before it.
    """

    url: str | None
    start: int
    stop: int | None
    first_index: int | None = None
    format: str = field(default="marc", kw_only=True)
    whole: bool = field(default=False, kw_only=True)
    stamp: tuple[Any, ...] | None = field(default=None, kw_only=True)
    data: bytes | None = field(default=None, kw_only=True, repr=False)
    options: tuple[tuple[str, Any], ...] = field(default=(), kw_only=True, repr=False, hash=False)
    beyond: tuple[str | None, ...] = field(default=(), kw_only=True)
    place: Place | None = field(default=None, kw_only=True)

    @property
    def size(self) -> int | None:
        """How many bytes it has; None where that is not known."""
        return None if self.stop is None else self.stop - self.start

    def check(self) -> None:
        """Make sure that a local file is what it was.

        Raises:
            StaleHandleError: it is not.
        """
        if self.url is None or self.stamp is None or is_remote(self.url):
            return
        if stamp_of(self.url) != self.stamp:
            raise StaleHandleError(self.url)


# -- cutting --


def _checked(parts: int | None, max_bytes: int | None) -> int | None:
    """Return how many parts there are to be; None where their size decides."""
    if parts is not None and max_bytes is not None:
        raise ValueError("give parts or max_bytes, not both")
    for name, number in (("parts", parts), ("max_bytes", max_bytes)):
        if number is not None and number < 1:
            raise ValueError(f"{name} is at least 1, not {number}")
    return parts if parts is not None or max_bytes is not None else usable_cores()


def split(
    source: Splittable,
    *,
    parts: int | None = None,
    max_bytes: int | None = None,
    storage_options: Mapping[str, Any] | None = None,
    mode: str = "strict",
    on_skip: OnSkip | None = None,
    format: str | None = None,
    encoding: str | None = None,
) -> list[ByteRange]:
    """Cut a source into ranges that begin and end with a record.

    >>> import mrrc
    >>> ranges = mrrc.split("examples/sample.mrc", parts=3)
    >>> sum(1 for each in ranges for record in mrrc.read_range(each))
    21

    A local file and bytes are gone through from record to record; a range is larger than asked
    for where no cut can be made. Cut are ISO 2709, MRK, the line format, Aleph sequential, and JSON
    whose records are in no array around them; a source in XML or compressed is one range. A remote
    file is not read for that: its ranges, if it is in ISO 2709 and its machine gives parts of
    files, begin where several records follow each other, which is as good as sure.

    Args:
        source: a path, bytes, or a URL that fsspec knows.
        parts: at most so many ranges of about the same size; by default, one for each processor.
        max_bytes: ranges of at most so many bytes.
        storage_options: of the URL's file system, as fsspec takes them.
        mode: ``strict`` raises where it is in doubt which bytes are records; ``resync`` goes on
            where all recovery modes agree again.
        on_skip: called in mode ``resync`` with offset and size of the bytes in doubt. They
            stay in a range: what is in them, or not, its reader says.
        format: the name of the format; by default the suffix tells, or the content.
        encoding: the codec of a text format's characters; one in another than UTF-8 is one range.

    Raises:
        SplitError: it is in doubt which bytes are records, at the offset that it says.
        OSError: the source cannot be read.
        ValueError: an argument is out of range, or nothing tells the format.
        ImportError: the source is a URL, and fsspec is not installed.
    """
    if mode not in ("strict", "resync"):
        raise ValueError(f"mode is 'strict' or 'resync', not {mode!r}")
    wanted = _checked(parts, max_bytes)
    if is_remote(source):
        return _split_remote(str(source), wanted, max_bytes, storage_options, format)
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        with open_source(data) as opened:
            others = _others(opened, None, format, encoding, wanted, max_bytes, data=data)
        if others is not None:
            return others
        cuts = _cuts(data, None, len(data), wanted, max_bytes, mode, on_skip)
        return _ranges(
            cuts,
            len(data),
            lambda one, stop: ByteRange(
                None, one.offset, stop, one.before, data=data[one.offset : stop], beyond=one.beyond
            ),
        )
    path = os.fsdecode(os.fspath(source))
    if not stat.S_ISREG(os.stat(path).st_mode):  # which might wait to be opened
        raise OSError(errno.ESPIPE, "only a file can be read in parts", path)
    with open(path, "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        stamp = (status.st_size, status.st_mtime_ns)
        with open_source(path) as opened:
            others = _others(opened, path, format, encoding, wanted, max_bytes, stamp=stamp)
        if others is None:
            cuts = _cuts(
                None, path, status.st_size, wanted, max_bytes, mode, on_skip, file.fileno()
            )
        if stamp_of(path) != stamp:
            raise StaleHandleError(path)
    if others is not None:
        return others
    return _ranges(
        cuts,
        status.st_size,
        lambda one, stop: ByteRange(
            path, one.offset, stop, one.before, stamp=stamp, beyond=one.beyond
        ),
    )


def _ranges(cuts: list[Cut], size: int, make: Callable[[Cut, int], ByteRange]) -> list[ByteRange]:
    stops = [each.offset for each in cuts[1:]] + [size]
    return [make(one, stop) for one, stop in zip(cuts, stops)]


def _others(
    opened: OpenedSource,
    url: str | None,
    format: str | None,
    encoding: str | None,
    parts: int | None,
    max_bytes: int | None,
    *,
    data: bytes | None = None,
    stamp: tuple[int, int] | None = None,
) -> list[ByteRange] | None:
    """Return the ranges of a source that is not to be cut as ISO 2709 is; None where it is."""
    size = len(data or b"") if stamp is None else stamp[0]
    if size == 0:
        return None
    name = table.reading(opened, format)
    if name == "marc" and opened.compression is None:
        return None
    from mrrc.text_pieces import can_be_cut, cut_text

    places = []
    if can_be_cut(opened, name, encoding):
        source = opened.source(name)
        try:
            places = cut_text(source, size, parts=parts, max_bytes=max_bytes)
        finally:
            source.close()
    if len(places) < 2:
        return [ByteRange(url, 0, size, 0, format=name, whole=True, data=data, stamp=stamp)]
    return [
        ByteRange(
            url,
            place.offset,
            stop,
            place.records,
            format=name,
            stamp=stamp,
            data=None if data is None else data[place.offset : stop],
            place=place,
        )
        for place, stop in zip(places, [*(each.offset for each in places[1:]), size])
    ]


def _cuts(
    data: bytes | None,
    path: str | None,
    size: int,
    parts: int | None,
    max_bytes: int | None,
    mode: str,
    on_skip: OnSkip | None,
    descriptor: int = -1,
) -> list[Cut]:
    def read_at(offset: int, count: int) -> bytes:
        if data is not None:
            return data[offset : offset + count]
        found = os.pread(descriptor, count, offset)
        while len(found) < count:
            more = os.pread(descriptor, count - len(found), offset + len(found))
            if not more:
                raise StaleHandleError(str(path))
            found += more
        return found

    def told(offset: int, stretch: Stretch) -> None:
        if stretch.whole:
            return
        if mode == "strict":
            raise SplitError(source=path, byte_offset=offset)
        if on_skip is not None:
            on_skip(offset, stretch.end - offset)

    doubts = Doubts(lambda: _bridge.Source(path, data or b""), size)
    try:
        return cut(size, read_at, doubts, parts=parts, max_bytes=max_bytes, told=told)
    finally:
        doubts.close()


def _split_remote(
    url: str,
    parts: int | None,
    max_bytes: int | None,
    options: Mapping[str, Any] | None,
    format: str | None,
) -> list[ByteRange]:
    remote = Remote(url, options)
    about: dict[str, Any] = {
        "stamp": remote.stamp,
        "options": tuple(sorted((options or {}).items())),
    }
    if remote.size == 0:
        return []
    with remote.open() as file:
        opened = open_source(file)
        name = table.reading(opened, format or _format_by_suffix(url))
        compressed = opened.compression is not None
        opened.close()
    if name != "marc" or compressed or remote.size is None or not remote.gives_parts():
        return [ByteRange(url, 0, remote.size, 0, format=name, whole=True, **about)]
    size = remote.size
    cuts = [Cut(0, 0, ())]
    while True:
        start = cuts[-1].offset
        if max_bytes is not None:
            target = start + max(1, max_bytes - LONGEST)
        else:
            share = -(-size // (parts or 1))
            target = (start // share + 1) * share
        at = _guess(remote, target, size)
        if at is None:
            break
        cuts.append(Cut(at, None, ()))
    return _ranges(
        cuts, size, lambda one, stop: ByteRange(url, one.offset, stop, one.before, **about)
    )


def _guess(remote: Remote, target: int, size: int) -> int | None:
    """Return where records probably begin, at or behind a place; None where nowhere."""
    window = _GUESSED
    while target < size:
        end = min(target + window, size)
        # the byte before may be the terminator behind which one begins
        at = probable_boundary(remote.part(target - 1, end), end == size)
        if at is not None:
            return target - 1 + at
        target = end if end == size else end - window // 2
        window = min(4 * window, _GUESSED_MAX)
    return None


def _format_by_suffix(url: str) -> str | None:
    found = table.by_suffix(url.partition("?")[0])
    return None if found is None else found.name


# -- reading --


class RangeReader(MARCReader):
    """A `MARCReader` of a range: offsets are those of the whole source, and numbers where known.

    Args:
        range: of records in ISO 2709.
        options: the arguments of `MARCReader`. In a mode in which the reading of the whole ends
            before the range, there are no records; `max_errors` counts those of the range.

    Raises:
        StaleHandleError: the file was changed since the range was made.
    """

    def __init__(self, range: ByteRange, **options: Any) -> None:
        mapped = bool(options.pop("mmap", False))
        range.check()
        self._range = range
        local = range.url is not None and range.data is None and not is_remote(range.url)
        if local:
            super().__init__(str(range.url), mmap=mapped, **options)
        else:
            super().__init__(b"", **options)
        start, stop = range.start, range.stop
        if self._recovery_mode in range.beyond:
            stop = start
        if range.data is not None:
            data = range.data if stop != start else b""
            self._source = _bridge.Source(None, data, base=start, program=self._program)
            self._source.path = self._path = range.url
        elif not local:
            remote = Remote(str(range.url), dict(range.options))
            if range.stamp is not None and remote.stamp != range.stamp:
                raise StaleHandleError(str(range.url))
            last = (remote.size or 0) if stop is None else stop
            self._ahead = ahead = Fetched(remote, start, last, self._program)
            self._source = ahead.source(start)
            self._kind, self._path = "remote", range.url
        elif isinstance(self._ahead, Mapped):
            if stop is not None:
                self._ahead.limit(stop)
            self._source = self._ahead.source(start)
        elif self._source is not None:
            if stop is not None:
                self._source.limit(stop)
            self._source.seek(start)
        self._begin = self._next_offset = start
        self._before = self._first()
        self._set_up()

    def _first(self) -> int | None:
        """Return how many records come before, as the mode counts them."""
        # permissive mode does not count records that it drops, and nobody has looked for them
        known = self._recovery_mode != "permissive" or self._range.start == 0
        return self._range.first_index if known else None

    def _read_block(self) -> None:
        self._range.check()
        try:
            super()._read_block()
        except StopIteration:
            self._range.check()  # what was cut off meanwhile looks like the end
            raise

    def seek(self, offset: int) -> None:
        """Go on with the record that begins at a byte offset of the source.

        Raises:
            ValueError: the offset is not in the range.
        """
        range = self._range
        if offset < range.start or (range.stop is not None and offset > range.stop):
            raise ValueError(f"{offset} is not in the range of {range.start} to {range.stop}")
        with self._lock:
            super().seek(offset)
            self._before = self._first() if offset == range.start else None


def read_range(range: ByteRange, **options: Any) -> MARCReader | FormatReader:
    """Return a reader of a range's records, which has to be closed if the range is of a file.

    Args:
        range: as `split` gives it.
        options: for ISO 2709 the arguments of `MARCReader`, otherwise those of `FormatReader`.

    Raises:
        StaleHandleError: the file was changed since the range was made.
        OSError: the source cannot be read.
    """
    if range.place is not None and range.stop is not None:
        from mrrc.text_pieces import PieceReader

        where = (range.url, range.data, range.place, range.stop)
        return PieceReader(range.format, *where, range.check, **options)
    if not range.whole:
        return RangeReader(range, **options)
    range.check()
    if range.data is not None or range.url is None:
        return read(range.data or b"", range.format, **options)
    if not is_remote(range.url):
        return read(range.url, range.format, **options)
    remote = Remote(range.url, dict(range.options))
    if range.stamp is not None and remote.stamp != range.stamp:
        raise StaleHandleError(range.url)
    return read(remote.open(), range.format, **options)
