# SPDX-License-Identifier: MIT
"""Lists of records that are wanted, and of those that are not: by control number, or by
whatever a path finds in a record."""

from __future__ import annotations

import argparse
import csv
import io
import os
from collections.abc import Iterator
from typing import NoReturn

from mrrc import _bridge
from mrrc.compression import uncompressed_name
from mrrc.files import open_source

__all__ = ["Lists", "lists_of"]


def lists_of(arguments: argparse.Namespace) -> Lists | None:
    """Return what the options for lists ask for; None where they ask for nothing, or there are
    none.

    Raises:
        OSError: a list cannot be read.
        ValueError: a list is none, or the path is none.
    """
    if not hasattr(arguments, "allow_list"):
        return None
    allow, deny = arguments.allow_list, arguments.deny_list
    if not allow and not deny:
        return None
    return Lists(allow, deny, arguments.filter_list_column, arguments.filter_list_source)


class Lists:
    """Says of packed records whether they are wanted; see `mrrc.sweep.Choice`.

    Args:
        allow: files of those that are; no file means all.
        deny: files of those that are not, whatever is allowed.
        column: of a file that is a table, the column to be read.
        path: what is compared.

    Raises:
        OSError: a list cannot be read.
        ValueError: a list is none, or the path is none.
    """

    def __init__(self, allow: list[str], deny: list[str], column: str, path: str) -> None:
        # commands without lists do without it
        from mrrc.tables import Query

        self._table = Query(path).table()
        if self._table.columns != 1:
            raise ValueError(f"{path!r} has {self._table.columns} columns: a path has one")
        self._allow = _tally(allow, column) if allow else None
        self._deny = _tally(deny, column) if deny else None

    def wanted(self, view: _bridge.View, first: int, end: int) -> bytes:
        """Return a byte for each record, 1 where it is wanted.

        A record of which it cannot be told is wanted: whoever looks at it next tells why.
        """
        flags = b"\1" * (end - first)
        if self._allow is not None:
            flags = self._found(self._allow, view, first, end)
        if self._deny is not None:
            denied = self._found(self._deny, view, first, end)
            flags = bytes(one & ~other & 1 for one, other in zip(flags, denied))
        return flags

    def _found(self, tally: _bridge.Tally, view: _bridge.View, first: int, end: int) -> bytes:
        found = b""
        while first < end:
            flags, done, error = tally.find(self._table, view, first, end)
            found += flags[: done - first]
            first = done
            if error is not None:
                raise error
        return found


#: The column that is read if nothing is said.
_USUAL = "cn"


def _tally(files: list[str], column: str) -> _bridge.Tally:
    tally = _bridge.Tally()
    for name in files:
        for value in _values(name, column):
            tally.add(value.encode() + b"\x1f")
    return tally


def _values(name: str, column: str) -> Iterator[str]:
    """Yield the values of a list."""
    with open_source(name) as opened:
        parts = []
        source = opened.marc_target()
        if isinstance(source, str):
            with open(source, "rb") as file:
                parts.append(file.read())
        else:
            parts.append(source.read() if hasattr(source, "read") else source)
        data = b"".join(parts)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name}: it is not UTF-8 at byte {error.start}") from None
    suffix = os.path.splitext(uncompressed_name(name).lower())[1]
    if suffix in (".csv", ".tsv", ".tab"):
        yield from _column(name, text, column, "," if suffix == ".csv" else "\t")
        return
    # control numbers may begin or end in blanks, which belong to them
    yield from (line for line in text.splitlines() if line)


def _column(name: str, text: str, column: str, separator: str) -> Iterator[str]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = next(rows, None)
        if header is None:
            return
        if column == _USUAL and column not in header and "001" in header:
            column = "001"  # as tables have it that are made of queries
        if column not in header:
            _refuse(name, f"it has no column {column!r}; there are: {', '.join(header)}")
        at = header.index(column)
        for row in rows:
            if not row:
                continue
            if at >= len(row):
                _refuse(name, f"line {rows.line_num} has no column {column!r}")
            yield row[at]
    except csv.Error as error:
        _refuse(name, f"line {rows.line_num}: {error}")


def _refuse(name: str, text: str) -> NoReturn:
    raise ValueError(f"{name}: {text}")
