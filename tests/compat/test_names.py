# SPDX-License-Identifier: MIT
"""Every public name of pymarc, in the module where pymarc has it, with its signature."""

import importlib
import inspect
import types
from typing import Any

import pytest

import mrrc

MODULES = [
    "constants",
    "exceptions",
    "field",
    "leader",
    "marc8",
    "marcjson",
    "marcxml",
    "reader",
    "record",
    "writer",
]


def own_names(module: types.ModuleType) -> list[str]:
    """The public names of a module that are pymarc's own.

    Names that a module imports from pymarc's others count: programs import
    `Field` from `pymarc.record`.
    """
    constants = vars(importlib.import_module("pymarc.constants"))
    names = []
    for name, value in vars(module).items():
        if name.startswith("_") or isinstance(value, types.ModuleType):
            continue
        if getattr(value, "__module__", "").startswith("pymarc") or name in constants:
            names.append(name)
    return names


def agree(ours: Any, theirs: Any, where: str) -> None:
    """Ours takes all arguments of theirs, by place and by name, and needs no other."""
    signature = inspect.signature(ours)
    named = {}
    placed = []
    for name, theirs_of_name in inspect.signature(theirs).parameters.items():
        if theirs_of_name.kind is inspect.Parameter.VAR_POSITIONAL:
            placed += [object(), object()]
        elif theirs_of_name.kind is inspect.Parameter.VAR_KEYWORD:
            named["keyword"] = object()
        else:
            named[name] = object()
            placed.append(object())
            default = theirs_of_name.default
            if default is not inspect.Parameter.empty:
                assert signature.parameters[name].default == default, f"{where}: {name}"
    signature.bind(*placed)
    signature.bind(**named)


@pytest.mark.parametrize("name", MODULES)
def test_names(name: str) -> None:
    theirs = importlib.import_module(f"pymarc.{name}")
    ours = importlib.import_module(f"mrrc.{name}")
    missing = [n for n in own_names(theirs) if not hasattr(ours, n)]
    assert missing == []


def test_names_of_the_package() -> None:
    import pymarc

    missing = [n for n in own_names(pymarc) if not hasattr(mrrc, n)]
    assert missing == []


def test_pattern_and_logger() -> None:
    import pymarc.record

    assert mrrc.record.isbn_regex.pattern == pymarc.record.isbn_regex.pattern
    assert mrrc.record.logger is pymarc.record.logger


@pytest.mark.parametrize("name", MODULES)
def test_signatures(name: str) -> None:
    theirs = importlib.import_module(f"pymarc.{name}")
    ours = importlib.import_module(f"mrrc.{name}")
    for n in own_names(theirs):
        if not hasattr(ours, n):
            continue
        mine, other = getattr(ours, n), getattr(theirs, n)
        where = f"{name}.{n}"
        if inspect.isfunction(other):
            agree(mine, other, where)
        if not inspect.isclass(other):
            continue
        if inspect.isfunction(other.__init__):
            agree(mine.__init__, other.__init__, where)
        for method, function in vars(other).items():
            if method.startswith("_") or not callable(function):
                continue
            assert hasattr(mine, method), f"{where}.{method}"
            if inspect.isfunction(function):
                agree(getattr(mine, method), function, f"{where}.{method}")


@pytest.mark.parametrize("name", MODULES)
def test_attributes_of_classes(name: str) -> None:
    theirs = importlib.import_module(f"pymarc.{name}")
    ours = importlib.import_module(f"mrrc.{name}")
    for n in own_names(theirs):
        other = getattr(theirs, n)
        if not hasattr(ours, n) or not inspect.isclass(other):
            continue
        lacking = [
            a for a in dir(other) if not a.startswith("_") and not hasattr(getattr(ours, n), a)
        ]
        assert lacking == [], n
