# SPDX-License-Identifier: MIT
"""The commands for who wants to look at records: count, show and formats."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from mrrc.cli.arguments import READING, Command, Parser, takes_files, takes_output
from mrrc.cli.messages import Messages, put, shown_name
from mrrc.cli.sweeps import Sweeps
from mrrc.files import open_target
from mrrc.formats import table

if TYPE_CHECKING:
    from mrrc.cli.stream import Stream
    from mrrc.record import Record

__all__ = ["COMMANDS", "coloured", "style", "visible"]

_COUNT = f"""\
mrrc count - how many records there are

Usage: mrrc count [OPTION]... [FILE]...

Prints how many records a file has; of several files a line for each, and the
sum. Bad records are named and not counted. Of ISO 2709 leaders and directories
are looked at, and what stands in the fields is not, unless an option asks for
it; where a flaw there makes a bad record, as with --strict, each is read as the
other commands read it.

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
  --compression N     how hard FILE.gz is compressed, 0 to 9
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
    sweeps = Sweeps(arguments, messages, packed=False)
    counts: list[tuple[int, str]] = []
    for name in sweeps.files:
        before = sweeps.given
        used = sweeps.file(name, lambda sweep: sweeps.stretches_of(sweep))
        if used or sweeps.given > before:
            counts.append((sweeps.given - before, name))
    messages.progress.clear()
    if len(sweeps.files) == 1:
        put("".join(f"{count}\n" for count, _ in counts))
    else:
        width = len(str(sweeps.given))
        counts.append((sweeps.given, "total"))
        put("".join(f"{count:>{width}} {shown_name(name)}\n" for count, name in counts))
    messages.found(sweeps.given)


# -- show --


def _show_options(parser: Parser) -> None:
    takes_files(parser)
    takes_output(parser)
    parser.add_argument("--to", dest="target_format", metavar="FORMAT")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


def _show(arguments: argparse.Namespace, messages: Messages) -> None:
    # a module that counting does without
    from mrrc.cli.stream import Output, Stream

    format = None
    if arguments.target_format is not None:
        format = table.find(arguments.target_format).name
        if format == "marc":
            raise ValueError("ISO 2709 is not for the eye; 'mrrc convert' writes it")
    messages.leave_terminal_to(arguments.output)
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
    paint = _Paint(coloured(arguments.color, arguments.output))
    encoding = "utf-8"
    if arguments.output == "-" and sys.stdout.isatty():
        encoding = sys.stdout.encoding or encoding
    with open_target(arguments.output) as target:
        for record in stream:
            name, number = stream.place(stream.given)
            head = f"Record {number} of {shown_name(name)}"
            text = f"{paint.dim(visible(head))}\n{paint.record(record)}\n\n"
            target.write(text.encode(encoding, "backslashreplace"))


def coloured(when: str, output: str) -> bool:
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


def visible(text: str) -> str:
    """Return a text without what a terminal would obey."""
    return text if text.isprintable() else text.translate(_INVISIBLE)


class _Paint:
    """Records as text, with or without colours."""

    def __init__(self, coloured: bool) -> None:
        self._tag = style("bold cyan", coloured)
        self._indicators = style("yellow", coloured)
        self._code = style("green", coloured)
        self.dim = style("dim", coloured)

    def record(self, record: Record) -> str:
        """Return a record, a line for each field."""
        lines = [f"{self._tag('LDR')}     {visible(str(record.leader))}"]
        for field in record.fields:
            tag = self._tag(visible(field.tag))
            if field.control_field:
                lines.append(f"{tag}     {visible(field.data or '')}")
                continue
            blanked = "".join(str(one or " ") for one in field.indicators or ()).replace(" ", "#")
            parts = [
                f"{self._code('$' + visible(str(code)))} {visible(str(value or ''))}"
                for code, value in field.subfields
            ]
            lines.append(" ".join([tag, self._indicators(visible(blanked)), "", *parts]))
        return "\n".join(lines)


def style(style: str, coloured: bool) -> Callable[[str], str]:
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
