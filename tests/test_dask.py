# SPDX-License-Identifier: MIT
"""Bags and dataframes of Dask hold what a reading of the whole gives."""

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc

pytest.importorskip("dask.bag")
pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

from mrrc.integrations.dask import read_bag, read_dataframe  # noqa: E402
from mrrc.integrations.rows import NAMES  # noqa: E402

GOOD = [make.sample(number) for number in range(1_500)]
#: Whose length is wrong: the default mode ends there.
LOST = b"xxxxx" + GOOD[0][5:]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A cluster of two processes."""
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True
        ) as cluster,
        distributed.Client(cluster) as made,
    ):
        yield made


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "a.mrc"
    file.write_bytes(b"".join([*GOOD[:700], LOST, *GOOD[700:]]))
    return str(file)


def sequential(path: str, mode: Any) -> Counter[str]:
    with mrrc.MARCReader(path, recovery_mode=mode) as reader:
        return Counter(record["001"].data for record in reader if record is not None)


def number_of(record: mrrc.Record) -> str:
    data = record["001"].data
    assert data is not None
    return data


@pytest.mark.parametrize("mode", [None, "lenient"])
def test_a_bag(client: Any, path: str, mode: Any) -> None:
    bag = read_bag(path, parts=7, on_error="skip", recovery_mode=mode)
    assert bag.npartitions > 4
    found = Counter(bag.map(number_of).compute())
    assert found == sequential(path, mode)
    assert len(found) == (700 if mode is None else 1_500)


def test_a_bag_of_ranges(client: Any) -> None:
    ranges = mrrc.split(b"".join(GOOD), parts=5)
    assert read_bag(ranges).count().compute() == 1_500
    assert read_bag(b"").count().compute() == 0


def test_errors_come_back(client: Any, path: str) -> None:
    with pytest.raises(mrrc.RecordLengthInvalid) as caught:
        read_bag(path, parts=7).count().compute()
    assert caught.value.byte_offset == 700 * len(GOOD[0])


def test_a_dataframe(client: Any, path: str) -> None:
    frame = read_dataframe(path, parts=7, on_error="skip", recovery_mode="lenient")
    assert tuple(frame.columns) == NAMES
    found = frame.compute()
    assert Counter(found["control_number"]) == sequential(path, "lenient")
    assert {bytes(raw) for raw in found["raw"]} == set(GOOD)
    assert frame["leader"].str.len().max().compute() == 24
    assert len(read_dataframe(b"").compute()) == 0
