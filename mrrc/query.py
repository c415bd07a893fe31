# SPDX-License-Identifier: MIT
"""Filters: tests of records, written as a text and run by C.

>>> from mrrc import Filter, MARCReader
>>> novels = Filter("655$a =? 'Fiction' && !008/35-37 == 'eng'")
>>> with MARCReader("examples/sample.mrc") as reader:
...     found = [record for record in reader if novels.matches(record)]

The language is that of the German National Library's marc21, with MARCspec's references beside
it. What is compiled never changes, so threads may share a filter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from mrrc import _bridge
from mrrc.exceptions import QueryError, QueryLimitError, WriterError

if TYPE_CHECKING:
    from mrrc.record import Record

__all__ = ["Filter", "filter_of"]


def error_of(text: str, fault: _bridge.QueryFault) -> QueryError:
    """Make the error that a fault in a text stands for."""
    encoded = text.encode("utf-8", "surrogatepass")[: fault.offset]
    return _bridge.QUERY_ERRORS.get(fault.code, QueryError)(
        message=fault.message,
        expected=fault.expected or None,
        text=text,
        offset=len(encoded.decode("utf-8", "replace")),
        hint=fault.hint or None,
    )


class Filter:
    """A test of records.

    >>> from mrrc import Filter
    >>> war = Filter("650$a =? 'War'")
    >>> print(war)
    650$a =? 'War'

    Args:
        text: the test; the documentation's page on filters has the language.
        similarity: how like two texts are, in hundredths, for ``=*`` to hold.

    Attributes:
        warnings: what hardly means what it says, as `QueryError` objects that were not raised.

    Filters are equal if their texts and similarities are; they can be pickled.

    Raises:
        QueryError: the text cannot be taken. It says where and why.
    """

    __slots__ = ("__weakref__", "_program", "_similarity", "_text", "warnings")

    def __init__(self, text: str, *, similarity: int = 80) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a filter is made of a text, not of {type(text).__name__}")
        if not 0 <= similarity <= 100:
            raise ValueError(f"similarity is a number from 0 to 100, not {similarity}")
        made = _bridge.compile_filter(text, similarity)
        if isinstance(made, _bridge.QueryFault):
            raise error_of(text, made)
        self._program = made
        self._text = text
        self._similarity = similarity
        self.warnings = tuple(error_of(text, warning) for warning in made.warnings())

    @property
    def program(self) -> _bridge.Program:
        """What C runs."""
        return self._program

    @property
    def similarity(self) -> int:
        """How like two texts are, in hundredths, for ``=*`` to hold."""
        return self._similarity

    def matches(self, record: Record) -> bool:
        """Return whether a record passes.

        One that no format could hold, as with a code of two letters, is tested as it would be
        written. Undecoded text (``to_unicode=False``) is tested as the bytes it is.

        Raises:
            QueryLimitError: it took too long.
            TypeError: it is no record, but the None of one that could not be read, say.
            WriterError: the record holds text and undecoded text.
        """
        if not hasattr(record, "_pack"):
            raise TypeError(f"a filter tests records, not {type(record).__name__}")
        try:
            packed = record._pack()
        except (WriterError, TypeError, UnicodeEncodeError):
            # most records can be packed, and so the module is seldom needed
            from mrrc.formats.odd import packed_or_repaired

            packed = packed_or_repaired(record)[0]
        return self.matches_packed(packed)

    __call__ = matches

    def matches_packed(self, packed: bytes) -> bool:
        """Return whether a packed record passes.

        Raises:
            QueryLimitError: it took too long.
        """
        return self._tested(packed, (len(packed),))[0]

    def may_match(self, packed: bytes) -> bool:
        """Return whether a packed record passes, or takes too long to be tested."""
        return self._program.matches(packed, (len(packed),))[0] is not False

    def _tested(
        self, block: bytes, ends: Iterable[int], places: Sequence[int] | None = None
    ) -> list[bool]:
        """Test packed records of a block, whose places are told of where one takes too long."""
        found = self._program.matches(block, ends)
        if None in found:
            place = found.index(None)
            raise QueryLimitError(record_index=(place if places is None else places[place]) + 1)
        return [bool(one) for one in found]

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        more = "" if self._similarity == 80 else f", similarity={self._similarity}"
        return f"Filter({self._text!r}{more})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Filter):
            return NotImplemented
        return (self._text, self._similarity) == (other._text, other._similarity)

    def __hash__(self) -> int:
        return hash((self._text, self._similarity))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self._text, self._similarity)


def _restore(text: str, similarity: int) -> Filter:
    return Filter(text, similarity=similarity)


def filter_of(where: str | Filter) -> Filter:
    """Return a filter, made of its text if need be."""
    return where if isinstance(where, Filter) else Filter(where)
