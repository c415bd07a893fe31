# SPDX-License-Identifier: MIT
"""The states of a field: closed and open look the same, and what opens one loses nothing."""

import copy
import pickle
from typing import Any

import pytest

from mrrc import ControlField, Field, Indicators, RawField, Subfield, WriterError
from mrrc.packed_field import PackedField

PACKED = "24510\x1faMain title :\x1fbthe réste".encode()


def closed() -> Field:
    return Field._closed("245", PACKED)


def opened() -> Field:
    return Field(
        "245", Indicators("1", "0"), [Subfield("a", "Main title :"), Subfield("b", "the réste")]
    )


def test_a_closed_field_is_the_open_one() -> None:
    assert closed()._packed == PACKED
    assert closed()._pack() == opened()._pack() == PACKED
    for field in (closed(), opened()):
        assert isinstance(field, PackedField)
        assert (field.tag, field.control_field, field.data) == ("245", False, None)
        assert field.indicators == Indicators("1", "0")
        assert field.subfields == opened().subfields
        assert field.value() == "Main title : the réste"


@pytest.mark.parametrize(
    ("ask", "opens"),
    [
        (lambda field: field["a"], False),
        (lambda field: field.get("b"), False),
        (lambda field: "b" in field, False),
        (lambda field: field.value(), False),
        (lambda field: field.indicators, False),
        (lambda field: field.indicator1, False),
        (lambda field: field.subfields, True),
        (lambda field: list(field), True),
        (copy.copy, True),
        (copy.deepcopy, False),
        (pickle.dumps, False),
    ],
)
def test_what_opens_a_field(ask: Any, opens: bool) -> None:
    field = closed()
    ask(field)
    assert (field._packed is None) == opens
    assert field._pack() == PACKED


def test_a_value_is_replaced_in_the_bytes() -> None:
    field = closed()
    assert field.value() == "Main title : the réste"
    field["b"] = "end"
    assert field._packed == b"24510\x1faMain title :\x1fbend"
    assert field.value() == "Main title : end"
    field["b"] = "a\x1fb"  # has no place there
    assert field._packed is None
    assert field["b"] == "a\x1fb"
    with pytest.raises(WriterError, match="0x1F"):
        field._pack()


def test_an_indicator_is_changed_in_the_objects() -> None:
    field = closed()
    field.indicator2 = "4"
    assert field._packed is None
    assert field._pack() == PACKED.replace(b"24510", b"24514")


def test_a_tag_is_changed_beside_the_bytes() -> None:
    field = closed()
    field.tag = "246"
    assert field._pack() == b"246" + PACKED[3:]
    field.tag = "001"
    with pytest.raises(WriterError, match="does not suit"):
        field._pack()
    field.tag = "24"
    with pytest.raises(WriterError, match="three printable"):
        field._pack()


def test_a_control_field_is_never_closed() -> None:
    field = Field._closed("001", b"001ocm1")
    assert (field._packed, field.control_field, field.data) == (None, True, "ocm1")
    assert field._pack() == b"001ocm1"
    assert (field.indicators, field.subfields) == (None, [])


@pytest.mark.parametrize("kind", [Field, ControlField, RawField])
def test_each_class_has_its_own_kind(kind: type[Field]) -> None:
    assert type(kind._closed("001", b"001ocm1")) is kind
    assert type(kind._closed("245", PACKED.replace("é".encode(), b"e"))) is kind


@pytest.mark.parametrize("make", [closed, opened, lambda: Field("001", data="1")])
@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))]
)
def test_copies(make: Any, again: Any) -> None:
    field = make()
    copied = again(field)
    assert type(copied) is Field
    assert (str(copied), copied._pack()) == (str(field), field._pack())
    assert (copied.subfields is field.subfields) == (again is copy.copy)
