# SPDX-License-Identifier: MIT
"""MARC-in-JSON under pymarc's names: records from what the `json` module has read."""

from __future__ import annotations

from typing import Any

from mrrc.field import Field, Indicators
from mrrc.leader import Leader
from mrrc.record import Record
from mrrc.text_readers import JSONReader, indicators_of, located

# Programs import from pymarc.marcjson what pymarc.marcjson itself imports.
__all__ = [
    "Field",
    "Indicators",
    "JSONHandler",
    "JSONReader",
    "Leader",
    "Record",
    "parse_json_to_array",
]


class JSONHandler:
    """Makes records of dictionaries as `Record.as_dict` gives them.

    A subclass may override `process_record`, which gets each record.

    >>> handler = JSONHandler()
    >>> records = handler.elements({"leader": 24 * " ", "fields": [{"001": "1"}]})
    >>> records[0]["001"].data
    '1'
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._record: Record | None = None
        self._field: Field | None = None
        self._text: list[str] = []

    def element(self, element_dict: dict[str, Any], name: str | None = None) -> None:
        """Take a record, or that part of it which stands under `name`.

        Raises:
            KeyError: the part, or something in it, is missing.
            RecordLeaderInvalid: the leader is not 24 characters.
        """
        if not name:
            self._record = Record()
            self.element(element_dict, "leader")
        elif name == "leader" and self._record:
            self._record.leader = Leader(element_dict[name])
            self.element(element_dict, "fields")
        elif name == "fields" and self._record:
            for fields in element_dict[name]:
                for tag, rest in fields.items():
                    self._add(self._record, tag, rest)
            self.process_record(self._record)
        elif name == "subfields" and self._field:
            for subfields in element_dict[name]:
                for code, value in subfields.items():
                    self._field.add_subfield(code, value)

    def _add(self, record: Record, tag: str, rest: Any) -> None:
        self._field = field = Field(tag)
        if field.control_field:
            field.data = rest
        else:
            self.element(rest, "subfields")
            field.indicators = indicators_of(rest)
        record.add_field(field)

    def elements(self, dict_list: Any) -> list[Record]:
        """Take a list of records, or one record, and return `records`."""
        for one in dict_list if type(dict_list) is list else [dict_list]:
            self.element(one)
        return self.records

    def process_record(self, record: Record) -> None:
        """Append a record to `records`; made to be overridden."""
        self.records.append(record)


def parse_json_to_array(json_file: Any) -> list[Record]:
    """Return the records of a document of MARC-in-JSON.

    Args:
        json_file: what `JSONReader` takes.

    Raises:
        JsonError: the document is not JSON, or something in it is no record.
        OSError: the file cannot be read.
    """
    reader = JSONReader(json_file)
    if reader.file_handle is not json_file:
        reader.close()
    records = reader.read_all()
    if records is not None:
        return records
    handler = JSONHandler()
    try:
        return handler.elements(reader.records)
    except Exception as error:
        raise located(error, reader.source, len(handler.records) + 1) from error
