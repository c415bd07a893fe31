# SPDX-License-Identifier: MIT
"""Which records came before, told by digests of 16 bytes that C keeps."""

from __future__ import annotations

import os

from mrrc._bridge.core import NULL
from mrrc._bridge.tables import Bytes, View
from mrrc._native import ffi, lib

KNOWN_AGAIN: int = lib.MRRC_KNOWN_AGAIN
KNOWN_NAMELESS: int = lib.MRRC_KNOWN_NAMELESS


class Known:
    """The records that were met; one thread at a time.

    Of those asked about it returns a byte each: 0, ``KNOWN_AGAIN``, where it came before; 1 where
    it is the first; or ``KNOWN_NAMELESS`` where it has no control number, by which it was asked.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        # what nobody foretells, so that no file can be made whose records all fall together
        known = lib.mrrc_known_new(os.urandom(16))
        if known == NULL:
            raise MemoryError
        self._known = ffi.gc(known, lib.mrrc_known_free)

    def __len__(self) -> int:
        return lib.mrrc_known_size(self._known)  # type: ignore[no-any-return]

    def numbers(self, view: View, first: int, end: int) -> bytes:
        """Ask about the records `first` to `end` by their control numbers."""
        return self._records(lib.MRRC_KNOWN_BY_NUMBER, view, first, end)

    def contents(self, view: View, first: int, end: int) -> bytes:
        """The same by leaders, without lengths and addresses, and fields."""
        return self._records(lib.MRRC_KNOWN_BY_CONTENT, view, first, end)

    def _records(self, how: int, view: View, first: int, end: int) -> bytes:
        found = bytearray(end - first)
        self._check(
            lib.mrrc_known_records(
                self._known, how, view._view, first, end, ffi.from_buffer("uint8_t[]", found)
            )
        )
        return bytes(found)

    def bytes_of(self, view: View, first: int, end: int, copied: Bytes) -> bytes:
        """The same by their bytes in the source, which `View.copied` has put into `copied`."""
        found = bytearray(end - first)
        self._check(
            lib.mrrc_known_bytes(
                self._known,
                copied.buffer.data,
                view._view.lengths + first,
                end - first,
                ffi.from_buffer("uint8_t[]", found),
            )
        )
        return bytes(found)

    def bytes_alone(self, chunk: bytes) -> bytes:
        """The same of one record by its bytes."""
        found = bytearray(1)
        self._check(
            lib.mrrc_known_bytes(
                self._known,
                ffi.from_buffer("uint8_t[]", chunk),
                ffi.new("uint32_t *", len(chunk)),
                1,
                ffi.from_buffer("uint8_t[]", found),
            )
        )
        return bytes(found)

    @staticmethod
    def _check(status: int) -> None:
        if status == lib.MRRC_ERR_MEMORY:
            raise MemoryError
        if status < 0:
            raise ValueError("the records are not packed")
