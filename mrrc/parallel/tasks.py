# SPDX-License-Identifier: MIT
"""What is done with a chunk where it is worked on: in a thread, a process or an event loop.

A function is called with each record, and what came of it is one outcome, with the failures in
their places. An outcome that goes to another process is packed here, so that whatever cannot
travel is found where it was made.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mrrc.parallel.chunks import Chunk, Item
from mrrc.parallel.errors import NotPicklableError, RecordTaskError
from mrrc.parallel.sending import PackedError, named, pack, pack_error, unpack_error
from mrrc.record import Record

__all__ = ["Failure", "Job", "Outcome", "called", "fail", "join", "pack_job", "run", "unread"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What stands in the place of a result that there is none of.

    Attributes:
        error: a `RecordTaskError`, whose cause is what was raised, or a `WorkerLost`, which
            stands for all records of its range.
    """

    error: BaseException

    @property
    def index(self) -> int | None:
        """The record's number in its source, from 0; None where it is not known."""
        return getattr(self.error, "index", None)

    @property
    def offset(self) -> int | None:
        """Where the record begins in its source."""
        return getattr(self.error, "byte_offset", None)

    @property
    def path(self) -> str | None:
        """The path or name of the source."""
        return getattr(self.error, "source", None)

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with every chunk.

    Attributes:
        func: called with each record.
        fold: joins two results; a chunk then has at most one.
        halts: the first failure ends the chunk.
    """

    func: Callable[[Any], Any]
    fold: Callable[[Any, Any], Any] | None = None
    halts: bool = True


def pack_job(job: Job) -> bytes:
    """Return a job as it travels.

    Raises:
        NotPicklableError: a function of it cannot.
    """
    pack(job.func, "func")
    if job.fold is not None:
        pack(job.fold, "reducer")
    return pack(job, "job")


@dataclass(slots=True)
class Outcome:
    """What came of a chunk.

    Attributes:
        values: the results in order, each failure in its place.
        failed: where those are.
        read: how many records there were.
        errors: what belongs to no record.
        fatal: what ended the chunk and is no failure of a record, as an `OSError`.
        stopped: it was told to stop before its end.
    """

    values: list[Any] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    read: int = 0
    errors: list[BaseException] = field(default_factory=list)
    fatal: BaseException | None = None
    stopped: bool = False

    def add_failure(self, failure: Failure) -> None:
        """Put a failure into the place of a result."""
        self.failed.append(len(self.values))
        self.values.append(failure)

    def packed(self, chunk: Chunk) -> bytes:
        """Return the outcome of a chunk as it travels.

        A result that cannot is a failure in its place.
        """
        failures = [(place, _packed_failure(self.values[place])) for place in self.failed]
        for place in self.failed:
            self.values[place] = None
        try:
            values = pickle.dumps(self.values, pickle.HIGHEST_PROTOCOL)
        except Exception:
            failures += self._take_out_unpicklable(chunk)
            values = pickle.dumps(self.values, pickle.HIGHEST_PROTOCOL)
        fatal = None if self.fatal is None else pack_error(self.fatal)
        errors = [pack_error(error) for error in self.errors]
        state = (values, sorted(failures), self.read, errors, fatal, self.stopped)
        return pickle.dumps(state, pickle.HIGHEST_PROTOCOL)

    def _take_out_unpicklable(self, chunk: Chunk) -> list[tuple[int, _PackedFailure]]:
        found = []
        # only now are the records wanted again, to say where they stand
        items = chunk.items() if len(self.values) == self.read else iter(())
        for place, value in enumerate(self.values):
            record, _ = next(items, (None, None))
            try:
                pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            except Exception as error:
                why = NotPicklableError(what=f"a result ({named(type(value))} object)")
                why.__cause__ = error
                found.append((place, _packed_failure(fail(chunk, record, why))))
                self.values[place] = None
        return found

    @staticmethod
    def unpacked(data: bytes) -> Outcome:
        """Return an outcome that came from another process."""
        values, failures, read, errors, fatal, stopped = pickle.loads(data)
        outcome = Outcome(
            read=read,
            errors=[_plain(error) for error in errors],
            fatal=None if fatal is None else unpack_error(fatal),
            stopped=stopped,
        )
        try:
            outcome.values = pickle.loads(values)
        except Exception as error:
            outcome.fatal = NotPicklableError(what="a result")
            outcome.fatal.__cause__ = error
            return outcome
        for place, (cause, known) in failures:
            told = RecordTaskError(**known)
            told.__cause__ = unpack_error(cause)
            outcome.values[place] = Failure(told)
            outcome.failed.append(place)
        return outcome


#: The cause of a failure, and what is known of its place.
_PackedFailure = tuple[PackedError, dict[str, Any]]


def _packed_failure(failure: Failure) -> _PackedFailure:
    told = failure.error
    known = {name: getattr(told, name) for name in ("record_index", "byte_offset", "source")}
    return pack_error(told.__cause__ or told), known


def _plain(packed: PackedError) -> BaseException:
    """Return an error that was kept, not raised: it has no traceback to be told."""
    error = unpack_error(packed)
    error.__cause__ = None
    return error


def fail(chunk: Chunk, record: Record | None, error: BaseException) -> Failure:
    """Return what stands for a record that came to nothing."""
    if record is None:
        index = getattr(error, "record_index", None)
        offset = getattr(error, "byte_offset", None)
        source = getattr(error, "source", None)
    else:
        index, offset, source = chunk.place_of(record)
    told = RecordTaskError(
        record_index=index,
        byte_offset=offset,
        source=chunk.source if source is None else source,
    )
    told.__cause__ = error
    return Failure(told)


def unread(reason: BaseException | None) -> BaseException:
    """Return why a record could not be read."""
    return ValueError("the record could not be read") if reason is None else reason


def called(job: Job, chunk: Chunk, items: Iterable[Item]) -> Iterator[tuple[bool, Any]]:
    """Call the function with each record, when it is asked for.

    Returns:
        An iterator over the results, each with whether it is one; otherwise it is a `Failure`.
    """
    func = job.func
    for record, reason in items:
        if record is None:
            yield False, fail(chunk, None, unread(reason))
            continue
        try:
            value = func(record)
        except Exception as error:
            yield False, fail(chunk, record, error)
            continue
        yield True, value


def join(job: Job, outcome: Outcome) -> None:
    """Join the results of an outcome into one."""
    if job.fold is None:
        return
    failed = set(outcome.failed)
    values = [value for place, value in enumerate(outcome.values) if place not in failed]
    failures = [outcome.values[place] for place in outcome.failed]
    joined = values[:1]
    for value in values[1:]:
        joined[0] = job.fold(joined[0], value)
    outcome.values = joined + failures
    outcome.failed = list(range(len(joined), len(outcome.values)))


def run(job: Job, chunk: Chunk, stop: Callable[[], bool]) -> Outcome:
    """Do what is to be done with a chunk.

    Args:
        stop: asked before each record whether to leave off.
    """
    outcome = Outcome()
    values = outcome.values
    try:
        for sound, value in called(job, chunk, chunk.items()):
            outcome.read += 1
            if sound:
                values.append(value)
            else:
                outcome.add_failure(value)
                if job.halts:
                    break
            if stop():
                outcome.stopped = True
                break
        join(job, outcome)
    except Exception as error:
        outcome.fatal = error
    outcome.errors = chunk.errors
    return outcome
