# SPDX-License-Identifier: MIT
"""Errors of a text with a place, that are the standard library's errors too.

A program that catches those of its XML or JSON parser finds in ours whatever it asks them for.
What went wrong is the affair of the classes in `exceptions`.
"""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any
from xml.sax import SAXParseException

from mrrc.place import Placed

__all__ = ["JsonPlaced", "SaxPlaced"]


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
