# SPDX-License-Identifier: MIT
"""A bound on the time of a piece of work."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mrrc.concurrency import deadline


def here(work: Any) -> Any:
    return work()


def in_a_thread(work: Any) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(60)


wherever = pytest.mark.parametrize("run", [here, in_a_thread])


@wherever
def test_in_time(run: Any) -> None:
    def work() -> list[int]:
        with deadline(60) as limit:
            assert 0 < limit.remaining <= 60
            limit.check()
            found = list(limit.over(range(3)))
            found += limit.map(lambda n: n * n, range(4), 2)
        assert not limit.expired
        return found

    assert run(work) == [0, 1, 2, 0, 1, 4, 9]


@wherever
def test_a_loop_that_looks_is_ended(run: Any) -> None:
    seen: list[int] = []
    items = iter(range(10**9))

    def work() -> None:
        with deadline(0.02) as limit:
            for item in limit.over(items):
                seen.append(item)

    with pytest.raises(TimeoutError, match=r"not done within 0\.02 s"):
        run(work)
    assert next(items) == len(seen)  # none was taken and lost


@wherever
def test_one_that_does_not_is_told_at_its_end(run: Any) -> None:
    done: list[bool] = []

    def work() -> None:
        with deadline(0.01):
            time.sleep(0.03)
            done.append(True)

    with pytest.raises(TimeoutError):
        run(work)
    assert done == [True]


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
@wherever
def test_threads_are_joined(run: Any) -> None:
    """Those that look end at once; those that do not are waited for; the rest never begins."""
    before = threading.active_count()
    begun: list[int] = []
    ended: list[int] = []

    def work() -> None:
        with deadline(0.05) as limit:

            def task(number: int) -> int:
                begun.append(number)
                try:
                    if number == 0:
                        return 0
                    while True:
                        limit.check()
                        time.sleep(0.001)
                finally:
                    ended.append(number)

            results = limit.map(task, range(100), 3)
            assert next(results) == 0
            next(results)

    with pytest.raises(TimeoutError):
        run(work)
    assert sorted(begun) == sorted(ended)
    assert len(begun) <= 4
    assert threading.active_count() == before


@pytest.mark.thread_unsafe(reason="counts the threads or descriptors of the process")
def test_results_that_nobody_asks_for() -> None:
    before = threading.active_count()
    stop = threading.Event()
    with deadline(60) as limit:
        limit.map(lambda _: stop.wait(60), range(100), 2)
        stop.set()
    assert threading.active_count() == before


@wherever
def test_other_exceptions_come_through(run: Any) -> None:
    def work() -> None:
        with deadline(0) as limit:
            assert limit.expired
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run(work)

    def fails(number: int) -> int:
        raise TimeoutError("the server's")

    def other() -> None:
        with deadline(60) as limit:
            list(limit.map(fails, range(3)))

    with pytest.raises(TimeoutError, match="the server's"):
        run(other)


def test_one_within_another() -> None:
    with deadline(60) as outer:
        with pytest.raises(TimeoutError, match="0 s"), deadline(0) as inner:
            inner.check()
        outer.check()
    with pytest.raises(TimeoutError, match=r"0\.01 s"), deadline(0.01), deadline(60) as inner:
        time.sleep(0.02)
        inner.check()


def test_many_at_once() -> None:
    def work(number: int) -> bool:
        try:
            with deadline(0.02 if number % 2 else 60) as limit:
                end = time.monotonic() + 0.05
                while time.monotonic() < end:
                    limit.check()
                    time.sleep(0.001)
        except TimeoutError:
            return True
        return False

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(16))) == [bool(n % 2) for n in range(16)]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
def test_no_number_of_seconds(seconds: float) -> None:
    with pytest.raises(ValueError, match="deadline"):
        deadline(seconds)


def test_it_is_used_once() -> None:
    limit = deadline(5)
    assert (limit.remaining, limit.expired) == (5, False)
    with limit:
        pass
    with pytest.raises(RuntimeError), limit:
        pass
