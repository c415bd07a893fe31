# SPDX-License-Identifier: MIT
"""Records compared: what is said has to make the second record of the first, and no more."""

import pickle
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

from mrrc import Field, Leader, Record, RecordDiff, Subfield, diff
from mrrc.comparison import (
    FieldAdded,
    FieldChanged,
    FieldMoved,
    FieldRemoved,
    IndicatorChanged,
    LeaderChanged,
    SubfieldChanged,
)


def sample() -> Record:
    return Record(make.sample())


def field(tag: str, *values: str, indicators: str = "  ") -> Field:
    return Field(tag, tuple(indicators), [Subfield(each[0], each[1:]) for each in values])


def parts(found: RecordDiff) -> tuple[int, ...]:
    return tuple(map(len, (found.leader, found.removed, found.added, found.changed, found.moved)))


def content(one: Field) -> Any:
    if one.control_field:
        return one.tag, one.data
    return one.tag, one.indicators, list(map(tuple, one.subfields))


# Equal records ----------------------------------------------------------------


def touched(record: Record) -> Record:
    assert record["650"]["a"]
    return record


def opened(record: Record) -> Record:
    assert all(each.value() is not None for each in record.fields)
    return record


@pytest.mark.parametrize("left", [sample, lambda: touched(sample()), lambda: opened(sample())])
@pytest.mark.parametrize("right", [sample, lambda: touched(sample()), lambda: opened(sample())])
def test_the_same_content(left: Callable[[], Record], right: Callable[[], Record]) -> None:
    found = diff(left(), right())
    assert not found and found == RecordDiff() and len(found) == 0
    assert str(found) == "" and list(found) == []


def test_the_same_record() -> None:
    record = sample()
    assert not diff(record, record)
    record.add_field(Field("245", subfields=[Subfield("a", None)]))  # type: ignore
    assert not diff(record, record)
    assert not diff(record, deepcopy(record))


def test_lengths_are_no_content() -> None:
    record, other = sample(), sample()
    other.leader.record_length = "12345"
    other.leader.base_address = "00024"
    assert not diff(record, other)


# Each kind of change ------------------------------------------------------------


def test_leader() -> None:
    record, other = sample(), sample()
    other.leader.record_status = "c"
    other.leader[17] = "7"
    found = diff(record, other)
    assert found.leader == (LeaderChanged(5, "n", "c"), LeaderChanged(17, " ", "7"))
    assert parts(found) == (2, 0, 0, 0, 0)
    assert str(found) == "! LDR/05: 'n' became 'c'\n! LDR/17: ' ' became '7'"
    assert not diff(record, other, ignore=["LDR"])


def test_a_leader_of_another_length() -> None:
    record, other = sample(), sample()
    other.leader = str(record.leader)[:23]
    assert diff(record, other).leader == (LeaderChanged(23, "0", ""),)


def test_added_and_removed() -> None:
    record, other = sample(), sample()
    note = field("504", "aBibliography.")
    other.add_ordered_field(note)
    place = other.fields.index(note)
    found = diff(record, other)
    assert found.added == (FieldAdded(place, note),) and parts(found) == (0, 0, 1, 0, 0)
    assert str(found) == "+ =504  \\\\$aBibliography."
    found = diff(other, record)
    assert found.removed == (FieldRemoved(place, note),) and parts(found) == (0, 1, 0, 0, 0)
    assert str(found) == "- =504  \\\\$aBibliography."
    assert not diff(record, other, ignore=("504",))


def test_changed() -> None:
    record, other = sample(), sample()
    title = other["245"]
    title.indicator2 = "4"
    title["a"] = "The main title :"
    title.add_subfield("c", "someone.")
    title.delete_subfield("6")
    other["008"].data = "x" * 40
    found = diff(record, other)
    assert parts(found) == (0, 0, 0, 2, 0)
    fixed, change = found.changed
    assert (fixed.old, fixed.new, fixed.indicators) == (record["008"], other["008"], ())
    assert fixed.subfields == ()
    place = record.fields.index(record["245"])
    assert change[:4] == (place, place, record["245"], title)
    assert change.indicators == (IndicatorChanged(2, "0", "4"),)
    assert change.subfields == (
        SubfieldChanged("6", 0, None, "880-01", None),
        SubfieldChanged("a", 1, 0, "Main title :", "The main title :"),
        SubfieldChanged("c", None, 2, None, "someone."),
    )
    assert str(change).splitlines() == [
        "! =245  10$6880-01$aMain title :$bthe rest /",
        "  =245  14$aThe main title :$bthe rest /$csomeone.",
        "    ind2: '0' became '4'",
        "    $6 '880-01' was removed",
        "    $a 'Main title :' became 'The main title :'",
        "    $c 'someone.' was added",
    ]


def test_moved() -> None:
    record, other = sample(), sample()
    other.fields.append(other.fields.pop(3))
    found = diff(record, other)
    last = len(record.fields) - 1
    assert found.moved == (FieldMoved(3, last, record.fields[3], other.fields[last]),)
    assert parts(found) == (0, 0, 0, 0, 1)
    assert str(found) == f"> {record.fields[3]} (from 3 to {last})"
    assert not diff(record, other, ignore_order=True)


def test_moved_and_changed() -> None:
    record, other = sample(), sample()
    note = other.fields.pop(-2)
    note["a"] = "DLC-x"
    other.fields.insert(2, note)
    found = diff(record, other)
    assert parts(found) == (0, 0, 0, 1, 1)
    assert found.changed[0][:4] == found.moved[0]
    assert parts(diff(record, other, ignore_order=True)) == (0, 0, 0, 1, 0)


# Which belongs to which -----------------------------------------------------------


def subjects(*values: str) -> Record:
    return Record(fields=[field("650", f"a{value}") for value in values])


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        # the most alike, not the nearest
        (["Cats", "Economic history"], ["Economic History", "Catz"], [(0, 1), (1, 0)]),
        # nothing in common is no change where the tag is there more than once
        (["Cats", "Law"], ["Cats", "Physics"], []),
        # what is the same stays together, whatever else is alike
        (["Law", "Laws"], ["Laws", "Lawn"], [(0, 1)]),
        # any script
        (["日本文学史", "中国"], ["中国", "日本文学の史"], [(0, 1)]),
        # once and once is one field, whatever it says
        (["Cats"], ["Physics"], [(0, 0)]),
        (["", ""], ["", "", ""], []),
    ],
)
def test_pairs(old: list[str], new: list[str], pairs: list[tuple[int, int]]) -> None:
    found = diff(subjects(*old), subjects(*new))
    assert [change[:2] for change in found.changed] == pairs


def test_other_tags_are_other_fields() -> None:
    old, new = Record(fields=[field("650", "aLaw")]), Record(fields=[field("651", "aLaw")])
    assert parts(diff(old, new)) == (0, 1, 1, 0, 0)


def test_equal_fields_are_counted() -> None:
    found = diff(subjects("a", "a", "a"), subjects("a"))
    assert [each.position for each in found.removed] == [1, 2]


def test_subfields_that_change_places() -> None:
    old = Record(fields=[field("245", "aone", "btwo", "cthree")])
    new = Record(fields=[field("245", "btwo", "cthree", "aone")])
    (change,) = diff(old, new).changed
    assert change.subfields == (
        SubfieldChanged("a", 0, None, "one", None),
        SubfieldChanged("a", None, 2, None, "one"),
    )


# Out of the ordinary ----------------------------------------------------------------


def test_records_that_cannot_be_packed() -> None:
    def odd(value: Any) -> Record:
        return Record(
            fields=[
                Field("001", data="\x1f"),
                Field("2450", subfields=[Subfield("ab", value)]),
                Field("500", indicators=["", "xx"], subfields=[Subfield("a", "x")]),
                Field("600", subfields=[["a", "x"], Subfield("b", value)]),  # type: ignore
            ]
        )

    assert not diff(odd(None), odd(None))
    found = diff(odd(None), odd([1]))
    assert parts(found) == (0, 0, 0, 2, 0)
    assert found.changed[0].subfields == (SubfieldChanged("ab", 0, 0, None, [1]),)  # type: ignore
    assert "'x'" not in str(found)
    assert "None became [1]" in str(found)
    plain = Record(fields=[Field("001", data="x")])
    assert parts(diff(plain, odd(None))) == (0, 0, 3, 1, 0)
    assert parts(diff(odd(None), plain)) == (0, 3, 0, 1, 0)


def test_undecoded_records() -> None:
    data = make.sample()
    raw = Record(data, to_unicode=False)
    assert not diff(raw, Record(data, to_unicode=False))
    other = Record(data, to_unicode=False)
    other["245"]["a"] = b"x"  # type: ignore
    (change,) = diff(raw, other).changed
    assert change.subfields[0].new == b"x"  # type: ignore
    assert len(diff(raw, Record(data)).changed) == len(raw.fields)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: diff(sample(), None), "not NoneType"),  # type: ignore
        (lambda: diff(sample().as_marc(), sample()), "not bytes"),  # type: ignore
        (lambda: diff(sample(), sample(), ignore="005"), "not one str"),
    ],
)
def test_what_is_refused(wrong: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        wrong()


def test_it_is_data() -> None:
    record, other = sample(), sample()
    other["245"]["a"] = "x"
    other.remove_fields("650", "700")
    other.leader[5] = "d"
    found = diff(record, other)
    assert [type(each) for each in found] == [
        LeaderChanged,
        FieldChanged,
        FieldRemoved,
        FieldRemoved,
    ]
    assert str(pickle.loads(pickle.dumps(found))) == str(found)
    assert str(found).count("\n") == len(str(found).splitlines()) - 1
    with pytest.raises(AttributeError):
        found.added = ()  # type: ignore


# Whatever the records are -----------------------------------------------------------

_tags = st.sampled_from(["001", "245", "650", "700"])
_values = st.sampled_from(["", "a", "Cats", "Cats and dogs", "Dogs and cats", "Law", "日本"])
_fields = st.builds(
    lambda tag, first, subfields: (
        Field(tag, data="".join(subfields))
        if tag == "001"
        else Field(tag, (first, " "), [Subfield("ab"[len(each) % 2], each) for each in subfields])
    ),
    _tags,
    st.sampled_from("01"),
    st.lists(_values, max_size=4),
)
_records = st.builds(lambda fields: Record(fields=fields), st.lists(_fields, max_size=9))


def made(old: Sequence[Any], new_size: int, gone: set[int], put: dict[int, Any]) -> list[Any]:
    """What is left of a list when some places are gone and others put into it."""
    rest = iter(each for place, each in enumerate(old) if place not in gone)
    result = [put[place] if place in put else next(rest) for place in range(new_size)]
    assert list(rest) == []
    return result


def check(a: Record, b: Record) -> None:
    found = diff(a, b)
    gone = {each.position for each in found.removed}
    gone |= {pair.old_position for pair in (*found.changed, *found.moved)}
    put = {each.position: content(each.field) for each in found.added}
    put |= {pair.new_position: content(pair.new) for pair in (*found.moved, *found.changed)}
    new = list(map(content, b.fields))
    assert made(list(map(content, a.fields)), len(new), gone, put) == new
    for change in found.changed:
        assert content(change.old) != content(change.new)
        assert (
            change.old is a.fields[change.old_position]
            and change.new is b.fields[change.new_position]
        )
        if change.old.control_field:
            continue
        assert change.indicators or change.subfields
        old = change.old.subfields
        removed = {part.old_position for part in change.subfields if part.old_position is not None}
        new_at = {
            part.new_position: (part.code, part.new)
            for part in change.subfields
            if part.new_position is not None
        }
        assert made(old, len(change.new.subfields), removed, new_at) == change.new.subfields
    changed = {change.old_position for change in found.changed}
    for move in found.moved:
        if move.old_position not in changed:
            assert content(move.old) == content(move.new)
    # said again, and the other way round
    assert str(diff(deepcopy(a), deepcopy(b))) == str(found)
    same = list(map(content, a.fields)) == new and str(a.leader) == str(b.leader)
    assert bool(found) is not same
    back = diff(b, a)
    assert (len(back.leader), len(back.moved) > 0) == (len(found.leader), len(found.moved) > 0)
    in_any_order = sorted(map(str, map(content, a.fields))) == sorted(map(str, new))
    assert bool(diff(a, b, ignore_order=True)) is not (in_any_order and not found.leader)


@given(_records, _records)
def test_the_second_is_made_of_the_first(a: Record, b: Record) -> None:
    check(a, b)


@given(make.utf8_records(), st.data())
def test_a_record_and_what_was_made_of_it(data: bytes, draw: st.DataObject) -> None:
    a, b = Record(data), Record(data)
    b.fields = draw.draw(st.permutations(b.fields)) + draw.draw(st.lists(_fields, max_size=2))
    del b.fields[draw.draw(st.integers(0, len(b.fields) - 1))]
    check(a, b)


@given(make.utf8_records())
def test_reading_and_writing_changes_nothing(data: bytes) -> None:
    record = Record(data)
    assert not diff(record, Record(Record(data).as_marc()))
    assert not diff(record, pickle.loads(pickle.dumps(opened(Record(data)))))


# Size -------------------------------------------------------------------------------


def shuffled(count: int, step: int) -> list[int]:
    return [(place * step) % count for place in range(count)]


@pytest.mark.parametrize(
    "make_both",
    [
        # every field is like every other
        lambda: (
            subjects(*(f"Subject {n}" for n in range(3000))),
            subjects(*(f"Subject {n}." for n in shuffled(3000, 7))),
        ),
        # all in another order
        lambda: (
            subjects(*map(str, range(20000))),
            subjects(*map(str, reversed(range(20000)))),
        ),
        # long fields alike
        lambda: (
            subjects(*(f"{n}" + "ab" * 3000 for n in range(300))),
            subjects(*(f"{n}." + "ab" * 3000 for n in range(300))),
        ),
        # many subfields, all alike
        lambda: (
            Record(fields=[field("650", *("ax", "by") * 5000)]),
            Record(fields=[field("650", *("by", "ax") * 5000)]),
        ),
        lambda: (
            Record(fields=[field("650", *("ax", "ay") * 50)]),
            Record(fields=[field("650", *("ay", "ax", "ax") * 33)]),
        ),
    ],
)
def test_large_records(make_both: Callable[[], tuple[Record, Record]]) -> None:
    a, b = make_both()
    found = diff(a, b)
    # pair by pair it would take minutes
    assert found and str(found)


def test_leader_objects_and_text() -> None:
    record, other = sample(), sample()
    record.leader = Leader(str(other.leader))
    assert not diff(record, other)
