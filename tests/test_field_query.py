# SPDX-License-Identifier: MIT
"""Queries for fields: each against a plain walk over the fields that says the same.

The records are closed, split and open in turn, since the way to the fields differs.
"""

import copy
import pickle
import re
from collections.abc import Callable
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import (
    Field,
    FieldQuery,
    Record,
    Subfield,
    SubfieldPatternQuery,
    SubfieldValueQuery,
    TagRangeQuery,
)

SUBJECTS = make.iso2709(
    [
        make.control_field("001", "650"),
        make.control_field("008", "a" * 40),
        make.data_field("245", "10", ("a", "Art and History")),
        make.data_field("650", " 0", ("a", "Art"), ("x", "History")),
        make.data_field("700", "1 ", ("a", "Someone"), ("e", "author"), ("e", "editor")),
        make.data_field("650", " 7", ("a", "Art"), ("2", "fast")),
        make.data_field("651", " 0", ("a", "Zürich"), ("x", "History"), ("x", "Art")),
        make.data_field("650", "10", ("x", "Alone")),
        make.data_field("6AB", "10", ("a", "x")),
        make.data_field("650", "10"),
    ]
)


def closed() -> Record:
    return Record(SUBJECTS)


def split() -> Record:
    record = Record(SUBJECTS)
    assert record["700"] and record["651"]
    return record


def opened() -> Record:
    record = Record(SUBJECTS)
    assert record.fields
    return record


STATES = pytest.mark.parametrize("make_record", [closed, split, opened])


def at(record: Record, found: list[Field]) -> list[int]:
    """Where in a record these very fields stand."""
    places = [place for field in found for place, one in enumerate(record.fields) if one is field]
    assert len(places) == len(found)
    return places


@STATES
@pytest.mark.parametrize(
    ("query", "places"),
    [
        (FieldQuery(), [2, 3, 4, 5, 6, 7, 8, 9]),
        (FieldQuery().tag("650"), [3, 5, 7, 9]),
        (FieldQuery().tag("650").indicator2("0"), [3, 7, 9]),
        (FieldQuery().tag("650").indicator1(" ").indicator2("0"), [3]),
        (FieldQuery().tag("650").indicator1("").indicator2(None), [3, 5, 7, 9]),
        (FieldQuery().indicator1("1"), [2, 4, 7, 8, 9]),
        (FieldQuery().indicator1("1").indicator1(), [2, 3, 4, 5, 6, 7, 8, 9]),
        (FieldQuery().has_subfield("x"), [3, 6, 7]),
        (FieldQuery().has_subfields(["a", "x"]), [3, 6]),
        (FieldQuery().has_subfield("a").has_subfield("x").tag("650"), [3]),
        (FieldQuery().tag("001"), []),
        (FieldQuery().tag("65"), []),
        (FieldQuery().tag("999"), []),
        (FieldQuery().has_subfield("\udc80"), []),
    ],
)
def test_field_query(
    make_record: Callable[[], Record], query: FieldQuery, places: list[int]
) -> None:
    record = make_record()
    assert at(record, record.fields_matching(query)) == places


@STATES
@pytest.mark.parametrize(
    ("query", "places"),
    [
        (TagRangeQuery("600", "699"), [3, 5, 6, 7, 9]),
        (TagRangeQuery("600", "6ZZ"), [3, 5, 6, 7, 8, 9]),
        (TagRangeQuery("6", "7"), [3, 5, 6, 7, 8, 9]),
        (TagRangeQuery("651", "650"), []),
        (TagRangeQuery("000", "245"), [2]),
        (TagRangeQuery("600", "699", indicator1=" ", indicator2="0"), [3, 6]),
        (TagRangeQuery("600", "699", required_subfields=["2"]), [5]),
        (
            FieldQuery().tag("1").indicator2("0").has_subfield("x").tag_range("650", "651"),
            [3, 6, 7],
        ),
    ],
)
def test_tag_range_query(
    make_record: Callable[[], Record], query: TagRangeQuery, places: list[int]
) -> None:
    record = make_record()
    assert at(record, record.fields_matching_range(query)) == places


@STATES
@pytest.mark.parametrize(
    ("query", "places"),
    [
        (SubfieldPatternQuery("650", "a", "^A"), [3, 5]),
        (SubfieldPatternQuery("650", "a", "rt"), [3, 5]),
        (SubfieldPatternQuery("651", "x", "^Art$"), [6]),
        (SubfieldPatternQuery("700", "e", "(?<=edi)tor"), [4]),
        (SubfieldPatternQuery("700", "e", "^author$", negate=True), []),
        (SubfieldPatternQuery("700", "e", "^translator$", negate=True), [4]),
        (SubfieldPatternQuery("650", "x", "Alone", negate=True), [3]),
        (SubfieldPatternQuery("651", "a", re.compile("ZÜRICH", re.IGNORECASE)), [6]),
        (SubfieldPatternQuery("001", "a", ""), []),
    ],
)
def test_pattern_query(
    make_record: Callable[[], Record], query: SubfieldPatternQuery, places: list[int]
) -> None:
    record = make_record()
    assert at(record, record.fields_matching_pattern(query)) == places


@STATES
@pytest.mark.parametrize(
    ("query", "places"),
    [
        (SubfieldValueQuery("650", "a", "Art"), [3, 5]),
        (SubfieldValueQuery("651", "x", "Art"), [6]),
        (SubfieldValueQuery("245", "a", "Art"), []),
        (SubfieldValueQuery("245", "a", "and", partial=True), [2]),
        (SubfieldValueQuery("651", "a", "üri", partial=True), [6]),
        (SubfieldValueQuery("700", "e", "editor", negate=True), []),
        (SubfieldValueQuery("650", "x", "History", negate=True), [7]),
        (SubfieldValueQuery("650", "x", "", partial=True), [3, 7]),
    ],
)
def test_value_query(
    make_record: Callable[[], Record], query: SubfieldValueQuery, places: list[int]
) -> None:
    record = make_record()
    assert at(record, record.fields_matching_value(query)) == places


def test_short_forms() -> None:
    record = closed()
    assert at(record, record.fields_by_indicator("650", indicator2="7")) == [5]
    assert at(record, record.fields_by_indicator("650")) == [3, 5, 7, 9]
    assert at(record, record.fields_in_range("650", "700")) == [3, 4, 5, 6, 7, 8, 9]


def test_only_what_may_match_becomes_an_object() -> None:
    record = closed()
    assert record.fields_matching_value(SubfieldValueQuery("999", "a", "x")) == []
    assert record._packed
    (found,) = record.fields_matching(FieldQuery().tag("651"))
    assert [each for each in record._fields or [] if isinstance(each, Field)] == [found]


def test_a_change_to_what_was_found_is_written() -> None:
    record = closed()
    found = record.fields_matching_pattern(SubfieldPatternQuery("650", "a", "^Art$"))
    assert record.as_marc() == SUBJECTS
    for field in found:
        field["a"] = "Kunst"
    again = Record(record.as_marc())
    assert [field.get("a") for field in again.get_fields("650")] == ["Kunst", "Kunst", None, None]


_kinds = st.sampled_from(["245", "650", "700", "852", "880", "001", "0"])
_codes = st.sampled_from("abcdvxyz02468")
_some = st.one_of(st.none(), st.sampled_from("01 "))


@given(
    make.utf8_records(),
    st.sets(_kinds, max_size=2),
    st.one_of(st.none(), _kinds),
    _some,
    _some,
    st.lists(_codes, max_size=2),
)
def test_as_a_walk_over_all_fields(
    data: bytes,
    touched: set[str],
    tag: str | None,
    indicator1: str | None,
    indicator2: str | None,
    codes: list[str],
) -> None:
    record = Record(data)
    for each in touched:
        record.get(each)
    query = FieldQuery().indicator1(indicator1).indicator2(indicator2)
    if tag is not None:
        query = query.tag(tag)
    if codes:
        query = query.has_subfields(codes)
    found = record.fields_matching(query)
    expected = [
        field
        for field in record.fields
        if not field.control_field
        and tag in (None, field.tag)
        and indicator1 in (None, field.indicator1)
        and indicator2 in (None, field.indicator2)
        and all(code in field for code in codes)
    ]
    assert list(map(id, found)) == list(map(id, expected))
    assert record.as_marc() == Record(data).as_marc()


@given(make.utf8_records(), _kinds, _codes, st.text("a1-/", max_size=2), st.booleans())
def test_values_as_a_walk_over_all_fields(
    data: bytes, tag: str, code: str, text: str, negate: bool
) -> None:
    record = Record(data)
    query = SubfieldValueQuery(tag, code, text, partial=True, negate=negate)
    pattern = SubfieldPatternQuery(tag, code, re.escape(text), negate=negate)
    found = record.fields_matching_value(query)
    assert list(map(id, found)) == list(map(id, record.fields_matching_pattern(pattern)))
    expected = [
        field
        for field in record.fields
        if field.tag == tag
        and field.get_subfields(code)
        and any(text in value for value in field.get_subfields(code)) is not negate
    ]
    assert list(map(id, found)) == list(map(id, expected))


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda: FieldQuery().tag(5), TypeError, "a tag is a str, not int"),  # type: ignore
        (lambda: FieldQuery().indicator1("10"), ValueError, "one character, not '10'"),
        (lambda: FieldQuery().indicator2(1), TypeError, "an indicator is a str"),  # type: ignore
        (lambda: FieldQuery().has_subfield(""), ValueError, "cannot be empty"),
        (lambda: FieldQuery().has_subfields([]), ValueError, "a code at least"),
        (lambda: FieldQuery().has_subfields("ax"), TypeError, "not one str"),
        (lambda: FieldQuery().has_subfields(["a", ""]), ValueError, "cannot be empty"),
        (lambda: TagRangeQuery("1", None), TypeError, "a tag is a str"),  # type: ignore
        (lambda: TagRangeQuery("1", "2", required_subfields="ab"), TypeError, "not one str"),
        (lambda: TagRangeQuery("1", "2", indicator1="ab"), ValueError, "one character"),
        (lambda: SubfieldPatternQuery("650", "", "x"), ValueError, "cannot be empty"),
        (lambda: SubfieldPatternQuery("650", "a", "("), ValueError, "Invalid regex pattern: "),
        (lambda: SubfieldPatternQuery("650", "a", 5), TypeError, "not int"),  # type: ignore
        (
            lambda: SubfieldPatternQuery("650", "a", re.compile(b"x")),  # type: ignore
            TypeError,
            "not bytes",
        ),
        (lambda: SubfieldValueQuery("650", "", "x"), ValueError, "cannot be empty"),
        (lambda: SubfieldValueQuery("650", "a", b"x"), TypeError, "not bytes"),  # type: ignore
        (lambda: closed().fields_matching("650"), TypeError, "a FieldQuery, not str"),  # type: ignore
        (
            lambda: closed().fields_matching(TagRangeQuery("1", "2")),  # type: ignore
            TypeError,
            "a FieldQuery, not TagRangeQuery",
        ),
    ],
)
def test_what_is_refused(wrong: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        wrong()


QUERIES = [
    FieldQuery().tag("650").indicator1("1").has_subfields(["a", "x"]),
    TagRangeQuery("600", "699", indicator2="0", required_subfields=["a"]),
    SubfieldPatternQuery("650", "a", "x", negate=True),
    SubfieldValueQuery("650", "a", "x", partial=True),
]


def test_queries_are_data() -> None:
    assert list(map(repr, QUERIES)) == [
        "<FieldQuery tag=650 ind1=1 ind2=* required_subfields=['a', 'x']>",
        "<TagRangeQuery range=600-699 ind1=* ind2=0 required_subfields=['a']>",
        '<SubfieldPatternQuery tag=650 subfield=a pattern="x" negate=true>',
        '<SubfieldValueQuery tag=650 subfield=a value="x" match=partial>',
    ]
    for query in QUERIES:
        assert pickle.loads(pickle.dumps(query)) == query == copy.deepcopy(query)
        assert len({query, copy.copy(query)}) == 1
        with pytest.raises(AttributeError):
            query.tag = "651"  # type: ignore
    assert repr(FieldQuery().tag("")).startswith("<FieldQuery tag= ind1=*")  # not any tag
    base = FieldQuery().tag("650")
    assert base.indicator1("1") != base == FieldQuery().tag("650")
    assert SubfieldPatternQuery("1", "a", re.compile("x", re.IGNORECASE)).pattern == "x"


def test_values_that_are_no_text() -> None:
    raw = Record(SUBJECTS, to_unicode=False)
    assert len(raw.fields_matching(FieldQuery().tag("650").has_subfield("x"))) == 2
    with pytest.raises(TypeError, match="its text was not decoded"):
        raw.fields_matching_value(SubfieldValueQuery("650", "a", "Art"))
    odd = Field("650", subfields=[Subfield("a", None), Subfield("ab", "c")])  # type: ignore
    record = Record(fields=[odd])
    assert record.fields_matching_value(SubfieldValueQuery("650", "a", "", partial=True)) == []
    assert record.fields_matching_value(SubfieldValueQuery("650", "ab", "c")) == [odd]


def test_they_are_names_of_the_package() -> None:
    assert mrrc.FieldQuery is FieldQuery
