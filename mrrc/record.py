# SPDX-License-Identifier: MIT
"""The record behind pymarc's API: fields by tag, changes, ISO 2709, and the forms for people.

Which bytes and objects a record consists of is `packed`'s affair.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from mrrc import _bridge, iso2709
from mrrc._bridge import record_encode
from mrrc.accessors import Accessors, isbn_regex
from mrrc.answers import Answers
from mrrc.constants import (
    DIRECTORY_ENTRY_LEN,
    END_OF_FIELD,
    END_OF_RECORD,
    LEADER_LEN,
    SUBFIELD_INDICATOR,
)
from mrrc.exceptions import (
    BadSubfieldCodeWarning,
    BaseAddressInvalid,
    BaseAddressNotFound,
    FieldNotFound,
    MissingLinkedFields,
    NoFieldsFound,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    TruncatedRecord,
    WriterError,
)
from mrrc.field import Field, Indicators, RawField, Subfield, map_marc8_field
from mrrc.forms import Conversions
from mrrc.iso2709 import normalize_subfield_code
from mrrc.leader import Leader
from mrrc.linked_fields import LinkedFields
from mrrc.marc8 import marc8_to_unicode
from mrrc.marc_encoding import read_flags
from mrrc.packed import PLAIN, Origin, PackedRecord, RawPacked
from mrrc.structure import opening

if TYPE_CHECKING:
    import threading

# Programs import from pymarc.record what pymarc.record itself imports.
__all__ = [
    "DIRECTORY_ENTRY_LEN",
    "END_OF_FIELD",
    "END_OF_RECORD",
    "LEADER_LEN",
    "SUBFIELD_INDICATOR",
    "BadSubfieldCodeWarning",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "Field",
    "FieldNotFound",
    "Indicators",
    "Leader",
    "MissingLinkedFields",
    "NoFieldsFound",
    "RawField",
    "Record",
    "RecordDirectoryInvalid",
    "RecordLeaderInvalid",
    "Subfield",
    "TruncatedRecord",
    "isbn_regex",
    "logger",
    "map_marc8_field",
    "map_marc8_record",
    "marc8_to_unicode",
    "normalize_subfield_code",
]

logger = logging.getLogger("pymarc")

MARCJSON: int = _bridge.find_format("marcjson")
"""The number of the format MARC-in-JSON."""

_CODING = 9  # leader/09
_UTF8 = ord("a")


class Record(PackedRecord, Accessors, LinkedFields, Answers, Conversions):
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

    __slots__ = ()

    def __init__(
        self,
        data: bytes | str | Leader = "",
        fields: list[Field] | None = None,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        leader: str | Leader = " " * LEADER_LEN,
        file_encoding: str = "iso8859-1",
    ) -> None:
        if isinstance(data, Leader):
            leader, data = data, ""
        self._packed = None
        self._leader = Leader(leader[0:10] + "22" + leader[12:20] + "4500")
        self._fields = []
        self._number = 0
        self._origin = (
            PLAIN if to_unicode is True and force_utf8 is False else Origin(to_unicode, force_utf8)
        )
        if fields:
            self._fields = fields
        elif len(data) > 0:
            self.decode_marc(
                cast(bytes, data),
                to_unicode=to_unicode,
                force_utf8=force_utf8,
                hide_utf8_warnings=hide_utf8_warnings,
                utf8_handling=utf8_handling,
                encoding=file_encoding,
            )
        elif force_utf8:
            self.leader = Leader(self.leader[0:9] + "a" + self.leader[10:])

    def lock(self) -> threading.RLock:
        """Return the record's lock, for threads that change it; see `LockedRecord`.

        >>> record = Record()
        >>> with record.lock():
        ...     record.add_field(Field("001", data="1"))

        It is made when it is first asked for, and nothing in the record takes it by itself.
        """
        from mrrc.concurrency.locked import lock_of

        return lock_of(self)

    # -- fields by tag --

    def get(self, tag: str, default: Field | None = None) -> Field | None:
        """Return the first field of a tag, or `default`."""
        packed = self._packed
        if packed is None:
            for field in cast("list[Field]", self._fields):
                if field.tag == tag:
                    return field
            return default
        found = self._cut_first(packed, tag)
        return default if found is None else found

    def __getitem__(self, tag: str) -> Field:
        """Return the first field of a tag; `KeyError` where there is none."""
        packed = self._packed
        if packed is not None:
            found = self._cut_first(packed, tag)
            if found is not None:
                return found
            raise KeyError
        for field in cast("list[Field]", self._fields):
            if field.tag == tag:
                return field
        raise KeyError

    def __contains__(self, tag: str) -> bool:
        packed = self._packed
        if packed is not None:
            return self._has(packed, tag)
        for field in cast("list[Field]", self._fields):  # noqa: SIM110 - any() is slower
            if field.tag == tag:
                return True
        return False

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
        return self._cut_all(packed, tags) if tags else self._open(objects=False)

    def __iter__(self) -> Iterator[Field]:
        self._next = 0
        return self

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

    # -- changing --

    def add_field(self, *fields: Field) -> None:
        """Append fields; the record holds these very objects."""
        with opening:
            packed = self._packed
            if packed.__class__ is RawPacked:
                self._open()
            elif packed:
                self._split([packed[LEADER_LEN:]])
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
        packed = self._packed
        if packed and not any(self._has(packed, tag) for tag in tags):
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
        if not packed or packed[_CODING] != _UTF8 or self._leader is not None:
            packed = self._pack_to_write()
            if packed is None:
                return iso2709.encode_fields(self)
        return record_encode(packed)

    as_marc21 = as_marc

    def _pack_to_write(self) -> bytes | None:
        """Return the packed record with leader/09 as it will be written.

        None where ISO 2709 has to be made of the fields themselves, in pymarc's way.
        """
        with opening:
            if self._origin.to_unicode:
                self._claim_utf8()
            elif not (self._is_raw() or self.leader[_CODING] == "a" or self.force_utf8):
                return None
            try:
                return self._pack()
            except (WriterError, TypeError):
                return None

    def _claim_utf8(self) -> None:
        leader = self._leader
        if leader is None:
            packed = cast(bytes, self._packed)
            self._packed = packed.__class__(packed[:_CODING] + b"a" + packed[_CODING + 1 :])
        elif leader.__class__ is bytes:
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
        packed = None if kwargs else packed_text(self)
        if packed is None or self.__class__.as_dict is not Record.as_dict:
            import json

            return json.dumps(self.as_dict(), **kwargs)
        flags = _bridge.WRITE_PYMARC | _bridge.WRITE_ASCII
        return record_encode(packed, flags, MARCJSON).decode("ascii")

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
        return super()._two_parts(tag)


def packed_text(record: Record) -> bytes | None:
    """Return a record packed, or None where its text has to be made of its objects.

    That is where it cannot be packed, where its values are undecoded, and where a subclass has
    its own fields.
    """
    kind = record.__class__
    if kind is Record:
        untouched = record._untouched()
        if untouched is not None:
            return untouched
    elif not (
        isinstance(record, Record)
        and kind.__iter__ is Record.__iter__
        and kind.__next__ is Record.__next__
    ):
        return None
    try:
        packed = record._pack()
    except (WriterError, TypeError, UnicodeEncodeError):
        return None
    return None if packed.__class__ is RawPacked else packed


def decode_packed(marc: bytes, to_unicode: bool, force_utf8: bool, encoding: str) -> bytes | None:
    """Return one record packed, or None where it needs pymarc's rules."""
    packed = _bridge.record_decode(marc, read_flags(to_unicode, force_utf8, encoding))
    return packed if packed is None or to_unicode else RawPacked(packed)


def map_marc8_record(record: Record) -> Record:
    """Decode a record's values from MARC-8, in place, and return it."""
    record.fields = [map_marc8_field(field) for field in record.fields]
    leader = record.leader.leader
    record.leader = Leader(leader[:9] + "a" + leader[10:])
    return record
