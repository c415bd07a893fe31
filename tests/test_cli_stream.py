# SPDX-License-Identifier: MIT
"""Several files as one sequence of records, and an output that leaves the bad ones out."""

import argparse
import io
from pathlib import Path
from typing import Any, cast

import pytest
import records as make
from command_line import SAMPLE, sample_records, with_bad

from mrrc.cli.arguments import target_format
from mrrc.cli.messages import Messages, described
from mrrc.cli.stream import Output, Stream
from mrrc.exceptions import BaseAddressNotFound, WriterError
from mrrc.field import Field, Subfield
from mrrc.formats.writer import FormatWriter
from mrrc.reader import MARCReader
from mrrc.record import Record

BAD = with_bad(sample_records(), 2)


def arguments(*files: object, **changes: Any) -> argparse.Namespace:
    values = {
        "files": [str(each) for each in files],
        "source_format": None,
        "encoding": "detect",
        "recovery": None,
        "skip": 0,
        "limit": None,
        "strict": False,
        "where": None,
        "validation_level": "structural",
        "jobs": 1,
    }
    return argparse.Namespace(**{**values, **changes})


def said_of_bad() -> str:
    """What the mode that commands read in says of the bad record."""
    reader = MARCReader(BAD, recovery_mode="lenient")
    for record in reader:
        if record is None:
            return described(cast(BaseException, reader.current_exception))
    raise AssertionError("every record was read")


def places(stream: Stream) -> list[tuple[str, int]]:
    return [stream.place(stream.given) for _ in stream]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.mrc"
    path.write_bytes(BAD)
    return path


def test_one_file_after_the_other(bad: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Messages() as messages:
        stream = Stream(arguments(bad, "missing.mrc", SAMPLE), messages)
        found = places(stream)
    of_bad = [(str(bad), number) for number in [1, *range(3, 22)]]
    assert found == of_bad + [(str(SAMPLE), number) for number in range(1, 22)]
    assert [stream.place(number) for number in range(1, 42)] == found
    assert stream.given == 41
    assert messages.status == 2
    assert [line.split(": ", 2)[1:] for line in capsys.readouterr().err.splitlines()] == [
        [str(bad), said_of_bad()],
        ["missing.mrc", "No such file or directory"],
    ]


@pytest.mark.parametrize(
    ("skip", "limit", "expected"),
    [
        (0, 0, []),
        (0, 2, [1, 3]),
        (1, 2, [3, 4]),
        (2, 1, [3]),
        (20, None, [21]),
        (21, None, []),
        (100, 5, []),
    ],
)
def test_skip_counts_bad_records_and_limit_does_not(
    bad: Path, skip: int, limit: int | None, expected: list[int]
) -> None:
    with Messages() as messages:
        stream = Stream(arguments(bad, skip=skip, limit=limit), messages)
        assert [number for _, number in places(stream)] == expected


def test_skip_and_limit_go_over_all_files() -> None:
    with Messages() as messages:
        found = places(Stream(arguments(SAMPLE, SAMPLE, skip=20, limit=3), messages))
    assert [number for _, number in found] == [21, 1, 2]


def test_nothing_is_opened_behind_the_limit() -> None:
    with Messages() as messages:
        assert len(list(Stream(arguments(SAMPLE, "missing.mrc", limit=21), messages))) == 21
    assert messages.status == 0


def test_strict(bad: Path) -> None:
    with Messages() as messages, pytest.raises(BaseAddressNotFound) as caught:
        list(Stream(arguments(bad, strict=True), messages))
    assert (caught.value.source, caught.value.record_index) == (str(bad), 2)


def test_a_fault_behind_which_xml_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = "<record><leader>00000nam a2200000 a 4500</leader></record>"
    path = tmp_path / "cut.xml"
    path.write_text(f"<collection>{record}{record}<record><lead")
    with Messages() as messages:
        assert [number for _, number in places(Stream(arguments(path), messages))] == [1, 2]
    assert messages.status == 1
    assert f"mrrc: {path}: record 3: XML parse error" in capsys.readouterr().err


def test_damaged_compression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import gzip

    path = tmp_path / "cut.mrc.gz"
    path.write_bytes(gzip.compress(SAMPLE.read_bytes())[:9000])
    with Messages() as messages:
        found = list(Stream(arguments(path, SAMPLE), messages))
    assert len(found) > 30
    assert messages.status == 2
    assert capsys.readouterr().err == (
        f"mrrc: {path}: the gzip data ends before its end-of-stream marker\n"
    )


def test_an_encoding_that_the_format_has_not(capsys: pytest.CaptureFixture[str]) -> None:
    with Messages() as messages:
        stream = Stream(arguments(SAMPLE, source_format="mrk", encoding="marc-8"), messages)
        assert stream.format() is None
    assert messages.status == 2
    assert "unknown encoding: marc-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "output", "expected"),
    [
        (None, "-", "marc"),
        (None, None, "marc"),
        (None, "x", "marc"),
        (None, "x.json.gz", "marcjson"),
        ("mrk", "x.json", "mrk"),
    ],
)
def test_target_format(asked: str | None, output: str | None, expected: str) -> None:
    chosen = arguments(SAMPLE, target_format=asked, output=output)
    with Messages() as messages:
        stream = Stream(chosen, messages)
        assert target_format(chosen, stream) == expected
        stream.close()


def test_target_format_without_a_source() -> None:
    chosen = arguments("missing.mrc", target_format="mrk", output="-")
    with Messages() as messages:
        assert target_format(chosen, Stream(chosen, messages)) is None


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Three records, of which the second is too long for ISO 2709."""
    path = tmp_path / "long.jsonl"
    fields = [Field("500", subfields=[Subfield("a", "x" * size)]) for size in (1, 10_000, 2)]
    records = [Record(fields=[Field("001", data=str(n)), each]) for n, each in enumerate(fields)]
    path.write_text("".join(each.to_marcjson() + "\n" for each in records))
    return path


def test_what_cannot_be_written_is_left_out(
    long: Path, bad: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = io.BytesIO()
    with Messages() as messages:
        stream = Stream(arguments(bad, long), messages)
        with Output(FormatWriter(memory, "marc"), stream, messages, False) as output:
            for record in stream:
                output.write(record)
    assert output.written == 22
    assert memory.getvalue().count(b"\x1d") == 22
    assert messages.status == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"mrrc: {long}: record 2 (001 1): field 500: "
        "the field would be 10005 bytes long, over the limit of 9999"
    )


def test_strict_output_gives_the_file_up(long: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.mrc"
    target.write_bytes(b"as it was")
    with Messages() as messages, pytest.raises(WriterError) as caught:
        stream = Stream(arguments(long), messages)
        with Output(FormatWriter(target, "marc"), stream, messages, True) as output:
            for record in stream:
                output.write(record)
    assert (caught.value.source, caught.value.record_index) == (str(long), 2)
    assert target.read_bytes() == b"as it was"


def test_repairs_of_the_output_are_told_by_the_place_in_the_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.mrc"
    odd = make.iso2709([make.data_field("245", "00", ("a", "x\x01y"))])
    path.write_bytes(make.sample(1) + odd)
    target = tmp_path / "target.xml"
    with Messages() as messages:
        stream = Stream(arguments(SAMPLE, path), messages)
        messages.writes(str(target), [])
        with Output(FormatWriter(target, "marcxml"), stream, messages, False) as output:
            for record in stream:
                output.write(record)
    assert messages.status == 0
    assert capsys.readouterr().err == (
        f"mrrc: {path}: record 2: field 245: the format has no place for U+0001: it was replaced\n"
    )


def test_a_file_that_was_opened_and_not_read_is_closed(bad: Path) -> None:
    with pytest.raises(OSError), Messages() as messages:
        stream = Stream(arguments(bad), messages)
        assert stream.format() == "marc"
        first = stream._first
        assert first is not None
        FormatWriter(bad / "no folder" / "x.mrc")
    reader = cast(MARCReader, first[1])
    assert reader.closed and stream._first is None
