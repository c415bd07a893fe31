# SPDX-License-Identifier: MIT
"""What can go wrong, as classes: pymarc's tree, and below it what only mrrc tells apart.

An error may know its place: which source, record, field and byte it is about.
Without a place the text of a class that pymarc has is pymarc's; with one, the
text begins with the record and ends with the byte. Places are attributes, so
whoever catches an error on its way may add what it did not know.

Failures of the system stay what they are, ``OSError``; they are not wrapped here.
"""

from typing import Any, ClassVar

__all__ = [
    "BadLeaderValue",
    "BadSubfieldCode",
    "BadSubfieldCodeWarning",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "BaseAddressNotNumeric",
    "DirectoryNotNumeric",
    "EncodingError",
    "EndOfRecordNotFound",
    "FatalReaderError",
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
    "RecordDirectoryInvalid",
    "RecordLeaderInvalid",
    "RecordLengthInvalid",
    "StaleFieldError",
    "TruncatedRecord",
    "WriteNeedsRecord",
    "WriterError",
    "XmlError",
]


class MrrcException(Exception):
    """The base of every error of this package; ``PymarcException`` is another name for it.

    Positional arguments are a message of the caller's own, which a class that has
    one fixed text in pymarc shows only together with a place. All else is given
    by keyword and kept as an attribute, ``None`` where it is not known; a keyword
    that the class does not have raises ``TypeError``. Copies and pickles keep
    everything.
    """

    code: ClassVar[str] = ""
    """The stable number of this kind of error, such as ``"E106"``; empty where it has none."""

    slug: ClassVar[str] = ""
    """The same as a word, such as ``"invalid_field"``."""

    source: str | None = None
    """The path or name of what was read."""

    record_index: int | None = None
    """The record's number in its source, from 1."""

    record_control_number: str | None = None
    """The record's field 001."""

    field_tag: str | None = None
    """The field's tag."""

    indicator_position: int | None = None
    """Which indicator: 0 or 1."""

    subfield_code: int | None = None
    """The subfield's code, as the number of its byte."""

    found: bytes | None = None
    """The bytes that were wrong, up to 32."""

    expected: str | None = None
    """What should have stood there, in words."""

    byte_offset: int | None = None
    """Where in the source, in bytes from 0."""

    record_byte_offset: int | None = None
    """Where in the record, in bytes from 0."""

    bytes_near: bytes | None = None
    """What stands around the offset, up to 32 bytes."""

    bytes_near_offset: int | None = None
    """Where in the source ``bytes_near`` begins."""

    # The order is that of repr().
    _place: ClassVar[tuple[str, ...]] = (
        "record_index",
        "record_control_number",
        "field_tag",
        "indicator_position",
        "subfield_code",
        "found",
        "expected",
        "byte_offset",
        "record_byte_offset",
        "source",
        "bytes_near",
        "bytes_near_offset",
    )

    # Keywords that only this class takes.
    _extras: ClassVar[tuple[str, ...]] = ()

    # What pymarc's class always says; "" where pymarc's says its arguments,
    # None where pymarc has no such class.
    _text: ClassVar[str | None] = ""

    def __init__(self, *args: object, **place: Any) -> None:
        self._keep(place)
        super().__init__(*args)

    def _keep(self, place: dict[str, Any]) -> None:
        unknown = sorted(place.keys() - {*self._place, *self._extras})
        if unknown:
            raise TypeError(
                f"{type(self).__name__}() got unexpected keyword argument(s): " + ", ".join(unknown)
            )
        self.__dict__.update((name, value) for name, value in place.items() if value is not None)

    def _known(self) -> dict[str, Any]:
        named = ((name, getattr(self, name)) for name in (*self._place, *self._extras))
        return {name: value for name, value in named if value is not None}

    def _message(self) -> str:
        return super().__str__()

    def _body(self) -> str:
        """What happened, without the place."""
        return type(self).__name__

    def _seen(self, fault: str) -> str:
        """The fault, followed by what was found and expected where both are known."""
        if self.found is None or self.expected is None:
            return fault
        return f"{fault} {self.found!r} \u2014 expected {self.expected}"

    def __str__(self) -> str:
        name = type(self).__name__
        if not self._known():
            if self._text:
                return self._text
            if self.args or self._text is not None:
                return self._message()
            return f"{name}: {self._body()}"

        parts = []
        if self.record_index is not None:
            parts.append(f"record {self.record_index}")
        if self.record_control_number is not None:
            parts.append(f"001 {self.record_control_number!r}")
        if self.field_tag is not None:
            parts.append(f"field {self.field_tag}")
        if self.indicator_position is not None:
            parts.append(f"ind{self.indicator_position}")

        body = self._message() if self.args else self._body()
        head = " \u00b7 ".join(parts)
        text = f"[{head}] {body}" if parts else f"{name}: {body}"
        if self.byte_offset is not None:
            text += f"  (byte 0x{self.byte_offset:X} / {self.byte_offset})"
        return text

    def __repr__(self) -> str:
        shown = [repr(value) for value in self.args]
        shown += [f"{name}={value!r}" for name, value in self._known().items()]
        return f"{type(self).__name__}({', '.join(shown)})"


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
        if len(self.args) == 5:
            return UnicodeDecodeError.__str__(self)
        return BaseException.__str__(self)

    def _body(self) -> str:
        return "encoding error" if self.message is None else f"encoding error: {self.message}"


class XmlError(MrrcException):
    """XML that is not well formed, or not MARCXML."""

    code = "E401"
    slug = "marcxml_invalid"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "XML parse error" if self.message is None else f"XML parse error: {self.message}"


class JsonError(MrrcException):
    """JSON that is not well formed, or not a record in JSON."""

    code = "E402"
    slug = "marcjson_invalid"
    _extras: ClassVar[tuple[str, ...]] = ("message",)
    _text: ClassVar[str | None] = None

    message: str | None = None

    def _body(self) -> str:
        return "JSON parse error" if self.message is None else f"JSON parse error: {self.message}"


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

    _text: ClassVar[str | None] = "Write requires a pymarc.Record object as an argument"

    def _body(self) -> str:
        return "a writer takes records only"


class NoActiveFile(MrrcException):
    """A writer has no file to write to."""

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

    def _body(self) -> str:
        return "bad leader value"


class MissingLinkedFields(MrrcException):
    """A field's subfield 6 points to an 880 that the record does not have."""

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


class BadSubfieldCodeWarning(Warning):
    """A subfield code was not ASCII and was reduced to it.

    Args:
        subf: the subfield's bytes, code and value.
    """

    code: ClassVar[str] = "W001"
    slug: ClassVar[str] = "bad_subfield_code_warning"

    def __init__(self, subf: bytes) -> None:
        super().__init__(subf)
        self.subf = subf

    def __str__(self) -> str:
        return f"The subfield contained a non-ASCII subfield code: {self.subf!r}"
