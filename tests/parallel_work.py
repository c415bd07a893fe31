# SPDX-License-Identifier: MIT
"""What worker processes are given in the tests: functions at the top of a module."""

import asyncio
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from mrrc import Record

STATE: dict[str, Any] = {}


def number(record: Record) -> str:
    """The record's 001."""
    return record["001"].data or ""


async def number_later(record: Record) -> str:
    await asyncio.sleep(0)
    return number(record)


def fields(record: Record) -> int:
    return len(record.fields)


class Odd(Exception):
    """An exception that is pickled without complaint, and cannot be made again."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def fails_at_7(record: Record) -> str:
    if int(number(record)[-6:]) % 10 == 7:
        raise KeyError(number(record))
    return number(record)


async def fails_at_7_later(record: Record) -> str:
    await asyncio.sleep(0)
    return fails_at_7(record)


def raises_odd(record: Record) -> str:
    raise Odd(1, 2)


def returns_lock(record: Record) -> Any:
    return threading.Lock() if int(number(record)[-6:]) == 3 else number(record)


def dies_at_20(record: Record) -> str:
    if int(number(record)[-6:]) == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return number(record)


def exits(record: Record) -> str:
    sys.exit(3)


def sleeps(record: Record) -> str:
    time.sleep(0.01)
    return number(record)


def slow(record: Record) -> str:
    """The record's 001, a tenth of a second later."""
    time.sleep(0.1)
    return number(record)


def hangs(record: Record) -> str:
    time.sleep(600)
    return number(record)


def process(record: Record) -> int:
    return os.getpid()


def remember(value: Any) -> None:
    STATE["value"] = value


def remembered(record: Record) -> Any:
    return STATE.get("value")


def cannot_begin() -> None:
    raise RuntimeError("no licence")


def leaves() -> None:
    os._exit(7)


def environment(record: Record) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(os.environ.items()))


def same(record: Record) -> Record:
    return record


def size_of(path: str) -> int:
    return Path(path).stat().st_size


def add(first: Any, second: Any) -> Any:
    return first + second


def large(record: Record) -> bytes:
    return b"x" * 100_000


def slow_and_dies_at_20(record: Record) -> str:
    time.sleep(0.03)
    return dies_at_20(record)


def not_a_path(path: str) -> float:
    return len(path) / 0
