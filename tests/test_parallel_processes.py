# SPDX-License-Identifier: MIT
"""parallel/processes.py: workers that die, that cannot start, and that are ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.parallel import (
    Failure,
    NotPicklableError,
    RecordPool,
    RecordTaskError,
    WorkerLost,
    map_records,
)
from mrrc.parallel.errors import WorkerTraceback
from mrrc.parallel.processes import ProcessCrew, start_method

COUNT = 60
DATA = b"".join(make.sample(n) for n in range(COUNT))
NAMES = [f"smpl{n:08}" for n in range(COUNT)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "x.mrc"
    file.write_bytes(DATA)
    return file


def mapped(source: Any, func: Any, **more: Any) -> Any:
    more.setdefault("max_workers", 2)
    return map_records(source, func, strategy="processes", **more)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # one that has ended and was not asked for it yet is alive to kill
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def gone(pids: Any) -> bool:
    limit = time.monotonic() + 10
    while any(alive(pid) for pid in pids) and time.monotonic() < limit:
        time.sleep(0.02)
    return not any(alive(pid) for pid in pids)


def test_it_is_done_elsewhere_and_nobody_stays(path: Path) -> None:
    pids = set(mapped(path, work.process, chunk_size=5))
    assert os.getpid() not in pids
    assert 1 <= len(pids) <= 2
    assert gone(pids)
    assert start_method() in ("forkserver", "spawn")


@pytest.mark.parametrize("kind", ["file", "gzip", "records"])
def test_what_cannot_be_cut_travels_as_records(kind: str, path: Path, tmp_path: Path) -> None:
    source: Any
    if kind == "file":
        source = path.open("rb")
    elif kind == "gzip":
        import gzip

        source = tmp_path / "x.mrc.gz"
        source.write_bytes(gzip.compress(DATA))
    else:
        source = list(mrrc.MARCReader(DATA))
    assert list(mapped(source, work.number, chunk_size=7)) == NAMES
    if kind == "file":
        source.close()


def test_more_than_a_pipe_takes_goes_both_ways(path: Path) -> None:
    got = 0
    for value in mapped(list(mrrc.MARCReader(DATA * 5)), work.large, chunk_size=20):
        got += len(value)
    assert got == 5 * COUNT * 100_000
    assert len(list(mapped(path, work.large, chunk_size=10))) == COUNT


def test_records_come_back(path: Path) -> None:
    got = list(mapped(path, work.same))
    assert [record.as_marc() for record in got] == [make.sample(n) for n in range(COUNT)]


def test_a_worker_that_dies_is_told_with_its_range(path: Path) -> None:
    stream = mapped(path, work.dies_at_20, chunk_size=4)
    got = []
    with pytest.raises(WorkerLost) as caught:
        for value in stream:
            got.append(value)
    error = caught.value
    assert error.exitcode == -signal.SIGKILL
    size = len(make.sample())
    assert error.range is not None
    assert error.range.start <= 20 * size < (error.range.stop or 0)
    assert got == NAMES[: error.range.start // size]
    lost = [record["001"].data for record in mrrc.read_range(error.range) if record]
    assert NAMES[20] in lost


def test_the_others_lose_nothing(path: Path) -> None:
    stream = mapped(path, work.dies_at_20, chunk_size=4, on_error="yield")
    got = list(stream)
    (failure,) = [value for value in got if isinstance(value, Failure)]
    assert isinstance(failure.error, WorkerLost) and failure.error.range is not None
    lost = [record["001"].data for record in mrrc.read_range(failure.error.range) if record]
    place = got.index(failure)
    assert got[:place] + lost + got[place + 1 :] == NAMES
    assert stream.stats.lost == 1
    skipped = mapped(path, work.dies_at_20, chunk_size=4, on_error="skip")
    assert list(skipped) == got[:place] + got[place + 1 :]


def test_a_function_that_exits(path: Path) -> None:
    with pytest.raises(WorkerLost) as caught:
        list(mapped(path, work.exits))
    assert caught.value.exitcode == 3


def test_what_cannot_be_sent_is_said_by_the_call(path: Path) -> None:
    with pytest.raises(NotPicklableError, match=r"<lambda>"):
        mapped(path, lambda record: 1)
    with pytest.raises(NotPicklableError, match="initializer"):
        mapped(path, work.number, initializer=lambda: None)
    with pytest.raises(NotPicklableError, match=r"initargs\[1\] \(lock"):
        mapped(path, work.number, initializer=work.remember, initargs=(1, threading.Lock()))
    with pytest.raises(RecordTaskError) as caught:
        list(mapped(path, work.returns_lock))
    assert isinstance(caught.value.__cause__, NotPicklableError)
    assert caught.value.index == 3


def test_an_exception_comes_with_its_traceback(path: Path) -> None:
    with pytest.raises(RecordTaskError) as caught:
        list(mapped(path, work.fails_at_7))
    assert isinstance(caught.value.__cause__, KeyError)
    trace = caught.value.__cause__.__cause__
    assert isinstance(trace, WorkerTraceback) and "in fails_at_7" in str(trace)
    with pytest.raises(RecordTaskError, match="Odd: 1 and 2"):
        list(mapped(path, work.raises_odd))


def test_the_initializer(path: Path) -> None:
    stream = mapped(path, work.remembered, initializer=work.remember, initargs=("colour",))
    assert set(stream) == {"colour"}
    assert "value" not in work.STATE
    with pytest.raises(WorkerLost, match="initializer") as caught:
        list(mapped(path, work.number, initializer=work.cannot_begin))
    assert isinstance(caught.value.__cause__, RuntimeError)
    with pytest.raises(WorkerLost, match="as it started"):
        list(mapped(path, work.number, initializer=work.leaves))
    records = list(mrrc.MARCReader(DATA))
    with pytest.raises(WorkerLost, match="initializer"):
        list(mapped(records, work.number, initializer=work.cannot_begin))


def test_the_environment_is_that_of_the_program(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(os.environ)
    assert len(set(mapped(path, work.environment))) == 1
    assert dict(os.environ) == before


def test_killed_within_a_record(path: Path) -> None:
    stream = mapped(path, work.hangs)
    timer = threading.Timer(0.5, stream.cancel)
    timer.start()
    with pytest.raises(Exception, match="cancelled"):
        next(stream)
    pool = RecordPool(1)
    later = pool.map_records(path, work.process, chunk_size=1)
    pid = next(later)
    pool.close(kill=True)
    assert gone([pid])
    later.close()
    timer.join()


@pytest.mark.thread_unsafe(reason="forks, and its other threads would be gone")
def test_a_fork_does_not_take_the_workers_along(path: Path) -> None:
    with RecordPool(1) as pool:
        assert list(pool.map_records(path, work.number)) == NAMES
        pid = os.fork()
        if pid == 0:
            try:
                list(pool.map_records(path, work.number))
            except RuntimeError:
                os._exit(5)
            finally:
                os._exit(6)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5
        assert list(pool.map_records(path, work.number)) == NAMES


PROGRAM = """
import sys, time, os
sys.path.insert(0, sys.argv[2])
import parallel_work as work
from mrrc.parallel import map_records
if __name__ == "__main__":
    stream = map_records(sys.argv[1], work.sleeps, strategy="processes", max_workers=2,
                         chunk_size=1)
    next(stream)
    try:
        print(*[worker.process.pid for worker in stream._crew._workers], flush=True)
        for _ in stream:
            pass
        for _ in map_records(sys.argv[1], work.hangs, strategy="processes", max_workers=2):
            pass
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.fixture
def program(path: Path, tmp_path: Path) -> Iterator[Any]:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    process = subprocess.Popen(
        [sys.executable, str(script), str(path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(mrrc.__file__).parent.parent,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_an_interrupt_ends_all(program: Any) -> None:
    pids = [int(pid) for pid in program.stdout.readline().split()]
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does it
    out, err = program.communicate(timeout=30)
    assert out.strip() == "interrupted", err
    assert "Traceback" not in err
    assert gone(pids)


def test_workers_of_a_program_that_was_killed_go(program: Any) -> None:
    pids = [int(pid) for pid in program.stdout.readline().split()]
    program.kill()
    program.wait()
    assert gone(pids)


def test_a_crew_that_is_closed_can_begin_again() -> None:
    crew = ProcessCrew(1)
    crew.close()
    crew.close(kill=True)
    assert crew._workers == []
