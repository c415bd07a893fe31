# SPDX-License-Identifier: MIT
"""The work, written once for pymarc and for this package.

Both run this very code; `package` is the imported module.  The one difference
is how a path is opened: pymarc reads open files only.  Loops return nothing and
add nothing up, so that what is measured is the package; observers give what the
same calls return, and the two packages have to agree on it before a clock runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

TITLE = "An edited title :"
NOTE = "A note that was added."

#: What stands in columns: control fields, and subfields of which all, or the first, are wanted.
CONTROL = ("001", "008")
SUBFIELDS = (
    ("020", "a", True),
    ("100", "a", False),
    ("245", "a", False),
    ("245", "b", False),
    ("260", "b", False),
    ("300", "a", True),
    ("500", "a", True),
    ("650", "a", True),
)
_BY_TAG = {
    tag: [(at, code) for at, (of, code, _) in enumerate(SUBFIELDS, 2) if of == tag]
    for tag, _, _ in SUBFIELDS
}


def reader(package: Any, path: str) -> Any:
    """Opens a path in the package's own way."""
    if path.endswith(".xml"):
        ours = package.__name__ == "mrrc"
        return package.read(path) if ours else package.parse_xml_to_array(path)
    if path.endswith(".json"):
        return _json_records(package, path)
    return package.MARCReader(path if package.__name__ == "mrrc" else open(path, "rb"))


def edit_record(package: Any, record: Any) -> None:
    """Replaces 245 $a and adds a 500."""
    record["245"]["a"] = TITLE
    record.add_field(
        package.Field("500", package.Indicators(" ", " "), [package.Subfield("a", NOTE)])
    )


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
        for field in record.get_fields():
            field.value()


def _walk(package: Any, path: str) -> None:
    for record in reader(package, path):
        for field in record.fields:
            if not field.control_field:
                for subfield in field.subfields:
                    _ = subfield.code
                    _ = subfield.value


def _as_marc(package: Any, path: str) -> None:
    for record in reader(package, path):
        record.as_marc()


def _edit(package: Any, path: str) -> None:
    writer = package.MARCWriter(open(os.devnull, "wb"))
    for record in reader(package, path):
        edit_record(package, record)
        writer.write(record)
    writer.close()


def _copy(package: Any, path: str) -> None:
    writer = package.MARCWriter(open(os.devnull, "wb"))
    for record in reader(package, path):
        writer.write(record)
    writer.close()


def _to_xml(package: Any, path: str) -> None:
    for record in reader(package, path):
        package.record_to_xml(record)


def _to_json(package: Any, path: str) -> None:
    for record in reader(package, path):
        record.as_json()


def _nothing(record: Any) -> None:
    pass


def _read_xml(package: Any, path: str) -> None:
    if package.__name__ == "mrrc":
        _read(package, path)
    else:  # in pymarc's way that keeps no record
        package.map_xml(_nothing, path)


def _json_records(package: Any, path: str) -> Any:
    if package.__name__ == "mrrc":
        return package.read(path)
    with open(path, encoding="utf-8") as source:
        return package.parse_json_to_array(source)


def _column_table(package: Any, path: str) -> Any:
    selectors = [*CONTROL, *(f"{tag}${code}" for tag, code, _ in SUBFIELDS)]
    lists = [f"{tag}${code}" for tag, code, several in SUBFIELDS if several]
    return package.columns(path, selectors, lists=lists)


def _columns_by_hand(package: Any, path: str) -> list[list[Any]]:
    """Columns as lists, by one walk over each record's fields, which is the fastest way."""
    columns: list[list[Any]] = [[] for _ in range(2 + len(SUBFIELDS))]
    for record in reader(package, path):
        row: list[Any] = [None, None, *([] if several else None for _, _, several in SUBFIELDS)]
        for field in record.fields:
            tag = field.tag
            if tag in _BY_TAG:
                for at, code in _BY_TAG[tag]:
                    for subfield in field.subfields:
                        if subfield.code == code:
                            if row[at] is None:
                                row[at] = subfield.value
                            elif row[at].__class__ is list:
                                row[at].append(subfield.value)
            elif tag in CONTROL:
                row[CONTROL.index(tag)] = field.data
        for column, value in zip(columns, row):
            column.append(value)
    return columns


def _columns(package: Any, path: str) -> None:
    if package.__name__ == "mrrc":
        # all of it, as a consumer of Arrow gets it
        _column_table(package, path).__arrow_c_stream__()
    else:
        _columns_by_hand(package, path)


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
    "read-xml": _read_xml,
    "read-json": _read,
    "marc8": _read,
    "marc8-marks": _read,
    "columns": _columns,
    "busy": _read,
}


def _see_text(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield str(record)


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
        yield [field.value() for field in record.get_fields()]


def _see_walk(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        for field in record.fields:
            if not field.control_field:
                yield [(subfield.code, subfield.value) for subfield in field.subfields]


def _see_marc(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield record.as_marc()


def _see_edit(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        edit_record(package, record)
        yield record.as_marc()


def _see_xml(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield package.record_to_xml(record)


def _see_json(package: Any, path: str) -> Iterator[object]:
    for record in reader(package, path):
        yield record.as_json()


def _see_read_xml(package: Any, path: str) -> Iterator[object]:
    found: list[str] = []
    package.map_xml(lambda record: found.append(str(record)), path)
    return iter(found)


def _see_columns(package: Any, path: str) -> Iterator[object]:
    if package.__name__ == "mrrc":
        columns = list(_column_table(package, path).to_pydict().values())
    else:
        columns = _columns_by_hand(package, path)
    yield from zip(*columns)


OBSERVERS: dict[str, Callable[[Any, str], Iterator[object]]] = {
    "read": _see_text,
    "read-file": _see_position,
    "title": _see_title,
    "subfield": _see_subfield,
    "values": _see_values,
    "walk": _see_walk,
    "as-marc": _see_marc,
    "edit": _see_edit,
    "copy": _see_marc,
    "to-xml": _see_xml,
    "to-json": _see_json,
    "read-xml": _see_read_xml,
    "read-json": _see_text,
    "columns": _see_columns,
    "marc8": _see_text,
    "marc8-marks": _see_text,
}
