# SPDX-License-Identifier: MIT
"""Patterns and code lists as automata: what Python's own engine says, they say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrrc.automaton import (
    STATES_MAX,
    Automaton,
    PatternError,
    compile_values,
    each_of,
    pattern,
    sets,
    word,
)


def of(text: str) -> Automaton:
    return compile_values([(pattern(text), 1)])


PATTERNS = [
    "",
    "a",
    "^a",
    "a$",
    "^$",
    "^^a$$",
    "^a|b$",
    "(^|a)b",
    "(?:ab)+",
    "^(ab|c)*$",
    "^a{2,3}$",
    "^a{2}b{1,}$",
    "a{0}b",
    "a??b+?c*?",
    "[abc]",
    "^[^abc]*$",
    "^[a-c1-3]+$",
    "[-a]",
    "[a-]",
    r"[\]\-]",
    r"^\d{4}-\d{3}[\dX]$",
    r"^\w+\s\W$",
    r"\S\D",
    r"\.\*\(\)\\",
    r"^[\d.]+$",
    "^.{3}$",
    "^(a|ab)(c|bcd)(d*)$",
    "()",
    "a||b",
]


@given(st.sampled_from(PATTERNS), st.text(alphabet="abcdABX19.- *\n()\\]é日_", max_size=9))
def test_as_python_has_it(text: str, value: str) -> None:
    # ECMA 262 has $ at the very end, and \w and \d for ASCII
    theirs = re.search(text.replace("$", r"\Z"), value, re.ASCII)
    assert bool(of(text)(value)) == (theirs is not None)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a)", 2),
        ("(a", 3),
        ("[a", 3),
        ("*a", 1),
        ("a**", 3),
        ("a{2", 3),
        ("a{x}", 3),
        ("a{3,2}", 3),
        ("a{1001}", 3),
        ("a(?=b)", 4),
        ("(?P<name>a)", 3),
        (r"\1", 2),
        (r"\p{L}", 2),
        ("é", 1),
        ("[é]", 2),
        ("[b-a]", 5),
        (r"[\d-z]", 6),
        ("(" * 60 + ")" * 60, 51),
    ],
)
def test_refused(text: str, place: int) -> None:
    with pytest.raises(PatternError, match=f"at {place} of the pattern"):
        of(text)


@pytest.mark.parametrize("text", ["((a{500}){500})", "(a|b)*a(a|b){12}", "(a*)*b", "(a|a)*$"])
def test_growth_is_limited(text: str) -> None:
    """A pattern that blows up is refused; one that only backtracks badly elsewhere is not."""
    try:
        found = of(text)
    except PatternError as error:
        assert "too" in str(error)
    else:
        assert len(found.steps) <= STATES_MAX
        assert found("a" * 5000 + "c") in (0, 1)


def test_the_lowest_meaning_counts() -> None:
    found = compile_values([(each_of("ab"), 1), (each_of("abc"), 2), (word("xyz"), 3)])
    meanings = {text: found(text) for text in ("", "aab", "abc", "xyz", "xy", "xyzz", "d", "é")}
    assert meanings == {"": 1, "aab": 1, "abc": 2, "xyz": 3, "xy": 0, "xyzz": 0, "d": 0, "é": 0}


def test_sets_and_words() -> None:
    found = compile_values([(sets(["ab", " "]), 1), (word("^$"), 1)])
    accepted = [text for text in ("a ", "b ", "a", "  ", "a  ", "^$", "") if found(text)]
    assert accepted == ["a ", "b ", "^$"]
    with pytest.raises(PatternError, match="not ASCII"):
        word("é")


def test_it_is_the_smallest() -> None:
    """A thousand numbers need no thousand states."""
    numbers = compile_values([(word(f"{number:03}"), 1) for number in range(1000)])
    assert len(numbers.steps) == 5
    assert numbers("007") and not numbers("07") and not numbers("0070")
