# SPDX-License-Identifier: MIT
"""Many records in one block of bytes.

A batch crosses to C, to another process or into a file as a whole. Its records are made when
they are asked for. It does not read: `MARCReader.batches()` yields batches.
"""

from __future__ import annotations

import io
import operator
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import groupby
from pickle import PickleBuffer
from typing import TYPE_CHECKING, Any, SupportsIndex, cast, overload

from mrrc import _bridge
from mrrc.exceptions import FatalReaderError, MrrcException, WriteNeedsRecord, WriterError
from mrrc.packed import Origin, RawPacked
from mrrc.record import Record

if TYPE_CHECKING:
    from mrrc.column_table import Columns
    from mrrc.damage import Near
    from mrrc.query import Filter

__all__ = ["RecordBatch"]

_new_record = Record.__new__


def make_records(
    block: _bridge.Block,
    start: int,
    end: int,
    origin: Origin,
    raw: bool,
    kind: type[Record] = Record,
) -> list[Record]:
    """Make the records `start` to `end` of a block, of a class; each must be packed."""
    data = block.block
    begin = block.ends[start - 1] if start else 0
    records: list[Record] = []
    add = records.append
    ends = block.ends if end - start == len(block.ends) else block.ends[start:end]
    for number, stop in enumerate(ends, start):
        record = _new_record(kind)
        record._packed = RawPacked(data[begin:stop]) if raw else data[begin:stop]
        record._fields = None
        record._leader = None
        record._origin = origin
        record._number = number
        begin = stop
        add(record)
    return records


def decode_chunk(
    chunk: bytes,
    framing: type[FatalReaderError] | None,
    source: str | None,
    number: int | None,
    offset: int | None,
    kind: type[Record] = Record,
    around: Near | None = None,
    coding: int = 0,
    **how: Any,
) -> Record:
    """Decode a record that C has not, by the rules of `Record`.

    Where the core is told of an encoding that those rules do not know, they say what the
    record consists of, and the core what its text is; the record has what was amiss there
    among its errors.

    Args:
        chunk: the record in ISO 2709.
        framing: why it is none, if that is known.
        source, number, offset: where it stands; record and error know it.
        kind: the class of the record.
        around: gives the bytes near an offset of the source, which an error keeps.
        coding: what the core is told of the encoding, as `MarcEncoding.flags`.
        how: arguments of `Record`.

    Raises:
        MrrcException: it cannot be decoded.
    """
    errors: list[MrrcException] = []
    try:
        if framing is not None:
            raise framing
        if coding and how.get("to_unicode", True) and not how.get("force_utf8"):
            # a module that records as they ought to be do without
            from mrrc.damaged_text import decode_text

            record = kind(chunk, **{**how, "to_unicode": False})
            errors = decode_text(record, chunk, coding)
        else:
            record = kind(chunk, **how)
    except MrrcException as error:
        from mrrc.damage import locate

        locate(error, chunk, source=source, record_index=number, byte_offset=offset, around=around)
        raise
    for flaw in errors:
        flaw.source, flaw.record_index = source, number
        if offset is not None:
            flaw.byte_offset = offset + (flaw.record_byte_offset or 0)
            if flaw.bytes_near_offset is not None:
                flaw.bytes_near_offset += offset
    record._origin = record._origin.replaced(
        source=source,
        first=number,
        offsets=None if offset is None else (offset,),
        errors={0: errors} if errors else None,
    )
    return record


def decode_marked(
    block: _bridge.Block, index: int, source: str | None, number: int | None, **how: Any
) -> Record:
    """Decode a record of a block that C has marked as out of the ordinary; see `decode_chunk`."""
    return decode_chunk(
        block.chunk(index), block.framing(index), source, number, block.offsets[index], **how
    )


#: Of a record of a batch: where it is from, its number there, whether it is undecoded, its class.
_Of = tuple[Origin, int, bool, type[Record]]


def _kind(record: Record) -> type[Record]:
    """Return the class of a record if its instances hold no more than others do."""
    kind = record.__class__
    return Record if kind is not Record and hasattr(record, "__dict__") else kind


class RecordBatch:
    """Records of one block, in order.

    A record that cannot be packed, as one with 0x1F in a control field, is kept beside the block.

    Args:
        records: the records; None stands for one that could not be read.
        reasons: why those are None, by index.
    """

    __slots__ = ("_beside", "_block", "_ends", "_origins", "_reasons")

    def __init__(
        self,
        records: Iterable[Record | None],
        reasons: Mapping[int, Iterable[Exception]] | None = None,
    ) -> None:
        parts: list[bytes] = []
        self._reasons = {index: list(errors) for index, errors in (reasons or {}).items()}
        self._origins: list[_Of | None] = []
        self._ends = array("I")
        self._beside: dict[int, Record] = {}
        end = 0
        for place, record in enumerate(records):
            if record is None:
                self._origins.append(None)
            else:
                raw = False
                try:
                    packed = record._pack()
                except (WriterError, TypeError):
                    self._beside[place] = deepcopy(record)
                else:
                    raw = packed.__class__ is RawPacked
                    parts.append(packed)
                    end += len(packed)
                self._origins.append((record._origin, record._number, raw, _kind(record)))
            self._ends.append(end)
        self._block: bytes | memoryview = b"".join(parts)

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Record | None: ...

    @overload
    def __getitem__(self, index: slice) -> list[Record | None]: ...

    def __getitem__(self, index: int | slice) -> Record | None | list[Record | None]:
        """Return a record, made anew at each call; changes to it do not change the batch."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        of = self._origins[place]
        if of is None:
            return None
        if place in self._beside:
            return deepcopy(self._beside[place])
        packed = self._bytes(place)
        record = _new_record(of[3])
        record._origin, record._number, raw, _ = of
        record._packed = RawPacked(packed) if raw else packed
        record._fields = None
        record._leader = None
        return record

    def __iter__(self) -> Iterator[Record | None]:
        return (self[place] for place in range(len(self)))

    def _bytes(self, place: int) -> bytes:
        """Return a record of the block, packed."""
        return bytes(self._block[self._ends[place - 1] if place else 0 : self._ends[place]])

    @property
    def errors(self) -> dict[int, list[Exception]]:
        """What was amiss in the records where they were read, by index; of None, why it is None.

        Each call returns a dictionary of its own, without the records that were whole.
        """
        found: dict[int, list[Exception]] = {}
        for place, of in enumerate(self._origins):
            if of is None:
                errors: Sequence[Exception] = self._reasons.get(place, ())
            else:
                errors = () if of[0].errors is None else of[0].errors.get(of[1], ())
            if errors:
                found[place] = list(errors)
        return found

    def filter(self, where: str | Filter) -> RecordBatch:
        """Return the records that match a filter, in one crossing with the GIL released.

        What could not be read, and so is None, matches no filter.

        Raises:
            QueryError: the filter's text cannot be taken.
            QueryLimitError: a record took too long to be tested.
        """
        from mrrc.query import filter_of

        test = filter_of(where)
        packed = [
            place
            for place, of in enumerate(self._origins)
            if of is not None and place not in self._beside
        ]
        found = test._tested(self._block, [self._ends[place] for place in packed], packed)
        matching = {place for place, match in zip(packed, found) if match}
        matching |= {place for place, record in self._beside.items() if test.matches(record)}
        kept = RecordBatch(())
        parts: list[bytes] = []
        end = 0
        for place in sorted(matching):
            if place in self._beside:
                kept._beside[len(kept._ends)] = deepcopy(self._beside[place])
            else:
                parts.append(self._bytes(place))
                end += len(parts[-1])
            kept._ends.append(end)
            kept._origins.append(self._origins[place])
        kept._block = b"".join(parts)
        return kept

    def columns(
        self,
        selectors: Mapping[str, str] | Iterable[str] | None = None,
        where: str | Filter | None = None,
        *,
        shape: str = "wide",
        lists: bool | Iterable[str] | None = None,
    ) -> Columns:
        """Return the values that selectors find, as a table of columns; see `mrrc.columns`.

        Record numbers are places in the batch, or in what the filter leaves of it, from 1.

        Raises:
            QueryError: a selector or the filter cannot be taken.
            ValueError: as `mrrc.columns`.

        While it is gone through:
            WriteNeedsRecord: a record could not be read, and so stands as None.
            WriterError: a record's text was not decoded.
        """
        # it is a floor above
        from mrrc.column_table import columns_of_batch

        return columns_of_batch(self, selectors, where, shape, lists)

    def _packed_runs(self) -> Iterator[tuple[int, list[bytes]]]:
        """Yield packed records that follow each other, and the number of the first, from 1.

        What cannot be packed as it is, is so after a repair, which gives a `RepairWarning`.

        Raises:
            WriteNeedsRecord: a record could not be read, and so stands as None.
            WriterError: its text was not decoded.
        """
        # most batches have no such record
        from mrrc.formats.odd import packed_or_repaired

        run: list[bytes] = []
        for place, of in enumerate(self._origins):
            error: MrrcException | None = None
            if of is None:
                error = WriteNeedsRecord(record_index=place + 1)
            elif of[2]:
                error = WriterError("the text was not decoded", record_index=place + 1)
            if error is not None:
                if run:
                    yield place + 1 - len(run), run
                raise error
            if place in self._beside:
                packed, said = packed_or_repaired(self._beside[place])
                for warning in said:
                    warning.record_index = place + 1
                    _bridge.warn(warning)
            else:
                packed = self._bytes(place)
                packed.decode()  # who gets it trusts it to be text, and a pickle may hold anything
            run.append(packed)
        if run:
            yield len(self) + 1 - len(run), run

    def encode(self, format: str = "marc") -> bytes:
        """Return the records as a file of a format, in one crossing with the GIL released.

        What had to be written otherwise than it is in a record gives a `RepairWarning`.

        Raises:
            ValueError: there is no such format.
            WriteNeedsRecord: a record could not be read, and so stands as None.
            WriterError: the format cannot hold a record; field and reason are named.
        """
        number = _bridge.find_format(format)
        if number == _bridge.MARC:
            return self._encode_marc()
        for place, of in enumerate(self._origins):
            if of is None:
                raise WriteNeedsRecord(record_index=place + 1)
            if of[2]:
                raise WriterError("the text was not decoded", record_index=place + 1)
        if self._beside:
            return self._encode_one_by_one(format)
        encoder = _bridge.Encoder(number)
        data, _, error = encoder.records(self._block, self._ends)
        if error is not None:
            raise error
        for note in encoder.notes():
            _bridge.warn_of(note, None, note.record + 1)
        return encoder.begin() + data + encoder.end()

    def _encode_one_by_one(self, format: str) -> bytes:
        """Encode a batch of which some records cannot be packed as they are."""
        # it knows what becomes of them, and imports this module
        from mrrc.formats.writer import FormatWriter

        memory = io.BytesIO()
        with FormatWriter(memory, format) as writer:
            for record in self:
                writer.write(cast(Record, record))
        return memory.getvalue()

    def _encode_marc(self) -> bytes:
        encoded: list[bytes] = []
        for flags, run in groupby(range(len(self)), self._flags):
            if flags is None:
                # copies, since writing sets leader/09
                encoded += [deepcopy(self._beside[place]).as_marc() for place in run]
                continue
            first, *rest = run
            begin = self._ends[first - 1] if first else 0
            last = rest[-1] if rest else first
            block = self._block[begin : self._ends[last]]
            ends = (end - begin for end in self._ends[first : last + 1])
            data, _, error = _bridge.Encoder(_bridge.MARC, flags).records(block, ends)
            if error is not None:
                raise error
            encoded.append(data)
        return b"".join(encoded)

    def _flags(self, place: int) -> int | None:
        """Return how a record of the block is written; None for one beside it."""
        of = self._origins[place]
        if of is None:
            raise WriteNeedsRecord
        if place in self._beside:
            return None
        return _bridge.WRITE_UTF8 if of[0].to_unicode and not of[2] else 0

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return _restore, (
            # from protocol 5 on, who pickles may keep the block out of the pickle
            bytes(self._block) if operator.index(protocol) < 5 else PickleBuffer(self._block),
            self._ends.tobytes(),
            self._origins,
            self._beside,
            self._reasons,
        )


class Batches:
    """The rest of a reader's records as batches; what its `batches` returns.

    It is no generator, since those end where they raise: a fault is raised after the batch of
    the records before it, and the next call goes on where the reader does.

    Args:
        reader: the reader.
        n: how many records a batch has; None: those of a block.

    Raises:
        ValueError: it is to have none.
    """

    def __init__(self, reader: Any, n: int | None) -> None:
        if n is not None and n < 1:
            raise ValueError(f"a batch has at least one record, not {n}")
        self._reader = reader
        self._n = n
        self._error: Exception | None = None

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> RecordBatch:
        error, self._error = self._error, None
        if error is None:
            batch, error = self._collected()
            if batch is not None:
                self._error = error
                return batch
        if error is not None:
            raise error
        raise StopIteration

    def _collected(self) -> tuple[RecordBatch | None, Exception | None]:
        """Return the next batch, and why there is not more in it."""
        reader, n = self._reader, self._n
        records: list[Record | None] = []
        reasons: dict[int, list[Exception]] = {}
        failure: Exception | None = None
        with reader._lock:
            while n is None or len(records) < n:
                try:
                    record = next(reader)
                except StopIteration:
                    break
                except Exception as error:
                    failure = error
                    break
                if record is None:
                    reasons[len(records)] = reader._errors_of_none()
                records.append(record)
                if n is None and reader._collect(records):
                    break
        return RecordBatch(records, reasons) if records else None, failure


def _restore(
    block: bytes | memoryview | PickleBuffer,
    ends: bytes,
    origins: list[_Of | None],
    beside: dict[int, Record],
    reasons: dict[int, list[Exception]],
) -> RecordBatch:
    batch = RecordBatch((), reasons)
    batch._block = block if isinstance(block, bytes) else memoryview(block).toreadonly()
    batch._ends = array("I", ends)
    batch._origins = origins
    batch._beside = beside
    steps = [0, *batch._ends, len(batch._block)]
    if len(batch._ends) != len(origins) or steps != sorted(steps):
        raise ValueError("the ends of the records do not fit the block")
    return batch
