# SPDX-License-Identifier: MIT
"""Records that cannot be packed, in formats that can hold them or most of them all the same.

Damaged records are read as pymarc reads them, with delimiters inside values, codes of any
length and tags of any kind. JSON can say all that; ISO 2709 is written by pymarc's rules, which
do not know how to write MARC-8; for the other formats a copy is made in which each piece that
has no place there is replaced, and said so.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from mrrc import _bridge
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import RepairWarning, WriterError
from mrrc.field import RawField
from mrrc.packed import RawPacked
from mrrc.record import Record

__all__ = ["Encoded", "fit", "odd_as_json", "packed_of", "packed_or_repaired"]

#: Formats that hold any text, so that nothing of an odd record has to be replaced.
_JSON = ("marcjson", "jsonl")

_REPLACEMENT = "\ufffd"
_STRUCTURAL = str.maketrans(dict.fromkeys("\x1d\x1e\x1f", _REPLACEMENT))


class Encoded(bytes):
    """A record that is no longer packed, but as it will stand in the file."""

    __slots__ = ()


def fit(record: Record, format: str, flags: int) -> tuple[bytes, list[RepairWarning]]:
    """Return a record as an encoder takes it, and what had to be replaced for that.

    Args:
        record: is left as it is.
        format: the format's name.
        flags: of `write_flags`.

    Returns:
        The record packed, which is `RawPacked` where an encoder has to leave the text as it is; or
        `Encoded`, which stands beside what an encoder writes.

    Raises:
        WriterError: the format cannot hold the record; or the text was never decoded, and the
            format is not ISO 2709.
    """
    if format == "marc":
        return record._pack_for_marc8() if flags & _bridge.WRITE_MARC8 else _fit_marc(record), []
    if format not in _JSON:
        return packed_or_repaired(record)
    packed = packed_of(record)
    if packed is None:
        end = "\n" if format == "jsonl" else ""
        packed = Encoded((odd_as_json(record) + end).encode())
    return packed, []


def _fit_marc(record: Record) -> bytes:
    try:
        packed = record._pack()
    except (WriterError, TypeError, UnicodeEncodeError):
        packed = b""
    if packed.__class__ is RawPacked or (packed and record.to_unicode):
        return packed
    # by pymarc's rules; of a copy, since writing sets leader/09
    return Encoded(deepcopy(record).as_marc())


def packed_of(record: Record) -> bytes | None:
    """Return a record packed, with its text decoded; None where it cannot be packed.

    Raises:
        WriterError: the text was never decoded (``to_unicode=False``).
    """
    try:
        packed = record._pack()
    except (WriterError, TypeError, UnicodeEncodeError):
        if any(isinstance(field, RawField) for field in record.fields):
            raise WriterError("the text was not decoded (to_unicode=False)") from None
        return None
    if packed.__class__ is RawPacked:
        raise WriterError("the text was not decoded (to_unicode=False)")
    return packed


def packed_or_repaired(record: Record) -> tuple[bytes, list[RepairWarning]]:
    """Return a record packed, or a copy in which the pieces that cannot be packed are replaced.

    Raises:
        WriterError: the text was never decoded (``to_unicode=False``).
    """
    packed = packed_of(record)
    if packed is not None:
        return packed, []
    repair = _Repair()
    return repair.packed(record), repair.said


def odd_as_json(record: Record) -> str:
    """Return a record of any text as compact MARC-in-JSON, with nothing replaced.

    Lone surrogates, which UTF-8 has no place for, are escaped.
    """
    text = json.dumps(record.as_dict(), ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(record.as_dict(), separators=(",", ":"))
    return text


class _Repair:
    """One record's pieces made fit to be packed."""

    def __init__(self) -> None:
        self.said: list[RepairWarning] = []
        self._tag = ""

    def _say(self, what: str) -> None:
        self.said.append(RepairWarning(what, field_tag=self._tag))

    def packed(self, record: Record) -> bytes:
        parts = [self._leader(str(record.leader))]
        for field in record.fields:
            tag = self._fit_tag(field.tag)
            if tag.isdigit() and tag < "010":
                data = field.data if field.control_field else field.value()
                parts.append(tag + self._value(data, "the data"))
                continue
            parts.append(tag + self._data_field(field))
        return "\x1e".join(parts).encode()

    def _leader(self, leader: str) -> str:
        fit = "".join(c if " " <= c <= "~" else "|" for c in leader)[:LEADER_LEN].ljust(LEADER_LEN)
        if fit != leader:
            self._tag = "LDR"
            self._say("the leader is not 24 ASCII characters: the others became fill characters")
        return fit

    def _fit_tag(self, tag: Any) -> str:
        text = str(tag)
        fit = "".join(c if " " <= c <= "~" else "?" for c in text)[:3].rjust(3, "0")
        self._tag = fit
        if fit != text:
            self._say(f"the tag {text!r} became {fit!r}")
        return fit

    def _data_field(self, field: Any) -> str:
        if field.control_field:
            return "  \x1fa" + self._value(field.data, "the data")
        first, second = (self._character(each, "an indicator") for each in field.indicators)
        parts = [first + second]
        for code, value in field.subfields:
            fit = self._character(code, "a subfield code")
            parts.append(fit + self._value(value, f"${fit}"))
        return "\x1f".join(parts)

    def _character(self, text: Any, what: str) -> str:
        fit = self._text(text)[:1].translate(_STRUCTURAL) or " "
        if fit != text:
            self._say(f"{what} is not one character: {text!r} became {fit!r}")
        return fit

    def _value(self, text: Any, what: str) -> str:
        fit = self._text(text).translate(_STRUCTURAL)
        if fit != text:
            self._say(f"{what} holds what the format has no place for: it became U+FFFD")
        return fit

    @staticmethod
    def _text(given: Any) -> str:
        text: str = "" if given is None else str(given)
        return text.encode("utf-8", "replace").decode() if not text.isascii() else text
