# SPDX-License-Identifier: MIT
"""The command that compares two files: diff.

Records are matched by their control numbers, and `mrrc.diff` says what is other about two of
them. Of the second file only an index is kept: a checksum and a place for each record.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import os
import pickle
import re
import tempfile
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, BinaryIO

from mrrc.cli.arguments import READING, Command, Parser, takes_files, takes_output
from mrrc.cli.copies import Chunks, content_of, control_number
from mrrc.cli.messages import Messages, clean, shown_name
from mrrc.cli.rows import as_json
from mrrc.cli.stream import Stream
from mrrc.comparison import FieldAdded, FieldChanged, FieldRemoved, LeaderChanged, RecordDiff, diff
from mrrc.exceptions import MrrcException
from mrrc.field import Field
from mrrc.files import Target, open_target
from mrrc.formats import table
from mrrc.reader import MARCReader
from mrrc.record import Record

__all__ = ["COMMANDS"]

_DIFF = f"""\
mrrc diff - what differs between two files

Usage: mrrc diff [OPTION]... OLD NEW

Compares the records of two files, of whatever formats, that have the same
control number, field 001. The order of the records does not count. What only
OLD has is marked with -, what only NEW has with +, and what was changed with !
and the changes. Of several records with the same number the first is compared
with the first, the second with the second. Those without a number are the same
if all else is.

The exit status is 0 if nothing differs, 1 if something does, and 2 if a file
or a record could not be read, so that nobody knows.

Examples
  What has changed since the last delivery?

      mrrc diff october.mrc november.mrc

  Did anything get lost on the way through another format?

      mrrc convert delivery.mrc -o delivery.xml
      mrrc diff delivery.mrc delivery.xml

  Only which records, without what changes from one day to the next:

      mrrc diff --brief --ignore 005,LDR old.mrc new.mrc

Options
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written
  --compression N     how hard FILE.gz is compressed, 0 to 9
  --to FORMAT         text, or jsonl: JSON lines, an object for each record that
                      differs. Otherwise the name of FILE tells it, or it is
                      text
  --brief             only which records differ, and not in what
  --ignore TAGS       fields that do not count, with commas between their tags;
                      LDR is the leader
  --ignore-order      the order of the fields in a record does not count

{READING}"""

#: Of a record's control number and which one it is of those with the same.
_Key = bytes | tuple[bytes, int]

_DIGEST = 16

#: As MARC 21 and the systems beside it have them; letters that are not capital are a slip.
_TAG = re.compile(r"[0-9A-Z]{3}")


def _options(parser: Parser) -> None:
    takes_files(parser)
    takes_output(parser)
    parser.add_argument("--to", dest="target_format", choices=("text", "jsonl"), metavar="FORMAT")
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--ignore", type=_tags, action="extend", default=[], metavar="TAGS")
    parser.add_argument("--ignore-order", action="store_true")


def _tags(text: str) -> list[str]:
    tags = [tag for tag in text.replace(",", " ").split() if tag]
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise argparse.ArgumentTypeError(f"{tag!r} is no tag; tags are 005, LDR ...")
    return tags


def _diff(arguments: argparse.Namespace, messages: Messages) -> None:
    if len(arguments.files) != 2:
        raise ValueError("two files are compared: 'mrrc diff OLD NEW'")
    if arguments.files == ["-", "-"]:
        raise ValueError("standard input cannot be compared with itself")
    messages.leave_terminal_to(arguments.output)
    old, new = (_side(arguments, name, messages) for name in arguments.files)
    if old.format() is None or new.format() is None:
        return  # it was told of
    lines = _is_lines(arguments)
    report = _Report(arguments, lines)
    with open_target(arguments.output) as target, _Index(new, arguments) as index:
        comparison = _Comparison(old, index, report, target)
        try:
            comparison.run()
        except MrrcException as error:  # the command is strict
            messages.bad_record(error)
            messages.status = 2
            target.discard()
            return
    if not arguments.quiet:
        for stream, repeated in ((old, comparison.repeated), (new, index.repeated)):
            if repeated:
                name = shown_name(stream.name)
                many = "1 record has" if repeated == 1 else f"{repeated} records have"
                messages.say(f"{name}: {many} the control number of one before it")
        messages.say(report.summary())
    if messages.status == 1:
        messages.status = 2  # what could not be read was not compared
    if report.differs():
        messages.status = max(messages.status, 1)


def _is_lines(arguments: argparse.Namespace) -> bool:
    """Return whether the report is to be JSON lines."""
    if arguments.target_format is None:
        named = table.by_suffix(arguments.output)
        return named is not None and named.name == "jsonl"
    return str(arguments.target_format) == "jsonl"


class _Side(Stream):
    """The records of one of the two files."""

    name: str


def _side(arguments: argparse.Namespace, name: str, messages: Messages) -> _Side:
    own = copy.copy(arguments)
    own.files = [name]
    side = _Side(own, messages)
    side.name = name
    return side


class _Index:
    """What is remembered of the second file: of each record a checksum, its number and place.

    A record that differs is read again, from the file where that is possible, and otherwise
    from a temporary file into which all are put.
    """

    def __init__(self, side: _Side, arguments: argparse.Namespace) -> None:
        self.side = side
        self.repeated = 0
        self._arguments = arguments
        self._digests = bytearray()
        self._numbers: array[int] = array("Q")
        self._offsets: array[int] = array("Q")
        self._sizes: array[int] = array("L")
        self._matched = bytearray()
        self._by_key: dict[_Key, int] = {}
        self._nameless: dict[bytes, deque[int]] = {}  # records without a number, by checksum
        self._file: BinaryIO | None = None
        self._again = False  # the file itself is read again

    def __enter__(self) -> _Index:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            self._file.close()

    def fill(self) -> None:
        """Read the file."""
        counts = _Occurrences()
        chunks = Chunks(self.side)
        for record in self.side:
            digest = digest_of(record)
            at = len(self._matched)
            key = counts.key(control_number(record))
            if key is None:
                self._nameless.setdefault(digest, deque()).append(at)
            else:
                self._by_key[key] = at
            self._digests += digest
            self._numbers.append(self.side.place(self.side.given)[1])
            self._matched.append(0)
            self._keep(record, chunks)
        self.repeated = counts.repeated

    def _keep(self, record: Record, chunks: Chunks) -> None:
        if self._file is None:
            reader = self.side.reader
            self._again = isinstance(reader, MARCReader) and reader.backend_type == "path"
            self._file = open(self.side.name, "rb") if self._again else tempfile.TemporaryFile()
        offsets = record._origin.offsets
        if self._again and offsets is not None:
            size = len(chunks.of(record) or b"")
            offset = offsets[record._number]
        else:
            data = pickle.dumps(record)
            offset, size = self._file.tell(), len(data)
            self._file.write(data)
        self._offsets.append(offset)
        self._sizes.append(size)

    def take(self, key: _Key | None, digest: bytes) -> int | None:
        """Return which record belongs to one of the other file; None where none does."""
        if key is None:
            left = self._nameless.get(digest)
            at = left.popleft() if left else None
        else:
            at = self._by_key.get(key)
        if at is not None:
            self._matched[at] = 1
        return at

    def digest(self, at: int) -> bytes:
        """Return a record's checksum."""
        return bytes(self._digests[_DIGEST * at : _DIGEST * (at + 1)])

    def number(self, at: int) -> int:
        """Return a record's number in the file."""
        return self._numbers[at]

    def record(self, at: int) -> Record:
        """Return a record, read again.

        Raises:
            OSError: it cannot be read.
        """
        file = self._file
        if file is None:
            raise RuntimeError("nothing was kept")
        file.seek(self._offsets[at])
        data = file.read(self._sizes[at])
        if not self._again:
            return pickle.loads(data)  # type: ignore[no-any-return]  # written above
        with self.side.again(data) as reader:
            found = next(iter(reader), None)
        if found is None:
            raise OSError(f"{self.side.name}: the file was changed while it was being read")
        return found

    def left(self) -> Iterator[tuple[bytes | None, int]]:
        """Yield control number and place of the records that belong to none, in their order."""
        names = {
            at: key if isinstance(key, bytes) else key[0]
            for key, at in self._by_key.items()
            if not self._matched[at]
        }
        for at, matched in enumerate(self._matched):
            if not matched:
                yield names.get(at), at


def digest_of(record: Record) -> bytes:
    """Return a checksum of a record's content."""
    return hashlib.blake2b(content_of(record), digest_size=_DIGEST).digest()


class _Occurrences:
    """Tells records with the same control number apart by which of them they are."""

    def __init__(self) -> None:
        self.repeated = 0
        self._seen: set[bytes] = set()
        self._more: Counter[bytes] = Counter()

    def key(self, number: bytes | None) -> _Key | None:
        """Return what a record of the other file has to have to belong to this one."""
        if number is None:
            return None
        if number not in self._seen:
            self._seen.add(number)
            return number
        self.repeated += 1
        self._more[number] += 1
        return number, self._more[number]


class _Comparison:
    """One run over both files."""

    def __init__(self, old: _Side, index: _Index, report: _Report, target: Target) -> None:
        self.repeated = 0
        self._old = old
        self._index = index
        self._report = report
        self._write = target.write

    def run(self) -> None:
        """Compare all records, in the order of the first file and then of the second."""
        index, report = self._index, self._report
        index.fill()
        counts = _Occurrences()
        for record in self._old:
            number = control_number(record)
            digest = digest_of(record)
            at = index.take(counts.key(number), digest)
            place = self._old.place(self._old.given)
            if at is None:
                self._write(report.alone("removed", number, place))
            elif digest == index.digest(at):
                report.same += 1
            else:
                there = (index.side.name, index.number(at))
                self._write(report.compared(number, record, place, index.record(at), there))
        for number, at in index.left():
            self._write(report.alone("added", number, (index.side.name, index.number(at))))
        self.repeated = counts.repeated


_Place = tuple[str, int]


class _Report:
    """Differences as text or JSON lines, and counted."""

    def __init__(self, arguments: argparse.Namespace, lines: bool) -> None:
        self.same = 0
        self._counts: Counter[str] = Counter()
        self._brief: bool = arguments.brief
        self._ignore: list[str] = arguments.ignore
        self._ignore_order: bool = arguments.ignore_order
        self._lines = lines

    def differs(self) -> bool:
        """Return whether anything differs."""
        return bool(self._counts)

    def summary(self) -> str:
        """Return how many records there were of each kind."""
        kinds = [(self.same, "the same"), (self._counts["changed"], "changed")]
        kinds += [(self._counts["removed"], "only in the first file")]
        kinds += [(self._counts["added"], "only in the second")]
        return ", ".join(f"{count} {kind}" for count, kind in kinds)

    def alone(self, kind: str, number: bytes | None, place: _Place) -> bytes:
        """Return what there is to say of a record that only one file has."""
        self._counts[kind] += 1
        if self._lines:
            side = "old" if kind == "removed" else "new"
            return as_json({"change": kind, "001": _text(number), side: _json_place(place)})
        sign = "-" if kind == "removed" else "+"
        return f"{sign} {clean(_shown(number))} ({_shown_place(place)})\n".encode()

    def compared(
        self, number: bytes | None, old: Record, place: _Place, new: Record, there: _Place
    ) -> bytes:
        """Return what there is to say of two records that belong together."""
        found = diff(old, new, ignore=self._ignore, ignore_order=self._ignore_order)
        if not found:
            self.same += 1
            return b""
        self._counts["changed"] += 1
        if self._lines:
            line = {
                "change": "changed",
                "001": _text(number),
                "old": _json_place(place),
                "new": _json_place(there),
            }
            return as_json(line if self._brief else {**line, "differences": _differences(found)})
        places = f"{_shown_place(place)}; {_shown_place(there)}"
        head = f"! {clean(_shown(number))} ({places})\n"
        body = "" if self._brief else "".join(f"    {line}\n" for line in str(found).split("\n"))
        return (head + clean(body)).encode("utf-8", "backslashreplace")


def _text(number: bytes | None) -> str | None:
    return None if number is None else number.decode("utf-8", "surrogatepass")


def _shown(number: bytes | None) -> str:
    return "no 001" if number is None else number.decode("utf-8", "backslashreplace").strip()


def _shown_place(place: _Place) -> str:
    return clean(f"{shown_name(place[0])}: record {place[1]}")


def _json_place(place: _Place) -> dict[str, Any]:
    return {"file": os.fsdecode(place[0]), "record": place[1]}


def _json_field(field: Field) -> dict[str, Any]:
    if field.control_field:
        return {"tag": field.tag, "data": field.data}
    return {
        "tag": field.tag,
        "ind1": field.indicator1,
        "ind2": field.indicator2,
        "subfields": [{code: value} for code, value in field.subfields],
    }


def _differences(found: RecordDiff) -> list[dict[str, Any]]:
    return [_difference(change) for change in found]


def _difference(change: Any) -> dict[str, Any]:
    if isinstance(change, LeaderChanged):
        return {"type": "leader", **change._asdict()}
    if isinstance(change, FieldRemoved | FieldAdded):
        kind = "removed" if isinstance(change, FieldRemoved) else "added"
        return {"type": kind, "position": change.position, "field": _json_field(change.field)}
    line = {
        "type": "changed" if isinstance(change, FieldChanged) else "moved",
        "old_position": change.old_position,
        "new_position": change.new_position,
        "old": _json_field(change.old),
        "new": _json_field(change.new),
    }
    if isinstance(change, FieldChanged):
        line["indicators"] = [each._asdict() for each in change.indicators]
        line["subfields"] = [each._asdict() for each in change.subfields]
    return line


COMMANDS = {"diff": Command(_DIFF, _options, _diff)}
