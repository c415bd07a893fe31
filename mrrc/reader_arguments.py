# SPDX-License-Identifier: MIT
"""The arguments of a `MARCReader` that say how records are decoded, and may change meanwhile.

What follows from a change, among records that were read ahead, is the reader's affair.
"""

from __future__ import annotations

from typing import Any

__all__ = ["ReaderArguments"]


class ReaderArguments:
    """The part of `MARCReader` that has its arguments as attributes."""

    _to_unicode: bool
    _force_utf8: bool
    _hide_utf8_warnings: bool
    _utf8_handling: str
    _file_encoding: str

    def _change(self, name: str, value: Any) -> None:
        """Set what other records than before may follow from."""
        setattr(self, name, value)

    def _how(self) -> dict[str, Any]:
        """Return the arguments as `Record` takes them."""
        return {
            "to_unicode": self._to_unicode,
            "force_utf8": self._force_utf8,
            "hide_utf8_warnings": self._hide_utf8_warnings,
            "utf8_handling": self._utf8_handling,
            "file_encoding": self._file_encoding,
        }

    @property
    def to_unicode(self) -> bool:
        """Whether text is decoded."""
        return self._to_unicode

    @to_unicode.setter
    def to_unicode(self, value: bool) -> None:
        self._change("_to_unicode", value)

    @property
    def force_utf8(self) -> bool:
        """Whether text is taken for UTF-8 whatever the leader says."""
        return self._force_utf8

    @force_utf8.setter
    def force_utf8(self, value: bool) -> None:
        self._change("_force_utf8", value)

    @property
    def hide_utf8_warnings(self) -> bool:
        """Whether characters that MARC-8 lacks pass without a line on standard error."""
        return self._hide_utf8_warnings

    @hide_utf8_warnings.setter
    def hide_utf8_warnings(self, value: bool) -> None:
        self._hide_utf8_warnings = value

    @property
    def utf8_handling(self) -> str:
        """The error handler for subfields in UTF-8."""
        return self._utf8_handling

    @utf8_handling.setter
    def utf8_handling(self, value: str) -> None:
        self._utf8_handling = value

    @property
    def file_encoding(self) -> str:
        """The codec of records that do not claim UTF-8."""
        return self._file_encoding

    @file_encoding.setter
    def file_encoding(self, value: str) -> None:
        self._change("_file_encoding", value)
