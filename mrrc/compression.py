# SPDX-License-Identifier: MIT
"""gzip, bzip2, xz and zstd: streams of bytes, compressed and decompressed.

What is good before damage is delivered before the error, and data that ends too early is an
error, never an end. The module opens no file.
"""

from __future__ import annotations

import errno
import os
import re
import zlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

__all__ = [
    "LEVEL",
    "Compressor",
    "Decompressed",
    "compression_of",
    "compressor",
    "uncompressed_name",
]

_BEGIN: dict[str, re.Pattern[bytes]] = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}
#: So many bytes tell how a source is compressed.
MAGIC = 10

_SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".zstd": "zstd"}


def compression_of(head: bytes) -> str | None:
    """Return how data that begins with these bytes is compressed; None where it is not."""
    return next((kind for kind, begin in _BEGIN.items() if begin.match(head)), None)


def compression_by_suffix(name: str | bytes | os.PathLike[str]) -> str | None:
    """Return how a file with this name is to be compressed; None where it is not."""
    return _SUFFIXES.get(os.path.splitext(os.fsdecode(name))[1].lower())


def uncompressed_name(name: str) -> str:
    """Return a file's name without the suffix of a compression."""
    stem, suffix = os.path.splitext(name)
    return stem if suffix.lower() in _SUFFIXES else name


class Compressor(Protocol):
    """What compresses a stream, as the standard library's compressors do."""

    def compress(self, data: Any, /) -> bytes:
        """Return what is ready of the compressed data."""

    def flush(self) -> bytes:
        """Return the rest of it."""


#: How hard is compressed, from 0 to 9; None: as hard as the kind of compression does by itself.
LEVEL: ContextVar[int | None] = ContextVar("LEVEL", default=None)


def _level(usual: int) -> int:
    level = LEVEL.get()
    return usual if level is None else level


def _zstd() -> tuple[Callable[[], Any], Callable[[], Any], type[Exception]]:
    """Return what makes a compressor, what makes a decompressor, and how the latter fails."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        pass
    else:
        return (
            lambda: zstd.ZstdCompressor(
                options={
                    zstd.CompressionParameter.checksum_flag: 1,
                    zstd.CompressionParameter.compression_level: _level(3),
                }
            ),
            lambda: _Bounded(zstd.ZstdDecompressor()),
            zstd.ZstdError,
        )
    try:
        import zstandard
    except ImportError:
        raise ModuleNotFoundError(
            "zstd needs Python 3.14 or the package zstandard: pip install 'mrrc-cffi[zstd]'",
            name="zstandard",
        ) from None
    return (
        lambda: zstandard.ZstdCompressor(level=_level(3), write_checksum=True).compressobj(),
        lambda: _Pieces(zstandard.ZstdDecompressor().decompressobj()),
        zstandard.ZstdError,
    )


def compressor(kind: str) -> Compressor:
    """Return a compressor that works as hard as `LEVEL` says.

    Args:
        kind: ``gzip``, ``bzip2``, ``xz`` or ``zstd``.

    Raises:
        ModuleNotFoundError: zstd is not here; the message names the extra that brings it.
    """
    if kind == "gzip":
        return zlib.compressobj(_level(6), zlib.DEFLATED, 31)
    # modules that few programs need
    if kind == "bzip2":
        import bz2

        return bz2.BZ2Compressor(max(1, _level(9)))
    if kind == "xz":
        import lzma

        return lzma.LZMACompressor(preset=_level(6))
    made: Compressor = _zstd()[0]()
    return made


# Decompressors of one member each. `feed` takes data and returns what comes of it; where `hungry`
# is false it is to be fed nothing and asked again. `good` is what a `feed` that failed had.


class _Deflate:
    """gzip: the state is copied before each step, so that damage costs not a byte before it."""

    hungry = True
    good = b""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    def feed(self, data: bytes) -> bytes:
        before = self._inner.copy()
        try:
            return self._inner.decompress(data)
        except zlib.error:
            self.good = self._bytewise(before, data)
            raise

    @staticmethod
    def _bytewise(inner: Any, data: bytes) -> bytes:
        good = []
        try:
            for at in range(len(data)):
                good.append(inner.decompress(data[at : at + 1]))
        except zlib.error:
            pass
        return b"".join(good)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


class _Bounded:
    """bzip2, xz, and zstd of the standard library: small steps, so that damage costs little."""

    good = b""
    _STEP = 1 << 13

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def feed(self, data: bytes) -> bytes:
        out: bytes = self._inner.decompress(data, self._STEP)
        return out

    @property
    def hungry(self) -> bool:
        return self.eof or bool(self._inner.needs_input)

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)


class _Pieces:
    """zstd of the package zstandard, which bounds no output: it is fed in small pieces."""

    _PIECE = 1 << 10

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._rest = b""
        self.good = b""
        self.hungry = True

    def feed(self, data: bytes) -> bytes:
        out = []
        for at in range(0, len(data), self._PIECE):
            try:
                out.append(self._inner.decompress(data[at : at + self._PIECE]))
            except Exception:
                self.good = b"".join(out)
                raise
            if self._inner.eof:
                self._rest = bytes(self._inner.unused_data) + data[at + self._PIECE :]
                break
        return b"".join(out)

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return self._rest


def _decompressor(kind: str) -> tuple[Callable[[], Any], type[Exception]]:
    if kind == "gzip":
        return _Deflate, zlib.error
    if kind == "bzip2":
        import bz2

        return lambda: _Bounded(bz2.BZ2Decompressor()), OSError
    if kind == "xz":
        import lzma

        return lambda: _Bounded(lzma.LZMADecompressor(lzma.FORMAT_XZ)), lzma.LZMAError
    _, make, failure = _zstd()
    return make, failure


class Decompressed:
    """A compressed stream, decompressed; of one or more members, one behind the other.

    Args:
        read: gives the compressed bytes, as a binary file's `read(n)`.
        kind: ``gzip``, ``bzip2``, ``xz`` or ``zstd``.
        name: of the source, for messages.

    Attributes:
        failure: the error that ended the stream, once it was raised.
    """

    _BLOCK = 1 << 14

    def __init__(self, read: Callable[[int], bytes], kind: str, name: str | None = None) -> None:
        self.failure: Exception | None = None
        self._read = read
        self._kind = kind
        self._name = name
        self._make, self._fails = _decompressor(kind)
        self._member: Any = None
        self._members = 0
        self._held = b""  # compressed, not looked at yet
        self._pending: Exception | None = None  # what ends the stream once all before is out
        self._ended = False
        self._left = b""  # decompressed, beyond what was asked for

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, as far as they are at hand; none at the end.

        Raises:
            OSError: the data is damaged, or followed by what is no such data.
            EOFError: it ends before it should.
        """
        out: list[bytes] = []
        have = len(self._left)
        if have:
            out.append(self._left)
            self._left = b""
        while (size < 0 or have < size) and not self._ended and self._pending is None:
            if out and size >= 0 and not self._held and (self._member is None or self._hungry()):
                break  # more would have to be waited for
            try:
                piece = self._step()
            except Exception as error:
                if not out:
                    raise
                self._pending = error
                break
            except BaseException:  # somebody does not want to wait any longer
                self._left = b"".join(out)
                raise
            if piece:
                out.append(piece)
                have += len(piece)
        if not out and self._pending is not None:
            self.failure = self._pending
            raise self._pending
        data = b"".join(out)
        if 0 <= size < len(data):
            self._left = data[size:]
            data = data[:size]
        return data

    def _hungry(self) -> bool:
        return bool(self._member.hungry)

    def _more(self) -> bool:
        """Get more of the compressed data. Returns whether there is any."""
        data = self._read(self._BLOCK)
        if isinstance(data, str):
            raise TypeError("the file is in text mode: open it with mode 'rb'")
        if data is None:
            raise BlockingIOError(errno.EAGAIN, "the file has no data ready")
        self._held += data
        return bool(data)

    def _step(self) -> bytes:
        if self._member is None:
            self._begin()
            return b""
        if self._hungry() and not self._held and not self._more():
            self._fail(
                EOFError(
                    f"{self._name or 'the source'}: "
                    f"the {self._kind} data ends before its end-of-stream marker"
                )
            )
            return b""
        data, self._held = (self._held, b"") if self._hungry() else (b"", self._held)
        try:
            out: bytes = self._member.feed(data)
        except self._fails as error:
            self._fail(
                OSError(errno.EIO, f"the {self._kind} data is damaged ({error})", self._name)
            )
            good: bytes = self._member.good
            return good
        if self._member.eof:
            self._held = self._member.unused_data + self._held
            self._member = None
        return out

    def _begin(self) -> None:
        """Begin the next member, or find that there is none."""
        while True:
            if self._members:  # files are padded with zeros
                self._held = self._held.lstrip(b"\0")
            if len(self._held) >= MAGIC or not self._more():
                break
        if self._members and not self._held:
            self._ended = True
        elif _BEGIN[self._kind].match(self._held):
            self._member = self._make()
            self._members += 1
        elif any(magic.startswith(self._held) for magic in _MAGICS[self._kind]):
            self._fail(
                EOFError(f"{self._name or 'the source'}: the {self._kind} data ends in its header")
            )
        else:
            self._fail(
                OSError(
                    errno.EIO, f"something else stands behind the {self._kind} data", self._name
                )
            )

    def _fail(self, error: Exception) -> None:
        self._pending = error


_MAGICS = {
    "gzip": (b"\x1f\x8b\x08",),
    "bzip2": tuple(b"BZh%d" % level + b"1AY&SY" for level in range(1, 10)),
    "xz": (b"\xfd7zXZ\x00",),
    "zstd": (b"\x28\xb5\x2f\xfd",),
}
