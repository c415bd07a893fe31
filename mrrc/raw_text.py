# SPDX-License-Identifier: MIT
"""Packed records whose text is in an encoding that only Python knows.

The core leaves such text as it stands; here it is decoded value by value. What is no text becomes
U+FFFD and is told of with its bytes; nothing here reads or raises.
"""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from mrrc.exceptions import EncodingError, FaultsUntold

__all__ = ["decode_raw", "located"]

_STRUCTURAL = re.compile("[\x1d-\x1f]")

#: How many bytes an error shows.
_FOUND = 32

#: How many faults of a record are told one by one.
_MOST = 500

#: Bytes of a directory's entry.
_ENTRY = 12


@cache
def _is_simple(codec: str) -> bool:
    """Whether a codec has a byte for each character, and ASCII where ASCII has it.

    Each byte is decoded alone: a codec with escapes takes ESC only for the beginning of one.
    """
    try:
        return all(
            len(bytes((code,)).decode(codec, "replace")) == 1 for code in range(0x80, 256)
        ) and all(bytes((code,)).decode(codec) == chr(code) for code in range(0x80))
    except (UnicodeError, LookupError):
        return False


def decode_raw(packed: bytes, codec: str) -> tuple[bytes, list[EncodingError | FaultsUntold]]:
    """Return a packed record with its text in UTF-8, and what was no text.

    The errors have offsets in the record, which `located` makes those of the source.

    Args:
        packed: as the core packs it with ``MRRC_READ_RAW``.
        codec: a codec of Python.
    """
    if packed.isascii() and _is_simple(codec):
        return bytes(packed), []
    if _is_simple(codec):
        try:
            return packed.decode(codec).encode(), []
        except UnicodeError:
            pass  # value by value, to find the place
    head, *fields = packed.split(b"\x1e")
    errors: list[EncodingError | FaultsUntold] = []
    number = None
    parts = [head.decode("ascii", "replace")]
    at = len(head) + _ENTRY * len(fields) + 1  # where the first field stands
    for field in fields:
        tag = field[:3].decode("ascii", "replace")
        if tag.isdigit() and tag < "010":
            text = _value(field[3:], codec, _Place(tag, None, at), errors)
            parts.append(tag + text)
            if tag == "001" and number is None:
                number = text[:_FOUND] or None
            at += len(field) - 2
            continue
        first, *pieces = field[3:].split(b"\x1f")
        texts = [tag + first.decode("ascii", "replace")]
        at += len(first) + 1
        for piece in pieces:
            texts.append(
                piece[:1].decode("ascii", "replace")
                + _value(piece[1:], codec, _Place(tag, piece[0], at + 1), errors)
            )
            at += len(piece) + 1
        parts.append("\x1f".join(texts))
    for error in errors:
        error.record_control_number = number
    return "\x1e".join(parts).encode("utf-8", "replace"), errors


class _Place(NamedTuple):
    """Where a value stands: its field, its code, and the offset in a record of the usual build."""

    tag: str
    code: int | None
    at: int


class _Told(threading.local):
    """What a codec has not taken of the value at hand, as pairs of beginning and end."""

    spans: list[tuple[int, int, str]]


_told = _Told()


def _tell(error: UnicodeError) -> tuple[str, int]:
    """Note what a codec does not take, and replace it."""
    assert isinstance(error, UnicodeDecodeError)
    spans = _told.spans
    if spans and spans[-1][1] == error.start:  # one stretch of bytes
        spans[-1] = (spans[-1][0], error.end, spans[-1][2])
    else:
        spans.append((error.start, error.end, error.reason))
    return "\ufffd", error.end


codecs.register_error("mrrc.raw_text", _tell)


def _value(
    value: bytes, codec: str, place: _Place, errors: list[EncodingError | FaultsUntold]
) -> str:
    def note(start: int, end: int, reason: str, message: str) -> None:
        if len(errors) > _MOST:
            return
        of: dict[str, Any] = {"field_tag": place.tag, "subfield_code": place.code}
        of["byte_offset"] = place.at + start
        if len(errors) == _MOST:
            errors.append(FaultsUntold(**of))
            return
        found = value[start:end][:_FOUND]
        error = EncodingError(codec, value, start, end, reason, message=message, found=found, **of)
        errors.append(error)

    try:
        text = value.decode(codec)
    except UnicodeDecodeError:
        _told.spans = []
        text = value.decode(codec, "mrrc.raw_text")
        for span in _told.spans:
            note(*span, f"the bytes are no {codec} text: they became U+FFFD")
    fit = _STRUCTURAL.sub("\ufffd", text).encode("utf-8", "replace").decode()
    if fit != text:
        reason = "the text holds what separates fields"
        note(0, len(value), reason, "the text holds what no value can: it became U+FFFD")
    return fit


def located(
    errors: Iterable[EncodingError | FaultsUntold],
    offset: int | None,
    bytes_at: Callable[[int, int], bytes] | None,
) -> None:
    """Give errors of `decode_raw` their offsets in the source.

    Where fields do not follow one another as they usually do, or the source is not at hand, that
    is where the record begins.

    Args:
        offset: the record's.
        bytes_at: returns bytes of the source, or raises `ValueError`.
    """
    for error in errors:
        place = error.byte_offset
        error.byte_offset = offset
        if offset is None or bytes_at is None or place is None:
            continue
        found = error.found or b""
        with suppress(ValueError):
            if bytes_at(offset + place, len(found)) == found:
                error.byte_offset = offset + place
