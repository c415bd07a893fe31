# SPDX-License-Identifier: MIT
"""The exceptions: pymarc's tree and texts, places, copies."""

import copy
import inspect
import pickle
from typing import Any

import pymarc.exceptions
import pytest

from mrrc import exceptions
from mrrc.exceptions import (
    BadSubfieldCode,
    BadSubfieldCodeWarning,
    BaseAddressInvalid,
    BaseAddressNotNumeric,
    DirectoryNotNumeric,
    EncodingError,
    EndOfRecordNotFound,
    FatalReaderError,
    FieldNotFound,
    InvalidField,
    InvalidIndicator,
    LeaderNotNumeric,
    MissingLinkedFields,
    MrrcException,
    PymarcException,
    QueryError,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    TruncatedRecord,
    WriterError,
)

PLACE: dict[str, Any] = {
    "source": "books.mrc",
    "record_index": 3,
    "record_control_number": "ocm01",
    "field_tag": "245",
    "indicator_position": 1,
    "subfield_code": 0xE9,
    "found": b"abc",
    "expected": "five digits",
    "byte_offset": 258,
    "record_byte_offset": 12,
    "bytes_near": b"near",
    "bytes_near_offset": 250,
    "line": 12,
    "column": 5,
}

HEAD = "[record 3 \u00b7 001 'ocm01' \u00b7 field 245 \u00b7 ind1] "
TAIL = "  (line 12, column 5; byte 0x102 / 258)"


class Linking:
    """What `MissingLinkedFields` needs of a field; a plain object that pickles."""

    tag = "245"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linking)


def classes(module: Any, root: type) -> list[type]:
    found = [c for c in vars(module).values() if inspect.isclass(c) and issubclass(c, root)]
    return list(dict.fromkeys(found))


#: With those that come when they are asked for.
LATE = (exceptions.JsonError, exceptions.XmlError)
OURS = classes(exceptions, MrrcException)
THEIRS = classes(pymarc.exceptions, pymarc.exceptions.PymarcException)


def make(kind: type, *args: object, **place: Any) -> Any:
    if issubclass(kind, MissingLinkedFields | pymarc.exceptions.MissingLinkedFields):
        return kind(Linking(), **place)
    return kind(*args, **place)


@pytest.mark.parametrize("theirs", THEIRS, ids=lambda c: c.__name__)
def test_tree_is_pymarcs(theirs: type) -> None:
    ours = getattr(exceptions, theirs.__name__)
    for other in THEIRS:
        mine = getattr(exceptions, other.__name__)
        assert issubclass(ours, mine) == issubclass(theirs, other), other.__name__


@pytest.mark.parametrize("theirs", THEIRS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("args", [(), ("words",), ("two", 2)], ids=str)
def test_text_is_pymarcs_without_a_place(theirs: type, args: tuple[object, ...]) -> None:
    ours = make(getattr(exceptions, theirs.__name__), *args)
    other = make(theirs, *args)
    assert str(ours) == str(other)
    assert ours.args == other.args or isinstance(ours, MissingLinkedFields)


def test_one_base_under_two_names() -> None:
    assert PymarcException is MrrcException
    assert all(issubclass(kind, PymarcException) for kind in OURS)


def test_everything_is_exported() -> None:
    classes_here = {n: v for n, v in vars(exceptions).items() if inspect.isclass(v)}
    named = {n for n, v in classes_here.items() if v.__module__ == exceptions.__name__}
    assert named == set(exceptions.__all__)
    functions = [n for n, v in vars(exceptions).items() if inspect.isfunction(v)]
    assert functions == ["__getattr__"]
    with pytest.raises(AttributeError, match="no attribute 'YamlError'"):
        exceptions.YamlError  # noqa: B018


@pytest.mark.parametrize(
    ("kind", "built_in"),
    [
        (EncodingError, UnicodeDecodeError),
        (LeaderNotNumeric, ValueError),
        (BaseAddressNotNumeric, ValueError),
        (DirectoryNotNumeric, ValueError),
        (FieldNotFound, ValueError),
        (BadSubfieldCode, IndexError),
        (QueryError, ValueError),
    ],
)
def test_classes_that_are_built_in_ones_too(kind: type, built_in: type) -> None:
    with pytest.raises(built_in):
        raise kind("words")
    with pytest.raises(MrrcException):
        raise kind("words")


def test_only_those_are() -> None:
    plain = [k for k in OURS if not issubclass(k, ValueError | IndexError)]
    assert len(OURS) - len(plain) == 14
    assert not any(issubclass(k, LookupError | OSError | RuntimeError) for k in plain)


# Places ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OURS, ids=lambda c: c.__name__)
def test_every_class_takes_a_place(kind: type) -> None:
    error = make(kind, **PLACE)
    for name, value in PLACE.items():
        assert getattr(error, name) == value
    text = str(error)
    assert text.startswith(HEAD)
    assert text.endswith(TAIL)
    assert len(text) > len(HEAD) + len(TAIL)


@pytest.mark.parametrize("kind", OURS, ids=lambda c: c.__name__)
def test_places_not_known_are_none(kind: type) -> None:
    error = make(kind)
    assert all(getattr(error, name) is None for name in PLACE)


@pytest.mark.parametrize("kind", OURS, ids=lambda c: c.__name__)
def test_unknown_keyword(kind: type) -> None:
    with pytest.raises(TypeError) as caught:
        make(kind, zebra=1, record_index=1, apple=2)
    assert str(caught.value) == (
        f"{kind.__name__}() got unexpected keyword argument(s): apple, zebra"
    )


@pytest.mark.parametrize("kind", OURS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("args", [(), ("words",)], ids=str)
def test_copies_and_pickles_keep_everything(kind: type, args: tuple[object, ...]) -> None:
    error = make(kind, *args, **PLACE)
    error.remark = "noted later"
    dumps = [pickle.dumps(error, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in [copy.copy(error), copy.deepcopy(error), *map(pickle.loads, dumps)]:
        assert type(other) is kind
        assert str(other) == str(error)
        assert other.args == error.args
        assert vars(other) == vars(error)


def test_a_place_may_be_added_on_the_way() -> None:
    error = RecordDirectoryInvalid()
    assert str(error) == str(pymarc.exceptions.RecordDirectoryInvalid())
    error.record_index = 7
    error.byte_offset = 0
    assert str(error) == "[record 7] invalid directory entry  (byte 0x0 / 0)"


def test_a_message_stands_between_place_and_offset() -> None:
    error = WriterError("too long", field_tag="500", byte_offset=255)
    assert str(error) == "[field 500] too long  (byte 0xFF / 255)"
    assert str(WriterError("too long")) == "too long"


def test_without_a_head_the_class_is_named() -> None:
    assert str(InvalidField()) == "InvalidField: invalid field"
    assert str(InvalidField(message="no delimiter")) == "InvalidField: invalid field: no delimiter"
    assert str(TruncatedRecord(source="x")) == "TruncatedRecord: truncated record"


SEEN: dict[str, Any] = {"found": b"x", "expected": "y"}


@pytest.mark.parametrize(
    ("error", "body"),
    [
        (RecordLengthInvalid(**SEEN), "invalid record length b'x' \u2014 expected y"),
        (RecordLengthInvalid(found=b"x"), "invalid record length"),
        (RecordLeaderInvalid(message="m"), "invalid leader: m"),
        (BaseAddressInvalid(**SEEN), "invalid base address b'x' \u2014 expected y"),
        (BaseAddressNotNumeric(**SEEN), "invalid base address b'x' \u2014 expected y"),
        (
            TruncatedRecord(expected_length=9, actual_length=4),
            "truncated record: expected 9 bytes, found 4",
        ),
        (EndOfRecordNotFound(), "end-of-record marker not found"),
        (RecordDirectoryInvalid(**SEEN), "invalid directory entry b'x' \u2014 expected y"),
        (FieldNotFound(), "field not found"),
        (InvalidIndicator(**SEEN), "invalid b'x' \u2014 expected y"),
        (InvalidIndicator(), "invalid indicator"),
        (BadSubfieldCode(subfield_code=0xA), "invalid subfield code 0x0A"),
        (EncodingError(message="m"), "encoding error: m"),
        (
            FatalReaderError(cap=3, errors_seen=4),
            "fatal reader error: recovered-error cap exceeded (4 errors, cap 3)",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_bodies(error: MrrcException, body: str) -> None:
    error.record_index = 1
    assert str(error) == f"[record 1] {body}"


def test_representation_shows_what_is_known() -> None:
    assert repr(TruncatedRecord()) == "TruncatedRecord()"
    assert (
        repr(WriterError("too long", field_tag="500")) == "WriterError('too long', field_tag='500')"
    )
    cut = TruncatedRecord(actual_length=4, record_index=2)
    assert repr(cut) == "TruncatedRecord(record_index=2, actual_length=4)"


def test_codes_are_the_contracts() -> None:
    codes = {kind.__name__: (kind.code, kind.slug) for kind in OURS if kind.code}
    assert codes == {
        "TextFormatError": ("E403", "text_line_invalid"),
        "RecordLengthInvalid": ("E001", "record_length_invalid"),
        "BytesBetweenRecords": ("E007", "bytes_between_records"),
        "FaultsUntold": ("E008", "faults_untold"),
        "RecordTooLong": ("E009", "record_too_long"),
        "SplitError": ("E010", "boundary_in_doubt"),
        "NoFieldsFound": ("E102", "no_fields_found"),
        "BadLeaderValue": ("E103", "bad_leader_value"),
        "MissingLinkedFields": ("E104", "missing_linked_fields"),
        "WriteNeedsRecord": ("E405", "write_needs_record"),
        "NoActiveFile": ("E406", "no_active_file"),
        "RecordLeaderInvalid": ("E002", "leader_invalid"),
        "LeaderNotNumeric": ("E002", "leader_invalid"),
        "BaseAddressInvalid": ("E003", "base_address_invalid"),
        "BaseAddressNotNumeric": ("E003", "base_address_invalid"),
        "BaseAddressNotFound": ("E004", "base_address_not_found"),
        "TruncatedRecord": ("E005", "truncated_record"),
        "EndOfRecordNotFound": ("E006", "end_of_record_not_found"),
        "FatalReaderError": ("E099", "fatal_reader_error"),
        "RecordDirectoryInvalid": ("E101", "directory_invalid"),
        "DirectoryNotNumeric": ("E101", "directory_invalid"),
        "FieldNotFound": ("E105", "field_not_found"),
        "InvalidField": ("E106", "invalid_field"),
        "InvalidIndicator": ("E201", "invalid_indicator"),
        "BadSubfieldCode": ("E202", "bad_subfield_code"),
        "EncodingError": ("E301", "utf8_invalid"),
        "XmlError": ("E401", "marcxml_invalid"),
        "JsonError": ("E402", "marcjson_invalid"),
        "WriterError": ("E404", "record_too_large_for_iso2709"),
        "QueryError": ("E501", "query_syntax"),
        "QueryStringError": ("E502", "query_string"),
        "QueryNumberError": ("E503", "query_number"),
        "QueryPatternError": ("E504", "query_pattern"),
        "QueryDepthError": ("E505", "query_depth"),
        "QueryMeaningError": ("E506", "query_meaning"),
        "QueryLimitError": ("E507", "query_limit"),
    }


# Encoding errors ------------------------------------------------------------------


def test_encoding_error_of_a_codec() -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        b"ab\xff".decode()
    error = EncodingError(*caught.value.args)
    assert str(error) == str(caught.value)
    assert error.args == caught.value.args
    assert (error.encoding, error.object, error.start, error.end) == ("utf-8", b"ab\xff", 2, 3)
    error.record_index = 5
    assert str(error) == f"[record 5] {caught.value}"
    other = pickle.loads(pickle.dumps(error))
    assert (other.start, other.reason, other.record_index) == (2, error.reason, 5)


def test_encoding_error_with_a_message() -> None:
    error = EncodingError("no text", found=b"\xff\xfe")
    assert error.args == ("no text",)
    assert (error.object, error.start, error.end, error.reason) == (b"\xff\xfe", 0, 2, "no text")
    assert str(EncodingError("no text")) == "no text"
    assert EncodingError(message="m").reason == "m"
    assert str(EncodingError()) == "EncodingError: encoding error"


def test_five_arguments_have_to_be_a_codecs() -> None:
    with pytest.raises(TypeError):
        EncodingError("utf-8", "not bytes", 0, 1, "why")


# The warning ----------------------------------------------------------------------


def test_warning() -> None:
    ours = BadSubfieldCodeWarning(b"\xe9value")
    theirs = pymarc.exceptions.BadSubfieldCodeWarning(b"\xe9value")
    assert str(ours) == str(theirs)
    assert ours.subf == theirs.subf
    assert BadSubfieldCodeWarning.__bases__ == (Warning,)
    assert (ours.code, ours.slug) == ("W001", "bad_subfield_code_warning")
    assert str(pickle.loads(pickle.dumps(ours))) == str(ours)
