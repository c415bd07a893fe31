# SPDX-License-Identifier: MIT
"""Columns of Arrow's layout: selectors compiled, rows that grow in C, and what is taken of them.

What is handed over by its address is from then on the receiver's, and C frees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from mrrc._bridge.core import MORE, NULL
from mrrc._bridge.queries import QueryFault, fault_of
from mrrc._bridge.tables import View
from mrrc._native import ffi, lib
from mrrc.exceptions import MrrcException

#: The kinds of capsules; `ending` knows them.
SCHEMA, ARRAY, STREAM = range(3)

_FAULTS = {
    lib.MRRC_ERR_QUERY_LIMIT: "the record is too large for columns, or gives too many rows",
    lib.MRRC_ERR_PACKED_INVALID: "the bytes are no packed record",
    lib.MRRC_ERR_TAG_INVALID: "a tag is not ASCII",
}


def address(pointer: Any) -> int:
    """Return where something of C's stands."""
    return int(ffi.cast("uintptr_t", pointer))


def ending(kind: int) -> tuple[int, int]:
    """Return the addresses of a kind of capsule's name, and of what frees its content."""
    return address(lib.mrrc_capsule_name(kind)), address(lib.mrrc_capsule_end(kind))


class Columns:
    """Selectors, compiled for columns; any number of threads may use them at once.

    `made` makes them.
    """

    __slots__ = ("_columns", "_count")

    @classmethod
    def made(
        cls, selectors: Sequence[str], names: Sequence[str], lists: bytes, in_long: bool
    ) -> Columns | QueryFault:
        """Compile selectors, or say what is amiss in the text they make with a line end behind
        each; `lists` has a byte for each, 1 where all values are wanted."""
        text = "".join(f"{selector}\n" for selector in selectors).encode("utf-8", "surrogatepass")
        named = "".join(f"{name}\0" for name in names).encode()
        fault = ffi.new("mrrc_query_fault *")
        columns = lib.mrrc_columns_new(
            *(text, len(text), named, len(named), ffi.from_buffer("uint8_t[]", lists)),
            *(len(names), lib.MRRC_COLUMNS_LONG * in_long, fault),
        )
        if columns != NULL:
            return cls(columns, len(names))
        if fault.code == lib.MRRC_ERR_MEMORY:
            raise MemoryError
        return fault_of(fault)

    def __init__(self, columns: Any, count: int) -> None:
        self._columns = ffi.gc(columns, lib.mrrc_columns_free)
        self._count = count

    def warnings(self) -> list[QueryFault]:
        """Return what hardly means what it says."""
        count = ffi.new("size_t *")
        warnings = lib.mrrc_columns_warnings(self._columns, count)
        return [fault_of(warnings[i]) for i in range(count[0])]

    def schema(self) -> int:
        """Return a schema, which the caller has to free."""
        schema = lib.mrrc_columns_schema(self._columns)
        if schema == NULL:
            raise MemoryError
        return address(schema)


class Rows:
    """Rows that grow; one thread at a time.

    Args:
        columns: what they are made by.
        most: how many there are to be at most.
    """

    __slots__ = ("_columns", "_done", "_out")

    def __init__(self, columns: Columns, most: int) -> None:
        out = lib.mrrc_columns_out_new(columns._columns, most)
        if out == NULL:
            raise MemoryError
        self._columns = columns  # C has a pointer to them
        self._out = ffi.gc(out, lib.mrrc_columns_out_free)
        self._done = ffi.new("size_t *")

    def __len__(self) -> int:
        return lib.mrrc_columns_out_rows(self._out)  # type: ignore[no-any-return]

    def records(
        self, view: View, first: int, end: int, number: int
    ) -> tuple[int, Exception | None, bool]:
        """Append the rows of the records `first` to `end`, with the GIL released.

        Returns up to which record, why not further, and whether rows are to be taken first.
        """
        done = self._done
        status = lib.mrrc_columns_records(
            self._columns._columns, view._view, first, end, number, self._out, done
        )
        if status >= 0:
            return done[0], None, status == MORE
        if status == lib.MRRC_ERR_MEMORY:
            raise MemoryError
        return done[0], MrrcException(_FAULTS.get(status, f"failure {status}")), False

    def made(self, view: View) -> bool:
        """Take over the rows that threads have made of all records of a view; there are to be
        none here. Returns whether there were some."""
        return view.rows(self._out)

    def take(self) -> Chunk:
        """Return the rows, and begin anew."""
        array = lib.mrrc_columns_take(self._out)
        if array == NULL:
            raise MemoryError
        return Chunk(array)

    def dropped(self) -> list[int]:
        """Return how many values of each column were left out since they are not the first."""
        count = self._columns._count
        numbers = ffi.new("uint64_t[]", max(count, 1))
        lib.mrrc_columns_out_dropped(self._out, numbers)
        return ffi.unpack(numbers, count)  # type: ignore[no-any-return]


class Chunk:
    """Rows that were taken.

    Attributes:
        rows: how many there are.
    """

    __slots__ = ("_array", "rows")

    def __init__(self, array: Any) -> None:
        self._array = ffi.gc(array, lib.mrrc_arrow_array_free)
        self.rows: int = array.length

    def _held(self) -> Any:
        if self._array is None:
            raise ValueError("the rows were handed over")
        return self._array

    def handed_over(self) -> int:
        """Return where the rows are, which the caller has to free; they are not here any more.

        Raises:
            ValueError: they were handed over before.
        """
        array, self._array = self._held(), None
        ffi.gc(array, None)
        return address(array)

    def column(self, index: int) -> list[Any]:
        """Return what a column holds: texts, lists of texts, or numbers.

        Raises:
            ValueError: the rows were handed over.
        """
        array = self._held().children[index]
        if array.n_children:
            texts = _texts(array.children[0])
            ends = _numbers(array.buffers[1], "i", array.length + 1)
            return [texts[begin:end] for begin, end in zip(ends, ends[1:])]
        if array.n_buffers == 3:
            return _texts(array)
        # the first is the record's number, the other its field's occurrence
        return _numbers(array.buffers[1], "i" if index else "q", array.length)


def _numbers(pointer: Any, kind: Literal["i", "q"], count: int) -> list[int]:
    if not count:
        return []
    size = 8 if kind == "q" else 4
    return memoryview(ffi.buffer(pointer, count * size)).cast("B").cast(kind).tolist()


def _texts(array: Any) -> list[Any]:
    ends = _numbers(array.buffers[1], "i", array.length + 1)
    data: bytes = ffi.buffer(array.buffers[2], ends[-1])[:] if ends[-1] else b""
    found: list[str | None]
    if data.isascii():
        text = data.decode("ascii")
        found = [text[begin:end] for begin, end in zip(ends, ends[1:])]
    else:
        found = [data[begin:end].decode() for begin, end in zip(ends, ends[1:])]
    if array.null_count:
        valid = ffi.buffer(array.buffers[0], (array.length + 7) // 8)[:]
        for index in range(array.length):
            if not valid[index >> 3] >> (index & 7) & 1:
                found[index] = None
    return found


def stream_of(columns: Columns, chunks: Iterable[Chunk]) -> int:
    """Return a stream that the chunks are handed over to, which the caller has to free."""
    held = list(chunks)
    arrays = ffi.new("mrrc_arrow_array *[]", [chunk._held() for chunk in held])
    stream = lib.mrrc_arrow_stream_new(columns._columns, arrays, len(held))
    if stream == NULL:
        raise MemoryError
    for chunk in held:
        chunk.handed_over()
    return address(stream)
