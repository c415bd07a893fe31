# SPDX-License-Identifier: MIT
"""Rows of a command's own report as CSV, TSV or JSON lines.

What is cut out of records, C writes; this is for what a command has found out about them. A cell
that a spreadsheet would take for a formula gets an apostrophe, as in the tables that C writes.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mrrc.cli.arguments import Parser, takes_output
from mrrc.files import open_target
from mrrc.formats import table

__all__ = ["KINDS", "Rows", "as_json", "cell", "kind_of", "takes_table"]

#: The kinds of tables there are.
KINDS = ("csv", "tsv", "jsonl")

#: What is put off before it is written.
_BYTES = 1 << 16

_FORMULA = re.compile(r" *[=@\t\r\n\uff0b\uff0d\uff1d\uff20]| *[+-]")
_NUMBER = re.compile(r"[+-][0-9]+[.,]?[0-9]*")


def takes_table(parser: Parser, kinds: Sequence[str] = KINDS) -> None:
    """Add the options for a table that is written."""
    takes_output(parser)
    parser.add_argument("--to", dest="target_format", choices=kinds, metavar="FORMAT")
    parser.add_argument("--formulas", action="store_true")


def kind_of(arguments: argparse.Namespace, kinds: Sequence[str] = KINDS) -> str:
    """Return the kind of table: the one asked for, that of the file's name, or the first there is.

    Raises:
        ValueError: the file's name is that of something else.
    """
    if arguments.target_format is not None:
        return str(arguments.target_format)
    named = None if arguments.output == "-" else table.by_suffix(arguments.output)
    if named is None:
        return kinds[0]
    if named.name not in kinds:
        raise ValueError(
            f"{arguments.output!r} is the name of a file of {named.name}, and no table: name it "
            f"otherwise, or the table's format with --to: {', '.join(kinds)}"
        )
    return named.name


def as_json(line: Mapping[str, Any]) -> bytes:
    """Return an object as a line of JSON; what UTF-8 has no place for is escaped."""
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def cell(value: str, separator: str, formulas: bool) -> str:
    """Return a cell of CSV or TSV, in quotes where it needs them."""
    bare = value.strip(" ")
    if bare.isalnum():  # as control numbers are, of which there are many
        return value if bare == value else f'"{value}"'
    alone = len(value) <= 1 and value.isascii()
    if not (formulas or alone) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        value = f"'{value}"
    if value.strip(" ") != value or any(each in value for each in (separator, '"', "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value


class Rows:
    """A table being written; leaving a `with` by an error leaves the file as it was.

    Args:
        target: the path, or ``-``.
        kind: ``csv``, ``tsv`` or ``jsonl``.
        header: the names of the columns.
        formulas: leave cells as they are that a spreadsheet would run.

    Raises:
        OSError: the path cannot be written.
    """

    def __init__(self, target: str, kind: str, header: Sequence[str], formulas: bool) -> None:
        self._header = tuple(header)
        self._separator = {"csv": ",", "tsv": "\t"}.get(kind)
        self._formulas = formulas
        self._parts: list[bytes] = []
        self._size = 0
        self._target = open_target(target)
        if self._separator is not None:
            self._add(self._line(self._header))

    def write(self, row: Sequence[str | int | None]) -> None:
        """Write a row; None is a cell with nothing in it."""
        if self._separator is None:
            self._add(as_json(dict(zip(self._header, row))))
        else:
            self._add(self._line(["" if each is None else str(each) for each in row]))

    def _line(self, values: Sequence[str]) -> bytes:
        separator = self._separator or ","
        cells = (cell(value, separator, self._formulas) for value in values)
        return (separator.join(cells) + "\n").encode("utf-8", "backslashreplace")

    def _add(self, line: bytes) -> None:
        self._parts.append(line)
        self._size += len(line)
        if self._size >= _BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was put off."""
        self._target.write(b"".join(self._parts))
        self._parts.clear()
        self._size = 0

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is not None:
            self._target.discard()
            return
        try:
            self.flush()
        except BaseException:
            self._target.discard()
            raise
        self._target.close()
