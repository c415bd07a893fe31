# SPDX-License-Identifier: MIT
"""mrrc beside pymarc and yaz-marcdump, on the same bytes: reading, writing, editing."""

import io
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pymarc
import pytest
import records as make
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from side_by_side import (
    ACCESSORS,
    BACKWARDS,
    FORWARDS,
    VIEWS,
    Difference,
    Raised,
    compare,
    listening,
    seen,
    shape,
    views_of,
)

import mrrc

pytestmark = pytest.mark.thread_unsafe(
    reason="compares warnings, log and standard error, of which the process has one"
)

ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"to_unicode": False},
    {"force_utf8": True},
    {"hide_utf8_warnings": True},
    {"utf8_handling": "replace"},
    {"utf8_handling": "ignore"},
    {"utf8_handling": "backslashreplace"},
    {"utf8_handling": "surrogateescape"},
    {"utf8_handling": "no such handling"},
    {"utf8_handling": "replace", "force_utf8": True},
    {"file_encoding": "cp1251"},
    {"file_encoding": "utf-8"},
    {"file_encoding": "no such encoding"},
    {"permissive": True},
]

arguments = pytest.mark.parametrize(
    "args", ARGUMENTS, ids=lambda args: ",".join(f"{k}={v}" for k, v in args.items()) or "default"
)

# Reading ------------------------------------------------------------------------


@settings(max_examples=4 * settings().max_examples)
@given(args=st.sampled_from(ARGUMENTS), data=make.files())
def test_sound_records(args: dict[str, Any], data: bytes) -> None:
    compare(data, args, FORWARDS)


@given(data=make.files())
def test_sound_records_with_their_fields_made_first(data: bytes) -> None:
    compare(data, {}, BACKWARDS)


@given(data=make.files(), order=st.permutations(FORWARDS))
def test_sound_records_in_any_order_of_asking(data: bytes, order: list[str]) -> None:
    compare(data, {}, order)


@settings(max_examples=4 * settings().max_examples)
@given(args=st.sampled_from(ARGUMENTS), data=make.damaged(make.files()))
def test_damaged_records(args: dict[str, Any], data: bytes) -> None:
    compare(data, args, FORWARDS)


@pytest.mark.parametrize("damager", dict.fromkeys(make.DAMAGERS), ids=lambda d: d.__name__)
def test_each_damage(damager: make.Damager) -> None:
    data = make.sample(1) + make.sample(2) + make.sample(3)
    for seed in range(40):
        compare(damager(data, random.Random(seed)), {}, ["shape", "str"])


@given(data=st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    compare(data, {}, FORWARDS)


@arguments
def test_files_of_pymarc(args: dict[str, Any], pymarc_data: list[Path]) -> None:
    for path in pymarc_data:
        compare(path.read_bytes()[:60_000], args, FORWARDS)


@pytest.mark.parametrize("args", [{}, {"to_unicode": False}, {"force_utf8": True}], ids=str)
def test_files_of_pymarc_damaged(args: dict[str, Any], pymarc_data: list[Path]) -> None:
    pieces = [path.read_bytes()[:6_000] for path in pymarc_data]
    for seed in range(200):
        chance = random.Random(seed)
        compare(
            make.damage(pieces[seed % len(pieces)], chance, chance.randint(1, 3)), args, FORWARDS
        )


@pytest.mark.shared
def test_records_of_a_library(loc_books: Path) -> None:
    compare(loc_books.read_bytes(), {}, [*ACCESSORS, "str", "as_dict", "shape", "as_marc"])


@pytest.mark.shared
def test_records_of_a_library_damaged(loc_books: Path) -> None:
    data = loc_books.read_bytes()[:200_000]
    begins = [0, *(at + 1 for at, byte in enumerate(data) if byte == 0x1D)]
    for seed in range(200):
        chance = random.Random(seed)
        first = chance.randrange(len(begins) - 4)
        piece = data[begins[first] : begins[first + 3]]
        compare(make.damage(piece, chance), {}, ["shape", "str", "as_marc"])


@pytest.mark.parametrize("read", [bytes, bytearray, memoryview])
def test_source_in_memory(read: Callable[[bytes], Any]) -> None:
    data = make.sample(1) + make.sample(2)
    want = [shape(record) for record in pymarc.MARCReader(data)]
    assert [shape(record) for record in mrrc.MARCReader(read(data))] == want


def test_source_on_disk(tmp_path: Path) -> None:
    data = b"".join(make.sample(n) for n in range(300))
    path = tmp_path / "sample.mrc"
    path.write_bytes(data)
    want = [shape(record) for record in pymarc.MARCReader(data)]
    for source in (path, str(path)):
        assert [shape(record) for record in mrrc.MARCReader(source)] == want
    for buffering in (0, -1):
        with path.open("rb", buffering=buffering) as file:
            assert [shape(record) for record in mrrc.MARCReader(file)] == want


class Trickle:
    """A source that cannot seek, and says `read(n)` only."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


@given(data=make.damaged(make.files()))
def test_source_that_only_reads(data: bytes) -> None:
    assume(Difference.short_length(data) is None)
    with listening():
        theirs, ours = pymarc.MARCReader(Trickle(data)), mrrc.MARCReader(Trickle(data))
        for other in theirs:
            mine = next(ours)
            assert (mine is None) == (other is None)
            assert ours.current_chunk == theirs.current_chunk
        assert next(ours, "end") == "end"


@given(data=make.files(), switches=st.lists(st.sampled_from(ARGUMENTS), max_size=4))
def test_arguments_changed_while_reading(data: bytes, switches: list[dict[str, Any]]) -> None:
    def read(package: ModuleType) -> list[Any]:
        reader = package.MARCReader(io.BytesIO(data))
        shapes = []
        for args in [*switches, {}, {}, {}, {}]:
            for name, value in args.items():
                setattr(reader, name, value)
            record = next(reader, "end")
            if record == "end":
                break
            error = reader.current_exception
            shapes.append(Raised(error) if record is None else shape(record))
        return shapes

    with listening():
        assert read(mrrc) == read(pymarc)


# Records made from bytes, and written -------------------------------------------


@settings(max_examples=4 * settings().max_examples)
@given(
    args=st.sampled_from(ARGUMENTS),
    data=make.damaged(st.one_of(make.utf8_records(), make.marc8_records())),
)
def test_record_from_bytes(args: dict[str, Any], data: bytes) -> None:
    args = {name: value for name, value in args.items() if name != "permissive"}
    assume(not Difference.of_text(data, args))

    def made(package: ModuleType) -> Any:
        with listening() as told:
            result = seen(lambda data: shape(package.Record(data=data, **args)), data)
            return result, told()

    assert made(mrrc) == made(pymarc)


def written(package: ModuleType, data: bytes) -> bytes:
    file = io.BytesIO()
    writer = package.MARCWriter(file)
    for record in package.MARCReader(data):
        writer.write(record)
    writer.close(close_fh=False)
    return file.getvalue()


@given(data=make.files())
def test_writing(data: bytes) -> None:
    with listening():
        assert written(mrrc, data) == written(pymarc, data)


@given(data=make.utf8_records())
def test_sound_utf8_is_written_as_it_was_read(data: bytes) -> None:
    assert written(mrrc, data) == data


@pytest.mark.shared
def test_yaz_writes_the_same(loc_books: Path, yaz: str, tmp_path: Path) -> None:
    data = written(mrrc, loc_books.read_bytes())
    path = tmp_path / "written.mrc"
    path.write_bytes(data)
    done = subprocess.run([yaz, "-i", "marc", "-o", "marc", str(path)], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == data


def test_yaz_writes_the_same_of_each_kind(
    yaz: str, tmp_path: Path, pymarc_data: list[Path]
) -> None:
    names = ["marc.dat", "test.dat", "marc8.dat", "multi_isbn.dat", "utf8_with_leader_flag.dat"]
    with listening():
        data = b"".join(written(mrrc, p.read_bytes()) for p in pymarc_data if p.name in names)
    path = tmp_path / "written.mrc"
    path.write_bytes(data)
    done = subprocess.run([yaz, "-i", "marc", "-o", "marc", str(path)], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == data


# Editing ------------------------------------------------------------------------

Edit = Callable[[ModuleType, Any], Any]

_tags = st.sampled_from(["001", "020", "245", "500", "650", "880", "999", "ABC"])
_digits = st.text("0123456789 ", min_size=1, max_size=1)
_subfields = st.lists(st.tuples(st.sampled_from("abx6"), make.texts(8)), max_size=3)


def _field(package: ModuleType, tag: str, first: str, subfields: list[tuple[str, str]]) -> Any:
    if tag < "010":
        return package.Field(tag, data="".join(value for _, value in subfields))
    made = [package.Subfield(code, value) for code, value in subfields]
    return package.Field(tag, package.Indicators(first, " "), made)


def _adding(method: str, tag: str, first: str, subfields: list[tuple[str, str]]) -> Edit:
    return lambda package, record: getattr(record, method)(_field(package, tag, first, subfields))


def _setting(tag: str, code: str, value: str) -> Edit:
    return lambda package, record: record[tag].__setitem__(code, value)


def _subfield(tag: str, code: str, value: str, pos: int | None) -> Edit:
    return lambda package, record: record[tag].add_subfield(code, value, pos)


def _attribute(tag: str, name: str, value: str) -> Edit:
    return lambda package, record: setattr(record[tag], name, value)


def _appending(tag: str, code: str, value: str) -> Edit:
    return lambda package, record: record[tag].subfields.append(package.Subfield(code, value))


def _in_fields(what: str) -> Edit:
    def edit(package: ModuleType, record: Any) -> None:
        fields = record.fields
        if what == "sort":
            fields.sort(key=lambda fld: fld.tag)
        elif what == "reverse":
            fields.reverse()
        elif what == "pop":
            fields.pop()
        elif what == "repeat":
            fields.append(fields[0])
        else:
            record.fields = [fld for fld in fields if fld.tag != "245"]

    return edit


EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(
        _adding,
        st.sampled_from(["add_field", "add_ordered_field", "add_grouped_field"]),
        _tags,
        _digits,
        _subfields,
    ),
    st.builds(_setting, _tags, st.sampled_from("abx"), make.texts(8)),
    st.builds(
        _subfield, _tags, st.sampled_from("abx"), make.texts(8), st.sampled_from([None, 0, 1, 9])
    ),
    st.builds(_appending, _tags, st.sampled_from("abx"), make.texts(8)),
    st.builds(_attribute, _tags, st.sampled_from(["indicator1", "indicator2"]), _digits),
    st.builds(_attribute, _tags, st.just("data"), make.texts(8)),
    st.builds(_attribute, _tags, st.just("tag"), st.sampled_from(["246", "651"])),
    _tags.map(lambda tag: lambda package, record: record.remove_fields(tag)),
    _tags.map(lambda tag: lambda package, record: record.remove_field(*record.get_fields(tag))),
    _tags.map(lambda tag: lambda package, record: record[tag].delete_subfield("a")),
    st.sampled_from(["sort", "reverse", "pop", "repeat", "assign"]).map(_in_fields),
    st.sampled_from("acdnp").map(
        lambda status: lambda package, record: setattr(record.leader, "record_status", status)
    ),
    st.just(lambda package, record: record.leader.__setitem__(slice(17, 18), "7")),
    st.sampled_from(FORWARDS).map(lambda name: lambda package, record: VIEWS[name](record)),
)


@given(data=st.one_of(make.utf8_records(), make.marc8_records()), edits=st.lists(EDITS, max_size=8))
def test_editing(data: bytes, edits: list[Edit]) -> None:
    with listening():
        theirs, ours = (next(package.MARCReader(data)) for package in (pymarc, mrrc))
        for edit in edits:
            want = seen(lambda record, edit=edit: plain_or_value(edit(pymarc, record)), theirs)
            got = seen(lambda record, edit=edit: plain_or_value(edit(mrrc, record)), ours)
            assert got == want
        assert views_of(ours, FORWARDS) == views_of(theirs, FORWARDS)


def plain_or_value(value: Any) -> Any:
    """What an edit gives back, comparable between the packages."""
    return value if not isinstance(value, list) else [str(item) for item in value]


def test_what_was_handed_out_stays_the_same() -> None:
    record = next(mrrc.MARCReader(make.sample()))
    title, leader = record["245"], record.leader
    notes = record.get_fields("500", "650")
    assert record["245"] is title
    assert record.leader is leader
    fields = record.fields
    assert fields is record.fields is record.get_fields()
    assert any(fld is title for fld in fields)
    assert all(any(fld is note for fld in fields) for note in notes)
    assert record["245"] is title
    assert record.leader is leader
    title["a"] = "Another title :"
    assert record.title == "Another title : the rest /"
    assert b"Another title" in record.as_marc()
