# SPDX-License-Identifier: MIT
"""Where the work is done: the choice, and the reason for it.

The choice goes by what the function is, what it mostly does, and how much there is to do. It
never leaves the computer. Nothing is started here.
"""

from __future__ import annotations

import functools
import inspect
import os
import pickle
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mrrc.cores import usable_cores

__all__ = [
    "BRANCHES",
    "STRATEGIES",
    "WORKLOADS",
    "Decision",
    "Sample",
    "choose_strategy",
    "decide",
    "is_coroutine_function",
    "recommended_workers",
    "sampled",
]

STRATEGIES = ("auto", "sequential", "threads", "processes", "asyncio")
WORKLOADS = ("trivial", "io", "cpu")

#: What a choice can go by, in the order of the questions; the last three after a trial.
BRANCHES = (
    *("coroutine", "trivial", "single", "waits", "few", "one processor", "no lock", "computes"),
    *("bound", "all tried", "soon done", "cheap"),
)

#: Records below which work that needs a processor stays where it is. Two processes take about a
#: tenth of a second to start, and a function worth it takes some hundred microseconds a record;
#: `benchmarks/parallel.py` measures where the two meet.
SMALL = 250

#: Seconds that all of the work has to take to be worth two processes, and a few threads.
WORTH_PROCESSES = 0.4
WORTH_THREADS = 0.02

#: Of the time that a function takes, how much it computes if it is not one that waits.
_COMPUTES = 0.5

#: Seconds that it takes to send a record to another process and its result back.
_SENDING = 16e-6

#: How much is tried: records, and seconds.
SAMPLED = 32
SAMPLED_SECONDS = 0.05

#: Coroutines that are under way at once.
_COROUTINES = 32


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice.

    Attributes:
        strategy: ``sequential``, ``threads``, ``processes`` or ``asyncio``.
        max_workers: how many threads, processes or coroutines work at once.
        reason: why, in a sentence.
        warning: what is lost by it, where something is.
        branch: which question decided, by its name.
    """

    strategy: str
    max_workers: int
    reason: str
    warning: str | None = None
    branch: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the first records took.

    Attributes:
        records: how many they were.
        wall: seconds that passed.
        cpu: seconds of them in which the thread computed.
        waited: whether it ever gave way of its own accord.
        complete: there are no more records.
    """

    records: int
    wall: float
    cpu: float
    waited: bool = True
    complete: bool = False


def recommended_workers(workload: str = "cpu") -> int:
    """Return how many workers suit the computer.

    Args:
        workload: ``cpu``: as many as the processors that this process may use, by its affinity
            and by its control group; ``io``: twice as many, since most of them wait.

    Raises:
        ValueError: it is neither.
    """
    if workload not in ("cpu", "io"):
        raise ValueError(f"workload is 'cpu' or 'io', not {workload!r}")
    count = usable_cores()
    return 2 * count if workload == "io" else count


def is_coroutine_function(func: Any) -> bool:
    """Return whether what a callable returns has to be awaited."""
    while isinstance(func, functools.partial):
        func = func.func
    return inspect.iscoroutinefunction(func) or inspect.iscoroutinefunction(
        getattr(func, "__call__", None)  # noqa: B004 - what it is, not whether it is
    )


def _has_gil() -> bool:
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def _is_picklable(func: Any) -> bool:
    try:
        pickle.dumps(func)
    except Exception:
        return False
    return True


def decide(
    func: Callable[..., Any],
    workload: str | None,
    records: int | None,
    max_workers: int | None = None,
    sample: Sample | None = None,
    small: int = SMALL,
) -> Decision | None:
    """Choose by what is known; None where the function has to be tried first.

    Args:
        func: what is called.
        workload: what it mostly does, if that is known.
        records: about how many there are, if that is known.
        max_workers: how many are wanted; by default as many as suit the computer.
        sample: how it went with the first records.
        small: how many records are few.
    """
    if workload is not None and workload not in WORKLOADS:
        raise ValueError(f"workload is one of {', '.join(WORKLOADS)}, not {workload!r}")
    if is_coroutine_function(func):
        count = max_workers or _COROUTINES
        return Decision("asyncio", count, "the function is a coroutine's", branch="coroutine")
    if workload == "trivial":
        return _here("the function does next to nothing", "trivial")
    if records is not None and records <= 1:
        return _here("there is one record at most", "single")
    if workload == "io":
        return _waiting(max_workers, "the function mostly waits")
    if workload == "cpu":
        if records is not None and records < small:
            return _here(f"there are fewer than {small} records", "few")
        return _computing(func, max_workers, "the function mostly computes")
    if sample is None:
        return None
    return _by_sample(func, records, max_workers, sample)


def _here(why: str, branch: str) -> Decision:
    return Decision("sequential", 1, why, branch=branch)


def _waiting(max_workers: int | None, why: str) -> Decision:
    count = max_workers or recommended_workers("io")
    reason = f"{why}, and threads wait side by side"
    return Decision("threads", count, reason, branch="waits")


def _computing(func: Any, max_workers: int | None, why: str) -> Decision:
    count = max_workers or recommended_workers("cpu")
    if count == 1:
        return _here(f"{why}, and there is one processor for it", "one processor")
    if not _has_gil():
        reason = f"{why}, and the interpreter has no global lock"
        return Decision("threads", count, reason, branch="no lock")
    if _is_picklable(func):
        reason = f"{why}, and threads would take turns"
        return Decision("processes", count, reason, branch="computes")
    return Decision(
        "sequential",
        1,
        f"{why}, but it cannot be sent to another process",
        warning=f"{why}, and cannot be sent to another process, so one processor does all: "
        "define it at the top of a module to have it run in processes",
        branch="bound",
    )


def _by_sample(func: Any, records: int | None, max_workers: int | None, sample: Sample) -> Decision:
    if sample.complete or not sample.records:
        return _here("the first records were all there are", "all tried")
    each = sample.wall / sample.records
    told = f"{sample.records} records took {1e6 * each:,.0f} us each"
    rest = None if records is None else max(records - sample.records, 0) * each
    computes = sample.cpu >= _COMPUTES * sample.wall or not sample.waited
    if rest is not None and rest < (WORTH_PROCESSES if computes else WORTH_THREADS):
        return _here(f"{told}, and the rest takes no longer than the start", "soon done")
    if records is None and computes and each < _SENDING:
        return _here(f"{told}, less than it takes to send them anywhere", "cheap")
    if computes:
        return _computing(func, max_workers, f"{told}, most of it computing")
    return _waiting(max_workers, f"{told}, most of it waiting")


def _waits() -> int | None:
    """Return how often this thread has given way of its own accord, where that is counted."""
    try:
        import resource

        return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    except (ImportError, AttributeError):
        return None


def sampled(step: Callable[[], bool]) -> Sample:
    """Try the first records.

    Args:
        step: handles one, and returns whether there was one.
    """
    waits = _waits()
    wall, cpu = time.perf_counter(), time.thread_time()
    count, complete = 0, False
    while count < SAMPLED and time.perf_counter() - wall < SAMPLED_SECONDS:
        if not step():
            complete = True
            break
        count += 1
    took = time.perf_counter() - wall
    computed = time.thread_time() - cpu
    return Sample(count, took, computed, waits is None or waits != _waits(), complete)


def choose_strategy(
    source: Any,
    func: Callable[[Any], Any],
    workload: str | None = None,
    *,
    max_workers: int | None = None,
    **options: Any,
) -> Decision:
    """Choose where a function is to be called with the records of a source.

    >>> from mrrc.parallel import choose_strategy
    >>> choose_strategy("examples/sample.mrc", len, "trivial").strategy
    'sequential'

    Args:
        source, options: as `map_records` takes them.
        func: the function. Where nothing else decides it is tried: called with the first
            records of the source, at most 32 of them.
        workload: what it mostly does: ``trivial``, ``io`` or ``cpu``.
        max_workers: how many workers are wanted.

    Raises:
        OSError: there is no such file.
        TypeError: there are no records in the source, or they could not be read twice.
        ValueError: there is no such workload.
    """
    from mrrc.parallel.chunks import open_input

    opened = open_input(source, options)
    decision = decide(func, workload, opened.about(), max_workers)
    if decision is not None:
        return decision
    if callable(getattr(source, "read", None)) or iter_is_self(source):
        raise TypeError("records tried here would be lost: name the workload, or give a path")
    items = (item for chunk in opened.whole() for item in chunk.items())

    def step() -> bool:
        record, _ = next(items, (False, None))
        if record is not None and record is not False:
            func(record)
        return record is not False

    sample = sampled(step)
    items.close()
    made = decide(func, None, opened.about(), max_workers, sample)
    assert made is not None
    return made


def iter_is_self(source: Any) -> bool:
    """Return whether an iterable is used up by going through it."""
    return not isinstance(source, str | bytes | os.PathLike) and hasattr(source, "__next__")
