# SPDX-License-Identifier: MIT
"""A slow second opinion on filters: expressions made by chance, as text and as a function.

Each piece is a pair: how it is written, and what it means for a record made of lists. Nothing
here is compiled or read by the code under test.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

TAGS = ("001", "008", "245", "650", "651")
CODES = "abx"
VALUES = st.text("abc\u00e4 ", max_size=5)


class Field(NamedTuple):
    """A field: a control field has `data`, any other indicators and subfields."""

    tag: str
    data: str | None
    indicators: str
    subfields: list[tuple[str, str]]


Test = Callable[[str], bool]
Piece = tuple[str, Callable[[Any], bool]]


def fields() -> st.SearchStrategy[Field]:
    subfields = st.lists(st.tuples(st.sampled_from(CODES), VALUES), max_size=4)
    data = st.builds(
        Field, st.sampled_from(TAGS[2:]), st.none(), st.sampled_from(("  ", "1 ", "10")), subfields
    )
    control = st.builds(Field, st.sampled_from(TAGS[:2]), VALUES, st.just(""), st.just([]))
    return st.one_of(data, control)


def records() -> st.SearchStrategy[list[Field]]:
    return st.lists(fields(), max_size=6)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row, before = [i], row
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
    return row[-1]


def _similar(one: str, other: str) -> bool:
    longer = max(len(one), len(other))
    return longer == 0 or _distance(one, other) * 100 <= 20 * longer


_PATTERNS = ("a", "^a", "c$", "a.c", "(?i)\u00c4", "^$", "[ab]+c", "\\\\bb", "a|c")

_LISTED: dict[str, Callable[[str, str], bool]] = {
    "?": lambda value, part: part in value,
    "^": lambda value, part: value.startswith(part),
    "$": lambda value, part: value.endswith(part),
    "*": _similar,
}
_ORDER: dict[str, Callable[[bytes, bytes], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@st.composite
def tests(draw: st.DrawFn) -> tuple[str, Test]:
    """An operator and what it compares with."""
    kind = draw(st.sampled_from(("order", "in", "listed", "pattern")))
    if kind == "order":
        sign, string = draw(st.sampled_from(sorted(_ORDER))), draw(VALUES)
        compare = _ORDER[sign]
        return f"{sign} {quoted(string)}", lambda value: compare(value.encode(), string.encode())
    strings = draw(st.lists(VALUES, min_size=1, max_size=12 if kind == "in" else 3))
    negated = draw(st.booleans())
    listed = "[" + ", ".join(map(quoted, strings)) + "]"
    if kind == "in":
        word = "not in" if negated else "in"
        return f"{word} {listed}", lambda value: (value in strings) != negated
    if kind == "pattern":
        pattern = draw(st.sampled_from(_PATTERNS))
        compiled = re.compile(pattern.replace("\\\\", "\\").replace("$", "\\Z"))
        return (
            f"{'!' if negated else '='}~ '{pattern}'",
            lambda value: (compiled.search(value) is not None) != negated,
        )
    sign = draw(st.sampled_from(sorted(_LISTED)))
    holds = _LISTED[sign]
    return (
        f"{'!' if negated else '='}{sign} {listed}",
        lambda value: any(holds(value, string) for string in strings) != negated,
    )


_INDICATORS: dict[str, Callable[[str], bool]] = {
    "": lambda pair: pair == "  ",
    "/*": lambda pair: True,
    "/1#": lambda pair: pair == "1 ",
    "/1.": lambda pair: pair[0] == "1",
    "/[^1]#": lambda pair: pair == "  ",
}
_TAG = {"245": "245", "6..": "65[01]", "65[01]": "65[01]", "65X": "65[01]", "651": "651"}
_CODE = {"a": "a", "[ab]": "ab", "*": "abx", "x": "x"}


@st.composite
def data_fields(draw: st.DrawFn) -> tuple[str, Callable[[list[Field]], list[Field]]]:
    """Data fields by tag and indicators."""
    tag, indicators = (
        draw(st.sampled_from(sorted(_TAG))),
        draw(st.sampled_from(sorted(_INDICATORS))),
    )
    suits = _INDICATORS[indicators]
    return tag + indicators, lambda record: [
        field for field in record if re.fullmatch(_TAG[tag], field.tag) and suits(field.indicators)
    ]


def _of(field: Field, codes: str) -> list[str]:
    return [value for code, value in field.subfields if code in codes]


@st.composite
def in_field(draw: st.DrawFn) -> Piece:
    """One test of a field in braces."""
    written = draw(st.sampled_from(sorted(_CODE)))
    codes = _CODE[written]
    kind = draw(st.sampled_from(("has", "lacks", "count", "any", "all")))
    if kind == "has":
        return f"{written}?", lambda field: bool(_of(field, codes))
    if kind == "lacks":
        return f"!{written}?", lambda field: not _of(field, codes)
    if kind == "count":
        sign, number = draw(st.sampled_from(sorted(_ORDER))), draw(st.integers(0, 3))
        return (
            f"#{written} {sign} {number}",
            lambda field: _ORDER[sign](bytes([len(_of(field, codes))]), bytes([number])),
        )
    text, test = draw(tests())
    if kind == "any":
        return f"{written} {text}", lambda field: any(map(test, _of(field, codes)))
    return f"ALL {written} {text}", lambda field: all(map(test, _of(field, codes)))


def joined(pieces: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
    """Pieces with Boolean algebra between them."""

    def more(inner: st.SearchStrategy[Piece]) -> st.SearchStrategy[Piece]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(
                lambda two: (
                    f"({two[0][0]}) && ({two[1][0]})",
                    lambda x: two[0][1](x) and two[1][1](x),
                )
            ),
            pairs.map(
                lambda two: (
                    f"({two[0][0]})||({two[1][0]})",
                    lambda x: two[0][1](x) or two[1][1](x),
                )
            ),
            inner.map(lambda one: (f"!({one[0]})", lambda x: not one[1](x))),
        )

    return st.recursive(pieces, more, max_leaves=4)


@st.composite
def atoms(draw: st.DrawFn) -> Piece:
    """One test of a record."""
    kind = draw(st.sampled_from(("control", "range", "short", "all", "block", "count", "dollar")))
    if kind in ("control", "range"):
        tag = draw(st.sampled_from(TAGS[:2]))
        text, test = draw(tests())
        if kind == "range":
            begin, end = draw(st.integers(0, 6)), draw(st.integers(0, 6))
            characters = f"/{begin}-{end}"

            def cut(value: str) -> str | None:
                return value[begin : end + 1] or None

            return f"{tag}{characters} {text}", lambda record: any(
                (part := cut(field.data)) is not None and test(part)
                for field in record
                if field.tag == tag
            )

        def head(record: list[Field]) -> list[Field]:
            end = next((i for i, field in enumerate(record) if field.data is None), len(record))
            return record[:end]

        return f"{tag} {text}", lambda record: any(
            test(field.data) for field in head(record) if field.tag == tag
        )
    if kind == "dollar":
        occurrence, code = draw(st.integers(0, 2)), draw(st.sampled_from(CODES))
        text, test = draw(tests())
        return f"65X[{occurrence}]${code} {text}", lambda record: any(
            map(
                test,
                [
                    value
                    for field in [f for f in record if f.tag in ("650", "651")][
                        occurrence : occurrence + 1
                    ]
                    for value in _of(field, code)
                ],
            )
        )
    written, chosen = draw(data_fields())
    if kind == "count":
        sign, number = draw(st.sampled_from(sorted(_ORDER))), draw(st.integers(0, 3))
        return f"#{written} {sign} {number}", lambda record: _ORDER[sign](
            bytes([len(chosen(record))]), bytes([number])
        )
    if kind == "block":
        inside, holds = draw(joined(in_field()))
        quantity = draw(st.sampled_from(("", "ALL ")))
        found: Callable[[Any], bool] = all if quantity else any
        return (
            f"{quantity}{written}{{ {inside} }}",
            lambda record: found([holds(field) for field in chosen(record)]),
        )
    code = draw(st.sampled_from(sorted(_CODE)))
    text, test = draw(tests())
    some: Callable[[Any], bool] = all if kind == "all" else any
    return (
        f"{'ALL ' if kind == 'all' else ''}{written}.{code} {text}",
        lambda record: some([any(map(test, _of(f, _CODE[code]))) for f in chosen(record)]),
    )


def expressions() -> st.SearchStrategy[Piece]:
    """Whole filters."""
    return joined(atoms())
