# SPDX-License-Identifier: MIT
"""File to file: what comes out is what reading and writing record by record gives, whatever is
in the file, and what is left out is told of."""

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc.conversion import Converted, convert

SOUND = [make.sample(number) for number in range(1, 6)]
ODD = make.iso2709([make.control_field("001", "a\x1fb"), make.data_field("245", "00", ("a", "x"))])
MARC8 = make.iso2709([make.data_field("245", "00", ("a", b"Caf\xe2e"))], coding=" ")
#: pymarc cannot decode it: text that is not UTF-8.
BAD = make.iso2709([make.data_field("245", "00", ("a", b"\xff\xfe"))])

WRITTEN = [
    "marc",
    "marcxml",
    "marcxchange",
    "turbomarc",
    "marcjson",
    "jsonl",
    "json",
    "mrk",
    "line",
    "aleph",
    "mods",
    "dc",
    "oai_dc",
    "csv",
    "tsv",
]


def run(data: bytes, target_format: str, **options: Any) -> tuple[Converted, bytes]:
    memory = io.BytesIO()
    options.setdefault("source_format", "marc")
    return convert(data, memory, target_format=target_format, **options), memory.getvalue()


def written(records: list[mrrc.Record], format: str) -> bytes:
    memory = io.BytesIO()
    mrrc.write(records, memory, format)
    return memory.getvalue()


@pytest.mark.parametrize("format", WRITTEN)
def test_as_reading_and_writing(format: str) -> None:
    data = b"".join([*SOUND, MARC8])
    result, out = run(data, format)
    records = [record for record in mrrc.MARCReader(data) if record is not None]
    assert out == written(records, format)
    assert (result.records, result.errors) == (6, [])


@pytest.mark.parametrize("format", WRITTEN)
def test_no_records(format: str) -> None:
    result, out = run(b"", format)
    assert result.records == 0
    assert out == written([], format)


@pytest.mark.parametrize("format", WRITTEN)
@pytest.mark.parametrize("codec", ["cp1252", None])
def test_records_that_python_decodes_keep_their_place(format: str, codec: str | None) -> None:
    latin = make.iso2709([make.data_field("245", "00", ("a", b"caf\xe9"))], coding=" ")
    data = SOUND[0] + latin + ODD + SOUND[1]
    result, out = run(data, format, encoding=codec)
    assert result.records == 4
    shown = out.decode("utf-8")
    if codec and format not in ("dc", "oai_dc"):
        assert shown.index("smpl00000001") < shown.index("café") < shown.index("smpl00000002")
    # a delimiter that has no place in the format is replaced and said, or kept
    replaced = format not in ("marc", "marcjson", "jsonl")
    assert ("\ufffd" in shown or format in ("mods", "dc", "oai_dc")) == replaced
    assert bool([one for one in result.repairs if one.record_index == 3]) == replaced


def test_a_record_that_cannot_be_read_raises_or_is_passed_over() -> None:
    data = SOUND[0] + BAD + SOUND[1]
    with pytest.raises(mrrc.EncodingError) as caught:
        run(data, "mrk")
    assert caught.value.record_index == 2
    assert caught.value.byte_offset == len(SOUND[0]) + BAD.index(b"\xff")
    result, out = run(data, "marc", on_error="skip")
    assert out == SOUND[0] + SOUND[1]
    assert [error.record_index for error in result.errors] == [2]  # type: ignore[attr-defined]


def test_what_cannot_be_packed_is_not_written_in_marc_8() -> None:
    """By pymarc's rules it would stand in UTF-8 among the others."""
    data = SOUND[0] + ODD + SOUND[1]
    with pytest.raises(mrrc.WriterError, match="the data holds") as caught:
        run(data, "marc", target_encoding="marc-8")
    assert (caught.value.record_index, caught.value.field_tag) == (2, "001")
    result, out = run(data, "marc", target_encoding="marc-8", on_error="skip")
    assert result.records == 2
    assert [error.record_index for error in result.errors] == [2]  # type: ignore[attr-defined]
    memory = io.BytesIO()
    with mrrc.FormatWriter(memory, "marc", "marc-8") as writer:
        for record in mrrc.MARCReader(data):
            assert record is not None
            try:
                writer.write(record)
            except mrrc.WriterError as error:
                assert (error.record_index, error.field_tag) == (2, "001")
                assert str(result.errors[0]).endswith("the structural character 0x1F")
    assert writer.records_written == 2
    assert out == memory.getvalue()


def test_a_record_that_cannot_be_written_raises_or_is_passed_over() -> None:
    text = "\n".join(
        [
            "=LDR  00000nam a2200000   4500",
            "=001  1",
            "",
            "=LDR  00000nam a2200000   4500",
            "=500  \\\\$a" + "x" * 10_000,
            "",
            "=LDR  00000nam a2200000   4500",
            "=001  3",
            "",
        ]
    ).encode()
    with pytest.raises(mrrc.WriterError) as caught:
        run(text, "marc", source_format="mrk")
    assert (caught.value.record_index, caught.value.field_tag) == (2, "500")
    result, out = run(text, "marc", source_format="mrk", on_error="skip")
    assert result.records == out.count(b"\x1d") == 2
    assert [error.record_index for error in result.errors] == [2]  # type: ignore[attr-defined]


def test_what_was_good_before_a_truncated_end() -> None:
    data = b"".join(SOUND)[:-10]
    result, out = run(data, "marc", on_error="skip")
    assert out == b"".join(SOUND[:-1])
    (error,) = result.errors
    assert isinstance(error, mrrc.TruncatedRecord) and error.record_index == 5
    with pytest.raises(mrrc.TruncatedRecord):
        run(data, "marc")


@pytest.mark.parametrize(("skip", "limit"), [(0, 0), (0, 2), (2, None), (1, 3), (4, 9), (9, 1)])
def test_a_part_of_the_file(skip: int, limit: int | None) -> None:
    result, out = run(b"".join(SOUND), "marc", skip=skip, limit=limit)
    wanted = SOUND[skip:][:limit]
    assert out == b"".join(wanted)
    assert result.records == len(wanted)


def test_a_limit_counts_what_is_written() -> None:
    data = SOUND[0] + BAD + ODD + BAD + SOUND[1] + SOUND[2]
    result, out = run(data, "marc", limit=3, on_error="skip")
    assert result.records == 3 and out == SOUND[0] + ODD + SOUND[1]


def test_a_damaged_compressed_source() -> None:
    data = gzip.compress(b"".join(SOUND * 2000))[:-3000]
    result, out = run(data, "marc", on_error="skip")
    assert 0 < result.records < 10_000 and out.startswith(SOUND[0])
    assert any(isinstance(error, EOFError | OSError) for error in result.errors)
    with pytest.raises((EOFError, OSError)):
        run(data, "marc")


def test_repairs_have_the_number_of_their_record() -> None:
    control = make.iso2709([make.data_field("245", "00", ("a", "\x01"))])
    result, _ = run(SOUND[0] + BAD + control + ODD + control, "marcxml", on_error="skip")
    assert [repair.record_index for repair in result.repairs] == [3, 4, 5]


def test_many_batches(tmp_path: Path) -> None:
    """Faults and odd records at the edges of batches, in a file of several."""
    parts = []
    for number in range(2_000):
        parts.append(make.sample(number))
        if number % 171 == 0:
            parts += [ODD, BAD, ODD]
    source, target = tmp_path / "a.mrc", tmp_path / "b.jsonl.gz"
    source.write_bytes(b"".join(parts))
    calls: list[int] = []
    result = convert(source, target, on_error="skip", progress=calls.append)
    assert result.records == 2_000 + 2 * 12 == calls[-1]
    assert [error.record_index for error in result.errors] == [  # type: ignore[attr-defined]
        place + 1 for place, part in enumerate(parts) if part == BAD
    ]
    with gzip.open(target) as lines:
        assert sum(1 for _ in lines) == result.records
    back = convert(target, tmp_path / "c.mrc", on_error="skip")
    # JSON can say 0x1F, and nothing but JSON
    assert len(back.errors) == 2 * 12
    assert back.records == 2_000


def test_columns() -> None:
    _, out = run(SOUND[0], "csv", columns=["001", "245$a"])
    assert out == b"001,245$a\nsmpl00000001,Main title :\n"
    with pytest.raises(ValueError, match=r"\^"):
        run(SOUND[0], "csv", columns=["001", "2"])


def test_nothing_is_written_where_it_fails(tmp_path: Path) -> None:
    target = tmp_path / "x.mrk"
    target.write_text("old")
    with pytest.raises(mrrc.EncodingError):
        convert(SOUND[0] + BAD, target, "marc")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.mrk"]


def test_a_full_disk() -> None:
    with pytest.raises(OSError, match="space"):
        convert(b"".join(SOUND), "/dev/full", "marc", "mrk")


@pytest.mark.parametrize(
    "options", [{"on_error": "no"}, {"skip": -1}, {"limit": -1}, {"target_format": "no such"}]
)
def test_arguments_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        convert(
            SOUND[0], io.BytesIO(), **{"source_format": "marc", "target_format": "mrk", **options}
        )


@pytest.mark.parametrize("link", [False, True])
def test_a_file_that_becomes_itself(link: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    data = make.iso2709([make.data_field("245", "10", ("a", "Emma"))])
    path.write_bytes(data)
    target = tmp_path / "b.mrc" if link else path
    if link:
        target.symlink_to(path)
    with pytest.raises(ValueError, match="into itself"):
        convert(path, target, atomic=False)
    assert path.read_bytes() == data
    assert convert(str(path), target).records == 1
    assert path.read_bytes() == data


def test_columns_are_for_tables(tmp_path: Path) -> None:
    for target, columns in (("x.xml", ["245$a"]), ("x.csv", "245$a")):
        with pytest.raises((ValueError, TypeError), match="columns"):
            convert(b"", tmp_path / target, "marc", columns=columns)
        with pytest.raises((ValueError, TypeError), match="columns"):
            mrrc.write([], tmp_path / target, columns=columns)
    assert list(tmp_path.iterdir()) == []


def test_repairs_behind_the_limit_are_not_told_of() -> None:
    record = "<record><leader>00000nam a2200000   4500</leader>{}</record>"
    flawed = record.format("text")
    data = f"<collection>{flawed}{record.format('')}{flawed}{flawed}</collection>".encode()
    for skip, limit, numbers in ((0, None, [1, 3, 4]), (0, 2, [1]), (1, 2, [1, 3]), (0, 0, [])):
        result, _ = run(data, "marc", source_format="marcxml", skip=skip, limit=limit)
        assert [one.record_index for one in result.repairs] == numbers


def test_a_source_that_ends_among_what_is_passed_over_is_told_of() -> None:
    data = b"".join(SOUND)[:-10]
    for skip in (4, 5, 100):
        result, out = run(data, "marc", skip=skip, on_error="skip")
        assert (result.records, out) == (0, b"")
        assert [error.record_index for error in result.errors] == [5]  # type: ignore[attr-defined]
        with pytest.raises(mrrc.TruncatedRecord):
            run(data, "marc", skip=skip)
