# SPDX-License-Identifier: MIT
"""The front door: `read` and `write`, whatever the format is and wherever the bytes are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mrrc.batch import RecordBatch
from mrrc.files import SourceLike, TargetLike, open_source
from mrrc.formats import table
from mrrc.formats.reader import FormatReader
from mrrc.formats.writer import FormatWriter, write_all
from mrrc.reader import MARCReader
from mrrc.record import Record

__all__ = ["read", "write"]


def read(
    source: SourceLike,
    format: str | None = None,
    encoding: str | None = None,
    **options: Any,
) -> MARCReader | FormatReader:
    """Return a reader of records.

    >>> import mrrc
    >>> with mrrc.read("examples/sample.mrc") as reader:
    ...     record = next(reader)

    Args:
        source: a path, ``-`` for standard input, the records as bytes, or a binary file object;
            each may be compressed with gzip, bzip2, xz or zstd.
        format: the format's name (`mrrc.formats.FORMATS`); by default the suffix tells, and where
            there is none, or only ``.xml`` or ``.json``, the content.
        encoding: for ISO 2709 ``detect``, ``marc-8`` or ``utf-8`` (whatever the records say), or
            another codec, that of the records that do not claim UTF-8; by default each record's
            leader decides. For the text formats any codec that Python has.
        options: for ISO 2709 the arguments of `MARCReader`, otherwise those of `FormatReader`;
            both have `recovery_mode` and `max_errors`, and `where`, a filter or its text: only
            records that match are yielded.

    Returns:
        A `MARCReader` for ISO 2709, which yields None for a record that cannot be read, or a
        `FormatReader`, which raises, unless a `recovery_mode` has it otherwise.

    Raises:
        OSError: the path cannot be opened.
        ValueError: there is no such format, or nothing tells it.
        LookupError: there is no such encoding.
        TypeError: `source` is of another kind, or there is no such option.
    """
    opened = open_source(source)
    try:
        name = table.reading(opened, format)
        if name != "marc":
            return FormatReader(opened, name, encoding, **options)
        return MARCReader(opened.marc_target(), encoding=encoding, **options)
    except BaseException:
        opened.close()
        raise


def write(
    records: Iterable[Record] | Iterable[RecordBatch] | RecordBatch,
    target: TargetLike,
    format: str | None = None,
    encoding: str | None = None,
    *,
    columns: Iterable[str] | None = None,
    atomic: bool = True,
    **options: Any,
) -> int:
    """Write records to a file, and return how many there were.

    >>> import io, mrrc
    >>> with mrrc.read("examples/sample.mrc") as reader:
    ...     mrrc.write(reader, io.BytesIO(), "marcxml") > 0
    True

    Args:
        records: records, from a list, a generator or a reader; a `RecordBatch` or batches.
        target: a path, whose suffix ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` says how it is to be
            compressed; ``-`` for standard output; or a binary file object, which stays open.
        format: the format's name; by default the suffix tells.
        encoding: ``utf-8``, or for ISO 2709 ``marc-8``.
        columns: for CSV and TSV the selectors of a table of a row a record.
        atomic: put a path's file in place when all is written, not before.
        options: the others of `FormatWriter`: `unmapped`, `formulas`.

    Raises:
        WriteNeedsRecord: one of them is no record, as None for one that could not be read.
        WriterError: the format cannot hold a record; its number and 001 are named, and a path is
            as it was before.
        OSError: the target cannot be written.
        ValueError: there is no such format, encoding or selector, or nothing tells the format.
    """
    writer = FormatWriter(target, format, encoding, columns=columns, atomic=atomic, **options)
    return write_all([records] if isinstance(records, RecordBatch) else records, writer)
