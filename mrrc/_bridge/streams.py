# SPDX-License-Identifier: MIT
"""Many records at a time: sources that C reads, encoders that it writes through.

No CFFI object leaves this module but inside a `Source` or an `Encoder`.
"""

import errno
import os
from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from mrrc._bridge.core import (
    END,
    LENGTH_INVALID,
    MARC,
    MORE,
    NULL,
    OK,
    TERMINATOR_MISSING,
    TRUNCATED,
    UNDECODED,
    WAITING,
    free_with,
    new_buffer,
    unpack,
)
from mrrc._bridge.faults import error_of, notes_of, raise_for, warn
from mrrc._native import ffi, lib
from mrrc.exceptions import (
    EndOfRecordNotFound,
    FatalReaderError,
    RecordLengthInvalid,
    TruncatedRecord,
)

if TYPE_CHECKING:
    from mrrc._bridge.columns import Columns
    from mrrc._bridge.note import Note
    from mrrc._bridge.pipelines import Pipeline
    from mrrc._bridge.queries import Program


def _marked(text: bytes, offset: int) -> str:
    """Return the line of a text where a byte stands, with a mark under it."""
    begin = text.rfind(b"\n", 0, offset) + 1
    line = text[begin:].partition(b"\n")[0].decode()
    place = len(text[begin:offset].decode("utf-8", "replace"))
    return f"  {line}\n  {' ' * place}^"


class Encoder:
    """A file of records being encoded; one thread at a time.

    Args:
        format: the format's number.
        flags: how it is written.
        columns: selectors, for a table of a row a record.

    Raises:
        ValueError: a selector that is none; the message has a caret under the place.
    """

    __slots__ = ("_encoder", "_out")

    def __init__(self, format: int, flags: int = 0, columns: Iterable[str] | None = None) -> None:
        encoder = lib.mrrc_encoder_new(format, flags)
        if encoder == NULL:
            raise MemoryError
        self._encoder = ffi.gc(encoder, lib.mrrc_encoder_free)
        self._out = new_buffer()
        if columns is not None:
            self._set_columns(list(columns))

    def _set_columns(self, columns: list[str]) -> None:
        for column in columns:
            if "\n" in column:
                raise ValueError(f"a selector has no line end: {column!r}")
        text = "".join(f"{column}\n" for column in columns).encode()
        error = ffi.new("mrrc_error *")
        if lib.mrrc_encoder_columns(self._encoder, text, len(text), error) == 0:
            self._warn_of_columns(text)
            return
        if error.code != lib.MRRC_ERR_ARGUMENT:
            raise_for(error)
        detail = ffi.string(error.detail).decode("utf-8", "replace")
        raise ValueError(f"{detail}\n{_marked(text, error.offset)}")

    def _warn_of_columns(self, text: bytes) -> None:
        count = ffi.new("size_t *")
        faults = lib.mrrc_encoder_warnings(self._encoder, count)
        if not count[0]:
            return
        from mrrc._bridge.queries import fault_of

        for fault in (fault_of(faults[i]) for i in range(count[0])):
            hint = f"\n  {fault.hint}" if fault.hint else ""
            warn(UserWarning(f"{fault.message}\n{_marked(text, fault.offset)}{hint}"))

    def _taken(self, status: int) -> bytes:
        if status < 0:
            raise MemoryError
        out = self._out
        encoded: bytes = unpack(out.text, out.size) if out.size else b""
        out.size = 0
        return encoded

    def begin(self) -> bytes:
        """Return what stands before the first record."""
        return self._taken(lib.mrrc_encoder_begin(self._encoder, self._out))

    def end(self) -> bytes:
        """Return what stands behind the last record."""
        return self._taken(lib.mrrc_encoder_end(self._encoder, self._out))

    def beside(self) -> bytes:
        """Count a record that the caller writes itself; return what stands before it."""
        return self._taken(lib.mrrc_encoder_beside(self._encoder, self._out))

    def records(
        self, block: bytes | memoryview, ends: Iterable[int]
    ) -> tuple[bytes, int, Exception | None]:
        """Encode packed records that end at `ends` of a block, in one crossing.

        Returns the bytes, how many records are in them, and why there are not more.
        """
        numbers = array("I", ends)
        self._out.size = 0  # convert() leaves there what it wrote
        done, error = ffi.new("size_t *"), ffi.new("mrrc_error *")
        status = lib.mrrc_encoder_records(
            self._encoder,
            ffi.from_buffer("uint8_t[]", block),
            ffi.from_buffer("uint32_t[]", numbers),
            len(numbers),
            self._out,
            done,
            error,
        )
        return self._taken(0), done[0], error_of(error) if status < 0 else None

    def notes(self) -> "list[Note]":
        """Return what had to be replaced since this was asked last."""
        count = ffi.new("size_t *")
        notes = lib.mrrc_encoder_notes(self._encoder, count)
        return notes_of(notes, count[0], written=True)


#: What a status is, after which nobody knows where the next record begins.
_FRAMING: dict[int, type[FatalReaderError]] = {
    LENGTH_INVALID: RecordLengthInvalid,
    TRUNCATED: TruncatedRecord,
    TERMINATOR_MISSING: EndOfRecordNotFound,
}


class Block(NamedTuple):
    """A batch as C filled it."""

    block: bytes
    ends: list[int]
    offsets: memoryview  # of unsigned 64-bit numbers
    lengths: memoryview  # of unsigned 32-bit numbers
    statuses: list[int] | None  # None where each is OK
    # of `Note`; a text in its place would be compiled, which takes as long as a module
    notes: list[Any] | tuple[()] = ()
    faults: list[Exception] | tuple[()] = ()  # of formats whose faults have more to tell than notes
    numbers: list[int] | None = None  # of a filtered source: records met before each
    met: int = 0  # and in all
    end: int = 0  # the offset behind the last of them

    def place(self, index: int) -> int:
        """Return how many records of the source this block had before one of its own."""
        if self.numbers is None:
            return index
        return self.numbers[index] if index < len(self.numbers) else self.met

    def behind(self, index: int, whole: bool = False) -> int:
        """Return how many records of the source there are up to the end of so many of these.

        Args:
            whole: those passed over behind the last count too.
        """
        if whole:
            return self.met
        return self.place(index - 1) + 1 if index else 0

    def is_plain(self, index: int) -> bool:
        """Return whether a record is packed, and its text decoded."""
        return self.statuses is None or self.statuses[index] == OK

    def chunk(self, index: int) -> bytes:
        """Return a record's bytes: packed, or as in the source where its status is not OK."""
        return self.block[self.ends[index - 1] if index else 0 : self.ends[index]]

    def framing(self, index: int) -> type[FatalReaderError] | None:
        """Return why nobody knows where the record behind one begins; None where it is known."""
        return None if self.statuses is None else _FRAMING.get(self.statuses[index])


class Converted:
    """A batch that went from one format into another without becoming Python's.

    Attributes:
        encoded: a buffer, which holds until the next call.
        done: how many records are in it.
        block: the batch, where not all of it was encoded or something is noted.
        met: how many records there were in the source, those passed over too.
        error: why the record behind those done is not there.
    """

    __slots__ = ("_numbers", "block", "done", "encoded", "error", "met")

    def __init__(
        self,
        encoded: Any,
        done: int,
        block: Block | None,
        error: Exception | None,
        met: int,
        numbers: memoryview | None,
    ) -> None:
        self.encoded = encoded
        self.done = done
        self.block = block
        self.error = error
        self.met = met
        self._numbers = numbers

    def place(self, index: int) -> int:
        """Return how many records of the source come before one of the batch."""
        return index if self._numbers is None else self._numbers[index]


_NO_ERROR = bytes(ffi.sizeof("mrrc_error"))

#: How much is asked of a file object at first, and at most.
_FED_FIRST = 1 << 16
_FED_MAX = 1 << 20


class Source:
    """A path, bytes or a file object that C reads; one thread at a time, the caller sees to it.

    Args:
        path: what to open, or None to read `data`; beside `read` a name for messages.
        data: the bytes to read where there is no path; they are not copied.
        format: the format's number.
        read: a file object's method, where bytes come from Python.
        base: the offset of the first byte, where what is read begins in the middle.
        program: passes over records that do not match; see `filter`.

    Attributes:
        failed: where the record of the last fault begins, and how long it is.
        broken: whether the last fault was one behind which nothing follows.
        crossings: how many batches C was asked for, each time with the GIL released.
        deadline: until when `read_ahead` may be waited for, of `time.monotonic()`; or None.

    Raises:
        OSError: the path cannot be opened.
    """

    __slots__ = (
        *(
            "_ahead",
            "_base",
            "_columns",
            "_data",
            "_error",
            "_fed",
            "_program",
            "_read",
            "_reader",
            "_view",
        ),
        *("_pipeline", "broken", "crossings", "deadline", "failed", "path"),
    )

    def __init__(
        self,
        path: str | bytes | None,
        data: bytes = b"",
        format: int = MARC,
        read: Callable[[int], bytes] | None = None,
        base: int = 0,
        program: "Program | None" = None,
    ) -> None:
        self.path = path
        self.failed = (0, 0)
        self._base = base
        self._data = data
        self._read = read
        self._program: Program | None = None
        self._ahead: tuple[int, int, int] | None = None
        self._columns: Columns | None = None
        self._pipeline: Pipeline | None = None
        self.deadline: float | None = None
        self.crossings = 0
        self.broken = False
        self._fed = _FED_FIRST
        self._error = ffi.new("mrrc_error *")
        self._view = ffi.new("mrrc_batch_view *")
        reader = lib.mrrc_reader_new(format)
        if reader == NULL:
            raise MemoryError
        self._reader = reader
        free_with(self._error, lib.mrrc_reader_free, reader)
        if program is not None:
            self.filter(program)
        if read is not None:
            lib.mrrc_reader_open_feed(reader)
            return
        if path is None:
            # the bytes object stays with self, and CPython never moves it
            lib.mrrc_reader_open_memory(reader, ffi.from_buffer("uint8_t[]", data), len(data))
            return
        encoded = os.fsencode(path)
        if b"\0" in encoded:
            raise ValueError("embedded null byte")
        self._try(lambda: lib.mrrc_reader_open_path(reader, encoded, self._error))

    def limit(self, stop: int) -> None:
        """Take the path's file for ended at an offset, before anything is read."""
        lib.mrrc_reader_limit(self._reader, stop)

    def _feed(self) -> None:
        """Give C the next bytes of the file object."""
        read = self._read
        if read is None:
            raise RuntimeError("the source is not fed")
        data = read(self._fed)
        if isinstance(data, str):
            raise TypeError("the file is in text mode: open it with mode 'rb'")
        if data is None:
            raise BlockingIOError(errno.EAGAIN, "the file has no data ready")
        self._fed = min(2 * self._fed, _FED_MAX)
        feed = lib.mrrc_reader_feed if self._pipeline is None else lib.mrrc_pipeline_feed
        at_work = self._reader if self._pipeline is None else self._pipeline.pointer
        if feed(at_work, ffi.from_buffer("uint8_t[]", data), len(data)) < 0:
            raise MemoryError

    def _try(self, call: Any) -> int:
        """Call until no signal interrupts; its handler runs between two calls."""
        error = self._error
        while True:
            status: int = call()
            if status == MORE:
                self._feed()
                continue
            if status == WAITING:  # which signals may end
                self._wait()
                continue
            if status >= 0:
                return status
            if error.code == lib.MRRC_ERR_IO and error.system == errno.EINTR:
                error.code = error.system = 0
                continue
            error.offset += self._base
            error.record_offset += self._base
            self.failed = (error.record_offset, error.record_size)
            self.broken = error.code < lib.MRRC_FATAL
            try:
                raise error_of(error, self.path, True, self.near, self.bytes_at)
            finally:
                ffi.memmove(error, _NO_ERROR, ffi.sizeof("mrrc_error"))

    def next(self, flags: int) -> Block | None:
        """Read the next batch, with the GIL released; None at the end.

        A batch has no records where all of them were passed over.

        Raises:
            MrrcException: a fault of a record, behind which the next call goes on, or of the
                source, behind which nothing follows. ISO 2709 has statuses in their place.
        """
        return self._block() if self.advance(flags) else None

    def advance(self, flags: int) -> bool:
        """Read the next batch and leave it in C, as `next()`; False at the end."""
        reader, view, error = self._reader, self._view, self._error
        self.crossings += 1
        pipeline = self._threads(flags)
        if pipeline is not None:
            return self._try(lambda: pipeline.next(view, error, self.deadline)) != END
        return self._try(lambda: lib.mrrc_reader_next(reader, flags, view, error)) != END

    def read_ahead(
        self, workers: int, capacity: int, block: int, columns: "Columns | None" = None
    ) -> None:
        """Have threads decode what is read, from the first batch on.

        Flags and encoder of the first call hold for all then, and `seek()` is at an end.

        Args:
            workers: how many threads.
            capacity: how many pieces may lie ready, beside one that each thread is at work on.
            block: bytes of the source in a piece.
            columns: what the threads are to make rows by.
        """
        self._ahead = (workers, capacity, block)
        self._columns = columns

    def _threads(self, flags: int, encoder: Encoder | None = None) -> "Pipeline | None":
        if self._ahead is not None and self._pipeline is None:
            from mrrc._bridge.pipelines import Pipeline

            kept = (self._error, self._program, self._data)  # the reader goes with the error
            self._pipeline = Pipeline(
                self._reader, flags, self._ahead, encoder, self._columns, kept
            )
        return self._pipeline

    def stop(self) -> None:
        """Have the threads that read ahead end, and who waits for them return."""
        if self._pipeline is not None:
            self._pipeline.stop()

    def _wait(self) -> None:
        if self.deadline is not None:
            from mrrc._bridge.pipelines import check_time

            check_time(self.deadline)

    @property
    def workers(self) -> int:
        """How many threads read ahead, or did; 0 as long as none was needed."""
        return 0 if self._pipeline is None else self._pipeline.workers

    def rows(self, out: Any) -> bool:
        """Move rows that threads have made of the batch last read into an output of C's that has
        none. Returns whether there were some of all of its records."""
        return self._pipeline is not None and self._pipeline.rows(out)

    @property
    def piece(self) -> Any:
        """The reader that has the bytes of the batch last read."""
        return self._reader if self._pipeline is None else self._pipeline.piece()

    def filter(self, program: "Program") -> None:
        """Pass over records that are packed and do not match."""
        if lib.mrrc_reader_filter(self._reader, program.pointer) < 0:
            raise MemoryError
        self._program = program  # C has a pointer into it

    def _block(self) -> Block:
        """Copy the batch."""
        view = self._view
        count = view.count

        def copy(pointer: Any, size: int) -> memoryview:
            return memoryview(bytes(ffi.buffer(pointer, size * count)))

        notes: list[Note] | tuple[()] = ()
        if view.notes_count:
            notes = notes_of(view.notes, view.notes_count, seen=view.seen, base=self._base)
        faults = [self._fault(view.faults[i]) for i in range(view.faults_count)]
        if not count:
            return Block(
                b"",
                [],
                memoryview(b"").cast("Q"),
                memoryview(b"").cast("I"),
                None,
                notes,
                faults,
                None if view.numbers == NULL else [],
                view.met,
                self._base + view.end,
            )
        offsets = copy(view.offsets, 8).cast("Q")
        if self._base:
            offsets = memoryview(array("Q", [self._base + offset for offset in offsets]))
        return Block(
            ffi.buffer(view.block, view.block_size)[:] if view.block_size else b"",
            copy(view.ends, 4).cast("I").tolist(),
            offsets,
            copy(view.lengths, 4).cast("I"),
            copy(view.statuses, 2).cast("h").tolist() if view.marked else None,
            notes,
            faults,
            None if view.numbers == NULL else copy(view.numbers, 8).cast("Q").tolist(),
            view.met,
            self._base + view.end,
        )

    def _fault(self, error: Any) -> Exception:
        """Make the exception of a fault behind which reading went on."""
        error.offset += self._base
        return error_of(error, self.path, True, self.near, self.bytes_at)

    def convert(self, flags: int, encoder: Encoder) -> Converted | None:
        """Read the next batch and encode it, with the GIL released; None at the end.

        Raises:
            MrrcException: as `next()`.
        """
        reader, view, error, out = self._reader, self._view, self._error, encoder._out
        done = ffi.new("size_t *")
        out.size = 0
        failure: Exception | None = None

        pipeline = self._threads(flags, encoder)

        def call() -> int:
            nonlocal failure
            if pipeline is None:
                status: int = lib.mrrc_reader_encode(
                    reader, flags, encoder._encoder, out, view, done, error
                )
            else:
                status = pipeline.encode(encoder, view, done, error)
            if status < 0 and view.count > 0:  # the record behind those done cannot be written
                failure = error_of(error)
                ffi.memmove(error, _NO_ERROR, ffi.sizeof("mrrc_error"))
                return UNDECODED
            return status

        status = self._try(call)
        if status == END:
            return None
        encoded = ffi.buffer(out.data, out.size) if out.size else b""
        whole = status == OK and not view.notes_count and not view.faults_count
        numbers = None
        if view.numbers != NULL:
            numbers = memoryview(bytes(ffi.buffer(view.numbers, 8 * view.count))).cast("Q")
        block = None if whole else self._block()
        return Converted(encoded, done[0], block, failure, view.met, numbers)

    def seek(self, offset: int) -> None:
        """Go on at a byte offset; `OSError` where the source cannot."""
        if offset < self._base or self._ahead is not None:
            raise OSError(errno.ESPIPE, os.strerror(errno.ESPIPE), self.path)
        at = offset - self._base
        self._try(lambda: lib.mrrc_reader_seek(self._reader, at, self._error))

    def bytes_at(self, offset: int, size: int) -> bytes:
        """Return bytes of the batch last read, as they stand in the source."""
        into = bytearray(size)
        status = -1
        if offset >= self._base:
            status = lib.mrrc_reader_source_bytes(
                self.piece, offset - self._base, size, ffi.from_buffer("uint8_t[]", into)
            )
        if status != 0:
            raise ValueError("the bytes are not of the batch last read")
        return bytes(into)

    def near(self, offset: int) -> tuple[bytes, int] | None:
        """Return what is at hand of the bytes near an offset, and the offset of the first."""
        from mrrc.damage import NEAR

        def run(direction: int) -> bytes:
            """Add to the bytes on one side, by halves, since they may end anywhere."""
            found, step = b"", NEAR
            while step and len(found) < NEAR:
                first = offset + len(found) if direction > 0 else offset - len(found) - step
                try:
                    more = self.bytes_at(first, step) if first >= 0 else b""
                except ValueError:
                    more = b""
                found = found + more if direction > 0 else more + found
                if not more:
                    step //= 2
            return found

        before, behind = run(-1), run(1)
        return (before + behind, offset - len(before)) if before or behind else None

    def close(self) -> None:
        """Close the file."""
        if self._pipeline is not None:
            self._pipeline.close()
        self._try(lambda: lib.mrrc_reader_close(self._reader, self._error))
