# SPDX-License-Identifier: MIT
"""Records read ahead by threads, in the order of the file.

The threads are the core's: they cut the source into blocks at the ends of records and decode
those side by side, with the GIL released. What comes out, records, errors and their places, is
what a reader gives, because a reader is what asks for it; this module adds waiting with a limit,
errors that stay, several consumers, and an end at any time.
"""

from __future__ import annotations

import os
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

from mrrc import _bridge
from mrrc.batch import RecordBatch
from mrrc.exceptions import FatalReaderError, MrrcException
from mrrc.files import SourceLike, open_source
from mrrc.formats import table
from mrrc.formats.reader import FormatReader
from mrrc.pipeline_errors import PipelineClosed, PipelineForked, PipelineTimeout
from mrrc.pipeline_size import PipelineConfig
from mrrc.reader import MARCReader
from mrrc.record import Record
from mrrc.waiting import Interrupted, waited

__all__ = ["PipelineStats", "ProducerConsumerPipeline"]


class PipelineStats(NamedTuple):
    """What a pipeline has done so far."""

    records: int
    """How many records were given out."""

    skipped: int
    """How many could not be read, and were passed over."""

    batches: int
    """How many blocks were fetched from the threads."""

    workers: int
    """How many threads decode, or did until the end; 0 before the first record was asked for.
    There may be fewer than the configuration says, where the system gives no more."""

    waited: float


#: The pipelines whose records a forked process must not give out a second time.
_living: weakref.WeakSet[ProducerConsumerPipeline] = weakref.WeakSet()


def _after_fork() -> None:
    for pipeline in list(_living):
        pipeline._forget()


os.register_at_fork(after_in_child=_after_fork)


class ProducerConsumerPipeline:
    """Records of a source, read ahead by threads.

    >>> from mrrc import ProducerConsumerPipeline
    >>> with ProducerConsumerPipeline.from_file("examples/sample.mrc") as pipeline:
    ...     titles = [record.title for record in pipeline]

    Records come in the order of the file, whatever the number of threads, and each of them to
    exactly one consumer, of which there may be any number in any threads. An error comes after all
    records before it, and stays: each later call raises it again. At most `channel_capacity` blocks
    lie ready, and one more for each thread is under way.

    `from_file` makes one.

    Attributes:
        config: how it is built.
    """

    def __init__(
        self,
        source: SourceLike,
        config: PipelineConfig | None = None,
        *,
        on_error: str = "raise",
        format: str | None = None,
        encoding: str | None = None,
        mmap: bool = False,
        **options: Any,
    ) -> None:
        self._closed = True  # until there is something to close
        if on_error not in ("raise", "skip", "yield"):
            raise ValueError(f"on_error is 'raise', 'skip' or 'yield', not {on_error!r}")
        self.config = (config or PipelineConfig()).checked()
        self._on_error = on_error
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._error: BaseException | None = None
        self._finished = False
        self._fetched = self._skipped = 0
        self._waited = 0.0
        self._ready: list[Record] = []  # to be given out, the last first
        self._take: Callable[[], Record] = self._ready.pop
        self._ends: list[Callable[[], Any]] = []
        self._reader: MARCReader | FormatReader | None = None
        self._source: _bridge.Source | None = None
        # of a pipe even the first bytes, which tell what it is, may be long in coming
        self._pipe = waited(source)
        self._asked = (self._pipe or source, format, encoding, mmap, options)
        if self._pipe is None:
            self._begin()
        else:
            self._ends.append(self._pipe.close)
        self._name = getattr(source, "name", None) if not isinstance(source, str) else source
        self._closed = False
        _living.add(self)

    @classmethod
    def from_file(
        cls,
        path: SourceLike,
        buffer_size: int | None = None,
        channel_capacity: int | None = None,
        *,
        config: PipelineConfig | None = None,
        on_error: str = "raise",
        format: str | None = None,
        encoding: str | None = None,
        mmap: bool = False,
        **options: Any,
    ) -> ProducerConsumerPipeline:
        """Open a source and begin to read ahead with the first call for a record.

        Args:
            path: a path, the records as bytes, or a binary file object; compressed or not. Bytes
                of a file object, and of what is compressed, are read by the consumer's thread. A
                pipe, socket or terminal, by its path or as Python opens it, is looked into when a
                record is asked for: then a wrong argument shows, too.
            buffer_size: bytes of the source in a block, in place of the configuration's.
            channel_capacity: how many blocks may lie ready, in place of the configuration's.
            config: see `PipelineConfig` and `pipeline_config`.
            on_error: ``raise`` where a record cannot be read; ``skip`` it, counted in `stats`; or
                ``yield`` the error in the record's place. What ends the reading is raised always.
            format, encoding: as in `mrrc.read`.
            mmap: read a path as `MARCReader` does with `mmap`; of ISO 2709.
            options: `recovery_mode`, `where` and other arguments of the format's reader.

        Raises:
            FileNotFoundError, OSError: the path cannot be opened.
            ValueError: a number makes no sense.
            TypeError, LookupError, QueryError: as `mrrc.read`.
        """
        chosen = config or PipelineConfig()
        if buffer_size is not None:
            chosen = chosen._replace(buffer_size=buffer_size)
        if channel_capacity is not None:
            chosen = chosen._replace(channel_capacity=channel_capacity)
        return cls(
            path,
            chosen,
            on_error=on_error,
            format=format,
            encoding=encoding,
            mmap=mmap,
            **options,
        )

    def _begin(self) -> MARCReader | FormatReader:
        """Return the reader, which is made when it is asked for first."""
        if self._reader is None:
            before = len(self._ends)
            try:
                self._reader = self._opened(*self._asked)
            except Interrupted:
                del self._ends[: len(self._ends) - before]  # they have nothing of their own to end
                if self._pipe is not None:
                    self._pipe.rewind()
                raise
            except BaseException:
                self._end_all()
                raise
            if self._pipe is not None:
                self._pipe.go_on()
            self._source = self._reader._source
        return self._reader

    def _opened(
        self,
        source: Any,
        format: str | None,
        encoding: str | None,
        mmap: bool,
        options: dict[str, Any],
    ) -> MARCReader | FormatReader:
        opened = open_source(source)
        self._ends.insert(0, opened.close)
        name = table.reading(opened, format)
        if mmap and (name != "marc" or opened.path is None):
            raise ValueError("mmap=True needs a path of ISO 2709")
        reader: MARCReader | FormatReader
        if name != "marc":
            reader = FormatReader(opened, name, encoding, **options)
        elif mmap:
            reader = MARCReader(
                os.fsdecode(opened.path or b""), encoding=encoding, mmap=True, **options
            )
        else:
            bytes_of: Any = opened.source("marc")
            reader = MARCReader(bytes_of, encoding=encoding, **options)
        self._ends.insert(0, reader.close)
        if reader._source is None:
            raise ValueError("the source cannot be read ahead")
        size = (self.config.workers, self.config.channel_capacity, self.config.buffer_size)
        reader._source.read_ahead(*size)
        return reader

    # -- records --

    def next(self, timeout: float | None = None) -> Record | MrrcException | None:
        """Return the next record, or None at the end; wait for it if need be.

        Args:
            timeout: how many seconds to wait at most; None: as long as it takes.

        Returns:
            A record; with ``yield`` the error in the place of one that cannot be read.

        Raises:
            PipelineTimeout: no record came in time.
            PipelineClosed: the pipeline was closed.
            PipelineForked: it belongs to another process.
            MrrcException: a record cannot be read, or nothing can be read any more.
            OSError: the source cannot be read.
        """
        try:
            return self._take()  # in one step, without the lock
        except IndexError:
            pass
        began = time.monotonic()
        if not self._lock.acquire(timeout=-1 if timeout is None else max(0.0, timeout)):
            raise PipelineTimeout
        try:
            return self._next(None if timeout is None else began + timeout)
        finally:
            self._waited += time.monotonic() - began
            self._lock.release()

    def try_next(self) -> Record | MrrcException | None:
        """Return the next record if there is one already, else None.

        `finished` tells whether None means the end. Bytes of a file object are read all the same.

        Raises:
            PipelineClosed, PipelineForked, MrrcException, OSError: as `next`.
        """
        try:
            return self.next(0)
        except PipelineTimeout:
            return None

    def __iter__(self) -> Iterator[Record | MrrcException]:
        return self

    def __next__(self) -> Record | MrrcException:
        try:
            return self._take()
        except IndexError:
            record = self.next()
        if record is None:
            raise StopIteration
        return record

    def batches(self, n: int | None = None) -> Iterator[RecordBatch]:
        """Yield the rest as batches of so many records, by default the configuration's.

        With ``yield`` a record that cannot be read is None in its batch, and the batch says why.
        """
        size = self.config.batch_size if n is None else n
        if size < 1:
            raise ValueError(f"a batch has at least one record, not {size}")
        while True:
            records: list[Record | None] = []
            reasons: dict[int, list[Exception]] = {}
            error: BaseException | None = None
            with self._lock:
                try:
                    while len(records) < size and (record := self.next()) is not None:
                        if isinstance(record, Record):
                            records.append(record)
                        else:
                            reasons[len(records)] = [record]
                            records.append(None)
                except (MrrcException, OSError) as caught:
                    error = caught
            if records:
                yield RecordBatch(records, reasons)
            if error is not None:
                raise error
            if len(records) < size:
                return

    def _next(self, deadline: float | None) -> Record | MrrcException | None:
        """Return what comes next; the lock is held."""
        if os.getpid() != self._process:
            raise PipelineForked
        if self._closed:
            raise PipelineClosed
        while True:
            try:
                return self._ready.pop()  # another thread has been here
            except IndexError:
                pass
            if self._error is not None:
                raise self._error
            if self._finished:
                return None
            reader = self._reader_until(deadline)
            record = self._read(reader, deadline)
            if record is not None:
                records = reader._withdraw()
                self._fetched += 1 + len(records)
                self._ready.extend(records)
                return record
            if self._finished:
                return None
            error = reader.current_exception
            if self._take_error(reader, error):
                return error  # type: ignore[return-value]

    def _reader_until(self, deadline: float | None) -> MARCReader | FormatReader:
        """Return the reader, if what it is can be known by then."""
        if self._pipe is not None:
            self._pipe.deadline = deadline
        try:
            return self._begin()
        except Interrupted:
            self._interrupted()
        except Exception as error:
            self._keep(error)

    def _interrupted(self) -> NoReturn:
        """Say why nobody waits any longer for a pipe."""
        if self._closed:
            raise PipelineClosed from None
        raise PipelineTimeout from None

    def _read(self, reader: MARCReader | FormatReader, deadline: float | None) -> Record | None:
        """Return the reader's next record; None at the end, and for one that cannot be read."""
        if self._source is not None:
            self._source.deadline = deadline
        try:
            return reader.__next__()
        except Interrupted:
            self._interrupted()
        except StopIteration:
            self._finished = True
            return None
        except PipelineClosed:
            raise
        except TimeoutError:
            raise PipelineTimeout from None
        except MrrcException as error:
            if reader.current_exception is not error:
                self._keep(error)
            return None
        except (OSError, EOFError) as error:
            self._keep(error)

    def _take_error(self, reader: MARCReader | FormatReader, error: BaseException | None) -> bool:
        """Deal with a record that cannot be read. Returns whether the error is given out."""
        if not isinstance(error, MrrcException):
            error = MrrcException("a record cannot be read")
        if self._on_error == "raise" or self._ends_all(reader, error):
            self._keep(error)
        if self._on_error == "yield":
            return True
        self._skipped += 1
        return False

    def _ends_all(self, reader: MARCReader | FormatReader, error: MrrcException) -> bool:
        """Return whether nothing can be read behind an error."""
        if self._source is not None and self._source.broken:
            return True
        goes_on = reader.recovery_mode in ("lenient", "permissive")
        return isinstance(error, FatalReaderError) and (
            not goes_on or type(error) is FatalReaderError
        )

    def _keep(self, error: BaseException) -> NoReturn:
        """Raise an error, now and at each later call."""
        self._error = error
        raise error

    # -- how it stands --

    @property
    def finished(self) -> bool:
        """Whether all records were given out, and no error ended that."""
        return self._finished

    @property
    def error(self) -> BaseException | None:
        """The error that ended the reading, and that each call raises; or None."""
        return self._error

    @property
    def errors(self) -> list[MrrcException]:
        """What was found between records, in lenient and permissive mode."""
        return [] if self._reader is None else list(self._reader.errors)

    @property
    def stats(self) -> PipelineStats:
        """What was done so far."""
        source = self._source
        batches = 0 if source is None else source.crossings
        workers = 0 if source is None else source.workers
        records = self._fetched - len(self._ready)
        return PipelineStats(records, self._skipped, batches, workers, self._waited)

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._closed

    def __repr__(self) -> str:
        if self._closed:
            state = "closed"
        elif self._error is not None:
            state = "failed"
        else:
            state = "finished" if self._finished else "open"
        return f"<ProducerConsumerPipeline {self._name!r} {state}>"

    # -- closing --

    def close(self, timeout: float | None = 5) -> None:
        """End the threads and close the source. Whoever waits for a record is woken.

        Args:
            timeout: how many seconds a consumer in another thread may take to let go.

        Raises:
            PipelineTimeout: it took longer; the threads end all the same.
        """
        if self._closed or os.getpid() != self._process:
            self._closed = True
            return
        self._closed = True
        self._forget()
        if self._pipe is not None:
            self._pipe.stop()
        if self._source is not None:
            self._source.stop()
        if not self._lock.acquire(timeout=-1 if timeout is None else timeout):
            raise PipelineTimeout("a consumer did not let go of the pipeline")
        try:
            self._end_all()
        finally:
            self._lock.release()

    def _forget(self) -> None:
        """Give up what is ready, in one step for threads that take without the lock."""
        self._ready = []
        self._take = self._ready.pop

    def _end_all(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            end()

    def __enter__(self) -> ProducerConsumerPipeline:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_closed", True) or os.getpid() != self._process:
            return
        warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
        self.close()
