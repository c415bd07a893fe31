# SPDX-License-Identifier: MIT
"""Records copied as they stand: their bytes, their numbers, and what is encoded after all."""

import argparse
import io
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, mrrc, sample_records

import mrrc as package
from mrrc.cli.copies import Chosen, Chunks, content_of, control_number, digest
from mrrc.cli.messages import Messages
from mrrc.cli.stream import Stream

#: Each is read in its own way: ordinary, in MARC-8, and one that pymarc's rules repair.
ODD = [
    *sample_records()[:2],
    make.iso2709(
        [make.control_field("001", "m8"), make.data_field("245", "00", ("a", b"\xe2e"))], coding=" "
    ),
    make.iso2709([make.control_field("001", "x\x1fy"), make.data_field("245", "0", ("a", "b"))]),
    *sample_records()[-3:],
]


def arguments(*files: object, **changes: Any) -> argparse.Namespace:
    values: dict[str, Any] = {
        "files": [str(each) for each in files],
        "source_format": None,
        "encoding": None,
        "where": None,
        "recovery": None,
        "validation_level": "structural",
        "skip": 0,
        "limit": None,
        "strict": False,
        "target_encoding": None,
        "unmapped": "ncr",
    }
    return argparse.Namespace(**{**values, **changes})


@pytest.mark.parametrize("skip", [0, 1, 3])
def test_chunks(skip: int, tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(b"".join(ODD))
    with Messages(quiet=True) as messages:
        stream = Stream(arguments(path, SAMPLE, skip=skip), messages)
        chunks = Chunks(stream)
        found = [chunks.of(record) for record in stream]
    assert found == (ODD + sample_records())[skip:]


def test_chunks_of_many_blocks(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(SAMPLE.read_bytes() * 60)
    with Messages() as messages:
        stream = Stream(arguments(path), messages)
        chunks = Chunks(stream)
        assert [chunks.of(record) for record in stream] == sample_records() * 60


def test_chunks_of_a_pipe() -> None:
    done = mrrc("dedup", "--strategy", "hash", stdin=b"".join(ODD))
    assert (done.status, done.out) == (0, b"".join(ODD))


def test_other_formats_have_no_chunks(tmp_path: Path) -> None:
    path = tmp_path / "x.mrk"
    assert mrrc("convert", SAMPLE, "-o", path).status == 0
    with Messages() as messages:
        stream = Stream(arguments(path), messages)
        chunks = Chunks(stream)
        assert {chunks.of(record) for record in stream} == {None}


def test_control_number() -> None:
    field = package.Field("245", "0", "0", subfields=[package.Subfield("a", "\x1e001")])
    for values, expected in [
        ([], None),
        (["1"], b"1"),
        (["a", "b"], b"a"),
        (["  "], None),
        ([""], None),
        ([" 1 "], b" 1 "),
    ]:
        record = package.Record(fields=[package.Field("001", data=each) for each in values])
        assert control_number(record) == expected
        record.add_field(package.Field("500", "0", "0", subfields=[package.Subfield("a", "x")]))
        for again in package.MARCReader(record.as_marc()):
            assert again is not None
            assert control_number(again) == expected
    assert control_number(package.Record(fields=[field])) is None
    last = package.Record(make.iso2709([make.control_field("001", "end")]))
    assert control_number(last) == b"end"


def test_content_is_what_diff_compares() -> None:
    def of(data: bytes) -> bytes:
        record = next(package.MARCReader(data))
        assert record is not None
        return content_of(record)

    one = make.sample()
    assert of(one) == of(one)
    assert of(one) != of(make.sample(2))
    assert of(one) != of(one[:5] + b"d" + one[6:])
    field = package.Field("245", "0", "0", subfields=[package.Subfield("ab", "\x1f")])
    odd, same, other = (package.Record(fields=[field]) for _ in range(3))
    other.leader = package.Leader("00000cam a2200000 a 4500")
    assert content_of(odd) == content_of(same) != content_of(other)


def test_digest() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def jsonl(*records: package.Record) -> bytes:
    memory = io.BytesIO()
    package.write(records, memory, "jsonl")
    return memory.getvalue()


@pytest.mark.parametrize("more", [[], ["--to", "marc", "--to-encoding", "utf-8"], ["--to", "mrk"]])
def test_what_cannot_be_written_has_its_own_number(more: list[str], tmp_path: Path) -> None:
    def record(number: int, size: int = 1) -> package.Record:
        field = package.Field("500", subfields=[package.Subfield("a", "x" * size)])
        return package.Record(fields=[package.Field("001", data=f"{number}"), field])

    records = [record(1), record(1), record(2, 10_000), record(3), record(4, 10_000)]
    path = tmp_path / "x.jsonl"
    path.write_bytes(jsonl(*records))
    done = mrrc("dedup", SAMPLE, path, *more)
    lines = done.err.splitlines()
    bad = [line for line in lines if "record" in line and "left out" not in line]
    if "mrk" in more:
        assert done.status == 0
        return
    assert done.status == 1
    assert [line.partition(": record ")[2][:1] for line in bad] == ["3", "5"]
    assert all(line.startswith(f"mrrc: {path}: ") for line in bad)
    if not more:
        assert done.out.startswith(SAMPLE.read_bytes())
    assert done.out.count(b"\x1d") == 23


def test_strict_ends_at_what_cannot_be_written(tmp_path: Path) -> None:
    field = package.Field("500", subfields=[package.Subfield("a", "x" * 10_000)])
    path, target = tmp_path / "x.jsonl", tmp_path / "x.mrc"
    path.write_bytes(jsonl(package.Record(fields=[field])))
    target.write_bytes(b"as it was")
    done = mrrc("dedup", "--strict", SAMPLE, path, "-o", target)
    assert done.status == 1
    assert f"{path}: record 1" in done.err
    assert target.read_bytes() == b"as it was"


def test_a_closed_chosen_lists_its_numbers(tmp_path: Path) -> None:
    """More than a thousand records, so that numbers are forgotten that are no longer needed."""
    path = tmp_path / "x.mrc"
    path.write_bytes(SAMPLE.read_bytes() * 120)
    given = arguments(path, target_format=None)
    with Messages() as messages:
        stream = Stream(given, messages)
        with Chosen(str(tmp_path / "y.mrk"), "mrk", given, stream, messages) as output:
            for record in stream:
                if stream.given % 2:
                    output.put(output.kept(record, None))
                    if len(output._numbers) > 1:
                        number = output._passed + len(output._numbers)
                        assert output._place(number) == (str(path), 2 * number - 1)
                    if stream.given % 500 == 1:
                        output.park()
    assert mrrc("count", tmp_path / "y.mrk").out == b"1260\n"


def test_what_has_a_wrong_end_is_written_anew(tmp_path: Path) -> None:
    """A record whose length is too small by its terminator is read, and would not be again."""
    path = tmp_path / "x.mrc"
    record = make.sample()
    path.write_bytes(b" " + record[1:])  # a length that is read all the same
    done = mrrc("dedup", path)
    assert (done.status, done.out) == (0, b" " + record[1:])


WANTED = "001 in ['   99001003 ', '   99001017 ', 'none']"


@pytest.mark.parametrize("many", [1, 300])
def test_where_leaves_bytes_and_numbers_as_they_are(many: int, tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(SAMPLE.read_bytes() * many)
    records = sample_records()
    two = records[2] + records[16]
    for strategy in ("cn", "hash", "content"):
        options = ["dedup", "--strategy", strategy, "--where", WANTED]
        assert mrrc(*options, path).out == two
        assert mrrc(*options, stdin=path.read_bytes()).out == two
    assert mrrc("sample", str(2 * many), "--where", WANTED, path).out == two * many
    done = mrrc("hash", "--where", WANTED, path)
    assert done.lines[1::2] == [f'"   99001003 ",{digest(records[2])}'] * many
    done = mrrc("partition", "001", "--where", WANTED, path, "-o", tmp_path / "parts", "-q")
    assert done.status == 0
    parts = sorted((tmp_path / "parts").iterdir())
    assert [each.read_bytes() for each in parts] == [records[2] * many, records[16] * many]
