# SPDX-License-Identifier: MIT
"""Records that processes read together.

A record is bytes, and the bytes of many lie in one block of shared memory. Other processes get no
copy of it: filters, columns and writers of C work on it where it is, and only a record that is
asked for is made from its own bytes. Nothing in it can be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import overload

from mrrc.batch import RecordBatch
from mrrc.concurrency.segments import Layout, Segment, taken_out
from mrrc.record import Record

__all__ = ["SharedBatch"]


class SharedBatch:
    """Records in shared memory.

    >>> from mrrc import MARCReader
    >>> from mrrc.concurrency import SharedBatch
    >>> with MARCReader("examples/sample.mrc") as reader, SharedBatch(reader) as shared:
    ...     len(shared), len(shared.batch.filter("880/*?")), shared[0]['001'].data
    (21, 1, '   99001001 ')

    It is given to another process as an argument is, and its pickle is a handle of some bytes:
    whoever unpickles it has the same memory. Where it was made it is kept until the others have it,
    and closed in the end, by ``with`` or by the collector; those that have it may go on with it.

    Args:
        records: the records, or a `RecordBatch`; None stands for one that could not be read.
        reasons: why those are None, by index; of a batch those it has itself.

    Raises:
        NoSharedMemory: there is not so much left.
        SharedMemoryGone: from unpickling: it was closed.
        ValueError: it was closed here.
    """

    __slots__ = ("_batch", "_segment", "_size")

    def __init__(
        self,
        records: Iterable[Record | None],
        reasons: Mapping[int, Iterable[Exception]] | None = None,
    ) -> None:
        if not isinstance(records, RecordBatch):
            records = RecordBatch(records, reasons)
        elif reasons is not None:
            raise TypeError("a batch has its own reasons")
        layout = Layout(records)
        segment = Segment(layout.size)
        layout.put(segment.memory)
        self._begin(segment, layout.size)

    def _begin(self, segment: Segment, size: int) -> None:
        self._segment: Segment | None = segment
        self._size = size
        self._batch: RecordBatch | None = None

    @property
    def batch(self) -> RecordBatch:
        """The records as a batch whose block is the shared memory, which it keeps."""
        batch = self._batch
        if batch is None:
            batch = self._batch = taken_out(self._open().memory)
        return batch

    @property
    def size(self) -> int:
        """How many bytes of shared memory it takes."""
        return self._size

    def _open(self) -> Segment:
        segment = self._segment
        if segment is None:
            raise ValueError("the batch is closed")
        return segment

    def __len__(self) -> int:
        return len(self.batch)

    @overload
    def __getitem__(self, index: int) -> Record | None: ...

    @overload
    def __getitem__(self, index: slice) -> list[Record | None]: ...

    def __getitem__(self, index: int | slice) -> Record | None | list[Record | None]:
        """Return a record, made anew at each call; changes to it do not change the batch."""
        return self.batch[index]

    def __iter__(self) -> Iterator[Record | None]:
        return iter(self.batch)

    @property
    def errors(self) -> dict[int, list[Exception]]:
        """What was amiss in the records where they were read, by index; as `RecordBatch` has it."""
        return self.batch.errors

    @property
    def closed(self) -> bool:
        """Whether `close()` was called."""
        return self._segment is None

    def close(self) -> None:
        """Let go of the memory; where the batch was made, nobody else can get it any more."""
        segment, self._segment, self._batch = self._segment, None, None
        if segment is not None:
            segment.remove()

    def __enter__(self) -> SharedBatch:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SharedBatch {'closed' if self._segment is None else f'of {self._size} bytes'}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _attached, (self._open().name, self._size)


def _attached(name: str, size: int) -> SharedBatch:
    batch = SharedBatch.__new__(SharedBatch)
    batch._begin(Segment.attach(name, size), size)
    return batch
