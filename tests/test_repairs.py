# SPDX-License-Identifier: MIT
"""The warnings: what they say, and what they know."""

import pickle

import pytest

from mrrc import exceptions, repairs
from mrrc.repairs import BadSubfieldCodeWarning, RepairWarning


@pytest.mark.parametrize(
    ("place", "head"),
    [
        ({}, ""),
        ({"source": "x.mrc", "byte_offset": 5}, ""),
        ({"record_index": 3}, "[record 3] "),
        ({"field_tag": "245"}, "[field 245] "),
        ({"record_index": 3, "field_tag": "245"}, "[record 3 \u00b7 field 245] "),
    ],
)
def test_a_repair_knows_its_place(place: dict[str, object], head: str) -> None:
    warning = RepairWarning("it was replaced", **place)
    assert str(warning) == f"{head}it was replaced"
    for name in ("source", "record_index", "field_tag", "byte_offset"):
        assert getattr(warning, name) == place.get(name)


def test_what_no_repair_has() -> None:
    with pytest.raises(TypeError, match="message"):
        RepairWarning("x", message="y", record_index=1)


def test_a_code_that_was_reduced() -> None:
    assert "b'\\xe9value'" in str(BadSubfieldCodeWarning(b"\xe9value"))


@pytest.mark.parametrize("name", repairs.__all__)
def test_programs_know_them_from_the_exceptions(name: str) -> None:
    kind = getattr(repairs, name)
    assert getattr(exceptions, name) is kind
    assert kind.__module__ == "mrrc.exceptions"


def test_pickles() -> None:
    warning = RepairWarning("it was replaced", record_index=3)
    again = pickle.loads(pickle.dumps(warning))
    assert (str(again), again.record_index) == (str(warning), 3)
