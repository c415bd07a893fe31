# SPDX-License-Identifier: MIT
"""Reads, edits and writes MARC records at the speed of C, behind pymarc's API.

A module of the package is imported when something of it is asked for, so that importing the
package costs next to nothing, and a program pays for what it uses.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mrrc._version import __version__
    from mrrc.aio import (
        AsyncMARCReader,
        AsyncMARCWriter,
    )
    from mrrc.authority import (
        AuthorityMARCReader,
        AuthorityMARCWriter,
        AuthorityRecord,
    )
    from mrrc.avram import (
        AvramSchema,
    )
    from mrrc.batch import (
        RecordBatch,
    )
    from mrrc.column_table import (
        ColumnChunk,
        Columns,
        columns,
    )
    from mrrc.comparison import (
        RecordDiff,
        diff,
    )
    from mrrc.constants import (
        DIRECTORY_ENTRY_LEN,
        END_OF_FIELD,
        END_OF_RECORD,
        LEADER_LEN,
        SUBFIELD_INDICATOR,
    )
    from mrrc.conversion import (
        Converted,
        convert,
    )
    from mrrc.exceptions import (
        BadLeaderValue,
        BadSubfieldCode,
        BadSubfieldCodeWarning,
        BaseAddressInvalid,
        BaseAddressNotFound,
        BaseAddressNotNumeric,
        BytesBetweenRecords,
        DirectoryNotNumeric,
        EncodingError,
        EndOfRecordNotFound,
        FatalReaderError,
        FaultsUntold,
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
        SplitError,
        StaleFieldError,
        TextFormatError,
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
    from mrrc.field_query import (
        FieldQuery,
        SubfieldPatternQuery,
        SubfieldValueQuery,
        TagRangeQuery,
    )
    from mrrc.findings import (
        Finding,
    )
    from mrrc.formats.reader import (
        FormatReader,
    )
    from mrrc.formats.records import (
        dublin_core_to_xml,
        json_to_record,
        marcjson_to_record,
        mods_collection_to_records,
        mods_to_record,
        record_to_csv,
        record_to_dublin_core,
        record_to_dublin_core_xml,
        record_to_json,
        record_to_marcjson,
        record_to_mods,
        records_to_csv,
        records_to_csv_filtered,
        xml_to_record,
        xml_to_records,
    )
    from mrrc.formats.writer import (
        FormatWriter,
    )
    from mrrc.front import (
        read,
        write,
    )
    from mrrc.handles import RecordHandle, iter_handles
    from mrrc.holdings import (
        HoldingsMARCReader,
        HoldingsMARCWriter,
        HoldingsRecord,
    )
    from mrrc.leader import (
        Leader,
        get_leader_is_valid_value,
        get_leader_valid_values,
        get_leader_value_description,
    )
    from mrrc.linkage import (
        Linkage,
    )
    from mrrc.marc8 import (
        MARC8ToUnicode,
        iso5426_to_unicode,
        marc8_to_unicode,
        unicode_to_marc8,
    )
    from mrrc.marcjson import (
        JSONHandler,
        parse_json_to_array,
    )
    from mrrc.marcmaker import (
        MARCMakerReader,
    )
    from mrrc.marcxml import (
        MARC_XML_NS,
        MARC_XML_SCHEMA,
        XSI_NS,
        XmlHandler,
        map_xml,
        parse_xml,
        parse_xml_to_array,
        record_to_xml,
        record_to_xml_node,
    )
    from mrrc.pipeline import PipelineStats, ProducerConsumerPipeline
    from mrrc.pipeline_errors import (
        PipelineClosed,
        PipelineError,
        PipelineForked,
        PipelineTimeout,
    )
    from mrrc.pipeline_size import PipelineConfig, pipeline_config
    from mrrc.query import Filter
    from mrrc.ranges import ByteRange, StaleHandleError, read_range, split
    from mrrc.reader import (
        MARCReader,
        Reader,
        map_records,
    )
    from mrrc.record import (
        Record,
        isbn_regex,
        logger,
        map_marc8_record,
        normalize_subfield_code,
    )
    from mrrc.rule_file import (
        Rule,
        RuleFile,
        RuleFileError,
    )
    from mrrc.scanning import (
        RecordBoundaryScanner,
        parse_batch_parallel,
        parse_batch_parallel_limited,
    )
    from mrrc.tables import (
        FieldUse,
        Query,
        describe,
        frequency,
        glimpse,
        select,
        write_table,
    )
    from mrrc.text_readers import (
        JSONReader,
    )
    from mrrc.validation import (
        validate,
    )
    from mrrc.validator import (
        Validator,
    )
    from mrrc.writer import (
        JSONWriter,
        MARCWriter,
        TextWriter,
        Writer,
        XMLWriter,
    )

#: The names of the package by the module that they are in.
_NAMES = {
    "_version": "__version__",
    "authority": "AuthorityMARCReader AuthorityMARCWriter AuthorityRecord",
    "avram": "AvramSchema",
    "batch": "RecordBatch",
    "comparison": "RecordDiff diff",
    "constants": "DIRECTORY_ENTRY_LEN END_OF_FIELD END_OF_RECORD LEADER_LEN SUBFIELD_INDICATOR",
    "conversion": "Converted convert",
    "exceptions": (
        "BadLeaderValue BadSubfieldCode BadSubfieldCodeWarning BaseAddressInvalid "
        "BaseAddressNotFound BaseAddressNotNumeric BytesBetweenRecords "
        "DirectoryNotNumeric EncodingError EndOfRecordNotFound FatalReaderError "
        "FaultsUntold FieldNotFound InvalidField InvalidIndicator JsonError "
        "LeaderNotNumeric MissingLinkedFields MrrcException NoActiveFile NoFieldsFound "
        "PymarcException QueryDepthError QueryError QueryLimitError QueryMeaningError "
        "QueryNumberError QueryPatternError QueryStringError RecordDirectoryInvalid "
        "RecordLeaderInvalid RecordLengthInvalid RecordTooLong RepairWarning SplitError "
        "StaleFieldError TextFormatError TruncatedRecord WriteNeedsRecord WriterError "
        "XmlError"
    ),
    "field": "ControlField Field Indicators RawField Subfield map_marc8_field",
    "field_query": "FieldQuery SubfieldPatternQuery SubfieldValueQuery TagRangeQuery",
    "findings": "Finding",
    "formats.reader": "FormatReader",
    "formats.records": (
        "dublin_core_to_xml json_to_record marcjson_to_record mods_collection_to_records "
        "mods_to_record record_to_csv record_to_dublin_core record_to_dublin_core_xml "
        "record_to_json record_to_marcjson record_to_mods records_to_csv "
        "records_to_csv_filtered xml_to_record xml_to_records"
    ),
    "formats.writer": "FormatWriter",
    "front": "read write",
    "handles": "RecordHandle iter_handles",
    "holdings": "HoldingsMARCReader HoldingsMARCWriter HoldingsRecord",
    "leader": (
        "Leader get_leader_is_valid_value get_leader_valid_values get_leader_value_description"
    ),
    "linkage": "Linkage",
    "marc8": "MARC8ToUnicode iso5426_to_unicode marc8_to_unicode unicode_to_marc8",
    "marcjson": "JSONHandler parse_json_to_array",
    "marcmaker": "MARCMakerReader",
    "marcxml": (
        "MARC_XML_NS MARC_XML_SCHEMA XSI_NS XmlHandler map_xml parse_xml "
        "parse_xml_to_array record_to_xml record_to_xml_node"
    ),
    "pipeline": "PipelineStats ProducerConsumerPipeline",
    "pipeline_errors": "PipelineClosed PipelineError PipelineForked PipelineTimeout",
    "pipeline_size": "PipelineConfig pipeline_config",
    "query": "Filter",
    "ranges": "ByteRange StaleHandleError read_range split",
    "reader": "MARCReader Reader map_records",
    "record": "Record isbn_regex logger map_marc8_record normalize_subfield_code",
    "rule_file": "Rule RuleFile RuleFileError",
    "scanning": "RecordBoundaryScanner parse_batch_parallel parse_batch_parallel_limited",
    "tables": "FieldUse Query describe frequency glimpse select write_table",
    "text_readers": "JSONReader",
    "validation": "validate",
    "validator": "Validator",
    "writer": "JSONWriter MARCWriter TextWriter Writer XMLWriter",
    "column_table": "ColumnChunk Columns columns",
    "aio": "AsyncMARCReader AsyncMARCWriter",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

#: pymarc's modules that this package has, by pymarc's names.
_PYMARC_MODULES = (
    "constants",
    "exceptions",
    "field",
    "leader",
    "marc8",
    "marc8_mapping",
    "marcjson",
    "marcxml",
    "reader",
    "record",
    "writer",
)

#: Packages and modules whose names are not in this one.
_APART = ("concurrency", "integrations", "parallel")


def __getattr__(name: str) -> Any:
    """Import what is asked for: a name of the package, or one of its modules."""
    if name in _HOME:
        value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    if name in _PYMARC_MODULES or name in _NAMES or name in _APART:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, *_PYMARC_MODULES, *_APART})


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
    "FieldUse",
    "Query",
    "describe",
    "frequency",
    "glimpse",
    "select",
    "write_table",
    "AuthorityMARCReader",
    "AuthorityMARCWriter",
    "AuthorityRecord",
    "AvramSchema",
    "BadLeaderValue",
    "BadSubfieldCode",
    "BadSubfieldCodeWarning",
    "BaseAddressInvalid",
    "BaseAddressNotFound",
    "BaseAddressNotNumeric",
    "ByteRange",
    "BytesBetweenRecords",
    "ControlField",
    "Converted",
    "DIRECTORY_ENTRY_LEN",
    "DirectoryNotNumeric",
    "END_OF_FIELD",
    "END_OF_RECORD",
    "EncodingError",
    "EndOfRecordNotFound",
    "FatalReaderError",
    "Field",
    "FaultsUntold",
    "FieldNotFound",
    "FieldQuery",
    "Filter",
    "Finding",
    "FormatReader",
    "FormatWriter",
    "HoldingsMARCReader",
    "HoldingsMARCWriter",
    "HoldingsRecord",
    "Indicators",
    "InvalidField",
    "InvalidIndicator",
    "JSONHandler",
    "JSONReader",
    "JSONWriter",
    "JsonError",
    "LEADER_LEN",
    "Leader",
    "LeaderNotNumeric",
    "Linkage",
    "MARC8ToUnicode",
    "MARCMakerReader",
    "MARCReader",
    "MARCWriter",
    "MARC_XML_NS",
    "MARC_XML_SCHEMA",
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
    "RawField",
    "Reader",
    "Record",
    "RecordBatch",
    "RecordDiff",
    "RecordDirectoryInvalid",
    "RecordHandle",
    "RecordLeaderInvalid",
    "RecordLengthInvalid",
    "RecordTooLong",
    "RepairWarning",
    "SUBFIELD_INDICATOR",
    "SplitError",
    "StaleFieldError",
    "Rule",
    "RuleFile",
    "RuleFileError",
    "StaleHandleError",
    "Subfield",
    "SubfieldPatternQuery",
    "SubfieldValueQuery",
    "TagRangeQuery",
    "TextFormatError",
    "TextWriter",
    "TruncatedRecord",
    "Validator",
    "WriteNeedsRecord",
    "Writer",
    "WriterError",
    "XMLWriter",
    "XSI_NS",
    "XmlError",
    "XmlHandler",
    "__version__",
    "convert",
    "diff",
    "dublin_core_to_xml",
    "get_leader_is_valid_value",
    "get_leader_valid_values",
    "get_leader_value_description",
    "install_as_pymarc",
    "isbn_regex",
    "iso5426_to_unicode",
    "iter_handles",
    "json_to_record",
    "logger",
    "map_marc8_field",
    "map_marc8_record",
    "map_records",
    "map_xml",
    "marc8_to_unicode",
    "marcjson_to_record",
    "mods_collection_to_records",
    "mods_to_record",
    "normalize_subfield_code",
    "parse_json_to_array",
    "parse_xml",
    "parse_xml_to_array",
    "read",
    "read_range",
    "record_to_csv",
    "record_to_dublin_core",
    "record_to_dublin_core_xml",
    "record_to_json",
    "record_to_marcjson",
    "record_to_mods",
    "record_to_xml",
    "record_to_xml_node",
    "records_to_csv",
    "records_to_csv_filtered",
    "split",
    "unicode_to_marc8",
    "validate",
    "write",
    "xml_to_record",
    "xml_to_records",
    "PipelineConfig",
    "PipelineStats",
    "ProducerConsumerPipeline",
    "pipeline_config",
    "PipelineClosed",
    "PipelineError",
    "PipelineForked",
    "PipelineTimeout",
    "RecordBoundaryScanner",
    "parse_batch_parallel",
    "parse_batch_parallel_limited",
    "ColumnChunk",
    "Columns",
    "columns",
    "AsyncMARCReader",
    "AsyncMARCWriter",
]
