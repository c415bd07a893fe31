# SPDX-License-Identifier: MIT
"""What tests of locks need: threads that are joined, a child that was forked, an interrupt."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

#: How long a test waits for what has to come.
LONG = 60.0

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@contextmanager
def short_turns() -> Iterator[None]:
    """Have the interpreter change threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def all_at_once(work: Callable[..., Any], threads: int, *, times: int = 1) -> None:
    """Call a function in so many threads, so many times each, with the thread's number."""
    barrier = threading.Barrier(threads)
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            barrier.wait(LONG)
            for _ in range(times):
                work(number)
        except BaseException as error:
            failed.append(error)

    started = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(LONG)
        assert not thread.is_alive()
    if failed:
        raise failed[0]


@contextmanager
def holding(take: Any) -> Iterator[None]:
    """Have another thread within a ``with`` of what is given."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with take:
            held.set()
            over.wait()

    thread = threading.Thread(target=hold, name="holder")
    thread.start()
    assert held.wait(LONG)
    try:
        yield
    finally:
        over.set()
        thread.join(LONG)
        assert not thread.is_alive()


def elsewhere(work: Callable[[], Any]) -> Any:
    """What a function returns, or raises, in another thread."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(LONG)
    assert not thread.is_alive()
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def interrupted_when_told(
    condition: threading.Condition, work: Callable[[], Any], let_one_go_on: Callable[[], Any]
) -> None:
    """Have two threads wait in a function, and interrupt the first when it is told to go on.

    The other has to go on in its place.
    """
    wait, waiting = condition.wait, [0]
    ended: list[str] = []

    def wait_and_be_interrupted(timeout: float | None = None) -> bool:
        waiting[0] += 1  # the condition's lock is held
        woken = wait(timeout)
        if threading.current_thread().name == "first":
            raise KeyboardInterrupt
        return woken

    def run() -> None:
        try:
            work()
            ended.append("went on")
        except KeyboardInterrupt:
            ended.append("interrupted")

    condition.wait = wait_and_be_interrupted  # type: ignore[method-assign]
    threads = [threading.Thread(target=run, name=name) for name in ("first", "second")]
    for number, thread in enumerate(threads, 1):
        thread.start()
        end = time.monotonic() + LONG
        while waiting[0] < number:
            assert time.monotonic() < end
            time.sleep(0.001)
    with condition:
        pass  # they are waiting now, and not about to
    let_one_go_on()
    for thread in threads:
        thread.join(LONG)
        assert not thread.is_alive()
    assert ended == ["interrupted", "went on"]


def in_a_child(work: Callable[[], Any]) -> None:
    """Call a function in a process that is forked here and now; it has to return in time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads: that is the test
        child = os.fork()
    if not child:
        status = 1
        try:
            signal.alarm(int(LONG))
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    end = time.monotonic() + LONG + 10
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0
            return
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("the child waits for ever")


def interrupted(work: Callable[[], Any], *, after: float = 0.1) -> None:
    """Call a function that waits, and press Ctrl-C meanwhile; it has to come through."""
    main = threading.main_thread()
    assert threading.current_thread() is main
    assert main.ident is not None
    begun, over = threading.Event(), threading.Event()

    def press() -> None:
        begun.wait(LONG)
        if not over.wait(after):
            signal.pthread_kill(main.ident, signal.SIGINT)

    thread = threading.Thread(target=press)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            begun.set()
            work()
    finally:
        begun.set()
        over.set()
        thread.join(LONG)
        signal.signal(signal.SIGINT, before)
