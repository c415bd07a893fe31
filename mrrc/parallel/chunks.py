# SPDX-License-Identifier: MIT
"""What records are taken from, cut into chunks that are worked on apart.

A source that can be cut travels as ranges of bytes, which are read where they are worked on. Any
other is read here, and its records travel as packed batches. Nothing is called here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, cast

from mrrc.batch import RecordBatch
from mrrc.exceptions import FatalReaderError, MrrcException
from mrrc.front import read
from mrrc.ranges import ByteRange, read_range, split
from mrrc.record import Record
from mrrc.remote import is_remote

__all__ = [
    "Chunk",
    "FileChunk",
    "Input",
    "Item",
    "RangeChunk",
    "ReadyChunk",
    "SentChunk",
    "SourceChunk",
    "files",
    "open_input",
]

#: A record, or why there is none.
Item = tuple[Record | None, BaseException | None]

#: Bytes of a range: enough to be worth a message, little enough to spread the last ones evenly.
LARGEST = 1 << 20
SMALLEST = 1 << 12

#: Ranges a worker, where the source is large enough.
_SHARE = 16

#: Records of a chunk that was read here.
_READY = 250

#: Bytes of a record, where the source does not tell: the mean of library catalogues.
_RECORD = 1000


class Chunk:
    """Records that are worked on together, in one place.

    Attributes:
        size: bytes of the source that it stands for; 0 where that is not known.
        fat: the records themselves travel, not only where they are.
        packed: they travel as a batch, for which shared memory is the shorter way.
        range: what is read.
        errors: what belongs to no record, when all was read.
        source: the name of what is read.
    """

    size = 0
    fat = False
    packed = False
    range: ByteRange | None = None
    source: str | None = None

    def __init__(self) -> None:
        self.errors: list[BaseException] = []

    def place_of(self, record: Any) -> tuple[int | None, int | None, str | None]:
        """Return number, from 1, and offset of a record in its source, and the source's name."""
        origin, number = record._origin, record._number
        offsets = origin.offsets
        known = offsets is not None and number < len(offsets)
        return origin.number(number), offsets[number] if known else None, origin.source

    def reached(self) -> int:
        """Return how many bytes of it were read so far, where that is known."""
        return 0

    def items(self) -> Iterator[Item]:
        """Return the records, each with None, and a reason for each that cannot be read.

        Raises:
            OSError: the source cannot be read.
        """
        raise NotImplementedError


def _items_of(reader: Any, errors: list[BaseException]) -> Iterator[Item]:
    """Go through a reader or any other iterable to its end, whatever is amiss on the way."""
    records = iter(reader)
    try:
        while True:
            try:
                record = next(records)
            except StopIteration:
                break
            except FatalReaderError as error:
                # some readers end at it, some go on: both say so
                yield None, error
                continue
            except MrrcException as error:
                yield None, error
                continue
            if record is not None:
                yield record, None
                continue
            yield None, getattr(reader, "current_exception", None)
    finally:
        errors.extend(getattr(reader, "errors", ()) or ())


def _told(reader: Any) -> int:
    """Return how far a reader is in its source, in bytes; 0 where it does not say."""
    try:
        return int(reader.tell())
    except (AttributeError, OSError, ValueError):
        return 0


class RangeChunk(Chunk):
    """A range of bytes, and how it is read."""

    def __init__(self, range: ByteRange, options: Mapping[str, Any]) -> None:
        super().__init__()
        self.range = self._range = range
        self._reader: Any = None
        self.options = dict(options)
        self.size = 0 if range.stop is None else range.stop - range.start
        self.fat = range.data is not None
        self.source = range.url

    def items(self) -> Iterator[Item]:
        with read_range(self._range, **self.options) as self._reader:
            yield from _items_of(self._reader, self.errors)

    def reached(self) -> int:
        return _told(self._reader) - self._range.start if self._reader else 0


class SourceChunk(Chunk):
    """A whole source, read where it is asked for: it goes nowhere."""

    fat = True

    def __init__(self, source: Any, size: int, options: Mapping[str, Any]) -> None:
        super().__init__()
        self._source = source
        self._reader: Any = None
        self._options = dict(options)
        self.size = size
        name = getattr(source, "name", source)
        self.source = os.fspath(name) if isinstance(name, str | os.PathLike) else None

    def items(self) -> Iterator[Item]:
        reader = self._reader = read(self._source, **self._options)
        try:
            yield from _items_of(reader, self.errors)
        finally:
            if not hasattr(self._source, "read"):  # a file object stays open
                reader.close()

    def reached(self) -> int:
        return _told(self._reader) if self._reader else 0


class ReadyChunk(Chunk):
    """Records that were read already."""

    fat = packed = True

    def __init__(self, ready: Sequence[Item], size: int = 0, source: str | None = None) -> None:
        super().__init__()
        self._ready = ready
        self.size = size
        self.source = source

    def __len__(self) -> int:
        return len(self._ready)

    def items(self) -> Iterator[Item]:
        return iter(self._ready)

    def __reduce__(self) -> tuple[Any, ...]:
        records = [record for record, _ in self._ready]
        reasons = {i: error for i, (_, error) in enumerate(self._ready) if error is not None}
        if all(record is None or type(record) is Record for record in records):
            return SentChunk, (RecordBatch(records), reasons, self.size, self.source)
        return SentChunk, (records, reasons, self.size, self.source)


class SentChunk(Chunk):
    """Records that were read elsewhere. Each is made when it is its turn, and then forgotten:
    what a function makes of it would otherwise pile up."""

    fat = True

    def __init__(
        self,
        records: RecordBatch | list[Record | None],
        reasons: Mapping[int, BaseException],
        size: int,
        source: str | None,
    ) -> None:
        super().__init__()
        self._records = records
        self._reasons = reasons
        self.size = size
        self.source = source

    def items(self) -> Iterator[Item]:
        for place, record in enumerate(self._records):
            yield record, self._reasons.get(place)


class Input:
    """A source as the other modules see it.

    Args:
        size: its bytes, if known.
        records: how many there are, where that is known without reading.
        whole: makes the one chunk of a source that is worked on where it is.
        cut: makes chunks of about so many records each; None: of a size that suits so many
            workers.
    """

    def __init__(
        self,
        size: int | None,
        records: int | None,
        whole: Callable[[], Iterator[Chunk]],
        cut: Callable[[int, int | None], Iterator[Chunk]],
    ) -> None:
        self.size = size
        self.records = records
        self.whole = whole
        self.cut = cut

    def about(self) -> int | None:
        """Return about how many records there are."""
        if self.records is not None:
            return self.records
        return None if self.size is None else self.size // _RECORD + 1


class FileChunk(Chunk):
    """A file that a function is called with, by its path."""

    def __init__(self, path: str, size: int) -> None:
        super().__init__()
        self.source = path
        self.size = size

    def items(self) -> Iterator[Item]:
        yield self.source, None  # type: ignore[misc]

    def place_of(self, record: Any) -> tuple[int | None, int | None, str | None]:
        return None, None, record


def files(paths: Iterable[str | os.PathLike[str]]) -> Input:
    """Return files as chunks of their own.

    Raises:
        OSError: one is not there.
    """
    names = [os.fspath(path) for path in paths]
    sizes = [0 if is_remote(name) else os.stat(name).st_size for name in names]

    def cut(*_: Any) -> Iterator[Chunk]:
        return (FileChunk(name, size) for name, size in zip(names, sizes))

    return Input(sum(sizes), len(names), cut, cut)


def _batched(items: Iterator[Item], size: int | None, at: Any = None) -> Iterator[Chunk]:
    """Collect records into chunks; `at` tells how far the source was read."""
    count = size or _READY
    before = 0
    ready: list[Item] = []
    for item in items:
        ready.append(item)
        if len(ready) == count:
            now = before if at is None else at()
            yield ReadyChunk(ready, now - before)
            before, ready = now, []
    if ready:
        yield ReadyChunk(ready, 0 if at is None else at() - before)


def _read_here(source: Any, options: Mapping[str, Any]) -> Callable[..., Iterator[Chunk]]:
    """Return what reads a source that cannot be cut, and makes chunks of its records."""

    def cut(workers: int, records: int | None) -> Iterator[Chunk]:
        chunk = SourceChunk(source, 0, options)
        last: Chunk | None = None
        for made in _batched(chunk.items(), records):
            if last is not None:
                yield last
            last = made
        # what belongs to no record is known at the end
        if last is None:
            last = ReadyChunk(())
        last.errors = chunk.errors
        yield last

    return cut


def _bytes_of(size: int | None, workers: int, records: int | None) -> int:
    """Return how many bytes a range is to have."""
    if records is not None:
        return max(records * _RECORD, 1)
    if size is None:
        return LARGEST
    return min(max(size // (workers * _SHARE), SMALLEST), LARGEST)


def _splittable(source: Any, size: int | None, options: dict[str, Any], storage: Any) -> Input:
    """A path, a URL or bytes."""
    options = dict(options)
    format = options.pop("format", None)

    def whole() -> Iterator[Chunk]:
        if is_remote(source):
            yield from cut(1, None)
            return
        if size != 0:  # nothing would tell the format
            yield SourceChunk(source, size or 0, {"format": format, **options})

    def cut(workers: int, records: int | None) -> Iterator[Chunk]:
        # the errors of all of it are counted together
        counted = options.get("max_errors")
        try:
            ranges = split(
                source,
                max_bytes=None if counted else _bytes_of(size, workers, records),
                parts=1 if counted else None,
                storage_options=storage,
                mode="resync",
                format=format,
                encoding=options.get("encoding"),
            )
        except OSError:
            if is_remote(source) or not isinstance(source, str | os.PathLike):
                raise
            if os.path.isfile(source) or not os.path.exists(source):
                raise
            yield from _read_here(source, {"format": format, **options})(workers, records)
            return
        if len(ranges) == 1 and (size is None or size > LARGEST) and workers > 1:
            # it can only be read from its beginning, but worked on in many places
            chunk = RangeChunk(ranges[0], options)
            yield from _batched(chunk.items(), records)
            if chunk.errors:
                last = ReadyChunk(())
                last.errors = chunk.errors
                yield last
            return
        for each in ranges:
            yield RangeChunk(each, options)

    return Input(size, None, whole, cut)


def _of_ranges(ranges: Sequence[ByteRange], options: Mapping[str, Any]) -> Input:
    size = 0
    for each in ranges:
        size += 0 if each.stop is None else each.stop - each.start

    def cut(workers: int = 1, records: int | None = None) -> Iterator[Chunk]:
        return (RangeChunk(each, options) for each in ranges)

    return Input(size, None, cut, cut)


def _of_records(records: Iterable[Any], options: Mapping[str, Any]) -> Input:
    if options:
        raise TypeError(f"records that are there take no {', '.join(map(repr, options))}")

    def items() -> Iterator[Item]:
        first = getattr(records, "errors", None)
        if isinstance(records, RecordBatch):
            reasons = cast("dict[int, list[BaseException]]", first)
            for place, record in enumerate(records):
                why = reasons.get(place) if record is None else None
                yield record, (why[-1] if why else None)
            return
        yield from _items_of(records, [])

    def cut(workers: int = 1, count: int | None = None) -> Iterator[Chunk]:
        return _batched(items(), count)

    count = len(records) if isinstance(records, Sequence | RecordBatch) else None

    def whole() -> Iterator[Chunk]:
        yield _Lazy(items)

    return Input(None, count, whole, cut)


class _Lazy(Chunk):
    """Records of an iterator, one by one."""

    fat = True

    def __init__(self, items: Callable[[], Iterator[Item]]) -> None:
        super().__init__()
        self.items = items  # type: ignore[method-assign]


def _size_of(source: Any, storage: Any) -> int | None:
    """Return how many bytes a path or a file object has, if that is to be had."""
    if isinstance(source, str | os.PathLike):
        if os.fspath(source) == "-" or is_remote(source):
            return None
        status = os.stat(source)
        return status.st_size if os.path.isfile(source) else None
    return None


def open_input(
    source: Any, options: Mapping[str, Any], storage_options: Mapping[str, Any] | None = None
) -> Input:
    """Return a source as chunks.

    Args:
        source: a path or URL, bytes, a binary file object, a range or several, a batch, any
            iterable of records, or a list of paths, which are read one after the other.
        options: of the reader.
        storage_options: of a URL's file system.

    Raises:
        OSError: there is no such file.
        TypeError: the source is of another kind, or takes no options.
    """
    options = dict(options)
    if isinstance(source, str | os.PathLike):
        if os.fspath(source) == "-":
            return Input(None, None, *_whole_and_cut(source, options))
        return _splittable(source, _size_of(source, storage_options), options, storage_options)
    if isinstance(source, bytes | bytearray | memoryview):
        return _splittable(source, len(source), options, storage_options)
    if isinstance(source, ByteRange):
        return _of_ranges([source], options)
    if callable(getattr(source, "read", None)) and not hasattr(source, "read_record"):
        return Input(None, None, *_whole_and_cut(source, options))
    if isinstance(source, Sequence) and source:
        if all(isinstance(each, ByteRange) for each in source):
            return _of_ranges(source, options)
        if all(isinstance(each, str | os.PathLike) for each in source):
            parts = [open_input(each, options, storage_options) for each in source]
            return _chained(parts)
    if isinstance(source, Iterable):
        return _of_records(source, options)
    raise TypeError(f"there are no records in {type(source).__name__}")


def _whole_and_cut(source: Any, options: Mapping[str, Any]) -> Any:
    def whole() -> Iterator[Chunk]:
        yield SourceChunk(source, 0, options)

    return whole, _read_here(source, options)


def _chained(parts: Sequence[Input]) -> Input:
    sizes = [part.size for part in parts]
    size = None if None in sizes else sum(cast("list[int]", sizes))
    return Input(
        size,
        None,
        lambda: chain.from_iterable(part.whole() for part in parts),
        lambda workers, records: chain.from_iterable(part.cut(workers, records) for part in parts),
    )
