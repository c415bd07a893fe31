# SPDX-License-Identifier: MIT
"""Readers and writers of one kind of record, whatever stands between the records of theirs.

What a reader of a kind yields is compared with what `MARCReader` does of the same bytes.
"""

import copy
import io
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import (
    AuthorityMARCReader,
    AuthorityMARCWriter,
    AuthorityRecord,
    Field,
    HoldingsMARCReader,
    HoldingsMARCWriter,
    HoldingsRecord,
    InvalidField,
    Leader,
    MARCReader,
    Record,
    RecordBatch,
    Subfield,
    WriterError,
)


def marc(kind: str, number: int = 1, *, odd: bool = False, coding: str = "a") -> bytes:
    """A record of a kind; an odd one goes pymarc's way in Python."""
    value = b"caf\xc3\xa9"
    return make.iso2709(
        [
            make.control_field("001", f"{kind}{number}"),
            make.control_field("003", "a\x1fb" if odd else "ab"),
            make.data_field("852", "0 ", ("a", "DLC"), ("b", value)),
        ],
        kind=f"{kind}m",
        coding=coding,
    )


class Counting(io.BytesIO):
    """A file object that is no BytesIO to look at."""


SOURCES: dict[str, Any] = {
    "bytes": lambda data, folder: data,
    "file": lambda data, folder: Counting(data),
    "path": lambda data, folder: written(folder / "records.mrc", data),
}


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


sources = pytest.mark.parametrize("source", SOURCES)


def seen(reader: Any) -> list[Any]:
    """What a reader yields: control numbers, or what it says of those that it does not."""
    result: list[Any] = []
    for record in reader:
        if record is None:
            result.append((type(reader.current_exception), str(reader.current_exception)))
        else:
            assert reader.current_exception is None
            assert type(record) is reader._class
            result.append(record["001"].data)
        result.append(bytes(reader.current_chunk))
    return result


@sources
@pytest.mark.parametrize("odd", [False, True])
def test_other_kinds_are_passed_in_step(source: str, odd: bool, tmp_path: Path) -> None:
    first, bib, second, holdings = (
        marc(kind, number, odd=odd) for number, kind in enumerate("zazx")
    )
    data = first + bib + second + holdings
    name = str(tmp_path / "records.mrc") if source == "path" else None

    def refused(number: int, offset: int, found: str) -> tuple[type, str]:
        text = f"invalid field: expected authority record type 'z', got {found!r}"
        at = offset + 6
        return InvalidField, f"[record {number} · field LDR] {text}  (byte 0x{at:X} / {at})"

    reader = AuthorityMARCReader(SOURCES[source](data, tmp_path))
    assert seen(reader) == [
        "z0",
        first,
        refused(2, len(first), "a"),
        bib,
        "z2",
        second,
        refused(4, len(first + bib + second), "x"),
        holdings,
    ]
    reader.close()
    reader = AuthorityMARCReader(SOURCES[source](data, tmp_path))
    assert reader.read_record()["001"].data == "z0"  # type: ignore
    with pytest.raises(InvalidField) as caught:
        reader.read_record()
    assert (caught.value.found, caught.value.expected) == (b"a", "'z'")
    assert (caught.value.record_byte_offset, caught.value.source) == (6, name)
    assert reader.tell() == len(first + bib)
    assert reader.read_record()["001"].data == "z2"  # type: ignore
    reader.close()


@sources
def test_holdings_are_of_four_types(source: str, tmp_path: Path) -> None:
    data = b"".join(marc(kind) for kind in "uavzxy")
    with HoldingsMARCReader(SOURCES[source](data, tmp_path)) as reader:
        types = [record and record.record_type() for record in reader]
    assert types == ["u", None, "v", None, "x", "y"]
    with HoldingsMARCReader(marc("a")) as reader:
        assert next(reader) is None
        assert "expected holdings record type 'u' or 'v' or 'x' or 'y', got 'a'" in str(
            reader.current_exception
        )


@sources
def test_nothing_but_others(source: str, tmp_path: Path) -> None:
    with AuthorityMARCReader(SOURCES[source](marc("a") * 5, tmp_path)) as reader:
        assert list(reader) == [None] * 5
        assert next(reader, "end") == "end"


@sources
def test_other_damage_is_what_it_is(source: str, tmp_path: Path) -> None:
    def both(data: bytes) -> tuple[list[Any], list[Any]]:
        with MARCReader(SOURCES[source](data, tmp_path)) as plain:
            expected = seen(plain)
        with AuthorityMARCReader(SOURCES[source](data, tmp_path)) as reader:
            return seen(reader), expected

    base = bytearray(marc("z"))
    base[12:17] = b"xxxxx"
    for damaged in (bytes(base), b"0000", b"abcde" + marc("z")[5:], marc("z")[:-1]):
        mine, theirs = both(marc("z") + damaged + marc("z"))
        assert mine == theirs


@sources
@given(st.lists(st.tuples(st.sampled_from("zax"), st.booleans()), max_size=12), st.data())
def test_as_a_reader_of_all_would(source: str, kinds: list[Any], draw: st.DataObject) -> None:
    data = b"".join(marc(kind, n, odd=odd) for n, (kind, odd) in enumerate(kinds))
    if source == "path":
        return  # C reads bytes in the same way
    target: Any = Counting(data) if source == "file" else data
    expected = [
        record if record.leader[6] == "z" else None  # type: ignore
        for record in MARCReader(data)
    ]
    turn = draw.draw(st.integers(0, 12))
    reader = AuthorityMARCReader(target)
    found = []
    for number, record in enumerate(reader):
        found.append(record)
        if number == turn:
            reader.to_unicode = False  # what was read ahead is read again
    assert [each and each["001"].value() for each in found[: turn + 1]] == [
        each and each["001"].value() for each in expected[: turn + 1]
    ]
    assert [each is None for each in found] == [each is None for each in expected]
    assert all(isinstance(each, AuthorityRecord) for each in found if each is not None)
    assert all(each["001"].data[:1] == b"z" for each in found[turn + 1 :] if each)  # type: ignore


def test_places_and_seeking() -> None:
    parts = [marc(kind, number) for number, kind in enumerate("azaz")]
    reader = AuthorityMARCReader(b"".join(parts))
    assert next(reader) is None and reader.tell() == len(parts[0])
    assert next(reader)._place() == (None, 2, len(parts[0]))  # type: ignore
    reader.seek(len(b"".join(parts[:3])))
    assert next(reader)["001"].data == "z3"  # type: ignore
    reader.seek(0)
    assert next(reader) is None
    assert reader.current_exception.record_index == 1  # type: ignore


def test_batches() -> None:
    data = marc("z", 1) + marc("a", 2) + marc("z", 3, odd=True) + marc("z", 4) + marc("z", 5)
    for n in (None, 1, 2):
        batches = list(AuthorityMARCReader(data).batches(n))
        records = [record for batch in batches for record in batch]
        assert [type(record) for record in records if record] == [AuthorityRecord] * 4
        assert [record and record["001"].data for record in records] == [
            "z1",
            None,
            "z3",
            "z4",
            "z5",
        ]
        again = pickle.loads(pickle.dumps(batches[-1]))
        assert type(again[-1]) is AuthorityRecord


def test_a_batch_keeps_classes_that_hold_nothing_more() -> None:
    class Named(Record):
        name = "x"

    record = Named(marc("a"))
    record.name = "y"
    mixed = [AuthorityRecord(marc("z")), HoldingsRecord(marc("x")), Record(marc("a")), record]
    classes = [type(each) for each in RecordBatch(mixed)]
    assert classes == [AuthorityRecord, HoldingsRecord, Record, Record]


def test_threads_share_a_reader(tmp_path: Path) -> None:
    kinds = "zza" * 2000
    data = b"".join(marc(kind, number) for number, kind in enumerate(kinds))
    reader = AuthorityMARCReader(written(tmp_path / "many.mrc", data))
    found: list[Any] = []

    def take() -> None:
        found.extend(record and record["001"].data for record in reader)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader.close()
    assert found.count(None) == 2000
    assert sorted(each for each in found if each) == sorted(
        f"z{number}" for number, kind in enumerate(kinds) if kind == "z"
    )


# Records ------------------------------------------------------------------------


KINDS = [(AuthorityRecord, "z", "z"), (HoldingsRecord, "uvxy", "u")]


@pytest.mark.parametrize(("kind", "types", "first"), KINDS)
def test_made_from_nothing(kind: Any, types: str, first: str) -> None:
    record = kind()
    assert str(record.leader) == f"      {first}   22        4500"
    assert record.record_type() == first
    for each in types:
        made = kind(leader=f"00000n{each}  a2200000n  4500", fields=[Field("001", data="1")])
        assert made.record_type() == each
        assert kind(Leader(str(made.leader))).record_type() == each
    with pytest.raises(InvalidField, match="got 'a'"):
        kind(leader="00000nam a2200000n  4500")


@pytest.mark.parametrize(("kind", "types", "first"), KINDS)
@pytest.mark.parametrize("odd", [False, True])
def test_made_from_bytes(kind: Any, types: str, first: str, odd: bool) -> None:
    data = marc(first, odd=odd)
    record = kind(data)
    assert record.as_marc() == data
    assert not mrrc.diff(record, Record(data))
    with pytest.raises(InvalidField, match="record type .*, got 'a'"):
        kind(marc("a", odd=odd))
    with pytest.raises(mrrc.RecordLeaderInvalid):
        kind(b"00000")
    wrong = bytearray(data)
    wrong[6] = 0xE9
    with pytest.raises(InvalidField) as caught:
        kind(bytes(wrong))
    assert caught.value.found == b"\xe9"


@pytest.mark.parametrize(("kind", "types", "first"), KINDS)
def test_another_record_as_one_of_a_kind(kind: Any, types: str, first: str) -> None:
    (record,) = mrrc.read(Record(marc(first)).to_xml().encode())
    assert type(record) is Record
    made = kind(leader=record.leader, fields=record.fields)
    assert made.fields is record.fields
    assert not mrrc.diff(made, record)


@pytest.mark.parametrize(("kind", "types", "first"), KINDS)
@pytest.mark.parametrize(
    "touch", [lambda record: None, lambda record: record["852"], lambda record: record.fields]
)
def test_copies_and_pickles(kind: Any, types: str, first: str, touch: Any) -> None:
    record = kind(marc(first))
    touch(record)
    for again in (
        pickle.loads(pickle.dumps(record)),
        copy.copy(record),
        copy.deepcopy(record),
    ):
        assert type(again) is kind
        assert again.as_marc() == marc(first)


@pytest.mark.parametrize(("kind", "types", "first"), KINDS)
def test_every_format(kind: Any, types: str, first: str) -> None:
    mine, plain = kind(marc(first)), Record(marc(first))
    for name, form in mrrc.formats.FORMATS.items():
        if form.writes:
            memory, other = io.BytesIO(), io.BytesIO()
            assert mrrc.write([mine], memory, name) == mrrc.write([plain], other, name) == 1
            assert memory.getvalue() == other.getvalue()
    writers: list[Any] = [
        (mrrc.JSONWriter, io.StringIO),
        (mrrc.TextWriter, io.StringIO),
        (mrrc.XMLWriter, io.BytesIO),
        (mrrc.MARCWriter, io.BytesIO),
    ]
    for writer, target in writers:
        texts = []
        for record in (mine, plain):
            with target() as file:
                each = writer(file)
                each.write(record)
                each.close(close_fh=False)
                texts.append(file.getvalue())
        assert texts[0] == texts[1]
    assert str(mine) == str(plain)
    assert mine.to_json() == plain.to_json() and mine.as_dict() == plain.as_dict()


# Writers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("writer", "own", "other"),
    [(AuthorityMARCWriter, "z", "a"), (HoldingsMARCWriter, "y", "z")],
)
def test_writers_refuse_other_kinds(writer: Any, own: str, other: str, tmp_path: Path) -> None:
    path = tmp_path / "records.mrc"
    with writer(path) as out:
        out.write(Record(marc(own)))
        with pytest.raises(WriterError, match=f"got '{other}'") as caught:
            out.write(Record(marc(other)))
        assert (caught.value.field_tag, caught.value.record_control_number) == ("LDR", f"{other}1")
        with pytest.raises(WriterError, match=f"001 '{other}1'"):
            out.write_record(Record(marc(other), to_unicode=False))
        changed = Record(marc(own))
        changed.leader[6] = other
        with pytest.raises(WriterError):
            out.write(changed)
        with pytest.raises(WriterError, match="got ''"):
            changed.leader = "short"
            out.write(changed)
        with pytest.raises(mrrc.WriteNeedsRecord):
            out.write(None)
        out.write_record(Record(marc(own)))
    assert path.read_bytes() == marc(own) * 2
    with pytest.raises(mrrc.NoActiveFile):
        out.write(Record(marc(own)))


def test_writers_know_marc8() -> None:
    memory = io.BytesIO()
    record = AuthorityRecord(fields=[Field("100", "1", " ", subfields=[Subfield("a", "é")])])
    AuthorityMARCWriter(memory, encoding="marc-8").write(record)
    assert b"\xe2e" in memory.getvalue()


@pytest.mark.parametrize("kind", [AuthorityRecord, HoldingsRecord])
def test_control_fields_by_their_other_name(kind: Any) -> None:
    record = kind(fields=[Field("001", data="n1"), Field("100", subfields=[Subfield("a", "x")])])
    assert record.get_control_field("001") == "n1"
    assert record.get_control_field("003") is record.get_control_field("100") is None


def test_a_type_may_be_changed() -> None:
    record = AuthorityRecord(marc("z"))
    record.leader[6] = "a"
    assert record.record_type() == "a"
    with pytest.raises(WriterError):
        AuthorityMARCWriter(io.BytesIO()).write(record)
