# SPDX-License-Identifier: MIT
"""Where in a record's bytes the fault is that pymarc's rules refuse it for.

Those rules say what is wrong and not where. Decoding stays as short as they are; only when it
has failed is the record looked through for the place, once and from its front. Nothing here
decodes or repairs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mrrc.constants import DIRECTORY_ENTRY_LEN, LEADER_LEN
from mrrc.exceptions import (
    BadSubfieldCode,
    BaseAddressInvalid,
    BaseAddressNotFound,
    DirectoryNotNumeric,
    EncodingError,
    EndOfRecordNotFound,
    LeaderNotNumeric,
    MrrcException,
    NoFieldsFound,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    TruncatedRecord,
)

__all__ = ["control_number", "entries", "locate", "near"]

#: Bytes near an offset of the source, and the offset of the first of them; None where they
#: are not at hand.
Near = Callable[[int], tuple[bytes, int] | None]

#: How many bytes an error keeps before its offset, and from it on.
NEAR = 16

_FOUND = 32

_TERMINATOR = re.compile(rb"[\x1d-\x1f]")


def _number(digits: bytes) -> int | None:
    try:
        return int(digits)
    except ValueError:
        return None


def entries(record: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """Yield of each entry with numbers its offset, its tag, and the field's begin and end."""
    base = _number(record[12:17]) or 0
    for at in range(LEADER_LEN, min(base - 1, len(record)), DIRECTORY_ENTRY_LEN):
        length, start = _number(record[at + 3 : at + 7]), _number(record[at + 7 : at + 12])
        if length is not None and start is not None and length > 0 and start >= 0:
            yield at, record[at : at + 3], base + start, base + start + length


def control_number(record: bytes) -> str | None:
    """Return the text of field 001 of a record that may be damaged, or None.

    Where the field has neither a terminator in front nor one just behind it, its place is wrong,
    and what stands there would name another record.
    """
    for _, tag, start, end in entries(record):
        if tag == b"001":
            behind = _TERMINATOR.search(record, start)
            stop = end - 1 if behind is None else min(behind.start(), end - 1)
            if record[start - 1 : start] != b"\x1e" and record[stop:end] != b"\x1e":
                return None
            return record[start:stop][:_FOUND].decode("utf-8", "replace") or None
    return None


def near(data: bytes, first: int, offset: int) -> tuple[bytes, int] | None:
    """Return the bytes near an offset of the source, and the offset of the first of them.

    Args:
        data: bytes of the source.
        first: the offset of the first of them.
        offset: what the bytes are to be near to.
    """
    start = max(offset - first - NEAR, 0)
    found = data[start : max(offset - first + NEAR, 0)]
    return (found, first + start) if found else None


def locate(
    error: MrrcException,
    record: bytes,
    *,
    source: str | None = None,
    record_index: int | None = None,
    byte_offset: int | None = None,
    around: Near | None = None,
) -> None:
    """Tell an error its place, in a record that could not be decoded.

    What the error knows already it keeps.

    Args:
        error: what was raised.
        record: the bytes that it was raised for.
        source: the path or name of what was read.
        record_index: the record's number there, from 1.
        byte_offset: where the record begins there.
        around: gives the bytes near an offset of the source, those of other records too.
    """
    at = _find(error, record)
    place: dict[str, object] = {
        "source": source,
        "record_index": record_index,
        "record_control_number": control_number(record),
        "record_byte_offset": at,
    }
    if byte_offset is not None:
        place["byte_offset"] = byte_offset + (at or 0)
    found = None
    if byte_offset is not None and around is not None:
        found = around(byte_offset + (at or 0))
    if found is None:
        found = near(record, byte_offset or 0, (byte_offset or 0) + (at or 0))
    if found is not None and error.bytes_near in (None, found[0]):
        place["bytes_near"] = found[0]
        place["bytes_near_offset"] = None if byte_offset is None else found[1]
    _add(error, **place)


def _add(error: MrrcException, **place: object) -> None:
    for name, value in place.items():
        if value is not None and getattr(error, name) is None:
            setattr(error, name, value)


def _find(error: MrrcException, record: bytes) -> int | None:
    """Return the fault's offset in the record; note on the error what stands there."""
    if isinstance(error, TruncatedRecord):
        length = _number(record[:5]) if len(record) >= 5 else None
        _add(error, expected_length=length, actual_length=len(record))
        return 0
    if isinstance(error, EndOfRecordNotFound):
        _add(error, found=record[-1:], expected="the record terminator 0x1D")
        return max(len(record) - 1, 0)
    if isinstance(error, BaseAddressInvalid | BaseAddressNotFound):
        # before LeaderNotNumeric, which one of them is too
        expected = f"an address within the {len(record)} bytes of the record"
        _add(error, found=record[12:17], expected=expected)
        return 12
    if isinstance(error, RecordLengthInvalid | LeaderNotNumeric):
        _add(error, found=record[:5], expected="the record's length in five digits")
        return 0
    if isinstance(error, RecordLeaderInvalid):
        _add(error, found=record[:LEADER_LEN], expected=f"{LEADER_LEN} characters")
        return 0
    if isinstance(error, NoFieldsFound):
        return LEADER_LEN
    if isinstance(error, DirectoryNotNumeric):
        return _find_entry(error, record)
    if isinstance(error, BadSubfieldCode):
        return _find_code(error, record)
    if isinstance(error, RecordDirectoryInvalid):
        end = (_number(record[12:17]) or 0) - 1
        at = end - (end - LEADER_LEN) % DIRECTORY_ENTRY_LEN
        _add(error, found=record[at:end], expected=f"{DIRECTORY_ENTRY_LEN} characters")
        return at
    if isinstance(error, EncodingError):
        return _find_text(error, record)
    return None


def _find_entry(error: MrrcException, record: bytes) -> int | None:
    end = (_number(record[12:17]) or 0) - 1
    for at in range(LEADER_LEN, end, DIRECTORY_ENTRY_LEN):
        for begin, stop in ((at + 3, at + 7), (at + 7, at + 12)):
            if _number(record[begin:stop]) is None:
                tag = record[at : at + 3].decode("ascii", "replace")
                expected = f"{stop - begin} digits"
                _add(error, field_tag=tag, found=record[begin:stop], expected=expected)
                return begin
    return None


def _find_code(error: MrrcException, record: bytes) -> int | None:
    """Find a subfield by its bytes, which the error has."""
    at = record.find(b"\x1f" + error.found) + 1 if error.found else 0
    if at == 0:
        return None
    tag = next((tag for _, tag, start, end in entries(record) if start <= at < end), None)
    _add(
        error,
        subfield_code=record[at],
        field_tag=None if tag is None else tag.decode("ascii", "replace"),
        expected="a code that has a letter or digit of ASCII",
    )
    return at


def _find_text(error: EncodingError, record: bytes) -> int | None:
    """Find the text that could not be decoded: the leader, the directory, or of a field."""
    text, start = error.object, error.start
    if not isinstance(text, bytes) or len(error.args) != 5:
        return None
    _add(error, found=text[start : error.end][:_FOUND], expected=f"{error.encoding} text")
    if error.field_tag is None:
        first = 0 if record.startswith(text) else LEADER_LEN
        return first + start if record.startswith(text, first) else None
    tag = error.field_tag.encode("ascii", "replace")
    for _, other, begin, end in entries(record):
        at = record.find(text, begin, end) if other == tag else -1
        if at < 0:
            continue
        if at > begin:
            # it is a value, in front of which stands a code
            _add(error, subfield_code=record[at - 1])
        elif not (tag < b"010" and tag.isdigit()):
            _add(error, indicator_position=min(start, 1))
        return at + start
    return None
