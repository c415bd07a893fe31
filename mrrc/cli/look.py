# SPDX-License-Identifier: MIT
"""The commands for who wants to look at records: count, show and formats."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mrrc import _bridge
from mrrc.batch import decode_marked
from mrrc.cli.arguments import READING, Command, Parser, files_of, recovery_of, takes_files
from mrrc.cli.messages import Messages, put, shown_name, status_of
from mrrc.cli.stream import Output, Stream, check_standard_input
from mrrc.exceptions import MrrcException, QueryLimitError
from mrrc.files import OpenedSource, open_source, open_target
from mrrc.formats import table
from mrrc.marc_encoding import marc_encoding
from mrrc.raw_text import decode_raw
from mrrc.record import Record
from mrrc.recovery import Found, mode_flag

if TYPE_CHECKING:
    from mrrc.query import Filter

__all__ = ["COMMANDS"]

_COUNT = f"""\
mrrc count - how many records there are

Usage: mrrc count [OPTION]... [FILE]...

Prints how many records a file has; of several files a line for each, and the
sum. Each record is read as the other commands read it, so the number is that
of the records that they would find; bad ones are named and not counted.

Examples
  One file, of whatever format:

      mrrc count delivery.xml.gz

  All files of a folder, and their sum:

      mrrc count deliveries/*.mrc

{READING}"""

_SHOW = f"""\
mrrc show - records on the screen, to be read

Usage: mrrc show [OPTION]... [FILE]...

Prints records field by field: tag, indicators (# is a blank), and a $ before
the code of each subfield. On a terminal tags, indicators and codes are
coloured, if the Python package rich is installed and NO_COLOR is not set.

Examples
  The first record of a file:

      mrrc show --limit 1 delivery.mrc

  All of them, page by page:

      mrrc show delivery.mrc | less

  The twentieth, as MARCMaker text:

      mrrc show --skip 19 --limit 1 --to mrk delivery.mrc

  Every 245:

      mrrc show delivery.mrc | grep ^245

Options
  --to FORMAT         in another format that is text: mrk, line, marcxml ...
  -o, --output FILE   write to FILE and not to standard output
  --color WHEN        auto, on a terminal; always; never

{READING}"""

_FORMATS = """\
mrrc formats - the formats that mrrc knows

Usage: mrrc formats

Lists the names that --from and --to take, whether mrrc reads and writes the
format, and which endings of file names stand for it. Other names of a format
that are in use, such as marcmaker for mrk, are taken too.

Examples

      mrrc formats
      mrrc formats | grep XML
"""


# -- count --


def _count(arguments: argparse.Namespace, messages: Messages) -> None:
    files = files_of(arguments.files)
    counter = _Counter(arguments, messages)
    counts: list[tuple[int, str]] = []
    for name in files:
        before = counter.records
        try:
            check_standard_input(name)
            with open_source(name) as opened:
                counter.count(name, opened)
        except MrrcException:
            raise  # only where the command is strict
        except Exception as error:
            if status_of(error) is None:
                raise
            messages.trouble(error, name)
            if counter.records == before:
                continue
        counts.append((counter.records - before, name))
    messages.progress.clear()
    if len(files) == 1:
        put("".join(f"{count}\n" for count, _ in counts))
    else:
        width = len(str(counter.records))
        counts.append((counter.records, "total"))
        put("".join(f"{count:>{width}} {shown_name(name)}\n" for count, name in counts))
    messages.found(counter.records)


class _Counter:
    """Counts records in batches, and makes an object only of one that is out of the ordinary."""

    def __init__(self, arguments: argparse.Namespace, messages: Messages) -> None:
        self.records = 0
        self._arguments = arguments
        self._messages = messages
        self._skip: int = arguments.skip
        self._mode = recovery_of(arguments)
        self._refuses = False  # a record that was read with a flaw
        messages.ends_at_fatal = self._mode in (None, "strict")

    def count(self, name: str, opened: OpenedSource) -> None:
        """Count the records of a file, as far as they are wanted."""
        arguments = self._arguments
        format = table.reading(opened, arguments.source_format)
        encoding, flags = arguments.encoding, mode_flag(self._mode)
        how: dict[str, Any] = {}
        # of ISO 2709 such a record is raised
        self._refuses = self._mode == "strict" and format != "marc"
        if format == "marc":
            text = marc_encoding(encoding)
            flags, how = flags | text.read_flags(), text.how()
        source = opened.source(
            format, None if format == "marc" or encoding == "detect" else encoding
        )
        if arguments.where is not None:
            source.filter(arguments.where.program)
        read = 0
        while self._left() != 0:
            try:
                block = source.next(flags)
            except MrrcException as error:
                read = error.record_index or read + 1
                self._bad(error, name)
                if error is opened.failure:  # the text ends here
                    return
                continue
            if block is None:
                return
            if block.statuses is None and not block.notes and not block.faults:
                self._good(len(block.ends))
            else:
                self._odd(name, block, Found(block, name, read, source), read, how)
            read += block.met
            self._messages.progress.update(self.records)

    def _left(self) -> int | None:
        limit: int | None = self._arguments.limit
        return None if limit is None else limit - self.records

    def _good(self, number: int) -> None:
        passed = min(number, self._skip)
        self._skip -= passed
        number -= passed
        left = self._left()
        self.records += number if left is None else min(number, left)

    def _bad(self, error: MrrcException, name: str) -> None:
        if self._arguments.strict:
            error.source = error.source or name
            raise error
        self._messages.bad_record(error, name)
        self._skip -= min(1, self._skip)

    def _odd(
        self, name: str, block: _bridge.Block, found: Found, before: int, how: dict[str, Any]
    ) -> None:
        """Count a batch one by one: C has found something in it, or left it undecoded."""
        statuses = block.statuses or [_bridge.OK] * len(block.ends)
        for index, status in enumerate(statuses):
            for stray in found.before(index):
                self._messages.passed_over(stray, name)
            if self._left() == 0:
                return
            errors = found.records.get(index, [])
            number = before + block.place(index) + 1
            try:
                if status == _bridge.QUERY_LIMIT:
                    raise QueryLimitError(record_index=number, byte_offset=block.offsets[index])
                if status < 0 and self._mode is not None or errors and self._refuses:
                    raise found.reason(index, status)
                if not self._matches(block, index, name, number, how):
                    continue
            except MrrcException as error:
                self._bad(error, name)
                continue
            for flaw in errors:
                self._messages.flaw(flaw, name)
            self._good(1)
        for stray in found.before(len(statuses)):
            self._messages.passed_over(stray, name)

    def _matches(
        self, block: _bridge.Block, index: int, name: str, number: int, how: dict[str, Any]
    ) -> bool:
        """Return whether a record is to be counted; C has not tested what it has not decoded.

        Raises:
            MrrcException: it cannot be read or tested.
        """
        if block.is_plain(index):
            return True
        where: Filter | None = self._arguments.where
        if block.statuses is not None and block.statuses[index] == _bridge.RAW:
            if where is None:
                return True
            return where.matches_packed(decode_raw(block.chunk(index), how["file_encoding"])[0])
        record = decode_marked(block, index, name, number, **how)
        return where is None or where.matches(record)


# -- show --


def _show_options(parser: Parser) -> None:
    takes_files(parser)
    parser.add_argument("-o", "--output", default="-", metavar="FILE")
    parser.add_argument("--to", dest="target_format", metavar="FORMAT")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


def _show(arguments: argparse.Namespace, messages: Messages) -> None:
    format = None
    if arguments.target_format is not None:
        format = table.find(arguments.target_format).name
        if format == "marc":
            raise ValueError("ISO 2709 is not for the eye; 'mrrc convert' writes it")
    if arguments.output == "-" and sys.stdout.isatty():
        messages.progress.hide()
    stream = Stream(arguments, messages)
    if stream.format() is None:
        return
    if format is None:
        _show_fields(stream, arguments)
        messages.found(stream.given)
        return
    # a module that showing fields does without
    from mrrc.formats.writer import FormatWriter

    writer = FormatWriter(arguments.output, format)
    messages.writes(arguments.output, arguments.files)
    with Output(writer, stream, messages, arguments.strict) as output:
        for record in stream:
            output.write(record)
    messages.found(output.written)


def _show_fields(stream: Stream, arguments: argparse.Namespace) -> None:
    paint = _Paint(_coloured(arguments.color, arguments.output))
    encoding = "utf-8"
    if arguments.output == "-" and sys.stdout.isatty():
        encoding = sys.stdout.encoding or encoding
    with open_target(arguments.output) as target:
        for record in stream:
            name, number = stream.place(stream.given)
            head = f"Record {number} of {shown_name(name)}"
            text = f"{paint.dim(_visible(head))}\n{paint.record(record)}\n\n"
            target.write(text.encode(encoding, "backslashreplace"))


def _coloured(when: str, output: str) -> bool:
    """Return whether to colour.

    Raises:
        ModuleNotFoundError: colour is insisted on, and rich is not installed.
    """
    if when == "never":
        return False
    if when == "auto" and (
        output != "-"
        or not sys.stdout.isatty()
        or os.environ.get("NO_COLOR")
        or os.environ.get("TERM", "dumb") == "dumb"
    ):
        return False
    try:
        import rich  # type: ignore[import-not-found,unused-ignore]  # noqa: F401
    except ImportError:
        if when == "auto":
            return False
        raise ModuleNotFoundError(
            "colour needs the package rich: pip install 'mrrc-cffi[rich]'", name="rich"
        ) from None
    return True


#: What a terminal would obey, or what changes the direction of text, as what stands for it.
_INVISIBLE: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: "\u2421",
    **{code: f"\\x{code:02x}" for code in range(0x80, 0xA0)},
    **{
        code: f"\\u{code:04x}"
        for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)
    },
}


def _visible(text: str) -> str:
    return text if text.isprintable() else text.translate(_INVISIBLE)


class _Paint:
    """Records as text, with or without colours."""

    def __init__(self, coloured: bool) -> None:
        self._tag = _style("bold cyan", coloured)
        self._indicators = _style("yellow", coloured)
        self._code = _style("green", coloured)
        self.dim = _style("dim", coloured)

    def record(self, record: Record) -> str:
        """Return a record, a line for each field."""
        lines = [f"{self._tag('LDR')}     {_visible(str(record.leader))}"]
        for field in record.fields:
            tag = self._tag(_visible(field.tag))
            if field.control_field:
                lines.append(f"{tag}     {_visible(field.data or '')}")
                continue
            blanked = "".join(str(one or " ") for one in field.indicators or ()).replace(" ", "#")
            parts = [
                f"{self._code('$' + _visible(str(code)))} {_visible(str(value or ''))}"
                for code, value in field.subfields
            ]
            lines.append(" ".join([tag, self._indicators(_visible(blanked)), "", *parts]))
        return "\n".join(lines)


def _style(style: str, coloured: bool) -> Callable[[str], str]:
    """Return what makes a text coloured, or leaves it."""
    if not coloured:
        return lambda text: text
    from rich.color import ColorSystem  # type: ignore[import-not-found,unused-ignore]
    from rich.style import Style  # type: ignore[import-not-found,unused-ignore]

    begin, _, end = (
        Style.parse(style).render("\0", color_system=ColorSystem.STANDARD).partition("\0")
    )
    return lambda text: f"{begin}{text}{end}"


# -- formats --


def _formats_options(parser: Parser) -> None:
    """Add nothing: there is nothing to choose."""


def _formats(arguments: argparse.Namespace, messages: Messages) -> None:
    width = max(map(len, table.FORMATS))
    lines = [f"{'name':<{width}}  read  written  what it is, and its files' names"]
    for each in table.FORMATS.values():
        reads, writes = ("yes" if can else "-" for can in (each.reads, each.writes))
        lines.append(f"{each.name:<{width}}  {reads:<4}  {writes:<7}  {each.about}")
        lines.append(f"{'':<{width}}                 {' '.join(each.suffixes)}")
    put("\n".join(lines) + "\n")


COMMANDS = {
    "count": Command(_COUNT, takes_files, _count),
    "show": Command(_SHOW, _show_options, _show),
    "formats": Command(_FORMATS, _formats_options, _formats),
}
