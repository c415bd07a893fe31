# SPDX-License-Identifier: MIT
"""The command line `mrrc`: finds the command that is asked for, runs it and says how it ended.

What a command does is in the module of its family, which is imported only when it is called.
Here is what they have in common: the exit status, and that no failure shows a traceback.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from mrrc.cli.arguments import Command

__all__ = ["main"]

#: The commands by what they are for: of each the module it stands in, and what it does.
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Look at records": {
        "count": ("look", "how many records there are"),
        "show": ("look", "records on the screen, to be read"),
        "print": ("plain", "records as plain lines of text"),
        "formats": ("look", "the formats that mrrc knows"),
    },
    "Find out what is in them": {
        "filter": ("find", "the records that pass a test"),
        "grep": ("find", "where a pattern matches"),
        "select": ("tables", "chosen values as a table, a row for each"),
        "frequency": ("tables", "how often values come"),
        "describe": ("tables", "which fields and subfields there are"),
        "glimpse": ("tables", "a few values of a field"),
    },
    "Make files of them": {
        "convert": ("transfer", "into another format: MARCXML, JSON, MARCMaker, MODS ..."),
        "head": ("transfer", "only the first records"),
        "merge": ("transfer", "several files made one"),
        "split": ("transfer", "one file made several"),
        "extract": ("extract", "chosen fields as a table: CSV, TSV or JSON lines"),
        "dedup": ("choose", "each record only once"),
        "sample": ("choose", "some records, chosen by chance"),
        "partition": ("partition", "a file for each value of a field"),
        "skosify": ("skosify", "a vocabulary in SKOS, of authority records"),
    },
    "Check and compare": {
        "validate": ("check", "what is wrong in records"),
        "diff": ("compare", "what differs between two files"),
        "hash": ("choose", "a checksum of each record"),
    },
    "Mend damaged files": {
        "repair": ("repair", "sound records out of a damaged file"),
        "invalid": ("repair", "what cannot be read, as it stands"),
    },
    "Share the work out": {
        "concurrency": ("concurrency", "what the computer has, and what suits a job"),
    },
}

#: Other names of commands, as the German National Library's marc21 has them.
_ALIASES = {
    "cat": "merge",
    "check": "validate",
    "cnt": "count",
    "concat": "merge",
    "freq": "frequency",
}

_USAGE = """\
mrrc - looks at MARC records, and makes other files of them

Usage: mrrc COMMAND [OPTION]... [FILE]...
"""

_REST = """
'mrrc COMMAND --help' explains a command and gives examples. 'mrrc --version'
says which version this is. A command's name may be cut short, as 'conv', while
no other begins like that; 'concat' and 'cat' are other names of 'merge'.

Examples
  How many records has the delivery?

      mrrc count delivery.mrc

  Read the first five of them.

      mrrc show --limit 5 delivery.mrc

  Make MARCXML of them.

      mrrc convert delivery.mrc -o delivery.xml

  Control number, title and ISBN of each, for a spreadsheet. The quotes keep
  the shell from taking the dollar signs for its own.

      mrrc extract 001 '245$a' '020$a' delivery.mrc -o titles.csv

Files
  A file's name tells its format (delivery.mrc, delivery.xml), or else its
  first bytes do; --from names it. Files compressed with gzip, bzip2, xz or
  zstd are read as they are, and written where the name that -o gives ends in
  .gz, .bz2, .xz or .zst. "-", or no file at all, means standard input, so that
  commands can be joined:

      mrrc head -n 100 delivery.mrc.gz | mrrc convert --to mrk -o look.mrk

  A file that -o names is put in place when all of it is written, and not
  before: if a command fails, it is as it was.

Bad records
  A record that cannot be read or written is named on standard error, with its
  number, its place and the reason, and left out; the others are handled. Of a
  record with a fault in one of its pieces the rest is read, and the piece is
  named; --recovery has it otherwise. With --strict the first fault ends the
  command.

Exit status
  0  done
  1  there were no records, some could not be read or written, or bytes that
     are more than blanks belong to none
  2  trouble: wrong arguments, a file that is missing, a disk that is full

Environment
  NO_COLOR   if it is set, and not empty, nothing is coloured
"""


def _page() -> str:
    """Return what ``mrrc --help`` says."""
    lines = [_USAGE, "\n"]
    for family, commands in COMMANDS.items():
        lines.append(f"{family}\n")
        lines += [f"  {name:<11} {about}\n" for name, (_, about) in commands.items()]
        lines.append("\n")
    return "".join(lines).rstrip("\n") + "\n" + _REST


def _command(name: str) -> Command | None:
    for commands in COMMANDS.values():
        if name in commands:
            module = importlib.import_module(f"mrrc.cli.{commands[name][0]}")
            return cast("Command", module.COMMANDS[name])
    return None


def _full_name(name: str) -> str:
    """Return a command's name of another one that it has, or of its beginning."""
    every = [each for commands in COMMANDS.values() for each in commands]
    if name in every:
        return name
    if _ALIASES.get(name) in every:
        return _ALIASES[name]
    found = [each for each in every if each.startswith(name)]
    return found[0] if len(found) == 1 and len(name) > 1 else name


def _unknown(name: str) -> int:
    import difflib

    every = [each for commands in COMMANDS.values() for each in commands]
    several = [each for each in every if each.startswith(name)]
    if len(several) > 1:
        return _complain(f"there is no command {name!r}; did you mean {' or '.join(several)}?")
    near = difflib.get_close_matches(name, every, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(every)}"
    if name.startswith("-"):
        return _complain(f"there is no option {name!r} before a command; see 'mrrc --help'")
    return _complain(f"there is no command {name!r}; {hint}")


def _complain(text: str) -> int:
    from mrrc.cli.messages import say

    say(text)
    return 2


def _print(text: str) -> int:
    from mrrc.cli.messages import put

    put(text)
    return 0


def _run(arguments: list[str]) -> int:
    if not arguments:
        return _complain("which command? 'mrrc --help' lists them")
    name, *rest = arguments
    if name in ("-h", "--help") or (name == "help" and not rest):
        return _print(_page())
    if name in ("-V", "--version"):
        from mrrc import __version__

        return _print(f"mrrc {__version__}\n")
    if name == "help":
        name, rest = rest[0], ["--help"]
    name = _full_name(name)
    command = _command(name)
    if command is None:
        return _unknown(name)
    from mrrc.cli.messages import Messages

    parsed = command.parser(name).parsed(rest)
    with (
        _compressed_at(getattr(parsed, "compression", None)),
        Messages(quiet=getattr(parsed, "quiet", False)) as messages,
    ):
        command.run(parsed, messages)
        sys.stdout.flush()
    return messages.status


@contextmanager
def _compressed_at(level: int | None) -> Iterator[None]:
    """Let what is compressed be compressed so hard."""
    if level is None:
        yield
        return
    from mrrc.compression import LEVEL

    token = LEVEL.set(level)
    try:
        yield
    finally:
        LEVEL.reset(token)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let the collector look through what is made less often: most of it is modules, which stay."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: those behind the program's name; by default the process's own.

    Returns:
        0 if all went well; 1 if there were no records or some could not be read or written;
        2 at wrong arguments, missing files and failures of the system; 130 if the user
        interrupted it; 143 or 129 if SIGTERM or SIGHUP did; 141 if nobody reads what it writes, as
        programs have it that SIGPIPE ends.
    """
    if sys.stdout is None:
        # closed by the caller: what is written goes nowhere, and so is not written
        return _complain("standard output is closed")
    try:
        with _signals(), _seldom_collected():
            return _run(list(sys.argv[1:] if arguments is None else arguments))
    except SystemExit as end:  # of argparse, or by a signal
        return end.code if isinstance(end.code, int) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _leave_output()
        return 141
    except MemoryError:
        return _complain("out of memory")
    except Exception as error:
        from mrrc.cli.messages import described, status_of

        status = status_of(error)
        if status is None:
            raise  # a fault of this program, whose place is wanted
        _complain(described(error))
        text = getattr(error, "text", None)
        if isinstance(text, str) and os.path.isfile(text):
            _complain(f"{text!r} is a file: what is asked for stands before the files")
        _leave_output()
        return status


@contextmanager
def _signals() -> Iterator[None]:
    """Let signals that would end the process end it as an interrupt does: no file is left half."""

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    taken = []
    with suppress(ValueError):  # signals are the main thread's affair
        for each in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(each) is signal.SIG_DFL:  # nohup has it otherwise
                signal.signal(each, end)
                taken.append(each)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


def _leave_output() -> None:
    """Keep the interpreter from writing at its end what could not be written."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, sys.stdout.fileno())
        finally:
            os.close(nowhere)
