# SPDX-License-Identifier: MIT
"""An error told at length: for a person with a dump of the bytes, for a program as a dictionary.

The short form, `str()`, and what there is to tell are `place`'s. Nothing here prints or logs.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from typing import Any, ClassVar

from mrrc.place import Placed

__all__ = ["DOCS_BASE_URL", "DOCS_VARIABLE", "Reported", "help_url"]

#: Where the documentation begins. It is published nowhere yet, so that addresses in it are
#: relative to its first page; who publishes it sets the environment variable.
DOCS_BASE_URL = ""

#: The environment variable that says where the documentation begins instead.
DOCS_VARIABLE = "MRRC_DOCS_BASE_URL"

_PAGE = "errors.html"

#: Of the dictionary that `Reported.to_dict` makes; a key that goes or changes raises it.
_SCHEMA_VERSION = 1

_ROW = 16


def help_url(code: str) -> str:
    """Return the address of what the documentation says of a code; of the page, if it is empty."""
    base = os.environ.get(DOCS_VARIABLE) or DOCS_BASE_URL
    if base and not base.endswith("/"):
        base += "/"
    return f"{base}{_PAGE}" + (f"#{code.lower()}" if code else "")


class Reported(Placed):
    """The base of errors that can be told at length."""

    code: ClassVar[str] = ""
    """The stable number of this kind of error, such as ``"E106"``; empty where it has none."""

    slug: ClassVar[str] = ""
    """The same as a word, such as ``"invalid_field"``."""

    severity: ClassVar[str] = "error"
    """``"error"``, or ``"warning"``."""

    @classmethod
    def help_url(cls) -> str:
        """Return where the documentation describes this kind of error.

        The address is relative to the documentation's first page unless the environment
        variable ``MRRC_DOCS_BASE_URL`` says where that is.
        """
        return help_url(cls.code)

    def detailed(self) -> str:
        """Return all that is known as lines of text, with a dump of the bytes near the fault."""
        head = type(self).__name__
        where = []
        if self.record_index is not None:
            where.append(f"record {self.record_index}")
        if self.field_tag is not None:
            where.append(f"field {self.field_tag}")
        if where:
            head += " at " + ", ".join(where)
        rows = list(self._rows())
        width = max((len(label) for label, _ in rows), default=0) + 1
        lines = [head, *(f"  {label + ':':<{width}} {text}" for label, text in rows)]
        if self.bytes_near is not None:
            lines += ["", *self._dump(self.bytes_near)]
        return "\n".join(lines)

    def _rows(self) -> Iterator[tuple[str, str]]:
        body = self._message() if self.args else self._body()
        if body != type(self).__name__:
            yield "message", body
        if self.source is not None:
            yield "source", self.source
        if self.record_control_number is not None:
            yield "001", self.record_control_number
        seen = [] if self.found is None else [f"found {self.found!r}"]
        seen += [] if self.expected is None else [f"expected {self.expected}"]
        if self.indicator_position is not None:
            yield f"indicator {self.indicator_position}", ", ".join(seen) or "at fault"
        elif seen:
            yield "bytes", ", ".join(seen)
        if self.subfield_code is not None:
            yield "subfield", self._subfield(self.subfield_code)
        for name in self._extras:
            value = getattr(self, name)
            # a message has been said, and lengths are one row
            if value is not None and name not in {"message", "expected_length", "actual_length"}:
                yield name.replace("_", " "), str(value)
        lengths = {name: getattr(self, name, None) for name in ("expected_length", "actual_length")}
        if None not in lengths.values():
            yield (
                "length",
                f"expected {lengths['expected_length']} bytes, found {lengths['actual_length']}",
            )
        if self.line is not None:
            column = "" if self.column is None else f", column {self.column}"
            yield "line", f"{self.line}{column}"
        if self.byte_offset is not None:
            yield "byte offset", f"0x{self.byte_offset:X} ({self.byte_offset}) in stream"
        if self.record_byte_offset is not None:
            yield "record-relative", f"byte {self.record_byte_offset}"

    def _subfield(self, code: int) -> str:
        if self.code == "E202":
            return f"invalid code byte 0x{code:02X}"
        return f"${chr(code)}" if 0x21 <= code <= 0x7E else f"code byte 0x{code:02X}"

    def _dump(self, data: bytes) -> Iterator[str]:
        first = self.bytes_near_offset or 0
        # where no offset is known, the dump is of the bytes themselves
        at = first if self.byte_offset is None else self.byte_offset
        yield f"bytes near offset 0x{at:X}:"
        for start in range(0, len(data), _ROW):
            row = data[start : start + _ROW]
            digits = "".join(
                f"{byte:02x} " + (" " if place == _ROW // 2 - 1 else "")
                for place, byte in enumerate(row)
            )
            text = "".join(chr(byte) if 0x20 <= byte <= 0x7E else "." for byte in row)
            yield f"    0x{first + start:04X}:  {digits:<{3 * _ROW + 1}}|{text:<{_ROW}}|"
            place = at - first - start
            if self.byte_offset is not None and 0 <= place < len(row):
                blanks = 13 + 3 * place + (1 if place >= _ROW // 2 else 0)
                yield " " * blanks + "^^ offending byte"

    def to_dict(self, *, include_traceback: bool = False) -> dict[str, Any]:
        """Return all that is known as values that JSON has.

        Bytes are under their name with ``_hex`` behind it, as hexadecimal digits, and None
        under the name itself.

        Args:
            include_traceback: have the lines of the traceback too, as ``traceback``.
        """
        kind = type(self)
        told: dict[str, Any] = {
            "schema_version": _SCHEMA_VERSION,
            "class": kind.__name__,
            "code": kind.code or None,
            "slug": kind.slug or None,
            "severity": kind.severity,
            "help_url": kind.help_url() if kind.code else None,
        }
        for name in (*self._place, *self._extras):
            value = getattr(self, name)
            if isinstance(value, bytes | bytearray | memoryview):
                told[f"{name}_hex"] = value.hex()
                value = None
            told[name] = value
        told["text"] = str(self)
        cause = self.__cause__ or self.__context__
        told["_cause"] = None if cause is None else str(cause)
        if include_traceback:
            told["traceback"] = traceback.format_exception(kind, self, self.__traceback__)
        return told

    def to_json(self, **options: Any) -> str:
        """Return `to_dict()` as JSON; the options are those of `json.dumps`."""
        import json

        return json.dumps(self.to_dict(), **options)
