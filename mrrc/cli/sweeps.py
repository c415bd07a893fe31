# SPDX-License-Identifier: MIT
"""The files that a command was given, gone through one after the other without making objects.

What is done with the records is the command's affair; here is what becomes of bad ones, of
files that cannot be read, and of the numbers of records to be passed over or taken.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mrrc.cli.arguments import files_of, recovery_of
from mrrc.cli.lists import lists_of
from mrrc.cli.messages import Messages, status_of
from mrrc.exceptions import MrrcException, QueryError
from mrrc.files import open_source
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


class Sweeps:
    """The records of several files as one sequence.

    Args:
        arguments: what was parsed; see `takes_files`.
        messages: takes what is to be said.
        packed: see `Sweep`.

    Attributes:
        given: how many records were handed out.
        failed: whether a file could not be used, or read to its end.

    Raises:
        ValueError: there is nothing to read, or a filter or a list cannot be taken.
        OSError: a list cannot be read.
    """

    def __init__(
        self, arguments: argparse.Namespace, messages: Messages, packed: bool = True
    ) -> None:
        self.given = 0
        self.files = files_of(arguments.files)
        self._arguments = arguments
        self._messages = messages
        self._packed = packed
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

    def file(self, name: str, work: Callable[[Sweep], Any]) -> bool:
        """Do something with the records of one file; return whether it could be used."""
        if self._is_full():
            return True
        before = self.given
        try:
            with open_source(name) as opened:
                sweep = Sweep(
                    opened,
                    self._arguments.source_format,
                    self._arguments.encoding,
                    where=self._where,
                    choice=self._choice,
                    packed=self._packed,
                    recovery_mode=self._mode,
                    validation_level=self._arguments.validation_level,
                    report=_Said(self._messages, name, self._arguments.strict),
                )
                sweep.skip = self._skip
                if self._arguments.limit is not None:
                    sweep.limit = self._arguments.limit - before
                try:
                    work(sweep)
                finally:
                    self.given += sweep.given
                    self._skip = sweep.skip
        except BrokenPipeError:
            raise
        except MrrcException:
            raise  # only where the command is strict
        except Exception as error:
            if status_of(error) is None or self._is_of_target(error):
                raise
            self._messages.trouble(error, name)
            return False
        return True

    def _is_full(self) -> bool:
        limit = self._arguments.limit
        return limit is not None and self.given >= limit

    def _is_of_target(self, error: Exception) -> bool:
        """Return whether it is the file written that could not be used, and not the one read."""
        target = getattr(self._arguments, "output", None)
        name = getattr(error, "filename", None)
        return name is not None and name in (target, "<stdout>")

    def _through(self, sweep: Sweep, step: Step, written: Callable[[], Any] | None) -> None:
        update = self._messages.progress.update
        before = self.given
        for _ in sweep.through(step):
            if written is not None:
                written()
            update(before + sweep.given)

    def stretches_of(
        self, sweep: Sweep, take: Callable[[Sweep, Stretch], Any] | None = None
    ) -> None:
        """Go through the stretches of one file, and give them to `take`."""
        update = self._messages.progress.update
        before = self.given
        for stretch in sweep:
            if take is not None:
                take(sweep, stretch)
            update(before + sweep.given)
