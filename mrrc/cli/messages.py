# SPDX-License-Identifier: MIT
"""What a command says on standard error: which records are bad, what was repaired, what failed.

It counts them into the exit status. Standard output is for what was asked for, and nothing
here writes there but `put`.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, Protocol, TextIO

from mrrc.cli.progress import Progress
from mrrc.exceptions import (
    BadSubfieldCodeWarning,
    FatalReaderError,
    MrrcException,
    RepairWarning,
)
from mrrc.recovery import is_blank

#: What the readers log by, as pymarc's do; their module is large, and often not needed.
_LOGGER = logging.getLogger("pymarc")

__all__ = [
    "Listener",
    "Messages",
    "clean",
    "described",
    "put",
    "say",
    "shown_name",
    "status_of",
    "what_happened",
]

_STREAMS = {
    "-": "standard input",
    "<stdin>": "standard input",
    "<stdout>": "standard output",
}


def clean(text: str) -> str:
    """Return a text without characters that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def shown_name(name: str | bytes | os.PathLike[str]) -> str:
    """Return a source's or target's name as messages have it."""
    text = os.fsdecode(name)
    return _STREAMS.get(text, text)


def say(text: str) -> None:
    """Write a message to standard error, as far as there is one."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"mrrc: {clean(text)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # nobody can be told; the exit status remains


def put(text: str) -> None:
    """Write text to standard output, in UTF-8 unless a terminal wants something else.

    Raises:
        OSError: it cannot be written.
    """
    encoding = (sys.stdout.encoding or "utf-8") if sys.stdout.isatty() else "utf-8"
    try:
        buffer = sys.stdout.buffer
    except AttributeError:  # a stand-in that has text only
        sys.stdout.write(text)
        return
    try:
        sys.stdout.flush()
        buffer.write(text.encode(encoding, "backslashreplace"))
        buffer.flush()
    except OSError as error:
        error.filename = "<stdout>"
        raise


# -- errors in words --

_PLACES = (
    "source",
    "record_index",
    "record_control_number",
    "field_tag",
    "indicator_position",
    "line",
    "column",
    "byte_offset",
    "record_byte_offset",
    "bytes_near",
    "bytes_near_offset",
)


def what_happened(error: MrrcException) -> str:
    """Return what happened, without the place."""
    bare = copy(error)
    for name in _PLACES:
        bare.__dict__.pop(name, None)
    text = str(bare).removeprefix(f"{type(error).__name__}: ")
    found = error.found
    if found is not None and repr(found) not in text:
        text += f", seen: {found!r}"
    return text


def _located(
    text: str,
    source: str | None,
    number: int | None,
    control_number: str | None,
    tag: str | None,
    line: tuple[int | None, int | None],
    byte: int | None,
) -> str:
    parts = [] if source is None else [shown_name(source)]
    if number is not None:
        named = "" if not control_number else f" (001 {control_number.strip()})"
        parts.append(f"record {number}{named}")
    if tag is not None:
        parts.append(f"field {tag}")
    places = []
    if line[0] is not None:
        places.append(f"line {line[0]}" + ("" if line[1] is None else f", column {line[1]}"))
    if byte is not None:
        places.append(f"byte {byte}")
    where = f" ({', '.join(places)})" if places else ""
    return ": ".join([*parts, text]) + where


def described(error: BaseException, source: str | None = None) -> str:
    """Return an error in words, beginning with the file and the record it is about.

    Args:
        source: the file, where the error does not know it.
    """
    if isinstance(error, MrrcException):
        return _located(
            what_happened(error),
            error.source or source,
            error.record_index,
            error.record_control_number,
            error.field_tag,
            (error.line, error.column),
            error.byte_offset,
        )
    if isinstance(error, OSError) and error.strerror:
        name = error.filename if isinstance(error.filename, str | bytes) else source
        return error.strerror if name is None else f"{shown_name(name)}: {error.strerror}"
    text = str(error) or type(error).__name__
    if source is None:
        return text
    name = shown_name(source)
    # messages that name the file begin with it
    for own in (source, "<stdin>"):
        for said in (f"{own}: ", f"{own!r} "):
            if text.startswith(said):
                return f"{name}: {text.removeprefix(said)}"
    return f"{name}: {text}"


def status_of(error: BaseException) -> int | None:
    """Return the exit status of a command that an error ended; None for what is no such error."""
    if isinstance(error, MrrcException):
        # the text of a filter or a query is an argument, and no record
        return 2 if getattr(error, "text", None) is not None and error.code < "E507" else 1
    if isinstance(error, OSError | EOFError | ValueError | ModuleNotFoundError):
        return 2
    if type(error) is LookupError:  # codecs have it so; a KeyError would be a fault of ours
        return 2
    return None


class Listener(Protocol):
    """Who wants to know, as data, what was amiss in records."""

    def hear(self, kind: str, error: BaseException, source: str | None, number: int | None) -> bool:
        """Take note of something, and return whether that is instead of a message.

        Args:
            kind: ``flaw``, of a record that was read or written all the same; ``bad``, of one that
                was not; ``stray``, of bytes that belong to none.
            error: what was amiss.
            source: the file.
            number: the record's number in it.
        """


class Messages:
    """All that a command has to say, and the exit status that comes of it.

    While it is entered, warnings about records and log lines go through it.

    Args:
        quiet: say nothing of repairs, and show no progress.

    Attributes:
        status: what the command is to return: the gravest of what was said.
        progress: how far the command is, for who waits for it.
        listener: hears of what was amiss, beside what is said or in place of it.
        place: tells of the number of a written record which file it is of, and its number there.
        ends_at_fatal: whether a file is not read on behind a record without an end.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self.status = 0
        self.ends_at_fatal = True
        self.progress = Progress(self._shows_progress())
        self.place: Callable[[int], tuple[str, int]] | None = None
        self.listener: Listener | None = None
        self._target: str | None = None
        self._filters = warnings.catch_warnings()
        self._before: Any = None
        self._log = _Log(self)
        self._last: list[Callable[[], Any]] = []

    def _shows_progress(self) -> bool:
        return not self.quiet and sys.stderr is not None and sys.stderr.isatty()

    def say(self, text: str) -> None:
        """Write a message to standard error."""
        self.progress.clear()
        say(text)

    def note(self, text: str, source: str, number: int) -> None:
        """Say something of a record that is no failure, unless it is to be quiet."""
        if not self.quiet:
            self.say(_located(text, source, number, None, None, (None, None), None))

    def bad_record(self, error: BaseException, source: str | None = None) -> None:
        """Say that a record could not be read or written."""
        self._is_heard("bad", error, source)
        text = described(error, source)
        if isinstance(error, FatalReaderError) and self.ends_at_fatal:
            text += "; what follows in the file is not read"
        self.say(text)
        self.status = max(self.status, status_of(error) or 1)

    def trouble(self, error: BaseException, source: str | None = None) -> None:
        """Say that a file could not be used."""
        self.say(described(error, source))
        self.status = 2

    def flaw(self, error: BaseException, source: str | None = None) -> None:
        """Say what was amiss in a record that was read all the same."""
        if not self._is_heard("flaw", error, source) and not self.quiet:
            self.say(described(error, source))

    def passed_over(self, error: Exception, source: str | None = None) -> None:
        """Say which bytes were read for no record; if they are more than blanks, that is a loss."""
        heard = self._is_heard("stray", error, source)
        if is_blank(error):
            if not heard and not self.quiet:
                self.say(described(error, source))
            return
        self.say(described(error, source))
        self.status = max(self.status, 1)

    def _is_heard(
        self, kind: str, error: BaseException, source: str | None, number: int | None = None
    ) -> bool:
        if self.listener is None:
            return False
        own = source or getattr(error, "source", None)
        return self.listener.hear(kind, error, own, number or getattr(error, "record_index", None))

    def found(self, records: int) -> None:
        """Take note of how many records there were: none is no success."""
        if records == 0:
            self.status = max(self.status, 1)

    def writes(self, name: str, sources: Sequence[str]) -> None:
        """Say which file is written, since warnings about its records name it."""
        # where a file becomes itself, they cannot be told from those about reading it
        self._target = None if name in sources else {"-": "<stdout>"}.get(name, name)

    def repaired(self, warning: RepairWarning) -> None:
        """Say what was read or written otherwise than it stood there."""
        source, number, byte = warning.source, warning.record_index, warning.byte_offset
        if source in (None, self._target) and number is not None and self.place is not None:
            # of a record written: its number there says nothing, nor does the byte
            (source, number), byte = self.place(number), None
        if self._is_heard("flaw", warning, source, number) or self.quiet:
            return
        if isinstance(warning.__cause__, MrrcException):
            self.say(described(warning.__cause__, source))  # as where nothing is converted
            return
        self.say(
            _located(
                warning.text,
                source,
                number,
                None,
                warning.field_tag,
                (None, None),
                byte,
            )
        )

    def _warn(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if isinstance(message, RepairWarning):
            self.repaired(message)
        elif isinstance(message, BadSubfieldCodeWarning):
            if not self.quiet:
                self.say(str(message))
        else:
            self._before(message, category, filename, lineno, file, line)

    def __enter__(self) -> Messages:
        self._filters.__enter__()
        self._before = warnings.showwarning
        warnings.showwarning = self._warn
        for category in (RepairWarning, BadSubfieldCodeWarning):
            warnings.filterwarnings("always", category=category)
        _LOGGER.addHandler(self._log)
        return self

    def leave_terminal_to(self, output: str) -> None:
        """Show no progress where the output goes to a terminal."""
        if output == "-" and sys.stdout.isatty():
            self.progress.hide()

    def finally_do(self, what: Callable[[], Any]) -> None:
        """Do something when the command has ended, however it did."""
        self._last.append(what)

    def __exit__(self, *exception: Any) -> None:
        for each in self._last:
            each()
        _LOGGER.removeHandler(self._log)
        self._filters.__exit__(*exception)
        self.progress.clear()


class _Log(logging.Handler):
    """What the readers log, as messages."""

    def __init__(self, messages: Messages) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        if not self._messages.quiet:
            self._messages.say(record.getMessage())
