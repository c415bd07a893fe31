# SPDX-License-Identifier: MIT
"""The commands that say what is in records: select, frequency, describe and glimpse.

Which columns a query has, and what it finds, is the affair of `mrrc.tables`.
"""

from __future__ import annotations

import argparse
from typing import Any

from mrrc import _bridge
from mrrc.cli.arguments import (
    READING,
    Command,
    Parser,
    number,
    positive,
    takes_files,
    takes_output,
    takes_reading_options,
)
from mrrc.cli.messages import Messages
from mrrc.cli.sweeps import Sweeps, say_warnings
from mrrc.files import open_target
from mrrc.formats import table
from mrrc.tables import QUOTES, Query, Samples, names_of, style, uses_of

__all__ = ["COMMANDS"]

_QUERY = """\
Queries
  001, 008[35:38]     a control field; characters 35 to 37 of one
  ldr.type, LDR/6     a place of the leader
  245$a               subfield a of 245, whatever the indicators are
  245/*.a, 245/10.a   the same; only where the indicators are 1 and 0; # is a
                      blank. Without a slash, as in 245.a, both are blanks
  6XX$a, 1[01]0$a     of all six hundreds; of 100 and 110
  650$a$x, 650/*.[ax] subfields a and x in one column
  245/*{ a, b, c }    three columns of one field
  650/*{ a | 2 == 'gnd' }
                      only of fields for which the condition behind the bar
                      holds; it is that of a filter ('mrrc filter --help')
  'x'                 a column that says x in each row
  'http://x/' 001     put before each value; behind it: 001 '.html'
  245$a AS title      with a name for the column
"""

_ROWS = """\
  A column with several values gives several rows, and so do several columns
  with several values each: all of them with all others. Rows without any
  value are left out.
"""

_JOINING = """\
  --squash            join the values that a column has in one field: one row
                      for each field
  --merge             join the values that a column has in one record: one row
                      for each record
  --separator TEXT    what stands between values that are joined; | if nothing
                      is said
"""

_WRITING = """\
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written. FILE.gz, .bz2, .xz and .zst
                      are compressed
  --compression N     how hard, from 0 to 9
  --tsv               tabs between cells, and not commas; so it is where the
                      name of FILE ends in .tsv
  --quote-style HOW   which cells have quotes: necessary, which is usual;
                      always; non-numeric; never
  --formulas          leave cells as they are that a spreadsheet would take for
                      a formula; otherwise they have an apostrophe before them
"""

_SELECT = f"""\
mrrc select - chosen values as a table, a row for each

Usage: mrrc select [OPTION]... QUERY [FILE]... [-o FILE]

Writes a table with a column for each item of a query, for a spreadsheet or
another program. For a row a record see also 'mrrc extract'.

{_QUERY}
{_ROWS}
Examples
  Control number, language and title:

      mrrc select '001, 008[35:38], 245$a' delivery.mrc -o titles.csv

  A row for each subject heading, with its subdivisions in one cell:

      mrrc select --squash "001 AS id, 650/*{{ a, x }}" delivery.mrc

  A row a record, with several subjects in one cell:

      mrrc select --merge --separator '; ' '001, 650$a' delivery.mrc

Options
{_JOINING}  -H, --header NAMES  names of the columns, with commas between them, in place
                      of those in the query
  --no-header         no row of names
{_WRITING}
{READING}"""

_FREQUENCY = f"""\
mrrc frequency - how often values come

Usage: mrrc frequency [OPTION]... QUERY [FILE]... [-o FILE]

Writes a table of the values that a query finds, and behind each how often it
came: the most frequent first, and what came equally often in alphabetical
order. A query with several columns counts combinations.

{_QUERY}
Examples
  How many records there are in each language:

      mrrc frequency '008[35:38]' delivery.mrc

  The ten most frequent subject headings, each counted once a record:

      mrrc frequency -u -n 10 '650$a' delivery.mrc

  Values that came but once may be misspelt:

      mrrc frequency -r -n 100 '264$b' delivery.mrc

Options
  -u, --unique        count a row once a record
  -r, --reverse       the least frequent first
  -t, --threshold N   leave out what came less than N times
  -n, --num N         not more than N rows
{_JOINING}  -H, --header NAMES  names of the columns, with commas between them, that of
                      the number last; otherwise there is no row of names
{_WRITING}
{READING}"""

_DESCRIBE = f"""\
mrrc describe - which fields and subfields there are

Usage: mrrc describe [OPTION]... [FILE]... [-o FILE]

Writes a table with a row for each data field with its indicators, and a column
for each subfield code, which says how often it stands in such fields.

Examples
  What a delivery has:

      mrrc describe delivery.mrc

  In which fields there is a $0:

      mrrc describe --where '...$0' delivery.mrc -o fields.csv

Options
  --fields            a column more: how many such fields there are
{_WRITING}
{READING}"""

_GLIMPSE = f"""\
mrrc glimpse - a few values of a field

Usage: mrrc glimpse [OPTION]... PATH [FILE]...

Prints the first values of each subfield of a field, a line for each code.

Paths
  650, 650/*          all subfields of 650, whatever the indicators are
  650/*.[ax]          subfields a and x
  650/*{{ _ | 2 == 'gnd' }}
                      all subfields of the fields for which the condition holds
  001                 a control field

Examples
  What is in 264 here?

      mrrc glimpse 264 delivery.mrc

  Five headings, with their subdivisions:

      mrrc glimpse -n 5 '650/*.[axyz]' delivery.mrc

Options
  -n, --max-values N  how many values of each subfield; 10 if nothing is said
  -o, --output FILE   write to FILE and not to standard output
  --compression N     how hard FILE.gz is compressed, 0 to 9
{READING}"""


# -- options --


def _takes_query(parser: Parser, name: str) -> None:
    parser.add_argument(name, metavar=name.upper())
    parser.add_argument("files", nargs="*", metavar="FILE")
    takes_reading_options(parser)


def _takes_joining(parser: Parser) -> None:
    joining = parser.add_mutually_exclusive_group()
    joining.add_argument("--squash", action="store_true")
    joining.add_argument("--merge", action="store_true")
    parser.add_argument("--separator", default="|", metavar="TEXT")


def _takes_writing(parser: Parser) -> None:
    takes_output(parser)
    parser.add_argument("--tsv", action="store_true")
    parser.add_argument("--quote-style", choices=QUOTES, default="necessary", metavar="HOW")
    parser.add_argument("--formulas", action="store_true")


def _select_options(parser: Parser) -> None:
    _takes_query(parser, "query")
    _takes_joining(parser)
    header = parser.add_mutually_exclusive_group()
    header.add_argument("-H", "--header", metavar="NAMES")
    header.add_argument("--no-header", action="store_true")
    _takes_writing(parser)


def _frequency_options(parser: Parser) -> None:
    _takes_query(parser, "query")
    _takes_joining(parser)
    parser.add_argument("-u", "--unique", action="store_true")
    parser.add_argument("-r", "--reverse", action="store_true")
    parser.add_argument("-t", "--threshold", type=number, default=0, metavar="N")
    parser.add_argument("-n", "--num", type=number, metavar="N")
    parser.add_argument("-H", "--header", metavar="NAMES")
    _takes_writing(parser)


def _describe_options(parser: Parser) -> None:
    takes_files(parser)
    parser.add_argument("--fields", action="store_true")
    _takes_writing(parser)


def _glimpse_options(parser: Parser) -> None:
    _takes_query(parser, "path")
    parser.add_argument("-n", "--max-values", type=positive, default=10, metavar="N")
    takes_output(parser)


def _query(arguments: argparse.Namespace, messages: Messages) -> Query:
    query = Query(
        arguments.query,
        squash=arguments.squash,
        merge=arguments.merge,
        separator=arguments.separator,
        similarity=arguments.similarity,
        fold=arguments.fold,
    )
    say_warnings(query.warnings, messages)
    return query


def _style(arguments: argparse.Namespace) -> int:
    named = None if arguments.output == "-" else table.by_suffix(arguments.output)
    tabs = arguments.tsv or (named is not None and named.name == "tsv")
    return style(tabs, arguments.quote_style, arguments.formulas)


def _header(own: list[str], given: str | None) -> list[str]:
    if given is None:
        return own
    names = names_of(own, [name.strip() for name in given.split(",")])
    return own if names is None else names


# -- commands --


def _write(arguments: argparse.Namespace, messages: Messages, data: Any) -> None:
    """Write what was found out about all records."""
    messages.progress.clear()
    with open_target(arguments.output) as target:
        target.write(data)


def _select(arguments: argparse.Namespace, messages: Messages) -> None:
    query = _query(arguments, messages)
    header = _header(query.header, arguments.header)
    made = query.table(_style(arguments))
    sweeps = Sweeps(arguments, messages)
    messages.leave_terminal_to(arguments.output)
    out = _bridge.Bytes()
    with open_target(arguments.output) as target:

        def write() -> None:
            target.write(out.look())
            out.clear()

        if not arguments.no_header:
            made.row(header, out)
            write()
        sweeps.through(lambda view, at, end: made.records(view, at, end, out), write)
    messages.found(sweeps.given)


def _frequency(arguments: argparse.Namespace, messages: Messages) -> None:
    query = _query(arguments, messages)
    header = None
    if arguments.header is not None:
        header = _header([*query.header, "count"], arguments.header)
    made = query.table(_style(arguments))
    sweeps = Sweeps(arguments, messages)
    tally = _bridge.Tally()
    unique = arguments.unique
    sweeps.through(lambda view, at, end: tally.records(made, unique, view, at, end))
    out = _bridge.Bytes()
    if header is not None:
        made.row(header, out)
    tally.rows(made, arguments.reverse, arguments.threshold, arguments.num, out)
    _write(arguments, messages, out.look())
    messages.found(sweeps.given)


def _describe(arguments: argparse.Namespace, messages: Messages) -> None:
    made = Query("'x'").table(_style(arguments))
    sweeps = Sweeps(arguments, messages)
    usage = _bridge.Usage()
    sweeps.through(usage.records)
    uses = uses_of(usage)
    codes = sorted({code for use in uses for code in use.codes})
    out = _bridge.Bytes()
    more = ["fields"] if arguments.fields else []
    made.row(["field", "ind1", "ind2", *more, *codes], out)
    for use in uses:
        counts = [use.codes.get(code, 0) for code in codes]
        if arguments.fields:
            counts.insert(0, use.fields)
        made.row([use.tag, use.ind1, use.ind2, *map(str, counts)], out)
    _write(arguments, messages, out.look())
    messages.found(sweeps.given)


def _glimpse(arguments: argparse.Namespace, messages: Messages) -> None:
    samples = Samples(arguments.path, arguments.max_values, arguments.similarity, arguments.fold)
    say_warnings(samples.warnings, messages)
    sweeps = Sweeps(arguments, messages)
    sweeps.through(samples.step)
    lines = []
    for code, values in sorted(samples.values.items()):
        head = f"${code}" if code else arguments.path
        lines.append(f"{head} {', '.join(values)}\n")
    _write(arguments, messages, "".join(lines).encode())
    messages.found(sweeps.given)


COMMANDS = {
    "select": Command(_SELECT, _select_options, _select),
    "frequency": Command(_FREQUENCY, _frequency_options, _frequency),
    "describe": Command(_DESCRIBE, _describe_options, _describe),
    "glimpse": Command(_GLIMPSE, _glimpse_options, _glimpse),
}
