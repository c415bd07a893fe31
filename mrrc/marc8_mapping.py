# SPDX-License-Identifier: MIT
"""The MARC-8 sets as pymarc's dictionaries: code -> (character, 1 for a combining mark or 0).

They are made from the tables of the core when first asked for, and then stay. `CODESETS` holds
all by final byte; each is there by name too (`CHARSET_45` is ANSEL, `CHARSET_31` EACC). They are
for looking up: changing one changes no conversion.

Three codes of EACC (217559, 222A34, 223339) have the characters of the Library of Congress's
table, where pymarc has a substitute, U+3013; all else is equal to pymarc's.
"""

from __future__ import annotations

from mrrc import _bridge

CodeSet = dict[int, tuple[int, int]]

CHARSET_31: CodeSet
CHARSET_32: CodeSet
CHARSET_33: CodeSet
CHARSET_34: CodeSet
CHARSET_42: CodeSet
CHARSET_45: CodeSet
CHARSET_4E: CodeSet
CHARSET_51: CodeSet
CHARSET_53: CodeSet
CHARSET_62: CodeSet
CHARSET_67: CodeSet
CHARSET_70: CodeSet
CODESETS: dict[int, CodeSet]

_FINALS = (0x34, 0x45, 0x33, 0x32, 0x31, 0x70, 0x51, 0x53, 0x42, 0x62, 0x67, 0x4E)

ODD_MAP = {
    0x21203D: 0x2026,
    0x212040: 0x201C,
    0x7F2014: 0x2014,
    0x7F2019: 0x2019,
    0x7F2020: 0x201D,
    0x7F2122: 0x2122,
}
"""Codes of three bytes in no standard, which some systems write while EACC is G0."""

__all__ = ["CODESETS", "ODD_MAP", *(f"CHARSET_{final:X}" for final in _FINALS)]


def __getattr__(name: str) -> object:
    made: object
    if name == "CODESETS":
        made = {final: _charset(final) for final in _FINALS}
    elif name in __all__:
        return _charset(int(name.removeprefix("CHARSET_"), 16))
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Where two threads come at once, both have the one that came first.
    return globals().setdefault(name, made)


def _charset(final: int) -> object:
    made = {code: (character, mark) for code, character, mark in _bridge.marc8_set(final)}
    return globals().setdefault(f"CHARSET_{final:X}", made)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
