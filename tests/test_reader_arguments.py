# SPDX-License-Identifier: MIT
"""A reader's arguments as attributes: what a change of each means for the records to come."""

import inspect
from typing import Any

import pytest
import records as make

import mrrc
from mrrc.reader_arguments import ReaderArguments

LATIN = make.iso2709([make.data_field("245", "00", ("a", b"caf\xe9"))], coding=" ")
FILE = make.sample(1) + LATIN * 3

DEFAULTS: dict[str, Any] = {
    "to_unicode": True,
    "force_utf8": False,
    "hide_utf8_warnings": False,
    "utf8_handling": "strict",
    "file_encoding": "iso8859-1",
}
OTHERS: dict[str, Any] = {
    "to_unicode": False,
    "force_utf8": True,
    "hide_utf8_warnings": True,
    "utf8_handling": "replace",
    "file_encoding": "cp1252",
}


def test_each_argument_of_a_record_is_one() -> None:
    reader = mrrc.MARCReader(FILE)
    assert isinstance(reader, ReaderArguments)
    assert reader._how() == DEFAULTS
    parameters = inspect.signature(mrrc.Record).parameters
    assert {name: parameters[name].default for name in DEFAULTS} == DEFAULTS
    reader = mrrc.MARCReader(FILE, **OTHERS)
    assert reader._how() == OTHERS
    assert {name: getattr(reader, name) for name in OTHERS} == OTHERS


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_change_holds_from_the_next_record(name: str) -> None:
    reader = mrrc.MARCReader(FILE, **{"file_encoding": "latin-1"})
    assert next(reader) is not None
    setattr(reader, name, OTHERS[name])
    assert getattr(reader, name) == OTHERS[name]
    assert reader._how() == {**DEFAULTS, "file_encoding": "latin-1", name: OTHERS[name]}
    alone = mrrc.Record(data=LATIN, **reader._how()) if name != "force_utf8" else None
    got = next(reader)
    assert (got and got["245"]["a"]) == (alone and alone["245"]["a"])
    assert len(list(reader)) == 2


@pytest.mark.parametrize("name", DEFAULTS)
def test_only_what_changes_records_of_c_has_them_read_again(name: str) -> None:
    changed: list[str] = []

    class Listening(mrrc.MARCReader):
        def _change(self, name: str, value: Any) -> None:
            changed.append(name)
            super()._change(name, value)

    reader = Listening(FILE)
    setattr(reader, name, OTHERS[name])
    # the others are asked only where Python decodes, at the moment it does
    again = name not in ("hide_utf8_warnings", "utf8_handling")
    assert changed == ([f"_{name}"] if again else [])
    assert getattr(reader, name) == OTHERS[name]
