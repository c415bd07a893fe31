# SPDX-License-Identifier: MIT
"""Records that several threads change."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import threading
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import records as make

import mrrc
from mrrc.concurrency import LockedRecord, lock_of, locked

TIMES = 1000


@pytest.fixture(autouse=True)
def short_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def run(work: Any, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for future in [pool.submit(work) for _ in range(threads)]:
            future.result(120)


def note() -> mrrc.Field:
    return mrrc.Field("500", subfields=[mrrc.Subfield("a", "note")])


@pytest.mark.parametrize("threads", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("data", [b"", make.sample()], ids=["made", "read"])
def test_no_field_is_lost(threads: int, data: bytes) -> None:
    record = next(mrrc.MARCReader(data)) if data else mrrc.Record()
    assert record is not None
    before = len(record.get_fields("500"))
    shared = LockedRecord(record)

    def work() -> None:
        for _ in range(TIMES):
            shared.add_field(note())

    run(work, threads)
    assert len(record.get_fields("500")) - before == threads * TIMES


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_steps_that_belong_together(threads: int) -> None:
    record = mrrc.Record(fields=[mrrc.Field("001", data="0")])

    def work() -> None:
        for turn in range(200):
            # one LockedRecord for all, or one for each, or the lock itself
            if turn % 3 == 0:
                with record.lock():
                    record["001"].data = str(int(record["001"].data or "") + 1)
            else:
                with LockedRecord(record) as same:
                    same["001"].data = str(int(same["001"].data or "") + 1)

    run(work, threads)
    assert record["001"].data == str(200 * threads)


def test_it_is_a_record_to_look_at() -> None:
    (record,) = mrrc.MARCReader(make.sample())
    assert record is not None
    shared = LockedRecord(record)
    assert shared.title == record.title
    assert shared["245"] is record["245"]
    assert "245" in shared
    assert "999" not in shared
    assert list(shared) == shared.fields == record.fields
    assert shared.fields is not record.fields
    assert shared.as_marc() == record.as_marc()
    assert shared.get_fields("650") == record.get_fields("650")
    assert str(shared) == str(record)
    assert repr(shared) == f"LockedRecord({record!r})"
    shared.leader = mrrc.Leader(str(record.leader)[:5] + "c" + str(record.leader)[6:])
    assert record.leader.record_status == "c"
    with pytest.raises(AttributeError):
        shared.no_such_thing  # noqa: B018
    with LockedRecord(shared) as same:
        assert same is record


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])
def test_a_copy_has_a_record_of_its_own(way: Any) -> None:
    shared = LockedRecord(mrrc.Record(make.sample()))
    other = way(shared)
    assert isinstance(other, LockedRecord)
    other.add_field(note())
    assert len(other.fields) == len(shared.fields) + 1


def test_it_keeps_others_out() -> None:
    record = mrrc.Record()
    shared = LockedRecord(record)
    entered, done = threading.Event(), threading.Event()

    def work() -> None:
        entered.set()
        shared.add_field(note())
        done.set()

    with shared:
        thread = threading.Thread(target=work)
        thread.start()
        assert entered.wait(60)
        assert not done.wait(0.05)
        with shared as same:  # who has it may take it again
            assert same.fields == []
    thread.join(60)
    assert done.is_set()
    assert len(record.fields) == 1


def test_a_lock_is_made_once() -> None:
    for _ in range(50):
        record = mrrc.Record()
        barrier = threading.Barrier(8)
        found: list[Any] = []

        def work(
            record: mrrc.Record = record,
            barrier: threading.Barrier = barrier,
            found: list[Any] = found,
        ) -> None:
            barrier.wait(60)
            found.append(lock_of(record))

        run(work, 8)
        assert len(set(map(id, found))) == 1


def test_a_lock_goes_with_its_record() -> None:
    gc.collect()
    before = len(locked._locks)
    kept = [mrrc.Record() for _ in range(100)]
    assert len(locked._locks) == before  # who does not ask has none
    locks = {id(record.lock()) for record in kept}
    assert len(locks) == 100
    assert len(locked._locks) == before + 100
    gone = weakref.ref(kept[0])
    assert len(LockedRecord(kept[0]).fields) == 0
    kept.clear()
    gc.collect()
    assert gone() is None
    assert len(locked._locks) == before


class Equal(mrrc.Record):
    """A record of a program that compares them, and so has no hash."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, mrrc.Record)


def test_records_that_are_equal_have_two_locks() -> None:
    first, second = Equal(), Equal()
    assert first == second
    assert first.lock() is not second.lock()
    assert first.lock() is first.lock()
