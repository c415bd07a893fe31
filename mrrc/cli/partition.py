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
from array import array
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
from mrrc.cli.chosen import Chosen
from mrrc.cli.messages import Messages, put
from mrrc.cli.sweeps import Sweeps, say_warnings
from mrrc.compression import uncompressed_name
from mrrc.formats import table
from mrrc.sweep import Stretch, Sweep
from mrrc.tables import Query

__all__ = ["COMMANDS", "file_name"]

_PARTITION = f"""\
mrrc partition - a file for each value of a field

Usage: mrrc partition PATH [OPTION]... [FILE]...

Writes the records into files, one for each value that PATH gives, and lists
these. A record with several values is in several files, and one without any in
none; how many those are is told. Of a record with the same value twice there
is one copy. A file that has such a name already is replaced.

PATH is one column as 'mrrc select' has it: '650$a', 008/35-37, LDR/6, 003, and
with a condition behind a bar, for the fields that it holds in.

Examples
  A file for each language, spa.mrc, eng.mrc and so on, in the folder languages:

      mrrc partition 008/35-37 delivery.mrc -o languages

  One for each subject heading of one thesaurus:

      mrrc partition '650/*{{ a|2 == "gnd" }}' delivery.mrc -o subjects

  MARCXML, compressed, of the records of each library:

      mrrc partition '852$b' delivery.mrc -o libraries -t 'holdings-{{}}.xml.gz'

Options
  -o, --output DIR    the folder for the files, which is made if it is not
                      there; otherwise it is the one where you are
  --compression N     how hard FILE.gz is compressed, 0 to 9
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
    say_warnings(values.warnings, messages)
    template: str | None = arguments.template
    if template is not None and ("{}" not in template or "/" in template):
        raise ValueError(
            f"{template!r} is no template: it needs {{}} where the value is to stand, as in "
            "'part-{}.mrc'; the folder is named with -o"
        )
    files_of(arguments.files)
    if arguments.output == "-":
        raise ValueError("several files cannot go to standard output: name a folder with -o")
    sweeps = Sweeps(arguments, messages, written=True)
    source = sweeps.format()
    if source is None:
        return
    named = None if template is None else table.by_suffix(uncompressed_name(template))
    format = arguments.target_format or (source if named is None else named.name)
    template = template or "{}" + table.FORMATS[format].suffixes[0]
    os.makedirs(arguments.output, exist_ok=True)
    parts = _Parts(template, format, arguments, messages)
    try:
        sweeps.stretches(lambda sweep, stretch: parts.take(values, sweep, stretch))
        written = parts.close()
    except BaseException:
        parts.discard()
        raise
    messages.found(written)
    without = parts.without
    if without and not arguments.quiet:
        many = "1 record has" if without == 1 else f"{without} records have"
        messages.say(f"{many} no value of {path}, and so no file")


class Values:
    """What a path gives of records.

    Args:
        path: a query of one column.

    Attributes:
        warnings: what in the path hardly means what it says.

    Raises:
        QueryError: it is none.
        ValueError: it has several columns.
    """

    def __init__(self, path: str) -> None:
        query = Query(path)
        self.warnings = query.warnings
        self._table = query.table(_bridge.TABLE_PLAIN)
        if self._table.columns != 1:
            raise ValueError(f"{path!r} is not one selector; a path is such as '650$a', 008/35-37")
        self._tally = _bridge.Tally()
        self._known: list[str] = []  # by their numbers in the tally

    def of(self, sweep: Sweep, stretch: Stretch) -> tuple[dict[str, array[int]], int]:
        """Return which of the records of a stretch have a value, for each value that is not empty,
        and how many records have none; of a record that cannot be tested it is told."""
        numbers: dict[int, array[int]] = {}
        tested, at = 0, stretch.first
        while at < stretch.end:
            before = at
            pairs, at, error = self._tally.numbers(self._table, stretch.view, at, stretch.end)
            tested += at - before
            for record, number in zip(pairs[::2], pairs[1::2]):
                if number not in numbers:
                    numbers[number] = array("I")
                numbers[number].append(record)
            if error is not None:
                sweep.fail(error, stretch, at)
                at += 1
        while len(self._known) < len(self._tally):
            (value,) = self._tally.row(len(self._known))
            self._known.append(value)
        found = {self._known[number]: records for number, records in numbers.items()}
        found.pop("", None)
        return found, tested - len(set().union(*found.values()))


class _Parts:
    """The files, by value; those written to last are open.

    Attributes:
        without: how many records belong nowhere.
    """

    def __init__(
        self,
        template: str,
        format: str,
        arguments: argparse.Namespace,
        messages: Messages,
    ) -> None:
        self.without = 0
        self._template = template
        self._format = format
        self._arguments = arguments
        self._messages = messages
        self._parts: dict[str, Chosen] = {}  # by the names of the files
        self._names: dict[str, str] = {}  # by values
        self._open: OrderedDict[str, Chosen] = OrderedDict()

    def take(self, values: Values, sweep: Sweep, stretch: Stretch) -> None:
        """Put the records of a stretch where they belong."""
        found, without = values.of(sweep, stretch)
        self.without += without
        for value, records in found.items():
            part = self._part(value)
            part.take(sweep, stretch, records)

    def _part(self, value: str) -> Chosen:
        """Return the file for a value, ready to be written to."""
        name = self._names.get(value) or self._named(value)
        part = self._parts.get(name)
        if name in self._open:
            self._open.move_to_end(name)
        elif len(self._open) == _OPEN:
            _, oldest = self._open.popitem(last=False)
            oldest.park()
        if part is None:
            self._check(name)
            part = Chosen(name, self._format, self._arguments, self._messages)
            self._parts[name] = part
        self._open[name] = part
        return part

    def _named(self, value: str) -> str:
        safe = file_name(value)
        name = os.path.join(self._arguments.output, self._template.replace("{}", safe))
        self._names[value] = name
        return name

    def _check(self, name: str) -> None:
        """Make sure that no file takes the place of one that is read: the rest of it would be
        nowhere."""
        for source in self._arguments.files:
            if os.path.exists(name) and os.path.exists(source) and os.path.samefile(name, source):
                raise ValueError(f"{name!r} would take the place of what is read")

    def close(self) -> int:
        """Put all files in place and list them; return how many records are in them."""
        written = 0
        lines: list[str] = []
        placed: dict[str, str] = {}
        for name, part in sorted(self._parts.items()):
            if not part.written:
                part.discard()
                continue
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
