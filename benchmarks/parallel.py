# SPDX-License-Identifier: MIT
"""Measures what processes gain for a function that computes, beside what the computer can give.

``python benchmarks/parallel.py`` calls the same function with the same records here and in
processes, in turn, and beside each such pair it lets two busy loops in C run, one after the other
and at once. What those gain is all that there is to gain at that moment: a gain counts only as
a part of theirs. README.rst says how to read the result.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import statistics
import sys
import tempfile
import time
import zlib
from functools import partial
from pathlib import Path
from typing import Any

from data import find_file
from environments import cache_folder

from mrrc.parallel import map_records
from mrrc.parallel.processes import start_method

SHARE = 0.85  # of the control's gain, at least
LOOPS = 1_500_000  # iterations of the control's loop: some tenths of a second


def compute(rounds: int, record: Any) -> int:
    """Computes in Python for some hundred microseconds."""
    found = 0
    for field in record.fields:
        for subfield in field.subfields:
            found = zlib.crc32(subfield.value.encode(), found)
    for number in range(rounds):
        found = (found * 31 + number) & 0xFFFFFFFF
    return found


def loop(iterations: int) -> None:
    """Computes in C."""
    hashlib.pbkdf2_hmac("sha256", b"control", b"control", iterations)


def seconds(work: Any) -> float:
    """Returns the time that passes while something is done."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def control(pool: Any, iterations: int) -> float:
    """Returns how much faster two loops are at once than one after the other."""
    one = seconds(lambda: [pool.apply(loop, (iterations,)) for _ in range(2)])
    both = seconds(lambda: pool.map(loop, [iterations] * 2, chunksize=1))
    return one / both


def mapped(path: Path, func: Any, strategy: str, workers: int) -> tuple[float, list[int]]:
    """Returns what all records take, and the results."""
    begin = time.perf_counter()
    results = list(map_records(path, func, strategy=strategy, max_workers=workers))
    return time.perf_counter() - begin, results


def measure(path: Path, rounds: int, work: int, workers: int) -> list[tuple[float, float]]:
    """Returns, round by round, what the processes gain and what the control does."""
    context = multiprocessing.get_context(start_method())
    func = partial(compute, work)
    found = []
    with context.Pool(2) as pool:
        pool.map(loop, [1000] * 2)
        for number in range(rounds):
            before = control(pool, LOOPS)
            here, first = mapped(path, func, "sequential", 1)
            there, second = mapped(path, func, "processes", workers)
            if first != second:
                raise SystemExit("the results differ")
            after = control(pool, LOOPS)
            gain, bound = here / there, (before + after) / 2
            count = len(first)
            print(
                f"round {number + 1}: {count:,} records, here {here:.2f} s"
                f" ({1e6 * here / count:.0f} us each), in {workers} processes {there:.2f} s:"
                f" {gain:.2f}x; control {before:.2f}x before, {after:.2f}x after;"
                f" {gain / bound:.2f} of it",
                flush=True,
            )
            found.append((gain, bound))
    return found


def break_even(data: bytes, work: int, workers: int) -> None:
    """Prints what few records take here and in processes, which have to be started."""
    func = partial(compute, work)
    ends, at = [], 0
    while at < len(data) and len(ends) < 4000:
        at += int(data[at : at + 5])
        ends.append(at)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "few.mrc")
        for count in (60, 125, 250, 500, 1000, 2000, 4000):
            if count > len(ends):
                break
            path.write_bytes(data[: ends[count - 1]])
            here, _ = mapped(path, func, "sequential", 1)
            there, _ = mapped(path, func, "processes", workers)
            print(
                f"{count:6,} records: here {1e3 * here:7.1f} ms, in processes {1e3 * there:7.1f} ms"
            )


def main() -> int:
    """Measures, prints, and returns 1 where too little is gained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, help="the file of records, where it is at hand")
    parser.add_argument("--records", type=int, default=100_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--work", type=int, default=1000, metavar="N", help="steps a record (1000)")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--few", action="store_true", help="where processes begin to be worth it")
    options = parser.parse_args()
    source = options.file or find_file(cache_folder())
    data = source.read_bytes()
    if options.few:
        break_even(data, options.work, options.workers)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records.mrc")
        at = count = 0
        while count < options.records and at < len(data):
            at += int(data[at : at + 5])
            count += 1
        path.write_bytes(data[:at])
        found = measure(path, options.rounds, options.work, options.workers)
    shares = [gain / bound for gain, bound in found]
    share = statistics.median(shares)
    holds = share >= SHARE
    print(
        f"{share:.2f} of the control's gain ({min(shares):.2f}-{max(shares):.2f}); at least {SHARE}"
        f" is required: {'holds' if holds else 'FAILS'}"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
