# SPDX-License-Identifier: MIT
"""A number that processes change together.

It lies in shared memory, and each change is one atomic step of the processor. There is no lock: a
process that is killed leaves none behind, and has either made a change or not. Within one process
an `AtomicCounter` costs less.
"""

from __future__ import annotations

import operator

from mrrc import _bridge
from mrrc.concurrency.segments import Segment

__all__ = ["SharedCounter"]

_SIZE = 8


class SharedCounter:
    """A whole number of 64 bits that processes and threads change, none of whose changes is lost.

    >>> from mrrc.concurrency import SharedCounter
    >>> with SharedCounter() as count:
    ...     count.increment(), count.add(10), count.decrement()
    (1, 11, 10)

    It is given to another process as an argument is, and its pickle is a handle: whoever unpickles
    it has the same number. Where it was made it is kept until the others have it, and closed in the
    end, by ``with`` or by the collector; those that have it may go on with it.

    Args:
        initial_value: what it begins with.

    Raises:
        NoSharedMemory: there is none left.
        SharedMemoryGone: from unpickling: it was closed.
        OverflowError: a number has no room in 64 bits; nothing is changed.
        TypeError: something is no whole number.
        ValueError: it was closed here.
    """

    __slots__ = ("_count", "_place", "_segment")

    def __init__(self, initial_value: int = 0) -> None:
        first = operator.index(initial_value)
        if not -(1 << 63) <= first < 1 << 63:
            raise OverflowError(f"a count of 64 bits cannot be {first}")
        self._begin(Segment(_SIZE), 0)
        self.set(first)

    def _begin(self, segment: Segment, place: int) -> None:
        self._segment: Segment | None = segment
        self._place = place
        self._count: _bridge.Count | None = _bridge.Count(segment.memory, place)

    @classmethod
    def several(cls, number: int) -> list[SharedCounter]:
        """Return so many counters, all 0, that share a stretch of memory.

        It is removed when one of them is closed, or all are forgotten.
        """
        segment = Segment(_SIZE * number)
        made = []
        for place in range(number):
            counter = cls.__new__(cls)
            counter._begin(segment, _SIZE * place)
            made.append(counter)
        return made

    def _open(self) -> _bridge.Count:
        count = self._count
        if count is None:
            raise ValueError("the counter is closed")
        return count

    def increment(self) -> int:
        """Add 1, and return what it is then."""
        return self._open().add(1)

    def decrement(self) -> int:
        """Take 1 away, and return what it is then."""
        return self._open().add(-1)

    def add(self, value: int) -> int:
        """Add a number, and return what it is then."""
        return self._open().add(operator.index(value))

    def sub(self, value: int) -> int:
        """Take a number away, and return what it is then."""
        return self._open().add(-operator.index(value))

    def get(self) -> int:
        """What it is now."""
        return self._open().get()

    value = property(get, doc="What it is now.")

    def set(self, value: int) -> None:
        """Make it another number."""
        self._open().set(operator.index(value))

    def reset(self) -> None:
        """Make it 0."""
        self.set(0)

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._count is None

    def close(self) -> None:
        """Let go of the memory; where the counter was made, nobody else can get it any more."""
        segment, self._segment, self._count = self._segment, None, None
        if segment is not None:
            segment.remove()

    def __enter__(self) -> SharedCounter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SharedCounter {'closed' if self._count is None else self.get()}>"

    def __reduce__(self) -> tuple[object, ...]:
        segment = self._segment
        if segment is None:
            raise ValueError("the counter is closed")
        return _attached, (segment.name, len(segment.memory), self._place)


def _attached(name: str, size: int, place: int) -> SharedCounter:
    counter = SharedCounter.__new__(SharedCounter)
    counter._begin(Segment.attach(name, size, writable=True), place)
    return counter
