# SPDX-License-Identifier: MIT
"""Batches that stay where C has them, and what looks at them there: tables, tallies, usage.

A batch is looked at by as many as like, and nothing of it crosses into Python but what they
give.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any, NamedTuple

from mrrc._bridge.core import MORE, NULL, new_buffer, unpack
from mrrc._bridge.queries import QueryFault, fault_of
from mrrc._bridge.streams import Block, Source
from mrrc._native import ffi, lib
from mrrc.exceptions import MrrcException

READ_FRAMES: int = lib.MRRC_READ_FRAMES
READ_BRIEFLY: int = lib.MRRC_READ_BRIEFLY

TABLE_TABS: int = lib.MRRC_TABLE_TABS
TABLE_FORMULAS: int = lib.MRRC_TABLE_FORMULAS
TABLE_SQUASH: int = lib.MRRC_TABLE_SQUASH
TABLE_MERGE: int = lib.MRRC_TABLE_MERGE
TABLE_PLAIN: int = lib.MRRC_TABLE_PLAIN
TABLE_CODES: int = lib.MRRC_TABLE_CODES
TABLE_QUOTES: dict[str, int] = {
    "necessary": 0,
    "always": lib.MRRC_TABLE_QUOTES_ALWAYS,
    "non-numeric": lib.MRRC_TABLE_QUOTES_TEXT,
    "never": lib.MRRC_TABLE_QUOTES_NEVER,
}

#: More than any count there is.
_ALL = (1 << 64) - 1

_FAULTS = {
    lib.MRRC_ERR_QUERY_LIMIT: "the record gives more rows than are taken of one, "
    "or takes too long to be tested",
    lib.MRRC_ERR_PACKED_INVALID: "the bytes are no packed record",
}


class View:
    """A batch in C's memory; it holds until its source reads on.

    Attributes:
        count: how many records are in it.
        marked: whether some of them are out of the ordinary: C has not decoded them.
        noted: whether something was amiss in them, or between them.
    """

    __slots__ = ("_kept", "_source", "_view", "count", "marked", "noted")

    def __init__(self, view: Any, source: Source | None, kept: Any = None) -> None:
        self._view = view
        self._source = source
        self._kept = kept
        self.count: int = view.count
        self.marked: bool = view.marked > 0
        self.noted: bool = view.notes_count > 0 or view.faults_count > 0

    def numbers(self) -> list[int] | None:
        """Return each record's number among those met, from 0; None where all met are here."""
        numbers = self._view.numbers
        return None if numbers == NULL else ffi.unpack(numbers, self.count)

    @property
    def met(self) -> int:
        """How many records were met, those that a filter passed over too."""
        return self._view.met  # type: ignore[no-any-return]

    def rows(self, out: Any) -> bool:
        """Move rows that threads have made of all its records into an output of C's that has none.
        Returns whether there were some."""
        return self._source is not None and self._source.rows(out)

    def block(self) -> Block:
        """Return a copy of the batch."""
        if self._source is None:
            raise ValueError("the records are of no source")
        return self._source._block()

    def packed(self, first: int, end: int) -> tuple[bytes, list[int]]:
        """Return a copy of the records `first` to `end`, and where in it each ends."""
        if first == end:
            return b"", []
        ends = ffi.unpack(self._view.ends + first, end - first)
        begin = self._view.ends[first - 1] if first else 0
        if begin:
            ends = [stop - begin for stop in ends]
        return ffi.buffer(self._view.block + begin, ends[-1])[:] if ends[-1] else b"", ends

    def copied(self, first: int, end: int, into: Bytes) -> None:
        """Append the records `first` to `end` to a buffer, as they stand in the source."""
        if self._source is None:
            raise ValueError("the records are of no source")
        reader = self._source.piece
        self._check_copy(lib.mrrc_reader_copy(reader, self._view, first, end, into.buffer))

    def picked(self, numbers: array[int], into: Bytes) -> None:
        """Append some records as they stand in the source, by their numbers in the batch."""
        if self._source is None:
            raise ValueError("the records are of no source")
        status = lib.mrrc_reader_pick(
            self._source.piece,
            self._view,
            ffi.from_buffer("uint32_t[]", numbers),
            len(numbers),
            into.buffer,
        )
        self._check_copy(status)

    @staticmethod
    def _check_copy(status: int) -> None:
        if status == lib.MRRC_ERR_MEMORY:
            raise MemoryError
        if status != 0:
            raise ValueError("the records are not at hand")

    def chosen(self, numbers: array[int]) -> tuple[bytes, array[int]]:
        """Return some packed records, by their numbers in the batch, and where each ends."""
        block, stops = Bytes(), Bytes()
        status = lib.mrrc_pick_packed(
            self._view,
            ffi.from_buffer("uint32_t[]", numbers),
            len(numbers),
            block.buffer,
            stops.buffer,
        )
        self._check_copy(status)
        return block.taken(), array("I", stops.taken())

    def lengths(self, first: int, end: int) -> list[int]:
        """Return how long the records `first` to `end` are in the source."""
        return ffi.unpack(self._view.lengths + first, end - first)  # type: ignore[no-any-return]

    def lengths_of(self, numbers: array[int]) -> list[int]:
        """Return how long some records are in the source, by their numbers in the batch."""
        lengths = self._view.lengths
        return [lengths[number] for number in numbers]

    def control_numbers(self, first: int, end: int) -> list[bytes]:
        """Return the first 001 of each of the records `first` to `end`; where it is missing or
        blank there are no bytes."""
        out = Bytes()
        self._check_copy(lib.mrrc_control_numbers(self._view, first, end, out.buffer))
        return out.taken().split(b"\x1f")[:-1]


class Bytes:
    """Bytes in C's memory, which are taken out to be written."""

    __slots__ = ("buffer",)

    def __init__(self) -> None:
        self.buffer = new_buffer()

    def __len__(self) -> int:
        return self.buffer.size  # type: ignore[no-any-return]

    def look(self) -> Any:
        """Return the bytes where they are; they hold until more are appended."""
        return ffi.buffer(self.buffer.data, self.buffer.size) if self.buffer.size else b""

    def clear(self) -> None:
        """Forget the bytes."""
        self.buffer.size = 0

    def taken(self) -> bytes:
        """Return the bytes, and forget them here."""
        data = unpack(self.buffer.text, self.buffer.size) if self.buffer.size else b""
        self.buffer.size = 0
        return data


def look(source: Source, flags: int) -> View | None:
    """Read the next batch and leave it in C; None at the end.

    Raises:
        MrrcException: as `Source.next()`.
    """
    return View(source._view, source) if source.advance(flags) else None


def view_of(records: Iterable[bytes]) -> View:
    """Return packed records as a view."""
    parts = list(records)
    ends = array("I")
    end = 0
    for part in parts:
        end += len(part)
        ends.append(end)
    block = b"".join(parts)
    view = ffi.new("mrrc_batch_view *")
    kept = (ffi.from_buffer("uint8_t[]", block), ffi.from_buffer("uint32_t[]", ends))
    view.block, view.ends = kept
    view.block_size = len(block)
    view.count = view.met = len(parts)
    return View(view, None, kept)


def _outcome(status: int, done: int) -> tuple[int, Exception | None]:
    if status >= 0:
        return done, None
    if status == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    return done, MrrcException(_FAULTS.get(status, f"failure {status}"))


class Table:
    """A query, compiled; one thread at a time.

    Attributes:
        columns: how many there are.
        names: theirs, each empty where it has none.

    `made` makes one.
    """

    __slots__ = ("_done", "_table", "columns", "names")

    @classmethod
    def made(
        cls, query: str, flags: int, separator: str, similarity: int, fold: int
    ) -> Table | QueryFault:
        """Compile a query, or say what is amiss in its text."""
        text, between = query.encode("utf-8", "surrogatepass"), separator.encode()
        fault = ffi.new("mrrc_query_fault *")
        table = lib.mrrc_table_new(
            text, len(text), between, len(between), flags, similarity, fold, fault
        )
        if table != NULL:
            return cls(table)
        if fault.code == lib.MRRC_ERR_MEMORY:
            raise MemoryError
        return fault_of(fault)

    def __init__(self, table: Any) -> None:
        self._table = ffi.gc(table, lib.mrrc_table_free)
        self._done = ffi.new("size_t *")
        names = Bytes()
        self.columns: int = lib.mrrc_table_columns(table, names.buffer)
        if self.columns < 0:
            raise MemoryError
        self.names: list[str] = names.taken().decode().split("\x1f")[:-1]

    def warnings(self) -> list[QueryFault]:
        """Return what hardly means what it says."""
        count = ffi.new("size_t *")
        warnings = lib.mrrc_table_warnings(self._table, count)
        return [fault_of(warnings[i]) for i in range(count[0])]

    def row(self, cells: Iterable[str], out: Bytes) -> None:
        """Append a row of any cells."""
        text = "".join(f"{cell}\x1f" for cell in cells).encode()
        if lib.mrrc_table_row(self._table, text, len(text), out.buffer) < 0:
            raise MemoryError

    def rows(self, cells: bytes, out: Bytes) -> None:
        """Append rows of any cells, with 0x1F behind each cell and 0x1E behind each row."""
        if lib.mrrc_table_all_rows(self._table, cells, len(cells), out.buffer) < 0:
            raise MemoryError

    def records(self, view: View, first: int, end: int, out: Bytes) -> tuple[int, Exception | None]:
        """Append the rows of the records `first` to `end`, with the GIL released.

        Returns up to which record, and why not further; None where `out` wants to be emptied.
        """
        done = self._done
        status = lib.mrrc_table_records(self._table, view._view, first, end, out.buffer, done)
        return _outcome(status if status != MORE else 0, done[0])


class Tally:
    """Rows of a table, counted; one thread at a time."""

    __slots__ = ("_done", "_tally")

    def __init__(self) -> None:
        tally = lib.mrrc_tally_new()
        if tally == NULL:
            raise MemoryError
        self._tally = ffi.gc(tally, lib.mrrc_tally_free)
        self._done = ffi.new("size_t *")

    def __len__(self) -> int:
        return lib.mrrc_tally_size(self._tally)  # type: ignore[no-any-return]

    def records(
        self, table: Table, once: bool, view: View, first: int, end: int
    ) -> tuple[int, Exception | None]:
        """Count the rows of the records `first` to `end`, with the GIL released.

        Returns up to which record, and why not further.
        """
        done = self._done
        status = lib.mrrc_tally_records(
            self._tally, table._table, once, view._view, first, end, done
        )
        return _outcome(status, done[0])

    def rows(self, table: Table, reverse: bool, least: int, most: int | None, out: Bytes) -> None:
        """Append what was counted, in order, as a table writes it."""
        most = _ALL if most is None else min(most, _ALL)
        least = min(least, _ALL)
        status = lib.mrrc_tally_rows(self._tally, table._table, reverse, least, most, out.buffer)
        if status < 0:
            raise MemoryError

    def numbers(
        self, table: Table, view: View, first: int, end: int
    ) -> tuple[array[int], int, Exception | None]:
        """Count the rows of the records `first` to `end`, each once a record.

        Returns the record's index and the row's number in the tally for each of them, in turn; up
        to which record, and why not further.
        """
        done, out = self._done, Bytes()
        status = lib.mrrc_tally_numbers(
            self._tally, table._table, view._view, first, end, out.buffer, done
        )
        return array("I", out.taken()), *_outcome(status, done[0])

    def row(self, number: int) -> list[str]:
        """Return the cells of a row by its number."""
        out = Bytes()
        if lib.mrrc_tally_row(self._tally, number, out.buffer) < 0:
            raise MemoryError
        return out.taken().decode("utf-8", "replace").split("\x1f")[:-1]

    def add(self, cells: bytes) -> None:
        """Add a row, with 0x1F behind each cell, to be found."""
        if lib.mrrc_tally_add(self._tally, cells, len(cells)) < 0:
            raise MemoryError

    def find(
        self, table: Table, view: View, first: int, end: int
    ) -> tuple[bytes, int, Exception | None]:
        """Return a byte for each record, 1 where it gives a row that is in the tally."""
        done = self._done
        found = bytearray(end - first)
        status = lib.mrrc_tally_find(
            self._tally,
            table._table,
            view._view,
            first,
            end,
            ffi.from_buffer("uint8_t[]", found),
            done,
        )
        return bytes(found), *_outcome(status, done[0])


class Hit(NamedTuple):
    """A place in a value where a pattern matches."""

    record: int  # the record's index in the view
    tag: str
    code: str
    value: bytes
    offset: int  # of the value in the view, which tells values apart
    start: int
    end: int


class Grep:
    """Patterns, to be sought in every value; one thread at a time.

    `made` makes one.
    """

    __slots__ = ("_done", "_grep", "_hits")

    @classmethod
    def made(cls, patterns: Iterable[str]) -> Grep | QueryFault:
        """Compile patterns, or say what is amiss in one."""
        text = "".join(f"{pattern}\x1e" for pattern in patterns).encode("utf-8", "surrogatepass")
        fault = ffi.new("mrrc_query_fault *")
        grep = lib.mrrc_grep_new(text, len(text), fault)
        if grep != NULL:
            return cls(grep)
        if fault.code == lib.MRRC_ERR_MEMORY:
            raise MemoryError
        return fault_of(fault)

    def __init__(self, grep: Any) -> None:
        self._grep = ffi.gc(grep, lib.mrrc_grep_free)
        self._done = ffi.new("size_t *")
        self._hits = Bytes()

    def records(self, view: View, first: int, end: int) -> tuple[list[Hit], int, Exception | None]:
        """Return what is found in the records `first` to `end`, sought with the GIL released,
        up to which record, and why not further."""
        buffer = self._hits.buffer
        buffer.size = 0
        done = self._done
        status = lib.mrrc_grep_records(self._grep, view._view, first, end, buffer, done)
        hits = ffi.cast("mrrc_grep_hit *", buffer.data)
        count = buffer.size // ffi.sizeof("mrrc_grep_hit")
        block = view._view.block
        found = [
            Hit(
                hit.record,
                bytes(hit.tag)[:3].decode("ascii", "replace"),
                bytes(hit.code).rstrip(b"\0").decode("utf-8", "replace"),
                ffi.buffer(block + hit.offset, hit.size)[:],
                hit.offset,
                hit.begin,
                hit.end,
            )
            for hit in (hits[i] for i in range(count))
        ]
        return found, *_outcome(status, done[0])


class Usage:
    """Data fields and their subfields, counted; one thread at a time."""

    __slots__ = ("_done", "_usage")

    _CODES = 128

    def __init__(self) -> None:
        usage = lib.mrrc_usage_new()
        if usage == NULL:
            raise MemoryError
        self._usage = ffi.gc(usage, lib.mrrc_usage_free)
        self._done = ffi.new("size_t *")

    def records(self, view: View, first: int, end: int) -> tuple[int, Exception | None]:
        """Count the records `first` to `end`, with the GIL released.

        Returns up to which record, and why not further.
        """
        done = self._done
        status = lib.mrrc_usage_records(self._usage, view._view, first, end, done)
        return _outcome(status, done[0])

    def kinds(self) -> dict[str, tuple[int, dict[str, int]]]:
        """Return for each tag with its indicators how many fields and which codes there are."""
        out = Bytes()
        if lib.mrrc_usage_rows(self._usage, out.buffer) < 0:
            raise MemoryError
        data = memoryview(out.taken())
        kinds: dict[str, tuple[int, dict[str, int]]] = {}
        at = 0
        while at < len(data):
            size = data[at : at + 4].cast("I")[0]
            name, _, odd = str(data[at + 4 : at + 4 + size], "utf-8", "replace").partition("\x1f")
            at += 4 + size
            counts = array("Q", bytes(data[at : at + 8 * self._CODES]))
            at += 8 * self._CODES
            if odd:
                kinds[name][1][odd] = counts[0]
                continue
            codes = {chr(code): n for code, n in enumerate(counts) if n and code}
            kinds[name] = (counts[0], codes)
        return kinds
