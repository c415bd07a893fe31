# SPDX-License-Identifier: MIT
"""Reports as CSV, TSV and JSON lines."""

import argparse
import csv
import io
import json
from pathlib import Path

import pytest
from command_line import mrrc
from hypothesis import given
from hypothesis import strategies as st

from mrrc.cli.rows import KINDS, Rows, as_json, cell, kind_of

VALUES = (
    "",
    "a",
    'a "b"',
    "a,b",
    "a\tb",
    "a\nb\r",
    "=1+1",
    " @x",
    "-",
    "-1,5",
    "+1",
    "-x",
    "＝x",
    "é",
)


def rows(path: Path, kind: str, formulas: bool = False) -> str:
    with Rows(str(path), kind, ("text", "number"), formulas) as out:
        for number, value in enumerate(VALUES):
            out.write((value, number))
        out.write((None, None))
    return path.read_bytes().decode()


@pytest.mark.parametrize(("kind", "separator"), [("csv", ","), ("tsv", "\t")])
def test_tables_are_read_again(kind: str, separator: str, tmp_path: Path) -> None:
    text = rows(tmp_path / "x", kind, formulas=True)
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    assert read[0] == ["text", "number"]
    assert read[1:] == [[v, str(n)] for n, v in enumerate(VALUES)] + [["", ""]]


def test_json_lines(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in rows(tmp_path / "x", "jsonl").splitlines()]
    assert lines[:-1] == [{"text": v, "number": n} for n, v in enumerate(VALUES)]
    assert lines[-1] == {"text": None, "number": None}
    assert as_json({"a": "\ud800"}) == b'{"a":"\\ud800"}\n'


@given(st.text("=+-@,. 1x\t\n＝", min_size=1, max_size=6))
def test_formulas_are_what_the_tables_of_the_core_take_for_them(value: str) -> None:
    record = {"leader": "00000nam a2200000 a 4500", "fields": [{"001": value}]}
    done = mrrc("extract", "001", "--from", "jsonl", stdin=json.dumps(record).encode() + b"\n")
    assert done.text == f"001\n{cell(value, ',', False)}\n"


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("as it was")
    with pytest.raises(KeyError), Rows(str(path), "csv", ("a",), False):
        raise KeyError
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("output", "asked", "kind"),
    [
        ("-", None, "csv"),
        ("-", "tsv", "tsv"),
        ("x.tsv", None, "tsv"),
        ("x.jsonl.gz", None, "jsonl"),
        ("x.txt", None, "csv"),
        ("x.xml", "csv", "csv"),
        ("x.xml", None, None),
        ("report", None, "csv"),
    ],
)
def test_kind(output: str, asked: str | None, kind: str | None) -> None:
    arguments = argparse.Namespace(output=output, target_format=asked)
    if kind is None:
        with pytest.raises(ValueError, match="and no table: name it otherwise"):
            kind_of(arguments)
    else:
        assert kind_of(arguments) == kind
    assert kind is None or kind in KINDS
