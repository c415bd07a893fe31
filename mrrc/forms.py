# SPDX-License-Identifier: MIT
"""A record in the other formats, one alone: the part of `Record` that has the `to_*` methods.

Each gives a document of its own. Files of many records are written by `mrrc.write`, which is
faster than joining what these methods return.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from mrrc import _bridge
from mrrc._bridge import WRITE_ALONE, record_encode

if TYPE_CHECKING:
    from mrrc.record import Record

__all__ = ["DUBLIN_CORE", "Conversions"]

#: The elements of unqualified Dublin Core, in the order in which they are given.
DUBLIN_CORE = (
    "title",
    "creator",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
)

_NUMBERS = {
    name: _bridge.find_format(name)
    for name in (
        "marcxml",
        "marcxchange",
        "turbomarc",
        "marcjson",
        "json",
        "mrk",
        "line",
        "aleph",
        "mods",
        "dc",
        "oai_dc",
        "csv",
    )
}

#: The columns of the Rust package's tables.
CSV_HEADER = "tag,ind1,ind2,subfield_code,value\n"


def _packed(record: Record) -> bytes:
    """Return a record packed; a copy, repaired, where it could not be otherwise."""
    # the room stands above this one
    from mrrc.formats.odd import packed_or_repaired

    packed, said = packed_or_repaired(record)
    for warning in said:
        _bridge.warn(warning)
    return packed


def encoded(record: Record, format: str, flags: int = 0) -> str:
    """Return a record as text in a format, as a document of its own.

    Raises:
        WriterError: the text was never decoded (``to_unicode=False``).
    """
    packed = record._untouched()
    if packed is None:
        packed = _packed(record)
    return record_encode(packed, flags | WRITE_ALONE, _NUMBERS[format]).decode()


def _cell(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def csv_rows(record: Record, wanted: Callable[[str], Any] | None = None) -> str:
    """Return the rows of a record's table, without a header.

    Args:
        wanted: is called with the tag of each field, and says whether to take it.
    """
    import csv
    import io

    # tag, occurrence, indicators, code and value, with formulas made harmless already
    rows = csv.reader(io.StringIO(encoded(record, "csv"), newline=""))
    next(rows)
    lines: list[str] = []
    for (tag, _), field in groupby(rows, key=lambda row: (row[2], row[3])):
        if tag == "LDR" or (wanted is not None and not wanted(tag)):
            continue
        lines += (",".join(map(_cell, (tag, *row[4:]))) for row in field)
    return "".join(f"{line}\n" for line in lines)


class Conversions:
    """What a record is in other formats.

    A record that cannot be packed, as a damaged one may be, is said as far as the format can hold
    it, with a `RepairWarning` for each piece replaced; one whose text was never decoded is a
    `WriterError`.
    """

    __slots__ = ()

    def to_json(self) -> str:
        """Return the record as mrrc's short JSON, which loses the order of different codes."""
        return encoded(cast("Record", self), "json")

    def to_marcjson(self) -> str:
        """Return the record as MARC-in-JSON: one object, without blanks and line ends."""
        record = cast("Record", self)
        packed = record._untouched()
        if packed is None:
            from mrrc.formats.odd import odd_as_json, packed_of

            packed = packed_of(record)
            if packed is None:
                return odd_as_json(record)
        return record_encode(packed, 0, _NUMBERS["marcjson"]).decode()

    def to_xml(self) -> str:
        """Return the record as a MARCXML document, in one line with an XML declaration."""
        return encoded(cast("Record", self), "marcxml")

    def to_marcxchange(self) -> str:
        """Return the record as a MarcXchange document (ISO 25577)."""
        return encoded(cast("Record", self), "marcxchange")

    def to_turbomarc(self) -> str:
        """Return the record as a TurboMARC document."""
        return encoded(cast("Record", self), "turbomarc")

    def to_mods(self) -> str:
        """Return the record as a MODS document, by the Library of Congress's mapping."""
        return encoded(cast("Record", self), "mods")

    def to_dublin_core(self) -> dict[str, list[str]]:
        """Return the record as unqualified Dublin Core: a list of values for each of 15 elements.

        The mapping is the Library of Congress's crosswalk "MARC to Dublin Core".
        """
        elements: dict[str, list[str]] = {name: [] for name in DUBLIN_CORE}
        for name, value in _bridge.dublin_core(_packed(cast("Record", self))):
            elements[name].append(value)
        return elements

    def to_dublin_core_xml(self) -> str:
        """Return the record as Dublin Core in RDF/XML."""
        return encoded(cast("Record", self), "dc")

    def to_oai_dc(self) -> str:
        """Return the record as Dublin Core in the XML of OAI-PMH."""
        return encoded(cast("Record", self), "oai_dc")

    def to_csv(self) -> str:
        """Return the record as a table: a row for each control field, subfield and empty field.

        The columns are tag, ind1, ind2, subfield_code and value. A cell that a spreadsheet would
        run as a formula has an apostrophe before it.
        """
        return CSV_HEADER + csv_rows(cast("Record", self))

    def to_mrk(self) -> str:
        """Return the record as MARCMaker text with the mnemonics that make it read back."""
        return encoded(cast("Record", self), "mrk")

    def to_line(self) -> str:
        """Return the record in the line format of yaz-marcdump."""
        return encoded(cast("Record", self), "line")

    def to_aleph(self) -> str:
        """Return the record as Aleph sequential, a line a field."""
        return encoded(cast("Record", self), "aleph")
