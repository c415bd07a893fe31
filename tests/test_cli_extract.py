# SPDX-License-Identifier: MIT
"""extract: which arguments are selectors, and tables whose values are those of the records."""

import csv
import io
import json
from pathlib import Path

import pytest
import records as make
from command_line import SAMPLE, mrrc, sample_records, with_bad
from hypothesis import given
from hypothesis import strategies as st

import mrrc as package
from mrrc.cli.extract import selectors_and_files


@pytest.mark.parametrize(
    ("arguments", "selectors"),
    [
        ([], []),
        (["001"], ["001"]),
        (["001", "245$a", "books.mrc"], ["001", "245$a"]),
        (["001, 245$a  650$a", "books.mrc"], ["001", "245$a", "650$a"]),
        (["001", "002.mrc"], ["001"]),
        (["001", "./002"], ["001"]),
        (["001", "2024.mrc"], ["001"]),
        (["001", "001/x.mrc"], ["001"]),
        (["001", "-"], ["001"]),
        (["books.mrc", "x"], ["books.mrc"]),
        (["001", "LDR/6", "ldr/0-4", "008/#"], ["001", "LDR/6", "ldr/0-4", "008/#"]),
        (["001", "245^1", "650[0]$a", "24.$a"], ["001", "245^1", "650[0]$a", "24.$a"]),
        (["001", "245/1#$a", "CAT$a", "6XX"], ["001", "245/1#$a", "CAT$a", "6XX"]),
        (["001", "245$a[0]/0-3", "008/35-37"], ["001", "245$a[0]/0-3", "008/35-37"]),
        (["245$,,245$a", "x"], ["245$,", "245$a"]),
        (["001", "245$a, 650$a"], ["001", "245$a", "650$a"]),
    ],
)
def test_selectors_and_files(arguments: list[str], selectors: list[str]) -> None:
    found, files = selectors_and_files(arguments)
    assert found == selectors
    assert files == arguments[len(arguments) - len(files) :]
    assert not set(files) & set(selectors)


def table(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


COLUMNS = ["001", "245$a", "650$a", "008/35-37", "LDR/6"]


def expected() -> list[list[list[str]]]:
    with package.read(SAMPLE) as reader:
        return [
            [
                [record["001"].data],
                record["245"].get_subfields("a"),
                [one for field in record.get_fields("650") for one in field.get_subfields("a")],
                [record["008"].data[35:38]],
                [str(record.leader)[6]],
            ]
            for record in reader
            if record is not None
        ]


@pytest.mark.parametrize(("kind", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_tables(kind: str, delimiter: str, tmp_path: Path) -> None:
    rows = [COLUMNS, *(["|".join(cell) for cell in row] for row in expected())]
    done = mrrc("extract", *COLUMNS, SAMPLE, "--to", kind)
    assert (done.status, done.err) == (0, "")
    assert table(done.text, delimiter) == rows
    target = tmp_path / f"x.{kind}"
    assert mrrc("extract", " ".join(COLUMNS), SAMPLE, "-o", target) == (0, b"", "")
    assert target.read_bytes() == done.out


def test_json_lines(tmp_path: Path) -> None:
    done = mrrc("extract", *COLUMNS, SAMPLE, "--to", "jsonl")
    assert [list(json.loads(line).values()) for line in done.lines] == expected()
    assert list(json.loads(done.lines[0])) == COLUMNS
    target = tmp_path / "x.ndjson"
    assert mrrc("extract", *COLUMNS, SAMPLE, "-o", target).status == 0
    assert target.read_bytes() == done.out


def test_csv_is_what_nothing_says() -> None:
    assert mrrc("extract", "001", SAMPLE).lines[0] == "001"
    assert mrrc("extract", "001,245$a", SAMPLE, "-o", "-").lines[0] == "001,245$a"


def test_many_records_keep_their_order() -> None:
    data = 50 * SAMPLE.read_bytes()
    done = mrrc("extract", "001", "650$a", "-", "--to", "jsonl", stdin=data)
    once = mrrc("extract", "001", "650$a", SAMPLE, "--to", "jsonl")
    assert done.out == 50 * once.out


texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\x1d\x1e\x1f")
    | st.sampled_from('|\\",\t\n\r =+@'),
    max_size=12,
)


@given(st.lists(texts, min_size=1, max_size=4), st.lists(texts, max_size=3))
def test_json_lines_hold_the_exact_values(values: list[str], fixed: list[str]) -> None:
    fields = [package.Field("007", data=each) for each in fixed]
    fields.append(package.Field("500", subfields=[package.Subfield("a", each) for each in values]))
    record = package.Record(leader="00000|am a2200000   4500", fields=fields)
    data = (record.to_marcjson() + "\n").encode()
    done = mrrc(
        "extract", "500$a,007,LDR/5,00X", "-", "--from", "jsonl", "--to", "jsonl", stdin=data
    )
    assert done.status == 0, done.err
    found = json.loads(done.text)
    # a single value without text is as none
    assert found["500$a"] == ([] if values == [""] else values)
    assert found["007"] == found["00X"] == ([] if fixed == [""] else fixed)
    assert found["LDR/5"] == ["|"]


@given(st.lists(texts, min_size=1, max_size=4))
def test_long_json_lines_hold_the_exact_values(values: list[str]) -> None:
    subfields = [package.Subfield("a", each) for each in values]
    record = package.Record(fields=[package.Field("500", subfields=subfields)])
    data = (record.to_marcjson() + "\n").encode()
    done = mrrc("extract", "--long", "-", "--from", "jsonl", "--to", "jsonl", stdin=data)
    rows = [json.loads(line) for line in done.text.split("\n")[:-1]]
    assert [row["value"] for row in rows if row["tag"] == "500"] == values


def test_nul() -> None:
    data = make.iso2709([make.data_field("245", "00", ("a", "a\0b"))])
    for options in (["245$a"], ["--long"]):
        done = mrrc("extract", *options, "-", "--to", "jsonl", stdin=data)
        assert "a\\u0000b" in done.lines[-1]


def test_long() -> None:
    done = mrrc("extract", "--long", "--limit", "2", SAMPLE)
    header, *rows = table(done.text)
    assert header == ["record", "001", "tag", "occurrence", "ind1", "ind2", "code", "value"]
    assert {row[0] for row in rows} == {"1", "2"}
    lines = mrrc("extract", "--long", "--limit", "2", SAMPLE, "--to", "jsonl").lines
    assert [json.loads(line) for line in lines] == [dict(zip(header, row)) for row in rows]


def test_formulas() -> None:
    data = make.iso2709([make.data_field("245", "00", ("a", "=1+1"))])
    assert mrrc("extract", "245$a", "-", stdin=data).lines[1] == "'=1+1"
    assert mrrc("extract", "245$a", "-", "--formulas", stdin=data).lines[1] == "=1+1"
    assert json.loads(mrrc("extract", "245$a", "-", "--to", "jsonl", stdin=data).text) == {
        "245$a": ["=1+1"]
    }


def test_a_selector_that_is_none() -> None:
    done = mrrc("extract", "245$a", "24$b, 500", SAMPLE)
    assert done.status == 2
    done = mrrc("extract", "245$a, 24$b", SAMPLE)
    assert (done.status, done.out) == (2, b"")
    assert done.err.splitlines()[1:] == ["  24$b", "    ^"]


def test_no_selector() -> None:
    assert "which fields?" in mrrc("extract").err
    assert "which fields?" in mrrc("extract", " ").err


def test_bad_records() -> None:
    data = with_bad(sample_records(), 2)
    for kind in ("csv", "jsonl"):
        done = mrrc("extract", "001", "-", "--to", kind, stdin=data)
        assert done.status == 1
        assert done.err.startswith("mrrc: standard input: record 2: ")
        assert len(done.lines) == (21 if kind == "csv" else 20)


def test_a_record_with_every_control_character() -> None:
    every = "".join(map(chr, range(1, 0x1D)))
    data = make.iso2709([make.data_field("245", "00", ("a", every))])
    done = mrrc("extract", "245$a", "-", "--to", "jsonl", stdin=SAMPLE.read_bytes() + data)
    assert (done.status, len(done.lines)) == (1, 21)
    assert "record 22: the text holds every control character" in done.err
    done = mrrc("extract", "--long", "-", "--to", "jsonl", stdin=data)
    assert json.loads(done.lines[-1])["value"] == every


def test_an_odd_record_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "odd.mrc"
    path.write_bytes(make.sample(1) + make.iso2709([make.control_field("001", "a\x1fb")]))
    for kind in ("csv", "jsonl"):
        done = mrrc("extract", "001", path, "--to", kind, "--recovery", "pymarc")
        assert done.status == 0
        assert done.err.startswith(f"mrrc: {path}: record 2: field 001: ")
        assert "a\ufffdb" in done.text
        done = mrrc("extract", "001", path, "--to", kind)
        assert done.status == 0
        assert done.err.startswith(f"mrrc: {path}: record 2 (001 ab): field 001: ")
        assert "ab" in done.text


def test_strict_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    path, target = tmp_path / "bad.mrc", tmp_path / "x.jsonl"
    path.write_bytes(with_bad(sample_records(), 2))
    target.write_text("as it was")
    assert mrrc("extract", "001", path, "--strict", "-o", target).status == 1
    assert target.read_text() == "as it was"


@pytest.mark.parametrize("name", ["table.xml", "table.json", "table.mrc.gz"])
def test_a_target_whose_name_is_no_tables(name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    done = mrrc("extract", "001", SAMPLE, "-o", target)
    assert (done.status, done.out) == (2, b"")
    assert "name it otherwise, or the table's format with --to" in done.err
    assert not target.exists()
    assert mrrc("extract", "001", SAMPLE, "-o", target, "--to", "tsv").status == 0
