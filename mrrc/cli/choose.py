# SPDX-License-Identifier: MIT
"""The commands that look at records as wholes: dedup, sample and hash.

Nothing of a record is read but its control number; what is compared are its bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
from collections.abc import Callable

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
from mrrc.cli.copies import Chosen, Chunks, Kept, content_of, control_number, digest
from mrrc.cli.messages import Messages, shown_name
from mrrc.cli.rows import Rows, kind_of, takes_table
from mrrc.cli.stream import Stream, target_format
from mrrc.record import Record

__all__ = ["COMMANDS"]

_DEDUP = f"""\
mrrc dedup - each record only once

Usage: mrrc dedup [--strategy WHICH] [OPTION]... [FILE]...

Leaves out the records that came before already, in this file or another; of
those that are the same the first stays. Records of ISO 2709 are written byte
for byte as they are, unless another format or encoding is asked for.

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
  --to FORMAT         csv, tsv or jsonl: JSON lines. Otherwise the name of FILE
                      tells it, or it is csv
  --content           of leader and fields, however they are written; lengths
                      and addresses in the leader do not count
  --formulas          leave control numbers as they are that a spreadsheet would
                      take for a formula; otherwise they get an apostrophe

{READING}"""

#: A control number longer than this is kept as its checksum.
_KEY = 40

#: Of the records that something is said about together, so many are named.
_NAMED = 10


def _show_no_progress(arguments: argparse.Namespace, messages: Messages) -> None:
    """Keep the progress from a terminal that the output goes to."""
    if arguments.output == "-" and sys.stdout.isatty():
        messages.progress.hide()


class _Some:
    """Records that one line is to be said about, in place of many."""

    def __init__(self) -> None:
        self.count = 0
        self._places: list[tuple[str, int]] = []

    def add(self, place: tuple[str, int]) -> None:
        """Take note of a record."""
        self.count += 1
        if self.count <= _NAMED:
            self._places.append(place)

    def __str__(self) -> str:
        named = [f"{shown_name(name)}: record {number}" for name, number in self._places]
        return ", ".join([*named, *(["..."] if self.count > len(named) else [])])


# -- dedup --


def _short(key: bytes) -> bytes:
    return key if len(key) <= _KEY else hashlib.sha256(key).digest()


def _key_cn(record: Record, chunk: bytes | None) -> bytes | None:
    number = control_number(record)
    return None if number is None else _short(number)


def _key_hash(record: Record, chunk: bytes | None) -> bytes | None:
    return hashlib.blake2b(content_of(record) if chunk is None else chunk, digest_size=16).digest()


def _key_content(record: Record, chunk: bytes | None) -> bytes | None:
    return hashlib.blake2b(content_of(record), digest_size=16).digest()


_KEYS: dict[str, Callable[[Record, bytes | None], bytes | None]] = {
    "cn": _key_cn,
    "hash": _key_hash,
    "content": _key_content,
}


def _dedup_options(parser: Parser) -> None:
    takes_files(parser)
    takes_target(parser)
    parser.add_argument("--strategy", choices=tuple(_KEYS), default="cn", metavar="WHICH")


def _dedup(arguments: argparse.Namespace, messages: Messages) -> None:
    _show_no_progress(arguments, messages)
    stream = Stream(arguments, messages)
    format = target_format(arguments, stream)
    if format is None:
        return
    key_of = _KEYS[arguments.strategy]
    seen: set[bytes] = set()
    without = _Some()
    left_out = 0
    with Chosen(arguments.output, format, arguments, stream, messages) as output:
        needs_chunks = output.copies or arguments.strategy == "hash"
        chunks = Chunks(stream)
        for record in stream:
            chunk = chunks.of(record) if needs_chunks else None
            key = key_of(record, chunk)
            if key is None:
                without.add(stream.place(stream.given))
            elif key in seen:
                left_out += 1
                continue
            else:
                seen.add(key)
            output.put(output.kept(record, chunk))
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
    _show_no_progress(arguments, messages)
    stream = Stream(arguments, messages)
    format = target_format(arguments, stream)
    if format is None:
        return
    with Chosen(arguments.output, format, arguments, stream, messages) as output:
        for kept in _drawn(stream, output, arguments.number, random.Random(arguments.seed)):
            output.put(kept)
    messages.found(output.written)
    if stream.given < arguments.number and not arguments.quiet:
        messages.say(f"there are only {stream.given} records, fewer than {arguments.number}")


def _drawn(stream: Stream, output: Chosen, number: int, chance: random.Random) -> list[Kept]:
    """Return records of a stream, each with the same chance to be among them, in order.

    The first ones are taken. From then on the i-th is taken with the chance number / i, in the
    place of one that was taken, any of them (Waterman's reservoir).
    """
    drawn: list[Kept] = []
    chunks = Chunks(stream)
    for i, record in enumerate(stream, 1):
        place = len(drawn) if i <= number else chance.randrange(i)
        if place >= number:
            continue
        kept = output.kept(record, chunks.of(record) if output.copies else None)
        if i <= number:
            drawn.append(kept)
        else:
            drawn[place] = kept
    return sorted(drawn, key=lambda kept: kept.number)


# -- hash --


def _hash_options(parser: Parser) -> None:
    takes_files(parser)
    takes_table(parser)
    parser.add_argument("--content", action="store_true")


def _hash(arguments: argparse.Namespace, messages: Messages) -> None:
    kind = kind_of(arguments)
    _show_no_progress(arguments, messages)
    stream = Stream(arguments, messages)
    if stream.format() is None:
        return
    chunks = Chunks(stream)
    with Rows(arguments.output, kind, ("001", "sha256"), arguments.formulas) as rows:
        for record in stream:
            chunk = None if arguments.content else chunks.of(record)
            number = control_number(record)
            rows.write(
                (
                    None if number is None else number.decode("utf-8", "surrogatepass"),
                    digest(content_of(record) if chunk is None else chunk),
                )
            )
    messages.found(stream.given)


COMMANDS = {
    "dedup": Command(_DEDUP, _dedup_options, _dedup),
    "sample": Command(_SAMPLE, _sample_options, _sample),
    "hash": Command(_HASH, _hash_options, _hash),
}
