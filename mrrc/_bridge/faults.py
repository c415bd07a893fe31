# SPDX-License-Identifier: MIT
"""What the core found amiss, as Python has it: exceptions for faults, `Note` for what was
read or written all the same. Here, and nowhere else, a status becomes an exception."""

import os
import sys
import warnings
from typing import Any, NamedTuple

from mrrc._native import ffi, lib
from mrrc.exceptions import (
    EncodingError,
    InvalidField,
    JsonError,
    MrrcException,
    RecordLeaderInvalid,
    RepairWarning,
    TextFormatError,
    TruncatedRecord,
    WriterError,
    XmlError,
)

_WRITING = {
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

#: What a fault met in reading becomes, and its words where the core has none.
_READING: dict[int, tuple[type[MrrcException], str]] = {
    lib.MRRC_ERR_TRUNCATED: (TruncatedRecord, "the source ends inside a record"),
    lib.MRRC_ERR_LEADER_INVALID: (RecordLeaderInvalid, "it is not 24 ASCII characters"),
    lib.MRRC_ERR_FIELD_INVALID: (InvalidField, "a value holds a structural character"),
    lib.MRRC_ERR_INDICATOR_INVALID: (InvalidField, "an indicator is not one character"),
    lib.MRRC_ERR_CODE_INVALID: (InvalidField, "a subfield code is not one character"),
    lib.MRRC_ERR_TAG_INVALID: (InvalidField, "a tag is not three ASCII characters"),
    lib.MRRC_ERR_TEXT_INVALID: (EncodingError, "the text is not UTF-8"),
    lib.MRRC_ERR_RECORD_TOO_LONG: (TextFormatError, "the record is longer than can be read"),
    lib.MRRC_ERR_XML_RECORD: (XmlError, "this is not a record"),
    lib.MRRC_ERR_XML_MALFORMED: (XmlError, "this is not well-formed XML"),
    lib.MRRC_ERR_JSON_RECORD: (JsonError, "this is not a record"),
    lib.MRRC_ERR_JSON_MALFORMED: (JsonError, "this is not JSON"),
    lib.MRRC_ERR_LINE_INVALID: (TextFormatError, "the format has no such line"),
    lib.MRRC_ERR_TEXT_MALFORMED: (TextFormatError, "the file cannot be read on"),
}


def _seen(error: Any) -> bytes | None:
    return bytes(error.seen)[: error.seen_size] or None


def _tag(tag: Any) -> str | None:
    return ffi.string(ffi.cast("char *", tag)).decode("ascii", "replace") or None


def error_of(error: Any, filename: str | bytes | None = None, reading: bool = False) -> Exception:
    """Make the exception that a `mrrc_error` stands for."""
    code = error.code
    if code == lib.MRRC_ERR_MEMORY:
        return MemoryError()
    if code == lib.MRRC_ERR_IO:
        return OSError(error.system, os.strerror(error.system), filename)
    tag = _tag(error.tag)
    detail = ffi.string(error.detail).decode("utf-8", "replace")
    if not reading:
        text = detail or _WRITING.get(code, f"failure {code}").format(found=error.found)
        return WriterError(text, field_tag=tag, record_index=error.record or None)
    kind, text = _READING.get(code, (MrrcException, f"failure {code}"))
    place: dict[str, Any] = {
        "source": None if filename is None else os.fsdecode(filename),
        "record_index": error.record or None,
        "field_tag": tag,
        "byte_offset": error.offset,
        "line": error.line or None,
        "column": error.column or None,
        "found": _seen(error),
    }
    if "message" in kind._extras:
        return kind(message=detail or text, **place)
    return kind(detail or text, **place)


def raise_for(error: Any, filename: str | bytes | None = None, reading: bool = False) -> None:
    """Raise the exception that a `mrrc_error` stands for."""
    raise error_of(error, filename, reading)


#: What was found in reading, and what became of it.
_READ_NOTES = {
    lib.MRRC_ERR_LEADER_INVALID: "the record has no leader, and got a blank one, or it has "
    "several, of which the last counts",
    lib.MRRC_ERR_CHARACTER_UNMAPPED: "no character has the code 0x{found:02X}: it became U+FFFD",
    lib.MRRC_ERR_CHARACTER_CUT: "a character is cut off: it became U+FFFD",
    lib.MRRC_ERR_MARK_STRAY: "a combining mark lacks its letter, or its other half: it was kept, "
    "behind a blank at the end",
    lib.MRRC_ERR_CODE_INVALID: "a subfield code is not one character: the first one counts",
    lib.MRRC_ERR_INDICATOR_INVALID: "an indicator is not one character: the first one counts",
    lib.MRRC_ERR_TAG_INVALID: "the tag does not suit its kind of field",
    lib.MRRC_ERR_XML_RECORD: "something here has no place in a record: not all of it was kept",
    lib.MRRC_ERR_JSON_RECORD: "a key that no record has was left out, or control characters that "
    "are not escaped were kept",
}

#: What a format cannot say, and what was written for it.
_WRITTEN_NOTES = {
    lib.MRRC_ERR_CHARACTER_REFUSED: "the format has no place for U+{found:04X}: it was replaced",
    lib.MRRC_ERR_FIELD_INVALID: "the format has no way to escape {found:c}: the field will be "
    "read otherwise than it is",
    lib.MRRC_ERR_LEADER_INVALID: "the format has no way to escape {found:c}: the leader will be "
    "read otherwise than it is",
}

#: The same, where it is no character that does not suit.
_WRITTEN_WHOLE = {
    lib.MRRC_ERR_FIELD_INVALID: "the field was put first, where the format has it",
    lib.MRRC_ERR_LEADER_INVALID: "the format does not know such a leader again when it is read",
}


class Note(NamedTuple):
    """Something amiss that was read or written all the same; see `mrrc_diagnostic`."""

    code: int
    offset: int
    size: int
    found: int
    g0: int
    g1: int
    record: int = 0
    tag: str | None = None
    written: bool = False

    def text(self) -> str:
        """Return what it was, and what became of it, in words."""
        if self.written:
            words = _WRITTEN_NOTES if self.found else _WRITTEN_NOTES | _WRITTEN_WHOLE
        elif self.code == lib.MRRC_ERR_CHARACTER_UNMAPPED and not self.found:
            return "a mnemonic that is not in the table was kept as it is"
        else:
            words = _READ_NOTES
        return words.get(self.code, f"diagnostic {self.code}").format(found=self.found)


def notes_of(pointer: Any, count: int, written: bool = False) -> list[Note]:
    """Make the notes of an array of `mrrc_diagnostic`."""
    return [
        Note(
            note.code,
            note.offset,
            note.size,
            note.found,
            note.g0,
            note.g1,
            note.record,
            _tag(note.tag),
            written,
        )
        for note in (pointer[i] for i in range(count))
    ]


def warn(warning: RepairWarning) -> None:
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
