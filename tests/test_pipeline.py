# SPDX-License-Identifier: MIT
"""What a pipeline gives is what a reader gives: every record, in order, and then every error."""

from __future__ import annotations

import contextlib
import gc
import gzip
import io
import os
import threading
import time
import weakref
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import records as make

import mrrc
from mrrc import (
    MARCReader,
    PipelineClosed,
    PipelineConfig,
    PipelineForked,
    PipelineTimeout,
    ProducerConsumerPipeline,
)

COUNT = 600
RECORDS = [make.sample(number) for number in range(1, COUNT + 1)]
DATA = b"".join(RECORDS)
#: Small blocks, so that there are many of them.
SMALL = PipelineConfig(buffer_size=4096, channel_capacity=2, parser_threads=3)


def at(number: int) -> int:
    """Where a record begins, counted from 0."""
    return sum(map(len, RECORDS[:number]))


def damaged(number: int, offset: int, text: bytes) -> bytes:
    """The records with other bytes in one of them."""
    begin = at(number) + offset
    return DATA[:begin] + text + DATA[begin + len(text) :]


def keys(records: Any) -> list[str]:
    return [record["001"].data for record in records]


ALL = keys(MARCReader(DATA))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "records.mrc"
    file.write_bytes(DATA)
    return file


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("size", [1, 4096, 1 << 20])
def test_records_in_order(path: Path, threads: int, size: int) -> None:
    config = PipelineConfig(buffer_size=size, parser_threads=threads)
    with ProducerConsumerPipeline.from_file(path, config=config) as pipeline:
        assert keys(pipeline) == ALL
        assert pipeline.finished
        assert pipeline.next() is None
        assert pipeline.try_next() is None
        assert pipeline.stats[:2] == (COUNT, 0)
        assert pipeline.stats.workers == threads
    assert not os.path.samefile(path, __file__)


@pytest.mark.parametrize("kind", ["bytes", "object", "gzip", "mmap", "marcxml", "jsonl"])
def test_any_source(kind: str, path: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"config": SMALL}
    source: Any = path
    if kind == "bytes":
        source = DATA
    elif kind == "object":
        source = io.BytesIO(DATA)
    elif kind == "gzip":
        source = tmp_path / "records.mrc.gz"
        source.write_bytes(gzip.compress(DATA))
    elif kind == "mmap":
        options["mmap"] = True
    elif kind != "path":
        source = tmp_path / f"records.{kind}"
        mrrc.convert(path, source, target_format=kind)
        options["format"] = kind
    with ProducerConsumerPipeline.from_file(source, **options) as pipeline:
        assert keys(pipeline) == ALL


def test_arguments_of_the_reader(path: Path) -> None:
    options = {"where": f"001 == '{ALL[7]}'", "recovery_mode": "lenient"}
    with ProducerConsumerPipeline.from_file(path, config=SMALL, **options) as pipeline:
        assert keys(pipeline) == [ALL[7]]
    with pytest.raises(TypeError):
        ProducerConsumerPipeline.from_file(path, no_such=1)
    with pytest.raises(ValueError, match="mmap"):
        ProducerConsumerPipeline.from_file(DATA, mmap=True)


def test_batches(path: Path) -> None:
    with ProducerConsumerPipeline.from_file(path, config=SMALL) as pipeline:
        sizes = [len(batch) for batch in pipeline.batches()]
    assert sizes == [100] * 6
    with ProducerConsumerPipeline.from_file(path, config=SMALL) as pipeline:
        batches = list(pipeline.batches(250))
        assert [len(batch) for batch in batches] == [250, 250, 100]
        assert [key for batch in batches for key in keys(batch)] == ALL
    with (
        ProducerConsumerPipeline.from_file(path) as pipeline,
        pytest.raises(ValueError, match="at least one"),
    ):
        next(pipeline.batches(0))


def test_threads_that_are_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = ProducerConsumerPipeline.from_file(path, config=SMALL)
    assert pipe.stats.workers == 0
    pipe.next()
    assert pipe.stats.workers == 3
    pipe.close()
    assert pipe.stats.workers == 3
    from mrrc._bridge import pipelines

    class Fewer:
        """The core, on a system that gives one thread."""

        def __getattr__(self, name: str) -> Any:
            return (lambda pointer: 1) if name == "mrrc_pipeline_workers" else getattr(lib, name)

    lib = pipelines.lib
    monkeypatch.setattr(pipelines, "lib", Fewer())
    with ProducerConsumerPipeline.from_file(path, config=SMALL) as pipe:
        assert len(list(pipe)) == COUNT
        assert pipe.stats.workers == 1


# -- errors: no record is lost in silence --


@pytest.mark.parametrize(
    ("number", "offset", "text", "error"),
    [
        (300, 12, b"99999", mrrc.BaseAddressInvalid),
        (300, 0, b"00003", mrrc.RecordLengthInvalid),
        (300, 0, b"xxxxx", mrrc.RecordLengthInvalid),
        (300, 0, b"00030", mrrc.EndOfRecordNotFound),
    ],
)
def test_an_error_comes_behind_all_records_before_it(
    number: int, offset: int, text: bytes, error: type[Exception]
) -> None:
    with ProducerConsumerPipeline.from_file(damaged(number, offset, text), config=SMALL) as pipe:
        seen = []
        with pytest.raises(error) as caught:
            seen.extend(pipe)
        assert len(seen) <= number
        for record in iter(lambda: None, None):
            seen.append(record)
        # it stays, for every consumer
        for call in (pipe.next, pipe.try_next, lambda: next(pipe)):
            with pytest.raises(error) as again:
                call()
            assert again.value is caught.value
        assert pipe.error is caught.value
        assert not pipe.finished
        assert pipe.stats.records == number
        assert caught.value.record_index == number + 1  # type: ignore[attr-defined]


def test_records_before_an_error_are_delivered() -> None:
    with ProducerConsumerPipeline.from_file(damaged(300, 12, b"99999"), config=SMALL) as pipe:
        seen = [pipe.next() for _ in range(300)]
        assert keys(seen) == ALL[:300]
        with pytest.raises(mrrc.BaseAddressInvalid):
            pipe.next()


def test_a_terminator_in_a_field_loses_nothing() -> None:
    odd = make.iso2709(
        [make.control_field("001", "odd"), make.data_field("245", "00", ("a", b"x\x1dy"))]
    )
    data = DATA[: at(10)] + odd + DATA[at(10) :]
    for mode in ("lenient", "permissive"):
        with ProducerConsumerPipeline.from_file(data, config=SMALL, recovery_mode=mode) as pipe:
            assert keys(pipe) == [*ALL[:10], "odd", *ALL[10:]]


def test_a_source_cut_short() -> None:
    data = DATA[:-20]
    with ProducerConsumerPipeline.from_file(data, config=SMALL) as pipe:
        seen = [pipe.next() for _ in range(COUNT - 1)]
        assert keys(seen) == ALL[:-1]
        with pytest.raises(mrrc.TruncatedRecord):
            pipe.next()


def test_skip_and_yield() -> None:
    data = damaged(300, 12, b"99999")
    with ProducerConsumerPipeline.from_file(data, config=SMALL, on_error="skip") as pipe:
        assert keys(pipe) == ALL[:300] + ALL[301:]
        assert pipe.stats.skipped == 1
    with ProducerConsumerPipeline.from_file(data, config=SMALL, on_error="yield") as pipe:
        seen = list(pipe)
    assert isinstance(seen[300], mrrc.BaseAddressInvalid)
    assert len(seen) == COUNT
    with ProducerConsumerPipeline.from_file(data, config=SMALL, on_error="yield") as pipe:
        batch = next(pipe.batches(400))
    assert batch[300] is None
    assert [type(e) for e in batch.errors[300]] == [mrrc.BaseAddressInvalid]
    with pytest.raises(ValueError, match="on_error"):
        ProducerConsumerPipeline.from_file(data, on_error="ignore")


@pytest.mark.parametrize("on_error", ["skip", "yield"])
def test_what_ends_the_reading_is_raised_always(on_error: str) -> None:
    with ProducerConsumerPipeline.from_file(
        damaged(300, 0, b"xxxxx"), config=SMALL, on_error=on_error
    ) as pipe:
        for _ in range(300):
            assert isinstance(pipe.next(), mrrc.Record)
        with pytest.raises(mrrc.RecordLengthInvalid):
            pipe.next()
    broken = b"<collection xmlns='http://www.loc.gov/MARC21/slim'><record><lead"
    with (
        ProducerConsumerPipeline.from_file(broken, format="marcxml", on_error=on_error) as pipe,
        pytest.raises(mrrc.XmlError),
    ):
        list(pipe)


def test_strict_mode_goes_on_where_errors_are_skipped() -> None:
    data = damaged(300, 12, b"99999")
    options: dict[str, Any] = {"recovery_mode": "strict", "on_error": "skip"}
    with ProducerConsumerPipeline.from_file(data, config=SMALL, **options) as pipe:
        assert keys(pipe) == ALL[:300] + ALL[301:]


def test_errors_between_records() -> None:
    data = DATA[: at(5)] + b"junk" + DATA[at(5) :]
    with ProducerConsumerPipeline.from_file(data, config=SMALL, recovery_mode="permissive") as pipe:
        assert keys(pipe) == ALL
        assert [type(error) for error in pipe.errors] == [mrrc.BytesBetweenRecords]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ProducerConsumerPipeline.from_file(tmp_path / "none.mrc")
    with pytest.raises(IsADirectoryError):
        ProducerConsumerPipeline.from_file(tmp_path)


def test_a_file_object_that_fails() -> None:
    class Failing(io.RawIOBase):
        def __init__(self) -> None:
            self.data = io.BytesIO(DATA)

        def readable(self) -> bool:
            return True

        def readinto(self, into: Any) -> int:
            if self.data.tell() >= at(400):
                raise OSError(5, "no more")
            return self.data.readinto(memoryview(into)[:5000])

    with ProducerConsumerPipeline.from_file(Failing(), config=SMALL) as pipe:
        seen: list[Any] = []
        with pytest.raises(OSError, match="no more"):
            seen.extend(iter(pipe.next, None))
        assert keys(seen) == ALL[: len(seen)]
        assert len(seen) > 300
        with pytest.raises(OSError, match="no more"):
            pipe.next()


# -- waiting --


def test_try_next_tells_nothing_from_the_end(path: Path) -> None:
    with ProducerConsumerPipeline.from_file(path, config=SMALL) as pipe:
        seen: list[Any] = []
        while not pipe.finished:
            record = pipe.try_next()
            if record is not None:
                seen.append(record)
        assert keys(seen) == ALL


def test_a_timeout_is_no_end() -> None:
    class Slow(io.RawIOBase):
        def __init__(self) -> None:
            self.data = io.BytesIO(DATA)

        def readable(self) -> bool:
            return True

        def readinto(self, into: Any) -> int:
            return self.data.readinto(into)

    with ProducerConsumerPipeline.from_file(Slow(), config=SMALL) as pipe:
        while True:
            try:
                if pipe.next(timeout=0) is None:
                    break
            except PipelineTimeout:
                continue
        assert pipe.finished
        assert pipe.stats.records == COUNT


def test_several_consumers(path: Path) -> None:
    seen: list[list[Any]] = [[] for _ in range(5)]
    with ProducerConsumerPipeline.from_file(path, config=SMALL) as pipe:

        def consume(mine: list[Any]) -> None:
            for record in pipe:
                mine.append(record)

        threads = [threading.Thread(target=consume, args=(mine,)) for mine in seen]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Counter(key for mine in seen for key in keys(mine)) == Counter(ALL)
    for mine in seen:  # each sees its share in order
        places = [ALL.index(key) for key in keys(mine)]
        assert places == sorted(places)


# -- the end --


def test_closing(path: Path) -> None:
    pipe = ProducerConsumerPipeline.from_file(path, config=SMALL)
    assert pipe.next() is not None
    pipe.close()
    pipe.close()
    assert pipe.closed
    assert "closed" in repr(pipe)
    for call in (pipe.next, pipe.try_next, lambda: next(pipe)):
        with pytest.raises(PipelineClosed):
            call()


def test_closing_wakes_who_waits(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    try:
        path = f"/dev/fd/{reading}"
        if not os.path.exists(path):
            pytest.skip("descriptors have no names here")
        os.write(writing, DATA[: at(20)])
        from mrrc import _bridge

        source: Any = _bridge.Source(path)
        reader = MARCReader(source)
        source.read_ahead(2, 2, 4096)
        for number in range(20):
            record = next(reader)
            assert record is not None and record["001"].data == ALL[number]
        outcome: list[BaseException] = []

        def wait() -> None:
            try:
                next(reader)
            except BaseException as error:
                outcome.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.05)
        source.stop()
        thread.join(10)
        assert not thread.is_alive()
        assert [type(error) for error in outcome] == [PipelineClosed]
        reader.close()
    finally:
        os.close(reading)
        os.close(writing)


# -- pipes --


def pipe_of(kind: str, tmp_path: Path, data: bytes) -> tuple[Any, Any, bytes]:
    """A source of which nothing has come yet, a file to write it with, and what to write."""
    if kind == "name":
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        return fifo, lambda: open(fifo, "wb", buffering=0), data
    reading, writing = os.pipe()
    packed = gzip.compress(data) if kind == "gzip" else data
    return open(reading, "rb"), lambda: open(writing, "wb", buffering=0), packed  # noqa: SIM115


@pytest.mark.parametrize("kind", ["name", "file", "gzip"])
@pytest.mark.parametrize("format", ["marc", "mrk"])
def test_nothing_is_waited_for_too_long(kind: str, format: str, tmp_path: Path) -> None:
    """Whatever the place where the bytes stop coming, the first included."""
    out = io.BytesIO()
    with MARCReader(DATA[: at(60)]) as reader:
        mrrc.write((record for record in reader if record is not None), out, format)
    source, write, data = pipe_of(kind, tmp_path, out.getvalue())
    with ProducerConsumerPipeline.from_file(source, config=SMALL) as pipe:
        assert pipe.try_next() is None and not pipe.finished
        with pytest.raises(PipelineTimeout):
            pipe.next(0.02)
        assert pipe.errors == [] and pipe.stats.records == 0
        found: list[str | None] = []
        with write() as file:
            for begin in range(0, len(data), 701):
                file.write(data[begin : begin + 701] if begin else data[:3])
                if begin == 0:
                    assert pipe.try_next() is None
                    file.write(data[3:701])
                with contextlib.suppress(PipelineTimeout):
                    while (record := pipe.next(0.01)) is not None:
                        found.append(record["001"].data)  # type: ignore[index]
            assert not pipe.finished
        found += [record["001"].data for record in pipe]  # type: ignore[index]
        assert found == ALL[:60]
    if kind != "name":
        assert not source.closed
        source.close()


def test_closing_wakes_who_waits_for_the_first_bytes(tmp_path: Path) -> None:
    source, write, _ = pipe_of("name", tmp_path, b"")
    before = len(os.listdir("/dev/fd"))
    pipe = ProducerConsumerPipeline.from_file(source)
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            pipe.next()
        except BaseException as error:
            outcome.append(error)

    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    began = time.monotonic()
    pipe.close()
    for thread in threads:
        thread.join(10)
    assert [type(error) for error in outcome] == 3 * [PipelineClosed]
    assert time.monotonic() - began < 2
    assert len(os.listdir("/dev/fd")) <= before


def test_a_pipe_of_what_is_no_format() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as file, open(writing, "wb", buffering=0) as other:
        pipe = ProducerConsumerPipeline.from_file(file)
        other.write(b"a text")
        other.close()
        for _ in range(2):
            with pytest.raises(ValueError, match="no format that is known"):
                pipe.next()
        pipe.close()


def threads_of_this_process() -> int:
    return len(os.listdir("/proc/self/task"))


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are counted in /proc")
def test_nothing_is_left(path: Path) -> None:
    with ProducerConsumerPipeline.from_file(path, config=SMALL) as pipe:
        list(pipe)
    threads, files = threads_of_this_process(), len(os.listdir("/proc/self/fd"))
    for taken in (0, 1, 50, COUNT):
        pipe = ProducerConsumerPipeline.from_file(path, config=SMALL)
        for _ in range(taken):
            pipe.next()
        pipe.close()
        assert threads_of_this_process() == threads
        assert len(os.listdir("/proc/self/fd")) == files
    alive = weakref.ref(pipe)
    del pipe
    gc.collect()
    assert alive() is None


def test_a_forgotten_pipeline_is_closed_with_a_warning(path: Path) -> None:
    pipe = ProducerConsumerPipeline.from_file(path, config=SMALL)
    pipe.next()
    with pytest.warns(ResourceWarning, match="unclosed"):
        del pipe
        gc.collect()


@pytest.mark.thread_unsafe(reason="forks, and its other threads would be gone")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_gets_nothing(path: Path) -> None:
    with ProducerConsumerPipeline.from_file(path, config=SMALL) as pipe:
        pipe.next()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                pipe.next()
            except PipelineForked:
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert 1 + len(keys(pipe)) == COUNT


# -- how it is built --


@pytest.mark.parametrize(
    "wrong",
    [
        {"buffer_size": 0},
        {"buffer_size": -1},
        {"buffer_size": 1 << 30},
        {"channel_capacity": 0},
        {"batch_size": 0},
        {"parser_threads": 0},
        {"memory_limit": 0},
        {"memory_limit": 100},
    ],
)
def test_numbers_that_make_no_sense(path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="|".join(wrong)):
        PipelineConfig(**wrong).checked()
    with pytest.raises(ValueError, match="|".join(wrong)):
        ProducerConsumerPipeline.from_file(path, config=PipelineConfig(**wrong))
    if "buffer_size" in wrong:
        with pytest.raises(ValueError, match="buffer_size"):
            ProducerConsumerPipeline.from_file(path, **wrong)  # type: ignore[arg-type]
