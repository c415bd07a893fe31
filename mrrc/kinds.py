# SPDX-License-Identifier: MIT
"""Records that are all of one kind by leader/06, with a reader and a writer for them alone.

What a kind's fields mean is the affair of its own module, as `authority`. Here stands what the
kinds share: telling one's own records from others, and what becomes of the others.
"""

from __future__ import annotations

from bisect import insort
from typing import Any, ClassVar, cast

from mrrc import _bridge
from mrrc.constants import LEADER_LEN
from mrrc.exceptions import FatalReaderError, InvalidField, WriterError
from mrrc.field import Field
from mrrc.leader import Leader
from mrrc.reader import MARCReader
from mrrc.record import Record
from mrrc.writer import MARCWriter

__all__ = ["ReaderOfKind", "RecordOfKind", "WriterOfKind"]

_TYPE = 6  # leader/06

#: The status of a record of another kind in a block. C has none: to C all are records.
_OTHER_KIND = 1 << 16


class RecordOfKind(Record):
    """A record whose leader/06 is one of a few."""

    __slots__ = ()

    _kind: ClassVar[str] = ""
    """How the kind is called."""

    _types: ClassVar[str] = ""
    """What leader/06 may be; the first is that of a record made from nothing."""

    def __init__(
        self,
        data: bytes | str | Leader = "",
        fields: list[Field] | None = None,
        to_unicode: bool = True,
        force_utf8: bool = False,
        hide_utf8_warnings: bool = False,
        utf8_handling: str = "strict",
        leader: str | Leader = " " * LEADER_LEN,
        file_encoding: str = "iso8859-1",
    ) -> None:
        super().__init__(
            data,
            fields,
            to_unicode,
            force_utf8,
            hide_utf8_warnings,
            utf8_handling,
            leader,
            file_encoding,
        )
        if self._packed is not None:
            return
        if self.record_type() == " ":
            self.leader.type_of_record = self._types[0]
        self._check(self.record_type())

    def decode_marc(self, marc: bytes, *args: Any, **kwargs: Any) -> None:
        """Fill the record from one in ISO 2709; see `Record.decode_marc`.

        Raises:
            InvalidField: the record is of another kind.
            PymarcException: it cannot be decoded.
        """
        if len(marc) >= LEADER_LEN:
            self._check(marc[_TYPE : _TYPE + 1].decode("latin-1"))
        super().decode_marc(marc, *args, **kwargs)

    @classmethod
    def _expected(cls) -> str:
        return " or ".join(repr(one) for one in cls._types)

    @classmethod
    def _message(cls, found: str) -> str:
        return f"expected {cls._kind} record type {cls._expected()}, got {found!r}"

    @classmethod
    def _other(cls, found: str, **place: Any) -> InvalidField:
        """Return the error that a record is of another kind."""
        return InvalidField(
            message=cls._message(found),
            field_tag="LDR",
            found=found.encode("latin-1", "replace"),
            expected=cls._expected(),
            record_byte_offset=_TYPE,
            **place,
        )

    @classmethod
    def _check(cls, found: str) -> None:
        if len(found) != 1 or found not in cls._types:
            raise cls._other(found)

    def record_type(self) -> str:
        """Return the type of record: leader/06."""
        return type_of(self)

    def get_control_field(self, tag: str) -> str | None:
        """Return the data of the first control field of a tag, or None; as `control_field` does."""
        return self.control_field(tag)


def type_of(record: Record) -> str:
    """Return leader/06; empty where the leader is shorter."""
    packed = record._packed
    if packed and record._leader is None:
        return chr(packed[_TYPE])
    return str(record.leader)[_TYPE : _TYPE + 1]


class ReaderOfKind(MARCReader):
    """A reader that gives records of one kind, each of its class.

    A record of another kind is a fault of this one record: it is yielded as None, and
    `current_exception` is an `InvalidField`. In strict mode this is raised, and in permissive
    mode it is among `errors`. The next record is read as ever.
    """

    _class: type[RecordOfKind]
    _refused = False  # the record just met

    def _refuse(self, found: str, number: int | None, offset: int | None) -> None:
        """Note that a record is of another kind."""
        self._refused = True
        self._current_exception = self._class._other(
            found,
            source=self._path,
            record_index=number,
            byte_offset=None if offset is None else offset + _TYPE,
        )

    def _next_of_block(self) -> Record | None:
        while True:
            self._refused = False
            record = super()._next_of_block()
            error = self._current_exception
            if not self._refused or self._recovery_mode is None:
                return record
            if self._recovery_mode == "strict" or not isinstance(error, InvalidField):
                raise cast(BaseException, error)
            if self._recovery_mode == "lenient":
                self._seen += 1
            else:
                insort(self._strays, error, key=lambda each: each.byte_offset or 0)
            seen = self._seen + len(self._strays)
            if self._cap and seen > self._cap:
                raise self._too_many(seen)
            if self._recovery_mode == "lenient":
                return None
            self._current_exception = None

    def _read_block(self) -> None:
        super()._read_block()
        block = self._block
        if block is None or not block.ends:
            return
        begins = (0, *block.ends[:-1])
        types = self._class._types.encode()
        statuses = block.statuses or [_bridge.OK] * len(begins)
        data = block.block
        self._block = block._replace(
            statuses=[
                _OTHER_KIND if status == _bridge.OK and data[begin + _TYPE] not in types else status
                for begin, status in zip(begins, statuses)
            ]
        )

    def _out_of_the_ordinary(self, block: _bridge.Block, index: int) -> Record | None:
        status = _bridge.OK if block.statuses is None else block.statuses[index]
        types = self._class._types.encode()
        other = status == _bridge.RAW and block.chunk(index)[_TYPE] not in types
        if status != _OTHER_KIND and not other:
            return super()._out_of_the_ordinary(block, index)
        self._chunk = None
        number = None if self._before is None else self._before + block.place(index) + 1
        self._refuse(chr(block.chunk(index)[_TYPE]), number, block.offsets[index])
        return None

    def _decode(
        self,
        chunk: bytes,
        framing: type[FatalReaderError] | None,
        number: int | None,
        offset: int | None,
    ) -> Record | None:
        found = chunk[_TYPE : _TYPE + 1].decode("latin-1")
        if framing is None and len(chunk) >= LEADER_LEN and found not in self._class._types:
            self._refuse(found, number, self._file_offset(chunk) if offset is None else offset)
            return None
        return super()._decode(chunk, framing, number, offset)

    def _read_one(self) -> Record | None:
        with self._lock:
            record = super()._read_one()
            if record is None or type_of(record) in self._class._types:
                return record
            self._refuse(type_of(record), self._yielded, self._file_offset(self._chunk or b""))
            return None


class WriterOfKind(MARCWriter):
    """A writer of ISO 2709 that takes records of one kind, whatever class they are of."""

    _class: ClassVar[type[RecordOfKind]]

    def write(self, record: Record) -> None:
        """Write a record.

        Raises:
            WriteNeedsRecord: `record` is no `Record`.
            WriterError: the record is of another kind, or ISO 2709 cannot hold it.
            NoActiveFile: the writer is closed.
            OSError: the file cannot take it.
        """
        if isinstance(record, Record):
            found = type_of(record)
            if not found or found not in self._class._types:
                raise WriterError(
                    self._class._message(found),
                    field_tag="LDR",
                    record_control_number=_control_number(record),
                )
        super().write(record)

    write_record = write


def _control_number(record: Record) -> str | None:
    number: str | bytes | None = record.control_field("001")
    return number.decode("utf-8", "replace") if isinstance(number, bytes) else number
