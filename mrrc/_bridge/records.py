# SPDX-License-Identifier: MIT
"""One record at a time: decoded, encoded, laid out for the making of its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mrrc._bridge.core import KEPT as _KEPT
from mrrc._bridge.core import MARC, NOTED, buffers, empty_buffer, give_back, new_buffer, unpack
from mrrc._bridge.core import NULL as _NULL
from mrrc._bridge.faults import raise_for, warn_of
from mrrc._bridge.streams import Encoder
from mrrc._native import ffi, lib
from mrrc.exceptions import MrrcException

# Looked up once: these run for every record.
_unpack = unpack
_buffers = buffers
_new_buffer = new_buffer
_give_back = give_back
_record_decode = lib.mrrc_record_decode
_record_encode = lib.mrrc_record_encode
_explode = lib.mrrc_explode
_values = lib.mrrc_values


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
    status = _record_encode(format, packed, len(packed), flags, buffer, _NULL)
    if status != 0:
        # once more, to hear why
        error = ffi.new("mrrc_error *")
        status = _record_encode(format, packed, len(packed), flags, buffer, error)
        if status < 0:
            _give_back(buffer)
            raise_for(error)
        if status == NOTED:
            _warn_of_notes(format, packed, flags)
    size = buffer.size
    encoded = _unpack(buffer.text, size) if size else b""
    if size < _KEPT:
        _buffers.append(buffer)
    return encoded


def _warn_of_notes(format: int, packed: bytes, flags: int) -> None:
    """Warn of each thing that had to be replaced in one record."""
    encoder = Encoder(format, flags)
    encoder.records(packed, [len(packed)])
    for note in encoder.notes():
        warn_of(note, None, None)


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


def dublin_core(packed: bytes) -> list[tuple[str, str]]:
    """Return a record as Dublin Core: names of elements and values, in the order of the elements.

    Raises:
        WriterError: the record is not UTF-8.
    """
    buffer = empty_buffer()
    status = lib.mrrc_dublin_core(packed, len(packed), buffer)
    text = _unpack(buffer.text, buffer.size) if buffer.size else b""
    _give_back(buffer)
    if status < 0:
        error = ffi.new("mrrc_error *")
        error.code = status
        raise_for(error)
    pairs = (pair.partition("\x1f") for pair in text.decode().split("\x1e")[:-1])
    return [(name, value) for name, _, value in pairs]
