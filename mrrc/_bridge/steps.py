# SPDX-License-Identifier: MIT
"""From record to record: of ISO 2709 in bytes at hand, without looking into them; of a source in
text by its format's reader.

A stretch is gone through in one crossing, with the GIL released; of ISO 2709 up to the first
record whose frame is in doubt. What to make of that is for others.
"""

from array import array
from typing import Any, NamedTuple

from mrrc._bridge.core import END, NULL
from mrrc._bridge.streams import Source
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


class Place(NamedTuple):
    """A place between two records of a source in text, and what comes before it.

    Attributes:
        offset: where it is.
        records: how many come before it.
        faults: how many of these cannot be read.
        lines: how many ended before it.
        line_start: where the line begins in which it is.
    """

    offset: int = 0
    records: int = 0
    faults: int = 0
    lines: int = 0
    line_start: int = 0


def walk(source: Source, offset: int) -> Place | None:
    """Return the first place at or behind an offset; None where there is none before the end.

    Each call goes on from the last one's place.

    Raises:
        OSError: the source cannot be read.
        ValueError: its format has no such places.
    """
    place, reader, error = ffi.new("mrrc_place *"), source._reader, source._error
    if source._try(lambda: lib.mrrc_reader_walk(reader, offset, place, error)) == END:
        return None
    return Place(place.offset, place.records, place.faults, place.lines, place.line_start)


def begin(source: Source, place: Place) -> None:
    """Have a source begin at such a place, before anything is read; bytes begin there.

    Raises:
        OSError: the source cannot be read from there.
        ValueError: its format has no such places.
    """
    at, reader, error = ffi.new("mrrc_place *", tuple(place)), source._reader, source._error
    source._try(lambda: lib.mrrc_reader_begin(reader, at, error))
