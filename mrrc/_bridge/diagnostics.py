# SPDX-License-Identifier: MIT
"""What the core found amiss, as exceptions: one table says which class a status becomes.

A `Note` is a diagnostic or a fault of the core in Python's terms, read out of C by `faults`.
What is done with the exception, raising it, listing it or warning of it, is others' affair.
"""

from typing import Any, NamedTuple

from mrrc._bridge.note import Note
from mrrc._native import lib
from mrrc.damage import NEAR, Near
from mrrc.damage import control_number as control_number_of
from mrrc.exceptions import (
    BadSubfieldCode,
    BaseAddressInvalid,
    BaseAddressNotFound,
    BytesBetweenRecords,
    EncodingError,
    EndOfRecordNotFound,
    FaultsUntold,
    InvalidField,
    InvalidIndicator,
    JsonError,
    MrrcException,
    QueryDepthError,
    QueryError,
    QueryLimitError,
    QueryMeaningError,
    QueryNumberError,
    QueryPatternError,
    QueryStringError,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    RecordTooLong,
    RepairWarning,
    TextFormatError,
    TruncatedRecord,
    WriterError,
    XmlError,
)

#: The record of a note that belongs to none.
NO_RECORD: int = lib.MRRC_NO_RECORD


class Kind(NamedTuple):
    """What a status met in reading becomes, and its words where the core has none."""

    error: type[MrrcException]
    words: str
    expected: str | None = None


READING: dict[int, Kind] = {
    lib.MRRC_ERR_LENGTH_INVALID: Kind(
        RecordLengthInvalid, "the record's length is none", "the record's length in five digits"
    ),
    lib.MRRC_ERR_LEADER_INVALID: Kind(RecordLeaderInvalid, "it is not 24 ASCII characters"),
    lib.MRRC_ERR_BASE_ADDRESS_INVALID: Kind(
        BaseAddressInvalid, "the data do not begin there", "where the data begin"
    ),
    lib.MRRC_ERR_BASE_ADDRESS_NOT_FOUND: Kind(
        BaseAddressNotFound, "nothing ends the directory", "where the data begin"
    ),
    lib.MRRC_ERR_TRUNCATED: Kind(TruncatedRecord, "the source ends inside a record"),
    lib.MRRC_ERR_TERMINATOR_MISSING: Kind(
        EndOfRecordNotFound, "no terminator ends the record", "the record terminator 0x1D"
    ),
    lib.MRRC_ERR_BETWEEN_RECORDS: Kind(BytesBetweenRecords, "they were passed over"),
    lib.MRRC_ERR_FAULTS_UNTOLD: Kind(
        FaultsUntold, "the record has more faults than are told one by one"
    ),
    lib.MRRC_ERR_DIRECTORY_INVALID: Kind(
        RecordDirectoryInvalid, "an entry of the directory is wrong", "twelve characters"
    ),
    lib.MRRC_ERR_FIELD_INVALID: Kind(InvalidField, "a value holds a structural character"),
    lib.MRRC_ERR_INDICATOR_INVALID: Kind(
        InvalidIndicator, "an indicator is not one character", "one character of ASCII"
    ),
    lib.MRRC_ERR_CODE_INVALID: Kind(
        BadSubfieldCode, "a subfield code is not one character", "one character of ASCII"
    ),
    lib.MRRC_ERR_TEXT_INVALID: Kind(EncodingError, "the text is not UTF-8"),
    lib.MRRC_ERR_CHARACTER_UNMAPPED: Kind(EncodingError, "no character has this code"),
    lib.MRRC_ERR_CHARACTER_CUT: Kind(EncodingError, "a character is cut off"),
    lib.MRRC_ERR_MARK_STRAY: Kind(EncodingError, "a combining mark lacks its letter"),
    lib.MRRC_ERR_CODING_WRONG: Kind(
        EncodingError, "the text is in another encoding than the record says"
    ),
    lib.MRRC_ERR_SET_UNKNOWN: Kind(
        EncodingError, "the record names a character set that is not known"
    ),
    lib.MRRC_ERR_RECORD_TOO_LONG: Kind(RecordTooLong, "the record is longer than can be read"),
    lib.MRRC_ERR_TAG_INVALID: Kind(InvalidField, "a tag is not three ASCII characters"),
    lib.MRRC_ERR_XML_RECORD: Kind(XmlError, "this is not a record"),
    lib.MRRC_ERR_XML_MALFORMED: Kind(XmlError, "this is not well-formed XML"),
    lib.MRRC_ERR_JSON_RECORD: Kind(JsonError, "this is not a record"),
    lib.MRRC_ERR_JSON_MALFORMED: Kind(JsonError, "this is not JSON"),
    lib.MRRC_ERR_LINE_INVALID: Kind(TextFormatError, "the format has no such line"),
    lib.MRRC_ERR_QUERY_LIMIT: Kind(QueryLimitError, "the record took too long to be tested"),
}

#: What a status met in compiling a filter becomes.
QUERY_ERRORS: dict[int, type[QueryError]] = {
    lib.MRRC_ERR_QUERY_SYNTAX: QueryError,
    lib.MRRC_ERR_QUERY_STRING: QueryStringError,
    lib.MRRC_ERR_QUERY_NUMBER: QueryNumberError,
    lib.MRRC_ERR_QUERY_PATTERN: QueryPatternError,
    lib.MRRC_ERR_QUERY_DEPTH: QueryDepthError,
    lib.MRRC_ERR_QUERY_MEANING: QueryMeaningError,
}

#: Why a record cannot be written.
WRITING = {
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
    lib.MRRC_ERR_QUERY_LIMIT: "a condition took too long to be tested",
}

#: What was found in reading, and what became of it.
READ_NOTES = {
    lib.MRRC_ERR_LEADER_INVALID: "the record has no leader, and got a blank one, or it has "
    "several, of which the last counts",
    lib.MRRC_ERR_TEXT_INVALID: "the bytes are no text: they became U+FFFD",
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
WRITTEN_NOTES = {
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

#: What the core finds in a record as a whole, where it tells the record's own bytes.
_FRAMING = (
    lib.MRRC_ERR_LENGTH_INVALID,
    lib.MRRC_ERR_TRUNCATED,
    lib.MRRC_ERR_TERMINATOR_MISSING,
)

#: How many of the bytes concerned an exception shows as `found`.
_FOUND = 32


def words_of(note: Note) -> str:
    """Return what a note of which the core gives no reason is about, in words."""
    if note.written:
        words = WRITTEN_NOTES if note.found else WRITTEN_NOTES | _WRITTEN_WHOLE
    elif note.code == lib.MRRC_ERR_CHARACTER_UNMAPPED and not note.found:
        return "a mnemonic that is not in the table was kept as it is"
    else:
        words = READ_NOTES
    known = words.get(note.code)
    if known is None and note.code in READING:
        return READING[note.code].words
    return (known or f"diagnostic {note.code}").format(found=note.found)


def exception_of(
    note: Note,
    *,
    source: str | None = None,
    record_index: int | None = None,
    record_offset: int | None = None,
    record_size: int | None = None,
    control_number: str | None = None,
    near: Near | None = None,
    **place: Any,
) -> MrrcException | RepairWarning:
    """Make the exception that something found in reading stands for.

    What was found in writing becomes a `RepairWarning`, since it was written all the same.

    Args:
        note: what was found.
        source: the path or name of what is read.
        record_index: the record's number there, from 1.
        record_offset: where the record begins there.
        record_size: how many bytes of it there are.
        control_number: the record's 001.
        near: gives the bytes near an offset of the source; without it those of the note are kept.
        place: what else is known of the place, as `MrrcException` takes it.
    """
    place.update(
        source=source,
        record_index=record_index,
        record_control_number=control_number,
        field_tag=note.tag,
        indicator_position=note.indicator - 1 if note.indicator else None,
        subfield_code=note.subfield or None,
    )
    if note.written:  # where in a file it will stand, nobody knows
        return RepairWarning(note.text(), **place)
    place["byte_offset"] = note.offset
    place["found"] = note.seen[:_FOUND] or None
    if note.code in _FRAMING and record_offset in (None, note.offset):
        # what was seen is the record, or how it begins
        whole = note.code != lib.MRRC_ERR_LENGTH_INVALID
        place["found"] = None if whole else note.seen[:5] or None
        place["record_control_number"] = control_number or control_number_of(note.seen)
    if record_offset is not None and note.offset >= record_offset:
        place["record_byte_offset"] = note.offset - record_offset
    around = None if near is None else near(note.offset)
    if around is None and note.seen:
        around = note.seen[:NEAR], note.offset
    if around is not None:
        place["bytes_near"], place["bytes_near_offset"] = around
    if note.code == lib.MRRC_ERR_TRUNCATED:
        # a note of no record is of all that there is
        place["expected_length"] = note.found or None
        place["actual_length"] = note.size if note.record == NO_RECORD else record_size
    return _make(READING.get(note.code), note, place)


def _make(kind: Kind | None, note: Note, place: dict[str, Any]) -> MrrcException:
    if kind is None:
        return MrrcException(note.reason or f"failure {note.code}", **place)
    error = kind.error
    words = note.text()
    place["expected"] = kind.expected
    if error is EncodingError:
        codec = "utf-8" if note.code == lib.MRRC_ERR_TEXT_INVALID else "marc-8"
        # all of the bytes, and not as many as are shown, since U+FFFD stands for them
        seen = note.seen
        return EncodingError(codec, seen, 0, len(seen), words, message=words, **place)
    if error is BadSubfieldCode and note.seen and not note.subfield:
        place["subfield_code"] = note.seen[0]
    if "message" in error._extras:
        return error(message=words, **place)
    # without a reason of its own, a class says best what was seen in place of what
    plain = bool(note.seen and not note.reason) or place.get("actual_length") is not None
    return error(*([] if plain else [words]), **place)


def writer_error_of(note: Note, record_index: int | None = None) -> WriterError:
    """Make the exception of a record that cannot be written."""
    text = WRITING.get(note.code, f"failure {note.code}").format(found=note.found)
    return WriterError(note.reason or text, field_tag=note.tag, record_index=record_index)
