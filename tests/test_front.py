# SPDX-License-Identifier: MIT
"""The front door: any format in, any format out."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
import records as make
from side_by_side import shape

import mrrc
from mrrc import FormatReader, MARCReader, Record, RecordBatch, WriterError
from mrrc.formats import FORMATS

DATA = [make.sample(number) for number in range(20)]
RECORDS = [Record(data) for data in DATA]
LOSSLESS = ("marc", "marcxml", "marcxchange", "turbomarc", "marcjson", "jsonl", "mrk", "line")


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("format", LOSSLESS)
def test_there_and_back(format: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{FORMATS[format].suffixes[-1]}{suffix}"
    assert mrrc.write(RECORDS, path) == 20
    with mrrc.read(path) as reader:
        back = list(reader)
    expected = [Record(data) for data in DATA]
    assert [[str(f) for f in r.fields] for r in back if r is not None] == [
        [str(f) for f in r.fields] for r in expected
    ]


@pytest.mark.parametrize("format", [name for name, each in FORMATS.items() if each.writes])
def test_what_write_takes(format: str) -> None:
    def texts() -> Any:
        batch = RecordBatch(RECORDS)
        for records in (
            RECORDS,
            tuple(RECORDS),
            (record for record in RECORDS),
            batch,
            [RecordBatch(RECORDS[:7]), RecordBatch(RECORDS[7:])],
            MARCReader(b"".join(DATA)),
            MARCReader(b"".join(DATA)).batches(3),
        ):
            memory = io.BytesIO()
            assert mrrc.write(records, memory, format) == 20  # type: ignore[arg-type]
            assert not memory.closed
            yield memory.getvalue()

    assert len(set(texts())) == 1


def test_kinds_of_readers(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"".join(DATA))
    with mrrc.read(path) as reader:
        assert isinstance(reader, MARCReader)
        assert reader.backend_type == "path"
        assert [shape(record) for record in reader] == [shape(Record(data)) for data in DATA]
    with mrrc.read(b"".join(DATA)) as reader:
        assert isinstance(reader, MARCReader)
        assert reader.backend_type == "bytes"
    with path.open("rb") as file, mrrc.read(file) as reader:
        next(reader)
        assert file.tell() == len(DATA[0])
    with mrrc.read(RECORDS[0].to_mrk().encode()) as reader:
        assert isinstance(reader, FormatReader)


def test_options_reach_the_reader() -> None:
    with mrrc.read(DATA[0], to_unicode=False) as reader:
        assert isinstance(reader, MARCReader)
        assert reader.to_unicode is False
    with pytest.raises(TypeError, match="nonsense"):
        mrrc.read(DATA[0], nonsense=True)
    with pytest.raises(TypeError, match="to_unicode"):
        mrrc.read(b"=LDR  x", "mrk", to_unicode=False)
    with pytest.raises(TypeError, match="nonsense"):
        mrrc.write(RECORDS, io.BytesIO(), "marc", nonsense=True)


def latin(coding: str, value: bytes) -> bytes:
    return make.iso2709([make.data_field("245", "10", ("a", value))], coding=coding)


def test_encodings_of_iso_2709() -> None:
    for encoding, data, title in (
        (None, latin(" ", b"Caf\xe2e"), "Café"),
        ("marc-8", latin(" ", b"Caf\xe2e"), "Café"),
        ("UTF-8", latin(" ", "Café".encode()), "Café"),
        ("iso8859-1", latin(" ", "Café".encode("latin-1")), "Café"),
        ("cp1251", latin(" ", "Привет".encode("cp1251")), "Привет"),
        ("cp1251", latin("a", "Привет".encode()), "Привет"),
    ):
        with mrrc.read(data, "marc", encoding) as reader:
            (record,) = reader
            assert record is not None
            assert record["245"]["a"] == title, encoding
    with pytest.raises(LookupError):
        mrrc.read(DATA[0], "marc", "no-such-codec")
    memory = io.BytesIO()
    record = Record()
    record.add_field(mrrc.Field("245", mrrc.Indicators("1", "0"), [mrrc.Subfield("a", "Café")]))
    mrrc.write([record], memory, "marc", "marc-8")
    assert b"Caf\xe2e" in memory.getvalue()


def test_errors_name_the_record_and_leave_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"old")
    long = Record()
    long.add_field(mrrc.Field("001", data="the long one"))
    long.add_field(mrrc.Field("500", mrrc.Indicators(" ", " "), [mrrc.Subfield("a", "x" * 10_000)]))
    with pytest.raises(WriterError) as caught:
        mrrc.write([*RECORDS, long, *RECORDS], path)
    assert caught.value.record_index == 21
    assert caught.value.record_control_number == "the long one"
    for records in ([None], [*RECORDS, None], [RecordBatch([RECORDS[0], None])]):
        with pytest.raises(mrrc.WriteNeedsRecord):
            mrrc.write(records, path)  # type: ignore[arg-type]

    def fails() -> Any:
        yield RECORDS[0]
        raise KeyError

    with pytest.raises(KeyError):
        mrrc.write(fails(), path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.mrc"]


def test_a_target_may_be_its_own_source(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"".join(DATA))
    with mrrc.read(path) as reader:
        assert mrrc.write(reader, path) == 20  # type: ignore[arg-type]
    assert path.read_bytes() == b"".join(DATA)


def test_a_table_of_chosen_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    mrrc.write(RECORDS, path, columns=["001", "245$a"])
    lines = path.read_text().splitlines()
    assert lines[0] == "001\t245$a"
    assert len(lines) == 21


@pytest.mark.shared
def test_real_records(loc_books: Path, tmp_path: Path) -> None:
    with mrrc.read(loc_books) as reader:
        records = [record for record in reader if record is not None]
    for format in LOSSLESS:
        path = tmp_path / f"x{FORMATS[format].suffixes[-1]}"
        assert mrrc.write(records, path) == 2000
        with mrrc.read(path) as back:
            count = 0
            for ours, theirs in zip(records, back):
                assert theirs is not None
                assert ours.as_marc() == theirs.as_marc()
                count += 1
        assert count == 2000
