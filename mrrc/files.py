# SPDX-License-Identifier: MIT
"""Where bytes come from and go to: paths, open files, standard streams, compressed or not.

A source says what it is before a record is read from it; a target is replaced when all is
written, or not at all. What the bytes mean is no affair of this module.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import stat
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from mrrc import _bridge
from mrrc.compression import (
    MAGIC,
    Compressor,
    Decompressed,
    compression_by_suffix,
    compression_of,
    compressor,
)
from mrrc.transcoding import Transcoded

__all__ = ["OpenedSource", "Target", "open_source", "open_target"]

SourceLike = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
TargetLike = str | os.PathLike[str] | BinaryIO

_BLOCK = 1 << 16

#: Formats in XML, where the file itself says its encoding.
_XML = ("marcxml", "marcxchange", "turbomarc", "mods")


# -- sources --


class _Rewound:
    """A file's `read`, with what was read of it already before the rest."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._head = b""

    def read(self, size: int = -1) -> bytes:
        head = self._head
        if not head:
            return self._read(size)
        if size < 0:
            self._head = b""
            return head + self._read(size)
        self._head = head[size:]
        return head[:size]

    def peek(self, size: int) -> bytes:
        """Return the first bytes, at least so many unless there are not more."""
        while len(self._head) < size:
            data = self._read(_BLOCK)
            if isinstance(data, str):
                raise TypeError("the file is in text mode: open it with mode 'rb'")
            if data is None:
                raise BlockingIOError(errno.EAGAIN, "the file has no data ready")
            if not data:
                break
            self._head += data
        return self._head


class _Lent:
    """A file object that is used and not closed."""

    def __init__(self, read: Callable[[int], bytes], name: str | None) -> None:
        self.read = read
        self.name = name

    def close(self) -> None:
        """Leave the file open."""


class _Raw(io.RawIOBase):
    """A stream as a file object, for who reads in small pieces."""

    def __init__(self, read: Callable[[int], bytes], close: Callable[[], Any], name: Any) -> None:
        self._read = read
        self._close = close
        self.name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._close()


class OpenedSource:
    """A source of bytes, opened; `open_source` makes it.

    Attributes:
        name: the path or the name of the file object, for messages; None for bytes.
        path: what C is to open, where it can read the file itself; else None.
        compression: ``gzip``, ``bzip2``, ``xz``, ``zstd`` or None.
        kind: ``path``, ``bytes`` or ``file``.
    """

    def __init__(self, source: SourceLike) -> None:
        self.name: str | None = None
        self.path: str | bytes | None = None
        self.compression: str | None = None
        self.kind = "path"
        self._data: bytes | None = None
        self._file: Any = None  # what bytes are read from
        self._given = False  # the caller opened it
        self._standard = False
        self._stream: _Rewound | None = None
        self._failing: list[Any] = []  # streams that may end in a failure of their own
        if isinstance(source, bytes | bytearray | memoryview):
            self.kind = "bytes"
            self._data = bytes(source)
            self._look(io.BytesIO(self._data))
        elif isinstance(source, str) and source == "-":
            self.kind = "file"
            self.name = "<stdin>"
            self._standard = self._given = True
            if sys.stdin is None:
                raise OSError("standard input is closed")
            self._look(getattr(sys.stdin, "buffer", sys.stdin))
        elif isinstance(source, str | os.PathLike):
            self._open(os.fspath(source))
        elif callable(getattr(source, "read", None)):
            self.kind = "file"
            name = getattr(source, "name", None)
            self.name = os.fsdecode(name) if isinstance(name, str | bytes) else None
            self._given = True
            self._look(source)
        else:
            raise TypeError(
                f"a source is a path, bytes or a binary file object, not {type(source).__name__}"
            )

    def _open(self, path: str | bytes) -> None:
        self.name = os.fsdecode(path)
        file = open(path, "rb", buffering=0)  # noqa: SIM115 - close() does it
        try:
            self._look(file)
        except BaseException:
            file.close()
            raise
        if self.compression is None and stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            self.path = path

    def _look(self, file: Any) -> None:
        """Find out whether a file is compressed."""
        if isinstance(file, io.TextIOBase):
            # its decoder might fail before it has given any text
            raise TypeError("the file is in text mode: open it with mode 'rb'")
        self._file = file
        # what is there at once, since a pipe may have no more for long
        stream = _Rewound(file.read1 if isinstance(file, io.BufferedIOBase) else file.read)
        self.compression = compression_of(stream.peek(MAGIC))
        if self.compression is not None:
            unpacked = Decompressed(stream.read, self.compression, self.name)
            self._failing.append(unpacked)
            stream = _Rewound(unpacked.read)
        self._stream = stream

    def peek(self, size: int) -> bytes:
        """Return the first bytes, decompressed: so many or more, unless there are not as many.

        Raises:
            OSError: the source cannot be read.
        """
        stream = self._opened()
        try:
            return stream.peek(size)
        except (OSError, EOFError):
            head = stream.peek(0)
            if not head:
                raise
            return head  # the failure comes when it is read to there

    def _opened(self) -> _Rewound:
        if self._stream is None:
            raise ValueError("I/O operation on closed file.")
        return self._stream

    @property
    def failure(self) -> Exception | None:
        """Why the bytes end early: damage, or what is not text; None where nothing did."""
        return next((each.failure for each in self._failing if each.failure is not None), None)

    def source(self, format: str, encoding: str | None = None) -> _bridge.Source:
        """Return what C reads records from. It may be asked for once.

        Args:
            format: the format's name.
            encoding: the codec of a text format's characters; by default UTF-8, and XML says it
                itself. UTF-16 is known by its byte order mark.

        Raises:
            LookupError: there is no such codec.
            OSError: the path cannot be opened.
        """
        stream = self._opened()
        number = _bridge.find_format(format)
        xml = format in _XML
        if encoding is not None:
            codec = codecs.lookup(encoding)
            if not codec._is_text_encoding:  # as open() asks, too
                raise LookupError(f"{encoding!r} is not a text encoding")
            encoding = None if codec.name == "utf-8" and not xml else codec.name
        elif format != "marc" and not xml and stream.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff"):
            encoding = "utf-16"
        if encoding is not None:
            text = Transcoded(stream.read, encoding, self.name, xml=xml)
            self._failing.append(text)
            return _bridge.Source(self.name, b"", number, text.read)
        if self.path is not None:
            return _bridge.Source(self.path, b"", number)
        if self._data is not None and self.compression is None:
            return _bridge.Source(None, self._data, number)
        return _bridge.Source(self.name, b"", number, stream.read)

    def marc_target(self) -> Any:
        """Return what `MARCReader` takes: a path, bytes or a binary file object.

        The caller's own file object is given back where it can be left as it was found. Closing
        the object closes the source, but never standard input.
        """
        stream = self._opened()
        if self.compression is None:
            if self.path is not None:
                self._file.close()
                return os.fsdecode(self.path)
            if self._data is not None:
                return self._data
            if self._given and self._put_back(stream):
                return _Lent(self._file.read, self.name) if self._standard else self._file
        return io.BufferedReader(_Raw(stream.read, self._close_all, self.name), _BLOCK)

    def _put_back(self, stream: _Rewound) -> bool:
        """Set a file object to where it was before it was looked into."""
        seen = len(stream.peek(0))
        try:
            self._file.seek(self._file.tell() - seen)
        except (AttributeError, OSError, TypeError, ValueError):
            return False
        return True

    def _close_all(self) -> None:
        self.close(given=True)

    def close(self, given: bool = False) -> None:
        """Close what was opened here.

        Args:
            given: close the caller's file object too; standard input stays open.
        """
        self._stream = None
        if not self._standard and (given or not self._given):
            close = getattr(self._file, "close", None)  # a caller's object may have none
            if close is not None:
                close()

    def __enter__(self) -> OpenedSource:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_source(source: SourceLike) -> OpenedSource:
    """Open a source of records and look whether it is compressed, whatever its name says.

    Args:
        source: a path (`str` or path-like), ``-`` for standard input, the data as bytes, or
            a binary file object.

    Raises:
        OSError: the path cannot be opened or read.
        TypeError: `source` is of another kind, or a file object in text mode.
    """
    return OpenedSource(source)


# -- targets --


def _standard_output() -> Any:
    """Return what takes the bytes for standard output."""
    if sys.stdout is None:
        raise OSError("standard output is closed")
    sys.stdout.flush()
    try:
        return sys.stdout.buffer
    except AttributeError:
        raise TypeError(
            f"standard output is a {type(sys.stdout).__name__}, which takes no bytes"
        ) from None


class Target:
    """What is written to; `open_target` makes it. Leaving a `with` by an error discards it."""

    def __init__(self, target: TargetLike, atomic: bool, close: bool) -> None:
        self.name: str | None = None
        self._file: Any = None
        self._descriptor: int | None = None
        self._temporary: str | None = None  # to be renamed
        self._path: str | None = None
        self._close = close
        self._kind: str | None = None  # of compression
        self._compressor: Compressor | None = None
        self._parked = False
        self.closed = False
        if isinstance(target, str) and target == "-":
            self.name = "<stdout>"
            self._file = _standard_output()
            self._close = False
        elif isinstance(target, str | os.PathLike):
            self.name = os.fsdecode(target)
            self._kind = compression_by_suffix(self.name)
            if self._kind is not None:
                self._compressor = compressor(self._kind)
            self._open(self.name, atomic)
        elif callable(getattr(target, "write", None)):
            if isinstance(target, io.TextIOBase):
                raise TypeError("the file is in text mode: open it with mode 'wb'")
            self._file = target
            name = getattr(target, "name", None)
            self.name = name if isinstance(name, str) else None
        else:
            raise TypeError(
                f"a target is a path or a binary file object, not {type(target).__name__}"
            )

    def _open(self, name: str, atomic: bool) -> None:
        try:
            found: os.stat_result | None = os.stat(name)
        except FileNotFoundError:
            found = None
        if found is not None and stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if not atomic or (found is not None and not stat.S_ISREG(found.st_mode)):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
            self._descriptor = os.open(name, flags, 0o666)
            return
        if found is not None and not os.access(name, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
        self._path = os.path.realpath(name)
        try:
            self._open_temporary(self._path)
            if found is not None:
                self._inherit(found)
        except BaseException as error:  # a signal, too
            self.discard()
            if isinstance(error, OSError):
                error.filename = name
            raise

    def _open_temporary(self, path: str) -> None:
        folder, base = os.path.split(path)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        while self._descriptor is None:
            # the name may be as long as names can be, and so must not grow much
            temporary = os.path.join(folder, f".{base[:100]}.{os.urandom(6).hex()}")
            try:
                # its name is known before it is there: a signal may come between the two
                self._temporary = temporary
                self._descriptor = os.open(temporary, flags, 0o666)
            except FileExistsError:
                self._temporary = None  # another's

    def _inherit(self, found: os.stat_result) -> None:
        """Give the temporary file the owner and the mode bits of the one to be replaced."""
        descriptor = self._descriptor
        if descriptor is None:
            return
        own = os.fstat(descriptor)
        if (own.st_uid, own.st_gid) != (found.st_uid, found.st_gid):
            with suppress(OSError):  # who may not is the owner from now on
                os.fchown(descriptor, found.st_uid, found.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode))

    def _named(self, error: OSError) -> OSError:
        if self.name is not None:
            error.filename = self.name
        return error

    def write(self, data: Any) -> None:
        """Write all of the data.

        Raises:
            OSError: the target cannot take it; the file is named.
        """
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        if not len(data):
            return
        if self._parked:
            self._reopen()
            if self._kind is not None:
                self._compressor = compressor(self._kind)
        if self._compressor is not None:
            data = self._compressor.compress(data)
        self._put(data)

    def park(self) -> None:
        """Close the file until more is written, as is wise where there are very many.

        What is compressed ends here and goes on as a second piece, which reads as one with the
        first. What cannot be opened again stays open.

        Raises:
            OSError: what was written is not in the file.
        """
        if self._temporary is None or self._descriptor is None:
            return
        if self._compressor is not None:
            self._put(self._compressor.flush())
            self._compressor = None
        descriptor, self._descriptor = self._descriptor, None
        self._parked = True
        try:
            os.close(descriptor)
        except OSError as error:
            raise self._named(error) from None

    def _reopen(self) -> None:
        """Open the temporary file that was parked."""
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
        try:
            self._descriptor = os.open(self._temporary or "", flags)
        except OSError as error:
            raise self._named(error) from None
        self._parked = False

    def _put(self, data: Any) -> None:
        if not len(data):
            return
        try:
            if self._descriptor is not None:
                self._put_to_descriptor(data)
            else:
                self._put_to_file(data)
        except OSError as error:
            raise self._named(error) from None

    def _put_to_descriptor(self, data: Any) -> None:
        descriptor = self._descriptor
        if descriptor is None:
            return
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]

    def _put_to_file(self, data: Any) -> None:
        raw = isinstance(self._file, io.RawIOBase)
        # others might keep what they are given, and it will be written over
        copies = type(self._file) in (io.BufferedWriter, io.BytesIO, io.FileIO)
        left = data if copies or isinstance(data, bytes) else bytes(data)
        while left:
            written = self._file.write(left)
            if written is None and not raw:
                return  # it says nothing, and so has taken all
            if not written:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            left = left[written:]

    def close(self) -> None:
        """Finish: what was written is in the target, on its disk, under its name.

        Raises:
            OSError: it is not, and a target to be replaced is as it was; the file is named.
        """
        if self.closed:
            return
        try:
            if self._parked:
                self._reopen()
            if self._compressor is not None:
                self._put(self._compressor.flush())
            if self._descriptor is None:
                self._finish_file()
            else:
                self._finish_path()
        except OSError as error:
            self.discard()
            raise self._named(error) from None
        except BaseException:
            self.discard()
            raise
        self.closed = True

    def _finish_file(self) -> None:
        flush = getattr(self._file, "flush", None)
        if flush is not None:
            flush()
        if self._close:
            self._file.close()

    def _finish_path(self) -> None:
        descriptor = self._descriptor
        if descriptor is None:
            return
        try:
            os.fsync(descriptor)
        except OSError as error:
            # a pipe or a device has nothing to synchronise
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EROFS):
                raise
        self._descriptor = None
        os.close(descriptor)
        if self._temporary is not None and self._path is not None:
            os.replace(self._temporary, self._path)
            self._temporary = None
            _sync_folder(os.path.dirname(self._path))

    def discard(self) -> None:
        """Give up: a target that was to be replaced stays as it was."""
        self.closed = True
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)
        temporary, self._temporary = self._temporary, None
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        if self._close and self._file is not None:
            with suppress(OSError):
                self._file.close()

    def __enter__(self) -> Target:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def __del__(self) -> None:
        if not getattr(self, "closed", True):
            if self._temporary is not None:
                text = f"{self.name!r} was not closed: what was written is not there"
                warnings.warn(text, ResourceWarning, stacklevel=2, source=self)
            self.discard()


def _sync_folder(folder: str) -> None:
    """Make a rename last; not every file system has a way to."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def open_target(target: TargetLike, atomic: bool = True, close: bool = False) -> Target:
    """Open a target.

    Args:
        target: a path, whose suffix ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` says how it is to be
            compressed; ``-`` for standard output; or a binary file object.
        atomic: write into a temporary file beside the path and put it there when all is written,
            with the mode bits of the file it replaces. What is no regular file is
            written directly.
        close: close a file object at the end.

    Raises:
        OSError: the path cannot be written.
        TypeError: `target` is of another kind.
    """
    return Target(target, atomic, close)
