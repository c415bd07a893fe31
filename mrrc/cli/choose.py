# SPDX-License-Identifier: MIT
"""The commands that look at records as wholes: dedup, sample and hash.

Nothing of a record is read but its control number; what is compared are its bytes. Both is done in
C, a batch at a time.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
from array import array
from collections.abc import Iterator
from itertools import compress
from math import log, log1p

from mrrc import _bridge
from mrrc.cli.arguments import (
    READING,
    WRITING,
    Command,
    Parser,
    files_of,
    positive,
    takes_files,
    takes_reading_options,
    takes_target,
)
from mrrc.cli.chosen import Chosen, Kept, sweeps_for
from mrrc.cli.messages import Messages, shown_name
from mrrc.cli.rows import Rows, kind_of, takes_table
from mrrc.cli.sweeps import Sweeps
from mrrc.files import Target, open_target
from mrrc.sweep import Stretch, Sweep

__all__ = ["COMMANDS"]

_DEDUP = f"""\
mrrc dedup - each record only once

Usage: mrrc dedup [--strategy WHICH] [OPTION]... [FILE]...

Leaves out the records that came before already, in this file or another; of
those that are the same the first stays. Records of ISO 2709 are written byte
for byte as they are, unless another format or encoding is asked for. Of each
record 16 bytes are kept in memory, in a table of up to three times as much.

Examples
  Several deliveries, each record once:

      mrrc dedup 2024-*.mrc -o 2024.mrc

  Only what is the same to the last byte:

      mrrc dedup --strategy hash delivery.mrc -o once.mrc

Options
  --strategy WHICH    which records are the same:
                        cn       those with the same control number, field
                                 001; one without it stays, and is told of
                        hash     those with the same bytes; of other formats
                                 than ISO 2709 those with the same content
                        content  those with the same leader and fields, in the
                                 same order, in whatever format they are
                      otherwise it is cn

{WRITING}
{READING}"""

_SAMPLE = f"""\
mrrc sample - some records, chosen by chance

Usage: mrrc sample N [OPTION]... [FILE]...

Chooses N records, each with the same chance as any other, and writes them in
the order in which they stand. They are kept in memory until all are read.

Examples
  A hundred records to look through:

      mrrc sample 100 delivery.mrc -o look.mrc

  The same hundred each time:

      mrrc sample 100 --seed 7 delivery.mrc -o look.mrc

Options
  -n N                how many, in place of the first argument
  --seed SEED         a number or a word; the same one chooses the same records

{WRITING}
{READING}"""

_HASH = f"""\
mrrc hash - a checksum of each record

Usage: mrrc hash [OPTION]... [FILE]... [-o FILE]

Writes a table of control numbers and SHA-256 checksums, so that two states of
a file can be compared. In ISO 2709 the checksum is that of the record's bytes;
in other formats, or with --content, that of its content.

Examples
  What has changed since last time?

      mrrc hash delivery.mrc | sort > now.csv
      diff before.csv now.csv

  A file and the MARCXML made of it have the same content:

      mrrc hash --content delivery.mrc -o one.csv
      mrrc hash delivery.xml -o other.csv

Options
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written
  --compression N     how hard FILE.gz is compressed, 0 to 9
  --to FORMAT         csv, tsv or jsonl: JSON lines. Otherwise the name of FILE
                      tells it, or it is csv
  --tsv               the same as --to tsv
  --content           of leader and fields, however they are written; lengths
                      and addresses in the leader do not count
  --formulas          leave control numbers as they are that a spreadsheet would
                      take for a formula; otherwise they get an apostrophe

{READING}"""

#: Of the records that something is said about together, so many are named.
_NAMED = 10


class _Some:
    """Records that one line is to be said about, in place of many."""

    def __init__(self) -> None:
        self.count = 0
        self._places: list[tuple[str, int]] = []

    def chosen(self, found: bytes) -> list[int]:
        """Return which of the records have no control number, of which `Known` told this."""
        if _bridge.KNOWN_NAMELESS not in found:
            return []
        return [at for at, each in enumerate(found) if each == _bridge.KNOWN_NAMELESS]

    def add(self, place: tuple[str, int]) -> None:
        """Take note of a record."""
        self.count += 1
        if self.count <= _NAMED:
            self._places.append(place)

    def __str__(self) -> str:
        named = [f"{shown_name(name)}: record {number}" for name, number in self._places]
        return ", ".join([*named, *(["..."] if self.count > len(named) else [])])


# -- dedup --


class _Once:
    """Tells of records whether they came before.

    Args:
        strategy: what is compared.
    """

    def __init__(self, strategy: str) -> None:
        self._strategy = strategy
        self._known = _bridge.Known()
        self._copied = _bridge.Bytes()

    def __call__(self, sweep: Sweep, stretch: Stretch) -> bytes:
        """Return a byte for each record; see `mrrc._bridge.Known`."""
        view, first, end = stretch.view, stretch.first, stretch.end
        if self._strategy == "cn":
            return self._known.numbers(view, first, end)
        if self._strategy == "content" or sweep.format != "marc":
            return self._known.contents(view, first, end)
        if stretch.chunk is not None:
            return self._known.bytes_alone(stretch.chunk)
        view.copied(first, end, self._copied)
        found = self._known.bytes_of(view, first, end, self._copied)
        self._copied.clear()
        return found


def _dedup_options(parser: Parser) -> None:
    takes_files(parser)
    takes_target(parser)
    parser.add_argument(
        "--strategy", choices=("cn", "hash", "content"), default="cn", metavar="WHICH"
    )


def _dedup(arguments: argparse.Namespace, messages: Messages) -> None:
    sweeps, format = sweeps_for(arguments, messages)
    if format is None:
        return
    sweeps.packed = sweeps.packed or arguments.strategy != "hash"
    once = _Once(arguments.strategy)
    without = _Some()
    left_out = 0

    def take(sweep: Sweep, stretch: Stretch) -> None:
        nonlocal left_out
        found = once(sweep, stretch)
        for at in without.chosen(found):
            without.add((sweep.name or "-", stretch.number_of(stretch.first + at)))
        left_out += found.count(_bridge.KNOWN_AGAIN)
        numbers = array("I", compress(range(stretch.first, stretch.end), found))
        if numbers:
            output.take(sweep, stretch, numbers)

    with Chosen(arguments.output, format, arguments, messages) as output:
        sweeps.stretches(take)
    messages.found(output.written)
    if not arguments.quiet:
        if without.count:
            many = "1 record has" if without.count == 1 else f"{without.count} records have"
            messages.say(f"{many} no control number, and stayed: {without}")
        if left_out:
            many = "1 record" if left_out == 1 else f"{left_out} records"
            messages.say(f"{many} left out that came before already")


# -- sample --


def _sample_options(parser: Parser) -> None:
    parser.add_argument("arguments", nargs="*", metavar="N")
    takes_reading_options(parser)
    takes_target(parser)
    parser.add_argument("-n", dest="number", type=positive, metavar="N")
    parser.add_argument("--seed", type=_seed, metavar="SEED")


def _seed(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,1000}", text) else text


def _sample(arguments: argparse.Namespace, messages: Messages) -> None:
    arguments.files = arguments.arguments
    if arguments.number is None:
        if not arguments.files:
            raise ValueError("how many records? As in 'mrrc sample 100 delivery.mrc'")
        first, *arguments.files = arguments.files
        try:
            arguments.number = positive(first)
        except argparse.ArgumentTypeError as error:
            raise ValueError(f"{error}; as in 'mrrc sample 100 delivery.mrc'") from None
    files_of(arguments.files)
    sweeps, format = sweeps_for(arguments, messages)
    if format is None:
        return
    drawing = _Drawing(arguments.number, random.Random(arguments.seed))
    with Chosen(arguments.output, format, arguments, messages) as output:
        sweeps.stretches(lambda sweep, stretch: drawing.take(output, sweep, stretch))
        for kept in drawing.in_order():
            output.put(kept)
    messages.found(output.written)
    if sweeps.given < arguments.number and not arguments.quiet:
        messages.say(f"there are only {sweeps.given} records, fewer than {arguments.number}")


class _Drawing:
    """Records drawn by chance, each with the same chance to be among them.

    The first ones are taken. From then on one is taken now and then, in the place of one that was
    taken, any of them; how many are passed over before it is drawn too, and not asked of each
    (K.-H. Li's algorithm L).
    """

    def __init__(self, number: int, chance: random.Random) -> None:
        self._number = number
        self._chance = chance
        self._drawn: list[tuple[int, Kept]] = []  # with its number among all
        self._met = 0
        self._highest = 1.0  # of as many random numbers as are drawn, were the lowest ones kept
        self._next = 0  # of all, the next that is taken

    def take(self, output: Chosen, sweep: Sweep, stretch: Stretch) -> None:
        """Draw from the records of a stretch."""
        met = self._met
        self._met += stretch.end - stretch.first
        drawn: dict[int, int] = {}  # in whose place which one comes
        while self._next < self._met:
            place = self._next
            if place >= self._number:
                place = self._chance.randrange(self._number)
            drawn[place] = self._next
            self._pass_over()
        if not drawn:
            return
        numbers = array("I", (stretch.first + each - met for each in drawn.values()))
        kept = output.kept_apart(sweep, stretch, numbers)
        for (place, number), each in zip(drawn.items(), kept):
            self._drawn[place : place + 1] = [(number, each)]

    def _pass_over(self) -> None:
        self._next += 1
        if self._next < self._number:
            return
        self._highest *= self._random() ** (1 / self._number)
        if self._highest < 1:
            self._next += int(log(self._random()) / log1p(-self._highest))

    def _random(self) -> float:
        """Return a random number above 0."""
        return 1 - self._chance.random()

    def in_order(self) -> Iterator[Kept]:
        """Yield what is drawn in the order in which it stands."""
        yield from (kept for _, kept in sorted(self._drawn, key=lambda entry: entry[0]))


# -- hash --


def _hash_options(parser: Parser) -> None:
    takes_files(parser)
    takes_table(parser)
    parser.add_argument("--tsv", dest="target_format", action="store_const", const="tsv")
    parser.add_argument("--content", action="store_true")


def _hash(arguments: argparse.Namespace, messages: Messages) -> None:
    kind = kind_of(arguments)
    messages.leave_terminal_to(arguments.output)
    sweeps = Sweeps(arguments, messages, written=True)
    if sweeps.format() is None:
        return
    hashes = _Hashes(arguments.content)
    if kind == "jsonl":
        with Rows(arguments.output, kind, ("001", "sha256"), arguments.formulas) as rows:

            def take(sweep: Sweep, stretch: Stretch) -> None:
                for number, digest in hashes.of(sweep, stretch):
                    rows.write((number.decode("utf-8", "replace") or None, digest.decode()))

            sweeps.stretches(take)
    else:
        with open_target(arguments.output) as target:
            table = _Table(target, kind, arguments.formulas)
            table.write([(b"001", b"sha256")])
            sweeps.stretches(lambda sweep, stretch: table.write(hashes.of(sweep, stretch)))
    messages.found(sweeps.given)


class _Table:
    """A table that C writes, of rows of two cells."""

    def __init__(self, target: Target, kind: str, formulas: bool) -> None:
        # JSON lines do without
        from mrrc.tables import Query, style

        self._target = target
        self._table = Query("'x'").table(style(kind == "tsv", "necessary", formulas))
        self._out = _bridge.Bytes()

    def write(self, rows: list[tuple[bytes, bytes]]) -> None:
        """Write rows."""
        self._table.rows(b"".join([b"%b\x1f%b\x1f\x1e" % row for row in rows]), self._out)
        self._target.write(self._out.look())
        self._out.clear()


class _Hashes:
    """Checksums of records: of their bytes, or of their content."""

    def __init__(self, content: bool) -> None:
        self._content = content
        self._copied = _bridge.Bytes()

    def of(self, sweep: Sweep, stretch: Stretch) -> list[tuple[bytes, bytes]]:
        """Return of each record of a stretch the control number and the checksum."""
        numbers = stretch.view.control_numbers(stretch.first, stretch.end)
        sha256 = hashlib.sha256
        hashes = [sha256(piece).hexdigest().encode() for piece in self._pieces(sweep, stretch)]
        return list(zip(numbers, hashes))

    def _pieces(self, sweep: Sweep, stretch: Stretch) -> Iterator[bytes | memoryview]:
        """Yield of each record what its checksum is of."""
        view, first, end = stretch.view, stretch.first, stretch.end
        if self._content or sweep.format != "marc":
            block, ends = view.packed(first, end)
            begin = 0
            for stop in ends:
                # lengths and addresses are no content
                yield block[begin + 5 : begin + 12] + block[begin + 17 : stop]
                begin = stop
        elif stretch.chunk is not None:
            yield stretch.chunk
        else:
            view.copied(first, end, self._copied)
            data = memoryview(self._copied.taken())
            begin = 0
            for size in view.lengths(first, end):
                yield data[begin : begin + size]
                begin += size


COMMANDS = {
    "dedup": Command(_DEDUP, _dedup_options, _dedup),
    "sample": Command(_SAMPLE, _sample_options, _sample),
    "hash": Command(_HASH, _hash_options, _hash),
}
