# SPDX-License-Identifier: MIT
"""Packed records whose text is in an encoding that only Python knows.

The core leaves such text as it stands; here it is decoded value by value. What is no text becomes
U+FFFD and is told of with its bytes; nothing here reads or raises.
"""

from __future__ import annotations

import re
from functools import cache

from mrrc.exceptions import EncodingError

__all__ = ["decode_raw"]

_STRUCTURAL = re.compile("[\x1d-\x1f]")

#: How many bytes an error shows.
_FOUND = 32


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


def decode_raw(packed: bytes, codec: str) -> tuple[bytes, list[EncodingError]]:
    """Return a packed record with its text in UTF-8, and what was no text.

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
    errors: list[EncodingError] = []
    number = None
    parts = [head.decode("ascii", "replace")]
    for field in fields:
        tag = field[:3].decode("ascii", "replace")
        if tag.isdigit() and tag < "010":
            text = _value(field[3:], codec, tag, None, errors)
            parts.append(tag + text)
            if tag == "001" and number is None:
                number = text[:_FOUND] or None
            continue
        first, *pieces = field[3:].split(b"\x1f")
        texts = [tag + first.decode("ascii", "replace")]
        texts += (
            piece[:1].decode("ascii", "replace") + _value(piece[1:], codec, tag, piece[0], errors)
            for piece in pieces
        )
        parts.append("\x1f".join(texts))
    for error in errors:
        error.record_control_number = number
    return "\x1e".join(parts).encode("utf-8", "replace"), errors


def _value(
    value: bytes, codec: str, tag: str, code: int | None, errors: list[EncodingError]
) -> str:
    try:
        text = value.decode(codec)
    except UnicodeDecodeError as error:
        errors.append(
            EncodingError(
                codec,
                value,
                error.start,
                error.end,
                error.reason,
                message=f"the bytes are no {codec} text: they became U+FFFD",
                field_tag=tag,
                subfield_code=code,
                found=value[error.start : error.end][:_FOUND],
            )
        )
        text = value.decode(codec, "replace")
    fit = _STRUCTURAL.sub("\ufffd", text).encode("utf-8", "replace").decode()
    if fit != text:
        errors.append(
            EncodingError(
                codec,
                value,
                0,
                len(value),
                "the text holds what separates fields",
                message="the text holds what no value can: it became U+FFFD",
                field_tag=tag,
                subfield_code=code,
                found=value[:_FOUND],
            )
        )
    return fit
