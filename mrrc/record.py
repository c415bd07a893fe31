# SPDX-License-Identifier: MIT
"""The record: packed bytes, and the objects made from them on demand, behind pymarc's API.

A record is in one of three states. *Packed*: `_packed` holds its bytes, and nothing else is
there but perhaps its leader. *Split*: `_packed` is empty, and `_fields` holds each field as
packed bytes or, once it was handed out, as a `Field`. *Open*: `_packed` is None, and `_fields`
is the list that `fields` gives to everybody. A record goes this way only, never back, so
there is one truth at any time. Steps are made under a lock, and what a step makes is there
before what it replaces goes, so readers in other threads need none.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import Any, cast

from mrrc import _bridge, iso2709
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import FieldNotFound, MissingLinkedFields, WriterError
from mrrc.field import (
    Field,
    Indicators,
    RawField,
    Subfield,
    map_marc8_field,
    opening,
)
from mrrc.iso2709 import normalize_subfield_code
from mrrc.leader import Leader

__all__ = [
    "Record",
    "isbn_regex",
    "map_marc8_record",
    "normalize_subfield_code",
]

isbn_regex = re.compile(r"([0-9\-xX]+)")
logger = logging.getLogger("pymarc")

#: `_packed` of a split record.
_SPLIT = b""

_CONTROL = 255
_CODING = 9  # leader/09
_UTF8 = ord("a")

_new_field = Field.__new__
_new_tuple = tuple.__new__

# fmt: off
_SERIES = ("440", "490", "800", "810", "811", "830")
_SUBJECTS = (
    "600", "610", "611", "630", "648", "650", "651", "653", "654", "655",
    "656", "657", "658", "662", "690", "691", "696", "697", "698", "699",
)
_ADDED_ENTRIES = (
    "700", "710", "711", "720", "730", "740", "752", "753", "754", "790",
    "791", "792", "793", "796", "797", "798", "799",
)
_NOTES = (
    "500", "501", "502", "504", "505", "506", "507", "508", "510", "511", "513", "514", "515",
    "516", "518", "520", "521", "522", "524", "525", "526", "530", "533", "534", "535", "536",
    "538", "540", "541", "544", "545", "546", "547", "550", "552", "555", "556", "561", "562",
    "563", "565", "567", "580", "581", "583", "584", "585", "586", "590", "591", "592", "593",
    "594", "595", "596", "597", "598", "599",
)
# fmt: on


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


_PLAIN = Origin()


class _IndicatorsOf(dict[str, Indicators]):
    """Two characters to `Indicators`; records share them."""

    def __missing__(self, text: str) -> Indicators:
        first, second = text
        made = Indicators(first, second)
        if len(self) < 4096:
            self[text] = made
        return made


_indicators_of = _IndicatorsOf()


def _explode(packed: bytes) -> list[Field]:
    """Make all fields of a packed record, open."""
    laid_out = _bridge.explode(packed)
    if laid_out is None:
        fields = _close_all(packed)
        for field in fields:
            field._open()
        return fields
    counts, texts = laid_out
    number = len(counts)
    first_code = 2 * number
    first_value = (len(texts) - 1 + first_code) // 2
    subfields: list[Subfield] = list(
        map(_new_tuple, repeat(Subfield), zip(texts[first_code:first_value], texts[first_value:]))
    )
    fields = []
    add = fields.append
    start = 0
    for count, tag, text in zip(counts, texts, texts[number:first_code]):
        field = _new_field(Field)
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
        add(field)
    return fields


def _close_all(packed: bytes) -> list[Field]:
    """Make all fields of a packed record, closed."""
    kind = RawField if packed.__class__ is RawPacked else Field
    pieces = packed.split(b"\x1e")
    del pieces[0]
    return [kind._closed(piece[:3].decode(), piece) for piece in pieces]


def _close_all_with_values(packed: bytes) -> list[Field]:
    """Make all fields of a packed record, closed, each knowing its `value()`."""
    laid_out = _bridge.values(packed)
    if laid_out is None:
        return _close_all(packed)
    counts, texts = laid_out
    pieces = packed.split(b"\x1e")
    del pieces[0]
    fields = []
    add = fields.append
    for count, tag, text, piece in zip(counts, texts, texts[len(counts) :], pieces):
        field = _new_field(Field)
        field.tag = tag
        if count == _CONTROL:
            field.control_field = True
            field._packed = None
            field._data = text
        else:
            field.control_field = False
            field._value = text
            field._packed = piece
        add(field)
    return fields


class Record:
    """A MARC record: a leader and fields in order.

    >>> record = Record()
    >>> record.add_field(Field("245", Indicators("1", "0"), [Subfield("a", "Emma")]))
    >>> record["245"]["a"]
    'Emma'

    Args:
        data: a record in ISO 2709 to decode, unless `fields` are given.
        fields: the list of fields, kept as it is and not copied.
        to_unicode: decode text; otherwise fields are `RawField`.
        force_utf8: the text is UTF-8 whatever the leader says.
        hide_utf8_warnings: no line on standard error for a character that MARC-8 lacks.
        utf8_handling: error handler for subfields in UTF-8, as `bytes.decode` takes it.
        leader: 24 characters; positions 10-11 become ``22`` and 20-23 ``4500``.
        file_encoding: the codec of records that do not claim UTF-8; ``iso8859-1`` means MARC-8.

    Raises:
        PymarcException: `data` cannot be decoded.
    """

    __slots__ = ("__weakref__", "_fields", "_leader", "_next", "_number", "_origin", "_packed")

    _packed: bytes | None
    _fields: list[Any] | None  # of Field, and of bytes in a split record
    _leader: Any  # Leader, what a caller put there, the bytes of 24 characters, or None
    _origin: Origin
    _number: int
    _next: int

    def __init__(
        self,
        data: bytes | Leader = b"",
        fields: list[Field] | None = None,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        leader: str | Leader = " " * LEADER_LEN,
        file_encoding: str = "iso8859-1",
    ) -> None:
        if isinstance(data, Leader):
            data, leader = b"", data
        self._packed = None
        self._leader = Leader(leader[0:10] + "22" + leader[12:20] + "4500")
        self._fields = []
        self._number = 0
        self._origin = (
            _PLAIN if to_unicode is True and force_utf8 is False else Origin(to_unicode, force_utf8)
        )
        if fields:
            self._fields = fields
        elif len(data) > 0:
            self.decode_marc(
                data,
                to_unicode=to_unicode,
                force_utf8=force_utf8,
                hide_utf8_warnings=hide_utf8_warnings,
                utf8_handling=utf8_handling,
                encoding=file_encoding,
            )
        elif force_utf8:
            self.leader = Leader(self.leader[0:9] + "a" + self.leader[10:])

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

    def _open(self, explode: bool = True) -> list[Field]:
        """Make the record open, and return its list of fields."""
        with opening:
            packed = self._packed
            if packed is None:
                return cast("list[Field]", self._fields)
            if packed:
                if self._leader is None:
                    self._leader = bytes(packed[:LEADER_LEN])
                if packed.__class__ is RawPacked:
                    self._fields = _close_all(packed)
                else:
                    self._fields = (_explode if explode else _close_all_with_values)(packed)
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
            return cast(bytes, leader)
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

    def __copy__(self) -> Record:
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

    # -- fields by tag --

    def get(self, tag: str, default: Field | None = None) -> Field | None:
        """Return the first field of a tag, or `default`."""
        packed = self._packed
        if packed is None:
            for field in cast("list[Field]", self._fields):
                if field.tag == tag:
                    return field
            return default
        if packed and self._lacks(tag):
            return default
        return self._first(packed, tag) or default

    def _first(self, packed: bytes, tag: str) -> Field | None:
        """Return the first field of a tag of a record that is not open."""
        with opening:
            if self._packed is None or packed.__class__ is RawPacked:
                return next((field for field in self.fields if field.tag == tag), None)
            if self._packed:
                at = packed.find(b"\x1e" + tag.encode(), LEADER_LEN)
                place = packed.count(b"\x1e", LEADER_LEN, at)
                self._split()
                fields = cast("list[Any]", self._fields)
                field = fields[place] = Field._closed(tag, fields[place])
                return field
        found = self._hand_out((tag,), True)
        return found[0] if found else None

    def __getitem__(self, tag: str) -> Field:
        """Return the first field of a tag; `KeyError` where there is none."""
        found = self.get(tag)
        if found is None:
            raise KeyError
        return found

    def __contains__(self, tag: str) -> bool:
        packed = self._packed
        if packed:
            return not self._lacks(tag)
        if packed is None:
            for field in cast("list[Field]", self._fields):  # noqa: SIM110 - any() is slower
                if field.tag == tag:
                    return True
            return False
        return bool(self._hand_out((tag,), True))

    def get_fields(self, *tags: str) -> list[Field]:
        """Return the fields of these tags in the order of the record.

        Without a tag it is the list of all fields itself.
        """
        packed = self._packed
        if packed is None:
            fields = cast("list[Field]", self._fields)
            if not tags:
                return fields
            if len(tags) == 1:
                tag = tags[0]
                return [field for field in fields if field.tag == tag]
            wanted = set(tags)
            return [field for field in fields if field.tag in wanted]
        if not tags:
            return self._open(explode=False)
        if packed:
            for tag in tags:
                if not self._lacks(tag):
                    break
            else:
                return []
        with opening:
            if self._packed is None or packed.__class__ is RawPacked:
                return [field for field in self.fields if field.tag in tags]
            return self._hand_out(tags, False)

    def __iter__(self) -> Iterator[Field]:
        self._next = 0
        return self  # type: ignore[return-value]

    def __next__(self) -> Field:
        fields = self.fields
        try:
            at = self._next
        except AttributeError:
            at = 0
        if at >= len(fields):
            raise StopIteration
        self._next = at + 1
        return fields[at]

    def get_field(self, tag: str) -> Field | None:
        """Return the first data field of a tag, or None."""
        return next((field for field in self.get_fields(tag) if not field.control_field), None)

    def get_field_or_err(self, tag: str) -> Field:
        """Return the first data field of a tag.

        Raises:
            FieldNotFound: there is none.
        """
        field = self.get_field(tag)
        if field is None:
            raise FieldNotFound(field_tag=tag, record_control_number=self.control_field("001"))
        return field

    def control_field(self, tag: str) -> str | None:
        """Return the data of the first control field of a tag, or None."""
        return next(iter(self.control_field_values(tag)), None)

    def control_field_values(self, tag: str) -> list[str]:
        """Return the data of each control field of a tag."""
        return [cast(str, field.data) for field in self.get_fields(tag) if field.control_field]

    def control_fields(self) -> list[tuple[str, str]]:
        """Return tag and data of each control field."""
        return [(field.tag, cast(str, field.data)) for field in self.fields if field.control_field]

    def get_linked_fields(self, field: Field) -> list[Field]:
        """Return the 880 fields with the occurrence number of a field's $6 (MARC 21, Appendix A).

        Raises:
            MissingLinkedFields: the field has such a number, and there is none.
        """
        number = field.linkage_occurrence_num()
        linked = [one for one in self.get_fields("880") if one.linkage_occurrence_num() == number]
        if number is not None and not linked:
            raise MissingLinkedFields(field)
        return linked

    # -- changing --

    def add_field(self, *fields: Field) -> None:
        """Append fields; the record holds these very objects."""
        if self._packed:
            self._split()
        cast("list[Any]", self._fields).extend(fields)

    def add_control_field(self, tag: str, value: str) -> None:
        """Append a control field."""
        self.add_field(Field(tag, data=value))

    def add_ordered_field(self, *fields: Field) -> None:
        """Insert each field before the first whose tag is a greater number."""
        self._insert(fields, int)

    def add_grouped_field(self, *fields: Field) -> None:
        """Insert each field behind those of its hundred, such as 5XX."""
        self._insert(fields, lambda tag: int(tag[0]))

    def _insert(self, fields: Iterable[Field], rank: Any) -> None:
        for field in fields:
            have = self.fields
            if not have or not field.tag.isdigit():
                have.append(field)
                continue
            new = rank(field.tag)
            for place, other in enumerate(have):
                if not other.tag.isdigit() or rank(other.tag) > new:
                    have.insert(place, field)
                    break
            else:
                have.append(field)

    def remove_field(self, *fields: Field | str) -> None:
        """Remove fields; a tag in place of a field removes each field of it.

        Raises:
            FieldNotFound: the record has no such field.
        """
        for field in fields:
            if isinstance(field, str):
                if field not in self:
                    raise FieldNotFound(field_tag=field)
                self.remove_fields(field)
                continue
            try:
                self.fields.remove(field)
            except ValueError:
                raise FieldNotFound from None

    def remove_fields(self, *tags: str) -> None:
        """Remove each field of these tags."""
        if not tags or (self._packed and all(self._lacks(tag) for tag in tags)):
            return
        self.fields[:] = [field for field in self.fields if field.tag not in tags]

    def remove_field_at(self, tag: str, occurrence: int = 0) -> Field:
        """Remove the field of a tag with this number, from 0, and return it.

        Raises:
            FieldNotFound: the tag has no such occurrence.
        """
        found = self.get_fields(tag)
        if not 0 <= occurrence < len(found):
            raise FieldNotFound(field_tag=tag)
        field = found[occurrence]
        fields = self.fields
        del fields[next(place for place, one in enumerate(fields) if one is field)]
        return field

    # -- ISO 2709 --

    def decode_marc(
        self,
        marc: bytes,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        encoding: str = "iso8859-1",
    ) -> None:
        """Fill the record from one in ISO 2709. The arguments are those of `Record`.

        Raises:
            PymarcException: the record cannot be decoded; fields decoded before stay.
        """
        if (
            type(self).add_field is Record.add_field
            and self._packed is None
            and not self._fields
            and bool(force_utf8) == bool(self.force_utf8)
            and isinstance(marc, bytes)
        ):
            packed = decode_packed(marc, to_unicode, force_utf8, encoding)
            if packed is not None:
                self._leader = self._fields = None
                self._packed = packed
                return
        leader = iso2709.decode_leader(marc)
        if leader[9] == "a" or self.force_utf8:
            encoding = "utf-8"
        self.leader = leader
        for field in iso2709.decode_fields(
            marc,
            leader,
            to_unicode=to_unicode,
            force_utf8=force_utf8,
            hide_utf8_warnings=hide_utf8_warnings,
            utf8_handling=utf8_handling,
            encoding=encoding,
        ):
            self.add_field(field)

    def as_marc(self) -> bytes:
        """Return the record in ISO 2709 (MARC 21 Specifications, Record Structure).

        Decoded text is written as UTF-8, and leader/09 of this record becomes ``a``.

        Raises:
            WriterError: a value holds 0x1D, 0x1E or 0x1F, a tag is not three ASCII characters, or
                a field or the record is too long.
        """
        packed = self._packed
        if self._origin.to_unicode:
            if packed and self._leader is None:
                if packed[_CODING] != _UTF8:
                    with opening:
                        self._packed = packed = packed.__class__(
                            packed[:_CODING] + b"a" + packed[_CODING + 1 :]
                        )
            else:
                self._claim_utf8()
                packed = self._packed
        elif not self._is_raw() and not (self.leader[_CODING] == "a" or self.force_utf8):
            return iso2709.encode_fields(self)
        if not packed or self._leader is not None:
            try:
                packed = self._pack()
            except (WriterError, TypeError):
                return iso2709.encode_fields(self)
        return _bridge.record_encode(packed)

    as_marc21 = as_marc

    def _claim_utf8(self) -> None:
        leader = self._leader
        if leader.__class__ is bytes:
            if leader[_CODING] != _UTF8:
                self._leader = leader[:_CODING] + b"a" + leader[_CODING + 1 :]
        elif isinstance(leader, Leader):
            leader.coding_scheme = "a"
        else:
            self.leader = leader[0:9] + "a" + leader[10:]

    def _is_raw(self) -> bool:
        if self._packed is not None:
            return self._packed.__class__ is RawPacked
        return all(field.__class__ is RawField for field in cast("list[Any]", self._fields))

    # -- other forms --

    def __str__(self) -> str:
        """Return the record as MARCMaker text."""
        return "\n".join([f"=LDR  {self.leader}", *map(str, self.fields)]) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Return the record as the dictionary that MARC-in-JSON writes."""
        fields: list[dict[str, Any]] = []
        for field in self:
            if field.control_field:
                fields.append({field.tag: field.data})
                continue
            fields.append(
                {
                    field.tag: {
                        "ind1": field.indicator1,
                        "ind2": field.indicator2,
                        "subfields": [{code: value} for code, value in field.subfields],
                    }
                }
            )
        return {"leader": str(self.leader), "fields": fields}

    def as_json(self, **kwargs: Any) -> str:
        """Return the record as MARC-in-JSON; arguments go to `json.dumps`."""
        return json.dumps(self.as_dict(), **kwargs)

    # -- what catalogues show --

    def _two_parts(self, tag: str) -> str | None:
        """Return $a of the first field of a tag, and $b behind it."""
        packed = self._packed
        if packed and self.__class__ is Record and packed.__class__ is bytes:
            body = packed.partition(b"\x1e" + tag.encode())[2].partition(b"\x1e")[0]
            first = body.partition(b"\x1fa")[2].partition(b"\x1f")[0].decode()
            if first:
                second = body.partition(b"\x1fb")[2].partition(b"\x1f")[0].decode()
                return f"{first} {second}" if second else first
            return first if b"\x1fa" in body else None
        field = self.get(tag)
        if not field:
            return None
        text = field.get("a")
        if text:
            more = field.get("b")
            if more:
                text += f" {more}"
        return text

    @property
    def title(self) -> str | None:
        """The title: 245 $a and $b."""
        return self._two_parts("245")

    @property
    def issn_title(self) -> str | None:
        """The key title: 222 $a and $b."""
        return self._two_parts("222")

    @property
    def isbn(self) -> str | None:
        """The first 020 $a without hyphens and what stands around the number."""
        field = self.get("020")
        match = isbn_regex.search((field and field.get("a")) or "")
        return match.group(1).replace("-", "") if match else None

    @property
    def issn(self) -> str | None:
        """The first 022 $a."""
        field = self.get("022")
        return field.get("a") if field else None

    @property
    def issnl(self) -> str | None:
        """The linking ISSN: the first 022 $l."""
        field = self.get("022")
        return field.get("l") if field else None

    def _formatted(self, *tags: str) -> str | None:
        for tag in tags:
            field = self.get(tag)
            if field:
                return field.format_field()
        return None

    @property
    def sudoc(self) -> str | None:
        """The Superintendent of Documents number: the first 086."""
        return self._formatted("086")

    @property
    def author(self) -> str | None:
        """The main entry: 100, 110 or 111."""
        return self._formatted("100", "110", "111")

    @property
    def uniformtitle(self) -> str | None:
        """The uniform title: 130 or 240."""
        return self._formatted("130", "240")

    @property
    def series(self) -> list[Field]:
        """Series statements and series added entries."""
        return self.get_fields(*_SERIES)

    @property
    def subjects(self) -> list[Field]:
        """Subject fields, the local ones among them."""
        return self.get_fields(*_SUBJECTS)

    @property
    def addedentries(self) -> list[Field]:
        """Added entries, the local ones among them."""
        return self.get_fields(*_ADDED_ENTRIES)

    @property
    def location(self) -> list[Field]:
        """Location fields: 852."""
        return self.get_fields("852")

    @property
    def notes(self) -> list[Field]:
        """Note fields: 5XX."""
        return self.get_fields(*_NOTES)

    @property
    def physicaldescription(self) -> list[Field]:
        """Physical description fields: 300."""
        return self.get_fields("300")

    def _published(self, code: str) -> str | None:
        for field in self.get_fields("260", "264"):
            if field.tag == "260" or field.indicator2 == "1":
                return field.get(code)
        return None

    @property
    def publisher(self) -> str | None:
        """The publisher: $b of 260, or of 264 with second indicator 1."""
        return self._published("b")

    @property
    def pubyear(self) -> str | None:
        """The date of publication as it stands: $c of 260, or of 264 with second indicator 1."""
        return self._published("c")

    def _first_value(self, tag: str) -> str | None:
        field = self.get(tag)
        return field.get("a") if field else None

    @property
    def uniform_title(self) -> str | None:
        """The first 130 $a."""
        return self._first_value("130")

    @property
    def physical_description(self) -> str | None:
        """The first 300 $a."""
        return self._first_value("300")

    def is_book(self) -> bool:
        """Whether the leader says language material and monograph."""
        return self.leader[6:8] == "am"

    def is_serial(self) -> bool:
        """Whether the leader says serial."""
        return self.leader[7] == "s"

    def is_music(self) -> bool:
        """Whether the leader says notated music or musical sound recording."""
        return self.leader[6] in "cdj"

    def is_audiovisual(self) -> bool:
        """Whether the leader says projected medium."""
        return self.leader[6] == "g"


def decode_packed(
    marc: bytes, to_unicode: bool, force_utf8: bool, encoding: str
) -> bytes | None:
    """Return one record packed, or None where it needs pymarc's rules."""
    packed = _bridge.record_decode(marc, read_flags(to_unicode, force_utf8, encoding))
    return packed if packed is None or to_unicode else RawPacked(packed)


def read_flags(to_unicode: bool, force_utf8: bool, encoding: str) -> int:
    """Return what C is told of a reader's arguments."""
    if not to_unicode:
        return _bridge.READ_RAW
    flags = _bridge.READ_FORCE_UTF8 if force_utf8 else 0
    return flags if encoding == "iso8859-1" else flags | _bridge.READ_FOREIGN


def map_marc8_record(record: Record) -> Record:
    """Decode a record's values from MARC-8, in place, and return it."""
    record.fields = [map_marc8_field(field) for field in record.fields]
    leader = record.leader.leader
    record.leader = Leader(leader[:9] + "a" + leader[10:])
    return record
