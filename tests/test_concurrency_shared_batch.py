# SPDX-License-Identifier: MIT
"""Records in shared memory: the same as in a batch of one's own, in each process, uncopied."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import os
import pickle
import time
from collections.abc import Iterator
from typing import Any

import pytest
import records as make
import shared_work as work

import mrrc
from mrrc.concurrency import SharedBatch
from mrrc.concurrency.errors import SharedMemoryGone
from mrrc.packed import RawPacked

COUNT = 200
DATA = b"".join(make.sample(number) for number in range(COUNT))
BAD = make.iso2709([make.data_field("245", "10", ("a", b"\xff"))])

started_by = pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())


class Own(mrrc.Record):
    """A class of somebody's."""

    __slots__ = ()


def odd() -> list[Any]:
    """Records of each kind that a batch tells from others."""
    unpackable = mrrc.Record(fields=[mrrc.Field("001", data="a\x1fb")])
    raw = next(mrrc.MARCReader(make.sample(1), to_unicode=False))
    assert raw is not None and raw._packed.__class__ is RawPacked
    return [next(mrrc.MARCReader(make.sample(7))), None, unpackable, raw, Own(), mrrc.Record()]


@pytest.fixture
def shared() -> Iterator[SharedBatch]:
    with mrrc.MARCReader(DATA) as reader, SharedBatch(reader) as made:
        yield made


def marc(records: Any) -> list[bytes | None]:
    return [None if record is None else record.as_marc() for record in records]


def test_it_has_what_a_batch_has(shared: SharedBatch) -> None:
    batch = mrrc.RecordBatch(mrrc.MARCReader(DATA))
    assert len(shared) == COUNT
    assert marc(shared) == marc(batch)
    assert marc(shared[3:6]) == marc(batch[3:6])
    assert shared[-1].as_marc() == make.sample(COUNT - 1)  # type: ignore[union-attr]
    assert shared.batch.encode() == DATA
    assert shared.batch.encode("marcxml") == batch.encode("marcxml")
    where = "245$a =? '1'"
    assert marc(shared.batch.filter(where)) == marc(batch.filter(where))
    titles = shared.batch.columns(["001", "245$a"]).to_pylist()
    assert titles == batch.columns(["001", "245$a"]).to_pylist()
    places = [record._place() for record in shared if record is not None]
    assert places == [record._place() for record in batch if record is not None]
    assert shared.size > len(DATA) // 2
    with SharedBatch(batch) as again:
        assert marc(again) == marc(batch)


def test_records_of_each_kind(recwarn: pytest.WarningsRecorder) -> None:
    records = odd()
    why = ValueError("unreadable")
    with SharedBatch(records, {1: [why]}) as shared:
        other = pickle.loads(pickle.dumps(shared))
        for found in (shared, other):
            assert [type(record) for record in found] == [type(record) for record in records]
            assert [str(error) for error in found.errors[1]] == ["unreadable"]
            assert found[3]._packed == records[3]._packed
            assert type(found[3]._packed) is RawPacked
            assert found[2]["001"].data == "a\x1fb"
    batch = mrrc.RecordBatch(records)
    with pytest.raises(TypeError, match="its own reasons"):
        SharedBatch(batch, {1: [why]})
    with SharedBatch([]) as empty:
        assert list(pickle.loads(pickle.dumps(empty))) == [] and len(empty) == 0


def test_what_could_not_be_read_says_why() -> None:
    reader = mrrc.MARCReader(make.sample(0) + BAD + make.sample(1))
    with SharedBatch(next(reader.batches())) as shared:
        other = pickle.loads(pickle.dumps(shared))
        assert other[1] is None and other[2] is not None
        assert list(other.errors) == [1]
        assert type(other.errors[1][0]) is type(shared.errors[1][0])


def test_nothing_can_be_changed_and_nothing_is_copied(shared: SharedBatch) -> None:
    block = shared.batch._block
    assert isinstance(block, memoryview) and block.readonly
    assert block.obj is shared._segment.memory  # type: ignore[union-attr]
    record = shared[0]
    assert record is not None
    record.add_field(mrrc.Field("500", subfields=[mrrc.Subfield("a", "mine")]))
    assert shared[0].as_marc() == make.sample(0)  # type: ignore[union-attr]


@started_by
def test_processes_get_a_handle(method: str, shared: SharedBatch) -> None:
    assert len(pickle.dumps(shared)) < 200
    context: Any = multiprocessing.get_context(method)
    mine, theirs = context.Pipe()
    with mine, theirs:
        worker = context.Process(target=work.look, args=(shared, theirs))
        worker.start()
        count, records, found, readonly = mine.recv()
        worker.join(60)
        assert worker.exitcode == 0
        worker.close()
    assert (count, readonly) == (COUNT, True)
    assert records == marc(mrrc.MARCReader(DATA))
    assert found == shared.batch.encode("marcxml")


@started_by
def test_who_has_it_keeps_it(method: str) -> None:
    context: Any = multiprocessing.get_context(method)
    mine, theirs = context.Pipe()
    shared = SharedBatch(mrrc.MARCReader(DATA))
    packed = pickle.dumps(shared)
    with mine, theirs:
        worker = context.Process(target=work.keep, args=(shared, theirs))
        worker.start()
        assert mine.recv() == COUNT
        shared.close()
        mine.send("go")
        assert mine.recv() == make.sample(0)
        worker.join(60)
        assert worker.exitcode == 0
        worker.close()
    with pytest.raises(SharedMemoryGone):
        pickle.loads(packed)


def test_when_it_is_closed(shared: SharedBatch) -> None:
    batch = shared.batch
    shared.close()
    shared.close()
    assert shared.closed and repr(shared) == "<SharedBatch closed>"
    for use in (lambda: len(shared), lambda: shared[0], lambda: pickle.dumps(shared)):
        with pytest.raises(ValueError, match="closed"):
            use()
    assert batch.encode() == DATA  # it has the memory


def test_a_batch_of_it_is_copied_as_any_other(shared: SharedBatch) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        other = pickle.loads(pickle.dumps(shared.batch, protocol))
        assert isinstance(other._block, bytes)
        assert other.encode() == DATA
    assert isinstance(copy.deepcopy(shared.batch)._block, bytes)
    blocks: list[pickle.PickleBuffer] = []
    packed = pickle.dumps(shared.batch, 5, buffer_callback=blocks.append)
    assert [block.raw().nbytes for block in blocks] == [len(shared.batch._block)]
    assert pickle.loads(packed, buffers=blocks).encode() == DATA


def test_it_takes_no_descriptor_and_no_name_when_it_is_gone() -> None:
    with SharedBatch([]):  # the tracker keeps one
        pass
    gc.collect()  # what other tests have left
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        made = SharedBatch(mrrc.MARCReader(DATA))
        other = pickle.loads(pickle.dumps(made))
        assert len(other) == COUNT
        made.close()
        del made, other
    limit = time.monotonic() + 5
    while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < limit:
        time.sleep(0.01)
    assert len(os.listdir("/proc/self/fd")) <= before
    assert not [name for name in os.listdir("/dev/shm") if f"mrrc_{os.getpid():x}_" in name]
