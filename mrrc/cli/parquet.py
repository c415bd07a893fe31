# SPDX-License-Identifier: MIT
"""Tables as Parquet, for extract: C lays the columns out, and pyarrow writes them.

pyarrow is asked for when a table is written, and not before.
"""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mrrc import _bridge
from mrrc.cli.sweeps import Sweeps, say_warnings
from mrrc.column_table import BATCH_ROWS, ColumnChunk, ColumnPlan
from mrrc.exceptions import QueryError
from mrrc.files import Target, open_target

if TYPE_CHECKING:
    from mrrc.cli.messages import Messages
    from mrrc.sweep import Stretch, Sweep

__all__ = ["write_parquet"]


def _package(name: str) -> Any:
    """Return a module of pyarrow.

    Raises:
        ValueError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ValueError(
            "Parquet is written by pyarrow, which is not installed: pip install 'mrrc-cffi[arrow]'"
        ) from error


class _File(io.RawIOBase):
    """A target as the file object that pyarrow wants; it does not close it."""

    def __init__(self, target: Target) -> None:
        self._target: Target | None = target
        self._at = 0

    def give_up(self) -> None:
        """Write nothing any more: a writer wants to end its file, come what may."""
        self._target = None

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        if self._target is not None:
            self._target.write(bytes(data))
        self._at += size
        return size


class _Parquet:
    """A table being written."""

    def __init__(self, plan: ColumnPlan, target: Target) -> None:
        self._arrow = _package("pyarrow")
        self._plan = plan
        self._rows = _bridge.Rows(plan.compiled, BATCH_ROWS)
        self._sweep: Sweep | None = None
        self._before = self._last = 0
        self._file = _File(target)
        schema = self._arrow.schema(plan)
        self._writer = _package("pyarrow.parquet").ParquetWriter(self._file, schema)

    def take(self, sweep: Sweep, stretch: Stretch) -> None:
        """Take records up; they are numbered on from file to file."""
        if sweep is not self._sweep:
            self._sweep, self._before = sweep, self._last
        number = self._before + stretch.number
        at = stretch.first
        while at < stretch.end:
            at, error, full = self._rows.records(stretch.view, at, stretch.end, number)
            if error is not None:
                sweep.fail(error, stretch, at)
                at += 1
            elif full:
                self._write()
        self._last = self._before + stretch.number_of(stretch.end - 1)

    def _write(self) -> None:
        chunk = ColumnChunk(self._plan, self._rows.take())
        self._writer.write_batch(self._arrow.record_batch(chunk))

    def close(self) -> None:
        """Write what is left, and the file's end."""
        if len(self._rows):
            self._write()
        self._writer.close()
        self._plan.warn_of(self._rows.dropped())

    def give_up(self) -> None:
        """End without a file."""
        self._file.give_up()
        with suppress(Exception):
            self._writer.close()


def write_parquet(
    arguments: argparse.Namespace, messages: Messages, selectors: Sequence[str] | None
) -> None:
    """Write the values of selectors, or everything, as a file of Parquet.

    Raises:
        ValueError: pyarrow is not installed, standard output is a terminal, or a selector is none.
        OSError: the file cannot be written.
    """
    if arguments.output == "-" and sys.stdout.isatty():
        raise ValueError("Parquet is not for terminals: name a file with -o")
    try:
        plan = ColumnPlan(selectors, "wide" if selectors is not None else "long", None)
    except QueryError as error:
        raise ValueError(error.detailed()) from error
    _package("pyarrow.parquet")
    say_warnings(plan.warnings, messages)
    sweeps = Sweeps(arguments, messages)
    messages.writes(arguments.output, arguments.files)
    with open_target(arguments.output) as target:
        table = _Parquet(plan, target)
        try:
            sweeps.stretches(table.take)
            table.close()
        except BaseException:
            table.give_up()
            raise
    messages.found(sweeps.given)
