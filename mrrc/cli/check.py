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
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from mrrc.cli.arguments import READING, Command, Parser, takes_files, takes_output
from mrrc.cli.messages import Messages, clean, shown_name
from mrrc.cli.rows import as_json, cell
from mrrc.cli.sweeps import Sweeps
from mrrc.compression import uncompressed_name
from mrrc.constants import LEADER_LEN
from mrrc.files import Target, open_target
from mrrc.findings import Finding
from mrrc.rule_file import Rule, RuleFile
from mrrc.sweep import Stretch
from mrrc.validator import Validator

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
  --compression N     how hard FILE.gz is compressed, 0 to 9
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

_COLUMNS = ("file", "record", "001", "level", "rule", "place", "value", "message")

_BY_SUFFIX = {
    ".txt": "text",
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "dvrf",
}


class _Said(NamedTuple):
    """What a report has to say of a finding, whosever it is."""

    level: str
    before: str  # the record's place in the report
    behind: str


def _options(parser: Parser) -> None:
    takes_files(parser)
    parser.add_argument("-R", "--rules", action="append", default=[], metavar="FILE")
    parser.add_argument("--schema", metavar="FILE")
    parser.add_argument("--marc21", action="store_true")
    parser.add_argument("--level", choices=_LEVELS, default="info", metavar="LEVEL")
    takes_output(parser)
    parser.add_argument("--to", dest="target_format", choices=tuple(_WRITERS), metavar="FORMAT")
    parser.add_argument("--formulas", action="store_true")


class _ByRules:
    """Rules of one's own, asked about stretches of records."""

    def __init__(self, rules: RuleFile, report: _Text) -> None:
        self._rules = rules
        self._report = report
        self._said: dict[int, _Said] = {}  # by the rule's identity: most find many records

    def found(self, stretch: Stretch) -> Iterable[tuple[int, _Said]]:
        """Return what is found, with the index of the record, record by record."""
        known, say = self._said.get, self._say
        found = self._rules.found_in(stretch.view, stretch.first, stretch.end)
        return [(index, known(id(rule)) or say(rule)) for index, rule in found]

    def _say(self, rule: Rule) -> _Said:
        finding = Finding(0, None, rule.id, rule.level, message=rule.message)
        said = self._said[id(rule)] = self._report.said(finding)
        return said


class _BySchema:
    """MARC 21 or a schema, asked about stretches of records."""

    def __init__(self, validator: Validator, report: _Text) -> None:
        self._validator = validator
        self._report = report

    def found(self, stretch: Stretch) -> Iterable[tuple[int, _Said]]:
        """Return what is found, with the index of the record, record by record."""
        first = stretch.first
        if stretch.repairs:
            # packed it is another record
            text = str(stretch.repairs[0].text)
            yield first, self._report.said(Finding(0, None, "unpackable", "error", message=text))
            return
        block, ends = stretch.view.packed(first, stretch.end)
        for finding in self._validator.check_block(block, ends, first):
            yield finding.record, self._report.said(finding)


_Checker = _ByRules | _BySchema


def _checkers(arguments: argparse.Namespace, messages: Messages, report: _Text) -> list[_Checker]:
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
            checkers.append(_BySchema(Validator(schema), report))
        except ValueError as error:
            raise ValueError(f"{arguments.schema}: {error}") from None
    elif arguments.marc21 or not arguments.rules:
        checkers.append(_BySchema(Validator(), report))
    for path in arguments.rules:
        rules = RuleFile(path)
        checkers.append(_ByRules(rules, report))
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
    report = _WRITERS[_kind(arguments)](arguments)
    checkers = _checkers(arguments, messages, report)
    if arguments.output == "-" and sys.stdout.isatty():
        messages.progress.hide()
    sweeps = Sweeps(arguments, messages)
    with open_target(arguments.output) as target:
        checking = _Checking(checkers, report, target, arguments.level)
        target.write(report.begin())
        for name in sweeps.files:
            sweeps.file(
                name,
                lambda sweep, name=name: sweeps.stretches_of(  # type: ignore[misc]
                    sweep, lambda _, stretch: checking.take(stretch, name)
                ),
            )
        target.write(report.end())
    messages.progress.clear()
    nothing_read = sweeps.given == 0 and messages.status != 0  # why is said already
    messages.found(sweeps.given)
    counts = checking.counts
    if counts["error"]:
        messages.status = max(messages.status, 1)
    if not arguments.quiet and not nothing_read:
        said = ", ".join(_many(counts[level], level) for level in _LEVELS if counts[level])
        messages.say(f"{_many(sweeps.given, 'record')}: {said or 'nothing found'}")


def _many(number: int, what: str) -> str:
    return f"{number} {what if number == 1 or what == 'info' else what + 's'}"


class _Checking:
    """Stretches of records being checked, and the report written.

    Attributes:
        counts: how many findings there are of each level.
    """

    def __init__(self, checkers: list[_Checker], report: _Text, target: Target, level: str) -> None:
        self.counts: Counter[str] = Counter()
        self._checkers = checkers
        self._report = report
        self._target = target
        self._wanted = _LEVELS[: _LEVELS.index(level) + 1]

    def take(self, stretch: Stretch, name: str) -> None:
        """Check a stretch of records of a file, record by record, by one checker after another."""
        found = [each for checker in self._checkers for each in checker.found(stretch)]
        if len(self._checkers) > 1:
            found.sort(key=itemgetter(0))  # what one checker finds stays in its order
        self.counts.update([said.level for _, said in found])
        if len(self._wanted) < len(_LEVELS):
            found = [each for each in found if each[1].level in self._wanted]
        if not found:
            return
        block, ends = stretch.view.packed(stretch.first, stretch.end)
        once, place_of = self._report.once, self._report.place
        parts: list[str] = []
        last = -1
        for index, (_, before, behind) in found:
            if index != last:
                at = index - stretch.first
                control = _control_number(block, ends[at - 1] if at else 0, ends[at])
                place = place_of(name, stretch.number_of(index), control)
                last = index
            elif once:
                continue
            parts += (before, place, behind)
        self._target.write(self._report.written("".join(parts)))


def _control_number(block: bytes, begin: int, end: int) -> str | None:
    """Return the first 001 of a packed record; None where nothing but blanks is in it."""
    at = block.find(b"\x1e001", begin + LEADER_LEN, end)
    if at < 0:
        return None
    stop = block.find(b"\x1e", at + 4, end)
    number = block[at + 4 : end if stop < 0 else stop]
    return number.decode("utf-8", "backslashreplace") if number.strip() else None


# -- reports --


class _Text:
    """A line of text for each finding.

    Attributes:
        once: one finding of a record is enough.
    """

    once = False

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._formulas: bool = arguments.formulas

    def begin(self) -> bytes:
        """Return what stands before the first finding."""
        return b""

    def place(self, file: str, number: int, control: str | None) -> str:
        """Return what is said of a record: its file, number in it and 001."""
        shown = "" if control is None else f" (001 {control.strip()})"
        return _on_a_line(f"{shown_name(file)}: record {number}{shown}: ")

    def said(self, finding: Finding) -> _Said:
        """Return what is said of a finding."""
        text = f"{finding.severity}: {finding.message} [{finding.rule}]"
        return _Said(finding.severity, "", _on_a_line(text) + "\n")

    def written(self, text: str) -> bytes:
        """Return findings as they are written."""
        return text.encode("utf-8", "backslashreplace")

    def end(self) -> bytes:
        """Return what stands behind the last one."""
        return b""


def _on_a_line(text: str) -> str:
    return clean(text.replace("\n", " "))


class _Csv(_Text):
    """A row for each finding."""

    _separator = ","

    def _row(self, *values: str) -> str:
        cells = (cell(value, self._separator, self._formulas) for value in values)
        return self._separator.join(cells)

    def begin(self) -> bytes:
        return self.written(self._row(*_COLUMNS) + "\n")

    def __init__(self, arguments: argparse.Namespace) -> None:
        super().__init__(arguments)
        self._file = cache(lambda name: self._row(name, ""))

    def place(self, file: str, number: int, control: str | None) -> str:
        between = self._separator
        shown = cell(control, between, self._formulas) if control else ""
        return f"{self._file(file)}{number}{between}{shown}{between}"

    def said(self, finding: Finding) -> _Said:
        row = self._row(
            finding.severity, finding.rule, finding.place, finding.value or "", finding.message
        )
        return _Said(finding.severity, "", row + "\n")


class _Tsv(_Csv):
    _separator = "\t"


class _Lines(_Text):
    """An object of JSON for each finding, on a line."""

    def place(self, file: str, number: int, control: str | None) -> str:
        said = {"file": file, "record": number, "001": control}
        return _members({key: value for key, value in said.items() if value is not None})

    def said(self, finding: Finding) -> _Said:
        positions = finding.positions
        said: dict[str, Any] = {
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
        members = _members({key: value for key, value in said.items() if value is not None})
        return _Said(finding.severity, "{", f",{members}}}\n")


class _Dvrf(_Text):
    """A Data Validation Report: an array of JSON with an object for each finding."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        super().__init__(arguments)
        self._first = True

    def begin(self) -> bytes:
        return b"["

    def place(self, file: str, number: int, control: str | None) -> str:
        position = {"record": str(number)}
        if control is not None:
            position = {"id": control, **position}
        return _members(position)

    def said(self, finding: Finding) -> _Said:
        said = {"message": finding.message, "types": [finding.rule], "level": finding.severity}
        field = "," + _members({"field": finding.place}) if finding.place else ""
        before = f',\n{{{_members(said)},"position":{{'
        return _Said(finding.severity, before, field + "}}")

    def written(self, text: str) -> bytes:
        if text and self._first:
            self._first = False
            text = text.removeprefix(",")
        return super().written(text)

    def end(self) -> bytes:
        return b"]\n" if self._first else b"\n]\n"


def _members(said: Mapping[str, Any]) -> str:
    """Return an object's members in JSON, without the braces."""
    return as_json(said).decode().rstrip("\n")[1:-1]


class _Ids(_Text):
    """The control number of each record in which something was found, once."""

    once = True

    def place(self, file: str, number: int, control: str | None) -> str:
        return "" if control is None else f"{control}\n"

    def said(self, finding: Finding) -> _Said:
        return _Said(finding.severity, "", "")


_WRITERS: dict[str, Callable[[argparse.Namespace], _Text]] = {
    "text": _Text,
    "csv": _Csv,
    "tsv": _Tsv,
    "jsonl": _Lines,
    "dvrf": _Dvrf,
    "ids": _Ids,
}

COMMANDS = {"validate": Command(_VALIDATE, _options, _validate)}
