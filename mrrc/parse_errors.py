# SPDX-License-Identifier: MIT
"""Errors of a text with a place, that are the standard library's errors too.

A program that catches those of its XML or JSON parser finds in ours whatever it asks them for.
They belong to `exceptions`, and stand here because most programs meet neither, and need
neither parser.
"""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any, ClassVar
from xml.sax import SAXParseException

from mrrc.exceptions import MrrcException
from mrrc.place import Placed

__all__ = ["JsonError", "JsonPlaced", "SaxPlaced", "XmlError"]


class SaxPlaced(Placed, SAXParseException):
    """The part of an error that has what ``SAXParseException`` has."""

    message: str | None = None

    def _message(self) -> str:
        return BaseException.__str__(self)

    def getMessage(self) -> str:  # noqa: N802 - SAXException's name
        """Return what is wrong, without the place."""
        return self.message or (self._message() if self.args else "XML parse error")

    def getException(self) -> None:  # noqa: N802
        """Return None: no other exception lies behind this one."""

    def getLineNumber(self) -> int | None:  # noqa: N802
        """Return the line, from 1."""
        return self.line

    def getColumnNumber(self) -> int | None:  # noqa: N802
        """Return the byte of the line, from 0 as SAX counts."""
        return None if self.column is None else self.column - 1

    def getPublicId(self) -> None:  # noqa: N802
        """Return None: MARCXML has no public identifier."""

    def getSystemId(self) -> str | None:  # noqa: N802
        """Return the source."""
        return self.source


class JsonPlaced(Placed, JSONDecodeError):
    """The part of an error that has what ``JSONDecodeError`` has."""

    message: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self.args, self.__dict__

    def _message(self) -> str:
        return BaseException.__str__(self)

    @property
    def msg(self) -> str:  # type: ignore[override]
        """What is wrong, without the place."""
        return self.message or (self._message() if self.args else "JSON parse error")

    @property
    def doc(self) -> str:  # type: ignore[override]
        """The document, which is not kept."""
        return ""

    @property
    def pos(self) -> int:  # type: ignore[override]
        """Where in the source, in bytes."""
        return self.byte_offset or 0

    @property
    def lineno(self) -> int:  # type: ignore[override]
        """The line, from 1."""
        return self.line or 1

    @property
    def colno(self) -> int:  # type: ignore[override]
        """The byte of the line, from 1."""
        return self.column or 1


class XmlError(MrrcException, SaxPlaced):
    """XML that is not well formed, that is refused, or that is not MARCXML.

    Also the ``SAXParseException`` of the standard library's parser.
    """

    __module__ = "mrrc.exceptions"  # which is where they are imported from

    code = "E401"
    slug = "marcxml_invalid"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "XML parse error" if self.message is None else f"XML parse error: {self.message}"


class JsonError(MrrcException, JsonPlaced):
    """JSON that is not well formed, or not a record in JSON.

    Also the ``JSONDecodeError`` of the standard library.
    """

    __module__ = "mrrc.exceptions"

    code = "E402"
    slug = "marcjson_invalid"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "JSON parse error" if self.message is None else f"JSON parse error: {self.message}"
