# SPDX-License-Identifier: MIT
"""The reader of MARC-in-JSON under pymarc's name.

A JSON document is read at once, so that what is no JSON is told of before the first record. C
reads it; where it finds anything that pymarc takes another way, as a value that is no text or a
code of two characters, the `json` module and pymarc's rules read the whole of it.
"""

from __future__ import annotations

import io
import json
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from mrrc import _bridge
from mrrc.batch import make_records
from mrrc.exceptions import EncodingError, JsonError, MrrcException, RepairWarning
from mrrc.field import Field, Indicators, Subfield
from mrrc.leader import Leader
from mrrc.packed import Origin
from mrrc.reader import Reader
from mrrc.record import MARCJSON, Record
from mrrc.recovery import OneMode

__all__ = ["JSONReader"]


class JsonKeyError(JsonError, KeyError):
    """A record lacks something; also the ``KeyError`` that pymarc lets pass."""


class JsonTypeError(JsonError, TypeError):
    """A piece of a record is of a wrong type; also the ``TypeError`` that pymarc lets pass."""


class JsonAttributeError(JsonError, AttributeError):
    """A piece of a record is no object; also the ``AttributeError`` that pymarc lets pass."""


_KINDS: dict[type[Exception], type[JsonError]] = {
    KeyError: JsonKeyError,
    TypeError: JsonTypeError,
    AttributeError: JsonAttributeError,
}


def located(error: Exception, source: str | None, number: int) -> Exception:
    """Return an error met in a record as one that knows its place."""
    if isinstance(error, MrrcException):
        error.source = source
        error.record_index = number
        return error
    kind = next((ours for one, ours in _KINDS.items() if isinstance(error, one)), JsonError)
    return kind(message=f"this is not a record: {error!r}", source=source, record_index=number)


def indicators_of(field: dict[str, Any]) -> Indicators:
    """Return the indicators of a data field; a blank where there is none."""
    first, second = field.get("ind1"), field.get("ind2")
    return Indicators(*(" " if one is None or one == "" else one for one in (first, second)))


def make_field(tag: str, value: Any) -> Field:
    """Make a field of what stands under its tag; the tag says which kind it is.

    Raises:
        TypeError: it is neither text nor an object.
    """
    field = Field(tag)
    listed = "subfields" in value and isinstance(value, dict)  # and raises for a number
    if field.control_field:
        field.data = value
        if listed:
            # as a control field it would lose its text
            _unsuited(tag)
            field.data = " ".join(str(one.value) for one in _subfields(value["subfields"]))
    elif listed:
        field.indicators = indicators_of(value)
        field.subfields = list(_subfields(value["subfields"]))
    elif isinstance(value, str):
        _unsuited(tag)
        field.add_subfield("a", value)
    else:
        _unsuited(tag)
    return field


def _record_of(item: Any) -> Record:
    """Make a record of an object of MARC-in-JSON; what is none raises whatever it comes to."""
    record = Record()
    record.leader = Leader(item["leader"])
    for field in item["fields"]:
        for tag, value in field.items():
            record.add_field(make_field(tag, value))
    return record


def _unsuited(tag: str) -> None:
    warnings.warn(
        RepairWarning("the tag does not suit its kind of field", field_tag=tag), stacklevel=2
    )


def _subfields(objects: Iterable[dict[str, Any]]) -> Iterator[Subfield]:
    return (Subfield(code, value) for one in objects for code, value in one.items())


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; of a key that stands twice JSON's readers keep the last value only."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        warnings.warn(
            RepairWarning(f"the key {twice!r} stands twice in an object: the last one counts"),
            stacklevel=2,
        )
    return made


class JSONReader(OneMode, Reader):
    """An iterator over the records of a document of MARC-in-JSON.

    The document is an array of records, one record, or records one after the other, as in lines.

    >>> reader = JSONReader('{"leader": "%s", "fields": [{"001": "1"}]}' % (24 * " "))
    >>> [record["001"].data for record in reader]
    ['1']

    Args:
        marc_target: a path, the document as text or bytes, or a file object, binary or text.
        encoding: how bytes are read that are not in UTF-8, UTF-16 or UTF-32.
        stream: taken for pymarc's sake; a line on standard error says that it changes nothing.
        recovery_mode: None or ``strict``: what is no record raises; ``lenient``: it is yielded as
            None, and `current_exception` says why; ``permissive``: it is passed over, and
            `errors` says so.
        max_errors: how many errors are borne; one more raises `FatalReaderError`, and the
            iteration ends. None or 0: any number.

    Raises:
        JsonError: the document is not JSON. What is no record is told of when its turn comes.
        OSError: the file cannot be read.
    """

    def __init__(
        self,
        marc_target: Any,
        encoding: str = "utf-8",
        stream: bool = False,
        *,
        recovery_mode: str | None = None,
        max_errors: int | None = None,
    ) -> None:
        self._set_mode(recovery_mode, max_errors)
        self.encoding = encoding
        self.source: str | None = None
        if isinstance(marc_target, str) and not os.path.exists(marc_target):
            self.file_handle: Any = io.StringIO(marc_target)
        elif isinstance(marc_target, str | os.PathLike):
            self.source = os.fsdecode(marc_target)
            self.file_handle = open(marc_target, "rb")  # noqa: SIM115 - closed by close()
        elif isinstance(marc_target, bytes | bytearray | memoryview):
            self.file_handle = io.BytesIO(marc_target)
        elif callable(getattr(marc_target, "read", None)):
            self.file_handle = marc_target
            name = getattr(marc_target, "name", None)
            self.source = name if isinstance(name, str) else None
        else:
            raise TypeError(
                "JSONReader reads a path, a document or a file object, "
                f"not {type(marc_target).__name__}"
            )
        if stream:
            note = "Streaming not yet implemented, your data will be loaded into memory\n"
            sys.stderr.write(note)
        self._document: str | bytes = self.file_handle.read()
        self._number = 0
        self._records: Any = None
        self._blocks = self._read_blocks()
        if self._blocks is None:
            self._records = self._load()

    def _read_blocks(self) -> list[_bridge.Block] | None:
        """Read the document in C, or return None where pymarc's rules are needed."""
        document = self._document
        try:
            data = document.encode() if isinstance(document, str) else bytes(document)
            source = _bridge.Source(None, data, format=MARCJSON)
            blocks = []
            while (block := source.next(0)) is not None:
                if block.notes:
                    return None
                blocks.append(block)
        except (MrrcException, UnicodeEncodeError):
            return None
        return blocks or None

    def _load(self) -> Any:
        try:
            document = self._document
            try:
                return json.loads(document, strict=False, object_pairs_hook=_without_repeats)
            except UnicodeDecodeError as error:
                if not isinstance(document, str) and self.encoding.lower() not in ("utf-8", "utf8"):
                    document = str(document, self.encoding)
                    return json.loads(document, strict=False, object_pairs_hook=_without_repeats)
                raise EncodingError(
                    *error.args, source=self.source, byte_offset=error.start
                ) from None
        except json.JSONDecodeError as error:
            before = error.doc[: error.pos]
            line = before[before.rfind("\n") + 1 :]
            raise JsonError(
                message=error.msg,
                source=self.source,
                line=error.lineno,
                column=len(line.encode("utf-8", "surrogatepass")) + 1,
                byte_offset=len(before.encode("utf-8", "surrogatepass")),
            ) from error
        except RecursionError:
            raise JsonError(message="nested too deeply", source=self.source) from None

    @property
    def records(self) -> Any:
        """The document as the `json` module reads it: changes to it change what is yielded."""
        if self._records is None:
            self._records = self._load()
        return self._records

    @records.setter
    def records(self, value: Any) -> None:
        self._records = value

    def read_all(self) -> list[Record] | None:
        """Return all records, where C read them and nobody has asked for their objects."""
        if self._records is not None or self._blocks is None:
            return None
        return list(self._make_records(self._blocks))

    def _make_records(self, blocks: list[_bridge.Block]) -> Iterator[Record]:
        number = 1
        for block in blocks:
            origin = Origin(source=self.source, first=number, offsets=block.offsets)
            yield from make_records(block, 0, len(block.ends), origin, raw=False)
            number += len(block.ends)

    def __iter__(self) -> Iterator[Record | None]:
        self._number = 0
        self.iter: Iterator[Any]
        if self._records is None and self._blocks is not None:
            self.iter = self._make_records(self._blocks)
        elif hasattr(self.records, "__iter__") and not isinstance(self.records, dict):
            self.iter = iter(self.records)
        else:
            self.iter = iter([self.records])
        return self

    def __next__(self) -> Record | None:
        if not hasattr(self, "iter"):
            iter(self)
        while True:
            item = self._step()
            if item.__class__ is Record:
                return item
            try:
                return _record_of(item)
            except Exception as error:
                failure = located(error, self.source, self._number)
                if failure is not error:
                    failure.__cause__ = error
            if self._fail(failure, self._number):
                return None

    def close(self) -> None:
        """Close the file; the records stay."""
        self.file_handle.close()

    def __enter__(self) -> JSONReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
