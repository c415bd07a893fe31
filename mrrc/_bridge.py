# SPDX-License-Identifier: MIT
"""The only importer of `mrrc._native`: buffers in, bytes out, and the one place that raises.

No CFFI object leaves this module but inside a `Source`. A crossing drops and retakes the GIL,
so the functions here each cross once. Buffers come from a pool: a single one would be a data
race, because the GIL is dropped while C fills it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from mrrc._native import ffi, lib
from mrrc.exceptions import MrrcException, WriterError

_NULL = ffi.NULL
_unpack = ffi.unpack
_record_decode = lib.mrrc_record_decode
_record_encode = lib.mrrc_record_encode
_explode = lib.mrrc_explode
_values = lib.mrrc_values

OK: int = lib.MRRC_OK
END: int = lib.MRRC_END
UNDECODED: int = lib.MRRC_UNDECODED
LENGTH_INVALID: int = lib.MRRC_ERR_LENGTH_INVALID
TRUNCATED: int = lib.MRRC_ERR_TRUNCATED
TERMINATOR_MISSING: int = lib.MRRC_ERR_TERMINATOR_MISSING

READ_RAW: int = lib.MRRC_READ_RAW
READ_FORCE_UTF8: int = lib.MRRC_READ_FORCE_UTF8
READ_FOREIGN: int = lib.MRRC_READ_FOREIGN

WRITE_MARC8: int = lib.MRRC_WRITE_MARC8
WRITE_UTF8: int = lib.MRRC_WRITE_UTF8
UNMAPPED: dict[str, int] = {
    "ncr": lib.MRRC_WRITE_UNMAPPED_NCR,
    "replace": lib.MRRC_WRITE_UNMAPPED_REPLACE,
    "raise": 0,
}

MARC: int = lib.mrrc_format_find(b"marc")


def find_format(name: str) -> int:
    """Return the number of a format; `ValueError` where there is none of this name."""
    number: int = lib.mrrc_format_find(name.encode())
    if number < 0:
        raise ValueError(f"there is no format {name!r}")
    return number


_buffers: list[Any] = []


def _new_buffer() -> Any:
    buffer = lib.mrrc_buffer_new()
    if buffer == _NULL:
        raise MemoryError
    return ffi.gc(buffer, lib.mrrc_buffer_free)


#: A buffer that held more than this is not kept for another use.
_KEPT = 1 << 18


def _give_back(buffer: Any) -> None:
    if buffer.capacity <= 4 * _KEPT:
        _buffers.append(buffer)


_TEXTS = {
    lib.MRRC_ERR_RECORD_TOO_LONG: "the record would be {found} bytes long, over the limit of 99999",
    lib.MRRC_ERR_FIELD_TOO_LONG: "the field would be {found} bytes long, over the limit of 9999",
    lib.MRRC_ERR_FIELD_INVALID: "the field holds the structural character 0x{found:02X}",
    lib.MRRC_ERR_INDICATOR_INVALID: "MARC-8 has no code for an indicator that is not ASCII",
    lib.MRRC_ERR_CODE_INVALID: "MARC-8 has no code for a subfield code that is not ASCII",
    lib.MRRC_ERR_TAG_INVALID: "the tag is not three ASCII characters",
    lib.MRRC_ERR_CHARACTER_UNMAPPED: "MARC-8 has no code for U+{found:04X}",
    lib.MRRC_ERR_TEXT_INVALID: "the text is not UTF-8",
    lib.MRRC_ERR_PACKED_INVALID: "the bytes are no packed record",
    lib.MRRC_ERR_ARGUMENT: "the call does not suit the record",
}


def raise_for(error: Any, filename: str | bytes | None = None) -> None:
    """Raise the exception that a `mrrc_error` stands for."""
    code = error.code
    if code == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    if code == lib.MRRC_ERR_IO:
        raise OSError(error.system, os.strerror(error.system), filename)
    tag = ffi.string(ffi.cast("char *", error.tag)).decode("ascii", "replace") or None
    text = _TEXTS.get(code, f"failure {code}").format(found=error.found)
    raise WriterError(text, field_tag=tag)


# -- one record --


def record_decode(data: bytes, flags: int) -> bytes | None:
    """Pack one ISO 2709 record; None where it is not of the common kind."""
    try:
        buffer = _buffers.pop()
    except IndexError:
        buffer = _new_buffer()
    status = _record_decode(data, len(data), flags, buffer)
    packed = _unpack(buffer.text, buffer.size) if status == 0 else None
    if len(data) < _KEPT:
        _buffers.append(buffer)
    if status < 0:
        raise MemoryError
    return packed


def decoder(flags: int) -> Callable[[bytes], bytes | None]:
    """Return what does the work of `record_decode` with these flags, for one thread at a time.

    It has a buffer of its own, which saves the way to the pool.
    """
    buffer = _new_buffer()

    def decode(data: bytes) -> bytes | None:
        status = _record_decode(data, len(data), flags, buffer)
        if status == 0:
            return _unpack(buffer.text, buffer.size)  # type: ignore[no-any-return]
        if status < 0:
            raise MemoryError
        return None

    return decode


def record_encode(packed: bytes, flags: int = 0, format: int = MARC) -> bytes:
    """Encode one packed record; `WriterError` where the format cannot hold it."""
    try:
        buffer = _buffers.pop()
    except IndexError:
        buffer = _new_buffer()
    if _record_encode(format, packed, len(packed), flags, buffer, _NULL) != 0:
        # once more, to hear why
        error = ffi.new("mrrc_error *")
        if _record_encode(format, packed, len(packed), flags, buffer, error) != 0:
            _give_back(buffer)
            raise_for(error)
    encoded = _unpack(buffer.text, buffer.size)
    if len(encoded) < _KEPT:
        _buffers.append(buffer)
    return encoded  # type: ignore[no-any-return]


def records_encode(block: bytes, ends: bytes, flags: int = 0, format: int = MARC) -> bytes:
    """Encode packed records that end at `ends` (uint32 each) of a block, in one crossing."""
    buffer = _new_buffer()
    error = ffi.new("mrrc_error *")
    status = lib.mrrc_records_encode(
        format,
        block,
        ffi.from_buffer("uint32_t[]", ends),
        len(ends) // 4,
        flags,
        buffer,
        _NULL,
        error,
    )
    if status != 0:
        raise_for(error)
    encoded: bytes = _unpack(buffer.text, buffer.size) if buffer.size else b""
    return encoded


def _laid_out(function: Any, packed: bytes) -> tuple[bytes, list[str]] | None:
    try:
        buffer = _buffers.pop()
    except IndexError:
        buffer = _new_buffer()
    fields = function(packed, len(packed), buffer)
    if fields <= 0:
        _give_back(buffer)
        if fields == 0:
            return b"", [""]
        if fields == lib.MRRC_ERR_MEMORY:
            raise MemoryError
        if fields == lib.MRRC_ERR_PACKED_INVALID:
            raise MrrcException("the bytes are no packed record")
        return None
    laid_out = _unpack(buffer.text, buffer.size)
    if len(laid_out) < _KEPT:
        _buffers.append(buffer)
    return laid_out[-fields:], laid_out[:-fields].decode().split("\x1f")


def explode(packed: bytes) -> tuple[bytes, list[str]] | None:
    """Lay a record out for the making of its fields.

    Returns one byte a field, the number of its subfields or 255 for a control field, and the
    texts: of each field its tag and its indicators or data, then of each subfield its code and
    value, and an empty one. None where a field has too many subfields.
    """
    return _laid_out(_explode, packed)


def values(packed: bytes) -> tuple[bytes, list[str]] | None:
    """Lay a record out for reading whole fields.

    Returns one byte a field, 255 for a control field, and the texts: of each field its tag and
    its data or values, and an empty one.
    """
    return _laid_out(_values, packed)


# -- MARC-8 and ISO 5426 --

MARC8_PYMARC: int = lib.MRRC_MARC8_PYMARC
MARC8_NCR: int = lib.MRRC_MARC8_NCR
MARC8_UNMAPPED: dict[str, int] = {
    "ncr": lib.MRRC_MARC8_UNMAPPED_NCR,
    "replace": lib.MRRC_MARC8_UNMAPPED_REPLACE,
    "raise": 0,
}
CHARACTER_UNMAPPED: int = lib.MRRC_ERR_CHARACTER_UNMAPPED
CHARACTER_CUT: int = lib.MRRC_ERR_CHARACTER_CUT
MARK_STRAY: int = lib.MRRC_ERR_MARK_STRAY


class Note(NamedTuple):
    """A diagnostic of a decoded value; see `mrrc_diagnostic`."""

    code: int
    offset: int
    size: int
    found: int
    g0: int
    g1: int


class Decoded(NamedTuple):
    """A decoded value: how it ended, its text, the sets in use behind it, what was amiss."""

    status: int
    text: str
    g0: int
    g1: int
    notes: list[Note]


def _empty_buffer() -> Any:
    try:
        buffer = _buffers.pop()
    except IndexError:
        return _new_buffer()
    buffer.size = 0
    return buffer


def _decoded(status: int, out: Any, notes: Any, g0: int, g1: int) -> Decoded:
    text = _unpack(out.text, out.size).decode() if out.size else ""
    listed: list[Note] = []
    if notes.size:
        all_notes = ffi.cast("mrrc_diagnostic *", notes.data)
        for i in range(notes.size // ffi.sizeof("mrrc_diagnostic")):
            note = all_notes[i]
            listed.append(Note(note.code, note.offset, note.size, note.found, note.g0, note.g1))
    _give_back(out)
    _give_back(notes)
    if status == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    return Decoded(status, text, g0, g1, listed)


def marc8_decode(data: bytes, flags: int, g0: int, g1: int) -> Decoded:
    """Decode MARC-8 that begins with these sets designated."""
    out, notes = _empty_buffer(), _empty_buffer()
    state = ffi.new("mrrc_marc8_state *", (g0, g1))
    status = lib.mrrc_marc8_decode(data, len(data), flags, state, out, notes)
    return _decoded(status, out, notes, state.g0, state.g1)


def iso5426_decode(data: bytes) -> Decoded:
    """Decode ISO 5426."""
    out, notes = _empty_buffer(), _empty_buffer()
    status = lib.mrrc_iso5426_decode(data, len(data), out, notes)
    return _decoded(status, out, notes, 0, 0)


def marc8_encode(text: bytes, unmapped: int) -> tuple[bytes, tuple[int, int] | None]:
    """Encode UTF-8 as MARC-8.

    Returns it and None, or nothing and the place (a byte offset) and the character that has no
    code.
    """
    out = _empty_buffer()
    error = ffi.new("mrrc_error *")
    status = lib.mrrc_marc8_encode(text, len(text), unmapped, _NULL, out, error)
    encoded: bytes = _unpack(out.text, out.size) if out.size else b""
    _give_back(out)
    if status == CHARACTER_UNMAPPED:
        return b"", (error.offset, error.found)
    if status != 0:
        raise_for(error)
    return encoded, None


def marc8_set(final: int) -> list[tuple[int, int, int]]:
    """The codes of a MARC-8 set: each with its character, and 1 for a combining mark or 0."""
    out = _empty_buffer()
    status = lib.mrrc_marc8_set(final, out)
    numbers: list[int] = []
    if out.size:
        numbers = ffi.unpack(ffi.cast("uint32_t *", out.data), out.size // 4)
    _give_back(out)
    if status == lib.MRRC_ERR_MEMORY:
        raise MemoryError
    return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))


# -- sources --


class Block(NamedTuple):
    """A batch as C filled it."""

    block: bytes
    ends: list[int]
    offsets: memoryview  # of unsigned 64-bit numbers
    lengths: memoryview  # of unsigned 32-bit numbers
    statuses: list[int] | None  # None where each is OK


class Source:
    """A path or bytes that C reads; one thread at a time, which is the caller's to see to.

    Args:
        path: what to open, or None to read `data`.
        data: the bytes to read where there is no path; they are not copied.

    Raises:
        OSError: the path cannot be opened.
    """

    __slots__ = ("_data", "_error", "_reader", "_view", "path")

    def __init__(self, path: str | bytes | None, data: bytes = b"") -> None:
        self.path = path
        self._data = data
        self._error = ffi.new("mrrc_error *")
        self._view = ffi.new("mrrc_batch_view *")
        reader = lib.mrrc_reader_new(MARC)
        if reader == _NULL:
            raise MemoryError
        self._reader = ffi.gc(reader, lib.mrrc_reader_free)
        if path is None:
            # the bytes object stays with self, and CPython never moves it
            lib.mrrc_reader_open_memory(reader, ffi.from_buffer("uint8_t[]", data), len(data))
            return
        encoded = os.fsencode(path)
        if b"\0" in encoded:
            raise ValueError("embedded null byte")
        self._try(lambda: lib.mrrc_reader_open_path(reader, encoded, self._error))

    def _try(self, call: Any) -> int:
        """Call until no signal interrupts; its handler runs between two calls."""
        error = self._error
        while True:
            status: int = call()
            if status >= 0:
                return status
            if error.code == lib.MRRC_ERR_IO and error.system == errno.EINTR:
                error.code = error.system = 0
                continue
            try:
                raise_for(error, self.path)
            finally:
                error.code = error.system = 0

    def next(self, flags: int) -> Block | None:
        """Read the next batch, with the GIL released; None at the end."""
        reader, view, error = self._reader, self._view, self._error
        if self._try(lambda: lib.mrrc_reader_next(reader, flags, view, error)) == END:
            return None
        count = view.count

        def copy(pointer: Any, size: int) -> memoryview:
            return memoryview(bytes(ffi.buffer(pointer, size * count)))

        return Block(
            ffi.buffer(view.block, view.block_size)[:],
            copy(view.ends, 4).cast("I").tolist(),
            copy(view.offsets, 8).cast("Q"),
            copy(view.lengths, 4).cast("I"),
            copy(view.statuses, 2).cast("h").tolist() if view.marked else None,
        )

    def seek(self, offset: int) -> None:
        """Go on at a byte offset; `OSError` where the source cannot."""
        self._try(lambda: lib.mrrc_reader_seek(self._reader, offset, self._error))

    def bytes_at(self, offset: int, size: int) -> bytes:
        """Return bytes of the batch last read, as they stand in the source."""
        into = bytearray(size)
        status = lib.mrrc_reader_source_bytes(
            self._reader, offset, size, ffi.from_buffer("uint8_t[]", into)
        )
        if status != 0:
            raise ValueError("the bytes are not of the batch last read")
        return bytes(into)

    def close(self) -> None:
        """Close the file."""
        self._try(lambda: lib.mrrc_reader_close(self._reader, self._error))
