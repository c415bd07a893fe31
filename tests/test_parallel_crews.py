# SPDX-License-Identifier: MIT
"""parallel/crews.py: threads and the executors of others."""

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import parallel_work as work
import pytest
import records as make

from mrrc.parallel import NotPicklableError, RecordTaskError, WorkerLost, map_records
from mrrc.parallel.chunks import ReadyChunk
from mrrc.parallel.crews import Crew, Task, ThreadCrew, lost
from mrrc.parallel.processes import start_method
from mrrc.parallel.tasks import Job, Outcome

COUNT = 60
DATA = b"".join(make.sample(n) for n in range(COUNT))
NAMES = [f"smpl{n:08}" for n in range(COUNT)]


def test_threads_of_an_executor() -> None:
    with ThreadPoolExecutor(2) as executor:
        stream = map_records(DATA, work.number, executor=executor, chunk_size=7)
        assert list(stream) == NAMES
        assert stream.decision is not None
        assert (stream.decision.strategy, stream.decision.max_workers) == ("executor", 2)
        assert list(map_records(DATA, lambda record: 1, executor=executor)) == [1] * COUNT
        with pytest.raises(RecordTaskError):
            list(map_records(DATA, work.fails_at_7, executor=executor))
        assert executor.submit(int).result() == 0  # it stays open


def test_processes_of_an_executor(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    path.write_bytes(DATA)
    with ProcessPoolExecutor(2, get_context(start_method())) as executor:
        assert list(map_records(path, work.number, executor=executor, chunk_size=7)) == NAMES
        pids = set(map_records(DATA, work.process, executor=executor))
        assert os.getpid() not in pids
        with pytest.raises(RecordTaskError) as caught:
            list(map_records(path, work.fails_at_7, executor=executor))
        assert isinstance(caught.value.__cause__, KeyError)
        assert caught.value.index == 7
        with pytest.raises(NotPicklableError, match="func"):
            list(map_records(path, lambda record: 1, executor=executor))
        stream = map_records(path, work.dies_at_20, executor=executor, chunk_size=5)
        with pytest.raises(WorkerLost) as died:
            list(stream)
        assert died.value.range is not None
        with pytest.raises(WorkerLost):
            list(map_records(path, work.number, executor=executor))


def test_an_initializer_of_threads() -> None:
    names: list[str] = []
    stream = map_records(
        DATA,
        work.number,
        strategy="threads",
        max_workers=1,
        initializer=lambda: names.append(threading.current_thread().name),
    )
    assert list(stream) == NAMES
    assert len(names) == 1 and names[0].startswith("mrrc-worker")
    with pytest.raises(WorkerLost) as caught:
        list(map_records(DATA, work.number, strategy="threads", initializer=work.cannot_begin))
    assert caught.value.__cause__ is not None


def test_tasks_that_were_not_begun_are_taken_back() -> None:
    crew = ThreadCrew(1)
    begun, go = threading.Event(), threading.Event()

    def wait(record: object) -> None:
        begun.set()
        go.wait()

    import mrrc

    job = crew.job(Job(wait))
    tasks = [Task(n, ReadyChunk([(mrrc.Record(), None)] * 2), job) for n in range(3)]
    for task in tasks:
        assert crew.accepts(task.chunk, job)
        crew.submit(task)
    begun.wait()
    crew.end(job)
    for task in tasks[1:]:
        assert isinstance(task.outcome, Outcome) and task.outcome.stopped
    go.set()
    while tasks[0].outcome is None:
        crew.wait(tasks, 0.1)
    assert isinstance(tasks[0].outcome, Outcome)
    assert tasks[0].outcome.stopped and tasks[0].outcome.read == 1
    crew.close()


def test_a_crew_of_no_kind() -> None:
    crew = Crew(1)
    for call in (
        lambda: crew.job(Job(len)),
        lambda: crew.submit(Task(0, ReadyChunk(()), None)),
        lambda: crew.wait((), 0),
        lambda: crew.end(None),
        crew.close,
    ):
        with pytest.raises(NotImplementedError):
            call()
    assert lost(ReadyChunk(()), -signal.SIGKILL).exitcode == -9
