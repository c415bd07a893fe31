# SPDX-License-Identifier: MIT
"""parallel/serving.py: a worker's talk, with the other end of its pipe in a thread."""

import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from typing import Any

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.parallel import serving
from mrrc.parallel.chunks import RangeChunk
from mrrc.parallel.sending import pack_error
from mrrc.parallel.tasks import Job, Outcome, pack_job

DATA = b"".join(make.sample(n) for n in range(5))
CHUNK = pickle.dumps(RangeChunk(mrrc.split(DATA, parts=1)[0], {}))


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    # only a main thread may; a process has no other
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(serving, "_LOOK", 0.0)
    ours, theirs = Pipe()
    thread = threading.Thread(target=serving.serve, args=(theirs, pickle.dumps((None, ()))))
    thread.start()
    assert ours.recv() == ("ready",)
    yield ours
    if not ours.closed:
        ours.send(("go",))
    thread.join()
    ours.close()
    theirs.close()


def outcome(pipe: Any, task: int) -> Outcome:
    kind, number, data = pipe.recv()
    assert (kind, number) == ("done", task)
    return Outcome.unpacked(data)


def test_tasks_of_several_jobs(pipe: Any) -> None:
    pipe.send(("job", 1, pack_job(Job(work.number))))
    pipe.send(("job", 2, pack_job(Job(work.fields))))
    for task, job in ((10, 1), (11, 2), (12, 1)):
        pipe.send(("task", task, job, CHUNK))
    assert outcome(pipe, 10).values == [f"smpl{n:08}" for n in range(5)]
    assert outcome(pipe, 11).values == [17] * 5
    assert outcome(pipe, 12).read == 5
    pipe.send(("end", 1))
    pipe.send(("task", 13, 1, CHUNK))
    assert outcome(pipe, 13).stopped


def test_a_job_that_ends_meanwhile(pipe: Any) -> None:
    pipe.send(("job", 1, pack_job(Job(work.sleeps))))
    pipe.send(("task", 10, 1, CHUNK))
    pipe.send(("task", 11, 1, CHUNK))
    pipe.send(("end", 1))
    first = outcome(pipe, 10)
    assert first.stopped and first.read < 5
    assert outcome(pipe, 11).stopped


def test_what_does_not_arrive(pipe: Any) -> None:
    pipe.send(("job", 1, b"no pickle"))
    pipe.send(("task", 10, 1, CHUNK))
    assert outcome(pipe, 10).fatal is not None
    pipe.send(("job", 2, pack_job(Job(work.number))))
    pipe.send(("task", 11, 2, b"no pickle"))
    assert outcome(pipe, 11).fatal is not None


def test_left_alone(pipe: Any) -> None:
    pipe.close()


def test_one_that_cannot_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    ours, theirs = Pipe()
    serving.serve(theirs, pickle.dumps((work.cannot_begin, ())))
    kind, packed = ours.recv()
    assert kind == "failed"
    assert packed[1] == "RuntimeError: no licence"
    assert len(pack_error(ValueError())) == 3
    ours.close()
    theirs.close()


def test_it_imports_little() -> None:
    code = "import sys, mrrc.parallel.serving; print('asyncio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
