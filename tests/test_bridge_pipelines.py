# SPDX-License-Identifier: MIT
"""A source read ahead by threads gives what it gives without them, and leaves nothing behind."""

from __future__ import annotations

import gc
import io
import os
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st

from mrrc import _bridge, pipeline_errors
from mrrc._bridge.streams import Encoder, Source

MARC = _bridge.find_format("marc")
OTHERS = ["marcxml", "marcjson", "jsonl", "mrk", "line"]

MODES = [
    0,
    _bridge.READ_STRICT,
    _bridge.READ_LENIENT,
    _bridge.READ_PERMISSIVE,
    _bridge.READ_DETECT,
    _bridge.READ_LENIENT | _bridge.READ_DETECT,
    _bridge.READ_RAW,
    _bridge.READ_LENIENT | _bridge.READ_FOREIGN,
]


def told(source: Source, flags: int) -> Iterator[tuple[Any, ...]]:
    """What comes of a source, without a trace of how it was divided into batches."""
    met, gaps = 0, []
    for _ in range(10_000):
        try:
            block = source.next(flags)
        except OSError:
            raise
        except Exception as error:
            yield ("error", type(error), str(error), source.failed)
            continue
        if block is None:
            break
        statuses = block.statuses or [0] * len(block.ends)
        for i in range(len(block.ends)):
            place = met + block.place(i)
            yield (block.chunk(i), block.offsets[i], block.lengths[i], statuses[i], place)
            yield from (note._replace(record=0) for note in block.notes if note.record == i)
        gaps += [note for note in block.notes if note.record == _bridge.NO_RECORD]
        gaps += [(type(fault), str(fault)) for fault in block.faults]
        met += block.met
    else:
        raise AssertionError("there is no end")
    yield (met, *gaps)


def opened(kind: str, data: bytes, path: Path, format: int, program: Any = None) -> Source:
    if kind == "path":
        path.write_bytes(data)
        return Source(str(path), format=format, program=program)
    if kind == "object":
        return Source("name", format=format, read=io.BytesIO(data).read, program=program)
    return Source("name", format=format, read=_once(data), program=program)


def _once(data: bytes) -> Any:
    """A file object's method that gives little at a time."""
    file = io.BytesIO(data)
    return lambda size: file.read(min(size, 777))


def sizes() -> st.SearchStrategy[tuple[int, int, int]]:
    return st.tuples(
        st.sampled_from([1, 2, 3]), st.sampled_from([1, 4]), st.sampled_from([1, 300, 5000, 65536])
    )


def check_same(
    data: bytes, flags: int, kind: str, size: tuple[int, int, int], format: int, path: Path
) -> None:
    if kind == "bytes":
        alone, ahead = Source(None, data, format), Source(None, data, format)
    else:
        alone, ahead = (opened(kind, data, path, format) for _ in range(2))
    wanted = list(told(alone, flags))
    ahead.read_ahead(*size)
    assert list(told(ahead, flags)) == wanted
    assert ahead.next(flags) is None
    ahead.close()
    alone.close()


@pytest.mark.thread_unsafe(reason="writes a file that others read")
@given(
    data=make.damaged(st.lists(make.utf8_records(), min_size=1, max_size=6).map(b"".join)),
    flags=st.sampled_from(MODES),
    kind=st.sampled_from(["bytes", "path", "object", "little"]),
    size=sizes(),
)
def test_threads_give_what_one_reader_gives(
    data: bytes,
    flags: int,
    kind: str,
    size: tuple[int, int, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.getbasetemp() / f"ahead{os.getpid()}.mrc"
    check_same(data, flags, kind, size, MARC, path)


def written(format: str, count: int = 40) -> bytes:
    """Records in a format."""
    source = Source(None, b"".join(make.sample(number) for number in range(count)))
    encoder = Encoder(_bridge.find_format(format))
    parts = [encoder.begin()]
    while (block := source.next(0)) is not None:
        parts.append(encoder.records(block.block, block.ends)[0])
    return b"".join([*parts, encoder.end()])


@pytest.mark.thread_unsafe(reason="writes a file that others read")
@given(
    format=st.sampled_from(OTHERS),
    damage=st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from([b"", b"<", b"\n", b"\xff", b'"'])), max_size=3
    ),
    flags=st.sampled_from(MODES[:4]),
    kind=st.sampled_from(["bytes", "path", "object", "little"]),
    size=sizes(),
)
def test_other_formats(
    format: str,
    damage: list[tuple[float, bytes]],
    flags: int,
    kind: str,
    size: tuple[int, int, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = written(format)
    for where, what in damage:
        at = int(where * (len(data) - 1))
        data = data[:at] + what + data[at + 1 :]
    path = tmp_path_factory.getbasetemp() / f"ahead{os.getpid()}.txt"
    check_same(data, flags, kind, size, _bridge.find_format(format), path)


# What is left -----------------------------------------------------------------------


DATA = b"".join(make.sample(number) for number in range(2000))


def held() -> tuple[int, int]:
    """How many threads and descriptors the process has."""
    return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are counted in /proc")
@pytest.mark.parametrize("had", [0, 1, 3, 1000])
def test_nothing_is_left(had: int, tmp_path: Path) -> None:
    path = tmp_path / "books.mrc"
    path.write_bytes(DATA)
    before = held()

    class Known(Source):
        __slots__ = ("__weakref__",)

    for close in (True, False):
        source = Known(str(path))
        source.read_ahead(3, 2, 5000)
        for _ in range(had):
            if source.next(0) is None:
                break
        gone = weakref.ref(source)
        if close:
            source.close()
        del source
        gc.collect()
        assert gone() is None
        for _ in range(100):  # a thread that was waited for is in /proc a moment longer
            now = held()
            if now[0] <= before[0] and now[1] <= before[1]:
                break
            time.sleep(0.01)
        # fewer where another test's last thread was still there
        assert now[0] <= before[0] and now[1] <= before[1]


def test_a_stop_at_any_time() -> None:
    for delay in (0, 0.0005, 0.002):
        source = Source(None, DATA)
        source.read_ahead(2, 1, 300)
        assert source.next(0) is not None
        stopper = threading.Timer(delay, source.stop)
        stopper.start()
        with pytest.raises(pipeline_errors.PipelineClosed):
            while source.next(0) is not None:
                if not stopper.is_alive():
                    source.stop()
            raise pipeline_errors.PipelineClosed  # all of it came first
        stopper.join()
        source.close()


# Under load -------------------------------------------------------------------------


@pytest.mark.stress
@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_many_times(workers: int, tmp_path: Path) -> None:
    path = tmp_path / "books.mrc"
    path.write_bytes(DATA)
    wanted = list(told(Source(str(path)), 0))
    wrong: list[int] = []

    def read(number: int) -> None:
        for turn in range(20):
            source = Source(str(path))
            source.read_ahead(workers, 1 + turn % 4, (100, 5000, 65536)[(turn + number) % 3])
            if list(told(source, 0)) != wanted:
                wrong.append(number)
            source.close()

    readers = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert wrong == []
