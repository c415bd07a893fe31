# SPDX-License-Identifier: MIT
"""The commands for damaged files: repair and invalid.

repair writes what can be read of a file as sound records, and tells of each thing that it
changed; invalid takes out of it what the other commands leave out. What is a fault, and what
is made of it, is decided by the core.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mrrc import _bridge
from mrrc.batch import decode_marked
from mrrc.cli.arguments import (
    READING,
    WRITING,
    Command,
    Parser,
    check_standard_input,
    files_of,
    recovery_of,
    takes_files,
    takes_output,
    takes_source,
    takes_target,
    target_format,
)
from mrrc.cli.copies import Chunks, control_number
from mrrc.cli.messages import Messages, what_happened
from mrrc.cli.rows import as_json
from mrrc.cli.stream import Output, Stream, writer_for
from mrrc.exceptions import MrrcException, RepairWarning
from mrrc.field import Indicators, Subfield
from mrrc.files import OpenedSource, Target, open_source, open_target
from mrrc.formats import table
from mrrc.leader import Leader
from mrrc.marc_encoding import marc_encoding
from mrrc.record import Record
from mrrc.recovery import Found, is_blank, mode_flag
from mrrc.transcoding import Transcoded

__all__ = ["COMMANDS"]

_REPAIR = f"""\
mrrc repair - sound records out of a damaged file

Usage: mrrc repair [OPTION]... [FILE]... -o FILE [--report FILE]

Reads what can be read of a file, guesses faulty pieces, and writes sound
records: ISO 2709 in UTF-8 with right lengths, or another format. Each change is
told as a line of JSON: the file, the record's number and control number, what
was wrong and where, the bytes that stood there in hexadecimal digits, and what
was done.

Examples
  A file that no program takes:

      mrrc repair damaged.mrc -o sound.mrc > changes.jsonl

  The same, with what cannot be saved put aside:

      mrrc invalid --recovery permissive damaged.mrc -o lost.bin
      mrrc repair damaged.mrc -o sound.mrc --report changes.jsonl

Options
  --report FILE       write the lines of JSON to FILE; otherwise they go to
                      standard output, or if records go there the changes are
                      told on standard error as other commands tell them

{WRITING}
{READING}
  Here --recovery is permissive if it is not given. The exit status is 1 if
  something of the file could not be saved.
"""

_INVALID = """\
mrrc invalid - what cannot be read, as it stands

Usage: mrrc invalid [OPTION]... [FILE]... [-o FILE]

Writes the bytes that other commands leave out: records that cannot be read,
and what belongs to no record, but for white space. They are written as they
stand, for somebody to look at; why they cannot be read is told on standard
error.

Examples
  Put aside what is bad, and load the rest:

      mrrc invalid delivery.mrc -o bad.bin
      mrrc repair --recovery lenient delivery.mrc -o good.mrc

  Is everything sound, to the last subfield?

      mrrc invalid --recovery strict delivery.mrc > bad.bin

Options
  -o, --output FILE   write to FILE and not to standard output; it is put in
                      place when all is written
  --compression N     how hard FILE.gz is compressed, 0 to 9
  --from FORMAT       the format of the files, where neither their names nor
                      their first bytes tell it; 'mrrc formats' lists all
  --encoding NAME     how the text is encoded; see 'mrrc count --help'
  --recovery MODE     which records are bad: with lenient, which is usual, those
                      of which nothing can be trusted; with permissive those of
                      which nothing can be read; with strict each with a fault;
                      with pymarc those that library cannot read
  -q, --quiet         say nothing on standard error of what is bad
  -p, --progress      accepted, as marc21 has it; this command shows none

  The exit status is 0 if something was found, and 1 if nothing was.
"""

_BYTES = 1 << 16

#: Between records it is no loss.
_BLANK = b" \t\r\n\0\x1a"


# -- repair --


def _repair_options(parser: Parser) -> None:
    takes_files(parser)
    takes_target(parser)
    parser.set_defaults(recovery="permissive")
    parser.add_argument("--report", metavar="FILE")


#: What is done about a fault, by its code: in lenient and in permissive mode.
_DONE = {
    "E002": ("the leader was read as far as it can be, with its constants set",) * 2,
    "E003": ("the end of the directory was taken for the base address",) * 2,
    "E004": ("the end of the directory was taken for the base address",) * 2,
    "E008": ("they were treated as those before them",) * 2,
    "E101": (
        "the field was left out",
        "the field was found by its terminators, or left out where it has none",
    ),
    "E106": (
        "the field, or the character, was left out",
        "the field was taken by its terminators, and stray characters were left out",
    ),
    "E201": (
        "the field was left out",
        "blanks stand for indicators that are missing or not ASCII, and further ones were left out",
    ),
    "E202": (
        "the subfield was left out",
        "the subfield was kept; a ? stands for a code that is not ASCII",
    ),
    "E301": ("what is no text became U+FFFD, and other text was read as what it is",) * 2,
}


class _Report:
    """The changes, as lines of JSON; `Messages` tells it of them.

    Args:
        target: where they go; None: nowhere, and they are said as usual.
        mode: in which the file is read.
    """

    def __init__(self, target: Target | None, mode: str | None) -> None:
        self.changes = 0
        self.lost = 0
        self._target = target
        self._mode = mode
        self._lines: list[bytes] = []
        self._size = 0

    def hear(self, kind: str, error: BaseException, source: str | None, number: int | None) -> bool:
        """Take note of something amiss; see `Listener`."""
        blank = kind == "stray" and isinstance(error, Exception) and is_blank(error)
        if kind == "flaw" or blank:
            self.changes += 1
        else:
            self.lost += 1
        said: dict[str, Any] = {
            "file": source,
            "record": number,
            "001": getattr(error, "record_control_number", None),
            "code": getattr(error, "code", None),
            "problem": getattr(error, "slug", None),
            "message": _message(error),
            "tag": getattr(error, "field_tag", None),
            "indicator": _one_more(getattr(error, "indicator_position", None)),
            "subfield": _code(getattr(error, "subfield_code", None)),
            "line": getattr(error, "line", None),
            "offset": getattr(error, "byte_offset", None),
            **_bytes(getattr(error, "found", None)),
            "done": self._done(kind, error),
        }
        self.add(said)
        return self._target is not None

    def _done(self, kind: str, error: BaseException) -> str:
        if kind == "bad":
            return "the record was left out"
        if isinstance(error, RepairWarning):
            return error.text
        if kind == "stray":
            return "the bytes were left out"
        usual = "the record was taken up to where the next one begins"
        lenient, permissive = _DONE.get(getattr(error, "code", ""), (usual, usual))
        return permissive if self._mode == "permissive" else lenient

    def add(self, said: dict[str, Any]) -> None:
        """Write a line, without what is not known."""
        if self._target is None:
            return
        line = as_json({key: value for key, value in said.items() if value is not None})
        self._lines.append(line)
        self._size += len(line)
        if self._size >= _BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was put off."""
        if self._target is not None:
            self._target.write(b"".join(self._lines))
        self._lines.clear()
        self._size = 0


def _message(error: BaseException) -> str:
    if isinstance(error, RepairWarning):
        return error.text
    return what_happened(error) if isinstance(error, MrrcException) else str(error)


def _one_more(position: int | None) -> int | None:
    return None if position is None else position + 1


def _code(code: Any) -> str | None:
    return chr(code) if isinstance(code, int) else code


def _bytes(found: Any) -> dict[str, Any]:
    if isinstance(found, bytes):
        return {"bytes": found.hex()}
    return {} if found is None else {"found": str(found)}


def _repair(arguments: argparse.Namespace, messages: Messages) -> None:
    if arguments.output == "-" and arguments.report == "-":
        raise ValueError("records and report cannot both go to standard output: name one with -o")
    messages.leave_terminal_to(arguments.output)
    stream = Stream(arguments, messages)
    format = target_format(arguments, stream)
    if format is None:
        return
    to = arguments.report or ("-" if arguments.output != "-" else None)
    with _report_to(to) as target:
        report = messages.listener = _Report(target, recovery_of(arguments))
        written = _write_repaired(stream, format, arguments, messages, report)
        report.flush()
    messages.found(written)
    if not arguments.quiet:
        many = "1 record" if written == 1 else f"{written} records"
        changes = "1 change" if report.changes == 1 else f"{report.changes} changes"
        lost = f", {report.lost} left out" if report.lost else ""
        messages.say(f"{many} written, {changes}{lost}")


@contextmanager
def _report_to(name: str | None) -> Iterator[Target | None]:
    if name is None:
        yield None
        return
    with open_target(name) as target:
        yield target


def _write_repaired(
    stream: Stream,
    format: str,
    arguments: argparse.Namespace,
    messages: Messages,
    report: _Report,
) -> int:
    writer = writer_for(arguments.output, format, arguments)
    messages.writes(arguments.output, arguments.files)
    chunks = Chunks(stream)
    marc = format == "marc"
    plain = marc and arguments.target_encoding in (None, "utf-8")
    with Output(writer, stream, messages, arguments.strict) as output:
        for record in stream:
            chunk = chunks.of(record) if plain else None
            if marc:
                _set_constants(record)
                if record.errors:
                    _make_ascii(record)
            if not record.errors:
                _tell_layout(record, chunk, stream, report)
            output.write(record)
    return output.written


def _make_ascii(record: Record) -> None:
    """Replace indicators and codes that permissive reading keeps, and ISO 2709 has no place for."""
    for field in record.fields:
        if field.control_field:
            continue
        indicators = field.indicators
        if indicators is not None and not all(map(_is_plain, indicators)):
            first, second = (each if _is_plain(each) else " " for each in indicators)
            field.indicators = Indicators(first, second)
        if not all(_is_plain(code) for code, _ in field.subfields):
            field.subfields = [
                Subfield(code if _is_plain(code) else "?", value) for code, value in field.subfields
            ]


def _is_plain(character: str) -> bool:
    return character.isascii() and character.isprintable()


def _set_constants(record: Record) -> None:
    """Let the leader say what holds of every record of MARC 21, whatever it said."""
    leader = str(record.leader)
    if (leader[10:12], leader[20:24]) != ("22", "4500"):
        record.leader = Leader(f"{leader[:10]}22{leader[12:20]}4500")


def _tell_layout(record: Record, chunk: bytes | None, stream: Stream, report: _Report) -> None:
    """Tell of a record without a fault that is written otherwise than it stands in its file."""
    if chunk is None:
        return
    number = control_number(record)
    try:
        if record.as_marc() == chunk:
            return
    except (MrrcException, ValueError, TypeError):
        return  # it cannot be written, and the writer tells why
    name, place = stream.place(stream.given)
    coded = chunk[9:10] != b"a"
    report.changes += 1
    report.add(
        {
            "file": name,
            "record": place,
            "001": None if number is None else number.decode("utf-8", "backslashreplace"),
            "problem": "not_utf8" if coded else "layout",
            "message": "by leader/09 the text is not UTF-8"
            if coded
            else "lengths, addresses or the leader's constants are not as they are written",
            "tag": "LDR",
            "bytes": chunk[:24].hex(),
            "done": "the text was written in UTF-8, and leader/09 says so"
            if coded
            else "leader and directory were written anew",
        }
    )


# -- invalid --


def _invalid_options(parser: Parser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILE")
    takes_source(parser)
    parser.set_defaults(strict=False)
    takes_output(parser)


def _invalid(arguments: argparse.Namespace, messages: Messages) -> None:
    files = files_of(arguments.files)
    found = 0
    with open_target(arguments.output) as target:
        for name in files:
            try:
                check_standard_input(name)
                with open_source(name) as opened:
                    found += _Invalid(name, opened, arguments, messages, target).run()
            except (OSError, EOFError, ValueError, LookupError) as error:
                if isinstance(error, MrrcException) or error.__class__ is KeyError:
                    raise
                if getattr(error, "filename", None) == target.name:
                    raise
                messages.trouble(error, name)
    if messages.status < 2:
        messages.status = 0 if found else 1


class _Invalid:
    """One file, of which everything is written that is part of no good record."""

    def __init__(
        self,
        name: str,
        opened: OpenedSource,
        arguments: argparse.Namespace,
        messages: Messages,
        target: Target,
    ) -> None:
        self._name = name
        self._messages = messages
        self._write = target.write
        self._quiet: bool = arguments.quiet
        self._mode = recovery_of(arguments)
        messages.ends_at_fatal = self._mode is None
        self._format = table.reading(opened, arguments.source_format)
        self._marc = self._format == "marc"
        self._opened = opened
        self._encoding: str | None = arguments.encoding
        self._how: dict[str, Any] = {}
        # what has a fault is read in lenient mode, to know what it takes up
        self._flags = mode_flag("lenient" if self._mode == "strict" else self._mode)
        if self._marc:
            text = marc_encoding(self._encoding)
            self._flags, self._how = self._flags | text.read_flags(), text.how()
        self._good = 0  # everything before this offset is written, or good
        self._records = 0
        self._found = 0

    def run(self) -> int:
        """Write what is bad; return in how many pieces."""
        with _as_file(self._opened, self._format, self._encoding) as (path, failure):
            number = _bridge.find_format(self._format)
            source = _bridge.Source(path, b"", number)
            with open(path, "rb") as file:
                try:
                    self._read(source, file)
                finally:
                    source.close()
        if failure is not None:  # the file goes on, and nobody knows how
            self._messages.trouble(failure, self._name)
        return self._found

    def _read(self, source: _bridge.Source, file: Any) -> None:
        bad = False  # something was met behind the last good record
        while True:
            try:
                block = source.next(self._flags)
            except MrrcException as error:
                # of the other formats: from here on, or of one record
                self._say(error)
                bad = True
                continue
            if block is None:
                break
            found = Found(block, self._name, self._records, source)
            for stray in found.strays:
                self._say(stray)
            bad = bad or bool(found.strays)
            for index in range(len(block.ends)):
                reason = self._reason(block, index, found)
                if reason is not None:
                    self._say(reason)
                    bad = True
                    continue
                begin = block.offsets[index]
                self._put(file, begin, bad)
                self._good = begin + block.lengths[index]
                bad = False
            self._records += len(block.ends)
        self._put(file, os.fstat(file.fileno()).st_size, bad)

    def _reason(self, block: _bridge.Block, index: int, found: Found) -> BaseException | None:
        """Return why a record of the block is bad; None if it is good."""
        status = _bridge.OK if block.statuses is None else block.statuses[index]
        errors = found.records.get(index, [])
        if self._mode is None:
            if status in (_bridge.OK, _bridge.RAW):
                return None
            try:
                decode_marked(block, index, self._name, self._records + index + 1, **self._how)
            except MrrcException as error:
                return error
            return None
        if status < 0 or (errors and self._mode == "strict"):
            return found.reason(index, status)
        return None

    def _put(self, file: Any, end: int, bad: bool) -> None:
        """Write what stands between the last good record and an offset.

        In formats with something between records, it is written only if a fault was met there.
        """
        size = end - self._good
        if size <= 0 or not (bad or self._marc):
            return
        file.seek(self._good)
        blank = True
        while size > 0:
            piece = file.read(min(size, 1 << 20))
            if not piece:
                break
            size -= len(piece)
            blank = blank and not piece.strip(_BLANK)
            if not blank:
                self._write(piece)
        if not blank:
            self._found += 1

    def _say(self, error: BaseException) -> None:
        if not self._quiet:
            self._messages.bad_record(error, self._name)


@contextmanager
def _as_file(
    opened: OpenedSource, format: str, encoding: str | None
) -> Iterator[tuple[str, Exception | None]]:
    """Yield the path of a file with what is to be read, and why it is not all of that.

    It is the source itself where that will do; otherwise what it holds is decompressed and, if it
    is text, in UTF-8.
    """
    head = opened.peek(2)[:2]
    source = opened.marc_target()
    text = encoding if format != "marc" and encoding != "detect" else None
    if text is None and format != "marc" and head in (b"\xff\xfe", b"\xfe\xff"):
        text = "utf-16"
    if isinstance(source, str) and text is None:
        yield source, None
        return
    failure: Exception | None = None
    with tempfile.NamedTemporaryFile() as copy:
        file = open(source, "rb") if isinstance(source, str) else source  # noqa: SIM115
        try:
            # what came before a failure is not kept back
            read = getattr(file, "read1", file.read)
            if text is not None:
                read = Transcoded(read, text, opened.name, xml="xml" in format).read
            while data := read(1 << 20):
                copy.write(data)
        except (OSError, EOFError, MrrcException) as error:
            failure = error
        finally:
            if file is not source:
                file.close()
        copy.flush()
        yield copy.name, failure


COMMANDS = {
    "repair": Command(_REPAIR, _repair_options, _repair),
    "invalid": Command(_INVALID, _invalid_options, _invalid),
}
