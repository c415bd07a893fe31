# SPDX-License-Identifier: MIT
"""cli/trial.py: the ways take turns, each beside a control, within the time, and leave nothing."""

from __future__ import annotations

import gc
import gzip
import io
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, sample_records, with_bad

import mrrc
from mrrc.cli import trial
from mrrc.cli.trial import FUNCTIONS, IN_C, Sample, Timed, Way, take_sample, tried
from mrrc.formats import FORMATS

ODD = [make.sample(number) for number in range(300)]


@pytest.fixture
def many(tmp_path: Path) -> Sample:
    path = tmp_path / "many.mrc"
    path.write_bytes(b"".join(ODD))
    return Sample(path, "marc", len(ODD), path.stat().st_size, 0, True)


# -- the sample --


@pytest.mark.parametrize("format", [each.name for each in FORMATS.values() if each.reads])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_sample_of_each_format(format: str, packed: bool, tmp_path: Path) -> None:
    source = tmp_path / f"x{FORMATS[format].suffixes[0]}{'.gz' if packed else ''}"
    with mrrc.read(SAMPLE) as reader:
        mrrc.write((record for record in reader if record is not None), source, format)
    sample = take_sample(str(source), None, None, tmp_path, 5)
    assert (sample.format, sample.records, sample.left_out) == (format, 21, 0)
    assert sample.whole
    assert sample.size == sample.path.stat().st_size
    with mrrc.read(sample.path, format) as reader:
        assert len(list(reader)) == 21


def test_a_sample_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(ODD) * 20)
    monkeypatch.setattr(trial, "RECORDS", 50)
    sample = take_sample(str(path), None, None, tmp_path, 5)
    assert (sample.records, sample.whole) == (50, False)
    monkeypatch.setattr(trial, "RECORDS", 10**6)
    sample = take_sample(str(path), None, None, tmp_path, 0)  # the time is over at once
    assert 0 < sample.records < len(ODD) * 20
    assert not sample.whole
    assert sample.path.read_bytes().count(b"\x1d") == sample.records


def test_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.mrc"
    path.write_bytes(with_bad(sample_records(), 2))
    sample = take_sample(str(path), None, None, tmp_path, 5)
    assert (sample.records, sample.left_out) == (20, 1)


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "cut.mrc.gz"
    data = os.urandom(20_000).hex().encode()
    record = make.iso2709([make.control_field("001", data[:900].decode())])
    path.write_bytes(gzip.compress(record * 2000)[:-12])
    sample = take_sample(str(path), None, None, tmp_path, 5)
    assert sample.records > 0 and not sample.whole
    assert isinstance(sample.end, EOFError)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises((EOFError, OSError, mrrc.MrrcException)):
        take_sample(str(path), None, None, tmp_path, 5)


def test_bytes_that_were_piped(tmp_path: Path) -> None:
    sample = take_sample(io.BytesIO(SAMPLE.read_bytes()), None, None, tmp_path, 5)
    assert (sample.format, sample.records) == ("marc", 21)


def test_no_sample_of_what_is_no_marc(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_text("Dear colleague,\n")
    with pytest.raises(ValueError, match="of no format"):
        take_sample(str(path), None, None, tmp_path, 5)
    with pytest.raises(FileNotFoundError):
        take_sample(str(tmp_path / "none"), None, None, tmp_path, 5)


# -- the trial --


def ways_of(job: str) -> list[Way]:
    ways = [Way("sequential", 1), Way("threads", 2)]
    if job == "python-io":
        ways.append(Way("asyncio", 8))
    elif job not in IN_C:
        ways.append(Way("processes", 2))
    return ways


def left() -> tuple[int, int, int]:
    gc.collect()  # what other tests have left
    return (
        threading.active_count(),
        len(multiprocessing.active_children()),
        len(os.listdir("/proc/self/fd")),
    )


@pytest.mark.parametrize("job", [*IN_C, *FUNCTIONS])
def test_each_way_is_timed_beside_its_control(job: str, many: Sample) -> None:
    if job in ("python-light", "python-cpu"):
        tried(job, ways_of(job), many, 0.1)  # what starts processes stays, and has descriptors
    before = left()
    found = tried(job, ways_of(job), many, 0.5)
    assert left() == before
    assert [each.way for each in found.timed] == ways_of(job)
    assert 0 < found.records <= many.records and found.rounds >= 1
    first, *others = found.timed
    assert first.gain is first.control is first.share() is None
    for each in others:
        assert each.seconds > 0 and each.gain is not None
        assert each.gain == pytest.approx(first.seconds / each.seconds)
        assert each.control is not None and each.control > 0
        assert each.share() == pytest.approx(each.gain / each.control)
        assert (each.start > 0) == (job not in IN_C)


def test_waits_gain_what_bare_waits_do(many: Sample) -> None:
    """No processor is needed, so this holds on a computer that is busy."""
    found = tried("python-io", [Way("sequential", 1), Way("threads", 4)], many, 2)
    gain = found.timed[1].gain
    assert gain is not None and gain > 1.5


def test_it_takes_about_the_time(many: Sample) -> None:
    begin = time.monotonic()
    found = tried("count", ways_of("count"), many, 1)
    took = time.monotonic() - begin
    assert found.rounds >= 1
    assert found.seconds <= took < 20


def test_records_that_take_long_are_fewer(many: Sample) -> None:
    found = tried("python-io", ways_of("python-io"), many, 0.3)
    assert found.records < many.records


def test_one_worker_alone(many: Sample) -> None:
    found = tried("python-cpu", [Way("sequential", 1)], many, 0.1)
    assert [each.way.workers for each in found.timed] == [1]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_whatever_ends_it_nothing_is_left(
    error: type[BaseException], many: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried("python-cpu", ways_of("python-cpu"), many, 0.1)
    before = left()

    def fail(self: Any, way: Way) -> float:
        raise error

    monkeypatch.setattr(trial._Control, "gain", fail)
    with pytest.raises(error):
        tried("python-cpu", ways_of("python-cpu"), many, 30)
    end = time.monotonic() + 10
    while left() != before and time.monotonic() < end:
        time.sleep(0.02)
    assert left() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_python_drops_is_heard(
    number: signal.Signals,
    many: Sample,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Interrupted:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def leave(number: int, frame: Any) -> None:
        raise SystemExit(128 + number)

    monkeypatch.setitem(trial.IN_C, "count", lambda *arguments: Interrupted())
    before = signal.signal(number, leave)
    try:
        with pytest.raises(SystemExit) as ended:
            tried("count", ways_of("count"), many, 30)
        assert signal.getsignal(number) is leave
    finally:
        signal.signal(number, before)
    assert ended.value.code == 128 + number
    assert capsys.readouterr().err == ""


def test_a_trial_in_another_thread_leaves_signals_alone(many: Sample) -> None:
    found: list[int] = []
    before = signal.getsignal(signal.SIGINT), sys.unraisablehook
    work = threading.Thread(
        target=lambda: found.append(tried("count", ways_of("count"), many, 0.1).rounds)
    )
    work.start()
    work.join(60)
    assert found and (signal.getsignal(signal.SIGINT), sys.unraisablehook) == before


def test_an_estimate_counts_the_start() -> None:
    timed = Timed(Way("processes", 2), 0.5, 0.1, 1.8, 1.9)
    assert timed.estimate(1) == 0.6
    assert timed.estimate(4) == 2.1


@pytest.mark.parametrize("func", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_functions_take_any_record(func: Callable[[mrrc.Record], Any]) -> None:
    func(mrrc.Record())
