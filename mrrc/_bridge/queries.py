# SPDX-License-Identifier: MIT
"""Filters: compiled from a text, and run over packed records."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from mrrc._bridge.core import NULL, QUERY_LIMIT
from mrrc._native import ffi, lib
from mrrc.exceptions import MrrcException

if TYPE_CHECKING:
    from mrrc._bridge.tables import View

#: Of a record that took too long to be tested, in what `flags_of` returns.
TOO_LONG = 2


class QueryFault(NamedTuple):
    """What is amiss in the text of a filter, or what hardly means what it says."""

    code: int
    offset: int  # in the text's UTF-8
    message: str
    expected: str
    hint: str


def _text(characters: Any) -> str:
    text: bytes = ffi.string(characters)
    return text.decode("utf-8", "replace")


def fault_of(fault: Any) -> QueryFault:
    """Make the fault that a `mrrc_query_fault` stands for."""
    return QueryFault(
        fault.code, fault.offset, _text(fault.message), _text(fault.expected), _text(fault.hint)
    )


class Program:
    """A compiled filter; any number of threads may use one at once."""

    __slots__ = ("pointer",)

    def __init__(self, pointer: Any) -> None:
        self.pointer = ffi.gc(pointer, lib.mrrc_filter_free)

    def warnings(self) -> list[QueryFault]:
        """Return what hardly means what it says."""
        count = ffi.new("size_t *")
        warnings = lib.mrrc_filter_warnings(self.pointer, count)
        return [fault_of(warnings[i]) for i in range(count[0])]

    def matches(self, block: bytes | memoryview, ends: Iterable[int]) -> list[bool | None]:
        """Test packed records that end at `ends` of a block, with the GIL released.

        None stands for a record that took too long.
        """
        numbers = array("I", ends)
        results: list[bool | None] = []
        done = ffi.new("size_t *")
        begin = 0
        while numbers:
            flags = bytearray(len(numbers))
            status = lib.mrrc_filter_records(
                self.pointer,
                ffi.from_buffer("uint8_t[]", block) + begin,
                ffi.from_buffer("uint32_t[]", numbers),
                len(numbers),
                ffi.from_buffer("uint8_t[]", flags),
                done,
            )
            results += (flag != 0 for flag in flags[: done[0]])
            if status == 0:
                break
            if status == lib.MRRC_ERR_MEMORY:
                raise MemoryError
            if status != QUERY_LIMIT:
                raise MrrcException("the bytes are no packed record")
            results.append(None)
            # those behind it, as a block of their own
            past = numbers[done[0]]
            begin += past
            numbers = array("I", (end - past for end in numbers[done[0] + 1 :]))
        return results


def flags_of(programs: Iterable[Program], view: View, first: int, end: int) -> list[bytes]:
    """Test the records `first` to `end` of a view by filters, in one crossing without the GIL.

    Returns for each filter a byte for each record: 1, 0, or `TOO_LONG`.
    """
    pointers = [program.pointer for program in programs]
    count = end - first
    found = bytearray(len(pointers) * count)
    done = ffi.new("size_t *")
    status = lib.mrrc_filters_view(
        ffi.new("mrrc_filter *[]", pointers),
        len(pointers),
        view._view,
        first,
        end,
        ffi.from_buffer("uint8_t[]", found),
        done,
    )
    if status == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    if status != 0:
        raise MrrcException("the bytes are no packed record")
    return [bytes(found[at : at + count]) for at in range(0, len(found), count)] if count else []


#: What may be made alike before texts are compared; of the forms one at most.
FORMS: dict[str, int] = {
    "nfc": lib.MRRC_FOLD_NFC,
    "nfd": lib.MRRC_FOLD_NFD,
    "nfkc": lib.MRRC_FOLD_NFKC,
    "nfkd": lib.MRRC_FOLD_NFKD,
}
FOLD_CASE: int = lib.MRRC_FOLD_CASE


def compile_filter(text: str, similarity: int, fold: int) -> Program | QueryFault:
    """Compile a filter, or say what is amiss in its text."""
    encoded = text.encode("utf-8", "surrogatepass")
    fault = ffi.new("mrrc_query_fault *")
    pointer = lib.mrrc_filter_new(encoded, len(encoded), similarity, fold, fault)
    if pointer != NULL:
        return Program(pointer)
    if fault.code == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    return fault_of(fault)
