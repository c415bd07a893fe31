# SPDX-License-Identifier: MIT
"""The command that makes tables of records: extract.

Which values a selector gives, and how a table is written, is the affair of C; here its cells
become JSON where that is wanted. Parquet has a module of its own.
"""

from __future__ import annotations

import argparse
import json
import re
import warnings
from collections.abc import Iterator
from itertools import accumulate

from mrrc import _bridge
from mrrc.cli.arguments import (
    READING,
    Command,
    Parser,
    files_of,
    takes_output,
    takes_reading_options,
)
from mrrc.cli.messages import Messages
from mrrc.cli.stream import Output, Stream, Writer
from mrrc.exceptions import MrrcException, WriterError
from mrrc.files import open_target
from mrrc.formats import table
from mrrc.formats.odd import packed_or_repaired
from mrrc.formats.writer import FormatWriter
from mrrc.record import Record

__all__ = ["COMMANDS"]

_EXTRACT = f"""\
mrrc extract - chosen fields as a table

Usage: mrrc extract [OPTION]... SELECTOR... [FILE]... [-o FILE]
       mrrc extract --long [OPTION]... [FILE]... [-o FILE]

Writes a table with a row for each record and a column for each selector, for
a spreadsheet or another program. Several values in one cell have a | between
them. With --long there is a row for each value of each field instead, and no
selector: the whole of the records.

Selectors
  245$a               subfield a of field 245, of every one there is
  245$a$b             subfields a and b, in the order in which they stand
  650$a  6XX$a        of all 650; of all fields of the six hundreds
  245/10$a            only where the indicators are 1 and 0; # is a blank
  650[0]$a            only of the first 650; [0-1] the first two, [#] the last
  245^1               the first indicator
  001                 a control field
  008/35-37  LDR/6    characters 35 to 37 of a control field; 6 of the leader

  Selectors come first, each an argument of its own or several in one, with
  commas or blanks between them. Quotes keep the shell from the dollar signs.
  An argument that looks like none is the first file; where a file is called
  001, write ./001.

Examples
  Control number, title and all subject headings, for a spreadsheet:

      mrrc extract 001 '245$a$b' '650$a' delivery.mrc -o subjects.csv

  The same, with one argument for the selectors:

      mrrc extract '001, 245$a$b, 650$a' delivery.mrc -o subjects.csv

  How many records there are in each language:

      mrrc extract 008/35-37 delivery.mrc | sort | uniq -c

  Everything, a row a value, to be searched with a program for tables:

      mrrc extract --long delivery.mrc -o everything.tsv

Options
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written
  --compression N     how hard FILE.gz is compressed, 0 to 9
  --to FORMAT         csv, tsv or jsonl: JSON lines, with a list of values for
                      each selector. Or parquet, which needs pyarrow: a list
                      where MARC 21 lets a selector find several values,
                      otherwise a text. Without --to the name of FILE tells it,
                      or it is csv
  --long              a row for each value: the record's number, its 001, tag,
                      occurrence of the tag, indicators, code and value
  --formulas          leave cells as they are that a spreadsheet would take for
                      a formula; otherwise they have an apostrophe before them

{READING}"""

_KINDS = ("csv", "tsv", "jsonl", "parquet")

#: How the names of files of Parquet end.
SUFFIXES = (".parquet", ".pq")

#: An argument behind the first that is a selector and no file.
_SELECTOR = re.compile(
    r"""(?: LDR | [0-9X.]{3} ) (?: \[ [^\]]* \] )? (?: / [0-9\#]+ (?: - [0-9\#]+ )? | \^ [12] )?
    | [0-9A-Za-z.]{3} (?: \[ [^\]]* \] )? (?: /.. )? \$ .*""",
    re.VERBOSE | re.IGNORECASE,
)


def _options(parser: Parser) -> None:
    parser.add_argument("arguments", nargs="*", metavar="SELECTOR")
    takes_reading_options(parser)
    takes_output(parser)
    parser.add_argument("--to", dest="target_format", choices=_KINDS, metavar="FORMAT")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--formulas", action="store_true")


def selectors_and_files(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return the selectors among the arguments, and the files behind them.

    The first argument holds selectors, whatever it looks like.
    """
    selectors: list[str] = []
    for at, argument in enumerate(arguments):
        # a comma behind a dollar sign is a subfield's code
        each = [one for one in re.split(r"(?<!\$)[,\s]+", argument) if one]
        if at > 0 and not (each and all(map(_SELECTOR.fullmatch, each))):
            return selectors, arguments[at:]
        selectors += each
    return selectors, []


def _kind(arguments: argparse.Namespace) -> str:
    if arguments.target_format is not None:
        return str(arguments.target_format)
    if arguments.output.lower().endswith(SUFFIXES):
        return "parquet"
    named = None if arguments.output == "-" else table.by_suffix(arguments.output)
    if named is not None and named.name not in _KINDS:
        raise ValueError(
            f"{arguments.output!r} is the name of a file of {named.name}, and no table: name it "
            "otherwise, or the table's format with --to: csv, tsv, jsonl or parquet"
        )
    return "csv" if named is None else named.name


def _extract(arguments: argparse.Namespace, messages: Messages) -> None:
    columns: list[str] | None = None
    arguments.files = arguments.arguments
    if not arguments.long:
        columns, arguments.files = selectors_and_files(arguments.arguments)
        if not columns:
            raise ValueError("which fields? Name some, such as '245$a', or all with --long")
    kind = _kind(arguments)
    if kind == "parquet":
        # seldom wanted
        from mrrc.cli.parquet import write_parquet

        write_parquet(arguments, messages, columns)
        return
    _bridge.Encoder(_bridge.find_format("csv"), 0, columns)  # says what is wrong with a selector
    files_of(arguments.files)
    messages.leave_terminal_to(arguments.output)
    stream = Stream(arguments, messages)
    if stream.format() is None:
        return
    writer: Writer
    if kind == "jsonl":
        writer = JsonLines(arguments.output, columns)
    else:
        writer = FormatWriter(arguments.output, kind, columns=columns, formulas=arguments.formulas)
    messages.writes(arguments.output, arguments.files)
    with Output(writer, stream, messages, arguments.strict) as output:
        for record in stream:
            output.write(record)
    messages.found(output.written)


# -- JSON lines --

#: Control characters that no text should have: two of them stand for others meanwhile.
_SPARE = bytes(code for code in range(1, 0x1D) if code not in b"\t\n\r")

#: The leader and the control fields of a packed record.
_FIXED = re.compile(rb"\A[^\x1e]{24}|\x1e00[0-9][^\x1e]*")

_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^\t\n]*))([\t\n])')


def rows_of(data: bytes) -> Iterator[list[str]]:
    """Yield the rows of a table with tabs; the module csv refuses long cells, and NUL."""
    row: list[str] = []
    for quoted, plain, end in _CELL.findall(data.decode()):
        row.append(quoted.replace('""', '"') if quoted else plain)
        if end == "\n":
            yield row
            row = []


def values_of_cell(cell: str) -> list[str]:
    """Return the values of a cell: a bar with an even number of backslashes before it separates."""
    values: list[str] = []
    if not cell:
        return values
    *parts, last = cell.split("|")
    value = ""
    for part in parts:
        stem = part.rstrip("\\")
        backslashes = len(part) - len(stem)
        value += stem + "\\" * (backslashes // 2)
        if backslashes % 2:
            value += "|"
        else:
            values.append(value)
            value = ""
    stem = last.rstrip("\\")
    values.append(value + stem + "\\" * ((len(last) - len(stem)) // 2))
    return values


def _json(line: dict[str, object]) -> str:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


class JsonLines:
    """A table as JSON lines; `Output` writes through it.

    Args:
        target: the path, or ``-``.
        columns: the selectors; each is the name of a list of values. None: an object for each
            value, as the long form of a table has it.

    Attributes:
        records_written: how many records are in the file.
    """

    _RECORDS = 500

    def __init__(self, target: str, columns: list[str] | None) -> None:
        self.records_written = 0
        self._columns = columns
        self._encoder = _bridge.Encoder(_bridge.find_format("tsv"), _bridge.WRITE_FORMULAS, columns)
        self._header = next(rows_of(self._encoder.begin()))
        self._parts: list[bytes] = []
        self._back: list[dict[int, str]] = []  # of each, what its characters stand for
        self._given = 0
        self._target = open_target(target)

    def write(self, record: Record) -> None:
        """Take a record.

        Raises:
            WriterError: a record cannot be written.
        """
        packed, said = packed_or_repaired(record)
        number = self._given + len(self._parts) + 1
        for warning in said:
            warning.record_index = number
            warnings.warn(warning, stacklevel=2)
        back: dict[int, str] = {}
        if self._columns is not None:
            packed, back = self.swapped(packed, number)
        self._parts.append(packed)
        self._back.append(back)
        if len(self._parts) >= self._RECORDS:
            self.flush()

    @staticmethod
    def swapped(packed: bytes, number: int) -> tuple[bytes, dict[int, str]]:
        """Return a record without bars and backslashes in its control fields.

        C joins the values of these by bars, which they may hold themselves.
        """
        spare = [code for code in _SPARE if code not in packed][:2]
        if len(spare) < 2:
            raise WriterError("the text holds every control character", record_index=number)
        swap = bytes.maketrans(b"|\\", bytes(spare))
        packed = _FIXED.sub(lambda found: found[0].translate(swap), packed)
        return packed, {spare[0]: "|", spare[1]: "\\"}

    def flush(self) -> None:
        """Write what was taken.

        Raises:
            WriterError: a record cannot be written; those behind it stay.
            OSError: the target cannot take it.
        """
        while self._parts:
            data, done, error = self._encoder.records(
                b"".join(self._parts), accumulate(map(len, self._parts))
            )
            self._target.write(self._lines(data))
            self.records_written += done
            left = done if error is None else done + 1
            self._given += left
            del self._parts[:left], self._back[:left]
            if isinstance(error, MrrcException):
                error.record_index = self._given
            if error is not None:
                raise error

    def _lines(self, data: bytes) -> bytes:
        lines = []
        line: dict[str, object]
        if self._columns is None:
            for row in rows_of(data):
                line = dict(zip(self._header, row))
                lines.append(_json(line))
        else:
            for row, back in zip(rows_of(data), self._back):
                line = {
                    name: [value.translate(back) for value in values_of_cell(cell)]
                    for name, cell in zip(self._columns, row)
                }
                lines.append(_json(line))
        return "".join(lines).encode()

    def close(self) -> None:
        """Finish the file and put it in place."""
        self.flush()
        self._target.close()

    def discard(self) -> None:
        """Give up."""
        self._target.discard()


COMMANDS = {"extract": Command(_EXTRACT, _options, _extract)}
