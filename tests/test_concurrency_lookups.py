# SPDX-License-Identifier: MIT
"""Asking a queue without waiting for ever."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time
from typing import Any

import pytest

from mrrc.concurrency import safe_get


@pytest.mark.parametrize(
    "make", [queue.Queue, queue.SimpleQueue, queue.LifoQueue, multiprocessing.Queue]
)
def test_what_is_there_and_what_is_not(make: Any) -> None:
    source = make()
    source.put("first")
    assert safe_get(source, timeout=60) == "first"
    assert safe_get(source, 0.001) is None
    assert safe_get(source, 0, "none") == "none"
    assert safe_get(source, timeout=0, default=0) == 0


def test_it_waits_a_second_at_most() -> None:
    begin = time.monotonic()
    assert safe_get(queue.Queue()) is None
    assert 1 <= time.monotonic() - begin < 30


def test_it_waits_for_what_comes() -> None:
    source: queue.Queue[int] = queue.Queue()
    threading.Timer(0.01, source.put, (7,)).start()
    assert safe_get(source, timeout=60) == 7
    threading.Timer(0.01, source.put, (8,)).start()
    assert safe_get(source, timeout=None) == 8


def test_an_item_that_is_nothing() -> None:
    source: queue.Queue[None] = queue.Queue()
    source.put(None)
    missing = object()
    assert safe_get(source, 0, missing) is None
    assert safe_get(source, 0, missing) is missing


@pytest.mark.parametrize("timeout", [-1, -0.001, float("nan")])
def test_less_than_no_time(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout is 0 or more seconds"):
        safe_get(queue.SimpleQueue(), timeout)


def test_a_queue_that_times_out_otherwise() -> None:
    class Slow:
        def get(self, block: bool = True, timeout: float | None = None) -> int:
            raise TimeoutError

    assert safe_get(Slow(), 1, -1) == -1


def test_other_errors_are_not_hidden() -> None:
    class Closed:
        def get(self, block: bool = True, timeout: float | None = None) -> int:
            raise OSError("closed")

    with pytest.raises(OSError, match="closed"):
        safe_get(Closed())
