# SPDX-License-Identifier: MIT
"""dedup, sample and hash."""

import csv
import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import pytest
import records as make
from command_line import SAMPLE, mrrc, sample_records, with_bad

from mrrc.formats import FORMATS

READ = [each.name for each in FORMATS.values() if each.reads and each.writes]


def with_number(number: str | None, title: str = "x") -> bytes:
    fields = [] if number is None else [make.control_field("001", number)]
    return make.iso2709([*fields, make.data_field("245", "00", ("a", title))])


# -- dedup --


def test_the_first_of_each_stays_byte_for_byte(tmp_path: Path) -> None:
    target = tmp_path / "x.mrc"
    done = mrrc("dedup", SAMPLE, SAMPLE, "-", "-o", target, stdin=SAMPLE.read_bytes())
    assert (done.status, done.out) == (0, b"")
    assert done.err == "mrrc: 42 records left out that came before already\n"
    assert target.read_bytes() == SAMPLE.read_bytes()
    assert mrrc("dedup", "-q", SAMPLE, SAMPLE).err == ""


def test_strategies() -> None:
    data = [
        with_number("1"),
        with_number("1", "y"),
        with_number(" 1"),
        with_number("1"),
        with_number("1").replace(b"4500", b"4 00", 1),
    ]

    def kept(*options: str) -> list[int]:
        left = mrrc("dedup", *options, stdin=b"".join(data)).out.split(b"\x1d")[:-1]
        return [data.index(each + b"\x1d") for each in left]

    assert kept() == kept("--strategy", "cn") == [0, 2]
    assert kept("--strategy", "hash") == [0, 1, 2, 4]
    assert kept("--strategy", "content") == [0, 1, 2, 4]
    # the same content, in a directory of another order
    one = make.iso2709([make.control_field("001", "1"), make.control_field("003", "2")])
    length = one[0:24] + one[24:36].replace(b"00000", b"00000") + one[36:]
    other = bytearray(length)
    other[0:5] = b"  067"[:5] if len(one) == 67 else other[0:5]
    assert mrrc("dedup", "--strategy", "content", stdin=one + bytes(other)).out == one


def test_records_without_a_number_stay() -> None:
    data = b"".join([with_number(None), with_number("1"), with_number(None), with_number("  ")])
    done = mrrc("dedup", stdin=data)
    assert (done.status, done.out) == (0, data)
    assert done.err == (
        "mrrc: 3 records have no control number, and stayed: standard input: record 1, "
        "standard input: record 3, standard input: record 4\n"
    )
    done = mrrc("dedup", stdin=with_number(None) * 12)
    assert done.err.endswith("standard input: record 10, ...\n")
    assert mrrc("dedup", "-q", stdin=data) == (0, data, "")
    done = mrrc("dedup", stdin=with_number(None))
    assert "1 record has no control number" in done.err


def test_long_numbers_are_told_apart() -> None:
    data = with_number("x" * 5000) + with_number("x" * 4999 + "y")
    assert mrrc("dedup", stdin=data) == (0, data, "")


@pytest.mark.parametrize("strategy", ["cn", "hash", "content"])
@pytest.mark.parametrize("format", READ)
def test_dedup_on_every_format(format: str, strategy: str, tmp_path: Path) -> None:
    path = tmp_path / f"x{FORMATS[format].suffixes[0]}"
    assert mrrc("merge", SAMPLE, SAMPLE, "--to", format, "-o", path).status == 0
    once = mrrc("convert", "--to", format, SAMPLE).out
    done = mrrc("dedup", "--strategy", strategy, path)
    assert done.status == 0
    # MODS has been through another form, from which it comes back changed
    assert done.out == once or (format == "mods" and done.out.count(b"</mods>") == 21)


def test_dedup_in_another_format(tmp_path: Path) -> None:
    assert (
        mrrc("dedup", SAMPLE, SAMPLE, "--to", "mrk").out
        == mrrc("convert", SAMPLE, "--to", "mrk").out
    )
    marc8 = mrrc("dedup", SAMPLE, "--to-encoding", "marc-8")
    assert marc8.out == mrrc("convert", SAMPLE, "--to", "marc", "--to-encoding", "marc-8").out


def test_bad_records_are_named_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bad.mrc"
    path.write_bytes(with_bad(sample_records(), 2))
    done = mrrc("dedup", path)
    assert done.status == 1
    assert done.err.startswith(f"mrrc: {path}: record 2: ")
    assert done.out == b"".join(sample_records()[:1] + sample_records()[2:])
    target = tmp_path / "x.mrc"
    assert mrrc("dedup", "--strict", path, "-o", target).status == 1
    assert not target.exists()


# -- sample --


def test_sample_is_in_order_and_as_it_stands() -> None:
    records = sample_records()
    done = mrrc("sample", "5", "--seed", "1", SAMPLE)
    drawn = [each + b"\x1d" for each in done.out.split(b"\x1d")[:-1]]
    assert (done.status, done.err, len(drawn)) == (0, "", 5)
    places = [records.index(each) for each in drawn]
    assert places == sorted(set(places))
    assert mrrc("sample", "-n", "5", "--seed", "1", SAMPLE) == done
    assert mrrc("sample", "5", "--seed", "word", SAMPLE) == mrrc(
        "sample", "5", "--seed", "word", SAMPLE
    )
    assert len({mrrc("sample", "5", "--seed", str(seed), SAMPLE).out for seed in range(20)}) > 15
    assert len({mrrc("sample", "5", SAMPLE).out for _ in range(20)}) > 15


def test_each_record_has_the_same_chance() -> None:
    records = [with_number(str(number)) for number in range(8)]
    data = b"".join(records)
    seen: Counter[int] = Counter()
    runs = 400
    for seed in range(runs):
        out = mrrc("sample", "3", "--seed", str(seed), stdin=data).out
        seen.update(records.index(each + b"\x1d") for each in out.split(b"\x1d")[:-1])
    expected = runs * 3 / 8
    spread = (runs * 3 / 8 * 5 / 8) ** 0.5
    assert sum(seen.values()) == 3 * runs
    for number in range(8):
        assert abs(seen[number] - expected) < 4 * spread, seen


def test_a_sample_of_all_there_is() -> None:
    done = mrrc("sample", "30", SAMPLE)
    assert (done.status, done.out) == (0, SAMPLE.read_bytes())
    assert done.err == "mrrc: there are only 21 records, fewer than 30\n"
    assert mrrc("sample", "-q", "30", SAMPLE).err == ""


def test_sample_of_another_format(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    assert mrrc("convert", SAMPLE, "-o", path).status == 0
    drawn = mrrc("sample", "4", "--seed", "3", path, "--to", "marc")
    assert drawn.out == mrrc("sample", "4", "--seed", "3", SAMPLE, "--to-encoding", "utf-8").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "how many records?"),
        (["few", SAMPLE], "'few' is not a number"),
        (["0", SAMPLE], "at least one is needed"),
        (["-n", "-1", SAMPLE], "not a number"),
    ],
)
def test_sample_needs_a_number(arguments: list[object], said: str) -> None:
    done = mrrc("sample", *arguments)
    assert (done.status, done.out) == (2, b"")
    assert said in done.err


# -- hash --


def test_hash_is_that_of_the_bytes() -> None:
    done = mrrc("hash", SAMPLE)
    assert (done.status, done.err) == (0, "")
    rows = list(csv.reader(done.lines))
    assert rows[0] == ["001", "sha256"]
    assert [row[1] for row in rows[1:]] == [
        hashlib.sha256(each).hexdigest() for each in sample_records()
    ]
    assert rows[1][0] == "   99001001 "
    assert mrrc("hash", stdin=SAMPLE.read_bytes()) == done


@pytest.mark.parametrize("format", [name for name in READ if name not in ("mods", "json")])
def test_content_has_the_same_hash_in_every_format(format: str, tmp_path: Path) -> None:
    utf8 = b"".join(sample_records()[:20])
    path = tmp_path / f"x{FORMATS[format].suffixes[0]}"
    assert mrrc("convert", "-", "-o", path, "--to", format, stdin=utf8).status == 0
    assert mrrc("hash", "--content", path) == mrrc("hash", "--content", stdin=utf8)
    if format != "marc":
        assert mrrc("hash", path) == mrrc("hash", "--content", path)


def test_hash_as_other_tables(tmp_path: Path) -> None:
    data = with_number("=1") + with_number(None)
    assert mrrc("hash", stdin=data).lines[1].startswith("'=1,")
    assert mrrc("hash", "--formulas", stdin=data).lines[1].startswith("=1,")
    assert mrrc("hash", stdin=data).lines[2].startswith(",")
    lines = [json.loads(line) for line in mrrc("hash", "--to", "jsonl", stdin=data).lines]
    assert [line["001"] for line in lines] == ["=1", None]
    target = tmp_path / "x.tsv.gz"
    assert mrrc("hash", SAMPLE, "-o", target).status == 0
    import gzip

    assert gzip.decompress(target.read_bytes()).startswith(b"001\tsha256\n")
    done = mrrc("hash", SAMPLE, "-o", tmp_path / "x.xml")
    assert (done.status, os.path.exists(tmp_path / "x.xml")) == (2, False)


def test_hash_as_tsv() -> None:
    assert mrrc("hash", SAMPLE, "--tsv").out == mrrc("hash", SAMPLE, "--to", "tsv").out
    assert mrrc("hash", SAMPLE, "--tsv").out.startswith(b"001\tsha256\n")
