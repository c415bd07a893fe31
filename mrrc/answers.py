# SPDX-License-Identifier: MIT
"""The part of `Record` that answers queries for its fields.

The queries are another room's. It is entered when the first one is asked, since most programs
ask none and all of them wait for what is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mrrc.field import Field
    from mrrc.field_query import (
        FieldQuery,
        SubfieldPatternQuery,
        SubfieldValueQuery,
        TagRangeQuery,
    )

__all__ = ["Answers"]


class _Query(Protocol):
    """What every query can do."""

    def matches(self, field: Field) -> bool:
        """Return whether a field is one of those asked for."""


def _check(query: object, kind: str) -> None:
    from mrrc import field_query

    if not isinstance(query, getattr(field_query, kind)):
        raise TypeError(f"the query is a {kind}, not {type(query).__name__}")


def _matching(fields: Iterable[Field], query: _Query) -> list[Field]:
    return [field for field in fields if query.matches(field)]


class Answers:
    """The part of `Record` that answers queries: data fields, in the order of the record.

    They are the record's own fields, so a change to one is a change to the record.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def get_fields(self, *tags: str) -> list[Field]: ...

        def _cut_where(self, may_match: Callable[[bytes], bool]) -> list[Field]: ...

    def fields_matching(self, query: FieldQuery) -> list[Field]:
        """Return the fields that match a `FieldQuery`."""
        _check(query, "FieldQuery")
        if query._tag is not None:
            return _matching(self.get_fields(query._tag), query)
        return _matching(self._cut_where(query._may_match), query)

    def fields_matching_range(self, query: TagRangeQuery) -> list[Field]:
        """Return the fields that match a `TagRangeQuery`."""
        _check(query, "TagRangeQuery")
        return _matching(self._cut_where(query._may_match), query)

    def fields_matching_pattern(self, query: SubfieldPatternQuery) -> list[Field]:
        """Return the fields that match a `SubfieldPatternQuery`.

        Raises:
            TypeError: a field's values were never decoded (``to_unicode=False``).
        """
        _check(query, "SubfieldPatternQuery")
        return _matching(self.get_fields(query.tag), query)

    def fields_matching_value(self, query: SubfieldValueQuery) -> list[Field]:
        """Return the fields that match a `SubfieldValueQuery`.

        Raises:
            TypeError: a field's values were never decoded (``to_unicode=False``).
        """
        _check(query, "SubfieldValueQuery")
        return _matching(self.get_fields(query.tag), query)

    def fields_by_indicator(
        self, tag: str, *, indicator1: str | None = None, indicator2: str | None = None
    ) -> list[Field]:
        """Return the fields of a tag with these indicators; None or "" is any."""
        from mrrc.field_query import FieldQuery

        query = FieldQuery().tag(tag).indicator1(indicator1).indicator2(indicator2)
        return self.fields_matching(query)

    def fields_in_range(self, start_tag: str, end_tag: str) -> list[Field]:
        """Return the fields from one tag to another, both included, compared as text."""
        from mrrc.field_query import TagRangeQuery

        return self.fields_matching_range(TagRangeQuery(start_tag, end_tag))
