# SPDX-License-Identifier: MIT
"""Questions about single fields: by tags, indicators, and what stands in subfields.

A query is data: it is made once, never changes, and is asked of any number of records. It looks at
data fields only, and what it finds are the record's own fields. Which records of a file are
wanted, and conditions that several fields meet together, are no affair of this room.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass

from mrrc.constants import SUBFIELD_INDICATOR
from mrrc.field import Field

__all__ = [
    "FieldQuery",
    "SubfieldPatternQuery",
    "SubfieldValueQuery",
    "TagRangeQuery",
]


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} is a str, not {type(value).__name__}")
    return value


def _indicator(value: str | None) -> str | None:
    """Return an indicator asked for; None where any will do."""
    if value is None or _text(value, "an indicator") == "":
        return None
    if len(value) != 1:
        raise ValueError(f"an indicator is one character, not {value!r}")
    return value


def _code(value: str) -> str:
    if not _text(value, "a subfield code"):
        raise ValueError("Subfield code cannot be empty")
    return value


def _codes(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TypeError("the codes are a list of str, not one str")
    return tuple(map(_code, values))


def _packed_code(code: str) -> bytes:
    """Return how a subfield begins; what UTF-8 has no bytes for stands in no packed field."""
    return b"\x1f" + code.encode("utf-8", "surrogatepass")


def _values(field: Field, code: str) -> list[str]:
    """Return the values of a code, those that are text.

    Raises:
        TypeError: nobody has decoded them (``to_unicode=False``).
    """
    packed = field._packed
    if packed is not None:  # it need not be opened
        parts = packed.decode().split(SUBFIELD_INDICATOR)
        return [part[1:] for part in parts[1:] if part[0] == code]
    values = field.get_subfields(code)
    if any(isinstance(value, bytes) for value in values):
        raise TypeError(f"field {field.tag} has bytes for values: its text was not decoded")
    return [value for value in values if isinstance(value, str)]


def _has_all(
    field: Field, indicator1: str | None, indicator2: str | None, codes: Iterable[str]
) -> bool:
    if indicator1 is not None or indicator2 is not None:
        first, second = field.indicators or ("", "")
        if indicator1 not in (None, first) or indicator2 not in (None, second):
            return False
    return all(code in field for code in codes)


@dataclass(frozen=True, init=False, repr=False)
class TagRangeQuery:
    """A query for data fields between two tags.

    >>> subjects = TagRangeQuery("600", "699", indicator2="0", required_subfields=["a"])
    >>> subjects.tag_in_range("650"), subjects.tag_in_range("700")
    (True, False)

    Args:
        start_tag: the first tag, compared as text.
        end_tag: the last one; it is in the range. One before the first makes an empty range.
        indicator1: the first indicator; None or an empty string for any. A blank is a blank.
        indicator2: the second, likewise.
        required_subfields: codes that all have to be there.

    Raises:
        ValueError: an indicator is longer than one character, or a code is empty.
        TypeError: an argument is of another type.
    """

    start_tag: str
    end_tag: str
    indicator1: str | None
    indicator2: str | None
    required_subfields: tuple[str, ...]

    def __init__(
        self,
        start_tag: str,
        end_tag: str,
        *,
        indicator1: str | None = None,
        indicator2: str | None = None,
        required_subfields: Iterable[str] | None = None,
    ) -> None:
        fill = object.__setattr__  # what is frozen is filled this way
        fill(self, "start_tag", _text(start_tag, "a tag"))
        fill(self, "end_tag", _text(end_tag, "a tag"))
        fill(self, "indicator1", _indicator(indicator1))
        fill(self, "indicator2", _indicator(indicator2))
        fill(self, "required_subfields", _codes(required_subfields or ()))

    def tag_in_range(self, tag: str) -> bool:
        """Return whether a tag is in the range."""
        return self.start_tag <= tag <= self.end_tag

    def matches(self, field: Field) -> bool:
        """Return whether a field is one of those asked for."""
        return (
            not field.control_field
            and self.tag_in_range(field.tag)
            and _has_all(field, self.indicator1, self.indicator2, self.required_subfields)
        )

    def _may_match(self, packed: bytes) -> bool:
        """Return whether a packed field is worth being made an object."""
        return self.tag_in_range(packed[:3].decode()) and all(
            _packed_code(code) in packed for code in self.required_subfields
        )

    def __repr__(self) -> str:
        codes = self.required_subfields
        required = f" required_subfields={list(codes)}" if codes else ""
        return (
            f"<TagRangeQuery range={self.start_tag}-{self.end_tag} "
            f"ind1={self.indicator1 or '*'} ind2={self.indicator2 or '*'}{required}>"
        )


@dataclass(frozen=True, init=False, repr=False)
class FieldQuery:
    """A query for data fields by tag, indicators and the subfields that they have.

    Each method returns another query, which asks for one thing more. A query that asks for nothing
    matches every data field.

    >>> query = FieldQuery().tag("650").indicator2("0").has_subfields(["a", "x"])
    >>> query
    <FieldQuery tag=650 ind1=* ind2=0 required_subfields=['a', 'x']>
    """

    _tag: str | None
    _indicator1: str | None
    _indicator2: str | None
    _required: tuple[str, ...]

    def __init__(self) -> None:
        self._fill(None, None, None, ())

    def _fill(
        self,
        tag: str | None,
        indicator1: str | None,
        indicator2: str | None,
        required: tuple[str, ...],
    ) -> FieldQuery:
        fill = object.__setattr__
        fill(self, "_tag", tag)
        fill(self, "_indicator1", indicator1)
        fill(self, "_indicator2", indicator2)
        fill(self, "_required", required)
        return self

    def tag(self, tag: str) -> FieldQuery:
        """Return a query for fields of this tag."""
        tag = _text(tag, "a tag")
        return FieldQuery()._fill(tag, self._indicator1, self._indicator2, self._required)

    def indicator1(self, indicator: str | None = None) -> FieldQuery:
        """Return a query for fields with this first indicator; None or "" is any.

        Raises:
            ValueError: it is longer than one character.
        """
        return FieldQuery()._fill(
            self._tag, _indicator(indicator), self._indicator2, self._required
        )

    def indicator2(self, indicator: str | None = None) -> FieldQuery:
        """Return a query for fields with this second indicator; None or "" is any.

        Raises:
            ValueError: it is longer than one character.
        """
        return FieldQuery()._fill(
            self._tag, self._indicator1, _indicator(indicator), self._required
        )

    def has_subfield(self, code: str) -> FieldQuery:
        """Return a query for fields that have this subfield besides the others asked for.

        Raises:
            ValueError: the code is empty.
        """
        return self._requiring((_code(code),))

    def has_subfields(self, codes: Iterable[str]) -> FieldQuery:
        """Return a query for fields that have all these subfields besides the others asked for.

        Raises:
            ValueError: there are none, or one is empty.
            TypeError: `codes` is one text.
        """
        required = _codes(codes)
        if not required:
            raise ValueError("has_subfields() needs a code at least")
        return self._requiring(required)

    def _requiring(self, codes: tuple[str, ...]) -> FieldQuery:
        return FieldQuery()._fill(
            self._tag, self._indicator1, self._indicator2, self._required + codes
        )

    def tag_range(self, start_tag: str, end_tag: str) -> TagRangeQuery:
        """Return a query for a range of tags in place of one, and all else as here."""
        return TagRangeQuery(
            start_tag,
            end_tag,
            indicator1=self._indicator1,
            indicator2=self._indicator2,
            required_subfields=self._required,
        )

    def matches(self, field: Field) -> bool:
        """Return whether a field is one of those asked for."""
        return (
            not field.control_field
            and self._tag in (None, field.tag)
            and _has_all(field, self._indicator1, self._indicator2, self._required)
        )

    def _may_match(self, packed: bytes) -> bool:
        """Return whether a packed field of any tag is worth being made an object."""
        return all(_packed_code(code) in packed for code in self._required)

    def __repr__(self) -> str:
        tag = "*" if self._tag is None else self._tag
        return (
            f"<FieldQuery tag={tag} ind1={self._indicator1 or '*'} "
            f"ind2={self._indicator2 or '*'} required_subfields={list(self._required)}>"
        )


@dataclass(frozen=True, init=False, repr=False)
class SubfieldPatternQuery:
    """A query for data fields of a tag by a regular expression for the values of a subfield.

    The expression is one of Python's `re`, with all that it can do, and is searched for anywhere
    in a value. A field matches if any of its subfields with the code does.

    >>> dated = SubfieldPatternQuery("100", "d", r"^18\\d\\d-")
    >>> dated.matches(Field("100", "1", " ", subfields=[Subfield("d", "1822-1897.")]))
    True

    Args:
        tag: the tag.
        subfield_code: the subfield's code.
        pattern: the expression, as text or compiled, which brings its own flags.
        negate: match where the subfield is there and none of its values matches.

    Raises:
        ValueError: the pattern is no regular expression, or the code is empty.
        TypeError: an argument is of another type, as a pattern for bytes.
    """

    tag: str
    subfield_code: str
    regex: re.Pattern[str]
    negate: bool

    def __init__(
        self,
        tag: str,
        subfield_code: str,
        pattern: str | re.Pattern[str],
        *,
        negate: bool = False,
    ) -> None:
        if isinstance(pattern, str):
            try:
                pattern = re.compile(pattern)
            except re.error as error:
                raise ValueError(f"Invalid regex pattern: {error}") from error
        elif not isinstance(pattern, re.Pattern):
            raise TypeError(f"a pattern is a str or compiled, not {type(pattern).__name__}")
        _text(pattern.pattern, "a compiled pattern's text")
        fill = object.__setattr__
        fill(self, "tag", _text(tag, "a tag"))
        fill(self, "subfield_code", _code(subfield_code))
        fill(self, "regex", pattern)
        fill(self, "negate", bool(negate))

    @property
    def pattern(self) -> str:
        """The regular expression as text; `regex` has it compiled."""
        return self.regex.pattern

    def matches(self, field: Field) -> bool:
        """Return whether a field is one of those asked for.

        Raises:
            TypeError: the field's values were never decoded.
        """
        if field.control_field or field.tag != self.tag:
            return False
        values = _values(field, self.subfield_code)
        return bool(values) and self.negate is not any(map(self.regex.search, values))

    def __repr__(self) -> str:
        negate = " negate=true" if self.negate else ""
        return (
            f"<SubfieldPatternQuery tag={self.tag} subfield={self.subfield_code} "
            f'pattern="{self.pattern}"{negate}>'
        )


@dataclass(frozen=True, repr=False)
class SubfieldValueQuery:
    """A query for data fields of a tag by the text of a subfield.

    A field matches if any of its subfields with the code has this value, or with `partial`, has
    it in its value. Text is compared as it stands, character by character.

    >>> whole = SubfieldValueQuery("650", "a", "History")
    >>> part = SubfieldValueQuery("650", "a", "History", partial=True)
    >>> field = Field("650", " ", "0", subfields=[Subfield("a", "Art and History")])
    >>> whole.matches(field), part.matches(field)
    (False, True)

    Args:
        tag: the tag.
        subfield_code: the subfield's code.
        value: the text.
        partial: the text may stand anywhere in the value.
        negate: match where the subfield is there and none of its values matches.

    Raises:
        ValueError: the code is empty.
        TypeError: an argument is of another type.
    """

    tag: str
    subfield_code: str
    value: str
    _: KW_ONLY
    partial: bool = False
    negate: bool = False

    def __post_init__(self) -> None:
        _text(self.tag, "a tag")
        _code(self.subfield_code)
        _text(self.value, "a value")

    def matches(self, field: Field) -> bool:
        """Return whether a field is one of those asked for.

        Raises:
            TypeError: the field's values were never decoded.
        """
        if field.control_field or field.tag != self.tag:
            return False
        values = _values(field, self.subfield_code)
        if self.partial:
            found = any(self.value in value for value in values)
        else:
            found = self.value in values
        return bool(values) and found is not bool(self.negate)

    def __repr__(self) -> str:
        match = " match=partial" if self.partial else ""
        negate = " negate=true" if self.negate else ""
        return (
            f"<SubfieldValueQuery tag={self.tag} subfield={self.subfield_code} "
            f'value="{self.value}"{match}{negate}>'
        )
