# SPDX-License-Identifier: MIT
"""Fields, subfields and indicators, under pymarc's names.

`get`, `[]`, `in` and `value()` read the bytes of a field that was read; `subfields` and nearly
every change make objects of them. Which of the two a field consists of is `packed_field`'s
affair. This module knows nothing of records or files.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast, overload

from mrrc.constants import END_OF_FIELD, SUBFIELD_INDICATOR
from mrrc.marc8 import marc8_to_unicode
from mrrc.packed_field import PackedField
from mrrc.structure import (
    TERMINATORS,
    Indicators,
    Subfield,
    first_value,
    packed_tags,
    refuse_structural,
)

__all__ = [
    "ControlField",
    "Field",
    "Indicators",
    "RawField",
    "Subfield",
    "map_marc8_field",
    "marc8_to_unicode",
]

logger = logging.getLogger("pymarc")


class Field(PackedField):
    """A field of a MARC record: control field or data field.

    A field is a control field if its tag is three digits below 010. It then has `data` and no
    subfields; any other field has two indicators and `subfields`, a list of `Subfield`.

    >>> title = Field("245", Indicators("1", "0"), [Subfield("a", "Emma /")])
    >>> title["a"]
    'Emma /'
    >>> str(Field("001", data="ocm123"))
    '=001  ocm123'

    Args:
        tag: three characters; digits are padded with zeros to three, integers taken as such.
        indicators: an `Indicators`, or a list or tuple of two; two blanks by default. Two strings
            of one character in the places of `indicators` and `subfields` are the indicators too.
        subfields: a list of `Subfield`, kept as it is and not copied.
        data: the text of a control field.

    Raises:
        ValueError: indicators that are not two, or subfields given as strings.
    """

    __slots__ = ()

    @overload
    def __init__(
        self,
        tag: str | int,
        indicators: Sequence[str] | None = None,
        subfields: list[Subfield] | None = None,
        data: str | None = None,
    ) -> None: ...

    @overload
    def __init__(
        self,
        tag: str | int,
        indicator1: str,
        indicator2: str = " ",
        /,
        *,
        subfields: list[Subfield] | None = None,
    ) -> None: ...

    def __init__(
        self,
        tag: str | int,
        indicators: Sequence[str] | None = None,
        *more: Any,
        subfields: list[Subfield] | None = None,
        data: str | None = None,
    ) -> None:
        if more:
            if len(more) > 2:
                raise TypeError(
                    f"Field() takes at most 4 positional arguments, {len(more) + 2} given"
                )
            if isinstance(more[0], str) and len(more[0]) == 1 and isinstance(indicators, str):
                indicators = (indicators, more[0])
            elif subfields is not None:
                raise TypeError("Field() got multiple values for argument 'subfields'")
            else:
                subfields = more[0]
            if len(more) == 2:
                data = more[1]
        elif isinstance(indicators, str) and len(indicators) == 1:
            indicators = (indicators, " ")

        if isinstance(tag, str):
            self.tag = tag if len(tag) == 3 or not tag.isdigit() else f"{int(tag):03}"
        else:
            try:
                self.tag = f"{int(tag):03}"
            except (TypeError, ValueError):
                self.tag = f"{tag}"
        if subfields and isinstance(subfields[0], str):
            raise ValueError("subfields are Subfield objects, not strings")
        self._packed = None
        if self.tag < "010" and self.tag.isdigit():
            self.control_field = True
            self._data = data
            return
        self.control_field = False
        self._subfields = subfields or []
        if not indicators:
            self._indicators = Indicators(" ", " ")
        else:
            self.indicators = indicators

    # -- parts --

    @property
    def data(self) -> str | None:
        """The text of a control field; None for a data field."""
        try:
            return self._data
        except AttributeError:
            return None

    @data.setter
    def data(self, value: str | None) -> None:
        self._data = value

    @property
    def subfields(self) -> list[Subfield]:
        """The list of `Subfield` itself: changes to it are changes to the field."""
        try:
            return self._subfields
        except AttributeError:
            return self._first_subfields()

    @subfields.setter
    def subfields(self, value: list[Subfield]) -> None:
        if self._packed is not None:
            self._open()
        self._subfields = value

    @property
    def indicators(self) -> Indicators | None:
        """The indicators; None for a control field."""
        packed = self._packed
        if packed is not None:
            text = packed[3:].partition(b"\x1f")[0].decode()
            return Indicators(text[0], text[1])
        try:
            return self._indicators
        except AttributeError:
            return None

    @indicators.setter
    def indicators(self, value: Sequence[str] | None) -> None:
        if value and isinstance(value, list | tuple) and len(value) != 2:
            raise ValueError("indicators are two: pass an Indicators, or a list or tuple of two")
        if value is None:
            return
        if self._packed is not None:
            self._open()
        self._indicators = value if isinstance(value, Indicators) else Indicators(*value)

    @property
    def indicator1(self) -> str:
        """The first indicator; empty for a control field."""
        indicators = self.indicators
        return indicators[0] if indicators else ""

    @indicator1.setter
    def indicator1(self, value: str) -> None:
        self._indicators = self._indicators_to_change()._replace(first=value)

    @property
    def indicator2(self) -> str:
        """The second indicator; empty for a control field."""
        indicators = self.indicators
        return indicators[1] if indicators else ""

    @indicator2.setter
    def indicator2(self, value: str) -> None:
        self._indicators = self._indicators_to_change()._replace(second=value)

    # -- reading --

    def __iter__(self) -> Iterator[Subfield]:
        self._next = 0
        return self

    def __next__(self) -> Subfield:
        if self.control_field:
            raise StopIteration
        try:
            subfield = self.subfields[self._next]
        except IndexError:
            raise StopIteration from None
        self._next += 1
        return subfield

    @overload
    def get(self, code: str, default: str) -> str: ...

    @overload
    def get(self, code: str, default: None = None) -> str | None: ...

    def get(self, code: str, default: str | None = None) -> str | None:
        """Return the first value of a code, or `default`."""
        packed = self._packed
        if packed is not None:
            value = first_value(packed, code)
            return default if value is None else value
        if not self.control_field:
            for subfield in self._subfields:
                if subfield.code == code:
                    return subfield.value
        return default

    def __getitem__(self, code: str) -> str:
        """Return the first value of a code; `KeyError` where there is none."""
        packed = self._packed
        if packed is not None:
            value = first_value(packed, code)
            if value is not None:
                return value
        elif not self.control_field:
            for subfield in self._subfields:
                if subfield.code == code:
                    return subfield.value
        raise KeyError

    def __contains__(self, code: str) -> bool:
        packed = self._packed
        if packed is not None:
            return first_value(packed, code) is not None
        # a loop, since any() is slower
        for subfield in () if self.control_field else self._subfields:  # noqa: SIM110
            if subfield.code == code:
                return True
        return False

    def __setitem__(self, code: str, value: str) -> None:
        """Replace the value of a code that stands exactly once, in its place.

        Raises:
            KeyError: the code is missing or repeated, or the field is a control field.
        """
        if self.control_field:
            raise KeyError("field is a control field")
        if self._packed is not None and self._replace(code, value):
            return
        subfields = self.subfields
        places = [place for place, subfield in enumerate(subfields) if subfield.code == code]
        if len(places) > 1:
            raise KeyError(f"more than one code '{code}'")
        if not places:
            raise KeyError(f"no code '{code}'")
        subfields[places[0]] = Subfield(subfields[places[0]].code, value)

    def value(self) -> str:
        """Return the data, or the values, each stripped, with blanks between them."""
        packed = self._packed
        if packed is not None:
            value = self._value
            if value is None:
                parts = packed.decode().split(SUBFIELD_INDICATOR)
                del parts[0]
                value = " ".join([part[1:].strip() for part in parts])
            return value
        if self.control_field:
            return self.data or ""
        return " ".join([subfield.value.strip() for subfield in self._subfields])

    def get_subfields(self, *codes: str) -> list[str]:
        """Return the values of these codes in the order of the field."""
        if self.control_field or not codes:
            return []
        return [subfield.value for subfield in self.subfields if subfield.code in codes]

    def subfields_by_code(self, code: str) -> list[str]:
        """Return the values of one code."""
        return self.get_subfields(code)

    def subfields_as_dict(self) -> dict[str, list[str]]:
        """Return code to values, in the order in which the codes first stand."""
        found: dict[str, list[str]] = {}
        if not self.control_field:
            for subfield in self.subfields:
                found.setdefault(subfield.code, []).append(subfield.value)
        return found

    def is_control_field(self) -> bool:
        """Whether this is a control field."""
        return self.control_field

    def is_subject_field(self) -> bool:
        """Whether the tag is in the block 6XX."""
        return self.tag.startswith("6")

    def linkage_occurrence_num(self) -> str | None:
        """Return the occurrence number of $6 (MARC 21, Appendix A), or None."""
        linkage = self.get("6", "")
        if not linkage or "-" not in linkage:
            return None
        return linkage.split("-")[1].split("/")[0]

    def format_field(self) -> str:
        """Return the values for display: no $6, and `` -- `` before a subject's subdivisions."""
        if self.control_field:
            return self.data or ""
        subject = self.is_subject_field()
        parts = []
        for code, value in self.subfields:
            if code == "6":
                continue
            parts.append(
                f" -- {value}" if subject and code in ("v", "x", "y", "z") else f" {value}"
            )
        return "".join(parts).strip()

    def __str__(self) -> str:
        """Return the field as a line of MARCMaker text."""
        if self.control_field:
            return f"={self.tag}  {self.data.replace(' ', chr(92)) if self.data else ''}"
        indicators = "".join(
            "\\" if one in (" ", "\\") else f"{one}" for one in cast(Indicators, self.indicators)
        )
        values = "".join([f"${code}{value}" for code, value in self.subfields])
        return f"={self.tag}  {indicators}{values}"

    # -- changing --

    def add_subfield(self, code: str, value: str, pos: int | None = None) -> None:
        """Add a subfield at the end or before position `pos`; nothing for a control field."""
        if self.control_field:
            return
        subfields = self.subfields
        if pos is None or pos > len(subfields):
            subfields.append(Subfield(code, value))
        else:
            subfields.insert(pos, Subfield(code, value))

    def delete_subfield(self, code: str) -> str | None:
        """Delete the first subfield of a code and return its value, or None."""
        if not self.control_field:
            for place, subfield in enumerate(self.subfields):
                if subfield.code == code:
                    return self.subfields.pop(place).value
        return None

    @classmethod
    def convert_legacy_subfields(cls, subfields: Iterable[str]) -> list[Subfield]:
        """Make `Subfield` objects of a list of code, value, code, value.

        Raises:
            ValueError: the list is of odd length.
        """
        items = iter(subfields)
        return [Subfield(*pair) for pair in zip(items, items, strict=True)]

    # -- writing --

    def as_marc(self, encoding: str = "utf-8") -> bytes:
        """Return the field as ISO 2709 has it, with its terminator.

        Raises:
            WriterError: a value, code or indicator holds 0x1D, 0x1E or 0x1F.
        """
        if self.control_field:
            text = f"{self.data}"
            refuse_structural(self.tag, "the data", text, TERMINATORS)
            return f"{text}{END_OF_FIELD}".encode(encoding)
        pieces = [f"{self.indicator1}{self.indicator2}"]
        pieces += [f"{code}{value}" for code, value in self.subfields]
        for place, piece in enumerate(pieces):
            what = f"subfield ${piece[:1]}" if place else "an indicator"
            refuse_structural(self.tag, what, piece)
        return (SUBFIELD_INDICATOR.join(pieces) + END_OF_FIELD).encode(encoding)

    as_marc21 = as_marc


class ControlField(Field):
    """A control field: `ControlField("001", "ocm123")`."""

    __slots__ = ()

    def __init__(
        self, tag: str | int, value: str | None = None, *, data: str | None = None
    ) -> None:
        super().__init__(tag, data=value if data is None else data)


class RawField(Field):
    """A field whose data and values are bytes that nobody has decoded.

    Records read with ``to_unicode=False`` have such fields. They are written as they are.
    """

    __slots__ = ()

    @classmethod
    def _closed(cls, tag: str, packed: bytes) -> RawField:
        self = cls.__new__(cls)
        self.tag = tag
        self._packed = None
        self.control_field = packed_tags[tag].control
        if self.control_field:
            self._data = packed[3:]  # type: ignore[assignment]
        else:
            indicators, *subfields = packed[3:].split(b"\x1f")
            self._indicators = Indicators(*indicators.decode("ascii"))
            self._subfields = [
                Subfield(piece[:1].decode("ascii"), piece[1:])  # type: ignore[arg-type]
                for piece in subfields
            ]
        return self

    def _pack_body(self) -> bytes:
        return self.as_marc()[:-1]

    def as_marc(self, encoding: str | None = None) -> bytes:
        """Return the field as ISO 2709 has it; an encoding is refused with a log record."""
        if encoding is not None:
            logger.warning("Attempt to force a RawField into encoding %s", encoding)
        end = END_OF_FIELD.encode("ascii")
        if self.control_field:
            data = cast(bytes, self.data)
            refuse_structural(self.tag, "the data", data, TERMINATORS)
            return data + end
        marc = self.indicator1.encode("ascii") + self.indicator2.encode("ascii")
        refuse_structural(self.tag, "an indicator", marc)
        for code, value in self.subfields:
            piece = code.encode("ascii") + cast(bytes, value)
            refuse_structural(self.tag, f"subfield ${code}", piece)
            marc += b"\x1f" + piece
        return marc + end

    as_marc21 = as_marc


def map_marc8_field(f: Field) -> Field:
    """Decode a field's values from MARC-8, in place, and return it."""
    if f.control_field:
        f.data = marc8_to_unicode(cast(bytes, f.data))
    else:
        f.subfields = [
            Subfield(code, marc8_to_unicode(cast(bytes, value))) for code, value in f.subfields
        ]
    return f
