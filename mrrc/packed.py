# SPDX-License-Identifier: MIT
"""What a record consists of: packed bytes, and the objects made from them on demand.

A record is in one of three states. *Packed*: `_packed` holds its bytes, and nothing else is
there but perhaps its leader. *Split*: `_packed` is empty, and `_fields` holds in order each
`Field` that was handed out or added, and as bytes the stretches of packed fields between them.
*Open*: `_packed` is None, and `_fields` is the list that `fields` gives to everybody. A record
goes this way only, never back, so there is one truth at any time. Steps are made under a lock,
and what a step makes is there before what it replaces goes, so readers in other threads
need none.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any, cast

from mrrc import _bridge
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import WriterError
from mrrc.field import Field, Indicators, RawField, Subfield
from mrrc.leader import Leader
from mrrc.structure import opening

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

    __slots__ = (
        "errors",
        "first",
        "force_utf8",
        "numbers",
        "offsets",
        "pos",
        "source",
        "to_unicode",
    )

    def __init__(
        self,
        to_unicode: bool = True,
        force_utf8: bool = False,
        *,
        pos: int = 0,
        source: str | None = None,
        first: int | None = None,
        offsets: Sequence[int] | memoryview | None = None,
        errors: Mapping[int, Sequence[Exception]] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> None:
        self.to_unicode = to_unicode
        self.force_utf8 = force_utf8
        self.pos = pos
        self.source = source
        self.first = first  # the number in the source, from 1, of the record with `_number` 0
        self.offsets = offsets  # of the records in the source, by `_number`
        self.errors = errors  # of those records that have some, by `_number`
        self.numbers = numbers  # what to add to `first`, by `_number`, where it is not `_number`

    def number(self, index: int) -> int | None:
        """Return the number in the source, from 1, of the record with this `_number`."""
        if self.first is None:
            return None
        return self.first + (index if self.numbers is None else self.numbers[index])

    def __getstate__(self) -> dict[str, Any]:
        state = {name: getattr(self, name) for name in self.__slots__}
        if self.offsets is not None:
            state["offsets"] = array("Q", self.offsets).tobytes()
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
    fields = list(map(_new_field, repeat(Field, number)))
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
    """Make all fields of a packed record, or of a stretch of one, closed."""
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


#: What stands nowhere in a packed record.
_NOWHERE = b"\x1d"


class _Marks(dict[str, bytes]):
    """A tag to the bytes that begin its fields, 0x1E standing nowhere else."""

    def __missing__(self, tag: str) -> bytes:
        if len(tag) != 3 or not tag.isascii():
            return _NOWHERE
        mark = self[tag] = b"\x1e" + tag.encode()
        return mark


marks = _Marks()

_patterns: dict[tuple[str, ...], re.Pattern[bytes]] = {}


def _pattern(tags: tuple[str, ...]) -> re.Pattern[bytes]:
    """Return what matches a whole field of any of these tags."""
    try:
        return _patterns[tags]
    except KeyError:
        pass
    except TypeError:  # not to be hashed, and so no tag
        tags = tuple(tag for tag in tags if isinstance(tag, str))
    wanted = [marks[tag][1:] for tag in tags if isinstance(tag, str) and marks[tag] != _NOWHERE]
    any_of = b"|".join(map(re.escape, wanted)) if wanted else _NOWHERE
    pattern = re.compile(b"\x1e(?:" + any_of + b")[^\x1e]*")
    if len(_patterns) < 1000:
        _patterns[tags] = pattern
    return pattern


def _cut(stretch: bytes, tag: str, at: int) -> tuple[Field, bytes, bytes]:
    """Return the field that begins at a place of a stretch, and what is before and behind it."""
    end = stretch.find(b"\x1e", at + 1)
    if end < 0:
        end = len(stretch)
    return Field._closed(tag, stretch[at + 1 : end]), stretch[:at], stretch[end:]


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

    def _split(self, stretches: list[Any]) -> None:
        """Make the record a split one of these stretches and fields; the lock is held."""
        if self._leader is None:
            self._leader = bytes(cast(bytes, self._packed)[:LEADER_LEN])
        self._fields = stretches
        self._packed = _SPLIT

    def _cut_first(self, packed: bytes, tag: str) -> Field | None:
        """Hand out the first field of a tag, of a record that is not open."""
        mark = marks[tag] if isinstance(tag, str) else _NOWHERE
        at = packed.find(mark, LEADER_LEN)
        if packed and at < 0:
            return None
        with opening:
            if packed.__class__ is RawPacked or self._packed is None:
                return next((field for field in self._open() if field.tag == tag), None)
            if self._packed:
                field, before, after = _cut(packed, tag, at)
                self._split([before[LEADER_LEN:], field, after])
                return field
            fields = cast("list[Any]", self._fields)
            for place, stretch in enumerate(fields):
                if stretch.__class__ is bytes:
                    at = stretch.find(mark)
                    if at >= 0:
                        field, before, after = _cut(stretch, tag, at)
                        # a list of its own: somebody may be walking over the old one
                        self._fields = [
                            *fields[:place],
                            before,
                            field,
                            after,
                            *fields[place + 1 :],
                        ]
                        return field
                elif stretch.tag == tag:
                    return cast(Field, stretch)
            return None

    def _cut_all(self, packed: bytes, tags: tuple[str, ...]) -> list[Field]:
        """Hand out the fields of these tags, of a record that is not open."""
        pattern = _pattern(tags)
        if packed and pattern.search(packed, LEADER_LEN) is None:
            return []
        with opening:
            if packed.__class__ is RawPacked or self._packed is None:
                return [field for field in self._open() if field.tag in tags]
            stretches: list[Any] = []
            found: list[Field] = []
            have: list[Any] = [packed] if self._packed else cast("list[Any]", self._fields)
            for stretch in have:
                if stretch.__class__ is not bytes:
                    stretches.append(stretch)
                    if stretch.tag in tags:
                        found.append(stretch)
                    continue
                start = LEADER_LEN if self._packed else 0
                for match in pattern.finditer(stretch, start):
                    at, end = match.span()
                    field = Field._closed(stretch[at + 1 : at + 4].decode(), stretch[at + 1 : end])
                    stretches += (stretch[start:at], field)
                    found.append(field)
                    start = end
                stretches.append(stretch[start:])
            if self._packed:
                self._split(stretches)
            else:
                self._fields = stretches
            return found

    def _cut_where(self, may_match: Callable[[bytes], bool]) -> list[Field]:
        """Hand out the packed fields that may match, and all that are objects, in order.

        Args:
            may_match: is given a field packed, tag included; a quick look that spares making
                objects of fields that nobody wants.
        """
        with opening:
            packed = self._packed
            if packed is None or packed.__class__ is RawPacked:
                return list(self._open())
            stretches: list[Any] = []
            found: list[Field] = []
            have: list[Any] = [packed[LEADER_LEN:]] if packed else cast("list[Any]", self._fields)
            for stretch in have:
                if stretch.__class__ is not bytes:
                    stretches.append(stretch)
                    found.append(stretch)
                    continue
                start = at = 0
                for piece in stretch.split(b"\x1e")[1:]:
                    end = at + 1 + len(piece)
                    if may_match(piece):
                        field = Field._closed(piece[:3].decode(), piece)
                        stretches += (stretch[start:at], field)
                        found.append(field)
                        start = end
                    at = end
                stretches.append(stretch[start:])
            if packed:
                if found:
                    self._split(stretches)
            else:
                self._fields = stretches
            return found

    def _has(self, packed: bytes, tag: str) -> bool:
        """Whether there is a field of a tag in a record that is not open."""
        mark = marks[tag] if isinstance(tag, str) else _NOWHERE
        if packed:
            return packed.find(mark, LEADER_LEN) >= 0
        with opening:
            return any(
                mark in stretch if stretch.__class__ is bytes else stretch.tag == tag
                for stretch in cast("list[Any]", self._fields)
            )

    def _open(self, objects: bool = True) -> list[Field]:
        """Make the record open, and return its list of fields."""
        with opening:
            packed = self._packed
            if packed is None:
                return cast("list[Field]", self._fields)
            fields: list[Field] = []
            if not packed:
                for stretch in cast("list[Any]", self._fields):
                    if stretch.__class__ is bytes:
                        fields += close_all(stretch)
                    else:
                        fields.append(stretch)
            else:
                if self._leader is None:
                    self._leader = bytes(packed[:LEADER_LEN])
                if packed.__class__ is RawPacked:
                    fields = close_all(packed)
                else:
                    fields = explode(packed) if objects else close_with_values(packed)
            self._fields = fields
            self._packed = None
            return fields

    def _untouched(self) -> bytes | None:
        """Return the packed record of one that is decoded and as it was read, else None."""
        packed = self._packed
        if packed and self._leader is None and packed.__class__ is bytes:
            return packed
        return None

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
        raw = decoded = 0
        for field in cast("list[Any]", self._fields):
            kind = field.__class__
            if kind is bytes:
                parts.append(field)
                decoded = 1
                continue
            if kind is Field:
                decoded = 1
            elif kind is RawField:
                raw = 1
            elif not isinstance(field, Field):
                raise WriterError(f"not a Field: {field!r}")
            elif kind.as_marc is not Field.as_marc:
                raise WriterError("the field writes itself", field_tag=field.tag)
            parts += (b"\x1e", field._pack())
        if not raw:
            return b"".join(parts)
        if decoded:
            raise WriterError("decoded fields and raw ones stand together")
        return RawPacked(b"".join(parts))

    def _pack_for_marc8(self) -> bytes:
        """Return the packed record; it is `RawPacked` where its text is in MARC-8 already.

        Raises:
            WriterError: as `_pack`.
        """
        packed = self._pack()
        # what nobody has decoded is, unless its leader says otherwise
        return bytes(packed) if packed[9:10] == b"a" else packed

    def __getstate__(self) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        origin = self._origin
        state: dict[str, Any] = {
            "pos": origin.pos,
            "force_utf8": origin.force_utf8,
            "to_unicode": origin.to_unicode,
            "place": self._place(),
            "errors": self.errors,
            "next": getattr(self, "_next", 0),
        }
        packed = self._packed
        if packed:
            state["packed"] = packed
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
            offsets=None if offset is None else (offset,),
            errors={0: slots["errors"]} if slots.get("errors") else None,
        )
        self._number = 0
        self._next = slots.get("next", slots.get("_Record__pos", 0))
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
            origin.number(self._number),
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
    def errors(self) -> list[Exception]:
        """What was amiss in the record where it was read; copies and pickles keep it.

        Each call returns a list of its own. It is empty for a record that was not read; for one
        whose structure is damaged it has, in the default mode, what was amiss in its text alone.
        """
        errors = self._origin.errors
        return [] if errors is None else list(errors.get(self._number, ()))

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
