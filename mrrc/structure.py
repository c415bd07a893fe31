# SPDX-License-Identifier: MIT
"""The parts of a field, what the structure of a record asks of them, and the lock for opening."""

import os
import threading
from collections.abc import Iterable
from typing import NamedTuple

from mrrc.constants import END_OF_FIELD, END_OF_RECORD, SUBFIELD_INDICATOR
from mrrc.exceptions import WriterError

#: Held while packed bytes become objects, so that two threads never open the same thing twice.
#: Reentrant, since making objects may run the collector and with it anybody's code; and free in
#: a child process, whatever other threads did when it was forked.
opening = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=opening.acquire, after_in_parent=opening.release, after_in_child=opening.release
    )


class Subfield(NamedTuple):
    """A subfield: a code of one character and a value."""

    code: str
    value: str


class Indicators(NamedTuple):
    """The two indicators of a data field."""

    first: str
    second: str

    @property
    def ind1(self) -> str:
        """The first indicator."""
        return self.first

    @property
    def ind2(self) -> str:
        """The second indicator."""
        return self.second


class PackedTag(NamedTuple):
    """What a tag is in a packed record."""

    code: bytes
    control: bool


class _PackedTags(dict[str, PackedTag]):
    """Tag to packed tag, filled as tags are met."""

    def __missing__(self, tag: str) -> PackedTag:
        if not (isinstance(tag, str) and len(tag) == 3 and tag.isascii() and tag.isprintable()):
            raise WriterError("the tag is not three printable ASCII characters", field_tag=str(tag))
        known = self[tag] = PackedTag(tag.encode(), tag < "010" and tag.isdigit())
        return known


packed_tags = _PackedTags()

#: Characters that end things: neither may stand in data of any kind.
TERMINATORS = (END_OF_FIELD, END_OF_RECORD)
STRUCTURAL = (SUBFIELD_INDICATOR, *TERMINATORS)


def refuse_structural(
    tag: str, what: str, text: str | bytes, characters: tuple[str, ...] = STRUCTURAL
) -> None:
    """Raise `WriterError` if a piece of a field holds 0x1D, 0x1E or 0x1F.

    Such a piece could not be told from the structure around it (ISO 2709). In the data of a
    control field 0x1F separates nothing, and real records have it there, so ISO 2709 may be
    written with it; a packed record has no place for it.
    """
    for character in characters:
        found = character in text if isinstance(text, str) else character.encode() in text
        if found:
            raise WriterError(
                f"{what} holds the structural character 0x{ord(character):02X}", field_tag=tag
            )


def control_body(tag: str, data: object) -> bytes:
    """Return the body of a control field as a packed record has it.

    Raises:
        WriterError: the data is no text, or holds a structural character.
    """
    if not isinstance(data, str):
        raise WriterError("the data is not text", field_tag=tag)
    refuse_structural(tag, "the data", data)
    return data.encode()


def data_body(
    tag: str, indicators: tuple[str, str] | None, subfields: Iterable[tuple[str, str]]
) -> bytes:
    """Return the body of a data field as a packed record has it.

    Raises:
        WriterError: an indicator or code is not one character, a value is no text, or any of
            them holds a structural character.
    """
    first, second = indicators or ("", "")
    if not (isinstance(first, str) and isinstance(second, str) and len(first) == len(second) == 1):
        raise WriterError("an indicator is not one character", field_tag=tag)
    parts = [first + second]
    for code, value in subfields:
        if code.__class__ is not str or len(code) != 1:
            raise WriterError(f"the code {code!r} is not one character", field_tag=tag)
        if value.__class__ is not str:
            raise WriterError(f"the value of ${code} is not text", field_tag=tag)
        parts.append(code + value)
    body = SUBFIELD_INDICATOR.join(parts)
    # one look at the whole: only a structural character inside a part can make more of them
    if (
        body.count(SUBFIELD_INDICATOR) != len(parts) - 1
        or END_OF_FIELD in body
        or END_OF_RECORD in body
    ):
        refuse_structural(tag, "an indicator", parts[0])
        for part in parts[1:]:
            refuse_structural(tag, f"subfield ${part[0]}", part)
    return body.encode()


def first_value(packed: bytes, code: str) -> str | None:
    """Return the first value of a code in a packed data field, or None."""
    if not isinstance(code, str) or len(code) != 1:
        return None  # a code is one character
    mark = b"\x1f" + code.encode("utf-8", "surrogatepass")
    _, found, rest = packed.partition(mark)
    return rest.partition(b"\x1f")[0].decode() if found else None


def replace_value(packed: bytes, code: str, value: str) -> bytes | None:
    """Return a packed data field with another value of a code that stands once in it.

    None where it does not, or where code or value are not what can be packed.
    """
    if not (isinstance(code, str) and isinstance(value, str) and len(code) == 1):
        return None
    try:
        mark, new = b"\x1f" + code.encode(), value.encode()
    except UnicodeEncodeError:
        return None
    if b"\x1f" in new or b"\x1e" in new or b"\x1d" in new or packed.count(mark) != 1:
        return None
    before, _, rest = packed.partition(mark)
    _, behind, others = rest.partition(b"\x1f")
    return before + mark + new + behind + others
