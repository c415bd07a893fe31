# SPDX-License-Identifier: MIT
"""Records as rows of one fixed shape, which engines and Arrow can hold without loss.

A row has the record as it stands in ISO 2709, and beside that its leader, its 001 and its
fields. A record that cannot be read is no row; what to do about it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from mrrc.exceptions import MrrcException
from mrrc.field import Field
from mrrc.ranges import ByteRange, read_range
from mrrc.record import Record

if TYPE_CHECKING:
    import pyarrow

__all__ = ["NAMES", "arrow_batches", "arrow_schema", "records_of", "row_of"]

#: The columns of a row.
NAMES = ("raw", "leader", "control_number", "fields")

#: How many rows a batch has at most.
_ROWS = 1000


def records_of(range: ByteRange, on_error: str = "raise", **options: Any) -> Iterator[Record]:
    """Yield the records of a range.

    Args:
        range: as `mrrc.split` gives it.
        on_error: ``raise`` where a record cannot be read, or ``skip`` it.
        options: of `mrrc.read_range`.

    Raises:
        MrrcException: a record cannot be read.
        ValueError: there is no such `on_error`.
    """
    if on_error not in ("raise", "skip"):
        raise ValueError(f"on_error is 'raise' or 'skip', not {on_error!r}")
    with read_range(range, **options) as reader:
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except MrrcException:
                if on_error == "raise":
                    raise
                continue
            if record is not None:
                yield record
            elif on_error == "raise":
                raise cast(BaseException, reader.current_exception)


def _field_row(field: Field) -> dict[str, Any]:
    if field.control_field or field.indicators is None:
        return {"tag": field.tag, "ind1": None, "ind2": None, "data": field.data, "subfields": None}
    first, second = field.indicators
    return {
        "tag": field.tag,
        "ind1": first,
        "ind2": second,
        "data": None,
        "subfields": [{"code": code, "value": value} for code, value in field.subfields],
    }


def row_of(record: Record) -> dict[str, Any]:
    """Return a record as a row: a dictionary with `NAMES`.

    Raises:
        WriterError: ISO 2709 cannot hold the record.
    """
    leader = str(record.leader)
    number = record.get("001")
    fields = [_field_row(field) for field in record.fields]
    return {
        "raw": record.as_marc(),  # which sets leader/09
        "leader": leader,
        "control_number": None if number is None else number.data,
        "fields": fields,
    }


def arrow_schema() -> pyarrow.Schema:
    """Return the schema of rows, which is the same for all records.

    Raises:
        ImportError: pyarrow is not installed.
    """
    import pyarrow as pa

    text = pa.string()
    subfield = pa.struct([pa.field("code", text), pa.field("value", text)])
    field = pa.struct(
        [
            *(pa.field(name, text) for name in ("tag", "ind1", "ind2", "data")),
            pa.field("subfields", pa.list_(subfield)),
        ]
    )
    return pa.schema(
        [
            pa.field("raw", pa.binary()),
            pa.field("leader", text),
            pa.field("control_number", text),
            pa.field("fields", pa.list_(field)),
        ]
    )


def arrow_batches(
    range: ByteRange, on_error: str = "raise", **options: Any
) -> Iterator[pyarrow.RecordBatch]:
    """Yield the records of a range as batches of Arrow, with `arrow_schema`; see `records_of`."""
    import pyarrow as pa

    schema = arrow_schema()
    rows: list[dict[str, Any]] = []
    for record in records_of(range, on_error, **options):
        rows.append(row_of(record))
        if len(rows) == _ROWS:
            yield pa.RecordBatch.from_pylist(rows, schema)
            rows = []
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema)
