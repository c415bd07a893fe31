# SPDX-License-Identifier: MIT
"""What goes wrong between threads, each beside how it is done right.

These are parts of programs, to be read two by two. `tests/test_pitfalls.py` runs all of them, and
shows that the wrong ones are wrong at moments that it chooses: none of them fails often, which is
what makes them pitfalls.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mrrc import Field, Record, Subfield
from mrrc.concurrency import AtomicCounter, SafeLock, SharedQueue, lock_all
from mrrc.parallel import map_records

# 1. Reading and writing back are two steps ------------------------------------------------


class CountWrong:
    """Counts records, and forgets one when two threads have read the same number."""

    def __init__(self) -> None:
        self.records = 0

    def add(self, record: Record) -> None:
        self.records += 1


class CountRight:
    """Counts records."""

    def __init__(self) -> None:
        self._records = AtomicCounter()

    def add(self, record: Record) -> None:
        self._records.increment()

    @property
    def records(self) -> int:
        return self._records.get()


# 2. Looking and acting are two steps ------------------------------------------------------


def _note() -> Field:
    return Field("590", subfields=[Subfield("a", "Checked.")])


def note_wrong(record: Record) -> None:
    """Adds a note unless there is one; two threads may both find none."""
    if "590" not in record:
        record.add_field(_note())


def note_right(record: Record) -> None:
    """Adds a note unless there is one."""
    with record.lock():
        if "590" not in record:
            record.add_field(_note())


# 3. Two locks in two orders ---------------------------------------------------------------


class Shelf:
    """Records, and the lock of who changes them."""

    def __init__(self, name: str, records: Iterable[Record] = ()) -> None:
        self.lock = SafeLock(name=name)
        self.records = list(records)


def move_wrong(source: Shelf, target: Shelf) -> None:
    """Moves a record; beside one who moves the other way both wait for ever."""
    with source.lock, target.lock:
        target.records.append(source.records.pop())


def move_right(source: Shelf, target: Shelf) -> None:
    """Moves a record; the locks are taken in the same order by all."""
    with lock_all(source.lock, target.lock):
        target.records.append(source.records.pop())


# 4. What a module holds belongs to all threads --------------------------------------------

_notes: list[str] = []


def notes_wrong(record: Record) -> list[str]:
    """Returns a record's notes, or another thread's."""
    _notes.clear()
    for field in record.get_fields("500"):
        _notes.extend(field.get_subfields("a"))
    return list(_notes)


def notes_right(record: Record) -> list[str]:
    """Returns a record's notes."""
    notes: list[str] = []
    for field in record.get_fields("500"):
        notes.extend(field.get_subfields("a"))
    return notes


# 5. A lock that is held while something else is waited for --------------------------------


class NamesWrong:
    """Asks a server for each name once; while it answers, all threads wait for it."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        self.lock = threading.Lock()
        self._ask = ask
        self._known: dict[str, str] = {}

    def name(self, number: str) -> str:
        with self.lock:
            if number not in self._known:
                self._known[number] = self._ask(number)
            return self._known[number]


class NamesRight(NamesWrong):
    """Asks without the lock; if two threads ask for the same, they get the same."""

    def name(self, number: str) -> str:
        with self.lock:
            if number in self._known:
                return self._known[number]
        name = self._ask(number)
        with self.lock:
            return self._known.setdefault(number, name)


# 6. A lock that an error leaves taken -----------------------------------------------------


def tally_wrong(lock: threading.Lock, counts: dict[str, int], record: Record) -> None:
    """Counts the record's language; one without field 008 stops all threads."""
    lock.acquire()
    language = (record["008"].data or "")[35:38]
    counts[language] = counts.get(language, 0) + 1
    lock.release()


def tally_right(lock: threading.Lock, counts: dict[str, int], record: Record) -> None:
    """Counts the record's language; one without field 008 is an error, and no more."""
    with lock:
        language = (record["008"].data or "")[35:38]
        counts[language] = counts.get(language, 0) + 1


# 7. A pool that an error leaves open ------------------------------------------------------


def sizes_wrong(paths: list[str]) -> list[int]:
    """Returns the sizes of files; if one is missing, the threads stay."""
    pool = ThreadPoolExecutor(2, "sizes")
    futures = [pool.submit(os.path.getsize, path) for path in paths]
    sizes = [future.result() for future in futures]
    pool.shutdown()
    return sizes


def sizes_right(paths: list[str]) -> list[int]:
    """Returns the sizes of files; the threads end, whatever happens."""
    with ThreadPoolExecutor(2, "sizes") as pool:
        futures = [pool.submit(os.path.getsize, path) for path in paths]
        return [future.result() for future in futures]


# 8. A thread for each record --------------------------------------------------------------


def each_wrong(records: list[Record], work: Callable[[Record], object]) -> None:
    """Does something with each record, in as many threads as there are records."""
    threads = [threading.Thread(target=work, args=(record,)) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def each_right(records: list[Record], work: Callable[[Record], object]) -> None:
    """Does something with each record, in four threads."""
    with map_records(records, work, strategy="threads", max_workers=4) as results:
        for _ in results:
            pass


# 9. Waiting long enough is no end ---------------------------------------------------------


def take_wrong(records: queue.Queue[Record], work: Callable[[Record], object]) -> None:
    """Works on what comes; if nothing comes for a while, what comes later is nobody's."""
    try:
        while True:
            work(records.get(timeout=0.05))
    except queue.Empty:
        pass


def take_right(records: SharedQueue[Record], work: Callable[[Record], object]) -> None:
    """Works on what comes, until whoever puts has closed the queue."""
    for record in records:
        work(record)


# 10. One mark for several -----------------------------------------------------------------


def until_mark_wrong(records: queue.Queue[Record | None], work: Callable[[Record], object]) -> None:
    """Works on what comes before None, which the other threads never see."""
    while (record := records.get()) is not None:
        work(record)


def until_mark_right(records: queue.Queue[Record | None], work: Callable[[Record], object]) -> None:
    """Works on what comes before None, and hands that on; `take_right` needs none."""
    while (record := records.get()) is not None:
        work(record)
    records.put(None)


# 11. A loop that stands still -------------------------------------------------------------


async def answer_wrong(ask: Callable[[], Any]) -> Any:
    """Waits for a server; no other task runs meanwhile."""
    return ask()


async def answer_right(ask: Callable[[], Any]) -> Any:
    """Waits for a server in a thread."""
    return await asyncio.to_thread(ask)


# 12. An error that nobody asks for --------------------------------------------------------


def check_wrong(paths: list[str], check: Callable[[str], object]) -> None:
    """Checks files; what `check` raises is kept by futures that nobody keeps."""
    with ThreadPoolExecutor(2) as pool:
        for path in paths:
            pool.submit(check, path)


def check_right(paths: list[str], check: Callable[[str], object]) -> None:
    """Checks files, and raises what `check` raises."""
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(check, path) for path in paths]:
            future.result()
