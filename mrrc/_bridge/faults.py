# SPDX-License-Identifier: MIT
"""What the core found amiss, read out of C: exceptions for faults, `Note` for diagnostics.

Which class a status becomes stands in `diagnostics`, which is imported with the first of them;
here, and nowhere else, one is raised.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mrrc._native import ffi, lib
from mrrc.exceptions import RepairWarning

if TYPE_CHECKING:
    from mrrc._bridge.note import Note
    from mrrc.damage import Near


def _tag(tag: Any) -> str | None:
    return ffi.string(ffi.cast("char *", tag)).decode("ascii", "replace") or None


def _note_of(error: Any) -> Note:
    from mrrc._bridge.note import Note

    return Note(
        code=error.code,
        offset=error.offset,
        size=error.seen_size,
        found=error.found,
        tag=_tag(error.tag),
        indicator=error.indicator,
        subfield=error.subfield,
        field=error.field,
        seen=bytes(error.seen)[: error.seen_size],
        reason=ffi.string(error.detail).decode("utf-8", "replace"),
    )


def error_of(
    error: Any,
    filename: str | bytes | None = None,
    reading: bool = False,
    near: Near | None = None,
    bytes_at: Callable[[int, int], bytes] | None = None,
) -> Exception:
    """Make the exception that a `mrrc_error` stands for.

    Args:
        error: the core's.
        filename: what was read.
        reading: whether it was met in reading; its offset is then one of the source.
        near: gives the bytes near an offset of the source.
        bytes_at: gives as many bytes of the source from an offset on; `ValueError` where they
            are not at hand.
    """
    code = error.code
    if code == lib.MRRC_ERR_MEMORY:
        return MemoryError()
    if code == lib.MRRC_ERR_IO:
        return OSError(error.system, os.strerror(error.system), filename)
    if code in (lib.MRRC_ERR_CLOSED, lib.MRRC_ERR_FORKED):
        from mrrc.pipeline_errors import PipelineClosed, PipelineForked

        return PipelineClosed() if code == lib.MRRC_ERR_CLOSED else PipelineForked()
    from mrrc._bridge.diagnostics import exception_of, writer_error_of
    from mrrc.damage import control_number

    note = _note_of(error)
    if reading and code == lib.MRRC_ERR_ARGUMENT:
        return ValueError("the call does not suit the source")
    if not reading:
        return writer_error_of(note, error.record or None)
    number = None
    if error.record_size and bytes_at is not None:
        try:
            number = control_number(bytes_at(error.record_offset, error.record_size))
        except ValueError:
            pass
    return exception_of(
        note,
        source=None if filename is None else os.fsdecode(filename),
        record_index=error.record or None,
        record_offset=error.record_offset if error.record_size else None,
        record_size=error.record_size or None,
        control_number=number,
        near=near,
        line=error.line or None,
        column=error.column or None,
    )


def raise_for(error: Any, filename: str | bytes | None = None) -> None:
    """Raise the exception that a `mrrc_error` stands for."""
    raise error_of(error, filename)


def notes_of(
    pointer: Any, count: int, written: bool = False, seen: Any = None, base: int = 0
) -> list[Note]:
    """Make the notes of an array of `mrrc_diagnostic`.

    Args:
        pointer: the array.
        count: how many there are.
        written: whether they were found in writing.
        seen: the bytes that those found in reading tell of, `mrrc_batch_view.seen`.
        base: what the offsets are counted from.
    """
    from mrrc._bridge.note import Note

    return [
        Note(
            note.code,
            base + note.offset,
            note.size,
            note.found,
            note.g0,
            note.g1,
            note.record,
            _tag(note.tag),
            written,
            note.indicator,
            note.subfield,
            note.field,
            ffi.unpack(ffi.cast("char *", seen + note.seen), note.seen_size)
            if note.seen_size
            else b"",
            ffi.string(note.reason).decode("utf-8", "replace") if note.reason else "",
        )
        for note in (pointer[i] for i in range(count))
    ]


def warn(warning: Warning) -> None:
    """Warn, at the line of the caller's program that called this package."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__")):
        level, frame = level + 1, frame.f_back
    warnings.warn(warning, stacklevel=level)


def _is_ours(name: object) -> bool:
    return isinstance(name, str) and name.partition(".")[0] == "mrrc"


def warn_of(note: Note, source: str | None, number: int | None) -> None:
    """Warn of something that was read or written otherwise than it stood there."""
    warn(
        RepairWarning(
            note.text(),
            source=source,
            record_index=number,
            field_tag=note.tag,
            # where in a file it will stand, nobody knows
            byte_offset=None if note.written else note.offset,
        )
    )
