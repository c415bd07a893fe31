# SPDX-License-Identifier: MIT
"""Four threads with a hundred operations each: all four hundred are there, each once, each right.

Everything that several threads may use is used by four here. What threads must not share is made
in each of them, or shared by what is there for that. Nothing is timed; the threads are begun
together and switched as often as can be.
"""

from __future__ import annotations

import functools
import io
import logging
import pickle
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymarc
import pytest
import records as make
from many_threads import LIMIT, delays, shared_out

import mrrc
from mrrc.concurrency import (
    LockedRecord,
    SharedReader,
    SharedWriter,
    deadline,
    enable_thread_logging,
    thread_local_reader,
)
from mrrc.parallel import RecordPool, map_records

pytestmark = pytest.mark.thread_safety

THREADS, OPERATIONS = 4, 100
ALL = THREADS * OPERATIONS
NUMBERS = range(ALL)

DATA = [make.sample(number) for number in NUMBERS]
FILE = b"".join(DATA)
FEW = b"".join(DATA[:5])


def four_hundred(operation: Callable[[int], Any]) -> list[Any]:
    """What 4 x 100 operations give, in the order of their numbers, 0 to 399."""
    found = shared_out(operation, THREADS, OPERATIONS)
    assert len(found) == ALL
    return found


def number_of(record: Any) -> int:
    """The number that the record of `make.sample` was made with."""
    return int(record["001"].data[-8:])


def record_of(number: int) -> mrrc.Record:
    return mrrc.Record(DATA[number])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.mrc"
    path.write_bytes(FILE)
    return path


# What the tests themselves see ------------------------------------------------------------


class Unguarded:
    """A count that threads spoil: reading it and setting it are two steps."""

    def __init__(self) -> None:
        self.count = 0

    def add(self) -> None:
        count = self.count
        self.count = count + 1


class Guarded(Unguarded):
    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def add(self) -> None:
        with self.lock:
            self.count += 1


def test_a_race_is_seen() -> None:
    """Where each step is followed by a delay, a count without a lock falls short of 400.

    Once in a while the threads follow one another all the same, so there is more than one try.
    """
    counts: list[int] = []
    with delays(one_in=1, where=__file__):
        for _ in range(20):
            bad, good = Unguarded(), Guarded()
            four_hundred(lambda number, bad=bad: bad.add())
            four_hundred(lambda number, good=good: good.add())
            assert good.count == ALL
            counts.append(bad.count)
            if bad.count < ALL:
                break
    assert counts[-1] < ALL


# Readers ------------------------------------------------------------------------------


def test_a_reader_for_each(path: Path) -> None:
    def read(number: int) -> tuple[bytes, int]:
        with mrrc.MARCReader(path) as reader:
            reader.seek(number * len(DATA[0]))
            record = next(reader)
            return record.as_marc() if record else b"", reader.tell()

    assert four_hundred(read) == [(one, (number + 1) * len(one)) for number, one in enumerate(DATA)]


@pytest.mark.parametrize("kind", ["path", "bytes", "file"])
def test_one_reader(kind: str, path: Path) -> None:
    source: Any = {"path": path, "bytes": FILE, "file": io.BytesIO(FILE)}[kind]
    with mrrc.MARCReader(source) as reader:
        found = four_hundred(lambda number: number_of(next(reader)))
        assert next(reader, None) is None
    assert sorted(found) == list(NUMBERS)


def test_one_reader_by_other_ways(path: Path) -> None:
    """`read_record` and `next` beside each other, of a reader of another format, too."""
    mrrc.convert(path, path.with_suffix(".xml"))
    for reader in (mrrc.MARCReader(path), mrrc.read(path.with_suffix(".xml"))):
        with reader:
            ways = [reader.read_record, functools.partial(next, reader)]

            def read(number: int, ways: list[Callable[[], Any]] = ways) -> int:
                return number_of(ways[number % 2]())

            found = four_hundred(read)
        assert sorted(found) == list(NUMBERS)


@pytest.mark.parametrize("kind", [mrrc.MARCReader, pymarc.MARCReader])
def test_a_shared_reader(kind: Any, path: Path) -> None:
    with SharedReader(kind(path.open("rb"))) as shared:
        found = four_hundred(lambda number: (number_of(next(shared)), shared.index))
        assert next(shared, None) is None
        assert shared.taken == ALL
    assert sorted(found) == [(number, number) for number in NUMBERS]


def test_readers_that_stay_in_their_threads(path: Path) -> None:
    with thread_local_reader(path) as readers:
        found = four_hundred(lambda number: number_of(next(iter(readers))))
    assert found == list(range(OPERATIONS)) * THREADS


def test_handles(path: Path) -> None:
    handles = list(mrrc.iter_handles(path))
    assert four_hundred(lambda number: handles[number].read().as_marc()) == DATA


# Writers --------------------------------------------------------------------------------


@pytest.mark.parametrize("ordered", [False, True], ids=["as they come", "in order"])
@pytest.mark.parametrize("package", [mrrc, pymarc])
def test_a_shared_writer(package: Any, ordered: bool, tmp_path: Path) -> None:
    path = tmp_path / "written.mrc"
    turn = iter(NUMBERS)
    lock = threading.Lock()
    with SharedWriter(package.MARCWriter(path.open("wb")), ordered=ordered) as shared:

        def write(number: int) -> None:
            if ordered:  # who takes a number last may write first
                with lock:
                    number = next(turn)
            shared.write(package.Record(DATA[number]), number if ordered else None)

        four_hundred(write)
        assert shared.written == ALL
    with mrrc.MARCReader(path) as reader:
        found = [record.as_marc() for record in reader if record]
    assert (found if ordered else sorted(found)) == DATA


@pytest.mark.parametrize("name", ["mrc", "xml", "json", "mrk", "jsonl"])
def test_a_writer_for_each(name: str, tmp_path: Path) -> None:
    """Encoding shares nothing: each file is what one thread writes."""

    def write(number: int) -> bytes:
        path = tmp_path / f"{number}.{name}"
        mrrc.write([record_of(number % 5)], path)
        return path.read_bytes()

    found = four_hundred(write)
    assert found == [write(number) for number in range(5)] * (ALL // 5)


# Records ----------------------------------------------------------------------------------


def test_one_record_read() -> None:
    """The first look makes its objects, and all threads see the same."""
    (record,) = mrrc.MARCReader(DATA[0])
    assert record is not None
    looks: list[Callable[[], Any]] = [
        lambda: record["245"],
        lambda: record.get_fields("650")[0],
        lambda: record.leader,
        lambda: record.fields,
    ]
    found = four_hundred(lambda number: id(looks[number % 4]()))
    assert [len(set(found[place::4])) for place in range(4)] == [1] * 4
    assert record.as_marc() == DATA[0]


def test_one_record_written_and_pickled() -> None:
    record = record_of(0)
    xml = record.to_xml()
    ways: list[Callable[[], Any]] = [
        record.as_marc,
        lambda: pickle.loads(pickle.dumps(record)).as_marc(),
        lambda: mrrc.Record(record.as_marc()).as_marc(),
        lambda: DATA[0] if record.to_xml() == xml else b"",
    ]
    assert four_hundred(lambda number: ways[number % 4]()) == [DATA[0]] * ALL


def test_one_record_changed() -> None:
    locked = LockedRecord(mrrc.Record())
    four_hundred(lambda number: locked.add_field(mrrc.Field("001", data=f"{number}")))
    assert Counter(field.data for field in locked.fields) == Counter(map(str, NUMBERS))


def test_steps_under_its_lock() -> None:
    record = mrrc.Record(fields=[mrrc.Field("001", data="0")])

    def step(number: int) -> None:
        with record.lock():
            record["001"].data = str(int(record["001"].data or "") + 1)

    four_hundred(step)
    assert record["001"].data == str(ALL)


def test_records_made_and_changed_by_one_each() -> None:
    def change(number: int) -> bytes:
        record = record_of(number)
        record.add_field(mrrc.Field("590", subfields=[mrrc.Subfield("a", f"{number}")]))
        record.remove_fields("590")
        return record.as_marc()

    assert four_hundred(change) == [record_of(number).as_marc() for number in NUMBERS]


# Batches ------------------------------------------------------------------------------------


def test_one_batch() -> None:
    batch = mrrc.RecordBatch(mrrc.MARCReader(FILE))
    assert four_hundred(lambda number: mrrc.RecordBatch([batch[number]]).encode()) == DATA
    few = mrrc.RecordBatch(mrrc.MARCReader(FEW))
    ways: list[Callable[[], Any]] = [
        few.encode,
        lambda: b"".join(record.as_marc() for record in few if record),
        lambda: pickle.loads(pickle.dumps(few)).encode(),
        lambda: few.filter("001 =^ 'smpl'").encode(),
    ]
    assert four_hundred(lambda number: ways[number % 4]()) == [FEW] * ALL


def test_batches_of_one_reader(path: Path) -> None:
    with mrrc.MARCReader(path) as reader:
        found = four_hundred(lambda number: next(reader.batches(1)).encode())
    assert sorted(found) == DATA


# Pipelines and pools -----------------------------------------------------------------------


def test_one_pipeline(path: Path) -> None:
    config = mrrc.PipelineConfig(buffer_size=4096)
    with mrrc.ProducerConsumerPipeline.from_file(path, config=config) as pipeline:
        found = four_hundred(lambda number: number_of(pipeline.next(LIMIT)))
        assert pipeline.next(LIMIT) is None
        assert pipeline.stats.records == ALL
    assert sorted(found) == list(NUMBERS)


def test_a_pipeline_for_each(path: Path) -> None:
    path.write_bytes(FEW)

    def read(number: int) -> bytes:
        with mrrc.ProducerConsumerPipeline.from_file(path) as pipeline:
            return b"".join(batch.encode() for batch in pipeline.batches())

    assert four_hundred(read) == [FEW] * ALL
    assert not [thread.name for thread in threading.enumerate() if "pipeline" in thread.name]


def test_one_pool() -> None:
    with RecordPool(3, strategy="threads") as pool:
        found = four_hundred(lambda number: list(pool.map_records(FEW, number_of)))
    assert found == [list(range(5))] * ALL


def test_streams_of_each() -> None:
    def work(number: int) -> list[int]:
        return list(map_records(FEW, number_of, strategy="threads", max_workers=2))

    assert four_hundred(work) == [list(range(5))] * ALL


# What is asked of records ---------------------------------------------------------------------


def test_one_filter() -> None:
    """It is compiled by whichever thread asks first."""
    chosen = mrrc.Filter("001 =$ '7' && 245$a =^ 'Main'")
    found = four_hundred(lambda number: chosen.matches(record_of(number)))
    assert found == [number % 10 == 7 for number in NUMBERS]
    where = mrrc.Filter("001 =$ '3'")
    kept = four_hundred(lambda number: [number_of(r) for r in mrrc.MARCReader(FEW, where=where)])
    assert kept == [[3]] * ALL


def test_columns(path: Path) -> None:
    selectors = {"number": "001", "title": "245$a"}
    want = mrrc.columns(FEW, selectors).to_pylist()
    batch = mrrc.RecordBatch(mrrc.MARCReader(FEW))
    ways: list[Callable[[], Any]] = [
        mrrc.columns(FEW, selectors).to_pylist,
        lambda: mrrc.columns(FEW, selectors, jobs=2).to_pylist(),
        lambda: batch.columns(selectors).to_pylist(),
    ]
    assert four_hundred(lambda number: ways[number % 3]()) == [want] * ALL


def test_tables_and_conversion(tmp_path: Path) -> None:
    want = [list(mrrc.select(FEW, "001, 245{a}")), mrrc.frequency(FEW, "245$a")]

    def work(number: int) -> Any:
        target = tmp_path / f"{number}.jsonl"
        assert mrrc.convert(FEW, target, jobs=1 + number % 2).records == 5
        assert mrrc.convert(target, target.with_suffix(".mrc")).records == 5
        assert target.with_suffix(".mrc").read_bytes() == FEW
        return [list(mrrc.select(FEW, "001, 245{a}")), mrrc.frequency(FEW, "245$a")]

    assert four_hundred(work) == [want] * ALL


def test_one_validator() -> None:
    validator = mrrc.Validator()
    want = [str(finding) for finding in validator.check(record_of(0))]
    found = four_hundred(lambda number: [str(each) for each in validator.check(record_of(0))])
    assert found == [want] * ALL


def test_errors_are_those_of_the_thread() -> None:
    """What one thread is told of its record is not what another is told of its own."""

    def work(number: int) -> str:
        data = bytearray(DATA[number])
        data[12:17] = b"%05d" % (90_000 + number)
        with pytest.raises(mrrc.MrrcException) as caught:
            next(mrrc.MARCReader(bytes(data), recovery_mode="strict"))
        return str(caught.value)

    found = four_hundred(work)
    assert found == [work(number) for number in NUMBERS]


# Time and log lines -------------------------------------------------------------------------


def test_deadlines() -> None:
    def work(number: int) -> int:
        with deadline(LIMIT) as limit:
            return sum(limit.over(range(number))) if number % 10 else sum(limit.map(int, [number]))

    assert four_hundred(work) == [
        sum(range(number)) if number % 10 else number for number in NUMBERS
    ]


@pytest.mark.thread_unsafe(reason="changes the handlers of a logger")
def test_log_lines_are_whole() -> None:
    stream = io.StringIO()
    logger = logging.getLogger("mrrc tests four hundred")
    handler = enable_thread_logging("INFO", logger=logger.name, stream=stream)
    try:
        four_hundred(
            lambda number: logger.info("%d of %s", number, threading.current_thread().name)
        )
    finally:
        logger.removeHandler(handler)
    seen = []
    for line in stream.getvalue().splitlines():
        name, level, said = line.split(None, 2)
        number, _, thread = said.partition(" of ")
        assert (level, thread) == ("INFO", name)
        seen.append(int(number))
    assert sorted(seen) == list(NUMBERS)
