# SPDX-License-Identifier: MIT
"""Shows the threads of `mrrc.concurrency`: `safe_threading.py [--log] [--measure] FILE...`.

Each part counts the records of the files in another way. With ``--log`` each call is logged with
its thread. With ``--measure`` it says what threads gain for a function that computes in Python,
beside what they gain for loops in C, which is what the computer can give at that moment. Exit
status: 0, 2 where a file cannot be read.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import sys
import time
from collections.abc import Callable
from typing import Any

from mrrc import MARCReader
from mrrc.concurrency import (
    ItemError,
    SafeLock,
    SafeThread,
    SafeThreadPool,
    SharedQueue,
    ThreadManager,
    create_safe_shared_data,
    enable_thread_logging,
    logged,
    run_in_safe_thread,
    safe_get,
    safe_parallel_map,
    safe_thread_decorator,
)

WORKERS = 4


@logged
def count(path: str) -> int:
    """Returns how many records can be read."""
    with MARCReader(path) as reader:
        return sum(record is not None for record in reader)


class Counting(SafeThread):
    """A thread with a function of its own; what that returns is its result."""

    def __init__(self, path: str) -> None:
        super().__init__(name=f"counting {path}")
        self.path = path

    def run(self) -> Any:
        """Counts."""
        return count(self.path)


@safe_thread_decorator(max_workers=WORKERS)
def counted(path: str) -> int:
    """Counts by a thread: a call returns a future."""
    return count(path)


def by_threads(paths: list[str]) -> list[int]:
    """A thread for each file."""
    threads = [Counting(path) for path in paths]
    for thread in threads:
        thread.start()
    return [thread.get_result(timeout=60) for thread in threads]


def by_futures(paths: list[str]) -> list[int]:
    """Threads that are futures, too."""
    return [done.result() for done in [run_in_safe_thread(count, path) for path in paths]]


def by_pool(paths: list[str]) -> list[int]:
    """Threads that wait for work."""
    with SafeThreadPool(max_workers=WORKERS) as pool:
        return [future.result() for future in [pool.submit(count, path) for path in paths]]


def by_map(paths: list[str]) -> list[int]:
    """All at once; the first that fails is told."""
    return safe_parallel_map(count, paths, max_workers=WORKERS)


def by_decorator(paths: list[str]) -> list[int]:
    """A function that threads call."""
    return [future.result() for future in [counted(path) for path in paths]]


def by_workers(paths: list[str]) -> list[int]:
    """Threads that go on until they are told to stop."""
    tasks: queue.Queue[tuple[int, str]] = queue.Queue()
    found: queue.Queue[tuple[int, int]] = queue.Queue()

    def work(worker_id: int) -> None:
        while not workers.stopping.is_set():
            task = safe_get(tasks, timeout=0.05)
            if task is not None:
                found.put((task[0], count(task[1])))

    for task in enumerate(paths):
        tasks.put(task)
    with ThreadManager(work) as workers:
        workers.start_workers(WORKERS)
        numbers = dict(found.get(timeout=60) for _ in paths)
    return [numbers[index] for index in range(len(paths))]


def by_shared_data(paths: list[str]) -> list[int]:
    """Threads that take from a queue until it is closed, and share what they find."""
    tasks: SharedQueue[tuple[int, str]] = SharedQueue()
    numbers = create_safe_shared_data("array", [0] * len(paths))
    counter, lock, total = create_safe_shared_data("counter"), SafeLock(), 0

    def work() -> None:
        nonlocal total
        for index, path in tasks:
            number = count(path)
            numbers.set(index, number)
            counter.add(number)
            with lock:
                total += number

    threads = [SafeThread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    with tasks:
        for task in enumerate(paths):
            tasks.put(task)
    for thread in threads:
        thread.get_result(timeout=60)
    assert counter.get() == total == sum(numbers)
    return numbers.to_list()


def squares(limit: int) -> int:
    """Computes in Python, and so holds the interpreter's lock, if there is one."""
    return sum(number * number for number in range(limit))


def loop(iterations: int) -> bytes:
    """Computes in C, without that lock."""
    return hashlib.pbkdf2_hmac("sha256", b"control", b"control", iterations)


def gain(func: Callable[[int], object], size: int) -> float:
    """Returns how much faster ten calls are in threads than one after the other."""
    sizes = [size] * 10
    begin = time.perf_counter()
    alone = [func(each) for each in sizes]
    between = time.perf_counter()
    assert safe_parallel_map(func, sizes, max_workers=WORKERS) == alone
    return (between - begin) / (time.perf_counter() - between)


def measure() -> None:
    """Prints what threads gain, and what there is to gain."""
    before, python, after = gain(loop, 50_000), gain(squares, 100_000), gain(loop, 50_000)
    print(
        f"{WORKERS} threads gain {python:.2f} for a function in Python;"
        f" control {before:.2f} before, {after:.2f} after"
    )


def main(arguments: list[str]) -> int:
    """Counts and prints, and returns the exit status."""
    paths = [each for each in arguments if each not in ("--log", "--measure")]
    if not paths:
        print(f"usage: {sys.argv[0]} [--log] [--measure] FILE...", file=sys.stderr)
        return 2
    if "--log" in arguments:
        enable_thread_logging()
    else:
        logging.disable()
    try:
        expected = by_map(paths)
    except ItemError as error:
        print(f"{error.item}: {error.__cause__}", file=sys.stderr)
        return 2
    for way in (by_threads, by_futures, by_pool, by_decorator, by_workers, by_shared_data):
        found = way(paths)
        print(f"{way.__name__:<15}{'the same' if found == expected else found}")
    for path, number in zip(paths, expected):
        print(f"{number:8} {path}")
    if "--measure" in arguments:
        measure()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
