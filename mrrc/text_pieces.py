# SPDX-License-Identifier: MIT
"""Pieces of a source in text, as lines or JSON: where it is cut, and how a piece is read.

A cut is made where the format's own reader stands between two records with nothing in mind, and
nowhere else: so the pieces read like the whole, damaged or not. Each knows how many records and
lines come before it, for what its reader has to tell.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

from mrrc import _bridge
from mrrc._bridge import Place
from mrrc.cutting import share
from mrrc.files import OpenedSource
from mrrc.formats.reader import FormatReader

__all__ = ["PieceReader", "can_be_cut", "cut_text"]

#: The formats in which records may stand one behind another with nothing around them.
_FORMATS = frozenset({"aleph", "json", "jsonl", "line", "marcjson", "mrk"})

#: In so many steps a piece grows whose size was asked for: it is smaller by one at most, beside
#: the record that has no room.
_STEPS = 16


def _is_utf8(encoding: str | None) -> bool:
    return encoding in (None, "detect") or codecs.lookup(str(encoding)).name == "utf-8"


def can_be_cut(opened: OpenedSource, format: str, encoding: str | None = None) -> bool:
    """Return whether there are places between the records that are looked for in a source.

    Args:
        opened: the source.
        format: the name of its format.
        encoding: the codec of its characters, if it was told.

    Raises:
        LookupError: there is no such codec.
    """
    return (
        format in _FORMATS
        and opened.compression is None
        and _is_utf8(encoding)
        and opened.peek(2)[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    )


class _Walk:
    """The way through a source from place to place, of which the last one is remembered."""

    def __init__(self, source: _bridge.Source) -> None:
        self._source = source
        self._last: Place | None = Place()

    def reach(self, offset: int) -> Place | None:
        """Return the first place at or behind an offset, or the last one again."""
        if self._last is not None and self._last.offset < offset:
            self._last = _bridge.walk(self._source, offset)
        return self._last

    def reach_within(self, start: int, limit: int) -> Place | None:
        """Return a place behind another one and shortly before a limit; where there is none up to
        that, the next."""
        step = max(1, (limit - start) // _STEPS)
        found = self.reach(start + 1)
        while found is not None and found.offset < limit:
            after = self.reach(found.offset + step)
            if after is None or after.offset > limit:
                break
            found = after
        return found


def cut_text(
    source: _bridge.Source, size: int, *, parts: int | None = None, max_bytes: int | None = None
) -> list[Place]:
    """Return where pieces begin: so many of about the same size, or none that is larger.

    A piece is larger where no cut can be made in it.

    Args:
        source: of what `can_be_cut`, nothing of which was read.
        size: of it.
        parts: how many pieces there are at most.
        max_bytes: how large they are.
    """
    walk = _Walk(source)
    places = [Place()] if size else []
    while places:
        start = places[-1].offset
        if max_bytes is None:
            wanted = share(size, parts or 1, len(places), start)
            found = walk.reach(wanted) if wanted < size else None
        else:
            limit = start + max_bytes
            found = walk.reach_within(start, limit) if limit < size else None
        if found is None:
            break
        places.append(found)
    return places


class _Piece(OpenedSource):
    """A piece as `FormatReader` takes a source."""

    def __init__(self, path: str | None, data: bytes | None, place: Place, stop: int) -> None:
        self.name = self.path = path
        self.compression = None
        self.kind = "bytes" if path is None else "path"
        self._bytes = data
        self._place = place
        self._stop = stop

    @property
    def failure(self) -> Exception | None:
        """Nothing is unpacked here that could fail."""
        return None

    def source(self, format: str, encoding: str | None = None) -> _bridge.Source:
        if not _is_utf8(encoding):
            raise ValueError(
                f"a piece of a text is UTF-8, not {encoding}: give encoding= when it is split"
            )
        number = _bridge.find_format(format)
        if self._bytes is not None:
            found = _bridge.Source(None, self._bytes, number)
            found.path = self.name
        else:
            found = _bridge.Source(self.path, b"", number)
            found.limit(self._stop)
        _bridge.begin(found, self._place)
        return found

    def close(self, given: bool = False) -> None:
        """Leave the file to C, which closes it with its source."""


class PieceReader(FormatReader):
    """A `FormatReader` of a piece: offsets, numbers and lines are those of the whole source.

    Args:
        format: the format's name.
        path: of the file; or
        data: the bytes of the piece.
        place: where it begins.
        stop: the offset behind its last byte.
        check: called before and behind what is read; raises where the file was changed.
        options: the arguments of `FormatReader`.
    """

    def __init__(
        self,
        format: str,
        path: str | None,
        data: bytes | None,
        place: Place,
        stop: int,
        check: Callable[[], None],
        **options: Any,
    ) -> None:
        check()
        super().__init__(_Piece(path, data, place, stop), format, **options)
        self._check = check
        # permissive mode does not count records that it drops
        dropped = place.faults if self._recovery_mode == "permissive" else 0
        self._before = place.records - dropped

    def _read_block(self) -> _bridge.Block | None:
        self._check()
        try:
            return super()._read_block()
        except StopIteration:
            self._check()  # what was cut off meanwhile looks like the end
            raise
