# SPDX-License-Identifier: MIT
"""Text as XML 1.0 can hold it, for the little XML that Python writes.

C knows this for itself. Nothing here knows elements or records, and nothing is read.
"""

from __future__ import annotations

import re

from mrrc import _bridge
from mrrc.exceptions import RepairWarning

__all__ = ["CARRIAGE_RETURN", "escaped", "replaced"]

#: A carriage return as text: a parser would make a line end of one that stands for itself.
CARRIAGE_RETURN = "&#13;"

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": CARRIAGE_RETURN})

#: What has no place in XML, not even as a reference.
_REFUSED = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def replaced(text: str) -> str:
    """Return a text with U+FFFD for what XML has no place for, with a `RepairWarning` for each."""
    for refused in _REFUSED.findall(text):
        _bridge.warn(
            RepairWarning(f"the format has no place for U+{ord(refused):04X}: it was replaced")
        )
    return _REFUSED.sub("\ufffd", text)


def escaped(text: str) -> str:
    """Return a text as the content of an element that reads back as it is, as far as it can."""
    return replaced(text).translate(_ESCAPES)
