# SPDX-License-Identifier: MIT
"""The command print: records as lines of text, as the German National Library's marc21 has them.

What people are to look at on a screen, `show` prints; this is for programs and for who is used to
these lines.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from mrrc.cli.arguments import READING, Command, Parser, takes_files, takes_form, takes_output
from mrrc.cli.look import visible
from mrrc.cli.messages import Messages
from mrrc.cli.stream import Output, Stream
from mrrc.field import Field, Subfield
from mrrc.files import open_target
from mrrc.formats import table
from mrrc.formats.writer import FormatWriter
from mrrc.record import Record

__all__ = ["COMMANDS"]

_PRINT = f"""\
mrrc print - records as plain lines of text

Usage: mrrc print [OPTION]... [FILE]... [-o FILE]

Prints each record with a line for the leader and each field, and an empty line
behind it: 650/#0 $a Ships $x History. Indicators are left out where both are
blanks; # is a blank. For the screen see also 'mrrc show'.

Examples
  The first record:

      mrrc print --limit 1 delivery.mrc

  MARCMaker text, the accents as characters of their own:

      mrrc print --format mnemonic --translit nfd delivery.mrc -o delivery.mrk

Options
  --format FORMAT     default, the lines described above; or mnemonic, which is
                      MARCMaker text. Otherwise it is mnemonic where FILE ends
                      in .mrk
  --translit FORM     write letters in one form of Unicode: nfc, an accented
                      letter is one character; nfd, the accent is one of its
                      own; nfkc and nfkd, forms for the sake of looks are undone
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written. FILE.gz, .bz2, .xz and .zst
                      are compressed
  --compression N     how hard, from 0 to 9

{READING}"""

#: What would end a line in the midst of a value, as what stands for it.
_ENDS = {0x0A: 0x240A, 0x0D: 0x240D}


def _options(parser: Parser) -> None:
    takes_files(parser)
    takes_output(parser)
    parser.add_argument("--format", choices=("default", "mnemonic"), metavar="FORMAT")
    takes_form(parser, "--translit")


def _print(arguments: argparse.Namespace, messages: Messages) -> None:
    named = None if arguments.output == "-" else table.by_suffix(arguments.output)
    mnemonic = arguments.format == "mnemonic" or (
        arguments.format is None and named is not None and named.name == "mrk"
    )
    form = None if arguments.translit is None else arguments.translit.upper()
    messages.leave_terminal_to(arguments.output)
    stream = Stream(arguments, messages)
    if stream.format() is None:
        return
    if not mnemonic:
        _print_lines(stream, arguments.output, form)
        messages.found(stream.given)
        return
    writer = FormatWriter(arguments.output, "mrk")
    messages.writes(arguments.output, arguments.files)
    with Output(writer, stream, messages, arguments.strict) as output:
        for record in stream:
            if form is not None:
                _bring_into(record, form)
            output.write(record)
    messages.found(output.written)


def _print_lines(stream: Stream, name: str, form: Any) -> None:
    shown: Callable[[str], str] = _in_a_line
    encoding = "utf-8"
    if name == "-" and sys.stdout.isatty():
        shown, encoding = visible, sys.stdout.encoding or encoding
    with open_target(name) as target:
        for record in stream:
            if form is not None:
                _bring_into(record, form)
            lines = [f"LDR {record.leader}", *map(_line, record.fields)]
            text = "".join(f"{shown(line)}\n" for line in lines)
            target.write(f"{text}\n".encode(encoding, "backslashreplace"))


def _in_a_line(text: str) -> str:
    return text.translate(_ENDS)


def _line(field: Field) -> str:
    if field.control_field:
        return f"{field.tag} {field.data or ''}"
    both = "".join(str(one or " ") for one in field.indicators or ())
    parts = [field.tag if both.isspace() else f"{field.tag}/{both.replace(' ', '#')}"]
    parts += [f"${code} {value}" if value else f"${code}" for code, value in field.subfields]
    return " ".join(parts)


def _bring_into(record: Record, form: Any) -> None:
    """Bring a record's values into a form of Unicode."""
    for field in record.fields:
        if field.control_field:
            field.data = normalize(form, field.data or "")
            continue
        field.subfields = [
            Subfield(code, normalize(form, value or "")) for code, value in field.subfields
        ]


COMMANDS = {"print": Command(_PRINT, _options, _print)}
