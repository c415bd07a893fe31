# SPDX-License-Identifier: MIT
"""What a field consists of: its packed bytes, or the objects made from them on demand.

A field taken from a record that was read keeps its bytes until somebody asks for its parts as
objects: it is *closed*. Being opened it has a tuple of indicators and a list of subfields, and
from then on these are the truth. A control field is never closed. What the parts mean, and the
API around them, is the affair of `field`.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from mrrc.constants import SUBFIELD_INDICATOR
from mrrc.exceptions import WriterError
from mrrc.structure import (
    Indicators,
    Subfield,
    control_body,
    data_body,
    opening,
    packed_tags,
    replace_value,
)

__all__ = ["PackedField"]

_Kind = TypeVar("_Kind", bound="PackedField")


class PackedField:
    """The part of `Field` that knows its states."""

    __slots__ = (
        "tag",
        "control_field",
        "_data",
        "_indicators",
        "_subfields",
        "_packed",  # tag and body of a closed field, else None
        "_value",  # value() of a closed field, where known
        "_next",
        "__weakref__",
    )

    tag: str
    control_field: bool
    _data: str | None
    _indicators: Indicators | None
    _subfields: list[Subfield]
    _packed: bytes | None
    _value: str | None
    _next: int

    @classmethod
    def _closed(cls: type[_Kind], tag: str, packed: bytes) -> _Kind:
        """Make a field of its packed form, tag included."""
        self = cls.__new__(cls)
        self.tag = tag
        if packed_tags[tag].control:
            self.control_field = True
            self._packed = None
            self._data = packed[3:].decode()
        else:
            self.control_field = False
            self._value = None
            self._packed = packed
        return self

    def _open(self) -> None:
        """Make the objects of a closed field; they are there before the bytes go."""
        with opening:
            if self._packed is None:
                return
            indicators, *subfields = self._packed[3:].decode().split(SUBFIELD_INDICATOR)
            self._indicators = Indicators(indicators[0], indicators[1])
            self._subfields = [Subfield(text[0], text[1:]) for text in subfields]
            self._packed = None

    def _first_subfields(self) -> list[Subfield]:
        """Make the list of subfields of a field that has none yet."""
        with opening:
            if self._packed is not None:
                self._open()
            elif not hasattr(self, "_subfields"):
                self._subfields = []
            return self._subfields

    def _pack(self) -> bytes:
        """Return tag and body as a packed record has them.

        Raises:
            WriterError: the field cannot be packed; it names the tag and the reason.
        """
        tag = packed_tags[self.tag]
        if tag.control is not self.control_field:
            raise WriterError("the tag does not suit the kind of field", field_tag=self.tag)
        packed = self._packed
        if packed is not None:
            return packed if packed.startswith(tag.code) else tag.code + packed[3:]
        try:
            return tag.code + self._pack_body()
        except UnicodeEncodeError as error:
            raise WriterError(f"not to be encoded: {error}", field_tag=self.tag) from None

    def _pack_body(self) -> bytes:
        if self.control_field:
            return control_body(self.tag, self._data)
        return data_body(self.tag, self._indicators, self._subfields)

    def __getstate__(self) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        state: dict[str, Any] = {"tag": self.tag, "control_field": self.control_field}
        parts: Any = self  # the properties are `Field`'s
        state["data"] = parts.data
        packed = self._packed
        if packed is not None:
            state["packed"] = packed
        else:
            state["_indicators"] = parts.indicators
            state["subfields"] = parts.subfields
        return getattr(self, "__dict__", None), state

    def __setstate__(self, state: tuple[dict[str, Any] | None, dict[str, Any]]) -> None:
        own, slots = state
        if own:
            self.__dict__.update(own)
        self.tag = slots["tag"]
        self.control_field = slots["control_field"]
        self._packed = slots.get("packed")
        self._value = None
        self._data = slots["data"]
        if self._packed is None:
            self._indicators = slots["_indicators"]
            self._subfields = slots["subfields"]

    def __copy__(self: _Kind) -> _Kind:
        if self._packed is not None:
            self._open()  # a shallow copy shares the list of subfields
        clone = self.__class__.__new__(self.__class__)
        clone.__setstate__(self.__getstate__())
        return clone

    def _indicators_to_change(self) -> Indicators:
        if self._packed is not None:
            self._open()
        if self.control_field:
            self._indicators = None
        # as pymarc: AttributeError for a control field
        return cast(Indicators, self._indicators)

    def _replace(self, code: str, value: str) -> bool:
        """Replace a value in a closed field; return whether that could be done."""
        with opening:
            packed = self._packed and replace_value(self._packed, code, value)
            if packed:
                self._value = None
                self._packed = packed
            return bool(packed)
