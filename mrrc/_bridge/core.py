# SPDX-License-Identifier: MIT
"""What all of the bridge stands on: the core's numbers, and a pool of its buffers.

Buffers come from a pool: a single one would be a data race, because the GIL is dropped while C
fills it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from mrrc._native import ffi, lib

NULL = ffi.NULL
unpack = ffi.unpack

OK: int = lib.MRRC_OK
END: int = lib.MRRC_END
UNDECODED: int = lib.MRRC_UNDECODED
MORE: int = lib.MRRC_MORE
NOTED: int = lib.MRRC_NOTED
RAW: int = lib.MRRC_RAW
WAITING: int = lib.MRRC_WAITING
LENGTH_INVALID: int = lib.MRRC_ERR_LENGTH_INVALID
TRUNCATED: int = lib.MRRC_ERR_TRUNCATED
TERMINATOR_MISSING: int = lib.MRRC_ERR_TERMINATOR_MISSING
BETWEEN_RECORDS: int = lib.MRRC_ERR_BETWEEN_RECORDS
QUERY_LIMIT: int = lib.MRRC_ERR_QUERY_LIMIT
NO_RECORD: int = lib.MRRC_NO_RECORD

READ_RAW: int = lib.MRRC_READ_RAW
READ_FORCE_UTF8: int = lib.MRRC_READ_FORCE_UTF8
READ_FOREIGN: int = lib.MRRC_READ_FOREIGN
READ_LIBRARY: int = lib.MRRC_READ_LIBRARY
READ_NAMESPACE: int = lib.MRRC_READ_NAMESPACE
READ_STRICT: int = lib.MRRC_READ_STRICT
READ_LENIENT: int = lib.MRRC_READ_LENIENT
READ_PERMISSIVE: int = lib.MRRC_READ_PERMISSIVE
READ_DETECT: int = lib.MRRC_READ_DETECT
READ_MARC8: int = lib.MRRC_READ_MARC8
READ_UNIMARC: int = lib.MRRC_READ_UNIMARC

WRITE_MARC8: int = lib.MRRC_WRITE_MARC8
WRITE_UTF8: int = lib.MRRC_WRITE_UTF8
WRITE_ALONE: int = lib.MRRC_WRITE_ALONE
WRITE_PYMARC: int = lib.MRRC_WRITE_PYMARC
WRITE_ASCII: int = lib.MRRC_WRITE_ASCII
WRITE_NAMESPACE: int = lib.MRRC_WRITE_NAMESPACE
WRITE_FORMULAS: int = lib.MRRC_WRITE_FORMULAS
UNMAPPED: dict[str, int] = {
    "ncr": lib.MRRC_WRITE_UNMAPPED_NCR,
    "replace": lib.MRRC_WRITE_UNMAPPED_REPLACE,
    "raise": 0,
}

MARC: int = lib.mrrc_format_find(b"marc")


def find_format(name: str) -> int:
    """Return the number of a format; `ValueError` where there is none of this name."""
    number: int = lib.mrrc_format_find(name.encode())
    if number < 0:
        raise ValueError(f"there is no format {name!r}")
    return number


def free_with(owned: Any, free: Any, pointer: Any) -> Callable[[], Any]:
    """Have C free something when nothing refers any more to what ``ffi.new`` has made.

    ``ffi.gc`` frees what the collector finds in a cycle before others of the cycle are finalized,
    and a reader that is finalized looks into its source. The collector does not follow what
    ``ffi.new`` makes, so that this lives as long as the object that has it.

    Returns what frees it at once, if it is not free yet.
    """
    finalizer = weakref.finalize(owned, free, pointer)
    finalizer.atexit = False
    return finalizer


buffers: list[Any] = []


def new_buffer() -> Any:
    """Return a buffer that is not of the pool."""
    buffer = lib.mrrc_buffer_new()
    if buffer == NULL:
        raise MemoryError
    return ffi.gc(buffer, lib.mrrc_buffer_free)


#: A buffer that held more than this is not kept for another use.
KEPT = 1 << 18


def give_back(buffer: Any) -> None:
    """Put a buffer into the pool, unless it has grown large."""
    if buffer.capacity <= 4 * KEPT:
        buffers.append(buffer)


def empty_buffer() -> Any:
    """Return an empty buffer, of the pool if it has one."""
    try:
        buffer = buffers.pop()
    except IndexError:
        return new_buffer()
    buffer.size = 0
    return buffer
