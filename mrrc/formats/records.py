# SPDX-License-Identifier: MIT
"""Single records from and to text, under the names of the Rust package mrrc.

Each function has its method of `Record`, or is the way back. Files are the affair of
`mrrc.read` and `mrrc.write`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mrrc import _bridge
from mrrc.batch import make_records
from mrrc.exceptions import EncodingError, JsonError, MrrcException, XmlError
from mrrc.forms import CSV_HEADER, DUBLIN_CORE, csv_rows
from mrrc.packed import Origin
from mrrc.record import Record
from mrrc.transcoding import without_encoding
from mrrc.xml_text import escaped

__all__ = [
    "dublin_core_to_xml",
    "json_to_record",
    "marcjson_to_record",
    "mods_collection_to_records",
    "mods_to_record",
    "record_to_csv",
    "record_to_dublin_core",
    "record_to_dublin_core_xml",
    "record_to_json",
    "record_to_marcjson",
    "record_to_mods",
    "records_to_csv",
    "records_to_csv_filtered",
    "xml_to_record",
    "xml_to_records",
]


def _record(record: Record) -> Record:
    if not isinstance(record, Record):
        raise TypeError(f"argument 'record': expected a Record, not {type(record).__name__}")
    return record


def _bytes_of(text: str | bytes, xml: bool) -> bytes:
    if isinstance(text, bytes | bytearray | memoryview):
        return bytes(text)
    if not isinstance(text, str):
        raise TypeError(f"a str or bytes is expected, not {type(text).__name__}")
    try:
        return (without_encoding(text) if xml else text).encode()
    except UnicodeEncodeError as error:
        raise EncodingError(
            f"the text holds half of a surrogate pair: {error.object[error.start]!r}"
        ) from None


def _decoded(text: str | bytes, format: str, only: int | None = None) -> list[Record]:
    """Return the records of a text, or the first ones; what is behind them is not looked at."""
    xml = format in ("marcxml", "mods")
    source = _bridge.Source(None, _bytes_of(text, xml), _bridge.find_format(format))
    records: list[Record] = []
    while only is None or len(records) < only:
        block = source.next(0)
        if block is None:
            break
        before, end = len(records), len(block.ends)
        if only is not None:
            end = min(end, only - before)
        for note in block.notes:
            if note.record < end:
                _bridge.warn_of(note, None, before + note.record + 1)
        origin = Origin(first=before + 1, offsets=block.offsets)
        records += make_records(block, 0, end, origin, raw=False)
    return records


def _first(text: str | bytes, format: str, failure: MrrcException) -> Record:
    records = _decoded(text, format, only=1)
    if not records:
        raise failure
    return records[0]


def record_to_json(record: Record) -> str:
    """Return a record as mrrc's short JSON; see `Record.to_json`."""
    return _record(record).to_json()


def json_to_record(json_str: str | bytes) -> Record:
    """Return the record of mrrc's short JSON.

    Raises:
        JsonError: it is not JSON, or not such a record.
    """
    return _first(json_str, "json", JsonError(message="no record found"))


def record_to_marcjson(record: Record) -> str:
    """Return a record as MARC-in-JSON; see `Record.to_marcjson`."""
    return _record(record).to_marcjson()


def marcjson_to_record(marcjson_str: str | bytes) -> Record:
    """Return the first record of MARC-in-JSON, in any shape that this is met in.

    That is an object, an array of objects, JSON lines, the array of the Rust package mrrc, and
    marc4j's marc-json.

    Raises:
        JsonError: it is not JSON, or not a record.
    """
    return _first(marcjson_str, "marcjson", JsonError(message="no record found"))


def xml_to_record(xml_str: str | bytes) -> Record:
    """Return the first record of MARCXML or MarcXchange.

    Raises:
        XmlError: it is not well-formed XML, or has no record.
    """
    return _first(xml_str, "marcxml", XmlError(message="no <record> element found"))


def xml_to_records(xml_str: str | bytes) -> list[Record]:
    """Return the records of a MARCXML or MarcXchange document.

    Raises:
        XmlError: it is not well-formed XML, or a record in it is none.
    """
    if not xml_str.strip():
        raise XmlError(message="no XML: the text is empty")
    return _decoded(xml_str, "marcxml")


def record_to_mods(record: Record) -> str:
    """Return a record as a MODS document; see `Record.to_mods`."""
    return _record(record).to_mods()


def mods_to_record(mods_str: str | bytes) -> Record:
    """Return the first record of a MODS document.

    Raises:
        XmlError: it is not well-formed XML, or has no <mods> element.
    """
    return _first(mods_str, "mods", XmlError(message="no <mods> element found"))


def mods_collection_to_records(mods_str: str | bytes) -> list[Record]:
    """Return the records of a MODS collection, or of a single MODS document.

    Raises:
        XmlError: it is not well-formed XML, or a record in it is none.
    """
    if not mods_str.strip():
        raise XmlError(message="no XML: the text is empty")
    return _decoded(mods_str, "mods")


def record_to_dublin_core(record: Record) -> dict[str, list[str]]:
    """Return a record as Dublin Core, 15 lists; see `Record.to_dublin_core`."""
    return _record(record).to_dublin_core()


def record_to_dublin_core_xml(record: Record) -> str:
    """Return a record as Dublin Core in RDF/XML."""
    return _record(record).to_dublin_core_xml()


def _xml_text(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a value of {name!r} is a str, not {type(value).__name__}")
    return escaped(value)


def dublin_core_to_xml(dublin_core: Mapping[str, Iterable[str]]) -> str:
    """Return Dublin Core in RDF/XML.

    Args:
        dublin_core: lists of values by element, as `record_to_dublin_core` returns them; elements
            may be missing.

    Raises:
        ValueError: a key is none of the 15 elements.
        TypeError: a value is no list of str.
    """
    unknown = [name for name in dublin_core if name not in DUBLIN_CORE]
    if unknown:
        raise ValueError(f"Dublin Core has no element {unknown[0]!r}; its own are: {DUBLIN_CORE}")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">',
        "  <rdf:Description>",
    ]
    for name in DUBLIN_CORE:
        values = dublin_core.get(name, ())
        if isinstance(values, str):
            raise TypeError(f"the values of {name!r} are a list of str, not one str")
        lines += (f"    <dc:{name}>{_xml_text(name, value)}</dc:{name}>" for value in values)
    lines += ("  </rdf:Description>", "</rdf:RDF>", "")
    return "\n".join(lines)


def record_to_csv(record: Record) -> str:
    """Return a record as a table; see `Record.to_csv`."""
    return _record(record).to_csv()


def records_to_csv(records: Iterable[Record]) -> str:
    """Return records as one table, with the columns of `Record.to_csv`.

    These cannot be told from each other in it; ``mrrc.write(records, "x.csv")`` has columns for
    that.
    """
    return CSV_HEADER + "".join(csv_rows(_record(record)) for record in records)


def records_to_csv_filtered(records: Iterable[Record], filter_fn: Callable[[str], Any]) -> str:
    """Return the chosen fields of records as one table, with the columns of `Record.to_csv`.

    Args:
        filter_fn: is called with the tag of each field, and says whether to take it. What it
            raises comes out.
    """
    return CSV_HEADER + "".join(csv_rows(_record(record), filter_fn) for record in records)
