# SPDX-License-Identifier: MIT
"""Threads that wait for work, and functions called with many items by them.

No test waits for a time to pass: threads wait for each other, and what would hang is a failure
after a minute.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import records as make
from alone import LONG, run
from hypothesis import given
from hypothesis import strategies as st

from mrrc.concurrency import (
    ConcurrencyError,
    ItemError,
    MapTimeout,
    PoolClosed,
    SafeThread,
    SafeThreadPool,
    safe_parallel_map,
    safe_thread_decorator,
)
from mrrc.cores import usable_cores
from mrrc.parallel import map_records


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    gc.collect()
    for thread in set(threading.enumerate()) - before:
        thread.join(LONG)
        assert not thread.is_alive()


def here(_: object = None) -> str:
    return threading.current_thread().name


def fail_at(bad: int, error: BaseException | None = None) -> Callable[[int], int]:
    def func(number: int) -> int:
        if number == bad:
            raise error or ValueError(f"bad {number}")
        return -number

    return func


# Pools ---------------------------------------------------------------------------------


def test_the_default_size_works() -> None:
    with SafeThreadPool() as pool:
        assert pool.max_workers == min(32, usable_cores() + 4)
        assert pool.submit(pow, 2, 10).result(LONG) == 1024
        assert pool.thread_name_prefix == "SafeThreadPool"
        assert pool.submit(here).result(LONG).startswith("SafeThreadPool")


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("take", [SafeThreadPool, safe_thread_decorator])
def test_no_workers(take: Callable[..., Any], number: int) -> None:
    with pytest.raises(ValueError, match=f"max_workers is 1 or more, not {number}"):
        take(max_workers=number)


@pytest.mark.parametrize("number", ["4", 2.0, True, print])
@pytest.mark.parametrize("take", [SafeThreadPool, safe_thread_decorator])
def test_workers_that_are_no_number(take: Callable[..., Any], number: Any) -> None:
    with pytest.raises(TypeError, match="max_workers is a whole number"):
        take(number)


def test_leaving_finishes_what_is_pending() -> None:
    go = threading.Event()
    done: list[int] = []
    with SafeThreadPool(max_workers=2) as pool:
        futures = [pool.submit(lambda n: go.wait(LONG) and done.append(n), n) for n in range(100)]
        assert pool.active_tasks == 100
        threading.Timer(0.01, go.set).start()
    assert sorted(done) == list(range(100))
    assert all(future.done() for future in futures)
    assert pool.active_tasks == 0


def test_an_error_within_finishes_it_too() -> None:
    go = threading.Event()
    with pytest.raises(ValueError, match="within"), SafeThreadPool(1) as pool:
        futures = [pool.submit(go.wait, LONG) for _ in range(3)]
        go.set()
        raise ValueError("within")
    assert [future.result(0) for future in futures] == [True] * 3


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_within_cancels_what_has_not_begun(kind: type[BaseException]) -> None:
    begun, go = threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        return go.wait(LONG)

    with pytest.raises(kind), SafeThreadPool(1) as pool:
        futures = [pool.submit(work) for _ in range(3)]
        begun.wait(LONG)
        threading.Timer(0.01, go.set).start()
        raise kind
    assert [future.cancelled() for future in futures] == [False, True, True]
    assert futures[0].result(0) is True


def test_a_real_future() -> None:
    """PyFerris's has neither of these."""
    begun, go = threading.Event(), threading.Event()
    error = ValueError("bad")

    def work() -> None:
        begun.set()
        go.wait(LONG)
        raise error

    with SafeThreadPool(1) as pool:
        first, second = pool.submit(work), pool.submit(here)
        assert isinstance(first, Future)
        begun.wait(LONG)
        assert first.running() and not first.cancel()
        assert second.cancel() and second.cancelled()
        assert pool.active_tasks == 1
        told: list[Any] = []
        first.add_done_callback(told.append)
        with pytest.raises(concurrent.futures.TimeoutError):
            first.result(0.001)
        go.set()
        assert first.exception(LONG) is error
        with pytest.raises(ValueError) as it:
            first.result()
        assert it.value is error
        assert concurrent.futures.wait([first, second], LONG).not_done == set()
    assert told == [first]


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_a_task_may_raise_anything(kind: type[BaseException]) -> None:
    with SafeThreadPool(1) as pool:
        future = pool.submit(fail_at(1, kind("stop")), 1)
        with pytest.raises(kind, match="stop"):
            future.result(LONG)
        assert pool.submit(here).result(LONG)  # the thread lives on


def test_arguments_need_not_be_picklable() -> None:
    lock = threading.Lock()
    with SafeThreadPool(1) as pool:
        assert pool.submit(lambda func, *, held: func(held), lambda it: it, held=lock).result(
            LONG
        ) is (lock)


def test_active_tasks_are_right_as_soon_as_a_result_is_there() -> None:
    with SafeThreadPool(2) as pool:
        for _ in range(500):
            assert pool.submit(int).result(LONG) == 0
            assert pool.active_tasks == 0


def test_after_shutdown() -> None:
    pool = SafeThreadPool(2)
    assert pool.map(abs, [-1]) == [1]
    pool.shutdown()
    pool.shutdown(wait=False)
    for use in (lambda: pool.submit(here), lambda: pool.map(here, [1]), lambda: pool.map(here, [])):
        with pytest.raises(PoolClosed, match="shut down") as it:
            use()
        assert isinstance(it.value, RuntimeError)  # as PyFerris and the standard library have it


def test_shutdown_without_waiting() -> None:
    go = threading.Event()
    pool = SafeThreadPool(1)
    futures = [pool.submit(go.wait, LONG) for _ in range(3)]
    pool.shutdown(wait=False)
    assert pool.active_tasks == 3
    go.set()
    assert [future.result(LONG) for future in futures] == [True] * 3


def test_whoever_waits_is_told_that_work_was_cancelled() -> None:
    """The standard library's own pool leaves `wait` waiting."""
    begun, go = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go.wait(LONG)

    pool = SafeThreadPool(1)
    futures = [pool.submit(work) for _ in range(3)]
    mapping = SafeThread(target=pool.map, args=(abs, [-1, -2]))
    begun.wait(LONG)
    mapping.start()
    while pool.active_tasks < 4:
        mapping.join(0.001)
    pool.shutdown(wait=False, cancel_futures=True)
    go.set()
    assert concurrent.futures.wait(futures, LONG).not_done == set()
    assert [future.cancelled() for future in futures] == [False, True, True]
    assert mapping.join(LONG)
    assert isinstance(mapping.get_exception(), PoolClosed)


def test_shutdown_by_a_task() -> None:
    with SafeThreadPool(1) as pool:
        with pytest.raises(ConcurrencyError, match="its own|the pool that it runs in"):
            pool.submit(pool.shutdown).result(LONG)
        pool.submit(pool.shutdown, False).result(LONG)
    with pytest.raises(PoolClosed):
        pool.submit(here)


def test_a_pool_that_is_forgotten_leaves_no_thread() -> None:
    pool = SafeThreadPool(2)
    task = pool.submit(object)
    result = task.result(LONG)
    gone = weakref.ref(pool), weakref.ref(task)
    del pool, task, result
    gc.collect()
    assert [each() for each in gone] == [None, None]  # and the fixture sees to the threads


def test_no_thread_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    with SafeThreadPool(1) as pool, monkeypatch.context() as patched:

        def refuse(self: object) -> None:
            raise RuntimeError("can't start new thread")

        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(ConcurrencyError, match="cannot take work: can't start") as it:
            pool.submit(here)
        assert isinstance(it.value.__cause__, RuntimeError)
        with pytest.raises(ConcurrencyError, match="cannot take work"):
            pool.map(here, [1, 2])
        assert pool.active_tasks == 0


def test_others_take_it_for_an_executor() -> None:
    data = b"".join(make.sample(number) for number in range(10))
    with SafeThreadPool(2) as pool:
        assert isinstance(pool, concurrent.futures.Executor)
        assert len(list(map_records(data, here, executor=pool))) == 10

        async def work() -> int:
            return await asyncio.get_running_loop().run_in_executor(pool, abs, -1)

        assert asyncio.run(work()) == 1


def test_at_most_so_many_threads() -> None:
    names: set[str] = set()
    with SafeThreadPool(3, "few") as pool:
        pool.map(lambda _: names.add(here()), range(300))
    assert 1 <= len(names) <= 3
    assert all(name.startswith("few") for name in names)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_many_submit(threads: int) -> None:
    with SafeThreadPool(threads) as pool:

        def submit(start: int) -> int:
            return sum(pool.submit(abs, -n).result(LONG) for n in range(start, start + 100))

        with ThreadPoolExecutor(4) as others:
            assert sum(others.map(submit, range(0, 400, 100))) == sum(range(400))
        assert pool.active_tasks == 0


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_turns_as_short_as_can_be(threads: int) -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with SafeThreadPool(threads) as pool:
            for _ in range(10):
                futures = [pool.submit(abs, -number) for number in range(100)]
                assert pool.map(abs, range(-100, 0)) == list(range(100, 0, -1))
                assert [future.result(LONG) for future in futures] == list(range(100))
                with pytest.raises(ItemError, match="item 50, 50:"):
                    pool.map(fail_at(50), range(100))
                assert pool.active_tasks == 0
                assert safe_parallel_map(abs, range(100), threads) == list(range(100))
    finally:
        sys.setswitchinterval(before)


# Many items ----------------------------------------------------------------------------


@given(st.lists(st.integers()), st.integers(1, 5), st.integers(1, 50))
def test_as_map(items: list[int], workers: int, chunksize: int) -> None:
    with SafeThreadPool(workers) as pool:
        assert pool.map(str, iter(items), chunksize=chunksize) == list(map(str, items))
    assert safe_parallel_map(str, iter(items), workers, chunksize) == list(map(str, items))


@given(st.integers(1, 200), st.data())
def test_the_first_failure_is_told(count: int, data: st.DataObject) -> None:
    bad = data.draw(st.sets(st.integers(0, count - 1), min_size=1))
    chunksize = data.draw(st.integers(1, 50))

    def func(number: int) -> None:
        if number in bad:
            raise ValueError(f"bad {number}")

    with SafeThreadPool(3) as pool:
        with pytest.raises(ItemError) as it:
            pool.map(func, range(count), chunksize=chunksize)
    with pytest.raises(ItemError) as other:
        safe_parallel_map(func, range(count), 3, chunksize)
    assert it.value.index == it.value.item == other.value.index == min(bad)
    assert isinstance(it.value.__cause__, ValueError)
    assert str(it.value.__cause__) == f"bad {min(bad)}"


def test_results_are_a_list_in_order() -> None:
    done = threading.Event()

    def func(number: int) -> int:
        if number == 0:
            assert done.wait(LONG)
        elif number == 7:
            done.set()
        return number

    assert safe_parallel_map(func, range(8), max_workers=4) == list(range(8))
    assert safe_parallel_map(func, [], max_workers=4) == []


def threads_of(pool: SafeThreadPool, count: int, chunksize: int) -> list[str]:
    """Which thread has called for each item; in no other item of its own is each of them."""
    barrier = threading.Barrier(2)

    def func(number: int) -> str:
        if number % chunksize == 0:
            barrier.wait(LONG)
        return here()

    return pool.map(func, range(count), chunksize=chunksize)


@pytest.mark.parametrize("chunksize", [1, 2, 5, 10])
def test_chunks_are_of_that_size(chunksize: int) -> None:
    """PyFerris takes no notice of it."""
    with SafeThreadPool(2) as pool:
        names = threads_of(pool, 2 * chunksize, chunksize)
    assert len(set(names[:chunksize])) == len(set(names[chunksize:])) == 1
    assert names[0] != names[-1]


def test_chunks_of_no_size() -> None:
    with SafeThreadPool(1) as pool:
        with pytest.raises(ValueError, match="chunksize is 1 or more, not 0"):
            pool.map(str, [1], chunksize=0)
        with pytest.raises(TypeError, match="chunksize is a whole number, not str"):
            pool.map(str, [1], chunksize="1")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="chunksize is 1 or more, not -1"):
        safe_parallel_map(str, [1], chunksize=-1)


def test_portions_are_large_first_and_small_at_the_end() -> None:
    from mrrc.concurrency.thread_pool import _portions

    sizes = [stop - begin for begin, stop in _portions(20_000, 1, 16)]
    assert sizes[0] == 1250 and sizes[-16:] == [1] * 16
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == 20_000 and len(sizes) < 150
    assert {stop - begin for begin, stop in _portions(100, 10, 16)} == {10}


def test_slow_items_go_to_all_threads() -> None:
    barrier = threading.Barrier(4)
    assert safe_parallel_map(lambda _: barrier.wait(LONG) >= 0, range(4), 4) == [True] * 4


@pytest.mark.parametrize("chunksize", [1, 4, 100])
def test_what_has_not_begun_never_does(chunksize: int) -> None:
    begun: list[int] = []
    failed = threading.Event()

    def func(number: int) -> None:
        begun.append(number)
        if number == 3:
            failed.set()
            raise ValueError("bad")

    with SafeThreadPool(1) as pool:
        with pytest.raises(ItemError):
            pool.map(func, range(100), chunksize=chunksize)
        assert begun == [0, 1, 2, 3]
        assert pool.active_tasks == 0
        assert pool.map(str, [1]) == ["1"]  # and goes on with others


def test_a_portion_that_has_begun_is_left() -> None:
    """Another thread's failure ends it between two items."""
    halfway, failed = threading.Event(), threading.Event()
    begun: list[int] = []

    def func(number: int) -> None:
        begun.append(number)
        if number == 0:
            assert halfway.wait(LONG)
            raise ValueError("bad")
        if number == 10:
            halfway.set()
            while not work.failed:
                failed.wait(0.001)

    from mrrc.concurrency.thread_pool import _Items, _portions

    work = _Items(func, list(range(20)), _portions(20, 10))
    with ThreadPoolExecutor(2) as pool:
        pool.submit(work.work), pool.submit(work.work)
    assert sorted(begun) == [0, 10]
    with pytest.raises(ItemError, match="item 0, 0: ValueError: bad"):
        work.result()


def test_the_item_is_told() -> None:
    with pytest.raises(ItemError) as it:
        safe_parallel_map(len, ["a", "b" * 1000, 3, "c"])  # type: ignore[list-item]
    assert (it.value.index, it.value.item) == (2, 3)
    assert str(it.value).startswith("the function failed for item 2, 3: TypeError: ")
    assert isinstance(it.value, ConcurrencyError)


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_is_no_exception_comes_as_it_is(kind: type[BaseException]) -> None:
    error = kind("stop")
    with pytest.raises(kind) as it:
        safe_parallel_map(fail_at(5, error), range(10), 2)
    assert it.value is error


def test_an_iterable_that_fails() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    called: list[int] = []
    with pytest.raises(ValueError, match="no more"):
        safe_parallel_map(called.append, items())
    assert called == []


def test_the_timeout_is_for_all_of_it() -> None:
    """PyFerris waits so long for each item."""
    go, begun = threading.Event(), []

    def func(number: int) -> bool:
        begun.append(number)
        return go.wait(LONG)

    with SafeThreadPool(2) as pool:
        with pytest.raises(MapTimeout) as it:
            pool.map(func, range(50), timeout=0.05)
        assert isinstance(it.value, TimeoutError)
        go.set()
    assert sorted(begun) == [0, 1]  # the others never began


def test_time_enough() -> None:
    with SafeThreadPool(2) as pool:
        assert pool.map(abs, [-1, -2], LONG) == [1, 2]
        with pytest.raises(TypeError, match="timeout is a number of seconds, not range"):
            pool.map(pow, range(3), range(3))  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="nan"):
            pool.map(abs, [1], float("nan"))


def test_a_map_within_a_task_of_the_same_pool() -> None:
    with SafeThreadPool(1) as pool:
        assert pool.submit(pool.map, abs, range(-3, 0)).result(LONG) == [3, 2, 1]
        assert pool.map(lambda n: sum(pool.map(abs, [-n])), [1, 2]) == [1, 2]
        with pytest.raises(ItemError):
            pool.submit(pool.map, fail_at(1), range(3)).result(LONG)


def test_a_map_within_a_task_looks_at_the_time() -> None:
    with SafeThreadPool(1) as pool:
        begun: list[int] = []
        with pytest.raises(MapTimeout):
            pool.submit(pool.map, begun.append, range(10), 0).result(LONG)
        assert begun == []
        assert pool.submit(pool.map, abs, [-1], LONG).result(LONG) == [1]


def test_a_map_that_is_forgotten_keeps_nothing() -> None:
    class Item:
        pass

    items = [Item() for _ in range(10)]
    gone = [weakref.ref(item) for item in items]
    with SafeThreadPool(2) as pool:
        assert len(pool.map(id, items)) == 10
        with pytest.raises(ItemError):
            pool.map(fail_at(0), [0])
        del items
        gc.collect()
        assert [each() for each in gone] == [None] * 10


# Decorated functions -------------------------------------------------------------------


def test_a_decorated_function() -> None:
    @safe_thread_decorator(max_workers=2)
    def total(numbers: list[int], start: int = 0) -> int:
        """Add up."""
        return sum(numbers, start)

    before = threading.active_count()
    assert (total.__name__, total.__doc__) == ("total", "Add up.")  # type: ignore[attr-defined]
    assert threading.active_count() == before  # no thread before it is called
    future = total([1, 2], start=3)
    assert isinstance(future, Future)
    assert future.result(LONG) == 6
    total.shutdown()
    with pytest.raises(PoolClosed, match="total"):
        total([1])


def test_a_decorated_function_that_fails() -> None:
    decorated = safe_thread_decorator()(fail_at(1))
    with pytest.raises(ValueError, match="bad 1"):
        decorated(1).result(LONG)
    decorated.shutdown(wait=True)


def test_a_decorated_method() -> None:
    class Counter:
        factor = 2

        @safe_thread_decorator(1)
        def times(self, number: int) -> int:
            return self.factor * number

    assert Counter().times(4).result(LONG) == 8


def test_shut_down_before_any_call() -> None:
    decorated = safe_thread_decorator(1)(here)
    decorated.shutdown()
    with pytest.raises(PoolClosed):
        decorated()


# Forks and interrupts ------------------------------------------------------------------


def test_a_fork_has_no_threads_to_wait_for() -> None:
    script = """
import os, threading
from mrrc.concurrency import LostByFork, SafeThreadPool, safe_parallel_map, safe_thread_decorator
go = threading.Event()
waits = safe_thread_decorator(1)(go.wait)
with SafeThreadPool(1) as pool:
    done = pool.submit(int); done.result()
    lost = [pool.submit(go.wait), pool.submit(go.wait), waits()]
    lost[0].add_done_callback(lambda _: print("told", flush=True))  # over there only
    pid = os.fork()
    if pid == 0:
        found = [done.result()]
        for ask in (*[each.result for each in lost], lambda: pool.submit(int),
                    lambda: pool.map(abs, [1])):
            try:
                ask()
            except LostByFork as error:
                found.append(type(error).__name__)
        go = threading.Event(); go.set()
        found += [pool.active_tasks, safe_parallel_map(abs, [-1]), waits(0).result()]
        pool.shutdown()
        with SafeThreadPool(1) as own:
            found.append(own.submit(int).result())
        assert found == [0, *["LostByFork"] * 5, 0, [1], False, 0], found
    else:
        print(os.waitpid(pid, 0)[1])
        go.set()
if pid:
    print(*[each.result() for each in lost], pool.active_tasks)
"""
    assert run(script) == "0\ntold\nTrue True True 0\n"


def test_a_fork_while_locks_are_taken() -> None:
    """Whatever the other threads hold at the moment, the process that is forked off goes on."""
    script = """
import os, sys, threading
from mrrc.concurrency import LostByFork, SafeThreadPool
sys.setswitchinterval(1e-6)
stop = threading.Event()
with SafeThreadPool(2) as pool:
    def press():
        while not stop.is_set():
            pool.submit(int).result()
    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                pool.submit(int)
            except LostByFork:
                pool.shutdown()
                code = pool.active_tasks
            os._exit(code)
        assert os.waitpid(pid, 0)[1] == 0
    stop.set()
    for thread in threads:
        thread.join()
"""
    assert run(script) == ""


def test_an_interrupt_ends_a_map() -> None:
    script = """
import os, signal, threading, time
from mrrc.concurrency import safe_parallel_map
begun, go = [], threading.Event()
def left():
    return [thread.name for thread in threading.enumerate() if "map" in thread.name]
def func(number):
    begun.append(number)
    if len(begun) == 2 and number == begun[1]:
        os.kill(os.getpid(), signal.SIGINT)
    go.wait()
def interrupt(*arguments):
    threading.Timer(1, go.set).start()  # what runs goes on when nothing more can begin
    raise KeyboardInterrupt
signal.signal(signal.SIGINT, interrupt)
try:
    safe_parallel_map(func, range(100), max_workers=2)
except KeyboardInterrupt:
    limit = time.monotonic() + 60
    while left() and time.monotonic() < limit:  # the last are about to end
        time.sleep(0.01)
    print("interrupted", sorted(begun), left())
"""
    assert run(script) == "interrupted [0, 12] []\n"  # a portion each


def test_threads_of_ours_in_threads_of_ours() -> None:
    def work(number: int) -> list[int]:
        return safe_parallel_map(abs, range(-number, 0), 2)

    threads = [SafeThread(target=work, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    assert [len(thread.get_result(LONG)) for thread in threads] == [1, 2, 3, 4]
