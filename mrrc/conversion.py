# SPDX-License-Identifier: MIT
"""File to file: records go from one format into another inside C, a batch at a time.

No Python object is made of a record, but of one that is out of the ordinary: a damaged one, or
one in an encoding that only Python knows. Those come back here and are decoded by the rules of
`MARCReader`, so a file converted is what reading and writing it would give.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from mrrc import _bridge
from mrrc.batch import decode_marked
from mrrc.exceptions import (
    EncodingError,
    FatalReaderError,
    FaultsUntold,
    MrrcException,
    QueryLimitError,
    RepairWarning,
)
from mrrc.files import open_source, open_target
from mrrc.formats import table
from mrrc.formats.odd import Encoded, fit
from mrrc.formats.writer import encoder_of, write_flags
from mrrc.marc_encoding import marc_encoding
from mrrc.raw_text import decode_raw, located
from mrrc.record import Record
from mrrc.recovery import Found, checked_cap, control_number_of, mode_flag

if TYPE_CHECKING:
    from mrrc.query import Filter

__all__ = ["Converted", "convert"]


class Converted:
    """What became of a file.

    Attributes:
        records: how many were written.
        errors: why others were not, and which bytes were passed over; each knows its place.
        repairs: what was read or written otherwise than it stood there. One of reading has as its
            ``__cause__`` the error that a reader has among those of the record.
    """

    def __init__(self) -> None:
        self.records = 0
        self.errors: list[Exception] = []
        self.repairs: list[RepairWarning] = []

    def __repr__(self) -> str:
        return (
            f"<Converted: {self.records} records, {len(self.errors)} errors, "
            f"{len(self.repairs)} repairs>"
        )


def convert(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    target: str | os.PathLike[str] | BinaryIO,
    source_format: str | None = None,
    target_format: str | None = None,
    *,
    encoding: str | None = None,
    target_encoding: str | None = None,
    unmapped: str = "ncr",
    columns: Iterable[str] | None = None,
    skip: int = 0,
    limit: int | None = None,
    where: str | Filter | None = None,
    on_error: str = "raise",
    recovery_mode: str | None = None,
    max_errors: int | None = None,
    unimarc: bool = False,
    atomic: bool = True,
    jobs: int = 1,
    progress: Callable[[int], Any] | None = None,
) -> Converted:
    """Convert a file of records.

    >>> import io
    >>> from mrrc import convert
    >>> memory = io.BytesIO()
    >>> convert("examples/sample.mrc", memory, target_format="mrk", limit=1).records
    1
    >>> memory.getvalue()[:30]
    b'=LDR  01961cam a22003497a 4500'

    Args:
        source: a path, bytes, a binary file object, or ``-`` for standard input; compressed or not.
        target: a path, a binary file object, or ``-`` for standard output.
        source_format, target_format: the formats' names; otherwise the suffix tells, and of the
            source its content.
        encoding: of the source's text; by default the records or the format say it.
        target_encoding: ``utf-8``, or for ISO 2709 ``marc-8``.
        unmapped: what becomes of a character that MARC-8 lacks: ``ncr``, ``replace`` or ``raise``.
        columns: for CSV and TSV the selectors of a table of a row a record.
        where: a filter, or its text: only records that match are converted.
        skip: how many of them to pass over first.
        limit: how many to write at most.
        on_error: ``raise`` at a record that cannot be read or written, or ``skip`` it.
        recovery_mode: what becomes of faults in what is read, as in `MARCReader` and
            `FormatReader`. Bytes that are passed over never raise.
        max_errors: how many errors and repairs of reading are borne in lenient and permissive
            mode; None or 0: any number.
        unimarc: of ISO 2709, field 100 $a says how text is encoded.
        atomic: leave a target's path as it was until all is written.
        jobs: how many threads decode and encode; 0: as many as the process may use. The outcome
            is the same.
        progress: called with the number of records written, after each batch.

    Raises:
        MrrcException: a record cannot be read or written, and `on_error` is ``raise``; or
            the source cannot be read on, with ``raise``.
        FatalReaderError: there are more errors than are borne.
        OSError: source or target cannot be opened, read or written.
        ValueError: there is no such format, or nothing tells it, or a selector is none; `jobs` is
            negative; or source and target are one file, and `atomic` is false.
        TypeError: source or target is of another kind.
    """
    if on_error not in ("raise", "skip"):
        raise ValueError(f"on_error is 'raise' or 'skip', not {on_error!r}")
    if skip < 0 or (limit is not None and limit < 0):
        raise ValueError("skip and limit are not negative")
    with open_source(source) as opened:
        reads = table.reading(opened, source_format)
        writes = table.writing(target, target_format)
        flags = write_flags(writes, target_encoding, unmapped)
        encoder = encoder_of(writes, flags, columns)
        if not atomic and _is_same(source, target):
            raise ValueError(f"{opened.name!r} can be converted into itself with atomic=True only")
        with open_target(target, atomic=atomic) as out:
            work = _Conversion(opened, reads, encoding, encoder, writes, flags, out.write, on_error)
            work.recover(recovery_mode, max_errors, unimarc)
            work.select(skip, limit, where)
            work.share(jobs)
            out.write(encoder.begin())
            work.run(progress)
            out.write(encoder.end())
    return work.result


def _is_same(source: Any, target: Any) -> bool:
    """Return whether two paths are one file, of which writing would leave nothing to be read."""
    paths = (source, target)
    if not all(isinstance(path, str | os.PathLike) and path != "-" for path in paths):
        return False
    return os.path.exists(target) and os.path.samefile(source, target)


class _Conversion:
    """One run over a source."""

    def __init__(
        self,
        opened: Any,
        reads: str,
        encoding: str | None,
        encoder: _bridge.Encoder,
        writes: str,
        flags: int,
        write: Callable[[Any], Any],
        on_error: str,
    ) -> None:
        self.result = Converted()
        self._opened = opened
        self._name: str | None = opened.name
        self._how: dict[str, Any] = {}  # a record of ISO 2709 is decoded
        self._flags = 0
        self._marc = reads == "marc"
        if self._marc:
            text = marc_encoding(encoding)
            self._how = text.how()
            self._flags = text.read_flags()
        if self._marc or encoding == "detect":
            encoding = None
        self._mode: str | None = None
        self._cap: int | None = None
        self._met = 0  # errors and repairs of reading
        self._source = opened.source(reads, encoding)
        self._encoder = encoder
        self._writes = writes
        self._write_flags = flags
        self._write = write
        self._raises = on_error == "raise"
        self._read = 0  # records met
        self._encoded = 0  # by the encoder
        self._skip = 0  # records that are to be passed over yet
        self._limit: int | None = None
        self._where: Filter | None = None

    def recover(self, mode: str | None, cap: int | None, unimarc: bool) -> None:
        """Set what becomes of faults."""
        self._flags |= mode_flag(mode)
        if unimarc and self._marc:
            self._flags |= _bridge.READ_UNIMARC
        self._mode = mode
        self._cap = checked_cap(cap) if mode in ("lenient", "permissive") else None

    def select(self, skip: int, limit: int | None, where: str | Filter | None) -> None:
        """Take only some of the records."""
        self._skip, self._limit = skip, limit
        if where is not None:
            from mrrc.query import filter_of

            self._where = filter_of(where)
            self._source.filter(self._where.program)

    def share(self, jobs: int) -> None:
        """Have threads do the work."""
        if jobs != 1:
            # a module that one thread does without
            from mrrc.cores import read_ahead

            read_ahead(self._source, jobs)

    def run(self, progress: Callable[[int], Any] | None) -> None:
        """Convert all that is selected."""
        while not self._is_full():
            try:
                if not self._step():
                    return
            except (MrrcException, OSError, EOFError) as error:
                if type(error) is FatalReaderError:
                    raise
                # of the source: the records before it are written
                ended = error is self._opened.failure
                if self._raises or not (ended or isinstance(error, MrrcException)):
                    raise
                self.result.errors.append(error)
                self._bear(error)
                if ended:  # the bytes are damaged from here on
                    return
                self._read = getattr(error, "record_index", None) or self._read + 1
                self._skip -= min(1, self._skip)
            if progress is not None:
                progress(self.result.records)

    def _is_full(self) -> bool:
        return self._limit is not None and self.result.records >= self._limit

    def _step(self) -> bool:
        """Convert the next batch. Returns whether there was one."""
        if self._skip or self._limit is not None or self._refuses_notes():
            block = self._source.next(self._flags)
            if block is None:
                return False
            self._convert_block(block, 0)
            return True
        converted = self._source.convert(self._flags, self._encoder)
        if converted is None:
            return False
        self._write(converted.encoded)
        self._count(converted.done, 0, converted.place)
        if converted.block is None:
            self._read += converted.met
        else:
            self._convert_block(converted.block, converted.done, converted.error)
        return True

    def _count(self, done: int, start: int, place: Callable[[int], int]) -> None:
        """Count records that the encoder wrote, those of a batch from `start` on.

        Args:
            place: tells how many records of the source come before one in its batch.
        """
        for note in self._encoder.notes():
            self._say(note, self._read + place(start + note.record - self._encoded) + 1)
        self._encoded += done
        self.result.records += done

    def _say(
        self,
        note: _bridge.Note,
        number: int | None,
        offset: int | None = None,
        control_number: str | None = None,
    ) -> None:
        repair = RepairWarning(
            note.text(),
            source=self._name,
            record_index=number,
            field_tag=note.tag,
            byte_offset=offset,
        )
        if not note.written:
            repair.__cause__ = _bridge.exception_of(
                note,
                source=self._name,
                record_index=number,
                control_number=control_number,
                near=self._source.near,
            )
        self.result.repairs.append(repair)

    def _refuses_notes(self) -> bool:
        """Whether a record that was read with a flaw is a bad one; of ISO 2709 it comes as such."""
        return self._mode == "strict" and not self._marc

    def _bear(self, error: Exception) -> None:
        """Count an error or a repair of reading, and raise where there are too many."""
        self._met += 1
        if self._cap and self._met > self._cap:
            raise FatalReaderError(
                cap=self._cap,
                errors_seen=self._met,
                source=self._name,
                record_index=getattr(error, "record_index", None),
            )

    def _convert_block(
        self, block: _bridge.Block, done: int, error: Exception | None = None
    ) -> None:
        """Convert the records of a batch, of which some are written already.

        Args:
            error: why the one behind those written could not be.
        """
        told = self._tell_of(block, 0, done + (error is not None))
        if error is not None:
            self._fail(error, self._number(block, done))
            done += 1
        end = len(block.ends)
        start = self._pass_over(block, done)
        if start >= end and self._mode is None and self._ends_early(block):
            start = end - 1  # records to be passed over are missing
        told = self._tell_of(block, told, start)
        flawed = {note.record for note in block.notes} if self._refuses_notes() else set()
        while start < end and not self._is_full():
            stop = end
            if block.statuses is not None:
                stop = next((i for i in range(start, end) if block.statuses[i] != _bridge.OK), end)
            stop = min((index for index in flawed if start <= index < stop), default=stop)
            if self._limit is not None:
                stop = min(stop, start + self._limit - self.result.records)
            if start in flawed:
                self._fail(self._reason(block, start), self._number(block, start))
                start += 1
                continue
            told = self._tell_of(block, told, max(stop, start + 1))
            if stop == start:
                self._convert_odd(block, start)
                start += 1
                continue
            self._convert_run(block, start, stop)
            start = stop
        self._tell_of_strays(block)
        self._read += block.met

    def _number(self, block: _bridge.Block, index: int) -> int:
        """Return the number in the source of a record of the batch at work."""
        return self._read + block.place(index) + 1

    def _pass_over(self, block: _bridge.Block, start: int) -> int:
        """Return the first record from `start` on that is not to be passed over."""
        end = len(block.ends)
        if self._where is None or block.statuses is None:
            passed = min(self._skip, end - start)
            self._skip -= passed
            return start + passed
        while start < end and self._skip:
            # what C has not decoded it has not tested
            if block.is_plain(start) or self._may_match(block, start):
                self._skip -= 1
            start += 1
        return start

    def _tell_of(self, block: _bridge.Block, start: int, stop: int) -> int:
        """Say what was repaired in reading the records `start` to `stop`, and return `stop`."""
        if self._refuses_notes():
            return stop
        for note in block.notes:
            if start <= note.record < stop and not self._is_missing(block, note.record):
                control_number = control_number_of(block, note.record, self._source)
                number = self._number(block, note.record)
                self._say(note, number, note.offset, control_number)
                self._bear(self.result.repairs[-1])
        return max(start, stop)

    def _tell_of_strays(self, block: _bridge.Block) -> None:
        """Say what was passed over; white space between records is no loss."""
        for note in block.notes:
            if note.record != _bridge.NO_RECORD:
                continue
            if note.code == _bridge.BETWEEN_RECORDS and note.found == 1:
                self._say(note, None, note.offset)
                self._bear(self.result.repairs[-1])
            else:
                error = _bridge.exception_of(note, source=self._name, near=self._source.near)
                self.result.errors.append(error)
                self._bear(error)
        if self._mode == "permissive":
            for fault in block.faults:
                self.result.errors.append(fault)
                self._bear(fault)

    @staticmethod
    def _is_missing(block: _bridge.Block, index: int) -> bool:
        return block.statuses is not None and block.statuses[index] < 0

    def _reason(self, block: _bridge.Block, index: int) -> Exception:
        """Return why a record of a block is not there, or is not to be."""
        found = Found(block, self._name, self._read, self._source)
        return found.reason(index, 0 if block.statuses is None else block.statuses[index])

    @staticmethod
    def _ends_early(block: _bridge.Block) -> bool:
        """Return whether the source cannot be read on behind the block."""
        return block.framing(-1) is not None

    def _convert_run(self, block: _bridge.Block, start: int, stop: int) -> None:
        """Convert packed records in one crossing, or in as many as records fail."""
        while start < stop:
            begin = block.ends[start - 1] if start else 0
            data = block.block[begin : block.ends[stop - 1]]
            ends = (end - begin for end in block.ends[start:stop])
            done, error = self._encode(block, data, ends, start)
            start += done
            if error is not None:
                self._fail(error, self._number(block, start))
                start += 1

    def _encode(
        self, block: _bridge.Block, data: bytes, ends: Iterable[int], start: int
    ) -> tuple[int, Exception | None]:
        encoded, done, error = self._encoder.records(data, ends)
        self._write(encoded)
        self._count(done, start, block.place)
        return done, error

    def _decoded(self, block: _bridge.Block, index: int) -> Record | None:
        """Decode a record that C has not; None where it does not match.

        Raises:
            MrrcException: it cannot be read or tested.
        """
        number = self._number(block, index)
        status = 0 if block.statuses is None else block.statuses[index]
        if status == _bridge.QUERY_LIMIT:
            raise QueryLimitError(byte_offset=block.offsets[index])
        if status < 0 and self._mode is not None:
            raise self._reason(block, index)
        record = decode_marked(
            block, index, self._name, number, around=self._source.near, **self._how
        )
        return record if self._where is None or self._where.matches(record) else None

    def _may_match(self, block: _bridge.Block, index: int) -> bool:
        """Return whether a record that C has not decoded matches, or cannot be read or tested."""
        try:
            if self._is_raw(block, index):
                return self._raw(block, index) is not None
            return self._decoded(block, index) is not None
        except MrrcException:
            return True

    def _convert_odd(self, block: _bridge.Block, index: int) -> None:
        """Decode a record that C has not, and convert it."""
        if self._is_raw(block, index):
            self._convert_raw(block, index)
            return
        try:
            record = self._decoded(block, index)
            if record is not None:
                self._write_odd(block, record, index)
        except MrrcException as error:
            self._fail(error, self._number(block, index))

            if self._mode is not None and self._is_missing(block, index):
                self._bear(error)

    @staticmethod
    def _is_raw(block: _bridge.Block, index: int) -> bool:
        return block.statuses is not None and block.statuses[index] == _bridge.RAW

    def _raw(
        self, block: _bridge.Block, index: int
    ) -> tuple[bytes, Sequence[EncodingError | FaultsUntold]] | None:
        """Decode a record whose text C has left as it stands; None where it does not match.

        Raises:
            QueryLimitError: it cannot be tested.
            EncodingError: it has a fault, and the mode is strict.
        """
        packed, errors = decode_raw(block.chunk(index), self._how["file_encoding"])
        located(errors, block.offsets[index], self._source.bytes_at)
        for error in errors:
            error.source = self._name
            error.record_index = self._number(block, index)
            if self._mode == "strict":
                raise error
        if self._where is not None and not self._where.matches_packed(packed):
            return None
        return packed, errors

    def _convert_raw(self, block: _bridge.Block, index: int) -> None:
        """Convert a record whose text C has left as it stands."""
        number = self._number(block, index)
        try:
            raw = self._raw(block, index)
        except MrrcException as failed:
            self._fail(failed, number)
            return
        if raw is None:
            return
        packed, errors = raw
        self._tell_of_text(errors, number)
        _, failure = self._encode(block, packed, [len(packed)], index)
        if failure is not None:
            self._fail(failure, number)

    def _tell_of_text(self, errors: Sequence[Exception], number: int | None) -> None:
        """Say what of a record that C has not decoded was no text, or another than it claims."""
        for error in errors:
            repair = RepairWarning(
                getattr(error, "message", None) or str(error),
                source=self._name,
                record_index=number,
                field_tag=getattr(error, "field_tag", None),
                byte_offset=getattr(error, "byte_offset", None),
            )
            repair.__cause__ = error
            self.result.repairs.append(repair)
            self._bear(error)

    def _write_odd(self, block: _bridge.Block, record: Record, index: int) -> None:
        number = self._number(block, index)
        self._tell_of_text(record.errors, number)
        fitting, said = fit(record, self._writes, self._write_flags)
        for one in said:
            one.source, one.record_index = self._name, number
        self.result.repairs += said
        if isinstance(fitting, Encoded):
            self._write(self._encoder.beside() + fitting)
            self._encoded += 1
            self.result.records += 1
            return
        _, error = self._encode(block, fitting, [len(fitting)], index)
        if error is not None:
            raise error

    def _fail(self, error: Exception, number: int) -> None:
        """Note why a record is not there, or raise it."""
        if isinstance(error, MrrcException):
            error.source = self._name
            error.record_index = number
        if self._raises:
            raise error
        self.result.errors.append(error)
