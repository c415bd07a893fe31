# SPDX-License-Identifier: MIT
"""Pieces of a text, read one after another, are what one reading of the whole gives: records,
faults, and the number, place, line and column of each."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import example, given
from hypothesis import strategies as st

import mrrc
from mrrc import ByteRange, MARCReader, StaleHandleError
from mrrc.formats.reader import FormatReader

GOOD = b"".join(make.sample(number) for number in range(60))
MODES = (None, "strict", "lenient", "permissive")
LINES = ("mrk", "line", "aleph")
FORMATS = (*LINES, "jsonl", "json")


def written(format: str, data: bytes = GOOD) -> bytes:
    out = io.BytesIO()
    with MARCReader(data) as reader:
        mrrc.write((record for record in reader if record is not None), out, format)
    return out.getvalue()


def each_written(format: str) -> list[bytes]:
    return [written(format, make.sample(number)) for number in (1, 2, 333, 4444)]


def told(error: Any) -> tuple[Any, ...]:
    names = ("record_index", "byte_offset", "line", "column", "field_tag")
    return (
        type(error),
        str(error).splitlines()[0],
        *(getattr(error, each, None) for each in names),
    )


def events(reader: Any) -> tuple[list[Any], list[Any]]:
    """All that a reader yields and raises, and what it notes beside that."""
    found: list[Any] = []
    with reader, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(10_000):
            try:
                record = next(reader)
            except StopIteration:
                break
            except mrrc.MrrcException as error:
                found.append(("raised", told(error)))
                continue
            if record is None:
                found.append(("none", told(reader.current_exception)))
                continue
            origin, number = record._origin, record._number
            place = (origin.number(number), origin.offsets[number], origin.source)
            found.append((place, record._pack(), [told(error) for error in record.errors]))
        return found, [told(error) for error in reader.errors]


def same(ranges: list[ByteRange], source: Any, format: str, **options: Any) -> int:
    """Compare ranges with a reading of the whole in each mode; return how many events there are."""
    count = 0
    for mode in MODES:
        options["recovery_mode"] = mode
        whole = events(FormatReader(source, format, **options))
        pieces: tuple[list[Any], list[Any]] = [], []
        for each in ranges:
            found, errors = events(mrrc.read_range(each, **options))
            pieces[0].extend(found)
            pieces[1].extend(errors)
        assert pieces == whole, mode
        count += len(whole[0])
    return count


def lie_side_by_side(ranges: list[ByteRange], size: int) -> bool:
    places = [0, *(each.stop for each in ranges)]
    return [each.start for each in ranges] == places[:-1] and places[-1] == size


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("asked", [{"parts": 7}, {"parts": 1000}, {"max_bytes": 2000}])
def test_pieces(format: str, asked: Any, tmp_path: Path) -> None:
    data = written(format)
    file = tmp_path / "records"
    file.write_bytes(data)
    for source in (data, str(file)):
        ranges = mrrc.split(source, format=format, **asked)
        assert lie_side_by_side(ranges, len(data))
        assert same(ranges, source, format) == len(MODES) * 60
        assert len(ranges) == min(asked["parts"], 60) if "parts" in asked else len(ranges) > 5
        assert all((each.size or 0) <= asked.get("max_bytes", len(data)) for each in ranges)
        for each in ranges:
            assert pickle.loads(pickle.dumps(each)) == each
            first = next(iter(mrrc.read_range(each)))
            assert first is not None and first["001"].data == f"smpl{each.first_index:08}"


@pytest.mark.parametrize("format", ["mrk", "jsonl"])
def test_far_larger_than_a_window(format: str) -> None:
    data = written(format) * 60
    assert len(data) > 2 << 20
    for asked in ({"parts": 3}, {"max_bytes": 1 << 20}):
        ranges = mrrc.split(data, format=format, **asked)  # type: ignore[arg-type]
        assert len(ranges) > 2 and lie_side_by_side(ranges, len(data))
        assert max(each.size or 0 for each in ranges) < 2 << 20
        counts = [sum(1 for _ in mrrc.read_range(each)) for each in ranges]
        assert sum(counts) == 3600
        assert [each.first_index for each in ranges] == [
            sum(counts[:index]) for index in range(len(ranges))
        ]


# -- whatever stands there --

MARK = codecs.BOM_UTF8
BY_LINE = [
    *(b"\n", b"\r\n", b"\r", b"\n\n", b"  \n", b"\t\n", MARK, b"\xff", b"\x1f", b"=", b"$", b"("),
    *(b"=LDR  00000nam a2200000 a 4500\n", b"=LDR  short\n", b"=245  10$aEmma\n", b"=24\n"),
    *(b"=245  1\n", b"=008  {0A}{1F}\n", b"nothing\n", b"00000nam a2200000 a 4500\n"),
    *(b"245 10 $a Emma\n", b"(a remark)\n", b"    more\n", b"\xc3\xa9\n", b"$ 1\n"),
    *(b"000000001 LDR   L 00000nam^a2200000^a^4500\n", b"000000001 FMT   L BK\n"),
    *(b"000000002 24510 L $$aEmma\n", b"000000002 LDR   L short\n", b"000000002 x\n"),
]
IN_JSON = [
    *(b"\n", b"\r\n", b"\r", b" ", b"\t", MARK, b"\xff", b",", b"[", b"]", b"{", b"}", b'"', b"\\"),
    *(b"true", b"12", b'"text"', b'"\n"', b"[]", b"{}", b"[{}]", b'[{"a": 1}, {}]', b":", b"\0"),
    *(b'{"leader": "00000nam a2200000 a 4500", "fields": []}', b'{"leader": "short"}'),
    *(b'{"leader": "00000nam a2200000 a 4500", "fields": [{"245": {"x": 1}}], "y": 1}',),
    *(b'[{"leader": "00000nam a2200000 a 4500"}, {"001": "x"}]', b'{"a": 1, "a": 2}'),
    *(b'{"leader": "00000nam a2200000 a 4500", "fields": [{"001": "\n"}]}\n', b'{"a": \xff}'),
    *(b'[{"leader": "00000nam a2200000 a 4500", "fields": []}, {"leader": 1}, 2]',),
]


@st.composite
def texts(draw: st.DrawFn, format: str) -> bytes:
    """Records, sound or cut short, with other things among them."""
    odd = BY_LINE if format in LINES else IN_JSON
    good = each_written(format)
    pieces = draw(
        st.lists(
            st.one_of(
                st.sampled_from(good),
                st.sampled_from(good),
                st.sampled_from(odd),
                st.tuples(st.sampled_from(good), st.integers(0, 400)).map(
                    lambda it: it[0][: it[1]]
                ),
            ),
            max_size=12,
        )
    )
    ending = draw(st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"]))
    return b"".join(pieces).replace(b"\n", ending)


@pytest.mark.parametrize("format", FORMATS)
@given(st.data(), st.integers(2, 20), st.booleans())
def test_pieces_are_the_whole(format: str, data: Any, parts: int, by_size: bool) -> None:
    text = data.draw(texts(format))
    asked = {"max_bytes": len(text) // parts + 1} if by_size else {"parts": parts}
    ranges = mrrc.split(text, format=format, **asked)
    assert lie_side_by_side(ranges, len(text))
    same(ranges, text, format)


@given(st.lists(st.sampled_from(IN_JSON), max_size=9), st.integers(2, 9))
@example([b"[", b'{"leader": "x"}', b"]", b"\n", b"{}", b"\n", b"12"], 6)
@example([b"{}", b"\n", b"[{}]", b"\n", b"{}", b"\n", b"]", b"\n", b"{}"], 9)
def test_json_of_any_kind(pieces: list[bytes], parts: int) -> None:
    text = b"".join(pieces)
    for format in ("marcjson", "json"):
        same(mrrc.split(text, format=format, parts=parts), text, format)


@pytest.mark.parametrize("format", ["mrk", "jsonl"])
def test_a_bad_record_is_no_end(format: str) -> None:
    """Faults keep their numbers and lines in whatever piece they are, and others come behind."""
    good = each_written(format)[0]
    bad = {"mrk": b"=LDR  short\n=245  10$aEmma\n\n", "jsonl": b'{"leader": "short"}\n'}[format]
    text = (3 * good + bad + good + bad) * 8
    ranges = mrrc.split(text, format=format, parts=10)
    assert len(ranges) == 10
    assert same(ranges, text, format, where="001?") > 100
    with mrrc.read_range(ranges[-1], recovery_mode="lenient") as reader:
        kinds = [record is None for record in reader]
    assert True in kinds and False in kinds


def test_what_follows_broken_json_stays_with_it() -> None:
    """Where nothing can be read on, neither can it in a piece of its own."""
    good = each_written("jsonl")[0]
    text = 5 * good + b"}\n" + 5 * good
    ranges = mrrc.split(text, format="jsonl", parts=10)
    assert len(ranges) == 5 and ranges[-1].stop == len(text)
    same(ranges, text, "jsonl")


def test_an_array_is_one_range() -> None:
    (one,) = mrrc.split(written("marcjson"), parts=5)
    assert one.whole and one.place is None


@pytest.mark.parametrize("format", FORMATS)
def test_blank_lines_make_no_range(format: str) -> None:
    data = each_written(format)[0] + 5000 * b"\n"
    (one,) = mrrc.split(data, format=format, parts=5)
    assert one.whole
    assert mrrc.split(b"", format=format) == []


def test_what_is_not_plain_utf8_is_one_range(tmp_path: Path) -> None:
    data = written("mrk")
    for source, options in (
        (data.decode().encode("utf-16"), {}),
        (data, {"encoding": "latin-1"}),
        (gzip.compress(data), {}),
    ):
        (one,) = mrrc.split(source, format="mrk", parts=5, **options)
        assert one.whole
        with mrrc.read_range(one, **options) as reader:
            assert sum(1 for _ in reader) == 60
    ranges = mrrc.split(data, format="mrk", parts=5, encoding="UTF8")
    assert len(ranges) == 5
    with mrrc.read_range(ranges[1], encoding="utf-8") as reader:
        assert sum(1 for _ in reader) == 12
    with pytest.raises(ValueError, match="when it is split"):
        mrrc.read_range(ranges[1], encoding="latin-1")
    with pytest.raises(LookupError):
        mrrc.split(data, format="mrk", encoding="no such codec")


def test_a_file_that_changed(tmp_path: Path) -> None:
    file = tmp_path / "a.mrk"
    file.write_bytes(written("mrk"))
    ranges = mrrc.split(file, parts=3)
    reader = mrrc.read_range(ranges[1])
    os.utime(file, ns=(1, 1))
    with reader, pytest.raises(StaleHandleError):
        next(reader)
    with pytest.raises(StaleHandleError):
        mrrc.read_range(ranges[1])


def test_nothing_is_left_open(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(written("jsonl"))
    before = len(os.listdir("/dev/fd"))
    ranges = mrrc.split(file, parts=9)
    readers = [mrrc.read_range(each) for each in ranges]
    assert sum(sum(1 for _ in reader) for reader in readers) == 60
    for reader in readers:
        reader.close()
    assert len(os.listdir("/dev/fd")) == before


@pytest.mark.parametrize("format", ["mrk", "jsonl"])
def test_work_on_pieces(format: str, tmp_path: Path) -> None:
    """Threads and processes get the ranges, and give what one reading gives."""
    file = tmp_path / f"a.{format}"
    file.write_bytes(written(format))
    for strategy in ("sequential", "threads", "processes"):
        found = list(mrrc.parallel.map_records(file, _name, strategy=strategy, max_workers=2))
        assert found == [f"smpl{number:08}" for number in range(60)]


def _name(record: mrrc.Record) -> str | None:
    return record["001"].data
