# SPDX-License-Identifier: MIT
"""PyFerris's part of concurrency.py, run by the interpreter that has PyFerris.

Reads a piece of work and a number of operations a line, and answers with seconds an operation. What
is measured here is written as its documentation writes it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from pyferris import AtomicCounter, safe_parallel_map

WORKERS = 4


def trivial(number: int) -> int:
    """What is called where only the calling is measured."""
    return number + 1


def called(operations: int) -> float:
    """The function without any thread."""
    items = range(operations)
    begin = time.perf_counter()
    [trivial(item) for item in items]
    return time.perf_counter() - begin


def mapped(operations: int) -> float:
    """What threads add to a call."""
    items = range(operations)
    begin = time.perf_counter()
    safe_parallel_map(trivial, items, max_workers=WORKERS)
    return time.perf_counter() - begin - called(operations)


def counted(operations: int) -> float:
    """A counter counted up."""
    counter = AtomicCounter(0)
    begin = time.perf_counter()
    for _ in range(operations):
        counter.increment()
    return time.perf_counter() - begin


WORK: dict[str, Callable[[int], float]] = {"map": mapped, "count": counted}

if __name__ == "__main__":
    for line in sys.stdin:
        work, _, number = line.partition(" ")
        print(WORK[work](int(number)) / int(number), flush=True)
