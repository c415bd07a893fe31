# SPDX-License-Identifier: MIT
"""What a record consists of: packed bytes, and the objects made from them on demand.

A record is in one of three states. *Packed*: `_packed` holds its bytes, and nothing else is
there but perhaps its leader. *Split*: `_packed` is empty, and `_fields` holds each field as
packed bytes or, once it was handed out, as a `Field`. *Open*: `_packed` is None, and `_fields`
is the list that `fields` gives to everybody. A record goes this way only, never back, so
there is one truth at any time. Steps are made under a lock, and what a step makes is there
before what it replaces goes, so readers in other threads need none.
"""

from __future__ import annotations

from itertools import repeat
from typing import Any, cast

from mrrc import _bridge
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import WriterError
from mrrc.field import Field, Indicators, RawField, Subfield, opening
from mrrc.leader import Leader

#: `_packed` of a split record.
_SPLIT = b""

_CONTROL = 255

_new_field = Field.__new__
_new_tuple = tuple.__new__


class RawPacked(bytes):
    """A packed record whose values nobody has decoded (``to_unicode=False``)."""

    __slots__ = ()


class Origin:
    """What many records of one batch share: how they were read, and from where. Not changed."""

    __slots__ = ("first", "force_utf8", "offsets", "pos", "source", "to_unicode")

    def __init__(
        self,
        to_unicode: bool = True,
        force_utf8: bool = False,
        *,
        pos: int = 0,
        source: str | None = None,
        first: int | None = None,
        offsets: memoryview | None = None,
    ) -> None:
        self.to_unicode = to_unicode
        self.force_utf8 = force_utf8
        self.pos = pos
        self.source = source
        self.first = first  # the number in the source, from 1, of the record with `_number` 0
        self.offsets = offsets  # of the records in the source, by `_number`

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.__slots__}
        if self.offsets is not None:
            state["offsets"] = self.offsets.tobytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if state["offsets"] is not None:
            state["offsets"] = memoryview(state["offsets"]).cast("Q")
        for name, value in state.items():
            setattr(self, name, value)

    def replaced(self, **changes: Any) -> Origin:
        """Return a copy with other values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return Origin(**{**values, **changes})


#: Of a record made with no arguments.
PLAIN = Origin()


class _IndicatorsOf(dict[str, Indicators]):
    """Two characters to `Indicators`; records share them."""

    def __missing__(self, text: str) -> Indicators:
        made = Indicators(*text)
        if len(self) < 4096:
            self[text] = made
        return made


_indicators_of = _IndicatorsOf()


def explode(packed: bytes) -> list[Field]:
    """Make all fields of a packed record, open."""
    laid_out = _bridge.explode(packed)
    if laid_out is None:
        fields = close_all(packed)
        for field in fields:
            field._open()
        return fields
    counts, texts = laid_out
    number = len(counts)
    first = 2 * number  # of the texts of subfields
    subfields: list[Subfield] = list(
        map(_new_tuple, repeat(Subfield), zip(texts[first::2], texts[first + 1 :: 2]))
    )
    fields: list[Field] = list(map(_new_field, repeat(Field, number)))
    start = 0
    for field, count, tag, text in zip(fields, counts, texts[:first:2], texts[1:first:2]):
        field.tag = tag
        field._packed = None
        if count == _CONTROL:
            field.control_field = True
            field._data = text
        else:
            field.control_field = False
            field._indicators = _indicators_of[text]
            end = start + count
            field._subfields = subfields[start:end]
            start = end
    return fields


def close_all(packed: bytes) -> list[Field]:
    """Make all fields of a packed record, closed."""
    kind = RawField if packed.__class__ is RawPacked else Field
    pieces = packed.split(b"\x1e")
    del pieces[0]
    return [kind._closed(piece[:3].decode(), piece) for piece in pieces]


def close_with_values(packed: bytes) -> list[Field]:
    """Make all fields of a packed record, closed, each knowing its `value()`."""
    laid_out = _bridge.values(packed)
    if laid_out is None:
        return close_all(packed)
    counts, texts = laid_out
    pieces = packed.split(b"\x1e")
    del pieces[0]
    fields: list[Field] = list(map(_new_field, repeat(Field, len(counts))))
    for field, count, tag, text, piece in zip(fields, counts, texts[::2], texts[1::2], pieces):
        field.tag = tag
        if count == _CONTROL:
            field.control_field = True
            field._packed = None
            field._data = text
        else:
            field.control_field = False
            field._value = text
            field._packed = piece
    return fields


class PackedRecord:
    """The part of `Record` that knows its states."""

    __slots__ = ("__weakref__", "_fields", "_leader", "_next", "_number", "_origin", "_packed")

    _packed: bytes | None
    _fields: list[Any] | None  # of Field, and of bytes in a split record
    _leader: Any  # Leader, what a caller put there, the bytes of 24 characters, or None
    _origin: Origin
    _number: int
    _next: int

    # -- states --

    def _split(self) -> None:
        """Make a packed record a split one, or an open one if it is raw."""
        with opening:
            packed = self._packed
            if not packed:
                return
            if packed.__class__ is RawPacked:
                self._open()
                return
            pieces: list[Any] = packed.split(b"\x1e")
            if self._leader is None:
                self._leader = pieces[0]
            del pieces[0]
            self._fields = pieces
            self._packed = _SPLIT

    def _open(self, objects: bool = True) -> list[Field]:
        """Make the record open, and return its list of fields."""
        with opening:
            packed = self._packed
            if packed is None:
                return cast("list[Field]", self._fields)
            if packed:
                if self._leader is None:
                    self._leader = bytes(packed[:LEADER_LEN])
                if packed.__class__ is RawPacked:
                    self._fields = close_all(packed)
                else:
                    self._fields = (explode if objects else close_with_values)(packed)
            else:
                fields = cast("list[Any]", self._fields)
                for place, field in enumerate(fields):
                    if field.__class__ is bytes:
                        fields[place] = Field._closed(field[:3].decode(), field)
            self._packed = None
            return cast("list[Field]", self._fields)

    def _hand_out(self, tags: tuple[str, ...], first: bool) -> list[Field]:
        """Return the fields with these tags, or the first, of a record that is not open."""
        with opening:
            if self._packed:
                self._split()
            fields = cast("list[Any]", self._fields)
            found = []
            codes = {tag.encode("utf-8", "surrogatepass"): tag for tag in tags if type(tag) is str}
            for place, field in enumerate(fields):
                if field.__class__ is bytes:
                    tag = codes.get(field[:3])
                    if tag is None:
                        continue
                    field = fields[place] = Field._closed(tag, field)
                elif field.tag not in tags:
                    continue
                found.append(field)
                if first:
                    break
            return found

    def _lacks(self, tag: str) -> bool:
        """Whether a packed record surely has no field of this tag."""
        packed = self._packed
        if not packed:
            return False
        if tag.__class__ is not str or len(tag) != 3:
            return True
        # 0x1E stands nowhere but before a tag, so finding is exact
        return packed.find(b"\x1e" + tag.encode("utf-8", "surrogatepass"), LEADER_LEN) < 0

    def _leader_bytes(self) -> bytes:
        leader = self._leader
        if leader.__class__ is bytes:
            return leader
        text = str(leader)
        if len(text) != LEADER_LEN or not text.isascii() or not text.isprintable():
            raise WriterError("the leader is not 24 printable ASCII characters", field_tag="LDR")
        return text.encode()

    def _pack(self) -> bytes:
        """Return the packed record.

        Raises:
            WriterError: it cannot be packed; field and reason are named.
        """
        packed = self._packed
        if packed:
            if self._leader is None:
                return packed
            return packed.__class__(self._leader_bytes() + packed[LEADER_LEN:])
        parts = [self._leader_bytes()]
        raw = 0
        for field in cast("list[Any]", self._fields):
            kind = field.__class__
            if kind is bytes:
                parts.append(field)
                continue
            if not isinstance(field, Field):
                raise WriterError(f"not a Field: {field!r}")
            if kind is RawField:
                raw += 1
            elif kind.as_marc is not Field.as_marc:
                raise WriterError("the field writes itself", field_tag=field.tag)
            parts.append(field._pack())
        if not raw:
            return b"\x1e".join(parts)
        if raw < len(parts) - 1:
            raise WriterError("decoded fields and raw ones stand together")
        return RawPacked(b"\x1e".join(parts))

    def __getstate__(self) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        origin = self._origin
        state: dict[str, Any] = {
            "pos": origin.pos,
            "force_utf8": origin.force_utf8,
            "to_unicode": origin.to_unicode,
            "place": self._place(),
        }
        if self._packed:
            state["packed"] = self._packed
            if self._leader is not None:
                state["leader"] = self.leader
        else:
            state["leader"] = self.leader
            state["fields"] = self.fields
        return getattr(self, "__dict__", None), state

    def __setstate__(self, state: tuple[dict[str, Any] | None, dict[str, Any]]) -> None:
        own, slots = state
        if own:
            self.__dict__.update(own)
        source, number, offset = slots.get("place", (None, None, None))
        self._origin = Origin(
            slots["to_unicode"],
            slots["force_utf8"],
            pos=slots["pos"],
            source=source,
            first=number,
            offsets=None if offset is None else memoryview(offset.to_bytes(8, "little")).cast("Q"),
        )
        self._number = 0
        self._leader = slots.get("leader")
        self._fields = slots.get("fields")
        self._packed = slots.get("packed")

    def __copy__(self) -> PackedRecord:
        # a shallow copy shares the leader and the list of fields
        state = {"leader": self.leader, "fields": self.fields}
        clone = self.__class__.__new__(self.__class__)
        own, slots = self.__getstate__()
        clone.__setstate__((own, {**slots, **state}))
        return clone

    def _place(self) -> tuple[str | None, int | None, int | None]:
        """Return the source, the number in it from 1, and the byte offset, where known."""
        origin = self._origin
        return (
            origin.source,
            None if origin.first is None else origin.first + self._number,
            None if origin.offsets is None else origin.offsets[self._number],
        )

    # -- attributes --

    @property
    def leader(self) -> Leader:
        """The leader itself: changes to it are changes to the record."""
        leader = self._leader
        if leader is None or leader.__class__ is bytes:
            with opening:
                leader = self._leader
                if leader is None:
                    leader = cast(bytes, self._packed)[:LEADER_LEN]
                if leader.__class__ is bytes:
                    leader = self._leader = Leader(leader.decode())
        return cast(Leader, leader)

    @leader.setter
    def leader(self, value: Leader | str) -> None:
        self._leader = value

    @property
    def fields(self) -> list[Field]:
        """The list of fields itself: changes to it are changes to the record."""
        if self._packed is None:
            return cast("list[Field]", self._fields)
        return self._open()

    @fields.setter
    def fields(self, value: list[Field]) -> None:
        with opening:
            if self._leader is None:
                self._leader = cast(bytes, self._packed)[:LEADER_LEN]
            self._fields = value
            self._packed = None

    @property
    def pos(self) -> int:
        """Kept for pymarc's sake; nothing reads it."""
        return self._origin.pos

    @pos.setter
    def pos(self, value: int) -> None:
        self._origin = self._origin.replaced(pos=value)

    @property
    def to_unicode(self) -> bool:
        """Whether the record's text is decoded, so that it is written as UTF-8."""
        return self._origin.to_unicode

    @to_unicode.setter
    def to_unicode(self, value: bool) -> None:
        self._origin = self._origin.replaced(to_unicode=value)

    @property
    def force_utf8(self) -> bool:
        """Whether text is UTF-8 whatever the leader says."""
        return self._origin.force_utf8

    @force_utf8.setter
    def force_utf8(self, value: bool) -> None:
        self._origin = self._origin.replaced(force_utf8=value)
