# SPDX-License-Identifier: MIT
"""Measures what the toolkit of ``mrrc.concurrency`` costs, beside what it stands in for.

``python benchmarks/concurrency.py`` does each row's work in turn with this package and with the
row's controls, round by round, so that what disturbs the machine disturbs all of them. A cost is
seconds an operation; the least of the rounds counts, which is what the work takes when nothing
else runs. README.rst says how to read the result.

A row is a function below with ``@row``: it returns a `Row`, whose contenders each return the
seconds that an operation took. What a row needs and the machine has not is a `Missing`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from data import find_file
from environments import cache_folder, make_environment

from mrrc import MARCReader
from mrrc.concurrency import SafeThreadPool, SharedReader, safe_parallel_map

OURS = "mrrc"
HERE = Path(__file__).resolve().parent

#: Returns the seconds that an operation took.
Contender = Callable[[], float]


class Missing(Exception):
    """What a row needs is not here."""


class Bar(NamedTuple):
    """Ours takes at most so many times what a control takes."""

    control: str
    factor: float


class Row(NamedTuple):
    """A piece of work, done by us and by others."""

    what: str
    ours: Contender
    controls: dict[str, Contender]
    bars: tuple[Bar, ...]


#: A maker of a row gets what is closed when the row is done.
Maker = Callable[[ExitStack], Row]
ROWS: dict[str, Maker] = {}


def row(make: Maker) -> Maker:
    """Adds a row to the table under its function's name."""
    ROWS[make.__name__.replace("_", "-")] = make
    return make


def seconds(
    work: Callable[[], object],
    operations: int,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Returns what each of so many operations takes."""
    begin = clock()
    work()
    return (clock() - begin) / operations


def trivial(number: int) -> int:
    """What is called where only the calling is measured."""
    return number + 1


class PyFerris:
    """PyFerris in an interpreter of its own, which measures when it is told to."""

    def __init__(self, stack: ExitStack) -> None:
        try:
            python = make_environment(cache_folder(), "pyferris")
        except (OSError, subprocess.CalledProcessError) as error:
            raise Missing(f"PyFerris is not to be had: {error}") from None
        self._process = subprocess.Popen(
            [str(python), str(HERE / "pyferris_api.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(self._end)

    def _end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def measure(self, work: str, operations: int) -> float:
        """Returns the seconds that an operation takes there."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{work} {operations}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise Missing(f"PyFerris ended at {work}")
        return float(answer)


def called(operations: int) -> float:
    """Returns what a call takes without any thread."""
    items = range(operations)
    return min(seconds(lambda: [trivial(item) for item in items], operations) for _ in range(3))


ITEMS = 20_000
TASKS = 10_000
WORKERS = 4


@row
def parallel_map(stack: ExitStack) -> Row:
    pyferris = PyFerris(stack)
    items = range(ITEMS)

    def ours() -> float:
        took = seconds(lambda: safe_parallel_map(trivial, items, max_workers=WORKERS), ITEMS)
        return took - called(ITEMS)

    def executor() -> float:
        def work() -> None:
            with ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(trivial, items))

        return seconds(work, ITEMS) - called(ITEMS)

    return Row(
        f"safe_parallel_map of a trivial function, {ITEMS:,} items, {WORKERS} threads: what an item"
        " takes beyond the call",
        ours,
        {
            "PyFerris safe_parallel_map": lambda: pyferris.measure("map", ITEMS),
            "ThreadPoolExecutor.map": executor,
        },
        (Bar("PyFerris safe_parallel_map", 1 / 50), Bar("ThreadPoolExecutor.map", 1)),
    )


@row
def submit(_: ExitStack) -> Row:
    def submitted(make: type[Executor]) -> float:
        def work() -> None:
            with make(WORKERS) as pool:  # type: ignore[call-arg]
                for future in [pool.submit(trivial, number) for number in range(TASKS)]:
                    future.result()

        # how often threads take turns is chance, and makes up most of the time that passes
        return seconds(work, TASKS, time.process_time)

    return Row(
        f"{TASKS:,} tasks submitted to {WORKERS} threads and waited for, processor time",
        lambda: submitted(SafeThreadPool),
        {"ThreadPoolExecutor.submit": lambda: submitted(ThreadPoolExecutor)},
        (Bar("ThreadPoolExecutor.submit", 1.3),),
    )


def rounds(made: Row, number: int) -> dict[str, list[float]]:
    """Returns what each contender took, round by round; each round begins with another one."""
    contenders = [(OURS, made.ours), *made.controls.items()]
    found: dict[str, list[float]] = {name: [] for name, _ in contenders}
    for _, work in contenders:
        work()  # what is done only the first time
    for turn in range(number):
        shift = turn % len(contenders)
        for name, work in contenders[shift:] + contenders[:shift]:
            found[name].append(work())
    return found


def increments(step: Callable[[], object], threads: int, operations: int) -> float:
    """Returns what a step takes where so many threads take it at once."""

    def count() -> None:
        for _ in range(operations // threads):
            step()

    def work() -> None:
        started = [threading.Thread(target=count) for _ in range(threads)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()

    return seconds(work, operations)


@row
def atomic_counter(_: ExitStack) -> Row:
    from mrrc.concurrency import AtomicCounter

    operations = 200_000

    def ours() -> float:
        counter = AtomicCounter()

        def work() -> None:
            for _ in range(operations):
                counter.increment()

        taken = seconds(work, operations)
        assert counter.get() == operations
        return taken

    def by_hand() -> float:
        lock, count = threading.Lock(), 0

        def work() -> None:
            nonlocal count
            for _ in range(operations):
                with lock:
                    count += 1

        return seconds(work, operations)

    return Row(
        "AtomicCounter.increment, by one thread",
        ours,
        {"threading.Lock around += 1": by_hand},
        (Bar("threading.Lock around += 1", 1.5),),
    )


@row
def atomic_counter_8_threads(_: ExitStack) -> Row:
    from mrrc.concurrency import AtomicCounter

    operations, threads = 80_000, 8

    def ours() -> float:
        counter = AtomicCounter()
        taken = increments(counter.increment, threads, operations)
        assert counter.get() == operations, "increments were lost"
        return taken

    def by_hand() -> float:
        lock, count = threading.Lock(), 0

        def step() -> None:
            nonlocal count
            with lock:
                count += 1

        return increments(step, threads, operations)

    return Row(
        f"AtomicCounter.increment, by {threads} threads at once, none of which may be lost",
        ours,
        {"a function with a threading.Lock": by_hand},
        (),
    )


@row
def shared_reader(stack: ExitStack) -> Row:
    """A reader that threads share, and one of the same records that a single thread has."""
    path = find_file(cache_folder())
    with path.open("rb") as file:
        data = file.read(20_000_000)
    data = data[: data.rindex(b"\x1d") + 1]
    count = data.count(b"\x1d")

    def read(reader: Iterable[object], threads: int) -> float:
        numbers: list[int] = []

        def work() -> None:
            numbers.append(sum(1 for _ in reader))

        begun = [threading.Thread(target=work) for _ in range(threads)]

        def run() -> None:
            for thread in begun:
                thread.start()
            for thread in begun:
                thread.join()

        taken = seconds(run, count)
        if sum(numbers) != count:
            raise SystemExit(f"{sum(numbers):,} records of {count:,} were read")
        return taken

    return Row(
        f"each of {count:,} records to one of 8 threads",
        lambda: read(SharedReader(MARCReader(data)), 8),
        {
            "one thread, a reader of its own": lambda: read(MARCReader(data), 1),
            "one thread, the same reader": lambda: read(SharedReader(MARCReader(data)), 1),
            "8 threads, a MARCReader": lambda: read(MARCReader(data), 8),
        },
        (Bar("one thread, a reader of its own", 1 / 0.8),),
    )


def say(name: str, made: Row, found: dict[str, list[float]]) -> bool:
    """Prints a row; returns whether its bars hold."""
    print(f"{name}: {made.what}")
    for contender, taken in found.items():
        least, middle, most = min(taken), statistics.median(taken), max(taken)
        print(
            f"  {contender:<34} {least * 1e6:10.3f} us"
            f" (median {middle * 1e6:.3f}, most {most * 1e6:.3f})"
        )
    kept = True
    for control, factor in made.bars:
        ratio = min(found[OURS]) / min(found[control])
        holds = ratio <= factor
        kept &= holds
        print(
            f"  {ratio:.3f} of {control}; at most {factor:g} is required:"
            f" {'holds' if holds else 'FAILS'}",
            flush=True,
        )
    return kept


def main() -> int:
    """Measures, prints, and returns 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", help="only these, with commas between")
    parser.add_argument("--rounds", type=int, default=9, metavar="N")
    parser.add_argument("--list", action="store_true", help="name the rows and end")
    options = parser.parse_args()
    if options.list:
        print("\n".join(ROWS))
        return 0
    names = options.rows.split(",") if options.rows else list(ROWS)
    unknown = [name for name in names if name not in ROWS]
    if unknown or options.rounds < 1:
        parser.error(f"no such row: {', '.join(unknown)}" if unknown else "at least one round")
    failed = False
    for name in names:
        with ExitStack() as stack:
            try:
                made = ROWS[name](stack)
                found = rounds(made, options.rounds)
            except Missing as missing:
                print(f"{name}: not measured: {missing}", flush=True)
                failed = True
                continue
            failed |= not say(name, made, found)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
