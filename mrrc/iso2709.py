# SPDX-License-Identifier: MIT
"""ISO 2709 by pymarc's rules, field by field, in Python.

What C does not take for ordinary comes here: damaged records, and text in an encoding that only
Python knows. What these rules repair, warn of and refuse is what pymarc repairs, warns of and
refuses. The module decodes bytes and encodes fields; it never reads a file.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mrrc.constants import DIRECTORY_ENTRY_LEN, LEADER_LEN
from mrrc.exceptions import (
    BadSubfieldCode,
    BadSubfieldCodeWarning,
    BaseAddressInvalid,
    BaseAddressNotFound,
    BaseAddressNotNumeric,
    DirectoryNotNumeric,
    EncodingError,
    LeaderNotNumeric,
    NoFieldsFound,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    TruncatedRecord,
    WriterError,
)
from mrrc.field import Field, Indicators, RawField, Subfield, logger
from mrrc.leader import Leader
from mrrc.marc8 import marc8_to_unicode

if TYPE_CHECKING:
    from mrrc.record import Record

RECORD_MAX = 99999
FIELD_MAX = 9999


def _ascii(data: bytes, tag: str | None = None) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise EncodingError(*error.args, field_tag=tag) from None


def _number(data: bytes | str, failure: type[Exception]) -> int:
    """What `int()` makes of the digits, or what it raises as an error of ours."""
    try:
        return int(data)
    except ValueError as error:
        raise failure(*error.args) from None


def decode_leader(marc: bytes) -> Leader:
    """Return a record's leader."""
    text = _ascii(marc[:LEADER_LEN])
    if len(text) != LEADER_LEN:
        raise RecordLeaderInvalid
    return Leader(text)


def decode_fields(
    marc: bytes,
    leader: Leader,
    *,
    to_unicode: bool,
    force_utf8: bool,
    hide_utf8_warnings: bool,
    utf8_handling: str,
    encoding: str,
) -> Iterator[Field]:
    """Yield the fields of a record, as its directory names them.

    Args:
        encoding: of the control fields, and of subfields that are neither UTF-8 nor MARC-8.
        force_utf8: subfields are UTF-8 whatever the leader says.

    Raises:
        MrrcException: what pymarc raises, the built-in errors among them as classes of both kinds.
    """
    base = _number(marc[12:17], BaseAddressNotNumeric)
    if base <= 0:
        raise BaseAddressNotFound
    if base >= len(marc):
        raise BaseAddressInvalid
    if len(marc) < _number(leader[:5], LeaderNotNumeric):
        raise TruncatedRecord
    directory = _ascii(marc[LEADER_LEN : base - 1])
    if len(directory) % DIRECTORY_ENTRY_LEN:
        raise RecordDirectoryInvalid
    if not directory:
        raise NoFieldsFound
    decode = _value_decoder(
        leader[9] == "a" or force_utf8, to_unicode, hide_utf8_warnings, utf8_handling, encoding
    )
    kind = Field if to_unicode else RawField
    for at in range(0, len(directory), DIRECTORY_ENTRY_LEN):
        tag = directory[at : at + 3]
        length = _number(directory[at + 3 : at + 7], DirectoryNotNumeric)
        start = base + _number(directory[at + 7 : at + 12], DirectoryNotNumeric)
        data = marc[start : start + length - 1]
        try:
            if tag < "010" and tag.isdigit():
                text = data.decode(encoding) if to_unicode else data
                yield kind(tag, data=text)  # type: ignore[arg-type]
            else:
                yield _data_field(kind, tag, data, decode)
        except UnicodeDecodeError as error:
            raise EncodingError(*error.args, field_tag=tag) from None


def _value_decoder(
    utf8: bool, to_unicode: bool, hide_utf8_warnings: bool, utf8_handling: str, encoding: str
) -> Callable[[bytes], str]:
    if not to_unicode:
        return lambda value: value  # type: ignore[return-value]
    if utf8:
        return lambda value: value.decode("utf-8", utf8_handling)
    if encoding == "iso8859-1":
        return lambda value: marc8_to_unicode(value, hide_utf8_warnings)
    return lambda value: value.decode(encoding)


def _data_field(kind: type[Field], tag: str, data: bytes, decode: Callable[[bytes], str]) -> Field:
    """Make a data field; indicators that are missing are blank, more than two are left out."""
    head, *pieces = data.split(b"\x1f")
    indicators = _ascii(head, tag)
    if len(indicators) != 2:
        if not indicators:
            logger.warning("missing indicators: %s", data)
        elif len(indicators) == 1:
            logger.warning("only 1 indicator found: %s", data)
        else:
            logger.warning("more than 2 indicators found: %s", data)
        indicators = f"{indicators[:2]:<2}"
    subfields = []
    for piece in pieces:
        if not piece:
            continue
        size = 1
        if piece[0] < 0x80:
            code = chr(piece[0])
        else:
            warnings.warn(BadSubfieldCodeWarning(piece), stacklevel=2)
            code, size = normalize_subfield_code(piece)
        subfields.append(Subfield(code, decode(piece[size:])))
    return kind(tag, Indicators(indicators[0], indicators[1]), subfields)


def normalize_subfield_code(subfield: bytes) -> tuple[str, int]:
    """Return a code of ASCII for one that is not, and how many bytes the code took.

    Marks are taken from the first character; bytes that are not UTF-8 are read as Latin-1.

    Raises:
        BadSubfieldCode: an `IndexError` too: nothing is left of the code.
    """
    size = 1
    try:
        text = subfield.decode("utf-8")
        size = len(text[0].encode("utf-8"))
    except UnicodeDecodeError:
        text = subfield.decode("latin-1")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    if not plain:
        raise BadSubfieldCode("string index out of range", found=subfield[:32])
    return plain[0], size


def encode_fields(record: Record) -> bytes:
    """Return a record of any content as pymarc writes it.

    Raises:
        WriterError: a structural character in a value, a tag that is not three ASCII characters,
            a field or record too long.
    """
    leader = record.leader
    encoding = "utf-8" if leader[9] == "a" or record.force_utf8 else "iso8859-1"
    directory, fields, offset = [], [], 0
    for field in record.fields:
        data = field.as_marc() if isinstance(field, RawField) else field.as_marc(encoding=encoding)
        tag = field.tag
        if tag.isascii():
            tag = f"{int(tag):03d}" if tag.isdigit() else f"{tag:>03}"
        if len(tag) != 3 or not tag.isascii():
            raise WriterError("the tag is not three ASCII characters", field_tag=tag)
        if any(character in "\x1d\x1e\x1f" for character in tag):
            raise WriterError("the tag holds a structural character", field_tag=field.tag)
        if len(data) > FIELD_MAX:
            raise WriterError(
                f"the field would be {len(data)} bytes long, over the limit of {FIELD_MAX}",
                field_tag=field.tag,
            )
        directory.append(f"{tag}{len(data):04d}{offset:05d}".encode(encoding))
        fields.append(data)
        offset += len(data)
    base = LEADER_LEN + len(directory) * DIRECTORY_ENTRY_LEN + 1
    length = base + offset + 1
    if length > RECORD_MAX:
        raise WriterError(
            f"the record would be {length} bytes long, over the limit of {RECORD_MAX}"
        )
    head = f"{length:0>5}{leader[5:12]}{base:0>5}{leader[17:]}"
    return b"".join([head.encode(encoding), *directory, b"\x1e", *fields, b"\x1d"])
