# SPDX-License-Identifier: MIT
"""What goes wrong where functions are called with records: in the function, or around it.

The function's own exception is always the cause of the one raised here; what a process had to
say of it, its traceback as text, is the cause of that in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from mrrc.exceptions import MrrcException

if TYPE_CHECKING:
    from mrrc.ranges import ByteRange

__all__ = ["NotPicklableError", "RecordTaskError", "WorkerLost", "WorkerTraceback"]


class RecordTaskError(MrrcException):
    """A function failed with a record, or the record could not be read.

    ``__cause__`` is what was raised.
    """

    code = "E611"
    slug = "record_task"
    _text: ClassVar[str | None] = None

    @property
    def index(self) -> int | None:
        """The record's number in its source, from 0; None where it is not known."""
        return None if self.record_index is None else self.record_index - 1

    @property
    def offset(self) -> int | None:
        """Where the record begins in its source, in bytes from 0."""
        return self.byte_offset

    @property
    def path(self) -> str | None:
        """The path or name of the source."""
        return self.source

    def _body(self) -> str:
        cause = self.__cause__
        if cause is None:
            return "the function failed"
        # what knows its place says it here once
        said = cause._body() if isinstance(cause, MrrcException) and not cause.args else str(cause)
        return f"{type(cause).__name__}: {said}" if said else type(cause).__name__


class WorkerLost(MrrcException):
    """A process ended before it was done, killed or crashed. What it worked on is lost.

    ``byte_offset`` is where the range begins.
    """

    code = "E612"
    slug = "worker_lost"
    _text: ClassVar[str | None] = None
    _extras: ClassVar[tuple[str, ...]] = ("range", "exitcode")

    range: ByteRange | None = None
    """What it worked on, which can be read again; None where that was no range."""

    exitcode: int | None = None
    """As `multiprocessing.Process.exitcode` has it: a signal is negative."""

    def _body(self) -> str:
        text = "a worker process ended"
        if self.exitcode is not None:
            text += f" (exit code {self.exitcode})"
        if self.range is not None:
            text += f" with bytes {self.range.start} to {self.range.stop} unfinished"
        return text


class NotPicklableError(MrrcException, TypeError):
    """Something cannot be sent to another process; ``what`` names it."""

    code = "E613"
    slug = "not_picklable"
    _text: ClassVar[str | None] = None
    _extras: ClassVar[tuple[str, ...]] = ("what",)

    what: str | None = None
    """Which object it is: the function, or a part of it, or a result."""

    def _body(self) -> str:
        text = f"{self.what or 'an object'} cannot be sent to another process"
        return text if self.__cause__ is None else f"{text}: {self.__cause__}"


class WorkerTraceback(Exception):
    """The traceback of an exception that was raised in another process, as text."""

    def __str__(self) -> str:
        text: Any = self.args[0] if self.args else ""
        return f'\n"""\n{text}"""'
