# SPDX-License-Identifier: MIT
"""Counters, dictionaries and arrays that threads share."""

from __future__ import annotations

import copy
import inspect
import operator
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from thread_work import (
    LONG,
    all_at_once,
    elsewhere,
    holding,
    in_a_child,
    needs_fork,
    short_turns,
)

from mrrc.concurrency import (
    AtomicCounter,
    CapacityError,
    SharedArray,
    SharedDict,
    SharedQueue,
    create_safe_shared_data,
)

pytestmark = pytest.mark.thread_unsafe(reason="sets the switch interval, forks, and presses Ctrl-C")


@pytest.fixture(autouse=True)
def turns() -> Iterator[None]:
    with short_turns():
        yield


def slowly(number: int) -> int:
    """One more, with a turn for others meanwhile."""
    time.sleep(0)
    return number + 1


# Four threads, a hundred times each; and other numbers of threads.

THREADS = pytest.mark.parametrize("threads", [1, 2, 3, 4, 8])


@pytest.mark.thread_safety
@THREADS
def test_a_counter_loses_nothing(threads: int) -> None:
    count, seen = AtomicCounter(), [[] for _ in range(threads)]  # type: ignore[var-annotated]

    def work(number: int) -> None:
        seen[number].append(count.increment())
        count.add(3)
        count.sub(2)
        count.decrement()

    all_at_once(work, threads, times=100)
    assert count.get() == threads * 100
    assert all(len(each) == 100 for each in seen)

    again, numbers = AtomicCounter(), [[] for _ in range(threads)]  # type: ignore[var-annotated]
    all_at_once(lambda number: numbers[number].append(again.increment()), threads, times=100)
    assert sorted(n for each in numbers for n in each) == list(range(1, threads * 100 + 1))


def test_a_counter_under_eight_threads() -> None:
    count = AtomicCounter()

    def work(_: int) -> None:
        for _ in range(5000):
            count.increment()

    all_at_once(work, 8)
    assert count.value == 40_000


@pytest.mark.thread_safety
@THREADS
def test_a_dictionary_loses_nothing(threads: int) -> None:
    shared: SharedDict[str, int] = SharedDict()

    def work(number: int) -> None:
        shared.change("all", slowly, 0)
        shared.change(str(number), slowly, 0)
        shared.put(f"{number} {len(shared)}", 1)
        for key, value in shared.items():
            assert value >= 0, key
        shared.setdefault("begun", 1)
        shared.update({"a": 1, "b": 2})

    all_at_once(work, threads, times=100)
    assert shared["all"] == threads * 100
    assert [shared.get(str(number)) for number in range(threads)] == [100] * threads


@pytest.mark.thread_safety
@THREADS
def test_an_array_loses_nothing(threads: int) -> None:
    shared = create_safe_shared_data("array", [0] * threads)
    grown: SharedArray[int] = SharedArray()

    def work(number: int) -> None:
        shared.change(0, slowly)
        grown.extend([number, number])
        grown.append(number)

    all_at_once(work, threads, times=100)
    assert shared.get(0) == threads * 100
    assert sorted(grown) == sorted(n for n in range(threads) for _ in range(300))
    pairs = grown.to_list()  # two that come at once stand side by side
    assert sum(a == b for a, b in zip(pairs, pairs[1:])) >= threads * 100


def test_room_for_so_many_and_no_more() -> None:
    shared: SharedArray[int] = SharedArray(250)
    refused = AtomicCounter()

    def work(number: int) -> None:
        try:
            shared.append(number)
        except CapacityError:
            refused.increment()

    all_at_once(work, 4, times=100)
    assert (len(shared), refused.get()) == (250, 150)


# Counters.


def test_a_counter() -> None:
    count = AtomicCounter(5)
    assert (count.increment(), count.decrement(), count.add(3), count.sub(1)) == (6, 5, 8, 7)
    assert (count.get(), count.value, int(count), operator.index(count)) == (7, 7, 7, 7)
    assert (count + 1, count - 1) == (8, 6)
    assert repr(count) == "AtomicCounter(value=7)"
    assert count.compare_and_swap(7, 1) == 7
    assert count.compare_and_swap(7, 2) == 1
    count.set(2**70)
    assert count.increment() == 2**70 + 1
    count.reset()
    assert count.get() == AtomicCounter().get() == 0


@pytest.mark.parametrize("value", ["1", 1.5, None])
def test_a_counter_counts_whole_numbers(value: Any) -> None:
    count = AtomicCounter(3)
    for step in (count.add, count.sub, count.set, lambda v: count.compare_and_swap(3, v)):
        with pytest.raises(TypeError):
            step(value)
    with pytest.raises(TypeError):
        AtomicCounter(value)
    assert count.get() == 3


# Dictionaries: beside the language's own.

KEYS = st.sampled_from(["a", "b", 3, None])
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["set", "put", "__setitem__", "setdefault"]), KEYS, st.integers()
        ),
        st.tuples(
            st.sampled_from(["get", "pop", "remove", "contains", "__getitem__", "__delitem__"]),
            KEYS,
        ),
        st.tuples(st.just("update"), st.dictionaries(KEYS, st.integers())),
        st.tuples(st.just("clear")),
    )
)


@given(STEPS)
def test_a_dictionary_is_a_dictionary(steps: list[Any]) -> None:
    shared: SharedDict[Any, int] = SharedDict()
    plain: dict[Any, int] = {}
    same = {
        "set": "__setitem__",
        "put": "__setitem__",
        "contains": "__contains__",
    }

    def result(of: Any, name: str, arguments: Any) -> Any:
        try:
            return getattr(of, name)(*arguments)
        except KeyError as error:
            return type(error), error.args

    for name, *arguments in steps:
        got = result(shared, name, arguments)
        if name in ("pop", "remove"):
            wanted = plain.pop(arguments[0], None)
            wanted = None if name == "remove" else wanted
        else:
            wanted = result(plain, same.get(name, name), arguments)
        assert got == wanted
        assert shared.to_dict() == plain
    assert (shared.keys(), shared.values()) == (list(plain), list(plain.values()))
    assert (shared.items(), list(shared)) == (list(plain.items()), list(plain))
    assert shared.size() == shared.len == len(shared) == len(plain)
    assert shared.is_empty() == (not plain)
    assert repr(shared) == f"SharedDict({plain!r})"
    assert "a" in shared or "a" not in plain


def test_a_dictionary_is_its_own() -> None:
    given_data = {"a": 1}
    shared = SharedDict.from_dict(given_data)
    shared.put("b", 2)
    assert given_data == {"a": 1}
    shared.to_dict().clear()
    assert shared.size() == 2
    other: SharedDict[str, int] = SharedDict([("c", 3)])
    other.update(shared)
    assert other.to_dict() == {"c": 3, "a": 1, "b": 2}
    other.update(other)  # no lock is taken while another is held
    assert other.get("x") is None
    assert other.get("x", 5) == 5
    assert other.pop("x", 6) == 6
    assert other.setdefault("y") is None


def test_two_that_are_put_into_each_other() -> None:
    one, two = SharedDict({"a": 1}), SharedDict({"b": 2})
    all_at_once(lambda number: one.update(two) if number else two.update(one), 2, times=100)
    assert one.to_dict() == {"a": 1, "b": 2}
    with holding(two._lock):
        thread = threading.Thread(target=one.update, args=(two,))
        thread.start()
        time.sleep(0.02)
        assert one._lock.acquire(timeout=LONG)  # who waits for one holds none
        one._lock.release()
    thread.join(LONG)
    assert not thread.is_alive()


def test_a_change_that_fails_changes_nothing() -> None:
    shared = SharedDict({"a": 1})
    array = SharedArray.from_data([1])

    def fail(value: int) -> int:
        raise OSError

    for step in (lambda: shared.change("a", fail), lambda: array.change(0, fail)):
        with pytest.raises(OSError):
            step()
    assert shared.to_dict() == {"a": 1}
    assert array.to_list() == [1]
    assert elsewhere(lambda: shared.change("a", lambda n: n + 1)) == 2
    assert shared.change("a", lambda n: n + shared["a"]) == 4  # it may look
    with pytest.raises(IndexError):
        array.change(1, slowly)


# Arrays.


def test_an_array_keeps_what_it_is_given() -> None:
    """PyFerris makes numbers of them, and refuses what is none."""
    values = ["text", 1, None, b"bytes", {"a": 1}]
    shared = create_safe_shared_data("array", values)
    assert shared.to_list() == values
    assert all(mine is theirs for mine, theirs in zip(shared, values))
    assert [type(value) for value in create_safe_shared_data("array", [1, 2])] == [int, int]


def test_an_array() -> None:
    shared: SharedArray[Any] = SharedArray(3)
    assert shared.is_empty()
    assert (shared.len(), len(shared), shared.capacity()) == (0, 0, 3)
    for step in (lambda: shared.get(0), lambda: shared.set(0, 1), lambda: shared[-1]):
        with pytest.raises(IndexError):
            step()
    shared.extend([1, 2])
    with pytest.raises(CapacityError, match="2 values has room for 3, not for 2 more"):
        shared.extend([3, 4])
    shared.append(3)
    with pytest.raises(RuntimeError):
        shared.append(4)
    assert (shared.to_list(), shared.sum()) == ([1, 2, 3], 6)
    assert (shared.slice(1), shared.slice(0, 2), shared.get(-1)) == ([2, 3], [1, 2], 3)
    shared.set(0, "x")
    shared[1] = "y"
    assert list(shared) == ["x", "y", 3]
    with pytest.raises(TypeError):
        shared.get("0")  # type: ignore[arg-type]
    assert repr(shared) == "SharedArray(['x', 'y', 3])"
    shared.clear()
    assert shared.is_empty()
    assert SharedArray.from_data("ab").capacity() == 2
    with pytest.raises(ValueError):
        SharedArray(-1)
    with pytest.raises(TypeError):
        SharedArray(1.5)  # type: ignore[arg-type]


# All by the name of their kind.


def test_kinds() -> None:
    assert isinstance(create_safe_shared_data(), SharedDict)
    assert create_safe_shared_data("dict", {"a": 1}).get("a") == 1
    assert create_safe_shared_data("dict", initial_data={"a": 1}).size() == 1
    assert create_safe_shared_data("array").capacity() == 10
    assert create_safe_shared_data("array", [1.5, 2]).get(1) == 2
    queue = create_safe_shared_data("queue", [1, 2])
    assert isinstance(queue, SharedQueue)
    queue.push(3)
    assert [queue.pop() for _ in range(4)] == [1, 2, 3, None]
    assert create_safe_shared_data("counter").get() == 0
    assert create_safe_shared_data("counter", 5).increment() == 6
    parameters = inspect.signature(create_safe_shared_data).parameters
    assert list(parameters)[:2] == ["data_type", "initial_data"]
    assert parameters["data_type"].default == "dict"


def test_a_value_to_begin_with_by_its_other_name() -> None:
    """PyFerris documents it, and does not take it."""
    assert create_safe_shared_data("counter", initial_value=5).get() == 5
    assert create_safe_shared_data("counter", initial_value=0).get() == 0
    assert create_safe_shared_data("dict", initial_value={"a": 1}).size() == 1
    with pytest.raises(TypeError, match="two names"):
        create_safe_shared_data("counter", 1, initial_value=1)


def test_what_is_of_no_kind() -> None:
    with pytest.raises(ValueError, match="'list'.*dict, array, queue or counter"):
        create_safe_shared_data("list")
    for kind, value in (("dict", 5), ("array", 5), ("queue", 5), ("counter", "5")):
        with pytest.raises(TypeError):
            create_safe_shared_data(kind, value)


@needs_fork
def test_a_fork_within_a_step_of_another() -> None:
    count, shared, array = AtomicCounter(), SharedDict({"a": 0}), SharedArray.from_data([0])

    def child() -> None:
        assert count.increment() == 1
        assert shared.change("a", slowly) == 1
        assert array.change(0, slowly) == 1

    with holding(count._lock), holding(shared._lock), holding(array._lock):
        in_a_child(child)
    assert count.get() == 0


@needs_fork
def test_a_fork_while_others_work() -> None:
    count, over = AtomicCounter(), threading.Event()
    shared: SharedDict[str, int] = SharedDict({"a": 0})
    array = SharedArray.from_data([0])

    def work() -> None:
        while not over.is_set():
            count.increment()
            shared.change("a", slowly)
            array.change(0, slowly)

    def child() -> None:
        before = count.get()
        assert elsewhere(count.increment) == before + 1
        before = shared["a"]
        assert elsewhere(lambda: shared.change("a", slowly)) == before + 1
        assert elsewhere(lambda: array.change(0, slowly)) == array.get(0)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            in_a_child(child)
    finally:
        over.set()
        for thread in threads:
            thread.join(LONG)


@pytest.mark.parametrize("kind", [AtomicCounter, SharedDict, SharedArray])
def test_they_belong_to_one_process(kind: Any) -> None:
    with pytest.raises(TypeError, match=f"{kind.__name__} is for the threads of one process"):
        copy.deepcopy(kind())
