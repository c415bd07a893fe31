# SPDX-License-Identifier: MIT
"""concurrency: what there is, what suits a job, and a trial that is bounded and leaves nothing."""

from __future__ import annotations

import gzip
import json
import multiprocessing.util
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import records as make
from command_line import SAMPLE, Done, command, mrrc, sample_records, with_bad

from mrrc.cli import concurrency
from mrrc.cli.concurrency import _advised, _Files, _verdict
from mrrc.cli.trial import FUNCTIONS, IN_C, Sample, Timed, Trial, Way
from mrrc.concurrency import environment_report
from mrrc.parallel import strategy
from mrrc.parallel.strategy import Decision, decide

JOBS = (*IN_C, *FUNCTIONS)
WORKLOADS = {"python-light": "trivial", "python-cpu": "cpu", "python-io": "io"}
NO_TRIAL = ("--seconds", "0")


@pytest.fixture(autouse=True)
def folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Where the command puts its samples: its name leaves room for that of a socket in it."""
    # folders that are kept stay where they are
    multiprocessing.util.get_temp_dir()
    tmp_path_factory.getbasetemp()
    with tempfile.TemporaryDirectory(dir="/tmp") as path:
        monkeypatch.setattr(tempfile, "tempdir", path)
        yield Path(path)


def data(*arguments: object, stdin: bytes = b"") -> dict[str, Any]:
    done = mrrc("concurrency", "--json", *arguments, stdin=stdin)
    assert done.status == 0, done.err
    found: dict[str, Any] = json.loads(done.out)
    return found


# -- what there is --


def test_without_a_file_it_says_what_there_is() -> None:
    done = mrrc("concurrency")
    assert (done.status, done.err) == (0, "")
    names = [line[:15].strip() for line in str(environment_report()).splitlines()]
    assert [line[:15].strip() for line in done.lines] == names
    found = data()
    assert found["environment"]["usable_cores"] == environment_report().usable_cores
    assert found["job"] is found["choice"] is found["trial"] is None


def test_standard_input_is_read_where_it_is_named_only() -> None:
    assert data(stdin=SAMPLE.read_bytes())["files"] == []
    found = data("-", *NO_TRIAL, stdin=SAMPLE.read_bytes())
    assert (found["files"], found["records"], found["exact"]) == (["-"], 21, True)


# -- the choice --


@pytest.mark.parametrize("job", JOBS)
def test_a_job_without_a_file(job: str) -> None:
    found = data("--job", job)
    assert found["job"] == job
    assert found["trial"] is None and found["choice"]["code"]


@pytest.mark.parametrize("count", [1, 21, 3000])
@pytest.mark.parametrize("job", FUNCTIONS)
def test_the_choice_is_the_librarys(job: str, count: int, tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(make.sample(number) for number in range(count)))
    found = data("--job", job, *NO_TRIAL, path)
    assert (found["records"], found["exact"]) == (count, True)
    decision = decide(FUNCTIONS[job], WORKLOADS[job], count)
    assert decision is not None
    choice = found["choice"]
    assert choice["strategy"] == decision.strategy
    assert (choice["max_workers"], choice["reason"]) == (decision.max_workers, decision.reason)
    compile(choice["code"], "code", "exec")
    assert repr(str(path)) in choice["code"]


def files_of(size: int, format: str = "marc") -> _Files:
    sample = Sample(Path("x"), format, 10, 8000, 0, False)
    return _Files(["a b.mrc"], sample, size // 800, False, size)


@pytest.mark.parametrize(
    ("job", "size", "format", "cores", "wanted"),
    [
        ("convert", 1 << 30, "marc", 4, "threads"),
        ("extract", 1 << 30, "marc", 4, "threads"),
        ("count", 1 << 30, "marcxml", 4, "threads"),
        ("count", 1 << 30, "marc", 4, "sequential"),
        ("convert", 1 << 10, "marc", 4, "sequential"),
        ("convert", 1 << 30, "marc", 1, "sequential"),
    ],
)
def test_what_mrrc_does_by_itself(
    job: str, size: int, format: str, cores: int, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (concurrency, strategy):
        monkeypatch.setattr(module, "recommended_workers", lambda kind: cores)
    advice = _advised(job, files_of(size, format))
    assert advice.decision.strategy == wanted
    assert f"mrrc {job} " in advice.code and "'a b.mrc'" in advice.code
    assert ("--jobs 4" in advice.code) == (wanted == "threads")
    assert [each.workers for each in concurrency._ways(job)] == ([1, 4] if cores > 1 else [1])


def test_how_many_records_is_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mrrc.cli.trial.RECORDS", 100)
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(make.sample(number) for number in range(1000)))
    found = data(*NO_TRIAL, path, path)
    assert not found["exact"] and 1500 < found["records"] < 2500
    assert found["bytes"] == 2 * path.stat().st_size
    packed = tmp_path / "a.mrc.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    found = data(*NO_TRIAL, packed)
    assert found["records"] is found["bytes"] is None
    assert "nobody knows how many" in mrrc("concurrency", *NO_TRIAL, packed).text
    assert "unpacked by one thread" in mrrc("concurrency", *NO_TRIAL, packed).text


# -- the trial --


def ways_in(found: dict[str, Any]) -> list[dict[str, Any]]:
    ways: list[dict[str, Any]] = found["trial"]["ways"]
    return ways


@pytest.mark.parametrize("job", JOBS)
def test_no_gain_without_its_control(job: str, folder: Path) -> None:
    found = data("--job", job, "--seconds", "0.2", SAMPLE)
    assert found["trial"]["rounds"] >= 1 and 0 < found["trial"]["records"] <= 21
    first, *others = ways_in(found)
    assert first["strategy"] == "sequential" and first["gain"] is None
    for each in others:
        assert each["gain"] > 0 and each["control"] > 0
        assert each["share"] == pytest.approx(each["gain"] / each["control"])
    assert found["trial"]["verdict"] in ("agrees", "busy", "differs")
    assert os.listdir(folder) == []


def test_as_text() -> None:
    done = mrrc("concurrency", "--job", "python-io", "--seconds", "0.2", SAMPLE)
    assert (done.status, done.err) == (0, "")
    assert f"{SAMPLE}: 21 records of marc, 29.6 KiB" in done.text
    for head in ("job", "take", "why", "watch out", "write", "trial"):
        assert any(line.startswith(f"{head} ") for line in done.lines)
    (table,) = (line for line in done.lines if line.split() == TABLE)
    assert done.lines[done.lines.index(table) + 1].split()[:2] == ["one", "worker"]


TABLE = ["seconds", "gain", "control", "to", "start"]


def trial_of(seconds: list[float], gains: list[float], control: float, start: float) -> Trial:
    ways = [Way("sequential", 1), Way("threads", 2), Way("processes", 2)]
    timed = [Timed(ways[0], seconds[0], 0.0, None, None)]
    timed += [
        Timed(way, took, start, gain, control)
        for way, took, gain in zip(ways[1:], seconds[1:], gains)
    ]
    return Trial(1000, 3, 2.0, timed)


@pytest.mark.parametrize(
    ("chosen", "records", "control", "start", "wanted"),
    [
        ("processes", 100_000, 1.9, 0.1, "agrees"),
        ("sequential", 100_000, 1.9, 0.1, "differs"),
        ("sequential", 100_000, 1.1, 0.1, "busy"),
        ("sequential", 1000, 1.9, 5.0, "agrees"),  # they would have to be started
        ("sequential", 50, 1.9, 0.0, "agrees"),  # so little is no matter
        ("sequential", None, 1.9, 0.0, "differs"),
    ],
)
def test_the_verdict(
    chosen: str, records: int | None, control: float, start: float, wanted: str
) -> None:
    trial = trial_of([1.0, 1.02, 0.55], [0.98, 1.8], control, start)
    advice = concurrency._Advice("python-cpu", Decision(chosen, 2, "x"), "x", (), "x")
    files = _Files(["a"], None, records, False, None)
    word, sentence = _verdict(advice, trial, files)
    assert word == wanted
    assert ("2 processes would have been sooner" in sentence) == (wanted == "differs")


def test_coroutines_are_not_held_against_a_function() -> None:
    ways = [Way("sequential", 1), Way("threads", 4), Way("asyncio", 32)]
    timed = [Timed(ways[0], 4.0, 0.0, None, None)]
    timed += [Timed(ways[1], 1.0, 0.0, 4.0, 4.0), Timed(ways[2], 0.1, 0.0, 40.0, 30.0)]
    advice = concurrency._Advice("python-io", Decision("threads", 4, "x"), "x", (), "x")
    word, sentence = _verdict(
        advice, Trial(1000, 3, 2.0, timed), _Files(["a"], None, None, False, None)
    )
    assert word == "agrees" and "'async def'" in sentence


def test_one_processor_leaves_nothing_to_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(concurrency, "recommended_workers", lambda kind: 1 + (kind == "io"))
    found = data("--job", "python-cpu", "--seconds", "0.1", SAMPLE)
    assert [each["strategy"] for each in ways_in(found)] == ["sequential"]
    assert found["trial"]["verdict"] == "agrees"


# -- bad input --


def test_a_missing_file_is_named_and_passed_over(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.mrc"
    done = mrrc("concurrency", *NO_TRIAL, missing)
    assert done == Done(2, b"", f"mrrc: {missing}: No such file or directory\n")
    done = mrrc("concurrency", *NO_TRIAL, missing, SAMPLE)
    assert done.status == 2 and "21 records of marc" in done.text
    done = mrrc("concurrency", *NO_TRIAL, SAMPLE, missing)
    assert done.status == 2 and str(missing) in done.err


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert mrrc("concurrency", tmp_path) == Done(2, b"", f"mrrc: {tmp_path}: Is a directory\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(SAMPLE.read_bytes())
    path.chmod(0)
    done = mrrc("concurrency", path)
    assert (done.status, done.out) == (2, b"") and "Permission denied" in done.err


def test_what_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(SAMPLE.read_bytes())

    def refuse(name: str) -> Any:
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr(concurrency, "open_source", refuse)
    done = mrrc("concurrency", path)
    assert done == Done(2, b"", f"mrrc: {path}: Permission denied\n")


@pytest.mark.parametrize("name", ["empty.mrc", os.devnull, "-"])
def test_an_empty_file(name: str, tmp_path: Path) -> None:
    path = name if name in (os.devnull, "-") else str(tmp_path / name)
    if path.endswith(".mrc"):
        Path(path).touch()
    done = mrrc("concurrency", path)
    assert (done.status, done.err) == (1, "")
    assert done.lines[-1].endswith(": no records, so there is nothing to share out")
    done = mrrc("concurrency", "--json", path)
    found = json.loads(done.out)
    assert done.status == 1
    assert found["records"] == 0 and found["choice"] is found["trial"] is None


def test_an_empty_file_beside_others(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mrc"
    empty.touch()
    found = data(*NO_TRIAL, empty, SAMPLE)
    assert (found["records"], found["exact"]) == (21, True)


def test_what_is_no_marc(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("Dear colleague,\n")
    done = mrrc("concurrency", letter)
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(f"mrrc: {letter}: is of no format that is known")


def test_bad_records_are_told_of_and_not_tried(tmp_path: Path) -> None:
    path = tmp_path / "bad.mrc"
    path.write_bytes(with_bad(sample_records(), 2))
    done = mrrc("concurrency", "--seconds", "0.1", path)
    assert done.status == 1
    assert done.err == f"mrrc: {path}: 1 record cannot be read, and is not in the trial\n"
    assert "20 records of marc" in done.text


def test_a_file_that_breaks_off_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "cut.mrc.gz"
    path.write_bytes(gzip.compress(SAMPLE.read_bytes())[:9000])
    done = mrrc("concurrency", "--seconds", "0.1", path)
    assert done.status == 2
    assert "ends before its end-of-stream marker" in done.err
    assert "of marc" in done.text and "\ntrial " in done.text


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon", "3601", ""])
def test_no_such_time(seconds: str) -> None:
    done = mrrc("concurrency", f"--seconds={seconds}")
    assert (done.status, done.out) == (2, b"") and "is not a time" in done.err


def test_a_pipe_that_gives_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    try:
        begin = time.monotonic()
        done = subprocess.run(
            command("concurrency", "--seconds", "0.5", "-"),
            stdin=reading,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert time.monotonic() - begin < 30
    finally:
        os.close(reading)
        os.close(writing)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mrrc: standard input: nothing came within 0.5 s\n"


def test_a_pipe_to_which_nobody_writes(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    before = len(os.listdir("/proc/self/fd"))
    done = mrrc("concurrency", "--seconds", "0.1", fifo)
    assert done == Done(2, b"", f"mrrc: {fifo}: nothing came within 0.5 s\n")
    assert len(os.listdir("/proc/self/fd")) <= before


def test_a_pipe_that_goes_on_and_on(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    records = b"".join(sample_records())

    def write() -> None:
        try:
            with open(fifo, "wb") as file:
                while True:
                    file.write(records)
        except BrokenPipeError:
            pass  # nobody reads on

    writer = threading.Thread(target=write)
    writer.start()
    done = mrrc("concurrency", "--seconds", "0.2", "--job", "python-light", fifo)
    writer.join(30)
    assert not writer.is_alive()
    assert "records, nobody knows how many, of marc" in done.text
    assert done.status == 0, done.err


@pytest.mark.parametrize(
    ("job", "number"),
    [
        ("convert", signal.SIGINT),
        ("python-cpu", signal.SIGINT),
        ("python-cpu", signal.SIGTERM),
        ("python-io", signal.SIGINT),
    ],
)
def test_an_interrupt_leaves_nothing(
    job: str, number: signal.Signals, tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "a.mrc"
    path.write_bytes(b"".join(make.sample(n) for n in range(3000)))
    process = subprocess.Popen(
        command("concurrency", "--seconds", "300", "--job", job, path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(folder)},
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(b"write"):
            break
    time.sleep(1.5)  # in the midst of it
    assert process.poll() is None
    os.killpg(process.pid, number)  # as a terminal does it
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (128 + number, b"")
    assert os.listdir(folder) == []
    end = time.monotonic() + 10
    while group_lives(process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not group_lives(process.pid)


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_count_imports_nothing_of_it() -> None:
    code = (
        "import sys; from mrrc.cli import main; main(['count', sys.argv[1]]);"
        "print([each for each in sys.modules if 'concurrency' in each or 'trial' in each])"
    )
    done = subprocess.run([sys.executable, "-c", code, SAMPLE], capture_output=True, text=True)
    assert done.stdout == "21\n[]\n"
