# SPDX-License-Identifier: MIT
"""Records and files checked against MARC 21, or against a schema of one's own.

What is found is data: nothing is raised for it, and no record is changed. Which codes of
countries, languages or relators there are is not known here, only what form they have.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from mrrc.avram import AvramSchema, SchemaLike
from mrrc.batch import RecordBatch
from mrrc.exceptions import MrrcException
from mrrc.files import SourceLike
from mrrc.findings import Finding
from mrrc.front import read
from mrrc.reader import MARCReader
from mrrc.record import Record
from mrrc.validator import Validator

__all__ = ["AvramSchema", "Finding", "Validator", "validate"]


@cache
def _marc21() -> Validator:
    """Return MARC 21's rules, made once: a program may ask for each record by itself."""
    return Validator()


_SEVERITIES = ("error", "warning", "info")


def validate(
    source: Record | Iterable[Record | None] | Iterable[RecordBatch] | SourceLike,
    schema: AvramSchema | SchemaLike | Validator | None = None,
    *,
    format: str | None = None,
    encoding: str | None = None,
    severity: str = "info",
) -> Iterator[Finding]:
    """Return an iterator over what there is to say of records by MARC 21, or by a schema.

    >>> import mrrc
    >>> for finding in mrrc.validate("examples/sample.mrc", severity="error"):
    ...     print(finding)

    Args:
        source: a record; records, from a list, a generator or a reader; a `RecordBatch` or
            batches; or what `mrrc.read` takes: a path, ``-``, the bytes of a file, or a binary
            file object.
        schema: an Avram schema in place of MARC 21's: a dictionary, a text of JSON, a path, an
            `AvramSchema`; or a `Validator`.
        format, encoding: of a file, as `mrrc.read` takes them.
        severity: leave out what matters less than ``"error"`` or ``"warning"``.

    Raises:
        OSError: a file cannot be read.
        ValueError: there is no such severity or format, or the schema is none.
        MrrcException: a reader that was given raises it. A record of a file that cannot be read is
            a finding, ``unreadable``.
    """
    if severity not in _SEVERITIES:
        raise ValueError(f"severity is 'error', 'warning' or 'info', not {severity!r}")
    if schema is None:
        validator = _marc21()
    else:
        validator = schema if isinstance(schema, Validator) else Validator(schema)
    wanted = _SEVERITIES[: _SEVERITIES.index(severity) + 1]
    findings = _findings(source, validator, format, encoding)
    return (finding for finding in findings if finding.severity in wanted)


def _findings(
    source: Any, validator: Validator, format: str | None, encoding: str | None
) -> Iterator[Finding]:
    if isinstance(source, Record):
        yield from validator.check(source)
    elif isinstance(source, str | bytes | bytearray | memoryview | os.PathLike) or (
        hasattr(source, "read") and not hasattr(source, "read_record")
    ):
        with read(source, format, encoding) as reader:
            yield from _of_records(
                reader if isinstance(reader, MARCReader) else _Reading(reader), validator
            )
    else:
        yield from _of_records(source, validator)


class _Reading:
    """Records as `MARCReader` gives them: None for one that cannot be read, and why it cannot."""

    def __init__(self, reader: Iterator[Record | None]) -> None:
        self._reader = reader
        self.current_exception: MrrcException | None = None

    def __iter__(self) -> Iterator[Record | None]:
        while True:
            try:
                record = next(self._reader)
            except StopIteration:
                return
            except MrrcException as error:
                self.current_exception = error
                record = None
            yield record


def _of_records(records: Any, validator: Validator) -> Iterator[Finding]:
    if isinstance(records, MARCReader | _Reading):
        # why a record cannot be read, only its reader knows
        yield from validator.check_all(records, why=lambda: records.current_exception)
    else:
        yield from validator.check_all(_flat(records))


def _flat(records: Iterable[Any]) -> Iterator[Record | None]:
    for each in records:
        if isinstance(each, RecordBatch):
            yield from each
        else:
            yield each
