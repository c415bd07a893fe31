# SPDX-License-Identifier: MIT
"""Columns as Arrow's consumers read them: each has to find what plain lists have."""

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from command_line import SAMPLE
from conftest import missing

import mrrc

SELECTORS = {"id": "001", "title": "245$a", "none": "245$z", "subject": "650$a", "no": "999$a"}
LISTS = ["subject", "no"]


def consumer(name: str) -> Any:
    """Return a package that a developer may be without."""
    try:
        return __import__(name)
    except ImportError:
        missing(f"{name} is not installed")


def tables() -> list[mrrc.Columns]:
    return [
        mrrc.columns(SAMPLE, SELECTORS, lists=LISTS),
        mrrc.columns(SAMPLE, SELECTORS, lists=LISTS, batch_rows=4),
        mrrc.columns(SAMPLE, SELECTORS, "001 == 'none'", lists=LISTS),
        mrrc.columns(SAMPLE, shape="long", batch_rows=100),
        mrrc.columns(SAMPLE, SELECTORS, shape="long"),
    ]


@pytest.mark.parametrize("index", range(5))
def test_pyarrow(index: int) -> None:
    pa = consumer("pyarrow")
    table = tables()[index]
    found = pa.table(table)
    found.validate(full=True)
    assert found.to_pydict() == table.to_pydict()
    assert found.schema == pa.schema(table)
    for chunk in table:
        wanted = chunk.to_pydict()
        batch = pa.record_batch(chunk)
        batch.validate(full=True)
        assert batch.to_pydict() == wanted
    reader = pa.RecordBatchReader.from_stream(table)
    assert reader.read_all() == found


@pytest.mark.parametrize("index", range(5))
def test_polars(index: int) -> None:
    pl = consumer("polars")
    table = tables()[index]
    assert pl.DataFrame(table).to_dict(as_series=False) == table.to_pydict()


@pytest.mark.parametrize("index", range(5))
def test_pandas(index: int) -> None:
    consumer("pyarrow")
    pd = consumer("pandas")
    table = tables()[index]
    frame = pd.DataFrame.from_arrow(table) if hasattr(pd.DataFrame, "from_arrow") else None
    if frame is None:
        frame = consumer("pyarrow").table(table).to_pandas()
    wanted = table.to_pydict()
    assert list(frame.columns) == table.names
    for name in table.names:
        found = [list(one) if hasattr(one, "tolist") else one for one in frame[name]]
        assert [None if one is None or one != one else one for one in found] == wanted[name]


@pytest.mark.parametrize("index", range(5))
def test_duckdb(index: int) -> None:
    duckdb = consumer("duckdb")
    consumer("pyarrow")
    table = tables()[index]
    connection = duckdb.connect()
    connection.register("marc", table)
    rows = connection.execute("select * from marc").fetchall()
    assert [tuple(row.values()) for row in table.to_pylist()] == rows


def test_what_is_taken_outlives_the_table() -> None:
    pa = consumer("pyarrow")
    table = mrrc.columns(SAMPLE, SELECTORS, lists=LISTS)
    wanted = table.to_pydict()
    found = pa.table(table)
    column = found.column("subject").chunk(0)
    del table, found
    gc.collect()
    assert column.to_pylist() == wanted["subject"]


def test_threads() -> None:
    pa = consumer("pyarrow")
    table = mrrc.columns(SAMPLE, SELECTORS, lists=LISTS)
    wanted = table.to_pydict()
    found: list[Any] = []

    def work() -> None:
        found.extend(pa.table(table).to_pydict() for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 40


def test_a_stream_that_reads_on_as_it_is_asked() -> None:
    """As docs/columns.rst makes one of the table's chunks."""
    pa = consumer("pyarrow")
    table = mrrc.columns(SAMPLE, {"id": "001", "isbn": "020$a"}, batch_rows=4)
    taken = []

    def batches() -> Iterator[Any]:
        for chunk in table:
            taken.append(len(chunk))
            yield pa.record_batch(chunk)

    stream = pa.RecordBatchReader.from_batches(pa.schema(table), batches())
    first = stream.read_next_batch()
    assert first.num_rows == 4 and len(taken) == 1
    rows = first.to_pylist() + stream.read_all().to_pylist()
    assert rows == mrrc.columns(SAMPLE, {"id": "001", "isbn": "020$a"}).to_pylist()
