# SPDX-License-Identifier: MIT
"""Numbers in memory that processes share, each changed in one atomic step, without a lock."""

from __future__ import annotations

from typing import Any

from mrrc._native import ffi, lib

#: Bytes of a number; its place is a multiple of them.
SIZE = 8


class Count:
    """A number of 64 bits.

    Args:
        memory: writable bytes, kept as long as this is.
        place: where in them it is.
    """

    __slots__ = ("_memory", "_place")

    def __init__(self, memory: Any, place: int = 0) -> None:
        self._memory = ffi.from_buffer("uint8_t[]", memory, require_writable=True)
        if not 0 <= place <= len(self._memory) - SIZE or place % SIZE:
            raise ValueError(f"there is no number at {place} of {len(self._memory)} bytes")
        self._place = self._memory + place

    def get(self) -> int:
        """Return the number."""
        number: int = lib.mrrc_count_get(self._place)
        return number

    def set(self, number: int) -> int:
        """Put another number there, and return the one before; `OverflowError`: it is too large."""
        before: int = lib.mrrc_count_set(self._place, number)
        return before

    def add(self, amount: int) -> int:
        """Add to the number, and return the sum; `OverflowError`: it is too large, and not made."""
        total: int = lib.mrrc_count_add(self._place, amount) + amount
        if not -(1 << 63) <= total < 1 << 63:
            raise OverflowError(f"a count of 64 bits cannot be {total}")
        return total
