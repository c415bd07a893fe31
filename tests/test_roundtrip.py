# SPDX-License-Identifier: MIT
"""Generated records there and back, and a record lived through beside pymarc's.

The machine below drives a record of each package through the same edits and holds each object
of one beside the other's: where pymarc hands out one object twice, so must mrrc, and where
pymarc makes another, mrrc must too. Looking at a whole record changes how mrrc holds it, so
that comes as a step like others, and at the end; not after each step.
"""

import copy
import io
import pickle
from itertools import islice
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule
from side_by_side import ACCESSORS, FORWARDS, Raised, listening, seen, shape, views_of

import mrrc

# There and back -------------------------------------------------------------------

tags = st.one_of(
    st.sampled_from(["001", "008", "020", "245", "500", "650", "880", "999", "ABC", "01A"]),
    st.integers(1, 999).map(lambda number: f"{number:03}"),
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=3, max_size=3),
)
characters = st.characters(
    exclude_categories=("Cs",), exclude_characters="\x1d\x1e\x1f", max_codepoint=0x10FFFF
)
letters = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
codes = st.characters(max_codepoint=0x7F, exclude_characters="\x1d\x1e\x1f")


@st.composite
def fields(draw: st.DrawFn) -> mrrc.Field:
    """A field that ISO 2709 can hold."""
    tag = draw(tags)
    if tag < "010" and tag.isdigit():
        return mrrc.Field(tag, data=draw(st.text(characters, max_size=20)))
    subfields = st.builds(mrrc.Subfield, codes, st.text(characters, max_size=20))
    indicators = draw(st.tuples(letters, letters))
    return mrrc.Field(tag, indicators, draw(st.lists(subfields, max_size=4)))


leaders = st.text(letters, min_size=24, max_size=24)
built = st.builds(
    lambda leader, fields: mrrc.Record(leader=leader, fields=fields),
    leaders,
    st.lists(fields(), min_size=1, max_size=6),
)


@settings(max_examples=2 * settings().max_examples)
@given(record=built)
def test_record_to_bytes_to_record(record: mrrc.Record) -> None:
    data = record.as_marc()
    (again,) = mrrc.MARCReader(data)
    assert again is not None
    assert shape(again)[3:] == shape(record)[3:]
    assert str(again.leader)[5:12] == str(record.leader)[5:12]
    assert str(again.leader)[17:] == str(record.leader)[17:]
    assert again.as_marc() == data
    (theirs,) = pymarc.MARCReader(data)
    assert shape(theirs) == shape(again)
    assert theirs.as_marc() == data


@given(data=make.utf8_records())
def test_bytes_to_record_to_bytes(data: bytes) -> None:
    for touch in (
        lambda r: None,
        lambda r: r.leader,
        lambda r: r.get(r.fields[0].tag),
        lambda r: [r.get(tag) for tag in ("001", "245", "650")],
        lambda r: [list(field) for field in r],
        lambda r: r.get_fields(),
        lambda r: setattr(r, "fields", list(r.fields)),
    ):
        (record,) = mrrc.MARCReader(data)
        touch(record)
        assert record.as_marc() == data
        assert mrrc.RecordBatch([record]).encode() == data


@given(data=st.one_of(make.utf8_records(), make.marc8_records()))
def test_undecoded_bytes_come_back(data: bytes) -> None:
    for touch in (lambda r: None, lambda r: [list(field) for field in r], copy.deepcopy):
        (record,) = mrrc.MARCReader(data, to_unicode=False)
        touch(record)
        assert record.as_marc() == data


@given(data=make.files())
@example(data=b"")
def test_file_to_file(data: bytes) -> None:
    target = io.BytesIO()
    with listening():
        first = [record.as_marc() for record in mrrc.MARCReader(data)]
        writer = mrrc.MARCWriter(target)
        for record in mrrc.MARCReader(io.BytesIO(data)):
            writer.write(record)
        # what was written once is UTF-8, and is written the same again
        again = [record.as_marc() for record in mrrc.MARCReader(target.getvalue())]
    assert b"".join(first) == target.getvalue()
    assert again == first


@given(record=built)
def test_pickled_and_back(record: mrrc.Record) -> None:
    (read,) = mrrc.MARCReader(record.as_marc())
    for one in (record, read):
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            assert shape(pickle.loads(pickle.dumps(one, protocol))) == shape(one)


# Side by side -----------------------------------------------------------------------

some_tags = st.sampled_from(["001", "020", "245", "246", "500", "650", "880", "999", "ABC"])
odd_tags = st.sampled_from(["24", "1234", "", "é23"])
some_codes = st.sampled_from(["a", "a", "b", "x", "6", "z"])
odd_codes = st.sampled_from(["", "ab", "é"])
values = st.one_of(make.texts(8), st.sampled_from(["880-01", " x ", ""]))
odd_values = st.sampled_from([None, 5])
indicators = st.text("012 \\", min_size=1, max_size=1)
flags = st.booleans()
positions = st.sampled_from([None, 0, 1, 2, 9, -1])

Pair = tuple[Any, Any]
"""What mrrc has, and what pymarc has in its place."""


class SideBySide(RuleBasedStateMachine):
    """Records and fields of the two packages, pair by pair."""

    records = Bundle("records")
    fields = Bundle("fields")

    def __init__(self) -> None:
        super().__init__()
        self.twins: dict[int, Pair] = {}
        self.all_records: list[Pair] = []
        self.listening = listening()
        self.told = self.listening.__enter__()

    # -- comparing --

    def match(self, ours: Any, theirs: Any) -> None:
        """Two results are the same, down to which objects they are."""
        if isinstance(theirs, Raised):
            assert ours == theirs
        elif isinstance(theirs, pymarc.Field | pymarc.Record | pymarc.Leader):
            assert type(ours).__name__ == type(theirs).__name__
            self.match_objects(ours, theirs)
        elif isinstance(theirs, list):
            assert len(ours) == len(theirs)
            self.match_objects(ours, theirs)
            for mine, other in zip(ours, theirs, strict=True):
                self.match(mine, other)
        else:
            assert ours == theirs

    def match_objects(self, ours: Any, theirs: Any) -> None:
        """Two objects that can be changed have met before, or neither has."""
        for one, other in ((ours, theirs), (theirs, ours)):
            known = self.twins.setdefault(id(one), (one, other))
            assert known[1] is other, "another object than before"

    def both(self, run: Any, *pairs: Pair) -> Pair:
        """Runs the same on the objects of both, and compares what comes of it."""
        ours = seen(lambda _: run(mrrc, *(pair[0] for pair in pairs)), None)
        theirs = seen(lambda _: run(pymarc, *(pair[1] for pair in pairs)), None)
        self.match(ours, theirs)
        return ours, theirs

    def keep(self, pair: Pair) -> Any:
        """Puts what was handed out into the bundle, if it is something."""
        ours, theirs = pair
        if isinstance(theirs, list):
            return multiple(*zip(ours, theirs, strict=True))
        if isinstance(theirs, pymarc.Field | pymarc.Record):
            return pair
        return multiple()

    # -- where records and fields come from --

    @initialize(target=records, data=make.utf8_records(max_fields=5), other=st.booleans())
    def begin(self, data: bytes, other: bool) -> Any:
        return self.read(data if other else make.sample(), {})

    @rule(
        target=records,
        data=st.one_of(make.utf8_records(max_fields=4), make.marc8_records(max_fields=3)),
        args=st.sampled_from([{}, {}, {"force_utf8": True}]),
    )
    def read_another(self, data: bytes, args: dict[str, Any]) -> Any:
        return self.read(data, args)

    def read(self, data: bytes, args: dict[str, Any]) -> Any:
        pair = self.both(lambda p: next(p.MARCReader(data, **args)))
        return self.known(pair)

    def known(self, pair: Pair) -> Any:
        kept = self.keep(pair)
        if kept is pair:
            self.all_records.append(pair)
        return kept

    @rule(target=records, those=st.lists(fields, max_size=4))
    def make_record(self, those: list[Pair]) -> Any:
        def run(package: Any, *fields: Any) -> Any:
            return package.Record(fields=list(fields))

        return self.known(self.both(run, *those))

    @rule(
        target=fields,
        tag=st.one_of(some_tags, some_tags, some_tags, odd_tags),
        first=indicators,
        pieces=st.lists(
            st.tuples(
                st.one_of(some_codes, some_codes, some_codes, odd_codes),
                st.one_of(values, values, values, odd_values),
            ),
            max_size=3,
        ),
    )
    def make_field(self, tag: str, first: str, pieces: list[tuple[str, Any]]) -> Any:
        def run(p: Any) -> Any:
            if tag < "010" and tag.isdigit():
                return p.Field(tag, data="".join(str(value) for _, value in pieces))
            subfields = [p.Subfield(code, value) for code, value in pieces]
            return p.Field(tag, p.Indicators(first, " "), subfields)

        return self.keep(self.both(run))

    @rule(
        target=records,
        record=records,
        how=st.sampled_from([copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]),
    )
    def copy_record(self, record: Pair, how: Any) -> Any:
        return self.known(self.both(lambda p, r: how(r), record))

    @rule(
        target=fields,
        field=fields,
        how=st.sampled_from([copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))]),
    )
    def copy_field(self, field: Pair, how: Any) -> Any:
        return self.keep(self.both(lambda p, f: how(f), field))

    # -- asking a record --

    @rule(target=fields, record=records, tag=some_tags)
    def get(self, record: Pair, tag: str) -> Any:
        return self.keep(self.both(lambda p, r: r.get(tag), record))

    @rule(target=fields, record=records, tag=some_tags)
    def item(self, record: Pair, tag: str) -> Any:
        return self.keep(self.both(lambda p, r: r[tag], record))

    @rule(record=records, tag=st.one_of(some_tags, odd_tags))
    def contains(self, record: Pair, tag: str) -> None:
        self.both(lambda p, r: tag in r, record)

    @rule(target=fields, record=records, those=st.lists(some_tags, max_size=3))
    def get_fields(self, record: Pair, those: list[str]) -> Any:
        return self.keep(self.both(lambda p, r: r.get_fields(*those), record))

    @rule(target=fields, record=records, which=st.slices(5))
    def slice_of_fields(self, record: Pair, which: slice) -> Any:
        return self.keep(self.both(lambda p, r: r.fields[which], record))

    @rule(record=records)
    def all_fields(self, record: Pair) -> None:
        self.both(lambda p, r: r.fields, record)

    @rule(target=fields, record=records, count=st.integers(1, 3))
    def first_fields(self, record: Pair, count: int) -> Any:
        return self.keep(self.both(lambda p, r: list(islice(r, count)), record))

    @rule(record=records)
    def leader(self, record: Pair) -> None:
        self.both(lambda p, r: r.leader, record)
        self.both(lambda p, r: str(r.leader), record)

    @rule(record=records, name=st.sampled_from(ACCESSORS))
    def accessor(self, record: Pair, name: str) -> None:
        self.both(lambda p, r: getattr(r, name), record)

    @rule(record=records)
    def as_text(self, record: Pair) -> None:
        self.both(lambda p, r: str(r), record)

    @rule(record=records)
    def as_json(self, record: Pair) -> None:
        self.both(lambda p, r: r.as_json(), record)

    @rule(record=records)
    def as_marc(self, record: Pair) -> None:
        ours, theirs = record
        want = seen(lambda r: r.as_marc(), theirs)
        if all(len(f.tag) <= 3 and f.tag.isascii() for f in theirs.fields):
            assert seen(lambda r: r.as_marc(), ours) == want
        else:
            with pytest.raises((mrrc.WriterError, UnicodeError)):
                ours.as_marc()

    @rule(record=records)
    def whole(self, record: Pair) -> None:
        assert shape(record[0]) == shape(record[1])

    # -- changing a record --

    @rule(
        record=records,
        those=st.lists(fields, min_size=1, max_size=2),
        method=st.sampled_from(
            ["add_field", "add_field", "add_ordered_field", "add_grouped_field"]
        ),
    )
    def add(self, record: Pair, those: list[Pair], method: str) -> None:
        self.both(lambda p, r, *f: getattr(r, method)(*f), record, *those)

    @rule(record=records, field=fields)
    def remove_field(self, record: Pair, field: Pair) -> None:
        self.both(lambda p, r, f: r.remove_field(f), record, field)

    @rule(record=records, those=st.lists(some_tags, max_size=2))
    def remove_fields(self, record: Pair, those: list[str]) -> None:
        self.both(lambda p, r: r.remove_fields(*those), record)

    @rule(
        record=records,
        what=st.sampled_from(
            [
                lambda fields: fields.reverse(),
                lambda fields: fields.sort(key=lambda field: field.tag),
                lambda fields: fields.append(fields[0]),
                lambda fields: fields.__delitem__(slice(1, 3)),
                lambda fields: fields.__setitem__(slice(0, 1), fields[-2:]),
            ]
        ),
    )
    def change_list(self, record: Pair, what: Any) -> None:
        self.both(lambda p, r: what(r.fields), record)

    @rule(record=records, other=records, shared=flags)
    def assign_fields(self, record: Pair, other: Pair, shared: bool) -> None:
        def run(package: Any, ours: Any, others: Any) -> None:
            ours.fields = others.fields if shared else list(others.fields)[:3]

        self.both(run, record, other)

    @rule(record=records, other=records)
    def share_leader(self, record: Pair, other: Pair) -> None:
        self.both(lambda p, r, o: setattr(r, "leader", o.leader), record, other)

    @rule(record=records, status=st.sampled_from("acdn"), place=st.sampled_from([5, 8, 9, 17]))
    def change_leader(self, record: Pair, status: str, place: int) -> None:
        self.both(lambda p, r: r.leader.__setitem__(place, status), record)

    @rule(record=records, own=flags)
    def assign_leader(self, record: Pair, own: bool) -> None:
        text = "00000cas a2200000 i 4500"
        self.both(lambda p, r: setattr(r, "leader", p.Leader(text) if own else text), record)

    @rule(record=records, value=flags)
    def to_unicode(self, record: Pair, value: bool) -> None:
        self.both(lambda p, r: setattr(r, "to_unicode", value), record)

    # -- fields --

    @rule(field=fields)
    def look_at_field(self, field: Pair) -> None:
        self.both(lambda p, f: str(f), field)
        self.both(lambda p, f: f.value(), field)

    @rule(field=fields, code=some_codes)
    def get_value(self, field: Pair, code: str) -> None:
        self.both(lambda p, f: [code in f, f.get(code), f.get_subfields(code)], field)

    @rule(field=fields)
    def subfields(self, field: Pair) -> None:
        self.both(lambda p, f: f.subfields, field)

    @rule(field=fields, tag=st.one_of(some_tags, some_tags, odd_tags))
    def set_tag(self, field: Pair, tag: str) -> None:
        self.both(lambda p, f: setattr(f, "tag", tag), field)

    @rule(field=fields, value=indicators, name=st.sampled_from(["indicator1", "indicator2"]))
    def set_indicator(self, field: Pair, value: str, name: str) -> None:
        self.both(lambda p, f: setattr(f, name, value), field)

    @rule(field=fields, value=values)
    def set_data(self, field: Pair, value: str) -> None:
        self.both(lambda p, f: setattr(f, "data", value), field)

    @rule(field=fields, code=some_codes, value=st.one_of(values, values, values, odd_values))
    def set_value(self, field: Pair, code: str, value: Any) -> None:
        self.both(lambda p, f: f.__setitem__(code, value), field)

    @rule(
        field=fields,
        code=st.one_of(some_codes, some_codes, odd_codes),
        value=values,
        position=positions,
    )
    def add_subfield(self, field: Pair, code: str, value: str, position: int | None) -> None:
        self.both(lambda p, f: f.add_subfield(code, value, position), field)

    @rule(field=fields, code=some_codes)
    def delete_subfield(self, field: Pair, code: str) -> None:
        self.both(lambda p, f: f.delete_subfield(code), field)

    @rule(field=fields, other=fields)
    def share_subfields(self, field: Pair, other: Pair) -> None:
        self.both(lambda p, f, o: setattr(f, "subfields", o.subfields), field, other)

    # -- the end --

    def teardown(self) -> None:
        try:
            for ours, theirs in self.all_records:
                self.both(lambda p, r: r.fields, (ours, theirs))
                names = [name for name in FORWARDS if "as_marc" not in name and name != "linked"]
                got, want = views_of(ours, names), views_of(theirs, names)
                for name in names:
                    assert got[name] == want[name], name
                self.as_marc((ours, theirs))
        finally:
            self.listening.__exit__(None, None, None)


TestSideBySide = SideBySide.TestCase
TestSideBySide.pytestmark = [
    pytest.mark.thread_unsafe(
        reason="Hypothesis parses its source, which Python 3.11 does not in threads"
    )
]
TestSideBySide.settings = settings(max_examples=2 * settings().max_examples, stateful_step_count=25)
