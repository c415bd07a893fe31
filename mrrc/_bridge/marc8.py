# SPDX-License-Identifier: MIT
"""MARC-8 and ISO 5426, a value at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mrrc._bridge.core import NULL, empty_buffer, give_back, unpack
from mrrc._bridge.faults import notes_of, raise_for
from mrrc._native import ffi, lib

if TYPE_CHECKING:
    from mrrc._bridge.note import Note

MARC8_PYMARC: int = lib.MRRC_MARC8_PYMARC
MARC8_NCR: int = lib.MRRC_MARC8_NCR
MARC8_UNMAPPED: dict[str, int] = {
    "ncr": lib.MRRC_MARC8_UNMAPPED_NCR,
    "replace": lib.MRRC_MARC8_UNMAPPED_REPLACE,
    "raise": 0,
}
CHARACTER_UNMAPPED: int = lib.MRRC_ERR_CHARACTER_UNMAPPED
CHARACTER_CUT: int = lib.MRRC_ERR_CHARACTER_CUT
MARK_STRAY: int = lib.MRRC_ERR_MARK_STRAY


class Decoded:
    """A decoded value: how it ended, its text, the sets in use behind it, what was amiss."""

    __slots__ = ("g0", "g1", "notes", "status", "text")

    def __init__(self, status: int, text: str, g0: int, g1: int, notes: list[Note]) -> None:
        self.status = status
        self.text = text
        self.g0 = g0
        self.g1 = g1
        self.notes = notes


def _decoded(status: int, out: Any, notes: Any, g0: int, g1: int) -> Decoded:
    text = unpack(out.text, out.size).decode() if out.size else ""
    listed: list[Note] = []
    if notes.size:
        count = notes.size // ffi.sizeof("mrrc_diagnostic")
        listed = notes_of(ffi.cast("mrrc_diagnostic *", notes.data), count)
    give_back(out)
    give_back(notes)
    if status == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    return Decoded(status, text, g0, g1, listed)


def marc8_decode(data: bytes, flags: int, g0: int, g1: int) -> Decoded:
    """Decode MARC-8 that begins with these sets designated."""
    out, notes = empty_buffer(), empty_buffer()
    state = ffi.new("mrrc_marc8_state *", (g0, g1))
    status = lib.mrrc_marc8_decode(data, len(data), flags, state, out, notes)
    return _decoded(status, out, notes, state.g0, state.g1)


def iso5426_decode(data: bytes) -> Decoded:
    """Decode ISO 5426."""
    out, notes = empty_buffer(), empty_buffer()
    status = lib.mrrc_iso5426_decode(data, len(data), out, notes)
    return _decoded(status, out, notes, 0, 0)


def marc8_encode(text: bytes, unmapped: int) -> tuple[bytes, tuple[int, int] | None]:
    """Encode UTF-8 as MARC-8.

    Returns it and None, or nothing and the place (a byte offset) and the character that has no
    code.
    """
    out = empty_buffer()
    error = ffi.new("mrrc_error *")
    status = lib.mrrc_marc8_encode(text, len(text), unmapped, NULL, out, error)
    encoded: bytes = unpack(out.text, out.size) if out.size else b""
    give_back(out)
    if status == CHARACTER_UNMAPPED:
        return b"", (error.offset, error.found)
    if status != 0:
        raise_for(error)
    return encoded, None


def marc8_set(final: int) -> list[tuple[int, int, int]]:
    """The codes of a MARC-8 set: each with its character, and 1 for a combining mark or 0."""
    out = empty_buffer()
    status = lib.mrrc_marc8_set(final, out)
    numbers: list[int] = []
    if out.size:
        numbers = ffi.unpack(ffi.cast("uint32_t *", out.data), out.size // 4)
    give_back(out)
    if status == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
