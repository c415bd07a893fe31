# SPDX-License-Identifier: MIT
"""Where a source of ISO 2709 can be cut so that its pieces read like the whole.

A cut is made behind a record whose frame is beyond doubt, and nowhere else. Where there is doubt,
the readers of all recovery modes go on from there until they agree again, and a piece ends
only so far behind that none of them could have looked across its end. Whether framing was lost to
a mode, whose reading of the whole would end there, is said of each piece. Nothing is decoded
here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import NamedTuple

from mrrc import _bridge
from mrrc.exceptions import BytesBetweenRecords, FatalReaderError, MrrcException
from mrrc.recovery import mode_flag

__all__ = ["LONGEST", "MODES", "Cut", "Doubts", "Stretch", "cut", "share"]

#: The longest record, by its five digits.
LONGEST = 99_999

#: No reader looks further than this behind the place where it goes on: a record behind white space.
_REACH = LONGEST + 128

#: What is looked at in one go.
_WINDOW = 4 << 20

#: Permissive mode frames records as lenient mode does.
MODES = (None, "strict", "lenient")

ReadAt = Callable[[int, int], bytes]


class Cut(NamedTuple):
    """Where a piece begins.

    Attributes:
        offset: of its first record.
        before: how many records come before it; None where that depends on the mode.
            Permissive mode does not count those that it drops.
        beyond: the modes in which a reading of the whole ends before it.
    """

    offset: int
    before: int | None
    beyond: tuple[str | None, ...]


class Stretch(NamedTuple):
    """Bytes in which records are in doubt, from one boundary to the next that all agree on.

    Attributes:
        end: where they agree again.
        records: how many records they find there; None where they do not agree on that.
        lost: the modes in which reading ends there.
        whole: whether all of it is records, and no mode is lost.
    """

    end: int
    records: int | None
    lost: tuple[str | None, ...]
    whole: bool


class _Walker:
    """A reader of one mode, of which only the boundaries are wanted.

    Args:
        source: what it reads, its own.
        mode: the recovery mode.
        size: of the source.
    """

    def __init__(self, source: _bridge.Source, mode: str | None, size: int) -> None:
        self._source = source
        self._flags = mode_flag(mode) | _bridge.READ_FRAMES
        self._size = size
        self._strict = mode == "strict"
        self._ends: list[int] = []  # of records, behind the place where it was started
        self._sound: list[int] = []  # their bytes that are not given up, added up
        self._over = False  # there is nothing more
        self.lost = False  # framing is

    def start(self, at: int) -> None:
        """Begin at a boundary."""
        place = bisect_left(self._ends, at)
        if place < len(self._ends) and self._ends[place] == at:
            sound = self._sound[place]
            del self._ends[: place + 1], self._sound[: place + 1]
            self._sound = [number - sound for number in self._sound]
            return
        self._source.seek(at)
        self._ends.clear()
        self._sound.clear()
        self._over = self.lost = False

    def _add(self, end: int, sound: int) -> None:
        self._ends.append(end)
        self._sound.append((self._sound[-1] if self._sound else 0) + sound)

    def _more(self) -> None:
        try:
            block = self._source.next(self._flags)
        except BytesBetweenRecords:
            return
        except FatalReaderError:
            self.lost = self._over = True
            return
        except MrrcException:  # of strict mode
            offset, size = self._source.failed
            if size:
                self._add(offset + size, 0)
            return
        if block is None:
            self._over = True
            return
        for index, (offset, length) in enumerate(zip(block.offsets, block.lengths)):
            if block.framing(index) is not None and self._flags == _bridge.READ_FRAMES:
                self.lost = self._over = True
                return
            status = _bridge.OK if block.statuses is None else block.statuses[index]
            self._add(offset + length, 0 if status < 0 else length)

    def boundary(self, at: int) -> int | None:
        """Return the first boundary at or behind a place; None where framing is lost before."""
        while not self._over and (not self._ends or self._ends[-1] < at):
            self._more()
        place = bisect_left(self._ends, at)
        if place < len(self._ends):
            return self._ends[place]
        return None if self.lost else self._size

    def records(self, until: int) -> int:
        """Return how many records end up to a place."""
        return bisect_right(self._ends, until)

    def sound(self, until: int) -> int:
        """Return how many bytes up to a place are of records that were not given up."""
        place = bisect_right(self._ends, until)
        return self._sound[place - 1] if place else 0


class Doubts:
    """What the readers of all modes make of bytes in which records are in doubt.

    Args:
        open_source: opens the source, once for each mode.
        size: of it.
    """

    def __init__(self, open_source: Callable[[], _bridge.Source], size: int) -> None:
        self._open = open_source
        self._size = size
        self._walkers: dict[str | None, _Walker] = {}

    def _walker(self, mode: str | None) -> _Walker:
        if mode not in self._walkers:
            self._walkers[mode] = _Walker(self._open(), mode, self._size)
        return self._walkers[mode]

    def resolve(self, at: int, lost: tuple[str | None, ...]) -> Stretch:
        """Go on from a boundary of all modes but those in which reading has ended before."""
        walkers = {mode: self._walker(mode) for mode in MODES if mode not in lost}
        for walker in walkers.values():
            walker.start(at)
        end = at + 1
        agreed: set[int] = set()
        newly: list[str | None] = []
        while not agreed or agreed != {end}:
            agreed = set()
            for mode, walker in list(walkers.items()):
                found = walker.boundary(end)
                if found is None:
                    newly.append(mode)
                    del walkers[mode]
                else:
                    agreed.add(found)
            if not agreed:  # lenient reading does not end before the source does
                end = self._size
                break
            end = max(agreed)
        counts = {walker.records(end) for walker in walkers.values()}
        sounds = {walker.sound(end) for mode, walker in walkers.items() if mode != "strict"}
        return Stretch(
            end,
            counts.pop() if len(counts) == 1 else None,
            tuple(newly),
            not newly and sounds == {end - at},
        )

    def close(self) -> None:
        """Give the sources up."""
        for walker in self._walkers.values():
            walker._source.close()


class _Window:
    """The bytes that are looked at, of a source whose size is known."""

    def __init__(self, read_at: ReadAt, size: int) -> None:
        self._read_at = read_at
        self._size = size
        self.data = b""
        self.start = 0

    def hold(self, at: int, least: int) -> int:
        """Have at least so many bytes from a place on, or all; return where it is in `data`."""
        end = self.start + len(self.data)
        if not self.start <= at or (at + least > end and end < self._size):
            self.data = self._read_at(at, min(max(_WINDOW, least), self._size - at))
            self.start = at
        return at - self.start


def share(size: int, parts: int, made: int, start: int) -> int:
    """Return where the next of some pieces of the same size is to begin.

    Args:
        size: of all.
        parts: how many pieces there are at most.
        made: how many have begun.
        start: where the last of them did.
    """
    wanted = -(-size * made // parts)
    while wanted <= start:  # a piece has grown over the next one's place
        wanted = -(-size * (wanted * parts // size + 1) // parts)
    return wanted


def cut(
    size: int,
    read_at: ReadAt,
    doubts: Doubts,
    *,
    parts: int | None = None,
    max_bytes: int | None = None,
    told: Callable[[int, Stretch], None],
) -> list[Cut]:
    """Return where pieces begin: so many of about the same size, or none that is larger.

    A piece is larger where no cut can be made in it.

    Args:
        size: of the source.
        read_at: gives so many bytes from an offset on.
        doubts: decides where records are in doubt.
        parts: how many pieces there are at most.
        max_bytes: how large they are.
        told: hears of each stretch in doubt.
    """
    cuts = [Cut(0, 0, ())] if size else []
    window = _Window(read_at, size)
    at, index, earliest = 0, 0, 0
    numbered = True
    beyond: tuple[str | None, ...] = ()
    while at < size:
        start = cuts[-1].offset
        if max_bytes is None:
            wanted = share(size, parts or 1, len(cuts), start)
        else:
            wanted = max(start + 1, start + max_bytes - LONGEST)
        if max(wanted, earliest) >= size:
            break  # nor is it to be told of damage in the last piece
        wanted = max(wanted, earliest)
        gaps = None in beyond
        place = window.hold(at, 2 * _REACH)
        reached, count = _bridge.boundaries(
            window.data, place, min(wanted - window.start, len(window.data)), gaps
        )
        at = window.start + reached
        index += count
        if at < wanted:
            if len(window.data) - reached < _REACH and window.start + len(window.data) < size:
                continue
            stretch = doubts.resolve(at, beyond)
            if stretch.end < size:
                told(at, stretch)
            at, earliest = stretch.end, stretch.end + _REACH
            beyond = (*beyond, *stretch.lost)
            numbered = numbered and stretch.records is not None
            index += stretch.records or 0
            continue
        if max_bytes is not None:
            place = window.hold(at, 2 * _REACH)
            limit = start + max_bytes - window.start
            ends = _bridge.boundary_ends(window.data, place, limit, gaps) if place < limit else []
            ends = [end for end in ends if end <= limit]
            if ends:
                at = window.start + ends[-1]
                index += len(ends)
        if at < size:
            cuts.append(Cut(at, index if numbered else None, beyond))
    return cuts
