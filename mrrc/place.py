# SPDX-License-Identifier: MIT
"""Where an error happened: the source, record, field, byte and line it is about.

A place is a set of attributes that whoever catches an error on its way may add to. This module
keeps them and puts them into words; what went wrong is the affair of the classes in
`exceptions`.
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = ["Placed"]


class Placed(Exception):
    """The base of errors that may know their place.

    All of it is given by keyword and kept as an attribute, ``None`` where it is not known; a
    keyword that the class does not have raises ``TypeError``. Copies and pickles keep
    everything.
    """

    source: str | None = None
    """The path or name of what was read."""

    record_index: int | None = None
    """The record's number in its source, from 1."""

    record_control_number: str | None = None
    """The record's field 001."""

    field_tag: str | None = None
    """The field's tag."""

    indicator_position: int | None = None
    """Which indicator: 0 or 1."""

    subfield_code: int | None = None
    """The subfield's code, as the number of its byte."""

    found: bytes | None = None
    """The bytes that were wrong, up to 32."""

    expected: str | None = None
    """What should have stood there, in words."""

    byte_offset: int | None = None
    """Where in the source, in bytes from 0."""

    record_byte_offset: int | None = None
    """Where in the record, in bytes from 0."""

    bytes_near: bytes | None = None
    """What stands around the offset, up to 32 bytes."""

    bytes_near_offset: int | None = None
    """Where in the source ``bytes_near`` begins."""

    line: int | None = None
    """Which line of the source, from 1, where it is a text."""

    column: int | None = None
    """Which byte of that line, from 1."""

    # The order is that of repr().
    _place: ClassVar[tuple[str, ...]] = (
        "record_index",
        "record_control_number",
        "field_tag",
        "indicator_position",
        "subfield_code",
        "found",
        "expected",
        "byte_offset",
        "record_byte_offset",
        "source",
        "bytes_near",
        "bytes_near_offset",
        "line",
        "column",
    )

    # Keywords that only this class takes.
    _extras: ClassVar[tuple[str, ...]] = ()

    # What pymarc's class always says; "" where pymarc's says its arguments,
    # None where pymarc has no such class.
    _text: ClassVar[str | None] = ""

    def __init__(self, *args: object, **place: Any) -> None:
        self._keep(place)
        # not super(): another base may want other arguments
        Exception.__init__(self, *args)

    def _keep(self, place: dict[str, Any]) -> None:
        unknown = sorted(place.keys() - {*self._place, *self._extras})
        if unknown:
            raise TypeError(
                f"{type(self).__name__}() got unexpected keyword argument(s): " + ", ".join(unknown)
            )
        self.__dict__.update((name, value) for name, value in place.items() if value is not None)

    def _known(self) -> dict[str, Any]:
        named = ((name, getattr(self, name)) for name in (*self._place, *self._extras))
        return {name: value for name, value in named if value is not None}

    def _message(self) -> str:
        return super().__str__()

    def _body(self) -> str:
        """What happened, without the place."""
        return type(self).__name__

    def _seen(self, fault: str) -> str:
        """The fault, followed by what was found and expected where both are known."""
        if self.found is None or self.expected is None:
            return fault
        return f"{fault} {self.found!r} \u2014 expected {self.expected}"

    def __str__(self) -> str:
        name = type(self).__name__
        if not self._known():
            if self._text:
                return self._text
            if self.args or self._text is not None:
                return self._message()
            return f"{name}: {self._body()}"

        parts = []
        if self.record_index is not None:
            parts.append(f"record {self.record_index}")
        if self.record_control_number is not None:
            parts.append(f"001 {self.record_control_number!r}")
        if self.field_tag is not None:
            parts.append(f"field {self.field_tag}")
        if self.indicator_position is not None:
            parts.append(f"ind{self.indicator_position}")

        body = self._message() if self.args else self._body()
        head = " \u00b7 ".join(parts)
        text = f"[{head}] {body}" if parts else f"{name}: {body}"
        places = []
        if self.line is not None:
            column = "" if self.column is None else f", column {self.column}"
            places.append(f"line {self.line}{column}")
        if self.byte_offset is not None:
            places.append(f"byte 0x{self.byte_offset:X} / {self.byte_offset}")
        return f"{text}  ({'; '.join(places)})" if places else text

    def __repr__(self) -> str:
        shown = [repr(value) for value in self.args]
        shown += [f"{name}={value!r}" for name, value in self._known().items()]
        return f"{type(self).__name__}({', '.join(shown)})"
