# SPDX-License-Identifier: MIT
"""The arguments of a `MARCReader` that say how records are decoded, and may change meanwhile.

What follows from a change, among records that were read ahead, is the reader's affair.
"""

from __future__ import annotations

from typing import Any

from mrrc import _bridge
from mrrc.marc_encoding import MarcEncoding, check_encoding, marc_encoding
from mrrc.recovery import Recovering, mode_flag

__all__ = ["READ_AHEAD", "ReaderArguments"]

#: What a file object is read ahead for: what C makes of faults, and of text that is not what
#: its record says, depends on what stands behind it.
READ_AHEAD = (
    _bridge.READ_STRICT
    | _bridge.READ_LENIENT
    | _bridge.READ_PERMISSIVE
    | _bridge.READ_DETECT
    | _bridge.READ_MARC8
    | _bridge.READ_UNIMARC
)


class ReaderArguments(Recovering):
    """The part of `MARCReader` that has its arguments as attributes."""

    _to_unicode: bool
    _force_utf8: bool
    _hide_utf8_warnings: bool
    _utf8_handling: str
    _file_encoding: str
    _encoding: str | None
    _unimarc: bool

    def _text(self) -> MarcEncoding:
        """Return how text is encoded: as `encoding` says, or `file_encoding` and `force_utf8`."""
        if self._encoding is None:
            return MarcEncoding(self._file_encoding, self._force_utf8, 0)
        return marc_encoding(self._encoding)

    def _flags_to_read(self) -> int:
        """Return what the core is told."""
        flags = mode_flag(self._recovery_mode)
        if not self._to_unicode:
            return flags | _bridge.READ_RAW
        flags |= self._text().read_flags()
        return flags | _bridge.READ_UNIMARC if self._unimarc else flags

    def _how(self) -> dict[str, Any]:
        """Return the arguments as `decode_chunk` takes them."""
        how = {
            "to_unicode": self._to_unicode,
            "hide_utf8_warnings": self._hide_utf8_warnings,
            "utf8_handling": self._utf8_handling,
            **self._text().how(),
        }
        if self._unimarc:
            how["coding"] = how.get("coding", 0) | _bridge.READ_UNIMARC
        return how

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

    @property
    def encoding(self) -> str | None:
        """How text is encoded; None where the records say it."""
        return self._encoding

    @encoding.setter
    def encoding(self, value: str | None) -> None:
        check_encoding(value, self._unimarc)
        self._change("_encoding", value)

    @property
    def unimarc(self) -> bool:
        """Whether field 100 says how text is encoded, as in UNIMARC."""
        return self._unimarc

    @unimarc.setter
    def unimarc(self, value: bool) -> None:
        check_encoding(self._encoding, value)
        self._change("_unimarc", value)
