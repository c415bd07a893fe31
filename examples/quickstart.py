# SPDX-License-Identifier: MIT
"""Looks into a file of MARC records: `quickstart.py [FILE]`, without FILE sample.mrc.

It reads every record, whatever the file's format is, and says what is in the file; adds a note
to each record, writes them as ISO 2709 to a copy in a temporary folder and reads the copy back;
and makes MARCXML and JSON of the file there with the command `mrrc`.  The file itself is never
changed.  Exit status: 0, 1 where the file holds no MARC record or what was written differs, 2
where it cannot be read.
"""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
import sys
import tempfile
import textwrap
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import mrrc
from mrrc import Field, Indicators, MARCReader, MARCWriter, MrrcException, Record, Subfield
from mrrc.formats import FORMATS

ENCODINGS = {"a": "UTF-8", " ": "MARC-8"}
NOTE = "Read and written with mrrc."


@dataclass
class Survey:
    """What reading a file once brings to light."""

    format: str = ""
    records: int = 0
    fields: int = 0
    encodings: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    titles: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    repairs: int = 0
    reading: float = 0.0
    looking: float = 0.0


class Repairs(logging.Handler):
    """Keeps what the reader says of fields it had to repair, instead of printing each."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.first: list[str] = []

    def listen(self) -> None:
        """Takes what the package logs, and its warnings."""
        logger = logging.getLogger("pymarc")  # its name, so that who listens to it still does
        logger.addHandler(self)
        logger.propagate = False
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *place: self._say(str(message))

    def emit(self, record: logging.LogRecord) -> None:
        self._say(record.getMessage())

    def _say(self, text: str) -> None:
        self.count += 1
        if len(self.first) < 3:
            self.first.append(textwrap.shorten(text, 90))

    def forget(self) -> None:
        """Begins again with none."""
        self.count = 0
        self.first = []


class Progress:
    """A counter on standard error, for terminals only."""

    def __init__(self, doing: str) -> None:
        self.doing = doing
        self.shown = sys.stderr.isatty()

    def show(self, count: int) -> None:
        """Shows how many records are done, now and then."""
        if self.shown and count % 5000 == 0:
            print(f"\r{self.doing}: {count:,} records", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Leaves the line empty for what comes next."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def each_record(path: Path) -> Iterator[Record | BaseException]:
    """Yields every record of a file of any format, or why it cannot be read."""
    with mrrc.read(path) as reader:
        while True:
            try:
                for record in reader:
                    if record is not None:
                        yield record
                    elif isinstance(reader, MARCReader) and reader.current_exception is not None:
                        yield reader.current_exception
                return
            except MrrcException as error:
                yield error  # of one record; the reader goes on behind it


def good_records(path: Path) -> Iterator[Record]:
    """Yields the records that can be read."""
    return (record for record in each_record(path) if isinstance(record, Record))


def time_reading(path: Path) -> float:
    """Returns the seconds that reading alone takes."""
    began = time.perf_counter()
    for _ in each_record(path):
        pass
    return time.perf_counter() - began


def format_of(path: Path) -> str:
    """Returns the name of a file's format."""
    with mrrc.read(path) as reader:
        return "marc" if isinstance(reader, MARCReader) else reader.format


def survey(path: Path, repairs: Repairs) -> Survey:
    """Reads a file once without and once with looking into the records, and counts."""
    found = Survey(format=format_of(path), reading=time_reading(path))
    repairs.forget()
    progress = Progress("reading")
    began = time.perf_counter()
    for number, record in enumerate(each_record(path), 1):
        progress.show(number)
        if not isinstance(record, Record):
            found.bad.append(f"record {number}: {type(record).__name__}: {record}")
            continue
        found.records += 1
        found.fields += len(record.fields)
        found.encodings[record.leader[9]] += 1
        found.tags.update(marc_field.tag for marc_field in record.fields)
        if len(found.titles) < 5 and record.title:
            found.titles.append(textwrap.shorten(record.title, 90))
    found.looking = time.perf_counter() - began
    found.repaired = list(repairs.first)
    found.repairs = repairs.count
    progress.clear()
    return found


def report(path: Path, found: Survey) -> None:
    """Prints what was found."""
    print(f"{path}: {path.stat().st_size:,} bytes")
    print(f"  format     {found.format}: {FORMATS[found.format].about}")
    print(f"  records    {found.records:,}, with {found.fields:,} fields")
    few = " (too few to say much)" if found.records < 1000 else ""
    print(f"  read       {found.records / found.reading:,.0f} records a second{few}")
    print(f"  looked at  {found.records / found.looking:,.0f} a second, all their fields")
    for code, count in found.encodings.most_common():
        name = ENCODINGS.get(code, f"unknown, {code!r}")
        print(f"  encoding   {name} (leader/09): {count:,}")
    commonest = "  ".join(f"{tag} {count:,}" for tag, count in found.tags.most_common(10))
    print(f"  tags       {commonest}")
    for title in found.titles:
        print(f"  title      {title}")
    for reason in found.bad[:10]:
        print(f"  bad        {reason}")
    if len(found.bad) > 10:
        print(f"  bad        and {len(found.bad) - 10:,} more")
    for what in found.repaired:
        print(f"  repaired   {what}")
    if found.repairs > len(found.repaired):
        print(f"  repaired   and {found.repairs - len(found.repaired):,} fields more")


def add_note(record: Record) -> None:
    """Edits a record as pymarc's users do."""
    record.add_field(Field("500", Indicators(" ", " "), [Subfield("a", NOTE)]))


def write_copy(path: Path, copy: Path) -> tuple[int, list[str]]:
    """Writes the edited records.  Returns how many, and why others could not be written."""
    written = 0
    refused: list[str] = []
    progress = Progress("writing")
    with MARCWriter(copy) as writer:
        for record in good_records(path):
            add_note(record)
            try:
                writer.write(record)
                written += 1
            except MrrcException as error:
                refused.append(f"{type(error).__name__}: {error}")
            progress.show(written)
    progress.clear()
    return written, refused


def agrees(path: Path, copy: Path) -> bool:
    """Whether the copy holds the records of the file, each with the note, and nothing else."""
    copied = good_records(copy)
    for record in good_records(path):
        add_note(record)
        try:
            expected = record.as_marc()
        except MrrcException:
            continue
        again = next(copied, None)
        if again is None or again.as_marc() != expected:
            return False
        if again.get_fields("500")[-1]["a"] != NOTE:
            return False
    return next(copied, None) is None


def command(folder: Path, *arguments: str) -> int:
    """Runs the command line `mrrc` in a folder, and shows what is typed and what comes.

    Returns its exit status.
    """
    print(f"$ mrrc {shlex.join(arguments)}")
    done = subprocess.run(
        [sys.executable, "-m", "mrrc", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        errors="replace",
        cwd=folder,
        check=False,
    )
    lines = done.stdout.splitlines()
    for line in lines[:40]:
        whole = len(line) <= 100 or line.startswith("mrrc: ")
        print(line if whole else f"{line[:95]}[...]")
    if len(lines) > 40:
        print(f"... and {len(lines) - 40:,} lines more")
    return done.returncode


def convert(path: Path, folder: Path) -> bool:
    """Makes MARCXML and JSON of the file, and shows the first record.

    Returns whether no command failed; one that names bad records has not.
    """
    name = path.name.partition(".")[0] or "records"
    xml, lines = f"{name}.xml", f"{name}.jsonl"
    print(f"{folder}:")
    statuses = [
        command(folder, "convert", str(path.resolve()), "-o", xml),
        command(folder, "convert", xml, "-o", lines),
        command(folder, "count", xml, lines),
        command(folder, "show", "--limit", "1", lines),
    ]
    return max(statuses) < 2


def run(path: Path) -> int:
    """Does all of it.  Returns the exit status."""
    if path.is_dir():
        print(f"{path} is a folder: name a file of MARC records", file=sys.stderr)
        return 2
    if path.stat().st_size == 0:
        print(f"{path} is empty: there is nothing to read", file=sys.stderr)
        return 1
    repairs = Repairs()
    repairs.listen()
    try:
        found = survey(path, repairs)
    except ValueError as error:  # of no format that is known
        print(f"{path} holds no MARC record that can be read: {error}", file=sys.stderr)
        return 1
    if found.records == 0:
        print(f"{path} holds no MARC record that can be read ({found.format})", file=sys.stderr)
        for reason in found.bad[:3]:
            print(f"  {reason}", file=sys.stderr)
        return 1
    report(path, found)

    folder = Path(tempfile.mkdtemp(prefix="mrrc-"))
    copy = folder / f"{path.stem}.copy.mrc"
    written, refused = write_copy(path, copy)
    print(f"{copy}: {written:,} records, each with a note more")
    for reason in refused[:10]:
        print(f"  not written  {reason}")
    if not agrees(path, copy):
        print("  read back: differs from what was written")
        return 1
    print("  read back: agrees with what was written")
    sys.stdout.flush()
    return 0 if convert(path, folder) else 1


def main() -> int:
    """Runs with the arguments of the command line."""
    if len(sys.argv) > 2:
        print("usage: quickstart.py [FILE]", file=sys.stderr)
        return 2
    path = Path(sys.argv[1] if len(sys.argv) == 2 else Path(__file__).with_name("sample.mrc"))
    try:
        return run(path)
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python must not write the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except FileNotFoundError:
        print(f"{path}: no such file", file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or path}: {error.strerror or error}", file=sys.stderr)
    except EOFError as error:
        print(error, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
