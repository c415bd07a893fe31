# SPDX-License-Identifier: MIT
"""A short trial: some records of a file, worked on in each of the ways that come into question.

The ways take turns, and beside them runs a control: what loops that share nothing, or bare waits,
gain at the same moment. A gain says something beside that only. Time is bounded, and what was
started is ended, whatever ends the trial.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import signal
import statistics
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from mrrc.column_table import columns
from mrrc.conversion import Converted, convert
from mrrc.exceptions import MrrcException
from mrrc.files import open_source
from mrrc.formats import table
from mrrc.parallel.calls import RecordPool, map_records
from mrrc.record import Record
from mrrc.sweep import Report, Sweep

__all__ = ["FUNCTIONS", "IN_C", "Sample", "Trial", "Way", "take_sample", "tried"]

#: Records of a sample, at most.
RECORDS = 20_000

#: Seconds for which a function waits that stands for one that asks a server.
WAIT = 0.001

#: Steps of a function that computes: some hundred microseconds.
_STEPS = 2000

#: Which part of the time a run of one worker may take, and a control.
_RUN = 0.08

_SELECTORS = ("001", "245$a", "020$a")


# -- the work --


def light(record: Record) -> str | None:
    """Does next to nothing."""
    return record.title


def computes(record: Record) -> int:
    """Computes."""
    found = len(record.fields)
    for number in range(_STEPS):
        found = (found * 31 + number) & 0xFFFFFFFF
    return found


def waits(record: Record) -> int:
    """Waits."""
    time.sleep(WAIT)
    return 1


async def waits_later(record: Record) -> int:
    """Waits as coroutines do."""
    await asyncio.sleep(WAIT)
    return 1


def _count(path: Path, format: str, jobs: int) -> None:
    with open_source(path) as opened:
        report = Report(lambda error: None)
        sweep = Sweep(
            opened, format, packed=False, recovery_mode="lenient", report=report, jobs=jobs
        )
        for _ in sweep:
            pass


def _convert(path: Path, format: str, jobs: int) -> None:
    other = "mrk" if format == "marcxml" else "marcxml"
    convert(path, os.devnull, format, other, recovery_mode="lenient", atomic=False, jobs=jobs)


def _extract(path: Path, format: str, jobs: int) -> None:
    made = columns(path, _SELECTORS, format=format, recovery_mode="lenient", jobs=jobs)
    for _ in made:
        pass


#: What mrrc does by itself, in threads of its own.
IN_C: dict[str, Callable[[Path, str, int], None]] = {
    "count": _count,
    "convert": _convert,
    "extract": _extract,
}

#: Functions that stand for those of a user.
FUNCTIONS: dict[str, Callable[[Record], Any]] = {
    "python-light": light,
    "python-cpu": computes,
    "python-io": waits,
}


# -- the sample --


class Sample(NamedTuple):
    """Records in a file of their own.

    Attributes:
        path, format: where they are, and in which format.
        records, size: how many, and their bytes.
        left_out: how many there could not be read.
        whole: whether these are all records of the source.
        end: what kept it from being read further, if something did.
    """

    path: Path
    format: str
    records: int
    size: int
    left_out: int
    whole: bool
    end: Exception | None = None


class _Enough(Exception):
    """Ends a conversion that has taken long."""


def take_sample(
    source: Any, format: str | None, encoding: str | None, folder: Path, seconds: float
) -> Sample:
    """Return the first records of a source, as many as can be had within a time.

    Args:
        source: a path, or bytes in a file object that can be read anew.
        format, encoding: of it; otherwise it tells.
        folder: where to put them.

    Raises:
        OSError, EOFError: it cannot be read.
        ValueError, MrrcException: it holds no records.
    """
    with open_source(source) as opened:
        reads = table.reading(opened, format)
    _rewind(source)
    writes = reads if table.FORMATS[reads].writes else "marc"
    path = folder / "sample"
    seen = 0
    end = time.monotonic() + seconds

    def watch(count: int) -> None:
        nonlocal seen
        seen = count
        if time.monotonic() > end:
            raise _Enough

    try:
        done = _copied(source, reads, path, writes, encoding, RECORDS, watch)
        whole = done.records < RECORDS
    except (_Enough, OSError, EOFError, MrrcException):
        # what comes behind is too much, or cannot be read: these are there
        if seen == 0:
            raise
        _rewind(source)
        done = _copied(source, reads, path, writes, encoding, seen, None)
        whole = False
    ends = [error for error in done.errors if not isinstance(error, MrrcException)]
    if ends and not done.records:
        raise ends[0]
    return Sample(
        path,
        writes,
        done.records,
        path.stat().st_size,
        len(done.errors) - len(ends),
        whole and not ends,
        ends[0] if ends else None,
    )


def _rewind(source: Any) -> None:
    if isinstance(source, io.BytesIO):
        source.seek(0)


def _copied(
    source: Any,
    reads: str,
    path: Path,
    writes: str,
    encoding: str | None,
    limit: int,
    progress: Callable[[int], None] | None,
) -> Converted:
    return convert(
        source,
        path,
        reads,
        writes,
        encoding=encoding,
        limit=limit,
        on_error="skip",
        recovery_mode="lenient",
        atomic=False,
        progress=progress,
    )


# -- the ways --


class Way(NamedTuple):
    """How the work can be done.

    Attributes:
        strategy: as `mrrc.parallel` calls it.
        workers: how many.
    """

    strategy: str
    workers: int


class Timed(NamedTuple):
    """What came of a way.

    Attributes:
        way: which.
        seconds: that the records took, the median of the rounds.
        start: seconds before the first record, once.
        gain: how much faster it was than one after the other; None for that itself.
        control: how much faster the control was.
    """

    way: Way
    seconds: float
    start: float
    gain: float | None
    control: float | None

    def share(self) -> float | None:
        """Return which part of the control's gain it gained."""
        return self.gain / self.control if self.gain and self.control else None

    def estimate(self, records: float) -> float:
        """Return seconds for so many times the records of the trial."""
        return self.start + self.seconds * records


class Trial(NamedTuple):
    """What a trial has shown.

    Attributes:
        records: how many were worked on in each run.
        rounds: how often.
        seconds: that all of it took.
        timed: the ways; the first is one worker alone.
    """

    records: int
    rounds: int
    seconds: float
    timed: list[Timed]


class _Runner:
    """Works on a sample in one of the ways."""

    def __init__(self, job: str, way: Way, ended: ExitStack) -> None:
        self.way = way
        self.start = 0.0
        self._job = job
        self._pool: RecordPool | None = None
        if job in IN_C or way.strategy == "sequential":
            return
        self._pool = pool = RecordPool(way.workers, strategy=way.strategy)
        # nobody waits for what is under way where the trial is broken off
        ended.push(lambda kind, *_: pool.close(kill=kind is not None))

    def _function(self) -> Callable[[Record], Any]:
        return waits_later if self.way.strategy == "asyncio" else FUNCTIONS[self._job]

    def run(self, sample: Sample, chunk_size: int | None = None) -> float:
        """Return the seconds that it takes."""
        begin = time.perf_counter()
        if self._job in IN_C:
            IN_C[self._job](sample.path, sample.format, self.way.workers)
            return time.perf_counter() - begin
        how: dict[str, Any] = {
            "format": sample.format,
            "on_error": "skip",
            "chunk_size": chunk_size,
        }
        if self._pool is None:
            stream = map_records(sample.path, self._function(), strategy="sequential", **how)
        else:
            stream = self._pool.map_records(sample.path, self._function(), **how)
        with stream:
            for _ in stream:
                pass
        return time.perf_counter() - begin

    def warm(self, few: Sample) -> None:
        """Start the workers, and take the time; have loaded what is used for the first time."""
        # a record for each of them at least, or one would do it all
        took = self.run(few, chunk_size=1)
        if self._pool is not None:
            self.start = took


# -- the control --


def _loop(iterations: int) -> None:
    """Computes in C, with the interpreter's lock released."""
    hashlib.pbkdf2_hmac("sha256", b"control", b"control", iterations)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _at_once(work: Callable[[], object], workers: int) -> None:
    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Control:
    """What can be gained at the moment by workers that share nothing.

    Args:
        job: what is compared with it.
        seconds: that one measurement may take.
        workers: how many there are, at most.
    """

    def __init__(self, job: str, seconds: float, workers: int) -> None:
        self._waits = job == "python-io"
        if self._waits:
            # a wait is as long as any other: one alone tells of all
            self._count = max(5, int(seconds / 4 / WAIT))
        else:
            each = seconds / (workers + 1)
            probe = _seconds(lambda: _loop(2000))
            self._count = max(500, int(2000 * each / probe))

    def gain(self, way: Way) -> float:
        """Return how much faster so many are at once than one after the other."""
        if not self._waits:
            work = lambda: _loop(self._count)  # noqa: E731
            alone = sum(_seconds(work) for _ in range(way.workers))
            return alone / _seconds(lambda: _at_once(work, way.workers))
        alone = way.workers * _seconds(self._in_turn)
        if way.strategy == "asyncio":
            return alone / _seconds(lambda: asyncio.run(self._gathered(way.workers)))
        return alone / _seconds(lambda: _at_once(self._in_turn, way.workers))

    def _in_turn(self) -> None:
        for _ in range(self._count):
            time.sleep(WAIT)

    async def _gathered(self, workers: int) -> None:
        async def one() -> None:
            for _ in range(self._count):
                await asyncio.sleep(WAIT)

        await asyncio.gather(*(one() for _ in range(workers)))


# -- the trial --


class _Signals:
    """Signals that end the trial, also where Python drops what their handlers raise.

    It does so while something is finalized, and ending threads that read ahead is most of what some
    runs wait for. So each signal is remembered, and heard at the latest before the next run.
    """

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._met: tuple[int, Any] | None = None
        self._hook = sys.unraisablehook

    def __enter__(self) -> _Signals:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                if callable(signal.getsignal(number)):
                    self._before[number] = signal.signal(number, self._meet)
            if self._before:
                sys.unraisablehook = self._dropped
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._before:
            sys.unraisablehook = self._hook

    def _meet(self, number: int, frame: Any) -> None:
        self._met = (number, frame)
        self._before[number](number, frame)

    def _dropped(self, what: Any) -> None:
        if self._met is None or issubclass(what.exc_type, Exception):
            self._hook(what)

    def hear(self) -> None:
        """Have a signal do what it does, if there was one."""
        if self._met is not None:
            self._before[self._met[0]](*self._met)


def tried(job: str, ways: list[Way], sample: Sample, seconds: float) -> Trial:
    """Try the ways to do a job.

    Args:
        job: one of `IN_C` or `FUNCTIONS`.
        ways: the first is one worker alone.
        sample: the records, of which fewer are taken where they would take long.
        seconds: about how long it may take. There is one round at least.
    """
    began = time.monotonic()
    end = began + seconds
    with _Signals() as signals, ExitStack() as ended:
        runners = [_Runner(job, way, ended) for way in ways]
        few = _first(sample, 4 * max(way.workers for way in ways))
        for runner in runners:
            runner.warm(few)
        sample = _shortened(runners[0], sample, few, max(end - time.monotonic(), 0.1) * _RUN)
        most = max(way.workers for way in ways)
        control = _Control(job, max(end - time.monotonic(), 0.1) * _RUN, most)
        times: list[list[float]] = [[] for _ in ways]
        controls: list[list[float]] = [[] for _ in ways]
        rounds, longest = 0, 0.0
        while rounds == 0 or time.monotonic() + longest < end:
            begin = time.monotonic()
            for place, runner in enumerate(runners):
                if place:
                    controls[place].append(control.gain(runner.way))
                times[place].append(runner.run(sample))
                signals.hear()
            longest = max(longest, time.monotonic() - begin)
            rounds += 1
    middle = [statistics.median(each) for each in times]
    timed = [Timed(ways[0], middle[0], 0.0, None, None)]
    for place in range(1, len(ways)):
        timed.append(
            Timed(
                ways[place],
                middle[place],
                runners[place].start,
                middle[0] / middle[place],
                statistics.median(controls[place]),
            )
        )
    return Trial(sample.records, rounds, time.monotonic() - began, timed)


def _first(sample: Sample, records: int) -> Sample:
    """Return the first records of a sample as another one."""
    if records >= sample.records:
        return sample
    path = sample.path.with_name(f"first-{records}")
    convert(
        sample.path,
        path,
        sample.format,
        sample.format,
        limit=records,
        on_error="skip",
        recovery_mode="lenient",
        atomic=False,
    )
    return sample._replace(path=path, records=records, size=path.stat().st_size)


def _shortened(runner: _Runner, sample: Sample, few: Sample, seconds: float) -> Sample:
    """Return as many records of a sample as one worker does in a time, or all."""
    # by doubling, since nobody knows what one takes
    records = few.records
    while records < sample.records:
        took = runner.run(_first(sample, records))
        if took > seconds / 4:
            return _first(sample, max(1, int(records * seconds / took)))
        records *= 8
    return sample
