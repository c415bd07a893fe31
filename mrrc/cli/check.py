# SPDX-License-Identifier: MIT
"""The command that checks records: validate.

What is right in MARC 21, `mrrc.validate` knows, and a library's own rules stand in files of its
own; here what they find is written down, with the file and the number of the record.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mrrc.cli.arguments import READING, Command, Parser, takes_files
from mrrc.cli.copies import control_number
from mrrc.cli.messages import Messages, clean, shown_name
from mrrc.cli.rows import as_json, cell
from mrrc.cli.stream import Stream
from mrrc.compression import uncompressed_name
from mrrc.files import open_target
from mrrc.findings import Finding
from mrrc.record import Record
from mrrc.rule_file import RuleFile
from mrrc.validation import Validator

__all__ = ["COMMANDS"]

_VALIDATE = f"""\
mrrc validate - what is wrong in records

Usage: mrrc validate [OPTION]... [FILE]...

Checks records against MARC 21, or an Avram schema, or a library's own rules,
and lists what it finds: a line for each finding, with its file, the record's
number and control number, how grave it is, and the rule. No record is changed.

Rules of one's own stand in a file of TOML. A rule describes with a filter the
records that are bad, or with invert-match those that are good:

      scope = "LDR/6 == 'a'"          # for all rules; it may be left out

      [rule.ISBN]
      matcher = "020$a"
      invert-match = true
      message = "there is no ISBN"
      level = "warning"               # error, warning or info
      scope = "008/7-10 >= '1980'"    # for this rule

Examples
  What is wrong in a delivery?

      mrrc validate delivery.mrc

  Only what MARC 21 does not allow, as a table:

      mrrc validate --level error delivery.mrc -o errors.csv

  A library's own rules, as a report for another program:

      mrrc validate --rules rules.toml delivery.mrc --to dvrf -o report.json

  The records that are not right, to look at them:

      mrrc validate --level error delivery.mrc --to ids

Options
  -R, --rules FILE    check these rules, and not MARC 21; it may be given again
  --schema FILE       check this Avram schema, and not MARC 21
  --marc21            check MARC 21, too, where --rules is given
  --level LEVEL       leave out what is less grave: error, warning or info
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written
  --to FORMAT         text; csv or tsv; jsonl, JSON lines; dvrf, a Data
                      Validation Report, which is JSON; ids, the control numbers
                      of the records in which something was found. Otherwise the
                      name of FILE tells it, and .json means dvrf
  --formulas          leave cells of csv and tsv as they are that a spreadsheet
                      would take for a formula

{READING}
  The exit status is 1 if there is an error, also one that --level leaves out.
"""

_LEVELS = ("error", "warning", "info")

#: So many records are checked together.
_TOGETHER = 500

_BYTES = 1 << 16

_COLUMNS = ("file", "record", "001", "level", "rule", "place", "value", "message")

_BY_SUFFIX = {
    ".txt": "text",
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "dvrf",
}


class _Found(NamedTuple):
    """A finding, and whose it is."""

    finding: Finding
    file: str
    number: int
    control: str | None  # as it stands in the record


def _options(parser: Parser) -> None:
    takes_files(parser)
    parser.add_argument("-R", "--rules", action="append", default=[], metavar="FILE")
    parser.add_argument("--schema", metavar="FILE")
    parser.add_argument("--marc21", action="store_true")
    parser.add_argument("--level", choices=_LEVELS, default="info", metavar="LEVEL")
    parser.add_argument("-o", "--output", default="-", metavar="FILE")
    parser.add_argument("--to", dest="target_format", choices=tuple(_WRITERS), metavar="FORMAT")
    parser.add_argument("--formulas", action="store_true")


_Checker = Callable[[list[Record], int], Iterator[Finding]]


def _checkers(arguments: argparse.Namespace, messages: Messages) -> list[_Checker]:
    """Return what is to be asked about records, each of which knows some rules.

    Raises:
        OSError: a file of rules, or the schema, cannot be read.
        ValueError: it is none.
    """
    if arguments.schema is not None and arguments.marc21:
        raise ValueError("--schema is in place of MARC 21; which of the two is it to be?")
    checkers: list[_Checker] = []
    if arguments.schema is not None:
        with open(arguments.schema, "rb") as file:
            schema = file.read()
        try:
            checkers.append(Validator(schema).check_all)
        except ValueError as error:
            raise ValueError(f"{arguments.schema}: {error}") from None
    elif arguments.marc21 or not arguments.rules:
        checkers.append(Validator().check_all)
    for path in arguments.rules:
        rules = RuleFile(path)
        checkers.append(rules.check_all)
        if not arguments.quiet:
            for warning in rules.warnings:
                messages.say(warning)
    return checkers


def _kind(arguments: argparse.Namespace) -> str:
    if arguments.target_format is not None:
        return str(arguments.target_format)
    suffix = os.path.splitext(uncompressed_name(arguments.output))[1].lower()
    return "text" if arguments.output == "-" else _BY_SUFFIX.get(suffix, "text")


def _validate(arguments: argparse.Namespace, messages: Messages) -> None:
    checkers = _checkers(arguments, messages)
    if arguments.output == "-" and sys.stdout.isatty():
        messages.progress.hide()
    stream = Stream(arguments, messages)
    if stream.format() is None:
        return
    wanted = _LEVELS[: _LEVELS.index(arguments.level) + 1]
    counts: Counter[str] = Counter()
    with open_target(arguments.output) as target:
        report = _WRITERS[_kind(arguments)](arguments)
        target.write(report.begin())
        for batch in _batches(stream):
            parts = []
            for found in _findings(batch, checkers, stream):
                counts[found.finding.severity] += 1
                if found.finding.severity in wanted:
                    parts.append(report.line(found))
            target.write(b"".join(parts))
        target.write(report.end())
    messages.found(stream.given)
    if counts["error"]:
        messages.status = max(messages.status, 1)
    if not arguments.quiet:
        said = ", ".join(_many(counts[level], level) for level in _LEVELS if counts[level])
        messages.say(f"{_many(stream.given, 'record')}: {said or 'nothing found'}")


def _many(number: int, what: str) -> str:
    return f"{number} {what if number == 1 or what == 'info' else what + 's'}"


def _batches(stream: Stream) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in stream:
        batch.append(record)
        if len(batch) == _TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _findings(batch: list[Record], checkers: list[_Checker], stream: Stream) -> Iterator[_Found]:
    """Yield what is found in records that the stream handed out last, record by record."""
    first = stream.given - len(batch) + 1
    everything = [
        (finding.record, at, finding)
        for at, check in enumerate(checkers)
        for finding in check(batch, first)
    ]
    everything.sort(key=lambda each: each[:2])  # what one checker finds stays in its order
    for given, _, finding in everything:
        name, number = stream.place(given)
        control = control_number(batch[given - first])
        shown = None if control is None else control.decode("utf-8", "backslashreplace")
        yield _Found(finding, name, number, shown)


# -- reports --


class _Text:
    """A line of text for each finding."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._formulas: bool = arguments.formulas

    def begin(self) -> bytes:
        """Return what stands before the first finding."""
        return b""

    def line(self, found: _Found) -> bytes:
        """Return a finding."""
        finding = found.finding
        number = "" if found.control is None else f" (001 {found.control.strip()})"
        where = f"{shown_name(found.file)}: record {found.number}{number}"
        text = f"{where}: {finding.severity}: {finding.message} [{finding.rule}]"
        return (clean(text.replace("\n", " ")) + "\n").encode("utf-8", "backslashreplace")

    def end(self) -> bytes:
        """Return what stands behind the last one."""
        return b""


class _Csv(_Text):
    """A row for each finding."""

    _separator = ","

    def _row(self, *values: str) -> bytes:
        cells = (cell(value, self._separator, self._formulas) for value in values)
        return (self._separator.join(cells) + "\n").encode("utf-8", "backslashreplace")

    def begin(self) -> bytes:
        return self._row(*_COLUMNS)

    def line(self, found: _Found) -> bytes:
        finding = found.finding
        return self._row(
            found.file,
            str(found.number),
            found.control or "",
            finding.severity,
            finding.rule,
            finding.place,
            finding.value or "",
            finding.message,
        )


class _Tsv(_Csv):
    _separator = "\t"


class _Lines(_Text):
    """An object of JSON for each finding, on a line."""

    def line(self, found: _Found) -> bytes:
        finding = found.finding
        positions = finding.positions
        said: dict[str, Any] = {
            "file": found.file,
            "record": found.number,
            "001": found.control,
            "level": finding.severity,
            "rule": finding.rule,
            "place": finding.place or None,
            "tag": finding.tag,
            "occurrence": finding.occurrence,
            "indicator": finding.indicator,
            "code": finding.code,
            "code_occurrence": finding.code_occurrence,
            "positions": None if positions is None else list(positions),
            "value": finding.value,
            "expected": finding.expected or None,
            "message": finding.message,
        }
        return as_json({key: value for key, value in said.items() if value is not None})


class _Dvrf(_Text):
    """A Data Validation Report: an array of JSON with an object for each finding."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        super().__init__(arguments)
        self._first = True

    def begin(self) -> bytes:
        return b"["

    def line(self, found: _Found) -> bytes:
        finding = found.finding
        position = {"record": str(found.number)}
        if found.control is not None:
            position = {"id": found.control, **position}
        if finding.place:
            position["field"] = finding.place
        said = {
            "message": finding.message,
            "types": [finding.rule],
            "level": finding.severity,
            "position": position,
        }
        before, self._first = b"\n" if self._first else b",\n", False
        return before + as_json(said).rstrip(b"\n")

    def end(self) -> bytes:
        return b"]\n" if self._first else b"\n]\n"


class _Ids(_Text):
    """The control number of each record in which something was found, once."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        super().__init__(arguments)
        self._last: tuple[str, int] | None = None

    def line(self, found: _Found) -> bytes:
        place = (found.file, found.number)
        if found.control is None or place == self._last:
            return b""
        self._last = place
        return f"{found.control}\n".encode("utf-8", "backslashreplace")


_WRITERS: dict[str, Callable[[argparse.Namespace], _Text]] = {
    "text": _Text,
    "csv": _Csv,
    "tsv": _Tsv,
    "jsonl": _Lines,
    "dvrf": _Dvrf,
    "ids": _Ids,
}

COMMANDS = {"validate": Command(_VALIDATE, _options, _validate)}
