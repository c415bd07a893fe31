# SPDX-License-Identifier: MIT
"""Memory that worker processes have in common with the one whose work they do.

Into it they write how far they are, so that it is known before they are done; and out of it they
read records that were read here. Where the system has none to give, nothing is said before
they are done, and records travel through pipes.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from mrrc.concurrency.errors import NoSharedMemory
from mrrc.parallel.chunks import Chunk

if TYPE_CHECKING:
    from mrrc.concurrency.segments import Segment
    from mrrc.concurrency.shared_counter import SharedCounter

__all__ = ["Board", "Counts", "Lent", "Room"]

#: Bytes of a stretch of memory for records, at least.
_LEAST = 1 << 18


class Counts:
    """How many records and bytes of a task are done."""

    __slots__ = ("_bytes", "_records")

    def __init__(self, records: SharedCounter, bytes: SharedCounter) -> None:
        self._records = records
        self._bytes = bytes

    def tell(self, records: int, bytes: int) -> None:
        """Say how far the task is; for who works on it."""
        self._records.set(records)
        self._bytes.set(bytes)

    def get(self) -> tuple[int, int]:
        """Return how far the task is."""
        return self._records.get(), self._bytes.get()

    def packed(self) -> bytes:
        """Return what a worker makes the same counts of."""
        return pickle.dumps(self, pickle.HIGHEST_PROTOCOL)


class Board:
    """Counts for tasks that are under way.

    Args:
        tasks: how many are, at most.
    """

    def __init__(self, tasks: int) -> None:
        # who asks for no progress does without
        from mrrc.concurrency.shared_counter import SharedCounter

        try:
            counters = SharedCounter.several(2 * tasks)
        except NoSharedMemory:
            counters = []
        self._free = [Counts(*pair) for pair in zip(counters[::2], counters[1::2])]

    def take(self) -> Counts | None:
        """Return counts for another task, both 0; None where there are none left."""
        if not self._free:
            return None
        counts = self._free.pop()
        counts.tell(0, 0)
        return counts

    def give_back(self, counts: Counts) -> None:
        """Take counts back, of a task that nobody works on any more."""
        self._free.append(counts)


class Lent:
    """A chunk in shared memory. Its pickle is a handle, which unpickled is the chunk."""

    __slots__ = ("segment",)

    def __init__(self, segment: Segment) -> None:
        self.segment = segment

    def __reduce__(self) -> tuple[object, ...]:
        return _chunk_in, (self.segment.name, len(self.segment.memory))


def _chunk_in(name: str, size: int) -> Chunk:
    from mrrc.concurrency.segments import Segment, taken_out

    chunk: Chunk = taken_out(Segment.attach(name, size).memory)
    return chunk


class Room:
    """Shared memory for chunks under way, whose stretches are used again and again."""

    def __init__(self) -> None:
        self._free: list[Segment] = []

    def put(self, chunk: Chunk) -> Lent:
        """Lay a chunk into shared memory.

        Raises:
            NoSharedMemory: there is none left.
        """
        # where all travels as ranges nobody needs it
        from mrrc.concurrency.segments import Layout, Segment

        layout = Layout(chunk)
        segment = self._free.pop() if self._free else None
        if segment is None or len(segment.memory) < layout.size:
            if segment is not None:
                segment.remove()
            segment = Segment(max(_LEAST, 1 << layout.size.bit_length()))
        layout.put(segment.memory)
        return Lent(segment)

    def give_back(self, lent: Lent) -> None:
        """Take back the memory of a chunk that nobody works on any more."""
        self._free.append(lent.segment)

    def close(self) -> None:
        """Remove what was given back."""
        for segment in self._free:
            segment.remove()
        self._free.clear()
