# SPDX-License-Identifier: MIT
"""Measures what workers cost before they have done anything, and what an open reader holds.

``python benchmarks/costs.py`` prints a line for each. Memory is what becomes resident, measured
with many of a kind at once; of a thread it is also what is reserved, for its stack and by the
allocator, which are addresses and no memory until they are touched. A time is the median of
several starts, on a machine that is as busy as it is. Linux tells all this; other systems tell
the times only.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import mrrc

SAMPLE = Path(__file__).resolve().parent.parent / "examples" / "sample.mrc"
STATM = Path("/proc/self/statm")
READER_COUNT = 200


def pages(which: int) -> int:
    """Returns a size of this process in bytes: 0 is what is reserved, 1 what is resident."""
    return int(STATM.read_text().split()[which]) * os.sysconf("SC_PAGE_SIZE")


def say(what: str, value: float, unit: str) -> None:
    """Prints a result."""
    print(f"{what:<42} {value:12,.1f} {unit}", flush=True)


def seconds(work: Callable[[], object], times: int) -> float:
    """Returns the median time that something takes."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return statistics.median(found)


def nothing() -> None:
    """What a worker does here."""


def start_thread() -> None:
    """Starts a thread and waits for its end."""
    thread = threading.Thread(target=nothing)
    thread.start()
    thread.join()


def of_threads(count: int) -> None:
    """What a thread takes that waits."""
    go = threading.Event()
    before = [pages(0), pages(1)]
    threads = [threading.Thread(target=go.wait) for _ in range(count)]
    for thread in threads:
        thread.start()
    reserved, resident = ((pages(which) - before[which]) / count for which in (0, 1))
    go.set()
    for thread in threads:
        thread.join()
    say("a thread that waits, reserved", reserved / 1024, "KiB")
    say("a thread that waits, resident", resident / 1024, "KiB")


async def of_tasks(count: int) -> None:
    """What a coroutine takes that waits."""
    go = asyncio.Event()
    before = pages(1)
    begin = time.perf_counter()
    tasks = [asyncio.create_task(go.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    took = time.perf_counter() - begin
    resident = pages(1) - before
    go.set()
    await asyncio.gather(*tasks)
    say("a coroutine that waits, resident", resident / count / 1024, "KiB")
    say("a coroutine begun", took / count * 1e6, "us")


def of_processes(times: int) -> None:
    """How long a process takes to start, do nothing and end."""
    for method in ("fork", "forkserver", "spawn"):
        if method not in multiprocessing.get_all_start_methods():
            continue
        context = multiprocessing.get_context(method)

        def start(context: multiprocessing.context.BaseContext = context) -> None:
            process = context.Process(target=nothing)  # type: ignore[attr-defined]
            process.start()
            process.join()

        start()  # the server of forkserver is started once
        say(f"a process begun and ended, {method}", seconds(start, times) * 1e6, "us")


def of_readers(path: Path) -> None:
    """What an open reader holds, and one that has read."""
    kept = [mrrc.MARCReader(path) for _ in range(50)]
    before = pages(1)
    readers = [mrrc.MARCReader(path) for _ in range(READER_COUNT)]
    opened = pages(1)
    for reader in readers:
        next(reader)
    read = pages(1)
    for reader in kept + readers:
        reader.close()
    say("an open reader, nothing read", (opened - before) / READER_COUNT / 1024, "KiB")
    say("an open reader behind its first record", (read - before) / READER_COUNT / 1024, "KiB")


def main(arguments: list[str]) -> int:
    """Measures and prints; the file of records may be named, and ``--quick``."""
    quick = "--quick" in arguments
    files = [Path(each) for each in arguments if each != "--quick"]
    path = files[0] if files else SAMPLE
    if STATM.exists():
        of_threads(50 if quick else 200)
        asyncio.run(of_tasks(5000 if quick else 20_000))
        of_readers(path)
    say("a thread begun and ended", seconds(start_thread, 50 if quick else 500) * 1e6, "us")
    of_processes(3 if quick else 20)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
