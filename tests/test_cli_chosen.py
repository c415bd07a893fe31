# SPDX-License-Identifier: MIT
"""Records written as they stand, and what is encoded after all."""

import hashlib
import io
from pathlib import Path

import pytest
import records as make
from command_line import SAMPLE, mrrc, sample_records

import mrrc as package
from mrrc.cli.chosen import is_sound
from mrrc.formats import FORMATS

WRITTEN = [each.name for each in FORMATS.values() if each.writes]


def test_what_is_sound() -> None:
    record = make.sample()
    assert is_sound(record)
    for chunk in (record[:-1], record + b"\n", b"x" + record[1:], b"99999" + record[5:], b""):
        assert not is_sound(chunk)


@pytest.mark.parametrize("format", WRITTEN)
def test_what_is_encoded_is_what_convert_writes(format: str, tmp_path: Path) -> None:
    odd = make.iso2709(
        [make.control_field("001", "x\x1fy"), make.data_field("245", "0", ("a", "b"))]
    )
    path = tmp_path / "x.mrc"
    path.write_bytes(b"".join([*sample_records()[:3], odd, *sample_records()[3:]]))
    options = ["--recovery", "pymarc", "--to", format, "--to-encoding", "utf-8", path]
    wanted = mrrc("convert", *options)
    for command in ("filter", "001? || !001?"), ("dedup",), ("sample", "-n", "30"):
        done = mrrc(*command, *options)
        assert done.out == wanted.out
        said = [each for each in done.err.splitlines() if "fewer" not in each]
        assert said == wanted.err.splitlines()


def test_files_of_several_formats_become_one(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    assert mrrc("convert", "--limit", "3", SAMPLE, "-o", path).status == 0
    as_marc = mrrc("convert", "--to", "marc", path).out
    assert mrrc("filter", "001?", path, SAMPLE, "--to", "marc").out == as_marc + SAMPLE.read_bytes()
    assert mrrc("filter", "001?", SAMPLE, path).out == SAMPLE.read_bytes() + as_marc
    assert mrrc("dedup", SAMPLE, path).out == SAMPLE.read_bytes()
    as_xml = mrrc("convert", "--to", "marcxml", path, SAMPLE).out
    assert mrrc("filter", "001?", path, SAMPLE).out == as_xml


def test_nothing_is_an_empty_file_of_its_format(tmp_path: Path) -> None:
    empty = tmp_path / "x.mrc"
    empty.touch()
    assert mrrc("filter", "001?", empty, "--to", "marcxml") == mrrc(
        "convert", empty, "--to", "marcxml"
    )


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
    assert done.lines[1::2] == [f"   99001003 ,{hashlib.sha256(records[2]).hexdigest()}"] * many
    done = mrrc("partition", "001", "--where", WANTED, path, "-o", tmp_path / "parts", "-q")
    assert done.status == 0
    parts = sorted((tmp_path / "parts").iterdir())
    assert [each.read_bytes() for each in parts] == [records[2] * many, records[16] * many]
