# SPDX-License-Identifier: MIT
"""parallel/calls.py: mapping by records and by files, joining, and pools."""

import functools
import multiprocessing
import threading
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make
from hypothesis import given
from hypothesis import strategies as st
from many_threads import at_once

import mrrc
from mrrc.parallel import (
    Failure,
    RecordPool,
    RecordTaskError,
    map_files,
    map_records,
    map_reduce,
)

COUNT = 60
SAMPLES = [make.sample(n) for n in range(COUNT)]
DATA = b"".join(SAMPLES)
NAMES = [f"smpl{n:08}" for n in range(COUNT)]


def test_the_top_level_one_is_pymarcs() -> None:
    assert mrrc.map_records is not map_records
    from mrrc.reader import map_records as pymarcs

    assert mrrc.map_records is pymarcs


@given(
    count=st.integers(0, 12),
    chunk=st.integers(1, 5),
    workers=st.integers(1, 3),
    strategy=st.sampled_from(["sequential", "threads"]),
)
def test_joined_as_one_after_the_other(count: int, chunk: int, workers: int, strategy: str) -> None:
    """Joining strings is associative, and not commutative: order shows."""
    data = b"".join(SAMPLES[:count])
    found = map_reduce(
        data, work.number, work.add, "", strategy=strategy, chunk_size=chunk, max_workers=workers
    )
    assert found == functools.reduce(work.add, NAMES[:count], "")


def test_what_comes_first_is_joined_once() -> None:
    for strategy in ("sequential", "threads", "processes"):
        assert (
            map_reduce(DATA, work.fields, work.add, 1000, strategy=strategy, chunk_size=9)
            == 1000 + 17 * COUNT
        )


def test_joined_without_failures() -> None:
    with pytest.raises(RecordTaskError):
        map_reduce(DATA, work.fails_at_7, work.add, "", strategy="threads")
    left = map_reduce(DATA, work.fails_at_7, work.add, "", strategy="threads", on_error="skip")
    assert left == "".join(name for name in NAMES if not name.endswith("7"))
    for wrong in ({"on_error": "yield"}, {"ordered": False}):
        with pytest.raises(ValueError):
            map_reduce(DATA, work.fields, work.add, 0, **wrong)  # type: ignore[arg-type]
    assert map_reduce(DATA, work.fields, work.add, 0, where="001 == 'smpl00000003'") == 17


@pytest.mark.parametrize("strategy", ["sequential", "threads", "processes", "auto"])
def test_files(strategy: str, tmp_path: Path) -> None:
    paths = []
    for number in range(5):
        paths.append(tmp_path / f"{number}.mrc")
        paths[-1].write_bytes(SAMPLES[0] * number)
    sizes = [len(SAMPLES[0]) * number for number in range(5)]
    stream = map_files(paths, work.size_of, strategy=strategy)
    assert list(stream) == sizes
    assert stream.stats.bytes == sum(sizes)


def test_a_file_that_fails_is_named(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.touch()
    bad.touch()

    def func(path: str) -> str:
        if path.endswith("bad"):
            raise KeyError("what")
        return path

    first, second = map_files([good, bad], func, strategy="threads", on_error="yield")
    assert first == str(good)
    assert isinstance(second, Failure) and second.path == str(bad)
    with pytest.raises(RecordTaskError, match="KeyError"):
        list(map_files([bad], func))
    with pytest.raises(FileNotFoundError):
        map_files([tmp_path / "none"], func)


@pytest.mark.parametrize("strategy", ["threads", "processes"])
def test_a_pool_keeps_its_workers(strategy: str, tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    with RecordPool(2, strategy=strategy, initializer=work.remember, initargs=(5,)) as pool:
        pids: set[Any] = set()
        for _ in range(3):
            pids |= set(pool.map_records(path, work.process, chunk_size=5))
            assert set(pool.map_records(path, work.remembered)) == {5}
        assert len(pids) <= 2
        assert list(pool.map_files([path], work.size_of)) == [len(DATA)]
        assert pool.map_reduce(path, work.fields, work.add, 0) == 17 * COUNT
        with pytest.raises(RecordTaskError):
            list(pool.map_records(path, work.fails_at_7))
        assert list(pool.map_records(path, work.number)) == NAMES
        for name in ("strategy", "max_workers", "executor"):
            with pytest.raises(TypeError, match=name):
                pool.map_records(path, work.number, **{name: None})
    work.STATE.clear()
    with pytest.raises(ValueError, match="closed"):
        pool.map_records(path, work.number)


@pytest.mark.parametrize("strategy", ["threads", "processes"])
def test_threads_share_a_pool(strategy: str) -> None:
    got: list[list[str]] = []
    with RecordPool(2, strategy=strategy) as pool:

        def take() -> None:
            got.append(list(pool.map_records(DATA, work.number, chunk_size=9)))

        threads = [threading.Thread(target=take) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        streams = [pool.map_records(DATA, work.number, chunk_size=9) for _ in range(2)]
        assert list(zip(*streams)) == list(zip(NAMES, NAMES))
    assert got == [NAMES] * 3


def test_a_pool_of_coroutines() -> None:
    with RecordPool(strategy="asyncio") as pool:
        assert list(pool.map_records(DATA, work.number_later)) == NAMES
        assert list(pool.map_records(DATA, work.number_later)) == NAMES


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_threads_share_a_pool_of_coroutines() -> None:
    """Whichever of them is first, there is one loop."""
    for _ in range(20):
        before = threading.active_count()
        with RecordPool(2, strategy="asyncio") as pool:
            found = at_once(lambda pool=pool: list(pool.map_records(DATA, work.number_later)), 4)
        assert found == [NAMES] * 4
        assert threading.active_count() == before


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@pytest.mark.parametrize("strategy", ["threads", "processes", "asyncio"])
def test_results_of_a_pool_that_was_closed(strategy: str) -> None:
    """They end by an error, and nobody starts a worker that nobody would end."""
    func = work.number_later if strategy == "asyncio" else work.number
    pool = RecordPool(2, strategy=strategy)
    begun, new = (pool.map_records(DATA, func, chunk_size=2, window=1) for _ in range(2))
    assert next(begun) == NAMES[0]
    threads = threading.active_count()
    pool.close()
    for stream in (new, begun):
        with pytest.raises((ValueError, CancelledError), match="closed|cancelled"):
            assert len(list(stream)) < COUNT
    assert multiprocessing.active_children() == []
    assert threading.active_count() <= threads


def test_pools_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="strategy"):
        RecordPool(strategy="auto")
    with pytest.raises(ValueError, match="max_workers"):
        RecordPool(0)
    RecordPool(1).close()
