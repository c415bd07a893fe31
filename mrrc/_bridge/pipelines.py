# SPDX-License-Identifier: MIT
"""Threads of the core that read a source ahead.

What they give is what the source's reader alone would give, so that who asks `Source` for
batches need not know whether there are any.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from mrrc._bridge.core import NULL, free_with
from mrrc._bridge.faults import raise_for
from mrrc._native import ffi, lib

if TYPE_CHECKING:
    from mrrc._bridge.columns import Columns
    from mrrc._bridge.streams import Encoder

#: A wait in C lasts no longer, in milliseconds: behind it Python looks for signals.
_SLICE = 50


def check_time(deadline: float) -> None:
    """Raise `TimeoutError` where the time is over."""
    if time.monotonic() >= deadline:
        raise TimeoutError


def _slice(deadline: float | None) -> int:
    """Return how long a call may wait, in milliseconds."""
    if deadline is None:
        return _SLICE
    left = 1000 * (deadline - time.monotonic())
    return min(_SLICE, max(0, int(left) + 1 if left > 0 else 0))


class Pipeline:
    """The threads of one source.

    Args:
        reader: the core's reader, which has its source and its filter.
        flags: how records are read.
        size: how many threads there are, how many pieces may lie ready, how many bytes of the
            source a piece has.
        encoder: what the records are encoded with.
        columns: what rows are made of them by, in place of that.
        kept: what has to stay as long as the threads run.

    Attributes:
        workers: how many threads there were at the beginning.

    Raises:
        OSError: there can be no thread.
        ValueError: one of the numbers makes no sense.
    """

    __slots__ = ("_error", "_free", "pointer", "workers")

    def __init__(
        self,
        reader: Any,
        flags: int,
        size: tuple[int, int, int],
        encoder: Encoder | None,
        columns: Columns | None,
        kept: Any,
    ) -> None:
        error = ffi.new("mrrc_error *")
        if columns is not None:
            pointer = lib.mrrc_pipeline_of_columns(reader, columns._columns, *size, flags, error)
        else:
            pointer = lib.mrrc_pipeline_new(
                reader, NULL if encoder is None else encoder._encoder, *size, flags, error
            )
        if pointer == NULL:
            if error.code == lib.MRRC_ERR_ARGUMENT:
                raise ValueError(f"a pipeline cannot have this size: {size}")
            raise_for(error)
        used = (kept, encoder, columns)

        def free(pointer: Any, used: Any = used) -> None:
            lib.mrrc_pipeline_free(pointer)

        self.pointer = pointer
        self.workers = lib.mrrc_pipeline_workers(pointer)
        self._error = error
        self._free = free_with(error, free, pointer)

    def next(self, view: Any, error: Any, deadline: float | None) -> int:
        """Wait a little for the next batch; returns a status."""
        wait = _slice(deadline)
        return lib.mrrc_pipeline_next(self.pointer, wait, view, error)  # type: ignore[no-any-return]

    def encode(self, encoder: Encoder, view: Any, done: Any, error: Any) -> int:
        """Wait a little for the next batch and what the encoder makes of it; returns a status."""
        out = encoder._out
        return lib.mrrc_pipeline_encode(  # type: ignore[no-any-return]
            self.pointer, _SLICE, encoder._encoder, out, view, done, error
        )

    def rows(self, out: Any) -> bool:
        """Move the rows of the batch last given into an output without rows, if there are some
        of all of its records. Returns whether there are."""
        return lib.mrrc_pipeline_rows(self.pointer, out) == 0  # type: ignore[no-any-return]

    def piece(self) -> Any:
        """Return the core's reader that has the bytes of the batch last given."""
        return NULL if self.pointer == NULL else lib.mrrc_pipeline_piece(self.pointer)

    def stop(self) -> None:
        """Have the threads end, and who waits return; any thread may call it."""
        pointer = self.pointer
        if pointer != NULL:
            lib.mrrc_pipeline_stop(pointer)

    def close(self) -> None:
        """Stop the threads and wait for them; nothing else may be asked for then."""
        self.pointer = NULL
        self._free()
