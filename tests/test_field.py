# SPDX-License-Identifier: MIT
"""Fields beside pymarc's: every method, in every state that a field can be in.

A field may hold its bytes still, or objects, or may never have had bytes; none of that may
be seen from outside. So each operation runs on a field in each state, pymarc's does the
same on the same bytes, and the results and what is left are compared. How records hold
their fields is another file's matter.
"""

import copy
import enum
import pickle
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st
from side_by_side import field_shape, listening, seen

import mrrc

PACKAGES = (mrrc, pymarc)

Operation = Callable[[ModuleType, Any], Any]

SAMPLES: dict[str, make.FieldBytes] = {
    "control": make.control_field("001", "ocm 0815"),
    "empty control": make.control_field("005", ""),
    "control with ü": make.control_field("008", "Grün  \\ x"),
    "title": make.data_field("245", "1 ", ("6", "880-01"), ("a", " Emma : "), ("b", "ö/ ")),
    "subject": make.data_field("650", " 0", ("a", "Cats"), ("v", "V"), ("x", "X"), ("z", "日本")),
    "repeated codes": make.data_field("020", "\\|", ("a", "1"), ("z", "2"), ("a", "3"), ("a", "1")),
    "no subfields": make.data_field("300", "01"),
    "empty values": make.data_field("500", "  ", ("a", ""), ("b", ""), ("a", "x")),
    "white space": make.data_field("500", "  ", ("a", "\t\u00a0a\u2003 "), ("b", " \u200b\n")),
    "linked back": make.data_field("880", "10", ("6", "245-02/(3/r"), ("a", "שלום")),
    "linked without number": make.data_field("880", "10", ("6", "245-"), ("a", "x")),
    "odd codes": make.data_field(
        "099", "  ", (" ", "blank"), ("~", "x"), ("\x7f", "d"), ("A", "q")
    ),
    "letters for a tag": make.data_field("ABC", "  ", ("a", "x")),
    "tag of zeros": make.control_field("000", "z"),
}


def record_of(package: ModuleType, sample: make.FieldBytes, **args: Any) -> Any:
    """A record as read that has just this field between two others."""
    data = make.iso2709([make.control_field("003", "x"), sample, make.data_field("999", "  ")])
    return next(package.MARCReader(data, **args))


def built(package: ModuleType, sample: make.FieldBytes) -> Any:
    """The same field, made by its class."""
    tag, body = sample
    if tag < "010":
        return package.Field(tag, data=body.decode())
    indicators, *pieces = body.decode().split("\x1f")
    subfields = [package.Subfield(piece[0], piece[1:]) for piece in pieces]
    return package.Field(tag, package.Indicators(*indicators), subfields)


def handed_out(package: ModuleType, sample: make.FieldBytes) -> Any:
    return record_of(package, sample)[sample[0]]


def after(touch: Callable[[Any], Any]) -> Callable[[ModuleType, make.FieldBytes], Any]:
    """A field as read that has been used in some way before."""

    def touched(package: ModuleType, sample: make.FieldBytes) -> Any:
        field = handed_out(package, sample)
        touch(field)
        return field

    return touched


def through(change: Callable[[Any], Any]) -> Callable[[ModuleType, make.FieldBytes], Any]:
    """What becomes of a field as read."""
    return lambda package, sample: change(handed_out(package, sample))


STATES: dict[str, Callable[[ModuleType, make.FieldBytes], Any]] = {
    "handed out": handed_out,
    "found": lambda p, s: record_of(p, s).get_fields(s[0])[0],
    "one of all": lambda p, s: record_of(p, s).fields[1],
    "one of get_fields()": lambda p, s: record_of(p, s).get_fields()[1],
    "iterated": lambda p, s: list(record_of(p, s))[1],
    "value taken": after(lambda field: field.value()),
    "subfields taken": after(lambda field: field.subfields),
    "written": after(lambda field: field.as_marc("utf-8")),
    "built": built,
    "copied": through(copy.copy),
    "deeply copied": through(copy.deepcopy),
    "pickled": through(lambda field: pickle.loads(pickle.dumps(field))),
    "copy of one built": lambda p, s: copy.copy(built(p, s)),
    "one built, pickled": lambda p, s: pickle.loads(pickle.dumps(built(p, s))),
}


def setting(name: str, value: Any) -> Operation:
    return lambda package, field: setattr(field, name, value)


def refused(operation: Operation) -> Operation:
    """The class of what the operation raises: pymarc's words are its own."""

    def run(package: ModuleType, field: Any) -> type[BaseException]:
        with pytest.raises((ValueError, AttributeError)) as caught:
            operation(package, field)
        return caught.type

    return run


def nested(field: Any) -> list[Any]:
    return [(tuple(one), tuple(other)) for one in field for other in field]


def edit_while_iterating(package: ModuleType, field: Any) -> list[Any]:
    found = []
    for code, value in field:
        found.append((code, value))
        if len(found) < 3:
            field.add_subfield("q", code)
    return found


OPERATIONS: dict[str, Operation] = {
    "str": lambda p, f: str(f),
    "value": lambda p, f: f.value(),
    "format_field": lambda p, f: f.format_field(),
    "data": lambda p, f: f.data,
    "tag": lambda p, f: f.tag,
    "indicators": lambda p, f: f.indicators,
    "the two indicators": lambda p, f: (f.indicator1, f.indicator2),
    "subfields": lambda p, f: [tuple(subfield) for subfield in f.subfields],
    "get a": lambda p, f: f.get("a"),
    "get z": lambda p, f: f.get("z", "none"),
    "get ab": lambda p, f: f.get("ab", "none"),
    "get nothing": lambda p, f: f.get("", "none"),
    "get é": lambda p, f: f.get("é"),
    "get a surrogate": lambda p, f: f.get("\ud800", "none"),
    "get a delimiter": lambda p, f: f.get("\x1f", "none"),
    "get None": lambda p, f: f.get(None, "none"),
    "[a]": lambda p, f: f["a"],
    "[ ]": lambda p, f: f[" "],
    "[missing]": lambda p, f: f["k"],
    "[0]": lambda p, f: f[0],
    "in": lambda p, f: [code in f for code in ("a", "b", "6", "k", "", "ab", "\x1f", "é", None, 1)],
    "get_subfields": lambda p, f: f.get_subfields("z", "a", "b"),
    "get_subfields of one": lambda p, f: f.get_subfields("a"),
    "get_subfields of none": lambda p, f: f.get_subfields(),
    "get_subfields of two letters": lambda p, f: f.get_subfields("ab", "a"),
    "subfields_as_dict": lambda p, f: f.subfields_as_dict(),
    "order of subfields_as_dict": lambda p, f: list(f.subfields_as_dict()),
    "iteration": lambda p, f: [tuple(subfield) for subfield in f],
    "iteration, nested": lambda p, f: nested(f),
    "iteration, with edits": edit_while_iterating,
    "is_control_field": lambda p, f: (f.is_control_field(), f.control_field),
    "is_subject_field": lambda p, f: f.is_subject_field(),
    "linkage_occurrence_num": lambda p, f: f.linkage_occurrence_num(),
    "as_marc": lambda p, f: f.as_marc("utf-8"),
    "as_marc in Latin-1": lambda p, f: f.as_marc(encoding="iso8859-1"),
    "as_marc21": lambda p, f: f.as_marc21("utf-16-le"),
    "[a] =": lambda p, f: f.__setitem__("a", "changed ü"),
    "[k] =": lambda p, f: f.__setitem__("k", "changed"),
    "[z] =": lambda p, f: f.__setitem__("z", ""),
    "add_subfield": lambda p, f: f.add_subfield("k", "added"),
    "add_subfield in front": lambda p, f: f.add_subfield("k", "added", 0),
    "add_subfield within": lambda p, f: f.add_subfield("k", "added", pos=1),
    "add_subfield beyond": lambda p, f: f.add_subfield("k", "added", 99),
    "add_subfield from the end": lambda p, f: f.add_subfield("k", "added", -1),
    "delete_subfield": lambda p, f: f.delete_subfield("a"),
    "delete_subfield of none": lambda p, f: f.delete_subfield("k"),
    "subfields =": lambda p, f: setattr(f, "subfields", [p.Subfield("k", "set")]),
    "subfields = []": lambda p, f: setattr(f, "subfields", []),
    "subfields.append": lambda p, f: f.subfields.append(p.Subfield("k", "appended")),
    "subfields.sort": lambda p, f: f.subfields.sort(),
    "subfields.reverse": lambda p, f: f.subfields.reverse(),
    "subfields.clear": lambda p, f: f.subfields.clear(),
    "del subfields[0]": lambda p, f: f.subfields.pop(0)[1],
    "subfields[0] with another code": lambda p, f: f.subfields.__setitem__(
        0, f.subfields[0]._replace(code="k")
    ),
    "tag = 246": setting("tag", "246"),
    "tag = 651": setting("tag", "651"),
    "tag = XYZ": setting("tag", "XYZ"),
    "indicator1 =": setting("indicator1", "7"),
    "indicator2 =": setting("indicator2", "\\"),
    "indicators = list": setting("indicators", ["4", "2"]),
    "indicators = tuple": setting("indicators", ("4", "2")),
    "indicators = str": setting("indicators", "42"),
    "indicators = Indicators": lambda p, f: setattr(f, "indicators", p.Indicators("4", "2")),
    "indicators = None": setting("indicators", None),
    "indicators = three": refused(setting("indicators", ["1", "2", "3"])),
    "indicators = one": refused(setting("indicators", ("1",))),
    "data =": setting("data", "set  ü"),
    "data = None": setting("data", None),
    "another attribute": refused(setting("x", 1)),
    "deepcopy": lambda p, f: field_shape(copy.deepcopy(f)),
    "pickle": lambda p, f: field_shape(pickle.loads(pickle.dumps(f))),
    "equality": lambda p, f: (f == f, f == copy.copy(f), f != copy.copy(f), bool(f)),
    "hash": lambda p, f: (hash(f) == hash(f), {f: 1}[f], f in [f]),
}


# What makes objects of bytes comes last, so that the others meet the field as it was left.
VIEWS: list[Callable[[Any], Any]] = [
    lambda f: field_shape(pickle.loads(pickle.dumps(f))),
    lambda f: field_shape(copy.deepcopy(f)),
    lambda f: [f.get(code) for code in "abkz"],
    lambda f: f.value(),
    lambda f: f.as_marc("utf-8"),
    lambda f: f.format_field(),
    str,
    field_shape,
]


def views(field: Any) -> list[Any]:
    """What can be seen of a field."""
    return [seen(view, field) for view in VIEWS]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_states_look_the_same(sample: str, state: str) -> None:
    ours, theirs = (STATES[state](package, SAMPLES[sample]) for package in PACKAGES)
    assert views(ours) == views(theirs)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_in_each_state(operation: str) -> None:
    run = OPERATIONS[operation]
    for name, sample in SAMPLES.items():
        for state, reach in STATES.items():
            ours, theirs = (reach(package, sample) for package in PACKAGES)
            got = seen(lambda f: run(mrrc, f), ours)
            want = seen(lambda f: run(pymarc, f), theirs)
            assert got == want, (name, state)
            assert views(ours) == views(theirs), (name, state)


@given(
    sample=st.sampled_from(list(SAMPLES)),
    state=st.sampled_from(list(STATES)),
    operations=st.lists(st.sampled_from(list(OPERATIONS)), min_size=2, max_size=6),
)
def test_operations_in_a_row(sample: str, state: str, operations: list[str]) -> None:
    ours, theirs = (STATES[state](package, SAMPLES[sample]) for package in PACKAGES)
    for operation in operations:
        got = seen(lambda f, run=OPERATIONS[operation]: run(mrrc, f), ours)
        want = seen(lambda f, run=OPERATIONS[operation]: run(pymarc, f), theirs)
        assert got == want, operation
    assert views(ours) == views(theirs)


def test_linkage_without_a_number_is_none() -> None:
    """pymarc ends in an IndexError that says nothing."""
    sample = make.data_field("245", "10", ("6", "880"), ("a", "x"))
    assert handed_out(mrrc, sample).linkage_occurrence_num() is None
    assert built(mrrc, sample).linkage_occurrence_num() is None


# Codes that are strings of another class, as a program may keep them in an enumeration.


class Code(str, enum.Enum):
    TITLE = "a"
    MISSING = "k"


@pytest.mark.parametrize("state", STATES)
def test_codes_of_a_subclass_of_str(state: str) -> None:
    for package in PACKAGES:
        field = STATES[state](package, SAMPLES["title"])
        assert Code.TITLE in field
        assert Code.MISSING not in field
        assert field.get(Code.TITLE) == " Emma : "
        assert field[Code.TITLE] == " Emma : "
        assert field.get(Code.MISSING, "none") == "none"
        assert field.get_subfields(Code.TITLE) == [" Emma : "]


# Undecoded fields ---------------------------------------------------------------

RAW_SAMPLES: dict[str, make.FieldBytes] = {
    "control": make.control_field("001", b"a\xe9\xff "),
    "data": make.data_field("245", "1 ", ("a", b"\xff \x1b(N\xe2 "), ("b", b""), ("a", b"x")),
    "no subfields": make.data_field("300", "  "),
}

RAW_OPERATIONS: dict[str, Operation] = {
    "shape": lambda p, f: field_shape(f),
    "str": lambda p, f: str(f),
    "value": lambda p, f: f.value(),
    "format_field": lambda p, f: f.format_field(),
    "get": lambda p, f: (f.get("a"), f.get("b", "none"), f.get("k", "none")),
    "[]": lambda p, f: f["a"],
    "in": lambda p, f: ("a" in f, "k" in f),
    "get_subfields": lambda p, f: f.get_subfields("a", "b"),
    "subfields_as_dict": lambda p, f: f.subfields_as_dict(),
    "iteration": lambda p, f: [tuple(subfield) for subfield in f],
    "as_marc": lambda p, f: f.as_marc(),
    "as_marc with an encoding": lambda p, f: f.as_marc("utf-8"),
    "[b] =": lambda p, f: f.__setitem__("b", b"\xfe"),
    "add_subfield": lambda p, f: f.add_subfield("k", b"\xfe"),
    "add text": lambda p, f: f.add_subfield("k", "text"),
    "delete_subfield": lambda p, f: f.delete_subfield("a"),
    "data =": setting("data", b"\x80"),
    "tag =": setting("tag", "246"),
    "indicator1 =": setting("indicator1", "3"),
    "copy": lambda p, f: field_shape(copy.copy(f)),
    "deepcopy": lambda p, f: field_shape(copy.deepcopy(f)),
    "pickle": lambda p, f: field_shape(pickle.loads(pickle.dumps(f))),
    "map_marc8_field": lambda p, f: field_shape(p.map_marc8_field(f)),
}


@pytest.mark.parametrize("operation", RAW_OPERATIONS)
@pytest.mark.parametrize("sample", RAW_SAMPLES)
def test_each_operation_on_undecoded_fields(sample: str, operation: str) -> None:
    run = RAW_OPERATIONS[operation]

    def outcome(package: ModuleType, take: Callable[[Any, str], Any]) -> Any:
        field = take(record_of(package, RAW_SAMPLES[sample], to_unicode=False), sample)
        with listening() as told:
            result = seen(lambda f: run(package, f), field)
            marc = seen(lambda f: f.as_marc(), field)
            return result, told(), field_shape(field), marc

    takes: list[Callable[[Any, str], Any]] = [
        lambda record, name: record[RAW_SAMPLES[name][0]],
        lambda record, name: record.fields[1],
        lambda record, name: copy.deepcopy(record)[RAW_SAMPLES[name][0]],
    ]
    for take in takes:
        assert outcome(mrrc, take) == outcome(pymarc, take)


# Making fields ------------------------------------------------------------------

MAKING: dict[str, Callable[[ModuleType], Any]] = {
    "tag alone": lambda p: p.Field("245"),
    "control tag alone": lambda p: p.Field("001"),
    "int": lambda p: p.Field(24),
    "int below ten": lambda p: p.Field(5, data="x"),
    "large int": lambda p: p.Field(1234),
    "one digit": lambda p: p.Field("1", data="x"),
    "two digits": lambda p: p.Field("24"),
    "four digits": lambda p: p.Field("0245"),
    "letters": lambda p: p.Field("FMT", data="lost"),
    "no tag": lambda p: p.Field(""),
    "None": lambda p: p.Field(None),
    "superscript digits": lambda p: p.Field("²"),
    "Arabic digits": lambda p: p.Field("٠٠١", data="x"),
    "Arabic digit": lambda p: p.Field("٣"),
    "blank tag": lambda p: p.Field("   ", data="x"),
    "indicators None": lambda p: p.Field("245", None),
    "indicators empty": lambda p: p.Field("245", []),
    "indicators list": lambda p: p.Field("245", ["1", "0"]),
    "indicators tuple": lambda p: p.Field("245", ("1", "0")),
    "indicators str": lambda p: p.Field("245", "10"),
    "indicators of three": lambda p: p.Field("245", ["1", "0", "x"]),
    "indicators of one": lambda p: p.Field("245", ["1"]),
    "indicators of three in a str": lambda p: p.Field("245", "100"),
    "indicators long": lambda p: p.Field("245", ["ab", ""]),
    "indicators not str": lambda p: p.Field("245", [1, None]),
    "indicators for a control field": lambda p: p.Field("001", ["1", "0"], data="x"),
    "subfields as str": lambda p: p.Field("245", [" ", " "], ["a", "x"]),
    "subfields as pairs": lambda p: p.Field("245", [" ", " "], [("a", "x")]),
    "subfields for a control field": lambda p: p.Field("001", None, [p.Subfield("a", "x")], "d"),
    "data for a data field": lambda p: p.Field("245", None, None, "lost"),
    "all by position": lambda p: p.Field(
        "245", p.Indicators("1", "2"), [p.Subfield("a", "x")], "d"
    ),
    "all by name": lambda p: p.Field(
        data=None, subfields=[p.Subfield("a", "x")], indicators=("1", "2"), tag="245"
    ),
    "raw": lambda p: p.RawField("245", p.Indicators("1", "2"), [p.Subfield("a", b"x")]),
    "raw control": lambda p: p.RawField("001", data=b"x"),
}


@pytest.mark.parametrize("how", MAKING)
def test_making_a_field(how: str) -> None:
    got, want = (
        seen(lambda _, p=package: field_shape(MAKING[how](p)), None) for package in PACKAGES
    )
    if hasattr(want, "error"):
        # the words differ, the kind may not
        assert isinstance(got.error, type(want.error))
    else:
        assert got == want


def test_the_list_of_subfields_is_kept_and_not_copied() -> None:
    subfields = [mrrc.Subfield("a", "x")]
    field = mrrc.Field("245", subfields=subfields)
    subfields.append(mrrc.Subfield("b", "y"))
    assert field.subfields is subfields
    assert field.value() == "x y"


def test_one_form_more_for_indicators() -> None:
    field = mrrc.Field("245", "1", "0")
    assert field.indicators == mrrc.Indicators("1", "0")
    assert field.subfields == []
    assert mrrc.Field("245", "1").indicators == ("1", " ")


def test_control_field_class() -> None:
    field = mrrc.ControlField("001", "x")
    assert isinstance(field, mrrc.Field)
    assert (field.tag, field.data, field.control_field) == ("001", "x", True)


def test_legacy_subfields() -> None:
    for package in PACKAGES:
        convert = package.Field.convert_legacy_subfields
        assert convert(["a", "x", "b", "y"]) == [("a", "x"), ("b", "y")]
        assert convert([]) == []
        assert all(isinstance(one, package.Subfield) for one in convert(["a", "x"]))
        with pytest.raises(ValueError):
            convert(["a", "x", "b"])


def test_subfields_and_indicators_are_named_tuples() -> None:
    for package in PACKAGES:
        subfield = package.Subfield(code="a", value="x")
        code, value = subfield
        assert (code, value, subfield[0], subfield[1]) == ("a", "x", "a", "x")
        assert subfield == ("a", "x") == package.Subfield("a", "x")
        assert subfield._replace(value="y") == ("a", "y")
        assert {subfield: 1}[("a", "x")] == 1
        assert repr(subfield) == "Subfield(code='a', value='x')"
        assert pickle.loads(pickle.dumps(subfield)) == subfield
        indicators = package.Indicators("1", " ")
        assert (indicators.first, indicators.second, *indicators) == ("1", " ", "1", " ")
        assert repr(indicators) == "Indicators(first='1', second=' ')"
        with pytest.raises(AttributeError):
            subfield.value = "y"


# Identity, and what is shared -----------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_weak_references(state: str) -> None:
    field = STATES[state](mrrc, SAMPLES["title"])
    reference = weakref.ref(field)
    assert reference() is field
    kept = weakref.WeakKeyDictionary({field: 1})
    assert kept[field] == 1
    del field
    # one cycle would keep every field of every file until the collector runs
    assert reference() is None
    assert len(kept) == 0


@pytest.mark.parametrize("state", STATES)
def test_lists_of_subfields_stay_the_same(state: str) -> None:
    field = STATES[state](mrrc, SAMPLES["title"])
    subfields = field.subfields
    field["a"] = "changed"
    field.value()
    field.as_marc()
    assert field.subfields is subfields
    assert subfields[1] == ("a", "changed")


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.__name__)
@pytest.mark.parametrize("state", STATES)
def test_what_copies_share(package: ModuleType, state: str) -> None:
    field = STATES[state](package, SAMPLES["title"])
    shallow, deep = copy.copy(field), copy.deepcopy(field)
    assert shallow.subfields is field.subfields
    assert deep.subfields is not field.subfields
    field.add_subfield("k", "shared")
    field.indicator1 = "9"
    field.tag = "246"
    assert shallow["k"] == "shared"
    assert "k" not in deep
    assert (shallow.tag, shallow.indicator1) == (deep.tag, deep.indicator1) == ("245", "1")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_every_protocol(protocol: int) -> None:
    for sample in SAMPLES.values():
        for state, reach in STATES.items():
            field = reach(mrrc, sample)
            again = pickle.loads(pickle.dumps(field, protocol))
            assert type(again) is mrrc.Field
            assert views(again) == views(field), state


# Subclasses ---------------------------------------------------------------------


class Signed(mrrc.Field):
    """A field with an attribute of its own, which it writes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = "me"

    def as_marc(self, encoding: str = "utf-8") -> bytes:
        return super().as_marc(encoding)[:-1] + f"\x1f5{self.by}\x1e".encode(encoding)


def test_attributes_of_a_subclass_travel() -> None:
    field = Signed("500", [" ", " "], [mrrc.Subfield("a", "x")])
    field.by = "you"
    for again in (copy.copy(field), copy.deepcopy(field), pickle.loads(pickle.dumps(field))):
        assert type(again) is Signed
        assert again.by == "you"
        assert again.as_marc() == field.as_marc() == b"  \x1fax\x1f5you\x1e"


# What ISO 2709 cannot hold -----------------------------------------------------------


@pytest.mark.parametrize("character", ["\x1d", "\x1e", "\x1f"])
def test_structural_characters_are_refused(character: str) -> None:
    field = mrrc.Field("001", data=f"a{character}b")
    assert str(field) == str(pymarc.Field("001", data=f"a{character}b"))
    if character == "\x1f":
        # it separates nothing in a control field, and stands in real ones
        assert field.as_marc("utf-8") == b"a\x1fb\x1e"
    else:
        with pytest.raises(mrrc.WriterError, match="001"):
            field.as_marc("utf-8")
    field = mrrc.Field("500", subfields=[mrrc.Subfield("a", "x"), mrrc.Subfield("b", character)])
    with pytest.raises(mrrc.WriterError) as caught:
        field.as_marc("utf-8")
    assert caught.value.field_tag == "500"
    assert "$b" in str(caught.value)
    field = mrrc.Field("500", ["1", character])
    with pytest.raises(mrrc.WriterError, match="500"):
        field.as_marc("utf-8")
    field = mrrc.Field("500", subfields=[mrrc.Subfield(character, "x")])
    with pytest.raises(mrrc.WriterError, match="500"):
        field.as_marc("utf-8")
    raw = mrrc.RawField("500", subfields=[mrrc.Subfield("a", character.encode())])  # type: ignore[arg-type]
    with pytest.raises(mrrc.WriterError, match="500"):
        raw.as_marc()
