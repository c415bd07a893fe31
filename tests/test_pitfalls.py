# SPDX-License-Identifier: MIT
"""The examples of what goes wrong between threads go wrong, and those beside them do not.

No test here waits for a bad moment: it makes it. Either another thread is let run between two
steps of the interpreter, after each of them once, or it waits for what only the wrong way keeps
from it.
"""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import queue
import re
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import records as make
from many_threads import LIMIT, every_interruption

from mrrc import Field, Record, Subfield
from mrrc.concurrency import LockOrderError, SharedQueue, debug_locks

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "examples" / "pitfalls.py"

pytestmark = [
    pytest.mark.skipif(not SOURCE.exists(), reason="the sources are not here"),
    pytest.mark.thread_unsafe(reason="a pitfall is what threads have in common"),
]

SHORT = 0.2


def loaded() -> Any:
    spec = importlib.util.spec_from_file_location("pitfalls", SOURCE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pitfalls: Any = loaded() if SOURCE.exists() else None


def interrupted(
    make_it: Callable[[], Any], work: Callable[[Any], object], right: bool
) -> list[Any]:
    return every_interruption(make_it, work, work, str(SOURCE), may_wait=right)


def started(work: Callable[..., object], *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments)
    thread.start()
    return thread


def test_reading_and_writing_back() -> None:
    def add(count: Any) -> None:
        count.add(Record())

    found = [each.records for each in interrupted(pitfalls.CountWrong, add, right=False)]
    assert set(found) == {1, 2}
    found = [each.records for each in interrupted(pitfalls.CountRight, add, right=True)]
    assert set(found) == {2}


def test_looking_and_acting() -> None:
    found = interrupted(Record, pitfalls.note_wrong, right=False)
    assert {len(record.get_fields("590")) for record in found} == {1, 2}
    found = interrupted(Record, pitfalls.note_right, right=True)
    assert {len(record.get_fields("590")) for record in found} == {1}


def test_two_locks_in_two_orders() -> None:
    """Nobody waits: the second order is an error while locks are watched."""
    for move in (pitfalls.move_wrong, pitfalls.move_right):
        here = pitfalls.Shelf("here", [Record(), Record()])
        there = pitfalls.Shelf("there")
        with debug_locks():
            move(here, there)
            if move is pitfalls.move_wrong:
                with pytest.raises(LockOrderError, match="here.*there|there.*here"):
                    move(there, here)
            else:
                move(there, here)
                move(here, there)
        assert (len(here.records), len(there.records)) == (1, 1)


def test_what_a_module_holds() -> None:
    def noted(text: str) -> Record:
        return Record(fields=[Field("500", subfields=[Subfield("a", text)])])

    for notes, right in ((pitfalls.notes_wrong, False), (pitfalls.notes_right, True)):
        results = every_interruption(
            list,
            lambda seen, notes=notes: seen.append(notes(noted("mine"))),
            lambda seen, notes=notes: notes(noted("another's")),
            str(SOURCE),
        )
        assert all(seen == [["mine"]] for seen in results) == right


def test_a_lock_held_while_waiting() -> None:
    def asked(kind: Callable[..., Any]) -> list[bool]:
        """Whether another could have had the lock at each time that the server was asked."""
        free: list[bool] = []

        def ask(number: str) -> str:
            free.append(names.lock.acquire(blocking=False))
            if free[-1]:
                names.lock.release()
            return f"name of {number}"

        names = kind(ask)
        assert names.name("1") == names.name("1") == "name of 1"
        return free

    assert asked(pitfalls.NamesWrong) == [False]
    assert asked(pitfalls.NamesRight) == [True]


def test_a_lock_that_an_error_leaves_taken() -> None:
    for tally, right in ((pitfalls.tally_wrong, False), (pitfalls.tally_right, True)):
        lock, counts = threading.Lock(), dict[str, int]()
        tally(lock, counts, Record(make.sample()))
        assert counts == {"eng": 1}
        with pytest.raises(KeyError):
            tally(lock, counts, Record())
        assert lock.locked() is not right


def test_a_pool_that_an_error_leaves_open(tmp_path: Path) -> None:
    def alive() -> list[str]:
        return [each.name for each in threading.enumerate() if each.name.startswith("sizes")]

    paths = [str(SOURCE), str(tmp_path / "missing")]
    for sizes, right in ((pitfalls.sizes_wrong, False), (pitfalls.sizes_right, True)):
        assert sizes(paths[:1]) == [SOURCE.stat().st_size]
        assert alive() == []
        with pytest.raises(FileNotFoundError) as caught:
            sizes(paths)
        assert (alive() == []) == right
        if not right:  # what the error holds ends them
            (frame,) = (each.frame.raw for each in caught.traceback if each.name == "sizes_wrong")
            frame.f_locals["pool"].shutdown()


def test_a_thread_for_each_record() -> None:
    records = [Record() for _ in range(40)]
    together = threading.Barrier(len(records))
    pitfalls.each_wrong(records, lambda record: together.wait(LIMIT))  # all are there at once
    now, most, lock = [0], [0], threading.Lock()

    def work(record: Record) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        with lock:
            now[0] -= 1

    pitfalls.each_right(records, work)
    assert 1 <= most[0] <= 4


def test_waiting_long_enough() -> None:
    late: queue.Queue[Record] = queue.Queue()
    seen: list[Record] = []
    pitfalls.take_wrong(late, seen.append)
    late.put(Record())
    assert (len(seen), late.qsize()) == (0, 1)
    closed: SharedQueue[Record] = SharedQueue()
    taker = started(pitfalls.take_right, closed, seen.append)
    taker.join(SHORT)  # longer than the other waits
    assert taker.is_alive()
    closed.put(Record())
    closed.close()
    taker.join(LIMIT)
    assert not taker.is_alive()
    assert len(seen) == 1


def test_one_mark_for_several() -> None:
    for take, left in ((pitfalls.until_mark_wrong, 2), (pitfalls.until_mark_right, 0)):
        records: queue.Queue[Record | None] = queue.Queue()
        takers = [started(take, records, lambda record: None) for _ in range(3)]
        records.put(Record())
        records.put(None)
        for taker in takers:
            taker.join(LIMIT if left == 0 else SHORT)
        assert sum(taker.is_alive() for taker in takers) == left
        for _ in range(left):
            records.put(None)
        for taker in takers:
            taker.join(LIMIT)


def test_a_loop_that_stands_still() -> None:
    async def program(answer: Callable[..., Any], patience: float) -> bool:
        moved = threading.Event()

        async def other() -> None:
            moved.set()

        asking = asyncio.ensure_future(answer(partial(moved.wait, patience)))
        task = asyncio.ensure_future(other())
        found: bool = await asking
        await task
        return found

    assert asyncio.run(program(pitfalls.answer_wrong, SHORT)) is False
    assert asyncio.run(program(pitfalls.answer_right, LIMIT)) is True


def test_an_error_that_nobody_asks_for() -> None:
    def check(path: str) -> None:
        raise ValueError(path)

    pitfalls.check_wrong(["a", "b"], check)
    with pytest.raises(ValueError, match="a"):
        pitfalls.check_right(["a", "b"], check)


def test_each_is_on_the_page_and_tested() -> None:
    text = SOURCE.read_text(encoding="utf-8")
    names = {
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    pairs = {name for name in names if name.lower().endswith(("wrong", "right"))}
    assert {name[:-5] for name in pairs if name.lower().endswith("wrong")} == {
        name[:-5] for name in pairs if name.lower().endswith("right")
    }
    page = (ROOT / "docs" / "guide" / "pitfalls.rst").read_text(encoding="utf-8")
    assert set(re.findall(r":pyobject: (\w+)", page)) == pairs
    tests = Path(__file__).read_text(encoding="utf-8")
    assert all(f"pitfalls.{name}" in tests for name in pairs)
