# SPDX-License-Identifier: MIT
"""Measures what threads gain for work that is done in C, beside what the computer can give.

``python benchmarks/threads.py`` converts a file to MARCXML and makes columns of it, with one thread
and with two in turn; before and behind each such pair two busy loops in C run, one after the other
and at once. A gain counts only as a part of theirs. README.rst says how to read the result.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from data import find_file
from environments import cache_folder
from pymarc_api import CONTROL, SUBFIELDS

import mrrc

SHARE = 0.85  # of the control's gain, at least
SELECTORS = [*CONTROL, *(f"{tag}${code}" for tag, code, _ in SUBFIELDS)]
LISTS = [f"{tag}${code}" for tag, code, several in SUBFIELDS if several]
LOOPS = 600_000  # iterations of the control's loop: about as long as the work


def seconds(work: Callable[[], object]) -> float:
    """Returns the time that passes while something is done."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def loop() -> None:
    """Computes in C, with the interpreter's lock released."""
    hashlib.pbkdf2_hmac("sha256", b"control", b"control", LOOPS)


def at_once(number: int) -> None:
    """Runs so many loops side by side."""
    threads = [threading.Thread(target=loop) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def control(number: int) -> float:
    """Returns how much faster loops are at once than one after the other."""
    one = seconds(lambda: [loop() for _ in range(number)])
    return one / seconds(lambda: at_once(number))


def convert(path: Path, jobs: int) -> int:
    """Converts to MARCXML; nobody keeps it."""
    return mrrc.convert(
        path,
        os.devnull,
        source_format="marc",
        target_format="marcxml",
        recovery_mode="lenient",
        atomic=False,
        jobs=jobs,
    ).records


def columns(path: Path, jobs: int) -> int:
    """Makes ten columns."""
    table = mrrc.columns(
        path, SELECTORS, lists=LISTS, format="marc", recovery_mode="lenient", jobs=jobs
    )
    return sum(len(chunk) for chunk in table)


def rounds(work: Callable[[Path, int], int], path: Path, number: int, jobs: int) -> list[float]:
    """Returns, round by round, which part of the control's gain the work gains."""
    found = []
    for turn in range(number):
        before = control(jobs)
        alone = seconds(lambda: work(path, 1))
        shared = seconds(lambda: work(path, jobs))
        after = control(jobs)
        gain, bound = alone / shared, (before + after) / 2
        print(
            f"{work.__name__}, round {turn + 1}: {alone:.3f} s alone, {shared:.3f} s with {jobs}"
            f" threads: {gain:.2f}x; control {before:.2f}x before, {after:.2f}x after:"
            f" {gain / bound:.2f} of it",
            flush=True,
        )
        found.append(gain / bound)
    return found


def main() -> int:
    """Measures, prints, and returns 1 where too little is gained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", type=Path, help="the file of records, where it is at hand")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    options = parser.parse_args()
    path = options.file or find_file(cache_folder())
    failed = False
    for work in (convert, columns):
        work(path, 1)  # the file is read into memory by the system
        shares = rounds(work, path, options.rounds, options.jobs)
        share = statistics.median(shares)
        failed |= share < SHARE
        print(
            f"{work.__name__}: {share:.2f} of the control's gain"
            f" ({min(shares):.2f}-{max(shares):.2f}); at least {SHARE} is required:"
            f" {'holds' if share >= SHARE else 'FAILS'}"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
