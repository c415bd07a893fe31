# SPDX-License-Identifier: MIT
"""The commands that make files of records: convert, head, merge and split.

Whole files are converted inside C; where records are to be chosen, counted or come from
several files, they go through Python one by one. What ends up in a file is the same.
"""

from __future__ import annotations

import argparse
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mrrc.cli.arguments import (
    READING,
    WRITING,
    Command,
    Parser,
    check_standard_input,
    files_of,
    number,
    positive,
    recovery_of,
    size,
    takes_files,
    takes_target,
    target_format,
)
from mrrc.cli.messages import Messages, put
from mrrc.cli.stream import Output, Stream, writer_for
from mrrc.compression import uncompressed_name
from mrrc.exceptions import RepairWarning
from mrrc.files import Target, open_target
from mrrc.formats import table
from mrrc.record import Record

__all__ = ["COMMANDS"]

_CONVERT = f"""\
mrrc convert - records into another format

Usage: mrrc convert [OPTION]... [FILE]... -o FILE
       mrrc convert [OPTION]... [FILE]... --to FORMAT

Reads records in any format and writes them in the one that the name after -o
tells, or --to. 'mrrc formats' lists them. ISO 2709 that is in MARC-8 becomes
Unicode on the way, as leader position 9 then says.

Examples
  MARCXML of a delivery in ISO 2709:

      mrrc convert delivery.mrc -o delivery.xml

  MARCMaker text, to look into and to correct with an editor, and back:

      mrrc convert delivery.mrc -o delivery.mrk
      mrrc convert delivery.mrk -o corrected.mrc

  MARC-in-JSON, a record a line, compressed, for another program:

      mrrc convert delivery.mrc --to jsonl -o delivery.jsonl.gz

  For a system that knows MARC-8 only:

      mrrc convert delivery.xml --to-encoding marc-8 -o delivery.mrc

{WRITING}
{READING}"""

_HEAD = f"""\
mrrc head - the first records

Usage: mrrc head [-n N] [OPTION]... [FILE]...

Writes the first records of a file, ten if -n does not say how many, in the
format they are in unless another is asked for.

Examples
  A sample to send to a colleague:

      mrrc head -n 100 delivery.mrc -o sample.mrc

  The second hundred:

      mrrc head -n 100 --skip 100 delivery.mrc -o second.mrc

  The first record, to be seen at once:

      mrrc head -n 1 --to mrk delivery.mrc

Options
  -n, --limit N       how many records; 10 if nothing is said

{WRITING}
{READING}"""

_MERGE = f"""\
mrrc merge - several files made one

Usage: mrrc merge [OPTION]... FILE... -o FILE

Writes the records of all files, in the order in which these are named. The
files may be of different formats; without --to, and if the name after -o does
not tell, the result is in that of the first one. Nothing is sorted, and
records that are in several files stay so.

Examples
  All deliveries of a year:

      mrrc merge 2024-*.mrc -o 2024.mrc

  Of two formats, into a third:

      mrrc merge old.mrc additions.xml -o all.jsonl

  Behind what is in a file already:

      mrrc merge --append delivery.mrc -o all.mrc

  Into a file, and on to another command:

      mrrc merge 2024-*.mrc --tee 2024.mrc | mrrc count

Options
  -a, --append        write behind what FILE holds; it must be in the same
                      format, one without an end, such as marc, mrk or jsonl
  --tee FILE          write the same to this file, too

{WRITING}
{READING}"""

_SPLIT = f"""\
mrrc split - one file made several

Usage: mrrc split -n N [OPTION]... [FILE]... [-o NAME]
       mrrc split --size SIZE [OPTION]... [FILE]... [-o NAME]
       mrrc split N [OPTION]... [FILE]... [--filename NAME] [-o DIR]

Writes the records into files of N records each, or of not more than a size,
and lists these. In the NAME of the files {{}} stands for their number: 0001, 0002
and so on; a file that has such a name already is replaced. Without -o the
parts of delivery.mrc are delivery-0001.mrc, delivery-0002.mrc and so on, in the
folder where you are.

Examples
  For a system that loads at most 5,000 records at once:

      mrrc split -n 5000 delivery.mrc

  Parts of at most ten megabytes, in MARCXML, in a folder of their own:

      mrrc split --size 10M delivery.mrc -o 'parts/delivery-{{}}.xml'

  0.mrc, 1.mrc and so on in a folder, which is made if it is not there:

      mrrc split 5000 delivery.mrc -o parts

Options
  -n, --records N     at most N records in a file
  --size SIZE         at most so many bytes in a file, before compression:
                      500000, 500K, 10M, 1G; a longer record has its own file
  --filename NAME     how the files are called that -o DIR is the folder for;
                      they are numbered from 0, without zeros before it. Where
                      N stands as the first argument, it is {{}}.mrc, or as fits
                      the format
  --outdir DIR        the folder for such files, in place of -o

{WRITING}
{READING}"""


def _write(stream: Stream, format: str, arguments: argparse.Namespace, messages: Messages) -> None:
    """Write all records of a stream into the file that is asked for."""
    messages.leave_terminal_to(arguments.output)
    messages.writes(arguments.output, arguments.files)
    with _target_of(arguments, format) as target:
        writer = writer_for(target, format, arguments)
        with Output(writer, stream, messages, arguments.strict) as output:
            for record in stream:
                output.write(record)
    messages.found(output.written)


@contextmanager
def _target_of(arguments: argparse.Namespace, format: str) -> Iterator[Any]:
    """Yield what is to be written to, and finish it where no writer does that."""
    append, tee = getattr(arguments, "append", False), getattr(arguments, "tee", None)
    if not append and tee is None:
        yield arguments.output
        return
    from mrrc.cli.appended import Appended, Both, check_appendable

    if append:
        check_appendable(arguments.output, format)
        if any(_is_same(arguments.output, name) for name in arguments.files):
            raise ValueError(f"{arguments.output!r} cannot be appended to itself")
    target: Any = Appended(arguments.output) if append else open_target(arguments.output)
    if tee is not None:
        target = Both(target, tee)
    try:
        yield target
    except BaseException:
        target.discard()
        raise
    target.close()


def _is_same(one: str, other: str) -> bool:
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


# -- convert --


def _convert_options(parser: Parser) -> None:
    takes_files(parser)
    takes_target(parser)


def _convert(arguments: argparse.Namespace, messages: Messages) -> None:
    files = files_of(arguments.files)
    if arguments.output == "-" and arguments.target_format is None:
        raise ValueError("into which format? Name it with --to, or a file with -o")
    format = table.writing(arguments.output, arguments.target_format)
    listed = arguments.allow_list or arguments.deny_list
    whole = not arguments.skip and arguments.limit is None and not listed
    if len(files) == 1 and whole and arguments.validation_level == "structural":
        _convert_whole(files[0], format, arguments, messages)
        return
    stream = Stream(arguments, messages)
    if stream.format() is not None:
        _write(stream, format, arguments, messages)


def _convert_whole(
    name: str, format: str, arguments: argparse.Namespace, messages: Messages
) -> None:
    from mrrc.conversion import convert

    check_standard_input(name)
    messages.leave_terminal_to(arguments.output)
    result = convert(
        name,
        arguments.output,
        arguments.source_format,
        format,
        encoding=arguments.encoding,
        target_encoding=arguments.target_encoding,
        unmapped=arguments.unmapped,
        where=arguments.where,
        on_error="raise" if arguments.strict else "skip",
        recovery_mode=recovery_of(arguments),
        jobs=arguments.jobs,
        progress=messages.progress.update,
    )
    for repair in result.repairs:
        messages.repaired(repair)
    messages.ends_at_fatal = recovery_of(arguments) in (None, "strict")
    for error in result.errors:
        messages.bad_record(error, name)
    messages.found(result.records)


# -- head and merge --


def _head_options(parser: Parser) -> None:
    takes_files(parser)
    takes_target(parser)
    parser.add_argument("-n", dest="limit", type=number, metavar="N")
    parser.set_defaults(limit=10)


def _in_own_format(arguments: argparse.Namespace, messages: Messages) -> None:
    stream = Stream(arguments, messages)
    format = target_format(arguments, stream)
    if format is not None:
        _write(stream, format, arguments, messages)


def _merge_options(parser: Parser) -> None:
    _convert_options(parser)
    parser.add_argument("-a", "--append", action="store_true")
    parser.add_argument("--tee", metavar="FILE")


# -- split --


def _split_options(parser: Parser) -> None:
    takes_files(parser)
    takes_target(parser)
    parser.set_defaults(output=None)
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("-n", "--records", type=positive, metavar="N")
    kinds.add_argument("--size", type=size, metavar="SIZE")
    parser.add_argument("--filename", metavar="NAME")
    parser.add_argument("--outdir", metavar="DIR")


def _split(arguments: argparse.Namespace, messages: Messages) -> None:
    folder = _folder_of_parts(arguments)
    if folder is None and arguments.output is not None and "{}" not in arguments.output:
        raise ValueError(
            f"{arguments.output!r} needs {{}} where the number of a part is to stand, "
            "as in part-{}.mrc"
        )
    stream = Stream(arguments, messages)
    format = target_format(arguments, stream)
    if format is None:
        return
    arguments.folder = folder
    if folder is None:
        arguments.output = arguments.output or _default_name(arguments.files, format)
    else:
        arguments.output = arguments.output or "{}" + table.FORMATS[format].suffixes[0]
        os.makedirs(folder, exist_ok=True)
    splitter = (_BySize if arguments.records is None else _ByNumber)(
        arguments, format, stream, messages
    )
    try:
        for record in stream:
            splitter.write(record)
        splitter.close()
    except BaseException:
        splitter.discard()
        raise
    messages.found(splitter.written)


def _folder_of_parts(arguments: argparse.Namespace) -> str | None:
    """Return the folder of the parts, where -o names that, as marc21 has it, and no file.

    The number of records, if it stands before the files, and the name of the parts are put where
    they otherwise are.

    Raises:
        ValueError: nothing says how large a part is to be, or the name is none for them.
    """
    counted = arguments.records is None and arguments.size is None
    if counted:
        if not arguments.files or not re.fullmatch("[0-9]+", arguments.files[0]):
            raise ValueError("the size of a part is required: -n N or --size SIZE")
        arguments.records = int(arguments.files.pop(0))
        if arguments.records == 0:
            raise ValueError("a part has at least one record")
    name: str | None = arguments.filename
    given: str | None = arguments.outdir
    if given is None:
        given = arguments.output
        if name is None and (not counted or "{}" in (given or "")):
            return None
    elif arguments.output is not None:
        raise ValueError("-o and --outdir name two folders")
    if name is not None and ("{}" not in name or "/" in name):
        raise ValueError(
            f"{name!r} needs {{}} where the number of a part is to stand, as in part-{{}}.mrc, and "
            "no folder: that is named with -o"
        )
    folder = given or "."
    if folder == "-":
        raise ValueError("several files cannot go to standard output: name a folder with -o")
    arguments.output = name
    return folder


def _default_name(files: list[str], format: str) -> str:
    """Return the name of the parts of a file."""
    suffix = table.FORMATS[format].suffixes[0]
    if not files or files[0] == "-":
        return f"records-{{}}{suffix}"
    stem = uncompressed_name(os.path.basename(files[0])).replace("{}", "")
    own = table.by_suffix(stem)
    if own is not None:
        # the longest one, such as .mrrc.json
        ending = max((each for each in own.suffixes if stem.lower().endswith(each)), key=len)
        stem = stem[: -len(ending)]
    return f"{stem}-{{}}{suffix}"


class _Splitter:
    """Records in numbered files; how many are in one is what its two kinds differ in."""

    def __init__(
        self, arguments: argparse.Namespace, format: str, stream: Stream, messages: Messages
    ) -> None:
        self.written = 0
        self._arguments = arguments
        self._format = format
        self._stream = stream
        self._messages = messages
        self._parts = 0
        self._name = ""
        self._output: Output | None = None

    def _next_name(self) -> str:
        self._parts += 1
        name, folder = self._arguments.output, self._arguments.folder
        if folder is None:
            self._name = name.replace("{}", f"{self._parts:04}")
        else:
            self._name = os.path.join(folder, name.replace("{}", str(self._parts - 1)))
        for source in self._arguments.files:
            # what of it is bad would be nowhere
            if _is_same(self._name, source):
                raise ValueError(f"part {self._name!r} would take the place of what is read")
        return self._name

    def _open(self, target: Any) -> Output:
        """Begin a part with the record that the stream gave last."""
        writer = writer_for(target, self._format, self._arguments)
        if isinstance(target, str):
            self._messages.writes(target, self._arguments.files)
        self._output = Output(writer, self._stream, self._messages, self._arguments.strict, 1)
        return self._output

    def _tell(self, records: int) -> None:
        """List a part that is finished."""
        self.written += records
        if not self._arguments.quiet:
            self._messages.progress.clear()
            put(f"{self._name}  {records} {'record' if records == 1 else 'records'}\n")

    def write(self, record: Record) -> None:
        """Write a record into the part that is due."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the last part."""
        raise NotImplementedError

    def discard(self) -> None:
        """Give up the part that is not finished."""
        if self._output is not None:
            self._output.discard()
            self._output = None


class _ByNumber(_Splitter):
    """Parts of so many records."""

    _in_part = 0

    def write(self, record: Record) -> None:
        if self._in_part == self._arguments.records:
            self.close()
        output = self._output or self._open(self._next_name())
        output.write(record)
        self._in_part += 1

    def close(self) -> None:
        output = self._output
        self._in_part = 0
        if output is None:
            return
        output.flush()
        if output.written:
            output.close()
            self._output = None
            self._tell(output.written)
        else:
            self.discard()
            self._parts -= 1


class _Held:
    """A target that keeps what is written until it is asked for."""

    def __init__(self) -> None:
        self._data: list[bytes] = []

    def write(self, data: Any) -> int:
        self._data.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since this was called last."""
        data = b"".join(self._data)
        self._data.clear()
        return data


class _BySize(_Splitter):
    """Parts of at most so many bytes: a record that is too much is written again, elsewhere."""

    def __init__(
        self, arguments: argparse.Namespace, format: str, stream: Stream, messages: Messages
    ) -> None:
        super().__init__(arguments, format, stream, messages)
        self._held = _Held()
        self._target: Target | None = None
        self._bytes = 0
        self._records = 0  # of those in the part
        self._tail = self._size_of_tail()

    def _size_of_tail(self) -> int:
        """Return how long what stands behind the last record is."""
        held = _Held()
        writer = writer_for(held, self._format, self._arguments)
        writer.flush()
        held.taken()
        writer.close()
        return len(held.taken())

    def write(self, record: Record) -> None:
        output, piece = self._encoded(record)
        if self._records and self._bytes + len(piece) + self._tail > self._arguments.size:
            self.close()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RepairWarning)  # it was said just now
                output, piece = self._encoded(record)
        if self._target is not None:
            self._target.write(piece)
        self._bytes += len(piece)
        self._records = output.written

    def _encoded(self, record: Record) -> tuple[Output, bytes]:
        output = self._output
        if output is None:
            self._target = open_target(self._next_name())
            self._bytes = self._records = 0
            output = self._open(self._held)
        output.write(record)
        output.flush()
        return output, self._held.taken()

    def close(self) -> None:
        output, target = self._output, self._target
        if output is None or target is None:
            return
        if not self._records:
            self.discard()
            self._parts -= 1
            return
        output.close()
        target.write(self._held.taken())
        target.close()
        self._output = self._target = None
        self._tell(self._records)

    def discard(self) -> None:
        super().discard()
        self._held.taken()
        if self._target is not None:
            self._target.discard()
            self._target = None


COMMANDS = {
    "convert": Command(_CONVERT, _convert_options, _convert),
    "head": Command(_HEAD, _head_options, _in_own_format),
    "merge": Command(_MERGE, _merge_options, _in_own_format),
    "split": Command(_SPLIT, _split_options, _split),
}
