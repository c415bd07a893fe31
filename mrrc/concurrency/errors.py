# SPDX-License-Identifier: MIT
"""What goes wrong between threads: in a task, in waiting for one, in what they share.

What a function of the caller's raised is always the ``__cause__``. Where the standard library has
an exception for the same thing, ours is one of these, too.
"""

from __future__ import annotations

import queue
import reprlib

__all__ = [
    "CapacityError",
    "ConcurrencyError",
    "ForkedLockError",
    "ItemError",
    "LockOwnerError",
    "LockTimeout",
    "LockUpgradeError",
    "LostByFork",
    "MapTimeout",
    "NoSharedMemory",
    "PoolClosed",
    "QueueClosed",
    "QueueEmpty",
    "QueueFull",
    "RecordPoolClosed",
    "SafeThreadError",
    "SemaphoreReleaseError",
    "SharedMemoryGone",
    "ThreadTimeout",
]


class ConcurrencyError(RuntimeError):
    """Something between threads went wrong; the base of all such errors."""


class SafeThreadError(ConcurrencyError):
    """A thread's function raised, which is the ``__cause__``, or the thread was used wrongly."""


class ThreadTimeout(SafeThreadError, TimeoutError):
    """A thread did not end within the time that was given; it goes on."""


class PoolClosed(ConcurrencyError):
    """Threads were given work when they had been told to stop."""


class LostByFork(ConcurrencyError):
    """Threads do not live on in a process that is forked off; what they were to do is not done."""


class MapTimeout(ConcurrencyError, TimeoutError):
    """A function was not called with all items within the time that was given."""


class ItemError(ConcurrencyError):
    """A function raised for one of many items; what it raised is the ``__cause__``."""

    def __init__(self, index: int, item: object) -> None:
        super().__init__(index, item)
        self.index = index
        """Which item it was, from 0."""
        self.item = item
        """The item."""

    def __str__(self) -> str:
        cause = self.__cause__
        text = f"the function failed for item {self.index}, {reprlib.repr(self.item)}"
        if cause is None:
            return text
        return f"{text}: {type(cause).__name__}: {cause}".removesuffix(": ")


class LockOwnerError(ConcurrencyError):
    """A lock is released, or a condition used, by a thread that does not hold it."""


class LockTimeout(ConcurrencyError, TimeoutError):
    """A lock could not be had within the time that was given; nothing is held."""


class LockUpgradeError(ConcurrencyError):
    """A thread that reads asks to write as well: two that did so would wait for each other."""


class ForkedLockError(ConcurrencyError):
    """A lock was held by another thread when this process was forked.

    That thread is not in this process, so nobody will release the lock, and what it guards may be
    half done.
    """


class SemaphoreReleaseError(ConcurrencyError, ValueError):
    """A semaphore is released more often than it was acquired."""


class QueueClosed(ConcurrencyError):
    """A queue is closed: nothing more can be put, or everything was taken.

    Where it was closed because of an error, that error is the cause.
    """


class QueueEmpty(ConcurrencyError, queue.Empty):
    """There is nothing in an open queue, or nothing came within the time that was given."""


class QueueFull(ConcurrencyError, queue.Full):
    """A queue has no room, or had none within the time that was given; nothing was put."""


class CapacityError(ConcurrencyError):
    """An array has no room for what is to be added; it stays as it was."""


class NoSharedMemory(OSError, ConcurrencyError):
    """The system has not so much shared memory to give; ``errno`` and ``__cause__`` say why."""


class SharedMemoryGone(FileNotFoundError, ConcurrencyError):
    """What a handle stands for is no more: who made it has closed it, or ended."""


class RecordPoolClosed(ValueError, ConcurrencyError):
    """A `RecordPool` was given work when it was closed."""
