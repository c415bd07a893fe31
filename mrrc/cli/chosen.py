# SPDX-License-Identifier: MIT
"""Files of records that are chosen and not changed.

From ISO 2709 to ISO 2709 they go byte for byte as they stand, unless a record's bytes would not
be read again as they were; everything else is encoded, many at a time. Which ones are chosen is
the affair of the commands.
"""

from __future__ import annotations

import argparse
from array import array
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from mrrc import _bridge
from mrrc.cli.arguments import target_format
from mrrc.cli.messages import Messages
from mrrc.cli.sweeps import Sweeps
from mrrc.exceptions import MrrcException, RepairWarning
from mrrc.files import open_target
from mrrc.sweep import Stretch, Sweep

if TYPE_CHECKING:
    from mrrc.record import Record

__all__ = ["Chosen", "Kept", "is_sound", "sweeps_for"]

#: So many bytes are put off before they are written.
_BYTES = 1 << 18

_TERMINATOR = 0x1D
_LENGTH_SIZE = 5


def is_copied(format: str, arguments: argparse.Namespace) -> bool:
    """Return whether records of ISO 2709 are to be copied byte for byte."""
    return format == "marc" and arguments.target_encoding is None


def is_sound(chunk: bytes) -> bool:
    """Return whether a record's bytes say where they end, so that the next ones are found."""
    try:
        length = int(chunk[:_LENGTH_SIZE])
    except ValueError:
        return False
    return length == len(chunk) and chunk[-1] == _TERMINATOR


def sweeps_for(arguments: argparse.Namespace, messages: Messages) -> tuple[Sweeps, str | None]:
    """Return the records to choose from, and the format to write; None if there is no source.

    Where records are copied, they are not decoded.
    """
    messages.leave_terminal_to(arguments.output)
    sweeps = Sweeps(arguments, messages, written=True)
    format = target_format(arguments, sweeps)
    sweeps.packed = format is None or not is_copied(format, arguments)
    return sweeps, format


class Kept(NamedTuple):
    """Records on their way into a file.

    Attributes:
        data: their bytes, one behind the other.
        records: how many there are.
        ends: where each ends, if they are packed; None where they are as they will stand.
        place: tells of an index the file that a record is from, and its number there.
        first: the index of the first of them.
        record: the record as an object, where there is but one, and C has not decoded it.
        anew: whether it had bytes that are not sound.
    """

    data: bytes
    records: int
    ends: array[int] | None
    place: Callable[[int], tuple[str, int]]
    first: int = 0
    record: Record | None = None
    anew: bool = False


class Chosen:
    """A file of records of a sweep. Leaving a `with` by an error leaves it as it was.

    Args:
        target: its name, or ``-``.
        format: its format.
        arguments: what was parsed; see `takes_target`.
        messages: takes what is to be said.

    Attributes:
        written: how many records are in it.

    Raises:
        OSError: the file cannot be written.
        ValueError: the format is not written in this encoding.
    """

    def __init__(
        self, target: str, format: str, arguments: argparse.Namespace, messages: Messages
    ) -> None:
        self.written = 0
        self._copies = is_copied(format, arguments)
        self._format = format
        self._arguments = arguments
        self._messages = messages
        self._encoder: _bridge.Encoder | None = None
        self._flags = 0
        self._encoded = 0  # by the encoder
        self._picked = _bridge.Bytes()
        # put off: records as they stand in C's memory, or else what was encoded
        self._copied = _bridge.Bytes()
        self._waiting: list[Any] = []
        self._size = 0
        if not self._copies:
            self._waiting.append(self._made_encoder().begin())
        self._target = open_target(target)

    def _made_encoder(self) -> _bridge.Encoder:
        if self._encoder is None:
            # what copying does without
            from mrrc.formats.writer import encoder_of, write_flags

            asked = self._arguments
            self._flags = write_flags(self._format, asked.target_encoding, asked.unmapped)
            self._encoder = encoder_of(self._format, self._flags)
        return self._encoder

    # -- what is written --

    def take(self, sweep: Sweep, stretch: Stretch, numbers: array[int] | None = None) -> None:
        """Write records of a stretch; see `kept` and `put`."""
        if not self._copies or sweep.format != "marc" or stretch.packed is not None:
            self.put(self.kept(sweep, stretch, numbers))
            return
        if self._waiting:
            self.flush()
        if numbers is None:
            stretch.view.copied(stretch.first, stretch.end, self._copied)
            self.written += stretch.end - stretch.first
        else:
            stretch.view.picked(numbers, self._copied)
            self.written += len(numbers)
        if len(self._copied) >= _BYTES:
            self.flush()

    def kept(self, sweep: Sweep, stretch: Stretch, numbers: array[int] | None = None) -> Kept:
        """Return records of a stretch, to be written now or later.

        Args:
            numbers: which of the view's records; by default all of the stretch.
        """
        name = sweep.name or "-"
        if stretch.packed is not None:
            return self._kept_odd(sweep, stretch, stretch.packed)
        if numbers is None:
            numbers = array("I", range(stretch.first, stretch.end))
        if self._copies and sweep.format == "marc":
            stretch.view.picked(numbers, self._picked)
            data, ends = self._picked.taken(), None
        else:
            data, ends = stretch.view.chosen(numbers)
        return Kept(
            data, len(numbers), ends, lambda index: (name, stretch.number_of(numbers[index]))
        )

    def kept_apart(self, sweep: Sweep, stretch: Stretch, numbers: array[int]) -> list[Kept]:
        """Return records of a stretch, each alone."""
        kept = self.kept(sweep, stretch, numbers)
        if stretch.packed is not None:
            return [kept]
        name, places = sweep.name or "-", [stretch.number_of(each) for each in numbers]

        def place_of(index: int) -> tuple[str, int]:
            return name, places[index]

        ends = kept.ends or accumulate(stretch.view.lengths_of(numbers))
        apart = []
        begin = 0
        for index, end in enumerate(ends):
            alone = None if kept.ends is None else array("I", (end - begin,))
            data = kept.data[begin:end]
            apart.append(Kept(data, 1, alone, place_of, index))
            begin = end
        return apart

    def _kept_odd(self, sweep: Sweep, stretch: Stretch, packed: bytes) -> Kept:
        """Return a record out of the ordinary: as it stands, if its end is where it says."""
        place = (sweep.name or "-", stretch.number_of(stretch.first))
        chunk = stretch.chunk if self._copies else None
        if chunk is not None and is_sound(chunk):
            return Kept(chunk, 1, None, lambda _: place)
        ends = array("I", (len(packed),))
        return Kept(packed, 1, ends, lambda _: place, 0, stretch.record, chunk is not None)

    def put(self, kept: Kept) -> None:
        """Write records.

        Raises:
            MrrcException: one cannot be written, and the command is strict.
            OSError: the file cannot take them.
        """
        if kept.ends is None:
            self._add(kept.data)
            self.written += kept.records
            return
        if kept.anew:
            text = "its length or its end is wrong: it was written anew"
            self._messages.note(text, *kept.place(0))
        if kept.record is None:
            self._encode(kept.data, kept.ends, kept.place, kept.first)
        else:
            self._put_odd(kept.record, kept.place)

    def _put_odd(self, record: Record, place: Callable[[int], tuple[str, int]]) -> None:
        # a module that most files do without
        from mrrc.formats.odd import Encoded, fit

        encoder = self._made_encoder()
        try:
            fitting, said = fit(record, self._format, self._flags)
        except MrrcException as error:
            self._fail(error, place(0))
            return
        for warning in said:
            warning.source, warning.record_index = place(0)
            self._messages.repaired(warning)
        if isinstance(fitting, Encoded):
            self._add(encoder.beside() + fitting)
            self._encoded += 1
            self.written += 1
        else:
            self._encode(fitting, array("I", (len(fitting),)), place)

    def _encode(
        self,
        data: bytes,
        ends: array[int],
        place: Callable[[int], tuple[str, int]],
        start: int = 0,
    ) -> None:
        encoder = self._made_encoder()
        while ends:
            encoded, done, error = encoder.records(data, ends)
            self._add(encoded)
            for note in encoder.notes():
                source, number = place(start + note.record - self._encoded)
                self._messages.repaired(
                    RepairWarning(
                        note.text(), source=source, record_index=number, field_tag=note.tag
                    )
                )
            self._encoded += done
            self.written += done
            if error is None:
                return
            if not isinstance(error, MrrcException):
                raise error
            self._fail(error, place(start + done))
            # those behind it, as a block of their own
            start += done + 1
            past = ends[done]
            data = data[past:]
            ends = array("I", (end - past for end in ends[done + 1 :]))

    def _fail(self, error: MrrcException, place: tuple[str, int]) -> None:
        error.source, error.record_index = place
        if self._arguments.strict:
            raise error
        self._messages.bad_record(error)

    # -- the file --

    def _add(self, data: bytes) -> None:
        if len(self._copied):
            self.flush()
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was put off."""
        self._target.write(self._copied.look())
        self._copied.clear()
        self._target.write(b"".join(self._waiting))
        self._waiting.clear()
        self._size = 0

    def park(self) -> None:
        """Write what was put off, and close the file until more is written to it."""
        self.flush()
        self._target.park()

    def close(self) -> None:
        """Write the rest, and put the file in place."""
        if not self._copies and self._encoder is not None:
            self._waiting.append(self._encoder.end())
        self.flush()
        self._target.close()

    def discard(self) -> None:
        """Give the file up."""
        self._copied.clear()
        self._waiting.clear()
        self._target.discard()

    def __enter__(self) -> Chosen:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is not None:
            if issubclass(kind, MrrcException):
                # what is before a bad record goes where nothing is put in place at the end
                with suppress(OSError):
                    self.flush()
            self.discard()
            return
        try:
            self.close()
        except BaseException:
            self.discard()
            raise
