# SPDX-License-Identifier: MIT
"""Records for Spark: a data source in Python, as PySpark 4 takes them.

A partition is a range, and rows come as batches of Arrow. What is done with the rows is Spark's
affair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

try:
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
except ImportError:  # without it there is no session to register with
    DataSource = DataSourceReader = InputPartition = object

from mrrc.integrations.rows import arrow_batches
from mrrc.ranges import ByteRange, split

if TYPE_CHECKING:
    import pyarrow

__all__ = ["SCHEMA", "MarcDataSource", "register"]

#: What Spark calls the columns of rows.
SCHEMA = (
    "raw binary, leader string, control_number string, "
    "fields array<struct<tag string, ind1 string, ind2 string, data string, "
    "subfields array<struct<code string, value string>>>>"
)

#: Options that are read here and not handed to the reader.
_OWN = ("path", "parts", "max_bytes", "storage_options", "on_error")


class Part(InputPartition):  # type: ignore[misc, unused-ignore]
    """A range as a partition."""

    def __init__(self, range: ByteRange) -> None:
        super().__init__(range)
        self.range = range


class MarcReader(DataSourceReader):  # type: ignore[misc, unused-ignore]
    """What Spark asks for partitions, and for the rows of each.

    Args:
        options: Spark's, which are texts.
    """

    def __init__(self, options: dict[str, str]) -> None:
        self._options = options

    def partitions(self) -> list[InputPartition]:
        """Return the ranges of the source."""
        options = self._options
        if "path" not in options:
            raise ValueError("say what to read: .load(path)")
        ranges = split(
            options["path"],
            parts=int(options["parts"]) if "parts" in options else None,
            max_bytes=int(options["max_bytes"]) if "max_bytes" in options else None,
            storage_options=json.loads(options.get("storage_options", "{}")),
            mode="resync",
            encoding=options.get("encoding"),
        )
        # Spark calls read() once, with None, where there is no partition
        return [Part(each) for each in ranges or [ByteRange(None, 0, 0, 0, data=b"")]]

    def read(self, partition: InputPartition) -> Iterator[pyarrow.RecordBatch]:
        """Yield the rows of a range."""
        options: dict[str, Any] = {
            name: value for name, value in self._options.items() if name not in _OWN
        }
        for name in ("to_unicode", "force_utf8", "unimarc"):
            if name in options:
                options[name] = options[name].lower() == "true"
        if "max_errors" in options:
            options["max_errors"] = int(options["max_errors"])
        on_error = self._options.get("on_error", "raise")
        assert isinstance(partition, Part)
        yield from arrow_batches(partition.range, on_error, **options)


class MarcDataSource(DataSource):  # type: ignore[misc, unused-ignore]
    """The format ``mrrc``: ``spark.read.format("mrrc").load("a.mrc")`` once `register` was called.

    Its options are ``parts``, ``max_bytes``, ``storage_options`` (as JSON) and ``on_error``, and
    the arguments of `MARCReader` that are texts, numbers or yes and no.
    """

    @classmethod
    def name(cls) -> str:
        """Return what the format is called."""
        return "mrrc"

    def schema(self) -> str:
        """Return the columns of rows."""
        return SCHEMA

    def reader(self, schema: Any) -> MarcReader:
        """Return what reads the source."""
        return MarcReader(dict(self.options))


def register(session: Any) -> None:
    """Make the format known to a `SparkSession`."""
    session.dataSource.register(MarcDataSource)
