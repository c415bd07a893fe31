# SPDX-License-Identifier: MIT
"""Stretches of shared memory, each with a name by which other processes find it.

Who makes a stretch removes its name in the end, and, where that process is killed, the standard
library's resource tracker does. Whoever else maps it is unknown to the tracker, which would
otherwise remove the name when one of them ends. The memory itself goes when nobody has it mapped.
"""

from __future__ import annotations

import errno
import importlib
import mmap
import os
import pickle
import struct
import weakref
from typing import TYPE_CHECKING, Any

from mrrc.concurrency.errors import NoSharedMemory, SharedMemoryGone

if TYPE_CHECKING:
    from multiprocessing.shared_memory import SharedMemory

__all__ = ["Layout", "Segment", "taken_out"]

#: What `SharedMemory` itself opens with; before Python 3.13 it tells the tracker each time.
_posixshmem: Any = importlib.import_module("_posixshmem")

_HEAD = struct.Struct("=QQ")  # the sizes of the pickle, and of what is beside it

#: What begins in a stretch begins at a multiple of this.
_STEP = 16

#: What this process has mapped, so that it does so once.
_mapped: weakref.WeakValueDictionary[str, Segment] = weakref.WeakValueDictionary()


def _map(name: str, size: int, *, writable: bool, grow: bool = False) -> mmap.mmap:
    """Map a stretch that is there."""
    flags = os.O_RDWR if writable else os.O_RDONLY
    descriptor = _posixshmem.shm_open("/" + name, flags, mode=0o600)
    try:
        if grow:
            # otherwise who writes where no memory is left is killed for it
            os.posix_fallocate(descriptor, 0, size)
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        return mmap.mmap(descriptor, size, access=access)
    finally:
        os.close(descriptor)


def _remove(shared: SharedMemory, owner: int) -> None:
    """Remove a name, unless this is a fork of the process that made it."""
    if os.getpid() != owner:
        return
    try:
        shared.unlink()
    except FileNotFoundError:  # somebody else has
        from multiprocessing import resource_tracker

        resource_tracker.unregister("/" + shared.name, "shared_memory")


class Segment:
    """A stretch of shared memory.

    Attributes:
        name: by which another process maps it.
        memory: the bytes; writable where it was made, or attached to be written to.

    Args:
        size: in bytes.

    Raises:
        NoSharedMemory: there is none left.
    """

    __slots__ = ("__weakref__", "_removal", "memory", "name")

    _removal: weakref.finalize[[SharedMemory, int], Segment] | None  # None: of another process

    def __init__(self, size: int) -> None:
        # a worker, who only attaches, does without
        from multiprocessing.shared_memory import SharedMemory

        name = f"mrrc_{os.getpid():x}_{os.urandom(6).hex()}"
        grow = hasattr(os, "posix_fallocate")
        try:
            shared = SharedMemory(name, create=True, size=1 if grow else size)
            self._removal = weakref.finalize(self, _remove, shared, os.getpid())
            self.name = name
            try:
                shared.close()
                self.memory = _map(name, size, writable=True, grow=grow)
            except BaseException:
                self.remove()
                raise
        except (OSError, OverflowError) as error:
            number = getattr(error, "errno", None) or errno.ENOMEM
            raise NoSharedMemory(
                number, f"no {size:,} bytes of shared memory: {os.strerror(number)}"
            ) from error
        _mapped[name] = self

    @classmethod
    def attach(cls, name: str, size: int, *, writable: bool = False) -> Segment:
        """Map a stretch that another process has made.

        Raises:
            SharedMemoryGone: its name was removed.
        """
        found = _mapped.get(name)
        if found is not None:
            return found
        found = cls.__new__(cls)
        found.name = name
        found._removal = None
        try:
            found.memory = _map(name, size, writable=writable)
        except (FileNotFoundError, ValueError) as error:  # or it is not as large as that
            raise SharedMemoryGone(
                errno.ENOENT, "the shared memory is gone: who made it has closed it, or ended"
            ) from error
        _mapped[name] = found
        return found

    def remove(self) -> None:
        """Remove the name; whoever has the memory mapped keeps it."""
        _mapped.pop(self.name, None)
        if self._removal is not None:
            self._removal()


def _up(size: int) -> int:
    """Round up to the next step."""
    return -(-size // _STEP) * _STEP


class Layout:
    """An object as it lies in shared memory: its pickle, and beside it the block of its records.

    Args:
        thing: what is pickled, with at most one buffer out of band.
    """

    __slots__ = ("_block", "_data", "size")

    def __init__(self, thing: object) -> None:
        blocks: list[pickle.PickleBuffer] = []
        self._data = pickle.dumps(thing, 5, buffer_callback=blocks.append)
        self._block: memoryview | bytes = blocks[0].raw() if blocks else b""
        self.size = _HEAD.size + _up(len(self._data)) + len(self._block)

    def put(self, memory: mmap.mmap) -> None:
        """Lay it into memory, from its beginning."""
        at = _HEAD.size
        memory[:at] = _HEAD.pack(len(self._data), len(self._block))
        memory[at : at + len(self._data)] = self._data
        at += _up(len(self._data))
        with memoryview(memory) as view:
            view[at : at + len(self._block)] = self._block


def taken_out(memory: mmap.mmap) -> Any:
    """Make the object that lies in memory; its records stay there, and are not copied."""
    view = memoryview(memory).toreadonly()
    data, block = _HEAD.unpack_from(view)
    at = _HEAD.size
    begin = at + _up(data)
    return pickle.loads(view[at : at + data], buffers=[view[begin : begin + block]])
