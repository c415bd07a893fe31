# SPDX-License-Identifier: MIT
"""Every public name of pymarc, in the module where pymarc has it, with its signature."""

import importlib
import inspect
import types
from typing import Any

import pytest

import mrrc

MODULES = ["constants", "exceptions", "field", "leader", "marc8", "reader", "record", "writer"]

# Names that come with the formats they are for.
WITH_FORMATS = {
    "JSONHandler",
    "JSONReader",
    "JSONWriter",
    "MARCMakerReader",
    "MARC_XML_NS",
    "MARC_XML_SCHEMA",
    "TextWriter",
    "XMLWriter",
    "XSI_NS",
    "XmlHandler",
    "map_xml",
    "parse_json_to_array",
    "parse_xml",
    "parse_xml_to_array",
    "record_to_xml",
    "record_to_xml_node",
}


def own_names(module: types.ModuleType) -> list[str]:
    """The public names that pymarc defines itself, less what it imports from elsewhere."""
    names = []
    for name, value in vars(module).items():
        if name.startswith("_") or isinstance(value, types.ModuleType):
            continue
        home = getattr(value, "__module__", None) or "pymarc"
        if home.startswith("pymarc"):
            names.append(name)
    return names


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    signature = inspect.signature(function)
    return [(p.name, p.kind, p.default) for p in signature.parameters.values()]


def agree(ours: Any, theirs: Any, where: str) -> None:
    """Our parameters begin with theirs; what follows may be left out."""
    want = parameters(theirs)
    got = parameters(ours)
    for mine, other in zip(got, want, strict=False):
        assert mine[:2] == other[:2], where
        # pymarc asks for a value where ours has one of its own.
        if other[2] is not inspect.Parameter.empty:
            assert mine[2] == other[2], where
    assert len(got) >= len(want), where
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    for name, kind, default in got[len(want) :]:
        assert default is not inspect.Parameter.empty or kind in variable, f"{where}: {name}"


@pytest.mark.parametrize("name", MODULES)
def test_names(name: str) -> None:
    theirs = importlib.import_module(f"pymarc.{name}")
    ours = importlib.import_module(f"mrrc.{name}")
    missing = [n for n in own_names(theirs) if not hasattr(ours, n) and n not in WITH_FORMATS]
    assert missing == []


def test_names_of_the_package() -> None:
    import pymarc

    missing = [n for n in own_names(pymarc) if not hasattr(mrrc, n) and n not in WITH_FORMATS]
    assert missing == []


@pytest.mark.parametrize("name", MODULES)
def test_signatures(name: str) -> None:
    theirs = importlib.import_module(f"pymarc.{name}")
    ours = importlib.import_module(f"mrrc.{name}")
    for n in own_names(theirs):
        if n in WITH_FORMATS:
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
        if n in WITH_FORMATS or not inspect.isclass(other):
            continue
        lacking = [
            a for a in dir(other) if not a.startswith("_") and not hasattr(getattr(ours, n), a)
        ]
        assert lacking == [], n
