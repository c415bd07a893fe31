# SPDX-License-Identifier: MIT
"""The command that makes a file for each value of a field: partition.

Which values a path gives is the affair of C. Here they become names of files, of which no two
values have the same and none lies elsewhere, and of these files only some are open at a time.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
from collections import OrderedDict
from unicodedata import normalize

from mrrc import _bridge
from mrrc.cli.arguments import (
    READING,
    Command,
    Parser,
    files_of,
    takes_reading_options,
    takes_target,
)
from mrrc.cli.copies import Chosen, Chunks, Kept
from mrrc.cli.extract import JsonLines, rows_of, selectors_and_files, values_of_cell
from mrrc.cli.messages import Messages, put
from mrrc.cli.stream import Stream
from mrrc.compression import uncompressed_name
from mrrc.exceptions import MrrcException
from mrrc.formats import table
from mrrc.formats.odd import packed_or_repaired
from mrrc.record import Record

__all__ = ["COMMANDS", "file_name"]

_PARTITION = f"""\
mrrc partition - a file for each value of a field

Usage: mrrc partition PATH [OPTION]... [FILE]...

Writes the records into files, one for each value that PATH gives, and lists
these. A record with several values is in several files, and one without any in
none; how many those are is told. Of a record with the same value twice there
is one copy. A file that has such a name already is replaced.

PATH is a selector as 'mrrc extract' has it: '650$a', 008/35-37, LDR/6, 003.

Examples
  A file for each language, spa.mrc, eng.mrc and so on, in the folder languages:

      mrrc partition 008/35-37 delivery.mrc -o languages

  MARCXML, compressed, of the records of each library:

      mrrc partition '852$b' delivery.mrc -o libraries -t 'holdings-{{}}.xml.gz'

Options
  -o, --output DIR    the folder for the files, which is made if it is not
                      there; otherwise it is the one where you are
  -t, --template NAME how the files are called, with {{}} where the value is to
                      stand; otherwise {{}}.mrc, or as fits the format
  --to FORMAT         the format of the files; otherwise the ending of NAME
                      tells it, or it is that of what is read
  --to-encoding NAME  of ISO 2709: utf-8 or marc-8; unless it is given, records
                      of ISO 2709 are copied byte for byte
  --unmapped HOW      of MARC-8; see 'mrrc convert --help'

  In names of files stand letters, digits, blanks and most signs as they are;
  what a file system or a shell has a use for, such as / * ? and : , stands as %
  and two digits. A value that is too long for a name is cut, and has a
  checksum in place of its end.

{READING}"""

#: So many files are open at a time.
_OPEN = 64

#: A name has at most 255 bytes; so many are the value's.
_VALUE = 160

#: What some file system or shell has a use for, and what a name should not begin with.
_UNSAFE = re.compile(r"""[%/\\:*?"<>|\x00-\x1f\x7f-\x9f]|^[ .~-]""")


def file_name(value: str) -> str:
    """Return a value as a part of a file's name: of two values it is not the same."""
    safe = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), value)
    safe = "".join(
        each
        if each.isprintable()
        else "".join(f"%{byte:02X}" for byte in each.encode("utf-8", "surrogatepass"))
        for each in safe
    )
    encoded = safe.encode()
    if len(encoded) <= _VALUE:
        return safe
    rest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    # a percent sign behind which no two digits stand is in no other name
    return f"{encoded[:_VALUE].decode('utf-8', 'ignore')}%~{rest}"


def _options(parser: Parser) -> None:
    parser.add_argument("arguments", nargs="*", metavar="PATH")
    takes_reading_options(parser)
    takes_target(parser)
    parser.set_defaults(output=".")
    parser.add_argument("-t", "--template", metavar="NAME")


def _partition(arguments: argparse.Namespace, messages: Messages) -> None:
    if not arguments.arguments:
        raise ValueError("by which values? Name a path, such as 008/35-37")
    path, *arguments.files = arguments.arguments
    values = Values(path)
    template: str | None = arguments.template
    if template is not None and ("{}" not in template or "/" in template):
        raise ValueError(
            f"{template!r} is no template: it needs {{}} where the value is to stand, as in "
            "'part-{}.mrc'; the folder is named with -o"
        )
    files_of(arguments.files)
    if arguments.output == "-":
        raise ValueError("several files cannot go to standard output: name a folder with -o")
    stream = Stream(arguments, messages)
    source = stream.format()
    if source is None:
        return
    named = None if template is None else table.by_suffix(uncompressed_name(template))
    format = arguments.target_format or (source if named is None else named.name)
    template = template or "{}" + table.FORMATS[format].suffixes[0]
    os.makedirs(arguments.output, exist_ok=True)
    parts = _Parts(template, format, arguments, stream, messages)
    try:
        without = parts.fill(values)
        written = parts.close()
    except BaseException:
        parts.discard()
        raise
    messages.found(written)
    if without and not arguments.quiet:
        many = "1 record has" if without == 1 else f"{without} records have"
        messages.say(f"{many} no value of {path}, and so no file")


class Values:
    """What a path gives of records.

    Args:
        path: one selector.

    Raises:
        ValueError: it is none, or more than one.
    """

    def __init__(self, path: str) -> None:
        selectors, _ = selectors_and_files([path])
        if len(selectors) != 1:
            raise ValueError(f"{path!r} is not one selector; a path is such as '650$a', 008/35-37")
        self._encoder = _bridge.Encoder(
            _bridge.find_format("tsv"), _bridge.WRITE_FORMULAS, selectors
        )
        self._encoder.begin()

    def of(self, record: Record) -> list[str]:
        """Return the values, each once and none empty, in the order in which they stand.

        Raises:
            WriterError: the record's text is of a kind that no table holds.
        """
        packed = record._untouched() or packed_or_repaired(record)[0]
        swapped, back = JsonLines.swapped(packed, 0)
        data, _, error = self._encoder.records(swapped, [len(swapped)])
        if error is not None:
            raise error
        cells = [cell for row in rows_of(data) for cell in row]
        values = (value.translate(back) for cell in cells for value in values_of_cell(cell))
        return list(dict.fromkeys(value for value in values if value))


class _Parts:
    """The files, by value; those written to last are open."""

    def __init__(
        self,
        template: str,
        format: str,
        arguments: argparse.Namespace,
        stream: Stream,
        messages: Messages,
    ) -> None:
        self._template = template
        self._format = format
        self._arguments = arguments
        self._stream = stream
        self._messages = messages
        self._parts: dict[str, Chosen] = {}  # by the names of the files
        self._open: OrderedDict[str, Chosen] = OrderedDict()

    def fill(self, values: Values) -> int:
        """Put each record where it belongs; return how many belong nowhere."""
        chunks = Chunks(self._stream)
        without = 0
        for record in self._stream:
            try:
                found = values.of(record)
            except MrrcException as error:
                error.source, error.record_index = self._stream.place(self._stream.given)
                if self._arguments.strict:
                    raise
                self._messages.bad_record(error)
                continue
            if not found:
                without += 1
            kept: Kept | None = None
            for value in found:
                part = self._part(value)
                if kept is None:
                    kept = part.kept(record, chunks.of(record) if part.copies else None)
                part.put(kept)
        return without

    def _part(self, value: str) -> Chosen:
        """Return the file for a value, ready to be written to."""
        name = os.path.join(self._arguments.output, self._template.replace("{}", file_name(value)))
        part = self._parts.get(name)
        if name in self._open:
            self._open.move_to_end(name)
        elif len(self._open) == _OPEN:
            _, oldest = self._open.popitem(last=False)
            oldest.enter()
            oldest.park()
        if part is None:
            self._check(name)
            part = Chosen(name, self._format, self._arguments, self._stream, self._messages)
            self._parts[name] = part
        self._open[name] = part
        part.enter()
        return part

    def _check(self, name: str) -> None:
        """Make sure that no file takes the place of one that is read: the rest of it would be
        nowhere."""
        for source in self._arguments.files:
            if os.path.exists(name) and os.path.exists(source) and os.path.samefile(name, source):
                raise ValueError(f"{name!r} would take the place of what is read")

    def close(self) -> int:
        """Put all files in place and list them; return how many records are in them."""
        written = 0
        for part in self._parts.values():
            part.enter()
            part.flush()
        lines: list[str] = []
        placed: dict[str, str] = {}
        for name, part in sorted(self._parts.items()):
            if not part.written:
                part.discard()
                continue
            part.enter()
            self._check_case(name, placed)
            part.close()
            written += part.written
            many = "record" if part.written == 1 else "records"
            lines.append(f"{name}  {part.written} {many}\n")
        if not self._arguments.quiet:
            self._messages.progress.clear()
            put("".join(lines))
        return written

    @staticmethod
    def _check_case(name: str, placed: dict[str, str]) -> None:
        """Make sure that a file does not take the place of one that was written just now, as it
        would where a file system takes large and small letters for the same."""
        other = placed.setdefault(normalize("NFC", name).casefold(), name)
        if other != name and os.path.exists(name) and os.path.samefile(other, name):
            raise ValueError(f"{name!r} is the same file as {other!r} on this file system")

    def discard(self) -> None:
        """Give up what is not in place."""
        for part in self._parts.values():
            part.discard()


COMMANDS = {"partition": Command(_PARTITION, _options, _partition)}
