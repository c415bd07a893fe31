# SPDX-License-Identifier: MIT
"""Reads, edits and writes MARC records at the speed of C, behind pymarc's API."""

from __future__ import annotations

import importlib
import sys

from mrrc._version import __version__
from mrrc.batch import RecordBatch
from mrrc.constants import (
    DIRECTORY_ENTRY_LEN,
    END_OF_FIELD,
    END_OF_RECORD,
    LEADER_LEN,
    SUBFIELD_INDICATOR,
)
from mrrc.exceptions import (
    BadLeaderValue,
    BadSubfieldCode,
    BadSubfieldCodeWarning,
    BaseAddressInvalid,
    BaseAddressNotFound,
    BaseAddressNotNumeric,
    DirectoryNotNumeric,
    EncodingError,
    EndOfRecordNotFound,
    FatalReaderError,
    FieldNotFound,
    InvalidField,
    InvalidIndicator,
    JsonError,
    LeaderNotNumeric,
    MissingLinkedFields,
    MrrcException,
    NoActiveFile,
    NoFieldsFound,
    PymarcException,
    RecordDirectoryInvalid,
    RecordLeaderInvalid,
    RecordLengthInvalid,
    StaleFieldError,
    TruncatedRecord,
    WriteNeedsRecord,
    WriterError,
    XmlError,
)
from mrrc.field import (
    ControlField,
    Field,
    Indicators,
    RawField,
    Subfield,
    map_marc8_field,
)
from mrrc.leader import (
    Leader,
    get_leader_is_valid_value,
    get_leader_valid_values,
    get_leader_value_description,
)
from mrrc.marc8 import (
    MARC8ToUnicode,
    iso5426_to_unicode,
    marc8_to_unicode,
    unicode_to_marc8,
)
from mrrc.reader import MARCReader, Reader, map_records
from mrrc.record import Record, isbn_regex, logger, map_marc8_record, normalize_subfield_code
from mrrc.writer import MARCWriter, Writer

#: pymarc's modules that this package has, by pymarc's names.
_PYMARC_MODULES = (
    "constants",
    "exceptions",
    "field",
    "leader",
    "marc8",
    "marc8_mapping",
    "reader",
    "record",
    "writer",
)


def install_as_pymarc() -> None:
    """Make ``import pymarc`` mean this package, from now on and in this process.

    pymarc need not be installed. Modules that have imported pymarc before keep it, so call this
    first. Pickles made by pymarc load as objects of this package.
    """
    package = sys.modules[__name__]
    for name in [name for name in sys.modules if name.partition(".")[0] == "pymarc"]:
        del sys.modules[name]
    sys.modules["pymarc"] = package
    for name in _PYMARC_MODULES:
        sys.modules[f"pymarc.{name}"] = importlib.import_module(f"{__name__}.{name}")


__all__ = [
    "DIRECTORY_ENTRY_LEN",
    "END_OF_FIELD",
    "END_OF_RECORD",
    "LEADER_LEN",
    "SUBFIELD_INDICATOR",
    "BadLeaderValue",
    "BadSubfieldCode",
    "BadSubfieldCodeWarning",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "BaseAddressNotNumeric",
    "ControlField",
    "DirectoryNotNumeric",
    "EncodingError",
    "EndOfRecordNotFound",
    "FatalReaderError",
    "Field",
    "FieldNotFound",
    "Indicators",
    "InvalidField",
    "InvalidIndicator",
    "JsonError",
    "Leader",
    "LeaderNotNumeric",
    "MARC8ToUnicode",
    "MARCReader",
    "MARCWriter",
    "MissingLinkedFields",
    "MrrcException",
    "NoActiveFile",
    "NoFieldsFound",
    "PymarcException",
    "RawField",
    "Reader",
    "Record",
    "RecordBatch",
    "RecordDirectoryInvalid",
    "RecordLeaderInvalid",
    "RecordLengthInvalid",
    "StaleFieldError",
    "Subfield",
    "TruncatedRecord",
    "WriteNeedsRecord",
    "Writer",
    "WriterError",
    "XmlError",
    "__version__",
    "get_leader_is_valid_value",
    "get_leader_valid_values",
    "get_leader_value_description",
    "install_as_pymarc",
    "isbn_regex",
    "iso5426_to_unicode",
    "logger",
    "map_marc8_field",
    "map_marc8_record",
    "map_records",
    "marc8_to_unicode",
    "normalize_subfield_code",
    "unicode_to_marc8",
]
