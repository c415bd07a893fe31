# SPDX-License-Identifier: MIT
"""parallel/strategy.py: where the work is done, one row for each case of the decision."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc import cores
from mrrc.parallel import choose_strategy, recommended_workers, strategy
from mrrc.parallel.strategy import Sample, decide, is_coroutine_function, sampled


class Later:
    async def __call__(self, record: Any) -> None: ...


def local(record: Any) -> None: ...


LAMBDA: Callable[[Any], Any] = lambda record: 1  # noqa: E731
SLOW_CPU = Sample(10, 0.05, 0.05)
SLOW_IO = Sample(10, 0.05, 0.001)
PREEMPTED = Sample(10, 0.05, 0.01, waited=False)
QUICK = Sample(32, 0.0001, 0.0001)

# what the function is, the workload, how many records, a sample, processors, a lock: the choice
ROWS: dict[str, tuple[Any, str | None, int | None, Sample | None, int, bool, str | None]] = {
    "a coroutine function": (work.number_later, None, 10**6, None, 4, True, "asyncio"),
    "a partial of one": (
        functools.partial(work.number_later),
        None,
        10**6,
        None,
        4,
        True,
        "asyncio",
    ),
    "an object that is called like one": (Later(), "cpu", 10**6, None, 4, True, "asyncio"),
    "next to nothing to do": (work.number, "trivial", 10**6, None, 4, True, "sequential"),
    "a single record": (work.number, "io", 1, None, 4, True, "sequential"),
    "waiting": (work.number, "io", 10**6, None, 4, True, "threads"),
    "waiting, for few records": (work.number, "io", 20, None, 4, True, "threads"),
    "computing, for few records": (work.number, "cpu", 100, None, 4, True, "sequential"),
    "computing": (work.number, "cpu", 10**6, None, 4, True, "processes"),
    "computing, for nobody knows how many": (work.number, "cpu", None, None, 4, True, "processes"),
    "computing without the lock": (work.number, "cpu", 10**6, None, 4, False, "threads"),
    "computing with one processor": (work.number, "cpu", 10**6, None, 1, True, "sequential"),
    "computing, but bound to this process": (LAMBDA, "cpu", 10**6, None, 4, True, "sequential"),
    "unknown and not tried": (work.number, None, 10**6, None, 4, True, None),
    "tried: it computes": (work.number, None, 10**6, SLOW_CPU, 4, True, "processes"),
    "tried: it waits": (work.number, None, 10**6, SLOW_IO, 4, True, "threads"),
    "tried: it was made to wait by others": (
        work.number,
        None,
        10**6,
        PREEMPTED,
        4,
        True,
        "processes",
    ),
    "tried: done sooner than begun": (work.number, None, 1000, QUICK, 4, True, "sequential"),
    "tried: cheaper than sending": (work.number, None, None, QUICK, 4, True, "sequential"),
    "tried: there are no more": (
        work.number,
        None,
        None,
        Sample(3, 1.0, 1.0, complete=True),
        4,
        True,
        "sequential",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_the_tree(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    func, workload, count, sample, processors, lock, wanted = ROWS[row]
    monkeypatch.setattr(
        strategy, "recommended_workers", lambda kind="cpu": processors * (1 + (kind == "io"))
    )
    monkeypatch.setattr(strategy, "_has_gil", lambda: lock)
    decision = decide(func, workload, count, None, sample)
    if wanted is None:
        assert decision is None
        return
    assert decision is not None
    assert decision.strategy == wanted
    assert decision.reason
    assert (
        decision.max_workers
        == {
            "sequential": 1,
            "processes": 4,
            "asyncio": 32,
            "threads": 4 if workload == "cpu" else 8,
        }[wanted]
    )
    assert (decision.warning is not None) == (row == "computing, but bound to this process")


def test_workers_that_are_asked_for() -> None:
    for workload in ("cpu", "io"):
        decision = decide(work.number, workload, None, 3)
        assert decision is not None and decision.max_workers == 3
    assert decide(work.number, "cpu", 20, small=2, max_workers=2).strategy == "processes"  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="workload"):
        decide(work.number, "heavy", None)


def test_recommended_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert recommended_workers("io") == 2 * recommended_workers("cpu")
    assert recommended_workers() <= len(os.sched_getaffinity(0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))
    monkeypatch.setattr(cores, "quota", lambda: 2.5)
    assert recommended_workers() == 3
    monkeypatch.setattr(cores, "quota", lambda: 0.5)
    assert recommended_workers() == 1
    monkeypatch.setattr(cores, "quota", lambda: None)
    assert recommended_workers() == 8
    monkeypatch.delattr(os, "sched_getaffinity")
    assert recommended_workers() == os.cpu_count()
    with pytest.raises(ValueError, match="workload"):
        recommended_workers("trivial")


def test_coroutine_functions() -> None:
    assert is_coroutine_function(work.number_later)
    assert is_coroutine_function(Later())
    assert is_coroutine_function(functools.partial(functools.partial(Later())))
    assert not is_coroutine_function(work.number)
    assert not is_coroutine_function(len)


def test_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategy, "SAMPLED_SECONDS", 60)
    left = [1, 1, 1]
    sample = sampled(lambda: bool(left) and bool(left.pop()))
    assert (sample.records, sample.complete) == (3, True)
    sample = sampled(lambda: True)
    assert sample.records == strategy.SAMPLED and not sample.complete
    monkeypatch.setattr(strategy, "SAMPLED_SECONDS", 0)
    assert sampled(lambda: True).records == 0


def test_choose_strategy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategy, "WORTH_THREADS", 60)
    monkeypatch.setattr(strategy, "WORTH_PROCESSES", 60)
    path = tmp_path / "x.mrc"
    path.write_bytes(b"".join(make.sample(n) for n in range(100)))
    assert choose_strategy(path, work.number, "io").strategy == "threads"
    calls: list[int] = []
    decision = choose_strategy(path, lambda record: calls.append(1))
    assert decision.strategy == "sequential"
    assert 0 < len(calls) <= strategy.SAMPLED
    assert choose_strategy([mrrc.Record(), mrrc.Record()], str).strategy == "sequential"
    with path.open("rb") as file, pytest.raises(TypeError, match="lost"):
        choose_strategy(file, work.number)
    with mrrc.MARCReader(path) as reader, pytest.raises(TypeError, match="lost"):
        choose_strategy(reader, work.number)
    with pytest.raises(FileNotFoundError):
        choose_strategy(tmp_path / "none", work.number)
