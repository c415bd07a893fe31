# SPDX-License-Identifier: MIT
"""The files that a command was given, gone through one after the other without making objects.

What is done with the records is the command's affair; here is what becomes of bad ones, of
files that cannot be read, and of the numbers of records to be passed over or taken.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mrrc.cli.arguments import check_standard_input, files_of, recovery_of
from mrrc.cli.lists import lists_of
from mrrc.cli.messages import Messages, status_of
from mrrc.exceptions import MrrcException, QueryError
from mrrc.files import OpenedSource, open_source
from mrrc.formats import table
from mrrc.sweep import Report, Step, Stretch, Sweep

if TYPE_CHECKING:
    from mrrc import _bridge
    from mrrc.query import Filter

__all__ = ["Sweeps", "say_warnings"]


def say_warnings(warnings: tuple[QueryError, ...], messages: Messages) -> None:
    """Say what of a query hardly means what it says."""
    if messages.quiet:
        return
    for warning in warnings:
        messages.say(warning.detailed())


class _Said(Report):
    """What is amiss in a file, as messages."""

    def __init__(self, messages: Messages, name: str, strict: bool) -> None:
        super().__init__()
        self._messages = messages
        self._name = name
        self._strict = strict

    def bad(self, error: MrrcException) -> None:
        if self._strict:
            raise error
        self._messages.bad_record(error, self._name)

    def flaw(self, error: Exception, note: _bridge.Note | None) -> None:
        self._messages.flaw(error, self._name)

    def passed_over(self, error: MrrcException) -> None:
        self._messages.passed_over(error, self._name)


class _Ended(Exception):
    """Carries what ended the command out of a file, of which it is no fault."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class Sweeps:
    """The records of several files as one sequence.

    Args:
        arguments: what was parsed; see `takes_files`.
        messages: takes what is to be said.
        packed, written: see `Sweep`.

    Attributes:
        packed: may be changed until records are read.
        given: how many records were handed out.
        failed: whether a file could not be used, or read to its end.

    Raises:
        ValueError: there is nothing to read, or a filter or a list cannot be taken.
        OSError: a list cannot be read.
    """

    def __init__(
        self,
        arguments: argparse.Namespace,
        messages: Messages,
        packed: bool = True,
        written: bool = False,
    ) -> None:
        self.given = 0
        self.files = list(files_of(arguments.files))
        self._arguments = arguments
        self._messages = messages
        self.packed = packed
        self._written = written
        self._first: OpenedSource | None = None  # of the first file, where its format was asked for
        self._mode = recovery_of(arguments)
        messages.ends_at_fatal = self._mode in (None, "strict")
        self._skip: int = arguments.skip
        self._where: Filter | None = arguments.where
        self._choice = lists_of(arguments)

    def through(self, step: Step, written: Callable[[], Any] | None = None) -> None:
        """Have all records looked at.

        Args:
            step: looks at them.
            written: is called between two calls of `step`.

        Raises:
            MrrcException: a record is bad, and the command is strict.
        """
        for name in self.files:
            self.file(name, lambda sweep: self._through(sweep, step, written))

    def stretches(self, take: Callable[[Sweep, Stretch], Any]) -> None:
        """Give `take` all stretches of records."""
        for name in self.files:
            self.file(name, lambda sweep: self.stretches_of(sweep, take))

    def format(self) -> str | None:
        """Return the format of the first file that can be used; None if there is none."""
        while self.files and self._first is None:
            name = self.files[0]
            try:
                check_standard_input(name)
                self._first = opened = open_source(name)
                self._messages.finally_do(opened.close)
                return table.reading(opened, self._arguments.source_format)
            except Exception as error:
                if status_of(error) is None:
                    raise
                self._first = None
                self._messages.trouble(error, name)
                del self.files[0]
        if self._first is None:
            return None
        return table.reading(self._first, self._arguments.source_format)

    def file(self, name: str, work: Callable[[Sweep], Any]) -> bool:
        """Do something with the records of one file; return whether it could be used."""
        if self._is_full():
            return True
        before = self.given
        try:
            opened, self._first = self._first or open_source(name), None
            with opened:
                sweep = Sweep(
                    opened,
                    self._arguments.source_format,
                    self._arguments.encoding,
                    where=self._where,
                    choice=self._choice,
                    packed=self.packed,
                    written=self._written,
                    recovery_mode=self._mode,
                    validation_level=self._arguments.validation_level,
                    report=_Said(self._messages, name, self._arguments.strict),
                    jobs=self._arguments.jobs,
                )
                sweep.skip = self._skip
                if self._arguments.limit is not None:
                    sweep.limit = self._arguments.limit - before
                try:
                    work(sweep)
                finally:
                    self.given += sweep.given
                    self._skip = sweep.skip
        except _Ended as ended:
            raise ended.error from None
        except MrrcException:
            raise  # only where the command is strict
        except Exception as error:
            if status_of(error) is None:
                raise
            self._messages.trouble(error, name)
            return False
        return True

    def _is_full(self) -> bool:
        limit = self._arguments.limit
        return limit is not None and self.given >= limit

    def _through(self, sweep: Sweep, step: Step, written: Callable[[], Any] | None) -> None:
        update = self._messages.progress.update
        before = self.given
        for _ in sweep.through(step):
            if written is not None:
                _do(written)
            update(before + sweep.given)

    def stretches_of(
        self, sweep: Sweep, take: Callable[[Sweep, Stretch], Any] | None = None
    ) -> None:
        """Go through the stretches of one file, and give them to `take`."""
        update = self._messages.progress.update
        before = self.given
        for stretch in sweep:
            if take is not None:
                _do(take, sweep, stretch)
            update(before + sweep.given)


def _do(work: Callable[..., Any], *arguments: Any) -> None:
    """Have something done with records, whose failure is none of the file they are from."""
    try:
        work(*arguments)
    except Exception as error:
        raise _Ended(error) from error
