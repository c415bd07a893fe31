# SPDX-License-Identifier: MIT
"""extract to Parquet: what pyarrow reads from the file is what `mrrc.columns` has."""

import io
import sys
from pathlib import Path
from unittest import mock

import pytest
from command_line import SAMPLE, mrrc, sample_records, with_bad
from conftest import missing

import mrrc as package

SELECTORS = ["001", "245$a", "650$a", "008/35-37"]

try:
    import pyarrow.parquet as pq
except ImportError:
    pq = None


@pytest.fixture(autouse=True)
def _needs_pyarrow(request: pytest.FixtureRequest) -> None:
    if pq is None and "without" not in request.node.name:
        missing("pyarrow is not installed")


def test_a_file(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    assert mrrc("extract", *SELECTORS, SAMPLE, "-o", target) == (0, b"", "")
    assert pq.read_table(target).to_pydict() == package.columns(SAMPLE, SELECTORS).to_pydict()


def test_standard_output() -> None:
    done = mrrc("extract", *SELECTORS, SAMPLE, "--to", "parquet")
    assert (done.status, done.err) == (0, "")
    found = pq.read_table(io.BytesIO(done.out))
    assert found.to_pydict() == package.columns(SAMPLE, SELECTORS).to_pydict()


def test_long_numbers_records_on_from_file_to_file(tmp_path: Path) -> None:
    target = tmp_path / "x.pq"
    assert mrrc("extract", "--long", SAMPLE, SAMPLE, "-o", target).status == 0
    rows = pq.read_table(target).to_pylist()
    once = package.columns(SAMPLE, shape="long").to_pylist()
    again = [{**row, "record": row["record"] + 21} for row in once]
    assert rows == once + again


def test_skip_limit_and_where(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    options = ["--skip", "1", "--limit", "2", "--where", "008/35-37 == 'eng'"]
    assert mrrc("extract", "001", *options, SAMPLE, "-o", target).status == 0
    table = package.columns(SAMPLE, ["001"], "008/35-37 == 'eng'", skip=1, limit=2)
    assert pq.read_table(target).to_pydict() == table.to_pydict()


def test_bad_records(tmp_path: Path) -> None:
    data, target = tmp_path / "x.mrc", tmp_path / "x.parquet"
    data.write_bytes(with_bad(sample_records(), 10))
    done = mrrc("extract", "001", data, "-o", target)
    assert done.status != 0 and "10" in done.err
    assert pq.read_table(target).num_rows == 20
    target.unlink()
    assert mrrc("extract", "001", "--strict", data, "-o", target).status != 0
    assert not target.exists()


def test_a_selector_that_is_none(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    done = mrrc("extract", "245ab", SAMPLE, "-o", target)
    assert done.status != 0 and "245ab" in done.err
    assert not target.exists()


def test_without_pyarrow(tmp_path: Path) -> None:
    with mock.patch.dict(sys.modules, {"pyarrow": None, "pyarrow.parquet": None}):
        done = mrrc("extract", "001", SAMPLE, "-o", tmp_path / "x.parquet")
    assert done.status != 0 and "mrrc-cffi[arrow]" in done.err
    assert list(tmp_path.iterdir()) == []
