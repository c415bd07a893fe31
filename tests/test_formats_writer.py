# SPDX-License-Identifier: MIT
"""The writer of all formats: what is gathered, what cannot be written, and who is told."""

import io
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

import mrrc
from mrrc import Field, FormatWriter, Indicators, Record, RepairWarning, Subfield, WriterError
from mrrc.formats import FORMATS
from mrrc.formats.writer import write_flags

WRITTEN = sorted(name for name, each in FORMATS.items() if each.writes)


def record(number: int = 1, title: str = "Title") -> Record:
    made = Record()
    made.add_field(Field("001", data=str(number)))
    made.add_field(Field("245", Indicators("1", "0"), [Subfield("a", title)]))
    return made


def too_long(number: int) -> Record:
    """A record that ISO 2709 has no place for."""
    return record(number, "x" * 10_000)


def raw() -> Record:
    return next(r for r in mrrc.MARCReader(make.sample(1), to_unicode=False) if r is not None)


def odd() -> Record:
    """A record that cannot be packed, but written by pymarc's rules."""
    made = record(5)
    made.add_field(Field("500", Indicators(" ", " "), [Subfield("xy", "odd")]))
    return made


def written(records: Any, format: str, **options: Any) -> bytes:
    memory = io.BytesIO()
    with FormatWriter(memory, format, **options) as writer:
        for each in records:
            writer.write(each)
    return memory.getvalue()


@pytest.mark.parametrize("format", WRITTEN)
@pytest.mark.parametrize("count", [0, 1, 2, 2500])
def test_what_is_written_is_what_a_batch_encodes(format: str, count: int) -> None:
    records = [record(number) for number in range(count)]
    assert written(records, format) == mrrc.RecordBatch(records).encode(format)


@given(data=make.files())
def test_iso_2709_is_what_as_marc_writes(data: bytes) -> None:
    records = [r for r in mrrc.MARCReader(data) if r is not None]
    before = [str(r.leader) for r in records]
    memory = written(records, "marc")
    assert [str(r.leader) for r in records] == before
    assert memory == b"".join(r.as_marc() for r in records)


@pytest.mark.parametrize("unmapped", ["ncr", "replace"])
@given(data=make.files())
def test_marc_8_is_what_marcwriter_writes(unmapped: str, data: bytes) -> None:
    records = [r for r in mrrc.MARCReader(data) if r is not None]
    memory = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        writer = mrrc.MARCWriter(memory, encoding="marc-8", unmapped=unmapped)
        for each in records:
            writer.write(each)
        got = written(records, "marc", encoding="marc-8", unmapped=unmapped)
    assert got == memory.getvalue()


def test_every_way_a_record_was_read(tmp_path: Path) -> None:
    """Decoded, undecoded and odd ones stand in one file as they would stand alone."""
    mixed = [record(1), raw(), raw(), record(2), odd(), raw(), odd(), record(3)]
    undecoded = record(4, "caf\xe9")
    undecoded.to_unicode = False
    mixed.append(undecoded)
    alone = b"".join(self_made(each) for each in mixed)
    assert written(mixed, "marc") == alone


def self_made(each: Record) -> bytes:
    from copy import deepcopy

    return deepcopy(each).as_marc()


def test_a_record_is_written_as_it_is_at_the_time() -> None:
    memory = io.BytesIO()
    changing = record(1)
    with FormatWriter(memory, "mrk") as writer:
        writer.write(changing)
        changing["245"]["a"] = "Changed"
        writer.write(changing)
    assert memory.getvalue().count(b"Changed") == 1
    assert writer.records_written == 2


def test_records_are_gathered_until_flush() -> None:
    memory = io.BytesIO()
    writer = FormatWriter(memory, "marcjson")
    writer.write(record())
    assert memory.getvalue() == b""
    writer.flush()
    assert b"Title" in memory.getvalue()
    writer.close()
    assert memory.getvalue().endswith(b"]\n")
    writer.close()
    with pytest.raises(mrrc.NoActiveFile):
        writer.write(record())
    with pytest.raises(mrrc.NoActiveFile):
        writer.flush()


@pytest.mark.parametrize("none", [None, "record", 5])
def test_only_records_are_written(none: Any) -> None:
    writer = FormatWriter(io.BytesIO(), "mrk")
    writer.write(record())
    with pytest.raises(mrrc.WriteNeedsRecord) as caught:
        writer.write(none)
    assert caught.value.record_index == 2


def test_a_record_that_cannot_be_written_is_named_and_the_others_are_there() -> None:
    memory = io.BytesIO()
    bad = {0, 3, 4, 1500, 2999}
    errors = []
    writer = FormatWriter(memory, "marc")

    def attempt(call: Callable[..., Any], *arguments: Any) -> bool:
        try:
            call(*arguments)
        except WriterError as error:
            errors.append(error)
            return False
        return True

    for number in range(3000):
        attempt(writer.write, too_long(number) if number in bad else record(number))
    while not attempt(writer.flush):
        pass
    writer.close()
    assert [error.record_index for error in errors] == [number + 1 for number in sorted(bad)]
    assert [error.record_control_number for error in errors] == [str(n) for n in sorted(bad)]
    assert {error.field_tag for error in errors} == {"245"}
    back = [int(r["001"].data) for r in mrrc.MARCReader(memory.getvalue())]  # type: ignore[index]
    assert back == [number for number in range(3000) if number not in bad]
    assert writer.records_written == 2995


def test_an_odd_record_behind_a_bad_one_is_not_lost() -> None:
    memory = io.BytesIO()
    writer = FormatWriter(memory, "marc")
    for each in (record(1), too_long(2), odd(), record(3)):
        writer.write(each)
    with pytest.raises(WriterError) as caught:
        writer.flush()
    assert caught.value.record_index == 2
    writer.close()
    back = [r["001"].data for r in mrrc.MARCReader(memory.getvalue())]  # type: ignore[index]
    assert back == ["1", "5", "3"]


def test_a_path_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"old")
    with pytest.raises(WriterError), FormatWriter(path) as writer:
        writer.write(record(1))
        writer.write(too_long(2))
    assert path.read_bytes() == b"old"
    writer = FormatWriter(path)
    writer.write(too_long(1))
    with pytest.raises(WriterError):
        writer.close()
    assert path.read_bytes() == b"old"
    writer = FormatWriter(path)
    writer.write(record(1))
    writer.discard()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.mrc"]


@pytest.mark.parametrize("format", sorted(set(WRITTEN) - {"marc"}))
def test_undecoded_records_are_for_iso_2709(format: str) -> None:
    writer = FormatWriter(io.BytesIO(), format)
    writer.write(record())
    with pytest.raises(WriterError, match="not decoded") as caught:
        writer.write(raw())
    assert caught.value.record_index == 2
    writer.write(record())
    writer.close()
    assert writer.records_written == 2


def test_a_record_refused_at_once_counts_among_the_others() -> None:
    writer = FormatWriter(io.BytesIO(), "marc")
    bad = odd()
    bad.add_field(Field("501", Indicators(" ", " "), [Subfield("xy", "a\x1eb")]))
    writer.write(record(1))
    for number in (2, 3):
        with pytest.raises(WriterError) as caught:
            writer.write(bad)
        assert caught.value.record_index == number
    writer.write(too_long(4))
    with pytest.raises(WriterError) as caught:
        writer.flush()
    assert caught.value.record_index == 4
    with pytest.raises(WriterError) as caught:
        writer.write(bad)
    assert caught.value.record_index == 5
    with pytest.raises(mrrc.WriteNeedsRecord) as stranger:
        writer.write(None)  # type: ignore[arg-type]
    assert stranger.value.record_index == 6
    writer.write(record(6))
    writer.close()
    assert writer.records_written == 2


def test_what_is_replaced_behind_a_refused_record_is_said_with_its_number() -> None:
    writer = FormatWriter(io.BytesIO(), "marcxml")
    writer.write(record(1, "bell \a"))
    with pytest.raises(WriterError):
        writer.write(raw())
    writer.write(odd())
    writer.write(record(4, "bell \a"))
    with pytest.warns(RepairWarning) as caught:
        writer.close()
    messages: list[Any] = [each.message for each in caught]
    assert [each.record_index for each in messages] == [1, 4]


@pytest.mark.parametrize("format", ["jsonl", "marcjson"])
def test_json_says_odd_records_as_they_are(format: str) -> None:
    import json

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = written([record(1), odd(), record(2), odd()], format)
    if format == "jsonl":
        got = [json.loads(line) for line in text.splitlines()]
    else:
        got = json.loads(text)
    assert got == [json.loads(each.as_json()) for each in (record(1), odd(), record(2), odd())]


@pytest.mark.parametrize("format", ["marcxml", "mrk", "line", "mods", "csv"])
def test_other_formats_say_them_with_a_warning(format: str) -> None:
    with pytest.warns(RepairWarning) as caught:
        text = written([record(1), odd(), record(2)], format).decode()
    message: Any = caught[0].message
    assert message.record_index == 2
    assert "odd" in text or format == "mods"


def test_what_is_replaced_is_said() -> None:
    records = [record(1), record(2, "bell \a"), record(3)]
    with pytest.warns(RepairWarning) as caught:
        text = written(records, "marcxml").decode()
    assert "bell \ufffd" in text
    messages: list[Any] = [each.message for each in caught]
    assert [(each.record_index, each.field_tag) for each in messages] == [(2, "245")]
    # odd ones count, too, and warn themselves
    bell = records[1]
    with pytest.warns(RepairWarning) as caught:
        written([bell, odd(), bell, odd(), record(3), bell], "marcxml")
    messages = [each.message for each in caught]
    assert sorted(each.record_index for each in messages) == [1, 2, 3, 4, 6]
    assert {each.filename for each in caught} == {__file__}


def test_columns() -> None:
    text = written([record(1), record(2, "Other")], "csv", columns=["001", "245$a"])
    assert text.decode().splitlines() == ["001,245$a", "1,Title", "2,Other"]
    with pytest.raises(ValueError, match=r"\^"):
        FormatWriter(io.BytesIO(), "csv", columns=["245$"])
    with pytest.raises(ValueError, match="columns are for"):
        FormatWriter(io.BytesIO(), "mrk", columns=["245$a"])
    with pytest.raises(TypeError, match="list of selectors"):
        FormatWriter(io.BytesIO(), "csv", columns="245$a")


def test_formulas() -> None:
    formula = record(1, "=SUM(A1)")
    assert b"'=SUM" in written([formula], "csv")
    assert b"'=SUM" not in written([formula], "csv", formulas=True)


def test_nothing_is_made_of_a_call_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    for arguments in (
        {"format": "docx"},
        {"columns": ["245$"]},
        {"encoding": "latin-1"},
        {"encoding": "marc-8"},
        {"unmapped": "no"},
    ):
        with pytest.raises(ValueError):
            FormatWriter(path, **arguments)  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


def test_flags() -> None:
    assert write_flags("marc") == write_flags("marc", "UTF8")
    assert write_flags("marc", "marc8") != write_flags("marc", "marc-8", "replace")
    assert write_flags("mrk", "utf-8") == write_flags("mrk", formulas=True) == 0
    for format, encoding, unmapped in (
        ("marc", "latin-1", "ncr"),
        ("mrk", "marc-8", "ncr"),
        ("marc", "marc-8", "x"),
    ):
        with pytest.raises(ValueError):
            write_flags(format, encoding, unmapped)


@given(numbers=st.lists(st.sampled_from("rbow"), max_size=12))
def test_any_order_of_kinds(numbers: list[str]) -> None:
    kinds = {"r": raw(), "b": too_long(1), "o": odd(), "w": record(1)}
    memory = io.BytesIO()
    writer = FormatWriter(memory, "marc")
    for kind in numbers:
        writer.write(kinds[kind])
    wrong = 0
    while True:
        try:
            writer.flush()
        except WriterError:
            wrong += 1
            continue
        break
    writer.close()
    assert wrong == numbers.count("b")
    assert memory.getvalue() == b"".join(self_made(kinds[kind]) for kind in numbers if kind != "b")


def test_an_undecoded_record_is_named_in_words() -> None:
    (record,) = mrrc.MARCReader(make.sample(1), to_unicode=False)
    with pytest.raises(mrrc.WriterError) as caught:
        mrrc.write([record], io.BytesIO(), "mrk")  # type: ignore[list-item]
    assert caught.value.record_control_number == "smpl00000001"
