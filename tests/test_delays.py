# SPDX-License-Identifier: MIT
"""The Python code that threads meet in, held up between any two of its steps.

C is driven by chance under the thread sanitizer (``verification/``); here the threads that run the
package's Python are delayed behind every few steps of the interpreter, by one, two, three and eight
workers. Each seed has other places. Where ``MRRC_STRESS`` is set there are five, else one.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import records as make
from conftest import STRESS
from many_threads import LIMIT, WORKERS, at_once, delays, shared_out

import mrrc
from mrrc.concurrency import LockedRecord, SharedReader, SharedWriter, deadline, thread_local_reader
from mrrc.parallel import RecordPool, map_records
from mrrc.pipeline_errors import PipelineClosed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.thread_unsafe(reason="traces the threads of the process"),
]

SEEDS = range(5 if STRESS else 1)
DATA = [make.sample(number) for number in range(36)]
FILE = b"".join(DATA)

workers = pytest.mark.parametrize("workers", WORKERS)


@pytest.fixture(params=SEEDS, ids=lambda seed: f"seed {seed}", autouse=True)
def held_up(request: pytest.FixtureRequest) -> Iterator[None]:
    with delays(request.param, one_in=5 + request.param % 3 * 10):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.mrc"
    path.write_bytes(FILE)
    return path


def number_of(record: Any) -> int:
    return int(record["001"].data[-8:])


def joined(found: list[list[Any]]) -> list[Any]:
    return sorted(one for some in found for one in some)


# One reader, one writer ---------------------------------------------------------------


@workers
@pytest.mark.parametrize("kind", ["path", "bytes", "file", "xml"])
def test_a_reader(kind: str, workers: int, path: Path) -> None:
    mrrc.convert(path, path.with_suffix(".xml"))
    opened: dict[str, Callable[[], Any]] = {
        "path": lambda: mrrc.MARCReader(path),
        "bytes": lambda: mrrc.MARCReader(FILE),
        "file": lambda: mrrc.MARCReader(path.open("rb")),
        "xml": lambda: mrrc.read(path.with_suffix(".xml")),
    }
    with opened[kind]() as reader:
        found = at_once(lambda: [number_of(record) for record in reader], workers)
    assert joined(found) == list(range(len(DATA)))
    assert all(some == sorted(some) for some in found)


@workers
def test_a_reader_by_batches_and_one_by_one(workers: int, path: Path) -> None:
    turn = iter(range(workers))
    with mrrc.MARCReader(path) as reader:

        def work() -> list[int]:
            if next(turn) % 2:
                return [number_of(record) for batch in reader.batches(5) for record in batch]
            return [number_of(record) for record in reader]

        assert joined(at_once(work, workers)) == list(range(len(DATA)))


@workers
def test_a_shared_reader(workers: int, path: Path) -> None:
    with SharedReader(mrrc.MARCReader(path)) as shared:
        found = at_once(lambda: [(shared.index, number_of(record)) for record in shared], workers)
        assert shared.taken == len(DATA)
    assert joined(found) == [(number, number) for number in range(len(DATA))]


@workers
def test_a_shared_reader_closed_beside_reading(workers: int, path: Path) -> None:
    shared = SharedReader(mrrc.MARCReader(path))

    def work() -> list[int]:
        found: list[int] = []
        with suppress(ValueError):
            for record in shared:
                found.append(number_of(record))
                if len(found) == 5:
                    shared.close()
        return found

    found = joined(at_once(work, workers))
    assert found == list(range(len(found)))


@workers
@pytest.mark.parametrize("ordered", [True, False])
def test_a_shared_writer(ordered: bool, workers: int, tmp_path: Path) -> None:
    target = tmp_path / "written.mrc"
    shared = SharedReader(mrrc.MARCReader(FILE))
    with SharedWriter(mrrc.MARCWriter(target.open("wb")), ordered=ordered) as writer:

        def work() -> None:
            for record in shared:
                index = shared.index
                if number_of(record) % 7 == 3:
                    if ordered:
                        assert index is not None
                        writer.skip(index)
                else:
                    writer.write(record, index if ordered else None)

        at_once(work, workers)
    with mrrc.MARCReader(target) as reader:
        found = [number_of(record) for record in reader]
    want = [number for number in range(len(DATA)) if number % 7 != 3]
    assert (found if ordered else sorted(found)) == want


@workers
def test_readers_of_threads(workers: int, path: Path) -> None:
    with thread_local_reader(path) as readers:
        found = at_once(lambda: [number_of(record) for record in readers], workers)
    assert found == [list(range(len(DATA)))] * workers


# One record -----------------------------------------------------------------------------

LOOKS: list[Callable[[mrrc.Record], Any]] = [
    lambda record: record["245"],
    lambda record: record.leader,
    lambda record: record.fields,
    lambda record: record.get_fields("650")[0],
    lambda record: record["245"].subfields,
]


@workers
@pytest.mark.parametrize("look", range(len(LOOKS)))
def test_the_first_look_at_a_record(look: int, workers: int) -> None:
    for data in DATA[:2]:
        (record,) = mrrc.MARCReader(data)
        assert record is not None
        turn = iter(range(workers))

        def work(record: mrrc.Record = record, turn: Iterator[int] = turn) -> tuple[int, bytes]:
            mine = id(LOOKS[look](record))
            if next(turn) % 2:
                record = pickle.loads(pickle.dumps(record))
            return mine, record.as_marc()

        found = at_once(work, workers)
        assert set(found) == {(id(LOOKS[look](record)), data)}


@workers
def test_a_locked_record(workers: int) -> None:
    record = mrrc.Record(fields=[mrrc.Field("001", data="0")])

    def work(number: int) -> None:
        locked = LockedRecord(record)
        locked.add_field(mrrc.Field("500", subfields=[mrrc.Subfield("a", f"{number}")]))
        with locked as bare:
            bare["001"].data = str(int(bare["001"].data or "") + 1)

    shared_out(work, workers, 25)
    assert record["001"].data == str(workers * 25)
    assert len(record.get_fields("500")) == workers * 25


# Batches, filters, columns ---------------------------------------------------------------


@workers
def test_a_batch_and_a_filter(workers: int) -> None:
    batch = mrrc.RecordBatch(mrrc.MARCReader(FILE))
    chosen = mrrc.Filter("001 =$ '3'")

    def work() -> Any:
        kept = [number_of(record) for record in batch.filter(chosen)]
        matched = [number_of(record) for record in batch if record and chosen.matches(record)]
        return kept, matched, batch.encode(), batch.columns(["001"]).to_pylist()[3]

    want = [number for number in range(len(DATA)) if number % 10 == 3]
    row = {"001": "smpl00000003"}
    assert at_once(work, workers) == [(want, want, FILE, row)] * workers


# Pipelines, pools, streams -----------------------------------------------------------------


@workers
@pytest.mark.parametrize("threads", [1, 3])
def test_a_pipeline(threads: int, workers: int, path: Path) -> None:
    config = mrrc.PipelineConfig(buffer_size=1024, channel_capacity=2, parser_threads=threads)
    with mrrc.ProducerConsumerPipeline.from_file(path, config=config) as pipeline:
        found = at_once(lambda: [number_of(record) for record in pipeline], workers)
        assert pipeline.stats.records == len(DATA)
        assert pipeline.finished
    assert joined(found) == list(range(len(DATA)))


@workers
def test_a_pipeline_closed_beside_reading(workers: int, path: Path) -> None:
    pipeline = mrrc.ProducerConsumerPipeline.from_file(path, buffer_size=1024)

    def work() -> list[int]:
        found: list[int] = []
        with suppress(PipelineClosed):
            while (record := pipeline.next(LIMIT)) is not None:
                found.append(number_of(record))
                if len(found) == 4:
                    pipeline.close()
        return found

    found = joined(at_once(work, workers))
    assert len(found) == len(set(found))
    pipeline.close()


@workers
@pytest.mark.parametrize("ordered", [True, False])
def test_a_stream(ordered: bool, workers: int, path: Path) -> None:
    with map_records(
        path, number_of, strategy="threads", max_workers=workers, chunk_size=3, ordered=ordered
    ) as stream:
        found = list(stream)
    assert (found if ordered else sorted(found)) == list(range(len(DATA)))


@workers
def test_a_stream_that_fails_or_is_left(workers: int, path: Path) -> None:
    def fails(record: mrrc.Record) -> int:
        if number_of(record) == 30:
            raise KeyError("30")
        return number_of(record)

    with map_records(path, fails, strategy="threads", max_workers=workers, chunk_size=3) as stream:
        found = []
        with pytest.raises(mrrc.MrrcException):
            for number in stream:
                found.append(number)
    assert found == list(range(30))
    with map_records(path, fails, strategy="threads", max_workers=workers) as stream:
        assert next(stream) == 0


@workers
def test_a_pool(workers: int) -> None:
    with RecordPool(workers, strategy="threads") as pool:
        found = at_once(lambda: list(pool.map_records(FILE, number_of, chunk_size=5)), 3)
    assert found == [list(range(len(DATA)))] * 3


@workers
def test_a_pool_closed_beside_asking(workers: int) -> None:
    """Who asks gets all results, or is told that the pool is closed; nobody waits for ever."""
    pool = RecordPool(2, strategy="threads")
    turn = iter(range(workers + 1))
    before = threading.active_count()

    def work() -> list[int] | str:
        if next(turn) == 0:
            pool.close()
            return "closed"
        try:
            return list(pool.map_records(FILE, number_of, chunk_size=5))
        except (ValueError, CancelledError) as error:
            assert "closed" in str(error) or "cancelled" in str(error)
            return "told"

    for found in at_once(work, workers + 1):
        assert found in ("closed", "told", list(range(len(DATA))))
    assert threading.active_count() <= before


@workers
def test_a_deadline(workers: int) -> None:
    def work() -> int:
        with deadline(LIMIT) as limit:
            return sum(limit.map(abs, range(-10, 0), max_workers=2))

    assert at_once(work, workers) == [55] * workers
