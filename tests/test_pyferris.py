# SPDX-License-Identifier: MIT
"""Programs written for PyFerris 0.5 run when only what they import from is another.

They do what its pages on safe threading show, in words of our own. What it gets wrong there, by
measurement, is right here: those tests say in their names what it does.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from alone import LONG, run

from mrrc import concurrency
from mrrc.concurrency import (
    SafeCondition,
    SafeLock,
    SafeThread,
    SafeThreadError,
    SafeThreadPool,
    create_safe_shared_data,
    run_in_safe_thread,
    safe_parallel_map,
    safe_thread_decorator,
)

# PyFerris's own, by inspect.signature; some take more here, by keyword.
SIGNATURES = {
    "SafeThread": "(target=None, name=None, args=(), kwargs=None, daemon=None)",
    "SafeThread.start": "(self)",
    "SafeThread.run": "(self)",
    "SafeThread.join": "(self, timeout=None)",
    "SafeThread.is_alive": "(self)",
    "SafeThread.get_result": "(self, timeout=None)",
    "SafeThread.get_exception": "(self)",
    "SafeThreadPool": "(max_workers=None, thread_name_prefix='SafeThreadPool')",
    "SafeThreadPool.submit": "(self, func, *args, **kwargs)",
    "SafeThreadPool.map": "(self, func, iterable, timeout=None, chunksize=1)",
    "SafeThreadPool.shutdown": "(self, wait=True)",
    "safe_thread_decorator": "(max_workers=None)",
    "run_in_safe_thread": "(func, *args, **kwargs)",
    "safe_parallel_map": "(func, iterable, max_workers=None, chunksize=1)",
}

PROPERTIES = {
    "SafeThread.name": True,
    "SafeThread.daemon": True,
    "SafeThreadPool.active_tasks": False,
}


def found(dotted: str) -> Any:
    value: Any = concurrency
    for name in dotted.split("."):
        value = getattr(value, name)
    return value


@pytest.mark.parametrize("dotted", SIGNATURES)
def test_names_arguments_and_defaults(dotted: str) -> None:
    taken = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(found(dotted)).parameters.values()
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    text = str(inspect.Signature(taken)).replace(", /", "")  # the function may be named otherwise
    assert text == SIGNATURES[dotted]


@pytest.mark.parametrize(("dotted", "settable"), PROPERTIES.items())
def test_properties(dotted: str, settable: bool) -> None:
    value = found(dotted)
    assert isinstance(value, property)
    assert (value.fset is not None) is settable


def squares(limit: int) -> int:
    return sum(number * number for number in range(limit))


# What its page shows --------------------------------------------------------------------


def test_a_thread_and_its_result() -> None:
    thread = SafeThread(target=squares, args=(1000,))
    thread.start()
    thread.join()
    assert thread.get_result() == squares(1000)


def test_a_pool_with_single_tasks_and_with_a_map() -> None:
    with SafeThreadPool(max_workers=4) as pool:
        futures = [pool.submit(squares, number) for number in range(200)]
        single = [future.result() for future in futures]
        assert pool.map(squares, range(200)) == single == [squares(n) for n in range(200)]


def test_a_map_in_chunks() -> None:
    assert safe_parallel_map(squares, range(2000), max_workers=4, chunksize=100) == [
        squares(number) for number in range(2000)
    ]


def test_a_decorated_function_gives_a_future() -> None:
    @safe_thread_decorator(max_workers=4)
    def total(numbers: range) -> int:
        return sum(number * number for number in numbers)

    future = total(range(1000))
    assert future.result() == squares(1000)
    total.shutdown()


def test_data_that_threads_share() -> None:
    results = create_safe_shared_data("dict")
    tasks = create_safe_shared_data("queue")
    count = create_safe_shared_data("counter", initial_value=0)
    numbers = create_safe_shared_data("array", [1, 2, 3])

    def work(thread_id: int) -> None:
        count.increment()
        results.put(f"thread {thread_id}", thread_id * thread_id)
        tasks.push(thread_id)

    threads = [SafeThread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        assert thread.join(LONG)
        thread.get_result()
    assert (count.get(), results.size(), results.get("thread 4")) == (5, 5, 16)
    assert sorted(tasks.pop() for _ in range(5)) == [0, 1, 2, 3, 4]
    assert tasks.pop() is None
    numbers.set(0, "one")
    assert [numbers.get(index) for index in range(3)] == ["one", 2, 3]
    assert create_safe_shared_data("counter", 3).decrement() == 2


def test_a_lock_and_a_condition() -> None:
    lock, condition = SafeLock(), SafeCondition()
    total = told = 0

    def add() -> None:
        nonlocal total
        for _ in range(100):
            with lock:
                total += 1

    def wait() -> None:
        with condition:
            condition.wait_for(lambda: told, timeout=LONG)

    threads = [SafeThread(target=add) for _ in range(4)] + [SafeThread(target=wait)]
    for thread in threads:
        thread.start()
    with condition:
        told = 1
        condition.notify()
    for thread in threads:
        assert thread.join(LONG) and thread.get_exception() is None
    assert total == 400 and not lock.locked()


def test_from_threading_to_safe_threading() -> None:
    """The same lines with either class, and one more with ours."""
    for kind in (threading.Thread, SafeThread):
        called: list[tuple[int, int]] = []

        def func(first: int, second: int, called: list[tuple[int, int]] = called) -> int:
            called.append((first, second))
            return first + second

        thread = kind(target=func, args=(1, 2))
        thread.start()
        thread.join()
        assert called == [(1, 2)]
    assert isinstance(thread, SafeThread)
    assert thread.get_result() == 3


def test_its_properties_and_errors() -> None:
    thread = SafeThread(target=squares, name="first")
    assert not thread.is_alive()
    thread.name = "squares"
    thread.daemon = True
    assert (thread.name, thread.daemon) == ("squares", True)
    with pytest.raises(SafeThreadError):
        thread.get_result()
    thread.start()
    assert thread.join(timeout=LONG)
    assert isinstance(thread.get_exception(), TypeError)
    with pytest.raises(SafeThreadError):
        thread.get_result()


# What it gets wrong ---------------------------------------------------------------------


def test_a_pool_of_the_default_size_has_an_attribute_error() -> None:
    script = """
from mrrc.concurrency import SafeThreadPool, safe_parallel_map, safe_thread_decorator
with SafeThreadPool() as pool:
    print(pool.submit(abs, -1).result(), pool.map(abs, [-2]), safe_parallel_map(abs, [-3]))
print(safe_thread_decorator()(abs)(-4).result())
"""
    assert run(script) == "1 [2] [3]\n4\n"


def test_leaving_a_pool_with_pending_tasks_hangs() -> None:
    script = """
import time
from mrrc.concurrency import SafeThreadPool
done = []
with SafeThreadPool(max_workers=2) as pool:
    for number in range(20):
        pool.submit(lambda: (time.sleep(0.001), done.append(1)))
print(len(done), pool.active_tasks)
"""
    assert run(script) == "20 0\n"


def test_a_chunksize_is_ignored() -> None:
    barrier = threading.Barrier(2)

    def func(number: int) -> int:
        if number in (0, 50):
            barrier.wait(LONG)
        return threading.get_ident()

    with SafeThreadPool(2) as pool:
        idents = pool.map(func, range(100), chunksize=50)
    assert len(set(idents[:50])) == len(set(idents[50:])) == 1
    assert idents[0] != idents[50]


def test_a_timeout_is_for_each_item() -> None:
    go = threading.Event()
    with SafeThreadPool(1) as pool:
        begin = time.monotonic()
        with pytest.raises(TimeoutError):
            # each in time, and all of them not
            pool.map(lambda _: go.wait(0.1), range(100), timeout=0.3)
        assert time.monotonic() - begin < 5
        go.set()


def test_the_cause_of_a_failure_is_dropped() -> None:
    thread = SafeThread(target=int, args=("x",))
    thread.start()
    with pytest.raises(SafeThreadError) as it:
        thread.get_result(LONG)
    assert it.value.__cause__ is thread.get_exception()
    assert isinstance(it.value.__cause__, ValueError)


def test_run_in_safe_thread_gives_no_future() -> None:
    done = run_in_safe_thread(squares, 10)
    assert isinstance(done, Future)
    assert done.get_result(LONG) == done.result(LONG) == squares(10)


@pytest.mark.parametrize("submit", [lambda: SafeThreadPool(1).submit, lambda: run_in_safe_thread])
def test_a_future_cannot_be_cancelled_or_asked_for_its_exception(
    submit: Callable[[], Callable[..., Future[Any]]],
) -> None:
    future = submit()(int, "x")
    assert isinstance(future.exception(LONG), ValueError)
    assert future.cancel() is False
    told = threading.Event()
    future.add_done_callback(lambda _: told.set())
    assert told.wait(LONG)


def test_an_exit_in_a_thread_comes_back_as_the_result_none() -> None:
    thread = SafeThread(target=exit, args=(3,))
    thread.start()
    with pytest.raises(SafeThreadError) as it:
        thread.get_result(LONG)
    assert isinstance(it.value.__cause__, SystemExit)


def test_a_target_stands_before_a_run_that_is_overridden() -> None:
    class Own(SafeThread):
        def run(self) -> str:
            return "run"

    thread = Own(target=lambda: "target")
    thread.start()
    assert thread.get_result(LONG) == "run"
