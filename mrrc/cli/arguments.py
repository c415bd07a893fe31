# SPDX-License-Identifier: MIT
"""What the commands' arguments have in common: the options for files read and files written.

The pages that ``--help`` prints are written by hand, for they are to be read; argparse only
takes arguments apart. Nothing here opens a file.
"""

from __future__ import annotations

import argparse
import codecs
import os
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol
from unicodedata import normalize

from mrrc.exceptions import QueryError
from mrrc.formats import table

if TYPE_CHECKING:
    from mrrc.cli.messages import Messages
    from mrrc.query import Filter

__all__ = [
    "Command",
    "Parser",
    "READING",
    "WRITING",
    "check_standard_input",
    "files_of",
    "number",
    "positive",
    "recovery_of",
    "size",
    "target_format",
    "takes_files",
    "takes_form",
    "takes_format",
    "takes_output",
    "takes_reading_options",
    "takes_source",
    "takes_target",
]

#: What a page says of the options that `takes_reading_options` adds.
READING = """\
Options for what is read
  --from FORMAT       the format of the files, where neither their names nor
                      their first bytes tell it; 'mrrc formats' lists all
  --encoding NAME     how the text is encoded, where the file itself says
                      something else or nothing: utf-8, marc-8, cp1252,
                      utf-16 ... If nothing is said it is detect: each record
                      of ISO 2709 says it, unless that is evidently wrong
  --where FILTER      only records that match, as in "650$a =? 'War'"; the
                      documentation has the language. What is said of records
                      below is then said of these
  --similarity N      how like two texts are, in hundredths, for =* of a filter
                      to hold; 80 if nothing is said
  --filter-normalization FORM
                      write the letters of filters as they are written in the
                      records, which differ in that: nfc, an accented letter
                      is one character; nfd, the accent is one of its own;
                      nfkc and nfkd, forms for the sake of looks are undone
  --fold WHAT         make texts of filters and values in records alike before
                      they are compared: case; one of nfc, nfd, nfkc and nfkd;
                      or both with a comma
  --skip N            pass over the first N records
  -l, --limit N       stop when N records were found
  --recovery MODE     what becomes of faults in a record: lenient, which is
                      usual, leaves the faulty piece out and names it;
                      permissive guesses what it was; with strict the record
                      is a bad one; pymarc does as that library does it
  --validation-level LEVEL
                      structural, which is usual; with strict_marc, what is
                      no MARC 21 in a record is a fault of it too. It is named
                      and left as it is; where faults make a record a bad one,
                      as with --recovery strict, this does
  --strict            end at the first record that is bad, and let each with
                      a fault be bad unless --recovery says something else;
                      otherwise bad records are named, left out and counted
                      as a failure
  -s, --skip-invalid  go on behind bad records, which is usual
  -j, --jobs N        let N threads read and test records, and encode them; 0
                      stands for as many as there are processors. What comes
                      out is the same
  -q, --quiet         say nothing of what was repaired, and show no progress
  -p, --progress      show on a terminal how far the command is, which is usual

  Several files are read one after the other, as if they were one.

Options for lists of records
  -A, --allow-list FILE     only records whose control number is in FILE: a
                            text with one on each line, or a table (.csv,
                            .tsv), of which the column cn is read. Both may be
                            compressed. Several lists add up
  -D, --deny-list FILE      no record whose control number is in FILE; what
                            both kinds of list have is left out
  --filter-list-column NAME the column of a table, in place of cn, or of 001
                            where there is no cn
  --filter-list-source PATH compare what PATH finds in a record, in place of
                            its 001: one value that is listed is enough
  --query-normalization FORM
                            as --filter-normalization, for PATH and for what
                            else the command is asked to find
"""

#: What a page says of the options that `takes_target` adds.
WRITING = """\
Options for what is written
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written. FILE.gz, .bz2, .xz and .zst
                      are compressed
  --compression N     how hard, from 0 to 9
  --to FORMAT         the format; otherwise the name of FILE tells it
  --to-encoding NAME  of ISO 2709: utf-8, which is usual, or marc-8
  --unmapped HOW      a character that MARC-8 lacks becomes: ncr, a reference
                      such as &#x1F600; or replace, a question mark; with
                      raise, its record cannot be written
"""


class Command(NamedTuple):
    """A command.

    Attributes:
        page: what ``--help`` prints.
        options: adds its arguments to a parser.
        work: does it; the exit status comes of what it tells `Messages`.
    """

    page: str
    options: Callable[[Parser], None]
    work: Callable[[argparse.Namespace, Messages], None]

    def parser(self, name: str) -> Parser:
        """Return what takes the command's arguments apart."""
        parser = Parser(name, self.page)
        self.options(parser)
        return parser

    def run(self, arguments: argparse.Namespace, messages: Messages) -> None:
        """Do what the arguments ask for."""
        where = getattr(arguments, "where", None)
        if where is not None and not messages.quiet:
            for warning in where.warnings:
                messages.say(warning.detailed())
        self.work(arguments, messages)


class Parser(argparse.ArgumentParser):
    """An argument parser that prints a page of help, and of a mistake no more than a line."""

    def __init__(self, name: str, page: str) -> None:
        super().__init__(prog=f"mrrc {name}", add_help=False, allow_abbrev=False)
        self.page = page
        self.add_argument("-h", "--help", action=_Help)

    def parsed(self, arguments: list[str]) -> argparse.Namespace:
        """Return the arguments taken apart; behind ``--`` no option begins."""
        end = arguments.index("--") if "--" in arguments else len(arguments)
        found = self.parse_intermixed_args(arguments[:end])
        rest = arguments[end + 1 :]
        if rest:
            name = next((each.dest for each in self._actions if not each.option_strings), None)
            if name is None:
                self.error(f"unrecognized arguments: {' '.join(rest)}")
            getattr(found, name).extend(rest)
        for option in set(_TEXTS.values()):
            form = getattr(found, option, None)
            if form is not None and form not in _FORMS:
                self.error(f"{_variable(option)}: {form!r} is not one of {', '.join(_FORMS)}")
        _normalized(found)
        if getattr(found, "where", None) is not None:
            found.where = self._filter(found)
        return found

    def _filter(self, arguments: argparse.Namespace) -> Filter:
        # most commands do without it
        from mrrc.query import Filter

        try:
            return Filter(arguments.where, similarity=arguments.similarity, fold=arguments.fold)
        except QueryError as error:
            self.error(f"argument --where: {error.detailed()}")

    def error(self, message: str) -> NoReturn:
        """End the program, with status 2."""
        hint = self._meant(message)
        self.exit(2, f"{self.prog}: {message}{hint}\nTry '{self.prog} --help'.\n")

    def _meant(self, message: str) -> str:
        """Return the question whether another option was meant than one that is not there."""
        import difflib

        unknown = re.match(r"unrecognized arguments: (--[a-z][a-z0-9-]*)", message)
        options = (text for each in self._actions for text in each.option_strings)
        near = difflib.get_close_matches(unknown[1], options, 1, 0.8) if unknown else []
        return f"; did you mean '{near[0]}'?" if near else ""


class _Help(argparse.Action):
    """Prints the page."""

    def __init__(self, option_strings: list[str], dest: str, **rest: Any) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0)

    def __call__(self, parser: argparse.ArgumentParser, *rest: Any) -> NoReturn:
        from mrrc.cli.messages import put

        put(parser.page if isinstance(parser, Parser) else "")
        parser.exit()


# -- kinds of arguments --


def number(text: str) -> int:
    """Return a number of records."""
    if not re.fullmatch(r"[0-9]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return int(text)


def positive(text: str) -> int:
    """Return a number of records that is not zero."""
    found = number(text)
    if found == 0:
        raise argparse.ArgumentTypeError("at least one is needed")
    return found


_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def size(text: str) -> int:
    """Return a number of bytes, which may have one of the units K, M and G."""
    found = re.fullmatch(r"([0-9]+)([KMG]?)B?", text.upper())
    if found is None or int(found[1]) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; sizes are 500000, 500K, 10M, 1G")
    return int(found[1]) * _UNITS[found[2]]


def _format(text: str) -> str:
    try:
        return table.find(text).name
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _fold(text: str) -> str:
    # most commands do without it
    from mrrc.query import checked_fold

    try:
        return checked_fold(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _hundredths(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 100")
    return int(text)


_FORMS = ("nfc", "nfd", "nfkc", "nfkd")

#: Arguments that are texts of the language, and the option that says in which form they are to be.
_TEXTS = {
    "where": "filter_normalization",
    "filter": "filter_normalization",
    "query": "query_normalization",
    "path": "query_normalization",
    "filter_list_source": "query_normalization",
}


def _normalized(arguments: argparse.Namespace) -> None:
    """Bring the texts of the language into the forms of Unicode that the options ask for."""
    for name, option in _TEXTS.items():
        form = getattr(arguments, option, None)
        text = getattr(arguments, name, None)
        if form is not None and text is not None:
            setattr(arguments, name, normalize(form.upper(), text))


def _encoding(text: str) -> str:
    if text.lower().replace("_", "-") not in ("marc-8", "marc8", "detect"):
        try:
            codecs.lookup(text)
        except (LookupError, ValueError):
            raise argparse.ArgumentTypeError(f"there is no encoding {text!r}") from None
    return text


def takes_files(parser: Parser) -> None:
    """Add what all commands take that read records."""
    parser.add_argument("files", nargs="*", metavar="FILE")
    takes_reading_options(parser)


def takes_format(parser: Parser) -> None:
    """Add the options for the format of files, and for how their text is encoded."""
    parser.add_argument("--from", dest="source_format", type=_format, metavar="FORMAT")
    parser.add_argument("--encoding", type=_encoding, default="detect", metavar="NAME")


def takes_source(parser: Parser) -> None:
    """Add the options for how files are read, and not for which of their records count."""
    takes_format(parser)
    parser.add_argument(
        "--recovery", choices=("lenient", "permissive", "strict", "pymarc"), metavar="MODE"
    )
    told = parser.add_mutually_exclusive_group()
    told.add_argument("-q", "--quiet", action="store_true")
    told.add_argument("-p", "--progress", action="store_true")


def takes_reading_options(parser: Parser) -> None:
    """Add the options for what is read."""
    takes_source(parser)
    parser.add_argument("--where", metavar="FILTER")
    parser.add_argument("--similarity", type=_hundredths, default=80, metavar="N")
    takes_form(parser, "--filter-normalization")
    parser.add_argument("--fold", type=_fold, default="", metavar="WHAT")
    parser.add_argument("--skip", type=number, default=0, metavar="N")
    parser.add_argument("-l", "--limit", type=number, metavar="N")
    parser.add_argument(
        "--validation-level",
        choices=("structural", "strict_marc"),
        default="structural",
        metavar="LEVEL",
    )
    bad = parser.add_mutually_exclusive_group()
    bad.add_argument("--strict", action="store_true")
    bad.add_argument("-s", "--skip-invalid", action="store_true")
    parser.add_argument("-j", "--jobs", type=_jobs, default=1, metavar="N")
    _takes_lists(parser)


def _jobs(text: str) -> int:
    """Return how many threads are meant; 0 for as many as there are processors."""
    from mrrc.cores import checked_jobs

    try:
        return checked_jobs(int(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not 0 to 256") from None


def _takes_lists(parser: Parser) -> None:
    """Add the options for lists of records."""
    parser.add_argument("-A", "--allow-list", action="append", default=[], metavar="FILE")
    parser.add_argument("-D", "--deny-list", action="append", default=[], metavar="FILE")
    parser.add_argument("--filter-list-column", default="cn", metavar="NAME")
    parser.add_argument("--filter-list-source", default="001", metavar="PATH")
    takes_form(parser, "--query-normalization")


def takes_form(parser: Parser, option: str) -> None:
    """Add an option for the form of Unicode that a text of the language is brought into.

    What it is where nothing is said, marc21's environment variable says.
    """
    usual = os.environ.get(_variable(option)) or None
    parser.add_argument(option, choices=_FORMS, default=usual, metavar="FORM")


def _variable(option: str) -> str:
    return "MARC21_" + option.strip("-").replace("-", "_").upper()


def recovery_of(arguments: argparse.Namespace) -> str | None:
    """Return the mode that records are read in, as `mrrc.read` takes it."""
    mode: str | None = arguments.recovery
    if mode is None:
        return "strict" if arguments.strict else "lenient"
    return None if mode == "pymarc" else mode


def takes_output(parser: Parser) -> None:
    """Add the options for the file that is written."""
    parser.add_argument("-o", "--output", default="-", metavar="FILE")
    parser.add_argument("--compression", type=_level, metavar="N")


def _level(text: str) -> int:
    """Return how hard is to be compressed."""
    if not (text.isascii() and text.isdigit() and int(text) <= 9):
        raise argparse.ArgumentTypeError(f"{text!r} is not 0 to 9")
    return int(text)


def takes_target(parser: Parser) -> None:
    """Add what all commands take that write records."""
    takes_output(parser)
    parser.add_argument("--to", dest="target_format", type=_format, metavar="FORMAT")
    parser.add_argument("--to-encoding", dest="target_encoding", metavar="NAME")
    parser.add_argument(
        "--unmapped", choices=("ncr", "replace", "raise"), default="ncr", metavar="HOW"
    )


def files_of(files: list[str]) -> list[str]:
    """Return the files to read: those named, or standard input.

    Raises:
        ValueError: nothing is named, and standard input is a terminal, where nobody types records.
    """
    if files:
        return files
    if sys.stdin is not None and sys.stdin.isatty():
        raise ValueError("which file? None is named, and nothing is piped in")
    return ["-"]


def check_standard_input(name: str) -> None:
    """Make sure that there is a standard input to read, where that is what is to be read.

    Raises:
        OSError: it is closed.
    """
    if name == "-" and sys.stdin is None:
        raise OSError("it is closed")


class Formatted(Protocol):
    """What knows a format; `Stream` is one."""

    def format(self) -> str | None:
        """Return the format of the next file that can be used; None if there is none."""


def target_format(arguments: argparse.Namespace, stream: Formatted) -> str | None:
    """Return the format to write: the one asked for, that of the file's name, or the source's.

    None where there is no source.
    """
    source = stream.format()
    if source is None or arguments.target_format is not None:
        return None if source is None else str(arguments.target_format)
    named = None if arguments.output is None else table.by_suffix(arguments.output)
    return source if named is None else named.name
