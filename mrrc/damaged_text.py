# SPDX-License-Identifier: MIT
"""The text of a damaged record whose encoding the caller has chosen.

In the default mode pymarc's rules say what a damaged record consists of, and they know of no
encoding but what its leader names. So they take it apart, its values go into a record without
a fault, and the core reads that one as it reads all others. Nothing here judges structure.
"""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from mrrc import _bridge
from mrrc.constants import DIRECTORY_ENTRY_LEN, LEADER_LEN
from mrrc.damage import entries, near
from mrrc.exceptions import InvalidField, MrrcException
from mrrc.field import Field, Subfield
from mrrc.iso2709 import FIELD_MAX, RECORD_MAX
from mrrc.record import Record

__all__ = ["decode_text"]

#: No value of a sound record holds these.
_STRUCTURAL = re.compile(rb"([\x1d-\x1f])")

_SOUND_TAG = re.compile(r"[0-9]{3}\Z")

_TOO_LONG = "the entries of the directory give more text than a record can have"

#: How much of a field its subfields may take.
_ROOM = FIELD_MAX - 3

#: What stands for a tag or a code that is out of the ordinary; field 100 and $a say something.
_TAG, _CODE = "999", "9"


class _Piece(NamedTuple):
    """A stretch of a value between structural characters."""

    field: int  # the number of its field, from 0
    value: bytes
    first: int  # where it begins in the record made for the core


def _parts(value: bytes) -> list[bytes]:
    """Return the stretches of a value, and between each two the character that parts them."""
    return _STRUCTURAL.split(value)


class _Sound:
    """A record without a fault, of the values of another; where one was parted, it repeats."""

    def __init__(self, record: Record) -> None:
        self.pieces: list[_Piece] = []
        self._directory: list[bytes] = []
        self._fields: list[bytes] = []
        self._size = 0
        self.fits = True
        for number, field in enumerate(record.fields):
            if field.control_field:
                for part in _parts(cast(bytes, field.data))[::2]:
                    self._add(field.tag, b"", [(number, b"", part)])
                continue
            tag = field.tag if _SOUND_TAG.match(field.tag) and field.tag >= "010" else _TAG
            pieces: list[tuple[int, bytes, bytes]] = []
            size = 0
            for code, value in field.subfields:
                plain = code if code.isascii() and code.isalnum() else _CODE
                mark = b"\x1f" + plain.encode()
                for part in _parts(cast(bytes, value))[::2]:
                    size += len(mark) + len(part)
                    if pieces and size > _ROOM:
                        self._add(tag, b"  ", pieces)
                        pieces, size = [], len(mark) + len(part)
                    pieces.append((number, mark, part))
            if pieces:
                self._add(tag, b"  ", pieces)
        base = LEADER_LEN + DIRECTORY_ENTRY_LEN * len(self._directory) + 1
        self.pieces = [piece._replace(first=base + piece.first) for piece in self.pieces]
        size = base + self._size + 1
        self.fits = self.fits and size <= RECORD_MAX
        leader = f"{size:05d}nam {record.leader[9]}22{base:05d}   4500".encode()
        self._data = b"".join([leader, *self._directory, b"\x1e", *self._fields, b"\x1d"])

    def _add(self, tag: str, head: bytes, pieces: list[tuple[int, bytes, bytes]]) -> None:
        """Add a field of these pieces: the number of the other's field, the code, the value."""
        begin = self._size
        self._fields.append(head)
        self._size += len(head)
        for number, mark, value in pieces:
            self._fields += (mark, value)
            self._size += len(mark)
            self.pieces.append(_Piece(number, value, self._size))
            self._size += len(value)
        self._fields.append(b"\x1e")
        self._size += 1
        size = self._size - begin
        self.fits = self.fits and size <= FIELD_MAX and self._size <= RECORD_MAX
        self._directory.append(f"{tag}{size:04d}{begin:05d}".encode())

    def read(self, flags: int) -> _bridge.Block | None:
        """Have the core read it; None where it cannot."""
        if not self.fits:
            return None
        block = _bridge.Source(None, self._data).next(flags)
        return block if block is not None and block.is_plain(0) else None


def _texts(packed: bytes) -> list[str]:
    """Return the values of a packed record, in order."""
    texts: list[str] = []
    for field in packed.decode().split("\x1e")[1:]:
        if field[:3] < "010":
            texts.append(field[3:])
        else:
            texts += (piece[1:] for piece in field.split("\x1f")[1:])
    return texts


def _joined(value: bytes, texts: list[str]) -> str:
    """Return a value of the texts of its stretches, which are taken off the end."""
    parts = _parts(value)
    return "".join(texts.pop() if at % 2 == 0 else part.decode() for at, part in enumerate(parts))


def decode_text(record: Record, chunk: bytes, flags: int) -> list[MrrcException]:
    """Decode the values of a record in an encoding that was chosen.

    Args:
        record: as the rules decode it with ``to_unicode=False``; it becomes one of text.
        chunk: what it was decoded from.
        flags: what the core is told of the encoding.

    Returns:
        What was amiss in the text, with its place in the record.

    Raises:
        InvalidField: the values are longer than any sound record is.
    """
    sound = _Sound(record)
    block = sound.read(flags)
    if block is None:
        raise InvalidField(message=_TOO_LONG)
    texts = _texts(block.chunk(0))[::-1]
    fields = record.fields
    control_number = None
    for at, field in enumerate(fields):
        if field.control_field:
            data = _joined(cast(bytes, field.data), texts)
            fields[at] = Field(field.tag, data=data)
            if control_number is None and field.tag == "001":
                control_number = data
            continue
        subfields = [
            Subfield(code, _joined(cast(bytes, value), texts)) for code, value in field.subfields
        ]
        fields[at] = Field(field.tag, field.indicators, subfields)
    record._origin = record._origin.replaced(to_unicode=True)
    begins = [begin for _, _, begin, _ in entries(chunk)]
    if len(begins) != len(fields):
        begins = []
    return [_error(note, sound, chunk, begins, control_number) for note in block.notes]


def _error(
    note: _bridge.Note, sound: _Sound, chunk: bytes, begins: list[int], control_number: str | None
) -> MrrcException:
    """Make the error of what the core noted, with its place in the record itself."""
    at: int | None = note.offset  # in the leader it is the same
    if note.offset >= LEADER_LEN:
        piece = next(one for one in reversed(sound.pieces) if one.first <= note.offset)
        begin = chunk.find(piece.value, begins[piece.field]) if begins else -1
        at = None if begin < 0 else begin + note.offset - piece.first
    error = cast(
        MrrcException, _bridge.exception_of(note, record_offset=0, control_number=control_number)
    )
    error.record_byte_offset = error.byte_offset = at
    around = None if at is None else near(chunk, 0, at)
    error.bytes_near, error.bytes_near_offset = around or (None, None)
    return error
