# SPDX-License-Identifier: MIT
"""The same work in the Rust mrrc's own idiom.

Its `fields` and `subfields` are methods, its fields are handles, and its
`Field` takes indicators one by one.  Where it offers several ways, the one that
ran fastest is used.  It decodes no MARC-8, so those cases are missing here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from pymarc_api import CONTROL, NOTE, SUBFIELDS, TITLE


def reader(package: Any, path: str) -> Any:
    """Opens a path."""
    if path.endswith((".xml", ".json")):
        with open(path, encoding="utf-8") as source:
            text = source.read()
        if path.endswith(".xml"):
            return package.xml_to_records(text)
        return package.parse_json_to_array(text)
    return package.MARCReader(path)


def edit_record(package: Any, record: Any) -> None:
    """Replaces 245 $a and adds a 500."""
    record["245"]["a"] = TITLE
    record.add_field(package.Field("500", " ", " ", subfields=[package.Subfield("a", NOTE)]))


def _read(package: Any, path: str) -> None:
    for _ in reader(package, path):
        pass


def _read_file(package: Any, path: str) -> None:
    with open(path, "rb") as source:
        for _ in package.MARCReader(source):
            pass


def _title(package: Any, path: str) -> None:
    for record in reader(package, path):
        _ = record.title


def _subfield(package: Any, path: str) -> None:
    for record in reader(package, path):
        _ = record["245"]["a"]


def _values(package: Any, path: str) -> None:
    for record in reader(package, path):
        _ = record.title
        for field in record.fields():
            field.value()


def _walk(package: Any, path: str) -> None:
    for record in reader(package, path):
        for field in record.fields():
            if not field.is_control_field():
                for subfield in field.subfields():
                    _ = subfield.code
                    _ = subfield.value


def _as_marc(package: Any, path: str) -> None:
    for record in reader(package, path):
        record.as_marc()


def _edit(package: Any, path: str) -> None:
    with open(os.devnull, "wb") as sink, package.MARCWriter(sink) as writer:
        for record in reader(package, path):
            edit_record(package, record)
            writer.write(record)


def _copy(package: Any, path: str) -> None:
    with open(os.devnull, "wb") as sink, package.MARCWriter(sink) as writer:
        for record in reader(package, path):
            writer.write(record)


def _to_xml(package: Any, path: str) -> None:
    for record in reader(package, path):
        record.to_xml()


def _to_json(package: Any, path: str) -> None:
    for record in reader(package, path):
        record.to_marcjson()


def _columns_of(package: Any, path: str) -> list[list[Any]]:
    """Columns as lists: what it has for one field, and for all of a tag, is its fastest way."""
    columns: list[list[Any]] = [[] for _ in range(2 + len(SUBFIELDS))]
    for record in package.MARCReader(path):
        row: list[Any] = [record.control_field(tag) for tag in CONTROL]
        for tag, code, several in SUBFIELDS:
            if several:
                fields = record.get_fields(tag)
                row.append([one for field in fields for one in field.get_subfields(code)])
            else:
                field = record.get(tag)
                row.append(field and field.get(code))
        for column, value in zip(columns, row):
            column.append(value)
    return columns


def _columns(package: Any, path: str) -> None:
    _columns_of(package, path)


LOOPS: dict[str, Callable[[Any, str], None]] = {
    "read": _read,
    "read-file": _read_file,
    "title": _title,
    "subfield": _subfield,
    "values": _values,
    "walk": _walk,
    "as-marc": _as_marc,
    "edit": _edit,
    "copy": _copy,
    "to-xml": _to_xml,
    "to-json": _to_json,
    "read-xml": _read,
    "read-json": _read,
    "busy": _read,
    "columns": _columns,
}


def _see_position(package: Any, path: str) -> Iterator[object]:
    with open(path, "rb") as source:
        for _ in package.MARCReader(source):
            yield source.tell()


def _see_title(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield record.title


def _see_subfield(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield record["245"]["a"]


def _see_values(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield record.title
        yield [field.value() for field in record.fields()]


def _see_walk(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        for field in record.fields():
            if not field.is_control_field():
                yield [(subfield.code, subfield.value) for subfield in field.subfields()]


def _see_marc(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield record.as_marc()


def _see_edit(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        edit_record(package, record)
        yield record.as_marc()


def _see_columns(package: Any, path: str) -> Iterator[object]:
    yield from zip(*_columns_of(package, path))


OBSERVERS: dict[str, Callable[[Any, str], Iterator[object]]] = {
    "read-file": _see_position,
    "title": _see_title,
    "subfield": _see_subfield,
    "values": _see_values,
    "walk": _see_walk,
    "as-marc": _see_marc,
    "edit": _see_edit,
    "copy": _see_marc,
    "columns": _see_columns,
}
