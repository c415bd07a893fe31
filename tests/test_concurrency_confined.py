# SPDX-License-Identifier: MIT
"""A reader for each thread."""

from __future__ import annotations

import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import records as make

from mrrc.concurrency import ThreadLocalReader, thread_local_reader

DATA = [make.sample(number) for number in range(100)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "records.mrc"
    path.write_bytes(b"".join(DATA))
    return path


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_each_thread_reads_all(threads: int, path: Path) -> None:
    barrier = threading.Barrier(threads)
    with thread_local_reader(path) as readers:

        def work() -> tuple[int, list[bytes]]:
            barrier.wait(60)
            found = [record.as_marc() for record in readers if record is not None]
            assert readers.reader is readers.reader
            return id(readers.reader), found

        with ThreadPoolExecutor(threads) as pool:
            futures = [pool.submit(work) for _ in range(threads)]
            found = [future.result(60) for future in futures]
    assert [data for _, data in found] == [DATA] * threads
    assert len({number for number, _ in found}) == threads


def test_places_are_apart(path: Path) -> None:
    with thread_local_reader(path, recovery_mode="lenient") as readers:
        readers.reader.seek(len(DATA[0]))
        assert readers.reader.recovery_mode == "lenient"
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: readers.reader.tell()).result(60) == 0
        assert readers.reader.tell() == len(DATA[0])


class Later:
    """An iterator that asks for the reader in the thread that reads."""

    def __init__(self, readers: ThreadLocalReader) -> None:
        self.readers = readers

    def __iter__(self) -> Later:
        return self

    def __next__(self) -> object:
        return next(iter(self.readers))


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are in /proc on Linux")
def test_a_thread_that_ends_leaves_nothing_open(path: Path) -> None:
    readers = thread_local_reader(path)
    before = len(os.listdir("/proc/self/fd"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(20):
            thread = threading.Thread(target=next, args=(Later(readers),))
            thread.start()
            thread.join()
            del thread
        assert len(os.listdir("/proc/self/fd")) <= before
        assert len(readers._all) == 0
        next(iter(readers))
        assert len(os.listdir("/proc/self/fd")) <= before + 1
        del readers
    assert len(os.listdir("/proc/self/fd")) <= before


def test_closing_closes_those_of_all_threads(path: Path) -> None:
    readers = thread_local_reader(path)
    go, read = threading.Event(), threading.Event()
    told: list[str] = []

    def work() -> None:
        reader = readers.reader
        next(reader)
        read.set()
        go.wait(60)
        assert reader.closed
        with pytest.raises(ValueError, match="closed") as caught:
            iter(readers)
        told.append(str(caught.value))

    thread = threading.Thread(target=work)
    thread.start()
    assert read.wait(60)
    readers.close()
    readers.close()
    go.set()
    thread.join(60)
    assert len(told) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    readers = thread_local_reader(tmp_path / "none.mrc")
    with pytest.raises(FileNotFoundError):
        readers.reader  # noqa: B018
    readers.close()


def test_one_that_was_closed_by_hand_is_opened_again(path: Path) -> None:
    with thread_local_reader(path) as readers:
        readers.reader.close()
        assert len(list(readers)) == len(DATA)
