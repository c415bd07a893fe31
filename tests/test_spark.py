# SPDX-License-Identifier: MIT
"""The data source for Spark gives what a reading of the whole gives."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc

pytest.importorskip("pyspark")
pytest.importorskip("pyarrow")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java", allow_module_level=True)

from pyspark.sql import SparkSession  # noqa: E402

from mrrc.integrations.rows import row_of  # noqa: E402
from mrrc.integrations.spark import MarcDataSource, register  # noqa: E402

GOOD = [make.sample(number) for number in range(1_500)]
LOST = b"xxxxx" + GOOD[0][5:]


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        made = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()
        )
        register(made)
        yield made
        made.stop()


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "a.mrc"
    file.write_bytes(b"".join([*GOOD[:700], LOST, *GOOD[700:]]))
    return str(file)


@pytest.mark.parametrize("mode", ["lenient", "permissive"])
def test_rows(session: Any, path: str, mode: Any) -> None:
    frame = (
        session.read.format("mrrc")
        .option("parts", "5")
        .option("on_error", "skip")
        .option("recovery_mode", mode)
        .load(path)
    )
    assert frame.rdd.getNumPartitions() >= 4
    rows = frame.collect()
    with mrrc.MARCReader(path, recovery_mode=mode) as reader:
        whole = [record for record in reader if record is not None]
    assert Counter(row.control_number for row in rows) == Counter(
        record["001"].data for record in whole
    )
    (row,) = (row for row in rows if row.control_number == "smpl00000003")
    assert row.asDict(recursive=True) == row_of(mrrc.Record(GOOD[3]))


def test_errors_come_back(session: Any, path: str) -> None:
    frame = session.read.format("mrrc").option("parts", "5").load(path)
    with pytest.raises(Exception, match="invalid record length"):
        frame.count()


def test_no_records(session: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.mrc"
    file.write_bytes(b"")
    assert session.read.format("mrrc").load(str(file)).count() == 0
    assert MarcDataSource.name() == "mrrc"
