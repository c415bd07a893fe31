# SPDX-License-Identifier: MIT
"""Records beside pymarc's: every method, in every state that a record can be in.

A record may be bytes, or bytes with some fields handed out, or objects; none of that may be
seen from outside. So each operation runs on a record in each state, pymarc's does the same
on the same bytes, and the results and what is left are compared. Long random sequences of
edits are in test_roundtrip.py, what readers do in test_reader.py.
"""

import copy
import enum
import gc
import json
import pickle
import warnings
import weakref
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import ModuleType
from typing import Any

import pymarc
import pytest
import records as make
from side_by_side import ACCESSORS, VIEWS, field_shape, listening, plain, seen, shape

import mrrc

PACKAGES = (mrrc, pymarc)

Operation = Callable[[ModuleType, Any], Any]

SMALL = make.iso2709(
    [
        make.control_field("001", "small 1"),
        make.control_field("008", "850101s1985    nyu"),
        make.data_field("020", "  ", ("a", "0-306-40615-2 (pbk.)")),
        make.data_field("245", "10", ("6", "880-01"), ("a", "Main title :"), ("b", "the rest /")),
        make.data_field("264", " 1", ("b", "Publisher,"), ("c", "1985.")),
        make.data_field("500", "  ", ("a", "A note.")),
        make.data_field("650", " 0", ("a", "Cats"), ("x", "History")),
        make.data_field("500", "  ", ("a", "Another note: ü日.")),
        make.data_field("650", " 0", ("a", "Dogs")),
        make.data_field("ABC", "  ", ("a", "letters")),
        make.data_field("880", "10", ("6", "245-01/$1"), ("a", "題名")),
    ],
)
BACKWARDS = make.iso2709(
    [
        make.data_field("650", " 0", ("a", "Before its time")),
        make.control_field("008", "after a data field"),
        make.data_field("245", "10", ("a", "Title")),
        make.control_field("001", "last"),
    ],
)
MARC8 = make.iso2709(
    [
        make.control_field("001", "marc-8"),
        make.data_field("245", "10", ("a", b"Caf\xe2e ;"), ("b", b"\xe8a \x1b(Nabc\x1b(B")),
        make.data_field("500", "  ", ("a", b"\xa1")),
    ],
    coding=" ",
)
SAMPLES = {"small": SMALL, "backwards": BACKWARDS, "MARC-8": MARC8}


def read(package: ModuleType, data: bytes, **args: Any) -> Any:
    return next(package.MARCReader(data, **args))


def after(touch: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The record itself, when it has been used in some way."""

    def touched(record: Any) -> Any:
        touch(record)
        return record

    return touched


def rebuilt(record: Any) -> Any:
    """A record made of fields that were made by their class."""
    package = mrrc if isinstance(record, mrrc.Record) else pymarc
    fields = [
        package.Field(f.tag, data=f.data)
        if f.control_field
        else package.Field(f.tag, package.Indicators(*f.indicators), list(f.subfields))
        for f in record
    ]
    return package.Record(fields=fields, leader=str(record.leader))


STATES: dict[str, Callable[[Any], Any]] = {
    "as read": lambda record: record,
    "leader handed out": after(lambda record: record.leader),
    "a field handed out": after(lambda record: record["245"]),
    "some handed out": after(lambda record: record.get_fields("500", "245", "650")),
    "a field opened": after(lambda record: record["245"].subfields),
    "fields taken": after(lambda record: record.fields),
    "get_fields()": after(lambda record: record.get_fields()),
    "written": after(lambda record: record.as_marc()),
    "copied": copy.copy,
    "deeply copied": copy.deepcopy,
    "handed out, pickled": lambda record: pickle.loads(pickle.dumps((record["245"], record)[1])),
    "rebuilt": rebuilt,
}


def made(package: ModuleType, tag: str = "500", value: str = "made ü") -> Any:
    if tag < "010":
        return package.Field(tag, data=value)
    return package.Field(tag, package.Indicators("1", " "), [package.Subfield("a", value)])


def plainly(value: Any) -> Any:
    """A value in which nothing belongs to one of the packages."""
    if isinstance(value, mrrc.Field | pymarc.Field):
        return field_shape(value)
    if isinstance(value, mrrc.Record | pymarc.Record):
        return shape(value)
    if isinstance(value, list | tuple):
        return [plainly(one) for one in value]
    return value


def calling(method: str, *tags: str) -> Operation:
    """A call of a method with a made field for each tag."""
    return lambda package, record: getattr(record, method)(*(made(package, tag) for tag in tags))


def setting(name: str, value: Any) -> Operation:
    return lambda package, record: setattr(record, name, value)


def in_leader(name: str, value: str) -> Operation:
    return lambda package, record: setattr(record.leader, name, value)


def of_field(method: str, *args: Any) -> Operation:
    return lambda package, record: getattr(record["245"], method)(*args)


def iterate_and_add(package: ModuleType, record: Any) -> list[str]:
    tags = []
    for field in record:
        tags.append(field.tag)
        if field.tag == "245" and len(tags) < 30:
            record.add_field(made(package, "600"))
    return tags


def nested(package: ModuleType, record: Any) -> list[Any]:
    return [(one.tag, other.tag) for one in record for other in record]


def stepwise(package: ModuleType, record: Any) -> list[Any]:
    tags = [next(record).tag, next(record).tag]
    iter(record)
    return [*tags, next(record).tag]


def to_the_end(package: ModuleType, record: Any) -> Any:
    list(record)
    return next(record, "end")


def same_again(package: ModuleType, record: Any) -> list[bool]:
    """Whether what is asked for twice is one object."""
    title, leader = record["245"], record.leader
    several = record.get_fields("500", "245")
    fields = record.fields
    return [
        record["245"] is title,
        record.get("245") is title,
        record.leader is leader,
        any(field is title for field in several),
        fields is record.fields,
        fields is record.get_fields(),
        [field for field in record if field.tag == "245"][0] is title,
        all(one is other for one, other in zip(record, fields, strict=True)),
        all(any(one is other for other in fields) for one in several),
        record["245"] is title,
    ]


OPERATIONS: dict[str, Operation] = {
    **{name: lambda p, r, view=view: view(r) for name, view in VIEWS.items()},
    "get": lambda p, r: [r.get(tag) for tag in ("245", "001", "ABC", "880", "999")],
    "get with a default": lambda p, r: r.get("999", made(p)),
    "get a default that is false": lambda p, r: (r.get("999", 0), r.get("245", 0)),
    "get of odd tags": lambda p, r: [r.get(t) for t in ("", "24", "2450", "é日a", "\ud800ab")],
    "get of no tags": lambda p, r: [r.get(tag) for tag in (None, 245, b"245", ("245",))],
    "[]": lambda p, r: [r["245"], r["650"]],
    "[missing]": lambda p, r: r["999"],
    "[short]": lambda p, r: r["24"],
    "[245] as a number": lambda p, r: r[245],
    "in": lambda p, r: [tag in r for tag in ("245", "008", "ABC", "999", "", "24", "2450", "é")],
    "in, no tags": lambda p, r: [tag in r for tag in (None, 245, b"245")],
    "same again": same_again,
    "get_fields of one": lambda p, r: r.get_fields("500"),
    "get_fields of some": lambda p, r: r.get_fields("650", "001", "500", "650"),
    "get_fields of all": lambda p, r: r.get_fields(),
    "get_fields of none there": lambda p, r: r.get_fields("998", "999"),
    "get_fields of odd tags": lambda p, r: r.get_fields("24", "é日a", "245"),
    "get_fields of a list": lambda p, r: r.get_fields(["245"]),
    "iteration, nested": nested,
    "iteration, with edits": iterate_and_add,
    "next": stepwise,
    "next at the end": to_the_end,
    "len": lambda p, r: type(seen(len, r)).__name__,
    "truth": lambda p, r: bool(r),
    "equality": lambda p, r: (r == r, r == copy.copy(r), r != copy.deepcopy(r), r is None),
    "hash": lambda p, r: (hash(r) == hash(r), {r: 1}[r], len({r, copy.copy(r)})),
    "as_json, indented": lambda p, r: r.as_json(indent=1, ensure_ascii=False),
    "as_marc21": lambda p, r: r.as_marc21(),
    "as_marc twice": lambda p, r: (r.as_marc(), r.as_marc()),
    "flags": lambda p, r: (r.to_unicode, r.force_utf8, r.pos),
    "fields by number": lambda p, r: [r.fields[0], r.fields[-1]],
    "slice of fields": lambda p, r: r.fields[1:3],
    "linked": lambda p, r: r.get_linked_fields(r["245"]),
    "linked, missing": lambda p, r: r.get_linked_fields(
        p.Field("246", subfields=[p.Subfield("6", "880-99")])
    ),
    "linked, without number": lambda p, r: r.get_linked_fields(made(p)),
    "add_field": calling("add_field", "500"),
    "add_field of some": calling("add_field", "001", "999", "100"),
    "add_field of none": calling("add_field"),
    "add_field of one there": lambda p, r: r.add_field(r["245"]),
    "add_ordered_field": calling("add_ordered_field", "300"),
    "add_ordered_field of some": calling("add_ordered_field", "999", "001", "500", "XYZ"),
    "add_grouped_field": calling("add_grouped_field", "599"),
    "add_grouped_field of some": calling("add_grouped_field", "999", "005", "XYZ", "246"),
    "remove_field": lambda p, r: r.remove_field(r["245"]),
    "remove_field of some": lambda p, r: r.remove_field(*r.get_fields("245", "650")),
    "remove_field of all": lambda p, r: r.remove_field(*list(r.fields)),
    "remove_field twice": lambda p, r: r.remove_field(r["245"], r["245"]),
    "remove_field not there": lambda p, r: r.remove_field(made(p)),
    "remove_field of a copy": lambda p, r: r.remove_field(copy.copy(r["245"])),
    "remove_fields": lambda p, r: r.remove_fields("650"),
    "remove_fields of some": lambda p, r: r.remove_fields("500", "001", "999"),
    "remove_fields not there": lambda p, r: r.remove_fields("998", "999"),
    "remove_fields of none": lambda p, r: r.remove_fields(),
    "fields =": lambda p, r: setattr(r, "fields", [made(p), made(p, "001")]),
    "fields = []": lambda p, r: setattr(r, "fields", []),
    "fields = some of them": lambda p, r: setattr(
        r, "fields", [field for field in r if field.tag > "245"]
    ),
    "fields[:] = reversed": lambda p, r: r.fields.__setitem__(slice(None), r.fields[::-1]),
    "fields.append": lambda p, r: r.fields.append(made(p)),
    "fields.insert": lambda p, r: r.fields.insert(0, made(p)),
    "fields.sort": lambda p, r: r.fields.sort(key=lambda field: field.tag),
    "fields.pop": lambda p, r: r.fields.pop(),
    "fields.clear": lambda p, r: r.fields.clear(),
    "fields *= 2": lambda p, r: r.fields.extend(list(r.fields)),
    "del fields[1:]": lambda p, r: r.fields.__delitem__(slice(1, None)),
    "tag =": lambda p, r: setattr(r["245"], "tag", "246"),
    "tag = one there": lambda p, r: setattr(r["245"], "tag", "650"),
    "tag = a control field's": lambda p, r: setattr(r["245"], "tag", "003"),
    "tag of a control field =": lambda p, r: setattr(r["001"], "tag", "245"),
    "indicator1 =": lambda p, r: setattr(r["245"], "indicator1", "7"),
    "indicators =": lambda p, r: setattr(r["245"], "indicators", p.Indicators("4", "2")),
    "data =": lambda p, r: setattr(r["001"], "data", "changed ü"),
    "data of a data field =": lambda p, r: setattr(r["245"], "data", "never written"),
    "[245][a] =": of_field("__setitem__", "a", "Changed ü"),
    "[245].add_subfield": of_field("add_subfield", "k", "added", 1),
    "[245].delete_subfield": of_field("delete_subfield", "a"),
    "[245].subfields =": lambda p, r: setattr(r["245"], "subfields", [p.Subfield("k", "set")]),
    "[245].subfields.clear": lambda p, r: r["245"].subfields.clear(),
    "fields, then values": lambda p, r: [field.value() for field in r.get_fields()],
    "values of one tag": lambda p, r: [field.value() for field in r.get_fields("500")],
    "record_status =": in_leader("record_status", "d"),
    "leader[5] =": lambda p, r: r.leader.__setitem__(5, "c"),
    "leader[17:20] =": lambda p, r: r.leader.__setitem__(slice(17, 20), "7ab"),
    "coding_scheme = blank": in_leader("coding_scheme", " "),
    "leader too long": in_leader("record_status", "too long"),
    "leader = Leader": lambda p, r: setattr(r, "leader", p.Leader("00000nas a2200000 i 4500")),
    "leader = str": setting("leader", "00000nas  2200000 i 4500"),
    "leader = short str": setting("leader", "nas"),
    "leader = é": setting("leader", "00000nés a2200000 i 4500"),
    "leader.leader =": lambda p, r: setattr(r.leader, "leader", "00000nas  2200000 i 4500"),
    "leader[0:4]": lambda p, r: (r.leader[5], r.leader[0:4], r.leader["record_status"]),
    "to_unicode = False": setting("to_unicode", False),
    "force_utf8 = True": setting("force_utf8", True),
    "pos = 7": setting("pos", 7),
    "another attribute": lambda p, r: type(seen(lambda r: setattr(r, "x", 1), r)).__name__,
    "copy, then edit it": lambda p, r: copy.copy(r).add_field(made(p)),
    "deepcopy, then edit it": lambda p, r: copy.deepcopy(r).add_field(made(p)),
    "edit, then copy": lambda p, r: (r.add_field(made(p)), copy.copy(r))[1],
    "copy, then edit a field of it": lambda p, r: setattr(copy.copy(r)["245"], "tag", "246"),
    "copy, then edit its leader": lambda p, r: setattr(copy.copy(r).leader, "record_status", "d"),
    "copy, then set its fields": lambda p, r: setattr(copy.copy(r), "fields", []),
    "copy, then set its leader": lambda p, r: setattr(copy.copy(r), "leader", " " * 24),
    "decode_marc": lambda p, r: r.decode_marc(SMALL),
    "decode_marc of MARC-8": lambda p, r: r.decode_marc(MARC8),
    "decode_marc of nothing": lambda p, r: r.decode_marc(b""),
    "decode_marc of half": lambda p, r: r.decode_marc(SMALL[: len(SMALL) // 2]),
    "map_marc8_record": lambda p, r: seen(p.map_marc8_record, r) is r,
}

# What makes objects of bytes comes last, so that the others meet the record as it was left.
AFTERWARDS: list[Callable[[Any], Any]] = [
    lambda r: shape(pickle.loads(pickle.dumps(r))),
    lambda r: shape(copy.deepcopy(r)),
    *[VIEWS[name] for name in ACCESSORS],
    VIEWS["contains"],
    lambda r: copy.deepcopy(r).as_marc(),
    lambda r: [field.value() for field in r.get_fields("245", "500")],
    lambda r: plain(r.get_fields("245", "500")),
    shape,
    str,
    lambda r: r.as_dict(),
    lambda r: r.as_marc(),
    lambda r: str(r.leader),
]


def left(record: Any) -> list[Any]:
    """What can be seen of a record."""
    return [seen(view, record) for view in AFTERWARDS]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_states_look_the_same(sample: str, state: str) -> None:
    ours, theirs = (STATES[state](read(package, SAMPLES[sample])) for package in PACKAGES)
    assert left(ours) == left(theirs)


def beside(operation: str, state: str, data: bytes, **args: Any) -> None:
    run = OPERATIONS[operation]
    with listening() as told:
        theirs = STATES[state](read(pymarc, data, **args))
        want = seen(lambda r: plainly(run(pymarc, r)), theirs), left(theirs), told()
        ours = STATES[state](read(mrrc, data, **args))
        got = seen(lambda r: plainly(run(mrrc, r)), ours), left(ours), told()
    assert got == want


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_in_each_state(operation: str, state: str) -> None:
    beside(operation, state, SMALL)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_on_other_records(operation: str) -> None:
    for state in ("as read", "a field handed out", "fields taken"):
        beside(operation, state, BACKWARDS)
        beside(operation, state, MARC8)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_on_undecoded_records(operation: str) -> None:
    for state in ("as read", "a field handed out", "deeply copied"):
        beside(operation, state, MARC8, to_unicode=False)
    beside(operation, "as read", SMALL, to_unicode=False, force_utf8=True)


# What makes or touches objects, or changes them; looking alone is among the states above.
STEPS = [name for name in OPERATIONS if name not in VIEWS]


@pytest.mark.parametrize("first", [*STEPS, "pickled", "fields", "as_marc", "title"])
def test_each_operation_after_each(first: str) -> None:
    for second in STEPS:
        records = {}
        for package in PACKAGES:
            record = read(package, SMALL)
            found = [
                seen(lambda r, p=package, n=name: plainly(OPERATIONS[n](p, r)), record)
                for name in (first, second)
            ]
            records[package] = [*found, seen(shape, record), seen(lambda r: r.as_marc(), record)]
        assert records[mrrc] == records[pymarc], second


# Tags that are strings of another class, as a program may keep them in an enumeration.


class Tag(str, enum.Enum):
    TITLE = "245"
    NOTE = "500"
    MISSING = "999"


@pytest.mark.parametrize("state", STATES)
def test_tags_of_a_subclass_of_str(state: str) -> None:
    for package in PACKAGES:
        for ask in (
            lambda r: Tag.TITLE in r,
            lambda r: Tag.MISSING not in r,
            lambda r: r[Tag.TITLE] is r["245"],
            lambda r: r.get(Tag.TITLE) is r["245"],
            lambda r: r.get(Tag.MISSING) is None,
            lambda r: len(r.get_fields(Tag.NOTE)) == 2,
            lambda r: len(r.get_fields(Tag.NOTE, Tag.TITLE)) == 3,
            lambda r: r.remove_fields(Tag.NOTE) is None and "500" not in r,
        ):
            assert ask(STATES[state](read(package, SMALL)))


class Counted(mrrc.Field):
    """A field with a length, so one without subfields is false."""

    def __len__(self) -> int:
        return len(self.subfields)


@pytest.mark.parametrize("state", STATES)
def test_a_field_that_is_false_is_found(state: str) -> None:
    record = STATES[state](read(mrrc, SMALL))
    field = Counted("901")
    record.add_field(field)
    assert record.get("901") is field
    assert record["901"] is field
    assert "901" in record
    assert record.get_fields("901") == [field]


# Identity, and what is shared ------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_fields_handed_out_stay_the_same(state: str) -> None:
    record = STATES[state](read(mrrc, SMALL))
    title, note = record["245"], record.get_fields("500")[1]
    added = made(mrrc, "900")
    record.add_field(added)
    assert record["900"] is added
    assert record["245"] is title
    ordered = made(mrrc, "100")
    record.add_ordered_field(ordered)
    fields = record.fields
    assert [field for field in fields if field is title] == [title]
    assert [field for field in fields if field is note] == [note]
    assert fields[-1] is added
    assert record.get("100") is ordered
    record.remove_fields("650", "001")
    assert record.get_fields("500")[1] is note
    assert record.fields is fields
    note["a"] = "changed through the field"
    assert b"changed through the field" in record.as_marc()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.__name__)
@pytest.mark.parametrize("state", STATES)
def test_what_copies_share(package: ModuleType, state: str) -> None:
    record = STATES[state](read(package, SMALL))
    shallow, deep = copy.copy(record), copy.deepcopy(record)
    assert shallow.fields is record.fields
    assert shallow.leader is record.leader
    assert shallow["245"] is record["245"]
    record["245"]["a"] = "changed"
    record.add_field(made(package, "900"))
    record.leader.record_status = "d"
    assert shallow["245"]["a"] == "changed"
    assert "900" in shallow
    assert shallow.leader.record_status == "d"
    assert deep["245"]["a"] == "Main title :"
    assert "900" not in deep
    assert deep.leader.record_status == "n"
    deep["500"]["a"] = "of the copy"
    assert record["500"]["a"] == "A note."
    record.to_unicode = False
    assert shallow.to_unicode is deep.to_unicode is True


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.__name__)
@pytest.mark.parametrize(
    "how", [copy.copy, copy.deepcopy, lambda record: pickle.loads(pickle.dumps(record))]
)
def test_the_place_of_an_iteration_is_copied(package: ModuleType, how: Any) -> None:
    record = read(package, SMALL)
    next(record), next(record)
    assert next(how(record)).tag == "020"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: p.__name__)
def test_a_field_of_two_records_is_one_in_copies_too(package: ModuleType) -> None:
    first, second = read(package, SMALL), read(package, MARC8)
    shared = first["245"]
    second.add_field(shared, shared)
    for one, other in (
        copy.deepcopy((first, second)),
        pickle.loads(pickle.dumps((first, second))),
    ):
        assert other.fields[-1] is other.fields[-2] is one["245"]
        one["245"]["a"] = "in both"
        assert b"in both" in other.as_marc()
    assert "in both" not in shared.value()


@pytest.mark.parametrize("state", STATES)
def test_weak_references(state: str) -> None:
    record = STATES[state](read(mrrc, SMALL))
    field = record["245"]
    references = [weakref.ref(record), weakref.ref(field)]
    assert [reference() for reference in references] == [record, field]
    del record
    # without a cycle nothing waits for the collector
    assert references[0]() is None
    assert references[1]() is field
    del field
    assert references[1]() is None


def test_many_records_leave_nothing_for_the_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        for record in mrrc.MARCReader(SMALL * 50):
            assert record is not None
            record.add_field(made(mrrc))
            copy.copy(record), copy.deepcopy(record), list(record)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        mrrc.Record().anything = 1  # type: ignore[attr-defined]
    assert not hasattr(mrrc.Record(), "__dict__")


# Pickling ---------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("state", STATES)
def test_pickles_of_every_protocol(state: str, protocol: int) -> None:
    for data, args in ((SMALL, {}), (MARC8, {}), (MARC8, {"to_unicode": False})):
        record = STATES[state](read(mrrc, data, **args))
        again = pickle.loads(pickle.dumps(record, protocol))
        assert type(again) is mrrc.Record
        assert left(again) == left(record)


def test_an_untouched_record_travels_as_its_bytes() -> None:
    pickled = pickle.dumps(read(mrrc, make.sample()), 4)
    assert len(pickled) < len(make.sample()) + 300
    assert b"Subfield" not in pickled


def test_a_record_is_untouched_until_something_is_made_of_it() -> None:
    as_read = read(mrrc, SMALL)
    assert as_read._untouched() == as_read._pack()
    assert read(mrrc, SMALL, to_unicode=False)._untouched() is None
    for reach in (
        lambda record: record.leader,
        lambda record: record.fields,
        lambda record: record["245"],
        lambda record: record.add_field(made(mrrc, "900")),
    ):
        touched = read(mrrc, SMALL)
        reach(touched)
        assert touched._untouched() is None


def test_records_go_to_other_processes_and_back() -> None:
    records = [reach(read(mrrc, make.sample(n))) for n, reach in enumerate(STATES.values())]
    records.append(read(mrrc, MARC8, to_unicode=False))
    odd = mrrc.Record(fields=[mrrc.Field("1234", subfields=[mrrc.Subfield("ab", "\x1f")])])
    # Where another process begins anew, everything has to come through the pickle.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        copies = list(pool.map(copy.deepcopy, [*records, odd]))
        written = list(pool.map(mrrc.Record.as_marc, records))
    assert [shape(record) for record in copies] == [shape(record) for record in [*records, odd]]
    assert written == [record.as_marc() for record in records]


# Making records ------------------------------------------------------------------------

MAKING: dict[str, Callable[[ModuleType], Any]] = {
    "nothing": lambda p: p.Record(),
    "data": lambda p: p.Record(SMALL),
    "data by name": lambda p: p.Record(data=MARC8, to_unicode=False),
    "data as text": lambda p: p.Record(data=""),
    "data in Latin-1": lambda p: p.Record(data=MARC8, file_encoding="latin-1"),
    "data cut": lambda p: p.Record(data=SMALL[:-20]),
    "data short": lambda p: p.Record(data=b"00024"),
    "fields": lambda p: p.Record(fields=[made(p), made(p, "001")]),
    "no fields": lambda p: p.Record(fields=[]),
    "fields and data": lambda p: p.Record(data=SMALL, fields=[made(p)]),
    "leader": lambda p: p.Record(leader="00000nas a2200000 i 4500"),
    "leader, odd": lambda p: p.Record(leader="99999xyz 91234567abcxxxx"),
    "leader as Leader": lambda p: p.Record(leader=p.Leader("00000nas a2200000 i 4500")),
    "leader, short": lambda p: p.Record(leader="00000"),
    "force_utf8": lambda p: p.Record(force_utf8=True),
    "force_utf8 and data": lambda p: p.Record(data=SMALL, force_utf8=True),
    "all by position": lambda p: p.Record(
        b"", None, True, True, False, "strict", "00000nas  2200000 i 4500", "iso8859-1"
    ),
}


@pytest.mark.parametrize("how", MAKING)
def test_making_a_record(how: str) -> None:
    got, want = (seen(lambda _, p=package: left(MAKING[how](p)), None) for package in PACKAGES)
    assert got == want


def test_the_list_of_fields_is_kept_and_not_copied() -> None:
    fields = [made(mrrc)]
    record = mrrc.Record(fields=fields)
    fields.append(made(mrrc, "650"))
    assert record.fields is fields
    assert "650" in record
    empty: list[mrrc.Field] = []
    assert mrrc.Record(fields=empty).fields is not empty


def test_names_that_only_mrrc_has() -> None:
    for reach in STATES.values():
        record = reach(read(mrrc, SMALL))
        assert record.get_field("245") is record["245"]
        assert record.get_field("001") is None
        assert record.get_field_or_err("500")["a"] == "A note."
        with pytest.raises(mrrc.FieldNotFound) as caught:
            record.get_field_or_err("999")
        assert caught.value.field_tag == "999"
        assert caught.value.record_control_number == "small 1"
        assert record.control_field("008") == "850101s1985    nyu"
        assert record.control_field("245") is None
        assert [tag for tag, _ in record.control_fields()] == ["001", "008"]
        record.add_control_field("003", "DLC")
        assert record["003"].data == "DLC"
        second = record.get_fields("650")[1]
        assert record.remove_field_at("650", 1) is second
        with pytest.raises(mrrc.FieldNotFound):
            record.remove_field_at("650", 1)
        with pytest.raises(mrrc.FieldNotFound):
            record.remove_field("999")
        record.remove_field("500")
        assert "500" not in record


# Subclasses -------------------------------------------------------------------------------


class Counting(mrrc.Record):
    """A record that counts what is added to it, as programs for pymarc do it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.added = 0
        self.owner = "me"
        super().__init__(*args, **kwargs)

    def add_field(self, *fields: mrrc.Field) -> None:
        self.added += len(fields)
        super().add_field(*fields)


def test_a_subclass_is_asked_for_each_field() -> None:
    assert Counting(data=SMALL).added == 11
    assert Counting(data=MARC8, to_unicode=False).added == 3
    assert Counting(fields=[made(mrrc)]).added == 0
    record = Counting(SMALL)
    assert left(record)[2:] == left(read(mrrc, SMALL))[2:] or shape(record)[0] == "Counting"
    assert record.as_marc() == read(mrrc, SMALL).as_marc()


def test_attributes_of_a_subclass_travel() -> None:
    record = Counting(SMALL)
    record.owner = "you"
    again = [copy.copy(record), copy.deepcopy(record)]
    again += [pickle.loads(pickle.dumps(record, p)) for p in range(2, 6)]
    for one in again:
        assert type(one) is Counting
        assert (one.owner, one.added) == ("you", 11)
        assert one.as_marc() == record.as_marc()


@pytest.mark.parametrize("name", ACCESSORS)
def test_accessors_are_properties(name: str) -> None:
    """As in pymarc 5: a call of what they give is a fault, and is seen as one."""
    record = mrrc.Record(make.sample())
    assert isinstance(getattr(mrrc.Record, name), property)
    assert not callable(getattr(record, name))
    with pytest.raises(TypeError, match="not callable"):
        getattr(record, name)()


def test_a_subclass_may_say_title_itself() -> None:
    class Shouting(mrrc.Record):
        def get(self, tag: str, default: Any = None) -> Any:
            return made(mrrc, tag, "SHOUTED") if tag == "245" else super().get(tag, default)

    assert Shouting(SMALL).title == "SHOUTED"


class Signed(mrrc.Field):
    """A field that writes itself."""

    def as_marc(self, encoding: str = "utf-8") -> bytes:
        return super().as_marc(encoding)[:-1] + "\x1f5me ü\x1e".encode(encoding)


@pytest.mark.parametrize("state", STATES)
def test_a_field_that_writes_itself(state: str) -> None:
    class Theirs(pymarc.Field):
        def as_marc(self, encoding: str) -> bytes:
            return super().as_marc(encoding)[:-1] + "\x1f5me ü\x1e".encode(encoding)

    ours, theirs = (STATES[state](read(package, SMALL)) for package in PACKAGES)
    ours.add_ordered_field(Signed("300", subfields=[mrrc.Subfield("a", "x")]))
    theirs.add_ordered_field(Theirs("300", subfields=[pymarc.Subfield("a", "x")]))
    assert ours.as_marc() == theirs.as_marc()
    assert "me ü" in mrrc.Record(ours.as_marc())["300"]["5"]


class Lookalike:
    """What pymarc needs of a field to write it."""

    tag = "900"
    control_field = False

    def as_marc(self, encoding: str) -> bytes:
        return "  \x1faü\x1e".encode(encoding)


def test_a_field_of_no_class_of_ours() -> None:
    ours, theirs = (read(package, SMALL) for package in PACKAGES)
    for record in (ours, theirs):
        record.fields.append(Lookalike())
    assert ours.as_marc() == theirs.as_marc()
    assert ours.get("900") is ours.fields[-1]


# Records that are no bytes ------------------------------------------------------------------

UNPACKABLE: dict[str, Callable[[ModuleType], Any]] = {
    "value of None": lambda p: p.Field("500", subfields=[p.Subfield("a", None)]),
    "value of a number": lambda p: p.Field("500", subfields=[p.Subfield("a", 5)]),
    "data of None": lambda p: p.Field("001"),
    "data of a number": lambda p: p.Field("001", data=5),
    "code of two letters": lambda p: p.Field("500", subfields=[p.Subfield("ab", "x")]),
    "code of none": lambda p: p.Field("500", subfields=[p.Subfield("", "x")]),
    "code of a number": lambda p: p.Field("500", subfields=[p.Subfield(1, "x")]),
    "code é": lambda p: p.Field("500", subfields=[p.Subfield("é", "x")]),
    "indicator of two letters": lambda p: p.Field("500", p.Indicators("ab", " ")),
    "indicator of none": lambda p: p.Field("500", p.Indicators("", " ")),
    "indicator of None": lambda p: p.Field("500", p.Indicators(None, None)),
    "indicator é": lambda p: p.Field("500", p.Indicators("é", "日")),
    "tag of two letters": lambda p: p.Field("AB"),
    "tag of none": lambda p: p.Field(""),
    "a surrogate": lambda p: p.Field("500", subfields=[p.Subfield("a", "\ud800")]),
    "bytes": lambda p: p.Field("500", subfields=[p.Subfield("a", b"x")]),
    "raw among decoded": lambda p: p.RawField("500", subfields=[p.Subfield("a", b"\xff")]),
    "delimiter in data": lambda p: p.Field("001", data="x\x1fy"),
    "raw control field": lambda p: p.RawField("001", data=b"\xff"),
}
UNWRITABLE: dict[str, Callable[[ModuleType], Any]] = {
    "tag of four": lambda p: p.Field("1234", subfields=[p.Subfield("a", "x")]),
    "tag é": lambda p: p.Field("é23", subfields=[p.Subfield("a", "x")]),
    "delimiter in a value": lambda p: p.Field("500", subfields=[p.Subfield("a", "x\x1fby")]),
    "terminator in a value": lambda p: p.Field("500", subfields=[p.Subfield("a", "x\x1e")]),
    "record terminator in a value": lambda p: p.Field("500", subfields=[p.Subfield("a", "\x1d")]),
    "terminator in data": lambda p: p.Field("001", data="x\x1ey"),
    "delimiter for a code": lambda p: p.Field("500", subfields=[p.Subfield("\x1f", "x")]),
    "delimiter for an indicator": lambda p: p.Field("500", p.Indicators("\x1f", " ")),
    "delimiter in a tag": lambda p: p.Field("50\x1f"),
    "too long": lambda p: p.Field("500", subfields=[p.Subfield("a", "x" * 9_995)]),
    "too long in bytes": lambda p: p.Field("500", subfields=[p.Subfield("a", "ü" * 5_000)]),
}
NOT_BYTES: list[Callable[[Any], Any]] = [
    str,
    lambda r: r.as_dict(),
    lambda r: r.as_json(),
    shape,
    lambda r: shape(copy.copy(r)),
    lambda r: shape(copy.deepcopy(r)),
    lambda r: shape(pickle.loads(pickle.dumps(r))),
    lambda r: [seen(lambda f: f.value(), field) for field in r],
    lambda r: r.title,
    lambda r: "500" in r,
    lambda r: plain(r.get_fields("500", "245")),
]


@pytest.mark.parametrize("how", [*UNPACKABLE, *UNWRITABLE])
def test_a_record_that_is_no_bytes(how: str) -> None:
    make_field = {**UNPACKABLE, **UNWRITABLE}[how]
    for state, reach in STATES.items():
        ours, theirs = (reach(read(package, SMALL)) for package in PACKAGES)
        ours.add_field(make_field(mrrc))
        theirs.add_field(make_field(pymarc))
        for view in NOT_BYTES:
            assert seen(view, ours) == seen(view, theirs), state


@pytest.mark.parametrize("how", UNPACKABLE)
def test_a_record_that_is_no_bytes_is_written_as_pymarc_writes_it(how: str) -> None:
    for reach in STATES.values():
        ours, theirs = (reach(read(package, SMALL)) for package in PACKAGES)
        ours.add_field(UNPACKABLE[how](mrrc))
        theirs.add_field(UNPACKABLE[how](pymarc))
        assert seen(lambda r: r.as_marc(), ours) == seen(lambda r: r.as_marc(), theirs)


@pytest.mark.parametrize("how", UNWRITABLE)
def test_what_iso_2709_cannot_hold_is_an_error_that_names_the_field(how: str) -> None:
    for reach in STATES.values():
        record = reach(read(mrrc, SMALL))
        field = UNWRITABLE[how](mrrc)
        record.add_field(field)
        with pytest.raises(mrrc.WriterError) as caught:
            record.as_marc()
        assert caught.value.field_tag == field.tag
        record.remove_field(field)
        assert record.as_marc() == read(mrrc, SMALL).as_marc()


@pytest.mark.parametrize("character", ["\x1d", "\x1e", "\x1f"])
def test_the_error_names_the_subfield(character: str) -> None:
    record = read(mrrc, SMALL)
    record["245"]["b"] = f"x{character}y"
    with pytest.raises(mrrc.WriterError, match=r"\$b.*0x1[DEF]") as caught:
        record.as_marc()
    assert caught.value.field_tag == "245"


def test_the_longest_field_and_record_are_written() -> None:
    def filled(count: int, last: int) -> mrrc.Record:
        sizes = [9_994] * count + [last]
        return mrrc.Record(
            fields=[mrrc.Field("500", subfields=[mrrc.Subfield("a", "x" * n)]) for n in sizes]
        )

    # nine fields of 9,999 bytes, the leader, ten directory entries and two terminators
    room = 99_999 - 9 * 9_999 - 24 - 10 * 12 - 2
    longest = filled(9, room - 5)
    data = longest.as_marc()
    assert len(data) == 99_999
    assert data[:5] == b"99999"
    assert shape(next(mrrc.MARCReader(data)))[3] == shape(longest)[3]
    with pytest.raises(mrrc.WriterError, match="100000"):
        filled(9, room - 4).as_marc()
    with pytest.raises(mrrc.WriterError, match="10000"):
        filled(0, 9_995).as_marc()


def test_nothing_is_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        record = read(mrrc, SMALL)
        left(record)


def test_json_is_read_back() -> None:
    record = read(mrrc, SMALL)
    assert json.loads(record.as_json()) == record.as_dict() == read(pymarc, SMALL).as_dict()
