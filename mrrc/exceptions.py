# SPDX-License-Identifier: MIT
"""What can go wrong, as classes: pymarc's tree, and below it what only mrrc tells apart.

An error may know its place: which source, record, field and byte it is about.
Without a place the text of a class that pymarc has is pymarc's; with one, the
text begins with the record and ends with the byte. Places are attributes, so
whoever catches an error on its way may add what it did not know.

Failures of the system stay what they are, ``OSError``; they are not wrapped here.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, ClassVar

from mrrc.repairs import BadSubfieldCodeWarning, RepairWarning
from mrrc.reports import Reported

if TYPE_CHECKING:
    from mrrc.parse_errors import JsonError, XmlError

__all__ = [
    "BadLeaderValue",
    "BadSubfieldCode",
    "BadSubfieldCodeWarning",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "BaseAddressNotNumeric",
    "BytesBetweenRecords",
    "DirectoryNotNumeric",
    "EncodingError",
    "EndOfRecordNotFound",
    "FatalReaderError",
    "FaultsUntold",
    "FieldNotFound",
    "InvalidField",
    "InvalidIndicator",
    "JsonError",
    "LeaderNotNumeric",
    "MissingLinkedFields",
    "MrrcException",
    "NoActiveFile",
    "NoFieldsFound",
    "PymarcException",
    "QueryDepthError",
    "QueryError",
    "QueryLimitError",
    "QueryMeaningError",
    "QueryNumberError",
    "QueryPatternError",
    "QueryStringError",
    "RecordDirectoryInvalid",
    "RecordLeaderInvalid",
    "RecordLengthInvalid",
    "RecordTooLong",
    "RepairWarning",
    "SplitError",
    "StaleFieldError",
    "TextFormatError",
    "TruncatedRecord",
    "WriteNeedsRecord",
    "WriterError",
    "XmlError",
]


class MrrcException(Reported):
    """The base of every error of this package; ``PymarcException`` is another name for it.

    Positional arguments are a message of the caller's own, which a class that has
    one fixed text in pymarc shows only together with a place. All else is given
    by keyword and kept as an attribute, ``None`` where it is not known; a keyword
    that the class does not have raises ``TypeError``. Copies and pickles keep
    everything.
    """


PymarcException = MrrcException


# Errors after which a reader cannot go on ------------------------------------


class FatalReaderError(MrrcException):
    """Reading cannot go on; raised itself when more errors were met than allowed."""

    code = "E099"
    slug = "fatal_reader_error"
    _extras: ClassVar[tuple[str, ...]] = ("cap", "errors_seen")

    cap: int | None = None
    """How many errors were allowed."""

    errors_seen: int | None = None
    """How many there were."""

    def _body(self) -> str:
        if self.cap is None or self.errors_seen is None:
            return "fatal reader error"
        return (
            "fatal reader error: recovered-error cap exceeded "
            f"({self.errors_seen} errors, cap {self.cap})"
        )


class RecordLengthInvalid(FatalReaderError):
    """Leader positions 00-04 are not the length of a record."""

    code = "E001"
    slug = "record_length_invalid"
    _extras: ClassVar[tuple[str, ...]] = ()
    _text: ClassVar[str | None] = "Invalid record length in first 5 bytes of record"

    def _body(self) -> str:
        return self._seen("invalid record length")


class TruncatedRecord(FatalReaderError):
    """The data ends before the record does."""

    code = "E005"
    slug = "truncated_record"
    _extras: ClassVar[tuple[str, ...]] = ("expected_length", "actual_length")
    _text: ClassVar[str | None] = "Record length in leader is greater than the length of data"

    expected_length: int | None = None
    """The record's length by its leader, in bytes."""

    actual_length: int | None = None
    """How many bytes there were."""

    def _body(self) -> str:
        if self.expected_length is None or self.actual_length is None:
            return "truncated record"
        return (
            f"truncated record: expected {self.expected_length} bytes, found {self.actual_length}"
        )


class EndOfRecordNotFound(FatalReaderError):
    """The byte where the record should end is not the record terminator."""

    code = "E006"
    slug = "end_of_record_not_found"
    _extras: ClassVar[tuple[str, ...]] = ()
    _text: ClassVar[str | None] = "Unable to locate end of record marker"

    def _body(self) -> str:
        return "end-of-record marker not found"


# Errors in one record --------------------------------------------------------


class BytesBetweenRecords(MrrcException):
    """Bytes that belong to no record stand before, between or behind the records."""

    code = "E007"
    slug = "bytes_between_records"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        fault = "bytes that belong to no record"
        return fault if self.message is None else f"{fault}: {self.message}"


class FaultsUntold(MrrcException):
    """A record has more faults than are told one by one; this stands for the rest of them."""

    code = "E008"
    slug = "faults_untold"
    _text: ClassVar[str | None] = None

    def _body(self) -> str:
        return "the record has more faults than are told one by one"


class RecordTooLong(MrrcException):
    """A record is longer than can be read; to write one that is too long is a `WriterError`."""

    code = "E009"
    slug = "record_too_long"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "record too long" if self.message is None else f"record too long: {self.message}"


class SplitError(MrrcException):
    """A source cannot be cut, since it is in doubt which of its bytes are records."""

    code = "E010"
    slug = "boundary_in_doubt"
    _text: ClassVar[str | None] = None

    @property
    def offset(self) -> int | None:
        """Where the doubt begins."""
        return self.byte_offset

    def _body(self) -> str:
        return "no boundary between records is sure from here on"


class RecordLeaderInvalid(MrrcException):
    """The leader is not 24 characters, or one of them is not allowed in its place."""

    code = "E002"
    slug = "leader_invalid"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = "Unable to extract record leader"

    message: str | None = None

    def _body(self) -> str:
        return "invalid leader" if self.message is None else f"invalid leader: {self.message}"


class LeaderNotNumeric(RecordLeaderInvalid, ValueError):
    """A length in the leader is not a number; also the ``ValueError`` that pymarc lets pass."""

    _text: ClassVar[str | None] = None


class BaseAddressInvalid(MrrcException):
    """The base address of data lies outside the record."""

    code = "E003"
    slug = "base_address_invalid"
    _text: ClassVar[str | None] = "Base address exceeds size of record"

    def _body(self) -> str:
        return self._seen("invalid base address")


class BaseAddressNotNumeric(LeaderNotNumeric, BaseAddressInvalid):
    """The base address of data, leader positions 12-16, is not a number."""

    code = "E003"
    slug = "base_address_invalid"

    def _body(self) -> str:
        return BaseAddressInvalid._body(self)


class BaseAddressNotFound(MrrcException):
    """The base address of data is zero."""

    code = "E004"
    slug = "base_address_not_found"
    _text: ClassVar[str | None] = "Unable to locate base address of record"

    def _body(self) -> str:
        return "base address not found"


class RecordDirectoryInvalid(MrrcException):
    """The directory is not a whole number of entries, or an entry is wrong."""

    code = "E101"
    slug = "directory_invalid"
    _text: ClassVar[str | None] = "Invalid directory"

    def _body(self) -> str:
        return self._seen("invalid directory entry")


class DirectoryNotNumeric(RecordDirectoryInvalid, ValueError):
    """A number in the directory is none; also the ``ValueError`` that pymarc lets pass."""

    _text: ClassVar[str | None] = None


class InvalidField(RecordDirectoryInvalid):
    """A field's data is not where the directory says, or not built as a field is."""

    code = "E106"
    slug = "invalid_field"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "invalid field" if self.message is None else f"invalid field: {self.message}"


class InvalidIndicator(RecordDirectoryInvalid):
    """An indicator is not a character allowed there."""

    code = "E201"
    slug = "invalid_indicator"
    _text: ClassVar[str | None] = None

    def _body(self) -> str:
        seen = self._seen("invalid")
        return "invalid indicator" if seen == "invalid" else seen


class BadSubfieldCode(RecordDirectoryInvalid, IndexError):
    """A subfield code is not a character allowed there.

    Also the ``IndexError`` that pymarc lets pass where nothing of a code is left
    once it is reduced to ASCII.
    """

    code = "E202"
    slug = "bad_subfield_code"
    _text: ClassVar[str | None] = None

    def _body(self) -> str:
        if self.subfield_code is None:
            return "invalid subfield code"
        return f"invalid subfield code 0x{self.subfield_code:02X}"


class NoFieldsFound(MrrcException):
    """The directory is empty."""

    code = "E102"
    slug = "no_fields_found"
    _text: ClassVar[str | None] = "Unable to locate fields in record data"

    def _body(self) -> str:
        return "no fields found"


class EncodingError(MrrcException, UnicodeDecodeError):
    """Bytes are not text in the encoding they should be in.

    Takes either the five arguments of ``UnicodeDecodeError`` or a message, so
    its attributes ``encoding``, ``object``, ``start``, ``end`` and ``reason`` are
    always there: with a message alone, ``object`` is ``found`` and ``reason`` the
    message.
    """

    code = "E301"
    slug = "utf8_invalid"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def __init__(self, *args: Any, **place: Any) -> None:
        self._keep(place)
        if len(args) == 5:
            UnicodeDecodeError.__init__(self, *args)
            return
        # The base class keeps its five values apart from args and needs them all.
        seen = self.found or b""
        reason = str(args[0]) if args else self.message or "encoding error"
        UnicodeDecodeError.__init__(self, "", seen, 0, len(seen), reason)
        self.args = args

    def _message(self) -> str:
        if self.message is not None:
            return self._body()
        if len(self.args) == 5:
            return UnicodeDecodeError.__str__(self)
        return BaseException.__str__(self)

    def _body(self) -> str:
        return "encoding error" if self.message is None else f"encoding error: {self.message}"


class TextFormatError(MrrcException):
    """A line that the text format (MARCMaker, yaz's lines, Aleph sequential) does not have."""

    code = "E403"
    slug = "text_line_invalid"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "invalid line" if self.message is None else f"invalid line: {self.message}"


# Errors of writing and editing -----------------------------------------------


class WriterError(MrrcException):
    """The record cannot be said in the format asked for, such as one too long for ISO 2709."""

    code = "E404"
    slug = "record_too_large_for_iso2709"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "writer error" if self.message is None else f"writer error: {self.message}"


class WriteNeedsRecord(MrrcException):
    """A writer was given something other than a ``Record``."""

    code = "E405"
    slug = "write_needs_record"
    _text: ClassVar[str | None] = "Write requires a pymarc.Record object as an argument"

    def _body(self) -> str:
        return "a writer takes records only"


class NoActiveFile(MrrcException):
    """A writer has no file to write to."""

    code = "E406"
    slug = "no_active_file"
    _text: ClassVar[str | None] = "There is no active file to write to in call to write"

    def _body(self) -> str:
        return "no file to write to"


class FieldNotFound(MrrcException, ValueError):
    """The field to be removed is not in the record; also the ``ValueError`` of a list."""

    code = "E105"
    slug = "field_not_found"
    _text: ClassVar[str | None] = "Record does not contain the specified field"

    def _body(self) -> str:
        return "field not found" if self.field_tag is None else f"field {self.field_tag} not found"


class BadLeaderValue(MrrcException):
    """A value does not fit the leader position it was set to."""

    code = "E103"
    slug = "bad_leader_value"

    def _body(self) -> str:
        return "bad leader value"


class MissingLinkedFields(MrrcException):
    """A field's subfield 6 points to an 880 that the record does not have."""

    code = "E104"
    slug = "missing_linked_fields"

    def __init__(self, field: Any, **place: Any) -> None:
        super().__init__(field, **place)
        self.field = field

    def _message(self) -> str:
        return f"{self.field.tag} field includes a subfield 6 but no linked fields could be found."


class StaleFieldError(MrrcException):
    """Never raised: a field stays usable whatever happens to its record.

    The name can be imported for programs that catch it.
    """

    _text: ClassVar[str | None] = None

    def _body(self) -> str:
        return "stale field"


# Filters ---------------------------------------------------------------------


#: How much of a query's line an error shows, in characters.
_SHOWN = 100


class QueryError(MrrcException, ValueError):
    """The text of a filter is not well formed. The classes below it are for other mistakes."""

    code = "E501"
    slug = "query_syntax"
    _extras: ClassVar[tuple[str, ...]] = ("message", "text", "offset", "hint")
    _text: ClassVar[str | None] = None

    message: str | None = None
    """What is wrong."""

    text: str | None = None
    """The text of the filter."""

    offset: int | None = None
    """Which character of it, from 0."""

    hint: str | None = None
    """How it may be mended."""

    def _body(self) -> str:
        return self.message or "invalid filter"

    def __str__(self) -> str:
        return super().__str__() if self.text is None else self.detailed()

    def detailed(self) -> str:
        """Return what is wrong, and the line of the text with a mark under the place."""
        if self.text is None:
            return super().detailed()
        said = [self._body()]
        if self.expected:
            said.append(f"expected {self.expected}")
        line, mark = self._marked(self.text, self.offset or 0)
        lines = ["; ".join(said), f"  {line}", f"  {mark}^"]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)

    @staticmethod
    def _marked(text: str, offset: int) -> tuple[str, str]:
        """Return the line of a text around a place, and what fills the line below up to the place.

        Each character that a terminal would obey, or could not show, is shown as U+FFFD.
        """
        from unicodedata import category, east_asian_width  # large, and mistakes are rare

        begin = text.rfind("\n", 0, offset) + 1
        end = text.find("\n", offset)
        line = text[begin : len(text) if end < 0 else end]
        at = offset - begin
        first = max(0, min(at - _SHOWN // 2, len(line) - _SHOWN))
        cut = "\u2026" if first else ""
        shown = "".join(
            c if c == "\t" or c.isprintable() else "\ufffd" for c in line[first : first + _SHOWN]
        )
        mark = " " * len(cut)
        for c in shown[: at - first]:
            if category(c) not in ("Mn", "Me"):  # an accent stands over what is before it
                mark += "\t" if c == "\t" else "  " if east_asian_width(c) in ("W", "F") else " "
        return cut + shown + ("\u2026" if first + _SHOWN < len(line) else ""), mark


class QueryStringError(QueryError):
    """A string in a filter is not well formed."""

    code = "E502"
    slug = "query_string"


class QueryNumberError(QueryError):
    """A number in a filter is too large."""

    code = "E503"
    slug = "query_number"


class QueryPatternError(QueryError):
    """A regular expression in a filter is not taken."""

    code = "E504"
    slug = "query_pattern"


class QueryDepthError(QueryError):
    """A filter is too long, or too deep."""

    code = "E505"
    slug = "query_depth"


class QueryMeaningError(QueryError):
    """A filter could never mean what is meant."""

    code = "E506"
    slug = "query_meaning"


class QueryLimitError(QueryError):
    """A record took too long to be tested, as with a pattern that goes back again and again."""

    code = "E507"
    slug = "query_limit"

    def _body(self) -> str:
        return self.message or "the record took too long to be tested"


def __getattr__(name: str) -> Any:
    """Import the errors that are those of a parser too, and the parsers, when one is asked for."""
    if name not in ("JsonError", "XmlError"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module("mrrc.parse_errors"), name)
    return value
