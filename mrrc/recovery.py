# SPDX-License-Identifier: MIT
"""What becomes of faults: the modes that readers have, and the errors that they have met.

The core finds the faults and makes records in spite of them; here is what a reader does about
it: raise, yield None, or note the error and go on, until there are more errors than are
borne. Nothing here reads or decodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import RLock
from typing import Any, NamedTuple

from mrrc import _bridge
from mrrc.exceptions import BytesBetweenRecords, FatalReaderError, MrrcException

__all__ = [
    "Found",
    "OneMode",
    "ReaderStats",
    "Recovering",
    "checked_cap",
    "control_number_of",
    "is_blank",
    "mode_flag",
]

#: What the core is told of a mode.
_FLAGS: dict[str | None, int] = {
    None: 0,
    "strict": _bridge.READ_STRICT,
    "lenient": _bridge.READ_LENIENT,
    "permissive": _bridge.READ_PERMISSIVE,
}


def mode_flag(mode: str | None) -> int:
    """Return what the core is told of a mode.

    Raises:
        ValueError: there is no such mode.
    """
    try:
        return _FLAGS[mode]
    except (KeyError, TypeError):
        raise ValueError(
            f"recovery_mode is None, 'strict', 'lenient' or 'permissive', not {mode!r}"
        ) from None


def checked_cap(number: int | None) -> int | None:
    """Return how many errors are borne.

    Raises:
        TypeError, ValueError: it is no such number.
    """
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"max_errors is a number or None, not {type(number).__name__}")
    if number < 0:
        raise ValueError(f"max_errors is not negative: {number}")
    return number


#: How much of a control number is shown.
_SHOWN = 32

#: What between records is no loss.
_BLANK = b" \t\r\n\0\x1a"


def is_blank(error: Exception) -> bool:
    """Return whether an error is about nothing but white space between records."""
    found = getattr(error, "found", None)
    return isinstance(error, BytesBetweenRecords) and found is not None and not found.strip(_BLANK)


def control_number_of(
    block: _bridge.Block, index: int, origin: _bridge.Source | None
) -> str | None:
    """Return what is known of the 001 of a record of a block.

    Args:
        block: as the core read it.
        index: the record's.
        origin: what the block was read from, while its bytes are still at hand.
    """
    if block.is_plain(index) or (block.statuses is not None and block.statuses[index] > 0):
        _, mark, rest = block.chunk(index).partition(b"\x1e001")
        text = rest.partition(b"\x1e")[0][:_SHOWN].decode("utf-8", "replace")
        return text if mark and text else None
    if origin is None:
        return None
    try:
        chunk = origin.bytes_at(block.offsets[index], block.lengths[index])
    except ValueError:
        return None
    from mrrc.damage import control_number

    return control_number(chunk)


class Found:
    """What was amiss in a block.

    Args:
        block: as the core read it.
        source: the path or name of what is read.
        before: how many records came before the block; None where nobody knows.
        origin: what the block was read from, while its bytes are still at hand.

    Attributes:
        records: the errors of each record that has some, by its index in the block.
        notes: what those errors are made of.
        strays: those that belong to no record, in the order of the source.
    """

    __slots__ = ("_block", "_offsets", "notes", "records", "strays")

    def __init__(
        self,
        block: _bridge.Block,
        source: str | None = None,
        before: int | None = None,
        origin: _bridge.Source | None = None,
    ) -> None:
        self._block = block
        self._offsets = block.offsets
        near = None if origin is None else origin.near
        self.records: dict[int, list[Exception]] = {}
        self.notes: dict[int, list[_bridge.Note]] = {}
        self.strays: list[MrrcException] = []
        for note in block.notes:
            index = note.record
            if index == _bridge.NO_RECORD:
                stray = _bridge.exception_of(note, source=source, near=near)
                if isinstance(stray, MrrcException):
                    self.strays.append(stray)
                continue
            error = _bridge.exception_of(
                note,
                source=source,
                record_index=None if before is None else before + block.place(index) + 1,
                record_offset=block.offsets[index],
                record_size=block.lengths[index],
                control_number=control_number_of(block, index, origin),
                near=near,
            )
            self.records.setdefault(index, []).append(error)
            self.notes.setdefault(index, []).append(note)
        self._take_faults(block, before)

    def _take_faults(self, block: _bridge.Block, before: int | None) -> None:
        """Take the faults that are no notes: in lenient mode each has an entry in the block."""
        places = [
            index
            for index, status in enumerate(block.statuses or ())
            if status < 0 and status != _bridge.QUERY_LIMIT
        ]
        for number, fault in enumerate(block.faults):
            if not isinstance(fault, MrrcException):
                continue
            if number >= len(places):
                fault.record_index = None
                self.strays.append(fault)
                continue
            index = places[number]
            fault.record_index = None if before is None else before + block.place(index) + 1
            self.records.setdefault(index, []).insert(0, fault)
        if block.faults:
            self.strays.sort(key=lambda error: error.byte_offset or 0)

    def add(self, errors: Mapping[int, Sequence[Exception]]) -> None:
        """Add errors of records, by index."""
        for index, more in errors.items():
            self.records.setdefault(index, []).extend(more)

    def reason(self, index: int, status: int) -> Exception:
        """Return why there is no record in a place of the block.

        Args:
            index: the place.
            status: what the core says of it.
        """
        errors = self.records.get(index)
        if errors and status == _bridge.OK:
            return errors[0]
        if not errors:
            errors = [_bridge.exception_of(_bridge.Note(status, self._offsets[index], 0, 0))]
            self.records[index] = errors
        kind = type(_bridge.exception_of(_bridge.Note(status, 0, 0, 0)))
        return next((error for error in errors if type(error) is kind), errors[-1])

    def before(self, index: int) -> list[MrrcException]:
        """Return what belongs to no record and stands between a record and the one before it.

        Args:
            index: the record's; the number of records for what stands behind the last.
        """
        first = self._offsets[index - 1] if index > 0 else 0
        last = self._offsets[index] if index < len(self._offsets) else None
        return [
            error
            for error in self.strays
            if first <= (error.byte_offset or 0)
            and (last is None or (error.byte_offset or 0) < last)
        ]

    def count(self, stop: int) -> int:
        """Return how many errors the records of the block have, up to `stop`."""
        return sum(len(errors) for index, errors in self.records.items() if index < stop)

    def limit(self, seen: int, cap: int) -> tuple[int, int] | None:
        """Find where errors become more than are borne.

        Args:
            seen: how many there were before the block.
            cap: how many are borne.

        Returns:
            The index of the record that does not come any more, or the number of records if
            all come, and the number of errors then; None where it does not happen here.
        """
        numbers = {index: len(errors) for index, errors in self.records.items()}
        for stray in self.strays:
            from bisect import bisect_right

            index = bisect_right(self._offsets, stray.byte_offset or 0)
            numbers[index] = numbers.get(index, 0) + 1
        for index in sorted(numbers):
            seen += numbers[index]
            if seen > cap:
                return index, seen
        return None


class ReaderStats(NamedTuple):
    """What a reader has cost so far."""

    gil_cycles: int


class Recovering:
    """The part of a reader that knows its mode and the errors it has met."""

    _lock: AbstractContextManager[Any]
    _current_exception: BaseException | None
    _strays: list[MrrcException]  # in the order of the source
    _seen: int  # errors of the records in blocks that are over, and of those passed over
    _recovery_mode: str | None
    _max_errors: int | None

    def _set_mode(self, recovery_mode: str | None, max_errors: int | None) -> None:
        """Take the arguments at the beginning."""
        mode_flag(recovery_mode)
        self._recovery_mode = recovery_mode
        self._max_errors = checked_cap(max_errors)
        self._strays = []
        self._seen = 0

    @property
    def stats(self) -> ReaderStats:
        """What the reading has cost so far."""
        source: _bridge.Source | None = getattr(self, "_source", None)
        return ReaderStats(getattr(self, "_yielded", 0) if source is None else source.crossings)

    def _change(self, name: str, value: Any) -> None:
        """Set what other records than before may follow from."""
        setattr(self, name, value)

    @property
    def recovery_mode(self) -> str | None:
        """What becomes of faults: None, ``strict``, ``lenient`` or ``permissive``."""
        return self._recovery_mode

    @recovery_mode.setter
    def recovery_mode(self, value: str | None) -> None:
        mode_flag(value)
        self._change("_recovery_mode", value)

    @property
    def max_errors(self) -> int | None:
        """How many errors are borne in lenient and permissive mode; None or 0: any number."""
        return self._max_errors

    @max_errors.setter
    def max_errors(self, value: int | None) -> None:
        self._change("_max_errors", checked_cap(value))

    @property
    def _cap(self) -> int | None:
        """How many errors are borne, where that counts."""
        return self._max_errors if self._recovery_mode in ("lenient", "permissive") else None

    def _reached(self) -> int | None:
        """Return the offset behind the record last yielded; None where all is over."""
        return None

    @property
    def errors(self) -> list[MrrcException]:
        """What was amiss so far and belongs to no record, in the order of the source."""
        with self._lock:
            offset = self._reached()
            if offset is None:
                return list(self._strays)
            return self._strays[: self._strays_before(offset)]

    def _strays_before(self, offset: int) -> int:
        from bisect import bisect_left

        return bisect_left(self._strays, offset, key=lambda error: error.byte_offset or 0)

    def _forget_strays(self, offset: int) -> None:
        """Forget the errors from an offset on: what is there will be read again."""
        del self._strays[self._strays_before(offset) :]

    def _give_up(self, seen: int, number: int | None, source: str | None) -> FatalReaderError:
        """Make the error of a reader that has met more errors than it bears."""
        return FatalReaderError(
            cap=self._max_errors, errors_seen=seen, record_index=number, source=source
        )

    def _errors_of_none(self) -> list[Exception]:
        """Return why the record last yielded is None."""
        error = self._current_exception
        return [error] if isinstance(error, Exception) else []

    def iter_with_errors(self) -> Iterator[tuple[Any, list[Exception]]]:
        """Return an iterator over records and their errors.

        Of a record that could not be read it yields None, and why. What the reader raises comes
        out, and the next call goes on where the reader does.
        """
        return _WithErrors(self)


class _WithErrors:
    """What `iter_with_errors` returns: no generator, since those end where they raise."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def __iter__(self) -> _WithErrors:
        return self

    def __next__(self) -> tuple[Any, list[Exception]]:
        reader = self._reader
        with reader._lock:
            record = next(reader)
            if record is None:
                return None, reader._errors_of_none()
            return record, record.errors


class OneMode(Recovering):
    """The same for readers that make record by record, in Python."""

    source: str | None
    iter: Iterator[Any]
    _number: int  # of the records met

    def _set_mode(self, recovery_mode: str | None, max_errors: int | None) -> None:
        super()._set_mode(recovery_mode, max_errors)
        self._lock = RLock()
        self._current_exception = None

    @property
    def current_exception(self) -> BaseException | None:
        """Why the record last yielded is None; None where it is a record."""
        return self._current_exception

    def _step(self) -> Any:
        """Return what the next record is to be made of.

        Raises:
            StopIteration: there is none, or there were too many errors.
        """
        if type(self._current_exception) is FatalReaderError:
            raise StopIteration
        item = next(self.iter)
        self._current_exception = None
        self._number += 1
        return item

    def _fail(self, error: Exception, number: int) -> bool:
        """Raise an error, or note it.

        Args:
            error: why a record is none.
            number: the record's, from 1.

        Returns:
            Whether None is to be yielded in its place; otherwise the next record is.

        Raises:
            FatalReaderError: there are more errors than are borne.
        """
        if self._recovery_mode in (None, "strict"):
            raise error
        self._seen += 1
        if self._cap and self._seen > self._cap:
            self._current_exception = too_many = self._give_up(self._seen, number, self.source)
            raise too_many
        if self._recovery_mode == "lenient":
            self._current_exception = error
            return True
        if isinstance(error, MrrcException):
            self._strays.append(error)
        return False
