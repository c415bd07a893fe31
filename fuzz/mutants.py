# SPDX-License-Identifier: MIT
"""Damages real records by chance, and stops where a mode of recovery does not keep its word.

``python fuzz/mutants.py COUNT FILE...`` reads so many mutants of the files' records in each mode,
with the damagers of the tests. ``--write`` writes them to standard output instead, for
fuzz/mutants.sh, whose program reads them with sanitizers. Each mutant is made from its number
alone: ``--first N`` begins with one.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import records as make

import mrrc

MODES = ("strict", "lenient", "permissive")
TERMINATOR = b"\x1d"

#: What a record begins with: its length, and a base address in its place.
_BEGIN = re.compile(rb"[0-9]{5}[ -~]{7}[0-9]{5}")

#: A thousand mutants that take longer are a hang.
_HANG = 300


def records_of(paths: list[Path]) -> list[list[bytes]]:
    """Return the records of each file, cut behind their terminators; what is behind is one, too."""
    files = []
    for path in paths:
        *whole, rest = path.read_bytes().split(TERMINATOR)
        files.append([each + TERMINATOR for each in whole] + ([rest] if rest else []))
    return [file for file in files if file]


def mutant(files: list[list[bytes]], number: int) -> bytes:
    """Return one to three records that follow each other, with one to five faults."""
    chance = random.Random(number)
    # half of them of the largest file, and of the others each as often as any
    file = files[0] if chance.random() < 0.5 else chance.choice(files)
    start = chance.randrange(len(file))
    data = b"".join(file[start : start + chance.randint(1, 3)])
    damaged: bytes = make.damage(data, chance, chance.choice((1, 1, 2, 5)))
    return damaged


def holds(true: bool, what: str) -> None:
    if not true:
        raise AssertionError(what)


def check_errors(errors: Sequence[BaseException | None], data: bytes) -> None:
    for error in errors:
        if not isinstance(error, mrrc.MrrcException):
            raise AssertionError(f"{error!r} is not one of ours")
        if error.bytes_near is not None and error.bytes_near_offset is not None:
            near = data[error.bytes_near_offset :][: len(error.bytes_near)]
            holds(near == error.bytes_near, f"{error!r} shows bytes that are not there")
        if error.byte_offset is not None:
            holds(0 <= error.byte_offset <= len(data), f"{error!r} is out of the source")


def check_written(record: mrrc.Record) -> None:
    """What was saved is written and read again the same, unless ISO 2709 cannot hold it."""
    try:
        written = record.as_marc()
    except mrrc.WriterError:
        return
    (again,) = list(mrrc.MARCReader(written, recovery_mode="permissive"))
    same = again is not None and again.as_marc() == written
    holds(same, "what was written is read as something else")


def check(data: bytes, mode: str, found: Counter[str]) -> None:
    """Read a mutant to its end."""
    reader = mrrc.MARCReader(data, recovery_mode=mode)
    records = behind = unended = 0
    for _ in range(len(data) + 10):
        try:
            record = next(reader)
        except StopIteration:
            break
        except mrrc.MrrcException as error:
            holds(mode == "strict", f"{mode} raises {error!r}")
            check_errors([error], data)
            found["raised"] += 1
            continue
        chunk, end = reader.current_chunk or b"", reader.tell()
        holds(bool(chunk) and data[end - len(chunk) : end] == chunk, "the place is wrong")
        holds(end - len(chunk) >= behind, "bytes belong to two records")
        behind = end
        if record is None:
            holds(mode == "lenient", f"{mode} gives None")
            check_errors([reader.current_exception], data)
            found["refused"] += 1
            continue
        records += 1
        # the length leads to another record, though the terminator is lost
        unended += chunk[-1:] != TERMINATOR and _BEGIN.match(data, end) is not None
        check_errors(record.errors, data)
        holds(mode != "strict" or not record.errors, "strict mode gives a record with errors")
        found["repaired" if record.errors else "whole"] += 1
        check_written(record)
    else:
        raise AssertionError("the reader does not end")
    check_errors(reader.errors, data)
    found["strays"] += len(reader.errors)
    most = data.count(TERMINATOR) + 1 + unended
    holds(records <= most, f"{records} records are more than the {most} there can be")


def numbers(first: int, count: int) -> Iterator[int]:
    """Give the numbers, say now and then how far it is, and end the program where it hangs."""
    for number in range(first, first + count):
        if number % 1000 == 0:
            faulthandler.dump_traceback_later(_HANG, exit=True)
            if number % 100_000 == 0:
                print(f"at {number}", file=sys.stderr)
        yield number
    faulthandler.cancel_dump_traceback_later()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--mode", choices=MODES, action="append")
    parser.add_argument("--write", action="store_true", help="write each as size and bytes")
    given = parser.parse_args()
    files = sorted(records_of(given.files), key=len, reverse=True)
    if given.write:
        for number in range(given.first, given.first + given.count):
            data = mutant(files, number)
            sys.stdout.buffer.write(len(data).to_bytes(4, "little") + data)
        return 0
    warnings.simplefilter("ignore")
    for mode in given.mode or MODES:
        found: Counter[str] = Counter()
        began = time.process_time()
        for number in numbers(given.first, given.count):
            data = mutant(files, number)
            try:
                check(data, mode, found)
            except BaseException:
                print(f"mutant {number} in {mode} mode: {data!r}", file=sys.stderr)
                raise
        told = ", ".join(f"{many:,} {what}" for what, many in sorted(found.items()))
        took = time.process_time() - began
        print(f"{mode}: {given.count:,} mutants in {took:.0f} s: {told}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
