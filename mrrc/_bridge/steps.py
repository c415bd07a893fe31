# SPDX-License-Identifier: MIT
"""From record to record of ISO 2709 in bytes at hand, without looking into them.

A stretch is gone through in one crossing, with the GIL released, up to the first record whose
frame is in doubt. What to make of that is for others.
"""

from array import array
from typing import Any

from mrrc._bridge.core import NULL
from mrrc._native import ffi, lib

#: So many records' ends are asked for at once.
_ROOM = 8192


def _pointer(data: bytes, at: int) -> Any:
    return ffi.from_buffer("uint8_t[]", data) + at


def boundaries(data: bytes, at: int, until: int, gaps: bool = False) -> tuple[int, int]:
    """Return the first boundary at or behind `until`, and how many records lie before it.

    It is before a doubt, or the end of the bytes, where these come first.

    Args:
        at: a place in the bytes where a record begins.
        gaps: go over line ends between records.
    """
    count = ffi.new("size_t *")
    wanted = max(0, until - at)
    end: int = lib.mrrc_boundaries(_pointer(data, at), len(data) - at, wanted, gaps, NULL, 0, count)
    return at + end, count[0]


def boundary_ends(data: bytes, at: int, until: int, gaps: bool = False) -> list[int]:
    """Return the ends of the records up to the first boundary at or behind `until`.

    They end before a doubt, or the end of the bytes, where these come first.
    """
    ends: list[int] = []
    room = array("I", bytes(4 * _ROOM))
    count = ffi.new("size_t *")
    into = ffi.from_buffer("uint32_t[]", room, require_writable=True)
    while at < until:
        end = lib.mrrc_boundaries(
            _pointer(data, at), len(data) - at, until - at, gaps, into, _ROOM, count
        )
        ends += [at + place for place in room[: count[0]]]
        at += end
        if count[0] < _ROOM:
            break
    return ends
