# SPDX-License-Identifier: MIT
"""Threads that meet in narrow places: begun together, switched often, held up anywhere.

A race shows where threads change between two steps that belong together. `switching` has the
interpreter change between them as often as it can, `delays` holds each of them up between any two
steps of the code that is tested, in an order that a seed repeats as far as the system allows.
Nothing here is timed.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import mrrc

T = TypeVar("T")

#: How many threads share a piece of work: one, as many as most computers have, an odd number of
#: them, and more than there are processors.
WORKERS = (1, 2, 3, 8)

#: Nothing in the tests takes so long, unless it never ends.
LIMIT = 120.0

PACKAGE = str(Path(mrrc.__file__).parent)


@contextmanager
def switching(seconds: float) -> Iterator[None]:
    """How often the interpreter switches between threads."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def at_once(work: Callable[[], T], threads: int) -> list[T]:
    """What each of several threads makes of the same work, all begun together."""
    barrier = threading.Barrier(threads)

    def run() -> T:
        barrier.wait(LIMIT)
        return work()

    with switching(1e-6), ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(run) for _ in range(threads)]
        return [future.result(LIMIT) for future in futures]


def shared_out(operation: Callable[[int], T], threads: int, operations: int) -> list[T]:
    """What so many operations in each of several threads give, in the order of their numbers.

    The thread of number n has the operations from ``n * operations`` on.
    """
    turn = iter(range(threads))
    lock = threading.Lock()

    def work() -> tuple[int, list[T]]:
        with lock:
            mine = next(turn)
        first = mine * operations
        return mine, [operation(number) for number in range(first, first + operations)]

    found = sorted(at_once(work, threads), key=lambda each: each[0])
    return [result for _, results in found for result in results]


#: Python 3.12 ends in a segmentation fault where several threads run a generator whose single steps
#: are traced.
_BY_LINES = sys.version_info[:2] == (3, 12)


@contextmanager
def delays(seed: int = 0, one_in: int = 10, where: str = PACKAGE) -> Iterator[None]:
    """Hold the threads that are begun meanwhile up, now and then, between two steps.

    Args:
        seed: another one has other steps.
        one_in: one of so many steps, by chance, is followed by a delay, in which others run.
        where: the beginning of the paths of the files whose code is held up.
    """
    began = iter(range(1_000_000))
    mine = threading.local()

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        if event in ("line", "opcode") and mine.chance.randrange(one_in) == 0:
            time.sleep(1e-6)
        return step

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(where):
            return None
        if not hasattr(mine, "chance"):
            mine.chance = random.Random(f"{seed} {next(began)}")
        frame.f_trace = step
        frame.f_trace_opcodes = not _BY_LINES
        return step

    before = threading.gettrace() if hasattr(threading, "gettrace") else None
    threading.settrace(call)
    try:
        yield
    finally:
        threading.settrace(before)


def _want_opcodes() -> None:
    """Have steps told from now on: Python 3.12 looks for who wants them when tracing begins."""
    sys._getframe().f_trace_opcodes = True


def every_interruption(
    make: Callable[[], T],
    first: Callable[[T], object],
    second: Callable[[T], object],
    where: str,
    may_wait: bool = False,
) -> list[T]:
    """What becomes of something if between two steps of `first` all of `second` is done.

    Nothing is left to chance: each step of the interpreter is one after which another thread is
    let run, once, and there is a result for each.

    Args:
        make: makes what the two work on.
        first, second: what is done with it.
        where: the beginning of the paths of the files whose steps are meant.
        may_wait: whether `second` may have to wait for `first`, which then goes on meanwhile.
    """
    found = []
    at, reached = 0, True
    while reached:
        state = make()
        reached = _interrupted(at, first, second, state, where, may_wait)
        found.append(state)
        at += 1
    return found


def _interrupted(
    at: int,
    first: Callable[[T], object],
    second: Callable[[T], object],
    state: T,
    where: str,
    may_wait: bool,
) -> bool:
    """Do `first`, and `second` before its step of number `at`. Returns whether it had so many."""
    count = 0
    others: list[Future[object]] = []

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event == "opcode":
            if count == at:
                others.append(pool.submit(second, state))
                wait(others, 0.05 if may_wait else LIMIT)
            count += 1
        return step

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(where):
            return None
        frame.f_trace = step  # without which 3.13.0 does not heed the next
        frame.f_trace_opcodes = True
        return step

    def run() -> None:
        _want_opcodes()
        sys.settrace(call)
        try:
            first(state)
        finally:
            sys.settrace(None)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(run).result(LIMIT)
        if not others:
            pool.submit(second, state).result(LIMIT)
        for other in others:
            other.result(LIMIT)
    return bool(others)
