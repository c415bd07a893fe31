# SPDX-License-Identifier: MIT
"""Memory that worker processes have in common with the one whose work they do.

Into it they write how far they are, so that it is known before they are done.
Where the system has none to give, nothing is said before that.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from mrrc.concurrency.errors import NoSharedMemory

if TYPE_CHECKING:
    from mrrc.concurrency.shared_counter import SharedCounter

__all__ = ["Board", "Counts"]


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
