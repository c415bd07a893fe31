# SPDX-License-Identifier: MIT
"""The bytes of records as they stand, their numbers and their contents."""

import argparse
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, mrrc, sample_records

import mrrc as package
from mrrc.cli.copies import Chunks, content_of, control_number
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
        "jobs": 1,
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
