# SPDX-License-Identifier: MIT
"""Text of any codec that Python has, made UTF-8 on its way to C.

What is good before bytes that are no text is delivered before the error.
"""

from __future__ import annotations

import codecs
import errno
import re
from collections.abc import Callable
from typing import Any

from mrrc.exceptions import EncodingError

__all__ = ["Transcoded", "without_encoding"]

_BLOCK = 1 << 16

_DECLARED = re.compile(r"""\A\ufeff?<\?xml\b[^>]*?(\s+encoding\s*=\s*(?:"[^"]*"|'[^']*'))""")


def without_encoding(text: str) -> str:
    """Return the beginning of an XML document with blanks for the encoding that it declares.

    Text that is decoded has none any more.
    """
    declared = _DECLARED.match(text)
    if declared is None:
        return text
    start, end = declared.span(1)
    return text[:start] + " " * (end - start) + text[end:]


class Transcoded:
    """Text of any codec that Python has, as UTF-8.

    Args:
        read: gives the bytes, as a binary file's `read(n)`.
        encoding: the codec.
        name: of the source, for messages.
        xml: the text is XML, which may declare its encoding.

    Attributes:
        failure: the error that ended the stream, once it was raised.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        encoding: str,
        name: str | None = None,
        *,
        xml: bool = False,
    ) -> None:
        self.failure: Exception | None = None
        self._read = read
        self._encoding = encoding
        self._name = name
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._taken = 0  # bytes given to the decoder
        self._head: str | None = "" if xml else None  # until it is looked into
        self._pending: Exception | None = None
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Return some UTF-8, about `size` bytes; none at the end.

        Raises:
            EncodingError: the bytes are no text of this codec; all before them was given.
        """
        pieces = []
        while not self._ended and self._pending is None:
            text = self._decode(self._read(_BLOCK if size < 0 else max(size, 1)))
            if text:
                pieces.append(self._encode(text))
                if size >= 0:
                    break
        data = b"".join(pieces)
        if not data and self._pending is not None:
            self.failure = self._pending
            raise self._pending
        return data

    def _decode(self, data: bytes) -> str:
        if isinstance(data, str):
            raise TypeError("the file is in text mode: open it with mode 'rb'")
        if data is None:
            raise BlockingIOError(errno.EAGAIN, "the file has no data ready")
        state = self._decoder.getstate()
        self._ended = not data
        try:
            text = self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError as error:
            text = self._before(error, data, state)
        self._taken += len(data)
        return self._without_encoding(text)

    def _before(self, error: UnicodeDecodeError, data: bytes, state: Any) -> str:
        """Return the text before the bytes that are none, and keep the error for later."""
        # the object ends with the data, and may begin with bytes kept from before
        at = len(data) - (len(error.object) - error.start)
        self._pending = EncodingError(
            error.encoding,
            error.object,
            error.start,
            error.end,
            error.reason,
            source=self._name,
            byte_offset=self._taken + at,
            found=bytes(error.object[error.start : error.end][:32]),
        )
        if at <= 0:
            return ""
        self._decoder.setstate(state)
        return self._decoder.decode(data[:at])

    def _without_encoding(self, text: str) -> str:
        if self._head is None:
            return text
        self._head += text
        if not (self._ended or self._pending or ">" in self._head or len(self._head) > 1024):
            return ""
        head, self._head = self._head, None
        return without_encoding(head)

    def _encode(self, text: str) -> bytes:
        try:
            return text.encode()
        except UnicodeEncodeError as error:
            self._pending = EncodingError(
                f"the text holds half of a surrogate pair: {error.object[error.start]!r}",
                source=self._name,
            )
            return text[: error.start].encode()
