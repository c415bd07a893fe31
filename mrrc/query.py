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


def checked_fold(words: str) -> str:
    """Return what is to be made alike, in the order and the letters that all write it in.

    Raises:
        ValueError: there is no such word, or there are several forms.
    """
    names = [word.strip().lower() for word in words.split(",") if word.strip()]
    for name in names:
        if name != "case" and name not in _bridge.FORMS:
            known = ", ".join(("case", *_bridge.FORMS))
            raise ValueError(f"fold is made of {known}, not of {name!r}")
    if len(set(names) & set(_bridge.FORMS)) > 1:
        raise ValueError(f"text has one form at once, and not {words!r}")
    return ",".join(sorted(set(names)))


def fold_flags(words: str) -> int:
    """Return what C is told of words that `checked_fold` has returned."""
    names = words.split(",")
    flags = _bridge.FOLD_CASE if "case" in names else 0
    for name, flag in _bridge.FORMS.items():
        flags |= flag if name in names else 0
    return flags


class Filter:
    """A test of records.

    >>> from mrrc import Filter
    >>> war = Filter("650$a =? 'War'")
    >>> print(war)
    650$a =? 'War'

    Args:
        text: the test; the documentation's page on filters has the language.
        similarity: how like two texts are, in hundredths, for ``=*`` to hold.
        fold: what is made alike in the strings of the filter and in the values before these are
            compared: ``case``, by Unicode's full case folding; ``nfc``, ``nfd``, ``nfkc`` or
            ``nfkd``, the form of that name; or both with a comma. Patterns then match without
            regard to case, and values of that form.

    Attributes:
        warnings: what hardly means what it says, as `QueryError` objects that were not raised.

    Filters are equal if their texts, similarities and folds are; they can be pickled.

    >>> lights = Filter("650$a =? 'LIGHTHOUSE'", fold="case,nfc")
    >>> with MARCReader("examples/sample.mrc", where=lights) as reader:
    ...     len(list(reader))
    2

    Raises:
        QueryError: the text cannot be taken. It says where and why.
        ValueError: `similarity` is no hundredth, or there is nothing of the name to `fold`.
    """

    __slots__ = ("__weakref__", "_fold", "_program", "_similarity", "_text", "warnings")

    def __init__(self, text: str, *, similarity: int = 80, fold: str = "") -> None:
        if not isinstance(text, str):
            raise TypeError(f"a filter is made of a text, not of {type(text).__name__}")
        if not 0 <= similarity <= 100:
            raise ValueError(f"similarity is a number from 0 to 100, not {similarity}")
        self._fold = checked_fold(fold)
        made = _bridge.compile_filter(text, similarity, fold_flags(self._fold))
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

    @property
    def fold(self) -> str:
        """What is made alike before texts are compared."""
        return self._fold

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
        self, block: bytes | memoryview, ends: Iterable[int], places: Sequence[int] | None = None
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
        more += f", fold={self._fold!r}" if self._fold else ""
        return f"Filter({self._text!r}{more})"

    def _key(self) -> tuple[str, int, str]:
        return self._text, self._similarity, self._fold

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Filter):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, self._key()


def _restore(text: str, similarity: int, fold: str) -> Filter:
    return Filter(text, similarity=similarity, fold=fold)


def filter_of(where: str | Filter) -> Filter:
    """Return a filter, made of its text if need be."""
    return where if isinstance(where, Filter) else Filter(where)
