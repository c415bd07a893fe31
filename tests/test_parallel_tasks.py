# SPDX-License-Identifier: MIT
"""parallel/tasks.py: a chunk is done, and its outcome travels."""

import operator

import parallel_work as work
import pytest
import records as make

import mrrc
from mrrc.parallel import NotPicklableError, RecordTaskError
from mrrc.parallel.chunks import Chunk, RangeChunk
from mrrc.parallel.tasks import Failure, Job, Outcome, called, fail, pack_job, run

NAMES = [f"smpl{n:08}" for n in range(10)]


def chunk(data: bytes | None = None, **options: object) -> Chunk:
    data = b"".join(make.sample(n) for n in range(10)) if data is None else data
    return RangeChunk(mrrc.split(data, parts=1, mode="resync")[0], options)


def never() -> bool:
    return False


@pytest.mark.parametrize("travels", [False, True])
def test_results_in_order(travels: bool) -> None:
    outcome = run(Job(work.number), chunk(), never)
    if travels:
        outcome = Outcome.unpacked(outcome.packed(chunk()))
    assert outcome.values == NAMES
    assert (outcome.read, outcome.failed, outcome.fatal, outcome.stopped) == (10, [], None, False)


@pytest.mark.parametrize("travels", [False, True])
def test_failures_in_their_places(travels: bool) -> None:
    outcome = run(Job(work.fails_at_7, halts=False), chunk(), never)
    if travels:
        outcome = Outcome.unpacked(outcome.packed(chunk()))
    assert outcome.failed == [7]
    failure = outcome.values[7]
    assert isinstance(failure, Failure) and not failure
    assert (failure.index, failure.offset) == (7, 7 * len(make.sample()))
    assert isinstance(failure.error, RecordTaskError)
    assert isinstance(failure.error.__cause__, KeyError)
    assert outcome.values[8] == NAMES[8]


def test_the_first_failure_ends_a_chunk() -> None:
    outcome = run(Job(work.fails_at_7), chunk(), never)
    assert (outcome.read, outcome.failed) == (8, [7])


def test_records_that_cannot_be_read_are_failures() -> None:
    bad = bytearray(make.sample(1))
    bad[12:17] = b"xxxxx"
    outcome = run(Job(work.number, halts=False), chunk(make.sample(0) + bytes(bad)), never)
    assert outcome.failed == [1]
    assert isinstance(outcome.values[1].error.__cause__, mrrc.MrrcException)
    assert outcome.values[1].index == 1
    assert "could not be read" in str(fail(Chunk(), None, ValueError("could not be read")).error)


def test_told_to_stop() -> None:
    outcome = run(Job(work.number), chunk(), lambda: True)
    assert outcome.stopped and outcome.read == 1


def test_results_that_cannot_travel() -> None:
    outcome = run(Job(work.returns_lock), chunk(), never)
    outcome = Outcome.unpacked(outcome.packed(chunk()))
    assert outcome.failed == [3]
    assert outcome.values[3].index == 3
    why = outcome.values[3].error.__cause__
    assert isinstance(why, NotPicklableError) and "lock object" in str(why)
    assert outcome.values[4] == NAMES[4]


class Unreadable:
    def __reduce__(self) -> tuple[object, ...]:
        return operator.truediv, (1, 0)


def test_results_that_do_not_arrive() -> None:
    outcome = Outcome.unpacked(Outcome([Unreadable()]).packed(chunk()))
    assert isinstance(outcome.fatal, NotPicklableError)
    assert isinstance(outcome.fatal.__cause__, ZeroDivisionError)


def test_joined() -> None:
    outcome = run(Job(work.fields, operator.add), chunk(), never)
    assert outcome.values == [170]
    assert outcome.read == 10
    failing = run(Job(work.fails_at_7, operator.add, halts=False), chunk(), never)
    assert failing.values[0] == "".join(NAMES[:7] + NAMES[8:])
    assert failing.failed == [1]
    nothing = run(Job(work.fields, operator.add), chunk(where="001 == 'x'"), never)
    assert nothing.values == []
    broken = run(Job(work.number, lambda a, b: a / b), chunk(), never)
    assert isinstance(broken.fatal, TypeError)


def test_what_is_no_failure_of_a_record_ends_it() -> None:
    class Broken(Chunk):
        def items(self):  # type: ignore[no-untyped-def]
            raise OSError("gone")
            yield

    outcome = Outcome.unpacked(run(Job(work.number), Broken(), never).packed(chunk()))
    assert isinstance(outcome.fatal, OSError)


def test_lazily() -> None:
    seen: list[str] = []
    results = called(Job(lambda record: seen.append(work.number(record))), Chunk(), chunk().items())
    assert seen == []
    next(results)
    assert seen == NAMES[:1]


def test_jobs_that_cannot_travel() -> None:
    with pytest.raises(NotPicklableError, match=r"func"):
        pack_job(Job(lambda record: 1))
    with pytest.raises(NotPicklableError, match=r"reducer"):
        pack_job(Job(work.number, lambda a, b: a))
    assert Failure(ValueError()).index is None
