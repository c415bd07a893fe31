# SPDX-License-Identifier: MIT
"""Bytes that are read in blocks although they do not come from a path or from memory.

A file object is read ahead and left behind the record that was yielded; a file that could be mapped
is read at places. What the bytes mean is no affair of this module.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Any

from mrrc import _bridge

__all__ = ["FileAhead", "Mapped"]

_LENGTH_SIZE = 5

#: How much of a file object that cannot seek is read where a record has no end in sight.
_STEP = 1024


class FileAhead:
    """A file object that is read in blocks, and left as if it were read record by record.

    One that cannot seek is read as far as the length of each record says, and beyond that only
    where there is no such length.

    Args:
        handle: the file object, in binary mode.
        name: of it, for messages.
        program: passes over records that do not match.
    """

    def __init__(
        self, handle: Any, name: str | None, program: _bridge.Program | None = None
    ) -> None:
        self._program = program
        self._handle = handle
        self._name = name
        self._seeks = True
        self._window = b""  # of one that cannot seek: what was read and is not used up
        try:
            self._left = handle.tell()
            handle.seek(self._left)
        except (AttributeError, OSError, TypeError):
            self._left, self._seeks = 0, False
        self._ahead: int = self._left

    @property
    def start(self) -> int:
        """Where the object was left."""
        return self._left if not self._seeks else int(self._handle.tell())

    def moved(self) -> bool:
        """Whether somebody else has moved the object's position."""
        return self._seeks and self._handle.tell() != self._left

    def source(self, offset: int) -> _bridge.Source:
        """Return what reads the object from an offset on.

        Raises:
            OSError: it cannot seek there.
        """
        if not self._seeks and offset != self._ahead:
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE), self._name)
        self._left = self._ahead = offset
        return _bridge.Source(self._name, b"", _bridge.MARC, self._read, offset, self._program)

    def _read(self, size: int) -> Any:
        if self._seeks:
            self._handle.seek(self._ahead)
        else:
            size = self._wanted()
        data = self._handle.read(size)
        if isinstance(data, bytes | bytearray | memoryview):
            self._ahead += len(data)
            if not self._seeks:
                self._window += data
        return data

    def _wanted(self) -> int:
        """Return how much is missing of the record that is being read."""
        have = len(self._window)
        if have < _LENGTH_SIZE:
            return _LENGTH_SIZE - have
        length = self._window[:_LENGTH_SIZE]
        missing = int(length) - have if length.isdigit() else 0
        return missing if missing > 0 else _STEP

    def leave(self, offset: int) -> None:
        """Set the object behind the record last yielded."""
        if self._seeks:
            self._handle.seek(offset)
            self._left = offset

    def used(self, offset: int) -> None:
        """Take note that all before an offset is read."""
        if not self._seeks:
            have = self._ahead - offset
            self._window = self._window[-have:] if have > 0 else b""

    def close(self) -> None:
        """Leave the object to whom it belongs."""


class Mapped:
    """A file read at places of its own, whatever becomes of it.

    A mapping would end the process with SIGBUS where the file is cut short while it is looked at,
    and nothing that asks beforehand is quick enough to prevent it. So blocks are read by their
    offset, and one that is missing is an error.

    Args:
        path: the file's.
        program: passes over records that do not match.

    Raises:
        OSError: it cannot be opened, or is none that has places.
    """

    def __init__(self, path: str | bytes, program: _bridge.Program | None = None) -> None:
        self._program = program
        self._name = os.fsdecode(path)
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            status = os.fstat(self._descriptor)
            if stat.S_ISDIR(status.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), self._name)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), self._name)
            self._size = status.st_size
        except BaseException:
            os.close(self._descriptor)
            raise
        self._at = 0

    def limit(self, stop: int) -> None:
        """Take the file for ended at an offset."""
        self._size = min(self._size, stop)

    def source(self, offset: int) -> _bridge.Source:
        """Return what reads the file from an offset on."""
        self._at = min(offset, self._size)
        return _bridge.Source(self._name, b"", _bridge.MARC, self._read, offset, self._program)

    def _read(self, size: int) -> bytes:
        wanted = min(size, self._size - self._at)
        if wanted <= 0:
            return b""
        data = os.pread(self._descriptor, wanted, self._at)
        # bytes that were cut off while they were read may come as zeros
        if not data or os.fstat(self._descriptor).st_size < self._at + len(data):
            raise OSError(errno.EIO, "the file was cut short while it was mapped", self._name)
        self._at += len(data)
        return data

    def used(self, offset: int) -> None:
        """Take note that all before an offset is read, which means nothing here."""

    def close(self) -> None:
        """Give the file up."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
