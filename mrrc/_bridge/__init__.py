# SPDX-License-Identifier: MIT
"""The only importer of `mrrc._native`: buffers in, bytes out, and the one place that raises.

A crossing drops and retakes the GIL, so each function here crosses once.
"""

import importlib
from typing import TYPE_CHECKING, Any

from mrrc._bridge.core import (
    BETWEEN_RECORDS,
    END,
    LENGTH_INVALID,
    MARC,
    MORE,
    NO_RECORD,
    NOTED,
    OK,
    QUERY_LIMIT,
    RAW,
    READ_DETECT,
    READ_FORCE_UTF8,
    READ_FOREIGN,
    READ_LENIENT,
    READ_LIBRARY,
    READ_MARC8,
    READ_NAMESPACE,
    READ_PERMISSIVE,
    READ_RAW,
    READ_STRICT,
    READ_UNIMARC,
    TERMINATOR_MISSING,
    TRUNCATED,
    UNDECODED,
    UNMAPPED,
    WRITE_ALONE,
    WRITE_ASCII,
    WRITE_FORMULAS,
    WRITE_MARC8,
    WRITE_NAMESPACE,
    WRITE_PYMARC,
    WRITE_UTF8,
    buffers,
    find_format,
)
from mrrc._bridge.faults import (
    error_of,
    raise_for,
    warn,
    warn_of,
)
from mrrc._bridge.marc8 import (
    CHARACTER_CUT,
    CHARACTER_UNMAPPED,
    MARC8_NCR,
    MARC8_PYMARC,
    MARC8_UNMAPPED,
    MARK_STRAY,
    Decoded,
    iso5426_decode,
    marc8_decode,
    marc8_encode,
    marc8_set,
)
from mrrc._bridge.records import (
    decoder,
    dublin_core,
    explode,
    record_decode,
    record_encode,
    values,
)
from mrrc._bridge.streams import (
    Block,
    Converted,
    Encoder,
    Source,
)

if TYPE_CHECKING:
    from mrrc._bridge.diagnostics import QUERY_ERRORS, exception_of
    from mrrc._bridge.note import Note
    from mrrc._bridge.queries import Program, QueryFault, compile_filter
    from mrrc.damage import Near

__all__ = [
    "BETWEEN_RECORDS",
    "Block",
    "CHARACTER_CUT",
    "CHARACTER_UNMAPPED",
    "Converted",
    "Decoded",
    "END",
    "Encoder",
    "LENGTH_INVALID",
    "MARC",
    "MARC8_NCR",
    "MARC8_PYMARC",
    "MARC8_UNMAPPED",
    "MARK_STRAY",
    "MORE",
    "NOTED",
    "Near",
    "NO_RECORD",
    "Note",
    "OK",
    "Program",
    "QUERY_ERRORS",
    "QUERY_LIMIT",
    "QueryFault",
    "RAW",
    "READ_DETECT",
    "READ_FORCE_UTF8",
    "READ_FOREIGN",
    "READ_LENIENT",
    "READ_LIBRARY",
    "READ_MARC8",
    "READ_NAMESPACE",
    "READ_PERMISSIVE",
    "READ_RAW",
    "READ_STRICT",
    "READ_UNIMARC",
    "Source",
    "TERMINATOR_MISSING",
    "TRUNCATED",
    "UNDECODED",
    "UNMAPPED",
    "WRITE_ALONE",
    "WRITE_ASCII",
    "WRITE_FORMULAS",
    "WRITE_MARC8",
    "WRITE_NAMESPACE",
    "WRITE_PYMARC",
    "WRITE_UTF8",
    "buffers",
    "compile_filter",
    "decoder",
    "dublin_core",
    "error_of",
    "exception_of",
    "explode",
    "find_format",
    "iso5426_decode",
    "marc8_decode",
    "marc8_encode",
    "marc8_set",
    "raise_for",
    "record_decode",
    "record_encode",
    "values",
    "warn",
    "warn_of",
]


#: What is needed when the first diagnostic is told, or a filter compiled, and where it is.
_LATER = {
    "Near": "mrrc.damage",
    "Note": "mrrc._bridge.note",
    "Program": "mrrc._bridge.queries",
    "QUERY_ERRORS": "mrrc._bridge.diagnostics",
    "QueryFault": "mrrc._bridge.queries",
    "compile_filter": "mrrc._bridge.queries",
    "exception_of": "mrrc._bridge.diagnostics",
}


def __getattr__(name: str) -> Any:
    """Import what few files need, when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_LATER[name]), name)
    return value
