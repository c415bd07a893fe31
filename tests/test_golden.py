# SPDX-License-Identifier: MIT
"""Golden files: each folder of tests/data that has a format's name, through the front door.

* reading: ``<case>.<suffix>`` gives the records in ``<case>.jsonl``, MARC-in-JSON;
* bad input: ``<case>.<suffix>`` ends in the fault that ``<case>.error`` names, with line and
  column;
* writing: ``<case>.mrc`` gives ``<case>.written.<suffix>``, and with the selectors in
  ``<case>.columns`` the table ``<case>.wide.<suffix>``.
"""

import io
import json
import warnings
from pathlib import Path

import pytest

import mrrc
from mrrc._bridge import diagnostics
from mrrc._native import lib
from mrrc.formats import FORMATS
from mrrc.formats.table import by_suffix

DATA = Path(__file__).parent / "data"
FOLDERS = sorted(path for path in DATA.iterdir() if path.name in FORMATS)


def expected(kind: str) -> list[Path]:
    return [path for folder in FOLDERS for path in sorted(folder.glob(f"*{kind}*"))]


def cases(kind: str) -> list[Path]:
    """The inputs that have an expectation of this kind beside them."""
    return [
        path
        for wanted in expected(kind)
        for path in sorted(wanted.parent.glob(f"{wanted.name.removesuffix(kind)}.*"))
        if path != wanted and path.suffix not in (".mrc", ".columns") and ".w" not in path.name
    ]


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def format_of(path: Path) -> str:
    """The folder's format, but where a suffix tells another, as .tsv among .csv does."""
    told = by_suffix(path)
    folder = FORMATS[path.parent.name]
    if told is None or path.suffix in (".xml", ".json") or told.name == "jsonl":
        return folder.name
    return told.name


def as_json(record: mrrc.Record) -> object:
    return json.loads(record.as_json())


@pytest.mark.filterwarnings("ignore::mrrc.RepairWarning")
@pytest.mark.parametrize("own_reader", [True, False])
@pytest.mark.parametrize("path", cases(".jsonl"), ids=named)
def test_reading(path: Path, own_reader: bool) -> None:
    wanted = path.with_name(path.name.partition(".")[0] + ".jsonl").read_text().splitlines()
    with mrrc.read(path, path.parent.name, own_reader=own_reader) as reader:
        records = [as_json(record) for record in reader]
    assert records == [json.loads(line) for line in wanted]


@pytest.mark.filterwarnings("ignore::mrrc.RepairWarning")
@pytest.mark.parametrize("own_reader", [True, False])
@pytest.mark.parametrize("path", cases(".error"), ids=named)
def test_bad_input(path: Path, own_reader: bool) -> None:
    wanted = path.with_name(path.name.partition(".")[0] + ".error")
    code, line, column = wanted.read_text().split()[:3]
    kind = diagnostics.READING[getattr(lib, code)].error
    with mrrc.read(path, path.parent.name, own_reader=own_reader) as reader:
        with pytest.raises(kind) as caught:
            list(reader)
    error = caught.value
    assert type(error) is kind
    assert (error.line, error.column) == (int(line) or None, int(column) or None)
    assert error.source == str(path)
    assert error.record_index
    assert path.name in repr(error)


def written(path: Path, format: str, columns: list[str] | None = None) -> bytes:
    memory = io.BytesIO()
    case = path.with_name(path.name.partition(".")[0] + ".mrc")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mrrc.RepairWarning)
        with mrrc.read(case) as reader:
            mrrc.write(reader, memory, format, columns=columns)
    return memory.getvalue()


@pytest.mark.parametrize("path", expected(".written."), ids=named)
def test_writing(path: Path) -> None:
    assert written(path, format_of(path)).decode() == path.read_bytes().decode()


@pytest.mark.parametrize("path", expected(".wide."), ids=named)
def test_writing_columns(path: Path) -> None:
    columns = path.with_name(path.name.partition(".")[0] + ".columns").read_text().split("\n")
    got = written(path, format_of(path), [column for column in columns if column])
    assert got.decode() == path.read_bytes().decode()
