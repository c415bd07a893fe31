# SPDX-License-Identifier: MIT
"""The commands that find records: filter and grep.

What is written goes the way of all records that are chosen and not changed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from mrrc import _bridge
from mrrc.cli.arguments import (
    READING,
    WRITING,
    Command,
    Parser,
    takes_reading_options,
    takes_target,
)
from mrrc.cli.chosen import Chosen, sweeps_for
from mrrc.cli.messages import Messages, put, shown_name
from mrrc.cli.sweeps import Sweeps, say_warnings
from mrrc.query import Filter, error_of
from mrrc.sweep import Stretch, Sweep

__all__ = ["COMMANDS"]

_FILTER = f"""\
mrrc filter - the records that pass a test

Usage: mrrc filter [OPTION]... FILTER [FILE]... [-o FILE]

Writes the records that pass, in the format they are in unless another is asked
for. Those of ISO 2709 are copied byte for byte.

Filters
  245$a =? 'Moby'           some 245 $a contains it; =^ begins, =$ ends with it
  008/35-37 == 'eng'        characters of a control field; so 008[35:38]
  ldr.type == 'a'           a place of the leader
  650/*.a in ['War', 'Sea'] some subfield a of a 650 is one of these
  100$a =~ '^Mel'           a regular expression; !~ !? !^ !$ for a value
                            that does not
  020?  !020$a?             there is a 020; there is no 020 $a
  #650/* > 5                there are more than five 650
  650/*{{ a == 'War' && 2 == 'lcsh' }}
                            both in the same field
  A && B   A || B   !(A)    and, or, not

  Behind a dot indicators are blank unless they are named: 245.a is only that of
  a 245 with two blanks, 245/*.a and 245$a that of any. The documentation has
  the whole language.

Examples
  What is in German:

      mrrc filter "008[35:38] == 'ger'" delivery.mrc -o german.mrc

  What has no subject heading, as MARCXML:

      mrrc filter '!6XX?' delivery.mrc -o bare.xml

Options
  -v, --invert-match  the records that do not pass

{WRITING}
{READING}"""

_GREP = f"""\
mrrc grep - where a pattern matches

Usage: mrrc grep [OPTION]... PATTERN [FILE]...
       mrrc grep [OPTION]... PATTERN [FILE]... -o FILE

Prints every value of a control field or a subfield in which a regular
expression matches, with the record's number, its control number, and tag and
code. With -o, --to or --records it writes the records instead.

Patterns
  They are those of PCRE2, without look-around and back-references, in Unicode:
  . any character, \\d digit, \\w letter, [ab] one of them, * + ? {{2}} how often,
  ^ $ begin and end of the value, | or, (?i) in any case.

Examples
  Where a word stands:

      mrrc grep -i lighthouse delivery.mrc

  Web addresses without encryption, or none at all:

      mrrc grep --or '^www\\.' '^http://' delivery.mrc

  The records themselves:

      mrrc grep 'Melville' delivery.mrc -o melville.mrc

Options
  --or PATTERN        another one: a value in which any of them matches will do
  -i, --ignore-case   in any case
  -v, --invert-match  the records in which no pattern matches
  -c, --count         print how many records there are, and nothing else
  --records           write the records, to standard output if there is no -o
  --color WHEN        auto, on a terminal; always; never

{WRITING}
{READING}
Exit status
  0  something was found
  1  nothing was, or some records could not be read
  2  trouble: wrong arguments, a file that is missing, a disk that is full
"""


# -- options --


def _takes_records(parser: Parser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE")
    takes_reading_options(parser)
    takes_target(parser)
    parser.add_argument("-v", "--invert-match", action="store_true")


def _filter_options(parser: Parser) -> None:
    parser.add_argument("filter", metavar="FILTER")
    _takes_records(parser)


def _grep_options(parser: Parser) -> None:
    parser.add_argument("pattern", metavar="PATTERN")
    _takes_records(parser)
    parser.add_argument("--or", dest="others", action="append", default=[], metavar="PATTERN")
    parser.add_argument("-i", "--ignore-case", action="store_true")
    parser.add_argument("-c", "--count", action="store_true")
    parser.add_argument("--records", action="store_true")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto")


# -- records as they stand --


def _write(arguments: argparse.Namespace, messages: Messages) -> None:
    """Write the records that pass `arguments.where`."""
    sweeps, format = sweeps_for(arguments, messages)
    if format is None:
        return
    with Chosen(arguments.output, format, arguments, messages) as output:
        sweeps.stretches(output.take)
    messages.found(output.written)


# -- filter --


def _joined(one: str, other: Filter | None) -> str:
    """Return a filter that holds where both do."""
    return one if other is None else f"({one}) && ({other})"


def _made(text: str, arguments: argparse.Namespace) -> Filter:
    return Filter(text, similarity=arguments.similarity, fold=arguments.fold)


def _filter(arguments: argparse.Namespace, messages: Messages) -> None:
    test = _made(arguments.filter, arguments)  # says what is wrong with it
    say_warnings(test.warnings, messages)
    text = f"!({test})" if arguments.invert_match else str(test)
    arguments.where = _made(_joined(text, arguments.where), arguments)
    _write(arguments, messages)


# -- grep --


def _patterns(arguments: argparse.Namespace) -> list[str]:
    patterns = [arguments.pattern, *arguments.others]
    for pattern in patterns:
        made = _bridge.Grep.made([pattern])  # says what is wrong with it
        if isinstance(made, _bridge.QueryFault):
            error = error_of(pattern, made)
            raise ValueError(f"{pattern!r}: {error.message}; {error.hint}")
    folds = arguments.fold.split(",")
    if arguments.fold and folds != ["case"]:
        # what matches is shown as it stands, and a value in another form has other places
        raise ValueError(f"grep finds values as they are written: --fold {arguments.fold}")
    return [f"(?i){each}" for each in patterns] if arguments.ignore_case or folds[0] else patterns


def _quoted(pattern: str) -> str:
    escaped = pattern.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _screen(patterns: list[str]) -> str:
    """Return the filter of the records in which a pattern matches."""
    listed = f"[{', '.join(map(_quoted, patterns))}]"
    return f"00[0-9]/0-# =~ {listed} || ...$* =~ {listed}"


def _grep(arguments: argparse.Namespace, messages: Messages) -> None:
    patterns = _patterns(arguments)
    if not (arguments.files or messages.quiet) and os.path.isfile(arguments.pattern):
        messages.say(f"{arguments.pattern!r} is taken for a pattern, and standard input is read")
    screen = _screen(patterns)
    test = f"!({screen})" if arguments.invert_match else screen
    arguments.where = _made(_joined(test, arguments.where), arguments)
    records = arguments.records or arguments.output != "-" or arguments.target_format is not None
    if arguments.count:
        sweeps = Sweeps(arguments, messages, packed=False)
        sweeps.stretches(lambda sweep, stretch: None)
        messages.progress.clear()
        put(f"{sweeps.given}\n")
        messages.found(sweeps.given)
    elif records:
        _write(arguments, messages)
    else:
        _print(arguments, messages, patterns)


def _print(arguments: argparse.Namespace, messages: Messages, patterns: list[str]) -> None:
    """Print where the patterns match."""
    # it knows the colours, and what a terminal would obey
    from mrrc.cli.look import coloured, style, visible

    messages.leave_terminal_to("-")
    sweeps = Sweeps(arguments, messages)
    lines = _Lines(patterns, coloured(arguments.color, "-"), style, visible)
    if arguments.invert_match:
        lines.seek = lambda view, first, end: ([], end, None)
    for name in sweeps.files:
        shown = f"{shown_name(name)}: " if len(sweeps.files) > 1 else ""
        sweeps.file(
            name,
            lambda sweep, shown=shown: sweeps.stretches_of(  # type: ignore[misc]
                sweep, lambda sweep, stretch: put(lines.of(sweep, stretch, shown))
            ),
        )
    messages.found(sweeps.given)


class _Lines:
    """What is found in records, a line for each value.

    Attributes:
        seek: finds the places in the records of a view.
    """

    def __init__(
        self,
        patterns: list[str],
        colours: bool,
        style: Callable[[str, bool], Callable[[str], str]],
        visible: Callable[[str], str],
    ) -> None:
        from mrrc.tables import Query

        made = _bridge.Grep.made(patterns)
        if isinstance(made, _bridge.QueryFault):
            raise error_of(patterns[0], made)
        self.seek: Callable[..., Any] = made.records
        # a constant keeps the row of a record without a 001
        self._numbers = Query("'x', 001", merge=True).table(_bridge.TABLE_PLAIN)
        self._out = _bridge.Bytes()
        self._visible = visible
        self._match = style("bold red", colours)
        self._tag = style("bold cyan", colours)
        self._code = style("green", colours)
        self._dim = style("dim", colours)

    def of(self, sweep: Sweep, stretch: Stretch, name: str) -> str:
        """Return the lines of a stretch of records."""
        lines: list[str] = []
        at = stretch.first
        names = self._control_numbers(stretch)
        while at < stretch.end:
            hits, done, error = self.seek(stretch.view, at, stretch.end)
            found = {record: list(group) for record, group in groupby(hits, lambda hit: hit.record)}
            for index in range(at, done):
                number = f"{name}{stretch.number_of(index)}"
                control = names[index - stretch.first].partition("|")[0].strip()
                head = self._dim(self._visible(f"{number} {control}".rstrip()))
                lines += self._of_record(head, found.get(index, []))
            at = done
            if error is not None:
                sweep.fail(error, stretch, at)
                at += 1
        return "".join(lines)

    def _control_numbers(self, stretch: Stretch) -> list[str]:
        at = stretch.first
        numbers: list[str] = []
        while at < stretch.end:
            at, error = self._numbers.records(stretch.view, at, stretch.end, self._out)
            rows = self._out.taken().decode().split("\x1e")[:-1]
            numbers += [row.split("\x1f")[1] for row in rows]
            if error is not None:
                numbers.append("")
                at += 1
        return numbers

    def _of_record(self, head: str, hits: list[_bridge.Hit]) -> Iterator[str]:
        if not hits:
            yield f"{head}\n"
        for _, group in groupby(hits, lambda hit: hit.offset):
            spans = list(group)
            first = spans[0]
            code = f" {self._code('$' + self._visible(first.code))}" if first.code else ""
            yield f"{head} {self._tag(first.tag)}{code} {self._marked(first.value, spans)}\n"

    def _marked(self, value: bytes, spans: list[_bridge.Hit]) -> str:
        """Return a value with what matches in it coloured."""
        parts: list[str] = []
        at = 0
        for start, end in sorted((hit.start, hit.end) for hit in spans):
            start = max(start, at)
            if end <= start:
                continue
            parts.append(self._visible(value[at:start].decode("utf-8", "replace")))
            parts.append(self._match(self._visible(value[start:end].decode("utf-8", "replace"))))
            at = end
        parts.append(self._visible(value[at:].decode("utf-8", "replace")))
        return "".join(parts)


COMMANDS = {
    "filter": Command(_FILTER, _filter_options, _filter),
    "grep": Command(_GREP, _grep_options, _grep),
}
