# SPDX-License-Identifier: MIT
"""Files on other machines, through fsspec, which is imported when one is asked for.

Parts of a file are asked for only where the other side was seen to give parts; where it does
not, the file is read from its beginning. What the bytes mean is no affair of this module,
but for the place where a record probably begins.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from typing import Any

from mrrc import _bridge

__all__ = ["Fetched", "Remote", "is_remote", "probable_boundary"]

#: What is asked for at once: a request takes long, however little it brings.
_STEP = 4 << 20

#: A scheme has more letters than a drive.
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:://|::)")

#: So many records one behind another, each as long as it says, are no accident.
_CHAIN = 8

_PLAUSIBLE = re.compile(rb"\d{5}[ -~]{7}(\d{5})[ -~]{7}(?:[!-~]{3}\d{9}|\x1e)")


def is_remote(source: object) -> bool:
    """Return whether a source is a URL rather than a path."""
    return isinstance(source, str) and _URL.match(source) is not None


class Remote:
    """A file that fsspec knows.

    Args:
        url: of the file.
        options: of its file system, as fsspec takes them.

    Attributes:
        size: of the file, None where the other side does not say it.
        stamp: what changes when the file does, as far as the other side says such things.

    Raises:
        ImportError: fsspec is not installed, or what it needs for such URLs.
        OSError: there is no such file, or the other side does not answer.
    """

    def __init__(self, url: str, options: Mapping[str, Any] | None = None) -> None:
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise ImportError(
                "URLs are read through fsspec, which is not installed: install mrrc-cffi[remote]"
            ) from error
        self.url = url
        self._files, self._path = url_to_fs(url, **dict(options or {}))
        # file systems keep what they were told, and a change would not show
        self._files.invalidate_cache()
        about = self._files.info(self._path)
        size = about.get("size")
        self.size: int | None = size if isinstance(size, int) and size >= 0 else None
        told = [
            str(about[name])
            for name in ("ETag", "etag", "mtime", "LastModified", "last_modified", "created")
            if about.get(name) is not None
        ]
        self.stamp = ("" if size is None else str(size), *told)

    def gives_parts(self) -> bool:
        """Return whether the other side gives a part of the file when asked for one."""
        if self.size is None or self.size < 2:
            return False
        try:
            return len(self._files.cat_file(self._path, start=1, end=2)) == 1
        except (OSError, ValueError, NotImplementedError):
            return False

    def part(self, start: int, stop: int) -> bytes:
        """Return a part of the file.

        Raises:
            OSError: the other side gives less or more.
        """
        data: bytes = self._files.cat_file(self._path, start=start, end=stop)
        if len(data) != stop - start:
            text = f"{len(data)} bytes came where {stop - start} were asked for, from {start} on"
            raise OSError(errno.EIO, text, self.url)
        return data

    def open(self) -> Any:
        """Return the file as a file object."""
        return _Stream(self._files.open(self._path, "rb"), self.url)


class _Stream:
    """A file object that gives as much as it is asked for, as those of some file systems do not."""

    def __init__(self, file: Any, name: str) -> None:
        self._file = file
        self.name = name

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        while 0 < len(data) < size:
            more = self._file.read(size - len(data))
            if not more:
                break
            data += more
        return data

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class Fetched:
    """A stretch of a remote file that is fetched in blocks.

    Args:
        remote: the file.
        start, stop: of the stretch.
        program: passes over records that do not match.
    """

    def __init__(
        self, remote: Remote, start: int, stop: int, program: _bridge.Program | None = None
    ) -> None:
        self._remote = remote
        self._begin = self._at = start
        self._stop = stop
        self._program = program

    def source(self, offset: int) -> _bridge.Source:
        """Return what reads the stretch from an offset on."""
        self._at = min(max(offset, self._begin), self._stop)
        url = self._remote.url
        return _bridge.Source(url, b"", _bridge.MARC, self._read, self._at, self._program)

    def _read(self, size: int) -> bytes:
        end = min(self._at + max(size, _STEP), self._stop)
        if end <= self._at:
            return b""
        data = self._remote.part(self._at, end)
        self._at = end
        return data

    def used(self, offset: int) -> None:
        """Take note that all before an offset is read, which means nothing here."""

    def close(self) -> None:
        """Leave the file system to whom it belongs."""


def _is_plausible(record: bytes) -> bool:
    leader = _PLAUSIBLE.match(record)
    if leader is None:
        return False
    base = int(leader[1])
    return 24 < base < len(record) and record[base - 1 : base] == b"\x1e"


def probable_boundary(data: bytes, last: bool) -> int | None:
    """Return where records begin in bytes from the midst of a file; None where no place is sure.

    That is behind a terminator, with several records one behind another, each of which is as long
    as it says, and the first has a leader and a directory.

    Args:
        data: the bytes.
        last: they end where the file does.
    """
    places = [match.end() for match in re.finditer(b"\x1d", data)]
    found = None
    run = 0  # of records behind a place that end where their length says
    at_end = last and bool(places) and places[-1] == len(data)
    for place, after in zip(reversed(places[:-1]), reversed(places)):
        run = run + 1 if data[place : place + 5] == b"%05d" % (after - place) else 0
        at_end = at_end and run > 0
        if (run >= _CHAIN or at_end) and _is_plausible(data[place:after]):
            found = place
    return found
