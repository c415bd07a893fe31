# SPDX-License-Identifier: MIT
"""Records for Dask: a bag of them, or a dataframe of rows, with a partition for each range.

Workers get ranges and read them; no record travels to them. What is done with bag and dataframe
is Dask's affair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from mrrc.integrations.rows import arrow_batches, arrow_schema, records_of
from mrrc.ranges import ByteRange, Splittable, split
from mrrc.record import Record

__all__ = ["read_bag", "read_dataframe"]


def _ranges(
    source: Splittable | Sequence[ByteRange],
    parts: int | None,
    max_bytes: int | None,
    storage_options: Mapping[str, Any] | None,
    options: Mapping[str, Any],
) -> list[ByteRange]:
    if isinstance(source, list | tuple):
        return list(source)
    return split(
        source,  # type: ignore[arg-type]
        parts=parts,
        max_bytes=max_bytes,
        storage_options=storage_options,
        mode="resync",
        encoding=options.get("encoding"),
    )


def _records(
    ranges: Iterable[ByteRange], on_error: str, options: dict[str, Any]
) -> Iterator[Record]:
    return chain.from_iterable(records_of(each, on_error, **options) for each in ranges)


def _frame(range: ByteRange, on_error: str, options: dict[str, Any]) -> Any:
    return _as_frame(list(arrow_batches(range, on_error, **options)))


def _as_frame(batches: list[Any]) -> Any:
    """Return batches of Arrow as a dataframe whose columns stay Arrow's: nothing is lost."""
    import pandas
    import pyarrow

    table = pyarrow.Table.from_batches(batches, arrow_schema())
    return table.to_pandas(types_mapper=pandas.ArrowDtype)


def read_bag(
    source: Splittable | Sequence[ByteRange],
    *,
    parts: int | None = None,
    max_bytes: int | None = None,
    storage_options: Mapping[str, Any] | None = None,
    on_error: str = "raise",
    **options: Any,
) -> Any:
    """Return a `dask.bag.Bag` of records.

    Args:
        source: a path or URL that every worker can open, bytes, or ranges.
        parts, max_bytes, storage_options: as `mrrc.split` takes them.
        on_error: ``raise`` where a record cannot be read, or ``skip`` it.
        options: of `mrrc.read_range`.

    Raises:
        ImportError: Dask is not installed.
        OSError: the source cannot be read.
    """
    import dask.bag

    ranges = _ranges(source, parts, max_bytes, storage_options, options)
    bag = dask.bag.from_sequence(ranges, npartitions=max(1, len(ranges)))
    return bag.map_partitions(_records, on_error, options)


def read_dataframe(
    source: Splittable | Sequence[ByteRange],
    *,
    parts: int | None = None,
    max_bytes: int | None = None,
    storage_options: Mapping[str, Any] | None = None,
    on_error: str = "raise",
    **options: Any,
) -> Any:
    """Return a Dask dataframe with a row for each record; its columns are `rows.NAMES`.

    The arguments are those of `read_bag`.

    Raises:
        ImportError: Dask, pandas or pyarrow is not installed.
        OSError: the source cannot be read.
    """
    import dask.dataframe

    meta = _as_frame([])
    ranges = _ranges(source, parts, max_bytes, storage_options, options)
    if not ranges:
        return dask.dataframe.from_pandas(meta, npartitions=1)
    return dask.dataframe.from_map(
        _frame, ranges, on_error=on_error, options=options, meta=meta, enforce_metadata=False
    )
