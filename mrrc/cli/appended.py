# SPDX-License-Identifier: MIT
"""Where merge writes to besides a plain file: behind what a file holds already, or into two files.

What is appended is cut off again if the command fails, so that the file is as it was.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import Any

from mrrc.compression import compression_by_suffix
from mrrc.files import Target, open_target
from mrrc.formats.writer import encoder_of

__all__ = ["Appended", "Both", "check_appendable"]

#: What the last record of a file ends with, so that another may follow.
_ENDS = {"marc": b"\x1d"}


def check_appendable(path: str, format: str) -> None:
    """Make sure that records can be written behind those that a file holds.

    Raises:
        ValueError: a file of this format has an end, or it is compressed, or its last record is
            not whole.
        OSError: it cannot be read.
    """
    if path == "-":
        raise ValueError("to append, name a file with -o")
    encoder = encoder_of(format, 0)
    if encoder.begin() or encoder.end():
        raise ValueError(
            f"to a file of {format} nothing can be appended: it has a beginning or end"
        )
    if compression_by_suffix(path) is not None:
        raise ValueError(f"{path!r} would be compressed, and nothing is appended to such files")
    with suppress(FileNotFoundError), open(path, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(f"{path!r} is no file that can be appended to")
        end = _ENDS.get(format, b"\n")
        if file.seek(0, os.SEEK_END):
            file.seek(-len(end), os.SEEK_END)
            if file.read() != end:
                raise ValueError(f"{path!r} does not end with a whole record of {format}")


class Appended:
    """The end of a file, to be written behind.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, path: str) -> None:
        self._name = path
        self._new = not os.path.exists(path)
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - close() does it
        self._size = os.fstat(self._file.fileno()).st_size

    def write(self, data: Any) -> None:
        """Write all of the data.

        Raises:
            OSError: the file cannot take it; it is named.
        """
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError as error:
            error.filename = self._name
            raise

    def close(self) -> None:
        """Finish: what was written is on its disk."""
        if self._file.closed:
            return
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EROFS):
                error.filename = self._name
                self.discard()
                raise
        self._file.close()

    def discard(self) -> None:
        """Leave the file as it was."""
        if self._file.closed:
            return
        with suppress(OSError):
            self._file.truncate(self._size)
        self._file.close()
        if self._new:
            with suppress(OSError):
                os.unlink(self._name)


class Both:
    """Two targets that get the same bytes.

    Args:
        first: the one.
        second: the path of the other.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, first: Target | Appended, second: str) -> None:
        self._first = first
        try:
            self._second = open_target(second)
        except BaseException:
            first.discard()
            raise

    def write(self, data: Any) -> None:
        """Write to both."""
        self._first.write(data)
        self._second.write(data)

    def close(self) -> None:
        """Put the second in place, and finish the first."""
        try:
            self._second.close()
        except BaseException:
            self.discard()
            raise
        self._first.close()

    def discard(self) -> None:
        """Give both up."""
        self._first.discard()
        self._second.discard()
