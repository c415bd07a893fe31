# SPDX-License-Identifier: MIT
"""Whoever ends, in whatever way: no shared memory stays behind, and nobody else loses it."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mrrc
from mrrc.concurrency import SharedBatch, SharedCounter
from mrrc.concurrency.errors import ConcurrencyError, NoSharedMemory, SharedMemoryGone
from mrrc.concurrency.segments import Layout, Segment, taken_out

ROOM = Path("/dev/shm")

pytestmark = pytest.mark.skipif(not ROOM.is_dir(), reason="shared memory is not seen as files here")


def names(pid: int) -> list[str]:
    return [path.name for path in ROOM.glob(f"mrrc_{pid:x}_*")]


def gone(pid: int) -> bool:
    limit = time.monotonic() + 20
    while names(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return names(pid) == []


def program(text: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", text, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(mrrc.__file__).parent.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "default"},
    )


@pytest.fixture
def ended() -> Iterator[Any]:
    """Runs a program, and returns its number, what it said, and what went wrong."""
    begun: list[subprocess.Popen[str]] = []

    def run(text: str, *arguments: str) -> tuple[int, str, str]:
        process = program(text, *arguments)
        begun.append(process)
        out, err = process.communicate(timeout=60)
        return process.pid, out.strip(), err

    yield run
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.communicate()


MAKE = """
import sys, multiprocessing
from mrrc import Record
from mrrc.concurrency import SharedBatch, SharedCounter
sys.path.insert(0, "tests")
import shared_work as work
counter, batch = SharedCounter(), SharedBatch([Record()] * 10)
"""


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise KeyError", "counter.close()"])
def test_a_program_that_ends_removes_what_it_made(end: str, ended: Any) -> None:
    pid, out, err = ended(MAKE + f"import os; print(len(os.listdir('/dev/shm')))\n{end}")
    assert int(out) >= 2
    assert names(pid) == []
    assert "resource_tracker" not in err and "leaked" not in err
    assert err == "" or "KeyError" in err


def test_a_killed_program_leaves_nothing_behind() -> None:
    """Its tracker removes the names, when the last of its workers is gone."""
    text = (
        MAKE
        + """
context = multiprocessing.get_context("forkserver")
mine, theirs = context.Pipe()
worker = context.Process(target=work.keep, args=(batch, theirs), daemon=True)
worker.start()
theirs.close()
assert mine.recv() == 10
print(worker.pid, flush=True)
sys.stdin.read()
"""
    )
    process = program(text)
    assert process.stdout is not None
    try:
        worker = int(process.stdout.readline())
        assert len(names(process.pid)) == 2
    finally:
        process.kill()
        process.communicate()
    assert gone(process.pid)
    limit = time.monotonic() + 20
    while Path(f"/proc/{worker}").exists() and time.monotonic() < limit:
        time.sleep(0.02)
    assert not Path(f"/proc/{worker}").exists()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("end", ["die", "leave"])
def test_a_worker_that_ends_takes_nothing_away(method: str, end: str, ended: Any) -> None:
    """Nor does its end have anybody complain."""
    pid, out, err = ended(
        MAKE
        + f"""
if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    for _ in range(2):
        worker = context.Process(target=work.{end}, args=(counter, batch))
        worker.start()
        worker.join()
        print(worker.exitcode)
    import pickle
    pickle.loads(pickle.dumps(counter)).add(7)
    print(counter.get(), len(pickle.loads(pickle.dumps(batch))))
"""
    )
    code = "-9" if end == "die" else "0"
    assert out.split() == [code, code, "7", "10"]
    assert err == ""
    assert names(pid) == []


def test_a_stranger_that_ends_takes_nothing_away(ended: Any) -> None:
    """A program with a tracker of its own, which is not told."""
    with SharedCounter() as counter, SharedBatch([mrrc.Record()] * 3) as batch:
        _, out, err = ended(
            "import pickle, sys\n"
            "counter, batch = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
            "from multiprocessing import resource_tracker\n"
            "resource_tracker.ensure_running()\n"
            "print(counter.add(5), len(batch))",
            pickle.dumps((counter, batch)).hex(),
        )
        assert (out, err) == ("5 3", "")
        again = pickle.loads(pickle.dumps(counter))
        assert again.get() == 5
        assert len(names(os.getpid())) >= 2


def test_a_fork_that_ends_takes_nothing_away() -> None:
    with SharedCounter() as counter:
        pid = os.fork()
        if pid == 0:
            try:
                counter.add(2)
                counter.close()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        assert pickle.loads(pickle.dumps(counter)).get() == 2


def test_no_room_is_an_error_and_no_signal(ended: Any) -> None:
    pid, out, err = ended(
        MAKE
        + """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
from mrrc.concurrency.errors import NoSharedMemory
before = len(__import__("os").listdir("/proc/self/fd"))
try:
    SharedBatch([Record(fields=[])] * 100_000)
except NoSharedMemory as error:
    print(type(error.__cause__).__name__, error)
print(len(__import__("os").listdir("/proc/self/fd")) - before)
"""
    )
    assert out.startswith("OSError [Errno 27] no "), err
    assert out.endswith("\n0")
    assert (names(pid), err) == ([], "")


def test_more_than_there_is() -> None:
    before = names(os.getpid())
    with pytest.raises(NoSharedMemory, match="bytes of shared memory") as caught:
        Segment(1 << 60)
    assert isinstance(caught.value, ConcurrencyError)
    assert caught.value.errno in (errno.ENOSPC, errno.ENOMEM, errno.EFBIG)
    assert isinstance(caught.value.__cause__, OSError)
    assert names(os.getpid()) == before


def test_a_name_that_somebody_else_removed(ended: Any) -> None:
    pid, _, err = ended(
        MAKE + "import os; os.unlink('/dev/shm/' + counter._segment.name); counter.close()"
    )
    assert (names(pid), err) == ([], "")


def test_a_stretch_is_mapped_once() -> None:
    segment = Segment(100)
    assert Segment.attach(segment.name, 100) is segment
    segment.remove()
    segment.remove()
    with pytest.raises(SharedMemoryGone):
        Segment.attach(segment.name, 100)


def test_a_stretch_that_is_too_short() -> None:
    """A handle that lies gives no memory behind the end, where a look would kill."""
    segment = Segment(8)
    name = segment.name
    segment.memory.close()
    from mrrc.concurrency import segments

    segments._mapped.clear()
    with pytest.raises(SharedMemoryGone):
        Segment.attach(name, 1 << 20)
    segment.remove()


@pytest.mark.parametrize("count", [0, 1, 17])
def test_what_is_laid_out_is_taken_out(count: int) -> None:
    batch = mrrc.RecordBatch([mrrc.Record()] * count)
    layout = Layout({"batch": batch, "more": list(range(count))})
    segment = Segment(layout.size + 100)
    layout.put(segment.memory)
    found = taken_out(segment.memory)
    assert len(found["batch"]) == count and found["more"] == list(range(count))
    layout = Layout("no block")
    layout.put(segment.memory)
    assert taken_out(segment.memory) == "no block"
    segment.remove()
